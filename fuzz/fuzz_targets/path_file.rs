//! Any text as a path file: reading never panics, what is wrong can be shown, and what is read can be asked everything.
//!
//! A start: some path files in `fuzz/corpus/path_file/`.

#![no_main]

use hopwatch::paths::{self, Problem};
use jiff::Timestamp;
use libfuzzer_sys::fuzz_target;
use miette::{GraphicalReportHandler, GraphicalTheme};

fn show(problems: &[Problem]) {
    let handler = GraphicalReportHandler::new_themed(GraphicalTheme::unicode_nocolor()).with_width(100);
    for problem in problems {
        assert!(problem.line() > 0 && problem.column() > 0);
        let mut shown = String::new();
        handler.render_report(&mut shown, problem).expect("a problem can be shown");
        assert!(!shown.contains("Failed to read contents"), "{shown}");
    }
}

fuzz_target!(|text: &str| {
    let now: Timestamp = "2026-10-25T00:30:00Z".parse().expect("an instant");
    match paths::read(text, "hopwatch.yaml", Some(now)) {
        Ok(read) => {
            show(&read.warnings);
            for path in &read.file.paths {
                assert_eq!(path.definition_hash().len(), 64);
                for window in &path.maintenance_windows {
                    assert_eq!(window.covers(now), window.ends_at(now).is_some());
                }
            }
            if let Err(errors) = read.check_allowed(Some(&[]), Some(&[])) {
                show(errors.problems());
            }
        }
        Err(errors) => {
            assert!(!errors.problems().is_empty());
            show(errors.problems());
        }
    }
    let _ = paths::end_from_argument(text, &Default::default());
    let _ = paths::import(text);
});
