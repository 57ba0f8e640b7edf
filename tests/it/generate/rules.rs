//! Security groups, prefix lists and network ACLs, full of near misses.

use serde_json::json;

use super::dice::Dice;
use super::plan::Plan;
use crate::network::{entry, permission};
use crate::oracle::address::{Cidr, number};

/// Destination ports that questions are about, and those beside them.
const PORTS: [(i32, i32); 14] = [
    (443, 443),
    (443, 443),
    (80, 443),
    (80, 80),
    (22, 22),
    (0, 65535),
    (0, 65535),
    (1, 442),
    (444, 65535),
    (53, 53),
    (1024, 65535),
    (442, 444),
    (80, 442),
    (3306, 5432),
];

/// Ranges of client ports in network ACLs.
const CLIENTS: [(i32, i32); 9] = [
    (1024, 65535),
    (1024, 65535),
    (1024, 65535),
    (32768, 65535),
    (32768, 60999),
    (1025, 65534),
    (49152, 65535),
    (1024, 32767),
    (0, 65535),
];

const ICMP: [(i32, i32); 7] = [(8, -1), (-1, -1), (0, -1), (8, 0), (0, 0), (3, 4), (8, 1)];
const ICMPV6: [(i32, i32); 5] = [(128, -1), (-1, -1), (129, -1), (128, 0), (2, 0)];

pub(super) fn draw(plan: &mut Plan, dice: &mut Dice) {
    lists(plan, dice);
    for n in 0..plan.vpcs.len() {
        groups(plan, n, dice);
        acls(plan, n, dice);
    }
}

fn lists(plan: &mut Plan, dice: &mut Dice) {
    plan.network
        .prefix_list("pl-s3", &["52.216.0.0/24", "3.5.140.0/24"]);
    let addresses = plan.addresses();
    let mut entries = vec![String::from("203.0.113.0/24")];
    for _ in 0..dice.between(1, 3) {
        let address = dice.pick(&addresses);
        let width = if address.contains(':') { 128 } else { 32 };
        entries.push(format!("{address}/{width}"));
    }
    let entries: Vec<&str> = entries.iter().map(String::as_str).collect();
    plan.network.prefix_list("pl-1", &entries);
    let second: &[&str] = dice.pick(&[
        &["203.0.113.0/24", "10.1.0.0/24"] as &[&str],
        &["203.0.113.0/25"],
        &["10.0.0.0/8", "fd00::/8"],
        &["2606:4700::/32", "8.8.8.8/32"],
    ]);
    plan.network.prefix_list("pl-2", second);
    if plan.nasty(dice, 4) {
        plan.network.edit("PrefixLists", "pl-2", |l| {
            l.as_object_mut().expect("an object").remove("Cidrs");
        });
    }
}

/// A block that rules may name: of everything, of a part, of one address, of its neighbour.
fn block(plan: &Plan, n: usize, v6: bool, dice: &mut Dice) -> String {
    let vpc = &plan.vpcs[n];
    let other = &plan.vpcs[dice.below(plan.vpcs.len())];
    let addresses: Vec<String> = plan
        .addresses()
        .into_iter()
        .filter(|a| a.contains(':') == v6)
        .collect();
    if v6 {
        let lone = addresses.first().map_or("2606:4700::1111/128".to_owned(), |_| {
            format!("{}/128", dice.pick(&addresses))
        });
        let subnet = dice.pick(&other.subnets).v6.unwrap_or_else(|| "::/0".to_owned());
        return dice.weighted(&[
            (5, "::/0".to_owned()),
            (2, other.v6.clone().unwrap_or_else(|| "::/0".to_owned())),
            (1, vpc.v6.clone().unwrap_or_else(|| "fd00::/8".to_owned())),
            (2, subnet),
            (2, lone),
            (1, "2606:4700::/32".to_owned()),
            (1, "64:ff9b::/96".to_owned()),
        ]);
    }
    let lone = dice.pick(&addresses);
    let ip = lone.parse().expect("an address");
    let neighbour = crate::oracle::address::address(false, number(ip) ^ 1);
    let publics = plan.publics();
    let public = if publics.is_empty() {
        "198.51.100.77".to_owned()
    } else {
        dice.pick(&publics)
    };
    let far_subnet = dice.pick(&other.subnets).block;
    let two = Cidr::of(&format!("{neighbour}/31")).nth(0);
    dice.weighted(&[
        (10, "0.0.0.0/0".to_owned()),
        (3, "10.0.0.0/8".to_owned()),
        (3, other.blocks[0].clone()),
        (2, vpc.blocks[0].clone()),
        (3, far_subnet),
        (3, format!("{lone}/32")),
        (1, format!("{neighbour}/32")),
        (1, format!("{two}/31")),
        (1, format!("{public}/32")),
        (1, "203.0.113.0/24".to_owned()),
        (1, "128.0.0.0/1".to_owned()),
        (1, "52.216.0.0/24".to_owned()),
        (1, "192.168.0.0/16".to_owned()),
    ])
}

