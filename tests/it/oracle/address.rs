//! Addresses and prefixes as plain numbers.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A prefix: a family, the number of its first address, its length.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Cidr {
    v6: bool,
    first: u128,
    pub(crate) length: u8,
}

impl std::fmt::Display for Cidr {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.nth(0), self.length)
    }
}

/// An address as a number.
pub(crate) fn number(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(a) => u128::from(u32::from(a)),
        IpAddr::V6(a) => u128::from(a),
    }
}

/// A number as an address.
pub(crate) fn address(v6: bool, number: u128) -> IpAddr {
    if v6 {
        IpAddr::V6(Ipv6Addr::from(number))
    } else {
        IpAddr::V4(Ipv4Addr::from(number as u32))
    }
}

impl Cidr {
    /// Reads `10.0.0.0/8`, `fd00::/8` or a lone address.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (ip, length) = match text.split_once('/') {
            Some((ip, length)) => (ip.parse::<IpAddr>().ok()?, Some(length.parse::<u8>().ok()?)),
            None => (text.parse::<IpAddr>().ok()?, None),
        };
        let width = if ip.is_ipv6() { 128 } else { 32 };
        let length = length.unwrap_or(width);
        if length > width {
            return None;
        }
        let host_bits = u32::from(width - length);
        let first = if host_bits == 128 {
            0
        } else {
            number(ip) >> host_bits << host_bits
        };
        Some(Self {
            v6: ip.is_ipv6(),
            first,
            length,
        })
    }

    /// The same, of text known to be a prefix.
    pub(crate) fn of(text: &str) -> Self {
        Self::parse(text).unwrap_or_else(|| panic!("`{text}` is no prefix"))
    }

    fn width(self) -> u8 {
        if self.v6 { 128 } else { 32 }
    }

    /// How many addresses follow the first one.
    fn span(self) -> u128 {
        let host_bits = u32::from(self.width() - self.length);
        if host_bits == 128 {
            u128::MAX
        } else {
            (1 << host_bits) - 1
        }
    }

    /// Whether the address is in it.
    pub(crate) fn contains(self, ip: IpAddr) -> bool {
        ip.is_ipv6() == self.v6 && number(ip) >= self.first && number(ip) - self.first <= self.span()
    }

    /// Whether all of the other prefix is in it.
    pub(crate) fn covers(self, other: Self) -> bool {
        self.v6 == other.v6 && self.length <= other.length && self.contains(other.nth(0))
    }

    /// Its n-th address, from 0; the last one if there are fewer.
    pub(crate) fn nth(self, n: u128) -> IpAddr {
        address(self.v6, self.first + n.min(self.span()))
    }

    /// Its last address.
    pub(crate) fn last(self) -> IpAddr {
        self.nth(u128::MAX)
    }

    /// Whether it is of IPv6.
    pub(crate) fn is_v6(self) -> bool {
        self.v6
    }

    /// In a subnet: whether AWS keeps the address for itself: the first four and the last one [UG subnet-sizing].
    pub(crate) fn reserves(self, ip: IpAddr) -> bool {
        self.contains(ip) && (number(ip) - self.first < 4 || ip == self.last())
    }
}

/// Whether the address is in one of the prefixes.
pub(crate) fn within(ip: IpAddr, prefixes: &[&str]) -> bool {
    prefixes.iter().any(|p| Cidr::of(p).contains(ip))
}

/// RFC 1918 and RFC 6598: what an internet gateway neither sends to nor takes from.
pub(crate) fn is_private_v4(ip: IpAddr) -> bool {
    within(
        ip,
        &["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"],
    )
}

/// Services at the hypervisor that no filter acts on and no route reaches [UG vpc-security-groups, vpc-network-acls].
pub(crate) fn is_local_service(ip: IpAddr) -> bool {
    within(
        ip,
        &[
            "169.254.169.254/32",
            "169.254.169.253/32",
            "169.254.169.123/32",
            "169.254.169.250/31",
            "169.254.170.2/32",
            "fd00:ec2::254/128",
            "fd00:ec2::253/128",
            "fd00:ec2::123/128",
        ],
    )
}

/// Where VPC Lattice answers, if a VPC has a service network [vpc-lattice security-groups].
pub(crate) fn is_lattice(ip: IpAddr) -> bool {
    within(ip, &["169.254.171.0/24", "fd00:ec2:80::/64"])
}

/// What no route ever forwards [UG subnet-route-tables].
pub(crate) fn is_never_forwarded(ip: IpAddr) -> bool {
    within(ip, &["169.254.168.0/22", "fd00:ec2::/32"])
}
