//! The steps of a replay: which files of events, in which order, and the network after each.

use std::fs;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::failure::Failure;
use crate::event::{Invocation, Own, Request, parse_text};
use crate::monitor::Batch;
use crate::network::load::decode;

/// The largest file of events that is read.
const MOST_BYTES: u64 = 256 << 20;

/// A file of events, and the network after it.
#[derive(Debug)]
pub(crate) struct Step {
    /// The file's name without its ending.
    pub(crate) name: String,
    /// What it asks for.
    pub(crate) batch: Batch,
    /// The network after it; `None`: unchanged.
    pub(crate) network: Option<PathBuf>,
    /// What in it was not understood, a line each.
    pub(crate) warnings: Vec<String>,
}

impl Step {
    /// When the last of it happened.
    pub(crate) fn newest(&self) -> Option<Timestamp> {
        self.times().max()
    }

    /// When the first of it happened.
    pub(crate) fn oldest(&self) -> Option<Timestamp> {
        self.times().min()
    }

    fn times(&self) -> impl Iterator<Item = Timestamp> {
        let changes = self.batch.changes.iter().filter_map(|change| change.time);
        changes.chain(self.batch.sweeps.iter().filter_map(|sweep| sweep.scheduled))
    }
}

/// The steps of a folder in the order of their names, or the one of a file.
pub(crate) fn steps(source: &Path, is_folder: bool) -> Result<Vec<Step>, Failure> {
    if !is_folder {
        return Ok(vec![step(source)?]);
    }
    let unreadable = |error| Failure::ReadEvents {
        path: source.to_owned(),
        error,
    };
    let (mut files, mut folders) = (Vec::new(), Vec::new());
    for entry in fs::read_dir(source).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        let is_json = path
            .extension()
            .is_some_and(|ending| ending.eq_ignore_ascii_case("json"));
        let is_hidden = path
            .file_name()
            .is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
        if is_json && !is_hidden && path.is_file() {
            files.push(path);
        } else if !is_hidden && path.is_dir() && !path.ends_with("before") {
            folders.push(path);
        }
    }
    files.sort();
    if files.is_empty() {
        return Err(Failure::NoEvents(source.to_owned()));
    }
    folders.sort();
    let left_out = folders
        .iter()
        .filter(|folder| !files.iter().any(|file| file.with_extension("") == **folder));
    let mut warnings: Vec<String> = left_out
        .map(|folder| {
            format!(
                "warning: {}: no event file of the same name stands beside it, so that it is no step",
                folder.display()
            )
        })
        .collect();
    files
        .iter()
        .map(|file| {
            let mut step = step(file)?;
            step.warnings.splice(0..0, std::mem::take(&mut warnings));
            let network = file.with_extension("");
            step.network = network.is_dir().then_some(network);
            Ok(step)
        })
        .collect()
}

fn step(file: &Path) -> Result<Step, Failure> {
    let unreadable = |error| Failure::ReadEvents {
        path: file.to_owned(),
        error,
    };
    if fs::metadata(file).map_err(unreadable)?.len() > MOST_BYTES {
        return Err(unreadable(std::io::Error::other(
            "larger than any file of events",
        )));
    }
    let bytes = fs::read(file).map_err(unreadable)?;
    let text = decode(&bytes).map_err(|error| unreadable(std::io::Error::other(error)))?;
    let invocation = parse_text(&text, &Own::default()).map_err(|error| Failure::Events {
        path: file.to_owned(),
        error,
    })?;
    let requests: Vec<Result<&Request, String>> = match &invocation {
        Invocation::SqsBatch(messages) => messages
            .iter()
            .map(|message| message.request.as_ref().map_err(ToString::to_string))
            .collect(),
        Invocation::Requests(requests) => requests
            .iter()
            .map(|request| request.as_ref().map_err(ToString::to_string))
            .collect(),
    };
    let mut batch = Batch::default();
    let mut warnings = Vec::new();
    for (index, request) in requests.into_iter().enumerate() {
        match request {
            Ok(request) => batch.add(request),
            Err(error) => warnings.push(format!(
                "warning: {}: event {}: {error}",
                file.display(),
                index + 1
            )),
        }
    }
    Ok(Step {
        name: file
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned(),
        batch,
        network: None,
        warnings,
    })
}
