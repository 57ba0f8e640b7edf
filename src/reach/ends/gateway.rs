//! What enters by a gateway: from a peered VPC, from attached networks, from outside AWS.

use std::collections::BTreeSet;

use ipnet::IpNet;

use crate::network::gateway::VpnGateway;
use crate::network::id::{ResourceId, TransitGatewayRouteTableId, VpcId, VpcPeeringConnectionId};
use crate::network::state::{AttachmentResourceType, GatewayAttachmentState, TransitGatewayState};
use crate::network::transit_gateway::{TransitGatewayAttachment, TransitGatewayRoutes};
use crate::paths::model::End;

use super::super::addresses::Addresses;
use super::super::client_ports;
use super::super::code::Code;
use super::super::doubt::Doubt;
use super::super::question::{Goal, Origin};
use super::super::world::World;
use super::end::{Finish, Hindrance, Start, absent, found};
use super::resolver::Resolver;

impl Resolver<'_> {
    pub(super) fn starts_behind_peering(
        &self,
        end: &End,
        id: &ResourceId,
        towards: &[Finish],
    ) -> Result<Vec<Start>, Hindrance> {
        let snapshot = self.world.snapshot;
        let call = "ec2:DescribeVpcPeeringConnections";
        let peering = found(end, &snapshot.vpc_peering_connections, id.as_str(), call)?;
        let wanted = vpcs_of(self.world, towards);
        let mut starts = Vec::new();
        for side in [&peering.requester_vpc_info, &peering.accepter_vpc_info]
            .into_iter()
            .flatten()
        {
            let Some(into) = &side.vpc_id else { continue };
            if !wanted.is_empty() && !wanted.contains(into)
                || wanted.is_empty() && !self.world.vpcs.contains_key(into)
            {
                continue;
            }
            if let Some(far) = super::super::peering::far_side(peering, into) {
                let view = far
                    .vpc_id
                    .as_ref()
                    .and_then(|id| self.world.vpcs.get(id))
                    .filter(|view| view.known);
                let senders = view.map_or_else(
                    || super::super::peering::blocks_of(far),
                    |view| view.blocks.live.clone(),
                );
                starts.push(behind_peering(&peering.vpc_peering_connection_id, into, senders));
            }
        }
        Ok(starts)
    }

    /// Those of some addresses that peered VPCs have which cannot be seen. Returns the others, too.
    pub(super) fn starts_behind_unseen_peers(&self, asked: Addresses) -> (Addresses, Vec<Start>) {
        let world = self.world;
        let (mut left, mut starts) = (asked, Vec::new());
        for peering in world.snapshot.vpc_peering_connections.values() {
            let sides = [&peering.requester_vpc_info, &peering.accepter_vpc_info];
            for into in sides
                .into_iter()
                .flatten()
                .filter_map(|side| side.vpc_id.as_ref())
            {
                let Some(far) = super::super::peering::far_side(peering, into) else {
                    continue;
                };
                let is_seen = |vpc: &VpcId| world.vpcs.get(vpc).is_some_and(|view| view.known);
                let mut senders = super::super::peering::blocks_of(far).intersect(&left);
                if super::super::peering::is_over(peering) {
                    for (gateway, _) in world.snapshot.vpn_gateways.iter() {
                        senders = senders.subtract(&self.prefixes_behind(gateway.as_str()));
                    }
                }
                if !is_seen(into) || far.vpc_id.as_ref().is_some_and(is_seen) || senders.is_empty() {
                    continue;
                }
                left = left.subtract(&senders);
                starts.push(behind_peering(&peering.vpc_peering_connection_id, into, senders));
            }
        }
        (left, starts)
    }

    pub(super) fn starts_behind_attachments(
        &self,
        end: &End,
        id: &ResourceId,
        towards: &[Finish],
    ) -> Result<Vec<Start>, Hindrance> {
        let snapshot = self.world.snapshot;
        let call = "ec2:DescribeTransitGatewayAttachments";
        let wanted = vpcs_of(self.world, towards);
        let found: Vec<_> = snapshot
            .transit_gateway_attachments
            .values()
            .filter(|attachment| {
                attachment.transit_gateway_attachment_id.as_str() == id.as_str()
                    || attachment.transit_gateway_id.as_str() == id.as_str()
            })
            .collect();
        // What is deleted is listed for a while: it is asked only where there is nothing else.
        let (gone, there): (Vec<_>, Vec<_>) = found.into_iter().partition(is_gone);
        let found = if there.is_empty() { gone } else { there };
        if found.is_empty() {
            return Err(absent(
                end,
                (!snapshot.transit_gateway_attachments.is_known()).then_some(call),
            ));
        }
        // What a VPC sends to itself does not come by a gateway that all of them hang on.
        let others = found.into_iter().filter(|attachment| {
            let vpc = super::super::transit_gateway::vpc_of(attachment);
            attachment.transit_gateway_attachment_id.as_str() == id.as_str()
                || !vpc.is_some_and(|vpc| wanted.iter().all(|wanted| **wanted == vpc) && !wanted.is_empty())
        });
        Ok(others
            .map(|attachment| {
                let vpc = super::super::transit_gateway::vpc_of(attachment);
                let view = vpc.as_ref().and_then(|vpc| self.world.vpcs.get(vpc));
                Start {
                    origin: Origin::Attachment(attachment.transit_gateway_attachment_id.clone()),
                    senders: view.map_or_else(Addresses::empty, |view| view.blocks.live.clone()),
                    ports: client_ports::any(),
                    instance: None,
                    vpc,
                }
            })
            .collect())
    }

    pub(super) fn starts_behind_vpn_gateway(
        &self,
        end: &End,
        id: &ResourceId,
    ) -> Result<Vec<Start>, Hindrance> {
        let snapshot = self.world.snapshot;
        let call = "ec2:DescribeVpnGateways";
        let gateway = found(end, &snapshot.vpn_gateways, id.as_str(), call)?;
        let senders = self.prefixes_behind(id.as_str());
        Ok(attached_vpcs(gateway)
            .into_iter()
            .map(|vpc| behind_vpn_gateway(id, vpc, senders.clone()))
            .collect())
    }

    /// What a virtual private gateway shows that it knows: propagated routes, and the static routes of its VPNs.
    pub(super) fn prefixes_behind(&self, gateway: &str) -> Addresses {
        let snapshot = self.world.snapshot;
        let by_vpn = snapshot
            .vpn_connections
            .values()
            .filter(|vpn| {
                vpn.vpn_gateway_id
                    .as_ref()
                    .is_some_and(|id| id.as_str() == gateway)
            })
            .flat_map(|vpn| &vpn.routes)
            .filter_map(|route| route.destination_cidr_block);
        Addresses::from_nets(by_vpn).union(&propagated_by(snapshot, gateway))
    }

    /// The static routes of a table into which an attachment propagates nothing.
    fn static_routes_without(
        &self,
        table: &TransitGatewayRouteTableId,
        attachment: &TransitGatewayAttachment,
    ) -> Option<&TransitGatewayRoutes> {
        let snapshot = self.world.snapshot;
        let propagations = snapshot.transit_gateway_propagations.get(table)?;
        let mut propagating = propagations.transit_gateway_route_table_propagations.iter();
        let id = &attachment.transit_gateway_attachment_id;
        if propagating.any(|propagation| propagation.transit_gateway_attachment_id == *id) {
            return None;
        }
        snapshot.transit_gateway_static_routes.get(table)
    }

    /// What the tables of its transit gateway lead to an attachment; `None`: they were not read, or only in part.
    fn known_behind(&self, attachment: &TransitGatewayAttachment) -> Option<Addresses> {
        let snapshot = self.world.snapshot;
        let tables = snapshot.transit_gateway_route_tables.values();
        let mut of_gateway = tables
            .filter(|table| table.transit_gateway_id == attachment.transit_gateway_id)
            .peekable();
        of_gateway.peek()?;
        let mut known = Addresses::empty();
        for table in of_gateway {
            let id = &table.transit_gateway_route_table_id;
            let routes = (snapshot.transit_gateway_routes.get(id))
                .or_else(|| self.static_routes_without(id, attachment))
                .filter(|routes| !routes.additional_routes_available)?;
            let leading_there = routes.routes.iter().filter(|route| {
                let mut led_to = route.transit_gateway_attachments.iter();
                led_to.any(|led_to| {
                    led_to.transit_gateway_attachment_id == attachment.transit_gateway_attachment_id
                })
            });
            let nets: Option<Vec<IpNet>> = leading_there.map(|route| route.destination_cidr_block).collect();
            known.add(&Addresses::from_nets(nets?));
        }
        Some(known)
    }

    pub(super) fn starts_on_premises(&self, end: &End, nets: &[IpNet]) -> Result<Vec<Start>, Hindrance> {
        let snapshot = self.world.snapshot;
        let asked = Addresses::from_nets(nets.iter().copied());
        let mut starts = Vec::new();
        for (id, gateway) in snapshot.vpn_gateways.iter() {
            let known = self.prefixes_behind(id.as_str());
            let senders = asked.intersect(&known);
            if senders.is_empty() {
                continue;
            }
            for vpc in attached_vpcs(gateway) {
                starts.push(behind_vpn_gateway(&id.into(), vpc, senders.clone()));
            }
        }
        // What is deleted is listed for a while: it is asked only where there is nothing else.
        let outside = snapshot
            .transit_gateway_attachments
            .values()
            .filter(leads_outside);
        let (gone, there): (Vec<_>, Vec<_>) = outside.partition(is_gone);
        let asks_gone = starts.is_empty() && there.is_empty();
        let attachments = if asks_gone { gone } else { there };
        let known: Vec<Option<Addresses>> = (attachments.iter())
            .map(|attachment| self.known_behind(attachment))
            .collect();
        let all_known = (known.iter().flatten()).fold(Addresses::empty(), |all, known| all.union(known));
        let nowhere = asked.subtract(&all_known);
        for (attachment, known) in attachments.into_iter().zip(known) {
            // What no table shows may come by any of them.
            let senders =
                known.map_or_else(|| asked.clone(), |known| asked.intersect(&known).union(&nowhere));
            if senders.is_empty() {
                continue;
            }
            starts.push(Start {
                origin: Origin::Attachment(attachment.transit_gateway_attachment_id.clone()),
                senders,
                ports: client_ports::any(),
                instance: None,
                vpc: None,
            });
        }
        if starts.is_empty() {
            return Err(Hindrance::Unknown(Doubt {
                code: Code::NoSourceOrDestination,
                message: format!("no gateway in the snapshot shows that it knows `{}`", end.text),
                components: Vec::new(),
                missing_call: (!snapshot.vpn_connections.is_known()).then_some("ec2:DescribeVpnConnections"),
            }));
        }
        Ok(starts)
    }
}

