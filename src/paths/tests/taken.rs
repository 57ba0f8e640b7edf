//! What is made of files that are taken.

use jiff::{SignedDuration, Timestamp};

use super::corpus::{EXAMPLE, valid};
use super::{between, rendered, taken, with};
use crate::network::Kind;
use crate::paths::model::{
    Component, Confirm, EndForm, Expect, IpAddressType, PortSet, Protocol, Reply, Require, RequiredPath,
    Severity, Transparent,
};
use crate::paths::{Problem, read};

fn only_path(text: &str) -> RequiredPath {
    let mut paths = taken(text).file.paths;
    assert_eq!(paths.len(), 1);
    paths.remove(0)
}

#[test]
fn valid_files_are_taken_without_a_word() {
    for (name, text) in valid() {
        let read = taken(&text);
        assert!(read.warnings.is_empty(), "{name}: {}", rendered(&read.warnings));
    }
}

#[test]
fn the_example_says_what_it_says() {
    let read = taken(EXAMPLE);
    let file = &read.file;
    assert_eq!(file.snapshot_scope.len(), 2);
    assert_eq!(file.snapshot_scope[1].external_id.as_deref(), Some("x-1"));
    assert_eq!(file.transparent, [Transparent::Id("i-0d1e2f3a4b5c6d7e8".into())]);
    let [sftp, nat, app, nobody] = file.paths.as_slice() else {
        panic!("four paths")
    };
    assert_eq!(sftp.name, "order-sync → partner SFTP");
    assert_eq!(
        (sftp.line, nat.line, app.line, nobody.line),
        (13, 21, 26, 31),
        "where a path begins"
    );
    assert_eq!(
        sftp.source.form,
        EndForm::Lambda {
            function: "order-sync".into(),
            qualifier: None
        }
    );
    assert_eq!(
        (sftp.source.text.as_str(), sftp.source.line),
        ("lambda order-sync", 14)
    );
    assert_eq!(
        sftp.destination.form,
        EndForm::Host {
            name: "sftp.partner.example".into(),
            pinned: vec!["198.51.100.22/32".parse().unwrap()]
        }
    );
    assert_eq!(sftp.destination.line, 9, "where the shared end stands");
    assert_eq!(Some(&sftp.destination), read.endpoints.get("partner"));
    assert_eq!(
        sftp.via,
        [
            Component::Kind(Kind::NatGateway),
            Component::Kind(Kind::InternetGateway)
        ]
    );
    assert_eq!(
        (sftp.severity, nat.severity),
        (Severity::Critical, Severity::High)
    );
    assert_eq!(nat.owner.as_deref(), Some("network-team"));
    assert_eq!(
        nat.destination_ports,
        Some(PortSet(vec![22..=22, 443..=443, 8000..=8100]))
    );
    assert_eq!(
        (nobody.protocol, &nobody.destination_ports),
        (Protocol::All, &None)
    );
    assert_eq!(nobody.expect, Expect::Blocked);
}

#[test]
fn what_a_path_does_not_say_is_the_documented_default() {
    let path = only_path(&with("destinationPort: 22"));
    let new = RequiredPath::new(path.name.clone(), path.source.clone(), path.destination.clone());
    assert_eq!(
        path,
        RequiredPath {
            destination_ports: Some(PortSet(vec![22..=22])),
            line: 3,
            ..new
        }
    );
    assert_eq!(path.protocol, Protocol::Tcp);
    assert_eq!(path.severity, Severity::Medium);
    assert_eq!(path.settle, SignedDuration::ZERO);
    assert_eq!(path.remind_after, Some(SignedDuration::from_hours(72)));
    assert_eq!(path.remind_every, Some(SignedDuration::from_hours(24)));
}

