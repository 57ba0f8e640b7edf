//! Security groups: a union of allow rules, stateful.
//!
//! <https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html>,
//! <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpPermission.html>

use std::borrow::Cow;
use std::sync::Arc;

use ipnet::IpNet;

use crate::network::id::{PrefixListId, ResourceId, SecurityGroupId};
use crate::network::security_group::{IpPermission, SecurityGroup, UserIdGroupPair};

use super::addresses::{Addresses, Family};
use super::by_ports::ByPorts;
use super::code::Code;
use super::cube::{Cube, ICMP, ICMPV6, TCP, UDP};
use super::doubt::Doubt;
use super::filter::RuleProtocol;
use super::network_acl::{ports, type_or_code};
use super::packets::Packets;
use super::ranges::Ranges;
use super::report::{Direction, Rule};
use super::world::{Known, World};

/// The rules of one group in one direction, ready to be asked.
#[derive(Debug)]
pub(crate) struct GroupFilter {
    /// Everything that rules by address allow, in one set. Which of them it was only a walk that is shown asks:
    /// [`allowing`].
    pub(crate) allowed: ByPorts<Cube>,
    /// The prefix lists that some of it comes from.
    pub(crate) lists: ByPorts<ListRule>,
    /// Rules by group.
    pub(crate) by_group: ByPorts<GroupRule>,
    /// Rules that cannot be read, with what they could allow at the most.
    pub(crate) unreadable: Vec<(Doubt, Packets)>,
    /// How many rules there are at all.
    pub(crate) rules: usize,
}

/// A rule that names a prefix list.
#[derive(Debug)]
pub(crate) struct ListRule {
    pub(crate) list: ResourceId,
    pub(crate) matches: Packets,
}

/// A rule that names a group.
#[derive(Debug)]
pub(crate) struct GroupRule {
    /// Which of the group's permissions it stands in.
    permission: usize,
    pub(crate) referenced: SecurityGroupId,
    pub(crate) pair: UserIdGroupPair,
    /// Protocol and ports; addresses are whoever carries the group.
    pub(crate) matches: Packets,
}

impl GroupFilter {
    pub(crate) fn new(group: &SecurityGroup, direction: Direction, world: &World<'_>) -> Self {
        let (mut rules, mut allowed) = (0, Vec::new());
        let (mut lists, mut by_group, mut unreadable) = (Vec::new(), Vec::new(), Vec::new());
        let mut ranges: Vec<(Heading, Vec<IpNet>)> = Vec::new();
        for (index, permission) in permissions(group, direction).iter().enumerate() {
            let Some(heading) = heading(permission) else {
                rules += 1;
                let message = format!(
                    "{} has a rule whose protocol this version cannot read",
                    group.group_id
                );
                let doubt = Doubt::new(Code::UnsupportedComponent, &group.group_id, message);
                unreadable.push((doubt, Packets::everything()));
                continue;
            };
            for named in named(permission) {
                rules += 1;
                let list = match named {
                    Named::Range(net) => {
                        match ranges.iter_mut().find(|(known, _)| *known == heading) {
                            Some((_, nets)) => nets.push(net),
                            None => ranges.push((heading, vec![net])),
                        }
                        continue;
                    }
                    Named::List(list) => list,
                };
                match named.addresses(world) {
                    Ok(addresses) => {
                        let matches = matches(heading, &addresses, direction);
                        allowed.push(matches.clone());
                        lists.push(ListRule {
                            list: list.into(),
                            matches,
                        });
                    }
                    Err(doubt) => {
                        unreadable.push((doubt, matches(heading, &Addresses::everywhere(), direction)));
                    }
                }
            }
            for pair in &permission.user_id_group_pairs {
                rules += 1;
                let Some(referenced) = pair.group_id.clone() else {
                    continue;
                };
                let matches = matches(heading, &Addresses::everywhere(), direction);
                by_group.push(GroupRule {
                    permission: index,
                    referenced,
                    pair: pair.clone(),
                    matches,
                });
            }
        }
        let by_range = ranges.into_iter();
        allowed
            .extend(by_range.map(|(heading, nets)| matches(heading, &Addresses::from_nets(nets), direction)));
        Self {
            allowed: ByPorts::of(&Packets::union_of(&allowed)),
            lists: ByPorts::new(lists, |rule: &ListRule| rule.matches.destination_ports()),
            by_group: ByPorts::new(by_group, |rule| rule.matches.destination_ports()),
            unreadable,
            rules,
        }
    }
}

