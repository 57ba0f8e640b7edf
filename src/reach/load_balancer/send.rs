//! A node sends on to its targets, and gets their replies back.
//!
//! <https://docs.aws.amazon.com/elasticloadbalancing/latest/network/edit-target-group-attributes.html>,
//! <https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-troubleshooting.html>

use std::sync::Arc;

use crate::network::Kind;
use crate::network::id::VpcPeeringConnectionId;
use crate::network::load_balancer::TargetGroup;

use super::super::addresses::{Family, number};
use super::super::code::Code;
use super::super::flow::{Crossing, Flow, Sender, Session, Spot, Translation};
use super::super::interface::{Interface, Role};
use super::super::layout::SubnetView;
use super::super::packets::Packets;
use super::super::ranges::Ranges;
use super::super::reply::Turning;
use super::super::report::{Direction, Leg};
use super::super::routes::Target;
use super::super::walk::Walk;
use super::balancer::Balancer;
use super::session::BalancerSession;
use super::setting;
use super::target::{Place, Registered, RegisteredTarget};

/// What a node chooses a target from.
pub(super) struct Choice<'a> {
    pub(super) node: &'a Arc<Interface>,
    pub(super) balancer: Balancer<'a>,
    /// `None`: the instances of a Classic Load Balancer.
    pub(super) group: Option<&'a TargetGroup>,
    pub(super) registered: &'a Registered,
    /// Where losses of the choice are told.
    pub(super) place: &'a Spot,
}

