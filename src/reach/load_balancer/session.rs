//! What a node remembers of a connection that it sent on.

use std::sync::Arc;

use crate::network::id::ResourceId;

use super::super::flow::{Flow, Session};
use super::super::interface::Interface;
use super::super::network_firewall::Course;
use super::super::report::Leg;

/// A connection that a node of a load balancer sent on to a target.
#[derive(Debug, Clone)]
pub(crate) struct BalancerSession {
    /// The load balancer.
    pub(crate) balancer: ResourceId,
    pub(crate) is_classic: bool,
    /// The node as the client found it.
    pub(crate) node: Arc<Interface>,
    /// The node as it sends: an Application Load Balancer's from any address of the node's subnet.
    pub(crate) sending: Arc<Interface>,
    /// Whether the target sees the client's address.
    pub(crate) keeps_client_address: bool,
    /// The appliances between client and node.
    pub(crate) appliances: Vec<ResourceId>,
    /// The way between client and node.
    pub(crate) course: Course,
    /// How many layers there were before.
    pub(crate) layers: usize,
    /// The segment between client and node.
    pub(crate) segment: u8,
}

impl Flow {
    /// The node that sent the packets on, while they are on the way between it and a target.
    pub(crate) fn sent_on_by(&self) -> Option<&BalancerSession> {
        match self.sessions.last() {
            Some(Session::LoadBalancer(session)) => Some(session),
            _ => None,
        }
    }

    /// Whether packets are on their way from a node to a target with their client's address.
    pub(super) fn keeps_client_address(&self) -> bool {
        self.leg == Leg::Forward
            && self
                .sent_on_by()
                .is_some_and(|session| session.keeps_client_address)
    }

    /// Whether packets are on their way from a node to a target: they arrive wherever the target is.
    pub(crate) fn is_for_target(&self) -> bool {
        self.leg == Leg::Forward
            && self
                .sessions
                .iter()
                .any(|session| matches!(session, Session::LoadBalancer(_)))
    }
}
