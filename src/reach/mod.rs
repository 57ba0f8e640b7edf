//! The engine: does every packet of a required path arrive, and does every reply come back?
//!
//! Invariant: pure. No clock, no I/O, no async; the same snapshot and the same path give the same verdict.

pub mod code;
pub mod report;
