//! The sample events: `events/`, told in full, and the reference samples, where they are at hand.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::{Path, PathBuf};

use crate::network::Kind;

use super::*;

/// The JSON files of a folder, by name without the ending.
pub(super) fn files(folder: &Path) -> BTreeMap<String, String> {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return BTreeMap::new();
    };
    entries
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "json"))
        .map(|path| {
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            (name, std::fs::read_to_string(path).unwrap())
        })
        .collect()
}

/// hopwatch's own samples.
pub(super) fn ours() -> BTreeMap<String, String> {
    let files = files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("events"));
    assert!(files.len() > 60, "events/ is part of the repository");
    files
}

/// A file or folder of the reference, which is not part of the repository.
pub(super) fn reference(name: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../shared/reference")
        .join(name);
    if path.exists() {
        return Some(path);
    }
    eprintln!(
        "SKIPPED: {} is not there: nothing is held against it",
        path.display()
    );
    None
}

/// The reference samples; none where they are not at hand.
pub(super) fn theirs() -> BTreeMap<String, String> {
    reference("event-samples")
        .map(|folder| files(&folder))
        .unwrap_or_default()
}

/// hopwatch as it is known in `events/`.
fn own() -> Own {
    Own {
        function_arn: Some("arn:aws:lambda:eu-west-1:123456789012:function:hopwatch".to_owned()),
        role_arns: BTreeSet::from(["arn:aws:iam::123456789012:role/hopwatch-function".to_owned()]),
    }
}

/// Everything that was read of an event, in words.
fn told(event: &Event, text: &mut String) {
    let change = &event.change;
    let place = |account: &Option<_>, region: &Option<_>| {
        let word = |id: Option<&str>| id.unwrap_or("any").to_owned();
        let account: &Option<crate::network::id::AccountId> = account;
        let region: &Option<crate::network::id::Region> = region;
        format!(
            "{} {}",
            word(account.as_ref().map(crate::network::id::AccountId::as_str)),
            word(region.as_ref().map(crate::network::id::Region::as_str))
        )
    };
    let mut line = |label: &str, value: String| writeln!(text, "  {label:10} {value}").unwrap();
    line(
        "action",
        format!("{} {}", change.action.service, change.action.name),
    );
    line("summary", change.summary());
    let effect = match &change.effect {
        Effect::SomethingChanged(vague) => format!("something changed: {}", vague.as_str()),
        Effect::Failed { code, .. } => format!("failed: {code}"),
        other => other.as_str().to_owned(),
    };
    let later = if change.done_later { ", done later" } else { "" };
    line("effect", format!("{effect}{later}"));
    if let Some(verb) = change.verb {
        let kinds: Vec<&str> = change.kinds.iter().map(|kind| kind.as_str()).collect();
        line("verb", format!("{verb:?} {}", kinds.join(", ")));
    }
    line(
        "who",
        format!("{} [{}]", change.actor.words(), change.actor.class.as_str()),
    );
    line("where", place(&change.account, &change.region));
    line(
        "when",
        change.time.map(|time| time.to_string()).unwrap_or_default(),
    );
    line("from", change.source_ip.clone().unwrap_or_default());
    for resource in &change.resources {
        let lookup = if resource.needs_lookup() {
            ", to be looked up"
        } else {
            ""
        };
        line(
            "touches",
            format!(
                "{} {} ({}{lookup})",
                resource.id,
                resource.what,
                resource.role.as_str()
            ),
        );
    }
    if let Some(note) = &change.note {
        line("note", note.clone());
    }
}

