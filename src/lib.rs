//! Declare the network paths that must work in AWS. When somebody's change breaks one, the people who own it hear
//! which rule broke it, who changed it, and the one command that mends it.
//!
//! Data flows one way: `event → monitor → (paths, network, reach) → alert → aws`.

pub mod alert;
#[cfg(feature = "aws")]
pub mod aws;
pub mod cli;
pub mod event;
pub mod local;
pub mod monitor;
pub mod network;
pub mod paths;
pub mod reach;
pub mod report;
pub mod text;
