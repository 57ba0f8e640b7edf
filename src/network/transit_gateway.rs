//! Transit gateways, their attachments, route tables and routes.
//!
//! `describe-transit-gateways`, `-transit-gateway-attachments`, `-vpc-attachments`, `-peering-attachments`,
//! `-route-tables`; and, wrapped because the CLI prints them without saying of which table they are,
//! `get-transit-gateway-route-table-propagations` and `search-transit-gateway-routes`.

use ipnet::IpNet;
use serde::{Deserialize, Serialize};

use super::id::{
    AccountId, PrefixListId, Region, ResourceId, SubnetId, TransitGatewayAttachmentId, TransitGatewayId,
    TransitGatewayRouteTableId, VpcId,
};
use super::state::{
    AssociationState, AttachmentResourceType, PropagationState, Toggle, TransitGatewayRouteState,
    TransitGatewayRouteType, TransitGatewayState, nullable,
};
use super::tag::Tag;

/// A transit gateway (API_TransitGateway).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct TransitGateway {
    /// `tgw-…`
    pub transit_gateway_id: TransitGatewayId,
    /// Its ARN, which names its Region.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transit_gateway_arn: Option<String>,
    /// Its state; absent: available.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<TransitGatewayState>,
    /// The owning account: its copy of routes and attachments is the true one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner_id: Option<AccountId>,
    /// Options.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub options: Option<TransitGatewayOptions>,
    /// Tags.
    #[serde(default, deserialize_with = "nullable")]
    pub tags: Vec<Tag>,
}

/// What a transit gateway does (API_TransitGatewayOptions).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct TransitGatewayOptions {
    /// Whether inbound rules may name groups across it; absent: off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub security_group_referencing_support: Option<Toggle>,
}

/// An attachment of any kind (API_TransitGatewayAttachment).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct TransitGatewayAttachment {
    /// `tgw-attach-…`
    pub transit_gateway_attachment_id: TransitGatewayAttachmentId,
    /// Its transit gateway.
    pub transit_gateway_id: TransitGatewayId,
    /// The account of the gateway.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transit_gateway_owner_id: Option<AccountId>,
    /// The account of what is attached.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource_owner_id: Option<AccountId>,
    /// What is attached.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource_type: Option<AttachmentResourceType>,
    /// The id of what is attached.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource_id: Option<ResourceId>,
    /// Its state; absent: unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<TransitGatewayState>,
    /// The route table that is asked for what comes in by it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub association: Option<AttachmentAssociation>,
    /// Tags.
    #[serde(default, deserialize_with = "nullable")]
    pub tags: Vec<Tag>,
}

/// The route table of an attachment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AttachmentAssociation {
    /// The table.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transit_gateway_route_table_id: Option<TransitGatewayRouteTableId>,
    /// The state of the association.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<AssociationState>,
}

/// An attachment of a VPC (API_TransitGatewayVpcAttachment).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct TransitGatewayVpcAttachment {
    /// `tgw-attach-…`
    pub transit_gateway_attachment_id: TransitGatewayAttachmentId,
    /// Its transit gateway.
    pub transit_gateway_id: TransitGatewayId,
    /// The VPC.
    pub vpc_id: VpcId,
    /// The account of the VPC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vpc_owner_id: Option<AccountId>,
    /// Its state; absent: unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<TransitGatewayState>,
    /// Its subnets, at most one a zone.
    #[serde(default, deserialize_with = "nullable")]
    pub subnet_ids: Vec<SubnetId>,
    /// Options.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub options: Option<TransitGatewayVpcAttachmentOptions>,
    /// Tags.
    #[serde(default, deserialize_with = "nullable")]
    pub tags: Vec<Tag>,
}

