//! `hopwatch check` for people: a line a path, what is wrong first in words, then a count and the next command.

use crate::reach::report::{PathResult, Verdict};

use super::clean::{NAME_COLUMNS, clean, clean_to};
use super::component::Names;
use super::look::{BAD, FAINT, GOOD, Look, STRONG, UNKNOWN, columns, count, join_lines, pad, widest};
use super::reason;
use super::standing::{Answer, Standing};

/// Where the answers are from: what stands above the table.
#[derive(Debug, Clone, Default)]
pub struct Origin {
    /// The Regions of the network.
    pub regions: Vec<String>,
    /// The accounts of the network.
    pub accounts: Vec<String>,
    /// As in `snapshot ./network`.
    pub network: String,
    /// The options that the next command needs to see the same network and paths, as in ` --snapshot ./network`.
    pub options: String,
}

/// How many notices are told unasked.
const NOTICES: usize = 3;

/// The table's rows before they are laid out.
struct Row {
    sign: char,
    standing: Standing,
    name: String,
    word: String,
    reason: String,
    severity: &'static str,
}

/// The report.
pub fn check(answers: &[Answer<'_>], origin: &Origin, look: Look) -> String {
    let results = || answers.iter().map(|answer| answer.result);
    let shown: Vec<&Answer<'_>> = answers
        .iter()
        .filter(|a| !look.quiet || a.standing() != Standing::AsExpected)
        .collect();
    let rows = |names: &Names| -> Vec<Row> { shown.iter().map(|answer| row(answer, names)).collect() };

    let mut lines = Vec::new();
    if !look.quiet {
        lines.extend([header(answers.len(), origin, look), String::new()]);
    }
    let full = rows(&Names::of(results()));
    let table = match look.width {
        // Ids in full where there is room, shortened where there is not, below their path where even that is too long.
        Some(width) => beside(&full, look, Some(width)).unwrap_or_else(|| {
            let short = rows(&Names::shortened(results()));
            beside(&short, look, Some(width)).unwrap_or_else(|| below(&short, look))
        }),
        None => beside(&full, look, None).unwrap_or_default(),
    };
    let has_rows = !table.is_empty();
    lines.extend(table);
    if !look.quiet {
        lines.extend(notices(&shown, look));
        if has_rows {
            lines.push(String::new());
        }
        lines.extend(closing(answers, origin, look));
    }
    join_lines(&lines)
}

fn header(paths: usize, origin: &Origin, look: Look) -> String {
    let mut parts = vec![count(paths, "path", "paths")];
    parts.extend(some(&origin.regions));
    parts.extend(some(&origin.accounts));
    parts.extend(Some(clean(&origin.network)).filter(|network| !network.is_empty()));
    format!(" {}  {}", look.paint(STRONG, "hopwatch"), parts.join(" · "))
}

/// The first few of many.
fn some(values: &[String]) -> Option<String> {
    match values {
        [] => None,
        [first, second, third, rest @ ..] if !rest.is_empty() => {
            Some(format!("{first}, {second}, {third} and {} more", rest.len()))
        }
        values => Some(values.join(", ")),
    }
}

fn row(answer: &Answer<'_>, names: &Names) -> Row {
    let standing = answer.standing();
    Row {
        sign: answer.sign(),
        standing,
        name: clean(&answer.result.name),
        word: answer.word().to_owned(),
        reason: reason::line(answer, names),
        severity: if standing == Standing::AsExpected {
            ""
        } else {
            severity_word(answer.result)
        },
    }
}

/// How bad a break is, as the path file spells it.
pub(crate) fn severity_word(result: &PathResult) -> &'static str {
    use crate::paths::model::Severity;
    match result.severity {
        Severity::Critical => "critical",
        Severity::High => "high",
        Severity::Medium => "medium",
        Severity::Low => "low",
    }
}

