//! VPC peering (vpc/latest/peering/vpc-peering-basics.html).

use super::*;
use crate::ask::{Source, What, from, ip, tcp};

/// `eni-c` 10.0.1.10 in `vpc-a`, `eni-p` 10.9.1.10 in `vpc-p`, peered, routes on both sides.
fn peered() -> Network {
    let mut n = Network::new();
    n.vpc("vpc-a", "10.0.0.0/16")
        .vpc("vpc-p", "10.9.0.0/16")
        .subnet("subnet-c", "vpc-a", "10.0.1.0/24", "a")
        .subnet("subnet-p", "vpc-p", "10.9.1.0/24", "a")
        .interface("eni-c", "subnet-c", "10.0.1.10")
        .interface("eni-p", "subnet-p", "10.9.1.10")
        .peering("pcx-1", "vpc-a", "vpc-p")
        .route("rtb-a", "10.9.0.0/16", "pcx-1")
        .route("rtb-p", "10.0.0.0/16", "pcx-1");
    n
}

fn status(code: &'static str) -> Network {
    with(&peered(), |n| {
        n.edit("VpcPeeringConnections", "pcx-1", |p| {
            p["Status"]["Code"] = code.into();
        });
    })
}

/// From the far VPC to the client, entering by the peering.
fn entering() -> Ask {
    from(
        Source::Peering {
            connection: "pcx-1".into(),
            into: "vpc-a".into(),
            address: ip("10.9.1.10"),
        },
        "10.0.1.10",
        What::Tcp(443),
    )
}

pub(super) fn lines() -> Vec<Line> {
    let ask = || tcp("eni-c", "10.9.1.10", 443);
    let no_way_back = with(&peered(), |n| {
        n.only_local("rtb-p");
    });
    let to_everywhere = with(&peered(), |n| {
        n.route("rtb-a", "0.0.0.0/0", "pcx-1")
            .igw("igw-p", "vpc-p")
            .route("rtb-p", "0.0.0.0/0", "igw-p")
            .prefix_list("pl-s3", &["52.216.0.0/15"])
            .gateway_endpoint("vpce-s3", "vpc-p", "pl-s3", &["rtb-p"]);
    });
    let third = with(&peered(), |n| {
        n.vpc("vpc-t", "10.8.0.0/16")
            .subnet("subnet-t", "vpc-t", "10.8.1.0/24", "a")
            .interface("eni-t", "subnet-t", "10.8.1.10")
            .peering("pcx-2", "vpc-p", "vpc-t")
            .route("rtb-a", "10.8.0.0/16", "pcx-1")
            .route("rtb-p", "10.8.0.0/16", "pcx-2")
            .route("rtb-t", "10.0.0.0/16", "pcx-2");
    });
    let unread = with(&peered(), |n| {
        n.remove("Vpcs", "vpc-p")
            .remove("Subnets", "subnet-p")
            .remove("RouteTables", "rtb-p")
            .remove("NetworkAcls", "acl-p")
            .remove("SecurityGroups", "sg-open-p")
            .remove("NetworkInterfaces", "eni-p");
    });
    // Two VPCs with the client's blocks are peered with the server's; the server answers to the other one.
    let twins = with(&peered(), |n| {
        n.vpc("vpc-b", "10.0.0.0/16")
            .subnet("subnet-b", "vpc-b", "10.0.1.0/24", "a")
            .interface("eni-b", "subnet-b", "10.0.1.10")
            .peering("pcx-2", "vpc-b", "vpc-p")
            .route("rtb-b", "10.9.0.0/16", "pcx-2")
            .only_local("rtb-p")
            .route("rtb-p", "10.0.0.0/16", "pcx-2");
    });
    let waiting_beside = with(&status("pending-acceptance"), |n| {
        n.tgw("tgw-1")
            .attach("tgw-attach-a", "tgw-1", "vpc-a", &["subnet-c"], "tgw-rtb-1")
            .attach("tgw-attach-p", "tgw-1", "vpc-p", &["subnet-p"], "tgw-rtb-1")
            .route("rtb-a", "10.0.0.0/8", "tgw-1")
            .route("rtb-p", "10.0.0.0/8", "tgw-1");
    });
    vec![
        line("routes on both sides", &peered(), ask(), R),
        line("no route back", &no_way_back, ask(), B),
        line("no route back, none asked", &no_way_back, ask().one_way(), R),
        line("pending acceptance", &status("pending-acceptance"), ask(), B),
        line(
            "pending acceptance beside a wider route",
            &waiting_beside,
            ask(),
            U,
        ),
        line("provisioning", &status("provisioning"), ask(), U),
        line("what enters by the peering itself", &peered(), entering(), R).at("eni-c"),
        line(
            "what enters by a peering that waits",
            &status("pending-acceptance"),
            entering(),
            B,
        ),
        line(
            "what enters by the peering, no route back",
            &with(&peered(), |n| {
                n.only_local("rtb-a");
            }),
            entering(),
            B,
        ),
        line("expired", &status("expired"), ask(), B),
        line(
            "to the internet through a peer",
            &to_everywhere,
            tcp("eni-c", "203.0.113.7", 443),
            B,
        ),
        line(
            "to S3 through a peer's endpoint",
            &to_everywhere,
            tcp("eni-c", "52.216.1.1", 443),
            B,
        ),
        line(
            "to a third VPC through a peer",
            &third,
            tcp("eni-c", "10.8.1.10", 443),
            B,
        ),
        line("a far VPC that was not read", &unread, ask(), U),
        line(
            "outside the far VPC's blocks, not read",
            &with(&unread, |n| {
                n.route("rtb-a", "10.0.0.0/8", "pcx-1");
            }),
            tcp("eni-c", "10.8.1.10", 443),
            B,
        ),
        line("equal blocks, answered to the other peer", &twins, ask(), B),
        line(
            "equal blocks, the one that is answered",
            &twins,
            tcp("eni-b", "10.9.1.10", 443),
            R,
        ),
    ]
}
