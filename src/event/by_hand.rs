//! What hopwatch takes by hand, from a schedule with an input of its own, and from itself: `check`, `sweep`, `again`.
//!
//! ```json
//! {"check": "all"}
//! {"check": {"paths": ["app to database"]}}
//! {"sweep": "all", "scheduled": "2026-05-04T10:00:00Z"}
//! {"sweep": {"home": {"account": "123456789012", "region": "eu-west-1"}}}
//! {"again": {"paths": ["app to database"], "event": "8a6e…", "attempt": 2}}
//! ```
//!
//! Other members beside these are left alone: EventBridge Scheduler is often told to add some.

use jiff::Timestamp;
use schemars::{JsonSchema, SchemaGenerator};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::text::clean;

use super::error::EventError;
use super::loose::text_of;

/// The longest name of a path (the path file's own limit), and the most of them that an order may have.
const MAX_NAME: usize = 200;
const MAX_PATHS: usize = 10_000;

/// An order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ByHand {
    /// Evaluate now.
    Check(Check),
    /// Evaluate everything, or a part of it, and send what is due.
    Sweep(Sweep),
    /// Look again at what may not have been done yet.
    Again(Again),
}

/// Evaluate now: all paths, or those named.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Check {
    /// Which.
    pub check: CheckPaths,
}

/// Which paths to evaluate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum CheckPaths {
    /// All.
    All,
    /// Those of these names.
    Paths(Vec<String>),
}

/// Evaluate everything, or a part of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Sweep {
    /// Which part.
    pub sweep: SweepPart,
    /// When it was due: what the parts of one sweep have in common.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub scheduled: Option<Timestamp>,
}

/// A part of everything.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum SweepPart {
    /// All of it.
    All,
    /// The paths whose home is that account and Region.
    Home {
        /// Twelve digits; absent: the paths that no account is known for.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        account: Option<String>,
        /// As in `eu-west-1`; absent: the paths that no Region is known for.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        region: Option<String>,
    },
    /// The paths of these names.
    Paths(Vec<String>),
}

/// Look again at what may not have been done yet: hopwatch's delayed message to itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", expecting = "an object with `paths` and `attempt`")]
pub struct Again {
    /// The names of the paths.
    pub paths: Vec<String>,
    /// The id of the event that started it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<String>,
    /// How many times it was looked at already.
    pub attempt: u32,
}

/// `again` as it is sent.
#[derive(Serialize, JsonSchema)]
struct AgainMessage<'a> {
    again: std::borrow::Cow<'a, Again>,
}

impl ByHand {
    /// The message that is this order.
    pub fn to_json(&self) -> Value {
        let written = match self {
            Self::Check(check) => serde_json::to_value(check),
            Self::Sweep(sweep) => serde_json::to_value(sweep),
            Self::Again(again) => serde_json::to_value(AgainMessage {
                again: std::borrow::Cow::Borrowed(again),
            }),
        };
        // Texts, numbers and lists of them can always be written.
        written.unwrap_or_default()
    }

