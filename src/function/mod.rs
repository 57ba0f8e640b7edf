//! The Lambda function's shell: an invocation in, the monitor's decision carried out, the batch's answer out.
//!
//! What is decided is [`crate::monitor`]'s; here is only what it takes to run that in AWS Lambda: settings, the path
//! file, the live network, the table, the channels, the queue, and the clock.

mod error;
mod handler;
mod metrics;
mod path_file;

pub use error::HandlerError;
pub use handler::{Handler, Invoked};
pub use metrics::NAMESPACE;
