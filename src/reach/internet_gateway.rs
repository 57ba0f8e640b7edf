//! Internet gateways and egress-only internet gateways: the way to the internet and back.
//!
//! <https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Internet_Gateway.html>,
//! <https://docs.aws.amazon.com/vpc/latest/userguide/egress-only-internet-gateway.html>

use crate::network::Kind;
use crate::network::gateway::{GatewayAttachment, InternetGateway};
use crate::network::id::{EgressOnlyInternetGatewayId, InternetGatewayId, ResourceId, VpcId};
use crate::network::state::GatewayAttachmentState;

use super::addresses::{Addresses, Family};
use super::code::Code;
use super::cube::TCP;
use super::doubt::Doubt;
use super::flow::{Flow, Sender, Session, Spot, Translation};
use super::layout::VpcView;
use super::packets::Packets;
use super::question::{Goal, Origin};
use super::ranges::Ranges;
use super::reply::Turning;
use super::report::Leg;
use super::resources::kind_of;
use super::rewrite::Axis;
use super::routes::{Decision, Target};
use super::walk::Walk;

/// How a gateway stands to a VPC.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Attached {
    No,
    Changing,
    Yes,
}

fn attached(attachments: &[GatewayAttachment], vpc: &VpcId) -> Attached {
    let states = attachments
        .iter()
        .filter(|attachment| attachment.vpc_id.as_ref() == Some(vpc))
        .map(|attachment| match attachment.state {
            None | Some(GatewayAttachmentState::Attached) => Attached::Yes,
            Some(GatewayAttachmentState::Detached) => Attached::No,
            Some(_) => Attached::Changing,
        });
    // What was detached before may still be listed.
    states.max().unwrap_or(Attached::No)
}

/// Whether packets are for mail servers, and nothing else.
/// <https://docs.aws.amazon.com/ses/latest/dg/send-using-smtp-programmatically.html>: EC2 restricts port 25 by default.
fn is_mail(packets: &Packets) -> bool {
    let (tcp, port) = (Ranges::one(TCP), Ranges::one(25));
    let mut cubes = packets.cubes().iter();
    !packets.is_empty() && cubes.all(|cube| cube.protocol == tcp && cube.destination_port == port)
}

