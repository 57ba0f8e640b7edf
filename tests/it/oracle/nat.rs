//! NAT gateways (section 7).

use std::net::IpAddr;

use serde_json::Value;

use super::address::{Cidr, address, number};
use super::choice::Truth;
use super::packet::{Fate, Fields, ICMP, ICMPV6, Origin, Packet, TCP, UDP};
use super::view::{Oracle, each, state, text, word};
use super::walk::{Arrived, At, Next, Relation, Step, Translation, Walk, go, is_translatable, lost, unknown};

/// The well-known prefix of NAT64.
const NAT64: &str = "64:ff9b::/96";

fn is_regional(gateway: &Value) -> bool {
    word(gateway, "AvailabilityMode") == "regional" || text(gateway, "SubnetId").is_none()
}

impl<'a> Oracle<'a> {
    /// The NAT gateway of a VPC with this private address.
    pub(super) fn nat_with_private(&self, vpc: &str, ip: IpAddr) -> Option<&'a Value> {
        self.all("NatGateways").iter().find(|n| {
            word(n, "VpcId") == vpc
                && Self::nat_addresses(n)
                    .iter()
                    .any(|a| word(a, "PrivateIp").parse() == Ok(ip))
        })
    }

    fn nat_state(gateway: &Value) -> Truth {
        state(
            text(gateway, "State"),
            &["available"],
            &["deleting"],
            word(gateway, "NatGatewayId"),
        )
    }
}

impl Walk<'_, '_> {
    pub(super) fn start_at_nat_gateway(&mut self, id: &str) -> Step {
        let Some(gateway) = self.oracle.find("NatGateways", "NatGatewayId", id) else {
            return unknown(format!("{id} is not in the snapshot"));
        };
        self.must(&Oracle::nat_state(gateway), id, "is not available")?;
        self.relation = Relation::Lost;
        if !Oracle::nat_addresses(gateway)
            .iter()
            .any(|a| word(a, "PrivateIp").parse() == Ok(self.packet.source))
        {
            return lost(id, "the source is none of its addresses");
        }
        if !is_translatable(&self.packet) {
            return lost(id, "no protocol of a NAT gateway");
        }
        self.leave_nat_gateway(gateway)
    }

    fn leave_nat_gateway(&mut self, gateway: &Value) -> Step {
        if is_regional(gateway) {
            return Ok(Next::Go(At::RegionalNat(
                word(gateway, "NatGatewayId").to_owned(),
            )));
        }
        let subnet = word(gateway, "SubnetId");
        self.zone_of = Some(subnet.to_owned());
        go(subnet)
    }

    pub(super) fn route_from_regional_nat(&mut self, id: &str) -> Step {
        let gateway = self.oracle.find("NatGateways", "NatGatewayId", id);
        let table = gateway
            .and_then(|g| text(g, "RouteTableId"))
            .and_then(|t| self.oracle.find("RouteTables", "RouteTableId", t));
        let (Some(gateway), Some(table)) = (gateway, table) else {
            return unknown(format!("the route table of {id} is not in the snapshot"));
        };
        self.by_table(table, word(gateway, "VpcId"), None, false)
    }

