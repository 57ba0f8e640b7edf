//! What is on its way in or out, and what is gone and still listed: the one is undecided, the other counts for nothing.

use hopwatch::paths::model::{EndForm, Reply, RequiredPath};
use hopwatch::reach::code::Code;
use hopwatch::reach::report::{HopOutcome, PathResult, Verdict};
use serde_json::{Value, json};

use crate::ends::{address, id, path};
use crate::engine;
use crate::network::Network;
use crate::semantics::with;
use Verdict::{Blocked, Reachable, Undecided};

const RTB: &str = "tgw-rtb-1";

fn one_way(source: EndForm, destination: EndForm) -> RequiredPath {
    RequiredPath {
        reply: Reply::Ignored,
        ..path(source, destination)
    }
}

fn evaluate(network: &Network, path: &RequiredPath, transparent: &[&str]) -> PathResult {
    evaluate_json(&network.json(), path, transparent)
}

fn evaluate_json(network: &Value, path: &RequiredPath, transparent: &[&str]) -> PathResult {
    let snapshot = engine::load(network).expect("a snapshot");
    engine::engine(&snapshot, transparent).evaluate(path)
}

/// A network with VPC Block Public Access in a mode, and subnets that are excluded from it.
fn blocking(network: &Network, mode: &str, excluded: &[&str]) -> Value {
    let mut all = network.json();
    all["VpcBlockPublicAccessOptions"] = json!({"AwsAccountId": "111122223333", "AwsRegion": "eu-west-1",
        "State": "update-complete", "InternetGatewayBlockMode": mode});
    all["VpcBlockPublicAccessExclusions"] = (excluded.iter())
        .map(|subnet| {
            json!({"ExclusionId": format!("vpcbpa-exclude-{subnet}"), "State": "create-complete",
                "InternetGatewayExclusionMode": "allow-bidirectional",
                "ResourceArn": format!("arn:aws:ec2:eu-west-1:111122223333:subnet/{subnet}")})
        })
        .collect();
    all
}

#[track_caller]
fn verdict(network: &Network, path: &RequiredPath, expected: Verdict) {
    let result = evaluate(network, path, &["vpce-g", "eni-m"]);
    assert_eq!(result.verdict, expected, "{}", engine::explain(&result));
}

/// `eni-s` 10.0.2.10 with a public address behind `igw-a`; `eni-m` and endpoint `vpce-g` in `subnet-m`.
fn public() -> Network {
    let mut n = Network::new();
    n.vpc("vpc-a", "10.0.0.0/16")
        .subnet("subnet-s", "vpc-a", "10.0.2.0/24", "a")
        .subnet("subnet-m", "vpc-a", "10.0.3.0/24", "a")
        .interface("eni-s", "subnet-s", "10.0.2.10")
        .public("eni-s", "198.51.100.2")
        .interface("eni-m", "subnet-m", "10.0.3.10")
        .public("eni-m", "198.51.100.3")
        .set("NetworkInterfaces", "eni-m", "SourceDestCheck", false.into())
        .balancer_endpoint("vpce-g", "subnet-m")
        .igw("igw-a", "vpc-a")
        .table("rtb-s", "vpc-a", &["subnet-s"])
        .table("rtb-m", "vpc-a", &["subnet-m"])
        .route("rtb-m", "0.0.0.0/0", "igw-a");
    n
}

/// The same, with a table of the gateway that leads to a middlebox, and the way back through it.
fn inspected(middlebox: &str) -> Network {
    with(&public(), |n| {
        n.edge_table("rtb-e", "vpc-a", "igw-a")
            .route("rtb-e", "10.0.2.0/24", middlebox)
            .route("rtb-s", "0.0.0.0/0", middlebox);
    })
}

fn set_association(n: &mut Network, state: &str) {
    n.edit("RouteTables", "rtb-e", |table| {
        table["Associations"][0]["AssociationState"]["State"] = state.into();
    });
}

#[test]
fn an_endpoint_at_the_edge_must_be_in_working_order() {
    let inward = one_way(EndForm::Internet, id("eni-s"));
    for (state, expected) in [
        ("available", Reachable),
        ("rejected", Blocked),
        ("failed", Blocked),
        ("deleting", Undecided),
        ("pending", Undecided),
    ] {
        let network = with(&inspected("vpce-g"), |n| {
            n.set("VpcEndpoints", "vpce-g", "State", state.into());
        });
        verdict(&network, &inward, expected);
    }
}

