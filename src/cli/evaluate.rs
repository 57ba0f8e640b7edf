//! The one place where the command line asks the engine.

use crate::network::Snapshot;
use crate::paths::model::{RequiredPath, Transparent};
use crate::reach::report::PathResult;
use crate::reach::{Engine, Surroundings};

/// Each path's result, in the paths' order.
pub(crate) fn evaluate_all(
    snapshot: &Snapshot,
    transparent: &[Transparent],
    paths: &[RequiredPath],
) -> Vec<PathResult> {
    // Host names are not resolved: a saved network is looked at without one.
    let surroundings = Surroundings {
        transparent: transparent.to_vec(),
        ..Surroundings::default()
    };
    let engine = Engine::new(snapshot, surroundings);
    paths.iter().map(|path| engine.evaluate(path)).collect()
}
