//! One resource read several times: which copy is the true one.
//!
//! The same content is no matter. Where two accounts show a resource differently, its owner's copy is true: others
//! see less of a shared subnet's route table or of a transit gateway
//! (<https://docs.aws.amazon.com/vpc/latest/userguide/vpc-sharing-service-behavior.html>). Two files of one account
//! that differ are of different moments, and an error: nobody can tell which one is meant.

use serde_json::Value;

use super::merge::MergeError;
use super::origin::Origins;
use super::warning::{Choice, Warning};
use crate::network::id::ResourceId;
use crate::network::resource_kind::ResourceKind;
use crate::network::snapshot::Snapshot;

/// One copy of a resource.
#[derive(Debug)]
pub(crate) struct Copy<R> {
    /// The file it is from.
    pub(crate) file: usize,
    pub(crate) row: R,
}

/// Where copies are settled.
#[derive(Debug)]
pub(crate) struct Settling<'a> {
    pub(crate) origins: &'a Origins,
    pub(crate) warnings: &'a mut Vec<Warning>,
    /// Takes what does not fit into the kind's own table.
    pub(crate) snapshot: &'a mut Snapshot,
    /// Set where a resource had to be left out.
    pub(crate) is_partial: bool,
}

/// The rows to keep, by id.
pub(crate) type Settled<K> = Result<Vec<(<K as ResourceKind>::Id, <K as ResourceKind>::Row)>, MergeError>;

/// Settles copies of which at least two differ, in the order of their files.
pub(crate) fn by_owner<K: ResourceKind>(
    settling: &mut Settling<'_>,
    copies: Vec<Copy<K::Row>>,
) -> Settled<K> {
    let copies = distinct(copies);
    let owner = copies.iter().find_map(|copy| K::owner(&copy.row)).cloned();
    let is_owners = |copy: &Copy<K::Row>| {
        let viewer = settling
            .origins
            .file(copy.file)
            .and_then(|file| file.viewer.as_ref());
        viewer.is_some() && viewer == owner.as_ref()
    };
    let owned = copies.iter().filter(|copy| is_owners(copy)).count();
    let choice = match owned {
        _ if copies
            .iter()
            .skip(1)
            .all(|copy| differences(copies.first(), Some(copy)).is_empty()) =>
        {
            Choice::TagsOnly
        }
        1 => Choice::Owner,
        _ => return unsettled::<K>(settling, &copies),
    };
    let kept = copies.iter().position(is_owners).unwrap_or(0);
    let other = copies.iter().enumerate().find(|(index, _)| *index != kept);
    let other = other.map_or(kept, |(_, copy)| copy.file);
    let Some(kept) = copies.into_iter().nth(kept) else {
        return Ok(Vec::new());
    };
    let id = K::id(&kept.row).clone();
    settling.note::<K>(choice, id.clone().into(), kept.file, other);
    Ok(vec![(id, kept.row)])
}

/// Neither copy can be taken. Seen by two accounts that do not own it: the resource is unknown. Else an error.
pub(crate) fn unsettled<K: ResourceKind>(settling: &mut Settling<'_>, copies: &[Copy<K::Row>]) -> Settled<K> {
    let (Some(first), Some(second)) = (
        copies.first(),
        copies
            .iter()
            .find(|copy| !differences(copies.first(), Some(*copy)).is_empty()),
    ) else {
        return Ok(Vec::new());
    };
    let id: ResourceId = K::id(&first.row).clone().into();
    let fields = differences(Some(first), Some(second));
    let viewer = |copy: &Copy<K::Row>| settling.origins.file(copy.file)?.viewer.clone();
    let owner = K::owner(&first.row).cloned();
    let (one, two) = (viewer(first), viewer(second));
    let are_guests = one.is_some() && two.is_some() && one != two && owner != one && owner != two;
    if !are_guests {
        return Err(MergeError {
            key: K::KEY,
            id: id.to_string(),
            fields,
            first: settling.origins.name(first.file),
            second: settling.origins.name(second.file),
        });
    }
    settling.is_partial = true;
    let known = settling.warnings.iter_mut().find_map(|warning| match warning {
        Warning::Unsettled { key, count, .. } if *key == K::KEY => Some(count),
        _ => None,
    });
    match known {
        Some(count) => *count += 1,
        None => settling.warnings.push(Warning::Unsettled {
            key: K::KEY,
            count: 1,
            id,
            fields,
            first: settling.origins.name(first.file),
            second: settling.origins.name(second.file),
        }),
    }
    Ok(Vec::new())
}

impl Settling<'_> {
    /// Says that a copy was chosen.
    pub(crate) fn note<K: ResourceKind>(
        &mut self,
        choice: Choice,
        id: ResourceId,
        kept: usize,
        other: usize,
    ) {
        note(self.warnings, self.origins, K::KEY, choice, id, kept, other);
    }
}

/// Says that a copy was chosen: once for each kind and reason.
pub(crate) fn note(
    warnings: &mut Vec<Warning>,
    origins: &Origins,
    kind: &'static str,
    reason: Choice,
    id: ResourceId,
    kept: usize,
    other: usize,
) {
    let known = warnings.iter_mut().find_map(|warning| match warning {
        Warning::Copies {
            key, choice, count, ..
        } if *key == kind && *choice == reason => Some(count),
        _ => None,
    });
    match known {
        Some(count) => *count += 1,
        None => warnings.push(Warning::Copies {
            key: kind,
            choice: reason,
            count: 1,
            id,
            kept: origins.name(kept),
            other: origins.name(other),
        }),
    }
}

