//! Whether a snapshot shows a change yet: EC2's reads are eventually consistent, and some answers come long before what
//! they answer is done (Amazon EC2 API Reference, "Ensuring idempotency" and "Eventual consistency").

use std::collections::BTreeSet;

use ipnet::IpNet;

use crate::event::{Change, Edit, Role, RouteDestination};
use crate::network::Snapshot;
use crate::network::id::ResourceId;
use crate::network::route_table::Route;
use crate::network::state::{
    AssociationState, CidrState, GatewayAttachmentState, InstanceState, InterfaceStatus, NatGatewayState,
    TransitGatewayState, VpcEndpointState,
};

use super::permission;

/// What a snapshot tells of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// It is in it, and done.
    Yes,
    /// It is not in it yet, or on its way.
    NotYet,
    /// It cannot be told from the event.
    Unknown,
}

/// Whether a snapshot shows a change.
pub fn shown(change: &Change, after: &Snapshot) -> Shown {
    let touched: BTreeSet<String> = change.changed().map(|resource| resource.id.to_string()).collect();
    if on_its_way(after, &touched) {
        return Shown::NotYet;
    }
    edited(change, after)
}

/// Whether a snapshot shows nothing of a change, not even that it is on its way: then it broke nothing. Where what is
/// there is another than was asked for, somebody may have spelled it otherwise.
pub(crate) fn is_absent(change: &Change, after: &Snapshot) -> bool {
    match &change.edit {
        Some(Edit::NetworkAclEntry {
            network_acl,
            rule_number,
            egress,
            entry,
        }) => (after.network_acls.get(network_acl))
            .is_some_and(|acl| acl.entry(*rule_number, *egress).is_some() != entry.is_some()),
        Some(Edit::Route {
            route_table,
            destination,
            route,
        }) => (after.route_tables.get(route_table))
            .is_some_and(|table| table.routes.iter().any(|now| is_for(now, destination)) != route.is_some()),
        Some(Edit::SecurityGroupRulesAdded { group, egress, rules }) => {
            rules_shown(after, group, *egress, rules, false) == Shown::Yes
        }
        Some(Edit::SecurityGroupRulesRemoved { group, egress, rules }) => {
            rules_shown(after, group, *egress, rules, true) == Shown::Yes
        }
        _ => edited(change, after) == Shown::NotYet,
    }
}

fn edited(change: &Change, after: &Snapshot) -> Shown {
    let told = |is_shown: bool| if is_shown { Shown::Yes } else { Shown::NotYet };
    match &change.edit {
        Some(Edit::NetworkAclEntry {
            network_acl,
            rule_number,
            egress,
            entry,
        }) => match after.network_acls.get(network_acl) {
            Some(acl) => told(acl.entry(*rule_number, *egress) == entry.as_deref()),
            None => Shown::Unknown,
        },
        Some(Edit::NetworkAclAssociation {
            association,
            network_acl,
            ..
        }) => {
            let old = after.network_acls.values().any(|acl| {
                (acl.associations.iter())
                    .any(|at| at.network_acl_association_id.as_ref() == Some(association))
            });
            told(!old && after.network_acls.get(network_acl).is_some())
        }
        Some(Edit::SecurityGroupRulesAdded { group, egress, rules }) => {
            rules_shown(after, group, *egress, rules, true)
        }
        Some(Edit::SecurityGroupRulesRemoved { group, egress, rules }) => {
            rules_shown(after, group, *egress, rules, false)
        }
        Some(Edit::Route {
            route_table,
            destination,
            route,
        }) => match after.route_tables.get(route_table) {
            Some(table) => {
                let now = table.routes.iter().find(|now| is_for(now, destination));
                told(match (now, route.as_deref()) {
                    (None, None) => true,
                    (Some(now), Some(asked)) => same_target(now, asked),
                    _ => false,
                })
            }
            None => Shown::Unknown,
        },
        Some(Edit::RouteTableAssociation {
            new_association: Some(new),
            ..
        }) => told(has_association(after, new)),
        Some(Edit::RouteTableAssociation {
            association: Some(old),
            new_association: None,
            ..
        }) => told(!has_association(after, old)),
        Some(Edit::InterfaceGroups {
            interface: Some(interface),
            groups,
            ..
        }) => match after.network_interfaces.get(interface) {
            Some(now) => {
                let now: BTreeSet<_> = now.groups.iter().map(|group| &group.group_id).collect();
                told(now == groups.iter().collect())
            }
            None => Shown::Unknown,
        },
        Some(Edit::SourceDestCheck {
            interface: Some(interface),
            enabled,
            ..
        }) => match after.network_interfaces.get(interface) {
            Some(now) => told(now.source_dest_check.unwrap_or(true) == *enabled),
            None => Shown::Unknown,
        },
        _ => match change.action.api_name() {
            "StartInstances" => instances(change, after, &[InstanceState::Pending, InstanceState::Running]),
            "StopInstances" => instances(change, after, &[InstanceState::Stopping, InstanceState::Stopped]),
            _ => by_presence(change, after),
        },
    }
}

