//! Files with something changed in them: the change is an error, a warning or in the snapshot, and never lost.

use std::panic::{AssertUnwindSafe, catch_unwind};

use proptest::prelude::*;
use serde_json::{Value, json};

use super::fixture::load_bytes;
use super::{Loaded, Warning, known_keys};
use crate::network::{Snapshot, write};

/// Every key with every field that is kept, with a value other than what its absence means.
const EVERY_FIELD: &str = include_str!("every_field.json");

fn load(files: &[(String, Vec<u8>)]) -> Result<Loaded, String> {
    load_bytes(
        files
            .iter()
            .map(|(name, bytes)| (name.as_str(), bytes.as_slice())),
    )
}

fn load_one(document: &Value) -> Result<Loaded, String> {
    load(&[(String::from("all.json"), document.to_string().into_bytes())])
}

fn load_written(snapshot: &Snapshot) -> Loaded {
    let files = write(snapshot).unwrap();
    let files: Vec<_> = files
        .into_iter()
        .map(|(name, text)| (name, text.into_bytes()))
        .collect();
    load(&files).unwrap()
}

/// The warnings but for those of failed calls, which are always told of.
fn beside_unread(warnings: &[Warning]) -> usize {
    let others = warnings
        .iter()
        .filter(|warning| !matches!(warning, Warning::Unread(_)));
    others.count()
}

fn every_field() -> Value {
    serde_json::from_str(EVERY_FIELD).unwrap()
}

/// The JSON pointer of every value, the outermost excepted.
fn pointers(value: &Value, here: &str, all: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            for (key, value) in fields {
                let pointer = format!("{here}/{key}");
                all.push(pointer.clone());
                pointers(value, &pointer, all);
            }
        }
        Value::Array(items) => {
            for (index, value) in items.iter().enumerate() {
                let pointer = format!("{here}/{index}");
                all.push(pointer.clone());
                pointers(value, &pointer, all);
            }
        }
        _ => {}
    }
}

fn all_pointers() -> Vec<String> {
    let mut all = Vec::new();
    pointers(&every_field(), "", &mut all);
    all
}

fn remove(document: &mut Value, pointer: &str) {
    let (parent, last) = pointer.rsplit_once('/').unwrap();
    match document.pointer_mut(parent) {
        Some(Value::Object(fields)) => {
            fields.remove(last);
        }
        Some(Value::Array(items)) => {
            items.remove(last.parse().unwrap());
        }
        _ => {}
    }
}

/// A value of the same type that says something else.
fn other(value: &Value) -> Value {
    match value {
        Value::Bool(is) => json!(!is),
        Value::Number(number) => json!(number.as_i64().unwrap() + 1),
        Value::String(text) if text.contains("::") => json!("2001:db8:ffff::/64"),
        Value::String(text) if text.contains('/') && text.contains('.') => json!("172.16.0.0/12"),
        Value::String(text) if text.starts_with("10.") || text.starts_with("203.") => json!("172.16.0.1"),
        Value::String(text) => json!(format!("{text}x")),
        Value::Array(_) => json!([]),
        other => other.clone(),
    }
}

#[test]
fn every_key_is_here() {
    let document = every_field();
    for key in known_keys() {
        assert!(
            document.get(key).is_some(),
            "give `{key}` a resource with every field in every_field.json"
        );
    }
}

#[test]
fn every_field_loads_without_a_warning_and_is_written_again() {
    let loaded = load_one(&every_field()).unwrap();
    assert_eq!(beside_unread(&loaded.warnings), 0);
    assert_eq!(load_written(&loaded.snapshot).snapshot, loaded.snapshot);

    // What is written holds every field that was read: nothing in the fixture goes unread.
    let texts = write(&loaded.snapshot).unwrap();
    let written: String = texts.into_values().collect();
    let mut fields: Vec<String> = all_pointers()
        .iter()
        .filter_map(|pointer| pointer.rsplit_once('/'))
        .map(|(_, last)| last.to_owned())
        .filter(|last| last.parse::<usize>().is_err())
        .collect();
    fields.sort();
    fields.dedup();
    // What only other keys than the written ones have.
    let rewritten = [
        "Instances",
        "LoadBalancerListeners",
        "SecurityGroupRules",
        "GroupOwnerId",
        "IsEgress",
        "CidrIpv4",
        "ReferencedGroupInfo",
    ];
    for field in fields {
        let is_there = written.contains(&format!("\"{field}\":"));
        assert!(is_there || rewritten.contains(&field.as_str()), "{field}");
    }
}

/// Whether the change shows: as an error that names the file, as a warning, or in the snapshot.
fn shows(baseline: &Snapshot, changed: &Value) -> bool {
    match load_one(changed) {
        Err(message) => message.contains("`all.json`"),
        Ok(loaded) => {
            assert_eq!(load_written(&loaded.snapshot).snapshot, loaded.snapshot);
            beside_unread(&loaded.warnings) > 0 || loaded.snapshot != *baseline
        }
    }
}

