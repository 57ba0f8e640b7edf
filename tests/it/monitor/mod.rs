//! The monitor as the function and `replay` drive it: batches in, records and messages out, on the network of the
//! SFTP outage.

mod blame;
mod bursts;
mod faults;
mod looks;
mod quiet;
mod replay;
mod selection;
mod stage;
mod transitions;
