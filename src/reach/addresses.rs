//! Sets of addresses of both families.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::IpNet;

use super::ranges::Ranges;

/// IPv4 or IPv6.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Family {
    V4,
    V6,
}

impl Family {
    pub(crate) const BOTH: [Family; 2] = [Family::V4, Family::V6];

    /// The highest address.
    pub(crate) fn last(self) -> u128 {
        match self {
            Self::V4 => u32::MAX as u128,
            Self::V6 => u128::MAX,
        }
    }

    pub(crate) fn of(address: IpAddr) -> Self {
        if address.is_ipv4() { Self::V4 } else { Self::V6 }
    }

    /// The address of that number.
    pub(crate) fn address(self, number: u128) -> IpAddr {
        match self {
            Self::V4 => IpAddr::V4(v4(number)),
            Self::V6 => IpAddr::V6(Ipv6Addr::from(number)),
        }
    }
}

/// The IPv4 address of that number.
pub(crate) fn v4(number: u128) -> Ipv4Addr {
    Ipv4Addr::from(u32::try_from(number).unwrap_or(u32::MAX))
}

/// The number of an address.
pub(crate) fn number(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(v4) => u128::from(u32::from(v4)),
        IpAddr::V6(v6) => u128::from(v6),
    }
}

/// A set of addresses of both families.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Addresses {
    pub(crate) v4: Ranges<u128>,
    pub(crate) v6: Ranges<u128>,
}

impl Addresses {
    pub(crate) fn empty() -> Self {
        Self {
            v4: Ranges::empty(),
            v6: Ranges::empty(),
        }
    }

    /// All addresses there are.
    pub(crate) fn everywhere() -> Self {
        Self {
            v4: Ranges::span(0, Family::V4.last()),
            v6: Ranges::span(0, Family::V6.last()),
        }
    }

    pub(crate) fn from_nets(nets: impl IntoIterator<Item = IpNet>) -> Self {
        let (mut v4, mut v6) = (Vec::new(), Vec::new());
        for net in nets {
            let span = (number(net.network()), number(net.broadcast()));
            match net {
                IpNet::V4(_) => v4.push(span),
                IpNet::V6(_) => v6.push(span),
            }
        }
        Self {
            v4: Ranges::from_spans(v4),
            v6: Ranges::from_spans(v6),
        }
    }

    pub(crate) fn from_addresses(addresses: impl IntoIterator<Item = IpAddr>) -> Self {
        Self::from_nets(addresses.into_iter().map(IpNet::from))
    }

    pub(crate) fn of(family: Family, ranges: Ranges<u128>) -> Self {
        match family {
            Family::V4 => Self {
                v4: ranges,
                v6: Ranges::empty(),
            },
            Family::V6 => Self {
                v4: Ranges::empty(),
                v6: ranges,
            },
        }
    }

    pub(crate) fn get(&self, family: Family) -> &Ranges<u128> {
        match family {
            Family::V4 => &self.v4,
            Family::V6 => &self.v6,
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.v4.is_empty() && self.v6.is_empty()
    }

    /// Whether anything is in both.
    pub(crate) fn meets(&self, other: &Self) -> bool {
        self.v4.meets(&other.v4) || self.v6.meets(&other.v6)
    }

    pub(crate) fn add(&mut self, other: &Self) {
        *self = self.union(other);
    }

    pub(crate) fn union(&self, other: &Self) -> Self {
        Self {
            v4: self.v4.union(&other.v4),
            v6: self.v6.union(&other.v6),
        }
    }

    pub(crate) fn intersect(&self, other: &Self) -> Self {
        Self {
            v4: self.v4.intersect(&other.v4),
            v6: self.v6.intersect(&other.v6),
        }
    }

    pub(crate) fn subtract(&self, other: &Self) -> Self {
        Self {
            v4: self.v4.subtract(&other.v4),
            v6: self.v6.subtract(&other.v6),
        }
    }
}
