//! Network interfaces as the engine sees them: real ones, and the *virtual* ones of functions and workloads, which
//! exist by subnet and groups before EC2 shows any.
//!
//! <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-eni.html>,
//! <https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html>

use std::net::IpAddr;

use ipnet::IpNet;

use crate::network::Kind;
use crate::network::id::{
    InstanceId, NatGatewayId, NetworkInterfaceId, ResourceId, SecurityGroupId, SubnetId, VpcId,
};
use crate::network::interface::{Instance, NetworkInterface};
use crate::network::snapshot::Snapshot;
use crate::network::state::{InstanceState, InterfaceStatus, InterfaceType};

use super::addresses::{Addresses, Family, number};
use super::client_ports;
use super::code::Code;
use super::doubt::Doubt;
use super::ranges::Ranges;

/// Whether something answers at an interface.
#[derive(Debug, Clone)]
pub(crate) enum Liveness {
    Alive,
    /// Nothing does: why.
    Dead(String),
    /// It cannot be told.
    Unknown(Doubt),
}

/// What an interface is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Role {
    Ordinary,
    NatGateway(Option<NatGatewayId>),
    Lambda,
    TransitGateway,
    VpcEndpoint,
    /// Of a Gateway Load Balancer or one of its endpoints.
    GatewayLoadBalancer,
    LoadBalancer,
    Trunk,
}

/// An interface with all that the engine asks of it.
#[derive(Debug, Clone)]
pub(crate) struct Interface {
    /// What hops and blockers name.
    pub(crate) id: ResourceId,
    pub(crate) kind: Kind,
    /// `None`: virtual.
    pub(crate) eni: Option<NetworkInterfaceId>,
    pub(crate) subnet: SubnetId,
    pub(crate) vpc: VpcId,
    pub(crate) instance: Option<InstanceId>,
    pub(crate) role: Role,
    pub(crate) groups: Vec<SecurityGroupId>,
    /// Whether security groups act on it at all.
    pub(crate) filtered: bool,
    /// Every address that is its own, delegated prefixes included.
    pub(crate) addresses: Addresses,
    /// The addresses that it sends from by default: no delegated prefixes.
    pub(crate) senders: Addresses,
    /// The ports that its system sends from.
    pub(crate) client_ports: Ranges<u16>,
    /// Private → public IPv4 addresses.
    pub(crate) public: Vec<(u128, u128)>,
    /// Whether every address has some public one (Fargate with `assignPublicIp`).
    pub(crate) any_public: bool,
    pub(crate) source_dest_check: bool,
    pub(crate) deny_all_igw_traffic: bool,
    pub(crate) liveness: Liveness,
}

impl Interface {
    /// `nat`: the NAT gateway that it is of.
    pub(crate) fn real(eni: &NetworkInterface, nat: Option<NatGatewayId>, snapshot: &Snapshot) -> Self {
        let mut private: Vec<IpAddr> = eni
            .private_ip_addresses
            .iter()
            .map(|address| IpAddr::V4(address.private_ip_address))
            .collect();
        private.extend(eni.private_ip_address.map(IpAddr::V4));
        private.extend(
            eni.ipv6_addresses
                .iter()
                .map(|address| IpAddr::V6(address.ipv6_address)),
        );
        let senders = Addresses::from_addresses(private);
        let prefixes = eni
            .ipv4_prefixes
            .iter()
            .map(|prefix| IpNet::V4(prefix.ipv4_prefix))
            .chain(
                eni.ipv6_prefixes
                    .iter()
                    .map(|prefix| IpNet::V6(prefix.ipv6_prefix)),
            );
        let addresses = senders.union(&Addresses::from_nets(prefixes));
        let role = match eni.interface_type.as_ref() {
            _ if nat.is_some() => Role::NatGateway(nat),
            Some(InterfaceType::NatGateway) => Role::NatGateway(None),
            Some(InterfaceType::Lambda) => Role::Lambda,
            Some(InterfaceType::TransitGateway) => Role::TransitGateway,
            Some(InterfaceType::VpcEndpoint) => Role::VpcEndpoint,
            Some(InterfaceType::GatewayLoadBalancer | InterfaceType::GatewayLoadBalancerEndpoint) => {
                Role::GatewayLoadBalancer
            }
            Some(InterfaceType::NetworkLoadBalancer) => Role::LoadBalancer,
            Some(InterfaceType::Trunk) => Role::Trunk,
            _ if eni
                .description
                .as_deref()
                .is_some_and(|text| text.starts_with("ELB ")) =>
            {
                Role::LoadBalancer
            }
            _ => Role::Ordinary,
        };
        let unfiltered = match role {
            Role::NatGateway(_) | Role::TransitGateway | Role::GatewayLoadBalancer => true,
            // A Network Load Balancer made without groups passes everything, for ever.
            Role::LoadBalancer => {
                let described = eni.description.as_deref().unwrap_or_default();
                let network = eni.interface_type == Some(InterfaceType::NetworkLoadBalancer)
                    || described.starts_with("ELB net/");
                network && eni.groups.is_empty()
            }
            _ => false,
        };
        let instance = eni
            .attachment
            .as_ref()
            .and_then(|attachment| attachment.instance_id.clone());
        let described = instance.as_ref().and_then(|id| snapshot.instances.get(id));
        Self {
            id: (&eni.network_interface_id).into(),
            kind: Kind::NetworkInterface,
            eni: Some(eni.network_interface_id.clone()),
            subnet: eni.subnet_id.clone(),
            vpc: eni.vpc_id.clone(),
            liveness: liveness(eni, instance.as_ref(), described),
            instance,
            role,
            groups: eni.groups.iter().map(|group| group.group_id.clone()).collect(),
            filtered: !unfiltered,
            public: public_addresses(eni),
            any_public: false,
            addresses,
            senders,
            client_ports: described.map_or_else(client_ports::any, client_ports::of),
            source_dest_check: eni.source_dest_check.unwrap_or(true),
            deny_all_igw_traffic: eni.deny_all_igw_traffic.unwrap_or(false),
        }
    }

