//! `hopwatch explain` for people: one path hop by hop, there and back, what decided at each, what is lost, what mends it.

use crate::network::Kind;
use crate::paths::model::{Component, Expect, Reply, Require, RequiredPath};
use crate::reach::report::{Blocker, Branch, BranchOutcome, PacketBox, PathResult, Verdict};

use super::clean::{clean, clean_to};
use super::component::{Names, kind_word};
use super::look::{BAD, FAINT, GOOD, Look, STRONG, UNKNOWN, columns, join_lines, list, pad};
use super::packets;
use super::reason::MESSAGE_COLUMNS;
use super::standing::{Answer, Standing};
use super::walk::{Walk, blocker_line, losses, rows};

/// How many lines of packets are shown of each set.
pub(crate) const PACKET_LINES: usize = 4;

/// The explanation.
pub fn explain(answer: &Answer<'_>, look: Look) -> String {
    let mut lines = evidence(answer, &Names::of([answer.result]), look);
    let width = look.width.unwrap_or(usize::MAX);
    if lines.iter().any(|line| columns(line) > width) {
        lines = evidence(answer, &Names::shortened([answer.result]), look);
    }
    if !answer.is_leak() && answer.standing() != Standing::AsExpected {
        lines.extend(mend(answer.result, look));
    }
    for notice in &answer.result.notices {
        lines.push(String::new());
        lines.extend(paragraph("note:", &clean_to(notice, MESSAGE_COLUMNS), look));
    }
    join_lines(&lines)
}

/// Everything but what mends it.
fn evidence(answer: &Answer<'_>, names: &Names, look: Look) -> Vec<String> {
    let mut lines = heading(answer, look);
    lines.extend(not_told(answer.result, names, look));
    lines.extend(parting(answer, names, look));
    let shown = walks(answer, look);
    for walk in &shown {
        lines.push(String::new());
        lines.extend(walk.intro(look));
        lines.extend(rows(answer.result, walk.hops, names, look));
    }
    lines.extend(elsewhere(answer.result, &shown, names, look));
    if answer.is_leak() {
        lines.extend(leak(answer, &shown, names, look));
    }
    lines
}

/// Name and state; the packets; what is expected.
fn heading(answer: &Answer<'_>, look: Look) -> Vec<String> {
    const COLUMN: usize = 60;
    let result = answer.result;
    let style = match answer.standing() {
        Standing::AsExpected => GOOD,
        Standing::NotAsExpected => BAD,
        Standing::Undecided => UNKNOWN,
    };
    let name = clean(&result.name);
    let column = COLUMN
        .min(look.width.unwrap_or(usize::MAX) / 2)
        .max(columns(&name));
    let state = format!("{} {}", answer.sign(), state(answer));
    let mut lines = vec![format!(
        " {}  {}",
        look.paint(STRONG, &pad(&name, column)),
        look.paint(style, &state)
    )];
    lines.extend(asked(answer).into_iter().map(|line| format!(" {line}")));
    lines.push(format!(" {}", look.paint(FAINT, &expectation(answer.path))));
    lines
}

fn state(answer: &Answer<'_>) -> String {
    let result = answer.result;
    let blocked_expected = result.expect == Expect::Blocked;
    match (result.verdict, answer.standing()) {
        (Verdict::Reachable, _) if blocked_expected => "reachable, every packet arrives".to_owned(),
        (Verdict::Reachable, _) if answer.path.reply == Reply::Ignored => {
            "reachable, every packet".to_owned()
        }
        (Verdict::Reachable, _) => "reachable, every packet and every reply".to_owned(),
        (Verdict::Blocked, Standing::AsExpected) => "blocked, every packet, as expected".to_owned(),
        (Verdict::Blocked, _) => "blocked, every packet".to_owned(),
        (Verdict::Partial, _) if blocked_expected => "partial: some packets arrive".to_owned(),
        (Verdict::Partial, Standing::AsExpected) => "partial, which is enough here".to_owned(),
        (Verdict::Partial, _) => "partial: some packets are lost".to_owned(),
        (Verdict::Undecided, Standing::NotAsExpected) if blocked_expected => {
            "partly open: some packets arrive; of others it cannot be told".to_owned()
        }
        (Verdict::Undecided, Standing::NotAsExpected) => {
            "partly lost: some packets are lost; of others it cannot be told".to_owned()
        }
        (Verdict::Undecided, _) => "undecided: it cannot be told".to_owned(),
    }
}

