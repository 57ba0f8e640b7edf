//! A CloudTrail record as a change (CloudTrail User Guide, "CloudTrail record contents").
//!
//! Whatever the record's version, only members that all versions since 1.0 share are needed; a later one adds to what can
//! be said.

use serde_json::Value;

use crate::network::Place;

use super::action::{ActionRow, Actions, Impact, Part};
use super::actor::{Actor, Identity};
use super::change::{Action, Change, Effect, Vague};
use super::edit::{Edit, edit};
use super::envelope::Envelope;
use super::loose::{self, account_of, boolean, member, region_of, text_of};
use super::own::Own;
use super::touched::{Role, TouchedResource, What};
use super::walk::Found;

/// The detail type of API calls.
pub(super) const CALL: &str = "AWS API Call via CloudTrail";

/// The detail type of what services do by themselves.
pub(super) const SERVICE_EVENT: &str = "AWS Service Event via CloudTrail";

/// Services whose calls are logged in one Region and act in any.
const GLOBAL: [&str; 2] = ["directconnect", "networkmanager"];

/// How the names of calls begin that only read, for records from before `readOnly`.
const READS: [&str; 6] = ["BatchGet", "Describe", "Get", "List", "Lookup", "Search"];

/// Whether an event's detail is a CloudTrail record.
pub(super) fn is_record(envelope: &Envelope, detail: &Value) -> bool {
    envelope.detail_type.ends_with(" via CloudTrail") || is_bare_record(detail)
}

/// Whether a value is a CloudTrail record by its members.
pub(super) fn is_bare_record(value: &Value) -> bool {
    let is_text = |name| member(value, name).is_some_and(Value::is_string);
    is_text("eventName") && is_text("eventSource")
}

/// A record that is being read.
struct Record<'a> {
    detail: &'a Value,
    service: String,
    name: String,
    request: &'a Value,
    response: &'a Value,
    row: Option<&'static ActionRow>,
}

/// The change that a record tells of.
pub(super) fn change(envelope: &Envelope, detail: &Value, own: &Own) -> Change {
    let record = Record::of(detail);
    let place = place(envelope, detail);
    let mut actor = Actor::of(detail);
    let mut found = Found::default();
    found.read(record.request, Part::Request, record.row, &place);
    found.read(record.response, Part::Response, record.row, &place);
    for other in ["resources", "serviceEventDetails"] {
        if let Some(value) = member(detail, other) {
            found.read(value, Part::Other, record.row, &place);
        }
    }
    let (refused, refusal, cut) = (found.all_refused(), found.refusal.take(), found.cut);
    let mut resources = found.resources();
    if record.row.is_none() && record.is_service_event() {
        // There is no request: what it names is what it is about.
        for resource in resources.iter_mut().filter(|resource| resource.kind().is_some()) {
            resource.role = Role::Changed;
        }
    }
    let effect = if own.made(&actor) {
        Effect::OwnCall
    } else if refused && !record.failed() {
        Effect::Failed {
            code: refusal.unwrap_or_else(|| "refused".to_owned()),
            message: None,
        }
    } else {
        record.effect(&resources, cut)
    };
    if actor.account.is_none() && actor.identity != Identity::AwsAccount {
        actor.account.clone_from(&place.account);
    }
    let global = GLOBAL.contains(&record.service.as_str());
    Change {
        event_id: text_of(detail, "eventID").or_else(|| envelope.id.clone()),
        shared_event_id: text_of(detail, "sharedEventID"),
        verb: record.row.and_then(|row| row.verb),
        done_later: record.row.is_some_and(|row| row.done_later),
        kinds: record.row.map(|row| row.kinds.clone()).unwrap_or_default(),
        edit: record.edit(&effect),
        note: None,
        time: text_of(detail, "eventTime")
            .and_then(|time| time.parse().ok())
            .or(envelope.time),
        account: place.account,
        region: place.region.filter(|_| !global),
        request_id: text_of(detail, "requestID"),
        source_ip: text_of(detail, "sourceIPAddress"),
        user_agent: text_of(detail, "userAgent"),
        action: Action {
            service: record.service,
            name: record.name,
        },
        effect,
        actor,
        resources,
    }
}

