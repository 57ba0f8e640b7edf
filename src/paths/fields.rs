//! The keys of one map of the file, and single values under them.
//!
//! Every problem is noted and reading goes on, so that a file's problems are all told at once. What was given but
//! cannot be taken is [`Given::Bad`], so that nobody calls it missing on top.

use std::collections::BTreeMap;

use super::node::{Node, Place, Value, excerpt};
use super::problem::{Problem, Problems, Wrong};
use super::suggestion::{did_you_mean, one_of};

const MOST_PATHS: usize = 10_000;
const MOST_ITEMS: usize = 1_000;
/// As many tags as AWS lets a resource have.
const MOST_ENTRIES: usize = 50;
const LONGEST_TEXT: usize = 2_000;

/// What a key says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Given<T> {
    /// The key is not there.
    #[default]
    Absent,
    /// It is there, and wrong; that has been told.
    Bad,
    /// Its value, and where it stands.
    Is(T, Place),
}

impl<T> Given<T> {
    pub(super) fn is_absent(&self) -> bool {
        matches!(self, Self::Absent)
    }

    /// This, or what stands in where it is absent.
    pub(super) fn or(self, other: Self) -> Self {
        if self.is_absent() { other } else { self }
    }

    pub(super) fn value(self) -> Option<T> {
        match self {
            Self::Is(value, _) => Some(value),
            Self::Absent | Self::Bad => None,
        }
    }

    pub(super) fn get(&self) -> Option<&T> {
        match self {
            Self::Is(value, _) => Some(value),
            Self::Absent | Self::Bad => None,
        }
    }

    pub(super) fn place(&self) -> Option<Place> {
        match self {
            Self::Is(_, place) => Some(*place),
            Self::Absent | Self::Bad => None,
        }
    }
}

/// The keys that a map may have.
#[derive(Debug)]
pub(super) struct Known {
    /// What the map is, for messages: `a path`.
    pub(super) what: &'static str,
    /// Its keys.
    pub(super) keys: &'static [&'static str],
    /// What people write instead, and what they mean.
    pub(super) slips: &'static [&'static [Slip]],
}

/// What somebody may write, and what to tell them.
pub(super) type Slip = (&'static str, &'static str);

/// A key with its value.
#[derive(Debug, Clone, Copy)]
pub(super) struct Field<'n> {
    pub(super) key: Place,
    pub(super) value: &'n Node,
}

/// A map whose keys are known ones, each once.
#[derive(Debug)]
pub(super) struct Fields<'n> {
    /// Where the map stands.
    pub(super) place: Place,
    entries: BTreeMap<&'n str, Field<'n>>,
    has_unknown: bool,
}

impl<'n> Fields<'n> {
    /// The keys of `node`, unless it is no map. Unknown, repeated and empty keys are noted and left out.
    pub(super) fn of(problems: &mut Problems, node: &'n Node, known: &Known) -> Option<Self> {
        let Value::Map(pairs) = &node.value else {
            let told = node.describe(problems.text());
            problems.error(
                Problem::at(
                    node.point(),
                    format!("{} is a map of keys and values, not {told}", known.what),
                )
                .label("not a map")
                .help(format!("its keys are {}", one_of(known.keys.iter().copied()))),
            );
            return None;
        };
        let mut fields = Self {
            place: node.point(),
            entries: BTreeMap::new(),
            has_unknown: false,
        };
        for (key, value) in pairs {
            let Some(name) = key_text(problems, key) else {
                fields.has_unknown = true;
                continue;
            };
            if !known.keys.contains(&name) {
                problems.error(unknown_key(key, name, known));
                fields.has_unknown = true;
                continue;
            }
            fields.add(
                problems,
                name,
                Field {
                    key: key.place,
                    value,
                },
            );
        }
        Some(fields)
    }

    fn add(&mut self, problems: &mut Problems, name: &'n str, field: Field<'n>) {
        if let Some(first) = self.entries.get(name) {
            problems.error(twice(field.key, first.key, name));
            return;
        }
        if matches!(field.value.value, Value::Null) {
            problems.error(no_value(field.key, name));
        }
        self.entries.insert(name, field);
    }

