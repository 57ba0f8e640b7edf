//! One packet, where it starts, and what became of it.

use std::fmt;
use std::net::IpAddr;

/// TCP's number.
pub(crate) const TCP: u8 = 6;
/// UDP's number.
pub(crate) const UDP: u8 = 17;
/// ICMP's number.
pub(crate) const ICMP: u8 = 1;
/// ICMPv6's number.
pub(crate) const ICMPV6: u8 = 58;

/// One packet header. For ICMP the type stands in `source_port`'s place and the code in `destination_port`'s only in
/// [`Fields::Icmp`]; other protocols have neither.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Packet {
    pub(crate) protocol: u8,
    pub(crate) source: IpAddr,
    pub(crate) destination: IpAddr,
    pub(crate) fields: Fields,
}

/// What follows the addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fields {
    /// TCP, UDP.
    Ports { source: u16, destination: u16 },
    /// ICMP, ICMPv6.
    Icmp { kind: u8, code: u8 },
    /// Everything else.
    Nothing,
}

impl Packet {
    /// A TCP or UDP packet.
    pub(crate) fn ports(protocol: u8, from: (IpAddr, u16), to: (IpAddr, u16)) -> Self {
        Self {
            protocol,
            source: from.0,
            destination: to.0,
            fields: Fields::Ports {
                source: from.1,
                destination: to.1,
            },
        }
    }

    /// An echo request of the addresses' family.
    pub(crate) fn echo(source: IpAddr, destination: IpAddr) -> Self {
        let v6 = destination.is_ipv6();
        Self {
            protocol: if v6 { ICMPV6 } else { ICMP },
            source,
            destination,
            fields: Fields::Icmp {
                kind: if v6 { 128 } else { 8 },
                code: 0,
            },
        }
    }

    /// A packet of a protocol without ports.
    pub(crate) fn bare(protocol: u8, source: IpAddr, destination: IpAddr) -> Self {
        Self {
            protocol,
            source,
            destination,
            fields: Fields::Nothing,
        }
    }

    /// Whether it is IPv6.
    pub(crate) fn is_v6(&self) -> bool {
        self.destination.is_ipv6()
    }

    /// The answer to it; none where nothing is expected (section 17: TCP, UDP, echo).
    pub(crate) fn reply(&self) -> Option<Self> {
        let fields = match (self.protocol, self.fields) {
            (TCP | UDP, Fields::Ports { source, destination }) => Fields::Ports {
                source: destination,
                destination: source,
            },
            (ICMP, Fields::Icmp { kind: 8, code: 0 }) => Fields::Icmp { kind: 0, code: 0 },
            (ICMPV6, Fields::Icmp { kind: 128, code: 0 }) => Fields::Icmp { kind: 129, code: 0 },
            _ => return None,
        };
        Some(Self {
            protocol: self.protocol,
            source: self.destination,
            destination: self.source,
            fields,
        })
    }
}

impl fmt::Display for Packet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            protocol,
            source,
            destination,
            ..
        } = self;
        match self.fields {
            Fields::Ports {
                source: from,
                destination: to,
            } => write!(
                f,
                "proto {protocol} {source} port {from} -> {destination} port {to}"
            ),
            Fields::Icmp { kind, code } => {
                write!(
                    f,
                    "proto {protocol} {source} -> {destination} type {kind} code {code}"
                )
            }
            Fields::Nothing => write!(f, "proto {protocol} {source} -> {destination}"),
        }
    }
}

/// Where a packet starts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Origin {
    /// An interface of the snapshot.
    Interface(String),
    /// An interface that a service makes when it needs it: a Lambda function's, a task's.
    Virtual(Virtual),
    /// A NAT gateway itself, from one of its private addresses.
    NatGateway(String),
    /// The internet, by the gateway of whoever has the destination's public address.
    Internet,
    /// A peered VPC, entering by the connection into the VPC named.
    Peering { connection: String, into: String },
    /// What lies behind a transit gateway attachment that is no VPC of the snapshot.
    Attachment(String),
    /// What lies behind a virtual private gateway.
    VpnGateway(String),
}

/// An interface that is in no list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Virtual {
    /// Its subnet.
    pub(crate) subnet: String,
    /// Its groups; none: it is filtered by none (a bare subnet as an end).
    pub(crate) groups: Option<Vec<String>>,
    /// Whether it has a public IPv4 address.
    pub(crate) public: bool,
    /// Whether it is Lambda's: its IPv6 through an internet gateway is uncertain.
    pub(crate) lambda: bool,
}

/// What became of a packet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It arrived, and so did its reply where one was asked for.
    Delivered { at: String },
    /// It, or its reply, is lost.
    Lost { why: String, at: String },
    /// It cannot be told.
    Unknown { why: String },
}

impl fmt::Display for Fate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Delivered { at } => write!(f, "delivered at {at}"),
            Self::Lost { why, at } => write!(f, "lost at {at}: {why}"),
            Self::Unknown { why } => write!(f, "unknown: {why}"),
        }
    }
}
