//! One change of a network: applied to a snapshot in memory, written as an AWS CLI command, told in a sentence.
//!
//! Invariant: a command holds nothing but ids that match AWS's own pattern and values computed here.

use ipnet::IpNet;

use crate::network::Snapshot;
use crate::network::id::{
    NetworkAclId, NetworkInterfaceId, RouteTableId, SecurityGroupId, SubnetId, TransitGatewayAttachmentId,
    TransitGatewayRouteTableId, VpcPeeringConnectionId,
};
use crate::network::network_acl::NetworkAclEntry;
use crate::network::peering::PeeringStatusOf;
use crate::network::route_table::Route;
use crate::network::security_group::IpPermission;
use crate::network::state::{
    PeeringStatus, RouteOrigin, RouteState, RuleAction, TransitGatewayRouteState, TransitGatewayRouteType,
};
use crate::network::transit_gateway::{TransitGatewayRoute, TransitGatewayRouteAttachment};

use super::report::Direction;
use super::routes::Target;

/// Something that somebody could do.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Change {
    AddAclEntry {
        acl: NetworkAclId,
        entry: NetworkAclEntry,
    },
    AddGroupRule {
        group: SecurityGroupId,
        direction: Direction,
        permission: Box<IpPermission>,
    },
    AddRoute {
        table: RouteTableId,
        destination: IpNet,
        target: Target,
    },
    ReplaceRoute {
        table: RouteTableId,
        destination: IpNet,
        target: Target,
    },
    AcceptPeering(VpcPeeringConnectionId),
    AddAttachmentSubnet {
        attachment: TransitGatewayAttachmentId,
        subnet: SubnetId,
    },
    AddTransitRoute {
        table: TransitGatewayRouteTableId,
        destination: IpNet,
        attachment: TransitGatewayAttachmentId,
    },
    DisableSourceDestCheck(NetworkInterfaceId),
}

impl Change {
    /// A route of a table as it was. `replaces`: there is another one for its destination.
    pub(crate) fn route_back(table: &RouteTableId, old: &Route, replaces: bool) -> Option<Self> {
        let (table, destination, target) = (table.clone(), destination_of(old)?, Target::of(old));
        Some(if replaces {
            Self::ReplaceRoute {
                table,
                destination,
                target,
            }
        } else {
            Self::AddRoute {
                table,
                destination,
                target,
            }
        })
    }

    /// Whether both come to the same: two subnets of one network ACL ask for one entry, whatever number it gets.
    pub(crate) fn amounts_to(&self, other: &Self) -> bool {
        match (self, other) {
            (
                Self::AddAclEntry { acl, entry },
                Self::AddAclEntry {
                    acl: same,
                    entry: earlier,
                },
            ) => {
                acl == same
                    && *entry
                        == NetworkAclEntry {
                            rule_number: entry.rule_number,
                            ..earlier.clone()
                        }
            }
            _ => self == other,
        }
    }

