//! A snapshot of an AWS network: every resource of every kind that was read, by id.
//!
//! A kind that was never read is not a kind without resources: [`Table::is_known`] tells them apart, and whatever
//! depends on an unknown kind is undecided.

use std::borrow::Borrow;
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::block_public_access::{BlockPublicAccessExclusion, BlockPublicAccessOptions};
use super::compute::{DbCluster, DbInstance, Function};
use super::endpoint::VpcEndpoint;
use super::gateway::{EgressOnlyInternetGateway, InternetGateway, NatGateway, VpnGateway};
use super::id::{
    AccountId, AvailabilityZoneId, DbIdentifier, EgressOnlyInternetGatewayId, FirewallArn, FirewallPolicyArn,
    FunctionArn, InstanceId, InternetGatewayId, ListenerArn, ListenerRuleArn, LoadBalancerArn, NatGatewayId,
    NetworkAclId, NetworkInterfaceId, PrefixListId, Region, ResourceId, RouteTableId, RuleGroupArn,
    SecurityGroupId, SubnetId, TargetGroupArn, TransitGatewayAttachmentId, TransitGatewayId,
    TransitGatewayRouteTableId, VpcEndpointId, VpcId, VpcPeeringConnectionId, VpnConnectionId, VpnGatewayId,
};
use super::interface::{Instance, NetworkInterface};
use super::load_balancer::{
    ClassicLoadBalancer, Listener, ListenerRule, LoadBalancer, LoadBalancerAttributes, TargetGroup,
    TargetGroupAttributes, TargetGroupHealth,
};
use super::network_acl::NetworkAcl;
use super::network_firewall::{FirewallDescription, FirewallPolicyDescription, RuleGroupDescription};
use super::peering::VpcPeeringConnection;
use super::route_table::RouteTable;
use super::security_group::{PrefixList, SecurityGroup};
use super::transit_gateway::{
    TransitGateway, TransitGatewayAttachment, TransitGatewayPeeringAttachment, TransitGatewayPropagations,
    TransitGatewayRouteTable, TransitGatewayRoutes, TransitGatewayVpcAttachment,
};
use super::unread::Unread;
use super::vpc::{Subnet, Vpc, ZoneDescription};
use super::vpn::VpnConnection;

/// The resources of one kind, in the order of their ids.
///
/// Copies share their rows until one of them is changed, and then all but the row that was: what tries a change on a
/// network pays for the change, not for the network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table<I, T> {
    known: bool,
    partial: bool,
    /// Where it was asked for in vain.
    unread_in: BTreeSet<Place>,
    rows: Arc<BTreeMap<I, Arc<T>>>,
}

impl<I, T> Default for Table<I, T> {
    fn default() -> Self {
        Self {
            known: false,
            partial: false,
            unread_in: BTreeSet::new(),
            rows: Arc::default(),
        }
    }
}

impl<I: Ord, T> Table<I, T> {
    /// Whether this kind was read, and wholly. If not, that something is absent says nothing, whether or not the
    /// table is empty: look a resource up first, and ask this where it is not found.
    pub fn is_known(&self) -> bool {
        self.known && !self.partial && self.unread_in.is_empty()
    }

    /// The same of one place: what was not read elsewhere does not matter to it. `None`: a place that is not known.
    pub fn is_known_in(&self, place: Option<&Place>) -> bool {
        let nowhere = Place::default();
        let place = place.unwrap_or(&nowhere);
        self.known && !self.partial && !self.unread_in.iter().any(|unread| unread.may_be(place))
    }

    /// Whether anything of this kind was read, be it in part or in one place of several.
    pub(crate) fn is_read(&self) -> bool {
        self.known
    }

    /// Whether only a part of this kind was read, as one page of several.
    pub fn is_partial(&self) -> bool {
        self.partial
    }

    /// Says that this kind was read.
    pub fn set_known(&mut self) {
        self.known = true;
    }

    /// Says that this kind was read, but not wholly: what is absent is unknown, whatever is inserted later.
    pub fn set_partial(&mut self) {
        self.known = true;
        self.partial = true;
    }

    /// Says that in one place the call for this kind failed.
    pub fn set_unread_in(&mut self, place: Place) {
        self.unread_in.insert(place);
    }

    /// The resource with that id.
    pub fn get<Q: Ord + ?Sized>(&self, id: &Q) -> Option<&T>
    where
        I: Borrow<Q>,
    {
        self.rows.get(id).map(AsRef::as_ref)
    }

    /// The resource with that id, to keep.
    pub(crate) fn share<Q: Ord + ?Sized>(&self, id: &Q) -> Option<Arc<T>>
    where
        I: Borrow<Q>,
    {
        self.rows.get(id).cloned()
    }

