//! The table as the monitor's store.

use std::collections::{BTreeMap, HashSet};

use jiff::Timestamp;

use crate::monitor::{Record, Saved, Store, StoreError, Write};

use super::blocking::Blocking;
use super::table::{Contents, Table};

/// The store of one invocation: what was read is kept until a write meets somebody else's.
#[derive(Debug)]
pub struct TableStore {
    table: Table,
    blocking: Blocking,
    now: Timestamp,
    read: Option<Contents>,
}

impl TableStore {
    /// For one invocation, at a time.
    pub fn new(table: Table, blocking: Blocking, now: Timestamp) -> Self {
        Self {
            table,
            blocking,
            now,
            read: None,
        }
    }
}

/// Waits for what must be done.
fn wait<T>(blocking: &Blocking, call: impl Future<Output = Result<T, StoreError>>) -> Result<T, StoreError> {
    blocking
        .wait(call)
        .map_err(|error| StoreError(error.to_string()))?
}

impl Store for TableStore {
    fn list(&mut self) -> Result<&BTreeMap<String, Record>, StoreError> {
        let contents = match self.read.take() {
            Some(contents) => contents,
            None => wait(&self.blocking, self.table.contents())?,
        };
        Ok(&self.read.insert(contents).records)
    }

    fn save(&mut self, writes: &[Write]) -> Result<Vec<Saved>, StoreError> {
        // Where somebody else was there, or a write failed, what is there is not known.
        let (mut contents, mut none) = (self.read.take(), HashSet::new());
        let known = contents
            .as_mut()
            .map_or(&mut none, |contents| &mut contents.rules);
        let saved = wait(&self.blocking, self.table.save(writes, known, self.now))?;
        if let Some(mut contents) = contents
            && saved.iter().all(|saved| *saved == Saved::Yes)
        {
            let unused = std::mem::take(&mut contents.unused);
            // There is a next time for what time is not left for.
            let _ = self.blocking.wait(self.table.forget(&unused, self.now));
            for write in writes {
                match &write.record {
                    Some(record) => contents.records.insert(write.name.clone(), record.clone()),
                    None => contents.records.remove(&write.name),
                };
            }
            self.read = Some(contents);
        }
        Ok(saved)
    }
}
