//! What the security groups of an interface let pass, rules that name groups included.
//!
//! <https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html>,
//! <https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-security-groups.html>,
//! <https://docs.aws.amazon.com/vpc/latest/tgw/tgw-vpc-attachments.html>

use std::sync::Arc;

use crate::network::Kind;
use crate::network::id::{ResourceId, SecurityGroupId, VpcId};
use crate::network::security_group::SecurityGroup;

use super::addresses::Addresses;
use super::code::Code;
use super::cube::Cube;
use super::doubt::Doubt;
use super::flow::{Crossing, Flow, Keeps, Sender, Spot};
use super::interface::{Interface, Role};
use super::packets::Packets;
use super::peering::{Carries, blocks_of, carries, far_side, same_region};
use super::ranges::Ranges;
use super::report::{Direction, HopOutcome, Leg, Rule};
use super::routes::{Decision, Target};
use super::security_group::{GroupFilter, GroupRule, allowing};
use super::walk::Walk;
use super::world::World;

/// What a rule that names a group makes of packets.
enum Match {
    /// Those from or to these addresses pass; those from or to others may.
    Members(Addresses, Vec<(Doubt, Addresses)>),
    /// None does.
    Nothing,
    /// None does, but they would if the groups had not been lost on the way.
    Lost(Code),
    /// It cannot be told at all.
    Unknown(Doubt),
}

