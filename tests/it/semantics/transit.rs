//! Transit gateways (vpc/latest/tgw/how-transit-gateways-work.html, tgw-vpc-attachments.html, tgw-nacls.html).

use super::*;
use crate::ask::{Ask, Source, What, from, ip, tcp};
use crate::network::entry;

const RTB: &str = "tgw-rtb-1";

/// `eni-c` 10.0.1.10 (zone a) and `eni-f` 10.9.1.10 (zone a) in two VPCs on one transit gateway; the attachments stand
/// in subnets of their own, `subnet-ta` and `subnet-tf`, zone a.
fn joined() -> Network {
    let mut n = Network::new();
    n.vpc("vpc-a", "10.0.0.0/16")
        .vpc("vpc-f", "10.9.0.0/16")
        .subnet("subnet-c", "vpc-a", "10.0.1.0/24", "a")
        .subnet("subnet-ta", "vpc-a", "10.0.9.0/24", "a")
        .subnet("subnet-f", "vpc-f", "10.9.1.0/24", "a")
        .subnet("subnet-tf", "vpc-f", "10.9.9.0/24", "a")
        .interface("eni-c", "subnet-c", "10.0.1.10")
        .interface("eni-f", "subnet-f", "10.9.1.10")
        .tgw("tgw-1")
        .attach("tgw-attach-a", "tgw-1", "vpc-a", &["subnet-ta"], RTB)
        .attach("tgw-attach-f", "tgw-1", "vpc-f", &["subnet-tf"], RTB)
        .route("rtb-a", "10.9.0.0/16", "tgw-1")
        .route("rtb-f", "10.0.0.0/16", "tgw-1");
    n
}

/// The same with IPv6: `eni-c` 2600:1f00:a:1::10 and `eni-f` 2600:1f00:f:1::10.
fn dual_stack() -> Network {
    with(&joined(), |n| {
        n.vpc_v6("vpc-a", "2600:1f00:a::/56", "public")
            .vpc_v6("vpc-f", "2600:1f00:f::/56", "public")
            .subnet_v6("subnet-c", "2600:1f00:a:1::/64")
            .subnet_v6("subnet-f", "2600:1f00:f:1::/64")
            .address("eni-c", "2600:1f00:a:1::10")
            .address("eni-f", "2600:1f00:f:1::10")
            .route("rtb-a", "2600:1f00:f::/56", "tgw-1")
            .route("rtb-f", "2600:1f00:a::/56", "tgw-1");
    })
}

/// The same with the attachments in the instances' own subnets.
fn in_place() -> Network {
    with(&joined(), |n| {
        n.set(
            "TransitGatewayVpcAttachments",
            "tgw-attach-a",
            "SubnetIds",
            serde_json::json!(["subnet-c"]),
        )
        .set(
            "TransitGatewayVpcAttachments",
            "tgw-attach-f",
            "SubnetIds",
            serde_json::json!(["subnet-f"]),
        );
    })
}

/// With `eni-l` 10.0.7.10 in a zone of the sender's VPC that is no Availability Zone.
fn local_zone(described: Option<serde_json::Value>) -> Network {
    with(&joined(), |n| {
        n.subnet("subnet-l", "vpc-a", "10.0.7.0/24", "l")
            .set(
                "Subnets",
                "subnet-l",
                "AvailabilityZone",
                "eu-west-1-lis-1a".into(),
            )
            .set(
                "Subnets",
                "subnet-l",
                "AvailabilityZoneId",
                "euw1-lis1-az1".into(),
            )
            .interface("eni-l", "subnet-l", "10.0.7.10");
        if let Some(zone) = described {
            n.add("AvailabilityZones", zone);
        }
    })
}

/// A description of that zone.
fn hangs_on(parent: &str, kind: &str) -> Option<serde_json::Value> {
    Some(serde_json::json!({"ZoneId": "euw1-lis1-az1", "ZoneType": kind, "ParentZoneId": parent}))
}

/// A spoke behind an egress VPC with a NAT gateway.
fn egress(default_at_t: bool) -> Network {
    with(&joined(), |n| {
        n.igw("igw-f", "vpc-f")
            .subnet("subnet-n", "vpc-f", "10.9.5.0/24", "a")
            .table("rtb-n", "vpc-f", &["subnet-n"])
            .route("rtb-n", "0.0.0.0/0", "igw-f")
            .route("rtb-n", "10.0.0.0/16", "tgw-1")
            .nat("nat-f", "subnet-n", "10.9.5.5", "198.51.100.9")
            .table("rtb-t", "vpc-f", &["subnet-tf"])
            .tgw_route(RTB, "0.0.0.0/0", Some(("tgw-attach-f", "vpc", "vpc-f")))
            .route("rtb-a", "0.0.0.0/0", "tgw-1");
        if default_at_t {
            n.route("rtb-t", "0.0.0.0/0", "nat-f");
        }
    })
}

