//! Network interfaces (AWSEC2/latest/UserGuide/using-eni.html, ec2-prefix-eni.html).

use super::*;
use crate::ask::{Source, What, from, ip, tcp};

fn container(check: bool) -> Network {
    with(&pair(), |n| {
        n.set("NetworkInterfaces", "eni-c", "SourceDestCheck", check.into());
    })
}

/// The server with a second interface in a subnet that leads to a NAT gateway; the first is public.
fn two_interfaces() -> Network {
    with(&pair(), |n| {
        n.igw("igw-a", "vpc-a")
            .table("rtb-s", "vpc-a", &["subnet-s"])
            .route("rtb-s", "0.0.0.0/0", "igw-a")
            .subnet("subnet-n", "vpc-a", "10.0.4.0/24", "a")
            .table("rtb-n", "vpc-a", &["subnet-n"])
            .route("rtb-n", "0.0.0.0/0", "igw-a")
            .nat("nat-a", "subnet-n", "10.0.4.5", "198.51.100.9")
            .subnet("subnet-2", "vpc-a", "10.0.5.0/24", "b")
            .table("rtb-2", "vpc-a", &["subnet-2"])
            .route("rtb-2", "0.0.0.0/0", "nat-a")
            .public("eni-s", "198.51.100.2")
            .bare_interface("eni-s2", "subnet-2", "10.0.5.10", &["sg-open-a"])
            .set(
                "NetworkInterfaces",
                "eni-s2",
                "Attachment",
                serde_json::json!({"InstanceId": "i-s", "DeviceIndex": 1, "Status": "attached"}),
            );
    })
}

/// An interface endpoint with IPv6 that denies internet traffic, a peer, an internet gateway.
fn endpoint_v6() -> Network {
    let mut n = Network::new();
    n.vpc("vpc-a", "10.0.0.0/16")
        .vpc("vpc-p", "10.9.0.0/16")
        .vpc_v6("vpc-a", "2600:1f00:a::/56", "public")
        .vpc_v6("vpc-p", "2600:1f00:b::/56", "public")
        .subnet("subnet-e", "vpc-a", "10.0.1.0/24", "a")
        .subnet("subnet-p", "vpc-p", "10.9.1.0/24", "a")
        .subnet_v6("subnet-e", "2600:1f00:a:1::/64")
        .subnet_v6("subnet-p", "2600:1f00:b:1::/64")
        .interface("eni-p", "subnet-p", "10.9.1.10")
        .address("eni-p", "2600:1f00:b:1::10")
        .interface_endpoint("vpce-e", "subnet-e", "10.0.1.20", &["sg-open-a"])
        .address("eni-of-vpce-e", "2600:1f00:a:1::20")
        .set(
            "NetworkInterfaces",
            "eni-of-vpce-e",
            "DenyAllIgwTraffic",
            true.into(),
        )
        .igw("igw-a", "vpc-a")
        .route("rtb-a", "::/0", "igw-a")
        .peering("pcx-1", "vpc-a", "vpc-p")
        .route("rtb-a", "2600:1f00:b::/56", "pcx-1")
        .route("rtb-p", "2600:1f00:a::/56", "pcx-1");
    n
}

/// The server with a second interface in another subnet, its check off: it could answer from there.
fn unchecked_second() -> Network {
    with(&pair(), |n| {
        n.group("sg-shut", "vpc-a")
            .subnet("subnet-2", "vpc-a", "10.0.5.0/24", "b")
            .bare_interface("eni-s2", "subnet-2", "10.0.5.10", &["sg-shut"])
            .set("NetworkInterfaces", "eni-s2", "SourceDestCheck", false.into())
            .set(
                "NetworkInterfaces",
                "eni-s2",
                "Attachment",
                serde_json::json!({"InstanceId": "i-s", "DeviceIndex": 1, "Status": "attached"}),
            );
    })
}

