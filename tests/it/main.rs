//! Integration tests, one crate for all of them.

#[cfg(test)]
mod cli_output;
#[cfg(test)]
mod cli_usage;
#[cfg(test)]
mod hopwatch;
