//! All that is remembered: the records, by the names of their paths.
//!
//! A change touches few paths of many. What tells the others apart lies close together, so that they are passed over without
//! a look at their records, which lie all over the memory.

use std::collections::{BTreeMap, btree_map};

use foldhash::HashSet;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::reach::Mask;

use super::record::{Record, State};
use super::selection::Reach;

/// Records by the names of their paths.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Records {
    all: BTreeMap<String, Record>,
    /// Of each of them.
    glances: BTreeMap<String, Glance>,
}

/// What a record is passed over by.
#[derive(Debug, Clone, PartialEq)]
struct Glance {
    /// What the last evaluation consulted.
    consulted: Mask,
    /// Whatever changes may touch it: it cannot be told, or its path left the file.
    always: bool,
}

impl Glance {
    fn of(record: &Record) -> Self {
        Self {
            consulted: record.dependencies.mask(),
            always: record.state == State::Blind || record.expires.is_some(),
        }
    }
}

impl Records {
    /// None.
    pub fn new() -> Self {
        Self::default()
    }

    /// Of a path.
    pub fn get(&self, name: &str) -> Option<&Record> {
        self.all.get(name)
    }

    /// In the order of the names.
    pub fn iter(&self) -> btree_map::Iter<'_, String, Record> {
        self.all.iter()
    }

    /// In the order of the names.
    pub fn values(&self) -> btree_map::Values<'_, String, Record> {
        self.all.values()
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// Remembers, in place of what was known of that path.
    pub fn insert(&mut self, name: String, record: Record) {
        self.glances.insert(name.clone(), Glance::of(&record));
        self.all.insert(name, record);
    }

    /// Forgets.
    pub fn remove(&mut self, name: &str) {
        self.glances.remove(name);
        self.all.remove(name);
    }

    /// The records that a change's reach is not told apart from at a glance. All that it touches are among them.
    pub fn near(&self, reach: &Reach) -> Near<'_> {
        let Some(must_have) = reach.must_have() else {
            return Near(None);
        };
        let near = self.glances.iter().filter(|(_, Glance { consulted, always })| {
            *always || must_have.iter().any(|mask| consulted.may_have(mask))
        });
        Near(Some(near.map(|(name, _)| name.as_str()).collect()))
    }
}

/// The records near a change, by their paths' names; `None`: all of them.
#[derive(Debug)]
pub struct Near<'a>(Option<HashSet<&'a str>>);

impl Near<'_> {
    /// Whether a path's record is among them.
    pub fn has(&self, name: &str) -> bool {
        self.0.as_ref().is_none_or(|names| names.contains(name))
    }
}

impl<'a> IntoIterator for &'a Records {
    type Item = (&'a String, &'a Record);
    type IntoIter = btree_map::Iter<'a, String, Record>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl FromIterator<(String, Record)> for Records {
    fn from_iter<I: IntoIterator<Item = (String, Record)>>(records: I) -> Self {
        let mut all = Self::new();
        for (name, record) in records {
            all.insert(name, record);
        }
        all
    }
}

impl Serialize for Records {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.all.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Records {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        BTreeMap::<String, Record>::deserialize(deserializer).map(Self::from_iter)
    }
}
