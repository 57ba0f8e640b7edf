//! Files of a snapshot, inline, for tests.

use super::{Loaded, Source, merge, parse};

/// Loads files, by name. The error is what a user would read.
pub(super) fn load(files: &[(&str, &str)]) -> Result<Loaded, String> {
    let files = files.iter().map(|(name, text)| (*name, text.as_bytes()));
    load_bytes(files)
}

/// Loads files that may be no text.
pub(super) fn load_bytes<'a>(files: impl Iterator<Item = (&'a str, &'a [u8])>) -> Result<Loaded, String> {
    let mut documents = Vec::new();
    for (name, bytes) in files {
        let source = Source {
            name: name.to_owned(),
            hint: name.to_owned(),
            modified: None,
        };
        documents.push(parse(source, bytes).map_err(|error| error.to_string())?);
    }
    merge(documents).map_err(|error| error.to_string())
}

/// What a user would read beside the report, one line a warning, notes marked.
pub(super) fn warnings(loaded: &Loaded) -> String {
    let line = |warning: &super::Warning| {
        let mark = if warning.is_note() { "note" } else { "warning" };
        format!("{mark}: {warning}\n")
    };
    loaded.warnings.iter().map(line).collect()
}