    /// Whether it is one of its own addresses.
    pub(crate) fn owns(&self, family: Family, address: u128) -> bool {
        self.addresses.get(family).contains(address)
    }

    /// All its public IPv4 addresses.
    pub(crate) fn public_addresses(&self) -> Ranges<u128> {
        Ranges::from_spans(self.public.iter().map(|&(_, public)| (public, public)))
    }
}

fn public_addresses(eni: &NetworkInterface) -> Vec<(u128, u128)> {
    let mut public: Vec<(u128, u128)> = eni
        .private_ip_addresses
        .iter()
        .filter_map(|address| {
            let association = address.association.as_ref()?.public_ip?;
            Some((
                number(IpAddr::V4(address.private_ip_address)),
                number(IpAddr::V4(association)),
            ))
        })
        .collect();
    let primary = eni
        .private_ip_addresses
        .iter()
        .find(|address| address.primary)
        .map(|address| address.private_ip_address)
        .or(eni.private_ip_address);
    if let (Some(private), Some(association)) = (
        primary,
        eni.association
            .as_ref()
            .and_then(|association| association.public_ip),
    ) {
        let pair = (number(IpAddr::V4(private)), number(IpAddr::V4(association)));
        if !public.iter().any(|&(own, _)| own == pair.0) {
            public.push(pair);
        }
    }
    public.sort_unstable();
    public
}

fn liveness(eni: &NetworkInterface, instance: Option<&InstanceId>, described: Option<&Instance>) -> Liveness {
    let moving = |what: &ResourceId, state: &str| {
        Liveness::Unknown(Doubt::new(
            Code::InTransition,
            what.clone(),
            format!("{what} is {state}"),
        ))
    };
    let id = ResourceId::from(&eni.network_interface_id);
    match &eni.status {
        None | Some(InterfaceStatus::InUse | InterfaceStatus::Associated) => {}
        Some(InterfaceStatus::Available) => {
            return Liveness::Dead(format!("interface {id} is not attached to anything"));
        }
        Some(other) => return moving(&id, other.as_str()),
    }
    let Some(instance) = instance else {
        return Liveness::Alive;
    };
    let Some(found) = described else {
        return Liveness::Unknown(Doubt::absent(instance, "instance", "ec2:DescribeInstances"));
    };
    match found.state.as_ref().map(|state| &state.name) {
        Some(InstanceState::Running) => Liveness::Alive,
        Some(state @ (InstanceState::Stopped | InstanceState::Terminated | InstanceState::ShuttingDown)) => {
            Liveness::Dead(format!("instance {instance} is {state}"))
        }
        Some(state) => moving(&instance.into(), state.as_str()),
        None => Liveness::Unknown(Doubt::new(
            Code::UnknownResource,
            instance,
            format!("the snapshot does not say whether instance {instance} is running"),
        )),
    }
}
