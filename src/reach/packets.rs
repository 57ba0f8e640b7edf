//! Exact sets of packet headers.
//!
//! A set is a union of pairwise disjoint *cubes*; a cube is a product of one set an axis: protocol, source address,
//! destination address, source port, destination port. ICMP's type and code stand in the places of the ports.
//! Nothing outside this file depends on that representation.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::{Arc, LazyLock};

use ipnet::IpNet;

use super::ranges::Ranges;

/// IPv4 or IPv6.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Family {
    V4,
    V6,
}

impl Family {
    pub(crate) const BOTH: [Family; 2] = [Family::V4, Family::V6];

    /// The highest address.
    pub(crate) fn last(self) -> u128 {
        match self {
            Self::V4 => u32::MAX as u128,
            Self::V6 => u128::MAX,
        }
    }

    pub(crate) fn of(address: IpAddr) -> Self {
        if address.is_ipv4() { Self::V4 } else { Self::V6 }
    }

    /// The address of that number.
    pub(crate) fn address(self, number: u128) -> IpAddr {
        match self {
            Self::V4 => IpAddr::V4(Ipv4Addr::from(u32::try_from(number).unwrap_or(u32::MAX))),
            Self::V6 => IpAddr::V6(Ipv6Addr::from(number)),
        }
    }
}

/// The number of an address.
pub(crate) fn number(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(v4) => u128::from(u32::from(v4)),
        IpAddr::V6(v6) => u128::from(v6),
    }
}

/// A set of addresses of both families.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Addresses {
    pub(crate) v4: Ranges<u128>,
    pub(crate) v6: Ranges<u128>,
}

impl Addresses {
    pub(crate) fn empty() -> Self {
        Self {
            v4: Ranges::empty(),
            v6: Ranges::empty(),
        }
    }

    pub(crate) fn from_nets(nets: impl IntoIterator<Item = IpNet>) -> Self {
        let (mut v4, mut v6) = (Vec::new(), Vec::new());
        for net in nets {
            let span = (number(net.network()), number(net.broadcast()));
            match net {
                IpNet::V4(_) => v4.push(span),
                IpNet::V6(_) => v6.push(span),
            }
        }
        Self {
            v4: Ranges::from_spans(v4),
            v6: Ranges::from_spans(v6),
        }
    }

    pub(crate) fn from_addresses(addresses: impl IntoIterator<Item = IpAddr>) -> Self {
        Self::from_nets(addresses.into_iter().map(IpNet::from))
    }

    pub(crate) fn of(family: Family, ranges: Ranges<u128>) -> Self {
        match family {
            Family::V4 => Self {
                v4: ranges,
                v6: Ranges::empty(),
            },
            Family::V6 => Self {
                v4: Ranges::empty(),
                v6: ranges,
            },
        }
    }

    pub(crate) fn get(&self, family: Family) -> &Ranges<u128> {
        match family {
            Family::V4 => &self.v4,
            Family::V6 => &self.v6,
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.v4.is_empty() && self.v6.is_empty()
    }

    /// Whether anything is in both.
    pub(crate) fn meets(&self, other: &Self) -> bool {
        self.v4.meets(&other.v4) || self.v6.meets(&other.v6)
    }

    pub(crate) fn add(&mut self, other: &Self) {
        *self = self.union(other);
    }

    pub(crate) fn union(&self, other: &Self) -> Self {
        Self {
            v4: self.v4.union(&other.v4),
            v6: self.v6.union(&other.v6),
        }
    }

    pub(crate) fn intersect(&self, other: &Self) -> Self {
        Self {
            v4: self.v4.intersect(&other.v4),
            v6: self.v6.intersect(&other.v6),
        }
    }

    pub(crate) fn subtract(&self, other: &Self) -> Self {
        Self {
            v4: self.v4.subtract(&other.v4),
            v6: self.v6.subtract(&other.v6),
        }
    }
}

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