fn has_association(after: &Snapshot, id: &ResourceId) -> bool {
    let mut associations = after.route_tables.values().flat_map(|table| &table.associations);
    associations.any(|at| at.route_table_association_id.as_ref() == Some(id))
}

/// Whether the instances that a call was about are in one of some states.
fn instances(change: &Change, after: &Snapshot, states: &[InstanceState]) -> Shown {
    let described = change.changed().filter_map(|resource| {
        let instance = after.instances.get(resource.id.as_str())?;
        Some(instance.state.as_ref()?.name.clone())
    });
    let now: Vec<InstanceState> = described.collect();
    match now.iter().all(|state| states.contains(state)) {
        _ if now.is_empty() => Shown::Unknown,
        true => Shown::Yes,
        false => Shown::NotYet,
    }
}

fn rules_shown(
    after: &Snapshot,
    group: &crate::network::id::SecurityGroupId,
    egress: bool,
    rules: &[crate::event::SecurityGroupRule],
    there: bool,
) -> Shown {
    let Some(group) = after.security_groups.get(group) else {
        return Shown::Unknown;
    };
    let now = if egress {
        &group.ip_permissions_egress
    } else {
        &group.ip_permissions
    };
    let known: Vec<_> = rules.iter().filter_map(|rule| rule.permission.as_ref()).collect();
    if known.is_empty() {
        return Shown::Unknown;
    }
    if known.iter().all(|rule| permission::holds(now, rule) == there) {
        Shown::Yes
    } else {
        Shown::NotYet
    }
}

/// By whether what was created is there, and what was deleted is not.
fn by_presence(change: &Change, after: &Snapshot) -> Shown {
    let mut certain = !change.done_later;
    let mut any = false;
    for resource in change.changed() {
        // Some are listed for an hour after they are gone.
        let gone = is_gone(after, resource.id.as_str());
        let there = if gone {
            Some(false)
        } else {
            is_there(after, resource.id.as_str())
        };
        let Some(is_there) = there else {
            certain = false;
            continue;
        };
        match (resource.role, is_there) {
            (Role::Created, true) | (Role::Deleted, false) => any = true,
            (Role::Created, false) | (Role::Deleted, true) => return Shown::NotYet,
            _ => certain = false,
        }
    }
    if certain && any {
        Shown::Yes
    } else {
        Shown::Unknown
    }
}

fn is_gone(snapshot: &Snapshot, id: &str) -> bool {
    let nat = snapshot.nat_gateways.get(id).and_then(|nat| nat.state.as_ref());
    let endpoint = snapshot
        .vpc_endpoints
        .get(id)
        .and_then(|endpoint| endpoint.state.as_ref());
    let peering = snapshot
        .vpc_peering_connections
        .get(id)
        .and_then(|peering| peering.status.as_ref());
    matches!(nat, Some(NatGatewayState::Deleted | NatGatewayState::Failed))
        || matches!(endpoint, Some(VpcEndpointState::Deleted))
        || peering.is_some_and(|status| status.code.as_str() == "deleted")
}

/// Whether a resource is in a snapshot; `None`: its kind was not read, or is not looked at here.
fn is_there(snapshot: &Snapshot, id: &str) -> Option<bool> {
    macro_rules! look {
        ($($prefix:literal => $table:ident),+ $(,)?) => {
            match id.rsplit_once('-').map(|(prefix, _)| prefix)? {
                $($prefix => {
                    let table = &snapshot.$table;
                    table.get(id).map(|_| true).or_else(|| table.is_known().then_some(false))
                })+
                _ => None,
            }
        };
    }
    look! {
        "vpc" => vpcs,
        "subnet" => subnets,
        "rtb" => route_tables,
        "acl" => network_acls,
        "sg" => security_groups,
        "eni" => network_interfaces,
        "nat" => nat_gateways,
        "igw" => internet_gateways,
        "eigw" => egress_only_internet_gateways,
        "pcx" => vpc_peering_connections,
        "vpce" => vpc_endpoints,
        "tgw-rtb" => transit_gateway_route_tables,
    }
}

