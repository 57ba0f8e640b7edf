//! Resources by their tags.

use std::collections::BTreeMap;

use crate::network::Kind;

use super::fields::{self, Fields};
use super::model::TagSelector;
use super::node::{Node, Value};
use super::problem::{Problem, Problems, Wrong};

/// Resources by their tags: the keys `tag` and `kind`.
pub(super) fn read(
    problems: &mut Problems,
    fields: &Fields<'_>,
    kinds: &'static [Kind],
) -> Option<TagSelector> {
    let tags = fields.read(problems, "tag", read_tags);
    let kind = fields.parse(problems, "kind", |written| {
        let words: Vec<_> = kinds.iter().map(|kind| (kind.as_str(), *kind)).collect();
        fields::word(written, &words)
    });
    if !fields.has("tag") {
        problems.error(
            Problem::at(fields.place, "`kind` stands beside `tag`, which is not there")
                .label("no `tag`")
                .help("write `{ tag: { Name: … }, kind: … }`"),
        );
        return None;
    }
    let whole = !matches!(kind, fields::Given::Bad);
    Some(TagSelector {
        tags: tags.value()?,
        kind: kind.value(),
    })
    .filter(|_| whole)
}

/// Tags: key → value, or list of values any of which will do.
fn read_tags(
    problems: &mut Problems,
    name: &'static str,
    node: &Node,
) -> Option<BTreeMap<String, Vec<String>>> {
    if let Value::Map(pairs) = &node.value
        && pairs.is_empty()
    {
        problems.error(
            Problem::at(node.place, format!("`{name}` names no tag"))
                .label("would match everything")
                .help("write `tag: { Name: app }`"),
        );
        return None;
    }
    let told = node.describe(problems.text());
    let wrong = Wrong::new(format!("`{name}` is a map from tag to value, not {told}"))
        .help("write `tag: { Name: app }`");
    fields::entries(problems, node, wrong, |problems, tag, node| {
        fields::one_or_each(problems, tag, node, |text| Ok(text.to_owned()))
    })
}