    /// Does it in memory.
    pub(crate) fn apply(&self, snapshot: &mut Snapshot) {
        match self {
            Self::AddAclEntry { acl, entry } => {
                if let Some(acl) = snapshot.network_acls.get_mut(acl) {
                    acl.entries.push(entry.clone());
                }
            }
            Self::AddGroupRule {
                group,
                direction,
                permission,
            } => {
                if let Some(group) = snapshot.security_groups.get_mut(group) {
                    let rules = match direction {
                        Direction::Ingress => &mut group.ip_permissions,
                        Direction::Egress => &mut group.ip_permissions_egress,
                    };
                    rules.push(permission.as_ref().clone());
                }
            }
            Self::AddRoute {
                table,
                destination,
                target,
            } => {
                if let Some(table) = snapshot.route_tables.get_mut(table) {
                    table.routes.push(route(*destination, target));
                }
            }
            Self::ReplaceRoute {
                table,
                destination,
                target,
            } => {
                if let Some(table) = snapshot.route_tables.get_mut(table) {
                    table
                        .routes
                        .retain(|old| destination_of(old) != Some(*destination));
                    table.routes.push(route(*destination, target));
                }
            }
            Self::AcceptPeering(id) => {
                if let Some(peering) = snapshot.vpc_peering_connections.get_mut(id) {
                    peering.status = Some(PeeringStatusOf {
                        code: PeeringStatus::Active,
                    });
                }
                let tables: Vec<RouteTableId> = snapshot
                    .route_tables
                    .iter()
                    .map(|(table, _)| table.clone())
                    .collect();
                for table in tables {
                    let Some(table) = snapshot.route_tables.get_mut(&table) else {
                        continue;
                    };
                    for route in &mut table.routes {
                        if route.vpc_peering_connection_id.as_ref() == Some(id) {
                            route.state = Some(RouteState::Active);
                        }
                    }
                }
            }
            Self::AddAttachmentSubnet { attachment, subnet } => {
                if let Some(attachment) = snapshot.transit_gateway_vpc_attachments.get_mut(attachment) {
                    attachment.subnet_ids.push(subnet.clone());
                }
            }
            Self::AddTransitRoute {
                table,
                destination,
                attachment,
            } => {
                let route = TransitGatewayRoute {
                    destination_cidr_block: Some(*destination),
                    prefix_list_id: None,
                    route_type: Some(TransitGatewayRouteType::Static),
                    state: Some(TransitGatewayRouteState::Active),
                    transit_gateway_attachments: vec![TransitGatewayRouteAttachment {
                        transit_gateway_attachment_id: attachment.clone(),
                        resource_id: None,
                        resource_type: None,
                    }],
                };
                let all = snapshot.transit_gateway_routes.get_mut(table);
                if let Some(routes) = all.or(snapshot.transit_gateway_static_routes.get_mut(table)) {
                    routes.routes.push(route);
                }
            }
            Self::DisableSourceDestCheck(eni) => {
                if let Some(eni) = snapshot.network_interfaces.get_mut(eni) {
                    eni.source_dest_check = Some(false);
                }
            }
        }
    }

    /// As an AWS CLI command for a POSIX shell; `None` where an id does not look like AWS's own.
    pub(crate) fn command(&self, region: Option<&str>) -> Option<String> {
        let mut words: Vec<String> = vec!["aws".into(), "ec2".into()];
        let mut say = |text: &str| words.extend(text.split(' ').map(str::to_owned));
        match self {
            Self::AddAclEntry { acl, entry } => {
                say(&format!(
                    "create-network-acl-entry --network-acl-id {}",
                    id(acl.as_str())?
                ));
                say(if entry.egress { "--egress" } else { "--ingress" });
                say(&format!(
                    "--rule-number {} --protocol {}",
                    entry.rule_number,
                    protocol(&entry.protocol)
                ));
                if let Some(range) = entry.port_range {
                    say(&format!("--port-range From={},To={}", range.from?, range.to?));
                }
                if let Some(range) = entry.icmp_type_code {
                    say(&format!(
                        "--icmp-type-code Type={},Code={}",
                        range.icmp_type?, range.code?
                    ));
                }
                if let Some(net) = entry.cidr_block {
                    say(&format!("--cidr-block {net}"));
                }
                if let Some(net) = entry.ipv6_cidr_block {
                    say(&format!("--ipv6-cidr-block {net}"));
                }
                say("--rule-action allow");
            }
            Self::AddGroupRule {
                group,
                direction,
                permission,
            } => {
                let way = if *direction == Direction::Ingress {
                    "ingress"
                } else {
                    "egress"
                };
                let group = id(group.as_str())?;
                say(&format!(
                    "authorize-security-group-{way} --group-id {group} --ip-permissions"
                ));
                words.push(format!("'{}'", permission_json(permission)?));
            }
            Self::AddRoute {
                table,
                destination,
                target,
            }
            | Self::ReplaceRoute {
                table,
                destination,
                target,
            } => {
                let verb = if matches!(self, Self::AddRoute { .. }) {
                    "create"
                } else {
                    "replace"
                };
                say(&format!("{verb}-route --route-table-id {}", id(table.as_str())?));
                say(&match destination {
                    IpNet::V4(net) => format!("--destination-cidr-block {net}"),
                    IpNet::V6(net) => format!("--destination-ipv6-cidr-block {net}"),
                });
                say(&format!("{} {}", target_option(target)?, id(target.id())?));
            }
            Self::AcceptPeering(peering) => {
                let peering = id(peering.as_str())?;
                say(&format!(
                    "accept-vpc-peering-connection --vpc-peering-connection-id {peering}"
                ));
            }
            Self::AddAttachmentSubnet { attachment, subnet } => say(&format!(
                "modify-transit-gateway-vpc-attachment --transit-gateway-attachment-id {} --add-subnet-ids {}",
                id(attachment.as_str())?,
                id(subnet.as_str())?
            )),
            Self::AddTransitRoute {
                table,
                destination,
                attachment,
            } => say(&format!(
                "create-transit-gateway-route --transit-gateway-route-table-id {} --destination-cidr-block {destination} --transit-gateway-attachment-id {}",
                id(table.as_str())?,
                id(attachment.as_str())?
            )),
            Self::DisableSourceDestCheck(eni) => say(&format!(
                "modify-network-interface-attribute --network-interface-id {} --no-source-dest-check",
                id(eni.as_str())?
            )),
        }
        if let Some(region) = region.filter(|region| is_region(region)) {
            words.extend(["--region".into(), region.into()]);
        }
        Some(words.join(" "))
    }

