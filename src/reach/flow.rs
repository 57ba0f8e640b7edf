//! Packets on their way: what header they have now, what they were when they were sent, and what is known of them.
//!
//! A flow holds three sets of headers. *Alive*: nothing lost them so far. *Doubtful*: it cannot be told whether
//! something lost them. *Dead*: something did; they walk on as if it had not, so that everything that loses them is
//! found in one walk. Where AWS is free to choose (the port a NAT gateway takes), one packet as sent stands for several
//! headers, so that it may be alive by one choice and dead by another.

use std::iter::repeat_n;
use std::ops::{Deref, DerefMut};
use std::rc::Rc;
use std::sync::Arc;

use crate::network::Kind;
use crate::network::id::{
    NatGatewayId, ResourceId, RouteTableId, SubnetId, TransitGatewayId, VpcId, VpcPeeringConnectionId,
};

use super::addresses::{Addresses, Family};
use super::interface::Interface;
use super::load_balancer::BalancerSession;
use super::network_firewall::Course;
use super::packets::Packets;
use super::report::{Direction, HopOutcome, Leg, Rule};
use super::rewrite::Axis;
use super::zone::Zone;

/// A change of headers on the way, by which a set of headers after it is led back to those before it.
#[derive(Debug)]
pub(crate) struct Layer {
    translation: Translation,
    before: Packets,
    after: Packets,
}

/// How headers become others.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Translation {
    /// Some axes are replaced by values that do not depend on what stood there.
    Rewrite(&'static [Axis]),
    /// Requests become replies.
    Turn,
    /// A load balancer sends packets on: to a target, from ports of its own, and from its own addresses where it does not
    /// keep the source. Each packet may become any of those.
    SentOn { keeps_source: bool },
    /// NAT64: IPv6 requests become IPv4 ones, from any address and port of the gateway.
    Nat64,
}

impl Layer {
    /// Which headers before the change may have become one of `after`, all of which the change has made.
    fn undo(&self, after: &Packets) -> Packets {
        if after.is_empty() {
            return Packets::none();
        }
        // Most flows come back whole.
        if after.is_shared_with(&self.after) {
            return self.before.clone();
        }
        self.undo_part(after)
    }

    /// The same, of headers that are some of those that the change made.
    fn undo_part(&self, after: &Packets) -> Packets {
        match self.translation {
            Translation::Rewrite(axes) => {
                if let [before] = self.before.cubes()
                    && let Some(undone) = after.put_back(axes, before)
                {
                    return undone;
                }
                let widened = axes
                    .iter()
                    .fold(after.clone(), |packets, &axis| packets.widen(axis));
                self.before.intersect(&widened)
            }
            Translation::Turn => after.swapped(),
            Translation::SentOn { keeps_source: true } => self.before.from(&after.sources()),
            Translation::SentOn { keeps_source: false } => self.before.clone(),
            Translation::Nat64 => self.before.intersect(
                &after
                    .translated_to_nat64()
                    .widen(Axis::Source)
                    .widen(Axis::SourcePort),
            ),
        }
    }
}

/// Leads a set back through layers, the last first.
pub(crate) fn undo_all(layers: &[Rc<Layer>], after: &Packets) -> Packets {
    layers
        .iter()
        .rev()
        .fold(after.clone(), |packets, layer| layer.undo(&packets))
}

/// Whose groups a packet carries: what rules that name a group look at.
#[derive(Debug, Clone)]
pub(crate) enum Sender {
    /// Those of an interface that has some; what the packet may come from, and what it crossed since.
    Groups {
        of: Arc<Interface>,
        addresses: Addresses,
        crossing: Crossing,
    },
    /// Nobody's: the internet, a NAT gateway, a network outside AWS.
    Nobody,
    /// Of an interface that cannot be seen.
    Unseen(ResourceId),
}

/// What a packet crossed since its sender.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Crossing {
    /// Nothing that matters.
    Nothing,
    /// A peering inside one Region, which keeps the groups.
    Peering,
    /// A transit gateway; whether it and both attachments keep the groups.
    TransitGateway { id: ResourceId, keeps: Keeps },
    /// Something that loses the groups.
    Lost(ResourceId),
}

/// Whether the groups of a sender are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Keeps {
    Yes,
    No,
    /// The gateway was not read.
    Unknown,
}

