//! Virtual private gateways: the way to networks outside AWS by site-to-site VPN and Direct Connect.
//!
//! <https://docs.aws.amazon.com/vpn/latest/s2svpn/vpn-route-priority.html>

use crate::network::Kind;
use crate::network::id::{ResourceId, VpcId, VpnGatewayId};
use crate::network::state::{TunnelStatus, VpnState};
use crate::network::vpn::VpnConnection;

use super::addresses::{Addresses, Family};
use super::code::Code;
use super::doubt::Doubt;
use super::flow::{Flow, Spot};
use super::question::{Goal, Origin};
use super::ranges::Ranges;
use super::reply::{Return, Turning};
use super::report::{Leg, Rule};
use super::walk::Walk;

/// Whether a VPN connection carries packets.
#[derive(Debug)]
pub(crate) enum Tunnels {
    Up,
    Down,
    Unknown(Doubt),
}

/// One tunnel that is up suffices.
pub(crate) fn tunnels(connection: &VpnConnection) -> Tunnels {
    let id = &connection.vpn_connection_id;
    match &connection.state {
        Some(VpnState::Available | VpnState::Modifying) | None => {}
        Some(VpnState::Deleted) => return Tunnels::Down,
        Some(state) => {
            return Tunnels::Unknown(Doubt::new(
                Code::InTransition,
                id,
                format!("VPN connection {id} is {state}"),
            ));
        }
    }
    let status = |wanted: &TunnelStatus| {
        connection
            .vgw_telemetry
            .iter()
            .filter(|tunnel| tunnel.status.as_ref() == Some(wanted))
            .count()
    };
    if status(&TunnelStatus::Up) > 0 {
        Tunnels::Up
    } else if !connection.vgw_telemetry.is_empty()
        && status(&TunnelStatus::Down) == connection.vgw_telemetry.len()
    {
        Tunnels::Down
    } else {
        let message = format!("the snapshot does not tell whether a tunnel of VPN connection {id} is up");
        Tunnels::Unknown(Doubt::new(Code::UnknownResource, id, message))
    }
}

/// Whether a connection knows no prefix but those that it lists.
fn is_static(connection: &VpnConnection) -> bool {
    let options = connection.options.as_ref();
    options.is_some_and(|options| options.static_routes_only == Some(true))
}

/// The prefixes that connections list, on their way in and out too.
fn listed(connections: &[&VpnConnection]) -> Addresses {
    prefixes(connections, |state| state != Some(&VpnState::Deleted))
}

/// The prefixes that connections list for certain.
fn surely_listed(connections: &[&VpnConnection]) -> Addresses {
    prefixes(connections, |state| {
        matches!(state, None | Some(VpnState::Available))
    })
}

fn prefixes(connections: &[&VpnConnection], counts: impl Fn(Option<&VpnState>) -> bool) -> Addresses {
    let routes = connections.iter().flat_map(|connection| &connection.routes);
    let counted = routes.filter(|route| counts(route.state.as_ref()));
    Addresses::from_nets(counted.filter_map(|route| route.destination_cidr_block))
}

