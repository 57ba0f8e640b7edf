//! Where everything is: VPCs, subnets and interfaces, with the look-ups that walks ask.
//!
//! Nothing here depends on a rule: networks that differ in rules only share one.

use std::borrow::Borrow;
use std::collections::{BTreeMap, BTreeSet};
use std::hash::Hash;
use std::net::Ipv4Addr;
use std::sync::{Arc, OnceLock};

use foldhash::fast::RandomState;
use foldhash::{HashMap, HashMapExt, HashSet};
use indexmap::IndexMap;
use ipnet::IpNet;

use crate::network::id::{
    AccountId, FunctionArn, InstanceId, InternetGatewayId, NatGatewayId, NetworkAclId, NetworkInterfaceId,
    Region, ResourceId, RouteTableId, SecurityGroupId, SubnetId, TransitGatewayAttachmentId, VpcId,
};
use crate::network::route_table::RouteTableAssociation;
use crate::network::snapshot::Snapshot;
use crate::network::state::{AssociationState, CidrState, GatewayAttachmentState, Ipv6AddressAttribute};
use crate::network::tag;
use crate::network::vpc::{Subnet, Vpc};
use crate::paths::model::TagSelector;

use super::addresses::{Addresses, Family, number};
use super::code::Code;
use super::doubt::Doubt;
use super::interface::Interface;
use super::narrowest::Holders;
use super::packets::Packets;
use super::ranges::Ranges;
use super::tagged::Tagged;
use super::world::Known;
use super::zone::Zone;

/// A subnet made ready.
#[derive(Debug)]
pub(crate) struct SubnetView {
    pub(crate) id: SubnetId,
    pub(crate) vpc: VpcId,
    pub(crate) name: Option<String>,
    /// Its live blocks.
    pub(crate) whole: Addresses,
    /// Those of its blocks that are on their way in or out.
    pub(crate) uncertain: Addresses,
    /// Without those that AWS keeps: the first four and the last of each block.
    pub(crate) usable: Addresses,
    pub(crate) zone: Option<Zone>,
    pub(crate) table: Known<RouteTableId>,
    /// `None`: none acts, as around a regional NAT gateway.
    pub(crate) acl: Known<Option<NetworkAclId>>,
    /// Its interfaces, by index.
    pub(crate) interfaces: Holders,
}

/// A VPC made ready.
#[derive(Debug)]
pub(crate) struct VpcView {
    /// Whether the VPC itself is in the snapshot.
    pub(crate) known: bool,
    pub(crate) name: Option<String>,
    pub(crate) blocks: Blocks,
    /// Its subnets, by index.
    pub(crate) subnets: Holders,
    pub(crate) main_table: Option<RouteTableId>,
    pub(crate) default_acl: Option<NetworkAclId>,
    /// Amazon DNS: the third address of the VPC's primary block.
    pub(crate) resolver: Addresses,
    /// AWS's own services that neither groups nor network ACLs filter, as seen from here.
    pub(crate) unfiltered_services: Addresses,
    /// The internet gateway that is attached.
    pub(crate) internet_gateway: Option<InternetGatewayId>,
    pub(crate) account: Option<AccountId>,
    pub(crate) region: Option<Region>,
}

impl Default for VpcView {
    fn default() -> Self {
        Self {
            known: false,
            name: None,
            blocks: Blocks::default(),
            subnets: Holders::default(),
            main_table: None,
            default_acl: None,
            resolver: Addresses::empty(),
            unfiltered_services: super::special::link_local_services().clone(),
            internet_gateway: None,
            account: None,
            region: None,
        }
    }
}

/// The CIDR blocks of a VPC.
#[derive(Debug, Clone)]
pub(crate) struct Blocks {
    /// The live ones, one by one.
    pub(crate) nets: Vec<IpNet>,
    pub(crate) live: Addresses,
    /// On their way in or out.
    pub(crate) uncertain: Addresses,
    /// IPv6 blocks that are not advertised to the internet.
    pub(crate) private_v6: Ranges<u128>,
}

