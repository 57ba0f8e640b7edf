//! Transit gateways (section 10).

use std::net::IpAddr;

use serde_json::Value;

use super::address::Cidr;
use super::choice::Truth;
use super::packet::{Fate, Origin};
use super::view::{Oracle, each, state, state_or_good, text, word};
use super::walk::{Arrived, At, Crossing, Next, Relation, Step, Walk, lost, unknown};

/// A route of a transit gateway's table that covers the destination.
#[derive(Debug, Clone)]
struct Candidate {
    length: u8,
    rank: u8,
    /// None: a blackhole.
    attachments: Vec<String>,
}

const MAY_PASS: &[&str] = &["modifying", "rollingBack"];

fn rank(propagated_by: &str) -> u8 {
    match propagated_by {
        "vpc" => 2,
        "direct-connect-gateway" => 3,
        "connect" => 4,
        "vpn" => 5,
        "vpn-concentrator" => 6,
        "client-vpn" => 7,
        _ => 8,
    }
}

impl<'a> Oracle<'a> {
    fn transit_attachment(&self, gateway: &str, id: &str) -> Option<&'a Value> {
        self.all("TransitGatewayAttachments").iter().find(|a| {
            text(a, "TransitGatewayAttachmentId") == Some(id) && text(a, "TransitGatewayId") == Some(gateway)
        })
    }

    fn vpc_attachment(&self, id: &str) -> Option<&'a Value> {
        self.find("TransitGatewayVpcAttachments", "TransitGatewayAttachmentId", id)
    }

    fn attachment_state(attachment: &Value) -> Truth {
        state(
            text(attachment, "State"),
            &["available"],
            MAY_PASS,
            word(attachment, "TransitGatewayAttachmentId"),
        )
    }

    fn references_cross(&self, gateway: &str, attachment: &Value) -> Truth {
        let on = self
            .find("TransitGateways", "TransitGatewayId", gateway)
            .map_or("", |g| word(&g["Options"], "SecurityGroupReferencingSupport"))
            == "enable";
        let off = word(&attachment["Options"], "SecurityGroupReferencingSupport") == "disable"
            || each(attachment, "SubnetIds").iter().any(|id| {
                let subnet = self.find("Subnets", "SubnetId", id.as_str().unwrap_or(""));
                subnet.is_some_and(|s| text(s, "AvailabilityZoneId") == Some("use1-az3"))
            });
        Truth::from_bool(on && !off)
    }
}

impl Walk<'_, '_> {
    pub(super) fn start_at_attachment(&mut self, id: &str) -> Step {
        let found = self
            .oracle
            .find("TransitGatewayAttachments", "TransitGatewayAttachmentId", id);
        let Some(attachment) = found else {
            return unknown(format!("{id} is not in the snapshot"));
        };
        self.relation = Relation::Lost;
        self.crossings.push(Crossing::Other);
        self.must(&Oracle::attachment_state(attachment), id, "is not available")?;
        self.vpn_up(attachment)?;
        Ok(Next::Go(At::Transit {
            gateway: word(attachment, "TransitGatewayId").to_owned(),
            attachment: id.to_owned(),
        }))
    }

    /// A route leads to a transit gateway.
    pub(super) fn enter_transit_gateway(
        &mut self,
        id: &str,
        vpc: &str,
        from: Option<&str>,
        by_transit: bool,
    ) -> Step {
        let Some(gateway) = self.oracle.find("TransitGateways", "TransitGatewayId", id) else {
            return unknown(format!("{id} is not in the snapshot"));
        };
        let Some(from) = from else {
            return unknown("a transit gateway from a regional NAT gateway");
        };
        self.must(
            &state_or_good(text(gateway, "State"), &["available"], MAY_PASS, id),
            id,
            "is not available",
        )?;
        if !self.oracle.has("TransitGatewayVpcAttachments") {
            return unknown("attachments were not read");
        }
        let attachment = self.oracle.all("TransitGatewayVpcAttachments").iter().find(|a| {
            text(a, "TransitGatewayId") == Some(id)
                && text(a, "VpcId") == Some(vpc)
                && !matches!(text(a, "State"), Some("deleted" | "rejected" | "failed"))
        });
        let Some(attachment) = attachment else {
            return lost(id, "this VPC is not attached");
        };
        let attachment_id = word(attachment, "TransitGatewayAttachmentId");
        self.must(
            &Oracle::attachment_state(attachment),
            attachment_id,
            "is not available",
        )?;
        let mut entry = None;
        for subnet in each(attachment, "SubnetIds").iter().filter_map(Value::as_str) {
            let same = self.oracle.same_transit_zone(subnet, from);
            if self.holds(&same) {
                entry = Some(subnet);
                break;
            }
        }
        let Some(entry) = entry else {
            return lost(attachment_id, "has no subnet in the sender's zone");
        };
        let packet = self.packet;
        let out = self.oracle.acl_allows(from, true, &packet);
        self.must(&out, from, "network ACL, egress, towards the transit gateway")?;
        let into = self.oracle.acl_allows(entry, false, &packet);
        self.must(&into, entry, "network ACL, ingress, of the attachment's subnet")?;
        if by_transit {
            self.must(
                &Truth::Maybe(format!("back onto {id}")),
                id,
                "back to where it came from",
            )?;
        }
        self.one_to_one_nat(attachment);
        if !self.is_reply {
            if !self.needs_receiver_in.is_empty() {
                return self.no_reference();
            }
            self.relation = match self.relation {
                Relation::SameVpc => Relation::Transit(self.oracle.references_cross(id, attachment)),
                _ => Relation::Lost,
            };
            self.crossings.push(Crossing::Other);
        }
        Ok(Next::Go(At::Transit {
            gateway: id.to_owned(),
            attachment: attachment_id.to_owned(),
        }))
    }

