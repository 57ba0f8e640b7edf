//! What is said of files that are not taken.

use super::corpus::{Invalid, invalid};
use super::rendered;
use crate::paths::read;

/// Everything that is said of the files of one subject, each under its name.
fn told(files: &[Invalid]) -> String {
    let mut out = String::new();
    for Invalid { name, text, .. } in files {
        let errors = read(text, "hopwatch.yaml", None).expect_err(name);
        out.push_str(&format!("=== {name}\n\n{}\n", rendered(errors.problems())));
    }
    out
}

#[test]
fn every_problem_is_told_with_its_place_and_what_to_write() {
    for (subject, files) in invalid() {
        insta::assert_snapshot!(format!("rejected_{subject}"), told(&files));
    }
}
