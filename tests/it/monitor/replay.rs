//! `hopwatch replay` on the outage of this project, as a person runs it.

use std::fs;

use serde_json::Value;

use crate::hopwatch::{root, run, run_in};

#[test]
fn the_outage() {
    let run = run(&["replay", "events/sftp-outage"]);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    insta::assert_snapshot!(run.stdout);
}

#[test]
fn the_outage_for_programs_follows_the_schemas() {
    let told = run(&["replay", "events/sftp-outage", "--output", "json"]);
    assert_eq!(told.code, 0, "{told:#?}");
    let document: Value = serde_json::from_str(&told.stdout).unwrap();
    let validator = |name: &str| {
        let schema: Value = serde_json::from_str(&run(&["schema", name]).stdout).unwrap();
        jsonschema::validator_for(&schema).unwrap()
    };
    let (alert, state) = (validator("alert"), validator("state"));
    let mut kinds = Vec::new();
    for step in document["steps"].as_array().unwrap() {
        for one in step["alerts"].as_array().unwrap() {
            let errors: Vec<String> = alert.iter_errors(one).map(|error| error.to_string()).collect();
            assert!(errors.is_empty(), "{errors:?}");
            kinds.push(one["kind"].as_str().unwrap().to_owned());
        }
    }
    assert_eq!(kinds, ["broken", "restored"]);
    for record in document["state"].as_object().unwrap().values() {
        let errors: Vec<String> = state.iter_errors(record).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{errors:?}");
    }
}

#[test]
fn a_single_file_with_flags_and_a_state() {
    let folder = tempfile::tempdir().unwrap();
    let base = root().join("events/sftp-outage");
    let at = |name: &str| base.join(name).display().to_string();
    let paths = at("hopwatch.yaml");
    let broken = at("01-network-acl-entry-deleted");
    let (first, second) = (
        at("01-network-acl-entry-deleted.json"),
        at("02-network-acl-entry-created.json"),
    );
    let (before, restored) = (at("before"), at("02-network-acl-entry-created"));
    let one = [
        "replay",
        &first,
        "--paths",
        &paths,
        "--before",
        &before,
        "--after",
        &broken,
        "--state",
        "state.json",
    ];
    let run = run_in(folder.path(), &one);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    assert!(
        run.stdout.contains("BROKEN critical: order-sync"),
        "{}",
        run.stdout
    );
    // The state remembers; one network is enough.
    let two = [
        "replay",
        &second,
        "--paths",
        &paths,
        "--after",
        &restored,
        "--state",
        "state.json",
    ];
    let run = run_in(folder.path(), &two);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    assert!(
        run.stdout
            .contains("It was broken for 23 min (09:14:07Z to 09:37:12Z)."),
        "{}",
        run.stdout
    );
    // Again: nothing more.
    let run = run_in(folder.path(), &two);
    assert!(run.stdout.contains("nothing to announce"), "{}", run.stdout);
    // Damaged: put aside, and said.
    fs::write(folder.path().join("state.json"), "{").unwrap();
    let run = run_in(folder.path(), &two);
    assert!(
        run.is_usage_error() && run.stderr.contains("corrupt-"),
        "{run:#?}"
    );
}

#[test]
fn what_is_left_out_of_a_replay_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    file("hopwatch.yaml", "version: 1\npaths: []\n");
    // As Windows saves it.
    let event = fs::read_to_string(root().join("events/network-acl-entry-deleted.json")).unwrap();
    file("01-a.json", &format!("\u{feff}{event}"));
    for network in ["before", "01-a", "02-b"] {
        fs::create_dir(folder.path().join(network)).unwrap();
        file(&format!("{network}/vpcs.json"), "{\"Vpcs\": []}");
    }
    let run = run_in(folder.path(), &["replay", ".", "--after", "02-b"]);
    assert_eq!(run.code, 0, "{run:#?}");
    assert!(
        run.stderr.contains("02-b: no event file of the same name"),
        "{run:#?}"
    );
    assert!(!run.stderr.contains("01-a:"), "{run:#?}");
    assert!(run.stderr.contains("--after is left out"), "{run:#?}");
}

#[test]
fn bad_input_is_told() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("hopwatch.yaml"), "version: 1\npaths: []\n").unwrap();
    fs::write(folder.path().join("event.json"), "{\"a\": 1}").unwrap();
    let refuses = |arguments: &[&str], told: &str| {
        let run = run_in(folder.path(), arguments);
        assert!(run.is_usage_error() && run.stderr.contains(told), "{run:#?}");
    };
    refuses(&["replay", "event.json"], "is no event");
    refuses(&["replay", "nothing.json"], "cannot read `nothing.json`");
    refuses(
        &["replay", "nothing.json", "--paths", "none.yaml"],
        "cannot read `nothing.json`",
    );
    fs::create_dir(folder.path().join("empty")).unwrap();
    refuses(&["replay", "empty", "--paths", "hopwatch.yaml"], "holds no step");
    let sample = root()
        .join("events/network-acl-entry-deleted.json")
        .display()
        .to_string();
    refuses(&["replay", &sample], "no network to look at");
}