    /// All of them, in the order of their ids.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&I, &T)> {
        self.rows.iter().map(|(id, resource)| (id, resource.as_ref()))
    }

    /// All of them, in the order of their ids.
    pub fn values(&self) -> impl ExactSizeIterator<Item = &T> {
        self.rows.values().map(AsRef::as_ref)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The rows that are others than they were: id, old, new. `None`: there are others, or other things are known.
    pub(crate) fn changed_since<'a>(&'a self, old: &'a Self) -> Option<Vec<(&'a I, &'a T, &'a T)>>
    where
        T: PartialEq,
    {
        let told = |table: &Self| (table.known, table.partial, table.rows.len());
        if told(self) != told(old) || self.unread_in != old.unread_in {
            return None;
        }
        let mut changed = Vec::new();
        if Arc::ptr_eq(&self.rows, &old.rows) {
            return Some(changed);
        }
        for ((id, new), (old_id, old)) in self.rows.iter().zip(old.rows.iter()) {
            if id != old_id {
                return None;
            }
            if !Arc::ptr_eq(new, old) && new != old {
                changed.push((id, old.as_ref(), new.as_ref()));
            }
        }
        Some(changed)
    }
}

impl<I: Ord + Clone, T: Clone> Table<I, T> {
    /// The resource with that id, to change it.
    pub fn get_mut<Q: Ord + ?Sized>(&mut self, id: &Q) -> Option<&mut T>
    where
        I: Borrow<Q>,
    {
        Arc::make_mut(&mut self.rows).get_mut(id).map(Arc::make_mut)
    }

    /// Adds or replaces a resource; its kind is known from then on. Returns what it replaced.
    pub fn insert(&mut self, id: I, resource: T) -> Option<T> {
        self.known = true;
        Arc::make_mut(&mut self.rows)
            .insert(id, Arc::new(resource))
            .map(Arc::unwrap_or_clone)
    }

    /// Takes a resource away.
    pub fn remove<Q: Ord + ?Sized>(&mut self, id: &Q) -> Option<T>
    where
        I: Borrow<Q>,
    {
        Arc::make_mut(&mut self.rows).remove(id).map(Arc::unwrap_or_clone)
    }

    /// Adds a resource, unless one with that id is there. Returns it where that one differs.
    pub(crate) fn offer(&mut self, id: I, resource: T) -> Option<T>
    where
        T: PartialEq,
    {
        self.known = true;
        match Arc::make_mut(&mut self.rows).entry(id) {
            Entry::Vacant(vacant) => {
                vacant.insert(Arc::new(resource));
                None
            }
            Entry::Occupied(occupied) => (**occupied.get() != resource).then_some(resource),
        }
    }

    /// All of them, to change them.
    pub(crate) fn values_mut(&mut self) -> impl ExactSizeIterator<Item = &mut T> {
        Arc::make_mut(&mut self.rows).values_mut().map(Arc::make_mut)
    }
}

