//! The targets of a group, and which of them a node sends to.
//!
//! <https://docs.aws.amazon.com/elasticloadbalancing/latest/network/target-group-register-targets.html>

use std::net::IpAddr;
use std::sync::Arc;

use crate::network::id::{InstanceId, ResourceId, VpcId};
use crate::network::load_balancer::{TargetGroup, TargetHealthDescription};
use crate::network::state::{TargetHealthState, TargetType};

use super::super::addresses::{Addresses, Family};
use super::super::code::Code;
use super::super::doubt::Doubt;
use super::super::interface::{Interface, Role};
use super::super::world::{Known, World};
use super::super::zone::Zone;
use super::balancer::Balancer;

/// Where a target stands.
#[derive(Debug, Clone)]
pub(super) enum Place {
    /// In that zone.
    Zone(Zone),
    /// Every node may send to it: it is outside the VPC.
    Anywhere,
    /// It cannot be told.
    Unknown,
}

/// Something that a load balancer sends to.
#[derive(Debug, Clone)]
pub(super) struct RegisteredTarget {
    pub(super) id: ResourceId,
    pub(super) address: IpAddr,
    pub(super) port: u16,
    pub(super) place: Place,
    /// The interface that has the address, if it is in the snapshot.
    pub(super) interface: Option<Arc<Interface>>,
}

/// The targets of a group.
#[derive(Debug, Default)]
pub(super) struct Registered {
    pub(super) targets: Vec<RegisteredTarget>,
    /// Functions: invoked by AWS, without a way through the network of the snapshot.
    pub(super) functions: Vec<ResourceId>,
    /// Targets of which too little is known.
    pub(super) unknown: Vec<Doubt>,
    /// What is to be said.
    pub(super) notices: Vec<String>,
}

impl Registered {
    /// All targets of a target group.
    pub(super) fn of_group(world: &World<'_>, group: &TargetGroup) -> Known<Self> {
        let arn = &group.target_group_arn;
        let row = world.snapshot.target_health.get(arn).ok_or_else(|| {
            let call = "elasticloadbalancing:DescribeTargetHealth";
            Doubt::absent(arn, "the targets of group", call)
        })?;
        let mut all = Self::default();
        let mut unhealthy = 0;
        for description in &row.target_health_descriptions {
            let health = description
                .target_health
                .as_ref()
                .and_then(|health| health.state.as_ref());
            match health {
                // On its way out: it gets no new connections.
                Some(TargetHealthState::Draining) => continue,
                Some(TargetHealthState::Unhealthy) => unhealthy += 1,
                _ => {}
            }
            all.add(world, group, description);
        }
        if unhealthy > 0 {
            all.notices.push(format!(
                "{unhealthy} of {} targets of {} fail their health checks: health is no part of the verdict",
                row.target_health_descriptions.len(),
                group.target_group_name.as_deref().unwrap_or(arn.as_str())
            ));
        }
        Ok(all)
    }

    /// The instances of a Classic Load Balancer.
    pub(super) fn of_instances(world: &World<'_>, instances: &[InstanceId], port: u16) -> Self {
        let mut all = Self::default();
        for instance in instances {
            all.add_instance(world, instance, port, Family::V4);
        }
        all
    }

    pub(super) fn is_empty(&self) -> bool {
        self.targets.is_empty() && self.functions.is_empty() && self.unknown.is_empty()
    }

    fn add(&mut self, world: &World<'_>, group: &TargetGroup, description: &TargetHealthDescription) {
        let target = &description.target;
        let family = match group.ip_address_type.as_deref() {
            Some("ipv6") => Family::V6,
            _ => Family::V4,
        };
        if group.target_type == Some(TargetType::Lambda) {
            return self.functions.push(target.id.as_str().into());
        }
        let Some(port) = target.port.or(group.port) else {
            return self.unknown.push(Doubt::new(
                Code::UnknownResource,
                &group.target_group_arn,
                format!("the snapshot does not tell the port of target {}", target.id),
            ));
        };
        match &group.target_type {
            None | Some(TargetType::Instance) => {
                self.add_instance(world, &target.id.as_str().into(), port, family);
            }
            Some(TargetType::Ip) => match target.id.parse::<IpAddr>() {
                Ok(address) => {
                    let zone = target.availability_zone.as_ref();
                    self.add_address(
                        world,
                        group.vpc_id.as_ref(),
                        address,
                        port,
                        zone.map(crate::network::id::AvailabilityZone::as_str),
                    );
                }
                Err(_) => self.unknown.push(Doubt::new(
                    Code::UnknownResource,
                    &group.target_group_arn,
                    format!("target `{}` is no address", target.id),
                )),
            },
            Some(TargetType::Alb) => self.add_balancer(world, &target.id, port),
            Some(other) => self.unknown.push(Doubt::new(
                Code::UnsupportedComponent,
                &group.target_group_arn,
                format!("this version does not know targets of type {other}"),
            )),
        }
    }

