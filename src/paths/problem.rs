//! What is wrong in a path file, with the place: file, line, column, the text underlined, and what to do instead.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use miette::{
    Diagnostic, LabeledSpan, MietteError, MietteSpanContents, NamedSource, Severity, SourceCode, SourceSpan,
    SpanContents,
};

use super::node::Place;

/// How many problems are listed; the rest is counted.
const MOST_LISTED: usize = 100;

/// How many are counted before what follows is left unread.
const MOST_COUNTED: usize = 1_000;

/// The most of one line, and of what is underlined in it, that a terminal should be filled with: files without line
/// breaks are usual where a program wrote them.
const MOST_SHOWN: usize = 2_000;
const MOST_UNDERLINED: usize = 400;
const MOST_BESIDE: usize = 100;

/// The text of a path file and its name, shared by everything that points into it.
#[derive(Clone)]
pub(crate) struct Source(Arc<NamedSource<String>>);

impl Source {
    pub(super) fn new(name: &str, text: &str) -> Self {
        Self(Arc::new(
            NamedSource::new(name, text.to_owned()).with_language("yaml"),
        ))
    }

    pub(super) fn text(&self) -> &str {
        self.0.inner()
    }
}

impl SourceCode for Source {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        lines_before: usize,
        lines_after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let whole = self.0.read_span(span, lines_before, lines_after)?;
        if whole.data().len() <= MOST_SHOWN {
            return Ok(whole);
        }
        // Two labels far apart on one long line are shown apart.
        if span.len() > MOST_SHOWN {
            return Err(MietteError::OutOfBounds);
        }
        let (first, end) = (whole.span().offset(), whole.span().offset() + whole.data().len());
        let text = self.text();
        let from = text.floor_char_boundary(span.offset().saturating_sub(MOST_BESIDE).max(first));
        let to = text.ceil_char_boundary((span.offset() + span.len() + MOST_BESIDE).min(end));
        let skipped = text.get(first..from).unwrap_or_default().matches('\n').count();
        Ok(Box::new(MietteSpanContents::new_named(
            self.0.name().to_owned(),
            text.get(from..to).unwrap_or_default().as_bytes(),
            SourceSpan::from((from, to - from)),
            whole.line() + skipped,
            0,
            whole.line_count(),
        )))
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Source({})", self.0.name())
    }
}

/// A value that cannot be taken, before its place is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wrong {
    /// What is wrong with it, as a fragment.
    pub(super) message: String,
    /// What to write instead.
    pub(super) help: Option<String>,
}

impl Wrong {
    pub(super) fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            help: None,
        }
    }

    pub(super) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    pub(super) fn maybe_help(mut self, help: Option<String>) -> Self {
        self.help = help;
        self
    }
}

/// One thing that is wrong, or odd, at one place of a path file.
#[derive(Debug, Clone)]
pub struct Problem {
    message: String,
    help: Option<String>,
    label: String,
    place: Place,
    others: Vec<(Place, String)>,
    severity: Severity,
    source: Option<Source>,
}

impl Problem {
    pub(super) fn at(place: Place, message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            help: None,
            label: "here".into(),
            place,
            others: Vec::new(),
            severity: Severity::Error,
            source: None,
        }
    }

    pub(super) fn wrong(place: Place, key: &str, wrong: Wrong) -> Self {
        Self {
            help: wrong.help,
            ..Self::at(place, format!("`{key}`: {}", wrong.message))
        }
    }

    pub(super) fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    pub(super) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    pub(super) fn maybe_help(mut self, help: Option<String>) -> Self {
        self.help = help;
        self
    }

    pub(super) fn also(mut self, place: Place, label: impl Into<String>) -> Self {
        self.others.push((place, label.into()));
        self
    }

    /// What is wrong, in one line without its place.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// What to do about it.
    pub fn suggestion(&self) -> Option<&str> {
        self.help.as_deref()
    }

    /// The line, from 1.
    pub fn line(&self) -> usize {
        self.place.line
    }

    /// The column in characters, from 1.
    pub fn column(&self) -> usize {
        self.place.column
    }

    /// `file:line:column: what is wrong; what to do`, for where there is one line only.
    pub fn one_line(&self) -> String {
        let (file, line, column) = (self.file(), self.place.line, self.place.column);
        let help = self
            .help
            .as_ref()
            .map_or_else(String::new, |help| format!("; {help}"));
        format!("{file}:{line}:{column}: {}{help}", self.message)
    }

    /// The file's name as it was given.
    pub fn file(&self) -> &str {
        self.source.as_ref().map_or("", |source| source.0.name())
    }
}

