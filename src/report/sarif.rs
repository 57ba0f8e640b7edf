//! SARIF 2.1.0, which code scanning shows beside the path file: a result a blocker, at its path's line.
//!
//! <https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>

use std::collections::BTreeMap;
use std::fmt::Write;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::paths::model::{Expect, Severity};
use crate::reach::code::{Code, CodeSource};
use crate::reach::report::{Blocker, Leg};
use crate::text::hexadecimal;

use super::clean::{clean, clean_to};
use super::reason::MESSAGE_COLUMNS;
use super::rule::direction_word;
use super::standing::{Answer, Standing};

/// The id of the rule "something arrives that must not", for which there is no explanation code.
const ARRIVES: &str = "ARRIVES";

/// A result before it is numbered.
struct Finding {
    rule: &'static str,
    level: &'static str,
    message: String,
    line: usize,
    /// What tells it from all others, whatever the run.
    identity: Vec<String>,
    properties: Value,
}

/// The report. `source` is the path file: a path relative to the repository, or an address.
pub fn check(answers: &[Answer<'_>], source: &str) -> Value {
    let findings: Vec<Finding> = answers.iter().flat_map(findings).collect();
    let codes: BTreeMap<&str, Code> = Code::ALL.iter().map(|code| (code.as_str(), *code)).collect();
    let mut rules: Vec<&str> = findings.iter().map(|finding| finding.rule).collect();
    rules.sort_unstable();
    rules.dedup();
    let results: Vec<Value> = findings
        .iter()
        .map(|finding| result(finding, &rules, source))
        .collect();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "hopwatch",
                "version": env!("CARGO_PKG_VERSION"),
                "informationUri": env!("CARGO_PKG_REPOSITORY"),
                "rules": rules.iter().map(|id| rule(id, codes.get(id).copied())).collect::<Vec<_>>(),
            } },
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    })
}

fn rule(id: &str, code: Option<Code>) -> Value {
    let meaning = code.map_or("Packets arrive on a path that must be blocked.", Code::meaning);
    let mut rule = json!({ "id": id, "shortDescription": { "text": meaning } });
    if let (Some(CodeSource::Aws), Some(fields)) = (code.map(Code::source), rule.as_object_mut()) {
        fields.insert(
            "helpUri".into(),
            "https://docs.aws.amazon.com/vpc/latest/reachability/explanation-codes.html".into(),
        );
    }
    rule
}

fn result(finding: &Finding, rules: &[&str], source: &str) -> Value {
    let mut result = json!({
        "ruleId": finding.rule,
        "level": finding.level,
        "message": { "text": finding.message },
        "locations": [{ "physicalLocation": {
            "artifactLocation": artifact(source),
            "region": { "startLine": finding.line.max(1) },
        } }],
        "partialFingerprints": { "hopwatch/v1": fingerprint(&finding.identity) },
        "properties": finding.properties,
    });
    if let (Some(index), Some(fields)) = (
        rules.iter().position(|id| *id == finding.rule),
        result.as_object_mut(),
    ) {
        fields.insert("ruleIndex".into(), index.into());
    }
    result
}

/// What a path has to say: its blockers, what leaks, what cannot be told. Nothing where all is as expected.
fn findings(answer: &Answer<'_>) -> Vec<Finding> {
    let standing = answer.standing();
    if standing == Standing::AsExpected {
        return Vec::new();
    }
    let level = if standing == Standing::Undecided {
        "note"
    } else {
        level(answer.result.severity)
    };
    let name = clean(&answer.result.name);
    let mut findings = Vec::new();
    if answer.is_leak() {
        let arrives =
            super::packets::some_lines(&answer.result.arrives, answer.result.arrives_more, 3).join("; ");
        findings.push(Finding {
            rule: ARRIVES,
            level,
            message: format!("{name}: must be blocked, and this arrives: {arrives}"),
            line: answer.path.line,
            identity: vec![name.clone(), ARRIVES.to_owned()],
            properties: json!({ "path": name, "severity": answer.result.severity }),
        });
    } else if answer.result.expect == Expect::Reachable {
        findings.extend(
            answer
                .result
                .blockers
                .iter()
                .map(|blocker| of_blocker(answer, blocker, &name, level)),
        );
    }
    if let Some(reason) = &answer.result.reason {
        findings.push(Finding {
            rule: reason.code.as_str(),
            level: "note",
            message: format!("{name}: it cannot be told: {}", clean_to(&reason.message, MESSAGE_COLUMNS)),
            line: answer.path.line,
            identity: [vec![name.clone(), reason.code.as_str().to_owned()], reason.components.clone()].concat(),
            properties: json!({ "path": name, "components": reason.components, "missingCalls": reason.missing_calls }),
        });
    }
    findings
}