/// Everything of a path on one line; `None` where a line would be longer than `width`.
fn beside(rows: &[Row], look: Look, width: Option<usize>) -> Option<Vec<String>> {
    let names = widest(rows.iter().map(|row| row.name.as_str()));
    let words = widest(rows.iter().map(|row| row.word.as_str()));
    // A single long reason should not push every severity far to the right.
    let reasons = widest(
        rows.iter()
            .filter(|r| !r.severity.is_empty())
            .map(|r| r.reason.as_str()),
    )
    .min(NAME_COLUMNS);
    rows.iter()
        .map(|row| {
            let plain = format!(
                " {} {}  {}  {}  {}",
                row.sign,
                pad(&row.name, names),
                pad(&row.word, words),
                pad(&row.reason, reasons),
                row.severity
            );
            if width.is_some_and(|width| columns(plain.trim_end()) > width) {
                return None;
            }
            let style = style_of(row.standing);
            Some(format!(
                " {} {}  {}  {}  {}",
                look.paint(style, &row.sign.to_string()),
                pad(&row.name, names),
                look.paint(style, &pad(&row.word, words)),
                pad(&row.reason, reasons),
                look.paint(FAINT, row.severity)
            ))
        })
        .collect()
}

/// The reason on lines of its own below its path.
fn below(rows: &[Row], look: Look) -> Vec<String> {
    let words = widest(rows.iter().map(|row| row.word.as_str()));
    let room = look
        .width
        .unwrap_or(usize::MAX)
        .saturating_sub(words + 3 + 2 + 2 + 8);
    let names = widest(rows.iter().map(|row| row.name.as_str())).min(room.max(20));
    let mut lines = Vec::new();
    for row in rows {
        let style = style_of(row.standing);
        let start = format!(
            " {} {}  {}  ",
            look.paint(style, &row.sign.to_string()),
            pad(&clean_to(&row.name, names), names),
            look.paint(style, &pad(&row.word, words)),
        );
        let fits = look
            .width
            .is_some_and(|width| columns(&start) + columns(&row.reason) <= width);
        if row.severity.is_empty() && fits {
            lines.push(format!("{start}{}", row.reason));
            continue;
        }
        lines.push(format!("{start}{}", look.paint(FAINT, row.severity)));
        let wrapped = look.wrap(&row.reason, 5).into_iter();
        lines.extend(wrapped.map(|line| format!("     {line}")));
    }
    lines
}

fn style_of(standing: Standing) -> anstyle::Style {
    match standing {
        Standing::AsExpected => GOOD,
        Standing::NotAsExpected => BAD,
        Standing::Undecided => UNKNOWN,
    }
}

