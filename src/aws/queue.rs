//! The function's own queue: what is to be looked at again later, and the parts of a sweep.
//!
//! <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html>

use std::time::Duration;

use aws_config::SdkConfig;
use aws_sdk_sqs::Client;

use super::trouble::Trouble;

/// The longest that SQS holds a message back.
pub const MOST_DELAY: Duration = Duration::from_secs(15 * 60);

/// The queue.
#[derive(Debug, Clone)]
pub struct Queue {
    client: Client,
    url: String,
}

/// A message could not be sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("cannot send to queue `{url}`: {problem}")]
pub struct QueueError {
    url: String,
    problem: String,
}

impl Queue {
    /// The queue at that address.
    pub fn new(config: &SdkConfig, url: impl Into<String>) -> Self {
        Self {
            client: Client::new(config),
            url: url.into(),
        }
    }

    /// Sends a message that arrives after a while, at most [`MOST_DELAY`].
    ///
    /// # Errors
    ///
    /// If SQS does not take it.
    pub async fn send(&self, body: &serde_json::Value, after: Duration) -> Result<(), QueueError> {
        let seconds = after.min(MOST_DELAY).as_secs();
        self.client
            .send_message()
            .queue_url(&self.url)
            .message_body(body.to_string())
            .delay_seconds(i32::try_from(seconds).unwrap_or(0))
            .send()
            .await
            .map_err(|error| QueueError {
                url: self.url.clone(),
                problem: Trouble::of(&error).to_string(),
            })?;
        Ok(())
    }
}
