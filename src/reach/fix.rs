//! The smallest change that lets lost packets pass, tried on the snapshot in memory before it is printed.
//!
//! A blocker may hide another: a packet without a route never meets the network ACL behind it. So the search goes in
//! rounds, each on the network as the round before left it; what is found only then is a blocker too.

use std::collections::BTreeSet;

use ipnet::IpNet;

use crate::network::gateway::NatGateway;
use crate::network::id::{NetworkAclId, RouteTableId, SecurityGroupId, VpcId};
use crate::network::network_acl::{IcmpTypeCode, PortRange};
use crate::network::security_group::{IpPermission, IpRange, Ipv6Range, UserIdGroupPair};
use crate::network::state::{NatGatewayState, PeeringStatus, TransitGatewayState};
use crate::network::{Kind, Snapshot};
use crate::paths::model::RequiredPath;

use super::addresses::{Addresses, Family};
use super::change::{Change, allow_entry};
use super::code::Code;
use super::cube::{Cube, all_ports, all_protocols, with_ports, with_types};
use super::engine::{Engine, Finding};
use super::network_acl::CLOSING_RULE;
use super::packets::Packets;
use super::present::Presenter;
use super::ranges::Ranges;
use super::render::{Rounding, blocks};
use super::report::{Direction, FixCommand, PathResult, Rule};
use super::routes::Target;
use super::walk::Loss;
use super::world::World;
use super::zone::Zone;

/// A blocker behind more than this many others is somebody's whole redesign.
const MOST_ROUNDS: usize = 4;
/// Of more blocks than this a fix would be a list that nobody reads.
const MOST_COMMANDS: usize = 8;

/// A blocker and what mends it.
struct Mended {
    loss: Loss,
    changes: Vec<Change>,
}

/// Adds a verified fix to each blocker, if there is a set of changes after which nothing is lost any more.
pub(crate) fn add_fixes(
    engine: &Engine<'_>,
    path: &RequiredPath,
    finding: &Finding,
    presenter: &Presenter<'_>,
    result: &mut PathResult,
) {
    let Some(mended) = search(engine, path, finding) else {
        return;
    };
    let rounding = presenter.rounding(finding);
    for (index, Mended { loss, changes }) in mended.iter().enumerate() {
        if index >= result.blockers.len() {
            result.blockers.push(presenter.blocker(loss, &rounding));
        }
        let Some(blocker) = result.blockers.get_mut(index) else {
            continue;
        };
        // What stands in no VPC, such as a transit gateway's table, shows no Region of its own.
        let region = blocker.region.as_deref().or_else(|| only_region(engine.world()));
        let commands: Option<Vec<String>> = changes.iter().map(|change| change.command(region)).collect();
        if let Some(commands) = commands.filter(|commands| !commands.is_empty()) {
            let sentences: Vec<String> = changes.iter().map(Change::sentence).collect();
            blocker.fix = Some(FixCommand {
                command: commands.join(" && "),
                message: sentences.join("; "),
                verified: true,
            });
        }
    }
}

