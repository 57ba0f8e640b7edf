//! The sentences of an alert, without layout: what no longer works, what broke it, who changed it.

use crate::paths::model::Expect;
use crate::reach::report::{PathResult, Verdict};
use crate::report::clean::{clean, clean_to};
use crate::report::component::Names;
use crate::report::look::count;
use crate::report::walk::blocker_line;
use crate::report::{packets, reason};

use super::document::{Alert, AlertKind, AlertPath, Blame, Certainty};
use super::moment::{duration, instant};

/// The longest sentence of the engine's that is shown, in columns.
const MESSAGE_COLUMNS: usize = 400;

/// How many blockers are told one by one.
const BLOCKERS: usize = 4;

/// How many lines of packets that leak are told.
const PACKET_LINES: usize = 6;

/// Whether a path is one that must not work.
fn must_be_blocked(path: &AlertPath) -> bool {
    path.result.expect == Expect::Blocked
}

/// A name such as `a → b` as a sentence: `a can no longer reach b`; others as they are.
fn subject(path: &AlertPath, between: &str, otherwise: &str) -> String {
    let name = clean(&path.result.name);
    let parts = name.split_once('→').or_else(|| name.split_once("->"));
    match parts.map(|(from, to)| (from.trim(), to.trim())) {
        Some((from, to)) if !must_be_blocked(path) && !from.is_empty() && !to.is_empty() => {
            format!("{from} {between} {to}")
        }
        _ => format!("“{name}” {otherwise}"),
    }
}

/// `198.51.100.22:22, tcp`
fn target(path: &AlertPath) -> String {
    let asked = &path.asked;
    let destination = clean_to(&asked.destination, 80);
    let ports = asked
        .destination_port
        .as_deref()
        .map(clean)
        .filter(|ports| ports != "0-65535");
    match ports {
        Some(ports) => format!("{destination}:{ports}, {}", clean(&asked.protocol)),
        None => format!("{destination}, {}", clean(&asked.protocol)),
    }
}

/// The first sentences: what no longer works, in the user's words.
pub(crate) fn headline(alert: &Alert, path: &AlertPath) -> String {
    let seen = alert.seen_at;
    let since = instant(path.since, seen);
    let lost = match path.result.verdict {
        Verdict::Blocked => "All packets are lost",
        _ => "Some packets are lost",
    };
    match alert.kind {
        AlertKind::Broken if must_be_blocked(path) => {
            format!(
                "{} Something arrives that must not, since {since}.",
                no_longer(path)
            )
        }
        AlertKind::Broken if alert.found_at_start => format!(
            "{} ({}). {lost}. It was so when hopwatch looked for the first time, at {since}.",
            subject(path, "cannot reach", "does not work"),
            target(path)
        ),
        AlertKind::Broken => format!(
            "{} ({}). {lost}, since {since}.",
            subject(path, "can no longer reach", "no longer works"),
            target(path)
        ),
        AlertKind::Changed if must_be_blocked(path) && alert.seen_again => {
            format!(
                "It can be told again, and is still open: “{}”, since {since}.",
                clean(&path.result.name)
            )
        }
        AlertKind::Changed if must_be_blocked(path) => {
            format!(
                "Still open, but otherwise now: “{}”, since {since}.",
                clean(&path.result.name)
            )
        }
        AlertKind::Changed if alert.seen_again => format!(
            "It can be told again, and is still broken: {} ({}). {lost}. Broken since {since}.",
            subject(path, "cannot reach", "does not work"),
            target(path)
        ),
        AlertKind::Changed => format!(
            "Still broken, but not by the same as before: {} ({}). {lost}. Broken since {since}.",
            subject(path, "cannot reach", "does not work"),
            target(path)
        ),
        AlertKind::Restored => restored(alert, path),
        AlertKind::Blind => format!(
            "It can no longer be told whether {}, since {since}.",
            if must_be_blocked(path) {
                format!("this still holds: “{}”", clean(&path.result.name))
            } else {
                format!("{} ({})", subject(path, "reaches", "works"), target(path))
            }
        ),
        AlertKind::Reminder => reminder(alert, path),
        AlertKind::Withdrawn => {
            let state = match path.result.as_expected {
                Some(false) if must_be_blocked(path) => "while it was open",
                Some(false) => "while it was broken",
                _ => "while nothing could be told of it",
            };
            let how = if path.result.notices.is_empty() {
                "left the path file"
            } else {
                "became another question in the path file"
            };
            format!("No longer watched: “{}” {how} {state}.", clean(&path.result.name))
        }
    }
}

fn no_longer(path: &AlertPath) -> String {
    format!("No longer so: “{}”.", clean(&path.result.name))
}

