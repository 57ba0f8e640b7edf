//! A VPC's route tables: which one, and which route of it (section 3).

use std::net::IpAddr;

use serde_json::Value;

use super::address::Cidr;
use super::choice::{Script, Truth};
use super::view::{Oracle, each, state_or_good, text, word};

/// Where a route leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Target {
    Local,
    Gateway(String),
    NatGateway(String),
    TransitGateway(String),
    Peering(String),
    Interface(String),
    Instance(String),
    EgressOnly(String),
    Unsupported(String),
}

/// A route that covers the destination.
#[derive(Debug, Clone)]
struct Candidate<'a> {
    length: u8,
    /// Lower wins at equal length: static, prefix list, propagated.
    rank: u8,
    route: &'a Value,
}

/// What a look-up found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Found {
    To(Target),
    Blackhole(String),
    Nothing,
}

fn target(route: &Value) -> Target {
    let id = |field: &str| text(route, field).map(str::to_owned);
    if let Some(id) = id("GatewayId") {
        if id == "local" {
            Target::Local
        } else {
            Target::Gateway(id)
        }
    } else if let Some(id) = id("NatGatewayId") {
        Target::NatGateway(id)
    } else if let Some(id) = id("TransitGatewayId") {
        Target::TransitGateway(id)
    } else if let Some(id) = id("VpcPeeringConnectionId") {
        Target::Peering(id)
    } else if let Some(id) = id("NetworkInterfaceId") {
        Target::Interface(id)
    } else if let Some(id) = id("InstanceId") {
        Target::Instance(id)
    } else if let Some(id) = id("EgressOnlyInternetGatewayId") {
        Target::EgressOnly(id)
    } else {
        let other = [
            "LocalGatewayId",
            "CarrierGatewayId",
            "CoreNetworkArn",
            "OdbNetworkArn",
        ]
        .iter()
        .find_map(|f| id(f));
        Target::Unsupported(other.unwrap_or_else(|| String::from("a target of no known kind")))
    }
}

fn label(route: &Value) -> String {
    let to = [
        "DestinationCidrBlock",
        "DestinationIpv6CidrBlock",
        "DestinationPrefixListId",
    ]
    .iter()
    .find_map(|f| text(route, f));
    format!("{} -> {:?}", to.unwrap_or("?"), target(route))
}

fn is_local(route: &Value) -> bool {
    text(route, "GatewayId") == Some("local") || text(route, "Origin") == Some("CreateRouteTable")
}

fn is_propagated(route: &Value) -> bool {
    text(route, "Origin") == Some("EnableVgwRoutePropagation")
}

