//! VPCs, subnets, route tables, network ACLs, Block Public Access.

use aws_sdk_ec2::types::{
    AvailabilityZone, BlockPublicAccessStates, NetworkAcl, NetworkAclEntry, Route, RouteTable,
    RouteTableAssociation, Subnet, Vpc, VpcBlockPublicAccessExclusion, VpcBlockPublicAccessOptions,
};

use super::object::Object;

pub(super) fn vpc(vpc: &Vpc) -> Object {
    Object::new()
        .text("VpcId", vpc.vpc_id())
        .text("CidrBlock", vpc.cidr_block())
        .list(
            "CidrBlockAssociationSet",
            vpc.cidr_block_association_set(),
            |block| {
                Object::new().text("CidrBlock", block.cidr_block()).object(
                    "CidrBlockState",
                    block.cidr_block_state(),
                    |state| Object::new().text("State", state.state().map(|state| state.as_str())),
                )
            },
        )
        .list(
            "Ipv6CidrBlockAssociationSet",
            vpc.ipv6_cidr_block_association_set(),
            |block| {
                Object::new()
                    .text("Ipv6CidrBlock", block.ipv6_cidr_block())
                    .object("Ipv6CidrBlockState", block.ipv6_cidr_block_state(), |state| {
                        Object::new().text("State", state.state().map(|state| state.as_str()))
                    })
                    .text(
                        "Ipv6AddressAttribute",
                        block.ipv6_address_attribute().map(|it| it.as_str()),
                    )
            },
        )
        .text("OwnerId", vpc.owner_id())
        .object(
            "BlockPublicAccessStates",
            vpc.block_public_access_states(),
            block_public_access_states,
        )
        .tags("Tags", vpc.tags())
}

fn block_public_access_states(states: &BlockPublicAccessStates) -> Object {
    let mode = states.internet_gateway_block_mode();
    Object::new().text("InternetGatewayBlockMode", mode.map(|mode| mode.as_str()))
}

pub(super) fn availability_zone(zone: &AvailabilityZone) -> Object {
    Object::new()
        .text("ZoneId", zone.zone_id())
        .text("ZoneType", zone.zone_type())
        .text("ParentZoneId", zone.parent_zone_id())
}

pub(super) fn subnet(subnet: &Subnet) -> Object {
    Object::new()
        .text("SubnetId", subnet.subnet_id())
        .text("VpcId", subnet.vpc_id())
        .text("CidrBlock", subnet.cidr_block())
        .list(
            "Ipv6CidrBlockAssociationSet",
            subnet.ipv6_cidr_block_association_set(),
            |block| {
                Object::new()
                    .text("Ipv6CidrBlock", block.ipv6_cidr_block())
                    .object("Ipv6CidrBlockState", block.ipv6_cidr_block_state(), |state| {
                        Object::new().text("State", state.state().map(|state| state.as_str()))
                    })
                    .text(
                        "Ipv6AddressAttribute",
                        block.ipv6_address_attribute().map(|it| it.as_str()),
                    )
            },
        )
        .text("AvailabilityZone", subnet.availability_zone())
        .text("AvailabilityZoneId", subnet.availability_zone_id())
        .text("OwnerId", subnet.owner_id())
        .object(
            "BlockPublicAccessStates",
            subnet.block_public_access_states(),
            block_public_access_states,
        )
        .tags("Tags", subnet.tags())
}

pub(super) fn route_table(table: &RouteTable) -> Object {
    Object::new()
        .text("RouteTableId", table.route_table_id())
        .text("VpcId", table.vpc_id())
        .list("Associations", table.associations(), route_table_association)
        .list("Routes", table.routes(), route)
        .text("OwnerId", table.owner_id())
        .tags("Tags", table.tags())
}

fn route_table_association(association: &RouteTableAssociation) -> Object {
    Object::new()
        .flag("Main", association.main())
        .text(
            "RouteTableAssociationId",
            association.route_table_association_id(),
        )
        .text("SubnetId", association.subnet_id())
        .text("GatewayId", association.gateway_id())
        .object("AssociationState", association.association_state(), |state| {
            Object::new().text("State", state.state().map(|state| state.as_str()))
        })
}

fn route(route: &Route) -> Object {
    Object::new()
        .text("DestinationCidrBlock", route.destination_cidr_block())
        .text("DestinationIpv6CidrBlock", route.destination_ipv6_cidr_block())
        .text("DestinationPrefixListId", route.destination_prefix_list_id())
        .text("GatewayId", route.gateway_id())
        .text("NatGatewayId", route.nat_gateway_id())
        .text("TransitGatewayId", route.transit_gateway_id())
        .text("VpcPeeringConnectionId", route.vpc_peering_connection_id())
        .text("NetworkInterfaceId", route.network_interface_id())
        .text("InstanceId", route.instance_id())
        .text(
            "EgressOnlyInternetGatewayId",
            route.egress_only_internet_gateway_id(),
        )
        .text("LocalGatewayId", route.local_gateway_id())
        .text("CarrierGatewayId", route.carrier_gateway_id())
        .text("CoreNetworkArn", route.core_network_arn())
        .text("OdbNetworkArn", route.odb_network_arn())
        .text("State", route.state().map(|state| state.as_str()))
        .text("Origin", route.origin().map(|origin| origin.as_str()))
}

pub(super) fn network_acl(acl: &NetworkAcl) -> Object {
    Object::new()
        .text("NetworkAclId", acl.network_acl_id())
        .text("VpcId", acl.vpc_id())
        .flag("IsDefault", acl.is_default())
        .list("Entries", acl.entries(), network_acl_entry)
        .list("Associations", acl.associations(), |association| {
            Object::new()
                .text(
                    "NetworkAclAssociationId",
                    association.network_acl_association_id(),
                )
                .text("SubnetId", association.subnet_id())
        })
        .text("OwnerId", acl.owner_id())
        .tags("Tags", acl.tags())
}

fn network_acl_entry(entry: &NetworkAclEntry) -> Object {
    Object::new()
        .number("RuleNumber", entry.rule_number())
        .flag("Egress", entry.egress())
        .text("RuleAction", entry.rule_action().map(|action| action.as_str()))
        .text("Protocol", entry.protocol())
        .text("CidrBlock", entry.cidr_block())
        .text("Ipv6CidrBlock", entry.ipv6_cidr_block())
        .object("PortRange", entry.port_range(), |range| {
            Object::new()
                .number("From", range.from())
                .number("To", range.to())
        })
        .object("IcmpTypeCode", entry.icmp_type_code(), |icmp| {
            Object::new()
                .number("Type", icmp.r#type())
                .number("Code", icmp.code())
        })
}

pub(super) fn block_public_access_options(options: &VpcBlockPublicAccessOptions) -> Object {
    let mode = options.internet_gateway_block_mode();
    Object::new()
        .text("AwsAccountId", options.aws_account_id())
        .text("AwsRegion", options.aws_region())
        .text("State", options.state().map(|state| state.as_str()))
        .text("InternetGatewayBlockMode", mode.map(|mode| mode.as_str()))
}

pub(super) fn block_public_access_exclusion(exclusion: &VpcBlockPublicAccessExclusion) -> Object {
    let mode = exclusion.internet_gateway_exclusion_mode();
    Object::new()
        .text("ExclusionId", exclusion.exclusion_id())
        .text("InternetGatewayExclusionMode", mode.map(|mode| mode.as_str()))
        .text("ResourceArn", exclusion.resource_arn())
        .text("State", exclusion.state().map(|state| state.as_str()))
}
