//! Network Firewalls on a path's way: what a result says of them beside its verdict.

use hopwatch::network::id::ResourceId;
use hopwatch::network::{Kind, Snapshot};
use hopwatch::paths::model::{Component, EndForm, Protocol, RequiredPath};
use hopwatch::reach::code::Code;
use hopwatch::reach::report::{Blocker, Direction, HopOutcome, Leg, PathResult, Rule, Verdict};
use ipnet::IpNet;
use serde_json::json;

use crate::engine;
use crate::network::{Network, firewall_arn, stateful_rule, stateless_rule};

/// A client and a server with a firewall between their subnets, both ways: 443 passes, 22 is dropped, all else is
/// dropped by default.
fn guarded() -> Network {
    let mut n = Network::new();
    let rules = [
        stateful_rule("PASS", "TCP", "$HOME_NET", "10.0.2.0/24", "443"),
        stateful_rule("DROP", "TCP", "ANY", "ANY", "22"),
    ];
    n.vpc("vpc-a", "10.0.0.0/16")
        .subnet("subnet-c", "vpc-a", "10.0.1.0/24", "a")
        .subnet("subnet-s", "vpc-a", "10.0.2.0/24", "b")
        .subnet("subnet-f", "vpc-a", "10.0.3.0/24", "a")
        .interface("eni-c", "subnet-c", "10.0.1.10")
        .interface("eni-s", "subnet-s", "10.0.2.10")
        .firewall("edge", &[("vpce-f", "subnet-f")])
        .table("rtb-c", "vpc-a", &["subnet-c"])
        .route("rtb-c", "10.0.2.0/24", "vpce-f")
        .table("rtb-s", "vpc-a", &["subnet-s"])
        .route("rtb-s", "10.0.1.0/24", "vpce-f")
        .strict("edge", &["aws:drop_strict"])
        .stateful_group("edge", "web", 1, json!({"StatefulRules": rules}));
    n
}

fn snapshot(network: &Network) -> Snapshot {
    engine::load(&network.json()).expect("a snapshot")
}

fn path(port: u16) -> RequiredPath {
    let source = EndForm::Id(ResourceId::from("eni-c"));
    let server: IpNet = "10.0.2.10/32".parse().expect("a block");
    let mut path = engine::bare(source, EndForm::Addresses(vec![server]), Protocol::Tcp);
    path.destination_ports = Some(engine::ports(port..=port));
    path
}

fn ask(network: &Network, path: &RequiredPath) -> PathResult {
    engine::engine(&snapshot(network), &[]).evaluate(path)
}

fn only(result: &PathResult) -> &Blocker {
    match result.blockers.as_slice() {
        [one] => one,
        all => panic!("not one blocker: {all:#?}"),
    }
}

#[test]
fn a_drop_rule_is_named_with_its_group() {
    let result = ask(&guarded(), &path(22));
    assert_eq!(result.verdict, Verdict::Blocked);
    let blocker = only(&result);
    assert_eq!(blocker.code, Code::FirewallRulesRestriction);
    assert_eq!(blocker.component, firewall_arn("stateful-rulegroup/web"));
    assert_eq!(blocker.component_name.as_deref(), Some("web"));
    assert_eq!((blocker.kind, blocker.leg), (Kind::NetworkFirewall, Leg::Forward));
    assert_eq!(blocker.direction, Some(Direction::Ingress));
    assert_eq!(blocker.subnet.as_deref(), Some("subnet-f"));
    assert!(blocker.fix.is_none());
    assert_eq!(
        serde_json::to_value(&blocker.rule).expect("JSON"),
        json!({
            "ruleGroupArn": firewall_arn("stateful-rulegroup/web"), "ruleAction": "drop", "protocol": "TCP",
            "direction": "FORWARD", "sources": [], "sourcePorts": [], "destinations": [],
            "destinationPorts": [{"from": 22, "to": 22}],
        })
    );
    assert!(
        blocker.message.contains("web (arn:") && blocker.message.contains("drop tcp from any to any 22"),
        "{}",
        blocker.message
    );
}

#[test]
fn a_default_action_is_the_policys_and_no_rule() {
    let result = ask(&guarded(), &path(80));
    let blocker = only(&result);
    assert_eq!(blocker.component, firewall_arn("firewall-policy/edge"));
    assert_eq!(blocker.rule, None);
    assert!(blocker.message.contains("aws:drop_strict"), "{}", blocker.message);
}

#[test]
fn a_stateless_rule_is_named_with_its_fields() {
    let mut n = guarded();
    let rule = stateless_rule(
        7,
        "aws:drop",
        [&["10.0.1.0/24"], &["10.0.2.0/24"]],
        &[6],
        &[(443, 444)],
    );
    n.stateless_group("edge", "first", 1, &[rule]);
    let result = ask(&n, &path(443));
    let blocker = only(&result);
    assert_eq!(blocker.component, firewall_arn("stateless-rulegroup/first"));
    assert_eq!(
        serde_json::to_value(&blocker.rule).expect("JSON"),
        json!({
            "ruleGroupArn": firewall_arn("stateless-rulegroup/first"), "priority": 7, "ruleAction": "drop",
            "protocols": [6], "sources": ["10.0.1.0/24"], "sourcePorts": [], "destinations": ["10.0.2.0/24"],
            "destinationPorts": [{"from": 443, "to": 444}],
        })
    );
}

