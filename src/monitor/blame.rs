//! Who did it, with the evidence: the change without which the path would be as it was.
//!
//! *Sure* is a change that, undone in memory, brings the path back; where several must be undone, the first of the smallest
//! set of them. *Likely* is one that changed the very thing that decides, where undoing it cannot be tried or is not enough, and
//! nobody else's change did too. Nobody is blamed on a guess.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use crate::alert::{Blame, Certainty};
use crate::event::{Change, Edit, RouteDestination};
use crate::network::Snapshot;
use crate::paths::model::{Expect, RequiredPath};
use crate::reach::report::{BranchOutcome, Direction, FixCommand, PathResult, Rule};
use crate::reach::{Assessment, Engine};
use crate::text::clean;

use super::fingerprint::fingerprint;
use super::inverse::inverse;
use super::places::Places;
use super::record::Suspect;
use super::shown::is_absent;
use super::undo::{Good, undo};

/// How many changes are tried for one path.
const MOST_TRIALS: usize = 40;

/// The longest name of a call that is shown.
const SHOWN: usize = 160;

/// The changes of a batch, each once, the oldest first, with what each changed.
#[derive(Debug)]
pub(crate) struct Changes<'a> {
    pub(crate) all: Vec<Touching<'a>>,
    /// The network without one of them, by index.
    undone: RefCell<BTreeMap<usize, Option<Snapshot>>>,
}

/// A change and what it changed.
#[derive(Debug)]
pub(crate) struct Touching<'a> {
    pub(crate) change: &'a Change,
    pub(crate) resources: BTreeSet<String>,
    /// Whether a later change of the batch made the same edit anew.
    pub(crate) superseded: bool,
}

impl<'a> Changes<'a> {
    /// Of a batch, in any order, duplicates and all.
    pub(crate) fn of(changes: &'a [Change], places: &Places<'_>) -> Self {
        let mut seen = BTreeSet::new();
        let mut sorted: Vec<&Change> = changes.iter().filter(|change| change.matters()).collect();
        sorted.sort_by(|a, b| (a.time, &a.event_id).cmp(&(b.time, &b.event_id)));
        sorted.retain(|change| {
            // One action that was logged to several accounts is one change.
            match change.shared_event_id.as_ref().or(change.event_id.as_ref()) {
                Some(id) => seen.insert(id.clone()),
                None => true,
            }
        });
        let mut edited = BTreeSet::new();
        let mut all: Vec<Touching<'a>> = sorted
            .into_iter()
            .rev()
            .map(|change| Touching {
                change,
                resources: resources(change, places),
                superseded: edit_key(change).is_some_and(|key| !edited.insert(key)),
            })
            .collect();
        all.reverse();
        Self {
            all,
            undone: RefCell::default(),
        }
    }

    /// The newest of them.
    pub(crate) fn newest(&self) -> Option<&'a Change> {
        self.all.last().map(|touching| touching.change)
    }

    /// Whether no other change touched what this one did.
    fn is_alone(&self, index: usize) -> bool {
        let Some(mine) = self.all.get(index) else {
            return false;
        };
        self.all
            .iter()
            .enumerate()
            .all(|(other, touching)| other == index || touching.resources.is_disjoint(&mine.resources))
    }
}

/// What a change changed, associations resolved.
fn resources(change: &Change, places: &Places<'_>) -> BTreeSet<String> {
    let mut ids: BTreeSet<String> = change
        .changed()
        .filter_map(|resource| places.resolve(resource))
        .flatten()
        .map(|id| id.to_string())
        .collect();
    match &change.edit {
        Some(Edit::NetworkAclEntry { network_acl, .. }) => {
            ids.insert(network_acl.to_string());
        }
        Some(Edit::Route { route_table, .. }) => {
            ids.insert(route_table.to_string());
        }
        _ => {}
    }
    ids
}

