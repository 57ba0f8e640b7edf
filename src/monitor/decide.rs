//! The decision: what a batch changes about what is remembered, and what is to be said.
//!
//! Invariant: a pure function. The clock, the network and what is remembered come in; records to write, each with its
//! alerts in its outbox, and what to look at again go out.

use std::collections::{BTreeMap, BTreeSet};

use foldhash::HashSet;
use jiff::{SignedDuration, Timestamp};

use crate::event::Again;
use crate::network::Snapshot;
use crate::paths::model::RequiredPath;
use crate::reach::{Assessment, Dependencies, Engine, Surroundings};

use super::blame::Changes;
use super::compose;
use super::fingerprint::fingerprint;
use super::orders::Batch;
use super::outbox::Channels;
use super::places::Places;
use super::record::{Record, State};
use super::records::{Near, Records};
use super::selection::{Reach, Scene, touches};

/// How long a record of what is over is kept.
pub const KEPT: SignedDuration = SignedDuration::from_hours(90 * 24);

/// All that a decision rests on.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a> {
    /// What is asked for.
    pub batch: &'a Batch,
    /// The paths of the file, all of them.
    pub paths: &'a [RequiredPath],
    /// What the engine is told beside the network.
    pub surroundings: &'a Surroundings,
    /// The network, read after the newest event.
    pub after: &'a Snapshot,
    /// The network before the oldest event, if it is at hand.
    pub before: Option<&'a Snapshot>,
    /// What is remembered, by path.
    pub records: &'a Records,
    /// The time.
    pub now: Timestamp,
    /// Where alerts go.
    pub channels: &'a Channels,
}

/// What to do.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Decision {
    /// What to write, in the paths' order; what is remembered and not in here stays.
    pub writes: Vec<Write>,
    /// What to look at again, the soonest first.
    pub follow_ups: Vec<FollowUp>,
    /// What decides of paths that went down, and nobody is known to have changed: to be looked up in CloudTrail.
    pub unexplained: BTreeSet<String>,
    /// How much was done.
    pub counters: Counters,
}

/// A record to write, if it still has the version that it was read with.
#[derive(Debug, Clone, PartialEq)]
pub struct Write {
    /// The path's name.
    pub name: String,
    /// The record; `None`: it is to be forgotten.
    pub record: Option<Record>,
    /// The version that it was read with; `None`: there was none.
    pub expected: Option<u64>,
}

impl Write {
    /// Does it to records in memory.
    pub fn apply(&self, records: &mut Records) {
        match &self.record {
            Some(record) => records.insert(self.name.clone(), record.clone()),
            None => records.remove(&self.name),
        };
    }
}

/// Something to look at again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FollowUp {
    /// In how long. What a queue cannot delay for so long (SQS: 15 minutes) is left to the sweep.
    pub after: SignedDuration,
    /// What.
    pub again: Again,
}

/// How much was done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Counters {
    /// Changes that can matter, duplicates left out.
    pub changes: usize,
    /// Paths of the file.
    pub paths: usize,
    /// Paths that were evaluated.
    pub evaluated: usize,
    /// Paths as expected, down and blind, as they are remembered now.
    pub up: usize,
    /// Not as expected.
    pub down: usize,
    /// It cannot be told.
    pub blind: usize,
    /// Entries put into outboxes.
    pub announced: usize,
}

/// Decides.
pub fn decide(input: &Input<'_>) -> Decision {
    let places = Places::of([Some(input.after), input.before].into_iter().flatten());
    let changes = Changes::of(&input.batch.changes, &places);
    let reaches = changes
        .all
        .iter()
        .map(|touching| {
            let reach = Reach::of(touching.change, &places);
            let near = input.records.near(&reach);
            (reach, near)
        })
        .collect();
    let decider = Decider {
        engine: Engine::new(input.after, input.surroundings.clone()),
        input,
        places,
        changes,
        reaches,
    };
    decider.decide()
}

pub(super) struct Decider<'a> {
    pub(super) input: &'a Input<'a>,
    pub(super) engine: Engine<'a>,
    pub(super) places: Places<'a>,
    pub(super) changes: Changes<'a>,
    /// What each change can reach, and the records near it.
    reaches: Vec<(Reach, Near<'a>)>,
}

/// A path to look at.
struct Selected<'a> {
    path: &'a RequiredPath,
    old: Option<&'a Record>,
    /// Which changes can have touched it, by index.
    touched_by: Vec<usize>,
}

/// A path while it is decided about.
pub(super) struct Evaluated<'a> {
    pub(super) path: &'a RequiredPath,
    pub(super) assessment: Assessment,
    pub(super) dependencies: Dependencies,
    pub(super) state: State,
    pub(super) fingerprint: String,
    /// Which changes can have touched it, by index.
    pub(super) touched_by: Vec<usize>,
}

