//! What must never be (ARCHITECTURE.md): a single crate has no crate boundary to hold these for us.

use std::fs;
use std::path::{Path, PathBuf};

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// The code of a file, without comments and without its tests.
fn code(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap();
    let tests = text.find("#[cfg(test)]").unwrap_or(text.len());
    let lines = text[..tests]
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"));
    lines.collect::<Vec<_>>().join("\n")
}

/// Whether the module that declares a file does so for tests only.
fn is_test_only(file: &Path) -> bool {
    let stem = file.file_stem().unwrap().to_string_lossy();
    let parent = file.parent().unwrap().join("mod.rs");
    fs::read_to_string(parent).is_ok_and(|text| text.contains(&format!("#[cfg(test)]\nmod {stem};")))
}

fn offenders(rooms: &[&str], forbidden: &[&str]) -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut offenders = Vec::new();
    for room in rooms {
        for file in sources(&root.join(room)) {
            if is_test_only(&file) {
                continue;
            }
            let code = code(&file);
            for word in forbidden.iter().filter(|word| code.contains(**word)) {
                offenders.push(format!("{} names `{word}`", file.display()));
            }
        }
    }
    offenders
}

const CORE: [&str; 7] = ["network", "paths", "reach", "event", "monitor", "alert", "report"];

#[test]
fn core_rooms_know_no_shell_and_do_no_input_or_output() {
    let forbidden = [
        "crate::aws",
        "crate::cli",
        "aws_sdk",
        "tokio",
        "std::fs",
        "std::net::Tcp",
        "std::env",
        "std::process",
        "SystemTime",
        "Timestamp::now",
        "Instant::now",
        "println!",
    ];
    let found = offenders(&CORE, &forbidden);
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn data_flows_one_way() {
    let rules: [(&str, &[&str]); 6] = [
        (
            "network",
            &[
                "crate::reach",
                "crate::paths",
                "crate::event",
                "crate::monitor",
                "crate::alert",
                "crate::report",
            ],
        ),
        (
            "paths",
            &[
                "crate::reach",
                "crate::event",
                "crate::monitor",
                "crate::alert",
                "crate::report",
            ],
        ),
        (
            "reach",
            &["crate::event", "crate::monitor", "crate::alert", "crate::report"],
        ),
        (
            "event",
            &["crate::reach", "crate::monitor", "crate::alert", "crate::report"],
        ),
        ("report", &["crate::event", "crate::monitor", "crate::alert"]),
        ("aws", &["crate::function", "crate::cli"]),
    ];
    for (room, forbidden) in rules {
        let found = offenders(&[room], forbidden);
        assert!(found.is_empty(), "{}", found.join("\n"));
    }
}

#[test]
fn no_file_is_called_after_everything() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let vague = ["utils", "util", "helpers", "helper", "common", "types", "misc"];
    for file in sources(&root) {
        let stem = file.file_stem().unwrap().to_string_lossy().into_owned();
        assert!(!vague.contains(&stem.as_str()), "{}", file.display());
    }
}
