//! Network Firewalls among what is there already: one or two endpoints of a VPC, rules that often match, now and then
//! something that no header tells.

use serde_json::{Value, json};

use super::dice::Dice;
use super::plan::Plan;
use crate::network::{stateful_rule, stateless_rule};

pub(super) fn draw(plan: &mut Plan, dice: &mut Dice) {
    for n in 0..plan.vpcs.len() {
        // Where there is a Gateway Load Balancer endpoint, routes lead to that one.
        let other = plan.vpcs[n].appliances.iter().any(|a| a.starts_with("vpce-g"));
        if dice.chance(35) && !other {
            firewall(plan, n, dice);
        }
    }
    if plan.nasty(dice, 2) {
        let kind = dice.pick(&["Firewalls", "FirewallPolicies", "RuleGroups"]);
        plan.network.unread(kind);
    }
}

fn firewall(plan: &mut Plan, n: usize, dice: &mut Dice) {
    let name = format!("fw{n}");
    let mut subnets: Vec<String> = plan.vpcs[n].subnets.iter().map(|s| s.id.clone()).collect();
    let first = subnets.remove(dice.below(subnets.len()));
    let mut endpoints = vec![(format!("vpce-f{n}"), first)];
    if !subnets.is_empty() && dice.chance(30) {
        endpoints.insert(0, (format!("vpce-fx{n}"), dice.pick(&subnets)));
    }
    let named: Vec<(&str, &str)> = endpoints.iter().map(|(e, s)| (e.as_str(), s.as_str())).collect();
    plan.network.firewall(&name, &named);
    plan.vpcs[n]
        .appliances
        .extend(endpoints.iter().map(|(e, _)| e.clone()));
    let mut blocks: Vec<String> = ["0.0.0.0/0", "203.0.113.0/24", "10.0.0.0/8"]
        .map(String::from)
        .to_vec();
    for vpc in &plan.vpcs {
        blocks.extend(vpc.blocks.iter().cloned());
        blocks.extend(vpc.v6.iter().cloned());
        blocks.extend(vpc.subnets.iter().map(|s| s.block.clone()));
    }
    stateless(plan, &name, &blocks, dice);
    stateful(plan, &name, &blocks, dice);
    trouble(plan, &name, dice);
}

fn stateless(plan: &mut Plan, name: &str, blocks: &[String], dice: &mut Dice) {
    let default = dice.weighted(&[(7, "aws:forward_to_sfe"), (2, "aws:pass"), (1, "aws:drop")]);
    plan.network
        .policy(name, "StatelessDefaultActions", json!([default]));
    if !dice.chance(40) {
        return;
    }
    let mut rules = Vec::new();
    for n in 0..dice.between(1, 3) {
        let action = dice.pick(&["aws:pass", "aws:pass", "aws:drop", "aws:forward_to_sfe"]);
        let (from, to) = (dice.pick(blocks), dice.pick(blocks));
        let side = |block: &str, dice: &mut Dice| -> Vec<String> {
            if dice.chance(40) {
                Vec::new()
            } else {
                vec![block.to_owned()]
            }
        };
        let (from, to) = (side(&from, dice), side(&to, dice));
        let protocols = dice.pick(&[&[][..], &[6], &[6, 17], &[17], &[1]]);
        let ports = dice.pick(&[
            &[][..],
            &[],
            &[],
            &[(443, 443)],
            &[(1024, 65535)],
            &[(32768, 65535)],
        ]);
        let refs =
            |all: &[String]| -> Vec<Value> { all.iter().map(|b| json!({"AddressDefinition": b})).collect() };
        for (twin, sources, destinations) in [(0, &from, &to), (1, &to, &from)] {
            if twin == 1 && !dice.chance(60) {
                continue;
            }
            let mut rule = stateless_rule(
                u32::try_from(n * 2 + twin).unwrap_or(9),
                action,
                [&[], &[]],
                protocols,
                ports,
            );
            let attributes = &mut rule["RuleDefinition"]["MatchAttributes"];
            attributes["Sources"] = refs(sources).into();
            attributes["Destinations"] = refs(destinations).into();
            if twin == 1 {
                attributes["SourcePorts"] = attributes["DestinationPorts"].take();
                attributes["DestinationPorts"] = json!([]);
            }
            if plan.nasty(dice, 2) {
                attributes["TCPFlags"] = json!([{"Flags": ["SYN"], "Masks": ["SYN", "ACK"]}]);
            }
            rules.push(rule);
        }
    }
    plan.network
        .stateless_group(name, &format!("{name}-l"), 1, &rules);
}

