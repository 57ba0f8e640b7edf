//! Security groups (vpc/latest/userguide/security-group-rules.html).

use super::*;
use crate::ask::{Source, What, from, tcp};

/// Client and server with groups of their own that know nothing of each other yet.
fn strangers() -> Network {
    let mut n = Network::new();
    n.vpc("vpc-a", "10.0.0.0/16")
        .subnet("subnet-c", "vpc-a", "10.0.1.0/24", "a")
        .subnet("subnet-s", "vpc-a", "10.0.2.0/24", "b")
        .outward_group("sg-client", "vpc-a")
        .group("sg-server", "vpc-a")
        .interface_in("eni-c", "subnet-c", "10.0.1.10", &["sg-client"])
        .interface_in("eni-s", "subnet-s", "10.0.2.10", &["sg-server"]);
    n
}

/// The client `eni-p` 10.9.1.10 with `sg-client` in a peered VPC; the server takes 443 from `sg-client`.
fn peers() -> Network {
    let mut n = Network::new();
    n.vpc("vpc-a", "10.0.0.0/16")
        .vpc("vpc-p", "10.9.0.0/16")
        .subnet("subnet-s", "vpc-a", "10.0.2.0/24", "b")
        .subnet("subnet-p", "vpc-p", "10.9.1.0/24", "a")
        .outward_group("sg-client", "vpc-p")
        .group("sg-server", "vpc-a")
        .ingress("sg-server", "tcp", (443, 443), "sg-client")
        .interface_in("eni-s", "subnet-s", "10.0.2.10", &["sg-server"])
        .interface_in("eni-p", "subnet-p", "10.9.1.10", &["sg-client"])
        .peering("pcx-1", "vpc-a", "vpc-p")
        .route("rtb-a", "10.9.0.0/16", "pcx-1")
        .route("rtb-p", "10.0.0.0/16", "pcx-1");
    n
}

/// The same over a transit gateway with the support switched on.
fn over_transit() -> Network {
    let mut n = Network::new();
    n.vpc("vpc-a", "10.0.0.0/16")
        .vpc("vpc-p", "10.9.0.0/16")
        .subnet("subnet-s", "vpc-a", "10.0.2.0/24", "a")
        .subnet("subnet-p", "vpc-p", "10.9.1.0/24", "a")
        .outward_group("sg-client", "vpc-p")
        .group("sg-server", "vpc-a")
        .ingress("sg-server", "tcp", (443, 443), "sg-client")
        .interface_in("eni-s", "subnet-s", "10.0.2.10", &["sg-server"])
        .interface_in("eni-p", "subnet-p", "10.9.1.10", &["sg-client"])
        .tgw("tgw-1")
        .attach("tgw-attach-a", "tgw-1", "vpc-a", &["subnet-s"], "tgw-rtb-1")
        .attach("tgw-attach-p", "tgw-1", "vpc-p", &["subnet-p"], "tgw-rtb-1")
        .route("rtb-a", "10.9.0.0/16", "tgw-1")
        .route("rtb-p", "10.0.0.0/16", "tgw-1")
        .edit("TransitGateways", "tgw-1", |t| {
            t["Options"]["SecurityGroupReferencingSupport"] = "enable".into();
        });
    n
}

