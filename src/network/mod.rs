//! A snapshot of an AWS network: typed resources, as `aws ec2 describe-*` prints them, and look-ups over them.
//!
//! Invariant: this room knows nothing of packets, paths or verdicts, does no network I/O, and reads no clock.

pub mod block_public_access;
pub mod compute;
pub mod endpoint;
pub mod gateway;
pub mod id;
pub mod interface;
pub mod kind;
pub mod load;
pub mod load_balancer;
pub mod network_acl;
pub mod network_firewall;
pub mod peering;
mod resource_kind;
pub mod route_table;
pub mod security_group;
pub mod snapshot;
pub mod state;
pub mod tag;
pub mod transit_gateway;
pub mod unread;
pub mod vpc;
pub mod vpn;
mod wire;
mod write;

pub use kind::Kind;
pub use snapshot::{Place, Snapshot, Table};
pub use write::write;
