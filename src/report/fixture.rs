//! Hand-made answers for the tests of this room, shaped as the engine gives them.

use jiff::SignedDuration;

use crate::network::Kind;
use crate::network::id::ResourceId;
use crate::paths::model::{
    Component, Confirm, End, EndForm, Expect, PacketFilter, PortSet, Protocol, Reply, Require, RequiredPath,
    Severity,
};
use crate::reach::code::Code;
use crate::reach::report::{
    Blocker, Branch, BranchOutcome, Direction, FixCommand, FromTo, Hop, HopOutcome, Leg, PacketBox,
    PathResult, Reason, Rule, Verdict,
};

use super::standing::Answer;
use super::text::Origin;

/// A path and its answer.
pub(crate) struct Case {
    pub(crate) path: RequiredPath,
    pub(crate) result: PathResult,
}

impl Case {
    pub(crate) fn answer(&self) -> Answer<'_> {
        Answer {
            path: &self.path,
            result: &self.result,
        }
    }
}

pub(crate) fn origin() -> Origin {
    Origin {
        regions: vec!["eu-west-1".into()],
        accounts: vec!["111122223333".into()],
        network: "snapshot ./network".into(),
        options: " --snapshot ./network".into(),
    }
}

/// One of each kind.
pub(crate) fn all() -> Vec<Case> {
    vec![
        blocked(),
        reachable(),
        partial(),
        undecided(),
        partly_lost(),
        open(),
        closed(),
        enough(),
    ]
}

const PUBLIC_ACL: &str = "acl-0b2c3d4e5f6071829";
const PRIVATE_ACL: &str = "acl-0c1d2e3f405162738";
const JOBS_ACL: &str = "acl-0c1d2e3f405169999";
const PUBLIC_SUBNET: &str = "subnet-0a0b0c0d0e0f00001";
const PRIVATE_SUBNET: &str = "subnet-0a0b0c0d0e0f00002";
const PRIVATE_SUBNET_B: &str = "subnet-0a0b0c0d0e0f00003";
const FUNCTION: &str = "arn:aws:lambda:eu-west-1:111122223333:function:order-sync";

fn end(text: &str, line: usize) -> End {
    End {
        form: EndForm::Internet,
        account: None,
        region: None,
        vpc: None,
        text: text.into(),
        line,
    }
}

fn path(name: &str, line: usize) -> RequiredPath {
    RequiredPath {
        name: name.into(),
        source: end("lambda order-sync", line + 1),
        destination: end("198.51.100.22", line + 2),
        protocol: Protocol::Tcp,
        destination_ports: Some(PortSet(vec![22..=22])),
        ip_address_type: None,
        client_ports: None,
        expect: Expect::Reachable,
        require: Require::All,
        reply: Reply::Required,
        via: Vec::new(),
        not_via: Vec::new(),
        filter_at_source: PacketFilter::default(),
        filter_at_destination: PacketFilter::default(),
        severity: Severity::Medium,
        owner: None,
        runbook: None,
        labels: Default::default(),
        topic_arn: None,
        settle: SignedDuration::ZERO,
        remind_after: None,
        remind_every: None,
        maintenance_windows: Vec::new(),
        mute: None,
        confirm: Confirm::Off,
        line,
    }
}

fn result(path: &RequiredPath, verdict: Verdict, as_expected: Option<bool>) -> PathResult {
    PathResult {
        name: path.name.clone(),
        expect: path.expect,
        verdict,
        as_expected,
        severity: path.severity,
        reason: None,
        blockers: Vec::new(),
        arrives: Vec::new(),
        arrives_more: 0,
        hops: Vec::new(),
        branches: Vec::new(),
        dependencies: [PUBLIC_ACL, PRIVATE_ACL, PUBLIC_SUBNET]
            .into_iter()
            .map(ResourceId::from)
            .collect(),
        notices: Vec::new(),
    }
}

fn tcp(source: &str, source_ports: &str, destination: &str, destination_ports: &str) -> PacketBox {
    PacketBox {
        protocol: "tcp".into(),
        source: source.into(),
        source_ports: Some(source_ports.into()),
        destination: destination.into(),
        destination_ports: Some(destination_ports.into()),
        icmp_type: None,
        icmp_code: None,
    }
}

