//! The engine, as these tests ask it: the only file of them that knows its types.

use std::net::IpAddr;
use std::ops::RangeInclusive;

use hopwatch::network::Snapshot;
use hopwatch::network::id::{ResourceId, VpcId};
use hopwatch::network::load::{Source as FileSource, merge, parse};
use hopwatch::paths::model::{
    Confirm, End, EndForm, Expect, PacketFilter, PortSet, Protocol, Reply, Require, RequiredPath, Severity,
    Transparent,
};
use hopwatch::reach::report::{BranchOutcome, PacketBox, PathResult, Verdict};
use hopwatch::reach::{Engine, Surroundings};
use ipnet::IpNet;
use jiff::SignedDuration;
use serde_json::Value;

use crate::ask::{Ask, Source, What};
use crate::generate::Set;
use crate::oracle::address::Cidr;
use crate::oracle::packet::{Fields, TCP, UDP};
use crate::oracle::{Answer, Packet};

/// Reads a network as the command line would.
pub(crate) fn load(network: &Value) -> Result<Snapshot, String> {
    let source = FileSource {
        name: String::from("network.json"),
        ..FileSource::default()
    };
    let document = parse(source, network.to_string().as_bytes()).map_err(|e| e.to_string())?;
    let loaded = merge(vec![document]).map_err(|e| e.to_string())?;
    Ok(loaded.snapshot)
}

/// The engine over a snapshot.
pub(crate) fn engine<'s>(snapshot: &'s Snapshot, transparent: &[&str]) -> Engine<'s> {
    let surroundings = Surroundings {
        transparent: transparent
            .iter()
            .map(|id| Transparent::Id(ResourceId::from(*id)))
            .collect(),
        ..Surroundings::default()
    };
    Engine::new(snapshot, surroundings)
}

fn end(form: EndForm) -> End {
    End {
        form,
        account: None,
        region: None,
        vpc: None,
        text: String::from("an end"),
        line: 0,
    }
}

fn one(address: IpAddr) -> IpNet {
    IpNet::from(address)
}

fn id(text: &str) -> EndForm {
    EndForm::Id(ResourceId::from(text))
}

/// A question as a path. Source ports that the question leaves open are left to the engine.
pub(crate) fn path(ask: &Ask) -> RequiredPath {
    let (source, pinned) = match &ask.source {
        Source::Interface(eni) => (id(eni), None),
        Source::InterfaceAs(eni, address) => (id(eni), Some(*address)),
        Source::Lambda(function) => (
            EndForm::Lambda {
                function: function.clone(),
                qualifier: None,
            },
            None,
        ),
        Source::Workload {
            subnet,
            groups,
            public,
        } => (workload(subnet, groups, *public), None),
        Source::WorkloadAs {
            subnet,
            groups,
            public,
            address,
        } => (workload(subnet, groups, *public), Some(*address)),
        Source::NatGateway(nat) => (id(nat), None),
        Source::NatGatewayAs(nat, address) => (id(nat), Some(*address)),
        Source::Balancer(name) => (EndForm::LoadBalancer(name.clone()), None),
        Source::Internet(address) => (EndForm::Internet, Some(*address)),
        Source::Attachment(attachment, address) => (id(attachment), Some(*address)),
        Source::Peering {
            connection, address, ..
        } => (id(connection), Some(*address)),
        Source::VpnGateway(gateway, address) => (id(gateway), Some(*address)),
    };
    let (protocol, port) = match ask.what {
        What::Tcp(port) => (Protocol::Tcp, Some(port)),
        What::Udp(port) => (Protocol::Udp, Some(port)),
        What::Echo if ask.destination.is_ipv6() => (Protocol::Icmpv6, None),
        What::Echo => (Protocol::Icmp, None),
        What::Protocol(number) => (Protocol::Number(number), None),
    };
    let mut path = bare(source, EndForm::Addresses(vec![one(ask.destination)]), protocol);
    path.destination.vpc = ask.into.as_deref().map(VpcId::from);
    path.filter_at_source.source_address = pinned.map(one);
    path.destination_ports = port.map(|p| ports(p..=p));
    path.client_ports = ask.client_ports.clone().filter(|_| port.is_some()).map(ports);
    if !ask.reply {
        path.reply = Reply::Ignored;
    }
    path
}

fn workload(subnet: &str, groups: &[String], public: bool) -> EndForm {
    EndForm::Workload {
        subnets: vec![subnet.into()],
        security_groups: groups.iter().map(|g| g.as_str().into()).collect(),
        assign_public_ip: public,
    }
}

/// A range of ports.
pub(crate) fn ports(range: RangeInclusive<u16>) -> PortSet {
    PortSet(vec![range])
}

