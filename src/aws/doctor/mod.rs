//! Can alerts arrive at all? Every link of the deployed chain, looked at.
//!
//! It starts at the function and follows what that says of itself: its settings lead to the path file, the table, the
//! queue and the topics, its queue leads to the rules. What may not be read is unknown, never well.

mod examine;
mod findings;
mod memory;
mod topics;
mod trail;
mod wiring;

pub use examine::{examine, send_test};
