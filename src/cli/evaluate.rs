//! The one place where the command line asks the engine.

use std::collections::BTreeMap;
use std::net::IpAddr;

use crate::network::Snapshot;
use crate::paths::model::{RequiredPath, Transparent};
use crate::reach::report::PathResult;
use crate::reach::{Engine, Surroundings};

/// Each path's result, in the paths' order.
pub(crate) fn evaluate_all(
    snapshot: &Snapshot,
    transparent: &[Transparent],
    paths: &[RequiredPath],
    hosts: &BTreeMap<String, Vec<IpAddr>>,
) -> Vec<PathResult> {
    let surroundings = Surroundings {
        transparent: transparent.to_vec(),
        hosts: hosts.clone(),
    };
    let engine = Engine::new(snapshot, surroundings);
    paths.iter().map(|path| engine.evaluate(path)).collect()
}
