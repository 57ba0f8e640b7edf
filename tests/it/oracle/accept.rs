//! At the receiving interface (sections 1, 5 and 11).

use serde_json::Value;

use super::choice::Truth;
use super::packet::{Fate, Origin};
use super::view::{Oracle, text, word};
use super::walk::{Relation, Walk, has_no_groups_by_nature, lost, owns};

impl Walk<'_, '_> {
    /// Whether an interface takes a new connection (sections 5 and 11).
    pub(super) fn accept(&mut self, interface: &Value) -> Result<(), Fate> {
        let id = word(interface, "NetworkInterfaceId");
        match word(interface, "InterfaceType") {
            "nat_gateway"
            | "natGateway"
            | "lambda"
            | "transit_gateway"
            | "gateway_load_balancer_endpoint" => {
                return lost(id, "takes no connections");
            }
            "vpc_endpoint" => self.accept_at_interface_endpoint(id)?,
            _ => {}
        }
        self.must_live(interface)?;
        let groups = Oracle::groups(interface);
        if groups.is_empty() {
            if has_no_groups_by_nature(interface) {
                return Ok(());
            }
            return self.must(
                &Truth::Maybe(format!("{id} shows no group")),
                id,
                "no group lets it in",
            );
        }
        let packet = self.packet;
        let allowed = self
            .oracle
            .groups_allow(&groups, false, &packet, |group| self.sender_is_in(group, id));
        self.must(&allowed, id, "no ingress rule of its groups matches")
    }

    /// Whether an inbound rule that names a group means this packet: its sender carries the group, and sends from an
    /// address of its own.
    pub(super) fn sender_is_in(&self, group: &str, receiver: &str) -> Truth {
        let is_endpoint = || {
            let row = self.oracle.interface(receiver);
            row.is_some_and(|i| text(i, "InterfaceType") == Some("vpc_endpoint"))
        };
        let relation = match &self.relation {
            Relation::Transit(_) if is_endpoint() => Truth::No,
            Relation::SameVpc => Truth::Yes,
            Relation::Peering(truth) | Relation::Transit(truth) => truth.clone(),
            Relation::Lost => Truth::No,
        };
        // A node shows its own groups, whosever address it sends from.
        if let Some(forwarding) = self.forwarded.last() {
            return relation.and(Truth::from_bool(forwarding.groups.iter().any(|g| g == group)));
        }
        let group = group.to_owned();
        let member = match &self.origin {
            Origin::Interface(id) => {
                let carries = self
                    .oracle
                    .interface(id)
                    .is_some_and(|i| Oracle::groups(i).contains(&group) && owns(i, self.packet.source));
                Truth::from_bool(carries)
            }
            Origin::Virtual(from) => {
                Truth::from_bool(from.groups.as_ref().is_some_and(|g| g.contains(&group)))
            }
            Origin::NatGateway(_) | Origin::Internet | Origin::VpnGateway(_) | Origin::Attachment(_) => {
                Truth::No
            }
            Origin::Peering { .. } => Truth::Maybe(format!("members of {group} behind the peering")),
        };
        relation.and(member)
    }
}
