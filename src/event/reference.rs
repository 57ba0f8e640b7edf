//! The table of calls, held against the reference list of API calls: nothing is missing from it, and nothing in it
//! contradicts. A line is added or mended by hand; this says which.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::network::Kind;

use super::action::{ActionRow, Actions, Part};
use super::samples::reference;
use super::touched::Role;
use super::*;

fn listed() -> Option<Value> {
    let path = reference("ec2-actions.json")?;
    Some(serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap())
}

fn text<'a>(entry: &'a Value, name: &str) -> &'a str {
    entry[name].as_str().unwrap_or_default()
}

fn service(entry: &Value) -> &str {
    text(entry, "source").trim_start_matches("aws.")
}

fn row(entry: &Value) -> Option<&'static ActionRow> {
    Actions::known().find(
        service(entry),
        text(entry, "eventName"),
        entry["apiVersion"].as_str(),
        None,
    )
}

/// The paths of one part as the table writes them.
fn paths(entry: &Value, part: Part) -> BTreeSet<String> {
    let names: &[&str] = if part == Part::Request {
        &["request_ids", "request_keys"]
    } else {
        &["response_ids"]
    };
    let wrapped = text(entry, "shape") == "wrapped";
    names
        .iter()
        .flat_map(|name| entry[*name].as_array().into_iter().flatten())
        .filter_map(Value::as_str)
        .map(|path| {
            let names = path
                .trim_end_matches('?')
                .split('.')
                .map(|name| name.trim_end_matches("[]"));
            let names = names.skip(usize::from(wrapped));
            names
                .filter(|name| !["items", "item", "content", "member"].contains(name))
                .collect::<Vec<_>>()
                .join(".")
        })
        .collect()
}

/// The kind of component that a parameter's name tells, its plural and its beginnings (`Add`, `Remove`) left aside.
fn kind_of(path: &str) -> Option<Kind> {
    let name = path.rsplit('.').next()?.to_ascii_lowercase();
    let ends: [(&str, Kind); 27] = [
        ("transitgatewayroutetableid", Kind::TransitGatewayRouteTable),
        ("transitgatewayroutetablearn", Kind::TransitGatewayRouteTable),
        ("transitgatewayattachmentid", Kind::TransitGatewayAttachment),
        ("egressonlyinternetgatewayid", Kind::EgressOnlyInternetGateway),
        ("internetgatewayid", Kind::InternetGateway),
        ("directconnectgatewayid", Kind::DirectConnectGateway),
        ("vpcpeeringconnectionid", Kind::VpcPeeringConnection),
        ("networkinterfaceid", Kind::NetworkInterface),
        ("branchinterfaceid", Kind::NetworkInterface),
        ("vpcendpointid", Kind::VpcEndpoint),
        ("vpnconnectionid", Kind::VpnConnection),
        ("transitgatewayid", Kind::TransitGateway),
        ("natgatewayid", Kind::NatGateway),
        ("networkaclid", Kind::NetworkAcl),
        ("routetableid", Kind::RouteTable),
        ("prefixlistid", Kind::PrefixList),
        ("vpngatewayid", Kind::VpnGateway),
        ("virtualgatewayid", Kind::VpnGateway),
        ("instanceid", Kind::Instance),
        ("subnetid", Kind::Subnet),
        ("vpcid", Kind::Vpc),
        ("groupid", Kind::SecurityGroup),
        ("loadbalancerarn", Kind::LoadBalancer),
        ("targetgrouparn", Kind::TargetGroup),
        ("functionname", Kind::Lambda),
        ("dbinstanceidentifier", Kind::Rds),
        ("dbclusteridentifier", Kind::Rds),
    ];
    if name.contains("localgateway") || name.contains("secondary") {
        return None;
    }
    let one = name.trim_end_matches("set").trim_end_matches('s');
    ends.iter()
        .find(|(end, _)| one.ends_with(end))
        .map(|(_, kind)| *kind)
}

/// Calls that matter more to hopwatch's model than to the list: a database's ends are the subnets of its group.
const STRONGER: [&str; 1] = ["ModifyDBSubnetGroup"];