/// The packets asked for: as the engine took them apart, else as the path file words them.
fn asked(answer: &Answer<'_>) -> Vec<String> {
    let branches = &answer.result.branches;
    let boxes: Vec<_> = branches
        .iter()
        .flat_map(|branch| branch.packets.iter().cloned())
        .collect();
    let more = branches.iter().map(|branch| branch.packets_more).sum();
    if boxes.is_empty() {
        vec![declared(answer.path)]
    } else {
        packets::some_lines(&boxes, more, PACKET_LINES)
    }
}

/// `tcp lambda order-sync → 198.51.100.22 : 22`
fn declared(path: &RequiredPath) -> String {
    let ports = path.destination_ports.as_ref().map(|ports| {
        let ranges = ports.0.iter().map(|range| match (range.start(), range.end()) {
            (from, to) if from == to => from.to_string(),
            (from, to) => format!("{from}–{to}"),
        });
        format!(" : {}", ranges.collect::<Vec<_>>().join(", "))
    });
    format!(
        "{} {} → {}{}",
        packets::protocol_word(&path.protocol.text()),
        clean(&path.source.text),
        clean(&path.destination.text),
        ports.unwrap_or_default()
    )
}

/// `expected: reachable, via NAT gateway, internet gateway`
fn expectation(path: &RequiredPath) -> String {
    let crossed = |components: &[Component]| {
        let words = components.iter().map(|component| match component {
            Component::Id(id) => clean(id.as_str()),
            Component::Kind(kind) => kind_word(*kind).to_owned(),
        });
        words.collect::<Vec<_>>().join(", ")
    };
    let mut parts = vec![match (path.expect, path.require) {
        (Expect::Blocked, _) => "expected: blocked".to_owned(),
        (Expect::Reachable, Require::All) => "expected: reachable".to_owned(),
        (Expect::Reachable, Require::Any) => {
            "expected: reachable, for some packets at least (require: any)".to_owned()
        }
    }];
    if !path.via.is_empty() {
        parts.push(format!("via {}", crossed(&path.via)));
    }
    if !path.not_via.is_empty() {
        parts.push(format!("not via {}", crossed(&path.not_via)));
    }
    if path.expect == Expect::Reachable && path.reply == Reply::Ignored {
        parts.push("replies not asked for".to_owned());
    }
    parts.join(", ")
}

/// What cannot be told, and what would tell.
fn not_told(result: &PathResult, names: &Names, look: Look) -> Vec<String> {
    let Some(reason) = &result.reason else {
        return Vec::new();
    };
    let mut lines = vec![String::new()];
    lines.extend(paragraph(
        &look.paint(UNKNOWN, "? cannot be told:"),
        &clean_to(&reason.message, MESSAGE_COLUMNS),
        look,
    ));
    lines.push(format!("   {}", look.paint(FAINT, reason.code.as_str())));
    if !reason.components.is_empty() {
        let components: Vec<String> = reason.components.iter().map(|id| names.with_id(id)).collect();
        lines.extend(paragraph("  stands in the way:", &components.join(", "), look));
    }
    if !reason.missing_calls.is_empty() {
        let calls: Vec<String> = reason.missing_calls.iter().map(|call| clean(call)).collect();
        lines.extend(paragraph(
            "  would tell:",
            &format!("{} (its output, or the permission to call it)", list(&calls)),
            look,
        ));
    }
    lines
}

/// A paragraph behind a word, wrapped under itself.
fn paragraph(word: &str, text: &str, look: Look) -> Vec<String> {
    const INDENT: usize = 3;
    let joined = if word.is_empty() {
        text.to_owned()
    } else {
        format!("{word} {text}")
    };
    let wrapped = look.wrap(&joined, INDENT);
    let indent =
        |(index, line): (usize, String)| format!("{}{line}", " ".repeat(if index == 0 { 1 } else { INDENT }));
    wrapped.into_iter().enumerate().map(indent).collect()
}