fn of_blocker(answer: &Answer<'_>, blocker: &Blocker, name: &str, level: &'static str) -> Finding {
    let mut message = format!("{name}: {}", clean_to(&blocker.message, MESSAGE_COLUMNS));
    if let Some(fix) = blocker.fix.as_ref().filter(|fix| fix.verified) {
        // Writing to a string cannot fail.
        let _ = write!(message, "\nTo mend it: {}", clean(&fix.command));
    }
    let direction = blocker.direction.map_or("", direction_word);
    let leg = match blocker.leg {
        Leg::Forward => "forward",
        Leg::Reply => "reply",
    };
    Finding {
        rule: blocker.code.as_str(),
        level,
        message,
        line: answer.path.line,
        identity: vec![
            name.to_owned(),
            blocker.code.as_str().to_owned(),
            blocker.component.clone(),
            direction.to_owned(),
            leg.to_owned(),
            blocker.segment.to_string(),
            blocker.subnet.clone().unwrap_or_default(),
        ],
        properties: json!({
            "path": name,
            "severity": answer.result.severity,
            "component": blocker.component,
            "kind": blocker.kind,
            "direction": blocker.direction,
            "leg": blocker.leg,
        }),
    }
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low => "note",
    }
}

fn fingerprint(identity: &[String]) -> String {
    let mut hash = Sha256::new();
    for part in identity {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    let mut digits = hexadecimal(&hash.finalize());
    digits.truncate(32);
    digits
}

/// Where the path file is, as a URI (RFC 3986): relative to the repository where it is a relative path.
fn artifact(source: &str) -> Value {
    if source.contains("://") || source.starts_with("ssm:") {
        return json!({ "uri": source });
    }
    let path = source.replace('\\', "/");
    let path = path.strip_prefix("./").unwrap_or(&path);
    let encoded: String = path
        .bytes()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                char::from(byte).to_string()
            }
            byte => format!("%{byte:02X}"),
        })
        .collect();
    if path.starts_with('/') {
        json!({ "uri": format!("file://{encoded}") })
    } else {
        json!({ "uri": encoded, "uriBaseId": "%SRCROOT%" })
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture;
    use super::*;

    fn report() -> Value {
        let cases = fixture::all();
        let answers: Vec<Answer<'_>> = cases.iter().map(fixture::Case::answer).collect();
        check(&answers, "./ops/hop watch.yaml")
    }

    #[test]
    fn snapshot() {
        insta::assert_snapshot!(serde_json::to_string_pretty(&report()).unwrap());
    }

    /// What the SARIF 2.1.0 schema requires of the objects used here, and the values that it allows.
    #[test]
    fn follows_the_schema() {
        let schema = json!({
            "type": "object", "required": ["version", "runs"],
            "properties": {
                "version": { "const": "2.1.0" },
                "runs": { "type": "array", "items": {
                    "type": "object", "required": ["tool"],
                    "properties": {
                        "columnKind": { "enum": ["utf16CodeUnits", "unicodeCodePoints"] },
                        "tool": { "required": ["driver"], "properties": { "driver": {
                            "required": ["name"],
                            "properties": { "rules": { "uniqueItems": true, "items": {
                                "required": ["id"],
                                "properties": { "shortDescription": { "required": ["text"] } },
                            } } },
                        } } },
                        "results": { "items": {
                            "required": ["message"],
                            "properties": {
                                "level": { "enum": ["none", "note", "warning", "error"] },
                                "ruleIndex": { "type": "integer", "minimum": -1 },
                                "message": { "required": ["text"], "properties": { "text": { "type": "string", "minLength": 1 } } },
                                "locations": { "items": { "properties": { "physicalLocation": {
                                    "required": ["artifactLocation"],
                                    "properties": { "region": { "properties": { "startLine": { "type": "integer", "minimum": 1 } } } },
                                } } } },
                                "partialFingerprints": { "additionalProperties": { "type": "string" } },
                            },
                        } },
                    },
                } },
            },
        });
        let validator = jsonschema::validator_for(&schema).unwrap();
        let report = report();
        let errors: Vec<String> = validator
            .iter_errors(&report)
            .map(|error| error.to_string())
            .collect();
        assert!(errors.is_empty(), "{errors:#?}");
    }

    #[test]
    fn rule_indices_point_at_their_rules() {
        let report = report();
        let run = &report["runs"][0];
        let results = run["results"].as_array().unwrap();
        assert!(results.len() > 4);
        for result in results {
            let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
            assert_eq!(run["tool"]["driver"]["rules"][index]["id"], result["ruleId"]);
        }
    }

    #[test]
    fn fingerprints_differ_between_results() {
        let report = report();
        let results = report["runs"][0]["results"].as_array().unwrap();
        let prints: std::collections::BTreeSet<String> = results
            .iter()
            .map(|result| result["partialFingerprints"].to_string())
            .collect();
        assert_eq!(prints.len(), results.len());
    }

    #[test]
    fn files_are_uris() {
        assert_eq!(
            artifact("./ops/hop watch.yaml"),
            json!({ "uri": "ops/hop%20watch.yaml", "uriBaseId": "%SRCROOT%" })
        );
        assert_eq!(
            artifact("/etc/hopwatch.yaml"),
            json!({ "uri": "file:///etc/hopwatch.yaml" })
        );
        assert_eq!(artifact("s3://bucket/key"), json!({ "uri": "s3://bucket/key" }));
    }
}
