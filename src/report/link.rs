//! The links of a deployed chain, as the doctor found them.

use serde::Serialize;

/// How a link is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Health {
    /// It holds.
    Ok,
    /// It cannot be told.
    Unknown,
    /// It does not hold.
    Wrong,
}

/// What was found of a link.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Finding {
    /// The link.
    pub link: &'static str,
    /// How it is.
    pub health: Health,
    /// What was seen.
    pub message: String,
    /// What mends it: a command, or words.
    pub mend: Option<String>,
}
