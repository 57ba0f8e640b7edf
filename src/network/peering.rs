//! VPC peering connections (`describe-vpc-peering-connections`).

use ipnet::{Ipv4Net, Ipv6Net};
use serde::{Deserialize, Serialize};

use super::id::{AccountId, Region, VpcId, VpcPeeringConnectionId};
use super::state::{PeeringStatus, nullable};
use super::tag::Tag;

/// A peering of two VPCs (API_VpcPeeringConnection).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct VpcPeeringConnection {
    /// `pcx-…`
    pub vpc_peering_connection_id: VpcPeeringConnectionId,
    /// The side that asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requester_vpc_info: Option<PeeringVpcInfo>,
    /// The side that was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accepter_vpc_info: Option<PeeringVpcInfo>,
    /// Its status; absent: unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<PeeringStatusOf>,
    /// Tags.
    #[serde(default, deserialize_with = "nullable")]
    pub tags: Vec<Tag>,
}

/// One side of a peering (API_VpcPeeringConnectionVpcInfo): told even where the other account cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct PeeringVpcInfo {
    /// The VPC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vpc_id: Option<VpcId>,
    /// The primary block, when the set is absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cidr_block: Option<Ipv4Net>,
    /// The IPv4 blocks.
    #[serde(default, deserialize_with = "nullable")]
    pub cidr_block_set: Vec<PeeringCidrBlock>,
    /// The IPv6 blocks.
    #[serde(default, deserialize_with = "nullable")]
    pub ipv6_cidr_block_set: Vec<PeeringIpv6CidrBlock>,
    /// The account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner_id: Option<AccountId>,
    /// The Region.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<Region>,
}

/// An IPv4 block of a side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct PeeringCidrBlock {
    /// The block.
    pub cidr_block: Ipv4Net,
}

/// An IPv6 block of a side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct PeeringIpv6CidrBlock {
    /// The block.
    pub ipv6_cidr_block: Ipv6Net,
}

/// The status of a peering.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct PeeringStatusOf {
    /// The status.
    pub code: PeeringStatus,
}
