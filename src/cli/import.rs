//! `hopwatch import`: NetworkInsightsPaths, which Reachability Analyzer keeps, as a path file.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use clap::Args;

use super::failure::Failure;
use super::output::Output;
use crate::paths;

const EXAMPLES: &str = "\
Examples:
  aws ec2 describe-network-insights-paths | hopwatch import - > hopwatch.yaml
  hopwatch import paths.json > hopwatch.yaml";

/// Turn the paths of VPC Reachability Analyzer into a path file.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct ImportArguments {
    /// What `aws ec2 describe-network-insights-paths` prints; `-` is standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

pub(crate) fn import(arguments: &ImportArguments) -> Result<Output, Failure> {
    let path = &arguments.file;
    let text = if path == Path::new("-") {
        let mut text = String::new();
        io::stdin().lock().read_to_string(&mut text).map(|_| text)
    } else {
        fs::read_to_string(path)
    };
    let text = text.map_err(|error| Failure::ReadImport {
        path: path.clone(),
        error,
    })?;
    let name = if path == Path::new("-") {
        "<stdin>".to_owned()
    } else {
        path.display().to_string()
    };
    let imported = paths::import(&text).map_err(|error| Failure::Import { name, error })?;
    let warnings = imported
        .left_out
        .iter()
        .map(|reason| format!("warning: not carried over: {reason}"))
        .collect();
    Ok(Output {
        warnings,
        ..Output::done(imported.text)
    })
}
