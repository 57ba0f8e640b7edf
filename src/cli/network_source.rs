//! The network: a saved one.

use std::path::{Path, PathBuf};

use super::arguments::{PathFileArgument, SnapshotArgument};
use super::failure::Failure;
use super::snapshot_files;
use crate::network::Snapshot;
use crate::network::load::Summary;
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
    path: PathBuf,
}

/// Makes sure that standard input is asked for once only.
pub(crate) fn apart(argument: &SnapshotArgument, paths: &PathFileArgument) -> Result<(), Failure> {
    let stdin = Some(Path::new("-"));
    if argument.snapshot.as_deref() == stdin && paths.paths.as_deref() == stdin {
        return Err(Failure::OneStandardInput);
    }
    Ok(())
}

/// Reads the network that was asked for.
pub(crate) fn load(argument: &SnapshotArgument) -> Result<Network, Failure> {
    let Some(path) = &argument.snapshot else {
        return Err(Failure::NoSnapshot);
    };
    let loaded = snapshot_files::load(path)?;
    let (notes, warnings): (Vec<_>, Vec<_>) = loaded.warnings.iter().partition(|warning| warning.is_note());
    Ok(Network {
        snapshot: loaded.snapshot,
        warnings: warnings.into_iter().map(ToString::to_string).collect(),
        notes: notes.into_iter().map(ToString::to_string).collect(),
        summary: loaded.summary,
        path: path.clone(),
    })
}

impl Network {
    fn name(&self) -> String {
        if self.path == Path::new("-") {
            "<stdin>".to_owned()
        } else {
            self.path.display().to_string()
        }
    }

    /// What stands above a report; `options` name the path file again.
    pub(crate) fn origin(&self, options: &str) -> Origin {
        Origin {
            regions: self.summary.regions.iter().map(ToString::to_string).collect(),
            accounts: self.summary.accounts.iter().map(ToString::to_string).collect(),
            network: format!("snapshot {}", self.name()),
            options: format!(
                "{options} --snapshot {}",
                quoted(&self.path.display().to_string())
            ),
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
