//! VPC endpoints as targets of routes: gateway endpoints (S3, DynamoDB), Gateway Load Balancer and firewall endpoints.
//! Interface endpoints are ordinary interfaces.
//!
//! <https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html>,
//! <https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-load-balancer-endpoints.html>

use crate::network::Kind;
use crate::network::endpoint::VpcEndpoint;
use crate::network::id::{ResourceId, VpcEndpointId};
use crate::network::state::{VpcEndpointState, VpcEndpointType};

use super::addresses::Addresses;
use super::code::Code;
use super::cube::{ICMP, ICMPV6, TCP};
use super::doubt::Doubt;
use super::flow::{Flow, Session, Spot};
use super::layout::SubnetView;
use super::packets::Packets;
use super::question::Goal;
use super::ranges::Ranges;
use super::reply::Turning;
use super::report::{Direction, Leg};
use super::walk::Walk;

impl Walk<'_> {
    /// A route of the subnet `from` leads to an endpoint.
    pub(crate) fn enter_endpoint(&mut self, flow: Flow, id: &VpcEndpointId, from: &SubnetView) {
        let Some(mut flow) = self.step(flow) else { return };
        self.consult(id);
        let world = self.world;
        let Some(endpoint) = world.snapshot.vpc_endpoints.get(id) else {
            return self.end_unknown(
                flow,
                Doubt::absent(id, "VPC endpoint", "ec2:DescribeVpcEndpoints"),
            );
        };
        let spot = Spot::new(id, Kind::VpcEndpoint).in_vpc(&endpoint.vpc_id);
        self.cross(&mut flow, id, Kind::VpcEndpoint);
        let Some(flow) = self.endpoint_works(flow, endpoint, &spot) else {
            return;
        };
        match &endpoint.vpc_endpoint_type {
            None | Some(VpcEndpointType::Gateway) => self.enter_gateway_endpoint(flow, endpoint, from, spot),
            Some(VpcEndpointType::GatewayLoadBalancer) => {
                let subnet = endpoint
                    .subnet_ids
                    .first()
                    .and_then(|subnet| world.subnets.get(subnet));
                self.enter_gateway_load_balancer(flow, endpoint, subnet, Some(from), spot);
            }
            Some(other) => {
                let message = format!("a route to a VPC endpoint of type {other} is not modelled");
                self.end_unknown(flow, Doubt::new(Code::UnsupportedComponent, id, message));
            }
        }
    }

    /// Goes on where an endpoint is in working order.
    pub(crate) fn endpoint_works(&mut self, flow: Flow, endpoint: &VpcEndpoint, spot: &Spot) -> Option<Flow> {
        let id = &endpoint.vpc_endpoint_id;
        match &endpoint.state {
            Some(VpcEndpointState::Available) => return Some(flow),
            Some(
                state @ (VpcEndpointState::Pending
                | VpcEndpointState::Deleting
                | VpcEndpointState::Partial
                | VpcEndpointState::Other(_)),
            ) => {
                let message = format!("VPC endpoint {id} is {state}");
                self.end_unknown(flow, Doubt::new(Code::InTransition, id, message));
            }
            Some(state) => self.end_lost(flow, Code::BadState, spot.clone(), None, format!("it is {state}")),
            None => {
                let message = format!("the snapshot does not tell the state of VPC endpoint {id}");
                self.end_unknown(flow, Doubt::new(Code::UnknownResource, id, message));
            }
        }
        None
    }

    fn enter_gateway_endpoint(&mut self, flow: Flow, endpoint: &VpcEndpoint, from: &SubnetView, spot: Spot) {
        let mut flow = flow;
        let id = &endpoint.vpc_endpoint_id;
        if flow.leg == Leg::Reply {
            let note = "the reply goes to a gateway endpoint, from where the request did not come";
            return self.end_sent_astray(flow, Code::ReplyLeavesByAnotherGateway, spot, note);
        }
        // By what a NAT gateway's packets come is what they crossed since.
        let mut legs = flow.crossed.rsplit(|(_, kind)| *kind == Kind::NatGateway);
        let came_by = legs.next().unwrap_or_default().iter().find(|(_, kind)| {
            matches!(
                kind,
                Kind::TransitGateway | Kind::VpcPeeringConnection | Kind::VpnGateway
            )
        });
        let came_by = came_by.map(|(gateway, _)| gateway.clone());
        let is_translated = flow.sessions.iter().any(|session| {
            matches!(
                session,
                Session::NatGateway { .. } | Session::SentByNatGateway { .. }
            )
        });
        if is_translated && came_by.is_none() {
            let message = format!("AWS does not say whether a NAT gateway may use gateway endpoint {id}");
            return self.end_unknown(flow, Doubt::new(Code::UndocumentedBehaviour, id, message));
        }
        let all = flow.all().clone();
        let taken = [TCP, ICMP, ICMPV6].map(|protocol| (protocol, protocol));
        let mut passing = all.of_protocols(&Ranges::from_spans(taken));
        for (protocol, echo) in [(ICMP, 8), (ICMPV6, 128)] {
            let not_echo = not_of_type(&passing, protocol, echo);
            passing = passing.subtract(&not_echo);
        }
        self.lose(
            &mut flow,
            &all.subtract(&passing),
            Code::VpceGatewayProtocolRestriction,
            &spot,
            None,
            "",
        );
        if let Some(gateway) = came_by {
            let note = format!("a gateway endpoint serves its own VPC only, not what comes by {gateway}");
            return self.end_lost(flow, Code::NoPossibleDestination, spot, None, note);
        }
        let goal = match &self.question.goal {
            Goal::Anywhere => true,
            Goal::Handed(handed) => *handed == ResourceId::from(id),
            // The internet's addresses include the service's; it is reached all the same, but not by that gateway.
            Goal::Internet(None) => true,
            Goal::Internet(Some(_)) | Goal::Interfaces(_) | Goal::OnPremises => false,
        };
        if !goal {
            let note = format!("they arrive at the service behind {id} instead of the path's destination");
            return self.end_sent_astray(flow, Code::ArrivesElsewhere, spot, note);
        }
        self.pass(&mut flow, &spot, None, endpoint.service_name.as_deref());
        self.outcome.notices.insert(format!(
            "{id}: endpoint and bucket policies are IAM's, and not evaluated"
        ));
        self.delivered(flow, Turning::Service(from.vpc.clone()));
    }

    /// Packets go to a Gateway Load Balancer or firewall endpoint, and come out at its subnet unchanged, if whatever
    /// is behind it lets them.
    pub(crate) fn enter_gateway_load_balancer(
        &mut self,
        flow: Flow,
        endpoint: &VpcEndpoint,
        subnet: Option<&SubnetView>,
        from: Option<&SubnetView>,
        spot: Spot,
    ) {
        let mut flow = flow;
        let id = &endpoint.vpc_endpoint_id;
        let Some(subnet) = subnet else {
            return self.end_unknown(
                flow,
                Doubt::absent(id, "the subnet of VPC endpoint", "ec2:DescribeSubnets"),
            );
        };
        let spot = spot.in_subnet(&subnet.id, &subnet.vpc);
        if from.is_some_and(|from| from.id == subnet.id) {
            self.either_network_acl(&mut flow, subnet);
        } else {
            self.network_acl(&mut flow, subnet, Direction::Ingress);
        }
        flow.sender.lose_groups(id);
        flow.appliances.push(id.into());
        if !self.question.transparent.contains(&ResourceId::from(id)) {
            if let Some(firewall) = self.world.firewall(id) {
                return self.enter_firewall(flow, firewall, id, subnet);
            }
            return self.end_unknown(flow, self.unseen_appliance(endpoint));
        }
        self.pass(&mut flow, &spot, None, Some("declared transparent"));
        flow.zone.clone_from(&subnet.zone);
        self.route(flow, subnet);
    }

    /// What is behind an endpoint is not in the snapshot. A firewall's endpoint carries a tag that AWS sets.
    fn unseen_appliance(&self, endpoint: &VpcEndpoint) -> Doubt {
        let id = &endpoint.vpc_endpoint_id;
        let call = "network-firewall:DescribeFirewall";
        let is_firewall = endpoint
            .tags
            .iter()
            .any(|tag| tag.key == "AWSNetworkFirewallManaged");
        if is_firewall {
            return Doubt::absent(id, "the Network Firewall behind endpoint", call);
        }
        let mut message = format!(
            "what the appliance behind endpoint {id} does is not in the configuration: declare it `transparent` if it passes everything"
        );
        let unread = !self.world.snapshot.firewalls.is_known();
        if unread {
            message.push_str(
                ", or add the answer of network-firewall:DescribeFirewall if it is a Network Firewall",
            );
        }
        Doubt {
            missing_call: unread.then_some(call),
            ..Doubt::new(Code::UnsupportedComponent, id, message)
        }
    }
}

fn not_of_type(packets: &Packets, protocol: u8, echo: u16) -> Packets {
    use super::cube::Cube;
    packets
        .of_protocols(&Ranges::one(protocol))
        .cubes()
        .iter()
        .map(|cube| {
            let source_port = cube.source_port.subtract(&Ranges::one(echo));
            Packets::cube(Cube {
                source_port,
                ..cube.clone()
            })
        })
        .fold(Packets::none(), |all, part| all.union(&part))
}

/// The addresses behind a gateway endpoint: the entries of the prefix list that is called after its service.
pub(crate) fn service_addresses(
    endpoint: &VpcEndpoint,
    snapshot: &crate::network::Snapshot,
) -> Option<Addresses> {
    let service = endpoint.service_name.as_deref()?;
    let list = snapshot
        .prefix_lists
        .values()
        .find(|list| list.name.as_deref() == Some(service))?;
    Some(Addresses::from_nets(list.entries.as_ref()?.iter().copied()))
}
