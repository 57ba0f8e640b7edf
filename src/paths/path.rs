//! The keys of one path, with what `defaults` says in place of absent ones, and the rules between keys
//! (PATH-FILE, "Keys").
//!
//! A default gives way to what the path itself says: one that does not fit is not applied, and no error.

use std::collections::BTreeMap;

use ipnet::IpNet;
use jiff::{SignedDuration, Timestamp};

use super::address;
use super::component;
use super::cron;
use super::duration;
use super::end::{self, Written};
use super::fields::{self, Fields, Given, Known, Slip};
use super::model::{
    Component, Confirm, End, EndForm, Expect, IpAddressType, MaintenanceWindow, Mute, PacketFilter, PortSet,
    Protocol, Reply, Require, RequiredPath, Severity,
};
use super::node::{Node, Place, Value, excerpt};
use super::port;
use super::problem::{Problem, Problems, Wrong};
use super::resource;
use super::suggestion::did_you_mean;
use super::window;

const LONGEST_NAME: usize = 200;
const LONGEST_SETTLE: SignedDuration = SignedDuration::from_mins(15);
const SHORTEST_REMINDER: SignedDuration = SignedDuration::from_hours(1);

const SLIPS: &[Slip] = &[
    ("from", "did you mean `source`?"),
    ("src", "did you mean `source`?"),
    ("to", "did you mean `destination`?"),
    ("dest", "did you mean `destination`?"),
    ("dst", "did you mean `destination`?"),
    ("target", "did you mean `destination`?"),
    ("port", "did you mean `destinationPort`?"),
    ("ports", "did you mean `destinationPort`?"),
    ("dport", "did you mean `destinationPort`?"),
    ("destPort", "did you mean `destinationPort`?"),
    ("dstPort", "did you mean `destinationPort`?"),
    ("toPort", "did you mean `destinationPort`?"),
    ("portRange", "did you mean `destinationPort`?"),
    ("sourcePort", "did you mean `sourcePorts`?"),
    ("srcPort", "did you mean `sourcePorts`?"),
    ("clientPort", "did you mean `clientPorts`?"),
    ("ephemeralPorts", "did you mean `clientPorts`?"),
    ("ipProtocol", "did you mean `protocol`?"),
    ("proto", "did you mean `protocol`?"),
    ("family", "did you mean `ipAddressType`?"),
    ("ipVersion", "did you mean `ipAddressType`?"),
    ("expected", "did you mean `expect`?"),
    ("through", "did you mean `via`?"),
    ("filterInArns", "did you mean `via`?"),
    (
        "filterOutArns",
        "`notVia` says what no packet may cross; AWS's FilterOutArns (\"as if it were absent\") has no counterpart",
    ),
    ("exclude", "did you mean `notVia`?"),
    ("priority", "did you mean `severity`?"),
    ("tags", "did you mean `labels`?"),
    ("topic", "did you mean `topicArn`?"),
    ("snsTopic", "did you mean `topicArn`?"),
    ("grace", "did you mean `settle`?"),
    ("mute", "did you mean `muteUntil`?"),
    ("muteReason", "did you mean `reason`?"),
    ("description", "what people should know goes under `labels`"),
];

const OWN: &[Slip] = &[
    ("name", "each path has its own; write it there"),
    (
        "source",
        "each path has its own; write it there, or name it under `endpoints`",
    ),
    (
        "destination",
        "each path has its own; write it there, or name it under `endpoints`",
    ),
    ("via", "each path has its own; write it there"),
    ("notVia", "each path has its own; write it there"),
];

const PATH: Known = Known {
    what: "a path",
    keys: &[
        "name",
        "source",
        "destination",
        "protocol",
        "destinationPort",
        "ipAddressType",
        "clientPorts",
        "sourcePorts",
        "expect",
        "require",
        "reply",
        "via",
        "notVia",
        "filterAtSource",
        "filterAtDestination",
        "severity",
        "owner",
        "runbook",
        "labels",
        "topicArn",
        "settle",
        "remindAfter",
        "remindEvery",
        "maintenanceWindows",
        "muteUntil",
        "reason",
        "confirm",
    ],
    slips: &[SLIPS],
};

