//! The path file: what must work, as users write it (PATH-FILE.md).
//!
//! Invariant: reading a path file looks at nothing but its text; whether its names exist is asked of a snapshot later.

pub mod cron;
pub mod model;