/// Where the record's call was made: the account whose record it is, which may be another than the caller's.
fn place(envelope: &Envelope, detail: &Value) -> Place {
    let logged = envelope.place();
    let owner = account_of(detail, "recipientAccountId")
        .or_else(|| account_of(member(detail, "userIdentity")?, "accountId"));
    let region = region_of(detail, "awsRegion");
    Place {
        account: logged.account.or(owner),
        region: logged.region.or(region),
    }
}

impl<'a> Record<'a> {
    fn of(detail: &'a Value) -> Self {
        static NOTHING: Value = Value::Null;
        let source = text_of(detail, "eventSource").unwrap_or_default();
        let service = source
            .strip_suffix(".amazonaws.com")
            .unwrap_or(&source)
            .to_owned();
        let name = text_of(detail, "eventName").unwrap_or_default();
        let request = member(detail, "requestParameters").unwrap_or(&NOTHING);
        let version = text_of(detail, "apiVersion");
        let row = Actions::known().find(&service, &name, version.as_deref(), Some(request));
        let response = member(detail, "responseElements").unwrap_or(&NOTHING);
        Self {
            detail,
            service,
            name,
            request,
            response,
            row,
        }
    }

    fn flag(&self, name: &str) -> Option<bool> {
        member(self.detail, name).and_then(boolean)
    }

    fn failed(&self) -> bool {
        text_of(self.detail, "errorCode").is_some()
    }

    fn effect(&self, resources: &[TouchedResource], cut: bool) -> Effect {
        if let Some(code) = text_of(self.detail, "errorCode") {
            let dry = code.ends_with("DryRunOperation");
            let message = text_of(self.detail, "errorMessage");
            return if dry {
                Effect::DryRun
            } else {
                Effect::Failed { code, message }
            };
        }
        if member(loose::unwrapped(self.request), "dryRun").and_then(boolean) == Some(true) {
            return Effect::DryRun;
        }
        let read_only = self.flag("readOnly");
        let row = match self.row {
            Some(row) if row.impact != Impact::None => row,
            _ if read_only == Some(true) => return Effect::ReadOnly,
            Some(_) => return Effect::Unrelated,
            None if self.is_service_event() => return of_service_event(resources),
            None if self.is_no_call() => return Effect::Unrelated,
            None if read_only.is_none() && READS.iter().any(|read| self.name.starts_with(read)) => {
                return Effect::ReadOnly;
            }
            None => return Effect::SomethingChanged(Vague::UnknownAction),
        };
        let changed = || resources.iter().filter(|resource| resource.is_changed());
        let nothing_to_hang_on = match row.impact {
            // What a later call will use may be something that no path depends on yet.
            Impact::Indirect => !row.ids.is_empty() && changed().next().is_none(),
            _ => changed().all(|resource| resource.what == What::Other),
        };
        if cut {
            Effect::SomethingChanged(Vague::TooMuch)
        } else if row.asks_for_ids() && loose::is_empty(Some(self.request)) {
            Effect::SomethingChanged(Vague::ParametersOmitted)
        } else if row.impact == Impact::Direct
            && row.answers_with_ids()
            && loose::is_empty(Some(self.response))
        {
            Effect::SomethingChanged(Vague::ResponseOmitted)
        } else if nothing_to_hang_on {
            Effect::SomethingChanged(Vague::NoIds)
        } else {
            Effect::Changes
        }
    }

    fn is_service_event(&self) -> bool {
        text_of(self.detail, "eventType").as_deref() == Some("AwsServiceEvent")
    }

    /// A sign-in, an insight, a data event such as a function's invocation: not a call that manages anything.
    fn is_no_call(&self) -> bool {
        let category = text_of(self.detail, "eventCategory");
        self.flag("managementEvent") == Some(false)
            || category.is_some_and(|category| category != "Management")
            || self.service == "signin"
    }

    /// What was edited; of a call that changed nothing, what would have been.
    fn edit(&self, effect: &Effect) -> Option<Edit> {
        let read = self.service == "ec2" && !matches!(effect, Effect::ReadOnly | Effect::Unrelated);
        read.then(|| edit(&self.name, self.request, self.response))
            .flatten()
    }
}

/// What a service did by itself: no request, the resources in its details (`BidEvictedEvent`).
fn of_service_event(resources: &[TouchedResource]) -> Effect {
    if resources.iter().any(|resource| resource.kind().is_some()) {
        Effect::Changes
    } else {
        Effect::SomethingChanged(Vague::UnknownEvent)
    }
}