const DEFAULTS: Known = Known {
    what: "`defaults`",
    keys: &[
        "protocol",
        "destinationPort",
        "ipAddressType",
        "clientPorts",
        "sourcePorts",
        "expect",
        "require",
        "reply",
        "filterAtSource",
        "filterAtDestination",
        "severity",
        "owner",
        "runbook",
        "labels",
        "topicArn",
        "settle",
        "remindAfter",
        "remindEvery",
        "maintenanceWindows",
        "muteUntil",
        "reason",
        "confirm",
    ],
    slips: &[OWN, SLIPS],
};

const FILTER: Known = Known {
    what: "a filter",
    keys: &[
        "sourceAddress",
        "destinationAddress",
        "sourcePortRange",
        "destinationPortRange",
    ],
    slips: &[&[
        ("sourceIp", "did you mean `sourceAddress`?"),
        ("destinationIp", "did you mean `destinationAddress`?"),
        ("sourcePort", "did you mean `sourcePortRange`?"),
        ("sourcePorts", "did you mean `sourcePortRange`?"),
        ("destinationPort", "did you mean `destinationPortRange`?"),
        ("destinationPorts", "did you mean `destinationPortRange`?"),
    ]],
};

const PORT_RANGE: Known = Known {
    what: "a range of ports",
    keys: &["fromPort", "toPort"],
    slips: &[&[
        ("from", "did you mean `fromPort`?"),
        ("to", "did you mean `toPort`?"),
    ]],
};

const WINDOW: Known = Known {
    what: "a maintenance window",
    keys: &["cron", "duration", "timeZone"],
    slips: &[&[
        ("schedule", "did you mean `cron`?"),
        ("start", "did you mean `cron`?"),
        ("length", "did you mean `duration`?"),
        ("tz", "did you mean `timeZone`?"),
        ("zone", "did you mean `timeZone`?"),
    ]],
};

/// The ends that stand under `endpoints`: `None` is one that is wrong, which has been told.
pub(super) type Names = BTreeMap<String, Option<End>>;

/// What a map says of a path, before defaults.
#[derive(Debug, Clone, Default)]
pub(super) struct Draft {
    protocol: Given<Protocol>,
    destination_ports: Given<PortSet>,
    ip_address_type: Given<IpAddressType>,
    client_ports: Given<PortSet>,
    expect: Given<Expect>,
    require: Given<Require>,
    reply: Given<Reply>,
    filter_at_source: Given<Filter>,
    filter_at_destination: Given<Filter>,
    severity: Given<Severity>,
    owner: Given<String>,
    runbook: Given<String>,
    labels: Given<BTreeMap<String, String>>,
    topic_arn: Given<String>,
    settle: Given<SignedDuration>,
    remind_after: Given<Option<SignedDuration>>,
    remind_every: Given<Option<SignedDuration>>,
    maintenance_windows: Given<Vec<MaintenanceWindow>>,
    mute_until: Given<Timestamp>,
    reason: Given<String>,
    confirm: Given<Confirm>,
}

/// A packet filter, and where its ranges stand.
#[derive(Debug, Clone, Default)]
struct Filter {
    filter: PacketFilter,
    source_range: Option<Place>,
    destination_range: Option<Place>,
}

/// Reads `defaults`.
pub(super) fn read_defaults(problems: &mut Problems, _: &'static str, node: &Node) -> Option<Draft> {
    let fields = Fields::of(problems, node, &DEFAULTS)?;
    let draft = Draft::read(problems, &fields);
    draft.fits(problems, &Draft::default());
    Some(draft)
}

