//! Rules, routes and losses in one sentence each.

use super::addresses::Family;
use super::code::Code;
use super::ranges::Ranges;
use super::report::{Direction, FromTo, Leg, PacketBox, Rule};
use super::walk::Loss;
use super::world::World;

/// A rule or route in a few words.
pub(crate) fn rule(rule: &Rule) -> String {
    match rule {
        Rule::NetworkAclEntry {
            rule_number,
            rule_action,
            protocol,
            cidr_block,
            ipv6_cidr_block,
            port_range,
            ..
        } => {
            let number = match rule_number {
                32767 | 32768 => "*".to_owned(),
                number => number.to_string(),
            };
            let block = cidr_block.as_ref().or(ipv6_cidr_block.as_ref());
            let ports = port_range
                .map(|range| span(range.from, range.to))
                .unwrap_or_default();
            let what = match protocol.as_str() {
                "-1" => "all".to_owned(),
                "6" => format!("tcp{ports}"),
                "17" => format!("udp{ports}"),
                "1" => "icmp".to_owned(),
                "58" => "icmpv6".to_owned(),
                other => format!("protocol {other}"),
            };
            format!(
                "rule {number} {rule_action} {what} {}",
                block.map_or("", String::as_str)
            )
            .trim_end()
            .to_owned()
        }
        Rule::SecurityGroupRule {
            ip_protocol,
            from_port,
            to_port,
            cidr_ipv4,
            cidr_ipv6,
            prefix_list_id,
            referenced_group_id,
            is_egress,
            ..
        } => {
            let peer = [cidr_ipv4, cidr_ipv6, prefix_list_id, referenced_group_id]
                .into_iter()
                .flatten()
                .next()
                .map_or("", String::as_str);
            let ports = match (from_port, to_port) {
                (Some(from), Some(to)) if ip_protocol != "-1" => span(*from, *to),
                _ => String::new(),
            };
            let protocol = if ip_protocol == "-1" { "all" } else { ip_protocol };
            let word = if *is_egress { "to" } else { "from" };
            format!("{protocol}{ports} {word} {peer}")
        }
        Rule::Route {
            destination, target, ..
        } => format!("{destination} → {target}"),
        Rule::TransitGatewayRoute {
            destination_cidr_block,
            transit_gateway_attachment_ids,
            ..
        } => {
            let targets = if transit_gateway_attachment_ids.is_empty() {
                "blackhole".to_owned()
            } else {
                transit_gateway_attachment_ids.join(", ")
            };
            format!("{destination_cidr_block} → {targets}")
        }
        Rule::FirewallStatelessRule {
            priority,
            rule_action,
            protocols,
            sources,
            source_ports,
            destinations,
            destination_ports,
            ..
        } => {
            let protocols: Vec<String> = protocols.iter().map(ToString::to_string).collect();
            let protocols = if protocols.is_empty() {
                "all".to_owned()
            } else {
                format!("protocol {}", protocols.join(", "))
            };
            let from = firewall_end(sources, source_ports);
            let to = firewall_end(destinations, destination_ports);
            format!("rule {priority} {rule_action} {protocols} from {from} to {to}")
        }
        Rule::FirewallStatefulRule {
            rule_action,
            protocol,
            direction,
            sources,
            source_ports,
            destinations,
            destination_ports,
            ..
        } => {
            let from = firewall_end(sources, source_ports);
            let to = firewall_end(destinations, destination_ports);
            let ways = if direction == "ANY" { ", both ways" } else { "" };
            let protocol = protocol.to_ascii_lowercase();
            format!("{rule_action} {protocol} from {from} to {to}{ways}")
        }
        Rule::Other { description } => description.clone(),
    }
}

/// One side of a firewall's rule: addresses, then ports.
fn firewall_end(addresses: &[String], ports: &[FromTo]) -> String {
    let addresses = if addresses.is_empty() {
        "any".to_owned()
    } else {
        addresses.join(", ")
    };
    let ports: Vec<String> = ports.iter().map(|range| span(range.from, range.to)).collect();
    format!("{addresses}{}", ports.join(","))
}

fn span(from: i32, to: i32) -> String {
    if from == to {
        format!(" {from}")
    } else {
        format!(" {from}-{to}")
    }
}

/// A few addresses as text.
pub(crate) fn addresses(family: Family, ranges: &Ranges<u128>) -> String {
    let texts: Vec<String> = ranges
        .iter()
        .take(4)
        .map(|(first, last)| {
            if first == last {
                family.address(first).to_string()
            } else {
                format!("{}-{}", family.address(first), family.address(last))
            }
        })
        .collect();
    texts.join(", ")
}