/// What an edit is about, where a later one of the same takes its place.
fn edit_key(change: &Change) -> Option<String> {
    match change.edit.as_ref()? {
        Edit::NetworkAclEntry {
            network_acl,
            rule_number,
            egress,
            ..
        } => Some(format!("{network_acl} {rule_number} {egress}")),
        Edit::Route {
            route_table,
            destination,
            ..
        } => Some(match destination {
            RouteDestination::Cidr(net) => format!("{route_table} {net}"),
            RouteDestination::PrefixList(list) => format!("{route_table} {list}"),
        }),
        _ => None,
    }
}

/// A path whose state changed, and what would count as its old state.
#[derive(Debug)]
pub(crate) struct Case<'a> {
    pub(crate) path: &'a RequiredPath,
    /// Of the network as it is.
    pub(crate) engine: &'a Engine<'a>,
    /// What became of the path in it.
    pub(crate) now: &'a Assessment,
    pub(crate) good: Good<'a>,
    /// What decided: of a break its blockers, of a restoration the blockers that are no more.
    pub(crate) components: &'a BTreeSet<String>,
    pub(crate) directions: BTreeSet<(String, Direction)>,
    pub(crate) wanted: Wanted,
}

/// What undoing must bring back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// As expected, or not.
    AsExpected(bool),
    /// Not as expected, by these blockers.
    Fingerprint(String),
}

/// Who did it.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Verdict {
    pub(crate) blame: Option<Blame>,
    /// The exact inverse, where it is sure.
    pub(crate) fix: Option<FixCommand>,
}