impl Draft {
    fn read(problems: &mut Problems, fields: &Fields<'_>) -> Self {
        let draft = Self {
            protocol: fields.read(problems, "protocol", read_protocol),
            destination_ports: fields.read(problems, "destinationPort", port::read),
            ip_address_type: fields.parse(problems, "ipAddressType", |written| {
                let words = [
                    ("ipv4", IpAddressType::Ipv4),
                    ("ipv6", IpAddressType::Ipv6),
                    ("dualstack", IpAddressType::Dualstack),
                ];
                fields::word(written, &words)
            }),
            client_ports: fields.read(problems, "clientPorts", port::read).or(fields.read(
                problems,
                "sourcePorts",
                port::read,
            )),
            expect: fields.parse(problems, "expect", |written| {
                fields::word(
                    written,
                    &[("reachable", Expect::Reachable), ("blocked", Expect::Blocked)],
                )
            }),
            require: fields.parse(problems, "require", |written| {
                fields::word(written, &[("all", Require::All), ("any", Require::Any)])
            }),
            reply: fields.parse(problems, "reply", |written| {
                fields::word(
                    written,
                    &[("required", Reply::Required), ("ignored", Reply::Ignored)],
                )
            }),
            filter_at_source: fields.read(problems, "filterAtSource", read_filter),
            filter_at_destination: fields.read(problems, "filterAtDestination", read_filter),
            severity: fields.parse(problems, "severity", |written| {
                let words = [
                    ("critical", Severity::Critical),
                    ("high", Severity::High),
                    ("medium", Severity::Medium),
                    ("low", Severity::Low),
                ];
                fields::word(written, &words)
            }),
            owner: fields.read(problems, "owner", fields::some_text),
            runbook: fields.parse(problems, "runbook", runbook),
            labels: fields.read(problems, "labels", read_labels),
            topic_arn: fields.parse(problems, "topicArn", resource::topic_arn),
            settle: fields.parse(problems, "settle", settle),
            remind_after: fields.parse(problems, "remindAfter", reminder),
            remind_every: fields.parse(problems, "remindEvery", reminder),
            maintenance_windows: fields.read(problems, "maintenanceWindows", read_windows),
            mute_until: fields.parse(problems, "muteUntil", instant),
            reason: fields.read(problems, "reason", fields::some_text),
            confirm: fields.parse(problems, "confirm", |written| {
                let words = [
                    ("off", Confirm::Off),
                    ("reachability-analyzer", Confirm::ReachabilityAnalyzer),
                ];
                fields::word(written, &words)
            }),
        };
        if let (Some(client), Some(source)) = (fields.field("clientPorts"), fields.field("sourcePorts")) {
            problems.error(
                Problem::at(
                    source.key,
                    "`clientPorts` and `sourcePorts` are the same thing; only one is given",
                )
                .label("the same again")
                .also(client.key, "first here")
                .help("keep one of them"),
            );
        }
        draft
    }

    /// The rules between what the map itself says; `defaults` decides what an absent key means.
    fn fits(&self, problems: &mut Problems, defaults: &Self) {
        let protocol = self
            .protocol
            .get()
            .or(defaults.protocol.get())
            .copied()
            .unwrap_or(Protocol::Tcp);
        let blocked = self.expect.get().or(defaults.expect.get()) == Some(&Expect::Blocked);
        if let (true, Given::Is(_, place)) = (blocked, &self.require) {
            problems.error(
                Problem::at(
                    *place,
                    "`require` says how much must arrive; with `expect: blocked` nothing may",
                )
                .label("cannot be, with `expect: blocked`")
                .help("leave it out"),
            );
        }
        self.ports_fit(problems, protocol);
        self.ranges_fit(problems);
    }