impl Default for Blocks {
    fn default() -> Self {
        Self {
            nets: Vec::new(),
            live: Addresses::empty(),
            uncertain: Addresses::empty(),
            private_v6: Ranges::empty(),
        }
    }
}

/// A public IPv4 address of the snapshot's own: which private one it stands for, and where.
#[derive(Debug, Clone)]
pub(crate) struct PublicAddress {
    pub(crate) private: u128,
    pub(crate) vpc: VpcId,
}

/// Where everything is.
#[derive(Debug)]
pub(crate) struct Layout {
    pub(crate) vpcs: IndexMap<VpcId, VpcView, RandomState>,
    pub(crate) subnets: IndexMap<SubnetId, SubnetView, RandomState>,
    pub(crate) interfaces: Vec<Arc<Interface>>,
    by_eni: HashMap<NetworkInterfaceId, usize>,
    by_instance: HashMap<InstanceId, Vec<usize>>,
    /// By each of their own addresses.
    by_address: HashMap<(Family, u128), Vec<usize>>,
    /// Those that have delegated prefixes, which would be too many addresses to list.
    with_prefixes: Vec<usize>,
    /// By public address.
    pub(crate) public: BTreeMap<u128, PublicAddress>,
    /// Private → public addresses, by VPC, in the order of the private ones.
    public_of: HashMap<VpcId, Vec<(u128, u128)>>,
    /// Interfaces by the groups they carry.
    members: HashMap<SecurityGroupId, Holders>,
    /// The public addresses of the snapshot's own.
    pub(crate) own_public: Addresses,
    /// Globally reachable, and nobody's in the snapshot.
    pub(crate) internet: Addresses,
    /// By name, and by ARN with and without qualifier.
    functions: HashMap<String, Vec<FunctionArn>>,
    tagged_instances: OnceLock<Tagged<InstanceId>>,
    tagged_interfaces: OnceLock<Tagged<NetworkInterfaceId>>,
    /// The tables of gateways, by gateway.
    edge_tables: HashMap<ResourceId, Known<RouteTableId>>,
    /// The attachments of VPCs to transit gateways, by VPC.
    transit_attachments: HashMap<VpcId, Vec<TransitGatewayAttachmentId>>,
    /// The addresses of private NAT gateways, by VPC.
    private_nats: HashMap<VpcId, Addresses>,
    /// What denies all internet gateway traffic, by VPC.
    denying: HashMap<VpcId, Addresses>,
    /// VPCs of which not all interfaces can be seen.
    partly_seen: HashSet<VpcId>,
}

