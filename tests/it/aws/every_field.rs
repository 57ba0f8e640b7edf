//! Every field that the loader knows is read from AWS: what AWS answers is made from the loader's own fixture, and what
//! is collected must be that fixture again.

use std::collections::{BTreeMap, BTreeSet};

use hopwatch::aws::describe::{Call, collect};
use hopwatch::paths::model::Scope;
use serde_json::{Map, Value, json};

use super::harness::block_on;
use super::moto::{Account, REGION};
use super::proxy::{Proxy, Step};

const EVERY_FIELD: &str = include_str!("../../../src/network/load/every_field.json");

/// Fields that AWS documents and that this version of the SDK does not have.
const NOT_IN_THE_SDK: [&str; 1] = ["NatGatewaySupport"];

fn lower_first(name: &str) -> String {
    let mut characters = name.chars();
    let first = characters.next().map(|first| first.to_lowercase().to_string());
    first.unwrap_or_default() + characters.as_str()
}

/// The spellings under which EC2 may put a field into XML: it follows no rule, and a spelling that it does not know is
/// ignored.
fn spellings(key: &str) -> Vec<String> {
    let lower = lower_first(key);
    let singular = lower.strip_suffix("ies").map(|stem| format!("{stem}y"));
    let singular = singular.unwrap_or_else(|| lower.strip_suffix('s').unwrap_or(&lower).to_owned());
    let mut all = vec![
        lower.clone(),
        format!("{lower}Set"),
        format!("{singular}Set"),
        format!("{singular}Info"),
        // `…Addresses`, `…Prefixes`
        format!("{}Set", lower.strip_suffix("es").unwrap_or(&lower)),
    ];
    let odd: &[&str] = match key {
        "ManagedPrefixLists" => &["prefixListSet"],
        "SecurityGroups" => &["securityGroupInfo"],
        "IpPermissionsEgress" => &["ipPermissionsEgress"],
        "UserIdGroupPairs" => &["groups"],
        "Primary" => &["primary"],
        "Instances" => &["instancesSet"],
        "State" => &["instanceState", "state"],
        "IsDefault" => &["default"],
        "Ipv6Addresses" => &["ipv6AddressesSet"],
        "PrivateIpAddresses" => &["privateIpAddressesSet"],
        "VpcAttachments" => &["attachments"],
        "IcmpTypeCode" => &["icmpTypeCode"],
        "GroupDescription" => &["groupDescription"],
        "Subnets" => &["subnetSet"],
        _ => &[],
    };
    all.extend(odd.iter().map(|&odd| odd.to_owned()));
    all.sort();
    all.dedup();
    all
}

