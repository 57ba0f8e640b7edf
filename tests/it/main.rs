//! Integration tests, in one crate: every test binary links everything.
#![cfg(test)]

mod adversarial;
mod architecture;
mod ask;
#[cfg(feature = "aws")]
mod aws;
mod balancers;
mod block_public_access;
mod cases;
mod cli_check;
mod cli_output;
mod cli_usage;
mod ends;
mod engine;
mod engine_vs_oracle;
mod firewalls;
mod generate;
mod hopwatch;
mod infra;
mod leftovers;
mod monitor;
mod network;
mod oracle;
mod oracle_cases;
mod readme;
mod semantics;
mod shrink;
