//! What was asked, what was found, and whether the two agree.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::paths::model::{Expect, RequiredPath};
use crate::reach::report::{PathResult, Verdict};

/// A path and what was found about it.
#[derive(Debug, Clone, Copy)]
pub struct Answer<'a> {
    /// What was asked.
    pub path: &'a RequiredPath,
    /// What was found.
    pub result: &'a PathResult,
}

/// Whether a path is as expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// It is.
    AsExpected,
    /// It is not.
    NotAsExpected,
    /// It cannot be told.
    Undecided,
}

impl Standing {
    /// Of a result.
    pub fn of(result: &PathResult) -> Self {
        match result.as_expected {
            Some(true) => Self::AsExpected,
            Some(false) => Self::NotAsExpected,
            None => Self::Undecided,
        }
    }
}

/// How many paths stand how.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Summary {
    /// All.
    pub paths: usize,
    /// As expected.
    pub as_expected: usize,
    /// Not as expected.
    pub not_as_expected: usize,
    /// It cannot be told.
    pub undecided: usize,
}

impl Summary {
    /// Of all results.
    pub fn of<'a>(results: impl IntoIterator<Item = &'a PathResult>) -> Self {
        let mut summary = Self::default();
        for result in results {
            summary.paths += 1;
            match Standing::of(result) {
                Standing::AsExpected => summary.as_expected += 1,
                Standing::NotAsExpected => summary.not_as_expected += 1,
                Standing::Undecided => summary.undecided += 1,
            }
        }
        summary
    }
}

impl Answer<'_> {
    /// Whether the path is as expected.
    pub fn standing(&self) -> Standing {
        Standing::of(self.result)
    }

    /// Whether something arrives that must not.
    pub fn is_leak(&self) -> bool {
        self.result.expect == Expect::Blocked && self.standing() == Standing::NotAsExpected
    }

    /// The sign that carries the state beside its word.
    pub(crate) fn sign(&self) -> char {
        match (self.standing(), self.result.verdict) {
            (Standing::AsExpected, _) => '✓',
            (Standing::Undecided, _) => '?',
            (Standing::NotAsExpected, Verdict::Partial) if !self.is_leak() => '~',
            (Standing::NotAsExpected, _) => '✗',
        }
    }

    /// The state in a word: the verdict, unless a part is lost (or leaks) for certain while another cannot be told.
    pub(crate) fn word(&self) -> &'static str {
        match (self.result.verdict, self.standing()) {
            (Verdict::Undecided, Standing::NotAsExpected) if self.is_leak() => "partly open",
            (Verdict::Undecided, Standing::NotAsExpected) => "partly lost",
            (verdict, _) => verdict.as_str(),
        }
    }
}