impl<'a> Oracle<'a> {
    /// The route table that a subnet uses, by id.
    pub(super) fn table_of_subnet(&self, subnet: &str, script: &mut Script) -> Option<&'a Value> {
        let tables = self.all("RouteTables");
        for table in tables {
            for association in each(table, "Associations") {
                if text(association, "SubnetId") != Some(subnet) {
                    continue;
                }
                let counts = state_or_good(
                    text(&association["AssociationState"], "State"),
                    &["associated"],
                    &["associating", "disassociating"],
                    &format!("association of {subnet}"),
                );
                if counts == Truth::Yes || (maybe(&counts) && ask(script, &counts)) {
                    return Some(table);
                }
            }
        }
        let vpc = word(self.subnet(subnet)?, "VpcId");
        tables.iter().find(|table| {
            word(table, "VpcId") == vpc && each(table, "Associations").iter().any(|a| a["Main"] == true)
        })
    }

    /// The route table for what enters a VPC by a gateway.
    pub(super) fn table_of_gateway(&self, gateway: &str, script: &mut Script) -> Option<&'a Value> {
        for table in self.all("RouteTables") {
            for association in each(table, "Associations") {
                if text(association, "GatewayId") != Some(gateway) {
                    continue;
                }
                let counts = state_or_good(
                    text(&association["AssociationState"], "State"),
                    &["associated"],
                    &["associating", "disassociating"],
                    &format!("association of {gateway}"),
                );
                if counts == Truth::Yes || (maybe(&counts) && ask(script, &counts)) {
                    return Some(table);
                }
            }
        }
        None
    }

    /// The route that decides.
    pub(super) fn look_up(&self, table: &'a Value, ip: IpAddr, script: &mut Script) -> Found {
        let id = word(table, "RouteTableId");
        let mut candidates = self.candidates(table, ip, script);

        let local = candidates
            .iter()
            .filter(|c| is_local(c.route))
            .map(|c| c.length)
            .max();
        if let Some(local) = local {
            // A propagated route never beats `local`, even if longer.
            candidates.retain(|c| !is_propagated(c.route));
            // Whether a prefix list's longer entry does is uncertain.
            let longer =
                |c: &Candidate<'_>| text(c.route, "DestinationPrefixListId").is_some() && c.length > local;
            if candidates.iter().any(longer)
                && script.reading(&format!("entry of a prefix list inside the VPC, {id}, {ip}"), 2) == 0
            {
                candidates.retain(|c| !longer(c));
            }
        }
        candidates.sort_by_key(|c| (std::cmp::Reverse(c.length), c.rank));
        self.decide(&candidates, &format!("{id}, {ip}"), script)
    }

    fn candidates(&self, table: &'a Value, ip: IpAddr, script: &mut Script) -> Vec<Candidate<'a>> {
        let mut found = Vec::new();
        for route in each(table, "Routes") {
            if text(route, "State") == Some("filtered") {
                continue;
            }
            if let Some(list) = text(route, "DestinationPrefixListId") {
                let length =
                    match self.prefix_list(list) {
                        Some(entries) => entries.iter().filter(|c| c.contains(ip)).map(|c| c.length).max(),
                        None => (script.reading(&format!("{ip} in {list}"), 2) == 0)
                            .then_some(if ip.is_ipv6() { 128 } else { 32 }),
                    };
                found.extend(length.map(|length| Candidate {
                    length,
                    rank: 1,
                    route,
                }));
                continue;
            }
            let field = if ip.is_ipv6() {
                "DestinationIpv6CidrBlock"
            } else {
                "DestinationCidrBlock"
            };
            if let Some(prefix) = Cidr::parse(word(route, field)).filter(|c| c.contains(ip)) {
                found.push(Candidate {
                    length: prefix.length,
                    rank: if is_propagated(route) { 2 } else { 0 },
                    route,
                });
            }
        }
        found
    }

    /// Of candidates, best first, the one in force.
    fn decide(&self, candidates: &[Candidate<'a>], about: &str, script: &mut Script) -> Found {
        let Some(best) = candidates.first() else {
            return Found::Nothing;
        };
        let equal: Vec<&Candidate<'a>> = candidates.iter().filter(|c| c.length == best.length).collect();
        let advertised = |c: &Candidate<'_>| text(c.route, "Origin") == Some("Advertisement");
        if equal.len() > 1 && equal.iter().any(|c| advertised(c)) {
            // A route server's rank at equal length is not documented.
            let chosen = equal[script.reading(&format!("route server's rank, {about}"), equal.len())];
            return self.force(chosen, &[], about, script);
        }
        // Prefix lists with equal entries: AWS picks one at random and keeps it.
        let mut peers: Vec<&Candidate<'a>> = equal.iter().copied().filter(|c| c.rank == best.rank).collect();
        if best.rank != 1 {
            peers.truncate(1);
        }
        let targets: Vec<Target> = peers.iter().map(|c| target(c.route)).collect();
        let chosen = if targets.iter().all(|t| *t == targets[0]) {
            peers[0]
        } else {
            peers[script.reading(&format!("prefix lists with equal entries, {about}"), peers.len())]
        };
        let rest: Vec<Candidate<'a>> = candidates
            .iter()
            .filter(|c| !std::ptr::eq(c.route, chosen.route))
            .cloned()
            .collect();
        self.force(chosen, &rest, about, script)
    }

    /// What a winning route does; `rest` are the others that cover the destination.
    fn force(
        &self,
        chosen: &Candidate<'a>,
        rest: &[Candidate<'a>],
        about: &str,
        script: &mut Script,
    ) -> Found {
        let name = label(chosen.route);
        // A peering that waits to be accepted: its route "has no effect", which may mean either.
        if let Target::Peering(id) = target(chosen.route)
            && !rest.is_empty()
            && self
                .find("VpcPeeringConnections", "VpcPeeringConnectionId", &id)
                .and_then(|p| text(&p["Status"], "Code"))
                == Some("pending-acceptance")
            && script.reading(&format!("route to waiting {id}, {about}"), 2) == 1
        {
            return self.decide(rest, about, script);
        }
        match text(chosen.route, "State") {
            None | Some("active") => Found::To(target(chosen.route)),
            Some("blackhole") => {
                // A blackhole beside an active route of equal prefix is uncertain.
                let twin = rest
                    .iter()
                    .any(|c| c.length == chosen.length && text(c.route, "State") != Some("blackhole"));
                if twin && script.reading(&format!("blackhole beside an equal route, {about}"), 2) == 1 {
                    return self.decide(rest, about, script);
                }
                Found::Blackhole(name)
            }
            Some(_) => {
                if script.reading(&format!("state of route {name}, {about}"), 2) == 0 {
                    Found::To(target(chosen.route))
                } else {
                    Found::Blackhole(name)
                }
            }
        }
    }
}

fn maybe(truth: &Truth) -> bool {
    matches!(truth, Truth::Maybe(_))
}

fn ask(script: &mut Script, truth: &Truth) -> bool {
    match truth {
        Truth::Yes => true,
        Truth::No => false,
        Truth::Maybe(name) => script.reading(name, 2) == 0,
    }
}
