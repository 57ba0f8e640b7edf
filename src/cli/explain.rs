//! `hopwatch explain`: one path, hop by hop.

use clap::{Args, ValueEnum};

use super::arguments::{LiveArguments, PathFileArgument, SnapshotArgument};
use super::evaluate::evaluate_all;
use super::exit::{EXIT_CODES, Exit};
use super::failure::Failure;
use super::output::Output;
use super::path_file::Loaded;
use super::{missing, network_source, path_file};
use crate::paths::model::RequiredPath;
use crate::paths::{AdHoc, ad_hoc_path};
use crate::report::json::{ExplainDocument, pretty};
use crate::report::{Answer, Look, Summary, diagram};

const EXAMPLES: &str = "\
Examples:
  hopwatch explain --snapshot network \"order-sync → partner SFTP\"
  hopwatch explain --snapshot network --from lambda:order-sync --to 198.51.100.22 --port 22
  hopwatch explain --snapshot network --from i-0a1b2c3d4e5f60718 --to rds:orders --port 5432
  hopwatch explain --snapshot network \"order-sync → partner SFTP\" --output mermaid";

/// Explain one path, hop by hop: which rule decided, what is lost, what mends it.
#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES, after_long_help = format!("{EXAMPLES}\n\n{EXIT_CODES}"))]
pub(crate) struct ExplainArguments {
    /// The path's name; may be left out where the file has one path only
    #[arg(value_name = "NAME", conflicts_with_all = ["from", "to"])]
    name: Option<String>,
    /// Instead of a name, where a path starts: an id, an ARN, an address, a CIDR block, `internet`, a name under
    /// `endpoints:`, `lambda:NAME`, `rds:ID` or `lb:NAME`
    #[arg(long, value_name = "END", requires = "to")]
    from: Option<String>,
    /// Where it leads: the same
    #[arg(long, value_name = "END", requires = "from")]
    to: Option<String>,
    /// `tcp`, `udp`, `icmp`, `icmpv6`, a number or `all` [default: tcp]
    #[arg(long, value_name = "PROTOCOL", requires = "from", conflicts_with = "name")]
    protocol: Option<String>,
    /// The destination port, as in `22`, `8000-8100`, `22,443` or `all`
    #[arg(long, value_name = "PORTS", requires = "from", conflicts_with = "name")]
    port: Option<String>,
    #[command(flatten)]
    paths: PathFileArgument,
    #[command(flatten)]
    snapshot: SnapshotArgument,
    #[command(flatten)]
    live: LiveArguments,
    /// How to tell it
    #[arg(long, value_enum, default_value_t = ExplainFormat::Text, value_name = "FORMAT")]
    output: ExplainFormat,
}

/// The forms of an explanation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ExplainFormat {
    /// A walk for people
    Text,
    /// A document for programs: one path of `check --output json`
    Json,
    /// A Mermaid flow chart of the walk
    Mermaid,
}

pub(crate) fn explain(arguments: &ExplainArguments, look: Look) -> Result<Output, Failure> {
    network_source::apart(&arguments.snapshot, &arguments.paths)?;
    let (path, file) = asked(arguments)?;
    let transparent = file
        .as_ref()
        .map(|file| file.read.file.transparent.as_slice())
        .unwrap_or_default();
    let paths = [path];
    let network = network_source::load(
        &arguments.snapshot,
        &arguments.live,
        file.as_ref().map(|file| &file.read.file),
        &paths,
        look.quiet,
    )?;
    let results = evaluate_all(&network.snapshot, transparent, &paths, &network.hosts(&paths));

    let answers: Vec<Answer<'_>> = paths
        .iter()
        .zip(&results)
        .map(|(path, result)| Answer { path, result })
        .collect();
    let exit = Exit::of(Summary::of(&results));
    let mut warnings = file.as_ref().map(Loaded::warnings).unwrap_or_default();
    let source = file.as_ref().map(|file| file.source.clone()).unwrap_or_default();
    warnings.extend(network.warnings(look.verbose));
    warnings.extend(missing::warnings(&answers, &source, &network.snapshot));
    let mut text = String::new();
    for answer in &answers {
        text.push_str(&match arguments.output {
            ExplainFormat::Text => crate::report::explain::explain(answer, look),
            ExplainFormat::Json => pretty(&ExplainDocument::new(answer.result))?,
            ExplainFormat::Mermaid => diagram::mermaid(answer),
        });
    }
    Ok(Output { text, warnings, exit })
}

/// The path that was asked for, and the path file if there is one.
fn asked(arguments: &ExplainArguments) -> Result<(RequiredPath, Option<Loaded>), Failure> {
    if let (Some(from), Some(to)) = (&arguments.from, &arguments.to) {
        let file = path_file::load_if_there(&arguments.paths, &arguments.live)?;
        let endpoints = file
            .as_ref()
            .map(|file| file.read.endpoints.clone())
            .unwrap_or_default();
        let said = AdHoc {
            from,
            to,
            protocol: arguments.protocol.as_deref(),
            port: arguments.port.as_deref(),
        };
        let path = ad_hoc_path(said, &endpoints).map_err(Failure::ad_hoc)?;
        return Ok((path, file));
    }
    let file = path_file::load(&arguments.paths, &arguments.live)?;
    let path = match &arguments.name {
        Some(name) => file.select(std::slice::from_ref(name))?.into_iter().next(),
        None => match file.read.file.paths.as_slice() {
            [only] => Some(only.clone()),
            _ => None,
        },
    };
    match path {
        Some(path) => Ok((path, Some(file))),
        None => Err(Failure::NoPathNamed(format!(
            "name one, or say --from and --to; {}",
            file.names()
        ))),
    }
}
