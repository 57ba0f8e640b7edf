//! NAT gateways (vpc/latest/userguide/nat-gateway-basics.html, nat-gateway-troubleshooting.html).

use super::*;
use crate::ask::{Source, What, from, ip, tcp};
use crate::network::entry;

/// A private client `eni-c` 10.0.1.10, a NAT gateway `nat-a` in a public subnet, an internet gateway.
fn private() -> Network {
    let mut n = Network::new();
    n.vpc("vpc-a", "10.0.0.0/16")
        .subnet("subnet-c", "vpc-a", "10.0.1.0/24", "a")
        .subnet("subnet-n", "vpc-a", "10.0.4.0/24", "a")
        .igw("igw-a", "vpc-a")
        .route("rtb-a", "0.0.0.0/0", "nat-a")
        .table("rtb-n", "vpc-a", &["subnet-n"])
        .route("rtb-n", "0.0.0.0/0", "igw-a")
        .nat("nat-a", "subnet-n", "10.0.4.5", "198.51.100.9")
        .interface("eni-c", "subnet-c", "10.0.1.10");
    n
}

fn state(state: &'static str) -> Network {
    with(&private(), |n| {
        n.set("NatGateways", "nat-a", "State", state.into());
    })
}

/// The client's VPC peered with `vpc-p` 10.9.0.0/16 and its server `eni-p`, which has no route back.
fn one_way_peer(by_nat: bool) -> Network {
    with(&private(), |n| {
        n.vpc("vpc-p", "10.9.0.0/16")
            .subnet("subnet-p", "vpc-p", "10.9.1.0/24", "a")
            .interface("eni-p", "subnet-p", "10.9.1.10")
            .peering("pcx-1", "vpc-a", "vpc-p")
            .route("rtb-n", "10.9.0.0/16", "pcx-1");
        if !by_nat {
            n.route("rtb-a", "10.9.0.0/16", "pcx-1");
        }
    })
}

/// A client `eni-p` of a peer whose default route is the peering.
fn peer_client() -> Network {
    with(&private(), |n| {
        n.vpc("vpc-p", "10.9.0.0/16")
            .subnet("subnet-p", "vpc-p", "10.9.1.0/24", "a")
            .interface("eni-p", "subnet-p", "10.9.1.10")
            .peering("pcx-1", "vpc-a", "vpc-p")
            .route("rtb-p", "0.0.0.0/0", "pcx-1")
            .route("rtb-n", "10.9.0.0/16", "pcx-1");
    })
}

/// A client `eni-p` behind a transit gateway that leads to the NAT gateway.
fn central(back: bool) -> Network {
    with(&private(), |n| {
        n.vpc("vpc-p", "10.9.0.0/16")
            .subnet("subnet-p", "vpc-p", "10.9.1.0/24", "a")
            .interface("eni-p", "subnet-p", "10.9.1.10")
            .subnet("subnet-t", "vpc-a", "10.0.5.0/24", "a")
            .tgw("tgw-1")
            .attach("tgw-attach-a", "tgw-1", "vpc-a", &["subnet-t"], "tgw-rtb-1")
            .attach("tgw-attach-p", "tgw-1", "vpc-p", &["subnet-p"], "tgw-rtb-1")
            .tgw_route("tgw-rtb-1", "0.0.0.0/0", Some(("tgw-attach-a", "vpc", "vpc-a")))
            .route("rtb-p", "0.0.0.0/0", "tgw-1");
        if back {
            n.route("rtb-n", "10.9.0.0/16", "tgw-1");
        }
    })
}

/// A client with IPv6 only towards the world.
fn v6() -> Network {
    with(&private(), |n| {
        n.vpc_v6("vpc-a", "2600:1f00:a::/56", "public")
            .subnet_v6("subnet-c", "2600:1f00:a:1::/64")
            .address("eni-c", "2600:1f00:a:1::10")
            .edit("RouteTables", "rtb-n", |t| {
                t["Routes"]
                    .as_array_mut()
                    .expect("a list")
                    .push(crate::network::route("2600:1f00:a::/56", "local"));
            })
            .eigw("eigw-a", "vpc-a")
            .route("rtb-a", "::/0", "eigw-a");
    })
}

