//! Amazon Web Services: the only room that knows the SDK.
//!
//! Invariant: nothing of the SDK's types leaves this room but [`aws_config::SdkConfig`], which the shells hand around.

pub mod blocking;
pub mod channel;
pub mod config;
pub mod deployment;
pub mod describe;
pub mod doctor;
pub mod location;
mod pages;
pub mod queue;
pub mod remote_file;
mod rule_items;
pub mod table;
mod table_store;
pub mod trail;
mod trouble;

pub use table_store::TableStore;
pub use trouble::{Trouble, TroubleKind};
