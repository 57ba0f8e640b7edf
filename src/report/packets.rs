//! Packets as people read them: `tcp 10.0.1.0/24 : 1024–65535 → 198.51.100.22 : 22`.

use std::collections::BTreeSet;

use crate::reach::report::PacketBox;

/// How many addresses or ranges of ports one line names; JSON has them all.
const SHOWN: usize = 4;

/// Boxes that differ in one respect only, told as one.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Group {
    protocol: String,
    sources: Vec<String>,
    source_ports: Vec<String>,
    destinations: Vec<String>,
    destination_ports: Vec<String>,
    icmp: Option<String>,
}

/// The boxes as lines, those that differ in one respect told as one.
pub(crate) fn lines(boxes: &[PacketBox]) -> Vec<String> {
    let mut groups: Vec<Group> = boxes.iter().map(Group::of).collect();
    // Four rounds are enough for boxes that were cut out of one box in four respects.
    for _ in 0..4 {
        for field in [
            Group::SOURCE_PORTS,
            Group::DESTINATION_PORTS,
            Group::SOURCES,
            Group::DESTINATIONS,
        ] {
            groups = fold(groups, field);
        }
    }
    groups.iter().map(Group::line).collect()
}

/// The boxes as at most `most` lines; what is left out is counted. `more` were left out before.
pub(crate) fn some_lines(boxes: &[PacketBox], more: usize, most: usize) -> Vec<String> {
    let mut lines = lines(boxes);
    let hidden = lines.len().saturating_sub(most) + more;
    lines.truncate(most);
    if hidden > 0 {
        lines.push(format!("and {hidden} more"));
    }
    lines
}

/// One respect in which boxes may differ.
type Field = fn(&mut Group) -> &mut Vec<String>;

fn fold(groups: Vec<Group>, field: Field) -> Vec<Group> {
    let mut folded: Vec<Group> = Vec::new();
    for mut group in groups {
        let values = std::mem::take(field(&mut group));
        let same = folded.iter_mut().find_map(|other| {
            let kept = std::mem::take(field(other));
            let alike = *other == group;
            *field(other) = kept;
            alike.then_some(other)
        });
        match same {
            Some(other) => {
                for value in values {
                    if !field(other).contains(&value) {
                        field(other).push(value);
                    }
                }
            }
            None => {
                *field(&mut group) = values;
                folded.push(group);
            }
        }
    }
    folded
}

impl Group {
    const SOURCES: Field = |group| &mut group.sources;
    const SOURCE_PORTS: Field = |group| &mut group.source_ports;
    const DESTINATIONS: Field = |group| &mut group.destinations;
    const DESTINATION_PORTS: Field = |group| &mut group.destination_ports;

    fn of(packets: &PacketBox) -> Self {
        Self {
            protocol: packets.protocol.clone(),
            sources: vec![address(&packets.source)],
            source_ports: packets.source_ports.iter().cloned().collect(),
            destinations: vec![address(&packets.destination)],
            destination_ports: packets.destination_ports.iter().cloned().collect(),
            icmp: icmp(packets),
        }
    }

    fn line(&self) -> String {
        let side = |addresses: &[String], ports: &[String]| {
            let ports = join_ranges(ports.iter().map(String::as_str));
            if ports.is_empty() || is_all_ports(&ports) {
                some(addresses)
            } else {
                format!("{} : {}", some(addresses), some(&ports))
            }
        };
        let protocol = match &self.icmp {
            Some(icmp) => format!("{} {icmp}", self.protocol),
            None => protocol_word(&self.protocol),
        };
        format!(
            "{protocol} {} → {}",
            side(&self.sources, &self.source_ports),
            side(&self.destinations, &self.destination_ports)
        )
    }
}

/// The first few of many addresses or ports.
fn some(values: &[String]) -> String {
    match values.get(..SHOWN) {
        Some(first) if values.len() > SHOWN + 1 => {
            format!("{} and {} more", first.join(", "), values.len() - SHOWN)
        }
        _ => values.join(", "),
    }
}

/// `tcp 22`, `tcp 22, 443`, `icmp echo`, `everything`: protocols and destination ports, without addresses.
pub(crate) fn what(boxes: &[PacketBox]) -> String {
    let protocols: BTreeSet<&str> = boxes.iter().map(|b| b.protocol.as_str()).collect();
    let parts: Vec<String> = protocols
        .into_iter()
        .map(|protocol| {
            let of_it: Vec<&PacketBox> = boxes.iter().filter(|b| b.protocol == protocol).collect();
            let ports = join_ranges(of_it.iter().filter_map(|b| b.destination_ports.as_deref()));
            let types: BTreeSet<String> = of_it.iter().filter_map(|b| icmp(b)).collect();
            if !types.is_empty() {
                format!("{protocol} {}", types.into_iter().collect::<Vec<_>>().join(", "))
            } else if ports.is_empty() || is_all_ports(&ports) {
                protocol_word(protocol)
            } else {
                format!("{protocol} {}", ports.join(", "))
            }
        })
        .collect();
    parts.join(", ")
}

