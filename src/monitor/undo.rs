//! A change undone in memory: the network as it would be had it not been made.
//!
//! An edit that the event spells out is undone by itself, whatever else happened to the same rule set; so is the part of a
//! resource that a call can change. Where the event says too little the whole resource is put back as it was; that undoes
//! every other change of it as well, so it is done only where the caller knows of none, or means to undo them all.

use std::collections::BTreeSet;

use crate::event::{Change, Edit, RouteDestination, SecurityGroupRule, Verb};
use crate::network::Snapshot;
use crate::network::block_public_access::BlockPublicAccessOptions;
use crate::network::id::{NetworkAclId, RouteTableId};
use crate::network::interface::NetworkInterface;
use crate::network::network_acl::{NetworkAcl, NetworkAclEntry};
use crate::network::route_table::{Route, RouteTable};
use crate::network::security_group::SecurityGroup;
use crate::network::state::{RouteOrigin, RouteState};

use super::permission;
use super::rule_sets::RuleSets;
use super::shown::is_for;
use super::undo_part::undo_part;

/// The network before: a whole snapshot, or the rule sets of the last good trace.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Good<'a> {
    pub(crate) before: Option<&'a Snapshot>,
    pub(crate) rules: Option<&'a RuleSets>,
}

impl<'a> Good<'a> {
    /// The network ACL before.
    fn acl(&self, id: &str) -> Option<&'a NetworkAcl> {
        self.acls().find(|acl| acl.network_acl_id.as_str() == id)
    }

    /// Every network ACL before, the same one twice where both tell of it.
    pub(crate) fn acls(&self) -> impl Iterator<Item = &'a NetworkAcl> {
        let before = self
            .before
            .into_iter()
            .flat_map(|before| before.network_acls.values());
        let kept = self.rules.into_iter().flat_map(|rules| &rules.network_acls);
        before.chain(kept.map(AsRef::as_ref))
    }

    /// Every route table before, the same one twice where both tell of it.
    pub(crate) fn tables(&self) -> impl Iterator<Item = &'a RouteTable> {
        let before = self
            .before
            .into_iter()
            .flat_map(|before| before.route_tables.values());
        let kept = self.rules.into_iter().flat_map(|rules| &rules.route_tables);
        before.chain(kept.map(AsRef::as_ref))
    }

    /// The entry that stood in a place before a change, which made that one of it or left none; `None`: it cannot be told.
    pub(crate) fn entry_before(
        &self,
        verb: Option<Verb>,
        (acl, number, egress): (&NetworkAclId, u32, bool),
        made: Option<&NetworkAclEntry>,
    ) -> Option<Option<&'a NetworkAclEntry>> {
        // What was created was not there, whatever was in its place still earlier.
        if made.is_some() && verb == Some(Verb::Create) {
            return Some(None);
        }
        let mut known = self
            .acls()
            .filter(|known| known.network_acl_id == *acl)
            .peekable();
        known.peek()?;
        let mut entries = known
            .flat_map(|acl| &acl.entries)
            .filter(|old| Some(*old) != made);
        Some(entries.find(|old| old.rule_number == number && old.egress == egress))
    }

    /// The same of a route.
    pub(crate) fn route_before(
        &self,
        verb: Option<Verb>,
        table: &RouteTableId,
        destination: &RouteDestination,
        made: Option<&Route>,
    ) -> Option<Option<&'a Route>> {
        if made.is_some() && verb == Some(Verb::Create) {
            return Some(None);
        }
        let mut known = self
            .tables()
            .filter(|known| known.route_table_id == *table)
            .peekable();
        known.peek()?;
        let mut routes = known.flat_map(|table| &table.routes);
        Some(routes.find(|old| is_for(old, destination)))
    }

    /// The security group before.
    pub(crate) fn group(&self, id: &str) -> Option<&'a SecurityGroup> {
        let kept = |rules: &'a RuleSets| {
            rules
                .security_groups
                .iter()
                .find(|group| group.group_id.as_str() == id)
                .map(AsRef::as_ref)
        };
        let before = self.before.and_then(|before| before.security_groups.get(id));
        before.or_else(|| self.rules.and_then(kept))
    }

    /// The interface before.
    pub(crate) fn interface(&self, id: &str) -> Option<&'a NetworkInterface> {
        let kept = |rules: &'a RuleSets| {
            (rules.network_interfaces.iter())
                .find(|interface| interface.network_interface_id.as_str() == id)
                .map(AsRef::as_ref)
        };
        let before = self.before.and_then(|before| before.network_interfaces.get(id));
        before.or_else(|| self.rules.and_then(kept))
    }

    fn table(&self, id: &str) -> Option<&'a RouteTable> {
        self.tables().find(|table| table.route_table_id.as_str() == id)
    }
}