#[test]
fn the_table_has_every_call_of_the_list_as_it_says() {
    let Some(list) = listed() else { return };
    let entries = list["actions"].as_array().unwrap();
    assert!(entries.len() > 400);
    let mut wrong = Vec::new();
    for entry in entries {
        let name = text(entry, "eventName");
        let Some(row) = row(entry) else {
            wrong.push(format!("{name}: missing"));
            continue;
        };
        let verb = match text(entry, "effect") {
            "create" => Verb::Create,
            "modify" => Verb::Modify,
            _ => Verb::Delete,
        };
        if row.verb != Some(verb) {
            wrong.push(format!("{name}: {:?}, but {verb:?} there", row.verb));
        }
        let impact = match text(entry, "impact") {
            "direct" => Impact::Direct,
            "indirect" => Impact::Indirect,
            _ => Impact::Tags,
        };
        if row.impact != impact && !(STRONGER.contains(&name) && row.impact > impact) {
            wrong.push(format!("{name}: {:?}, but {impact:?} there", row.impact));
        }
        if row.version != entry["apiVersion"].as_str() {
            wrong.push(format!(
                "{name}: of {:?}, but of {} there",
                row.version, entry["apiVersion"]
            ));
        }
        if text(entry, "note").contains("asynchronous") && !row.done_later {
            wrong.push(format!("{name}: done now, but asynchronous there"));
        }
        for at in &row.ids {
            if !paths(entry, at.part)
                .iter()
                .any(|path| path.eq_ignore_ascii_case(at.path))
            {
                wrong.push(format!("{name}: no {:?} {} there", at.part, at.path));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_the_list_names_as_lookup_is_looked_up() {
    let Some(list) = listed() else { return };
    for entry in list["actions"].as_array().unwrap() {
        let name = text(entry, "eventName");
        if !text(entry, "needs_lookup").starts_with("only the ") {
            continue;
        }
        let row = row(entry).unwrap();
        let by_handle = row
            .ids
            .iter()
            .any(|at| at.role == Role::Deleted && at.part == Part::Request);
        // Of CIDR blocks the response has the VPC or the subnet.
        let by_response = row
            .ids
            .iter()
            .any(|at| at.role == Role::Changed && at.part == Part::Response);
        assert!(by_handle || by_response, "{name}");
    }
}

/// A call that changes things by itself, and whose event has an id of a component, has a line that says where.
#[test]
fn the_table_says_where_the_ids_are() {
    let Some(list) = listed() else { return };
    let mut silent = Vec::new();
    let mut unlike = Vec::new();
    for entry in list["actions"].as_array().unwrap() {
        let row = row(entry).unwrap();
        let all: BTreeSet<String> = paths(entry, Part::Request)
            .into_iter()
            .chain(paths(entry, Part::Response))
            .collect();
        let kinds: BTreeSet<Kind> = all.iter().filter_map(|path| kind_of(path)).collect();
        if row.impact == Impact::Direct && !kinds.is_empty() && row.ids.is_empty() {
            silent.push(text(entry, "eventName"));
        }
        // What the table says is changed is among what the event can name, or found by a look-up.
        let looked_up = row.ids.iter().any(|at| {
            let name = at.path.rsplit('.').next().unwrap().to_ascii_lowercase();
            name.ends_with("associationid")
                || name.ends_with("attachmentid")
                || name.ends_with("allocationid")
        });
        for at in &row.ids {
            if let Some(kind) = kind_of(at.path)
                && at.role != Role::Parent
                && !row.kinds.contains(&kind)
            {
                unlike.push(format!("{}: {} is {kind}", row.action, at.path));
            }
        }
        for kind in &row.kinds {
            let by_name = matches!(
                kind,
                Kind::LoadBalancer
                    | Kind::Lambda
                    | Kind::Rds
                    | Kind::NetworkFirewall
                    | Kind::Unsupported
                    | Kind::Vpc
            );
            if !(kinds.contains(kind) || looked_up || by_name || row.ids.is_empty()) {
                unlike.push(format!("{}: no {kind} there", row.action));
            }
        }
    }
    // Local gateways are not modelled, and of their virtual interfaces no path can tell.
    silent.retain(|name| !name.contains("LocalGateway"));
    assert_eq!(silent, Vec::<&str>::new());
    assert!(unlike.is_empty(), "{}", unlike.join("\n"));
}

/// What the table says never matters is what the list leaves out, and nothing that it lists.
#[test]
fn what_never_matters_is_what_the_list_leaves_out() {
    let Some(list) = listed() else { return };
    let left_out: BTreeMap<&str, &str> = list["ec2_left_out"]
        .as_object()
        .unwrap()
        .iter()
        .flat_map(|(why, names)| {
            names
                .as_array()
                .unwrap()
                .iter()
                .map(move |name| (name.as_str().unwrap(), why.as_str()))
        })
        .collect();
    let listed: BTreeSet<(&str, &str)> = list["actions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| {
            let name = text(entry, "eventName");
            (service(entry), super::action::plain_name(service(entry), name))
        })
        .collect();
    for row in Actions::known().rows() {
        let known = listed.contains(&(row.service, row.action));
        match row.impact {
            Impact::None => {
                assert!(!known, "{} matters", row.action);
                assert!(
                    row.service != "ec2" || left_out.contains_key(row.action),
                    "{}",
                    row.action
                );
            }
            // Databases may be selected by tag as well; the list has EC2's tags only.
            Impact::Tags if row.service == "rds" => assert!(!known),
            _ => assert!(known, "{} is not in the list", row.action),
        }
    }
    let missing: Vec<&str> = left_out
        .iter()
        .filter(|(name, why)| {
            // What is not modelled yet may still carry traffic: then something changed.
            !why.starts_with("Verified Access")
                && Actions::known()
                    .find("ec2", name, None, None)
                    .is_none_or(|row| row.impact != Impact::None)
        })
        .map(|(name, _)| *name)
        .collect();
    assert_eq!(missing, Vec::<&str>::new());
}
