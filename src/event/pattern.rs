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

#[cfg(test)]
mod tests {
    use super::super::change::Effect;
    use super::super::invocation::{Invocation, Request, parse_text};
    use super::super::own::Own;
    use super::super::samples::{ours, theirs};
    use super::*;

    /// EventBridge's matching, as far as the patterns here go: every named member must match, `$or` one of its patterns,
    /// a list one of its elements.
    fn matches(pattern: &Value, event: &Value) -> bool {
        pattern
            .as_object()
            .unwrap()
            .iter()
            .all(|(name, wanted)| match wanted {
                Value::Array(patterns) if name == "$or" => {
                    patterns.iter().any(|pattern| matches(pattern, event))
                }
                Value::Array(conditions) => {
                    let value = event.get(name);
                    conditions.iter().any(|condition| meets(condition, value))
                }
                inner => match event.get(name) {
                    Some(Value::Array(elements)) => elements.iter().any(|element| matches(inner, element)),
                    Some(value) => matches(inner, value),
                    None => matches(inner, &json!({})),
                },
            })
    }

    fn meets(condition: &Value, value: Option<&Value>) -> bool {
        if let Some(Value::Array(elements)) = value {
            return elements.iter().any(|element| meets(condition, Some(element)));
        }
        let Some(operator) = condition.as_object() else {
            return value == Some(condition);
        };
        let (name, operand) = operator.iter().next().unwrap();
        let text = value.and_then(Value::as_str);
        let begins = |with: &Value| text.is_some_and(|text| text.starts_with(with.as_str().unwrap()));
        match name.as_str() {
            "exists" => operand.as_bool() == Some(value.is_some()),
            "prefix" => begins(operand),
            "anything-but" => value.is_some() && !operand["prefix"].as_array().unwrap().iter().any(begins),
            other => panic!("{other} is not used"),
        }
    }

    fn call(service: &str, name: &str) -> Value {
        json!({"source": format!("aws.{service}"), "detail-type": CALL, "detail": {
            "eventSource": format!("{service}.amazonaws.com"), "eventName": name, "readOnly": false,
            "requestParameters": {"resourcesSet": {"items": [{"resourceId": "i-0123456789abcdef0"}]}}}})
    }

    #[test]
    fn the_matcher_tells_apart() {
        let pattern =
            json!({"a": [{"anything-but": {"prefix": ["x", "y"]}}], "b": {"c": [{"exists": false}]}});
        assert!(matches(&pattern, &json!({"a": "z"})));
        assert!(matches(&pattern, &json!({"a": "z", "b": {}})));
        assert!(!matches(&pattern, &json!({"a": "yes"})));
        assert!(!matches(&pattern, &json!({"a": "z", "b": {"c": 1}})));
        assert!(!matches(&pattern, &json!({})));
    }

    #[test]
    fn patterns_fit_into_a_rule() {
        for Rule { name, pattern } in rules() {
            assert!(
                pattern.to_string().len() <= 2_048,
                "{name} has {}",
                pattern.to_string().len()
            );
        }
        let one = pattern().to_string();
        assert!(one.len() <= 2_048, "{}", one.len());
    }

    #[test]
    fn every_call_that_matters_is_asked_for_and_no_other_family() {
        let one = pattern();
        for row in Actions::known().rows() {
            let delivered = matches(&one, &call(row.service, row.action));
            if row.impact != Impact::None {
                assert!(delivered, "{} {}", row.service, row.action);
            }
        }
        for family in Actions::known().families() {
            assert!(
                !matches(&one, &call(family.service, family.action)),
                "{}",
                family.action
            );
        }
        assert!(matches(
            &one,
            &call("lambda", "UpdateFunctionConfiguration20150331v2")
        ));
        assert!(matches(&one, &call("ec2", "ModifyVpcTrafficPolicy")));
    }

    #[test]
    fn what_hopwatch_writes_does_not_set_it_off() {
        for name in [
            "CreateNetworkInsightsPath",
            "StartNetworkInsightsAnalysis",
            "DeleteNetworkInsightsAnalysis",
            "DeleteNetworkInsightsPath",
        ] {
            assert!(!matches(&pattern(), &call("ec2", name)), "{name}");
        }
        assert!(!matches(&pattern(), &call("lambda", "Invoke")));
        assert!(!matches(
            &pattern(),
            &json!({"source": "hopwatch", "detail-type": "Required Path Broken"})
        ));
    }

    #[test]
    fn tags_are_asked_for_of_what_paths_select_by_them() {
        let tagged = |id: &str| {
            let mut event = call("ec2", "CreateTags");
            event["detail"]["requestParameters"]["resourcesSet"]["items"] =
                json!([{"resourceId": "vol-0123456789abcdef0"}, {"resourceId": id}]);
            matches(&pattern(), &event)
        };
        assert!(tagged("i-0123456789abcdef0") && tagged("eni-0123456789abcdef0"));
        assert!(!tagged("snap-0123456789abcdef0"));
        assert!(matches(&pattern(), &call("rds", "AddTagsToResource")));
    }

    /// Of each sample that is one event: it is delivered exactly if it matters.
    #[test]
    fn samples_are_delivered_exactly_if_they_matter() {
        let one = pattern();
        let mut events = 0;
        for (name, json) in ours().into_iter().chain(theirs()) {
            let value: Value = serde_json::from_str(&json).unwrap();
            if value.get("detail").is_none() {
                continue;
            }
            let invocation = parse_text(&json, &Own::default()).unwrap();
            let Invocation::Requests(requests) = &invocation else {
                continue;
            };
            let Some(Ok(Request::Event(event))) = requests.first() else {
                assert!(!matches(&one, &value), "{name} is a schedule's");
                continue;
            };
            events += 1;
            // A firewall's dry run is a call that worked, and its request is too far down for a rule.
            let dry = event.change.effect == Effect::DryRun && value["detail"].get("errorCode").is_none();
            assert_eq!(matches(&one, &value), event.change.matters() || dry, "{name}");
        }
        assert!(events > 50);
    }

    #[test]
    fn the_pattern_as_it_is() {
        insta::assert_snapshot!("pattern", serde_json::to_string_pretty(&pattern()).unwrap());
    }
}
