//! Ends that stand for more than an address, and what a result says of packets that a route leads to the wrong one.

use hopwatch::network::id::ResourceId;
use hopwatch::paths::model::{EndForm, Expect, Protocol, RequiredPath};
use hopwatch::reach::code::Code;
use hopwatch::reach::report::{PathResult, Verdict};
use ipnet::IpNet;
use serde_json::json;

use crate::engine;
use crate::network::Network;

const RTB: &str = "tgw-rtb-1";

/// `eni-a` 10.0.1.10 and `eni-b` 10.1.1.10 in two VPCs on one transit gateway, and a VPN on it.
fn joined() -> Network {
    let mut n = Network::new();
    for (vpc, net) in [("a", "10.0"), ("b", "10.1")] {
        let (id, subnet) = (format!("vpc-{vpc}"), format!("subnet-{vpc}"));
        n.vpc(&id, &format!("{net}.0.0/16"))
            .subnet(&subnet, &id, &format!("{net}.1.0/24"), "a")
            .interface(&format!("eni-{vpc}"), &subnet, &format!("{net}.1.10"));
    }
    n.tgw("tgw-1")
        .attach("tgw-attach-a", "tgw-1", "vpc-a", &["subnet-a"], RTB)
        .attach("tgw-attach-b", "tgw-1", "vpc-b", &["subnet-b"], RTB)
        .attachment("tgw-attach-v", "tgw-1", "vpn", "vpn-1", RTB)
        .vpn("vpn-1", ("TransitGatewayId", "tgw-1"), &["UP"], &[])
        .tgw_route(RTB, "192.168.0.0/16", Some(("tgw-attach-v", "vpn", "vpn-1")));
    for table in ["rtb-a", "rtb-b"] {
        n.route(table, "10.0.0.0/8", "tgw-1")
            .route(table, "192.168.0.0/16", "tgw-1");
    }
    n
}

pub(crate) fn id(text: &str) -> EndForm {
    EndForm::Id(ResourceId::from(text))
}

pub(crate) fn address(text: &str) -> EndForm {
    EndForm::Addresses(vec![net(text)])
}

fn net(text: &str) -> IpNet {
    text.parse().expect("a block")
}

pub(crate) fn path(source: EndForm, destination: EndForm) -> RequiredPath {
    let mut path = engine::bare(source, destination, Protocol::Tcp);
    path.destination_ports = Some(engine::ports(443..=443));
    path
}

fn evaluate(network: &Network, path: &RequiredPath) -> PathResult {
    let snapshot = engine::load(&network.json()).expect("a snapshot");
    engine::engine(&snapshot, &[]).evaluate(path)
}

#[track_caller]
fn assert_verdict(network: &Network, path: &RequiredPath, verdict: Verdict) {
    let result = evaluate(network, path);
    assert_eq!(result.verdict, verdict, "{}", engine::explain(&result));
}

/// The components that a result names, with their codes.
fn named(result: &PathResult) -> Vec<(&str, Code)> {
    let blockers = result.blockers.iter();
    blockers
        .map(|blocker| (blocker.component.as_str(), blocker.code))
        .collect()
}

#[test]
fn a_path_may_end_at_a_transit_gateway_or_at_an_attachment_and_the_answer_comes_from_there() {
    for (destination, to) in [
        ("tgw-1", "10.1.1.10/32"),
        ("tgw-1", "192.168.1.1/32"),
        ("tgw-attach-a", "10.1.1.10/32"),
        ("tgw-attach-b", "10.1.1.10/32"),
        ("tgw-attach-v", "192.168.1.1/32"),
    ] {
        let mut path = path(id("eni-a"), id(destination));
        path.filter_at_source.destination_address = Some(net(to));
        assert_verdict(&joined(), &path, Verdict::Reachable);
    }
    // Where it cannot come back by, it does not.
    let mut one_way = joined();
    one_way.edit("TransitGatewayPropagations", RTB, |table| {
        table["TransitGatewayRouteTablePropagations"] = json!([]);
    });
    one_way.tgw_route(RTB, "10.1.0.0/16", Some(("tgw-attach-b", "vpc", "vpc-b")));
    let mut path = path(id("eni-a"), id("tgw-attach-b"));
    path.filter_at_source.destination_address = Some(net("10.1.1.10/32"));
    assert_verdict(&one_way, &path, Verdict::Blocked);
}

