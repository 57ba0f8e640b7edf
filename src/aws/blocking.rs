//! The monitor's synchronous stores and channels over the SDK's asynchronous clients.
//!
//! The core knows no async: it runs on a thread where blocking is allowed (`tokio::task::spawn_blocking`), and what it
//! reads and writes there waits for the runtime here. Nothing waits past the invocation's end.

use tokio::runtime::Handle;
use tokio::time::Instant;

/// Waits for calls from a thread that may block, until a deadline.
#[derive(Debug, Clone)]
pub struct Blocking {
    runtime: Handle,
    until: Instant,
}

/// There is no time left for a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no time is left before the invocation ends")]
pub struct OutOfTime;

impl Blocking {
    /// Until an instant, on the runtime that this is called in.
    pub fn until(until: Instant) -> Self {
        Self {
            runtime: Handle::current(),
            until,
        }
    }

    /// Waits for a call.
    ///
    /// # Errors
    ///
    /// If time runs out; the call may or may not have been done.
    pub fn wait<F: Future>(&self, call: F) -> Result<F::Output, OutOfTime> {
        self.runtime
            .block_on(async { tokio::time::timeout_at(self.until, call).await })
            .map_err(|_| OutOfTime)
    }
}
