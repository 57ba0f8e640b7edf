//! Peerings and transit gateways.

use serde_json::{Value, json};

use super::dice::Dice;
use super::plan::{Plan, Subnet};
use crate::oracle::address::Cidr;

pub(super) fn draw(plan: &mut Plan, dice: &mut Dice) {
    peerings(plan, dice);
    if dice.chance(45) {
        gateway(plan, dice);
    }
}

fn overlap(plan: &Plan, a: usize, b: usize) -> bool {
    plan.vpcs[a].blocks.iter().any(|x| {
        plan.vpcs[b].blocks.iter().any(|y| {
            let (x, y) = (Cidr::of(x), Cidr::of(y));
            x.covers(y) || y.covers(x)
        })
    })
}

fn peerings(plan: &mut Plan, dice: &mut Dice) {
    for a in 0..plan.vpcs.len() {
        for b in a + 1..plan.vpcs.len() {
            if overlap(plan, a, b) || !dice.chance(60) {
                continue;
            }
            let id = format!("pcx-{a}{b}");
            let (one, other) = (plan.vpcs[a].clone(), plan.vpcs[b].clone());
            plan.network.peering(&id, &one.id, &other.id);
            for (side, vpc) in [("RequesterVpcInfo", &one), ("AccepterVpcInfo", &other)] {
                let blocks: Vec<Value> = vpc.blocks.iter().map(|c| json!({"CidrBlock": c})).collect();
                plan.network.edit("VpcPeeringConnections", &id, |p| {
                    p[side]["CidrBlockSet"] = blocks.into();
                });
            }
            if plan.nasty(dice, 5) {
                let code = dice.pick(&[
                    "pending-acceptance",
                    "provisioning",
                    "deleted",
                    "expired",
                    "deleting",
                ]);
                plan.network.edit("VpcPeeringConnections", &id, |p| {
                    p["Status"]["Code"] = code.into();
                });
            }
            if plan.nasty(dice, 6) {
                plan.network.edit("VpcPeeringConnections", &id, |p| {
                    p["AccepterVpcInfo"]["Region"] = "us-east-1".into();
                });
            }
            plan.peerings.push((id, a, b));
        }
    }
}

/// At most one subnet a zone.
fn one_a_zone(subnets: &[Subnet], dice: &mut Dice) -> Vec<String> {
    let mut chosen: Vec<&Subnet> = Vec::new();
    let mut order: Vec<&Subnet> = subnets.iter().collect();
    if dice.chance(50) {
        order.reverse();
    }
    for subnet in order {
        if chosen.iter().all(|c| c.zone != subnet.zone) && (chosen.is_empty() || dice.chance(85)) {
            chosen.push(subnet);
        }
    }
    chosen.into_iter().map(|s| s.id.clone()).collect()
}

fn gateway(plan: &mut Plan, dice: &mut Dice) {
    plan.network.tgw("tgw-1").tgw_table("tgw-rtb-2", "tgw-1");
    if dice.chance(50) {
        plan.network.edit("TransitGateways", "tgw-1", |t| {
            t["Options"]["SecurityGroupReferencingSupport"] = "enable".into();
        });
    }
    // A second gateway, peered with the first, for the last VPC.
    let two = plan.vpcs.len() > 1 && dice.chance(15);
    if two {
        plan.network.tgw("tgw-9");
        peered_gateways(plan, dice);
    }
    let mut attached: Vec<usize> = Vec::new();
    for n in 0..plan.vpcs.len() {
        if !dice.chance(85) {
            continue;
        }
        let far = two && n + 1 == plan.vpcs.len();
        let gateway = if far { "tgw-9" } else { "tgw-1" };
        let table = if far {
            "tgw-rtb-9"
        } else {
            dice.pick(&["tgw-rtb-1", "tgw-rtb-1", "tgw-rtb-2"])
        };
        let id = format!("tgw-attach-{n}");
        let vpc = plan.vpcs[n].clone();
        let subnets = one_a_zone(&vpc.subnets, dice);
        let subnets: Vec<&str> = subnets.iter().map(String::as_str).collect();
        let first_of_its_blocks = !attached.iter().any(|m| overlap(plan, *m, n));
        plan.network.attach(&id, gateway, &vpc.id, &subnets, table);
        if !first_of_its_blocks {
            plan.network.edit("TransitGatewayPropagations", table, |t| {
                t["TransitGatewayRouteTablePropagations"]
                    .as_array_mut()
                    .expect("a list")
                    .retain(|p| p["TransitGatewayAttachmentId"] != id.as_str());
            });
        } else if !far && dice.chance(75) {
            let other = if table == "tgw-rtb-1" {
                "tgw-rtb-2"
            } else {
                "tgw-rtb-1"
            };
            plan.network.propagate(other, &id, "vpc", &vpc.id);
        }
        if !vpc_has_v6(&vpc.v6) || dice.chance(8) {
            option(plan, &id, "Ipv6Support", "disable");
        }
        if dice.chance(20) {
            option(plan, &id, "ApplianceModeSupport", "enable");
        }
        if dice.chance(15) {
            option(plan, &id, "SecurityGroupReferencingSupport", "disable");
        }
        trouble(plan, &id, table, dice);
        attached.push(n);
        plan.transit.push((gateway.to_owned(), n));
    }
    if dice.chance(25) {
        premises(plan, dice);
    }
    statics(plan, dice);
    if dice.chance(35) {
        list_all_routes(plan);
    }
}

