//! The files of a snapshot, put together.

use std::collections::{BTreeMap, BTreeSet};

use super::coverage::{mark_pages, missing_folders, odd_keys};
use super::document::Document;
use super::duplicate::{Copy, Settling};
use super::host_bits::truncate;
use super::listeners;
use super::origin::Origins;
use super::prefix_lists::merge_prefix_lists;
use super::references::absent;
use super::security_group_rules::merge_rules;
use super::unread::merge_unread;
use super::vpc_places::place_vpcs;
use super::warning::Warning;
use crate::network::id::{AccountId, Region, ResourceId};
use crate::network::resource_kind::{KindVisitor, ResourceKind, visit_kinds};
use crate::network::snapshot::Snapshot;

/// A snapshot, and what is to be said of it.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// The network.
    pub snapshot: Snapshot,
    /// What is odd or incomplete.
    pub warnings: Vec<Warning>,
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
#[error(
    "`{id}` stands in `{first}` and in `{second}` with another content ({}); a snapshot is of one moment: keep one of them",
    shown(fields)
)]
pub struct MergeError {
    /// The kind.
    pub key: &'static str,
    /// The resource.
    pub id: String,
    /// The fields that differ.
    pub fields: Vec<String>,
    /// The file that it was first read from.
    pub first: String,
    /// The other.
    pub second: String,
}

fn shown(fields: &[String]) -> String {
    let fields: Vec<String> = fields.iter().map(|field| format!("`{field}`")).collect();
    fields.join(", ")
}

/// Puts documents together. Their order does not matter.
pub fn merge(mut documents: Vec<Document>) -> Result<Loaded, MergeError> {
    documents.sort_by(|a, b| a.source.name.cmp(&b.source.name));
    let mut origins = Origins::of(&documents);
    let mut warnings = Vec::new();
    mark_pages(&documents, &mut warnings);
    odd_keys(&documents, &mut warnings);
    let not_everywhere = missing_folders(&documents, &mut warnings);

    let mut merge = Merge {
        documents: &mut documents,
        not_everywhere: &not_everywhere,
        snapshot: Snapshot::default(),
        origins: &mut origins,
        warnings: &mut warnings,
    };
    visit_kinds(&mut merge)?;
    let mut snapshot = merge.snapshot;
    merge_rules(&mut documents, &mut snapshot, &mut origins, &mut warnings);
    merge_prefix_lists(&mut documents, &mut snapshot, &mut origins, &mut warnings)?;
    if not_everywhere.contains("PrefixLists") {
        snapshot.prefix_lists.set_partial();
    }
    truncate(&mut snapshot, &origins, &mut warnings);
    merge_unread(&mut documents, &mut snapshot, &mut warnings);
    place_vpcs(&documents, &mut snapshot, &origins, &mut warnings);
    let summary = summary(&documents, &snapshot, &origins);
    absent(&snapshot, &origins, &summary.accounts, &mut warnings);
    listeners::missing(&snapshot, &mut warnings);
    Ok(Loaded {
        snapshot,
        warnings,
        summary,
    })
}

struct Merge<'a> {
    documents: &'a mut [Document],
    not_everywhere: &'a BTreeSet<&'static str>,
    snapshot: Snapshot,
    origins: &'a mut Origins,
    warnings: &'a mut Vec<Warning>,
}

