//! An EventBridge event, in whatever shape it arrives, to the changes it tells of: who did what to which resources,
//! when, from where, and whether it can matter.
//!
//! ```text
//! payload ─ invocation ─▶ requests ─ envelope ─▶ event ─┬─ cloudtrail ─ actor, walk, edit ─▶ change
//!                            │                          └─ native ─ walk ─────────────────▶ change
//!                            └─ by hand: check, sweep, again
//! ```
//!
//! Invariant: this room decides nothing about paths and looks nothing up. It knows no snapshot, SDK, clock or
//! environment; an association's id stays one until the monitor resolves it. What is not understood is never dropped:
//! it is [`Effect::SomethingChanged`] in its account and Region. Nothing in an event selects code, an endpoint, a topic
//! or a role.

mod action;
mod actor;
mod by_hand;
mod change;
mod cloudtrail;
mod edit;
mod envelope;
mod error;
mod invocation;
mod loose;
mod native;
mod own;
mod pattern;
mod recognise;
mod tool;
mod touched;
mod walk;

#[cfg(test)]
mod reference;
#[cfg(test)]
mod robustness;
#[cfg(test)]
mod samples;

pub use action::Impact;
pub use actor::{Actor, ActorClass, Identity};
pub use by_hand::{Again, ByHand, Check, CheckPaths, Sweep, SweepPart, schema};
pub use change::{Action, Change, Effect, Event, Vague, Verb};
pub use edit::{Edit, RouteDestination, SecurityGroupRule};
pub use error::EventError;
pub use invocation::{Invocation, Message, Request, parse, parse_text, record};
pub use own::Own;
pub use pattern::{Rule, pattern, rules};
pub use tool::Tool;
pub use touched::{Handle, Role, TouchedResource, What};
