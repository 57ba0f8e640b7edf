//! Internet gateways, egress-only ones, and the internet between them (section 8).

use std::net::IpAddr;

use serde_json::Value;

use super::address::{Cidr, is_private_v4};
use super::choice::Truth;
use super::packet::{Fate, Origin};
use super::route::{Found, Target};
use super::view::{Oracle, each, text, word};
use super::walk::{Arrived, At, Crossing, Next, Relation, Step, Walk, attached, lost, unknown};

/// Whose a public IPv4 address is.
enum Public<'a> {
    Interface {
        vpc: &'a str,
        private: IpAddr,
    },
    NatGateway {
        vpc: &'a str,
        gateway: &'a Value,
        private: Option<IpAddr>,
    },
}

/// The public address of an interface's private one.
fn public_of(interface: &Value, private: IpAddr) -> Option<IpAddr> {
    let own = each(interface, "PrivateIpAddresses");
    if own.is_empty() && word(interface, "PrivateIpAddress").parse() == Ok(private) {
        return word(&interface["Association"], "PublicIp").parse().ok();
    }
    own.iter()
        .find(|a| word(a, "PrivateIpAddress").parse() == Ok(private))
        .and_then(|a| word(&a["Association"], "PublicIp").parse().ok())
}

impl<'a> Oracle<'a> {
    fn who_has_public(&self, ip: IpAddr) -> Option<Public<'a>> {
        for gateway in self.all("NatGateways") {
            for a in Self::nat_addresses(gateway) {
                if word(a, "PublicIp").parse() == Ok(ip) {
                    return Some(Public::NatGateway {
                        vpc: word(gateway, "VpcId"),
                        gateway,
                        private: word(a, "PrivateIp").parse().ok(),
                    });
                }
            }
        }
        for interface in self.all("NetworkInterfaces") {
            for a in each(interface, "PrivateIpAddresses") {
                if word(&a["Association"], "PublicIp").parse() == Ok(ip) {
                    return Some(Public::Interface {
                        vpc: word(interface, "VpcId"),
                        private: word(a, "PrivateIpAddress").parse().ok()?,
                    });
                }
            }
        }
        None
    }

    /// The VPC in whose IPv6 block an address is.
    fn vpc_around(&self, ip: IpAddr) -> Option<&'a str> {
        self.all("Vpcs")
            .iter()
            .map(|v| word(v, "VpcId"))
            .find(|id| self.vpc_has(id, ip) != Truth::No)
    }

    fn internet_gateway_of(&self, vpc: &str) -> Option<&'a str> {
        self.all("InternetGateways")
            .iter()
            .find(|g| attached(g, "Attachments", vpc) != Truth::No)
            .map(|g| word(g, "InternetGatewayId"))
    }
}

