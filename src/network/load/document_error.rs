//! Why a file is no part of a snapshot, told so that its owner can mend it.

use serde_json::Value;
use serde_path_to_error::{Path, Segment};

use super::document::Body;
use super::encoding::EncodingError;

/// A file that cannot be read as a part of a snapshot.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{file}`: {problem}")]
pub struct DocumentError {
    /// The file.
    pub file: String,
    /// What is wrong with it.
    pub problem: DocumentProblem,
}

/// What is wrong with a file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DocumentProblem {
    /// Nothing in it.
    #[error(
        "the file is empty: the call that should have filled it has probably failed; run it again, or delete the file"
    )]
    Empty,
    /// Its bytes are no text.
    #[error(transparent)]
    Encoding(EncodingError),
    /// Some other text.
    #[error("line {line}, column {column}: not JSON ({detail}); print the reply with `--output json`")]
    NotJson {
        /// The line.
        line: usize,
        /// The column, in bytes.
        column: usize,
        /// What the parser says.
        detail: String,
    },
    /// It stops in the middle.
    #[error("line {line}: the file ends in the middle of a value; it was cut off: save it again")]
    Truncated {
        /// The last line.
        line: usize,
    },
    /// JSON, but no object.
    #[error(
        "the file holds {found}, not an object such as {{\"Vpcs\": [...]}}; save the whole reply, without `--query`"
    )]
    TopLevel {
        /// What it is.
        found: &'static str,
    },
    /// Several values, one after another.
    #[error(
        "line {line}, column {column}: a second JSON value follows the first; save each reply in a file of its own"
    )]
    Several {
        /// Where the second starts.
        line: usize,
        /// The column, in bytes.
        column: usize,
    },
    /// A field that must be there is not.
    #[error(
        "line {line}, column {column}: `{path}` lacks `{field}`; save the whole reply, without `--query`"
    )]
    Missing {
        /// The end of what lacks it.
        line: usize,
        /// The column, in bytes.
        column: usize,
        /// What lacks it.
        path: String,
        /// The field.
        field: String,
    },
    /// A value of another type or form.
    #[error("line {line}, column {column}: `{path}` is {found}, expected {expected}")]
    Value {
        /// Where it ends.
        line: usize,
        /// The column, in bytes.
        column: usize,
        /// The field.
        path: String,
        /// The value, shortened.
        found: String,
        /// What should stand there.
        expected: String,
    },
}

impl DocumentProblem {
    /// Finds out what is wrong with a text that could not be parsed.
    pub(crate) fn find(text: &str, error: &serde_json::Error) -> Self {
        let trimmed = text.trim_matches([' ', '\t', '\r', '\n']);
        if trimmed.is_empty() {
            return Self::Empty;
        }
        let (line, column) = (error.line(), error.column());
        if let Some(found) = other_top_level(trimmed) {
            return Self::TopLevel { found };
        }
        match error.classify() {
            serde_json::error::Category::Eof => Self::Truncated { line },
            serde_json::error::Category::Syntax | serde_json::error::Category::Io => {
                let detail = without_position(error);
                if detail == "trailing characters" {
                    return Self::Several { line, column };
                }
                Self::NotJson { line, column, detail }
            }
            serde_json::error::Category::Data => Self::find_value(text, error),
        }
    }

    /// Parses again, slowly, to learn where the value stands.
    fn find_value(text: &str, error: &serde_json::Error) -> Self {
        let (line, column) = (error.line(), error.column());
        let message = without_position(error);
        let mut deserializer = serde_json::Deserializer::from_str(text);
        let path = match serde_path_to_error::deserialize::<_, Body>(&mut deserializer) {
            Ok(_) => String::from("?"),
            Err(error) => {
                let path = error.path();
                if let Some(field) = message
                    .strip_prefix("missing field `")
                    .and_then(|rest| rest.strip_suffix('`'))
                {
                    return Self::Missing {
                        line,
                        column,
                        path: path.to_string(),
                        field: field.to_owned(),
                    };
                }
                let found = value_at(text, path);
                return Self::Value {
                    line,
                    column,
                    path: path.to_string(),
                    found: found.as_ref().map_or_else(|| String::from("unusable"), shown),
                    expected: expected(&message),
                };
            }
        };
        Self::Value {
            line,
            column,
            path,
            found: String::from("unusable"),
            expected: expected(&message),
        }
    }
}

/// What the text holds, if that is JSON but no object.
fn other_top_level(text: &str) -> Option<&'static str> {
    Some(match serde_json::from_str::<Value>(text).ok()? {
        Value::Object(_) => return None,
        Value::Array(_) => "a list",
        Value::Null => "`null`",
        Value::Bool(_) => "a truth value",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
    })
}

fn without_position(error: &serde_json::Error) -> String {
    let message = error.to_string();
    let position = format!(" at line {} column {}", error.line(), error.column());
    message
        .strip_suffix(&position)
        .map_or(message.clone(), str::to_owned)
}

fn value_at(text: &str, path: &Path) -> Option<Value> {
    let mut value: Value = serde_json::from_str(text).ok()?;
    for segment in path {
        value = match segment {
            Segment::Seq { index } => value.get_mut(*index)?.take(),
            Segment::Map { key } => value.get_mut(key)?.take(),
            Segment::Enum { .. } | Segment::Unknown => return None,
        };
    }
    Some(value)
}

/// A value in few characters.
fn shown(value: &Value) -> String {
    const LONGEST: usize = 60;
    match value {
        Value::Array(_) => String::from("a list"),
        Value::Object(_) => String::from("an object"),
        scalar => {
            let text = scalar.to_string();
            if text.chars().count() <= LONGEST {
                return format!("`{text}`");
            }
            format!("`{}…`", text.chars().take(LONGEST).collect::<String>())
        }
    }
}

/// What was expected, in the words of JSON and networks.
fn expected(message: &str) -> String {
    let words = message
        .rsplit_once(", expected ")
        .map_or(message, |(_, expected)| expected);
    let plain = match words {
        "a sequence" => "a list",
        "a map" => "an object",
        "a boolean" => "`true` or `false`",
        "i32" | "u32" | "i64" | "u64" | "u16" | "u8" => "a whole number in range",
        "a string" | "a borrowed string" | "string" | "str" => "a text",
        "invalid IP address syntax" => "a CIDR block such as `10.0.0.0/16`",
        _ if words.starts_with("struct ") => "an object",
        other => other,
    };
    plain.to_owned()
}
