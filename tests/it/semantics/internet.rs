//! Internet gateways (vpc/latest/userguide/VPC_Internet_Gateway.html, egress-only-internet-gateway.html).

use super::*;
use crate::ask::{Source, What, from, ip, tcp};

/// A public client `eni-c` and a public server `eni-s`.
fn public() -> Network {
    with(&pair(), |n| {
        n.igw("igw-a", "vpc-a")
            .route("rtb-a", "0.0.0.0/0", "igw-a")
            .public("eni-c", "198.51.100.1")
            .public("eni-s", "198.51.100.2");
    })
}

fn v6(target: &'static str) -> Network {
    with(&pair(), |n| {
        n.vpc_v6("vpc-a", "2600:1f00:a::/56", "public")
            .subnet_v6("subnet-c", "2600:1f00:a:1::/64")
            .address("eni-c", "2600:1f00:a:1::10")
            .igw("igw-a", "vpc-a")
            .eigw("eigw-a", "vpc-a")
            .route("rtb-a", "::/0", target);
    })
}

/// A client behind an egress-only internet gateway, and a server `eni-b` of another VPC with an internet gateway.
fn two_v6() -> Network {
    let mut n = Network::new();
    n.vpc("vpc-a", "10.0.0.0/16")
        .vpc("vpc-b", "10.1.0.0/16")
        .vpc_v6("vpc-a", "2600:1f00:a::/56", "public")
        .vpc_v6("vpc-b", "2600:1f00:b::/56", "public")
        .subnet("subnet-c", "vpc-a", "10.0.1.0/24", "a")
        .subnet("subnet-b", "vpc-b", "10.1.1.0/24", "a")
        .subnet_v6("subnet-c", "2600:1f00:a:1::/64")
        .subnet_v6("subnet-b", "2600:1f00:b:1::/64")
        .interface("eni-c", "subnet-c", "10.0.1.10")
        .address("eni-c", "2600:1f00:a:1::10")
        .interface("eni-b", "subnet-b", "10.1.1.10")
        .address("eni-b", "2600:1f00:b:1::10")
        .eigw("eigw-a", "vpc-a")
        .route("rtb-a", "::/0", "eigw-a")
        .igw("igw-b", "vpc-b")
        .route("rtb-b", "::/0", "igw-b");
    n
}

/// The server answers to ports from 32768 on only; the client's subnet leads to a NAT gateway.
fn task_by_nat() -> Network {
    with(&public(), |n| {
        n.subnet("subnet-n", "vpc-a", "10.0.4.0/24", "a")
            .nat("nat-a", "subnet-n", "10.0.4.5", "198.51.100.9")
            .table("rtb-c", "vpc-a", &["subnet-c"])
            .route("rtb-c", "0.0.0.0/0", "nat-a")
            .acl("acl-x", "vpc-a", &["subnet-s"])
            .open("acl-x", false)
            .entry(
                "acl-x",
                crate::network::entry(100, true, "allow", "6", "0.0.0.0/0", (32768, 65535)),
            );
    })
}

fn from_internet(to: &str) -> Ask {
    let source = if to.contains(':') {
        "2606:4700::1111"
    } else {
        "203.0.113.7"
    };
    from(Source::Internet(ip(source)), to, What::Tcp(443))
}

