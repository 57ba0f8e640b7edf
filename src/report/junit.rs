//! JUnit XML, which every CI system shows: a case a path; not as expected is a failure, undecided is skipped.
//!
//! The format has no standard; the elements here are those that the schema of Jenkins's xUnit plugin allows.

use std::fmt::Write;

use super::clean::clean;
use super::component::Names;
use super::explain::explain;
use super::look::Look;
use super::reason;
use super::standing::{Answer, Standing, Summary};

/// The report. `class` groups the cases: the path file's name.
pub fn check(answers: &[Answer<'_>], class: &str) -> String {
    let summary = Summary::of(answers.iter().map(|answer| answer.result));
    let names = Names::of(answers.iter().map(|answer| answer.result));
    let counts = format!(
        "tests=\"{}\" failures=\"{}\" errors=\"0\" skipped=\"{}\"",
        summary.paths, summary.not_as_expected, summary.undecided
    );
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    // Writing to a string cannot fail.
    let _ = writeln!(xml, "<testsuites name=\"hopwatch\" {counts}>");
    let _ = writeln!(xml, "  <testsuite name=\"hopwatch check\" {counts}>");
    for answer in answers {
        let case = format!(
            "<testcase name=\"{}\" classname=\"{}\"",
            escape(&clean(&answer.result.name)),
            escape(&clean(class))
        );
        let line = escape(&reason::line(answer, &names));
        let _ = match answer.standing() {
            Standing::AsExpected => writeln!(xml, "    {case}/>"),
            Standing::NotAsExpected => writeln!(
                xml,
                "    {case}>\n      <failure message=\"{}: {line}\" type=\"{}\">{}</failure>\n    </testcase>",
                answer.word(),
                kind(answer),
                escape(&explain(answer, Look::default()))
            ),
            Standing::Undecided => {
                writeln!(
                    xml,
                    "    {case}>\n      <skipped message=\"undecided: {line}\"/>\n    </testcase>"
                )
            }
        };
    }
    xml.push_str("  </testsuite>\n</testsuites>\n");
    xml
}

/// The explanation code of the first blocker; of a leak, that something arrives.
fn kind(answer: &Answer<'_>) -> &'static str {
    if answer.is_leak() {
        return "ARRIVES";
    }
    answer
        .result
        .blockers
        .first()
        .map_or("LOST", |blocker| blocker.code.as_str())
}

/// The text as XML character data or in an attribute's quotes. Characters that XML 1.0 has no way to write are left out
/// (XML 1.0, production 2, Char).
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\n' | '\t' => escaped.push(c),
            c if c.is_control() => {}
            '\u{FFFE}' | '\u{FFFF}' => {}
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::super::fixture;
    use super::*;

    #[test]
    fn report() {
        let cases = fixture::all();
        let answers: Vec<Answer<'_>> = cases.iter().map(fixture::Case::answer).collect();
        insta::assert_snapshot!(check(&answers, "hopwatch.yaml"));
    }

    #[test]
    fn other_peoples_text_cannot_leave_its_place() {
        let mut case = fixture::blocked();
        let evil = "a\"/><failure>&\u{1b}[31m\u{0}\u{FFFF}\u{202e}</testsuites>";
        case.result.name = evil.into();
        case.result.blockers[0].component_name = Some(evil.into());
        case.result.blockers[0].message = evil.into();
        let xml = check(&[case.answer()], evil);
        let document = roxmltree::Document::parse(&xml).unwrap();
        let tags: Vec<&str> = document
            .descendants()
            .filter(roxmltree::Node::is_element)
            .map(|n| n.tag_name().name())
            .collect();
        assert_eq!(tags, ["testsuites", "testsuite", "testcase", "failure"]);
        let name = document
            .descendants()
            .find_map(|n| n.attribute("classname"))
            .unwrap();
        assert_eq!(name, "a\"/><failure>&[31m</testsuites>");
    }

    #[test]
    fn the_counts_are_those_of_the_cases() {
        let cases = fixture::all();
        let answers: Vec<Answer<'_>> = cases.iter().map(fixture::Case::answer).collect();
        let xml = check(&answers, "hopwatch.yaml");
        let document = roxmltree::Document::parse(&xml).unwrap();
        let number = |tag: &str| {
            document
                .descendants()
                .filter(|n| n.has_tag_name(tag))
                .count()
                .to_string()
        };
        let suite = document
            .descendants()
            .find(|n| n.has_tag_name("testsuite"))
            .unwrap();
        assert_eq!(suite.attribute("tests"), Some(number("testcase").as_str()));
        assert_eq!(suite.attribute("failures"), Some(number("failure").as_str()));
        assert_eq!(suite.attribute("skipped"), Some(number("skipped").as_str()));
    }
}
