//! The reply, from where the request arrived.

use super::choice::Truth;
use super::packet::Fate;
use super::view::{Oracle, text, word};
use super::walk::{Arrived, At, Crossing, Next, Step, Walk, go, lost, owns, unknown};

impl Walk<'_, '_> {
    pub(super) fn back(&mut self, from: Arrived) -> Result<(), Fate> {
        let start = match from {
            Arrived::LocalService(_) | Arrived::Home => return Ok(()),
            Arrived::Interface(id) => self.answer_from_interface(&id)?,
            Arrived::Internet => self.answer_from_internet()?,
            Arrived::GatewayEndpoint { endpoint, vpc } => Next::Go(At::Inside { vpc, by: endpoint }),
            Arrived::Attachment { gateway, attachment } => {
                self.zone_of = None;
                Next::Go(At::Transit { gateway, attachment })
            }
            Arrived::VpnGateway { gateway, vpc } => Next::Go(At::Inside { vpc, by: gateway }),
        };
        let home = self.walk(start)?;
        self.note(format!("{home:?}"));
        match home {
            Arrived::Home => self.inspected_again(),
            other => lost(&format!("{other:?}"), "the reply ends elsewhere"),
        }
    }

    pub(super) fn answer_from_interface(&mut self, id: &str) -> Step {
        let Some(interface) = self.oracle.interface(id) else {
            return unknown(format!("{id} is not in the snapshot"));
        };
        let mut from = interface;
        if let Some(instance) = text(&interface["Attachment"], "InstanceId") {
            let mut all = Vec::new();
            for other in self.oracle.all("NetworkInterfaces") {
                let of_it = text(&other["Attachment"], "InstanceId") == Some(instance);
                if of_it && self.holds(&Oracle::is_attached(other)) {
                    all.push(other);
                }
            }
            // The one that was asked comes first.
            all.sort_by_key(|i| word(i, "NetworkInterfaceId") != id);
            if all.len() > 1 {
                from = all[self
                    .script
                    .reading(&format!("which interface of {instance} answers"), all.len())];
            }
        }
        let by = word(from, "NetworkInterfaceId");
        if by != id {
            if from["SourceDestCheck"] != false && !owns(from, self.packet.source) {
                return lost(by, "source/destination check of the interface that answers");
            }
            let packet = self.packet;
            let rules = self
                .oracle
                .groups_allow(&Oracle::groups(from), true, &packet, |_| Truth::No);
            if rules != Truth::Yes {
                self.must(
                    &Truth::Maybe(format!("state of a flow at {by}")),
                    by,
                    "its groups know nothing of the request",
                )?;
            }
        }
        let subnet = word(from, "SubnetId").to_owned();
        self.zone_of = Some(subnet.clone());
        if let Some(step) = self.back_to_keeper(&subnet) {
            return step;
        }
        // The documented return to the sender: over a peering, a NAT gateway's replies need no route.
        if let Some(Crossing::Peering {
            connection,
            from: near,
            from_nat: true,
        }) = self.crossings.last().cloned()
        {
            self.note(format!(
                "returns to the NAT gateway over {connection}, whatever the routes"
            ));
            self.cross(Some(&subnet), None)?;
            return Ok(Next::Go(At::Inside {
                vpc: near,
                by: connection,
            }));
        }
        go(&subnet)
    }

    pub(super) fn answer_from_internet(&mut self) -> Step {
        match self.crossings.last().cloned() {
            Some(Crossing::InternetOut { gateway, vpc }) => self.in_by_internet_gateway(&gateway, &vpc),
            Some(Crossing::EgressOnly { vpc, .. }) => Ok(Next::Go(At::Inside {
                vpc,
                by: String::from("eigw"),
            })),
            other => unknown(format!("a reply from the internet after {other:?}")),
        }
    }
}