/// As EC2 writes it: lists of `item`.
fn ec2(value: &Value) -> String {
    match value {
        Value::Object(fields) => fields
            .iter()
            .map(|(key, value)| {
                let inner = ec2(value);
                let tags = spellings(key).into_iter();
                tags.map(|tag| format!("<{tag}>{inner}</{tag}>"))
                    .collect::<String>()
            })
            .collect(),
        Value::Array(items) => items
            .iter()
            .map(|item| format!("<item>{}</item>", ec2(item)))
            .collect(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// As the query protocol writes it: every list has its own name for what is in it.
fn query(value: &Value) -> String {
    const ITEMS: [&str; 7] = [
        "member",
        "DBInstance",
        "DBCluster",
        "DBClusterMember",
        "Subnet",
        "VpcSecurityGroupMembership",
        "Tag",
    ];
    match value {
        Value::Object(fields) => {
            let fields = fields
                .iter()
                .map(|(key, value)| format!("<{key}>{}</{key}>", query(value)));
            fields.collect()
        }
        Value::Array(items) => {
            let item = |item: &Value| {
                let inner = query(item);
                // A list of RDS's has one of these names for its items, one of Elastic Load Balancing's the first.
                ITEMS.map(|name| format!("<{name}>{inner}</{name}>")).concat()
            };
            items.iter().map(item).collect()
        }
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// Without what says nothing, and without what the SDK cannot tell.
fn normal(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            let kept = fields.iter().filter(|(key, value)| {
                !NOT_IN_THE_SDK.contains(&key.as_str()) && !value.is_null() && **value != json!([])
            });
            Value::Object(kept.map(|(key, value)| (key.clone(), normal(value))).collect())
        }
        Value::Array(items) => items.iter().map(normal).collect(),
        other => other.clone(),
    }
}

/// Where two values differ.
fn compare(expected: &Value, read: &Value, here: &str, differences: &mut Vec<String>) {
    match (expected, read) {
        (Value::Object(expected), Value::Object(read)) => {
            let keys: BTreeSet<&String> = expected.keys().chain(read.keys()).collect();
            for key in keys {
                let of = |object: &Map<String, Value>| object.get(key).cloned().unwrap_or_default();
                compare(&of(expected), &of(read), &format!("{here}.{key}"), differences);
            }
        }
        (Value::Array(expected), Value::Array(read)) if expected.len() == read.len() => {
            for (index, (expected, read)) in expected.iter().zip(read).enumerate() {
                compare(expected, read, &format!("{here}[{index}]"), differences);
            }
        }
        _ if expected == read => {}
        _ => differences.push(format!("{here}: {expected} was read as {read}")),
    }
}

fn answer(call: Call, fixture: &Map<String, Value>) -> (&'static str, String, Step) {
    let (service, action) = call.permission().split_once(':').unwrap();
    let of_one = |key: &str| fixture[key][0].clone();
    let xml = |body: String| Step::Answer {
        status: 200,
        content_type: "text/xml",
        body: format!(
            "<{action}Response xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\">{body}</{action}Response>"
        ),
    };
    let rows = &fixture[call.key()];
    match (service, call) {
        ("lambda", _) => {
            let (action, body) = match call {
                Call::ListFunctions => (
                    "GET /2015-03-31/functions".to_owned(),
                    json!({ "Functions": rows }),
                ),
                _ => (
                    "GET /2015-03-31/functions/f/configuration".to_owned(),
                    of_one("Functions"),
                ),
            };
            let step = Step::Answer {
                status: 200,
                content_type: "application/json",
                body: body.to_string(),
            };
            ("lambda", action, step)
        }
        ("network-firewall", _) => {
            let body = match call {
                Call::ListFirewalls => json!({ "Firewalls": [fixture["Firewalls"][0]["Firewall"]] }),
                _ => of_one(call.key()),
            };
            let step = Step::Answer {
                status: 200,
                content_type: "application/x-amz-json-1.0",
                body: body.to_string(),
            };
            ("network-firewall", action.to_owned(), step)
        }
        ("elasticloadbalancing", _) => {
            let body = match call {
                Call::DescribeLoadBalancerAttributes
                | Call::DescribeTargetGroupAttributes
                | Call::DescribeTargetHealth => query(&rows[0]),
                // Both services have it, and each its own list: told apart by what is known of it.
                Call::DescribeLoadBalancers | Call::DescribeClassicLoadBalancers => {
                    let both = ["LoadBalancers", "LoadBalancerDescriptions"];
                    both.map(|key| query(&json!({ key: fixture[key] }))).concat()
                }
                _ => query(&json!({ call.key(): rows })),
            };
            (
                "elasticloadbalancing",
                action.to_owned(),
                xml(format!("<{action}Result>{body}</{action}Result>")),
            )
        }
        ("rds", _) => {
            let (key, rows) = (call.key(), query(rows));
            (
                "rds",
                action.to_owned(),
                xml(format!("<{action}Result><{key}>{rows}</{key}></{action}Result>")),
            )
        }
        (_, Call::GetManagedPrefixListEntries) => {
            ("ec2", action.to_owned(), xml(ec2(&of_one("PrefixListEntries"))))
        }
        (_, Call::GetTransitGatewayRouteTablePropagations) => (
            "ec2",
            action.to_owned(),
            xml(ec2(&of_one("TransitGatewayPropagations"))),
        ),
        (_, Call::SearchTransitGatewayRoutes) => (
            "ec2",
            action.to_owned(),
            xml(ec2(&of_one("TransitGatewayRoutes"))),
        ),
        (_, Call::DescribeVpcBlockPublicAccessOptions) => (
            "ec2",
            action.to_owned(),
            xml(ec2(&json!({ "VpcBlockPublicAccessOptions": rows[0] }))),
        ),
        _ => ("ec2", action.to_owned(), xml(ec2(&json!({ call.key(): rows })))),
    }
}

#[test]
fn every_field_that_the_loader_knows_is_read() {
    let mut fixture: Map<String, Value> = serde_json::from_str(EVERY_FIELD).unwrap();
    // The fields of a route stand with the static ones.
    let routes = fixture["TransitGatewayStaticRoutes"].clone();
    fixture.insert("TransitGatewayRoutes".into(), routes);
    let proxy = Proxy::before("127.0.0.1:9");
    for call in Call::ALL {
        let (service, action, step) = answer(*call, &fixture);
        proxy.always(service, &action, step);
    }
    let identity = "<GetCallerIdentityResponse><GetCallerIdentityResult><Account>111122223333</Account>\
                    </GetCallerIdentityResult></GetCallerIdentityResponse>";
    proxy.always(
        "sts",
        "GetCallerIdentity",
        Step::Answer {
            status: 200,
            content_type: "text/xml",
            body: identity.into(),
        },
    );
    let collected = block_on(async {
        let config = Account::anybody().config(proxy.url(), REGION).await;
        let scope = Scope {
            region: REGION.into(),
            role_arn: None,
            external_id: None,
        };
        collect(&config, &[scope], &BTreeSet::new()).await.unwrap()
    });
    assert!(collected.unread.is_empty(), "{:#?}", collected.unread);
    let documents: BTreeMap<&str, Value> = collected
        .documents
        .iter()
        .map(|(name, text)| (name.as_str(), serde_json::from_str(text).unwrap()))
        .collect();
    let mut seen = BTreeSet::new();
    let mut differences = Vec::new();
    for call in Call::ALL {
        let key = call.key();
        let read = &documents[format!("111122223333/{REGION}/{key}.json").as_str()][key];
        let expected = normal(&fixture[key]);
        compare(&expected, &normal(read), key, &mut differences);
        seen.insert(key);
    }
    assert!(differences.is_empty(), "{differences:#?}");
    assert_eq!(seen.len(), documents.len());
    collected.load().unwrap();
}
