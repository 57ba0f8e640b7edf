//! Peerings, virtual private gateways, VPC endpoints, appliances (sections 9, 11, 13, 14).

use std::net::IpAddr;

use serde_json::Value;

use super::address::Cidr;
use super::choice::Truth;
use super::packet::{Fate, Fields, ICMP, ICMPV6, Origin, TCP, UDP};
use super::view::{Oracle, each, state, text, word};
use super::walk::{Arrived, At, Crossing, Next, Relation, Step, Walk, attached, go, lost, owns, unknown};

/// Whether an address is in the blocks that a peering tells of one of its sides.
fn side_has(side: &Value, ip: IpAddr) -> bool {
    let mut blocks: Vec<&str> = each(side, "CidrBlockSet")
        .iter()
        .map(|b| word(b, "CidrBlock"))
        .collect();
    if blocks.is_empty() {
        blocks.push(word(side, "CidrBlock"));
    }
    blocks.extend(
        each(side, "Ipv6CidrBlockSet")
            .iter()
            .map(|b| word(b, "Ipv6CidrBlock")),
    );
    blocks.into_iter().filter_map(Cidr::parse).any(|c| c.contains(ip))
}

impl Oracle<'_> {
    fn side_holds(&self, side: &Value, ip: IpAddr) -> Truth {
        let vpc = word(side, "VpcId");
        if self.find("Vpcs", "VpcId", vpc).is_some() {
            self.vpc_has(vpc, ip)
        } else {
            Truth::from_bool(side_has(side, ip))
        }
    }

    fn peering_state(peering: &Value) -> Truth {
        state(
            text(&peering["Status"], "Code"),
            &["active"],
            &["provisioning", "deleting"],
            word(peering, "VpcPeeringConnectionId"),
        )
    }

    /// The state of an endpoint, in either case of its first letter.
    fn endpoint_state(endpoint: &Value) -> Truth {
        let lower = text(endpoint, "State").map(str::to_lowercase);
        state(
            lower.as_deref(),
            &["available"],
            &["pending", "deleting", "partial"],
            word(endpoint, "VpcEndpointId"),
        )
    }

    /// Whether a virtual private gateway knows a prefix that covers the address.
    fn vgw_knows(&self, gateway: &str, ip: IpAddr) -> Truth {
        let propagated = self
            .all("RouteTables")
            .iter()
            .flat_map(|t| each(t, "Routes"))
            .filter(|r| text(r, "GatewayId") == Some(gateway))
            .filter(|r| text(r, "Origin") == Some("EnableVgwRoutePropagation"))
            .filter_map(|r| {
                Cidr::parse(word(r, "DestinationCidrBlock"))
                    .or(Cidr::parse(word(r, "DestinationIpv6CidrBlock")))
            })
            .any(|c| c.contains(ip));
        let listed = self
            .connections(gateway)
            .flat_map(|c| each(c, "Routes"))
            .filter_map(|r| Cidr::parse(word(r, "DestinationCidrBlock")))
            .any(|c| c.contains(ip));
        if propagated || listed {
            Truth::Yes
        } else {
            Truth::Maybe(format!("prefixes of {gateway}"))
        }
    }

    fn connections(&self, gateway: &str) -> impl Iterator<Item = &Value> {
        self.all("VpnConnections")
            .iter()
            .filter(move |c| text(c, "VpnGatewayId") == Some(gateway))
    }

    /// Whether a connection carries packets to or from an address outside: one that is up, unless it is static and only
    /// another lists the address.
    fn vgw_carries(&self, gateway: &str, ip: IpAddr) -> Truth {
        let lists = |c: &Value| {
            let mut prefixes = each(c, "Routes")
                .iter()
                .filter_map(|r| Cidr::parse(word(r, "DestinationCidrBlock")));
            prefixes.any(|c| c.contains(ip))
        };
        if !self.connections(gateway).any(lists) {
            return self.tunnel_up(self.connections(gateway), gateway);
        }
        let fit = self
            .connections(gateway)
            .filter(|&c| lists(c) || c["Options"]["StaticRoutesOnly"] != true);
        self.tunnel_up(fit, gateway)
    }

    /// Whether a tunnel of the connections is up.
    pub(super) fn tunnel_up<'v>(&self, connections: impl Iterator<Item = &'v Value>, about: &str) -> Truth {
        let mut any = false;
        for connection in connections {
            any = true;
            if each(connection, "VgwTelemetry")
                .iter()
                .any(|t| word(t, "Status") == "UP")
            {
                return Truth::Yes;
            }
        }
        match any {
            true => Truth::No,
            // What a virtual private gateway knows without a VPN, it knows by Direct Connect.
            false if about.starts_with("vgw-") && self.has("VpnConnections") => Truth::Yes,
            false => Truth::Maybe(format!("tunnels of {about}")),
        }
    }
}

