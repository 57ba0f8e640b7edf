//! Load balancers (elasticloadbalancing/latest/userguide/how-elastic-load-balancing-works.html,
//! elasticloadbalancing/latest/network/edit-target-group-attributes.html, load-balancer-security-groups.html).

use serde_json::json;

use super::*;
use crate::ask::{Source, What, from, ip, tcp};
use crate::network::{balancer_arn, entry, forward, group_arn, node_of};

/// A client, and a target `eni-t` of its own subnet in zone a that answers on 8080 and 9090; nodes in subnets of their
/// own.
fn place() -> Network {
    let mut n = Network::new();
    n.vpc("vpc-a", "10.0.0.0/16")
        .subnet("subnet-c", "vpc-a", "10.0.1.0/24", "a")
        .subnet("subnet-l", "vpc-a", "10.0.2.0/24", "a")
        .subnet("subnet-m", "vpc-a", "10.0.3.0/24", "b")
        .subnet("subnet-t", "vpc-a", "10.0.4.0/24", "a")
        .subnet("subnet-u", "vpc-a", "10.0.5.0/24", "b")
        .interface("eni-c", "subnet-c", "10.0.1.10")
        .interface("eni-t", "subnet-t", "10.0.4.10")
        .group("sg-lb", "vpc-a")
        .ingress("sg-lb", "tcp", (443, 443), "0.0.0.0/0")
        .outward_group("sg-t", "vpc-a");
    n.egress("sg-lb", "tcp", (8080, 8080), "0.0.0.0/0");
    n
}

fn guarded(n: &mut Network, interface: &str, group: &str) {
    n.set(
        "NetworkInterfaces",
        interface,
        "Groups",
        json!([{"GroupId": group}]),
    );
}

/// An Application Load Balancer before `eni-t`, whose group lets the balancer's in on 8080.
fn application() -> Network {
    with(&place(), |n| {
        n.balancer("app/shop", &[("subnet-l", "10.0.2.20")], &["sg-lb"])
            .targets("web", "vpc-a", ("instance", "HTTP"), &[("i-t", 8080)])
            .listener("app/shop", "HTTPS", 443, &[forward("web")])
            .ingress("sg-t", "tcp", (8080, 8080), "sg-lb");
        guarded(n, "eni-t", "sg-t");
    })
}

/// A Network Load Balancer without groups before `eni-t`, which lets anybody in.
fn network_of(kind: &str, target: &str) -> Network {
    with(&place(), |n| {
        n.balancer(
            "net/shop",
            &[("subnet-l", "10.0.2.20"), ("subnet-m", "10.0.3.20")],
            &[],
        )
        .targets("web", "vpc-a", (kind, "TCP"), &[(target, 8080)])
        .listener("net/shop", "TCP", 443, &[forward("web")]);
    })
}

fn allowing(n: &Network, from: &str) -> Network {
    with(n, |n| {
        n.ingress("sg-t", "tcp", (8080, 8080), from);
        guarded(n, "eni-t", "sg-t");
    })
}

/// The same, with the internet outside and public addresses for the nodes.
fn facing(n: &Network) -> Network {
    with(n, |n| {
        n.igw("igw-a", "vpc-a");
        n.table("rtb-l", "vpc-a", &["subnet-l", "subnet-m"])
            .route("rtb-l", "0.0.0.0/0", "igw-a")
            .public("eni-shop-l", "198.51.100.20")
            .public("eni-shop-m", "198.51.100.21");
    })
}

fn internet(n: &str) -> Ask {
    from(Source::Internet(ip("203.0.113.7")), n, What::Tcp(443))
}

fn node_a() -> Ask {
    tcp("eni-c", "10.0.2.20", 443)
}

fn cross_zone(n: &Network, value: &str) -> Network {
    with(n, |n| {
        n.balancer_setting(
            &balancer_arn("net/shop"),
            "load_balancing.cross_zone.enabled",
            value,
        );
    })
}