/// The parts that go different ways: one line each, those that fare alike told together.
fn parting(answer: &Answer<'_>, names: &Names, look: Look) -> Vec<String> {
    let result = answer.result;
    let mut parts: Vec<(BranchOutcome, Vec<String>, Vec<PacketBox>, usize)> = Vec::new();
    for branch in &result.branches {
        let mut met = Vec::new();
        for blocker in branch
            .blockers
            .iter()
            .filter_map(|index| result.blockers.get(*index))
        {
            let component = names.brief(blocker.kind, &blocker.component);
            if !met.contains(&component) {
                met.push(component);
            }
        }
        match parts
            .iter_mut()
            .find(|(outcome, others, ..)| *outcome == branch.outcome && *others == met)
        {
            Some((_, _, packets, more)) => {
                packets.extend(branch.packets.iter().cloned());
                *more += branch.packets_more;
            }
            None => parts.push((branch.outcome, met, branch.packets.clone(), branch.packets_more)),
        }
    }
    if parts.len() < 2 {
        return Vec::new();
    }
    let mut lines = vec![String::new(), " here packets part ways:".to_owned()];
    for (outcome, met, packets, more) in parts {
        let (sign, style, word) = match (result.expect, outcome) {
            (Expect::Reachable, BranchOutcome::Delivered) => ('✓', GOOD, "delivered"),
            (Expect::Reachable, BranchOutcome::Lost) => ('✗', BAD, "lost"),
            (Expect::Blocked, BranchOutcome::Delivered) => ('✗', BAD, "arrives"),
            (Expect::Blocked, BranchOutcome::Lost) => ('✓', GOOD, "stopped"),
            (_, BranchOutcome::Unknown) => ('?', UNKNOWN, "cannot be told"),
        };
        let by = if met.is_empty() {
            String::new()
        } else {
            format!(" at {}", list(&met))
        };
        let mut packets = packets::some_lines(&packets, more, PACKET_LINES).into_iter();
        let (sign, word) = (
            look.paint(style, &sign.to_string()),
            look.paint(style, &format!("{word}{by}")),
        );
        lines.push(format!("  {sign} {}  {word}", packets.next().unwrap_or_default()));
        lines.extend(packets.map(|line| format!("    {line}")));
    }
    lines
}

/// The walks to show: of the first part that is not as it should be; with `verbose`, of every part. Where nothing parts
/// ways, the sample's.
fn walks<'a>(answer: &Answer<'a>, look: Look) -> Vec<Walk<'a>> {
    let result = answer.result;
    let wanted = match (result.expect, answer.standing()) {
        (Expect::Blocked, Standing::NotAsExpected) => Some(BranchOutcome::Delivered),
        (_, Standing::Undecided) => Some(BranchOutcome::Unknown),
        (Expect::Reachable, Standing::NotAsExpected) => Some(BranchOutcome::Lost),
        (_, Standing::AsExpected) => None,
    };
    let parts_ways = result.branches.len() > 1;
    if parts_ways && look.verbose {
        let walked = result.branches.iter().filter(|branch| !branch.hops.is_empty());
        return walked
            .map(|branch| Walk {
                hops: &branch.hops,
                packets: &branch.packets,
            })
            .collect();
    }
    let chosen = |branch: &&Branch| !branch.hops.is_empty() && Some(branch.outcome) == wanted;
    match result.branches.iter().find(chosen) {
        Some(branch) => vec![Walk {
            hops: &branch.hops,
            packets: if parts_ways { &branch.packets } else { &[] },
        }],
        None if result.hops.is_empty() => Vec::new(),
        None => vec![Walk {
            hops: &result.hops,
            packets: &[],
        }],
    }
}

/// The blockers that the walks shown do not meet.
fn elsewhere(result: &PathResult, shown: &[Walk<'_>], names: &Names, look: Look) -> Vec<String> {
    let unseen: Vec<&Blocker> = result
        .blockers
        .iter()
        .filter(|blocker| !shown.iter().any(|walk| walk.meets(blocker)))
        .collect();
    if unseen.is_empty() {
        return Vec::new();
    }
    let title = if shown.is_empty() {
        " what loses packets:"
    } else {
        " on other ways packets are lost too:"
    };
    let mut lines = vec![String::new(), title.to_owned()];
    for blocker in unseen {
        let told = blocker_line(blocker, names);
        for (index, line) in look.wrap(&told, 4).into_iter().enumerate() {
            let margin = if index == 0 {
                format!("  {} ", look.paint(BAD, "✗"))
            } else {
                "    ".to_owned()
            };
            lines.push(format!("{margin}{line}"));
        }
        lines.extend(losses(blocker, 4, look));
    }
    lines
}

/// What gets through although nothing should, and the rules that let it.
fn leak(answer: &Answer<'_>, shown: &[Walk<'_>], names: &Names, look: Look) -> Vec<String> {
    let result = answer.result;
    let mut lines = vec![
        String::new(),
        format!(" {}", look.paint(BAD, "What arrives, and should not:")),
    ];
    lines.extend(
        packets::some_lines(&result.arrives, result.arrives_more, 2 * PACKET_LINES)
            .into_iter()
            .map(|l| format!("   {l}")),
    );
    let mut rules: Vec<String> = Vec::new();
    for hop in shown.iter().flat_map(|walk| walk.hops) {
        let filters = matches!(
            hop.kind,
            Kind::SecurityGroup | Kind::NetworkAcl | Kind::NetworkFirewall
        );
        if let (true, Some(rule)) = (filters, &hop.allowed_by) {
            let text = format!(
                "{}: {}",
                names.component(hop.kind, &hop.component),
                super::rule::text(rule, &[], names)
            );
            if !rules.contains(&text) {
                rules.push(text);
            }
        }
    }
    if !rules.is_empty() {
        lines.push(String::new());
        let words = "To close it, take away or narrow one of the rules that let it through. Which one is yours to say: \
                     others may rest on it, so no command is printed.";
        lines.extend(paragraph("", words, look));
        lines.extend(
            rules
                .into_iter()
                .flat_map(|rule| look.wrap(&rule, 5))
                .map(|line| format!("   {line}")),
        );
    }
    lines
}

