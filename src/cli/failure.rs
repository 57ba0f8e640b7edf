//! Why a command could not do what was asked, told on stderr: bad usage or input (exit code 2), or AWS out of reach (4).

use std::io;
use std::path::PathBuf;

use miette::Diagnostic;

use super::exit::Exit;
use super::missing::MissingEnd;
use super::snapshot_files::LoadError;
use crate::paths::{ArgumentError, ImportError, PathFileErrors};

/// Why a command could not do what was asked.
#[derive(Debug, thiserror::Error, Diagnostic)]
pub(crate) enum Failure {
    /// The path file cannot be read.
    #[error("cannot read the path file `{}`: {error}", path.display())]
    #[diagnostic(help("{}", read_help(error)))]
    ReadPathFile { path: PathBuf, error: io::Error },

    /// An address of S3 or Parameter Store that names nothing.
    #[error("`{0}` names no path file")]
    #[diagnostic(help("write `s3://bucket/key` or `ssm:/name`"))]
    #[cfg(feature = "aws")]
    RemoteName(String),

    /// The path file in S3 or Parameter Store cannot be read.
    #[error("cannot read the path file `{name}`: {reason}")]
    #[diagnostic(help("is the name right, and the Region?"))]
    #[cfg(feature = "aws")]
    ReadRemote { name: String, reason: String },

    /// This build has no SDK.
    #[error("{what}: this build of hopwatch does not speak to AWS (it was built without the feature `aws`)")]
    #[cfg(not(feature = "aws"))]
    WithoutAws {
        what: String,
        #[help]
        help: &'static str,
    },

    /// AWS or the network failed.
    #[error("{message}")]
    #[cfg(feature = "aws")]
    Aws {
        message: String,
        #[help]
        help: String,
    },

    /// The live network cannot be put together.
    #[error("the network cannot be put together: {0}")]
    #[diagnostic(help("try again: it may have been changed while it was read"))]
    #[cfg(feature = "aws")]
    Contradiction(String),

    /// The machine gives no threads or timers.
    #[error("cannot speak to AWS: {0}")]
    #[cfg(feature = "aws")]
    Runtime(io::Error),

    /// The network cannot be saved.
    #[error("cannot save the network in `{}`: {error}", path.display())]
    SaveSnapshot { path: PathBuf, error: io::Error },

