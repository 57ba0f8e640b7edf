//! Load balancers among what is there already: nodes in some subnets, targets that are sometimes gone, elsewhere, or the
//! client itself.

use serde_json::{Value, json};

use super::dice::Dice;
use super::plan::Plan;
use crate::network::{balancer_arn, forward, group_arn, listener_arn, node_of};

pub(super) fn draw(plan: &mut Plan, dice: &mut Dice) {
    for n in 0..plan.vpcs.len() {
        match dice.below(10) {
            0..=2 => current(plan, n, "net", dice),
            3..=4 => current(plan, n, "app", dice),
            5 => classic(plan, n, dice),
            _ => {}
        }
    }
    let lists = [
        "LoadBalancerAttributes",
        "TargetGroupAttributes",
        "Listeners",
        "Rules",
        "LoadBalancerTargetHealth",
        "LoadBalancers",
    ];
    if plan.nasty(dice, 2) {
        plan.network.unread(dice.pick(&lists));
    }
}

/// One or two subnets of a VPC, in different zones, each with an address for a node.
fn nodes(plan: &mut Plan, n: usize, dice: &mut Dice) -> Vec<(String, String)> {
    let first = dice.below(plan.vpcs[n].subnets.len());
    let mut chosen = vec![first];
    let zone = plan.vpcs[n].subnets[first].zone;
    let other = (0..plan.vpcs[n].subnets.len()).find(|s| plan.vpcs[n].subnets[*s].zone != zone);
    chosen.extend(other.filter(|_| dice.chance(60)));
    chosen
        .into_iter()
        .map(|s| {
            let (address, _) = plan.take(n, s, dice);
            (plan.vpcs[n].subnets[s].id.clone(), address)
        })
        .collect()
}

/// Interfaces of instances, each with its address.
fn instances(plan: &Plan) -> Vec<(String, String)> {
    let network = plan.network.json();
    let all = network["NetworkInterfaces"].as_array().expect("a list").iter();
    all.filter_map(|i| {
        let instance = i["Attachment"]["InstanceId"].as_str()?;
        let primary = i["Attachment"]["DeviceIndex"] == 0;
        let address = i["PrivateIpAddresses"][0]["PrivateIpAddress"].as_str()?;
        primary.then(|| (instance.to_owned(), address.to_owned()))
    })
    .collect()
}

fn publish(plan: &mut Plan, n: usize, name: &str, nodes: &[(String, String)], dice: &mut Dice) {
    if !dice.chance(40) {
        return;
    }
    for (k, (subnet, _)) in nodes.iter().enumerate() {
        plan.network
            .public(&node_of(name, subnet), &format!("198.51.101.{}", 10 * n + k + 1));
    }
}

fn current(plan: &mut Plan, n: usize, kind: &str, dice: &mut Dice) {
    let name = format!("b{n}");
    let full = format!("{kind}/{name}");
    let nodes = nodes(plan, n, dice);
    let group = dice.pick(&plan.vpcs[n].groups);
    let groups: Vec<&str> = if kind == "net" && dice.chance(50) {
        Vec::new()
    } else {
        vec![&group]
    };
    let shown: Vec<(&str, &str)> = nodes.iter().map(|(s, a)| (s.as_str(), a.as_str())).collect();
    plan.network.balancer(&full, &shown, &groups);
    publish(plan, n, &name, &nodes, dice);
    let protocol = if kind == "app" {
        "HTTPS"
    } else {
        dice.pick(&["TCP", "TCP", "TCP_UDP", "TLS"])
    };
    let mut actions = Vec::new();
    for k in 0..dice.weighted(&[(6, 1), (2, 2)]) {
        let target_group = format!("t{n}{k}");
        targets(plan, n, protocol, &target_group, dice);
        actions.push(forward(&target_group));
    }
    let port = dice.pick(&[443, 443, 443, 80]);
    plan.network.listener(&full, protocol, port, &actions[..1]);
    if kind == "app" {
        if let Some(second) = actions.get(1) {
            plan.network
                .listener_rule(&full, port, "1", std::slice::from_ref(second));
        }
        if dice.chance(15) {
            let redirect = json!({"Type": "redirect"});
            plan.network.listener_rule(&full, port, "2", &[redirect]);
        }
    }
    if kind == "net" && dice.chance(40) {
        plan.network
            .balancer_setting(&balancer_arn(&full), "load_balancing.cross_zone.enabled", "true");
    }
    if plan.nasty(dice, 5) {
        let state = dice.pick(&["provisioning", "failed", "active_impaired"]);
        plan.network.edit("LoadBalancers", &balancer_arn(&full), |b| {
            b["State"]["Code"] = state.into();
        });
    }
    if plan.nasty(dice, 3) {
        plan.network.remove("Listeners", &listener_arn(&full, port));
    }
}

