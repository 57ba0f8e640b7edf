//! Network Firewalls: what passes without state, the way back, transit gateways, states
//! (network-firewall/latest/developerguide: asymmetric-routing, stream-exception-policy).

use serde_json::{Value, json};

use super::network_firewalls::{between, ruled, strict};
use super::*;
use crate::ask::{What, tcp};
use crate::network::{stateful_rule, stateless_rule};

pub(super) fn lines() -> Vec<Line> {
    [without_state(), ways(), by_transit_gateway(), states()].concat()
}

/// The same with stateless rules; what none matches is dropped.
fn stateless(rules: &[Value]) -> Network {
    with(&between(), |n| {
        n.policy("edge", "StatelessDefaultActions", json!(["aws:drop"]))
            .stateless_group("edge", "first", 1, rules);
    })
}

fn there(action: &str) -> Value {
    stateless_rule(
        10,
        action,
        [&["10.0.1.0/24"], &["10.0.2.0/24"]],
        &[6],
        &[(443, 443)],
    )
}

fn back(action: &str) -> Value {
    stateless_rule(20, action, [&["10.0.2.0/24"], &["10.0.1.0/24"]], &[6], &[])
}

/// Stateless rules.
fn without_state() -> Vec<Line> {
    let web = || tcp("eni-c", "10.0.2.10", 443);
    let pass = || stateless(&[there("aws:pass"), back("aws:pass")]);
    let flags = |action: &str| {
        let mut rule = there(action);
        rule["RuleDefinition"]["MatchAttributes"]["TCPFlags"] =
            json!([{"Flags": ["SYN"], "Masks": ["SYN", "ACK"]}]);
        rule
    };
    let picking_up = |network: &Network| {
        with(network, |n| {
            n.policy(
                "edge",
                "StatefulEngineOptions",
                json!({"StreamExceptionPolicy": "CONTINUE"}),
            );
        })
    };
    let first = with(&pass(), |n| {
        n.stateless_group(
            "edge",
            "earlier",
            0,
            &[stateless_rule(5, "aws:drop", [&[], &[]], &[], &[])],
        );
    });
    let custom = with(&stateless(&[there("aws:pass"), back("aws:pass")]), |n| {
        n.edit_described("RuleGroups", "first", |row| {
            let rules =
                &mut row["RuleGroup"]["RulesSource"]["StatelessRulesAndCustomActions"]["StatelessRules"];
            rules[0]["RuleDefinition"]["Actions"] = json!(["aws:pass", "CountThem"]);
        });
    });
    let forwarding = stateless(&[there("aws:forward_to_sfe"), back("aws:forward_to_sfe")]);
    let dropping = with(&forwarding, |n| {
        let rule = stateful_rule("DROP", "TCP", "ANY", "ANY", "443");
        n.stateful_group("edge", "web", 1, json!({"StatefulRules": [rule]}));
    });
    let bypassing = with(&pass(), |n| {
        n.strict("edge", &["aws:drop_strict"]);
    });
    let broad = stateless_rule(1, "aws:pass", [&[], &[]], &[], &[(443, 443)]);
    vec![
        line(
            "stateless pass both ways, no stateful rule asked",
            &bypassing,
            web(),
            R,
        ),
        line(
            "stateless: another port",
            &pass(),
            tcp("eni-c", "10.0.2.10", 80),
            B,
        ),
        line(
            "stateless: another protocol",
            &pass(),
            web().carrying(What::Udp(443)),
            B,
        ),
        line("stateless: an earlier group", &first, web(), B),
        line(
            "stateless drop",
            &stateless(&[there("aws:drop"), back("aws:pass")]),
            web(),
            B,
        ),
        line("stateless: a counting action beside", &custom, web(), R),
        line(
            "stateless: no way back",
            &stateless(&[there("aws:pass")]),
            web(),
            B,
        ),
        line(
            "stateless: no way back, none asked",
            &stateless(&[there("aws:pass")]),
            web().one_way(),
            R,
        ),
        line("forwarded both ways", &forwarding, web(), R),
        line("forwarded, and dropped there", &dropping, web(), B),
        line(
            "passed there, forwarded back",
            &stateless(&[there("aws:pass"), back("aws:forward_to_sfe")]),
            web(),
            B,
        ),
        line(
            "passed there, forwarded back, the engine picks it up",
            &picking_up(&stateless(&[there("aws:pass"), back("aws:forward_to_sfe")])),
            web(),
            U,
        ),
        line(
            "forwarded there, passed back",
            &stateless(&[there("aws:forward_to_sfe"), back("aws:pass")]),
            web(),
            U,
        ),
        line(
            "flags of TCP",
            &stateless(&[flags("aws:drop"), there("aws:pass"), back("aws:pass")]),
            web(),
            U,
        ),
        line(
            "flags of TCP that change nothing",
            &stateless(&[flags("aws:pass"), there("aws:pass"), back("aws:pass")]),
            web(),
            R,
        ),
        line(
            "ports and what has none",
            &stateless(&[broad]),
            web().carrying(What::Echo).one_way(),
            U,
        ),
        line(
            "a group that was not read",
            &with(&pass(), |n| {
                n.unread("RuleGroups");
            }),
            web(),
            U,
        ),
    ]
}

