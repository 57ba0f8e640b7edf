//! Route tables (vpc/latest/userguide/route-tables-priority.html, subnet-route-tables.html).

use super::*;
use crate::ask::tcp;

/// The client in 10.0.0.0/16 with an internet gateway and a public address.
fn public_client() -> Network {
    with(&pair(), |n| {
        n.igw("igw-a", "vpc-a")
            .route("rtb-a", "0.0.0.0/0", "igw-a")
            .public("eni-c", "198.51.100.1");
    })
}

/// A second VPC 10.20.0.0/16 with a server `eni-f` 10.20.3.4.
fn far(n: &mut Network) {
    n.vpc("vpc-f", "10.20.0.0/16")
        .subnet("subnet-f", "vpc-f", "10.20.3.0/24", "a")
        .interface("eni-f", "subnet-f", "10.20.3.4");
}

/// A transit gateway between the two.
fn transit(n: &mut Network) {
    n.tgw("tgw-1")
        .attach("tgw-attach-a", "tgw-1", "vpc-a", &["subnet-c"], "tgw-rtb-1")
        .attach("tgw-attach-f", "tgw-1", "vpc-f", &["subnet-f"], "tgw-rtb-1");
}

/// The client behind a NAT gateway, reached by prefix list `pl-1`; `pl-2` holds the same entry.
fn two_lists() -> Network {
    with(&pair(), |n| {
        n.igw("igw-a", "vpc-a")
            .subnet("subnet-n", "vpc-a", "10.0.4.0/24", "a")
            .table("rtb-n", "vpc-a", &["subnet-n"])
            .route("rtb-n", "0.0.0.0/0", "igw-a")
            .nat("nat-a", "subnet-n", "10.0.4.5", "198.51.100.9")
            .prefix_list("pl-1", &["203.0.113.0/24"])
            .prefix_list("pl-2", &["198.18.0.0/24", "203.0.113.0/24"])
            .route("rtb-a", "pl-1", "nat-a");
        far(n);
        transit(n);
    })
}