impl Sender {
    /// From here on no rule that names a group matches.
    pub(crate) fn lose_groups(&mut self, at: impl Into<ResourceId>) {
        if let Self::Groups { crossing, .. } = self
            && !matches!(crossing, Crossing::Lost(_))
        {
            *crossing = Crossing::Lost(at.into());
        }
    }
}

/// A device that remembers the connection, and which replies must meet again.
#[derive(Debug, Clone)]
pub(crate) enum Session {
    NatGateway {
        gateway: NatGatewayId,
        /// How many layers there were before it translated.
        layers: usize,
        /// What it sent on: it knows no other replies than these turned round.
        sent: Packets,
        /// The route that led to it.
        led_by: Option<(RouteTableId, Arc<Rule>)>,
        /// The peering that it sent by: replies need no route back (documented of NAT gateways only).
        sent_by_peering: Option<VpcPeeringConnectionId>,
    },
    /// A NAT gateway that the path starts at.
    SentByNatGateway {
        gateway: NatGatewayId,
        sent_by_peering: Option<VpcPeeringConnectionId>,
    },
    /// A task whose public address AWS chooses when it starts.
    PublicAddress {
        /// How many layers there were before.
        layers: usize,
        /// What went out: only these turned round are replies.
        sent: Packets,
    },
    /// A node of a load balancer that sent the connection on to a target.
    LoadBalancer(BalancerSession),
    /// Connections that only this gateway knows: an egress-only internet gateway.
    EgressOnly(ResourceId),
}

/// Where something happens to packets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Spot {
    pub(crate) component: ResourceId,
    pub(crate) kind: Kind,
    pub(crate) direction: Option<Direction>,
    pub(crate) subnet: Option<SubnetId>,
    pub(crate) vpc: Option<VpcId>,
    /// The interface, where a security group acts.
    pub(crate) interface: Option<ResourceId>,
}

impl Spot {
    pub(crate) fn new(component: impl Into<ResourceId>, kind: Kind) -> Self {
        Self {
            component: component.into(),
            kind,
            direction: None,
            subnet: None,
            vpc: None,
            interface: None,
        }
    }

    /// At an interface.
    pub(crate) fn at(interface: &Interface) -> Self {
        Self::new(&interface.id, interface.kind).in_subnet(&interface.subnet, &interface.vpc)
    }

    pub(crate) fn internet() -> Self {
        Self::new("internet", Kind::Internet)
    }

    pub(crate) fn on_premises() -> Self {
        Self::new("on-premises", Kind::OnPremises)
    }

    pub(crate) fn directed(mut self, direction: Direction) -> Self {
        self.direction = Some(direction);
        self
    }

    pub(crate) fn in_subnet(mut self, subnet: &SubnetId, vpc: &VpcId) -> Self {
        self.subnet = Some(subnet.clone());
        self.vpc = Some(vpc.clone());
        self
    }

    pub(crate) fn in_vpc(mut self, vpc: &VpcId) -> Self {
        self.vpc = Some(vpc.clone());
        self
    }
}

/// A spot, or what makes it: most are never looked at, as nothing is lost there.
pub(crate) trait At {
    fn spot(self) -> Spot;
}

impl At for Spot {
    fn spot(self) -> Spot {
        self
    }
}

impl At for &Spot {
    fn spot(self) -> Spot {
        self.clone()
    }
}

impl<F: FnOnce() -> Spot> At for F {
    fn spot(self) -> Spot {
        self()
    }
}

/// One step of a recorded walk.
#[derive(Debug)]
pub(crate) struct Step {
    pub(crate) spot: Spot,
    pub(crate) leg: Leg,
    pub(crate) segment: u8,
    pub(crate) outcome: HopOutcome,
    pub(crate) rule: Option<Arc<Rule>>,
    pub(crate) packets: Packets,
    pub(crate) note: Option<String>,
    /// How far the packets had come.
    pub(crate) depth: u32,
}

/// The steps so far, the last first.
#[derive(Debug)]
pub(crate) struct Trail {
    pub(crate) step: Step,
    pub(crate) before: Option<Rc<Trail>>,
}

/// Packets that share their way so far. Its other fields are those of [`Way`].
#[derive(Debug, Clone)]
pub(crate) struct Flow {
    alive: Packets,
    doubtful: Packets,
    dead: Packets,
    /// The three together.
    all: Packets,
    /// Shared by the parts of a flow until one of them goes another way.
    way: Rc<Way>,
    /// How many hops it has behind it.
    pub(crate) depth: u32,
}

