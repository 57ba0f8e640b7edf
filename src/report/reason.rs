//! Why a path is not as expected, in one line: what a person needs first.

use ipnet::IpNet;

use crate::paths::model::Expect;
use crate::reach::code::Code;
use crate::reach::report::{Blocker, BranchOutcome, Direction, Leg, PacketBox, PathResult, Rule, Verdict};

use super::clean::clean_to;
use super::component::Names;
use super::look::list;
use super::packets;
use super::rule::direction_word;
use super::standing::{Answer, Standing};

/// The longest sentence of the engine's that is shown in one line, in columns.
pub(crate) const MESSAGE_COLUMNS: usize = 400;

/// How many causes one line names; the rest are counted.
const CAUSES: usize = 2;

/// Why, in one line; empty where there is nothing to say.
pub(crate) fn line(answer: &Answer<'_>, names: &Names) -> String {
    let result = answer.result;
    match answer.standing() {
        Standing::AsExpected => as_expected(answer),
        Standing::Undecided => undecided(result).unwrap_or_else(|| "it cannot be told".to_owned()),
        Standing::NotAsExpected if result.expect == Expect::Blocked => leak(result),
        Standing::NotAsExpected => {
            let mut parts = causes(result, names);
            if result.verdict == Verdict::Undecided
                && let Some(rest) = undecided(result)
            {
                parts.push(format!("of the rest it cannot be told: {rest}"));
            }
            parts.join("; ")
        }
    }
}

fn as_expected(answer: &Answer<'_>) -> String {
    match (answer.result.expect, answer.result.verdict) {
        (Expect::Blocked, Verdict::Blocked) => "as expected".to_owned(),
        (Expect::Reachable, Verdict::Reachable) | (Expect::Blocked, _) => String::new(),
        // `require: any` weakens "all" to "some": say so.
        (Expect::Reachable, _) => "some of it works, which is enough (require: any)".to_owned(),
    }
}

/// What cannot be told.
fn undecided(result: &PathResult) -> Option<String> {
    let message = result
        .reason
        .as_ref()
        .map(|reason| clean_to(&reason.message, MESSAGE_COLUMNS))?;
    Some(message.trim_end_matches('.').to_owned())
}

/// What arrives although nothing should.
fn leak(result: &PathResult) -> String {
    let mut lines = packets::some_lines(&result.arrives, result.arrives_more, 1);
    match lines.len() {
        0 => "packets arrive, and none should".to_owned(),
        1 => format!("{} arrives, and nothing should", lines.remove(0)),
        _ => format!("{} arrive, and nothing should", lines.join(" ")),
    }
}

/// What loses packets, one phrase a cause, in the walk's order.
pub(crate) fn causes(result: &PathResult, names: &Names) -> Vec<String> {
    let mut groups: Vec<(&Blocker, Vec<&Blocker>)> = Vec::new();
    for blocker in &result.blockers {
        let same = groups
            .iter_mut()
            .find(|(first, _)| first.code == blocker.code && first.component == blocker.component);
        match same {
            Some((_, members)) => members.push(blocker),
            None => groups.push((blocker, vec![blocker])),
        }
    }
    let hidden = groups.len().saturating_sub(CAUSES);
    let mut phrases: Vec<String> = groups
        .iter()
        .take(CAUSES)
        .map(|(first, members)| phrase(first, members, names))
        .collect();
    // Which part fails, where the phrases do not say it already.
    if let Some((intro, values)) = failing_part(result)
        && let Some(last) = phrases.last_mut()
        && !last.contains(&values)
    {
        last.push_str(&format!(" ({intro} {values})"));
    }
    if hidden > 0 {
        phrases.push(format!("and {hidden} more"));
    }
    phrases
}

/// One cause: a component that loses packets for one reason, in one direction or both.
fn phrase(first: &Blocker, members: &[&Blocker], names: &Names) -> String {
    let component = names.component(first.kind, &first.component);
    match first.code {
        Code::SubnetAclRestriction | Code::ElbAclRestriction => {
            format!("{component} drops {}", filtered(members))
        }
        Code::EniSgRulesMismatch => format!("{component} does not allow {}", filtered(members)),
        Code::SgHasNoRules => {
            let ways: Vec<String> = ways(members)
                .into_iter()
                .map(|way| direction_word(way).to_owned())
                .collect();
            format!("{component} has no rule for what goes {}", list(&ways))
        }
        Code::NoRouteToDestination => format!("{component} has no route to {}", destinations(members)),
        Code::TgwRtbCannotRoute => format!("{component} has no route to {}", destinations(members)),
        Code::BadStateRoute => match &first.rule {
            Some(Rule::Route {
                destination, target, ..
            }) => format!(
                "{component} sends {destination} into a blackhole: {} is gone or does not work",
                names.with_id(target)
            ),
            _ => format!("{component} sends {} into a blackhole", destinations(members)),
        },
        Code::TgwRtbBadStateRoute => format!("{component} sends {} into a blackhole", destinations(members)),
        Code::IgwPublicIpAssociationForEgress => {
            format!(
                "{component} drops {}: the source has no public address",
                filtered(members)
            )
        }
        _ => sentence(first),
    }
}

