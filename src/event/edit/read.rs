//! Requests and responses of EC2 calls, read as edits.

use ipnet::IpNet;
use serde_json::Value;

use crate::network::id::{InstanceId, NetworkInterfaceId, ResourceId, SecurityGroupId};
use crate::network::network_acl::{IcmpTypeCode, NetworkAclEntry, PortRange};
use crate::network::route_table::Route;
use crate::network::state::RuleAction;

use super::super::loose::{self, integer, list_of, member, text_of};
use super::super::recognise::is_token;
use super::model::{Edit, RouteDestination};
use super::security_group::{rules_added, rules_modified, rules_removed};

/// The edit that an EC2 call made, if it is of a kind that is read.
pub(in crate::event) fn edit(action: &str, request: &Value, response: &Value) -> Option<Edit> {
    let request = loose::unwrapped(request);
    let response = loose::unwrapped(response);
    match action {
        "CreateNetworkAclEntry" | "ReplaceNetworkAclEntry" => network_acl_entry(request, true),
        "DeleteNetworkAclEntry" => network_acl_entry(request, false),
        "ReplaceNetworkAclAssociation" => Some(Edit::NetworkAclAssociation {
            association: id(request, "associationId")?.as_str().into(),
            network_acl: id(request, "networkAclId")?.as_str().into(),
            new_association: id(response, "newAssociationId").map(|id| id.as_str().into()),
        }),
        "AuthorizeSecurityGroupIngress" => rules_added(request, response, false),
        "AuthorizeSecurityGroupEgress" => rules_added(request, response, true),
        "RevokeSecurityGroupIngress" => rules_removed(request, response, false),
        "RevokeSecurityGroupEgress" => rules_removed(request, response, true),
        "ModifySecurityGroupRules" => rules_modified(request),
        "CreateRoute" | "ReplaceRoute" => route(request, true),
        "DeleteRoute" => route(request, false),
        "AssociateRouteTable" | "DisassociateRouteTable" | "ReplaceRouteTableAssociation" => {
            table_association(request, response)
        }
        "EnableVgwRoutePropagation" | "DisableVgwRoutePropagation" => Some(Edit::RoutePropagation {
            route_table: id(request, "routeTableId")?.as_str().into(),
            gateway: id(request, "gatewayId")?.as_str().into(),
            enabled: action.starts_with("Enable"),
        }),
        "CreateTransitGatewayRoute" | "ReplaceTransitGatewayRoute" | "DeleteTransitGatewayRoute" => {
            Some(Edit::TransitGatewayRoute {
                route_table: id(request, "transitGatewayRouteTableId")?.as_str().into(),
                destination: net(request, "destinationCidrBlock")?,
                attachment: id(request, "transitGatewayAttachmentId").map(|id| id.as_str().into()),
                blackhole: flag(request, "blackhole") == Some(true),
                deleted: action.starts_with("Delete"),
            })
        }
        "AssociateTransitGatewayRouteTable" | "DisassociateTransitGatewayRouteTable" => {
            Some(Edit::TransitGatewayAssociation {
                route_table: id(request, "transitGatewayRouteTableId")?.as_str().into(),
                attachment: id(request, "transitGatewayAttachmentId")?.as_str().into(),
                enabled: action.starts_with("Associate"),
            })
        }
        "EnableTransitGatewayRouteTablePropagation" | "DisableTransitGatewayRouteTablePropagation" => {
            Some(Edit::TransitGatewayPropagation {
                route_table: id(request, "transitGatewayRouteTableId")?.as_str().into(),
                attachment: id(request, "transitGatewayAttachmentId")?.as_str().into(),
                enabled: action.starts_with("Enable"),
            })
        }
        "ModifyManagedPrefixList" => Some(Edit::PrefixListEntries {
            prefix_list: id(request, "prefixListId")?.as_str().into(),
            added: nets(request, "addEntry")?,
            removed: nets(request, "removeEntry")?,
        }),
        "ModifyNetworkInterfaceAttribute" | "ModifyInstanceAttribute" => interface_attribute(request),
        "AttachInternetGateway" | "DetachInternetGateway" => gateway(request, "internetGatewayId", action),
        "AttachVpnGateway" | "DetachVpnGateway" => gateway(request, "vpnGatewayId", action),
        _ => None,
    }
}

