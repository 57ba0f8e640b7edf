//! What services tell of by themselves, without a call: an instance that stops, a database that fails over, a route that
//! a transit gateway learns.

use serde_json::Value;

use crate::network::{Kind, Place};

use super::action::Part;
use super::actor::Actor;
use super::change::{Action, Change, Effect, Vague, Verb};
use super::cloudtrail::SERVICE_EVENT;
use super::envelope::Envelope;
use super::loose::{account_of, list_of, region_of, text, text_of};
use super::recognise::recognise;
use super::touched::{Role, TouchedResource};
use super::walk::Found;

/// A kind of event.
struct NativeEvent {
    source: &'static str,
    detail_type: &'static str,
    /// What it may change; nothing: it is known to leave reachability alone.
    kinds: &'static [Kind],
    /// Whether the change follows, or its addresses are known, only later.
    done_later: bool,
    /// Whether the rule asks for it; the others are known for the case that a user's own rule does.
    asked_for: bool,
}

impl NativeEvent {
    const fn asked_for(source: &'static str, detail_type: &'static str, kinds: &'static [Kind]) -> Self {
        Self {
            source,
            detail_type,
            kinds,
            done_later: true,
            asked_for: true,
        }
    }

    const fn unrelated(source: &'static str, detail_type: &'static str) -> Self {
        Self {
            source,
            detail_type,
            kinds: &[],
            done_later: false,
            asked_for: false,
        }
    }
}

/// The events that are known (EventBridge Events Reference: "Amazon EC2", "Amazon RDS", "AWS Network Manager",
/// "AWS Health", "Amazon EC2 Auto Scaling").
const KNOWN: &[NativeEvent] = &[
    NativeEvent::asked_for(
        "aws.ec2",
        "EC2 Instance State-change Notification",
        &[Kind::Instance],
    ),
    NativeEvent::asked_for(
        "aws.ec2",
        "EC2 Spot Instance Interruption Warning",
        &[Kind::Instance],
    ),
    NativeEvent::asked_for(
        "aws.health",
        "AWS Health Event",
        &[Kind::VpnConnection, Kind::Instance],
    ),
    NativeEvent::asked_for("aws.networkmanager", "Network Manager Routing Update", TRANSIT),
    NativeEvent::asked_for("aws.networkmanager", "Network Manager Status Update", TRANSIT),
    NativeEvent::asked_for("aws.networkmanager", "Network Manager Topology Change", TRANSIT),
    NativeEvent::asked_for("aws.rds", "RDS DB Cluster Event", &[Kind::Rds]),
    NativeEvent::asked_for("aws.rds", "RDS DB Instance Event", &[Kind::Rds]),
    NativeEvent {
        asked_for: false,
        ..NativeEvent::asked_for(
            "aws.autoscaling",
            "EC2 Instance Launch Successful",
            &[Kind::Instance],
        )
    },
    NativeEvent {
        asked_for: false,
        ..NativeEvent::asked_for(
            "aws.autoscaling",
            "EC2 Instance Terminate Successful",
            &[Kind::Instance],
        )
    },
    NativeEvent::unrelated("aws.ec2", "EC2 Instance Rebalance Recommendation"),
    NativeEvent::unrelated("aws.ec2", "EBS Snapshot Notification"),
    NativeEvent::unrelated("aws.ec2", "EBS Volume Notification"),
    NativeEvent::unrelated("aws.rds", "RDS DB Cluster Snapshot Event"),
    NativeEvent::unrelated("aws.rds", "RDS DB Parameter Group Event"),
    NativeEvent::unrelated("aws.rds", "RDS DB Snapshot Event"),
];

const TRANSIT: &[Kind] = &[
    Kind::TransitGateway,
    Kind::TransitGatewayAttachment,
    Kind::TransitGatewayRouteTable,
];

/// Categories of RDS events that leave addresses, groups and subnets alone (RDS User Guide, "Amazon RDS event categories").
const QUIET: [&str; 3] = ["backtrack", "backup", "low storage"];

/// The sources and detail types that the rule asks for, each once, sorted.
pub(super) fn asked_for() -> (Vec<&'static str>, Vec<&'static str>) {
    let known = || KNOWN.iter().filter(|kind| kind.asked_for);
    let mut sources: Vec<&str> = known().map(|kind| kind.source).collect();
    let mut detail_types: Vec<&str> = known()
        .map(|kind| kind.detail_type)
        .chain([SERVICE_EVENT])
        .collect();
    sources.sort_unstable();
    sources.dedup();
    detail_types.sort_unstable();
    (sources, detail_types)
}

