//! Transit gateways: in by an attachment's subnet in the sender's zone, through the attachment's route table, out by
//! another attachment.
//!
//! <https://docs.aws.amazon.com/vpc/latest/tgw/how-transit-gateways-work.html>,
//! <https://docs.aws.amazon.com/vpc/latest/tgw/tgw-vpc-attachments.html>,
//! <https://docs.aws.amazon.com/vpc/latest/tgw/tgw-nacls.html>

use std::iter::repeat_n;

use crate::network::Kind;
use crate::network::id::{
    ResourceId, SubnetId, TransitGatewayAttachmentId, TransitGatewayId, TransitGatewayRouteTableId, VpcId,
};
use crate::network::state::{AssociationState, AttachmentResourceType, Toggle, TransitGatewayState};
use crate::network::transit_gateway::{
    AttachmentAssociation, TransitGatewayAttachment, TransitGatewayVpcAttachment,
};

use super::addresses::Family;
use super::code::Code;
use super::doubt::Doubt;
use super::flow::{At, Crossing, Flow, Keeps, Sender, Spot};
use super::layout::SubnetView;
use super::packets::Packets;
use super::question::{Goal, Origin};
use super::reply::{Return, Turning};
use super::report::{Direction, HopOutcome, Leg};
use super::transit_gateway_routes::{TransitDecision, TransitRoutes};
use super::walk::Walk;
use super::zone::{Zone, transit_zone};

/// Whether an attachment or a gateway carries packets.
enum Working {
    Yes,
    No(String),
    Unknown(Doubt),
}

fn working(id: impl Into<ResourceId>, state: Option<&TransitGatewayState>) -> Working {
    let id = id.into();
    match state {
        Some(TransitGatewayState::Available) => Working::Yes,
        Some(
            state @ (TransitGatewayState::Modifying
            | TransitGatewayState::RollingBack
            | TransitGatewayState::Other(_)),
        ) => Working::Unknown(Doubt::new(
            Code::InTransition,
            id.clone(),
            format!("{id} is {state}"),
        )),
        Some(state) => Working::No(format!("it is {state}")),
        None => Working::Unknown(Doubt::new(
            Code::UnknownResource,
            id.clone(),
            format!("the snapshot does not tell the state of {id}"),
        )),
    }
}

impl<'a> Walk<'a> {
    /// Goes on where something works, ends the flow where it does not.
    fn check_working(&mut self, flow: Flow, spot: impl At, working: Working) -> Option<Flow> {
        match working {
            Working::Yes => Some(flow),
            Working::No(note) => {
                self.end_lost(flow, Code::BadStateAttachment, spot, None, note);
                None
            }
            Working::Unknown(doubt) => {
                self.end_unknown(flow, doubt);
                None
            }
        }
    }

