//! A rule or a route as people read it.

use crate::network::Kind;
use crate::reach::report::{Direction, FromTo, PacketBox, Rule};

use super::clean::clean_to;
use super::component::Names;
use super::packets;

/// The longest description of a rule that has no fields of its own, in columns.
const DESCRIPTION_COLUMNS: usize = 200;

/// A rule that decided; `lost` is what it lost, if it did.
pub(crate) fn text(rule: &Rule, lost: &[PacketBox], names: &Names) -> String {
    match rule {
        Rule::NetworkAclEntry {
            rule_number,
            rule_action,
            egress,
            protocol,
            cidr_block,
            ipv6_cidr_block,
            port_range,
        } => {
            let verb = match rule_action.as_str() {
                "allow" => "allows",
                "deny" => "denies",
                other => other,
            };
            let side = if *egress { "to" } else { "from" };
            if *rule_number >= ANY_OTHER {
                // What `*` covers says nothing; what it lost does.
                let what = if lost.is_empty() {
                    "all else".to_owned()
                } else {
                    refused(lost, *egress)
                };
                return format!("rule * {verb} {what}");
            }
            let ports = port_range.as_ref().map(from_to).unwrap_or_default();
            let block = cidr_block
                .as_deref()
                .or(ipv6_cidr_block.as_deref())
                .unwrap_or_default();
            let what = format!("{}{ports}", packets::protocol_word(protocol));
            if block.is_empty() {
                format!("rule {rule_number} {verb} {what}")
            } else {
                format!(
                    "rule {rule_number} {verb} {what} {side} {}",
                    packets::address(block)
                )
            }
        }
        Rule::SecurityGroupRule {
            group_id: _,
            is_egress,
            ip_protocol,
            from_port,
            to_port,
            cidr_ipv4,
            cidr_ipv6,
            prefix_list_id,
            referenced_group_id,
        } => {
            let side = if *is_egress { "to" } else { "from" };
            let peer = cidr_ipv4
                .as_deref()
                .or(cidr_ipv6.as_deref())
                .map(packets::address)
                .or_else(|| {
                    prefix_list_id
                        .as_deref()
                        .map(|id| names.component(Kind::PrefixList, id))
                })
                .or_else(|| {
                    referenced_group_id
                        .as_deref()
                        .map(|id| names.component(Kind::SecurityGroup, id))
                });
            let what = security_group_ports(ip_protocol, *from_port, *to_port);
            match peer {
                Some(peer) => format!("allows {what} {side} {peer}"),
                None => format!("allows {what}"),
            }
        }
        Rule::Route {
            destination,
            target,
            state,
            origin: _,
        } => {
            let target = if target == "local" {
                "local".to_owned()
            } else {
                names.with_id(target)
            };
            let dead = if state == "blackhole" { ", a blackhole" } else { "" };
            format!("{destination} → {target}{dead}")
        }
        Rule::TransitGatewayRoute {
            destination_cidr_block,
            transit_gateway_attachment_ids,
            r#type,
            state,
        } => {
            let targets: Vec<String> = transit_gateway_attachment_ids
                .iter()
                .map(|id| names.with_id(id))
                .collect();
            match targets.as_slice() {
                [] => format!("{destination_cidr_block}, a {state}"),
                targets => format!("{destination_cidr_block} → {}, {type}", targets.join(", ")),
            }
        }
        rule @ (Rule::FirewallStatelessRule { .. } | Rule::FirewallStatefulRule { .. }) => {
            clean_to(&crate::reach::message::rule(rule), DESCRIPTION_COLUMNS)
        }
        Rule::Other { description } => clean_to(description, DESCRIPTION_COLUMNS),
    }
}

/// The number under which AWS prints a network ACL's `*`: 32767, for IPv6 32768.
const ANY_OTHER: u32 = 32767;

/// `tcp 22 from 10.0.1.0/24`: what was lost, with the far side's address.
fn refused(lost: &[PacketBox], egress: bool) -> String {
    let (side, blocks) = if egress {
        (
            "to",
            packets::addresses(lost.iter().map(|b| b.destination.as_str())),
        )
    } else {
        ("from", packets::addresses(lost.iter().map(|b| b.source.as_str())))
    };
    match blocks.as_slice() {
        [] => packets::what(lost),
        [one] => format!("{} {side} {one}", packets::what(lost)),
        [one, two] => format!("{} {side} {one}, {two}", packets::what(lost)),
        [one, rest @ ..] => format!("{} {side} {one} and {} more", packets::what(lost), rest.len()),
    }
}

/// ` 22` or ` 1024–65535`.
fn from_to(range: &FromTo) -> String {
    if range.from == range.to {
        format!(" {}", range.from)
    } else {
        format!(" {}–{}", range.from, range.to)
    }
}