    fn is_empty(&self) -> bool {
        self.protocol.is_empty()
            || self.source.is_empty()
            || self.destination.is_empty()
            || self.source_port.is_empty()
            || self.destination_port.is_empty()
    }

    /// Whether every header of this one is in the other.
    fn is_within(&self, other: &Self) -> bool {
        self.family == other.family
            && self.destination_port.is_subset(&other.destination_port)
            && self.destination.is_subset(&other.destination)
            && self.source.is_subset(&other.source)
            && self.protocol.is_subset(&other.protocol)
            && self.source_port.is_subset(&other.source_port)
    }

    fn meets(&self, other: &Self) -> bool {
        self.family == other.family
            && self.destination_port.meets(&other.destination_port)
            && self.destination.meets(&other.destination)
            && self.source.meets(&other.source)
            && self.protocol.meets(&other.protocol)
            && self.source_port.meets(&other.source_port)
    }

    fn intersect(&self, other: &Self) -> Option<Self> {
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
    fn subtract_into(&self, other: &Self, parts: &mut Vec<Self>) {
        if !self.meets(other) {
            parts.push(self.clone());
            return;
        }
        let mut core = self.clone();
        macro_rules! split {
            ($axis:ident) => {
                let outside = core.$axis.subtract(&other.$axis);
                if !outside.is_empty() {
                    parts.push(Self {
                        $axis: outside,
                        ..core.clone()
                    });
                    core.$axis = core.$axis.intersect(&other.$axis);
                }
            };
        }
        split!(protocol);
        split!(destination_port);
        split!(destination);
        split!(source);
        split!(source_port);
    }

    /// The union of the two, where that is a cube again.
    fn join(&self, other: &Self) -> Option<Self> {
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

/// 64:ff9b::
const NAT64: u128 = 0x0064_ff9b << 96;

/// The protocols, with ICMP of one family in place of the other's.
fn icmp_of(protocols: &Ranges<u8>, from: u8, to: u8) -> Ranges<u8> {
    if protocols.contains(from) {
        protocols.subtract(&Ranges::one(from)).union(&Ranges::one(to))
    } else {
        protocols.clone()
    }
}

/// The source ports of a cube; the ICMP type of an echo request in the other family's number.
fn echo_of(cube: &Cube, protocol: u8, from: u16, to: u16) -> Ranges<u16> {
    if cube.protocol == Ranges::one(protocol) && cube.source_port.contains(from) {
        cube.source_port
            .subtract(&Ranges::one(from))
            .union(&Ranges::one(to))
    } else {
        cube.source_port.clone()
    }
}

/// One axis of a header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Axis {
    Source,
    Destination,
    /// Means nothing in headers without ports.
    SourcePort,
}

/// A set of packet headers. Copies share their cubes: most of what packets meet on their way leaves all of them as
/// they were.
#[derive(Debug, Clone, Default)]
pub(crate) struct Packets {
    /// `None`: no cube.
    cubes: Option<Arc<[Cube]>>,
}

impl PartialEq for Packets {
    fn eq(&self, other: &Self) -> bool {
        self.cubes == other.cubes || (self.is_subset(other) && other.is_subset(self))
    }
}

impl FromIterator<Cube> for Packets {
    /// Cubes that do not overlap, none of them empty.
    fn from_iter<I: IntoIterator<Item = Cube>>(cubes: I) -> Self {
        let mut cubes = cubes.into_iter();
        let cubes = match (cubes.next(), cubes.next()) {
            (None, _) => None,
            // Mostly there is one, which needs no list in between.
            (Some(one), None) => Some(Arc::from([one])),
            (Some(first), Some(second)) => Some([first, second].into_iter().chain(cubes).collect()),
        };
        Self { cubes }
    }
}

/// Above this many cubes nothing is joined any more: the attempt would cost more than it gains.
const JOIN_UP_TO: usize = 96;

impl Packets {
    pub(crate) fn none() -> Self {
        Self::default()
    }

    pub(crate) fn cube(cube: Cube) -> Self {
        std::iter::once(cube).filter(|cube| !cube.is_empty()).collect()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.cubes.is_none()
    }

    /// How many cubes it takes: a measure of what operations cost.
    pub(crate) fn parts(&self) -> usize {
        self.cubes().len()
    }

    pub(crate) fn cubes(&self) -> &[Cube] {
        self.cubes.as_deref().unwrap_or_default()
    }

    /// Whether one is a copy of the other.
    fn is_shared_with(&self, other: &Self) -> bool {
        match (&self.cubes, &other.cubes) {
            (None, None) => true,
            (Some(a), Some(b)) => Arc::ptr_eq(a, b),
            _ => false,
        }
    }

    /// Whether one cube holds all of the other set: then most operations are a copy.
    fn covers(&self, other: &Self) -> bool {
        self.is_shared_with(other)
            || self
                .cubes()
                .iter()
                .any(|cube| other.cubes().iter().all(|o| o.is_within(cube)))
    }

    pub(crate) fn meets(&self, other: &Self) -> bool {
        other.cubes().iter().any(|cube| self.meets_cube(cube))
    }

    pub(crate) fn intersect(&self, other: &Self) -> Self {
        if other.covers(self) {
            return self.clone();
        }
        if self.covers(other) {
            return other.clone();
        }
        self.cubes()
            .iter()
            .flat_map(|cube| other.cubes().iter().filter_map(|o| cube.intersect(o)))
            .collect()
    }

    pub(crate) fn subtract(&self, other: &Self) -> Self {
        if self.is_shared_with(other) {
            return Self::none();
        }
        self.without(other.cubes())
    }

    /// Those that are in none of some cubes.
    pub(crate) fn without<'a>(&self, cubes: impl IntoIterator<Item = &'a Cube, IntoIter: Clone>) -> Self {
        let cubes = cubes.into_iter();
        // Often one holds all of them.
        let covers = |cube: &Cube| self.cubes().iter().all(|own| own.is_within(cube));
        if cubes.clone().any(covers) {
            return Self::none();
        }
        left_of(self.cubes(), cubes).map_or_else(|| self.clone(), Self::from_iter)
    }

    /// Whether any is in a cube.
    pub(crate) fn meets_cube(&self, cube: &Cube) -> bool {
        self.cubes().iter().any(|own| own.meets(cube))
    }

    pub(crate) fn union(&self, other: &Self) -> Self {
        if other.is_empty() || self.covers(other) {
            return self.clone();
        }
        if self.is_empty() || other.covers(self) {
            return other.clone();
        }
        let more = other.subtract(self);
        joined(self.cubes().iter().chain(more.cubes()).cloned().collect())
    }

    pub(crate) fn add(&mut self, other: &Self) {
        if !other.is_empty() {
            *self = self.union(other);
        }
    }

    /// What is in any of many sets. Most rules of a security group differ from another one in their addresses only:
    /// those make one cube, before any is cut.
    pub(crate) fn union_of<'a>(sets: impl IntoIterator<Item = &'a Self>) -> Self {
        let mut cubes: Vec<Cube> = Vec::new();
        for cube in sets.into_iter().flat_map(Self::cubes) {
            let both = cubes
                .iter_mut()
                .find_map(|known| Some((known.join(cube)?, known)));
            match both {
                Some((both, known)) => *known = both,
                None => cubes.push(cube.clone()),
            }
        }
        let mut disjoint: Vec<Cube> = Vec::with_capacity(cubes.len());
        for cube in cubes {
            let parts = left_of(std::slice::from_ref(&cube), &disjoint);
            disjoint.extend(parts.unwrap_or_else(|| vec![cube]));
        }
        joined(disjoint)
    }

