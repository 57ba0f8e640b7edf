//! What is asked of one walk: where packets start, which they are, and where they should arrive.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::network::Kind;
use crate::network::id::{
    InternetGatewayId, NatGatewayId, ResourceId, TransitGatewayAttachmentId, VpcId, VpcPeeringConnectionId,
};
use crate::paths::model::Component;

use super::interface::Interface;
use super::packets::Packets;

/// Where packets start.
#[derive(Debug, Clone)]
pub(crate) enum Origin {
    /// At an interface, real or virtual.
    Interface(Arc<Interface>),
    /// At a NAT gateway, as if it had translated them already.
    NatGateway(NatGatewayId),
    /// On the internet, entering by any internet gateway or by that one.
    Internet(Option<InternetGatewayId>),
    /// Behind a peering, entering that VPC.
    Peering { id: VpcPeeringConnectionId, into: VpcId },
    /// Behind an attachment of a transit gateway, entering the gateway.
    Attachment(TransitGatewayAttachmentId),
    /// Outside AWS, entering that VPC by its virtual private gateway.
    VpnGateway { id: ResourceId, into: VpcId },
}

/// Where packets should arrive.
#[derive(Debug, Clone)]
pub(crate) enum Goal {
    /// At one of these interfaces, real or virtual.
    Interfaces(Vec<Arc<Interface>>),
    /// Outside, by any gateway or by that one.
    Internet(Option<InternetGatewayId>),
    /// In the hands of that component.
    Handed(ResourceId),
    /// Wherever their destination address is, as long as something is there to take them.
    Anywhere,
    /// On the side of an attachment or a gateway that is not AWS's.
    OnPremises,
}

/// One question. A path is made of one or more.
#[derive(Debug, Clone)]
pub(crate) struct Question {
    pub(crate) origin: Origin,
    /// What is sent.
    pub(crate) asked: Packets,
    pub(crate) goal: Goal,
    /// Whether replies are asked for.
    pub(crate) reply: bool,
    /// Whether nothing may arrive: who gets as far as a proxy of the destination has arrived.
    pub(crate) leak: bool,
    pub(crate) via: Vec<Component>,
    pub(crate) not_via: Vec<Component>,
    /// What may arrive; `None`: anything.
    pub(crate) arriving: Option<Packets>,
    /// Appliances that pass every packet unchanged: instances, interfaces, endpoints.
    pub(crate) transparent: Arc<BTreeSet<ResourceId>>,
}

impl Question {
    /// The virtual interface that packets start at, if they start at one.
    pub(crate) fn origin_interface(&self) -> Option<&Arc<Interface>> {
        match &self.origin {
            Origin::Interface(interface) => Some(interface),
            _ => None,
        }
    }

    /// The interfaces that packets should arrive at.
    pub(crate) fn goal_interfaces(&self) -> &[Arc<Interface>] {
        match &self.goal {
            Goal::Interfaces(interfaces) => interfaces,
            _ => &[],
        }
    }

    /// Whether the path ends in the hands of that component.
    pub(crate) fn ends_at(&self, component: &str) -> bool {
        matches!(&self.goal, Goal::Handed(id) if id.as_str() == component)
    }
}

/// Whether a component is one that a path file names.
pub(crate) fn is_named(component: &Component, id: &ResourceId, kind: Kind) -> bool {
    match component {
        Component::Id(named) => named == id,
        Component::Kind(named) => *named == kind,
    }
}