impl Walk<'_> {
    /// Packets pass the security groups of an interface, on its way out or in. Replies are let through by the
    /// connection's state and do not come here.
    pub(crate) fn security_groups(
        &mut self,
        flow: &mut Flow,
        interface: &Arc<Interface>,
        direction: Direction,
    ) {
        if !interface.filtered || flow.is_empty() {
            return;
        }
        let Some(first) = interface.groups.first() else {
            let all = flow.all().clone();
            let message = format!("the snapshot names no security group of {}", interface.id);
            let doubt = Doubt::new(Code::UnknownResource, interface.id.clone(), message);
            self.hop(
                flow,
                Spot::at(interface),
                HopOutcome::Unknown,
                None,
                Some(&doubt.message),
            );
            return self.doubt(flow, &all, doubt);
        };
        let mut rest = flow.all().clone();
        let mut passed_by: Option<Arc<Rule>> = None;
        let mut rules = 0;
        let mut unknown: Vec<(Doubt, Packets)> = Vec::new();
        let mut lost_groups: Option<(Code, &SecurityGroupId)> = None;
        for id in &interface.groups {
            self.consult(id);
            let world = self.world;
            let (group, filter) = match world.group(id, direction) {
                Ok(ready) => ready,
                Err(doubt) => {
                    unknown.push((doubt, rest.clone()));
                    rules += 1;
                    continue;
                }
            };
            rules += filter.rules;
            self.by_address((group, filter), direction, &mut rest, &mut passed_by);
            for rule in filter.by_group.near(&rest) {
                if !rest.meets(&rule.matches) {
                    continue;
                }
                self.consult(&rule.referenced);
                match self.members(flow, &rest, interface, rule, direction) {
                    Match::Members(addresses, may_be) => {
                        let matched = towards(&rest.intersect(&rule.matches), &addresses, direction);
                        let matched = match direction {
                            Direction::Ingress => matched,
                            Direction::Egress => self.going_directly(interface, &matched),
                        };
                        if !matched.is_empty() {
                            rest = rest.subtract(&matched);
                            if self.record && passed_by.is_none() {
                                passed_by = rule.worded(group, direction);
                            }
                        }
                        for (doubt, addresses) in may_be {
                            let part = rest.intersect(&rule.matches);
                            unknown.push((doubt, towards(&part, &addresses, direction)));
                        }
                    }
                    Match::Nothing => {}
                    Match::Lost(code) => lost_groups = Some((code, id)),
                    Match::Unknown(doubt) => unknown.push((doubt, rest.intersect(&rule.matches))),
                }
            }
            for (doubt, matches) in &filter.unreadable {
                unknown.push((doubt.clone(), rest.intersect(matches)));
            }
        }
        // Only what no rule allows is open to doubt.
        unknown
            .iter_mut()
            .for_each(|(_, packets)| *packets = packets.intersect(&rest));
        unknown.retain(|(_, packets)| !packets.is_empty());
        let denied = unknown
            .iter()
            .fold(rest.clone(), |denied, (_, packets)| denied.subtract(packets));
        let world = self.world;
        let spot = || {
            let passed_by = passed_by.as_ref().filter(|_| denied.is_empty());
            let component = passed_by.and_then(|rule| group_of(rule));
            let meant = || match lost_groups {
                Some((_, id)) => id,
                None => nearest_group(world, &interface.groups, direction, &denied).unwrap_or(first),
            };
            Spot {
                interface: Some(interface.id.clone()),
                ..Spot::new(
                    component.unwrap_or_else(|| ResourceId::from(meant())),
                    Kind::SecurityGroup,
                )
                .directed(direction)
                .in_subnet(&interface.subnet, &interface.vpc)
            }
        };
        let outcome = match (denied.is_empty(), unknown.is_empty()) {
            (false, _) => HopOutcome::Blocked,
            (true, false) => HopOutcome::Unknown,
            (true, true) => HopOutcome::Passed,
        };
        let allowed_by = passed_by.clone().filter(|_| outcome == HopOutcome::Passed);
        self.hop(flow, spot, outcome, allowed_by, None);
        let code = match lost_groups {
            _ if rules == 0 => Code::SgHasNoRules,
            Some((code, _)) => code,
            None => Code::EniSgRulesMismatch,
        };
        self.lose(flow, &denied, code, spot, None, "");
        for (doubt, packets) in unknown {
            self.doubt(flow, &packets, doubt);
        }
    }

    fn by_address(
        &mut self,
        (group, filter): (&SecurityGroup, &GroupFilter),
        direction: Direction,
        rest: &mut Packets,
        passed_by: &mut Option<Arc<Rule>>,
    ) {
        for rule in filter.lists.near(rest) {
            if rest.meets(&rule.matches) {
                self.consult(&rule.list);
            }
        }
        if self.record && passed_by.is_none() {
            *passed_by = allowing(group, direction, self.world, rest);
        }
        *rest = filter.allowed.without(rest);
    }

    /// Whom a rule that names a group means, for packets on their way out of or into an interface.
    fn members(
        &self,
        flow: &Flow,
        packets: &Packets,
        interface: &Interface,
        rule: &GroupRule,
        direction: Direction,
    ) -> Match {
        let status = rule.pair.peering_status.as_deref();
        if status.is_some_and(|status| status != "active") {
            return Match::Nothing;
        }
        match direction {
            Direction::Ingress => senders(flow, interface, rule),
            Direction::Egress => match self.receivers(packets, interface, rule) {
                Match::Members(members, mut may_be) if flow.appliances.contains(&interface.id) => {
                    let message = format!(
                        "whether {} may forward by a rule that names {} is not documented",
                        interface.id, rule.referenced
                    );
                    let doubt = Doubt::new(Code::UndocumentedBehaviour, &rule.referenced, message);
                    may_be.push((doubt, members));
                    Match::Members(Addresses::empty(), may_be)
                }
                other => other,
            },
        }
    }

    /// An egress rule that names a group means receivers in the same VPC or behind a peering, not those to whom the
    /// route leads by a NAT gateway, a transit gateway, an appliance or the internet.
    fn going_directly(&self, interface: &Interface, packets: &Packets) -> Packets {
        let world = self.world;
        let Ok(subnet) = world.subnet(&interface.subnet) else {
            return packets.clone();
        };
        let inside = packets.to(&subnet.whole);
        let outward = packets.subtract(&inside);
        let routes = subnet
            .table
            .as_ref()
            .ok()
            .and_then(|table| world.routes(table).ok());
        let Some(routes) = routes.filter(|_| !outward.is_empty()) else {
            return packets.clone();
        };
        routes
            .decide(&outward)
            .into_iter()
            .fold(inside, |direct, (decision, part)| match decision {
                Decision::Forward(Target::NatGateway(_) | Target::TransitGateway(_), _)
                | Decision::Forward(Target::Interface(_) | Target::Instance(_) | Target::VpcEndpoint(_), _)
                | Decision::Forward(Target::InternetGateway(_) | Target::EgressOnlyInternetGateway(_), _)
                | Decision::Forward(Target::VpnGateway(_), _) => direct,
                // What has no way out anyhow is judged by the routes, not by the groups.
                _ => direct.union(&part),
            })
    }

    /// An egress rule means the private addresses of the interfaces that carry the group, in the same VPC or in one
    /// peered in the same Region. Over a transit gateway egress rules match nothing. Told are those to which any of the
    /// packets goes.
    fn receivers(&self, packets: &Packets, interface: &Interface, rule: &GroupRule) -> Match {
        let world = self.world;
        if !world.snapshot.network_interfaces.is_known() {
            let doubt = Doubt::absent(
                &rule.referenced,
                "who carries security group",
                "ec2:DescribeNetworkInterfaces",
            );
            return Match::Unknown(doubt);
        }
        let virtuals = self
            .question
            .goal_interfaces()
            .iter()
            .filter(|goal| goal.eni.is_none() && goal.groups.contains(&rule.referenced))
            .map(AsRef::as_ref);
        let mut addresses = Addresses::empty();
        let mut may_be = Vec::new();
        let members = world
            .members(&rule.referenced, packets)
            .map(AsRef::as_ref)
            .chain(virtuals);
        for member in members.filter(|member| packets.goes_to(&member.addresses)) {
            if member.vpc == interface.vpc {
                addresses = addresses.union(&member.addresses);
                continue;
            }
            match self.peered(&member.vpc, &interface.vpc) {
                Carries::Yes => addresses = addresses.union(&member.addresses),
                Carries::No(_) => {}
                Carries::Unknown(doubt) => may_be.push((doubt, member.addresses.clone())),
            }
        }
        may_be.extend(self.unseen_members(&interface.vpc, &rule.referenced, rule));
        Match::Members(addresses, may_be)
    }

    /// A group of a peered VPC that is not in the snapshot: any address there may carry it.
    fn unseen_members(
        &self,
        vpc: &VpcId,
        group: &SecurityGroupId,
        rule: &GroupRule,
    ) -> Option<(Doubt, Addresses)> {
        let snapshot = self.world.snapshot;
        if self.world.has_group(group) {
            return None;
        }
        let mut may_be = Addresses::empty();
        for peering in snapshot.vpc_peering_connections.values() {
            let named = rule.pair.vpc_peering_connection_id.as_ref();
            if named.is_some_and(|id| *id != peering.vpc_peering_connection_id) {
                continue;
            }
            if let Some(far) = far_side(peering, vpc)
                && !matches!(carries(peering), Carries::No(_))
                && same_region(peering)
                && far
                    .vpc_id
                    .as_ref()
                    .is_none_or(|id| !self.world.vpcs.get(id).is_some_and(|vpc| vpc.known))
            {
                may_be = may_be.union(&blocks_of(far));
            }
        }
        if may_be.is_empty() {
            return None;
        }
        let doubt = Doubt {
            code: Code::UnknownPeeredSgs,
            ..Doubt::absent(group, "peered security group", "ec2:DescribeSecurityGroups")
        };
        Some((doubt, may_be))
    }

    /// Whether a peering in one Region joins two VPCs, so that the rules of one may name groups of the other.
    fn peered(&self, a: &VpcId, b: &VpcId) -> Carries {
        let mut best = Carries::No("they are not peered".to_owned());
        for peering in self.world.snapshot.vpc_peering_connections.values() {
            let joins = far_side(peering, a).and_then(|far| far.vpc_id.as_ref()) == Some(b);
            if !joins || !same_region(peering) {
                continue;
            }
            match carries(peering) {
                Carries::Yes => return Carries::Yes,
                Carries::No(_) => {}
                unknown @ Carries::Unknown(_) => best = unknown,
            }
        }
        best
    }
}

