//! A walk as a numbered table: what was met, where, which rule or route decided.

use crate::network::Kind;
use crate::paths::model::Expect;
use crate::reach::code::Code;
use crate::reach::report::{Blocker, Direction, Hop, HopOutcome, Leg, PacketBox, PathResult};

use super::clean::clean_to;
use super::component::{Names, kind_word};
use super::explain::PACKET_LINES;
use super::look::{BAD, FAINT, GOOD, Look, PLAIN, STRONG, UNKNOWN, columns, pad, widest};
use super::packets;
use super::reason::{MESSAGE_COLUMNS, lost_by};
use super::rule;

/// How wide the first two columns of a walk may get on a terminal.
const COLUMN: usize = 44;

/// Some hops, and which packets walk them; none: all.
pub(crate) struct Walk<'a> {
    pub(crate) hops: &'a [Hop],
    pub(crate) packets: &'a [PacketBox],
}

impl Walk<'_> {
    /// Says whose walk it is, where packets part ways.
    pub(crate) fn intro(&self, look: Look) -> Vec<String> {
        let lines = packets::some_lines(self.packets, 0, PACKET_LINES);
        lines
            .iter()
            .enumerate()
            .map(|(index, line)| {
                let intro = if index == 0 { "the walk of" } else { "           " };
                format!(" {intro} {}", look.paint(STRONG, line))
            })
            .collect()
    }

    /// Whether the walk meets a blocker.
    pub(crate) fn meets(&self, blocker: &Blocker) -> bool {
        self.hops.iter().any(|hop| is_at(blocker, hop))
    }
}

/// Whether a blocker stands at a hop.
fn is_at(blocker: &Blocker, hop: &Hop) -> bool {
    hop.outcome == HopOutcome::Blocked
        && blocker.component == hop.component
        && blocker.leg == hop.leg
        && blocker.segment == hop.segment
        && blocker.direction == hop.direction
        && (blocker.subnet.is_none() || blocker.subnet == hop.subnet)
}

/// A hop before it is laid out.
struct Row<'a> {
    hop: &'a Hop,
    what: String,
    place: String,
    decided: String,
    blocker: Option<&'a Blocker>,
}

/// The walk's lines, with a title at each turn.
pub(crate) fn rows(result: &PathResult, hops: &[Hop], names: &Names, look: Look) -> Vec<String> {
    let table: Vec<Row<'_>> = hops.iter().map(|hop| row(result, hop, names)).collect();
    let cap = if look.width.is_some() { COLUMN } else { usize::MAX };
    let what = widest(table.iter().map(|row| row.what.as_str())).min(cap);
    let place = widest(table.iter().map(|row| row.place.as_str())).min(cap);
    let number = hops.len().to_string().len().max(2);

    let mut lines = Vec::new();
    let mut at = None;
    for (index, row) in table.iter().enumerate() {
        let turn = (row.hop.segment, row.hop.leg);
        if at != Some(turn) {
            lines.push(format!(" {}", look.paint(STRONG, &title(row.hop))));
            at = Some(turn);
        }
        let (sign, style) = match row.hop.outcome {
            // A filter that stops what should be stopped is nothing bad.
            HopOutcome::Blocked if result.expect == Expect::Blocked => ('✗', PLAIN),
            HopOutcome::Blocked => ('✗', BAD),
            HopOutcome::Passed => ('✓', GOOD),
            HopOutcome::Unknown => ('?', UNKNOWN),
        };
        let start = format!(
            " {:>number$} {} {}  {}  ",
            index + 1,
            look.paint(style, &sign.to_string()),
            pad(&row.what, what),
            pad(&row.place, place)
        );
        let indent = columns(&start);
        let fits = look
            .width
            .is_none_or(|width| indent + columns(&row.decided) <= width);
        let beside = fits || look.width.is_some_and(|width| width.saturating_sub(indent) >= 30);
        let below = number + 5;
        let emphasis = if row.hop.outcome == HopOutcome::Passed {
            PLAIN
        } else {
            style
        };
        if beside {
            for (index, line) in look.wrap(&row.decided, indent).into_iter().enumerate() {
                let margin = if index == 0 {
                    start.clone()
                } else {
                    " ".repeat(indent)
                };
                lines.push(format!("{margin}{}", look.paint(emphasis, &line)));
            }
        } else {
            lines.push(start);
            let wrapped = look.wrap(&row.decided, below);
            lines.extend(
                wrapped
                    .into_iter()
                    .map(|l| format!("{}{}", " ".repeat(below), look.paint(emphasis, &l))),
            );
        }
        if let Some(blocker) = row.blocker {
            lines.extend(losses(blocker, below, look));
        }
    }
    lines
}