#[test]
fn every_sample_of_ours_in_full() {
    let mut text = String::new();
    for (name, json) in ours() {
        writeln!(text, "{name}").unwrap();
        let requests: Vec<(String, Result<Request, EventError>)> = match parse_text(&json, &own()) {
            Ok(Invocation::SqsBatch(messages)) => messages
                .into_iter()
                .map(|message| {
                    (
                        format!("message {}: ", message.message_id.unwrap()),
                        message.request,
                    )
                })
                .collect(),
            Ok(Invocation::Requests(requests)) => requests
                .into_iter()
                .map(|request| (String::new(), request))
                .collect(),
            Err(error) => vec![(String::new(), Err(error))],
        };
        for (label, request) in requests {
            match request {
                Ok(Request::Event(event)) => {
                    if !label.is_empty() {
                        writeln!(text, "  {label}{}", event.detail_type).unwrap();
                    }
                    told(&event, &mut text);
                }
                Ok(other) => writeln!(text, "  {label}{other:?}").unwrap(),
                Err(error) => writeln!(text, "  {label}error: {error}").unwrap(),
            }
        }
    }
    insta::assert_snapshot!("events", text);
}

/// The one event of a reference sample.
fn their_event(samples: &BTreeMap<String, String>, name: &str) -> Event {
    let json = samples
        .get(name)
        .unwrap_or_else(|| panic!("{name} is among the samples"));
    let invocation = parse_text(json, &Own::default()).unwrap();
    let mut events = invocation.requests().filter_map(|request| match request {
        Request::Event(event) => Some((**event).clone()),
        _ => None,
    });
    events.next().unwrap_or_else(|| panic!("{name} has an event"))
}

