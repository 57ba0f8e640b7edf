//! Security groups and the prefix lists that their rules and routes name.

use aws_sdk_ec2::types::{
    IpPermission, ManagedPrefixList, PrefixList, PrefixListEntry, SecurityGroup, UserIdGroupPair,
};

use super::object::Object;

pub(super) fn security_group(group: &SecurityGroup) -> Object {
    Object::new()
        .text("GroupId", group.group_id())
        .text("GroupName", group.group_name())
        .text("VpcId", group.vpc_id())
        .text("OwnerId", group.owner_id())
        .list("IpPermissions", group.ip_permissions(), ip_permission)
        .list(
            "IpPermissionsEgress",
            group.ip_permissions_egress(),
            ip_permission,
        )
        .tags("Tags", group.tags())
}

fn ip_permission(permission: &IpPermission) -> Object {
    Object::new()
        .text("IpProtocol", permission.ip_protocol())
        .number("FromPort", permission.from_port())
        .number("ToPort", permission.to_port())
        .list("IpRanges", permission.ip_ranges(), |range| {
            Object::new()
                .text("CidrIp", range.cidr_ip())
                .text("Description", range.description())
        })
        .list("Ipv6Ranges", permission.ipv6_ranges(), |range| {
            Object::new()
                .text("CidrIpv6", range.cidr_ipv6())
                .text("Description", range.description())
        })
        .list("PrefixListIds", permission.prefix_list_ids(), |list| {
            Object::new()
                .text("PrefixListId", list.prefix_list_id())
                .text("Description", list.description())
        })
        .list(
            "UserIdGroupPairs",
            permission.user_id_group_pairs(),
            user_id_group_pair,
        )
}

fn user_id_group_pair(pair: &UserIdGroupPair) -> Object {
    Object::new()
        .text("GroupId", pair.group_id())
        .text("UserId", pair.user_id())
        .text("VpcId", pair.vpc_id())
        .text("VpcPeeringConnectionId", pair.vpc_peering_connection_id())
        .text("PeeringStatus", pair.peering_status())
        .text("Description", pair.description())
}

pub(super) fn prefix_list(list: &PrefixList) -> Object {
    let cidrs = list.cidrs().iter().map(|cidr| cidr.as_str().into()).collect();
    Object::new()
        .text("PrefixListId", list.prefix_list_id())
        .text("PrefixListName", list.prefix_list_name())
        .whole_list("Cidrs", cidrs)
}

pub(super) fn managed_prefix_list(list: &ManagedPrefixList) -> Object {
    Object::new()
        .text("PrefixListId", list.prefix_list_id())
        .text("PrefixListName", list.prefix_list_name())
        .text("OwnerId", list.owner_id())
}

/// The entries of one list, in a wrapper that says which.
pub(super) fn prefix_list_entries(id: &str, entries: &[PrefixListEntry]) -> Object {
    let entries = entries
        .iter()
        .map(|entry| Object::new().text("Cidr", entry.cidr()).into());
    Object::new()
        .text("PrefixListId", Some(id))
        .whole_list("Entries", entries.collect())
}