/// The state of a propagation.
fn propagation(of: &'static str, state: &'static str) -> Network {
    with(&joined(), |n| {
        n.edit("TransitGatewayPropagations", RTB, |t| {
            for p in t["TransitGatewayRouteTablePropagations"]
                .as_array_mut()
                .expect("a list")
            {
                if p["TransitGatewayAttachmentId"] == of {
                    p["State"] = state.into();
                }
            }
        });
    })
}

fn vpn(tunnels: &[&str]) -> Network {
    with(&joined(), |n| {
        n.attachment("tgw-attach-v", "tgw-1", "vpn", "vpn-1", RTB)
            .vpn("vpn-1", ("TransitGatewayId", "tgw-1"), tunnels, &[])
            .tgw_route(RTB, "192.168.0.0/16", Some(("tgw-attach-v", "vpn", "vpn-1")))
            .route("rtb-a", "192.168.0.0/16", "tgw-1");
    })
}

/// With 1:1 NAT on the sender's attachment.
fn sender_translates(network: &Network) -> Network {
    with(network, |n| {
        n.edit("TransitGatewayVpcAttachments", "tgw-attach-a", |a| {
            a["Options"]["NatGatewaySupport"] = "enable".into();
        });
    })
}

fn behind_vpn() -> Ask {
    from(
        Source::Attachment("tgw-attach-v".into(), ip("192.168.1.1")),
        "10.0.1.10",
        What::Tcp(443),
    )
}

