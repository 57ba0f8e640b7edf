//! The one place where the command line asks the engine.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::num::NonZero;
use std::thread::available_parallelism;

use rayon::ThreadPoolBuilder;
use rayon::prelude::*;

use crate::network::Snapshot;
use crate::paths::model::{RequiredPath, Transparent};
use crate::reach::report::PathResult;
use crate::reach::{Engine, Surroundings};

/// As much as the main thread has on most systems.
const STACK: usize = 8 << 20;

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
    let evaluate = |path| engine.evaluate(path);
    let threads = available_parallelism().map_or(1, NonZero::get).min(paths.len());
    // A long walk takes more stack than such threads have by default.
    let pool = ThreadPoolBuilder::new().num_threads(threads).stack_size(STACK);
    match pool.build() {
        Ok(cores) => cores.install(|| paths.par_iter().map(evaluate).collect()),
        Err(_) => paths.iter().map(evaluate).collect(),
    }
}