/// Whether networks outside AWS are behind an attachment.
fn leads_outside(attachment: &&TransitGatewayAttachment) -> bool {
    matches!(
        attachment.resource_type,
        Some(
            AttachmentResourceType::Vpn
                | AttachmentResourceType::DirectConnectGateway
                | AttachmentResourceType::Connect
                | AttachmentResourceType::VpnConcentrator
                | AttachmentResourceType::ClientVpn
        )
    )
}

/// Whether an attachment is no more.
fn is_gone(attachment: &&TransitGatewayAttachment) -> bool {
    matches!(
        attachment.state,
        Some(TransitGatewayState::Deleted | TransitGatewayState::Failed | TransitGatewayState::Rejected)
    )
}

/// The VPCs that a gateway is attached to; those that it is not attached to any more only where that is all there is.
fn attached_vpcs(gateway: &VpnGateway) -> BTreeSet<VpcId> {
    let vpcs = |detached: bool| -> BTreeSet<VpcId> {
        let attachments = gateway.vpc_attachments.iter();
        attachments
            .filter(|attachment| (attachment.state == Some(GatewayAttachmentState::Detached)) == detached)
            .filter_map(|attachment| attachment.vpc_id.clone())
            .collect()
    };
    let attached = vpcs(false);
    if attached.is_empty() { vpcs(true) } else { attached }
}