impl Walk<'_> {
    /// Packets leave a VPC by its virtual private gateway.
    pub(crate) fn leave_by_vpn_gateway(&mut self, flow: Flow, id: &VpnGatewayId, vpc: &VpcId) {
        let Some(mut flow) = self.step(flow) else { return };
        self.consult(id);
        let world = self.world;
        let Some(gateway) = world.snapshot.vpn_gateways.get(id) else {
            return self.end_unknown(
                flow,
                Doubt::absent(id, "virtual private gateway", "ec2:DescribeVpnGateways"),
            );
        };
        let spot = Spot::new(id, Kind::VpnGateway).in_vpc(vpc);
        self.cross(&mut flow, id, Kind::VpnGateway);
        flow.sender.lose_groups(id);
        let Some(flow) = self.check_attached(flow, &gateway.vpc_attachments, vpc, &spot) else {
            return;
        };
        let blocks = world
            .vpcs
            .get(vpc)
            .map_or_else(Addresses::empty, |view| view.blocks.live.clone());
        let (own, foreign) = flow.split_from(&blocks);
        if let Some(foreign) = foreign {
            let code = Code::VgwPrivateIpAssociationForEgress;
            self.end_lost(foreign, code, spot.clone(), None, "");
        }
        let Some(mut flow) = own else { return };
        if flow.leg == Leg::Forward && self.question.ends_at(id.as_str()) {
            self.pass(&mut flow, &spot, None, None);
            let back = Return::Into(vpc.clone(), id.into());
            return self.delivered(flow, Turning::Handed(back));
        }
        self.outside_aws(flow, id, vpc, spot);
    }

    /// Which of the gateway's connections knows the way.
    fn outside_aws(&mut self, flow: Flow, id: &VpnGatewayId, vpc: &VpcId, spot: Spot) {
        let sent_by = flow.sent_by.as_ref().map(|(_, rule)| rule.as_ref());
        let propagated = matches!(
            sent_by,
            Some(Rule::Route { origin: Some(origin), .. }) if origin == "EnableVgwRoutePropagation"
        );
        if let Some(flow) = self.through_tunnels(flow, id, vpc, propagated, &spot) {
            self.leave_aws(flow, id, vpc, spot);
        }
    }

    /// Packets start outside AWS, behind a virtual private gateway.
    pub(crate) fn come_by_vpn_gateway(&mut self, mut flow: Flow, id: &VpnGatewayId, into: &VpcId) {
        let world = self.world;
        self.consult(id);
        let spot = Spot::new(id, Kind::VpnGateway).in_vpc(into);
        self.cross(&mut flow, id, Kind::VpnGateway);
        let Some(gateway) = world.snapshot.vpn_gateways.get(id) else {
            return self.end_unknown(
                flow,
                Doubt::absent(id, "virtual private gateway", "ec2:DescribeVpnGateways"),
            );
        };
        let Some(flow) = self.check_attached(flow, &gateway.vpc_attachments, into, &spot) else {
            return;
        };
        let propagated = super::ends::propagated_by(world.snapshot, id.as_str());
        let (told, others) = flow.split_from(&propagated);
        for (part, propagated) in [(told, true), (others, false)] {
            let crossing = part.and_then(|part| self.through_tunnels(part, id, into, propagated, &spot));
            if let Some(mut part) = crossing {
                self.pass(&mut part, &spot, None, None);
                self.enter_by_gateway(part, into, &id.into());
            }
        }
    }

    /// Packets cross the gateway's connections, outward by their destination or inward by their source. `propagated`:
    /// a route table shows that the gateway learnt of that far address.
    fn through_tunnels(
        &mut self,
        flow: Flow,
        id: &VpnGatewayId,
        vpc: &VpcId,
        propagated: bool,
        spot: &Spot,
    ) -> Option<Flow> {
        if flow.is_empty() {
            return None;
        }
        let world = self.world;
        let snapshot = world.snapshot;
        if !snapshot.vpn_connections.is_known() {
            self.end_unknown(
                flow,
                Doubt::absent(id, "the VPN connections of", "ec2:DescribeVpnConnections"),
            );
            return None;
        }
        let connections: Vec<&VpnConnection> = snapshot
            .vpn_connections
            .values()
            .filter(|connection| {
                connection.vpn_gateway_id.as_ref() == Some(id) && connection.state != Some(VpnState::Deleted)
            })
            .collect();
        for connection in &connections {
            self.consult(&connection.vpn_connection_id);
        }
        let message = format!(
            "whether {id} knows the way is told by its BGP sessions only, which are not in the snapshot"
        );
        let unknown = Doubt::new(Code::UnknownDestination, id, message);
        // What is propagated and comes by no VPN comes by Direct Connect.
        if connections.is_empty() {
            if propagated {
                return Some(flow);
            }
            if flow.sent_by.is_none() {
                let mut flow = flow;
                let all = flow.all().clone();
                self.doubt(&mut flow, &all, unknown);
                return Some(flow);
            }
            self.end_unknown(flow, unknown);
            return None;
        }
        let (v4, v6) = flow.split_family(Family::V4);
        if let Some(v6) = v6 {
            let note = "a VPN on a virtual private gateway carries no IPv6";
            self.end_lost(v6, Code::ProtocolRestriction, spot.clone(), None, note);
        }
        let flow = v4?;
        let (up, others): (Vec<&VpnConnection>, Vec<&VpnConnection>) =
            (connections.iter()).partition(|connection| matches!(tunnels(connection), Tunnels::Up));
        // What only others list does not go by one that is up and learns of nothing.
        let by_others = if up.is_empty() {
            Addresses::everywhere()
        } else if up.iter().all(|connection| is_static(connection)) {
            listed(&others).subtract(&listed(&up))
        } else {
            Addresses::empty()
        };
        let (stopped, flow) = match flow.sent_by {
            Some(_) => flow.split_to(&by_others),
            None => flow.split_from(&by_others),
        };
        if let Some(stopped) = stopped {
            self.end_without_tunnel(stopped, &others, vpc);
        }
        let flow = flow?;
        if propagated {
            return Some(flow);
        }
        let known = surely_listed(&connections);
        let all = flow.all().clone();
        if flow.sent_by.is_none() {
            // Inward: what the gateway may know walks on, as it may be lost for certain further in.
            let mut flow = flow;
            self.doubt(&mut flow, &all.subtract(&all.from(&known)), unknown);
            return Some(flow);
        }
        let (sure, unsure) = flow.split_to(&known);
        if let Some(unsure) = unsure {
            self.end_unknown(unsure, unknown);
        }
        sure
    }

    /// Packets for connections of which none is up.
    fn end_without_tunnel(&mut self, flow: Flow, connections: &[&VpnConnection], vpc: &VpcId) {
        let all = flow.all();
        let far = match flow.sent_by {
            Some(_) => all.destinations(),
            None => all.sources(),
        };
        let lists = |connection: &&&VpnConnection| listed(&[**connection]).meets(&far);
        let meant = connections.iter().find(lists).or(connections.first());
        let doubt = connections
            .iter()
            .find_map(|connection| match tunnels(connection) {
                Tunnels::Unknown(doubt) => Some(doubt),
                Tunnels::Up | Tunnels::Down => None,
            });
        match (doubt, meant) {
            (Some(doubt), _) => self.end_unknown(flow, doubt),
            (None, Some(meant)) => {
                let spot = Spot::new(&meant.vpn_connection_id, Kind::VpnConnection).in_vpc(vpc);
                self.end_lost(flow, Code::BadStateVpn, spot, None, "no tunnel is up");
            }
            (None, None) => {}
        }
    }

    fn leave_aws(&mut self, flow: Flow, id: &VpnGatewayId, vpc: &VpcId, spot: Spot) {
        let mut flow = flow;
        self.pass(&mut flow, &spot, None, None);
        if flow.leg == Leg::Reply {
            return self.reply_on_premises(flow, &id.into(), spot);
        }
        if matches!(self.question.goal, Goal::Internet(None)) && !flow.is_for_target() {
            return self.beyond_on_premises(flow, id);
        }
        if !flow.is_for_target() && !matches!(self.question.goal, Goal::OnPremises | Goal::Anywhere) {
            let note = format!("they leave AWS by {id} instead of reaching the path's destination");
            return self.end_sent_astray(flow, Code::ArrivesElsewhere, spot, note);
        }
        self.arrive_on_premises(flow, &id.into(), Return::Into(vpc.clone(), id.into()));
    }

    /// Packets are handed to a network outside AWS, where they are meant to arrive. Whether it leads on to public addresses
    /// that a path asks for by address, and not as on premises, cannot be seen: see [`Self::beyond_on_premises`].
    pub(crate) fn arrive_on_premises(&mut self, mut flow: Flow, by: &ResourceId, back: Return) {
        let public = flow.all().to(super::special::global());
        if self.asks_by_address(&flow) && !public.is_empty() {
            let message = format!(
                "whether the network behind {by} leads to public addresses cannot be seen; if they are its own, say `onPremises`"
            );
            let doubt = Doubt::new(Code::UnknownDestination, by.clone(), message);
            self.doubt(&mut flow, &public, doubt);
        }
        self.doubt_owned(&mut flow, by);
        self.pass(&mut flow, Spot::on_premises, None, None);
        self.delivered(flow, Turning::Handed(back));
    }

    /// Whether packets are on their way to addresses that the path names, whosever they are.
    fn asks_by_address(&self, flow: &Flow) -> bool {
        matches!(self.question.goal, Goal::Anywhere) && !flow.is_for_target()
    }

    /// Packets for the very address of an interface leave AWS: it may be meant, and does not get them. In a VPC that nothing
    /// joins to others it is not: addresses are used again and again.
    pub(crate) fn doubt_owned(&mut self, flow: &mut Flow, by: &ResourceId) {
        if !self.asks_by_address(flow) {
            return;
        }
        let destinations = flow.all().destinations();
        for family in Family::BOTH {
            for (address, _) in destinations
                .get(family)
                .iter()
                .filter(|(first, last)| first == last)
            {
                let mut owners = self.world.owners(family, address);
                let Some(owner) = owners.find(|owner| self.is_joined(&owner.vpc)) else {
                    continue;
                };
                let text = family.address(address);
                let message = format!(
                    "{text} is the address of {} in {}, and packets for it leave by {by}: if that interface is meant, say its `vpc`",
                    owner.id, owner.vpc
                );
                let packets = flow.all().to(&Addresses::of(family, Ranges::one(address)));
                self.doubt(
                    flow,
                    &packets,
                    Doubt::new(Code::AmbiguousEnd, owner.id.clone(), message),
                );
            }
        }
    }

    /// Packets for the internet are handed to a network outside AWS, which may have a way there.
    pub(crate) fn beyond_on_premises(&mut self, flow: Flow, by: impl Into<ResourceId>) {
        let by = by.into();
        let message = format!("whether the network behind {by} leads to the internet cannot be seen");
        self.end_unknown(flow, Doubt::new(Code::UnknownDestination, by, message));
    }

    /// Whether something joins a VPC to other networks of AWS.
    fn is_joined(&self, vpc: &VpcId) -> bool {
        let peerings = self.world.snapshot.vpc_peering_connections.values();
        let mut sides =
            peerings.flat_map(|peering| [&peering.requester_vpc_info, &peering.accepter_vpc_info]);
        !self.world.transit_attachments(vpc).is_empty()
            || sides.any(|side| side.as_ref().and_then(|side| side.vpc_id.as_ref()) == Some(vpc))
    }

    /// A reply leaves AWS by a gateway or an attachment.
    pub(crate) fn reply_on_premises(&mut self, flow: Flow, by: &ResourceId, spot: Spot) {
        let fits = match &self.question.origin {
            Origin::VpnGateway { id, .. } => id == by,
            Origin::Attachment(id) => ResourceId::from(id) == *by,
            _ => false,
        };
        if fits {
            return self.replied(flow);
        }
        let note = "the reply leaves AWS by a gateway that its request did not come by";
        self.end_sent_astray(flow, Code::ReplyLeavesByAnotherGateway, spot, note);
    }
}
