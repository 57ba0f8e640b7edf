//! "Did you mean": the nearest of the words that would have been right.

/// The candidate that `word` is most likely a slip for, if any is near enough.
pub(crate) fn nearest<'c>(word: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    // A word of a novel is compared with nothing.
    if word.len() > 200 {
        return None;
    }
    let plain = plain(word);
    candidates
        .into_iter()
        .filter_map(|candidate| {
            let other = self::plain(candidate);
            let distance = strsim::damerau_levenshtein(&plain, &other);
            let allowed = plain.chars().count().max(other.chars().count()) / 3;
            let prefix = plain.len() >= 3 && other.starts_with(&plain);
            (distance <= allowed || prefix).then_some((distance, candidate))
        })
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// `did you mean …?`, if there is something near.
pub(super) fn did_you_mean<'c>(word: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<String> {
    nearest(word, candidates).map(|candidate| format!("did you mean `{candidate}`?"))
}

/// Case and separators are never what a person meant to change.
fn plain(word: &str) -> String {
    word.chars()
        .filter(|c| !matches!(c, '-' | '_' | ' '))
        .flat_map(char::to_lowercase)
        .collect()
}

/// Words as a sentence lists them: `a`, `b` or `c`.
pub(super) fn one_of<'w>(words: impl IntoIterator<Item = &'w str>) -> String {
    let words: Vec<String> = words.into_iter().map(|word| format!("`{word}`")).collect();
    match words.as_slice() {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::{nearest, one_of};

    #[test]
    fn a_slip_finds_its_word_and_a_strange_word_none() {
        let keys = ["source", "destination", "destinationPort", "protocol"];
        for (word, expected) in [
            ("sorce", Some("source")),
            ("destination_port", Some("destinationPort")),
            ("DestinationPort", Some("destinationPort")),
            ("destinationPorts", Some("destinationPort")),
            ("proto", Some("protocol")),
            ("dest", Some("destination")),
            ("colour", None),
            ("", None),
        ] {
            assert_eq!(nearest(word, keys), expected, "{word}");
        }
    }

    #[test]
    fn lists_read_as_a_sentence() {
        assert_eq!(one_of(["a"]), "`a`");
        assert_eq!(one_of(["a", "b", "c"]), "`a`, `b` or `c`");
    }
}