/// An id: one token, so that it can be shown anywhere.
pub(super) fn id(value: &Value, name: &str) -> Option<String> {
    text_of(value, name).filter(|id| is_token(id))
}

fn flag(value: &Value, name: &str) -> Option<bool> {
    member(value, name).and_then(loose::boolean)
}

/// A prefix. EC2 keeps it in its canonical form, whatever was asked for (EC2 API, CreateRoute).
fn net(value: &Value, name: &str) -> Option<IpNet> {
    Some(text_of(value, name)?.parse::<IpNet>().ok()?.trunc())
}

fn nets(request: &Value, name: &str) -> Option<Vec<IpNet>> {
    list_of(request, name)
        .into_iter()
        .map(|entry| net(entry, "cidr"))
        .collect()
}

fn gateway(request: &Value, name: &str, action: &str) -> Option<Edit> {
    Some(Edit::GatewayAttachment {
        gateway: id(request, name)?.as_str().into(),
        vpc: id(request, "vpcId")?.as_str().into(),
        attached: action.starts_with("Attach"),
    })
}

fn network_acl_entry(request: &Value, there: bool) -> Option<Edit> {
    let rule_number = member(request, "ruleNumber").and_then(integer)?.try_into().ok()?;
    let egress = flag(request, "egress")?;
    let port_range = member(request, "portRange").filter(|range| !loose::is_empty(Some(range)));
    let icmp = member(request, "icmpTypeCode").filter(|icmp| !loose::is_empty(Some(icmp)));
    let number = |value: &Value, name: &str| member(value, name).and_then(integer)?.try_into().ok();
    let (v4, v6) = match (net(request, "cidrBlock"), net(request, "ipv6CidrBlock")) {
        (Some(IpNet::V4(v4)), None) => (Some(v4), None),
        (None, Some(IpNet::V6(v6))) => (None, Some(v6)),
        _ if there => return None,
        _ => (None, None),
    };
    let entry = there.then(|| {
        Some(Box::new(NetworkAclEntry {
            rule_number,
            egress,
            rule_action: RuleAction::from(text_of(request, "ruleAction")?.as_str()),
            protocol: protocol_number(
                text_of(request, "aclProtocol").or_else(|| text_of(request, "protocol"))?,
            ),
            cidr_block: v4,
            ipv6_cidr_block: v6,
            port_range: port_range.map(|range| PortRange {
                from: number(range, "from"),
                to: number(range, "to"),
            }),
            icmp_type_code: icmp.map(|icmp| IcmpTypeCode {
                icmp_type: number(icmp, "type"),
                code: number(icmp, "code"),
            }),
        }))
    });
    let entry = match entry {
        Some(entry) => Some(entry?),
        None => None,
    };
    let network_acl = id(request, "networkAclId")?.as_str().into();
    Some(Edit::NetworkAclEntry {
        network_acl,
        rule_number,
        egress,
        entry,
    })
}

fn table_association(request: &Value, response: &Value) -> Option<Edit> {
    let resource = |value, name| id(value, name).map(|id| ResourceId::from(id.as_str()));
    let association = resource(request, "associationId");
    let route_table = id(request, "routeTableId");
    if association.is_none() && route_table.is_none() {
        return None;
    }
    Some(Edit::RouteTableAssociation {
        association,
        route_table: route_table.map(|id| id.as_str().into()),
        subnet: id(request, "subnetId").map(|id| id.as_str().into()),
        gateway: resource(request, "gatewayId"),
        new_association: resource(response, "newAssociationId")
            .or_else(|| resource(response, "associationId")),
    })
}

