//! What is left when something fails between write, publish and clear, and what happens next.
//!
//! | fault | after it | the next run |
//! |---|---|---|
//! | the store cannot be read | nothing happened | decides |
//! | the write fails | nothing is remembered, nothing was sent | decides the same: same id |
//! | the process dies after the write | record with outbox, nothing sent | sends what was written |
//! | the publisher refuses | record with outbox | sends what was written, same id |
//! | the publisher takes it, the clearing fails | record with outbox, sent | sends it again, same id: a duplicate shows |
//! | one of two channels refuses | outbox owes the one | sends to the one only |
//! | another process wrote the same transition first | its record | decides again on it: nothing more to say |
//! | another process writes between reading and writing, again and again | its record | gives up after some rounds, nothing lost |
//! | the same event again, later | up to date | nothing to say |
//! | events in the wrong order | the network decides, not the events | the same alert, the same id |

use std::collections::BTreeSet;

use hopwatch::alert::AlertKind;
use hopwatch::event::Change;
use hopwatch::monitor::{
    Batch, Channel, Decision, Input, MemoryStore, Message, PublishError, Publisher, Records, Saved, Store,
    StoreError, Write, decide, perform, step,
};
use jiff::SignedDuration;

use super::stage::{Extra, SFTP, Sent, Stage, kinds};

/// What fails, which call of the store to write or to read, whether the publisher refuses, how often it is sent in all.
type Fault = (&'static str, Option<usize>, Option<usize>, bool, usize);

/// A store that fails at one of its calls, counted from 1.
struct Failing<'a> {
    store: &'a mut MemoryStore,
    at_save: Option<usize>,
    at_list: Option<usize>,
    saves: usize,
    lists: usize,
}

impl<'a> Failing<'a> {
    fn new(store: &'a mut MemoryStore, at_save: Option<usize>, at_list: Option<usize>) -> Self {
        Self {
            store,
            at_save,
            at_list,
            saves: 0,
            lists: 0,
        }
    }
}

impl Store for Failing<'_> {
    fn list(&mut self) -> Result<&Records, StoreError> {
        self.lists += 1;
        if self.at_list == Some(self.lists) {
            return Err(StoreError("cannot be read".into()));
        }
        self.store.list()
    }

    fn save(&mut self, writes: &[Write]) -> Result<Vec<Saved>, StoreError> {
        self.saves += 1;
        if self.at_save == Some(self.saves) {
            return Err(StoreError("cannot be written".into()));
        }
        self.store.save(writes)
    }
}

/// A publisher that refuses some channels.
#[derive(Default)]
struct Refusing {
    refused: BTreeSet<Channel>,
    sent: Vec<Message>,
}

impl Publisher for Refusing {
    fn publish(&mut self, message: &Message) -> Result<(), PublishError> {
        if self.refused.contains(&message.channel) {
            return Err(PublishError("throttled".into()));
        }
        self.sent.push(message.clone());
        Ok(())
    }
}

/// A path that was up, and the event that broke it.
fn broken() -> (Stage, Batch) {
    let mut stage = Stage::up();
    stage.pass(SignedDuration::from_secs(60));
    let change = stage.break_it();
    (stage, batch(&[change]))
}

fn batch(changes: &[Change]) -> Batch {
    Batch {
        changes: changes.to_vec(),
        ..Batch::default()
    }
}

fn decision(stage: &Stage, batch: &Batch, records: &Records) -> Decision {
    let extra = Extra::default();
    decide(&Input {
        records,
        ..stage.input(batch, &extra)
    })
}

