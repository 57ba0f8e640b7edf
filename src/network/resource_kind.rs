//! The kinds of resource that a snapshot holds: one line a kind.
//!
//! A line says under which top-level key AWS prints the resources, which table of the [`Snapshot`] holds them, what
//! their id is, and whose they are. Reading, merging and writing follow from it.

use serde::Serialize;
use serde::de::{DeserializeOwned, MapAccess};

use super::block_public_access::{BlockPublicAccessExclusion, BlockPublicAccessOptions};
use super::compute::{DbCluster, DbInstance, Function};
use super::endpoint::VpcEndpoint;
use super::gateway::{EgressOnlyInternetGateway, InternetGateway, NatGateway, VpnGateway};
use super::id::{
    AccountId, AvailabilityZoneId, DbIdentifier, EgressOnlyInternetGatewayId, FirewallArn, FirewallPolicyArn,
    FunctionArn, InstanceId, InternetGatewayId, ListenerArn, ListenerRuleArn, LoadBalancerArn, NatGatewayId,
    NetworkAclId, NetworkInterfaceId, ResourceId, RouteTableId, RuleGroupArn, SecurityGroupId, SubnetId,
    TargetGroupArn, TransitGatewayAttachmentId, TransitGatewayId, TransitGatewayRouteTableId, VpcEndpointId,
    VpcId, VpcPeeringConnectionId, VpnConnectionId, VpnGatewayId,
};
use super::interface::{Instance, NetworkInterface};
use super::load::{self, Copy, Settled, Settling, by_owner};
use super::load_balancer::{
    ClassicLoadBalancer, Listener, ListenerRule, LoadBalancer, LoadBalancerAttributes, TargetGroup,
    TargetGroupAttributes, TargetGroupHealth,
};
use super::network_acl::NetworkAcl;
use super::network_firewall::{FirewallDescription, FirewallPolicyDescription, RuleGroupDescription};
use super::peering::VpcPeeringConnection;
use super::route_table::RouteTable;
use super::security_group::SecurityGroup;
use super::snapshot::{Snapshot, Table};
use super::transit_gateway::{
    TransitGateway, TransitGatewayAttachment, TransitGatewayPeeringAttachment, TransitGatewayPropagations,
    TransitGatewayRouteTable, TransitGatewayRoutes, TransitGatewayVpcAttachment,
};
use super::vpc::{Subnet, Vpc, ZoneDescription};
use super::vpn::VpnConnection;

/// A kind of resource: how it is read, told apart and kept.
pub(crate) trait ResourceKind {
    /// The id.
    type Id: Ord + Clone + Into<ResourceId> + std::fmt::Display;
    /// The resource.
    type Row: Clone + PartialEq + Serialize + DeserializeOwned;
    /// The top-level key.
    const KEY: &'static str;

    /// The id of a resource.
    fn id(row: &Self::Row) -> &Self::Id;
    /// The account whose copy is the true one, where the resource tells.
    fn owner(row: &Self::Row) -> Option<&AccountId>;
    /// What was read of this kind from one document.
    fn rows(rows: &mut Rows) -> &mut Option<Vec<Self::Row>>;
    /// Its table.
    fn table(snapshot: &Snapshot) -> &Table<Self::Id, Self::Row>;
    /// Its table, to fill it.
    fn table_mut(snapshot: &mut Snapshot) -> &mut Table<Self::Id, Self::Row>;
    /// Chooses among copies that differ.
    fn settle(settling: &mut Settling<'_>, copies: Vec<Copy<Self::Row>>) -> Settled<Self>
    where
        Self: Sized,
    {
        by_owner::<Self>(settling, copies)
    }
}

/// Does something for every kind.
pub(crate) trait KindVisitor {
    /// What may go wrong.
    type Error;