    fn ports_fit(&self, problems: &mut Problems, protocol: Protocol) {
        if matches!(protocol, Protocol::Tcp | Protocol::Udp) || matches!(self.protocol, Given::Bad) {
            return;
        }
        let (at_source, at_destination) = (self.filter_at_source.get(), self.filter_at_destination.get());
        let ranges = |filter: Option<&Filter>| {
            filter.map_or([None; 2], |filter| {
                [filter.source_range, filter.destination_range]
            })
        };
        let [source_1, destination_1] = ranges(at_source);
        let [source_2, destination_2] = ranges(at_destination);
        for (key, place) in [
            ("destinationPort", self.destination_ports.place()),
            ("clientPorts", self.client_ports.place()),
            ("sourcePortRange", source_1),
            ("destinationPortRange", destination_1),
            ("sourcePortRange", source_2),
            ("destinationPortRange", destination_2),
        ] {
            let Some(place) = place else { continue };
            let why = if protocol == Protocol::All {
                "`protocol: all` is about every port of every protocol".to_owned()
            } else {
                format!("protocol `{}` has no ports", protocol.text())
            };
            problems.error(
                Problem::at(place, format!("`{key}`: {why}"))
                    .label("no port fits here")
                    .help("leave it out, or choose `protocol: tcp` or `udp`"),
            );
        }
    }

    fn ranges_fit(&self, problems: &mut Problems) {
        let Some(filter) = self.filter_at_source.get() else {
            return;
        };
        for (range, range_key, short, short_key) in [
            (
                filter.destination_range,
                "destinationPortRange",
                self.destination_ports.place(),
                "destinationPort",
            ),
            (
                filter.source_range,
                "sourcePortRange",
                self.client_ports.place(),
                "clientPorts",
            ),
        ] {
            if let (Some(range), Some(short)) = (range, short) {
                problems.error(
                    Problem::at(
                        range,
                        format!("`{range_key}` and `{short_key}` say the same thing"),
                    )
                    .label("said again")
                    .also(short, "first here")
                    .help("keep one of them"),
                );
            }
        }
    }
}

