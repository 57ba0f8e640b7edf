//! Edits of security groups' rules.
//!
//! A response lists the rules that were made or taken away, one address, list or group each; older ones do not, and then
//! the request's sets tell (EC2 API, AuthorizeSecurityGroupIngress, RevokeSecurityGroupIngress, ModifySecurityGroupRules).

use ipnet::{Ipv4Net, Ipv6Net};
use serde_json::Value;

use crate::network::id::SecurityGroupId;
use crate::network::security_group::{
    IpPermission, IpRange, Ipv6Range, PrefixListReference, UserIdGroupPair,
};

use super::super::loose::{self, integer, list_of, member, text_of};
use super::super::recognise::is_token;
use super::model::{Edit, SecurityGroupRule};
use super::read::id;

fn group(request: &Value, rules: &[&Value]) -> Option<SecurityGroupId> {
    // By name only in a default VPC: then the response tells.
    let told = id(request, "groupId").or_else(|| rules.iter().find_map(|rule| id(rule, "groupId")))?;
    Some(told.as_str().into())
}

pub(super) fn rules_added(request: &Value, response: &Value, egress: bool) -> Option<Edit> {
    let answered = list_of(response, "securityGroupRuleSet");
    let group = group(request, &answered)?;
    let rules = if answered.is_empty() {
        asked(request)?
    } else {
        each(&answered)?
    };
    Some(Edit::SecurityGroupRulesAdded { group, egress, rules })
}

pub(super) fn rules_removed(request: &Value, response: &Value, egress: bool) -> Option<Edit> {
    let answered = list_of(response, "revokedSecurityGroupRuleSet");
    let group = group(request, &answered)?;
    if answered.is_empty() && !list_of(response, "unknownIpPermissionSet").is_empty() {
        // Some that were asked for did not exist, and the response does not say which did.
        return None;
    }
    let rules = if answered.is_empty() {
        asked(request)?
    } else {
        each(&answered)?
    };
    Some(Edit::SecurityGroupRulesRemoved { group, egress, rules })
}

pub(super) fn rules_modified(request: &Value) -> Option<Edit> {
    let rule = |update: &Value| {
        let permission = Some(rule_permission(member(update, "securityGroupRule")?)?);
        let id = id(update, "securityGroupRuleId")?;
        Some(SecurityGroupRule {
            id: Some(id.as_str().into()),
            permission,
        })
    };
    let rules: Vec<_> = list_of(request, "securityGroupRule")
        .into_iter()
        .map(rule)
        .collect::<Option<_>>()?;
    (!rules.is_empty()).then_some(())?;
    Some(Edit::SecurityGroupRulesModified {
        group: group(request, &[])?,
        rules,
    })
}

/// The rules that a response lists, one each.
fn each(answered: &[&Value]) -> Option<Vec<SecurityGroupRule>> {
    let rule = |rule: &&Value| {
        Some(SecurityGroupRule {
            id: id(rule, "securityGroupRuleId").map(|id| id.as_str().into()),
            permission: Some(rule_permission(rule)?),
        })
    };
    answered.iter().map(rule).collect()
}

/// The rules that a request asks for: in sets, by their ids, or in its own members.
fn asked(request: &Value) -> Option<Vec<SecurityGroupRule>> {
    let mut rules = Vec::new();
    for set in list_of(request, "ipPermissions") {
        rules.push(SecurityGroupRule {
            id: None,
            permission: Some(permission_set(set)?),
        });
    }
    for rule in list_of(request, "securityGroupRuleIds") {
        let id = id(rule, "securityGroupRuleId").or_else(|| loose::text(rule).filter(|id| is_token(id)))?;
        rules.push(SecurityGroupRule {
            id: Some(id.as_str().into()),
            permission: None,
        });
    }
    if rules.is_empty() {
        let ranges = IpPermission {
            ip_ranges: vec![range(text_of(request, "cidrIp")?)?],
            ..ports(request)?
        };
        rules.push(SecurityGroupRule {
            id: None,
            permission: Some(ranges),
        });
    }
    Some(rules)
}

/// Protocol and ports. For all protocols EC2 keeps no ports, whatever was asked for.
fn ports(value: &Value) -> Option<IpPermission> {
    let ip_protocol = text_of(value, "ipProtocol")?;
    let all = ip_protocol == "-1";
    let port = |name| {
        member(value, name)
            .and_then(integer)
            .and_then(|port| port.try_into().ok())
    };
    Some(IpPermission {
        from_port: port("fromPort").filter(|_| !all),
        to_port: port("toPort").filter(|_| !all),
        ip_protocol,
        ..IpPermission::default()
    })
}

fn range(cidr: String) -> Option<IpRange> {
    let cidr_ip = cidr.parse::<Ipv4Net>().ok()?.trunc();
    Some(IpRange {
        cidr_ip,
        description: None,
    })
}

fn range6(cidr: String) -> Option<Ipv6Range> {
    let cidr_ipv6 = cidr.parse::<Ipv6Net>().ok()?.trunc();
    Some(Ipv6Range {
        cidr_ipv6,
        description: None,
    })
}

fn pair(value: &Value) -> Option<UserIdGroupPair> {
    Some(UserIdGroupPair {
        group_id: Some(id(value, "groupId")?.as_str().into()),
        user_id: id(value, "userId").map(|id| id.as_str().into()),
        vpc_id: id(value, "vpcId").map(|id| id.as_str().into()),
        vpc_peering_connection_id: id(value, "vpcPeeringConnectionId").map(|id| id.as_str().into()),
        peering_status: None,
        description: None,
    })
}

fn prefix_list(id: &str) -> PrefixListReference {
    PrefixListReference {
        prefix_list_id: id.into(),
        description: None,
    }
}

/// An `IpPermission` of a request.
fn permission_set(set: &Value) -> Option<IpPermission> {
    let mut permission = ports(set)?;
    for one in list_of(set, "ipRanges") {
        permission.ip_ranges.push(range(text_of(one, "cidrIp")?)?);
    }
    for one in list_of(set, "ipv6Ranges") {
        permission.ipv6_ranges.push(range6(text_of(one, "cidrIpv6")?)?);
    }
    for one in list_of(set, "prefixListIds") {
        permission
            .prefix_list_ids
            .push(prefix_list(&id(one, "prefixListId")?));
    }
    for one in list_of(set, "groups") {
        permission.user_id_group_pairs.push(pair(one)?);
    }
    Some(permission)
}

/// A `SecurityGroupRule`: exactly one address, list or group.
fn rule_permission(rule: &Value) -> Option<IpPermission> {
    let mut permission = ports(rule)?;
    if let Some(cidr) = text_of(rule, "cidrIpv4") {
        permission.ip_ranges.push(range(cidr)?);
    } else if let Some(cidr) = text_of(rule, "cidrIpv6") {
        permission.ipv6_ranges.push(range6(cidr)?);
    } else if let Some(list) = id(rule, "prefixListId") {
        permission.prefix_list_ids.push(prefix_list(&list));
    } else if let Some(info) = member(rule, "referencedGroupInfo") {
        permission.user_id_group_pairs.push(pair(info)?);
    } else {
        let group = id(rule, "referencedGroupId")?;
        let group_id = Some(group.as_str().into());
        permission.user_id_group_pairs.push(UserIdGroupPair {
            group_id,
            user_id: None,
            vpc_id: None,
            vpc_peering_connection_id: None,
            peering_status: None,
            description: None,
        });
    }
    Some(permission)
}
