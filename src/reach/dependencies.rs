//! What a verdict rests on, as a walk gathers it.

use std::collections::BTreeSet;

use crate::network::id::ResourceId;

/// Every resource that was consulted, there or not. A walk consults the same few again and again, so that the last ones
/// are looked through before one is written down; what is still there twice goes when the set is made.
#[derive(Debug, Clone, Default)]
pub(crate) struct Dependencies(Vec<ResourceId>);

/// How many of the last ones are looked through.
const LAST: usize = 32;

impl Dependencies {
    /// One more.
    pub(crate) fn insert(&mut self, id: ResourceId) {
        if !self.0.iter().rev().take(LAST).any(|known| known.is_copy_of(&id)) {
            self.0.push(id);
        }
    }

    /// All of them, each once.
    pub(crate) fn into_set(self) -> BTreeSet<ResourceId> {
        self.0.into_iter().collect()
    }
}

impl Extend<ResourceId> for Dependencies {
    fn extend<I: IntoIterator<Item = ResourceId>>(&mut self, ids: I) {
        self.0.extend(ids);
    }
}

impl IntoIterator for Dependencies {
    type Item = ResourceId;
    type IntoIter = std::vec::IntoIter<ResourceId>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}
