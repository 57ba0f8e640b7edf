//! Questions that are likely to meet an edge.

use std::net::IpAddr;

use serde_json::Value;

use super::dice::Dice;
use crate::ask::{Ask, Source, What, ip};
use crate::oracle::address::Cidr;
use crate::oracle::view::{each, own_prefixes, text, word};
use crate::oracle::{Answer, Oracle};

/// What questions about a network can be made of.
#[derive(Debug)]
pub(crate) struct Pool {
    interfaces: Vec<(String, Vec<IpAddr>)>,
    addresses: Vec<IpAddr>,
    publics: Vec<IpAddr>,
    nats: Vec<(String, Vec<IpAddr>)>,
    /// Subnets with groups that functions and tasks start from.
    virtuals: Vec<(String, Vec<String>, Vec<IpAddr>)>,
    attachments: Vec<String>,
    vpn_gateways: Vec<String>,
    ports: Vec<u16>,
}

/// Far addresses: the internet, S3 here and elsewhere, nobody's, on-premises, a service of the hypervisor.
const FAR: [(usize, &str); 13] = [
    (10, "203.0.113.7"),
    (5, "8.8.8.8"),
    (2, "203.0.113.200"),
    (5, "52.216.0.9"),
    (1, "52.216.1.9"),
    (3, "192.168.1.1"),
    (1, "10.9.9.9"),
    (1, "100.64.0.1"),
    (1, "198.51.100.250"),
    (1, "172.20.0.1"),
    (1, "10.0.0.1"),
    (1, "10.0.0.200"),
    (1, "169.254.168.9"),
];

const FAR_V6: [(usize, &str); 5] = [
    (6, "2606:4700::1111"),
    (3, "64:ff9b::cb00:7107"),
    (1, "2600:1f00:0:1::99"),
    (1, "fd00:77::1"),
    (1, "64:ff9b::a00:5"),
];

const CLIENTS: [u16; 11] = [
    1024, 1025, 32767, 32768, 40000, 49151, 49152, 60999, 61000, 65534, 65535,
];

impl Pool {
    pub(crate) fn of(network: &Value) -> Self {
        let oracle = Oracle::new(network);
        let all: Vec<(&Value, String, Vec<IpAddr>)> = oracle
            .all("NetworkInterfaces")
            .iter()
            .map(|i| {
                let own = own_prefixes(i)
                    .into_iter()
                    .flat_map(|c| [c.nth(0), c.last()])
                    .collect();
                (i, word(i, "NetworkInterfaceId").to_owned(), own)
            })
            .collect();
        let taken: Vec<IpAddr> = all.iter().flat_map(|(_, _, a)| a.clone()).collect();
        let made_by_us = |i: &Value| word(i, "InterfaceType") == "interface";
        let addresses = all.iter().flat_map(|(i, _, a)| {
            // What takes no connections is asked for seldom.
            let often = if word(i, "InterfaceType") == "nat_gateway" {
                1
            } else if word(i, "Description").starts_with("ELB ") {
                24
            } else {
                8
            };
            (0..often).flat_map(|_| a.clone())
        });
        let addresses = addresses.collect();
        let interfaces: Vec<(String, Vec<IpAddr>)> = all
            .iter()
            .filter(|(i, _, _)| made_by_us(i))
            .map(|(_, id, own)| (id.clone(), own.clone()))
            .collect();
        let publics = oracle
            .all("NetworkInterfaces")
            .iter()
            .flat_map(|i| each(i, "PrivateIpAddresses"))
            .filter_map(|a| word(&a["Association"], "PublicIp").parse().ok())
            .collect();
        let nats = oracle
            .all("NatGateways")
            .iter()
            .map(|n| word(n, "NatGatewayId"))
            .map(|id| (id.to_owned(), oracle.nat_private(id)))
            .filter(|(_, addresses)| !addresses.is_empty())
            .collect();
        let free = |subnet: &Value| -> Vec<IpAddr> {
            let blocks = std::iter::once(word(subnet, "CidrBlock")).chain(
                each(subnet, "Ipv6CidrBlockAssociationSet")
                    .iter()
                    .map(|b| word(b, "Ipv6CidrBlock")),
            );
            blocks
                .filter_map(Cidr::parse)
                .flat_map(|c| (4..=14).map(move |n| c.nth(n)))
                .filter(|a| !taken.contains(a))
                .collect()
        };
        let virtuals = oracle
            .all("Subnets")
            .iter()
            .map(|s| {
                let vpc = word(s, "VpcId");
                let groups: Vec<String> = oracle
                    .all("SecurityGroups")
                    .iter()
                    .filter(|g| word(g, "VpcId") == vpc)
                    .map(|g| word(g, "GroupId").to_owned())
                    .collect();
                (word(s, "SubnetId").to_owned(), groups, free(s))
            })
            .filter(|(_, groups, addresses)| !groups.is_empty() && !addresses.is_empty())
            .collect();
        let of_type = |kinds: &[&str]| -> Vec<String> {
            oracle
                .all("TransitGatewayAttachments")
                .iter()
                .filter(|a| kinds.contains(&word(a, "ResourceType")))
                .map(|a| word(a, "TransitGatewayAttachmentId").to_owned())
                .collect()
        };
        let mut ports = vec![443, 443, 443, 80, 22, 53, 442, 444, 1, 65535];
        for group in oracle.all("SecurityGroups") {
            for permission in each(group, "IpPermissions") {
                for field in ["FromPort", "ToPort"] {
                    if let Some(p) = permission[field].as_i64() {
                        ports.extend([p - 1, p, p + 1].iter().filter_map(|p| u16::try_from(*p).ok()));
                    }
                }
            }
        }
        ports.retain(|p| *p > 0);
        Self {
            interfaces,
            addresses,
            publics,
            nats,
            virtuals,
            attachments: of_type(&["vpn"]),
            vpn_gateways: oracle
                .all("VpnGateways")
                .iter()
                .filter_map(|g| text(g, "VpnGatewayId").map(str::to_owned))
                .collect(),
            ports,
        }
    }

