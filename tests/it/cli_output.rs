//! What the command line prints when all is well with its arguments.

use std::fs;

use serde_json::Value;

use crate::hopwatch::{root, run};

/// Each schema that is checked in, and the document that it is of.
const SCHEMAS: [(&str, &str); 4] = [
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
fn completions_name_every_command() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let run = run(&["completions", shell]);
        assert_eq!(run.code, 0);
        for command in ["check", "explain", "replay", "validate", "schema"] {
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
