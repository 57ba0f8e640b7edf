//! Packets arrive at a node: its state, its listeners, what they do.

use std::sync::Arc;

use crate::network::Kind;
use crate::network::state::{LoadBalancerStateCode, LoadBalancerType};

use super::super::code::Code;
use super::super::cube::Cube;
use super::super::doubt::Doubt;
use super::super::flow::{Flow, Session, Spot};
use super::super::interface::Interface;
use super::super::packets::Packets;
use super::super::ranges::Ranges;
use super::super::reply::Turning;
use super::super::report::Rule;
use super::super::walk::Walk;
use super::balancer::{Balancer, LIST};
use super::listener::{Does, Listening};
use super::send::Choice;
use super::target::Registered;

impl Walk<'_> {
    /// Packets arrive at an interface of a load balancer, past its security groups.
    pub(crate) fn arrive_at_node(&mut self, flow: Flow, node: &Arc<Interface>, spot: Spot) {
        let world = self.world;
        let Some(eni) = world.eni(node) else {
            return self.delivered(flow, Turning::At(node.clone()));
        };
        match Balancer::of_node(world.snapshot, eni) {
            Some(balancer) => self.enter_load_balancer(flow, node, balancer, spot),
            None if flow.is_for_target() => {
                self.end_unknown(
                    flow,
                    Doubt::absent(&eni.network_interface_id, "the load balancer of node", LIST),
                );
            }
            // The snapshot does not hold the balancer: the node is an interface like another, and that is said.
            None => {
                let mut flow = flow;
                self.outcome.notices.insert(format!(
                    "{} is a node of a load balancer that is not in the snapshot: packets are followed to it, not to targets (add the answer of {LIST})",
                    node.id
                ));
                self.pass(&mut flow, &spot, None, None);
                self.delivered(flow, Turning::At(node.clone()));
            }
        }
    }

    fn enter_load_balancer(&mut self, flow: Flow, node: &Arc<Interface>, balancer: Balancer<'_>, spot: Spot) {
        let Some(mut flow) = self.step(flow) else { return };
        let id = balancer.id();
        self.consult(id);
        self.pass(&mut flow, &spot, None, None);
        self.cross(&mut flow, id, Kind::LoadBalancer);
        let place = Spot::new(id, Kind::LoadBalancer).in_subnet(&node.subnet, &node.vpc);
        let Some(mut flow) = self.balancer_works(flow, balancer, &place) else {
            return;
        };
        let circles = flow.sessions.iter().any(|session| {
            matches!(session, Session::LoadBalancer(session) if session.balancer.as_str() == id.as_str())
        });
        if circles {
            let note = "one of its targets is itself";
            return self.end_lost(flow, Code::ForwardingLoop, place, None, note);
        }
        if balancer.is_internet_facing()
            && !flow.is_for_target()
            && flow
                .as_sent(flow.all())
                .destinations()
                .v4
                .meets(&node.addresses.v4)
        {
            self.outcome.notices.insert(format!(
                "{id} was asked for by its private addresses; who uses its name is given its public ones, and needs a way there"
            ));
        }
        let (listeners, unread) = balancer.listeners(self.world);
        for listening in &listeners {
            let heard = heard(flow.all(), listening);
            let (part, left) = flow.split(&heard);
            if let Some(part) = part {
                // What a node does to TCP tells nothing of UDP.
                for (protocol, _) in listening.protocols.iter() {
                    let part = part.only(&part.all().of_protocols(&Ranges::one(protocol)));
                    self.at_listener(part, node, balancer, listening, &place);
                }
            }
            let Some(left) = left else { return };
            flow = left;
        }
        match unread {
            Some(doubt) => self.end_unknown(flow, doubt),
            None => {
                let code = if balancer.is_classic() {
                    Code::ElbListenersMismatch
                } else {
                    Code::Elbv2ListenersMismatch
                };
                let heard: Vec<&str> = listeners
                    .iter()
                    .map(|listening| listening.words.as_str())
                    .collect();
                let note = if heard.is_empty() {
                    "it has no listener".to_owned()
                } else {
                    format!("it listens on {}", heard.join(", "))
                };
                self.end_lost(flow, code, place, None, note);
            }
        }
    }

    fn balancer_works(&mut self, flow: Flow, balancer: Balancer<'_>, place: &Spot) -> Option<Flow> {
        let Balancer::Current(row) = balancer else {
            return Some(flow);
        };
        let id = &row.load_balancer_arn;
        if !matches!(
            row.r#type,
            LoadBalancerType::Application | LoadBalancerType::Network
        ) {
            let message = format!("a load balancer of type {} is not modelled", row.r#type);
            self.end_unknown(flow, Doubt::new(Code::UnsupportedComponent, id, message));
            return None;
        }
        match row.state.as_ref().map(|state| &state.code) {
            Some(LoadBalancerStateCode::Active) => Some(flow),
            Some(LoadBalancerStateCode::ActiveImpaired) if balancer.is_application() => Some(flow),
            Some(state @ LoadBalancerStateCode::Failed) => {
                self.end_lost(
                    flow,
                    Code::BadState,
                    place.clone(),
                    None,
                    format!("it is {state}"),
                );
                None
            }
            Some(state) => {
                let message = format!("load balancer {} is {state}", row.load_balancer_name);
                self.end_unknown(flow, Doubt::new(Code::InTransition, id, message));
                None
            }
            None => {
                let message = format!(
                    "the snapshot does not tell the state of load balancer {}",
                    row.load_balancer_name
                );
                self.end_unknown(flow, Doubt::new(Code::UnknownResource, id, message));
                None
            }
        }
    }

    fn at_listener(
        &mut self,
        flow: Flow,
        node: &Arc<Interface>,
        balancer: Balancer<'_>,
        listening: &Listening,
        place: &Spot,
    ) {
        let mut flow = flow;
        if flow.is_empty() {
            return;
        }
        if let Some(id) = &listening.id {
            self.consult(id);
        }
        let rule = Rule::Other {
            description: format!("listener {}", listening.words),
        };
        self.pass(&mut flow, place, Some(rule.into()), None);
        if self.question.leak && (!balancer.is_network() || listening.is_proxied) {
            // The node itself takes the connection, whatever becomes of it at the targets.
            return self.delivered(flow, Turning::At(node.clone()));
        }
        for action in &listening.actions {
            let mut flow = flow.clone();
            match action {
                Does::Answer(how) => {
                    self.pass(&mut flow, place, None, Some(how));
                    self.delivered(flow, Turning::At(node.clone()));
                }
                Does::Nowhere => {
                    let note = format!("listener {} forwards to no target group", listening.words);
                    self.end_lost(flow, Code::Elbv2ListenerHasNoTg, place.clone(), None, note);
                }
                Does::Unknown(doubt) => self.end_unknown(flow, doubt.clone()),
                Does::Instances(instances, port) => {
                    let registered = Registered::of_instances(self.world, instances, *port);
                    let to = Choice {
                        node,
                        balancer,
                        group: None,
                        registered: &registered,
                        place,
                    };
                    self.send_to_registered(flow, &to);
                }
                Does::Forward(arn) => {
                    self.consult(arn);
                    let world = self.world;
                    let Some(group) = world.snapshot.target_groups.get(arn) else {
                        let call = "elasticloadbalancing:DescribeTargetGroups";
                        self.end_unknown(flow, Doubt::absent(arn, "target group", call));
                        continue;
                    };
                    let Some((mut flow, registered)) = self.known(flow, Registered::of_group(world, group))
                    else {
                        continue;
                    };
                    self.cross(&mut flow, arn, Kind::TargetGroup);
                    let place = Spot::new(arn, Kind::TargetGroup).in_subnet(&node.subnet, &node.vpc);
                    let to = Choice {
                        node,
                        balancer,
                        group: Some(group),
                        registered: &registered,
                        place: &place,
                    };
                    self.send_to_registered(flow, &to);
                }
            }
        }
    }
}

/// Which packets a listener hears.
fn heard(packets: &Packets, listening: &Listening) -> Packets {
    packets
        .of_protocols(&listening.protocols)
        .cubes()
        .iter()
        .map(|cube| {
            Packets::cube(Cube {
                destination_port: cube.destination_port.intersect(&Ranges::one(listening.port)),
                ..cube.clone()
            })
        })
        .fold(Packets::none(), |all, part| all.union(&part))
}