/// The way back.
fn ways() -> Vec<Line> {
    let web = || tcp("eni-c", "10.0.2.10", 443);
    let no_way_back = with(&between(), |n| {
        n.only_local("rtb-s");
    });
    let only_back = with(&between(), |n| {
        n.only_local("rtb-c");
    });
    let two = with(&no_way_back, |n| {
        n.subnet("subnet-g", "vpc-a", "10.0.4.0/24", "b")
            .firewall("other", &[("vpce-g", "subnet-g")])
            .route("rtb-s", "10.0.1.0/24", "vpce-g");
    });
    let picks_up = |network: &Network| {
        with(network, |n| {
            n.policy(
                "edge",
                "StatefulEngineOptions",
                json!({"StreamExceptionPolicy": "CONTINUE"}),
            );
        })
    };
    let stateless_round = with(&stateless(&[there("aws:pass")]), |n| {
        n.only_local("rtb-s");
    });
    let inbound = stateful_rule("DROP", "TCP", "10.0.2.0/24", "10.0.1.0/24", "ANY");
    let outbound = stateful_rule("PASS", "TCP", "10.0.1.0/24", "10.0.2.0/24", "ANY");
    let by_reference = with(&between(), |n| {
        n.outward_group("sg-client", "vpc-a")
            .outward_group("sg-server", "vpc-a")
            .ingress("sg-server", "tcp", (443, 443), "sg-client");
        for (interface, group) in [("eni-c", "sg-client"), ("eni-s", "sg-server")] {
            n.set(
                "NetworkInterfaces",
                interface,
                "Groups",
                json!([{"GroupId": group}]),
            );
        }
    });
    let by_block = with(&by_reference, |n| {
        n.ingress("sg-server", "tcp", (443, 443), "10.0.1.0/24");
    });
    let outward = with(&between(), |n| {
        n.igw("igw-a", "vpc-a")
            .public("eni-c", "198.51.100.7")
            .route("rtb-c", "0.0.0.0/0", "vpce-f")
            .table("rtb-f", "vpc-a", &["subnet-f"])
            .route("rtb-f", "0.0.0.0/0", "igw-a")
            .edge_table("rtb-e", "vpc-a", "igw-a")
            .route("rtb-e", "10.0.1.0/24", "vpce-f");
    });
    let outward_ruled = with(&outward, |n| {
        n.strict("edge", &["aws:drop_strict"]).stateful_group(
            "edge",
            "web",
            1,
            json!({"StatefulRules": [stateful_rule("PASS", "TCP", "$HOME_NET", "$EXTERNAL_NET", "443")]}),
        );
    });
    vec![
        line("the reply by the local route", &no_way_back, web(), B),
        line(
            "the reply by the local route, none asked",
            &no_way_back,
            web().one_way(),
            R,
        ),
        line("only the reply by the firewall", &only_back, web(), B),
        line("the reply by another firewall", &two, web(), B),
        line(
            "the reply by the local route, the engine picks up",
            &picks_up(&no_way_back),
            web(),
            U,
        ),
        line(
            "only the reply by the firewall, the engine picks up",
            &picks_up(&only_back),
            web(),
            U,
        ),
        line(
            "passed without state, the reply by the local route",
            &stateless_round,
            web(),
            U,
        ),
        line(
            "a drop rule that matches the reply only",
            &ruled(std::slice::from_ref(&inbound)),
            web(),
            U,
        ),
        line(
            "a drop rule that matches the reply of what a rule passes",
            &ruled(&[inbound.clone(), outbound]),
            web(),
            R,
        ),
        line(
            "a drop rule that matches the reply, none asked",
            &ruled(&[inbound]),
            web().one_way(),
            R,
        ),
        line("a reference behind a firewall", &by_reference, web(), B),
        line("a block behind a firewall", &by_block, web(), R),
        line(
            "to the internet by a firewall",
            &outward_ruled,
            tcp("eni-c", "203.0.113.7", 443),
            R,
        ),
        line(
            "to the internet by a firewall, another port",
            &outward_ruled,
            tcp("eni-c", "203.0.113.7", 80),
            B,
        ),
        line(
            "to the internet by a firewall, back past it",
            &with(&outward, |n| {
                n.only_local("rtb-e");
            }),
            tcp("eni-c", "203.0.113.7", 443),
            B,
        ),
    ]
}

