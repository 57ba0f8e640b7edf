//! What a deployment says: the function's environment, read at a cold start, and by the doctor.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::alert::sns::Structure;
use crate::monitor::Channels;
use crate::paths::model::Severity;
use crate::paths::{self, PathFileErrors, ReadPathFile};

use super::location::{Location, LocationError};

/// What the deployment says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Where the path file is.
    pub paths: Location,
    /// The table that remembers.
    pub table: String,
    /// The function's own queue: without it nothing is looked at again before the next sweep.
    pub queue_url: Option<String>,
    /// Where alerts go.
    pub channels: Channels,
    /// The topics that a path file may name: the deployment's own and those it allows.
    pub allowed_topics: Vec<String>,
    /// The roles that a path file may have assumed.
    pub allowed_roles: Vec<String>,
    /// How SNS messages are put together.
    pub structure: Structure,
    /// The ARN of the role that the function runs with, by which its own calls are known.
    pub role_arn: Option<String>,
}

/// A setting is missing or wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// It must be there.
    #[error("the environment variable {name} is missing: {what}")]
    Missing {
        /// The variable.
        name: &'static str,
        /// What it is.
        what: &'static str,
    },
    /// The path file's location.
    #[error("HOPWATCH_PATHS: {0}")]
    Location(#[from] LocationError),
    /// It has another value than those known.
    #[error("the environment variable {name} is `{value}`, and may be {expected}")]
    Value {
        /// The variable.
        name: &'static str,
        /// Its value.
        value: String,
        /// What it may be.
        expected: &'static str,
    },
}

const SEVERITIES: [(&str, Severity); 4] = [
    ("HOPWATCH_TOPIC_CRITICAL", Severity::Critical),
    ("HOPWATCH_TOPIC_HIGH", Severity::High),
    ("HOPWATCH_TOPIC_MEDIUM", Severity::Medium),
    ("HOPWATCH_TOPIC_LOW", Severity::Low),
];

impl Settings {
    /// Reads the settings by a look-up of environment variables. An empty value is as none: templates cannot leave a
    /// variable out by a condition as easily as they can make it empty.
    ///
    /// # Errors
    ///
    /// If one is missing or wrong.
    pub fn read(look_up: impl Fn(&str) -> Option<String>) -> Result<Self, SettingsError> {
        let text = |name: &str| {
            look_up(name)
                .map(|value| value.trim().to_owned())
                .filter(|value| !value.is_empty())
        };
        let needed = |name, what| text(name).ok_or(SettingsError::Missing { name, what });
        let list = |name: &str| -> Vec<String> {
            let value = text(name).unwrap_or_default();
            let parts = value.split([',', ' ']).map(str::trim);
            parts
                .filter(|part| !part.is_empty())
                .map(ToOwned::to_owned)
                .collect()
        };
        let by_severity: BTreeMap<Severity, String> = SEVERITIES
            .into_iter()
            .filter_map(|(name, severity)| Some((severity, text(name)?)))
            .collect();
        let channels = Channels {
            topic: text("HOPWATCH_TOPIC"),
            by_severity,
            bus: text("HOPWATCH_BUS"),
            local: false,
        };
        if channels.topic.is_none() && channels.by_severity.is_empty() && channels.bus.is_none() {
            return Err(SettingsError::Missing {
                name: "HOPWATCH_TOPIC",
                what: "the ARN of the SNS topic that alerts go to (or HOPWATCH_BUS, an EventBridge bus)",
            });
        }
        let own_topics = channels.topics().into_iter().map(str::to_owned);
        let mut allowed_topics: Vec<String> = own_topics.chain(list("HOPWATCH_ALLOWED_TOPICS")).collect();
        allowed_topics.sort();
        allowed_topics.dedup();
        let structure = match text("HOPWATCH_MESSAGE_STRUCTURE").as_deref() {
            None | Some("json") => Structure::Json,
            Some("string") => Structure::String,
            Some(other) => {
                return Err(SettingsError::Value {
                    name: "HOPWATCH_MESSAGE_STRUCTURE",
                    value: crate::text::clean(other, 80),
                    expected: "`json` or `string`",
                });
            }
        };
        Ok(Self {
            paths: needed(
                "HOPWATCH_PATHS",
                "where the path file is: a file in the function's package, `s3://bucket/key` or `ssm:/name`",
            )?
            .parse()?,
            table: needed("HOPWATCH_TABLE", "the name of the DynamoDB table that remembers")?,
            queue_url: text("HOPWATCH_QUEUE_URL"),
            channels,
            allowed_topics,
            allowed_roles: list("HOPWATCH_ALLOWED_ROLES"),
            structure,
            role_arn: text("HOPWATCH_ROLE_ARN"),
        })
    }

    /// Reads a path file as this deployment takes it: with no topics and roles but those that it allows.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with it.
    pub fn read_paths(&self, text: &str, now: Timestamp) -> Result<ReadPathFile, PathFileErrors> {
        let read = paths::read(text, &self.paths.to_string(), Some(now))?;
        read.check_allowed(Some(&self.allowed_topics), Some(&self.allowed_roles))?;
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> Result<Settings, SettingsError> {
        let pairs: BTreeMap<&str, &str> = pairs.iter().copied().collect();
        Settings::read(|name| pairs.get(name).map(|value| (*value).to_owned()))
    }

    const LEAST: [(&str, &str); 3] = [
        ("HOPWATCH_PATHS", "s3://bucket/hopwatch.yaml"),
        ("HOPWATCH_TABLE", "hopwatch"),
        ("HOPWATCH_TOPIC", "arn:aws:sns:eu-west-1:123456789012:alerts"),
    ];

    #[test]
    fn the_least_that_is_needed() {
        let settings = read(&LEAST).unwrap();
        assert_eq!(settings.allowed_topics, [LEAST[2].1]);
        assert!(settings.allowed_roles.is_empty());
        for missing in 0..3 {
            let mut pairs = LEAST.to_vec();
            let (name, _) = pairs.remove(missing);
            let error = read(&pairs).unwrap_err().to_string();
            assert!(error.contains(name), "{error}");
        }
    }

    #[test]
    fn topics_by_severity_and_lists() {
        let mut pairs = LEAST.to_vec();
        pairs.extend([
            (
                "HOPWATCH_TOPIC_CRITICAL",
                "arn:aws:sns:eu-west-1:123456789012:pager",
            ),
            ("HOPWATCH_TOPIC_LOW", ""),
            (
                "HOPWATCH_ALLOWED_ROLES",
                "arn:aws:iam::1:role/a, arn:aws:iam::2:role/b",
            ),
            ("HOPWATCH_MESSAGE_STRUCTURE", "string"),
        ]);
        let settings = read(&pairs).unwrap();
        assert_eq!(settings.channels.by_severity.len(), 1);
        assert_eq!(settings.allowed_topics.len(), 2);
        assert_eq!(settings.allowed_roles.len(), 2);
        assert_eq!(settings.structure, Structure::String);
        pairs.push(("HOPWATCH_MESSAGE_STRUCTURE", "xml"));
        assert!(
            read(&pairs)
                .unwrap_err()
                .to_string()
                .contains("`json` or `string`")
        );
    }
}
