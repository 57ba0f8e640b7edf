//! The snapshot as plain JSON, and the look-ups in it.

use std::collections::BTreeSet;
use std::net::IpAddr;

use serde_json::Value;

use super::address::{Cidr, is_private_v4};
use super::choice::Truth;

/// A simulator of single packets over the JSON that `aws ec2 describe-*` prints.
#[derive(Debug)]
pub(crate) struct Oracle<'a> {
    snapshot: &'a Value,
    transparent: BTreeSet<String>,
    owners: Vec<(&'a str, Cidr, &'a Value)>,
    edges: Vec<u16>,
    task_addresses: Vec<IpAddr>,
    /// Every block that is named anywhere.
    named_blocks: Vec<Cidr>,
}

/// The text in a field.
pub(crate) fn text<'a>(value: &'a Value, field: &str) -> Option<&'a str> {
    value[field].as_str()
}

/// The text in a field, or nothing.
pub(crate) fn word<'a>(value: &'a Value, field: &str) -> &'a str {
    text(value, field).unwrap_or("")
}

/// The elements of a list in a field; none where it is absent.
pub(crate) fn each<'a>(value: &'a Value, field: &str) -> &'a [Value] {
    value[field].as_array().map_or(&[], Vec::as_slice)
}

/// What a state says: in force, not in force, or on its way.
pub(crate) fn state(value: Option<&str>, good: &[&str], between: &[&str], about: &str) -> Truth {
    match value {
        Some(s) if good.contains(&s) => Truth::Yes,
        Some(s) if between.contains(&s) => Truth::Maybe(format!("state of {about}")),
        Some(_) => Truth::No,
        None => Truth::Maybe(format!("state of {about}")),
    }
}

/// The same, where an absent state means that all is well.
pub(crate) fn state_or_good(value: Option<&str>, good: &[&str], between: &[&str], about: &str) -> Truth {
    match value {
        None => Truth::Yes,
        some => state(some, good, between, about),
    }
}

/// The own addresses of an interface: IPv4, IPv6, delegated prefixes.
pub(crate) fn own_prefixes(interface: &Value) -> Vec<Cidr> {
    let mut own = Vec::new();
    for (list, field) in [
        ("PrivateIpAddresses", "PrivateIpAddress"),
        ("Ipv6Addresses", "Ipv6Address"),
        ("Ipv4Prefixes", "Ipv4Prefix"),
        ("Ipv6Prefixes", "Ipv6Prefix"),
    ] {
        own.extend(
            each(interface, list)
                .iter()
                .filter_map(|v| Cidr::parse(word(v, field))),
        );
    }
    if each(interface, "PrivateIpAddresses").is_empty() {
        own.extend(Cidr::parse(word(interface, "PrivateIpAddress")));
    }
    own
}

impl<'a> Oracle<'a> {
    /// A simulator of this network.
    pub(crate) fn new(snapshot: &'a Value) -> Self {
        let mut owners = Vec::new();
        for interface in each(snapshot, "NetworkInterfaces") {
            for prefix in own_prefixes(interface) {
                owners.push((word(interface, "VpcId"), prefix, interface));
            }
        }
        let mut edges = BTreeSet::from([1024, 65535]);
        for acl in each(snapshot, "NetworkAcls") {
            for entry in each(acl, "Entries") {
                for end in ["From", "To"] {
                    if let Some(port) = entry["PortRange"][end].as_i64() {
                        edges.extend([port - 1, port, port + 1]);
                    }
                }
            }
        }
        for range in firewall_ports(snapshot) {
            edges.extend([range - 1, range, range + 1]);
        }
        // A task's public address is not known before it runs: one that no rule names, and one of every block named.
        let mut task_addresses = vec![Cidr::of("54.0.0.1").nth(0)];
        let mut blocks: Vec<&str> = Vec::new();
        for acl in each(snapshot, "NetworkAcls") {
            blocks.extend(each(acl, "Entries").iter().map(|e| word(e, "CidrBlock")));
        }
        for group in each(snapshot, "SecurityGroups") {
            for permission in each(group, "IpPermissions") {
                blocks.extend(each(permission, "IpRanges").iter().map(|r| word(r, "CidrIp")));
            }
        }
        for list in each(snapshot, "PrefixLists") {
            blocks.extend(each(list, "Cidrs").iter().filter_map(Value::as_str));
        }
        for block in blocks.into_iter().filter_map(Cidr::parse) {
            let one = block.nth(1);
            let taken = task_addresses.contains(&one) || snapshot.to_string().contains(&format!("\"{one}\""));
            if !block.is_v6() && !is_private_v4(one) && block.length > 0 && !taken {
                task_addresses.push(one);
            }
        }
        task_addresses.truncate(6);
        Self {
            snapshot,
            task_addresses,
            named_blocks: named_blocks(snapshot),
            transparent: BTreeSet::new(),
            owners,
            edges: edges
                .into_iter()
                .filter_map(|p| u16::try_from(p).ok())
                .filter(|p| *p >= 1024)
                .collect(),
        }
    }

