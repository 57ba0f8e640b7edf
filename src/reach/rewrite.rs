//! What devices on the way make of headers: other addresses and ports, replies of requests, the other family.

use super::addresses::Family;
use super::cube::{Cube, ICMP, ICMPV6, all_ports, with_ports, with_types};
use super::packets::Packets;
use super::ranges::Ranges;

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

impl Packets {
    /// Puts any value of `values` in place of one address axis. Cubes of another family are dropped.
    pub(crate) fn rewrite_address(&self, axis: Axis, family: Family, values: &Ranges<u128>) -> Self {
        let of_family = self.cubes().iter().filter(|cube| cube.family == family);
        let rewritten = of_family.cloned().map(|mut cube| {
            match axis {
                Axis::Source => cube.source = values.clone(),
                Axis::Destination => cube.destination = values.clone(),
                Axis::SourcePort => {}
            }
            cube
        });
        Self::united(rewritten)
    }

    /// Puts any of `ports` in place of the source port of headers that have ports; other headers stay.
    pub(crate) fn rewrite_source_port(&self, ports: &Ranges<u16>) -> Self {
        let by_header = self.by_header();
        let rewritten = by_header.cubes().iter().cloned().map(|mut cube| {
            if cube.protocol.is_subset(with_ports()) {
                cube.source_port = ports.clone();
            }
            cube
        });
        Self::united(rewritten)
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
        Self::united(self.cubes().iter().map(|cube| Cube {
            family,
            protocol: cube.protocol.clone(),
            source: source.unwrap_or(&cube.source).clone(),
            destination: destination.clone(),
            source_port: Ranges::span(1024, u16::MAX),
            destination_port: Ranges::one(port),
        }))
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

    /// The headers of a cube that became these when only some axes were rewritten, to values that do not depend on what
    /// stood there. `None`: ports were, of headers that may have none.
    pub(crate) fn put_back(&self, axes: &[Axis], before: &Cube) -> Option<Self> {
        if axes.contains(&Axis::SourcePort) && !before.protocol.is_subset(with_ports()) {
            return None;
        }
        let original = self.cubes().iter().cloned().map(|mut cube| {
            for axis in axes {
                match axis {
                    Axis::Source => cube.source = before.source.clone(),
                    Axis::Destination => cube.destination = before.destination.clone(),
                    Axis::SourcePort => cube.source_port = before.source_port.clone(),
                }
            }
            cube
        });
        let original = Self::united(original);
        debug_assert!(original.cubes().iter().all(|cube| cube.is_within(before)));
        Some(original)
    }

    /// The replies: addresses and ports turned round, echo request (8, 128) into echo reply (0, 129) and back.
    pub(crate) fn swapped(&self) -> Self {
        let turn = |cube: &Cube| {
            let mut reply = Cube {
                family: cube.family,
                protocol: cube.protocol.clone(),
                source: cube.destination.clone(),
                destination: cube.source.clone(),
                source_port: cube.source_port.clone(),
                destination_port: cube.destination_port.clone(),
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

    /// IPv4 headers as the IPv6 ones that a NAT gateway may have translated them from: the destination in 64:ff9b::/96,
    /// the source anything; an echo request may have been one, or have had the type that has its number in IPv6.
    pub(crate) fn translated_to_nat64(&self) -> Self {
        let translated = |cube: &Cube| Cube {
            protocol: icmp_of(&cube.protocol, ICMP, ICMPV6),
            destination: Ranges::from_spans(cube.destination.iter().map(|(a, b)| (NAT64 + a, NAT64 + b))),
            source_port: cube.source_port.union(&echo_of(cube, ICMP, 8, 128)),
            destination_port: cube.destination_port.clone(),
            ..Cube::all(Family::V6)
        };
        let by_header = self.of_family(Family::V4).by_header();
        Self::united(by_header.cubes().iter().map(translated))
    }

    /// IPv6 headers to 64:ff9b::/96 as IPv4 ones from `source`.
    pub(crate) fn translated_from_nat64(&self, source: &Ranges<u128>) -> Self {
        let all = Ranges::span(NAT64, NAT64 + u128::from(u32::MAX));
        let translated = |cube: &Cube| {
            let inside = cube.destination.intersect(&all);
            Cube {
                family: Family::V4,
                protocol: icmp_of(&cube.protocol, ICMPV6, ICMP),
                source: source.clone(),
                destination: Ranges::from_spans(inside.iter().map(|(a, b)| (a - NAT64, b - NAT64))),
                source_port: echo_of(cube, ICMPV6, 128, 8),
                destination_port: cube.destination_port.clone(),
            }
        };
        let by_header = self.of_family(Family::V6).by_header();
        Self::united(by_header.cubes().iter().map(translated))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::cube::TCP;
    use super::super::packets::tests::{ADDRESSES, holds, packets, universe};
    use super::*;

    proptest! {
        #[test]
        fn a_reply_to_a_reply_is_the_request(a in packets()) {
            prop_assert!(a.swapped().swapped() == a);
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

        #[test]
        fn what_stood_there_is_put_back(a in packets(), some in packets()) {
            let axes = [Axis::Source, Axis::SourcePort];
            for before in a.cubes() {
                let all = Packets::cube(before.clone());
                let rewritten = all
                    .rewrite_address(Axis::Source, before.family, &Ranges::span(7, 9))
                    .rewrite_source_port(&Ranges::span(8, 443));
                let part = rewritten.intersect(&some);
                let searched = axes.iter().fold(part.clone(), |packets, &axis| packets.widen(axis));
                if let Some(original) = part.put_back(&axes, before) {
                    prop_assert!(original == all.intersect(&searched));
                }
            }
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
