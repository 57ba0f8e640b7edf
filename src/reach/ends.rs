//! The ends of a path: which interfaces, gateways and addresses they are in a snapshot (PATH-FILE.md, "Ends").

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::sync::Arc;

use ipnet::IpNet;

use crate::network::Kind;
use crate::network::id::{
    InstanceId, NatGatewayId, PrefixListId, ResourceId, SecurityGroupId, SubnetId, VpcId,
};
use crate::network::state::AttachmentResourceType;
use crate::paths::model::{End, EndForm};

use super::code::Code;
use super::doubt::Doubt;
use super::flow::Spot;
use super::interface::{Interface, Liveness, Role};
use super::packets::{Addresses, Family, number};
use super::question::{Goal, Origin};
use super::ranges::Ranges;
use super::world::World;

/// A place that packets start from.
#[derive(Debug, Clone)]
pub(crate) struct Start {
    pub(crate) origin: Origin,
    /// What it sends from.
    pub(crate) senders: Addresses,
    /// The ports that it sends from, where the path does not say.
    pub(crate) ports: Ranges<u16>,
    /// The instance, where the operating system chooses among several interfaces.
    pub(crate) instance: Option<InstanceId>,
    pub(crate) vpc: Option<VpcId>,
}

/// A place that packets should arrive at.
#[derive(Debug, Clone)]
pub(crate) struct Finish {
    pub(crate) goal: Goal,
    /// What to ask for.
    pub(crate) addresses: Addresses,
    /// What to ask for from the internet; `None`: the same.
    pub(crate) from_internet: Option<Addresses>,
    /// Several resources fit, and nobody can say which is meant.
    pub(crate) ambiguous: Option<Doubt>,
}

/// Why an end has nothing to ask for.
#[derive(Debug, Clone)]
pub(crate) enum Hindrance {
    /// It cannot be told.
    Unknown(Doubt),
    /// By its nature nothing starts or arrives there.
    Never { code: Code, spot: Spot, note: String },
}

impl From<Doubt> for Hindrance {
    fn from(doubt: Doubt) -> Self {
        Self::Unknown(doubt)
    }
}

/// What resolution needs beside the snapshot.
#[derive(Debug)]
pub(crate) struct Resolver<'a> {
    pub(crate) world: &'a World<'a>,
    pub(crate) hosts: &'a BTreeMap<String, Vec<IpAddr>>,
    /// Whatever was looked for, found or not.
    pub(crate) consulted: BTreeSet<ResourceId>,
}

/// Client ports of most systems that are not AWS's own.
fn any_client() -> Ranges<u16> {
    Ranges::span(1024, u16::MAX)
}

/// <https://docs.aws.amazon.com/vpc/latest/userguide/custom-network-acl.html>
fn linux_client() -> Ranges<u16> {
    Ranges::span(32768, 60999)
}

fn windows_client() -> Ranges<u16> {
    Ranges::span(49152, u16::MAX)
}

fn absent(end: &End, call: Option<&'static str>) -> Hindrance {
    Hindrance::Unknown(Doubt {
        code: Code::NoSourceOrDestination,
        message: match call {
            Some(call) => format!("`{}` cannot be looked up: add the answer of {call}", end.text),
            None => format!("nothing in the snapshot answers to `{}`", end.text),
        },
        components: match &end.form {
            EndForm::Id(id) => vec![id.clone()],
            _ => Vec::new(),
        },
        missing_call: call,
    })
}

/// A virtual interface of a function, a workload or a subnet.
struct Virtual<'a> {
    id: &'a str,
    kind: Kind,
    groups: &'a [SecurityGroupId],
    filtered: bool,
    any_public: bool,
    ipv6: bool,
}

