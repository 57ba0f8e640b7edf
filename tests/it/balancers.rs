//! Load balancers as a path's ends: what a result says of them beside its verdict.

use hopwatch::network::Snapshot;
use hopwatch::network::id::ResourceId;
use hopwatch::paths::model::{Component, EndForm, Expect, Protocol, RequiredPath};
use hopwatch::reach::code::Code;
use hopwatch::reach::report::{HopOutcome, Leg, PathResult, Verdict};
use ipnet::IpNet;
use serde_json::json;

use crate::engine;
use crate::network::{Network, balancer_arn, forward, group_arn, listener_arn};

/// `app/shop` with a node in two zones before `eni-t`, which lets the balancer's group in on 8080.
fn shop() -> Network {
    let mut n = Network::new();
    n.vpc("vpc-a", "10.0.0.0/16")
        .subnet("subnet-c", "vpc-a", "10.0.1.0/24", "a")
        .subnet("subnet-l", "vpc-a", "10.0.2.0/24", "a")
        .subnet("subnet-m", "vpc-a", "10.0.3.0/24", "b")
        .subnet("subnet-t", "vpc-a", "10.0.4.0/24", "a")
        .interface("eni-c", "subnet-c", "10.0.1.10")
        .group("sg-lb", "vpc-a")
        .ingress("sg-lb", "tcp", (443, 443), "0.0.0.0/0")
        .egress("sg-lb", "tcp", (8080, 8080), "10.0.4.0/24")
        .outward_group("sg-t", "vpc-a")
        .ingress("sg-t", "tcp", (8080, 8080), "sg-lb")
        .interface_in("eni-t", "subnet-t", "10.0.4.10", &["sg-t"])
        .balancer(
            "app/shop",
            &[("subnet-l", "10.0.2.20"), ("subnet-m", "10.0.3.20")],
            &["sg-lb"],
        )
        .targets("web", "vpc-a", ("instance", "HTTP"), &[("i-t", 8080)])
        .listener("app/shop", "HTTPS", 443, &[forward("web")]);
    n
}

/// The same as a Network Load Balancer without groups.
fn network_shop() -> Network {
    let mut n = shop();
    n.remove("LoadBalancers", &balancer_arn("app/shop"))
        .remove("LoadBalancerAttributes", &balancer_arn("app/shop"))
        .remove("NetworkInterfaces", "eni-shop-l")
        .remove("NetworkInterfaces", "eni-shop-m")
        .balancer(
            "net/shop",
            &[("subnet-l", "10.0.2.20"), ("subnet-m", "10.0.3.20")],
            &[],
        )
        .listener("net/shop", "TCP", 443, &[forward("web")])
        .edit("TargetGroups", &group_arn("web"), |group| {
            group["Protocol"] = "TCP".into();
        });
    n
}

fn snapshot(network: &Network) -> Snapshot {
    engine::load(&network.json()).expect("a snapshot")
}

fn named(name: &str) -> EndForm {
    EndForm::LoadBalancer(name.to_owned())
}

fn path(source: EndForm, destination: EndForm, port: u16) -> RequiredPath {
    let mut path = engine::bare(source, destination, Protocol::Tcp);
    path.destination_ports = Some(engine::ports(port..=port));
    path
}

fn client() -> EndForm {
    EndForm::Id(ResourceId::from("eni-c"))
}

fn to_shop() -> RequiredPath {
    path(client(), named("shop"), 443)
}

fn ask(network: &Network, path: &RequiredPath) -> PathResult {
    engine::engine(&snapshot(network), &[]).evaluate(path)
}

#[test]
fn by_name_or_arn_every_node_is_asked_and_every_target() {
    for name in ["shop", &balancer_arn("app/shop")] {
        let result = ask(&shop(), &path(client(), named(name), 443));
        assert_eq!(result.verdict, Verdict::Reachable, "{result:?}");
        assert_eq!(result.branches.len(), 2, "one for each node");
    }
    let result = ask(&network_shop(), &to_shop());
    // The node of zone b has no target, as zones are not crossed.
    assert_eq!(result.verdict, Verdict::Blocked, "{:?}", result.blockers);
    let codes: Vec<Code> = result.blockers.iter().map(|b| b.code).collect();
    assert!(codes.contains(&Code::Elbv2NoTargetsInAz), "{codes:?}");
}

