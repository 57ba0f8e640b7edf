//! What of a network the files do not show, as far as they themselves tell.

use std::collections::{BTreeMap, BTreeSet};

use super::document::{Document, known_keys};
use super::warning::{Folder, Warning};

/// Warns of pages: their kinds are not wholly known.
pub(crate) fn mark_pages(documents: &[Document], warnings: &mut Vec<Warning>) {
    for document in documents {
        let body = &document.body;
        if body.is_page && !body.known_keys.is_empty() {
            warnings.push(Warning::OnePage {
                file: document.source.name.clone(),
                keys: body.known_keys.iter().map(|key| printed(key)).collect(),
            });
        }
    }
}

/// Warns of keys that are not understood, though they look as if they were meant to be.
pub(crate) fn odd_keys(documents: &[Document], warnings: &mut Vec<Warning>) {
    if documents
        .iter()
        .all(|document| document.body.known_keys.is_empty())
    {
        warnings.push(Warning::NothingKnown {
            files: documents.len(),
        });
    }
    for document in documents {
        for key in &document.body.other_keys {
            let file = || document.source.name.clone();
            if let Some(known) = known_keys().find(|known| known.eq_ignore_ascii_case(key)) {
                warnings.push(Warning::Misspelt {
                    file: file(),
                    key: key.clone(),
                    known,
                });
            } else if let Some((_, form)) = UNWRAPPED.iter().find(|(unwrapped, _)| unwrapped == key) {
                warnings.push(Warning::Unwrapped {
                    file: file(),
                    key: key.clone(),
                    form,
                });
            }
        }
    }
}

/// Replies that do not name what they were asked for, and the wrappers in which they do.
const UNWRAPPED: &[(&str, &str)] = &[
    (
        "Entries",
        r#"{"PrefixListEntries": [{"PrefixListId": "pl-…", "Entries": […]}]}"#,
    ),
    (
        "Routes",
        r#"{"TransitGatewayRoutes": [{"TransitGatewayRouteTableId": "tgw-rtb-…", "Routes": […]}]}"#,
    ),
    (
        "TransitGatewayRouteTablePropagations",
        r#"{"TransitGatewayPropagations": [{"TransitGatewayRouteTableId": "tgw-rtb-…", "TransitGatewayRouteTablePropagations": […]}]}"#,
    ),
];

/// Warns of kinds that some accounts' or Regions' folders hold and others do not, and returns them: what is absent of
/// these is unknown. Only where every file lies in such a folder, for else the rest may be anywhere's.
pub(crate) fn missing_folders(documents: &[Document], warnings: &mut Vec<Warning>) -> BTreeSet<&'static str> {
    let mut by_folder: BTreeMap<&Folder, BTreeSet<&'static str>> = BTreeMap::new();
    for document in documents {
        let keys: Vec<&'static str> = document
            .body
            .known_keys
            .iter()
            .filter_map(|key| table_of(key))
            .collect();
        if !keys.is_empty() {
            by_folder.entry(&document.folder).or_default().extend(keys);
        }
    }
    if by_folder.contains_key(&Folder::default()) {
        return BTreeSet::new();
    }
    let all: BTreeSet<&'static str> = by_folder.values().flatten().copied().collect();
    let mut anywhere = BTreeSet::new();
    for (folder, held) in by_folder {
        let missing: Vec<&'static str> = all.difference(&held).copied().collect();
        if !missing.is_empty() {
            warnings.push(Warning::NotEverywhere {
                place: folder.clone(),
                keys: missing.iter().map(|key| printed(key)).collect(),
            });
        }
        anywhere.extend(missing);
    }
    anywhere
}

/// The key that stands for a table which several keys fill.
fn table_of(key: &'static str) -> Option<&'static str> {
    match key {
        "ManagedPrefixLists" | "PrefixListEntries" => Some("PrefixLists"),
        "SecurityGroupRules" => Some("SecurityGroups"),
        "VpcPlaces" => None,
        key => Some(key),
    }
}

/// The key as AWS prints it.
fn printed(key: &'static str) -> &'static str {
    match key {
        "Instances" => "Reservations",
        key => key,
    }
}
