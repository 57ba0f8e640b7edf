//! What a rule says of a packet's header, as two sets: what it surely matches, and what beyond that it may match.

use super::super::addresses::{Addresses, Family};
use super::super::cube::{Cube, all_ports, all_protocols, with_ports};
use super::super::packets::Packets;
use super::super::ranges::Ranges;
use super::bounds::Bounds;

/// The header that a rule is about.
#[derive(Debug, Clone)]
pub(super) struct HeaderMatch {
    pub(super) protocols: Protocols,
    pub(super) source: Bounds<Addresses>,
    pub(super) destination: Bounds<Addresses>,
    pub(super) source_ports: Bounds<Ranges<u16>>,
    pub(super) destination_ports: Bounds<Ranges<u16>>,
}

/// The protocols that a rule is about.
#[derive(Debug, Clone)]
pub(super) struct Protocols {
    /// Surely.
    pub(super) sure: Ranges<u8>,
    /// At most.
    pub(super) may: Ranges<u8>,
}

impl Protocols {
    /// Exactly these.
    pub(super) fn exactly(protocols: Ranges<u8>) -> Self {
        Self {
            sure: protocols.clone(),
            may: protocols,
        }
    }

    /// All.
    pub(super) fn all() -> Self {
        Self::exactly(all_protocols())
    }
}

/// What a rule surely matches, and what beyond that it may match.
#[derive(Debug, Clone)]
pub(super) struct Matches {
    pub(super) sure: Packets,
    pub(super) may: Packets,
}

impl Matches {
    /// Anything, or nothing.
    pub(super) fn unknown() -> Self {
        Self {
            sure: Packets::none(),
            may: Packets::everything(),
        }
    }

    /// The same, where there are conditions that no header shows.
    pub(super) fn conditional(self) -> Self {
        Self {
            may: self.may.union(&self.sure),
            sure: Packets::none(),
        }
    }

    pub(super) fn or(&self, other: &Self) -> Self {
        let sure = self.sure.union(&other.sure);
        Self {
            may: self.may.union(&other.may).subtract(&sure),
            sure,
        }
    }
}

impl HeaderMatch {
    /// The packets that it matches.
    pub(super) fn matches(&self) -> Matches {
        let all = all_ports();
        let any_port = self.source_ports.sure == all && self.destination_ports.sure == all;
        let sure = packets(
            &self.protocols.sure,
            [&self.source.sure, &self.destination.sure],
            [&self.source_ports.sure, &self.destination_ports.sure],
            any_port,
        );
        // AWS does not say what a rule with ports makes of packets that have none.
        let may = packets(
            &self.protocols.may,
            [&self.source.may, &self.destination.may],
            [&self.source_ports.may, &self.destination_ports.may],
            true,
        );
        Matches {
            may: may.subtract(&sure),
            sure,
        }
    }

    /// The same, seen from the other end.
    pub(super) fn turned(&self) -> Self {
        Self {
            protocols: self.protocols.clone(),
            source: self.destination.clone(),
            destination: self.source.clone(),
            source_ports: self.destination_ports.clone(),
            destination_ports: self.source_ports.clone(),
        }
    }
}

fn packets(
    protocols: &Ranges<u8>,
    [source, destination]: [&Addresses; 2],
    [source_port, destination_port]: [&Ranges<u16>; 2],
    without_ports: bool,
) -> Packets {
    let mut all = Packets::none();
    for family in Family::BOTH {
        let cube = Cube {
            source: source.get(family).clone(),
            destination: destination.get(family).clone(),
            ..Cube::all(family)
        };
        all.add(&Packets::cube(Cube {
            protocol: protocols.intersect(with_ports()),
            source_port: source_port.clone(),
            destination_port: destination_port.clone(),
            ..cube.clone()
        }));
        if without_ports {
            all.add(&Packets::cube(Cube {
                protocol: protocols.subtract(with_ports()),
                ..cube
            }));
        }
    }
    all
}