#[test]
fn who_asks_a_public_balancer_by_a_private_address_is_told_of_its_name() {
    let told = |network: &Network| {
        let notices = ask(network, &to_shop()).notices;
        notices
            .iter()
            .any(|notice| notice.contains("asked for by its private addresses"))
    };
    assert!(!told(&shop()));
    let mut public = shop();
    let arn = balancer_arn("app/shop");
    public.set("LoadBalancers", &arn, "Scheme", "internet-facing".into());
    assert!(told(&public));
}

#[test]
fn the_walk_is_told_in_two_segments_there_and_back() {
    let result = ask(&shop(), &to_shop());
    let told: Vec<(Leg, u8, &str)> = result
        .hops
        .iter()
        .map(|hop| (hop.leg, hop.segment, hop.component.as_str()))
        .collect();
    let arn = balancer_arn("app/shop");
    let at = |leg, segment, component: &str| told.iter().position(|hop| *hop == (leg, segment, component));
    let ways = [
        at(Leg::Forward, 0, "eni-c"),
        at(Leg::Forward, 0, "eni-shop-l"),
        at(Leg::Forward, 0, &arn),
        at(Leg::Forward, 1, &arn),
        at(Leg::Forward, 1, "sg-lb"),
        at(Leg::Forward, 1, "eni-t"),
        at(Leg::Reply, 1, "eni-t"),
        at(Leg::Reply, 1, &arn),
        at(Leg::Reply, 0, "eni-shop-l"),
        at(Leg::Reply, 0, "eni-c"),
    ];
    assert!(ways.iter().all(Option::is_some), "{told:#?}");
    assert!(ways.is_sorted(), "{told:#?}");
    assert!(result.hops.iter().all(|hop| hop.outcome == HopOutcome::Passed));
}

#[test]
fn whatever_was_asked_is_a_dependency() {
    let result = ask(&shop(), &to_shop());
    for id in [
        balancer_arn("app/shop").as_str(),
        &listener_arn("app/shop", 443),
        &group_arn("web"),
        "i-t",
        "eni-t",
        "sg-t",
        "sg-lb",
        "eni-shop-l",
        "eni-shop-m",
        "acl-a",
        "rtb-a",
    ] {
        assert!(
            result.dependencies.contains(id),
            "{id} in {:?}",
            result.dependencies
        );
    }
}

#[test]
fn a_target_that_lets_nobody_in_gets_a_rule_for_the_balancers_group() {
    let mut n = shop();
    n.set("SecurityGroups", "sg-t", "IpPermissions", json!([]));
    let result = ask(&n, &to_shop());
    assert_eq!(result.verdict, Verdict::Blocked);
    let blocker = result.blockers.first().expect("a blocker");
    assert_eq!((blocker.component.as_str(), blocker.segment), ("sg-t", 1));
    let fix = blocker.fix.as_ref().expect("a fix");
    assert!(
        fix.verified && fix.command.contains("\"GroupId\":\"sg-lb\""),
        "{}",
        fix.command
    );
    assert!(fix.command.contains("8080"), "{}", fix.command);
}

#[test]
fn a_network_acl_between_node_and_target_is_mended_both_ways() {
    let mut n = shop();
    n.acl("acl-t", "vpc-a", &["subnet-t"]);
    let result = ask(&n, &to_shop());
    assert_eq!(result.verdict, Verdict::Blocked);
    assert_eq!(result.blockers.len(), 2, "{:?}", result.blockers);
    let legs: Vec<(Leg, u8)> = result.blockers.iter().map(|b| (b.leg, b.segment)).collect();
    assert_eq!(legs, [(Leg::Forward, 1), (Leg::Reply, 1)]);
    assert!(
        result
            .blockers
            .iter()
            .all(|b| b.fix.as_ref().is_some_and(|fix| fix.verified)),
        "{:?}",
        result.blockers
    );
}

