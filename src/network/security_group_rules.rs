//! Groups from their expanded rules (`describe-security-group-rules`): each means the same as a permission with one
//! range, list or group in it
//! (<https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_SecurityGroupRule.html>).

use std::collections::BTreeMap;

use super::document::Document;
use super::id::SecurityGroupId;
use super::security_group::{
    IpPermission, IpRange, Ipv6Range, PrefixListReference, SecurityGroup, UserIdGroupPair,
};
use super::snapshot::Snapshot;
use super::wire::SecurityGroupRule;

/// Adds the groups that are known by their rules only.
///
/// A group read from `SecurityGroups` has its rules there, all of them. From rules alone the kind is never wholly
/// known: a group without rules does not show. From a page of rules no group is made, as rules may be missing.
pub(crate) fn merge_rules(documents: &mut [Document], snapshot: &mut Snapshot) {
    let mut groups: BTreeMap<SecurityGroupId, SecurityGroup> = BTreeMap::new();
    let is_cut = documents
        .iter()
        .any(|document| document.body.is_page && document.body.security_group_rules.is_some());
    let mut is_read = false;
    for document in documents {
        let Some(rules) = document.body.security_group_rules.take() else {
            continue;
        };
        is_read = true;
        for rule in rules {
            if snapshot.security_groups.get(&rule.group_id).is_some() {
                continue;
            }
            let group = groups
                .entry(rule.group_id.clone())
                .or_insert_with(|| SecurityGroup {
                    group_id: rule.group_id.clone(),
                    group_name: None,
                    vpc_id: None,
                    owner_id: rule.group_owner_id.clone(),
                    ip_permissions: Vec::new(),
                    ip_permissions_egress: Vec::new(),
                    tags: Vec::new(),
                });
            let permissions = if rule.is_egress {
                &mut group.ip_permissions_egress
            } else {
                &mut group.ip_permissions
            };
            let permission = permission(rule);
            if !permissions.contains(&permission) {
                permissions.push(permission);
            }
        }
    }
    if !is_read {
        return;
    }
    if !snapshot.security_groups.is_known() {
        snapshot.security_groups.set_partial();
    }
    if !is_cut {
        for (id, group) in groups {
            snapshot.security_groups.insert(id, group);
        }
    }
}

fn permission(rule: SecurityGroupRule) -> IpPermission {
    let description = rule.description;
    // Ports of `-1` where the protocol is `-1`: absent in a permission.
    let is_all = rule.ip_protocol == "-1";
    let port = |port: Option<i32>| port.filter(|_| !is_all);
    IpPermission {
        from_port: port(rule.from_port),
        to_port: port(rule.to_port),
        ip_protocol: rule.ip_protocol,
        ip_ranges: rule
            .cidr_ipv4
            .map(|cidr_ip| IpRange {
                cidr_ip,
                description: description.clone(),
            })
            .into_iter()
            .collect(),
        ipv6_ranges: rule
            .cidr_ipv6
            .map(|cidr_ipv6| Ipv6Range {
                cidr_ipv6,
                description: description.clone(),
            })
            .into_iter()
            .collect(),
        prefix_list_ids: rule
            .prefix_list_id
            .map(|prefix_list_id| PrefixListReference {
                prefix_list_id,
                description: description.clone(),
            })
            .into_iter()
            .collect(),
        user_id_group_pairs: rule
            .referenced_group_info
            .map(|group| UserIdGroupPair {
                group_id: group.group_id,
                user_id: group.user_id,
                vpc_id: group.vpc_id,
                vpc_peering_connection_id: group.vpc_peering_connection_id,
                peering_status: group.peering_status,
                description,
            })
            .into_iter()
            .collect(),
    }
}