#[test]
fn a_gateway_has_a_table_only_while_they_are_associated() {
    // The way back goes straight to the gateway: an appliance on the way in would not see it.
    let straight = with(&inspected("eni-m"), |n| {
        n.only_local("rtb-s").route("rtb-s", "0.0.0.0/0", "igw-a");
    });
    for (state, expected) in [
        ("associated", Blocked),
        ("disassociated", Reachable),
        ("failed", Reachable),
        ("associating", Undecided),
        ("disassociating", Undecided),
    ] {
        let network = with(&straight, |n| set_association(n, state));
        verdict(&network, &path(EndForm::Internet, id("eni-s")), expected);
        verdict(&network, &path(id("eni-s"), address("203.0.113.7/32")), expected);
    }
}

#[test]
fn a_gateway_that_is_being_attached_may_let_packets_in() {
    for (state, expected) in [
        ("available", Reachable),
        ("attaching", Undecided),
        ("detaching", Undecided),
        ("detached", Blocked),
    ] {
        let attachments = json!([{"VpcId": "vpc-a", "State": state}]);
        let network = with(&public(), |n| {
            n.set("InternetGateways", "igw-a", "Attachments", attachments);
        });
        verdict(&network, &one_way(EndForm::Internet, id("eni-s")), expected);
    }
    for (states, expected) in [
        (&["attached"][..], Reachable),
        (&["attaching"], Undecided),
        (&["detaching"], Undecided),
        (&["detached"], Blocked),
        (&["detached", "attached"], Reachable),
    ] {
        let attachments: Value = (states.iter())
            .map(|state| json!({"VpcId": "vpc-a", "State": state}))
            .collect();
        let network = with(&public(), |n| {
            n.vgw("vgw-a", "vpc-a")
                .vpn("vpn-1", ("VpnGatewayId", "vgw-a"), &["UP"], &["192.168.0.0/16"])
                .set("VpnGateways", "vgw-a", "VpcAttachments", attachments);
        });
        verdict(&network, &one_way(id("vgw-a"), id("eni-s")), expected);
    }
}

#[test]
fn a_static_route_of_a_vpn_counts_once_it_is_there() {
    for (state, expected) in [
        ("available", Reachable),
        ("pending", Undecided),
        ("deleting", Undecided),
        ("deleted", Undecided),
    ] {
        let network = with(&public(), |n| {
            n.vgw("vgw-a", "vpc-a")
                .vpn("vpn-1", ("VpnGatewayId", "vgw-a"), &["UP"], &["192.168.0.0/16"])
                .route("rtb-s", "192.168.0.0/16", "vgw-a")
                .edit("VpnConnections", "vpn-1", |vpn| {
                    vpn["Routes"][0]["State"] = state.into();
                });
        });
        let out = one_way(id("eni-s"), address("192.168.1.1/32"));
        verdict(&network, &out, expected);
    }
}

#[test]
fn a_deleted_nat_gateway_has_no_addresses() {
    let reused = with(&public(), |n| {
        n.nat("nat-old", "subnet-s", "10.0.2.10", "198.51.100.2")
            .set("NatGateways", "nat-old", "State", "deleted".into())
            .set("NatGateways", "nat-old", "ConnectivityType", "private".into())
            .route("rtb-s", "0.0.0.0/0", "igw-a");
    });
    let reused = with(&reused, |n| {
        n.remove("NetworkInterfaces", "eni-of-nat-old");
    });
    verdict(&reused, &path(id("eni-s"), address("203.0.113.7/32")), Reachable);
    let blocking = blocking(&reused, "block-ingress", &[]);
    let out = path(id("eni-s"), address("203.0.113.7/32"));
    assert_eq!(evaluate_json(&blocking, &out, &[]).verdict, Blocked);
}

#[test]
fn a_nat_gateway_whose_only_address_is_changing_is_undecided() {
    for (status, expected) in [
        ("succeeded", Reachable),
        ("assigning", Undecided),
        ("disassociating", Undecided),
        ("failed", Blocked),
    ] {
        let network = with(&public(), |n| {
            n.nat("nat-m", "subnet-m", "10.0.3.5", "198.51.100.5")
                .route("rtb-s", "0.0.0.0/0", "nat-m")
                .edit("NatGateways", "nat-m", |nat| {
                    nat["NatGatewayAddresses"][0]["Status"] = status.into();
                });
        });
        verdict(&network, &path(id("eni-s"), address("203.0.113.7/32")), expected);
    }
}

