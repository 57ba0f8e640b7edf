//! Integration tests, one crate for all of them.

#[cfg(test)]
mod ask;
#[cfg(test)]
mod engine;
#[cfg(test)]
mod engine_vs_oracle;
#[cfg(test)]
mod generate;
#[cfg(test)]
mod network;
#[cfg(test)]
mod oracle;
#[cfg(test)]
mod oracle_cases;
#[cfg(test)]
mod semantics;
#[cfg(test)]
mod shrink;