impl Walk<'_> {
    /// A node sends packets on to any target that it may choose.
    pub(super) fn send_to_registered(&mut self, flow: Flow, to: &Choice<'_>) {
        let Some(flow) = self.step(flow) else { return };
        self.outcome.notices.extend(to.registered.notices.iter().cloned());
        if to.registered.is_empty() {
            let code = if to.balancer.is_classic() {
                Code::NoPossibleDestination
            } else {
                Code::Elbv2ListenerHasNoTg
            };
            return self.end_lost(flow, code, to.place.clone(), None, "no target is registered");
        }
        for doubt in &to.registered.unknown {
            self.end_unknown(flow.clone(), doubt.clone());
        }
        for function in &to.registered.functions {
            let mut flow = flow.clone();
            self.consult(function);
            let note = format!("invokes function {function}, by no way through this network");
            self.pass(&mut flow, to.place, None, Some(&note));
            self.delivered(flow, Turning::At(to.node.clone()));
        }
        if to.registered.targets.is_empty() {
            return;
        }
        let keeps = match to.group {
            Some(group) => setting::keeps_client_address(self.world, to.balancer, group),
            None => Ok(false),
        };
        match keeps {
            Ok(keeps) => self.send_across_zones(flow, to, keeps),
            Err(doubt) => self.either(&flow, doubt, &[true, false], |walk, flow, &keeps| {
                walk.send_across_zones(flow, to, keeps);
            }),
        }
    }

    fn send_across_zones(&mut self, flow: Flow, to: &Choice<'_>, keeps: bool) {
        match setting::crosses_zones(self.world, to.balancer, to.group) {
            Ok(crosses) => self.send_to_each(flow, to, keeps, crosses),
            Err(doubt) => self.either(&flow, doubt, &[true, false], |walk, flow, &crosses| {
                walk.send_to_each(flow, to, keeps, crosses);
            }),
        }
    }

    fn send_to_each(&mut self, flow: Flow, to: &Choice<'_>, keeps: bool, crosses: bool) {
        let world = self.world;
        let Some((flow, subnet)) = self.known(flow, world.subnet(&to.node.subnet)) else {
            return;
        };
        let enabled = to.balancer.zones(world);
        let mut sent = false;
        for target in &to.registered.targets {
            match &target.place {
                Place::Anywhere => {}
                Place::Zone(zone) => {
                    let own = subnet.zone.as_ref().is_some_and(|own| own.is(zone));
                    if !own && (!crosses || !enabled.iter().any(|enabled| enabled.is(zone))) {
                        continue;
                    }
                }
                Place::Unknown => {
                    let message = format!("the zone of target {} is not in the snapshot", target.id);
                    let doubt =
                        super::super::doubt::Doubt::new(Code::UnknownResource, target.id.clone(), message);
                    self.end_unknown(flow.clone(), doubt);
                    sent = true;
                    continue;
                }
            }
            sent = true;
            self.tell_of_health_checks(subnet, to, target, keeps);
            self.send_to(flow.clone(), subnet, to, target, keeps);
        }
        if !sent && to.registered.unknown.is_empty() && to.registered.functions.is_empty() {
            let zone = subnet
                .zone
                .as_ref()
                .map_or_else(|| "its zone".to_owned(), ToString::to_string);
            let (code, note) = match (crosses, to.balancer.is_classic()) {
                (false, false) => (
                    Code::Elbv2NoTargetsInAz,
                    format!("cross-zone load balancing is off, and no target is in {zone}"),
                ),
                (false, true) => (
                    Code::ElbNotCrosszone,
                    format!("cross-zone load balancing is off, and no target is in {zone}"),
                ),
                (true, false) => (
                    Code::Elbv2NoTargetsInAz,
                    "no target is in a zone that the load balancer is enabled in".to_owned(),
                ),
                (true, true) => (
                    Code::ElbInstalledAzRestriction,
                    "no target is in a zone that the load balancer is enabled in".to_owned(),
                ),
            };
            self.end_lost(flow, code, to.place.clone(), None, note);
        }
    }

    fn send_to(
        &mut self,
        flow: Flow,
        subnet: &SubnetView,
        to: &Choice<'_>,
        target: &RegisteredTarget,
        keeps: bool,
    ) {
        self.consult(&target.id);
        let family = Family::of(target.address);
        let all = flow.all().clone();
        let same = all.of_family(family);
        // Between IPv4 and IPv6 the client's address cannot be kept.
        let parts = [(same.clone(), keeps), (all.subtract(&same), false)];
        for (packets, keeps) in parts {
            for part in flow.only(&packets).by_fate() {
                self.send_part(part, subnet, to, target, keeps);
            }
        }
    }

    fn send_part(
        &mut self,
        mut flow: Flow,
        subnet: &SubnetView,
        to: &Choice<'_>,
        target: &RegisteredTarget,
        keeps: bool,
    ) {
        let family = Family::of(target.address);
        let sending = sending_interface(to, subnet);
        let source = sending.senders.get(family).clone();
        let place = Spot::new(to.balancer.id(), Kind::LoadBalancer).in_subnet(&subnet.id, &subnet.vpc);
        if !keeps && source.is_empty() {
            let note = format!(
                "node {} has no address of the family of target {}",
                to.node.id, target.id
            );
            return self.end_lost(flow, Code::NoPossibleDestination, place, None, note);
        }
        if keeps && let Some(own) = self.hairpin(&flow, target) {
            let note = format!(
                "target {} cannot reach itself by a load balancer that keeps the client's address",
                target.id
            );
            self.lose(
                &mut flow,
                &own,
                Code::Elbv2SourceAddressPreservation,
                &place,
                None,
                note,
            );
        }
        let session = BalancerSession {
            balancer: to.balancer.resource(),
            is_classic: to.balancer.is_classic(),
            node: to.node.clone(),
            sending: sending.clone(),
            keeps_client_address: keeps,
            appliances: std::mem::take(&mut flow.appliances),
            course: std::mem::take(&mut flow.course),
            layers: flow.layers.len(),
            segment: flow.segment,
        };
        let destination = Ranges::one(number(target.address));
        let kept = if keeps { None } else { Some(&source) };
        flow.translate(Translation::SentOn { keeps_source: keeps }, |packets| {
            packets.sent_on(family, kept, &destination, target.port)
        });
        flow.segment = flow.segment.saturating_add(u8::from(!keeps));
        flow.sender = match (sending.groups.is_empty(), keeps) {
            (true, _) => Sender::Nobody,
            (false, keeps) => Sender::Groups {
                // A Network Load Balancer shows its own groups even with the client's address.
                of: sending.clone(),
                addresses: if keeps {
                    flow.all().sources()
                } else {
                    sending.addresses.clone()
                },
                crossing: Crossing::Nothing,
            },
        };
        flow.zone.clone_from(&subnet.zone);
        flow.source_vpc = (!keeps).then(|| sending.vpc.clone());
        flow.out_of_transit = None;
        flow.visited.clear();
        flow.sent_by = None;
        flow.sessions.push(Session::LoadBalancer(session));
        let what = if keeps {
            format!(
                "sends on to {} port {}, with the client's address",
                target.id, target.port
            )
        } else {
            format!(
                "opens a connection of its own to {} port {}",
                target.id, target.port
            )
        };
        self.pass(&mut flow, &place, None, Some(&what));
        self.security_groups(&mut flow, &sending, Direction::Egress);
        let inside = flow.all().to(&subnet.whole);
        self.beside_node(&mut flow, &inside, subnet, to.balancer.is_classic());
        self.route(flow, subnet);
    }

    /// Packets that a target sends to itself.
    fn hairpin(&self, flow: &Flow, target: &RegisteredTarget) -> Option<Packets> {
        let origin = self
            .question
            .origin_interface()
            .filter(|origin| origin.eni.is_some())?;
        let interface = target.interface.as_ref()?;
        let same =
            origin.id == interface.id || origin.instance.is_some() && origin.instance == interface.instance;
        let own = flow.all().from(&interface.addresses.union(&origin.addresses));
        (same && !own.is_empty()).then_some(own)
    }

    /// Packets with the client's address are on their way to a target: inside the VPC, or by a peering of the same
    /// Region. Returns what goes on like any other packet.
    pub(crate) fn keep_client_address(
        &mut self,
        flow: Flow,
        subnet: &SubnetView,
        target: &Target,
    ) -> Option<Flow> {
        if !flow.keeps_client_address() {
            return Some(flow);
        }
        match target {
            Target::Local => return Some(flow),
            Target::Peering(id) => self.keep_client_address_by_peering(flow, subnet, id),
            other => {
                let note = format!(
                    "a Network Load Balancer that keeps the client's address reaches no target by {}",
                    other.id()
                );
                self.cannot_keep(flow, note);
            }
        }
        None
    }

    fn keep_client_address_by_peering(
        &mut self,
        mut flow: Flow,
        subnet: &SubnetView,
        id: &VpcPeeringConnectionId,
    ) {
        let world = self.world;
        let peering = world.snapshot.vpc_peering_connections.get(id);
        let far = peering
            .filter(|peering| super::super::peering::is_active(peering))
            .and_then(|peering| super::super::peering::far_side(peering, &subnet.vpc));
        let seen = far
            .and_then(|far| far.vpc_id.as_ref())
            .filter(|vpc| world.vpcs.get(vpc.as_str()).is_some_and(|view| view.known));
        let (Some(peering), Some(vpc)) = (peering, seen) else {
            // What is wrong with the peering is the same for every packet.
            return self.cross_peering(flow, id, &subnet.vpc);
        };
        if !super::super::peering::same_region(peering) {
            let note = "its target is in a VPC of another Region, where the client's address cannot be kept";
            return self.cannot_keep(flow, note);
        }
        self.consult(id);
        self.cross(&mut flow, id, Kind::VpcPeeringConnection);
        let spot = Spot::new(id, Kind::VpcPeeringConnection).in_vpc(&subnet.vpc);
        self.pass(&mut flow, &spot, None, None);
        if let Sender::Groups { crossing, .. } = &mut flow.sender {
            *crossing = Crossing::Peering;
        }
        self.local(flow, vpc);
    }

    /// Packets with the client's address arrive at what may be no target of such a balancer.
    pub(crate) fn target_takes_client_address(&mut self, flow: Flow, interface: &Interface) -> Option<Flow> {
        if !flow.keeps_client_address() {
            return Some(flow);
        }
        let eni = self.world.eni(interface);
        let refuses = interface.role == Role::VpcEndpoint
            || interface.role == Role::LoadBalancer
                && eni.is_some_and(|eni| {
                    Balancer::of_node(self.world.snapshot, eni).is_some_and(|balancer| balancer.is_network())
                });
        if !refuses {
            return Some(flow);
        }
        let note = format!("{} takes no packets that keep the client's address", interface.id);
        self.cannot_keep(flow, note);
        None
    }

    fn cannot_keep(&mut self, flow: Flow, note: impl Into<String>) {
        let Some(session) = flow.sent_on_by() else { return };
        let node = session.node.clone();
        let spot = Spot::new(session.balancer.clone(), Kind::LoadBalancer).in_subnet(&node.subnet, &node.vpc);
        self.end_lost(flow, Code::Elbv2SourceAddressPreservation, spot, None, note);
    }

    /// Replies that reach the subnet of the node that opened their connection. Returns what is not such a reply.
    pub(crate) fn deliver_to_node(&mut self, flow: Flow, subnet: &SubnetView) -> Option<Flow> {
        if flow.leg != Leg::Reply {
            return Some(flow);
        }
        let Some(session) = flow.sent_on_by().cloned() else {
            return Some(flow);
        };
        if session.node.subnet != subnet.id {
            return Some(flow);
        }
        let (back, rest) = flow.split_to(&session.sending.addresses);
        if let Some(mut back) = back {
            let inside = back.all().from(&subnet.whole);
            self.beside_node(&mut back, &inside, subnet, session.is_classic);
            self.node_answers(back);
        }
        rest
    }

    /// A target's reply to the client's own address returns through the balancer, whatever the routes there say. Returns
    /// the flow where it is no such reply.
    pub(crate) fn return_to_node(&mut self, flow: Flow, subnet: &SubnetView) -> Option<Flow> {
        let session = flow
            .sent_on_by()
            .filter(|session| session.keeps_client_address)
            .cloned();
        let (Leg::Reply, Some(session)) = (flow.leg, session) else {
            return Some(flow);
        };
        let world = self.world;
        let (mut flow, home) = self.known(flow, world.subnet(&session.node.subnet))?;
        if home.id == subnet.id {
            let inside = flow.all().clone();
            self.beside_node(&mut flow, &inside, subnet, session.is_classic);
        } else {
            self.network_acl(&mut flow, subnet, Direction::Egress);
            self.network_acl(&mut flow, home, Direction::Ingress);
        }
        self.node_answers(flow);
        None
    }

    /// The node of the last session answers its client.
    fn node_answers(&mut self, mut flow: Flow) {
        self.lose_uninspected(&mut flow);
        let Some(Session::LoadBalancer(session)) = flow.sessions.pop() else {
            return;
        };
        let node = &session.node;
        let place =
            Spot::new(session.balancer.clone(), Kind::LoadBalancer).in_subnet(&node.subnet, &node.vpc);
        let note = "knows the connection: the reply goes on to the client";
        self.pass(&mut flow, &place, None, Some(note));
        flow.restore(session.layers);
        flow.segment = session.segment;
        flow.visited.clear();
        flow.appliances.clear();
        flow.tracking.clone_from(&session.appliances);
        flow.course.clone_from(&session.course);
        flow.out_of_transit = None;
        flow.sent_by = None;
        self.answer(flow, node);
    }
}

/// The node as it sends: the addresses of all but a Network Load Balancer's change with load, so that any usable one of
/// the subnet may be one.
/// <https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html>
pub(super) fn sending_interface(to: &Choice<'_>, subnet: &SubnetView) -> Arc<Interface> {
    if to.balancer.is_network() {
        return to.node.clone();
    }
    Arc::new(as_sender(to.node, subnet))
}

/// An interface that sends from any usable address of its subnet of the families that it has.
fn as_sender(node: &Interface, subnet: &SubnetView) -> Interface {
    let mut addresses = subnet.usable.clone();
    if node.addresses.v6.is_empty() {
        addresses.v6 = Ranges::empty();
    }
    Interface {
        senders: addresses.clone(),
        addresses,
        ..node.clone()
    }
}