/// Of several groups, none of which lets packets pass, the one that was meant to: it has a rule for their ports, the
/// narrower the better; else any but a VPC's default group.
fn nearest_group<'g>(
    world: &World<'_>,
    groups: &'g [SecurityGroupId],
    direction: Direction,
    denied: &Packets,
) -> Option<&'g SecurityGroupId> {
    if groups.len() < 2 || denied.is_empty() {
        return None;
    }
    let narrowness = |ports: &Ranges<u16>| {
        ports
            .hull()
            .map_or(0, |(first, last)| u32::from(u16::MAX - (last - first)) + 1)
    };
    let rank = |id: &SecurityGroupId| {
        let (group, filter) = world.group(id, direction).ok()?;
        let headings = denied.cubes().iter();
        let is_about = |cube: &Cube| {
            headings.clone().any(|lost| {
                lost.family == cube.family
                    && lost.protocol.meets(&cube.protocol)
                    && lost.destination_port.meets(&cube.destination_port)
            })
        };
        let by_group = filter.by_group.near(denied).flat_map(|rule| rule.matches.cubes());
        let rules = filter.allowed.near(denied).chain(by_group);
        let narrowest = rules
            .filter(|cube| is_about(cube))
            .map(|cube| narrowness(&cube.destination_port));
        let is_default = group.group_name.as_deref() == Some("default");
        Some((narrowest.max().unwrap_or(0), !is_default))
    };
    groups.iter().rev().max_by_key(|id| rank(id))
}