fn keeping(n: &Network, value: &str) -> Network {
    with(n, |n| {
        n.group_setting("web", "preserve_client_ip.enabled", value);
    })
}

fn application_lines() -> Vec<Line> {
    let open = application();
    let no_egress = with(&open, |n| {
        n.set("SecurityGroups", "sg-lb", "IpPermissionsEgress", json!([]))
            .egress("sg-lb", "tcp", (80, 80), "0.0.0.0/0");
    });
    let by_block = allowing(&open, "10.0.2.0/24");
    let by_block = with(&by_block, |n| {
        n.edit("SecurityGroups", "sg-t", |g| {
            let rules = g["IpPermissions"].as_array_mut().expect("a list");
            rules.remove(0);
        });
    });
    let by_node = with(&by_block, |n| {
        n.edit("SecurityGroups", "sg-t", |g| {
            g["IpPermissions"][0]["IpRanges"][0]["CidrIp"] = "10.0.2.20/32".into();
        });
    });
    let client_only = with(&by_block, |n| {
        n.edit("SecurityGroups", "sg-t", |g| {
            g["IpPermissions"][0]["IpRanges"][0]["CidrIp"] = "10.0.1.0/24".into();
        });
    });
    let rule = |actions: &[serde_json::Value]| {
        with(&open, |n| {
            n.interface_in("eni-x", "subnet-u", "10.0.5.10", &["sg-t"])
                .targets("other", "vpc-a", ("ip", "HTTP"), &[("10.0.5.10", 9090)])
                .listener_rule("app/shop", 443, "5", actions);
        })
    };
    let share = |weight: u32| {
        json!({"Type": "forward", "ForwardConfig": {"TargetGroups": [
            {"TargetGroupArn": group_arn("web"), "Weight": 1},
            {"TargetGroupArn": group_arn("other"), "Weight": weight},
        ]}})
    };
    let no_replies = with(&open, |n| {
        n.acl("acl-t", "vpc-a", &["subnet-t"]).open("acl-t", false).entry(
            "acl-t",
            entry(10, true, "allow", "6", "0.0.0.0/0", (32768, 65535)),
        );
    });
    let other_zone = with(&open, |n| {
        n.interface_in("eni-y", "subnet-u", "10.0.5.11", &["sg-t"]).edit(
            "LoadBalancerTargetHealth",
            &group_arn("web"),
            |row| {
                row["TargetHealthDescriptions"] = json!([{"Target": {"Id": "i-y", "Port": 8080}}]);
            },
        );
    });
    let two_zones = with(&other_zone, |n| {
        n.edit("LoadBalancers", &balancer_arn("app/shop"), |row| {
            row["AvailabilityZones"]
                .as_array_mut()
                .expect("a list")
                .push(json!({"ZoneName": "eu-west-1b", "SubnetId": "subnet-m"}));
        });
    });
    let stays = with(&two_zones, |n| {
        n.group_setting("web", "load_balancing.cross_zone.enabled", "false");
    });
    let state = |code: &str| {
        with(&open, |n| {
            n.edit("LoadBalancers", &balancer_arn("app/shop"), |row| {
                row["State"]["Code"] = code.into();
            });
        })
    };
    let beside = |deny: bool| {
        with(&application(), |n| {
            n.interface_in("eni-z", "subnet-l", "10.0.2.30", &["sg-t"])
                .edit("LoadBalancerTargetHealth", &group_arn("web"), |row| {
                    row["TargetHealthDescriptions"] = json!([{"Target": {"Id": "i-z", "Port": 8080}}]);
                })
                .acl("acl-l", "vpc-a", &["subnet-l"])
                .open("acl-l", true)
                .open("acl-l", false);
            if deny {
                n.entry("acl-l", entry(10, true, "deny", "6", "10.0.2.0/24", (8080, 8080)));
            }
        })
    };
    let function = with(&open, |n| {
        n.targets("code", "vpc-a", ("lambda", "HTTP"), &[])
            .edit("LoadBalancerTargetHealth", &group_arn("code"), |row| {
                row["TargetHealthDescriptions"] =
                    json!([{"Target": {"Id": "arn:aws:lambda:eu-west-1:111122223333:function:code"}}]);
            })
            .edit("Listeners", &crate::network::listener_arn("app/shop", 443), |l| {
                l["DefaultActions"] = json!([forward("code")]);
            });
    });
    let dual_stack = with(&open, |n| {
        n.vpc_v6("vpc-a", "2600:1f00:0::/56", "public")
            .subnet_v6("subnet-c", "2600:1f00:0:1::/64")
            .subnet_v6("subnet-l", "2600:1f00:0:2::/64")
            .address("eni-c", "2600:1f00:0:1::10")
            .address("eni-shop-l", "2600:1f00:0:2::20")
            .ingress("sg-lb", "tcp", (443, 443), "::/0");
    });
    let from_node = |port: u16| {
        from(
            Source::Balancer(String::from("shop")),
            "10.0.4.10",
            What::Tcp(port),
        )
    };
    vec![
        line("an ALB whose target lets its group in", &open, node_a(), R).at("eni-t"),
        line(
            "another port than the listener's",
            &open,
            tcp("eni-c", "10.0.2.20", 80),
            B,
        ),
        line(
            "UDP to an HTTPS listener",
            &open,
            node_a().carrying(What::Udp(443)),
            B,
        ),
        line("the ALB's egress without 8080", &no_egress, node_a(), B),
        line("the target lets the ALB's subnet in", &by_block, node_a(), R),
        line(
            "the target lets one node in: its address changes",
            &by_node,
            node_a(),
            P,
        ),
        line(
            "the target lets the client in, which it never sees",
            &client_only,
            node_a(),
            B,
        ),
        line("from the ALB to the traffic port", &open, from_node(8080), R),
        line(
            "from the ALB to a health port that is not open",
            &open,
            from_node(9090),
            B,
        ),
        line(
            "a target group without targets",
            &with(&open, |n| {
                n.edit("LoadBalancerTargetHealth", &group_arn("web"), |row| {
                    row["TargetHealthDescriptions"] = json!([]);
                });
            }),
            node_a(),
            B,
        ),
        line(
            "a rule that leads to a broken target",
            &rule(&[forward("other")]),
            node_a(),
            P,
        ),
        line(
            "a rule that redirects",
            &rule(&[json!({"Type": "redirect"})]),
            node_a(),
            R,
        ),
        line(
            "a rule that shares with a broken target",
            &rule(&[share(1)]),
            node_a(),
            P,
        ),
        line(
            "a rule that gives a broken target no share",
            &rule(&[share(0)]),
            node_a(),
            R,
        ),
        line(
            "rules that were not read",
            &with(&open, |n| {
                n.unread("Rules");
            }),
            node_a(),
            U,
        ),
        line(
            "rules of other listeners only",
            &with(&open, |n| {
                n.unread("Rules").listener_rules_of_others();
            }),
            node_a(),
            U,
        ),
        line(
            "listeners that were not read",
            &with(&open, |n| {
                n.unread("Listeners");
            }),
            node_a(),
            U,
        ),
        line(
            "targets that were not read",
            &with(&open, |n| {
                n.unread("LoadBalancerTargetHealth");
            }),
            node_a(),
            U,
        ),
        line(
            "load balancers that were not read",
            &with(&open, |n| {
                n.unread("LoadBalancers");
            }),
            node_a(),
            R,
        )
        .at("eni-shop-l"),
        line(
            "a load balancer that is not there",
            &with(&open, |n| {
                n.remove("LoadBalancers", &balancer_arn("app/shop"));
            }),
            node_a(),
            R,
        )
        .at("eni-shop-l"),
        line(
            "no replies to 1024-32767 from the targets' subnet",
            &no_replies,
            node_a(),
            P,
        ),
        line("a target in a zone that is not enabled", &other_zone, node_a(), B),
        line("an ALB crosses zones", &two_zones, node_a(), R),
        line(
            "an ALB's target group that does not cross zones",
            &stays,
            node_a(),
            B,
        ),
        line(
            "an IPv6 client, an IPv4 target",
            &dual_stack,
            tcp("eni-c", "2600:1f00:0:2::20", 443),
            R,
        )
        .at("eni-t"),
        line("impaired, and working", &state("active_impaired"), node_a(), R),
        line("in the making", &state("provisioning"), node_a(), U),
        line("could not be made", &state("failed"), node_a(), B),
        line("a target beside the node", &beside(false), node_a(), R),
        line(
            "a target beside the node, and a network ACL that denies it",
            &beside(true),
            node_a(),
            U,
        ),
        line("a function as target", &function, node_a(), R).at("eni-shop-l"),
    ]
}