impl<'a> Walk<'_, 'a> {
    /// A route leads out by an internet gateway.
    pub(super) fn internet_gateway(
        &mut self,
        id: &str,
        vpc: &str,
        from: Option<&str>,
        by_transit: bool,
    ) -> Step {
        let Some(gateway) = self.oracle.find("InternetGateways", "InternetGatewayId", id) else {
            return unknown(format!("{id} is not in the snapshot"));
        };
        self.cross(from, None)?;
        self.must(
            &attached(gateway, "Attachments", vpc),
            id,
            "is not attached to this VPC",
        )?;
        self.lose_identity()?;
        if by_transit {
            return lost(id, "the source is no interface of this VPC");
        }
        self.not_redirected(id)?;
        if self.packet.is_v6() {
            self.out_v6(id, vpc)?;
        } else {
            self.out_v4(id, vpc)?;
        }
        if self.is_reply {
            match self.crossings.pop() {
                Some(Crossing::InternetIn { gateway }) if gateway == id => {}
                // IPv6 is not translated, and nobody checks that a reply takes the way of its request.
                _ if self.packet.is_v6() => {}
                _ => return lost(id, "the reply's source becomes another than was asked"),
            }
        } else {
            self.crossings.push(Crossing::InternetOut {
                gateway: id.to_owned(),
                vpc: vpc.to_owned(),
            });
        }
        self.note(format!("out by {id}"));
        Ok(Next::Go(At::Outside))
    }

    /// A subnet whose inbound traffic an edge table redirects cannot use the gateway directly (section 3.2).
    fn not_redirected(&mut self, id: &str) -> Result<(), Fate> {
        let Some(table) = self.oracle.table_of_gateway(id, self.script) else {
            return Ok(());
        };
        let found = self.oracle.look_up(table, self.packet.source, self.script);
        let Found::To(Target::Interface(through) | Target::Gateway(through)) = found else {
            return Ok(());
        };
        if self.passed.contains(&through) {
            return Ok(());
        }
        lost(
            id,
            format!("what comes in for the source is redirected to {through}"),
        )
    }

    fn out_v4(&mut self, id: &str, vpc: &str) -> Result<(), Fate> {
        if is_private_v4(self.packet.destination) {
            return lost(id, "a private destination");
        }
        let source = self.packet.source;
        let public = if let Some(gateway) = self.sending_nat_gateway(vpc) {
            let gateway = self.oracle.find("NatGateways", "NatGatewayId", &gateway);
            gateway
                .filter(|g| word(g, "ConnectivityType") != "private")
                .and_then(|g| {
                    Oracle::nat_addresses(g)
                        .into_iter()
                        .find(|a| {
                            [word(a, "PrivateIp"), word(a, "PublicIp")]
                                .iter()
                                .any(|t| t.parse() == Ok(source))
                        })
                        .and_then(|a| word(a, "PublicIp").parse().ok())
                })
        } else if let (Origin::Virtual(from), false) = (&self.origin, self.is_reply) {
            if from.public {
                let possible = self.oracle.task_addresses();
                let chosen = possible[self.script.reading("public address of a task", possible.len())];
                self.task_address = Some(chosen);
            }
            self.task_address
        } else {
            self.oracle.owner(vpc, source).and_then(|i| public_of(i, source))
        };
        match public {
            Some(public) => {
                self.packet.source = public;
                Ok(())
            }
            None => lost(id, "the source has no public address"),
        }
    }

    /// The NAT gateway of this VPC that sent the packet as it is.
    pub(super) fn sending_nat_gateway(&self, vpc: &str) -> Option<String> {
        let id = match (self.translations.last(), &self.origin) {
            _ if self.is_reply => return None,
            (Some(last), _) => last.gateway.clone(),
            (None, Origin::NatGateway(id)) if self.forwarded.is_empty() => id.clone(),
            _ => return None,
        };
        let gateway = self.oracle.find("NatGateways", "NatGatewayId", &id)?;
        (word(gateway, "VpcId") == vpc).then_some(id)
    }

    /// The VPC of a task that sent the request.
    pub(super) fn home_vpc(&self) -> Option<&'a str> {
        match &self.origin {
            Origin::Virtual(from) => self.oracle.subnet(&from.subnet).map(|s| word(s, "VpcId")),
            _ => None,
        }
    }

    fn out_v6(&mut self, id: &str, vpc: &str) -> Result<(), Fate> {
        let public = self.oracle.vpc_has_public(vpc, self.packet.source);
        self.must(&public, id, "the source is in no public block of the VPC")?;
        if !Cidr::of("2000::/3").contains(self.packet.destination) {
            return lost(id, "the destination is not on the internet");
        }
        if let (Origin::Virtual(from), false) = (&self.origin, self.is_reply)
            && from.lambda
        {
            let open = Truth::Maybe(String::from("Lambda's IPv6 through an internet gateway"));
            self.must(&open, id, "Lambda's IPv6")?;
        }
        let denied = self
            .oracle
            .owner(vpc, self.packet.source)
            .is_some_and(|i| i["DenyAllIgwTraffic"] == true);
        if denied {
            let open = Truth::Maybe(String::from("DenyAllIgwTraffic on the way out"));
            self.must(&open, id, "DenyAllIgwTraffic")?;
        }
        Ok(())
    }

    /// On the internet: to somebody of the snapshot, or away.
    pub(super) fn outside(&mut self) -> Step {
        let to = self.packet.destination;
        if self.is_reply && self.origin == Origin::Internet && to == self.sent.source {
            return Ok(Next::Stop(Arrived::Home));
        }
        if self.origin == Origin::Internet && !self.is_reply {
            let from = self.packet.source;
            if is_private_v4(from) {
                return lost("internet", "a private source");
            }
            if self.oracle.who_has_public(from).is_some() || self.oracle.vpc_around(from).is_some() {
                return lost("internet", "a source that is the network's own");
            }
        }
        let vpc = if to.is_ipv6() {
            if let (true, Some(Crossing::EgressOnly { vpc })) = (self.is_reply, self.crossings.first())
                && self.oracle.vpc_has(vpc, to) != Truth::No
            {
                return Ok(Next::Go(At::Inside {
                    vpc: vpc.clone(),
                    by: String::from("eigw"),
                }));
            }
            self.oracle.vpc_around(to)
        } else {
            match self.oracle.who_has_public(to) {
                None if self.is_reply && self.task_address == Some(to) => self.home_vpc(),
                None => None,
                Some(Public::Interface { vpc, .. } | Public::NatGateway { vpc, .. }) => Some(vpc),
            }
        };
        match vpc {
            None if self.is_reply => lost("internet", "a reply to an address that nobody has"),
            None if self.origin == Origin::Internet => lost("internet", "nobody has the public address"),
            None => Ok(Next::Stop(Arrived::Internet)),
            Some(vpc) => match self.oracle.internet_gateway_of(vpc) {
                None => lost(vpc, "has no internet gateway"),
                Some(gateway) => self.in_by_internet_gateway(gateway, vpc),
            },
        }
    }

    /// In by an internet gateway.
    pub(super) fn in_by_internet_gateway(&mut self, id: &str, vpc: &str) -> Step {
        let Some(gateway) = self.oracle.find("InternetGateways", "InternetGatewayId", id) else {
            return unknown(format!("{id} is not in the snapshot"));
        };
        self.must(
            &attached(gateway, "Attachments", vpc),
            id,
            "is not attached to this VPC",
        )?;
        let to = self.packet.destination;
        if to.is_ipv6() {
            let public = self.oracle.vpc_has_public(vpc, to);
            self.must(&public, id, "the destination is in no public block of the VPC")?;
            if self
                .oracle
                .owner(vpc, to)
                .is_some_and(|i| i["DenyAllIgwTraffic"] == true)
            {
                return lost(id, "DenyAllIgwTraffic");
            }
        } else {
            let found = self.oracle.who_has_public(to);
            let virtual_client = match &self.origin {
                Origin::Virtual(from) if self.is_reply && from.public && found.is_none() => {
                    Some(self.sent.source)
                }
                _ => None,
            };
            match (found, virtual_client) {
                (Some(Public::Interface { vpc: of, private }), _) if of == vpc => {
                    self.packet.destination = private;
                }
                (
                    Some(Public::NatGateway {
                        vpc: of,
                        gateway,
                        private,
                    }),
                    _,
                ) if of == vpc => match private {
                    Some(private) if text(gateway, "SubnetId").is_some() => self.packet.destination = private,
                    _ => return self.at_nat_gateway(gateway, None),
                },
                (_, Some(private)) => self.packet.destination = private,
                _ => return lost(id, "no interface of this VPC has the public address"),
            }
        }
        if !self.is_reply {
            self.relation = Relation::Lost;
            self.crossings.push(Crossing::InternetIn {
                gateway: id.to_owned(),
            });
        }
        self.note(format!("in by {id}"));
        Ok(Next::Go(At::Inside {
            vpc: vpc.to_owned(),
            by: id.to_owned(),
        }))
    }

    /// A route leads out by an egress-only internet gateway.
    pub(super) fn egress_only(&mut self, id: &str, vpc: &str, from: Option<&str>) -> Step {
        let Some(gateway) = self
            .oracle
            .find("EgressOnlyInternetGateways", "EgressOnlyInternetGatewayId", id)
        else {
            return unknown(format!("{id} is not in the snapshot"));
        };
        self.cross(from, None)?;
        self.must(
            &attached(gateway, "Attachments", vpc),
            id,
            "is not attached to this VPC",
        )?;
        self.lose_identity()?;
        if !self.packet.is_v6() {
            return lost(id, "IPv4");
        }
        if self.is_reply {
            return lost(id, "connections from inside only");
        }
        let public = self.oracle.vpc_has_public(vpc, self.packet.source);
        self.must(&public, id, "the source is in no public block of the VPC")?;
        if !Cidr::of("2000::/3").contains(self.packet.destination) {
            return lost(id, "the destination is not on the internet");
        }
        if let Some(endpoint) = self.appliances.iter().find(|a| a.starts_with("vpce-")) {
            return match self.oracle.firewall_of(endpoint) {
                Some(_) => unknown(format!("what comes by {endpoint} at an egress-only gateway")),
                None => lost(id, "what comes by a Gateway Load Balancer endpoint is dropped"),
            };
        }
        self.crossings.push(Crossing::EgressOnly { vpc: vpc.to_owned() });
        Ok(Next::Go(At::Outside))
    }
}
