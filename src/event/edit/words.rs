//! An edit in a few words: `rule 100 egress`, `0.0.0.0/0 via nat-0a1…`. Nothing but ids, numbers and addresses.

use std::fmt::{self, Display, Write};

use ipnet::IpNet;

use crate::network::network_acl::NetworkAclEntry;
use crate::network::route_table::Route;
use crate::network::security_group::IpPermission;

use super::model::{Edit, RouteDestination, SecurityGroupRule};

/// How many of a list are named.
const NAMED: usize = 3;

impl Display for Edit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NetworkAclEntry {
                rule_number,
                egress,
                entry,
                ..
            } => {
                write!(f, "rule {rule_number} {}", direction(*egress))?;
                entry
                    .as_ref()
                    .map_or(Ok(()), |entry| write!(f, ": {}", acl_entry(entry)))
            }
            Self::NetworkAclAssociation {
                association,
                network_acl,
                ..
            } => {
                write!(f, "{association} to {network_acl}")
            }
            Self::SecurityGroupRulesAdded { group, egress, rules }
            | Self::SecurityGroupRulesRemoved { group, egress, rules } => {
                let rules = some_of(rules, |rule| {
                    group_rule(rule, if *egress { "to" } else { "from" })
                });
                write!(f, "{group} {}: {rules}", direction(*egress))
            }
            Self::SecurityGroupRulesModified { group, rules } => {
                write!(f, "{group}: {}", some_of(rules, |rule| group_rule(rule, "with")))
            }
            Self::Route {
                route_table,
                destination,
                route,
            } => {
                write!(f, "{destination}")?;
                match route.as_deref().and_then(target) {
                    Some(target) => write!(f, " via {target} in {route_table}"),
                    None => write!(f, " in {route_table}"),
                }
            }
            Self::RouteTableAssociation {
                association,
                route_table,
                subnet,
                gateway,
                ..
            } => {
                let what = (subnet.as_ref().map(ToString::to_string))
                    .or_else(|| gateway.as_ref().map(ToString::to_string))
                    .or_else(|| association.as_ref().map(ToString::to_string))
                    .unwrap_or_default();
                match route_table {
                    Some(table) => write!(f, "{what} to {table}"),
                    None => f.write_str(&what),
                }
            }
            Self::RoutePropagation {
                route_table, gateway, ..
            } => write!(f, "{gateway} in {route_table}"),
            Self::TransitGatewayRoute {
                route_table,
                destination,
                attachment,
                blackhole,
                ..
            } => {
                write!(f, "{destination}")?;
                match attachment {
                    Some(attachment) => write!(f, " via {attachment}")?,
                    None if *blackhole => f.write_str(" dropped")?,
                    None => {}
                }
                write!(f, " in {route_table}")
            }
            Self::TransitGatewayAssociation {
                route_table,
                attachment,
                ..
            }
            | Self::TransitGatewayPropagation {
                route_table,
                attachment,
                ..
            } => {
                write!(f, "{attachment} in {route_table}")
            }
            Self::PrefixListEntries {
                prefix_list,
                added,
                removed,
            } => {
                write!(f, "{prefix_list}")?;
                if !added.is_empty() {
                    write!(f, ", added {}", some_of(added, ToString::to_string))?;
                }
                if !removed.is_empty() {
                    write!(f, ", removed {}", some_of(removed, ToString::to_string))?;
                }
                Ok(())
            }
            Self::InterfaceGroups {
                interface,
                instance,
                groups,
            } => {
                let groups = some_of(groups, ToString::to_string);
                write!(
                    f,
                    "{} with {groups}",
                    either(interface.as_ref(), instance.as_ref())
                )
            }
            Self::SourceDestCheck {
                interface,
                instance,
                enabled,
            } => {
                let what = either(interface.as_ref(), instance.as_ref());
                write!(
                    f,
                    "source/destination check of {what} {}",
                    if *enabled { "on" } else { "off" }
                )
            }
            Self::GatewayAttachment {
                gateway,
                vpc,
                attached,
            } => {
                write!(f, "{gateway} {} {vpc}", if *attached { "to" } else { "from" })
            }
        }
    }
}

impl Display for RouteDestination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cidr(net) => net.fmt(f),
            Self::PrefixList(list) => list.fmt(f),
        }
    }
}