impl KindVisitor for Merge<'_> {
    type Error = MergeError;

    fn visit<K: ResourceKind>(&mut self) -> Result<(), MergeError> {
        let table = K::table_mut(&mut self.snapshot);
        let mut copies: BTreeMap<K::Id, Vec<Copy<K::Row>>> = BTreeMap::new();
        for (file, document) in self.documents.iter_mut().enumerate() {
            let Some(rows) = K::rows(&mut document.body.rows).take() else {
                continue;
            };
            if document.body.is_page || self.not_everywhere.contains(K::KEY) {
                table.set_partial();
            } else {
                table.set_known();
            }
            let mut ids = Vec::with_capacity(rows.len());
            for row in rows {
                let id = K::id(&row).clone();
                ids.push(id.clone().into());
                if let Some(row) = table.offer(id.clone(), row) {
                    copies.entry(id).or_default().push(Copy { file, row });
                }
            }
            self.origins.record(K::KEY, file, ids);
        }
        if copies.is_empty() {
            return Ok(());
        }
        let firsts = self.origins.firsts(K::KEY);
        for (id, mut copies) in copies {
            if let Some(row) = K::table_mut(&mut self.snapshot).remove(&id) {
                let id: ResourceId = id.into();
                let file = firsts.get(id.as_str()).copied().unwrap_or_default();
                copies.insert(0, Copy { file, row });
            }
            let mut settling = Settling {
                origins: self.origins,
                warnings: self.warnings,
                snapshot: &mut self.snapshot,
                is_partial: false,
            };
            let rows = K::settle(&mut settling, copies)?;
            let is_partial = settling.is_partial;
            let table = K::table_mut(&mut self.snapshot);
            for (id, row) in rows {
                table.insert(id, row);
            }
            if is_partial {
                table.set_partial();
            }
        }
        Ok(())
    }
}

fn summary(documents: &[Document], snapshot: &Snapshot, origins: &Origins) -> Summary {
    let modified = || documents.iter().filter_map(|document| document.source.modified);
    let mut summary = Summary {
        files: documents.len(),
        skipped: 0,
        accounts: origins.viewers(),
        regions: BTreeSet::new(),
        oldest: modified().min(),
        newest: modified().max(),
        other_keys: BTreeSet::new(),
    };
    for document in documents {
        summary
            .other_keys
            .extend(document.body.other_keys.iter().cloned());
        if !document.body.known_keys.is_empty() {
            summary.regions.extend(document.folder.region.clone());
        }
    }
    // A participant sees a shared VPC of an account that was not read. Owners count only where nothing better tells.
    let is_viewer_known = origins.are_viewers_known();
    for (vpc, _) in snapshot.vpcs.iter() {
        if let Some(place) = snapshot.places.get(vpc) {
            summary.regions.extend(place.region.clone());
            summary
                .accounts
                .extend(place.account.clone().filter(|_| !is_viewer_known));
        }
    }
    summary
}

#[cfg(test)]
mod tests {
    use super::super::fixture::load;

    const SHARED: &str = r#"{"Vpcs": [{"VpcId": "vpc-a", "OwnerId": "444455556666"}]}"#;

    fn accounts(files: &[(&str, &str)]) -> Vec<String> {
        let summary = load(files).unwrap().summary;
        summary.accounts.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn the_accounts_that_were_read() {
        assert_eq!(accounts(&[("vpcs.json", SHARED)]), ["444455556666"]);
        assert_eq!(accounts(&[("111122223333/vpcs.json", SHARED)]), ["111122223333"]);
        // Of the second file nobody knows by whose eyes it was read.
        let files = [
            ("111122223333/a.json", r#"{"Subnets": []}"#),
            ("vpcs.json", SHARED),
        ];
        assert_eq!(accounts(&files), ["111122223333", "444455556666"]);
        // What is no part of a snapshot does not count.
        let files = [
            ("111122223333/vpcs.json", SHARED),
            ("777788889999/manifest.json", "{}"),
            ("x.json", "{}"),
        ];
        assert_eq!(accounts(&files), ["111122223333"]);
    }

    #[test]
    fn what_else_is_in_the_files_is_remembered() {
        let loaded = load(&[(
            "a.json",
            r#"{"Vpcs": [], "Addresses": [{"x": [1, {}]}], "NextToken": null}"#,
        )])
        .unwrap();
        assert_eq!(loaded.summary.other_keys, ["Addresses".to_owned()].into());
        assert_eq!(loaded.summary.files, 1);
    }
}
