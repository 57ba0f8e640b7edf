//! Networks that nobody builds by accident: each must come to an answer, or to `undecided`, in bounded work.
//!
//! Time is not asserted here, as machines differ: a set that grows without bound runs into the test run's own limit.
//! What is asserted is the verdict, and that what is told of it stays short. Times are in docs/performance.md.

use std::time::Instant;

use hopwatch::paths::model::{EndForm, Protocol, RequiredPath};
use hopwatch::reach::code::Code;
use hopwatch::reach::report::{PathResult, Verdict};

use crate::engine::{bare, engine, load, ports};
use crate::network::{Network, entry, permission};

/// One box tells a part of a set, and there are never more than these of one.
const MOST_BOXES: usize = 50;
/// Parts in which packets share their way.
const MOST_BRANCHES: usize = 70;

fn nets(text: &str) -> EndForm {
    EndForm::Addresses(vec![text.parse().unwrap()])
}

fn id(text: &str) -> EndForm {
    EndForm::Id(text.into())
}

/// Two subnets of one VPC with an interface each.
fn pair() -> Network {
    let mut network = Network::new();
    network
        .vpc("vpc-a", "10.0.0.0/16")
        .subnet("subnet-a", "vpc-a", "10.0.1.0/24", "a")
        .subnet("subnet-b", "vpc-a", "10.0.2.0/24", "a")
        .interface("eni-a", "subnet-a", "10.0.1.10")
        .interface("eni-b", "subnet-b", "10.0.2.10");
    network
}

/// Assesses and explains a path, and holds what it says against the bounds.
fn bounded(name: &str, network: &Network, path: &RequiredPath) -> PathResult {
    let snapshot = load(&network.json()).unwrap();
    let started = Instant::now();
    let engine = engine(&snapshot, &[]);
    let assessed = engine.assess(path);
    let midway = started.elapsed();
    let result = engine.evaluate(path);
    // Shown by `--nocapture`.
    println!(
        "{name}: assessed in {midway:?}, explained in {:?}",
        started.elapsed() - midway
    );
    assert_eq!(assessed.verdict, result.verdict);
    for blocker in &result.blockers {
        assert!(blocker.lost.len() <= MOST_BOXES, "{name}");
    }
    for branch in &result.branches {
        assert!(branch.packets.len() <= MOST_BOXES, "{name}");
    }
    assert!(result.branches.len() <= MOST_BRANCHES * 20, "{name}");
    result
}

/// A network ACL whose entries overlap, allow and deny by turns, at odd prefixes and ports.
fn quilt(network: &mut Network, entries: u32) {
    network.acl("acl-quilt", "vpc-a", &["subnet-b"]);
    for number in 1..=entries {
        let action = if number % 2 == 0 { "allow" } else { "deny" };
        let net = format!(
            "{}.{}.0.0/{}",
            number * 7 % 224,
            number * 13 % 256,
            2 + number % 15
        );
        let net: ipnet::Ipv4Net = net.parse().unwrap();
        let from = i32::try_from(number * 37 % 60_000).unwrap();
        for egress in [false, true] {
            let ports = (from, from + 4_000);
            let text = net.trunc().to_string();
            network.entry("acl-quilt", entry(number, egress, action, "6", &text, ports));
        }
    }
}

#[test]
fn a_thousand_overlapping_entries() {
    let mut network = pair();
    quilt(&mut network, 1_000);
    let mut path = bare(id("eni-a"), id("eni-b"), Protocol::Tcp);
    path.destination_ports = Some(ports(1..=65_535));
    let result = bounded("1,000 entries, all ports", &network, &path);
    assert_eq!(result.verdict, Verdict::Partial);
}

#[test]
fn a_thousand_overlapping_entries_from_everywhere() {
    let mut network = pair();
    network.igw("igw-a", "vpc-a").public("eni-b", "203.0.113.10");
    network
        .table("rtb-b", "vpc-a", &["subnet-b"])
        .route("rtb-b", "0.0.0.0/0", "igw-a");
    quilt(&mut network, 1_000);
    let mut path = bare(EndForm::Internet, id("eni-b"), Protocol::Tcp);
    path.destination_ports = Some(ports(1..=65_535));
    let result = bounded("1,000 entries, from the internet, all ports", &network, &path);
    assert!(matches!(result.verdict, Verdict::Partial | Verdict::Undecided));
}

