//! Blocks whose address is not their first one, as in `10.0.0.5/16`.
//!
//! EC2 stores `100.68.0.18/18` as `100.68.0.0/18` and prints it so
//! (<https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpRange.html>): such a block was written by somebody
//! else, and means what EC2 would have made of it. That is said, for it may be a slip.

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

use super::origin::Origins;
use super::prefix_lists;
use super::warning::Warning;
use crate::network::id::{ResourceId, SecurityGroupId, VpcPeeringConnectionId};
use crate::network::peering::PeeringVpcInfo;
use crate::network::resource_kind::ResourceKind;
use crate::network::resource_kind::kind;
use crate::network::security_group::IpPermission;
use crate::network::snapshot::Snapshot;

/// A block, of one family or either.
trait Block: Copy + PartialEq + Into<IpNet> {
    /// With the host's bits cleared.
    fn cleared(self) -> Self;
}

impl Block for Ipv4Net {
    fn cleared(self) -> Self {
        self.trunc()
    }
}

impl Block for Ipv6Net {
    fn cleared(self) -> Self {
        self.trunc()
    }
}

impl Block for IpNet {
    fn cleared(self) -> Self {
        self.trunc()
    }
}

struct Truncating<'a> {
    origins: &'a Origins,
    warnings: &'a mut Vec<Warning>,
}

impl Truncating<'_> {
    fn blocks<'b, B, I>(
        &mut self,
        blocks: impl IntoIterator<Item = &'b mut B>,
        key: &'static str,
        field: &'static str,
        id: &I,
    ) where
        B: Block + 'b,
        I: Clone + Into<ResourceId>,
    {
        for block in blocks {
            let found = *block;
            *block = found.cleared();
            if *block != found {
                self.warn(found.into(), key, field, &id.clone().into());
            }
        }
    }

    fn warn(&mut self, found: IpNet, key: &'static str, field: &'static str, id: &ResourceId) {
        let known = self.warnings.iter_mut().find_map(|warning| match warning {
            Warning::HostBits {
                key: other_key,
                field: other_field,
                count,
                ..
            } if *other_key == key && *other_field == field => Some(count),
            _ => None,
        });
        match known {
            Some(count) => *count += 1,
            None => self.warnings.push(Warning::HostBits {
                key,
                field,
                count: 1,
                example: self.origins.example(key, id),
                found,
            }),
        }
    }

    fn permissions(&mut self, permissions: &mut [IpPermission], id: &SecurityGroupId) {
        const KEY: &str = kind::SecurityGroups::KEY;
        for permission in permissions {
            let ipv4 = permission.ip_ranges.iter_mut().map(|range| &mut range.cidr_ip);
            self.blocks(ipv4, KEY, "CidrIp", id);
            let ipv6 = permission
                .ipv6_ranges
                .iter_mut()
                .map(|range| &mut range.cidr_ipv6);
            self.blocks(ipv6, KEY, "CidrIpv6", id);
        }
    }

    fn side(&mut self, side: &mut PeeringVpcInfo, id: &VpcPeeringConnectionId) {
        const KEY: &str = kind::VpcPeeringConnections::KEY;
        self.blocks(&mut side.cidr_block, KEY, "CidrBlock", id);
        let ipv4 = side.cidr_block_set.iter_mut().map(|block| &mut block.cidr_block);
        self.blocks(ipv4, KEY, "CidrBlock", id);
        let ipv6 = side
            .ipv6_cidr_block_set
            .iter_mut()
            .map(|block| &mut block.ipv6_cidr_block);
        self.blocks(ipv6, KEY, "Ipv6CidrBlock", id);
    }
}

