//! From a required path to its result: resolve the ends, ask every question, add the answers up.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::sync::Arc;

use ipnet::IpNet;

use crate::network::Snapshot;
use crate::network::id::{InstanceId, ResourceId};
use crate::paths::model::{
    Expect, IpAddressType, PortSet, Protocol, Reply, Require, RequiredPath, TagSelector, Transparent,
};

use super::addresses::{Addresses, Family};
use super::assessment::Assessment;
use super::code::Code;
use super::cube::{Cube, ICMP, ICMPV6, TCP, UDP, all_ports, other_protocols, with_ports};
use super::dependencies::Consulted;
use super::doubt::Doubt;
use super::ends::{Finish, Hindrance, Resolver, Start, depends_on_source};
use super::flow::{Flow, Sender, Spot};
use super::nearness::Nearness;
use super::packets::Packets;
use super::present::Presenter;
use super::question::{Goal, Origin, Question};
use super::ranges::Ranges;
use super::report::{Leg, PathResult, Verdict};
use super::walk::{Loss, Outcome, Walk};
use super::world::World;

/// What the engine cannot see in a snapshot, and is told.
#[derive(Debug, Clone, Default)]
pub struct Surroundings {
    /// Appliances that pass every packet unchanged, both ways.
    pub transparent: Vec<Transparent>,
    /// Host names and what they resolve to.
    pub hosts: BTreeMap<String, Vec<IpAddr>>,
}

/// The reachability engine over one snapshot.
///
/// Making one compiles the snapshot's look-ups; then any number of paths can be evaluated, from several threads.
#[derive(Debug)]
pub struct Engine<'s> {
    world: World<'s>,
    surroundings: Arc<Surroundings>,
    transparent: Arc<BTreeSet<ResourceId>>,
}

/// The answer to one question of a path.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) question: Question,
    pub(crate) outcome: Outcome,
    /// The instance whose system chooses the interface.
    instance: Option<InstanceId>,
}

/// All that was found of a path, before it is put into words.
#[derive(Debug)]
pub(crate) struct Finding {
    pub(crate) verdict: Verdict,
    pub(crate) as_expected: Option<bool>,
    pub(crate) answers: Vec<Answer>,
    pub(crate) losses: Vec<Loss>,
    pub(crate) doubts: BTreeSet<Doubt>,
    pub(crate) consulted: Consulted,
    pub(crate) notices: BTreeSet<String>,
}

impl<'s> Engine<'s> {
    /// Makes a snapshot ready for evaluation.
    pub fn new(snapshot: &'s Snapshot, surroundings: Surroundings) -> Self {
        Self {
            world: World::new(snapshot),
            transparent: Arc::new(transparent(&surroundings, snapshot)),
            surroundings: Arc::new(surroundings),
        }
    }

    /// An engine over a copy of this one's snapshot with something changed. Where only rules were (entries, rules, routes
    /// of tables), it takes over what this one has compiled, and costs next to nothing.
    ///
    /// # Example
    ///
    /// ```
    /// use hopwatch::network::Snapshot;
    /// use hopwatch::reach::{Engine, Surroundings};
    ///
    /// let snapshot = Snapshot::default();
    /// let engine = Engine::new(&snapshot, Surroundings::default());
    /// let mut tried = snapshot.clone();
    /// if let Some(acl) = tried.network_acls.get_mut("acl-0fd1") {
    ///     acl.entries.clear();
    /// }
    /// let without_entries = engine.over(&tried);
    /// # let _ = without_entries;
    /// ```
    pub fn over<'a>(&'a self, changed: &'a Snapshot) -> Engine<'a> {
        let world = World::over(&self.world, changed);
        let transparent = if world.is_layer() {
            self.transparent.clone()
        } else {
            Arc::new(transparent(&self.surroundings, changed))
        };
        Engine {
            world,
            surroundings: self.surroundings.clone(),
            transparent,
        }
    }

    /// Evaluates one path: verdict, blockers with verified fixes, the walk.
    ///
    /// # Example
    ///
    /// ```
    /// use hopwatch::network::Snapshot;
    /// use hopwatch::reach::{Engine, Surroundings};
    ///
    /// let snapshot = Snapshot::default();
    /// let engine = Engine::new(&snapshot, Surroundings::default());
    /// # let _ = engine;
    /// ```
    pub fn evaluate(&self, path: &RequiredPath) -> PathResult {
        let finding = self.find(path);
        let presenter = Presenter::new(&self.world);
        let mut result = presenter.result(path, &finding);
        if finding.as_expected == Some(false) && path.expect == Expect::Reachable {
            super::fix::add_fixes(self, path, &finding, &presenter, &mut result);
        }
        result
    }