fn vpc_has_v6(block: &Option<String>) -> bool {
    block.is_some()
}

fn option(plan: &mut Plan, id: &str, option: &str, value: &str) {
    plan.network.edit("TransitGatewayVpcAttachments", id, |a| {
        a["Options"][option] = value.into();
    });
}

fn trouble(plan: &mut Plan, id: &str, table: &str, dice: &mut Dice) {
    if plan.nasty(dice, 2) {
        let state = dice.pick(&["modifying", "pendingAcceptance", "deleting"]);
        for kind in ["TransitGatewayVpcAttachments", "TransitGatewayAttachments"] {
            plan.network.set(kind, id, "State", state.into());
        }
    }
    if plan.nasty(dice, 3) {
        plan.network.edit("TransitGatewayAttachments", id, |a| {
            a.as_object_mut().expect("an object").remove("Association");
        });
    } else if plan.nasty(dice, 1) {
        plan.network.edit("TransitGatewayAttachments", id, |a| {
            a["Association"]["State"] = "disassociating".into();
        });
    }
    if plan.nasty(dice, 2) {
        plan.network.edit("TransitGatewayPropagations", table, |t| {
            for p in t["TransitGatewayRouteTablePropagations"]
                .as_array_mut()
                .expect("a list")
            {
                if p["TransitGatewayAttachmentId"] == id {
                    p["State"] = "disabling".into();
                }
            }
        });
    }
    if plan.nasty(dice, 1) {
        option(plan, id, "NatGatewaySupport", "enable");
    }
}

fn peered_gateways(plan: &mut Plan, dice: &mut Dice) {
    let id = "tgw-attach-peer";
    let state = if plan.nasty(dice, 8) {
        "pendingAcceptance"
    } else {
        "available"
    };
    plan.network
        .tgw_peering(id, ("tgw-1", "tgw-rtb-1"), ("tgw-9", "tgw-rtb-9"))
        .set("TransitGatewayPeeringAttachments", id, "State", state.into())
        .edit_all("TransitGatewayAttachments", id, |a| a["State"] = state.into());
    for (table, to) in [
        ("tgw-rtb-1", plan.vpcs.last().expect("a VPC").blocks[0].clone()),
        ("tgw-rtb-9", plan.vpcs[0].blocks[0].clone()),
    ] {
        plan.network.tgw_route(table, &to, Some((id, "peering", "tgw-x")));
    }
}

/// A VPN on the gateway.
fn premises(plan: &mut Plan, dice: &mut Dice) {
    let tunnels: &[&str] = if plan.nasty(dice, 12) {
        &["DOWN", "DOWN"]
    } else {
        &["UP", "DOWN"]
    };
    plan.network
        .attachment("tgw-attach-vpn", "tgw-1", "vpn", "vpn-t", "tgw-rtb-1")
        .vpn("vpn-t", ("TransitGatewayId", "tgw-1"), tunnels, &[]);
    if dice.chance(30) {
        let carried = if dice.chance(70) { "ipv4" } else { "ipv6" };
        let options = json!({"TunnelInsideIpVersion": carried});
        plan.network.set("VpnConnections", "vpn-t", "Options", options);
    }
    for table in ["tgw-rtb-1", "tgw-rtb-2"] {
        if dice.chance(80) {
            plan.network
                .tgw_route(table, "192.168.0.0/16", Some(("tgw-attach-vpn", "vpn", "vpn-t")));
        }
    }
}