#[test]
fn what_starts_at_a_transit_gateway_comes_from_the_other_attachments() {
    let gateway = path(id("tgw-1"), id("eni-b"));
    let mut from_a = gateway.clone();
    from_a.filter_at_source.source_address = Some(net("10.0.1.10/32"));
    assert_verdict(&joined(), &from_a, Verdict::Reachable);
    // By its own attachment nothing comes for it.
    let by_itself = path(id("tgw-attach-b"), id("eni-b"));
    assert_verdict(&joined(), &by_itself, Verdict::Undecided);
}

/// `eni-a` 10.0.1.10, a way to the internet for its VPC, and `eni-b` behind a peering that `rtb-a` does not know.
fn forgotten_peering(by_nat: bool) -> Network {
    let mut n = Network::new();
    n.vpc("vpc-a", "10.0.0.0/16")
        .vpc("vpc-b", "10.1.0.0/16")
        .subnet("subnet-a", "vpc-a", "10.0.1.0/24", "a")
        .subnet("subnet-b", "vpc-b", "10.1.1.0/24", "a")
        .subnet("subnet-n", "vpc-a", "10.0.9.0/24", "a")
        .interface("eni-a", "subnet-a", "10.0.1.10")
        .public("eni-a", "198.51.100.1")
        .interface("eni-b", "subnet-b", "10.1.1.10")
        .igw("igw-a", "vpc-a")
        .nat("nat-a", "subnet-n", "10.0.9.5", "198.51.100.9")
        .table("rtb-n", "vpc-a", &["subnet-n"])
        .route("rtb-n", "0.0.0.0/0", "igw-a")
        .peering("pcx-1", "vpc-a", "vpc-b")
        .route("rtb-b", "10.0.0.0/16", "pcx-1")
        .route("rtb-a", "0.0.0.0/0", if by_nat { "nat-a" } else { "igw-a" });
    n
}

#[test]
fn the_table_that_leads_a_private_address_to_the_internet_is_named_and_mended() {
    for by_nat in [false, true] {
        let result = evaluate(&forgotten_peering(by_nat), &path(id("eni-a"), id("eni-b")));
        assert_eq!(
            named(&result),
            [
                ("rtb-a", Code::ArrivesElsewhere),
                ("igw-a", Code::IgwDestinationAddressNotInRfc1918Egress),
            ],
            "{}",
            engine::explain(&result)
        );
        let fix = result.blockers[0].fix.as_ref().expect("a command");
        assert!(fix.verified);
        assert_eq!(
            fix.command,
            "aws ec2 create-route --route-table-id rtb-a --destination-cidr-block 10.1.0.0/16 \
             --vpc-peering-connection-id pcx-1 --region eu-west-1"
        );
        assert!(result.blockers[1].fix.is_none());
    }
}

#[test]
fn that_mail_does_not_get_out_by_default_is_told() {
    let mut asked = path(id("eni-a"), address("203.0.113.25/32"));
    let told = |asked: &RequiredPath| {
        let result = evaluate(&forgotten_peering(false), asked);
        assert_eq!(result.verdict, Verdict::Reachable);
        result.notices.iter().any(|notice| notice.contains("port 25"))
    };
    assert!(!told(&asked));
    asked.destination_ports = Some(engine::ports(25..=25));
    assert!(told(&asked));
}

#[test]
fn a_reply_led_to_the_internet_names_its_table() {
    let mut n = forgotten_peering(false);
    n.route("rtb-a", "10.1.0.0/16", "pcx-1");
    n.edit("RouteTables", "rtb-b", |table| {
        table["Routes"]
            .as_array_mut()
            .expect("a list")
            .retain(|route| route["GatewayId"] == "local");
    });
    n.igw("igw-b", "vpc-b").route("rtb-b", "0.0.0.0/0", "igw-b");
    let result = evaluate(&n, &path(id("eni-a"), id("eni-b")));
    assert_eq!(result.verdict, Verdict::Blocked);
    assert_eq!(named(&result)[0], ("rtb-b", Code::ArrivesElsewhere));
    assert!(result.blockers[0].fix.is_some());
}

