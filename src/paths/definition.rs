//! The hash of a path as declared: whether two declarations ask the same question of the network.

use sha2::{Digest, Sha256};

use crate::network::id::{AccountId, Region, VpcId};
use crate::text::hexadecimal;

use super::address;
use super::model::{
    Component, End, EndForm, Expect, IpAddressType, PacketFilter, PortSet, Reply, Require, RequiredPath,
    TagSelector,
};

impl RequiredPath {
    /// SHA-256 in hexadecimal of everything that changes what is evaluated. Names, owners, severities, mutes, lines and
    /// the order of alternatives do not; the form of this text is the same in every version that reads old state.
    pub fn definition_hash(&self) -> String {
        hexadecimal(&Sha256::digest(self.definition().as_bytes()))
    }

    /// What is hashed: one thing a line, absent ones left out.
    fn definition(&self) -> String {
        let mut text = "hopwatch path 1".to_owned();
        let mut say = |key: &str, value: Option<String>| {
            if let Some(value) = value {
                text.extend(["\n", key, " ", &value]);
            }
        };
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
        text
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
            "workload subnets {} groups {} public={assign_public_ip}",
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

#[cfg(test)]
mod tests {
    use crate::paths::model::RequiredPath;
    use crate::paths::read;

    fn path(source: &str, destination: &str, keys: &str) -> RequiredPath {
        let text = format!(
            "version: 1\npaths:\n  - {{ name: p, source: {source}, destination: {destination}{keys} }}\n"
        );
        let read = read(&text, "hopwatch.yaml", None)
            .unwrap_or_else(|errors| panic!("{text}{:?}", errors.problems()));
        read.file.paths.into_iter().next().unwrap()
    }

    fn hash(source: &str, destination: &str, keys: &str) -> String {
        path(source, destination, keys).definition_hash()
    }

    /// State that is kept hangs on these: a change here withdraws every open incident of everybody.
    #[test]
    fn the_definition_of_old_paths_stays_what_it_is() {
        let everything = path(
            "{ tag: { Name: [b, a], 'k y': \"q\\\"\" }, kind: instance, account: \"111122223333\", region: eu-west-1, vpc: vpc-0aa11bb2 }",
            "{ host: Partner.example, ip: [198.51.100.23, 198.51.100.22] }",
            ", protocol: udp, destinationPort: [53, 50-52, 99], clientPorts: 1024-65535, ipAddressType: ipv4, require: any, reply: ignored, \
             via: [nat-0aa11bb2, internet-gateway], notVia: [transit-gateway, instance], filterAtSource: { sourceAddress: 10.0.0.0/8 }, \
             filterAtDestination: { destinationPortRange: { fromPort: 5, toPort: 6 } }",
        );
        let ends = [
            "eni-0aa11bb2",
            "{ lambda: \"sync:live\" }",
            "{ subnets: [subnet-0bb11bb2, subnet-0aa11bb2], securityGroups: [sg-0aa11bb2], assignPublicIp: true }",
            "{ loadBalancer: shop }",
            "{ rds: orders }",
            "internet",
            "pl-6da54004",
            "{ onPremises: 192.168.0.0/16 }",
            "2001:db8::1",
        ];
        let ends = ends
            .iter()
            .map(|end| path(end, "10.0.0.1", ", protocol: all, expect: blocked"));
        let told: Vec<_> = std::iter::once(everything)
            .chain(ends)
            .map(|path| format!("{}\n= {}\n", path.definition(), path.definition_hash()))
            .collect();
        insta::assert_snapshot!(told.join("\n"));
    }

    #[test]
    fn what_changes_the_question_changes_the_hash() {
        let base = hash("eni-0aa11bb2", "10.0.0.1", ", destinationPort: 22");
        assert_eq!(base.len(), 64);
        for (source, destination, keys) in [
            ("eni-0aa11bb3", "10.0.0.1", ", destinationPort: 22"),
            ("eni-0aa11bb2", "10.0.0.2", ", destinationPort: 22"),
            (
                "eni-0aa11bb2",
                "{ onPremises: 10.0.0.1 }",
                ", destinationPort: 22",
            ),
            (
                "eni-0aa11bb2",
                "{ ip: 10.0.0.1, region: eu-west-1 }",
                ", destinationPort: 22",
            ),
            ("eni-0aa11bb2", "10.0.0.1", ", destinationPort: 23"),
            ("eni-0aa11bb2", "10.0.0.1", ", destinationPort: 22, protocol: udp"),
            (
                "eni-0aa11bb2",
                "10.0.0.1",
                ", destinationPort: 22, expect: blocked",
            ),
            ("eni-0aa11bb2", "10.0.0.1", ", destinationPort: 22, require: any"),
            (
                "eni-0aa11bb2",
                "10.0.0.1",
                ", destinationPort: 22, reply: ignored",
            ),
            (
                "eni-0aa11bb2",
                "10.0.0.1",
                ", destinationPort: 22, ipAddressType: dualstack",
            ),
            (
                "eni-0aa11bb2",
                "10.0.0.1",
                ", destinationPort: 22, clientPorts: 1024",
            ),
            (
                "eni-0aa11bb2",
                "10.0.0.1",
                ", destinationPort: 22, via: [nat-gateway]",
            ),
            (
                "eni-0aa11bb2",
                "10.0.0.1",
                ", destinationPort: 22, notVia: [nat-gateway]",
            ),
            (
                "eni-0aa11bb2",
                "10.0.0.1",
                ", destinationPort: 22, filterAtSource: { sourceAddress: 10.0.0.9 }",
            ),
            (
                "eni-0aa11bb2",
                "10.0.0.1",
                ", destinationPort: 22, filterAtDestination: { sourceAddress: 10.0.0.9 }",
            ),
        ] {
            assert_ne!(
                hash(source, destination, keys),
                base,
                "{source} {destination} {keys}"
            );
        }
        assert_ne!(
            hash(
                "eni-0aa11bb2",
                "10.0.0.1",
                ", destinationPort: 22, via: [nat-gateway, instance]"
            ),
            hash(
                "eni-0aa11bb2",
                "10.0.0.1",
                ", destinationPort: 22, via: [instance, nat-gateway]"
            ),
            "`via` is an order"
        );
    }

    #[test]
    fn what_does_not_change_it_does_not() {
        let base = hash("eni-0aa11bb2", "10.0.0.1", ", destinationPort: 22");
        for keys in [
            ", destinationPort: [22]",
            ", destinationPort: \"22-22\", protocol: tcp, expect: reachable, require: all, reply: required",
            ", destinationPort: 22, severity: low, owner: me, runbook: https://wiki.example, labels: { a: b }, settle: 1m, confirm: reachability-analyzer",
            ", destinationPort: 22, topicArn: arn:aws:sns:eu-west-1:111122223333:a, remindAfter: never, remindEvery: 2h",
            ", destinationPort: 22, muteUntil: 2030-01-01T00:00:00Z, reason: r, maintenanceWindows: [{ cron: 0 2 * * *, duration: 1h }]",
        ] {
            assert_eq!(hash("eni-0aa11bb2", "10.0.0.1", keys), base, "{keys}");
        }
        let arn = "arn:aws:ec2:eu-west-1:111122223333:network-interface/eni-0aa11bb2";
        assert_eq!(hash(arn, "10.0.0.1", ", destinationPort: 22"), base);
        let named = path("eni-0aa11bb2", "{ ip: [10.0.0.1] }", ", destinationPort: 22");
        assert_eq!(
            RequiredPath {
                name: "q".into(),
                line: 99,
                ..named
            }
            .definition_hash(),
            base
        );
        assert_eq!(
            hash(
                "eni-0aa11bb2",
                "{ ip: [10.0.0.1, 10.0.0.2] }",
                ", expect: blocked"
            ),
            hash(
                "eni-0aa11bb2",
                "{ ip: [10.0.0.2, 10.0.0.1, 10.0.0.2] }",
                ", expect: blocked, reply: ignored, destinationPort: all"
            ),
        );
        assert_eq!(
            hash(
                "eni-0aa11bb2",
                "10.0.0.1",
                ", destinationPort: 22, notVia: [instance, nat-gateway]"
            ),
            hash(
                "eni-0aa11bb2",
                "10.0.0.1",
                ", destinationPort: 22, notVia: [nat-gateway, instance]"
            ),
        );
    }
}