/// The engine's sentence, without its full stop.
fn sentence(blocker: &Blocker) -> String {
    clean_to(&blocker.message, MESSAGE_COLUMNS)
        .trim_end_matches('.')
        .to_owned()
}

/// `tcp 22, in and out`, `replies to ports 1024–32767, out`, or each way by itself where they differ.
fn filtered(members: &[&Blocker]) -> String {
    let mut said: Vec<(String, Vec<String>)> = Vec::new();
    for blocker in members {
        let what = lost_by(blocker);
        let way = blocker
            .direction
            .map(|direction| direction_word(direction).to_owned());
        match said.iter_mut().find(|(other, _)| *other == what) {
            Some((_, ways)) => {
                if let Some(way) = way
                    && !ways.contains(&way)
                {
                    ways.push(way);
                }
            }
            None => said.push((what, way.into_iter().collect())),
        }
    }
    let phrases: Vec<String> = said
        .into_iter()
        .map(|(what, ways)| {
            if ways.is_empty() {
                what
            } else {
                format!("{what}, {}", list(&ways))
            }
        })
        .collect();
    phrases.join("; ")
}

/// `tcp 22`, `replies to ports 1024–32767`.
pub(crate) fn lost_by(blocker: &Blocker) -> String {
    let what = packets::what(&blocker.lost);
    match blocker.leg {
        Leg::Forward if what.is_empty() => "packets".to_owned(),
        Leg::Forward => what,
        Leg::Reply => match packets::destination_ports(&blocker.lost).as_slice() {
            [] => "replies".to_owned(),
            [one] if !one.contains('–') => format!("replies to port {one}"),
            ports => format!("replies to ports {}", ports.join(", ")),
        },
    }
}

/// The directions of these blockers, each once, in the walk's order.
fn ways(members: &[&Blocker]) -> Vec<Direction> {
    let mut ways = Vec::new();
    for direction in members.iter().filter_map(|blocker| blocker.direction) {
        if !ways.contains(&direction) {
            ways.push(direction);
        }
    }
    ways
}

/// The addresses that the lost packets were for.
fn destinations(members: &[&Blocker]) -> String {
    let mut blocks = packets::addresses(
        members
            .iter()
            .flat_map(|b| &b.lost)
            .map(|lost| lost.destination.as_str()),
    );
    let hidden = blocks.len().saturating_sub(3);
    blocks.truncate(3);
    match (blocks.as_slice(), hidden) {
        ([], _) => "the destination".to_owned(),
        (blocks, 0) => list(blocks),
        (blocks, hidden) => format!("{} and {hidden} more", blocks.join(", ")),
    }
}

/// In what respect the packets that fail differ from all others, if in one: `only from` and `10.0.1.0/24`.
fn failing_part(result: &PathResult) -> Option<(&'static str, String)> {
    if result.branches.iter().any(|branch| branch.packets_more > 0) {
        return None;
    }
    let of = |lost: bool| -> Vec<&PacketBox> {
        let branches = result
            .branches
            .iter()
            .filter(|branch| (branch.outcome == BranchOutcome::Lost) == lost);
        branches.flat_map(|branch| &branch.packets).collect()
    };
    let (lost, kept) = (of(true), of(false));
    if lost.is_empty() || kept.is_empty() {
        return None;
    }
    let apart = |respect: fn(&PacketBox, &PacketBox) -> bool| {
        lost.iter()
            .all(|lost| kept.iter().all(|kept| respect(lost, kept)))
    };
    let (intro, values) = if apart(|a, b| blocks_apart(&a.source, &b.source)) {
        (
            "only from",
            packets::addresses(lost.iter().map(|b| b.source.as_str())),
        )
    } else if apart(|a, b| blocks_apart(&a.destination, &b.destination)) {
        (
            "only to",
            packets::addresses(lost.iter().map(|b| b.destination.as_str())),
        )
    } else if apart(|a, b| ports_apart(a.destination_ports.as_deref(), b.destination_ports.as_deref())) {
        ("only port", packets::destination_ports(lost.iter().copied()))
    } else if apart(|a, b| ports_apart(a.source_ports.as_deref(), b.source_ports.as_deref())) {
        (
            "only from client ports",
            packets::source_ports(lost.iter().copied()),
        )
    } else {
        return None;
    };
    (values.len() <= 3).then(|| (intro, values.join(", ")))
}

/// Whether two CIDR blocks have no address in common.
fn blocks_apart(a: &str, b: &str) -> bool {
    match (a.parse::<IpNet>(), b.parse::<IpNet>()) {
        (Ok(a), Ok(b)) => !a.contains(&b) && !b.contains(&a),
        _ => false,
    }
}

/// Whether two ranges of ports have no port in common.
fn ports_apart(a: Option<&str>, b: Option<&str>) -> bool {
    match (a.and_then(packets::parse_range), b.and_then(packets::parse_range)) {
        (Some((a_from, a_to)), Some((b_from, b_to))) => a_to < b_from || b_to < a_from,
        _ => false,
    }
}