#[test]
fn a_transit_gateway_route_is_offered_to_attachments_of_its_gateway_only() {
    let mut n = joined();
    n.edit("TransitGatewayPropagations", RTB, |table| {
        table["TransitGatewayRouteTablePropagations"]
            .as_array_mut()
            .expect("a list")
            .retain(|propagation| propagation["TransitGatewayAttachmentId"] != "tgw-attach-b");
    });
    let asked = path(id("eni-a"), id("eni-b"));
    let mended = evaluate(&n, &asked);
    let fix = mended.blockers[0].fix.as_ref().expect("a command");
    assert!(
        fix.command
            .contains("--transit-gateway-attachment-id tgw-attach-b")
    );
    // The far VPC hangs on another gateway.
    n.tgw("tgw-2");
    for kind in ["TransitGatewayVpcAttachments", "TransitGatewayAttachments"] {
        n.set(kind, "tgw-attach-b", "TransitGatewayId", "tgw-2".into());
    }
    let result = evaluate(&n, &asked);
    assert_eq!(result.verdict, Verdict::Blocked);
    assert!(result.blockers.iter().all(|blocker| blocker.fix.is_none()));
}

#[test]
fn the_internet_reaches_a_task_by_the_public_address_that_it_gets() {
    let mut n = Network::new();
    n.vpc("vpc-a", "10.0.0.0/16")
        .subnet("subnet-a", "vpc-a", "10.0.1.0/24", "a")
        .igw("igw-a", "vpc-a")
        .outward_group("sg-t", "vpc-a")
        .ingress("sg-t", "tcp", (443, 443), "0.0.0.0/0")
        .route("rtb-a", "0.0.0.0/0", "igw-a");
    let task = |public| EndForm::Workload {
        subnets: vec!["subnet-a".into()],
        security_groups: vec!["sg-t".into()],
        assign_public_ip: public,
    };
    let with_one = path(EndForm::Internet, task(true));
    assert_verdict(&n, &with_one, Verdict::Reachable);
    assert_verdict(&n, &path(EndForm::Internet, task(false)), Verdict::Blocked);
    let guard = RequiredPath {
        expect: Expect::Blocked,
        ..with_one.clone()
    };
    assert_eq!(evaluate(&n, &guard).as_expected, Some(false));
    // Its subnet sends the answer elsewhere, its group lets nobody in.
    let mut astray = n.clone();
    astray.edit("RouteTables", "rtb-a", |table| {
        table["Routes"]
            .as_array_mut()
            .expect("a list")
            .retain(|route| route["GatewayId"] == "local");
    });
    assert_verdict(&astray, &with_one, Verdict::Blocked);
    let mut closed = n;
    closed.edit("SecurityGroups", "sg-t", |group| {
        group["IpPermissions"] = json!([]);
    });
    assert_verdict(&closed, &with_one, Verdict::Blocked);
}

/// `eni-a` 10.0.1.10 and the database `orders`, whose interface `eni-d` carries `sg-db`.
fn database() -> Network {
    let mut n = Network::new();
    n.vpc("vpc-a", "10.0.0.0/16")
        .subnet("subnet-a", "vpc-a", "10.0.1.0/24", "a")
        .interface("eni-a", "subnet-a", "10.0.1.10")
        .group("sg-db", "vpc-a")
        .ingress("sg-db", "tcp", (443, 443), "10.0.1.0/24")
        .interface_in("eni-d", "subnet-a", "10.0.1.20", &["sg-db"])
        .set("NetworkInterfaces", "eni-d", "RequesterId", "amazon-rds".into())
        .add(
            "DBInstances",
            json!({"DBInstanceIdentifier": "orders", "DBInstanceStatus": "available",
                "DBSubnetGroup": {"Subnets": [{"SubnetIdentifier": "subnet-a"}]},
                "VpcSecurityGroups": [{"VpcSecurityGroupId": "sg-db", "Status": "active"}]}),
        );
    n
}

#[test]
fn a_group_on_its_way_to_a_database_does_not_hide_its_interface() {
    let mut n = database();
    n.group("sg-new", "vpc-a")
        .ingress("sg-new", "tcp", (5432, 5432), "0.0.0.0/0")
        .set(
            "DBInstances",
            "orders",
            "VpcSecurityGroups",
            json!([{"VpcSecurityGroupId": "sg-db", "Status": "active"},
                {"VpcSecurityGroupId": "sg-new", "Status": "adding"}]),
        );
    let mut asked = path(id("eni-a"), EndForm::Rds("orders".into()));
    assert_verdict(&n, &asked, Verdict::Reachable);
    asked.destination_ports = Some(engine::ports(5432..=5432));
    assert_verdict(&n, &asked, Verdict::Blocked);
}

