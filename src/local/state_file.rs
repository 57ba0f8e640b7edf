//! The state in a file: every record in one JSON document, for hopwatch without AWS.
//!
//! A write makes a new file beside the old one, waits until it is on disk, and puts it in the old one's place: whoever
//! reads sees the one or the other, never a half. A lock file keeps a second process away. A damaged state is put aside as
//! `.corrupt-…` and told of, never overwritten; what never was a state is left alone.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::monitor::{MemoryStore, Records, Saved, Store, StoreError, Write};

/// The version of the file's format.
const SCHEMA_VERSION: u32 = 1;

/// The largest file that is taken for a state.
const MOST_BYTES: u64 = 1 << 30;

/// Why a state file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum StateFileError {
    /// It cannot be read or written.
    #[error("cannot {action} the state file `{}`: {error}", path.display())]
    Io {
        /// `read`, `write`, `lock` …
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        error: io::Error,
    },
    /// Another process has it.
    #[error("the state file `{}` is in use by another process; wait for it to end", path.display())]
    InUse {
        /// The file.
        path: PathBuf,
    },
    /// It is of a version that this one does not know.
    #[error("the state file `{}` has version {found}, and this hopwatch knows up to {SCHEMA_VERSION}; use the hopwatch that wrote it, or another file", path.display())]
    Version {
        /// The file.
        path: PathBuf,
        /// Its version.
        found: u64,
    },
    /// It is something else, and was left as it is.
    #[error("`{}` is no state file of hopwatch ({problem}); it was left as it is. Name another file, or one that does not exist yet", path.display())]
    NoState {
        /// The file.
        path: PathBuf,
        /// What tells.
        problem: String,
    },
    /// It is a damaged state. It was put aside.
    #[error("the state file `{}` is damaged ({problem}); it was put aside as `{}`. Run again to start anew: what is broken now will be told as found at start", path.display(), aside.display())]
    Corrupt {
        /// The file.
        path: PathBuf,
        /// Where it is now.
        aside: PathBuf,
        /// What is wrong with it.
        problem: String,
    },
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document<'a> {
    schema_version: u32,
    records: &'a Records,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ReadDocument {
    records: Records,
}

/// The state in a file, locked while this lives.
#[derive(Debug)]
pub struct StateFile {
    path: PathBuf,
    memory: MemoryStore,
    /// Holds the lock.
    _lock: File,
}

impl StateFile {
    /// Opens a state file, or begins one where there is none.
    ///
    /// # Errors
    ///
    /// If it cannot be read, another process has it, it is no state, or a damaged one; that was put aside.
    pub fn open(path: &Path) -> Result<Self, StateFileError> {
        // Of a link the file that it leads to is meant, by whatever name it is opened.
        let path = &fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        if fs::metadata(path).is_ok_and(|metadata| !metadata.is_file()) {
            return Err(StateFileError::NoState {
                path: path.clone(),
                problem: "no regular file".into(),
            });
        }
        let failed = |action, error| StateFileError::Io {
            action,
            path: path.to_owned(),
            error,
        };
        let lock = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(beside(path, "lock"))
            .map_err(|error| failed("lock", error))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(StateFileError::InUse {
                    path: path.to_owned(),
                });
            }
            Err(TryLockError::Error(error)) => return Err(failed("lock", error)),
        }
        let records = match fs::metadata(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Records::new(),
            Err(error) => return Err(failed("read", error)),
            Ok(metadata) if metadata.len() > MOST_BYTES => {
                return Err(failed("read", io::Error::other("larger than any state")));
            }
            Ok(_) => {
                let bytes = fs::read(path).map_err(|error| failed("read", error))?;
                read(path, &bytes)?
            }
        };
        Ok(Self {
            path: path.to_owned(),
            memory: MemoryStore::of(records),
            _lock: lock,
        })
    }

    fn replace(&self, records: &Records) -> io::Result<()> {
        let document = Document {
            schema_version: SCHEMA_VERSION,
            records,
        };
        let new = beside(&self.path, "new");
        let mut file = File::create(&new)?;
        file.write_all(&serde_json::to_vec_pretty(&document)?)?;
        file.write_all(b"\n")?;
        file.sync_all()?;
        fs::rename(&new, &self.path)?;
        // The name is part of the folder: without this a crash may bring the old file back, which is no half either.
        if let Some(folder) = self.path.parent()
            && let Ok(folder) = File::open(if folder.as_os_str().is_empty() {
                Path::new(".")
            } else {
                folder
            })
        {
            let _ = folder.sync_all();
        }
        Ok(())
    }
}