/// What is wrong, in one line without its place.
impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Problem {}

impl Diagnostic for Problem {
    fn severity(&self) -> Option<Severity> {
        Some(self.severity)
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.help
            .as_ref()
            .map(|help| Box::new(help) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.source.as_ref().map(|source| source as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let span = |place: &Place| SourceSpan::from((place.start, place.len));
        let primary = LabeledSpan::new_primary_with_span(Some(self.label.clone()), span(&self.place));
        let defined = self.place.defined.map(|(start, len)| {
            LabeledSpan::new_with_span(Some("written here".into()), SourceSpan::from((start, len)))
        });
        let others = self
            .others
            .iter()
            .map(move |(place, label)| LabeledSpan::new_with_span(Some(label.clone()), span(place)));
        Some(Box::new(std::iter::once(primary).chain(defined).chain(others)))
    }
}

/// Everything that is wrong in a path file, in the order of its lines. Never empty.
#[derive(Debug, Clone)]
pub struct PathFileErrors {
    name: String,
    problems: Vec<Problem>,
    unlisted: usize,
}

impl PathFileErrors {
    /// Each problem, in the file's order; at most a hundred.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// How many more were found; about a thousand problems end the reading.
    pub fn unlisted(&self) -> usize {
        self.unlisted
    }
}

impl fmt::Display for PathFileErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.problems.len() + self.unlisted;
        let problems = if count == 1 { "problem" } else { "problems" };
        write!(f, "{} is not a valid path file: {count} {problems}", self.name)?;
        if self.unlisted > 0 {
            write!(f, ", the first {} listed", self.problems.len())?;
        }
        Ok(())
    }
}

impl std::error::Error for PathFileErrors {}

impl Diagnostic for PathFileErrors {
    fn related<'a>(&'a self) -> Option<Box<dyn Iterator<Item = &'a dyn Diagnostic> + 'a>> {
        Some(Box::new(
            self.problems.iter().map(|problem| problem as &dyn Diagnostic),
        ))
    }
}

/// Collects what is wrong while a file is read.
#[derive(Debug)]
pub(super) struct Problems {
    source: Source,
    errors: Vec<Problem>,
    warnings: Vec<Problem>,
}

impl Problems {
    pub(super) fn new(source: Source) -> Self {
        Self {
            source,
            errors: Vec::new(),
            warnings: Vec::new(),
        }
    }

    /// The text that is being read.
    pub(super) fn text(&self) -> &str {
        self.source.text()
    }

    pub(super) fn error(&mut self, problem: Problem) {
        let problem = self.in_source(problem);
        self.errors.push(problem);
    }

    pub(super) fn warning(&mut self, problem: Problem) {
        let mut problem = self.in_source(problem);
        problem.severity = Severity::Warning;
        self.warnings.push(problem);
    }

    /// Whether so much is wrong that reading on would only cost time.
    pub(super) fn is_full(&self) -> bool {
        self.errors.len() >= MOST_COUNTED
    }

    fn in_source(&self, mut problem: Problem) -> Problem {
        let text = self.text();
        let short = |start: usize, len: usize| {
            let end = text.floor_char_boundary(start.saturating_add(len.min(MOST_UNDERLINED)));
            end.saturating_sub(start)
        };
        let others = problem.others.iter_mut().map(|(place, _)| place);
        for place in std::iter::once(&mut problem.place).chain(others) {
            place.len = short(place.start, place.len);
            if let Some((start, len)) = &mut place.defined {
                *len = short(*start, *len);
            }
        }
        problem.source = Some(self.source.clone());
        problem
    }

    /// The warnings, if nothing is wrong.
    pub(super) fn into_result(mut self) -> Result<Vec<Problem>, PathFileErrors> {
        for list in [&mut self.errors, &mut self.warnings] {
            // The same anchored text is read once for every alias; nobody needs the same message twice.
            let mut told = BTreeSet::new();
            list.retain(|problem| {
                told.insert((problem.place.start, problem.place.len, problem.message.clone()))
            });
            list.sort_by_key(|problem| problem.place.start);
        }
        if self.errors.is_empty() {
            return Ok(self.warnings);
        }
        let unlisted = self.errors.len().saturating_sub(MOST_LISTED);
        self.errors.truncate(MOST_LISTED);
        Err(PathFileErrors {
            name: self.source.0.name().to_owned(),
            problems: self.errors,
            unlisted,
        })
    }
}
