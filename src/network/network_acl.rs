//! Network ACLs (`describe-network-acls`).

use ipnet::{Ipv4Net, Ipv6Net};
use serde::{Deserialize, Serialize};

use super::id::{AccountId, NetworkAclId, ResourceId, SubnetId, VpcId};
use super::state::{RuleAction, nullable};
use super::tag::Tag;

/// A network ACL (API_NetworkAcl).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct NetworkAcl {
    /// `acl-…`
    pub network_acl_id: NetworkAclId,
    /// Its VPC.
    pub vpc_id: VpcId,
    /// Whether subnets without an association of their own use it.
    #[serde(default, deserialize_with = "nullable")]
    pub is_default: bool,
    /// Its entries, both directions, in any order.
    #[serde(default, deserialize_with = "nullable")]
    pub entries: Vec<NetworkAclEntry>,
    /// The subnets that use it.
    #[serde(default, deserialize_with = "nullable")]
    pub associations: Vec<NetworkAclAssociation>,
    /// The owning account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner_id: Option<AccountId>,
    /// Tags.
    #[serde(default, deserialize_with = "nullable")]
    pub tags: Vec<Tag>,
}

impl NetworkAcl {
    /// The entry of a number and direction: there is one at most.
    pub fn entry(&self, rule_number: u32, egress: bool) -> Option<&NetworkAclEntry> {
        let mut entries = self.entries.iter();
        entries.find(|entry| entry.rule_number == rule_number && entry.egress == egress)
    }
}

/// A subnet's use of a network ACL.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct NetworkAclAssociation {
    /// `aclassoc-…`: all that some events tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub network_acl_association_id: Option<ResourceId>,
    /// The subnet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subnet_id: Option<SubnetId>,
}

/// One entry (API_NetworkAclEntry).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct NetworkAclEntry {
    /// Lower numbers are asked first.
    pub rule_number: u32,
    /// For what leaves the subnet, else for what enters it.
    #[serde(default, deserialize_with = "nullable")]
    pub egress: bool,
    /// Allow or deny.
    pub rule_action: RuleAction,
    /// The protocol's number as text, `-1` for all.
    pub protocol: String,
    /// An IPv4 block: the source of what enters, the destination of what leaves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cidr_block: Option<Ipv4Net>,
    /// An IPv6 block, likewise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ipv6_cidr_block: Option<Ipv6Net>,
    /// Destination ports, for TCP and UDP.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub port_range: Option<PortRange>,
    /// Type and code, for ICMP.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub icmp_type_code: Option<IcmpTypeCode>,
}

/// A range of ports, both ends in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct PortRange {
    /// The first; absent: 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<i32>,
    /// The last; absent: 65535.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<i32>,
}

/// An ICMP type and code; -1: any.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct IcmpTypeCode {
    /// The type.
    #[serde(rename = "Type", default, skip_serializing_if = "Option::is_none")]
    pub icmp_type: Option<i32>,
    /// The code.
    #[serde(rename = "Code", default, skip_serializing_if = "Option::is_none")]
    pub code: Option<i32>,
}