/// The two subnets, and in the second an interface whose group has these rules; all ports of it are asked for.
fn guarded_by(rules: impl IntoIterator<Item = serde_json::Value>) -> (Network, RequiredPath) {
    let mut network = pair();
    network.group("sg-many", "vpc-a");
    for rule in rules {
        network.edit("SecurityGroups", "sg-many", |g| {
            g["IpPermissions"].as_array_mut().unwrap().push(rule);
        });
    }
    network.egress("sg-many", "-1", (0, 0), "0.0.0.0/0");
    network.interface_in("eni-c", "subnet-b", "10.0.2.11", &["sg-many"]);
    let mut path = bare(id("subnet-a"), id("eni-c"), Protocol::Tcp);
    path.destination_ports = Some(ports(1..=65_535));
    (network, path)
}

#[test]
fn a_thousand_rules_of_single_ports_and_odd_prefixes() {
    let (network, path) = guarded_by((0..1_000).map(|n| {
        permission(
            "tcp",
            (n * 61 % 65_536, n * 61 % 65_536),
            &format!("10.{}.{}.{}/32", n % 4, n % 251, n % 241),
        )
    }));
    let result = bounded("1,000 rules", &network, &path);
    assert_eq!(result.verdict, Verdict::Partial);
}

#[test]
fn a_thousand_rules_that_overlap() {
    let (network, path) = guarded_by((0..1_000_i32).map(|n| {
        let net: ipnet::Ipv4Net = format!("10.{}.{}.{}/{}", n % 4, n % 251, n % 241, 9 + n % 23)
            .parse()
            .unwrap();
        let from = n * 61 % 60_000;
        permission("tcp", (from, from + 700), &net.trunc().to_string())
    }));
    let result = bounded("1,000 rules that overlap", &network, &path);
    assert!(matches!(
        result.verdict,
        Verdict::Partial | Verdict::Undecided | Verdict::Reachable
    ));
}

#[test]
fn long_prefix_lists_everywhere() {
    let mut network = pair();
    for list in 0..10 {
        let entries: Vec<String> = (0..1_000)
            .map(|n| format!("10.{}.{}.{}/32", list % 2, n / 4, n % 4 * 60 + 10))
            .collect();
        let entries: Vec<&str> = entries.iter().map(String::as_str).collect();
        network.prefix_list(&format!("pl-{list}"), &entries);
    }
    network.group("sg-lists", "vpc-a");
    for n in 0..60 {
        let (list, port) = (format!("pl-{}", n % 10), 1_000 + n / 10);
        network.ingress("sg-lists", "tcp", (port, port), &list);
        network.egress("sg-lists", "tcp", (port, port), &list);
    }
    network.interface_in("eni-c", "subnet-b", "10.0.2.11", &["sg-lists"]);
    network
        .table("rtb-l", "vpc-a", &["subnet-a", "subnet-b"])
        .igw("igw-a", "vpc-a");
    for list in 0..5 {
        network.route("rtb-l", &format!("pl-{list}"), "igw-a");
    }
    let mut path = bare(id("subnet-a"), id("eni-c"), Protocol::Tcp);
    path.destination_ports = Some(ports(1_000..=1_005));
    bounded("lists of 1,000 entries, towards one interface", &network, &path);
    let mut path = bare(id("eni-c"), nets("0.0.0.0/0"), Protocol::Tcp);
    path.destination_ports = Some(ports(1..=65_535));
    bounded("lists of 1,000 entries, towards everything", &network, &path);
}

#[test]
fn from_everything_to_everything() {
    let mut network = pair();
    network
        .igw("igw-a", "vpc-a")
        .public("eni-b", "203.0.113.10")
        .route("rtb-a", "0.0.0.0/0", "igw-a");
    for n in 0..40 {
        network.interface(&format!("eni-{n}"), "subnet-a", &format!("10.0.1.{}", 20 + n));
    }
    quilt(&mut network, 1_000);
    let path = bare(nets("0.0.0.0/0"), nets("0.0.0.0/0"), Protocol::All);
    // Who else than these interfaces sends from everywhere cannot be seen.
    let result = bounded("0.0.0.0/0 to 0.0.0.0/0", &network, &path);
    assert_eq!(result.verdict, Verdict::Undecided);
    let path = bare(id("subnet-a"), nets("0.0.0.0/0"), Protocol::All);
    let result = bounded("a subnet to 0.0.0.0/0", &network, &path);
    assert_eq!(result.verdict, Verdict::Partial);
    let path = bare(EndForm::Internet, id("subnet-b"), Protocol::All);
    let result = bounded("the internet to a subnet", &network, &path);
    assert_ne!(result.verdict, Verdict::Reachable);
}

