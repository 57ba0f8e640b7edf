//! NAT gateways: the source becomes the gateway's, any address of it and any port from 1024 to 65535; replies get
//! their client's address back.
//!
//! <https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-basics.html>,
//! <https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateways-regional.html>

use std::net::IpAddr;

use crate::network::Kind;
use crate::network::gateway::NatGateway;
use crate::network::id::NatGatewayId;
use crate::network::state::{AvailabilityMode, ConnectivityType, NatGatewayAddressStatus, NatGatewayState};

use super::addresses::{Addresses, Family};
use super::code::Code;
use super::cube::{ICMP, ICMPV6, TCP, UDP};
use super::doubt::Doubt;
use super::flow::{Flow, Sender, Session, Spot, Translation};
use super::layout::SubnetView;
use super::ranges::Ranges;
use super::reply::{Return, Turning};
use super::report::{Direction, Leg};
use super::rewrite::Axis;
use super::walk::Walk;
use super::zone::Zone;

/// The ports that a NAT gateway sends from.
pub(crate) fn ports() -> Ranges<u16> {
    Ranges::span(1024, u16::MAX)
}

/// The protocols that a NAT gateway translates.
fn translated() -> Ranges<u8> {
    Ranges::from_spans([TCP, UDP, ICMP, ICMPV6].map(|protocol| (protocol, protocol)))
}

/// Whether its addresses are no longer its own: one that is deleted is listed for a while.
/// <https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-working-with.html>
pub(crate) fn is_gone(nat: &NatGateway) -> bool {
    matches!(
        nat.state,
        Some(NatGatewayState::Deleted | NatGatewayState::Failed)
    )
}

/// The private addresses in use; of a regional gateway, which has none, the public ones.
pub(crate) fn private_addresses(nat: &NatGateway) -> Addresses {
    Addresses::from_addresses(
        nat.nat_gateway_addresses
            .iter()
            .filter(|address| matches!(address.status, None | Some(NatGatewayAddressStatus::Succeeded)))
            .filter_map(|address| address.private_ip.or(address.public_ip).map(IpAddr::V4)),
    )
}

fn nat_spot(nat: &NatGateway) -> Spot {
    let spot = Spot::new(&nat.nat_gateway_id, Kind::NatGateway);
    match &nat.subnet_id {
        Some(subnet) => spot.in_subnet(subnet, &nat.vpc_id),
        None => spot.in_vpc(&nat.vpc_id),
    }
}

