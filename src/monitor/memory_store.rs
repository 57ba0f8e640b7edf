//! A store that keeps records in memory: for replay without a state file, and for tests.

use super::decide::Write;
use super::perform::{Saved, Store, StoreError};
use super::records::Records;

/// Records in memory.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct MemoryStore {
    records: Records,
}

impl MemoryStore {
    /// With these records.
    pub fn of(records: Records) -> Self {
        Self { records }
    }

    /// What is in it.
    pub fn records(&self) -> &Records {
        &self.records
    }

    /// Writes, each only if the version is still the one that was read.
    pub fn write(&mut self, writes: &[Write]) -> Vec<Saved> {
        writes
            .iter()
            .map(|write| {
                if self.records.get(&write.name).map(|record| record.version) != write.expected {
                    return Saved::Conflict;
                }
                write.apply(&mut self.records);
                Saved::Yes
            })
            .collect()
    }
}

impl Store for MemoryStore {
    fn list(&mut self) -> Result<&Records, StoreError> {
        Ok(&self.records)
    }

    fn save(&mut self, writes: &[Write]) -> Result<Vec<Saved>, StoreError> {
        Ok(self.write(writes))
    }
}