/// Of each reference sample: what kind of effect, which components were changed, and which ids must be looked up.
const THEIRS: &[(&str, &str, &[&str], &[&str])] = &[
    ("AWS-Health-Event", "changes", &["vpn-0a1b2c3d4e5f60718"], &[]),
    (
        "AcceptTransitGatewayVpcAttachment.other-account",
        "changes",
        &["tgw-attach-0c3d4e5f607182930"],
        &[],
    ),
    (
        "AuthorizeSecurityGroupIngress",
        "changes",
        &["sg-0d9c8b7a6f5e43210"],
        &[],
    ),
    (
        "AuthorizeSecurityGroupIngress.cloudformation",
        "changes",
        &["sg-0d9c8b7a6f5e43210"],
        &[],
    ),
    (
        "BidEvictedEvent.service-event",
        "changes",
        &["i-0f1e2d3c4b5a60798"],
        &[],
    ),
    (
        "CreateNetworkAclEntry",
        "changes",
        &["acl-0aa11bb22cc33dd44"],
        &[],
    ),
    (
        "CreateNetworkAclEntry.parameters-omitted",
        "something changed",
        &[],
        &[],
    ),
    (
        "CreateNetworkInterface.rds",
        "changes",
        &["eni-0a7b6c5d4e3f21908"],
        &[],
    ),
    ("CreateRoute", "changes", &["rtb-0123a456b789c0d1e"], &[]),
    (
        "CreateTransitGatewayRoute",
        "changes",
        &["tgw-rtb-0b2c3d4e5f6071829"],
        &[],
    ),
    ("DeleteNatGateway", "changes", &["nat-0b1c2d3e4f5a69788"], &[]),
    (
        "DeleteNetworkAclEntry",
        "changes",
        &["acl-0aa11bb22cc33dd44"],
        &[],
    ),
    ("DeleteRoute", "changes", &["rtb-0123a456b789c0d1e"], &[]),
    ("DeleteRoute.dry-run", "dry run", &["rtb-0123a456b789c0d1e"], &[]),
    ("DeleteRoute.failed", "failed", &["rtb-0123a456b789c0d1e"], &[]),
    (
        "DeleteTransitGatewayVpcAttachment",
        "changes",
        &["tgw-0a1b2c3d4e5f60718", "tgw-attach-0c3d4e5f607182930"],
        &[],
    ),
    ("DeleteVpcEndpoints", "changes", &["vpce-0d4e5f60718293041"], &[]),
    (
        "DeleteVpcEndpoints.partial-failure",
        "changes",
        &["vpce-0d4e5f60718293041"],
        &[],
    ),
    ("DescribeRouteTables.read-only", "read-only", &[], &[]),
    (
        "DetachInternetGateway",
        "changes",
        &["igw-0a9b8c7d6e5f41234"],
        &[],
    ),
    (
        "DisableTransitGatewayRouteTablePropagation",
        "changes",
        &["tgw-attach-0c3d4e5f607182930", "tgw-rtb-0b2c3d4e5f6071829"],
        &[],
    ),
    (
        "DisassociateRouteTable",
        "changes",
        &[],
        &["rtbassoc-0d1c2b3a4f5e60789"],
    ),
    (
        "EC2-Instance-State-change-Notification",
        "changes",
        &["i-0f1e2d3c4b5a60798"],
        &[],
    ),
    (
        "EC2-Spot-Instance-Interruption-Warning",
        "changes",
        &["i-0f1e2d3c4b5a60798"],
        &[],
    ),
    (
        "EnableVgwRoutePropagation",
        "changes",
        &["rtb-0123a456b789c0d1e", "vgw-0c2d3e4f5a6b70819"],
        &[],
    ),
    ("ModifyDBInstance", "changes", &["orders"], &[]),
    (
        "ModifyNetworkInterfaceAttribute",
        "changes",
        &["eni-0e1f2a3b4c5d60718"],
        &[],
    ),
    (
        "ModifySecurityGroupRules",
        "changes",
        &["sg-0d9c8b7a6f5e43210"],
        &[],
    ),
    (
        "ModifySecurityGroupRules.two-rules",
        "changes",
        &["sg-0d9c8b7a6f5e43210"],
        &[],
    ),
    ("ModifyVpcBlockPublicAccessOptions", "something changed", &[], &[]),
    (
        "Network-Manager-Routing-Update",
        "changes",
        &[
            "tgw-0a1b2c3d4e5f60718",
            "tgw-attach-0c3d4e5f607182930",
            "tgw-rtb-0b2c3d4e5f6071829",
        ],
        &[],
    ),
    ("RDS-DB-Instance-Event", "changes", &["orders"], &[]),
    (
        "ReplaceNetworkAclAssociation",
        "changes",
        &["acl-0ee55ff66aa77bb88"],
        &["aclassoc-0f1e2d3c4b5a69781"],
    ),
    (
        "ReplaceNetworkAclEntry",
        "changes",
        &["acl-0aa11bb22cc33dd44"],
        &[],
    ),
    ("ReplaceRoute", "changes", &["rtb-0123a456b789c0d1e"], &[]),
    (
        "RevokeSecurityGroupEgress",
        "changes",
        &["sg-0c1d2e3f4a5b60797"],
        &[],
    ),
    (
        "RevokeSecurityGroupIngress.flat",
        "changes",
        &["sg-0d9c8b7a6f5e43210"],
        &[],
    ),
    (
        "SetSecurityGroups",
        "changes",
        &["arn:aws:elasticloadbalancing:eu-central-1:111122223333:loadbalancer/app/orders/50dc6c495c0c9188"],
        &[],
    ),
    ("StopInstances", "changes", &["i-0f1e2d3c4b5a60798"], &[]),
    (
        "TerminateInstances.auto-scaling",
        "changes",
        &["i-0f1e2d3c4b5a60798"],
        &[],
    ),
    (
        "UpdateFunctionConfiguration20150331v2",
        "changes",
        &["arn:aws:lambda:eu-central-1:111122223333:function:orders-api"],
        &[],
    ),
    (
        "UpdateRuleGroup",
        "changes",
        &["arn:aws:network-firewall:eu-central-1:111122223333:stateful-rulegroup/egress-allow"],
        &[],
    ),
    ("sns-to-lambda", "changes", &["rtb-0123a456b789c0d1e"], &[]),
    ("sns-through-sqs", "changes", &["sg-0c1d2e3f4a5b60797"], &[]),
    ("sqs-batch", "changes", &["rtb-0123a456b789c0d1e"], &[]),
    ("sqs-batch.poison", "changes", &["acl-0aa11bb22cc33dd44"], &[]),
    ("unknown-call", "something changed", &[], &[]),
];

/// The samples that are no events.
const ORDERS: [&str; 4] = [
    "manual-check",
    "scheduled-rule",
    "scheduler-default-input",
    "scheduler-own-input",
];