fn hop(leg: Leg, kind: Kind, id: &str, name: Option<&str>) -> Hop {
    Hop {
        leg,
        segment: 0,
        component: id.into(),
        component_name: name.map(str::to_owned),
        kind,
        subnet: None,
        subnet_name: None,
        vpc: Some("vpc-0123456789abcdef0".into()),
        account: Some("111122223333".into()),
        region: Some("eu-west-1".into()),
        direction: None,
        outcome: HopOutcome::Passed,
        allowed_by: None,
        packet: None,
        note: None,
    }
}

impl Hop {
    fn at(mut self, id: &str, name: &str) -> Self {
        self.subnet = Some(id.into());
        self.subnet_name = Some(name.into());
        self
    }

    fn going(mut self, direction: Direction) -> Self {
        self.direction = Some(direction);
        self
    }

    fn by(mut self, rule: Rule) -> Self {
        self.allowed_by = Some(rule);
        self
    }

    fn noting(mut self, note: &str) -> Self {
        self.note = Some(note.into());
        self
    }

    fn ended(mut self, outcome: HopOutcome) -> Self {
        self.outcome = outcome;
        self
    }
}

fn entry(number: u32, action: &str, egress: bool, ports: Option<(i32, i32)>) -> Rule {
    Rule::NetworkAclEntry {
        rule_number: number,
        rule_action: action.into(),
        egress,
        protocol: if ports.is_some() { "6" } else { "-1" }.into(),
        cidr_block: Some("0.0.0.0/0".into()),
        ipv6_cidr_block: None,
        port_range: ports.map(|(from, to)| FromTo { from, to }),
    }
}

fn route(destination: &str, target: &str) -> Rule {
    Rule::Route {
        destination: destination.into(),
        target: target.into(),
        state: "active".into(),
        origin: Some("CreateRoute".into()),
    }
}

fn group_rule(egress: bool, ports: Option<i32>, cidr: &str) -> Rule {
    Rule::SecurityGroupRule {
        group_id: "sg-0aa11bb22cc33dd44".into(),
        is_egress: egress,
        ip_protocol: if ports.is_some() { "tcp" } else { "-1" }.into(),
        from_port: ports,
        to_port: ports,
        cidr_ipv4: Some(cidr.into()),
        cidr_ipv6: None,
        prefix_list_id: None,
        referenced_group_id: None,
    }
}

fn acl_blocker(
    acl: (&str, &str),
    subnet: (&str, &str),
    direction: Direction,
    leg: Leg,
    lost: PacketBox,
) -> Blocker {
    Blocker {
        code: Code::SubnetAclRestriction,
        code_source: Code::SubnetAclRestriction.source(),
        component: acl.0.into(),
        component_name: Some(acl.1.into()),
        kind: Kind::NetworkAcl,
        direction: Some(direction),
        leg,
        segment: 0,
        subnet: Some(subnet.0.into()),
        subnet_name: Some(subnet.1.into()),
        vpc: Some("vpc-0123456789abcdef0".into()),
        account: Some("111122223333".into()),
        region: Some("eu-west-1".into()),
        rule: Some(entry(32767, "deny", direction == Direction::Egress, None)),
        lost: vec![lost],
        lost_more: 0,
        witness: Some(tcp("10.0.1.7/32", "40000", "198.51.100.22/32", "22")),
        message: format!("Network ACL {} ({}) denies it.", acl.1, acl.0),
        fix: None,
    }
}

fn acl_fix(direction: Direction, cidr: &str) -> FixCommand {
    let (flag, word) = match direction {
        Direction::Ingress => ("--ingress", "from"),
        Direction::Egress => ("--egress", "to"),
    };
    FixCommand {
        command: format!(
            "aws ec2 create-network-acl-entry --network-acl-id {PUBLIC_ACL} {flag} --rule-number 130 --protocol tcp \
             --port-range From=22,To=22 --cidr-block {cidr} --rule-action allow"
        ),
        message: format!("add rule 130 to network ACL {PUBLIC_ACL}: allow tcp port 22 {word} {cidr}"),
        verified: true,
    }
}

