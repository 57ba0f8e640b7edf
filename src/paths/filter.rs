//! Packet filters: what leaves the source, what may arrive (EC2 API, "PathRequestFilter").

use ipnet::IpNet;

use super::address;
use super::fields::{Fields, Given};
use super::key;
use super::model::{PacketFilter, PortSet};
use super::node::{Node, Place, Value};
use super::port;
use super::problem::{Problem, Problems};

/// A packet filter, and where its ranges stand.
#[derive(Debug, Clone, Default)]
pub(super) struct Filter {
    pub(super) filter: PacketFilter,
    pub(super) source_range: Option<Place>,
    pub(super) destination_range: Option<Place>,
}

impl Filter {
    pub(super) fn drop_source_range(&mut self) {
        self.filter.source_ports = None;
        self.source_range = None;
    }

    pub(super) fn drop_destination_range(&mut self) {
        self.filter.destination_ports = None;
        self.destination_range = None;
    }
}

pub(super) fn read(problems: &mut Problems, _: &'static str, node: &Node) -> Option<Filter> {
    let fields = Fields::of(problems, node, &key::FILTER)?;
    let source_address = fields.parse(problems, "sourceAddress", address::parse);
    let destination_address = fields.parse(problems, "destinationAddress", address::parse);
    let source = fields.read(problems, "sourcePortRange", read_port_range);
    let destination = fields.read(problems, "destinationPortRange", read_port_range);
    let good = |net: &Given<IpNet>| !matches!(net, Given::Bad);
    let whole = good(&source_address)
        && good(&destination_address)
        && !matches!(source, Given::Bad)
        && !matches!(destination, Given::Bad)
        && !fields.has_unknown();
    let filter = Filter {
        source_range: source.place(),
        destination_range: destination.place(),
        filter: PacketFilter {
            source_address: source_address.value(),
            destination_address: destination_address.value(),
            source_ports: source.value(),
            destination_ports: destination.value(),
        },
    };
    whole.then_some(filter)
}

fn read_port_range(problems: &mut Problems, key: &'static str, node: &Node) -> Option<PortSet> {
    if !matches!(node.value, Value::Map(_)) {
        let told = node.describe(problems.text());
        problems.error(
            Problem::at(node.point(), format!("`{key}` is a map, not {told}"))
                .label("not a map")
                .help(format!("write `{key}: {{ fromPort: 1024, toPort: 65535 }}`")),
        );
        return None;
    }
    let fields = Fields::of(problems, node, &key::PORT_RANGE)?;
    let from = fields.read(problems, "fromPort", port::read_one);
    let to = fields.read(problems, "toPort", port::read_one);
    for (missing, absent) in [("fromPort", from.is_absent()), ("toPort", to.is_absent())] {
        if absent && !fields.has_unknown() {
            problems.error(
                Problem::at(fields.place, format!("`{key}` has no `{missing}`"))
                    .label("half a range")
                    .help("both ends are written, even where they are equal"),
            );
        }
    }
    match port::ordered(from.value()?, to.value()?) {
        Ok(range) => PortSet::of([range]),
        Err(wrong) => {
            problems.error(
                Problem::at(fields.place, format!("`{key}`: {}", wrong.message))
                    .label("the other way round")
                    .help("exchange `fromPort` and `toPort`"),
            );
            None
        }
    }
}
