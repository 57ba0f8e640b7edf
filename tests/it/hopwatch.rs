//! Runs the real binary as a user would, with nothing of the test's environment that changes what it prints.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// How a run ended.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Run {
    fn of(output: Output) -> Self {
        Self {
            code: output.status.code().expect("it ends by itself"),
            stdout: String::from_utf8(output.stdout).expect("UTF-8"),
            stderr: String::from_utf8(output.stderr).expect("UTF-8"),
        }
    }

    /// Bad usage or input: a message on stderr, nothing on stdout.
    pub(crate) fn is_usage_error(&self) -> bool {
        self.code == 2 && self.stdout.is_empty() && !self.stderr.is_empty()
    }
}

/// The binary, in a folder, ready for more arguments.
pub(crate) fn command(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hopwatch"));
    command.current_dir(folder).stdin(Stdio::null());
    for variable in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "COLUMNS"] {
        command.env_remove(variable);
    }
    command
}

/// Runs it in a folder.
pub(crate) fn run_in(folder: &Path, arguments: &[&str]) -> Run {
    Run::of(
        command(folder)
            .args(arguments)
            .output()
            .expect("the binary starts"),
    )
}

/// Runs it at the root of the repository.
pub(crate) fn run(arguments: &[&str]) -> Run {
    run_in(&root(), arguments)
}

/// Runs it at the root of the repository, with an environment variable.
pub(crate) fn run_with(variable: &str, value: &str, arguments: &[&str]) -> Run {
    Run::of(
        command(&root())
            .env(variable, value)
            .args(arguments)
            .output()
            .expect("the binary starts"),
    )
}

/// The root of the repository.
pub(crate) fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}
