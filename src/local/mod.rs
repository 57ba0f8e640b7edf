//! The machine where hopwatch runs: what it keeps there, and which addresses names have.
//!
//! Invariant: a shell. Core rooms know nothing of it.

pub mod hosts;
pub mod state_file;

pub use state_file::{StateFile, StateFileError};