/// `tcp 22`, `all`, `icmp type 8`: for ICMP the ports are type and code (API_IpPermission).
fn security_group_ports(protocol: &str, from: Option<i32>, to: Option<i32>) -> String {
    let word = packets::protocol_word(protocol);
    match (word.as_str(), from, to) {
        ("tcp" | "udp", Some(from), Some(to)) if (from, to) == (0, 65535) => word,
        ("tcp" | "udp", Some(from), Some(to)) => format!("{word}{}", from_to(&FromTo { from, to })),
        ("icmp" | "icmpv6", Some(from), _) if from < 0 => word,
        ("icmp" | "icmpv6", Some(from), Some(to)) if to >= 0 => format!("{word} type {from} code {to}"),
        ("icmp" | "icmpv6", Some(from), _) => format!("{word} type {from}"),
        _ => word,
    }
}

/// Whether a note says nothing but the rule once more.
pub(crate) fn is_told_by(rule: &Rule, note: &str) -> bool {
    match rule {
        Rule::NetworkAclEntry { .. } => note.starts_with("rule "),
        Rule::SecurityGroupRule { .. } => false,
        Rule::Route {
            destination, target, ..
        } => note == format!("{destination} → {target}"),
        Rule::TransitGatewayRoute {
            destination_cidr_block,
            ..
        } => note.starts_with(&format!("{destination_cidr_block} → ")),
        rule @ (Rule::FirewallStatelessRule { .. } | Rule::FirewallStatefulRule { .. }) => {
            note == crate::reach::message::rule(rule)
        }
        Rule::Other { description } => note == description,
    }
}

/// `in` or `out`.
pub(crate) fn direction_word(direction: Direction) -> &'static str {
    match direction {
        Direction::Ingress => "in",
        Direction::Egress => "out",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn show(rule: &Rule) -> String {
        text(rule, &[], &Names::default())
    }

    fn entry(number: u32, action: &str, protocol: &str, ports: Option<FromTo>) -> Rule {
        Rule::NetworkAclEntry {
            rule_number: number,
            rule_action: action.into(),
            egress: false,
            protocol: protocol.into(),
            cidr_block: Some("0.0.0.0/0".into()),
            ipv6_cidr_block: None,
            port_range: ports,
        }
    }

    fn group_rule(protocol: &str, from: Option<i32>, to: Option<i32>, referenced: Option<&str>) -> Rule {
        Rule::SecurityGroupRule {
            group_id: "sg-1".into(),
            is_egress: true,
            ip_protocol: protocol.into(),
            from_port: from,
            to_port: to,
            cidr_ipv4: referenced.is_none().then(|| "10.0.0.7/32".to_owned()),
            cidr_ipv6: None,
            prefix_list_id: None,
            referenced_group_id: referenced.map(str::to_owned),
        }
    }

    #[test]
    fn network_acl_entries() {
        assert_eq!(
            show(&entry(
                120,
                "allow",
                "6",
                Some(FromTo {
                    from: 1024,
                    to: 65535
                })
            )),
            "rule 120 allows tcp 1024–65535 from 0.0.0.0/0"
        );
        assert_eq!(
            show(&entry(100, "allow", "-1", None)),
            "rule 100 allows all from 0.0.0.0/0"
        );
        assert_eq!(
            show(&entry(90, "deny", "50", None)),
            "rule 90 denies protocol 50 from 0.0.0.0/0"
        );
        assert_eq!(show(&entry(32767, "deny", "-1", None)), "rule * denies all else");
    }

    #[test]
    fn security_group_rules() {
        assert_eq!(
            show(&group_rule("-1", None, None, None)),
            "allows all to 10.0.0.7"
        );
        assert_eq!(
            show(&group_rule("tcp", Some(5432), Some(5432), Some("sg-2"))),
            "allows tcp 5432 to security group sg-2"
        );
        assert_eq!(
            show(&group_rule("icmp", Some(-1), Some(-1), None)),
            "allows icmp to 10.0.0.7"
        );
        assert_eq!(
            show(&group_rule("icmp", Some(8), Some(-1), None)),
            "allows icmp type 8 to 10.0.0.7"
        );
        assert_eq!(
            show(&group_rule("udp", Some(0), Some(65535), None)),
            "allows udp to 10.0.0.7"
        );
    }

    #[test]
    fn routes() {
        let route = |target: &str, state: &str| Rule::Route {
            destination: "0.0.0.0/0".into(),
            target: target.into(),
            state: state.into(),
            origin: None,
        };
        assert_eq!(show(&route("nat-0aa", "active")), "0.0.0.0/0 → nat-0aa");
        assert_eq!(
            show(&route("nat-0aa", "blackhole")),
            "0.0.0.0/0 → nat-0aa, a blackhole"
        );
        let dead = Rule::TransitGatewayRoute {
            destination_cidr_block: "10.9.0.0/16".into(),
            transit_gateway_attachment_ids: Vec::new(),
            r#type: "static".into(),
            state: "blackhole".into(),
        };
        assert_eq!(show(&dead), "10.9.0.0/16, a blackhole");
    }

    #[test]
    fn other_peoples_words_are_made_safe() {
        assert_eq!(
            show(&Rule::Other {
                description: "pass\u{1b}[2J any".into()
            }),
            "pass[2J any"
        );
    }
}
