//! An alert cut to a size: what is least needed goes first, and is counted.

use crate::reach::Dependencies;

use super::document::Alert;

/// How many paths stay at least.
const LEAST_PATHS: usize = 1;

/// Cuts an alert until its JSON has no more than so many bytes, as far as that can be done: branches first, then hops,
/// dependencies and blockers of all paths but the first, then paths, then what is left of the first one's.
pub fn shrink(alert: &mut Alert, most: usize) {
    let cuts: [fn(&mut Alert, usize); 5] = [branches, hops, dependencies, blockers, paths];
    for from in [1, 0] {
        for cut in cuts {
            if bytes(alert) <= most {
                return;
            }
            cut(alert, from);
        }
    }
}

/// How many bytes an alert's JSON has.
pub(crate) fn bytes(alert: &Alert) -> usize {
    serde_json::to_vec(alert).map_or(0, |text| text.len())
}

fn branches(alert: &mut Alert, from: usize) {
    for path in alert.paths.iter_mut().skip(from) {
        alert.cut.branches += path.result.branches.len();
        path.result.branches.clear();
    }
}

fn hops(alert: &mut Alert, from: usize) {
    for path in alert.paths.iter_mut().skip(from) {
        alert.cut.hops += path.result.hops.len();
        path.result.hops.clear();
    }
}

fn dependencies(alert: &mut Alert, from: usize) {
    for path in alert.paths.iter_mut().skip(from) {
        alert.cut.dependencies += path.result.dependencies.iter().len();
        path.result.dependencies = Dependencies::default();
    }
}

fn blockers(alert: &mut Alert, from: usize) {
    for path in alert.paths.iter_mut().skip(from) {
        // What an alert is about stays in `cause`.
        alert.cut.blockers += path.result.blockers.len();
        path.result.blockers.clear();
    }
}

fn paths(alert: &mut Alert, from: usize) {
    let keep = if from == 0 {
        LEAST_PATHS
    } else {
        alert.paths.len().min(100)
    };
    alert.cut.paths += alert.paths.len().saturating_sub(keep);
    alert.paths.truncate(keep);
}
