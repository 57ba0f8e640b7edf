//! The decision carried out: written, then published, then cleared.
//!
//! The order is what nothing is lost by. A transition is written together with its alert; only what is written is
//! published; only what is published is cleared. Whatever interrupts this leaves an outbox that goes out at the next run,
//! under the id that was written: a duplicate shows, and nothing is announced under two ids.
//!
//! | what fails | what is left | what happens next |
//! |---|---|---|
//! | the write | the old record | the next run sees the same transition and decides it again |
//! | the process, after the write | record and outbox | the next run publishes the outbox |
//! | publishing | record and outbox | the next run publishes the outbox |
//! | the process, after publishing | record and outbox | published again, same id |
//! | the clearing | record and outbox | published again, same id |
//! | somebody else wrote meanwhile | their record | decided again on theirs: [`step`] |

use std::collections::BTreeSet;

use super::decide::{Decision, Write};
use super::outbox::{Message, messages};
use super::record::Record;
use super::records::Records;

/// How often a decision is made anew where somebody else wrote meanwhile.
const MOST_ROUNDS: usize = 5;

/// Where records are kept.
pub trait Store {
    /// All records, by path.
    ///
    /// # Errors
    ///
    /// If the store cannot be read.
    fn list(&mut self) -> Result<&Records, StoreError>;

    /// Writes records, each only if it still has the version that it was read with. Answers in the same order.
    ///
    /// # Errors
    ///
    /// If the store cannot be written; then each may have been written or not.
    fn save(&mut self, writes: &[Write]) -> Result<Vec<Saved>, StoreError>;
}

/// What became of a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Saved {
    /// It is written.
    Yes,
    /// Somebody else wrote meanwhile.
    Conflict,
}

/// Why a store failed, in words of the shell that keeps it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct StoreError(pub String);

/// Where alerts go.
pub trait Publisher {
    /// Delivers a message to its channel.
    ///
    /// # Errors
    ///
    /// If it was not taken; it stays owed.
    fn publish(&mut self, message: &Message) -> Result<(), PublishError>;
}

/// Why a message was not taken, in words of the shell that sends it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct PublishError(pub String);

/// What was done.
#[derive(Debug, Default, PartialEq)]
pub struct Performed {
    /// The paths that somebody else wrote meanwhile: to be decided again.
    pub conflicts: BTreeSet<String>,
    /// What was delivered.
    pub published: Vec<Message>,
    /// What was not, and why; it stays owed.
    pub failed: Vec<(Message, PublishError)>,
    /// Why delivered messages could not be cleared: they will be delivered again.
    pub not_cleared: Option<StoreError>,
}

/// Carries out a decision: writes, publishes all that is owed, clears.
///
/// # Errors
///
/// If the store fails before anything was published. What was written stays, with its outbox.
pub fn perform(
    decision: &Decision,
    store: &mut impl Store,
    publisher: &mut impl Publisher,
) -> Result<Performed, StoreError> {
    let mut performed = Performed::default();
    if !decision.writes.is_empty() {
        let saved = store.save(&decision.writes)?;
        for (write, saved) in decision.writes.iter().zip(&saved) {
            if *saved == Saved::Conflict {
                performed.conflicts.insert(write.name.clone());
            }
        }
    }
    deliver(store, publisher, &mut performed)?;
    Ok(performed)
}

/// Publishes all that is owed, and clears what was delivered.
fn deliver(
    store: &mut impl Store,
    publisher: &mut impl Publisher,
    performed: &mut Performed,
) -> Result<(), StoreError> {
    let records = store.list()?;
    let mut delivered: BTreeSet<(super::Channel, String)> = BTreeSet::new();
    for message in messages(records.values()) {
        match publisher.publish(&message) {
            Ok(()) => {
                delivered.insert((message.channel.clone(), message.alert.id.clone()));
                performed.published.push(message);
            }
            Err(error) => performed.failed.push((message, error)),
        }
    }
    let mut writes = Vec::new();
    for (name, record) in records {
        let mut outbox = record.outbox.clone();
        for entry in &mut outbox {
            let id = entry.alert.id.clone();
            entry
                .owed
                .retain(|channel| !delivered.contains(&(channel.clone(), id.clone())));
        }
        outbox.retain(|entry| !entry.owed.is_empty());
        if outbox != record.outbox {
            let cleared = Record {
                version: record.version + 1,
                outbox,
                ..record.clone()
            };
            writes.push(Write {
                name: name.clone(),
                record: Some(cleared),
                expected: Some(record.version),
            });
        }
    }
    if !writes.is_empty()
        && let Err(error) = store.save(&writes)
    {
        performed.not_cleared = Some(error);
    }
    Ok(())
}

/// A whole run: reads what is remembered, decides, carries it out; where somebody else wrote meanwhile, again.
///
/// # Errors
///
/// If the store fails.
pub fn step(
    store: &mut impl Store,
    publisher: &mut impl Publisher,
    mut decide: impl FnMut(&Records) -> Decision,
) -> Result<(Decision, Performed), StoreError> {
    let mut round = 1;
    let mut published = Vec::new();
    loop {
        let decision = decide(store.list()?);
        let mut performed = perform(&decision, store, publisher)?;
        published.append(&mut performed.published);
        if performed.conflicts.is_empty() || round >= MOST_ROUNDS {
            performed.published = published;
            return Ok((decision, performed));
        }
        round += 1;
    }
}
