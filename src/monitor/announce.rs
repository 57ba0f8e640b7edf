//! What is said of a path now, and what is held back until later.

use jiff::Timestamp;

use crate::alert::AlertKind;
use crate::paths::model::RequiredPath;

use super::compose;
use super::decide::{Decider, Evaluated, add};
use super::record::{Announced, Held, Record, State, Story};
use super::transition::said;

impl Decider<'_> {
    /// Says what is to be said, unless something holds it back.
    pub(super) fn announce(&self, record: &mut Record, evaluated: &Evaluated<'_>) {
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
    pub(super) fn remind(&self, record: &mut Record, evaluated: &Evaluated<'_>) {
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
