//! What resources name and no file holds: never an error, for a snapshot of one account always ends somewhere.
//!
//! Only kinds that were read wholly are asked: of the others nothing can be said to be absent. What is on its way out
//! (a blackhole route, a deleted gateway) may name what is gone.

use std::collections::{BTreeMap, BTreeSet};

use super::origin::Origins;
use super::prefix_lists;
use super::warning::{AbsentExample, Warning};
use crate::network::gateway::GatewayAttachment;
use crate::network::id::{AccountId, PrefixListId, ResourceId, SecurityGroupId, VpcId};
use crate::network::resource_kind::{ResourceKind, kind};
use crate::network::route_table::Route;
use crate::network::security_group::IpPermission;
use crate::network::snapshot::Snapshot;
use crate::network::state::{
    AttachmentResourceType, GatewayAttachmentState, NatGatewayState, PeeringStatus, RouteState,
    TransitGatewayState, VpcEndpointState, VpnState,
};
use crate::network::transit_gateway::TransitGatewayRoutes;

/// How many absent resources of a kind are shown.
const SHOWN: usize = 3;

/// Warns of what is named and absent. `read` are the accounts that were read: what another one holds is noted only.
pub(crate) fn absent(
    snapshot: &Snapshot,
    origins: &Origins,
    read: &BTreeSet<AccountId>,
    warnings: &mut Vec<Warning>,
) {
    let mut search = Search {
        snapshot,
        read,
        found: BTreeMap::new(),
    };
    search.vpcs();
    search.compute();
    search.gateways();
    search.transit_gateways();
    search.endpoints();
    for ((key, elsewhere), absent) in search.found {
        let examples = absent.first.iter().take(SHOWN).map(|(id, named)| AbsentExample {
            id: id.clone(),
            named_by: origins.example(named.key, &named.id),
            field: named.field,
        });
        warnings.push(Warning::Absent {
            key,
            elsewhere,
            missing: absent.first.len(),
            references: absent.references,
            examples: examples.collect(),
        });
    }
}

struct Search<'a> {
    snapshot: &'a Snapshot,
    read: &'a BTreeSet<AccountId>,
    found: BTreeMap<(&'static str, bool), Found>,
}

/// Absent resources of one kind.
#[derive(Default)]
struct Found {
    references: usize,
    first: BTreeMap<ResourceId, Named>,
}

/// What names a resource.
#[derive(Clone)]
struct Named {
    key: &'static str,
    id: ResourceId,
    field: &'static str,
}

/// A resource that names others.
struct By {
    key: &'static str,
    id: ResourceId,
}

fn by<K: ResourceKind>(row: &K::Row) -> By {
    By {
        key: K::KEY,
        id: K::id(row).clone().into(),
    }
}

