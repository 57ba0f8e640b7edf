//! A snapshot made ready for walks: its layout, and its rule sets, each compiled when it is first asked.

use std::hash::Hash;
use std::ops::Deref;
use std::sync::{Arc, OnceLock};

use foldhash::{HashMap, HashMapExt};

use crate::network::id::{
    FirewallArn, NetworkAclId, PrefixListId, ResourceId, RouteTableId, SecurityGroupId,
    TransitGatewayRouteTableId, VpcEndpointId,
};
use crate::network::interface::NetworkInterface;
use crate::network::network_acl::NetworkAcl;
use crate::network::route_table::RouteTable;
use crate::network::security_group::{PrefixList, SecurityGroup};
use crate::network::snapshot::Snapshot;
use crate::network::tag;

use super::addresses::Addresses;
use super::doubt::Doubt;
use super::interface::Interface;
use super::layout::{Blocks, Layout};
use super::network_acl::AclFilter;
use super::network_firewall::FirewallView;
use super::report::Direction;
use super::routes::Routes;
use super::security_group::GroupFilter;
use super::transit_gateway_routes::TransitRoutes;

/// A thing that is known, or why it is not.
pub(crate) type Known<T> = Result<T, Doubt>;

/// The snapshot made ready.
#[derive(Debug)]
pub(crate) struct World<'s> {
    pub(crate) snapshot: &'s Snapshot,
    layout: Arc<Layout>,
    /// The network that this one differs from in its own rule sets only; all others are compiled there.
    base: Option<&'s World<'s>>,
    acls: HashMap<NetworkAclId, (&'s NetworkAcl, [OnceLock<AclFilter>; 2])>,
    groups: HashMap<SecurityGroupId, (&'s SecurityGroup, [OnceLock<GroupFilter>; 2])>,
    tables: HashMap<RouteTableId, (&'s RouteTable, OnceLock<Routes>)>,
    transit_tables: HashMap<TransitGatewayRouteTableId, OnceLock<Known<TransitRoutes>>>,
    firewalls: HashMap<FirewallArn, OnceLock<FirewallView>>,
    prefix_lists: HashMap<PrefixListId, (&'s PrefixList, OnceLock<Addresses>)>,
}

impl Deref for World<'_> {
    type Target = Layout;

    fn deref(&self) -> &Layout {
        &self.layout
    }
}

impl<'s> World<'s> {
    pub(crate) fn new(snapshot: &'s Snapshot) -> Self {
        Self {
            snapshot,
            layout: Arc::new(Layout::new(snapshot)),
            base: None,
            acls: cells(snapshot.network_acls.iter()),
            groups: cells(snapshot.security_groups.iter()),
            tables: cells(snapshot.route_tables.iter()),
            transit_tables: (snapshot.transit_gateway_routes.iter().map(|(id, _)| id))
                .chain(snapshot.transit_gateway_static_routes.iter().map(|(id, _)| id))
                .map(|id| (id.clone(), OnceLock::new()))
                .collect(),
            firewalls: (snapshot.firewalls.iter())
                .map(|(arn, _)| (arn.clone(), OnceLock::new()))
                .collect(),
            prefix_lists: cells(snapshot.prefix_lists.iter()),
        }
    }

    /// A network that is like another but for a change. Where only rules differ (entries, rules, routes of tables) what
    /// the other has made ready serves both.
    pub(crate) fn over(base: &'s World<'s>, snapshot: &'s Snapshot) -> Self {
        Self::layer(base, snapshot).unwrap_or_else(|| Self::new(snapshot))
    }

    fn layer(base: &'s World<'s>, snapshot: &'s Snapshot) -> Option<Self> {
        // Tables that nobody changed are shared, so to compare them is to compare pointers.
        let without_the_change = Snapshot {
            network_acls: base.snapshot.network_acls.clone(),
            security_groups: base.snapshot.security_groups.clone(),
            route_tables: base.snapshot.route_tables.clone(),
            ..snapshot.clone()
        };
        if without_the_change != *base.snapshot {
            return None;
        }
        let acls = snapshot.network_acls.changed_since(&base.snapshot.network_acls)?;
        let groups = (snapshot.security_groups).changed_since(&base.snapshot.security_groups)?;
        let tables = snapshot.route_tables.changed_since(&base.snapshot.route_tables)?;
        // Which rule set acts where is part of the layout.
        let in_place = acls.iter().all(|(_, old, new)| {
            old.network_acl_id == new.network_acl_id
                && old.associations == new.associations
                && old.is_default == new.is_default
                && old.vpc_id == new.vpc_id
        }) && tables.iter().all(|(_, old, new)| {
            old.route_table_id == new.route_table_id
                && old.associations == new.associations
                && old.vpc_id == new.vpc_id
        });
        in_place.then(|| Self {
            snapshot,
            layout: base.layout.clone(),
            base: Some(base),
            acls: cells(acls.into_iter().map(|(id, _, new)| (id, new))),
            groups: cells(groups.into_iter().map(|(id, _, new)| (id, new))),
            tables: cells(tables.into_iter().map(|(id, _, new)| (id, new))),
            transit_tables: HashMap::new(),
            firewalls: HashMap::new(),
            prefix_lists: HashMap::new(),
        })
    }

    /// Whether this is another network with some rules changed.
    pub(crate) fn is_layer(&self) -> bool {
        self.base.is_some()
    }

    pub(crate) fn eni(&self, interface: &Interface) -> Option<&NetworkInterface> {
        self.snapshot.network_interfaces.get(interface.eni.as_ref()?)
    }

    /// What is made ready here, or in the network underneath.
    fn ready<'a, T>(&'a self, look: impl Fn(&'a Self) -> Option<T>) -> Option<T> {
        let mut world = self;
        loop {
            match look(world) {
                Some(found) => return Some(found),
                None => world = world.base?,
            }
        }
    }

    pub(crate) fn acl(&self, id: &NetworkAclId, direction: Direction) -> Known<&AclFilter> {
        let (acl, filters) = self
            .ready(|world| world.acls.get(id))
            .ok_or_else(|| Doubt::absent(id, "network ACL", "ec2:DescribeNetworkAcls"))?;
        Ok(of_direction(filters, direction).get_or_init(|| AclFilter::new(acl, direction)))
    }

    /// The Network Firewall that an endpoint belongs to.
    pub(crate) fn firewall(&self, endpoint: &VpcEndpointId) -> Option<&FirewallView> {
        let described = FirewallView::of_endpoint(self.snapshot, endpoint)?;
        let view = self.ready(|world| world.firewalls.get(&described.firewall.firewall_arn))?;
        Some(view.get_or_init(|| FirewallView::new(described, self)))
    }

    /// Whether a security group is in the snapshot.
    pub(crate) fn has_group(&self, id: &SecurityGroupId) -> bool {
        self.ready(|world| world.groups.get(id)).is_some()
    }

    /// A security group, and what its rules let pass.
    pub(crate) fn group(
        &self,
        id: &SecurityGroupId,
        direction: Direction,
    ) -> Known<(&'s SecurityGroup, &GroupFilter)> {
        let (group, filters) = self
            .ready(|world| world.groups.get(id))
            .ok_or_else(|| Doubt::absent(id, "security group", "ec2:DescribeSecurityGroups"))?;
        let filter = of_direction(filters, direction);
        let filter = filter.get_or_init(|| GroupFilter::new(group, direction, self));
        Ok((group, filter))
    }

    /// The addresses that the entries of a prefix list hold.
    pub(crate) fn prefix_list(&self, id: &PrefixListId) -> Known<&Addresses> {
        let absent = || {
            Doubt::absent(
                id,
                "the entries of prefix list",
                "ec2:GetManagedPrefixListEntries",
            )
        };
        let (list, addresses) = self
            .ready(|world| world.prefix_lists.get(id))
            .ok_or_else(absent)?;
        let entries = list.entries.as_ref().ok_or_else(absent)?;
        Ok(addresses.get_or_init(|| Addresses::from_nets(entries.iter().copied())))
    }

    pub(crate) fn routes(&self, id: &RouteTableId) -> Known<&Routes> {
        let (table, routes) = self
            .ready(|world| world.tables.get(id))
            .ok_or_else(|| Doubt::absent(id, "route table", "ec2:DescribeRouteTables"))?;
        Ok(routes.get_or_init(|| {
            let empty = Blocks::default();
            let blocks = self.vpcs.get(&table.vpc_id).map_or(&empty, |vpc| &vpc.blocks);
            Routes::new(table, &blocks.live, &blocks.uncertain, self.snapshot)
        }))
    }

    /// The route table that is asked for what enters by a gateway.
    pub(crate) fn edge_table(&self, gateway: &ResourceId) -> Option<Known<&'s RouteTable>> {
        match self.layout.edge_table(gateway)? {
            Ok(table) => self.snapshot.route_tables.get(table).map(Ok),
            Err(doubt) => Some(Err(doubt.clone())),
        }
    }

    /// A transit gateway's route table.
    pub(crate) fn transit_routes(&self, id: &TransitGatewayRouteTableId) -> Known<&TransitRoutes> {
        let cell = self
            .ready(|world| world.transit_tables.get(id))
            .ok_or_else(|| TransitRoutes::absent(id))?;
        let routes = cell.get_or_init(|| TransitRoutes::new(self, id));
        routes.as_ref().map_err(Clone::clone)
    }

    /// The name that somebody gave a resource.
    pub(crate) fn name(&self, id: &ResourceId) -> Option<&str> {
        let s = self.snapshot;
        use crate::network::Kind;
        let kind = super::resources::kind_of(id);
        let id = id.as_str();
        match kind {
            Kind::NetworkAcl => s.network_acls.get(id).and_then(|r| tag::name(&r.tags)),
            Kind::RouteTable => s.route_tables.get(id).and_then(|r| tag::name(&r.tags)),
            Kind::SecurityGroup => s
                .security_groups
                .get(id)
                .and_then(|r| tag::name(&r.tags).or(r.group_name.as_deref())),
            Kind::Subnet => s.subnets.get(id).and_then(|r| tag::name(&r.tags)),
            Kind::Vpc => s.vpcs.get(id).and_then(|r| tag::name(&r.tags)),
            Kind::NatGateway => s.nat_gateways.get(id).and_then(|r| tag::name(&r.tags)),
            Kind::InternetGateway => s.internet_gateways.get(id).and_then(|r| tag::name(&r.tags)),
            Kind::EgressOnlyInternetGateway => s
                .egress_only_internet_gateways
                .get(id)
                .and_then(|r| tag::name(&r.tags)),
            Kind::NetworkInterface => s.network_interfaces.get(id).and_then(|r| tag::name(&r.tag_set)),
            Kind::Instance => s.instances.get(id).and_then(|r| tag::name(&r.tags)),
            Kind::VpcPeeringConnection => s.vpc_peering_connections.get(id).and_then(|r| tag::name(&r.tags)),
            Kind::TransitGateway => s.transit_gateways.get(id).and_then(|r| tag::name(&r.tags)),
            Kind::TransitGatewayAttachment => s
                .transit_gateway_vpc_attachments
                .get(id)
                .and_then(|r| tag::name(&r.tags))
                .or_else(|| {
                    s.transit_gateway_attachments
                        .get(id)
                        .and_then(|r| tag::name(&r.tags))
                }),
            Kind::TransitGatewayRouteTable => s
                .transit_gateway_route_tables
                .get(id)
                .and_then(|r| tag::name(&r.tags)),
            Kind::VpcEndpoint => s.vpc_endpoints.get(id).and_then(|r| tag::name(&r.tags)),
            Kind::VpnGateway => s.vpn_gateways.get(id).and_then(|r| tag::name(&r.tags)),
            Kind::LoadBalancer => s.load_balancers.get(id).map(|r| r.load_balancer_name.as_str()),
            Kind::TargetGroup => s
                .target_groups
                .get(id)
                .and_then(|r| r.target_group_name.as_deref()),
            Kind::NetworkFirewall => s
                .firewalls
                .get(id)
                .and_then(|r| r.firewall.firewall_name.as_deref())
                .or_else(|| {
                    let policy = s.firewall_policies.get(id)?;
                    policy.firewall_policy_response.firewall_policy_name.as_deref()
                })
                .or_else(|| {
                    s.rule_groups
                        .get(id)?
                        .rule_group_response
                        .rule_group_name
                        .as_deref()
                }),
            Kind::PrefixList => s.prefix_lists.get(id).and_then(|r| r.name.as_deref()),
            _ => None,
        }
    }
}

/// A place for what each rule set compiles to.
fn cells<'s, I, R, C>(rows: impl Iterator<Item = (&'s I, &'s R)>) -> HashMap<I, (&'s R, C)>
where
    I: Clone + Eq + Hash + 's,
    C: Default,
{
    rows.map(|(id, row)| (id.clone(), (row, C::default()))).collect()
}

