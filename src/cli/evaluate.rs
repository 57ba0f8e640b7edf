//! The one place where the command line asks the engine.

use std::collections::BTreeMap;
use std::net::IpAddr;

use rayon::prelude::*;

use crate::network::Snapshot;
use crate::paths::model::{RequiredPath, Transparent};
use crate::reach::report::PathResult;
use crate::reach::{Engine, Surroundings};

/// Each path's result, in the paths' order. They are looked for on all cores: none depends on another.
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
    paths.par_iter().map(|path| engine.evaluate(path)).collect()
}
