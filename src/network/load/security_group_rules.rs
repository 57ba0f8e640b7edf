//! Groups from their expanded rules (`describe-security-group-rules`): each means the same as a permission with one
//! range, list or group in it
//! (<https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_SecurityGroupRule.html>).

use std::collections::{BTreeMap, BTreeSet};

use ipnet::IpNet;

use super::document::Document;
use super::origin::Origins;
use super::warning::Warning;
use crate::network::id::{PrefixListId, SecurityGroupId};
use crate::network::resource_kind::ResourceKind;
use crate::network::resource_kind::kind::SecurityGroups;
use crate::network::security_group::{
    IpPermission, IpRange, Ipv6Range, PrefixListReference, SecurityGroup, UserIdGroupPair,
};
use crate::network::snapshot::Snapshot;
use crate::network::wire::SecurityGroupRule;

/// Adds the groups that are known by their rules only.
///
/// A group read from `SecurityGroups` has its rules there, all of them. From rules alone the kind is never wholly
/// known: a group without rules does not show. From a page of rules no group is made, as rules may be missing.
pub(crate) fn merge_rules(
    documents: &mut [Document],
    snapshot: &mut Snapshot,
    origins: &mut Origins,
    warnings: &mut Vec<Warning>,
) {
    let is_rules = |document: &Document| document.body.security_group_rules.is_some();
    let is_cut = documents
        .iter()
        .any(|document| document.body.is_page && is_rules(document));
    if documents.iter().any(is_rules) && !snapshot.security_groups.is_known() {
        snapshot.security_groups.set_partial();
    }
    let mut made: BTreeMap<SecurityGroupId, (SecurityGroup, BTreeSet<RuleKey>)> = BTreeMap::new();
    let mut compared: BTreeMap<SecurityGroupId, BTreeSet<RuleKey>> = BTreeMap::new();
    let mut extra = 0;
    let mut example = None;
    for (file, document) in documents.iter_mut().enumerate() {
        let rules = document.body.security_group_rules.take();
        let mut ids = Vec::new();
        for rule in rules.into_iter().flatten() {
            let id = rule.group_id.clone();
            if let Some(group) = snapshot.security_groups.get(&id) {
                let known = compared.entry(id.clone()).or_insert_with(|| rule_keys(group));
                let is_egress = rule.is_egress;
                let permission = permission(rule);
                if !permission_keys(&permission, is_egress).all(|key| known.contains(&key)) {
                    extra += 1;
                    example.get_or_insert(id);
                }
                continue;
            }
            if is_cut {
                continue;
            }
            ids.push(id.clone().into());
            let (group, known) = made.entry(id.clone()).or_insert_with(|| {
                let group = SecurityGroup {
                    group_id: id,
                    group_name: None,
                    vpc_id: None,
                    owner_id: rule.group_owner_id.clone(),
                    ip_permissions: Vec::new(),
                    ip_permissions_egress: Vec::new(),
                    tags: Vec::new(),
                };
                (group, BTreeSet::new())
            });
            let is_egress = rule.is_egress;
            let permission = permission(rule);
            let keys: BTreeSet<RuleKey> = permission_keys(&permission, is_egress).collect();
            // Told by two files.
            if keys.is_subset(known) && !keys.is_empty() {
                continue;
            }
            known.extend(keys);
            if is_egress {
                group.ip_permissions_egress.push(permission);
            } else {
                group.ip_permissions.push(permission);
            }
        }
        if !ids.is_empty() {
            origins.record(SecurityGroups::KEY, file, ids);
        }
    }
    for (id, (group, _)) in made {
        snapshot.security_groups.insert(id, group);
    }
    if let Some(id) = example {
        warnings.push(Warning::ExtraRules {
            count: extra,
            example: origins.example(SecurityGroups::KEY, &id.into()),
        });
    }
}

/// A rule with one peer, in a form in which two that mean the same are equal. Descriptions mean nothing.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct RuleKey {
    is_egress: bool,
    protocol: String,
    from_port: Option<i32>,
    to_port: Option<i32>,
    peer: Peer,
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Peer {
    Range(IpNet),
    List(PrefixListId),
    Group(Option<SecurityGroupId>),
}

fn rule_keys(group: &SecurityGroup) -> BTreeSet<RuleKey> {
    let directions = [
        (&group.ip_permissions, false),
        (&group.ip_permissions_egress, true),
    ];
    directions
        .into_iter()
        .flat_map(|(permissions, is_egress)| {
            permissions.iter().map(move |permission| (permission, is_egress))
        })
        .flat_map(|(permission, is_egress)| permission_keys(permission, is_egress))
        .collect()
}

