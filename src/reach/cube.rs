//! A product of one set an axis: what sets of packets are made of, and what their protocols are.

use std::sync::LazyLock;

use super::addresses::Family;
use super::ranges::Ranges;

/// IANA's protocol numbers that the engine tells apart.
pub(crate) const ICMP: u8 = 1;
pub(crate) const TCP: u8 = 6;
pub(crate) const UDP: u8 = 17;
pub(crate) const ICMPV6: u8 = 58;

/// All ports; all ICMP types; all ICMP codes.
pub(crate) fn all_ports() -> Ranges<u16> {
    Ranges::span(0, u16::MAX)
}

/// All protocol numbers.
pub(crate) fn all_protocols() -> Ranges<u8> {
    Ranges::span(0, u8::MAX)
}

/// Protocols whose headers have ports.
pub(crate) fn with_ports() -> &'static Ranges<u8> {
    static SET: LazyLock<Ranges<u8>> = LazyLock::new(|| Ranges::from_spans([(TCP, TCP), (UDP, UDP)]));
    &SET
}

/// ICMP and ICMPv6.
pub(crate) fn with_types() -> &'static Ranges<u8> {
    static SET: LazyLock<Ranges<u8>> = LazyLock::new(|| Ranges::from_spans([(ICMP, ICMP), (ICMPV6, ICMPV6)]));
    &SET
}

/// Protocols without ports or types.
pub(crate) fn other_protocols() -> &'static Ranges<u8> {
    static SET: LazyLock<Ranges<u8>> =
        LazyLock::new(|| all_protocols().subtract(with_ports()).subtract(with_types()));
    &SET
}

/// A product of sets. Its fields are the axes; none is empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Cube {
    pub(crate) family: Family,
    pub(crate) protocol: Ranges<u8>,
    pub(crate) source: Ranges<u128>,
    pub(crate) destination: Ranges<u128>,
    /// ICMP: the type.
    pub(crate) source_port: Ranges<u16>,
    /// ICMP: the code.
    pub(crate) destination_port: Ranges<u16>,
}

impl Cube {
    /// Every header of a family.
    pub(crate) fn all(family: Family) -> Self {
        Self {
            family,
            protocol: all_protocols(),
            source: Ranges::span(0, family.last()),
            destination: Ranges::span(0, family.last()),
            source_port: all_ports(),
            destination_port: all_ports(),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.protocol.is_empty()
            || self.source.is_empty()
            || self.destination.is_empty()
            || self.source_port.is_empty()
            || self.destination_port.is_empty()
    }

    /// Whether every header of this one is in the other.
    pub(super) fn is_within(&self, other: &Self) -> bool {
        self.family == other.family
            && self.destination_port.is_subset(&other.destination_port)
            && self.destination.is_subset(&other.destination)
            && self.source.is_subset(&other.source)
            && self.protocol.is_subset(&other.protocol)
            && self.source_port.is_subset(&other.source_port)
    }

    pub(super) fn meets(&self, other: &Self) -> bool {
        self.family == other.family
            && self.destination_port.meets(&other.destination_port)
            && self.destination.meets(&other.destination)
            && self.source.meets(&other.source)
            && self.protocol.meets(&other.protocol)
            && self.source_port.meets(&other.source_port)
    }

    pub(super) fn intersect(&self, other: &Self) -> Option<Self> {
        if !self.meets(other) {
            return None;
        }
        Some(Self {
            family: self.family,
            protocol: self.protocol.intersect(&other.protocol),
            source: self.source.intersect(&other.source),
            destination: self.destination.intersect(&other.destination),
            source_port: self.source_port.intersect(&other.source_port),
            destination_port: self.destination_port.intersect(&other.destination_port),
        })
    }

    /// Pushes the parts of `self` that are not in `other`, disjoint from each other.
    pub(super) fn subtract_into(&self, other: &Self, parts: &mut Vec<Self>) {
        if !self.meets(other) {
            parts.push(self.clone());
            return;
        }
        // Each part lies outside the other on one axis, and inside on those before.
        macro_rules! split {
            ($axis:ident $(, $inside:ident)*) => {
                let outside = self.$axis.subtract(&other.$axis);
                if !outside.is_empty() {
                    parts.push(Self {
                        $axis: outside,
                        $($inside: self.$inside.intersect(&other.$inside),)*
                        ..self.clone()
                    });
                }
            };
        }
        split!(protocol);
        split!(destination_port, protocol);
        split!(destination, protocol, destination_port);
        split!(source, protocol, destination_port, destination);
        split!(source_port, protocol, destination_port, destination, source);
    }

    /// The union of the two, where that is a cube again.
    pub(super) fn join(&self, other: &Self) -> Option<Self> {
        if self.family != other.family {
            return None;
        }
        let mut differing = 0;
        macro_rules! differs {
            ($axis:ident) => {
                if self.$axis != other.$axis {
                    differing += 1;
                    if differing > 1 {
                        return None;
                    }
                }
            };
        }
        differs!(destination_port);
        differs!(source);
        differs!(destination);
        differs!(protocol);
        differs!(source_port);
        Some(Self {
            family: self.family,
            protocol: self.protocol.union(&other.protocol),
            source: self.source.union(&other.source),
            destination: self.destination.union(&other.destination),
            source_port: self.source_port.union(&other.source_port),
            destination_port: self.destination_port.union(&other.destination_port),
        })
    }
}

/// What is left of disjoint cubes without others. `None`: all of them.
pub(super) fn left_of<'a>(cubes: &[Cube], cuts: impl IntoIterator<Item = &'a Cube>) -> Option<Vec<Cube>> {
    let mut rest: Option<Vec<Cube>> = None;
    for cut in cuts {
        let left = rest.as_deref().unwrap_or(cubes);
        if !left.iter().any(|cube| cube.meets(cut)) {
            continue;
        }
        let mut next = Vec::with_capacity(left.len() + 4);
        for cube in left {
            cube.subtract_into(cut, &mut next);
        }
        rest = Some(next);
    }
    rest
}
