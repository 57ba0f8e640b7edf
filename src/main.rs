//! `hopwatch`, the command line.

use std::process::ExitCode;

fn main() -> ExitCode {
    hopwatch::cli::run()
}
