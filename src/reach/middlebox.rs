//! Middleboxes: routes that lead to an instance's interface. What happens inside cannot be known.
//!
//! <https://docs.aws.amazon.com/vpc/latest/userguide/route-table-options.html>

use std::sync::Arc;

use crate::network::Kind;
use crate::network::id::{InstanceId, NetworkInterfaceId, ResourceId, VpcId};

use super::code::Code;
use super::doubt::Doubt;
use super::flow::{Flow, Spot};
use super::interface::{Interface, Liveness};
use super::layout::SubnetView;
use super::question::Origin;
use super::report::{Direction, Leg};
use super::routes::Target;
use super::walk::Walk;

impl Walk<'_> {
    /// A route leads to an instance without naming its interface: the primary one.
    pub(crate) fn enter_instance(&mut self, flow: Flow, id: &InstanceId, from: &SubnetView) {
        self.consult(id);
        let world = self.world;
        let primary = world
            .interfaces
            .iter()
            .filter(|interface| interface.instance.as_ref() == Some(id))
            .min_by_key(|interface| {
                let attachment = world.eni(interface).and_then(|eni| eni.attachment.as_ref());
                attachment
                    .and_then(|attachment| attachment.device_index)
                    .unwrap_or(i32::MAX)
            });
        match primary {
            Some(interface) => self.enter_middle(flow, &interface.clone(), Some(from)),
            None => self.end_unknown(
                flow,
                Doubt::absent(id, "the interface of instance", "ec2:DescribeNetworkInterfaces"),
            ),
        }
    }

    /// A route of the subnet `from` leads to an interface.
    pub(crate) fn enter_middlebox(&mut self, flow: Flow, id: &NetworkInterfaceId, from: &SubnetView) {
        self.consult(id);
        match self.world.interface(id) {
            Some(interface) => self.enter_middle(flow, &interface.clone(), Some(from)),
            None => self.end_unknown(
                flow,
                Doubt::absent(id, "network interface", "ec2:DescribeNetworkInterfaces"),
            ),
        }
    }

    /// A gateway's own table sends what enters by it elsewhere than to its destination.
    pub(crate) fn redirect_at_edge(&mut self, flow: Flow, vpc: &VpcId, gateway: &ResourceId, target: Target) {
        let world = self.world;
        match target {
            Target::Interface(id) => match world.interface(&id) {
                Some(interface) if interface.public.is_empty() && gateway.as_str().starts_with("igw-") => {
                    let spot = Spot::at(interface);
                    let note =
                        "an appliance that an internet gateway's table leads to needs a public address";
                    self.end_lost(flow, Code::IngressRtbNoPublicIp, spot, None, note);
                }
                Some(interface) => self.enter_middle(flow, &interface.clone(), None),
                None => self.end_unknown(
                    flow,
                    Doubt::absent(&id, "network interface", "ec2:DescribeNetworkInterfaces"),
                ),
            },
            Target::VpcEndpoint(id) => match world.snapshot.vpc_endpoints.get(&id) {
                Some(endpoint) => {
                    let mut flow = flow;
                    self.consult(&id);
                    self.cross(&mut flow, &id, Kind::VpcEndpoint);
                    let subnet = endpoint
                        .subnet_ids
                        .first()
                        .and_then(|subnet| world.subnets.get(subnet));
                    let spot = Spot::new(&id, Kind::VpcEndpoint).in_vpc(vpc);
                    let Some(flow) = self.endpoint_works(flow, endpoint, &spot) else {
                        return;
                    };
                    self.enter_gateway_load_balancer(flow, endpoint, subnet, None, spot);
                }
                None => self.end_unknown(
                    flow,
                    Doubt::absent(&id, "VPC endpoint", "ec2:DescribeVpcEndpoints"),
                ),
            },
            other => {
                let message = format!(
                    "a gateway's route table that leads to {} is not modelled",
                    other.id()
                );
                self.end_unknown(flow, Doubt::new(Code::UnsupportedComponent, other.id(), message));
            }
        }
    }

    fn enter_middle(&mut self, flow: Flow, interface: &Arc<Interface>, from: Option<&SubnetView>) {
        let Some(mut flow) = self.step(flow) else { return };
        self.consult(&interface.id);
        let world = self.world;
        let kind = if interface.instance.is_some() {
            Kind::Instance
        } else {
            interface.kind
        };
        self.cross(&mut flow, interface.id.clone(), Kind::NetworkInterface);
        flow.appliances.push(interface.id.clone());
        if let Some(instance) = &interface.instance {
            self.consult(instance);
            self.cross(&mut flow, instance, kind);
        }
        let Some((mut flow, subnet)) = self.known(flow, world.subnet(&interface.subnet)) else {
            return;
        };
        let spot = Spot::at(interface);
        if from.is_none_or(|from| from.id != subnet.id) {
            self.network_acl(&mut flow, subnet, Direction::Ingress);
        }
        let is_origin =
            matches!(&self.question.origin, Origin::Interface(origin) if origin.id == interface.id);
        if flow.leg == Leg::Reply && is_origin {
            // The answer to whom it sent for: a VPN server's clients, pods behind their node. Its groups know the
            // connection.
            let (answer, others) = flow.split_to(&self.question.asked.sources());
            let answer = answer.and_then(|answer| self.takes_for_others(answer, interface, &spot));
            if let Some(answer) = answer {
                self.reply_arrives(answer, interface);
            }
            let Some(others) = others else { return };
            flow = others;
        }
        let tracked = flow.tracking.contains(&interface.id);
        if !tracked {
            self.security_groups(&mut flow, interface, Direction::Ingress);
        }
        let Some(mut flow) = self.takes_for_others(flow, interface, &spot) else {
            return;
        };
        if !self.is_transparent(interface) {
            let what = interface
                .instance
                .as_ref()
                .map_or(interface.id.as_str(), |id| id.as_str());
            let message = format!(
                "what {what} does with packets for others is not in the configuration: declare it `transparent` if it passes everything"
            );
            return self.end_unknown(
                flow,
                Doubt::new(Code::UnsupportedComponent, interface.id.clone(), message),
            );
        }
        let all = flow.all().clone();
        if !all.from(&subnet.whole).is_empty() || !all.to(&subnet.whole).is_empty() {
            let message = format!(
                "packets from or to the subnet of {} itself pass it in a way that AWS calls unpredictable",
                interface.id
            );
            return self.end_unknown(
                flow,
                Doubt::new(Code::UndocumentedBehaviour, interface.id.clone(), message),
            );
        }
        self.pass(&mut flow, &spot, None, Some("declared transparent"));
        flow.sender.lose_groups(interface.id.clone());
        if !tracked {
            self.security_groups(&mut flow, interface, Direction::Egress);
        }
        flow.zone.clone_from(&subnet.zone);
        self.route(flow, subnet);
    }

    /// What an interface takes of packets that are led to it: its check is off, and it works.
    fn takes_for_others(&mut self, flow: Flow, interface: &Interface, spot: &Spot) -> Option<Flow> {
        let mut flow = flow;
        if interface.source_dest_check {
            let (own, foreign) = flow.split_to(&interface.addresses);
            if let Some(foreign) = foreign {
                let code = Code::EniSourceDestCheckRestriction;
                self.end_lost(foreign, code, spot.clone(), None, "destination");
            }
            flow = own?;
        }
        match &interface.liveness {
            Liveness::Alive => Some(flow),
            Liveness::Dead(why) => {
                self.end_lost(flow, Code::BadState, spot.clone(), None, why.clone());
                None
            }
            Liveness::Unknown(doubt) => {
                let all = flow.all().clone();
                self.doubt(&mut flow, &all, doubt.clone());
                Some(flow)
            }
        }
    }

    fn is_transparent(&self, interface: &Interface) -> bool {
        let declared = &self.question.transparent;
        declared.contains(&interface.id)
            || interface
                .instance
                .as_ref()
                .is_some_and(|id| declared.contains(&ResourceId::from(id)))
    }
}
