//! `check` and `explain` of the example in the repository: answers, forms, exit codes.

use std::fs;

use serde_json::Value;

use crate::hopwatch::{Run, root, run, run_in, run_with};

const PATHS: &str = "examples/sftp-outage/hopwatch.yaml";
const OUTAGE: &str = "examples/sftp-outage/network";
const NARROW: &str = "examples/sftp-outage/network-narrow-replies";
const SFTP: &str = "order-sync → partner SFTP";

fn check(network: &str, more: &[&str]) -> Run {
    run(&[&["check", "--paths", PATHS, "--snapshot", network], more].concat())
}

fn explain(network: &str, more: &[&str]) -> Run {
    run(&[&["explain", "--paths", PATHS, "--snapshot", network], more].concat())
}

fn json(run: &Run) -> Value {
    serde_json::from_str(&run.stdout).unwrap()
}

#[test]
fn an_outage_is_told_in_a_table_and_by_exit_code_1() {
    let run = check(OUTAGE, &[]);
    assert_eq!((run.code, run.stderr.as_str()), (1, ""));
    insta::assert_snapshot!(run.stdout);
}

#[test]
fn narrow_reply_ports_are_told_in_a_table() {
    let run = check(NARROW, &[]);
    assert_eq!((run.code, run.stderr.as_str()), (1, ""));
    insta::assert_snapshot!(run.stdout);
}

#[test]
fn the_answers_of_the_outage() {
    let answers: Vec<(String, String, Value)> = json(&check(OUTAGE, &["--output", "json"]))["paths"]
        .as_array()
        .unwrap()
        .iter()
        .map(|path| {
            let text = |key: &str| path[key].as_str().unwrap_or_default().to_owned();
            (text("name"), text("verdict"), path["asExpected"].clone())
        })
        .collect();
    let expected = [
        (SFTP, "blocked", false),
        ("invoice-export → partner API", "reachable", true),
        ("reports → partner API", "reachable", true),
        ("reports → orders database", "reachable", true),
        (
            "nobody reaches the orders database from the internet",
            "blocked",
            true,
        ),
    ];
    let expected: Vec<(String, String, Value)> = expected
        .map(|(name, verdict, fine)| (name.to_owned(), verdict.to_owned(), fine.into()))
        .into();
    assert_eq!(answers, expected);
}

#[test]
fn both_directions_of_the_network_acl_are_named_with_fixes_that_were_checked() {
    let document = json(&check(OUTAGE, &["--output", "json", SFTP]));
    let blockers = document["paths"][0]["blockers"].as_array().unwrap();
    let named: Vec<(&str, &str, &str)> = blockers
        .iter()
        .map(|b| {
            (
                b["component"].as_str().unwrap(),
                b["code"].as_str().unwrap(),
                b["direction"].as_str().unwrap(),
            )
        })
        .collect();
    let acl = "acl-08264d1baf9c7e531";
    assert_eq!(
        named,
        [
            (acl, "SUBNET_ACL_RESTRICTION", "ingress"),
            (acl, "SUBNET_ACL_RESTRICTION", "egress")
        ]
    );
    for blocker in blockers {
        assert_eq!(blocker["fix"]["verified"], true, "{blocker:#}");
    }
}

#[test]
fn functions_need_more_reply_ports_than_instances() {
    let document = json(&check(NARROW, &["--output", "json"]));
    let verdict = |name: &str| {
        let paths = document["paths"].as_array().unwrap();
        paths.iter().find(|path| path["name"] == name).unwrap()["verdict"].clone()
    };
    assert_eq!(verdict(SFTP), "partial");
    assert_eq!(verdict("invoice-export → partner API"), "partial");
    assert_eq!(verdict("reports → partner API"), "reachable");
}

#[test]
fn the_document_follows_its_schema_and_does_not_change_from_run_to_run() {
    let schema: Value = serde_json::from_str(&run(&["schema", "check"]).stdout).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    for network in [OUTAGE, NARROW] {
        let first = check(network, &["--output", "json"]);
        let errors: Vec<String> = validator
            .iter_errors(&json(&first))
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert!(errors.is_empty(), "{errors:#?}");
        assert_eq!(check(network, &["--output", "json"]).stdout, first.stdout);
    }
}

#[test]
fn paths_by_name_alone() {
    let run = check(
        OUTAGE,
        &[
            "reports → orders database",
            "reports → partner API",
            "--output",
            "json",
        ],
    );
    assert_eq!(run.code, 0);
    let document = json(&run);
    assert_eq!(document["summary"]["paths"], 2);
    assert_eq!(
        document["paths"][0]["name"], "reports → partner API",
        "in the file's order"
    );
}

#[test]
fn quiet_says_nothing_where_all_is_well() {
    let run = check(OUTAGE, &["--quiet", "reports → orders database"]);
    assert_eq!((run.code, run.stdout.as_str(), run.stderr.as_str()), (0, "", ""));
}

#[test]
fn junit_has_a_case_a_path() {
    let run = check(OUTAGE, &["--output", "junit"]);
    assert_eq!(run.code, 1);
    let document = roxmltree::Document::parse(&run.stdout).unwrap();
    let failed: Vec<&str> = document
        .descendants()
        .filter(|node| node.has_tag_name("failure"))
        .filter_map(|node| node.parent_element()?.attribute("name"))
        .collect();
    assert_eq!(failed, [SFTP]);
    assert_eq!(
        document
            .descendants()
            .filter(|node| node.has_tag_name("testcase"))
            .count(),
        5
    );
}

