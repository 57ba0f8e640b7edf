//! `hopwatch schema`: the JSON schemas of what hopwatch reads and writes.

use clap::{Args, ValueEnum};

use super::failure::Failure;
use super::output::Output;
use crate::paths;
use crate::report::json::{check_schema, pretty};
use crate::{alert, event, monitor};

const EXAMPLES: &str = "\
Examples:
  hopwatch schema path-file > hopwatch.schema.json
  hopwatch schema check > check.schema.json

In an editor with the YAML language server, the first line of a path file may name it:
  # yaml-language-server: $schema=hopwatch.schema.json";

/// Print the JSON schema of what hopwatch reads or writes.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct SchemaArguments {
    /// Which one
    #[arg(value_enum, value_name = "DOCUMENT")]
    document: Document,
}

/// The documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Document {
    /// The path file
    PathFile,
    /// The output of `check --output json`
    Check,
    /// An alert, as programs get it
    Alert,
    /// What is remembered of a path
    State,
    /// What the function takes by hand: `check`, `sweep`, `again`
    Event,
}

pub(crate) fn schema(arguments: &SchemaArguments) -> Result<Output, Failure> {
    let text = match arguments.document {
        Document::PathFile => pretty(&paths::schema())?,
        Document::Check => pretty(&check_schema())?,
        Document::Alert => pretty(&alert::schema())?,
        Document::State => pretty(&monitor::schema())?,
        Document::Event => pretty(&event::schema())?,
    };
    Ok(Output::done(text))
}
