//! How the command line answers bad usage and bad input: always exit code 2, a message on stderr that says what to do,
//! nothing on stdout.

use std::fs;
use std::io::{self, Write};
use std::process::Stdio;

use crate::hopwatch::{command, root, run, run_in};

const PATHS: &str = "examples/sftp-outage/hopwatch.yaml";
const NETWORK: &str = "examples/sftp-outage/network";

/// Asserts a usage error whose message contains each of these.
#[track_caller]
fn refuses(arguments: &[&str], told: &[&str]) {
    let run = run(arguments);
    assert!(run.is_usage_error(), "{run:#?}");
    for text in told {
        assert!(run.stderr.contains(text), "`{text}` is not in:\n{}", run.stderr);
    }
}

#[test]
fn nothing_said() {
    refuses(&[], &["Usage: hopwatch", "check", "explain"]);
}

#[test]
fn a_command_that_does_not_exist() {
    refuses(&["chekc"], &["chekc", "check"]);
}

#[test]
fn no_path_file() {
    let folder = tempfile::tempdir().unwrap();
    let run = run_in(folder.path(), &["validate"]);
    assert!(run.is_usage_error(), "{run:#?}");
    assert!(
        run.stderr.contains("`hopwatch.yaml`") && run.stderr.contains("--paths"),
        "{}",
        run.stderr
    );
}

/// With the feature `aws` both are asked for, in the tests of `aws`.
#[cfg(not(feature = "aws"))]
#[test]
fn a_path_file_elsewhere() {
    refuses(
        &["validate", "--paths", "s3://bucket/hopwatch.yaml"],
        &["s3://bucket/hopwatch.yaml", "aws s3 cp", "does not speak to AWS"],
    );
}

#[test]
fn a_path_file_that_is_not_valid_is_told_with_file_line_and_column() {
    let folder = tempfile::tempdir().unwrap();
    let text = "version: 1\npaths:\n  - name: a\n    sorce: { lambda: x }\n    destination: 198.51.100.1\n    destinationPort: 22\n";
    fs::write(folder.path().join("hopwatch.yaml"), text).unwrap();
    let run = run_in(folder.path(), &["validate"]);
    assert!(run.is_usage_error(), "{run:#?}");
    insta::assert_snapshot!(run.stderr);
}

#[cfg(not(feature = "aws"))]
#[test]
fn no_network() {
    refuses(
        &["check", "--paths", PATHS],
        &[
            "--snapshot",
            "does not speak to AWS",
            "aws ec2 describe-$kind",
            "aws lambda list-functions",
            "network-acls",
        ],
    );
}

#[test]
fn a_network_that_is_not_there() {
    refuses(
        &["check", "--paths", PATHS, "--snapshot", "nowhere"],
        &["nowhere"],
    );
}

#[test]
fn one_standard_input_is_not_read_twice() {
    refuses(
        &["check", "--paths", "-", "--snapshot", "-"],
        &["one standard input"],
    );
}

#[test]
fn a_name_that_is_nearly_right() {
    refuses(
        &[
            "check",
            "--paths",
            PATHS,
            "--snapshot",
            NETWORK,
            "order-sync → partner SFT",
        ],
        &[
            "order-sync → partner SFT`",
            "did you mean \"order-sync → partner SFTP\"?",
        ],
    );
}

#[test]
fn a_name_that_is_nothing_like_it() {
    refuses(
        &["explain", "--paths", PATHS, "--snapshot", NETWORK, "zzz"],
        &["its paths are:", "\"reports → orders database\""],
    );
}

#[test]
fn no_name_where_there_are_several() {
    refuses(
        &["explain", "--paths", PATHS, "--snapshot", NETWORK],
        &["which path?", "--from", "its paths are:"],
    );
}

#[test]
fn a_name_and_ends_at_once() {
    refuses(
        &["explain", "--from", "i-1", "--to", "i-2", "name"],
        &["cannot be used with"],
    );
}

#[test]
fn an_end_alone() {
    refuses(&["explain", "--from", "lambda:order-sync"], &["--to"]);
}

#[test]
fn an_end_that_is_none() {
    refuses(
        &[
            "explain",
            "--snapshot",
            NETWORK,
            "--from",
            "lambda:order-sync",
            "--to",
            "198.51.100.300",
            "--port",
            "22",
        ],
        &["--to"],
    );
}

#[test]
fn what_is_no_description_cannot_be_imported() {
    refuses(&["import", PATHS], &[PATHS, "describe-network-insights-paths"]);
    refuses(&["import", "nowhere.json"], &["nowhere.json"]);
}

#[test]
fn quiet_and_verbose_at_once() {
    refuses(&["check", "-q", "-v"], &["cannot be used with"]);
}

#[test]
fn help_is_no_error() {
    for arguments in [
        vec!["--help"],
        vec!["check", "--help"],
        vec!["help", "explain"],
        vec!["--version"],
    ] {
        let run = run(&arguments);
        assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{arguments:?}");
        assert!(!run.stdout.is_empty());
    }
}

#[test]
fn a_reader_that_went_away_is_no_error() {
    let (reader, writer) = io::pipe().unwrap();
    drop(reader);
    let output = command(&root())
        .args(["completions", "bash"])
        .stdout(writer)
        .stderr(Stdio::piped())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}

#[test]
fn a_path_file_from_standard_input() {
    let mut child = command(&root())
        .args(["validate", "--paths", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(&fs::read(root().join(PATHS)).unwrap())
        .unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(
        String::from_utf8_lossy(&output.stdout),
        "<stdin>: valid, 5 paths\n"
    );
}
