//! How many paths have which verdict: so that nobody measures a network on which every path ends at once.

use std::collections::BTreeMap;

use hopwatch::paths::model::RequiredPath;
use hopwatch::reach::Engine;

/// Assesses all paths and counts the verdicts.
pub(crate) fn count(engine: &Engine<'_>, paths: &[RequiredPath]) -> BTreeMap<&'static str, usize> {
    let mut counts = BTreeMap::new();
    for (_, assessment) in engine.assess_all(paths) {
        *counts.entry(assessment.verdict.as_str()).or_default() += 1;
    }
    counts
}

/// Panics unless the paths are of all sorts: many but not all reachable, some blocked, few untold.
pub(crate) fn assert_mixed(counts: &BTreeMap<&'static str, usize>) {
    let of = |verdict: &str| counts.get(verdict).copied().unwrap_or_default();
    let all: usize = counts.values().sum();
    assert!(
        of("reachable") * 3 > all && of("reachable") * 10 < all * 9,
        "{counts:?}"
    );
    assert!(of("blocked") * 10 > all, "{counts:?}");
    assert!(of("undecided") * 20 < all, "{counts:?}");
}