/// The blockers, those of `finding` first and in its order, each with its changes; `None` where no set of changes
/// mends everything.
fn search(engine: &Engine<'_>, path: &RequiredPath, finding: &Finding) -> Option<Vec<Mended>> {
    let mut snapshot = engine.world().snapshot.clone();
    let mut mended: Vec<Mended> = Vec::new();
    let mut losses = finding.losses.clone();
    let mut consulted = finding.consulted.clone();
    for _ in 0..MOST_ROUNDS {
        for loss in losses {
            let proposal = {
                let changed = engine.over(&snapshot);
                Proposer {
                    world: changed.world(),
                    rounding: Rounding::of(changed.world(), &consulted),
                }
                .propose(&loss)
            };
            let changes = choose(engine, &snapshot, path, &loss, proposal)?;
            let mut needed: Vec<Change> = Vec::new();
            for change in changes {
                let mut known = mended.iter().flat_map(|earlier| &earlier.changes);
                if let Some(known) = known.find(|known| change.amounts_to(known)) {
                    needed.push(known.clone());
                } else {
                    change.apply(&mut snapshot);
                    needed.push(change);
                }
            }
            mended.push(Mended {
                loss,
                changes: needed,
            });
        }
        let after = engine.over(&snapshot).find(path);
        if !after.answers.is_empty() && after.answers.iter().all(|answer| answer.outcome.lost.is_empty()) {
            // What can then not be told is not mended.
            return after.doubts.is_empty().then_some(mended);
        }
        consulted.absorb(after.consulted);
        losses = after.losses;
        // The same blocker again: its fix did not help.
        let again = losses.iter().any(|loss| {
            mended.iter().any(|earlier| {
                earlier.loss.code == loss.code
                    && earlier.loss.spot == loss.spot
                    && earlier.loss.leg == loss.leg
                    && earlier.loss.lost.meets(&loss.lost)
            })
        });
        if again || losses.is_empty() {
            return None;
        }
    }
    None
}

/// The Region of a network that is all in one.
fn only_region<'w>(world: &'w World<'_>) -> Option<&'w str> {
    let mut regions = world.vpcs.values().map(|vpc| vpc.region.as_ref());
    let first = regions.next()??;
    regions
        .all(|region| region == Some(first))
        .then(|| first.as_str())
}

/// What may mend one blocker.
enum Proposal {
    /// These changes together.
    All(Vec<Change>),
    /// One of these: the first that works.
    OneOf(Vec<Change>),
    /// None: it follows from another loss of the same packets.
    Follows,
}

/// Takes the first alternative by which the blocker goes away and the path gets nearer to working.
fn choose(
    engine: &Engine<'_>,
    snapshot: &Snapshot,
    path: &RequiredPath,
    loss: &Loss,
    proposal: Proposal,
) -> Option<Vec<Change>> {
    let alternatives = match proposal {
        Proposal::All(changes) => return (!changes.is_empty()).then_some(changes),
        Proposal::OneOf(alternatives) => alternatives,
        Proposal::Follows => return Some(Vec::new()),
    };
    let mut second_best: Option<(usize, Change)> = None;
    for change in alternatives.into_iter().take(12) {
        let mut tried = snapshot.clone();
        change.apply(&mut tried);
        let after = engine.over(&tried).find(path);
        let persists = after.losses.iter().any(|other| {
            other.code == loss.code && other.spot.component == loss.spot.component && other.leg == loss.leg
        });
        let lost = after
            .answers
            .iter()
            .filter(|answer| !answer.outcome.lost.is_empty())
            .count();
        if lost == 0 && !after.answers.is_empty() && after.doubts.is_empty() {
            return Some(vec![change]);
        }
        // Filters can be opened in the next round; another route astray cannot be mended by more routes.
        let only_filters = after.losses.iter().all(|other| {
            matches!(
                other.code,
                Code::SubnetAclRestriction
                    | Code::ElbAclRestriction
                    | Code::EniSgRulesMismatch
                    | Code::SgHasNoRules
                    | Code::SgReferencesNotPreserved
                    | Code::NoRouteToDestination
                    | Code::TgwRtbCannotRoute
                    | Code::TgwRouteAzRestriction
            )
        });
        let rank = after.losses.len();
        if !persists
            && only_filters
            && after.doubts.is_empty()
            && second_best.as_ref().is_none_or(|(best, _)| rank < *best)
        {
            second_best = Some((rank, change));
        }
    }
    second_best.map(|(_, change)| vec![change])
}

struct Proposer<'a> {
    world: &'a World<'a>,
    rounding: Rounding,
}