impl Walk<'_> {
    /// Ends the flow where a gateway is not attached to the VPC whose table leads to it.
    pub(crate) fn check_attached(
        &mut self,
        flow: Flow,
        attachments: &[GatewayAttachment],
        vpc: &VpcId,
        spot: &Spot,
    ) -> Option<Flow> {
        match attached(attachments, vpc) {
            Attached::Yes => Some(flow),
            Attached::No => {
                self.end_lost(
                    flow,
                    Code::BadStateAttachment,
                    spot.clone(),
                    None,
                    format!("it is not attached to {vpc}"),
                );
                None
            }
            Attached::Changing => {
                let message = format!("the attachment of {} to {vpc} is changing", spot.component);
                self.end_unknown(
                    flow,
                    Doubt::new(Code::InTransition, spot.component.clone(), message),
                );
                None
            }
        }
    }

    /// Packets leave a VPC by its internet gateway.
    pub(crate) fn leave_by_internet_gateway(&mut self, flow: Flow, id: &InternetGatewayId, vpc: &VpcId) {
        let Some(mut flow) = self.step(flow) else { return };
        self.consult(id);
        let world = self.world;
        let Some(gateway) = world.snapshot.internet_gateways.get(id) else {
            return self.end_unknown(
                flow,
                Doubt::absent(id, "internet gateway", "ec2:DescribeInternetGateways"),
            );
        };
        let spot = Spot::new(id, Kind::InternetGateway).in_vpc(vpc);
        self.cross(&mut flow, id, Kind::InternetGateway);
        let Some(mut flow) = self.check_attached(flow, &gateway.attachments, vpc, &spot) else {
            return;
        };
        flow.sender.lose_groups(id);
        for (range, code) in [
            (
                super::special::rfc1918(),
                Code::IgwDestinationAddressNotInRfc1918Egress,
            ),
            (
                super::special::rfc6598(),
                Code::IgwDestinationAddressNotInRfc6598Egress,
            ),
        ] {
            let (private, others) = flow.split_to(range);
            if let Some(private) = private {
                self.end_led_to_internet(private, code, &spot);
            }
            let Some(others) = others else { return };
            flow = others;
        }
        self.block_public_access(&mut flow, vpc, super::block_public_access::Way::Out, &spot);
        self.check_redirection(&mut flow, id, &spot);
        let (v6, v4) = flow.split_family(Family::V6);
        if let Some(flow) = v6 {
            self.leave_by_ipv6(flow, id, vpc, &spot);
        }
        if let Some(flow) = v4 {
            self.leave_by_ipv4(flow, id, vpc, &spot);
        }
    }

    /// Packets for addresses that the internet does not have. What is to be mended is the route that led them here, or to
    /// the NAT gateway that they came by.
    fn end_led_to_internet(&mut self, flow: Flow, code: Code, spot: &Spot) {
        let by_nat = flow.sessions.iter().find_map(|session| match session {
            Session::NatGateway { led_by, .. } if flow.leg == Leg::Forward => led_by.clone(),
            _ => None,
        });
        let sent = flow.as_sent(flow.all());
        // The table before a NAT gateway saw them as they were sent.
        let lost = if by_nat.is_some() {
            sent.clone()
        } else {
            flow.all().clone()
        };
        if let Some((table, rule)) = by_nat.or_else(|| flow.sent_by.clone()) {
            let at = self.at_table(&table);
            let note = "the internet has no private addresses";
            self.note_loss_of(&flow, (&lost, sent), Code::ArrivesElsewhere, at, Some(rule), note);
        }
        self.end_lost(flow, code, spot.clone(), None, "");
    }

    /// A subnet whose inbound packets the gateway's own table leads to an appliance cannot send past that appliance.
    /// <https://docs.aws.amazon.com/vpc/latest/userguide/gateway-route-tables.html>
    fn check_redirection(&mut self, flow: &mut Flow, id: &InternetGatewayId, spot: &Spot) {
        let world = self.world;
        let table = match world.edge_table(&id.into()) {
            Some(Ok(table)) => table,
            Some(Err(doubt)) => {
                let all = flow.all().clone();
                return self.doubt(flow, &all, doubt);
            }
            None => return,
        };
        self.consult(&table.route_table_id);
        let Ok(routes) = world.routes(&table.route_table_id) else {
            return;
        };
        let inward = flow.all().swapped();
        for (decision, part) in routes.decide(&inward) {
            let Decision::Forward(target @ (Target::Interface(_) | Target::VpcEndpoint(_)), rule) = decision
            else {
                continue;
            };
            if flow
                .appliances
                .iter()
                .any(|crossed| crossed.as_str() == target.id())
            {
                continue;
            }
            let note = format!("what comes in for them is redirected to {}", target.id());
            let lost = flow.all().intersect(&part.swapped());
            self.lose(
                flow,
                &lost,
                Code::IngressRtbTrafficRedirection,
                spot,
                Some(rule),
                note,
            );
        }
    }

    fn leave_by_ipv4(&mut self, flow: Flow, id: &InternetGatewayId, vpc: &VpcId, spot: &Spot) {
        let mut rest = flow;
        let world = self.world;
        let sources = rest.all().sources().v4;
        // A virtual interface may take any free address of its subnet; another interface's public address is not its.
        // Nor is one of this VPC that of a sender in another VPC with the same blocks.
        let own_address = !self.sends_virtually(&rest) && rest.source_vpc.as_ref() == Some(vpc);
        let pairs = own_address.then(|| world.public_of(vpc, &sources));
        for (private, public) in pairs.into_iter().flatten() {
            let from = Addresses::of(Family::V4, Ranges::one(private));
            let (part, left) = rest.split_from(&from);
            if let Some(part) = part {
                self.leave_as(part, id, vpc, spot, (private, public));
            }
            let Some(left) = left else { return };
            rest = left;
        }
        // Fargate's tasks with `assignPublicIp` get some public address of AWS's when they start.
        if let Some(origin) = self
            .question
            .origin_interface()
            .filter(|origin| origin.any_public && origin.vpc == *vpc)
        {
            let (part, left) = rest.split_from(&origin.addresses);
            if let Some(mut part) = part {
                let note = "source becomes the task's public address, any of AWS's";
                self.pass(&mut part, spot, None, Some(note));
                let sent = part.as_sent(part.all());
                self.outcome.chosen_address.add(&sent);
                let layers = part.layers.len();
                let any = world.internet.v4.clone();
                part.translate(Translation::Rewrite(&[Axis::Source]), |packets| {
                    packets.rewrite_address(Axis::Source, Family::V4, &any)
                });
                let sent = part.all().clone();
                part.sessions.push(Session::PublicAddress { layers, sent });
                self.outside(part, &id.into(), vpc, spot);
            }
            let Some(left) = left else { return };
            rest = left;
        }
        let goals = self.question.goal_interfaces().iter();
        let tasks = goals.filter(|goal| goal.any_public && goal.vpc == *vpc && rest.leg == Leg::Reply);
        let tasks = tasks.fold(Addresses::empty(), |all, task| all.union(&task.senders));
        let (answer, rest) = rest.split_from(&tasks);
        if let Some(mut answer) = answer {
            let note = "source becomes the task's public address";
            self.pass(&mut answer, spot, None, Some(note));
            self.outside(answer, &id.into(), vpc, spot);
        }
        let Some(rest) = rest else { return };
        self.end_lost(
            rest,
            Code::IgwPublicIpAssociationForEgress,
            spot.clone(),
            None,
            "",
        );
    }

    /// Packets leave from a private address that stands for a public one.
    fn leave_as(
        &mut self,
        mut flow: Flow,
        id: &InternetGatewayId,
        vpc: &VpcId,
        spot: &Spot,
        (private, public): (u128, u128),
    ) {
        if self.is_private_nat(private, vpc) {
            let code = Code::IgwPublicIpAssociationForEgress;
            return self.end_lost(flow, code, spot.clone(), None, "a private NAT gateway");
        }
        let note = (self.record).then(|| format!("source becomes {}", Family::V4.address(public)));
        self.pass(&mut flow, spot, None, note.as_deref());
        let public = Ranges::one(public);
        flow.translate(Translation::Rewrite(&[Axis::Source]), |packets| {
            packets.rewrite_address(Axis::Source, Family::V4, &public)
        });
        self.outside(flow, &id.into(), vpc, spot);
    }

    /// Whether what is on its way was sent by a virtual interface, and by nothing that translated it since.
    fn sends_virtually(&self, flow: &Flow) -> bool {
        match flow.leg {
            Leg::Forward => {
                let translated = flow
                    .sessions
                    .iter()
                    .any(|session| matches!(session, Session::NatGateway { .. }));
                !translated
                    && self
                        .question
                        .origin_interface()
                        .is_some_and(|origin| origin.eni.is_none())
            }
            Leg::Reply => {
                let goals = self.question.goal_interfaces();
                !goals.is_empty() && goals.iter().all(|goal| goal.eni.is_none())
            }
        }
    }

    fn is_private_nat(&self, private: u128, vpc: &VpcId) -> bool {
        let addresses = self.world.private_nats(vpc);
        addresses.is_some_and(|addresses| addresses.v4.contains(private))
    }

    fn leave_by_ipv6(&mut self, flow: Flow, id: &InternetGatewayId, vpc: &VpcId, spot: &Spot) {
        let Some(mut flow) = self.only_public_ipv6(flow, vpc, spot) else {
            return;
        };
        let origin = self.question.origin_interface().cloned();
        if flow.leg == Leg::Forward
            && let Some(origin) = origin
        {
            if origin.kind == Kind::Lambda {
                let message =
                    "AWS does not say whether a Lambda function's IPv6 address may use an internet gateway";
                let all = flow.all().clone();
                self.doubt(
                    &mut flow,
                    &all,
                    Doubt::new(Code::UndocumentedBehaviour, id, message),
                );
            }
            // A reply is refused for certain: only what asks for none may get by.
            let mut silent = flow.all().clone();
            if self.question.reply {
                silent = silent.subtract(&super::reply::answered(&silent));
            }
            if origin.deny_all_igw_traffic && !silent.is_empty() {
                let message = "AWS does not say whether an interface that denies internet gateway traffic may send by one";
                self.doubt(
                    &mut flow,
                    &silent,
                    Doubt::new(Code::UndocumentedBehaviour, origin.id.clone(), message),
                );
            }
        }
        self.pass(&mut flow, spot, None, None);
        self.outside(flow, &id.into(), vpc, spot);
    }

    /// IPv6 needs no translation, but an address that the internet knows.
    fn only_public_ipv6(&mut self, flow: Flow, vpc: &VpcId, spot: &Spot) -> Option<Flow> {
        let view = self.world.vpcs.get(vpc);
        let public = view.map_or_else(Addresses::empty, |view| {
            Addresses::of(Family::V6, view.blocks.live.v6.subtract(&view.blocks.private_v6))
        });
        let (ours, others) = flow.split_from(&public);
        if let Some(others) = others {
            if view.is_none_or(|view| !view.known) {
                self.end_unknown(
                    others,
                    Doubt::absent(vpc, "the blocks of VPC", "ec2:DescribeVpcs"),
                );
                return ours;
            }
            self.end_lost(others, Code::Ipv6AddressIsPrivate, spot.clone(), None, "");
        }
        ours
    }

    /// Packets are outside, with public addresses.
    fn outside(&mut self, flow: Flow, left_by: &ResourceId, vpc: &VpcId, spot: &Spot) {
        let Some(flow) = self.step(flow) else { return };
        let flow = match flow.leg {
            Leg::Reply => match self.back_to_public_address(flow) {
                Some(flow) => flow,
                None => return,
            },
            Leg::Forward => flow,
        };
        let world = self.world;
        let mut beyond = world.internet.clone();
        if flow.leg == Leg::Reply && matches!(self.question.origin, Origin::Internet(_)) {
            // Where a path says which address of the internet asks, that address is outside, whosever it is.
            beyond = beyond.union(&self.question.asked.sources());
        }
        let (internet, rest) = flow.split_to(&beyond);
        if let Some(internet) = internet {
            self.on_internet(internet, left_by, vpc, spot);
        }
        let Some(rest) = rest else { return };
        let (own, nowhere) = rest.split_to(&world.own_public);
        if let Some(nowhere) = nowhere {
            let note = "the internet has no such address";
            self.end_lost(nowhere, Code::NoPossibleDestination, spot.clone(), None, note);
        }
        let Some(own) = own else { return };
        self.outcome.notices.insert(
            "packets between public addresses of your own network stay on AWS's backbone; no rule that names a group matches them"
                .into(),
        );
        if own.leg == Leg::Reply
            && let Some(Session::EgressOnly(id)) = own.sessions.last().cloned()
        {
            return self.back_to_egress_only(own, &id);
        }
        self.enter_from_internet(own, None);
    }

    /// A reply comes to the egress-only gateway that its request left by.
    fn back_to_egress_only(&mut self, mut flow: Flow, id: &ResourceId) {
        flow.sessions.pop();
        let gateway = self.world.snapshot.egress_only_internet_gateways.get(id.as_str());
        let vpc = gateway.and_then(|gateway| gateway.attachments.iter().find_map(|a| a.vpc_id.clone()));
        let Some(vpc) = vpc else {
            let call = "ec2:DescribeEgressOnlyInternetGateways";
            return self.end_unknown(
                flow,
                Doubt::absent(id.clone(), "egress-only internet gateway", call),
            );
        };
        let spot = Spot::new(id.clone(), Kind::EgressOnlyInternetGateway).in_vpc(&vpc);
        self.pass(&mut flow, &spot, None, Some("knows the connection"));
        flow.zone = None;
        self.enter_by_gateway(flow, &vpc, id);
    }

    fn on_internet(&mut self, flow: Flow, left_by: &ResourceId, vpc: &VpcId, spot: &Spot) {
        let mut flow = flow;
        match flow.leg {
            Leg::Reply => {
                let fits = match &self.question.origin {
                    Origin::Internet(None) => true,
                    Origin::Internet(Some(id)) => left_by.as_str() == id.as_str(),
                    _ => false,
                };
                if fits {
                    self.replied(flow);
                } else {
                    let note = "the reply leaves for the internet, from where the request did not come";
                    self.end_sent_astray(flow, Code::ReplyLeavesByAnotherGateway, spot.clone(), note);
                }
            }
            Leg::Forward => {
                let fits = match &self.question.goal {
                    Goal::Internet(None) | Goal::Anywhere => true,
                    Goal::Internet(Some(id)) => left_by.as_str() == id.as_str(),
                    Goal::Handed(id) => id == left_by,
                    Goal::Interfaces(_) | Goal::OnPremises => false,
                };
                if fits {
                    self.doubt_owned(&mut flow, left_by);
                    if !self.world.snapshot.network_interfaces.is_known() {
                        let message = "whether the destination is one of the network's own public addresses cannot be told without its interfaces";
                        let all = flow.all().clone();
                        let doubt = Doubt {
                            missing_call: Some("ec2:DescribeNetworkInterfaces"),
                            ..Doubt::new(Code::UnknownDestination, left_by.clone(), message)
                        };
                        self.doubt(&mut flow, &all, doubt);
                    }
                    if is_mail(flow.all()) {
                        let notice = "AWS lets no TCP port 25 out to the internet until an account asks for it, which its configuration does not show";
                        self.outcome.notices.insert(notice.to_owned());
                    }
                    self.pass(&mut flow, Spot::internet, None, None);
                    self.delivered(
                        flow,
                        Turning::Internet {
                            left_by: left_by.clone(),
                            vpc: vpc.clone(),
                        },
                    );
                } else {
                    let note = format!(
                        "they leave for the internet by {left_by} instead of reaching the path's destination"
                    );
                    self.end_sent_astray(flow, Code::ArrivesElsewhere, spot.clone(), note);
                }
            }
        }
    }

    /// A reply from the internet comes in by the gateway that its request left by.
    pub(crate) fn reply_from_internet(&mut self, mut flow: Flow, left_by: &ResourceId, vpc: &VpcId) {
        flow.zone = None;
        flow.sender = Sender::Nobody;
        flow.source_vpc = None;
        self.pass(&mut flow, Spot::internet, None, Some("answers"));
        if matches!(flow.sessions.last(), Some(Session::EgressOnly(id)) if id == left_by) {
            flow.sessions.pop();
            let spot = Spot::new(left_by.clone(), Kind::EgressOnlyInternetGateway).in_vpc(vpc);
            self.pass(&mut flow, &spot, None, Some("knows the connection"));
            return self.enter_by_gateway(flow, vpc, left_by);
        }
        let Some(flow) = self.back_to_public_address(flow) else {
            return;
        };
        self.enter_from_internet(flow, Some(&left_by.as_str().into()));
    }

    /// Replies to a public address that AWS chose when a task started come back to that task.
    fn back_to_public_address(&mut self, flow: Flow) -> Option<Flow> {
        let Some(Session::PublicAddress { layers, sent }) = flow.sessions.last() else {
            return Some(flow);
        };
        let (layers, sent) = (*layers, sent.clone());
        let origin = self.question.origin_interface()?;
        let mut flow = flow;
        flow.sessions.pop();
        self.lose_strange_replies(&mut flow, &sent);
        flow.restore(layers);
        flow.zone = None;
        let gateway = self
            .world
            .vpcs
            .get(&origin.vpc)
            .and_then(|vpc| vpc.internet_gateway.clone())?;
        let spot = Spot::new(&gateway, Kind::InternetGateway).in_vpc(&origin.vpc);
        self.pass(
            &mut flow,
            &spot,
            None,
            Some("destination becomes the task's private address"),
        );
        self.enter_by_gateway(flow, &origin.vpc, &(&gateway).into());
        None
    }

    /// Packets come in from the internet: by any gateway, or only by that one.
    pub(crate) fn enter_from_internet(&mut self, flow: Flow, by: Option<&InternetGatewayId>) {
        let Some(flow) = self.step(flow) else { return };
        let world = self.world;
        let mut rest = flow;
        let tasks = self
            .question
            .goal_interfaces()
            .iter()
            .filter(|goal| goal.any_public);
        for task in tasks {
            let (part, left) = rest.split_to(&Addresses::of(Family::V4, task.senders.v4.clone()));
            if let Some(part) = part {
                self.enter_vpc(part, &task.vpc, by, None);
            }
            let Some(left) = left else { return };
            rest = left;
        }
        let destinations = rest.all().destinations();
        let spans = destinations.v4.iter();
        for (&public, owner) in spans.flat_map(|(first, last)| world.public.range(first..=last)) {
            let (part, left) = rest.split_to(&Addresses::of(Family::V4, Ranges::one(public)));
            if let Some(part) = part {
                self.enter_vpc(part, &owner.vpc, by, Some(owner.private));
            }
            let Some(left) = left else { return };
            rest = left;
        }
        let meant = |view: &VpcView| view.blocks.live.v6.meets(&destinations.v6);
        for (id, vpc) in world.vpcs.iter().filter(|(_, view)| meant(view)) {
            let (part, left) = rest.split_to(&Addresses::of(Family::V6, vpc.blocks.live.v6.clone()));
            if let Some(part) = part {
                self.enter_vpc(part, id, by, None);
            }
            let Some(left) = left else { return };
            rest = left;
        }
        let spot = match by {
            Some(id) => Spot::new(id, Kind::InternetGateway),
            None => Spot::internet(),
        };
        let kinds = [
            (
                world.snapshot.network_interfaces.is_known(),
                "ec2:DescribeNetworkInterfaces",
            ),
            (world.snapshot.vpcs.is_known(), "ec2:DescribeVpcs"),
        ];
        if let Some((_, call)) = kinds.into_iter().find(|(is_known, _)| !is_known) {
            let doubt = Doubt::absent(&spot.component, "who has the address behind", call);
            return self.end_unknown(rest, doubt);
        }
        self.end_lost(rest, Code::IgwPrivateIpAssociationForIngress, spot, None, "");
    }

    fn enter_vpc(&mut self, flow: Flow, vpc: &VpcId, by: Option<&InternetGatewayId>, private: Option<u128>) {
        let mut flow = flow;
        let world = self.world;
        self.consult(vpc);
        let gateway = world.vpcs.get(vpc).and_then(|vpc| vpc.internet_gateway.clone());
        let Some(id) = gateway else {
            let place = world.snapshot.places.get(vpc);
            if !world.snapshot.internet_gateways.is_known_in(place) {
                let doubt = Doubt::absent(vpc, "the internet gateway of VPC", "ec2:DescribeInternetGateways");
                return self.end_unknown(flow, doubt);
            }
            let is_changing = |gateway: &&InternetGateway| {
                matches!(attached(&gateway.attachments, vpc), Attached::Changing)
            };
            if let Some(gateway) = world.snapshot.internet_gateways.values().find(is_changing) {
                let spot = Spot::new(&gateway.internet_gateway_id, Kind::InternetGateway).in_vpc(vpc);
                // It ends here, as it is not in force.
                self.check_attached(flow, &gateway.attachments, vpc, &spot);
                return;
            }
            let spot = Spot::new(vpc, Kind::Vpc).in_vpc(vpc);
            let note = "the VPC has no internet gateway";
            return self.end_lost(flow, Code::BadStateAttachment, spot, None, note);
        };
        self.consult(&id);
        let spot = || Spot::new(&id, Kind::InternetGateway).in_vpc(vpc);
        if by.is_some_and(|by| *by != id) {
            let note = format!("the destination is behind {id}");
            let spot = by.map_or_else(spot, |by| Spot::new(by, Kind::InternetGateway));
            return self.end_lost(flow, Code::IgwPrivateIpAssociationForIngress, spot, None, note);
        }
        self.cross(&mut flow, &id, Kind::InternetGateway);
        for (range, code) in [
            (
                super::special::rfc1918(),
                Code::IgwSourceAddressNotInRfc1918Ingress,
            ),
            (
                super::special::rfc6598(),
                Code::IgwSourceAddressNotInRfc6598Ingress,
            ),
        ] {
            let lost = flow.all().from(range);
            self.lose(&mut flow, &lost, code, spot, None, "");
        }
        flow.sender.lose_groups(&id);
        if let Some(private) = private {
            let inside = Ranges::one(private);
            let note = (self.record).then(|| format!("destination becomes {}", Family::V4.address(private)));
            self.pass(&mut flow, spot, None, note.as_deref());
            flow.translate(Translation::Rewrite(&[Axis::Destination]), |packets| {
                packets.rewrite_address(Axis::Destination, Family::V4, &inside)
            });
        } else {
            let private = world
                .vpcs
                .get(vpc)
                .map_or_else(Ranges::empty, |view| view.blocks.private_v6.clone());
            let lost = flow.all().to(&Addresses::of(Family::V6, private));
            self.lose(&mut flow, &lost, Code::Ipv6AddressIsPrivate, spot, None, "");
            let denied = self.denying_igw_traffic(vpc, flow.all());
            self.lose(
                &mut flow,
                &denied,
                Code::IgwPrivateIpAssociationForIngress,
                spot,
                None,
                "the interface denies all internet gateway traffic",
            );
            self.pass(&mut flow, spot, None, None);
        }
        self.block_public_access(&mut flow, vpc, super::block_public_access::Way::In, spot);
        flow.zone = None;
        self.enter_by_gateway(flow, vpc, &(&id).into());
    }

    fn denying_igw_traffic(&self, vpc: &VpcId, packets: &Packets) -> Packets {
        match self.world.denying_igw_traffic(vpc) {
            Some(addresses) => packets.to(&Addresses::of(Family::V6, addresses.v6.clone())),
            None => Packets::none(),
        }
    }

    /// Packets enter a VPC by a gateway without a subnet: the gateway's own route table, if it has one, else `local`.
    pub(crate) fn enter_by_gateway(&mut self, flow: Flow, vpc: &VpcId, gateway: &ResourceId) {
        let Some(flow) = self.step(flow) else { return };
        let world = self.world;
        let Some(flow) = self.deliver_to_regional_session(flow, vpc) else {
            return;
        };
        let Some(edge) = world.edge_table(gateway) else {
            let place = world.snapshot.places.get(vpc);
            if !world.snapshot.route_tables.is_known_in(place) {
                let doubt = Doubt::absent(
                    gateway.clone(),
                    "the route table of gateway",
                    "ec2:DescribeRouteTables",
                );
                return self.end_unknown(flow, doubt);
            }
            return self.local(flow, vpc);
        };
        let Some((flow, table)) = self.known(flow, edge) else {
            return;
        };
        let id = &table.route_table_id;
        self.consult(id);
        let spot = Spot::new(id, Kind::RouteTable).in_vpc(vpc);
        let Some((flow, routes)) = self.known(flow, world.routes(id)) else {
            return;
        };
        let decisions = routes.decide(flow.all());
        for (decision, mut part) in flow.divided(decisions) {
            match decision {
                Decision::Forward(Target::Local, _) => self.local(part, vpc),
                Decision::Forward(target, rule) => {
                    let note = self.record.then(|| super::message::rule(&rule));
                    self.pass(&mut part, &spot, Some(rule.clone()), note.as_deref());
                    part.led_by(vpc, id, rule);
                    self.redirect_at_edge(part, vpc, gateway, target);
                }
                Decision::Blackhole(target, rule) => {
                    let note = format!("{} is gone or not in working order", target.id());
                    self.end_lost(part, Code::BadStateRoute, spot.clone(), Some(rule), note);
                }
                Decision::NoRoute => self.end_lost(part, Code::NoRouteToDestination, spot.clone(), None, ""),
                Decision::Unknown(doubt) => self.end_unknown(part, doubt),
            }
        }
    }

    /// Replies that come to a regional NAT gateway, which stands in no subnet.
    fn deliver_to_regional_session(&mut self, flow: Flow, vpc: &VpcId) -> Option<Flow> {
        if flow.leg != Leg::Reply {
            return Some(flow);
        }
        let Some(Session::NatGateway { gateway, .. }) = flow.sessions.last() else {
            return Some(flow);
        };
        let world = self.world;
        let Some(nat) = world.snapshot.nat_gateways.get(gateway) else {
            return Some(flow);
        };
        if nat.subnet_id.is_some() || nat.vpc_id != *vpc {
            return Some(flow);
        }
        let (back, rest) = flow.split_to(&super::nat_gateway::private_addresses(nat));
        if let Some(back) = back {
            self.restore_client(back, nat, None);
        }
        rest
    }

    /// Packets leave a VPC by an egress-only internet gateway, which passes connections from inside only.
    pub(crate) fn leave_by_egress_only(&mut self, flow: Flow, id: &EgressOnlyInternetGatewayId, vpc: &VpcId) {
        let Some(mut flow) = self.step(flow) else { return };
        self.consult(id);
        let world = self.world;
        let Some(gateway) = world.snapshot.egress_only_internet_gateways.get(id) else {
            let call = "ec2:DescribeEgressOnlyInternetGateways";
            return self.end_unknown(flow, Doubt::absent(id, "egress-only internet gateway", call));
        };
        let spot = Spot::new(id, Kind::EgressOnlyInternetGateway).in_vpc(vpc);
        self.cross(&mut flow, id, Kind::EgressOnlyInternetGateway);
        let Some(flow) = self.check_attached(flow, &gateway.attachments, vpc, &spot) else {
            return;
        };
        if flow.leg == Leg::Reply {
            let note =
                "the reply leaves by an egress-only internet gateway, which does not know its connection";
            return self.end_sent_astray(flow, Code::ReplyLeavesByAnotherGateway, spot, note);
        }
        let (v6, v4) = flow.split_family(Family::V6);
        if let Some(v4) = v4 {
            let note = "an egress-only internet gateway takes IPv6 only";
            self.end_lost(v4, Code::ProtocolRestriction, spot.clone(), None, note);
        }
        let public = v6.and_then(|flow| self.only_public_ipv6(flow, vpc, &spot));
        let Some(mut flow) = public else { return };
        // <https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-load-balancer-endpoints.html>
        let inspected = flow
            .appliances
            .iter()
            .find(|id| kind_of(id) == Kind::VpcEndpoint)
            .cloned();
        if let Some(endpoint) = inspected {
            if world.firewall(&endpoint.as_str().into()).is_none() {
                let note = format!("it drops what comes by a Gateway Load Balancer endpoint ({endpoint})");
                return self.end_lost(flow, Code::ProtocolRestriction, spot, None, note);
            }
            let message =
                format!("AWS does not say whether {id} takes what comes by firewall endpoint {endpoint}");
            return self.end_unknown(flow, Doubt::new(Code::UndocumentedBehaviour, id, message));
        }
        self.block_public_access(&mut flow, vpc, super::block_public_access::Way::EgressOnly, &spot);
        self.pass(&mut flow, &spot, None, None);
        flow.sender.lose_groups(id);
        flow.sessions.push(Session::EgressOnly(id.into()));
        self.outside(flow, &id.into(), vpc, &spot);
    }
}