/// The client with a second interface: what it sends by the first from the second's address.
fn other_of_its_addresses() -> Network {
    with(&pair(), |n| {
        n.set("NetworkInterfaces", "eni-c", "SourceDestCheck", false.into())
            .subnet("subnet-2", "vpc-a", "10.0.5.0/24", "b")
            .bare_interface("eni-c2", "subnet-2", "10.0.5.10", &["sg-open-a"])
            .set(
                "NetworkInterfaces",
                "eni-c2",
                "Attachment",
                serde_json::json!({"InstanceId": "i-c", "DeviceIndex": 1, "Status": "attached"}),
            );
    })
}

pub(super) fn lines() -> Vec<Line> {
    let bridge = || {
        from(
            Source::InterfaceAs("eni-c".into(), ip("172.17.0.2")),
            "10.0.2.10",
            What::Tcp(443),
        )
    };
    let delegated = with(&pair(), |n| {
        n.set(
            "NetworkInterfaces",
            "eni-s",
            "Ipv4Prefixes",
            serde_json::json!([{"Ipv4Prefix": "10.0.2.16/28"}]),
        );
    });
    let state = |state: &'static str| {
        with(&pair(), |n| {
            n.instance_state("i-s", state);
        })
    };
    let detached = with(&pair(), |n| {
        n.set("NetworkInterfaces", "eni-s", "Status", "available".into())
            .edit("NetworkInterfaces", "eni-s", |i| {
                i.as_object_mut().expect("an object").remove("Attachment");
            });
    });
    let secondary = with(&pair(), |n| {
        n.igw("igw-a", "vpc-a")
            .route("rtb-a", "0.0.0.0/0", "igw-a")
            .public("eni-c", "198.51.100.1")
            .address("eni-c", "10.0.1.11");
    });
    let ask = || tcp("eni-c", "10.0.2.10", 443);
    let out_as = |address: &str| {
        from(
            Source::InterfaceAs("eni-c".into(), ip(address)),
            "203.0.113.7",
            What::Tcp(443),
        )
    };
    vec![
        line(
            "a container's address, check on",
            &container(true),
            bridge().one_way(),
            B,
        ),
        line(
            "a container's address, check off",
            &container(false),
            bridge().one_way(),
            R,
        ),
        line(
            "a container's address, check off, its reply",
            &container(false),
            bridge(),
            B,
        ),
        line(
            "an address of a delegated prefix",
            &delegated,
            tcp("eni-c", "10.0.2.20", 443),
            R,
        ),
        line(
            "an address beside a delegated prefix",
            &delegated,
            tcp("eni-c", "10.0.2.32", 443),
            B,
        ),
        line("a stopped target", &state("stopped"), ask(), B),
        line("a target that starts", &state("pending"), ask(), U),
        line("a target that stops", &state("stopping"), ask(), U),
        line("a detached interface", &detached, ask(), B),
        line(
            "the primary address with an Elastic IP",
            &secondary,
            out_as("10.0.1.10"),
            R,
        ),
        line("a secondary address without", &secondary, out_as("10.0.1.11"), B),
        line(
            "two interfaces, which of them answers",
            &two_interfaces(),
            from(
                Source::Internet(ip("203.0.113.7")),
                "198.51.100.2",
                What::Tcp(443),
            ),
            U,
        ),
        line(
            "two interfaces, none asked to answer",
            &two_interfaces(),
            from(
                Source::Internet(ip("203.0.113.7")),
                "198.51.100.2",
                What::Tcp(443),
            )
            .one_way(),
            R,
        ),
        line(
            "two interfaces, the other one's groups know nothing of the request",
            &unchecked_second(),
            ask(),
            U,
        ),
        line(
            "two interfaces, by the one from the other's address, check off",
            &other_of_its_addresses(),
            from(
                Source::InterfaceAs("eni-c".into(), ip("10.0.5.10")),
                "10.0.2.10",
                What::Tcp(443),
            )
            .one_way(),
            R,
        ),
        line(
            "an endpoint's IPv6 from the internet",
            &endpoint_v6(),
            from(
                Source::Internet(ip("2606:4700::1111")),
                "2600:1f00:a:1::20",
                What::Tcp(443),
            ),
            B,
        ),
        line(
            "an endpoint's IPv6 from a peer",
            &endpoint_v6(),
            tcp("eni-p", "2600:1f00:a:1::20", 443),
            R,
        ),
    ]
}
