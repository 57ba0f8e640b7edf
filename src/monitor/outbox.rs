//! The outbox: alerts that were decided and not yet delivered everywhere.
//!
//! An alert is written with its transition, in one write, and stays until every channel has it. Where one cause broke
//! many paths each record holds its own part under the same id, and [`messages`] puts the parts together: entries of one
//! id leave as one message.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::alert::Alert;
use crate::paths::model::Severity;

use super::record::{Declared, Record};

/// Where an alert goes. It comes from the configuration and the path file only, never from an event.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Channel {
    /// An SNS topic, by its ARN.
    Topic(String),
    /// An EventBridge bus, by its name or ARN.
    Bus(String),
    /// Whoever runs hopwatch.
    Local,
}

/// Where alerts go.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Channels {
    /// The topic for what has none of its own.
    pub topic: Option<String>,
    /// The topics of the severities that have one.
    pub by_severity: BTreeMap<Severity, String>,
    /// The bus.
    pub bus: Option<String>,
    /// Whether whoever runs hopwatch is told.
    pub local: bool,
}

impl Channels {
    /// The topics, each once: the one for all first.
    pub fn topics(&self) -> Vec<&str> {
        let mut topics: Vec<&str> = Vec::new();
        for topic in self.topic.iter().chain(self.by_severity.values()) {
            if !topics.contains(&topic.as_str()) {
                topics.push(topic);
            }
        }
        topics
    }

    /// Those of a path: its own topic before its severity's before the one for all.
    pub fn of(&self, path: &Declared) -> BTreeSet<Channel> {
        let topic = (path.topic_arn.as_ref())
            .or_else(|| self.by_severity.get(&path.severity))
            .or(self.topic.as_ref());
        let mut channels: BTreeSet<Channel> =
            topic.map(|arn| Channel::Topic(arn.clone())).into_iter().collect();
        channels.extend(self.bus.clone().map(Channel::Bus));
        channels.extend(self.local.then_some(Channel::Local));
        channels
    }
}

/// A path's part of an alert, and who does not have it yet.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct OutboxEntry {
    /// The alert, about this path only.
    pub alert: Alert,
    /// The channels that it is still owed to.
    pub owed: BTreeSet<Channel>,
}

/// An alert as it leaves, for one channel.
#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    /// Where to.
    pub channel: Channel,
    /// The alert, about all paths whose records hold a part of it.
    pub alert: Alert,
}

/// What is owed, by channel and alert: the order in which incidents began to be told is kept by time.
pub fn messages<'a>(records: impl IntoIterator<Item = &'a Record>) -> Vec<Message> {
    let mut together: BTreeMap<(Channel, String), Alert> = BTreeMap::new();
    for entry in records.into_iter().flat_map(|record| &record.outbox) {
        for channel in &entry.owed {
            let key = (channel.clone(), entry.alert.id.clone());
            match together.get_mut(&key) {
                Some(alert) => alert.absorb(entry.alert.clone()),
                None => {
                    together.insert(key, entry.alert.clone());
                }
            }
        }
    }
    let mut messages: Vec<Message> = together
        .into_iter()
        .map(|((channel, _), alert)| Message { channel, alert })
        .collect();
    messages.sort_by(|a, b| {
        (a.alert.seen_at, &a.alert.id, &a.channel).cmp(&(b.alert.seen_at, &b.alert.id, &b.channel))
    });
    messages
}