    /// What became of one path, without sentences, walks and fixes: all that tells whether something changed.
    pub fn assess(&self, path: &RequiredPath) -> Assessment {
        Presenter::new(&self.world).assessment(path, self.find(path))
    }

    /// What became of many paths, each with its index. Those that are near each other are looked at one after the other,
    /// which is faster than to go by the paths' order.
    pub fn assess_all<'p>(
        &self,
        paths: impl IntoIterator<Item = &'p RequiredPath>,
    ) -> impl Iterator<Item = (usize, Assessment)> {
        let paths = paths.into_iter().enumerate();
        let mut near: Vec<(Nearness, usize, &RequiredPath)> = paths
            .map(|(index, path)| (Nearness::of(path, &self.world), index, path))
            .collect();
        near.sort_unstable_by_key(|&(nearness, index, _)| (nearness, index));
        near.into_iter()
            .map(|(_, index, path)| (index, self.assess(path)))
    }

    /// The snapshot that it is over.
    pub(crate) fn snapshot(&self) -> &'s Snapshot {
        self.world.snapshot
    }

    pub(crate) fn world(&self) -> &World<'s> {
        &self.world
    }

    pub(crate) fn find(&self, path: &RequiredPath) -> Finding {
        let mut resolver = Resolver {
            world: &self.world,
            hosts: &self.surroundings.hosts,
            consulted: Consulted::default(),
        };
        let questions = self.questions(path, &mut resolver);
        let mut consulted = std::mem::take(&mut resolver.consulted);
        let (questions, ambiguities) = match questions {
            Ok(questions) => questions,
            Err(Hindrance::Unknown(doubt)) => {
                consulted.extend(doubt.components.iter().cloned());
                return nothing_asked(Verdict::Undecided, None, Some(doubt), Vec::new(), consulted);
            }
            Err(Hindrance::Never { code, spot, note }) => {
                consulted.insert(&spot.component);
                let as_expected = Some(path.expect == Expect::Blocked);
                // A guard with no packet to ask must not look like one that watches.
                let notice = (path.expect == Expect::Blocked && code == Code::NoPath).then(|| {
                    format!(
                        "path `{}` has no packet to ask, so it guards nothing: {note}",
                        path.name
                    )
                });
                let loss = empty_loss(code, spot, note);
                let mut finding = nothing_asked(Verdict::Blocked, as_expected, None, vec![loss], consulted);
                finding.notices.extend(notice);
                return finding;
            }
        };
        let mut answers: Vec<Answer> = questions
            .into_iter()
            .map(|(question, instance)| self.answer(question, instance))
            .collect();
        let mut doubts = BTreeSet::new();
        doubt_choices_of_instances(&mut answers, &mut doubts);
        for answer in &mut answers {
            doubts.extend(std::mem::take(&mut answer.outcome.doubts));
        }
        add_up(path, answers, ambiguities, doubts, consulted)
    }

    fn answer(&self, question: Question, instance: Option<InstanceId>) -> Answer {
        let mut outcome = ask(&self.world, &question, &question.asked, false);
        doubt_chosen_address(&question, &mut outcome);
        let ends = [&outcome.delivered, &outcome.lost, &outcome.unknown];
        let left = (ends.into_iter()).fold(question.asked.clone(), |left, told| left.subtract(told));
        if !left.is_empty() {
            outcome.unknown.add(&left);
            outcome.doubts.insert(Doubt {
                code: Code::UnknownDestination,
                message: "some packets could not be followed to an end".into(),
                components: Vec::new(),
                missing_call: None,
            });
        }
        Answer {
            question,
            outcome,
            instance,
        }
    }

    /// What a path asks. Every question has its own start and goal; together they are the whole path.
    #[expect(
        clippy::type_complexity,
        reason = "questions, and why some of them may be the wrong ones"
    )]
    fn questions(
        &self,
        path: &RequiredPath,
        resolver: &mut Resolver<'_>,
    ) -> Result<(Vec<(Question, Option<InstanceId>)>, Vec<Doubt>), Hindrance> {
        let goals = resolver.finishes(&path.destination, None)?;
        let starts = resolver.starts(&path.source, &goals)?;
        let mut questions = Vec::new();
        let mut ambiguities = Vec::new();
        let mut nothing: Option<Hindrance> = None;
        let families = families(path);
        let mut asked_families: Vec<Family> = Vec::new();
        for start in &starts {
            let from_there = match &start.vpc {
                Some(vpc) if depends_on_source(&path.destination) => {
                    Some(resolver.finishes(&path.destination, Some(vpc))?)
                }
                _ => None,
            };
            for finish in from_there.as_ref().unwrap_or(&goals) {
                let asked = self.asked(path, &starts, start, finish, families)?;
                if asked.is_empty() {
                    nothing.get_or_insert_with(|| nothing_between(start, finish));
                    continue;
                }
                asked_families.extend(asked.cubes().iter().map(|cube| cube.family));
                ambiguities.extend(finish.ambiguous.clone());
                let question = Question {
                    origin: start.origin.clone(),
                    asked,
                    goal: finish.goal.clone(),
                    reply: path.reply == Reply::Required && path.expect == Expect::Reachable,
                    leak: path.expect == Expect::Blocked,
                    via: path.via.clone(),
                    not_via: path.not_via.clone(),
                    arriving: arriving(path),
                    transparent: self.transparent.clone(),
                };
                questions.push((question, start.instance.clone()));
            }
        }
        let both_wanted = path.ip_address_type == Some(IpAddressType::Dualstack);
        if questions.is_empty()
            || both_wanted
                && !Family::BOTH.iter().all(|family| asked_families.contains(family))
                && path.expect == Expect::Reachable
        {
            return Err(nothing.unwrap_or(Hindrance::Never {
                code: Code::NoPath,
                spot: Spot::new(path.source.text.as_str(), crate::network::Kind::Unsupported),
                note: "the ends have no address family in common that the path asks for".into(),
            }));
        }
        Ok((questions, ambiguities))
    }

    /// The packets of a path between one start and one goal.
    fn asked(
        &self,
        path: &RequiredPath,
        starts: &[Start],
        start: &Start,
        finish: &Finish,
        families: &[Family],
    ) -> Result<Packets, Hindrance> {
        let filter = &path.filter_at_source;
        let from_internet = matches!(start.origin, Origin::Internet(_));
        let mut senders = start.senders.clone();
        if let Some(net) = filter.source_address {
            senders = pinned_senders(starts, start, net);
        } else if senders.is_empty() && !matches!(start.origin, Origin::Interface(_)) {
            let message = format!(
                "`{}` does not tell what enters by it: name it with `filterAtSource.sourceAddress`",
                path.source.text
            );
            return Err(Doubt::new(Code::UnknownResource, path.source.text.as_str(), message).into());
        }
        let mut receivers = match (&finish.from_internet, from_internet) {
            (Some(public), true) => public.clone(),
            _ => finish.addresses.clone(),
        };
        if let Some(net) = filter.destination_address {
            receivers = Addresses::from_nets([net]);
        }
        let client = path
            .client_ports
            .as_ref()
            .or(filter.source_ports.as_ref())
            .map_or_else(|| start.ports.clone(), ports_of);
        let server = path
            .destination_ports
            .as_ref()
            .or(filter.destination_ports.as_ref())
            .map_or_else(|| Ranges::span(1, u16::MAX), ports_of);
        let mut asked = Packets::none();
        for &family in families {
            let (source, destination) = (senders.get(family), receivers.get(family));
            if source.is_empty() || destination.is_empty() {
                continue;
            }
            for (protocol, source_port, destination_port) in headers(path.protocol, family, &client, &server)
            {
                asked.add(&Packets::cube(Cube {
                    family,
                    protocol,
                    source: source.clone(),
                    destination: destination.clone(),
                    source_port,
                    destination_port,
                }));
            }
        }
        Ok(asked)
    }
}

