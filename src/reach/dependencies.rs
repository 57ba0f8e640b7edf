//! What a verdict rests on.

use std::borrow::{Borrow, Cow};
use std::sync::Arc;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Deserializer, Serialize};

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
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Dependencies(Arc<[ResourceId]>);

impl Dependencies {
    /// In ascending order.
    pub fn iter(&self) -> std::slice::Iter<'_, ResourceId> {
        self.0.iter()
    }

    /// Whether it is among them.
    pub fn contains(&self, id: &str) -> bool {
        self.0.binary_search_by(|known| known.as_str().cmp(id)).is_ok()
    }
}

impl FromIterator<ResourceId> for Dependencies {
    fn from_iter<I: IntoIterator<Item = ResourceId>>(ids: I) -> Self {
        let mut ids: Vec<ResourceId> = ids.into_iter().collect();
        ids.sort_unstable();
        ids.dedup();
        Self(ids.into())
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

/// What was consulted so far. A walk consults the same few again and again, so that most copies of an id are passed
/// over; what is still there twice goes when [`Dependencies`] are made of it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Consulted {
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
        self.ids.push(id.into());
    }
}

impl Extend<ResourceId> for Consulted {
    fn extend<I: IntoIterator<Item = ResourceId>>(&mut self, ids: I) {
        self.ids.extend(ids);
    }
}

impl IntoIterator for Consulted {
    type Item = ResourceId;
    type IntoIter = std::vec::IntoIter<ResourceId>;

    fn into_iter(self) -> Self::IntoIter {
        self.ids.into_iter()
    }
}
