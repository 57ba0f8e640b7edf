//! How fast paths are checked: `cargo bench --no-default-features --bench check`.
//!
//! The network is generated: one VPC over three zones, a NAT gateway a zone, security groups that name each other, a
//! network ACL with numbered entries for the private subnets.

#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a bench that cannot make its network has nothing to measure"
)]

use std::fmt::Write;
use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use hopwatch::network::Snapshot;
use hopwatch::network::load::{Source, merge, parse};
use hopwatch::paths::model::RequiredPath;
use hopwatch::reach::{Engine, Surroundings};

/// How large a generated network is.
#[derive(Debug, Clone, Copy)]
struct Size {
    subnets: usize,
    interfaces: usize,
    groups: usize,
    rules: usize,
}

impl Size {
    const SMALL: Self = Self {
        subnets: 12,
        interfaces: 120,
        groups: 20,
        rules: 10,
    };
    const LARGE: Self = Self {
        subnets: 60,
        interfaces: 1500,
        groups: 300,
        rules: 30,
    };
}

fn list(count: usize, row: impl Fn(usize) -> String) -> String {
    (0..count).map(row).collect::<Vec<_>>().join(",")
}

/// The third byte of a subnet's addresses tells its number; every third subnet is public.
fn network(size: Size) -> Snapshot {
    let zone = |index: usize| char::from(b'a' + u8::try_from(index % 3).unwrap_or(0));
    let subnets = list(size.subnets, |i| {
        format!(
            r#"{{"SubnetId": "subnet-{i}", "VpcId": "vpc-1", "CidrBlock": "10.0.{i}.0/24", "AvailabilityZone": "eu-west-1{}"}}"#,
            zone(i)
        )
    });
    let associations = |public: bool, zone: usize| {
        let of = (0..size.subnets).filter(|i| (i % 6 < 3) == public && (public || i % 3 == zone));
        of.map(|i| format!(r#"{{"Main": false, "SubnetId": "subnet-{i}"}}"#))
            .collect::<Vec<_>>()
            .join(",")
    };
    let local = r#"{"DestinationCidrBlock": "10.0.0.0/16", "GatewayId": "local", "State": "active"}"#;
    let mut tables = format!(
        r#"{{"RouteTableId": "rtb-pub", "VpcId": "vpc-1", "Associations": [{}], "Routes": [{local},
            {{"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "igw-1", "State": "active"}}]}}"#,
        associations(true, 0)
    );
    for z in 0..3 {
        let _ = write!(
            tables,
            r#",{{"RouteTableId": "rtb-{z}", "VpcId": "vpc-1", "Associations": [{}], "Routes": [{local},
                {{"DestinationCidrBlock": "0.0.0.0/0", "NatGatewayId": "nat-{z}", "State": "active"}}]}}"#,
            associations(false, z)
        );
    }
    let entry = |number: usize, egress: bool, from: usize, to: usize| {
        format!(
            r#"{{"RuleNumber": {number}, "Egress": {egress}, "RuleAction": "allow", "Protocol": "6", "CidrBlock": "0.0.0.0/0",
                "PortRange": {{"From": {from}, "To": {to}}}}}"#
        )
    };
    let [entries_in, entries_out] = [false, true].map(|egress| {
        [
            entry(100, egress, 443, 443),
            entry(110, egress, 5432, 5432),
            entry(120, egress, 1024, 65535),
        ]
        .join(",")
    });
    let groups = list(size.groups, |g| {
        let rules = list(size.rules, |r| {
            if r % 2 == 0 {
                let port = 1000 + r;
                format!(
                    r#"{{"IpProtocol": "tcp", "FromPort": {port}, "ToPort": {port}, "IpRanges": [{{"CidrIp": "10.0.{}.0/24"}}]}}"#,
                    r % 250
                )
            } else {
                let other = (g + r) % size.groups;
                format!(
                    r#"{{"IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432, "UserIdGroupPairs": [{{"GroupId": "sg-{other}"}}]}}"#
                )
            }
        });
        format!(
            r#"{{"GroupId": "sg-{g}", "VpcId": "vpc-1", "IpPermissions": [{rules}],
                "IpPermissionsEgress": [{{"IpProtocol": "-1", "IpRanges": [{{"CidrIp": "0.0.0.0/0"}}]}}]}}"#
        )
    });
    let interfaces = list(size.interfaces, |e| {
        let (subnet, host) = (e % size.subnets, 10 + e / size.subnets);
        format!(
            r#"{{"NetworkInterfaceId": "eni-{e}", "SubnetId": "subnet-{subnet}", "VpcId": "vpc-1", "Status": "in-use",
                "Groups": [{{"GroupId": "sg-{}"}}], "PrivateIpAddresses": [{{"PrivateIpAddress": "10.0.{subnet}.{host}", "Primary": true}}]}}"#,
            e % size.groups
        )
    });
    let nats = list(3, |z| {
        format!(
            r#"{{"NatGatewayId": "nat-{z}", "VpcId": "vpc-1", "SubnetId": "subnet-{z}", "State": "available",
                "NatGatewayAddresses": [{{"PrivateIp": "10.0.{z}.5", "PublicIp": "198.51.100.{z}"}}]}}"#
        )
    });
    let text = format!(
        r#"{{"Vpcs": [{{"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/16"}}], "Subnets": [{subnets}], "RouteTables": [{tables}],
            "NetworkAcls": [{{"NetworkAclId": "acl-1", "VpcId": "vpc-1", "IsDefault": true, "Entries": [{entries_in},{entries_out}]}}],
            "SecurityGroups": [{groups}], "NetworkInterfaces": [{interfaces}], "NatGateways": [{nats}], "Reservations": [],
            "InternetGateways": [{{"InternetGatewayId": "igw-1", "Attachments": [{{"VpcId": "vpc-1", "State": "available"}}]}}]}}"#
    );
    let document = parse(Source::default(), text.as_bytes()).expect("it is valid");
    merge(vec![document]).expect("it is whole").snapshot
}