#[test]
fn what_must_and_must_not_be_crossed_may_be_a_balancer_or_a_target_group() {
    let by = |kinds: &[&str]| {
        let mut path = to_shop();
        path.via = kinds
            .iter()
            .map(|kind| Component::Id(ResourceId::from(*kind)))
            .collect();
        ask(&shop(), &path).verdict
    };
    let (balancer, group) = (balancer_arn("app/shop"), group_arn("web"));
    assert_eq!(by(&[&balancer, &group]), Verdict::Reachable);
    assert_eq!(by(&[&group, &balancer]), Verdict::Blocked);
    let mut not = to_shop();
    not.not_via = vec![Component::Kind(hopwatch::network::Kind::LoadBalancer)];
    let result = ask(&shop(), &not);
    assert_eq!(result.verdict, Verdict::Blocked);
    let mut direct = path(client(), EndForm::Id(ResourceId::from("eni-t")), 8080);
    direct.via = vec![Component::Kind(hopwatch::network::Kind::LoadBalancer)];
    let mut n = shop();
    n.ingress("sg-t", "tcp", (8080, 8080), "10.0.0.0/16");
    assert_eq!(ask(&n, &direct).verdict, Verdict::Blocked);
}

#[test]
fn an_address_of_a_node_is_the_balancer() {
    let node = EndForm::Addresses(vec!["10.0.2.20/32".parse::<IpNet>().expect("a block")]);
    let mut n = shop();
    assert_eq!(
        ask(&n, &path(client(), node.clone(), 443)).verdict,
        Verdict::Reachable
    );
    n.set("SecurityGroups", "sg-t", "IpPermissions", json!([]));
    assert_eq!(ask(&n, &path(client(), node, 443)).verdict, Verdict::Blocked);
    let whole = EndForm::Addresses(vec!["10.0.2.0/24".parse::<IpNet>().expect("a block")]);
    assert_eq!(ask(&n, &path(client(), whole, 443)).verdict, Verdict::Blocked);
}

#[test]
fn an_internal_one_has_no_way_in_from_the_internet() {
    let result = ask(&shop(), &path(EndForm::Internet, named("shop"), 443));
    assert_eq!(result.verdict, Verdict::Blocked);
    let blocker = result.blockers.first().expect("a blocker");
    assert_eq!(blocker.code, Code::IgwPrivateIpAssociationForIngress);
}

#[test]
fn nobody_reaches_a_listener_that_is_not_there() {
    let mut leak = path(client(), named("shop"), 22);
    leak.expect = Expect::Blocked;
    let result = ask(&shop(), &leak);
    assert_eq!(result.as_expected, Some(true));
    let mut leak = to_shop();
    leak.expect = Expect::Blocked;
    let result = ask(&shop(), &leak);
    assert_eq!(result.as_expected, Some(false));
    assert!(!result.arrives.is_empty());
}

#[test]
fn an_end_that_is_not_there_or_not_alone_is_undecided() {
    let result = ask(&shop(), &path(client(), named("gone"), 443));
    assert_eq!(result.verdict, Verdict::Undecided);
    let mut unread = shop();
    unread.unread("LoadBalancers");
    let result = ask(&unread, &to_shop());
    let reason = result.reason.expect("a reason");
    assert_eq!(
        reason.missing_calls,
        ["elasticloadbalancing:DescribeLoadBalancers"]
    );
    let mut two = shop();
    two.classic_balancer(
        "shop",
        &[("subnet-c", "10.0.1.20")],
        &["sg-lb"],
        (443, 8080),
        &["i-t"],
    );
    let result = ask(&two, &to_shop());
    assert_eq!(result.reason.expect("a reason").code, Code::AmbiguousEnd);
    let arn = balancer_arn("app/shop");
    assert_eq!(
        ask(&two, &path(client(), named(&arn), 443)).verdict,
        Verdict::Reachable
    );
}