/// The commands that mend it, then the same in words.
fn mend(result: &PathResult, look: Look) -> Vec<String> {
    if result.blockers.is_empty() || result.expect == Expect::Blocked {
        return Vec::new();
    }
    let mut fixes: Vec<(&str, &str)> = Vec::new();
    for fix in result
        .blockers
        .iter()
        .filter_map(|b| b.fix.as_ref())
        .filter(|fix| fix.verified)
    {
        if !fixes.iter().any(|(command, _)| *command == fix.command) {
            fixes.push((&fix.command, &fix.message));
        }
    }
    if fixes.is_empty() {
        return vec![
            String::new(),
            " No command could be checked that mends it.".to_owned(),
        ];
    }
    let with = match fixes.len() {
        1 => "with it".to_owned(),
        2 => "with both".to_owned(),
        number => format!("with all {number}"),
    };
    let then = if result.reason.is_none() {
        "the path is reachable"
    } else {
        "nothing is lost any more"
    };
    let mut lines = vec![
        String::new(),
        format!(" {} (checked: {with}, {then}):", look.paint(STRONG, "To mend it")),
    ];
    // Commands are copied: never wrapped.
    lines.extend(fixes.iter().map(|(command, _)| format!("   {}", clean(command))));
    lines.push(String::new());
    for (_, message) in &fixes {
        lines.extend(paragraph("", &clean_to(message, MESSAGE_COLUMNS), look));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{self, Case};
    use super::*;

    fn piped(case: &Case) -> String {
        explain(&case.answer(), Look::default())
    }

    #[test]
    fn blocked() {
        insta::assert_snapshot!(piped(&fixture::blocked()));
    }

    #[test]
    fn blocked_in_colour() {
        insta::assert_snapshot!(explain(
            &fixture::blocked().answer(),
            Look {
                colour: true,
                width: Some(160),
                ..Look::default()
            }
        ));
    }

    #[test]
    fn blocked_on_a_narrow_terminal() {
        insta::assert_snapshot!(explain(
            &fixture::blocked().answer(),
            Look {
                width: Some(80),
                ..Look::default()
            }
        ));
    }

    #[test]
    fn partial() {
        insta::assert_snapshot!(piped(&fixture::partial()));
    }

    #[test]
    fn partial_with_every_walk() {
        let text = explain(
            &fixture::partial().answer(),
            Look {
                verbose: true,
                ..Look::default()
            },
        );
        assert_eq!(text.matches("the walk of").count(), 3, "{text}");
    }

    #[test]
    fn undecided() {
        insta::assert_snapshot!(piped(&fixture::undecided()));
    }

    #[test]
    fn partly_lost() {
        insta::assert_snapshot!(piped(&fixture::partly_lost()));
    }

    #[test]
    fn open() {
        insta::assert_snapshot!(piped(&fixture::open()));
    }

    #[test]
    fn reachable() {
        insta::assert_snapshot!(piped(&fixture::reachable()));
    }

    #[test]
    fn an_unchecked_fix_is_not_printed() {
        let mut case = fixture::blocked();
        for fix in case.result.blockers.iter_mut().filter_map(|b| b.fix.as_mut()) {
            fix.verified = false;
        }
        let text = piped(&case);
        assert!(!text.contains("aws ec2"), "{text}");
        assert!(text.contains("No command could be checked"), "{text}");
    }

    #[test]
    fn no_command_is_printed_for_a_leak() {
        assert!(!piped(&fixture::open()).contains("aws ec2"));
    }

    #[test]
    fn commands_stay_on_one_line_at_any_width() {
        let case = fixture::blocked();
        let command = &case.result.blockers[0].fix.as_ref().unwrap().command;
        for width in [20, 40, 80, 120, 200] {
            let text = explain(
                &case.answer(),
                Look {
                    width: Some(width),
                    ..Look::default()
                },
            );
            assert!(
                text.lines().any(|line| line.trim() == command),
                "at {width}:\n{text}"
            );
        }
    }
}