#[test]
fn sarif_points_at_the_line_of_the_path() {
    let run = check(OUTAGE, &["--output", "sarif"]);
    assert_eq!(run.code, 1);
    let document = json(&run);
    let results = document["runs"][0]["results"].as_array().unwrap();
    assert_eq!(results.len(), 2);
    let text = fs::read_to_string(root().join(PATHS)).unwrap();
    let line = text.lines().position(|line| line.contains(SFTP)).unwrap() + 1;
    for result in results {
        let place = &result["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uri"], PATHS);
        assert_eq!(place["region"]["startLine"], line);
        assert_eq!(result["level"], "error");
    }
}

#[test]
fn an_outage_explained_hop_by_hop() {
    let run = explain(OUTAGE, &[SFTP]);
    assert_eq!((run.code, run.stderr.as_str()), (1, ""));
    insta::assert_snapshot!(run.stdout);
}

#[test]
fn narrow_reply_ports_explained_hop_by_hop() {
    let run = explain(NARROW, &[SFTP]);
    assert_eq!((run.code, run.stderr.as_str()), (1, ""));
    insta::assert_snapshot!(run.stdout);
}

#[test]
fn what_must_be_blocked_and_is() {
    let run = explain(OUTAGE, &["nobody reaches the orders database from the internet"]);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    insta::assert_snapshot!(run.stdout);
}

#[test]
fn a_path_from_the_command_line() {
    let run = explain(
        OUTAGE,
        &[
            "--from",
            "lambda:order-sync",
            "--to",
            "partner-sftp",
            "--port",
            "22,443",
            "--output",
            "json",
        ],
    );
    assert_eq!((run.code, run.stderr.as_str()), (1, ""));
    let document = json(&run);
    assert_eq!(document["schemaVersion"], 1);
    assert_eq!(document["verdict"], "partial", "22 is closed, 443 is open");
}

#[test]
fn a_path_from_the_command_line_needs_no_path_file() {
    let folder = tempfile::tempdir().unwrap();
    let network = root().join(OUTAGE);
    let arguments = [
        "explain",
        "--snapshot",
        network.to_str().unwrap(),
        "--from",
        "lambda:order-sync",
        "--to",
        "198.51.100.30",
        "--port",
        "443",
    ];
    let run = run_in(folder.path(), &arguments);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{}", run.stdout);
}

#[test]
fn a_diagram() {
    let run = explain(OUTAGE, &[SFTP, "--output", "mermaid"]);
    assert_eq!(run.code, 1);
    assert!(run.stdout.starts_with("flowchart LR\n"), "{}", run.stdout);
}

#[test]
fn an_end_that_does_not_exist_is_undecided_and_said_on_stderr() {
    let folder = tempfile::tempdir().unwrap();
    let text = fs::read_to_string(root().join(PATHS))
        .unwrap()
        .replace("lambda: order-sync", "lambda: ordersync");
    fs::write(folder.path().join("hopwatch.yaml"), text).unwrap();
    let network = root().join(OUTAGE);
    let network = network.to_str().unwrap();

    let run = run_in(folder.path(), &["check", "--snapshot", network]);
    assert_eq!(run.code, 3, "{}", run.stdout);
    assert!(run.stdout.contains("undecided"), "{}", run.stdout);
    assert!(
        run.stderr.contains("hopwatch.yaml:14: ") && run.stderr.contains("did you mean `order-sync`?"),
        "{}",
        run.stderr
    );

    let run = run_in(folder.path(), &["validate", "--snapshot", network]);
    assert!(run.is_usage_error(), "{run:#?}");
    insta::assert_snapshot!(run.stderr);
}

#[test]
fn what_is_lost_for_certain_comes_before_what_cannot_be_told() {
    let folder = tempfile::tempdir().unwrap();
    let text = fs::read_to_string(root().join(PATHS))
        .unwrap()
        .replace("lambda: invoice-export", "lambda: nothing-such");
    fs::write(folder.path().join("hopwatch.yaml"), text).unwrap();
    let network = root().join(OUTAGE);
    let run = run_in(folder.path(), &["check", "--snapshot", network.to_str().unwrap()]);
    assert_eq!(run.code, 1, "{}", run.stdout);
    assert!(
        run.stdout.contains("1 blocked, 1 undecided, 3 as expected"),
        "{}",
        run.stdout
    );
}

#[test]
fn every_name_of_the_example_is_in_its_networks() {
    for network in [OUTAGE, NARROW] {
        let run = run(&["validate", "--paths", PATHS, "--snapshot", network]);
        assert_eq!((run.code, run.stderr.as_str()), (0, ""));
        assert!(
            run.stdout.contains("every name in it is in the snapshot"),
            "{}",
            run.stdout
        );
    }
}

#[test]
fn colour_only_where_it_is_wanted() {
    let arguments = ["check", "--paths", PATHS, "--snapshot", OUTAGE];
    assert!(!run(&arguments).stdout.contains('\u{1b}'), "a pipe gets none");
    assert!(
        run_with("CLICOLOR_FORCE", "1", &arguments)
            .stdout
            .contains('\u{1b}'),
        "unless asked for"
    );
    assert!(!run_with("NO_COLOR", "1", &arguments).stdout.contains('\u{1b}'));
}
