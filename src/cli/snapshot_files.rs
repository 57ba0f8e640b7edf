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
        let bytes = read_bounded(io::stdin().lock(), 0, path, limits.file_bytes)?;
        let source = Source {
            name: String::from("-"),
            ..Source::default()
        };
        return Ok(merge(vec![parse(source, &bytes)?])?);
    }
    let metadata = fs::metadata(path).map_err(unreadable)?;
    if !metadata.is_dir() {
        let document = read_file(path, Root::of(path).hint(path), limits)?;
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

/// What was asked for, and what of a file's path below it may tell of an account and a Region.
struct Root<'a> {
    path: &'a Path,
    /// Its own name, `.` and `..` resolved.
    name: PathBuf,
}

impl<'a> Root<'a> {
    fn of(path: &'a Path) -> Self {
        let true_path = fs::canonicalize(path).ok();
        let name = true_path.as_deref().and_then(Path::file_name).unwrap_or_default();
        Self {
            path,
            name: name.into(),
        }
    }

    /// The root's name and the path below it.
    fn hint(&self, file: &Path) -> String {
        let below = file.strip_prefix(self.path).unwrap_or(Path::new(""));
        self.name.join(below).to_string_lossy().into_owned()
    }
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
    let root = Root::of(root);
    let next = AtomicUsize::new(0);
    let work = || {
        let mut done = Vec::new();
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(file) = files.get(index) else {
                return done;
            };
            done.push((index, read_file(file, root.hint(file), limits)));
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

fn read_file(path: &Path, hint: String, limits: Limits) -> Result<Document, LoadError> {
    let unreadable = |error| LoadError::Read {
        path: path.to_owned(),
        error,
    };
    let file = File::open(path).map_err(unreadable)?;
    let metadata = file.metadata().map_err(unreadable)?;
    let modified = metadata.modified().ok();
    let modified = modified.and_then(|time| jiff::Timestamp::try_from(time).ok());
    let bytes = read_bounded(file, metadata.len(), path, limits.file_bytes)?;
    let source = Source {
        name: path.to_string_lossy().into_owned(),
        hint,
        modified,
    };
    Ok(parse(source, &bytes)?)
}

/// Reads all there is. `expected` is how much that should be: a pipe does not tell, a file may grow.
fn read_bounded(reader: impl Read, expected: u64, path: &Path, limit: u64) -> Result<Vec<u8>, LoadError> {
    let mut bytes = Vec::with_capacity(usize::try_from(expected.min(limit)).unwrap_or_default());
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
    use std::os::unix::fs::symlink;

    use tempfile::TempDir;

    use super::*;

    /// A folder with these files.
    fn folder(files: &[(&str, &str)]) -> TempDir {
        let folder = TempDir::new().unwrap();
        for (name, text) in files {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        folder
    }

    fn vpc(id: &str) -> String {
        format!(r#"{{"Vpcs": [{{"VpcId": "{id}"}}]}}"#)
    }

    /// The ids of the VPCs in a folder.
    fn vpcs(path: &Path) -> Vec<String> {
        let loaded = load(path).unwrap();
        loaded
            .snapshot
            .vpcs
            .iter()
            .map(|(id, _)| id.to_string())
            .collect()
    }

    #[test]
    fn files_of_any_name_at_any_depth() {
        let folder = folder(&[
            ("Vpcs.json", &vpc("vpc-a")),
            ("aws_configs/us-east-1/whatever.JSON", &vpc("vpc-b")),
            ("a/b/c/d.json", "{}"),
        ]);
        assert_eq!(vpcs(folder.path()), ["vpc-a", "vpc-b"]);
        let summary = load(folder.path()).unwrap().summary;
        assert_eq!((summary.files, summary.skipped), (3, 0));
        assert!(summary.newest.is_some() && summary.oldest <= summary.newest);
        assert_eq!(summary.regions, ["us-east-1".into()].into());
    }

    #[test]
    fn what_is_hidden_or_not_json_is_skipped_and_counted() {
        let folder = folder(&[
            ("vpcs.json", &vpc("vpc-a")),
            (".vpcs.json", "no JSON"),
            (".git/objects/x.json", "no JSON"),
            ("README.md", "no JSON"),
            ("vpcs.json.bak", "no JSON"),
            ("eu-west-1/notes.txt", "no JSON"),
        ]);
        symlink("nowhere", folder.path().join("dangling")).unwrap();
        assert_eq!(vpcs(folder.path()), ["vpc-a"]);
        assert_eq!(load(folder.path()).unwrap().summary.skipped, 6);
    }

    #[test]
    fn a_file_named_itself_is_read_whatever_it_is_called() {
        let folder = folder(&[("111122223333_eu-west-1.txt", &vpc("vpc-a"))]);
        let loaded = load(&folder.path().join("111122223333_eu-west-1.txt")).unwrap();
        assert_eq!(loaded.snapshot.vpcs.len(), 1);
        let place = loaded.snapshot.places.get("vpc-a").unwrap();
        assert_eq!(place.account, Some("111122223333".into()));
        assert_eq!(place.region, Some("eu-west-1".into()));
    }

    #[test]
    fn the_name_of_the_folder_that_was_asked_for_tells_too_but_nothing_above() {
        let folder = folder(&[("us-east-1/snap/eu-west-1/vpcs.json", &vpc("vpc-a"))]);
        let region = |below: &str| {
            let loaded = load(&folder.path().join(below)).unwrap();
            loaded
                .snapshot
                .places
                .get("vpc-a")
                .and_then(|place| place.region.clone())
        };
        assert_eq!(region("us-east-1/snap/eu-west-1"), Some("eu-west-1".into()));
        assert_eq!(region("us-east-1/snap/eu-west-1/.."), Some("eu-west-1".into()));
        fs::rename(
            folder.path().join("us-east-1/snap/eu-west-1"),
            folder.path().join("us-east-1/snap/x"),
        )
        .unwrap();
        assert_eq!(region("us-east-1/snap"), None);
    }

    #[test]
    fn symbolic_links_are_followed_and_their_loops_end() {
        let outside = folder(&[("linked/vpcs.json", &vpc("vpc-b"))]);
        let folder = folder(&[("a/vpcs.json", &vpc("vpc-a"))]);
        symlink(folder.path(), folder.path().join("a/loop")).unwrap();
        symlink(".", folder.path().join("self")).unwrap();
        symlink(outside.path().join("linked"), folder.path().join("out")).unwrap();
        symlink("a/vpcs.json", folder.path().join("again.json")).unwrap();
        assert_eq!(vpcs(folder.path()), ["vpc-a", "vpc-b"]);
    }

    #[test]
    fn errors_name_what_could_not_be_read() {
        let message = |path: &Path| load(path).unwrap_err().to_string();
        let folder = folder(&[("empty/README.md", ""), ("bad/b.json", "{"), ("bad/a.json", "[]")]);
        let at = |below: &str| folder.path().join(below);
        let missing = message(&at("missing"));
        assert!(
            missing.starts_with("cannot read `") && missing.contains("/missing`: "),
            "{missing}"
        );
        let empty = message(&at("empty"));
        assert!(
            empty.contains("/empty` holds no `.json` file (skipped: 1); save each reply"),
            "{empty}"
        );
        // The first in the order of their names, however the threads ran.
        let bad = message(&at("bad"));
        assert!(bad.contains("/bad/a.json`: the file holds a list"), "{bad}");
        symlink("nowhere", at("empty/dangling.json")).unwrap();
        let dangling = message(&at("empty"));
        assert!(dangling.contains("/empty/dangling.json`: "), "{dangling}");
    }

    #[test]
    fn what_is_too_much_is_an_error() {
        let folder = folder(&[("a.json", &vpc("vpc-a")), ("b/c/d.json", "{}")]);
        let limited = |limits: Limits| load_within(folder.path(), limits).unwrap_err();
        let usual = Limits::default();
        let size = u64::try_from(vpc("vpc-a").len()).unwrap();
        assert!(
            load_within(
                folder.path(),
                Limits {
                    file_bytes: size,
                    files: 2,
                    depth: 2
                }
            )
            .is_ok()
        );
        let error = limited(Limits {
            file_bytes: size - 1,
            ..usual
        });
        assert!(
            matches!(&error, LoadError::FileTooLarge { path, .. } if path.ends_with("a.json")),
            "{error}"
        );
        let error = limited(Limits { files: 1, ..usual });
        assert!(
            matches!(error, LoadError::TooManyFiles { limit: 1, .. }),
            "{error}"
        );
        let error = limited(Limits { depth: 1, ..usual });
        assert!(
            matches!(&error, LoadError::TooDeep { path, .. } if path.ends_with("b/c")),
            "{error}"
        );
    }

    #[test]
    fn files_that_contradict_each_other_are_named() {
        let folder = folder(&[
            (
                "a.json",
                r#"{"Vpcs": [{"VpcId": "vpc-a", "CidrBlock": "10.0.0.0/16"}]}"#,
            ),
            (
                "b.json",
                r#"{"Vpcs": [{"VpcId": "vpc-a", "CidrBlock": "10.1.0.0/16"}]}"#,
            ),
        ]);
        let error = load(folder.path()).unwrap_err().to_string();
        assert!(
            error.contains("/a.json` and in `")
                && error.contains("/b.json` with another content (`CidrBlock`)"),
            "{error}"
        );
    }

    #[test]
    fn utf16_from_powershell() {
        let folder = folder(&[]);
        let text = format!("\u{feff}{}", vpc("vpc-a"));
        let bytes: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        fs::write(folder.path().join("vpcs.json"), bytes).unwrap();
        assert_eq!(vpcs(folder.path()), ["vpc-a"]);
    }

    #[test]
    fn captured_networks_load_and_are_written_again() {
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
            let captured = case.unwrap().path().join("snapshot");
            if !captured.is_dir() {
                continue;
            }
            let loaded = load(&captured).unwrap();
            assert!(loaded.snapshot.vpcs.is_known());
            assert!(
                loaded.warnings.is_empty(),
                "{}: {:?}",
                captured.display(),
                loaded.warnings
            );
            let written = crate::network::write(&loaded.snapshot).unwrap();
            let files: Vec<(&str, &str)> = written
                .iter()
                .map(|(name, text)| (name.as_str(), text.as_str()))
                .collect();
            let again = load(folder(&files).path()).unwrap();
            assert_eq!(again.snapshot, loaded.snapshot, "{}", captured.display());
        }
    }
}
