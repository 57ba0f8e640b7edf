//! Integration tests, one crate for all of them.

#[cfg(test)]
mod ask;
#[cfg(test)]
mod network;
#[cfg(test)]
mod oracle;
#[cfg(test)]
mod oracle_cases;
#[cfg(test)]
mod semantics;
