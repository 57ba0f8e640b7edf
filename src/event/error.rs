//! Why a payload is not an event.

/// A payload, or one message of a batch, that is nothing that hopwatch takes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EventError {
    /// Not JSON at all.
    #[error("not JSON, at line {line}, column {column}: {problem}")]
    NotJson {
        /// Counted from 1.
        line: usize,
        /// Counted from 1.
        column: usize,
        /// What the parser says.
        problem: String,
    },
    /// JSON, but none of the shapes.
    #[error(
        "neither an EventBridge event, nor an SQS or SNS delivery of one, nor `check`, `sweep` or `again`: {found}"
    )]
    NotAnEvent {
        /// What it is instead.
        found: String,
    },
    /// An SQS record without a body.
    #[error("an SQS message without a `body`")]
    NoBody,
    /// An SNS message that carries no event.
    #[error("an SNS message of type `{kind}` carries no event")]
    Sns {
        /// Its type, as in `SubscriptionConfirmation`.
        kind: String,
    },
    /// An envelope in an envelope, again and again.
    #[error("more than {limit} envelopes inside one another")]
    TooManyEnvelopes {
        /// How many are opened.
        limit: u8,
    },
    /// An order by hand that is not well-formed.
    #[error("in `{order}`: {problem}")]
    ByHand {
        /// `check`, `sweep` or `again`.
        order: &'static str,
        /// What is wrong with it.
        problem: String,
    },
}
