//! Which of some prefixes is the longest around an address, and who holds an address, for a whole set of addresses at one
//! look.

use super::addresses::{Addresses, Family};
use super::packets::Packets;
use super::ranges::Ranges;

/// Prefixes, each with a number that the caller knows it by. They lie inside each other or apart, as prefixes do.
#[derive(Debug, Default)]
pub(crate) struct Narrowest {
    v4: Vec<Segment>,
    v6: Vec<Segment>,
}

/// From where on which prefix is the longest, up to the next segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Segment {
    start: u128,
    prefix: Option<usize>,
}

/// What lies around all destinations of some packets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Around {
    /// This prefix, and none that is longer.
    One(usize),
    /// No prefix.
    Nothing,
    /// Not the same everywhere, or there are no packets.
    Several,
}

impl Narrowest {
    /// Of prefixes with their first and last address. Of equal ones the first counts.
    pub(crate) fn new(prefixes: impl IntoIterator<Item = (Family, (u128, u128), usize)>) -> Self {
        let (mut v4, mut v6) = (Vec::new(), Vec::new());
        for (family, span, number) in prefixes {
            match family {
                Family::V4 => v4.push((span, number)),
                Family::V6 => v6.push((span, number)),
            }
        }
        Self {
            v4: segments(v4),
            v6: segments(v6),
        }
    }

    /// What lies around all destinations of some packets.
    pub(crate) fn around(&self, packets: &Packets) -> Around {
        let mut found = None;
        for cube in packets.cubes() {
            let Some(around) = self.around_all(cube.family, &cube.destination) else {
                return Around::Several;
            };
            if *found.get_or_insert(around) != around {
                return Around::Several;
            }
        }
        match found {
            Some(Some(prefix)) => Around::One(prefix),
            Some(None) => Around::Nothing,
            None => Around::Several,
        }
    }

    fn around_all(&self, family: Family, addresses: &Ranges<u128>) -> Option<Option<usize>> {
        let segments = match family {
            Family::V4 => &self.v4,
            Family::V6 => &self.v6,
        };
        let (first, last) = addresses.hull()?;
        let next = segments.partition_point(|segment| segment.start <= first);
        if segments.get(next).is_some_and(|segment| segment.start <= last) {
            return None;
        }
        let here = next.checked_sub(1).and_then(|index| segments.get(index));
        Some(here.and_then(|segment| segment.prefix))
    }
}

/// Who holds which addresses: the subnets of a VPC, the interfaces of a subnet or of a security group. They are told by
/// numbers.
#[derive(Debug, Default)]
pub(crate) struct Holders {
    all: Vec<usize>,
    /// `None`: what they hold overlaps. In one VPC it does not, but a group may be of several with the same blocks, and
    /// folders that were put together may hold anything.
    apart: Option<Narrowest>,
}

impl Holders {
    /// In their order, with what each holds.
    pub(crate) fn new<'a>(holders: impl IntoIterator<Item = (usize, &'a Addresses)>) -> Self {
        let (mut all, mut spans) = (Vec::new(), Vec::new());
        for (number, addresses) in holders {
            all.push(number);
            for family in Family::BOTH {
                spans.extend(addresses.get(family).iter().map(|span| (family, span, number)));
            }
        }
        spans.sort_unstable();
        let lie_apart = spans.windows(2).all(|pair| match pair {
            [(family, (_, last), _), (other, (first, _), _)] => family != other || last < first,
            _ => true,
        });
        Self {
            all,
            apart: lie_apart.then(|| Narrowest::new(spans)),
        }
    }

    /// Those that may hold the destinations of some packets, in their order: nearly always that is one.
    pub(crate) fn near<'a>(&'a self, packets: &Packets) -> impl Iterator<Item = usize> + use<'a> {
        let around = self.apart.as_ref().map(|apart| apart.around(packets));
        let (one, several) = match around {
            Some(Around::One(holder)) => (Some(holder), &[][..]),
            Some(Around::Nothing) => (None, &[][..]),
            Some(Around::Several) | None => (None, self.all.as_slice()),
        };
        one.into_iter().chain(several.iter().copied())
    }
}

/// Cuts the addresses where any prefix begins or ends.
fn segments(mut prefixes: Vec<((u128, u128), usize)>) -> Vec<Segment> {
    // What holds others comes before them; the sort keeps equal ones in order.
    prefixes.sort_by_key(|&((first, last), _)| (first, std::cmp::Reverse(last)));
    let mut segments: Vec<Segment> = Vec::new();
    let mut open: Vec<((u128, u128), usize)> = Vec::new();
    for (span, number) in prefixes {
        close(&mut segments, &mut open, Some(span.0));
        if open.last().is_some_and(|&(known, _)| known == span) {
            continue;
        }
        cut(&mut segments, span.0, Some(number));
        open.push((span, number));
    }
    close(&mut segments, &mut open, None);
    segments
}

