//! What hopwatch keeps on the machine where it runs.
//!
//! Invariant: a shell. Core rooms know nothing of it.

pub mod state_file;

pub use state_file::{StateFile, StateFileError};
