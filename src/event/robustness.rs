//! Nothing that anybody sends makes this room panic, loop or forget: random JSON, random text, and the samples with parts
//! taken out, doubled, swapped or cut.

use std::sync::LazyLock;

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::samples::ours;
use super::*;

/// Any JSON, with the names that this room looks for among its names.
fn any_json() -> impl Strategy<Value = Value> {
    let names = prop::sample::select(vec![
        "Records",
        "Events",
        "body",
        "messageId",
        "receiptHandle",
        "eventSource",
        "Sns",
        "Type",
        "TopicArn",
        "Message",
        "detail",
        "detail-type",
        "source",
        "resources",
        "account",
        "region",
        "time",
        "eventName",
        "requestParameters",
        "responseElements",
        "userIdentity",
        "sessionContext",
        "sessionIssuer",
        "arn",
        "items",
        "item",
        "content",
        "tag",
        "groupId",
        "ipPermissions",
        "networkAclId",
        "ruleNumber",
        "unsuccessful",
        "error",
        "code",
        "functionName",
        "check",
        "sweep",
        "again",
        "paths",
        "CloudTrailEvent",
        "X",
    ]);
    let texts = prop::sample::select(vec![
        "",
        "aws:sqs",
        "aws:sns",
        "Notification",
        "aws.ec2",
        "ec2.amazonaws.com",
        "lambda.amazonaws.com",
        "AWS API Call via CloudTrail",
        "Scheduled Event",
        "DeleteRoute",
        "DeleteVpcEndpoints",
        "CreateFunction20150331",
        "AuthorizeSecurityGroupIngress",
        "arn:",
        "arn:aws:lambda:::function:",
        "arn:aws:elasticloadbalancing:::listener/a",
        "sg-0123456789abcdef0",
        "all",
        "{",
        "{}",
        "[]",
        "\"\\\"x\\\"\"",
        "true",
        "-1",
        "10.0.0.0/33",
        "é\u{202e}",
    ]);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        texts.prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(7, 80, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::btree_map(names.clone().prop_map(str::to_owned), inner, 0..7)
                .prop_map(|members| Value::Object(members.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

/// What must hold of whatever was read.
fn holds(invocation: &Invocation) {
    for request in invocation.requests() {
        let Request::Event(event) = request else { continue };
        let change = &event.change;
        // It can be shown.
        let words = format!("{} {}", change.summary(), change.actor.words());
        assert!(words.chars().all(|c| !c.is_control()), "{words:?}");
        assert!(words.len() < 4_000);
        for resource in &change.resources {
            assert!(!resource.id.as_str().is_empty());
            assert!(
                resource.id.as_str().bytes().all(|byte| byte.is_ascii_graphic()),
                "{}",
                resource.id
            );
        }
        let mut ids: Vec<_> = change
            .resources
            .iter()
            .map(|resource| (&resource.id, resource.what))
            .collect();
        ids.dedup();
        assert_eq!(ids.len(), change.resources.len(), "each once");
        // A call that changes things says what, or that it does not know.
        if change.effect == Effect::Changes && change.verb == Some(Verb::Delete) {
            assert!(!change.resources.is_empty());
        }
    }
}

/// The samples, read once.
fn samples() -> &'static [String] {
    static SAMPLES: LazyLock<Vec<String>> = LazyLock::new(|| ours().into_values().collect());
    &SAMPLES
}

/// All places in a value, as JSON pointers.
fn pointers(value: &Value, at: &str, into: &mut Vec<String>) {
    into.push(at.to_owned());
    let escaped = |key: &str| key.replace('~', "~0").replace('/', "~1");
    match value {
        Value::Object(members) => {
            for (key, inner) in members {
                pointers(inner, &format!("{at}/{}", escaped(key)), into);
            }
        }
        Value::Array(elements) => {
            for (number, inner) in elements.iter().enumerate() {
                pointers(inner, &format!("{at}/{number}"), into);
            }
        }
        _ => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, ..ProptestConfig::default() })]

    #[test]
    fn any_json_is_read_or_refused(payload in any_json()) {
        if let Ok(invocation) = parse(&payload, &Own::default()) {
            holds(&invocation);
        }
        let _ = record(&payload.to_string(), &Own::default());
    }

    #[test]
    fn any_detail_of_a_real_envelope_is_an_event(detail in any_json()) {
        let payload = json!({"detail-type": "AWS API Call via CloudTrail", "source": "aws.ec2", "detail": detail,
            "account": "123456789012", "region": "eu-west-1"});
        let invocation = parse(&payload, &Own::default()).unwrap();
        holds(&invocation);
        prop_assert_eq!(invocation.requests().count(), 1);
    }

    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,60}") {
        if let Ok(invocation) = parse_text(&text, &Own::default()) {
            holds(&invocation);
        }
    }

    #[test]
    fn a_sample_with_anything_in_any_place(
        sample in any::<prop::sample::Index>(),
        place in any::<prop::sample::Index>(),
        other in any_json(),
    ) {
        let mut value: Value = serde_json::from_str(sample.get::<String>(samples())).unwrap();
        let mut all = Vec::new();
        pointers(&value, "", &mut all);
        *value.pointer_mut(place.get::<String>(&all)).unwrap() = other;
        if let Ok(invocation) = parse(&value, &Own::default()) {
            holds(&invocation);
        }
    }

    #[test]
    fn a_sample_cut_anywhere(sample in any::<prop::sample::Index>(), place in any::<prop::sample::Index>()) {
        let text = sample.get::<String>(samples()).as_str();
        let end = (0..=place.index(text.len())).rev().find(|end| text.is_char_boundary(*end)).unwrap();
        if let Ok(invocation) = parse_text(&text[..end], &Own::default()) {
            holds(&invocation);
        }
    }
}