fn direction(egress: bool) -> &'static str {
    if egress { "egress" } else { "ingress" }
}

fn either(one: Option<&impl Display>, other: Option<&impl Display>) -> String {
    one.map(ToString::to_string)
        .or_else(|| other.map(ToString::to_string))
        .unwrap_or_default()
}

/// The first few of a list, and how many more there are.
fn some_of<T>(list: &[T], words: impl Fn(&T) -> String) -> String {
    let mut text = list.iter().take(NAMED).map(words).collect::<Vec<_>>().join(", ");
    if list.len() > NAMED {
        // Writing to a text cannot fail.
        let _ = write!(text, " and {} more", list.len() - NAMED);
    }
    text
}

fn acl_entry(entry: &NetworkAclEntry) -> String {
    let ports = entry.port_range.map(|range| (range.from, range.to));
    let block = (entry.cidr_block.map(IpNet::V4)).or(entry.ipv6_cidr_block.map(IpNet::V6));
    let way = if entry.egress { "to" } else { "from" };
    let block = block.map(|block| format!(" {way} {block}")).unwrap_or_default();
    let action = match entry.rule_action.as_str() {
        action @ ("allow" | "deny") => action,
        _ => "act on",
    };
    format!("{action} {}{block}", protocol_and_ports(&entry.protocol, ports))
}

fn group_rule(rule: &SecurityGroupRule, way: &str) -> String {
    let Some(permission) = &rule.permission else {
        return rule.id.as_ref().map(ToString::to_string).unwrap_or_default();
    };
    let ports = protocol_and_ports(
        &permission.ip_protocol,
        Some((permission.from_port, permission.to_port)),
    );
    let peers = peers(permission);
    if peers.is_empty() {
        ports
    } else {
        format!("{ports} {way} {}", some_of(&peers, String::clone))
    }
}

fn peers(permission: &IpPermission) -> Vec<String> {
    let v4 = permission.ip_ranges.iter().map(|range| range.cidr_ip.to_string());
    let v6 = permission
        .ipv6_ranges
        .iter()
        .map(|range| range.cidr_ipv6.to_string());
    let lists = permission
        .prefix_list_ids
        .iter()
        .map(|list| list.prefix_list_id.to_string());
    let groups = permission
        .user_id_group_pairs
        .iter()
        .filter_map(|pair| Some(pair.group_id.as_ref()?.to_string()));
    v4.chain(v6).chain(lists).chain(groups).collect()
}

fn protocol_and_ports(protocol: &str, ports: Option<(Option<i32>, Option<i32>)>) -> String {
    let name = match protocol {
        "-1" => "all traffic".to_owned(),
        "6" => "tcp".to_owned(),
        "17" => "udp".to_owned(),
        "1" => "icmp".to_owned(),
        "58" => "icmpv6".to_owned(),
        "tcp" | "udp" | "icmp" | "icmpv6" => protocol.to_owned(),
        // What somebody wrote: only a number is shown.
        other => other
            .parse::<u8>()
            .map_or_else(|_| "a protocol".to_owned(), |number| format!("protocol {number}")),
    };
    let has_ports = matches!(name.as_str(), "tcp" | "udp");
    match ports {
        Some((Some(from), Some(to))) if has_ports && from == to => format!("{name} {from}"),
        Some((Some(from), Some(to))) if has_ports => format!("{name} {from}-{to}"),
        _ => name,
    }
}