fn stateful(plan: &mut Plan, name: &str, blocks: &[String], dice: &mut Dice) {
    if dice.chance(50) {
        let defaults = dice.pick(&[
            &["aws:drop_strict"][..],
            &["aws:drop_established", "aws:alert_established"],
            &["aws:alert_strict"],
            &[],
        ]);
        plan.network.strict(name, defaults);
    }
    let expression = |dice: &mut Dice| -> String {
        let block = dice.pick(blocks);
        match dice.below(10) {
            0..=3 => String::from("ANY"),
            4..=6 => block,
            7 => format!("!{block}"),
            8 => String::from(dice.pick(&["$HOME_NET", "$EXTERNAL_NET"])),
            _ => format!("[{block},!{}]", dice.pick(blocks)),
        }
    };
    for g in 0..dice.below(3) {
        let mut rules = Vec::new();
        for _ in 0..dice.between(1, 3) {
            let action = dice.pick(&["PASS", "PASS", "PASS", "DROP", "REJECT", "ALERT"]);
            let protocol = dice.pick(&["TCP", "TCP", "IP", "UDP", "ICMP"]);
            let port = if matches!(protocol, "TCP" | "UDP") {
                dice.pick(&["ANY", "443", "!443", "[80,443]", "1024:", "22"])
            } else {
                "ANY"
            };
            let (from, to) = (expression(dice), expression(dice));
            let mut rule = stateful_rule(action, protocol, &from, &to, port);
            if dice.chance(20) {
                rule["Header"]["Direction"] = "ANY".into();
            }
            if plan.nasty(dice, 2) {
                rule["RuleOptions"] = json!([{"Keyword": "flow", "Settings": ["to_server"]}]);
            }
            rules.push(rule);
        }
        let source = if dice.chance(25) {
            json!({"RulesString": in_words(&rules)})
        } else {
            json!({"StatefulRules": rules})
        };
        let priority = u32::try_from(dice.between(1, 9) * 10 + g).unwrap_or(1);
        plan.network
            .stateful_group(name, &format!("{name}-s{g}"), priority, source);
    }
    if plan.nasty(dice, 3) {
        let kind = dice.pick(&["ALLOWLIST", "DENYLIST", "ALERTLIST"]);
        let list =
            json!({"Targets": [".example.com"], "TargetTypes": ["TLS_SNI"], "GeneratedRulesType": kind});
        plan.network
            .stateful_group(name, &format!("{name}-d"), 55, json!({"RulesSourceList": list}));
    }
}

/// Rules in Suricata's language.
fn in_words(rules: &[Value]) -> String {
    let mut text = String::from("# drawn\n");
    for (sid, rule) in rules.iter().enumerate() {
        let word = |field: &str| {
            rule["Header"][field]
                .as_str()
                .expect("a text")
                .replace("ANY", "any")
        };
        let arrow = if rule["Header"]["Direction"] == "ANY" {
            "<>"
        } else {
            "->"
        };
        let flow = if rule["RuleOptions"][0]["Keyword"] == "flow" {
            "flow:to_server; "
        } else {
            ""
        };
        text += &format!(
            "{} {} {} {} {arrow} {} {} ({flow}sid:{sid};)\n",
            rule["Action"].as_str().expect("a text").to_lowercase(),
            word("Protocol").to_lowercase(),
            word("Source"),
            word("SourcePort"),
            word("Destination"),
            word("DestinationPort"),
        );
    }
    text
}

fn trouble(plan: &mut Plan, name: &str, dice: &mut Dice) {
    if plan.nasty(dice, 3) {
        let state = dice.pick(&["PROVISIONING", "DELETING"]);
        plan.network.edit_described("Firewalls", name, |row| {
            row["FirewallStatus"]["Status"] = state.into();
        });
    }
    if plan.nasty(dice, 3) {
        let status = dice.pick(&["FAILED", "CREATING", "SCALING"]);
        plan.network.edit_described("Firewalls", name, |row| {
            let zones = row["FirewallStatus"]["SyncStates"]
                .as_object_mut()
                .expect("zones");
            for zone in zones.values_mut() {
                zone["Attachment"]["Status"] = status.into();
            }
        });
    }
    if plan.nasty(dice, 3) {
        plan.network.edit_described("FirewallPolicies", name, |row| {
            row["FirewallPolicy"]["StatefulEngineOptions"]["StreamExceptionPolicy"] = "CONTINUE".into();
        });
    }
    if plan.nasty(dice, 2) {
        plan.network.edit_described("Firewalls", name, |row| {
            row["Firewall"]["NumberOfAssociations"] = 1.into();
        });
    }
}
