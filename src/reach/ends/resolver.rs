//! What resolution needs, and the look-ups that both ends share.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;

use ipnet::IpNet;

use crate::network::Kind;
use crate::network::id::{PrefixListId, ResourceId, SecurityGroupId, SubnetId, VpcId};
use crate::paths::model::{End, EndForm};

use super::super::client_ports;
use super::super::code::Code;
use super::super::dependencies::Consulted;
use super::super::doubt::Doubt;
use super::super::interface::{Interface, Liveness, Role};
use super::super::question::Origin;
use super::super::ranges::Ranges;
use super::super::world::World;
use super::end::{Hindrance, Start, absent, found};

/// What resolution needs beside the snapshot.
#[derive(Debug)]
pub(crate) struct Resolver<'a> {
    pub(crate) world: &'a World<'a>,
    pub(crate) hosts: &'a BTreeMap<String, Vec<IpAddr>>,
    /// Whatever was looked for, found or not.
    pub(crate) consulted: Consulted,
}

/// A virtual interface: of a function, a workload, a subnet, a database, a load balancer.
pub(super) struct Virtual<'a> {
    pub(super) id: &'a str,
    pub(super) kind: Kind,
    pub(super) groups: &'a [SecurityGroupId],
    pub(super) filtered: bool,
    pub(super) any_public: bool,
    pub(super) ipv6: bool,
}

impl Resolver<'_> {
    pub(super) fn virtual_interface(
        &self,
        subnet: &SubnetId,
        of: &Virtual<'_>,
    ) -> Result<Arc<Interface>, Hindrance> {
        let view = self.world.subnet(subnet)?;
        let mut addresses = view.usable.clone();
        if !of.ipv6 {
            addresses.v6 = Ranges::empty();
        }
        Ok(Arc::new(Interface {
            id: of.id.into(),
            kind: of.kind,
            eni: None,
            subnet: view.id.clone(),
            vpc: view.vpc.clone(),
            instance: None,
            role: match of.kind {
                Kind::Lambda => Role::Lambda,
                Kind::LoadBalancer => Role::LoadBalancer,
                _ => Role::Ordinary,
            },
            groups: of.groups.to_vec(),
            filtered: of.filtered,
            senders: addresses.clone(),
            client_ports: client_ports::any(),
            addresses,
            public: Vec::new(),
            any_public: of.any_public,
            source_dest_check: true,
            deny_all_igw_traffic: false,
            liveness: Liveness::Alive,
        }))
    }

    /// One in each subnet of a workload.
    pub(super) fn workload(&self, end: &End) -> Result<Vec<Arc<Interface>>, Hindrance> {
        let EndForm::Workload {
            subnets,
            security_groups,
            assign_public_ip,
        } = &end.form
        else {
            return Ok(Vec::new());
        };
        let of = Virtual {
            id: &end.text,
            kind: Kind::Workload,
            groups: security_groups,
            filtered: true,
            any_public: *assign_public_ip,
            ipv6: true,
        };
        subnets
            .iter()
            .map(|subnet| self.virtual_interface(subnet, &of))
            .collect()
    }

    pub(super) fn in_scope(&self, end: &End, vpc: &VpcId) -> bool {
        let view = self.world.vpcs.get(vpc);
        end.vpc.as_ref().is_none_or(|wanted| wanted == vpc)
            && end.account.as_ref().is_none_or(|wanted| {
                view.and_then(|view| view.account.as_ref())
                    .is_none_or(|account| account == wanted)
            })
            && end.region.as_ref().is_none_or(|wanted| {
                view.and_then(|view| view.region.as_ref())
                    .is_none_or(|region| region == wanted)
            })
    }

    pub(super) fn start_at(&self, interface: &Arc<Interface>, ports: Ranges<u16>) -> Start {
        Start {
            origin: Origin::Interface(interface.clone()),
            senders: interface.senders.clone(),
            ports,
            instance: interface.instance.clone(),
            vpc: Some(interface.vpc.clone()),
        }
    }

    pub(super) fn start_of(&self, interface: &Arc<Interface>) -> Start {
        self.start_at(interface, interface.client_ports.clone())
    }

    /// The interfaces of an `eni-…`, an `i-…`, a `subnet-…` or an interface endpoint's `vpce-…`.
    pub(super) fn interfaces(
        &mut self,
        end: &End,
        id: &ResourceId,
    ) -> Result<Vec<Arc<Interface>>, Hindrance> {
        let world = self.world;
        let snapshot = world.snapshot;
        let known = snapshot.network_interfaces.is_known();
        let missing = (!known).then_some("ec2:DescribeNetworkInterfaces");
        match super::super::resources::kind_of(id) {
            Kind::NetworkInterface => {
                let interface = world.interface(id.as_str()).ok_or_else(|| absent(end, missing))?;
                Ok(vec![interface.clone()])
            }
            Kind::Instance => {
                let of_instance: Vec<Arc<Interface>> = world
                    .of_instance(id.as_str())
                    .filter(|interface| interface.role != Role::Trunk)
                    .cloned()
                    .collect();
                if of_instance.is_empty() {
                    Err(absent(end, missing))
                } else {
                    Ok(of_instance)
                }
            }
            Kind::Subnet => {
                let of = Virtual {
                    id: id.as_str(),
                    kind: Kind::Subnet,
                    groups: &[],
                    filtered: false,
                    any_public: false,
                    ipv6: true,
                };
                found(end, &snapshot.subnets, id.as_str(), "ec2:DescribeSubnets")?;
                Ok(vec![self.virtual_interface(&id.as_str().into(), &of)?])
            }
            _ => Err(absent(end, None)),
        }
    }

    pub(super) fn entries(&mut self, end: &End, list: &PrefixListId) -> Result<Vec<IpNet>, Hindrance> {
        self.consulted.insert(list);
        let snapshot = self.world.snapshot;
        let call = "ec2:DescribeManagedPrefixLists";
        let row = found(end, &snapshot.prefix_lists, list.as_str(), call)?;
        let call = "ec2:GetManagedPrefixListEntries";
        Ok(row
            .entries
            .clone()
            .ok_or_else(|| Doubt::absent(list, "the entries of prefix list", call))?)
    }

    pub(super) fn host(&self, end: &End) -> Result<Vec<IpNet>, Hindrance> {
        let EndForm::Host { name, pinned } = &end.form else {
            return Ok(Vec::new());
        };
        if !pinned.is_empty() {
            return Ok(pinned.clone());
        }
        match self.hosts.get(name) {
            Some(addresses) if !addresses.is_empty() => {
                Ok(addresses.iter().copied().map(IpNet::from).collect())
            }
            _ => Err(Hindrance::Unknown(Doubt {
                code: Code::UnresolvedHost,
                message: format!("host name `{name}` was not resolved: pin it with `ip:`"),
                components: Vec::new(),
                missing_call: None,
            })),
        }
    }
}