impl Walk<'_, '_> {
    pub(super) fn start_at_peering(&mut self, connection: &str, into: &str) -> Step {
        let Some(peering) = self
            .oracle
            .find("VpcPeeringConnections", "VpcPeeringConnectionId", connection)
        else {
            return unknown(format!("{connection} is not in the snapshot"));
        };
        let sides = [&peering["RequesterVpcInfo"], &peering["AccepterVpcInfo"]];
        let Some(far) = sides.into_iter().find(|s| word(s, "VpcId") != into) else {
            return lost(connection, "is of other VPCs");
        };
        self.must(&Oracle::peering_state(peering), connection, "is not active")?;
        let from_far = self.oracle.side_holds(far, self.packet.source);
        self.must(&from_far, connection, "the source is not of the far VPC")?;
        let to_near = self.oracle.vpc_has(into, self.packet.destination);
        self.must(&to_near, connection, "the destination is not of the VPC")?;
        self.relation = Relation::Peering(one_region(sides[0], sides[1]));
        self.crossings.push(Crossing::Other);
        Ok(Next::Go(At::Inside {
            vpc: into.to_owned(),
            by: connection.to_owned(),
        }))
    }

    /// A route leads over a peering.
    pub(super) fn peering(&mut self, connection: &str, vpc: &str, from: Option<&str>) -> Step {
        let Some(peering) = self
            .oracle
            .find("VpcPeeringConnections", "VpcPeeringConnectionId", connection)
        else {
            return unknown(format!("{connection} is not in the snapshot"));
        };
        self.cross(from, None)?;
        self.must(&Oracle::peering_state(peering), connection, "is not active")?;
        let (requester, accepter) = (&peering["RequesterVpcInfo"], &peering["AccepterVpcInfo"]);
        let (near, far) = match vpc {
            _ if word(requester, "VpcId") == vpc => (requester, accepter),
            _ if word(accepter, "VpcId") == vpc => (accepter, requester),
            _ => return lost(connection, "is of other VPCs"),
        };
        let from_near = self.oracle.side_holds(near, self.packet.source);
        self.must(&from_near, connection, "the source is in no block of this VPC")?;
        let to_far = self.oracle.side_holds(far, self.packet.destination);
        self.must(
            &to_far,
            connection,
            "the destination is in no block of the far VPC",
        )?;
        if self.is_reply {
            if matches!(&self.origin, Origin::Peering { connection: c, into } if c == connection && into == vpc)
            {
                return Ok(Next::Stop(Arrived::Home));
            }
        } else {
            let from_nat = self.sending_nat_gateway(vpc).is_some();
            if self.relation == Relation::SameVpc {
                self.relation = Relation::Peering(one_region(requester, accepter));
            } else {
                self.lose_identity()?;
            }
            self.crossings.push(Crossing::Peering {
                connection: connection.to_owned(),
                from: vpc.to_owned(),
                from_nat,
            });
        }
        let far = word(far, "VpcId");
        if self.oracle.find("Vpcs", "VpcId", far).is_none() {
            return unknown(format!("{far} is not in the snapshot"));
        }
        Ok(Next::Go(At::Inside {
            vpc: far.to_owned(),
            by: connection.to_owned(),
        }))
    }

