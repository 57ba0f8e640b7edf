//! Other people's text made fit for columns: what [`crate::text`] does, with widths in place of lengths.

use unicode_width::UnicodeWidthStr;

use crate::text::visible;

/// The longest name that is shown, in columns. A path's own name may have 200 characters and is shown in full.
pub const NAME_COLUMNS: usize = 80;

/// The text on one line, without control characters, bidirectional controls and other invisible formatting.
pub fn clean(text: &str) -> String {
    let visible: String = text.chars().filter_map(visible).collect();
    visible.trim().to_owned()
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
            prop_assert!(clean(&text).chars().all(|c| visible(c) == Some(c)));
        }
    }
}
