//! What can be typed.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use super::exit::EXIT_CODES;
use super::{check, completions, doctor, explain, import, replay, schema, snapshot, validate};
#[cfg(feature = "aws")]
use crate::report::text::quoted;

/// Declare the network paths that must work in AWS; see which rule breaks one, and the command that mends it.
///
/// The paths stand in a file, `hopwatch.yaml`. Every packet of a path is followed there and back through the network's
/// security groups, network ACLs, route tables and gateways: every source address, every client port, every reply.
#[derive(Debug, Parser)]
#[command(name = "hopwatch", version, after_help = EXIT_CODES, max_term_width = 100)]
#[command(subcommand_required = true, arg_required_else_help = true)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
    #[command(flatten)]
    pub(crate) verbosity: Verbosity,
}

/// The commands, in the order in which a person needs them.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Check(check::CheckArguments),
    Explain(explain::ExplainArguments),
    Replay(replay::ReplayArguments),
    Snapshot(snapshot::SnapshotArguments),
    Validate(validate::ValidateArguments),
    Doctor(doctor::DoctorArguments),
    Import(import::ImportArguments),
    Schema(schema::SchemaArguments),
    Completions(completions::CompletionsArguments),
}

/// How much to say.
#[derive(Debug, Clone, Copy, Default, Args)]
pub(crate) struct Verbosity {
    /// Say only what is not as expected; no warnings
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub(crate) quiet: bool,
    /// Say more: every walk, every notice, what was read
    #[arg(short, long, global = true)]
    pub(crate) verbose: bool,
}

/// Which path file.
#[derive(Debug, Clone, Args)]
pub(crate) struct PathFileArgument {
    /// The path file; `-` is standard input, `s3://bucket/key` and `ssm:/name` are read from AWS [default: hopwatch.yaml]
    #[arg(long, value_name = "FILE")]
    pub(crate) paths: Option<PathBuf>,
}

/// The path file's name where none is given.
pub(crate) const DEFAULT_PATH_FILE: &str = "hopwatch.yaml";

/// Which network.
#[derive(Debug, Clone, Args)]
pub(crate) struct SnapshotArgument {
    /// A saved network, instead of the live account: a folder of `aws … describe-…` JSON, or one such file; `-` is
    /// standard input
    #[arg(long, value_name = "PATH")]
    pub(crate) snapshot: Option<PathBuf>,
}

/// How AWS is spoken to.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "AWS")]
pub(crate) struct LiveArguments {
    /// The profile of `~/.aws/config` [default: as with the AWS CLI]
    #[arg(long, value_name = "NAME")]
    pub(crate) profile: Option<String>,
    /// The Region [default: as with the AWS CLI]
    #[arg(long, value_name = "REGION")]
    pub(crate) region: Option<String>,
    /// Where AWS is reached, for an emulator or a proxy
    #[arg(long, value_name = "URL")]
    pub(crate) endpoint_url: Option<String>,
    /// A role to read the network with, instead of the path file's `snapshotScope`
    #[arg(long, value_name = "ARN")]
    pub(crate) role: Option<String>,
}

impl LiveArguments {
    /// The same, to be typed again.
    #[cfg(feature = "aws")]
    pub(crate) fn options(&self) -> String {
        let options = [
            ("--profile", &self.profile),
            ("--region", &self.region),
            ("--endpoint-url", &self.endpoint_url),
            ("--role", &self.role),
        ];
        let said = options
            .into_iter()
            .filter_map(|(name, value)| Some(format!(" {name} {}", quoted(value.as_deref()?))));
        said.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_arguments_are_consistent() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn help() {
        let mut command = Arguments::command();
        command.build();
        let mut pages = vec![command.clone().term_width(100).render_long_help().to_string()];
        for sub in command.get_subcommands().filter(|sub| sub.get_name() != "help") {
            pages.push(sub.clone().term_width(100).render_long_help().to_string());
        }
        insta::assert_snapshot!(pages.join("\n=========\n\n"));
    }
}