impl Walk<'_> {
    /// Packets come to a NAT gateway by a route of the subnet `from`; by a transit gateway, that is its attachment's.
    pub(crate) fn enter_nat_gateway(&mut self, flow: Flow, id: &NatGatewayId, from: Option<&SubnetView>) {
        let Some(mut flow) = self.step(flow) else { return };
        self.consult(id);
        let world = self.world;
        let Some(nat) = world.snapshot.nat_gateways.get(id) else {
            return self.end_unknown(flow, Doubt::absent(id, "NAT gateway", "ec2:DescribeNatGateways"));
        };
        let spot = || nat_spot(nat);
        self.cross(&mut flow, id, Kind::NatGateway);
        match &nat.state {
            Some(NatGatewayState::Available) => {}
            Some(state @ (NatGatewayState::Pending | NatGatewayState::Failed | NatGatewayState::Deleted)) => {
                return self.end_lost(flow, Code::BadState, spot, None, format!("it is {state}"));
            }
            Some(state) => {
                let doubt = Doubt::new(Code::InTransition, id, format!("NAT gateway {id} is {state}"));
                let all = flow.all().clone();
                self.doubt(&mut flow, &all, doubt);
            }
            None => {
                let message = format!("the snapshot does not tell the state of NAT gateway {id}");
                return self.end_unknown(flow, Doubt::new(Code::UnknownResource, id, message));
            }
        }
        if !nat.attached_appliances.is_empty() {
            let message =
                format!("NAT gateway {id} hands packets to an attached appliance, which is not modelled");
            return self.end_unknown(flow, Doubt::new(Code::UnsupportedComponent, id, message));
        }
        let subnet = match &nat.subnet_id {
            None => None,
            Some(subnet) => match self.known(flow, world.subnet(subnet)) {
                Some((same, subnet)) => {
                    flow = same;
                    Some(subnet)
                }
                None => return,
            },
        };
        if let Some(subnet) = subnet
            && from.is_none_or(|from| from.id != subnet.id)
        {
            self.network_acl(&mut flow, subnet, Direction::Ingress);
        }
        if flow.leg == Leg::Reply {
            let note = "the reply goes to a NAT gateway that does not know its connection";
            return self.end_sent_astray(flow, Code::ReplyLeavesByAnotherGateway, spot, note);
        }
        if self.question.ends_at(id.as_str()) {
            self.pass(&mut flow, spot, None, None);
            return self.delivered(flow, Turning::Handed(Return::NatGateway(id.clone())));
        }
        self.translate(flow, nat, subnet);
    }

    fn translate(&mut self, flow: Flow, nat: &NatGateway, subnet: Option<&SubnetView>) {
        let spot = || nat_spot(nat);
        let id = &nat.nat_gateway_id;
        let translated = flow.all().of_protocols(&translated());
        let (known, foreign) = flow.split(&translated);
        if let Some(foreign) = foreign {
            let note = "a NAT gateway translates TCP, UDP and ICMP only";
            self.end_lost(foreign, Code::ProtocolRestriction, spot, None, note);
        }
        let Some(flow) = known else { return };
        let (v6, v4) = flow.split_family(Family::V6);
        if let Some(v6) = v6 {
            let (nat64, others) = v6.split_to(super::special::nat64());
            if let Some(others) = others {
                let note = "a NAT gateway takes IPv6 only to 64:ff9b::/96";
                self.end_lost(others, Code::ProtocolRestriction, spot, None, note);
            }
            if let Some(nat64) = nat64 {
                self.send_translated(nat64, nat, subnet);
            }
        }
        let Some(v4) = v4 else { return };
        // What comes back to the gateway that sent it goes round in circles.
        let has_sent = v4.sessions.iter().any(|session| match session {
            Session::NatGateway { gateway, .. } | Session::SentByNatGateway { gateway, .. } => gateway == id,
            _ => false,
        });
        let (circling, fresh) = if has_sent {
            v4.split_from(&private_addresses(nat))
        } else {
            (None, Some(v4))
        };
        if let Some(circling) = circling {
            let note = format!("the packets that {id} sends come back to it");
            self.end_sent_astray(circling, Code::ForwardingLoop, spot, note);
        }
        if let Some(fresh) = fresh {
            self.send_translated(fresh, nat, subnet);
        }
    }

    fn send_translated(&mut self, flow: Flow, nat: &NatGateway, subnet: Option<&SubnetView>) {
        let spot = || nat_spot(nat);
        let mut flow = flow;
        let id = &nat.nat_gateway_id;
        let addresses = match self.sending_addresses(&flow, nat) {
            Ok(addresses) => addresses,
            Err(doubt) => return self.end_unknown(flow, doubt),
        };
        if addresses.is_empty() {
            let (code, note) = if nat.availability_mode == Some(AvailabilityMode::Regional) {
                (
                    Code::RegionalNgwRouteAzRestriction,
                    "it has no address in the sender's zone",
                )
            } else {
                (Code::BadState, "it has no address")
            };
            return self.end_lost(flow, code, spot, None, note);
        }
        let note = self.record.then(|| {
            let addresses = super::message::addresses(Family::V4, &addresses.v4);
            format!("source becomes {addresses}, ports 1024-65535")
        });
        self.pass(&mut flow, spot, None, note.as_deref());
        let layers = flow.layers.len();
        if flow.all().of_family(Family::V6).is_empty() {
            flow.translate(
                Translation::Rewrite(&[Axis::Source, Axis::SourcePort]),
                |packets| {
                    packets
                        .rewrite_address(Axis::Source, Family::V4, &addresses.v4)
                        .rewrite_source_port(&ports())
                },
            );
        } else {
            flow.translate(Translation::Nat64, |packets| {
                packets
                    .translated_from_nat64(&addresses.v4)
                    .rewrite_source_port(&ports())
            });
        }
        let (sent, led_by) = (flow.all().clone(), flow.sent_by.clone());
        flow.sessions.push(Session::NatGateway {
            gateway: id.clone(),
            layers,
            sent,
            led_by,
            sent_by_peering: None,
        });
        flow.sender = Sender::Nobody;
        flow.source_vpc = Some(nat.vpc_id.clone());
        self.route_from_nat_gateway(flow, nat, subnet);
    }

    /// Routes what a NAT gateway sends: by its subnet's table, or by a regional gateway's own.
    fn route_from_nat_gateway(&mut self, mut flow: Flow, nat: &NatGateway, subnet: Option<&SubnetView>) {
        match subnet {
            Some(subnet) => {
                flow.zone.clone_from(&subnet.zone);
                self.route(flow, subnet);
            }
            None => {
                let view = SubnetView::of_regional_nat_gateway(nat, flow.zone.clone());
                self.route(flow, &view);
            }
        }
    }

    /// Any address of a zonal gateway; a regional one's in the sender's zone.
    fn sending_addresses(&self, flow: &Flow, nat: &NatGateway) -> Result<Addresses, Doubt> {
        let all = private_addresses(nat);
        let is_changing = |status: &NatGatewayAddressStatus| {
            !matches!(
                status,
                NatGatewayAddressStatus::Succeeded | NatGatewayAddressStatus::Failed
            )
        };
        let mut addresses = nat.nat_gateway_addresses.iter();
        if all.is_empty() && addresses.any(|address| address.status.as_ref().is_some_and(is_changing)) {
            let id = &nat.nat_gateway_id;
            let message = format!("the addresses of NAT gateway {id} are changing");
            return Err(Doubt::new(Code::InTransition, id, message));
        }
        if nat.availability_mode != Some(AvailabilityMode::Regional) || all.is_empty() {
            return Ok(all);
        }
        let Some(zone) = &flow.zone else { return Ok(all) };
        let in_zone = Addresses::from_addresses(
            nat.nat_gateway_addresses
                .iter()
                .filter(|address| matches!(address.status, None | Some(NatGatewayAddressStatus::Succeeded)))
                .filter(|address| {
                    let (id, name) = (
                        address.availability_zone_id.as_ref(),
                        address.availability_zone.as_ref(),
                    );
                    Zone::of(id, name).is_some_and(|of| of.is(zone))
                })
                .filter_map(|address| address.private_ip.or(address.public_ip).map(IpAddr::V4)),
        );
        let automatic = nat.auto_provision_zones.as_deref() == Some("enabled");
        Ok(if in_zone.is_empty() && automatic {
            all
        } else {
            in_zone
        })
    }

    /// Packets start at a NAT gateway (a path's source), or come back through it (a path that ended there).
    pub(crate) fn send_from_nat_gateway(&mut self, flow: Flow, id: &NatGatewayId) {
        let Some(mut flow) = self.step(flow) else { return };
        self.consult(id);
        let world = self.world;
        let Some(nat) = world.snapshot.nat_gateways.get(id) else {
            return self.end_unknown(flow, Doubt::absent(id, "NAT gateway", "ec2:DescribeNatGateways"));
        };
        let spot = || nat_spot(nat);
        match &nat.state {
            Some(NatGatewayState::Available) => {}
            Some(state @ (NatGatewayState::Pending | NatGatewayState::Failed | NatGatewayState::Deleted)) => {
                return self.end_lost(flow, Code::BadState, spot, None, format!("it is {state}"));
            }
            _ => {
                let message = format!("it cannot be told whether NAT gateway {id} works");
                let all = flow.all().clone();
                self.doubt(&mut flow, &all, Doubt::new(Code::InTransition, id, message));
            }
        }
        if flow.leg == Leg::Forward {
            self.cross(&mut flow, id, Kind::NatGateway);
            flow.sender = Sender::Nobody;
            flow.source_vpc = Some(nat.vpc_id.clone());
            flow.sessions.push(Session::SentByNatGateway {
                gateway: id.clone(),
                sent_by_peering: None,
            });
            let foreign = flow.all().subtract(&flow.all().of_protocols(&translated()));
            let note = "a NAT gateway translates TCP, UDP and ICMP only";
            self.lose(&mut flow, &foreign, Code::ProtocolRestriction, spot, None, note);
            let foreign = flow.all().subtract(&flow.all().from(&private_addresses(nat)));
            self.lose(&mut flow, &foreign, Code::EniAddressRestriction, spot, None, "");
        }
        self.pass(&mut flow, spot, None, None);
        let subnet = match &nat.subnet_id {
            None => None,
            Some(subnet) => match self.known(flow, world.subnet(subnet)) {
                Some((same, subnet)) => {
                    flow = same;
                    Some(subnet)
                }
                None => return,
            },
        };
        self.route_from_nat_gateway(flow, nat, subnet);
    }

    /// Replies that reach the subnet of the NAT gateway that translated their requests: they get the client's address
    /// back and go on. Returns what is not such a reply.
    pub(crate) fn deliver_to_nat_session(&mut self, flow: Flow, subnet: &SubnetView) -> Option<Flow> {
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
        if nat.subnet_id.as_ref() != Some(&subnet.id) {
            return Some(flow);
        }
        let (back, rest) = flow.split_to(&private_addresses(nat));
        if let Some(back) = back {
            self.restore_client(back, nat, Some(subnet));
        }
        rest
    }

    /// Replies are at the NAT gateway that translated their requests.
    pub(crate) fn restore_client(&mut self, flow: Flow, nat: &NatGateway, subnet: Option<&SubnetView>) {
        let mut flow = flow;
        let Some(Session::NatGateway { layers, sent, .. }) = flow.sessions.pop() else {
            return;
        };
        self.lose_strange_replies(&mut flow, &sent);
        self.pass(
            &mut flow,
            || nat_spot(nat),
            None,
            Some("knows the connection: the client's address is put back"),
        );
        flow.restore(layers);
        flow.visited.clear();
        flow.sender = Sender::Nobody;
        flow.source_vpc = None;
        self.route_from_nat_gateway(flow, nat, subnet);
    }
}

