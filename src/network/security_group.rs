//! Security groups (`describe-security-groups`) and prefix lists (`describe-prefix-lists`,
//! `describe-managed-prefix-lists`, `get-managed-prefix-list-entries`).

use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use serde::{Deserialize, Serialize};

use super::id::{AccountId, PrefixListId, SecurityGroupId, VpcId, VpcPeeringConnectionId};
use super::state::nullable;
use super::tag::Tag;

/// A security group (API_SecurityGroup).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SecurityGroup {
    /// `sg-…`
    pub group_id: SecurityGroupId,
    /// Its name, unique in its VPC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group_name: Option<String>,
    /// The VPC it was made in; it may be associated with others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vpc_id: Option<VpcId>,
    /// The owning account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner_id: Option<AccountId>,
    /// What may come in.
    #[serde(default, deserialize_with = "nullable")]
    pub ip_permissions: Vec<IpPermission>,
    /// What may go out.
    #[serde(default, deserialize_with = "nullable")]
    pub ip_permissions_egress: Vec<IpPermission>,
    /// Tags.
    #[serde(default, deserialize_with = "nullable")]
    pub tags: Vec<Tag>,
}

/// A set of rules that share protocol and ports (API_IpPermission): a packet that matches any range, list or
/// group in it passes.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct IpPermission {
    /// `tcp`, `udp`, `icmp`, `icmpv6`, a number as text, or `-1` for all.
    pub ip_protocol: String,
    /// First destination port; ICMP type; -1 or absent: all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from_port: Option<i32>,
    /// Last destination port; ICMP code; -1 or absent: all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to_port: Option<i32>,
    /// IPv4 ranges.
    #[serde(default, deserialize_with = "nullable")]
    pub ip_ranges: Vec<IpRange>,
    /// IPv6 ranges.
    #[serde(default, deserialize_with = "nullable")]
    pub ipv6_ranges: Vec<Ipv6Range>,
    /// Prefix lists.
    #[serde(default, deserialize_with = "nullable")]
    pub prefix_list_ids: Vec<PrefixListReference>,
    /// Groups: the private addresses of the interfaces that carry them.
    #[serde(default, deserialize_with = "nullable")]
    pub user_id_group_pairs: Vec<UserIdGroupPair>,
}

/// An IPv4 range of a rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct IpRange {
    /// The range.
    pub cidr_ip: Ipv4Net,
    /// What somebody wrote beside it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

/// An IPv6 range of a rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Ipv6Range {
    /// The range.
    pub cidr_ipv6: Ipv6Net,
    /// What somebody wrote beside it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

/// A prefix list named by a rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct PrefixListReference {
    /// `pl-…`
    pub prefix_list_id: PrefixListId,
    /// What somebody wrote beside it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

/// A group named by a rule (API_UserIdGroupPair).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UserIdGroupPair {
    /// `sg-…`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group_id: Option<SecurityGroupId>,
    /// The account that owns it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_id: Option<AccountId>,
    /// Its VPC, where that is another one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vpc_id: Option<VpcId>,
    /// The peering that the reference needs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vpc_peering_connection_id: Option<VpcPeeringConnectionId>,
    /// That peering's status; anything but `active` matches nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub peering_status: Option<String>,
    /// What somebody wrote beside it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

/// A prefix list with its entries, whoever manages it. `entries` is `None` where only the list's existence is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrefixList {
    /// `pl-…`
    pub prefix_list_id: PrefixListId,
    /// Its name: AWS's own are called after the service.
    pub name: Option<String>,
    /// Its entries, of either family.
    pub entries: Option<Vec<IpNet>>,
    /// The owning account; `AWS` for AWS's own.
    pub owner_id: Option<AccountId>,
}
