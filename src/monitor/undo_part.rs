//! The part of a resource that a call can have changed, put back as it was. What else became of the resource is another
//! call's, whether that was told of or not, and stays.

use crate::event::{Change, Edit, SecurityGroupRule};
use crate::network::Snapshot;
use crate::network::id::{
    InstanceId, NetworkInterfaceId, ResourceId, RouteTableId, SecurityGroupId, SubnetId,
    TransitGatewayRouteTableId,
};
use crate::network::interface::NetworkInterface;
use crate::network::route_table::RouteTableAssociation;
use crate::network::security_group::IpPermission;
use crate::network::state::InstanceState;
use crate::network::transit_gateway::TransitGatewayRoute;

use super::permission;
use super::undo::Good;

/// Undoes a change of a part; `None`: it is none of those. `Some(false)`: it cannot be done, or changes nothing.
pub(super) fn undo_part(change: &Change, snapshot: &mut Snapshot, good: Good<'_>) -> Option<bool> {
    let done = match &change.edit {
        Some(Edit::SecurityGroupRulesModified { group, rules }) => modified(snapshot, group, rules, good),
        Some(Edit::InterfaceGroups {
            interface,
            instance,
            groups,
        }) => {
            let has_them = |now: &NetworkInterface| {
                now.groups.len() == groups.len()
                    && now.groups.iter().all(|group| groups.contains(&group.group_id))
            };
            let is_meant =
                |now: &NetworkInterface| is_of(now, interface.as_ref(), instance.as_ref()) && has_them(now);
            interfaces(snapshot, good, is_meant, |now, old| {
                now.groups.clone_from(&old.groups);
            })
        }
        Some(Edit::SourceDestCheck {
            interface,
            instance,
            enabled,
        }) => {
            let is_meant = |now: &NetworkInterface| {
                is_of(now, interface.as_ref(), instance.as_ref())
                    && now.source_dest_check.unwrap_or(true) == *enabled
            };
            interfaces(snapshot, good, is_meant, |now, old| {
                now.source_dest_check = old.source_dest_check;
            })
        }
        Some(Edit::RouteTableAssociation {
            association,
            subnet,
            gateway,
            new_association,
            ..
        }) => {
            let told = (subnet.as_ref(), gateway.as_ref());
            table_association(
                snapshot,
                association.as_ref(),
                told,
                new_association.as_ref(),
                good,
            )
        }
        Some(Edit::TransitGatewayRoute {
            route_table,
            destination,
            ..
        }) => transit_route(snapshot, route_table, destination, good),
        _ => match change.action.api_name() {
            "AssociateAddress" | "DisassociateAddress" | "ReleaseAddress" => address(snapshot, good),
            "StartInstances" | "StopInstances" | "TerminateInstances" => {
                instance_state(change, snapshot, good)
            }
            _ => return None,
        },
    };
    Some(done)
}

fn is_of(
    now: &NetworkInterface,
    interface: Option<&NetworkInterfaceId>,
    instance: Option<&InstanceId>,
) -> bool {
    let attached = now.attachment.as_ref().and_then(|at| at.instance_id.as_ref());
    interface == Some(&now.network_interface_id) || (instance.is_some() && attached == instance)
}

/// Puts a part of interfaces back.
fn interfaces(
    snapshot: &mut Snapshot,
    good: Good<'_>,
    is_meant: impl Fn(&NetworkInterface) -> bool,
    put_back: impl Fn(&mut NetworkInterface, &NetworkInterface),
) -> bool {
    let meant = snapshot.network_interfaces.values().filter(|now| is_meant(now));
    let mut any = false;
    for id in meant
        .map(|now| now.network_interface_id.clone())
        .collect::<Vec<_>>()
    {
        if let Some(old) = good.interface(id.as_str())
            && let Some(now) = snapshot.network_interfaces.get_mut(&id)
        {
            let was = now.clone();
            put_back(now, old);
            any |= *now != was;
        }
    }
    any
}

/// The public addresses of the one interface that has others than before: which one a call was about it tells by an
/// association that no description shows.
fn address(snapshot: &mut Snapshot, good: Good<'_>) -> bool {
    let addresses = |interface: &NetworkInterface| -> Vec<_> {
        let secondary = interface.private_ip_addresses.iter();
        let of_each = secondary.map(|address| address.association.clone());
        of_each.chain([interface.association.clone()]).collect()
    };
    let others = snapshot.network_interfaces.values().filter(|now| {
        let old = good.interface(now.network_interface_id.as_str());
        old.is_some_and(|old| addresses(old) != addresses(now))
    });
    let ids: Vec<NetworkInterfaceId> = others.map(|now| now.network_interface_id.clone()).collect();
    let [id] = ids.as_slice() else { return false };
    let is_meant = |now: &NetworkInterface| now.network_interface_id == *id;
    interfaces(snapshot, good, is_meant, |now, old| {
        now.association.clone_from(&old.association);
        for address in &mut now.private_ip_addresses {
            let was = (old.private_ip_addresses.iter())
                .find(|was| was.private_ip_address == address.private_ip_address);
            address.association = was.and_then(|was| was.association.clone());
        }
    })
}