/// Undoes a change. `alone`: nothing else is known to have changed what it changed. `false`: it cannot be done; the
/// snapshot is then as it was.
pub(crate) fn undo(
    change: &Change,
    resources: &BTreeSet<String>,
    snapshot: &mut Snapshot,
    good: Good<'_>,
    alone: bool,
) -> bool {
    if let Some(done) = undo_part(change, snapshot, good) {
        return done;
    }
    match &change.edit {
        Some(Edit::NetworkAclEntry {
            network_acl,
            rule_number,
            egress,
            entry,
        }) => {
            let place = (network_acl, *rule_number, *egress);
            let Some(old) = good.entry_before(change.verb, place, entry.as_deref()) else {
                return false;
            };
            if old.is_none() && entry.is_none() {
                return false;
            }
            let Some(acl) = snapshot.network_acls.get_mut(network_acl) else {
                return false;
            };
            acl.entries
                .retain(|now| now.rule_number != *rule_number || now.egress != *egress);
            acl.entries.extend(old.cloned());
            true
        }
        Some(Edit::NetworkAclAssociation { association, .. }) => {
            let old = good.acls().find_map(|acl| {
                let old = (acl.associations.iter())
                    .find(|at| at.network_acl_association_id.as_ref() == Some(association))?;
                Some((acl.network_acl_id.clone(), old.clone()))
            });
            let Some((acl, old)) = old.filter(|(acl, _)| snapshot.network_acls.get(acl).is_some()) else {
                return false;
            };
            for other in snapshot.network_acls.values_mut() {
                other.associations.retain(|at| at.subnet_id != old.subnet_id);
            }
            if let Some(acl) = snapshot.network_acls.get_mut(&acl) {
                acl.associations.push(old);
            }
            true
        }
        Some(Edit::SecurityGroupRulesAdded { group, egress, rules }) => {
            edit_group(snapshot, group.as_str(), *egress, rules, permission::remove)
        }
        Some(Edit::SecurityGroupRulesRemoved { group, egress, rules })
            if rules.iter().all(|rule| rule.permission.is_some()) =>
        {
            edit_group(snapshot, group.as_str(), *egress, rules, |set, rule| {
                set.push(rule.clone());
            })
        }
        Some(Edit::Route {
            route_table,
            destination,
            route,
        }) => {
            let Some(old) = good.route_before(change.verb, route_table, destination, route.as_deref()) else {
                return false;
            };
            if old.is_none() && route.is_none() {
                return false;
            }
            let Some(table) = snapshot.route_tables.get_mut(route_table) else {
                return false;
            };
            table.routes.retain(|now| !is_for(now, destination));
            table.routes.extend(old.cloned());
            true
        }
        _ if !alone => false,
        _ if change.edits_rules() => restore(resources, snapshot, good),
        _ if change.action.api_name() == "ModifyVpcBlockPublicAccessOptions" => {
            restore_block_public_access(change, snapshot, good)
        }
        _ if change.is_about_tags() => restore_tags(resources, snapshot, good),
        _ => restore_beside_rules(resources, snapshot, good),
    }
}

/// Puts the mode of VPC Block Public Access back as it was where the change was made.
fn restore_block_public_access(change: &Change, snapshot: &mut Snapshot, good: Good<'_>) -> bool {
    let Some(before) = good.before else { return false };
    let is_there = |options: &BlockPublicAccessOptions| {
        let (account, region) = (&options.aws_account_id, &options.aws_region);
        (change.account.is_none() || account.is_none() || *account == change.account)
            && (change.region.is_none() || region.is_none() || *region == change.region)
    };
    let mut any = false;
    for (scope, old) in before.block_public_access_options.iter() {
        if is_there(old) && snapshot.block_public_access_options.get(scope.as_str()) != Some(old) {
            snapshot
                .block_public_access_options
                .insert(scope.clone(), old.clone());
            any = true;
        }
    }
    any
}

/// Puts tags back as they were, of what paths select by tag.
fn restore_tags(resources: &BTreeSet<String>, snapshot: &mut Snapshot, good: Good<'_>) -> bool {
    let Some(before) = good.before else { return false };
    let mut any = false;
    macro_rules! tags {
        ($($table:ident . $tags:ident),+ $(,)?) => {$(
            for id in resources {
                let old = before.$table.get(id.as_str());
                let now = snapshot.$table.get(id.as_str());
                if let (Some(old), Some(now)) = (old, now)
                    && old.$tags != now.$tags
                    && let Some(now) = snapshot.$table.get_mut(id.as_str())
                {
                    now.$tags.clone_from(&old.$tags);
                    any = true;
                }
            }
        )+};
    }
    tags!(
        instances.tags,
        network_interfaces.tag_set,
        subnets.tags,
        vpc_endpoints.tags
    );
    any
}

