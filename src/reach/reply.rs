//! Arrival, and the way back: the reply is the request turned round, walked by the routes at the place where it
//! arrived, not along the way it came.

use std::sync::Arc;

use crate::network::Kind;
use crate::network::id::{ResourceId, TransitGatewayAttachmentId, TransitGatewayId, VpcId};
use crate::paths::model::Component;

use super::code::Code;
use super::cube::{Cube, ICMP, ICMPV6, with_ports};
use super::doubt::Doubt;
use super::flow::{Flow, Spot};
use super::interface::Interface;
use super::packets::Packets;
use super::question::is_named;
use super::ranges::Ranges;
use super::walk::Walk;

/// Where packets turn round.
#[derive(Debug, Clone)]
pub(crate) enum Turning {
    /// At an interface.
    At(Arc<Interface>),
    /// On the internet, having left by that gateway.
    Internet { left_by: ResourceId, vpc: VpcId },
    /// At a service behind a gateway endpoint of that VPC.
    Service(VpcId),
    /// In the hands of a gateway, or outside AWS behind it: how the answer comes back from there.
    Handed(Return),
}

/// How an answer comes back from a component that a path ends at.
#[derive(Debug, Clone)]
pub(crate) enum Return {
    /// Into the subnet's router, as from a NAT gateway in it.
    NatGateway(crate::network::id::NatGatewayId),
    /// Into a VPC by a gateway that has no subnet: a peering, a virtual private gateway.
    Into(VpcId, ResourceId),
    /// Into a transit gateway by that attachment.
    Attachment(TransitGatewayAttachmentId),
    /// Out of a transit gateway by that attachment.
    OutOf(TransitGatewayId, TransitGatewayAttachmentId),
}