/// Reads a path. `None`: something in it is wrong, which has been told.
pub(super) fn read(
    problems: &mut Problems,
    node: &Node,
    defaults: &Draft,
    names: &Names,
    now: Option<Timestamp>,
) -> Option<(RequiredPath, Places)> {
    let fields = Fields::of(problems, node, &PATH)?;
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

impl Draft {
    /// What the path says, else what the defaults say where that fits it.
    fn over(mut self, mut defaults: Self) -> Self {
        let protocol = self
            .protocol
            .get()
            .or(defaults.protocol.get())
            .copied()
            .unwrap_or(Protocol::Tcp);
        if !matches!(protocol, Protocol::Tcp | Protocol::Udp) {
            defaults.destination_ports = Given::Absent;
            defaults.client_ports = Given::Absent;
            for filter in [
                &mut defaults.filter_at_source,
                &mut defaults.filter_at_destination,
            ] {
                if let Given::Is(filter, _) = filter {
                    filter.drop_source_range();
                    filter.drop_destination_range();
                }
            }
        }
        if self.expect.get().or(defaults.expect.get()) == Some(&Expect::Blocked) {
            defaults.require = Given::Absent;
        }
        // A range and its short key say the same thing: the path's own one counts.
        let own = self.filter_at_source.get();
        if own.is_some_and(|filter| filter.destination_range.is_some()) {
            defaults.destination_ports = Given::Absent;
        }
        if own.is_some_and(|filter| filter.source_range.is_some()) {
            defaults.client_ports = Given::Absent;
        }
        if let Given::Is(filter, _) = &mut defaults.filter_at_source {
            if !self.destination_ports.is_absent() {
                filter.drop_destination_range();
            }
            if !self.client_ports.is_absent() {
                filter.drop_source_range();
            }
        }
        self.filter_at_source = self.filter_at_source.or(defaults.filter_at_source);
        // A range is what its short key is short for.
        let ranges = self
            .filter_at_source
            .get()
            .map(|filter| filter.filter.clone())
            .unwrap_or_default();
        let place = self.filter_at_source.place().unwrap_or_default();
        let range = |ports: Option<PortSet>| ports.map_or(Given::Absent, |ports| Given::Is(ports, place));
        Self {
            protocol: self.protocol.or(defaults.protocol),
            destination_ports: self
                .destination_ports
                .or(range(ranges.destination_ports))
                .or(defaults.destination_ports),
            ip_address_type: self.ip_address_type.or(defaults.ip_address_type),
            client_ports: self
                .client_ports
                .or(range(ranges.source_ports))
                .or(defaults.client_ports),
            expect: self.expect.or(defaults.expect),
            require: self.require.or(defaults.require),
            reply: self.reply.or(defaults.reply),
            filter_at_source: self.filter_at_source,
            filter_at_destination: self.filter_at_destination.or(defaults.filter_at_destination),
            severity: self.severity.or(defaults.severity),
            owner: self.owner.or(defaults.owner),
            runbook: self.runbook.or(defaults.runbook),
            labels: merged(self.labels, defaults.labels),
            topic_arn: self.topic_arn.or(defaults.topic_arn),
            settle: self.settle.or(defaults.settle),
            remind_after: self.remind_after.or(defaults.remind_after),
            remind_every: self.remind_every.or(defaults.remind_every),
            maintenance_windows: self.maintenance_windows.or(defaults.maintenance_windows),
            mute_until: self.mute_until.or(defaults.mute_until),
            reason: self.reason.or(defaults.reason),
            confirm: self.confirm.or(defaults.confirm),
        }
    }

    /// The destination ports that the path is about.
    fn ports_to(
        &self,
        problems: &mut Problems,
        fields: &Fields<'_>,
        name: Option<&String>,
        protocol: Protocol,
        expect: Expect,
    ) -> Option<PortSet> {
        if !matches!(protocol, Protocol::Tcp | Protocol::Udp) {
            return None;
        }
        match &self.destination_ports {
            Given::Is(ports, _) => Some(ports.clone()),
            // A protocol or filter that is wrong may be what makes the port needless.
            Given::Bad => None,
            Given::Absent
                if matches!(self.protocol, Given::Bad) || matches!(self.filter_at_source, Given::Bad) =>
            {
                None
            }
            Given::Absent if matches!(self.expect, Given::Bad) => None,
            Given::Absent if expect == Expect::Blocked => Some(PortSet::all()),
            Given::Absent => {
                let problem = missing_key(fields, name, "destinationPort");
                if !fields.has_unknown() {
                    problems.error(problem.help(format!(
                        "protocol `{}` needs one: `destinationPort: 443`, a range \"8000-8100\", a list, or `all`",
                        protocol.text()
                    )));
                }
                None
            }
        }
    }

    fn mute(
        &self,
        problems: &mut Problems,
        fields: &Fields<'_>,
        own: &Self,
        now: Option<Timestamp>,
    ) -> Option<Mute> {
        match (&self.mute_until, &self.reason) {
            (Given::Is(until, place), Given::Is(reason, _)) => {
                if now.is_some_and(|now| *until <= now) {
                    problems.warning(
                        Problem::at(*place, format!("`muteUntil` is past: `{until}`"))
                            .label("no longer muted")
                            .help("leave it out, with its `reason`"),
                    );
                }
                Some(Mute {
                    until: *until,
                    reason: reason.clone(),
                })
            }
            (Given::Is(_, place), Given::Absent) => {
                problems.error(
                    Problem::at(*place, "`muteUntil` without a `reason`")
                        .label("why?")
                        .help("add `reason: …`: whoever reads it later will ask"),
                );
                None
            }
            (Given::Absent, Given::Is(..)) if !own.reason.is_absent() => {
                let place = fields.field("reason").map_or(fields.place, |field| field.key);
                problems.error(
                    Problem::at(place, "`reason` says why a path is muted, and this one is not")
                        .label("no `muteUntil`")
                        .help("add `muteUntil: 2030-01-31T18:00:00Z`, or leave the reason out"),
                );
                None
            }
            _ => None,
        }
    }
}

impl Filter {
    fn drop_source_range(&mut self) {
        self.filter.source_ports = None;
        self.source_range = None;
    }

    fn drop_destination_range(&mut self) {
        self.filter.destination_ports = None;
        self.destination_range = None;
    }
}

/// A path's labels join the default ones.
fn merged(
    own: Given<BTreeMap<String, String>>,
    defaults: Given<BTreeMap<String, String>>,
) -> Given<BTreeMap<String, String>> {
    match (own, defaults) {
        (Given::Is(own, place), Given::Is(mut all, _)) => {
            all.extend(own);
            Given::Is(all, place)
        }
        (own, defaults) => own.or(defaults),
    }
}

fn missing_key(fields: &Fields<'_>, name: Option<&String>, key: &str) -> Problem {
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
                let wrong = end::unknown_name(&name, names.keys().map(String::as_str));
                problems.error(Problem::wrong(place, key, wrong).label("stands for nothing"));
                None
            }
        },
    }
}