fn groups(plan: &mut Plan, n: usize, dice: &mut Dice) {
    for group in plan.vpcs[n].groups.clone() {
        let tidy = dice.chance(90 - plan.mess * 9);
        if tidy {
            for whom in ["0.0.0.0/0", "::/0"] {
                plan.network.egress(&group, "-1", (0, 0), whom);
            }
        } else {
            for _ in 0..dice.between(0, 3) {
                let rule = permission_of(plan, n, dice);
                push(plan, &group, "IpPermissionsEgress", rule);
            }
        }
        if dice.chance(20) {
            plan.network
                .ingress(&group, "-1", (0, 0), "0.0.0.0/0")
                .ingress(&group, "-1", (0, 0), "::/0");
        }
        if dice.chance(55 - plan.mess * 5) {
            plan.network
                .ingress(&group, "tcp", (443, 443), "0.0.0.0/0")
                .ingress(&group, "tcp", (443, 443), "::/0")
                .ingress(&group, "icmp", (8, -1), "0.0.0.0/0");
        }
        for _ in 0..dice.between(0, 4) {
            let rule = permission_of(plan, n, dice);
            push(plan, &group, "IpPermissions", rule);
        }
    }
}

fn push(plan: &mut Plan, group: &str, list: &str, rule: serde_json::Value) {
    plan.network.edit("SecurityGroups", group, |g| {
        g[list].as_array_mut().expect("a list").push(rule);
    });
}

fn permission_of(plan: &Plan, n: usize, dice: &mut Dice) -> serde_json::Value {
    let v6 = dice.chance(20);
    let whom = match dice.below(10) {
        0..=2 => {
            let of = if dice.chance(65) {
                n
            } else {
                dice.below(plan.vpcs.len())
            };
            dice.pick(&plan.vpcs[of].groups)
        }
        3 => dice.pick(&["pl-1", "pl-1", "pl-2", "pl-s3"]).to_owned(),
        _ => block(plan, n, v6, dice),
    };
    let (protocol, ports) = protocol(v6, dice);
    let mut rule = permission(protocol, ports, &whom);
    if whom.starts_with("sg-") && plan.nasty(dice, 3) {
        rule["UserIdGroupPairs"][0]["PeeringStatus"] = "deleted".into();
    }
    if dice.chance(10) {
        rule["IpRanges"]
            .as_array_mut()
            .expect("a list")
            .push(json!({"CidrIp": block(plan, n, false, dice)}));
    }
    rule
}

fn protocol(v6: bool, dice: &mut Dice) -> (&'static str, (i32, i32)) {
    match dice.weighted(&[
        (10, "tcp"),
        (3, "udp"),
        (5, "-1"),
        (3, "icmp"),
        (1, "47"),
        (1, "6"),
        (1, "132"),
    ]) {
        "icmp" if v6 => ("icmpv6", dice.pick(&ICMPV6)),
        "icmp" => ("icmp", dice.pick(&ICMP)),
        // By its number, TCP is the same as by its name.
        "6" => ("6", dice.pick(&PORTS)),
        other => (other, dice.pick(&PORTS)),
    }
}

fn acls(plan: &mut Plan, n: usize, dice: &mut Dice) {
    let default = format!("acl-{n}");
    if dice.chance(8 + plan.mess * 5) {
        plan.network
            .edit("NetworkAcls", &default, |a| a["Entries"] = json!([]));
        fill(plan, n, &default, dice);
    }
    if dice.chance(45) {
        let id = format!("acl-{n}x");
        let mut subnets: Vec<String> = plan.vpcs[n].subnets.iter().map(|s| s.id.clone()).collect();
        subnets.retain(|_| dice.chance(40));
        let ids: Vec<&str> = subnets.iter().map(String::as_str).collect();
        let vpc = plan.vpcs[n].id.clone();
        plan.network.acl(&id, &vpc, &ids);
        fill(plan, n, &id, dice);
    }
    if dice.chance(50) {
        narrow_at_nat(plan, n, dice);
    }
    if plan.nasty(dice, 3) {
        // A subnet whose association is not listed: the default one acts.
        let gone = dice.pick(&plan.vpcs[n].subnets).id;
        plan.network.edit("NetworkAcls", &default, |a| {
            a["Associations"]
                .as_array_mut()
                .expect("a list")
                .retain(|x| x["SubnetId"] != gone.as_str());
        });
    }
}

