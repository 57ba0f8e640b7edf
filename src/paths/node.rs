//! The text of a path file as a tree in which every key and value knows its place.
//!
//! Values keep their spelling: whether `yes`, `022` or `1.10` may stand for a text is decided by who reads them, with
//! the words of the file at hand. Size, depth and the work that aliases can cause are bounded.

use std::fmt;

use serde::Deserialize;
use serde::de::{self, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_saphyr::{DuplicateKeyPolicy, Error, Location, NonFiniteFloatPolicy, Spanned};

use super::problem::{Problem, Problems};

/// The longest file that is read, in bytes: some ten thousand paths.
pub(super) const MOST_BYTES: usize = 4 * 1024 * 1024;
const MOST_DEPTH: usize = 24;
const MOST_NODES: usize = 400_000;
const MOST_REPLAYED: usize = 100_000;

/// Where something stands in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Place {
    /// The first byte, from 0.
    pub(super) start: usize,
    /// How many bytes.
    pub(super) len: usize,
    /// The line, from 1.
    pub(super) line: usize,
    /// The column in characters, from 1.
    pub(super) column: usize,
    /// Where an alias's text really stands: its first byte and length.
    pub(super) defined: Option<(usize, usize)>,
}

/// A value of the file.
#[derive(Debug, Clone)]
pub(super) struct Node {
    pub(super) value: Value,
    pub(super) place: Place,
}

/// What a value is, as YAML 1.2 sees it.
#[derive(Debug, Clone)]
pub(super) enum Value {
    Null,
    Bool(bool),
    /// A number; whole ones that fit with their value.
    Number(Option<i128>),
    Text(String),
    List(Vec<Node>),
    Map(Vec<(Node, Node)>),
}

impl Node {
    /// Where to point: a block collection begins where its first item does.
    pub(super) fn point(&self) -> Place {
        if self.place.len > 0 {
            return self.place;
        }
        match &self.value {
            Value::Map(entries) => entries.first().map_or(self.place, |(key, _)| key.place),
            Value::List(items) => items.first().map_or(self.place, |item| match &item.value {
                Value::Map(entries) if item.place.len == 0 => {
                    entries.first().map_or(item.place, |(key, _)| key.place)
                }
                _ => item.place,
            }),
            _ => self.place,
        }
    }

    /// The value as it is spelt in `text`.
    pub(super) fn spelling<'t>(&self, text: &'t str) -> &'t str {
        let (start, len) = self.place.defined.unwrap_or((self.place.start, self.place.len));
        text.get(start..start.saturating_add(len))
            .unwrap_or_default()
            .trim()
    }

    /// What it is, for a message: `the number 22`.
    pub(super) fn describe(&self, text: &str) -> String {
        match &self.value {
            Value::Null => "nothing".into(),
            Value::Bool(_) => format!("`{}`, which is true or false in YAML", self.spelling(text)),
            Value::Number(_) => format!("the number `{}`", self.spelling(text)),
            Value::Text(written) => format!("the text `{}`", excerpt(written)),
            Value::List(_) => "a list".into(),
            Value::Map(_) => "a map of keys and values".into(),
        }
    }
}

/// The beginning of what somebody wrote, fit for one line.
pub(super) fn excerpt(text: &str) -> String {
    const MOST: usize = 80;
    let mut short: String = text
        .chars()
        .take(MOST)
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    if text.chars().nth(MOST).is_some() {
        short.push('…');
    }
    short
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let spanned = Spanned::<Value>::deserialize(deserializer)?;
        let (referenced, defined) = (spanned.referenced, spanned.defined);
        let (start, len) = bytes(&referenced).unwrap_or_default();
        Ok(Self {
            value: spanned.value,
            place: Place {
                start,
                len,
                line: clamp(referenced.line()),
                column: clamp(referenced.column()),
                defined: (referenced != defined).then(|| bytes(&defined)).flatten(),
            },
        })
    }
}

fn clamp(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

fn bytes(location: &Location) -> Option<(usize, usize)> {
    let span = location.span();
    Some((clamp(span.byte_offset()?), clamp(span.byte_len()?)))
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct AnyValue;

        impl<'de> Visitor<'de> for AnyValue {
            type Value = Value;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a value")
            }

            fn visit_unit<E: de::Error>(self) -> Result<Value, E> {
                Ok(Value::Null)
            }

            fn visit_bool<E: de::Error>(self, value: bool) -> Result<Value, E> {
                Ok(Value::Bool(value))
            }

            fn visit_i64<E: de::Error>(self, value: i64) -> Result<Value, E> {
                Ok(Value::Number(Some(value.into())))
            }

            fn visit_u64<E: de::Error>(self, value: u64) -> Result<Value, E> {
                Ok(Value::Number(Some(value.into())))
            }

            fn visit_f64<E: de::Error>(self, _: f64) -> Result<Value, E> {
                Ok(Value::Number(None))
            }

            fn visit_str<E: de::Error>(self, value: &str) -> Result<Value, E> {
                Ok(Value::Text(value.to_owned()))
            }

            fn visit_string<E: de::Error>(self, value: String) -> Result<Value, E> {
                Ok(Value::Text(value))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
                let mut items = Vec::new();
                while let Some(item) = seq.next_element()? {
                    items.push(item);
                }
                Ok(Value::List(items))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Value::Map(entries))
            }
        }

        deserializer.deserialize_any(AnyValue)
    }
}