    /// Does it for this kind.
    fn visit<K: ResourceKind>(&mut self) -> Result<(), Self::Error>;
}

macro_rules! resource_kinds {
    ($(
        $key:ident => $table:ident: $id:ty => $row:ty { $($id_field:ident).+ $(, owner: $owner:ident)? }
            $(settled by $settle:path)?;
    )+) => {
        /// The kinds, named like their keys.
        pub(crate) mod kind {
            $(#[derive(Debug)] pub(crate) enum $key {})+
        }

        $(
            impl ResourceKind for kind::$key {
                type Id = $id;
                type Row = $row;
                const KEY: &'static str = stringify!($key);

                fn id(row: &$row) -> &$id {
                    &row.$($id_field).+
                }

                fn owner(row: &$row) -> Option<&AccountId> {
                    let _ = row;
                    None::<&AccountId>$(.or(row.$owner.as_ref()))?
                }

                fn rows(rows: &mut Rows) -> &mut Option<Vec<$row>> {
                    &mut rows.$table
                }

                fn table(snapshot: &Snapshot) -> &Table<$id, $row> {
                    &snapshot.$table
                }

                fn table_mut(snapshot: &mut Snapshot) -> &mut Table<$id, $row> {
                    &mut snapshot.$table
                }

                $(fn settle(settling: &mut Settling<'_>, copies: Vec<Copy<$row>>) -> Settled<Self> {
                    $settle(settling, copies)
                })?
            }
        )+

        /// What one document holds, by kind; `None` where it lacks the key.
        #[derive(Debug, Default)]
        pub(crate) struct Rows {
            $(pub(crate) $table: Option<Vec<$row>>,)+
        }

        impl Rows {
            /// The keys read here.
            pub(crate) const KEYS: &'static [&'static str] = &[$(stringify!($key)),+];

            /// Reads the value of a top-level key, if the key is one of these.
            pub(crate) fn read<'de, A: MapAccess<'de>>(
                &mut self,
                key: &str,
                map: &mut A,
            ) -> Result<Option<Read>, A::Error> {
                match key {
                    $(stringify!($key) => Ok(Some(Read {
                        key: stringify!($key),
                        holds: append(&mut self.$table, map.next_value()?),
                    })),)+
                    _ => Ok(None),
                }
            }
        }

        /// Visits every kind, in the order of this file.
        pub(crate) fn visit_kinds<V: KindVisitor>(visitor: &mut V) -> Result<(), V::Error> {
            $(visitor.visit::<kind::$key>()?;)+
            Ok(())
        }
    };
}

resource_kinds! {
    Vpcs => vpcs: VpcId => Vpc { vpc_id, owner: owner_id };
    AvailabilityZones => availability_zones: AvailabilityZoneId => ZoneDescription { zone_id };
    Subnets => subnets: SubnetId => Subnet { subnet_id, owner: owner_id };
    RouteTables => route_tables: RouteTableId => RouteTable { route_table_id, owner: owner_id };
    NetworkAcls => network_acls: NetworkAclId => NetworkAcl { network_acl_id, owner: owner_id };
    SecurityGroups => security_groups: SecurityGroupId => SecurityGroup { group_id, owner: owner_id };
    NetworkInterfaces => network_interfaces: NetworkInterfaceId => NetworkInterface { network_interface_id, owner: owner_id };
    Instances => instances: InstanceId => Instance { instance_id };
    Functions => functions: FunctionArn => Function { function_arn };
    DBInstances => db_instances: DbIdentifier => DbInstance { db_instance_identifier } settled by load::db_instance;
    DBClusters => db_clusters: DbIdentifier => DbCluster { db_cluster_identifier } settled by load::db_cluster;
    NatGateways => nat_gateways: NatGatewayId => NatGateway { nat_gateway_id };
    InternetGateways => internet_gateways: InternetGatewayId => InternetGateway { internet_gateway_id, owner: owner_id };
    EgressOnlyInternetGateways => egress_only_internet_gateways:
        EgressOnlyInternetGatewayId => EgressOnlyInternetGateway { egress_only_internet_gateway_id };
    VpnGateways => vpn_gateways: VpnGatewayId => VpnGateway { vpn_gateway_id };
    VpcPeeringConnections => vpc_peering_connections:
        VpcPeeringConnectionId => VpcPeeringConnection { vpc_peering_connection_id } settled by load::vpc_peering;
    TransitGateways => transit_gateways: TransitGatewayId => TransitGateway { transit_gateway_id, owner: owner_id };
    TransitGatewayAttachments => transit_gateway_attachments: TransitGatewayAttachmentId
        => TransitGatewayAttachment { transit_gateway_attachment_id, owner: transit_gateway_owner_id }
            settled by load::attachment;
    TransitGatewayVpcAttachments => transit_gateway_vpc_attachments: TransitGatewayAttachmentId
        => TransitGatewayVpcAttachment { transit_gateway_attachment_id, owner: vpc_owner_id };
    TransitGatewayPeeringAttachments => transit_gateway_peering_attachments:
        TransitGatewayAttachmentId => TransitGatewayPeeringAttachment { transit_gateway_attachment_id }
            settled by load::gateway_peering;
    TransitGatewayRouteTables => transit_gateway_route_tables:
        TransitGatewayRouteTableId => TransitGatewayRouteTable { transit_gateway_route_table_id };
    TransitGatewayPropagations => transit_gateway_propagations:
        TransitGatewayRouteTableId => TransitGatewayPropagations { transit_gateway_route_table_id };
    TransitGatewayStaticRoutes => transit_gateway_static_routes:
        TransitGatewayRouteTableId => TransitGatewayRoutes { transit_gateway_route_table_id };
    TransitGatewayRoutes => transit_gateway_routes:
        TransitGatewayRouteTableId => TransitGatewayRoutes { transit_gateway_route_table_id };
    VpnConnections => vpn_connections: VpnConnectionId => VpnConnection { vpn_connection_id };
    VpcBlockPublicAccessOptions => block_public_access_options:
        ResourceId => BlockPublicAccessOptions { scope, owner: aws_account_id };
    VpcBlockPublicAccessExclusions => block_public_access_exclusions:
        ResourceId => BlockPublicAccessExclusion { exclusion_id };
    VpcEndpoints => vpc_endpoints: VpcEndpointId => VpcEndpoint { vpc_endpoint_id, owner: owner_id };
    LoadBalancers => load_balancers: LoadBalancerArn => LoadBalancer { load_balancer_arn };
    LoadBalancerDescriptions => classic_load_balancers:
        LoadBalancerArn => ClassicLoadBalancer { load_balancer_name };
    LoadBalancerAttributes => load_balancer_attributes:
        LoadBalancerArn => LoadBalancerAttributes { load_balancer_arn };
    Listeners => listeners: ListenerArn => Listener { listener_arn };
    Rules => listener_rules: ListenerRuleArn => ListenerRule { rule_arn };
    TargetGroups => target_groups: TargetGroupArn => TargetGroup { target_group_arn };
    TargetGroupAttributes => target_group_attributes:
        TargetGroupArn => TargetGroupAttributes { target_group_arn };
    LoadBalancerTargetHealth => target_health: TargetGroupArn => TargetGroupHealth { target_group_arn };
    Firewalls => firewalls: FirewallArn => FirewallDescription { firewall.firewall_arn };
    FirewallPolicies => firewall_policies:
        FirewallPolicyArn => FirewallPolicyDescription { firewall_policy_response.firewall_policy_arn };
    RuleGroups => rule_groups: RuleGroupArn => RuleGroupDescription { rule_group_response.rule_group_arn };
}

/// A key that was read.
pub(crate) struct Read {
    /// The key.
    pub(crate) key: &'static str,
    /// Whether it held anything but `null`.
    pub(crate) holds: bool,
}

/// Adds to what was read before under the same key. Whether there was anything: `null` is like no key at all.
pub(crate) fn append<T>(rows: &mut Option<Vec<T>>, more: Option<Vec<T>>) -> bool {
    let Some(mut more) = more else {
        return false;
    };
    match rows {
        Some(rows) => rows.append(&mut more),
        None => *rows = Some(more),
    }
    true
}