fn permission_keys(permission: &IpPermission, is_egress: bool) -> impl Iterator<Item = RuleKey> {
    let ipv4 = permission
        .ip_ranges
        .iter()
        .map(|range| Peer::Range(range.cidr_ip.trunc().into()));
    let ipv6 = permission
        .ipv6_ranges
        .iter()
        .map(|range| Peer::Range(range.cidr_ipv6.trunc().into()));
    let lists = permission
        .prefix_list_ids
        .iter()
        .map(|list| Peer::List(list.prefix_list_id.clone()));
    let groups = permission
        .user_id_group_pairs
        .iter()
        .map(|pair| Peer::Group(pair.group_id.clone()));
    // Of other protocols and of "all", ports mean nothing.
    let has_ports = matches!(
        permission.ip_protocol.as_str(),
        "tcp" | "udp" | "icmp" | "icmpv6" | "6" | "17" | "1" | "58"
    );
    let port = move |port: Option<i32>| port.filter(|port| has_ports && *port != -1);
    ipv4.chain(ipv6)
        .chain(lists)
        .chain(groups)
        .map(move |peer| RuleKey {
            is_egress,
            protocol: permission.ip_protocol.clone(),
            from_port: port(permission.from_port),
            to_port: port(permission.to_port),
            peer,
        })
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

#[cfg(test)]
mod tests {
    use super::super::fixture::{load, warnings};

    const RULES: &str = r#"{"SecurityGroupRules": [
        {"SecurityGroupRuleId": "sgr-1", "GroupId": "sg-a", "GroupOwnerId": "111122223333", "IsEgress": false,
         "IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIpv4": "10.0.0.0/8", "Description": "inside"},
        {"SecurityGroupRuleId": "sgr-2", "GroupId": "sg-a", "GroupOwnerId": "111122223333", "IsEgress": true,
         "IpProtocol": "-1", "FromPort": -1, "ToPort": -1, "CidrIpv6": "::/0"},
        {"SecurityGroupRuleId": "sgr-3", "GroupId": "sg-a", "GroupOwnerId": "111122223333", "IsEgress": false,
         "IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "ReferencedGroupInfo": {"GroupId": "sg-b", "UserId": "444455556666"}}]}"#;
    const GROUPS: &str = r#"{"SecurityGroups": [
        {"GroupId": "sg-a", "GroupName": "a", "IpPermissions": [
           {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": "10.0.0.0/8", "Description": "inside"}]},
           {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "UserIdGroupPairs": [{"GroupId": "sg-b", "UserId": "444455556666"}]}],
         "IpPermissionsEgress": [{"IpProtocol": "-1", "Ipv6Ranges": [{"CidrIpv6": "::/0"}]}]}]}"#;

    #[test]
    fn rules_mean_the_same_as_permissions() {
        let rules = load(&[("r.json", RULES)]).unwrap().snapshot.security_groups;
        let groups = load(&[("g.json", GROUPS)]).unwrap().snapshot.security_groups;
        let (rules, groups) = (rules.get("sg-a").unwrap(), groups.get("sg-a").unwrap());
        assert_eq!(rules.ip_permissions, groups.ip_permissions);
        assert_eq!(rules.ip_permissions_egress, groups.ip_permissions_egress);
        assert_eq!(rules.owner_id, Some("111122223333".into()));
    }

    #[test]
    fn a_group_without_rules_does_not_show_so_absence_says_nothing() {
        let groups = load(&[("r.json", RULES)]).unwrap().snapshot.security_groups;
        assert!(groups.is_partial() && !groups.is_known());
        let both = load(&[("g.json", GROUPS), ("r.json", RULES)]).unwrap();
        assert!(both.snapshot.security_groups.is_known());
        let alone = load(&[("g.json", GROUPS)]).unwrap();
        assert_eq!(both.snapshot, alone.snapshot);
        assert_eq!(warnings(&both), warnings(&alone));
    }

    #[test]
    fn no_group_is_made_of_a_page_for_rules_may_be_missing() {
        let page = RULES.replacen('{', r#"{"NextToken": "x", "#, 1);
        let groups = load(&[("r.json", &page)]).unwrap().snapshot.security_groups;
        assert!(groups.is_partial() && groups.is_empty());
    }

    #[test]
    fn a_rule_that_its_group_lacks_is_said_and_not_used() {
        let newer = RULES.replace("443", "8443");
        let loaded = load(&[("g.json", GROUPS), ("r.json", &newer)]).unwrap();
        assert_eq!(loaded.snapshot, load(&[("g.json", GROUPS)]).unwrap().snapshot);
        let shown = warnings(&loaded);
        assert!(
            shown.contains(
                "warning: `SecurityGroupRules` tells of a rule that `sg-a` in `g.json` lacks: it is not used"
            ),
            "{shown}"
        );
    }
}