fn restored(alert: &Alert, path: &AlertPath) -> String {
    let holds = if must_be_blocked(path) {
        format!("It is so again: “{}”.", clean(&path.result.name))
    } else {
        format!("{}.", subject(path, "reaches", "works"))
    };
    match path.until {
        Some(until) => {
            let holds = if must_be_blocked(path) {
                holds
            } else {
                format!("{} again.", subject(path, "reaches", "works"))
            };
            let word = if must_be_blocked(path) { "open" } else { "broken" };
            format!(
                "{holds} It was {word} for {} ({} to {}).",
                duration(until.duration_since(path.since)),
                instant(path.since, alert.seen_at),
                instant(until, path.since)
            )
        }
        None => format!("It can be told again. {holds} No outage was seen."),
    }
}

/// One line of a reminder.
pub(crate) fn reminder(alert: &Alert, path: &AlertPath) -> String {
    let word = if must_be_blocked(path) { "open" } else { "broken" };
    let owner = path
        .owner
        .as_ref()
        .map_or_else(String::new, |owner| format!(", {}", clean_to(owner, 80)));
    format!(
        "Still {word}: {}, for {} (since {}){owner}",
        clean(&path.result.name),
        duration(alert.seen_at.duration_since(path.since)),
        instant(path.since, alert.seen_at)
    )
}

/// What broke it, a line each; the blocker that the alert names first.
pub(crate) fn causes(alert: &Alert, path: &AlertPath, names: &Names) -> Vec<String> {
    let result = &path.result;
    if path.is_leak() {
        return leak(result, names);
    }
    let first = alert.cause.as_ref();
    let mut blockers: Vec<_> = first.into_iter().collect();
    blockers.extend(result.blockers.iter().filter(|blocker| Some(*blocker) != first));
    let mut lines: Vec<String> = Vec::new();
    for blocker in blockers {
        let line = blocker_line(blocker, names);
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
    let more = lines.len().saturating_sub(BLOCKERS);
    lines.truncate(BLOCKERS);
    if more > 0 {
        lines.push(format!("and {} more", count(more, "place", "places")));
    }
    lines
}

/// Who can reach what, and what lets them.
fn leak(result: &PathResult, names: &Names) -> Vec<String> {
    let mut lines = packets::some_lines(&result.arrives, result.arrives_more, PACKET_LINES);
    let hops = result
        .branches
        .iter()
        .filter(|branch| branch.outcome == crate::reach::report::BranchOutcome::Delivered)
        .map(|branch| &branch.hops)
        .find(|hops| !hops.is_empty())
        .unwrap_or(&result.hops);
    for hop in hops {
        let Some(rule) = &hop.allowed_by else { continue };
        let by = format!(
            "let through by {}: {}",
            names.component(hop.kind, &hop.component),
            crate::report::rule::text(rule, &[], names)
        );
        if !lines.contains(&by) {
            lines.push(by);
        }
    }
    lines
}

/// Why it cannot be told, and what would tell.
pub(crate) fn why_blind(result: &PathResult, names: &Names) -> (Vec<String>, Vec<String>) {
    let Some(reason) = &result.reason else {
        return (vec!["the reason is not known".to_owned()], Vec::new());
    };
    let mut why = vec![clean_to(&reason.message, MESSAGE_COLUMNS)];
    if !reason.components.is_empty() {
        let listed: Vec<String> = reason
            .components
            .iter()
            .take(6)
            .map(|id| names.with_id(id))
            .collect();
        why.push(format!("in the way: {}", listed.join(", ")));
    }
    let sight = reason
        .missing_calls
        .iter()
        .map(|call| format!("the permission to call {}, or its answer", clean(call)))
        .collect();
    (why, sight)
}

/// Who, in a sentence or two: `jo.example (IAM user, console) called DeleteNetworkAclEntry, rule 100 egress, at 09:14:07Z.`
pub(crate) fn who(alert: &Alert, blame: &Blame) -> Vec<String> {
    let at = blame.time.map_or_else(String::new, |time| {
        format!(", at {}", instant(time, alert.seen_at))
    });
    let others = match blame.others {
        0 => String::new(),
        others => format!(
            ", and {} do{} the same",
            count(others, "other call", "other calls"),
            if others == 1 { "es" } else { "" }
        ),
    };
    let certainty = match (&blame.certainty, &blame.evidence) {
        (Certainty::Sure, Some(evidence)) => format!("Sure: {}.", clean(evidence)),
        (Certainty::Sure, None) => "Sure.".to_owned(),
        (Certainty::Likely, _) => {
            "Likely: the call changed what decides; undoing it could not be tried, or is not enough."
                .to_owned()
        }
    };
    vec![
        format!(
            "{} called {}{at}{others}.",
            clean(&blame.actor),
            clean(&blame.summary)
        ),
        certainty,
    ]
}

/// What a path's state comes from, in one line, for lists.
pub(crate) fn short_cause(path: &AlertPath, names: &Names) -> String {
    if path.is_leak() {
        return "open".to_owned();
    }
    reason::causes(&path.result, names)
        .into_iter()
        .next()
        .unwrap_or_default()
}
