//! What of a network the files do not show, as far as they themselves tell.

use std::collections::{BTreeMap, BTreeSet};

use super::document::{Document, known_keys};
use super::warning::{Folder, Warning};

/// Warns of pages: their kinds are not wholly known.
pub(crate) fn mark_pages(documents: &[Document], warnings: &mut Vec<Warning>) {
    let is_page = |document: &&Document| document.body.is_page && !document.body.known_keys.is_empty();
    let pages: Vec<&Document> = documents.iter().filter(is_page).collect();
    if let Some(first) = pages.first() {
        let keys = pages.iter().flat_map(|document| &document.body.known_keys);
        warnings.push(Warning::OnePage {
            count: pages.len(),
            file: first.source.name.clone(),
            keys: keys.map(|key| printed(key)).collect(),
        });
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
    let mut files: BTreeMap<&str, (usize, &str)> = BTreeMap::new();
    for document in documents {
        for key in &document.body.other_keys {
            let (count, _) = files.entry(key).or_insert((0, &document.source.name));
            *count += 1;
        }
    }
    for (key, (count, file)) in files {
        let (file, key) = (file.to_owned(), key.to_owned());
        if let Some(known) = known_keys().find(|known| known.eq_ignore_ascii_case(&key)) {
            warnings.push(Warning::Misspelt {
                count,
                file,
                key,
                known,
            });
        } else if let Some((_, form)) = UNWRAPPED.iter().find(|(unwrapped, _)| *unwrapped == key) {
            warnings.push(Warning::Unwrapped {
                count,
                file,
                key,
                form,
            });
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
    (
        "TargetHealthDescriptions",
        r#"{"LoadBalancerTargetHealth": [{"TargetGroupArn": "arn:…", "TargetHealthDescriptions": […]}]}"#,
    ),
    (
        "Attributes",
        r#"{"LoadBalancerAttributes": [{"LoadBalancerArn": "arn:…", "Attributes": […]}]} or {"TargetGroupAttributes": [{"TargetGroupArn": "arn:…", "Attributes": […]}]}"#,
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
        // What was asked for in vain is told of in its own words.
        let unread = document.body.unread.iter().flatten();
        let in_vain = known_keys().filter(|key| unread.clone().any(|unread| unread.is_of(key)));
        let keys: Vec<&'static str> = keys.into_iter().chain(in_vain.filter_map(table_of)).collect();
        if !keys.is_empty() {
            by_folder.entry(&document.folder).or_default().extend(keys);
        }
    }
    if by_folder.contains_key(&Folder::default()) {
        return BTreeSet::new();
    }
    let all: BTreeSet<&'static str> = by_folder.values().flatten().copied().collect();
    // Kinds that the same folders lack, together.
    let mut together: BTreeMap<Vec<&Folder>, BTreeSet<&'static str>> = BTreeMap::new();
    for key in &all {
        let without = by_folder.iter().filter(|(_, held)| !held.contains(key));
        let without: Vec<&Folder> = without.map(|(folder, _)| *folder).collect();
        if !without.is_empty() {
            together.entry(without).or_default().insert(key);
        }
    }
    let mut missing = BTreeSet::new();
    for (folders, keys) in together {
        if let Some(folder) = folders.first() {
            warnings.push(Warning::NotEverywhere {
                keys: keys.iter().map(|key| printed(key)).collect(),
                count: folders.len(),
                folder: (*folder).clone(),
            });
        }
        missing.extend(keys);
    }
    missing
}

/// The key that stands for a table which several keys fill.
fn table_of(key: &'static str) -> Option<&'static str> {
    match key {
        "ManagedPrefixLists" | "PrefixListEntries" => Some("PrefixLists"),
        "SecurityGroupRules" => Some("SecurityGroups"),
        "Reservations" => Some("Instances"),
        "VpcPlaces" | "Unread" => None,
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

#[cfg(test)]
mod tests {
    use super::super::fixture::{load, warnings};

    const VPC: &str = r#"{"Vpcs": [{"VpcId": "vpc-a"}]}"#;

    #[test]
    fn a_page_is_not_the_whole() {
        for token in [
            r#""NextToken": "eyJ""#,
            r#""nextToken": "eyJ""#,
            r#""NextMarker": "eyJ""#,
            r#""Marker": "eyJ""#,
        ] {
            let page = format!(r#"{{"Vpcs": [{{"VpcId": "vpc-b"}}], {token}, "Reservations": []}}"#);
            let loaded = load(&[("a.json", VPC), ("page.json", &page)]).unwrap();
            let vpcs = &loaded.snapshot.vpcs;
            assert!(
                !vpcs.is_known() && vpcs.is_partial() && vpcs.len() == 2,
                "{token}"
            );
            assert!(!loaded.snapshot.instances.is_known());
            let shown = warnings(&loaded);
            assert_eq!(
                shown,
                "warning: `page.json` is one page of several: what the snapshot lacks of `Reservations`, `Vpcs` is \
                 unknown; run the call again without `--no-paginate` and `--max-items`, or take the token away if \
                 all pages are here\n"
            );
        }
        for token in [r#""NextToken": null"#, r#""NextToken": """#] {
            let last = format!(r#"{{"Vpcs": [{{"VpcId": "vpc-b"}}], {token}}}"#);
            let loaded = load(&[("last.json", &last)]).unwrap();
            assert!(
                loaded.snapshot.vpcs.is_known() && loaded.warnings.is_empty(),
                "{token}"
            );
        }
    }

    #[test]
    fn nothing_known_is_said() {
        for text in [
            "{}",
            r#"{"Buckets": []}"#,
            r#"{"Vpcs": null}"#,
            r#"{"NextToken": "x"}"#,
        ] {
            let loaded = load(&[("a.json", text)]).unwrap();
            assert!(
                warnings(&loaded).starts_with("warning: none of the 1 files read holds a key"),
                "{text}"
            );
        }
        let loaded = load(&[("a.json", "{}"), ("b.json", r#"{"Vpcs": []}"#)]).unwrap();
        assert_eq!(warnings(&loaded), "");
        assert!(loaded.snapshot.vpcs.is_known() && !loaded.snapshot.subnets.is_known());
    }

    #[test]
    fn keys_that_look_as_if_they_were_meant() {
        let text = r#"{"Vpcs": [], "networkInterfaces": [], "Routes": [], "Entries": [], "Buckets": [],
            "TransitGatewayRouteTablePropagations": []}"#;
        let loaded = load(&[("a.json", text)]).unwrap();
        insta::assert_snapshot!(warnings(&loaded));
    }

    #[test]
    fn what_one_region_lacks_is_unknown_everywhere() {
        let acls = r#"{"NetworkAcls": []}"#;
        let loaded = load(&[
            ("net/eu-west-1/vpcs.json", VPC),
            ("net/eu-west-1/acls.json", acls),
            (
                "net/us-east-1/vpcs.json",
                r#"{"Vpcs": [{"VpcId": "vpc-b"}], "Subnets": []}"#,
            ),
        ]);
        let loaded = loaded.unwrap();
        assert!(loaded.snapshot.vpcs.is_known());
        assert!(!loaded.snapshot.network_acls.is_known() && !loaded.snapshot.subnets.is_known());
        insta::assert_snapshot!(warnings(&loaded));
        // A file outside may be of any Region.
        let loaded = load(&[("eu-west-1/vpcs.json", VPC), ("acls.json", acls)]).unwrap();
        assert!(loaded.snapshot.network_acls.is_known() && loaded.warnings.is_empty());
        // What is no part of a snapshot does not count.
        let loaded = load(&[
            ("eu-west-1/vpcs.json", VPC),
            ("us-east-1/buckets.json", r#"{"Buckets": []}"#),
        ])
        .unwrap();
        assert!(loaded.snapshot.vpcs.is_known() && loaded.warnings.is_empty());
    }
}