/// An ingress rule means what came from an interface that carries the group, as long as nothing on the way lost it
/// (over a transit gateway: <https://docs.aws.amazon.com/vpc/latest/tgw/tgw-vpc-attachments.html>, "Security group
/// referencing").
fn senders(flow: &Flow, receiver: &Interface, rule: &GroupRule) -> Match {
    if flow.leg == Leg::Reply {
        let message = format!(
            "whether the reply to a request that went another way carries {} is not documented",
            rule.referenced
        );
        let doubt = Doubt::new(Code::UndocumentedBehaviour, &rule.referenced, message);
        return Match::Unknown(doubt);
    }
    match &flow.sender {
        Sender::Nobody => Match::Nothing,
        Sender::Unseen(id) => {
            let message = format!(
                "whether what comes through {id} carries {} cannot be seen",
                rule.referenced
            );
            Match::Unknown(Doubt::new(Code::UnknownPeeredSgs, id.clone(), message))
        }
        Sender::Groups {
            of,
            addresses,
            crossing,
        } => {
            if !of.groups.contains(&rule.referenced) {
                return Match::Nothing;
            }
            match crossing {
                Crossing::Nothing | Crossing::Peering => Match::Members(addresses.clone(), Vec::new()),
                Crossing::TransitGateway { id, keeps } => match keeps {
                    // Nor are they told to interfaces of PrivateLink.
                    _ if matches!(receiver.role, Role::VpcEndpoint) => {
                        Match::Lost(Code::SgReferencingSupport)
                    }
                    Keeps::Yes => Match::Members(addresses.clone(), Vec::new()),
                    Keeps::No => Match::Lost(Code::SgReferencingSupport),
                    Keeps::Unknown => Match::Unknown(Doubt::absent(
                        id,
                        "transit gateway",
                        "ec2:DescribeTransitGateways",
                    )),
                },
                Crossing::Lost(_) => Match::Lost(Code::SgReferencesNotPreserved),
            }
        }
    }
}

fn towards(packets: &Packets, addresses: &Addresses, direction: Direction) -> Packets {
    match direction {
        Direction::Ingress => packets.from(addresses),
        Direction::Egress => packets.to(addresses),
    }
}

fn group_of(rule: &Rule) -> Option<ResourceId> {
    match rule {
        Rule::SecurityGroupRule { group_id, .. } => Some(ResourceId::from(group_id.as_str())),
        _ => None,
    }
}
