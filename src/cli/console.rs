//! The terminal, or what stands in for it: whether there is one, how wide it is, colours, and the writing itself.

use std::fmt;
use std::io::{self, IsTerminal, Write};

use anstream::{AutoStream, ColorChoice};
use miette::{Diagnostic, GraphicalReportHandler, GraphicalTheme, ThemeCharacters, ThemeStyles};

use super::arguments::Verbosity;
use crate::report::Look;
use crate::report::clean::clean;

/// A terminal that does not say how wide it is.
const USUAL_WIDTH: usize = 80;

/// Wide enough that nothing is wrapped.
const UNWRAPPED: usize = 10_000;

/// How reports for stdout are laid out.
pub(crate) fn look(verbosity: Verbosity) -> Look {
    Look {
        colour: has_colour(AutoStream::choice(&io::stdout())),
        width: io::stdout().is_terminal().then(terminal_width),
        verbose: verbosity.verbose,
        quiet: verbosity.quiet,
    }
}

fn has_colour(choice: ColorChoice) -> bool {
    !matches!(choice, ColorChoice::Never)
}

fn terminal_width() -> usize {
    terminal_size::terminal_size().map_or(USUAL_WIDTH, |(width, _)| usize::from(width.0))
}

/// Writes a report. A reader that went away has read enough: that is no error.
pub(crate) fn write_report(text: &str) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    let written = stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush());
    match written {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => written,
    }
}

/// Writes a warning or an error. Where even stderr is gone there is nobody left to tell.
pub(crate) fn write_message(text: &str) {
    let mut stderr = anstream::AutoStream::auto(io::stderr().lock());
    let _ = stderr.write_all(text.as_bytes()).and_then(|()| stderr.flush());
}

/// An error as people read it on stderr: in colour and with lines drawn on a terminal, plain otherwise.
pub(crate) fn describe(error: &dyn Diagnostic) -> String {
    let terminal = io::stderr().is_terminal();
    let colour = has_colour(AutoStream::choice(&io::stderr()));
    let theme = GraphicalTheme {
        characters: if terminal { drawn() } else { plain() },
        styles: if colour {
            ThemeStyles::ansi()
        } else {
            ThemeStyles::none()
        },
    };
    // Ids and commands in a message are copied: they are never broken.
    let handler = GraphicalReportHandler::new_themed(theme)
        .with_links(false)
        .with_break_words(false)
        .with_wrap_lines(terminal)
        .with_width(if terminal { terminal_width() } else { UNWRAPPED });
    let mut text = render(&handler, &Headline(error));
    // One by one: together they would be told under a title that says nothing.
    for related in error.related().into_iter().flatten() {
        text.push('\n');
        text.push_str(&render(&handler, related));
    }
    if terminal {
        return text;
    }
    // Without lines drawn there is no margin to keep.
    text.lines()
        .map(|line| format!("{}\n", line.strip_prefix("  ").unwrap_or(line)))
        .collect()
}

fn render(handler: &GraphicalReportHandler, diagnostic: &dyn Diagnostic) -> String {
    let mut text = String::new();
    match handler.render_report(&mut text, diagnostic) {
        Ok(()) => text,
        Err(_) => format!("error: {diagnostic}\n"),
    }
}

/// A diagnostic without its causes, which its message names, and without what is related.
#[derive(Debug)]
struct Headline<'a>(&'a dyn Diagnostic);

impl fmt::Display for Headline<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Names in it may be other people's.
        let lines: Vec<String> = self.0.to_string().lines().map(clean).collect();
        f.write_str(&lines.join("\n"))
    }
}

impl std::error::Error for Headline<'_> {}

impl Diagnostic for Headline<'_> {
    fn severity(&self) -> Option<miette::Severity> {
        self.0.severity()
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.0.help()
    }

    fn source_code(&self) -> Option<&dyn miette::SourceCode> {
        self.0.source_code()
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = miette::LabeledSpan> + '_>> {
        self.0.labels()
    }
}

fn drawn() -> ThemeCharacters {
    ThemeCharacters::unicode()
}

fn plain() -> ThemeCharacters {
    ThemeCharacters {
        error: "error:".into(),
        warning: "warning:".into(),
        advice: "note:".into(),
        ..ThemeCharacters::ascii()
    }
}