impl Decider<'_> {
    fn decide(&self) -> Decision {
        let mut decision = Decision::default();
        let mut follow_ups: BTreeMap<(SignedDuration, Option<String>, u32), Vec<String>> = BTreeMap::new();
        let mut open = self.open_incidents();
        decision.counters.changes = self.changes.all.len();
        decision.counters.paths = self.input.paths.len();
        let selected = self.select(&mut decision.counters);
        decision.counters.evaluated = selected.len();
        let assessed = self
            .engine
            .assess_all(selected.iter().map(|selected| selected.path));
        let mut assessed: Vec<(usize, Assessment)> = assessed.collect();
        assessed.sort_unstable_by_key(|&(index, _)| index);
        for (selected, (_, assessment)) in selected.into_iter().zip(assessed) {
            let (path, old) = (selected.path, selected.old);
            let evaluated = Evaluated {
                path,
                state: State::of(&assessment),
                fingerprint: fingerprint(&assessment),
                dependencies: (&assessment.consulted).into(),
                assessment,
                touched_by: selected.touched_by,
            };
            let mut new = self.start(&evaluated, old);
            let before = old.map_or(0, |old| old.outbox.len());
            self.step(&mut new, &evaluated, &mut open, &mut decision.unexplained);
            self.follow_up(&mut new, &evaluated, &mut follow_ups);
            decision.counters.announced += new.outbox.len().saturating_sub(before);
            decision.counters.count(Some(&new));
            decision.write(old, new);
        }
        self.withdraw(&mut decision);
        decision.follow_ups = follow_ups
            .into_iter()
            .map(|((after, event, attempt), mut paths)| {
                paths.sort();
                FollowUp {
                    after,
                    again: Again {
                        paths,
                        event,
                        attempt,
                    },
                }
            })
            .collect();
        decision
    }

    /// The paths to look at; the others are counted as they are remembered.
    fn select(&self, counters: &mut Counters) -> Vec<Selected<'_>> {
        let mut selected = Vec::new();
        for path in self.input.paths {
            let old = self.input.records.get(&path.name);
            let touched_by = self.touched_by(path, old);
            if !touched_by.is_empty()
                || self.input.batch.names(path, &self.places)
                || old.is_none_or(|old| old.expires.is_some() || old.definition != path.definition_hash())
            {
                selected.push(Selected {
                    path,
                    old,
                    touched_by,
                });
            } else {
                counters.count(old);
            }
        }
        selected
    }

    /// The open incidents, by the components that paths broke by.
    fn open_incidents(&self) -> BTreeMap<BTreeSet<String>, String> {
        let records = self
            .input
            .records
            .values()
            .filter(|record| record.expires.is_none());
        records
            .filter_map(|record| record.incident.as_ref())
            .filter(|incident| !incident.components.is_empty())
            .map(|incident| (incident.components.clone(), incident.id.clone()))
            .collect()
    }

    fn touched_by(&self, path: &RequiredPath, old: Option<&Record>) -> Vec<usize> {
        let scene = Scene {
            places: &self.places,
            transparent: &self.input.surroundings.transparent,
        };
        let pairs = self.changes.all.iter().zip(&self.reaches).enumerate();
        pairs
            .filter(|(_, (touching, (reach, near)))| {
                (old.is_none() || near.has(&path.name)) && touches(touching.change, reach, path, old, &scene)
            })
            .map(|(index, _)| index)
            .collect()
    }

    /// Tells of paths that are no longer in the file, and forgets those that left it long ago.
    fn withdraw(&self, decision: &mut Decision) {
        let names: HashSet<&str> = self.input.paths.iter().map(|path| path.name.as_str()).collect();
        for (name, old) in self.input.records {
            if names.contains(name.as_str()) {
                continue;
            }
            match old.expires {
                Some(expires) if expires <= self.input.now && !old.owes() => decision.writes.push(Write {
                    name: name.clone(),
                    record: None,
                    expected: Some(old.version),
                }),
                Some(_) => {}
                None => {
                    let mut new = old.clone();
                    new.outbox.extend(compose::withdrawn(old, self.input, false));
                    decision.counters.announced += new.outbox.len() - old.outbox.len();
                    new.expires = Some(add(self.input.now, KEPT));
                    new.settling = None;
                    new.held = None;
                    new.last_good = None;
                    new.suspects.clear();
                    decision.write(Some(old), new);
                }
            }
        }
    }
}

impl Decision {
    /// Writes a record if it is another than it was.
    fn write(&mut self, old: Option<&Record>, mut new: Record) {
        if old == Some(&new) {
            return;
        }
        new.version = old.map_or(0, |old| old.version) + 1;
        self.writes.push(Write {
            name: new.name.clone(),
            expected: old.map(|old| old.version),
            record: Some(new),
        });
    }
}

impl Counters {
    fn count(&mut self, record: Option<&Record>) {
        match record.map(|record| record.state) {
            Some(State::Up) => self.up += 1,
            Some(State::Down) => self.down += 1,
            Some(State::Blind) => self.blind += 1,
            None => {}
        }
    }
}

pub(super) fn add(time: Timestamp, duration: SignedDuration) -> Timestamp {
    time.checked_add(duration).unwrap_or(Timestamp::MAX)
}