pub(super) fn lines() -> Vec<Line> {
    let alike = with(&strangers(), |n| {
        n.group("sg-both", "vpc-a");
        for eni in ["eni-c", "eni-s"] {
            n.set(
                "NetworkInterfaces",
                eni,
                "Groups",
                serde_json::json!([{"GroupId": "sg-both"}]),
            );
        }
    });
    let itself = with(&alike, |n| {
        n.ingress("sg-both", "-1", (0, 0), "sg-both")
            .egress("sg-both", "-1", (0, 0), "sg-both");
    });
    let public = with(&itself, |n| {
        n.igw("igw-a", "vpc-a")
            .route("rtb-a", "0.0.0.0/0", "igw-a")
            .public("eni-c", "198.51.100.1")
            .public("eni-s", "198.51.100.2");
    });
    let public_open_out = with(&public, |n| {
        n.egress("sg-both", "-1", (0, 0), "0.0.0.0/0");
    });
    let other_region = with(&peers(), |n| {
        n.edit("VpcPeeringConnections", "pcx-1", |p| {
            p["AccepterVpcInfo"]["Region"] = "us-east-1".into();
        });
    });
    let other_region_block = with(&other_region, |n| {
        n.ingress("sg-server", "tcp", (443, 443), "10.9.1.0/24");
    });
    let stale_pair = with(&peers(), |n| {
        n.edit("SecurityGroups", "sg-server", |g| {
            g["IpPermissions"][0]["UserIdGroupPairs"][0]["PeeringStatus"] = "deleted".into();
        });
    });
    let egress_reference = with(&peers(), |n| {
        n.edit("SecurityGroups", "sg-client", |g| {
            g["IpPermissionsEgress"] = serde_json::json!([]);
        })
        .egress("sg-client", "tcp", (443, 443), "sg-server");
    });
    let transit_off = with(&over_transit(), |n| {
        n.edit("TransitGateways", "tgw-1", |t| {
            t["Options"]["SecurityGroupReferencingSupport"] = "disable".into();
        });
    });
    let transit_one_off = with(&over_transit(), |n| {
        n.edit("TransitGatewayVpcAttachments", "tgw-attach-a", |t| {
            t["Options"]["SecurityGroupReferencingSupport"] = "disable".into();
        });
    });
    let transit_az3 = with(&over_transit(), |n| {
        n.set("Subnets", "subnet-p", "AvailabilityZoneId", "use1-az3".into());
    });
    let transit_to_endpoint = with(&over_transit(), |n| {
        n.interface_endpoint("vpce-s", "subnet-s", "10.0.2.20", &["sg-server"]);
    });
    let transit_unread = with(&over_transit(), |n| {
        n.unread("TransitGateways");
    });
    let transit_egress = with(&over_transit(), |n| {
        n.edit("SecurityGroups", "sg-client", |g| {
            g["IpPermissionsEgress"] = serde_json::json!([]);
        })
        .egress("sg-client", "tcp", (443, 443), "sg-server");
    });
    let by_reference = with(&strangers(), |n| {
        n.ingress("sg-server", "tcp", (443, 443), "sg-client");
    });
    let firewalled = |n: &mut Network| {
        n.subnet("subnet-f", "vpc-a", "10.0.3.0/24", "a")
            .balancer_endpoint("vpce-f", "subnet-f")
            .table("rtb-c", "vpc-a", &["subnet-c"])
            .route("rtb-c", "10.0.2.0/24", "vpce-f")
            .table("rtb-s", "vpc-a", &["subnet-s"])
            .route("rtb-s", "10.0.1.0/24", "vpce-f");
    };
    let reference_behind = with(&by_reference, firewalled);
    let block_behind = with(&strangers(), |n| {
        n.ingress("sg-server", "tcp", (443, 443), "10.0.1.0/24");
        firewalled(n);
    });
    let narrow = with(&strangers(), |n| {
        n.edit("SecurityGroups", "sg-client", |g| {
            g["IpPermissionsEgress"] = serde_json::json!([]);
        })
        .egress("sg-client", "tcp", (443, 443), "10.0.2.10/32")
        .ingress("sg-server", "tcp", (443, 443), "10.0.1.10/32");
    });
    let server_takes = |protocol: &'static str, ports: (i32, i32), whom: &'static str| {
        with(&strangers(), |n| {
            n.ingress("sg-server", protocol, ports, whom);
        })
    };
    let unread_list = with(&strangers(), |n| {
        n.prefix_list("pl-x", &[])
            .edit("PrefixLists", "pl-x", |l| {
                l.as_object_mut().expect("an object").remove("Cidrs");
            })
            .ingress("sg-server", "tcp", (443, 443), "pl-x");
    });
    let unread_and_open = with(&unread_list, |n| {
        n.ingress("sg-server", "tcp", (443, 443), "10.0.0.0/8");
    });
    // What goes by a NAT gateway comes from that, whoever sent it.
    let translated = |whom: &'static str| {
        with(&strangers(), |n| {
            n.subnet("subnet-n", "vpc-a", "10.0.4.0/24", "a")
                .nat("nat-a", "subnet-n", "10.0.4.5", "198.51.100.9")
                .table("rtb-c", "vpc-a", &["subnet-c"])
                .route("rtb-c", "10.0.2.0/24", "nat-a")
                .ingress("sg-server", "tcp", (443, 443), whom);
        })
    };
    // A group of another VPC, associated with this one (vpc/latest/userguide/security-group-assoc.html).
    let associated = |interface: &'static str| {
        with(&strangers(), |n| {
            n.vpc("vpc-b", "10.1.0.0/16")
                .outward_group("sg-shared", "vpc-b")
                .set(
                    "NetworkInterfaces",
                    interface,
                    "Groups",
                    serde_json::json!([{"GroupId": "sg-shared"}]),
                );
        })
    };
    let from_associated = with(&associated("eni-c"), |n| {
        n.ingress("sg-server", "tcp", (443, 443), "sg-shared");
    });
    let to_associated = with(&associated("eni-s"), |n| {
        n.ingress("sg-shared", "tcp", (443, 443), "10.0.1.0/24");
    });
    let ask = || tcp("eni-c", "10.0.2.10", 443);
    let peer_ask = || tcp("eni-p", "10.0.2.10", 443);
    vec![
        line("one group without a rule", &alike, ask(), B),
        line(
            "a rule that names an associated group",
            &from_associated,
            ask(),
            R,
        ),
        line(
            "a rule that names the group of a sender behind a NAT gateway",
            &translated("sg-client"),
            ask(),
            B,
        ),
        line(
            "a rule with the NAT gateway's address",
            &translated("10.0.4.5/32"),
            ask(),
            R,
        ),
        line("the rules of an associated group", &to_associated, ask(), R),
        line(
            "an associated group without a rule",
            &associated("eni-s"),
            ask(),
            B,
        ),
        line("one group that refers to itself both ways", &itself, ask(), R),
        line(
            "the same to the server's Elastic IP address",
            &public,
            tcp("eni-c", "198.51.100.2", 443),
            B,
        ),
        line(
            "the same with all egress open",
            &public_open_out,
            tcp("eni-c", "198.51.100.2", 443),
            B,
        ),
        line("a group of a peer in the Region", &peers(), peer_ask(), R),
        line(
            "a group of a peer in another Region",
            &other_region,
            peer_ask(),
            B,
        ),
        line(
            "a block of a peer in another Region",
            &other_region_block,
            peer_ask(),
            R,
        ),
        line("a pair whose peering is gone", &stale_pair, peer_ask(), B),
        line(
            "egress to a group of a peer in the Region",
            &egress_reference,
            peer_ask(),
            R,
        ),
        line("over a transit gateway, support off", &transit_off, peer_ask(), B),
        line(
            "over a transit gateway, support off at one attachment",
            &transit_one_off,
            peer_ask(),
            B,
        ),
        line(
            "over a transit gateway, an attachment in use1-az3",
            &transit_az3,
            peer_ask(),
            B,
        ),
        line(
            "over a transit gateway, to an interface endpoint",
            &transit_to_endpoint,
            tcp("eni-p", "10.0.2.20", 443),
            B,
        ),
        line(
            "over a transit gateway that was not read",
            &transit_unread,
            peer_ask(),
            U,
        ),
        line(
            "over a transit gateway, support on",
            &over_transit(),
            peer_ask(),
            R,
        ),
        line(
            "over a transit gateway, a group in egress",
            &transit_egress,
            peer_ask(),
            B,
        ),
        line(
            "a reference through a firewall endpoint",
            &reference_behind,
            ask(),
            B,
        )
        .transparent("vpce-f"),
        line("a block through a firewall endpoint", &block_behind, ask(), R).transparent("vpce-f"),
        line("replies need no rule", &narrow, ask(), R),
        line("the neighbour port", &narrow, tcp("eni-c", "10.0.2.10", 444), B),
        line(
            "ping with icmp 8/-1",
            &server_takes("icmp", (8, -1), "0.0.0.0/0"),
            ask().carrying(What::Echo),
            R,
        ),
        line(
            "ping with icmp 0/-1",
            &server_takes("icmp", (0, -1), "0.0.0.0/0"),
            ask().carrying(What::Echo),
            B,
        ),
        line(
            "GRE with -1",
            &server_takes("-1", (0, 0), "10.0.1.0/24"),
            ask().carrying(What::Protocol(47)),
            R,
        ),
        line(
            "GRE with tcp",
            &server_takes("tcp", (0, 65535), "0.0.0.0/0"),
            ask().carrying(What::Protocol(47)),
            B,
        ),
        line(
            "GRE by its number, ports ignored",
            &server_takes("47", (5, 6), "0.0.0.0/0"),
            ask().carrying(What::Protocol(47)),
            R,
        ),
        line("a list that was not read", &unread_list, ask(), U),
        line(
            "a list that was not read beside a block",
            &unread_and_open,
            ask(),
            R,
        ),
        line(
            "a group that a peer carries means nothing from a NAT gateway",
            &with(&by_reference, |n| {
                n.subnet("subnet-n", "vpc-a", "10.0.4.0/24", "a")
                    .nat("nat-a", "subnet-n", "10.0.4.5", "198.51.100.9")
                    .table("rtb-c", "vpc-a", &["subnet-c"])
                    .route("rtb-c", "10.0.2.0/24", "nat-a");
            }),
            ask(),
            B,
        ),
        line(
            "from the internet no group is known",
            &with(&by_reference, |n| {
                n.igw("igw-a", "vpc-a")
                    .route("rtb-a", "0.0.0.0/0", "igw-a")
                    .public("eni-s", "198.51.100.2");
            }),
            from(
                Source::Internet(crate::ask::ip("203.0.113.7")),
                "198.51.100.2",
                What::Tcp(443),
            ),
            B,
        ),
    ]
}