/// `state.json` → `.state.json.lock`
fn beside(path: &Path, ending: &str) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!(".{name}.{ending}"))
}

/// How every state begins, but for white space.
const BEGINNING: &[u8] = br#"{"schemaVersion":1,"records":{"#;

fn read(path: &Path, bytes: &[u8]) -> Result<Records, StateFileError> {
    let mut printed = bytes.iter().filter(|byte| !byte.is_ascii_whitespace()).peekable();
    if printed.peek().is_none() {
        return Ok(Records::new());
    }
    let no_state = |problem: &str| StateFileError::NoState {
        path: path.to_owned(),
        problem: problem.to_owned(),
    };
    // One that was cut off begins like one, too.
    let was_state = printed.zip(BEGINNING).all(|(byte, expected)| byte == expected);
    let value: serde_json::Value = match serde_json::from_slice(bytes) {
        Ok(value) => value,
        Err(error) if was_state => return Err(put_aside(path, bytes, &error.to_string())),
        Err(_) => return Err(no_state("it does not begin like one")),
    };
    match value.get("schemaVersion").and_then(serde_json::Value::as_u64) {
        Some(version) if version == u64::from(SCHEMA_VERSION) => {}
        Some(found) => {
            return Err(StateFileError::Version {
                path: path.to_owned(),
                found,
            });
        }
        None => return Err(no_state("it has no `schemaVersion`")),
    }
    if value.get("records").is_none() {
        return Err(no_state("it has no `records`"));
    }
    match serde_path_to_error::deserialize::<_, ReadDocument>(value) {
        Ok(document) => Ok(document.records),
        Err(error) => {
            let place = error.path().to_string();
            Err(put_aside(
                path,
                bytes,
                &format!("at `{place}`: {}", error.inner()),
            ))
        }
    }
}

/// Puts a damaged state aside, under a name that none has yet.
fn put_aside(path: &Path, bytes: &[u8], problem: &str) -> StateFileError {
    use sha2::{Digest, Sha256};
    let mut digest = crate::text::hexadecimal(&Sha256::digest(bytes));
    digest.truncate(8);
    // The same content has the same name: then it is kept already.
    let aside = beside(path, &format!("corrupt-{digest}"));
    match fs::rename(path, &aside) {
        Ok(()) => StateFileError::Corrupt {
            path: path.to_owned(),
            aside,
            problem: crate::text::clean(problem, 300),
        },
        Err(error) => StateFileError::Io {
            action: "put aside",
            path: path.to_owned(),
            error,
        },
    }
}

impl Store for StateFile {
    fn list(&mut self) -> Result<&Records, StoreError> {
        self.memory.list()
    }

