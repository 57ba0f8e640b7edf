//! Security groups: a union of allow rules, stateful.
//!
//! <https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html>,
//! <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpPermission.html>

use std::sync::Arc;

use ipnet::IpNet;

use crate::network::id::{ResourceId, SecurityGroupId};
use crate::network::security_group::{IpPermission, SecurityGroup, UserIdGroupPair};
use crate::network::snapshot::Snapshot;

use super::code::Code;
use super::doubt::Doubt;
use super::filter::RuleProtocol;
use super::network_acl::{ports, type_or_code};
use super::packets::{Addresses, Cube, Family, ICMP, ICMPV6, Packets, TCP, UDP};
use super::ranges::Ranges;
use super::report::{Direction, Rule};

/// The rules of one group in one direction, ready to be asked.
#[derive(Debug)]
pub(crate) struct GroupFilter {
    /// Rules by address: ranges and prefix lists.
    pub(crate) by_address: Vec<AddressRule>,
    /// Rules by group.
    pub(crate) by_group: Vec<GroupRule>,
    /// Rules that cannot be read, with what they could allow at the most.
    pub(crate) unreadable: Vec<(Doubt, Packets)>,
    /// How many rules there are at all.
    pub(crate) rules: usize,
    /// Everything that rules by address allow, in one set.
    pub(crate) allowed: Packets,
}

/// A rule that names addresses.
#[derive(Debug)]
pub(crate) struct AddressRule {
    pub(crate) rule: Arc<Rule>,
    pub(crate) matches: Packets,
    /// Its destination ports (ICMP: codes), which tell most rules apart at a glance.
    pub(crate) ports: Ranges<u16>,
    /// The prefix list that the addresses come from.
    pub(crate) prefix_list: Option<ResourceId>,
}

/// A rule that names a group.
#[derive(Debug)]
pub(crate) struct GroupRule {
    pub(crate) rule: Arc<Rule>,
    pub(crate) referenced: SecurityGroupId,
    pub(crate) pair: UserIdGroupPair,
    /// Protocol and ports; addresses are whoever carries the group.
    pub(crate) matches: Packets,
    /// Its destination ports (ICMP: codes), which tell most rules apart at a glance.
    pub(crate) ports: Ranges<u16>,
}

impl GroupFilter {
    pub(crate) fn new(group: &SecurityGroup, direction: Direction, snapshot: &Snapshot) -> Self {
        let permissions = match direction {
            Direction::Ingress => &group.ip_permissions,
            Direction::Egress => &group.ip_permissions_egress,
        };
        let mut filter = Self {
            by_address: Vec::new(),
            by_group: Vec::new(),
            unreadable: Vec::new(),
            rules: 0,
            allowed: Packets::none(),
        };
        for permission in permissions {
            filter.add(group, permission, direction, snapshot);
        }
        filter.allowed = Packets::union_of(filter.by_address.iter().map(|rule| &rule.matches));
        filter
    }

    fn add(
        &mut self,
        group: &SecurityGroup,
        permission: &IpPermission,
        direction: Direction,
        snapshot: &Snapshot,
    ) {
        let Some(protocol) = RuleProtocol::parse(&permission.ip_protocol) else {
            self.rules += 1;
            let doubt = Doubt::new(
                Code::UnsupportedComponent,
                &group.group_id,
                format!(
                    "{} has a rule whose protocol this version cannot read",
                    group.group_id
                ),
            );
            self.unreadable.push((doubt, everything()));
            return;
        };
        let report = Reporter {
            group: &group.group_id,
            permission,
            direction,
        };
        for range in &permission.ip_ranges {
            let net = IpNet::V4(range.cidr_ip);
            self.add_addresses(
                report.cidr(net),
                Addresses::from_nets([net]),
                None,
                (protocol, permission),
                direction,
            );
        }
        for range in &permission.ipv6_ranges {
            let net = IpNet::V6(range.cidr_ipv6);
            self.add_addresses(
                report.cidr(net),
                Addresses::from_nets([net]),
                None,
                (protocol, permission),
                direction,
            );
        }
        for list in &permission.prefix_list_ids {
            let entries = snapshot
                .prefix_lists
                .get(&list.prefix_list_id)
                .and_then(|list| list.entries.as_ref());
            match entries {
                Some(entries) => {
                    let addresses = Addresses::from_nets(entries.iter().copied());
                    let id = Some((&list.prefix_list_id).into());
                    let rule = report.prefix_list(&list.prefix_list_id);
                    self.add_addresses(rule, addresses, id, (protocol, permission), direction);
                }
                None => {
                    self.rules += 1;
                    let call = "ec2:GetManagedPrefixListEntries";
                    let doubt = Doubt::absent(&list.prefix_list_id, "the entries of prefix list", call);
                    self.unreadable
                        .push((doubt, matches(protocol, permission, &everywhere(), direction)));
                }
            }
        }
        for pair in &permission.user_id_group_pairs {
            self.rules += 1;
            let Some(referenced) = pair.group_id.clone() else {
                continue;
            };
            let matches = matches(protocol, permission, &everywhere(), direction);
            self.by_group.push(GroupRule {
                rule: report.group(&referenced),
                referenced,
                pair: pair.clone(),
                ports: matches.destination_ports(),
                matches,
            });
        }
    }

