//! Address ranges with a meaning of their own: IANA's special-purpose registries, and AWS's link-local services.
//!
//! <https://www.iana.org/assignments/iana-ipv4-special-registry>,
//! <https://www.iana.org/assignments/iana-ipv6-special-registry>

use std::sync::LazyLock;

use ipnet::IpNet;

use super::addresses::Addresses;

fn nets(texts: &[&str]) -> Addresses {
    Addresses::from_nets(texts.iter().filter_map(|text| text.parse::<IpNet>().ok()))
}

/// RFC 1918.
pub(crate) fn rfc1918() -> &'static Addresses {
    static SET: LazyLock<Addresses> =
        LazyLock::new(|| nets(&["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"]));
    &SET
}

/// RFC 6598: shared address space of carriers.
pub(crate) fn rfc6598() -> &'static Addresses {
    static SET: LazyLock<Addresses> = LazyLock::new(|| nets(&["100.64.0.0/10"]));
    &SET
}

/// RFC 1918, RFC 6598, and IPv6's unique local addresses.
pub(crate) fn private() -> Addresses {
    rfc1918().union(rfc6598()).union(&nets(&["fc00::/7"]))
}

/// Every globally reachable address. The documentation ranges count as such: people write them in examples.
pub(crate) fn global() -> &'static Addresses {
    static SET: LazyLock<Addresses> = LazyLock::new(|| {
        let everything = nets(&["0.0.0.0/0", "2000::/3"]);
        everything
            .subtract(&nets(&[
                "0.0.0.0/8",
                "10.0.0.0/8",
                "100.64.0.0/10",
                "127.0.0.0/8",
                "169.254.0.0/16",
                "172.16.0.0/12",
                "192.0.0.0/24",
                "192.88.99.0/24",
                "192.168.0.0/16",
                "198.18.0.0/15",
                "224.0.0.0/4",
                "240.0.0.0/4",
                "2001::/23",
                "2002::/16",
            ]))
            .union(&nets(&[
                "192.0.0.9/32",
                "192.0.0.10/32",
                "2001:1::1/128",
                "2001:1::2/128",
                "2001:3::/32",
                "2001:4:112::/48",
                "2001:20::/28",
                "2001:30::/28",
            ]))
    });
    &SET
}

/// Addresses that no route forwards, however wide.
///
/// <https://docs.aws.amazon.com/vpc/latest/userguide/subnet-route-tables.html>
pub(crate) fn never_forwarded() -> &'static Addresses {
    static SET: LazyLock<Addresses> = LazyLock::new(|| nets(&["169.254.168.0/22", "fd00:ec2::/32"]));
    &SET
}

/// VPC Lattice's link-local addresses, which its managed prefix lists hold. Security groups and network ACLs filter what
/// goes there; which service answers, none of the calls of EC2 tells.
///
/// <https://docs.aws.amazon.com/vpc-lattice/latest/ug/security-groups.html>
pub(crate) fn lattice() -> &'static Addresses {
    static SET: LazyLock<Addresses> = LazyLock::new(|| nets(&["169.254.171.0/24", "fd00:ec2:80::/64"]));
    &SET
}

/// AWS's services at link-local addresses, which no security group and no network ACL filters: Amazon DNS, instance
/// and ECS task metadata, Time Sync, Windows licence activation.
///
/// <https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-groups.html>
pub(crate) fn link_local_services() -> &'static Addresses {
    static SET: LazyLock<Addresses> = LazyLock::new(|| {
        nets(&[
            "169.254.169.123/32",
            "169.254.169.249/32",
            "169.254.169.250/32",
            "169.254.169.251/32",
            "169.254.169.253/32",
            "169.254.169.254/32",
            "169.254.170.2/32",
            "fd00:ec2::123/128",
            "fd00:ec2::240/128",
            "fd00:ec2::253/128",
            "fd00:ec2::254/128",
        ])
    });
    &SET
}

/// Addresses of a whole group of receivers.
pub(crate) fn multicast() -> &'static Addresses {
    static SET: LazyLock<Addresses> = LazyLock::new(|| nets(&["224.0.0.0/4", "ff00::/8"]));
    &SET
}

/// IPv6 addresses that stand for IPv4 ones at a NAT gateway.
pub(crate) fn nat64() -> &'static Addresses {
    static SET: LazyLock<Addresses> = LazyLock::new(|| nets(&["64:ff9b::/96"]));
    &SET
}