#[test]
fn a_public_database_must_be_public_wherever_it_may_stand() {
    let mut n = database();
    n.subnet("subnet-b", "vpc-a", "10.0.2.0/24", "b")
        .ingress("sg-db", "tcp", (443, 443), "0.0.0.0/0")
        .igw("igw-a", "vpc-a")
        .route("rtb-a", "0.0.0.0/0", "igw-a")
        .public("eni-d", "198.51.100.7")
        .set("DBInstances", "orders", "PubliclyAccessible", true.into())
        .set(
            "DBInstances",
            "orders",
            "DBSubnetGroup",
            json!({"Subnets": [{"SubnetIdentifier": "subnet-a"}, {"SubnetIdentifier": "subnet-b"}]}),
        );
    let asked = path(EndForm::Internet, EndForm::Rds("orders".into()));
    assert_verdict(&n, &asked, Verdict::Reachable);
    n.table("rtb-b", "vpc-a", &["subnet-b"]);
    assert_verdict(&n, &asked, Verdict::Partial);
}

#[test]
fn an_address_is_where_the_routes_lead() {
    // An interface of a VPC that nothing joins has the address of a host outside AWS.
    let mut n = joined();
    n.vpc("vpc-x", "192.168.0.0/16")
        .subnet("subnet-x", "vpc-x", "192.168.1.0/24", "a")
        .interface("eni-x", "subnet-x", "192.168.1.1");
    let asked = path(id("eni-a"), address("192.168.1.1/32"));
    assert_verdict(&n, &asked, Verdict::Reachable);
    let guard = RequiredPath {
        expect: Expect::Blocked,
        ..asked.clone()
    };
    assert_eq!(evaluate(&n, &guard).as_expected, Some(false));
    // Which is meant may be said.
    let mut placed = asked;
    placed.destination.vpc = Some("vpc-x".into());
    assert_verdict(&n, &placed, Verdict::Blocked);
}

#[test]
fn a_pinned_source_is_sent_by_its_owner_and_what_nobody_owns_by_every_one() {
    let mut asked = path(id("eni-a"), id("eni-b"));
    asked.filter_at_source.source_address = Some(net("10.0.1.10/32"));
    assert_verdict(&joined(), &asked, Verdict::Reachable);
    // The check stops what is not the sender's own.
    asked.filter_at_source.source_address = Some(net("10.0.1.0/24"));
    assert_verdict(&joined(), &asked, Verdict::Partial);
}

#[test]
fn the_answer_to_whom_a_server_sends_for_comes_back_to_it() {
    let mut n = Network::new();
    n.vpc("vpc-a", "10.0.0.0/16")
        .subnet("subnet-v", "vpc-a", "10.0.1.0/24", "a")
        .subnet("subnet-s", "vpc-a", "10.0.2.0/24", "a")
        .outward_group("sg-v", "vpc-a")
        .interface_in("eni-v", "subnet-v", "10.0.1.10", &["sg-v"])
        .set("NetworkInterfaces", "eni-v", "SourceDestCheck", false.into())
        .interface("eni-s", "subnet-s", "10.0.2.10")
        .table("rtb-s", "vpc-a", &["subnet-s"])
        .route("rtb-s", "10.8.0.0/24", "eni-v");
    let mut asked = path(id("eni-v"), id("eni-s"));
    asked.filter_at_source.source_address = Some(net("10.8.0.2/32"));
    assert_verdict(&n, &asked, Verdict::Reachable);
    n.set("NetworkInterfaces", "eni-v", "SourceDestCheck", true.into());
    assert_verdict(&n, &asked, Verdict::Blocked);
}

#[test]
fn of_several_groups_the_one_that_was_meant_to_let_it_in_is_named() {
    let mut n = Network::new();
    n.vpc("vpc-a", "10.0.0.0/16")
        .subnet("subnet-a", "vpc-a", "10.0.1.0/24", "a")
        .interface("eni-a", "subnet-a", "10.0.1.10")
        .group("sg-monitoring", "vpc-a")
        .ingress("sg-monitoring", "tcp", (9100, 9100), "10.0.1.0/24")
        .group("sg-web", "vpc-a")
        .ingress("sg-web", "tcp", (443, 443), "10.9.0.0/16")
        .group("sg-all", "vpc-a")
        .ingress("sg-all", "-1", (0, 0), "10.9.0.0/16")
        .interface_in(
            "eni-s",
            "subnet-a",
            "10.0.1.20",
            &["sg-monitoring", "sg-all", "sg-web"],
        );
    let result = evaluate(&n, &path(id("eni-a"), id("eni-s")));
    assert_eq!(named(&result), [("sg-web", Code::EniSgRulesMismatch)]);
    let fix = result.blockers[0].fix.as_ref().expect("a command");
    assert!(fix.command.contains("--group-id sg-web"), "{fix:?}");
}