/// The destination ports of the boxes, as ranges that do not touch.
pub(crate) fn destination_ports<'a>(boxes: impl IntoIterator<Item = &'a PacketBox>) -> Vec<String> {
    join_ranges(boxes.into_iter().filter_map(|b| b.destination_ports.as_deref()))
}

/// The source ports of the boxes, as ranges that do not touch.
pub(crate) fn source_ports<'a>(boxes: impl IntoIterator<Item = &'a PacketBox>) -> Vec<String> {
    join_ranges(boxes.into_iter().filter_map(|b| b.source_ports.as_deref()))
}

/// The addresses that one side of the boxes names, in their order, each once.
pub(crate) fn addresses<'a>(blocks: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut seen = BTreeSet::new();
    blocks
        .map(address)
        .filter(|block| seen.insert(block.clone()))
        .collect()
}

/// A block; a single address without its length.
pub(crate) fn address(cidr: &str) -> String {
    let single = match cidr.split_once('/') {
        Some((address, "32")) if !address.contains(':') => address,
        Some((address, "128")) if address.contains(':') => address,
        _ => cidr,
    };
    single.to_owned()
}

/// `1024–65535`
pub(crate) fn range(ports: &str) -> String {
    ports.replace('-', "–")
}

/// A protocol by its number or name, as a person names it.
pub(crate) fn protocol_word(protocol: &str) -> String {
    match protocol {
        "-1" | "all" => "all".to_owned(),
        "6" => "tcp".to_owned(),
        "17" => "udp".to_owned(),
        "1" => "icmp".to_owned(),
        "58" => "icmpv6".to_owned(),
        number if number.bytes().all(|b| b.is_ascii_digit()) => format!("protocol {number}"),
        name => name.to_owned(),
    }
}

/// `echo`, `echo reply`, `type 3 code 4`.
fn icmp(packets: &PacketBox) -> Option<String> {
    let kind = packets.icmp_type.as_deref()?;
    let code = packets.icmp_code.as_deref();
    Some(match (packets.protocol.as_str(), kind, code) {
        ("icmp", "8", Some("0")) | ("icmpv6", "128", Some("0")) => "echo".to_owned(),
        ("icmp", "0", Some("0")) | ("icmpv6", "129", Some("0")) => "echo reply".to_owned(),
        (_, "0-255", None | Some("0-255")) => "of any type".to_owned(),
        (_, kind, None | Some("0-255")) => format!("type {}", range(kind)),
        (_, kind, Some(code)) => format!("type {} code {}", range(kind), range(code)),
    })
}

/// Whether ports say nothing.
fn is_all_ports(ports: &[String]) -> bool {
    matches!(ports, [one] if one == "0–65535" || one == "1–65535")
}

/// `22` or `1024-65535` as its ends.
pub(crate) fn parse_range(text: &str) -> Option<(u32, u32)> {
    let (from, to) = text.split_once('-').unwrap_or((text, text));
    Some((from.parse().ok()?, to.parse().ok()?))
}

