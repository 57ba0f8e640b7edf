//! The monitor as the function and `replay` drive it: batches in, records and messages out, on the network of the
//! SFTP outage.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "what a test relies on and is not so fails it"
)]

mod blame;
mod bursts;
mod faults;
mod looks;
mod quiet;
mod replay;
mod selection;
mod stage;
mod transitions;