    /// 1:1 NAT may alter the source of what comes from an attachment, and the destination of what goes to it.
    fn one_to_one_nat(&mut self, attachment: &Value) {
        if !self.packet.is_v6() && word(&attachment["Options"], "NatGatewaySupport") == "enable" {
            self.altered = Some(word(attachment, "TransitGatewayAttachmentId").to_owned());
        }
    }

    /// By the table that the attachment is associated with.
    pub(super) fn on_transit_gateway(&mut self, gateway: &str, attachment: &str) -> Step {
        let Some(entered) = self.oracle.transit_attachment(gateway, attachment) else {
            return unknown(format!("{attachment} is not in the snapshot"));
        };
        let association = &entered["Association"];
        let owners = ["TransitGatewayOwnerId", "ResourceOwnerId"].map(|of| text(entered, of));
        if association.is_null() && owners[0] != owners[1] {
            return unknown(format!("the association of {attachment} is its owner's to see"));
        }
        let Some(table) = text(association, "TransitGatewayRouteTableId") else {
            return lost(attachment, "is associated with no table");
        };
        self.must(
            &state_or_good(
                text(association, "State"),
                &["associated"],
                &["associating", "disassociating"],
                attachment,
            ),
            attachment,
            "is associated with no table",
        )?;
        let candidates = self.candidates(gateway, table)?;
        let Some(longest) = candidates.iter().map(|c| c.length).max() else {
            return lost(table, "no route");
        };
        let best = candidates
            .iter()
            .filter(|c| c.length == longest)
            .map(|c| c.rank)
            .min();
        let winners: Vec<&Candidate> = candidates
            .iter()
            .filter(|c| c.length == longest && Some(c.rank) == best)
            .collect();
        let winner = if winners.iter().all(|w| w.attachments == winners[0].attachments) {
            winners[0]
        } else {
            // Of overlapping VPCs the second's routes are not propagated; which one that is, nobody sees.
            let about = format!("equal routes of {table} to {}", self.packet.destination);
            winners[self.script.reading(&about, winners.len())]
        };
        if winner.attachments.is_empty() {
            return lost(table, "blackhole");
        }
        let chosen = self
            .script
            .nature(&format!("equal paths of {table}"), winner.attachments.len());
        let out = winner.attachments[chosen].clone();
        self.note(format!("{table} says {out}"));
        self.out_of_transit_gateway(gateway, attachment, &out)
    }