/// Whether one of these resources is in a state on its way to another.
pub fn on_its_way(snapshot: &Snapshot, ids: &BTreeSet<String>) -> bool {
    ids.iter().any(|id| {
        let id = id.as_str();
        let nat = snapshot.nat_gateways.get(id).and_then(|nat| nat.state.as_ref());
        let endpoint = snapshot
            .vpc_endpoints
            .get(id)
            .and_then(|endpoint| endpoint.state.as_ref());
        let attachment = snapshot
            .transit_gateway_attachments
            .get(id)
            .and_then(|at| at.state.as_ref());
        let gateway = snapshot
            .transit_gateways
            .get(id)
            .and_then(|gateway| gateway.state.as_ref());
        let interface = snapshot
            .network_interfaces
            .get(id)
            .and_then(|interface| interface.status.as_ref());
        let internet = snapshot
            .internet_gateways
            .get(id)
            .into_iter()
            .flat_map(|igw| &igw.attachments);
        let vgw = snapshot
            .vpn_gateways
            .get(id)
            .into_iter()
            .flat_map(|vgw| &vgw.vpc_attachments);
        let associations = snapshot
            .route_tables
            .get(id)
            .into_iter()
            .flat_map(|table| &table.associations);
        let blocks = snapshot
            .vpcs
            .get(id)
            .into_iter()
            .flat_map(|vpc| &vpc.cidr_block_association_set);
        matches!(nat, Some(NatGatewayState::Pending | NatGatewayState::Deleting))
            || matches!(
                endpoint,
                Some(VpcEndpointState::Pending | VpcEndpointState::Deleting)
            )
            || [attachment, gateway].into_iter().flatten().any(|state| {
                matches!(
                    state,
                    TransitGatewayState::Pending
                        | TransitGatewayState::Modifying
                        | TransitGatewayState::Deleting
                )
            })
            || matches!(
                interface,
                Some(InterfaceStatus::Attaching | InterfaceStatus::Detaching | InterfaceStatus::Pending)
            )
            || internet.chain(vgw).any(|at| {
                matches!(
                    at.state,
                    Some(GatewayAttachmentState::Attaching | GatewayAttachmentState::Detaching)
                )
            })
            || associations
                .filter_map(|at| at.association_state.as_ref()?.state.as_ref())
                .any(|state| {
                    matches!(
                        state,
                        AssociationState::Associating | AssociationState::Disassociating
                    )
                })
            || blocks
                .filter_map(|block| block.cidr_block_state.as_ref())
                .any(|block| matches!(block.state, CidrState::Associating | CidrState::Disassociating))
            || snapshot
                .functions
                .get(id)
                .is_some_and(|function| function.state.as_deref() == Some("Pending"))
    })
}

/// Whether a route is for that destination.
pub(crate) fn is_for(route: &Route, destination: &RouteDestination) -> bool {
    match destination {
        RouteDestination::Cidr(IpNet::V4(net)) => route.destination_cidr_block == Some(*net),
        RouteDestination::Cidr(IpNet::V6(net)) => route.destination_ipv6_cidr_block == Some(*net),
        RouteDestination::PrefixList(list) => route.destination_prefix_list_id.as_ref() == Some(list),
    }
}

/// Whether two routes lead to the same; an instance's route is printed with its interface beside it.
fn same_target(now: &Route, asked: &Route) -> bool {
    now.gateway_id == asked.gateway_id
        && now.nat_gateway_id == asked.nat_gateway_id
        && now.transit_gateway_id == asked.transit_gateway_id
        && now.vpc_peering_connection_id == asked.vpc_peering_connection_id
        && now.egress_only_internet_gateway_id == asked.egress_only_internet_gateway_id
        && (asked.network_interface_id.is_none() || now.network_interface_id == asked.network_interface_id)
        && (asked.instance_id.is_none() || now.instance_id == asked.instance_id)
}
