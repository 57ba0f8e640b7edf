//! A path file as a whole: from its text to what it says, or to everything that is wrong in it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::bare;
use super::component;
use super::draft::{self, Draft};
use super::end::{self, Written};
use super::fields::{self, Fields, Given};
use super::key;
use super::model::{End, PathFile, RequiredPath, Scope};
use super::node::{self, Node, Place, Value, excerpt};
use super::path::{self, Names};
use super::problem::{PathFileErrors, Problem, Problems, Source};
use super::resource;

/// A path file that is valid.
#[derive(Debug, Clone)]
pub struct ReadPathFile {
    /// What it says.
    pub file: PathFile,
    /// The ends that stand under `endpoints`, by name.
    pub endpoints: BTreeMap<String, End>,
    /// What is odd in it, in the order of its lines.
    pub warnings: Vec<Problem>,
    pub(super) source: Source,
    /// Where each topic and role stands that the file names.
    pub(super) topics: Vec<(String, Place)>,
    pub(super) roles: Vec<(String, Place)>,
}

/// Reads a path file. `source_name` is what messages call it; with `now`, a mute that is past is a warning.
///
/// # Errors
///
/// Everything that is wrong with it, each with its place and what to write instead.
pub fn read(text: &str, source_name: &str, now: Option<Timestamp>) -> Result<ReadPathFile, PathFileErrors> {
    let source = Source::new(source_name, text);
    let mut problems = Problems::new(source.clone());
    let mut topics = Vec::new();
    let mut roles = Vec::new();
    let mut file = PathFile::default();
    let mut names = Names::new();
    if let Some(root) = node::parse(&mut problems)
        && let Some(fields) = root_fields(&mut problems, &root)
    {
        check_version(&mut problems, &fields);
        names = fields
            .read(&mut problems, "endpoints", read_endpoints)
            .value()
            .unwrap_or_default();
        let defaults = fields
            .read(&mut problems, "defaults", draft::read_defaults)
            .value()
            .unwrap_or_default();
        file.snapshot_scope = fields
            .read(&mut problems, "snapshotScope", |problems, name, node| {
                read_scopes(problems, name, node, &mut roles)
            })
            .value()
            .unwrap_or_default();
        file.transparent = fields
            .read(&mut problems, "transparent", component::read_transparent)
            .value()
            .unwrap_or_default();
        file.paths = read_paths(&mut problems, &fields, &defaults, &names, now, &mut topics);
    }
    let warnings = problems.into_result()?;
    Ok(ReadPathFile {
        file,
        endpoints: names
            .into_iter()
            .filter_map(|(name, end)| Some((name, end?)))
            .collect(),
        warnings,
        source,
        topics,
        roles,
    })
}

fn root_fields<'n>(problems: &mut Problems, root: &'n Node) -> Option<Fields<'n>> {
    if matches!(root.value, Value::Null) {
        problems.error(
            Problem::at(node::start_of_file(), "the file is empty")
                .label("nothing here")
                .help("a path file begins with `version: 1` and has `paths: […]`"),
        );
        return None;
    }
    Fields::of(problems, root, &key::FILE)
}

fn check_version(problems: &mut Problems, fields: &Fields<'_>) {
    let Some(field) = fields.field("version") else {
        if !fields.has_unknown() {
            problems.error(
                Problem::at(fields.place, "the file has no `version`")
                    .label("begins here")
                    .help("write `version: 1` first"),
            );
        }
        return;
    };
    let told = field.value.describe(problems.text());
    let problem = Problem::at(field.value.point(), format!("`version` is 1, not {told}")).label("not 1");
    match field.value.value {
        Value::Number(Some(1)) | Value::Null => {}
        Value::Number(Some(newer)) if newer > 1 => {
            problems.error(problem.help("a newer hopwatch may know it; this one reads version 1"));
        }
        _ => problems.error(problem.help("write `version: 1`")),
    }
}

fn read_endpoints(problems: &mut Problems, _: &'static str, node: &Node) -> Option<Names> {
    let Value::Map(pairs) = &node.value else {
        let told = node.describe(problems.text());
        problems.error(
            Problem::at(
                node.point(),
                format!("`endpoints` is a map from name to end, not {told}"),
            )
            .label("not a map")
            .help("write `endpoints: { partner: { ip: 198.51.100.22 } }`"),
        );
        return None;
    };
    let mut places: BTreeMap<&str, Place> = BTreeMap::new();
    let mut written: BTreeMap<&str, (&Node, Option<Written>)> = BTreeMap::new();
    let declared: Vec<(&str, &Node, &Node)> = pairs
        .iter()
        .filter_map(|(key, value)| Some((fields::key_text(problems, key)?, key, value)))
        .collect();
    let known: BTreeSet<&str> = declared.iter().map(|(name, ..)| *name).collect();
    let is_declared = |name: &str| known.contains(name);
    for (name, key, value) in &declared {
        if problems.is_full() {
            break;
        }
        if let Some(first) = places.insert(name, key.place) {
            problems.error(fields::twice(key.place, first, name));
            continue;
        }
        check_name(problems, name, key.place);
        let end = if matches!(value.value, Value::Null) {
            problems.error(
                Problem::at(key.place, format!("endpoint `{}` has no value", excerpt(name)))
                    .label("nothing follows")
                    .help("say what it is: `{ ip: 198.51.100.22 }`"),
            );
            None
        } else {
            end::read(problems, "endpoints", value, &is_declared)
        };
        written.insert(name, (value, end));
    }
    Some(followed(problems, &written))
}

