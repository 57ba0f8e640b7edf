//! VPC endpoints (vpc/latest/privatelink/gateway-endpoints.html, create-interface-endpoint.html).

use super::*;
use crate::ask::{What, tcp};
use crate::network::entry;

/// A private client with S3's gateway endpoint and a NAT gateway for the rest; 52.216.0.0/15 is S3 here.
fn with_s3() -> Network {
    let mut n = Network::new();
    n.vpc("vpc-a", "10.0.0.0/16")
        .subnet("subnet-c", "vpc-a", "10.0.1.0/24", "a")
        .subnet("subnet-n", "vpc-a", "10.0.4.0/24", "a")
        .igw("igw-a", "vpc-a")
        .table("rtb-n", "vpc-a", &["subnet-n"])
        .route("rtb-n", "0.0.0.0/0", "igw-a")
        .nat("nat-a", "subnet-n", "10.0.4.5", "198.51.100.9")
        .route("rtb-a", "0.0.0.0/0", "nat-a")
        .prefix_list("pl-s3", &["52.216.0.0/15"])
        .gateway_endpoint("vpce-s3", "vpc-a", "pl-s3", &["rtb-a"])
        .interface("eni-c", "subnet-c", "10.0.1.10");
    n
}

/// An interface endpoint in `vpc-a`, a client there and a client `eni-p` in a peer.
fn with_interface_endpoint(groups: &[&str]) -> Network {
    let mut n = Network::new();
    n.vpc("vpc-a", "10.0.0.0/16")
        .vpc("vpc-p", "10.9.0.0/16")
        .subnet("subnet-c", "vpc-a", "10.0.1.0/24", "a")
        .subnet("subnet-e", "vpc-a", "10.0.2.0/24", "a")
        .subnet("subnet-p", "vpc-p", "10.9.1.0/24", "a")
        .interface("eni-c", "subnet-c", "10.0.1.10")
        .interface("eni-p", "subnet-p", "10.9.1.10")
        .outward_group("sg-e", "vpc-a")
        .ingress("sg-e", "tcp", (443, 443), "10.9.0.0/16")
        .interface_endpoint("vpce-e", "subnet-e", "10.0.2.20", groups)
        .peering("pcx-1", "vpc-a", "vpc-p")
        .route("rtb-a", "10.9.0.0/16", "pcx-1")
        .route("rtb-p", "10.0.0.0/16", "pcx-1");
    n
}

pub(super) fn lines() -> Vec<Line> {
    let s3 = || tcp("eni-c", "52.216.1.1", 443);
    let by_list = with(&with_s3(), |n| {
        n.group("sg-s3", "vpc-a")
            .egress("sg-s3", "tcp", (443, 443), "pl-s3")
            .set(
                "NetworkInterfaces",
                "eni-c",
                "Groups",
                serde_json::json!([{"GroupId": "sg-s3"}]),
            );
    });
    let denied = with(&with_s3(), |n| {
        n.acl("acl-x", "vpc-a", &["subnet-c"])
            .open("acl-x", true)
            .open("acl-x", false)
            .entry("acl-x", entry(10, true, "deny", "-1", "52.216.0.0/15", (0, 0)));
    });
    let no_replies = with(&with_s3(), |n| {
        n.acl("acl-x", "vpc-a", &["subnet-c"])
            .open("acl-x", true)
            .entry("acl-x", entry(100, false, "allow", "6", "10.0.0.0/8", (0, 65535)));
    });
    let from_peer = with(&with_s3(), |n| {
        n.vpc("vpc-p", "10.9.0.0/16")
            .subnet("subnet-p", "vpc-p", "10.9.1.0/24", "a")
            .interface("eni-p", "subnet-p", "10.9.1.10")
            .peering("pcx-1", "vpc-a", "vpc-p")
            .route("rtb-p", "0.0.0.0/0", "pcx-1")
            .route("rtb-a", "10.9.0.0/16", "pcx-1");
    });
    let more_specific = with(&with_s3(), |n| {
        n.route("rtb-a", "52.216.1.0/24", "nat-a");
    });
    let state = |state: &'static str| {
        with(&with_interface_endpoint(&["sg-open-a"]), |n| {
            n.set("VpcEndpoints", "vpce-e", "State", state.into());
        })
    };
    let open = with_interface_endpoint(&["sg-open-a"]);
    let endpoint = || tcp("eni-c", "10.0.2.20", 443);
    vec![
        line("S3 by its endpoint", &with_s3(), s3(), R).at("vpce-s3"),
        line(
            "another Region's S3 by the NAT gateway",
            &with_s3(),
            tcp("eni-c", "3.5.140.1", 443),
            R,
        )
        .at("internet"),
        line("a more specific route beats the list", &more_specific, s3(), R).at("internet"),
        line("egress to the list only", &by_list, s3(), R).at("vpce-s3"),
        line(
            "egress to the list only, elsewhere",
            &by_list,
            tcp("eni-c", "203.0.113.7", 443),
            B,
        ),
        line("a network ACL that denies S3's block", &denied, s3(), B),
        line("a network ACL without S3's replies", &no_replies, s3(), B),
        line(
            "UDP to a gateway endpoint",
            &with_s3(),
            s3().carrying(What::Udp(443)),
            B,
        ),
        line(
            "ping to a gateway endpoint",
            &with_s3(),
            s3().carrying(What::Echo),
            R,
        ),
        line("a peer's client", &from_peer, tcp("eni-p", "52.216.1.1", 443), B),
        line("an interface endpoint", &open, endpoint(), R).at("eni-of-vpce-e"),
        line(
            "an interface endpoint from a peer",
            &open,
            tcp("eni-p", "10.0.2.20", 443),
            R,
        ),
        line(
            "ping to an interface endpoint",
            &open,
            endpoint().carrying(What::Echo),
            B,
        ),
        line(
            "UDP to an interface endpoint",
            &open,
            endpoint().carrying(What::Udp(443)),
            U,
        ),
        line(
            "an endpoint's group without the client",
            &with_interface_endpoint(&["sg-e"]),
            endpoint(),
            B,
        ),
        line(
            "an endpoint's group with the client",
            &with_interface_endpoint(&["sg-e"]),
            tcp("eni-p", "10.0.2.20", 443),
            R,
        ),
        line(
            "an endpoint that waits for its owner",
            &state("pendingAcceptance"),
            endpoint(),
            B,
        ),
        line("an endpoint in the making", &state("pending"), endpoint(), U),
        line(
            "an endpoint starts nothing",
            &open,
            tcp("eni-of-vpce-e", "10.0.1.10", 443),
            B,
        ),
    ]
}
