//! Components as people know them: what they are, the name somebody gave them, their id.

use std::collections::{BTreeMap, BTreeSet};

use crate::network::Kind;
use crate::network::id::ResourceId;
use crate::reach::report::{Hop, PathResult};

use super::clean::{NAME_COLUMNS, clean_to};

/// What a component is, in the words of those who run networks.
pub fn kind_word(kind: Kind) -> &'static str {
    match kind {
        Kind::Instance => "instance",
        Kind::NetworkInterface => "interface",
        Kind::Lambda => "function",
        Kind::Workload => "workload",
        Kind::Rds => "database",
        Kind::Subnet => "subnet",
        Kind::SecurityGroup => "security group",
        Kind::NetworkAcl => "NACL",
        Kind::RouteTable => "route table",
        Kind::NatGateway => "NAT gateway",
        Kind::InternetGateway => "internet gateway",
        Kind::EgressOnlyInternetGateway => "egress-only internet gateway",
        Kind::VpcPeeringConnection => "peering",
        Kind::TransitGateway => "transit gateway",
        Kind::TransitGatewayAttachment => "transit gateway attachment",
        Kind::TransitGatewayRouteTable => "transit gateway route table",
        Kind::VpcEndpoint => "VPC endpoint",
        Kind::LoadBalancer => "load balancer",
        Kind::TargetGroup => "target group",
        Kind::NetworkFirewall => "firewall",
        Kind::VpnGateway => "virtual private gateway",
        Kind::VpnConnection => "VPN connection",
        Kind::DirectConnectGateway => "Direct Connect gateway",
        Kind::PrefixList => "prefix list",
        Kind::Vpc => "VPC",
        Kind::Internet => "internet",
        Kind::OnPremises => "on-premises",
        Kind::Unsupported => "component",
    }
}

/// The names of components, and how ids are shown: in full, or shortened where that keeps them apart.
#[derive(Debug, Clone, Default)]
pub(crate) struct Names {
    names: BTreeMap<String, String>,
    /// How often a name is given to components of one kind.
    uses: BTreeMap<(Kind, String), usize>,
    short: BTreeMap<String, String>,
}

impl Names {
    /// The names that these results tell of; ids in full.
    pub(crate) fn of<'a>(results: impl IntoIterator<Item = &'a PathResult>) -> Self {
        let mut names = Self::default();
        let mut seen = BTreeSet::new();
        for result in results {
            for blocker in &result.blockers {
                names.learn(
                    &mut seen,
                    blocker.kind,
                    &blocker.component,
                    blocker.component_name.as_deref(),
                );
                names.learn_subnet(
                    &mut seen,
                    blocker.subnet.as_deref(),
                    blocker.subnet_name.as_deref(),
                );
            }
            for hop in walks(result) {
                names.learn(&mut seen, hop.kind, &hop.component, hop.component_name.as_deref());
                names.learn_subnet(&mut seen, hop.subnet.as_deref(), hop.subnet_name.as_deref());
            }
        }
        names
    }

    /// The same, with ids shortened where no other id of the results begins alike.
    pub(crate) fn shortened<'a>(results: impl IntoIterator<Item = &'a PathResult> + Clone) -> Self {
        let mut ids = BTreeSet::new();
        for result in results.clone() {
            ids.extend(result.dependencies.iter().map(ResourceId::as_str));
            ids.extend(
                result
                    .blockers
                    .iter()
                    .flat_map(|b| [Some(b.component.as_str()), b.subnet.as_deref()])
                    .flatten(),
            );
            ids.extend(
                walks(result)
                    .flat_map(|h| [Some(h.component.as_str()), h.subnet.as_deref()])
                    .flatten(),
            );
        }
        let mut names = Self::of(results);
        names.short = shorten(&ids);
        names
    }

    fn learn(&mut self, seen: &mut BTreeSet<String>, kind: Kind, id: &str, name: Option<&str>) {
        if !seen.insert(id.to_owned()) {
            return;
        }
        let name = name
            .map(|name| clean_to(name, NAME_COLUMNS))
            .filter(|name| !name.is_empty())
            .or_else(|| arn_name(id));
        if let Some(name) = name {
            *self.uses.entry((kind, name.clone())).or_default() += 1;
            self.names.insert(id.to_owned(), name);
        }
    }

    fn learn_subnet(&mut self, seen: &mut BTreeSet<String>, id: Option<&str>, name: Option<&str>) {
        if let Some(id) = id {
            self.learn(seen, Kind::Subnet, id, name);
        }
    }

    /// Whether room is short.
    fn is_short(&self) -> bool {
        !self.short.is_empty()
    }

    /// An id, shortened where that is asked for and leaves it apart from all others.
    pub(crate) fn id(&self, id: &str) -> String {
        self.short
            .get(id)
            .cloned()
            .unwrap_or_else(|| clean_to(id, 2 * NAME_COLUMNS))
    }

    /// `NACL public-a (acl-0b2…)`
    pub(crate) fn component(&self, kind: Kind, id: &str) -> String {
        match self.with_id(id) {
            // `internet` and the like are words, not ids.
            text if text == kind.as_str() || text == kind_word(kind) => text,
            text => format!("{} {text}", kind_word(kind)),
        }
    }

    /// `NACL public-a` where that is one component only and room is short, else with its id.
    pub(crate) fn brief(&self, kind: Kind, id: &str) -> String {
        match self.names.get(id) {
            Some(name) if self.is_short() && self.is_used_once(kind, name) => {
                format!("{} {name}", kind_word(kind))
            }
            _ => self.component(kind, id),
        }
    }

    /// `public-a` where that is one subnet only, else with its id.
    pub(crate) fn subnet(&self, id: &str) -> String {
        match self.names.get(id) {
            Some(name) if self.is_used_once(Kind::Subnet, name) => name.clone(),
            _ => self.with_id(id),
        }
    }

    /// `public-a (subnet-0b2…)`; the id alone where there is no name, the name alone where the id is an ARN that says it.
    pub(crate) fn with_id(&self, id: &str) -> String {
        match self.names.get(id) {
            Some(name) if arn_name(id).is_some() => name.clone(),
            Some(name) => format!("{name} ({})", self.id(id)),
            None => self.id(id),
        }
    }

    /// Whether a name alone says which component of that kind is meant.
    fn is_used_once(&self, kind: Kind, name: &str) -> bool {
        self.uses
            .get(&(kind, name.to_owned()))
            .is_some_and(|uses| *uses == 1)
    }
}