/// A client in zone a and a server in zone b of two VPCs, and between them a third with a firewall in each zone.
fn inspected(appliance_mode: &str) -> Network {
    let mut n = Network::new();
    n.vpc("vpc-a", "10.0.0.0/16")
        .vpc("vpc-f", "10.9.0.0/16")
        .vpc("vpc-i", "10.5.0.0/16")
        .subnet("subnet-c", "vpc-a", "10.0.1.0/24", "a")
        .subnet("subnet-s", "vpc-f", "10.9.1.0/24", "b")
        .interface("eni-c", "subnet-c", "10.0.1.10")
        .interface("eni-s", "subnet-s", "10.9.1.10")
        .tgw("tgw-1")
        .tgw_table("tgw-rtb-spokes", "tgw-1")
        .tgw_table("tgw-rtb-middle", "tgw-1")
        .attach("tgw-attach-a", "tgw-1", "vpc-a", &["subnet-c"], "tgw-rtb-spokes")
        .attach("tgw-attach-f", "tgw-1", "vpc-f", &["subnet-s"], "tgw-rtb-spokes")
        .route("rtb-a", "10.9.0.0/16", "tgw-1")
        .route("rtb-f", "10.0.0.0/16", "tgw-1");
    let endpoints = [("vpce-ia", "subnet-fa"), ("vpce-ib", "subnet-fb")];
    for (zone, number) in [("a", 1), ("b", 2)] {
        let (inner, table) = (format!("subnet-i{zone}"), format!("rtb-i{zone}"));
        n.subnet(&inner, "vpc-i", &format!("10.5.{number}.0/24"), zone)
            .subnet(
                &format!("subnet-f{zone}"),
                "vpc-i",
                &format!("10.5.1{number}.0/24"),
                zone,
            )
            .table(&table, "vpc-i", &[&inner])
            .route(&table, "0.0.0.0/0", &format!("vpce-i{zone}"));
    }
    n.firewall("edge", &endpoints)
        .route("rtb-i", "0.0.0.0/0", "tgw-1")
        .attach(
            "tgw-attach-i",
            "tgw-1",
            "vpc-i",
            &["subnet-ia", "subnet-ib"],
            "tgw-rtb-middle",
        )
        .edit("TransitGatewayVpcAttachments", "tgw-attach-i", |a| {
            a["Options"]["ApplianceModeSupport"] = appliance_mode.into();
        });
    for (to, attachment, vpc) in [
        ("10.9.0.0/16", "tgw-attach-f", "vpc-f"),
        ("10.0.0.0/16", "tgw-attach-a", "vpc-a"),
    ] {
        n.tgw_route("tgw-rtb-spokes", to, Some(("tgw-attach-i", "vpc", "vpc-i")))
            .tgw_route("tgw-rtb-middle", to, Some((attachment, "vpc", vpc)));
    }
    n
}

