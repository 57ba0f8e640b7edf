//! Files that are taken and files that are not, for every test that wants some.

use super::{between, with};

/// A file that is not taken.
pub(crate) struct Invalid {
    pub(crate) name: &'static str,
    pub(crate) text: String,
    /// Whether the JSON schema says so too; what it cannot know are rules between values.
    pub(crate) schema_sees: bool,
}

/// The file that the documentation shows.
pub(crate) const EXAMPLE: &str = r#"version: 1
defaults:
  severity: high
  owner: network-team
snapshotScope:
  - { region: eu-west-1 }
  - { region: eu-west-1, roleArn: "arn:aws:iam::111122223333:role/hopwatch-read", externalId: "x-1" }
endpoints:
  partner: { host: sftp.partner.example, ip: 198.51.100.22 }
transparent: [i-0d1e2f3a4b5c6d7e8]

paths:
  - name: order-sync → partner SFTP
    source: { lambda: order-sync }
    destination: partner
    destinationPort: 22
    via: [nat-gateway, internet-gateway]
    severity: critical
    runbook: https://wiki.example/sftp

  - name: NAT → internet
    source: nat-0aa11bb22cc33dd44
    destination: igw-0aa11bb22cc33dd44
    destinationPort: [22, 443, "8000-8100"]

  - name: app → database
    source: { tag: { Name: app }, kind: instance }
    destination: { rds: orders }
    destinationPort: 5432

  - name: nobody reaches the database from outside
    source: internet
    destination: { rds: orders }
    protocol: all
    expect: blocked
"#;