/// The walk out of a function by a NAT gateway, up to the internet, in both legs.
fn way_out() -> Vec<Hop> {
    use Direction::{Egress, Ingress};
    use Leg::{Forward, Reply};
    vec![
        hop(Forward, Kind::Lambda, FUNCTION, None).at(PRIVATE_SUBNET, "private-a"),
        hop(
            Forward,
            Kind::SecurityGroup,
            "sg-0aa11bb22cc33dd44",
            Some("order-sync"),
        )
        .going(Egress)
        .by(group_rule(true, None, "0.0.0.0/0")),
        hop(
            Forward,
            Kind::RouteTable,
            "rtb-0aaaaaaaaaaaaaaa1",
            Some("private"),
        )
        .at(PRIVATE_SUBNET, "private-a")
        .by(route("0.0.0.0/0", "nat-0aa11bb22cc33dd44")),
        hop(Forward, Kind::NetworkAcl, PRIVATE_ACL, Some("private"))
            .at(PRIVATE_SUBNET, "private-a")
            .going(Egress)
            .by(entry(100, "allow", true, None)),
        hop(Forward, Kind::NetworkAcl, PUBLIC_ACL, Some("public-a"))
            .at(PUBLIC_SUBNET, "public-a")
            .going(Ingress)
            .by(entry(100, "allow", false, Some((443, 443)))),
        hop(Forward, Kind::NatGateway, "nat-0aa11bb22cc33dd44", None)
            .at(PUBLIC_SUBNET, "public-a")
            .noting("source becomes 10.0.0.10"),
        hop(Forward, Kind::RouteTable, "rtb-0aaaaaaaaaaaaaaa2", Some("public"))
            .at(PUBLIC_SUBNET, "public-a")
            .by(route("0.0.0.0/0", "igw-0aa11bb22cc33dd44")),
        hop(Forward, Kind::NetworkAcl, PUBLIC_ACL, Some("public-a"))
            .at(PUBLIC_SUBNET, "public-a")
            .going(Egress)
            .by(entry(100, "allow", true, Some((443, 443)))),
        hop(
            Forward,
            Kind::InternetGateway,
            "igw-0aa11bb22cc33dd44",
            Some("main"),
        )
        .noting("source becomes 203.0.113.9"),
        hop(Forward, Kind::Internet, "internet", None),
        hop(
            Reply,
            Kind::InternetGateway,
            "igw-0aa11bb22cc33dd44",
            Some("main"),
        )
        .noting("destination becomes 10.0.0.10"),
        hop(Reply, Kind::NetworkAcl, PUBLIC_ACL, Some("public-a"))
            .at(PUBLIC_SUBNET, "public-a")
            .going(Ingress)
            .by(entry(120, "allow", false, Some((1024, 65535)))),
        hop(Reply, Kind::NatGateway, "nat-0aa11bb22cc33dd44", None)
            .at(PUBLIC_SUBNET, "public-a")
            .noting("destination becomes 10.0.1.7"),
        hop(Reply, Kind::NetworkAcl, PUBLIC_ACL, Some("public-a"))
            .at(PUBLIC_SUBNET, "public-a")
            .going(Egress)
            .by(entry(120, "allow", true, Some((1024, 65535)))),
        hop(Reply, Kind::NetworkAcl, PRIVATE_ACL, Some("private"))
            .at(PRIVATE_SUBNET, "private-a")
            .going(Ingress)
            .by(entry(100, "allow", false, None)),
        hop(Reply, Kind::Lambda, FUNCTION, None).at(PRIVATE_SUBNET, "private-a"),
    ]
}

/// The NAT gateway's subnet lets port 22 neither in nor out.
pub(crate) fn blocked() -> Case {
    let mut path = path("order-sync → partner SFTP", 4);
    path.severity = Severity::Critical;
    path.via = vec![
        Component::Kind(Kind::NatGateway),
        Component::Kind(Kind::InternetGateway),
    ];
    let mut result = result(&path, Verdict::Blocked, Some(false));
    let public = (PUBLIC_SUBNET, "public-a");
    let mut inward = acl_blocker(
        (PUBLIC_ACL, "public-a"),
        public,
        Direction::Ingress,
        Leg::Forward,
        tcp("10.0.1.0/24", "1024-65535", "198.51.100.22/32", "22"),
    );
    inward
        .lost
        .push(tcp("10.0.2.0/24", "1024-65535", "198.51.100.22/32", "22"));
    inward.fix = Some(acl_fix(Direction::Ingress, "10.0.0.0/16"));
    let mut outward = acl_blocker(
        (PUBLIC_ACL, "public-a"),
        public,
        Direction::Egress,
        Leg::Forward,
        tcp("10.0.0.10/32", "1024-65535", "198.51.100.22/32", "22"),
    );
    outward.fix = Some(acl_fix(Direction::Egress, "198.51.100.22/32"));
    result.blockers = vec![inward, outward];
    result.hops = way_out();
    for index in [4, 7] {
        let hop = &mut result.hops[index];
        hop.outcome = HopOutcome::Blocked;
        hop.allowed_by = None;
    }
    result.branches = vec![Branch {
        packets: vec![
            tcp("10.0.1.0/24", "1024-65535", "198.51.100.22/32", "22"),
            tcp("10.0.2.0/24", "1024-65535", "198.51.100.22/32", "22"),
        ],
        packets_more: 0,
        outcome: BranchOutcome::Lost,
        blockers: vec![0, 1],
        hops: result.hops.clone(),
    }];
    Case { path, result }
}

