//! Text that somebody else wrote: names, tags, session names, user agents, error messages.
//!
//! It is data wherever it goes. Types keep it as it came; whatever is shown, logged or sent goes through [`clean`]
//! first. Escaping for a chat's markdown or a shell is another matter, and none of this module's.

/// The text on one line, without what could hide or forge something in a terminal, a log or a subject, and at most
/// `max` characters long (`…` included where it was cut).
///
/// Line breaks and tabs become spaces. Control characters, bidirectional controls, zero-width and other invisible
/// format characters go: anybody who may create a resource writes its tags (Unicode TR 36, "Bidirectional Text Spoofing").
pub fn clean(text: &str, max: usize) -> String {
    if max == 0 {
        return String::new();
    }
    let mut kept = String::with_capacity(text.len().min(max.saturating_mul(4)));
    let mut length = 0;
    let mut shown = text.chars().filter_map(visible).peekable();
    while let Some(character) = shown.next() {
        if length + 1 >= max && shown.peek().is_some() {
            kept.push('…');
            return kept;
        }
        kept.push(character);
        length += 1;
    }
    kept
}

/// Bytes in hexadecimal, two lower-case digits each.
pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    let nibbles = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    nibbles
        .filter_map(|nibble| char::from_digit(nibble.into(), 16))
        .collect()
}

/// The character as it may be shown, if at all. The joiners that Persian and emoji need (U+200C, U+200D) stay.
pub(crate) fn visible(character: char) -> Option<char> {
    match character {
        '\t' | '\n' | '\r' | '\u{0b}' | '\u{0c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => Some(' '),
        c if c.is_control() => None,
        // Soft hyphen, Arabic letter mark, Mongolian vowel separator.
        '\u{ad}' | '\u{61c}' | '\u{180e}' => None,
        // Zero-width characters and marks, embeddings and overrides, invisible operators, isolates.
        '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' => None,
        // Byte order mark, interlinear annotation, tags.
        '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}' => None,
        c => Some(c),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_could_forge_a_line_or_its_direction_is_gone() {
        assert_eq!(clean("jo\n[ok] all is well", 99), "jo [ok] all is well");
        assert_eq!(clean("\u{1b}[31mred\u{1b}[0m\u{7}", 99), "[31mred[0m");
        assert_eq!(
            clean("a\u{202e}gpj.exe\u{2066}\u{200b}b\u{feff}", 99),
            "agpj.exeb"
        );
        assert_eq!(clean("naïve 日本 ☂", 99), "naïve 日本 ☂");
    }

    #[test]
    fn it_is_cut_between_characters() {
        assert_eq!(clean("日本語", 3), "日本語");
        assert_eq!(clean("日本語です", 3), "日本…");
        assert_eq!(clean("abc", 1), "…");
        assert_eq!(clean("abc", 0), "");
        assert_eq!(clean("ab\u{0}\u{0}", 2), "ab");
    }

    proptest! {
        #[test]
        fn nothing_that_it_lets_pass_is_invisible_or_too_long(text in ".{0,80}", max in 0_usize..60) {
            let cleaned = clean(&text, max);
            prop_assert!(cleaned.chars().count() <= max);
            prop_assert!(cleaned.chars().all(|c| visible(c) == Some(c)));
            prop_assert_eq!(clean(&cleaned, max), cleaned.clone());
        }
    }
}