    pub(super) fn start_at_vpn_gateway(&mut self, id: &str) -> Step {
        let Some(gateway) = self.oracle.find("VpnGateways", "VpnGatewayId", id) else {
            return unknown(format!("{id} is not in the snapshot"));
        };
        self.relation = Relation::Lost;
        self.crossings.push(Crossing::Other);
        let vpc = each(gateway, "VpcAttachments")
            .iter()
            .find(|a| word(a, "State") == "attached")
            .map(|a| word(a, "VpcId").to_owned());
        let Some(vpc) = vpc else {
            return lost(id, "is attached to no VPC");
        };
        let up = self.oracle.vgw_carries(id, self.packet.source);
        self.must(&up, id, "no tunnel is up")?;
        let knows = self.oracle.vgw_knows(id, self.packet.source);
        self.must(&knows, id, "does not know the source")?;
        Ok(Next::Go(At::Inside {
            vpc,
            by: id.to_owned(),
        }))
    }

    /// A route leads to a virtual private gateway.
    pub(super) fn vpn_gateway(&mut self, id: &str, vpc: &str, from: Option<&str>, by_transit: bool) -> Step {
        let Some(gateway) = self.oracle.find("VpnGateways", "VpnGatewayId", id) else {
            return unknown(format!("{id} is not in the snapshot"));
        };
        self.cross(from, None)?;
        self.must(
            &attached(gateway, "VpcAttachments", vpc),
            id,
            "is not attached to this VPC",
        )?;
        self.lose_identity()?;
        let source = self.packet.source;
        if by_transit
            || self.oracle.owner(vpc, source).is_none()
                && self.sending_nat_gateway(vpc).is_none()
                && self.home_vpc() != Some(vpc)
        {
            return lost(id, "the source is no interface of the VPC");
        }
        if self.packet.is_v6() {
            if self.oracle.connections(id).next().is_some() {
                return lost(id, "a VPN on a virtual private gateway carries no IPv6");
            }
            return unknown("IPv6 over Direct Connect on a virtual private gateway");
        }
        let up = self.oracle.vgw_carries(id, self.packet.destination);
        self.must(&up, id, "no tunnel is up")?;
        let knows = self.oracle.vgw_knows(id, self.packet.destination);
        self.must(&knows, id, "does not know the destination")?;
        if self.is_reply {
            if self.origin == Origin::VpnGateway(id.to_owned()) {
                return Ok(Next::Stop(Arrived::Home));
            }
            return lost(id, "a reply to where nothing came from");
        }
        self.crossings.push(Crossing::Other);
        Ok(Next::Stop(Arrived::VpnGateway {
            gateway: id.to_owned(),
            vpc: vpc.to_owned(),
        }))
    }

    /// A route leads to a VPC endpoint.
    pub(super) fn endpoint(&mut self, id: &str, vpc: &str, from: Option<&str>, by_transit: bool) -> Step {
        let Some(endpoint) = self.oracle.find("VpcEndpoints", "VpcEndpointId", id) else {
            return unknown(format!("{id} is not in the snapshot"));
        };
        match text(endpoint, "VpcEndpointType") {
            None | Some("Gateway") => self.gateway_endpoint(endpoint, vpc, from, by_transit),
            Some("GatewayLoadBalancer") => self.balancer_endpoint(endpoint, vpc, from),
            Some(other) => unknown(format!("a route to an endpoint of type {other}")),
        }
    }

