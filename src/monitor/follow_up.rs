//! Whether and when a path is looked at again.

use std::collections::BTreeMap;

use jiff::SignedDuration;

use super::blame;
use super::decide::{Decider, Evaluated};
use super::record::{MOST_SUSPECTS, Record, Suspect};
use super::shown::{Shown, shown};

/// When a path is looked at again whose change the network does not show yet: 30 s, 2 min and 10 min after it.
const LOOK_AGAIN: [SignedDuration; 3] = [
    SignedDuration::from_secs(30),
    SignedDuration::from_secs(90),
    SignedDuration::from_secs(480),
];

impl Decider<'_> {
    /// Whether and when a path is to be looked at again.
    pub(super) fn follow_up(
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
}
