//! `hopwatch snapshot`: a live network as a folder of files.

use std::fs;
use std::path::PathBuf;

use clap::Args;

use super::arguments::{LiveArguments, PathFileArgument};
use super::exit::Exit;
use super::failure::Failure;
use super::output::Output;
use super::{live, path_file};

const EXAMPLES: &str = "\
Examples:
  hopwatch snapshot network
  hopwatch snapshot network --profile prod --region eu-west-1
  hopwatch check --snapshot network

Exit codes:
  0  the network is saved
  2  bad usage or input: a message on stderr, nothing on stdout
  3  the network is saved, but for what is told on stderr
  4  AWS or the network failed, so that nothing could be read";

/// Save the live network as a folder of files.
///
/// It can be looked at again later, sent along with a question, and tested with. Each file holds what one call of AWS
/// answered, in the form in which the AWS CLI prints it, in a folder for its account and Region. Where the path file is
/// there it says which accounts and Regions are read.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct SnapshotArguments {
    /// The folder; made if it is not there, and empty if it is
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    #[command(flatten)]
    paths: PathFileArgument,
    #[command(flatten)]
    live: LiveArguments,
}

pub(crate) fn snapshot(arguments: &SnapshotArguments) -> Result<Output, Failure> {
    let folder = &arguments.folder;
    let fail = |error| Failure::SaveSnapshot {
        path: folder.clone(),
        error,
    };
    // Files of another day would be taken for a part of this network.
    match fs::read_dir(folder) {
        Ok(mut entries) => {
            if entries.next().is_some() {
                return Err(Failure::FolderNotEmpty(folder.clone()));
            }
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => return Err(fail(error)),
    }
    let file = path_file::load_if_there(&arguments.paths, &arguments.live)?;
    let (files, warnings) = live::files(&arguments.live, file.as_ref().map(|file| &file.read.file))?;
    for (name, text) in &files {
        let path = folder.join(name);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(fail)?;
        }
        fs::write(&path, text).map_err(fail)?;
    }
    let count = files.len();
    let is_whole = !files.keys().any(|name| name.ends_with("/Unread.json"));
    Ok(Output {
        text: format!("{}: {count} files\n", folder.display()),
        warnings,
        exit: if is_whole {
            Exit::AsExpected
        } else {
            Exit::Undecided
        },
    })
}
