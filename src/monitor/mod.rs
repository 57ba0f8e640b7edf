//! The loop: changes, paths, the network and what is remembered in; transitions, blame and alerts out.
//!
//! ```text
//! batch ─ selection ─▶ paths ─ engine ─▶ verdicts ─ transition ─▶ alerts ─ outbox ─▶ channels
//!                                           │           ▲
//!                                           └── blame ──┘
//! ```
//!
//! [`decide`] is a pure function; [`perform`] carries out what it decided through a [`Store`] and a [`Publisher`], which
//! the shells bring. The function, `replay` and tests call the same two.
//!
//! Invariant: this room reads no clock, no file, no network. A change alone is never announced, only what it does to a
//! path; a path that a change may touch is never left out; nobody is blamed on a guess; nothing that was written is lost.

mod advance;
mod announce;
mod blame;
mod compose;
mod decide;
mod fingerprint;
mod follow_up;
mod inverse;
mod memory_store;
mod orders;
mod outbox;
mod perform;
mod permission;
mod places;
mod record;
mod records;
mod rule_sets;
mod selection;
mod shown;
mod transition;
mod undo;
mod undo_part;

pub use decide::{Counters, Decision, FollowUp, Input, KEPT, Write, decide};
pub use fingerprint::{alert_id, fingerprint, incident_id};
pub use memory_store::MemoryStore;
pub use orders::{Batch, home};
pub use outbox::{Channel, Channels, Message, OutboxEntry, messages};
pub use perform::{Performed, PublishError, Publisher, Saved, Store, StoreError, perform, step};
pub use places::Places;
pub use record::{
    Announced, ClosedIncident, Declared, Held, Incident, LastGood, Record, SCHEMA_VERSION, Settling, State,
    Story, Suspect, schema,
};
pub use records::{Near, Records};
pub use rule_sets::{RuleSet, RuleSets};
pub use selection::{Reach, Scene, touches};
pub use shown::{Shown, on_its_way, shown};
pub use transition::said;
