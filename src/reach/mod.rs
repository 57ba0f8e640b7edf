//! The engine: does every packet of a required path arrive, and does every reply come back?
//!
//! [`Engine`] resolves a path's ends to *questions* (one start, one goal), walks sets of packets from hop to hop, and
//! adds up what arrived, what was lost where, and what cannot be told.
//!
//! Invariant: pure. No clock, no I/O, no async; the same snapshot and the same path give the same verdict.

pub mod code;
pub mod report;

mod addresses;
mod assessment;
mod block_public_access;
mod by_ports;
pub(crate) mod change;
mod client_ports;
mod cube;
mod dependencies;
mod doubt;
mod endpoint;
mod ends;
mod engine;
mod filter;
mod fix;
mod flow;
mod groups;
mod interface;
mod internet_gateway;
mod layout;
mod load_balancer;
pub(crate) mod message;
mod middlebox;
mod narrowest;
mod nat_gateway;
mod nearness;
mod network_acl;
mod network_firewall;
mod packets;
mod peering;
mod present;
mod question;
mod ranges;
mod render;
mod reply;
mod resources;
mod rewrite;
mod routes;
mod security_group;
mod special;
mod subnet;
mod tagged;
mod transit_gateway;
mod transit_gateway_routes;
mod vpn_gateway;
mod walk;
mod world;
mod zone;

pub use assessment::{Assessment, BlockedBy};
pub(crate) use dependencies::Mask;
pub use dependencies::{Consulted, Dependencies};
pub use engine::{Engine, Surroundings};
pub(crate) use resources::kind_of;
