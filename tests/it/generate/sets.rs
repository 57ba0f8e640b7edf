//! Questions about many packets at once.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::ops::RangeInclusive;

use serde_json::Value;

use super::dice::Dice;
use crate::oracle::address::Cidr;
use crate::oracle::packet::{TCP, UDP};
use crate::oracle::view::{each, own_prefixes, word};
use crate::oracle::{Oracle, Origin, Packet};

/// All packets from an interface's own addresses to some addresses and ports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Set {
    pub(crate) interface: String,
    pub(crate) destinations: Vec<String>,
    pub(crate) protocol: u8,
    pub(crate) ports: Vec<RangeInclusive<u16>>,
    pub(crate) client_ports: RangeInclusive<u16>,
    pub(crate) reply: bool,
}

/// Some sets of packets of a network.
pub(crate) fn sets(network: &Value, dice: &mut Dice, count: usize) -> Vec<Set> {
    let oracle = Oracle::new(network);
    let senders: Vec<&Value> = oracle
        .all("NetworkInterfaces")
        .iter()
        .filter(|i| word(i, "InterfaceType") == "interface")
        .collect();
    // Once in a great while nothing in a network sends.
    let count = if senders.is_empty() { 0 } else { count };
    (0..count)
        .map(|_| draw(&oracle, dice.pick(&senders), dice))
        .collect()
}

fn draw(oracle: &Oracle<'_>, sender: &Value, dice: &mut Dice) -> Set {
    let v6 = own_prefixes(sender).iter().any(|c| c.is_v6()) && dice.chance(30);
    let mut known: Vec<String> = Vec::new();
    for interface in oracle.all("NetworkInterfaces") {
        known.extend(
            own_prefixes(interface)
                .iter()
                .filter(|c| c.is_v6() == v6)
                .map(Cidr::to_string),
        );
        if !v6 {
            known.extend(
                each(interface, "PrivateIpAddresses")
                    .iter()
                    .filter_map(|a| a["Association"]["PublicIp"].as_str())
                    .map(|a| format!("{a}/32")),
            );
        }
    }
    let far: &[&str] = if v6 {
        &["2606:4700::/32", "2606:4700::1111/128", "64:ff9b::cb00:7100/120"]
    } else {
        &[
            "203.0.113.0/24",
            "203.0.113.7/32",
            "52.216.0.0/15",
            "192.168.1.0/30",
            "8.8.8.8/32",
        ]
    };
    // An address that two VPCs have is ambiguous.
    known.retain(|a| oracle.vpcs_with(Cidr::of(a).nth(0)).len() < 2);
    let mut destinations = BTreeSet::new();
    for _ in 0..dice.between(1, 4) {
        let one = if dice.chance(70) && !known.is_empty() {
            dice.pick(&known)
        } else {
            dice.pick(far).to_owned()
        };
        destinations.insert(one);
    }
    let mut ports = vec![dice.pick(&[443..=443, 440..=445, 1..=65535, 80..=443, 22..=22])];
    if *ports[0].end() < 1000 && dice.chance(30) {
        ports.push(1023..=1025);
    }
    Set {
        interface: word(sender, "NetworkInterfaceId").to_owned(),
        destinations: destinations.into_iter().collect(),
        protocol: if dice.chance(85) { TCP } else { UDP },
        ports,
        client_ports: dice.pick(&[1024..=65535, 32768..=60999, 49152..=65535, 40000..=40000]),
        reply: dice.chance(80),
    }
}

impl Set {
    /// Packets of the set: the ends of its ranges, and what rules name in between.
    pub(crate) fn sample(&self, oracle: &Oracle<'_>, dice: &mut Dice, count: usize) -> Vec<(Origin, Packet)> {
        let Some(sender) = oracle.interface(&self.interface) else {
            return Vec::new();
        };
        let destinations: Vec<Cidr> = self.destinations.iter().map(|d| Cidr::of(d)).collect();
        let v6 = destinations.first().is_some_and(|d| d.is_v6());
        // The addresses that a path from an interface is about: single ones, no delegated prefixes.
        let own: Vec<IpAddr> = ["PrivateIpAddresses", "Ipv6Addresses"]
            .iter()
            .flat_map(|list| each(sender, list))
            .flat_map(|a| [word(a, "PrivateIpAddress"), word(a, "Ipv6Address")])
            .filter_map(|a| a.parse::<IpAddr>().ok())
            .filter(|a| a.is_ipv6() == v6)
            .collect();
        if own.is_empty() {
            return Vec::new();
        }
        let named = oracle.named_ports();
        let of = |ranges: &[RangeInclusive<u16>]| -> Vec<u16> {
            let mut all: Vec<u16> = ranges.iter().flat_map(|r| [*r.start(), *r.end()]).collect();
            all.extend(
                named
                    .iter()
                    .copied()
                    .filter(|p| ranges.iter().any(|r| r.contains(p))),
            );
            all
        };
        let (to, from) = (of(&self.ports), of(std::slice::from_ref(&self.client_ports)));
        (0..count)
            .map(|_| {
                let destination = dice.pick(&destinations);
                let last = u128::from(u64::MAX);
                let place = dice.pick(&[0, 1, dice.clone().below(300) as u128, last]);
                let packet = Packet::ports(
                    self.protocol,
                    (dice.pick(&own), dice.pick(&from)),
                    (destination.nth(place), dice.pick(&to)),
                );
                (Origin::Interface(self.interface.clone()), packet)
            })
            .collect()
    }
}