    /// The same, with appliances declared transparent.
    pub(crate) fn with_transparent(mut self, ids: &[&str]) -> Self {
        self.transparent = ids.iter().map(|id| (*id).to_owned()).collect();
        self
    }

    /// Whether an appliance is declared transparent.
    pub(super) fn is_transparent(&self, ids: &[&str]) -> bool {
        ids.iter().any(|id| self.transparent.contains(*id))
    }

    /// The source ports of a NAT gateway that can make a difference: the ends of its range, and those around every
    /// port that a network ACL names.
    pub(crate) fn nat_ports(&self) -> &[u16] {
        &self.edges
    }

    /// The ports that any rule names, and those beside them.
    pub(crate) fn named_ports(&self) -> Vec<u16> {
        let mut all: BTreeSet<i64> = self.edges.iter().map(|p| i64::from(*p)).collect();
        let entries = self.all("NetworkAcls").iter().flat_map(|a| each(a, "Entries"));
        let ends = entries.flat_map(|e| [&e["PortRange"]["From"], &e["PortRange"]["To"]]);
        let permissions = self
            .all("SecurityGroups")
            .iter()
            .flat_map(|g| [each(g, "IpPermissions"), each(g, "IpPermissionsEgress")].concat());
        let named: Vec<i64> = ends
            .cloned()
            .chain(permissions.flat_map(|p| [p["FromPort"].clone(), p["ToPort"].clone()]))
            .filter_map(|v| v.as_i64())
            .collect();
        all.extend(named.iter().flat_map(|p| [p - 1, *p, p + 1]));
        all.into_iter()
            .filter_map(|p| u16::try_from(p).ok())
            .filter(|p| *p > 0)
            .collect()
    }

    /// Public addresses that stand for what a task may get.
    pub(super) fn task_addresses(&self) -> &[IpAddr] {
        &self.task_addresses
    }

    /// Usable addresses of a subnet that rules and routes may treat in different ways: at its ends, and at those of every
    /// block inside it that is named anywhere.
    pub(super) fn telling_addresses(&self, subnet: &str) -> Vec<IpAddr> {
        let found = self.subnet(subnet);
        let Some(block) = found.and_then(|s| Cidr::parse(word(s, "CidrBlock"))) else {
            return Vec::new();
        };
        let count = 1u128 << (32 - u32::from(block.length));
        let mut all = BTreeSet::from([block.nth(4), block.nth(count - 2)]);
        for named in self
            .named_blocks
            .iter()
            .filter(|named| named.length > block.length)
        {
            all.extend(
                [named.nth(0), named.last()]
                    .into_iter()
                    .filter(|a| block.contains(*a)),
            );
        }
        all.into_iter().filter(|a| !block.reserves(*a)).collect()
    }