pub(super) fn lines() -> Vec<Line> {
    let there = || tcp("eni-c", "10.9.1.10", 443);
    let back = || tcp("eni-f", "10.0.1.10", 443);
    let other_zone = with(&joined(), |n| {
        n.subnet("subnet-z", "vpc-a", "10.0.7.0/24", "c")
            .interface("eni-z", "subnet-z", "10.0.7.10");
    });
    let far_in_c = with(&joined(), |n| {
        n.subnet("subnet-z", "vpc-f", "10.9.7.0/24", "a")
            .interface("eni-z", "subnet-z", "10.9.7.10")
            .subnet("subnet-y", "vpc-f", "10.9.8.0/24", "c")
            .interface("eni-y", "subnet-y", "10.9.8.10")
            .subnet("subnet-tc", "vpc-f", "10.9.10.0/24", "c")
            .set(
                "TransitGatewayVpcAttachments",
                "tgw-attach-f",
                "SubnetIds",
                serde_json::json!(["subnet-tf", "subnet-tc"]),
            );
    });
    let far_only_b = with(&joined(), |n| {
        n.set("Subnets", "subnet-tf", "AvailabilityZone", "eu-west-1b".into())
            .set("Subnets", "subnet-tf", "AvailabilityZoneId", "euw1-azb".into());
    });
    let not_associated = with(&joined(), |n| {
        n.edit("TransitGatewayAttachments", "tgw-attach-a", |a| {
            a.as_object_mut().expect("an object").remove("Association");
        });
    });
    let blackhole = |to: &'static str| {
        with(&joined(), |n| {
            n.tgw_route(RTB, to, None)
                .subnet("subnet-g", "vpc-f", "10.9.2.0/24", "a")
                .interface("eni-g", "subnet-g", "10.9.2.10");
        })
    };
    let by_firewall = with(&joined(), |n| {
        n.subnet("subnet-w", "vpc-f", "10.9.4.0/24", "a")
            .balancer_endpoint("vpce-w", "subnet-w")
            .table("rtb-t", "vpc-f", &["subnet-tf"])
            .route("rtb-t", "10.9.1.0/24", "vpce-w")
            .table("rtb-w", "vpc-f", &["subnet-w"])
            .route("rtb-w", "10.0.0.0/16", "tgw-1");
    });
    let in_place_denied = with(&in_place(), |n| {
        n.acl("acl-x", "vpc-a", &["subnet-c"])
            .open("acl-x", true)
            .open("acl-x", false)
            .entry("acl-x", entry(10, false, "deny", "-1", "10.0.0.0/16", (0, 0)));
    });
    let in_place_far_denied = with(&in_place(), |n| {
        n.acl("acl-x", "vpc-f", &["subnet-f"])
            .open("acl-x", true)
            .open("acl-x", false)
            .entry("acl-x", entry(10, false, "deny", "-1", "10.0.0.0/16", (0, 0)))
            .entry("acl-x", entry(10, true, "deny", "-1", "10.9.0.0/16", (0, 0)));
    });
    let apart_t_egress_denied = with(&joined(), |n| {
        n.acl("acl-x", "vpc-f", &["subnet-tf"])
            .open("acl-x", true)
            .open("acl-x", false)
            .entry("acl-x", entry(10, true, "deny", "-1", "10.9.1.0/24", (0, 0)));
    });
    let apart_t_ingress_denied = with(&joined(), |n| {
        n.acl("acl-x", "vpc-f", &["subnet-tf"])
            .open("acl-x", true)
            .open("acl-x", false)
            .entry("acl-x", entry(10, false, "deny", "-1", "10.0.0.0/16", (0, 0)));
    });
    let near_t_egress_denied = with(&joined(), |n| {
        n.acl("acl-x", "vpc-a", &["subnet-ta"])
            .open("acl-x", true)
            .open("acl-x", false)
            .entry("acl-x", entry(10, true, "deny", "-1", "10.9.0.0/16", (0, 0)));
    });
    let near_t_ingress_denied = with(&joined(), |n| {
        n.acl("acl-x", "vpc-a", &["subnet-ta"])
            .open("acl-x", true)
            .open("acl-x", false)
            .entry("acl-x", entry(10, false, "deny", "-1", "10.0.1.0/24", (0, 0)));
    });
    let no_way_back = with(&joined(), |n| {
        n.only_local("rtb-f");
    });
    let unread = with(&joined(), |n| {
        n.unread("TransitGatewayStaticRoutes");
    });
    let option = |option: &'static str, value: &'static str| {
        with(&joined(), |n| {
            n.edit("TransitGatewayVpcAttachments", "tgw-attach-f", |a| {
                a["Options"][option] = value.into();
            });
        })
    };
    let state = |state: &'static str| {
        with(&joined(), |n| {
            for kind in ["TransitGatewayVpcAttachments", "TransitGatewayAttachments"] {
                n.set(kind, "tgw-attach-f", "State", state.into());
            }
        })
    };
    // Two subnets of the attachment, one of which cannot go on.
    let appliance_mode = |mode: &'static str| {
        with(&far_in_c, |n| {
            n.edit("TransitGatewayVpcAttachments", "tgw-attach-f", |a| {
                a["Options"]["ApplianceModeSupport"] = mode.into();
            })
            .acl("acl-x", "vpc-f", &["subnet-tc"]);
        })
    };
    let v6 = |support: Option<&'static str>| {
        with(&dual_stack(), |n| {
            n.edit("TransitGatewayVpcAttachments", "tgw-attach-f", |a| {
                a["Options"]["Ipv6Support"] = support.into();
            });
        })
    };
    let there_v6 = || tcp("eni-c", "2600:1f00:f:1::10", 443);
    let inside = |version: &'static str| {
        with(&vpn(&["UP"]), |n| {
            n.set(
                "VpnConnections",
                "vpn-1",
                "Options",
                serde_json::json!({"TunnelInsideIpVersion": version}),
            );
        })
    };
    let untold = with(&egress(true), |n| {
        n.attachment("tgw-attach-v", "tgw-1", "vpn", "vpn-1", RTB)
            .vpn("vpn-1", ("TransitGatewayId", "tgw-1"), &["UP"], &[])
            .propagate(RTB, "tgw-attach-v", "vpn", "vpn-1");
    });
    let others_gateway = with(&not_associated, |n| {
        n.edit("TransitGatewayAttachments", "tgw-attach-a", |a| {
            a["TransitGatewayOwnerId"] = "444455556666".into();
        });
    });
    let mut more = vec![
        line("IPv6", &v6(Some("enable")), there_v6(), R),
        line(
            "IPv6 that the far attachment does not support",
            &v6(Some("disable")),
            there_v6(),
            B,
        ),
        line("IPv6 that it is not known to support", &v6(None), there_v6(), U),
        line(
            "a VPN whose tunnels carry IPv4",
            &inside("ipv4"),
            tcp("eni-c", "192.168.1.1", 443),
            R,
        ),
        line(
            "a VPN whose tunnels carry IPv6",
            &inside("ipv6"),
            tcp("eni-c", "192.168.1.1", 443),
            B,
        ),
        line("the same, inward", &inside("ipv6"), behind_vpn().one_way(), B),
        line(
            "a default route, where a VPN propagates what was not read",
            &untold,
            tcp("eni-c", "192.168.1.1", 443),
            U,
        ),
        line(
            "no association to be seen of an attachment to another account's gateway",
            &others_gateway,
            there(),
            U,
        ),
        line("two VPCs", &joined(), there(), R).at("eni-f"),
        line(
            "a Local Zone, by the zone that it hangs on",
            &local_zone(hangs_on("euw1-aza", "local-zone")),
            tcp("eni-l", "10.9.1.10", 443),
            R,
        ),
        line(
            "to a Local Zone, whose replies go by the zone that it hangs on",
            &local_zone(hangs_on("euw1-aza", "local-zone")),
            tcp("eni-f", "10.0.7.10", 443),
            R,
        ),
        line(
            "a Local Zone that hangs on a zone without the attachment",
            &local_zone(hangs_on("euw1-azb", "local-zone")),
            tcp("eni-l", "10.9.1.10", 443),
            B,
        ),
        line(
            "the same, its replies",
            &local_zone(hangs_on("euw1-azb", "local-zone")),
            tcp("eni-f", "10.0.7.10", 443),
            B,
        ),
        line(
            "a Local Zone, and nobody knows what it hangs on",
            &local_zone(None),
            tcp("eni-l", "10.9.1.10", 443),
            U,
        ),
        line(
            "a Wavelength Zone, of which AWS does not say it",
            &local_zone(hangs_on("euw1-aza", "wavelength-zone")),
            tcp("eni-l", "10.9.1.10", 443),
            U,
        ),
        line(
            "no subnet in the sender's zone",
            &other_zone,
            tcp("eni-z", "10.9.1.10", 443),
            B,
        ),
        line(
            "the target in another zone",
            &far_in_c,
            tcp("eni-c", "10.9.8.10", 443),
            R,
        ),
        line("the far attachment in another zone only", &far_only_b, there(), B),
        line("the same one way", &far_only_b, there().one_way(), R),
        line("no association", &not_associated, there(), B),
        line(
            "a blackhole beside an equal propagated route",
            &blackhole("10.9.0.0/16"),
            there(),
            B,
        ),
        line(
            "a blackhole of a part: inside it",
            &blackhole("10.9.1.0/24"),
            there(),
            B,
        ),
        line(
            "a blackhole of a part: beside it",
            &blackhole("10.9.1.0/24"),
            tcp("eni-c", "10.9.2.10", 443),
            R,
        ),
        line(
            "an egress VPC without a way on",
            &egress(false),
            tcp("eni-c", "203.0.113.7", 443),
            B,
        ),
        line(
            "an egress VPC with a NAT gateway",
            &egress(true),
            tcp("eni-c", "203.0.113.7", 443),
            R,
        ),
        line(
            "the attachment subnet's route to a firewall",
            &by_firewall,
            there(),
            U,
        ),
        line(
            "the attachment subnet's route to a transparent firewall",
            &by_firewall,
            there(),
            R,
        )
        .transparent("vpce-w"),
        line(
            "E = T, ingress denies the sender's own: out",
            &in_place_denied,
            there(),
            B,
        ),
        line(
            "E = T, ingress denies: in, one way",
            &in_place_far_denied,
            there().one_way(),
            R,
        ),
        line(
            "E != T, T's egress denies the target",
            &apart_t_egress_denied,
            there(),
            B,
        ),
        line(
            "E != T, T's ingress denies the sender",
            &apart_t_ingress_denied,
            there(),
            R,
        ),
        line(
            "E != T, T's egress denies on the way out",
            &near_t_egress_denied,
            there().one_way(),
            R,
        ),
        line(
            "E != T, T's ingress denies on the way out",
            &near_t_ingress_denied,
            there().one_way(),
            B,
        ),
        line("no route back", &no_way_back, there(), B),
        line("no route back, none asked", &no_way_back, there().one_way(), R),
        line(
            "a VPN with one tunnel up",
            &vpn(&["DOWN", "UP"]),
            tcp("eni-c", "192.168.1.1", 443),
            R,
        ),
        line(
            "a VPN with both down",
            &vpn(&["DOWN", "DOWN"]),
            tcp("eni-c", "192.168.1.1", 443),
            B,
        ),
        line(
            "a VPN with both down, whatever 1:1 NAT does before it",
            &sender_translates(&vpn(&["DOWN", "DOWN"])),
            tcp("eni-c", "192.168.1.1", 443),
            B,
        ),
        line(
            "from behind an attachment that is gone",
            &with(&vpn(&["UP", "UP"]), |n| {
                n.set(
                    "TransitGatewayAttachments",
                    "tgw-attach-v",
                    "State",
                    "deleted".into(),
                );
            }),
            behind_vpn().one_way(),
            B,
        ),
        line(
            "from behind a VPN that was not read, one way",
            &with(&vpn(&["UP", "UP"]), |n| {
                n.unread("VpnConnections");
            }),
            behind_vpn().one_way(),
            U,
        ),
        line("routes that were not read", &unread, there(), U),
        line(
            "1:1 NAT on an attachment",
            &option("NatGatewaySupport", "enable"),
            there(),
            U,
        ),
        line(
            "1:1 NAT on the sender's attachment",
            &sender_translates(&joined()),
            there().one_way(),
            U,
        ),
        line(
            "a propagation on its way out, of the destination's VPC",
            &propagation("tgw-attach-f", "disabling"),
            there().one_way(),
            U,
        ),
        line(
            "a propagation on its way out, of another VPC than the destination's",
            &propagation("tgw-attach-a", "disabling"),
            there().one_way(),
            R,
        ),
        line(
            "1:1 NAT is for IPv4",
            &with(&dual_stack(), |n| {
                n.edit("TransitGatewayVpcAttachments", "tgw-attach-f", |a| {
                    a["Options"]["NatGatewaySupport"] = "enable".into();
                });
            }),
            tcp("eni-c", "2600:1f00:f:1::10", 443),
            R,
        ),
        line(
            "an internet gateway behind a transit gateway, equal blocks: the source is another VPC's",
            &with(&Network::new(), |n| {
                n.vpc("vpc-a", "10.0.0.0/16")
                    .vpc("vpc-f", "10.0.0.0/16")
                    .subnet("subnet-c", "vpc-a", "10.0.1.0/24", "a")
                    .subnet("subnet-f", "vpc-f", "10.0.1.0/24", "a")
                    .interface("eni-c", "subnet-c", "10.0.1.10")
                    .interface("eni-f", "subnet-f", "10.0.1.10")
                    .public("eni-f", "198.51.100.1")
                    .igw("igw-f", "vpc-f")
                    .route("rtb-f", "0.0.0.0/0", "igw-f")
                    .tgw("tgw-1")
                    .attach("tgw-attach-a", "tgw-1", "vpc-a", &["subnet-c"], RTB)
                    .attach("tgw-attach-f", "tgw-1", "vpc-f", &["subnet-f"], RTB)
                    .tgw_route(RTB, "0.0.0.0/0", Some(("tgw-attach-f", "vpc", "vpc-f")))
                    .route("rtb-a", "0.0.0.0/0", "tgw-1");
            }),
            tcp("eni-c", "203.0.113.7", 443).one_way(),
            B,
        ),
        line(
            "what enters by a VPC's attachment",
            &joined(),
            from(
                Source::Attachment("tgw-attach-f".into(), ip("10.9.1.10")),
                "10.0.1.10",
                What::Tcp(443),
            ),
            R,
        )
        .at("eni-c"),
        line(
            "from behind a VPN with both tunnels down, one way",
            &vpn(&["DOWN", "DOWN"]),
            behind_vpn().one_way(),
            B,
        ),
        line("1:1 NAT off", &option("NatGatewaySupport", "disable"), there(), R),
        line(
            "an attachment that is being changed",
            &state("modifying"),
            there(),
            U,
        ),
        line(
            "an attachment that waits",
            &state("pendingAcceptance"),
            there(),
            B,
        ),
        line(
            "appliance mode off: the sender's zone",
            &appliance_mode("disable"),
            there().one_way(),
            R,
        ),
        line(
            "appliance mode on: any subnet",
            &appliance_mode("enable"),
            there().one_way(),
            P,
        ),
        line("the other way round", &joined(), back(), R).at("eni-c"),
    ];
    more.push(line("from behind a VPN", &vpn(&["UP", "UP"]), behind_vpn(), R));
    more
}