impl Layout {
    pub(crate) fn new(snapshot: &Snapshot) -> Self {
        let nats = nat_gateways(snapshot);
        let real = |(id, eni)| {
            let nat = nats.get(id).map(|&nat| nat.clone());
            Arc::new(Interface::real(eni, nat, snapshot))
        };
        let interfaces: Vec<Arc<Interface>> = snapshot.network_interfaces.iter().map(real).collect();
        let by_eni = interfaces
            .iter()
            .enumerate()
            .filter_map(|(index, interface)| Some((interface.eni.clone()?, index)))
            .collect();
        let mut public: BTreeMap<u128, PublicAddress> = BTreeMap::new();
        let mut members: HashMap<SecurityGroupId, Vec<(usize, &Addresses)>> = HashMap::new();
        let mut own_v6 = Vec::new();
        let mut by_instance: HashMap<InstanceId, Vec<usize>> = HashMap::new();
        let mut by_address: HashMap<(Family, u128), Vec<usize>> = HashMap::new();
        let mut with_prefixes = Vec::new();
        let mut denying: HashMap<VpcId, Addresses> = HashMap::new();
        for (index, interface) in interfaces.iter().enumerate() {
            if let Some(instance) = &interface.instance {
                by_instance.entry(instance.clone()).or_default().push(index);
            }
            if interface.addresses != interface.senders {
                with_prefixes.push(index);
            }
            for family in Family::BOTH {
                let own = interface.senders.get(family).iter();
                for address in own.flat_map(|(first, last)| first..=last) {
                    by_address.entry((family, address)).or_default().push(index);
                }
            }
            for &(private, address) in &interface.public {
                public.insert(
                    address,
                    PublicAddress {
                        private,
                        vpc: interface.vpc.clone(),
                    },
                );
            }
            for group in &interface.groups {
                let held = (index, &interface.addresses);
                members.entry(group.clone()).or_default().push(held);
            }
            own_v6.extend(interface.addresses.v6.iter());
            if interface.deny_all_igw_traffic {
                denying
                    .entry(interface.vpc.clone())
                    .or_insert_with(Addresses::empty)
                    .add(&interface.addresses);
            }
        }
        let members = (members.into_iter())
            .map(|(group, of_group)| (group, Holders::new(of_group)))
            .collect();
        let mut private_nats: HashMap<VpcId, Addresses> = HashMap::new();
        let nats = snapshot.nat_gateways.values();
        for nat in nats.filter(|nat| !super::nat_gateway::is_gone(nat)) {
            if !super::nat_gateway::is_public(nat) {
                private_nats
                    .entry(nat.vpc_id.clone())
                    .or_insert_with(Addresses::empty)
                    .add(&super::nat_gateway::private_addresses(nat));
            }
            for (private, address) in super::nat_gateway::public_pairs(nat) {
                public.entry(address).or_insert_with(|| PublicAddress {
                    private,
                    vpc: nat.vpc_id.clone(),
                });
            }
        }
        let mut public_of: HashMap<VpcId, Vec<(u128, u128)>> = HashMap::new();
        for (&address, owner) in &public {
            public_of
                .entry(owner.vpc.clone())
                .or_default()
                .push((owner.private, address));
        }
        for pairs in public_of.values_mut() {
            pairs.sort_by_key(|&(private, _)| private);
        }
        let own = Addresses {
            v4: Ranges::from_spans(public.keys().map(|&address| (address, address))),
            v6: Ranges::from_spans(own_v6),
        };
        let vpcs = vpcs(snapshot);
        let public_v6 = vpcs.values().fold(Ranges::empty(), |all: Ranges<u128>, vpc| {
            all.union(&vpc.blocks.live.v6.subtract(&vpc.blocks.private_v6))
        });
        let own_public = Addresses {
            v4: own.v4.clone(),
            v6: public_v6,
        };
        // Addresses in a VPC's own IPv6 block are that VPC's, whether an interface has them or not.
        let blocks_v6 = vpcs.values().fold(Ranges::empty(), |all: Ranges<u128>, vpc| {
            all.union(&vpc.blocks.live.v6)
        });
        let own = own.union(&Addresses::of(Family::V6, blocks_v6));
        let mut layout = Self {
            vpcs,
            subnets: IndexMap::with_hasher(RandomState::default()),
            by_eni,
            by_instance,
            by_address,
            with_prefixes,
            own_public,
            public,
            public_of,
            members,
            internet: super::special::global().subtract(&own),
            functions: functions(snapshot),
            tagged_instances: OnceLock::new(),
            tagged_interfaces: OnceLock::new(),
            edge_tables: edge_tables(snapshot),
            transit_attachments: transit_attachments(snapshot),
            private_nats,
            denying,
            partly_seen: partly_seen(snapshot),
            interfaces,
        };
        layout.place_subnets(snapshot);
        layout
    }