    /// All resources of a kind.
    pub(crate) fn all(&self, kind: &str) -> &'a [Value] {
        each(self.snapshot, kind)
    }

    /// Whether a kind was read.
    pub(super) fn has(&self, kind: &str) -> bool {
        self.snapshot[kind].is_array()
    }

    /// The resource of a kind with this id.
    pub(super) fn find(&self, kind: &str, field: &str, id: &str) -> Option<&'a Value> {
        self.all(kind).iter().find(|v| text(v, field) == Some(id))
    }

    /// A subnet.
    pub(crate) fn subnet(&self, id: &str) -> Option<&'a Value> {
        self.find("Subnets", "SubnetId", id)
    }

    /// An interface.
    pub(crate) fn interface(&self, id: &str) -> Option<&'a Value> {
        self.find("NetworkInterfaces", "NetworkInterfaceId", id)
    }

    /// A Lambda function, by name.
    pub(crate) fn function(&self, name: &str) -> Option<&'a Value> {
        self.find("Functions", "FunctionName", name)
    }

    /// The private addresses of a NAT gateway.
    pub(crate) fn nat_private(&self, id: &str) -> Vec<IpAddr> {
        self.find("NatGateways", "NatGatewayId", id)
            .map(Self::nat_addresses)
            .unwrap_or_default()
            .into_iter()
            .filter_map(|a| word(a, "PrivateIp").parse().ok())
            .collect()
    }

    /// Whether an instance runs Windows.
    pub(crate) fn runs_windows(&self, id: &str) -> bool {
        self.all("Reservations")
            .iter()
            .flat_map(|r| each(r, "Instances"))
            .filter(|i| text(i, "InstanceId") == Some(id))
            .any(|i| word(i, "Platform") == "windows" || word(i, "PlatformDetails").starts_with("Windows"))
    }

    /// Whether what a packet arrived at is in the VPC.
    pub(crate) fn is_in(&self, at: &str, vpc: &str) -> bool {
        self.interface(at).is_some_and(|i| word(i, "VpcId") == vpc)
    }

    /// The VPCs in which some interface owns an address.
    pub(crate) fn vpcs_with(&self, ip: IpAddr) -> BTreeSet<&'a str> {
        self.owners(ip).map(|i| word(i, "VpcId")).collect()
    }

    /// The interface of a VPC that owns an address.
    pub(super) fn owner(&self, vpc: &str, ip: IpAddr) -> Option<&'a Value> {
        self.owners
            .iter()
            .find(|(of, prefix, _)| *of == vpc && prefix.contains(ip))
            .map(|(_, _, interface)| *interface)
    }

    /// The interfaces, of any VPC, that own an address.
    pub(super) fn owners(&self, ip: IpAddr) -> impl Iterator<Item = &'a Value> {
        self.owners
            .iter()
            .filter(move |(_, prefix, _)| prefix.contains(ip))
            .map(|(_, _, interface)| *interface)
    }

    /// Whether an address is in a block of the VPC that counts.
    pub(super) fn vpc_has(&self, id: &str, ip: IpAddr) -> Truth {
        let Some(vpc) = self.find("Vpcs", "VpcId", id) else {
            return Truth::Maybe(format!("blocks of {id}"));
        };
        let set = if ip.is_ipv6() {
            "Ipv6CidrBlockAssociationSet"
        } else {
            "CidrBlockAssociationSet"
        };
        if !ip.is_ipv6() && each(vpc, set).is_empty() {
            return Truth::from_bool(Cidr::parse(word(vpc, "CidrBlock")).is_some_and(|c| c.contains(ip)));
        }
        each(vpc, set)
            .iter()
            .fold(Truth::No, |so_far, block| so_far.or(block_has(block, ip, id)))
    }

    /// The blocks of a VPC that count or may count.
    pub(super) fn vpc_blocks(&self, id: &str, v6: bool) -> Vec<(Cidr, Truth)> {
        let Some(vpc) = self.find("Vpcs", "VpcId", id) else {
            return Vec::new();
        };
        let (set, field) = if v6 {
            ("Ipv6CidrBlockAssociationSet", "Ipv6CidrBlock")
        } else {
            ("CidrBlockAssociationSet", "CidrBlock")
        };
        if !v6 && each(vpc, set).is_empty() {
            return Cidr::parse(word(vpc, "CidrBlock"))
                .into_iter()
                .map(|c| (c, Truth::Yes))
                .collect();
        }
        each(vpc, set)
            .iter()
            .filter_map(|block| {
                let cidr = Cidr::parse(word(block, field))?;
                Some((cidr, block_has(block, cidr.nth(0), id)))
            })
            .collect()
    }

    /// Whether an IPv6 address is in a block of the VPC that is advertised to the internet.
    pub(super) fn vpc_has_public(&self, id: &str, ip: IpAddr) -> Truth {
        let Some(vpc) = self.find("Vpcs", "VpcId", id) else {
            return Truth::Maybe(format!("blocks of {id}"));
        };
        each(vpc, "Ipv6CidrBlockAssociationSet")
            .iter()
            .fold(Truth::No, |so_far, block| {
                let public = match text(block, "Ipv6AddressAttribute") {
                    Some("public") => Truth::Yes,
                    Some("private") => Truth::No,
                    Some(_) => Truth::Maybe(format!("attribute of a block of {id}")),
                    None => Truth::from_bool(Cidr::of("2000::/3").contains(ip)),
                };
                so_far.or(block_has(block, ip, id).and(public))
            })
    }

    /// Whether an address is in the subnet's own blocks.
    pub(super) fn subnet_has(&self, id: &str, ip: IpAddr) -> Truth {
        let Some(subnet) = self.subnet(id) else {
            return Truth::Maybe(format!("blocks of {id}"));
        };
        if !ip.is_ipv6() {
            return Truth::from_bool(Cidr::parse(word(subnet, "CidrBlock")).is_some_and(|c| c.contains(ip)));
        }
        each(subnet, "Ipv6CidrBlockAssociationSet")
            .iter()
            .fold(Truth::No, |so_far, block| so_far.or(block_has(block, ip, id)))
    }

    /// Whether AWS keeps an address of the VPC for itself.
    pub(super) fn is_reserved(&self, vpc: &str, ip: IpAddr) -> bool {
        self.all("Subnets")
            .iter()
            .filter(|s| word(s, "VpcId") == vpc)
            .any(|s| {
                let v6 = each(s, "Ipv6CidrBlockAssociationSet")
                    .iter()
                    .map(|b| word(b, "Ipv6CidrBlock"));
                std::iter::once(word(s, "CidrBlock"))
                    .chain(v6)
                    .filter_map(Cidr::parse)
                    .any(|c| c.reserves(ip))
            })
    }

    /// Whether the address is the resolver's: the third of the VPC's primary block.
    pub(super) fn is_resolver(&self, vpc: &str, ip: IpAddr) -> bool {
        self.find("Vpcs", "VpcId", vpc)
            .and_then(|v| Cidr::parse(word(v, "CidrBlock")))
            .is_some_and(|c| c.nth(2) == ip)
    }

    /// Whether two subnets stand in one zone.
    pub(super) fn same_zone(&self, a: &str, b: &str) -> Truth {
        let field = |id: &str, field: &str| self.subnet(id).and_then(|s| text(s, field));
        for by in ["AvailabilityZoneId", "AvailabilityZone"] {
            if let (Some(a), Some(b)) = (field(a, by), field(b, by)) {
                return Truth::from_bool(a == b);
            }
        }
        Truth::Maybe(format!("zones of {a} and {b}"))
    }

    /// Whether two subnets meet transit gateways in one zone: a Local Zone counts as its parent (section 10).
    pub(super) fn same_transit_zone(&self, a: &str, b: &str) -> Truth {
        let is_local = |id: &str| id.matches('-').count() > 1;
        let zone = |subnet: &str| self.subnet(subnet).and_then(|s| text(s, "AvailabilityZoneId"));
        let (of_a, of_b) = (zone(a), zone(b));
        if ![of_a, of_b].into_iter().flatten().any(is_local) {
            return self.same_zone(a, b);
        }
        let parent = |id: &'_ str| {
            if !is_local(id) {
                return Some(id.to_owned());
            }
            let zone = self.find("AvailabilityZones", "ZoneId", id)?;
            let hangs_on = text(zone, "ParentZoneId").filter(|_| word(zone, "ZoneType") == "local-zone");
            hangs_on.map(str::to_owned)
        };
        match (of_a.and_then(parent), of_b.and_then(parent)) {
            (Some(a), Some(b)) => Truth::from_bool(a == b),
            _ => Truth::Maybe(format!("zones of {a} and {b}")),
        }
    }

    /// Whether an interface is attached (section 5).
    pub(super) fn is_attached(interface: &Value) -> Truth {
        state_or_good(
            text(interface, "Status"),
            &["in-use", "associated"],
            &["attaching", "detaching", "pending"],
            word(interface, "NetworkInterfaceId"),
        )
    }

    /// Whether what an interface is attached to runs (section 5).
    pub(super) fn is_running(&self, interface: &Value) -> Truth {
        let Some(instance) = text(&interface["Attachment"], "InstanceId") else {
            return Truth::Yes;
        };
        let found = self
            .all("Reservations")
            .iter()
            .flat_map(|r| each(r, "Instances"))
            .find(|i| text(i, "InstanceId") == Some(instance));
        state(
            found.and_then(|i| text(&i["State"], "Name")),
            &["running"],
            &["pending", "stopping"],
            instance,
        )
    }

    /// The groups that an interface carries.
    pub(super) fn groups(interface: &Value) -> Vec<String> {
        each(interface, "Groups")
            .iter()
            .map(|g| word(g, "GroupId").to_owned())
            .collect()
    }

    /// The private addresses of a NAT gateway that are in use, each with its public one.
    pub(super) fn nat_addresses(gateway: &Value) -> Vec<&Value> {
        each(gateway, "NatGatewayAddresses")
            .iter()
            .filter(|a| matches!(text(a, "Status"), None | Some("succeeded")))
            .collect()
    }
}