    pub(crate) fn is_subset(&self, other: &Self) -> bool {
        self.subtract(other).is_empty()
    }

    /// The same set in fewer cubes, where two make one.
    pub(crate) fn joined(self) -> Self {
        match self.parts() {
            0 | 1 => self,
            _ => joined(self.cubes().to_vec()),
        }
    }

    /// The part whose addresses on one axis are among `addresses`.
    fn narrowed(
        &self,
        addresses: &Addresses,
        axis: fn(&Cube) -> &Ranges<u128>,
        with: fn(&Cube, Ranges<u128>) -> Cube,
    ) -> Self {
        let whole = |cube: &Cube| axis(cube).is_subset(addresses.get(cube.family));
        if self.cubes().iter().all(whole) {
            return self.clone();
        }
        let narrow = |cube: &Cube| {
            let kept = axis(cube).intersect(addresses.get(cube.family));
            (!kept.is_empty()).then(|| with(cube, kept))
        };
        self.cubes().iter().filter_map(narrow).collect()
    }

    /// Those from these addresses.
    pub(crate) fn from(&self, addresses: &Addresses) -> Self {
        let with = |cube: &Cube, source| Cube {
            source,
            ..cube.clone()
        };
        self.narrowed(addresses, |cube| &cube.source, with)
    }

