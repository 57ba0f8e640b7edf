//! The rule sets of last good traces, each in an item of its own: paths over the same rules refer to the same items, where
//! a record with all of its own would have tens of kilobytes.
//!
//! | attribute | type | what |
//! |---|---|---|
//! | `pk` | S, the partition key | `rules#`, the resource's id, `#` and a hash of what it holds |
//! | `rules` | S | JSON as `aws ec2 describe-*` prints it |
//! | `written` | S | when |
//!
//! An item is written before the first record that refers to it, and never changed. One that no record refers to any more
//! is deleted by a later run. If that run is too late to know of a record that has just come to refer to it, the record is
//! read without its last good trace, which the next look at its path makes anew.

use std::collections::{BTreeMap, HashMap, HashSet};

use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};

use crate::monitor::{Record, RuleSet, RuleSets};
use crate::network::id::ResourceId;
use crate::text::hexadecimal;

/// How the keys of these items begin.
pub(super) const RULES: &str = "rules#";

/// How long one that nothing refers to is spared: longer than any run that may be about to.
const SPARED: SignedDuration = SignedDuration::from_hours(1);

/// How much of the hash is in a key.
const DIGITS: usize = 16;

/// The items of a table, as they were read.
#[derive(Debug, Default)]
pub(super) struct RuleItems(HashMap<String, RuleItem>);

#[derive(Debug)]
struct RuleItem {
    set: RuleSet,
    written: String,
    is_used: bool,
}

/// An item that no record refers to.
#[derive(Debug)]
pub(super) struct Unused {
    pub(super) key: String,
    pub(super) written: String,
}

impl Unused {
    /// Whether it is so old that nobody can be about to refer to it.
    pub(super) fn is_over(&self, now: Timestamp) -> bool {
        let written: Option<Timestamp> = self.written.parse().ok();
        written.is_none_or(|written| now.duration_since(written) > SPARED)
    }
}

impl RuleItems {
    /// One more. What cannot be read is as good as missing, and is written again by whoever refers to it.
    pub(super) fn add(&mut self, key: &str, rules: Option<&str>, written: Option<&str>) {
        let id = key.strip_prefix(RULES).and_then(|rest| rest.split_once('#'));
        let set = id.and_then(|(id, _)| RuleSet::read(&ResourceId::from(id), rules?));
        if let Some(Ok(set)) = set {
            let item = RuleItem {
                set,
                written: written.unwrap_or_default().to_owned(),
                is_used: false,
            };
            self.0.insert(key.to_owned(), item);
        }
    }

    /// What a record refers to, in the order of the ids; `None`: one of them is missing.
    pub(super) fn find(&mut self, keys: &[String]) -> Option<RuleSets> {
        let mut keys: Vec<&String> = keys.iter().collect();
        keys.sort_unstable();
        let sets = keys.into_iter().map(|key| {
            let item = self.0.get_mut(key)?;
            item.is_used = true;
            Some(item.set.clone())
        });
        sets.collect()
    }

    /// Those that nothing refers to.
    pub(super) fn unused(&self) -> Vec<Unused> {
        let unused = self.0.iter().filter(|(_, item)| !item.is_used);
        unused
            .map(|(key, item)| Unused {
                key: key.clone(),
                written: item.written.clone(),
            })
            .collect()
    }

    /// The keys of those that records refer to. The others may be gone soon: who comes to refer to one writes it again.
    pub(super) fn into_used(self) -> HashSet<String> {
        let used = self.0.into_iter().filter(|(_, item)| item.is_used);
        used.map(|(key, _)| key).collect()
    }
}

/// What records that are to be written refer to.
#[derive(Debug)]
pub(super) struct Referred<'a> {
    known: &'a HashSet<String>,
    /// The longest text that an item takes.
    most: usize,
    /// By where the rule set lies; `None`: it is too long.
    keys: HashMap<usize, Option<String>>,
    /// What is not in the table yet: texts by key.
    new: BTreeMap<String, String>,
}

impl<'a> Referred<'a> {
    /// Beside what is known to be in the table.
    pub(super) fn new(known: &'a HashSet<String>, most: usize) -> Self {
        Self {
            known,
            most,
            keys: HashMap::new(),
            new: BTreeMap::new(),
        }
    }

    /// The keys of a record's rule sets; `None`: it has none, or one that no item can hold.
    pub(super) fn keys(&mut self, record: &Record) -> Option<Vec<String>> {
        let good = record.last_good.as_ref()?;
        good.rules.iter().map(|set| self.key(&set)).collect()
    }

    fn key(&mut self, set: &RuleSet) -> Option<String> {
        let address = set.address();
        if let Some(key) = self.keys.get(&address) {
            return key.clone();
        }
        let text = serde_json::to_string(set).ok();
        let text = text.filter(|text| text.len() <= self.most);
        let key = text.map(|text| {
            let mut digest = hexadecimal(&Sha256::digest(&text));
            digest.truncate(DIGITS);
            let key = format!("{RULES}{}#{digest}", set.id());
            if !self.known.contains(&key) {
                self.new.insert(key.clone(), text);
            }
            key
        });
        self.keys.insert(address, key.clone());
        key
    }

    /// What is to be written before the records: texts by key.
    pub(super) fn into_new(self) -> BTreeMap<String, String> {
        self.new
    }
}