fn named_blocks(value: &Value) -> Vec<Cidr> {
    match value {
        Value::String(text) if text.contains('/') => Cidr::parse(text).into_iter().collect(),
        Value::Array(all) => all.iter().flat_map(named_blocks).collect(),
        Value::Object(fields) => fields.values().flat_map(named_blocks).collect(),
        _ => Vec::new(),
    }
}

/// The ports that the stateless rules of firewalls name.
fn firewall_ports(snapshot: &Value) -> Vec<i64> {
    each(snapshot, "RuleGroups")
        .iter()
        .map(|g| &g["RuleGroup"]["RulesSource"]["StatelessRulesAndCustomActions"])
        .flat_map(|s| each(s, "StatelessRules"))
        .map(|r| &r["RuleDefinition"]["MatchAttributes"])
        .flat_map(|a| [each(a, "SourcePorts"), each(a, "DestinationPorts")].concat())
        .flat_map(|r| [r["FromPort"].as_i64(), r["ToPort"].as_i64()])
        .flatten()
        .collect()
}

fn block_has(block: &Value, ip: IpAddr, of: &str) -> Truth {
    let (field, state_field) = if ip.is_ipv6() {
        ("Ipv6CidrBlock", "Ipv6CidrBlockState")
    } else {
        ("CidrBlock", "CidrBlockState")
    };
    if !Cidr::parse(word(block, field)).is_some_and(|c| c.contains(ip)) {
        return Truth::No;
    }
    state_or_good(
        text(&block[state_field], "State"),
        &["associated"],
        &["associating", "disassociating"],
        &format!("block {} of {of}", word(block, field)),
    )
}