impl Case<'_> {
    fn comes_back(&self, snapshot: &Snapshot) -> bool {
        self.is_wanted(&self.engine.over(snapshot).assess(self.path))
    }

    fn is_wanted(&self, result: &Assessment) -> bool {
        match &self.wanted {
            Wanted::AsExpected(wanted) => result.as_expected == Some(*wanted),
            Wanted::Fingerprint(wanted) => fingerprint(result) == *wanted,
        }
    }

    /// Whether a change changed the very thing that decides.
    fn decides(&self, touching: &Touching<'_>) -> bool {
        if touching.resources.is_disjoint(self.components) || touching.change.is_about_tags() {
            return false;
        }
        match &touching.change.edit {
            Some(Edit::NetworkAclEntry {
                network_acl, egress, ..
            }) => self.has_direction(network_acl.as_str(), *egress),
            Some(
                Edit::SecurityGroupRulesAdded { group, egress, .. }
                | Edit::SecurityGroupRulesRemoved { group, egress, .. },
            ) => self.has_direction(group.as_str(), *egress),
            _ => true,
        }
    }

    fn has_direction(&self, id: &str, egress: bool) -> bool {
        let direction = if egress {
            Direction::Egress
        } else {
            Direction::Ingress
        };
        self.directions.is_empty() || self.directions.contains(&(id.to_owned(), direction))
    }

    /// Finds who did it among a batch's changes.
    pub(crate) fn among(&self, changes: &Changes<'_>, touches: impl Fn(&Change) -> bool) -> Verdict {
        // Those that changed what decides first, and of these the newest.
        let mut candidates: Vec<usize> = (0..changes.all.len()).rev().collect();
        candidates.retain(|&index| {
            (changes.all.get(index))
                .is_some_and(|touching| self.decides(touching) || touches(touching.change))
        });
        let decides = |index: usize| {
            changes
                .all
                .get(index)
                .is_some_and(|touching| self.decides(touching))
        };
        // What the network does not show did nothing yet, unless a later edit of the same stands in its place.
        candidates.retain(|&index| {
            changes.all.get(index).is_some_and(|touching| {
                touching.superseded || !is_absent(touching.change, self.engine.snapshot())
            })
        });
        candidates.sort_by_key(|&index| !decides(index));
        let mut deciding = candidates.clone();
        deciding.retain(|&index| decides(index));
        candidates.truncate(MOST_TRIALS);
        for &index in &candidates {
            if self.comes_back_without(changes, index) {
                return self.sure(changes, index, 0);
            }
        }
        // Each of them would have been enough by itself, so the first one did it.
        if let Some(set) = self.smallest_set(changes, &candidates)
            && let Some(first) = set.iter().min()
        {
            return self.sure(changes, *first, set.len() - 1);
        }
        deciding.retain(|&index| self.matters(changes, index));
        Verdict {
            blame: self.likely(changes, &deciding),
            fix: None,
        }
    }

    /// Whether a change may have a part in what is so: not, where without it a path is lost by the very same.
    fn matters(&self, changes: &Changes<'_>, index: usize) -> bool {
        let without = self.without(changes, index);
        without.is_none_or(|without| without.blockers.is_empty() || without.blockers != self.now.blockers)
    }

    fn comes_back_without(&self, changes: &Changes<'_>, index: usize) -> bool {
        self.without(changes, index)
            .is_some_and(|result| self.is_wanted(&result))
    }

    /// What becomes of the path without a change; `None`: it cannot be undone.
    fn without(&self, changes: &Changes<'_>, index: usize) -> Option<Assessment> {
        let mut undone = changes.undone.borrow_mut();
        // What a record keeps of the network before is each path's own: only whole snapshots serve several.
        if self.good.before.is_none() {
            undone.remove(&index);
        }
        let snapshot = undone.entry(index).or_insert_with(|| {
            let touching = changes.all.get(index)?;
            let mut snapshot = self.engine.snapshot().clone();
            undo(
                touching.change,
                &touching.resources,
                &mut snapshot,
                self.good,
                changes.is_alone(index),
            )
            .then_some(snapshot)
        });
        let snapshot = snapshot.as_ref()?;
        Some(self.engine.over(snapshot).assess(self.path))
    }

    /// Where undoing one is not enough: all of them undone, then each done again that does not break it.
    fn smallest_set(&self, changes: &Changes<'_>, candidates: &[usize]) -> Option<Vec<usize>> {
        if candidates.len() < 2 {
            return None;
        }
        let without = |set: &[usize]| {
            let mut snapshot = self.engine.snapshot().clone();
            let mut newest_first = set.to_vec();
            newest_first.sort_unstable_by(|a, b| b.cmp(a));
            for index in newest_first {
                let touching = changes.all.get(index)?;
                // What shares a resource with a change that stays done is not put back as a whole.
                let alone = changes.all.iter().enumerate().all(|(other, others)| {
                    set.contains(&other) || others.resources.is_disjoint(&touching.resources)
                });
                if !undo(
                    touching.change,
                    &touching.resources,
                    &mut snapshot,
                    self.good,
                    alone,
                ) {
                    return None;
                }
            }
            self.comes_back(&snapshot).then_some(())
        };
        let mut set: Vec<usize> = candidates.to_vec();
        without(&set)?;
        for &index in candidates {
            let smaller: Vec<usize> = set.iter().copied().filter(|other| *other != index).collect();
            if without(&smaller).is_some() {
                set = smaller;
            }
        }
        (!set.is_empty()).then_some(set)
    }

    fn sure(&self, changes: &Changes<'_>, index: usize, others: usize) -> Verdict {
        let Some(touching) = changes.all.get(index) else {
            return Verdict::default();
        };
        let mends =
            others == 0 && self.path.expect == Expect::Reachable && self.wanted == Wanted::AsExpected(true);
        Verdict {
            blame: Some(Blame {
                certainty: Certainty::Sure,
                others,
                evidence: Some(self.evidence(touching.change, others)),
                ..of(touching.change)
            }),
            fix: mends
                .then(|| inverse(touching.change, self.good, self.engine.snapshot()))
                .flatten(),
        }
    }

    fn likely(&self, changes: &Changes<'_>, candidates: &[usize]) -> Option<Blame> {
        let touching: Vec<&Touching<'_>> = candidates
            .iter()
            .filter_map(|index| changes.all.get(*index))
            .collect();
        let newest = touching.first()?;
        let actors: BTreeSet<String> = touching
            .iter()
            .map(|touching| touching.change.actor.words())
            .collect();
        (actors.len() == 1).then(|| Blame {
            others: touching.len() - 1,
            ..of(newest.change)
        })
    }

    /// Finds who did it among changes that were kept because the network did not show them yet.
    pub(crate) fn among_suspects(&self, suspects: &[Suspect]) -> Verdict {
        let fits: Vec<&Suspect> = suspects
            .iter()
            .filter(|suspect| !suspect.resources.is_disjoint(self.components))
            .collect();
        let [only] = fits.as_slice() else {
            return Verdict::default();
        };
        // What exactly it did is not kept, so that it cannot be undone alone: nothing is sure of it.
        Verdict {
            blame: Some(only.blame.clone()),
            fix: None,
        }
    }

    fn outcome(&self) -> &'static str {
        match (&self.wanted, self.path.expect) {
            (Wanted::AsExpected(true), Expect::Reachable) => "the path is reachable",
            (Wanted::AsExpected(true), Expect::Blocked) => "nothing arrives",
            (Wanted::AsExpected(false), Expect::Reachable) => "the path would still be broken",
            (Wanted::AsExpected(false), Expect::Blocked) => "it would still be open",
            (Wanted::Fingerprint(_), _) => "it is as it was",
        }
    }

    fn evidence(&self, change: &Change, others: usize) -> String {
        let what = match &change.edit {
            _ if others > 0 => "with all of them undone",
            _ if self.wanted == Wanted::AsExpected(false) => "without it",
            Some(Edit::NetworkAclEntry { entry: None, .. }) => "with that entry back",
            Some(Edit::NetworkAclEntry { .. }) => "without that entry",
            Some(Edit::Route { route: None, .. }) => "with that route back",
            Some(Edit::SecurityGroupRulesRemoved { rules, .. }) if rules.len() == 1 => "with that rule back",
            Some(Edit::SecurityGroupRulesRemoved { .. }) => "with those rules back",
            _ => "with that undone",
        };
        format!("{what}, {}", self.outcome())
    }
}

