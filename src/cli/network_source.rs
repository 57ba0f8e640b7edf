//! The network: a saved one, or the live account's.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::path::{Path, PathBuf};

use super::arguments::{LiveArguments, PathFileArgument, SnapshotArgument};
use super::failure::Failure;
use super::{live, snapshot_files};
#[cfg(feature = "aws")]
use crate::local::hosts;
use crate::network::Snapshot;
use crate::network::load::{Loaded, Summary};
use crate::paths::model::{PathFile, RequiredPath};
use crate::report::text::{Origin, quoted};

/// How many warnings of a snapshot are told; the rest are counted.
const WARNINGS: usize = 10;

/// A network that was read.
#[derive(Debug)]
pub(crate) struct Network {
    /// What is in it.
    pub(crate) snapshot: Snapshot,
    warnings: Vec<String>,
    /// What nothing is to be done about.
    notes: Vec<String>,
    summary: Summary,
    origin: NetworkOrigin,
}

/// Where a network comes from.
#[derive(Debug)]
enum NetworkOrigin {
    Saved(PathBuf),
    /// With the options that name the same account again.
    #[cfg(feature = "aws")]
    Live(String),
}

/// Makes sure that standard input is asked for once only.
pub(crate) fn apart(argument: &SnapshotArgument, paths: &PathFileArgument) -> Result<(), Failure> {
    let stdin = Some(Path::new("-"));
    if argument.snapshot.as_deref() == stdin && paths.paths.as_deref() == stdin {
        return Err(Failure::OneStandardInput);
    }
    Ok(())
}

/// Reads the network that was asked for: the saved one, else the live one that the path file is about.
pub(crate) fn load(
    argument: &SnapshotArgument,
    live: &LiveArguments,
    file: Option<&PathFile>,
    paths: &[RequiredPath],
    quiet: bool,
) -> Result<Network, Failure> {
    match &argument.snapshot {
        Some(path) => saved(path),
        None => live::network(live, file, paths, quiet),
    }
}

/// Reads a saved network.
pub(crate) fn saved(path: &Path) -> Result<Network, Failure> {
    let loaded = snapshot_files::load(path)?;
    Ok(Network::new(loaded, NetworkOrigin::Saved(path.to_owned())))
}

impl Network {
    fn new(loaded: Loaded, origin: NetworkOrigin) -> Self {
        let (notes, warnings): (Vec<_>, Vec<_>) =
            loaded.warnings.iter().partition(|warning| warning.is_note());
        Self {
            warnings: warnings.into_iter().map(ToString::to_string).collect(),
            notes: notes.into_iter().map(ToString::to_string).collect(),
            snapshot: loaded.snapshot,
            summary: loaded.summary,
            origin,
        }
    }

    /// A live network, and the options that name it again.
    #[cfg(feature = "aws")]
    pub(crate) fn live(loaded: Loaded, options: String) -> Self {
        Self::new(loaded, NetworkOrigin::Live(options))
    }

    /// The addresses of the host names that paths leave open. A saved network is looked at without asking anybody.
    pub(crate) fn hosts(&self, paths: &[RequiredPath]) -> BTreeMap<String, Vec<IpAddr>> {
        match &self.origin {
            NetworkOrigin::Saved(_) => {
                let _ = paths;
                BTreeMap::new()
            }
            #[cfg(feature = "aws")]
            NetworkOrigin::Live(_) => hosts::resolve(&hosts::unpinned(paths)),
        }
    }

    fn name(&self) -> String {
        match &self.origin {
            NetworkOrigin::Saved(path) if path == Path::new("-") => "<stdin>".to_owned(),
            NetworkOrigin::Saved(path) => path.display().to_string(),
            #[cfg(feature = "aws")]
            NetworkOrigin::Live(_) => "live".to_owned(),
        }
    }

    /// What stands above a report; `options` name the path file again.
    pub(crate) fn origin(&self, options: &str) -> Origin {
        Origin {
            regions: self.summary.regions.iter().map(ToString::to_string).collect(),
            accounts: self.summary.accounts.iter().map(ToString::to_string).collect(),
            network: match &self.origin {
                NetworkOrigin::Saved(_) => format!("snapshot {}", self.name()),
                #[cfg(feature = "aws")]
                NetworkOrigin::Live(_) => self.name(),
            },
            options: match &self.origin {
                NetworkOrigin::Saved(path) => {
                    format!("{options} --snapshot {}", quoted(&path.display().to_string()))
                }
                #[cfg(feature = "aws")]
                NetworkOrigin::Live(live) => format!("{options}{live}"),
            },
        }
    }

    /// What is odd or incomplete in it, a line each; with `verbose` also what was read and what was not.
    pub(crate) fn warnings(&self, verbose: bool) -> Vec<String> {
        let name = self.name();
        let mut lines: Vec<String> = self
            .warnings
            .iter()
            .take(WARNINGS)
            .map(|warning| format!("warning: {name}: {warning}"))
            .collect();
        if self.warnings.len() > WARNINGS {
            lines.push(format!(
                "warning: {name}: and {} more",
                self.warnings.len() - WARNINGS
            ));
        }
        if verbose {
            lines.extend(self.notes.iter().map(|note| format!("note: {name}: {note}")));
            let summary = &self.summary;
            lines.push(format!(
                "{name}: {} files read, {} skipped",
                summary.files, summary.skipped
            ));
            if !summary.other_keys.is_empty() {
                let keys: Vec<&str> = summary.other_keys.iter().map(String::as_str).collect();
                lines.push(format!(
                    "{name}: keys that nothing here looks at: {}",
                    keys.join(", ")
                ));
            }
        }
        lines
    }
}