#[test]
fn an_interface_whose_endpoint_is_not_shown_is_undecided() {
    let shown = with(&public(), |n| {
        n.interface_endpoint("vpce-i", "subnet-m", "10.0.3.20", &["sg-open-a"]);
    });
    let to = || path(id("eni-s"), address("10.0.3.20/32"));
    verdict(&shown, &to(), Reachable);
    let gone = with(&shown, |n| {
        n.remove("VpcEndpoints", "vpce-i");
    });
    verdict(&gone, &to(), Undecided);
}

#[test]
fn what_a_gateway_load_balancer_inspects_does_not_leave_by_an_egress_only_gateway() {
    let direct = with(&public(), |n| {
        n.vpc_v6("vpc-a", "2600:1f00:a::/56", "public")
            .subnet_v6("subnet-s", "2600:1f00:a:1::/64")
            .subnet_v6("subnet-m", "2600:1f00:a:2::/64")
            .address("eni-s", "2600:1f00:a:1::10")
            .eigw("eigw-a", "vpc-a")
            .route("rtb-s", "::/0", "eigw-a");
    });
    let out = one_way(id("eni-s"), address("2606:4700::1/128"));
    verdict(&direct, &out, Reachable);
    let inspected = with(&direct, |n| {
        n.only_local("rtb-s")
            .route("rtb-s", "::/0", "vpce-g")
            .route("rtb-m", "::/0", "eigw-a");
    });
    verdict(&inspected, &out, Blocked);
}

/// Two VPCs on two transit gateways that are peered.
fn peered() -> Network {
    let mut n = Network::new();
    for (name, net, gateway) in [("a", "10.0", "1"), ("b", "10.1", "2")] {
        let (vpc, subnet, tgw) = (
            format!("vpc-{name}"),
            format!("subnet-{name}"),
            format!("tgw-{gateway}"),
        );
        n.vpc(&vpc, &format!("{net}.0.0/16"))
            .subnet(&subnet, &vpc, &format!("{net}.1.0/24"), "a")
            .interface(&format!("eni-{name}"), &subnet, &format!("{net}.1.10"))
            .tgw(&tgw)
            .attach(
                &format!("tgw-attach-{name}"),
                &tgw,
                &vpc,
                &[&subnet],
                &format!("tgw-rtb-{gateway}"),
            )
            .route(&format!("rtb-{name}"), "10.0.0.0/8", &tgw);
    }
    n.tgw_peering("tgw-attach-p", ("tgw-1", "tgw-rtb-1"), ("tgw-2", "tgw-rtb-2"))
        .tgw_route(
            "tgw-rtb-1",
            "10.1.0.0/16",
            Some(("tgw-attach-p", "peering", "tgw-2")),
        )
        .tgw_route(
            "tgw-rtb-2",
            "10.0.0.0/16",
            Some(("tgw-attach-p", "peering", "tgw-1")),
        );
    n
}

#[test]
fn both_sides_of_a_peering_of_transit_gateways_must_be_in_order() {
    let far = |n: &mut Network, change: &dyn Fn(&mut Value)| {
        n.edit_all("TransitGatewayAttachments", "tgw-attach-p", |side| {
            if side["TransitGatewayId"] == "tgw-2" {
                change(side);
            }
        });
    };
    let across = || one_way(id("eni-a"), address("10.1.1.10/32"));
    verdict(&peered(), &across(), Reachable);
    for (state, expected) in [
        ("associating", Undecided),
        ("disassociating", Undecided),
        ("disassociated", Blocked),
    ] {
        let network = with(&peered(), |n| {
            far(n, &|side| side["Association"]["State"] = state.into());
        });
        verdict(&network, &across(), expected);
    }
    let network = with(&peered(), |n| far(n, &|side| side["State"] = "deleting".into()));
    verdict(&network, &across(), Blocked);
}

/// `eni-a` behind a transit gateway with two VPNs, of which one is led 192.168/16, the other 172.16/12.
fn two_sites() -> Network {
    let mut n = Network::new();
    n.vpc("vpc-a", "10.0.0.0/16")
        .subnet("subnet-a", "vpc-a", "10.0.1.0/24", "a")
        .interface("eni-a", "subnet-a", "10.0.1.10")
        .tgw("tgw-1")
        .attach("tgw-attach-a", "tgw-1", "vpc-a", &["subnet-a"], RTB)
        .route("rtb-a", "192.168.0.0/16", "tgw-1")
        .route("rtb-a", "172.16.0.0/12", "tgw-1");
    for (site, net) in [("1", "192.168.0.0/16"), ("2", "172.16.0.0/12")] {
        let (attachment, vpn) = (format!("tgw-attach-v{site}"), format!("vpn-{site}"));
        n.attachment(&attachment, "tgw-1", "vpn", &vpn, RTB)
            .vpn(&vpn, ("TransitGatewayId", "tgw-1"), &["UP"], &[])
            .tgw_route(RTB, net, Some((&attachment, "vpn", &vpn)));
    }
    n
}

