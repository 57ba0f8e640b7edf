//! What README.md shows is what the program prints.
//!
//! In a block fenced as `console`, a line that begins with `$ hopwatch` is run at the root of the repository, and the
//! lines after it, up to the next one, are what it prints. With `UPDATE_README=1` the file is rewritten.

use std::fs;

use crate::hopwatch::{root, run};

#[test]
fn the_tour_is_real() {
    let file = root().join("README.md");
    let written = fs::read_to_string(&file).unwrap();
    let real = with_real_output(&written);
    if wants_update() {
        fs::write(&file, &real).unwrap();
        return;
    }
    assert!(real.contains("$ hopwatch check"), "there is a tour");
    for (number, (written, real)) in written.lines().zip(real.lines()).enumerate() {
        assert_eq!(
            written,
            real,
            "README.md, line {}: run UPDATE_README=1 cargo test --test it readme",
            number + 1
        );
    }
    assert_eq!(written.lines().count(), real.lines().count());
}

#[expect(clippy::disallowed_methods, reason = "asked for by whoever rewrites the file")]
fn wants_update() -> bool {
    std::env::var("UPDATE_README").is_ok_and(|value| value == "1")
}

/// The text, with the output of each command in place of what stands there.
fn with_real_output(text: &str) -> String {
    let mut real = String::new();
    let mut in_console = false;
    let mut skipping = false;
    let mut command = String::new();
    for line in text.lines() {
        if line.starts_with("```") {
            in_console = line == "```console";
            skipping = false;
        }
        if in_console && (line.starts_with("$ ") || !command.is_empty()) {
            real.push_str(&format!("{line}\n"));
            command.push_str(line.trim_start_matches("$ ").trim_end_matches('\\'));
            skipping = true;
            if !line.ends_with('\\') {
                real.push_str(&output(&command));
                command.clear();
            }
        } else if !skipping {
            real.push_str(&format!("{line}\n"));
        }
    }
    real
}

/// What a command prints, on a terminal: both streams, without spaces at the ends of lines.
fn output(command: &str) -> String {
    let words = words(command);
    assert_eq!(words.first().map(String::as_str), Some("hopwatch"), "`{command}`");
    let arguments: Vec<&str> = words.iter().skip(1).map(String::as_str).collect();
    let run = run(&arguments);
    run.stderr + &run.stdout
}

/// The words of a command: separated by spaces, together in double quotes.
fn words(command: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quoted = false;
    for c in command.chars() {
        match c {
            '"' => quoted = !quoted,
            ' ' if !quoted => words.push(String::new()),
            c => words.last_mut().unwrap().push(c),
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

#[test]
fn commands_are_split_as_a_shell_does() {
    assert_eq!(
        words("hopwatch explain \"a → b\"  --port 22"),
        ["hopwatch", "explain", "a → b", "--port", "22"]
    );
}