    fn source(&self, dice: &mut Dice) -> Source {
        match dice.below(100) {
            0..=13 => Source::Internet(if dice.chance(15) {
                ip("2606:4700::1111")
            } else {
                ip(dice.pick(&["203.0.113.7", "203.0.113.7", "8.8.8.8", "10.200.0.1"]))
            }),
            14..=23 => {
                let (subnet, groups, free) = dice.pick(&self.virtuals);
                Source::WorkloadAs {
                    subnet,
                    groups: vec![dice.pick(&groups)],
                    public: dice.chance(20),
                    address: dice.pick(&free),
                }
            }
            24..=29 if !self.nats.is_empty() => Source::NatGateway(dice.pick(&self.nats).0),
            30..=31 if !self.attachments.is_empty() => {
                Source::Attachment(dice.pick(&self.attachments), ip("192.168.1.1"))
            }
            32..=33 if !self.vpn_gateways.is_empty() => {
                Source::VpnGateway(dice.pick(&self.vpn_gateways), ip("192.168.1.1"))
            }
            _ => {
                let (id, own) = dice.pick(&self.interfaces);
                let address = if dice.chance(3) {
                    let (_, others) = dice.pick(&self.interfaces);
                    if dice.chance(50) {
                        ip("172.17.0.2")
                    } else {
                        dice.pick(&others)
                    }
                } else {
                    dice.pick(&own)
                };
                Source::InterfaceAs(id, address)
            }
        }
    }

    fn destination(&self, v6: bool, from_internet: bool, dice: &mut Dice) -> IpAddr {
        let own: Vec<IpAddr> = self
            .addresses
            .iter()
            .copied()
            .filter(|a| a.is_ipv6() == v6)
            .collect();
        let roll = dice.below(100);
        if v6 {
            if (roll < 55 || from_internet) && !own.is_empty() {
                return dice.pick(&own);
            }
            return ip(dice.weighted(&FAR_V6));
        }
        if (from_internet && roll < 90 || roll < 10) && !self.publics.is_empty() {
            return dice.pick(&self.publics);
        }
        if roll < 62 {
            return dice.pick(&own);
        }
        if roll < 64 {
            let near = dice.pick(&own);
            return Cidr::of(&format!("{near}/29")).nth(dice.below(8) as u128);
        }
        ip(dice.weighted(&FAR))
    }
}