fn network_lines() -> Vec<Line> {
    let instance = network_of("instance", "i-t");
    let address = network_of("ip", "10.0.4.10");
    let with_group = |n: &Network| {
        with(n, |n| {
            for node in ["eni-shop-l", "eni-shop-m"] {
                guarded(n, node, "sg-lb");
            }
        })
    };
    let b_only = with(&network_of("instance", "i-v"), |n| {
        n.interface("eni-v", "subnet-u", "10.0.5.10");
    });
    let behind_nat = with(&facing(&instance), |n| {
        n.subnet("subnet-n", "vpc-a", "10.0.6.0/24", "a")
            .table("rtb-n", "vpc-a", &["subnet-n"])
            .route("rtb-n", "0.0.0.0/0", "igw-a")
            .nat("nat-a", "subnet-n", "10.0.6.5", "198.51.100.9")
            .route("rtb-a", "0.0.0.0/0", "nat-a");
    });
    let peered = |region: &str, keeps: &str| {
        let n = with(&network_of("ip", "10.9.1.10"), |n| {
            n.vpc("vpc-p", "10.9.0.0/16")
                .subnet("subnet-p", "vpc-p", "10.9.1.0/24", "a")
                .interface("eni-p", "subnet-p", "10.9.1.10")
                .peering("pcx-1", "vpc-a", "vpc-p")
                .route("rtb-a", "10.9.0.0/16", "pcx-1")
                .route("rtb-p", "10.0.0.0/16", "pcx-1")
                .edit("VpcPeeringConnections", "pcx-1", |p| {
                    p["AccepterVpcInfo"]["Region"] = region.into();
                })
                .edit("LoadBalancerTargetHealth", &group_arn("web"), |row| {
                    row["TargetHealthDescriptions"][0]["Target"]["AvailabilityZone"] = "all".into();
                });
        });
        keeping(&n, keeps)
    };
    let transit = |keeps: &str| {
        let n = with(&network_of("ip", "10.9.1.10"), |n| {
            n.vpc("vpc-p", "10.9.0.0/16")
                .subnet("subnet-p", "vpc-p", "10.9.1.0/24", "a")
                .subnet("subnet-q", "vpc-p", "10.9.2.0/24", "b")
                .interface("eni-p", "subnet-p", "10.9.1.10")
                .tgw("tgw-1")
                .attach(
                    "tgw-attach-a",
                    "tgw-1",
                    "vpc-a",
                    &["subnet-t", "subnet-u"],
                    "tgw-rtb-1",
                )
                .attach(
                    "tgw-attach-p",
                    "tgw-1",
                    "vpc-p",
                    &["subnet-p", "subnet-q"],
                    "tgw-rtb-1",
                )
                .route("rtb-a", "10.9.0.0/16", "tgw-1")
                .route("rtb-p", "10.0.0.0/16", "tgw-1")
                .edit("LoadBalancerTargetHealth", &group_arn("web"), |row| {
                    row["TargetHealthDescriptions"][0]["Target"]["AvailabilityZone"] = "all".into();
                });
        });
        keeping(&n, keeps)
    };
    let before_application = with(&application(), |n| {
        n.balancer("net/front", &[("subnet-l", "10.0.2.40")], &[])
            .targets(
                "shop",
                "vpc-a",
                ("alb", "TCP"),
                &[(&balancer_arn("app/shop"), 443)],
            )
            .listener("net/front", "TCP", 443, &[forward("shop")]);
    });
    let closed_to_replies = with(&allowing(&instance, "10.0.0.0/16"), |n| {
        n.acl("acl-t", "vpc-a", &["subnet-t"])
            .open("acl-t", false)
            .entry("acl-t", entry(10, true, "deny", "-1", "10.0.1.0/24", (0, 0)))
            .open("acl-t", true);
    });
    let udp = with(&place(), |n| {
        n.balancer("net/shop", &[("subnet-l", "10.0.2.20")], &[])
            .targets("web", "vpc-a", ("ip", "TCP_UDP"), &[("10.0.4.10", 8080)])
            .listener("net/shop", "TCP_UDP", 443, &[forward("web")])
            .ingress("sg-t", "-1", (0, 0), "10.0.1.0/24");
        guarded(n, "eni-t", "sg-t");
    });
    let itself = || tcp("eni-t", "10.0.2.20", 443);
    vec![
        line(
            "an NLB keeps an instance's client",
            &allowing(&instance, "10.0.1.0/24"),
            node_a(),
            R,
        )
        .at("eni-t"),
        line(
            "only its nodes may in",
            &allowing(&instance, "10.0.2.0/24"),
            node_a(),
            B,
        ),
        line(
            "keeping is switched off",
            &keeping(&allowing(&instance, "10.0.2.0/24"), "false"),
            node_a(),
            R,
        ),
        line(
            "by address it is off",
            &allowing(&address, "10.0.1.0/24"),
            node_a(),
            B,
        ),
        line(
            "by address, the node's",
            &allowing(&address, "10.0.2.20/32"),
            node_a(),
            R,
        ),
        line(
            "by address, switched on",
            &keeping(&allowing(&address, "10.0.1.0/24"), "true"),
            node_a(),
            R,
        ),
        line(
            "by address with UDP it is fixed",
            &udp,
            node_a().carrying(What::Udp(443)),
            R,
        ),
        line("by address with TCP_UDP it is fixed", &udp, node_a(), R),
        line(
            "whether it keeps was not read, and decides",
            &with(&allowing(&instance, "10.0.2.0/24"), |n| {
                n.unread("TargetGroupAttributes");
            }),
            node_a(),
            U,
        ),
        line(
            "whether it keeps was not read, and does not matter",
            &with(&allowing(&instance, "10.0.0.0/16"), |n| {
                n.unread("TargetGroupAttributes");
            }),
            node_a(),
            R,
        ),
        line(
            "the internet, a target for the VPC only",
            &allowing(&facing(&instance), "10.0.0.0/16"),
            internet("198.51.100.20"),
            B,
        ),
        line(
            "the internet, a target for all",
            &allowing(&facing(&instance), "0.0.0.0/0"),
            internet("198.51.100.20"),
            R,
        ),
        line(
            "with a group, a target for that group",
            &allowing(&with_group(&instance), "sg-lb"),
            node_a(),
            R,
        ),
        line(
            "with a group, the internet, a target for that group",
            &allowing(&with_group(&facing(&instance)), "sg-lb"),
            internet("198.51.100.20"),
            R,
        ),
        line(
            "with a group that lets nobody in on 443",
            &with(&with_group(&instance), |n| {
                n.set("SecurityGroups", "sg-lb", "IpPermissions", json!([]));
            }),
            node_a(),
            B,
        ),
        line(
            "the client's own group means nothing behind it",
            &with(&allowing(&instance, "sg-c"), |n| {
                n.outward_group("sg-c", "vpc-a");
                guarded(n, "eni-c", "sg-c");
            }),
            node_a(),
            B,
        ),
        line("one target in zone b, by a node in zone a", &b_only, node_a(), B),
        line(
            "one target in zone b, by its own node",
            &b_only,
            tcp("eni-c", "10.0.3.20", 443),
            R,
        ),
        line(
            "one target in zone b, zones crossed",
            &cross_zone(&b_only, "true"),
            node_a(),
            R,
        ),
        line(
            "zones crossed by the group's own setting",
            &with(&b_only, |n| {
                n.group_setting("web", "load_balancing.cross_zone.enabled", "true");
            }),
            node_a(),
            R,
        ),
        line(
            "whether zones are crossed was not read",
            &with(&b_only, |n| {
                n.unread("LoadBalancerAttributes");
            }),
            node_a(),
            U,
        ),
        line(
            "whether zones are crossed was not read, and does not matter",
            &with(&instance, |n| {
                n.unread("LoadBalancerAttributes");
            }),
            node_a(),
            R,
        ),
        line(
            "replies return by the node though the route leads to a NAT gateway",
            &behind_nat,
            internet("198.51.100.20"),
            R,
        ),
        line(
            "replies that the target's network ACL stops",
            &closed_to_replies,
            node_a(),
            B,
        ),
        line(
            "a target in a peer, its client kept",
            &peered("eu-west-1", "true"),
            node_a(),
            R,
        ),
        line(
            "a target in a peer of another Region, its client kept",
            &peered("us-east-1", "true"),
            node_a(),
            B,
        ),
        line(
            "a target in a peer of another Region, its client not kept",
            &peered("us-east-1", "false"),
            node_a(),
            R,
        ),
        line(
            "a target over a transit gateway, its client kept",
            &transit("true"),
            node_a(),
            B,
        ),
        line(
            "a target over a transit gateway, its client not kept",
            &transit("false"),
            node_a(),
            R,
        ),
        line("the only target is the client, kept", &instance, itself(), B),
        line(
            "the only target is the client, not kept",
            &keeping(&instance, "false"),
            itself(),
            R,
        ),
        line(
            "before an ALB",
            &before_application,
            tcp("eni-c", "10.0.2.40", 443),
            R,
        )
        .at("eni-t"),
        line(
            "before an ALB that does not let the client in",
            &with(&before_application, |n| {
                n.set("SecurityGroups", "sg-lb", "IpPermissions", json!([]))
                    .ingress("sg-lb", "tcp", (443, 443), "10.0.2.0/24");
            }),
            tcp("eni-c", "10.0.2.40", 443),
            B,
        ),
        line(
            "a node without a name",
            &with(&instance, |n| {
                n.edit("NetworkInterfaces", &node_of("shop", "subnet-l"), |i| {
                    i.as_object_mut().expect("an object").remove("Description");
                });
            }),
            node_a(),
            R,
        )
        .at("eni-shop-l"),
    ]
}

