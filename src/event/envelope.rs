//! The EventBridge envelope (EventBridge User Guide, "Events in Amazon EventBridge"), and what is inside it.

use jiff::Timestamp;
use serde_json::Value;

use crate::network::Place;
use crate::network::id::{AccountId, Region};

use super::change::Event;
use super::cloudtrail;
use super::loose::{self, account_of, member, region_of, text_of};
use super::native;
use super::own::Own;

/// What stands around an event's detail.
#[derive(Debug, Clone, Default)]
pub(super) struct Envelope {
    pub(super) id: Option<String>,
    pub(super) source: String,
    pub(super) detail_type: String,
    pub(super) account: Option<AccountId>,
    pub(super) region: Option<Region>,
    pub(super) time: Option<Timestamp>,
}

impl Envelope {
    /// Whether a value is an EventBridge event.
    pub(super) fn is_around(value: &Value) -> bool {
        let is_text = |name| member(value, name).is_some_and(Value::is_string);
        is_text("detail-type") || (is_text("source") && member(value, "detail").is_some())
    }

    fn of(value: &Value) -> Self {
        Self {
            id: text_of(value, "id"),
            source: text_of(value, "source").unwrap_or_default(),
            detail_type: text_of(value, "detail-type").unwrap_or_default(),
            account: account_of(value, "account"),
            region: region_of(value, "region"),
            time: text_of(value, "time").and_then(|time| time.parse().ok()),
        }
    }

    /// The envelope that EventBridge would put around a record that came without one: from LookupEvents, or a log file.
    fn around(record: &Value) -> Self {
        let source = text_of(record, "eventSource").unwrap_or_default();
        let service = source.split('.').next().unwrap_or_default();
        Self {
            source: format!("aws.{service}"),
            detail_type: cloudtrail::CALL.to_owned(),
            ..Self::default()
        }
    }

    /// Where it was logged.
    pub(super) fn place(&self) -> Place {
        Place {
            account: self.account.clone(),
            region: self.region.clone(),
        }
    }

    /// Whether it is a schedule's tick: of a rule (`aws.events`), or of EventBridge Scheduler without an input of its own.
    fn is_tick(&self) -> bool {
        self.detail_type == "Scheduled Event"
            && matches!(self.source.as_str(), "aws.events" | "aws.scheduler")
    }
}

/// What an EventBridge event is.
#[derive(Debug)]
pub(super) enum Opened {
    /// A schedule's tick.
    Tick(Option<Timestamp>),
    /// Anything else.
    Event(Box<Event>),
}

/// Opens an EventBridge event.
pub(super) fn open(value: &Value, own: &Own) -> Opened {
    let envelope = Envelope::of(value);
    if envelope.is_tick() {
        return Opened::Tick(envelope.time);
    }
    let detail = member(value, "detail").unwrap_or(&Value::Null);
    // EventBridge Scheduler writes the detail as a text.
    let read: Option<Value> = detail.as_str().and_then(|text| serde_json::from_str(text).ok());
    let detail = read.as_ref().unwrap_or(detail);
    let resources = member(value, "resources").unwrap_or(&Value::Null);
    let change = if cloudtrail::is_record(&envelope, detail) {
        cloudtrail::change(&envelope, detail, own)
    } else {
        native::change(&envelope, detail, resources)
    };
    Opened::Event(Box::new(event(envelope, change)))
}

/// An event of a CloudTrail record that came without an envelope.
pub(super) fn of_record(record: &Value, own: &Own) -> Event {
    let envelope = Envelope::around(record);
    let change = cloudtrail::change(&envelope, record, own);
    event(envelope, change)
}

fn event(envelope: Envelope, change: super::change::Change) -> Event {
    Event {
        id: envelope.id,
        source: loose::kept(&envelope.source),
        detail_type: loose::kept(&envelope.detail_type),
        account: envelope.account.or_else(|| change.account.clone()),
        region: envelope.region.or_else(|| change.region.clone()),
        time: envelope.time.or(change.time),
        change,
    }
}
