//! What mends a path that is broken, and what closes one that is open.

use crate::network::Kind;
use crate::paths::model::Expect;
use crate::reach::report::{FixCommand, PathResult};

use super::clean::clean;
use super::component::Names;
use super::explain::{PACKET_LINES, paragraph};
use super::look::{BAD, Look, STRONG};
use super::packets;
use super::rule;
use super::standing::Answer;
use super::walk::Walk;

/// The commands that mend it, then the same in words for those who change their network elsewhere. Only what was checked
/// is printed.
pub(crate) fn mend(result: &PathResult, look: Look) -> Vec<String> {
    if result.blockers.is_empty() || result.expect == Expect::Blocked {
        return Vec::new();
    }
    let fixes = result.blockers.iter().filter_map(|blocker| blocker.fix.as_ref());
    let (commands, words) = FixCommand::told_once(fixes.filter(|fix| fix.verified));
    let [commands, words] =
        [commands, words].map(|told| told.iter().map(|text| clean(text)).collect::<Vec<_>>());
    if commands.is_empty() {
        return vec![
            String::new(),
            " No command could be checked that mends it.".to_owned(),
        ];
    }
    let with = match commands.len() {
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
    lines.extend(commands.iter().map(|command| format!("   {command}")));
    lines.push(" In words:".to_owned());
    for sentence in &words {
        lines.extend(
            look.wrap(sentence, 3)
                .into_iter()
                .map(|line| format!("   {line}")),
        );
    }
    lines
}

/// What gets through although nothing should, and the rules that let it.
pub(crate) fn leak(answer: &Answer<'_>, shown: &[Walk<'_>], names: &Names, look: Look) -> Vec<String> {
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
                rule::text(rule, &[], names)
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

#[cfg(test)]
mod tests {
    use super::super::fixture;
    use super::*;

    #[test]
    fn a_fix_of_several_commands_is_told_command_by_command() {
        let mut case = fixture::blocked();
        for blocker in &mut case.result.blockers {
            let fix = blocker.fix.as_mut().unwrap();
            fix.command = "aws ec2 one --tag 'a && b' && aws ec2 two".into();
            fix.message = "add one; add two".into();
        }
        let text = mend(&case.result, Look::default()).join("\n");
        assert_eq!(
            text,
            "\n To mend it (checked: with both, the path is reachable):\n   aws ec2 one --tag 'a && b'\n   aws ec2 two\n \
             In words:\n   add one\n   add two"
        );
    }

    #[test]
    fn of_a_path_that_cannot_be_told_in_part_no_more_is_promised_than_was_checked() {
        let mut case = fixture::blocked();
        case.result.reason = fixture::undecided().result.reason;
        let text = mend(&case.result, Look::default()).join("\n");
        assert!(
            text.contains("checked: with both, nothing is lost any more"),
            "{text}"
        );
    }
}
