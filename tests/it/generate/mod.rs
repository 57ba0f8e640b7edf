//! Random networks, small but nasty, and questions about them: everything from one seed.
//!
//! What is drawn is what AWS would allow (no overlapping subnets, one table a subnet …), with few addresses, many
//! near misses, and something broken here and there.

mod dice;
mod plan;
mod question;
mod rules;
mod sets;
mod tables;
mod transit;

use serde_json::Value;

pub(crate) use dice::Dice;
pub(crate) use question::questions;
pub(crate) use sets::{Set, sets};

/// A network from a seed.
pub(crate) fn network(seed: u64) -> Value {
    let mut dice = Dice::new(seed);
    let mut plan = plan::Plan::draw(&mut dice);
    rules::draw(&mut plan, &mut dice);
    transit::draw(&mut plan, &mut dice);
    tables::draw(&mut plan, &mut dice);
    plan.network.json()
}
