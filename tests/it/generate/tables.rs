//! Route tables: mostly as people build them, with traps in them.

use super::dice::Dice;
use super::plan::{Plan, Vpc};
use crate::oracle::address::Cidr;

pub(super) fn draw(plan: &mut Plan, dice: &mut Dice) {
    for n in 0..plan.vpcs.len() {
        let vpc = plan.vpcs[n].clone();
        let mut tables = vec![format!("rtb-{n}")];
        let mut left: Vec<String> = vpc.subnets.iter().map(|s| s.id.clone()).collect();
        // A NAT gateway stands, as a rule, where the main table leads out.
        let with_nat: Vec<String> = plan.network.json()["NatGateways"]
            .as_array()
            .expect("a list")
            .iter()
            .filter_map(|g| g["SubnetId"].as_str().map(str::to_owned))
            .filter(|_| dice.chance(88))
            .collect();
        let inspection = inspection(plan, &vpc, n, &mut left, dice);
        for name in ["p", "x"] {
            if !dice.chance(75) {
                continue;
            }
            let id = format!("rtb-{n}{name}");
            let mut its = Vec::new();
            left.retain(|s| {
                let taken = !with_nat.contains(s) && dice.chance(60);
                if taken {
                    its.push(s.clone());
                }
                !taken
            });
            let its: Vec<&str> = its.iter().map(String::as_str).collect();
            plan.network.table(&id, &vpc.id, &its);
            if plan.nasty(dice, 1) && !its.is_empty() {
                plan.network.edit("RouteTables", &id, |t| {
                    t["Associations"][0]["AssociationState"]["State"] = "disassociating".into();
                });
            }
            tables.push(id);
        }
        for (i, table) in tables.iter().enumerate() {
            if let Some(appliance) = &inspection {
                inspect(plan, &vpc, table, appliance, dice);
            }
            fill(plan, n, &vpc, table, i, dice);
        }
        edge(plan, &vpc, n, dice);
    }
}

/// Now and then, an appliance in a subnet with a table of its own, fit to stand between the others and the world.
fn inspection(
    plan: &mut Plan,
    vpc: &Vpc,
    n: usize,
    left: &mut Vec<String>,
    dice: &mut Dice,
) -> Option<String> {
    if !dice.chance(20) {
        return None;
    }
    let appliance = vpc.appliances.last()?.clone();
    let whole = plan.network.json();
    let stands_in = |list: &str, field: &str| {
        whole[list]
            .as_array()
            .expect("a list")
            .iter()
            .find(|v| v[field] == appliance.as_str())
            .map(|v| {
                if v["SubnetId"].is_string() {
                    v["SubnetId"].clone()
                } else {
                    v["SubnetIds"][0].clone()
                }
            })
    };
    let subnet = stands_in("NetworkInterfaces", "NetworkInterfaceId")
        .or(stands_in("VpcEndpoints", "VpcEndpointId"))?;
    let subnet = subnet.as_str()?.to_owned();
    left.retain(|s| *s != subnet);
    let table = format!("rtb-{n}m");
    plan.network.table(&table, &vpc.id, &[&subnet]);
    // What leaves the appliance goes on as if it were in a public subnet, or a private one.
    let which = if dice.chance(80) { 0 } else { 1 };
    fill(plan, n, vpc, &table, which, dice);
    Some(appliance)
}

/// Routes that lead through an appliance: to other subnets, to everywhere.
fn inspect(plan: &mut Plan, vpc: &Vpc, table: &str, appliance: &str, dice: &mut Dice) {
    if dice.chance(40) {
        for subnet in &vpc.subnets {
            if dice.chance(60) {
                add(plan, table, &subnet.block, appliance);
            }
        }
    }
    if dice.chance(40) {
        add(plan, table, "0.0.0.0/0", appliance);
        add(plan, table, "::/0", appliance);
    }
}

/// Adds a route unless the table has one to the same destination.
fn add(plan: &mut Plan, table: &str, to: &str, target: &str) {
    if !has(plan, table, to) {
        plan.network.route(table, to, target);
    }
}

fn has(plan: &Plan, table: &str, to: &str) -> bool {
    plan.network.json()["RouteTables"]
        .as_array()
        .expect("a list")
        .iter()
        .filter(|t| t["RouteTableId"] == table)
        .flat_map(|t| t["Routes"].as_array().expect("a list").clone())
        .any(|r| {
            [
                "DestinationCidrBlock",
                "DestinationIpv6CidrBlock",
                "DestinationPrefixListId",
            ]
            .iter()
            .any(|f| r[*f] == to)
        })
}