#[test]
fn a_site_sends_what_its_attachment_is_led() {
    let from = |net: &str| {
        let nets = vec![net.parse().expect("a block")];
        path(EndForm::OnPremises(nets), id("eni-a"))
    };
    for net in ["192.168.4.0/24", "172.16.4.0/24"] {
        verdict(&two_sites(), &from(net), Reachable);
    }
    let unrouted = with(&two_sites(), |n| {
        n.edit("RouteTables", "rtb-a", |table| {
            let routes = table["Routes"].as_array_mut().expect("a list");
            routes.retain(|route| route["DestinationCidrBlock"] != "172.16.0.0/12");
        });
    });
    verdict(&unrouted, &from("172.16.4.0/24"), Blocked);
    verdict(&unrouted, &from("192.168.4.0/24"), Reachable);
}

#[test]
fn a_deleted_attachment_sends_nothing() {
    let network = with(&two_sites(), |n| {
        n.attachment("tgw-attach-old", "tgw-1", "vpn", "vpn-old", RTB)
            .set(
                "TransitGatewayAttachments",
                "tgw-attach-old",
                "State",
                "deleted".into(),
            );
    });
    let mut from_gateway = path(id("tgw-1"), id("eni-a"));
    from_gateway.filter_at_source.source_address = Some("192.168.4.1/32".parse().expect("a block"));
    let all = evaluate(&network, &from_gateway, &[]);
    let named: Vec<&str> = all
        .blockers
        .iter()
        .map(|blocker| blocker.component.as_str())
        .collect();
    assert!(!named.contains(&"tgw-attach-old"), "{named:?}");
    let nets = vec!["192.168.4.0/24".parse().expect("a block")];
    verdict(&network, &path(EndForm::OnPremises(nets), id("eni-a")), Reachable);
}

#[test]
fn who_shares_a_vpc_is_not_shown_its_owners_interfaces() {
    let mut network = public();
    network.edit_all("NetworkInterfaces", "eni-s", |eni| {
        eni["OwnerId"] = "444455556666".into();
    });
    network.edit_all("NetworkInterfaces", "eni-m", |eni| {
        eni["OwnerId"] = "444455556666".into();
    });
    verdict(&network, &path(id("eni-s"), address("10.0.3.77/32")), Undecided);
    verdict(&public(), &path(id("eni-s"), address("10.0.3.77/32")), Blocked);
}

#[test]
fn the_walk_marks_what_loses_a_packet_beside_what_it_is_there_for() {
    let network = with(&public(), |n| {
        n.route("rtb-s", "0.0.0.0/0", "igw-a");
    });
    let network = blocking(&network, "block-bidirectional", &[]);
    let result = evaluate_json(&network, &path(id("eni-s"), address("203.0.113.7/32")), &[]);
    assert_eq!(result.blockers[0].code, Code::VpcBlockPublicAccessEnabled);
    let blocked: Vec<(&str, &str)> = (result.hops.iter())
        .filter(|hop| hop.outcome == HopOutcome::Blocked)
        .map(|hop| (hop.component.as_str(), hop.note.as_deref().unwrap_or_default()))
        .collect();
    let why = "source becomes 198.51.100.2; VPC Block Public Access, mode block-bidirectional";
    assert_eq!(blocked, [("igw-a", why)]);
}

#[test]
fn packets_in_a_vpc_with_neither_end_are_blamed_on_the_table_that_led_them_there() {
    let mut n = Network::new();
    for (name, net) in [("a", "10.0"), ("b", "10.1"), ("c", "10.0")] {
        let (vpc, subnet) = (format!("vpc-{name}"), format!("subnet-{name}"));
        n.vpc(&vpc, &format!("{net}.0.0/16"))
            .subnet(&subnet, &vpc, &format!("{net}.1.0/24"), "a");
    }
    n.interface("eni-b", "subnet-b", "10.1.1.10")
        .interface("eni-c", "subnet-c", "10.0.1.10")
        .peering("pcx-ab", "vpc-a", "vpc-b")
        .peering("pcx-cb", "vpc-c", "vpc-b")
        .route("rtb-c", "10.1.0.0/16", "pcx-cb")
        .route("rtb-b", "10.0.0.0/16", "pcx-ab");
    let result = evaluate(&n, &path(id("eni-c"), address("10.1.1.10/32")), &[]);
    let named: Vec<(&str, Code)> = (result.blockers.iter())
        .map(|blocker| (blocker.component.as_str(), blocker.code))
        .collect();
    assert_eq!(
        named,
        [("rtb-b", Code::ArrivesElsewhere)],
        "{}",
        engine::explain(&result)
    );
}

