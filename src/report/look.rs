//! How a report is laid out: colours, widths, wrapping.
//!
//! A pipe gets no colour, no shortening and no wrapping, so that what a program reads never depends on a window.

use anstyle::{AnsiColor, Style};
use unicode_width::UnicodeWidthStr;

/// How a report is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Look {
    /// Whether colours are wanted.
    pub colour: bool,
    /// The terminal's columns; `None`: no terminal, lines are as long as they are.
    pub width: Option<usize>,
    /// Whether to say more.
    pub verbose: bool,
    /// Whether to say only what is not as expected.
    pub quiet: bool,
}

/// Good.
pub(crate) const GOOD: Style = AnsiColor::Green.on_default();
/// Bad.
pub(crate) const BAD: Style = AnsiColor::Red.on_default().bold();
/// Neither: it cannot be told.
pub(crate) const UNKNOWN: Style = AnsiColor::Yellow.on_default();
/// What stands out.
pub(crate) const STRONG: Style = Style::new().bold();
/// What stands back.
pub(crate) const FAINT: Style = Style::new().dimmed();
/// No style.
pub(crate) const PLAIN: Style = Style::new();

impl Look {
    /// The text in a style, where colours are wanted.
    pub(crate) fn paint(self, style: Style, text: &str) -> String {
        if self.colour && style != PLAIN && !text.is_empty() {
            format!("{style}{text}{style:#}")
        } else {
            text.to_owned()
        }
    }

    /// The text as lines that fit: broken at spaces only, so that ids and commands stay whole. `indent` columns are taken
    /// on each line.
    pub(crate) fn wrap(self, text: &str, indent: usize) -> Vec<String> {
        let Some(width) = self.width else {
            return vec![text.to_owned()];
        };
        let room = width.saturating_sub(indent).max(20);
        let mut lines = Vec::new();
        let mut line = String::new();
        for word in text.split_whitespace() {
            if !line.is_empty() && columns(&line) + 1 + columns(word) > room {
                lines.push(std::mem::take(&mut line));
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
        lines.push(line);
        lines
    }
}

/// How many columns a text takes on a terminal, colours not counted.
pub(crate) fn columns(text: &str) -> usize {
    anstream::adapter::strip_str(text)
        .map(UnicodeWidthStr::width)
        .sum()
}

/// The text, filled up with spaces to `width` columns.
pub(crate) fn pad(text: &str, width: usize) -> String {
    let mut padded = text.to_owned();
    padded.extend(std::iter::repeat_n(' ', width.saturating_sub(columns(text))));
    padded
}

/// The widest of some texts.
pub(crate) fn widest<'a>(texts: impl Iterator<Item = &'a str>) -> usize {
    texts.map(columns).max().unwrap_or(0)
}

/// `1 path`, `2 paths`.
pub(crate) fn count(number: usize, singular: &str, plural: &str) -> String {
    format!("{number} {}", if number == 1 { singular } else { plural })
}

/// `a`, `a and b`, `a, b and c`.
pub(crate) fn list(parts: &[String]) -> String {
    match parts {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// `lines` with every trailing space taken off and a newline at the end of each.
pub(crate) fn join_lines(lines: &[String]) -> String {
    lines
        .iter()
        .map(|line| format!("{}\n", line.trim_end()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NARROW: Look = Look {
        colour: false,
        width: Some(30),
        verbose: false,
        quiet: false,
    };

    #[test]
    fn ids_stay_whole_however_narrow() {
        let lines = NARROW.wrap(
            "the group sg-0123456789abcdef0-and-a-very-long-tail refuses it",
            4,
        );
        assert_eq!(
            lines,
            [
                "the group",
                "sg-0123456789abcdef0-and-a-very-long-tail",
                "refuses it"
            ]
        );
    }

    #[test]
    fn a_pipe_gets_one_line() {
        let text = "word ".repeat(100);
        assert_eq!(Look::default().wrap(&text, 4).len(), 1);
    }

    #[test]
    fn colour_only_where_wanted() {
        assert_eq!(Look::default().paint(BAD, "x"), "x");
        assert_eq!(
            Look {
                colour: true,
                ..Look::default()
            }
            .paint(GOOD, "x"),
            "\u{1b}[32mx\u{1b}[0m"
        );
    }

    #[test]
    fn lists_read_as_sentences() {
        let parts = ["a".to_owned(), "b".to_owned(), "c".to_owned()];
        assert_eq!(list(&parts), "a, b and c");
        assert_eq!(list(&parts[..2]), "a and b");
    }
}