fn read_name(problems: &mut Problems, key: &'static str, node: &Node) -> Option<String> {
    let written = fields::some_text(problems, key, node)?;
    let length = written.chars().count();
    let wrong = if length > LONGEST_NAME {
        format!("it has {length} characters, {LONGEST_NAME} at most")
    } else if written.chars().any(char::is_control) {
        "it has a line break or another control character in it".to_owned()
    } else if written.trim() != written {
        "it begins or ends with a space".to_owned()
    } else {
        return Some(written);
    };
    problems.error(Problem::at(node.place, format!("`name`: {wrong}")).label("no name"));
    None
}

fn read_protocol(problems: &mut Problems, key: &'static str, node: &Node) -> Option<Protocol> {
    let spelling = node.spelling(problems.text()).to_owned();
    let written = match &node.value {
        Value::Number(_) => spelling.as_str(),
        _ => fields::text(problems, key, node)?,
    };
    match protocol(written) {
        Ok(protocol) => Some(protocol),
        Err(wrong) => {
            problems.error(Problem::wrong(node.place, key, wrong).label("no protocol"));
            None
        }
    }
}

/// A protocol by name or number.
pub(super) fn protocol(written: &str) -> Result<Protocol, Wrong> {
    let words = [
        ("tcp", Protocol::Tcp),
        ("udp", Protocol::Udp),
        ("icmp", Protocol::Icmp),
        ("icmpv6", Protocol::Icmpv6),
        ("all", Protocol::All),
    ];
    if let Some((_, protocol)) = words.iter().find(|(word, _)| *word == written) {
        return Ok(*protocol);
    }
    let plain =
        written == "0" || (written.bytes().all(|byte| byte.is_ascii_digit()) && !written.starts_with('0'));
    if plain && let Ok(number) = written.parse::<u8>() {
        return Ok(match number {
            6 => Protocol::Tcp,
            17 => Protocol::Udp,
            1 => Protocol::Icmp,
            58 => Protocol::Icmpv6,
            number => Protocol::Number(number),
        });
    }
    let help = if matches!(written, "-1" | "any" | "*") {
        Some("did you mean `all`?".to_owned())
    } else if matches!(written, "http" | "https" | "ssh" | "sftp" | "tls" | "ssl") {
        Some("that is carried by `tcp`".to_owned())
    } else if written.eq_ignore_ascii_case("ping") {
        Some("did you mean `icmp`?".to_owned())
    } else {
        did_you_mean(written, words.iter().map(|(word, _)| *word))
    };
    Err(Wrong::new(format!(
        "`{}` is not `tcp`, `udp`, `icmp`, `icmpv6`, `all` or a number from 0 to 255",
        excerpt(written)
    ))
    .maybe_help(help))
}

