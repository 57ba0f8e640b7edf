//! An alert as people and programs read it: text, chat, JSON, an SNS message, an event on a bus.
//!
//! Invariant: decides nothing and knows no monitor. It takes an [`Alert`] and gives text back. What other people wrote is
//! data: cleaned of control characters everywhere, of markup in chats.

pub mod bus;
pub mod chat;
mod document;
mod moment;
mod size;
pub mod sns;
mod subject;
mod text;
mod words;

pub use document::{Alert, AlertKind, AlertPath, Asked, Blame, Certainty, Cut, SCHEMA_VERSION, schema};
pub use size::shrink;
pub use subject::subject;
pub use text::text;