/// The same way out, for a port that is open.
pub(crate) fn reachable() -> Case {
    let mut path = path("order-sync → partner API", 12);
    path.destination_ports = Some(PortSet(vec![443..=443]));
    let mut result = result(&path, Verdict::Reachable, Some(true));
    result.hops = way_out();
    result.notices = vec!["Block Public Access was not read; it counts as off.".into()];
    Case { path, result }
}

/// In one of two subnets, replies come back to the upper client ports only.
pub(crate) fn partial() -> Case {
    let mut path = path("jobs → rates API", 18);
    path.severity = Severity::High;
    path.destination_ports = Some(PortSet(vec![443..=443]));
    let mut result = result(&path, Verdict::Partial, Some(false));
    let lost = tcp("198.51.100.30/32", "443", "10.0.1.0/24", "1024-32767");
    let mut blocker = acl_blocker(
        (JOBS_ACL, "jobs"),
        (PRIVATE_SUBNET, "private-a"),
        Direction::Ingress,
        Leg::Reply,
        lost,
    );
    blocker.fix = Some(FixCommand {
        command: format!(
            "aws ec2 replace-network-acl-entry --network-acl-id {JOBS_ACL} --ingress --rule-number 140 --protocol tcp \
             --port-range From=1024,To=65535 --cidr-block 0.0.0.0/0 --rule-action allow"
        ),
        message: "let rule 140 of network ACL jobs begin at port 1024 instead of 32768".into(),
        verified: true,
    });
    result.blockers = vec![blocker];
    result.hops = way_out();
    let back = result.hops.len() - 2;
    result.hops[back].outcome = HopOutcome::Blocked;
    result.hops[back].allowed_by = None;
    for index in [3, back] {
        result.hops[index].component = JOBS_ACL.into();
        result.hops[index].component_name = Some("jobs".into());
    }
    let branch = |source: &str, ports: &str, outcome, hops: Vec<Hop>| Branch {
        packets: vec![tcp(source, ports, "198.51.100.30/32", "443")],
        packets_more: 0,
        outcome,
        blockers: if outcome == BranchOutcome::Lost {
            vec![0]
        } else {
            Vec::new()
        },
        hops,
    };
    result.branches = vec![
        branch(
            "10.0.1.0/24",
            "1024-32767",
            BranchOutcome::Lost,
            result.hops.clone(),
        ),
        branch("10.0.1.0/24", "32768-65535", BranchOutcome::Delivered, way_out()),
        branch("10.0.2.0/24", "1024-65535", BranchOutcome::Delivered, way_out()),
    ];
    Case { path, result }
}

/// An appliance stands in the way, and nobody said what it does.
pub(crate) fn undecided() -> Case {
    let path = path("app → inspection → database", 25);
    let mut result = result(&path, Verdict::Undecided, None);
    result.reason = Some(Reason {
        code: Code::UnsupportedComponent,
        message:
            "Appliance i-0d1e2f3a4b5c6d7e8 is not declared transparent: what it does inside cannot be known."
                .into(),
        components: vec!["i-0d1e2f3a4b5c6d7e8".into()],
        missing_calls: vec!["ec2:DescribeNetworkAcls".into(), "ec2:DescribeInstances".into()],
    });
    result.hops = vec![
        hop(
            Leg::Forward,
            Kind::NetworkInterface,
            "eni-0a1b2c3d4e5f60718",
            Some("app"),
        )
        .at(PRIVATE_SUBNET, "private-a"),
        hop(Leg::Forward, Kind::Instance, "i-0d1e2f3a4b5c6d7e8", None)
            .at(PRIVATE_SUBNET_B, "inspection")
            .ended(HopOutcome::Unknown)
            .noting("not declared transparent"),
    ];
    Case { path, result }
}

