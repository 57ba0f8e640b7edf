//! The rules of a firewall's policy, asked about one packet.

use std::net::IpAddr;

use serde_json::Value;

use super::address::Cidr;
use super::choice::{Script, Truth};
use super::firewall::references;
use super::packet::{Fate, Fields, ICMP, ICMPV6, Packet, TCP, UDP};
use super::view::{Oracle, each, text, word};
use super::walk::unknown;

/// What the stateless rules say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stateless {
    Pass,
    Drop,
    Forward,
}

/// What the stateful engine says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Verdict {
    pub(super) passes: bool,
    pub(super) by_rule: bool,
}

/// A firewall with its policy.
pub(super) struct Engine<'o, 'a> {
    pub(super) oracle: &'o Oracle<'a>,
    pub(super) firewall: &'o Value,
    pub(super) policy: &'o Value,
}

/// A stateful rule in the order in which it is asked: whether it passes, and whether it matches.
struct Asked {
    passes: bool,
    matches: Truth,
}

impl<'a> Engine<'_, 'a> {
    fn group(&self, arn: &str) -> Option<&'a Value> {
        self.oracle
            .all("RuleGroups")
            .iter()
            .find(|g| word(&g["RuleGroupResponse"], "RuleGroupArn") == arn)
            .map(|g| &g["RuleGroup"])
            .filter(|g| g["RulesSource"].is_object())
    }

    pub(super) fn stateless(&self, packet: &Packet, script: &mut Script) -> Result<Stateless, Fate> {
        for reference in references(self.policy, "StatelessRuleGroupReferences") {
            let arn = word(reference, "ResourceArn");
            let source = self
                .group(arn)
                .map(|g| &g["RulesSource"]["StatelessRulesAndCustomActions"]);
            let Some(source) = source.filter(|s| s.is_object()) else {
                match script.reading(&format!("what {arn} does with {packet}"), 4) {
                    0 => continue,
                    1 => return Ok(Stateless::Pass),
                    2 => return Ok(Stateless::Drop),
                    _ => return Ok(Stateless::Forward),
                }
            };
            let mut rules: Vec<&Value> = each(source, "StatelessRules").iter().collect();
            rules.sort_by_key(|r| r["Priority"].as_i64());
            for rule in rules {
                let label = format!("{arn} {} on {packet}", rule["Priority"]);
                let hit = match stateless_match(&rule["RuleDefinition"]["MatchAttributes"], packet) {
                    Truth::Yes => true,
                    Truth::No => false,
                    Truth::Maybe(_) => script.reading(&label, 2) == 0,
                };
                if hit {
                    return match stateless_action(each(&rule["RuleDefinition"], "Actions")) {
                        Some(action) => Ok(action),
                        None => unknown(format!("action of {label}")),
                    };
                }
            }
        }
        match stateless_action(each(self.policy, "StatelessDefaultActions")) {
            Some(action) => Ok(action),
            None => unknown("the stateless default action"),
        }
    }

    pub(super) fn stateful(&self, packet: &Packet, script: &mut Script) -> Result<Verdict, Fate> {
        let options = &self.policy["StatefulEngineOptions"];
        let strict = match text(options, "RuleOrder") {
            None | Some("DEFAULT_ACTION_ORDER") => false,
            Some("STRICT_ORDER") => true,
            Some(other) => return unknown(format!("rule order {other}")),
        };
        let mut asked = Vec::new();
        for reference in references(self.policy, "StatefulRuleGroupReferences") {
            self.rules_of(reference, packet, &mut asked);
        }
        if !strict {
            // Whatever passes comes before whatever drops.
            asked.sort_by_key(|a| !a.passes);
        }
        if self.policy["TLSInspectionConfigurationArn"].is_string() && packet.protocol == TCP {
            let matches = Truth::Maybe(String::from("TLS inspection"));
            asked.insert(
                0,
                Asked {
                    passes: false,
                    matches,
                },
            );
        }
        for (n, rule) in asked.into_iter().enumerate() {
            let hit = match rule.matches {
                Truth::Yes => true,
                Truth::No => false,
                Truth::Maybe(why) => script.reading(&format!("rule {n} on {packet}: {why}"), 2) == 0,
            };
            if hit {
                return Ok(Verdict {
                    passes: rule.passes,
                    by_rule: true,
                });
            }
        }
        let defaults = each(self.policy, "StatefulDefaultActions");
        let defaults: Vec<&str> = defaults.iter().filter_map(Value::as_str).collect();
        let passes = if !strict {
            true
        } else if defaults.iter().any(|d| d.starts_with("aws:drop_")) {
            false
        } else if defaults.iter().all(|d| d.starts_with("aws:alert_")) {
            true
        } else {
            return unknown(format!("default actions {defaults:?}"));
        };
        Ok(Verdict {
            passes,
            by_rule: false,
        })
    }

    fn rules_of(&self, reference: &Value, packet: &Packet, asked: &mut Vec<Asked>) {
        let arn = word(reference, "ResourceArn");
        let alerts = word(&reference["Override"], "Action") == "DROP_TO_ALERT";
        let mut add = |passes: bool, matches: Truth| {
            if passes || !alerts {
                asked.push(Asked { passes, matches });
            }
        };
        let Some(group) = self.group(arn) else {
            for passes in [true, false] {
                add(passes, Truth::Maybe(format!("{arn} was not read")));
            }
            return;
        };
        let source = &group["RulesSource"];
        for rule in each(source, "StatefulRules") {
            let options: Vec<String> = each(rule, "RuleOptions")
                .iter()
                .map(|o| word(o, "Keyword").split(':').next().unwrap_or("").to_owned())
                .collect();
            let h = &rule["Header"];
            let header = [
                word(h, "Protocol"),
                word(h, "Source"),
                word(h, "SourcePort"),
                word(h, "Destination"),
                word(h, "DestinationPort"),
            ];
            let matches = self.rule(group, header, word(h, "Direction") == "ANY", &options, packet);
            self.by_action(word(rule, "Action"), matches, &mut add);
        }
        for line in word(source, "RulesString").lines() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let (header, options) = line.split_once('(').unwrap_or((line, ""));
            let words: Vec<&str> = header.split_whitespace().collect();
            if let [
                action,
                protocol,
                from,
                from_port,
                arrow @ ("->" | "<>"),
                to,
                to_port,
            ] = words.as_slice()
            {
                let options: Vec<String> = options
                    .split(';')
                    .map(|o| o.split(':').next().unwrap_or("").trim().to_owned())
                    .filter(|o| !o.is_empty() && o != ")")
                    .collect();
                let header = [*protocol, *from, *from_port, *to, *to_port];
                let matches = self.rule(group, header, *arrow == "<>", &options, packet);
                self.by_action(action, matches, &mut add);
            } else {
                for passes in [true, false] {
                    add(passes, Truth::Maybe(format!("cannot read {line}")));
                }
            }
        }
        let list = &source["RulesSourceList"];
        if list.is_object() && packet.protocol == TCP {
            let makes: &[bool] = match word(list, "GeneratedRulesType") {
                "DENYLIST" | "REJECTLIST" => &[false],
                "ALERTLIST" => &[],
                _ => &[true, false],
            };
            for passes in makes {
                add(*passes, Truth::Maybe(format!("domains of {arn}")));
            }
        }
    }

    fn by_action(&self, action: &str, matches: Truth, add: &mut impl FnMut(bool, Truth)) {
        match action.to_ascii_lowercase().as_str() {
            "pass" => add(true, matches),
            "drop" | "reject" => add(false, matches),
            "alert" => {}
            _ => {
                for passes in [true, false] {
                    add(passes, matches.clone().and(Truth::Maybe(String::from("action"))));
                }
            }
        }
    }

    fn rule(
        &self,
        group: &Value,
        [protocol, from, from_port, to, to_port]: [&str; 5],
        both_ways: bool,
        options: &[String],
        packet: &Packet,
    ) -> Truth {
        let one_way = |source: &str, source_port: &str, destination: &str, destination_port: &str| {
            let ports = match packet.fields {
                Fields::Ports {
                    source: s,
                    destination: d,
                } => port_in(group, source_port, s).and(port_in(group, destination_port, d)),
                _ if [source_port, destination_port]
                    .iter()
                    .all(|p| p.eq_ignore_ascii_case("any")) =>
                {
                    Truth::Yes
                }
                _ => Truth::Maybe(String::from("ports of what has none")),
            };
            self.address_in(group, source, packet.source)
                .and(self.address_in(group, destination, packet.destination))
                .and(ports)
        };
        let mut matches = one_way(from, from_port, to, to_port);
        if both_ways {
            matches = matches.or(one_way(to, to_port, from, from_port));
        }
        let protocol = match protocol.to_ascii_lowercase().as_str() {
            "ip" => Truth::Yes,
            "tcp" => Truth::from_bool(packet.protocol == TCP),
            "udp" => Truth::from_bool(packet.protocol == UDP),
            "icmp" => Truth::from_bool(matches!(packet.protocol, ICMP | ICMPV6)),
            "http" | "tls" if packet.protocol != TCP => Truth::No,
            other => Truth::Maybe(format!("protocol {other}")),
        };
        let for_people = ["sid", "rev", "msg", "metadata"];
        let options = match options.iter().find(|o| !for_people.contains(&o.as_str())) {
            Some(other) => Truth::Maybe(format!("option {other}")),
            None => Truth::Yes,
        };
        matches.and(protocol).and(options)
    }

    /// Whether an expression means an address.
    fn address_in(&self, group: &Value, expression: &str, ip: IpAddr) -> Truth {
        if expression.eq_ignore_ascii_case("any") {
            return Truth::Yes;
        }
        if let Some(other) = expression.strip_prefix('!') {
            return not(self.address_in(group, other, ip));
        }
        if let Some(list) = expression.strip_prefix('[').and_then(|e| e.strip_suffix(']')) {
            return in_list(list, |e| self.address_in(group, e, ip));
        }
        if let Some(name) = expression.strip_prefix('$') {
            let own = &group["RuleVariables"]["IPSets"];
            let policy = &self.policy["PolicyVariables"]["RuleVariables"];
            for set in [&own[name], &policy[name]] {
                if set.is_object() {
                    let all = each(set, "Definition").iter().filter_map(Value::as_str);
                    return all.fold(Truth::No, |so_far, e| so_far.or(self.address_in(group, e, ip)));
                }
            }
            return match name {
                "HOME_NET" => self.in_own_vpc(ip),
                "EXTERNAL_NET" if !own["HOME_NET"].is_object() => {
                    not(self.address_in(group, "$HOME_NET", ip))
                }
                _ => Truth::Maybe(format!("variable {name}")),
            };
        }
        if let Some(name) = expression.strip_prefix('@') {
            let arn = word(&group["ReferenceSets"]["IPSetReferences"][name], "ReferenceArn");
            let id = arn.rsplit('/').next().unwrap_or("");
            let list = self.oracle.find("PrefixLists", "PrefixListId", id);
            return match list.map(|l| &l["Cidrs"]).filter(|c| c.is_array()) {
                Some(cidrs) => {
                    let mut blocks = cidrs.as_array().into_iter().flatten().filter_map(Value::as_str);
                    Truth::from_bool(blocks.any(|b| Cidr::of(b).contains(ip)))
                }
                None => Truth::Maybe(format!("reference {name}")),
            };
        }
        match Cidr::parse(expression) {
            Some(block) => Truth::from_bool(block.contains(ip)),
            None => Truth::Maybe(format!("address {expression}")),
        }
    }

    /// HOME_NET by default. AWS speaks of the VPC's block: whether of those added later too, it does not say.
    fn in_own_vpc(&self, ip: IpAddr) -> Truth {
        let vpc = word(self.firewall, "VpcId");
        if self.firewall["NumberOfAssociations"].as_i64().unwrap_or(0) > 0 {
            return Truth::Maybe(String::from("HOME_NET of a firewall with associations"));
        }
        let Some(first) = self
            .oracle
            .find("Vpcs", "VpcId", vpc)
            .and_then(|v| Cidr::parse(word(v, "CidrBlock")))
        else {
            return Truth::Maybe(String::from("HOME_NET of a VPC that was not read"));
        };
        if first.contains(ip) {
            return Truth::Yes;
        }
        match self.oracle.vpc_has(vpc, ip) {
            Truth::No => Truth::No,
            _ => Truth::Maybe(String::from("HOME_NET beyond the first block")),
        }
    }
}

