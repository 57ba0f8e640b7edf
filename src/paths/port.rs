//! Ports as people write them: `22`, `"8000-8100"`, a list of both, `all`.

use std::fmt;
use std::ops::RangeInclusive;

use super::fields;
use super::model::PortSet;
use super::node::{Node, Value, excerpt};
use super::problem::{Problem, Problems, Wrong};

impl PortSet {
    /// The ports of the ranges, in order, what touches joined. `None`: there are none.
    pub fn of(ranges: impl IntoIterator<Item = RangeInclusive<u16>>) -> Option<Self> {
        let mut sorted: Vec<_> = ranges.into_iter().filter(|range| !range.is_empty()).collect();
        sorted.sort_by_key(|range| (*range.start(), *range.end()));
        let mut joined: Vec<RangeInclusive<u16>> = Vec::with_capacity(sorted.len());
        for range in sorted {
            match joined.last_mut() {
                Some(last) if u32::from(*range.start()) <= u32::from(*last.end()) + 1 => {
                    *last = *last.start()..=(*last.end()).max(*range.end());
                }
                _ => joined.push(range),
            }
        }
        (!joined.is_empty()).then_some(Self(joined))
    }

    /// What `all` means: 1–65535.
    pub fn all() -> Self {
        Self(vec![1..=u16::MAX])
    }
}

/// As it is written: `22, 8000-8100`.
impl fmt::Display for PortSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, range) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str(", ")?;
            }
            if range.start() == range.end() {
                write!(f, "{}", range.start())?;
            } else {
                write!(f, "{}-{}", range.start(), range.end())?;
            }
        }
        Ok(())
    }
}

/// The ports that a value of the file names.
pub(super) fn read(problems: &mut Problems, name: &'static str, node: &Node) -> Option<PortSet> {
    match &node.value {
        Value::Text(written) if written == "all" => Some(PortSet::all()),
        Value::List(_) => {
            let items = fields::list(problems, name, node, false)?;
            let mut ranges = Vec::with_capacity(items.len());
            for item in items {
                ranges.extend(item_range(problems, name, item));
            }
            if ranges.len() < items.len() {
                None
            } else {
                PortSet::of(ranges)
            }
        }
        _ => PortSet::of(item_range(problems, name, node)),
    }
}

/// One port that a value of the file names.
pub(super) fn read_one(problems: &mut Problems, name: &'static str, node: &Node) -> Option<u16> {
    let range = item_range(problems, name, node)?;
    if range.start() == range.end() {
        return Some(*range.start());
    }
    problems.error(Problem::at(node.place, format!("`{name}` is one port, not a range")).label("a range"));
    None
}

/// The ports of a command line's argument: as in the file, or several with commas between them.
pub(super) fn parse_argument(written: &str) -> Result<PortSet, Wrong> {
    if written == "all" {
        return Ok(PortSet::all());
    }
    let ranges: Vec<_> = written
        .split(',')
        .map(|item| range(item.trim()))
        .collect::<Result<_, _>>()?;
    PortSet::of(ranges).ok_or_else(|| Wrong::new("no port is named"))
}

fn item_range(problems: &mut Problems, name: &str, node: &Node) -> Option<RangeInclusive<u16>> {
    let parsed = match &node.value {
        Value::Text(written) => range(written),
        Value::Number(value) => number(node.spelling(problems.text()), *value).map(|port| port..=port),
        _ => {
            let told = node.describe(problems.text());
            Err(Wrong::new(format!(
                "a port is a number or a range such as \"8000-8100\", not {told}"
            )))
        }
    };
    match parsed {
        Ok(range) => Some(range),
        Err(wrong) => {
            problems.error(Problem::wrong(node.point(), name, wrong).label("not a port"));
            None
        }
    }
}

/// A number of the file: what YAML makes of `022` or `0x16` is not left to chance.
fn number(spelling: &str, value: Option<i128>) -> Result<u16, Wrong> {
    if spelling.bytes().all(|byte| byte.is_ascii_digit()) {
        return port(spelling);
    }
    match value {
        Some(value) if !(0..=65_535).contains(&value) => Err(outside(spelling)),
        Some(value) => Err(
            Wrong::new(format!("`{}` is not a port in decimal", excerpt(spelling)))
                .help(format!("write `{value}`")),
        ),
        None => Err(Wrong::new(format!(
            "`{}` is not a whole number",
            excerpt(spelling)
        ))),
    }
}

fn outside(written: &str) -> Wrong {
    Wrong::new(format!("`{}` is outside 0–65535", excerpt(written)))
}

/// One port, in decimal without leading zeros.
fn port(written: &str) -> Result<u16, Wrong> {
    let digits = !written.is_empty() && written.bytes().all(|byte| byte.is_ascii_digit());
    if !digits {
        return Err(Wrong::new(format!("`{}` is not a port", excerpt(written))));
    }
    if written.len() > 1 && written.starts_with('0') {
        let tidy = written.trim_start_matches('0');
        let tidy = if tidy.is_empty() { "0" } else { tidy };
        return Err(
            Wrong::new(format!("`{}` has a leading zero", excerpt(written))).help(format!("write `{tidy}`"))
        );
    }
    written.parse().map_err(|_| outside(written))
}