fn fill(plan: &mut Plan, n: usize, vpc: &Vpc, table: &str, which: usize, dice: &mut Dice) {
    let traps = dice.weighted(&[(5 + plan.mess, 0), (1 + plan.mess * 2, 1), (plan.mess, 2)]);
    for _ in 0..traps {
        trap(plan, n, vpc, table, dice);
    }
    // The first is mostly public, the second mostly private.
    let public = (which == 0) == dice.chance(88);
    let joined: Vec<String> = plan
        .transit
        .iter()
        .filter(|(_, m)| *m == n)
        .map(|(g, _)| g.clone())
        .collect();
    if public {
        if let Some(igw) = &vpc.igw {
            add(plan, table, "0.0.0.0/0", igw);
            if vpc.v6.is_some() && dice.chance(80) {
                add(plan, table, "::/0", igw);
            }
        }
    } else {
        if !vpc.nats.is_empty() && dice.chance(80) {
            let nat = dice.pick(&vpc.nats);
            add(plan, table, "0.0.0.0/0", &nat);
            if vpc.v6.is_some() && dice.chance(25) {
                add(plan, table, "64:ff9b::/96", &nat);
            }
        } else if let Some(gateway) = joined.first() {
            add(plan, table, "0.0.0.0/0", gateway);
        }
        if let Some(eigw) = &vpc.eigw {
            add(plan, table, "::/0", eigw);
        }
    }
    for (peering, a, b) in plan.peerings.clone() {
        let Some(far) = [(a, b), (b, a)]
            .iter()
            .find(|(near, _)| *near == n)
            .map(|(_, far)| *far)
        else {
            continue;
        };
        if dice.chance(80) {
            let far = plan.vpcs[far].clone();
            for block in far.blocks.iter().chain(far.v6.iter()) {
                if dice.chance(90) {
                    add(plan, table, block, &peering);
                }
            }
        }
    }
    for gateway in &joined {
        if dice.chance(80) {
            for (m, far) in plan.vpcs.clone().into_iter().enumerate() {
                if m == n {
                    continue;
                }
                for block in far.blocks.iter().chain(far.v6.iter()) {
                    if dice.chance(70) {
                        add(plan, table, block, gateway);
                    }
                }
            }
            if dice.chance(60) {
                add(plan, table, "10.0.0.0/8", gateway);
            }
            if dice.chance(40) {
                add(plan, table, "192.168.0.0/16", gateway);
            }
        }
    }
    if let Some(endpoint) = vpc.endpoint.as_ref().filter(|_| dice.chance(75)) {
        let exists = plan.network.json()["VpcEndpoints"]
            .as_array()
            .expect("a list")
            .iter()
            .any(|e| e["VpcEndpointId"] == endpoint.as_str());
        if exists {
            add(plan, table, "pl-s3", endpoint);
        } else {
            plan.network
                .gateway_endpoint(endpoint, &vpc.id, "pl-s3", &[table]);
        }
    }
    if let Some(vgw) = &vpc.vgw {
        // One gateway's routes are all propagated or all written: whether the one proves the other is nobody's business here.
        if vpc.propagates {
            plan.network.propagated(table, "192.168.0.0/16", vgw);
            if plan.nasty(dice, 8) {
                plan.network
                    .propagated(table, &dice.pick(&vpc.subnets).block.clone(), vgw);
            }
        } else if dice.chance(50) {
            add(plan, table, "192.168.0.0/16", vgw);
        }
    }
}

/// A route that leads astray.
fn trap(plan: &mut Plan, n: usize, vpc: &Vpc, table: &str, dice: &mut Dice) {
    let mut targets: Vec<String> = vpc.nats.clone();
    targets.extend(vpc.igw.clone());
    targets.extend(
        plan.transit
            .iter()
            .filter(|(_, m)| *m == n)
            .map(|(g, _)| g.clone()),
    );
    targets.extend(
        plan.peerings
            .iter()
            .filter(|(_, a, b)| *a == n || *b == n)
            .map(|(p, _, _)| p.clone()),
    );
    if targets.is_empty() {
        return;
    }
    let target = dice.pick(&targets);
    let far = dice.pick(&plan.vpcs);
    let far_subnet = dice.pick(&far.subnets);
    match dice.below(9) {
        0 => {
            if !has(plan, table, "203.0.113.0/24") {
                plan.network.blackhole(table, "203.0.113.0/24", &target);
            }
        }
        1 if far.id != vpc.id && !has(plan, table, &far.blocks[0]) => {
            plan.network.blackhole(table, &far.blocks[0].clone(), "pcx-gone");
        }
        2 => add(plan, table, dice.pick(&["pl-1", "pl-2"]), &target),
        3 if far.id != vpc.id => add(plan, table, &far_subnet.block, &target),
        4 => add(
            plan,
            table,
            dice.pick(&["203.0.113.0/25", "203.0.113.7/32", "8.0.0.0/8"]),
            &target,
        ),
        5 => {
            // A whole subnet of the VPC, to a NAT gateway or an appliance: the only routes allowed inside its blocks.
            let mut inside = vpc.nats.clone();
            inside.extend(vpc.appliances.clone());
            if !inside.is_empty() {
                add(plan, table, &dice.pick(&vpc.subnets).block, &dice.pick(&inside));
            }
        }
        6 => add(
            plan,
            table,
            dice.pick(&["10.0.0.0/8", "0.0.0.0/0", "172.16.0.0/12"]),
            &target,
        ),
        7 if !vpc.appliances.is_empty() => {
            add(
                plan,
                table,
                dice.pick(&["0.0.0.0/0", "203.0.113.0/24"]),
                &dice.pick(&vpc.appliances),
            );
        }
        _ => {
            if far.id != vpc.id {
                let lone = format!(
                    "{}/32",
                    Cidr::of(&far_subnet.block).nth(dice.between(4, 10) as u128)
                );
                add(plan, table, &lone, &target);
            }
        }
    }
}

/// Seldom, a table for what comes in by the internet gateway.
fn edge(plan: &mut Plan, vpc: &Vpc, n: usize, dice: &mut Dice) {
    let Some(igw) = &vpc.igw else { return };
    if !plan.nasty(dice, 3) {
        return;
    }
    let id = format!("rtb-{n}e");
    plan.network.edge_table(&id, &vpc.id, igw);
    if let Some(through) = vpc.appliances.first().filter(|_| dice.chance(60)) {
        plan.network.route(&id, &dice.pick(&vpc.subnets).block, through);
    }
}