    /// Those to these addresses.
    pub(crate) fn to(&self, addresses: &Addresses) -> Self {
        let with = |cube: &Cube, destination| Cube {
            destination,
            ..cube.clone()
        };
        self.narrowed(addresses, |cube| &cube.destination, with)
    }

    /// Whether any goes to one of these addresses.
    pub(crate) fn goes_to(&self, addresses: &Addresses) -> bool {
        let mut cubes = self.cubes().iter();
        cubes.any(|cube| cube.destination.meets(addresses.get(cube.family)))
    }

    /// Those of a family.
    pub(crate) fn of_family(&self, family: Family) -> Self {
        let mut cubes = self.cubes().iter();
        if cubes.all(|cube| cube.family == family) {
            return self.clone();
        }
        let of_family = |cube: &&Cube| cube.family == family;
        self.cubes().iter().filter(of_family).cloned().collect()
    }

    /// Those of these protocols.
    pub(crate) fn of_protocols(&self, protocols: &Ranges<u8>) -> Self {
        let mut cubes = self.cubes().iter();
        if cubes.all(|cube| cube.protocol.is_subset(protocols)) {
            return self.clone();
        }
        let narrow = |cube: &Cube| {
            let protocol = cube.protocol.intersect(protocols);
            (!protocol.is_empty()).then(|| Cube {
                protocol,
                ..cube.clone()
            })
        };
        self.cubes().iter().filter_map(narrow).collect()
    }

    /// All destination addresses.
    pub(crate) fn destinations(&self) -> Addresses {
        self.collected(|cube| &cube.destination)
    }

    /// All source addresses.
    pub(crate) fn sources(&self) -> Addresses {
        self.collected(|cube| &cube.source)
    }

    /// All destination ports (ICMP: codes).
    pub(crate) fn destination_ports(&self) -> Ranges<u16> {
        let ports = self.cubes().iter().map(|cube| &cube.destination_port);
        ports.fold(Ranges::empty(), |all, ports| all.union(ports))
    }

    fn collected(&self, axis: impl Fn(&Cube) -> &Ranges<u128>) -> Addresses {
        let of = |family: Family| {
            let mut ranges = self
                .cubes()
                .iter()
                .filter(|cube| cube.family == family)
                .map(&axis);
            // Often one, or one beside copies of it.
            match ranges.next() {
                None => Ranges::empty(),
                Some(first) if ranges.clone().all(|other| other == first) => first.clone(),
                Some(first) => {
                    Ranges::from_spans(std::iter::once(first).chain(ranges).flat_map(Ranges::iter))
                }
            }
        };
        Addresses {
            v4: of(Family::V4),
            v6: of(Family::V6),
        }
    }

