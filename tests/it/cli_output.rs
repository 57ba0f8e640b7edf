//! What the command line prints when all is well with its arguments.

use std::fs;

use serde_json::Value;

use crate::hopwatch::{root, run, run_in};

/// Each schema that is checked in, and the document that it is of.
const SCHEMAS: [(&str, &str); 5] = [
    ("path-file", "schemas/path-file.schema.json"),
    ("check", "schemas/check.schema.json"),
    ("alert", "schemas/alert.schema.json"),
    ("state", "schemas/state.schema.json"),
    ("event", "schemas/event.schema.json"),
];

#[test]
fn the_schemas_checked_in_are_those_that_the_program_prints() {
    for (document, file) in SCHEMAS {
        let run = run(&["schema", document]);
        assert_eq!(run.code, 0, "{run:#?}");
        let checked_in = fs::read_to_string(root().join(file)).unwrap();
        assert_eq!(
            run.stdout, checked_in,
            "run `hopwatch schema {document} > {file}`"
        );
    }
}

#[test]
fn the_examples_follow_the_schema_of_path_files() {
    let schema: Value = serde_json::from_str(&run(&["schema", "path-file"]).stdout).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let text = fs::read_to_string(root().join("examples/sftp-outage/hopwatch.yaml")).unwrap();
    let value: Value = serde_saphyr::from_str(&text).unwrap();
    let errors: Vec<String> = validator
        .iter_errors(&value)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{errors:#?}");
}

#[test]
fn completions_name_every_command() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let run = run(&["completions", shell]);
        assert_eq!(run.code, 0);
        for command in ["check", "explain", "replay", "validate", "import", "schema"] {
            assert!(run.stdout.contains(command), "{shell}: {command}");
        }
    }
}

#[test]
fn a_valid_path_file() {
    let run = run(&["validate", "--paths", "examples/sftp-outage/hopwatch.yaml"]);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    assert_eq!(run.stdout, "examples/sftp-outage/hopwatch.yaml: valid, 5 paths\n");
}

#[test]
fn a_valid_path_file_as_json() {
    let run = run(&[
        "validate",
        "--paths",
        "examples/sftp-outage/hopwatch.yaml",
        "--output",
        "json",
    ]);
    let value: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(
        value,
        serde_json::json!({ "schemaVersion": 1, "valid": true, "paths": 5, "warnings": [] })
    );
}

#[test]
fn what_is_imported_is_a_valid_path_file() {
    let folder = tempfile::tempdir().unwrap();
    let described = serde_json::json!({ "NetworkInsightsPaths": [
        {
            "NetworkInsightsPathId": "nip-0a1b2c3d4e5f60718",
            "Source": "i-0c2b4a69788f1e3d5", "Destination": "i-0d3c5b7a8990f2e4f",
            "Protocol": "tcp", "DestinationPort": 5432,
            "Tags": [{ "Key": "Name", "Value": "reports to orders" }],
        },
        {
            "NetworkInsightsPathId": "nip-0b1b2c3d4e5f60718",
            "Source": "i-0c2b4a69788f1e3d5", "DestinationIp": "198.51.100.30",
            "Protocol": "tcp", "DestinationPort": 443, "Tags": [],
        },
    ] });
    fs::write(folder.path().join("described.json"), described.to_string()).unwrap();
    let imported = run_in(folder.path(), &["import", "described.json"]);
    assert_eq!((imported.code, imported.stderr.as_str()), (0, ""));
    fs::write(folder.path().join("hopwatch.yaml"), &imported.stdout).unwrap();
    let network = root().join("examples/sftp-outage/network");
    let checked = run_in(folder.path(), &["check", "--snapshot", network.to_str().unwrap()]);
    assert_eq!(
        (checked.code, checked.stderr.as_str()),
        (0, ""),
        "{}",
        checked.stdout
    );
    assert!(
        checked.stdout.contains("✓ reports to orders"),
        "{}",
        checked.stdout
    );
}
