//! The payload of an invocation, told apart by shape, and the requests in it.
//!
//! An SQS batch, whose bodies are events, SNS notifications of events, or hopwatch's own messages (Lambda Developer
//! Guide, "Using Lambda with Amazon SQS"); one event; events through SNS ("Using Lambda with Amazon SNS"); a schedule's
//! tick; an order by hand; and, for replay, CloudTrail records as LookupEvents and log files have them, and several of any
//! of these, in a list or one after another.

use std::fmt::Write;

use serde_json::Value;

use crate::text::clean;

use super::by_hand::{Again, ByHand, Check, Sweep, SweepPart};
use super::change::Event;
use super::cloudtrail::is_bare_record;
use super::envelope::{self, Envelope, Opened};
use super::error::EventError;
use super::loose::{member, text_of};
use super::own::Own;

/// How many envelopes are opened, one inside the other: an event in a notification in a message are two.
const MAX_ENVELOPES: u8 = 4;

/// What the function was invoked with.
#[derive(Debug, Clone, PartialEq)]
pub enum Invocation {
    /// An SQS batch: the answer names the messages that failed.
    SqsBatch(Vec<Message>),
    /// Anything else.
    Requests(Vec<Result<Request, EventError>>),
}

impl Invocation {
    /// All requests that are well-formed.
    pub fn requests(&self) -> impl Iterator<Item = &Request> {
        let (batch, direct) = match self {
            Self::SqsBatch(messages) => (messages.as_slice(), [].as_slice()),
            Self::Requests(requests) => ([].as_slice(), requests.as_slice()),
        };
        batch
            .iter()
            .map(|message| &message.request)
            .chain(direct)
            .filter_map(|request| request.as_ref().ok())
    }
}

/// A message of a batch.
#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    /// By which the answer names it. SQS always sets it; without it only the whole batch can fail.
    pub message_id: Option<String>,
    /// What is in it.
    pub request: Result<Request, EventError>,
}

/// One thing that the function is asked to do.
#[derive(Debug, Clone, PartialEq)]
pub enum Request {
    /// To look at what an event may have changed.
    Event(Box<Event>),
    /// To evaluate everything, or a part of it.
    Sweep(Sweep),
    /// To evaluate now.
    Check(Check),
    /// To look again.
    Again(Again),
}

/// Reads a payload.
///
/// # Errors
///
/// If the payload as a whole is not one of the shapes. Of a batch or a list, each message or element has its own.
pub fn parse(payload: &Value, own: &Own) -> Result<Invocation, EventError> {
    if let Some(records) = member(payload, "Records").and_then(Value::as_array) {
        return Ok(
            if records.iter().all(|record| is_sqs(record) || !record.is_object()) {
                batch(records, own)
            } else {
                Invocation::Requests(records.iter().map(|record| request(record, own, 0)).collect())
            },
        );
    }
    if let Some(events) = member(payload, "Events").and_then(Value::as_array) {
        return Ok(Invocation::Requests(
            events.iter().map(|event| request(event, own, 0)).collect(),
        ));
    }
    match payload {
        Value::Array(elements) if !elements.is_empty() && elements.iter().all(is_sqs) => {
            Ok(batch(elements, own))
        }
        Value::Array(elements) => Ok(Invocation::Requests(
            elements.iter().map(|element| request(element, own, 0)).collect(),
        )),
        one => Ok(Invocation::Requests(vec![Ok(request(one, own, 0)?)])),
    }
}

/// Reads a payload from its text: one JSON value, or several one after another.
///
/// # Errors
///
/// If the text is not JSON, or as a whole not one of the shapes.
pub fn parse_text(text: &str, own: &Own) -> Result<Invocation, EventError> {
    let mut values = Vec::new();
    for value in serde_json::Deserializer::from_str(text).into_iter::<Value>() {
        values.push(value.map_err(|error| not_json(&error))?);
    }
    match values.as_slice() {
        [] => Err(EventError::NotJson {
            line: 1,
            column: 1,
            problem: "nothing there".to_owned(),
        }),
        [one] => parse(one, own),
        several => Ok(Invocation::Requests(
            several.iter().map(|value| request(value, own, 0)).collect(),
        )),
    }
}

/// Reads one CloudTrail record as LookupEvents answers it, in the text of `CloudTrailEvent`: for blame at a sweep.
///
/// # Errors
///
/// If the text is not JSON, or no record.
pub fn record(text: &str, own: &Own) -> Result<Event, EventError> {
    let value: Value = serde_json::from_str(text).map_err(|error| not_json(&error))?;
    if is_bare_record(&value) {
        Ok(envelope::of_record(&value, own))
    } else {
        Err(no_event(&value))
    }
}

fn batch(records: &[Value], own: &Own) -> Invocation {
    let message = |record: &Value| Message {
        message_id: text_of(record, "messageId"),
        request: match member(record, "body") {
            Some(Value::String(body)) => from_text(body, own, 1),
            // Pipes may have read it already.
            Some(body @ Value::Object(_)) => request(body, own, 1),
            _ => Err(EventError::NoBody),
        },
    };
    Invocation::SqsBatch(records.iter().map(message).collect())
}

