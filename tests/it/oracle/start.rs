//! Where packets start, and what the sender's own filters say.

use super::address::{is_local_service, within};
use super::choice::Truth;
use super::packet::{Fate, Fields, Origin, TCP, UDP, Virtual};
use super::view::{Oracle, own_prefixes, word};
use super::walk::{Arrived, At, Next, Relation, Step, Walk, go, has_no_groups_by_nature, lost, unknown};

impl Walk<'_, '_> {
    pub(super) fn start(&mut self) -> Step {
        match self.origin.clone() {
            Origin::Interface(id) => self.start_at_interface(&id),
            Origin::Virtual(from) => self.start_at_virtual(&from),
            Origin::NatGateway(id) => self.start_at_nat_gateway(&id),
            Origin::Internet => {
                self.relation = Relation::Lost;
                Ok(Next::Go(At::Outside))
            }
            Origin::Peering { connection, into } => self.start_at_peering(&connection, &into),
            Origin::Attachment(id) => self.start_at_attachment(&id),
            Origin::VpnGateway(id) => self.start_at_vpn_gateway(&id),
        }
    }

    pub(super) fn start_at_interface(&mut self, id: &str) -> Step {
        let Some(interface) = self.oracle.interface(id) else {
            return unknown(format!("{id} is not in the snapshot"));
        };
        if matches!(
            word(interface, "InterfaceType"),
            "vpc_endpoint" | "gateway_load_balancer_endpoint"
        ) {
            return lost(id, "an endpoint starts nothing");
        }
        self.must_live(interface)?;
        let checked = interface["SourceDestCheck"] != false;
        let own = own_prefixes(interface)
            .iter()
            .any(|c| c.contains(self.packet.source));
        if checked && !own {
            return lost(id, "source/destination check: the source is not its own");
        }
        let groups = Oracle::groups(interface);
        if is_local_service(self.packet.destination) || self.is_own_resolver(word(interface, "VpcId")) {
            return self.at_local_service(word(interface, "VpcId"));
        }
        if groups.is_empty() {
            if !has_no_groups_by_nature(interface) {
                self.must(
                    &Truth::Maybe(format!("{id} shows no group")),
                    id,
                    "no group lets it out",
                )?;
            }
        } else {
            self.out_of_groups(id, &groups)?;
        }
        self.beside_own_node(interface)?;
        let subnet = word(interface, "SubnetId");
        self.zone_of = Some(subnet.to_owned());
        go(subnet)
    }

    pub(super) fn start_at_virtual(&mut self, from: &Virtual) -> Step {
        let Some(subnet) = self.oracle.subnet(&from.subnet) else {
            return unknown(format!("{} is not in the snapshot", from.subnet));
        };
        let vpc = word(subnet, "VpcId");
        let own = self.oracle.subnet_has(&from.subnet, self.packet.source);
        self.must(&own, &from.subnet, "the source is not of this subnet")?;
        if self.oracle.is_reserved(vpc, self.packet.source) {
            return lost(&from.subnet, "AWS keeps the source address for itself");
        }
        if is_local_service(self.packet.destination) || self.is_own_resolver(vpc) {
            return self.at_local_service(vpc);
        }
        if let Some(groups) = &from.groups {
            self.out_of_groups(&from.subnet, groups)?;
        }
        self.zone_of = Some(from.subnet.clone());
        go(&from.subnet)
    }

    pub(super) fn is_own_resolver(&self, vpc: &str) -> bool {
        self.oracle.is_resolver(vpc, self.packet.destination)
    }

    /// What no filter and no route acts on.
    pub(super) fn at_local_service(&mut self, vpc: &str) -> Step {
        let to = self.packet.destination;
        let port = match self.packet.fields {
            Fields::Ports { destination, .. } => destination,
            _ => 0,
        };
        let serves = |addresses: &[&str], protocol: u8, at: u16| {
            within(to, addresses) && self.packet.protocol == protocol && port == at
        };
        let resolver = self.is_own_resolver(vpc) || within(to, &["169.254.169.253/32", "fd00:ec2::253/128"]);
        let answers = (resolver && matches!(self.packet.protocol, TCP | UDP) && port == 53)
            || serves(
                &["169.254.169.254/32", "169.254.170.2/32", "fd00:ec2::254/128"],
                TCP,
                80,
            )
            || serves(&["169.254.169.123/32", "fd00:ec2::123/128"], UDP, 123)
            || serves(&["169.254.169.250/31"], TCP, 1688);
        if !answers {
            return lost(&to.to_string(), "the service answers on its own port only");
        }
        // Of a VPC's resolver: `enableDnsSupport` is in no list that a snapshot holds, and on unless turned off.
        Ok(Next::Stop(Arrived::LocalService(to)))
    }

    /// The sender's egress rules.
    pub(super) fn out_of_groups(&mut self, at: &str, groups: &[String]) -> Result<(), Fate> {
        let packet = self.packet;
        let plain = self.oracle.groups_allow(groups, true, &packet, |_| Truth::No);
        if self.holds(&plain) {
            return Ok(());
        }
        // Only references are left: whether they hold is known when the packet has arrived.
        let mut named = Vec::new();
        self.oracle.groups_allow(groups, true, &packet, |group| {
            named.push(group.to_owned());
            Truth::No
        });
        named.retain(|group| {
            self.oracle
                .owners(packet.destination)
                .any(|i| Oracle::groups(i).contains(group))
        });
        if named.is_empty() {
            return lost(at, "no egress rule of its groups matches");
        }
        self.note(format!("egress rests on references to {named:?}"));
        self.needs_receiver_in = named;
        Ok(())
    }

    /// From here on nobody can tell whose the packet is.
    pub(super) fn lose_identity(&mut self) -> Result<(), Fate> {
        self.relation = Relation::Lost;
        if !self.is_reply && !self.needs_receiver_in.is_empty() {
            return self.no_reference();
        }
        Ok(())
    }
}
