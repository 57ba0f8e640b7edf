//! A load balancer and a target in one subnet: whether the subnet's network ACL is asked.
//!
//! Reachability Analyzer asks it of what a Classic Load Balancer sends to its own subnet. The VPC guide hints the same of
//! the health checks of all load balancers, and does not say by which list: of the others it cannot be told.
//! <https://docs.aws.amazon.com/vpc/latest/reachability/explanation-codes.html>,
//! <https://docs.aws.amazon.com/vpc/latest/userguide/custom-network-acl.html>

use crate::network::Kind;

use super::super::code::Code;
use super::super::doubt::Doubt;
use super::super::flow::{Flow, Spot};
use super::super::layout::SubnetView;
use super::super::network_acl::AclFilter;
use super::super::packets::Packets;
use super::super::report::{Direction, Leg};
use super::super::walk::Walk;

impl Walk<'_> {
    /// Of a flow, `inside` is between a node and a target in the node's own subnet.
    pub(crate) fn beside_node(
        &mut self,
        flow: &mut Flow,
        inside: &Packets,
        subnet: &SubnetView,
        is_classic: bool,
    ) {
        let Ok(Some(id)) = &subnet.acl else { return };
        let world = self.world;
        let (Ok(egress), Ok(ingress)) = (
            world.acl(id, Direction::Egress),
            world.acl(id, Direction::Ingress),
        ) else {
            return;
        };
        if inside.is_empty() {
            return;
        }
        self.consult(id);
        if is_classic {
            if flow.leg == Leg::Forward {
                let spot = Spot::new(id, Kind::NetworkAcl)
                    .directed(Direction::Egress)
                    .in_subnet(&subnet.id, &subnet.vpc);
                for (rule, lost) in egress.decide(inside).denied {
                    self.lose(flow, &lost, Code::ElbAclRestriction, &spot, rule, "");
                }
            }
            return;
        }
        let denied = |filter: &AclFilter| {
            let decided = filter.decide(inside);
            let denied = decided.denied.into_iter().map(|(_, packets)| packets);
            let unknown = decided.unknown.into_iter().map(|(_, packets)| packets);
            denied
                .chain(unknown)
                .fold(Packets::none(), |all, packets| all.union(&packets))
        };
        let stopped = denied(egress).union(&denied(ingress));
        if !stopped.is_empty() {
            let message = format!(
                "AWS does not say whether {id} is asked between a load balancer and a target in one subnet"
            );
            self.doubt(
                flow,
                &stopped,
                Doubt::new(Code::UndocumentedBehaviour, id, message),
            );
        }
    }
}