/// A network ACL on a NAT gateway's subnet that lets in what the VPC sends and, of the replies, a range.
fn narrow_at_nat(plan: &mut Plan, n: usize, dice: &mut Dice) {
    let vpc = plan.vpcs[n].clone();
    let whole = plan.network.json();
    let subnet = whole["NatGateways"]
        .as_array()
        .expect("a list")
        .iter()
        .filter(|g| g["VpcId"] == vpc.id.as_str())
        .find_map(|g| g["SubnetId"].as_str());
    let Some(subnet) = subnet else { return };
    let id = format!("acl-{n}n");
    plan.network.acl(&id, &vpc.id, &[subnet]);
    for egress in [false, true] {
        let mut number = 100;
        for (protocol, ports) in [
            ("6", dice.pick(&CLIENTS)),
            ("17", dice.pick(&CLIENTS)),
            ("1", (-1, -1)),
        ] {
            number += 10;
            plan.network
                .entry(&id, entry(number, egress, "allow", protocol, "0.0.0.0/0", ports));
        }
        for (protocol, ports) in [("6", (1, 1023)), ("17", (1, 1023))] {
            number += 10;
            plan.network
                .entry(&id, entry(number, egress, "allow", protocol, "0.0.0.0/0", ports));
        }
    }
}

fn fill(plan: &mut Plan, n: usize, acl: &str, dice: &mut Dice) {
    for egress in [false, true] {
        let style = dice.below(10);
        let mut number = 10;
        if style < 7 {
            // As people write them: a few exceptions, then what is meant.
            for _ in 0..dice.below(3) {
                number += dice.between(1, 20) as u32;
                let e = entry_of(plan, n, number, egress, dice);
                plan.network.entry(acl, e);
            }
            number = 100;
            if style < 4 {
                for whom in ["0.0.0.0/0", "::/0"] {
                    number += 1;
                    plan.network
                        .entry(acl, entry(number, egress, "allow", "-1", whom, (0, 0)));
                }
            } else {
                for whom in ["0.0.0.0/0", "::/0"] {
                    for ports in [(443, 443), dice.pick(&CLIENTS)] {
                        number += 1;
                        plan.network
                            .entry(acl, entry(number, egress, "allow", "6", whom, ports));
                    }
                    number += 1;
                    plan.network.entry(
                        acl,
                        entry(number, egress, "allow", "17", whom, dice.pick(&CLIENTS)),
                    );
                }
                number += 1;
                plan.network.entry(
                    acl,
                    entry(number, egress, "allow", "1", "0.0.0.0/0", dice.pick(&ICMP)),
                );
            }
        } else {
            for _ in 0..dice.between(1, 5) {
                number += dice.between(1, 20) as u32;
                let e = entry_of(plan, n, number, egress, dice);
                plan.network.entry(acl, e);
            }
        }
        if !acl.ends_with('x') {
            plan.network
                .entry(acl, entry(32767, egress, "deny", "-1", "0.0.0.0/0", (0, 0)));
        }
    }
}

fn entry_of(plan: &Plan, n: usize, number: u32, egress: bool, dice: &mut Dice) -> serde_json::Value {
    let v6 = dice.chance(20);
    let whom = block(plan, n, v6, dice);
    let action = if dice.chance(60) { "allow" } else { "deny" };
    let (protocol, ports) = match dice.weighted(&[(8, "6"), (2, "17"), (5, "-1"), (2, "1"), (1, "47")]) {
        "1" if v6 => ("58", dice.pick(&ICMPV6)),
        "1" => ("1", dice.pick(&ICMP)),
        other if dice.chance(50) => (other, dice.pick(&PORTS)),
        other => (other, dice.pick(&CLIENTS)),
    };
    let mut e = entry(number, egress, action, protocol, &whom, ports);
    if protocol == "-1" && dice.chance(10) {
        e["PortRange"] = json!({"From": 80, "To": 80});
    }
    e
}
