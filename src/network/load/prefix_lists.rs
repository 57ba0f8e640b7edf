//! Prefix lists, put together from three calls: AWS's own with their entries (`describe-prefix-lists`), everybody's
//! without (`describe-managed-prefix-lists`), and entries (`get-managed-prefix-list-entries`).

use std::collections::{BTreeMap, BTreeSet};

use ipnet::IpNet;

use super::document::Document;
use super::duplicate::note;
use super::merge::MergeError;
use super::origin::Origins;
use super::warning::{Choice, Warning};
use crate::network::id::{AccountId, PrefixListId};
use crate::network::security_group::PrefixList;
use crate::network::snapshot::Snapshot;

/// The key under which the table is spoken of.
pub(crate) const KEY: &str = "PrefixLists";

/// What the files say of one list.
#[derive(Debug, Default)]
struct Told {
    name: Option<String>,
    owner: Option<AccountId>,
    /// The entries, with the file that tells them; `None` where the reply was cut off.
    entries: Vec<(usize, Option<Vec<IpNet>>)>,
}

/// Fills the table of prefix lists.
pub(crate) fn merge_prefix_lists(
    documents: &mut [Document],
    snapshot: &mut Snapshot,
    origins: &mut Origins,
    warnings: &mut Vec<Warning>,
) -> Result<(), MergeError> {
    let mut lists: BTreeMap<PrefixListId, Told> = BTreeMap::new();
    let mut is_read = false;
    // Only one call lists everybody's, and a page of it does not.
    let mut is_listed = false;
    let mut is_page = false;
    for (file, document) in documents.iter_mut().enumerate() {
        let body = &mut document.body;
        let (own, managed, entries) = (
            body.prefix_lists.take(),
            body.managed_prefix_lists.take(),
            body.prefix_list_entries.take(),
        );
        is_read |= own.is_some() || managed.is_some() || entries.is_some();
        is_listed |= managed.is_some();
        is_page |= managed.is_some() && body.is_page;
        let mut ids = Vec::new();
        for list in own.into_iter().flatten() {
            ids.push(list.prefix_list_id.clone().into());
            let told = lists.entry(list.prefix_list_id).or_default();
            told.name = told.name.take().or(list.prefix_list_name);
            told.entries.extend(list.cidrs.map(|cidrs| (file, Some(cidrs))));
        }
        for list in managed.into_iter().flatten() {
            ids.push(list.prefix_list_id.clone().into());
            let told = lists.entry(list.prefix_list_id).or_default();
            told.name = told.name.take().or(list.prefix_list_name);
            told.owner = told.owner.take().or(list.owner_id);
        }
        for list in entries.into_iter().flatten() {
            ids.push(list.prefix_list_id.clone().into());
            let told = lists.entry(list.prefix_list_id).or_default();
            let is_whole = list.next_token.is_none_or(|token| token.is_empty());
            if let Some(entries) = list.entries {
                let entries = entries.into_iter().map(|entry| entry.cidr).collect();
                told.entries.push((file, is_whole.then_some(entries)));
            }
        }
        origins.record(KEY, file, ids);
    }
    if is_listed && !is_page {
        snapshot.prefix_lists.set_known();
    } else if is_read {
        snapshot.prefix_lists.set_partial();
    }
    for (id, told) in lists {
        let entries = entries(&id, &told, origins, warnings)?;
        let list = PrefixList {
            prefix_list_id: id.clone(),
            name: told.name,
            entries,
            owner_id: told.owner,
        };
        snapshot.prefix_lists.insert(id, list);
    }
    Ok(())
}