    /// The primary address of the instance's primary interface.
    fn add_instance(&mut self, world: &World<'_>, instance: &InstanceId, port: u16, family: Family) {
        let primary = world
            .interfaces
            .iter()
            .filter(|interface| {
                interface.instance.as_ref() == Some(instance) && interface.role != Role::Trunk
            })
            .min_by_key(|interface| {
                let attachment = world.eni(interface).and_then(|eni| eni.attachment.as_ref());
                attachment
                    .and_then(|attachment| attachment.device_index)
                    .unwrap_or(i32::MAX)
            });
        let address = primary.and_then(|interface| {
            let eni = world.eni(interface)?;
            match family {
                Family::V4 => eni
                    .private_ip_addresses
                    .iter()
                    .find(|address| address.primary)
                    .map(|address| address.private_ip_address)
                    .or(eni.private_ip_address)
                    .map(IpAddr::V4),
                Family::V6 => eni
                    .ipv6_addresses
                    .first()
                    .map(|address| IpAddr::V6(address.ipv6_address)),
            }
        });
        match (primary, address) {
            (Some(interface), Some(address)) => self.targets.push(RegisteredTarget {
                id: instance.into(),
                address,
                port,
                place: place_of(world, interface),
                interface: Some(interface.clone()),
            }),
            _ => self.unknown.push(Doubt::absent(
                instance,
                "the primary address of target",
                "ec2:DescribeNetworkInterfaces",
            )),
        }
    }

    fn add_address(
        &mut self,
        world: &World<'_>,
        vpc: Option<&VpcId>,
        address: IpAddr,
        port: u16,
        zone: Option<&str>,
    ) {
        let (family, number) = (Family::of(address), super::super::addresses::number(address));
        let mut owners = world
            .interfaces
            .iter()
            .filter(|interface| interface.owns(family, number));
        let own = owners
            .clone()
            .find(|interface| vpc.is_none_or(|vpc| interface.vpc == *vpc));
        let interface = own.or_else(|| owners.next()).cloned();
        let place = match (zone, &interface) {
            (Some("all"), _) => Place::Anywhere,
            (_, Some(interface)) if vpc.is_none_or(|vpc| interface.vpc == *vpc) => place_of(world, interface),
            (Some(zone), _) => Zone::of(None, Some(&zone.into())).map_or(Place::Unknown, Place::Zone),
            (None, _) => place_of_address(world, vpc, address),
        };
        self.targets.push(RegisteredTarget {
            id: address.to_string().as_str().into(),
            address,
            port,
            place,
            interface,
        });
    }

    /// An Application Load Balancer behind a Network Load Balancer: any of its nodes.
    fn add_balancer(&mut self, world: &World<'_>, arn: &str, port: u16) {
        let found = world.snapshot.load_balancers.get(arn);
        let nodes = found
            .map(|found| Balancer::Current(found).nodes(world))
            .unwrap_or_default();
        if nodes.is_empty() {
            let call = if found.is_none() {
                super::balancer::LIST
            } else {
                "ec2:DescribeNetworkInterfaces"
            };
            return self.unknown.push(Doubt::absent(arn, "the nodes of target", call));
        }
        for node in nodes {
            for (first, _) in node.senders.v4.iter() {
                self.targets.push(RegisteredTarget {
                    id: arn.into(),
                    address: Family::V4.address(first),
                    port,
                    place: Place::Anywhere,
                    interface: Some(node.clone()),
                });
            }
        }
    }
}

fn place_of(world: &World<'_>, interface: &Interface) -> Place {
    let zone = world
        .subnets
        .get(&interface.subnet)
        .and_then(|subnet| subnet.zone.clone());
    zone.map_or(Place::Unknown, Place::Zone)
}

/// An address of the VPC stands in its subnet's zone; one outside it counts in every zone.
fn place_of_address(world: &World<'_>, vpc: Option<&VpcId>, address: IpAddr) -> Place {
    let wanted = Addresses::from_addresses([address]);
    let subnet = world.subnets.values().find(|subnet| {
        vpc.is_some_and(|vpc| subnet.vpc == *vpc) && !subnet.whole.intersect(&wanted).is_empty()
    });
    match subnet {
        Some(subnet) => subnet.zone.clone().map_or(Place::Unknown, Place::Zone),
        None if vpc.is_some_and(|vpc| world.vpcs.contains_key(vpc)) => Place::Anywhere,
        None => Place::Unknown,
    }
}
