//! What a map of the file says of a path before defaults: the keys that `defaults` has too, and the rules between them
//! (PATH-FILE, "Keys").
//!
//! A default gives way to what the path itself says: one that does not fit is not applied, and no error.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::duration;
use super::fields::{self, Fields, Given};
use super::filter::{self, Filter};
use super::key;
use super::model::{
    Confirm, Expect, IpAddressType, MaintenanceWindow, Mute, PortSet, Protocol, Reply, Require, Severity,
};
use super::node::{Node, excerpt};
use super::path::missing_key;
use super::problem::{Problem, Problems, Wrong};
use super::{port, protocol, resource, window};

const LONGEST_SETTLE: SignedDuration = SignedDuration::from_mins(15);
const SHORTEST_REMINDER: SignedDuration = SignedDuration::from_hours(1);

/// What a map says of a path, before defaults.
#[derive(Debug, Clone, Default)]
pub(super) struct Draft {
    pub(super) protocol: Given<Protocol>,
    pub(super) destination_ports: Given<PortSet>,
    pub(super) ip_address_type: Given<IpAddressType>,
    pub(super) client_ports: Given<PortSet>,
    pub(super) expect: Given<Expect>,
    pub(super) require: Given<Require>,
    pub(super) reply: Given<Reply>,
    pub(super) filter_at_source: Given<Filter>,
    pub(super) filter_at_destination: Given<Filter>,
    pub(super) severity: Given<Severity>,
    pub(super) owner: Given<String>,
    pub(super) runbook: Given<String>,
    pub(super) labels: Given<BTreeMap<String, String>>,
    pub(super) topic_arn: Given<String>,
    pub(super) settle: Given<SignedDuration>,
    pub(super) remind_after: Given<Option<SignedDuration>>,
    pub(super) remind_every: Given<Option<SignedDuration>>,
    pub(super) maintenance_windows: Given<Vec<MaintenanceWindow>>,
    pub(super) mute_until: Given<Timestamp>,
    pub(super) reason: Given<String>,
    pub(super) confirm: Given<Confirm>,
}

/// Reads `defaults`.
pub(super) fn read_defaults(problems: &mut Problems, _: &'static str, node: &Node) -> Option<Draft> {
    let fields = Fields::of(problems, node, &key::DEFAULTS)?;
    let draft = Draft::read(problems, &fields);
    draft.fits(problems, &Draft::default());
    Some(draft)
}

impl Draft {
    pub(super) fn read(problems: &mut Problems, fields: &Fields<'_>) -> Self {
        let draft = Self {
            protocol: fields.read(problems, "protocol", protocol::read),
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
            filter_at_source: fields.read(problems, "filterAtSource", filter::read),
            filter_at_destination: fields.read(problems, "filterAtDestination", filter::read),
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
            maintenance_windows: fields.read(problems, "maintenanceWindows", window::read),
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
    pub(super) fn fits(&self, problems: &mut Problems, defaults: &Self) {
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
        self.family_fits(problems, protocol);
    }

    /// Each ICMP belongs to one address family: over the other there would be nothing to ask.
    fn family_fits(&self, problems: &mut Problems, protocol: Protocol) {
        if let Given::Is(family, place) = self.ip_address_type
            && !carries(family, protocol)
        {
            let (only, other) = if protocol == Protocol::Icmp {
                ("ipv4", "icmpv6")
            } else {
                ("ipv6", "icmp")
            };
            problems.error(
                Problem::at(
                    place,
                    format!(
                        "`ipAddressType`: protocol `{}` is carried by {only} alone",
                        protocol.text()
                    ),
                )
                .label("nothing to ask")
                .help(format!("leave it out, or choose `protocol: {other}`")),
            );
        }
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

/// Whether packets of a protocol exist in every family that is asked for.
fn carries(family: IpAddressType, protocol: Protocol) -> bool {
    match protocol {
        Protocol::Icmp => family == IpAddressType::Ipv4,
        Protocol::Icmpv6 => family == IpAddressType::Ipv6,
        _ => true,
    }
}

impl Draft {
    /// What the path says, else what the defaults say where that fits it.
    pub(super) fn over(mut self, mut defaults: Self) -> Self {
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
        if let Given::Is(family, _) = defaults.ip_address_type
            && !carries(family, protocol)
        {
            defaults.ip_address_type = Given::Absent;
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
    pub(super) fn ports_to(
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

    pub(super) fn mute(
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
    let told = node.describe(problems.text());
    let wrong = Wrong::new(format!("`{name}` is a map from text to text, not {told}"));
    fields::entries(problems, node, wrong, |problems, label, node| {
        fields::text(problems, label, node).map(str::to_owned)
    })
}