    /// Packets leave the subnet `from` for a transit gateway.
    pub(crate) fn enter_transit_gateway(&mut self, flow: Flow, id: &TransitGatewayId, from: &SubnetView) {
        let Some(mut flow) = self.step(flow) else { return };
        self.consult(id);
        let world = self.world;
        let snapshot = world.snapshot;
        let attachments = world.transit_attachments(&from.vpc).iter();
        let attachment = attachments
            .filter_map(|attachment| snapshot.transit_gateway_vpc_attachments.get(attachment))
            .filter(|attachment| attachment.transit_gateway_id == *id)
            .min_by_key(|attachment| attachment.state != Some(TransitGatewayState::Available));
        let Some(attachment) = attachment else {
            let place = snapshot.places.get(&from.vpc);
            if !snapshot.transit_gateway_vpc_attachments.is_known_in(place) {
                let doubt = Doubt::absent(
                    id,
                    "the attachments of transit gateway",
                    "ec2:DescribeTransitGatewayVpcAttachments",
                );
                return self.end_unknown(flow, doubt);
            }
            let spot = Spot::new(id, Kind::TransitGateway).in_vpc(&from.vpc);
            let note = format!("{} has no attachment to it", from.vpc);
            return self.end_lost(flow, Code::BadStateAttachment, spot, None, note);
        };
        let attachment_id = &attachment.transit_gateway_attachment_id;
        self.consult(attachment_id);
        let spot = || Spot::new(attachment_id, Kind::TransitGatewayAttachment).in_vpc(&from.vpc);
        self.cross(&mut flow, attachment_id, Kind::TransitGatewayAttachment);
        let state = working(attachment_id, attachment.state.as_ref());
        let Some(mut flow) = self.check_working(flow, spot, state) else {
            return;
        };
        let sender = flow.zone.as_ref().or(from.zone.as_ref());
        let zone = match sender.map(|zone| transit_zone(zone, snapshot)).transpose() {
            Ok(zone) => zone,
            Err(doubt) => return self.end_unknown(flow, doubt),
        };
        let is_local = zone.as_ref().zip(sender).is_some_and(|(zone, own)| !zone.is(own));
        if is_local {
            flow.zone = zone;
        }
        let entry = self.subnet_in_zone(attachment, flow.zone.as_ref().or(from.zone.as_ref()));
        let entry = match entry {
            Ok(entry) => entry,
            Err(doubt) => return self.end_unknown(flow, doubt),
        };
        let Some(entry) = entry else {
            let zone = flow
                .zone
                .as_ref()
                .map_or_else(|| "no zone".to_owned(), ToString::to_string);
            let whose = if is_local {
                "the zone that the sender's Local Zone hangs on"
            } else {
                "the sender's zone"
            };
            let note = format!("the attachment has no subnet in {zone}, {whose}");
            return self.end_lost(flow, Code::TgwRouteAzRestriction, spot, None, note);
        };
        // Egress of the sender's subnet was evaluated on leaving it; here is the attachment's side.
        self.network_acl(&mut flow, entry, Direction::Ingress);
        self.pass(&mut flow, spot, None, None);
        if flow.leg == Leg::Forward && self.question.ends_at(attachment_id.as_str()) {
            let back = Return::OutOf(id.clone(), attachment_id.clone());
            return self.delivered(flow, Turning::Handed(back));
        }
        self.keep_groups(&mut flow, id, attachment);
        self.enter_by_attachment(flow, attachment_id);
    }

    /// 1:1 NAT rules on an attachment change IPv4 sources of what comes by it and destinations of what leaves by it, in
    /// a way that is not modelled: so what the gateway's tables decide is certain, and what lies behind is not. Returns
    /// what the rules leave alone.
    ///
    /// <https://docs.aws.amazon.com/vpc/latest/tgw/tgw-nat-routing.html>
    fn doubt_nat_rules(&mut self, flow: Flow, id: &TransitGatewayAttachmentId) -> Option<Flow> {
        let attachment = self.world.snapshot.transit_gateway_vpc_attachments.get(id);
        if !attachment.is_some_and(nat_rules_may_act) {
            return Some(flow);
        }
        let message = format!("1:1 NAT rules may act on attachment {id}, and are not modelled");
        let (v4, v6) = flow.split_family(Family::V4);
        if let Some(v4) = v4 {
            self.end_unknown(v4, Doubt::new(Code::UnsupportedComponent, id, message));
        }
        v6
    }

    fn doubt_rules_of(&mut self, flow: Flow, came_by: Option<&TransitGatewayAttachmentId>) -> Option<Flow> {
        match came_by {
            Some(id) => self.doubt_nat_rules(flow, id),
            None => Some(flow),
        }
    }

