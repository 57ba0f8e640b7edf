//! Which file each resource came from, and by whose eyes it was read: for warnings, and to tell the owner's copy.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::document::Document;
use super::place::place_of_arn;
use super::warning::{Example, Folder};
use crate::network::id::{AccountId, ResourceId};

/// The files of a snapshot, and what came from each.
#[derive(Debug)]
pub(crate) struct Origins {
    files: Vec<Origin>,
    /// By kind, the ids of each file, in the files' order.
    ids: BTreeMap<&'static str, Vec<(usize, Vec<ResourceId>)>>,
}

#[derive(Debug)]
pub(crate) struct Origin {
    pub(crate) name: String,
    /// The account that the calls were made in: a resource that it does not own may show less of itself.
    pub(crate) viewer: Option<AccountId>,
    pub(crate) folder: Folder,
    /// Whether it holds anything that hopwatch knows.
    is_known: bool,
}

impl Origins {
    pub(crate) fn of(documents: &[Document]) -> Self {
        let viewers = viewers(documents);
        let files = documents
            .iter()
            .zip(viewers)
            .map(|(document, viewer)| Origin {
                name: document.source.name.clone(),
                viewer,
                folder: document.folder.clone(),
                is_known: !document.body.known_keys.is_empty(),
            })
            .collect();
        Self {
            files,
            ids: BTreeMap::new(),
        }
    }

    pub(crate) fn record(&mut self, key: &'static str, file: usize, ids: Vec<ResourceId>) {
        self.ids.entry(key).or_default().push((file, ids));
    }

    /// A file, by its number.
    pub(crate) fn file(&self, file: usize) -> Option<&Origin> {
        self.files.get(file)
    }

    pub(crate) fn name(&self, file: usize) -> String {
        self.files
            .get(file)
            .map(|file| file.name.clone())
            .unwrap_or_default()
    }

    /// The first file that holds a resource. Slow: for the few that are shown.
    pub(crate) fn first(&self, key: &str, id: &str) -> Option<usize> {
        let files = self.ids.get(key)?;
        let (file, _) = files
            .iter()
            .find(|(_, ids)| ids.iter().any(|other| other.as_str() == id))?;
        Some(*file)
    }

    /// The first file of each resource of a kind.
    pub(crate) fn firsts(&self, key: &str) -> HashMap<&str, usize> {
        let mut firsts = HashMap::new();
        for (file, ids) in self.ids.get(key).into_iter().flatten() {
            for id in ids {
                firsts.entry(id.as_str()).or_insert(*file);
            }
        }
        firsts
    }

    /// A resource, with its file.
    pub(crate) fn example(&self, key: &str, id: &ResourceId) -> Example {
        Example {
            id: id.clone(),
            file: self
                .first(key, id.as_str())
                .map(|file| self.name(file))
                .unwrap_or_default(),
        }
    }

    /// Every resource of a kind with the folder it came from.
    pub(crate) fn folders(&self, key: &str) -> impl Iterator<Item = (&ResourceId, &Folder)> {
        let files = self.ids.get(key).into_iter().flatten();
        files.flat_map(|(file, ids)| {
            let folder = self.files.get(*file).map(|file| &file.folder);
            ids.iter().filter_map(move |id| Some((id, folder?)))
        })
    }

    /// The accounts that were read.
    pub(crate) fn viewers(&self) -> BTreeSet<AccountId> {
        self.resources().filter_map(|file| file.viewer.clone()).collect()
    }

    /// Whether each file tells in which account it was read.
    pub(crate) fn are_viewers_known(&self) -> bool {
        self.resources().all(|file| file.viewer.is_some())
    }

    /// The files that hold anything known.
    fn resources(&self) -> impl Iterator<Item = &Origin> {
        self.files.iter().filter(|file| file.is_known)
    }
}

/// Whose eyes each document was read by: as its name tells; else what in it, then what in its folder, only its
/// owner can see.
fn viewers(documents: &[Document]) -> Vec<Option<AccountId>> {
    let own: Vec<BTreeSet<AccountId>> = documents.iter().map(owners_inside).collect();
    let mut by_folder: BTreeMap<&str, BTreeSet<AccountId>> = BTreeMap::new();
    for (document, own) in documents.iter().zip(&own) {
        let folder = by_folder.entry(parent(&document.source.name)).or_default();
        folder.extend(own.iter().cloned());
    }
    let only = |accounts: &BTreeSet<AccountId>| match accounts.len() {
        1 => accounts.first().cloned(),
        _ => None,
    };
    documents
        .iter()
        .zip(&own)
        .map(|(document, own)| {
            document
                .folder
                .account
                .clone()
                .or_else(|| only(own))
                .or_else(|| only(by_folder.get(parent(&document.source.name))?))
        })
        .collect()
}

fn parent(name: &str) -> &str {
    name.rsplit_once(['/', '\\']).map_or("", |(parent, _)| parent)
}

/// The owners of what is shown to its owner only: internet gateways, functions, databases.
fn owners_inside(document: &Document) -> BTreeSet<AccountId> {
    let rows = &document.body.rows;
    let gateways = rows.internet_gateways.iter().flatten();
    let functions = rows.functions.iter().flatten();
    let databases = rows.db_instances.iter().flatten();
    gateways
        .filter_map(|gateway| gateway.owner_id.clone())
        .chain(functions.filter_map(|function| place_of_arn(function.function_arn.as_str()).1))
        .chain(databases.filter_map(|database| place_of_arn(database.db_instance_arn.as_deref()?).1))
        .collect()
}