fn check_name(problems: &mut Problems, name: &str, place: Place) {
    let problem = if let Some(what) = bare::taken_for(name) {
        Problem::at(
            place,
            format!("endpoint `{}` would be taken for {what}", excerpt(name)),
        )
        .label("looks like something else")
        .help("give it a name of its own")
    } else if fields::trimmed(name) != name || name.is_empty() {
        Problem::at(
            place,
            "the name of an endpoint is not empty, and has no space before or after it",
        )
        .label("no name")
    } else {
        return;
    };
    problems.error(problem);
}

/// Follows names that stand for other names, each once.
fn followed(problems: &mut Problems, written: &BTreeMap<&str, (&Node, Option<Written>)>) -> Names {
    let mut names = Names::new();
    for (name, (node, _)) in written {
        let mut trail = vec![*name];
        let mut met = BTreeSet::from([*name]);
        let end = loop {
            let Some(next) = trail.last().copied() else {
                break None;
            };
            if let Some(known) = names.get(next) {
                break known.clone();
            }
            match written.get(next) {
                Some((_, Some(Written::End(end)))) => break Some(end.clone()),
                Some((_, Some(Written::Name(other, place)))) => match written.get_key_value(other.as_str()) {
                    Some((other, _)) if met.insert(other) => trail.push(other),
                    Some(_) => {
                        problems.error(
                            Problem::at(
                                node.point(),
                                format!("endpoint `{}` stands for itself", excerpt(name)),
                            )
                            .label("goes in a circle"),
                        );
                        break None;
                    }
                    None if problems.is_full() => break None,
                    None => {
                        let wrong = bare::unknown_name(other, written.keys().copied());
                        problems
                            .error(Problem::wrong(*place, "endpoints", wrong).label("stands for nothing"));
                        break None;
                    }
                },
                Some((_, None)) | None => break None,
            }
        };
        for met in trail {
            names.entry(met.to_owned()).or_insert_with(|| end.clone());
        }
    }
    names
}

fn read_scopes(
    problems: &mut Problems,
    name: &'static str,
    node: &Node,
    roles: &mut Vec<(String, Place)>,
) -> Option<Vec<Scope>> {
    let items = fields::list(problems, name, node, true)?;
    let mut scopes = Vec::with_capacity(items.len());
    for item in items {
        let Some(fields) = Fields::of(problems, item, &key::SCOPE) else {
            continue;
        };
        let region = fields.parse(problems, "region", |written| {
            resource::region(written).map(Into::into)
        });
        let role = fields.parse(problems, "roleArn", resource::role_arn);
        let external_id = fields.read(problems, "externalId", fields::some_text);
        if region.is_absent() && !fields.has_unknown() {
            problems.error(
                Problem::at(fields.place, format!("an entry of `{name}` without `region`"))
                    .label("which Region?")
                    .help("write `- { region: eu-west-1 }`"),
            );
        }
        if let (true, Some(external)) = (role.is_absent(), fields.field("externalId")) {
            problems.error(
                Problem::at(
                    external.key,
                    "`externalId` is for the role that `roleArn` names, and there is none",
                )
                .label("no `roleArn`")
                .help("add `roleArn`, or leave it out"),
            );
        }
        if let Given::Is(role, place) = &role {
            roles.push((role.clone(), *place));
        }
        if let Some(region) = region.value() {
            scopes.push(Scope {
                region,
                role_arn: role.value(),
                external_id: external_id.value(),
            });
        }
    }
    (scopes.len() == items.len()).then_some(scopes)
}

fn read_paths(
    problems: &mut Problems,
    fields: &Fields<'_>,
    defaults: &Draft,
    names: &Names,
    now: Option<Timestamp>,
    topics: &mut Vec<(String, Place)>,
) -> Vec<RequiredPath> {
    let Some(field) = fields.field("paths") else {
        if !fields.has_unknown() {
            problems.error(
                Problem::at(fields.place, "the file has no `paths`")
                    .label("begins here")
                    .help("write `paths: []` if there are none yet"),
            );
        }
        return Vec::new();
    };
    if matches!(field.value.value, Value::Null) {
        return Vec::new();
    }
    let items = fields::list(problems, "paths", field.value, true).unwrap_or_default();
    let mut paths = Vec::with_capacity(items.len());
    // Names are compared of all paths, those that are wrong elsewhere included.
    let mut places: BTreeMap<&str, Place> = BTreeMap::new();
    for item in items {
        if problems.is_full() {
            break;
        }
        if let Some((name, place)) = name_of(item)
            && let Some(first) = places.insert(name, place)
        {
            problems.error(
                Problem::at(
                    place,
                    format!(
                        "two paths are called `{}`, in lines {} and {}",
                        excerpt(name),
                        first.line,
                        place.line
                    ),
                )
                .label("the same name again")
                .also(first, "first here")
                .help("state and alerts hang on the name: give each its own"),
            );
        }
        if let Some((path, places)) = path::read(problems, item, defaults, names, now) {
            if let (Some(topic), Some(place)) = (&path.topic_arn, places.topic) {
                topics.push((topic.clone(), place));
            }
            paths.push(path);
        }
    }
    paths
}

fn name_of(path: &Node) -> Option<(&str, Place)> {
    let Value::Map(pairs) = &path.value else {
        return None;
    };
    pairs
        .iter()
        .find_map(|(key, value)| match (&key.value, &value.value) {
            (Value::Text(key), Value::Text(name)) if key == "name" => Some((name.as_str(), value.place)),
            _ => None,
        })
}
