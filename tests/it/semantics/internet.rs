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
        n.edit("RouteTables", "rtb-s", |t| {
            t["Routes"]
                .as_array_mut()
                .expect("a list")
                .retain(|r| r["GatewayId"] == "local");
        })
        .route("rtb-s", "0.0.0.0/0", "eni-m");
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
            "a detached gateway",
            &with(&public(), |n| {
                n.set("InternetGateways", "igw-a", "Attachments", serde_json::json!([]));
            }),
            out(),
            B,
        ),
    ]
}