/// The state of instances; what was stopped and not seen before ran, or the call would have stopped nothing.
fn instance_state(change: &Change, snapshot: &mut Snapshot, good: Good<'_>) -> bool {
    let stops = change.action.api_name() != "StartInstances";
    let mut any = false;
    for resource in change.changed() {
        let old = good
            .before
            .and_then(|before| before.instances.get(resource.id.as_str()));
        let Some(now) = snapshot.instances.get_mut(resource.id.as_str()) else {
            continue;
        };
        let was = now.state.clone();
        match (old, &mut now.state) {
            (Some(old), state) => state.clone_from(&old.state),
            (None, Some(state)) if stops => state.name = InstanceState::Running,
            (None, _) => {}
        }
        any |= now.state != was;
    }
    any
}

/// What a subnet or a gateway is associated with.
fn table_association(
    snapshot: &mut Snapshot,
    association: Option<&ResourceId>,
    (subnet, gateway): (Option<&SubnetId>, Option<&ResourceId>),
    new_association: Option<&ResourceId>,
    good: Good<'_>,
) -> bool {
    let has = |at: &RouteTableAssociation, id: Option<&ResourceId>| {
        id.is_some() && at.route_table_association_id.as_ref() == id
    };
    let old: Option<(RouteTableId, RouteTableAssociation)> = good.tables().find_map(|table| {
        let at = table.associations.iter().find(|at| has(at, association))?;
        Some((table.route_table_id.clone(), at.clone()))
    });
    let new = || {
        let mut associations = snapshot
            .route_tables
            .values()
            .flat_map(|table| &table.associations);
        associations.find(|at| has(at, new_association))
    };
    // What took the place of an association that nobody saw cannot be undone; what was associated anew had none.
    if association.is_some() && old.is_none() {
        return false;
    }
    let about = match (&old, subnet, gateway) {
        (Some((_, old)), ..) => (old.subnet_id.clone(), old.gateway_id.clone(), old.main),
        (None, None, None) => match new() {
            Some(new) => (new.subnet_id.clone(), new.gateway_id.clone(), new.main),
            None => return false,
        },
        (None, subnet, gateway) => (subnet.cloned(), gateway.cloned(), false),
    };
    let is_about =
        |at: &RouteTableAssociation| (at.subnet_id.clone(), at.gateway_id.clone(), at.main) == about;
    let Some(vpc) = old.as_ref().map_or_else(
        || {
            let mut tables = snapshot.route_tables.values();
            tables
                .find(|table| table.associations.iter().any(is_about))
                .map(|table| table.vpc_id.clone())
        },
        |(id, _)| snapshot.route_tables.get(id).map(|table| table.vpc_id.clone()),
    ) else {
        return false;
    };
    for table in snapshot
        .route_tables
        .values_mut()
        .filter(|table| table.vpc_id == vpc)
    {
        table.associations.retain(|at| !is_about(at));
    }
    if let Some((id, old)) = old
        && let Some(table) = snapshot.route_tables.get_mut(&id)
    {
        table.associations.push(old);
    }
    true
}

/// What leads to a destination in a transit gateway's table.
fn transit_route(
    snapshot: &mut Snapshot,
    table: &TransitGatewayRouteTableId,
    destination: &ipnet::IpNet,
    good: Good<'_>,
) -> bool {
    let Some(before) = good.before else { return false };
    let is_for = |route: &TransitGatewayRoute| route.destination_cidr_block.as_ref() == Some(destination);
    let mut any = false;
    macro_rules! tables {
        ($($table:ident),+) => {$(
            if let (Some(old), Some(now)) = (before.$table.get(table), snapshot.$table.get_mut(table)) {
                let was = now.routes.clone();
                now.routes.retain(|route| !is_for(route));
                now.routes.extend(old.routes.iter().filter(|route| is_for(route)).cloned());
                any |= now.routes != was;
            }
        )+};
    }
    tables!(transit_gateway_routes, transit_gateway_static_routes);
    any
}

/// Rules that became others. The event has neither what they were nor their direction: told where as many rules of the
/// group are gone as were modified, and those that came are the ones that the event names.
fn modified(
    snapshot: &mut Snapshot,
    group: &SecurityGroupId,
    rules: &[SecurityGroupRule],
    good: Good<'_>,
) -> bool {
    let (Some(old), Some(now)) = (
        good.group(group.as_str()),
        snapshot.security_groups.get_mut(group),
    ) else {
        return false;
    };
    let sides = [
        (&old.ip_permissions, &mut now.ip_permissions),
        (&old.ip_permissions_egress, &mut now.ip_permissions_egress),
    ];
    let mut any = false;
    for (old, now) in sides {
        let gone = permission::missing(old, now);
        let came = permission::missing(now, old);
        let is_named = |rule: &IpPermission| {
            let named = rules.iter().filter_map(|named| named.permission.as_ref());
            named
                .clone()
                .any(|named| permission::holds(std::slice::from_ref(named), rule))
        };
        if came.is_empty() || gone.len() > rules.len() || !came.iter().all(is_named) {
            continue;
        }
        for rule in &came {
            permission::remove(now, rule);
        }
        now.extend(gone);
        any = true;
    }
    any
}