#[test]
fn ends_are_what_their_form_says() {
    let net = |text: &str| text.parse().unwrap();
    let id = |text: &str| EndForm::Id(text.into());
    for (written, form, text) in [
        (
            "eni-0aa11bb22cc33dd44",
            id("eni-0aa11bb22cc33dd44"),
            "eni-0aa11bb22cc33dd44",
        ),
        (
            "arn:aws:ec2:eu-west-1:111122223333:natgateway/nat-0aa11bb22cc33dd44",
            id("nat-0aa11bb22cc33dd44"),
            "nat-0aa11bb22cc33dd44",
        ),
        (
            "arn:aws:ec2:eu-west-1:111122223333:prefix-list/pl-6da54004",
            EndForm::PrefixList("pl-6da54004".into()),
            "pl-6da54004",
        ),
        (
            "arn:aws:lambda:eu-west-1:111122223333:function:sync:live",
            EndForm::Lambda {
                function: "arn:aws:lambda:eu-west-1:111122223333:function:sync".into(),
                qualifier: Some("live".into()),
            },
            "lambda arn:aws:lambda:eu-west-1:111122223333:function:sync:live",
        ),
        (
            "arn:aws:rds:eu-west-1:111122223333:db:orders",
            EndForm::Rds("arn:aws:rds:eu-west-1:111122223333:db:orders".into()),
            "rds arn:aws:rds:eu-west-1:111122223333:db:orders",
        ),
        (
            "arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/shop",
            EndForm::LoadBalancer(
                "arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/shop".into(),
            ),
            "load balancer arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/shop",
        ),
        ("internet", EndForm::Internet, "internet"),
        (
            "10.0.0.1",
            EndForm::Addresses(vec![net("10.0.0.1/32")]),
            "10.0.0.1",
        ),
        (
            "2001:db8::/32",
            EndForm::Addresses(vec![net("2001:db8::/32")]),
            "2001:db8::/32",
        ),
        (
            "{ subnet: subnet-0aa11bb2 }",
            id("subnet-0aa11bb2"),
            "subnet-0aa11bb2",
        ),
        (
            "{ lambda: \"sync:$LATEST\" }",
            EndForm::Lambda {
                function: "sync".into(),
                qualifier: None,
            },
            "lambda sync",
        ),
        ("{ rds: Orders }", EndForm::Rds("orders".into()), "rds orders"),
        (
            "{ subnets: [subnet-0aa11bb2], securityGroups: [sg-0aa11bb2] }",
            EndForm::Workload {
                subnets: vec!["subnet-0aa11bb2".into()],
                security_groups: vec!["sg-0aa11bb2".into()],
                assign_public_ip: false,
            },
            "workload in subnet-0aa11bb2 with sg-0aa11bb2",
        ),
        (
            "{ ip: [10.0.0.1, 10.1.0.0/16] }",
            EndForm::Addresses(vec![net("10.0.0.1/32"), net("10.1.0.0/16")]),
            "10.0.0.1, 10.1.0.0/16",
        ),
        (
            "{ onPremises: 192.168.0.0/16 }",
            EndForm::OnPremises(vec![net("192.168.0.0/16")]),
            "on-premises 192.168.0.0/16",
        ),
        (
            "{ host: SFTP.Partner.Example. }",
            EndForm::Host {
                name: "sftp.partner.example".into(),
                pinned: vec![],
            },
            "sftp.partner.example",
        ),
    ] {
        let end = only_path(&between(written, "10.9.9.9")).source;
        assert_eq!((end.form, end.text.as_str()), (form, text), "{written}");
    }
}

#[test]
fn tags_match_any_of_their_values() {
    let end = only_path(&between(
        "{ tag: { Name: app, Stage: [test, prod] }, kind: subnet, region: eu-west-1 }",
        "10.9.9.9",
    ))
    .source;
    let EndForm::Tagged(selector) = &end.form else {
        panic!("{end:?}")
    };
    assert_eq!(selector.tags["Stage"], ["test", "prod"]);
    assert_eq!(selector.kind, Some(Kind::Subnet));
    assert_eq!(end.text, "subnet with tag Name=app, Stage=test|prod");
    assert_eq!(
        end.region.as_ref().map(crate::network::id::Region::as_str),
        Some("eu-west-1")
    );
}