/// Whether a value is a message that SQS delivered, well-formed or not.
fn is_sqs(value: &Value) -> bool {
    let from_sqs = member(value, "eventSource").and_then(Value::as_str) == Some("aws:sqs");
    from_sqs || (member(value, "messageId").is_some() && member(value, "receiptHandle").is_some())
}

fn from_text(text: &str, own: &Own, opened: u8) -> Result<Request, EventError> {
    let value: Value = serde_json::from_str(text).map_err(|error| not_json(&error))?;
    request(&value, own, opened)
}

/// One request, through however many envelopes.
fn request(value: &Value, own: &Own, opened: u8) -> Result<Request, EventError> {
    if opened > MAX_ENVELOPES {
        return Err(EventError::TooManyEnvelopes { limit: MAX_ENVELOPES });
    }
    let inner = |text: &Value| match text {
        Value::String(text) => from_text(text, own, opened + 1),
        other => request(other, own, opened + 1),
    };
    if let Value::String(text) = value {
        return from_text(text, own, opened + 1);
    }
    if Envelope::is_around(value) {
        return Ok(match envelope::open(value, own) {
            Opened::Tick(time) => Request::Sweep(Sweep {
                sweep: SweepPart::All,
                scheduled: time,
            }),
            Opened::Event(event) => Request::Event(event),
        });
    }
    if let Some(order) = ByHand::of(value) {
        return Ok(match order? {
            ByHand::Check(check) => Request::Check(check),
            ByHand::Sweep(sweep) => Request::Sweep(sweep),
            ByHand::Again(again) => Request::Again(again),
        });
    }
    // SNS to Lambda wraps the notification once more.
    let notification = value.get("Sns").unwrap_or(value);
    if let Some(kind) = notification.get("Type").and_then(Value::as_str)
        && notification.get("TopicArn").is_some()
    {
        return match notification.get("Message") {
            Some(message) if kind == "Notification" => inner(message),
            _ => Err(EventError::Sns {
                kind: clean(kind, 40),
            }),
        };
    }
    if is_sqs(value) {
        return member(value, "body").map_or(Err(EventError::NoBody), inner);
    }
    if let Some(record) = value.get("CloudTrailEvent") {
        return inner(record);
    }
    if is_bare_record(value) {
        return Ok(Request::Event(Box::new(envelope::of_record(value, own))));
    }
    Err(no_event(value))
}

fn not_json(error: &serde_json::Error) -> EventError {
    let problem = error.to_string();
    // The place is said beside it.
    let problem = problem.split(" at line ").next().unwrap_or_default();
    EventError::NotJson {
        line: error.line(),
        column: error.column(),
        problem: clean(problem, 200),
    }
}

