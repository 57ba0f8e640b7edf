//! Which load balancer it is: by name, by ARN, by the interface of one of its nodes.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::network::Snapshot;
use crate::network::id::{AvailabilityZone, LoadBalancerArn, ResourceId, SecurityGroupId, SubnetId, VpcId};
use crate::network::interface::NetworkInterface;
use crate::network::load_balancer::{ClassicLoadBalancer, LoadBalancer};
use crate::network::state::{InterfaceType, LoadBalancerScheme, LoadBalancerType};

use super::super::interface::Interface;
use super::super::world::World;
use super::super::zone::Zone;

/// The call that lists load balancers, of either API.
pub(crate) const LIST: &str = "elasticloadbalancing:DescribeLoadBalancers";

/// A load balancer of a snapshot.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Balancer<'s> {
    /// An Application, Network or Gateway Load Balancer.
    Current(&'s LoadBalancer),
    /// A Classic one.
    Classic(&'s ClassicLoadBalancer),
}

impl<'s> Balancer<'s> {
    /// All that go by a name or an ARN.
    pub(crate) fn named(snapshot: &'s Snapshot, name: &str) -> Vec<Self> {
        let current = snapshot
            .load_balancers
            .values()
            .filter(|balancer| {
                balancer.load_balancer_name == name || balancer.load_balancer_arn.as_str() == name
            })
            .map(Self::Current);
        // An ARN of a Classic Load Balancer, as IAM writes it, ends in its name.
        let classic_name = name.split_once(":loadbalancer/").map_or(name, |(_, rest)| rest);
        let classic = snapshot
            .classic_load_balancers
            .get(classic_name)
            .map(Self::Classic);
        current.chain(classic).collect()
    }

    /// The one that an interface is a node of, if the snapshot holds it. AWS writes its name into the interface's
    /// description: `ELB net/NAME/ID`, `ELB app/NAME/ID`, `ELB NAME`.
    /// <https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html>
    pub(crate) fn of_node(snapshot: &'s Snapshot, eni: &NetworkInterface) -> Option<Self> {
        let name = eni.description.as_deref()?.strip_prefix("ELB ")?;
        if !name.contains('/') {
            return snapshot.classic_load_balancers.get(name).map(Self::Classic);
        }
        let tail = format!(":loadbalancer/{name}");
        let mut fitting = snapshot.load_balancers.values().filter(|balancer| {
            balancer.load_balancer_arn.as_str().ends_with(&tail)
                && balancer.vpc_id.as_ref().is_none_or(|vpc| *vpc == eni.vpc_id)
        });
        fitting.next().map(Self::Current)
    }

    /// The one that packets start at: by a node of its own, or by an interface that stands for any.
    pub(crate) fn sending(world: &World<'s>, interface: &Interface) -> Option<Self> {
        match world.eni(interface) {
            Some(eni) => Self::of_node(world.snapshot, eni),
            None => Self::named(world.snapshot, interface.id.as_str())
                .into_iter()
                .next(),
        }
    }

    /// Its ARN; a Classic one's name.
    pub(crate) fn id(&self) -> &'s LoadBalancerArn {
        match self {
            Self::Current(balancer) => &balancer.load_balancer_arn,
            Self::Classic(balancer) => &balancer.load_balancer_name,
        }
    }

    pub(crate) fn resource(&self) -> ResourceId {
        self.id().into()
    }

    pub(crate) fn is_network(&self) -> bool {
        matches!(self, Self::Current(balancer) if balancer.r#type == LoadBalancerType::Network)
    }

    pub(crate) fn is_application(&self) -> bool {
        matches!(self, Self::Current(balancer) if balancer.r#type == LoadBalancerType::Application)
    }

    pub(crate) fn is_classic(&self) -> bool {
        matches!(self, Self::Classic(_))
    }

    pub(crate) fn vpc(&self) -> Option<&'s VpcId> {
        match self {
            Self::Current(balancer) => balancer.vpc_id.as_ref(),
            Self::Classic(balancer) => balancer.vpc_id.as_ref(),
        }
    }

    pub(crate) fn groups(&self) -> &'s [SecurityGroupId] {
        match self {
            Self::Current(balancer) => &balancer.security_groups,
            Self::Classic(balancer) => &balancer.security_groups,
        }
    }

    /// Whether its name resolves to public addresses, for whoever asks (API_LoadBalancer, `Scheme`).
    pub(crate) fn is_internet_facing(&self) -> bool {
        let scheme = match self {
            Self::Current(balancer) => balancer.scheme.as_ref(),
            Self::Classic(balancer) => balancer.scheme.as_ref(),
        };
        scheme == Some(&LoadBalancerScheme::InternetFacing)
    }

    /// Whether it answers by IPv6, too.
    pub(crate) fn is_dual_stack(&self) -> bool {
        match self {
            Self::Current(balancer) => balancer
                .ip_address_type
                .as_deref()
                .is_some_and(|kind| kind.starts_with("dualstack")),
            Self::Classic(_) => false,
        }
    }

    /// The subnets of its nodes.
    pub(crate) fn subnets(&self) -> BTreeSet<&'s SubnetId> {
        match self {
            Self::Current(balancer) => balancer
                .availability_zones
                .iter()
                .filter_map(|zone| zone.subnet_id.as_ref())
                .collect(),
            Self::Classic(balancer) => balancer.subnets.iter().collect(),
        }
    }

    /// The zones that it has nodes in.
    pub(crate) fn zones(&self, world: &World<'_>) -> Vec<Zone> {
        let of_subnet = |subnet: &SubnetId| world.subnets.get(subnet).and_then(|view| view.zone.clone());
        match self {
            Self::Current(balancer) => balancer
                .availability_zones
                .iter()
                .filter_map(|zone| {
                    let by_name = |name: &AvailabilityZone| Zone::of(None, Some(name));
                    zone.subnet_id
                        .as_ref()
                        .and_then(of_subnet)
                        .or_else(|| zone.zone_name.as_ref().and_then(by_name))
                })
                .collect(),
            Self::Classic(balancer) => balancer.subnets.iter().filter_map(of_subnet).collect(),
        }
    }

    /// The interfaces of its nodes, as far as they are in the snapshot.
    pub(crate) fn nodes(&self, world: &World<'s>) -> Vec<Arc<Interface>> {
        world
            .interfaces
            .iter()
            .filter(|interface| {
                world.eni(interface).is_some_and(|eni| {
                    is_node(eni) && Self::of_node(world.snapshot, eni).is_some_and(|of| of.id() == self.id())
                })
            })
            .cloned()
            .collect()
    }
}

/// Whether an interface is a node of a load balancer that has listeners.
pub(crate) fn is_node(eni: &NetworkInterface) -> bool {
    eni.interface_type == Some(InterfaceType::NetworkLoadBalancer)
        || eni
            .description
            .as_deref()
            .is_some_and(|text| text.starts_with("ELB "))
}