#[test]
fn block_public_access_asks_for_the_middleboxes_subnet_too() {
    const BOTH: &[&str] = &["subnet-s", "subnet-m"];
    for (middlebox, mode, excluded, expected) in [
        ("vpce-g", "block-ingress", BOTH, [Reachable, Reachable]),
        ("vpce-g", "block-ingress", &["subnet-s"], [Blocked, Blocked]),
        ("vpce-g", "block-bidirectional", &["subnet-s"], [Blocked, Blocked]),
        ("vpce-g", "block-bidirectional", &[], [Blocked, Blocked]),
        ("eni-m", "block-ingress", BOTH, [Reachable, Reachable]),
        ("eni-m", "block-ingress", &["subnet-s"], [Undecided, Undecided]),
        ("eni-m", "block-ingress", &["subnet-m"], [Undecided, Undecided]),
        ("eni-m", "block-bidirectional", &[], [Blocked, Blocked]),
    ] {
        let network = blocking(&inspected(middlebox), mode, excluded);
        let paths = [
            path(EndForm::Internet, id("eni-s")),
            path(id("eni-s"), address("203.0.113.7/32")),
        ];
        let said = paths.map(|path| evaluate_json(&network, &path, &["vpce-g", "eni-m"]).verdict);
        assert_eq!(said, expected, "{middlebox} {mode} {excluded:?}");
    }
}

/// IPv6 that goes over a peering, and answers that go by the internet gateways of both VPCs.
fn answered_by_gateways() -> Network {
    let mut n = Network::new();
    for (letter, block, v6) in [
        ("a", "10.0.0.0/16", "2600:1f00:a::/56"),
        ("b", "10.1.0.0/16", "2600:1f00:b::/56"),
    ] {
        let of = |what: &str| format!("{what}-{letter}");
        let (vpc, subnet, eni) = (of("vpc"), of("subnet"), of("eni"));
        n.vpc(&vpc, block)
            .vpc_v6(&vpc, v6, "public")
            .subnet(&subnet, &vpc, &block.replace("0.0/16", "1.0/24"), "a")
            .subnet_v6(&subnet, &v6.replace("::/56", ":1::/64"))
            .interface(&eni, &subnet, &block.replace("0.0/16", "1.10"))
            .address(&eni, &v6.replace("::/56", ":1::10"))
            .igw(&of("igw"), &vpc);
    }
    n.peering("pcx-1", "vpc-a", "vpc-b")
        .route("rtb-a", "2600:1f00:b::/56", "pcx-1")
        .route("rtb-b", "::/0", "igw-b");
    n
}

#[test]
fn a_reply_by_a_gateway_that_its_request_did_not_cross_is_blocked_like_a_request() {
    let network = answered_by_gateways();
    let path = path(id("eni-a"), address("2600:1f00:b:1::10/128"));
    for (mode, excluded, expected) in [
        ("off", &[][..], Reachable),
        ("block-bidirectional", &[], Blocked),
        ("block-ingress", &[], Blocked),
        // Out of the one VPC, and not into the other.
        ("block-ingress", &["subnet-b"], Blocked),
        ("block-ingress", &["subnet-a", "subnet-b"], Reachable),
    ] {
        let result = evaluate_json(&blocking(&network, mode, excluded), &path, &[]);
        assert_eq!(
            result.verdict,
            expected,
            "{mode} {excluded:?}\n{}",
            engine::explain(&result)
        );
        if expected == Blocked {
            let code = result.blockers.first().map(|blocker| blocker.code);
            assert_eq!(code, Some(Code::VpcBlockPublicAccessEnabled));
        }
    }
}

#[test]
fn exclusions_that_were_not_read_may_let_pass() {
    let mut all = blocking(&public(), "block-bidirectional", &[]);
    let inward = one_way(EndForm::Internet, id("eni-m"));
    assert_eq!(evaluate_json(&all, &inward, &[]).verdict, Blocked);
    all.as_object_mut()
        .unwrap()
        .remove("VpcBlockPublicAccessExclusions");
    assert_eq!(evaluate_json(&all, &inward, &[]).verdict, Undecided);
}

