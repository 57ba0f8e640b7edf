//! What a verdict rests on.

use std::borrow::{Borrow, Cow};
use std::hash::BuildHasher;
use std::sync::Arc;

use foldhash::fast::FixedState;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::network::id::ResourceId;

/// Every resource that a verdict rests on, there or not: sorted, each once. Copies share their ids.
///
/// # Example
///
/// ```
/// use hopwatch::network::id::ResourceId;
/// use hopwatch::reach::Dependencies;
///
/// let ids = ["subnet-0b", "acl-0a", "subnet-0b"].map(ResourceId::from);
/// let dependencies: Dependencies = ids.into_iter().collect();
/// assert!(dependencies.contains("acl-0a"));
/// assert_eq!(dependencies.iter().len(), 2);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Dependencies {
    ids: Arc<[ResourceId]>,
}

impl Dependencies {
    /// In ascending order.
    pub fn iter(&self) -> std::slice::Iter<'_, ResourceId> {
        self.ids.iter()
    }

    /// Whether it is among them.
    pub fn contains(&self, id: &str) -> bool {
        let found = self.ids.binary_search_by(|known| known.as_str().cmp(id));
        found.is_ok()
    }

    /// Which may be among them, at a glance.
    pub(crate) fn mask(&self) -> Mask {
        let all = self.iter().map(|id| Mask::of(id.as_str()));
        all.fold(Mask::default(), Mask::with)
    }
}

/// A bit for each of some ids in each of four words: of what is not among some thirty, all but one in 300 is told by it,
/// without looking at one of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Mask([u128; 4]);

impl Mask {
    /// Of one id.
    pub(crate) fn of(id: &str) -> Self {
        let mixed = FixedState::default().hash_one(id);
        Self([0, 7, 14, 21].map(|shift| 1 << (mixed >> shift & 127)))
    }

    fn with(self, Self([e, f, g, h]): Self) -> Self {
        let Self([a, b, c, d]) = self;
        Self([a | e, b | f, c | g, d | h])
    }

    /// Whether all that another is of may be among what this is of.
    pub(crate) fn may_have(&self, other: &Self) -> bool {
        self.0.iter().zip(other.0).all(|(word, bit)| word & bit == bit)
    }
}

impl Serialize for Dependencies {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.ids.serialize(serializer)
    }
}

impl FromIterator<ResourceId> for Dependencies {
    fn from_iter<I: IntoIterator<Item = ResourceId>>(ids: I) -> Self {
        let mut ids: Vec<ResourceId> = ids.into_iter().collect();
        ids.sort_unstable();
        ids.dedup();
        Self { ids: ids.into() }
    }
}

impl<'a> IntoIterator for &'a Dependencies {
    type Item = &'a ResourceId;
    type IntoIter = std::slice::Iter<'a, ResourceId>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<'de> Deserialize<'de> for Dependencies {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Vec::deserialize(deserializer).map(Self::from_iter)
    }
}

impl JsonSchema for Dependencies {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Dependencies".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        std::collections::BTreeSet::<ResourceId>::json_schema(generator)
    }
}

/// What was consulted, in no order, some of it more than once. A walk consults the same few again and again,
/// so that most copies of an id are passed over; the others go when [`Dependencies`] are made of it.
#[derive(Debug, Clone, Default)]
pub struct Consulted {
    ids: Vec<ResourceId>,
    /// Where the id that was written down last is, by where its text lies.
    recent: [u16; RECENT],
}

/// How many are found again at once.
const RECENT: usize = 32;

impl Consulted {
    /// One more.
    pub(crate) fn insert<I: Borrow<str> + ?Sized>(&mut self, id: &I)
    where
        for<'a> ResourceId: From<&'a I>,
    {
        let text = id.borrow();
        if let Some(slot) = self.recent.get_mut(text.as_ptr().addr() / 32 % RECENT) {
            let known = self.ids.get(usize::from(*slot)).map(ResourceId::as_str);
            if known.is_some_and(|known| std::ptr::eq(known, text)) {
                return;
            }
            *slot = u16::try_from(self.ids.len()).unwrap_or(u16::MAX);
        }
        // Few walks consult more.
        if self.ids.is_empty() {
            self.ids.reserve(RECENT);
        }
        self.ids.push(id.into());
    }

    /// More.
    pub(crate) fn extend(&mut self, ids: impl IntoIterator<Item = ResourceId>) {
        self.ids.extend(ids);
    }

    /// What another walk consulted, too.
    pub(crate) fn absorb(&mut self, mut other: Self) {
        if self.ids.len() < other.ids.len() {
            std::mem::swap(self, &mut other);
        }
        self.ids.append(&mut other.ids);
    }
}

impl<'a> IntoIterator for &'a Consulted {
    type Item = &'a ResourceId;
    type IntoIter = std::slice::Iter<'a, ResourceId>;

    fn into_iter(self) -> Self::IntoIter {
        self.ids.iter()
    }
}

impl From<&Consulted> for Dependencies {
    fn from(consulted: &Consulted) -> Self {
        consulted.ids.iter().cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn they_are_the_set_of_what_was_consulted(
            consulted in prop::collection::vec("(eni|sg)?-[0-3]{0,9}", 0..40),
            others in prop::collection::vec("(eni|sg)?-[0-3]{0,9}", 0..40),
        ) {
            let mut gathered = Consulted::default();
            for id in &consulted {
                gathered.insert(&ResourceId::from(id.as_str()));
            }
            let dependencies = Dependencies::from(&gathered);
            let set: BTreeSet<&str> = consulted.iter().map(String::as_str).collect();
            prop_assert!(dependencies.iter().map(ResourceId::as_str).eq(set.iter().copied()));
            for id in consulted.iter().chain(&others) {
                prop_assert_eq!(dependencies.contains(id), set.contains(id.as_str()));
                prop_assert!(dependencies.mask().may_have(&Mask::of(id)) || !set.contains(id.as_str()));
            }
        }
    }
}