/// An AWS network as it was at one moment, of one or more accounts and Regions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[expect(
    missing_docs,
    reason = "each field is named after the kind of resource it holds"
)]
pub struct Snapshot {
    pub vpcs: Table<VpcId, Vpc>,
    pub availability_zones: Table<AvailabilityZoneId, ZoneDescription>,
    pub subnets: Table<SubnetId, Subnet>,
    pub route_tables: Table<RouteTableId, RouteTable>,
    pub network_acls: Table<NetworkAclId, NetworkAcl>,
    pub security_groups: Table<SecurityGroupId, SecurityGroup>,
    pub network_interfaces: Table<NetworkInterfaceId, NetworkInterface>,
    pub instances: Table<InstanceId, Instance>,
    pub functions: Table<FunctionArn, Function>,
    pub db_instances: Table<DbIdentifier, DbInstance>,
    pub db_clusters: Table<DbIdentifier, DbCluster>,
    pub nat_gateways: Table<NatGatewayId, NatGateway>,
    pub internet_gateways: Table<InternetGatewayId, InternetGateway>,
    pub egress_only_internet_gateways: Table<EgressOnlyInternetGatewayId, EgressOnlyInternetGateway>,
    pub vpn_gateways: Table<VpnGatewayId, VpnGateway>,
    pub vpc_peering_connections: Table<VpcPeeringConnectionId, VpcPeeringConnection>,
    pub transit_gateways: Table<TransitGatewayId, TransitGateway>,
    pub transit_gateway_attachments: Table<TransitGatewayAttachmentId, TransitGatewayAttachment>,
    pub transit_gateway_vpc_attachments: Table<TransitGatewayAttachmentId, TransitGatewayVpcAttachment>,
    pub transit_gateway_peering_attachments:
        Table<TransitGatewayAttachmentId, TransitGatewayPeeringAttachment>,
    pub transit_gateway_route_tables: Table<TransitGatewayRouteTableId, TransitGatewayRouteTable>,
    pub transit_gateway_propagations: Table<TransitGatewayRouteTableId, TransitGatewayPropagations>,
    /// Static routes only (`TransitGatewayStaticRoutes`).
    pub transit_gateway_static_routes: Table<TransitGatewayRouteTableId, TransitGatewayRoutes>,
    /// All routes (`TransitGatewayRoutes`), where they were read so: then they win over static + propagations.
    pub transit_gateway_routes: Table<TransitGatewayRouteTableId, TransitGatewayRoutes>,
    pub vpn_connections: Table<VpnConnectionId, VpnConnection>,
    /// The other copy of a peering of transit gateways, where both sides were read: the attachment has one id on both
    /// sides, and each side's copy names its own gateway and route table. Ask [`Snapshot::transit_gateway_attachment`].
    pub far_peering_attachments:
        BTreeMap<(TransitGatewayAttachmentId, TransitGatewayId), TransitGatewayAttachment>,
    /// By account and Region. Absent: off, with a notice.
    pub block_public_access_options: Table<ResourceId, BlockPublicAccessOptions>,
    pub block_public_access_exclusions: Table<ResourceId, BlockPublicAccessExclusion>,
    pub vpc_endpoints: Table<VpcEndpointId, VpcEndpoint>,
    pub load_balancers: Table<LoadBalancerArn, LoadBalancer>,
    /// By name.
    pub classic_load_balancers: Table<LoadBalancerArn, ClassicLoadBalancer>,
    pub load_balancer_attributes: Table<LoadBalancerArn, LoadBalancerAttributes>,
    pub listeners: Table<ListenerArn, Listener>,
    pub listener_rules: Table<ListenerRuleArn, ListenerRule>,
    pub target_groups: Table<TargetGroupArn, TargetGroup>,
    pub target_group_attributes: Table<TargetGroupArn, TargetGroupAttributes>,
    /// The targets of each group.
    pub target_health: Table<TargetGroupArn, TargetGroupHealth>,
    pub firewalls: Table<FirewallArn, FirewallDescription>,
    pub firewall_policies: Table<FirewallPolicyArn, FirewallPolicyDescription>,
    /// Of firewalls.
    pub rule_groups: Table<RuleGroupArn, RuleGroupDescription>,
    pub prefix_lists: Table<PrefixListId, PrefixList>,
    /// Where a VPC is, as far as the folder it was read from, an owner or an ARN tells.
    pub places: BTreeMap<VpcId, Place>,
    /// The calls that failed, and where.
    pub unread: BTreeSet<Unread>,
}

impl Snapshot {
    /// An attachment as one transit gateway has it: the right one of the two copies of a peering.
    pub fn transit_gateway_attachment(
        &self,
        attachment: &TransitGatewayAttachmentId,
        gateway: &TransitGatewayId,
    ) -> Option<&TransitGatewayAttachment> {
        let near = self.transit_gateway_attachments.get(attachment)?;
        if near.transit_gateway_id == *gateway {
            return Some(near);
        }
        self.far_peering_attachments
            .get(&(attachment.clone(), gateway.clone()))
    }
}

/// An account and a Region, as far as they are known.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The account.
    pub account: Option<AccountId>,
    /// The Region.
    pub region: Option<Region>,
}

impl Place {
    /// Whether two places may be the same, as far as they are known.
    fn may_be(&self, other: &Self) -> bool {
        fn same<T: PartialEq>(one: Option<&T>, other: Option<&T>) -> bool {
            one.zip(other).is_none_or(|(one, other)| one == other)
        }
        same(self.account.as_ref(), other.account.as_ref())
            && same(self.region.as_ref(), other.region.as_ref())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(account: &str, region: &str) -> Place {
        Place {
            account: Some(account.into()),
            region: Some(region.into()),
        }
    }

    #[test]
    fn what_was_not_read_elsewhere_does_not_matter_here() {
        let mut table: Table<VpcId, ()> = Table::default();
        table.set_known();
        table.set_unread_in(place("111122223333", "eu-west-1"));
        assert!(!table.is_known());
        assert!(table.is_known_in(Some(&place("444455556666", "eu-west-1"))));
        assert!(table.is_known_in(Some(&place("111122223333", "us-east-1"))));
        assert!(!table.is_known_in(Some(&place("111122223333", "eu-west-1"))));
        // Where it is is not wholly known.
        assert!(!table.is_known_in(None));
        let somewhere = Place {
            account: None,
            region: Some("eu-west-1".into()),
        };
        assert!(!table.is_known_in(Some(&somewhere)));
        table.set_partial();
        assert!(!table.is_known_in(Some(&place("444455556666", "eu-west-1"))));
    }

    #[test]
    fn what_was_never_read_is_known_nowhere() {
        let mut table: Table<VpcId, ()> = Table::default();
        assert!(!table.is_known_in(Some(&place("444455556666", "eu-west-1"))));
        table.set_unread_in(place("111122223333", "eu-west-1"));
        assert!(!table.is_known_in(Some(&place("444455556666", "eu-west-1"))));
    }
}