    fn gateway_endpoint(
        &mut self,
        endpoint: &Value,
        vpc: &str,
        from: Option<&str>,
        by_transit: bool,
    ) -> Step {
        let id = word(endpoint, "VpcEndpointId");
        self.cross(from, None)?;
        self.lose_identity()?;
        if word(endpoint, "VpcId") != vpc || by_transit {
            return lost(id, "serves its own VPC only");
        }
        if self.is_reply {
            return lost(id, "a reply into an endpoint");
        }
        if self.sending_nat_gateway(vpc).is_some() {
            return unknown("a NAT gateway's packet to a gateway endpoint");
        }
        if from.is_none() {
            return unknown("a gateway endpoint from no subnet");
        }
        self.must(&Oracle::endpoint_state(endpoint), id, "is not available")?;
        let echo = matches!(
            (self.packet.protocol, self.packet.fields),
            (ICMP, Fields::Icmp { kind: 8, .. }) | (ICMPV6, Fields::Icmp { kind: 128, .. })
        );
        if self.packet.protocol != TCP && !echo {
            return lost(id, "takes TCP and echo requests only");
        }
        if self.packet.is_v6() {
            let v6 = match text(endpoint, "IpAddressType") {
                Some("ipv6" | "dualstack") => Truth::Yes,
                Some(_) => Truth::No,
                None => Truth::Maybe(format!("families of {id}")),
            };
            self.must(&v6, id, "IPv6")?;
        }
        Ok(Next::Stop(Arrived::GatewayEndpoint {
            endpoint: id.to_owned(),
            vpc: vpc.to_owned(),
        }))
    }

    fn balancer_endpoint(&mut self, endpoint: &Value, vpc: &str, from: Option<&str>) -> Step {
        let id = word(endpoint, "VpcEndpointId");
        let Some(stands_in) = endpoint["SubnetIds"][0].as_str() else {
            return unknown(format!("{id} shows no subnet"));
        };
        if from == Some(stands_in) {
            // Evaluated on the way to the endpoint even inside its subnet; which list, no page says.
            let packet = self.packet;
            let (out, into) = (
                self.oracle.acl_allows(stands_in, true, &packet),
                self.oracle.acl_allows(stands_in, false, &packet),
            );
            let allowed = if out == into {
                out
            } else {
                Truth::Maybe(format!("network ACL of {stands_in} towards {id}"))
            };
            self.must(&allowed, stands_in, "network ACL towards the endpoint")?;
        } else {
            self.cross(from, Some(stands_in))?;
        }
        self.lose_identity()?;
        if word(endpoint, "VpcId") != vpc {
            return lost(id, "is of another VPC");
        }
        self.must(&Oracle::endpoint_state(endpoint), id, "is not available")?;
        if !self.oracle.is_transparent(&[id]) {
            let Some(firewall) = self.oracle.firewall_of(id) else {
                return unknown(format!("what happens behind {id}"));
            };
            self.inspect(firewall, id)?;
        }
        self.note(format!("through {id}"));
        self.appliances.push(id.to_owned());
        self.passed.push(id.to_owned());
        self.zone_of = Some(stands_in.to_owned());
        go(stands_in)
    }

    /// Whether an interface endpoint takes a packet (section 11).
    pub(super) fn accept_at_interface_endpoint(&mut self, interface: &str) -> Result<(), Fate> {
        let endpoint = self.oracle.all("VpcEndpoints").iter().find(|e| {
            each(e, "NetworkInterfaceIds")
                .iter()
                .any(|i| i.as_str() == Some(interface))
        });
        let state = match endpoint {
            Some(endpoint) => Oracle::endpoint_state(endpoint),
            None => Truth::Maybe(format!("state of the endpoint of {interface}")),
        };
        self.must(&state, interface, "the endpoint is not available")?;
        let resource = endpoint.is_some_and(|e| word(e, "VpcEndpointType") == "Resource");
        let takes = match self.packet.protocol {
            TCP => Truth::Yes,
            UDP if !resource => Truth::Maybe(String::from("UDP to an interface endpoint")),
            _ => Truth::No,
        };
        self.must(&takes, interface, "an endpoint takes TCP")
    }

