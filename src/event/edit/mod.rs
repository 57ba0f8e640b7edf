//! What a call asked for, where it edited a rule, a route or an association: enough to say it in words, and to undo it in
//! memory on a snapshot from before.
//!
//! A request that does not fit is no edit, rather than half of one. Of what was deleted or replaced an event mostly has
//! the key only: the rule itself is in the last snapshot.

mod model;
mod read;
mod security_group;
mod words;

pub use model::{Edit, RouteDestination, SecurityGroupRule};
pub(super) use read::edit;