impl Search<'_> {
    /// Looks up what `by` names in `field`. `owner` is the account that has it, where that is told.
    fn find<K: ResourceKind>(&mut self, id: &K::Id, by: &By, field: &'static str, owner: Option<&AccountId>) {
        let table = K::table(self.snapshot);
        if table.is_known() && table.get(id).is_none() {
            self.miss(K::KEY, id.clone().into(), by, field, owner);
        }
    }

    fn miss(
        &mut self,
        key: &'static str,
        id: ResourceId,
        by: &By,
        field: &'static str,
        owner: Option<&AccountId>,
    ) {
        // Lambda prints an empty text where there is none.
        if id.as_str().is_empty() {
            return;
        }
        let elsewhere = owner.is_some_and(|owner| !self.read.contains(owner));
        let found = self.found.entry((key, elsewhere)).or_default();
        found.references += 1;
        found.first.entry(id).or_insert_with(|| Named {
            key: by.key,
            id: by.id.clone(),
            field,
        });
    }

    fn vpc(&mut self, id: &VpcId, by: &By) {
        let place = self.snapshot.places.get(id);
        self.find::<kind::Vpcs>(id, by, "VpcId", place.and_then(|place| place.account.as_ref()));
    }

    fn prefix_list(&mut self, id: &PrefixListId, by: &By, field: &'static str) {
        let lists = &self.snapshot.prefix_lists;
        if lists.is_known() && lists.get(id).is_none() {
            self.miss(prefix_lists::KEY, id.into(), by, field, None);
        }
    }

    fn vpcs(&mut self) {
        for subnet in self.snapshot.subnets.values() {
            self.vpc(&subnet.vpc_id, &by::<kind::Subnets>(subnet));
        }
        for table in self.snapshot.route_tables.values() {
            let by = by::<kind::RouteTables>(table);
            self.vpc(&table.vpc_id, &by);
            for association in &table.associations {
                if let Some(subnet) = &association.subnet_id {
                    self.find::<kind::Subnets>(subnet, &by, "SubnetId", table.owner_id.as_ref());
                }
                if let Some(gateway) = &association.gateway_id {
                    self.gateway(gateway, &by);
                }
            }
            for route in &table.routes {
                self.route(route, &by);
            }
        }
        for acl in self.snapshot.network_acls.values() {
            let by = by::<kind::NetworkAcls>(acl);
            self.vpc(&acl.vpc_id, &by);
            for subnet in acl
                .associations
                .iter()
                .filter_map(|association| association.subnet_id.as_ref())
            {
                self.find::<kind::Subnets>(subnet, &by, "SubnetId", acl.owner_id.as_ref());
            }
        }
        for group in self.snapshot.security_groups.values() {
            let by = by::<kind::SecurityGroups>(group);
            if let Some(vpc) = &group.vpc_id {
                self.vpc(vpc, &by);
            }
            for permission in group.ip_permissions.iter().chain(&group.ip_permissions_egress) {
                self.permission(permission, &by);
            }
        }
        for peering in self.snapshot.vpc_peering_connections.values() {
            let is_active = |status: &PeeringStatus| *status == PeeringStatus::Active;
            if !peering
                .status
                .as_ref()
                .is_some_and(|status| is_active(&status.code))
            {
                continue;
            }
            let by = by::<kind::VpcPeeringConnections>(peering);
            for side in [&peering.requester_vpc_info, &peering.accepter_vpc_info]
                .into_iter()
                .flatten()
            {
                if let Some(vpc) = &side.vpc_id {
                    self.find::<kind::Vpcs>(vpc, &by, "VpcId", side.owner_id.as_ref());
                }
            }
        }
    }

    fn permission(&mut self, permission: &IpPermission, by: &By) {
        for list in &permission.prefix_list_ids {
            self.prefix_list(&list.prefix_list_id, by, "PrefixListId");
        }
        for pair in &permission.user_id_group_pairs {
            // A stale rule may name what is gone: it matches nothing.
            let is_stale = pair
                .peering_status
                .as_deref()
                .is_some_and(|status| status != "active");
            if let Some(group) = pair.group_id.as_ref().filter(|_| !is_stale) {
                self.group(group, by, pair.user_id.as_ref());
            }
        }
    }

    fn group(&mut self, id: &SecurityGroupId, by: &By, owner: Option<&AccountId>) {
        self.find::<kind::SecurityGroups>(id, by, "GroupId", owner);
    }

    fn route(&mut self, route: &Route, by: &By) {
        if route.state == Some(RouteState::Blackhole) {
            return;
        }
        if let Some(list) = &route.destination_prefix_list_id {
            self.prefix_list(list, by, "DestinationPrefixListId");
        }
        if let Some(gateway) = &route.gateway_id {
            self.gateway(gateway, by);
        }
        if let Some(gateway) = &route.nat_gateway_id {
            self.find::<kind::NatGateways>(gateway, by, "NatGatewayId", None);
        }
        if let Some(gateway) = &route.transit_gateway_id {
            self.find::<kind::TransitGateways>(gateway, by, "TransitGatewayId", None);
        }
        if let Some(peering) = &route.vpc_peering_connection_id {
            self.find::<kind::VpcPeeringConnections>(peering, by, "VpcPeeringConnectionId", None);
        }
        if let Some(interface) = &route.network_interface_id {
            self.find::<kind::NetworkInterfaces>(interface, by, "NetworkInterfaceId", None);
        }
        if let Some(gateway) = &route.egress_only_internet_gateway_id {
            let field = "EgressOnlyInternetGatewayId";
            self.find::<kind::EgressOnlyInternetGateways>(gateway, by, field, None);
        }
    }

    /// `GatewayId` names gateways of several kinds.
    fn gateway(&mut self, id: &ResourceId, by: &By) {
        const FIELD: &str = "GatewayId";
        let text = id.as_str();
        if text.starts_with("igw-") {
            self.find::<kind::InternetGateways>(&text.into(), by, FIELD, None);
        } else if text.starts_with("vgw-") {
            self.find::<kind::VpnGateways>(&text.into(), by, FIELD, None);
        } else if text.starts_with("vpce-") {
            self.find::<kind::VpcEndpoints>(&text.into(), by, FIELD, None);
        }
    }

    fn compute(&mut self) {
        for interface in self.snapshot.network_interfaces.values() {
            let by = by::<kind::NetworkInterfaces>(interface);
            self.vpc(&interface.vpc_id, &by);
            self.find::<kind::Subnets>(&interface.subnet_id, &by, "SubnetId", None);
            for group in &interface.groups {
                self.group(&group.group_id, &by, None);
            }
            let attachment = interface.attachment.as_ref();
            if let Some(instance) = attachment.and_then(|attachment| attachment.instance_id.as_ref()) {
                self.find::<kind::Instances>(instance, &by, "InstanceId", None);
            }
        }
        for instance in self.snapshot.instances.values() {
            let by = by::<kind::Instances>(instance);
            if let Some(vpc) = &instance.vpc_id {
                self.vpc(vpc, &by);
            }
            if let Some(subnet) = &instance.subnet_id {
                self.find::<kind::Subnets>(subnet, &by, "SubnetId", None);
            }
        }
        for function in self.snapshot.functions.values() {
            let by = by::<kind::Functions>(function);
            let Some(config) = &function.vpc_config else {
                continue;
            };
            for subnet in &config.subnet_ids {
                self.find::<kind::Subnets>(subnet, &by, "SubnetIds", None);
            }
            for group in &config.security_group_ids {
                self.find::<kind::SecurityGroups>(group, &by, "SecurityGroupIds", None);
            }
        }
        for database in self.snapshot.db_instances.values() {
            let by = by::<kind::DBInstances>(database);
            for subnet in database.db_subnet_group.iter().flat_map(|group| &group.subnets) {
                self.find::<kind::Subnets>(&subnet.subnet_identifier, &by, "SubnetIdentifier", None);
            }
            for group in &database.vpc_security_groups {
                let field = "VpcSecurityGroupId";
                self.find::<kind::SecurityGroups>(&group.vpc_security_group_id, &by, field, None);
            }
        }
        for cluster in self.snapshot.db_clusters.values() {
            let by = by::<kind::DBClusters>(cluster);
            for group in &cluster.vpc_security_groups {
                let field = "VpcSecurityGroupId";
                self.find::<kind::SecurityGroups>(&group.vpc_security_group_id, &by, field, None);
            }
        }
    }

    fn gateways(&mut self) {
        for gateway in self.snapshot.nat_gateways.values() {
            if !matches!(
                gateway.state,
                None | Some(NatGatewayState::Available | NatGatewayState::Pending)
            ) {
                continue;
            }
            let by = by::<kind::NatGateways>(gateway);
            self.vpc(&gateway.vpc_id, &by);
            if let Some(subnet) = &gateway.subnet_id {
                self.find::<kind::Subnets>(subnet, &by, "SubnetId", None);
            }
            for address in &gateway.nat_gateway_addresses {
                if let Some(interface) = &address.network_interface_id {
                    self.find::<kind::NetworkInterfaces>(interface, &by, "NetworkInterfaceId", None);
                }
            }
        }
        for gateway in self.snapshot.internet_gateways.values() {
            self.attached(&gateway.attachments, &by::<kind::InternetGateways>(gateway));
        }
        for gateway in self.snapshot.egress_only_internet_gateways.values() {
            self.attached(
                &gateway.attachments,
                &by::<kind::EgressOnlyInternetGateways>(gateway),
            );
        }
        for gateway in self.snapshot.vpn_gateways.values() {
            self.attached(&gateway.vpc_attachments, &by::<kind::VpnGateways>(gateway));
        }
    }

    fn attached(&mut self, attachments: &[GatewayAttachment], by: &By) {
        for attachment in attachments {
            let is_gone = matches!(
                attachment.state,
                Some(GatewayAttachmentState::Detached | GatewayAttachmentState::Detaching)
            );
            if let Some(vpc) = attachment.vpc_id.as_ref().filter(|_| !is_gone) {
                self.vpc(vpc, by);
            }
        }
    }

    fn transit_gateways(&mut self) {
        for attachment in self.snapshot.transit_gateway_attachments.values() {
            if attachment.state != Some(TransitGatewayState::Available) {
                continue;
            }
            let by = by::<kind::TransitGatewayAttachments>(attachment);
            let owner = attachment.transit_gateway_owner_id.as_ref();
            self.find::<kind::TransitGateways>(
                &attachment.transit_gateway_id,
                &by,
                "TransitGatewayId",
                owner,
            );
            if attachment.resource_type == Some(AttachmentResourceType::Vpc)
                && let Some(resource) = &attachment.resource_id
            {
                let vpc = VpcId::from(resource.as_str());
                let owner = attachment.resource_owner_id.as_ref();
                self.find::<kind::Vpcs>(&vpc, &by, "ResourceId", owner);
            }
            let association = attachment.association.as_ref();
            if let Some(table) = association.and_then(|of| of.transit_gateway_route_table_id.as_ref()) {
                let field = "TransitGatewayRouteTableId";
                self.find::<kind::TransitGatewayRouteTables>(table, &by, field, owner);
            }
        }
        for attachment in self.snapshot.transit_gateway_vpc_attachments.values() {
            if attachment.state != Some(TransitGatewayState::Available) {
                continue;
            }
            let by = by::<kind::TransitGatewayVpcAttachments>(attachment);
            let owner = attachment.vpc_owner_id.as_ref();
            self.find::<kind::TransitGateways>(&attachment.transit_gateway_id, &by, "TransitGatewayId", None);
            self.find::<kind::Vpcs>(&attachment.vpc_id, &by, "VpcId", owner);
            for subnet in &attachment.subnet_ids {
                self.find::<kind::Subnets>(subnet, &by, "SubnetIds", owner);
            }
        }
        for connection in self.snapshot.vpn_connections.values() {
            if connection.state != Some(VpnState::Available) {
                continue;
            }
            let by = by::<kind::VpnConnections>(connection);
            if let Some(gateway) = &connection.vpn_gateway_id {
                self.find::<kind::VpnGateways>(gateway, &by, "VpnGatewayId", None);
            }
            if let Some(gateway) = &connection.transit_gateway_id {
                self.find::<kind::TransitGateways>(gateway, &by, "TransitGatewayId", None);
            }
        }
        for table in self.snapshot.transit_gateway_route_tables.values() {
            let by = by::<kind::TransitGatewayRouteTables>(table);
            self.find::<kind::TransitGateways>(&table.transit_gateway_id, &by, "TransitGatewayId", None);
        }
        for table in self.snapshot.transit_gateway_propagations.values() {
            let by = by::<kind::TransitGatewayPropagations>(table);
            let id = &table.transit_gateway_route_table_id;
            self.find::<kind::TransitGatewayRouteTables>(id, &by, "TransitGatewayRouteTableId", None);
            for propagation in &table.transit_gateway_route_table_propagations {
                let id = &propagation.transit_gateway_attachment_id;
                let field = "TransitGatewayAttachmentId";
                self.find::<kind::TransitGatewayAttachments>(id, &by, field, None);
            }
        }
        for table in self.snapshot.transit_gateway_static_routes.values() {
            self.routes(table, &by::<kind::TransitGatewayStaticRoutes>(table));
        }
        for table in self.snapshot.transit_gateway_routes.values() {
            self.routes(table, &by::<kind::TransitGatewayRoutes>(table));
        }
    }

    fn routes(&mut self, table: &TransitGatewayRoutes, by: &By) {
        let id = &table.transit_gateway_route_table_id;
        self.find::<kind::TransitGatewayRouteTables>(id, by, "TransitGatewayRouteTableId", None);
        for attachment in table
            .routes
            .iter()
            .flat_map(|route| &route.transit_gateway_attachments)
        {
            let id = &attachment.transit_gateway_attachment_id;
            self.find::<kind::TransitGatewayAttachments>(id, by, "TransitGatewayAttachmentId", None);
        }
    }

    fn endpoints(&mut self) {
        for endpoint in self.snapshot.vpc_endpoints.values() {
            if endpoint.state != Some(VpcEndpointState::Available) {
                continue;
            }
            let by = by::<kind::VpcEndpoints>(endpoint);
            self.vpc(&endpoint.vpc_id, &by);
            for table in &endpoint.route_table_ids {
                self.find::<kind::RouteTables>(table, &by, "RouteTableIds", None);
            }
            for subnet in &endpoint.subnet_ids {
                self.find::<kind::Subnets>(subnet, &by, "SubnetIds", None);
            }
            for group in &endpoint.groups {
                self.group(&group.group_id, &by, None);
            }
            for interface in &endpoint.network_interface_ids {
                self.find::<kind::NetworkInterfaces>(interface, &by, "NetworkInterfaceIds", None);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{load, warnings};

    #[test]
    fn one_line_a_kind_however_many() {
        let interfaces: Vec<String> = (0..1000)
            .map(|index| {
                format!(
                    r#"{{"NetworkInterfaceId": "eni-{index}", "SubnetId": "subnet-{}", "VpcId": "vpc-a",
                        "Groups": [{{"GroupId": "sg-{}"}}], "Attachment": {{"InstanceId": "i-{index}"}}}}"#,
                    index % 5,
                    index % 2
                )
            })
            .collect();
        let interfaces = format!(r#"{{"NetworkInterfaces": [{}]}}"#, interfaces.join(","));
        let rest = r#"{"Vpcs": [{"VpcId": "vpc-a", "OwnerId": "111122223333"}], "Subnets": [{"SubnetId": "subnet-0", "VpcId": "vpc-a"}],
            "SecurityGroups": [], "Reservations": []}"#;
        let loaded = load(&[("eni.json", &interfaces), ("rest.json", rest)]).unwrap();
        insta::assert_snapshot!(warnings(&loaded));
    }

    #[test]
    fn nothing_is_absent_of_a_kind_that_was_not_wholly_read() {
        let interface = r#"{"NetworkInterfaces": [{"NetworkInterfaceId": "eni-a", "SubnetId": "subnet-a", "VpcId": "vpc-a"}]}"#;
        assert_eq!(load(&[("a.json", interface)]).unwrap().warnings, []);
        let page = r#"{"Subnets": [], "NextToken": "x"}"#;
        let loaded = load(&[("a.json", interface), ("b.json", page)]).unwrap();
        assert_eq!(loaded.warnings.len(), 1, "the page only: {}", warnings(&loaded));
    }

    #[test]
    fn what_is_gone_may_be_named_by_what_is_going() {
        let text = r#"{
            "Vpcs": [], "Subnets": [], "NatGateways": [
                {"NatGatewayId": "nat-d", "VpcId": "vpc-gone", "SubnetId": "subnet-gone", "State": "deleted"}],
            "RouteTables": [], "NetworkInterfaces": [], "TransitGateways": [],
            "InternetGateways": [{"InternetGatewayId": "igw-a", "Attachments": [{"VpcId": "vpc-gone", "State": "detached"}]}],
            "VpcEndpoints": [{"VpcEndpointId": "vpce-a", "VpcId": "vpc-gone", "State": "deleted", "SubnetIds": ["subnet-gone"]}],
            "VpcPeeringConnections": [{"VpcPeeringConnectionId": "pcx-a", "Status": {"Code": "deleted"},
                "RequesterVpcInfo": {"VpcId": "vpc-gone"}}],
            "TransitGatewayVpcAttachments": [{"TransitGatewayAttachmentId": "tgw-attach-a", "TransitGatewayId": "tgw-gone",
                "VpcId": "vpc-gone", "State": "deleted"}],
            "SecurityGroups": [{"GroupId": "sg-a", "IpPermissions": [{"IpProtocol": "-1", "UserIdGroupPairs": [
                {"GroupId": "sg-gone", "PeeringStatus": "deleted"}]}]}],
            "Functions": [{"FunctionName": "f", "FunctionArn": "arn:aws:lambda:eu-west-1:111122223333:function:f",
                "VpcConfig": {"VpcId": "", "SubnetIds": [], "SecurityGroupIds": []}}]}"#;
        assert_eq!(warnings(&load(&[("a.json", text)]).unwrap()), "");
        let blackhole = r#"{"NatGateways": [], "RouteTables": [{"RouteTableId": "rtb-a", "VpcId": "vpc-a", "Routes": [
            {"DestinationCidrBlock": "0.0.0.0/0", "NatGatewayId": "nat-gone", "State": "blackhole"}]}]}"#;
        assert_eq!(warnings(&load(&[("a.json", blackhole)]).unwrap()), "");
        let active = blackhole.replace("blackhole", "active");
        assert!(
            warnings(&load(&[("a.json", &active)]).unwrap())
                .contains("`nat-gone` by `NatGatewayId` of `rtb-a` in `a.json`")
        );
    }

    #[test]
    fn what_an_unread_account_holds_is_a_note() {
        let text = r#"{"Vpcs": [{"VpcId": "vpc-a", "OwnerId": "111122223333"}],
            "SecurityGroups": [{"GroupId": "sg-a", "IpPermissions": [{"IpProtocol": "-1", "UserIdGroupPairs": [
                {"GroupId": "sg-peer", "UserId": "444455556666"}]}]}],
            "VpcPeeringConnections": [{"VpcPeeringConnectionId": "pcx-a", "Status": {"Code": "active"},
                "RequesterVpcInfo": {"VpcId": "vpc-a", "OwnerId": "111122223333"},
                "AccepterVpcInfo": {"VpcId": "vpc-peer", "OwnerId": "444455556666"}}],
            "TransitGatewayAttachments": [{"TransitGatewayAttachmentId": "tgw-attach-a", "TransitGatewayId": "tgw-a",
                "ResourceType": "vpc", "ResourceId": "vpc-spoke", "ResourceOwnerId": "777788889999", "State": "available"}]}"#;
        insta::assert_snapshot!(warnings(&load(&[("a.json", text)]).unwrap()));
    }
}
