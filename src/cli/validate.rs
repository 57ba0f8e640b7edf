//! `hopwatch validate`: is the path file well formed, and with a network, does every name in it exist?

use clap::{Args, ValueEnum};
use serde::Serialize;

use super::arguments::{LiveArguments, PathFileArgument, SnapshotArgument};
use super::evaluate::evaluate_all;
use super::failure::Failure;
use super::output::Output;
use super::{missing, network_source, path_file};
use crate::paths::Problem;
use crate::report::json::{SCHEMA_VERSION, pretty};
use crate::report::{Answer, Look};

const EXAMPLES: &str = "\
Examples:
  hopwatch validate
  hopwatch validate --paths ops/hopwatch.yaml --snapshot network

Exit codes:
  0  the path file is valid
  2  it is not, or an end of a path is not in the snapshot: a message on stderr, nothing on stdout";

/// Check the path file alone; with a snapshot, also that every name in it exists.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct ValidateArguments {
    #[command(flatten)]
    paths: PathFileArgument,
    #[command(flatten)]
    snapshot: SnapshotArgument,
    #[command(flatten)]
    live: LiveArguments,
    /// How to tell it
    #[arg(long, value_enum, default_value_t = ValidateFormat::Text, value_name = "FORMAT")]
    output: ValidateFormat,
}

/// The forms of the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ValidateFormat {
    /// A line for people
    Text,
    /// A document for programs
    Json,
}

/// `validate --output json`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ValidateDocument {
    schema_version: u32,
    valid: bool,
    paths: usize,
    warnings: Vec<String>,
}

pub(crate) fn validate(arguments: &ValidateArguments, look: Look) -> Result<Output, Failure> {
    network_source::apart(&arguments.snapshot, &arguments.paths)?;
    let file = path_file::load(&arguments.paths, &arguments.live)?;
    let mut warnings = file.warnings();
    let paths = &file.read.file.paths;
    let mut checked = String::new();
    if let Some(snapshot) = &arguments.snapshot.snapshot {
        let network = network_source::saved(snapshot)?;
        let results = evaluate_all(
            &network.snapshot,
            &file.read.file.transparent,
            paths,
            &network.hosts(paths),
        );
        let answers: Vec<Answer<'_>> = paths
            .iter()
            .zip(&results)
            .map(|(path, result)| Answer { path, result })
            .collect();
        let ends = missing::ends(&answers, &file.source, &network.snapshot);
        if !ends.is_empty() {
            return Err(Failure::MissingEnds(ends));
        }
        warnings.extend(network.warnings(look.verbose));
        warnings.extend(missing::ambiguous(&answers, &file.source));
        checked = ", and every name in it is in the snapshot".to_owned();
    }
    let number = paths.len();
    let text = match arguments.output {
        ValidateFormat::Text if look.quiet => String::new(),
        ValidateFormat::Text => {
            let plural = if number == 1 { "path" } else { "paths" };
            format!("{}: valid, {number} {plural}{checked}\n", file.source.name)
        }
        ValidateFormat::Json => pretty(&ValidateDocument {
            schema_version: SCHEMA_VERSION,
            valid: true,
            paths: number,
            warnings: file.read.warnings.iter().map(Problem::one_line).collect(),
        })?,
    };
    Ok(Output {
        warnings,
        ..Output::done(text)
    })
}
