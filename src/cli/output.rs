//! What a command gives back: the only way to a terminal leads through it.

use super::exit::Exit;

/// What to print, and how to end.
#[derive(Debug)]
pub(crate) struct Output {
    /// For stdout.
    pub(crate) text: String,
    /// For stderr, a line or several each.
    pub(crate) warnings: Vec<String>,
    /// The exit code.
    pub(crate) exit: Exit,
}

impl Output {
    /// Text, and everything went well.
    pub(crate) fn done(text: String) -> Self {
        Self {
            text,
            warnings: Vec::new(),
            exit: Exit::AsExpected,
        }
    }
}
