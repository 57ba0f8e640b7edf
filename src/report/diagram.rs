//! The walk of one path as a Mermaid flow chart, for tickets and pages.
//!
//! <https://mermaid.js.org/syntax/flowchart.html>

use std::fmt::Write;

use crate::reach::report::{Hop, HopOutcome, Leg};

use super::clean::clean_to;
use super::component::{Names, kind_word};
use super::reason;
use super::rule;
use super::standing::Answer;

/// The longest label of a node or an arrow, in columns.
const LABEL_COLUMNS: usize = 80;

/// The diagram: a node a hop, the way there and the way back apart, what loses packets in red.
pub fn mermaid(answer: &Answer<'_>) -> String {
    let names = Names::of([answer.result]);
    let mut text = String::from("flowchart LR\n");
    // Writing to a string cannot fail.
    let _ = writeln!(
        text,
        "  %% {}: {}",
        clean_to(&answer.result.name, LABEL_COLUMNS),
        answer.word()
    );
    let hops = &answer.result.hops;
    for (leg, title) in [(Leg::Forward, "there"), (Leg::Reply, "back")] {
        let walk: Vec<(usize, &Hop)> = hops
            .iter()
            .enumerate()
            .filter(|(_, hop)| hop.leg == leg)
            .collect();
        if walk.is_empty() {
            continue;
        }
        let _ = writeln!(text, "  subgraph {title}");
        let _ = writeln!(text, "    direction LR");
        for (index, hop) in &walk {
            let _ = writeln!(text, "    h{index}[\"{}\"]:::{}", label(hop, &names), class(hop));
        }
        for pair in walk.windows(2) {
            if let [(from, _), (to, _)] = pair {
                let _ = writeln!(text, "    h{from} --> h{to}");
            }
        }
        text.push_str("  end\n");
    }
    let turn = hops
        .iter()
        .position(|hop| hop.leg == Leg::Reply)
        .filter(|index| *index > 0);
    if let Some(reply) = turn {
        let _ = writeln!(text, "  h{} -. reply .-> h{reply}", reply - 1);
    }
    if hops.is_empty() {
        let _ = writeln!(
            text,
            "  h0[\"{}\"]:::unknown",
            escape(&reason::line(answer, &names))
        );
    }
    text.push_str("  classDef passed fill:#e6f4ea,stroke:#137333,color:#000\n");
    text.push_str("  classDef blocked fill:#fce8e6,stroke:#c5221f,stroke-width:3px,color:#000\n");
    text.push_str("  classDef unknown fill:#fef7e0,stroke:#b06000,stroke-dasharray:4,color:#000\n");
    text
}

fn class(hop: &Hop) -> &'static str {
    match hop.outcome {
        HopOutcome::Passed => "passed",
        HopOutcome::Blocked => "blocked",
        HopOutcome::Unknown => "unknown",
    }
}

/// What it is, then which rule let it pass, on a line of its own.
fn label(hop: &Hop, names: &Names) -> String {
    let sign = match hop.outcome {
        HopOutcome::Passed => "✓",
        HopOutcome::Blocked => "✗",
        HopOutcome::Unknown => "?",
    };
    let mut lines = vec![
        format!("{sign} {}", kind_word(hop.kind)),
        names.with_id(&hop.component),
    ];
    if let Some(direction) = hop.direction {
        lines.push(rule::direction_word(direction).to_owned());
    }
    lines.extend(hop.allowed_by.as_ref().map(|rule| rule::text(rule, &[], names)));
    lines.extend(hop.note.clone());
    let lines: Vec<String> = lines
        .iter()
        .map(|line| escape(&clean_to(line, LABEL_COLUMNS)))
        .collect();
    lines.join("<br/>")
}

/// The text inside a quoted label: Mermaid reads HTML entities there, written with `#` (its "Entity codes").
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '"' => escaped.push_str("#quot;"),
            '<' => escaped.push_str("#lt;"),
            '>' => escaped.push_str("#gt;"),
            '&' => escaped.push_str("#amp;"),
            '#' => escaped.push_str("#35;"),
            '`' => escaped.push_str("#96;"),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::super::fixture;
    use super::*;

    #[test]
    fn blocked() {
        insta::assert_snapshot!(mermaid(&fixture::blocked().answer()));
    }

    #[test]
    fn undecided_without_a_walk() {
        let mut case = fixture::undecided();
        case.result.hops.clear();
        insta::assert_snapshot!(mermaid(&case.answer()));
    }

    #[test]
    fn other_peoples_text_cannot_leave_its_label() {
        let mut case = fixture::blocked();
        let evil = "x\"]; click h0 href \"javascript:alert(1)\" <b>`#";
        for hop in &mut case.result.hops {
            hop.component_name = Some(evil.into());
        }
        let text = mermaid(&case.answer());
        for line in text.lines().filter(|line| line.contains("click")) {
            assert_eq!(line.matches('"').count(), 2, "{line}");
        }
    }
}