#[test]
fn without_its_interfaces_nobody_knows_whose_a_public_address_is() {
    let inward = one_way(EndForm::Internet, address("198.51.100.2/32"));
    let outward = one_way(id("nat-a"), address("203.0.113.9/32"));
    let all = with(&public(), |n| {
        n.nat("nat-a", "subnet-m", "10.0.3.20", "198.51.100.4");
    });
    for path in [&inward, &outward] {
        assert_eq!(evaluate(&all, path, &[]).verdict, Reachable);
    }
    let unread = with(&all, |n| {
        n.unread("NetworkInterfaces");
    });
    for path in [&inward, &outward] {
        assert_eq!(evaluate(&unread, path, &[]).verdict, Undecided);
    }
}

#[test]
fn ipv6_of_a_vpc_that_was_not_read_is_undecided() {
    let network = answered_by_gateways();
    let outward = one_way(id("eni-b"), address("2001:4860::8888/128"));
    assert_eq!(evaluate(&network, &outward, &[]).verdict, Reachable);
    let unread = with(&network, |n| {
        n.unread("Vpcs");
    });
    let inward = one_way(EndForm::Internet, address("2600:1f00:b:1::10/128"));
    for path in [&outward, &inward] {
        assert_eq!(evaluate(&unread, path, &[]).verdict, Undecided);
    }
}

/// `eni-a` in a VPC on a transit gateway with a VPN behind 10.0.0.0/8, and the interface `eni-b` in another VPC on it.
fn beside_a_vpn() -> Network {
    let mut n = Network::new();
    n.vpc("vpc-a", "10.0.0.0/16")
        .subnet("subnet-a", "vpc-a", "10.0.1.0/24", "a")
        .interface("eni-a", "subnet-a", "10.0.1.10")
        .route("rtb-a", "0.0.0.0/0", "tgw-1")
        .vpc("vpc-b", "10.1.0.0/16")
        .subnet("subnet-b", "vpc-b", "10.1.1.0/24", "a")
        .interface("eni-b", "subnet-b", "10.1.1.10")
        .route("rtb-b", "0.0.0.0/0", "tgw-1")
        .tgw("tgw-1")
        .attach("tgw-attach-a", "tgw-1", "vpc-a", &["subnet-a"], RTB)
        .attach("tgw-attach-b", "tgw-1", "vpc-b", &["subnet-b"], RTB)
        .attachment("tgw-attach-v", "tgw-1", "vpn", "vpn-1", RTB)
        .vpn("vpn-1", ("TransitGatewayId", "tgw-1"), &["UP"], &[])
        .edit("TransitGatewayPropagations", RTB, |table| {
            let all = table["TransitGatewayRouteTablePropagations"].as_array_mut();
            all.unwrap().retain(|one| one["ResourceId"] != "vpc-b");
        })
        .tgw_route(RTB, "0.0.0.0/0", Some(("tgw-attach-v", "vpn", "vpn-1")));
    n
}

#[test]
fn what_leaves_aws_by_a_vpn_is_not_taken_for_what_it_was_meant_for() {
    let network = beside_a_vpn();
    for (to, expected) in [
        ("10.7.1.10/32", Reachable),
        // Of an interface on the same transit gateway, whose VPC propagates nothing: that one may be meant.
        ("10.1.1.10/32", Undecided),
        // Whether a network outside AWS leads on to the internet nobody sees.
        ("203.0.113.9/32", Undecided),
    ] {
        let path = one_way(id("eni-a"), address(to));
        let result = evaluate(&network, &path, &[]);
        assert_eq!(result.verdict, expected, "{to}\n{}", engine::explain(&result));
    }
}

#[test]
fn what_a_vpc_that_was_not_read_propagates_may_be_the_longer_prefix() {
    let network = with(&beside_a_vpn(), |n| {
        n.propagate(RTB, "tgw-attach-c", "vpc", "vpc-c");
    });
    let to = |address: EndForm| evaluate(&network, &one_way(id("eni-a"), address), &[]).verdict;
    assert_eq!(to(address("10.7.1.10/32")), Undecided);
    // Nobody else has what is known to be of a VPC.
    let own = one_way(id("eni-b"), address("10.0.1.10/32"));
    assert_eq!(evaluate(&network, &own, &[]).verdict, Reachable);
}
