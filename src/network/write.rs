//! A snapshot as the files that it could be loaded from: what `hopwatch snapshot` saves.
//!
//! One file a kind, in the form of AWS's own replies. A kind that was not read has no file; one that was read in part
//! is marked as AWS marks a page, by a `NextToken`.
//!
//! Invariant: loading what was written gives an equal snapshot, if that was loaded or could have been: every resource
//! under its own id, no block with host bits.

use std::collections::BTreeMap;

use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use super::id::VpcId;
use super::interface::{Instance, Reservation};
use super::load::find_places;
use super::resource_kind::{KindVisitor, ResourceKind, kind, visit_kinds};
use super::snapshot::{Place, Snapshot, Table};
use super::wire::{ManagedPrefixList, PrefixListEntries, PrefixListEntry, ServicePrefixList, VpcPlace};

/// Writes a snapshot: the texts, by the names of their files. The error is the serializer's; none is known to occur.
pub fn write(snapshot: &Snapshot) -> Result<BTreeMap<String, String>, serde_json::Error> {
    let mut files = Files {
        snapshot,
        texts: BTreeMap::new(),
    };
    visit_kinds(&mut files)?;
    files.attachments()?;
    files.instances()?;
    files.prefix_lists()?;
    files.places()?;
    files.unread()?;
    Ok(files.texts)
}

struct Files<'a> {
    snapshot: &'a Snapshot,
    texts: BTreeMap<String, String>,
}

impl KindVisitor for Files<'_> {
    type Error = serde_json::Error;

    fn visit<K: ResourceKind>(&mut self) -> Result<(), serde_json::Error> {
        if matches!(
            K::KEY,
            kind::Instances::KEY | kind::TransitGatewayAttachments::KEY
        ) {
            return Ok(());
        }
        let table = K::table(self.snapshot);
        let rows: Vec<&K::Row> = table.values().collect();
        self.table(K::KEY, table, &rows)
    }
}

impl Files<'_> {
    /// Writes the rows of a table, unless its kind was not read.
    fn table<I: Ord, T>(
        &mut self,
        key: &'static str,
        table: &Table<I, T>,
        rows: &[impl Serialize],
    ) -> Result<(), serde_json::Error> {
        if table.is_read() {
            self.file(key, rows, table.is_partial())?;
        }
        Ok(())
    }

    fn file(
        &mut self,
        key: &'static str,
        rows: &[impl Serialize],
        is_page: bool,
    ) -> Result<(), serde_json::Error> {
        let mut text = serde_json::to_string_pretty(&Reply { key, rows, is_page })?;
        text.push('\n');
        self.texts.insert(format!("{key}.json"), text);
        Ok(())
    }

    /// Both sides' copies of peerings stand in one list.
    fn attachments(&mut self) -> Result<(), serde_json::Error> {
        let table = &self.snapshot.transit_gateway_attachments;
        let far = self.snapshot.far_peering_attachments.values();
        let rows: Vec<_> = table.values().chain(far).collect();
        self.table(kind::TransitGatewayAttachments::KEY, table, &rows)
    }

    fn instances(&mut self) -> Result<(), serde_json::Error> {
        let table = &self.snapshot.instances;
        let reservation = |instance: &Instance| Reservation {
            owner_id: None,
            instances: vec![instance.clone()],
        };
        let rows: Vec<Reservation> = table.values().map(reservation).collect();
        self.table("Reservations", table, &rows)
    }

    /// AWS's own lists, which come with their entries, as one call prints them; all others as two others do.
    fn prefix_lists(&mut self) -> Result<(), serde_json::Error> {
        let table = &self.snapshot.prefix_lists;
        let mut own = Vec::new();
        let mut managed = Vec::new();
        let mut entries = Vec::new();
        for list in table.values() {
            let prefix_list_id = list.prefix_list_id.clone();
            let prefix_list_name = list.name.clone();
            match (&list.owner_id, &list.entries) {
                (None, Some(cidrs)) => own.push(ServicePrefixList {
                    prefix_list_id,
                    prefix_list_name,
                    cidrs: Some(cidrs.clone()),
                }),
                (owner_id, cidrs) => {
                    entries.extend(cidrs.as_ref().map(|cidrs| PrefixListEntries {
                        prefix_list_id: prefix_list_id.clone(),
                        entries: Some(cidrs.iter().map(|cidr| PrefixListEntry { cidr: *cidr }).collect()),
                        next_token: None,
                    }));
                    managed.push(ManagedPrefixList {
                        prefix_list_id,
                        prefix_list_name,
                        owner_id: owner_id.clone(),
                    });
                }
            }
        }
        // Without the list of everybody's, the kind is not wholly known.
        if (table.is_read() && !table.is_partial()) || !managed.is_empty() {
            self.file("ManagedPrefixLists", &managed, table.is_partial())?;
        }
        if !own.is_empty() || (table.is_partial() && managed.is_empty()) {
            self.file("PrefixLists", &own, false)?;
        }
        if !entries.is_empty() {
            self.file("PrefixListEntries", &entries, false)?;
        }
        Ok(())
    }

    /// The calls that failed.
    fn unread(&mut self) -> Result<(), serde_json::Error> {
        let rows: Vec<_> = self.snapshot.unread.iter().collect();
        if !rows.is_empty() {
            self.file("Unread", &rows, false)?;
        }
        Ok(())
    }

    /// The places that could not be found again.
    fn places(&mut self) -> Result<(), serde_json::Error> {
        let found = find_places(self.snapshot);
        let true_places = &self.snapshot.places;
        let mut vpcs: Vec<&VpcId> = found.keys().chain(true_places.keys()).collect();
        vpcs.sort();
        vpcs.dedup();
        let rows: Vec<VpcPlace> = vpcs
            .into_iter()
            .filter(|vpc| found.get(*vpc) != true_places.get(*vpc))
            .map(|vpc| {
                let place = true_places.get(vpc).cloned().unwrap_or_default();
                let Place { account, region } = place;
                VpcPlace {
                    vpc_id: vpc.clone(),
                    owner_id: account,
                    region,
                }
            })
            .collect();
        if !rows.is_empty() {
            self.file("VpcPlaces", &rows, false)?;
        }
        Ok(())
    }
}

/// `{"Vpcs": […]}`
struct Reply<'a, R> {
    key: &'static str,
    rows: &'a [R],
    is_page: bool,
}

impl<R: Serialize> Serialize for Reply<'_, R> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry(self.key, self.rows)?;
        if self.is_page {
            map.serialize_entry("NextToken", "not read wholly")?;
        }
        map.end()
    }
}
