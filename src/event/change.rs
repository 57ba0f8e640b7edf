//! An event as a change: what hopwatch makes of a CloudTrail record or of a service's own event.

use std::fmt;

use jiff::Timestamp;

use crate::network::Kind;
use crate::network::id::{AccountId, Region};

use super::action::plain_name;
use super::actor::Actor;
use super::edit::Edit;
use super::touched::TouchedResource;

/// An EventBridge event (EventBridge User Guide, "Events in Amazon EventBridge").
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// The envelope's id: the same again where EventBridge delivers twice. Not CloudTrail's; see [`Change::event_id`].
    pub id: Option<String>,
    /// As in `aws.ec2`.
    pub source: String,
    /// As in `AWS API Call via CloudTrail`.
    pub detail_type: String,
    /// Where it was logged; unchanged when a bus forwards the event.
    pub account: Option<AccountId>,
    /// Where it was logged; unchanged when a bus forwards the event.
    pub region: Option<Region>,
    /// When what it tells of was done, to the second; not when it arrived.
    pub time: Option<Timestamp>,
    /// What it tells of.
    pub change: Change,
}

/// What an event tells of. Texts are as somebody wrote them: [`crate::text::clean`] before showing one.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// CloudTrail's `eventID`, by which people find the record; else the envelope's id.
    pub event_id: Option<String>,
    /// The same in each account's record of one action that was logged to several.
    pub shared_event_id: Option<String>,
    /// The API call, or the event's name.
    pub action: Action,
    /// What it does to what it is about, where that is known.
    pub verb: Option<Verb>,
    /// Whether it can matter.
    pub effect: Effect,
    /// Whether AWS answers before it is done: then the network may show it later only.
    pub done_later: bool,
    /// The kinds of component that such a call changes, known even where no id is.
    pub kinds: Vec<Kind>,
    /// Who.
    pub actor: Actor,
    /// The resources that it names, each once, in the order of their ids.
    pub resources: Vec<TouchedResource>,
    /// What was asked for, where a rule, a route or an association was edited.
    pub edit: Option<Edit>,
    /// A word of the event on what happened: a state, a message. Somebody else's text.
    pub note: Option<String>,
    /// When.
    pub time: Option<Timestamp>,
    /// The account it happened in; `None`: any.
    pub account: Option<AccountId>,
    /// The Region it happened in; `None`: any.
    pub region: Option<Region>,
    /// The call's request id.
    pub request_id: Option<String>,
    /// An address, or the name of the service that called.
    pub source_ip: Option<String>,
    /// The caller's user agent: whatever the caller chose to say.
    pub user_agent: Option<String>,
}

impl Change {
    /// Whether a verdict may differ after it.
    pub fn matters(&self) -> bool {
        matches!(self.effect, Effect::Changes | Effect::SomethingChanged(_))
    }

    /// Whether it may have touched anything in its account and Region, not only what it names.
    pub fn touches_everything(&self) -> bool {
        matches!(self.effect, Effect::SomethingChanged(_))
    }

    /// Whether it edits tags and nothing else.
    pub fn is_about_tags(&self) -> bool {
        matches!(self.action.api_name(), "CreateTags" | "DeleteTags")
    }

    /// Whether it edits the rules of what it names, said in full or not.
    pub fn edits_rules(&self) -> bool {
        let name = self.action.api_name();
        matches!(
            self.edit,
            Some(
                Edit::NetworkAclEntry { .. }
                    | Edit::SecurityGroupRulesAdded { .. }
                    | Edit::SecurityGroupRulesRemoved { .. }
                    | Edit::SecurityGroupRulesModified { .. }
                    | Edit::Route { .. }
                    | Edit::TransitGatewayRoute { .. }
                    | Edit::PrefixListEntries { .. }
            )
        ) || name.ends_with("NetworkAclEntry")
            || matches!(
                name,
                "CreateRoute" | "DeleteRoute" | "ReplaceRoute" | "ModifySecurityGroupRules"
            )
            || ((name.starts_with("Authorize") || name.starts_with("Revoke"))
                && (name.ends_with("SecurityGroupIngress") || name.ends_with("SecurityGroupEgress")))
    }

    /// What it was done to.
    pub fn changed(&self) -> impl Iterator<Item = &TouchedResource> {
        self.resources.iter().filter(|resource| resource.is_changed())
    }

    /// What a snapshot must resolve first. One that cannot be resolved may be anything in the account and Region.
    pub fn lookups(&self) -> impl Iterator<Item = &TouchedResource> {
        self.resources.iter().filter(|resource| resource.needs_lookup())
    }

    /// The name of the call, and what was edited: `DeleteNetworkAclEntry, rule 100 egress`.
    pub fn summary(&self) -> String {
        match &self.edit {
            Some(edit) => format!("{}, {edit}", self.action),
            None => self.action.to_string(),
        }
    }
}

/// An API call, or a service's event.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Action {
    /// As in `ec2`.
    pub service: String,
    /// As CloudTrail writes it, Lambda's with date and version; of a service's own event the detail type.
    pub name: String,
}

impl Action {
    /// The name as the API documents it: without the date and version that CloudTrail adds to Lambda's.
    pub fn api_name(&self) -> &str {
        plain_name(&self.service, &self.name)
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&crate::text::clean(self.api_name(), 128))
    }
}

/// What a call does to the thing it is about. Making an association creates it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verb {
    /// Creates.
    Create,
    /// Modifies.
    Modify,
    /// Deletes.
    Delete,
}

/// Whether a change can matter to what reaches what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// It changed what [`Change::resources`] names.
    Changes,
    /// It changed something, in its account and Region; what it names is a part of that at most.
    SomethingChanged(Vague),
    /// The call failed.
    Failed {
        /// As in `Client.UnauthorizedOperation`.
        code: String,
        /// What AWS answered. Somebody else's text.
        message: Option<String>,
    },
    /// The call asked whether it would be allowed, no more.
    DryRun,
    /// The call only read.
    ReadOnly,
    /// hopwatch itself called.
    OwnCall,
    /// A call or event that is known to leave reachability alone.
    Unrelated,
}

impl Effect {
    /// In a word or a few.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Changes => "changes",
            Self::SomethingChanged(_) => "something changed",
            Self::Failed { .. } => "failed",
            Self::DryRun => "dry run",
            Self::ReadOnly => "read-only",
            Self::OwnCall => "own call",
            Self::Unrelated => "unrelated",
        }
    }
}

/// Why it cannot be told what changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Vague {
    /// No list has that call.
    UnknownAction,
    /// No list has that kind of event, or it lacks what its kind has.
    UnknownEvent,
    /// The request was left out of the record: CloudTrail does so above 100 KB.
    ParametersOmitted,
    /// The response was left out of the record, and what was created stands there only.
    ResponseOmitted,
    /// The event names nothing that paths may depend on.
    NoIds,
    /// The event names more than is read, or is nested deeper.
    TooMuch,
}

impl Vague {
    /// In words.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::UnknownAction => "a call that this version does not know",
            Self::UnknownEvent => "an event that this version does not know",
            Self::ParametersOmitted => "the event leaves out the request",
            Self::ResponseOmitted => "the event leaves out the response",
            Self::NoIds => "the event names no resource",
            Self::TooMuch => "the event names too much to read",
        }
    }
}
