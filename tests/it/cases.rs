//! The captured networks with known answers in `../shared/cases`: every verdict, every blocker that must be named.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use hopwatch::cli::snapshot_files;
use hopwatch::reach::report::{PathResult, Verdict};
use hopwatch::reach::{Engine, Surroundings};
use serde::Deserialize;

#[derive(Debug, Deserialize)]
struct Expected {
    verdict: String,
    why: String,
    #[serde(default)]
    or: Vec<String>,
    #[serde(default)]
    blockers: Vec<ExpectedBlocker>,
    #[serde(default)]
    fixed: bool,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ExpectedBlocker {
    component: Option<String>,
    code: Option<String>,
    direction: Option<String>,
    leg: Option<String>,
    #[serde(default)]
    or_component: Vec<String>,
    #[serde(default)]
    or_code: Vec<String>,
}

impl ExpectedBlocker {
    fn is_named_by(&self, result: &PathResult) -> bool {
        result.blockers.iter().any(|blocker| {
            let json = serde_json::to_value(blocker).unwrap();
            let fits = |field: &str, wanted: &Option<String>, or: &[String]| {
                wanted.as_ref().is_none_or(|wanted| {
                    let said = json[field].as_str().unwrap_or("");
                    said == wanted || or.iter().any(|other| other == said)
                })
            };
            fits("component", &self.component, &self.or_component)
                && fits("code", &self.code, &self.or_code)
                && fits("direction", &self.direction, &[])
                && fits("leg", &self.leg, &[])
        })
    }
}

/// Where the cases are, or `None` on a user's clone.
fn cases() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/cases");
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!(
        "SKIPPED: no {}: the captured networks are not part of the repository",
        folder.display()
    );
    None
}

#[derive(Debug, Default)]
struct Count {
    right: usize,
    wrong_reachable: usize,
    other: Vec<String>,
    blockers: usize,
    blockers_named: usize,
    not_mended: Vec<String>,
}

fn run(case: &Path, count: &mut Count) {
    let name = case.file_name().unwrap().to_string_lossy();
    let loaded = snapshot_files::load(&case.join("snapshot")).unwrap();
    let text = std::fs::read_to_string(case.join("paths.yaml")).unwrap();
    let file = hopwatch::paths::read(&text, "paths.yaml", None).unwrap().file;
    let expected: BTreeMap<String, Expected> =
        serde_json::from_str(&std::fs::read_to_string(case.join("expected.json")).unwrap()).unwrap();
    let surroundings = Surroundings {
        transparent: file.transparent.clone(),
        ..Surroundings::default()
    };
    let engine = Engine::new(&loaded.snapshot, surroundings);
    for path in &file.paths {
        let result = engine.evaluate(path);
        let wanted = &expected[&path.name];
        let said = result.verdict.as_str();
        if said == wanted.verdict || wanted.or.iter().any(|or| or == said) {
            count.right += 1;
        } else {
            if result.verdict == Verdict::Reachable {
                count.wrong_reachable += 1;
            }
            let because: Vec<&str> = result
                .blockers
                .iter()
                .map(|blocker| blocker.message.as_str())
                .collect();
            count.other.push(format!(
                "{name} | {}: said {said}, is {} ({}): {:?} {because:?}",
                path.name, wanted.verdict, wanted.why, result.reason
            ));
        }
        for blocker in &wanted.blockers {
            count.blockers += 1;
            if blocker.is_named_by(&result) {
                count.blockers_named += 1;
            } else {
                count.other.push(format!(
                    "{name} | {}: not named: {blocker:?}; {:#?}",
                    path.name, result.blockers
                ));
            }
        }
        let mended = result
            .blockers
            .iter()
            .any(|blocker| blocker.fix.as_ref().is_some_and(|fix| fix.verified));
        if wanted.fixed && !result.blockers.is_empty() && result.as_expected == Some(false) && !mended {
            count.not_mended.push(format!("{name} | {}", path.name));
        }
    }
}

#[test]
fn captured_networks_are_answered_right() {
    let Some(folder) = cases() else { return };
    let mut count = Count::default();
    let mut folders: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.join("expected.json").is_file())
        .collect();
    folders.sort();
    for case in &folders {
        run(case, &mut count);
    }
    println!(
        "{} cases: {} verdicts right, {} not, of these {} wrongly reachable; {} of {} blockers named; broken paths without a verified fix: {:?}",
        folders.len(),
        count.right,
        count.other.len(),
        count.wrong_reachable,
        count.blockers_named,
        count.blockers,
        count.not_mended,
    );
    assert!(count.other.is_empty(), "{}", count.other.join("\n"));
    assert!(count.right > 1000, "there are more cases than that");
}
