//! What is remembered of a path: the record that a store keeps, one a path, keyed by its name.
//!
//! Two states stand in it: the one that the path is in, and the one that was *announced* last. Where nothing holds an
//! announcement back they are the same; in a maintenance window or while muted they part, and what is said at the end is
//! told by comparing them.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::{Deserialize, Serialize};

use crate::alert::{Alert, Asked, Blame};
use crate::paths::model::{Expect, RequiredPath, Severity};
use crate::reach::report::{Hop, Verdict};
use crate::reach::{Assessment, Dependencies};

use super::outbox::OutboxEntry;
use super::rule_sets::RuleSets;

/// The version of the record's format.
pub const SCHEMA_VERSION: u32 = 1;

/// How many changes are kept to be blamed later.
pub(crate) const MOST_SUSPECTS: usize = 8;

/// Whether a path is as expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// It is.
    Up,
    /// It is not.
    Down,
    /// It cannot be told.
    Blind,
}

impl State {
    /// Of what became of a path.
    pub fn of(result: &Assessment) -> Self {
        match result.as_expected {
            Some(true) => Self::Up,
            Some(false) => Self::Down,
            None => Self::Blind,
        }
    }

    /// As JSON spells it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Up => "up",
            Self::Down => "down",
            Self::Blind => "blind",
        }
    }
}

/// All that is remembered of a path.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(
    title = "hopwatch state",
    description = "What hopwatch remembers of one required path."
)]
pub struct Record {
    /// The version of this document: 1.
    pub schema_version: u32,
    /// Counted up with each write: a write is conditional on it.
    pub version: u64,
    /// The path's name.
    pub name: String,
    /// The hash of the path as declared.
    pub definition: String,
    /// What the path file said of it: to tell of it when it is gone.
    pub declared: Declared,
    /// Whether it is as expected. A break that has not lasted for `settle` does not count yet.
    pub state: State,
    /// While it cannot be told: what it was before.
    pub last_known: Option<State>,
    /// The verdict behind `state`.
    pub verdict: Verdict,
    /// Since when `state` is as it is.
    #[schemars(with = "String")]
    pub since: Timestamp,
    /// SHA-256 of the verdict and the blockers; of a leak: of what arrives.
    pub fingerprint: String,
    /// The outage that it is in; open while it cannot be told, too.
    pub incident: Option<Incident>,
    /// While it cannot be told: what all alerts of that have in common, 16 hexadecimal digits.
    pub blindness: Option<String>,
    /// The last outage that is over, for 90 days.
    pub last_incident: Option<ClosedIncident>,
    /// Every resource that the last evaluation consulted.
    pub dependencies: Dependencies,
    /// Its last good trace.
    pub last_good: Option<LastGood>,
    /// What was said last; `null`: nothing, as it was up when it was first looked at or nothing may be said yet.
    pub announced: Option<Announced>,
    /// A break that must last before it counts.
    pub settling: Option<Settling>,
    /// What holds the announcement back, until when and what is known of the cause.
    pub held: Option<Held>,
    /// Changes that the network did not show yet when it was last looked at: to be blamed when it does.
    pub suspects: Vec<Suspect>,
    /// When it was last said that it is still not as expected.
    #[schemars(with = "Option<String>")]
    pub reminded_at: Option<Timestamp>,
    /// How often that was said.
    pub reminders: u32,
    /// Alerts that are still owed to a channel.
    pub outbox: Vec<OutboxEntry>,
    /// When it may be forgotten: set once the path is no longer in the file.
    #[schemars(with = "Option<String>")]
    pub expires: Option<Timestamp>,
}

/// What the path file says of a path, beside what decides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Declared {
    /// What is expected of it.
    pub expect: Expect,
    /// How bad a break is.
    pub severity: Severity,
    /// Whose it is.
    pub owner: Option<String>,
    /// What to read when it breaks.
    pub runbook: Option<String>,
    /// Whatever else it says of it.
    pub labels: BTreeMap<String, String>,
    /// What it asks.
    pub asked: Asked,
    /// The topic of its own.
    pub topic_arn: Option<String>,
}

