//! Replies that the model does not keep as they are printed: rules and prefix lists are put together from them.

use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use serde::{Deserialize, Serialize};

use super::id::{AccountId, PrefixListId, Region, SecurityGroupId, VpcId, VpcPeeringConnectionId};
use super::state::nullable;

/// An expanded rule (API_SecurityGroupRule).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct SecurityGroupRule {
    pub(crate) group_id: SecurityGroupId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) group_owner_id: Option<AccountId>,
    #[serde(default, deserialize_with = "nullable")]
    pub(crate) is_egress: bool,
    pub(crate) ip_protocol: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) from_port: Option<i32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) to_port: Option<i32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) cidr_ipv4: Option<Ipv4Net>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) cidr_ipv6: Option<Ipv6Net>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) prefix_list_id: Option<PrefixListId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) referenced_group_info: Option<ReferencedSecurityGroup>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) description: Option<String>,
}

/// The group that an expanded rule names (API_ReferencedSecurityGroup).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ReferencedSecurityGroup {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) group_id: Option<SecurityGroupId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) user_id: Option<AccountId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) vpc_id: Option<VpcId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) vpc_peering_connection_id: Option<VpcPeeringConnectionId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) peering_status: Option<String>,
}

/// A prefix list of AWS's own (API_PrefixList).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ServicePrefixList {
    pub(crate) prefix_list_id: PrefixListId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) prefix_list_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) cidrs: Option<Vec<IpNet>>,
}

/// A prefix list of anybody's, without its entries (API_ManagedPrefixList).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ManagedPrefixList {
    pub(crate) prefix_list_id: PrefixListId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) prefix_list_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) owner_id: Option<AccountId>,
}

/// The entries of one list (`get-managed-prefix-list-entries`, wrapped: the reply does not name the list).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct PrefixListEntries {
    pub(crate) prefix_list_id: PrefixListId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) entries: Option<Vec<PrefixListEntry>>,
    /// Set where more entries would have followed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) next_token: Option<String>,
}

/// An entry (API_PrefixListEntry).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct PrefixListEntry {
    pub(crate) cidr: IpNet,
}

/// Where a VPC is: hopwatch's own key, written only where AWS's own fields do not tell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct VpcPlace {
    pub(crate) vpc_id: VpcId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) owner_id: Option<AccountId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) region: Option<Region>,
}