/// A change as what somebody is blamed for: likely, until it is proved.
pub(crate) fn of(change: &Change) -> Blame {
    Blame {
        certainty: Certainty::Likely,
        actor: change.actor.words(),
        actor_class: change.actor.class.as_str().to_owned(),
        event_name: change.action.to_string(),
        summary: clean(&change.summary(), SHOWN),
        event_id: change.event_id.as_ref().map(|id| clean(id, SHOWN)),
        time: change.time,
        others: 0,
        evidence: None,
    }
}

/// The components that a path's blockers stand for, the targets of dead routes included; of a leak none.
pub(crate) fn components(result: &Assessment) -> BTreeSet<String> {
    let mut components = BTreeSet::new();
    if result.leaks() {
        return components;
    }
    for blocker in &result.blockers {
        components.insert(blocker.component.to_string());
        if let Some(Rule::Route { target, .. }) = blocker.rule.as_deref() {
            components.insert(target.clone());
        }
    }
    components
}

/// The components that let a leak pass.
pub(crate) fn letting_pass(result: &PathResult) -> BTreeSet<String> {
    let leaking = result
        .branches
        .iter()
        .filter(|branch| branch.outcome == BranchOutcome::Delivered);
    let hops = leaking.flat_map(|branch| &branch.hops).chain(&result.hops);
    hops.filter(|hop| hop.allowed_by.is_some())
        .map(|hop| hop.component.clone())
        .collect()
}

/// In which direction each blocker loses packets.
pub(crate) fn directions(result: &Assessment) -> BTreeSet<(String, Direction)> {
    result
        .blockers
        .iter()
        .filter_map(|blocker| Some((blocker.component.to_string(), blocker.direction?)))
        .collect()
}