/// The first rule by address that lets some of these packets pass.
pub(crate) fn allowing(
    group: &SecurityGroup,
    direction: Direction,
    world: &World<'_>,
    packets: &Packets,
) -> Option<Arc<Rule>> {
    permissions(group, direction).iter().find_map(|permission| {
        let heading = heading(permission)?;
        let mut rules = named(permission);
        let rule = rules.find(|named| {
            let addresses = named.addresses(world);
            addresses.is_ok_and(|addresses| matches(heading, &addresses, direction).meets(packets))
        });
        rule.map(|named| worded(group, permission, direction, Some(named), None))
    })
}

impl GroupRule {
    /// In words, as a rule of its group.
    pub(crate) fn worded(&self, group: &SecurityGroup, direction: Direction) -> Option<Arc<Rule>> {
        let permission = permissions(group, direction).get(self.permission)?;
        Some(worded(group, permission, direction, None, Some(&self.referenced)))
    }
}

fn permissions(group: &SecurityGroup, direction: Direction) -> &[IpPermission] {
    match direction {
        Direction::Ingress => &group.ip_permissions,
        Direction::Egress => &group.ip_permissions_egress,
    }
}

/// The addresses that a rule is for, as it names them.
#[derive(Debug, Clone, Copy)]
enum Named<'a> {
    Range(IpNet),
    List(&'a PrefixListId),
}

impl Named<'_> {
    fn addresses<'w>(self, world: &'w World<'_>) -> Known<Cow<'w, Addresses>> {
        match self {
            Self::Range(net) => Ok(Cow::Owned(Addresses::from_nets([net]))),
            Self::List(list) => world.prefix_list(list).map(Cow::Borrowed),
        }
    }
}

/// The rules by address that a permission stands for: one for each range and list.
fn named(permission: &IpPermission) -> impl Iterator<Item = Named<'_>> {
    let v4 = permission.ip_ranges.iter().map(|range| IpNet::V4(range.cidr_ip));
    let v6 = (permission.ipv6_ranges.iter()).map(|range| IpNet::V6(range.cidr_ipv6));
    let lists = permission.prefix_list_ids.iter();
    v4.chain(v6)
        .map(Named::Range)
        .chain(lists.map(|list| Named::List(&list.prefix_list_id)))
}

/// What rules say beside addresses and groups: the protocol, and the ports as they are printed.
type Heading = (RuleProtocol, Option<i32>, Option<i32>);

fn heading(permission: &IpPermission) -> Option<Heading> {
    let protocol = RuleProtocol::parse(&permission.ip_protocol)?;
    Some((protocol, permission.from_port, permission.to_port))
}

fn matches((protocol, from, to): Heading, addresses: &Addresses, direction: Direction) -> Packets {
    let families = Family::BOTH.into_iter();
    let with_addresses = families.filter(|&family| !addresses.get(family).is_empty());
    let cube = |family| {
        let mut cube = Cube::all(family);
        match direction {
            Direction::Ingress => cube.source = addresses.get(family).clone(),
            Direction::Egress => cube.destination = addresses.get(family).clone(),
        }
        if let RuleProtocol::Number(number) = protocol {
            cube.protocol = Ranges::one(number);
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
        cube
    };
    with_addresses.map(cube).filter(|cube| !cube.is_empty()).collect()
}

/// A rule of a permission in the words of API_SecurityGroupRule.
fn worded(
    group: &SecurityGroup,
    permission: &IpPermission,
    direction: Direction,
    named: Option<Named<'_>>,
    referenced: Option<&SecurityGroupId>,
) -> Arc<Rule> {
    let (mut cidr_ipv4, mut cidr_ipv6, mut prefix_list_id) = (None, None, None);
    match named {
        Some(Named::Range(IpNet::V4(net))) => cidr_ipv4 = Some(net.to_string()),
        Some(Named::Range(IpNet::V6(net))) => cidr_ipv6 = Some(net.to_string()),
        Some(Named::List(list)) => prefix_list_id = Some(list.to_string()),
        None => {}
    }
    Arc::new(Rule::SecurityGroupRule {
        group_id: group.group_id.to_string(),
        is_egress: direction == Direction::Egress,
        ip_protocol: permission.ip_protocol.clone(),
        from_port: permission.from_port,
        to_port: permission.to_port,
        cidr_ipv4,
        cidr_ipv6,
        prefix_list_id,
        referenced_group_id: referenced.map(ToString::to_string),
    })
}
