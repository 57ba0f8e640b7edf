//! Internet, egress-only, NAT and virtual private gateways (`describe-internet-gateways`,
//! `describe-egress-only-internet-gateways`, `describe-nat-gateways`, `describe-vpn-gateways`).

use std::net::Ipv4Addr;

use serde::{Deserialize, Serialize};

use super::id::{
    AccountId, AvailabilityZone, AvailabilityZoneId, EgressOnlyInternetGatewayId, InternetGatewayId,
    NatGatewayId, NetworkInterfaceId, RouteTableId, SubnetId, VpcId, VpnGatewayId,
};
use super::state::{
    AvailabilityMode, ConnectivityType, GatewayAttachmentState, NatGatewayAddressStatus, NatGatewayState,
    nullable,
};
use super::tag::Tag;

/// An internet gateway (API_InternetGateway).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct InternetGateway {
    /// `igw-…`
    pub internet_gateway_id: InternetGatewayId,
    /// The VPC that it is attached to.
    #[serde(default, deserialize_with = "nullable")]
    pub attachments: Vec<GatewayAttachment>,
    /// The owning account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner_id: Option<AccountId>,
    /// Tags.
    #[serde(default, deserialize_with = "nullable")]
    pub tags: Vec<Tag>,
}

/// An egress-only internet gateway (API_EgressOnlyInternetGateway).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct EgressOnlyInternetGateway {
    /// `eigw-…`
    pub egress_only_internet_gateway_id: EgressOnlyInternetGatewayId,
    /// The VPC that it is attached to.
    #[serde(default, deserialize_with = "nullable")]
    pub attachments: Vec<GatewayAttachment>,
    /// Tags.
    #[serde(default, deserialize_with = "nullable")]
    pub tags: Vec<Tag>,
}

/// A virtual private gateway (API_VpnGateway).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct VpnGateway {
    /// `vgw-…`
    pub vpn_gateway_id: VpnGatewayId,
    /// Its own state.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// The VPCs that it is or was attached to.
    #[serde(default, deserialize_with = "nullable")]
    pub vpc_attachments: Vec<GatewayAttachment>,
    /// Tags.
    #[serde(default, deserialize_with = "nullable")]
    pub tags: Vec<Tag>,
}

/// A gateway's place at a VPC (API_InternetGatewayAttachment, API_VpcAttachment).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GatewayAttachment {
    /// The VPC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vpc_id: Option<VpcId>,
    /// The state; absent: attached.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<GatewayAttachmentState>,
}

/// A NAT gateway (API_NatGateway).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct NatGateway {
    /// `nat-…`
    pub nat_gateway_id: NatGatewayId,
    /// Its VPC.
    pub vpc_id: VpcId,
    /// Its subnet; a regional one has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subnet_id: Option<SubnetId>,
    /// Its state; absent: unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<NatGatewayState>,
    /// Public or private; absent: public.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connectivity_type: Option<ConnectivityType>,
    /// Zonal or regional; absent: zonal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub availability_mode: Option<AvailabilityMode>,
    /// Whether a regional one spreads over the zones by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auto_provision_zones: Option<String>,
    /// A regional one's own route table.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub route_table_id: Option<RouteTableId>,
    /// Its addresses.
    #[serde(default, deserialize_with = "nullable")]
    pub nat_gateway_addresses: Vec<NatGatewayAddress>,
    /// Firewall proxies on it: not modelled.
    #[serde(default, deserialize_with = "nullable")]
    pub attached_appliances: Vec<serde_json::Value>,
    /// Tags.
    #[serde(default, deserialize_with = "nullable")]
    pub tags: Vec<Tag>,
}

/// An address of a NAT gateway (API_NatGatewayAddress).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct NatGatewayAddress {
    /// The private address, which packets carry inside.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub private_ip: Option<Ipv4Addr>,
    /// Its Elastic IP address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub public_ip: Option<Ipv4Addr>,
    /// The gateway's interface.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub network_interface_id: Option<NetworkInterfaceId>,
    /// Whether it is in use; absent: it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<NatGatewayAddressStatus>,
    /// A regional gateway's zone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub availability_zone: Option<AvailabilityZone>,
    /// A regional gateway's zone, by id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub availability_zone_id: Option<AvailabilityZoneId>,
}