    fn place_subnets(&mut self, snapshot: &Snapshot) {
        let mut tables: HashMap<&SubnetId, Known<RouteTableId>> = HashMap::new();
        for table in snapshot.route_tables.values() {
            for association in &table.associations {
                let Some(subnet) = &association.subnet_id else {
                    continue;
                };
                associate(&mut tables, subnet, &table.route_table_id, association);
            }
        }
        let mut acls: HashMap<&SubnetId, &NetworkAclId> = HashMap::new();
        for acl in snapshot.network_acls.values() {
            for association in &acl.associations {
                if let Some(subnet) = &association.subnet_id {
                    acls.insert(subnet, &acl.network_acl_id);
                }
            }
        }
        let mut interfaces: HashMap<&SubnetId, Vec<(usize, &Addresses)>> = HashMap::new();
        for (index, interface) in self.interfaces.iter().enumerate() {
            let held = (index, &interface.addresses);
            interfaces.entry(&interface.subnet).or_default().push(held);
        }
        let mut subnets: HashMap<&VpcId, Vec<usize>> = HashMap::new();
        // Of a kind that was read in part, a missing association says nothing.
        for subnet in snapshot.subnets.values() {
            let vpc = self.vpcs.entry(subnet.vpc_id.clone()).or_default();
            subnets
                .entry(&subnet.vpc_id)
                .or_default()
                .push(self.subnets.len());
            let id = &subnet.subnet_id;
            let place = snapshot.places.get(&subnet.vpc_id);
            let (all_tables, all_acls) = (
                snapshot.route_tables.is_known_in(place),
                snapshot.network_acls.is_known_in(place),
            );
            let table = tables.remove(id).unwrap_or_else(|| {
                vpc.main_table
                    .clone()
                    .filter(|_| all_tables)
                    .ok_or_else(|| Doubt::absent(id, "the route table of subnet", "ec2:DescribeRouteTables"))
            });
            let acl = acls
                .get(id)
                .map(|&acl| acl.clone())
                .or_else(|| vpc.default_acl.clone().filter(|_| all_acls));
            let acl = acl
                .map(Some)
                .ok_or_else(|| Doubt::absent(id, "the network ACL of subnet", "ec2:DescribeNetworkAcls"));
            let (whole, usable, uncertain) = subnet_addresses(subnet);
            self.subnets.insert(
                id.clone(),
                SubnetView {
                    id: id.clone(),
                    vpc: subnet.vpc_id.clone(),
                    name: tag::name(&subnet.tags).map(str::to_owned),
                    whole,
                    usable,
                    uncertain,
                    zone: Zone::of(
                        subnet.availability_zone_id.as_ref(),
                        subnet.availability_zone.as_ref(),
                    ),
                    table,
                    acl,
                    interfaces: Holders::new(interfaces.remove(id).unwrap_or_default()),
                },
            );
        }
        for (vpc, of_vpc) in subnets {
            if let Some(view) = self.vpcs.get_mut(vpc) {
                let held = |index| Some((index, &self.subnets.get_index(index)?.1.whole));
                view.subnets = Holders::new(of_vpc.into_iter().filter_map(held));
            }
        }
    }

    pub(crate) fn subnet(&self, id: &SubnetId) -> Known<&SubnetView> {
        self.subnets
            .get(id)
            .ok_or_else(|| Doubt::absent(id, "subnet", "ec2:DescribeSubnets"))
    }

    pub(crate) fn interface<Q: Hash + Eq + ?Sized>(&self, eni: &Q) -> Option<&Arc<Interface>>
    where
        NetworkInterfaceId: Borrow<Q>,
    {
        self.by_eni.get(eni).and_then(|&index| self.interfaces.get(index))
    }

    /// The interfaces of an instance.
    pub(crate) fn of_instance(&self, instance: &str) -> impl Iterator<Item = &Arc<Interface>> {
        self.by_instance
            .get(instance)
            .into_iter()
            .flatten()
            .filter_map(|&index| self.interfaces.get(index))
    }

    /// The interfaces that have an address as their own, in whatever VPC.
    pub(crate) fn owners(&self, family: Family, address: u128) -> impl Iterator<Item = &Arc<Interface>> {
        let listed = self.by_address.get(&(family, address)).into_iter().flatten();
        let indices: BTreeSet<usize> = listed.chain(&self.with_prefixes).copied().collect();
        indices
            .into_iter()
            .filter_map(|index| self.interfaces.get(index))
            .filter(move |interface| interface.owns(family, address))
    }

    /// The functions that somebody may mean by a name or an ARN.
    pub(crate) fn functions(&self, named: &str) -> impl Iterator<Item = &FunctionArn> {
        self.functions.get(named).into_iter().flatten()
    }