/// The copies, each content once.
pub(crate) fn distinct<R: PartialEq>(copies: Vec<Copy<R>>) -> Vec<Copy<R>> {
    let mut distinct: Vec<Copy<R>> = Vec::with_capacity(copies.len());
    for copy in copies {
        if !distinct.iter().any(|other| other.row == copy.row) {
            distinct.push(copy);
        }
    }
    distinct
}

/// The fields in which two copies differ, but for tags.
pub(crate) fn differences<R: serde::Serialize>(one: Option<&Copy<R>>, two: Option<&Copy<R>>) -> Vec<String> {
    const TAGS: &[&str] = &["Tags", "TagSet", "TagList"];
    let object = |copy: Option<&Copy<R>>| match serde_json::to_value(&copy?.row) {
        Ok(Value::Object(fields)) => Some(fields),
        _ => None,
    };
    let (Some(one), Some(two)) = (object(one), object(two)) else {
        return Vec::new();
    };
    let mut fields: Vec<String> = one.keys().chain(two.keys()).cloned().collect();
    fields.sort();
    fields.dedup();
    fields.retain(|field| !TAGS.contains(&field.as_str()) && one.get(field) != two.get(field));
    fields
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{load, warnings};

    const TABLE: &str = r#"{"RouteTables": [{"RouteTableId": "rtb-a", "VpcId": "vpc-a", "OwnerId": "111122223333",
        "Routes": [{"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "igw-a"}], "Tags": [{"Key": "Name", "Value": "a"}]}]}"#;
    const GUESTS: &str =
        r#"{"RouteTables": [{"RouteTableId": "rtb-a", "VpcId": "vpc-a", "OwnerId": "111122223333"}]}"#;
    const OTHER_GUESTS: &str = r#"{"RouteTables": [{"RouteTableId": "rtb-a", "VpcId": "vpc-a", "OwnerId": "111122223333",
        "Associations": [{"Main": true}]}]}"#;
    const TAGGED: &str = r#"{"RouteTables": [{"RouteTableId": "rtb-a", "VpcId": "vpc-a", "OwnerId": "111122223333",
        "Tags": [{"Key": "Name", "Value": "guest"}]}]}"#;

    #[test]
    fn the_owners_copy_is_true_whichever_comes_first() {
        for (owner, guest) in [
            ("a/111122223333.json", "b/444455556666.json"),
            ("b/111122223333.json", "a/444455556666.json"),
        ] {
            let loaded = load(&[
                (owner, TABLE),
                (guest, GUESTS),
                ("c/777788889999.json", OTHER_GUESTS),
            ])
            .unwrap();
            assert_eq!(loaded.snapshot, load(&[(owner, TABLE)]).unwrap().snapshot);
            let shown = warnings(&loaded);
            assert!(
                shown.starts_with(&format!("note: `rtb-a` differs in `{owner}` and ")),
                "{shown}"
            );
        }
    }

    #[test]
    fn the_owner_is_told_by_what_only_owners_see() {
        let gateway = r#"{"InternetGateways": [{"InternetGatewayId": "igw-a", "OwnerId": "111122223333"}]}"#;
        let function = r#"{"Functions": [{"FunctionName": "f", "FunctionArn": "arn:aws:lambda:eu-west-1:444455556666:function:f"}]}"#;
        let loaded = load(&[
            ("guest/lambda.json", function),
            ("guest/rtb.json", GUESTS),
            ("owner/igw.json", gateway),
            ("owner/rtb.json", TABLE),
        ]);
        let loaded = loaded.unwrap();
        assert_eq!(loaded.snapshot.route_tables.get("rtb-a").unwrap().routes.len(), 1);
        insta::assert_snapshot!(warnings(&loaded), @"note: `rtb-a` differs in `owner/rtb.json` and `guest/rtb.json`: the first is its owner's and taken");
    }

    #[test]
    fn tags_alone_are_no_contradiction() {
        let loaded = load(&[("a.json", GUESTS), ("b.json", TAGGED)]).unwrap();
        assert!(loaded.snapshot.route_tables.get("rtb-a").unwrap().tags.is_empty());
        insta::assert_snapshot!(warnings(&loaded), @"note: `rtb-a` differs in `a.json` and `b.json`: the first is taken, as only tags differ");
    }

    #[test]
    fn two_guests_who_disagree_leave_it_unknown() {
        let loaded = load(&[
            ("444455556666/a.json", GUESTS),
            ("777788889999/b.json", OTHER_GUESTS),
        ])
        .unwrap();
        assert!(!loaded.snapshot.route_tables.is_known());
        assert!(loaded.snapshot.route_tables.is_empty());
        insta::assert_snapshot!(warnings(&loaded), @"warning: `rtb-a` differs in `444455556666/a.json` and `777788889999/b.json` (`Associations`), neither of them its owner's: it is unknown; add the owner's copy");
    }

    #[test]
    fn else_a_contradiction_is_an_error() {
        let message = "`rtb-a` stands in `a.json` and in `b.json` with another content (`Routes`); a snapshot is of one moment: keep one of them";
        assert_eq!(
            load(&[("a.json", TABLE), ("b.json", GUESTS)]).unwrap_err(),
            message
        );
        // Of one account, at two times.
        let error = load(&[("111122223333/a.json", TABLE), ("111122223333/b.json", GUESTS)]).unwrap_err();
        assert!(error.contains("`Routes`"), "{error}");
        // In one file.
        let twice = r#"{"Vpcs": [{"VpcId": "vpc-a", "CidrBlock": "10.0.0.0/16"}, {"VpcId": "vpc-a"}]}"#;
        let error = load(&[("a.json", twice)]).unwrap_err();
        assert!(error.contains("`CidrBlock`"), "{error}");
    }
}
