//! A record is taken from what it was to what was found: what changed, since when, who did it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::SignedDuration;

use crate::paths::model::RequiredPath;
use crate::reach::{Dependencies, report};

use super::blame::{self, Case, Verdict, Wanted};
use super::compose;
use super::decide::{Decider, Evaluated, KEPT, add};
use super::fingerprint::{blocker_keys, incident_id};
use super::record::{
    ClosedIncident, Declared, Held, Incident, LastGood, Record, SCHEMA_VERSION, Settling, State, Story,
};
use super::rule_sets::RuleSets;
use super::undo::Good;

impl Decider<'_> {
    /// The record to go on with: the old one, or a new one where there is none or it was of another question.
    pub(super) fn start(&self, evaluated: &Evaluated<'_>, old: Option<&Record>) -> Record {
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
            Some(old) if old.definition == fresh.definition && old.expires.is_none() => {
                let mut same = Record {
                    declared: fresh.declared,
                    ..old.clone()
                };
                // What would have mended it then was not tried on what is there now.
                let held = same.held.iter_mut().map(|held| &mut held.story);
                for story in held.chain(same.settling.iter_mut().map(|settling| &mut settling.story)) {
                    story.fix = None;
                }
                same
            }
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
    pub(super) fn step(
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
            now: &evaluated.assessment,
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
        let told_down = (record.announced.as_ref()).is_some_and(|told| told.state == State::Down);
        let untold = record
            .held
            .take()
            .filter(|_| old == State::Down && evaluated.state == State::Down && !told_down);
        // Of an outage that nobody was told of yet, its beginning is told.
        record.held = Some(Held {
            until: self.input.now,
            story: untold.map_or(story, |held| held.story),
        });
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
}

fn path_settles(path: &RequiredPath) -> bool {
    path.settle > SignedDuration::ZERO
}