impl Proposer<'_> {
    fn propose(&self, loss: &Loss) -> Proposal {
        match loss.code {
            Code::SubnetAclRestriction | Code::ElbAclRestriction => {
                Proposal::All(self.acl_entries(loss).unwrap_or_default())
            }
            Code::EniSgRulesMismatch
            | Code::SgHasNoRules
            | Code::SgReferencesNotPreserved
            | Code::SgReferencingSupport => Proposal::All(self.group_rules(loss).unwrap_or_default()),
            Code::NoRouteToDestination => Proposal::OneOf(self.new_routes(loss)),
            Code::ArrivesElsewhere if loss.spot.kind == Kind::RouteTable => {
                Proposal::OneOf(self.new_routes(loss))
            }
            Code::IgwDestinationAddressNotInRfc1918Egress | Code::IgwDestinationAddressNotInRfc6598Egress => {
                Proposal::Follows
            }
            Code::BadStateRoute => Proposal::OneOf(self.other_routes(loss)),
            Code::TgwRouteAzRestriction => Proposal::OneOf(self.attachment_subnets(loss)),
            Code::TgwRtbCannotRoute => Proposal::OneOf(self.transit_routes(loss)),
            Code::EniSourceDestCheckRestriction => {
                let eni = loss.spot.component.as_str();
                Proposal::All(if eni.starts_with("eni-") {
                    vec![Change::DisableSourceDestCheck(eni.into())]
                } else {
                    Vec::new()
                })
            }
            _ => Proposal::All(Vec::new()),
        }
    }

    /// The blocks of a set of addresses; the whole internet is written as everything.
    fn nets(&self, family: Family, ranges: &Ranges<u128>) -> Vec<IpNet> {
        let internet = self.world.internet.get(family);
        if !internet.is_empty() && internet.is_subset(ranges) {
            return blocks(family, &Ranges::span(0, family.last())).collect();
        }
        blocks(family, &self.rounding.round(family, ranges)).collect()
    }

    /// What a rule has to say to let a set of packets pass: protocol, ports or type and code, far addresses.
    fn terms(&self, lost: &Packets, direction: Direction) -> Option<Vec<Term>> {
        let mut terms: Vec<Term> = Vec::new();
        for cube in merged_sources(lost, direction).by_header().cubes() {
            let far = if direction == Direction::Ingress {
                &cube.source
            } else {
                &cube.destination
            };
            for net in self.nets(cube.family, far) {
                for (protocol, ports) in protocols(cube)? {
                    let term = Term { net, protocol, ports };
                    if !terms.contains(&term) {
                        terms.push(term);
                    }
                }
            }
        }
        (terms.len() <= MOST_COMMANDS).then_some(terms)
    }

    fn acl_entries(&self, loss: &Loss) -> Option<Vec<Change>> {
        let direction = loss.spot.direction?;
        let id: NetworkAclId = loss.spot.component.as_str().into();
        let acl = self.world.snapshot.network_acls.get(&id)?;
        let egress = direction == Direction::Egress;
        let mut taken: BTreeSet<u32> = acl
            .entries
            .iter()
            .filter(|entry| entry.egress == egress)
            .map(|entry| entry.rule_number)
            .collect();
        let decided_by = match loss.rule.as_deref() {
            Some(Rule::NetworkAclEntry { rule_number, .. }) => *rule_number,
            _ => CLOSING_RULE,
        };
        let mut changes = Vec::new();
        for term in self.terms(&loss.lost, direction)? {
            let number = free_number(&taken, decided_by)?;
            taken.insert(number);
            let mut entry = allow_entry(number, egress, &term.protocol, term.net);
            match term.ports {
                Ports::None => {}
                Ports::Span(from, to) => {
                    entry.port_range = Some(PortRange {
                        from: Some(from),
                        to: Some(to),
                    });
                }
                Ports::Icmp(kind, code) => {
                    entry.icmp_type_code = Some(IcmpTypeCode {
                        icmp_type: Some(kind),
                        code: Some(code),
                    });
                }
            }
            changes.push(Change::AddAclEntry {
                acl: id.clone(),
                entry,
            });
        }
        Some(changes)
    }

    fn group_rules(&self, loss: &Loss) -> Option<Vec<Change>> {
        let direction = loss.spot.direction?;
        let group: SecurityGroupId = loss.spot.component.as_str().into();
        self.world.snapshot.security_groups.get(&group)?;
        let mut permissions: Vec<IpPermission> = Vec::new();
        let terms = match &loss.peer_group {
            Some(_) => self.terms_of_any_address(&loss.lost)?,
            None => self.terms(&loss.lost, direction)?,
        };
        for term in terms {
            let (from_port, to_port) = match term.ports {
                Ports::None => (None, None),
                Ports::Span(from, to) | Ports::Icmp(from, to) => (Some(from), Some(to)),
            };
            let ip_protocol = match term.protocol.as_str() {
                "6" => "tcp".into(),
                "17" => "udp".into(),
                "1" => "icmp".into(),
                "58" => "icmpv6".into(),
                other => other.to_owned(),
            };
            let same = permissions.iter_mut().find(|known| {
                known.ip_protocol == ip_protocol && known.from_port == from_port && known.to_port == to_port
            });
            let permission = match same {
                Some(permission) => permission,
                None => {
                    permissions.push(IpPermission {
                        ip_protocol,
                        from_port,
                        to_port,
                        ..IpPermission::default()
                    });
                    permissions.last_mut()?
                }
            };
            match (&loss.peer_group, term.net) {
                (Some(peer), _) => {
                    if permission.user_id_group_pairs.is_empty() {
                        permission.user_id_group_pairs.push(UserIdGroupPair {
                            group_id: Some(peer.clone()),
                            user_id: None,
                            vpc_id: None,
                            vpc_peering_connection_id: None,
                            peering_status: None,
                            description: None,
                        });
                    }
                }
                (None, IpNet::V4(cidr_ip)) => permission.ip_ranges.push(IpRange {
                    cidr_ip,
                    description: None,
                }),
                (None, IpNet::V6(cidr_ipv6)) => {
                    permission.ipv6_ranges.push(Ipv6Range {
                        cidr_ipv6,
                        description: None,
                    });
                }
            }
        }
        Some(
            permissions
                .into_iter()
                .map(|permission| Change::AddGroupRule {
                    group: group.clone(),
                    direction,
                    permission: Box::new(permission),
                })
                .collect(),
        )
    }

    fn terms_of_any_address(&self, lost: &Packets) -> Option<Vec<Term>> {
        let mut terms = Vec::new();
        for cube in lost.by_header().cubes() {
            for (protocol, ports) in protocols(cube)? {
                let net = blocks(cube.family, &Ranges::span(0, cube.family.last())).next()?;
                let term = Term { net, protocol, ports };
                if !terms.contains(&term) {
                    terms.push(term);
                }
            }
        }
        Some(terms)
    }

    /// Where a route to lost destinations could lead, the likeliest first.
    fn new_routes(&self, loss: &Loss) -> Vec<Change> {
        let table: RouteTableId = loss.spot.component.as_str().into();
        let Some(vpc) = &loss.spot.vpc else {
            return Vec::new();
        };
        let wanted = loss.lost.destinations();
        let mut changes = Vec::new();
        for family in Family::BOTH {
            let ranges = wanted.get(family);
            if ranges.is_empty() {
                continue;
            }
            for (target, reach) in self.targets(vpc, family, loss.zone.as_ref()) {
                let covering: Vec<IpNet> = reach
                    .into_iter()
                    .filter(|net| {
                        let set = Addresses::from_nets([*net]);
                        ranges.is_subset(set.get(family))
                    })
                    .collect();
                if let Some(&destination) = covering.iter().max_by_key(|net| net.prefix_len()) {
                    changes.push(Change::AddRoute {
                        table: table.clone(),
                        destination,
                        target,
                    });
                }
            }
        }
        changes
    }

    fn other_routes(&self, loss: &Loss) -> Vec<Change> {
        let table: RouteTableId = loss.spot.component.as_str().into();
        let (
            Some(vpc),
            Some(Rule::Route {
                destination, target, ..
            }),
        ) = (&loss.spot.vpc, loss.rule.as_deref())
        else {
            return Vec::new();
        };
        let mut changes = Vec::new();
        let waits = self
            .world
            .snapshot
            .vpc_peering_connections
            .get(target.as_str())
            .filter(|peering| {
                peering
                    .status
                    .as_ref()
                    .is_some_and(|status| status.code == PeeringStatus::PendingAcceptance)
            });
        if let Some(peering) = waits {
            changes.push(Change::AcceptPeering(peering.vpc_peering_connection_id.clone()));
        }
        // What went by an endpoint was to be looked at: no way round it is offered.
        let is_inspected = target.starts_with("vpce-");
        if let Ok(destination) = destination.parse::<IpNet>()
            && !is_inspected
        {
            let family = Family::of(destination.addr());
            for (other, _) in self.targets(vpc, family, loss.zone.as_ref()) {
                if other.id() != target {
                    changes.push(Change::ReplaceRoute {
                        table: table.clone(),
                        destination,
                        target: other,
                    });
                }
            }
        }
        changes
    }

    /// The gateways of a VPC, with the prefixes that a route to each may name; NAT gateways in the sender's zone first.
    fn targets(&self, vpc: &VpcId, family: Family, zone: Option<&Zone>) -> Vec<(Target, Vec<IpNet>)> {
        let snapshot = self.world.snapshot;
        let everything: Vec<IpNet> = blocks(family, &Ranges::span(0, family.last())).collect();
        let mut targets = Vec::new();
        for peering in snapshot.vpc_peering_connections.values() {
            if let Some(far) =
                super::peering::far_side(peering, vpc).filter(|_| super::peering::is_active(peering))
            {
                let reach = super::peering::blocks_of(far);
                targets.push((
                    Target::Peering(peering.vpc_peering_connection_id.clone()),
                    blocks(family, reach.get(family)).collect(),
                ));
            }
        }
        for attachment in snapshot.transit_gateway_vpc_attachments.values() {
            if attachment.vpc_id != *vpc || attachment.state != Some(TransitGatewayState::Available) {
                continue;
            }
            let others = self.world.vpcs.iter().filter(|(other, _)| *other != vpc);
            let reach = others
                .flat_map(|(_, view)| view.blocks.nets.iter().copied())
                .collect();
            targets.push((
                Target::TransitGateway(attachment.transit_gateway_id.clone()),
                reach,
            ));
        }
        if family == Family::V4 {
            let is_far = |nat: &NatGateway| {
                let subnet = (nat.subnet_id.as_ref()).and_then(|subnet| self.world.subnets.get(subnet));
                let own = subnet.and_then(|subnet| subnet.zone.as_ref());
                !own.zip(zone).is_some_and(|(own, zone)| own.is(zone))
            };
            let usable =
                |nat: &&NatGateway| nat.vpc_id == *vpc && nat.state == Some(NatGatewayState::Available);
            let mut nats: Vec<&NatGateway> = snapshot.nat_gateways.values().filter(usable).collect();
            nats.sort_by_key(|nat| is_far(nat));
            for nat in nats {
                targets.push((Target::NatGateway(nat.nat_gateway_id.clone()), everything.clone()));
            }
        }
        if let Some(gateway) = self
            .world
            .vpcs
            .get(vpc)
            .and_then(|view| view.internet_gateway.clone())
        {
            targets.push((Target::InternetGateway(gateway), everything.clone()));
        }
        if family == Family::V6 {
            for gateway in snapshot.egress_only_internet_gateways.values() {
                if gateway
                    .attachments
                    .iter()
                    .any(|attachment| attachment.vpc_id.as_ref() == Some(vpc))
                {
                    let id = gateway.egress_only_internet_gateway_id.clone();
                    targets.push((Target::EgressOnlyInternetGateway(id), everything.clone()));
                }
            }
        }
        targets
    }

    /// Subnets in the sender's zone that an attachment could get.
    fn attachment_subnets(&self, loss: &Loss) -> Vec<Change> {
        let (Some(vpc), Some(zone)) = (&loss.spot.vpc, &loss.zone) else {
            return Vec::new();
        };
        let attachment = loss.spot.component.as_str();
        self.world
            .subnets
            .values()
            .filter(|subnet| subnet.vpc == *vpc && subnet.zone.as_ref().is_some_and(|own| own.is(zone)))
            .map(|subnet| Change::AddAttachmentSubnet {
                attachment: attachment.into(),
                subnet: subnet.id.clone(),
            })
            .collect()
    }

    fn transit_routes(&self, loss: &Loss) -> Vec<Change> {
        let table = loss.spot.component.as_str();
        let wanted = loss.lost.destinations();
        let snapshot = self.world.snapshot;
        let mut changes = Vec::new();
        let gateway =
            (snapshot.transit_gateway_route_tables.get(table)).map(|table| &table.transit_gateway_id);
        let attachments = snapshot.transit_gateway_vpc_attachments.values();
        for attachment in attachments.filter(|attachment| Some(&attachment.transit_gateway_id) == gateway) {
            let Some(view) = self.world.vpcs.get(&attachment.vpc_id) else {
                continue;
            };
            for &destination in &view.blocks.nets {
                let family = Family::of(destination.addr());
                let set = Addresses::from_nets([destination]);
                if !wanted.get(family).is_empty() && wanted.get(family).is_subset(set.get(family)) {
                    changes.push(Change::AddTransitRoute {
                        table: table.into(),
                        destination,
                        attachment: attachment.transit_gateway_attachment_id.clone(),
                    });
                }
            }
        }
        changes
    }
}

