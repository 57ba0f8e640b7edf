//! Exact sets of packet headers.
//!
//! A set is a union of pairwise disjoint *cubes*; a cube is a product of one set an axis: protocol, source address,
//! destination address, source port, destination port. ICMP's type and code stand in the places of the ports.
//! What packets become on their way is in [`super::rewrite`].

use std::sync::Arc;

use super::addresses::{Addresses, Family};
use super::cube::{Cube, left_of, other_protocols, with_ports, with_types};
use super::ranges::Ranges;

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

    /// Every packet.
    pub(crate) fn everything() -> Self {
        Family::BOTH.map(Cube::all).into_iter().collect()
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
    pub(crate) fn is_shared_with(&self, other: &Self) -> bool {
        match (&self.cubes, &other.cubes) {
            (None, None) => true,
            (Some(a), Some(b)) => Arc::ptr_eq(a, b),
            _ => false,
        }
    }

    /// Whether one cube holds all of the other set: then most operations are a copy.
    fn covers(&self, other: &Self) -> bool {
        self.is_shared_with(other) || self.cubes().iter().any(|cube| other.is_within_cube(cube))
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
        if cubes.clone().any(|cube| self.is_within_cube(cube)) {
            return Self::none();
        }
        left_of(self.cubes(), cubes).map_or_else(|| self.clone(), Self::from_iter)
    }

    /// Whether all are in a cube.
    fn is_within_cube(&self, cube: &Cube) -> bool {
        self.cubes().iter().all(|own| own.is_within(cube))
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
        Self::united(sets.into_iter().flat_map(Self::cubes).cloned())
    }

    /// What is in any of many cubes, which may overlap and be empty.
    pub(crate) fn united(all: impl IntoIterator<Item = Cube>) -> Self {
        let mut cubes: Vec<Cube> = Vec::new();
        for cube in all.into_iter().filter(|cube| !cube.is_empty()) {
            let both = cubes
                .iter_mut()
                .find_map(|known| Some((known.join(&cube)?, known)));
            match both {
                Some((both, known)) => *known = both,
                None => cubes.push(cube),
            }
        }
        if cubes.len() < 2 {
            return cubes.into_iter().collect();
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
        axis: impl Fn(&Cube) -> &Ranges<u128>,
        with: impl Fn(&Cube, Ranges<u128>) -> Cube,
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

    use super::super::cube::{ICMP, ICMPV6, TCP, UDP};
    use super::*;

    /// A universe small enough to look at every header of it: a few values on each axis.
    const NUMBERS: [u8; 5] = [ICMP, TCP, UDP, 47, ICMPV6];
    pub(crate) const ADDRESSES: [u128; 4] = [0, 1, 7, 9];
    const PORTS: [u16; 4] = [0, 8, 22, 443];

    pub(crate) type Header = (Family, u8, u128, u128, u16, u16);

    pub(crate) fn universe() -> impl Iterator<Item = Header> {
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

    pub(crate) fn holds(set: &Packets, header: Header) -> bool {
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
        fn a_sample_is_one_of_them(a in packets()) {
            let sample = a.sample();
            prop_assert_eq!(sample.is_empty(), a.is_empty());
            prop_assert!(sample.is_subset(&a));
        }

    }
}