/// Ends the prefixes that end before an address, or all of them.
fn close(segments: &mut Vec<Segment>, open: &mut Vec<((u128, u128), usize)>, before: Option<u128>) {
    while let Some(&((_, last), _)) = open.last()
        && before.is_none_or(|first| last < first)
    {
        open.pop();
        if let Some(after) = last.checked_add(1) {
            cut(segments, after, open.last().map(|&(_, number)| number));
        }
    }
}

/// A new segment from here on, in place of one that would be empty.
fn cut(segments: &mut Vec<Segment>, start: u128, prefix: Option<usize>) {
    match segments.last_mut() {
        Some(last) if last.start == start => last.prefix = prefix,
        _ => segments.push(Segment { start, prefix }),
    }
}

#[cfg(test)]
mod tests {
    use ipnet::IpNet;
    use proptest::prelude::*;

    use super::super::addresses::number;
    use super::super::cube::Cube;
    use super::*;

    fn packets_to(family: Family, first: u128, last: u128) -> Packets {
        Packets::cube(Cube {
            destination: Ranges::span(first, last),
            ..Cube::all(family)
        })
    }

    fn span(net: IpNet) -> (u128, u128) {
        (number(net.network()), number(net.broadcast()))
    }

    proptest! {
        #[test]
        fn the_longest_prefix_around_is_found(
            nets in proptest::collection::vec((any::<u8>(), 0u8..9, any::<bool>()), 0..12),
            asked in proptest::collection::vec((any::<u8>(), any::<u8>(), any::<bool>()), 1..20),
        ) {
            // The highest addresses, so that a prefix may end with the last one.
            let nets: Vec<IpNet> = nets
                .into_iter()
                .map(|(low, short, v6)| {
                    let text = if v6 {
                        format!("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ff{low:02x}/{}", 128 - short)
                    } else {
                        format!("255.255.255.{low}/{}", 32 - short)
                    };
                    text.parse::<IpNet>().unwrap().trunc()
                })
                .collect();
            let of = |net: &IpNet| Family::of(net.addr());
            let index = Narrowest::new(nets.iter().enumerate().map(|(i, net)| (of(net), span(*net), i)));
            for (a, b, v6) in asked {
                let family = if v6 { Family::V6 } else { Family::V4 };
                let base = family.last() - 255;
                let (first, last) = (base + u128::from(a.min(b)), base + u128::from(a.max(b)));
                let longest = |address: u128| {
                    let around = nets.iter().enumerate().filter(|(_, net)| {
                        let (start, end) = span(**net);
                        of(net) == family && start <= address && address <= end
                    });
                    around
                        .min_by_key(|(i, net)| (std::cmp::Reverse(net.prefix_len()), *i))
                        .map(|(i, _)| i)
                };
                match index.around(&packets_to(family, first, last)) {
                    Around::One(prefix) => {
                        prop_assert!((first..=last).all(|address| longest(address) == Some(prefix)));
                    }
                    Around::Nothing => prop_assert!((first..=last).all(|address| longest(address).is_none())),
                    Around::Several => prop_assert!(first < last),
                }
            }
        }
    }

    proptest! {
        #[test]
        fn no_holder_is_overlooked(
            held in proptest::collection::vec(proptest::collection::vec((any::<u8>(), 0..9_u8), 0..3), 0..6),
            (first, length) in (any::<u8>(), 0..40_u8),
        ) {
            let span = |(first, length): (u8, u8)| (u128::from(first), u128::from(first) + u128::from(length));
            let held: Vec<Addresses> = held
                .into_iter()
                .map(|spans| Addresses::of(Family::V4, Ranges::from_spans(spans.into_iter().map(span))))
                .collect();
            let (first, last) = span((first, length));
            let packets = packets_to(Family::V4, first, last);
            let near: Vec<usize> = Holders::new(held.iter().enumerate()).near(&packets).collect();
            let holding = held.iter().enumerate().filter(|(_, addresses)| packets.goes_to(addresses));
            for (holder, _) in holding {
                prop_assert!(near.contains(&holder));
            }
            prop_assert!(near.is_sorted());
        }
    }

    #[test]
    fn of_no_packets_nothing_can_be_said() {
        assert_eq!(Narrowest::default().around(&Packets::none()), Around::Several);
    }
}
