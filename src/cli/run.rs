//! The whole shell: arguments in, text and an exit code out.

use std::process::ExitCode;

use clap::Parser;

use super::arguments::{Arguments, Command};
use super::console;
use super::exit::Exit;
use super::failure::Failure;
use super::output::Output;
use super::{check, completions, doctor, explain, import, replay, schema, snapshot, validate};
use crate::report::clean::clean;

/// Runs the command line that this process was started with.
pub fn run() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            // `--help` and `--version` come this way too, with exit code 0. A reader that went away is no error.
            let _ = error.print();
            return u8::try_from(error.exit_code()).map_or(Exit::Usage.into(), ExitCode::from);
        }
    };
    let quiet = arguments.verbosity.quiet;
    match command(arguments).and_then(|output| print(&output, quiet)) {
        Ok(exit) => exit.into(),
        Err(failure) => {
            console::write_message(&console::describe(&failure));
            failure.exit().into()
        }
    }
}

fn command(arguments: Arguments) -> Result<Output, Failure> {
    let verbosity = arguments.verbosity;
    let look = console::look(verbosity);
    match arguments.command {
        Command::Check(arguments) => check::check(&arguments, look),
        Command::Explain(arguments) => explain::explain(&arguments, look),
        Command::Replay(arguments) => replay::replay(&arguments, look),
        Command::Snapshot(arguments) => snapshot::snapshot(&arguments),
        Command::Validate(arguments) => validate::validate(&arguments, look),
        Command::Doctor(arguments) => doctor::doctor(&arguments, look),
        Command::Import(arguments) => import::import(&arguments),
        Command::Schema(arguments) => schema::schema(&arguments),
        Command::Completions(arguments) => Ok(completions::completions(&arguments)),
    }
}

fn print(output: &Output, quiet: bool) -> Result<Exit, Failure> {
    if !quiet {
        for warning in &output.warnings {
            console::write_message(&format!("{}\n", clean(warning)));
        }
    }
    console::write_report(&output.text).map_err(Failure::Write)?;
    Ok(output.exit)
}
