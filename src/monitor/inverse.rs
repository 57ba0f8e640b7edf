//! The exact inverse of a change that broke a path, as a command: what a person would type to take it back.
//!
//! It is printed only where undoing the change in memory brought the path back. Like every command it holds nothing but ids
//! that match AWS's own pattern and values of the network before.

use ipnet::IpNet;

use crate::event::{Change, Edit, RouteDestination};
use crate::network::Snapshot;
use crate::network::id::{NetworkAclId, Region, RouteTableId, SubnetId};
use crate::network::network_acl::NetworkAclEntry;
use crate::network::route_table::RouteTableAssociation;
use crate::network::state::RuleAction;
use crate::reach::change::{Change as Command, id, protocol};
use crate::reach::report::{Direction, FixCommand};

use super::permission;
use super::shown::is_for;
use super::undo::Good;

/// The inverse; `None`: there is none that one command does, or the event does not tell enough.
pub(crate) fn inverse(change: &Change, good: Good<'_>, now: &Snapshot) -> Option<FixCommand> {
    let region = change.region.as_ref().map(Region::as_str);
    let of = |command: Command| {
        Some(FixCommand {
            command: command.command(region)?,
            message: command.sentence(),
            verified: true,
        })
    };
    match change.edit.as_ref()? {
        Edit::NetworkAclEntry {
            network_acl,
            rule_number,
            egress,
            entry,
        } => {
            let place = (network_acl, *rule_number, *egress);
            let old = good.entry_before(change.verb, place, entry.as_deref()).flatten();
            // What stands in its place by now somebody else made.
            let acl = now.network_acls.get(network_acl);
            let taken = acl.is_some_and(|acl| acl.entry(*rule_number, *egress).is_some());
            match (old, entry) {
                (Some(_), None) if taken => None,
                (Some(old), None) if old.rule_action == RuleAction::Allow => of(Command::AddAclEntry {
                    acl: network_acl.clone(),
                    entry: old.clone(),
                }),
                (Some(old), Some(_)) => replace_entry(network_acl, old, region),
                (None, Some(_)) => delete_entry(network_acl, *rule_number, *egress, region),
                _ => None,
            }
        }
        Edit::Route {
            route_table,
            destination,
            route,
        } => {
            let old = good.route_before(change.verb, route_table, destination, route.as_deref());
            let old = old.flatten();
            let table = now.route_tables.get(route_table);
            let taken = (table.iter().flat_map(|table| &table.routes)).any(|now| is_for(now, destination));
            match (old, route) {
                (Some(_), None) if taken => None,
                (Some(old), replaced) => of(Command::route_back(route_table, old, replaced.is_some())?),
                (None, Some(_)) => delete_route(route_table, destination, region),
                (None, None) => None,
            }
        }
        Edit::RouteTableAssociation {
            association, subnet, ..
        } => {
            let of = |at: &&RouteTableAssociation| {
                association.is_some() && at.route_table_association_id == *association
            };
            let mut associations = good.tables().flat_map(|table| &table.associations);
            let subnet = (subnet.as_ref()).or_else(|| associations.find(of)?.subnet_id.as_ref())?;
            associate_table(subnet, good, now, region)
        }
        Edit::NetworkAclAssociation { association, .. } => {
            let (acl, subnet) = good.acls().find_map(|acl| {
                let old = (acl.associations.iter())
                    .find(|at| at.network_acl_association_id.as_ref() == Some(association))?;
                Some((id(acl.network_acl_id.as_str())?, old.subnet_id.as_ref()?))
            })?;
            let mut associations = now.network_acls.values().flat_map(|acl| &acl.associations);
            let current = associations.find(|at| at.subnet_id.as_ref() == Some(subnet))?;
            let current = id(current.network_acl_association_id.as_ref()?.as_str())?;
            Some(FixCommand {
                command: in_region(
                    format!(
                        "aws ec2 replace-network-acl-association --association-id {current} --network-acl-id {acl}"
                    ),
                    region,
                ),
                message: format!("give subnet {subnet} its network ACL {acl} back"),
                verified: true,
            })
        }
        Edit::SecurityGroupRulesRemoved { group, egress, rules } => {
            let mut rules = rules.iter();
            let (only, None) = (rules.next()?, rules.next()) else {
                return None;
            };
            of(Command::AddGroupRule {
                group: group.clone(),
                direction: if *egress {
                    Direction::Egress
                } else {
                    Direction::Ingress
                },
                permission: Box::new(permission::bare(only.permission.as_ref()?)),
            })
        }
        _ => None,
    }
}

fn way(egress: bool) -> (&'static str, &'static str) {
    if egress {
        ("--egress", "outbound")
    } else {
        ("--ingress", "inbound")
    }
}