/// Firewalls in the middle of a transit gateway.
fn by_transit_gateway() -> Vec<Line> {
    let web = || tcp("eni-c", "10.9.1.10", 443);
    let denying = with(&inspected("enable"), |n| {
        n.strict("edge", &["aws:drop_strict"]);
    });
    let one_zone = with(&inspected("disable"), |n| {
        n.set("Subnets", "subnet-s", "AvailabilityZone", "eu-west-1a".into())
            .set("Subnets", "subnet-s", "AvailabilityZoneId", "euw1-aza".into());
    });
    vec![
        line(
            "inspection without appliance mode, two zones",
            &inspected("disable"),
            web(),
            B,
        ),
        line(
            "inspection without appliance mode, two zones, no reply",
            &inspected("disable"),
            web().one_way(),
            R,
        ),
        line("inspection without appliance mode, one zone", &one_zone, web(), R),
        line("inspection with appliance mode", &inspected("enable"), web(), R).at("eni-s"),
        line("inspection with appliance mode, denied", &denying, web(), B),
    ]
}

/// States, and what was not read.
fn states() -> Vec<Line> {
    let web = || tcp("eni-c", "10.0.2.10", 443);
    let status = |field: &'static str, value: &'static str| {
        with(&between(), |n| {
            n.edit_described("Firewalls", "edge", |row| {
                row["FirewallStatus"][field] = value.into();
            });
        })
    };
    let endpoint = |value: &'static str| {
        with(&between(), |n| {
            n.edit_described("Firewalls", "edge", |row| {
                let zones = row["FirewallStatus"]["SyncStates"]
                    .as_object_mut()
                    .expect("zones");
                for zone in zones.values_mut() {
                    zone["Attachment"]["Status"] = value.into();
                }
            });
        })
    };
    let unread = |kind: &str| {
        with(&between(), |n| {
            n.unread(kind);
        })
    };
    let dropping = strict(&[], &["aws:drop_strict"]);
    let group_unread = with(&ruled(&[]), |n| {
        n.unread("RuleGroups");
    });
    vec![
        line(
            "a firewall being made",
            &status("Status", "PROVISIONING"),
            web(),
            U,
        ),
        line(
            "a firewall on its way out",
            &status("Status", "DELETING"),
            web(),
            U,
        ),
        line(
            "a policy on its way in",
            &status("ConfigurationSyncStateSummary", "PENDING"),
            web(),
            U,
        ),
        line("an endpoint being made", &endpoint("CREATING"), web(), U),
        line("an endpoint that failed", &endpoint("FAILED"), web(), B),
        line("an endpoint that grows", &endpoint("SCALING"), web(), U),
        line("firewalls not read", &unread("Firewalls"), web(), U),
        line("policies not read", &unread("FirewallPolicies"), web(), U),
        line(
            "rule groups not read, but none named",
            &unread("RuleGroups"),
            web(),
            R,
        ),
        line("rule groups not read", &group_unread, web(), U),
        line("declared transparent, whatever the rules", &dropping, web(), R).transparent("vpce-f"),
        line("not declared", &dropping, web(), B),
    ]
}