/// The change that a service's event tells of.
pub(super) fn change(envelope: &Envelope, detail: &Value, resources: &Value) -> Change {
    let known = KNOWN
        .iter()
        .find(|kind| kind.source == envelope.source && kind.detail_type == envelope.detail_type);
    let place = place(envelope, detail);
    let mut found = Found::default();
    found.read(detail, Part::Other, None, &place);
    found.read(resources, Part::Other, None, &place);
    if envelope.source == "aws.rds"
        && let Some(named) = text_of(detail, "SourceIdentifier")
        && let Some(database) = recognise(&named, "dbinstanceidentifier", &place)
    {
        found.add(database, Role::Changed);
    }
    let cut = found.cut;
    let mut resources = found.resources();
    let state = text_of(detail, "state");
    let gone = state.as_deref() == Some("terminated");
    if let Some(known) = known {
        for resource in &mut resources {
            if resource.kind().is_some_and(|kind| known.kinds.contains(&kind)) {
                resource.role = if gone { Role::Deleted } else { Role::Changed };
            }
        }
    }
    let effect = effect(envelope, known, detail, &resources, cut);
    let own = envelope.source == OWN_SOURCE;
    Change {
        event_id: envelope.id.clone(),
        shared_event_id: None,
        action: Action {
            service: envelope
                .source
                .strip_prefix("aws.")
                .unwrap_or(&envelope.source)
                .to_owned(),
            name: envelope.detail_type.clone(),
        },
        verb: known
            .filter(|kind| !kind.kinds.is_empty())
            .map(|_| if gone { Verb::Delete } else { Verb::Modify }),
        effect: if own { Effect::OwnCall } else { effect },
        done_later: known.is_some_and(|kind| kind.done_later),
        kinds: known.map(|kind| kind.kinds.to_vec()).unwrap_or_default(),
        actor: Actor::default(),
        resources,
        edit: None,
        note: state
            .or_else(|| text_of(detail, "instance-action"))
            .or_else(|| text_of(detail, "change-type"))
            .or_else(|| text_of(detail, "eventTypeCode"))
            .or_else(|| text_of(detail, "Message")),
        time: envelope.time,
        account: place.account,
        region: place.region,
        request_id: None,
        source_ip: None,
        user_agent: None,
    }
}

/// The source of the events that hopwatch puts on a bus.
const OWN_SOURCE: &str = "hopwatch";

fn effect(
    envelope: &Envelope,
    known: Option<&NativeEvent>,
    detail: &Value,
    resources: &[TouchedResource],
    cut: bool,
) -> Effect {
    let Some(known) = known else {
        return Effect::SomethingChanged(Vague::UnknownEvent);
    };
    let categories: Vec<String> = list_of(detail, "EventCategories")
        .into_iter()
        .filter_map(text)
        .collect();
    let quiet = !categories.is_empty()
        && categories
            .iter()
            .all(|category| QUIET.contains(&category.as_str()));
    if known.kinds.is_empty() || (envelope.source == "aws.rds" && quiet) {
        Effect::Unrelated
    } else if cut {
        Effect::SomethingChanged(Vague::TooMuch)
    } else if resources.iter().any(|resource| resource.kind().is_some()) {
        Effect::Changes
    } else {
        Effect::SomethingChanged(Vague::NoIds)
    }
}

/// Where it happened. Network Manager tells of all Regions in one, and Health has the Region in its detail.
fn place(envelope: &Envelope, detail: &Value) -> Place {
    let logged = envelope.place();
    let told = match envelope.source.as_str() {
        "aws.networkmanager" => region_of(detail, "region"),
        "aws.health" => region_of(detail, "eventRegion").filter(|region| region.as_str() != "global"),
        _ => None,
    };
    let region = if envelope.source == "aws.networkmanager" {
        told
    } else {
        told.or(logged.region)
    };
    let account = account_of(detail, "affectedAccount").filter(|_| envelope.source == "aws.health");
    Place {
        account: account.or(logged.account),
        region,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn told(source: &str, detail_type: &str, detail: Value) -> Change {
        let envelope = Envelope {
            source: source.to_owned(),
            detail_type: detail_type.to_owned(),
            account: Some("123456789012".into()),
            region: Some("us-west-2".into()),
            ..Envelope::default()
        };
        change(&envelope, &detail, &json!([]))
    }

    #[test]
    fn a_backup_is_no_change_and_a_fail_over_is_one() {
        let event = |category: &str| {
            let detail =
                json!({"EventCategories": [category], "SourceIdentifier": "Orders", "Message": "done"});
            told("aws.rds", "RDS DB Instance Event", detail)
        };
        assert_eq!(event("backup").effect, Effect::Unrelated);
        let failover = event("failover");
        assert_eq!(failover.effect, Effect::Changes);
        assert_eq!(
            failover.resources.first().map(|r| (r.id.as_str(), r.role)),
            Some(("orders", Role::Changed))
        );
    }

    #[test]
    fn an_instance_that_is_gone_is_deleted() {
        let detail = json!({"instance-id": "i-0123456789abcdef0", "state": "terminated"});
        let change = told("aws.ec2", "EC2 Instance State-change Notification", detail);
        assert_eq!(change.verb, Some(Verb::Delete));
        assert_eq!(change.resources.first().map(|r| r.role), Some(Role::Deleted));
    }

    #[test]
    fn network_manager_tells_of_another_region_than_its_own() {
        let detail = json!({"region": "eu-west-1", "change-type": "TGW-ROUTE-UPDATED",
            "transit-gateway-arn": "arn:aws:ec2:eu-west-1:123456789012:transit-gateway/tgw-0123456789abcdef0"});
        let change = told("aws.networkmanager", "Network Manager Routing Update", detail);
        assert_eq!(
            (change.effect, change.region),
            (Effect::Changes, Some("eu-west-1".into()))
        );
        let nowhere = told("aws.networkmanager", "Network Manager Routing Update", json!({}));
        assert_eq!(
            (nowhere.effect, nowhere.region),
            (Effect::SomethingChanged(Vague::NoIds), None)
        );
    }

    #[test]
    fn what_hopwatch_announces_wakes_nobody() {
        assert_eq!(
            told("hopwatch", "Required Path Broken", json!({})).effect,
            Effect::OwnCall
        );
        assert_eq!(
            told("aws.made-up", "Something", json!({})).effect,
            Effect::SomethingChanged(Vague::UnknownEvent)
        );
    }
}