#[test]
fn no_change_of_one_value_is_lost() {
    let original = every_field();
    let baseline = load_one(&original).unwrap().snapshot;
    let replacements = [
        Value::Null,
        json!(7),
        json!(-7),
        json!(1e300),
        json!("other"),
        json!(""),
        json!([]),
        json!({}),
        json!([[]]),
        json!(true),
    ];
    for pointer in all_pointers() {
        let value = original.pointer(&pointer).unwrap();
        let mut changed = original.clone();
        remove(&mut changed, &pointer);
        assert!(shows(&baseline, &changed), "without {pointer}");
        for replacement in replacements.iter().cloned().chain([other(value)]) {
            if replacement == *value {
                continue;
            }
            let mut changed = original.clone();
            *changed.pointer_mut(&pointer).unwrap() = replacement.clone();
            assert!(shows(&baseline, &changed), "{replacement} at {pointer}");
        }
    }
}

#[test]
fn a_resource_told_twice_is_one() {
    let original = every_field();
    let baseline = load_one(&original).unwrap().snapshot;
    let text = |value: &Value| value.to_string().into_bytes();
    let both = load(&[
        (String::from("a.json"), text(&original)),
        (String::from("b.json"), text(&original)),
    ]);
    let both = both.unwrap();
    assert_eq!(both.snapshot, baseline);
    assert_eq!(beside_unread(&both.warnings), 0);
}

#[test]
fn keys_may_be_spread_over_files_in_any_way() {
    let original = every_field();
    let baseline = load_one(&original).unwrap();
    let keys = original.as_object().unwrap();
    let files: Vec<_> = keys
        .iter()
        .rev()
        .enumerate()
        .map(|(index, (key, value))| {
            (
                format!("{index}.json"),
                json!({ key: value }).to_string().into_bytes(),
            )
        })
        .collect();
    let spread = load(&files).unwrap();
    assert_eq!(spread.snapshot, baseline.snapshot);
    assert_eq!(beside_unread(&spread.warnings), 0);
}

/// A document with several values changed.
fn mutated() -> impl Strategy<Value = Value> {
    let pointers = all_pointers();
    let change = (0..pointers.len(), 0..5_u8);
    proptest::collection::vec(change, 0..12).prop_map(move |changes| {
        let mut document = every_field();
        for (index, change) in changes {
            let pointer = &pointers[index];
            let Some(value) = document.pointer(pointer).cloned() else {
                continue;
            };
            match change {
                0 => remove(&mut document, pointer),
                1 => *document.pointer_mut(pointer).unwrap() = Value::Null,
                2 => *document.pointer_mut(pointer).unwrap() = other(&value),
                // A copy of an item, under the same id and with another one.
                3 | 4 => {
                    let (parent, _) = pointer.rsplit_once('/').unwrap();
                    if let Some(Value::Array(items)) = document.pointer_mut(parent) {
                        let mut copy = value;
                        if change == 4
                            && let Value::Object(fields) = &mut copy
                            && let Some((_, id)) = fields.iter_mut().next()
                        {
                            *id = other(id);
                        }
                        items.push(copy);
                    }
                }
                _ => unreachable!(),
            }
        }
        document
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn what_was_loaded_and_written_loads_the_same(document in mutated(), is_page in any::<bool>()) {
        let mut document = document;
        if is_page {
            document["NextToken"] = json!("more");
        }
        if let Ok(loaded) = load_one(&document) {
            let again = load_written(&loaded.snapshot);
            prop_assert_eq!(again.snapshot, loaded.snapshot);
        }
    }

    #[test]
    fn two_files_never_panic_and_their_order_does_not_matter(one in mutated(), two in mutated()) {
        let file = |name: &str, document: &Value| (name.to_owned(), document.to_string().into_bytes());
        let files = [file("111122223333/a.json", &one), file("444455556666/b.json", &two)];
        let reversed = [files[1].clone(), files[0].clone()];
        let (one, two) = (load(&files), load(&reversed));
        match (one, two) {
            (Ok(one), Ok(two)) => {
                prop_assert_eq!(&one.snapshot, &two.snapshot);
                prop_assert_eq!(&one.warnings, &two.warnings);
            }
            (Err(_), Err(_)) => {}
            (one, two) => prop_assert!(false, "{:?} {:?}", one.is_ok(), two.is_ok()),
        }
    }

    #[test]
    fn broken_text_never_panics(
        cut in 0..EVERY_FIELD.len(),
        edits in proptest::collection::vec((0..EVERY_FIELD.len(), any::<u8>()), 0..4),
    ) {
        let mut bytes = EVERY_FIELD.as_bytes().to_vec();
        for (index, byte) in edits {
            bytes[index] = byte;
        }
        bytes.truncate(cut.max(1));
        let result = catch_unwind(AssertUnwindSafe(|| load(&[(String::from("all.json"), bytes)])));
        if let Err(message) = result.unwrap() {
            prop_assert!(message.starts_with("`all.json`"), "{}", message);
        }
    }
}