/// S3's endpoint in the table of the gateway's subnet only.
fn endpoint_at_gateway() -> Network {
    with(&private(), |n| {
        n.prefix_list("pl-s3", &["52.216.0.0/15"])
            .gateway_endpoint("vpce-s3", "vpc-a", "pl-s3", &["rtb-n"]);
    })
}

fn regional(auto: &'static str, zone: &'static str) -> Network {
    let mut n = Network::new();
    n.vpc("vpc-a", "10.0.0.0/16")
        .subnet("subnet-c", "vpc-a", "10.0.1.0/24", "a")
        .igw("igw-a", "vpc-a")
        .route("rtb-a", "0.0.0.0/0", "nat-a")
        .interface("eni-c", "subnet-c", "10.0.1.10")
        .table("rtb-r", "vpc-a", &[])
        .route("rtb-r", "0.0.0.0/0", "igw-a")
        .nat("nat-a", "subnet-c", "10.0.1.5", "198.51.100.9")
        .remove("NetworkInterfaces", "eni-of-nat-a")
        .edit("NatGateways", "nat-a", |g| {
            let fields = g.as_object_mut().expect("an object");
            fields.remove("SubnetId");
            fields.insert("AvailabilityMode".into(), "regional".into());
            fields.insert("AutoProvisionZones".into(), auto.into());
            fields.insert("RouteTableId".into(), "rtb-r".into());
            fields.insert(
                "NatGatewayAddresses".into(),
                serde_json::json!([{
                    "PublicIp": "198.51.100.9", "Status": "succeeded", "AvailabilityZone": zone,
                }]),
            );
        });
    n
}

