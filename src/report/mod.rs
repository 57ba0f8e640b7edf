//! A verdict as people and programs read it: terminal, JSON, JUnit, SARIF, a diagram.
//!
//! Invariant: decides nothing. It takes results and gives text back; it knows no terminal, no clock, no environment.

pub mod clean;
pub mod component;
pub mod diagram;
pub mod explain;
pub mod json;
pub mod junit;
pub mod link;
pub mod look;
mod mend;
pub mod packets;
pub mod reason;
pub mod rule;
pub mod sarif;
pub mod standing;
pub mod text;
pub(crate) mod walk;

#[cfg(test)]
mod fixture;

pub use look::Look;
pub use standing::{Answer, Standing, Summary};
