//! Suricata's expressions for addresses and ports: `any`, `10.0.0.0/8`, `$HOME_NET`, `![80, 8000:8080]`.
//!
//! <https://docs.suricata.io/en/latest/rules/intro.html#source-and-destination>

use super::bounds::{Bounds, Set};

/// How deep brackets and negations may stand in each other.
const DEEPEST: u8 = 8;

/// An expression, taken apart. What its words mean depends on whether it is about addresses or ports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Expression {
    Any,
    Word(String),
    Not(Box<Expression>),
    List(Vec<Expression>),
}

impl Expression {
    /// Takes a text apart. `None`: it is none of these.
    pub(super) fn parse(text: &str) -> Option<Self> {
        Self::parse_within(text, DEEPEST)
    }

    fn parse_within(text: &str, depth: u8) -> Option<Self> {
        let depth = depth.checked_sub(1)?;
        let text = text.trim();
        if let Some(rest) = text.strip_prefix('!') {
            return Some(Self::Not(Box::new(Self::parse_within(rest, depth)?)));
        }
        if let Some(rest) = text.strip_prefix('[') {
            let parts = elements(rest.strip_suffix(']')?)?;
            let parts = parts.into_iter().map(|part| Self::parse_within(part, depth));
            return parts.collect::<Option<Vec<_>>>().map(Self::List);
        }
        if text.eq_ignore_ascii_case("any") {
            return Some(Self::Any);
        }
        let odd = |c: char| c.is_whitespace() || matches!(c, ',' | '[' | ']' | '!');
        (!text.is_empty() && !text.contains(odd)).then(|| Self::Word(text.to_owned()))
    }

    /// What it stands for, with the meaning of its words.
    pub(super) fn bounds<S: Set>(&self, word: &dyn Fn(&str) -> Bounds<S>) -> Bounds<S> {
        match self {
            Self::Any => Bounds::everything(),
            Self::Word(text) => word(text),
            Self::Not(inner) => inner.bounds(word).inverted(),
            Self::List(parts) => {
                let mut wanted: Option<Bounds<S>> = None;
                let mut unwanted = Bounds::exactly(S::none());
                for part in parts {
                    match part {
                        Self::Not(inner) => unwanted = unwanted.or(&inner.bounds(word)),
                        part => {
                            let more = part.bounds(word);
                            wanted = Some(wanted.map_or_else(|| more.clone(), |so_far| so_far.or(&more)));
                        }
                    }
                }
                wanted.unwrap_or_else(Bounds::everything).without(&unwanted)
            }
        }
    }
}

/// The elements of a list, split at the commas that stand in no inner brackets.
fn elements(text: &str) -> Option<Vec<&str>> {
    let mut parts = Vec::new();
    let mut depth = 0_u32;
    let mut from = 0;
    for (at, c) in text.char_indices() {
        match c {
            '[' => depth += 1,
            ']' => depth = depth.checked_sub(1)?,
            ',' if depth == 0 => {
                parts.push(text.get(from..at)?);
                from = at + 1;
            }
            _ => {}
        }
    }
    parts.push(text.get(from..)?);
    (depth == 0).then_some(parts)
}

#[cfg(test)]
mod tests {
    use super::super::super::ranges::Ranges;
    use super::*;

    fn ports(text: &str) -> Option<Vec<(u16, u16)>> {
        let word = |word: &str| Bounds::exactly(Ranges::one(word.parse().unwrap()));
        let bounds = Expression::parse(text)?.bounds(&word);
        assert_eq!(bounds.sure, bounds.may);
        Some(bounds.sure.iter().collect())
    }

    #[test]
    fn lists_and_negations() {
        assert_eq!(ports("ANY"), Some(vec![(0, 65535)]));
        assert_eq!(ports("80"), Some(vec![(80, 80)]));
        assert_eq!(ports("!80"), Some(vec![(0, 79), (81, 65535)]));
        assert_eq!(ports("[80, 443]"), Some(vec![(80, 80), (443, 443)]));
        assert_eq!(ports("[!80,!443]"), Some(vec![(0, 79), (81, 442), (444, 65535)]));
        assert_eq!(ports("[any,![80,[81]]]"), Some(vec![(0, 79), (82, 65535)]));
        for odd in [
            "",
            "[",
            "[80",
            "80]",
            "80,81",
            "[80]]",
            "[]",
            "8 0",
            "!!!!!!!!!!!!80",
        ] {
            assert_eq!(ports(odd), None, "{odd}");
        }
        assert_eq!(Expression::parse(&"[".repeat(100_000)), None);
    }

    #[test]
    fn what_is_not_known_stays_unknown_however_it_is_turned() {
        let word = |_: &str| Bounds::<Ranges<u16>>::unknown();
        for text in ["$A", "!$A", "[$A, !$B]", "[![$A]]"] {
            let bounds = Expression::parse(text).unwrap().bounds(&word);
            assert_eq!(bounds, Bounds::unknown(), "{text}");
        }
    }
}