impl SubnetView {
    /// A regional NAT gateway stands in no subnet and has a route table of its own; no network ACL acts on it.
    pub(crate) fn of_regional_nat_gateway(nat: &NatGateway, zone: Option<Zone>) -> Self {
        Self {
            id: nat.nat_gateway_id.as_str().into(),
            vpc: nat.vpc_id.clone(),
            name: None,
            whole: Addresses::empty(),
            uncertain: Addresses::empty(),
            usable: Addresses::empty(),
            zone,
            table: nat.route_table_id.clone().ok_or_else(|| {
                Doubt::absent(
                    &nat.nat_gateway_id,
                    "the route table of NAT gateway",
                    "ec2:DescribeNatGateways",
                )
            }),
            acl: Ok(None),
            interfaces: super::narrowest::Holders::default(),
        }
    }
}

/// Whether a NAT gateway may send to the internet.
pub(crate) fn is_public(nat: &NatGateway) -> bool {
    nat.connectivity_type != Some(ConnectivityType::Private)
}

/// Private → public addresses of a NAT gateway.
pub(crate) fn public_pairs(nat: &NatGateway) -> Vec<(u128, u128)> {
    nat.nat_gateway_addresses
        .iter()
        .filter_map(|address| {
            let number = |ip| super::addresses::number(IpAddr::V4(ip));
            Some((
                number(address.private_ip.or(address.public_ip)?),
                number(address.public_ip?),
            ))
        })
        .collect()
}
