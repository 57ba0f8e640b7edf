//! Subnets: what leaves an interface, asks a route table, crosses network ACLs, and arrives at an interface.
//!
//! <https://docs.aws.amazon.com/vpc/latest/userguide/subnet-route-tables.html>,
//! <https://docs.aws.amazon.com/vpc/latest/userguide/vpc-network-acls.html>

use std::sync::Arc;

use crate::network::Kind;
use crate::network::id::{ResourceId, RouteTableId, VpcId};
use crate::network::state::VpcEndpointType;

use super::code::Code;
use super::cube::{TCP, UDP};
use super::doubt::Doubt;
use super::flow::{Crossing, Flow, Sender, Session, Spot};
use super::interface::{Interface, Liveness, Role};
use super::layout::SubnetView;
use super::load_balancer::Balancer;
use super::packets::Packets;
use super::question::{Goal, Origin};
use super::ranges::Ranges;
use super::report::{Direction, HopOutcome, Leg};
use super::routes::{Decision, Target};
use super::walk::Walk;

impl Walk<'_> {
    /// Packets leave the interface that they start at.
    pub(crate) fn leave(&mut self, flow: Flow, interface: &Arc<Interface>) {
        let Some(mut flow) = self.step(flow) else { return };
        self.consult(&interface.id);
        if let Some(instance) = &interface.instance {
            self.consult(instance);
        }
        let spot = || Spot::at(interface);
        match &interface.liveness {
            Liveness::Alive => {}
            Liveness::Dead(why) => {
                return self.end_lost(flow, Code::BadState, spot, None, why.clone());
            }
            Liveness::Unknown(doubt) => {
                let all = flow.all().clone();
                self.doubt(&mut flow, &all, doubt.clone());
            }
        }
        if interface.role == Role::VpcEndpoint {
            return self.end_lost(
                flow,
                Code::VpceIntraVpcTraffic,
                spot,
                None,
                "a VPC endpoint starts nothing",
            );
        }
        self.pass(&mut flow, spot, None, None);
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
        flow.sender = sender_of(interface);
        flow.source_vpc = Some(interface.vpc.clone());
        let world = self.world;
        let Some((mut flow, subnet)) = self.known(flow, world.subnet(&interface.subnet)) else {
            return;
        };
        flow.zone.clone_from(&subnet.zone);
        if interface.eni.is_none() {
            // Nothing can lose a block that it has an address of; what only may take one can.
            let moving = flow.all().from(&subnet.uncertain);
            self.doubt_block(&mut flow, &moving, subnet);
        }
        let services = match world.vpcs.get(&subnet.vpc) {
            Some(vpc) => &vpc.unfiltered_services,
            None => super::special::link_local_services(),
        };
        let (services, rest) = flow.split_to(services);
        if let Some(services) = services {
            self.arrive_at_service(services, subnet);
        }
        let Some(mut flow) = rest else { return };
        self.security_groups(&mut flow, interface, Direction::Egress);
        if interface.role == Role::LoadBalancer {
            let inside = flow.all().to(&subnet.whole);
            if let Some(balancer) = Balancer::sending(world, interface) {
                self.beside_node(&mut flow, &inside, subnet, balancer.is_classic());
            }
        }
        self.route(flow, subnet);
    }

    /// Addresses of a block that a subnet is getting or losing.
    fn doubt_block(&mut self, flow: &mut Flow, packets: &Packets, subnet: &SubnetView) {
        if !packets.is_empty() {
            let message = format!(
                "a CIDR block of {} is being associated or disassociated",
                subnet.id
            );
            self.doubt(flow, packets, Doubt::new(Code::InTransition, &subnet.id, message));
        }
    }

    fn arrive_at_service(&mut self, flow: Flow, subnet: &SubnetView) {
        let spot = || Spot::new(&subnet.vpc, Kind::Vpc).in_subnet(&subnet.id, &subnet.vpc);
        let view = self.world.vpcs.get(&subnet.vpc);
        let dns = view.map_or_else(Packets::none, |view| flow.all().to(&view.resolver));
        let (stray, heard) = flow.split(&dns.subtract(&self.dns_packets(&dns)));
        if let Some(stray) = stray {
            let note = "Amazon DNS answers on port 53 only";
            self.end_lost(stray, Code::NoPossibleDestination, spot, None, note);
        }
        let Some(mut flow) = heard else { return };
        self.pass(
            &mut flow,
            spot,
            None,
            Some("an AWS service that no security group and no network ACL filters"),
        );
        if matches!(self.question.goal, Goal::Anywhere | Goal::Interfaces(_)) {
            self.outcome.arrived.add(flow.alive());
        }
        self.end(flow);
    }

    fn dns_packets(&self, packets: &Packets) -> Packets {
        use super::cube::Cube;
        packets
            .cubes()
            .iter()
            .map(|cube| {
                let both = Ranges::from_spans([(TCP, TCP), (UDP, UDP)]);
                Packets::cube(Cube {
                    protocol: cube.protocol.intersect(&both),
                    destination_port: cube.destination_port.intersect(&Ranges::one(53)),
                    ..cube.clone()
                })
            })
            .fold(Packets::none(), |all, part| all.union(&part))
    }

    /// Packets are in the hands of a subnet's router.
    pub(crate) fn route(&mut self, flow: Flow, subnet: &SubnetView) {
        let Some(flow) = self.step(flow) else { return };
        self.consult(&subnet.id);
        // Inside the subnet packets go straight to their interface: no table, no network ACL.
        let (inside, rest) = flow.split_to(&subnet.whole);
        if let Some(inside) = inside {
            self.deliver(inside, subnet);
        }
        let Some(flow) = rest else { return };
        if let Some(flow) = self.return_to_nat_gateway(flow, subnet) {
            self.ask_table(flow, subnet);
        }
    }

    fn ask_table(&mut self, flow: Flow, subnet: &SubnetView) {
        let Some((flow, table)) = self.known(flow, subnet.table.clone()) else {
            return;
        };
        self.consult(&table);
        let key = ResourceId::from(&subnet.id);
        let seen = flow.seen_by(&key);
        let (circling, fresh) = flow.split(&seen);
        if let Some(circling) = circling {
            let note = "the packets come back to where they were";
            let spot = || table_spot(&table, subnet);
            self.end_sent_astray(circling, Code::ForwardingLoop, spot, note);
        }
        let Some(mut flow) = fresh else { return };
        let packets = flow.all().clone();
        flow.visited.push((key, packets));
        let world = self.world;
        let Some((flow, routes)) = self.known(flow, world.routes(&table)) else {
            return;
        };
        let decisions = routes.decide(flow.all());
        for (decision, flow) in flow.divided(decisions) {
            self.take(flow, subnet, &table, decision);
        }
    }

    /// A route was chosen for these packets.
    fn take(&mut self, flow: Flow, subnet: &SubnetView, table: &RouteTableId, decision: Decision) {
        if flow.is_empty() {
            return;
        }
        let spot = || table_spot(table, subnet);
        let mut flow = flow;
        match decision {
            Decision::Forward(target, rule) => {
                if !self.stays_in(&target, subnet) {
                    self.network_acl(&mut flow, subnet, Direction::Egress);
                }
                let note = self.record.then(|| super::message::rule(&rule));
                self.pass(&mut flow, spot, Some(rule.clone()), note.as_deref());
                flow.led_by(&subnet.vpc, table, rule);
                self.forward(flow, subnet, target);
            }
            Decision::Blackhole(target, rule) => {
                self.consult(target.id());
                self.network_acl(&mut flow, subnet, Direction::Egress);
                let note = format!("{} is gone or not in working order", target.id());
                self.end_lost(flow, Code::BadStateRoute, spot, Some(rule), note);
            }
            Decision::NoRoute => {
                let (multicast, rest) = flow.split_to(super::special::multicast());
                if let Some(multicast) = multicast {
                    let message =
                        "multicast needs a transit gateway's multicast domain, which is not modelled";
                    let doubt = Doubt::new(Code::UnsupportedComponent, table, message);
                    self.end_unknown(multicast, doubt);
                }
                let Some(mut flow) = rest else { return };
                self.network_acl(&mut flow, subnet, Direction::Egress);
                self.end_lost(flow, Code::NoRouteToDestination, spot, None, "");
            }
            Decision::Unknown(doubt) => {
                self.network_acl(&mut flow, subnet, Direction::Egress);
                self.end_unknown(flow, doubt);
            }
        }
    }

    /// Whether a target stands in the same subnet, so that packets do not leave it.
    fn stays_in(&self, target: &Target, subnet: &SubnetView) -> bool {
        let snapshot = self.world.snapshot;
        let stands_in = match target {
            Target::NatGateway(id) => snapshot
                .nat_gateways
                .get(id)
                .and_then(|nat| nat.subnet_id.as_ref()),
            Target::Interface(id) => self.world.interface(id).map(|interface| &interface.subnet),
            // Packets to a Gateway Load Balancer endpoint in their own subnet do cross its network ACL; by which list is
            // not said, so that both are asked at the endpoint.
            Target::VpcEndpoint(id) => snapshot
                .vpc_endpoints
                .get(id)
                .and_then(|endpoint| endpoint.subnet_ids.first()),
            _ => None,
        };
        stands_in == Some(&subnet.id)
    }

    /// Packets go where a route leads.
    fn forward(&mut self, flow: Flow, subnet: &SubnetView, target: Target) {
        let Some(mut flow) = self.keep_client_address(flow, subnet, &target) else {
            return;
        };
        let out_of = flow.out_of_transit.take();
        match target {
            Target::Local => self.local(flow, &subnet.vpc.clone()),
            Target::NatGateway(id) => self.enter_nat_gateway(flow, &id, Some(subnet)),
            Target::InternetGateway(id) => self.leave_by_internet_gateway(flow, &id, &subnet.vpc.clone()),
            Target::EgressOnlyInternetGateway(id) => {
                self.leave_by_egress_only(flow, &id, &subnet.vpc.clone());
            }
            Target::Peering(id) => self.cross_peering(flow, &id, &subnet.vpc.clone()),
            Target::TransitGateway(id) => {
                if out_of.as_ref() == Some(&id) {
                    self.doubt_turning_back(&mut flow, &id);
                }
                self.enter_transit_gateway(flow, &id, subnet);
            }
            Target::Interface(id) => self.enter_middlebox(flow, &id, subnet),
            Target::Instance(id) => self.enter_instance(flow, &id, subnet),
            Target::VpcEndpoint(id) => self.enter_endpoint(flow, &id, subnet),
            Target::VpnGateway(id) => self.leave_by_vpn_gateway(flow, &id, &subnet.vpc.clone()),
            Target::Unsupported(what, id) => {
                let doubt = Doubt::new(
                    Code::UnsupportedComponent,
                    id.clone(),
                    format!("{what} {id} is not modelled"),
                );
                self.end_unknown(flow, doubt);
            }
        }
    }

    /// Packets enter a VPC, or stay in it, for an address of it: into the subnet that holds the address.
    pub(crate) fn local(&mut self, flow: Flow, vpc: &VpcId) {
        let Some(mut flow) = self.step(flow) else { return };
        self.consult(vpc);
        let world = self.world;
        let view = world.vpcs.get(vpc);
        let near = view.map(|view| view.subnets.near(flow.all()));
        for index in near.into_iter().flatten() {
            let Some((_, subnet)) = world.subnets.get_index(index) else {
                continue;
            };
            if !flow.all().goes_to(&subnet.whole) {
                continue;
            }
            let (part, rest) = flow.split_to(&subnet.whole);
            if let Some(part) = part {
                self.enter(part, subnet);
            }
            let Some(rest) = rest else { return };
            flow = rest;
        }
        if !world.snapshot.subnets.is_known_in(world.snapshot.places.get(vpc)) {
            let doubt = Doubt::absent(vpc, "the subnets of VPC", "ec2:DescribeSubnets");
            return self.end_unknown(flow, doubt);
        }
        let spot = Spot::new(vpc, Kind::Vpc).in_vpc(vpc);
        self.end_lost(
            flow,
            Code::NoPossibleDestination,
            spot,
            None,
            "no subnet holds the address",
        );
    }

    /// Packets enter a subnet from outside it.
    pub(crate) fn enter(&mut self, flow: Flow, subnet: &SubnetView) {
        let Some(mut flow) = self.step(flow) else { return };
        self.consult(&subnet.id);
        self.network_acl(&mut flow, subnet, Direction::Ingress);
        self.deliver(flow, subnet);
    }

    /// Packets cross a subnet's network ACL.
    pub(crate) fn network_acl(&mut self, flow: &mut Flow, subnet: &SubnetView, direction: Direction) {
        let filter = match &subnet.acl {
            Ok(None) => return,
            Ok(Some(id)) => {
                self.consult(id);
                self.world.acl(id, direction).map(|filter| (id, filter))
            }
            Err(doubt) => Err(doubt.clone()),
        };
        match filter {
            Ok((id, filter)) => {
                let spot = || {
                    Spot::new(id, Kind::NetworkAcl)
                        .directed(direction)
                        .in_subnet(&subnet.id, &subnet.vpc)
                };
                // Only a walk that is shown tells which entry it was.
                let allowing = (self.record).then(|| filter.allowing(flow.all())).flatten();
                let decided = filter.decide(flow.all());
                self.filter(flow, decided, Code::SubnetAclRestriction, spot, allowing.cloned());
            }
            Err(doubt) => {
                let all = flow.all().clone();
                let component = doubt
                    .components
                    .first()
                    .cloned()
                    .unwrap_or_else(|| (&subnet.id).into());
                let spot = Spot::new(component, Kind::NetworkAcl).directed(direction);
                let note = Some(doubt.message.clone());
                self.hop(
                    flow,
                    spot.in_subnet(&subnet.id, &subnet.vpc),
                    HopOutcome::Unknown,
                    None,
                    note.as_deref(),
                );
                self.doubt(flow, &all, doubt);
            }
        }
    }

    /// Packets cross a subnet's network ACL by one of its lists, and nobody can say by which.
    pub(crate) fn either_network_acl(&mut self, flow: &mut Flow, subnet: &SubnetView) {
        let Ok(Some(id)) = &subnet.acl else {
            return self.network_acl(flow, subnet, Direction::Egress);
        };
        let world = self.world;
        let (Ok(egress), Ok(ingress)) = (
            world.acl(id, Direction::Egress),
            world.acl(id, Direction::Ingress),
        ) else {
            return self.network_acl(flow, subnet, Direction::Egress);
        };
        let denied = |filter: &super::network_acl::AclFilter| {
            let decided = filter.decide(flow.all());
            decided
                .denied
                .iter()
                .fold(Packets::none(), |all, (_, packets)| all.union(packets))
        };
        let (out, inward) = (denied(egress), denied(ingress));
        let both = out.intersect(&inward);
        let one = out.union(&inward).subtract(&both);
        self.consult(id);
        let spot = Spot::new(id, Kind::NetworkAcl)
            .directed(Direction::Egress)
            .in_subnet(&subnet.id, &subnet.vpc);
        self.lose(flow, &both, Code::SubnetAclRestriction, spot, None, "");
        if !one.is_empty() {
            let message = format!(
                "AWS does not say which list of {id} is asked on the way to an endpoint in its own subnet"
            );
            self.doubt(flow, &one, Doubt::new(Code::UndocumentedBehaviour, id, message));
        }
    }

    /// Packets are in the subnet that holds their destination: to the interface that has it.
    pub(crate) fn deliver(&mut self, flow: Flow, subnet: &SubnetView) {
        let Some(flow) = self.step(flow) else { return };
        let Some(flow) = self.deliver_to_node(flow, subnet) else {
            return;
        };
        let Some(mut flow) = self.deliver_to_nat_session(flow, subnet) else {
            return;
        };
        let moving = flow.all().to(&subnet.uncertain);
        self.doubt_block(&mut flow, &moving, subnet);
        let question = self.question;
        let ends = match flow.leg {
            Leg::Reply => question.origin_interface().map(std::slice::from_ref),
            Leg::Forward => Some(question.goal_interfaces()),
        };
        let destinations = flow.all().destinations();
        let world = self.world;
        let near = subnet.interfaces.near(flow.all());
        let real = near.filter_map(|index| world.interfaces.get(index));
        // Of a path between interfaces, packets in a VPC with neither were led there wrongly.
        let is_astray = ends
            .is_some_and(|ends| !ends.is_empty() && ends.iter().all(|interface| interface.vpc != subnet.vpc));
        let virtuals = (ends.into_iter().flatten())
            .filter(|interface| interface.eni.is_none() && interface.subnet == subnet.id);
        for interface in virtuals.chain(real) {
            if !interface.addresses.meets(&destinations) {
                continue;
            }
            let (part, rest) = flow.split_to(&interface.addresses);
            if let Some(part) = part {
                self.arrive(part, interface);
            }
            let Some(rest) = rest else { return };
            flow = rest;
        }
        let place = world.snapshot.places.get(&subnet.vpc);
        if !world.snapshot.network_interfaces.is_known_in(place) {
            let doubt = Doubt::absent(
                &subnet.id,
                "the interfaces of subnet",
                "ec2:DescribeNetworkInterfaces",
            );
            return self.end_unknown(flow, doubt);
        }
        let spot = Spot::new(&subnet.id, Kind::Subnet).in_subnet(&subnet.id, &subnet.vpc);
        if world.is_partly_seen(&subnet.vpc) {
            let id = &subnet.id;
            let message = format!(
                "no interface that is shown has the address, and who shares {id} is not shown those of its owner"
            );
            return self.end_unknown(flow, Doubt::new(Code::UnknownResource, id, message));
        }
        if is_astray {
            let note = format!(
                "they arrive in {}, where no interface has the address",
                subnet.vpc
            );
            return self.end_sent_astray(flow, Code::ArrivesElsewhere, spot, note);
        }
        let note = "no interface has the address";
        self.end_lost(flow, Code::NoPossibleDestination, spot, None, note);
    }

    /// Packets arrive at an interface that has their destination address.
    fn arrive(&mut self, flow: Flow, interface: &Arc<Interface>) {
        let Some(mut flow) = self.step(flow) else { return };
        self.consult(&interface.id);
        if let Some(instance) = &interface.instance {
            self.consult(instance);
        }
        let spot = || Spot::at(interface);
        if flow.leg == Leg::Reply {
            return self.reply_arrives(flow, interface);
        }
        if let Some(reason) = takes_nothing(&interface.role)
            && interface.eni.is_some()
        {
            self.pass_groups(&mut flow, interface);
            return self.end_lost(flow, Code::NoPossibleDestination, spot, None, reason);
        }
        self.pass_groups(&mut flow, interface);
        match &interface.liveness {
            Liveness::Alive => {}
            Liveness::Dead(why) => {
                return self.end_lost(flow, Code::NoPossibleDestination, spot, None, why.clone());
            }
            Liveness::Unknown(doubt) => {
                let all = flow.all().clone();
                self.doubt(&mut flow, &all, doubt.clone());
            }
        }
        let is_goal = match &self.question.goal {
            _ if flow.is_for_target() => true,
            Goal::Anywhere => true,
            Goal::Interfaces(goals) => goals
                .iter()
                .any(|goal| goal.id == interface.id && goal.subnet == interface.subnet),
            Goal::Internet(_) | Goal::Handed(_) | Goal::OnPremises => false,
        };
        if !is_goal {
            let note = format!(
                "they arrive at {} instead of the path's destination",
                interface.id
            );
            return self.end_sent_astray(flow, Code::ArrivesElsewhere, spot, note);
        }
        let Some(same) = self.target_takes_client_address(flow, interface) else {
            return;
        };
        flow = same;
        if interface.role == Role::LoadBalancer {
            return self.arrive_at_node(flow, interface, spot());
        }
        if interface.role == Role::VpcEndpoint {
            let Some(same) = self.endpoint_takes(flow, interface, &spot()) else {
                return;
            };
            flow = same;
        }
        self.pass(&mut flow, spot, None, None);
        self.delivered(flow, super::reply::Turning::At(interface.clone()));
    }

    fn pass_groups(&mut self, flow: &mut Flow, interface: &Arc<Interface>) {
        self.security_groups(flow, interface, Direction::Ingress);
    }

    /// An interface endpoint takes TCP; UDP only if its provider listens for it; it answers no ping.
    fn endpoint_takes(&mut self, flow: Flow, interface: &Interface, spot: &Spot) -> Option<Flow> {
        let endpoint = self.world.snapshot.vpc_endpoints.values().find(|endpoint| {
            endpoint
                .network_interface_ids
                .iter()
                .any(|eni| Some(eni) == interface.eni.as_ref())
        });
        let mut flow = match endpoint {
            Some(endpoint) => {
                let id = &endpoint.vpc_endpoint_id;
                self.consult(id);
                self.endpoint_works(
                    flow,
                    endpoint,
                    &Spot::new(id, Kind::VpcEndpoint).in_vpc(&interface.vpc),
                )?
            }
            None => {
                let all = flow.all().clone();
                let mut flow = flow;
                let doubt = Doubt::absent(
                    &interface.id,
                    "the VPC endpoint of interface",
                    "ec2:DescribeVpcEndpoints",
                );
                self.doubt(&mut flow, &all, doubt);
                flow
            }
        };
        let all = flow.all().clone();
        let udp = all.of_protocols(&Ranges::one(UDP));
        let others = all.subtract(&udp).subtract(&all.of_protocols(&Ranges::one(TCP)));
        self.lose(
            &mut flow,
            &others,
            Code::ProtocolRestriction,
            spot,
            None,
            "an interface endpoint takes TCP",
        );
        let is_resource = endpoint.and_then(|endpoint| endpoint.vpc_endpoint_type.as_ref())
            == Some(&VpcEndpointType::Resource);
        if is_resource {
            let note = "a resource endpoint takes TCP only";
            self.lose(&mut flow, &udp, Code::ProtocolRestriction, spot, None, note);
        } else if !udp.is_empty() {
            let message = format!(
                "whether the service behind {} listens on UDP cannot be seen",
                interface.id
            );
            self.doubt(
                &mut flow,
                &udp,
                Doubt::new(Code::UnknownDestination, interface.id.clone(), message),
            );
        }
        Some(flow)
    }

    pub(crate) fn reply_arrives(&mut self, mut flow: Flow, interface: &Arc<Interface>) {
        let is_origin = match &self.question.origin {
            Origin::Interface(origin) => origin.id == interface.id && origin.subnet == interface.subnet,
            Origin::NatGateway(id) => interface.role == Role::NatGateway(Some(id.clone())),
            _ => false,
        };
        let spot = || Spot::at(interface);
        if is_origin {
            self.pass(
                &mut flow,
                spot,
                None,
                Some("the reply to a connection that the security group knows"),
            );
            return self.replied(flow);
        }
        let note = format!(
            "the reply arrives at {} instead of where the request came from",
            interface.id
        );
        self.end_sent_astray(flow, Code::ArrivesElsewhere, spot, note);
    }

    /// Replies to a NAT gateway that sent by a peering come back by it, whatever the table there says: documented of
    /// NAT gateways only. <https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-basics.html>
    fn return_to_nat_gateway(&mut self, flow: Flow, subnet: &SubnetView) -> Option<Flow> {
        if flow.leg != Leg::Reply {
            return Some(flow);
        }
        let Some(
            Session::NatGateway {
                gateway,
                sent_by_peering: Some(peering),
                ..
            }
            | Session::SentByNatGateway {
                gateway,
                sent_by_peering: Some(peering),
            },
        ) = flow.sessions.last().cloned()
        else {
            return Some(flow);
        };
        let nat = self.world.snapshot.nat_gateways.get(&gateway)?;
        if nat.vpc_id == subnet.vpc {
            return Some(flow);
        }
        let addresses = super::nat_gateway::private_addresses(nat);
        let (returning, rest) = flow.split_to(&addresses);
        if let Some(mut returning) = returning {
            let note = format!(
                "the reply to NAT gateway {gateway} returns by {peering} without a route: AWS documents it as `return to sender`"
            );
            self.outcome.notices.insert(note.clone());
            self.network_acl(&mut returning, subnet, Direction::Egress);
            let spot = Spot::new(&peering, Kind::VpcPeeringConnection).in_vpc(&subnet.vpc);
            self.pass(&mut returning, spot, None, Some(&note));
            self.cross_peering(returning, &peering, &subnet.vpc.clone());
        }
        rest
    }
}

/// A subnet's route table, where it is asked.
fn table_spot(table: &RouteTableId, subnet: &SubnetView) -> Spot {
    Spot::new(table, Kind::RouteTable).in_subnet(&subnet.id, &subnet.vpc)
}

/// What kind of interface never takes a connection, and why.
fn takes_nothing(role: &Role) -> Option<&'static str> {
    match role {
        Role::NatGateway(_) => Some("a NAT gateway takes no connections"),
        Role::Lambda => Some("nothing connects to a Lambda function's interface"),
        Role::TransitGateway => Some("nothing connects to a transit gateway's interface"),
        Role::GatewayLoadBalancer => Some("nothing connects to a Gateway Load Balancer's interface"),
        Role::Ordinary | Role::VpcEndpoint | Role::LoadBalancer | Role::Trunk => None,
    }
}

/// Whose groups packets from an interface carry.
pub(crate) fn sender_of(interface: &Arc<Interface>) -> Sender {
    if interface.groups.is_empty() {
        return Sender::Nobody;
    }
    Sender::Groups {
        of: interface.clone(),
        addresses: interface.addresses.clone(),
        crossing: Crossing::Nothing,
    }
}
