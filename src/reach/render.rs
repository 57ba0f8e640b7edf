//! Sets of packets as people and programs read them: CIDR blocks, port ranges, one box a line.

use std::collections::BTreeSet;

use ipnet::IpNet;

use crate::network::Kind;
use crate::network::id::ResourceId;

use super::packets::{
    Addresses, Cube, Family, ICMP, ICMPV6, Packets, TCP, UDP, all_ports, other_protocols, with_ports,
    with_types,
};
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
    let mut boxes = BTreeSet::new();
    let mut more = 0;
    for cube in packets.by_header().joined().by_header().cubes() {
        for (_, shown) in cube_boxes(cube, rounding) {
            if boxes.len() < MOST_BOXES {
                boxes.insert(Sortable(shown));
            } else {
                more += 1;
            }
        }
    }
    (boxes.into_iter().map(|Sortable(shown)| shown).collect(), more)
}

/// The first box of a set.
pub(crate) fn first_box(packets: &Packets) -> Option<PacketBox> {
    boxes(&packets.sample(), &Rounding::default())
        .0
        .into_iter()
        .next()
}

fn cube_boxes<'a>(cube: &'a Cube, rounding: &Rounding) -> impl Iterator<Item = (u8, PacketBox)> + use<'a> {
    let sources = blocks(cube.family, &rounding.round(cube.family, &cube.source));
    let destinations = blocks(cube.family, &rounding.round(cube.family, &cube.destination));
    let protocols: Vec<String> = if cube.protocol == *other_protocols() {
        vec!["other".into()]
    } else {
        cube.protocol
            .iter()
            .flat_map(|(first, last)| first..=last)
            .map(protocol_name)
            .collect()
    };
    let has_ports = cube.protocol.is_subset(with_ports());
    let has_types = cube.protocol.is_subset(with_types());
    let ports = |ranges: &Ranges<u16>| -> Vec<String> {
        ranges
            .iter()
            .map(|(first, last)| span_text(first, last))
            .collect()
    };
    let (mut a, mut b) = (ports(&cube.source_port), ports(&cube.destination_port));
    if !has_ports && !has_types {
        (a, b) = (vec![String::new()], vec![String::new()]);
    }
    if has_types {
        for (texts, ranges) in [(&mut a, &cube.source_port), (&mut b, &cube.destination_port)] {
            if *ranges == all_ports() || *ranges == Ranges::span(0, 255) {
                *texts = vec!["all".into()];
            }
        }
    }
    let mut shown = Vec::new();
    for protocol in &protocols {
        for source in &sources {
            for destination in &destinations {
                for first in &a {
                    for second in &b {
                        // A set of many small ranges would be written out at length only to be cut.
                        if shown.len() > 4 * MOST_BOXES {
                            break;
                        }
                        let of = |yes: bool, text: &String| yes.then(|| text.clone());
                        shown.push((
                            0,
                            PacketBox {
                                protocol: protocol.clone(),
                                source: source.to_string(),
                                source_ports: of(has_ports, first),
                                destination: destination.to_string(),
                                destination_ports: of(has_ports, second),
                                icmp_type: of(has_types, first),
                                icmp_code: of(has_types, second),
                            },
                        ));
                    }
                }
            }
        }
    }
    shown.into_iter()
}

/// Orders boxes by address and port as numbers, not as text.
#[derive(PartialEq, Eq)]
struct Sortable(PacketBox);

impl Sortable {
    fn key(
        &self,
    ) -> (
        String,
        Option<IpNet>,
        Option<IpNet>,
        Option<u32>,
        Option<u32>,
        String,
    ) {
        let net = |text: &str| text.parse::<IpNet>().ok();
        let port = |text: &Option<String>| {
            text.as_deref()
                .and_then(|text| text.split('-').next())
                .and_then(|text| text.parse().ok())
        };
        let b = &self.0;
        (
            b.protocol.clone(),
            net(&b.source),
            net(&b.destination),
            port(&b.destination_ports).or_else(|| port(&b.icmp_type)),
            port(&b.source_ports).or_else(|| port(&b.icmp_code)),
            format!("{:?}{:?}", b.source_ports, b.destination_ports),
        )
    }
}

impl Ord for Sortable {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.key().cmp(&other.key())
    }
}

impl PartialOrd for Sortable {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
