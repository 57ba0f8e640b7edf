//! What path files are taken, what is said of those that are not, and that nothing makes reading panic.

mod arbitrary;
mod corpus;
mod rejected;
mod schema;
mod taken;

use miette::{GraphicalReportHandler, GraphicalTheme};

use super::{Problem, ReadPathFile, read};

/// A file with one path that has these keys on top of a name, a source and a destination.
fn with(keys: &str) -> String {
    let keys = keys.trim_matches('\n').replace('\n', "\n    ");
    format!(
        "version: 1\npaths:\n  - name: sync\n    source: {{ lambda: sync }}\n    destination: 198.51.100.22\n    {keys}\n"
    )
}

/// A file with one path between these ends.
fn between(source: &str, destination: &str) -> String {
    format!(
        "version: 1\npaths:\n  - name: sync\n    source: {source}\n    destination: {destination}\n    destinationPort: 22\n"
    )
}

fn taken(text: &str) -> ReadPathFile {
    match read(text, "hopwatch.yaml", None) {
        Ok(read) => read,
        Err(errors) => {
            let told: Vec<_> = errors.problems().iter().map(Problem::one_line).collect();
            panic!("{}\n{text}", told.join("\n"))
        }
    }
}

/// The problems as people see them, on a terminal without colour.
fn rendered(problems: &[Problem]) -> String {
    let handler = GraphicalReportHandler::new_themed(GraphicalTheme::unicode_nocolor()).with_width(100);
    let mut out = String::new();
    for problem in problems {
        handler.render_report(&mut out, problem).unwrap();
        out.push('\n');
    }
    out
}