#[test]
fn a_shared_end_may_stand_for_another_and_a_name_before_an_id() {
    let text = "version: 1\nendpoints:\n  here: there\n  there: nat-europe\n  nat-europe: { ip: 10.0.0.7 }\npaths:\n  - { name: p, source: here, destination: nat-europe, destinationPort: 1 }\n";
    let read = taken(text);
    let path = &read.file.paths[0];
    assert_eq!(path.source, path.destination);
    assert_eq!(path.source.text, "10.0.0.7");
    assert!(read.warnings.is_empty());
}

#[test]
fn a_default_gives_way_to_what_a_path_says() {
    let text = |defaults: &str, path: &str| {
        format!(
            "version: 1\ndefaults: {{ {defaults} }}\npaths:\n  - {{ name: p, source: internet, destination: 10.0.0.1, {path} }}\n"
        )
    };
    let path = only_path(&text(
        "severity: low, destinationPort: 1, labels: { a: x, b: x }",
        "labels: { b: y }",
    ));
    assert_eq!(
        (path.severity, path.destination_ports.unwrap().0),
        (Severity::Low, vec![1..=1])
    );
    assert_eq!(
        path.labels.into_iter().collect::<Vec<_>>(),
        [("a".into(), "x".into()), ("b".into(), "y".into())]
    );

    let path = only_path(&text("destinationPort: 443, clientPorts: 1024", "protocol: icmp"));
    assert_eq!((path.destination_ports, path.client_ports), (None, None));

    let path = only_path(&text("ipAddressType: dualstack", "protocol: icmpv6"));
    assert_eq!(path.ip_address_type, None);

    let path = only_path(&text("require: any", "expect: blocked"));
    assert_eq!(path.require, Require::All);

    let path = only_path(&text(
        "sourcePorts: 1024",
        "destinationPort: 1, clientPorts: 2048",
    ));
    assert_eq!(path.client_ports.unwrap().0, [2048..=2048]);

    let range = "filterAtSource: { destinationPortRange: { fromPort: 5, toPort: 9 } }";
    let path = only_path(&text("destinationPort: 443", range));
    assert_eq!(path.destination_ports.unwrap().0, [5..=9]);
    let path = only_path(&text(range, "destinationPort: 443"));
    assert_eq!(path.destination_ports.unwrap().0, [443..=443]);
    assert_eq!(path.filter_at_source.destination_ports, None);

    let path = only_path(&text(
        "protocol: udp, destinationPort: 53, reply: ignored, ipAddressType: ipv6, confirm: reachability-analyzer, remindAfter: never",
        "settle: 1m30s",
    ));
    assert_eq!((path.protocol, path.reply), (Protocol::Udp, Reply::Ignored));
    assert_eq!(path.ip_address_type, Some(IpAddressType::Ipv6));
    assert_eq!(
        (path.confirm, path.remind_after),
        (Confirm::ReachabilityAnalyzer, None)
    );
    assert_eq!(path.settle, SignedDuration::from_secs(90));

    let path = only_path(&text(
        "reason: migration",
        "destinationPort: 1, muteUntil: 2030-01-01T00:00:00Z",
    ));
    assert_eq!(path.mute.unwrap().reason, "migration");
    assert_eq!(
        only_path(&text("reason: migration", "destinationPort: 1")).mute,
        None
    );
}

#[test]
fn ports_of_a_filter_stand_for_the_short_keys() {
    let path = only_path(&with(
        "filterAtSource: { sourcePortRange: { fromPort: 1024, toPort: 2047 }, destinationPortRange: { fromPort: 22, toPort: 23 } }",
    ));
    assert_eq!(path.destination_ports, path.filter_at_source.destination_ports);
    assert_eq!(path.client_ports, path.filter_at_source.source_ports);
    assert_eq!(path.client_ports.unwrap().0, [1024..=2047]);
}