fn title(hop: &Hop) -> String {
    let leg = match hop.leg {
        Leg::Forward => "there",
        Leg::Reply => "back",
    };
    match hop.segment {
        0 => leg.to_owned(),
        segment => format!(
            "{leg}, on connection {} (a proxy opened it)",
            u32::from(segment) + 1
        ),
    }
}

fn row<'a>(result: &'a PathResult, hop: &'a Hop, names: &Names) -> Row<'a> {
    let blocker = result.blockers.iter().find(|blocker| is_at(blocker, hop));
    let decided = match (hop.outcome, blocker) {
        // A note says it shorter than the sentence does.
        (HopOutcome::Blocked, Some(blocker)) if hop.note.is_none() || says_more(blocker) => {
            refusal(blocker, names)
        }
        _ => hop.allowed_by.as_ref().map(|rule| rule::text(rule, &[], names)),
    };
    let rule = hop
        .allowed_by
        .as_ref()
        .or_else(|| blocker.and_then(|blocker| blocker.rule.as_ref()));
    let note = hop.note.as_ref().map(|note| clean_to(note, MESSAGE_COLUMNS));
    let note = note.filter(|note| !rule.is_some_and(|rule| rule::is_told_by(rule, note)));
    let parts: Vec<String> = decided
        .into_iter()
        .chain(note)
        .filter(|part| !part.is_empty())
        .collect();
    Row {
        hop,
        what: what(hop, names),
        place: place(hop.kind, hop.direction, hop.subnet.as_deref(), names),
        decided: parts.join("; "),
        blocker,
    }
}

/// Whether there is a rule to show, or words of this room's own.
fn says_more(blocker: &Blocker) -> bool {
    blocker.rule.is_some() || matches!(blocker.code, Code::EniSgRulesMismatch | Code::SgHasNoRules)
}

/// What a blocker loses, and its code.
pub(crate) fn losses(blocker: &Blocker, indent: usize, look: Look) -> Vec<String> {
    let lost = packets::some_lines(&blocker.lost, blocker.lost_more, PACKET_LINES);
    let lost = lost
        .into_iter()
        .enumerate()
        .map(|(i, line)| format!("{} {line}", if i == 0 { "lost:" } else { "     " }));
    let told = lost.chain([blocker.code.as_str().to_owned()]);
    told.flat_map(|text| look.wrap(&text, indent))
        .map(|line| format!("{}{}", " ".repeat(indent), look.paint(FAINT, &line)))
        .collect()
}

/// What was met.
fn what(hop: &Hop, names: &Names) -> String {
    match hop.kind {
        // Its name is the thing; the word alone where an end has none.
        Kind::Internet | Kind::OnPremises if hop.component == hop.kind.as_str() => {
            kind_word(hop.kind).to_owned()
        }
        _ => names.brief(hop.kind, &hop.component),
    }
}

/// Where it was met.
fn place(kind: Kind, direction: Option<Direction>, subnet: Option<&str>, names: &Names) -> String {
    let subnet = subnet.map(|id| names.subnet(id));
    match (kind, direction, subnet) {
        (Kind::NetworkAcl, Some(Direction::Egress), Some(subnet)) => format!("leaves {subnet}, egress"),
        (Kind::NetworkAcl, Some(Direction::Ingress), Some(subnet)) => format!("enters {subnet}, ingress"),
        (Kind::Subnet, _, _) => String::new(),
        (_, Some(Direction::Egress), _) => "egress".to_owned(),
        (_, Some(Direction::Ingress), _) => "ingress".to_owned(),
        (_, None, Some(subnet)) => format!("subnet {subnet}"),
        (_, None, None) => String::new(),
    }
}

/// A blocker on one line, as in a walk: what, where, why.
pub(crate) fn blocker_line(blocker: &Blocker, names: &Names) -> String {
    let parts = [
        names.component(blocker.kind, &blocker.component),
        place(blocker.kind, blocker.direction, blocker.subnet.as_deref(), names),
        refusal(blocker, names).unwrap_or_default(),
    ];
    parts
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join("  ")
}

/// Why a packet was lost, as its rule words it; the engine's sentence where there is no rule.
fn refusal(blocker: &Blocker, names: &Names) -> Option<String> {
    match (&blocker.rule, blocker.code) {
        (Some(rule), _) => Some(rule::text(rule, &blocker.lost, names)),
        (None, Code::EniSgRulesMismatch) => Some(format!("no rule allows {}", lost_by(blocker))),
        (None, Code::SgHasNoRules) => Some("no rules at all in this direction".to_owned()),
        (None, _) => Some(clean_to(&blocker.message, MESSAGE_COLUMNS)),
    }
}