#[test]
fn a_transit_gateway_with_many_tables_and_tables_of_a_thousand_routes() {
    let mut network = Network::new();
    network.tgw("tgw-1");
    for v in 0..20 {
        let (vpc, subnet) = (format!("vpc-{v}"), format!("subnet-{v}"));
        network
            .vpc(&vpc, &format!("10.{v}.0.0/16"))
            .subnet(&subnet, &vpc, &format!("10.{v}.1.0/24"), "a")
            .interface(&format!("eni-{v}"), &subnet, &format!("10.{v}.1.10"));
        let table = format!("rtb-{v}");
        network
            .route(&table, "10.0.0.0/8", "tgw-1")
            .route(&table, "0.0.0.0/0", "tgw-1");
        let gateway_table = format!("tgw-rtb-t{v}");
        network.tgw_table(&gateway_table, "tgw-1");
        network.attach(
            &format!("tgw-attach-{v}"),
            "tgw-1",
            &vpc,
            &[&subnet],
            &gateway_table,
        );
    }
    for v in 0..20 {
        for other in 0..20 {
            if v != other {
                let (attachment, vpc) = (format!("tgw-attach-{other}"), format!("vpc-{other}"));
                network.propagate(&format!("tgw-rtb-t{v}"), &attachment, "vpc", &vpc);
            }
        }
        // What belongs to nobody goes on to the next one, and round.
        let next = (v + 1) % 20;
        let (attachment, vpc) = (format!("tgw-attach-{next}"), format!("vpc-{next}"));
        network.tgw_route(
            &format!("tgw-rtb-t{v}"),
            "0.0.0.0/0",
            Some((&attachment, "vpc", &vpc)),
        );
    }
    for n in 0..1_000 {
        network.route(
            "rtb-0",
            &format!("10.{}.{}.{}/32", 1 + n % 19, 2 + n / 250, n % 250),
            "tgw-1",
        );
    }
    let result = bounded(
        "from one VPC to another",
        &network,
        &bare(id("eni-0"), id("eni-7"), Protocol::All),
    );
    assert_eq!(result.verdict, Verdict::Reachable);
    let path = bare(id("eni-0"), nets("0.0.0.0/0"), Protocol::All);
    let result = bounded("from one VPC to everything", &network, &path);
    assert!(matches!(result.verdict, Verdict::Partial | Verdict::Undecided));
}

/// A walk calls itself at every hop: the longest must fit a thread's stack, which is 2 MiB in the function.
#[test]
fn a_chain_of_appliances_longer_than_any_path() {
    let mut network = Network::new();
    network.vpc("vpc-a", "10.0.0.0/16");
    for number in 0..120 {
        let (subnet, eni, table) = (
            format!("subnet-{number}"),
            format!("eni-{number}"),
            format!("rtb-{number}"),
        );
        network
            .subnet(&subnet, "vpc-a", &format!("10.0.{number}.0/24"), "a")
            .interface(&eni, &subnet, &format!("10.0.{number}.10"))
            .set("NetworkInterfaces", &eni, "SourceDestCheck", false.into())
            .table(&table, "vpc-a", &[&subnet])
            .route(&table, "0.0.0.0/0", &format!("eni-{}", number + 1));
    }
    let mut path = bare(id("eni-0"), nets("192.0.2.1/32"), Protocol::Tcp);
    path.destination_ports = Some(ports(443..=443));
    let transparent: Vec<String> = (0..120).map(|number| format!("eni-{number}")).collect();
    let walk = move || {
        let snapshot = load(&network.json()).unwrap();
        let transparent: Vec<&str> = transparent.iter().map(String::as_str).collect();
        engine(&snapshot, &transparent).evaluate(&path)
    };
    let thread = std::thread::Builder::new().stack_size(2 << 20).spawn(walk);
    let result = thread.unwrap().join().unwrap();
    assert_eq!(result.verdict, Verdict::Undecided);
    assert_eq!(result.reason.unwrap().code, Code::TooManyParts);
}
