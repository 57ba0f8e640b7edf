//! The files of a snapshot, put together.

use std::collections::BTreeSet;

use super::document::Document;
use super::id::{AccountId, Region};
use super::prefix_lists::merge_prefix_lists;
use super::resource_kind::{KindVisitor, ResourceKind, visit_kinds};
use super::security_group_rules::merge_rules;
use super::snapshot::Snapshot;
use super::vpc_places::find_places;

/// A snapshot, and what is to be said of it.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// The network.
    pub snapshot: Snapshot,
    /// What was read, for a report's header.
    pub summary: Summary,
}

/// What was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Summary {
    /// Files read.
    pub files: usize,
    /// Files and folders in the folder that were skipped: hidden, or not called `.json`.
    pub skipped: usize,
    /// The accounts that were read, as far as anything tells.
    pub accounts: BTreeSet<AccountId>,
    /// The Regions that were read, likewise.
    pub regions: BTreeSet<Region>,
    /// When the oldest file was written.
    pub oldest: Option<jiff::Timestamp>,
    /// When the newest file was written.
    pub newest: Option<jiff::Timestamp>,
    /// Top-level keys that hopwatch does not know.
    pub other_keys: BTreeSet<String>,
}

/// Two files contradict each other.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{id}` differs in `{first}` and `{second}`: keep one of them")]
pub struct MergeError {
    /// The resource.
    pub id: String,
    /// The file that it was first read from.
    pub first: String,
    /// The other.
    pub second: String,
}

struct Merge<'a> {
    documents: &'a mut [Document],
    snapshot: Snapshot,
}

/// Puts documents together. Their order does not matter.
pub fn merge(mut documents: Vec<Document>) -> Result<Loaded, MergeError> {
    documents.sort_by(|a, b| a.source.name.cmp(&b.source.name));
    let mut merge = Merge {
        documents: &mut documents,
        snapshot: Snapshot::default(),
    };
    visit_kinds(&mut merge)?;
    let mut snapshot = merge.snapshot;
    merge_rules(&mut documents, &mut snapshot);
    merge_prefix_lists(&mut documents, &mut snapshot);
    snapshot.places = find_places(&snapshot);
    let summary = summary(&documents, &snapshot);
    Ok(Loaded { snapshot, summary })
}

impl KindVisitor for Merge<'_> {
    type Error = MergeError;

    fn visit<K: ResourceKind>(&mut self) -> Result<(), MergeError> {
        let table = K::table_mut(&mut self.snapshot);
        for document in self.documents.iter_mut() {
            let Some(rows) = K::rows(&mut document.body.rows).take() else {
                continue;
            };
            if document.body.is_page {
                table.set_partial();
            } else {
                table.set_known();
            }
            for row in rows {
                table.insert(K::id(&row).clone(), row);
            }
        }
        Ok(())
    }
}

fn summary(documents: &[Document], snapshot: &Snapshot) -> Summary {
    let read = documents
        .iter()
        .filter(|document| !document.body.known_keys.is_empty());
    let mut summary = Summary {
        files: documents.len(),
        oldest: documents
            .iter()
            .filter_map(|document| document.source.modified)
            .min(),
        newest: documents
            .iter()
            .filter_map(|document| document.source.modified)
            .max(),
        ..Summary::default()
    };
    for document in read {
        summary.accounts.extend(document.account.clone());
        summary.regions.extend(document.region.clone());
    }
    for document in documents {
        summary
            .other_keys
            .extend(document.body.other_keys.iter().cloned());
    }
    for (vpc, _) in snapshot.vpcs.iter() {
        if let Some(place) = snapshot.places.get(vpc) {
            summary.accounts.extend(place.account.clone());
            summary.regions.extend(place.region.clone());
        }
    }
    summary
}
