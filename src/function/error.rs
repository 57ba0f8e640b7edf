//! Why an invocation failed as a whole.

use lambda_runtime::Diagnostic;

use super::path_file::PathFileError;
use crate::event::EventError;
use crate::monitor::StoreError;

/// Why an invocation failed as a whole. Of an SQS batch every message is then given back.
#[derive(Debug, thiserror::Error)]
pub enum HandlerError {
    /// The payload is none of the shapes that are known.
    #[error(transparent)]
    Payload(#[from] EventError),
    /// No path file can be used.
    #[error(transparent)]
    PathFile(#[from] PathFileError),
    /// Nothing of the network could be read.
    #[error("the network cannot be read: {0}")]
    Network(String),
    /// The table failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Others wrote the same records all the time.
    #[error("others wrote the records of {0} paths meanwhile, again and again")]
    Contention(usize),
    /// There is no time left.
    #[error("no time is left before the invocation ends")]
    OutOfTime,
    /// Alerts are owed, and nothing will wake the function to send them.
    #[error("{0} alerts could not be sent, and nothing will try again: {1}")]
    Owed(usize, String),
    /// The monitor's thread ended early.
    #[error("the evaluation ended early: {0}")]
    Ended(String),
}

impl HandlerError {
    /// A stable name, for alarms and searches.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Payload(_) => "Hopwatch.Payload",
            Self::PathFile(_) => "Hopwatch.PathFile",
            Self::Network(_) => "Hopwatch.Network",
            Self::Store(_) => "Hopwatch.Store",
            Self::Contention(_) => "Hopwatch.Contention",
            Self::OutOfTime => "Hopwatch.OutOfTime",
            Self::Owed(..) => "Hopwatch.Owed",
            Self::Ended(_) => "Hopwatch.Ended",
        }
    }
}

impl From<HandlerError> for Diagnostic {
    fn from(error: HandlerError) -> Self {
        Self {
            error_type: error.name().to_owned(),
            error_message: error.to_string(),
        }
    }
}
