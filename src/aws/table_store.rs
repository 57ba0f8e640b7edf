//! The table as the monitor's store.

use std::collections::HashSet;

use jiff::Timestamp;

use crate::monitor::{Records, Saved, Store, StoreError, Write};

use super::blocking::Blocking;
use super::rule_items::Unused;
use super::table::Table;

/// The store of one invocation: what was read is kept until a write meets somebody else's.
#[derive(Debug)]
pub struct TableStore {
    table: Table,
    blocking: Blocking,
    now: Timestamp,
    records: Option<Records>,
    /// The keys of rule sets that are in the table.
    rules: HashSet<String>,
    /// Rule sets that nothing referred to.
    unused: Vec<Unused>,
}

impl TableStore {
    /// For one invocation, at a time.
    pub fn new(table: Table, blocking: Blocking, now: Timestamp) -> Self {
        Self {
            table,
            blocking,
            now,
            records: None,
            rules: HashSet::new(),
            unused: Vec::new(),
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
    fn list(&mut self) -> Result<&Records, StoreError> {
        let records = match self.records.take() {
            Some(records) => records,
            None => {
                let contents = wait(&self.blocking, self.table.contents())?;
                (self.rules, self.unused) = (contents.rules, contents.unused);
                contents.records
            }
        };
        Ok(self.records.insert(records))
    }

    fn save(&mut self, writes: &[Write]) -> Result<Vec<Saved>, StoreError> {
        // Where somebody else was there, or a write failed, what is there is not known.
        let records = self.records.take();
        let saved = wait(&self.blocking, self.table.save(writes, &mut self.rules, self.now))?;
        if let Some(mut records) = records
            && saved.iter().all(|saved| *saved == Saved::Yes)
        {
            let unused = std::mem::take(&mut self.unused);
            // There is a next time for what time is not left for.
            let _ = self.blocking.wait(self.table.forget(&unused, self.now));
            for write in writes {
                write.apply(&mut records);
            }
            self.records = Some(records);
        }
        Ok(saved)
    }
}
