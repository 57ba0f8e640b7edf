//! Network ACLs: numbered entries, the first match decides, stateless.
//!
//! <https://docs.aws.amazon.com/vpc/latest/userguide/nacl-rules.html>,
//! <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateNetworkAclEntry.html>

use std::sync::Arc;

use ipnet::IpNet;

use crate::network::network_acl::{NetworkAcl, NetworkAclEntry};
use crate::network::state::RuleAction;

use super::addresses::{Addresses, Family};
use super::by_ports::ByPorts;
use super::code::Code;
use super::cube::{Cube, ICMP, ICMPV6, TCP, UDP};
use super::doubt::Doubt;
use super::filter::{Filtered, RuleProtocol};
use super::packets::Packets;
use super::ranges::Ranges;
use super::report::{Direction, FromTo, Rule};

/// The number of the closing IPv4 deny, which describe-* calls print as an entry and consoles as `*`.
pub(crate) const CLOSING_RULE: u32 = 32767;
/// The same for IPv6.
pub(crate) const CLOSING_RULE_IPV6: u32 = 32768;

/// Into how many more parts the entries may cut packets. AWS allows 40 entries a direction; those cut what a path asks
/// for into some dozens.
const MOST_PARTS: usize = 1_000;

/// How many parts what passes may be kept in as one set; beyond, the entries are asked one by one.
const MOST_ALLOWED_PARTS: usize = 100;

/// The entries of one direction, ready to be asked.
#[derive(Debug)]
pub(crate) struct AclFilter {
    direction: Direction,
    entries: Vec<CompiledEntry>,
    /// What surely passes, or a part of it.
    allowed: ByPorts<Cube>,
    acl: crate::network::id::NetworkAclId,
}

#[derive(Debug)]
struct CompiledEntry {
    rule: Arc<Rule>,
    /// `None`: an action or a protocol that this version does not know.
    allows: Option<bool>,
    matches: Packets,
}

impl AclFilter {
    pub(crate) fn new(acl: &NetworkAcl, direction: Direction) -> Self {
        let mut entries: Vec<&NetworkAclEntry> = acl
            .entries
            .iter()
            .filter(|entry| entry.egress == (direction == Direction::Egress))
            .collect();
        entries.sort_by_key(|entry| entry.rule_number);
        let entries: Vec<CompiledEntry> = entries
            .into_iter()
            .map(|entry| compile(entry, direction))
            .collect();
        Self {
            direction,
            allowed: ByPorts::of(&allowed(&entries)),
            entries,
            acl: acl.network_acl_id.clone(),
        }
    }

    /// Which entry decides each packet that does not pass; what none matches is denied.
    pub(crate) fn decide(&self, packets: &Packets) -> Filtered {
        let mut filtered = Filtered::default();
        // Mostly that is all of them.
        let mut rest = self.allowed.without(packets);
        let mut parts = 0;
        for entry in &self.entries {
            if rest.is_empty() {
                break;
            }
            let decided = rest.intersect(&entry.matches);
            if decided.is_empty() {
                continue;
            }
            rest = rest.subtract(&entry.matches);
            parts += decided.parts();
            match entry.allows {
                Some(true) => {}
                Some(false) => filtered.denied.push((Some(entry.rule.clone()), decided)),
                None => filtered.unknown.push((
                    Doubt::new(
                        Code::UnsupportedComponent,
                        &self.acl,
                        format!("{} has an entry that this version cannot read", self.acl),
                    ),
                    decided,
                )),
            }
            if parts + rest.parts() > packets.parts() + MOST_PARTS {
                let message = format!("the entries of {} cut the packets into too many parts", self.acl);
                let doubt = Doubt::new(Code::TooManyParts, &self.acl, message);
                filtered.unknown.push((doubt, std::mem::take(&mut rest)));
            }
        }
        for family in Family::BOTH {
            let decided = rest.of_family(family);
            if !decided.is_empty() {
                filtered.denied.push((Some(self.closing_rule(family)), decided));
            }
        }
        filtered
    }

    /// The first entry that lets any of them pass.
    pub(crate) fn allowing(&self, packets: &Packets) -> Option<&Arc<Rule>> {
        let allows = |entry: &&CompiledEntry| entry.allows == Some(true) && entry.matches.meets(packets);
        self.entries.iter().find(allows).map(|entry| &entry.rule)
    }

    fn closing_rule(&self, family: Family) -> Arc<Rule> {
        let (rule_number, cidr_block, ipv6_cidr_block) = match family {
            Family::V4 => (CLOSING_RULE, Some("0.0.0.0/0".into()), None),
            Family::V6 => (CLOSING_RULE_IPV6, None, Some("::/0".into())),
        };
        Arc::new(Rule::NetworkAclEntry {
            rule_number,
            rule_action: "deny".into(),
            egress: self.direction == Direction::Egress,
            protocol: "-1".into(),
            cidr_block,
            ipv6_cidr_block,
            port_range: None,
        })
    }
}

/// What the entries let pass in one set. An entry overrules those after it, so that they are asked from the last to the
/// first: what is left of an entry then does not depend on how those before it cut it.
fn allowed(entries: &[CompiledEntry]) -> Packets {
    let mut allowed = Packets::none();
    for entry in entries.iter().rev() {
        allowed = match entry.allows {
            Some(true) => allowed.union(&entry.matches),
            Some(false) | None => allowed.subtract(&entry.matches),
        };
        if allowed.parts() > MOST_ALLOWED_PARTS {
            return Packets::none();
        }
    }
    allowed
}

