//! Reads a snapshot from a folder, a file or standard input (`-`).
//!
//! In a folder every `.json` file counts, at any depth, whatever it is called; symbolic links are followed, each
//! folder once. What is hidden, not called `.json` or no regular file is skipped and counted. A file that is named
//! itself is read whatever it is called.
//!
//! Invariant: what a file means is not decided here, see [`crate::network::load`].

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::network::load::{Document, DocumentError, Loaded, MergeError, Source, merge, parse};

/// Bounds on what is read, so that a wrong path ends in an error and not in a machine without memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes in one file.
    pub file_bytes: u64,
    /// Files in the folder.
    pub files: usize,
    /// Folders within folders.
    pub depth: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            file_bytes: 512 << 20,
            files: 20_000,
            depth: 32,
        }
    }
}

/// Why a snapshot could not be loaded.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// A file or folder could not be read.
    #[error("cannot read `{}`: {error}", path.display())]
    Read {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        error: io::Error,
    },
    /// No file of a snapshot in the folder.
    #[error(
        "`{}` holds no `.json` file (skipped: {skipped}); save each reply as in `aws ec2 describe-vpcs --output json > vpcs.json`",
        path.display()
    )]
    NoFiles {
        /// The folder.
        path: PathBuf,
        /// What was skipped.
        skipped: usize,
    },
    /// A file beyond the bound.
    #[error("`{}` is larger than {limit} bytes: that is no reply of a describe call", path.display())]
    FileTooLarge {
        /// The file.
        path: PathBuf,
        /// The bound.
        limit: u64,
    },
    /// More files than the bound.
    #[error("`{}` holds more than {limit} `.json` files: name the folder of the snapshot itself", path.display())]
    TooManyFiles {
        /// The folder that was asked for.
        path: PathBuf,
        /// The bound.
        limit: usize,
    },
    /// Folders nested beyond the bound.
    #[error("`{}` is more than {limit} folders deep: name the folder of the snapshot itself", path.display())]
    TooDeep {
        /// The folder at which it was too much.
        path: PathBuf,
        /// The bound.
        limit: usize,
    },
    /// A file is no part of a snapshot.
    #[error(transparent)]
    Document(#[from] DocumentError),
    /// Files contradict each other.
    #[error(transparent)]
    Merge(#[from] MergeError),
}

/// Loads a snapshot from a folder, a file, or standard input where the path is `-`.
pub fn load(path: &Path) -> Result<Loaded, LoadError> {
    load_within(path, Limits::default())
}

/// Loads a snapshot within other bounds than the usual ones.
pub fn load_within(path: &Path, limits: Limits) -> Result<Loaded, LoadError> {
    let unreadable = |error| LoadError::Read {
        path: path.to_owned(),
        error,
    };
    if path == Path::new("-") {
        let bytes = read_bounded(io::stdin().lock(), path, limits.file_bytes)?;
        let source = Source {
            name: String::from("-"),
            ..Source::default()
        };
        return Ok(merge(vec![parse(source, &bytes)?])?);
    }
    let metadata = fs::metadata(path).map_err(unreadable)?;
    if !metadata.is_dir() {
        let document = read_file(path, &hint(path, path), limits)?;
        return Ok(merge(vec![document])?);
    }
    let found = Walk::over(path, limits)?;
    if found.files.is_empty() {
        return Err(LoadError::NoFiles {
            path: path.to_owned(),
            skipped: found.skipped,
        });
    }
    let documents = read_files(&found.files, path, limits)?;
    let mut loaded = merge(documents)?;
    loaded.summary.skipped = found.skipped;
    Ok(loaded)
}

/// The part of a path that may tell of an account and a Region: below the folder that was asked for, and its name.
fn hint(root: &Path, file: &Path) -> String {
    let root_name = fs::canonicalize(root).ok();
    let root_name = root_name.as_deref().and_then(Path::file_name).unwrap_or_default();
    let below = file.strip_prefix(root).unwrap_or_else(|_| Path::new(""));
    Path::new(root_name).join(below).to_string_lossy().into_owned()
}

/// The files of a folder.
struct Walk {
    root: PathBuf,
    limits: Limits,
    /// Folders entered, by their true path: a symbolic link may lead back.
    entered: BTreeSet<PathBuf>,
    files: Vec<PathBuf>,
    skipped: usize,
}

impl Walk {
    fn over(root: &Path, limits: Limits) -> Result<Self, LoadError> {
        let mut walk = Self {
            root: root.to_owned(),
            limits,
            entered: BTreeSet::new(),
            files: Vec::new(),
            skipped: 0,
        };
        walk.folder(root, 0)?;
        Ok(walk)
    }

    /// Recursion is bounded by [`Limits::depth`].
    fn folder(&mut self, folder: &Path, depth: usize) -> Result<(), LoadError> {
        let unreadable = |path: &Path, error| LoadError::Read {
            path: path.to_owned(),
            error,
        };
        if depth > self.limits.depth {
            return Err(LoadError::TooDeep {
                path: folder.to_owned(),
                limit: self.limits.depth,
            });
        }
        let true_path = fs::canonicalize(folder).map_err(|error| unreadable(folder, error))?;
        if !self.entered.insert(true_path) {
            return Ok(());
        }
        let mut entries = Vec::new();
        for entry in fs::read_dir(folder).map_err(|error| unreadable(folder, error))? {
            entries.push(entry.map_err(|error| unreadable(folder, error))?.path());
        }
        entries.sort();
        for path in entries {
            let is_hidden = path
                .file_name()
                .is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
            let is_json = path
                .extension()
                .is_some_and(|extension| extension.eq_ignore_ascii_case("json"));
            if is_hidden {
                self.skipped += 1;
                continue;
            }
            let metadata = match fs::metadata(&path) {
                Ok(metadata) => metadata,
                // A dangling link that is not called `.json` is nobody's resource.
                Err(_) if !is_json => {
                    self.skipped += 1;
                    continue;
                }
                Err(error) => return Err(unreadable(&path, error)),
            };
            if metadata.is_dir() {
                self.folder(&path, depth + 1)?;
            } else if is_json && metadata.is_file() {
                self.files.push(path);
                if self.files.len() > self.limits.files {
                    return Err(LoadError::TooManyFiles {
                        path: self.root.clone(),
                        limit: self.limits.files,
                    });
                }
            } else {
                self.skipped += 1;
            }
        }
        Ok(())
    }
}

/// Reads and parses files, on as many threads as the machine has processors. The first file that fails, in the
/// files' order, is the one reported.
fn read_files(files: &[PathBuf], root: &Path, limits: Limits) -> Result<Vec<Document>, LoadError> {
    let threads = std::thread::available_parallelism()
        .map_or(1, usize::from)
        .min(files.len());
    let next = AtomicUsize::new(0);
    let work = || {
        let mut done = Vec::new();
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(file) = files.get(index) else {
                return done;
            };
            done.push((index, read_file(file, &hint(root, file), limits)));
        }
    };
    let mut results = std::thread::scope(|scope| {
        let others: Vec<_> = (1..threads).map(|_| scope.spawn(work)).collect();
        let mut results = work();
        for other in others {
            match other.join() {
                Ok(more) => results.extend(more),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        results
    });
    results.sort_by_key(|(index, _)| *index);
    results.into_iter().map(|(_, result)| result).collect()
}

fn read_file(path: &Path, hint: &str, limits: Limits) -> Result<Document, LoadError> {
    let unreadable = |error| LoadError::Read {
        path: path.to_owned(),
        error,
    };
    let file = File::open(path).map_err(unreadable)?;
    let modified = file
        .metadata()
        .and_then(|metadata| metadata.modified())
        .ok()
        .and_then(|time| jiff::Timestamp::try_from(time).ok());
    let bytes = read_bounded(file, path, limits.file_bytes)?;
    let source = Source {
        name: path.to_string_lossy().into_owned(),
        hint: hint.to_owned(),
        modified,
    };
    Ok(parse(source, &bytes)?)
}

fn read_bounded(reader: impl Read, path: &Path, limit: u64) -> Result<Vec<u8>, LoadError> {
    let mut bytes = Vec::new();
    let read = reader.take(limit.saturating_add(1)).read_to_end(&mut bytes);
    let read = read.map_err(|error| LoadError::Read {
        path: path.to_owned(),
        error,
    })?;
    if u64::try_from(read).unwrap_or(u64::MAX) > limit {
        return Err(LoadError::FileTooLarge {
            path: path.to_owned(),
            limit,
        });
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn captured_networks_load() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let Some(cases) = ["../shared/cases", "../../shared/cases"]
            .map(|cases| root.join(cases))
            .into_iter()
            .find(|cases| cases.is_dir())
        else {
            println!("SKIPPED: no captured networks beside this clone");
            return;
        };
        for case in fs::read_dir(cases).unwrap() {
            let folder = case.unwrap().path().join("snapshot");
            if folder.is_dir() {
                let loaded = load(&folder).unwrap();
                assert!(loaded.snapshot.vpcs.is_known());
                assert!(
                    loaded.warnings.is_empty(),
                    "{}: {:?}",
                    folder.display(),
                    loaded.warnings
                );
            }
        }
    }
}