/// Clears the host's bits of every block.
pub(crate) fn truncate(snapshot: &mut Snapshot, origins: &Origins, warnings: &mut Vec<Warning>) {
    let mut at = Truncating { origins, warnings };
    for vpc in snapshot.vpcs.values_mut() {
        const KEY: &str = kind::Vpcs::KEY;
        at.blocks(&mut vpc.cidr_block, KEY, "CidrBlock", &vpc.vpc_id);
        let ipv4 = vpc
            .cidr_block_association_set
            .iter_mut()
            .map(|set| &mut set.cidr_block);
        at.blocks(ipv4, KEY, "CidrBlock", &vpc.vpc_id);
        let ipv6 = vpc
            .ipv6_cidr_block_association_set
            .iter_mut()
            .map(|set| &mut set.ipv6_cidr_block);
        at.blocks(ipv6, KEY, "Ipv6CidrBlock", &vpc.vpc_id);
    }
    for subnet in snapshot.subnets.values_mut() {
        const KEY: &str = kind::Subnets::KEY;
        at.blocks(&mut subnet.cidr_block, KEY, "CidrBlock", &subnet.subnet_id);
        let ipv6 = subnet
            .ipv6_cidr_block_association_set
            .iter_mut()
            .map(|set| &mut set.ipv6_cidr_block);
        at.blocks(ipv6, KEY, "Ipv6CidrBlock", &subnet.subnet_id);
    }
    for table in snapshot.route_tables.values_mut() {
        const KEY: &str = kind::RouteTables::KEY;
        let id = &table.route_table_id;
        for route in &mut table.routes {
            at.blocks(&mut route.destination_cidr_block, KEY, "DestinationCidrBlock", id);
            at.blocks(
                &mut route.destination_ipv6_cidr_block,
                KEY,
                "DestinationIpv6CidrBlock",
                id,
            );
        }
    }
    for acl in snapshot.network_acls.values_mut() {
        const KEY: &str = kind::NetworkAcls::KEY;
        for entry in &mut acl.entries {
            at.blocks(&mut entry.cidr_block, KEY, "CidrBlock", &acl.network_acl_id);
            at.blocks(
                &mut entry.ipv6_cidr_block,
                KEY,
                "Ipv6CidrBlock",
                &acl.network_acl_id,
            );
        }
    }
    for group in snapshot.security_groups.values_mut() {
        at.permissions(&mut group.ip_permissions, &group.group_id);
        at.permissions(&mut group.ip_permissions_egress, &group.group_id);
    }
    for interface in snapshot.network_interfaces.values_mut() {
        const KEY: &str = kind::NetworkInterfaces::KEY;
        let id = &interface.network_interface_id;
        let ipv4 = interface
            .ipv4_prefixes
            .iter_mut()
            .map(|prefix| &mut prefix.ipv4_prefix);
        at.blocks(ipv4, KEY, "Ipv4Prefix", id);
        let ipv6 = interface
            .ipv6_prefixes
            .iter_mut()
            .map(|prefix| &mut prefix.ipv6_prefix);
        at.blocks(ipv6, KEY, "Ipv6Prefix", id);
    }
    for peering in snapshot.vpc_peering_connections.values_mut() {
        let sides = [&mut peering.requester_vpc_info, &mut peering.accepter_vpc_info];
        for side in sides.into_iter().flatten() {
            at.side(side, &peering.vpc_peering_connection_id);
        }
    }
    for (key, tables) in [
        (
            kind::TransitGatewayStaticRoutes::KEY,
            &mut snapshot.transit_gateway_static_routes,
        ),
        (
            kind::TransitGatewayRoutes::KEY,
            &mut snapshot.transit_gateway_routes,
        ),
    ] {
        for table in tables.values_mut() {
            let id = &table.transit_gateway_route_table_id;
            for route in &mut table.routes {
                at.blocks(&mut route.destination_cidr_block, key, "DestinationCidrBlock", id);
            }
        }
    }
    for connection in snapshot.vpn_connections.values_mut() {
        const KEY: &str = kind::VpnConnections::KEY;
        for route in &mut connection.routes {
            let id = &connection.vpn_connection_id;
            at.blocks(&mut route.destination_cidr_block, KEY, "DestinationCidrBlock", id);
        }
    }
    for list in snapshot.prefix_lists.values_mut() {
        let entries = list.entries.iter_mut().flatten();
        at.blocks(entries, prefix_lists::KEY, "Cidr", &list.prefix_list_id);
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{load, warnings};

    #[test]
    fn blocks_are_read_as_ec2_would_have_stored_them() {
        let text = |host: bool| {
            let (v4, v6) = if host {
                ("10.1.2.3/8", "2001:db8::1/32")
            } else {
                ("10.0.0.0/8", "2001:db8::/32")
            };
            format!(
                r#"{{
                "Vpcs": [{{"VpcId": "vpc-a", "CidrBlock": "{v4}", "CidrBlockAssociationSet": [{{"CidrBlock": "{v4}"}}],
                    "Ipv6CidrBlockAssociationSet": [{{"Ipv6CidrBlock": "{v6}"}}]}}],
                "Subnets": [{{"SubnetId": "subnet-a", "VpcId": "vpc-a", "CidrBlock": "{v4}",
                    "Ipv6CidrBlockAssociationSet": [{{"Ipv6CidrBlock": "{v6}"}}]}}],
                "RouteTables": [{{"RouteTableId": "rtb-a", "VpcId": "vpc-a", "Routes": [
                    {{"DestinationCidrBlock": "{v4}"}}, {{"DestinationIpv6CidrBlock": "{v6}"}}]}}],
                "NetworkAcls": [{{"NetworkAclId": "acl-a", "VpcId": "vpc-a", "Entries": [
                    {{"RuleNumber": 1, "RuleAction": "allow", "Protocol": "-1", "CidrBlock": "{v4}"}},
                    {{"RuleNumber": 2, "RuleAction": "allow", "Protocol": "-1", "Ipv6CidrBlock": "{v6}"}}]}}],
                "SecurityGroups": [{{"GroupId": "sg-a", "IpPermissions": [{{"IpProtocol": "-1", "IpRanges": [{{"CidrIp": "{v4}"}}]}}],
                    "IpPermissionsEgress": [{{"IpProtocol": "-1", "Ipv6Ranges": [{{"CidrIpv6": "{v6}"}}]}}]}}],
                "NetworkInterfaces": [{{"NetworkInterfaceId": "eni-a", "SubnetId": "subnet-a", "VpcId": "vpc-a",
                    "Ipv4Prefixes": [{{"Ipv4Prefix": "{v4}"}}], "Ipv6Prefixes": [{{"Ipv6Prefix": "{v6}"}}]}}],
                "VpcPeeringConnections": [{{"VpcPeeringConnectionId": "pcx-a",
                    "RequesterVpcInfo": {{"CidrBlock": "{v4}", "CidrBlockSet": [{{"CidrBlock": "{v4}"}}]}},
                    "AccepterVpcInfo": {{"Ipv6CidrBlockSet": [{{"Ipv6CidrBlock": "{v6}"}}]}}}}],
                "TransitGatewayStaticRoutes": [{{"TransitGatewayRouteTableId": "tgw-rtb-a", "Routes": [{{"DestinationCidrBlock": "{v4}"}}]}}],
                "TransitGatewayRoutes": [{{"TransitGatewayRouteTableId": "tgw-rtb-a", "Routes": [{{"DestinationCidrBlock": "{v6}"}}]}}],
                "VpnConnections": [{{"VpnConnectionId": "vpn-a", "Routes": [{{"DestinationCidrBlock": "{v4}"}}]}}],
                "PrefixLists": [{{"PrefixListId": "pl-a", "Cidrs": ["{v4}", "{v6}"]}}]}}"#
            )
        };
        let (odd, plain) = (
            load(&[("a.json", &text(true))]).unwrap(),
            load(&[("a.json", &text(false))]).unwrap(),
        );
        assert_eq!(odd.snapshot, plain.snapshot);
        assert_eq!(warnings(&plain), "");
        insta::assert_snapshot!(warnings(&odd));
    }
}
