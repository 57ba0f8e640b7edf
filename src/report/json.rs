//! The documents that programs read: `check --output json`, `explain --output json`. A contract, with a schema.

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::{Deserialize, Serialize};

use crate::reach::report::PathResult;

use super::standing::Summary;

/// The version of the documents. Fields may be added within a version.
pub const SCHEMA_VERSION: u32 = 1;

/// `check --output json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(
    title = "hopwatch check",
    description = "The output of `hopwatch check --output json`."
)]
pub struct CheckDocument {
    /// The version of this document: 1.
    pub schema_version: u32,
    /// How many paths stand how.
    pub summary: Summary,
    /// The paths, in the path file's order.
    pub paths: Vec<PathResult>,
}

impl CheckDocument {
    /// Of results, in their order.
    pub fn new(paths: Vec<PathResult>) -> Self {
        Self {
            schema_version: SCHEMA_VERSION,
            summary: Summary::of(&paths),
            paths,
        }
    }
}

/// `explain --output json`: one path.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ExplainDocument<'a> {
    /// The version of this document: 1.
    pub schema_version: u32,
    /// The path.
    #[serde(flatten)]
    pub path: &'a PathResult,
}

impl<'a> ExplainDocument<'a> {
    /// Of a result.
    pub fn new(path: &'a PathResult) -> Self {
        Self {
            schema_version: SCHEMA_VERSION,
            path,
        }
    }
}

/// The document as indented JSON with a newline at its end.
pub fn pretty(document: &impl Serialize) -> Result<String, serde_json::Error> {
    serde_json::to_string_pretty(document).map(|text| text + "\n")
}

/// The JSON schema of [`CheckDocument`].
pub fn check_schema() -> schemars::Schema {
    // As it is written, not as it may be read: every field is required.
    SchemaSettings::draft2020_12()
        .for_serialize()
        .into_generator()
        .into_root_schema_for::<CheckDocument>()
}

#[cfg(test)]
mod tests {
    use super::super::fixture;
    use super::*;

    fn document() -> CheckDocument {
        CheckDocument::new(fixture::all().into_iter().map(|case| case.result).collect())
    }

    #[test]
    fn check() {
        insta::assert_snapshot!(pretty(&document()).unwrap());
    }

    #[test]
    fn explain_is_one_path_with_a_version() {
        let case = fixture::blocked();
        let value = serde_json::to_value(ExplainDocument::new(&case.result)).unwrap();
        assert_eq!(value["schemaVersion"], 1);
        assert_eq!(value["verdict"], "blocked");
        assert_eq!(value["blockers"].as_array().map(Vec::len), Some(2));
    }

    #[test]
    fn what_is_written_can_be_read() {
        let text = pretty(&document()).unwrap();
        assert_eq!(serde_json::from_str::<CheckDocument>(&text).unwrap(), document());
    }

    #[test]
    fn what_is_written_follows_the_schema() {
        let schema = serde_json::to_value(check_schema()).unwrap();
        let validator = jsonschema::validator_for(&schema).unwrap();
        let value = serde_json::to_value(document()).unwrap();
        let errors: Vec<String> = validator
            .iter_errors(&value)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert!(errors.is_empty(), "{errors:#?}");
    }

    #[test]
    fn every_field_is_always_there() {
        let schema = serde_json::to_value(check_schema()).unwrap();
        let required = |name: &str| -> Vec<&str> {
            let fields = schema["$defs"][name]["required"].as_array().unwrap();
            fields.iter().filter_map(serde_json::Value::as_str).collect()
        };
        for (name, fields) in [
            (
                "PathResult",
                vec!["reason", "asExpected", "arrives", "branches", "notices"],
            ),
            (
                "Blocker",
                vec![
                    "componentName",
                    "direction",
                    "rule",
                    "subnet",
                    "witness",
                    "fix",
                    "lostMore",
                ],
            ),
            ("Hop", vec!["allowedBy", "note", "direction", "subnet"]),
        ] {
            for field in fields {
                assert!(
                    required(name).contains(&field),
                    "{name}.{field} is always written, and the schema should say so"
                );
            }
        }
    }
}