/// What a route leads to.
fn target(route: &Route) -> Option<String> {
    (route.gateway_id.as_ref().map(ToString::to_string))
        .or_else(|| route.nat_gateway_id.as_ref().map(ToString::to_string))
        .or_else(|| route.transit_gateway_id.as_ref().map(ToString::to_string))
        .or_else(|| route.vpc_peering_connection_id.as_ref().map(ToString::to_string))
        .or_else(|| route.network_interface_id.as_ref().map(ToString::to_string))
        .or_else(|| route.instance_id.as_ref().map(ToString::to_string))
        .or_else(|| {
            route
                .egress_only_internet_gateway_id
                .as_ref()
                .map(ToString::to_string)
        })
        .or_else(|| route.local_gateway_id.as_ref().map(ToString::to_string))
        .or_else(|| route.carrier_gateway_id.as_ref().map(ToString::to_string))
        .or_else(|| route.core_network_arn.as_ref().map(ToString::to_string))
        .or_else(|| route.odb_network_arn.as_ref().map(ToString::to_string))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::read::edit;

    fn words(action: &str, request: Value, response: Value) -> String {
        edit(action, &request, &response).map_or_else(|| "no edit".to_owned(), |edit| edit.to_string())
    }

    #[test]
    fn network_acl_entries() {
        let key = json!({"networkAclId": "acl-1", "ruleNumber": 100, "egress": true});
        assert_eq!(
            words("DeleteNetworkAclEntry", key.clone(), json!(null)),
            "rule 100 egress"
        );
        let entry = json!({"networkAclId": "acl-1", "ruleNumber": "90", "egress": "false", "ruleAction": "deny",
            "icmpTypeCode": {}, "portRange": {"from": 1024, "to": 65535}, "aclProtocol": "6", "cidrBlock": "10.0.0.9/8"});
        assert_eq!(
            words("CreateNetworkAclEntry", entry, json!(null)),
            "rule 90 ingress: deny tcp 1024-65535 from 10.0.0.0/8"
        );
        let icmp = json!({"networkAclId": "acl-1", "ruleNumber": 7, "egress": true, "ruleAction": "allow",
            "icmpTypeCode": {"type": -1, "code": -1}, "portRange": {}, "aclProtocol": 58, "ipv6CidrBlock": "::/0"});
        assert_eq!(
            words("ReplaceNetworkAclEntry", icmp, json!(null)),
            "rule 7 egress: allow icmpv6 to ::/0"
        );
        // Without all of it, no half of it.
        assert_eq!(words("CreateNetworkAclEntry", key, json!(null)), "no edit");
        assert_eq!(
            words(
                "DeleteNetworkAclEntry",
                json!({"networkAclId": "acl-1"}),
                json!(null)
            ),
            "no edit"
        );
    }

    #[test]
    fn security_group_rules_in_every_shape() {
        let flat = json!({"groupId": "sg-1", "ipPermissions": {}, "ipProtocol": "tcp", "fromPort": 5432,
            "toPort": 5432, "cidrIp": "10.20.0.0/16"});
        assert_eq!(
            words("RevokeSecurityGroupIngress", flat, json!({"_return": true})),
            "sg-1 ingress: tcp 5432 from 10.20.0.0/16"
        );
        let sets = json!({"groupId": "sg-1", "ipPermissions": {"items": [
            {"ipProtocol": "-1", "fromPort": 0, "toPort": 0, "groups": {"items": [{"groupId": "sg-2"}]},
             "ipRanges": {"items": [{"cidrIp": "192.0.2.0/24"}]}, "ipv6Ranges": {"items": [{"cidrIpv6": "::/0"}]},
             "prefixListIds": {"items": [{"prefixListId": "pl-1"}]}}]}});
        assert_eq!(
            words("AuthorizeSecurityGroupEgress", sets, json!(null)),
            "sg-1 egress: all traffic to 192.0.2.0/24, ::/0, pl-1 and 1 more"
        );
        let answered = json!({"securityGroupRuleSet": {"items": [{"groupId": "sg-3", "securityGroupRuleId": "sgr-1",
            "isEgress": false, "ipProtocol": "udp", "fromPort": 53, "toPort": 54,
            "referencedGroupInfo": {"groupId": "sg-2", "userId": "123456789012"}}]}});
        assert_eq!(
            words(
                "AuthorizeSecurityGroupIngress",
                json!({"groupName": "default"}),
                answered
            ),
            "sg-3 ingress: udp 53-54 from sg-2"
        );
        let by_id =
            json!({"groupId": "sg-1", "securityGroupRuleIds": {"items": [{"securityGroupRuleId": "sgr-7"}]}});
        assert_eq!(
            words("RevokeSecurityGroupIngress", by_id, json!(null)),
            "sg-1 ingress: sgr-7"
        );
        let one = json!({"ModifySecurityGroupRulesRequest": {"GroupId": "sg-1", "SecurityGroupRule":
            {"SecurityGroupRuleId": "sgr-1", "tag": 1, "SecurityGroupRule":
             {"CidrIpv4": "192.0.2.10/32", "FromPort": 5432, "ToPort": 5432, "IpProtocol": "tcp"}}}});
        assert_eq!(
            words("ModifySecurityGroupRules", one, json!(null)),
            "sg-1: tcp 5432 with 192.0.2.10/32"
        );
        let unknown = json!({"_return": true, "unknownIpPermissionSet": {"items": [{"ipProtocol": "tcp"}]}});
        let flat = json!({"groupId": "sg-1", "ipProtocol": "tcp", "fromPort": 22, "toPort": 22, "cidrIp": "0.0.0.0/0"});
        assert_eq!(words("RevokeSecurityGroupIngress", flat, unknown), "no edit");
        let blanked = json!({"groupId": "sg-1", "ipProtocol": "tcp", "cidrIp": "[PROTECTED]"});
        assert_eq!(
            words("AuthorizeSecurityGroupIngress", blanked, json!(null)),
            "no edit"
        );
    }

    #[test]
    fn routes_and_what_routes() {
        let key = json!({"routeTableId": "rtb-1", "destinationCidrBlock": "0.0.0.0/0"});
        assert_eq!(words("DeleteRoute", key, json!(null)), "0.0.0.0/0 in rtb-1");
        let via =
            json!({"routeTableId": "rtb-1", "destinationPrefixListId": "pl-1", "natGatewayId": "nat-1"});
        assert_eq!(words("CreateRoute", via, json!(null)), "pl-1 via nat-1 in rtb-1");
        let dropped = json!({"CreateTransitGatewayRouteRequest": {"TransitGatewayRouteTableId": "tgw-rtb-1",
            "DestinationCidrBlock": "10.60.0.0/16", "Blackhole": true}});
        assert_eq!(
            words("CreateTransitGatewayRoute", dropped, json!(null)),
            "10.60.0.0/16 dropped in tgw-rtb-1"
        );
        let gone = json!({"associationId": "rtbassoc-1"});
        assert_eq!(words("DisassociateRouteTable", gone, json!(null)), "rtbassoc-1");
        let vgw = json!({"routeTableId": "rtb-1", "gatewayId": "vgw-1"});
        assert_eq!(
            words("EnableVgwRoutePropagation", vgw, json!(null)),
            "vgw-1 in rtb-1"
        );
        let igw = json!({"internetGatewayId": "igw-1", "vpcId": "vpc-1"});
        assert_eq!(
            words("DetachInternetGateway", igw, json!(null)),
            "igw-1 from vpc-1"
        );
    }

    #[test]
    fn interfaces_and_lists() {
        let groups = json!({"networkInterfaceId": "eni-1", "groupSet": {"items": [{"groupId": "sg-1"}]}});
        assert_eq!(
            words("ModifyNetworkInterfaceAttribute", groups, json!(null)),
            "eni-1 with sg-1"
        );
        for check in [
            json!({"instanceId": "i-1", "sourceDestCheck": {"value": false}}),
            json!({"instanceId": "i-1", "attribute": "sourceDestCheck", "value": "false"}),
        ] {
            assert_eq!(
                words("ModifyInstanceAttribute", check, json!(null)),
                "source/destination check of i-1 off"
            );
        }
        let other = json!({"instanceId": "i-1", "disableApiTermination": {"value": true}});
        assert_eq!(words("ModifyInstanceAttribute", other, json!(null)), "no edit");
        let entries = json!({"ModifyManagedPrefixListRequest": {"PrefixListId": "pl-1",
            "AddEntry": {"tag": 1, "Cidr": "10.1.0.0/16"}, "RemoveEntry": [{"tag": 1, "Cidr": "10.2.0.0/16"}]}});
        assert_eq!(
            words("ModifyManagedPrefixList", entries, json!(null)),
            "pl-1, added 10.1.0.0/16, removed 10.2.0.0/16"
        );
    }

    #[test]
    fn nothing_that_somebody_wrote_is_in_the_words() {
        let evil = json!({"networkAclId": "acl-1", "ruleNumber": 1, "egress": true, "ruleAction": "<!channel>",
            "aclProtocol": "\u{1b}[31m", "cidrBlock": "10.0.0.0/8", "portRange": {}});
        assert_eq!(
            words("CreateNetworkAclEntry", evil, json!(null)),
            "rule 1 egress: act on a protocol to 10.0.0.0/8"
        );
        let evil = json!({"networkAclId": "acl-1`rm`", "ruleNumber": 1, "egress": true});
        assert_eq!(words("DeleteNetworkAclEntry", evil, json!(null)), "no edit");
    }
}
