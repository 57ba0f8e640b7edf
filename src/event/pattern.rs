//! The EventBridge event pattern of the rule that feeds hopwatch, made from the same tables that read what it delivers.
//!
//! Everything that wrote and worked, less the bulk that no path can depend on: shorter than a list of names, and a call that
//! is newer than this version still arrives. Data events are left out (a function's own `Invoke` would set it off again), and
//! so are hopwatch's own writes. Operators: EventBridge User Guide, "Comparison operators for use in event patterns"; a
//! pattern may have 2,048 characters (EventBridge quotas).

use serde_json::{Value, json};

use super::action::{Actions, Impact};
use super::cloudtrail::CALL;
use super::native;

/// A rule.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// What it is for, as part of a name.
    pub name: &'static str,
    /// Its pattern.
    pub pattern: Value,
}

/// The kinds of resource that a path may select by tag, by how their ids begin.
const TAGGED: [&str; 3] = ["eni-", "i-", "subnet-"];

/// Rules for accounts that would rather have several short ones.
pub fn rules() -> Vec<Rule> {
    let (sources, detail_types) = native::asked_for();
    vec![
        Rule {
            name: "ec2-calls",
            pattern: calls(&|service| service == "ec2"),
        },
        Rule {
            name: "other-calls",
            pattern: calls(&|service| service != "ec2"),
        },
        Rule {
            name: "tags",
            pattern: tags(),
        },
        Rule {
            name: "service-events",
            pattern: json!({"source": sources, "detail-type": detail_types}),
        },
    ]
}

/// The pattern of one rule that does for all.
pub fn pattern() -> Value {
    let alternatives: Vec<Value> = rules().into_iter().map(|rule| rule.pattern).collect();
    json!({"$or": alternatives})
}

/// The calls of some services that wrote and worked, less the families that never matter.
fn calls(of: &dyn Fn(&str) -> bool) -> Value {
    let actions = Actions::known();
    let mut sources: Vec<String> = actions
        .rows()
        .filter(|row| row.impact != Impact::None && of(row.service))
        .map(|row| format!("aws.{}", row.service))
        .collect();
    sources.sort_unstable();
    sources.dedup();
    let mut bulk: Vec<&str> = actions
        .families()
        .iter()
        .filter(|family| of(family.service))
        .map(|family| family.action)
        .chain(
            of("ec2")
                .then_some(["CreateTags", "DeleteTags"])
                .into_iter()
                .flatten(),
        )
        .collect();
    bulk.sort_unstable();
    bulk.dedup();
    json!({
        "source": sources,
        "detail-type": [CALL],
        "detail": {
            "readOnly": [false],
            "errorCode": [{"exists": false}],
            "eventName": [{"anything-but": {"prefix": bulk}}],
        },
    })
}

/// Tags of what paths may select by tag: backup tools tag everything else all day.
fn tags() -> Value {
    let begins: Vec<Value> = TAGGED.iter().map(|begin| json!({"prefix": begin})).collect();
    json!({
        "source": ["aws.ec2"],
        "detail-type": [CALL],
        "detail": {
            "eventName": ["CreateTags", "DeleteTags"],
            "errorCode": [{"exists": false}],
            "requestParameters": {"resourcesSet": {"items": {"resourceId": begins}}},
        },
    })
}