fn port_in(group: &Value, expression: &str, port: u16) -> Truth {
    if expression.eq_ignore_ascii_case("any") {
        return Truth::Yes;
    }
    if let Some(other) = expression.strip_prefix('!') {
        return not(port_in(group, other, port));
    }
    if let Some(list) = expression.strip_prefix('[').and_then(|e| e.strip_suffix(']')) {
        return in_list(list, |e| port_in(group, e, port));
    }
    if let Some(name) = expression.strip_prefix('$') {
        let set = &group["RuleVariables"]["PortSets"][name];
        if !set.is_object() {
            return Truth::Maybe(format!("variable {name}"));
        }
        let all = each(set, "Definition").iter().filter_map(Value::as_str);
        return all.fold(Truth::No, |so_far, e| so_far.or(port_in(group, e, port)));
    }
    let (from, to) = expression.split_once(':').unwrap_or((expression, expression));
    let from = if from.is_empty() {
        Ok(0)
    } else {
        from.parse::<u16>()
    };
    let to = if to.is_empty() {
        Ok(65535)
    } else {
        to.parse::<u16>()
    };
    match (from, to) {
        (Ok(from), Ok(to)) => Truth::from_bool((from..=to).contains(&port)),
        _ => Truth::Maybe(format!("port {expression}")),
    }
}

