//! A question about a network, put to the oracle as single packets and to the engine as one path.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::ops::RangeInclusive;

use crate::oracle::address::Cidr;
use crate::oracle::choice::{answer, judge};
use crate::oracle::packet::{TCP, UDP};
use crate::oracle::view::{each, own_prefixes, text, word};
use crate::oracle::{Answer, Fate, Judgement, Oracle, Origin, Packet, Virtual};

/// Where a path starts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Source {
    /// An interface, from its primary address of the destination's family.
    Interface(String),
    /// An interface, from this address.
    InterfaceAs(String, IpAddr),
    /// A Lambda function, from any usable address of its subnets.
    Lambda(String),
    /// Tasks in a subnet with these groups and, or not, a public address.
    Workload {
        subnet: String,
        groups: Vec<String>,
        public: bool,
    },
    /// The same, from this address.
    WorkloadAs {
        subnet: String,
        groups: Vec<String>,
        public: bool,
        address: IpAddr,
    },
    /// A NAT gateway, from its private addresses.
    NatGateway(String),
    /// The same, from this one.
    NatGatewayAs(String, IpAddr),
    /// A load balancer by name, from any usable address of its subnets: none that keeps the client's.
    Balancer(String),
    /// An address of the internet.
    Internet(IpAddr),
    /// An address behind a transit gateway attachment.
    Attachment(String, IpAddr),
    /// An address of the far VPC, entering this one by a peering.
    Peering {
        connection: String,
        into: String,
        address: IpAddr,
    },
    /// An address behind a virtual private gateway.
    VpnGateway(String, IpAddr),
}

/// What a path carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum What {
    Tcp(u16),
    Udp(u16),
    Echo,
    Protocol(u8),
}

/// A question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ask {
    pub(crate) source: Source,
    pub(crate) destination: IpAddr,
    pub(crate) what: What,
    pub(crate) client_ports: Option<RangeInclusive<u16>>,
    pub(crate) reply: bool,
    /// Of several VPCs that have the destination, the one that is meant.
    pub(crate) into: Option<String>,
}

/// From an interface to TCP 443 of an address, with its reply.
pub(crate) fn tcp(interface: &str, destination: &str, port: u16) -> Ask {
    from(
        Source::Interface(interface.to_owned()),
        destination,
        What::Tcp(port),
    )
}

/// From anywhere.
pub(crate) fn from(source: Source, destination: &str, what: What) -> Ask {
    Ask {
        source,
        destination: ip(destination),
        what,
        client_ports: None,
        reply: true,
        into: None,
    }
}

/// An address.
pub(crate) fn ip(text: &str) -> IpAddr {
    text.parse().unwrap_or_else(|_| panic!("`{text}` is no address"))
}

impl Ask {
    /// The same, of something else.
    pub(crate) fn carrying(mut self, what: What) -> Self {
        self.what = what;
        self
    }

    /// The same, from these client ports.
    pub(crate) fn client_ports(mut self, ports: RangeInclusive<u16>) -> Self {
        self.client_ports = Some(ports);
        self
    }

    /// The same, without asking for the reply.
    pub(crate) fn one_way(mut self) -> Self {
        self.reply = false;
        self
    }

    /// The client ports that are meant.
    pub(crate) fn ports(&self, oracle: &Oracle<'_>) -> RangeInclusive<u16> {
        if let Some(ports) = &self.client_ports {
            return ports.clone();
        }
        let instance = match &self.source {
            Source::Interface(id) | Source::InterfaceAs(id, _) => oracle
                .interface(id)
                .and_then(|i| text(&i["Attachment"], "InstanceId")),
            _ => None,
        };
        match instance {
            None => 1024..=65535,
            Some(id) if oracle.runs_windows(id) => 49152..=65535,
            Some(_) => 32768..=60999,
        }
    }

    /// Single packets that stand for all that are meant.
    pub(crate) fn packets(&self, oracle: &Oracle<'_>) -> Vec<(Origin, Packet)> {
        let mut all = Vec::new();
        let range = self.ports(oracle);
        let ports: BTreeSet<u16> = [*range.start(), *range.end()]
            .into_iter()
            .chain(oracle.nat_ports().iter().copied().filter(|p| range.contains(p)))
            .collect();
        for (origin, source) in self.starts(oracle) {
            match self.what {
                What::Tcp(to) | What::Udp(to) => {
                    let protocol = if matches!(self.what, What::Tcp(_)) {
                        TCP
                    } else {
                        UDP
                    };
                    for &port in &ports {
                        let packet = Packet::ports(protocol, (source, port), (self.destination, to));
                        all.push((origin.clone(), packet));
                    }
                }
                What::Echo => all.push((origin, Packet::echo(source, self.destination))),
                What::Protocol(n) => all.push((origin, Packet::bare(n, source, self.destination))),
            }
        }
        all
    }

