//! The exact inverse of a change that broke a path, as a command: what a person would type to take it back.
//!
//! It is printed only where undoing the change in memory brought the path back. Like every command it holds nothing but ids
//! that match AWS's own pattern and values of the network before.

use crate::event::{Change, Edit};
use crate::network::id::{NetworkAclId, Region};
use crate::network::network_acl::NetworkAclEntry;
use crate::network::state::RuleAction;
use crate::reach::change::{Change as Command, id, protocol};
use crate::reach::report::{Direction, FixCommand};

use super::permission;
use super::undo::Good;

/// The inverse; `None`: there is none that one command does, or the event does not tell enough.
pub(crate) fn inverse(change: &Change, good: Good<'_>) -> Option<FixCommand> {
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
            let old = (good.acls().filter(|acl| acl.network_acl_id == *network_acl))
                .flat_map(|acl| &acl.entries)
                .filter(|old| Some(*old) != entry.as_deref())
                .find(|old| old.rule_number == *rule_number && old.egress == *egress);
            match (old, entry) {
                (Some(old), None) if old.rule_action == RuleAction::Allow => of(Command::AddAclEntry {
                    acl: network_acl.clone(),
                    entry: old.clone(),
                }),
                (Some(old), Some(_)) => replace_entry(network_acl, old, region),
                (None, Some(_)) => delete_entry(network_acl, *rule_number, *egress, region),
                _ => None,
            }
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
