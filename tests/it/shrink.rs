//! From a network in which two answers differ to a small one in which they still do.

use serde_json::Value;

use crate::network::{KINDS, id_field};

/// Lists of which something must remain, else the network is none that AWS would print.
const KEEP_ONE: [&str; 10] = [
    "Groups",
    "VgwTelemetry",
    "CidrBlockAssociationSet",
    "Ipv6CidrBlockAssociationSet",
    "Attachments",
    "VpcAttachments",
    "SubnetIds",
    "NatGatewayAddresses",
    "PrivateIpAddresses",
    "Instances",
];

/// Takes away resources, rules and routes, one at a time, as long as `still` holds, until nothing can go. What is to be
/// kept by its id, and what every VPC has, stays.
pub(crate) fn shrink(network: &Value, keep: &[&str], still: impl Fn(&Value) -> bool) -> Value {
    let mut smallest = network.clone();
    loop {
        let before = smallest.to_string().len();
        resources(&mut smallest, keep, &still);
        parts(&mut smallest, &still);
        if smallest.to_string().len() == before {
            return smallest;
        }
    }
}

/// Resources that nothing refers to. Those that share an id (an attachment in two lists, a table and its routes) go
/// together.
fn resources(network: &mut Value, keep: &[&str], still: &impl Fn(&Value) -> bool) {
    let ids: Vec<String> = KINDS
        .iter()
        .rev()
        .flat_map(|(kind, field)| {
            network[*kind]
                .as_array()
                .into_iter()
                .flatten()
                .map(move |v| (v, *field))
        })
        .filter(|(v, _)| {
            let main = v["Associations"]
                .as_array()
                .into_iter()
                .flatten()
                .any(|a| a["Main"] == true);
            v["IsDefault"] != true && !main
        })
        .filter_map(|(v, field)| v[field].as_str().map(str::to_owned))
        .filter(|id| !keep.contains(&id.as_str()))
        .collect();
    for id in ids {
        without(network, &[&id], still);
    }
    // A VPC with what every VPC has.
    let vpcs: Vec<String> = network["Vpcs"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|v| v["VpcId"].as_str().map(str::to_owned))
        .collect();
    for vpc in vpcs {
        let name = vpc.trim_start_matches("vpc-");
        let whole = [
            vpc.clone(),
            format!("rtb-{name}"),
            format!("acl-{name}"),
            format!("sg-open-{name}"),
        ];
        let whole: Vec<&str> = whole.iter().map(String::as_str).collect();
        without(network, &whole, still);
    }
}

/// Takes resources away if nothing else refers to them and `still` holds without them.
fn without(network: &mut Value, ids: &[&str], still: &impl Fn(&Value) -> bool) {
    let mut smaller = network.clone();
    for (kind, _) in KINDS {
        let field = id_field(kind);
        if let Some(list) = smaller[kind].as_array_mut() {
            list.retain(|v| !ids.iter().any(|id| v[field] == *id));
        }
    }
    let left = smaller.to_string();
    if !ids.iter().any(|id| left.contains(&format!("\"{id}\""))) && still(&smaller) {
        *network = smaller;
    }
}

/// Elements of lists inside resources.
fn parts(network: &mut Value, still: &impl Fn(&Value) -> bool) {
    let mut places = Vec::new();
    for (kind, _) in KINDS {
        for i in 0..network[kind].as_array().map_or(0, Vec::len) {
            lists(
                &network[kind][i],
                &mut vec![kind.to_owned(), i.to_string()],
                &mut places,
            );
        }
    }
    for place in places {
        let name = place.last().cloned().unwrap_or_default();
        let mut i = 0;
        loop {
            let Some(list) = at(network, &place).and_then(|v| v.as_array().cloned()) else {
                break;
            };
            let Some(element) = list.get(i) else { break };
            let fixed = element["GatewayId"] == "local"
                || element["Main"] == true
                || (list.len() == 1 && KEEP_ONE.contains(&name.as_str()));
            if fixed {
                i += 1;
                continue;
            }
            let mut smaller = network.clone();
            if let Some(list) = at(&mut smaller, &place).and_then(Value::as_array_mut) {
                list.remove(i);
            }
            if still(&smaller) {
                *network = smaller;
            } else {
                i += 1;
            }
        }
    }
}

/// The places of all lists below a value.
fn lists(value: &Value, path: &mut Vec<String>, found: &mut Vec<Vec<String>>) {
    match value {
        Value::Array(elements) => {
            found.push(path.clone());
            for (i, element) in elements.iter().enumerate() {
                path.push(i.to_string());
                lists(element, path, found);
                path.pop();
            }
        }
        Value::Object(fields) => {
            for (name, field) in fields {
                path.push(name.clone());
                lists(field, path, found);
                path.pop();
            }
        }
        _ => {}
    }
}

fn at<'v>(network: &'v mut Value, place: &[String]) -> Option<&'v mut Value> {
    let pointer: String = place.iter().map(|p| format!("/{p}")).collect();
    network.pointer_mut(&pointer)
}

/// A network for people: one resource a line, kinds without any left out.
pub(crate) fn render(network: &Value) -> String {
    let mut out = String::new();
    for (kind, _) in KINDS {
        let Some(list) = network[kind].as_array() else {
            out += &format!("{kind}: not read\n");
            continue;
        };
        for resource in list {
            out += &format!("{kind} {resource}\n");
        }
    }
    let declared = crate::generate::transparent(network);
    if !declared.is_empty() {
        out += &format!("declared transparent: {declared:?}\n");
    }
    out
}
