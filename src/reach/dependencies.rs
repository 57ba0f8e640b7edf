//! What a verdict rests on, as a walk gathers it.

use std::collections::BTreeSet;

use crate::network::id::ResourceId;

/// Every resource that was consulted, there or not. A walk consults the same few again and again, so that most copies of
/// an id are passed over; what is still there twice goes when the set is made.
#[derive(Debug, Clone, Default)]
pub(crate) struct Dependencies {
    ids: Vec<ResourceId>,
    /// Where the id that was written down last is, by where its text lies.
    recent: [u16; RECENT],
}

/// How many are found again at once.
const RECENT: usize = 32;

impl Dependencies {
    /// One more.
    pub(crate) fn insert(&mut self, id: ResourceId) {
        let slot = self.recent.get_mut(id.as_str().as_ptr().addr() / 32 % RECENT);
        if let Some(slot) = slot {
            if (self.ids.get(usize::from(*slot))).is_some_and(|known| known.is_copy_of(&id)) {
                return;
            }
            *slot = u16::try_from(self.ids.len()).unwrap_or(u16::MAX);
        }
        self.ids.push(id);
    }

    /// All of them, each once.
    pub(crate) fn into_set(self) -> BTreeSet<ResourceId> {
        self.ids.into_iter().collect()
    }
}

impl Extend<ResourceId> for Dependencies {
    fn extend<I: IntoIterator<Item = ResourceId>>(&mut self, ids: I) {
        self.ids.extend(ids);
    }
}

impl IntoIterator for Dependencies {
    type Item = ResourceId;
    type IntoIter = std::vec::IntoIter<ResourceId>;

    fn into_iter(self) -> Self::IntoIter {
        self.ids.into_iter()
    }
}
