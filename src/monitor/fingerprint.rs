//! Fingerprints and ids: the same facts give the same text, in every version that reads old state.

use std::collections::BTreeSet;

use sha2::{Digest, Sha256};

use crate::reach::Assessment;
use crate::reach::report::{Direction, Leg};
use crate::text::hexadecimal;

/// SHA-256 of the verdict and of what blocks: component, code, direction and leg of each blocker, sorted; of a leak: what
/// arrives.
pub fn fingerprint(result: &Assessment) -> String {
    let mut lines: Vec<String> = if result.leaks() {
        result
            .arrives
            .iter()
            .map(|packets| serde_json::to_string(packets).unwrap_or_default())
            .chain([result.arrives_more.to_string()])
            .collect()
    } else {
        blocker_keys(result).into_iter().collect()
    };
    lines.sort();
    lines.dedup();
    digest(&[&[result.verdict.as_str().to_owned()], lines.as_slice()].concat())
}

/// Each blocker of a path: component, code, direction and leg.
pub(crate) fn blocker_keys(result: &Assessment) -> BTreeSet<String> {
    result
        .blockers
        .iter()
        .map(|blocker| {
            let direction = match blocker.direction {
                None => "-",
                Some(Direction::Ingress) => "ingress",
                Some(Direction::Egress) => "egress",
            };
            let leg = match blocker.leg {
                Leg::Forward => "forward",
                Leg::Reply => "reply",
            };
            format!(
                "{} {} {direction} {leg}",
                blocker.component,
                blocker.code.as_str()
            )
        })
        .collect()
}

/// An incident's id: of its cause and of what triggered it.
pub fn incident_id(cause: &str, trigger: &str) -> String {
    short(&["incident", cause, trigger])
}

/// An alert's id: of its incident, its kind, what triggered it, and the reminder's number.
pub fn alert_id(incident: &str, kind: &str, trigger: &str, number: u32) -> String {
    short(&["alert", incident, kind, trigger, &number.to_string()])
}

fn short(parts: &[&str]) -> String {
    let parts: Vec<String> = parts.iter().map(|part| (*part).to_owned()).collect();
    let mut digits = digest(&parts);
    digits.truncate(16);
    digits
}

/// Each part with its length before it, so that no two lists of parts are the same text.
fn digest(parts: &[String]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(format!("{}:{part}\n", part.len()));
    }
    hexadecimal(&hash.finalize())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_never_change_between_versions() {
        assert_eq!(incident_id("change:1", "1"), incident_id("change:1", "1"));
        assert_ne!(incident_id("change:1", "1"), incident_id("change:", "11"));
        assert_eq!(alert_id("a", "broken", "e", 0).len(), 16);
        assert_ne!(
            alert_id("a", "reminder", "e", 1),
            alert_id("a", "reminder", "e", 2)
        );
        insta::assert_snapshot!(
            format!("{} {}", incident_id("change:1", "1"), alert_id("a", "broken", "e", 0)),
            @"9dccfe0229db5264 b928fd612e14e27f"
        );
    }
}