/// A list without lists in it: what is wanted, less what is not.
fn in_list(list: &str, of: impl Fn(&str) -> Truth) -> Truth {
    let (unwanted, wanted): (Vec<&str>, Vec<&str>) =
        list.split(',').map(str::trim).partition(|e| e.starts_with('!'));
    let any = if wanted.is_empty() { Truth::Yes } else { Truth::No };
    let wanted = wanted.into_iter().fold(any, |so_far, e| so_far.or(of(e)));
    unwanted.into_iter().fold(wanted, |so_far, e| so_far.and(of(e)))
}

fn not(truth: Truth) -> Truth {
    match truth {
        Truth::Yes => Truth::No,
        Truth::No => Truth::Yes,
        maybe => maybe,
    }
}

fn stateless_action(words: &[Value]) -> Option<Stateless> {
    let mut own = words
        .iter()
        .filter_map(Value::as_str)
        .filter(|w| w.starts_with("aws:"));
    let action = match own.next()? {
        "aws:pass" => Stateless::Pass,
        "aws:drop" => Stateless::Drop,
        "aws:forward_to_sfe" => Stateless::Forward,
        _ => return None,
    };
    own.next().is_none().then_some(action)
}

fn stateless_match(attributes: &Value, packet: &Packet) -> Truth {
    let protocols = each(attributes, "Protocols");
    let protocol = protocols.is_empty() || protocols.iter().any(|p| *p == packet.protocol);
    let mut matches = Truth::from_bool(protocol);
    for (list, ip) in [("Sources", packet.source), ("Destinations", packet.destination)] {
        let blocks = each(attributes, list);
        let start = if blocks.is_empty() { Truth::Yes } else { Truth::No };
        let hit = blocks.iter().fold(start, |so_far, a| {
            so_far.or(match Cidr::parse(word(a, "AddressDefinition")) {
                Some(block) => Truth::from_bool(block.contains(ip)),
                None => Truth::Maybe(String::from("a block that cannot be read")),
            })
        });
        matches = matches.and(hit);
    }
    let own = match packet.fields {
        Fields::Ports { source, destination } => Some([source, destination]),
        _ => None,
    };
    for (n, list) in ["SourcePorts", "DestinationPorts"].into_iter().enumerate() {
        let ranges = each(attributes, list);
        if ranges.is_empty() {
            continue;
        }
        matches = matches.and(match own {
            Some(own) => Truth::from_bool(ranges.iter().any(|r| {
                let port = i64::from(own[n]);
                r["FromPort"].as_i64() <= Some(port) && Some(port) <= r["ToPort"].as_i64()
            })),
            None => Truth::Maybe(String::from("ports of what has none")),
        });
    }
    if !each(attributes, "TCPFlags").is_empty() {
        matches = matches.and(Truth::Maybe(String::from("flags")));
    }
    matches
}
