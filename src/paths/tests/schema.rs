//! The schema and the reader agree, as far as a schema can know.

use jsonschema::Validator;
use serde_json::Value;

use super::corpus::{invalid, valid};
use crate::paths::{key, read, schema};

pub(super) fn validator() -> Validator {
    jsonschema::draft202012::meta::validate(&schema()).unwrap();
    jsonschema::draft202012::new(&schema()).unwrap()
}

/// What an editor makes of the text; `None`: it is no YAML.
pub(super) fn json(text: &str) -> Option<Value> {
    let options = serde_saphyr::options! { strict_booleans: true, reject_unsupported_tags: true };
    serde_saphyr::from_str_with_options(text, options).ok()
}

#[test]
fn it_takes_every_file_that_is_taken() {
    let validator = validator();
    for (name, text) in valid() {
        let value = json(&text).unwrap();
        let told: Vec<_> = validator
            .iter_errors(&value)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert!(told.is_empty(), "{name}: {told:#?}\n{text}");
    }
}

#[test]
fn it_refuses_what_is_refused_as_far_as_it_can_know() {
    let validator = validator();
    let files = invalid().into_iter().flat_map(|(_, files)| files);
    let wrong: Vec<String> = files
        .filter(|file| json(&file.text).is_none_or(|value| !validator.is_valid(&value)) != file.schema_sees)
        .map(|file| format!("{}\n{}", file.name, file.text))
        .collect();
    assert!(wrong.is_empty(), "not as told:\n{}", wrong.join("\n"));
}

#[test]
fn it_knows_every_key_and_no_other() {
    let schema = schema();
    for (pointer, known) in [
        ("/properties", &key::FILE),
        ("/$defs/path/properties", &key::PATH),
        ("/$defs/defaults/properties", &key::DEFAULTS),
        ("/$defs/filter/properties", &key::FILTER),
        ("/$defs/portRange/properties", &key::PORT_RANGE),
        ("/$defs/window/properties", &key::WINDOW),
        ("/$defs/scope/properties", &key::SCOPE),
        (
            "/properties/transparent/items/anyOf/1/properties",
            &key::TRANSPARENT,
        ),
    ] {
        let mut keys: Vec<_> = schema
            .pointer(pointer)
            .unwrap()
            .as_object()
            .unwrap()
            .keys()
            .map(String::as_str)
            .collect();
        let mut expected = known.keys.to_vec();
        keys.sort_unstable();
        expected.sort_unstable();
        assert_eq!(keys, expected, "{pointer}");
    }
    let forms = schema.pointer("/$defs/end/anyOf").unwrap().as_array().unwrap();
    let mut keys: Vec<_> = forms
        .iter()
        .filter_map(|form| form.get("properties")?.as_object())
        .flat_map(|properties| properties.keys().map(String::as_str))
        .collect();
    let mut expected = key::END.keys.to_vec();
    keys.sort_unstable();
    keys.dedup();
    expected.sort_unstable();
    assert_eq!(keys, expected);
}

/// What has a value of its own to offer is read as the schema describes it.
#[test]
fn its_examples_are_taken() {
    let schema = schema();
    let properties = schema
        .pointer("/$defs/path/properties")
        .unwrap()
        .as_object()
        .unwrap();
    for (name, property) in properties {
        let words = property
            .get("enum")
            .or_else(|| property.get("examples"))
            .and_then(Value::as_array);
        for word in words.into_iter().flatten() {
            let mut path =
                serde_json::json!({ "name": "p", "source": "internet", "destination": "10.0.0.1" });
            if word != "blocked" {
                path["destinationPort"] = 1.into();
            }
            path[name] = word.clone();
            if name == "muteUntil" {
                path["reason"] = "x".into();
            }
            if name == "reason" {
                path["muteUntil"] = "2030-01-01T00:00:00Z".into();
            }
            let text = serde_json::json!({ "version": 1, "paths": [path] }).to_string();
            super::taken(&text);
            assert!(validator().is_valid(&json(&text).unwrap()), "{text}");
        }
    }
    assert!(read("{}", "x", None).is_err());
}
