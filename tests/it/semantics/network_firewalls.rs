//! Network Firewalls (network-firewall/latest/developerguide: firewall-policy-processing, suricata-rule-evaluation-order,
//! asymmetric-routing, stream-exception-policy, rule-groups-ip-set-references).

use serde_json::{Value, json};

use super::*;
use crate::ask::{What, tcp};
use crate::network::{firewall_arn, stateful_rule};

/// A client and a server with a firewall between their subnets, both ways, that passes everything.
pub(super) fn between() -> Network {
    with(&pair(), |n| {
        n.subnet("subnet-f", "vpc-a", "10.0.3.0/24", "a")
            .firewall("edge", &[("vpce-f", "subnet-f")])
            .table("rtb-c", "vpc-a", &["subnet-c"])
            .route("rtb-c", "10.0.2.0/24", "vpce-f")
            .table("rtb-s", "vpc-a", &["subnet-s"])
            .route("rtb-s", "10.0.1.0/24", "vpce-f");
    })
}

/// The same with stateful rules, in action order.
pub(super) fn ruled(rules: &[Value]) -> Network {
    with(&between(), |n| {
        n.stateful_group("edge", "web", 1, json!({"StatefulRules": rules}));
    })
}

/// The same, in strict order.
pub(super) fn strict(rules: &[Value], defaults: &[&str]) -> Network {
    with(&ruled(rules), |n| {
        n.strict("edge", defaults);
    })
}

/// The same with rules in Suricata's language, in strict order, all else dropped.
fn text(rules: &str) -> Network {
    with(&between(), |n| {
        n.strict("edge", &["aws:drop_strict"]).stateful_group(
            "edge",
            "text",
            1,
            json!({"RulesString": rules}),
        );
    })
}

fn group(network: &Network, change: impl FnOnce(&mut Value)) -> Network {
    with(network, |n| {
        n.edit_described("RuleGroups", "web", |row| change(&mut row["RuleGroup"]));
    })
}

fn option(rule: &Value, keyword: &str) -> Value {
    let mut rule = rule.clone();
    rule["RuleOptions"] = json!([{"Keyword": "sid", "Settings": ["1"]}, {"Keyword": keyword}]);
    rule
}

pub(super) fn lines() -> Vec<Line> {
    [
        order(),
        conditions(),
        names(),
        super::network_firewall_ways::lines(),
    ]
    .concat()
}

