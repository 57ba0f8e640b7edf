//! One file of a snapshot: text to typed resources.
//!
//! A file is a JSON object as `aws … describe-*` prints it; its top-level keys say what it holds, its name does not
//! matter. Keys that hopwatch does not know are remembered and skipped without being stored.
//!
//! Invariant: no file is opened here; the shell reads, this parses.

use std::collections::BTreeSet;
use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, Visitor};

use super::document_error::{DocumentError, DocumentProblem};
use super::encoding::decode;
use super::place::{account_in, region_in};
use super::warning::Folder;
use crate::network::block_public_access::{BlockPublicAccessOptions, OneOrMany};
use crate::network::interface::Reservation;
use crate::network::load_balancer::ListenersOf;
use crate::network::network_firewall::PrintedAlone;
use crate::network::resource_kind::{Read, Rows, append};
use crate::network::unread::Unread;
use crate::network::wire::{
    ManagedPrefixList, PrefixListEntries, SecurityGroupRule, ServicePrefixList, VpcPlace,
};

/// Where a document comes from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Source {
    /// Its name, as people know it: a path, `-` for standard input.
    pub name: String,
    /// What of its name may tell of an account and a Region: the part below the folder that was asked for, and
    /// that folder's own name.
    pub hint: String,
    /// When it was last written, where that is known.
    pub modified: Option<jiff::Timestamp>,
}

/// A file of a snapshot, parsed.
#[derive(Debug)]
pub struct Document {
    pub(crate) source: Source,
    /// What its name tells of an account and a Region.
    pub(crate) folder: Folder,
    pub(crate) body: Body,
}

/// What stands in a file.
#[derive(Debug, Default)]
pub(crate) struct Body {
    pub(crate) rows: Rows,
    /// Expanded rules (`describe-security-group-rules`).
    pub(crate) security_group_rules: Option<Vec<SecurityGroupRule>>,
    /// AWS's own prefix lists (`describe-prefix-lists`).
    pub(crate) prefix_lists: Option<Vec<ServicePrefixList>>,
    /// Anybody's prefix lists, without entries (`describe-managed-prefix-lists`).
    pub(crate) managed_prefix_lists: Option<Vec<ManagedPrefixList>>,
    /// Entries (`get-managed-prefix-list-entries`, wrapped).
    pub(crate) prefix_list_entries: Option<Vec<PrefixListEntries>>,
    /// Written by hopwatch, where nothing of AWS's tells the place of a VPC.
    pub(crate) vpc_places: Option<Vec<VpcPlace>>,
    /// Written by hopwatch: the calls that failed.
    pub(crate) unread: Option<Vec<Unread>>,
    /// A reply about one firewall, policy or rule group, until it is put together.
    printed_alone: PrintedAlone,
    /// The keys in it that hopwatch knows.
    pub(crate) known_keys: BTreeSet<&'static str>,
    /// The other ones.
    pub(crate) other_keys: BTreeSet<String>,
    /// Whether further pages would have followed.
    pub(crate) is_page: bool,
}

/// Keys whose value is told to be continued on another page: EC2, RDS, Lambda, Elastic Load Balancing.
const PAGE_KEYS: &[&str] = &["NextToken", "nextToken", "NextMarker", "Marker"];

/// More unknown keys than this in one file are not remembered: it is no reply of AWS's.
const MAX_OTHER_KEYS: usize = 100;

/// The keys that are put together by hand; [`Rows::KEYS`] are the others.
const OTHER_KNOWN_KEYS: &[&str] = &[
    "Reservations",
    "LoadBalancerListeners",
    "SecurityGroupRules",
    "PrefixLists",
    "ManagedPrefixLists",
    "PrefixListEntries",
    "VpcPlaces",
    "Unread",
];

/// Every top-level key that is understood.
pub fn known_keys() -> impl Iterator<Item = &'static str> {
    Rows::KEYS.iter().chain(OTHER_KNOWN_KEYS).copied()
}

/// Parses one file.
pub fn parse(source: Source, bytes: &[u8]) -> Result<Document, DocumentError> {
    let fail = |problem| DocumentError {
        file: source.name.clone(),
        problem,
    };
    let text = decode(bytes).map_err(|error| fail(DocumentProblem::Encoding(error)))?;
    let body = match serde_json::from_str::<Body>(&text) {
        Ok(body) => body,
        Err(error) => return Err(fail(DocumentProblem::find(&text, &error))),
    };
    Ok(Document {
        folder: Folder {
            account: account_in(&source.hint),
            region: region_in(&source.hint),
        },
        source,
        body,
    })
}