pub(super) fn lines() -> Vec<Line> {
    let by_peering = with(&public_client(), |n| {
        far(n);
        n.peering("pcx-1", "vpc-a", "vpc-f")
            .route("rtb-a", "10.20.0.0/16", "pcx-1")
            .route("rtb-f", "10.0.0.0/16", "pcx-1");
    });
    let beside_propagated = with(&pair(), |n| {
        far(n);
        transit(n);
        n.vgw("vgw-a", "vpc-a")
            .propagated("rtb-a", "10.20.0.0/16", "vgw-a")
            .route("rtb-a", "10.20.0.0/16", "tgw-1")
            .route("rtb-f", "10.0.0.0/16", "tgw-1");
    });
    let propagated_inside = with(&pair(), |n| {
        n.vgw("vgw-a", "vpc-a")
            .propagated("rtb-a", "10.0.2.0/24", "vgw-a");
    });
    let static_inside = with(&pair(), |n| {
        n.subnet("subnet-m", "vpc-a", "10.0.3.0/24", "a")
            .interface("eni-m", "subnet-m", "10.0.3.10")
            .set("NetworkInterfaces", "eni-m", "SourceDestCheck", false.into())
            .table("rtb-c", "vpc-a", &["subnet-c"])
            .route("rtb-c", "10.0.2.0/24", "eni-m");
    });
    let replaced_local = with(&pair(), |n| {
        n.subnet("subnet-m", "vpc-a", "10.0.3.0/24", "a")
            .interface("eni-m", "subnet-m", "10.0.3.10")
            .interface("eni-n", "subnet-c", "10.0.1.11")
            .set("NetworkInterfaces", "eni-m", "SourceDestCheck", false.into())
            .table("rtb-c", "vpc-a", &["subnet-c"])
            .edit("RouteTables", "rtb-c", |t| {
                t["Routes"] = serde_json::json!([crate::network::route("10.0.0.0/16", "eni-m")]);
            });
    });
    let blackhole = with(&pair(), |n| {
        far(n);
        transit(n);
        n.route("rtb-a", "10.0.0.0/8", "tgw-1")
            .route("rtb-f", "10.0.0.0/8", "tgw-1")
            .blackhole("rtb-a", "10.20.0.0/16", "pcx-gone");
    });
    let no_blackhole = with(&pair(), |n| {
        far(n);
        transit(n);
        n.route("rtb-a", "10.0.0.0/8", "tgw-1")
            .route("rtb-f", "10.0.0.0/8", "tgw-1");
    });
    let lists_differ = with(&two_lists(), |n| {
        n.route("rtb-a", "pl-2", "tgw-1");
    });
    let lists_agree = with(&two_lists(), |n| {
        n.route("rtb-a", "pl-2", "nat-a");
    });
    let list_inside = with(&pair(), |n| {
        far(n);
        transit(n);
        n.prefix_list("pl-1", &["10.0.2.0/24"])
            .route("rtb-a", "pl-1", "tgw-1");
    });
    let v6 = with(&public_client(), |n| {
        n.vpc_v6("vpc-a", "2600:1f00:a::/56", "public")
            .subnet_v6("subnet-c", "2600:1f00:a:1::/64")
            .address("eni-c", "2600:1f00:a:1::10");
    });
    let out = || tcp("eni-c", "203.0.113.7", 443);
    let to_far = || tcp("eni-c", "10.20.3.4", 443);
    let to_server = || tcp("eni-c", "10.0.2.10", 443);
    vec![
        line("the longer prefix wins", &by_peering, to_far(), R).at("eni-f"),
        line("the shorter one takes the rest", &by_peering, out(), R).at("internet"),
        line("static before propagated", &beside_propagated, to_far(), R).at("eni-f"),
        line("propagated never beats local", &propagated_inside, to_server(), R).at("eni-s"),
        line(
            "a static route of a subnet beats local",
            &static_inside,
            to_server(),
            U,
        ),
        line(
            "a replaced local route and one subnet",
            &replaced_local,
            tcp("eni-c", "10.0.1.11", 443),
            R,
        ),
        line(
            "a replaced local route and two subnets",
            &replaced_local,
            to_server(),
            U,
        ),
        line("a blackhole is no way past it", &blackhole, to_far(), B),
        line("the same without the blackhole", &no_blackhole, to_far(), R),
        line(
            "without an association the main table",
            &public_client(),
            out(),
            R,
        ),
        line(
            "with an association not the main table",
            &with(&public_client(), |n| {
                n.table("rtb-c", "vpc-a", &["subnet-c"]);
            }),
            out(),
            B,
        ),
        line(
            "two lists with equal entries, two targets",
            &lists_differ,
            out(),
            U,
        ),
        line("two lists with equal entries, one target", &lists_agree, out(), R),
        line("a list's entry inside the VPC", &list_inside, to_server(), U),
        line(
            "an IPv6 packet and only 0.0.0.0/0",
            &v6,
            tcp("eni-c", "2606:4700::1111", 443),
            B,
        ),
        line(
            "169.254.168.0/22 is never forwarded",
            &public_client(),
            tcp("eni-c", "169.254.170.77", 443),
            B,
        ),
        line(
            "169.254.171.0/24 is VPC Lattice's, which is not modelled",
            &public_client(),
            tcp("eni-c", "169.254.171.0", 443),
            U,
        ),
        line(
            "a security group filters what goes to VPC Lattice",
            &with(&public_client(), |n| {
                n.group("sg-shut", "vpc-a").set(
                    "NetworkInterfaces",
                    "eni-c",
                    "Groups",
                    serde_json::json!([{"GroupId": "sg-shut"}]),
                );
            }),
            tcp("eni-c", "169.254.171.0", 443),
            B,
        ),
        line(
            "an association on its way out",
            &with(&public_client(), |n| {
                n.table("rtb-c", "vpc-a", &["subnet-c"])
                    .edit("RouteTables", "rtb-c", |t| {
                        t["Associations"][0]["AssociationState"]["State"] = "disassociating".into();
                    });
            }),
            out(),
            U,
        ),
        line(
            "a local gateway is not modelled",
            &with(&pair(), |n| {
                n.edit("RouteTables", "rtb-a", |t| {
                    t["Routes"]
                        .as_array_mut()
                        .expect("a list")
                        .push(serde_json::json!({
                            "DestinationCidrBlock": "0.0.0.0/0", "LocalGatewayId": "lgw-1", "State": "active",
                            "Origin": "CreateRoute",
                        }));
                });
            }),
            out(),
            U,
        ),
    ]
}