impl Walk<'_> {
    /// Packets cross something that forwards them. What the path says none may cross loses them here.
    pub(crate) fn cross(&mut self, flow: &mut Flow, id: impl Into<ResourceId>, kind: Kind) {
        if flow.leg != super::report::Leg::Forward {
            return;
        }
        let id = id.into();
        let question = self.question;
        if question
            .not_via
            .iter()
            .any(|component| is_named(component, &id, kind))
        {
            let all = flow.all().clone();
            let spot = Spot::new(&id, kind);
            self.lose(
                flow,
                &all,
                Code::ComponentFilterRestrictionRemovedComponent,
                &spot,
                None,
                "",
            );
        }
        flow.crossed.push((id, kind));
    }

    /// Packets are at the destination of the path.
    pub(crate) fn delivered(&mut self, mut flow: Flow, turning: Turning) {
        self.check_via(&mut flow, &turning);
        if let Some(arriving) = &self.question.arriving {
            let stopped = flow.all().subtract(arriving);
            if !stopped.is_empty() {
                let spot = arrival_spot(&turning);
                self.lose(&mut flow, &stopped, Code::FilterAtDestination, &spot, None, "");
            }
        }
        self.outcome.arrived.add(flow.alive());
        if !self.question.reply {
            return self.end(flow);
        }
        let answered = answered(flow.all());
        let (answered, unanswered) = flow.split(&answered);
        if let Some(unanswered) = unanswered {
            self.end(unanswered);
        }
        if let Some(answered) = answered {
            self.turn_round(answered, turning);
        }
    }

    fn turn_round(&mut self, mut flow: Flow, turning: Turning) {
        flow.turn();
        flow.sent_by = None;
        match turning {
            Turning::At(interface) => self.reply_from(flow, &interface),
            Turning::Internet { left_by, vpc } => self.reply_from_internet(flow, &left_by, &vpc),
            Turning::Service(vpc) => {
                flow.zone = None;
                self.local(flow, &vpc);
            }
            Turning::Handed(Return::NatGateway(id)) => self.send_from_nat_gateway(flow, &id),
            Turning::Handed(Return::Into(vpc, gateway)) => {
                flow.zone = None;
                self.enter_by_gateway(flow, &vpc, &gateway);
            }
            Turning::Handed(Return::Attachment(id)) => {
                flow.zone = None;
                self.enter_by_attachment(flow, &id);
            }
            Turning::Handed(Return::OutOf(gateway, id)) => {
                flow.zone = None;
                self.leave_by_attachment(flow, None, &gateway, &id);
            }
        }
    }

    /// An interface answers. Where its instance has others, the operating system chooses, and nobody can see how.
    fn reply_from(&mut self, flow: Flow, interface: &Arc<Interface>) {
        let world = self.world;
        let others: Vec<Arc<Interface>> = match &interface.instance {
            None => Vec::new(),
            Some(instance) => world
                .of_instance(instance.as_str())
                .filter(|other| other.id != interface.id)
                .cloned()
                .collect(),
        };
        if others.is_empty() || self.nesting > 2 {
            return self.answer(flow, interface);
        }
        let message = format!(
            "{} has several interfaces and may answer by any of them, which does not come to the same",
            interface
                .instance
                .as_ref()
                .map_or(interface.id.as_str(), |id| id.as_str())
        );
        let doubt = Doubt::new(Code::UndocumentedBehaviour, interface.id.clone(), message);
        let choices: Vec<Arc<Interface>> = std::iter::once(interface.clone()).chain(others).collect();
        let received = interface.id.clone();
        self.either(&flow, doubt, &choices, |walk, mut flow, choice| {
            if choice.id != received {
                let message = format!(
                    "AWS does not say whether the groups of {} let a reply pass whose request came by another interface",
                    choice.id
                );
                let all = flow.all().clone();
                walk.doubt(&mut flow, &all, Doubt::new(Code::UndocumentedBehaviour, choice.id.clone(), message));
            }
            walk.answer(flow, choice);
        });
    }

    /// An interface answers, by its own subnet's routes.
    pub(crate) fn answer(&mut self, flow: Flow, interface: &Arc<Interface>) {
        let world = self.world;
        self.consult(&interface.id);
        let Some((mut flow, subnet)) = self.known(flow, world.subnet(&interface.subnet)) else {
            return;
        };
        flow.zone.clone_from(&subnet.zone);
        flow.sender = super::subnet::sender_of(interface);
        flow.source_vpc = Some(interface.vpc.clone());
        let spot = || Spot::at(interface);
        self.pass(
            &mut flow,
            spot,
            None,
            Some("answers: its security groups let replies pass"),
        );
        if interface.source_dest_check {
            let foreign = flow.all().subtract(&flow.all().from(&interface.addresses));
            self.lose(
                &mut flow,
                &foreign,
                Code::EniSourceDestCheckRestriction,
                spot,
                None,
                "source",
            );
        }
        let Some(flow) = self.return_to_node(flow, subnet) else {
            return;
        };
        self.route(flow, subnet);
    }

    /// A reply is back where its request came from.
    pub(crate) fn replied(&mut self, mut flow: Flow) {
        let asked = &self.question.asked;
        self.lose_strange_replies(&mut flow, asked);
        self.lose_uninspected(&mut flow);
        self.end(flow);
    }

    /// Who sent a request knows the connection by the header that it sent, turned round.
    pub(crate) fn lose_strange_replies(&mut self, flow: &mut Flow, sent: &Packets) {
        if flow.is_turned(sent) {
            return;
        }
        let strange = flow.all().subtract(&sent.swapped());
        if !strange.is_empty() {
            let spot = flow.sent_by.as_ref().map_or_else(
                || Spot::new("?", Kind::Unsupported),
                |(table, _)| Spot::new(table, Kind::RouteTable),
            );
            self.lose(
                flow,
                &strange,
                Code::ReplyLeavesByAnotherGateway,
                &spot,
                None,
                "the reply comes from another address than the request went to",
            );
        }
    }

    fn check_via(&mut self, flow: &mut Flow, turning: &Turning) {
        let mut wanted = self.question.via.iter();
        let mut next = wanted.next();
        let mut last_match = None;
        for (index, (id, kind)) in flow.crossed.iter().enumerate() {
            // Two entries may name the same component by kind and by id only one after the other.
            if next.is_some_and(|component| is_named(component, id, *kind)) {
                last_match = Some(index);
                next = wanted.next();
            }
        }
        let Some(missed) = next else { return };
        let missed = match missed {
            Component::Id(id) => id.to_string(),
            Component::Kind(kind) => kind.to_string(),
        };
        let strayed = last_match.map_or(0, |index| index + 1);
        let spot = flow
            .crossed
            .get(strayed)
            .map(|(id, kind)| Spot::new(id.clone(), *kind))
            .unwrap_or_else(|| arrival_spot(turning));
        let all = flow.all().clone();
        self.lose(flow, &all, Code::ComponentFilterRestriction, &spot, None, missed);
    }
}

fn arrival_spot(turning: &Turning) -> Spot {
    match turning {
        Turning::At(interface) => Spot::at(interface),
        Turning::Internet { left_by, vpc } => {
            Spot::new(left_by.clone(), super::resources::kind_of(left_by)).in_vpc(vpc)
        }
        Turning::Service(vpc) => Spot::new(vpc, Kind::Vpc),
        Turning::Handed(Return::NatGateway(id)) => Spot::new(id, Kind::NatGateway),
        Turning::Handed(Return::Into(vpc, gateway)) => {
            Spot::new(gateway.clone(), super::resources::kind_of(gateway)).in_vpc(vpc)
        }
        Turning::Handed(Return::Attachment(id) | Return::OutOf(_, id)) => {
            Spot::new(id, Kind::TransitGatewayAttachment)
        }
    }
}

/// The packets that have a reply to ask for: TCP, UDP, and echo requests.
pub(crate) fn answered(packets: &Packets) -> Packets {
    let mut answered = packets.of_protocols(with_ports());
    if answered.is_shared_with(packets) {
        return answered;
    }
    for (protocol, request) in [(ICMP, 8), (ICMPV6, 128)] {
        for cube in packets.of_protocols(&Ranges::one(protocol)).cubes() {
            let source_port = cube.source_port.intersect(&Ranges::one(request));
            answered.add(&Packets::cube(Cube {
                source_port,
                ..cube.clone()
            }));
        }
    }
    answered
}