    /// The instances that may fit a selector. `snapshot` is the one that this is the layout of.
    pub(crate) fn tagged_instances(&self, selector: &TagSelector, snapshot: &Snapshot) -> Vec<&InstanceId> {
        let rows = snapshot.instances.iter();
        self.tagged_instances
            .get_or_init(|| Tagged::new(rows.map(|(id, instance)| (id, instance.tags.as_slice()))))
            .candidates(selector)
    }

    /// The interfaces that may fit a selector. `snapshot` is the one that this is the layout of.
    pub(crate) fn tagged_interfaces(
        &self,
        selector: &TagSelector,
        snapshot: &Snapshot,
    ) -> Vec<&NetworkInterfaceId> {
        let rows = snapshot.network_interfaces.iter();
        self.tagged_interfaces
            .get_or_init(|| Tagged::new(rows.map(|(id, interface)| (id, interface.tag_set.as_slice()))))
            .candidates(selector)
    }

    /// The addresses of a VPC that stand for public ones, with those, in the order of those: the ones among some.
    pub(crate) fn public_of(&self, vpc: &VpcId, private: &Ranges<u128>) -> Vec<(u128, u128)> {
        let pairs = self.public_of.get(vpc).map_or(&[][..], Vec::as_slice);
        let within = private.iter().flat_map(|(first, last)| {
            let from = pairs.partition_point(|&(private, _)| private < first);
            let pairs = pairs.iter().skip(from).copied();
            pairs.take_while(move |&(private, _)| private <= last)
        });
        let mut within: Vec<(u128, u128)> = within.collect();
        within.sort_unstable_by_key(|&(_, public)| public);
        within
    }

    /// The interfaces that carry a group and may have the destinations of some packets.
    pub(crate) fn members(
        &self,
        group: &SecurityGroupId,
        packets: &Packets,
    ) -> impl Iterator<Item = &Arc<Interface>> {
        let near = self.members.get(group).map(|members| members.near(packets));
        near.into_iter()
            .flatten()
            .filter_map(|index| self.interfaces.get(index))
    }

    /// The route table that is asked for what enters by a gateway.
    pub(crate) fn edge_table(&self, gateway: &ResourceId) -> Option<&Known<RouteTableId>> {
        self.edge_tables.get(gateway)
    }

    /// A VPC's attachments to transit gateways.
    pub(crate) fn transit_attachments(&self, vpc: &VpcId) -> &[TransitGatewayAttachmentId] {
        self.transit_attachments.get(vpc).map_or(&[], Vec::as_slice)
    }

    /// The addresses of a VPC's private NAT gateways.
    pub(crate) fn private_nats(&self, vpc: &VpcId) -> Option<&Addresses> {
        self.private_nats.get(vpc)
    }

    /// Whether a VPC may have interfaces that were not shown.
    pub(crate) fn is_partly_seen(&self, vpc: &VpcId) -> bool {
        self.partly_seen.contains(vpc)
    }

    /// The addresses in a VPC of interfaces that deny all internet gateway traffic.
    pub(crate) fn denying_igw_traffic(&self, vpc: &VpcId) -> Option<&Addresses> {
        self.denying.get(vpc)
    }
}

fn functions(snapshot: &Snapshot) -> HashMap<String, Vec<FunctionArn>> {
    let mut functions: HashMap<String, Vec<FunctionArn>> = HashMap::new();
    for (arn, function) in snapshot.functions.iter() {
        let (unqualified, _) = function.qualified();
        for name in BTreeSet::from([function.function_name.as_str(), unqualified, arn.as_str()]) {
            functions.entry(name.to_owned()).or_default().push(arn.clone());
        }
    }
    functions
}