fn no_event(value: &Value) -> EventError {
    let found = match value {
        Value::Null => "null".to_owned(),
        Value::Bool(_) => "true or false".to_owned(),
        Value::Number(_) => "a number".to_owned(),
        Value::String(_) => "a text".to_owned(),
        Value::Array(_) => "a list".to_owned(),
        Value::Object(object) if object.is_empty() => "an empty object".to_owned(),
        Value::Object(object) => {
            let mut text = "an object with".to_owned();
            for (number, key) in object.keys().take(5).enumerate() {
                let comma = if number == 0 { "" } else { "," };
                // Writing to a text cannot fail.
                let _ = write!(text, "{comma} `{}`", clean(key, 40));
            }
            if object.len() > 5 {
                let _ = write!(text, " and {} more", object.len() - 5);
            }
            text
        }
    };
    EventError::NotAnEvent { found }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::network::id::AccountId;

    use super::super::by_hand::CheckPaths;
    use super::super::change::Effect;
    use super::*;

    fn event() -> Value {
        json!({"version": "0", "id": "1", "detail-type": "AWS API Call via CloudTrail", "source": "aws.ec2",
            "account": "123456789012", "region": "eu-west-1", "time": "2026-05-04T10:00:00Z", "resources": [],
            "detail": {"eventSource": "ec2.amazonaws.com", "eventName": "DeleteRoute", "readOnly": false,
                "requestParameters": {"routeTableId": "rtb-0123456789abcdef0", "destinationCidrBlock": "0.0.0.0/0"}}})
    }

    fn sqs(id: &str, body: &str) -> Value {
        json!({"messageId": id, "receiptHandle": "x", "body": body, "eventSource": "aws:sqs"})
    }

    fn notification(message: &Value) -> Value {
        json!({"Type": "Notification", "MessageId": "n", "TopicArn": "arn:aws:sns:eu-west-1:123456789012:t",
            "Message": message.to_string()})
    }

    fn one(payload: &Value) -> Result<Request, EventError> {
        match parse(payload, &Own::default())? {
            Invocation::Requests(mut requests) => requests.remove(0),
            Invocation::SqsBatch(mut messages) => messages.remove(0).request,
        }
    }

    fn is_event(request: Result<Request, EventError>) -> bool {
        matches!(request, Ok(Request::Event(event)) if event.change.effect == Effect::Changes)
    }

    #[test]
    fn the_same_event_in_every_envelope() {
        let sns = json!({"Records": [{"EventSource": "aws:sns", "EventVersion": "1.0", "Sns": notification(&event())}]});
        let sqs_sns = json!({"Records": [sqs("1", &notification(&event()).to_string())]});
        let lookup = json!({"Events": [{"EventId": "1", "CloudTrailEvent": event()["detail"].to_string()}]});
        let log = json!({"Records": [event()["detail"]]});
        for payload in [
            event(),
            json!([event()]),
            json!({"Records": [sqs("1", &event().to_string())]}),
            json!([sqs("1", &event().to_string())]),
            json!(event().to_string()),
            notification(&event()),
            sns,
            sqs_sns,
            lookup,
            log,
            event()["detail"].clone(),
        ] {
            assert!(is_event(one(&payload)), "{payload}");
        }
        let lines = format!("{}\n{}\n", event(), event());
        let Invocation::Requests(requests) = parse_text(&lines, &Own::default()).unwrap() else {
            panic!()
        };
        assert_eq!(requests.len(), 2);
        assert!(record(&event()["detail"].to_string(), &Own::default()).is_ok());
    }

    #[test]
    fn one_bad_message_costs_no_other() {
        let payload = json!({"Records": [
            sqs("bad", "{\"this is\": \"not"), sqs("good", &event().to_string()), sqs("odd", "[]"),
            {"messageId": "none", "receiptHandle": "x", "eventSource": "aws:sqs"}, 5,
        ]});
        let Invocation::SqsBatch(messages) = parse(&payload, &Own::default()).unwrap() else {
            panic!()
        };
        let failed: Vec<Option<&str>> = messages
            .iter()
            .filter(|m| m.request.is_err())
            .map(|m| m.message_id.as_deref())
            .collect();
        assert_eq!(failed, [Some("bad"), Some("odd"), Some("none"), None]);
        assert_eq!(messages.len(), 5);
    }

    #[test]
    fn ticks_and_orders() {
        for (source, detail) in [("aws.events", json!({})), ("aws.scheduler", json!("{}"))] {
            let tick = json!({"detail-type": "Scheduled Event", "source": source, "detail": detail,
                "time": "2026-05-04T10:00:00Z"});
            let Ok(Request::Sweep(sweep)) = one(&tick) else {
                panic!("{tick}")
            };
            assert_eq!(sweep.scheduled, "2026-05-04T10:00:00Z".parse().ok());
        }
        let check = json!({"Records": [sqs("1", r#"{"check": "all"}"#)]});
        assert_eq!(
            one(&check),
            Ok(Request::Check(Check {
                check: CheckPaths::All
            }))
        );
        let again = json!({"again": {"paths": ["a"], "event": "1", "attempt": 1}});
        assert!(matches!(one(&again), Ok(Request::Again(again)) if again.attempt == 1));
    }

    #[test]
    fn what_is_no_event_is_an_error_that_helps() {
        let says = |payload: &Value| one(payload).unwrap_err().to_string();
        assert!(says(&json!({"chekc": "all"})).ends_with("an object with `chekc`"));
        assert!(
            says(&json!({"a\u{202e}": 1, "b": 1, "c": 1, "d": 1, "e": 1, "f": 1}))
                .ends_with("`e` and 1 more")
        );
        assert!(says(&json!(5)).ends_with("a number"));
        let subscription = json!({"Type": "SubscriptionConfirmation", "TopicArn": "x", "Token": "y"});
        assert_eq!(
            says(&subscription),
            "an SNS message of type `SubscriptionConfirmation` carries no event"
        );
        let error = parse_text("{\"a\": \n  nul}", &Own::default())
            .unwrap_err()
            .to_string();
        assert_eq!(error, "not JSON, at line 2, column 6: expected ident");
        assert!(parse_text("", &Own::default()).is_err());
        let mut nested = json!("x");
        for _ in 0..6 {
            nested = json!(nested.to_string());
        }
        assert_eq!(
            one(&nested),
            Err(EventError::TooManyEnvelopes { limit: MAX_ENVELOPES })
        );
    }

    #[test]
    fn an_envelope_without_a_readable_detail_is_something_changed() {
        for detail in [json!(null), json!("x"), json!([1]), json!({})] {
            let odd = json!({"detail-type": "AWS API Call via CloudTrail", "source": "aws.ec2",
                "account": "123456789012", "region": "eu-west-1", "detail": detail});
            let Ok(Request::Event(event)) = one(&odd) else {
                panic!("{odd}")
            };
            assert!(event.change.touches_everything(), "{odd}");
            assert_eq!(
                event.change.account.as_ref().map(AccountId::as_str),
                Some("123456789012")
            );
        }
    }
}