#[test]
fn nothing_is_lost_and_nothing_announced_under_two_ids_whichever_step_fails() {
    let faults: [Fault; 6] = [
        ("reading, before deciding", None, Some(1), false, 1),
        ("writing", Some(1), None, false, 1),
        ("the process, after writing", None, Some(2), false, 1),
        ("publishing", None, None, true, 1),
        ("clearing", Some(2), None, false, 2),
        ("nothing", None, None, false, 1),
    ];
    for (fault, at_save, at_list, refuses, sent) in faults {
        let (stage, batch) = broken();
        let mut store = stage.store.clone();
        let mut publisher = Refusing::default();
        if refuses {
            publisher.refused.insert(Channel::Local);
        }
        let first = step(
            &mut Failing::new(&mut store, at_save, at_list),
            &mut publisher,
            |records| decision(&stage, &batch, records),
        );
        let fails = at_list.is_some() || at_save == Some(1);
        assert_eq!(first.is_err(), fails, "{fault}");
        publisher.refused.clear();
        // SQS delivers the batch again where the run failed; a sweep comes anyway.
        let again = if fails { batch } else { super::stage::sweep() };
        let (_, performed) = step(&mut store, &mut publisher, |records| {
            decision(&stage, &again, records)
        })
        .unwrap();
        assert!(
            performed.failed.is_empty() && performed.not_cleared.is_none(),
            "{fault}"
        );
        assert_eq!(publisher.sent.len(), sent, "{fault}");
        let ids: BTreeSet<&str> = publisher
            .sent
            .iter()
            .map(|message| message.alert.id.as_str())
            .collect();
        assert_eq!(ids.len(), 1, "{fault}: {ids:?}");
        assert!(
            store.records().values().all(|record| record.outbox.is_empty()),
            "{fault}"
        );
        assert_eq!(publisher.sent[0].alert.kind, AlertKind::Broken);
        assert!(
            publisher.sent[0].alert.blame.is_some(),
            "{fault}: who did it is not forgotten"
        );
    }
}

#[test]
fn what_is_owed_goes_out_even_where_nothing_else_is_to_do() {
    let (stage, batch) = broken();
    let mut store = stage.store.clone();
    let mut publisher = Refusing::default();
    publisher.refused.insert(Channel::Local);
    perform(
        &decision(&stage, &batch, store.records()),
        &mut store,
        &mut publisher,
    )
    .unwrap();
    assert!(store.records().get(SFTP).unwrap().owes());
    publisher.refused.clear();
    perform(&Decision::default(), &mut store, &mut publisher).unwrap();
    assert_eq!(publisher.sent.len(), 1);
    assert!(!store.records().get(SFTP).unwrap().owes());
}

#[test]
fn a_channel_that_has_it_does_not_get_it_again() {
    let (stage, batch) = broken();
    let mut extra = Extra::default();
    let bus = Channel::Bus("alerts".into());
    extra.channels.bus = Some("alerts".into());
    let mut store = stage.store.clone();
    let mut publisher = Refusing::default();
    publisher.refused.insert(bus.clone());
    let decided = decide(&stage.input(&batch, &extra));
    let performed = perform(&decided, &mut store, &mut publisher).unwrap();
    assert_eq!((performed.published.len(), performed.failed.len()), (1, 1));
    publisher.refused.clear();
    perform(&Decision::default(), &mut store, &mut publisher).unwrap();
    let channels: Vec<&Channel> = publisher.sent.iter().map(|message| &message.channel).collect();
    assert_eq!(channels, [&Channel::Local, &bus]);
    assert_eq!(publisher.sent[0].alert.id, publisher.sent[1].alert.id);
}

#[test]
fn of_two_that_see_the_same_one_announces_it() {
    let (stage, batch) = broken();
    let mut store = stage.store.clone();
    let records = store.records().clone();
    let (mine, theirs) = (
        decision(&stage, &batch, &records),
        decision(&stage, &batch, &records),
    );
    let mut sent = Sent::default();
    perform(&theirs, &mut store, &mut sent).unwrap();
    let performed = perform(&mine, &mut store, &mut sent).unwrap();
    assert_eq!(performed.conflicts, BTreeSet::from([SFTP.to_owned()]));
    assert_eq!(sent.0.len(), 1);
    let (_, performed) = step(&mut store, &mut sent, |records| decision(&stage, &batch, records)).unwrap();
    assert!(performed.conflicts.is_empty() && sent.0.len() == 1);
}