fn classic_lines() -> Vec<Line> {
    let open = with(&place(), |n| {
        n.classic_balancer(
            "old",
            &[("subnet-l", "10.0.2.20")],
            &["sg-lb"],
            (443, 8080),
            &["i-t"],
        );
    });
    let beside = with(&place(), |n| {
        n.interface("eni-z", "subnet-l", "10.0.2.30")
            .classic_balancer(
                "old",
                &[("subnet-l", "10.0.2.20")],
                &["sg-lb"],
                (443, 8080),
                &["i-z"],
            )
            .acl("acl-l", "vpc-a", &["subnet-l"])
            .open("acl-l", true)
            .open("acl-l", false)
            .entry("acl-l", entry(10, true, "deny", "6", "10.0.2.0/24", (8080, 8080)));
    });
    vec![
        line("a Classic Load Balancer", &open, node_a(), R).at("eni-t"),
        line(
            "another port than it listens on",
            &open,
            tcp("eni-c", "10.0.2.20", 80),
            B,
        ),
        line(
            "its network ACL counts inside its subnet, too",
            &beside,
            node_a(),
            B,
        ),
        line(
            "its target does not let it in",
            &allowing(&open, "10.0.1.0/24"),
            node_a(),
            B,
        ),
    ]
}

pub(super) fn lines() -> Vec<Line> {
    [application_lines(), network_lines(), classic_lines()].concat()
}