    /// The key and its value; one without a value counts as bad, not as absent.
    pub(super) fn field(&self, name: &str) -> Option<Field<'n>> {
        self.entries.get(name).copied()
    }

    /// Whether the key is there at all.
    pub(super) fn has(&self, name: &str) -> bool {
        self.entries.contains_key(name)
    }

    /// Whether there are keys that nobody knows: one of them may be what seems to be missing.
    pub(super) fn has_unknown(&self) -> bool {
        self.has_unknown
    }

    /// Reads the value of a key, where there is one.
    pub(super) fn read<T>(
        &self,
        problems: &mut Problems,
        name: &'static str,
        read: impl FnOnce(&mut Problems, &'static str, &'n Node) -> Option<T>,
    ) -> Given<T> {
        let Some(Field { value, .. }) = self.field(name) else {
            return Given::Absent;
        };
        if matches!(value.value, Value::Null) {
            return Given::Bad;
        }
        match read(problems, name, value) {
            Some(read) => Given::Is(read, value.point()),
            None => Given::Bad,
        }
    }

    /// Reads the value of a key that is text, and takes its form to pieces by `parse`.
    pub(super) fn parse<T>(
        &self,
        problems: &mut Problems,
        name: &'static str,
        parse: impl FnOnce(&str) -> Result<T, Wrong>,
    ) -> Given<T> {
        self.read(problems, name, |problems, name, node| {
            let spelling = node.spelling(problems.text());
            let parsed = match &node.value {
                Value::Text(_) => parse(text(problems, name, node)?),
                // Quotes alone would not make `90` a duration.
                Value::Number(_) => match parse(spelling) {
                    Err(wrong) => Err(wrong),
                    Ok(_) => return text(problems, name, node).and(None),
                },
                _ => return text(problems, name, node).and(None),
            };
            match parsed {
                Ok(value) => Some(value),
                Err(wrong) => {
                    problems.error(Problem::wrong(node.place, name, wrong));
                    None
                }
            }
        })
    }
}

/// The text of a key, if it is text.
pub(super) fn key_text<'n>(problems: &mut Problems, key: &'n Node) -> Option<&'n str> {
    if let Value::Text(name) = &key.value {
        return Some(name);
    }
    let told = key.describe(problems.text());
    let spelling = key.spelling(problems.text());
    let help = match key.value {
        Value::List(_) | Value::Map(_) => "a key is plain text".to_owned(),
        _ => format!("write it in quotes: \"{}\"", excerpt(spelling)),
    };
    problems.error(
        Problem::at(key.point(), format!("a key is text, not {told}"))
            .label("not text")
            .help(help),
    );
    None
}

fn no_value(key: Place, name: &str) -> Problem {
    let help = match name {
        "paths" => "write `paths: []` if there are none yet",
        _ => "give it one (an empty text is \"\"), or leave the key out",
    };
    Problem::at(key, format!("`{}` has no value", excerpt(name)))
        .label("nothing follows")
        .help(help)
}

/// A key that stands twice in one map.
pub(super) fn twice(second: Place, first: Place, name: &str) -> Problem {
    Problem::at(
        second,
        format!(
            "`{name}` is given twice, in lines {} and {}",
            first.line, second.line
        ),
    )
    .label("again here")
    .also(first, "first here")
    .help("keep one of them")
}

fn unknown_key(key: &Node, name: &str, known: &Known) -> Problem {
    let slip = known
        .slips
        .iter()
        .copied()
        .flatten()
        .find(|(slip, _)| slip.eq_ignore_ascii_case(name))
        .map(|(_, meant)| (*meant).to_owned());
    let help = slip
        .or_else(|| did_you_mean(name, known.keys.iter().copied()))
        .unwrap_or_else(|| format!("its keys are {}", one_of(known.keys.iter().copied())));
    Problem::at(
        key.place,
        format!("`{}` is no key of {}", excerpt(name), known.what),
    )
    .label("unknown key")
    .help(help)
}

/// A value that is text.
pub(super) fn text<'n>(problems: &mut Problems, name: &str, node: &'n Node) -> Option<&'n str> {
    if let Value::Text(written) = &node.value {
        if written.chars().nth(LONGEST_TEXT).is_none() {
            return Some(written);
        }
        problems.error(
            Problem::at(
                node.place,
                format!("`{}` is longer than {LONGEST_TEXT} characters", excerpt(name)),
            )
            .label("too long"),
        );
        return None;
    }
    let told = node.describe(problems.text());
    let mut problem = Problem::at(node.point(), format!("`{name}` is text, not {told}")).label("not text");
    if matches!(node.value, Value::Bool(_) | Value::Number(_)) {
        problem = problem.help(format!(
            "write it in quotes: \"{}\"",
            node.spelling(problems.text())
        ));
    }
    problems.error(problem);
    None
}

/// Without the space before and after it. U+FEFF is space to JSON schemas, and to the eye.
pub(super) fn trimmed(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}')
}

/// A value that is text and says something.
pub(super) fn some_text(problems: &mut Problems, name: &'static str, node: &Node) -> Option<String> {
    let written = text(problems, name, node)?;
    if trimmed(written).is_empty() {
        problems.error(
            Problem::at(node.place, format!("`{name}` is empty"))
                .label("says nothing")
                .help("give it a value, or leave the key out"),
        );
        return None;
    }
    Some(written.to_owned())
}

/// A value that is `true` or `false`.
pub(super) fn truth(problems: &mut Problems, name: &'static str, node: &Node) -> Option<bool> {
    if let Value::Bool(value) = node.value {
        return Some(value);
    }
    let told = node.describe(problems.text());
    problems.error(
        Problem::at(node.point(), format!("`{name}` is `true` or `false`, not {told}")).label("neither"),
    );
    None
}