/// What the engine says beside the verdicts, each once.
fn notices(answers: &[&Answer<'_>], look: Look) -> Vec<String> {
    let mut said: Vec<&str> = Vec::new();
    for notice in answers.iter().flat_map(|answer| &answer.result.notices) {
        if !said.contains(&notice.as_str()) {
            said.push(notice);
        }
    }
    let hidden = if look.verbose {
        0
    } else {
        said.len().saturating_sub(NOTICES)
    };
    said.truncate(said.len() - hidden);
    let mut lines = Vec::new();
    for notice in said {
        let text = clean_to(notice, reason::MESSAGE_COLUMNS);
        for (index, line) in look.wrap(&text, 7).into_iter().enumerate() {
            lines.push(format!(" {} {line}", if index == 0 { "note:" } else { "     " }));
        }
    }
    if hidden > 0 {
        lines.push(format!(" note: {hidden} more with --verbose"));
    }
    if !lines.is_empty() {
        lines.insert(0, String::new());
    }
    lines
}

/// How many paths stand how, and what to ask next.
fn closing(answers: &[Answer<'_>], origin: &Origin, look: Look) -> Vec<String> {
    let how_many = |is: &dyn Fn(&Answer<'_>) -> bool| answers.iter().filter(|answer| is(answer)).count();
    let not = |answer: &Answer<'_>| answer.standing() == Standing::NotAsExpected;
    let counts = [
        (how_many(&|a| a.is_leak()), "open", BAD),
        (
            how_many(&|a| not(a) && !a.is_leak() && a.result.verdict == Verdict::Blocked),
            "blocked",
            BAD,
        ),
        (
            how_many(&|a| not(a) && !a.is_leak() && a.result.verdict != Verdict::Blocked),
            "partial",
            BAD,
        ),
        (
            how_many(&|a| a.standing() == Standing::Undecided),
            "undecided",
            UNKNOWN,
        ),
        (
            how_many(&|a| a.standing() == Standing::AsExpected),
            "as expected",
            GOOD,
        ),
    ];
    let told: Vec<(usize, &str, anstyle::Style)> =
        counts.into_iter().filter(|(number, ..)| *number > 0).collect();
    let painted: Vec<String> = told
        .iter()
        .map(|(number, word, style)| look.paint(*style, &format!("{number} {word}")))
        .collect();
    let counted = if told.is_empty() {
        "nothing to check".to_owned()
    } else {
        painted.join(", ")
    };

    let wrong = answers
        .iter()
        .find(|answer| answer.standing() == Standing::NotAsExpected);
    let Some(next) = wrong.or_else(|| {
        answers
            .iter()
            .find(|answer| answer.standing() == Standing::Undecided)
    }) else {
        return vec![format!(" {counted}")];
    };
    let name = clean(&next.result.name);
    let command = if name.starts_with('-') {
        format!("hopwatch explain{} -- {}", origin.options, quoted(&name))
    } else {
        format!("hopwatch explain {}{}", quoted(&name), origin.options)
    };
    let room = columns(&counted) + 1 + 8 + columns(&command);
    if look.width.is_none_or(|width| room <= width) {
        vec![format!(" {counted}        {}", look.paint(STRONG, &command))]
    } else {
        vec![
            format!(" {counted}"),
            format!(" {}", look.paint(STRONG, &command)),
        ]
    }
}

/// A name as a word for a POSIX shell.
pub fn quoted(name: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=@%+,".contains(c);
    let harmless = |c: char| !c.is_control() && !"\"$`\\!".contains(c);
    if !name.is_empty() && name.chars().all(plain) {
        name.to_owned()
    } else if name.chars().all(harmless) {
        format!("\"{name}\"")
    } else {
        format!("'{}'", name.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture;
    use super::*;

    fn shown(look: Look) -> String {
        let cases = fixture::all();
        let answers: Vec<Answer<'_>> = cases.iter().map(fixture::Case::answer).collect();
        check(&answers, &fixture::origin(), look)
    }

    #[test]
    fn piped() {
        insta::assert_snapshot!(shown(Look::default()));
    }

    #[test]
    fn wide_terminal_in_colour() {
        insta::assert_snapshot!(shown(Look {
            colour: true,
            width: Some(200),
            ..Look::default()
        }));
    }

    #[test]
    fn usual_terminal() {
        insta::assert_snapshot!(shown(Look {
            width: Some(120),
            ..Look::default()
        }));
    }

    #[test]
    fn narrow_terminal() {
        insta::assert_snapshot!(shown(Look {
            width: Some(60),
            ..Look::default()
        }));
    }

    #[test]
    fn quiet_says_only_what_is_wrong() {
        insta::assert_snapshot!(shown(Look {
            quiet: true,
            ..Look::default()
        }));
    }

    #[test]
    fn notices_are_told_once_and_the_rest_on_request() {
        let mut cases = fixture::all();
        for (number, case) in cases.iter_mut().enumerate() {
            case.result.notices = vec!["the same".into(), format!("number {number}")];
        }
        let answers: Vec<Answer<'_>> = cases.iter().map(fixture::Case::answer).collect();
        let shown = |verbose| {
            check(
                &answers,
                &fixture::origin(),
                Look {
                    verbose,
                    ..Look::default()
                },
            )
        };
        let usual = shown(false);
        assert_eq!(usual.matches("note: the same").count(), 1, "{usual}");
        assert!(usual.contains("note: 6 more with --verbose"), "{usual}");
        assert_eq!(shown(true).matches("note: ").count(), 9);
    }

    #[test]
    fn nothing_to_check() {
        insta::assert_snapshot!(check(&[], &fixture::origin(), Look::default()));
    }

    #[test]
    fn ids_and_commands_stay_whole_at_any_width() {
        let whole = [
            "hopwatch explain \"order-sync → partner SFTP\" --snapshot ./network",
            "app-i-0d1e2f3a4b5c6d7e8",
        ];
        for width in 20..160 {
            let text = shown(Look {
                width: Some(width),
                ..Look::default()
            });
            assert!(text.contains(whole[0]), "at {width}:\n{text}");
        }
    }

    #[test]
    fn names_are_quoted_for_a_shell() {
        assert_eq!(quoted("simple-name"), "simple-name");
        assert_eq!(quoted("order-sync → partner"), "\"order-sync → partner\"");
        assert_eq!(quoted("costs $5"), "'costs $5'");
        assert_eq!(quoted("it's `x`"), r"'it'\''s `x`'");
        assert_eq!(quoted(""), "\"\"");
    }
}