    /// A route leads to the gateway.
    pub(super) fn nat_gateway(&mut self, id: &str, vpc: &str, from: Option<&str>) -> Step {
        let Some(gateway) = self.oracle.find("NatGateways", "NatGatewayId", id) else {
            return unknown(format!("{id} is not in the snapshot"));
        };
        if self.is_reply {
            return lost(id, "a NAT gateway makes of a reply a flow that nobody asked for");
        }
        if self.translations.iter().any(|t| t.gateway == id)
            || self.origin == Origin::NatGateway(id.to_owned())
        {
            return lost(id, "a loop: its own table leads back to it");
        }
        if word(gateway, "VpcId") != vpc {
            return lost(id, "is of another VPC");
        }
        if is_regional(gateway) {
            self.cross(from, None)?;
        } else {
            self.cross(from, Some(word(gateway, "SubnetId")))?;
        }
        self.must(&Oracle::nat_state(gateway), id, "is not available")?;
        self.lose_identity()?;
        let to = self.packet.destination;
        if to.is_ipv6() {
            if !Cidr::of(NAT64).contains(to) {
                return lost(id, "IPv6");
            }
            if !matches!(self.packet.protocol, TCP | UDP | ICMPV6) {
                return lost(id, "no protocol of a NAT gateway");
            }
        } else if !is_translatable(&self.packet) {
            return lost(id, "no protocol of a NAT gateway");
        }
        if !each(gateway, "AttachedAppliances").is_empty() {
            return unknown(format!("{id} has a firewall proxy"));
        }
        let (source, port) = self.nat_choice(gateway)?;
        let inside = self.packet;
        let (protocol, fields) = match inside.fields {
            Fields::Ports { destination, .. } => (
                inside.protocol,
                Fields::Ports {
                    source: port,
                    destination,
                },
            ),
            Fields::Icmp { kind: 128, code } if inside.protocol == ICMPV6 => {
                (ICMP, Fields::Icmp { kind: 8, code })
            }
            other => (inside.protocol, other),
        };
        let destination = if to.is_ipv6() {
            address(false, number(to) & u128::from(u32::MAX))
        } else {
            to
        };
        self.packet = Packet {
            source,
            destination,
            protocol,
            fields,
        };
        self.translations.push(Translation {
            gateway: id.to_owned(),
            inside,
            outside: self.packet,
        });
        self.note(format!("translated by {id}"));
        self.leave_nat_gateway(gateway)
    }

    /// One of the addresses and ports that the gateway may take.
    fn nat_choice(&mut self, gateway: &Value) -> Result<(IpAddr, u16), Fate> {
        let id = word(gateway, "NatGatewayId");
        let mut addresses = Oracle::nat_addresses(gateway);
        if is_regional(gateway) {
            let here: Vec<&Value> = addresses
                .iter()
                .copied()
                .filter(|a| self.is_in_sender_zone(a))
                .collect();
            if !here.is_empty() {
                addresses = here;
            } else if word(gateway, "AutoProvisionZones") != "enabled" {
                return lost(id, "has no address in the sender's zone");
            }
        }
        let field = if is_regional(gateway) {
            "PublicIp"
        } else {
            "PrivateIp"
        };
        let sources: Vec<IpAddr> = addresses
            .iter()
            .filter_map(|a| word(a, field).parse().ok())
            .collect();
        if sources.is_empty() {
            return lost(id, "has no address in use");
        }
        let source = sources[self.script.nature(&format!("address of {id}"), sources.len())];
        let ports = self.oracle.nat_ports();
        let port = match self.packet.fields {
            Fields::Ports { .. } => ports[self.script.nature(&format!("port of {id}"), ports.len())],
            _ => 0,
        };
        Ok((source, port))
    }

    fn is_in_sender_zone(&self, address: &Value) -> bool {
        let Some(subnet) = self.zone_of.as_deref().and_then(|s| self.oracle.subnet(s)) else {
            return false;
        };
        ["AvailabilityZoneId", "AvailabilityZone"]
            .iter()
            .any(|field| matches!((text(address, field), text(subnet, field)), (Some(a), Some(b)) if a == b))
    }

    /// A packet comes to the gateway's own address.
    pub(super) fn at_nat_gateway(&mut self, gateway: &Value, from: Option<&str>) -> Step {
        let id = word(gateway, "NatGatewayId");
        if !self.is_reply {
            return lost(id, "a NAT gateway answers nobody");
        }
        if !is_regional(gateway) {
            self.cross(from, Some(word(gateway, "SubnetId")))?;
        }
        match self.translations.last() {
            Some(last) if last.gateway == id && last.outside.reply() == Some(self.packet) => {
                let Some(inside) = last.inside.reply() else {
                    return lost(id, "no reply to this");
                };
                self.translations.pop();
                self.packet = inside;
                self.note(format!("translated back by {id}"));
                self.leave_nat_gateway(gateway)
            }
            None if self.origin == Origin::NatGateway(id.to_owned())
                && self.sent.source == self.packet.destination =>
            {
                Ok(Next::Stop(Arrived::Home))
            }
            _ => lost(id, "a reply to nothing that it sent"),
        }
    }
}