fn read_filter(problems: &mut Problems, _: &'static str, node: &Node) -> Option<Filter> {
    let fields = Fields::of(problems, node, &FILTER)?;
    let source_address = fields.parse(problems, "sourceAddress", address::parse);
    let destination_address = fields.parse(problems, "destinationAddress", address::parse);
    let source = fields.read(problems, "sourcePortRange", read_port_range);
    let destination = fields.read(problems, "destinationPortRange", read_port_range);
    let good = |net: &Given<IpNet>| !matches!(net, Given::Bad);
    let whole = good(&source_address)
        && good(&destination_address)
        && !matches!(source, Given::Bad)
        && !matches!(destination, Given::Bad)
        && !fields.has_unknown();
    let filter = Filter {
        source_range: source.place(),
        destination_range: destination.place(),
        filter: PacketFilter {
            source_address: source_address.value(),
            destination_address: destination_address.value(),
            source_ports: source.value(),
            destination_ports: destination.value(),
        },
    };
    whole.then_some(filter)
}

fn read_port_range(problems: &mut Problems, key: &'static str, node: &Node) -> Option<PortSet> {
    if !matches!(node.value, Value::Map(_)) {
        let told = node.describe(problems.text());
        problems.error(
            Problem::at(node.point(), format!("`{key}` is a map, not {told}"))
                .label("not a map")
                .help(format!("write `{key}: {{ fromPort: 1024, toPort: 65535 }}`")),
        );
        return None;
    }
    let fields = Fields::of(problems, node, &PORT_RANGE)?;
    let from = fields.read(problems, "fromPort", port::read_one);
    let to = fields.read(problems, "toPort", port::read_one);
    for (missing, absent) in [("fromPort", from.is_absent()), ("toPort", to.is_absent())] {
        if absent && !fields.has_unknown() {
            problems.error(
                Problem::at(fields.place, format!("`{key}` has no `{missing}`"))
                    .label("half a range")
                    .help("both ends are written, even where they are equal"),
            );
        }
    }
    match port::ordered(from.value()?, to.value()?) {
        Ok(range) => PortSet::of([range]),
        Err(wrong) => {
            problems.error(
                Problem::at(fields.place, format!("`{key}`: {}", wrong.message))
                    .label("the other way round")
                    .help("exchange `fromPort` and `toPort`"),
            );
            None
        }
    }
}

fn runbook(written: &str) -> Result<String, Wrong> {
    let rest = written.strip_prefix("https://");
    let wrong = Wrong::new(format!("`{}` is no https address", excerpt(written)));
    match rest {
        Some(rest) if rest.starts_with(|c: char| c.is_alphanumeric() || c == '[') => {
            if written.chars().any(|c| c.is_whitespace() || c.is_control()) {
                Err(wrong.help("there is a space in it: write `%20`"))
            } else if written.len() > 2_000 {
                Err(wrong.help("it is longer than 2000 bytes"))
            } else {
                Ok(written.to_owned())
            }
        }
        _ => Err(match written.strip_prefix("http://") {
            Some(rest) => wrong.help(format!("write `https://{}`", excerpt(rest))),
            None => wrong.help("write one such as `https://wiki.example/sftp`"),
        }),
    }
}

fn settle(written: &str) -> Result<SignedDuration, Wrong> {
    let settle = duration::parse(written)?;
    if settle <= LONGEST_SETTLE {
        return Ok(settle);
    }
    Err(Wrong::new(format!("`{}` is more than 15m", excerpt(written)))
        .help("a break that lasts longer is announced in any case; for planned work there are `maintenanceWindows`"))
}

fn reminder(written: &str) -> Result<Option<SignedDuration>, Wrong> {
    let after = duration::parse_or_never(written)?;
    match after {
        Some(after) if after < SHORTEST_REMINDER => {
            Err(Wrong::new(format!("`{}` is less than 1h", excerpt(written)))
                .help("write `1h` or more, or `never`"))
        }
        after => Ok(after),
    }
}