/// A part is lost for certain, of another it cannot be told.
pub(crate) fn partly_lost() -> Case {
    let mut path = path("app → both databases", 30);
    path.severity = Severity::High;
    let mut result = result(&path, Verdict::Undecided, Some(false));
    let mut blocker = acl_blocker(
        (PRIVATE_ACL, "private"),
        (PRIVATE_SUBNET, "private-a"),
        Direction::Egress,
        Leg::Forward,
        tcp("10.0.1.7/32", "32768-60999", "10.0.9.5/32", "5432"),
    );
    blocker.code = Code::EniSgRulesMismatch;
    blocker.kind = Kind::SecurityGroup;
    blocker.component = "sg-0bb11bb22cc33dd55".into();
    blocker.component_name = Some("app".into());
    blocker.rule = None;
    blocker.message = "No rule of security group app (sg-0bb11bb22cc33dd55) lets tcp 5432 out.".into();
    result.blockers = vec![blocker];
    result.reason = Some(Reason {
        code: Code::UnknownResource,
        message: "Peering pcx-0a1b2c3d4e5f60718 could not be read.".into(),
        components: vec!["pcx-0a1b2c3d4e5f60718".into()],
        missing_calls: vec!["ec2:DescribeVpcPeeringConnections".into()],
    });
    Case { path, result }
}

/// A database that must not be reached from the internet, and is.
pub(crate) fn open() -> Case {
    let mut path = path("nobody reaches the database", 36);
    path.expect = Expect::Blocked;
    path.severity = Severity::Critical;
    path.source = end("internet", 37);
    path.destination = end("rds orders", 38);
    let mut result = result(&path, Verdict::Partial, Some(false));
    result.arrives = vec![tcp("192.0.2.0/24", "1024-65535", "10.0.9.5/32", "5432")];
    let walk = vec![
        hop(Leg::Forward, Kind::Internet, "internet", None),
        hop(
            Leg::Forward,
            Kind::InternetGateway,
            "igw-0aa11bb22cc33dd44",
            Some("main"),
        )
        .noting("destination becomes 10.0.9.5"),
        hop(Leg::Forward, Kind::NetworkAcl, PRIVATE_ACL, Some("data"))
            .at(PRIVATE_SUBNET, "data-a")
            .going(Direction::Ingress)
            .by(entry(100, "allow", false, None)),
        hop(
            Leg::Forward,
            Kind::SecurityGroup,
            "sg-0aa11bb22cc33dd44",
            Some("orders-db"),
        )
        .going(Direction::Ingress)
        .by(group_rule(false, Some(5432), "192.0.2.0/24")),
        hop(
            Leg::Forward,
            Kind::Rds,
            "arn:aws:rds:eu-west-1:111122223333:db:orders",
            None,
        )
        .at(PRIVATE_SUBNET, "data-a"),
    ];
    result.branches = vec![
        Branch {
            packets: vec![tcp("192.0.2.0/24", "1024-65535", "203.0.113.40/32", "5432")],
            packets_more: 0,
            outcome: BranchOutcome::Delivered,
            blockers: Vec::new(),
            hops: walk,
        },
        Branch {
            packets: vec![tcp("0.0.0.0/1", "1024-65535", "203.0.113.40/32", "1-65535")],
            packets_more: 12,
            outcome: BranchOutcome::Lost,
            blockers: Vec::new(),
            hops: Vec::new(),
        },
    ];
    Case { path, result }
}

/// What must be blocked, and is.
pub(crate) fn closed() -> Case {
    let mut path = path("guests reach nothing inside", 44);
    path.expect = Expect::Blocked;
    let result = result(&path, Verdict::Blocked, Some(true));
    Case { path, result }
}

/// Some of it works, and that is enough.
pub(crate) fn enough() -> Case {
    let mut path = path("any zone → 東京データベース", 50);
    path.require = Require::Any;
    let result = result(&path, Verdict::Partial, Some(true));
    Case { path, result }
}