/// A store to which somebody else writes before each of our writes.
struct Contended<'a> {
    store: &'a mut MemoryStore,
    times: usize,
}

impl Store for Contended<'_> {
    fn list(&mut self) -> Result<&Records, StoreError> {
        self.store.list()
    }

    fn save(&mut self, writes: &[Write]) -> Result<Vec<Saved>, StoreError> {
        if self.times > 0 {
            self.times -= 1;
            let mut record = self.store.records().get(SFTP).unwrap().clone();
            let expected = Some(record.version);
            record.version += 1;
            let theirs = Write {
                name: SFTP.to_owned(),
                record: Some(record),
                expected,
            };
            assert_eq!(self.store.write(&[theirs]), [Saved::Yes]);
        }
        self.store.save(writes)
    }
}

#[test]
fn who_loses_a_race_decides_again() {
    for (times, announced) in [(1, 1), (3, 1), (100, 0)] {
        let (stage, batch) = broken();
        let mut store = stage.store.clone();
        let mut sent = Sent::default();
        let mut contended = Contended {
            store: &mut store,
            times,
        };
        let (_, performed) = step(&mut contended, &mut sent, |records| {
            decision(&stage, &batch, records)
        })
        .unwrap();
        assert_eq!(sent.0.len(), announced, "{times}");
        assert_eq!(performed.conflicts.is_empty(), announced == 1, "{times}");
        if announced == 0 {
            // Told to the caller; the next run finds it.
            step(&mut store, &mut sent, |records| decision(&stage, &batch, records)).unwrap();
            assert_eq!(sent.0.len(), 1);
        }
    }
}

#[test]
fn duplicates_say_nothing_more() {
    let (mut stage, batch) = broken();
    let alerts = stage.run(&batch);
    assert_eq!(kinds(&alerts), [AlertKind::Broken]);
    for _ in 0..3 {
        stage.pass(SignedDuration::from_secs(40));
        assert_eq!(stage.run(&batch), []);
    }
    let mut twice = batch.clone();
    twice.changes.extend(batch.changes.clone());
    let (mut other, _) = broken();
    let both = other.run(&twice);
    assert_eq!((both[0].id.as_str(), both.len()), (alerts[0].id.as_str(), 1));
    assert_eq!(both[0].blame.as_ref().map(|blame| blame.others), Some(0));
}

#[test]
fn the_order_of_events_does_not_matter() {
    let make = || {
        let mut stage = Stage::up();
        let mut before = stage.network.clone();
        let mut changes = Vec::new();
        for number in [100, 110] {
            stage.pass(SignedDuration::from_secs(1));
            changes.push(stage.delete_entry(number, false));
        }
        stage.pass(SignedDuration::from_secs(1));
        changes.push(stage.break_it());
        std::mem::swap(stage.before.as_mut().unwrap(), &mut before);
        (stage, changes)
    };
    let (mut stage, changes) = make();
    let expected = stage.events(&changes);
    assert_eq!(kinds(&expected), [AlertKind::Broken]);
    for order in [[2, 1, 0], [1, 2, 0], [0, 2, 1]] {
        let (mut stage, changes) = make();
        let shuffled: Vec<Change> = order.iter().map(|index| changes[*index].clone()).collect();
        assert_eq!(stage.events(&shuffled), expected, "{order:?}");
    }
    // The restoring event comes first, then the one that broke it: the network is as it should be.
    let mut stage = Stage::up();
    let broke = stage.break_it();
    stage.pass(SignedDuration::from_secs(5));
    let mended = stage.mend_it();
    assert_eq!(stage.events(&[mended]), []);
    assert_eq!(stage.events(&[broke]), []);
}
