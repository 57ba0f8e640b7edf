//! Sets of packets as people and programs read them: CIDR blocks, port ranges, one box a line.

use std::borrow::Cow;
use std::collections::BTreeSet;

use ipnet::{IpNet, IpSubnets, Ipv4Subnets, Ipv6Subnets};
use smallvec::{SmallVec, smallvec};

use crate::network::Kind;
use crate::network::id::ResourceId;

use super::addresses::{Addresses, Family, v4};
use super::cube::{Cube, ICMP, ICMPV6, TCP, UDP, all_ports, other_protocols, with_ports, with_types};
use super::dependencies::Consulted;
use super::packets::Packets;
use super::ranges::Ranges;
use super::report::PacketBox;
use super::resources::kind_of;
use super::world::World;

/// How many boxes are shown of one set.
pub(crate) const MOST_BOXES: usize = 50;

/// Into how many a cube is cut before the first of them are chosen.
const MOST_PARTS: usize = 4 * MOST_BOXES + 1;

/// The fewest CIDR blocks that make up a span of addresses.
pub(crate) fn prefixes(family: Family, (first, last): (u128, u128)) -> impl Iterator<Item = IpNet> {
    match family {
        Family::V4 => IpSubnets::V4(Ipv4Subnets::new(v4(first), v4(last), 0)),
        Family::V6 => IpSubnets::V6(Ipv6Subnets::new(first.into(), last.into(), 0)),
    }
}

/// The fewest CIDR blocks that make up a set of addresses.
pub(crate) fn blocks(family: Family, ranges: &Ranges<u128>) -> impl Iterator<Item = IpNet> {
    ranges.iter().flat_map(move |span| prefixes(family, span))
}

fn span_text(first: u16, last: u16) -> String {
    if first == last {
        first.to_string()
    } else {
        format!("{first}-{last}")
    }
}

fn protocol_name(number: u8) -> Cow<'static, str> {
    match number {
        TCP => "tcp".into(),
        UDP => "udp".into(),
        ICMP => "icmp".into(),
        ICMPV6 => "icmpv6".into(),
        other => other.to_string().into(),
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
    pub(crate) fn of(world: &World<'_>, consulted: &Consulted) -> Self {
        let subnets: BTreeSet<&ResourceId> = consulted
            .into_iter()
            .filter(|id| kind_of(id) == Kind::Subnet)
            .collect();
        let subnets = (subnets.into_iter())
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
    if packets.is_empty() {
        return (Vec::new(), 0);
    }
    let mut parts: SmallVec<[Part; 2]> = SmallVec::new();
    let mut more = 0;
    for cube in packets.by_header().joined().by_header().cubes() {
        for part in parts_of(cube, rounding) {
            // What was rounded may be another part as well.
            if parts.len() < MOST_BOXES && !parts.contains(&part) {
                parts.push(part);
            } else if parts.len() == MOST_BOXES {
                more += 1;
            }
        }
    }
    parts.sort_unstable();
    (parts.into_iter().map(Part::told).collect(), more)
}

/// The first box of a set.
pub(crate) fn first_box(packets: &Packets) -> Option<PacketBox> {
    let one = packets.sample();
    let parts = parts_of(one.cubes().first()?, &Rounding::default());
    parts.into_iter().next().map(Part::told)
}

/// A box before it is put into words, in the order of its numbers.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Part {
    protocol: Cow<'static, str>,
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
            protocol: self.protocol.into_owned(),
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
fn parts_of(cube: &Cube, rounding: &Rounding) -> SmallVec<[Part; 1]> {
    let shown = |addresses: &Ranges<u128>| -> SmallVec<[IpNet; 2]> {
        let rounded = rounding.round(cube.family, addresses);
        blocks(cube.family, &rounded).take(MOST_PARTS).collect()
    };
    let (sources, destinations) = (shown(&cube.source), shown(&cube.destination));
    let protocols: SmallVec<[Cow<'static, str>; 2]> = if cube.protocol == *other_protocols() {
        smallvec!["other".into()]
    } else {
        let numbers = cube.protocol.iter().flat_map(|(first, last)| first..=last);
        numbers.map(protocol_name).collect()
    };
    let headers = headers(cube);
    let mut parts = SmallVec::new();
    for protocol in &protocols {
        for &source in &sources {
            for &destination in &destinations {
                for &header in &headers {
                    if parts.len() == MOST_PARTS {
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

fn headers(cube: &Cube) -> SmallVec<[Header; 2]> {
    let has_ports = cube.protocol.is_subset(with_ports());
    let has_types = cube.protocol.is_subset(with_types());
    if !has_ports && !has_types {
        return smallvec![Header::Bare];
    }
    let spans = |ranges: &Ranges<u16>| -> SmallVec<[Option<(u16, u16)>; 2]> {
        if has_types && (*ranges == all_ports() || *ranges == Ranges::span(0, 255)) {
            return smallvec![None];
        }
        ranges.iter().map(Some).collect()
    };
    let mut headers = SmallVec::new();
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
