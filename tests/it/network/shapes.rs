//! Routes, entries and permissions as AWS prints them.

use serde_json::{Value, json};

use super::{ACCOUNT, REGION};

pub(super) fn is_v6(prefix: &str) -> bool {
    prefix.contains(':')
}

/// What a prefix list's entry, an IPv6 block or an IPv4 block is called in a route.
fn destination_field(to: &str) -> &'static str {
    if to.starts_with("pl-") {
        "DestinationPrefixListId"
    } else if is_v6(to) {
        "DestinationIpv6CidrBlock"
    } else {
        "DestinationCidrBlock"
    }
}

/// The field in which a route names its target.
fn target_field(target: &str) -> &'static str {
    match target.split('-').next() {
        Some("nat") => "NatGatewayId",
        Some("tgw") => "TransitGatewayId",
        Some("pcx") => "VpcPeeringConnectionId",
        Some("eni") => "NetworkInterfaceId",
        Some("eigw") => "EgressOnlyInternetGatewayId",
        _ => "GatewayId",
    }
}

/// A route.
pub(crate) fn route(to: &str, target: &str) -> Value {
    let mut route = json!({
        "State": "active",
        "Origin": if target == "local" { "CreateRouteTable" } else { "CreateRoute" },
    });
    route[destination_field(to)] = to.into();
    route[target_field(target)] = target.into();
    route
}

/// An entry of a network ACL; `ports` of protocols that have none: ICMP type and code, -1 for any.
pub(crate) fn entry(
    number: u32,
    egress: bool,
    action: &str,
    protocol: &str,
    block: &str,
    ports: (i32, i32),
) -> Value {
    let mut entry = json!({
        "RuleNumber": number, "Egress": egress, "RuleAction": action, "Protocol": protocol,
    });
    entry[if is_v6(block) {
        "Ipv6CidrBlock"
    } else {
        "CidrBlock"
    }] = block.into();
    match protocol {
        "6" | "17" => entry["PortRange"] = json!({"From": ports.0, "To": ports.1}),
        "1" | "58" => entry["IcmpTypeCode"] = json!({"Type": ports.0, "Code": ports.1}),
        _ => {}
    }
    entry
}

/// A permission of a security group; `whom` is a group, a prefix list or a block.
pub(crate) fn permission(protocol: &str, ports: (i32, i32), whom: &str) -> Value {
    let mut permission = json!({
        "IpProtocol": protocol, "IpRanges": [], "Ipv6Ranges": [], "PrefixListIds": [], "UserIdGroupPairs": [],
    });
    if protocol != "-1" {
        permission["FromPort"] = ports.0.into();
        permission["ToPort"] = ports.1.into();
    }
    if whom.starts_with("sg-") {
        permission["UserIdGroupPairs"] = json!([{"GroupId": whom, "UserId": ACCOUNT}]);
    } else if whom.starts_with("pl-") {
        permission["PrefixListIds"] = json!([{"PrefixListId": whom}]);
    } else if is_v6(whom) {
        permission["Ipv6Ranges"] = json!([{"CidrIpv6": whom}]);
    } else {
        permission["IpRanges"] = json!([{"CidrIp": whom}]);
    }
    permission
}

/// The name of a zone by its letter.
pub(super) fn zone(letter: &str) -> String {
    format!("{REGION}{letter}")
}