/// Reads the text into a tree. `None`: it cannot be read, and `problems` says why.
pub(super) fn parse(problems: &mut Problems) -> Option<Node> {
    let text = problems.text();
    if text.len() > MOST_BYTES {
        let problem = Problem::at(start_of_file(), "the file is too large to be a path file")
            .label(format!("{} bytes; {MOST_BYTES} at most", text.len()))
            .help("split it over several files, each with a deployment or a check of its own");
        problems.error(problem);
        return None;
    }
    let options = serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_depth: MOST_DEPTH,
            flow_nesting_limit: MOST_DEPTH,
            max_nodes: MOST_NODES,
            max_events: 3 * MOST_NODES,
            max_recorded_anchor_events: MOST_NODES,
        },
        alias_limits: serde_saphyr::alias_limits! {
            max_total_replayed_events: MOST_REPLAYED,
            max_replay_stack_depth: MOST_DEPTH,
        },
        // Both lines of a repeated key are told, so it must get through to `Fields`.
        duplicate_keys: DuplicateKeyPolicy::PassThrough,
        non_finite_float_policy: NonFiniteFloatPolicy::PassThrough,
        // A template's `!Ref x` would be read as the text `x`.
        reject_unsupported_tags: true,
        // YAML 1.2: `confirm: off` and `name: yes` are text.
        strict_booleans: true,
        with_snippet: false,
    };
    match serde_saphyr::from_str_with_options::<Node>(text, options) {
        Ok(node) => Some(node),
        Err(error) => {
            let problem = unreadable(text, &error);
            problems.error(problem);
            None
        }
    }
}

/// The place of a file as a whole.
pub(super) fn start_of_file() -> Place {
    Place {
        line: 1,
        column: 1,
        ..Place::default()
    }
}

fn unreadable(text: &str, error: &Error) -> Problem {
    let error = match error {
        Error::AliasError { error, .. } => error,
        _ => error,
    };
    let place = error
        .location()
        .map_or_else(start_of_file, |location| place_in(text, &location));
    let line = text.lines().nth(place.line.saturating_sub(1)).unwrap_or_default();
    match error {
        Error::MultipleDocuments { .. } => Problem::at(
            place,
            "a path file is one YAML document; here a second one begins",
        )
        .label("after this `---`")
        .help("put all paths under one `paths:`"),
        Error::Budget { .. }
        | Error::AliasReplayLimitExceeded { .. }
        | Error::AliasReplayCounterOverflow { .. }
        | Error::AliasExpansionLimitExceeded { .. }
        | Error::AliasReplayStackDepthExceeded { .. } => too_much(place),
        Error::RecursiveReferencesRequireWeakTypes { .. } => {
            Problem::at(place, "this alias stands inside what it refers to").label("refers to itself")
        }
        Error::UnknownAnchor { .. } => Problem::at(place, "this alias refers to no anchor above it")
            .label("no such anchor")
            .help("text that begins with `*` is quoted: \"*…\""),
        _ => {
            let told = error.to_string();
            let told = told.split(" at line ").next().unwrap_or(&told);
            if told.contains("recursion limit") {
                return too_much(place);
            }
            Problem::at(place, format!("this is not YAML: {}", excerpt(told)))
                .maybe_help(yaml_help(line, told))
        }
    }
}

fn too_much(place: Place) -> Problem {
    Problem::at(
        place,
        "the file is too large, nested too deeply, or its aliases expand to too much",
    )
    .label("given up here")
    .help(format!(
        "at most {MOST_NODES} values, {MOST_DEPTH} levels deep, and {MOST_REPLAYED} repeated by aliases"
    ))
}

fn yaml_help(line: &str, told: &str) -> Option<String> {
    let help = if line.chars().take_while(|c| c.is_whitespace()).any(|c| c == '\t') {
        "YAML is indented with spaces; this line has a tab before its text"
    } else if told.contains("mapping values") {
        "text that holds `: ` is quoted: \"a: b\""
    } else if told.contains("unexpected character") {
        "text that begins with a sign which YAML keeps for itself is quoted"
    } else if told.contains("tag") {
        "a path file takes no tags such as `!Ref`; write the value itself"
    } else {
        return None;
    };
    Some(help.into())
}

/// The scanner's own errors know characters only, not bytes.
fn place_in(text: &str, location: &Location) -> Place {
    let (start, len) = bytes(location).unwrap_or_else(|| {
        let span = location.span();
        let start = text
            .char_indices()
            .nth(clamp(span.offset()))
            .map_or(text.len(), |(byte, _)| byte);
        let len = text
            .get(start..)
            .and_then(|rest| rest.chars().next())
            .map_or(0, char::len_utf8);
        (start, len)
    });
    Place {
        start: start.min(text.len()),
        len: len.min(text.len().saturating_sub(start)),
        line: clamp(location.line()),
        column: clamp(location.column()),
        defined: None,
    }
}
