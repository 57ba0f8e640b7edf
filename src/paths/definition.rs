//! The hash of a path as declared: whether two declarations ask the same question of the network.

use sha2::{Digest, Sha256};

use crate::network::id::{AccountId, Region, VpcId};

use super::address;
use super::model::{
    Component, End, EndForm, Expect, IpAddressType, PacketFilter, PortSet, Reply, Require, RequiredPath,
    TagSelector,
};

impl RequiredPath {
    /// SHA-256 in hexadecimal of everything that changes what is evaluated. Names, owners, severities, mutes, lines and
    /// the order of alternatives do not; the form of this text is the same in every version that reads old state.
    pub fn definition_hash(&self) -> String {
        let digest = Sha256::digest(self.definition().as_bytes());
        digest.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// What is hashed: one thing a line, absent ones left out.
    fn definition(&self) -> String {
        let mut lines = vec!["hopwatch path 1".to_owned()];
        let mut say =
            |key: &str, value: Option<String>| lines.extend(value.map(|value| format!("{key} {value}")));
        say("source", Some(end(&self.source)));
        say("destination", Some(end(&self.destination)));
        say("protocol", Some(self.protocol.text()));
        say("destinationPort", self.destination_ports.as_ref().map(ports));
        say("clientPorts", self.client_ports.as_ref().map(ports));
        say(
            "ipAddressType",
            self.ip_address_type.map(|family| {
                match family {
                    IpAddressType::Ipv4 => "ipv4",
                    IpAddressType::Ipv6 => "ipv6",
                    IpAddressType::Dualstack => "dualstack",
                }
                .into()
            }),
        );
        match self.expect {
            // Replies and shares are asked of nothing that must not arrive.
            Expect::Blocked => say("expect", Some("blocked".into())),
            Expect::Reachable => {
                say("require", (self.require == Require::Any).then(|| "any".into()));
                say("reply", (self.reply == Reply::Ignored).then(|| "ignored".into()));
            }
        }
        say("via", components(&self.via));
        let mut not_via = self.not_via.clone();
        not_via.sort_by_key(|component| components(std::slice::from_ref(component)));
        not_via.dedup();
        say("notVia", components(&not_via));
        say("filterAtSource", filter(&self.filter_at_source));
        say("filterAtDestination", filter(&self.filter_at_destination));
        lines.join("\n")
    }
}

/// Text that somebody wrote, so that it cannot be taken for two.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn list(mut items: Vec<String>) -> String {
    items.sort();
    items.dedup();
    items.join(" ")
}

fn nets(nets: &[ipnet::IpNet]) -> String {
    list(nets.iter().map(address::text).collect())
}

fn ports(ports: &PortSet) -> String {
    ports.to_string()
}

fn tags(selector: &TagSelector) -> String {
    let tags = selector.tags.iter().map(|(key, values)| {
        format!(
            "{}={}",
            quoted(key),
            list(values.iter().map(|value| quoted(value)).collect())
        )
    });
    let kind = selector.kind.map(|kind| format!("kind={kind}"));
    tags.chain(kind).collect::<Vec<_>>().join(" ")
}

fn end(end: &End) -> String {
    let form = match &end.form {
        EndForm::Id(id) => format!("id {}", quoted(id.as_str())),
        EndForm::Lambda { function, qualifier } => {
            format!("lambda {}", quoted(function))
                + &qualifier
                    .as_ref()
                    .map_or_else(String::new, |q| format!(" {}", quoted(q)))
        }
        EndForm::Workload {
            subnets,
            security_groups,
            assign_public_ip,
        } => format!(
            "workload {} {} {assign_public_ip}",
            list(subnets.iter().map(|id| quoted(id.as_str())).collect()),
            list(security_groups.iter().map(|id| quoted(id.as_str())).collect())
        ),
        EndForm::Tagged(selector) => format!("tag {}", tags(selector)),
        EndForm::Internet => "internet".into(),
        EndForm::LoadBalancer(named) => format!("loadBalancer {}", quoted(named)),
        EndForm::Rds(named) => format!("rds {}", quoted(named)),
        EndForm::Addresses(addresses) => format!("ip {}", nets(addresses)),
        EndForm::PrefixList(id) => format!("prefixList {}", quoted(id.as_str())),
        EndForm::OnPremises(addresses) => format!("onPremises {}", nets(addresses)),
        EndForm::Host { name, pinned } => format!("host {} {}", quoted(name), nets(pinned)),
    };
    let place = [
        ("account", end.account.as_ref().map(AccountId::as_str)),
        ("region", end.region.as_ref().map(Region::as_str)),
        ("vpc", end.vpc.as_ref().map(VpcId::as_str)),
    ];
    place
        .into_iter()
        .filter_map(|(key, id)| Some(format!(" {key}={}", quoted(id?))))
        .fold(form, |text, place| text + &place)
}

fn components(components: &[Component]) -> Option<String> {
    let text = |component: &Component| match component {
        Component::Id(id) => quoted(id.as_str()),
        Component::Kind(kind) => kind.to_string(),
    };
    (!components.is_empty()).then(|| components.iter().map(text).collect::<Vec<_>>().join(" "))
}

fn filter(filter: &PacketFilter) -> Option<String> {
    let fields = [
        ("source", filter.source_address.as_ref().map(address::text)),
        (
            "destination",
            filter.destination_address.as_ref().map(address::text),
        ),
        ("sourcePorts", filter.source_ports.as_ref().map(ports)),
        ("destinationPorts", filter.destination_ports.as_ref().map(ports)),
    ];
    let said: Vec<String> = fields
        .into_iter()
        .filter_map(|(key, value)| Some(format!("{key}={}", value?)))
        .collect();
    (!said.is_empty()).then(|| said.join(" "))
}