    fn add_addresses(
        &mut self,
        rule: Arc<Rule>,
        addresses: Addresses,
        prefix_list: Option<ResourceId>,
        (protocol, permission): (RuleProtocol, &IpPermission),
        direction: Direction,
    ) {
        self.rules += 1;
        let matches = matches(protocol, permission, &addresses, direction);
        self.by_address.push(AddressRule {
            rule,
            ports: matches.destination_ports(),
            matches,
            prefix_list,
        });
    }
}

fn everywhere() -> Addresses {
    Addresses {
        v4: Ranges::span(0, Family::V4.last()),
        v6: Ranges::span(0, Family::V6.last()),
    }
}

fn everything() -> Packets {
    let mut all = Packets::cube(Cube::all(Family::V4));
    all.add(&Packets::cube(Cube::all(Family::V6)));
    all
}

fn matches(
    protocol: RuleProtocol,
    permission: &IpPermission,
    addresses: &Addresses,
    direction: Direction,
) -> Packets {
    let mut packets = Packets::none();
    for family in Family::BOTH {
        let mut cube = Cube::all(family);
        match direction {
            Direction::Ingress => cube.source = addresses.get(family).clone(),
            Direction::Egress => cube.destination = addresses.get(family).clone(),
        }
        if let RuleProtocol::Number(number) = protocol {
            cube.protocol = Ranges::one(number);
            let (from, to) = (permission.from_port, permission.to_port);
            match number {
                TCP | UDP => cube.destination_port = ports(from, to),
                ICMP | ICMPV6 => {
                    cube.source_port = type_or_code(from);
                    // A type of -1 forces all codes.
                    if from.is_some_and(|from| from >= 0) {
                        cube.destination_port = type_or_code(to);
                    }
                }
                _ => {}
            }
        }
        packets.add(&Packets::cube(cube));
    }
    packets
}

/// Writes a rule of a permission in the words of API_SecurityGroupRule.
struct Reporter<'a> {
    group: &'a SecurityGroupId,
    permission: &'a IpPermission,
    direction: Direction,
}

impl Reporter<'_> {
    fn rule(
        &self,
        cidr: Option<IpNet>,
        prefix_list_id: Option<String>,
        referenced_group_id: Option<String>,
    ) -> Arc<Rule> {
        Arc::new(Rule::SecurityGroupRule {
            group_id: self.group.to_string(),
            is_egress: self.direction == Direction::Egress,
            ip_protocol: self.permission.ip_protocol.clone(),
            from_port: self.permission.from_port,
            to_port: self.permission.to_port,
            cidr_ipv4: cidr.filter(|net| net.addr().is_ipv4()).map(|net| net.to_string()),
            cidr_ipv6: cidr.filter(|net| net.addr().is_ipv6()).map(|net| net.to_string()),
            prefix_list_id,
            referenced_group_id,
        })
    }

    fn cidr(&self, net: IpNet) -> Arc<Rule> {
        self.rule(Some(net), None, None)
    }

    fn prefix_list(&self, id: &crate::network::id::PrefixListId) -> Arc<Rule> {
        self.rule(None, Some(id.to_string()), None)
    }

    fn group(&self, id: &SecurityGroupId) -> Arc<Rule> {
        self.rule(None, None, Some(id.to_string()))
    }
}