#[test]
fn what_passes_is_told_by_its_rule_and_rests_on_all_parts() {
    let result = ask(&guarded(), &path(443));
    assert_eq!(result.verdict, Verdict::Reachable);
    let hop = result
        .hops
        .iter()
        .find(|hop| hop.kind == Kind::NetworkFirewall && hop.leg == Leg::Forward)
        .expect("a hop");
    assert_eq!(hop.outcome, HopOutcome::Passed);
    assert!(
        matches!(&hop.allowed_by, Some(Rule::FirewallStatefulRule { rule_action, .. }) if rule_action == "pass")
    );
    assert!(
        result
            .hops
            .iter()
            .any(|hop| hop.kind == Kind::NetworkFirewall && hop.leg == Leg::Reply)
    );
    for part in [
        "vpce-f".to_owned(),
        "vpc-a".to_owned(),
        firewall_arn("firewall/edge"),
        firewall_arn("firewall-policy/edge"),
        firewall_arn("stateful-rulegroup/web"),
    ] {
        assert!(result.dependencies.contains(part.as_str()), "{part}");
    }
}

#[test]
fn a_firewall_can_be_asked_for_and_forbidden() {
    let arn = Component::Id(firewall_arn("firewall/edge").as_str().into());
    for component in [Component::Kind(Kind::NetworkFirewall), arn] {
        let mut via = path(443);
        via.via = vec![component.clone()];
        assert_eq!(ask(&guarded(), &via).verdict, Verdict::Reachable);
        let mut past = guarded();
        for table in ["rtb-c", "rtb-s"] {
            past.edit("RouteTables", table, |table| {
                let routes = table["Routes"].as_array_mut().expect("a list");
                routes.retain(|route| route["GatewayId"] == "local");
            });
        }
        let result = ask(&past, &via);
        assert_eq!(result.verdict, Verdict::Blocked);
        assert_eq!(only(&result).code, Code::ComponentFilterRestriction);
        let mut not = path(443);
        not.not_via = vec![component];
        assert_eq!(ask(&guarded(), &not).verdict, Verdict::Blocked);
    }
}

#[test]
fn what_was_not_read_is_named_by_its_call() {
    for (kind, call) in [
        ("Firewalls", "network-firewall:DescribeFirewall"),
        ("FirewallPolicies", "network-firewall:DescribeFirewallPolicy"),
        ("RuleGroups", "network-firewall:DescribeRuleGroup"),
    ] {
        let mut n = guarded();
        n.unread(kind);
        let result = ask(&n, &path(443));
        assert_eq!(result.verdict, Verdict::Undecided, "{kind}");
        let reason = result.reason.expect("a reason");
        assert_eq!(reason.missing_calls, [call]);
    }
    // The tag that AWS sets tells that it is a firewall's endpoint.
    let mut n = guarded();
    n.unread("Firewalls").set(
        "VpcEndpoints",
        "vpce-f",
        "Tags",
        json!([{"Key": "AWSNetworkFirewallManaged", "Value": "true"}]),
    );
    let reason = ask(&n, &path(443)).reason.expect("a reason");
    assert_eq!(reason.code, Code::UnknownResource);
}

#[test]
fn a_reply_that_goes_round_is_the_route_tables_fault() {
    let mut n = guarded();
    n.edit("RouteTables", "rtb-s", |table| {
        let routes = table["Routes"].as_array_mut().expect("a list");
        routes.retain(|route| route["GatewayId"] == "local");
    });
    let result = ask(&n, &path(443));
    assert_eq!(result.verdict, Verdict::Blocked);
    let blocker = only(&result);
    assert_eq!(blocker.code, Code::FirewallAsymmetricRouting);
    assert_eq!((blocker.component.as_str(), blocker.leg), ("rtb-s", Leg::Reply));
    assert!(matches!(&blocker.rule, Some(Rule::Route { target, .. }) if target == "local"));
}

#[test]
fn only_what_a_rule_may_decide_is_undecided() {
    let mut n = guarded();
    let mut tls = stateful_rule("PASS", "TLS", "ANY", "ANY", "8443");
    tls["RuleOptions"] = json!([{"Keyword": "sid", "Settings": ["3"]}]);
    n.stateful_group("edge", "names", 2, json!({"StatefulRules": [tls]}));
    for (port, verdict) in [
        (443, Verdict::Reachable),
        (22, Verdict::Blocked),
        (80, Verdict::Blocked),
        (8443, Verdict::Undecided),
    ] {
        assert_eq!(ask(&n, &path(port)).verdict, verdict, "{port}");
    }
}
