//! The decision: what a batch changes about what is remembered, and what is to be said.
//!
//! Invariant: a pure function. The clock, the network and what is remembered come in; records to write, each with its
//! alerts in its outbox, and what to look at again go out.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};

use crate::alert::AlertKind;
use crate::event::Again;
use crate::network::Snapshot;
use crate::paths::model::RequiredPath;
use crate::reach::report;
use crate::reach::{Assessment, Dependencies, Engine, Surroundings};

use super::blame::{self, Case, Changes, Verdict, Wanted};
use super::compose;
use super::fingerprint::{blocker_keys, fingerprint, incident_id};
use super::orders::Batch;
use super::outbox::Channels;
use super::places::Places;
use super::record::{
    Announced, ClosedIncident, Declared, Held, Incident, LastGood, MOST_SUSPECTS, Record, RuleSets,
    SCHEMA_VERSION, Settling, State, Story, Suspect,
};
use super::selection::{Reach, Scene, touches};
use super::shown::{Shown, shown};
use super::transition::said;
use super::undo::Good;

/// How long a record of what is over is kept.
pub const KEPT: SignedDuration = SignedDuration::from_hours(90 * 24);

/// When a path is looked at again whose change the network does not show yet: 30 s, 2 min and 10 min after it.
const LOOK_AGAIN: [SignedDuration; 3] = [
    SignedDuration::from_secs(30),
    SignedDuration::from_secs(90),
    SignedDuration::from_secs(480),
];

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
    pub records: &'a BTreeMap<String, Record>,
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
        .map(|touching| Reach::of(touching.change, &places))
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

struct Decider<'a> {
    input: &'a Input<'a>,
    engine: Engine<'a>,
    places: Places<'a>,
    changes: Changes<'a>,
    reaches: Vec<Reach>,
}

/// A path to look at.
struct Selected<'a> {
    path: &'a RequiredPath,
    old: Option<&'a Record>,
    /// Which changes can have touched it, by index.
    touched_by: Vec<usize>,
}

