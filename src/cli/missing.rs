//! Ends of paths that no resource of the network answers to, or several: with line and suggestion.
//!
//! Which path is concerned the engine says; here its words get a place in the file and what may have been meant.

use std::collections::BTreeSet;

use miette::{Diagnostic, NamedSource, SourceSpan};

use super::path_file::PathSource;
use crate::network::Snapshot;
use crate::network::tag::Tag;
use crate::paths::model::{End, EndForm, TagSelector};
use crate::paths::suggestion::nearest;
use crate::reach::code::Code;
use crate::reach::report::Reason;
use crate::report::Answer;
use crate::report::clean::{NAME_COLUMNS, clean, clean_to};

/// An end that no resource answers to.
#[derive(Debug, thiserror::Error, Diagnostic)]
#[error("path `{path}`: {message}")]
pub(crate) struct MissingEnd {
    path: String,
    message: String,
    place: String,
    #[help]
    help: Option<String>,
    #[source_code]
    text: Option<NamedSource<String>>,
    #[label("not found")]
    span: Option<SourceSpan>,
}

impl MissingEnd {
    /// `hopwatch.yaml:7: …` on one line.
    fn one_line(&self) -> String {
        let help = self
            .help
            .as_ref()
            .map_or_else(String::new, |help| format!("; {help}"));
        format!("{}{self}{help}", self.place)
    }
}

