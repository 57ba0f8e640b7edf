//! Integration tests, in one crate: every test binary links everything.

mod ask;
mod cases;
mod cli_output;
mod cli_usage;
mod hopwatch;
mod monitor;
mod network;
mod oracle;
mod oracle_cases;
mod semantics;
