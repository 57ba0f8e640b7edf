//! VPC endpoints (`describe-vpc-endpoints`).

use serde::{Deserialize, Serialize};

use super::id::{AccountId, NetworkInterfaceId, RouteTableId, SubnetId, VpcEndpointId, VpcId};
use super::interface::GroupIdentifier;
use super::state::{VpcEndpointState, VpcEndpointType, nullable};
use super::tag::Tag;

/// A VPC endpoint of any type (API_VpcEndpoint).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct VpcEndpoint {
    /// `vpce-…`
    pub vpc_endpoint_id: VpcEndpointId,
    /// Its type; absent: a gateway endpoint, as in the oldest replies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vpc_endpoint_type: Option<VpcEndpointType>,
    /// Its VPC.
    pub vpc_id: VpcId,
    /// As in `com.amazonaws.eu-west-1.s3`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service_name: Option<String>,
    /// Its state; absent: unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<VpcEndpointState>,
    /// `ipv4`, `ipv6` or `dualstack`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ip_address_type: Option<String>,
    /// The tables that a gateway endpoint writes its route into.
    #[serde(default, deserialize_with = "nullable")]
    pub route_table_ids: Vec<RouteTableId>,
    /// The subnets of an interface endpoint.
    #[serde(default, deserialize_with = "nullable")]
    pub subnet_ids: Vec<SubnetId>,
    /// The groups of an interface endpoint.
    #[serde(default, deserialize_with = "nullable")]
    pub groups: Vec<GroupIdentifier>,
    /// Its interfaces.
    #[serde(default, deserialize_with = "nullable")]
    pub network_interface_ids: Vec<NetworkInterfaceId>,
    /// The owning account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner_id: Option<AccountId>,
    /// Tags.
    #[serde(default, deserialize_with = "nullable")]
    pub tags: Vec<Tag>,
}