    /// Splits cubes so that each holds protocols with ports, ICMP, or others, and not two of these.
    pub(crate) fn by_header(&self) -> Self {
        let classes = [with_ports(), with_types(), other_protocols()];
        let is_of_one = |cube: &Cube| classes.iter().any(|class| cube.protocol.is_subset(class));
        if self.cubes().iter().all(is_of_one) {
            return self.clone();
        }
        let split = |cube: &Cube| {
            let cube = cube.clone();
            let protocols = classes.map(|class| class.intersect(&cube.protocol));
            let filled = protocols.into_iter().filter(|protocol| !protocol.is_empty());
            filled.map(move |protocol| Cube {
                protocol,
                ..cube.clone()
            })
        };
        self.cubes().iter().flat_map(split).collect()
    }

    /// Puts any value of `values` in place of one address axis. Cubes of another family are dropped.
    pub(crate) fn rewrite_address(&self, axis: Axis, family: Family, values: &Ranges<u128>) -> Self {
        let mut rewritten = Self::none();
        for cube in self.cubes().iter().filter(|cube| cube.family == family) {
            let mut cube = cube.clone();
            match axis {
                Axis::Source => cube.source = values.clone(),
                Axis::Destination => cube.destination = values.clone(),
                Axis::SourcePort => {}
            }
            rewritten.add(&Self::cube(cube));
        }
        rewritten
    }

    /// Puts any of `ports` in place of the source port of headers that have ports; other headers stay.
    pub(crate) fn rewrite_source_port(&self, ports: &Ranges<u16>) -> Self {
        let mut rewritten = Self::none();
        for cube in self.by_header().cubes() {
            let mut cube = cube.clone();
            if cube.protocol.is_subset(with_ports()) {
                cube.source_port = ports.clone();
            }
            rewritten.add(&Self::cube(cube));
        }
        rewritten
    }

    /// As a load balancer sends them on: to an address and a port, from any port that it may take, and from `source`
    /// where it does not keep theirs.
    pub(crate) fn sent_on(
        &self,
        family: Family,
        source: Option<&Ranges<u128>>,
        destination: &Ranges<u128>,
        port: u16,
    ) -> Self {
        let mut sent = Self::none();
        for cube in self.cubes() {
            sent.add(&Self::cube(Cube {
                family,
                protocol: cube.protocol.clone(),
                source: source.unwrap_or(&cube.source).clone(),
                destination: destination.clone(),
                source_port: Ranges::span(1024, u16::MAX),
                destination_port: Ranges::one(port),
            }));
        }
        sent
    }

    /// Forgets an axis: every header that agrees with a member in all others.
    pub(crate) fn widen(&self, axis: Axis) -> Self {
        match axis {
            Axis::Source | Axis::Destination => {
                let mut widened = Self::none();
                for family in Family::BOTH {
                    widened.add(&self.rewrite_address(axis, family, &Ranges::span(0, family.last())));
                }
                widened
            }
            Axis::SourcePort => self.rewrite_source_port(&all_ports()),
        }
    }

    /// The replies: addresses and ports turned round, echo request (8, 128) into echo reply (0, 129) and back.
    pub(crate) fn swapped(&self) -> Self {
        let turn = |cube: &Cube| {
            let mut reply = Cube {
                source: cube.destination.clone(),
                destination: cube.source.clone(),
                ..cube.clone()
            };
            if cube.protocol.is_subset(with_ports()) {
                reply.source_port = cube.destination_port.clone();
                reply.destination_port = cube.source_port.clone();
            } else if cube.protocol.is_subset(with_types()) {
                reply.source_port = Ranges::from_spans(cube.source_port.iter().flat_map(|(first, last)| {
                    let echo = [(8, 0), (0, 8), (128, 129), (129, 128)];
                    let kept = echo.iter().fold(Ranges::span(first, last), |kept, &(from, _)| {
                        kept.subtract(&Ranges::one(from))
                    });
                    let turned = echo
                        .into_iter()
                        .filter(move |&(from, _)| first <= from && from <= last)
                        .map(|(_, to)| (to, to));
                    kept.iter()
                        .collect::<Vec<_>>()
                        .into_iter()
                        .chain(turned)
                        .collect::<Vec<_>>()
                }));
            }
            reply
        };
        self.by_header().cubes().iter().map(turn).collect()
    }