#[test]
fn numbers_of_known_protocols_mean_their_names() {
    for (written, protocol) in [
        ("6", Protocol::Tcp),
        ("17", Protocol::Udp),
        ("\"17\"", Protocol::Udp),
        ("1", Protocol::Icmp),
        ("58", Protocol::Icmpv6),
        ("0", Protocol::Number(0)),
        ("50", Protocol::Number(50)),
        ("255", Protocol::Number(255)),
    ] {
        let ports = if matches!(protocol, Protocol::Tcp | Protocol::Udp) {
            "destinationPort: 1"
        } else {
            ""
        };
        assert_eq!(
            only_path(&with(&format!("protocol: {written}\n{ports}"))).protocol,
            protocol
        );
    }
}

#[test]
fn blocked_without_a_port_is_about_all_of_them() {
    let path = only_path(&with("expect: blocked"));
    assert_eq!(path.destination_ports, Some(PortSet(vec![1..=65535])));
}

#[test]
fn a_gateway_to_elsewhere_takes_its_address_from_the_filter() {
    let text = between("internet", "tgw-0aa11bb22cc33dd44")
        + "    filterAtSource: { destinationAddress: 10.1.0.0/16 }\n";
    assert_eq!(
        only_path(&text).filter_at_source.destination_address,
        Some("10.1.0.0/16".parse().unwrap())
    );
}

#[test]
fn what_is_odd_is_a_warning() {
    let now: Timestamp = "2027-01-01T00:00:00Z".parse().unwrap();
    let text = with(
        "destinationPort: 22\nvia: [tgw-core]\nmuteUntil: 2026-12-31T23:59:59Z\nreason: migration\nmaintenanceWindows: [{ cron: \"*/5 * * * *\", duration: 5m }]",
    ) + "  - { name: q, source: subnet-A2, destination: 10.0.0.1, destinationPort: 22 }\n";
    let read = read(&text, "hopwatch.yaml", Some(now)).unwrap();
    insta::assert_snapshot!(rendered(&read.warnings));
    assert_eq!(read.file.paths[1].source.form, EndForm::Id("subnet-A2".into()));
    let without_clock = super::super::read(&text, "hopwatch.yaml", None).unwrap();
    assert_eq!(without_clock.warnings.len(), read.warnings.len() - 1);
}

#[test]
fn topics_and_roles_outside_their_lists_are_told() {
    let text = "version: 1\ndefaults: { topicArn: arn:aws:sns:eu-west-1:111122223333:a }\nsnapshotScope: [{ region: eu-west-1, roleArn: arn:aws:iam::111122223333:role/r }]\npaths:\n  - { name: p, source: internet, destination: 10.0.0.1, destinationPort: 1 }\n  - { name: q, source: internet, destination: 10.0.0.1, destinationPort: 1, topicArn: arn:aws:sns:eu-west-1:111122223333:b }\n";
    let read = taken(text);
    let list = |arns: &[&str]| arns.iter().map(|arn| (*arn).to_owned()).collect::<Vec<_>>();
    let (topics, roles) = (
        list(&[
            "arn:aws:sns:eu-west-1:111122223333:a",
            "arn:aws:sns:eu-west-1:111122223333:b",
        ]),
        list(&["arn:aws:iam::111122223333:role/r"]),
    );
    assert!(read.check_allowed(None, None).is_ok());
    assert!(read.check_allowed(Some(&topics), Some(&roles)).is_ok());
    let errors = read.check_allowed(Some(&topics[..1]), Some(&[])).unwrap_err();
    insta::assert_snapshot!(rendered(errors.problems()));
}

#[test]
fn an_alias_points_at_its_use_and_at_what_it_stands_for() {
    let text = "version: 1\npaths:\n  - { name: p, source: internet, destination: 10.0.0.1, destinationPort: &port 99999 }\n  - { name: q, source: internet, destination: 10.0.0.1, destinationPort: *port }\n";
    let errors = read(text, "hopwatch.yaml", None).unwrap_err();
    insta::assert_snapshot!(rendered(errors.problems()));
}