    fn candidates(&mut self, gateway: &str, table: &str) -> Result<Vec<Candidate>, Fate> {
        let ip = self.packet.destination;
        let by_id = |kind: &str| self.oracle.find(kind, "TransitGatewayRouteTableId", table);
        if let Some(all) = by_id("TransitGatewayRoutes") {
            return self.listed(all, ip);
        }
        let (Some(fixed), Some(propagations)) = (
            by_id("TransitGatewayStaticRoutes"),
            by_id("TransitGatewayPropagations"),
        ) else {
            return unknown(format!("the routes of {table} were not read"));
        };
        let mut found = self.listed(fixed, ip)?;
        for propagation in each(propagations, "TransitGatewayRouteTablePropagations") {
            let id = word(propagation, "TransitGatewayAttachmentId");
            let mut truth = state_or_good(
                text(propagation, "State"),
                &["enabled"],
                &["enabling", "disabling"],
                &format!("propagation of {id} into {table}"),
            );
            let kind = self
                .oracle
                .transit_attachment(gateway, id)
                .map_or(word(propagation, "ResourceType"), |a| word(a, "ResourceType"));
            if kind != "vpc" {
                truth = truth.and(Truth::Maybe(format!("what {id} propagates to cover {ip}")));
                if self.holds(&truth) {
                    found.push(Candidate {
                        length: if ip.is_ipv6() { 128 } else { 32 },
                        rank: rank(kind),
                        attachments: vec![id.to_owned()],
                    });
                }
                continue;
            }
            let Some(attachment) = self.oracle.vpc_attachment(id) else {
                return unknown(format!("{id} is not in the snapshot"));
            };
            if ip.is_ipv6() {
                truth = truth.and(match text(&attachment["Options"], "Ipv6Support") {
                    Some("enable") => Truth::Yes,
                    Some(_) => Truth::No,
                    None => Truth::Maybe(format!("IPv6 support of {id}")),
                });
            }
            for (block, counts) in self.oracle.vpc_blocks(word(attachment, "VpcId"), ip.is_ipv6()) {
                if block.contains(ip) && self.holds(&truth.clone().and(counts)) {
                    found.push(Candidate {
                        length: block.length,
                        rank: rank("vpc"),
                        attachments: vec![id.to_owned()],
                    });
                }
            }
        }
        Ok(found)
    }

    fn listed(&mut self, list: &Value, ip: IpAddr) -> Result<Vec<Candidate>, Fate> {
        let table = word(list, "TransitGatewayRouteTableId");
        if list["AdditionalRoutesAvailable"] == true {
            return unknown(format!("the routes of {table} were read in part"));
        }
        let mut found = Vec::new();
        for route in each(list, "Routes") {
            let prefix = word(route, "DestinationCidrBlock");
            let Some(cidr) = Cidr::parse(prefix).filter(|c| c.contains(ip)) else {
                continue;
            };
            let in_force = state_or_good(
                text(route, "State"),
                &["active", "blackhole"],
                &["pending", "deleting"],
                &format!("route {prefix} of {table}"),
            );
            if !self.holds(&in_force) {
                continue;
            }
            let attachments: Vec<String> = each(route, "TransitGatewayAttachments")
                .iter()
                .map(|a| word(a, "TransitGatewayAttachmentId").to_owned())
                .collect();
            let by = each(route, "TransitGatewayAttachments")
                .first()
                .map_or("", |a| word(a, "ResourceType"));
            let rank = match (word(route, "Type"), text(route, "PrefixListId")) {
                ("propagated", _) => rank(by),
                (_, Some(_)) => 1,
                _ => 0,
            };
            found.push(Candidate {
                length: cidr.length,
                rank,
                attachments: if word(route, "State") == "blackhole" {
                    Vec::new()
                } else {
                    attachments
                },
            });
        }
        Ok(found)
    }

    fn out_of_transit_gateway(&mut self, gateway: &str, from: &str, to: &str) -> Step {
        let Some(attachment) = self.oracle.transit_attachment(gateway, to) else {
            return unknown(format!("{to} is not in the snapshot"));
        };
        self.must(&Oracle::attachment_state(attachment), to, "is not available")?;
        self.vpn_up(attachment)?;
        if self.is_reply && self.origin == Origin::Attachment(to.to_owned()) {
            return Ok(Next::Stop(Arrived::Home));
        }
        match word(attachment, "ResourceType") {
            "vpc" => self.out_to_vpc(gateway, from, to),
            "peering" | "tgw-peering" => self.out_to_peer(gateway, to),
            "vpn" | "direct-connect-gateway" | "connect" | "client-vpn" | "vpn-concentrator" => {
                self.out_to_premises(gateway, to)
            }
            other => unknown(format!("an attachment of type {other}")),
        }
    }

    /// A VPN needs one tunnel that is up.
    fn vpn_up(&mut self, attachment: &Value) -> Result<(), Fate> {
        if word(attachment, "ResourceType") != "vpn" {
            return Ok(());
        }
        let vpn = word(attachment, "ResourceId");
        let connections = self
            .oracle
            .all("VpnConnections")
            .iter()
            .filter(|c| text(c, "VpnConnectionId") == Some(vpn));
        let other = if self.packet.is_v6() { "ipv4" } else { "ipv6" };
        if connections
            .clone()
            .any(|c| text(&c["Options"], "TunnelInsideIpVersion") == Some(other))
        {
            return Err(Fate::Lost {
                at: vpn.to_owned(),
                why: format!("its tunnels carry {other}"),
            });
        }
        let up = self.oracle.tunnel_up(connections, vpn);
        self.must(&up, vpn, "no tunnel is up")
    }