/// Files that are taken.
pub(crate) fn valid() -> Vec<(&'static str, String)> {
    let mut files = vec![
        ("the example", EXAMPLE.to_owned()),
        ("no paths yet", "version: 1\npaths: []\n".to_owned()),
        (
            "JSON",
            r#"{"version": 1, "paths": [{"name": "a", "source": "internet", "destination": {"ip": ["10.0.0.0/8", "2001:db8::/32"]}, "destinationPort": [1, "2-3"], "labels": {"team": "\u00e9"}}]}"#.to_owned(),
        ),
        (
            "anchors and merge keys",
            "version: 1\npaths:\n  - &base\n    name: a\n    source: internet\n    destination: 10.0.0.1\n    destinationPort: 22\n  - <<: *base\n    name: b\n".to_owned(),
        ),
        ("endpoints that stand for others", "version: 1\nendpoints:\n  a: b\n  b: { ip: 10.0.0.1 }\npaths:\n  - { name: p, source: a, destination: b, destinationPort: 1 }\n".to_owned()),
        ("a mark of the byte order", format!("\u{feff}{EXAMPLE}")),
        ("lines that end as on Windows", EXAMPLE.replace('\n', "\r\n")),
        ("a scope of nothing", "version: 1\nsnapshotScope: []\ntransparent: []\npaths: []\n".to_owned()),
        (
            "every default",
            "version: 1\ndefaults:\n  protocol: udp\n  destinationPort: 53\n  ipAddressType: ipv4\n  clientPorts: 1024-65535\n  expect: reachable\n  require: any\n  reply: ignored\n  filterAtSource: { sourceAddress: 10.0.0.1 }\n  filterAtDestination: { sourceAddress: 10.0.0.0/8 }\n  severity: low\n  owner: me\n  runbook: https://wiki.example\n  labels: { a: b }\n  topicArn: arn:aws:sns:eu-west-1:111122223333:alerts\n  settle: 1m\n  remindAfter: never\n  remindEvery: 2h\n  maintenanceWindows: [{ cron: 0 2 * * sun, duration: 2h, timeZone: Europe/Berlin }]\n  muteUntil: 2030-01-01T00:00:00Z\n  reason: migration\n  confirm: reachability-analyzer\npaths: []\n".to_owned(),
        ),
        (
            "a default port beside a protocol without ports",
            "version: 1\ndefaults: { destinationPort: 443, clientPorts: all }\npaths:\n  - { name: p, source: internet, destination: 10.0.0.1, protocol: icmp }\n".to_owned(),
        ),
        ("a transparent tag", "version: 1\ntransparent: [{ tag: { role: firewall }, kind: vpc-endpoint }, eni-0aa11bb22cc33dd44, arn:aws:ec2:eu-west-1:111122223333:vpc-endpoint/vpce-0aa11bb22cc33dd44]\npaths: []\n".to_owned()),
    ];
    for (name, keys) in [
        ("protocol by number", "protocol: 50"),
        ("protocol 0", "protocol: 0"),
        (
            "protocol by quoted number",
            "protocol: \"6\"\ndestinationPort: 22",
        ),
        ("icmpv6", "protocol: icmpv6"),
        ("all protocols", "protocol: all"),
        ("all ports", "destinationPort: all"),
        ("port 0", "destinationPort: 0"),
        ("a quoted port", "destinationPort: \"22\""),
        ("a range of ports", "destinationPort: 8000-8100"),
        (
            "client ports by their other name",
            "destinationPort: 22\nsourcePorts: 49152",
        ),
        ("blocked without a port", "expect: blocked"),
        ("dual stack", "destinationPort: 22\nipAddressType: dualstack"),
        (
            "ranges in a filter",
            "filterAtSource:\n  sourceAddress: 10.0.0.1\n  destinationAddress: 10.1.0.0/16\n  sourcePortRange: { fromPort: 1024, toPort: 2047 }\n  destinationPortRange: { fromPort: 22, toPort: 22 }",
        ),
        (
            "a range at the destination beside the port",
            "destinationPort: 80\nfilterAtDestination: { destinationPortRange: { fromPort: 8080, toPort: 8080 } }",
        ),
        (
            "components by id, ARN and kind",
            "destinationPort: 22\nvia: [nat-0aa11bb22cc33dd44, \"arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/net/n/0123456789abcdef\", transit-gateway]\nnotVia: [instance, arn:aws:network-firewall:eu-west-1:111122223333:firewall/f]",
        ),
        ("the longest settle", "destinationPort: 22\nsettle: 15m"),
        (
            "reminders",
            "destinationPort: 22\nremindAfter: 1h\nremindEvery: 1d",
        ),
        (
            "windows",
            "destinationPort: 22\nmaintenanceWindows:\n  - { cron: \"*/15 0-6,22 1,15 jan-mar mon-fri\", duration: 10m }",
        ),
        (
            "muted",
            "destinationPort: 22\nmuteUntil: 2030-01-31T18:00:00+01:00\nreason: migration",
        ),
        (
            "labels",
            "destinationPort: 22\nlabels: { team: network, tier: \"1\", empty: \"\" }",
        ),
        ("no windows", "destinationPort: 22\nmaintenanceWindows: []"),
        (
            "words that older YAML takes for true and false",
            "destinationPort: 22\nconfirm: off\nowner: no\nlabels: { y: n }",
        ),
    ] {
        files.push((name, with(keys)));
    }
    for (name, end) in [
        ("an interface", "eni-0aa11bb22cc33dd44"),
        ("an instance", "i-0aa11bb2"),
        ("a subnet", "subnet-0aa11bb22cc33dd44"),
        ("a NAT gateway", "nat-0aa11bb22cc33dd44"),
        ("an internet gateway", "igw-0aa11bb22cc33dd44"),
        ("a peering connection", "pcx-0aa11bb22cc33dd44"),
        ("a transit gateway", "tgw-0aa11bb22cc33dd44"),
        ("an attachment", "tgw-attach-0aa11bb22cc33dd44"),
        ("a virtual private gateway", "vgw-0aa11bb22cc33dd44"),
        ("an endpoint", "vpce-0aa11bb22cc33dd44"),
        ("a prefix list", "pl-6da54004"),
        ("the internet", "internet"),
        ("an address", "10.0.0.1"),
        ("an IPv6 address", "2001:db8::1"),
        ("a block", "10.0.0.0/16"),
        (
            "an interface's ARN",
            "arn:aws:ec2:eu-west-1:111122223333:network-interface/eni-0aa11bb22cc33dd44",
        ),
        (
            "a function's ARN",
            "arn:aws:lambda:eu-west-1:111122223333:function:sync:live",
        ),
        (
            "a database's ARN",
            "arn:aws:rds:eu-west-1:111122223333:cluster:orders",
        ),
        (
            "a load balancer's ARN",
            "arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/app/shop/0123456789abcdef",
        ),
        ("a subnet by key", "{ subnet: subnet-0aa11bb22cc33dd44 }"),
        (
            "a function",
            "{ lambda: sync, account: \"111122223333\", region: eu-west-1, vpc: vpc-0aa11bb2 }",
        ),
        ("a version of a function", "{ lambda: \"sync:7\" }"),
        (
            "a function by ARN",
            "{ lambda: \"arn:aws:lambda:eu-west-1:111122223333:function:sync\", region: eu-west-1 }",
        ),
        (
            "a workload",
            "{ subnets: [subnet-0aa11bb2], securityGroups: [sg-0aa11bb2, sg-1aa11bb2], assignPublicIp: true }",
        ),
        ("tags", "{ tag: { Name: app, Stage: [test, prod] } }"),
        (
            "tagged interfaces",
            "{ tag: { Name: app }, kind: network-interface }",
        ),
        ("a load balancer", "{ loadBalancer: shop }"),
        ("a database", "{ rds: orders-1 }"),
        ("addresses", "{ ip: [10.0.0.1, 10.1.0.0/16] }"),
        ("a prefix list by key", "{ prefixList: pl-6da54004 }"),
        ("on premises", "{ onPremises: 192.168.0.0/16 }"),
        (
            "several on premises",
            "{ onPremises: [192.168.0.0/16, 172.16.0.0/12] }",
        ),
        ("a host", "{ host: sftp.partner.example }"),
        (
            "a pinned host",
            "{ host: sftp.partner.example., ip: [198.51.100.22, \"2001:db8::22\"] }",
        ),
    ] {
        files.push((name, between(end, "10.9.9.9")));
    }
    files
}

