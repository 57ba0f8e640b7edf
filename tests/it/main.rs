//! Integration tests, in one crate: every test binary links everything.

mod cases;
mod cli_output;
mod cli_usage;
mod hopwatch;
