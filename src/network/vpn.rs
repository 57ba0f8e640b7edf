//! Site-to-site VPN connections (`describe-vpn-connections`).

use ipnet::IpNet;
use serde::{Deserialize, Serialize};

use super::id::{TransitGatewayId, VpnConnectionId, VpnGatewayId};
use super::state::{TunnelStatus, VpnState, nullable};
use super::tag::Tag;

/// A site-to-site VPN connection (API_VpnConnection).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct VpnConnection {
    /// `vpn-…`
    pub vpn_connection_id: VpnConnectionId,
    /// The virtual private gateway that it ends at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vpn_gateway_id: Option<VpnGatewayId>,
    /// The transit gateway that it ends at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transit_gateway_id: Option<TransitGatewayId>,
    /// Its state; absent: unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<VpnState>,
    /// Its options.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub options: Option<VpnConnectionOptions>,
    /// Static routes.
    #[serde(default, deserialize_with = "nullable")]
    pub routes: Vec<VpnStaticRoute>,
    /// Its tunnels.
    #[serde(default, deserialize_with = "nullable")]
    pub vgw_telemetry: Vec<VgwTelemetry>,
    /// Tags.
    #[serde(default, deserialize_with = "nullable")]
    pub tags: Vec<Tag>,
}

/// What a VPN connection does (API_VpnConnectionOptions).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct VpnConnectionOptions {
    /// Whether it speaks no BGP; absent: it may.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub static_routes_only: Option<bool>,
    /// `ipv4` or `ipv6`: what its tunnels carry; absent: unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tunnel_inside_ip_version: Option<String>,
}

/// A static route of a VPN connection (API_VpnStaticRoute).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct VpnStaticRoute {
    /// The prefix.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub destination_cidr_block: Option<IpNet>,
    /// `available` and so on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<VpnState>,
}

/// A tunnel of a VPN connection (API_VgwTelemetry).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct VgwTelemetry {
    /// Whether it is up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<TunnelStatus>,
}
