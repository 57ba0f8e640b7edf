//! An alert as data: what the queue, the bus, a function and `replay --output json` get. A contract, with a schema.
//!
//! Texts in it that other people wrote are cleaned where they come in: names of actors, calls, tags.

use std::collections::BTreeMap;

use jiff::Timestamp;
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::{Deserialize, Serialize};

use crate::paths::model::{Expect, RequiredPath, Severity};
use crate::reach::report::{Blocker, FixCommand, PathResult};

/// The version of the document. Fields may be added within a version.
pub const SCHEMA_VERSION: u32 = 1;

/// What an alert says. On the bus its detail type is `Required Path ` and the word with a capital letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum AlertKind {
    /// A path is no longer as expected.
    Broken,
    /// It still is not, by something else.
    Changed,
    /// It is as expected again.
    Restored,
    /// It can no longer be told.
    Blind,
    /// It still is not as expected, and that was said a while ago.
    Reminder,
    /// It is no longer watched, and was not as expected, or could not be told, when that ended.
    Withdrawn,
}

impl AlertKind {
    /// Every kind.
    pub const ALL: [Self; 6] = [
        Self::Broken,
        Self::Changed,
        Self::Restored,
        Self::Blind,
        Self::Reminder,
        Self::Withdrawn,
    ];

    /// As JSON spells it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Broken => "broken",
            Self::Changed => "changed",
            Self::Restored => "restored",
            Self::Blind => "blind",
            Self::Reminder => "reminder",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// The detail type of the event on the bus.
    pub fn detail_type(self) -> &'static str {
        match self {
            Self::Broken => "Required Path Broken",
            Self::Changed => "Required Path Changed",
            Self::Restored => "Required Path Restored",
            Self::Blind => "Required Path Blind",
            Self::Reminder => "Required Path Reminder",
            Self::Withdrawn => "Required Path Withdrawn",
        }
    }
}

/// An alert: one transition of one path, or of all those that one cause takes with it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(
    title = "hopwatch alert",
    description = "What hopwatch sends to SQS, Lambda and EventBridge, and `hopwatch replay --output json` prints."
)]
pub struct Alert {
    /// The version of this document: 1.
    pub schema_version: u32,
    /// 16 hexadecimal digits. The same again where an alert is delivered twice.
    pub id: String,
    /// 16 hexadecimal digits: what all alerts of one outage have in common.
    pub incident: String,
    /// What it says.
    pub kind: AlertKind,
    /// The paths, the worst first.
    pub paths: Vec<AlertPath>,
    /// What broke them, or still does; `null` where nothing did.
    pub cause: Option<Blocker>,
    /// Who did it (of a restoration: who mended it); `null`: it is not known, or only a guess.
    pub blame: Option<Blame>,
    /// The command that mends it, tried in memory; `null` where none was found.
    pub fix: Option<FixCommand>,
    /// How long an outage that is over lasted.
    pub outage_seconds: Option<i64>,
    /// How often it was said before, of a reminder; else 0.
    pub reminder: u32,
    /// Whether it was so when the path was looked at for the first time.
    pub found_at_start: bool,
    /// Whether it is as it was told before, and could not be told meanwhile.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub seen_again: bool,
    /// The id of the event, or the sweep's time.
    pub trigger: String,
    /// When hopwatch saw it.
    #[schemars(with = "String")]
    pub seen_at: Timestamp,
    /// The account of the cause.
    pub account: Option<String>,
    /// The Region of the cause.
    pub region: Option<String>,
    /// What was left out for size.
    pub cut: Cut,
}

/// A path of an alert.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AlertPath {
    /// The result, as in `check --output json`.
    #[serde(flatten)]
    pub result: PathResult,
    /// What was asked, in the path file's words.
    pub asked: Asked,
    /// Whose it is.
    pub owner: Option<String>,
    /// What to read when it breaks.
    pub runbook: Option<String>,
    /// Whatever else the path file says of it.
    pub labels: BTreeMap<String, String>,
    /// Since when it is as it is; of a restoration: since when it was not as expected.
    #[schemars(with = "String")]
    pub since: Timestamp,
    /// Until when it was not as expected, of a restoration.
    #[schemars(with = "Option<String>")]
    pub until: Option<Timestamp>,
}