/// Ranges joined where they overlap or touch, in order. What is no range is shown as it is, never left out.
fn join_ranges<'a>(ranges: impl Iterator<Item = &'a str>) -> Vec<String> {
    let ranges: Vec<&str> = ranges.collect();
    let parsed: Option<Vec<(u32, u32)>> = ranges.iter().map(|text| parse_range(text)).collect();
    let Some(mut parsed) = parsed else {
        return ranges.iter().map(|text| range(text)).collect();
    };
    parsed.sort_unstable();
    let mut joined: Vec<(u32, u32)> = Vec::new();
    for (from, to) in parsed {
        match joined.last_mut() {
            Some(last) if from <= last.1.saturating_add(1) => last.1 = last.1.max(to),
            _ => joined.push((from, to)),
        }
    }
    joined
        .into_iter()
        .map(|(from, to)| {
            if from == to {
                from.to_string()
            } else {
                format!("{from}–{to}")
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tcp(source: &str, source_ports: &str, destination: &str, destination_ports: &str) -> PacketBox {
        PacketBox {
            protocol: "tcp".into(),
            source: source.into(),
            source_ports: Some(source_ports.into()),
            destination: destination.into(),
            destination_ports: Some(destination_ports.into()),
            icmp_type: None,
            icmp_code: None,
        }
    }

    #[test]
    fn boxes_that_differ_in_one_respect_are_one_line() {
        let boxes = [
            tcp("10.0.1.0/24", "1024-65535", "198.51.100.22/32", "22"),
            tcp("10.0.2.0/24", "1024-65535", "198.51.100.22/32", "22"),
        ];
        assert_eq!(
            lines(&boxes),
            ["tcp 10.0.1.0/24, 10.0.2.0/24 : 1024–65535 → 198.51.100.22 : 22"]
        );
    }

    #[test]
    fn boxes_that_differ_in_two_respects_stay_two_lines() {
        let boxes = [
            tcp("10.0.1.0/24", "1024-65535", "198.51.100.22/32", "22"),
            tcp("10.0.2.0/24", "1024-65535", "198.51.100.22/32", "23"),
        ];
        assert_eq!(lines(&boxes).len(), 2);
        assert_eq!(
            some_lines(&boxes, 3, 1),
            ["tcp 10.0.1.0/24 : 1024–65535 → 198.51.100.22 : 22", "and 4 more"]
        );
    }

    #[test]
    fn a_product_of_respects_is_one_line() {
        let mut boxes = Vec::new();
        for source in ["10.0.1.0/24", "10.0.2.0/24"] {
            for destination in ["192.0.2.1/32", "192.0.2.2/32"] {
                for port in ["22", "443"] {
                    boxes.push(tcp(source, "1024-65535", destination, port));
                }
            }
        }
        assert_eq!(
            lines(&boxes),
            ["tcp 10.0.1.0/24, 10.0.2.0/24 : 1024–65535 → 192.0.2.1, 192.0.2.2 : 22, 443"]
        );
    }

    #[test]
    fn many_addresses_are_counted() {
        let boxes: Vec<PacketBox> = (0..9)
            .map(|n| tcp(&format!("10.0.{n}.0/25"), "1-65535", "192.0.2.1/32", "22"))
            .collect();
        assert_eq!(
            lines(&boxes),
            ["tcp 10.0.0.0/25, 10.0.1.0/25, 10.0.2.0/25, 10.0.3.0/25 and 5 more → 192.0.2.1 : 22"]
        );
        assert_eq!(
            lines(&boxes[..5]).join("").matches("10.0.").count(),
            5,
            "one more is told, not counted"
        );
    }

    #[test]
    fn ports_that_touch_are_one_range() {
        let boxes = [
            tcp("10.0.1.0/24", "1024-32767", "192.0.2.1/32", "22"),
            tcp("10.0.1.0/24", "32768-65535", "192.0.2.1/32", "22"),
        ];
        assert_eq!(lines(&boxes), ["tcp 10.0.1.0/24 : 1024–65535 → 192.0.2.1 : 22"]);
        let back = [
            tcp("192.0.2.1/32", "40051-40052", "10.0.1.0/24", "1024-32767"),
            tcp("192.0.2.1/32", "40051-40052", "10.0.1.0/24", "40000-65535"),
        ];
        assert_eq!(
            lines(&back),
            ["tcp 192.0.2.1 : 40051–40052 → 10.0.1.0/24 : 1024–32767, 40000–65535"]
        );
    }

    #[test]
    fn what_is_no_range_is_never_left_out() {
        let odd = tcp("10.0.1.0/24", "1024 to 2048", "192.0.2.1/32", "ssh");
        assert_eq!(
            lines(&[odd]),
            ["tcp 10.0.1.0/24 : 1024 to 2048 → 192.0.2.1 : ssh"]
        );
    }

    #[test]
    fn what_names_protocol_and_ports() {
        let boxes = [
            tcp("10.0.1.0/24", "1-65535", "0.0.0.0/0", "22"),
            tcp("10.0.1.0/24", "1-65535", "0.0.0.0/0", "23-25"),
        ];
        assert_eq!(what(&boxes), "tcp 22–25");
        let all = [tcp("10.0.1.0/24", "1-65535", "0.0.0.0/0", "1-65535")];
        assert_eq!(what(&all), "tcp");
        assert_eq!(lines(&all), ["tcp 10.0.1.0/24 → 0.0.0.0/0"]);
    }

    #[test]
    fn icmp_has_types() {
        let echo = PacketBox {
            protocol: "icmp".into(),
            source: "10.0.1.5/32".into(),
            source_ports: None,
            destination: "192.0.2.1/32".into(),
            destination_ports: None,
            icmp_type: Some("8".into()),
            icmp_code: Some("0".into()),
        };
        assert_eq!(what(std::slice::from_ref(&echo)), "icmp echo");
        assert_eq!(lines(&[echo]), ["icmp echo 10.0.1.5 → 192.0.2.1"]);
    }

    #[test]
    fn single_addresses_lose_their_length() {
        assert_eq!(address("198.51.100.22/32"), "198.51.100.22");
        assert_eq!(address("2001:db8::1/128"), "2001:db8::1");
        assert_eq!(address("2001:db8::/32"), "2001:db8::/32");
    }
}