fn compile(entry: &NetworkAclEntry, direction: Direction) -> CompiledEntry {
    let rule = Arc::new(Rule::NetworkAclEntry {
        rule_number: entry.rule_number,
        rule_action: entry.rule_action.to_string(),
        egress: entry.egress,
        protocol: entry.protocol.clone(),
        cidr_block: entry.cidr_block.map(|net| net.to_string()),
        ipv6_cidr_block: entry.ipv6_cidr_block.map(|net| net.to_string()),
        port_range: entry.port_range.map(|range| FromTo {
            from: range.from.unwrap_or(0),
            to: range.to.unwrap_or(65535),
        }),
    });
    let protocol = RuleProtocol::parse(&entry.protocol);
    let allows = match (&entry.rule_action, protocol) {
        (RuleAction::Allow, Some(_)) => Some(true),
        (RuleAction::Deny, Some(_)) => Some(false),
        _ => None,
    };
    let nets = entry
        .cidr_block
        .map(IpNet::V4)
        .into_iter()
        .chain(entry.ipv6_cidr_block.map(IpNet::V6));
    let addresses = Addresses::from_nets(nets);
    let mut matches = Packets::none();
    for family in Family::BOTH {
        let mut cube = Cube::all(family);
        match direction {
            Direction::Ingress => cube.source = addresses.get(family).clone(),
            Direction::Egress => cube.destination = addresses.get(family).clone(),
        }
        if let Some(RuleProtocol::Number(number)) = protocol {
            cube.protocol = Ranges::one(number);
            match number {
                TCP | UDP => {
                    if let Some(range) = entry.port_range {
                        cube.destination_port = ports(range.from, range.to);
                    }
                }
                // An ICMPv6 entry with an IPv4 block means all types and codes.
                ICMP | ICMPV6 if !(number == ICMPV6 && family == Family::V4) => {
                    if let Some(range) = entry.icmp_type_code {
                        cube.source_port = type_or_code(range.icmp_type);
                        cube.destination_port = type_or_code(range.code);
                    }
                }
                _ => {}
            }
        }
        matches.add(&Packets::cube(cube));
    }
    CompiledEntry {
        rule,
        allows,
        matches,
    }
}

/// Destination ports; an absent or negative end leaves that side open.
pub(crate) fn ports(from: Option<i32>, to: Option<i32>) -> Ranges<u16> {
    let first = from.and_then(|port| u16::try_from(port).ok()).unwrap_or(0);
    let last = to
        .filter(|&port| port >= 0)
        .map_or(u16::MAX, |port| u16::try_from(port).unwrap_or(u16::MAX));
    Ranges::span(first, last)
}

/// An ICMP type or code; absent or negative: any.
pub(crate) fn type_or_code(value: Option<i32>) -> Ranges<u16> {
    match value.map(u16::try_from) {
        Some(Ok(value)) => Ranges::one(value),
        _ => super::cube::all_ports(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    /// Entries that overlap in every way, with some that cannot be read.
    fn entries() -> impl Strategy<Value = Vec<serde_json::Value>> {
        let action = prop::sample::select(vec!["allow", "deny", "perhaps"]);
        let protocol = prop::sample::select(vec!["-1", "6", "17", "1"]);
        let block = prop::sample::select(vec!["0.0.0.0/0", "10.0.0.0/8", "10.1.0.0/16", "10.1.1.1/32"]);
        let ports = (0..4_i32, 0..4_i32).prop_map(|(a, b)| (a.min(b) * 20_000, a.max(b) * 20_000));
        let entry = (action, protocol, block, ports).prop_map(|(action, protocol, block, (from, to))| {
            json!({"RuleAction": action, "Protocol": protocol, "CidrBlock": block, "Egress": false,
                "PortRange": {"From": from, "To": to}})
        });
        prop::collection::vec(entry, 0..12)
    }

    proptest! {
        /// What is known to pass, and is not asked entry by entry, is what the entries let pass.
        #[test]
        fn the_first_entry_that_matches_decides(rows in entries()) {
            let mut rows = rows;
            for (index, row) in rows.iter_mut().enumerate() {
                row["RuleNumber"] = json!(index + 1);
            }
            let acl = json!({"NetworkAclId": "acl-1", "VpcId": "vpc-1", "IsDefault": false, "Associations": [],
                "Entries": rows});
            let acl: NetworkAcl = serde_json::from_value(acl).expect("a network ACL");
            let filter = AclFilter::new(&acl, Direction::Ingress);
            let all = Packets::cube(Cube::all(Family::V4));
            let mut rest = all.clone();
            let (mut denied, mut unknown) = (Packets::none(), Packets::none());
            for entry in &filter.entries {
                let decided = rest.intersect(&entry.matches);
                rest = rest.subtract(&entry.matches);
                match entry.allows {
                    Some(true) => {}
                    Some(false) => denied.add(&decided),
                    None => unknown.add(&decided),
                }
            }
            denied.add(&rest);
            let filtered = filter.decide(&all);
            prop_assert!(denied == Packets::union_of(filtered.denied.iter().map(|(_, packets)| packets)));
            prop_assert!(unknown == Packets::union_of(filtered.unknown.iter().map(|(_, packets)| packets)));
            prop_assert!(filter.allowed.without(&all) == denied.union(&unknown));
        }
    }
}
