//! Other people's text made safe to show: names, tags, descriptions.
//!
//! Anybody who may create a resource writes its tags. A control character in one could move the cursor or recolour a
//! terminal, a bidirectional one could make a line read as another (Unicode Technical Report 36, "Bidirectional Text
//! Spoofing").

use unicode_width::UnicodeWidthStr;

/// The longest name that is shown, in columns. A path's own name may have 200 characters and is shown in full.
pub const NAME_COLUMNS: usize = 80;

/// The text on one line, without control characters, bidirectional controls and other invisible formatting.
pub fn clean(text: &str) -> String {
    let visible = text.chars().filter_map(|c| match c {
        '\t' | '\n' | '\r' | '\u{2028}' | '\u{2029}' => Some(' '),
        c if is_hidden(c) => None,
        c => Some(c),
    });
    visible.collect::<String>().trim().to_owned()
}

/// [`clean`], and no wider than `columns`; what is cut off leaves an ellipsis.
pub fn clean_to(text: &str, columns: usize) -> String {
    cut(&clean(text), columns)
}

/// The text, no wider than `columns`; what is cut off leaves an ellipsis.
pub fn cut(text: &str, columns: usize) -> String {
    if text.width() <= columns {
        return text.to_owned();
    }
    let mut kept = String::new();
    // Combining characters have no width: their number is bounded apart.
    for c in text.chars().take(columns.saturating_mul(4)) {
        kept.push(c);
        if kept.width() + 1 > columns {
            kept.pop();
            break;
        }
    }
    format!("{}…", kept.trim_end())
}

/// Whether a character shows nothing of itself and changes how its neighbours show. The joiners that Persian and emoji
/// need (U+200C, U+200D) stay.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{061C}' | '\u{180E}' | '\u{200B}' | '\u{200E}' | '\u{200F}'
            | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}'
            | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn escape_sequences_lose_their_escape() {
        assert_eq!(clean("\u{1b}[31mred\u{1b}[0m"), "[31mred[0m");
        assert_eq!(clean("a\u{9b}2Jb"), "a2Jb");
    }

    #[test]
    fn bidirectional_controls_go_and_text_stays() {
        assert_eq!(clean("sg-\u{202e}evil\u{202c}\u{2066}x\u{2069}"), "sg-evilx");
        assert_eq!(clean("שלום → مرحبا"), "שלום → مرحبا");
    }

    #[test]
    fn lines_become_one() {
        assert_eq!(clean(" one\r\ntwo\u{2028}three\t"), "one  two three");
    }

    #[test]
    fn wide_characters_count_double() {
        assert_eq!(cut("東京データベース", 16), "東京データベース");
        assert_eq!(cut("東京データベース", 8), "東京デ…");
        assert_eq!(cut("abc", 2), "a…");
        assert_eq!(cut("abc", 0), "…");
    }

    proptest! {
        #[test]
        fn never_wider_than_asked(text in ".{0,60}", columns in 1usize..40) {
            prop_assert!(clean_to(&text, columns).width() <= columns, "{:?}", clean_to(&text, columns));
        }

        #[test]
        fn nothing_hidden_is_left(text in any::<String>()) {
            prop_assert!(!clean(&text).chars().any(is_hidden));
        }
    }
}
