//! Networks by size, and paths over them, drawn from a seed: what the benches measure.
//!
//! Every VPC has the same tiers in each of its zones: `public`, `app`, `data` and `service`, a subnet each. Security
//! groups belong to a tier and open what its workloads serve; the rest of their rules is what gathers over the years.

#![allow(dead_code, reason = "each bench uses a part of it")]

#[path = "../../tests/it/generate/dice.rs"]
pub(crate) mod dice;
pub(crate) mod layout;
pub(crate) mod paths;
pub(crate) mod replies;
pub(crate) mod rules;
pub(crate) mod verdicts;
