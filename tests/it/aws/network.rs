//! A network built on moto, looked at live and saved.

use std::path::Path;

use aws_sdk_ec2::Client;
use aws_sdk_ec2::types::{IpPermission, IpRange, PrefixListId, Tag, TagSpecification};

use super::harness::block_on;
use super::moto::{Account, REGION, moto};
use super::proxy::Proxy;
use crate::hopwatch::{Run, command};

/// A proxy before moto.
pub(crate) fn proxy() -> Proxy {
    Proxy::before(moto().url())
}

/// What was built, by id.
#[derive(Debug, Clone)]
pub(crate) struct Built {
    pub(crate) client: String,
    pub(crate) server: String,
    pub(crate) far: String,
    pub(crate) vpc: String,
}

fn named(kind: aws_sdk_ec2::types::ResourceType, name: &str) -> TagSpecification {
    let tag = Tag::builder().key("Name").value(name).build();
    TagSpecification::builder().resource_type(kind).tags(tag).build()
}

async fn vpc(ec2: &Client, cidr: &str) -> String {
    let vpc = ec2.create_vpc().cidr_block(cidr).send().await.unwrap();
    vpc.vpc().unwrap().vpc_id().unwrap().to_owned()
}

async fn subnet(ec2: &Client, vpc: &str, cidr: &str) -> String {
    let subnet = ec2
        .create_subnet()
        .vpc_id(vpc)
        .cidr_block(cidr)
        .send()
        .await
        .unwrap();
    subnet.subnet().unwrap().subnet_id().unwrap().to_owned()
}

async fn group(ec2: &Client, vpc: &str, name: &str) -> String {
    let group = ec2
        .create_security_group()
        .vpc_id(vpc)
        .group_name(name)
        .description(name);
    group.send().await.unwrap().group_id().unwrap().to_owned()
}

/// The interface of an instance: one that is attached to nothing sends nothing.
async fn instance(ec2: &Client, subnet: &str, group: &str, name: &str) -> String {
    let images = ec2.describe_images().send().await.unwrap();
    let image = images.images().first().unwrap().image_id().unwrap();
    let kind = aws_sdk_ec2::types::ResourceType::Instance;
    let run = ec2.run_instances().image_id(image).min_count(1).max_count(1);
    let run = run.subnet_id(subnet).security_group_ids(group);
    let run = run.tag_specifications(named(kind, name)).send().await.unwrap();
    let interfaces = run.instances().first().unwrap().network_interfaces();
    interfaces
        .first()
        .unwrap()
        .network_interface_id()
        .unwrap()
        .to_owned()
}

async fn main_table(ec2: &Client, vpc: &str) -> String {
    let tables = ec2.describe_route_tables().send().await.unwrap();
    let table = tables
        .route_tables()
        .iter()
        .find(|table| table.vpc_id() == Some(vpc));
    table.unwrap().route_table_id().unwrap().to_owned()
}

