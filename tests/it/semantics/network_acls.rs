//! Network ACLs (vpc/latest/userguide/nacl-rules.html).

use super::*;
use crate::ask::{Source, What, from, tcp};
use crate::network::entry;

/// The pair with a network ACL `acl-x` of its own on the server's subnet, egress open, ingress empty.
fn guarded() -> Network {
    with(&pair(), |n| {
        n.acl("acl-x", "vpc-a", &["subnet-s"]).open("acl-x", true);
    })
}

fn order(deny: u32, allow: u32) -> Network {
    with(&guarded(), |n| {
        n.entry("acl-x", entry(deny, false, "deny", "6", "0.0.0.0/0", (443, 443)))
            .entry("acl-x", entry(allow, false, "allow", "-1", "0.0.0.0/0", (0, 0)));
    })
}

pub(super) fn lines() -> Vec<Line> {
    let ask = || tcp("eni-c", "10.0.2.10", 443);
    let ephemeral = with(&pair(), |n| {
        n.acl("acl-x", "vpc-a", &["subnet-s"])
            .entry("acl-x", entry(100, false, "allow", "6", "0.0.0.0/0", (443, 443)))
            .entry(
                "acl-x",
                entry(100, true, "allow", "6", "0.0.0.0/0", (32768, 65535)),
            )
            .outward_group("sg-fn", "vpc-a")
            .function("fn", "vpc-a", &["subnet-c"], &["sg-fn"]);
    });
    let windows = with(&ephemeral, |n| {
        n.edit("Reservations", "r-i-c", |r| {
            r["Instances"][0]["Platform"] = "windows".into();
        })
        .edit("NetworkAcls", "acl-x", |a| {
            a["Entries"]
                .as_array_mut()
                .expect("a list")
                .retain(|e| e["PortRange"]["To"] != 65535);
        })
        .entry(
            "acl-x",
            entry(100, true, "allow", "6", "0.0.0.0/0", (49152, 65535)),
        );
    });
    let linux_behind_windows_range = with(&windows, |n| {
        n.edit("Reservations", "r-i-c", |r| {
            r["Instances"][0]["Platform"] = serde_json::Value::Null;
        });
    });
    let v6 = with(&pair(), |n| {
        n.vpc_v6("vpc-a", "2600:1f00:a::/56", "public")
            .subnet_v6("subnet-c", "2600:1f00:a:1::/64")
            .subnet_v6("subnet-s", "2600:1f00:a:2::/64")
            .address("eni-c", "2600:1f00:a:1::10")
            .address("eni-s", "2600:1f00:a:2::10")
            .acl("acl-x", "vpc-a", &["subnet-s"])
            .open("acl-x", true)
            .open("acl-x", false);
    });
    let stray = with(&guarded(), |n| {
        let mut all = entry(50, false, "allow", "-1", "0.0.0.0/0", (0, 0));
        all["PortRange"] = serde_json::json!({"From": 80, "To": 80});
        n.entry("acl-x", all);
    });
    let neighbours = with(&pair(), |n| {
        n.interface("eni-n", "subnet-c", "10.0.1.11")
            .acl("acl-x", "vpc-a", &["subnet-c"]);
    });
    let endpoint_in_subnet = with(&neighbours, |n| {
        n.balancer_endpoint("vpce-f", "subnet-c")
            .table("rtb-c", "vpc-a", &["subnet-c"])
            .route("rtb-c", "10.0.2.0/24", "vpce-f");
    });
    let ping = with(&pair(), |n| {
        n.acl("acl-x", "vpc-a", &["subnet-s"])
            .entry("acl-x", entry(100, false, "allow", "1", "0.0.0.0/0", (8, -1)))
            .entry("acl-x", entry(100, true, "allow", "6", "0.0.0.0/0", (0, 65535)));
    });
    let echo = || ask().carrying(What::Echo);
    vec![
        line("deny 443 before allow all: 443", &order(90, 100), ask(), B),
        line(
            "deny 443 before allow all: 80",
            &order(90, 100),
            tcp("eni-c", "10.0.2.10", 80),
            R,
        ),
        line("allow all before deny 443: 443", &order(100, 90), ask(), R),
        line(
            "allow all before deny 443: 80",
            &order(100, 90),
            tcp("eni-c", "10.0.2.10", 80),
            R,
        ),
        line("no entry matches", &guarded(), ask(), B),
        line("replies to 32768-65535, a Linux client", &ephemeral, ask(), R),
        line(
            "replies to 32768-65535, a function",
            &ephemeral,
            from(Source::Lambda("fn".into()), "10.0.2.10", What::Tcp(443)),
            P,
        ),
        line("replies to 49152-65535, a Windows client", &windows, ask(), R),
        line(
            "replies to 49152-65535, a Linux client",
            &linux_behind_windows_range,
            ask(),
            P,
        ),
        line(
            "IPv4 rules, an IPv6 client",
            &v6,
            tcp("eni-c", "2600:1f00:a:2::10", 443),
            B,
        ),
        line("IPv4 rules, an IPv4 client", &v6, ask(), R),
        line("a stray port range beside protocol -1", &stray, ask(), R),
        line(
            "inside one subnet nothing is asked",
            &neighbours,
            tcp("eni-c", "10.0.1.11", 443),
            R,
        ),
        line("out of the same subnet it is", &neighbours, ask(), B),
        line(
            "towards an endpoint in the subnet it is",
            &endpoint_in_subnet,
            ask(),
            B,
        )
        .transparent("vpce-f"),
        line(
            "towards an endpoint in the subnet, egress alone denied",
            &with(&endpoint_in_subnet, |n| {
                n.open("acl-x", false);
            }),
            ask().one_way(),
            U,
        ),
        line("ping without echo replies", &ping, echo(), B),
        line(
            "ping without echo replies, none asked",
            &ping,
            echo().one_way(),
            R,
        ),
        line(
            "Time Sync passes whatever is denied",
            &neighbours,
            tcp("eni-c", "169.254.169.123", 123).carrying(What::Udp(123)),
            R,
        ),
        line(
            "without an association the default one acts",
            &with(&pair(), |n| {
                n.edit("NetworkAcls", "acl-a", |a| {
                    a["Associations"] = serde_json::json!([]);
                    a["Entries"] = serde_json::json!([]);
                });
            }),
            ask(),
            B,
        ),
        line(
            "a deny of the client alone",
            &with(&guarded(), |n| {
                n.open("acl-x", false)
                    .entry("acl-x", entry(10, false, "deny", "6", "10.0.1.10/32", (443, 443)));
            }),
            ask(),
            B,
        ),
        line(
            "a deny of the client's neighbour",
            &with(&guarded(), |n| {
                n.open("acl-x", false)
                    .entry("acl-x", entry(10, false, "deny", "6", "10.0.1.11/32", (443, 443)));
            }),
            ask(),
            R,
        ),
    ]
}