/// The ends that no resource answers to, in the paths' order.
pub(crate) fn ends(answers: &[Answer<'_>], source: &PathSource, snapshot: &Snapshot) -> Vec<MissingEnd> {
    let mut found = Vec::new();
    for answer in answers {
        let Some(reason) = &answer.result.reason else {
            continue;
        };
        if reason.code != Code::NoSourceOrDestination {
            continue;
        }
        let path = answer.path;
        let named = |end: &&End| is_named(end, reason);
        let mut missing: Vec<&End> = path.ends().into_iter().filter(named).collect();
        if missing.is_empty() {
            // The engine speaks of it in other words: both are shown rather than neither.
            missing = path.ends().to_vec();
        }
        for end in missing {
            let line = if end.line == 0 { path.line } else { end.line };
            found.push(MissingEnd {
                path: clean(&path.name),
                message: if reason.missing_calls.is_empty() {
                    format!("nothing in the snapshot answers to `{}`", clean(&end.text))
                } else {
                    // What it would be among was never read: the engine says which call is missing.
                    clean_to(&reason.message, 5 * NAME_COLUMNS)
                },
                place: source.place(line),
                help: suggestion(end, snapshot).map(|near| format!("did you mean `{near}`?")),
                text: source.named(line),
                span: source.span(line),
            });
        }
    }
    found
}

/// Whether it is this end that the engine speaks of: by its id, or as the user wrote it.
fn is_named(end: &End, reason: &Reason) -> bool {
    let by_id = match &end.form {
        EndForm::Id(id) => reason.components.iter().any(|component| component == id.as_str()),
        _ => false,
    };
    by_id || reason.message.contains(&format!("`{}`", end.text))
}

/// A line for each end that is missing or ambiguous.
pub(crate) fn warnings(answers: &[Answer<'_>], source: &PathSource, snapshot: &Snapshot) -> Vec<String> {
    let mut lines: Vec<String> = ends(answers, source, snapshot)
        .iter()
        .map(|end| format!("warning: {}", end.one_line()))
        .collect();
    lines.extend(ambiguous(answers, source));
    lines
}

/// A line for each path with an end to which several resources answer.
pub(crate) fn ambiguous(answers: &[Answer<'_>], source: &PathSource) -> Vec<String> {
    let ambiguous = answers.iter().filter_map(|answer| {
        let reason = answer
            .result
            .reason
            .as_ref()
            .filter(|reason| reason.code == Code::AmbiguousEnd)?;
        let (place, name) = (source.place(answer.path.line), clean(&answer.path.name));
        Some(format!(
            "warning: {place}path `{name}`: {}",
            clean_to(&reason.message, 5 * NAME_COLUMNS)
        ))
    });
    ambiguous.collect()
}

/// What may have been meant.
fn suggestion(end: &End, snapshot: &Snapshot) -> Option<String> {
    let near = |word: &str, candidates: BTreeSet<String>| {
        nearest(word, candidates.iter().map(String::as_str)).map(|near| clean_to(near, NAME_COLUMNS))
    };
    match &end.form {
        EndForm::Lambda { function, .. } => near(
            function,
            snapshot
                .functions
                .values()
                .map(|function| function.function_name.clone())
                .collect(),
        ),
        EndForm::Rds(id) => {
            let instances = snapshot.db_instances.iter().map(|(id, _)| id.to_string());
            let clusters = snapshot.db_clusters.iter().map(|(id, _)| id.to_string());
            near(id, instances.chain(clusters).collect())
        }
        EndForm::Id(id) => near_id(id.as_str(), snapshot),
        EndForm::Tagged(selector) => near_tag(selector, snapshot),
        _ => None,
    }
}

/// An id of the same kind that differs by a slip: no more than two characters.
fn near_id(id: &str, snapshot: &Snapshot) -> Option<String> {
    let prefix = id.rsplit_once('-').map(|(prefix, _)| prefix)?;
    let interfaces = snapshot.network_interfaces.iter().map(|(id, _)| id.as_str());
    let instances = snapshot.instances.iter().map(|(id, _)| id.as_str());
    let subnets = snapshot.subnets.iter().map(|(id, _)| id.as_str());
    let nat_gateways = snapshot.nat_gateways.iter().map(|(id, _)| id.as_str());
    let internet_gateways = snapshot.internet_gateways.iter().map(|(id, _)| id.as_str());
    let peerings = snapshot.vpc_peering_connections.iter().map(|(id, _)| id.as_str());
    let transit_gateways = snapshot.transit_gateways.iter().map(|(id, _)| id.as_str());
    let attachments = snapshot
        .transit_gateway_attachments
        .iter()
        .map(|(id, _)| id.as_str());
    let endpoints = snapshot.vpc_endpoints.iter().map(|(id, _)| id.as_str());
    let vpn_gateways = snapshot.vpn_gateways.iter().map(|(id, _)| id.as_str());
    interfaces
        .chain(instances)
        .chain(subnets)
        .chain(nat_gateways)
        .chain(internet_gateways)
        .chain(peerings)
        .chain(transit_gateways)
        .chain(attachments)
        .chain(endpoints)
        .chain(vpn_gateways)
        .filter(|other| other.rsplit_once('-').is_some_and(|(other, _)| other == prefix))
        .map(|other| (strsim::damerau_levenshtein(id, other), other))
        .filter(|(distance, _)| *distance <= 2)
        .min()
        .map(|(_, other)| clean_to(other, NAME_COLUMNS))
}

/// A value of the same tag that is near the one asked for.
fn near_tag(selector: &TagSelector, snapshot: &Snapshot) -> Option<String> {
    let instances = snapshot.instances.values().map(|instance| &instance.tags);
    let interfaces = snapshot
        .network_interfaces
        .values()
        .map(|interface| &interface.tag_set);
    let subnets = snapshot.subnets.values().map(|subnet| &subnet.tags);
    let databases = snapshot.db_instances.values().map(|database| &database.tags);
    let tags: Vec<&Tag> = instances
        .chain(interfaces)
        .chain(subnets)
        .chain(databases)
        .flatten()
        .collect();
    selector.tags.iter().find_map(|(key, values)| {
        let known: BTreeSet<&str> = tags
            .iter()
            .filter(|tag| tag.key == *key)
            .map(|tag| tag.value.as_str())
            .collect();
        values
            .iter()
            .filter(|value| !known.contains(value.as_str()))
            .find_map(|value| {
                let near = nearest(value, known.iter().copied())?;
                Some(format!("{key}: {}", clean_to(near, NAME_COLUMNS)))
            })
    })
}
