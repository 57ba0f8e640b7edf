//! Network interfaces and instances (`describe-network-interfaces`, `describe-instances`).

use std::net::{Ipv4Addr, Ipv6Addr};

use ipnet::{Ipv4Net, Ipv6Net};
use serde::{Deserialize, Serialize};

use super::id::{
    AccountId, AvailabilityZone, InstanceId, NetworkInterfaceId, SecurityGroupId, SubnetId, VpcId,
};
use super::state::{InstanceState, InterfaceStatus, InterfaceType, nullable};
use super::tag::Tag;

/// A network interface (API_NetworkInterface).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct NetworkInterface {
    /// `eni-…`
    pub network_interface_id: NetworkInterfaceId,
    /// Its subnet.
    pub subnet_id: SubnetId,
    /// Its VPC.
    pub vpc_id: VpcId,
    /// Its zone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub availability_zone: Option<AvailabilityZone>,
    /// What AWS or somebody wrote about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The groups it carries.
    #[serde(default, deserialize_with = "nullable")]
    pub groups: Vec<GroupIdentifier>,
    /// What it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interface_type: Option<InterfaceType>,
    /// Its primary address, when the list is absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub private_ip_address: Option<Ipv4Addr>,
    /// Its IPv4 addresses, each with its public one.
    #[serde(default, deserialize_with = "nullable")]
    pub private_ip_addresses: Vec<PrivateIpAddress>,
    /// Its IPv6 addresses.
    #[serde(default, deserialize_with = "nullable")]
    pub ipv6_addresses: Vec<Ipv6AddressOf>,
    /// Delegated IPv4 prefixes.
    #[serde(default, deserialize_with = "nullable")]
    pub ipv4_prefixes: Vec<Ipv4PrefixOf>,
    /// Delegated IPv6 prefixes.
    #[serde(default, deserialize_with = "nullable")]
    pub ipv6_prefixes: Vec<Ipv6PrefixOf>,
    /// The public address of the primary one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub association: Option<PublicAssociation>,
    /// Whether packets must be from or to its own addresses; absent: yes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_dest_check: Option<bool>,
    /// Whether it is attached; absent: it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<InterfaceStatus>,
    /// What it is attached to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attachment: Option<InterfaceAttachment>,
    /// Whether its IPv6 addresses are unreachable through an internet gateway.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deny_all_igw_traffic: Option<bool>,
    /// Whether a service made it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requester_managed: Option<bool>,
    /// Which service made it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requester_id: Option<String>,
    /// The owning account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner_id: Option<AccountId>,
    /// Tags: under another name than everywhere else.
    #[serde(default, deserialize_with = "nullable")]
    pub tag_set: Vec<Tag>,
}

/// A group as an interface names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GroupIdentifier {
    /// `sg-…`
    pub group_id: SecurityGroupId,
    /// Its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group_name: Option<String>,
}

/// An IPv4 address of an interface.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct PrivateIpAddress {
    /// The address.
    pub private_ip_address: Ipv4Addr,
    /// Whether it is the primary one.
    #[serde(default, deserialize_with = "nullable")]
    pub primary: bool,
    /// Its public address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub association: Option<PublicAssociation>,
}

/// A public address, and what it belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct PublicAssociation {
    /// The public address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub public_ip: Option<Ipv4Addr>,
    /// A carrier address, in a Wavelength zone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub carrier_ip: Option<Ipv4Addr>,
    /// `amazon`, or the account that holds the Elastic IP address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ip_owner_id: Option<String>,
}

/// An IPv6 address of an interface.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Ipv6AddressOf {
    /// The address.
    pub ipv6_address: Ipv6Addr,
}

/// A delegated IPv4 prefix.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Ipv4PrefixOf {
    /// The prefix.
    pub ipv4_prefix: Ipv4Net,
}

/// A delegated IPv6 prefix.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Ipv6PrefixOf {
    /// The prefix.
    pub ipv6_prefix: Ipv6Net,
}

/// What an interface is attached to (API_NetworkInterfaceAttachment).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct InterfaceAttachment {
    /// The instance; absent for what services attach.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instance_id: Option<InstanceId>,
    /// 0 is the primary interface of its instance.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device_index: Option<i32>,
    /// `attached` and so on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
}

/// A launch of instances (API_Reservation).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Reservation {
    /// The owning account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner_id: Option<AccountId>,
    /// The instances.
    #[serde(default, deserialize_with = "nullable")]
    pub instances: Vec<Instance>,
}

/// An instance (API_Instance).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Instance {
    /// `i-…`
    pub instance_id: InstanceId,
    /// Its state; absent: unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<InstanceStateOf>,
    /// `windows`, or absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub platform: Option<String>,
    /// As in `Linux/UNIX`, `Windows`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub platform_details: Option<String>,
    /// Its VPC; absent once terminated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vpc_id: Option<VpcId>,
    /// The subnet of its primary interface.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subnet_id: Option<SubnetId>,
    /// Tags.
    #[serde(default, deserialize_with = "nullable")]
    pub tags: Vec<Tag>,
}

/// The state of an instance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct InstanceStateOf {
    /// Its name.
    pub name: InstanceState,
}
