//! Which resources carry a tag: so that a path whose end is named by tags does not read those of every resource.

use foldhash::{HashMap, HashMapExt};

use crate::network::tag::Tag;
use crate::paths::model::TagSelector;

/// The resources of one kind by their tags.
#[derive(Debug)]
pub(crate) struct Tagged<I> {
    /// Key → value → who carries it.
    carriers: HashMap<String, HashMap<String, Vec<I>>>,
    all: Vec<I>,
}

impl<I: Clone> Tagged<I> {
    pub(crate) fn new<'s>(rows: impl Iterator<Item = (&'s I, &'s [Tag])>) -> Self
    where
        I: 's,
    {
        let (mut carriers, mut all) = (HashMap::<String, HashMap<String, Vec<I>>>::new(), Vec::new());
        for (id, tags) in rows {
            all.push(id.clone());
            for tag in tags {
                let values = carriers.entry(tag.key.clone()).or_default();
                values.entry(tag.value.clone()).or_default().push(id.clone());
            }
        }
        Self { carriers, all }
    }

    /// All that fit a selector are among them: those that carry the rarest of its tags.
    pub(crate) fn candidates(&self, selector: &TagSelector) -> Vec<&I> {
        let lists = selector.tags.iter().map(|(key, values)| -> Vec<&Vec<I>> {
            let Some(known) = self.carriers.get(key) else {
                return Vec::new();
            };
            match values.as_slice() {
                [] => known.values().collect(),
                values => values.iter().filter_map(|value| known.get(value)).collect(),
            }
        });
        let fewest = lists.min_by_key(|lists| lists.iter().map(|list| list.len()).sum::<usize>());
        match fewest {
            Some(lists) => lists.into_iter().flatten().collect(),
            None => self.all.iter().collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn whatever_fits_is_among_the_candidates(
            rows in proptest::collection::vec(proptest::collection::btree_map(0u8..3, 0u8..3, 0..3), 0..12),
            asked in proptest::collection::btree_map(0u8..4, proptest::collection::vec(0u8..4, 0..3), 0..3),
        ) {
            let text = |number: &u8| number.to_string();
            let rows: Vec<Vec<Tag>> = (rows.iter())
                .map(|tags| tags.iter().map(|(key, value)| Tag { key: text(key), value: text(value) }).collect())
                .collect();
            let tags = asked.iter().map(|(key, values)| (text(key), values.iter().map(text).collect())).collect();
            let selector = TagSelector { tags, kind: None };
            let ids: Vec<usize> = (0..rows.len()).collect();
            let tagged = Tagged::new(ids.iter().zip(rows.iter().map(Vec::as_slice)));
            let candidates = tagged.candidates(&selector);
            for (id, tags) in rows.iter().enumerate() {
                prop_assert!(!selector.fits(tags) || candidates.contains(&&id));
            }
            prop_assert!(selector.tags.len() != 1 || candidates.iter().all(|id| selector.fits(&rows[**id])));
        }
    }
}