/// The entries of one list, of which several files may tell. Their order means nothing.
fn entries(
    id: &PrefixListId,
    told: &Told,
    origins: &Origins,
    warnings: &mut Vec<Warning>,
) -> Result<Option<Vec<IpNet>>, MergeError> {
    let whole: Vec<(usize, &Vec<IpNet>)> = told
        .entries
        .iter()
        .filter_map(|(file, entries)| Some((*file, entries.as_ref()?)))
        .collect();
    let Some((first, entries)) = whole.first() else {
        if !told.entries.is_empty() {
            cut(id, origins, warnings);
        }
        return Ok(None);
    };
    let set = |entries: &[IpNet]| entries.iter().map(IpNet::trunc).collect::<BTreeSet<_>>();
    let Some((second, _)) = whole.iter().find(|(_, other)| set(other) != set(entries)) else {
        return Ok(Some((*entries).clone()));
    };
    let viewer = |file: usize| origins.file(file).and_then(|file| file.viewer.as_ref());
    let owners: Vec<_> = whole
        .iter()
        .filter(|(file, _)| told.owner.is_some() && viewer(*file) == told.owner.as_ref())
        .collect();
    if let Some((file, own)) = owners.first()
        && owners.iter().all(|(_, other)| set(other) == set(own))
    {
        let other = if file == first { second } else { first };
        note(warnings, origins, KEY, Choice::Owner, id.into(), *file, *other);
        return Ok(Some((*own).clone()));
    }
    // AWS changes its own lists at any time.
    let is_aws = told.owner.as_ref().is_some_and(|owner| owner.as_str() == "AWS")
        || told
            .name
            .as_ref()
            .is_some_and(|name| name.starts_with("com.amazonaws."));
    if is_aws {
        note(
            warnings,
            origins,
            KEY,
            Choice::EntriesUnknown,
            id.into(),
            *first,
            *second,
        );
        return Ok(None);
    }
    Err(MergeError {
        key: KEY,
        id: id.to_string(),
        fields: vec![String::from("Entries")],
        first: origins.name(*first),
        second: origins.name(*second),
    })
}