/// Files that are not taken, by subject.
pub(crate) fn invalid() -> Vec<(&'static str, Vec<Invalid>)> {
    let of = |name, text: String, schema_sees| Invalid {
        name,
        text,
        schema_sees,
    };
    let keys = |name, keys: &str, schema_sees| of(name, with(keys), schema_sees);
    let source = |name, end: &str, schema_sees| of(name, between(end, "10.9.9.9"), schema_sees);
    vec![
        (
            "yaml",
            vec![
                of("empty", String::new(), true),
                of("a comment only", "# nothing\n".into(), true),
                of("text", "hello\n".into(), true),
                of("a tab", "version: 1\npaths:\n\t- name: a\n".into(), true),
                of("an open bracket", "version: 1\npaths: [\n".into(), true),
                of("an open quote", "version: 1\npaths: [{ name: \"a }]\n".into(), true),
                of("a colon in a text", with("destinationPort: 22\nowner: team: network"), true),
                of("a sign that YAML keeps", with("destinationPort: 22\nowner: @network"), true),
                of("two documents", "version: 1\npaths: []\n---\nversion: 1\npaths: []\n".into(), true),
                of("an alias to nothing", "version: 1\npaths: *paths\n".into(), true),
                of("an alias to itself", "version: 1\npaths: &a [*a]\n".into(), true),
                of("a tag of a template", with("destinationPort: 22\ntopicArn: !Ref Topic"), true),
                of("too deep", format!("version: 1\npaths: {}{}\n", "[".repeat(60), "]".repeat(60)), true),
                of("too deep in blocks", format!("version: 1\npaths:\n{}", (1..60).map(|n| format!("{}- \n", " ".repeat(n))).collect::<String>()), true),
                of("an alias bomb", {
                    let mut text = "a: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
                    for n in 1..12 {
                        let refs = vec![format!("*a{}", n - 1); 10].join(", ");
                        text.push_str(&format!("b{n}: &a{n} [{refs}]\n"));
                    }
                    text
                }, true),
                of("a key that is a number", "version: 1\npaths: []\n22: x\n".into(), true),
                of("a key that is a list", "version: 1\npaths: []\n? [a]\n: x\n".into(), true),
            ],
        ),
        (
            "file",
            vec![
                of("no version", "paths: []\n".into(), true),
                of("another version", "version: 2\npaths: []\n".into(), true),
                of("a version in quotes", "version: \"1\"\npaths: []\n".into(), true),
                of("no paths", "version: 1\n".into(), true),
                of("paths without a value", "version: 1\npaths:\n".into(), true),
                of("paths that are a map", "version: 1\npaths:\n  a: { source: internet }\n".into(), true),
                of("a path that is text", "version: 1\npaths: [a]\n".into(), true),
                of("an unknown key", "version: 1\npath: []\n".into(), true),
                of("a list", "- name: a\n".into(), true),
                of("what AWS prints", "{\"NetworkInsightsPaths\": []}\n".into(), true),
                of("a key twice", "version: 1\npaths: []\nversion: 1\n".into(), true),
                of("a name twice", "version: 1\npaths:\n  - { name: a, source: internet, destination: 10.0.0.1, destinationPort: 1 }\n  - { name: b, source: internet, destination: 10.0.0.1, destinationPort: 1 }\n  - { name: a, source: internet, destination: 10.0.0.2, destinationPort: 1 }\n".into(), false),
                of("a name twice, one of them wrong elsewhere", "version: 1\npaths:\n  - { name: a, source: internet, destination: 10.0.0.1, destinationPort: x }\n  - { name: a, source: internet, destination: 10.0.0.2, destinationPort: 1 }\n".into(), true),
                of("defaults of what has none", "version: 1\ndefaults: { name: a, via: [nat-gateway], port: 22 }\npaths: []\n".into(), true),
                of("defaults that contradict themselves", "version: 1\ndefaults: { protocol: icmp, destinationPort: 22, expect: blocked, require: any }\npaths: []\n".into(), true),
                of("defaults that are a list", "version: 1\ndefaults: [severity]\npaths: []\n".into(), true),
                of("scopes", "version: 1\nsnapshotScope:\n  - { region: eu-west-1a }\n  - { roleArn: arn:aws:iam::111122223333:role/r }\n  - { region: eu-west-1, roleArn: hopwatch }\n  - { region: eu-west-1, externalId: x }\n  - { region: eu-west-1, account: \"111122223333\" }\n  - eu-west-1\npaths: []\n".into(), true),
                of("a scope that is no list", "version: 1\nsnapshotScope: eu-west-1\npaths: []\n".into(), true),
                of("transparent", "version: 1\ntransparent: [firewall, nat-0aa11bb22cc33dd44, { kind: instance }, { tag: { a: b }, kind: subnet }, { tags: { a: b } }]\npaths: []\n".into(), true),
            ],
        ),
        (
            "endpoints",
            vec![
                of("names that look like something else", "version: 1\nendpoints:\n  10.0.0.1: { host: a.example }\n  internet: { host: a.example }\n  eni-0aa11bb22cc33dd44: { host: a.example }\n  arn:aws:x: { host: a.example }\npaths: []\n".into(), true),
                of("a name twice", "version: 1\nendpoints:\n  a: 10.0.0.1\n  a: 10.0.0.2\npaths: []\n".into(), true),
                of("nothing", "version: 1\nendpoints:\n  a:\npaths: []\n".into(), true),
                of("a circle", "version: 1\nendpoints:\n  a: b\n  b: a\npaths: []\n".into(), false),
                of("a name of nothing", "version: 1\nendpoints:\n  partner: { host: a.example }\n  other: partnr\npaths: []\n".into(), false),
                of("a list", "version: 1\nendpoints: [a]\npaths: []\n".into(), true),
                of("one that is wrong is told once", "version: 1\nendpoints:\n  a: { rds: \"no such name!\" }\npaths:\n  - { name: p, source: a, destination: a, destinationPort: 1 }\n".into(), true),
            ],
        ),
        (
            "ends",
            vec![
                source("an unknown name", "partner", false),
                source("a host name alone", "sftp.partner.example", false),
                source("an address out of range", "10.0.0.256", true),
                source("host bits", "10.0.0.1/16", false),
                source("a number", "10", true),
                source("a list", "[10.0.0.1, 10.0.0.2]", true),
                source("an id in capitals", "ENI-0AA11BB22CC33DD44", false),
                source("a security group", "sg-0aa11bb22cc33dd44", true),
                source("a VPC", "vpc-0aa11bb22cc33dd44", true),
                source("an egress-only internet gateway", "eigw-0aa11bb22cc33dd44", true),
                source("an ARN of a bucket", "arn:aws:s3:::bucket", true),
                source("an ARN cut off", "arn:aws:lambda", true),
                source("two forms", "{ lambda: sync, ip: 10.0.0.1 }", true),
                source("no form", "{ region: eu-west-1 }", true),
                source("an empty map", "{}", true),
                source("an unknown form", "{ function: sync }", true),
                source("an id in a map", "{ id: eni-0aa11bb22cc33dd44 }", true),
                source("a function's bad name", "{ lambda: \"order sync\" }", true),
                source("a part of an ARN", "{ lambda: \"111122223333:function:sync\" }", true),
                source("half a workload", "{ subnets: [subnet-0aa11bb2] }", true),
                source("a workload with text for lists", "{ subnets: subnet-0aa11bb2, securityGroups: [subnet-0aa11bb2] }", true),
                source("a workload of nothing", "{ subnets: [], securityGroups: [sg-0aa11bb2] }", true),
                source("a public address for no workload", "{ lambda: sync, assignPublicIp: true }", true),
                source("assigned by a word", "{ subnets: [subnet-0aa11bb2], securityGroups: [sg-0aa11bb2], assignPublicIp: ENABLED }", true),
                source("tags that are text", "{ tag: app }", true),
                source("no tags", "{ tag: {} }", true),
                source("tags of other types", "{ tag: { Public: true, Tier: 1, Zone: } }", true),
                source("a kind that has no tags", "{ tag: { Name: app }, kind: lambda }", true),
                source("a kind that is mistyped", "{ tag: { Name: app }, kind: instances }", true),
                source("a kind alone", "{ kind: instance }", true),
                source("a database's host name", "{ rds: orders.abc.eu-west-1.rds.amazonaws.com }", true),
                source("a load balancer's host name", "{ loadBalancer: shop-1.eu-west-1.elb.amazonaws.com }", true),
                source("a host with a scheme", "{ host: \"https://partner.example/x\" }", true),
                source("a host with a port", "{ host: \"partner.example:22\" }", true),
                source("an address as a host", "{ host: 198.51.100.22 }", true),
                source("an account that is a number", "{ lambda: sync, account: 111122223333 }", true),
                source("an account and a Region that are none", "{ lambda: sync, account: \"1\", region: europe, vpc: subnet-0aa11bb2 }", true),
                source("an ARN and another Region", "{ lambda: \"arn:aws:lambda:eu-west-1:111122223333:function:sync\", region: us-east-1 }", false),
                source("a subnet that is none", "{ subnet: vpc-0aa11bb2 }", true),
                of("a gateway without an address", between("internet", "tgw-0aa11bb22cc33dd44"), false),
                of("nothing", "version: 1\npaths:\n  - name: p\n    source:\n    destinationPort: 22\n".into(), true),
            ],
        ),
        (
            "ports",
            vec![
                keys("none", "severity: low", true),
                keys("none, by another key", "port: 22", true),
                keys("too high", "destinationPort: 65536", true),
                keys("negative", "destinationPort: -1", true),
                keys("a fraction", "destinationPort: 22.5", true),
                keys("a number in another base", "destinationPort: 0x16", false),
                keys("octal", "destinationPort: 022", false),
                keys("a word", "destinationPort: ssh", true),
                keys("true", "destinationPort: true", true),
                keys("backwards", "destinationPort: 8100-8000", false),
                keys("a colon", "destinationPort: 22:80", true),
                keys("commas", "destinationPort: 22,443", true),
                keys("an empty list", "destinationPort: []", true),
                keys("a list with all", "destinationPort: [22, all]", true),
                keys("a list with several wrong ones", "destinationPort: [22, 99999, x, 443]", true),
                keys("a map", "destinationPort: { from: 22, to: 80 }", true),
                keys("any", "destinationPort: any", true),
                keys("ICMP of the other family", "protocol: icmpv6\nipAddressType: ipv4", false),
                keys("ICMP in both families", "protocol: icmp\nipAddressType: dualstack", false),
                keys("a port for ICMP", "protocol: icmp\ndestinationPort: 22", true),
                keys("a port for all protocols", "protocol: all\ndestinationPort: 22", true),
                keys("client ports for a protocol by number", "protocol: 50\nclientPorts: all", true),
                keys("a range for ICMP", "protocol: icmp\nfilterAtSource: { destinationPortRange: { fromPort: 1, toPort: 2 } }", true),
                keys("client ports twice", "destinationPort: 22\nclientPorts: all\nsourcePorts: 1024-65535", true),
                keys("a range beside its short key", "destinationPort: 22\nclientPorts: 1024\nfilterAtSource:\n  sourcePortRange: { fromPort: 1024, toPort: 2048 }\n  destinationPortRange: { fromPort: 22, toPort: 22 }", true),
                keys("half a range", "filterAtSource: { destinationPortRange: { fromPort: 22 } }", true),
                keys("a range backwards", "filterAtSource: { destinationPortRange: { fromPort: 23, toPort: 22 } }", false),
                keys("a range as text", "filterAtSource: { destinationPortRange: 22-23 }", true),
            ],
        ),
        (
            "values",
            vec![
                keys("protocols", "protocol: TCP\ndestinationPort: 22", true),
                keys("a service for a protocol", "protocol: https\ndestinationPort: 443", true),
                keys("a protocol out of range", "protocol: 256", true),
                keys("a protocol of AWS", "protocol: \"-1\"", true),
                keys("a family", "destinationPort: 22\nipAddressType: IPv4", true),
                keys("an expectation", "destinationPort: 22\nexpect: unreachable", true),
                keys("an expectation that is true", "destinationPort: 22\nexpect: true", true),
                keys("a share of nothing", "expect: blocked\nrequire: all", true),
                keys("a share", "destinationPort: 22\nrequire: some", true),
                keys("a reply", "destinationPort: 22\nreply: optional", true),
                keys("a severity", "destinationPort: 22\nseverity: urgent", true),
                keys("an empty owner", "destinationPort: 22\nowner: \"\"", true),
                keys("an owner without a value", "destinationPort: 22\nowner:", true),
                keys("a runbook without TLS", "destinationPort: 22\nrunbook: http://wiki.example", true),
                keys("a runbook that is no address", "destinationPort: 22\nrunbook: wiki", true),
                keys("labels of other types", "destinationPort: 22\nlabels: { tier: 1, true: yes }", true),
                keys("labels that are a list", "destinationPort: 22\nlabels: [a]", true),
                keys("a topic by name", "destinationPort: 22\ntopicArn: alerts", true),
                keys("a subscription", "destinationPort: 22\ntopicArn: arn:aws:sns:eu-west-1:111122223333:alerts:0aa11bb2-2cc3-3dd4-0aa1-1bb22cc33dd4", true),
                keys("confirmation", "destinationPort: 22\nconfirm: on", true),
                keys("a topic by number", "destinationPort: 22\ntopicArn: 1", true),
                keys("filters", "destinationPort: 22\nfilterAtSource: { sourceIp: 10.0.0.1, sourceAddress: 10.0.0.1/8 }\nfilterAtDestination: 10.0.0.1", true),
                of("a name that is true", "version: 1\npaths:\n  - { name: true, source: internet, destination: 10.0.0.1, destinationPort: 1 }\n".into(), true),
                of("a name that is a number", "version: 1\npaths:\n  - { name: 1.10, source: internet, destination: 10.0.0.1, destinationPort: 1 }\n".into(), true),
                of("a name that is empty", "version: 1\npaths:\n  - { name: \" \", source: internet, destination: 10.0.0.1, destinationPort: 1 }\n".into(), true),
                of("a name that is too long", format!("version: 1\npaths:\n  - {{ name: {}, source: internet, destination: 10.0.0.1, destinationPort: 1 }}\n", "x".repeat(201)), true),
                of("a name of two lines", "version: 1\npaths:\n  - { name: \"a\\nb\", source: internet, destination: 10.0.0.1, destinationPort: 1 }\n".into(), true),
                of("a name with what nobody sees", "version: 1\npaths:\n  - { name: a\u{200b}b, source: internet, destination: 10.0.0.1, destinationPort: 1 }\n".into(), true),
                of("nothing but a name", "version: 1\npaths:\n  - name: p\n".into(), true),
                of("no name", "version: 1\npaths:\n  - source: internet\n    destination: 10.0.0.1\n    destinationPort: 1\n".into(), true),
            ],
        ),
        (
            "components",
            vec![
                keys("slang", "destinationPort: 22\nvia: [nat, igw, firewall]", true),
                keys("mistyped", "destinationPort: 22\nvia: [nat-gatway]", false),
                keys("what does not forward", "destinationPort: 22\nvia: [subnet, internet, security-group]", true),
                keys("ids of what does not forward", "destinationPort: 22\nnotVia: [subnet-0aa11bb2, rtb-0aa11bb2, \"arn:aws:ec2:eu-west-1:111122223333:security-group/sg-0aa11bb2\", arn:aws:s3:::bucket]", true),
                keys("one alone", "destinationPort: 22\nvia: nat-gateway", true),
                keys("none", "destinationPort: 22\nvia: []", true),
                keys("crossed and not", "destinationPort: 22\nvia: [nat-gateway]\nnotVia: [transit-gateway, nat-gateway]", false),
            ],
        ),
        (
            "times",
            vec![
                keys("no unit", "destinationPort: 22\nsettle: 90", true),
                keys("another unit", "destinationPort: 22\nsettle: 5 minutes", true),
                keys("ISO 8601", "destinationPort: 22\nsettle: PT10M", true),
                keys("too long to settle", "destinationPort: 22\nsettle: 16m", false),
                keys("never to settle", "destinationPort: 22\nsettle: never", true),
                keys("too often", "destinationPort: 22\nremindAfter: 59m\nremindEvery: 30s", false),
                keys("a reminder off", "destinationPort: 22\nremindEvery: off", true),
                keys("muted without a reason", "destinationPort: 22\nmuteUntil: 2030-01-31T18:00:00Z", true),
                keys("a reason without a mute", "destinationPort: 22\nreason: migration", false),
                keys("muted without an offset", "destinationPort: 22\nmuteUntil: 2030-01-31T18:00:00\nreason: x", true),
                keys("muted by a date", "destinationPort: 22\nmuteUntil: 2030-01-31\nreason: x", true),
                keys("muted by a word", "destinationPort: 22\nmuteUntil: tomorrow\nreason: x", true),
                keys("a month that there is not", "destinationPort: 22\nmuteUntil: 2030-13-31T18:00:00Z\nreason: x", false),
                keys("a window that is text", "destinationPort: 22\nmaintenanceWindows: [\"0 2 * * sun\"]", true),
                keys("half a window", "destinationPort: 22\nmaintenanceWindows: [{ cron: 0 2 * * sun }, { duration: 2h, tz: UTC }]", true),
                keys("a window of no length", "destinationPort: 22\nmaintenanceWindows: [{ cron: 0 2 * * sun, duration: 0s }]", false),
                keys("a window too long", "destinationPort: 22\nmaintenanceWindows: [{ cron: 0 2 * * sun, duration: 32d }]", false),
                keys("time zones", "destinationPort: 22\nmaintenanceWindows:\n  - { cron: 0 2 * * sun, duration: 2h, timeZone: Europe/Berln }\n  - { cron: 0 2 * * sun, duration: 2h, timeZone: Berlin }\n  - { cron: 0 2 * * sun, duration: 2h, timeZone: UTC+2 }", false),
                keys("cron of AWS", "destinationPort: 22\nmaintenanceWindows: [{ cron: \"cron(0 2 ? * SUN *)\", duration: 2h }]", true),
                keys("cron with seconds", "destinationPort: 22\nmaintenanceWindows: [{ cron: 0 0 2 * * sun, duration: 2h }]", true),
                keys("cron by name", "destinationPort: 22\nmaintenanceWindows: [{ cron: \"@daily\", duration: 2h }]", true),
                keys("cron out of range", "destinationPort: 22\nmaintenanceWindows: [{ cron: 60 2 * * sun, duration: 2h }]", false),
                keys("cron that never comes", "destinationPort: 22\nmaintenanceWindows: [{ cron: 0 2 30 2 *, duration: 2h }]", false),
                keys("cron backwards", "destinationPort: 22\nmaintenanceWindows: [{ cron: 0 22-4 * * *, duration: 2h }]", false),
                keys("cron of other readers", "destinationPort: 22\nmaintenanceWindows: [{ cron: 0 2 L * *, duration: 2h }, { cron: 5/15 2 * * *, duration: 2h }, { cron: \"*/0 2 * * *\", duration: 2h }, { cron: 0 2 * * sunday, duration: 2h }]", false),
            ],
        ),
    ]
}
