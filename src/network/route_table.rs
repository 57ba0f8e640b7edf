//! Route tables (`describe-route-tables`).

use ipnet::{Ipv4Net, Ipv6Net};
use serde::{Deserialize, Serialize};

use super::id::{
    AccountId, EgressOnlyInternetGatewayId, InstanceId, NatGatewayId, NetworkInterfaceId, PrefixListId,
    ResourceId, RouteTableId, SubnetId, TransitGatewayId, VpcId, VpcPeeringConnectionId,
};
use super::state::{AssociationState, RouteOrigin, RouteState, nullable};
use super::tag::Tag;

/// A route table (API_RouteTable).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct RouteTable {
    /// `rtb-…`
    pub route_table_id: RouteTableId,
    /// Its VPC.
    pub vpc_id: VpcId,
    /// Which subnets and gateways use it.
    #[serde(default, deserialize_with = "nullable")]
    pub associations: Vec<RouteTableAssociation>,
    /// Its routes.
    #[serde(default, deserialize_with = "nullable")]
    pub routes: Vec<Route>,
    /// The owning account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner_id: Option<AccountId>,
    /// Tags.
    #[serde(default, deserialize_with = "nullable")]
    pub tags: Vec<Tag>,
}

/// What uses a route table (API_RouteTableAssociation).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct RouteTableAssociation {
    /// Whether it is the VPC's main table.
    #[serde(default, deserialize_with = "nullable")]
    pub main: bool,
    /// `rtbassoc-…`: all that a deletion's event tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub route_table_association_id: Option<ResourceId>,
    /// The subnet that uses it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subnet_id: Option<SubnetId>,
    /// The gateway that uses it, for what enters there (an edge association).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gateway_id: Option<ResourceId>,
    /// Its state; absent: associated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub association_state: Option<RouteTableAssociationState>,
}

/// The state of an association (API_RouteTableAssociationState).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct RouteTableAssociationState {
    /// The state.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<AssociationState>,
}

/// A route (API_Route). Exactly one destination and one target field are set.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Route {
    /// An IPv4 prefix.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub destination_cidr_block: Option<Ipv4Net>,
    /// An IPv6 prefix.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub destination_ipv6_cidr_block: Option<Ipv6Net>,
    /// A prefix list: one route an entry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub destination_prefix_list_id: Option<PrefixListId>,
    /// `local`, `igw-…`, `vgw-…` or `vpce-…`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gateway_id: Option<ResourceId>,
    /// `nat-…`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nat_gateway_id: Option<NatGatewayId>,
    /// `tgw-…`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transit_gateway_id: Option<TransitGatewayId>,
    /// `pcx-…`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vpc_peering_connection_id: Option<VpcPeeringConnectionId>,
    /// `eni-…`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub network_interface_id: Option<NetworkInterfaceId>,
    /// `i-…`, beside the interface of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instance_id: Option<InstanceId>,
    /// `eigw-…`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub egress_only_internet_gateway_id: Option<EgressOnlyInternetGatewayId>,
    /// An Outposts local gateway: not modelled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub local_gateway_id: Option<ResourceId>,
    /// A Wavelength carrier gateway: not modelled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub carrier_gateway_id: Option<ResourceId>,
    /// A Cloud WAN core network: not modelled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub core_network_arn: Option<ResourceId>,
    /// An Oracle Database@AWS network: not modelled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub odb_network_arn: Option<ResourceId>,
    /// Whether it forwards; absent: active.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<RouteState>,
    /// How it came to be; absent: static.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<RouteOrigin>,
}