    /// IPv4 headers as the IPv6 ones that a NAT gateway translates them from and to: the destination in 64:ff9b::/96,
    /// the source anything.
    pub(crate) fn translated_to_nat64(&self) -> Self {
        let mut translated = Self::none();
        for cube in self.cubes().iter().filter(|cube| cube.family == Family::V4) {
            let destination =
                Ranges::from_spans(cube.destination.iter().map(|(a, b)| (NAT64 + a, NAT64 + b)));
            let protocol = icmp_of(&cube.protocol, ICMP, ICMPV6);
            translated.add(&Self::cube(Cube {
                destination,
                protocol,
                source_port: echo_of(cube, ICMP, 8, 128),
                ..Cube {
                    destination_port: cube.destination_port.clone(),
                    ..Cube::all(Family::V6)
                }
            }));
        }
        translated
    }

    /// IPv6 headers to 64:ff9b::/96 as IPv4 ones from `source`.
    pub(crate) fn translated_from_nat64(&self, source: &Ranges<u128>) -> Self {
        let mut translated = Self::none();
        for cube in self
            .by_header()
            .cubes()
            .iter()
            .filter(|cube| cube.family == Family::V6)
        {
            let inside = cube
                .destination
                .intersect(&Ranges::span(NAT64, NAT64 + u128::from(u32::MAX)));
            translated.add(&Self::cube(Cube {
                family: Family::V4,
                protocol: icmp_of(&cube.protocol, ICMPV6, ICMP),
                source: source.clone(),
                destination: Ranges::from_spans(inside.iter().map(|(a, b)| (a - NAT64, b - NAT64))),
                source_port: echo_of(cube, ICMPV6, 128, 8),
                destination_port: cube.destination_port.clone(),
            }));
        }
        translated
    }

    /// One of them: the lowest address, the lowest port.
    pub(crate) fn sample(&self) -> Self {
        let least = self
            .by_header()
            .cubes()
            .iter()
            .filter_map(|cube| {
                let one = (
                    cube.family,
                    cube.protocol.first()?,
                    cube.source.first()?,
                    cube.destination.first()?,
                    cube.destination_port.first()?,
                    cube.source_port.first()?,
                );
                Some(one)
            })
            .min();
        match least {
            None => Self::none(),
            Some((family, protocol, source, destination, destination_port, source_port)) => {
                Self::cube(Cube {
                    family,
                    protocol: Ranges::one(protocol),
                    source: Ranges::one(source),
                    destination: Ranges::one(destination),
                    source_port: Ranges::one(source_port),
                    destination_port: Ranges::one(destination_port),
                })
            }
        }
    }
}

