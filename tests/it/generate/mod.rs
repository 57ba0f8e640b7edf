//! Random networks, small but nasty, and questions about them: everything from one seed.
//!
//! What is drawn is what AWS would allow (no overlapping subnets, one table a subnet …), with few addresses, many
//! near misses, and something broken here and there.

mod balancers;
mod dice;
mod firewalls;
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
    balancers::draw(&mut plan, &mut Dice::new(seed ^ 0xba1a));
    firewalls::draw(&mut plan, &mut Dice::new(seed ^ 0xf12e));
    rules::draw(&mut plan, &mut dice);
    transit::draw(&mut plan, &mut dice);
    tables::draw(&mut plan, &mut dice);
    let mut network = plan.network.json();
    // Beside AWS's lists stands what the path file would say: which appliances pass everything unchanged.
    if dice.chance(40) {
        network[TRANSPARENT] = plan.vpcs.iter().flat_map(|v| v.appliances.clone()).collect();
    }
    network
}

/// The key under which a drawn network names its transparent appliances.
const TRANSPARENT: &str = "Transparent";

/// The appliances of a drawn network that are declared transparent.
pub(crate) fn transparent(network: &Value) -> Vec<&str> {
    network[TRANSPARENT]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect()
}