fn in_region(command: String, region: Option<&str>) -> String {
    match region.and_then(id) {
        Some(region) => format!("{command} --region {region}"),
        None => command,
    }
}

/// The route table of a subnet as it was: its own, or the main one.
fn associate_table(
    subnet: &SubnetId,
    good: Good<'_>,
    now: &Snapshot,
    region: Option<&str>,
) -> Option<FixCommand> {
    let is_of = |at: &&RouteTableAssociation| at.subnet_id.as_ref() == Some(subnet);
    let old = good
        .tables()
        .find(|table| table.associations.iter().any(|at| is_of(&at)))
        .map(|table| &table.route_table_id);
    let mut associations = now.route_tables.values().flat_map(|table| &table.associations);
    let current = associations.find(is_of);
    let current = current.map(|at| id(at.route_table_association_id.as_ref()?.as_str()));
    let (command, message) = match (old, current) {
        (Some(old), current) => {
            let old = id(old.as_str())?;
            let command = match current {
                Some(current) => format!(
                    "replace-route-table-association --association-id {} --route-table-id {old}",
                    current?
                ),
                None => format!(
                    "associate-route-table --route-table-id {old} --subnet-id {}",
                    id(subnet.as_str())?
                ),
            };
            (
                command,
                format!("give subnet {subnet} its route table {old} back"),
            )
        }
        (None, Some(current)) => (
            format!("disassociate-route-table --association-id {}", current?),
            format!("give subnet {subnet} the main route table back"),
        ),
        (None, None) => return None,
    };
    Some(FixCommand {
        command: in_region(format!("aws ec2 {command}"), region),
        message,
        verified: true,
    })
}

fn delete_route(
    table: &RouteTableId,
    destination: &RouteDestination,
    region: Option<&str>,
) -> Option<FixCommand> {
    let table = id(table.as_str())?;
    let option = match destination {
        RouteDestination::Cidr(IpNet::V4(net)) => format!("--destination-cidr-block {net}"),
        RouteDestination::Cidr(IpNet::V6(net)) => format!("--destination-ipv6-cidr-block {net}"),
        RouteDestination::PrefixList(list) => {
            format!("--destination-prefix-list-id {}", id(list.as_str())?)
        }
    };
    let command = format!("aws ec2 delete-route --route-table-id {table} {option}");
    let what = match destination {
        RouteDestination::Cidr(net) => net.to_string(),
        RouteDestination::PrefixList(list) => list.to_string(),
    };
    Some(FixCommand {
        command: in_region(command, region),
        message: format!("delete the route {what} of {table}"),
        verified: true,
    })
}

fn delete_entry(acl: &NetworkAclId, number: u32, egress: bool, region: Option<&str>) -> Option<FixCommand> {
    let acl = id(acl.as_str())?;
    let (option, word) = way(egress);
    let command =
        format!("aws ec2 delete-network-acl-entry --network-acl-id {acl} {option} --rule-number {number}");
    Some(FixCommand {
        command: in_region(command, region),
        message: format!("delete {word} rule {number} of network ACL {acl}"),
        verified: true,
    })
}

fn replace_entry(acl: &NetworkAclId, old: &NetworkAclEntry, region: Option<&str>) -> Option<FixCommand> {
    let acl = id(acl.as_str())?;
    let (option, word) = way(old.egress);
    let number = old.rule_number;
    let old_protocol =
        Some(protocol(&old.protocol)).filter(|text| text.chars().all(|c| c.is_ascii_alphanumeric()))?;
    let mut command = format!(
        "aws ec2 replace-network-acl-entry --network-acl-id {acl} {option} --rule-number {number} --protocol {old_protocol}"
    );
    if let Some(range) = old.port_range {
        command.push_str(&format!(
            " --port-range From={},To={}",
            range.from.unwrap_or(0),
            range.to.unwrap_or(65535)
        ));
    }
    if let Some(icmp) = old.icmp_type_code {
        command.push_str(&format!(
            " --icmp-type-code Type={},Code={}",
            icmp.icmp_type.unwrap_or(-1),
            icmp.code.unwrap_or(-1)
        ));
    }
    if let Some(net) = old.cidr_block {
        command.push_str(&format!(" --cidr-block {net}"));
    }
    if let Some(net) = old.ipv6_cidr_block {
        command.push_str(&format!(" --ipv6-cidr-block {net}"));
    }
    let action = match old.rule_action {
        RuleAction::Allow => "allow",
        RuleAction::Deny => "deny",
        RuleAction::Other(_) => return None,
    };
    command.push_str(&format!(" --rule-action {action}"));
    Some(FixCommand {
        command: in_region(command, region),
        message: format!("make {word} rule {number} of network ACL {acl} again what it was"),
        verified: true,
    })
}
