//! VPCs and subnets (`describe-vpcs`, `describe-subnets`).

use ipnet::{Ipv4Net, Ipv6Net};
use serde::{Deserialize, Serialize};

use super::id::{AccountId, AvailabilityZone, AvailabilityZoneId, SubnetId, VpcId};
use super::state::{BlockPublicAccessMode, CidrState, Ipv6AddressAttribute, ZoneType, nullable};
use super::tag::Tag;

/// A VPC (API_Vpc).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Vpc {
    /// `vpc-…`
    pub vpc_id: VpcId,
    /// The primary block, when the association set is absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cidr_block: Option<Ipv4Net>,
    /// Every IPv4 block ever associated, with its state.
    #[serde(default, deserialize_with = "nullable")]
    pub cidr_block_association_set: Vec<CidrBlockAssociation>,
    /// Every IPv6 block ever associated, with its state.
    #[serde(default, deserialize_with = "nullable")]
    pub ipv6_cidr_block_association_set: Vec<Ipv6CidrBlockAssociation>,
    /// The owning account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner_id: Option<AccountId>,
    /// What Block Public Access does to it, as EC2 says: a cross-check.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub block_public_access_states: Option<BlockPublicAccessStates>,
    /// Tags.
    #[serde(default, deserialize_with = "nullable")]
    pub tags: Vec<Tag>,
}

/// An IPv4 block of a VPC.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CidrBlockAssociation {
    /// The block.
    pub cidr_block: Ipv4Net,
    /// Its state; absent: associated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cidr_block_state: Option<CidrBlockState>,
}

/// An IPv6 block of a VPC or a subnet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Ipv6CidrBlockAssociation {
    /// The block.
    pub ipv6_cidr_block: Ipv6Net,
    /// Its state; absent: associated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ipv6_cidr_block_state: Option<CidrBlockState>,
    /// Whether it is advertised to the internet; absent: by its range.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ipv6_address_attribute: Option<Ipv6AddressAttribute>,
}

/// The state of a block.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CidrBlockState {
    /// The state.
    pub state: CidrState,
}

/// What Block Public Access does to a VPC or a subnet (API_BlockPublicAccessStates).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct BlockPublicAccessStates {
    /// The mode in force there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub internet_gateway_block_mode: Option<BlockPublicAccessMode>,
}

/// A zone (API_AvailabilityZone), by its id, which is the same in every account, as names are not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ZoneDescription {
    /// As in `use1-az1` or `use1-bos1-az1`.
    pub zone_id: AvailabilityZoneId,
    /// What it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone_type: Option<ZoneType>,
    /// The Availability Zone that a Local Zone hangs on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent_zone_id: Option<AvailabilityZoneId>,
}

/// A subnet (API_Subnet).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Subnet {
    /// `subnet-…`
    pub subnet_id: SubnetId,
    /// Its VPC.
    pub vpc_id: VpcId,
    /// Its IPv4 block; absent in an IPv6-only subnet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cidr_block: Option<Ipv4Net>,
    /// Its IPv6 blocks, with their states.
    #[serde(default, deserialize_with = "nullable")]
    pub ipv6_cidr_block_association_set: Vec<Ipv6CidrBlockAssociation>,
    /// Its zone's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub availability_zone: Option<AvailabilityZone>,
    /// Its zone's id, the same in every account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub availability_zone_id: Option<AvailabilityZoneId>,
    /// The owning account; another than the participants' in a shared VPC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner_id: Option<AccountId>,
    /// What Block Public Access does to it, as EC2 says: a cross-check.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub block_public_access_states: Option<BlockPublicAccessStates>,
    /// Tags.
    #[serde(default, deserialize_with = "nullable")]
    pub tags: Vec<Tag>,
}
