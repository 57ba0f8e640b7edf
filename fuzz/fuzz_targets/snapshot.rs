//! Any bytes as the files of a snapshot: loading never panics, and what loads is written and loads again the same.
//!
//! A start: `cp src/network/load/every_field.json fuzz/corpus/snapshot/`. A byte 0xFE ends a file: it is in no UTF-8.

#![no_main]

use hopwatch::network::load::{Loaded, Source, merge, parse};
use hopwatch::network::write;
use libfuzzer_sys::fuzz_target;

/// Names that tell of two accounts and two Regions, and one that tells nothing.
const NAMES: [&str; 3] = ["111122223333/eu-west-1/a.json", "444455556666/us-east-1/b.json", "c.json"];

fn load<'a>(files: impl Iterator<Item = (&'a str, &'a [u8])>) -> Option<Loaded> {
    let mut documents = Vec::new();
    for (name, bytes) in files {
        let source = Source {
            name: name.to_owned(),
            hint: name.to_owned(),
            modified: None,
        };
        match parse(source, bytes) {
            Ok(document) => documents.push(document),
            Err(error) => {
                assert!(error.to_string().starts_with(&format!("`{name}`: ")));
                return None;
            }
        }
    }
    merge(documents).ok()
}

fuzz_target!(|bytes: &[u8]| {
    let files = NAMES.into_iter().zip(bytes.split(|byte| *byte == 0xFE));
    let Some(loaded) = load(files) else { return };
    for warning in &loaded.warnings {
        assert!(!warning.to_string().is_empty());
    }
    let written = write(&loaded.snapshot).expect("a snapshot is JSON");
    let files = written.iter().map(|(name, text)| (name.as_str(), text.as_bytes()));
    let again = load(files).expect("what was written loads");
    assert_eq!(again.snapshot, loaded.snapshot);
});