    fn starts(&self, oracle: &Oracle<'_>) -> Vec<(Origin, IpAddr)> {
        let v6 = self.destination.is_ipv6();
        match &self.source {
            Source::Interface(id) => {
                let own = oracle.interface(id).map(own_prefixes).unwrap_or_default();
                own.into_iter()
                    .filter(|c| c.is_v6() == v6 && (c.nth(0) == c.last()))
                    .take(1)
                    .map(|c| (Origin::Interface(id.clone()), c.nth(0)))
                    .collect()
            }
            Source::InterfaceAs(id, address) => vec![(Origin::Interface(id.clone()), *address)],
            Source::Lambda(name) => {
                let mut all = Vec::new();
                let Some(function) = oracle.function(name) else {
                    return all;
                };
                let config = &function["VpcConfig"];
                if v6 && config["Ipv6AllowedForDualStack"] != true {
                    return all;
                }
                let groups: Vec<String> = each(config, "SecurityGroupIds")
                    .iter()
                    .filter_map(|g| g.as_str().map(str::to_owned))
                    .collect();
                for subnet in each(config, "SubnetIds").iter().filter_map(|s| s.as_str()) {
                    for address in usable(oracle, subnet, v6) {
                        all.push((
                            Origin::Virtual(Virtual {
                                subnet: subnet.to_owned(),
                                groups: Some(groups.clone()),
                                public: false,
                                lambda: true,
                            }),
                            address,
                        ));
                    }
                }
                all
            }
            Source::Workload {
                subnet,
                groups,
                public,
            } => usable(oracle, subnet, v6)
                .into_iter()
                .map(|address| (task(subnet, groups, *public), address))
                .collect(),
            Source::WorkloadAs {
                subnet,
                groups,
                public,
                address,
            } => vec![(task(subnet, groups, *public), *address)],
            Source::NatGateway(id) => oracle
                .nat_private(id)
                .into_iter()
                .map(|address| (Origin::NatGateway(id.clone()), address))
                .collect(),
            Source::NatGatewayAs(id, address) => vec![(Origin::NatGateway(id.clone()), *address)],
            Source::Balancer(name) => {
                let found = oracle.all("LoadBalancers").iter();
                let found: Vec<_> = found.filter(|b| word(b, "LoadBalancerName") == name).collect();
                let groups: Vec<String> = found
                    .iter()
                    .flat_map(|b| each(b, "SecurityGroups"))
                    .filter_map(|g| g.as_str().map(str::to_owned))
                    .collect();
                let zones = found.iter().flat_map(|b| each(b, "AvailabilityZones"));
                zones
                    .map(|zone| word(zone, "SubnetId"))
                    .flat_map(|subnet| usable(oracle, subnet, v6).into_iter().map(move |a| (subnet, a)))
                    .map(|(subnet, address)| (task(subnet, &groups, false), address))
                    .collect()
            }
            Source::Internet(address) => vec![(Origin::Internet, *address)],
            Source::Attachment(id, address) => vec![(Origin::Attachment(id.clone()), *address)],
            Source::Peering {
                connection,
                into,
                address,
            } => vec![(
                Origin::Peering {
                    connection: connection.clone(),
                    into: into.clone(),
                },
                *address,
            )],
            Source::VpnGateway(id, address) => vec![(Origin::VpnGateway(id.clone()), *address)],
        }
    }

    /// Every walk of one of its packets.
    pub(crate) fn judge(&self, oracle: &Oracle<'_>, origin: &Origin, packet: &Packet) -> Judgement {
        judge(|script| {
            let (fate, log) = oracle.send(packet, origin, self.reply, script);
            match self.astray(oracle, &log) {
                // What has gone astray is lost, whatever its reply would meet.
                Some(at) => {
                    let why = String::from("arrives in another VPC");
                    (Fate::Lost { why, at }, log)
                }
                None => (fate, log),
            }
        })
    }

    /// Where a packet arrived, if not in the VPC that was meant.
    fn astray(&self, oracle: &Oracle<'_>, log: &[String]) -> Option<String> {
        let vpc = self.into.as_ref()?;
        let arrived = log
            .iter()
            .find_map(|line| line.strip_prefix("there: arrived at "))?;
        let at = arrived.split_whitespace().next()?;
        (!oracle.is_in(at, vpc)).then(|| at.to_owned())
    }

    /// The oracle's answer.
    pub(crate) fn oracle(&self, oracle: &Oracle<'_>) -> Answer {
        let packets = self.packets(oracle);
        let judged: Vec<Judgement> = packets
            .iter()
            .map(|(origin, packet)| self.judge(oracle, origin, packet))
            .collect();
        summed(&judged)
    }

    /// One walk for every way in which its packets end, for people.
    pub(crate) fn explain(&self, oracle: &Oracle<'_>) -> String {
        let mut out = String::new();
        let mut shown = Vec::new();
        for (origin, packet) in self.packets(oracle) {
            let judged = self.judge(oracle, &origin, &packet);
            out += &judged.explain(&mut shown, &format!("{packet} from {origin:?}"));
        }
        out
    }
}

/// The answer to a question about these packets; about no packet at all: blocked.
pub(crate) fn summed(judged: &[Judgement]) -> Answer {
    if judged.is_empty() {
        return Answer::Blocked;
    }
    answer(
        judged.iter().any(|j| j.delivered),
        judged.iter().any(|j| j.lost),
        judged.iter().any(|j| j.unknown),
    )
}

fn task(subnet: &str, groups: &[String], public: bool) -> Origin {
    Origin::Virtual(Virtual {
        subnet: subnet.to_owned(),
        groups: Some(groups.to_vec()),
        public,
        lambda: false,
    })
}

/// The first, one in the middle and the last usable address of a subnet.
fn usable(oracle: &Oracle<'_>, subnet: &str, v6: bool) -> Vec<IpAddr> {
    let Some(found) = oracle.subnet(subnet) else {
        return Vec::new();
    };
    let block = if v6 {
        each(found, "Ipv6CidrBlockAssociationSet")
            .first()
            .and_then(|b| Cidr::parse(word(b, "Ipv6CidrBlock")))
    } else {
        Cidr::parse(word(found, "CidrBlock"))
    };
    let Some(block) = block else { return Vec::new() };
    let count = 1u128 << u32::from((if v6 { 128 } else { 32 }) - block.length).min(64);
    vec![block.nth(4), block.nth(count / 2), block.nth(count - 2)]
}