/// What a VPC attachment does (API_TransitGatewayVpcAttachmentOptions).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct TransitGatewayVpcAttachmentOptions {
    /// Whether one zone is kept for the life of a flow; absent: off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub appliance_mode_support: Option<Toggle>,
    /// Whether the VPC's IPv6 blocks are propagated by it; absent: unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ipv6_support: Option<Toggle>,
    /// Whether inbound rules may name groups across it; absent: on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub security_group_referencing_support: Option<Toggle>,
    /// Whether 1:1 NAT rules may act on it; absent: off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nat_gateway_support: Option<Toggle>,
}

/// A peering of two transit gateways (API_TransitGatewayPeeringAttachment).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct TransitGatewayPeeringAttachment {
    /// `tgw-attach-…`: the same id on both sides.
    pub transit_gateway_attachment_id: TransitGatewayAttachmentId,
    /// The side that asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requester_tgw_info: Option<PeeringTgwInfo>,
    /// The side that was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accepter_tgw_info: Option<PeeringTgwInfo>,
    /// Its state.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<TransitGatewayState>,
}

/// One side of a peering of transit gateways.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct PeeringTgwInfo {
    /// The gateway.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transit_gateway_id: Option<TransitGatewayId>,
    /// Its account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner_id: Option<AccountId>,
    /// Its Region.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<Region>,
}

/// A route table of a transit gateway (API_TransitGatewayRouteTable).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct TransitGatewayRouteTable {
    /// `tgw-rtb-…`
    pub transit_gateway_route_table_id: TransitGatewayRouteTableId,
    /// Its gateway.
    pub transit_gateway_id: TransitGatewayId,
    /// Its state; absent: available.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<TransitGatewayState>,
    /// Tags.
    #[serde(default, deserialize_with = "nullable")]
    pub tags: Vec<Tag>,
}

/// The propagations into one table (`get-transit-gateway-route-table-propagations`, wrapped).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct TransitGatewayPropagations {
    /// The table.
    pub transit_gateway_route_table_id: TransitGatewayRouteTableId,
    /// Who propagates into it.
    #[serde(default, deserialize_with = "nullable")]
    pub transit_gateway_route_table_propagations: Vec<TransitGatewayPropagation>,
}

/// One propagation (API_TransitGatewayRouteTablePropagation).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct TransitGatewayPropagation {
    /// The attachment.
    pub transit_gateway_attachment_id: TransitGatewayAttachmentId,
    /// What is attached.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource_id: Option<ResourceId>,
    /// Of what kind it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource_type: Option<AttachmentResourceType>,
    /// Whether it is in force.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<PropagationState>,
}

/// The routes of one table (`search-transit-gateway-routes`, wrapped). `TransitGatewayStaticRoutes` lists the
/// static ones only, propagated ones being told by the propagations; `TransitGatewayRoutes` lists all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct TransitGatewayRoutes {
    /// The table.
    pub transit_gateway_route_table_id: TransitGatewayRouteTableId,
    /// The routes.
    #[serde(default, deserialize_with = "nullable")]
    pub routes: Vec<TransitGatewayRoute>,
    /// Whether the search was cut: then nothing is certain of the table.
    #[serde(default, deserialize_with = "nullable")]
    pub additional_routes_available: bool,
}

/// One route (API_TransitGatewayRoute).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct TransitGatewayRoute {
    /// The prefix.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub destination_cidr_block: Option<IpNet>,
    /// The prefix list it came from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prefix_list_id: Option<PrefixListId>,
    /// Static or propagated.
    #[serde(rename = "Type", default, skip_serializing_if = "Option::is_none")]
    pub route_type: Option<TransitGatewayRouteType>,
    /// Whether it forwards.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<TransitGatewayRouteState>,
    /// Where to; none for a blackhole, several for equal paths.
    #[serde(default, deserialize_with = "nullable")]
    pub transit_gateway_attachments: Vec<TransitGatewayRouteAttachment>,
}

/// Where a route leads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct TransitGatewayRouteAttachment {
    /// The attachment.
    pub transit_gateway_attachment_id: TransitGatewayAttachmentId,
    /// What is attached.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource_id: Option<ResourceId>,
    /// Of what kind it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource_type: Option<AttachmentResourceType>,
}
