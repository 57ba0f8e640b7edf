//! The rules of security groups and network ACLs.

use serde_json::{Value, json};

use super::layout::{Size, Tier, id};

/// How many prefix lists there are, and how many entries each has.
pub(crate) const PREFIX_LISTS: usize = 20;
pub(crate) const PREFIX_LIST_ENTRIES: usize = 20;

fn permission(port: usize, range: Option<String>, group: Option<usize>, list: Option<usize>) -> Value {
    let described =
        |range: String| json!({"CidrIp": range, "Description": format!("opened for port {port}")});
    json!({
        "IpProtocol": "tcp", "FromPort": port, "ToPort": port,
        "UserIdGroupPairs": group.map(|group| json!({"UserId": "111122223333", "GroupId": id("sg", group)}))
            .into_iter().collect::<Vec<_>>(),
        "IpRanges": range.map(described).into_iter().collect::<Vec<_>>(),
        "Ipv6Ranges": [],
        "PrefixListIds": list.map(|list| json!({"PrefixListId": id("pl", list)})).into_iter().collect::<Vec<_>>(),
    })
}

/// The inbound rules of a group: first what its tier serves, then what has gathered.
pub(crate) fn inbound(size: Size, group: usize) -> Vec<Value> {
    let (vpc, tier) = size.place_of_group(group);
    let mut dice = size.dice("inbound", group);
    let port = usize::from(tier.port());
    let mut rules = Vec::new();
    let from = |tier: Tier, percent: usize, dice: &mut super::dice::Dice, rules: &mut Vec<Value>| {
        for index in 0..size.groups_of_tier() {
            if dice.chance(percent) {
                rules.push(permission(port, None, Some(size.group(vpc, tier, index)), None));
            }
        }
    };
    match tier {
        Tier::Public => rules.push(permission(port, Some("0.0.0.0/0".into()), None, None)),
        Tier::App => from(Tier::Public, 80, &mut dice, &mut rules),
        Tier::Data => from(Tier::App, 75, &mut dice, &mut rules),
        Tier::Service => from(Tier::App, 50, &mut dice, &mut rules),
    }
    if matches!(tier, Tier::Data | Tier::Service) {
        // Others reach it by address: some VPCs behind the transit gateway, one subnet of the peer.
        for other in 0..size.vpcs {
            if dice.chance(40) {
                rules.push(permission(port, Some(format!("10.{other}.16.0/20")), None, None));
            }
        }
    }
    rules.truncate(size.rules);
    while rules.len() < size.rules {
        let port =
            [22, 443, 3306, 6379, 8443, 9092, 9100, 9200, 11211, 27017][dice.below(10)] + dice.below(4);
        let (a, b, c) = (dice.below(size.vpcs), dice.below(64), dice.below(250));
        rules.push(match dice.below(10) {
            0..=2 => permission(port, Some(format!("10.{a}.{b}.{c}/32")), None, None),
            3..=4 => permission(port, Some(format!("10.{a}.{b}.0/24")), None, None),
            5 => permission(port, Some(format!("172.16.{c}.0/24")), None, None),
            6..=7 => {
                let tier = Tier::ALL[dice.below(4)];
                let index = dice.below(size.groups_of_tier());
                let vpc = size.peer(vpc).filter(|_| dice.chance(20)).unwrap_or(vpc);
                permission(port, None, Some(size.group(vpc, tier, index)), None)
            }
            _ => permission(port, None, None, Some(dice.below(PREFIX_LISTS))),
        });
    }
    rules
}

/// The outbound rules of a group: most let everything out.
pub(crate) fn outbound(size: Size, group: usize) -> Vec<Value> {
    let (vpc, _) = size.place_of_group(group);
    let mut dice = size.dice("outbound", group);
    if dice.chance(70) {
        return vec![
            json!({"IpProtocol": "-1", "UserIdGroupPairs": [], "IpRanges": [{"CidrIp": "0.0.0.0/0"}],
            "Ipv6Ranges": [], "PrefixListIds": []}),
        ];
    }
    let mut rules = vec![
        permission(443, Some("0.0.0.0/0".into()), None, None),
        permission(5432, Some("10.0.0.0/8".into()), None, None),
        permission(443, None, None, Some(dice.below(PREFIX_LISTS))),
    ];
    for tier in [Tier::App, Tier::Service] {
        for index in 0..size.groups_of_tier() {
            rules.push(permission(
                usize::from(tier.port()),
                None,
                Some(size.group(vpc, tier, index)),
                None,
            ));
        }
    }
    rules
}

/// The entries of a tier's network ACL in one VPC.
pub(crate) fn entries(size: Size, vpc: usize, tier: Tier) -> Vec<Value> {
    let mut dice = size.dice("entries", vpc * Tier::ALL.len() + tier as usize);
    let mut entries = Vec::new();
    for egress in [false, true] {
        let mut number = 0;
        let mut add = |action: &str, net: String, ports: Option<(usize, usize)>| {
            number += 10;
            let mut entry = json!({"RuleNumber": number, "Egress": egress, "RuleAction": action, "CidrBlock": net,
                "Protocol": if ports.is_some() { "6" } else { "-1" }});
            if let Some((from, to)) = ports {
                entry["PortRange"] = json!({"From": from, "To": to});
            }
            entries.push(entry);
        };
        // Most that face the internet deny nobody by address: then part of the internet would not reach them.
        let denied = if tier == Tier::Public && vpc % 5 != 2 {
            0
        } else {
            6
        };
        for _ in 0..denied {
            let (a, b) = (dice.below(250), dice.below(250));
            add("deny", format!("192.0.{a}.{b}/32"), None);
        }
        add("deny", "0.0.0.0/0".into(), Some((23, 23)));
        match tier {
            Tier::Public => {
                add("allow", "0.0.0.0/0".into(), Some((80, 80)));
                add("allow", "0.0.0.0/0".into(), Some((443, 443)));
                add("allow", "10.0.0.0/8".into(), Some((8080, 8080)));
            }
            Tier::App | Tier::Service => {
                add("allow", "0.0.0.0/0".into(), Some((443, 443)));
                add("allow", "10.0.0.0/8".into(), Some((8080, 8080)));
                add("allow", "10.0.0.0/8".into(), Some((9443, 9443)));
                add("allow", "10.0.0.0/8".into(), Some((5432, 5432)));
            }
            Tier::Data => {
                add("allow", format!("10.{vpc}.0.0/16"), Some((5432, 5432)));
                if dice.chance(70) {
                    add("allow", "10.0.0.0/8".into(), Some((5432, 5432)));
                }
            }
        }
        // Somebody knew of the ports that Linux uses, and of no others.
        let from = if dice.chance(5) { 32_768 } else { 1024 };
        add("allow", "0.0.0.0/0".into(), Some((from, 65_535)));
        let closing = json!({"RuleNumber": 32767, "Egress": egress, "RuleAction": "deny", "Protocol": "-1",
            "CidrBlock": "0.0.0.0/0"});
        entries.push(closing);
    }
    entries
}