fn cut(id: &PrefixListId, origins: &Origins, warnings: &mut Vec<Warning>) {
    let known = warnings.iter_mut().find_map(|warning| match warning {
        Warning::Cut { key, count, .. } if *key == KEY => Some(count),
        _ => None,
    });
    match known {
        Some(count) => *count += 1,
        None => warnings.push(Warning::Cut {
            key: KEY,
            count: 1,
            example: origins.example(KEY, &id.into()),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{load, warnings};

    const OURS: &str = r#"{"ManagedPrefixLists": [{"PrefixListId": "pl-a", "PrefixListName": "ours", "OwnerId": "111122223333"}]}"#;

    fn entries(cidrs: &str) -> String {
        format!(r#"{{"PrefixListEntries": [{{"PrefixListId": "pl-a", "Entries": [{cidrs}]}}]}}"#)
    }

    #[test]
    fn a_list_is_put_together_from_its_calls() {
        let loaded = load(&[
            ("a.json", OURS),
            (
                "b.json",
                &entries(r#"{"Cidr": "10.0.0.0/8", "Description": "x"}"#),
            ),
        ]);
        let loaded = loaded.unwrap();
        let list = loaded.snapshot.prefix_lists.get("pl-a").unwrap();
        assert_eq!(list.name.as_deref(), Some("ours"));
        assert_eq!(list.entries, Some(vec!["10.0.0.0/8".parse().unwrap()]));
        assert!(loaded.snapshot.prefix_lists.is_known() && loaded.warnings.is_empty());
    }

    #[test]
    fn only_the_list_of_everybodys_lists_makes_the_kind_known() {
        let aws = r#"{"PrefixLists": [{"PrefixListId": "pl-s3", "PrefixListName": "com.amazonaws.eu-west-1.s3", "Cidrs": ["192.0.2.0/24"]}]}"#;
        for text in [aws, &entries(""), r#"{"PrefixLists": []}"#] {
            let lists = load(&[("a.json", text)]).unwrap().snapshot.prefix_lists;
            assert!(!lists.is_known() && lists.is_partial(), "{text}");
        }
        let page = OURS
            .replace('{', r#"{"NextToken": "x", "#)
            .replacen(r#"[{"NextToken": "x", "#, "[{", 1);
        assert!(
            load(&[("a.json", &page)])
                .unwrap()
                .snapshot
                .prefix_lists
                .is_partial()
        );
        let lists = load(&[("a.json", aws), ("b.json", r#"{"ManagedPrefixLists": []}"#)])
            .unwrap()
            .snapshot
            .prefix_lists;
        assert!(lists.is_known() && lists.len() == 1);
        assert!(
            !load(&[("a.json", "{}")])
                .unwrap()
                .snapshot
                .prefix_lists
                .is_partial()
        );
    }

    #[test]
    fn entries_that_were_not_read_or_cut_off_are_unknown() {
        let of = |text: &str| {
            let loaded = load(&[("a.json", OURS), ("b.json", text)]).unwrap();
            (
                loaded.snapshot.prefix_lists.get("pl-a").unwrap().entries.clone(),
                warnings(&loaded),
            )
        };
        assert_eq!(of("{}"), (None, String::new()));
        assert_eq!(
            of(r#"{"PrefixListEntries": [{"PrefixListId": "pl-a"}]}"#),
            (None, String::new())
        );
        assert_eq!(of(&entries("")), (Some(Vec::new()), String::new()));
        let cut = r#"{"PrefixListEntries": [{"PrefixListId": "pl-a", "Entries": [{"Cidr": "10.0.0.0/8"}], "NextToken": "x"}]}"#;
        assert_eq!(
            of(cut),
            (
                None,
                String::from("warning: the reply for `pl-a` in `a.json` is cut off: it is unknown\n")
            )
        );
    }

    #[test]
    fn entries_in_another_order_are_the_same_and_others_are_not() {
        let one = entries(r#"{"Cidr": "10.0.0.0/8"}, {"Cidr": "192.0.2.0/24"}"#);
        let turned = entries(r#"{"Cidr": "192.0.2.0/24"}, {"Cidr": "10.0.0.0/8"}"#);
        let less = entries(r#"{"Cidr": "10.0.0.0/8"}"#);
        let loaded = load(&[("a.json", &one), ("b.json", &turned)]).unwrap();
        assert_eq!(warnings(&loaded), "");
        let error = load(&[("a.json", &one), ("b.json", &less)]).unwrap_err();
        assert!(
            error.starts_with("`pl-a` stands in `a.json` and in `b.json`"),
            "{error}"
        );
        // Shared by its owner: the owner's are true.
        let loaded = load(&[
            ("111122223333/lists.json", OURS),
            ("111122223333/own.json", &one),
            ("000000000000/shared.json", &less),
        ]);
        let loaded = loaded.unwrap();
        assert_eq!(
            loaded
                .snapshot
                .prefix_lists
                .get("pl-a")
                .unwrap()
                .entries
                .as_ref()
                .unwrap()
                .len(),
            2
        );
        assert!(
            warnings(&loaded)
                .contains("note: `pl-a` differs in `111122223333/own.json` and `000000000000/shared.json`")
        );
    }

    #[test]
    fn a_list_of_awss_that_changed_in_between_is_unknown() {
        let list = |cidr: &str| {
            format!(
                r#"{{"PrefixLists": [{{"PrefixListId": "pl-s3", "PrefixListName": "com.amazonaws.eu-west-1.s3", "Cidrs": ["{cidr}"]}}]}}"#
            )
        };
        let loaded = load(&[
            ("a.json", &list("192.0.2.0/24")),
            ("b.json", &list("198.51.100.0/24")),
        ])
        .unwrap();
        assert_eq!(loaded.snapshot.prefix_lists.get("pl-s3").unwrap().entries, None);
        insta::assert_snapshot!(warnings(&loaded), @"warning: `pl-s3` differs in `a.json` and `b.json`: its entries are unknown, as the two differ; save both at the same time");
    }
}