    /// Reads an order; `None`: the value is none.
    pub(super) fn of(value: &Value) -> Option<Result<Self, EventError>> {
        let orders: Vec<(&'static str, &Value)> = ["check", "sweep", "again"]
            .into_iter()
            .filter_map(|order| Some((order, value.as_object()?.get(order)?)))
            .collect();
        match orders.as_slice() {
            [] => None,
            [(order, inner)] => Some(Self::read(order, inner, value)),
            [(order, _), (other, _), ..] => Some(Err(EventError::ByHand {
                order,
                problem: format!("give it or `{other}`, not both"),
            })),
        }
    }

    fn read(order: &'static str, inner: &Value, whole: &Value) -> Result<Self, EventError> {
        if order != "again" && !(inner.is_string() || inner.is_object()) {
            let problem = "expected `\"all\"` or an object".to_owned();
            return Err(EventError::ByHand { order, problem });
        }
        match order {
            "check" => {
                let check: CheckPaths = written(order, inner)?;
                if let CheckPaths::Paths(names) = &check {
                    names_are_names(order, names)?;
                }
                Ok(Self::Check(Check { check }))
            }
            "sweep" => {
                let sweep: SweepPart = written(order, inner)?;
                if let SweepPart::Paths(names) = &sweep {
                    names_are_names(order, names)?;
                }
                // What Scheduler could not fill in stays a placeholder: then the sweep has no time of its own.
                let scheduled = text_of(whole, "scheduled").and_then(|time| time.parse().ok());
                Ok(Self::Sweep(Sweep { sweep, scheduled }))
            }
            _ => {
                let again: Again = written(order, inner)?;
                names_are_names(order, &again.paths)?;
                Ok(Self::Again(again))
            }
        }
    }
}

fn written<T: DeserializeOwned>(order: &'static str, value: &Value) -> Result<T, EventError> {
    T::deserialize(value).map_err(|problem| EventError::ByHand {
        order,
        problem: clean(&problem.to_string(), 300),
    })
}

fn names_are_names(order: &'static str, names: &[String]) -> Result<(), EventError> {
    let problem = if names.is_empty() {
        "`paths` is empty: name a path, or say `\"all\"`".to_owned()
    } else if names.len() > MAX_PATHS {
        format!("`paths` names more than {MAX_PATHS} paths: say `\"all\"`")
    } else if let Some(name) = names
        .iter()
        .find(|name| name.is_empty() || name.chars().count() > MAX_NAME)
    {
        format!(
            "`{}` in `paths` is no path's name: those have 1 to {MAX_NAME} characters",
            clean(name, 40)
        )
    } else {
        return Ok(());
    };
    Err(EventError::ByHand { order, problem })
}

/// The JSON schema of all three.
pub fn schema() -> Value {
    let mut generator = SchemaGenerator::default();
    let forms = [
        generator.subschema_for::<Check>(),
        generator.subschema_for::<Sweep>(),
        generator.subschema_for::<AgainMessage>(),
    ];
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "What hopwatch's function takes by hand",
        "oneOf": forms,
        "$defs": generator.definitions(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(value: &Value) -> String {
        match ByHand::of(value) {
            None => "no order".to_owned(),
            Some(Ok(order)) => order.to_json().to_string(),
            Some(Err(error)) => error.to_string(),
        }
    }

    #[test]
    fn what_is_written_is_read_back() {
        for message in [
            json!({"check": "all"}),
            json!({"check": {"paths": ["order-sync → partner SFTP"]}}),
            json!({"sweep": "all"}),
            json!({"sweep": "all", "scheduled": "2026-05-04T10:00:00Z"}),
            json!({"sweep": {"home": {"account": "123456789012", "region": "eu-west-1"}}}),
            json!({"sweep": {"home": {}}}),
            json!({"sweep": {"paths": ["a", "b"]}, "scheduled": "2026-05-04T10:00:00Z"}),
            json!({"again": {"paths": ["a"], "event": "8a6e", "attempt": 1}}),
            json!({"again": {"paths": ["a"], "attempt": 3}}),
        ] {
            assert_eq!(told(&message), message.to_string());
        }
    }

    #[test]
    fn what_scheduler_adds_is_left_alone() {
        let tick = json!({"sweep": "all", "scheduled": "<aws.scheduler.scheduled-time>", "attempt": "1"});
        assert_eq!(told(&tick), r#"{"sweep":"all"}"#);
    }

    #[test]
    fn what_is_wrong_is_said() {
        for (message, says) in [
            (json!({"cheque": "all"}), "no order"),
            (json!(["check"]), "no order"),
            (
                json!({"check": "everything"}),
                "in `check`: unknown variant `everything`, expected `all` or `paths`",
            ),
            (
                json!({"check": {"path": ["a"]}}),
                "in `check`: unknown variant `path`, expected `all` or `paths`",
            ),
            (
                json!({"check": {"paths": []}}),
                "in `check`: `paths` is empty: name a path, or say `\"all\"`",
            ),
            (
                json!({"check": {"paths": [""]}}),
                "in `check`: `` in `paths` is no path's name: those have 1 to 200 characters",
            ),
            (json!({"check": 5}), "in `check`: expected `\"all\"` or an object"),
            (
                json!({"check": "all", "sweep": "all"}),
                "in `check`: give it or `sweep`, not both",
            ),
            (
                json!({"again": "x"}),
                "in `again`: invalid type: string \"x\", expected an object with `paths` and `attempt`",
            ),
            (
                json!({"again": {"paths": ["a"]}}),
                "in `again`: missing field `attempt`",
            ),
        ] {
            assert_eq!(told(&message), says);
        }
    }

    #[test]
    fn the_schema_names_all_three() {
        let text = schema().to_string();
        for word in ["check", "sweep", "again", "home", "attempt", "scheduled"] {
            assert!(text.contains(&format!("\"{word}\"")), "{word} in {text}");
        }
    }
}