/// Every hop of every walk.
fn walks(result: &PathResult) -> impl Iterator<Item = &Hop> {
    result
        .hops
        .iter()
        .chain(result.branches.iter().flat_map(|branch| &branch.hops))
}

/// The name that an ARN ends in: `function:order-sync`, `loadbalancer/app/shop/50dc6c495c0c9188`, `db:orders`.
fn arn_name(id: &str) -> Option<String> {
    let resource = id.strip_prefix("arn:")?.splitn(5, ':').nth(4)?;
    let name = match resource.split('/').collect::<Vec<_>>().as_slice() {
        ["loadbalancer", _, name, _] | ["targetgroup", name, _] | [_, name] => (*name).to_owned(),
        _ => resource
            .split_once(':')
            .map_or(resource, |(_, name)| name)
            .to_owned(),
    };
    Some(clean_to(&name, NAME_COLUMNS)).filter(|name| !name.is_empty())
}

/// Each AWS id with the shortest beginning of at least three characters after its prefix that no other id shares.
fn shorten(ids: &BTreeSet<&str>) -> BTreeMap<String, String> {
    const LEAST: usize = 3;
    let common = |a: &str, b: &str| a.bytes().zip(b.bytes()).take_while(|(a, b)| a == b).count();
    let sorted: Vec<&str> = ids.iter().copied().collect();
    let mut short = BTreeMap::new();
    for (index, id) in sorted.iter().enumerate() {
        let Some(prefix) = aws_id_prefix(id) else { continue };
        // Sorted: what shares the longest beginning stands beside it.
        let before = index
            .checked_sub(1)
            .and_then(|i| sorted.get(i))
            .map_or(0, |other| common(id, other));
        let after = sorted.get(index + 1).map_or(0, |other| common(id, other));
        let keep = (prefix + LEAST).max(before.max(after) + 1);
        if keep + 2 < id.len()
            && let Some(beginning) = id.get(..keep)
        {
            short.insert((*id).to_owned(), format!("{beginning}…"));
        }
    }
    short
}

/// How long the prefix of an id is that looks like AWS's own: `eni-` and 8 or 17 hexadecimal digits.
fn aws_id_prefix(id: &str) -> Option<usize> {
    let (prefix, digits) = id.rsplit_once('-')?;
    let ours = prefix.bytes().all(|b| b.is_ascii_lowercase() || b == b'-')
        && (8..=17).contains(&digits.len())
        && digits.bytes().all(|b| b.is_ascii_hexdigit());
    ours.then_some(prefix.len() + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_shortened_only_as_far_as_they_stay_apart() {
        let ids = BTreeSet::from([
            "acl-0b2c3d4e5f6071829",
            "acl-0b2c3d4e5f6071820",
            "acl-0a2c3d4e5f6071829",
            "internet",
            "i-0b2c3d4e",
        ]);
        let short = shorten(&ids);
        assert_eq!(
            short.get("acl-0a2c3d4e5f6071829").map(String::as_str),
            Some("acl-0a2…")
        );
        assert_eq!(
            short.get("acl-0b2c3d4e5f6071829"),
            None,
            "they differ in the last digit only"
        );
        assert_eq!(short.get("i-0b2c3d4e").map(String::as_str), Some("i-0b2…"));
        assert_eq!(short.get("internet"), None);
    }

    #[test]
    fn arns_end_in_a_name() {
        let name = |arn| arn_name(arn).unwrap_or_default();
        assert_eq!(
            name("arn:aws:lambda:eu-west-1:111122223333:function:order-sync"),
            "order-sync"
        );
        assert_eq!(
            name(
                "arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/app/shop/50dc6c495c0c9188"
            ),
            "shop"
        );
        assert_eq!(
            name("arn:aws:network-firewall:eu-west-1:111122223333:firewall/edge"),
            "edge"
        );
        assert_eq!(name("arn:aws:rds:eu-west-1:111122223333:db:orders"), "orders");
        assert_eq!(arn_name("acl-0b2c3d4e5f6071829"), None);
        assert_eq!(arn_name("arn:aws"), None);
    }

    #[test]
    fn every_kind_has_a_word() {
        for kind in Kind::ALL {
            assert!(!kind_word(*kind).is_empty());
        }
    }
}