/// Half of the paths lead to a database port of another interface, half to the internet.
fn paths(size: Size, count: usize) -> Vec<RequiredPath> {
    let rows = list(count, |p| {
        let source = (p * 7 + 3) % size.interfaces;
        let destination = if p % 2 == 0 {
            format!("eni-{}", (p * 13 + 5) % size.interfaces)
        } else {
            "203.0.113.7".to_owned()
        };
        let port = if p % 2 == 0 { 5432 } else { 443 };
        format!(
            r#"{{"name": "path {p}", "source": "eni-{source}", "destination": "{destination}", "destinationPort": {port}}}"#
        )
    });
    let text = format!(r#"{{"version": 1, "paths": [{rows}]}}"#);
    hopwatch::paths::read(&text, "paths.json", None)
        .expect("it is valid")
        .file
        .paths
}

fn check(criterion: &mut Criterion) {
    for (name, size, count) in [("small", Size::SMALL, 100), ("large", Size::LARGE, 1000)] {
        let snapshot = network(size);
        let paths = paths(size, count);
        let label = format!(
            "{name}: {} interfaces, {} groups x {} rules, {} subnets",
            size.interfaces, size.groups, size.rules, size.subnets
        );
        let mut group = criterion.benchmark_group(label);
        group.sample_size(10);
        group.bench_function("compile the snapshot", |bencher| {
            bencher.iter(|| black_box(Engine::new(&snapshot, Surroundings::default())));
        });
        group.throughput(Throughput::Elements(count as u64));
        let engine = Engine::new(&snapshot, Surroundings::default());
        group.bench_with_input(
            BenchmarkId::new("assess paths", count),
            &paths,
            |bencher, paths| {
                bencher.iter(|| {
                    paths
                        .iter()
                        .map(|path| engine.assess(path))
                        .filter(|r| r.as_expected == Some(true))
                        .count()
                });
            },
        );
        let reachable = paths
            .iter()
            .filter(|path| engine.assess(path).as_expected == Some(true))
            .count();
        println!("{reachable} of {count} paths are reachable");
        group.finish();
    }
}

criterion_group!(benches, check);
criterion_main!(benches);