/// A path while it is decided about.
struct Evaluated<'a> {
    path: &'a RequiredPath,
    assessment: Assessment,
    dependencies: Dependencies,
    state: State,
    fingerprint: String,
    /// Which changes can have touched it, by index.
    touched_by: Vec<usize>,
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
            if old != Some(&new) {
                new.fit();
            }
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
            .filter(|(_, (touching, reach))| touches(touching.change, reach, path, old, &scene))
            .map(|(index, _)| index)
            .collect()
    }

    /// The record to go on with: the old one, or a new one where there is none or it was of another question.
    fn start(&self, evaluated: &Evaluated<'_>, old: Option<&Record>) -> Record {
        let path = evaluated.path;
        let definition = path.definition_hash();
        let now = self.input.now;
        let mut fresh = Record {
            schema_version: SCHEMA_VERSION,
            version: old.map_or(0, |old| old.version),
            name: path.name.clone(),
            definition,
            declared: Declared::of(path),
            state: State::Up,
            last_known: None,
            verdict: evaluated.assessment.verdict,
            since: now,
            fingerprint: String::new(),
            incident: None,
            blindness: None,
            last_incident: None,
            dependencies: Dependencies::default(),
            last_good: None,
            announced: None,
            settling: None,
            held: None,
            suspects: Vec::new(),
            reminded_at: None,
            reminders: 0,
            outbox: old.map(|old| old.outbox.clone()).unwrap_or_default(),
            expires: None,
        };
        match old {
            Some(old) if old.definition == fresh.definition && old.expires.is_none() => Record {
                declared: fresh.declared,
                ..old.clone()
            },
            Some(old) => {
                if old.expires.is_none() {
                    fresh.outbox.extend(compose::withdrawn(old, self.input, true));
                }
                fresh
            }
            None => fresh,
        }
    }

    /// Takes a record from what it was to what was found.
    fn step(
        &self,
        record: &mut Record,
        evaluated: &Evaluated<'_>,
        open: &mut BTreeMap<BTreeSet<String>, String>,
        unexplained: &mut BTreeSet<String>,
    ) {
        let now = self.input.now;
        record.dependencies = evaluated.dependencies.clone();
        if record
            .last_incident
            .as_ref()
            .is_some_and(|last| now.duration_since(last.until) > KEPT)
        {
            record.last_incident = None;
        }
        let is_first = record.fingerprint.is_empty();
        let was_down = record.state == State::Down
            || (record.state == State::Blind && record.last_known == Some(State::Down));
        let breaks = evaluated.state == State::Down && !was_down;
        let is_new = is_first
            || record.state != evaluated.state
            || (evaluated.state == State::Down && record.fingerprint != evaluated.fingerprint);
        let mut story = None;
        if breaks {
            let known = record.settling.take();
            let settled = known.as_ref().is_none_or(|settling| settling.until <= now);
            let told = match &known {
                Some(settling) if self.has_no_news(evaluated, settling) => settling.story.clone(),
                _ => self.story(record, evaluated),
            };
            if path_settles(evaluated.path) && (known.is_none() || !settled) {
                record.settling = Some(Settling {
                    until: known.map_or_else(|| add(now, evaluated.path.settle), |settling| settling.until),
                    story: told,
                });
                return;
            }
            story = Some(told);
        } else {
            record.settling = None;
        }
        if is_new {
            let story = story.unwrap_or_else(|| self.story(record, evaluated));
            self.accept(record, evaluated, story, open, unexplained);
        } else if evaluated.state == State::Up {
            record.fingerprint.clone_from(&evaluated.fingerprint);
            record.verdict = evaluated.assessment.verdict;
        }
        if evaluated.state == State::Up {
            self.remember_good(record, evaluated);
        }
        self.announce(record, evaluated);
        self.remind(record, evaluated);
    }

    fn has_no_news(&self, evaluated: &Evaluated<'_>, settling: &Settling) -> bool {
        evaluated.touched_by.is_empty() || settling.story.blame.is_some()
    }

    /// What is known of a transition at the moment that it is seen.
    fn story(&self, record: &Record, evaluated: &Evaluated<'_>) -> Story {
        let verdict = self.blame(record, evaluated);
        let newest = || {
            let index = evaluated.touched_by.last()?;
            self.changes.all.get(*index)?.change.event_id.clone()
        };
        let blamed = verdict.blame.as_ref().and_then(|blame| blame.event_id.clone());
        let now = self.input.now;
        // A clock elsewhere may be ahead; nothing happened after it was seen.
        let time = verdict
            .blame
            .as_ref()
            .and_then(|blame| blame.time)
            .filter(|time| *time <= now);
        Story {
            since: time.unwrap_or(now),
            trigger: blamed
                .or_else(newest)
                .unwrap_or_else(|| self.input.batch.trigger(&record.name, now)),
            blame: verdict.blame,
            fix: verdict.fix,
        }
    }

    fn blame(&self, record: &Record, evaluated: &Evaluated<'_>) -> Verdict {
        // Of what was so from the start, or cannot be told, nobody knows who.
        if record.fingerprint.is_empty() || evaluated.state == State::Blind {
            return Verdict::default();
        }
        let mended = evaluated.state == State::Up;
        let components = if mended {
            record
                .incident
                .as_ref()
                .map(|incident| incident.components.clone())
                .unwrap_or_default()
        } else if evaluated.assessment.leaks() {
            blame::letting_pass(&self.engine.evaluate(evaluated.path))
        } else {
            blame::components(&evaluated.assessment)
        };
        if mended && record.incident.is_none() {
            return Verdict::default();
        }
        let was_down = record.state == State::Down || record.last_known == Some(State::Down);
        let blockers = blocker_keys(&evaluated.assessment);
        let gets_better = record.verdict == report::Verdict::Blocked
            && evaluated.assessment.verdict == report::Verdict::Partial;
        let is_less = record.incident.as_ref().is_some_and(|incident| {
            was_down
                && !blockers.is_empty()
                && blockers.is_subset(&incident.blockers)
                && (blockers != incident.blockers || gets_better)
        });
        if !mended && is_less {
            // What went away nobody broke.
            return Verdict::default();
        }
        let case = Case {
            path: evaluated.path,
            engine: &self.engine,
            good: Good {
                before: self.input.before,
                rules: (record.last_good.as_ref())
                    .filter(|_| !mended)
                    .map(|good| &good.rules),
            },
            components: &components,
            directions: if mended {
                BTreeSet::new()
            } else {
                blame::directions(&evaluated.assessment)
            },
            wanted: if mended {
                Wanted::AsExpected(false)
            } else if was_down {
                Wanted::Fingerprint(record.fingerprint.clone())
            } else {
                Wanted::AsExpected(true)
            },
        };
        let reached: BTreeSet<Option<&str>> = evaluated
            .touched_by
            .iter()
            .filter_map(|index| self.changes.all.get(*index))
            .map(|touching| touching.change.event_id.as_deref())
            .collect();
        let verdict = case.among(&self.changes, |change| {
            reached.contains(&change.event_id.as_deref())
        });
        if verdict.blame.is_some() || mended {
            return verdict;
        }
        case.among_suspects(&record.suspects)
    }

    /// Makes what was found the record's state.
    fn accept(
        &self,
        record: &mut Record,
        evaluated: &Evaluated<'_>,
        story: Story,
        open: &mut BTreeMap<BTreeSet<String>, String>,
        unexplained: &mut BTreeSet<String>,
    ) {
        let old = record.state;
        let is_first = record.fingerprint.is_empty();
        record.verdict = evaluated.assessment.verdict;
        match evaluated.state {
            State::Down => {
                let mut components = blame::components(&evaluated.assessment);
                if let Some(good) = &record.last_good {
                    components.retain(|component| !good.lossy.contains(component));
                }
                if story.blame.is_none() && !is_first {
                    unexplained.extend(components.iter().cloned());
                }
                record.suspects.retain(|suspect| {
                    story
                        .blame
                        .as_ref()
                        .is_none_or(|blame| blame.event_id != suspect.blame.event_id)
                });
                let joined = || open.get(&components).cloned();
                let id = match (&record.incident, &story.blame) {
                    (Some(incident), _) => incident.id.clone(),
                    (None, Some(blame)) if blame.certainty == crate::alert::Certainty::Sure => {
                        let cause = blame.event_id.clone().unwrap_or_else(|| blame.summary.clone());
                        incident_id(&format!("change:{cause}"), &story.trigger)
                    }
                    (None, _) => joined().unwrap_or_else(|| {
                        let listed: Vec<&str> = components.iter().map(String::as_str).collect();
                        incident_id(&format!("components:{}", listed.join(",")), &story.trigger)
                    }),
                };
                if !components.is_empty() {
                    open.entry(components.clone()).or_insert_with(|| id.clone());
                }
                let since = record
                    .incident
                    .as_ref()
                    .map_or(story.since, |incident| incident.since);
                record.incident = Some(Incident {
                    id,
                    components,
                    blockers: blocker_keys(&evaluated.assessment),
                    since,
                });
                record.since = since;
                record.last_known = None;
            }
            State::Up => {
                if let Some(incident) = record.incident.take() {
                    record.last_incident = Some(ClosedIncident {
                        id: incident.id,
                        since: incident.since,
                        until: story.since,
                    });
                }
                record.since = story.since;
                record.last_known = None;
                record.reminded_at = None;
                record.reminders = 0;
            }
            State::Blind => {
                if old != State::Blind {
                    record.last_known = (!is_first).then_some(old);
                }
                record.since = story.since;
                let reason = evaluated.assessment.reason.as_ref();
                let components = reason
                    .map(|reason| reason.components.join(","))
                    .unwrap_or_default();
                let code = reason.map_or("", |reason| reason.code.as_str());
                record.blindness = Some(incident_id(&format!("blind:{code}:{components}"), &story.trigger));
            }
        }
        record.state = evaluated.state;
        // While blind the last known blockers stay, to compare with.
        if evaluated.state != State::Blind || is_first {
            record.fingerprint.clone_from(&evaluated.fingerprint);
        }
        record.held = Some(Held {
            until: self.input.now,
            story,
        });
    }

    /// Says what is to be said, unless something holds it back.
    fn announce(&self, record: &mut Record, evaluated: &Evaluated<'_>) {
        let now = self.input.now;
        let kind = said(record.announced.as_ref(), record.state, &record.fingerprint);
        let story = record.held.take().map(|held| held.story);
        let Some(kind) = kind else {
            record.announced.get_or_insert_with(|| Announced {
                state: record.state,
                last_known: record.last_known,
                fingerprint: record.fingerprint.clone(),
            });
            if let Some(told) = &mut record.announced
                && told.state == State::Up
            {
                told.fingerprint.clone_from(&record.fingerprint);
            }
            return;
        };
        let story = story.unwrap_or_else(|| Story {
            since: record.since,
            trigger: self.input.batch.trigger(&record.name, now),
            blame: None,
            fix: None,
        });
        // That something works again is never held back: somebody may be working on it.
        if kind != AlertKind::Restored
            && let Some(until) = quiet_until(evaluated.path, now)
        {
            record.held = Some(Held { until, story });
            return;
        }
        let found_at_start = record.announced.is_none();
        let full = self.engine.evaluate(evaluated.path);
        let entry = compose::transition(record, kind, full, &story, self.input, found_at_start);
        record.outbox.push(entry);
        if record.state != State::Blind {
            record.blindness = None;
        }
        record.announced = Some(Announced {
            state: record.state,
            last_known: record.last_known,
            fingerprint: record.fingerprint.clone(),
        });
    }

    /// Says once more that a path is still not as expected, at a sweep.
    fn remind(&self, record: &mut Record, evaluated: &Evaluated<'_>) {
        let now = self.input.now;
        let path = evaluated.path;
        let told_down = record
            .announced
            .as_ref()
            .is_some_and(|told| told.state == State::Down);
        let is_quiet = record.held.is_some() || quiet_until(path, now).is_some();
        if record.state != State::Down
            || !told_down
            || is_quiet
            || !self.input.batch.is_swept(path, &self.places)
        {
            return;
        }
        let due = match record.reminded_at {
            None => path.remind_after.map(|after| add(record.since, after)),
            Some(last) => path.remind_every.map(|every| add(last, every)),
        };
        if due.is_none_or(|due| due > now) {
            return;
        }
        record.reminders += 1;
        record.reminded_at = Some(now);
        let story = Story {
            since: record.since,
            trigger: self.input.batch.trigger(&record.name, now),
            blame: None,
            fix: None,
        };
        let entry = compose::transition(
            record,
            AlertKind::Reminder,
            self.engine.evaluate(path),
            &story,
            self.input,
            false,
        );
        record.outbox.push(entry);
    }

    /// Keeps the trace of a path that is as expected, where it is not the one that is kept already.
    fn remember_good(&self, record: &mut Record, evaluated: &Evaluated<'_>) {
        let rules = RuleSets::of(self.input.after, &evaluated.dependencies);
        if record.last_good.as_ref().is_some_and(|good| good.rules == rules) {
            return;
        }
        let full = self.engine.evaluate(evaluated.path);
        record.last_good = Some(LastGood {
            hops: full.hops,
            lossy: blame::components(&evaluated.assessment),
            rules,
        });
    }

    /// Whether and when a path is to be looked at again.
    fn follow_up(
        &self,
        record: &mut Record,
        evaluated: &Evaluated<'_>,
        follow_ups: &mut BTreeMap<(SignedDuration, Option<String>, u32), Vec<String>>,
    ) {
        let now = self.input.now;
        let mut later = |after: SignedDuration, event: Option<String>, attempt: u32| {
            follow_ups
                .entry((after, event, attempt))
                .or_default()
                .push(record.name.clone());
        };
        if let Some(settling) = &record.settling {
            later(
                settling.until.duration_since(now),
                Some(settling.story.trigger.clone()),
                0,
            );
        }
        if let Some(held) = &record.held {
            later(
                held.until.duration_since(now),
                Some(held.story.trigger.clone()),
                0,
            );
        }
        let mut early: Vec<Suspect> = Vec::new();
        for touching in evaluated
            .touched_by
            .iter()
            .filter_map(|index| self.changes.all.get(*index))
        {
            let is_early = match shown(touching.change, self.input.after) {
                Shown::NotYet => !touching.superseded,
                Shown::Unknown => touching.change.done_later,
                Shown::Yes => false,
            };
            if is_early {
                early.push(Suspect {
                    blame: blame::of(touching.change),
                    resources: touching.resources.clone(),
                });
            }
        }
        if !early.is_empty() {
            let newest = self.changes.newest().and_then(|change| change.event_id.clone());
            if let Some(after) = LOOK_AGAIN.first() {
                later(*after, newest, 1);
            }
            for suspect in early.into_iter().rev().take(MOST_SUSPECTS) {
                if !record
                    .suspects
                    .iter()
                    .any(|known| known.blame.event_id == suspect.blame.event_id)
                {
                    record.suspects.push(suspect);
                }
            }
            let excess = record.suspects.len().saturating_sub(MOST_SUSPECTS);
            record.suspects.drain(..excess);
        } else if let Some(again) = self
            .input
            .batch
            .attempt(&evaluated.path.name)
            .filter(|again| again.attempt > 0)
        {
            match usize::try_from(again.attempt)
                .ok()
                .and_then(|attempt| LOOK_AGAIN.get(attempt))
            {
                Some(after) => later(*after, again.event.clone(), again.attempt + 1),
                None => record.suspects.clear(),
            }
        }
    }

    /// Tells of paths that are no longer in the file, and forgets those that left it long ago.
    fn withdraw(&self, decision: &mut Decision) {
        let names: BTreeSet<&str> = self.input.paths.iter().map(|path| path.name.as_str()).collect();
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

fn path_settles(path: &RequiredPath) -> bool {
    path.settle > SignedDuration::ZERO
}

/// Until when nothing is said of a path: it is muted, or a maintenance window is in force.
fn quiet_until(path: &RequiredPath, now: Timestamp) -> Option<Timestamp> {
    let muted = path
        .mute
        .as_ref()
        .map(|mute| mute.until)
        .filter(|until| *until > now);
    let windows = path
        .maintenance_windows
        .iter()
        .filter_map(|window| window.ends_at(now));
    windows.chain(muted).max()
}

fn add(time: Timestamp, duration: SignedDuration) -> Timestamp {
    time.checked_add(duration).unwrap_or(Timestamp::MAX)
}
