//! An alert as a custom event for an EventBridge bus (Amazon EventBridge API Reference, "PutEventsRequestEntry").

use super::document::Alert;
use super::size::shrink;

/// The source of hopwatch's own events.
pub const SOURCE: &str = "hopwatch";

/// What an entry may have, its source and detail type counted; kept under the older limit of 256 KB.
const MOST_BYTES: usize = 250_000;

/// An entry for `PutEvents`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BusEntry {
    /// `Required Path Broken` and the like.
    pub detail_type: &'static str,
    /// The alert as JSON.
    pub detail: String,
}

/// The entry.
///
/// # Errors
///
/// None that is known: it is made of texts, numbers and lists.
pub fn entry(alert: &Alert) -> Result<BusEntry, serde_json::Error> {
    let mut small = alert.clone();
    shrink(&mut small, MOST_BYTES);
    Ok(BusEntry {
        detail_type: alert.kind.detail_type(),
        detail: serde_json::to_string(&small)?,
    })
}