/// The way that packets came.
#[derive(Debug, Clone)]
pub(crate) struct Way {
    pub(crate) layers: Vec<Rc<Layer>>,
    pub(crate) leg: Leg,
    pub(crate) segment: u8,
    pub(crate) sender: Sender,
    /// The zone it was sent from; `None`: from outside any.
    pub(crate) zone: Option<Zone>,
    /// The VPC whose interface or NAT gateway owns the source address; `None`: not one of AWS's that is seen.
    pub(crate) source_vpc: Option<VpcId>,
    /// What it crossed on its way there.
    pub(crate) crossed: Vec<(ResourceId, Kind)>,
    /// The appliances that it crossed on this leg.
    pub(crate) appliances: Vec<ResourceId>,
    /// Those that its request crossed: their security groups know the connection.
    pub(crate) tracking: Vec<ResourceId>,
    pub(crate) sessions: Vec<Session>,
    /// What of its way its replies must find again.
    pub(crate) course: Course,
    /// Which routers saw which headers: to find loops.
    pub(crate) visited: Vec<(ResourceId, Packets)>,
    /// The transit gateway that it came out of just now, before any route of the attachment's subnet.
    pub(crate) out_of_transit: Option<TransitGatewayId>,
    /// The table and route that sent it last.
    pub(crate) sent_by: Option<(RouteTableId, Arc<Rule>)>,
    pub(crate) trail: Option<Rc<Trail>>,
}

impl Deref for Flow {
    type Target = Way;

    fn deref(&self) -> &Way {
        &self.way
    }
}

impl DerefMut for Flow {
    fn deref_mut(&mut self) -> &mut Way {
        Rc::make_mut(&mut self.way)
    }
}

impl Flow {
    /// Packets as they are sent.
    pub(crate) fn sent(packets: &Packets) -> Self {
        Self {
            alive: packets.clone(),
            doubtful: Packets::none(),
            dead: Packets::none(),
            all: packets.clone(),
            way: Rc::new(Way {
                layers: Vec::new(),
                leg: Leg::Forward,
                segment: 0,
                sender: Sender::Nobody,
                zone: None,
                source_vpc: None,
                crossed: Vec::new(),
                appliances: Vec::new(),
                tracking: Vec::new(),
                sessions: Vec::new(),
                course: Course::default(),
                visited: Vec::new(),
                out_of_transit: None,
                sent_by: None,
                trail: None,
            }),
            depth: 0,
        }
    }

    /// Headers that nothing lost so far.
    pub(crate) fn alive(&self) -> &Packets {
        &self.alive
    }

    /// Headers of which it cannot be told.
    pub(crate) fn doubtful(&self) -> &Packets {
        &self.doubtful
    }

    /// Headers that something lost.
    pub(crate) fn dead(&self) -> &Packets {
        &self.dead
    }

    /// A route table of a VPC leads the packets on.
    pub(crate) fn led_by(&mut self, vpc: &VpcId, table: &RouteTableId, rule: Arc<Rule>) {
        if self.leg == Leg::Reply {
            self.course.reply_led_by(vpc, table, &rule);
        }
        self.sent_by = Some((table.clone(), rule));
    }

