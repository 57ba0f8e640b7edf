//! An alert as a person reads it, by email or in a terminal.
//!
//! In this order: what no longer works, the hop and the rule that broke it, who changed it, what to do, what else broke with
//! it, the whole walk last.

use crate::report::Look;
use crate::report::clean::clean_to;
use crate::report::component::Names;
use crate::report::look::{BAD, FAINT, GOOD, STRONG, UNKNOWN, join_lines, list};
use crate::report::walk::rows;

use super::document::{Alert, AlertKind, AlertPath};
use super::moment::{duration, full};
use super::words;

/// The column in which what is said of each word begins.
const COLUMN: usize = 16;

/// How many paths are listed by name.
const PATHS: usize = 30;

/// How many columns a line between parts has.
const RULE: usize = 94;

/// The text.
pub fn text(alert: &Alert, look: Look) -> String {
    let names = Names::of(alert.paths.iter().map(|path| &path.result));
    let mut lines = Vec::new();
    match alert.kind {
        AlertKind::Reminder => {
            lines.extend(
                alert
                    .paths
                    .iter()
                    .take(PATHS)
                    .flat_map(|path| look.wrap(&words::reminder(alert, path), 0)),
            );
            lines.extend(left_out(alert, PATHS));
        }
        _ => {
            if let Some(first) = alert.paths.first() {
                lines.extend(about(alert, first, &names, look));
            }
        }
    }
    lines.push(look.paint(FAINT, &footer(alert)));
    join_lines(&lines)
}

fn about(alert: &Alert, path: &AlertPath, names: &Names, look: Look) -> Vec<String> {
    let style = match alert.kind {
        AlertKind::Broken | AlertKind::Changed | AlertKind::Reminder => BAD,
        AlertKind::Restored => GOOD,
        AlertKind::Blind => UNKNOWN,
        AlertKind::Withdrawn => STRONG,
    };
    let mut lines: Vec<String> = look
        .wrap(&words::headline(alert, path), 0)
        .iter()
        .map(|line| look.paint(style, line))
        .collect();
    lines.push(String::new());
    let is_down = matches!(alert.kind, AlertKind::Broken | AlertKind::Changed);
    if is_down {
        let title = if path.is_leak() {
            "What arrives"
        } else {
            "What broke it"
        };
        lines.extend(field(title, &words::causes(alert, path, names), look));
    }
    if alert.kind == AlertKind::Blind {
        let (why, sight) = words::why_blind(&path.result, names);
        lines.extend(field("Why", &why, look));
        lines.extend(field("What would tell", &sight, look));
    }
    match &alert.blame {
        Some(blame) => {
            let title = if alert.kind == AlertKind::Restored {
                "Mended by"
            } else {
                "Who"
            };
            lines.extend(field(title, &words::who(alert, blame), look));
        }
        None if alert.kind == AlertKind::Broken && !alert.found_at_start => {
            lines.extend(field(
                "Who",
                &["not known: no change that was seen explains it".to_owned()],
                look,
            ));
        }
        None => {}
    }
    if is_down {
        lines.extend(mend(alert, path, look));
    }
    lines.extend(also(alert, names, look));
    lines.extend(whose(path, look));
    if is_down || alert.kind == AlertKind::Blind {
        lines.extend(walk(path, names, look));
    }
    lines
}

/// A word, and what is said of it beside it, wrapped under itself.
fn field(title: &str, texts: &[String], look: Look) -> Vec<String> {
    let mut lines = Vec::new();
    for text in texts {
        for line in look.wrap(text, COLUMN) {
            let margin = if lines.is_empty() { title } else { "" };
            let padded = format!("{margin:<COLUMN$}");
            lines.push(format!("{}{line}", look.paint(STRONG, &padded)));
        }
    }
    lines
}

/// The commands, each whole on its line: people copy them.
fn mend(alert: &Alert, path: &AlertPath, look: Look) -> Vec<String> {
    let beside = |index: usize| if index == 0 { "To mend it" } else { "" };
    let Some(fix) = &alert.fix else {
        let text = if path.is_leak() {
            "remove what lets it through; no command is safe to print for that"
        } else {
            "no command was found that brings the path back"
        };
        return vec![format!("{:<COLUMN$}{text}", beside(0))];
    };
    let commands: Vec<&str> = fix.command.split(" && ").collect();
    let mut lines: Vec<String> = commands
        .iter()
        .enumerate()
        .map(|(index, command)| format!("{:<COLUMN$}{command}", beside(index)))
        .collect();
    let tried = if commands.len() > 1 {
        "with all of them"
    } else {
        "with it"
    };
    let told = format!(
        "({}; tried in memory: {tried}, the path is as expected)",
        fix.message
    );
    lines.extend(
        look.wrap(&told, COLUMN)
            .iter()
            .map(|line| format!("{:<COLUMN$}{line}", "")),
    );
    lines
}