    fn save(&mut self, writes: &[Write]) -> Result<Vec<Saved>, StoreError> {
        let mut memory = self.memory.clone();
        let saved = memory.write(writes);
        self.replace(memory.records()).map_err(|error| {
            StoreError(format!(
                "cannot write the state file `{}`: {error}",
                self.path.display()
            ))
        })?;
        // Only what is on disk is remembered.
        self.memory = memory;
        Ok(saved)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder() -> tempfile::TempDir {
        tempfile::tempdir().unwrap()
    }

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn a_second_process_is_kept_away() {
        let folder = folder();
        let path = folder.path().join("state.json");
        let first = StateFile::open(&path).unwrap();
        assert!(matches!(
            StateFile::open(&path),
            Err(StateFileError::InUse { .. })
        ));
        drop(first);
        StateFile::open(&path).unwrap();
    }

    #[test]
    fn a_damaged_state_is_put_aside_and_never_overwritten() {
        for content in [
            "{\"schemaVersion\": 1, \"rec",
            "{\n  \"schemaVersion\": 1,\n  \"records\": {\"a\": {\"versio",
            "{\"schemaVersion\": 1, \"records\": {\"a\": {}}}",
        ] {
            let folder = folder();
            let path = folder.path().join("state.json");
            fs::write(&path, content).unwrap();
            let error = StateFile::open(&path).unwrap_err();
            let StateFileError::Corrupt { aside, .. } = &error else {
                panic!("{error}")
            };
            assert_eq!(fs::read_to_string(aside).unwrap(), content);
            assert!(error.to_string().contains(".state.json.corrupt-"), "{error}");
            assert!(StateFile::open(&path).unwrap().list().unwrap().is_empty());
            assert_eq!(fs::read_to_string(aside).unwrap(), content);
        }
    }

    #[test]
    fn what_never_was_a_state_is_left_alone() {
        for content in [
            "[]",
            "version: 1\npaths: []\n",
            "{\"schemaVersion\": 1, \"paths\": []}",
            "{\"detail\": {}}",
        ] {
            let folder = folder();
            let path = folder.path().join("state.json");
            fs::write(&path, content).unwrap();
            let error = StateFile::open(&path).unwrap_err();
            assert!(matches!(error, StateFileError::NoState { .. }), "{error}");
            assert_eq!(fs::read_to_string(&path).unwrap(), content);
            assert_eq!(names(folder.path()), [".state.json.lock", "state.json"]);
        }
        assert!(matches!(
            StateFile::open(folder().path()),
            Err(StateFileError::NoState { .. })
        ));
    }

    #[test]
    fn an_empty_file_is_a_new_state() {
        let folder = folder();
        let path = folder.path().join("state.json");
        fs::write(&path, "").unwrap();
        assert!(StateFile::open(&path).unwrap().list().unwrap().is_empty());
    }

    #[cfg(unix)]
    #[test]
    fn a_link_stays_one_and_shares_the_lock() {
        let folder = folder();
        let (path, link) = (folder.path().join("state.json"), folder.path().join("link.json"));
        fs::write(&path, "").unwrap();
        std::os::unix::fs::symlink(&path, &link).unwrap();
        let mut store = StateFile::open(&link).unwrap();
        assert!(matches!(
            StateFile::open(&path),
            Err(StateFileError::InUse { .. })
        ));
        store.save(&[]).unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert!(!fs::read_to_string(&path).unwrap().is_empty());
    }

    #[test]
    fn a_newer_version_is_left_alone() {
        let folder = folder();
        let path = folder.path().join("state.json");
        fs::write(&path, "{\"schemaVersion\": 2, \"records\": []}").unwrap();
        assert!(matches!(
            StateFile::open(&path),
            Err(StateFileError::Version { found: 2, .. })
        ));
        assert!(fs::read_to_string(&path).unwrap().contains("2"));
    }

    #[test]
    fn a_write_that_was_interrupted_leaves_the_old_state() {
        let folder = folder();
        let path = folder.path().join("state.json");
        StateFile::open(&path).unwrap().save(&[]).unwrap();
        let before = fs::read_to_string(&path).unwrap();
        // What a process that died while it wrote leaves behind.
        fs::write(beside(&path, "new"), "{\"schemaVer").unwrap();
        let mut store = StateFile::open(&path).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), before);
        store.save(&[]).unwrap();
        assert_eq!(names(folder.path()), [".state.json.lock", "state.json"]);
    }

    #[test]
    fn what_cannot_be_written_is_not_remembered_either() {
        let folder = folder();
        let path = folder.path().join("state.json");
        let mut store = StateFile::open(&path).unwrap();
        fs::create_dir(beside(&path, "new")).unwrap();
        assert!(store.save(&[]).unwrap_err().to_string().contains("state.json"));
    }
}