/// An instant as RFC 3339 writes it, with its offset.
fn instant(written: &str) -> Result<Timestamp, Wrong> {
    let wrong = Wrong::new(format!("`{}` is no RFC 3339 time", excerpt(written)));
    let shape = written.bytes().enumerate().all(|(index, byte)| match index {
        4 | 7 => byte == b'-',
        10 => matches!(byte, b'T' | b't' | b' '),
        13 | 16 => byte == b':',
        0..=18 => byte.is_ascii_digit(),
        _ => matches!(byte, b'0'..=b'9' | b'.' | b':' | b'+' | b'-' | b'Z' | b'z'),
    });
    if shape
        && written.len() >= 20
        && let Ok(at) = written.parse()
    {
        return Ok(at);
    }
    let help = if format!("{written}Z").parse::<Timestamp>().is_ok() {
        format!("it has no offset: write `{written}Z` for UTC, or `{written}+01:00`")
    } else if written.parse::<jiff::civil::Date>().is_ok() && written.len() == 10 {
        format!("it has no time of day: write `{written}T00:00:00Z`")
    } else {
        "write one such as `2030-01-31T18:00:00Z`".to_owned()
    };
    Err(wrong.help(help))
}

fn read_labels(problems: &mut Problems, name: &'static str, node: &Node) -> Option<BTreeMap<String, String>> {
    let Value::Map(pairs) = &node.value else {
        let told = node.describe(problems.text());
        problems.error(
            Problem::at(
                node.point(),
                format!("`{name}` is a map from text to text, not {told}"),
            )
            .label("not a map"),
        );
        return None;
    };
    let mut labels = BTreeMap::new();
    let mut places: BTreeMap<&str, Place> = BTreeMap::new();
    let mut good = true;
    for (key, value) in pairs {
        let Some(label) = fields::key_text(problems, key) else {
            good = false;
            continue;
        };
        if let Some(first) = places.insert(label, key.place) {
            problems.error(fields::twice(key.place, first, label));
            good = false;
        }
        match fields::text(problems, label, value) {
            Some(text) => {
                labels.insert(label.to_owned(), text.to_owned());
            }
            None => good = false,
        }
    }
    good.then_some(labels)
}

fn read_windows(problems: &mut Problems, name: &'static str, node: &Node) -> Option<Vec<MaintenanceWindow>> {
    let items = fields::list(problems, name, node, true)?;
    let windows: Vec<_> = items
        .iter()
        .filter_map(|item| read_window(problems, item))
        .collect();
    (windows.len() == items.len()).then_some(windows)
}

fn read_window(problems: &mut Problems, node: &Node) -> Option<MaintenanceWindow> {
    let fields = Fields::of(problems, node, &WINDOW)?;
    let cron = fields.parse(problems, "cron", cron::parse);
    let duration = fields.parse(problems, "duration", |written| {
        let duration = duration::parse(written)?;
        if duration.is_zero() {
            Err(Wrong::new("a window has some length"))
        } else if duration > SignedDuration::from_hours(24 * window::LONGEST_DAYS) {
            Err(Wrong::new(format!(
                "`{}` is more than {} days",
                excerpt(written),
                window::LONGEST_DAYS
            ))
            .help("a path that nobody should hear of for so long is muted: `muteUntil` with a `reason`"))
        } else {
            Ok(duration)
        }
    });
    let time_zone = fields.parse(problems, "timeZone", window::time_zone);
    for (key, absent) in [("cron", cron.is_absent()), ("duration", duration.is_absent())] {
        if absent && !fields.has_unknown() {
            problems.error(
                Problem::at(fields.place, format!("a maintenance window without `{key}`"))
                    .label("not whole")
                    .help("write `{ cron: \"0 2 * * sun\", duration: 2h, timeZone: Europe/Berlin }`"),
            );
        }
    }
    let time_zone = match time_zone {
        Given::Bad => return None,
        Given::Absent => jiff::tz::TimeZone::UTC,
        Given::Is(zone, _) => zone,
    };
    let window = MaintenanceWindow {
        cron: cron.value()?,
        duration: duration.value()?,
        time_zone,
    };
    if window.never_ends() {
        problems.warning(
            Problem::at(
                fields.place,
                "this maintenance window never ends: the next begins before it is over",
            )
            .label("always in force")
            .help(
                "its path would never be announced as broken; to mute it, write `muteUntil` with a `reason`",
            ),
        );
    }
    Some(window)
}