/// Which rule decides.
fn order() -> Vec<Line> {
    let ssh = || tcp("eni-c", "10.0.2.10", 22);
    let web = || tcp("eni-c", "10.0.2.10", 443);
    let drop_ssh = stateful_rule("DROP", "TCP", "ANY", "ANY", "22");
    let reject_ssh = stateful_rule("REJECT", "TCP", "ANY", "ANY", "22");
    let alert_ssh = stateful_rule("ALERT", "TCP", "ANY", "ANY", "22");
    let pass_ours = stateful_rule("PASS", "IP", "10.0.0.0/8", "ANY", "ANY");
    let pass_web = stateful_rule("PASS", "TCP", "ANY", "ANY", "443");
    let both = [drop_ssh.clone(), pass_ours.clone()];
    let later = |first: u32, second: u32| {
        with(&between(), |n| {
            n.strict("edge", &[])
                .stateful_group("edge", "drops", first, json!({"StatefulRules": [drop_ssh]}))
                .stateful_group("edge", "passes", second, json!({"StatefulRules": [pass_ours]}));
        })
    };
    let only_web = |defaults: &[&str]| strict(std::slice::from_ref(&pass_web), defaults);
    vec![
        line("a firewall without rules passes", &between(), web(), R).at("eni-s"),
        line("action order: pass before drop", &ruled(&both), ssh(), R),
        line(
            "strict order: drop before pass, as they stand",
            &strict(&both, &[]),
            ssh(),
            B,
        ),
        line(
            "strict order: groups by priority, drop first",
            &later(1, 2),
            ssh(),
            B,
        ),
        line(
            "strict order: groups by priority, pass first",
            &later(2, 1),
            ssh(),
            R,
        ),
        line(
            "action order: drop",
            &ruled(std::slice::from_ref(&drop_ssh)),
            ssh(),
            B,
        ),
        line(
            "action order: what no rule matches passes",
            &ruled(std::slice::from_ref(&drop_ssh)),
            web(),
            R,
        ),
        line("reject", &ruled(&[reject_ssh]), ssh(), B),
        line(
            "alert decides nothing",
            &ruled(&[alert_ssh.clone(), drop_ssh.clone()]),
            ssh(),
            B,
        ),
        line("alert alone", &ruled(&[alert_ssh]), ssh(), R),
        line(
            "drop_strict: what is passed",
            &only_web(&["aws:drop_strict", "aws:alert_strict"]),
            web(),
            R,
        ),
        line(
            "drop_strict: the rest",
            &only_web(&["aws:drop_strict"]),
            tcp("eni-c", "10.0.2.10", 80),
            B,
        ),
        line(
            "drop_established: TCP without a pass rule",
            &only_web(&["aws:drop_established"]),
            ssh(),
            B,
        ),
        line(
            "drop_established: UDP",
            &only_web(&["aws:drop_established"]),
            web().carrying(What::Udp(443)),
            B,
        ),
        line(
            "drop_established: what is passed",
            &only_web(&["aws:drop_established"]),
            web(),
            R,
        ),
        line(
            "strict order, only alerts by default",
            &only_web(&["aws:alert_established"]),
            ssh(),
            R,
        ),
        line("strict order, no default", &only_web(&[]), ssh(), R),
        line("an unknown default", &only_web(&["aws:wonder"]), ssh(), U),
        line(
            "an unknown default, but passed",
            &only_web(&["aws:wonder"]),
            web(),
            R,
        ),
        line(
            "ping by an IP rule",
            &strict(&[pass_ours], &["aws:drop_strict"]),
            web().carrying(What::Echo),
            R,
        ),
        line(
            "ping by an ICMP rule",
            &strict(
                &[stateful_rule("PASS", "ICMP", "ANY", "ANY", "ANY")],
                &["aws:drop_strict"],
            ),
            web().carrying(What::Echo),
            R,
        ),
        line(
            "ping without one",
            &only_web(&["aws:drop_strict"]),
            web().carrying(What::Echo),
            B,
        ),
    ]
}