impl Resolver<'_> {
    fn virtual_interface(&self, subnet: &SubnetId, of: &Virtual<'_>) -> Result<Arc<Interface>, Hindrance> {
        let view = self.world.subnet(subnet)?;
        let mut addresses = view.usable.clone();
        if !of.ipv6 {
            addresses.v6 = Ranges::empty();
        }
        Ok(Arc::new(Interface {
            id: of.id.into(),
            name: None,
            kind: of.kind,
            eni: None,
            subnet: view.id.clone(),
            vpc: view.vpc.clone(),
            instance: None,
            role: if of.kind == Kind::Lambda {
                Role::Lambda
            } else {
                Role::Ordinary
            },
            groups: of.groups.to_vec(),
            filtered: of.filtered,
            senders: addresses.clone(),
            addresses,
            public: Vec::new(),
            any_public: of.any_public,
            source_dest_check: true,
            deny_all_igw_traffic: false,
            liveness: Liveness::Alive,
        }))
    }

    fn in_scope(&self, end: &End, vpc: &VpcId) -> bool {
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

    fn start_at(&self, interface: &Arc<Interface>, ports: Ranges<u16>) -> Start {
        Start {
            origin: Origin::Interface(interface.clone()),
            senders: interface.senders.clone(),
            ports,
            instance: interface.instance.clone(),
            vpc: Some(interface.vpc.clone()),
        }
    }

    /// The ports that an interface's system sends from.
    fn client_ports(&self, interface: &Interface) -> Ranges<u16> {
        let Some(id) = &interface.instance else {
            return any_client();
        };
        let Some(instance) = self.world.snapshot.instances.get(id) else {
            return any_client();
        };
        let says_windows = |text: &Option<String>| {
            text.as_deref()
                .is_some_and(|text| text.to_ascii_lowercase().contains("windows"))
        };
        if says_windows(&instance.platform) || says_windows(&instance.platform_details) {
            windows_client()
        } else {
            linux_client()
        }
    }

    fn start_of(&self, interface: &Arc<Interface>) -> Start {
        self.start_at(interface, self.client_ports(interface))
    }

    /// Where packets start.
    pub(crate) fn starts(&mut self, end: &End, towards: &[Finish]) -> Result<Vec<Start>, Hindrance> {
        match &end.form {
            EndForm::Id(id) => self.starts_by_id(end, id, towards),
            EndForm::Lambda { function, qualifier } => self.function(end, function, qualifier.as_deref()),
            EndForm::Workload {
                subnets,
                security_groups,
                assign_public_ip,
            } => {
                let label = end.text.clone();
                let of = Virtual {
                    id: &label,
                    kind: Kind::Workload,
                    groups: security_groups,
                    filtered: true,
                    any_public: *assign_public_ip,
                    ipv6: true,
                };
                subnets
                    .iter()
                    .map(|subnet| Ok(self.start_at(&self.virtual_interface(subnet, &of)?, linux_client())))
                    .collect()
            }
            EndForm::Tagged(_) => {
                let mut starts = Vec::new();
                for interface in self.tagged(end)? {
                    starts.push(self.start_of(&interface));
                }
                Ok(starts)
            }
            EndForm::Internet => Ok(vec![self.internet(None)]),
            EndForm::Rds(_) => {
                let (interfaces, _) = self.database(end)?;
                Ok(interfaces
                    .iter()
                    .map(|interface| self.start_of(interface))
                    .collect())
            }
            EndForm::Addresses(nets) => self.starts_by_address(end, nets),
            EndForm::PrefixList(list) => {
                let nets = self.entries(end, list)?;
                self.starts_by_address(end, &nets)
            }
            EndForm::Host { .. } => {
                let nets = self.host(end)?;
                self.starts_by_address(end, &nets)
            }
            EndForm::OnPremises(nets) => self.starts_on_premises(end, nets),
            EndForm::LoadBalancer(_) => Err(Hindrance::Unknown(Doubt {
                code: Code::UnsupportedComponent,
                message: format!("`{}`: load balancers are not modelled yet", end.text),
                components: Vec::new(),
                missing_call: None,
            })),
        }
        .and_then(|starts| {
            if starts.is_empty() {
                Err(absent(end, None))
            } else {
                Ok(starts)
            }
        })
    }

    fn internet(&self, gateway: Option<&str>) -> Start {
        Start {
            origin: Origin::Internet(gateway.map(Into::into)),
            senders: self.world.internet.clone(),
            ports: any_client(),
            instance: None,
            vpc: None,
        }
    }

    fn starts_by_id(
        &mut self,
        end: &End,
        id: &ResourceId,
        towards: &[Finish],
    ) -> Result<Vec<Start>, Hindrance> {
        self.consulted.insert(id.clone());
        let world = self.world;
        let snapshot = world.snapshot;
        match super::resources::kind_of(id) {
            Kind::NetworkInterface | Kind::Instance | Kind::Subnet => {
                let interfaces = self.interfaces(end, id)?;
                Ok(interfaces
                    .iter()
                    .map(|interface| self.start_of(interface))
                    .collect())
            }
            Kind::NatGateway => {
                let call = "ec2:DescribeNatGateways";
                let Some(nat) = snapshot.nat_gateways.get(id.as_str()) else {
                    return Err(absent(end, (!snapshot.nat_gateways.is_known()).then_some(call)));
                };
                Ok(vec![Start {
                    origin: Origin::NatGateway(NatGatewayId::from(id.as_str())),
                    senders: super::nat_gateway::private_addresses(nat),
                    ports: super::nat_gateway::ports(),
                    instance: None,
                    vpc: Some(nat.vpc_id.clone()),
                }])
            }
            Kind::InternetGateway => {
                let call = "ec2:DescribeInternetGateways";
                if snapshot.internet_gateways.get(id.as_str()).is_none() {
                    return Err(absent(
                        end,
                        (!snapshot.internet_gateways.is_known()).then_some(call),
                    ));
                }
                Ok(vec![self.internet(Some(id.as_str()))])
            }
            Kind::VpcPeeringConnection => self.starts_behind_peering(end, id, towards),
            Kind::TransitGateway | Kind::TransitGatewayAttachment => self.starts_behind_attachments(end, id),
            Kind::VpnGateway => self.starts_behind_vpn_gateway(end, id),
            Kind::VpcEndpoint => Err(Hindrance::Never {
                code: Code::VpceIntraVpcTraffic,
                spot: Spot::new(id.clone(), Kind::VpcEndpoint),
                note: "a VPC endpoint starts nothing".into(),
            }),
            _ => Err(absent(end, None)),
        }
    }

    /// The interfaces of an `eni-…`, an `i-…`, a `subnet-…` or an interface endpoint's `vpce-…`.
    fn interfaces(&mut self, end: &End, id: &ResourceId) -> Result<Vec<Arc<Interface>>, Hindrance> {
        let world = self.world;
        let snapshot = world.snapshot;
        let known = snapshot.network_interfaces.is_known();
        let missing = (!known).then_some("ec2:DescribeNetworkInterfaces");
        match super::resources::kind_of(id) {
            Kind::NetworkInterface => {
                let interface = world
                    .interface(&id.as_str().into())
                    .ok_or_else(|| absent(end, missing))?;
                Ok(vec![interface.clone()])
            }
            Kind::Instance => {
                let found: Vec<Arc<Interface>> = world
                    .interfaces
                    .iter()
                    .filter(|interface| {
                        interface
                            .instance
                            .as_ref()
                            .is_some_and(|instance| instance.as_str() == id.as_str())
                            && interface.role != Role::Trunk
                    })
                    .cloned()
                    .collect();
                if found.is_empty() {
                    Err(absent(end, missing))
                } else {
                    Ok(found)
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
                if snapshot.subnets.get(id.as_str()).is_none() {
                    let missing = (!snapshot.subnets.is_known()).then_some("ec2:DescribeSubnets");
                    return Err(absent(end, missing));
                }
                Ok(vec![self.virtual_interface(&id.as_str().into(), &of)?])
            }
            _ => Err(absent(end, None)),
        }
    }

    fn function(
        &mut self,
        end: &End,
        function: &str,
        qualifier: Option<&str>,
    ) -> Result<Vec<Start>, Hindrance> {
        let snapshot = self.world.snapshot;
        if !snapshot.functions.is_known() {
            return Err(absent(end, Some("lambda:ListFunctions")));
        }
        let unqualified = |arn: &str| -> String { arn.splitn(8, ':').take(7).collect::<Vec<_>>().join(":") };
        let found: Vec<_> = snapshot
            .functions
            .values()
            .filter(|candidate| {
                let arn = candidate.function_arn.as_str();
                let named =
                    candidate.function_name == function || unqualified(arn) == function || arn == function;
                let suffix = arn.splitn(8, ':').nth(7);
                let qualified = match qualifier {
                    None => suffix.is_none_or(|suffix| suffix == "$LATEST"),
                    Some("$LATEST") => suffix.is_none_or(|suffix| suffix == "$LATEST"),
                    Some(wanted) => suffix == Some(wanted) || candidate.version.as_deref() == Some(wanted),
                };
                let mut parts = arn.split(':').skip(3);
                let (region, account) = (parts.next(), parts.next());
                let vpc = candidate
                    .vpc_config
                    .as_ref()
                    .and_then(|config| config.vpc_id.as_ref());
                named
                    && qualified
                    && end
                        .region
                        .as_ref()
                        .is_none_or(|wanted| region == Some(wanted.as_str()))
                    && end
                        .account
                        .as_ref()
                        .is_none_or(|wanted| account == Some(wanted.as_str()))
                    && end.vpc.as_ref().is_none_or(|wanted| vpc == Some(wanted))
            })
            .collect();
        let function = match found.as_slice() {
            [] => return Err(absent(end, None)),
            [one] => *one,
            several => {
                return Err(ambiguous(
                    end,
                    several.iter().map(|f| ResourceId::from(&f.function_arn)),
                ));
            }
        };
        self.consulted.insert((&function.function_arn).into());
        let config = function
            .vpc_config
            .as_ref()
            .filter(|config| !config.subnet_ids.is_empty());
        let Some(config) = config else {
            let message = format!(
                "function {} is in no VPC: its network is AWS's own",
                function.function_name
            );
            return Err(Doubt::new(Code::UnassociatedComponent, &function.function_arn, message).into());
        };
        let dual_stack = config.ipv6_allowed_for_dual_stack == Some(true)
            && config.subnet_ids.iter().all(|id| {
                self.world
                    .subnets
                    .get(id)
                    .is_some_and(|subnet| !subnet.usable.v6.is_empty())
            });
        let of = Virtual {
            id: function.function_arn.as_str(),
            kind: Kind::Lambda,
            groups: &config.security_group_ids,
            filtered: true,
            any_public: false,
            ipv6: dual_stack,
        };
        config
            .subnet_ids
            .iter()
            .map(|subnet| {
                let interface = self.virtual_interface(subnet, &of)?;
                let mut named = Interface::clone(&interface);
                named.name = Some(function.function_name.clone());
                Ok(self.start_at(&Arc::new(named), any_client()))
            })
            .collect()
    }

    fn starts_behind_peering(
        &self,
        end: &End,
        id: &ResourceId,
        towards: &[Finish],
    ) -> Result<Vec<Start>, Hindrance> {
        let snapshot = self.world.snapshot;
        let call = "ec2:DescribeVpcPeeringConnections";
        let Some(peering) = snapshot.vpc_peering_connections.get(id.as_str()) else {
            return Err(absent(
                end,
                (!snapshot.vpc_peering_connections.is_known()).then_some(call),
            ));
        };
        let wanted: BTreeSet<&VpcId> = towards
            .iter()
            .flat_map(|finish| match &finish.goal {
                Goal::Interfaces(interfaces) => interfaces.iter().map(|interface| &interface.vpc).collect(),
                _ => Vec::new(),
            })
            .collect();
        let mut starts = Vec::new();
        for side in [&peering.requester_vpc_info, &peering.accepter_vpc_info]
            .into_iter()
            .flatten()
        {
            let Some(into) = &side.vpc_id else { continue };
            if !wanted.is_empty() && !wanted.contains(into)
                || wanted.is_empty() && !self.world.vpcs.contains_key(into)
            {
                continue;
            }
            if let Some(far) = super::peering::far_side(peering, into) {
                let view = far
                    .vpc_id
                    .as_ref()
                    .and_then(|id| self.world.vpcs.get(id))
                    .filter(|view| view.known);
                starts.push(Start {
                    origin: Origin::Peering {
                        id: id.as_str().into(),
                        into: into.clone(),
                    },
                    senders: view
                        .map_or_else(|| super::peering::blocks_of(far), |view| view.blocks.live.clone()),
                    ports: any_client(),
                    instance: None,
                    vpc: Some(into.clone()),
                });
            }
        }
        Ok(starts)
    }

    fn starts_behind_attachments(&self, end: &End, id: &ResourceId) -> Result<Vec<Start>, Hindrance> {
        let snapshot = self.world.snapshot;
        let call = "ec2:DescribeTransitGatewayAttachments";
        let found: Vec<_> = snapshot
            .transit_gateway_attachments
            .values()
            .filter(|attachment| {
                attachment.transit_gateway_attachment_id.as_str() == id.as_str()
                    || attachment.transit_gateway_id.as_str() == id.as_str()
            })
            .collect();
        if found.is_empty() {
            return Err(absent(
                end,
                (!snapshot.transit_gateway_attachments.is_known()).then_some(call),
            ));
        }
        Ok(found
            .into_iter()
            .map(|attachment| {
                let vpc = super::transit_gateway::vpc_of(attachment);
                let view = vpc.as_ref().and_then(|vpc| self.world.vpcs.get(vpc));
                Start {
                    origin: Origin::Attachment(attachment.transit_gateway_attachment_id.clone()),
                    senders: view.map_or_else(Addresses::empty, |view| view.blocks.live.clone()),
                    ports: any_client(),
                    instance: None,
                    vpc,
                }
            })
            .collect())
    }

    fn starts_behind_vpn_gateway(&self, end: &End, id: &ResourceId) -> Result<Vec<Start>, Hindrance> {
        let snapshot = self.world.snapshot;
        let Some(gateway) = snapshot.vpn_gateways.get(id.as_str()) else {
            let call = "ec2:DescribeVpnGateways";
            return Err(absent(end, (!snapshot.vpn_gateways.is_known()).then_some(call)));
        };
        let senders = self.prefixes_behind(id.as_str());
        Ok(gateway
            .vpc_attachments
            .iter()
            .filter_map(|attachment| attachment.vpc_id.clone())
            .map(|vpc| Start {
                origin: Origin::VpnGateway {
                    id: id.clone(),
                    into: vpc.clone(),
                },
                senders: senders.clone(),
                ports: any_client(),
                instance: None,
                vpc: Some(vpc),
            })
            .collect())
    }

    /// What a virtual private gateway shows that it knows: propagated routes, and the static routes of its VPNs.
    fn prefixes_behind(&self, gateway: &str) -> Addresses {
        let snapshot = self.world.snapshot;
        let by_vpn = snapshot
            .vpn_connections
            .values()
            .filter(|vpn| {
                vpn.vpn_gateway_id
                    .as_ref()
                    .is_some_and(|id| id.as_str() == gateway)
            })
            .flat_map(|vpn| &vpn.routes)
            .filter_map(|route| route.destination_cidr_block);
        Addresses::from_nets(by_vpn).union(&propagated_by(snapshot, gateway))
    }

    fn starts_on_premises(&self, end: &End, nets: &[IpNet]) -> Result<Vec<Start>, Hindrance> {
        let snapshot = self.world.snapshot;
        let asked = Addresses::from_nets(nets.iter().copied());
        let mut starts = Vec::new();
        for (id, gateway) in snapshot.vpn_gateways.iter() {
            let known = self.prefixes_behind(id.as_str());
            let senders = asked.intersect(&known);
            if senders.is_empty() {
                continue;
            }
            for vpc in gateway
                .vpc_attachments
                .iter()
                .filter_map(|attachment| attachment.vpc_id.clone())
            {
                starts.push(Start {
                    origin: Origin::VpnGateway {
                        id: id.into(),
                        into: vpc.clone(),
                    },
                    senders: senders.clone(),
                    ports: any_client(),
                    instance: None,
                    vpc: Some(vpc),
                });
            }
        }
        for attachment in snapshot.transit_gateway_attachments.values() {
            let outside = matches!(
                attachment.resource_type,
                Some(
                    AttachmentResourceType::Vpn
                        | AttachmentResourceType::DirectConnectGateway
                        | AttachmentResourceType::Connect
                        | AttachmentResourceType::VpnConcentrator
                        | AttachmentResourceType::ClientVpn
                )
            );
            if outside {
                starts.push(Start {
                    origin: Origin::Attachment(attachment.transit_gateway_attachment_id.clone()),
                    senders: asked.clone(),
                    ports: any_client(),
                    instance: None,
                    vpc: None,
                });
            }
        }
        if starts.is_empty() {
            return Err(Hindrance::Unknown(Doubt {
                code: Code::NoSourceOrDestination,
                message: format!("no gateway in the snapshot shows that it knows `{}`", end.text),
                components: Vec::new(),
                missing_call: (!snapshot.vpn_connections.is_known()).then_some("ec2:DescribeVpnConnections"),
            }));
        }
        Ok(starts)
    }

    /// Addresses as a source: those of an interface are sent by it; global ones come from the internet.
    fn starts_by_address(&mut self, end: &End, nets: &[IpNet]) -> Result<Vec<Start>, Hindrance> {
        let asked = Addresses::from_nets(nets.iter().copied());
        let mut starts = Vec::new();
        let mut left = asked.clone();
        let world = self.world;
        let owners: Vec<&Arc<Interface>> = world
            .interfaces
            .iter()
            .filter(|interface| self.in_scope(end, &interface.vpc))
            .filter(|interface| !interface.addresses.intersect(&asked).is_empty())
            .collect();
        for owner in &owners {
            let senders = owner.addresses.intersect(&asked);
            let rival = owners
                .iter()
                .find(|other| other.id != owner.id && !other.addresses.intersect(&senders).is_empty());
            if let Some(rival) = rival {
                return Err(ambiguous(end, [owner.id.clone(), rival.id.clone()].into_iter()));
            }
            left = left.subtract(&senders);
            starts.push(Start {
                senders,
                ..self.start_of(owner)
            });
        }
        // Addresses of a VPC that no interface has are sent by nobody.
        for view in world.vpcs.values() {
            left = left.subtract(&view.blocks.live);
        }
        let global = left.intersect(super::special::global());
        if !global.is_empty() {
            starts.push(Start {
                senders: global.clone(),
                ..self.internet(None)
            });
        }
        let private = left.subtract(&global);
        if !private.is_empty() {
            let nets: Vec<IpNet> = Family::BOTH
                .into_iter()
                .flat_map(|family| super::render::blocks(family, private.get(family)))
                .collect();
            starts.extend(self.starts_on_premises(end, &nets)?);
        }
        Ok(starts)
    }

    fn entries(&mut self, end: &End, list: &PrefixListId) -> Result<Vec<IpNet>, Hindrance> {
        self.consulted.insert(list.into());
        let snapshot = self.world.snapshot;
        let Some(found) = snapshot.prefix_lists.get(list) else {
            let call = "ec2:DescribeManagedPrefixLists";
            return Err(absent(end, (!snapshot.prefix_lists.is_known()).then_some(call)));
        };
        let call = "ec2:GetManagedPrefixListEntries";
        Ok(found
            .entries
            .clone()
            .ok_or_else(|| Doubt::absent(list, "the entries of prefix list", call))?)
    }

    fn host(&self, end: &End) -> Result<Vec<IpNet>, Hindrance> {
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

    /// Every resource that carries the tags.
    fn tagged(&mut self, end: &End) -> Result<Vec<Arc<Interface>>, Hindrance> {
        let EndForm::Tagged(selector) = &end.form else {
            return Ok(Vec::new());
        };
        let fits = |tags: &[crate::network::tag::Tag]| {
            selector.tags.iter().all(|(key, values)| {
                tags.iter()
                    .any(|tag| tag.key == *key && (values.is_empty() || values.contains(&tag.value)))
            })
        };
        let wants = |kind: Kind| selector.kind.is_none_or(|wanted| wanted == kind);
        let world = self.world;
        let snapshot = world.snapshot;
        let mut found: BTreeMap<(ResourceId, SubnetId), Arc<Interface>> = BTreeMap::new();
        let mut add = |interface: Arc<Interface>| {
            found.insert((interface.id.clone(), interface.subnet.clone()), interface);
        };
        if wants(Kind::Instance) {
            for instance in snapshot
                .instances
                .values()
                .filter(|instance| fits(&instance.tags))
            {
                for interface in &world.interfaces {
                    if interface.instance.as_ref() == Some(&instance.instance_id)
                        && self.in_scope(end, &interface.vpc)
                    {
                        add(interface.clone());
                    }
                }
            }
        }
        if wants(Kind::NetworkInterface) {
            for eni in snapshot
                .network_interfaces
                .values()
                .filter(|eni| fits(&eni.tag_set))
            {
                if let Some(interface) = world.interface(&eni.network_interface_id)
                    && self.in_scope(end, &interface.vpc)
                {
                    add(interface.clone());
                }
            }
        }
        if wants(Kind::Subnet) {
            for subnet in snapshot.subnets.values().filter(|subnet| fits(&subnet.tags)) {
                if self.in_scope(end, &subnet.vpc_id) {
                    let id: ResourceId = (&subnet.subnet_id).into();
                    for interface in self.interfaces(end, &id)? {
                        add(interface);
                    }
                }
            }
        }
        if wants(Kind::Rds) {
            for database in snapshot
                .db_instances
                .values()
                .filter(|database| fits(&database.tags))
            {
                let id = database.db_instance_identifier.as_str().to_owned();
                let (current, standby) = self.database(&End {
                    form: EndForm::Rds(id),
                    ..end.clone()
                })?;
                current.into_iter().chain(standby).for_each(&mut add);
            }
        }
        if found.is_empty() {
            return Err(absent(end, None));
        }
        Ok(found.into_values().collect())
    }

    /// A database's current interfaces, and one virtual interface in each other subnet of its group, where it may stand
    /// after a failover.
    #[expect(clippy::type_complexity, reason = "two lists of the same")]
    fn database(&mut self, end: &End) -> Result<(Vec<Arc<Interface>>, Vec<Arc<Interface>>), Hindrance> {
        let EndForm::Rds(name) = &end.form else {
            return Ok((Vec::new(), Vec::new()));
        };
        let snapshot = self.world.snapshot;
        if !snapshot.db_instances.is_known() && !snapshot.db_clusters.is_known() {
            return Err(absent(end, Some("rds:DescribeDBInstances")));
        }
        let cluster = snapshot.db_clusters.values().find(|cluster| {
            cluster.db_cluster_identifier.as_str() == name || cluster.db_cluster_arn.as_deref() == Some(name)
        });
        let members: Vec<_> = snapshot
            .db_instances
            .values()
            .filter(|database| {
                database.db_instance_identifier.as_str() == name
                    || database.db_instance_arn.as_deref() == Some(name)
                    || cluster.is_some_and(|cluster| {
                        database.db_cluster_identifier.as_ref() == Some(&cluster.db_cluster_identifier)
                            || cluster.db_cluster_members.iter().any(|member| {
                                member.db_instance_identifier == database.db_instance_identifier
                            })
                    })
            })
            .collect();
        if members.is_empty() {
            return Err(absent(end, None));
        }
        let mut current: BTreeMap<ResourceId, Arc<Interface>> = BTreeMap::new();
        let mut standby = BTreeMap::new();
        for database in members {
            let group = database.db_subnet_group.as_ref();
            let subnets: BTreeSet<&SubnetId> = group
                .into_iter()
                .flat_map(|group| &group.subnets)
                .map(|subnet| &subnet.subnet_identifier)
                .collect();
            let groups: BTreeSet<&SecurityGroupId> = database
                .vpc_security_groups
                .iter()
                .map(|group| &group.vpc_security_group_id)
                .collect();
            for interface in &self.world.interfaces {
                let of_rds = self.world.eni(interface).is_some_and(|eni| {
                    eni.requester_id.as_deref() == Some("amazon-rds")
                        || eni.description.as_deref() == Some("RDSNetworkInterface")
                });
                let same_groups = interface.groups.iter().collect::<BTreeSet<_>>() == groups;
                if of_rds && same_groups && subnets.contains(&interface.subnet) {
                    current.insert(interface.id.clone(), interface.clone());
                }
            }
            let label = format!("rds:{}", database.db_instance_identifier);
            let groups: Vec<SecurityGroupId> = groups.into_iter().cloned().collect();
            let of = Virtual {
                id: &label,
                kind: Kind::Rds,
                groups: &groups,
                filtered: true,
                any_public: false,
                ipv6: false,
            };
            for &subnet in &subnets {
                if !current.values().any(|interface| interface.subnet == *subnet) {
                    standby.insert(
                        (label.clone(), subnet.clone()),
                        self.virtual_interface(subnet, &of)?,
                    );
                }
            }
        }
        Ok((current.into_values().collect(), standby.into_values().collect()))
    }

    /// Where packets should arrive. `from` is the VPC that they start in, where they start in one.
    pub(crate) fn finishes(&mut self, end: &End, from: Option<&VpcId>) -> Result<Vec<Finish>, Hindrance> {
        match &end.form {
            EndForm::Id(id) => self.finishes_by_id(end, id, from),
            EndForm::Lambda { .. } => Err(Hindrance::Never {
                code: Code::NoPossibleDestination,
                spot: Spot::new(end.text.as_str(), Kind::Lambda),
                note: "nothing connects to a Lambda function's interface".into(),
            }),
            EndForm::Workload {
                subnets,
                security_groups,
                assign_public_ip,
            } => {
                let label = end.text.clone();
                let of = Virtual {
                    id: &label,
                    kind: Kind::Workload,
                    groups: security_groups,
                    filtered: true,
                    any_public: *assign_public_ip,
                    ipv6: true,
                };
                subnets
                    .iter()
                    .map(|subnet| Ok(at_interface(self.virtual_interface(subnet, &of)?)))
                    .collect()
            }
            EndForm::Tagged(_) => Ok(self.tagged(end)?.into_iter().map(at_interface).collect()),
            EndForm::Internet => Ok(vec![Finish {
                goal: Goal::Internet(None),
                addresses: self.world.internet.clone(),
                from_internet: None,
                ambiguous: None,
            }]),
            EndForm::Rds(_) => {
                let (current, standby) = self.database(end)?;
                Ok(current.into_iter().chain(standby).map(at_interface).collect())
            }
            EndForm::Addresses(nets) => Ok(self.finishes_by_address(end, nets)),
            EndForm::PrefixList(list) => {
                let nets = self.entries(end, list)?;
                Ok(vec![anywhere(Addresses::from_nets(nets))])
            }
            EndForm::Host { .. } => {
                let nets = self.host(end)?;
                Ok(self.finishes_by_address(end, &nets))
            }
            EndForm::OnPremises(nets) => Ok(vec![Finish {
                goal: Goal::OnPremises,
                ..anywhere(Addresses::from_nets(nets.iter().copied()))
            }]),
            EndForm::LoadBalancer(_) => Err(Hindrance::Unknown(Doubt {
                code: Code::UnsupportedComponent,
                message: format!("`{}`: load balancers are not modelled yet", end.text),
                components: Vec::new(),
                missing_call: None,
            })),
        }
    }

    fn finishes_by_id(
        &mut self,
        end: &End,
        id: &ResourceId,
        from: Option<&VpcId>,
    ) -> Result<Vec<Finish>, Hindrance> {
        self.consulted.insert(id.clone());
        let snapshot = self.world.snapshot;
        let handed = |addresses: Addresses| {
            vec![Finish {
                goal: Goal::Handed(id.clone()),
                addresses,
                from_internet: None,
                ambiguous: None,
            }]
        };
        match super::resources::kind_of(id) {
            Kind::NetworkInterface | Kind::Instance | Kind::Subnet => {
                Ok(self.interfaces(end, id)?.into_iter().map(at_interface).collect())
            }
            Kind::NatGateway => {
                let Some(nat) = snapshot.nat_gateways.get(id.as_str()) else {
                    let call = "ec2:DescribeNatGateways";
                    return Err(absent(end, (!snapshot.nat_gateways.is_known()).then_some(call)));
                };
                Ok(handed(self.internet_without_endpoints(&nat.vpc_id)))
            }
            Kind::InternetGateway => {
                let Some(gateway) = snapshot.internet_gateways.get(id.as_str()) else {
                    let call = "ec2:DescribeInternetGateways";
                    return Err(absent(
                        end,
                        (!snapshot.internet_gateways.is_known()).then_some(call),
                    ));
                };
                let vpc = gateway
                    .attachments
                    .iter()
                    .find_map(|attachment| attachment.vpc_id.as_ref());
                let addresses = vpc.map_or_else(
                    || self.world.internet.clone(),
                    |vpc| self.internet_without_endpoints(vpc),
                );
                Ok(vec![Finish {
                    goal: Goal::Internet(Some(id.as_str().into())),
                    addresses,
                    from_internet: None,
                    ambiguous: None,
                }])
            }
            Kind::VpcPeeringConnection => {
                let Some(peering) = snapshot.vpc_peering_connections.get(id.as_str()) else {
                    let call = "ec2:DescribeVpcPeeringConnections";
                    return Err(absent(
                        end,
                        (!snapshot.vpc_peering_connections.is_known()).then_some(call),
                    ));
                };
                let far = from.and_then(|vpc| super::peering::far_side(peering, vpc));
                let sides = [&peering.requester_vpc_info, &peering.accepter_vpc_info];
                let addresses = match far {
                    Some(far) => super::peering::blocks_of(far),
                    None => sides.into_iter().flatten().fold(Addresses::empty(), |all, side| {
                        all.union(&super::peering::blocks_of(side))
                    }),
                };
                Ok(handed(addresses))
            }
            // The path names the addresses: `filterAtSource.destinationAddress`.
            Kind::TransitGateway | Kind::TransitGatewayAttachment | Kind::VpnGateway => {
                Ok(handed(Addresses::empty()))
            }
            Kind::VpcEndpoint => self.finishes_at_endpoint(end, id),
            _ => Err(absent(end, None)),
        }
    }

    fn finishes_at_endpoint(&mut self, end: &End, id: &ResourceId) -> Result<Vec<Finish>, Hindrance> {
        let snapshot = self.world.snapshot;
        let Some(endpoint) = snapshot.vpc_endpoints.get(id.as_str()) else {
            let call = "ec2:DescribeVpcEndpoints";
            return Err(absent(end, (!snapshot.vpc_endpoints.is_known()).then_some(call)));
        };
        use crate::network::state::VpcEndpointType;
        if matches!(endpoint.vpc_endpoint_type, None | Some(VpcEndpointType::Gateway)) {
            let addresses = super::endpoint::service_addresses(endpoint, snapshot).ok_or_else(|| {
                Doubt::absent(
                    id.clone(),
                    "the prefix list of gateway endpoint",
                    "ec2:DescribePrefixLists",
                )
            })?;
            return Ok(vec![Finish {
                goal: Goal::Handed(id.clone()),
                addresses,
                from_internet: None,
                ambiguous: None,
            }]);
        }
        use crate::network::state::VpcEndpointState;
        match &endpoint.state {
            Some(VpcEndpointState::Available) => {}
            Some(
                state @ (VpcEndpointState::Rejected
                | VpcEndpointState::Failed
                | VpcEndpointState::Expired
                | VpcEndpointState::Deleted
                | VpcEndpointState::PendingAcceptance),
            ) => {
                return Err(Hindrance::Never {
                    code: Code::BadState,
                    spot: Spot::new(id.clone(), Kind::VpcEndpoint).in_vpc(&endpoint.vpc_id),
                    note: format!("it is {state}"),
                });
            }
            state => {
                let state = state
                    .as_ref()
                    .map_or("in an unknown state", |state| state.as_str());
                return Err(Doubt::new(
                    Code::InTransition,
                    id.clone(),
                    format!("VPC endpoint {id} is {state}"),
                )
                .into());
            }
        }
        let mut finishes = Vec::new();
        for eni in &endpoint.network_interface_ids {
            let interface = self.world.interface(eni).ok_or_else(|| {
                Doubt::absent(
                    eni,
                    "the interface of VPC endpoint",
                    "ec2:DescribeNetworkInterfaces",
                )
            })?;
            finishes.push(at_interface(interface.clone()));
        }
        if finishes.is_empty() {
            let message = format!("VPC endpoint {id} shows no interface");
            return Err(Doubt::new(Code::UnknownResource, id.clone(), message).into());
        }
        Ok(finishes)
    }

    /// The internet's addresses, less what the gateway endpoints of a VPC take.
    fn internet_without_endpoints(&self, vpc: &VpcId) -> Addresses {
        let snapshot = self.world.snapshot;
        snapshot
            .vpc_endpoints
            .values()
            .filter(|endpoint| endpoint.vpc_id == *vpc)
            .filter_map(|endpoint| super::endpoint::service_addresses(endpoint, snapshot))
            .fold(self.world.internet.clone(), |left, taken| left.subtract(&taken))
    }

    fn finishes_by_address(&mut self, end: &End, nets: &[IpNet]) -> Vec<Finish> {
        let mut finishes = Vec::new();
        let mut others = Vec::new();
        for &net in nets {
            if net.prefix_len() != net.max_prefix_len() {
                others.push(net);
                continue;
            }
            let (family, address) = (Family::of(net.addr()), number(net.addr()));
            let mut owners: Vec<Arc<Interface>> = self
                .world
                .interfaces
                .iter()
                .filter(|interface| interface.owns(family, address) && self.in_scope(end, &interface.vpc))
                .cloned()
                .collect();
            if owners.is_empty() {
                owners = self
                    .world
                    .interfaces
                    .iter()
                    .filter(|interface| {
                        family == Family::V4 && interface.public_addresses().contains(address)
                    })
                    .cloned()
                    .collect();
            }
            if owners.is_empty() {
                others.push(net);
                continue;
            }
            self.consulted.extend(owners.iter().map(|owner| owner.id.clone()));
            let several = owners.len() > 1;
            finishes.push(Finish {
                ambiguous: several.then(|| {
                    match ambiguous(end, owners.iter().map(|owner| owner.id.clone())) {
                        Hindrance::Unknown(doubt) => doubt,
                        Hindrance::Never { spot, note, code } => Doubt::new(code, spot.component, note),
                    }
                }),
                goal: Goal::Interfaces(owners),
                addresses: Addresses::from_nets([net]),
                from_internet: None,
            });
        }
        if !others.is_empty() {
            finishes.push(anywhere(Addresses::from_nets(others)));
        }
        finishes
    }
}

/// The prefixes of routes that a virtual private gateway propagated into route tables.
pub(crate) fn propagated_by(snapshot: &crate::network::Snapshot, gateway: &str) -> Addresses {
    let propagated = snapshot
        .route_tables
        .values()
        .flat_map(|table| &table.routes)
        .filter(|route| {
            route.origin == Some(crate::network::state::RouteOrigin::EnableVgwRoutePropagation)
                && route.gateway_id.as_ref().is_some_and(|id| id.as_str() == gateway)
        })
        .flat_map(|route| {
            let v4 = route.destination_cidr_block.map(IpNet::V4);
            v4.into_iter()
                .chain(route.destination_ipv6_cidr_block.map(IpNet::V6))
        });
    Addresses::from_nets(propagated)
}

fn ambiguous(end: &End, fitting: impl Iterator<Item = ResourceId>) -> Hindrance {
    let components: Vec<ResourceId> = fitting.collect();
    let names: Vec<&str> = components.iter().map(ResourceId::as_str).collect();
    Hindrance::Unknown(Doubt {
        code: Code::AmbiguousEnd,
        message: format!(
            "`{}` fits {}: say which with `account`, `region` or `vpc`, or by id",
            end.text,
            names.join(" and ")
        ),
        components,
        missing_call: None,
    })
}

fn anywhere(addresses: Addresses) -> Finish {
    Finish {
        goal: Goal::Anywhere,
        addresses,
        from_internet: None,
        ambiguous: None,
    }
}

/// An interface is asked for by its private addresses and IPv6, from the internet by its public ones and IPv6.
fn at_interface(interface: Arc<Interface>) -> Finish {
    let from_internet = Addresses {
        v4: interface.public_addresses(),
        v6: interface.senders.v6.clone(),
    };
    Finish {
        addresses: interface.senders.clone(),
        goal: Goal::Interfaces(vec![interface]),
        from_internet: Some(from_internet),
        ambiguous: None,
    }
}