/// Two peered VPCs: a client and a server in one, a server in the other; and what is only to be read.
pub(crate) async fn build(account: &Account, region: &str) -> Built {
    let ec2 = Client::new(&account.config(moto().url(), region).await);
    let (near, far) = (vpc(&ec2, "10.0.0.0/16").await, vpc(&ec2, "10.1.0.0/16").await);
    let (clients, servers) = (
        subnet(&ec2, &near, "10.0.1.0/24").await,
        subnet(&ec2, &near, "10.0.2.0/24").await,
    );
    let remote = subnet(&ec2, &far, "10.1.1.0/24").await;

    let list = ec2
        .create_managed_prefix_list()
        .prefix_list_name("clients")
        .max_entries(2)
        .address_family("IPv4")
        .entries(
            aws_sdk_ec2::types::AddPrefixListEntry::builder()
                .cidr("10.0.1.0/24")
                .build(),
        )
        .send()
        .await
        .unwrap();
    let list = list.prefix_list().unwrap().prefix_list_id().unwrap().to_owned();
    let web = IpPermission::builder()
        .ip_protocol("tcp")
        .from_port(443)
        .to_port(443)
        .ip_ranges(IpRange::builder().cidr_ip("10.0.1.0/24").build())
        .build();
    let database = IpPermission::builder()
        .ip_protocol("tcp")
        .from_port(5432)
        .to_port(5432)
        .prefix_list_ids(PrefixListId::builder().prefix_list_id(&list).build())
        .build();
    let client_group = group(&ec2, &near, "clients").await;
    let server_group = group(&ec2, &near, "servers").await;
    let far_group = group(&ec2, &far, "servers").await;
    for group in [&server_group, &far_group] {
        let ingress = ec2.authorize_security_group_ingress().group_id(group);
        ingress
            .ip_permissions(web.clone())
            .ip_permissions(database.clone())
            .send()
            .await
            .unwrap();
    }

    let peering = ec2
        .create_vpc_peering_connection()
        .vpc_id(&near)
        .peer_vpc_id(&far)
        .send()
        .await
        .unwrap();
    let peering = peering
        .vpc_peering_connection()
        .unwrap()
        .vpc_peering_connection_id()
        .unwrap()
        .to_owned();
    ec2.accept_vpc_peering_connection()
        .vpc_peering_connection_id(&peering)
        .send()
        .await
        .unwrap();
    for (vpc, cidr) in [(&near, "10.1.0.0/16"), (&far, "10.0.0.0/16")] {
        let route = ec2.create_route().route_table_id(main_table(&ec2, vpc).await);
        let route = route
            .destination_cidr_block(cidr)
            .vpc_peering_connection_id(&peering);
        route.send().await.unwrap();
    }

    // Read, decoded and joined, but no verdict rests on it.
    let igw = ec2.create_internet_gateway().send().await.unwrap();
    let igw = igw
        .internet_gateway()
        .unwrap()
        .internet_gateway_id()
        .unwrap()
        .to_owned();
    ec2.attach_internet_gateway()
        .internet_gateway_id(&igw)
        .vpc_id(&near)
        .send()
        .await
        .unwrap();
    ec2.create_egress_only_internet_gateway()
        .vpc_id(&near)
        .send()
        .await
        .unwrap();
    ec2.create_nat_gateway()
        .subnet_id(&servers)
        .connectivity_type(aws_sdk_ec2::types::ConnectivityType::Private)
        .send()
        .await
        .unwrap();
    ec2.create_vpc_endpoint()
        .vpc_id(&near)
        .service_name(format!("com.amazonaws.{region}.s3"))
        .vpc_endpoint_type(aws_sdk_ec2::types::VpcEndpointType::Gateway)
        .send()
        .await
        .unwrap();
    let gateway = ec2
        .create_transit_gateway()
        .description("hub")
        .send()
        .await
        .unwrap();
    let gateway = gateway
        .transit_gateway()
        .unwrap()
        .transit_gateway_id()
        .unwrap()
        .to_owned();
    ec2.create_transit_gateway_vpc_attachment()
        .transit_gateway_id(&gateway)
        .vpc_id(&near)
        .subnet_ids(&servers)
        .send()
        .await
        .unwrap();

    Built {
        client: instance(&ec2, &clients, &client_group, "client").await,
        server: instance(&ec2, &servers, &server_group, "server").await,
        far: instance(&ec2, &remote, &far_group, "far").await,
        vpc: near,
    }
}

/// Five paths, of which one is not as expected.
pub(crate) fn path_file(built: &Built) -> String {
    let Built {
        client, server, far, ..
    } = built;
    let path = |name: &str, to: &str, port: u16, expect: &str| {
        format!(
            "  - {{ name: {name}, source: {client}, destination: {to}, destinationPort: {port}, expect: {expect} }}\n"
        )
    };
    [
        "version: 1\npaths:\n".to_owned(),
        path("web", server, 443, "reachable"),
        path("database, by prefix list", server, 5432, "reachable").replace(
            "name: database, by prefix list",
            "name: \"database, by prefix list\"",
        ),
        path("far web", far, 443, "reachable"),
        path("no ssh", server, 22, "blocked"),
        path("ssh", server, 22, "reachable"),
    ]
    .concat()
}

/// Runs the binary on the account.
pub(crate) fn run(account: &Account, url: &str, folder: &Path, arguments: &[&str]) -> Run {
    run_with(account, url, folder, &[], arguments)
}

/// The same, with further variables.
pub(crate) fn run_with(
    account: &Account,
    url: &str,
    folder: &Path,
    variables: &[(&str, &str)],
    arguments: &[&str],
) -> Run {
    let output = command(folder)
        .envs(account.environment(url, REGION))
        .envs(variables.iter().copied())
        .args(arguments)
        .output()
        .expect("the binary starts");
    Run {
        code: output.status.code().expect("it ends by itself"),
        stdout: String::from_utf8(output.stdout).expect("UTF-8"),
        stderr: String::from_utf8(output.stderr).expect("UTF-8"),
    }
}

/// A network, a proxy before it, and a folder with a path file.
pub(crate) fn stage() -> (Account, Built, Proxy, tempfile::TempDir) {
    let (account, built) = block_on(async {
        let account = Account::new().await;
        let built = build(&account, REGION).await;
        (account, built)
    });
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("hopwatch.yaml"), path_file(&built)).unwrap();
    (account, built, proxy(), folder)
}

fn verdicts(json: &str) -> Vec<(String, String)> {
    let document: serde_json::Value = serde_json::from_str(json).unwrap();
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    let paths = document["paths"].as_array().unwrap().iter();
    paths
        .map(|path| (text(&path["name"]), text(&path["verdict"])))
        .collect()
}