#[test]
fn every_reference_sample_tells_what_it_should() {
    let samples = theirs();
    if samples.is_empty() {
        return;
    }
    let expected: BTreeSet<&str> = THEIRS.iter().map(|(name, ..)| *name).chain(ORDERS).collect();
    let there: BTreeSet<&str> = samples.keys().map(String::as_str).collect();
    assert_eq!(there, expected, "each sample has its expectation");
    for (name, effect, changed, lookups) in THEIRS {
        let change = their_event(&samples, name).change;
        assert_eq!(change.effect.as_str(), *effect, "{name}");
        let ids = |resources: Vec<&TouchedResource>| -> Vec<String> {
            resources.iter().map(|resource| resource.id.to_string()).collect()
        };
        let components = change
            .changed()
            .filter(|resource| resource.kind().is_some())
            .collect::<Vec<_>>();
        assert_eq!(ids(components), *changed, "{name}");
        assert_eq!(ids(change.lookups().collect()), *lookups, "{name}");
        let native = change.request_id.is_none();
        assert!(
            native || change.time.is_some() && change.event_id.is_some(),
            "{name}"
        );
        assert_eq!(
            change.account.as_ref().map(ToString::to_string).as_deref(),
            Some("111122223333"),
            "{name}"
        );
        assert_eq!(
            change.region.as_ref().map(ToString::to_string).as_deref(),
            Some("eu-central-1"),
            "{name}"
        );
    }
    for name in ORDERS {
        let invocation = parse_text(&samples[name], &Own::default()).unwrap();
        let orders = invocation
            .requests()
            .filter(|request| !matches!(request, Request::Event(_)))
            .count();
        assert_eq!(orders, 1, "{name}");
    }
}

#[test]
fn who_did_it_in_the_reference_samples() {
    let samples = theirs();
    for (name, words, class) in [
        (
            "DeleteNetworkAclEntry",
            "jo.example (IAM user, console)",
            ActorClass::Human,
        ),
        (
            "CreateNetworkAclEntry",
            "kim.example@example.com (Identity Center, NetworkAdmin, command line)",
            ActorClass::Human,
        ),
        (
            "DeleteRoute",
            "github-terraform/gh-run-18342 (role, Terraform)",
            ActorClass::Pipeline,
        ),
        (
            "AuthorizeSecurityGroupIngress.cloudformation",
            "deployer/deploy (role, by cloudformation.amazonaws.com)",
            ActorClass::Pipeline,
        ),
        (
            "CreateNetworkInterface.rds",
            "AWSServiceRoleForRDS/SLRManagement (service-linked role, by rds.amazonaws.com)",
            ActorClass::Service,
        ),
        (
            "AcceptTransitGatewayVpcAttachment.other-account",
            "kim.example@example.com (another account, 444455556666, command line)",
            ActorClass::Unknown,
        ),
        (
            "BidEvictedEvent.service-event",
            "ec2.amazonaws.com (AWS service)",
            ActorClass::Service,
        ),
    ] {
        if samples.is_empty() {
            return;
        }
        let actor = their_event(&samples, name).change.actor;
        assert_eq!((actor.words().as_str(), actor.class), (words, class), "{name}");
    }
}

#[test]
fn a_poison_message_of_the_reference_costs_no_other() {
    let samples = theirs();
    let Some(json) = samples.get("sqs-batch.poison") else {
        return;
    };
    let Invocation::SqsBatch(messages) = parse_text(json, &Own::default()).unwrap() else {
        panic!()
    };
    let failed: Vec<bool> = messages.iter().map(|message| message.request.is_err()).collect();
    assert_eq!(failed, [true, false]);
}

#[test]
fn an_omitted_request_still_tells_the_kind() {
    let samples = ours();
    let invocation = parse_text(
        &samples["network-acl-entry-created.request-left-out"],
        &Own::default(),
    )
    .unwrap();
    let Some(Request::Event(event)) = invocation.requests().next() else {
        panic!()
    };
    assert_eq!(
        event.change.effect,
        Effect::SomethingChanged(Vague::ParametersOmitted)
    );
    assert_eq!(event.change.kinds, [Kind::NetworkAcl]);
}