fn of_direction<T>([ingress, egress]: &[T; 2], direction: Direction) -> &T {
    match direction {
        Direction::Ingress => ingress,
        Direction::Egress => egress,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::load::{Source, merge, parse};

    const NETWORK: &str = r#"{
        "Vpcs": [{"VpcId": "vpc-a", "CidrBlock": "10.0.0.0/16"}],
        "Subnets": [{"SubnetId": "subnet-a", "VpcId": "vpc-a", "CidrBlock": "10.0.1.0/24"}],
        "NetworkAcls": [{"NetworkAclId": "acl-a", "VpcId": "vpc-a", "IsDefault": true, "Entries": [],
            "Associations": [{"NetworkAclAssociationId": "aclassoc-a", "NetworkAclId": "acl-a", "SubnetId": "subnet-a"}]},
            {"NetworkAclId": "acl-b", "VpcId": "vpc-a", "IsDefault": false, "Entries": [], "Associations": []}],
        "RouteTables": [{"RouteTableId": "rtb-a", "VpcId": "vpc-a", "Routes": [], "Associations": [{"Main": true}]}],
        "SecurityGroups": [{"GroupId": "sg-a", "VpcId": "vpc-a"}],
        "NatGateways": [{"NatGatewayId": "nat-a", "VpcId": "vpc-a", "SubnetId": "subnet-a", "State": "available"}]
    }"#;

    fn is_layer(change: impl FnOnce(&mut Snapshot)) -> bool {
        let document = parse(Source::default(), NETWORK.as_bytes()).unwrap();
        let snapshot = merge(vec![document]).unwrap().snapshot;
        let mut changed = snapshot.clone();
        change(&mut changed);
        let base = World::new(&snapshot);
        World::over(&base, &changed).is_layer()
    }

    #[test]
    fn other_rules_are_a_layer() {
        assert!(is_layer(|_| {}));
        assert!(is_layer(|s| {
            let entry = super::super::change::allow_entry(7, true, "6", "0.0.0.0/0".parse().unwrap());
            s.network_acls.get_mut("acl-a").unwrap().entries.push(entry);
        }));
        assert!(is_layer(|s| {
            s.route_tables.get_mut("rtb-a").unwrap().routes.clear();
        }));
        assert!(is_layer(|s| {
            s.security_groups.get_mut("sg-a").unwrap().ip_permissions.clear();
        }));
    }

    #[test]
    fn another_layout_is_none() {
        assert!(!is_layer(|s| {
            let acl = s.network_acls.get_mut("acl-a").unwrap();
            acl.associations.clear();
        }));
        assert!(!is_layer(|s| {
            s.network_acls.remove("acl-b");
        }));
        assert!(!is_layer(|s| {
            s.route_tables.get_mut("rtb-a").unwrap().associations.clear();
        }));
        assert!(!is_layer(|s| {
            s.nat_gateways.remove("nat-a");
        }));
        assert!(!is_layer(|s| s.security_groups.set_partial()));
    }
}