#[test]
fn lines_and_columns_are_told_in_characters() {
    let text = "version: 1\npaths:\n  - { name: \"→→\", sorce: internet, destination: 10.0.0.1, destinationPort: 1 }\n";
    let errors = read(text, "hopwatch.yaml", None).unwrap_err();
    let told: Vec<_> = errors.problems().iter().map(Problem::one_line).collect();
    assert_eq!(
        told,
        [
            "hopwatch.yaml:3:5: path `→→` has no `source`",
            "hopwatch.yaml:3:19: `sorce` is no key of a path; did you mean `source`?",
        ]
    );
    assert_eq!(
        errors.to_string(),
        "hopwatch.yaml is not a valid path file: 2 problems"
    );
}

#[test]
fn a_hundred_problems_are_listed_and_the_rest_counted() {
    let paths: String = (0..300).map(|n| format!("  - {{ nam: p{n} }}\n")).collect();
    let errors = read(&format!("version: 1\npaths:\n{paths}"), "hopwatch.yaml", None).unwrap_err();
    assert_eq!((errors.problems().len(), errors.unlisted()), (100, 900));
    assert_eq!(
        errors.to_string(),
        "hopwatch.yaml is not a valid path file: 1000 problems, the first 100 listed"
    );
}

#[test]
fn what_a_program_wrote_on_one_line_is_shown_in_part() {
    let mut text = r#"{"version":1,"paths":["#.to_owned();
    for n in 0..2_000 {
        text.push_str(&format!(
            r#"{{"name":"path {n}","source":"internet","destination":"10.0.0.1","destinationPort":22}},"#
        ));
    }
    text.push_str(
        r#"{"name":"path 7","source":"internett","destination":"10.0.0.1","destinationPort":99999}]}"#,
    );
    let errors = read(&text, "hopwatch.yaml", None).unwrap_err();
    insta::assert_snapshot!(rendered(errors.problems()));
}

#[test]
fn a_file_that_is_too_large_is_refused_at_once() {
    let text = format!("version: 1\n# {}\npaths: []\n", "x".repeat(4 * 1024 * 1024));
    let errors = read(&text, "hopwatch.yaml", None).unwrap_err();
    assert_eq!(
        errors.problems()[0].message(),
        "the file is too large to be a path file"
    );
}
#[test]
fn what_is_copied_into_every_path_is_bounded() {
    let list = |item: &str, count: usize| vec![item; count].join(", ");
    let map = |count: usize| (0..count).map(|n| format!("k{n}: v, ")).collect::<String>();
    let port = |keys: String| with(&format!("destinationPort: 22\n{keys}"));
    for (fits, too_much, message) in [
        (
            with(&format!("destinationPort: [{}]", list("22", 1_000))),
            with(&format!("destinationPort: [{}]", list("22", 1_001))),
            "`destinationPort` has 1001 items, 1000 at most",
        ),
        (
            between(&format!("{{ ip: [{}] }}", list("10.0.0.1", 1_000)), "10.0.0.1"),
            between(&format!("{{ ip: [{}] }}", list("10.0.0.1", 1_001)), "10.0.0.1"),
            "`ip` has 1001 items, 1000 at most",
        ),
        (
            port(format!("labels: {{ {} }}", map(50))),
            port(format!("labels: {{ {} }}", map(51))),
            "a map of 51 entries, 50 at most",
        ),
        (
            port(format!("owner: {}", "x".repeat(2_000))),
            port(format!("owner: {}", "x".repeat(2_001))),
            "`owner` is longer than 2000 characters",
        ),
        (
            "version: 1\npaths: []\n".to_owned(),
            format!("version: 1\npaths: [{}]\n", list("{}", 10_001)),
            "`paths` has 10001 items, 10000 at most",
        ),
    ] {
        taken(&fits);
        let errors = read(&too_much, "hopwatch.yaml", None).unwrap_err();
        assert_eq!(errors.problems()[0].message(), message);
    }
}
