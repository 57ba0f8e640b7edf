//! Amazon Web Services: the only room that knows the SDK.
//!
//! Invariant: nothing of the SDK's types leaves this room but [`aws_config::SdkConfig`], which the shells hand around.

pub mod config;
pub mod describe;
pub mod remote_file;
mod trouble;

pub use trouble::{Trouble, TroubleKind};