/// A path with all defaults.
pub(crate) fn bare(source: EndForm, destination: EndForm, protocol: Protocol) -> RequiredPath {
    RequiredPath {
        name: String::from("a path"),
        source: end(source),
        destination: end(destination),
        protocol,
        destination_ports: None,
        ip_address_type: None,
        client_ports: None,
        expect: Expect::Reachable,
        require: Require::All,
        reply: Reply::Required,
        via: Vec::new(),
        not_via: Vec::new(),
        filter_at_source: PacketFilter::default(),
        filter_at_destination: PacketFilter::default(),
        severity: Severity::Medium,
        owner: None,
        runbook: None,
        labels: Default::default(),
        topic_arn: None,
        settle: SignedDuration::ZERO,
        remind_after: None,
        remind_every: None,
        maintenance_windows: Vec::new(),
        mute: None,
        confirm: Confirm::Off,
        line: 0,
    }
}

/// The verdict in the words of the test lines.
pub(crate) fn answer(verdict: Verdict) -> Answer {
    match verdict {
        Verdict::Reachable => Answer::Reachable,
        Verdict::Partial => Answer::Partial,
        Verdict::Blocked => Answer::Blocked,
        Verdict::Undecided => Answer::Undecided,
    }
}

/// A path from an interface to several addresses and ports, from a range of ports.
pub(crate) fn whole(set: &Set) -> RequiredPath {
    let protocol = if set.protocol == UDP {
        Protocol::Udp
    } else {
        Protocol::Tcp
    };
    let to = set
        .destinations
        .iter()
        .map(|d| d.parse().expect("a prefix"))
        .collect();
    let mut path = bare(id(&set.interface), EndForm::Addresses(to), protocol);
    path.destination_ports = Some(PortSet(set.ports.clone()));
    path.client_ports = Some(ports(set.client_ports.clone()));
    if !set.reply {
        path.reply = Reply::Ignored;
    }
    path
}

/// What became of the part of a path's packets that this one belongs to: one outcome, unless parts overlap or leave
/// something out.
pub(crate) fn outcomes(result: &PathResult, packet: &Packet) -> Vec<BranchOutcome> {
    result
        .branches
        .iter()
        .filter(|b| b.packets.iter().any(|p| holds(p, packet)))
        .map(|b| b.outcome)
        .collect()
}

/// Whether all parts are told in full.
pub(crate) fn is_complete(result: &PathResult) -> bool {
    result.branches.iter().all(|b| b.packets_more == 0)
}

fn holds(part: &PacketBox, packet: &Packet) -> bool {
    let Fields::Ports { source, destination } = packet.fields else {
        return false;
    };
    let within = |range: &Option<String>, port: u16| {
        range.as_deref().is_none_or(|range| {
            let (low, high) = range.split_once('-').unwrap_or((range, range));
            let number = |text: &str| text.parse::<u16>().expect("a port");
            number(low) <= port && port <= number(high)
        })
    };
    let address = |block: &str, ip: IpAddr| Cidr::of(block).contains(ip);
    let protocol = match part.protocol.as_str() {
        "tcp" => TCP,
        "udp" => UDP,
        other => panic!("protocol `{other}` was not asked for"),
    };
    protocol == packet.protocol
        && address(&part.source, packet.source)
        && address(&part.destination, packet.destination)
        && within(&part.source_ports, source)
        && within(&part.destination_ports, destination)
}

/// What the engine says, in short, for people.
pub(crate) fn explain(result: &PathResult) -> String {
    let mut out = format!("  engine: {:?}\n", result.verdict);
    for blocker in &result.blockers {
        out += &format!(
            "  blocker: {:?} at {}, {:?}, {:?}: {}\n",
            blocker.code, blocker.component, blocker.leg, blocker.direction, blocker.message
        );
    }
    if let Some(reason) = &result.reason {
        out += &format!("  reason: {:?}: {}\n", reason.code, reason.message);
    }
    for hop in result.hops.iter().take(40) {
        out += &format!(
            "  hop: {:?} {} {:?} {:?} {}\n",
            hop.leg,
            hop.component,
            hop.direction,
            hop.outcome,
            hop.note.as_deref().unwrap_or("")
        );
    }
    out
}

/// The codes of what decided.
pub(crate) fn decided_by(result: &PathResult) -> String {
    let codes: Vec<String> = result
        .blockers
        .iter()
        .map(|b| format!("{:?}", b.code))
        .chain(
            result
                .reason
                .iter()
                .map(|r| format!("{:?}: {}", r.code, r.message)),
        )
        .collect();
    without_names(&codes.join(", "))
}

/// Words without ids and addresses, so that what is alike reads alike.
pub(crate) fn without_names(words: &str) -> String {
    words
        .split(' ')
        .map(|w| {
            if w.chars().any(|c| c.is_ascii_digit()) {
                "…"
            } else {
                w
            }
        })
        .collect::<Vec<_>>()
        .join(" ")
}