    /// The same in one plain sentence, for those who write it elsewhere.
    pub(crate) fn sentence(&self) -> String {
        match self {
            Self::AddAclEntry { acl, entry } => {
                let way = if entry.egress { "outbound" } else { "inbound" };
                let block = entry.cidr_block.map(|net| net.to_string());
                let block = block
                    .or(entry.ipv6_cidr_block.map(|net| net.to_string()))
                    .unwrap_or_default();
                let ports = match entry.port_range {
                    Some(range) if range.from == range.to => format!(" port {}", range.from.unwrap_or(0)),
                    Some(range) => {
                        format!(" ports {}-{}", range.from.unwrap_or(0), range.to.unwrap_or(65535))
                    }
                    None => String::new(),
                };
                let word = if entry.egress { "to" } else { "from" };
                format!(
                    "add {way} rule {} to network ACL {acl}: allow {}{ports} {word} {block}",
                    entry.rule_number,
                    protocol(&entry.protocol)
                )
            }
            Self::AddGroupRule {
                group,
                direction,
                permission,
            } => {
                let (way, word) = match direction {
                    Direction::Ingress => ("inbound", "from"),
                    Direction::Egress => ("outbound", "to"),
                };
                let ports = match (permission.from_port, permission.to_port) {
                    (Some(from), Some(to)) if from == to => format!(" port {from}"),
                    (Some(from), Some(to)) => format!(" ports {from}-{to}"),
                    _ => String::new(),
                };
                let v4 = permission.ip_ranges.iter().map(|range| range.cidr_ip.to_string());
                let v6 = permission
                    .ipv6_ranges
                    .iter()
                    .map(|range| range.cidr_ipv6.to_string());
                let groups = permission
                    .user_id_group_pairs
                    .iter()
                    .filter_map(|pair| pair.group_id.as_ref());
                let peers: Vec<String> = v4.chain(v6).chain(groups.map(ToString::to_string)).collect();
                let protocol = protocol(&permission.ip_protocol);
                format!(
                    "add an {way} rule to security group {group}: {protocol}{ports} {word} {}",
                    peers.join(", ")
                )
            }
            Self::AddRoute {
                table,
                destination,
                target,
            } => {
                format!("add a route to {table}: {destination} to {}", target.id())
            }
            Self::ReplaceRoute {
                table,
                destination,
                target,
            } => {
                format!("point the route {destination} of {table} to {}", target.id())
            }
            Self::AcceptPeering(peering) => format!("accept the peering {peering}"),
            Self::AddAttachmentSubnet { attachment, subnet } => {
                format!("add subnet {subnet} to the attachment {attachment}, so that it serves that zone")
            }
            Self::AddTransitRoute {
                table,
                destination,
                attachment,
            } => {
                format!("add a route to {table}: {destination} to {attachment}")
            }
            Self::DisableSourceDestCheck(eni) => format!("switch off the source/destination check of {eni}"),
        }
    }
}