/// Packets of those senders enter a VPC by a peering.
fn behind_peering(id: &VpcPeeringConnectionId, into: &VpcId, senders: Addresses) -> Start {
    Start {
        origin: Origin::Peering {
            id: id.clone(),
            into: into.clone(),
        },
        senders,
        ports: client_ports::any(),
        instance: None,
        vpc: Some(into.clone()),
    }
}

/// Packets of those senders enter a VPC by a virtual private gateway.
fn behind_vpn_gateway(id: &ResourceId, into: VpcId, senders: Addresses) -> Start {
    Start {
        origin: Origin::VpnGateway {
            id: id.clone(),
            into: into.clone(),
        },
        senders,
        ports: client_ports::any(),
        instance: None,
        vpc: Some(into),
    }
}

/// The VPCs that packets should arrive in: those of the interfaces, or of the addresses.
fn vpcs_of<'a>(world: &'a World<'_>, finishes: &'a [Finish]) -> BTreeSet<&'a VpcId> {
    let mut vpcs = BTreeSet::new();
    for finish in finishes {
        match &finish.goal {
            Goal::Interfaces(interfaces) => vpcs.extend(interfaces.iter().map(|interface| &interface.vpc)),
            Goal::Anywhere => {
                let holding = world.vpcs.iter();
                let holding = holding.filter(|(_, view)| view.blocks.live.meets(&finish.addresses));
                vpcs.extend(holding.map(|(id, _)| id));
            }
            _ => {}
        }
    }
    vpcs
}

/// The prefixes of routes that a virtual private gateway propagated into route tables.
pub(crate) fn propagated_by(snapshot: &crate::network::Snapshot, gateway: &str) -> Addresses {
    let propagated = snapshot
        .route_tables
        .values()
        .flat_map(|table| &table.routes)
        .filter(|route| {
            route.origin == Some(crate::network::state::RouteOrigin::EnableVgwRoutePropagation)
                && route.gateway_id.as_ref().is_some_and(|id| id.as_str() == gateway)
        })
        .flat_map(|route| {
            let v4 = route.destination_cidr_block.map(IpNet::V4);
            v4.into_iter()
                .chain(route.destination_ipv6_cidr_block.map(IpNet::V6))
        });
    Addresses::from_nets(propagated)
}
