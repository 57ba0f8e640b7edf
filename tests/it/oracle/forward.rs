//! From a subnet onward: the route, and the network ACLs on the way.

use serde_json::Value;

use super::address::{Cidr, is_lattice, is_never_forwarded, within};
use super::packet::{Fate, Origin};
use super::route::{Found, Target};
use super::view::{text, word};
use super::walk::{Arrived, Next, Step, Walk, lost, unknown};

impl<'a> Walk<'_, 'a> {
    pub(super) fn route_from_subnet(&mut self, subnet: &str, by_transit: bool) -> Step {
        let Some(found) = self.oracle.subnet(subnet) else {
            return unknown(format!("{subnet} is not in the snapshot"));
        };
        let vpc = word(found, "VpcId").to_owned();
        let inside = self.oracle.subnet_has(subnet, self.packet.destination);
        if self.holds(&inside) {
            return self.local(&vpc, Some(subnet));
        }
        let Some(table) = self.oracle.table_of_subnet(subnet, self.script) else {
            return unknown(format!("the route table of {subnet} is not in the snapshot"));
        };
        self.by_table(table, &vpc, Some(subnet), by_transit)
    }

    /// By the table's best route out of `subnet` (none: from a device that stands in no subnet).
    pub(super) fn by_table(
        &mut self,
        table: &'a Value,
        vpc: &str,
        subnet: Option<&str>,
        by_transit: bool,
    ) -> Step {
        let id = word(table, "RouteTableId").to_owned();
        let to = self.packet.destination;
        if is_lattice(to) {
            return unknown("VPC Lattice");
        }
        if is_never_forwarded(to) || to == Cidr::of("255.255.255.255/32").nth(0) {
            return lost(&id, "never forwarded");
        }
        if within(to, &["224.0.0.0/4", "ff00::/8"]) {
            return unknown("multicast");
        }
        let target = match self.oracle.look_up(table, to, self.script) {
            Found::To(target) => target,
            Found::Blackhole(route) => return lost(&id, format!("blackhole {route}")),
            Found::Nothing => return lost(&id, "no route"),
        };
        self.note(format!("{id} says {target:?}"));
        if let Some(step) = self.kept_by_route(&target, vpc, subnet) {
            return step;
        }
        match target {
            Target::Local => self.local(vpc, subnet),
            Target::NatGateway(nat) => self.nat_gateway(&nat, vpc, subnet),
            Target::EgressOnly(gateway) => self.egress_only(&gateway, vpc, subnet),
            Target::Peering(connection) => self.peering(&connection, vpc, subnet),
            Target::TransitGateway(gateway) => self.enter_transit_gateway(&gateway, vpc, subnet, by_transit),
            Target::Interface(interface) => self.appliance(&interface, subnet, None),
            Target::Instance(instance) => {
                let primary = self.oracle.all("NetworkInterfaces").iter().find(|i| {
                    text(&i["Attachment"], "InstanceId") == Some(&instance)
                        && i["Attachment"]["DeviceIndex"] == 0
                });
                match primary {
                    Some(i) => self.appliance(word(i, "NetworkInterfaceId"), subnet, None),
                    None => unknown(format!("{instance} is not in the snapshot")),
                }
            }
            Target::Gateway(gateway) => match gateway.split('-').next() {
                Some("igw") => self.internet_gateway(&gateway, vpc, subnet, by_transit),
                Some("vgw") => self.vpn_gateway(&gateway, vpc, subnet, by_transit),
                Some("vpce") => self.endpoint(&gateway, vpc, subnet, by_transit),
                _ => unknown(format!("{gateway} is of no known kind")),
            },
            Target::Unsupported(what) => unknown(what),
        }
    }

    /// The network ACLs between two subnets; none where the packet stays in one.
    pub(super) fn cross(&mut self, from: Option<&str>, to: Option<&str>) -> Result<(), Fate> {
        if from == to {
            return Ok(());
        }
        for (subnet, egress) in [(from, true), (to, false)] {
            let Some(subnet) = subnet else { continue };
            let packet = self.packet;
            let allowed = self.oracle.acl_allows(subnet, egress, &packet);
            let way = if egress { "egress" } else { "ingress" };
            self.must(&allowed, subnet, &format!("network ACL, {way}, {packet}"))?;
        }
        Ok(())
    }

    pub(super) fn inside(&mut self, vpc: &str, by: &str) -> Step {
        if let Some(table) = self.oracle.table_of_gateway(by, self.script) {
            let id = word(table, "RouteTableId").to_owned();
            return match self.oracle.look_up(table, self.packet.destination, self.script) {
                Found::To(Target::Local) => self.local(vpc, None),
                Found::To(Target::Interface(interface)) => self.appliance(&interface, None, Some(by)),
                Found::To(Target::Gateway(endpoint)) if endpoint.starts_with("vpce-") => {
                    self.endpoint(&endpoint, vpc, None, false)
                }
                Found::To(other) => unknown(format!("{other:?} in an edge table")),
                Found::Blackhole(route) => lost(&id, format!("blackhole {route}")),
                Found::Nothing => lost(&id, "no route"),
            };
        }
        self.local(vpc, None)
    }

    /// To whoever has the address in this VPC.
    pub(super) fn local(&mut self, vpc: &str, from: Option<&str>) -> Step {
        let to = self.packet.destination;
        let own = self.oracle.vpc_has(vpc, to);
        self.must(&own, vpc, "the destination is in no block of the VPC that counts")?;
        if let Some(step) = self.back_to_node(vpc, from) {
            return step;
        }
        if let Some(nat) = self.oracle.nat_with_private(vpc, to) {
            return self.at_nat_gateway(nat, from);
        }
        if let (true, Origin::Virtual(client)) = (self.is_reply, self.origin.clone()) {
            let at_home = self.oracle.subnet(&client.subnet).map(|s| word(s, "VpcId")) == Some(vpc);
            if at_home && to == self.sent.source {
                self.cross(from, Some(&client.subnet))?;
                return Ok(Next::Stop(Arrived::Home));
            }
        }
        let owner = self.oracle.owner(vpc, to);
        let Some(interface) = owner else {
            if !self.oracle.has("NetworkInterfaces") && !self.oracle.is_reserved(vpc, to) {
                return unknown("network interfaces were not read");
            }
            return lost(vpc, "nobody has the destination address");
        };
        let block = self.oracle.subnet_has(word(interface, "SubnetId"), to);
        self.must(
            &block,
            vpc,
            "the destination is in no block of its subnet that counts",
        )?;
        self.cross(from, Some(word(interface, "SubnetId")))?;
        let id = word(interface, "NetworkInterfaceId");
        if self.is_reply {
            if self.origin == Origin::Interface(id.to_owned()) && to == self.sent.source {
                return Ok(Next::Stop(Arrived::Home));
            }
            return lost(id, "the reply comes to somebody who did not ask");
        }
        self.accept(interface)?;
        self.takes_kept(interface)?;
        if super::balancer::is_node(interface) {
            return self.at_node(interface);
        }
        Ok(Next::Stop(Arrived::Interface(id.to_owned())))
    }
}