/// A question about one packet.
fn draw(pool: &Pool, dice: &mut Dice) -> Ask {
    let source = pool.source(dice);
    let family = match &source {
        Source::InterfaceAs(_, a)
        | Source::Internet(a)
        | Source::WorkloadAs { address: a, .. }
        | Source::Attachment(_, a)
        | Source::VpnGateway(_, a) => a.is_ipv6(),
        _ => false,
    };
    let from_internet = matches!(source, Source::Internet(_));
    let destination = pool.destination(family, from_internet, dice);
    let port = dice.pick(&CLIENTS);
    let source = match source {
        // One packet has one of the gateway's addresses.
        Source::NatGateway(id) => Source::NatGatewayAs(
            id.clone(),
            dice.pick(&pool.nats.iter().find(|(n, _)| *n == id).expect("a gateway").1),
        ),
        other => other,
    };
    Ask {
        source,
        destination,
        what: what(pool, dice),
        client_ports: Some(port..=port),
        reply: dice.chance(75),
        into: None,
    }
}

fn what(pool: &Pool, dice: &mut Dice) -> What {
    match dice.below(100) {
        0..=69 => What::Tcp(dice.pick(&pool.ports)),
        70..=79 => What::Udp(dice.pick(&pool.ports)),
        80..=93 => What::Echo,
        _ => What::Protocol(dice.pick(&[47, 50, 132, 0])),
    }
}

/// The same question with one thing changed.
fn near(ask: &Ask, pool: &Pool, dice: &mut Dice) -> Ask {
    let mut near = ask.clone();
    match dice.below(7) {
        0 => {
            let port = dice.pick(&CLIENTS);
            near.client_ports = Some(port..=port);
        }
        1 => near.what = what(pool, dice),
        2 => {
            let beside = |p: u16| if p == u16::MAX { p - 1 } else { p + 1 };
            near.what = match ask.what {
                What::Tcp(p) => What::Tcp(beside(p)),
                What::Udp(p) => What::Tcp(p),
                _ => What::Tcp(443),
            };
        }
        3 => {
            let v6 = ask.destination.is_ipv6();
            near.destination = pool.destination(v6, matches!(ask.source, Source::Internet(_)), dice);
        }
        4 => near.reply = !ask.reply,
        5 => {
            let from = draw(pool, dice);
            if from.destination.is_ipv6() == ask.destination.is_ipv6() {
                near.source = from.source;
            }
        }
        _ => {
            if let Source::InterfaceAs(id, _) = &ask.source {
                let (_, others) = dice.pick(&pool.interfaces);
                near.source = Source::InterfaceAs(id.clone(), dice.pick(&others));
                if let Source::InterfaceAs(_, a) = &near.source
                    && a.is_ipv6() != ask.destination.is_ipv6()
                {
                    near.source = ask.source.clone();
                }
            }
        }
    }
    near
}

/// Questions about single packets of a network. Of what is drawn most is lost at once, so some are drawn again until
/// one is delivered, and others are neighbours of one that was.
pub(crate) fn questions(network: &Value, dice: &mut Dice, count: usize) -> Vec<Ask> {
    let oracle = Oracle::new(network).with_transparent(&super::transparent(network));
    let pool = Pool::of(network);
    let mut last_delivered: Option<Ask> = None;
    let mut all = Vec::new();
    if pool.interfaces.is_empty() {
        return all;
    }
    while all.len() < count {
        let mut ask = match &last_delivered {
            Some(last) if dice.chance(50) => near(last, &pool, dice),
            _ => draw(&pool, dice),
        };
        settle(&mut ask, &oracle, dice);
        let tries = if dice.chance(45) { 8 } else { 1 };
        for _ in 1..tries {
            if ask.oracle(&oracle) == Answer::Reachable {
                break;
            }
            ask = draw(&pool, dice);
            settle(&mut ask, &oracle, dice);
        }
        if to_itself(&ask) {
            continue;
        }
        if ask.oracle(&oracle) == Answer::Reachable {
            last_delivered = Some(ask.clone());
        }
        all.push(ask);
    }
    all
}

/// Says which of several VPCs is meant, else the question is ambiguous.
fn settle(ask: &mut Ask, oracle: &Oracle<'_>, dice: &mut Dice) {
    let vpcs: Vec<&str> = oracle.vpcs_with(ask.destination).into_iter().collect();
    ask.into = (vpcs.len() > 1).then(|| dice.pick(&vpcs).to_owned());
}

/// What a system sends to itself never leaves it.
fn to_itself(ask: &Ask) -> bool {
    match &ask.source {
        Source::InterfaceAs(_, a) | Source::WorkloadAs { address: a, .. } | Source::NatGatewayAs(_, a) => {
            *a == ask.destination
        }
        _ => false,
    }
}