/// Walks packets from where a question starts.
pub(crate) fn ask(world: &World<'_>, question: &Question, asked: &Packets, record: bool) -> Outcome {
    let mut walk = Walk::new(world, question, record);
    walk.start(Flow::sent(asked));
    walk.finish()
}

impl Walk<'_> {
    fn start(&mut self, mut flow: Flow) {
        let question = self.question;
        match &question.origin {
            Origin::Interface(interface) => self.leave(flow, interface),
            Origin::NatGateway(id) => self.send_from_nat_gateway(flow, id),
            Origin::Internet(by) => {
                self.pass(&mut flow, Spot::internet, None, None);
                self.enter_from_internet(flow, by.as_ref());
            }
            Origin::Peering { id, into } => {
                flow.sender = Sender::Unseen(id.into());
                self.consult(id);
                let far = self
                    .world
                    .snapshot
                    .vpc_peering_connections
                    .get(id)
                    .and_then(|peering| {
                        super::peering::far_side(peering, into).and_then(|far| far.vpc_id.clone())
                    });
                match far {
                    Some(far) => self.cross_peering(flow, id, &far),
                    None => self.end_unknown(
                        flow,
                        Doubt::absent(id, "the far side of peering", "ec2:DescribeVpcPeeringConnections"),
                    ),
                }
            }
            Origin::Attachment(id) => self.start_behind_attachment(flow, id),
            Origin::VpnGateway { id, into } => self.come_by_vpn_gateway(flow, &id.as_str().into(), into),
        }
    }
}