/// Puts whole resources back, but for the rules that they have before and after: calls that edit rules say so. Routes
/// that were propagated are the exception, as no call names them.
fn restore_beside_rules(resources: &BTreeSet<String>, snapshot: &mut Snapshot, good: Good<'_>) -> bool {
    let now = snapshot.clone();
    if !restore(resources, snapshot, good) {
        return false;
    }
    for id in resources.iter().map(String::as_str) {
        if let (Some(now), Some(back)) = (now.network_acls.get(id), snapshot.network_acls.get_mut(id)) {
            back.entries.clone_from(&now.entries);
        }
        if let (Some(now), Some(back)) = (now.security_groups.get(id), snapshot.security_groups.get_mut(id)) {
            back.ip_permissions.clone_from(&now.ip_permissions);
            back.ip_permissions_egress.clone_from(&now.ip_permissions_egress);
        }
        if let (Some(now), Some(back)) = (now.route_tables.get(id), snapshot.route_tables.get_mut(id)) {
            let is_propagated = |route: &Route| route.origin == Some(RouteOrigin::EnableVgwRoutePropagation);
            back.routes.retain(is_propagated);
            let written = now.routes.iter().filter(|route| !is_propagated(route));
            back.routes.extend(written.cloned());
        }
    }
    true
}

fn edit_group(
    snapshot: &mut Snapshot,
    group: &str,
    egress: bool,
    rules: &[SecurityGroupRule],
    edit: impl Fn(
        &mut Vec<crate::network::security_group::IpPermission>,
        &crate::network::security_group::IpPermission,
    ),
) -> bool {
    let Some(group) = snapshot.security_groups.get_mut(group) else {
        return false;
    };
    let set = if egress {
        &mut group.ip_permissions_egress
    } else {
        &mut group.ip_permissions
    };
    let mut any = false;
    for rule in rules.iter().filter_map(|rule| rule.permission.as_ref()) {
        edit(set, rule);
        any = true;
    }
    any
}

/// Puts whole resources back as they were. Routes to what comes back forward again.
pub(crate) fn restore(resources: &BTreeSet<String>, snapshot: &mut Snapshot, good: Good<'_>) -> bool {
    let mut any = false;
    for id in resources {
        let id = id.as_str();
        if let Some(before) = good.before {
            any |= put_back(id, snapshot, before);
        } else {
            if let Some(acl) = good.acl(id) {
                any |= snapshot
                    .network_acls
                    .insert(acl.network_acl_id.clone(), acl.clone())
                    .as_ref()
                    != Some(acl);
            }
            if let Some(group) = good.group(id) {
                any |= snapshot
                    .security_groups
                    .insert(group.group_id.clone(), group.clone())
                    .as_ref()
                    != Some(group);
            }
            if let Some(table) = good.table(id) {
                any |= snapshot
                    .route_tables
                    .insert(table.route_table_id.clone(), table.clone())
                    .as_ref()
                    != Some(table);
            }
            if let Some(interface) = good.interface(id) {
                let key = interface.network_interface_id.clone();
                any |= snapshot
                    .network_interfaces
                    .insert(key, interface.clone())
                    .as_ref()
                    != Some(interface);
            }
        }
    }
    any
}

fn put_back(id: &str, snapshot: &mut Snapshot, before: &Snapshot) -> bool {
    let mut any = false;
    macro_rules! tables {
        ($($table:ident),+ $(,)?) => {$(
            let old = before.$table.iter().find(|(key, _)| key.as_str() == id);
            let now = snapshot.$table.get(id);
            match (old, now.is_some()) {
                (Some((key, old)), _) if now != Some(old) => {
                    let (key, old) = (key.clone(), old.clone());
                    snapshot.$table.insert(key, old);
                    any = true;
                }
                (None, true) if before.$table.is_known() => {
                    snapshot.$table.remove(id);
                    any = true;
                }
                _ => {}
            }
        )+};
    }
    tables!(
        vpcs,
        subnets,
        route_tables,
        network_acls,
        security_groups,
        network_interfaces,
        instances,
        functions,
        db_instances,
        db_clusters,
        nat_gateways,
        internet_gateways,
        egress_only_internet_gateways,
        vpn_gateways,
        vpc_peering_connections,
        transit_gateways,
        transit_gateway_attachments,
        transit_gateway_vpc_attachments,
        transit_gateway_peering_attachments,
        transit_gateway_route_tables,
        transit_gateway_propagations,
        transit_gateway_static_routes,
        transit_gateway_routes,
        vpn_connections,
        vpc_endpoints,
        prefix_lists,
        block_public_access_exclusions,
    );
    if any {
        for table in snapshot.route_tables.values_mut() {
            for route in &mut table.routes {
                let leads_there = route
                    .nat_gateway_id
                    .as_ref()
                    .is_some_and(|target| target.as_str() == id)
                    || route
                        .gateway_id
                        .as_ref()
                        .is_some_and(|target| target.as_str() == id)
                    || (route.vpc_peering_connection_id.as_ref()).is_some_and(|target| target.as_str() == id)
                    || route
                        .transit_gateway_id
                        .as_ref()
                        .is_some_and(|target| target.as_str() == id)
                    || route
                        .network_interface_id
                        .as_ref()
                        .is_some_and(|target| target.as_str() == id)
                    || route
                        .instance_id
                        .as_ref()
                        .is_some_and(|target| target.as_str() == id)
                    || (route.egress_only_internet_gateway_id.as_ref())
                        .is_some_and(|target| target.as_str() == id);
                if leads_there && route.state == Some(RouteState::Blackhole) {
                    route.state = Some(RouteState::Active);
                }
            }
        }
    }
    any
}