/// The other paths of the alert.
fn also(alert: &Alert, names: &Names, look: Look) -> Vec<String> {
    if alert.path_count() < 2 {
        return Vec::new();
    }
    let title = match alert.kind {
        AlertKind::Broken | AlertKind::Changed | AlertKind::Reminder => "Also broken",
        AlertKind::Restored => "Also restored",
        AlertKind::Blind => "Also blind",
        AlertKind::Withdrawn => "Also withdrawn",
    };
    let mut texts: Vec<String> = alert
        .paths
        .iter()
        .skip(1)
        .take(PATHS)
        .map(|path| {
            let severity = severity_word(path.result.severity);
            let name = crate::report::clean::clean(&path.result.name);
            let differs = matches!(alert.kind, AlertKind::Broken | AlertKind::Changed)
                && path.result.blockers.first().map(|blocker| &blocker.component)
                    != alert.cause.as_ref().map(|cause| &cause.component);
            if differs {
                format!("{name} ({severity}): {}", words::short_cause(path, names))
            } else {
                format!("{name} ({severity})")
            }
        })
        .collect();
    texts.extend(left_out(alert, PATHS + 1));
    field(title, &texts, look)
}

fn left_out(alert: &Alert, shown: usize) -> Option<String> {
    let more = alert.path_count().saturating_sub(shown.min(alert.paths.len()));
    (more > 0).then(|| format!("and {more} more"))
}

fn whose(path: &AlertPath, look: Look) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(runbook) = &path.runbook {
        lines.extend(field(
            "Runbook",
            &[clean_to(runbook, 300)],
            Look { width: None, ..look },
        ));
    }
    if let Some(owner) = &path.owner {
        lines.extend(field("Owner", &[clean_to(owner, 120)], look));
    }
    if !path.labels.is_empty() {
        let labels: Vec<String> = (path.labels.iter().take(10))
            .map(|(key, value)| format!("{}: {}", clean_to(key, 60), clean_to(value, 80)))
            .collect();
        lines.extend(field("Labels", &[labels.join(", ")], look));
    }
    lines
}

fn walk(path: &AlertPath, names: &Names, look: Look) -> Vec<String> {
    let result = &path.result;
    if result.hops.is_empty() {
        return Vec::new();
    }
    let title = "--- the walk ";
    let width = look.width.unwrap_or(RULE).min(RULE);
    let mut lines = vec![String::new(), look.paint(FAINT, &format!("{title:-<width$}"))];
    lines.extend(rows(result, &result.hops, names, look));
    lines
}

fn footer(alert: &Alert) -> String {
    let mut parts = vec![format!("id {}", alert.id), format!("incident {}", alert.incident)];
    parts.extend(alert.account.as_ref().map(|account| format!("account {account}")));
    parts.extend(alert.region.clone());
    let mut seen = format!("seen {}", full(alert.seen_at));
    if let Some(time) = alert
        .blame
        .as_ref()
        .and_then(|blame| blame.time)
        .filter(|time| *time < alert.seen_at)
    {
        seen.push_str(&format!(
            ", {} after the change",
            duration(alert.seen_at.duration_since(time))
        ));
    }
    parts.push(seen);
    parts.push(format!("trigger {}", clean_to(&alert.trigger, 80)));
    if !alert.cut.is_nothing() {
        let cut = &alert.cut;
        let counted = [
            (cut.paths, "paths"),
            (cut.branches, "branches"),
            (cut.hops, "hops"),
            (cut.dependencies, "dependencies"),
            (cut.blockers, "blockers"),
        ];
        let left: Vec<String> = (counted.iter())
            .filter(|(number, _)| *number > 0)
            .map(|(number, what)| format!("{number} {what}"))
            .collect();
        parts.push(format!("left out for size: {}", list(&left)));
    }
    parts.join("  ")
}

pub(crate) fn severity_word(severity: crate::paths::model::Severity) -> &'static str {
    match severity {
        crate::paths::model::Severity::Critical => "critical",
        crate::paths::model::Severity::High => "high",
        crate::paths::model::Severity::Medium => "medium",
        crate::paths::model::Severity::Low => "low",
    }
}