/// A source address that the path pins is sent by the interface that owns it; if none of the path's does, by every one,
/// and the source/destination check judges.
fn pinned_senders(starts: &[Start], start: &Start, net: IpNet) -> Addresses {
    let pinned = Addresses::from_nets([net]);
    let Origin::Interface(interface) = &start.origin else {
        // Of the attachments of a gateway only that of the VPC which has the address sends from it.
        let has_it =
            |start: &Start| matches!(start.origin, Origin::Attachment(_)) && start.senders.meets(&pinned);
        return if starts.iter().any(has_it) && !has_it(start) {
            Addresses::empty()
        } else {
            pinned
        };
    };
    let owners = starts.iter().filter_map(|other| match &other.origin {
        Origin::Interface(other) => Some(other),
        _ => None,
    });
    let owned = owners.fold(Addresses::empty(), |all, owner| all.union(&owner.addresses));
    let own = interface.addresses.intersect(&pinned);
    own.union(&pinned.subtract(&owned))
}

fn families(path: &RequiredPath) -> &'static [Family] {
    match path.ip_address_type {
        Some(IpAddressType::Ipv4) => &[Family::V4],
        Some(IpAddressType::Ipv6) => &[Family::V6],
        Some(IpAddressType::Dualstack) | None => &Family::BOTH,
    }
}

fn ports_of(set: &PortSet) -> Ranges<u16> {
    Ranges::from_spans(set.0.iter().map(|range| (*range.start(), *range.end())))
}

/// Protocol, source ports and destination ports (ICMP: type and code) of the headers that a path is about.
fn headers(
    protocol: Protocol,
    family: Family,
    client: &Ranges<u16>,
    server: &Ranges<u16>,
) -> Vec<(Ranges<u8>, Ranges<u16>, Ranges<u16>)> {
    let echo = |number: u8, kind: u16| vec![(Ranges::one(number), Ranges::one(kind), Ranges::one(0))];
    match (protocol, family) {
        (Protocol::Tcp, _) => vec![(Ranges::one(TCP), client.clone(), server.clone())],
        (Protocol::Udp, _) => vec![(Ranges::one(UDP), client.clone(), server.clone())],
        (Protocol::Icmp, Family::V4) => echo(ICMP, 8),
        (Protocol::Icmpv6, Family::V6) => echo(ICMPV6, 128),
        (Protocol::Icmp, Family::V6) | (Protocol::Icmpv6, Family::V4) => Vec::new(),
        (Protocol::Number(TCP), _) => headers(Protocol::Tcp, family, client, server),
        (Protocol::Number(UDP), _) => headers(Protocol::Udp, family, client, server),
        (Protocol::Number(ICMP), _) => headers(Protocol::Icmp, family, client, server),
        (Protocol::Number(ICMPV6), _) => headers(Protocol::Icmpv6, family, client, server),
        (Protocol::Number(number), _) => vec![(Ranges::one(number), all_ports(), all_ports())],
        (Protocol::All, _) => {
            let icmp = if family == Family::V4 { ICMP } else { ICMPV6 };
            let types = Ranges::span(0, 255);
            vec![
                (with_ports().clone(), client.clone(), server.clone()),
                (Ranges::one(icmp), types.clone(), types),
                (other_protocols().clone(), all_ports(), all_ports()),
            ]
        }
    }
}