fn destination_of(route: &Route) -> Option<IpNet> {
    let v4 = route.destination_cidr_block.map(IpNet::V4);
    v4.or(route.destination_ipv6_cidr_block.map(IpNet::V6))
}

fn route(destination: IpNet, target: &Target) -> Route {
    let mut route = Route {
        state: Some(RouteState::Active),
        origin: Some(RouteOrigin::CreateRoute),
        ..Route::default()
    };
    match destination {
        IpNet::V4(net) => route.destination_cidr_block = Some(net),
        IpNet::V6(net) => route.destination_ipv6_cidr_block = Some(net),
    }
    match target {
        Target::NatGateway(id) => route.nat_gateway_id = Some(id.clone()),
        Target::Peering(id) => route.vpc_peering_connection_id = Some(id.clone()),
        Target::TransitGateway(id) => route.transit_gateway_id = Some(id.clone()),
        Target::EgressOnlyInternetGateway(id) => route.egress_only_internet_gateway_id = Some(id.clone()),
        other => route.gateway_id = Some(other.id().into()),
    }
    route
}

fn target_option(target: &Target) -> Option<&'static str> {
    Some(match target {
        Target::NatGateway(_) => "--nat-gateway-id",
        Target::Peering(_) => "--vpc-peering-connection-id",
        Target::TransitGateway(_) => "--transit-gateway-id",
        Target::EgressOnlyInternetGateway(_) => "--egress-only-internet-gateway-id",
        Target::InternetGateway(_) | Target::VpnGateway(_) => "--gateway-id",
        Target::Interface(_) => "--network-interface-id",
        Target::VpcEndpoint(_) => "--vpc-endpoint-id",
        _ => return None,
    })
}

/// Protocols as the CLI takes them.
pub(crate) fn protocol(number: &str) -> &str {
    match number {
        "6" => "tcp",
        "17" => "udp",
        "1" => "icmp",
        "-1" => "all",
        other => other,
    }
}

fn permission_json(permission: &IpPermission) -> Option<String> {
    let mut object = serde_json::to_value(permission).ok()?;
    let map = object.as_object_mut()?;
    map.retain(|_, value| value.as_array().is_none_or(|list| !list.is_empty()));
    let text = object.to_string();
    (!text.contains('\'')).then_some(text)
}

/// An id, if it looks like one of AWS's.
pub(crate) fn id(id: &str) -> Option<&str> {
    let fits = id.len() <= 64
        && id.contains('-')
        && id.starts_with(|c: char| c.is_ascii_lowercase())
        && id
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
    fits.then_some(id)
}

fn is_region(region: &str) -> bool {
    id(region).is_some()
}

/// An allow entry for a network ACL.
pub(crate) fn allow_entry(rule_number: u32, egress: bool, protocol: &str, net: IpNet) -> NetworkAclEntry {
    NetworkAclEntry {
        rule_number,
        egress,
        rule_action: RuleAction::Allow,
        protocol: protocol.to_owned(),
        cidr_block: match net {
            IpNet::V4(net) => Some(net),
            IpNet::V6(_) => None,
        },
        ipv6_cidr_block: match net {
            IpNet::V4(_) => None,
            IpNet::V6(net) => Some(net),
        },
        port_range: None,
        icmp_type_code: None,
    }
}
