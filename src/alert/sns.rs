//! An alert as an SNS message (Amazon SNS API Reference, "Publish").
//!
//! With `MessageStructure: json` each protocol gets its own text: people by `default`, chats by `https`, programs by `sqs`
//! and `lambda`. All of them together have at most 256 KiB.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::report::Look;

use super::chat::notification;
use super::document::{Alert, Cut};
use super::size::{bytes, shrink};
use super::subject::subject;
use super::text::{severity_word, text};

/// What SNS takes: 256 KiB, all protocols together.
pub const MOST_BYTES: usize = 262_144;

/// The longest text for people.
const TEXT_BYTES: usize = 60_000;

/// How a message is put together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Structure {
    /// A text for each protocol.
    #[default]
    Json,
    /// One text for all.
    String,
}

/// A message as SNS takes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SnsMessage {
    /// The subject.
    pub subject: String,
    /// The body.
    pub body: String,
    /// How it is put together.
    pub structure: Structure,
    /// The attributes; at most ten. SNS sends them with a message of one text only (Amazon SNS Developer Guide, "Message
    /// attributes"): no delivery may depend on them.
    pub attributes: BTreeMap<&'static str, String>,
}

/// The message.
///
/// # Errors
///
/// None that is known: it is made of texts.
pub fn message(alert: &Alert, structure: Structure) -> Result<SnsMessage, serde_json::Error> {
    let body = match structure {
        Structure::String => people(alert),
        Structure::Json => body(alert)?,
    };
    Ok(SnsMessage {
        subject: subject(alert),
        body,
        structure,
        attributes: attributes(alert),
    })
}

/// The text for people; without the walk where it would be too long.
fn people(alert: &Alert) -> String {
    let long = text(alert, Look::default());
    if long.len() <= TEXT_BYTES {
        return long;
    }
    let mut short = alert.clone();
    for path in &mut short.paths {
        short.cut.hops += path.result.hops.len();
        path.result.hops.clear();
    }
    let mut shorter = text(&short, Look::default());
    if shorter.len() > TEXT_BYTES {
        let end = (0..=TEXT_BYTES)
            .rev()
            .find(|end| shorter.is_char_boundary(*end))
            .unwrap_or(0);
        shorter.truncate(end);
        shorter.push_str("…\n");
    }
    shorter
}

fn body(alert: &Alert) -> Result<String, serde_json::Error> {
    let people = people(alert);
    let chat = notification(alert)?;
    let mut small = alert.clone();
    small.cut = Cut { ..alert.cut };
    let mut most = bytes(&small);
    loop {
        let program = serde_json::to_string(&small)?;
        let whole: BTreeMap<&str, Value> = BTreeMap::from([
            ("default", Value::from(people.clone())),
            ("https", Value::from(chat.clone())),
            ("lambda", Value::from(program.clone())),
            ("sqs", Value::from(program)),
        ]);
        let whole = serde_json::to_string(&whole)?;
        if whole.len() <= MOST_BYTES || most < 1_000 {
            return Ok(whole);
        }
        most = most * 3 / 4;
        shrink(&mut small, most);
    }
}

/// What filters go by, where they see it.
fn attributes(alert: &Alert) -> BTreeMap<&'static str, String> {
    let mut attributes = BTreeMap::from([
        ("kind", alert.kind.as_str().to_owned()),
        ("severity", severity_word(alert.severity()).to_owned()),
    ]);
    if let Some(path) = alert.paths.first() {
        attributes.insert("verdict", path.result.verdict.as_str().to_owned());
        attributes.insert("path", path.result.name.clone());
        if let Some(owner) = &path.owner {
            attributes.insert("owner", owner.clone());
        }
    }
    let places = [("account", &alert.account), ("region", &alert.region)];
    for (name, value) in places {
        if let Some(value) = value {
            attributes.insert(name, value.clone());
        }
    }
    // An empty value is refused.
    attributes.retain(|_, value| !value.is_empty());
    attributes
}