#[test]
fn a_network_load_balancer_sends_from_its_nodes_and_from_a_named_client() {
    let mut n = network_shop();
    n.set("SecurityGroups", "sg-t", "IpPermissions", json!([]))
        .ingress("sg-t", "tcp", (8080, 8080), "10.0.1.0/24");
    let target = EndForm::Id(ResourceId::from("eni-t"));
    let own = path(named("shop"), target.clone(), 8080);
    assert_eq!(ask(&n, &own).verdict, Verdict::Blocked);
    let mut pinned = path(named("shop"), target, 8080);
    pinned.filter_at_source.source_address = Some("10.0.1.10/32".parse().expect("a block"));
    pinned.reply = hopwatch::paths::model::Reply::Ignored;
    let result = ask(&n, &pinned);
    assert_eq!(result.verdict, Verdict::Reachable, "{:?}", result.blockers);
}

#[test]
fn listeners_saved_by_load_balancer_are_read() {
    let mut n = shop();
    let listeners = n.json()["Listeners"].clone();
    n.unread("Listeners");
    let mut json = n.json();
    json["LoadBalancerListeners"] =
        json!([{"LoadBalancerArn": balancer_arn("app/shop"), "Listeners": listeners}]);
    let snapshot = engine::load(&json).expect("a snapshot");
    let result = engine::engine(&snapshot, &[]).evaluate(&to_shop());
    assert_eq!(result.verdict, Verdict::Reachable, "{result:?}");
}

#[test]
fn health_checks_that_get_nowhere_are_told_beside_the_verdict() {
    let mut n = shop();
    n.edit("TargetGroups", &group_arn("web"), |group| {
        group["HealthCheckPort"] = "9090".into();
    });
    let result = ask(&n, &to_shop());
    assert_eq!(result.verdict, Verdict::Reachable);
    let told: Vec<&String> = result
        .notices
        .iter()
        .filter(|notice| notice.contains("port 9090") && notice.contains("i-t"))
        .collect();
    assert_eq!(told.len(), 1, "{:?}", result.notices);
    n.ingress("sg-t", "tcp", (9090, 9090), "sg-lb")
        .egress("sg-lb", "tcp", (9090, 9090), "10.0.4.0/24");
    assert_eq!(ask(&n, &to_shop()).notices, Vec::<String>::new());

    // A target that lets clients in, whose address is kept, and not the nodes that check it.
    let mut kept = network_shop();
    kept.set("SecurityGroups", "sg-t", "IpPermissions", json!([]))
        .ingress("sg-t", "tcp", (8080, 8080), "10.0.1.0/24");
    let node = EndForm::Addresses(vec!["10.0.2.20/32".parse::<IpNet>().expect("a block")]);
    let result = ask(&kept, &path(client(), node, 443));
    assert_eq!(result.verdict, Verdict::Reachable, "{:?}", result.blockers);
    assert!(
        result
            .notices
            .iter()
            .any(|notice| notice.contains("health checks of web on port 8080")),
        "{:?}",
        result.notices
    );
}

#[test]
fn unhealthy_targets_are_told_and_do_not_count_and_those_that_leave_get_nothing() {
    let mut n = shop();
    n.edit("LoadBalancerTargetHealth", &group_arn("web"), |row| {
        row["TargetHealthDescriptions"] = json!([
            {"Target": {"Id": "i-t", "Port": 8080}, "TargetHealth": {"State": "unhealthy"}},
            {"Target": {"Id": "i-gone", "Port": 8080}, "TargetHealth": {"State": "draining"}},
        ]);
    });
    let result = ask(&n, &to_shop());
    assert_eq!(result.verdict, Verdict::Reachable, "{:?}", result.reason);
    assert!(
        result
            .notices
            .iter()
            .any(|notice| notice.contains("health checks"))
    );
}

#[test]
fn who_gets_as_far_as_a_proxy_has_arrived_where_nobody_may() {
    let mut n = shop();
    n.set("SecurityGroups", "sg-t", "IpPermissions", json!([]));
    let mut leak = to_shop();
    leak.expect = Expect::Blocked;
    assert_eq!(ask(&n, &leak).as_expected, Some(false));
    // A Network Load Balancer only passes packets on: nothing arrives where no target takes it.
    let mut n = network_shop();
    n.set("SecurityGroups", "sg-t", "IpPermissions", json!([]));
    assert_eq!(ask(&n, &leak).as_expected, Some(true));
}
