//! `hopwatch check`: is every path as expected?

use clap::{Args, ValueEnum};

use super::arguments::{LiveArguments, PathFileArgument, SnapshotArgument};
use super::evaluate::evaluate_all;
use super::exit::{EXIT_CODES, Exit};
use super::failure::Failure;
use super::output::Output;
use super::{missing, network_source, path_file};
use crate::report::json::{CheckDocument, pretty};
use crate::report::{Answer, Look, Summary, junit, sarif, text};

const EXAMPLES: &str = "\
Examples:
  hopwatch check
  hopwatch check --snapshot network
  hopwatch check --snapshot network \"order-sync → partner SFTP\"
  hopwatch check --snapshot network --output junit > report.xml
  hopwatch check --snapshot network --quiet || echo 'something is broken'";

/// Evaluate the path file, or the paths named: is each as expected?
#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES, after_long_help = format!("{EXAMPLES}\n\n{EXIT_CODES}"))]
pub(crate) struct CheckArguments {
    /// Only the paths with these names
    #[arg(value_name = "NAME")]
    names: Vec<String>,
    #[command(flatten)]
    paths: PathFileArgument,
    #[command(flatten)]
    snapshot: SnapshotArgument,
    #[command(flatten)]
    live: LiveArguments,
    /// How to tell it
    #[arg(long, value_enum, default_value_t = CheckFormat::Text, value_name = "FORMAT")]
    output: CheckFormat,
}

/// The forms of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum CheckFormat {
    /// A table for people
    Text,
    /// A document for programs; `hopwatch schema check` describes it
    Json,
    /// JUnit XML: a case a path
    Junit,
    /// SARIF 2.1.0: a result a blocker, at its path's line
    Sarif,
}

pub(crate) fn check(arguments: &CheckArguments, look: Look) -> Result<Output, Failure> {
    network_source::apart(&arguments.snapshot, &arguments.paths)?;
    let file = path_file::load(&arguments.paths, &arguments.live)?;
    let paths = file.select(&arguments.names)?;
    let network = network_source::load(
        &arguments.snapshot,
        &arguments.live,
        Some(&file.read.file),
        &paths,
        look.quiet,
    )?;
    let results = evaluate_all(
        &network.snapshot,
        &file.read.file.transparent,
        &paths,
        &network.hosts(&paths),
    );

    let answers: Vec<Answer<'_>> = paths
        .iter()
        .zip(&results)
        .map(|(path, result)| Answer { path, result })
        .collect();
    let exit = Exit::of(Summary::of(&results));
    let mut warnings = file.warnings();
    warnings.extend(network.warnings(look.verbose));
    warnings.extend(missing::warnings(&answers, &file.source, &network.snapshot));
    let text = match arguments.output {
        CheckFormat::Text => text::check(&answers, &network.origin(&file.option(&arguments.paths)), look),
        CheckFormat::Junit => junit::check(&answers, &file.source.name),
        CheckFormat::Sarif => pretty(&sarif::check(&answers, &file.source.name))?,
        CheckFormat::Json => pretty(&CheckDocument::new(results.clone()))?,
    };
    Ok(Output { text, warnings, exit })
}
