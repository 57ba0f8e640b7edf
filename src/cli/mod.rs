//! The command line: one file a sub-command, and the files that they read and write.
//!
//! A command takes its arguments and gives back what to print and the exit code; [`run`] alone prints.

mod arguments;
mod check;
mod completions;
mod console;
mod doctor;
mod evaluate;
mod exit;
mod explain;
mod failure;
mod import;
mod live;
mod missing;
mod network_source;
mod output;
mod path_file;
mod replay;
mod replay_steps;
mod run;
mod schema;
mod snapshot;
pub mod snapshot_files;
mod validate;

pub use run::run;
