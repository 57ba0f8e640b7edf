//! Why a file is no part of a snapshot, told so that its owner can mend it.

use serde_path_to_error::{Path, Segment};

use super::document::Body;
use super::encoding::EncodingError;
use super::value_shown::{kind_of, shown_at};

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
    /// A field that stands there twice.
    #[error("line {line}, column {column}: `{path}` holds `{field}` twice; keep one of them")]
    Twice {
        /// Where the second stands.
        line: usize,
        /// The column, in bytes.
        column: usize,
        /// What holds it.
        path: String,
        /// The field.
        field: String,
    },
    /// A value of another type or form.
    #[error("line {line}, column {column}: `{path}` is {found}, expected {expected}")]
    Value {
        /// Where it stands.
        line: usize,
        /// The column, in bytes: just before or just behind it.
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
    pub(super) fn find(text: &str, error: &serde_json::Error) -> Self {
        if text.trim_matches([' ', '\t', '\r', '\n']).is_empty() {
            return Self::Empty;
        }
        if let Some(found) = kind_of(text).filter(|found| *found != "an object") {
            return Self::TopLevel { found };
        }
        let (line, column) = (error.line(), error.column());
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
        let place = serde_path_to_error::deserialize::<_, Body>(&mut deserializer).err();
        let path = place.as_ref().map(serde_path_to_error::Error::path);
        let shown_path = path.map(Path::to_string).unwrap_or_default();
        let field = |start: &str| Some(message.strip_prefix(start)?.strip_suffix('`')?.to_owned());
        if let Some(field) = field("missing field `") {
            return Self::Missing {
                line,
                column,
                path: shown_path,
                field,
            };
        }
        if let Some(field) = field("duplicate field `") {
            return Self::Twice {
                line,
                column,
                path: shown_path,
                field,
            };
        }
        let found = path.and_then(|path| shown_at(text, path));
        Self::Value {
            line,
            column,
            found: found.unwrap_or_else(|| String::from("unusable")),
            expected: expected(&message, path),
            path: shown_path,
        }
    }
}

fn without_position(error: &serde_json::Error) -> String {
    let message = error.to_string();
    let position = format!(" at line {} column {}", error.line(), error.column());
    message
        .strip_suffix(&position)
        .map_or(message.clone(), str::to_owned)
}