pub(super) fn lines() -> Vec<Line> {
    let out = || tcp("eni-c", "203.0.113.7", 443);
    let no_public = with(&pair(), |n| {
        n.igw("igw-a", "vpc-a").route("rtb-a", "0.0.0.0/0", "igw-a");
    });
    let elsewhere = with(&pair(), |n| {
        n.vpc("vpc-x", "10.7.0.0/16")
            .igw("igw-x", "vpc-x")
            .public("eni-c", "198.51.100.1")
            .blackhole("rtb-a", "0.0.0.0/0", "igw-x");
    });
    let behind_nat = with(&public(), |n| {
        n.subnet("subnet-n", "vpc-a", "10.0.4.0/24", "a")
            .nat("nat-a", "subnet-n", "10.0.4.5", "198.51.100.9")
            .table("rtb-s", "vpc-a", &["subnet-s"])
            .route("rtb-s", "0.0.0.0/0", "nat-a");
    });
    let takes = |whom: &'static str| {
        with(&public(), |n| {
            n.outward_group("sg-client", "vpc-a")
                .outward_group("sg-server", "vpc-a")
                .ingress("sg-server", "tcp", (443, 443), whom)
                .set(
                    "NetworkInterfaces",
                    "eni-c",
                    "Groups",
                    serde_json::json!([{"GroupId": "sg-client"}]),
                )
                .set(
                    "NetworkInterfaces",
                    "eni-s",
                    "Groups",
                    serde_json::json!([{"GroupId": "sg-server"}]),
                );
        })
    };
    let to_public = || tcp("eni-c", "198.51.100.2", 443);
    let redirected = with(&public(), |n| {
        n.subnet("subnet-m", "vpc-a", "10.0.6.0/24", "a")
            .interface("eni-m", "subnet-m", "10.0.6.10")
            .set("NetworkInterfaces", "eni-m", "SourceDestCheck", false.into())
            .public("eni-m", "198.51.100.6")
            .edge_table("rtb-e", "vpc-a", "igw-a")
            .route("rtb-e", "10.0.2.0/24", "eni-m")
            .table("rtb-s", "vpc-a", &["subnet-s"])
            .route("rtb-s", "0.0.0.0/0", "igw-a");
    });
    let redirected_back = with(&redirected, |n| {
        n.only_local("rtb-s").route("rtb-s", "0.0.0.0/0", "eni-m");
    });
    vec![
        line("an Elastic IP, out", &public(), out(), R).at("internet"),
        line("an Elastic IP, in", &public(), from_internet("198.51.100.2"), R).at("eni-s"),
        line("no public address", &no_public, out(), B),
        line(
            "a public address that nobody has, in",
            &public(),
            from_internet("198.51.100.77"),
            B,
        ),
        line(
            "a private destination by the default route",
            &public(),
            tcp("eni-c", "10.9.9.9", 443),
            B,
        ),
        line(
            "a shared-space destination by the default route",
            &public(),
            tcp("eni-c", "100.64.0.1", 443),
            B,
        ),
        line("a gateway of another VPC", &elsewhere, out(), B),
        line(
            "in, but the subnet answers by a NAT gateway",
            &behind_nat,
            from_internet("198.51.100.2"),
            B,
        ),
        line(
            "the same one way",
            &behind_nat,
            from_internet("198.51.100.2").one_way(),
            R,
        ),
        line(
            "to a public address of the same VPC, allowed as such",
            &takes("198.51.100.1/32"),
            to_public(),
            R,
        )
        .at("eni-s"),
        line(
            "to a public address of the same VPC, its private one allowed",
            &takes("10.0.1.10/32"),
            to_public(),
            B,
        ),
        line(
            "to a public address of the same VPC, its group allowed",
            &takes("sg-client"),
            to_public(),
            B,
        ),
        line(
            "to its private address, its group allowed",
            &takes("sg-client"),
            tcp("eni-c", "10.0.2.10", 443),
            R,
        ),
        line(
            "egress-only, out",
            &v6("eigw-a"),
            tcp("eni-c", "2606:4700::1111", 443),
            R,
        ),
        line(
            "egress-only, in",
            &v6("eigw-a"),
            from_internet("2600:1f00:a:1::10"),
            B,
        ),
        line(
            "IPv6 by the internet gateway, in",
            &v6("igw-a"),
            from_internet("2600:1f00:a:1::10"),
            R,
        ),
        line(
            "IPv6 by the internet gateway, out",
            &v6("igw-a"),
            tcp("eni-c", "2606:4700::1111", 443),
            R,
        ),
        line(
            "ping from the internet",
            &public(),
            from_internet("198.51.100.2").carrying(What::Echo),
            R,
        ),
        line(
            "in through an appliance",
            &redirected_back,
            from_internet("198.51.100.2"),
            U,
        ),
        line(
            "in through a transparent appliance, back through it",
            &redirected_back,
            from_internet("198.51.100.2"),
            R,
        )
        .transparent("eni-m"),
        line(
            "out past the appliance that the way in leads through",
            &redirected,
            tcp("eni-s", "203.0.113.7", 443),
            B,
        ),
        line(
            "the same past a transparent one",
            &redirected,
            tcp("eni-s", "203.0.113.7", 443),
            B,
        )
        .transparent("eni-m"),
        line(
            "out past the appliance, none asked to answer",
            &redirected,
            tcp("eni-s", "203.0.113.7", 443).one_way(),
            B,
        ),
        line(
            "a task with a public address to another public address",
            &public(),
            from(
                Source::Workload {
                    subnet: "subnet-c".into(),
                    groups: vec!["sg-open-a".into()],
                    public: true,
                },
                "198.51.100.2",
                What::Tcp(443),
            ),
            R,
        )
        .at("eni-s"),
        line(
            "in through an appliance without a public address",
            &with(&redirected_back, |n| {
                n.edit("NetworkInterfaces", "eni-m", |i| {
                    i.as_object_mut().expect("an object").remove("Association");
                    i["PrivateIpAddresses"][0]
                        .as_object_mut()
                        .expect("an object")
                        .remove("Association");
                });
            }),
            from_internet("198.51.100.2"),
            B,
        ),
        line(
            "egress-only to the IPv6 of another VPC, its own has no internet gateway",
            &two_v6(),
            tcp("eni-c", "2600:1f00:b:1::10", 443),
            R,
        )
        .at("eni-b"),
        line(
            "egress-only from outside: the other way round",
            &two_v6(),
            tcp("eni-b", "2600:1f00:a:1::10", 443),
            B,
        ),
        line(
            "a task with a public address by a NAT gateway to another public address",
            &task_by_nat(),
            from(
                Source::Workload {
                    subnet: "subnet-c".into(),
                    groups: vec!["sg-open-a".into()],
                    public: true,
                },
                "198.51.100.2",
                What::Tcp(443),
            )
            .client_ports(40000..=40000),
            P,
        ),
        line(
            "a detached gateway",
            &with(&public(), |n| {
                n.set("InternetGateways", "igw-a", "Attachments", serde_json::json!([]));
            }),
            out(),
            B,
        ),
    ]
}