/// The shared VPCs that were read as a participant sees them: all of whose interfaces are others' than the owner's. Only the
/// owner is shown everybody's.
/// <https://docs.aws.amazon.com/vpc/latest/userguide/vpc-sharing-share-subnet-working-with.html>
fn partly_seen(snapshot: &Snapshot) -> HashSet<VpcId> {
    let mut all_foreign: HashMap<&VpcId, bool> = HashMap::new();
    for interface in snapshot.network_interfaces.values() {
        let vpc = snapshot.vpcs.get(&interface.vpc_id);
        let owner = vpc.and_then(|vpc| vpc.owner_id.as_ref());
        if let (Some(owner), Some(own)) = (owner, &interface.owner_id) {
            *all_foreign.entry(&interface.vpc_id).or_insert(true) &= own != owner;
        }
    }
    let foreign = all_foreign.into_iter().filter(|&(_, foreign)| foreign);
    foreign.map(|(vpc, _)| vpc.clone()).collect()
}

/// NAT gateways by the interfaces that they have.
fn nat_gateways(snapshot: &Snapshot) -> HashMap<&NetworkInterfaceId, &NatGatewayId> {
    let mut gateways = HashMap::new();
    for nat in snapshot.nat_gateways.values() {
        let addresses = nat.nat_gateway_addresses.iter();
        for eni in addresses.filter_map(|address| address.network_interface_id.as_ref()) {
            gateways.entry(eni).or_insert(&nat.nat_gateway_id);
        }
    }
    gateways
}

fn edge_tables(snapshot: &Snapshot) -> HashMap<ResourceId, Known<RouteTableId>> {
    let mut tables = HashMap::new();
    for table in snapshot.route_tables.values() {
        for association in &table.associations {
            if let Some(gateway) = &association.gateway_id {
                associate(&mut tables, gateway.clone(), &table.route_table_id, association);
            }
        }
    }
    tables
}

/// Notes which table a subnet or a gateway has, as far as an association is in force. Where one is changing, nobody can say.
fn associate<K: Eq + Hash + std::fmt::Display>(
    tables: &mut HashMap<K, Known<RouteTableId>>,
    with: K,
    table: &RouteTableId,
    association: &RouteTableAssociation,
) {
    let state = association.association_state.as_ref();
    match state.and_then(|state| state.state.as_ref()) {
        None | Some(AssociationState::Associated) => {
            tables.entry(with).or_insert_with(|| Ok(table.clone()));
        }
        Some(AssociationState::Disassociated | AssociationState::Failed) => {}
        Some(
            AssociationState::Associating | AssociationState::Disassociating | AssociationState::Other(_),
        ) => {
            let message = format!("the association of {with} with {table} is changing");
            tables.insert(with, Err(Doubt::new(Code::InTransition, table, message)));
        }
    }
}

fn transit_attachments(snapshot: &Snapshot) -> HashMap<VpcId, Vec<TransitGatewayAttachmentId>> {
    let mut attachments: HashMap<VpcId, Vec<TransitGatewayAttachmentId>> = HashMap::new();
    for (id, attachment) in snapshot.transit_gateway_vpc_attachments.iter() {
        let of_vpc = attachments.entry(attachment.vpc_id.clone()).or_default();
        of_vpc.push(id.clone());
    }
    attachments
}

