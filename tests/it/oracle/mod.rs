//! A deliberately naive simulator of single concrete packets over `describe-*` JSON.
//!
//! Invariant: it shares no code with the crate. It is written from AWS's pages and knows nothing of how the engine
//! works; that the two agree is what makes either worth believing.

mod accept;
pub(crate) mod address;
mod balancer;
pub(crate) mod choice;
mod filter;
mod firewall;
mod firewall_rules;
mod forward;
mod gateways;
mod internet;
mod nat;
pub(crate) mod packet;
mod reply;
mod route;
mod start;
mod transit;
pub(crate) mod view;
mod walk;

pub(crate) use choice::{Answer, Judgement};
pub(crate) use packet::{Fate, Origin, Packet, Virtual};
pub(crate) use view::Oracle;
