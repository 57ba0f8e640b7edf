//! Rules of a security group one by one: `describe-security-groups` prints those that share protocol and ports together.

use crate::network::security_group::IpPermission;

/// Whether two stand for the same protocol and ports.
fn same_ports(a: &IpPermission, b: &IpPermission) -> bool {
    let all = |protocol: &str| protocol == "-1";
    a.ip_protocol == b.ip_protocol
        && (all(&a.ip_protocol)
            || (a.from_port.unwrap_or(-1), a.to_port.unwrap_or(-1))
                == (b.from_port.unwrap_or(-1), b.to_port.unwrap_or(-1)))
}

/// Whether a set holds all that a rule stands for.
pub(crate) fn holds(set: &[IpPermission], rule: &IpPermission) -> bool {
    let alike = || set.iter().filter(|other| same_ports(other, rule));
    rule.ip_ranges
        .iter()
        .all(|range| alike().any(|other| other.ip_ranges.iter().any(|there| there.cidr_ip == range.cidr_ip)))
        && rule.ipv6_ranges.iter().all(|range| {
            alike().any(|other| {
                other
                    .ipv6_ranges
                    .iter()
                    .any(|there| there.cidr_ipv6 == range.cidr_ipv6)
            })
        })
        && rule.prefix_list_ids.iter().all(|list| {
            alike().any(|other| {
                (other.prefix_list_ids.iter()).any(|there| there.prefix_list_id == list.prefix_list_id)
            })
        })
        && rule.user_id_group_pairs.iter().all(|pair| {
            alike()
                .any(|other| (other.user_id_group_pairs.iter()).any(|there| there.group_id == pair.group_id))
        })
}

/// Takes a rule out of a set.
pub(crate) fn remove(set: &mut Vec<IpPermission>, rule: &IpPermission) {
    for other in set.iter_mut().filter(|other| same_ports(other, rule)) {
        other
            .ip_ranges
            .retain(|there| !rule.ip_ranges.iter().any(|range| range.cidr_ip == there.cidr_ip));
        other.ipv6_ranges.retain(|there| {
            !rule
                .ipv6_ranges
                .iter()
                .any(|range| range.cidr_ipv6 == there.cidr_ipv6)
        });
        other.prefix_list_ids.retain(|there| {
            !(rule.prefix_list_ids.iter()).any(|list| list.prefix_list_id == there.prefix_list_id)
        });
        other
            .user_id_group_pairs
            .retain(|there| !(rule.user_id_group_pairs.iter()).any(|pair| pair.group_id == there.group_id));
    }
    set.retain(|other| {
        !(other.ip_ranges.is_empty()
            && other.ipv6_ranges.is_empty()
            && other.prefix_list_ids.is_empty()
            && other.user_id_group_pairs.is_empty())
    });
}

/// The rule without what somebody wrote beside it.
pub(crate) fn bare(rule: &IpPermission) -> IpPermission {
    let mut bare = rule.clone();
    bare.ip_ranges
        .iter_mut()
        .for_each(|range| range.description = None);
    bare.ipv6_ranges
        .iter_mut()
        .for_each(|range| range.description = None);
    bare.prefix_list_ids
        .iter_mut()
        .for_each(|list| list.description = None);
    bare.user_id_group_pairs
        .iter_mut()
        .for_each(|pair| pair.description = None);
    bare
}

/// A rule for each thing that it is from or to.
fn singles(rule: &IpPermission) -> Vec<IpPermission> {
    let empty = IpPermission {
        ip_ranges: Vec::new(),
        ipv6_ranges: Vec::new(),
        prefix_list_ids: Vec::new(),
        user_id_group_pairs: Vec::new(),
        ..rule.clone()
    };
    let ranges = rule.ip_ranges.iter().map(|one| IpPermission {
        ip_ranges: vec![one.clone()],
        ..empty.clone()
    });
    let ranges_v6 = rule.ipv6_ranges.iter().map(|one| IpPermission {
        ipv6_ranges: vec![one.clone()],
        ..empty.clone()
    });
    let lists = rule.prefix_list_ids.iter().map(|one| IpPermission {
        prefix_list_ids: vec![one.clone()],
        ..empty.clone()
    });
    let groups = rule.user_id_group_pairs.iter().map(|one| IpPermission {
        user_id_group_pairs: vec![one.clone()],
        ..empty.clone()
    });
    ranges.chain(ranges_v6).chain(lists).chain(groups).collect()
}

/// The rules of a set, one by one, that another does not hold.
pub(crate) fn missing(of: &[IpPermission], in_other: &[IpPermission]) -> Vec<IpPermission> {
    let all = of.iter().flat_map(singles);
    all.filter(|rule| !holds(in_other, rule)).collect()
}
