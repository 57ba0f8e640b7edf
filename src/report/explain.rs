//! `hopwatch explain` for people: one path hop by hop, there and back, what decided at each, what is lost, what mends it.

use crate::paths::model::{Component, Expect, Reply, Require, RequiredPath};
use crate::reach::code::Code;
use crate::reach::report::{Blocker, Branch, BranchOutcome, PacketBox, PathResult, Verdict};

use super::clean::{clean, clean_to};
use super::component::{Names, kind_word};
use super::look::{BAD, FAINT, GOOD, Look, PLAIN, STRONG, UNKNOWN, columns, join_lines, list, pad};
use super::mend::{leak, mend};
use super::packets;
use super::reason::MESSAGE_COLUMNS;
use super::standing::{Answer, Standing};
use super::walk::{Walk, blocker_line, losses, rows};

/// How many lines of packets are shown of each set.
pub(crate) const PACKET_LINES: usize = 4;

/// Beyond so many boxes of packets, the path file's words say more than addresses do.
const MOST_BOXES: usize = 16;

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

/// The packets asked for: as the engine took them apart, or where those are many, as the path file words them.
fn asked(answer: &Answer<'_>) -> Vec<String> {
    let branches = &answer.result.branches;
    let boxes: Vec<_> = branches
        .iter()
        .flat_map(|branch| branch.packets.iter().cloned())
        .collect();
    let more = branches.iter().map(|branch| branch.packets_more).sum();
    let lines = packets::some_lines(&boxes, more, PACKET_LINES);
    if boxes.is_empty() || lines.len() > PACKET_LINES || boxes.len() > MOST_BOXES {
        vec![declared(answer.path)]
    } else {
        lines
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
pub(crate) fn paragraph(word: &str, text: &str, look: Look) -> Vec<String> {
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
    let unseen = result.blockers.iter();
    let unseen = unseen.filter(|blocker| !shown.iter().any(|walk| walk.meets(blocker)));
    // What let them pass on a walk that is shown, and led them to where they are lost.
    let passed = |blocker: &&Blocker| {
        let mut hops = shown.iter().flat_map(|walk| walk.hops);
        blocker.code == Code::ArrivesElsewhere
            && hops.any(|hop| hop.component == blocker.component && hop.leg == blocker.leg)
    };
    let (leading, unseen): (Vec<&Blocker>, Vec<&Blocker>) = unseen.partition(passed);
    let title = match (shown.is_empty(), result.expect) {
        (true, Expect::Reachable) => " what loses packets:",
        (true, Expect::Blocked) => " what stops packets:",
        (false, Expect::Reachable) => " on other ways packets are lost too:",
        (false, Expect::Blocked) => " on other ways packets are stopped too:",
    };
    let groups = [(" what leads them there:", leading), (title, unseen)];
    let style = if result.expect == Expect::Blocked {
        PLAIN
    } else {
        BAD
    };
    let mut lines = Vec::new();
    for (title, blockers) in groups {
        if blockers.is_empty() {
            continue;
        }
        lines.extend([String::new(), title.to_owned()]);
        for blocker in blockers {
            let told = blocker_line(blocker, names);
            for (index, line) in look.wrap(&told, 4).into_iter().enumerate() {
                let margin = if index == 0 {
                    format!("  {} ", look.paint(style, "✗"))
                } else {
                    "    ".to_owned()
                };
                lines.push(format!("{margin}{line}"));
            }
            lines.extend(losses(blocker, 4, look));
        }
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