    /// A route leads to an interface that is to pass the packet on.
    pub(super) fn appliance(&mut self, id: &str, from: Option<&str>, behind: Option<&str>) -> Step {
        let Some(interface) = self.oracle.interface(id) else {
            return unknown(format!("{id} is not in the snapshot"));
        };
        let subnet = word(interface, "SubnetId");
        self.cross(from, Some(subnet))?;
        self.must_live(interface)?;
        let instance = text(&interface["Attachment"], "InstanceId");
        // Who declares an interface transparent knows what it belongs to.
        if instance.is_none() && !self.oracle.is_transparent(&[id]) {
            self.must(
                &Truth::Maybe(format!("what {id} belongs to")),
                id,
                "is attached to no instance",
            )?;
        }
        if interface["SourceDestCheck"] != false {
            let (to, own) = (self.packet.destination, self.packet.source);
            if !owns(interface, to) {
                return lost(
                    id,
                    format!("source/destination check: {own} -> {to} is not its own"),
                );
            }
        }
        // The answer to whom it sent for.
        let is_mine =
            self.origin == Origin::Interface(id.to_owned()) && self.packet.destination == self.sent.source;
        if self.is_reply && is_mine {
            return Ok(Next::Stop(Arrived::Home));
        }
        let known_to_internet = each(interface, "PrivateIpAddresses")
            .iter()
            .any(|a| text(&a["Association"], "PublicIp").is_some());
        if behind.is_some_and(|g| g.starts_with("igw-")) && !self.packet.is_v6() && !known_to_internet {
            return lost(
                id,
                "an appliance behind an internet gateway needs a public address",
            );
        }
        let crossed = self.is_reply && self.appliances.iter().any(|a| a == id);
        if !crossed {
            let packet = self.packet;
            let groups = Oracle::groups(interface);
            let rules = self.oracle.groups_allow(&groups, false, &packet, |group| {
                // A reply that comes here without its request has another sender than the request.
                if self.is_reply {
                    Truth::Maybe(format!("reference to {group} at appliance {id}, from a reply"))
                } else {
                    self.sender_is_in(group, id)
                }
            });
            let allowed = unless_without_groups(id, &groups, rules);
            self.must(&allowed, id, "no ingress rule of the appliance's groups matches")?;
        }
        self.lose_identity()?;
        // It must stand in another subnet than source and destination; else what happens is unpredictable.
        let beside = [self.packet.source, self.packet.destination]
            .iter()
            .any(|ip| self.oracle.subnet_has(subnet, *ip) != Truth::No);
        if beside || from == Some(subnet) {
            self.must(
                &Truth::Maybe(format!("traffic of {subnet} itself through {id}")),
                id,
                "traffic of its own subnet",
            )?;
        }
        if !self.oracle.is_transparent(&[id, instance.unwrap_or("")]) {
            return unknown(format!("what happens inside {id}"));
        }
        if !crossed {
            let packet = self.packet;
            let groups = Oracle::groups(interface);
            let rules = self.oracle.groups_allow(&groups, true, &packet, |group| {
                // Groups are lost at an appliance: what they are to its own egress is not said.
                let receives = self
                    .oracle
                    .owners(packet.destination)
                    .any(|i| Oracle::groups(i).iter().any(|g| g == group));
                if receives {
                    Truth::Maybe(format!("reference to {group} by appliance {id}"))
                } else {
                    Truth::No
                }
            });
            let allowed = unless_without_groups(id, &groups, rules);
            self.must(&allowed, id, "no egress rule of the appliance's groups matches")?;
        }
        self.note(format!("through {id}"));
        self.appliances.push(id.to_owned());
        self.passed.push(id.to_owned());
        self.zone_of = Some(subnet.to_owned());
        go(subnet)
    }
}

/// What an ordinary interface without groups lets pass is uncertain.
fn unless_without_groups(id: &str, groups: &[String], rules: Truth) -> Truth {
    if groups.is_empty() {
        Truth::Maybe(format!("{id} shows no group"))
    } else {
        rules
    }
}

/// Whether both sides of a peering are of one Region.
fn one_region(a: &Value, b: &Value) -> Truth {
    match (text(a, "Region"), text(b, "Region")) {
        (Some(a), Some(b)) => Truth::from_bool(a == b),
        _ => Truth::Maybe(String::from("Regions of a peering")),
    }
}
