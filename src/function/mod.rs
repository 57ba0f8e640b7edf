//! The Lambda function's shell: an invocation in, the monitor's decision carried out, the batch's answer out.
//!
//! What is decided is [`crate::monitor`]'s; here is only what it takes to run that in AWS Lambda: settings, the path
//! file, the live network, the table, the channels, the queue, and the clock.

mod error;
mod handler;
mod location;
mod metrics;
mod path_file;
mod settings;

pub use error::HandlerError;
pub use handler::{Handler, Invoked};
pub use location::{Location, LocationError};
pub use metrics::NAMESPACE;
pub use settings::{Settings, SettingsError};