#[test]
fn a_live_network_and_the_same_one_saved_give_the_same_bytes() {
    let (account, built, proxy, folder) = stage();
    let folder = folder.path();
    let live = run(&account, proxy.url(), folder, &["check", "--output", "json"]);
    assert_eq!(live.stderr, "");
    assert_eq!(live.code, 1);
    let expected = [
        ("web", "reachable"),
        ("database, by prefix list", "reachable"),
        ("far web", "reachable"),
        ("no ssh", "blocked"),
        ("ssh", "blocked"),
    ];
    let expected: Vec<_> = expected
        .map(|(name, verdict)| (name.to_owned(), verdict.to_owned()))
        .into();
    assert_eq!(verdicts(&live.stdout), expected);

    let saved = run(&account, proxy.url(), folder, &["snapshot", "network"]);
    assert_eq!((saved.code, saved.stderr.as_str()), (0, ""));
    assert!(saved.stdout.starts_with("network: "), "{}", saved.stdout);
    for format in ["json", "junit", "sarif"] {
        let live = run(&account, proxy.url(), folder, &["check", "--output", format]);
        let saved = run(
            &account,
            proxy.url(),
            folder,
            &["check", "--snapshot", "network", "--output", format],
        );
        assert_eq!(live.stdout, saved.stdout, "{format}");
        assert_eq!(live.code, saved.code);
    }
    let live = run(&account, proxy.url(), folder, &["explain", "ssh"]);
    let saved = run(
        &account,
        proxy.url(),
        folder,
        &["explain", "ssh", "--snapshot", "network"],
    );
    assert_eq!(live.stdout, saved.stdout);

    // A person reads where the network comes from.
    let text = run(&account, proxy.url(), folder, &["check"]);
    let header = text.stdout.lines().next().unwrap_or_default();
    assert!(
        header.contains(REGION) && header.contains(&account.id) && header.contains("live"),
        "{header}"
    );

    // Files of another network would be taken for a part of this one.
    let again = run(&account, proxy.url(), folder, &["snapshot", "network"]);
    assert!(again.is_usage_error(), "{again:?}");
    assert!(again.stderr.contains("is not empty"), "{}", again.stderr);

    let vpcs =
        std::fs::read_to_string(folder.join(format!("network/{}/{REGION}/Vpcs.json", account.id))).unwrap();
    assert!(vpcs.contains(&built.vpc));
}

#[test]
fn every_call_is_made_once() {
    let (account, _, proxy, folder) = stage();
    let run = run(
        &account,
        proxy.url(),
        folder.path(),
        &["check", "--output", "json"],
    );
    assert_eq!(run.code, 1, "{run:?}");
    let calls = proxy.calls();
    let mut seen = std::collections::BTreeMap::new();
    for call in &calls {
        let of = super::harness::form_field(&call.body, "PrefixListId");
        let of = of.or_else(|| super::harness::form_field(&call.body, "TransitGatewayRouteTableId"));
        *seen
            .entry((call.service.clone(), call.action.clone(), of))
            .or_insert(0) += 1;
    }
    // The same action of two services: of classic load balancers, and of the others.
    let balancers = (
        "elasticloadbalancing".to_owned(),
        "DescribeLoadBalancers".to_owned(),
        None,
    );
    assert_eq!(seen.insert(balancers, 1), Some(2));
    let twice: Vec<_> = seen.iter().filter(|(_, count)| **count > 1).collect();
    assert!(twice.is_empty(), "{twice:?}");
    // All but the version of a function that no path names; and whose credentials these are.
    let actions: std::collections::BTreeSet<String> = seen
        .keys()
        .map(|(service, action, _)| match action.strip_prefix("GET ") {
            Some(_) => "lambda:ListFunctions".to_owned(),
            None => format!("{service}:{action}"),
        })
        .collect();
    // There are no load balancers and no firewalls to ask about.
    let of_each = [
        "network-firewall:DescribeFirewall",
        "network-firewall:DescribeFirewallPolicy",
        "network-firewall:DescribeRuleGroup",
        "elasticloadbalancing:DescribeListeners",
        "elasticloadbalancing:DescribeRules",
        "elasticloadbalancing:DescribeLoadBalancerAttributes",
        "elasticloadbalancing:DescribeTargetGroupAttributes",
        "elasticloadbalancing:DescribeTargetHealth",
    ];
    let expected: std::collections::BTreeSet<String> = hopwatch::aws::describe::Call::ALL
        .iter()
        .map(|call| call.permission().to_owned())
        .filter(|permission| permission != "lambda:GetFunctionConfiguration")
        .filter(|permission| !of_each.contains(&permission.as_str()))
        .chain(["sts:GetCallerIdentity".to_owned()])
        .collect();
    assert_eq!(actions, expected);
}