/// The items of a value that is a list, of one item at least where `empty` does not allow none.
pub(super) fn list<'n>(
    problems: &mut Problems,
    name: &str,
    node: &'n Node,
    empty: bool,
) -> Option<&'n [Node]> {
    match &node.value {
        Value::List(items) if items.is_empty() && !empty => {
            problems.error(
                Problem::at(node.place, format!("`{name}` is an empty list"))
                    .label("nothing in it")
                    .help("name one at least, or leave the key out"),
            );
            None
        }
        Value::List(items) if items.len() > most_items(name) => {
            problems.error(
                Problem::at(
                    node.point(),
                    format!("`{name}` has {} items, {} at most", items.len(), most_items(name)),
                )
                .label("too long a list"),
            );
            None
        }
        Value::List(items) => Some(items),
        _ => {
            let told = node.describe(problems.text());
            let spelling = node.spelling(problems.text());
            let mut problem =
                Problem::at(node.point(), format!("`{name}` is a list, not {told}")).label("not a list");
            if !matches!(node.value, Value::Map(_)) {
                problem = problem.help(format!("write `{name}: [{}]`", excerpt(spelling)));
            }
            problems.error(problem);
            None
        }
    }
}

/// Lists are copied into every path that shares them: together these bound what a file of four megabytes can become.
fn most_items(name: &str) -> usize {
    if name == "paths" { MOST_PATHS } else { MOST_ITEMS }
}

/// Each item of a list as text, taken to pieces by `parse`. `None` if the list or one of its items is wrong.
pub(super) fn each<T>(
    problems: &mut Problems,
    name: &str,
    node: &Node,
    parse: impl Fn(&str) -> Result<T, Wrong>,
) -> Option<Vec<T>> {
    let items = list(problems, name, node, false)?;
    let mut read = Vec::with_capacity(items.len());
    for item in items {
        let Some(written) = text(problems, name, item) else {
            continue;
        };
        match parse(written) {
            Ok(value) => read.push(value),
            Err(wrong) => problems.error(Problem::wrong(item.place, name, wrong)),
        }
    }
    (read.len() == items.len()).then_some(read)
}

/// One text, or a list of them, each taken to pieces by `parse`.
pub(super) fn one_or_each<T>(
    problems: &mut Problems,
    name: &str,
    node: &Node,
    parse: impl Fn(&str) -> Result<T, Wrong>,
) -> Option<Vec<T>> {
    if matches!(node.value, Value::List(_)) {
        return each(problems, name, node, parse);
    }
    let written = text(problems, name, node)?;
    match parse(written) {
        Ok(value) => Some(vec![value]),
        Err(wrong) => {
            problems.error(Problem::wrong(node.place, name, wrong));
            None
        }
    }
}

/// The entries of a map whose keys people choose, each with its value taken to pieces by `read`. `None` if one is wrong.
pub(super) fn entries<T>(
    problems: &mut Problems,
    node: &Node,
    wrong: Wrong,
    read: impl Fn(&mut Problems, &str, &Node) -> Option<T>,
) -> Option<BTreeMap<String, T>> {
    let Value::Map(pairs) = &node.value else {
        problems.error(
            Problem::at(node.point(), wrong.message)
                .label("not a map")
                .maybe_help(wrong.help),
        );
        return None;
    };
    if pairs.len() > MOST_ENTRIES {
        problems.error(
            Problem::at(
                node.point(),
                format!("a map of {} entries, {MOST_ENTRIES} at most", pairs.len()),
            )
            .label("too many"),
        );
        return None;
    }
    let mut entries = BTreeMap::new();
    let mut places: BTreeMap<&str, Place> = BTreeMap::new();
    let mut good = true;
    for (key, value) in pairs {
        let Some(name) = key_text(problems, key) else {
            good = false;
            continue;
        };
        if let Some(first) = places.get(name) {
            problems.error(twice(key.place, *first, name));
            good = false;
            continue;
        }
        places.insert(name, key.place);
        if matches!(value.value, Value::Null) {
            problems.error(no_value(key.place, name));
            good = false;
        } else if let Some(value) = read(problems, name, value) {
            entries.insert(name.to_owned(), value);
        } else {
            good = false;
        }
    }
    good.then_some(entries)
}

/// One word of several.
pub(super) fn word<T: Copy>(written: &str, words: &[(&'static str, T)]) -> Result<T, Wrong> {
    if let Some((_, value)) = words.iter().find(|(word, _)| *word == written) {
        return Ok(*value);
    }
    let all = || words.iter().map(|(word, _)| *word);
    Err(
        Wrong::new(format!("`{}` is not {}", excerpt(written), one_of(all())))
            .maybe_help(did_you_mean(written, all())),
    )
}