/// What cannot be told from a header.
fn conditions() -> Vec<Line> {
    let web = || tcp("eni-c", "10.0.2.10", 443);
    let pass_web = stateful_rule("PASS", "TCP", "ANY", "ANY", "443");
    let drop_web = stateful_rule("DROP", "TCP", "ANY", "ANY", "443");
    let tls = stateful_rule("PASS", "TLS", "ANY", "ANY", "443");
    let deny = "aws:drop_strict";
    let domains = |kind: &str, defaults: &[&str]| {
        with(&between(), |n| {
            n.strict("edge", defaults).stateful_group(
                "edge",
                "names",
                1,
                json!({"RulesSourceList": {
                    "Targets": [".example.com"], "TargetTypes": ["TLS_SNI"], "GeneratedRulesType": kind,
                }}),
            );
        })
    };
    let after = |network: &Network, rule: &Value| {
        with(network, |n| {
            n.stateful_group("edge", "web", 2, json!({"StatefulRules": [rule]}));
        })
    };
    let managed = with(&between(), |n| {
        let arn = firewall_arn("stateful-rulegroup/ThreatSignatures").replace("111122223333", "aws-managed");
        n.reference("edge", &arn, 1);
    });
    let alerting = with(&managed, |n| {
        n.edit_described("FirewallPolicies", "edge", |row| {
            let reference = &mut row["FirewallPolicy"]["StatefulRuleGroupReferences"][0];
            reference["Override"] = json!({"Action": "DROP_TO_ALERT"});
        });
    });
    let inspecting = |network: &Network| {
        with(network, |n| {
            n.policy("edge", "TLSInspectionConfigurationArn", "arn:x".into());
        })
    };
    vec![
        line(
            "drop_established, only a list of domains",
            &domains("ALLOWLIST", &["aws:drop_established"]),
            web(),
            U,
        ),
        line(
            "domains are not of UDP",
            &domains("ALLOWLIST", &[deny]),
            web().carrying(What::Udp(443)),
            B,
        ),
        line(
            "domains denied, all else passes",
            &domains("DENYLIST", &[]),
            web(),
            U,
        ),
        line(
            "domains denied, all else is dropped too",
            &domains("DENYLIST", &[deny]),
            web(),
            B,
        ),
        line("domains written down", &domains("ALERTLIST", &[]), web(), R),
        line(
            "domains first, then a pass rule: denied ones first",
            &after(&domains("DENYLIST", &[deny]), &pass_web),
            web(),
            U,
        ),
        line(
            "domains first, then a drop rule",
            &after(&domains("DENYLIST", &[]), &drop_web),
            web(),
            B,
        ),
        line(
            "a TLS rule",
            &strict(std::slice::from_ref(&tls), &[deny]),
            web(),
            U,
        ),
        line(
            "a TLS rule is not of UDP",
            &strict(std::slice::from_ref(&tls), &[deny]),
            web().carrying(What::Udp(443)),
            B,
        ),
        line(
            "a certain pass rule before a doubtful drop",
            &strict(&[pass_web.clone(), option(&drop_web, "content")], &[]),
            web(),
            R,
        ),
        line(
            "a doubtful drop before a certain pass rule",
            &strict(&[option(&drop_web, "content"), pass_web.clone()], &[]),
            web(),
            U,
        ),
        line(
            "a doubtful drop of another port",
            &strict(&[option(&drop_web, "content"), pass_web.clone()], &[]),
            tcp("eni-c", "10.0.2.10", 80),
            R,
        ),
        line(
            "words for people",
            &strict(&[option(&pass_web, "msg")], &[deny]),
            web(),
            R,
        ),
        line(
            "the keyword with its value",
            &strict(&[option(&pass_web, "sid:7")], &[deny]),
            web(),
            R,
        ),
        line(
            "action order: a certain pass before a doubtful drop",
            &ruled(&[option(&drop_web, "flow"), pass_web]),
            web(),
            R,
        ),
        line("managed rules", &managed, web(), U),
        line("managed rules that only alert", &alerting, web(), R),
        line("TLS inspection", &inspecting(&between()), web(), U),
        line(
            "TLS inspection and ping",
            &inspecting(&between()),
            web().carrying(What::Echo),
            R,
        ),
        line(
            "TLS inspection of what is dropped",
            &inspecting(&ruled(&[drop_web])),
            web(),
            B,
        ),
        line(
            "Suricata's language",
            &text("pass tcp 10.0.1.0/24 any -> any 443 (msg:\"web\"; sid:1;)"),
            web(),
            R,
        ),
        line(
            "Suricata's language, another port",
            &text("pass tcp 10.0.1.0/24 any -> any 443 (msg:\"web\"; sid:1;)"),
            tcp("eni-c", "10.0.2.10", 80),
            B,
        ),
        line(
            "Suricata's language, from the other end",
            &text("pass tcp any 443 <> 10.0.1.0/24 any (sid:1;)"),
            web(),
            R,
        ),
        line(
            "Suricata's language, one way, the wrong one",
            &text("pass tcp any 443 -> 10.0.1.0/24 any (sid:1;)"),
            web(),
            B,
        ),
        line(
            "Suricata's language, a condition",
            &text("pass tcp any any -> any 443 (flow:to_server; sid:1;)"),
            web(),
            U,
        ),
        line(
            "Suricata's language, what is no rule",
            &text("# web\nlet it all through"),
            web(),
            U,
        ),
        line(
            "Suricata's language, comments only",
            &text("# pass tcp any any -> any any (sid:1;)"),
            web(),
            B,
        ),
    ]
}

