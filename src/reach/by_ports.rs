//! Rules told apart by their destination ports: of the many of a filter, which can matter to some packets.

use super::cube::Cube;
use super::packets::Packets;
use super::ranges::Ranges;

/// Things, each about some destination ports (ICMP: codes). Which are near is told by a list that fits a few cache lines.
#[derive(Debug)]
pub(crate) struct ByPorts<T> {
    /// The first and the last port of each.
    hulls: Box<[(u16, u16)]>,
    things: Box<[T]>,
}

impl<T> ByPorts<T> {
    /// In their order. What is about no port is left out.
    pub(crate) fn new(things: Vec<T>, ports: impl Fn(&T) -> Ranges<u16>) -> Self {
        let (hulls, things): (Vec<_>, Vec<_>) = things
            .into_iter()
            .filter_map(|thing| Some((ports(&thing).hull()?, thing)))
            .unzip();
        Self {
            hulls: hulls.into(),
            things: things.into(),
        }
    }

    /// Those that may be about some of these packets, in their order.
    pub(crate) fn near<'a>(&'a self, packets: &Packets) -> impl Iterator<Item = &'a T> + Clone + use<'a, T> {
        let hulls = (packets.cubes().iter()).filter_map(|cube| cube.destination_port.hull());
        let hull = hulls.reduce(|(a, b), (c, d)| (a.min(c), b.max(d)));
        let all = self.hulls.iter().zip(&self.things);
        all.filter(move |((first, last), _)| hull.is_some_and(|(a, b)| *first <= b && a <= *last))
            .map(|(_, thing)| thing)
    }
}

impl ByPorts<Cube> {
    /// A set of packets.
    pub(crate) fn of(packets: &Packets) -> Self {
        Self::new(packets.cubes().to_vec(), |cube| cube.destination_port.clone())
    }

    /// Those of these packets that are not in the set.
    pub(crate) fn without(&self, packets: &Packets) -> Packets {
        packets.without(self.near(packets))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::packets::tests::packets;
    use super::*;

    proptest! {
        #[test]
        fn nothing_is_overlooked(a in packets(), b in packets()) {
            let set = ByPorts::of(&b);
            prop_assert!(set.without(&a) == a.subtract(&b));
            prop_assert_eq!(set.near(&a).any(|cube| a.meets_cube(cube)), a.meets(&b));
        }
    }
}