/// What is left of disjoint cubes without others. `None`: all of them.
fn left_of<'a>(cubes: &[Cube], cuts: impl IntoIterator<Item = &'a Cube>) -> Option<Vec<Cube>> {
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

/// Disjoint cubes in fewer, where two make one.
fn joined(mut cubes: Vec<Cube>) -> Packets {
    let mut i = 0;
    while i < cubes.len() && cubes.len() <= JOIN_UP_TO {
        let partner = (i + 1..cubes.len()).find_map(|j| {
            let (a, b) = (cubes.get(i)?, cubes.get(j)?);
            Some((j, a.join(b)?))
        });
        match partner {
            Some((j, cube)) => {
                cubes.swap_remove(j);
                if let Some(slot) = cubes.get_mut(i) {
                    *slot = cube;
                }
                i = 0;
            }
            None => i += 1,
        }
    }
    cubes.into_iter().collect()
}

#[cfg(test)]
pub(crate) mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A universe small enough to look at every header of it: a few values on each axis.
    const NUMBERS: [u8; 5] = [ICMP, TCP, UDP, 47, ICMPV6];
    const ADDRESSES: [u128; 4] = [0, 1, 7, 9];
    const PORTS: [u16; 4] = [0, 8, 22, 443];

    type Header = (Family, u8, u128, u128, u16, u16);

    fn universe() -> impl Iterator<Item = Header> {
        let mut all = Vec::new();
        for family in Family::BOTH {
            for protocol in NUMBERS {
                for source in ADDRESSES {
                    for destination in ADDRESSES {
                        for source_port in PORTS {
                            all.extend(
                                PORTS.map(|port| (family, protocol, source, destination, source_port, port)),
                            );
                        }
                    }
                }
            }
        }
        all.into_iter()
    }

    fn holds(set: &Packets, header: Header) -> bool {
        let (family, protocol, source, destination, source_port, destination_port) = header;
        let holding = set.cubes().iter().filter(|cube| {
            cube.family == family
                && cube.protocol.contains(protocol)
                && cube.source.contains(source)
                && cube.destination.contains(destination)
                && cube.source_port.contains(source_port)
                && cube.destination_port.contains(destination_port)
        });
        let count = holding.count();
        assert!(count <= 1, "cubes overlap: {set:?}");
        count == 1
    }

    fn spans<T: Copy + std::fmt::Debug + 'static>(values: &'static [T]) -> impl Strategy<Value = (T, T)> {
        (0..values.len(), 0..values.len()).prop_map(move |(a, b)| (values[a.min(b)], values[a.max(b)]))
    }

    prop_compose! {
        fn cube()(
            v4 in any::<bool>(),
            protocol in spans(&NUMBERS),
            source in prop::collection::vec(spans(&ADDRESSES), 1..3),
            destination in prop::collection::vec(spans(&ADDRESSES), 1..3),
            source_port in spans(&PORTS),
            destination_port in prop::collection::vec(spans(&PORTS), 1..3),
        ) -> Packets {
            Packets::cube(Cube {
                family: if v4 { Family::V4 } else { Family::V6 },
                protocol: Ranges::from_spans([protocol]),
                source: Ranges::from_spans(source),
                destination: Ranges::from_spans(destination),
                source_port: Ranges::from_spans([source_port]),
                destination_port: Ranges::from_spans(destination_port),
            })
        }
    }

    pub(crate) fn packets() -> impl Strategy<Value = Packets> {
        prop::collection::vec(cube(), 0..4)
            .prop_map(|cubes| cubes.iter().fold(Packets::none(), |all, cube| all.union(cube)))
    }

    fn addresses() -> impl Strategy<Value = Addresses> {
        let set = || prop::collection::vec(spans(&ADDRESSES), 0..3).prop_map(Ranges::from_spans);
        (set(), set()).prop_map(|(v4, v6)| Addresses { v4, v6 })
    }

    proptest! {
        #[test]
        fn operations_are_those_of_sets(a in packets(), b in packets()) {
            let (both, either, rest) = (a.intersect(&b), a.union(&b), a.subtract(&b));
            for header in universe() {
                let (x, y) = (holds(&a, header), holds(&b, header));
                prop_assert_eq!(holds(&both, header), x && y);
                prop_assert_eq!(holds(&either, header), x || y);
                prop_assert_eq!(holds(&rest, header), x && !y);
            }
            prop_assert_eq!(a.meets(&b), !both.is_empty());
            prop_assert_eq!(a.is_subset(&b), rest.is_empty());
            prop_assert!(either.clone().joined() == either);
            prop_assert!(a.by_header() == a);
        }

        #[test]
        fn laws_of_algebra_hold(a in packets(), b in packets(), c in packets()) {
            prop_assert!(a.union(&b) == b.union(&a));
            prop_assert!(a.intersect(&b) == b.intersect(&a));
            prop_assert!(a.union(&b).union(&c) == a.union(&b.union(&c)));
            prop_assert!(a.intersect(&b.union(&c)) == a.intersect(&b).union(&a.intersect(&c)));
            prop_assert!(a.subtract(&b.union(&c)) == a.subtract(&b).subtract(&c));
            prop_assert!(a.subtract(&a.subtract(&b)) == a.intersect(&b));
        }

        #[test]
        fn many_sets_at_once_are_the_same_as_one_after_the_other(sets in prop::collection::vec(packets(), 0..6)) {
            let together = Packets::union_of(&sets);
            let one_by_one = sets.iter().fold(Packets::none(), |all, set| all.union(set));
            for header in universe() {
                prop_assert_eq!(holds(&together, header), holds(&one_by_one, header));
            }
        }

        #[test]
        fn a_part_and_the_rest_are_the_whole(a in packets(), addresses in addresses()) {
            prop_assert!(a.from(&addresses).union(&a.subtract(&a.from(&addresses))) == a);
            for header in universe() {
                let (family, _, source, destination, _, _) = header;
                let (from, to) = (addresses.get(family).contains(source), addresses.get(family).contains(destination));
                prop_assert_eq!(holds(&a.from(&addresses), header), holds(&a, header) && from);
                prop_assert_eq!(holds(&a.to(&addresses), header), holds(&a, header) && to);
                prop_assert_eq!(holds(&a.of_family(Family::V4), header), holds(&a, header) && family == Family::V4);
            }
        }

        #[test]
        fn a_reply_to_a_reply_is_the_request(a in packets()) {
            prop_assert!(a.swapped().swapped() == a);
        }

        #[test]
        fn a_sample_is_one_of_them(a in packets()) {
            let sample = a.sample();
            prop_assert_eq!(sample.is_empty(), a.is_empty());
            prop_assert!(sample.is_subset(&a));
        }

        #[test]
        fn rewriting_forgets_what_stood_there(a in packets()) {
            let to = Ranges::one(7);
            let rewritten = a.rewrite_address(Axis::Source, Family::V4, &to);
            for header in universe() {
                let (family, protocol, source, destination, source_port, port) = header;
                let came_from = ADDRESSES.iter().any(|&was| {
                    holds(&a, (family, protocol, was, destination, source_port, port))
                });
                let expected = family == Family::V4 && source == 7 && a.cubes().iter().any(|cube| {
                    cube.family == family && cube.protocol.contains(protocol) && cube.destination.contains(destination)
                        && cube.source_port.contains(source_port) && cube.destination_port.contains(port)
                });
                prop_assert_eq!(holds(&rewritten, header), expected);
                prop_assert!(!came_from || family == Family::V6 || holds(&rewritten, (family, protocol, 7, destination, source_port, port)));
            }
            prop_assert!(a.is_subset(&a.widen(Axis::Source)));
            prop_assert!(a.is_subset(&a.widen(Axis::SourcePort)));
        }
    }

    #[test]
    fn an_echo_request_is_answered_by_an_echo_reply() {
        let echo = |kind| {
            Packets::cube(Cube {
                protocol: Ranges::one(ICMP),
                source: Ranges::one(1),
                destination: Ranges::one(2),
                source_port: Ranges::one(kind),
                destination_port: Ranges::one(0),
                ..Cube::all(Family::V4)
            })
        };
        let reply = echo(8).swapped();
        assert_eq!(reply.cubes()[0].source_port, Ranges::one(0));
        assert_eq!(reply.cubes()[0].source, Ranges::one(2));
    }

    #[test]
    fn nat64_translates_there_and_back() {
        let request = Packets::cube(Cube {
            protocol: Ranges::one(TCP),
            source: Ranges::one(5),
            destination: Ranges::one(NAT64 + 9),
            ..Cube::all(Family::V6)
        });
        let inside = request.translated_from_nat64(&Ranges::one(77));
        assert_eq!(inside.cubes()[0].family, Family::V4);
        assert_eq!(inside.cubes()[0].destination, Ranges::one(9));
        assert!(request.is_subset(&inside.translated_to_nat64()));
    }
}