/// What a path asks, in the path file's words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Asked {
    /// Where it starts.
    pub source: String,
    /// Where it leads.
    pub destination: String,
    /// What it carries.
    pub protocol: String,
    /// The destination ports, where there are any.
    pub destination_port: Option<String>,
}

impl Asked {
    /// Of a path.
    pub fn of(path: &RequiredPath) -> Self {
        Self {
            source: path.source.text.clone(),
            destination: path.destination.text.clone(),
            protocol: path.protocol.text(),
            destination_port: path.destination_ports.as_ref().map(ToString::to_string),
        }
    }
}

impl AlertPath {
    /// Whether something arrives that must not.
    pub fn is_leak(&self) -> bool {
        self.result.expect == Expect::Blocked && self.result.as_expected == Some(false)
    }
}

/// How sure it is that a change did it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Certainty {
    /// With the change undone in memory, the path is as it was before.
    Sure,
    /// It changed the very thing that decides, and no other change of anybody else's did.
    Likely,
}

/// Who did it. All texts are clean.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Blame {
    /// How sure it is.
    pub certainty: Certainty,
    /// Who, in a line: `jo.example (IAM user, console)`.
    pub actor: String,
    /// `human`, `pipeline`, `service` or `unknown`.
    pub actor_class: String,
    /// The call.
    pub event_name: String,
    /// The call, and what was edited: `DeleteNetworkAclEntry, rule 100 egress`.
    pub summary: String,
    /// CloudTrail's id of the event.
    pub event_id: Option<String>,
    /// When.
    #[schemars(with = "Option<String>")]
    pub time: Option<Timestamp>,
    /// How many other calls break it too, or are as likely to have done it.
    pub others: usize,
    /// What undoing it does, where that was tried: `with that entry back, the path is reachable`.
    pub evidence: Option<String>,
}

/// What was left out for size.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Cut {
    /// Paths.
    pub paths: usize,
    /// Branches of the paths that are left.
    pub branches: usize,
    /// Hops of the paths that are left.
    pub hops: usize,
    /// Dependencies of the paths that are left.
    pub dependencies: usize,
    /// Blockers of the paths that are left.
    pub blockers: usize,
}

impl Cut {
    /// Whether nothing was.
    pub fn is_nothing(&self) -> bool {
        *self == Self::default()
    }
}

impl Alert {
    /// How bad the worst of its paths is.
    pub fn severity(&self) -> Severity {
        self.paths
            .iter()
            .map(|path| path.result.severity)
            .min()
            .unwrap_or_default()
    }

    /// How many paths it is about, those left out included.
    pub fn path_count(&self) -> usize {
        self.paths.len() + self.cut.paths
    }

    /// Puts the paths of another alert of the same id to its own.
    pub fn absorb(&mut self, other: Self) {
        let name = |alert: &Self| {
            alert
                .paths
                .first()
                .map_or_else(String::new, |path| path.result.name.clone())
        };
        let (mine, theirs) = (name(self), name(&other));
        self.fix = match (self.fix.take(), other.fix) {
            (Some(fix), Some(same)) if fix.command == same.command => Some(fix),
            (Some(fix), _) => Some(fix.only_for(&mine)),
            (None, fix) => fix.map(|fix| fix.only_for(&theirs)),
        };
        for path in other.paths {
            if !self
                .paths
                .iter()
                .any(|known| known.result.name == path.result.name)
            {
                self.paths.push(path);
            }
        }
        self.cause = self.cause.take().or(other.cause);
        self.blame = match (self.blame.take(), other.blame) {
            // What is sure of one path of an incident is told, whatever is known of the others.
            (Some(mine), Some(theirs)) if theirs.certainty < mine.certainty => Some(theirs),
            // Where several changes broke one of the paths, undoing one is not enough for all.
            (Some(mine), Some(theirs))
                if theirs.certainty == mine.certainty && theirs.others > mine.others =>
            {
                Some(theirs)
            }
            (mine, theirs) => mine.or(theirs),
        };
        self.outage_seconds = self.outage_seconds.max(other.outage_seconds);
        self.paths
            .sort_by(|a, b| (a.result.severity, &a.result.name).cmp(&(b.result.severity, &b.result.name)));
    }
}

/// The JSON schema of [`Alert`].
pub fn schema() -> schemars::Schema {
    SchemaSettings::draft2020_12()
        .for_serialize()
        .into_generator()
        .into_root_schema_for::<Alert>()
}