fn vpcs(snapshot: &Snapshot) -> IndexMap<VpcId, VpcView, RandomState> {
    let mut vpcs: IndexMap<VpcId, VpcView, RandomState> = IndexMap::default();
    for vpc in snapshot.vpcs.values() {
        let view = vpcs.entry(vpc.vpc_id.clone()).or_default();
        view.known = true;
        view.name = tag::name(&vpc.tags).map(str::to_owned);
        view.blocks = blocks(vpc);
        view.account.clone_from(&vpc.owner_id);
        view.resolver = Addresses::from_addresses(
            vpc.cidr_block
                .and_then(|net| u32::from(net.network()).checked_add(2))
                .map(|n| Ipv4Addr::from(n).into()),
        );
        view.unfiltered_services.add(&view.resolver);
    }
    for table in snapshot.route_tables.values() {
        let main = table.associations.iter().any(|association| {
            let state = association
                .association_state
                .as_ref()
                .and_then(|state| state.state.as_ref());
            association.main && matches!(state, None | Some(AssociationState::Associated))
        });
        if main {
            vpcs.entry(table.vpc_id.clone()).or_default().main_table = Some(table.route_table_id.clone());
        }
    }
    for acl in snapshot.network_acls.values().filter(|acl| acl.is_default) {
        vpcs.entry(acl.vpc_id.clone()).or_default().default_acl = Some(acl.network_acl_id.clone());
    }
    for gateway in snapshot.internet_gateways.values() {
        for attachment in &gateway.attachments {
            let attached = matches!(attachment.state, None | Some(GatewayAttachmentState::Attached));
            if let (true, Some(vpc)) = (attached, &attachment.vpc_id) {
                vpcs.entry(vpc.clone()).or_default().internet_gateway =
                    Some(gateway.internet_gateway_id.clone());
            }
        }
    }
    for (id, place) in &snapshot.places {
        let view = vpcs.entry(id.clone()).or_default();
        if view.account.is_none() {
            view.account.clone_from(&place.account);
        }
        view.region.clone_from(&place.region);
    }
    vpcs
}

fn blocks(vpc: &Vpc) -> Blocks {
    let mut blocks = Blocks::default();
    let mut add = |net: IpNet, state: Option<&CidrState>| {
        let set = Addresses::from_nets([net]);
        match state {
            None | Some(CidrState::Associated) => {
                blocks.nets.push(net);
                blocks.live = blocks.live.union(&set);
            }
            Some(CidrState::Disassociated | CidrState::Failed | CidrState::Failing) => {}
            Some(_) => blocks.uncertain = blocks.uncertain.union(&set),
        }
    };
    if vpc.cidr_block_association_set.is_empty()
        && let Some(net) = vpc.cidr_block
    {
        add(IpNet::V4(net), None);
    }
    for association in &vpc.cidr_block_association_set {
        let state = association.cidr_block_state.as_ref().map(|state| &state.state);
        add(IpNet::V4(association.cidr_block), state);
    }
    for association in &vpc.ipv6_cidr_block_association_set {
        let state = association
            .ipv6_cidr_block_state
            .as_ref()
            .map(|state| &state.state);
        add(IpNet::V6(association.ipv6_cidr_block), state);
    }
    let unadvertised = vpc
        .ipv6_cidr_block_association_set
        .iter()
        .filter(|association| association.ipv6_address_attribute == Some(Ipv6AddressAttribute::Private))
        .map(|association| IpNet::V6(association.ipv6_cidr_block));
    let ula = Addresses::from_nets("fc00::/7".parse::<IpNet>().ok());
    blocks.private_v6 = Addresses::from_nets(unadvertised).union(&ula).v6;
    blocks
}

/// All addresses of a subnet's blocks, those that an interface can have, and those of blocks on the move.
///
/// <https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html>
fn subnet_addresses(subnet: &Subnet) -> (Addresses, Addresses, Addresses) {
    let mut nets: Vec<IpNet> = subnet.cidr_block.map(IpNet::V4).into_iter().collect();
    let mut uncertain = Vec::new();
    for association in &subnet.ipv6_cidr_block_association_set {
        let net = IpNet::V6(association.ipv6_cidr_block);
        match association
            .ipv6_cidr_block_state
            .as_ref()
            .map(|state| &state.state)
        {
            None | Some(CidrState::Associated) => nets.push(net),
            Some(CidrState::Disassociated | CidrState::Failed | CidrState::Failing) => {}
            Some(_) => {
                nets.push(net);
                uncertain.push(net);
            }
        }
    }
    let mut reserved = Addresses::empty();
    for net in &nets {
        let (first, last) = (number(net.network()), number(net.broadcast()));
        let family = Family::of(net.addr());
        let kept = Ranges::from_spans([(first, last.min(first.saturating_add(3))), (last, last)]);
        reserved = reserved.union(&Addresses::of(family, kept));
    }
    let whole = Addresses::from_nets(nets);
    let usable = whole.subtract(&reserved);
    (whole, usable, Addresses::from_nets(uncertain))
}