impl Declared {
    /// Of a path.
    pub fn of(path: &RequiredPath) -> Self {
        Self {
            expect: path.expect,
            severity: path.severity,
            owner: path.owner.clone(),
            runbook: path.runbook.clone(),
            labels: path.labels.clone(),
            asked: Asked::of(path),
            topic_arn: path.topic_arn.clone(),
        }
    }
}

/// An outage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Incident {
    /// 16 hexadecimal digits.
    pub id: String,
    /// The components that the path broke by.
    pub components: BTreeSet<String>,
    /// Each blocker: component, code, direction and leg.
    pub blockers: BTreeSet<String>,
    /// When it began.
    #[schemars(with = "String")]
    pub since: Timestamp,
}

/// An outage that is over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ClosedIncident {
    /// 16 hexadecimal digits.
    pub id: String,
    /// When it began.
    #[schemars(with = "String")]
    pub since: Timestamp,
    /// When it ended.
    #[schemars(with = "String")]
    pub until: Timestamp,
}

/// What was said last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Announced {
    /// The state that was told.
    pub state: State,
    /// While it could not be told: what was told before.
    pub last_known: Option<State>,
    /// The fingerprint that was told.
    pub fingerprint: String,
}

/// A break that must last before it counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Settling {
    /// Until when.
    #[schemars(with = "String")]
    pub until: Timestamp,
    /// What is known of it.
    pub story: Story,
}

/// An announcement that is held back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Held {
    /// Until when.
    #[schemars(with = "String")]
    pub until: Timestamp,
    /// What is known of it.
    pub story: Story,
}

/// What is known of a transition, from when it was seen until it is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Story {
    /// When it happened, as far as can be told.
    #[schemars(with = "String")]
    pub since: Timestamp,
    /// The id of the event, or the sweep's time.
    pub trigger: String,
    /// Who did it.
    pub blame: Option<Blame>,
    /// The exact inverse of what was done, where it mends.
    pub fix: Option<crate::reach::report::FixCommand>,
}

/// A change that may turn out to have done it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Suspect {
    /// Who did what.
    pub blame: Blame,
    /// The resources that it changed.
    pub resources: BTreeSet<String>,
}

/// The last trace of a path that was as expected: what to compare with, and what to undo a change with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct LastGood {
    /// The walk of a sample packet.
    pub hops: Vec<Hop>,
    /// The components that lost something even then (`require: any`).
    pub lossy: BTreeSet<String>,
    /// The rule sets that it consulted.
    #[schemars(with = "serde_json::Value")]
    pub rules: RuleSets,
}

impl Record {
    /// Whether anything is owed.
    pub fn owes(&self) -> bool {
        self.outbox.iter().any(|entry| !entry.owed.is_empty())
    }

    /// As JSON: where that has more than so many bytes without what is only good for blame, the last good trace first, and
    /// without what alerts show beside what they are about.
    ///
    /// # Errors
    ///
    /// None that serde_json knows of.
    pub fn to_json(&self, most: usize) -> serde_json::Result<String> {
        let cuts: [fn(&mut Self, usize); 3] = [
            |record, _| record.last_good = None,
            |record, _| record.suspects.clear(),
            |record, most| {
                for entry in &mut record.outbox {
                    crate::alert::shrink(&mut entry.alert, most / 8);
                }
            },
        ];
        let mut text = serde_json::to_string(self)?;
        let mut small = Cow::Borrowed(self);
        for cut in cuts {
            if text.len() <= most {
                break;
            }
            cut(small.to_mut(), most);
            text = serde_json::to_string(&small)?;
        }
        Ok(text)
    }

    /// The alerts in its outbox.
    pub fn alerts(&self) -> impl Iterator<Item = &Alert> {
        self.outbox.iter().map(|entry| &entry.alert)
    }
}

/// The JSON schema of [`Record`].
pub fn schema() -> schemars::Schema {
    SchemaSettings::draft2020_12()
        .for_serialize()
        .into_generator()
        .into_root_schema_for::<Record>()
}