impl Body {
    fn read<'de, A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        let read = match key {
            "Reservations" => {
                let reservations: Option<Vec<Reservation>> = map.next_value()?;
                let instances = reservations.map(|reservations| {
                    reservations
                        .into_iter()
                        .flat_map(|reservation| reservation.instances)
                        .collect()
                });
                Read {
                    key: "Instances",
                    holds: append(&mut self.rows.instances, instances),
                }
            }
            "LoadBalancerListeners" => {
                let of_each: Option<Vec<ListenersOf>> = map.next_value()?;
                let listeners =
                    of_each.map(|of_each| of_each.into_iter().flat_map(|of| of.listeners).collect());
                Read {
                    key: "Listeners",
                    holds: append(&mut self.rows.listeners, listeners),
                }
            }
            "VpcBlockPublicAccessOptions" => {
                let options: Option<OneOrMany<BlockPublicAccessOptions>> = map.next_value()?;
                Read {
                    key: "VpcBlockPublicAccessOptions",
                    holds: append(
                        &mut self.rows.block_public_access_options,
                        options.map(Into::into),
                    ),
                }
            }
            "SecurityGroupRules" => Read {
                key: "SecurityGroupRules",
                holds: append(&mut self.security_group_rules, map.next_value()?),
            },
            "PrefixLists" => Read {
                key: "PrefixLists",
                holds: append(&mut self.prefix_lists, map.next_value()?),
            },
            "ManagedPrefixLists" => Read {
                key: "ManagedPrefixLists",
                holds: append(&mut self.managed_prefix_lists, map.next_value()?),
            },
            "PrefixListEntries" => Read {
                key: "PrefixListEntries",
                holds: append(&mut self.prefix_list_entries, map.next_value()?),
            },
            "VpcPlaces" => Read {
                key: "VpcPlaces",
                holds: append(&mut self.vpc_places, map.next_value()?),
            },
            "Unread" => Read {
                key: "Unread",
                holds: append(&mut self.unread, map.next_value()?),
            },
            "Firewall" => return alone(&mut self.printed_alone.firewall, map),
            "FirewallStatus" => return alone(&mut self.printed_alone.firewall_status, map),
            "FirewallPolicyResponse" => return alone(&mut self.printed_alone.firewall_policy_response, map),
            "FirewallPolicy" => return alone(&mut self.printed_alone.firewall_policy, map),
            "RuleGroupResponse" => return alone(&mut self.printed_alone.rule_group_response, map),
            "RuleGroup" => return alone(&mut self.printed_alone.rule_group, map),
            _ if PAGE_KEYS.contains(&key) => {
                let value: serde_json::Value = map.next_value()?;
                self.is_page |= !value.is_null() && value != "";
                return Ok(());
            }
            _ => match self.rows.read(key, map)? {
                Some(read) => read,
                None => {
                    map.next_value::<IgnoredAny>()?;
                    if self.other_keys.len() < MAX_OTHER_KEYS {
                        self.other_keys.insert(key.to_owned());
                    }
                    return Ok(());
                }
            },
        };
        if read.holds {
            self.known_keys.insert(read.key);
        }
        Ok(())
    }

    /// Adds the firewall, policy or rule group that the file by itself is about.
    fn put_together(&mut self) {
        let firewall = self.printed_alone.firewall().map(|one| vec![one]);
        let policy = self.printed_alone.policy().map(|one| vec![one]);
        let group = self.printed_alone.group().map(|one| vec![one]);
        for (key, holds) in [
            ("Firewalls", append(&mut self.rows.firewalls, firewall)),
            (
                "FirewallPolicies",
                append(&mut self.rows.firewall_policies, policy),
            ),
            ("RuleGroups", append(&mut self.rows.rule_groups, group)),
        ] {
            if holds {
                self.known_keys.insert(key);
            }
        }
    }
}

/// Keeps one object of a reply that is printed in two.
fn alone<'de, T: Deserialize<'de>, A: MapAccess<'de>>(
    slot: &mut Option<T>,
    map: &mut A,
) -> Result<(), A::Error> {
    *slot = map.next_value()?;
    Ok(())
}

impl<'de> Deserialize<'de> for Body {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct BodyVisitor;

        impl<'de> Visitor<'de> for BodyVisitor {
            type Value = Body;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Body, A::Error> {
                let mut body = Body::default();
                while let Some(key) = map.next_key::<String>()? {
                    body.read(&key, &mut map)?;
                }
                body.put_together();
                Ok(body)
            }
        }

        deserializer.deserialize_map(BodyVisitor)
    }
}
