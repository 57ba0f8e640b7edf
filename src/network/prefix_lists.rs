//! Prefix lists, put together from three calls: AWS's own with their entries (`describe-prefix-lists`), everybody's
//! without (`describe-managed-prefix-lists`), and entries (`get-managed-prefix-list-entries`).

use super::document::Document;
use super::id::PrefixListId;
use super::security_group::PrefixList;
use super::snapshot::{Snapshot, Table};

/// Fills the table of prefix lists.
pub(crate) fn merge_prefix_lists(documents: &mut [Document], snapshot: &mut Snapshot) {
    let table = &mut snapshot.prefix_lists;
    let mut is_whole = false;
    let mut is_read = false;
    for document in documents {
        let body = &mut document.body;
        for list in body.prefix_lists.iter_mut().flat_map(std::mem::take) {
            let known = row(table, &list.prefix_list_id);
            known.name = known.name.take().or(list.prefix_list_name);
            known.entries = known.entries.take().or(list.cidrs);
        }
        for list in body.managed_prefix_lists.iter_mut().flat_map(std::mem::take) {
            let known = row(table, &list.prefix_list_id);
            known.name = known.name.take().or(list.prefix_list_name);
            known.owner_id = known.owner_id.take().or(list.owner_id);
        }
        for list in body.prefix_list_entries.iter_mut().flat_map(std::mem::take) {
            let known = row(table, &list.prefix_list_id);
            if list.next_token.is_none_or(|token| token.is_empty()) {
                known.entries = Some(list.entries.into_iter().map(|entry| entry.cidr).collect());
            }
        }
        // Only this call lists everybody's.
        is_whole |= body.managed_prefix_lists.is_some() && !body.is_page;
        is_read |= body.managed_prefix_lists.is_some()
            || body.prefix_lists.is_some()
            || body.prefix_list_entries.is_some();
    }
    if is_whole {
        table.set_known();
    } else if is_read {
        table.set_partial();
    }
}

fn row<'a>(table: &'a mut Table<PrefixListId, PrefixList>, id: &PrefixListId) -> &'a mut PrefixList {
    table.get_or_insert_with(id, || PrefixList {
        prefix_list_id: id.clone(),
        name: None,
        entries: None,
        owner_id: None,
    })
}
