//! Security groups and network ACLs: what one rule says of one packet (sections 1 and 2).

use std::net::IpAddr;

use serde_json::Value;

use super::address::Cidr;
use super::choice::Truth;
use super::packet::{Fields, ICMP, ICMPV6, Packet, TCP, UDP};
use super::view::{Oracle, each, text, word};

/// Whether a permission's protocol and ports fit the packet (section 1.2).
fn permission_fits(permission: &Value, packet: &Packet) -> bool {
    let protocol = match word(permission, "IpProtocol") {
        "-1" => return true,
        "tcp" => TCP,
        "udp" => UDP,
        "icmp" => ICMP,
        "icmpv6" => ICMPV6,
        number => match number.parse::<u8>() {
            Ok(n) => n,
            Err(_) => return false,
        },
    };
    if protocol != packet.protocol {
        return false;
    }
    let from = permission["FromPort"].as_i64();
    let to = permission["ToPort"].as_i64();
    match packet.fields {
        Fields::Ports { destination, .. } => {
            let port = i64::from(destination);
            match (from, to) {
                (None, _) | (_, None) | (Some(-1), _) => true,
                (Some(from), Some(to)) => from <= port && port <= to,
            }
        }
        Fields::Icmp { kind, code } => {
            let any = |field: Option<i64>, value: u8| match field {
                None | Some(-1) => true,
                Some(n) => n == i64::from(value),
            };
            from.is_none_or(|f| f == -1) || (any(from, kind) && any(to, code))
        }
        Fields::Nothing => true,
    }
}

/// Whether an entry's protocol and ports fit the packet (section 2).
fn entry_fits(entry: &Value, packet: &Packet) -> bool {
    let protocol = word(entry, "Protocol");
    if protocol == "-1" {
        return true;
    }
    if protocol.parse::<u8>() != Ok(packet.protocol) {
        return false;
    }
    match packet.fields {
        Fields::Ports { destination, .. } => {
            let port = i64::from(destination);
            let range = &entry["PortRange"];
            range["From"].as_i64().is_none_or(|from| from <= port)
                && range["To"].as_i64().is_none_or(|to| port <= to)
        }
        Fields::Icmp { kind, code } => {
            if packet.protocol == ICMPV6 && text(entry, "Ipv6CidrBlock").is_none() {
                return true;
            }
            let any = |field: &str, value: u8| {
                entry["IcmpTypeCode"][field]
                    .as_i64()
                    .is_none_or(|n| n == -1 || n == i64::from(value))
            };
            any("Type", kind) && any("Code", code)
        }
        Fields::Nothing => true,
    }
}

impl Oracle<'_> {
    /// Whether an address is in a prefix list.
    pub(super) fn prefix_list_has(&self, id: &str, ip: IpAddr) -> Truth {
        match self.prefix_list(id) {
            Some(entries) => Truth::from_bool(entries.iter().any(|c| c.contains(ip))),
            None => Truth::Maybe(format!("{ip} in {id}")),
        }
    }

    /// The entries of a prefix list, where they are known.
    pub(super) fn prefix_list(&self, id: &str) -> Option<Vec<Cidr>> {
        let list = self.find("PrefixLists", "PrefixListId", id)?;
        let entries = list["Cidrs"].as_array()?;
        Some(
            entries
                .iter()
                .filter_map(|c| Cidr::parse(c.as_str().unwrap_or("")))
                .collect(),
        )
    }

    /// Whether some rule of these groups lets the packet pass. `far` is the address that rules are about; `reference`
    /// says whether a reference to a group is met.
    pub(super) fn groups_allow(
        &self,
        groups: &[String],
        egress: bool,
        packet: &Packet,
        mut reference: impl FnMut(&str) -> Truth,
    ) -> Truth {
        let far = if egress { packet.destination } else { packet.source };
        let mut allowed = Truth::No;
        for id in groups {
            let Some(group) = self.find("SecurityGroups", "GroupId", id) else {
                allowed = allowed.or(Truth::Maybe(format!("rules of {id}")));
                continue;
            };
            let permissions = if egress {
                "IpPermissionsEgress"
            } else {
                "IpPermissions"
            };
            for permission in each(group, permissions) {
                if !permission_fits(permission, packet) {
                    continue;
                }
                for (list, field) in [("IpRanges", "CidrIp"), ("Ipv6Ranges", "CidrIpv6")] {
                    for range in each(permission, list) {
                        let hit = Cidr::parse(word(range, field)).is_some_and(|c| c.contains(far));
                        allowed = allowed.or(Truth::from_bool(hit));
                    }
                }
                for list in each(permission, "PrefixListIds") {
                    allowed = allowed.or(self.prefix_list_has(word(list, "PrefixListId"), far));
                }
                for pair in each(permission, "UserIdGroupPairs") {
                    if matches!(text(pair, "PeeringStatus"), None | Some("active")) {
                        allowed = allowed.or(reference(word(pair, "GroupId")));
                    }
                }
            }
        }
        allowed
    }

    /// Whether the network ACL of a subnet lets the packet out of it, or into it.
    pub(super) fn acl_allows(&self, subnet: &str, egress: bool, packet: &Packet) -> Truth {
        let vpc = self.subnet(subnet).map_or("", |s| word(s, "VpcId"));
        let acls = self.all("NetworkAcls");
        let own = acls.iter().find(|acl| {
            each(acl, "Associations")
                .iter()
                .any(|a| text(a, "SubnetId") == Some(subnet))
        });
        let default = || {
            acls.iter()
                .find(|acl| acl["IsDefault"] == true && word(acl, "VpcId") == vpc)
        };
        let Some(acl) = own.or_else(default) else {
            return Truth::Maybe(format!("network ACL of {subnet}, {egress}, {packet}"));
        };
        let far = if egress { packet.destination } else { packet.source };
        let mut entries: Vec<&Value> = each(acl, "Entries")
            .iter()
            .filter(|e| (e["Egress"] == true) == egress)
            .collect();
        entries.sort_by_key(|e| e["RuleNumber"].as_i64());
        for entry in entries {
            let field = if far.is_ipv6() {
                "Ipv6CidrBlock"
            } else {
                "CidrBlock"
            };
            let near = Cidr::parse(word(entry, field)).is_some_and(|c| c.contains(far));
            if near && entry_fits(entry, packet) {
                return Truth::from_bool(word(entry, "RuleAction") == "allow");
            }
        }
        Truth::No
    }
}