/// What `filterAtDestination` lets arrive.
fn arriving(path: &RequiredPath) -> Option<Packets> {
    let filter = &path.filter_at_destination;
    if *filter == crate::paths::model::PacketFilter::default() {
        return None;
    }
    let mut packets = Packets::none();
    for family in Family::BOTH {
        let mut cube = Cube::all(family);
        let addresses = |net: Option<IpNet>, all: &Ranges<u128>| {
            net.map_or_else(
                || all.clone(),
                |net| Addresses::from_nets([net]).get(family).clone(),
            )
        };
        cube.source = addresses(filter.source_address, &cube.source);
        cube.destination = addresses(filter.destination_address, &cube.destination);
        if let Some(ports) = &filter.source_ports {
            cube.source_port = ports_of(ports);
        }
        if let Some(ports) = &filter.destination_ports {
            cube.destination_port = ports_of(ports);
        }
        packets.add(&Packets::cube(cube));
    }
    Some(packets)
}

fn nothing_between(start: &Start, finish: &Finish) -> Hindrance {
    let Goal::Interfaces(interfaces) = &finish.goal else {
        return Hindrance::Never {
            code: Code::NoPath,
            spot: Spot::new("packets", crate::network::Kind::Unsupported),
            note: "no packet fits both ends and the filters".into(),
        };
    };
    let Some(interface) = interfaces.first() else {
        return Hindrance::Unknown(Doubt::new(
            Code::NoSourceOrDestination,
            "?",
            "no interface answers",
        ));
    };
    let spot = Spot::at(interface);
    if matches!(start.origin, Origin::Internet(_)) {
        return Hindrance::Never {
            code: Code::IgwPrivateIpAssociationForIngress,
            spot,
            note: format!("{} has no public address", interface.id),
        };
    }
    Hindrance::Never {
        code: Code::NoPath,
        spot,
        note: "no packet fits both ends and the filters".into(),
    }
}

fn empty_loss(code: Code, spot: Spot, note: String) -> Loss {
    Loss {
        code,
        spot,
        leg: Leg::Forward,
        segment: 0,
        rule: None,
        lost: Packets::none(),
        sent: Packets::none(),
        note,
        depth: 0,
        peer_group: None,
        zone: None,
    }
}

fn nothing_asked(
    verdict: Verdict,
    as_expected: Option<bool>,
    doubt: Option<Doubt>,
    losses: Vec<Loss>,
    consulted: Consulted,
) -> Finding {
    Finding {
        verdict,
        as_expected,
        answers: Vec::new(),
        losses,
        doubts: doubt.into_iter().collect(),
        consulted,
        notices: BTreeSet::new(),
    }
}

/// AWS chooses the public address of a task when it starts: what depends on which one it is cannot be told.
fn doubt_chosen_address(question: &Question, outcome: &mut Outcome) {
    let Some(origin) = question.origin_interface().filter(|origin| origin.any_public) else {
        return;
    };
    let depends = outcome
        .delivered
        .intersect(&outcome.lost)
        .intersect(&outcome.chosen_address);
    if depends.is_empty() {
        return;
    }
    outcome.delivered = outcome.delivered.subtract(&depends);
    outcome.lost = outcome.lost.subtract(&depends);
    outcome.unknown.add(&depends);
    for loss in &mut outcome.losses {
        loss.sent = loss.sent.subtract(&depends);
    }
    outcome.losses.retain(|loss| !loss.sent.is_empty());
    let message = "which public address a task gets is not known before it starts, and decides";
    outcome
        .doubts
        .insert(Doubt::new(Code::UnknownDestination, origin.id.clone(), message));
}

/// An instance's operating system picks the interface that it sends by: where they do not come to the same, nobody
/// can say which is right.
fn doubt_choices_of_instances(answers: &mut [Answer], doubts: &mut BTreeSet<Doubt>) {
    if answers.len() < 2 {
        return;
    }
    let mut by_instance: BTreeMap<InstanceId, BTreeMap<ResourceId, Vec<usize>>> = BTreeMap::new();
    for (index, answer) in answers.iter().enumerate() {
        if let (Some(instance), Some(interface)) = (&answer.instance, answer.question.origin_interface()) {
            by_instance
                .entry(instance.clone())
                .or_default()
                .entry(interface.id.clone())
                .or_default()
                .push(index);
        }
    }
    for (instance, interfaces) in by_instance
        .into_iter()
        .filter(|(_, interfaces)| interfaces.len() > 1)
    {
        let classes: BTreeSet<Vec<[bool; 3]>> = interfaces
            .values()
            .map(|indices| {
                let outcomes = indices
                    .iter()
                    .filter_map(|&index| answers.get(index))
                    .map(|answer| &answer.outcome);
                outcomes
                    .map(|o| [!o.delivered.is_empty(), !o.lost.is_empty(), !o.unknown.is_empty()])
                    .collect()
            })
            .collect();
        if classes.len() < 2 {
            continue;
        }
        let message = format!("{instance} has several interfaces, and which of them it sends by decides");
        doubts.insert(Doubt::new(Code::UndocumentedBehaviour, &instance, message));
        for &index in interfaces.values().flatten() {
            if let Some(answer) = answers.get_mut(index) {
                let outcome = &mut answer.outcome;
                let (delivered, lost) = (
                    std::mem::take(&mut outcome.delivered),
                    std::mem::take(&mut outcome.lost),
                );
                outcome.unknown.add(&delivered.union(&lost));
                outcome.arrived = Packets::none();
                outcome.losses.clear();
            }
        }
    }
}