#[test]
fn a_database_that_is_stopped_answers_nobody() {
    let mut n = database();
    let asked = path(id("eni-a"), EndForm::Rds("orders".into()));
    assert_verdict(&n, &asked, Verdict::Reachable);
    n.set("DBInstances", "orders", "DBInstanceStatus", "starting".into());
    assert_verdict(&n, &asked, Verdict::Undecided);
    n.set("DBInstances", "orders", "DBInstanceStatus", "stopped".into());
    let result = evaluate(&n, &asked);
    assert_eq!(result.verdict, Verdict::Blocked);
    assert_eq!(named(&result)[0].1, Code::BadState);
}

#[test]
fn an_address_that_only_a_peering_shows_is_sent_from_behind_it() {
    let mut n = Network::new();
    n.vpc("vpc-a", "10.0.0.0/16")
        .vpc("vpc-p", "10.1.0.0/16")
        .subnet("subnet-a", "vpc-a", "10.0.1.0/24", "a")
        .group("sg-a", "vpc-a")
        .ingress("sg-a", "tcp", (443, 443), "10.1.0.0/16")
        .interface_in("eni-a", "subnet-a", "10.0.1.10", &["sg-a"])
        .peering("pcx-1", "vpc-a", "vpc-p")
        .route("rtb-a", "10.1.0.0/16", "pcx-1")
        .remove("Vpcs", "vpc-p")
        .remove("RouteTables", "rtb-p");
    let mut asked = path(address("10.1.4.4/32"), id("eni-a"));
    asked.reply = hopwatch::paths::model::Reply::Ignored;
    assert_verdict(&n, &asked, Verdict::Reachable);
    asked.destination_ports = Some(engine::ports(80..=80));
    assert_verdict(&n, &asked, Verdict::Blocked);
    asked.source = path(address("10.2.4.4/32"), id("eni-a")).source;
    assert_verdict(&n, &asked, Verdict::Undecided);
}

#[test]
fn whether_a_network_outside_aws_leads_to_the_internet_cannot_be_told() {
    let mut n = joined();
    n.route("rtb-a", "0.0.0.0/0", "tgw-1").tgw_route(
        RTB,
        "0.0.0.0/0",
        Some(("tgw-attach-v", "vpn", "vpn-1")),
    );
    assert_verdict(&n, &path(id("eni-a"), EndForm::Internet), Verdict::Undecided);
    let mut by_gateway = Network::new();
    by_gateway
        .vpc("vpc-a", "10.0.0.0/16")
        .subnet("subnet-a", "vpc-a", "10.0.1.0/24", "a")
        .interface("eni-a", "subnet-a", "10.0.1.10")
        .vgw("vgw-a", "vpc-a")
        .vpn("vpn-1", ("VpnGatewayId", "vgw-a"), &["UP"], &["0.0.0.0/0"])
        .route("rtb-a", "0.0.0.0/0", "vgw-a");
    let to_internet = path(id("eni-a"), EndForm::Internet);
    assert_verdict(&by_gateway, &to_internet, Verdict::Undecided);
    // By a certain internet gateway it does not get there.
    by_gateway.igw("igw-a", "vpc-a");
    assert_verdict(&by_gateway, &path(id("eni-a"), id("igw-a")), Verdict::Blocked);
}

#[test]
fn a_public_address_that_a_vpn_lists_comes_by_it() {
    let mut n = Network::new();
    n.vpc("vpc-a", "10.0.0.0/16")
        .subnet("subnet-a", "vpc-a", "10.0.1.0/24", "a")
        .interface("eni-a", "subnet-a", "10.0.1.10")
        .vgw("vgw-a", "vpc-a")
        .vpn("vpn-1", ("VpnGatewayId", "vgw-a"), &["UP"], &["203.0.113.0/24"])
        .route("rtb-a", "203.0.113.0/24", "vgw-a");
    let from = |source: &str| path(address(source), id("eni-a"));
    assert_verdict(&n, &from("203.0.113.7/32"), Verdict::Reachable);
    assert_verdict(&n, &from("198.51.100.7/32"), Verdict::Blocked);
}