    /// The network would be mixed with another.
    #[error("`{}` is not empty", .0.display())]
    #[diagnostic(help(
        "name a new folder: files of another network or day would be taken for a part of this one"
    ))]
    FolderNotEmpty(PathBuf),

    /// The path file is not valid.
    #[error(transparent)]
    #[diagnostic(transparent)]
    PathFile(#[from] PathFileErrors),

    /// Both the path file and the snapshot are to be read from standard input.
    #[error("--paths and --snapshot cannot both be `-`: there is one standard input")]
    OneStandardInput,

    /// The snapshot cannot be loaded.
    #[error(transparent)]
    Snapshot(#[from] LoadError),

    /// A path that the file does not name.
    #[error("`{file}` has no path named `{name}`")]
    #[diagnostic(help("{help}"))]
    UnknownPath {
        file: String,
        name: String,
        help: String,
    },

    /// Nothing says which path to explain.
    #[error("which path?")]
    #[diagnostic(help("{0}"))]
    NoPathNamed(String),

    /// `--from`, `--to` and the like make no path.
    #[error("{error}")]
    AdHoc {
        error: ArgumentError,
        #[help]
        help: Option<String>,
    },

    /// Ends that no resource of the snapshot answers to.
    #[error("{}", missing_summary(.0))]
    MissingEnds(#[related] Vec<MissingEnd>),

    /// The description of NetworkInsightsPaths cannot be read.
    #[error("cannot read `{}`: {error}", path.display())]
    ReadImport {
        /// The file.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },

    /// It is no description of NetworkInsightsPaths.
    #[error("`{name}` cannot be imported: {error}")]
    #[diagnostic(help("it takes what `aws ec2 describe-network-insights-paths --output json` prints"))]
    Import {
        /// The file.
        name: String,
        /// Why.
        error: ImportError,
    },

    /// Events cannot be read.
    #[error("cannot read `{}`: {error}", path.display())]
    #[diagnostic(help("name a file of events, or a folder of steps; see `hopwatch replay --help`"))]
    ReadEvents { path: PathBuf, error: io::Error },

    /// A folder without a step.
    #[error("`{}` holds no step: no file such as `01-change.json`", .0.display())]
    #[diagnostic(help("put an event into one, as EventBridge delivers it; see `hopwatch replay --help`"))]
    NoEvents(PathBuf),

    /// A file that is nothing that hopwatch takes.
    #[error("`{}` is no event: {error}", path.display())]
    #[diagnostic(help(
        "an event is JSON as EventBridge, SQS, SNS or CloudTrail have it; samples stand in `events/`"
    ))]
    Events {
        path: PathBuf,
        error: crate::event::EventError,
    },

    /// No network to replay on.
    #[error("no network to look at: neither --before nor --after, and no folder of a step")]
    #[diagnostic(help("{SAVE_A_SNAPSHOT}"))]
    NoReplayNetwork,

    /// The state file cannot be used.
    #[error(transparent)]
    StateFile(#[from] crate::local::StateFileError),

    /// The state cannot be written.
    #[error("{0}")]
    Store(crate::monitor::StoreError),

    /// The report cannot be written.
    #[error("cannot write to standard output: {0}")]
    Write(io::Error),

    /// A report that cannot be made into JSON.
    #[error("cannot write the report as JSON: {0}")]
    Json(#[from] serde_json::Error),
}

impl Failure {
    /// How a run ends that could not do what was asked.
    pub(crate) fn exit(&self) -> Exit {
        match self {
            #[cfg(feature = "aws")]
            Self::Aws { .. } | Self::Contradiction(_) | Self::Runtime(_) => Exit::Unreachable,
            _ => Exit::Usage,
        }
    }

    /// Of `--from`, `--to` and the like.
    pub(crate) fn ad_hoc(error: ArgumentError) -> Self {
        let help = error.suggestion().map(str::to_owned);
        Self::AdHoc { error, help }
    }
}

/// How to save a network: the calls that most paths need, then those that only some do.
pub(crate) const SAVE_A_SNAPSHOT: &str = r#"save the network, in any shell with the AWS CLI (with AWS built in, `hopwatch snapshot network` does the same):

  mkdir network
  for kind in vpcs subnets route-tables network-acls security-groups network-interfaces instances \
      nat-gateways internet-gateways vpc-endpoints vpc-peering-connections \
      vpc-block-public-access-options vpc-block-public-access-exclusions; do
    aws ec2 describe-$kind --output json > network/$kind.json
  done
  aws lambda list-functions --output json > network/functions.json

and say --snapshot network. Where paths meet them, likewise: aws rds describe-db-instances and describe-db-clusters;
aws ec2 describe-egress-only-internet-gateways, describe-vpn-gateways, describe-managed-prefix-lists,
describe-transit-gateways, describe-transit-gateway-attachments, describe-transit-gateway-vpc-attachments,
describe-transit-gateway-route-tables. What a path needs and the snapshot lacks is named, never guessed."#;

fn read_help(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::NotFound => {
            "name it with --paths; a file begins with `version: 1` and `paths:`, see `hopwatch schema path-file`"
        }
        io::ErrorKind::InvalidData => "a path file is UTF-8 text",
        _ => "name another one with --paths",
    }
}

fn missing_summary(ends: &[MissingEnd]) -> String {
    match ends.len() {
        1 => "an end of a path is not in the snapshot".to_owned(),
        number => format!("{number} ends of paths are not in the snapshot"),
    }
}
