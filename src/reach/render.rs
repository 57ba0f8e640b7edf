//! Sets of packets as people and programs read them: CIDR blocks, port ranges, one box a line.

use std::collections::BTreeSet;

use ipnet::IpNet;

use crate::network::Kind;
use crate::network::id::ResourceId;

use super::addresses::{Addresses, Family};
use super::cube::{Cube, ICMP, ICMPV6, TCP, UDP, all_ports, other_protocols, with_ports, with_types};
use super::packets::Packets;
use super::ranges::Ranges;
use super::report::PacketBox;
use super::resources::kind_of;
use super::world::World;

/// How many boxes are shown of one set.
pub(crate) const MOST_BOXES: usize = 50;

/// The fewest CIDR blocks that make up a span of addresses.
pub(crate) fn prefixes(family: Family, (first, last): (u128, u128)) -> Vec<IpNet> {
    let (first, last) = (family.address(first), family.address(last));
    match (first, last) {
        (std::net::IpAddr::V4(a), std::net::IpAddr::V4(b)) => {
            ipnet::Ipv4Subnets::new(a, b, 0).map(IpNet::V4).collect()
        }
        (std::net::IpAddr::V6(a), std::net::IpAddr::V6(b)) => {
            ipnet::Ipv6Subnets::new(a, b, 0).map(IpNet::V6).collect()
        }
        _ => Vec::new(),
    }
}

/// The fewest CIDR blocks that make up a set of addresses.
pub(crate) fn blocks(family: Family, ranges: &Ranges<u128>) -> Vec<IpNet> {
    ranges.iter().flat_map(|span| prefixes(family, span)).collect()
}

fn span_text(first: u16, last: u16) -> String {
    if first == last {
        first.to_string()
    } else {
        format!("{first}-{last}")
    }
}

fn protocol_name(number: u8) -> String {
    match number {
        TCP => "tcp".into(),
        UDP => "udp".into(),
        ICMP => "icmp".into(),
        ICMPV6 => "icmpv6".into(),
        other => other.to_string(),
    }
}

/// Subnets whose every usable address is meant are written as their block: the reserved addresses between, which no
/// interface can have, are only noise.
#[derive(Debug, Clone, Default)]
pub(crate) struct Rounding {
    /// (usable addresses, the block's addresses)
    subnets: Vec<(Addresses, Addresses)>,
}

impl Rounding {
    /// By the subnets among what was consulted.
    pub(crate) fn of(world: &World<'_>, consulted: &BTreeSet<ResourceId>) -> Self {
        let subnets = consulted
            .iter()
            .filter(|id| kind_of(id) == Kind::Subnet)
            .filter_map(|id| world.subnets.get(id.as_str()))
            .map(|subnet| (subnet.usable.clone(), subnet.whole.clone()))
            .collect();
        Self { subnets }
    }

    pub(crate) fn round(&self, family: Family, ranges: &Ranges<u128>) -> Ranges<u128> {
        let mut rounded = ranges.clone();
        for (usable, whole) in &self.subnets {
            let usable = usable.get(family);
            if !usable.is_empty() && usable.is_subset(ranges) {
                rounded = rounded.union(whole.get(family));
            }
        }
        rounded
    }
}

/// The boxes of a set, at most [`MOST_BOXES`], and how many more there are.
pub(crate) fn boxes(packets: &Packets, rounding: &Rounding) -> (Vec<PacketBox>, usize) {
    let mut parts = BTreeSet::new();
    let mut more = 0;
    for cube in packets.by_header().joined().by_header().cubes() {
        for part in parts_of(cube, rounding) {
            if parts.len() < MOST_BOXES {
                parts.insert(part);
            } else {
                more += 1;
            }
        }
    }
    (parts.into_iter().map(Part::told).collect(), more)
}

/// The first box of a set.
pub(crate) fn first_box(packets: &Packets) -> Option<PacketBox> {
    boxes(&packets.sample(), &Rounding::default())
        .0
        .into_iter()
        .next()
}

/// A box before it is put into words, in the order of its numbers.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Part {
    protocol: String,
    source: IpNet,
    destination: IpNet,
    header: Header,
}

/// The rest of a part's header: spans of ports, or of ICMP types and codes; `None`: all there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Header {
    Bare,
    Ports {
        destination: (u16, u16),
        source: (u16, u16),
    },
    Icmp {
        kind: Option<(u16, u16)>,
        code: Option<(u16, u16)>,
    },
}

impl Part {
    fn told(self) -> PacketBox {
        let word = |span: Option<(u16, u16)>| {
            let text = span.map(|(first, last)| span_text(first, last));
            Some(text.unwrap_or_else(|| "all".into()))
        };
        let (mut ports, mut icmp) = ([None, None], [None, None]);
        match self.header {
            Header::Bare => {}
            Header::Ports { destination, source } => {
                ports = [source, destination].map(|span| word(Some(span)));
            }
            Header::Icmp { kind, code } => icmp = [kind, code].map(word),
        }
        let [source_ports, destination_ports] = ports;
        let [icmp_type, icmp_code] = icmp;
        PacketBox {
            protocol: self.protocol,
            source: self.source.to_string(),
            source_ports,
            destination: self.destination.to_string(),
            destination_ports,
            icmp_type,
            icmp_code,
        }
    }
}

/// The parts of a cube; of many small ranges not all, as they would be written out at length only to be cut.
fn parts_of(cube: &Cube, rounding: &Rounding) -> Vec<Part> {
    let sources = blocks(cube.family, &rounding.round(cube.family, &cube.source));
    let destinations = blocks(cube.family, &rounding.round(cube.family, &cube.destination));
    let protocols: Vec<String> = if cube.protocol == *other_protocols() {
        vec!["other".into()]
    } else {
        let numbers = cube.protocol.iter().flat_map(|(first, last)| first..=last);
        numbers.map(protocol_name).collect()
    };
    let headers = headers(cube);
    let mut parts = Vec::new();
    for protocol in &protocols {
        for &source in &sources {
            for &destination in &destinations {
                for &header in &headers {
                    if parts.len() > 4 * MOST_BOXES {
                        return parts;
                    }
                    parts.push(Part {
                        protocol: protocol.clone(),
                        source,
                        destination,
                        header,
                    });
                }
            }
        }
    }
    parts
}

fn headers(cube: &Cube) -> Vec<Header> {
    let has_ports = cube.protocol.is_subset(with_ports());
    let has_types = cube.protocol.is_subset(with_types());
    if !has_ports && !has_types {
        return vec![Header::Bare];
    }
    let spans = |ranges: &Ranges<u16>| -> Vec<Option<(u16, u16)>> {
        if has_types && (*ranges == all_ports() || *ranges == Ranges::span(0, 255)) {
            return vec![None];
        }
        ranges.iter().map(Some).collect()
    };
    let mut headers = Vec::new();
    for first in spans(&cube.source_port) {
        for second in spans(&cube.destination_port) {
            headers.push(match (first, second) {
                (Some(source), Some(destination)) if has_ports => Header::Ports { destination, source },
                (kind, code) => Header::Icmp { kind, code },
            });
        }
    }
    headers
}