/// What was expected, in the words of JSON and networks.
fn expected(message: &str, path: Option<&Path>) -> String {
    let words = message
        .rsplit_once(", expected ")
        .map_or(message, |(_, expected)| expected);
    let has_key = |wanted: fn(&str) -> bool| {
        path.into_iter()
            .flat_map(Path::iter)
            .any(|segment| matches!(segment, Segment::Map { key } if wanted(key)))
    };
    let is_ipv6 = || has_key(|key| key.contains("Ipv6"));
    let is_either = || has_key(|key| key.starts_with("TransitGateway") || key.starts_with("PrefixList"));
    let plain = match words {
        "a sequence" => "a list",
        "a map" => "an object",
        "a boolean" => "`true` or `false`",
        "i8" | "i16" | "i32" | "i64" | "isize" => "a whole number in range",
        "u8" | "u16" | "u32" | "u64" | "usize" => "a whole number in range, not below 0",
        "a string" | "a borrowed string" | "string" | "str" => "a text",
        "IPv4 address" | "invalid IPv4 address syntax" => "an IPv4 address such as `10.0.0.5`",
        "IPv6 address" | "invalid IPv6 address syntax" => "an IPv6 address such as `2001:db8::5`",
        "IPv4 network address" => "an IPv4 block such as `10.0.0.0/16`",
        "IPv6 network address" => "an IPv6 block such as `2001:db8::/32`",
        "IP network address" => "a block such as `10.0.0.0/16`",
        "invalid IP address syntax" if is_ipv6() => "an IPv6 block such as `2001:db8::/32`",
        "invalid IP address syntax" if is_either() => "a block such as `10.0.0.0/16`",
        "invalid IP address syntax" => "an IPv4 block such as `10.0.0.0/16`",
        _ if words.starts_with("struct ") => "an object",
        other => other,
    };
    plain.to_owned()
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{load, load_bytes};

    /// One line a file: what its owner would read.
    fn errors(texts: &[&str]) -> String {
        texts
            .iter()
            .map(|text| match load(&[("x.json", text)]) {
                Ok(_) => format!("{text}\n    fine\n"),
                Err(message) => format!("{text}\n    {message}\n"),
            })
            .collect()
    }

    #[test]
    fn no_object_at_all() {
        let errors = errors(&[
            "",
            " \n\t ",
            "{}",
            "{\"Tags\": []}",
            "[]",
            "[{\"VpcId\": \"vpc-a\"}]",
            "null",
            "\"\"",
            "12",
            "true",
            "VPCS\tvpc-a\t10.0.0.0/16",
            "Vpcs:\n- VpcId: vpc-a\n",
            "An error occurred (UnauthorizedOperation) when calling the DescribeVpcs operation",
        ]);
        insta::assert_snapshot!(errors);
    }

    #[test]
    fn broken_json() {
        let errors = errors(&[
            "{\"Vpcs\": [",
            "{\"Vpcs\": [{\"VpcId\": \"vp",
            "{\n  \"Vpcs\": [\n    {\"VpcId\": \"vpc-a\",}\n  ]\n}",
            "{\"Vpcs\": []}\n{\"Subnets\": []}\n",
            "{\"Vpcs\": []}, ",
            "{\"Vpcs\": [], 'Subnets': []}",
            "{\"Vpcs\": NaN}",
        ]);
        insta::assert_snapshot!(errors);
    }

    #[test]
    fn wrong_values() {
        let errors = errors(&[
            "{\"Vpcs\": null}",
            "{\"Vpcs\": {}}",
            "{\"Vpcs\": \"\"}",
            "{\"Vpcs\": [\"vpc-a\"]}",
            "{\"Vpcs\": [null]}",
            "{\"Vpcs\": [{}]}",
            "{\"Vpcs\": [{\"VpcId\": \"vpc-a\", \"CidrBlock\": \"10.0.0.0\"}]}",
            "{\"Vpcs\": [{\"VpcId\": \"vpc-a\", \"CidrBlock\": \"10.0.0.0/33\"}]}",
            "{\"Vpcs\": [{\"VpcId\": \"vpc-a\", \"CidrBlock\": \"2001:db8::/32\"}]}",
            "{\"Vpcs\": [{\"VpcId\": \"vpc-a\", \"CidrBlock\": 10}]}",
            "{\"Vpcs\": [{\"VpcId\": 7}]}",
            "{\"Vpcs\": [{\"VpcId\": \"vpc-a\", \"Tags\": {\"Name\": \"a\"}}]}",
            "{\"NetworkAcls\": [{\"NetworkAclId\": \"acl-a\", \"VpcId\": \"vpc-a\", \"Entries\": [\n\
               {\"RuleNumber\": \"100\", \"RuleAction\": \"allow\", \"Protocol\": \"-1\"}]}]}",
            "{\"NetworkAcls\": [{\"NetworkAclId\": \"acl-a\", \"VpcId\": \"vpc-a\", \"Entries\": [\n\
               {\"RuleNumber\": -1, \"RuleAction\": \"allow\", \"Protocol\": \"-1\"}]}]}",
            "{\"NetworkAcls\": [{\"NetworkAclId\": \"acl-a\", \"VpcId\": \"vpc-a\", \"Entries\": [\n\
               {\"RuleNumber\": 100, \"RuleAction\": \"allow\", \"Protocol\": 6}]}]}",
            "{\"NetworkInterfaces\": [{\"NetworkInterfaceId\": \"eni-a\", \"SubnetId\": \"subnet-a\", \"VpcId\": \"vpc-a\",\n\
               \"SourceDestCheck\": \"true\"}]}",
            "{\"NetworkInterfaces\": [{\"NetworkInterfaceId\": \"eni-a\", \"SubnetId\": \"subnet-a\", \"VpcId\": \"vpc-a\",\n\
               \"PrivateIpAddress\": \"10.0.0.256\"}]}",
            "{\"NetworkInterfaces\": [{\"NetworkInterfaceId\": \"eni-a\", \"SubnetId\": \"subnet-a\", \"VpcId\": \"vpc-a\",\n\
               \"Ipv6Addresses\": [{\"Ipv6Address\": \"::g\"}]}]}",
            "{\"DBInstances\": [{\"DBInstanceIdentifier\": \"orders\", \"Endpoint\": {\"Port\": 65536}}]}",
            "{\"SecurityGroups\": [{\"GroupId\": \"sg-a\", \"IpPermissions\": [{\"FromPort\": 22}]}]}",
            "{\"PrefixLists\": [{\"PrefixListId\": \"pl-a\", \"Cidrs\": [\"10.0.0.0/8\", \"everything\"]}]}",
            "{\"VpcBlockPublicAccessOptions\": {\"State\": 1}}",
            "{\"VpcBlockPublicAccessOptions\": [{\"State\": 1}]}",
            "{\"VpcBlockPublicAccessOptions\": \"off\"}",
            "{\"Vpcs\": [{\"VpcId\": \"vpc-a\", \"VpcId\": \"vpc-b\"}]}",
            "{\"Subnets\": [{\"SubnetId\": \"subnet-a\", \"VpcId\": \"vpc-a\", \"CidrBlock\": \
               \"a text that somebody has pasted here by mistake and that goes on and on and on\"}]}",
        ]);
        insta::assert_snapshot!(errors);
    }

    #[test]
    fn no_text() {
        let utf16: Vec<u8> = "\u{feff}{\"Vpcs\": [{}]}"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        let files: [&[u8]; 4] = [b"\x89PNG\r\n\x1a\n", b"{\"Vpcs\": [\xff]}", b"\xff\xfe{", &utf16];
        let errors: String = files
            .into_iter()
            .map(|bytes| load_bytes([("x.json", bytes)].into_iter()).unwrap_err() + "\n")
            .collect();
        insta::assert_snapshot!(errors);
    }
}