/// Variables and references.
fn names() -> Vec<Line> {
    let web = || tcp("eni-c", "10.0.2.10", 443);
    let deny = "aws:drop_strict";
    let rule =
        |from: &str, to: &str, port: &str| strict(&[stateful_rule("PASS", "TCP", from, to, port)], &[deny]);
    let home = rule("$HOME_NET", "ANY", "443");
    let set = |network: &Network, name: &'static str, blocks: &[&str]| {
        with(network, |n| {
            n.policy(
                "edge",
                "PolicyVariables",
                json!({"RuleVariables": {name: {"Definition": blocks}}}),
            );
        })
    };
    let own = |network: &Network, sets: &'static str, name: &'static str, values: &[&str]| {
        group(network, |g| {
            g["RuleVariables"][sets][name] = json!({"Definition": values});
        })
    };
    let listed = |entries: Option<&[&str]>| {
        let named = group(&rule("@OURS", "ANY", "443"), |g| {
            g["ReferenceSets"]["IPSetReferences"]["OURS"] =
                json!({"ReferenceArn": "arn:aws:ec2:eu-west-1:111122223333:prefix-list/pl-o"});
        });
        with(&named, |n| {
            if let Some(entries) = entries {
                n.prefix_list("pl-o", entries);
            }
        })
    };
    let associated = with(&home, |n| {
        n.edit_described("Firewalls", "edge", |row| {
            row["Firewall"]["NumberOfAssociations"] = 1.into();
        });
    });
    let second_block = with(&home, |n| {
        n.edit("Vpcs", "vpc-a", |vpc| {
            let list = vpc["CidrBlockAssociationSet"].as_array_mut().expect("a list");
            list.push(json!({
                "AssociationId": "vpc-cidr-assoc-2", "CidrBlock": "10.7.0.0/16",
                "CidrBlockState": {"State": "associated"},
            }));
        })
        .subnet("subnet-7", "vpc-a", "10.7.1.0/24", "a")
        .interface("eni-7", "subnet-7", "10.7.1.10")
        .table("rtb-7", "vpc-a", &["subnet-7"])
        .route("rtb-7", "10.0.2.0/24", "vpce-f")
        .route("rtb-a", "10.7.0.0/16", "local")
        .route("rtb-s", "10.7.1.0/24", "vpce-f");
    });
    vec![
        line("HOME_NET is the VPC's block", &home, web(), R),
        line(
            "EXTERNAL_NET is all else",
            &rule("$EXTERNAL_NET", "ANY", "443"),
            web(),
            B,
        ),
        line(
            "to EXTERNAL_NET, inside the VPC",
            &rule("$HOME_NET", "$EXTERNAL_NET", "443"),
            web(),
            B,
        ),
        line(
            "HOME_NET by the policy, without the client",
            &set(&home, "HOME_NET", &["192.168.0.0/16"]),
            web(),
            B,
        ),
        line(
            "HOME_NET by the policy, EXTERNAL_NET follows",
            &set(
                &rule("$EXTERNAL_NET", "ANY", "443"),
                "HOME_NET",
                &["192.168.0.0/16"],
            ),
            web(),
            R,
        ),
        line(
            "HOME_NET by the group wins",
            &own(
                &set(&home, "HOME_NET", &["192.168.0.0/16"]),
                "IPSets",
                "HOME_NET",
                &["10.0.1.0/24"],
            ),
            web(),
            R,
        ),
        line(
            "EXTERNAL_NET where the group sets HOME_NET",
            &own(
                &rule("$EXTERNAL_NET", "ANY", "443"),
                "IPSets",
                "HOME_NET",
                &["10.0.2.0/24"],
            ),
            web(),
            U,
        ),
        line("HOME_NET of a firewall with associations", &associated, web(), U),
        line(
            "HOME_NET and a block added later",
            &second_block,
            tcp("eni-7", "10.0.2.10", 443),
            U,
        ),
        line(
            "a variable that nobody set",
            &rule("$NOBODY", "ANY", "443"),
            web(),
            U,
        ),
        line(
            "such a one is of no other port",
            &rule("$NOBODY", "ANY", "80"),
            web(),
            B,
        ),
        line(
            "a port variable",
            &own(&rule("ANY", "ANY", "$WEB"), "PortSets", "WEB", &["80", "443:444"]),
            web(),
            R,
        ),
        line(
            "a port variable, other ports",
            &own(&rule("ANY", "ANY", "$WEB"), "PortSets", "WEB", &["80", "444:445"]),
            web(),
            B,
        ),
        line(
            "a list of addresses, one left out",
            &rule("[10.0.0.0/16,!10.0.1.10]", "ANY", "443"),
            web(),
            B,
        ),
        line(
            "a list of addresses",
            &rule("[10.0.0.0/16,!10.0.1.11]", "ANY", "443"),
            web(),
            R,
        ),
        line("all ports but one", &rule("ANY", "ANY", "!443"), web(), B),
        line("ports up from", &rule("ANY", "ANY", "400:"), web(), R),
        line(
            "a reference that was read",
            &listed(Some(&["10.0.1.0/24"])),
            web(),
            R,
        ),
        line(
            "a reference that was read, without the client",
            &listed(Some(&["10.0.9.0/24"])),
            web(),
            B,
        ),
        line("a reference that was not read", &listed(None), web(), U),
    ]
}
