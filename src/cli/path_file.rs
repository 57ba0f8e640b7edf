//! The path file: where it is read from, and which of its paths are meant.

use std::fs;
use std::io::{self, Read};
use std::path::Path;

use miette::{NamedSource, SourceSpan};

use super::arguments::{DEFAULT_PATH_FILE, LiveArguments, PathFileArgument};
use super::failure::Failure;
use super::live;
use crate::paths::model::RequiredPath;
use crate::paths::suggestion::nearest;
use crate::paths::{self, ReadPathFile};
use crate::report::text::quoted;

/// How many warnings of a path file are told; the rest are counted.
const WARNINGS: usize = 10;

/// How many names are listed where none fits.
const NAMES: usize = 20;

/// A path file that was read.
#[derive(Debug)]
pub(crate) struct Loaded {
    /// Its name and its text.
    pub(crate) source: PathSource,
    /// What it says.
    pub(crate) read: ReadPathFile,
}

/// The text that paths were read from, for messages that point into it. Empty where they came from the command line.
#[derive(Debug, Clone, Default)]
pub(crate) struct PathSource {
    /// As the user called it.
    pub(crate) name: String,
    text: String,
}

impl PathSource {
    /// `hopwatch.yaml:7: `
    pub(crate) fn place(&self, line: usize) -> String {
        if self.name.is_empty() || line == 0 {
            String::new()
        } else {
            format!("{}:{line}: ", self.name)
        }
    }

    /// The text, where a line of it is meant.
    pub(crate) fn named(&self, line: usize) -> Option<NamedSource<String>> {
        self.span(line)
            .map(|_| NamedSource::new(&self.name, self.text.clone()).with_language("yaml"))
    }

    /// Where a line stands in the text, its indentation left out.
    pub(crate) fn span(&self, line: usize) -> Option<SourceSpan> {
        let text = self.text.split('\n').nth(line.checked_sub(1)?)?;
        let start: usize = self
            .text
            .split('\n')
            .take(line - 1)
            .map(|line| line.len() + 1)
            .sum();
        let indent = text.len() - text.trim_start().len();
        Some(SourceSpan::from((start + indent, text.trim().len())))
    }
}

/// Reads the path file that was asked for.
pub(crate) fn load(argument: &PathFileArgument, live: &LiveArguments) -> Result<Loaded, Failure> {
    let path = argument.paths.as_deref().unwrap_or(Path::new(DEFAULT_PATH_FILE));
    let stdin = Path::new("-");
    let name = if path == stdin {
        "<stdin>".to_owned()
    } else {
        path.display().to_string()
    };
    let text = if live::is_remote(&name) {
        Ok(live::read_path_file(&name, live)?)
    } else if path == stdin {
        let mut text = String::new();
        io::stdin().lock().read_to_string(&mut text).map(|_| text)
    } else {
        fs::read_to_string(path)
    };
    let text = text.map_err(|error| Failure::ReadPathFile {
        path: path.to_owned(),
        error,
    })?;
    let read = paths::read(&text, &name, Some(now()))?;
    Ok(Loaded {
        source: PathSource { name, text },
        read,
    })
}

/// The path file that stands in the current folder, if one does: a path from the command line may use its endpoints.
pub(crate) fn load_if_there(
    argument: &PathFileArgument,
    live: &LiveArguments,
) -> Result<Option<Loaded>, Failure> {
    match load(argument, live) {
        Err(Failure::ReadPathFile { error, .. })
            if argument.paths.is_none() && error.kind() == io::ErrorKind::NotFound =>
        {
            Ok(None)
        }
        loaded => loaded.map(Some),
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "this is the shell, where the clock is read"
)]
pub(crate) fn now() -> jiff::Timestamp {
    jiff::Timestamp::now()
}

impl Loaded {
    /// What is odd in it, a line each.
    pub(crate) fn warnings(&self) -> Vec<String> {
        let problems = &self.read.warnings;
        let mut lines: Vec<String> = problems
            .iter()
            .take(WARNINGS)
            .map(|problem| format!("warning: {}", problem.one_line()))
            .collect();
        if problems.len() > WARNINGS {
            lines.push(format!(
                "warning: {}: and {} more",
                self.source.name,
                problems.len() - WARNINGS
            ));
        }
        lines
    }

    /// The paths with these names, in the file's order; all of them where no name is given.
    pub(crate) fn select(&self, names: &[String]) -> Result<Vec<RequiredPath>, Failure> {
        let paths = &self.read.file.paths;
        for name in names {
            if !paths.iter().any(|path| path.name == *name) {
                return Err(self.unknown(name));
            }
        }
        let wanted = |path: &&RequiredPath| names.is_empty() || names.contains(&path.name);
        Ok(paths.iter().filter(wanted).cloned().collect())
    }

    fn unknown(&self, name: &str) -> Failure {
        let names = || self.read.file.paths.iter().map(|path| path.name.as_str());
        let help = match nearest(name, names()) {
            Some(near) => format!("did you mean {}?", quoted(near)),
            None => self.names(),
        };
        Failure::UnknownPath {
            file: self.source.name.clone(),
            name: name.to_owned(),
            help,
        }
    }

    /// The names of the paths, for a message.
    pub(crate) fn names(&self) -> String {
        let paths = &self.read.file.paths;
        if paths.is_empty() {
            return format!("`{}` has no paths yet", self.source.name);
        }
        let mut lines = vec!["its paths are:".to_owned()];
        lines.extend(
            paths
                .iter()
                .take(NAMES)
                .map(|path| format!("  {}", quoted(&path.name))),
        );
        if paths.len() > NAMES {
            lines.push(format!("  and {} more", paths.len() - NAMES));
        }
        lines.join("\n")
    }

    /// The option that names it again, for the next command.
    pub(crate) fn option(&self, argument: &PathFileArgument) -> String {
        match &argument.paths {
            Some(path) => format!(" --paths {}", quoted(&path.display().to_string())),
            None => String::new(),
        }
    }
}