/// Why, in a few words, where the component stands beside it.
pub(crate) fn in_short(loss: &Loss) -> String {
    match loss.code {
        Code::VpcBlockPublicAccessEnabled => format!("VPC Block Public Access, {}", loss.note),
        Code::ComponentFilterRestriction => format!("not by way of {}", loss.note),
        Code::ComponentFilterRestrictionRemovedComponent => "the path must not cross it".to_owned(),
        _ => loss.note.clone(),
    }
}

/// What was lost and why, in one sentence.
pub(crate) fn loss(loss: &Loss, world: &World<'_>, first: Option<&PacketBox>, boxes: usize) -> String {
    let component = match world.name(&loss.spot.component) {
        Some(name) => format!("{name} ({})", loss.spot.component),
        None => loss.spot.component.to_string(),
    };
    let what = first.map_or_else(|| "packets".to_owned(), |first| packets(first, boxes));
    let what = if loss.leg == Leg::Reply {
        format!("the reply: {what}")
    } else {
        what
    };
    let subnet = loss.spot.subnet.as_ref().map(|id| {
        world
            .subnets
            .get(id)
            .and_then(|subnet| subnet.name.clone())
            .unwrap_or_else(|| id.to_string())
    });
    let note = if loss.note.is_empty() {
        String::new()
    } else {
        format!(": {}", loss.note)
    };
    match loss.code {
        Code::SubnetAclRestriction | Code::ElbAclRestriction => {
            let subnet = subnet.unwrap_or_default();
            let way = match loss.spot.direction {
                Some(Direction::Ingress) => format!("into subnet {subnet}"),
                _ => format!("out of subnet {subnet}"),
            };
            let rule = loss.rule.as_deref().map(rule).unwrap_or_default();
            format!("network ACL {component} does not let {what} {way}: {rule} decides")
        }
        Code::EniSgRulesMismatch
        | Code::SgHasNoRules
        | Code::SgReferencesNotPreserved
        | Code::SgReferencingSupport => {
            let interface = loss
                .spot
                .interface
                .as_ref()
                .map_or("the interface", |id| id.as_str());
            let way = if loss.spot.direction == Some(Direction::Ingress) {
                "into"
            } else {
                "out of"
            };
            let why = match loss.code {
                Code::SgHasNoRules => "no security group there has any rule in that direction",
                Code::SgReferencesNotPreserved => {
                    "a rule names the sender's security group, but packets lost their groups on the way"
                }
                Code::SgReferencingSupport => {
                    "a rule names the sender's security group, but the transit gateway does not support that"
                }
                _ => "no rule matches",
            };
            format!("security group {component} does not let {what} {way} {interface}: {why}")
        }
        Code::NoRouteToDestination => format!("route table {component} has no route for {what}"),
        Code::BadStateRoute => {
            let route = loss.rule.as_deref().map(rule).unwrap_or_default();
            format!("route table {component} sends {what} into a blackhole: {route}{note}")
        }
        Code::TgwRtbCannotRoute => format!("transit gateway route table {component} has no route for {what}"),
        Code::TgwRtbBadStateRoute => {
            format!("transit gateway route table {component} has a blackhole route for {what}")
        }
        Code::IgwPublicIpAssociationForEgress => {
            format!("internet gateway {component} drops {what}: the source has no public address{note}")
        }
        Code::EniSourceDestCheckRestriction => {
            format!(
                "the source/destination check of {component} drops {what}: the {} is not its own",
                loss.note
            )
        }
        Code::VpcBlockPublicAccessEnabled => {
            format!(
                "VPC Block Public Access ({}) drops {what} at {component}",
                loss.note
            )
        }
        Code::ForwardingLoop
        | Code::ReplyLeavesByAnotherGateway
        | Code::ArrivesElsewhere
        | Code::FirewallAsymmetricRouting => {
            let route = loss
                .rule
                .as_ref()
                .map(|r| format!(" ({})", rule(r)))
                .unwrap_or_default();
            format!("{component}{route} sends {what} astray{note}")
        }
        Code::ComponentFilterRestriction => {
            format!(
                "{what} reach the destination without crossing {}; they go by {component}",
                loss.note
            )
        }
        Code::ComponentFilterRestrictionRemovedComponent => {
            format!("{what} cross {component}, which the path must not")
        }
        Code::FilterAtDestination => format!("{what} arrive, but `filterAtDestination` leaves them out"),
        _ => format!("{component} drops {what}{note}"),
    }
}

fn packets(first: &PacketBox, boxes: usize) -> String {
    let port = first
        .destination_ports
        .as_ref()
        .map(|ports| format!(" {ports}"))
        .unwrap_or_default();
    let more = if boxes > 1 { " and others" } else { "" };
    format!(
        "{}{port} from {} to {}{more}",
        first.protocol, first.source, first.destination
    )
}