fn range(written: &str) -> Result<RangeInclusive<u16>, Wrong> {
    if written.bytes().all(|byte| byte.is_ascii_digit()) && !written.is_empty() {
        return port(written).map(|port| port..=port);
    }
    if let Some((from, to)) = written.split_once('-')
        && let (Ok(from), Ok(to)) = (port(from.trim_end_matches(' ')), port(to.trim_start_matches(' ')))
    {
        return ordered(from, to);
    }
    Err(not_ports(written))
}

/// A range whose ends are in order.
pub(super) fn ordered(from: u16, to: u16) -> Result<RangeInclusive<u16>, Wrong> {
    if from <= to {
        Ok(from..=to)
    } else {
        Err(Wrong::new(format!("`{from}-{to}` ends before it begins")).help(format!("write `{to}-{from}`")))
    }
}

fn not_ports(written: &str) -> Wrong {
    let wrong = Wrong::new(format!(
        "`{}` is neither a port nor a range of ports",
        excerpt(written)
    ));
    let dashed = written
        .replace("..=", "-")
        .replace("..", "-")
        .replace(['–', '—', ':'], "-")
        .replace(" to ", "-");
    if written == "all" {
        return Wrong::new("`all` stands alone, not in a list");
    }
    if dashed != written && range(&dashed).is_ok() {
        return wrong.help(format!("a range is written \"{}\"", dashed.replace(' ', "")));
    }
    if written.contains(',') && parse_argument(written).is_ok() {
        return wrong.help(format!("several are a list: `[{written}]`"));
    }
    if matches!(written, "*" | "any" | "ALL" | "All" | "-1") {
        return wrong.help("write `all`");
    }
    if let Some((from, to)) = written.split_once('-')
        && let (from, to) = (port(from.trim_end_matches(' ')), port(to.trim_start_matches(' ')))
        && let Some(inner) = [from, to].into_iter().find_map(Result::err)
        && inner.message.contains("outside")
    {
        return inner;
    }
    wrong.help("write one such as `22` or `\"8000-8100\"`, a list of them, or `all`")
}

#[cfg(test)]
mod tests {
    use super::{PortSet, parse_argument};
    use proptest::prelude::*;

    #[test]
    fn ranges_are_sorted_and_joined() {
        let set = PortSet::of([443..=443, 22..=23, 24..=30, 25..=26, 65535..=65535, 0..=0]);
        assert_eq!(set, Some(PortSet(vec![0..=0, 22..=30, 443..=443, 65535..=65535])));
        #[expect(clippy::reversed_empty_ranges, reason = "an empty range is what is tried")]
        let empty = 5..=4;
        assert_eq!(PortSet::of([empty]), None);
    }

    #[test]
    fn an_argument_names_ports_as_the_file_does() {
        for (written, expected) in [
            ("22", "22"),
            ("22,443", "22, 443"),
            ("443, 22", "22, 443"),
            ("8000-8100", "8000-8100"),
            ("all", "1-65535"),
            ("0-65535", "0-65535"),
        ] {
            assert_eq!(
                parse_argument(written).map(|set| set.to_string()),
                Ok(expected.to_owned()),
                "{written}"
            );
        }
    }

    #[test]
    fn what_is_no_port_is_told_with_what_was_meant() {
        for (written, message, help) in [
            ("65536", "`65536` is outside 0–65535", None),
            (
                "8100-8000",
                "`8100-8000` ends before it begins",
                Some("write `8000-8100`"),
            ),
            (
                "22:80",
                "`22:80` is neither a port nor a range of ports",
                Some("a range is written \"22-80\""),
            ),
            (
                "22–80",
                "`22–80` is neither a port nor a range of ports",
                Some("a range is written \"22-80\""),
            ),
            ("022", "`022` has a leading zero", Some("write `22`")),
            (
                "any",
                "`any` is neither a port nor a range of ports",
                Some("write `all`"),
            ),
            ("1-70000", "`70000` is outside 0–65535", None),
        ] {
            let wrong = parse_argument(written).unwrap_err();
            assert_eq!(
                (wrong.message.as_str(), wrong.help.as_deref()),
                (message, help),
                "{written}"
            );
        }
        for written in [
            "",
            "-",
            "1-",
            "-1-2",
            "1-2-3",
            "ssh",
            "٢٢",
            "+22",
            "99999999999999999999",
        ] {
            assert!(parse_argument(written).is_err(), "{written}");
        }
    }

    proptest! {
        #[test]
        fn a_set_holds_what_it_was_made_of(ranges in prop::collection::vec((any::<u16>(), 0u16..500), 0..12)) {
            let ranges: Vec<_> = ranges.iter().map(|(from, more)| *from..=from.saturating_add(*more)).collect();
            let set = PortSet::of(ranges.clone());
            let held = |port: u16| set.iter().flat_map(|set| &set.0).any(|range| range.contains(&port));
            for range in &ranges {
                for port in [*range.start(), *range.end(), range.start().wrapping_sub(1), range.end().wrapping_add(1)] {
                    prop_assert_eq!(held(port), ranges.iter().any(|range| range.contains(&port)));
                }
            }
            for pair in set.iter().flat_map(|set| set.0.windows(2)) {
                prop_assert!(u32::from(*pair[0].end()) + 1 < u32::from(*pair[1].start()));
            }
        }
    }
}