fn add_up(
    path: &RequiredPath,
    mut answers: Vec<Answer>,
    ambiguities: Vec<Doubt>,
    mut doubts: BTreeSet<Doubt>,
    mut consulted: Consulted,
) -> Finding {
    let any = |pick: fn(&Outcome) -> &Packets, answers: &[Answer]| {
        answers.iter().any(|answer| !pick(&answer.outcome).is_empty())
    };
    let mut delivered = any(|o| &o.delivered, &answers);
    let lost = any(|o| &o.lost, &answers);
    let mut unknown = any(|o| &o.unknown, &answers);
    if !ambiguities.is_empty() && delivered {
        // What is lost wherever it was meant for is lost; what arrives may have been meant for another.
        (delivered, unknown) = (false, true);
        for answer in &mut answers {
            let arrived = std::mem::take(&mut answer.outcome.delivered);
            answer.outcome.unknown.add(&arrived);
        }
        doubts.extend(ambiguities);
    }
    let verdict = match (delivered, lost, unknown) {
        (true, false, false) => Verdict::Reachable,
        (true, true, _) => Verdict::Partial,
        (false, true, false) => Verdict::Blocked,
        _ => Verdict::Undecided,
    };
    let as_expected = match (path.expect, path.require) {
        (Expect::Reachable, Require::All) if lost => Some(false),
        (Expect::Reachable, Require::All) if unknown => None,
        (Expect::Reachable, Require::All) => Some(delivered),
        (Expect::Reachable, Require::Any) if delivered => Some(true),
        (Expect::Reachable, Require::Any) if unknown => None,
        (Expect::Reachable, Require::Any) => Some(false),
        (Expect::Blocked, _) if delivered => Some(false),
        (Expect::Blocked, _) if unknown => None,
        (Expect::Blocked, _) => Some(true),
    };
    let mut together = Outcome::default();
    let mut notices = BTreeSet::new();
    for answer in &mut answers {
        for loss in &answer.outcome.losses {
            together.add_loss(loss.clone());
        }
        consulted.absorb(std::mem::take(&mut answer.outcome.consulted));
        notices.extend(answer.outcome.notices.iter().cloned());
    }
    if !unknown {
        doubts.clear();
    }
    let mut losses = together.losses;
    // As a packet meets them.
    losses.sort_by_key(|loss| (loss.leg, loss.depth));
    Finding {
        verdict,
        as_expected,
        answers,
        losses,
        doubts,
        consulted,
        notices,
    }
}

/// The appliances that were declared transparent.
fn transparent(surroundings: &Surroundings, snapshot: &Snapshot) -> BTreeSet<ResourceId> {
    let declared = surroundings.transparent.iter();
    declared
        .flat_map(|declared| match declared {
            Transparent::Id(id) => vec![id.clone()],
            Transparent::Tagged(selector) => tagged(snapshot, selector),
        })
        .collect()
}

fn tagged(snapshot: &Snapshot, selector: &TagSelector) -> Vec<ResourceId> {
    let fits = |tags| selector.fits(tags);
    let instances = snapshot
        .instances
        .values()
        .filter(|r| fits(&r.tags))
        .map(|r| (&r.instance_id).into());
    let interfaces = snapshot
        .network_interfaces
        .values()
        .filter(|r| fits(&r.tag_set))
        .map(|r| (&r.network_interface_id).into());
    let endpoints = snapshot
        .vpc_endpoints
        .values()
        .filter(|r| fits(&r.tags))
        .map(|r| (&r.vpc_endpoint_id).into());
    instances.chain(interfaces).chain(endpoints).collect()
}