    /// All headers, whatever became of them.
    pub(crate) fn all(&self) -> &Packets {
        &self.all
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    pub(crate) fn parts(&self) -> usize {
        self.alive.parts() + self.doubtful.parts() + self.dead.parts()
    }

    /// The same of each of the three sets: a change of each packet by itself, whatever else is in the set.
    pub(crate) fn map(&mut self, change: impl Fn(&Packets) -> Packets) {
        let all = change(&self.all);
        for part in [&mut self.alive, &mut self.doubtful, &mut self.dead] {
            // Mostly one of them is all there is.
            if part.is_shared_with(&self.all) {
                *part = all.clone();
            } else if !part.is_empty() {
                *part = change(part);
            }
        }
        self.all = all;
    }

    /// The part that is in `packets`.
    pub(crate) fn only(&self, packets: &Packets) -> Self {
        self.clone().narrowed(packets)
    }

    fn narrowed(mut self, packets: &Packets) -> Self {
        if packets.is_shared_with(&self.all) {
            return self;
        }
        self.map(|set| set.intersect(packets));
        self
    }

    /// The flow in parts, each with what is decided of it.
    pub(crate) fn divided<D>(
        self,
        parts: impl IntoIterator<Item = (D, Packets), IntoIter: ExactSizeIterator>,
    ) -> impl Iterator<Item = (D, Self)> {
        let parts = parts.into_iter();
        // The last takes the flow itself: mostly there is one.
        let flows = repeat_n(self, parts.len());
        parts
            .zip(flows)
            .map(|((decision, part), flow)| (decision, flow.narrowed(&part)))
    }

    /// The part that goes to `addresses`, and the rest.
    pub(crate) fn split_to(self, addresses: &Addresses) -> (Option<Self>, Option<Self>) {
        let part = self.all.to(addresses);
        self.split(&part)
    }

    /// The part that comes from `addresses`, and the rest.
    pub(crate) fn split_from(self, addresses: &Addresses) -> (Option<Self>, Option<Self>) {
        let part = self.all.from(addresses);
        self.split(&part)
    }

    /// The part of a family, and the rest.
    pub(crate) fn split_family(self, family: Family) -> (Option<Self>, Option<Self>) {
        let part = self.all.of_family(family);
        self.split(&part)
    }

    /// The part that is in `packets`, and the rest. Most flows are wholly the one or the other.
    pub(crate) fn split(self, packets: &Packets) -> (Option<Self>, Option<Self>) {
        if packets.is_empty() {
            return (None, Some(self));
        }
        let rest = self.all.subtract(packets);
        if rest.is_empty() {
            return (Some(self), None);
        }
        let part = self.all.intersect(packets);
        if part.is_empty() {
            return (None, Some(self));
        }
        (Some(self.only(&part)), Some(self.narrowed(&rest)))
    }

    /// What is alive, what is doubtful and what is dead, each by itself: for where headers become the same ones.
    pub(crate) fn by_fate(self) -> impl Iterator<Item = Self> {
        let none = Packets::none;
        let fates = [
            (self.alive.clone(), none(), none()),
            (none(), self.doubtful.clone(), none()),
            (none(), none(), self.dead.clone()),
        ];
        let parts = fates.map(|(alive, doubtful, dead)| Self {
            all: alive.union(&doubtful).union(&dead),
            alive,
            doubtful,
            dead,
            way: self.way.clone(),
            depth: self.depth,
        });
        parts.into_iter().filter(|part| !part.is_empty())
    }

    /// Something loses `lost`.
    pub(crate) fn kill(&mut self, lost: &Packets) {
        if lost.is_empty() {
            return;
        }
        for living in [&mut self.alive, &mut self.doubtful] {
            let dying = living.intersect(lost);
            if !dying.is_empty() {
                *living = living.subtract(lost);
                self.dead.add(&dying);
            }
        }
    }

    /// It cannot be told whether something loses `unknown`.
    pub(crate) fn doubt(&mut self, unknown: &Packets) {
        if self.alive.meets(unknown) {
            self.doubtful.add(&self.alive.intersect(unknown));
            self.alive = self.alive.subtract(unknown);
        }
    }

    /// Which packets as sent became one of `now`.
    pub(crate) fn as_sent(&self, now: &Packets) -> Packets {
        undo_all(&self.layers, now)
    }

    /// Those of its headers that a router saw before.
    pub(crate) fn seen_by(&self, router: &ResourceId) -> Packets {
        let visits = self.visited.iter().filter(|(visited, _)| visited == router);
        visits.fold(Packets::none(), |seen, (_, packets)| {
            seen.union(&self.all.intersect(packets))
        })
    }

    /// Each header becomes another one, or any of several.
    pub(crate) fn translate(&mut self, translation: Translation, change: impl Fn(&Packets) -> Packets) {
        let before = self.all.clone();
        self.map(change);
        let after = self.all.clone();
        let layer = Layer {
            translation,
            before,
            after,
        };
        debug_assert!(layer.undo_part(&layer.after) == layer.before);
        self.layers.push(Rc::new(layer));
    }

    /// Turns requests into their replies.
    pub(crate) fn turn(&mut self) {
        self.translate(Translation::Turn, Packets::swapped);
        self.leg = Leg::Reply;
        self.visited.clear();
        self.out_of_transit = None;
        self.tracking = std::mem::take(&mut self.appliances);
    }

    /// Whether its headers are what came of turning round all of some requests.
    pub(crate) fn is_turned(&self, requests: &Packets) -> bool {
        self.layers.last().is_some_and(|last| {
            matches!(last.translation, Translation::Turn)
                && last.before.is_shared_with(requests)
                && last.after.is_shared_with(&self.all)
        })
    }

    /// Gives replies that reached a NAT gateway the addresses back that their requests came to it with: from here on
    /// they are those requests, turned round.
    pub(crate) fn restore(&mut self, layers: usize) {
        let first = layers.min(self.layers.len());
        let undone = self.layers.split_off(first);
        self.map(|set| undo_all(&undone, set));
        self.translate(Translation::Turn, Packets::swapped);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::addresses::number;
    use super::super::cube::{Cube, ICMPV6, TCP};
    use super::super::packets::tests::packets;
    use super::super::ranges::Ranges;
    use super::*;

    /// `before`, and what a translation makes of it.
    fn layer(translation: Translation, before: Packets, change: impl Fn(&Packets) -> Packets) -> Layer {
        Layer {
            translation,
            after: change(&before),
            before,
        }
    }

    proptest! {
        #[test]
        fn what_comes_back_whole_was_all_of_it(set in packets(), other in packets()) {
            let (v4, one) = (set.of_family(Family::V4), Ranges::one(7));
            let source = |set: &Packets| set.rewrite_address(Axis::Source, Family::V4, &one);
            let sent_on = |source: Option<Ranges<u128>>| {
                move |set: &Packets| set.sent_on(Family::V4, source.as_ref(), &Ranges::one(7), 8080)
            };
            for layer in [
                layer(Translation::Turn, set, Packets::swapped),
                layer(Translation::Rewrite(&[Axis::Source]), v4.clone(), source),
                layer(
                    Translation::Rewrite(&[Axis::Source, Axis::SourcePort]),
                    v4.clone(),
                    |set| source(set).rewrite_source_port(&Ranges::span(1024, u16::MAX)),
                ),
                layer(Translation::SentOn { keeps_source: true }, v4.clone(), sent_on(None)),
                layer(Translation::SentOn { keeps_source: false }, v4, sent_on(Some(Ranges::one(9)))),
            ] {
                prop_assert!(layer.undo(&layer.after) == layer.before);
                prop_assert!(layer.undo_part(&layer.after) == layer.before);
                let part = layer.after.intersect(&other);
                prop_assert!(layer.undo(&part).is_subset(&layer.before));
                prop_assert_eq!(layer.undo(&part).is_empty(), part.is_empty());
            }
        }
    }

    #[test]
    fn every_type_of_icmp_comes_back_through_nat64() {
        let nat64 = number("64:ff9b::".parse().unwrap());
        let before = Packets::cube(Cube {
            protocol: Ranges::one(ICMPV6),
            destination: Ranges::one(nat64 + 9),
            source_port: Ranges::span(0, 255),
            ..Cube::all(Family::V6)
        });
        let layer = layer(Translation::Nat64, before, |set| {
            set.translated_from_nat64(&Ranges::one(77))
        });
        assert!(layer.undo_part(&layer.after) == layer.before);
    }

    #[test]
    fn turned_are_replies_to_all_of_the_requests_and_to_nothing_else() {
        let (requests, alike) = (from(10..=20), from(10..=20));
        let mut flow = Flow::sent(&requests);
        flow.turn();
        assert!(flow.is_turned(&requests));
        assert!(!flow.is_turned(&alike), "who is not sure looks");
        assert!(!flow.only(&from(10..=12).swapped()).is_turned(&requests));
        assert!(!Flow::sent(&requests).is_turned(&requests));
    }

    fn from(sources: std::ops::RangeInclusive<u128>) -> Packets {
        Packets::cube(Cube {
            source: Ranges::span(*sources.start(), *sources.end()),
            protocol: Ranges::one(TCP),
            ..Cube::all(Family::V4)
        })
    }

    #[test]
    fn what_a_balancer_sent_on_may_have_been_any_of_its_clients_unless_it_keeps_their_address() {
        let before = from(10..=20);
        let sent = |keeps_source: bool| {
            let source = Ranges::one(99);
            let source = (!keeps_source).then_some(&source);
            before.sent_on(Family::V4, source, &Ranges::one(7), 8080)
        };
        let layer = |keeps_source| {
            layer(Translation::SentOn { keeps_source }, before.clone(), |_| {
                sent(keeps_source)
            })
        };
        assert_eq!(layer(false).undo(&sent(false)), before);
        assert_eq!(layer(false).undo(&Packets::none()), Packets::none());
        let one = sent(true).intersect(&from(12..=12));
        assert_eq!(layer(true).undo(&one), from(12..=12));
    }
}
