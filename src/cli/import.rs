//! `hopwatch import`: NetworkInsightsPaths, which Reachability Analyzer keeps, as a path file.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use clap::Args;

use super::arguments::LiveArguments;
use super::failure::Failure;
use super::live;
use super::output::Output;
use crate::paths;

const EXAMPLES: &str = "\
Examples:
  hopwatch import --profile prod --region eu-west-1 > hopwatch.yaml
  aws ec2 describe-network-insights-paths | hopwatch import - > hopwatch.yaml
  hopwatch import paths.json > hopwatch.yaml";

/// Turn the paths of VPC Reachability Analyzer into a path file.
///
/// Without a file they are read from the live account, in one Region; nothing is analysed there, and nothing is billed.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct ImportArguments {
    /// What `aws ec2 describe-network-insights-paths` prints; `-` is standard input [default: the live account]
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
    #[command(flatten)]
    live: LiveArguments,
}

pub(crate) fn import(arguments: &ImportArguments) -> Result<Output, Failure> {
    let (name, text) = match &arguments.file {
        None => ("the live account".to_owned(), live::insights(&arguments.live)?),
        Some(path) => saved(path)?,
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

/// The name of a file as people know it, and its text.
fn saved(path: &Path) -> Result<(String, String), Failure> {
    let is_stdin = path == Path::new("-");
    let text = if is_stdin {
        let mut text = String::new();
        io::stdin().lock().read_to_string(&mut text).map(|_| text)
    } else {
        fs::read_to_string(path)
    };
    let text = text.map_err(|error| Failure::ReadImport {
        path: path.to_owned(),
        error,
    })?;
    let name = if is_stdin {
        "<stdin>".to_owned()
    } else {
        path.display().to_string()
    };
    Ok((name, text))
}
