//! Nothing that anybody writes makes reading panic, and a problem can always be shown.

use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::corpus::{invalid, valid};
use super::rendered;
use super::schema::{json, validator};
use crate::paths::{PathFileErrors, read};

static VALIDATOR: std::sync::LazyLock<jsonschema::Validator> = std::sync::LazyLock::new(validator);

/// Pieces that mean something somewhere.
const PIECES: &[&str] = &[
    "\t",
    " ",
    "\n",
    "\r",
    "\r\n",
    ":",
    ": ",
    "-",
    "- ",
    "[",
    "]",
    "{",
    "}",
    ",",
    "\"",
    "'",
    "#",
    "&a ",
    "*a",
    "<<: *a\n",
    "!Ref ",
    "---\n",
    "...\n",
    "|\n",
    ">-\n  ",
    "?",
    "@",
    "%",
    "`",
    "~",
    "null",
    "yes",
    "true",
    "off",
    "0",
    "-1",
    "022",
    "0x16",
    "22:80",
    "1e999",
    ".nan",
    "99999999999999999999",
    "all",
    "internet",
    "10.0.0.1/8",
    "::ffff:10.0.0.1",
    "eni-",
    "tgw-attach-",
    "arn:",
    "arn:aws:lambda:eu-west-1:111122223333:function:x:y:z",
    "{ tag: {} }",
    "$LATEST",
    "9999999999d",
    "1d1d",
    "0 0 31 2 *",
    "*/0 * * * *",
    "* * * * 7-7",
    "Europe/Berlin",
    "2030-13-01T00:00:00Z",
    "0000-01-01T00:00:00Z",
    "é",
    "→",
    "\u{feff}",
    "\u{0}",
    "\u{202e}",
    "\u{2028}",
    "\u{85}",
    "🦀",
];

fn corpus() -> Vec<String> {
    let invalid = invalid()
        .into_iter()
        .flat_map(|(_, files)| files)
        .map(|file| file.text);
    valid().into_iter().map(|(_, text)| text).chain(invalid).collect()
}

/// Reads, and shows whatever is wrong.
fn read_and_show(text: &str) {
    let now = Some("2027-01-01T00:00:00Z".parse().unwrap());
    match read(text, "hopwatch.yaml", now) {
        Ok(read) => {
            rendered(&read.warnings);
            for path in &read.file.paths {
                path.definition_hash();
            }
            let _ = read
                .check_allowed(Some(&[]), Some(&[]))
                .map_err(|errors| show(&errors));
        }
        Err(errors) => show(&errors),
    }
}

fn show(errors: &PathFileErrors) {
    assert!(!errors.problems().is_empty());
    let shown = rendered(errors.problems());
    assert!(!shown.contains("Failed to read contents"), "{shown}");
}

#[derive(Debug, Clone)]
enum Change {
    Insert(Index, String),
    Delete(Index, usize),
    Repeat(Index, usize),
    SwapLines(Index, Index),
    DropLine(Index),
    RepeatLine(Index),
}

fn change() -> impl Strategy<Value = Change> {
    let piece = prop_oneof![
        select(PIECES).prop_map(str::to_owned),
        any::<char>().prop_map(String::from),
        select(PIECES).prop_map(|piece| piece.repeat(40)),
    ];
    prop_oneof![
        (any::<Index>(), piece).prop_map(|(at, piece)| Change::Insert(at, piece)),
        (any::<Index>(), 1usize..20).prop_map(|(at, len)| Change::Delete(at, len)),
        (any::<Index>(), 1usize..60).prop_map(|(at, len)| Change::Repeat(at, len)),
        (any::<Index>(), any::<Index>()).prop_map(|(one, other)| Change::SwapLines(one, other)),
        any::<Index>().prop_map(Change::DropLine),
        any::<Index>().prop_map(Change::RepeatLine),
    ]
}

fn changed(text: String, change: &Change) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    let place = |at: &Index| at.index(chars.len() + 1);
    match change {
        Change::Insert(at, piece) => {
            let at = place(at);
            chars.splice(at..at, piece.chars());
        }
        Change::Delete(at, len) => {
            let at = place(at);
            chars.drain(at..(at + len).min(chars.len()));
        }
        Change::Repeat(at, len) => {
            let at = place(at);
            let part: Vec<char> = chars[at..(at + len).min(chars.len())].to_vec();
            chars.splice(at..at, part);
        }
        Change::SwapLines(..) | Change::DropLine(_) | Change::RepeatLine(_) => {
            let mut lines: Vec<&str> = text.split('\n').collect();
            match change {
                Change::SwapLines(one, other) => {
                    let (one, other) = (one.index(lines.len()), other.index(lines.len()));
                    lines.swap(one, other);
                }
                Change::DropLine(at) => {
                    lines.remove(at.index(lines.len()));
                }
                Change::RepeatLine(at) => {
                    let at = at.index(lines.len());
                    lines.insert(at, lines[at]);
                }
                _ => {}
            }
            return lines.join("\n");
        }
    }
    chars.into_iter().collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_read_or_refused(text in any::<String>()) {
        read_and_show(&text);
    }

    #[test]
    fn any_pieces_are_read_or_refused(pieces in prop::collection::vec(select(PIECES), 0..40)) {
        read_and_show(&pieces.concat());
        read_and_show(&super::with(&pieces.concat()));
        read_and_show(&super::between(&pieces.concat(), "10.0.0.1"));
    }

    #[test]
    fn changed_files_are_read_or_refused(
        text in select(corpus()),
        changes in prop::collection::vec(change(), 1..6),
        one_line in any::<bool>(),
    ) {
        let text = changes.iter().fold(text, changed);
        read_and_show(&text);
        if one_line {
            read_and_show(&text.replace('\n', " "));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    /// An editor must not complain of what is valid.
    #[test]
    fn changed_files_that_are_taken_fit_the_schema(
        text in select(valid().into_iter().map(|(_, text)| text).collect::<Vec<_>>()),
        changes in prop::collection::vec(change(), 0..3),
    ) {
        let text = changes.iter().fold(text, changed);
        if read(&text, "hopwatch.yaml", None).is_ok()
            && let Some(value) = json(&text)
        {
            let told: Vec<_> = VALIDATOR.iter_errors(&value).map(|error| error.to_string()).collect();
            prop_assert!(told.is_empty(), "{}\n{}", told.join("\n"), text);
        }
    }
}

/// A long line around whatever is wrong: that part of showing has code of its own.
#[test]
fn long_lines_are_shown() {
    for text in corpus() {
        let padding = format!("{}é", "x".repeat(1_500));
        read_and_show(
            &text
                .replace("version: 1\n", &format!("# {padding}\nversion: 1 # {padding}\n"))
                .replace("name: ", &format!("name: {padding}")),
        );
        read_and_show(&text.replace(" }", &format!(" }} # {padding}")));
    }
}