/// A protocol as network ACLs keep it: by its number.
fn protocol_number(protocol: String) -> String {
    match protocol.to_ascii_lowercase().as_str() {
        "tcp" => "6".to_owned(),
        "udp" => "17".to_owned(),
        "icmp" => "1".to_owned(),
        "icmpv6" => "58".to_owned(),
        "all" => "-1".to_owned(),
        _ => protocol,
    }
}

fn route(request: &Value, there: bool) -> Option<Edit> {
    let destination = match (
        net(request, "destinationCidrBlock").or_else(|| net(request, "destinationIpv6CidrBlock")),
        id(request, "destinationPrefixListId"),
    ) {
        (Some(net), None) => RouteDestination::Cidr(net),
        (None, Some(list)) => RouteDestination::PrefixList(list.as_str().into()),
        _ => return None,
    };
    let target = |name| id(request, name);
    let resource = |name| id(request, name).map(|id| ResourceId::from(id.as_str()));
    let mut route = Route {
        gateway_id: resource("gatewayId").or_else(|| resource("vpcEndpointId")),
        nat_gateway_id: target("natGatewayId").map(|id| id.as_str().into()),
        transit_gateway_id: target("transitGatewayId").map(|id| id.as_str().into()),
        vpc_peering_connection_id: target("vpcPeeringConnectionId").map(|id| id.as_str().into()),
        network_interface_id: target("networkInterfaceId").map(|id| id.as_str().into()),
        instance_id: target("instanceId").map(|id| id.as_str().into()),
        egress_only_internet_gateway_id: target("egressOnlyInternetGatewayId").map(|id| id.as_str().into()),
        local_gateway_id: resource("localGatewayId"),
        carrier_gateway_id: resource("carrierGatewayId"),
        core_network_arn: resource("coreNetworkArn"),
        odb_network_arn: resource("odbNetworkArn"),
        ..Route::default()
    };
    match &destination {
        RouteDestination::Cidr(IpNet::V4(net)) => route.destination_cidr_block = Some(*net),
        RouteDestination::Cidr(IpNet::V6(net)) => route.destination_ipv6_cidr_block = Some(*net),
        RouteDestination::PrefixList(list) => route.destination_prefix_list_id = Some(list.clone()),
    }
    let route_table = id(request, "routeTableId")?.as_str().into();
    Some(Edit::Route {
        route_table,
        destination,
        route: there.then(|| Box::new(route)),
    })
}

/// Groups or source/destination check of an interface or an instance. One attribute a call (EC2 API,
/// ModifyNetworkInterfaceAttribute, ModifyInstanceAttribute).
fn interface_attribute(request: &Value) -> Option<Edit> {
    let interface = id(request, "networkInterfaceId").map(|id| NetworkInterfaceId::from(id.as_str()));
    let instance = id(request, "instanceId").map(|id| InstanceId::from(id.as_str()));
    if interface.is_none() && instance.is_none() {
        return None;
    }
    let groups = list_of(request, "groupSet");
    if !groups.is_empty() {
        let group = |value: &Value| {
            let id = id(value, "groupId").or_else(|| loose::text(value).filter(|id| is_token(id)))?;
            Some(SecurityGroupId::from(id.as_str()))
        };
        let groups = groups.into_iter().map(group).collect::<Option<_>>()?;
        return Some(Edit::InterfaceGroups {
            interface,
            instance,
            groups,
        });
    }
    let named =
        text_of(request, "attribute").is_some_and(|name| name.eq_ignore_ascii_case("sourceDestCheck"));
    let enabled =
        flag(request, "sourceDestCheck").or_else(|| named.then(|| flag(request, "value")).flatten())?;
    Some(Edit::SourceDestCheck {
        interface,
        instance,
        enabled,
    })
}