    /// The subnet by which an attachment takes packets from a zone.
    fn subnet_in_zone(
        &self,
        attachment: &TransitGatewayVpcAttachment,
        zone: Option<&Zone>,
    ) -> Result<Option<&'a SubnetView>, Doubt> {
        let world = self.world;
        for id in &attachment.subnet_ids {
            let subnet = world.subnet(id)?;
            let pair = subnet.zone.as_ref().zip(zone);
            if !pair.is_some_and(|(a, b)| a.compares_with(b)) {
                let message = format!("the snapshot does not tell the zone of {id} or of the sender");
                return Err(Doubt::new(Code::UnknownResource, id, message));
            }
            if pair.is_some_and(|(a, b)| a.is(b)) {
                return Ok(Some(subnet));
            }
        }
        Ok(None)
    }

    /// Rules that name groups match inbound over one transit gateway where it and both attachments support it.
    fn keep_groups(&self, flow: &mut Flow, id: &TransitGatewayId, attachment: &TransitGatewayVpcAttachment) {
        let on_gateway = match self.world.snapshot.transit_gateways.get(id) {
            Some(gateway) => {
                let options = gateway.options.as_ref();
                let support = options.and_then(|options| options.security_group_referencing_support.as_ref());
                if support == Some(&Toggle::Enable) {
                    Keeps::Yes
                } else {
                    Keeps::No
                }
            }
            None => Keeps::Unknown,
        };
        let here = self.supports_groups(attachment);
        if let Sender::Groups { crossing, .. } = &mut flow.sender {
            *crossing = match crossing {
                Crossing::Nothing => Crossing::TransitGateway {
                    id: id.into(),
                    keeps: if here { on_gateway } else { Keeps::No },
                },
                Crossing::TransitGateway { id: same, keeps } if *same == ResourceId::from(id) => {
                    Crossing::TransitGateway {
                        id: id.into(),
                        keeps: if here { *keeps } else { Keeps::No },
                    }
                }
                Crossing::Peering | Crossing::TransitGateway { .. } => Crossing::Lost(id.into()),
                Crossing::Lost(at) => Crossing::Lost(at.clone()),
            };
        }
    }

    /// Attachments in use1-az3 do not.
    fn supports_groups(&self, attachment: &TransitGatewayVpcAttachment) -> bool {
        let options = attachment.options.as_ref();
        let option = options.and_then(|options| options.security_group_referencing_support.as_ref());
        let subnets = attachment.subnet_ids.iter();
        let zones = subnets.filter_map(|id| self.world.subnet(id).ok()?.zone.as_ref()?.id.as_ref());
        option != Some(&Toggle::Disable) && !zones.into_iter().any(|zone| zone.as_str() == "use1-az3")
    }

    /// Packets are in a transit gateway, having come by an attachment: its route table says where they go.
    pub(crate) fn enter_by_attachment(&mut self, flow: Flow, id: &TransitGatewayAttachmentId) {
        let Some(mut flow) = self.step(flow) else { return };
        self.consult(id);
        let world = self.world;
        let Some(attachment) = world.snapshot.transit_gateway_attachments.get(id) else {
            let call = "ec2:DescribeTransitGatewayAttachments";
            return self.end_unknown(flow, Doubt::absent(id, "transit gateway attachment", call));
        };
        let gateway = &attachment.transit_gateway_id;
        self.consult(gateway);
        let spot = || Spot::new(gateway, Kind::TransitGateway);
        self.cross(&mut flow, gateway, Kind::TransitGateway);
        let state = world
            .snapshot
            .transit_gateways
            .get(gateway)
            .map(|gateway| gateway.state.as_ref());
        if let Some(Some(state)) = state {
            let state = working(gateway, Some(state));
            match self.check_working(flow, spot, state) {
                Some(same) => flow = same,
                None => return,
            }
        }
        if flow.leg == Leg::Forward && self.question.ends_at(gateway.as_str()) {
            let Some(mut flow) = self.doubt_nat_rules(flow, id) else {
                return;
            };
            self.pass(&mut flow, spot, None, None);
            let back = Return::OutOf(gateway.clone(), id.clone());
            return self.delivered(flow, Turning::Handed(back));
        }
        self.pass(&mut flow, spot, None, None);
        match &attachment.association {
            Some(association) => self.ask_associated_table(flow, id, gateway, association),
            // Who shares a gateway of another account is not shown its tables.
            None if is_shared(attachment) => {
                self.end_unknown(flow, TransitRoutes::not_shown(id, gateway));
            }
            None => self.lose_unassociated(flow, id),
        }
    }

    /// Packets that came by an attachment go by the table that it is associated with.
    fn ask_associated_table(
        &mut self,
        flow: Flow,
        came_by: &TransitGatewayAttachmentId,
        gateway: &TransitGatewayId,
        association: &AttachmentAssociation,
    ) {
        match (&association.transit_gateway_route_table_id, &association.state) {
            (Some(table), None | Some(AssociationState::Associated)) => {
                self.ask_transit_table(flow, came_by, gateway, table);
            }
            (None, _) | (_, Some(AssociationState::Disassociated | AssociationState::Failed)) => {
                self.lose_unassociated(flow, came_by);
            }
            (Some(table), Some(_)) => {
                let message = format!("the association of {came_by} with {table} is changing");
                self.end_unknown(flow, Doubt::new(Code::InTransition, came_by, message));
            }
        }
    }

    fn lose_unassociated(&mut self, flow: Flow, id: &TransitGatewayAttachmentId) {
        let spot = Spot::new(id, Kind::TransitGatewayAttachment);
        self.end_lost(flow, Code::TgwAttachMissingTgwRtbAssociation, spot, None, "");
    }

    fn ask_transit_table(
        &mut self,
        flow: Flow,
        came_by: &TransitGatewayAttachmentId,
        gateway: &TransitGatewayId,
        table: &TransitGatewayRouteTableId,
    ) {
        self.consult(table);
        let spot = || Spot::new(table, Kind::TransitGatewayRouteTable);
        let key = ResourceId::from(came_by);
        let seen = flow.seen_by(&key);
        let (circling, fresh) = flow.split(&seen);
        if let Some(circling) = circling {
            let note = "the packets come back to where they were";
            self.end_lost(circling, Code::ForwardingLoop, spot, None, note);
        }
        let Some(mut flow) = fresh else { return };
        let packets = flow.all().clone();
        flow.visited.push((key, packets));
        let world = self.world;
        let routes = match world.transit_routes(table) {
            Ok(routes) => routes,
            Err(doubt) => return self.end_unknown(flow, doubt),
        };
        self.outcome.consulted.extend(routes.dependencies.iter().cloned());
        let decisions = routes.decide(flow.all());
        for (decision, mut flow) in flow.divided(decisions) {
            match decision {
                TransitDecision::Forward(attachments, rule) => {
                    let note = self.record.then(|| super::message::rule(&rule));
                    self.pass(&mut flow, spot, Some(rule.clone()), note.as_deref());
                    // Equal paths: AWS chooses, so all of them must hold.
                    for (attachment, flow) in attachments.iter().zip(repeat_n(flow, attachments.len())) {
                        self.leave_by_attachment(flow, Some(came_by), gateway, attachment);
                    }
                }
                TransitDecision::Blackhole(rule) => {
                    self.end_lost(flow, Code::TgwRtbBadStateRoute, spot, Some(rule), "");
                }
                TransitDecision::NoRoute => {
                    self.end_lost(flow, Code::TgwRtbCannotRoute, spot, None, "");
                }
                TransitDecision::Unknown(doubt) => self.end_unknown(flow, doubt),
            }
        }
    }

    /// `came_by`: the attachment that they entered the gateway by; `None`: the gateway itself answers.
    pub(crate) fn leave_by_attachment(
        &mut self,
        flow: Flow,
        came_by: Option<&TransitGatewayAttachmentId>,
        gateway: &TransitGatewayId,
        id: &TransitGatewayAttachmentId,
    ) {
        let Some(mut flow) = self.step(flow) else { return };
        self.consult(id);
        let world = self.world;
        let snapshot = world.snapshot;
        if let Some(attachment) = snapshot.transit_gateway_vpc_attachments.get(id) {
            if attachment.transit_gateway_id != *gateway {
                let message = format!("{id} is no attachment of {gateway}, to whose tables it is written");
                return self.end_unknown(flow, Doubt::new(Code::UnknownResource, id, message));
            }
            return self.leave_into_vpc(flow, came_by, attachment);
        }
        let Some(attachment) = snapshot.transit_gateway_attachments.get(id) else {
            let call = "ec2:DescribeTransitGatewayAttachments";
            return self.end_unknown(flow, Doubt::absent(id, "transit gateway attachment", call));
        };
        let spot = Spot::new(id, Kind::TransitGatewayAttachment);
        self.cross(&mut flow, id, Kind::TransitGatewayAttachment);
        let state = working(id, attachment.state.as_ref());
        let flow = self.check_working(flow, &spot, state);
        let flow = flow.and_then(|flow| self.check_tunnels(flow, attachment));
        let flow = flow.and_then(|flow| self.doubt_rules_of(flow, came_by));
        let Some(mut flow) = flow else { return };
        flow.sender.lose_groups(id);
        match &attachment.resource_type {
            Some(AttachmentResourceType::Peering) => self.cross_transit_peering(flow, gateway, attachment),
            Some(
                AttachmentResourceType::Vpn
                | AttachmentResourceType::DirectConnectGateway
                | AttachmentResourceType::Connect
                | AttachmentResourceType::VpnConcentrator
                | AttachmentResourceType::ClientVpn,
            ) => self.on_premises(flow, id, spot),
            Some(AttachmentResourceType::Vpc) | None => {
                let call = "ec2:DescribeTransitGatewayVpcAttachments";
                self.end_unknown(flow, Doubt::absent(id, "the subnets of attachment", call));
            }
            Some(other) => {
                let message = format!("attachment {id} joins a {other}, which is not modelled");
                self.end_unknown(flow, Doubt::new(Code::UnsupportedComponent, id, message));
            }
        }
    }

    fn leave_into_vpc(
        &mut self,
        flow: Flow,
        came_by: Option<&TransitGatewayAttachmentId>,
        attachment: &TransitGatewayVpcAttachment,
    ) {
        let mut flow = flow;
        let id = &attachment.transit_gateway_attachment_id;
        let spot = || Spot::new(id, Kind::TransitGatewayAttachment).in_vpc(&attachment.vpc_id);
        self.cross(&mut flow, id, Kind::TransitGatewayAttachment);
        let state = working(id, attachment.state.as_ref());
        let Some(flow) = self.check_working(flow, spot, state) else {
            return;
        };
        let origin = &self.question.origin;
        if flow.leg == Leg::Reply && matches!(origin, Origin::Attachment(by) if by == id) {
            return self.replied(flow);
        }
        if came_by == Some(id) {
            let message = format!(
                "AWS does not say whether packets may leave a transit gateway by {id}, where they came in"
            );
            return self.end_unknown(flow, Doubt::new(Code::UndocumentedBehaviour, id, message));
        }
        let flow = self.doubt_nat_rules(flow, id);
        let flow = flow.and_then(|flow| self.doubt_rules_of(flow, came_by));
        let Some(mut flow) = flow else { return };
        self.pass(&mut flow, spot, None, None);
        if flow.leg == Leg::Forward && self.question.ends_at(id.as_str()) {
            let back = Return::Attachment(id.clone());
            return self.delivered(flow, Turning::Handed(back));
        }
        self.keep_groups(&mut flow, &attachment.transit_gateway_id, attachment);
        let appliance_mode = attachment
            .options
            .as_ref()
            .is_some_and(|options| options.appliance_mode_support == Some(Toggle::Enable));
        let mut exits = match self.exits(attachment, if appliance_mode { None } else { flow.zone.as_ref() }) {
            Ok(exits) => exits,
            Err(doubt) => return self.end_unknown(flow, doubt),
        };
        if exits.is_empty() {
            return self.end_lost(
                flow,
                Code::TgwAttachVpcAzRestriction,
                spot,
                None,
                "the attachment has no subnet",
            );
        }
        flow.out_of_transit = Some(attachment.transit_gateway_id.clone());
        // In appliance mode all packets of a connection, there and back, come out by the same interface.
        let chosen = flow.course.exits.iter().rev().find(|(by, _)| by == id);
        let chosen = chosen.map(|(_, subnet)| subnet.clone());
        let chosen = chosen.filter(|_| appliance_mode && flow.leg == Leg::Reply);
        exits.retain(|subnet| chosen.as_ref().is_none_or(|chosen| *chosen == subnet.id));
        let flows = repeat_n(flow, exits.len());
        for (subnet, mut flow) in exits.into_iter().zip(flows) {
            // The attachment's own subnet routes what comes out of the gateway, by its interface in that zone.
            if appliance_mode && flow.leg == Leg::Forward {
                flow.course.exits.push((id.clone(), subnet.id.clone()));
            }
            flow.zone.clone_from(&subnet.zone);
            self.route(flow, subnet);
        }
    }

    /// The attachment's subnet sends what came out of a gateway straight back into it.
    pub(crate) fn doubt_turning_back(&mut self, flow: &mut Flow, id: &TransitGatewayId) {
        let message = format!("AWS does not say whether {id} takes back what it has just put out");
        let all = flow.all().clone();
        self.doubt(flow, &all, Doubt::new(Code::UndocumentedBehaviour, id, message));
    }

    /// The subnets by which packets may come out: the one in the sender's zone, else any.
    fn exits(
        &self,
        attachment: &TransitGatewayVpcAttachment,
        zone: Option<&Zone>,
    ) -> Result<Vec<&'a SubnetView>, Doubt> {
        let world = self.world;
        let all: Vec<&'a SubnetView> = attachment
            .subnet_ids
            .iter()
            .map(|id: &SubnetId| world.subnet(id))
            .collect::<Result<_, _>>()?;
        let in_zone: Vec<&'a SubnetView> = all
            .iter()
            .copied()
            .filter(|subnet| subnet.zone.as_ref().zip(zone).is_some_and(|(a, b)| a.is(b)))
            .collect();
        Ok(if in_zone.is_empty() { all } else { in_zone })
    }

    fn cross_transit_peering(
        &mut self,
        flow: Flow,
        near: &TransitGatewayId,
        attachment: &TransitGatewayAttachment,
    ) {
        let mut flow = flow;
        let id = &attachment.transit_gateway_attachment_id;
        let world = self.world;
        let peering = world.snapshot.transit_gateway_peering_attachments.get(id);
        let far = peering.and_then(|peering| {
            let sides = [
                peering.requester_tgw_info.as_ref(),
                peering.accepter_tgw_info.as_ref(),
            ];
            sides
                .into_iter()
                .flatten()
                .filter_map(|side| side.transit_gateway_id.clone())
                .find(|side| side != near)
        });
        let Some(far) = far else {
            let call = "ec2:DescribeTransitGatewayPeeringAttachments";
            return self.end_unknown(
                flow,
                Doubt::absent(id, "the far side of transit gateway peering", call),
            );
        };
        let spot = Spot::new(id, Kind::TransitGatewayAttachment);
        let origin = &self.question.origin;
        if flow.leg == Leg::Reply && matches!(origin, Origin::Attachment(by) if by == id) {
            return self.replied(flow);
        }
        self.pass(&mut flow, spot, None, None);
        if flow.leg == Leg::Forward && self.question.ends_at(id.as_str()) {
            return self.delivered(flow, Turning::Handed(Return::Attachment(id.clone())));
        }
        flow.zone = None;
        self.consult(&far);
        self.enter_peer_gateway(flow, id, &far);
    }

    /// Both gateways know a peering by the same attachment id, each with an association of its own.
    fn enter_peer_gateway(&mut self, flow: Flow, id: &TransitGatewayAttachmentId, far: &TransitGatewayId) {
        let world = self.world;
        let mut flow = flow;
        let spot = Spot::new(far, Kind::TransitGateway);
        self.cross(&mut flow, far, Kind::TransitGateway);
        self.pass(&mut flow, spot, None, None);
        let attachment = world.snapshot.transit_gateway_attachment(id, far);
        let association = attachment.and_then(|attachment| attachment.association.as_ref());
        match association.filter(|association| association.transit_gateway_route_table_id.is_some()) {
            Some(association) => {
                let state = attachment.and_then(|attachment| attachment.state.as_ref());
                let spot = Spot::new(id, Kind::TransitGatewayAttachment);
                if let Some(flow) = self.check_working(flow, spot, working(id, state)) {
                    self.ask_associated_table(flow, id, far, association);
                }
            }
            None => {
                let message = format!(
                    "which route table of {far} the peering {id} is associated with is not in the snapshot"
                );
                self.end_unknown(
                    flow,
                    Doubt {
                        missing_call: Some("ec2:DescribeTransitGatewayAttachments"),
                        ..Doubt::new(Code::TgwRtbRoutesAreUnknown, far, message)
                    },
                );
            }
        }
    }

    /// Packets start behind an attachment: outside AWS behind a VPN, it takes a tunnel to come in.
    pub(crate) fn start_behind_attachment(&mut self, mut flow: Flow, id: &TransitGatewayAttachmentId) {
        let world = self.world;
        let is_vpc = world.snapshot.transit_gateway_vpc_attachments.get(id).is_some();
        flow.sender = if is_vpc {
            Sender::Unseen(id.into())
        } else {
            Sender::Nobody
        };
        self.consult(id);
        let spot = Spot::new(id, Kind::TransitGatewayAttachment);
        self.cross(&mut flow, id, Kind::TransitGatewayAttachment);
        if let Some(attachment) = world.snapshot.transit_gateway_attachments.get(id) {
            let state = working(id, attachment.state.as_ref());
            let same = self.check_working(flow, &spot, state);
            let Some(same) = same.and_then(|flow| self.check_tunnels(flow, attachment)) else {
                return;
            };
            flow = same;
        }
        self.pass(&mut flow, spot, None, None);
        self.enter_by_attachment(flow, id);
    }

    /// Whatever crosses a VPN's attachment takes a tunnel that is up.
    fn check_tunnels(&mut self, mut flow: Flow, attachment: &TransitGatewayAttachment) -> Option<Flow> {
        if attachment.resource_type != Some(AttachmentResourceType::Vpn) {
            return Some(flow);
        }
        let id = attachment.resource_id.as_ref();
        let id = id.map_or_else(
            || (&attachment.transit_gateway_attachment_id).into(),
            Clone::clone,
        );
        let spot = || Spot::new(&id, Kind::VpnConnection);
        let doubt = match self.world.snapshot.vpn_connections.get(id.as_str()) {
            Some(connection) => {
                self.consult(&connection.vpn_connection_id);
                let options = connection.options.as_ref();
                let carried = options.and_then(|options| options.tunnel_inside_ip_version.as_deref());
                let foreign = match carried {
                    Some("ipv4") => flow.all().of_family(Family::V6),
                    Some("ipv6") => flow.all().of_family(Family::V4),
                    _ => Packets::none(),
                };
                let note =
                    carried.map_or_else(String::new, |carried| format!("its tunnels carry {carried} only"));
                self.lose(&mut flow, &foreign, Code::ProtocolRestriction, spot, None, note);
                match super::vpn_gateway::tunnels(connection) {
                    super::vpn_gateway::Tunnels::Up => return Some(flow),
                    super::vpn_gateway::Tunnels::Down => {
                        self.end_lost(flow, Code::TgwBadStateVpn, spot, None, "no tunnel is up");
                        return None;
                    }
                    super::vpn_gateway::Tunnels::Unknown(doubt) => doubt,
                }
            }
            None => Doubt::absent(&id, "VPN connection", "ec2:DescribeVpnConnections"),
        };
        self.hop(&mut flow, spot, HopOutcome::Unknown, None, Some(&doubt.message));
        let all = flow.all().clone();
        self.doubt(&mut flow, &all, doubt);
        Some(flow)
    }

    /// Packets are handed to a network outside AWS by an attachment.
    fn on_premises(&mut self, flow: Flow, id: &TransitGatewayAttachmentId, spot: Spot) {
        let mut flow = flow;
        self.pass(&mut flow, &spot, None, None);
        if flow.leg == Leg::Reply {
            return self.reply_on_premises(flow, &id.into(), spot);
        }
        match &self.question.goal {
            _ if flow.is_for_target() => {}
            Goal::OnPremises | Goal::Anywhere => {}
            Goal::Internet(None) => return self.beyond_on_premises(flow, id),
            Goal::Handed(handed) if *handed == ResourceId::from(id) => {}
            _ => {
                let note = format!("they leave AWS by {id} instead of reaching the path's destination");
                return self.end_sent_astray(flow, Code::ArrivesElsewhere, spot, note);
            }
        }
        self.arrive_on_premises(flow, &id.into(), Return::Attachment(id.clone()));
    }
}

/// Whether the gateway is of another account than what is attached.
/// <https://docs.aws.amazon.com/vpc/latest/tgw/transit-gateway-share.html>
fn is_shared(attachment: &TransitGatewayAttachment) -> bool {
    let owners = [
        &attachment.transit_gateway_owner_id,
        &attachment.resource_owner_id,
    ];
    matches!(owners, [Some(gateway), Some(resource)] if gateway != resource)
}

/// 1:1 NAT on attachments is new and off by default: what was not read counts as off.
fn nat_rules_may_act(attachment: &TransitGatewayVpcAttachment) -> bool {
    attachment
        .options
        .as_ref()
        .is_some_and(|options| options.nat_gateway_support == Some(Toggle::Enable))
}

/// The VPC of an attachment.
pub(crate) fn vpc_of(attachment: &TransitGatewayAttachment) -> Option<VpcId> {
    match (&attachment.resource_type, &attachment.resource_id) {
        (Some(AttachmentResourceType::Vpc), Some(id)) => Some(id.as_str().into()),
        _ => None,
    }
}
