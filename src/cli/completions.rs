//! `hopwatch completions`: what a shell needs to complete hopwatch's arguments.

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use super::arguments::Arguments;
use super::output::Output;

const EXAMPLES: &str = "\
Examples:
  hopwatch completions bash > ~/.local/share/bash-completion/completions/hopwatch
  hopwatch completions zsh > \"${fpath[1]}/_hopwatch\"
  hopwatch completions fish > ~/.config/fish/completions/hopwatch.fish";

/// Print a script that completes hopwatch's arguments in a shell.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct CompletionsArguments {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

pub(crate) fn completions(arguments: &CompletionsArguments) -> Output {
    let mut script = Vec::new();
    clap_complete::generate(
        arguments.shell,
        &mut Arguments::command(),
        "hopwatch",
        &mut script,
    );
    Output::done(String::from_utf8_lossy(&script).into_owned())
}
