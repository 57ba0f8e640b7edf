//! The command line: one file a sub-command, and the files that they read and write.

pub mod snapshot_files;