    fn out_to_premises(&mut self, gateway: &str, attachment: &str) -> Step {
        if self.is_reply {
            return lost(attachment, "a reply to where nothing came from");
        }
        self.lose_identity()?;
        if let Some(attachment) = &self.altered {
            return unknown(format!("1:1 NAT of {attachment}"));
        }
        Ok(Next::Stop(Arrived::Attachment {
            gateway: gateway.to_owned(),
            attachment: attachment.to_owned(),
        }))
    }

    fn out_to_vpc(&mut self, gateway: &str, from: &str, to: &str) -> Step {
        let Some(attachment) = self.oracle.vpc_attachment(to) else {
            return unknown(format!("{to} is not in the snapshot"));
        };
        self.must(&Oracle::attachment_state(attachment), to, "is not available")?;
        if from == to {
            self.must(
                &Truth::Maybe(format!("hairpin at {to}")),
                to,
                "back to where it came from",
            )?;
        }
        self.one_to_one_nat(attachment);
        if let Some(attachment) = &self.altered {
            return unknown(format!("1:1 NAT of {attachment}"));
        }
        let subnets: Vec<&str> = each(attachment, "SubnetIds")
            .iter()
            .filter_map(Value::as_str)
            .collect();
        let any_zone = word(&attachment["Options"], "ApplianceModeSupport") == "enable";
        let mut possible = subnets.clone();
        if let (false, Some(zone)) = (any_zone, self.zone_of.clone()) {
            let mut same = Vec::new();
            for subnet in &subnets {
                let truth = self.oracle.same_transit_zone(subnet, &zone);
                if self.holds(&truth) {
                    same.push(*subnet);
                }
            }
            if !same.is_empty() {
                possible = same;
            }
        }
        if possible.is_empty() {
            return lost(to, "has no subnet");
        }
        // In appliance mode a connection keeps to one interface, both ways.
        let kept = self
            .exits
            .iter()
            .rev()
            .find(|(by, _)| by == to)
            .map(|(_, subnet)| subnet.clone());
        if let (true, true, Some(kept)) = (any_zone, self.is_reply, kept) {
            possible.retain(|s| *s == kept);
        }
        let subnet = possible[self.script.nature(&format!("subnet of {to}"), possible.len())];
        if any_zone && !self.is_reply {
            self.exits.push((to.to_owned(), subnet.to_owned()));
        }
        if !self.is_reply {
            self.relation = match self.relation.clone() {
                Relation::Transit(so_far) => {
                    Relation::Transit(so_far.and(self.oracle.references_cross(gateway, attachment)))
                }
                _ => Relation::Lost,
            };
        }
        self.zone_of = Some(subnet.to_owned());
        Ok(Next::Go(At::Subnet {
            subnet: subnet.to_owned(),
            by_transit: true,
        }))
    }

    fn out_to_peer(&mut self, gateway: &str, attachment: &str) -> Step {
        let peering = self.oracle.find(
            "TransitGatewayPeeringAttachments",
            "TransitGatewayAttachmentId",
            attachment,
        );
        let Some(peering) = peering else {
            return unknown(format!("{attachment} is not in the snapshot"));
        };
        self.must(&Oracle::attachment_state(peering), attachment, "is not available")?;
        let sides = ["RequesterTgwInfo", "AccepterTgwInfo"].map(|s| word(&peering[s], "TransitGatewayId"));
        let Some(far) = sides.into_iter().find(|s| *s != gateway) else {
            return lost(attachment, "joins a gateway with itself");
        };
        if !self.is_reply {
            self.relation = Relation::Lost;
        }
        self.zone_of = None;
        if self
            .oracle
            .find("TransitGateways", "TransitGatewayId", far)
            .is_none()
        {
            return unknown(format!("{far} is not in the snapshot"));
        }
        if let Some(side) = self.oracle.transit_attachment(far, attachment) {
            self.must(&Oracle::attachment_state(side), attachment, "is not available")?;
        }
        Ok(Next::Go(At::Transit {
            gateway: far.to_owned(),
            attachment: attachment.to_owned(),
        }))
    }
}
