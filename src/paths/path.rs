//! One path: its name, its ends, what it crosses, and the rest as [`Draft`] reads it (PATH-FILE, "Keys").

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::bare;
use super::component;
use super::draft::Draft;
use super::end::{self, Written};
use super::fields::{self, Fields, Given};
use super::key;
use super::model::{Component, End, EndForm, Protocol, RequiredPath};
use super::node::{Node, Place, excerpt};
use super::problem::{Problem, Problems};

const LONGEST_NAME: usize = 200;

/// The ends that stand under `endpoints`: `None` is one that is wrong, which has been told.
pub(super) type Names = BTreeMap<String, Option<End>>;

/// Reads a path. `None`: something in it is wrong, which has been told.
pub(super) fn read(
    problems: &mut Problems,
    node: &Node,
    defaults: &Draft,
    names: &Names,
    now: Option<Timestamp>,
) -> Option<(RequiredPath, Places)> {
    let fields = Fields::of(problems, node, &key::PATH)?;
    let name = fields.read(problems, "name", read_name);
    let source = read_end(problems, &fields, "source", names);
    let destination = read_end(problems, &fields, "destination", names);
    let via = fields.read(problems, "via", component::read_list);
    let not_via = fields.read(problems, "notVia", component::read_list);
    let own = Draft::read(problems, &fields);
    let mut missing = false;
    for key in ["name", "source", "destination"] {
        if !fields.has(key) {
            missing = true;
            problems.error(missing_key(&fields, name.get(), key));
        }
    }
    own.fits(problems, defaults);
    crossed_and_not(problems, &via, &not_via);
    let draft = own.clone().over(defaults.clone());
    let expect = draft.expect.get().copied().unwrap_or_default();
    let protocol = draft.protocol.get().copied().unwrap_or(Protocol::Tcp);
    let destination_ports = draft.ports_to(problems, &fields, name.get(), protocol, expect);
    let mute = draft.mute(problems, &fields, &own, now);
    if let Some(end) = &destination
        && needs_address(&end.form)
        && draft
            .filter_at_source
            .get()
            .is_none_or(|filter| filter.filter.destination_address.is_none())
        && !matches!(draft.filter_at_source, Given::Bad)
    {
        problems.error(
            Problem::at(
                fields
                    .field("destination")
                    .map_or(fields.place, |field| field.value.point()),
                format!(
                    "packets handed to `{}` need an address to go to",
                    excerpt(&end.text)
                ),
            )
            .label("a gateway, not an address")
            .help("add `filterAtSource: { destinationAddress: … }`"),
        );
    }
    if missing {
        return None;
    }
    let places = Places {
        topic: draft.topic_arn.place(),
    };
    let path = RequiredPath {
        name: name.value()?,
        source: source?,
        destination: destination?,
        protocol,
        destination_ports,
        ip_address_type: draft.ip_address_type.value(),
        client_ports: draft.client_ports.value(),
        expect,
        require: draft.require.value().unwrap_or_default(),
        reply: draft.reply.value().unwrap_or_default(),
        via: via.value().unwrap_or_default(),
        not_via: not_via.value().unwrap_or_default(),
        filter_at_source: draft.filter_at_source.value().unwrap_or_default().filter,
        filter_at_destination: draft.filter_at_destination.value().unwrap_or_default().filter,
        severity: draft.severity.value().unwrap_or_default(),
        owner: draft.owner.value(),
        runbook: draft.runbook.value(),
        labels: draft.labels.value().unwrap_or_default(),
        topic_arn: draft.topic_arn.value(),
        settle: draft.settle.value().unwrap_or_default(),
        remind_after: draft.remind_after.value().unwrap_or(RequiredPath::REMIND_AFTER),
        remind_every: draft.remind_every.value().unwrap_or(RequiredPath::REMIND_EVERY),
        maintenance_windows: draft.maintenance_windows.value().unwrap_or_default(),
        mute,
        confirm: draft.confirm.value().unwrap_or_default(),
        line: fields.place.line,
    };
    Some((path, places))
}

/// Where what later checks ask for stands.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Places {
    pub(super) topic: Option<Place>,
}

pub(super) fn missing_key(fields: &Fields<'_>, name: Option<&String>, key: &str) -> Problem {
    let path = name.map_or_else(|| "a path".to_owned(), |name| format!("path `{}`", excerpt(name)));
    Problem::at(fields.place, format!("{path} has no `{key}`")).label("this path")
}

fn crossed_and_not(problems: &mut Problems, via: &Given<Vec<Component>>, not_via: &Given<Vec<Component>>) {
    let (Given::Is(via, _), Given::Is(not_via, place)) = (via, not_via) else {
        return;
    };
    if let Some(both) = via.iter().find(|component| not_via.contains(component)) {
        let both = match both {
            Component::Id(id) => id.as_str(),
            Component::Kind(kind) => kind.as_str(),
        };
        problems.error(
            Problem::at(
                *place,
                format!(
                    "`{}` is in `via` and in `notVia`: no packet can do both",
                    excerpt(both)
                ),
            )
            .label("excludes it"),
        );
    }
}

/// Gateways that lead to networks which nothing but the packet names (PATH-FILE, note 1).
pub(super) fn needs_address(form: &EndForm) -> bool {
    matches!(form, EndForm::Id(id) if ["tgw-", "vgw-"].iter().any(|prefix| id.as_str().starts_with(prefix)))
}

fn read_end(problems: &mut Problems, fields: &Fields<'_>, key: &'static str, names: &Names) -> Option<End> {
    let written = fields.read(problems, key, |problems, key, node| {
        end::read(problems, key, node, &|name| names.contains_key(name))
    });
    match written.value()? {
        Written::End(end) => Some(end),
        Written::Name(name, place) => match names.get(&name) {
            Some(end) => end.clone(),
            None => {
                let wrong = bare::unknown_name(&name, names.keys().map(String::as_str));
                problems.error(Problem::wrong(place, key, wrong).label("stands for nothing"));
                None
            }
        },
    }
}

/// Characters that nobody sees, or that turn the direction of what follows; joiners that scripts and emoji need are none.
pub(super) fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

fn read_name(problems: &mut Problems, key: &'static str, node: &Node) -> Option<String> {
    let written = fields::some_text(problems, key, node)?;
    let length = written.chars().count();
    let wrong = if length > LONGEST_NAME {
        format!("it has {length} characters, {LONGEST_NAME} at most")
    } else if written.chars().any(char::is_control) {
        "it has a line break or another control character in it".to_owned()
    } else if written.chars().any(is_invisible) {
        "it has an invisible character in it: two names would look alike".to_owned()
    } else if fields::trimmed(&written) != written {
        "it begins or ends with a space".to_owned()
    } else {
        return Some(written);
    };
    problems.error(Problem::at(node.place, format!("`name`: {wrong}")).label("no name"));
    None
}