/// Targets of a listener. AWS takes groups of some protocols only:
/// <https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-target-groups.html>
fn targets(plan: &mut Plan, n: usize, listener: &str, name: &str, dice: &mut Dice) {
    let vpc = plan.vpcs[n].id.clone();
    let all = instances(plan);
    let own: Vec<(String, String)> = {
        let prefix = format!("i-{n}");
        all.iter()
            .filter(|(id, _)| id.starts_with(&prefix))
            .cloned()
            .collect()
    };
    let by_address = dice.chance(50);
    let mut chosen: Vec<(String, u16)> = Vec::new();
    for _ in 0..dice.weighted(&[(1, 0), (8, 1), (5, 2)]) {
        let pool = if by_address && dice.chance(25) { &all } else { &own };
        if pool.is_empty() {
            continue;
        }
        let (instance, address) = dice.pick(pool);
        let port = dice.pick(&[443, 443, 80, 8443]);
        chosen.push((if by_address { address } else { instance }, port));
    }
    chosen.sort();
    chosen.dedup();
    if by_address && dice.chance(5) {
        chosen.push((String::from("192.168.1.1"), 443));
    }
    let shown: Vec<(&str, u16)> = chosen.iter().map(|(id, port)| (id.as_str(), *port)).collect();
    let protocol = match listener {
        "HTTPS" => "HTTP",
        "TLS" => dice.pick(&["TCP", "TLS"]),
        "TCP_UDP" => "TCP_UDP",
        _ => dice.pick(&["TCP", "TCP", "TCP_UDP"]),
    };
    let of_type = if by_address { "ip" } else { "instance" };
    plan.network.targets(name, &vpc, (of_type, protocol), &shown);
    // What is not of the VPC is registered for all zones.
    let blocks = plan.vpcs[n].blocks.clone();
    plan.network
        .edit("LoadBalancerTargetHealth", &group_arn(name), |row| {
            for described in row["TargetHealthDescriptions"].as_array_mut().expect("a list") {
                let target: &mut Value = &mut described["Target"];
                let Some(address) = target["Id"].as_str().and_then(|id| id.parse().ok()) else {
                    continue;
                };
                let inside = blocks
                    .iter()
                    .any(|b| crate::oracle::address::Cidr::of(b).contains(address));
                if !inside {
                    target["AvailabilityZone"] = "all".into();
                }
            }
        });
    if dice.chance(30) {
        let value = dice.pick(&["true", "false"]);
        plan.network
            .group_setting(name, "preserve_client_ip.enabled", value);
    }
    if dice.chance(20) {
        let value = dice.pick(&["true", "false", "use_load_balancer_configuration"]);
        plan.network
            .group_setting(name, "load_balancing.cross_zone.enabled", value);
    }
}

fn classic(plan: &mut Plan, n: usize, dice: &mut Dice) {
    let name = format!("b{n}");
    let nodes = nodes(plan, n, dice);
    let group = dice.pick(&plan.vpcs[n].groups);
    let prefix = format!("i-{n}");
    let mut own: Vec<String> = instances(plan)
        .into_iter()
        .map(|(id, _)| id)
        .filter(|id| id.starts_with(&prefix))
        .collect();
    own.truncate(dice.between(1, 2));
    let shown: Vec<(&str, &str)> = nodes.iter().map(|(s, a)| (s.as_str(), a.as_str())).collect();
    let targets: Vec<&str> = own.iter().map(String::as_str).collect();
    let port = dice.pick(&[443, 443, 80]);
    plan.network
        .classic_balancer(&name, &shown, &[&group], (port, dice.pick(&[443, 80])), &targets);
    publish(plan, n, &name, &nodes, dice);
    if dice.chance(30) {
        plan.network
            .balancer_setting(&name, "load_balancing.cross_zone.enabled", "false");
    }
}
