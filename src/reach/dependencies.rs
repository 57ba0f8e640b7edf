//! What a verdict rests on.

use std::borrow::{Borrow, Cow};
use std::sync::Arc;

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
#[derive(Debug, Clone, Default)]
pub struct Dependencies {
    ids: Arc<[ResourceId]>,
    /// A bit for each in each of two masks: most of what is not among them is told by it, without looking at one of them.
    bits: [u128; 2],
}

impl Dependencies {
    /// In ascending order.
    pub fn iter(&self) -> std::slice::Iter<'_, ResourceId> {
        self.ids.iter()
    }

    /// Whether it is among them.
    pub fn contains(&self, id: &str) -> bool {
        let mut pairs = self.bits.iter().zip(bits(id));
        pairs.all(|(bits, bit)| bits & bit != 0)
            && (self.ids.binary_search_by(|known| known.as_str().cmp(id))).is_ok()
    }
}

/// Which bits stand for an id: told by its end, in which ids differ.
fn bits(id: &str) -> [u128; 2] {
    let end = id.as_bytes().last_chunk().copied();
    let end = end.map_or(id.len() as u64, u64::from_le_bytes);
    let mixed = end.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    [57, 50].map(|shift| 1 << (mixed >> shift & 127))
}

impl PartialEq for Dependencies {
    fn eq(&self, other: &Self) -> bool {
        self.ids == other.ids
    }
}

impl Eq for Dependencies {}

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
        Self {
            bits: ids.iter().fold([0, 0], |[a, b], id| {
                let [one, other] = bits(id.as_str());
                [a | one, b | other]
            }),
            ids: ids.into(),
        }
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
            }
        }
    }
}