fn statics(plan: &mut Plan, dice: &mut Dice) {
    let attached: Vec<usize> = plan
        .transit
        .iter()
        .filter(|(g, _)| g == "tgw-1")
        .map(|(_, n)| *n)
        .collect();
    if attached.is_empty() {
        return;
    }
    // Everything else by one VPC: central egress.
    if dice.chance(50) {
        let n = dice.pick(&attached);
        let (id, vpc) = (format!("tgw-attach-{n}"), plan.vpcs[n].id.clone());
        for table in ["tgw-rtb-1", "tgw-rtb-2"] {
            plan.network
                .tgw_route(table, "0.0.0.0/0", Some((&id, "vpc", &vpc)));
        }
    }
    for table in ["tgw-rtb-1", "tgw-rtb-2"] {
        let mut used = Vec::new();
        for _ in 0..dice.weighted(&[(5, 0), (3, 1), (1, 2)]) {
            let vpc = dice.pick(&plan.vpcs);
            let (subnet, other) = (dice.pick(&vpc.subnets).block, dice.pick(&vpc.subnets).block);
            let to = dice.pick(&[
                vpc.blocks[0].clone(),
                subnet,
                "10.0.0.0/8".to_owned(),
                format!("{}/32", Cidr::of(&other).nth(5)),
            ]);
            if used.contains(&to) {
                continue;
            }
            if plan.network.json()["TransitGatewayStaticRoutes"]
                .as_array()
                .expect("a list")
                .iter()
                .filter(|t| t["TransitGatewayRouteTableId"] == table)
                .flat_map(|t| t["Routes"].as_array().expect("a list"))
                .any(|r| r["DestinationCidrBlock"] == to.as_str())
            {
                continue;
            }
            used.push(to.clone());
            if dice.chance(45) {
                plan.network.tgw_route(table, &to, None);
            } else {
                let n = dice.pick(&attached);
                let (id, vpc) = (format!("tgw-attach-{n}"), plan.vpcs[n].id.clone());
                plan.network.tgw_route(table, &to, Some((&id, "vpc", &vpc)));
            }
        }
    }
}

/// What a search of all routes would print, in place of static routes and propagations: of equal prefixes the
/// preferred one only.
fn list_all_routes(plan: &mut Plan) {
    let whole = plan.network.json();
    for table in whole["TransitGatewayStaticRoutes"].as_array().expect("a list") {
        let id = table["TransitGatewayRouteTableId"].as_str().expect("an id");
        let mut routes = table["Routes"].as_array().expect("a list").clone();
        let propagations = whole["TransitGatewayPropagations"]
            .as_array()
            .expect("a list")
            .iter()
            .find(|t| t["TransitGatewayRouteTableId"] == id)
            .expect("propagations");
        for p in propagations["TransitGatewayRouteTablePropagations"]
            .as_array()
            .expect("a list")
        {
            if p["State"] != "enabled" || p["ResourceType"] != "vpc" {
                continue;
            }
            let Some(vpc) = plan.vpcs.iter().find(|v| p["ResourceId"] == v.id.as_str()) else {
                continue;
            };
            for block in vpc.blocks.iter().chain(vpc.v6.iter()) {
                if routes.iter().all(|r| r["DestinationCidrBlock"] != block.as_str()) {
                    routes.push(json!({
                        "DestinationCidrBlock": block, "Type": "propagated", "State": "active",
                        "TransitGatewayAttachments": [{
                            "TransitGatewayAttachmentId": p["TransitGatewayAttachmentId"],
                            "ResourceType": "vpc", "ResourceId": p["ResourceId"],
                        }],
                    }));
                }
            }
        }
        plan.network.add(
            "TransitGatewayRoutes",
            json!({"TransitGatewayRouteTableId": id, "Routes": routes, "AdditionalRoutesAvailable": false}),
        );
    }
    plan.network
        .unread("TransitGatewayStaticRoutes")
        .unread("TransitGatewayPropagations");
}