/// What one rule says.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Term {
    net: IpNet,
    /// A number, or -1.
    protocol: String,
    ports: Ports,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ports {
    None,
    Span(i32, i32),
    /// Type and code, -1 for all.
    Icmp(i32, i32),
}

/// Rules look at one address and at the destination port only: what differs elsewhere needs no rule of its own.
fn merged_sources(lost: &Packets, direction: Direction) -> Packets {
    use super::rewrite::Axis;
    let near = if direction == Direction::Ingress {
        Axis::Destination
    } else {
        Axis::Source
    };
    lost.widen(near).widen(Axis::SourcePort).joined()
}

/// The protocols of a cube with the ports that a rule has to name; `None` where that would be too many.
fn protocols(cube: &Cube) -> Option<Vec<(String, Ports)>> {
    if cube.protocol == all_protocols() {
        return Some(vec![("-1".into(), Ports::None)]);
    }
    let numbers: Vec<u8> = cube
        .protocol
        .iter()
        .flat_map(|(first, last)| first..=last)
        .collect();
    if numbers.len() > 3 {
        return None;
    }
    let mut terms = Vec::new();
    for number in numbers {
        let protocol = number.to_string();
        if with_ports().contains(number) {
            for (from, to) in cube.destination_port.iter() {
                terms.push((protocol.clone(), Ports::Span(from.into(), to.into())));
            }
        } else if with_types().contains(number) {
            let all = |ranges: &Ranges<u16>| *ranges == all_ports() || *ranges == Ranges::span(0, 255);
            for (kind, _) in cube.source_port.iter() {
                let kind = if all(&cube.source_port) {
                    -1
                } else {
                    i32::from(kind)
                };
                terms.push((protocol.clone(), Ports::Icmp(kind, -1)));
            }
        } else {
            terms.push((protocol, Ports::None));
        }
    }
    Some(terms)
}

/// A free number that is asked before the entry that decided: after the last one where that is the closing deny.
fn free_number(taken: &BTreeSet<u32>, decided_by: u32) -> Option<u32> {
    if decided_by >= CLOSING_RULE {
        let last = taken
            .iter()
            .copied()
            .filter(|&number| number < CLOSING_RULE)
            .max()
            .unwrap_or(90);
        let next = (last / 10 + 1) * 10;
        if next < CLOSING_RULE {
            return Some(next);
        }
    }
    (1..decided_by.min(CLOSING_RULE))
        .rev()
        .find(|number| !taken.contains(number))
}
