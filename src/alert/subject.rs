//! The subject of an email: ASCII, one line, under 100 characters (Amazon SNS API Reference, "Publish").

use super::document::{Alert, AlertKind, AlertPath};
use super::text::severity_word;

/// SNS refuses 100 and more.
const MOST: usize = 99;

/// What stands before every subject.
pub(crate) const PREFIX: &str = "[hopwatch] ";

/// The subject.
pub fn subject(alert: &Alert) -> String {
    format!("{PREFIX}{}", headline(alert, MOST - PREFIX.len(), true))
}

/// `BROKEN critical: order-sync → partner SFTP and 3 more`, no longer than `most`.
pub(crate) fn headline(alert: &Alert, most: usize, as_ascii: bool) -> String {
    let first = alert.paths.first();
    let word = match alert.kind {
        AlertKind::Broken if first.is_some_and(AlertPath::is_leak) => "OPEN",
        AlertKind::Broken => "BROKEN",
        AlertKind::Changed if alert.seen_again => "STILL BROKEN",
        AlertKind::Changed => "STILL BROKEN, CHANGED",
        AlertKind::Restored => "RESTORED",
        AlertKind::Blind => "BLIND",
        AlertKind::Reminder => "STILL BROKEN",
        AlertKind::Withdrawn => "WITHDRAWN",
    };
    let start = format!("{word} {}: ", severity_word(alert.severity()));
    let end = match alert.path_count() {
        0 | 1 => String::new(),
        number => format!(" and {} more", number - 1),
    };
    let name = first
        .map(|path| crate::text::clean(&path.result.name, 400))
        .unwrap_or_default();
    let name = if as_ascii { ascii(&name) } else { name };
    let room = most.saturating_sub(start.chars().count() + end.chars().count());
    let name = if name.chars().count() > room {
        let cut: String = name.chars().take(room.saturating_sub(3)).collect();
        format!("{}...", cut.trim_end())
    } else {
        name
    };
    format!("{start}{name}{end}")
}

/// The text in ASCII: arrows, dashes and quotes as they are typed, letters without their marks where they are common, `?`
/// for all else.
fn ascii(text: &str) -> String {
    let mut written = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            ' '..='~' => written.push(character),
            '→' | '⇒' | '➜' | '➔' => written.push_str("->"),
            '←' => written.push_str("<-"),
            '↔' => written.push_str("<->"),
            '–' | '—' | '‐' | '‑' | '−' => written.push('-'),
            '‘' | '’' | '‚' => written.push('\''),
            '“' | '”' | '„' => written.push('"'),
            '…' => written.push_str("..."),
            '\u{a0}' => written.push(' '),
            'ä' | 'à' | 'á' | 'â' | 'ã' | 'å' => written.push('a'),
            'ö' | 'ò' | 'ó' | 'ô' | 'õ' | 'ø' => written.push('o'),
            'ü' | 'ù' | 'ú' | 'û' => written.push('u'),
            'é' | 'è' | 'ê' | 'ë' => written.push('e'),
            'í' | 'ì' | 'î' | 'ï' => written.push('i'),
            'ç' => written.push('c'),
            'ñ' => written.push('n'),
            'ß' => written.push_str("ss"),
            'Ä' => written.push('A'),
            'Ö' => written.push('O'),
            'Ü' => written.push('U'),
            _ => written.push('?'),
        }
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_but_ascii() {
        assert_eq!(ascii("a → b – “c” größe 東京"), "a -> b - \"c\" grosse ??");
    }
}
