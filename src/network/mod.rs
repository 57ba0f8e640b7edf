//! A snapshot of an AWS network: typed resources, as `aws ec2 describe-*` prints them, and look-ups over them.
//!
//! Invariant: this room knows nothing of packets, paths or verdicts, does no network I/O, and reads no clock.

pub mod compute;
mod coverage;
pub mod document;
pub mod document_error;
mod duplicate;
pub mod encoding;
pub mod endpoint;
pub mod gateway;
mod host_bits;
pub mod id;
pub mod interface;
pub mod kind;
pub mod merge;
pub mod network_acl;
mod origin;
pub mod peering;
mod place;
mod prefix_lists;
mod references;
mod resource_kind;
pub mod route_table;
pub mod security_group;
mod security_group_rules;
pub mod snapshot;
pub mod state;
pub mod tag;
pub mod transit_gateway;
mod two_sides;
pub mod vpc;
mod vpc_places;
pub mod warning;
mod wire;

pub use kind::Kind;
pub use snapshot::{Place, Snapshot, Table};