/// A part of a request that goes missing never turns a change into nothing.
#[test]
fn a_change_never_shrinks_to_nothing() {
    for (name, json) in ours() {
        let whole: Value = serde_json::from_str(&json).unwrap();
        // Without the ids that were not refused, everything was.
        if whole.pointer("/detail/requestParameters").is_none() || name.ends_with(".in-part") {
            continue;
        }
        let effect = |value: &Value| {
            let invocation = parse(value, &Own::default()).unwrap();
            let Some(Request::Event(event)) = invocation.requests().next() else {
                panic!("{name}")
            };
            event.change.clone()
        };
        if !effect(&whole).matters() {
            continue;
        }
        let mut places = Vec::new();
        pointers(
            &whole["detail"]["requestParameters"],
            "/detail/requestParameters",
            &mut places,
        );
        pointers(
            &whole["detail"]["responseElements"],
            "/detail/responseElements",
            &mut places,
        );
        for place in places {
            for nothing in [json!(null), json!(""), json!({}), json!([]), json!(7)] {
                let mut cut = whole.clone();
                *cut.pointer_mut(&place).unwrap() = nothing.clone();
                let change = effect(&cut);
                assert!(change.matters(), "{name} with {nothing} at {place}");
                let hangs = change.touches_everything()
                    || change.changed().any(|resource| resource.what != What::Other);
                assert!(
                    hangs,
                    "{name} with {nothing} at {place}: no path would be looked at"
                );
            }
        }
    }
}

#[test]
fn deep_and_giant_payloads_are_bounded() {
    let deep = format!(
        r#"{{"detail-type": "AWS API Call via CloudTrail", "source": "aws.ec2", "detail": {}1{}}}"#,
        "[".repeat(100_000),
        "]".repeat(100_000)
    );
    assert!(matches!(
        parse_text(&deep, &Own::default()),
        Err(EventError::NotJson { .. })
    ));
    let giant = "x".repeat(3_000_000);
    let payload = json!({"detail-type": "AWS API Call via CloudTrail", "source": "aws.ec2", "detail": {
        "eventSource": "ec2.amazonaws.com", "eventName": giant, "userAgent": giant,
        "userIdentity": {"type": "AssumedRole", "arn": giant, "principalId": giant},
        "requestParameters": {"groupId": giant, "x": [giant]}}});
    let invocation = parse(&payload, &Own::default()).unwrap();
    holds(&invocation);
    let Some(Request::Event(event)) = invocation.requests().next() else {
        panic!()
    };
    assert!(format!("{event:?}").len() < 40_000);
}