pub(super) fn lines() -> Vec<Line> {
    let out = || tcp("eni-c", "203.0.113.7", 443);
    let no_default = with(&private(), |n| {
        n.only_local("rtb-n");
    });
    let private_one = with(&private(), |n| {
        n.edit("NatGateways", "nat-a", |g| {
            g["ConnectivityType"] = "private".into();
            g["NatGatewayAddresses"][0]
                .as_object_mut()
                .expect("an object")
                .remove("PublicIp");
        })
        .edit("NetworkInterfaces", "eni-of-nat-a", |i| {
            let primary = &mut i["PrivateIpAddresses"][0];
            primary.as_object_mut().expect("an object").remove("Association");
            i.as_object_mut().expect("an object").remove("Association");
        });
    });
    let in_one_subnet = with(&private(), |n| {
        n.interface("eni-n", "subnet-n", "10.0.4.10")
            .edit("RouteTables", "rtb-n", |t| {
                t["Routes"] = serde_json::json!([
                    crate::network::route("10.0.0.0/16", "local"),
                    crate::network::route("0.0.0.0/0", "nat-a")
                ]);
            });
    });
    let narrow = with(&private(), |n| {
        n.acl("acl-n", "vpc-a", &["subnet-n"])
            .open("acl-n", true)
            .entry(
                "acl-n",
                entry(100, false, "allow", "6", "10.0.0.0/16", (443, 443)),
            )
            .entry(
                "acl-n",
                entry(110, false, "allow", "6", "0.0.0.0/0", (32768, 65535)),
            );
    });
    let wide = with(&narrow, |n| {
        n.entry(
            "acl-n",
            entry(120, false, "allow", "6", "0.0.0.0/0", (1024, 32767)),
        );
    });
    let second_address = |status: &'static str| {
        with(&private(), |n| {
            n.edit("NatGateways", "nat-a", |g| {
                g["NatGatewayAddresses"]
                    .as_array_mut()
                    .expect("a list")
                    .push(serde_json::json!({
                        "PrivateIp": "10.0.4.6", "NetworkInterfaceId": "eni-of-nat-a", "Status": status,
                    }));
            })
            .address("eni-of-nat-a", "10.0.4.6");
        })
    };
    let nat64 = with(&v6(), |n| {
        n.route("rtb-a", "64:ff9b::/96", "nat-a");
    });
    let translated = || tcp("eni-c", "64:ff9b::cb00:7107", 443);
    let server_acl = with(&one_way_peer(true), |n| {
        n.acl("acl-x", "vpc-p", &["subnet-p"]).open("acl-x", false).entry(
            "acl-x",
            entry(100, true, "allow", "6", "0.0.0.0/0", (32768, 65535)),
        );
    });
    vec![
        line("private, NAT gateway, internet gateway", &private(), out(), R),
        line(
            "the gateway's subnet without a default route",
            &no_default,
            out(),
            B,
        ),
        line(
            "a private NAT gateway and an internet gateway",
            &private_one,
            out(),
            B,
        ),
        line(
            "a NAT gateway that is being deleted",
            &state("deleting"),
            out(),
            U,
        ),
        line("a NAT gateway that failed", &state("failed"), out(), B),
        line("a NAT gateway in the making", &state("pending"), out(), B),
        line(
            "client and gateway in one subnet",
            &in_one_subnet,
            tcp("eni-n", "203.0.113.7", 443),
            B,
        ),
        line(
            "a peer's client",
            &peer_client(),
            tcp("eni-p", "203.0.113.7", 443),
            B,
        ),
        line(
            "a client behind a transit gateway",
            &central(true),
            tcp("eni-p", "203.0.113.7", 443),
            R,
        ),
        line(
            "the same without a way back",
            &central(false),
            tcp("eni-p", "203.0.113.7", 443),
            B,
        ),
        line(
            "over a peering by the gateway, no route back",
            &one_way_peer(true),
            tcp("eni-c", "10.9.1.10", 443),
            R,
        ),
        line(
            "over a peering directly, no route back",
            &one_way_peer(false),
            tcp("eni-c", "10.9.1.10", 443),
            B,
        ),
        line(
            "over a peering by the gateway, replies to 32768-65535",
            &server_acl,
            tcp("eni-c", "10.9.1.10", 443),
            P,
        ),
        line("SCTP", &private(), out().carrying(What::Protocol(132)), B),
        line("ping", &private(), out().carrying(What::Echo), R),
        line("UDP", &private(), out().carrying(What::Udp(53)), R),
        line(
            "the gateway's subnet takes replies to 32768-65535",
            &narrow,
            out(),
            P,
        ),
        line(
            "the gateway's subnet takes replies to 1024-65535",
            &wide,
            out(),
            R,
        ),
        line(
            "one of two addresses without an Elastic IP",
            &second_address("succeeded"),
            out(),
            P,
        ),
        line(
            "one of two addresses not in use",
            &second_address("failed"),
            out(),
            R,
        ),
        line("NAT64", &nat64, translated(), R),
        line("NAT64 without its route", &v6(), translated(), B),
        line(
            "other IPv6 to the gateway",
            &with(&v6(), |n| {
                n.route("rtb-a", "2606:4700::/32", "nat-a");
            }),
            tcp("eni-c", "2606:4700::1111", 443),
            B,
        ),
        line(
            "regional, its zone has an address",
            &regional("disabled", "eu-west-1a"),
            out(),
            R,
        ),
        line(
            "regional, automatic, the zone has none",
            &regional("enabled", "eu-west-1b"),
            out(),
            R,
        ),
        line(
            "regional, by hand, the zone has none",
            &regional("disabled", "eu-west-1b"),
            out(),
            B,
        ),
        line(
            "to the gateway's Elastic IP address",
            &private(),
            from(
                Source::Internet(ip("203.0.113.7")),
                "198.51.100.9",
                What::Tcp(443),
            ),
            B,
        ),
        line(
            "to the gateway's private address",
            &private(),
            tcp("eni-c", "10.0.4.5", 443),
            B,
        ),
        line(
            "from the gateway itself over a peering, no route back",
            &one_way_peer(true),
            from(Source::NatGateway("nat-a".into()), "10.9.1.10", What::Tcp(443)),
            R,
        ),
        line(
            "GRE from the gateway itself",
            &private(),
            from(
                Source::NatGateway("nat-a".into()),
                "10.0.1.10",
                What::Protocol(47),
            ),
            B,
        ),
        line(
            "what a client sends by the gateway meets a gateway endpoint",
            &endpoint_at_gateway(),
            tcp("eni-c", "52.216.1.1", 443),
            U,
        ),
        line(
            "what the gateway itself sends meets a gateway endpoint",
            &endpoint_at_gateway(),
            from(Source::NatGateway("nat-a".into()), "52.216.1.1", What::Tcp(443)),
            U,
        ),
        line(
            "from the gateway itself",
            &private(),
            from(Source::NatGateway("nat-a".into()), "203.0.113.7", What::Tcp(443)),
            R,
        ),
    ]
}
