//! Peering connections and transit gateways.

use aws_sdk_ec2::types::{
    PeeringTgwInfo, TransitGateway, TransitGatewayAttachment, TransitGatewayPeeringAttachment,
    TransitGatewayRoute, TransitGatewayRouteTable, TransitGatewayRouteTablePropagation,
    TransitGatewayVpcAttachment, VpcPeeringConnection, VpcPeeringConnectionVpcInfo,
};

use super::object::Object;

pub(super) fn vpc_peering_connection(peering: &VpcPeeringConnection) -> Object {
    Object::new()
        .text("VpcPeeringConnectionId", peering.vpc_peering_connection_id())
        .object("RequesterVpcInfo", peering.requester_vpc_info(), peering_vpc_info)
        .object("AccepterVpcInfo", peering.accepter_vpc_info(), peering_vpc_info)
        .object("Status", peering.status(), |status| {
            Object::new().text("Code", status.code().map(|code| code.as_str()))
        })
        .tags("Tags", peering.tags())
}

fn peering_vpc_info(info: &VpcPeeringConnectionVpcInfo) -> Object {
    Object::new()
        .text("VpcId", info.vpc_id())
        .text("CidrBlock", info.cidr_block())
        .list("CidrBlockSet", info.cidr_block_set(), |block| {
            Object::new().text("CidrBlock", block.cidr_block())
        })
        .list("Ipv6CidrBlockSet", info.ipv6_cidr_block_set(), |block| {
            Object::new().text("Ipv6CidrBlock", block.ipv6_cidr_block())
        })
        .text("OwnerId", info.owner_id())
        .text("Region", info.region())
}

pub(super) fn transit_gateway(gateway: &TransitGateway) -> Object {
    Object::new()
        .text("TransitGatewayId", gateway.transit_gateway_id())
        .text("TransitGatewayArn", gateway.transit_gateway_arn())
        .text("State", gateway.state().map(|state| state.as_str()))
        .text("OwnerId", gateway.owner_id())
        .object("Options", gateway.options(), |options| {
            let referencing = options.security_group_referencing_support();
            Object::new().text(
                "SecurityGroupReferencingSupport",
                referencing.map(|it| it.as_str()),
            )
        })
        .tags("Tags", gateway.tags())
}

pub(super) fn attachment(attachment: &TransitGatewayAttachment) -> Object {
    Object::new()
        .text(
            "TransitGatewayAttachmentId",
            attachment.transit_gateway_attachment_id(),
        )
        .text("TransitGatewayId", attachment.transit_gateway_id())
        .text("TransitGatewayOwnerId", attachment.transit_gateway_owner_id())
        .text("ResourceOwnerId", attachment.resource_owner_id())
        .text(
            "ResourceType",
            attachment.resource_type().map(|kind| kind.as_str()),
        )
        .text("ResourceId", attachment.resource_id())
        .text("State", attachment.state().map(|state| state.as_str()))
        .object("Association", attachment.association(), |association| {
            Object::new()
                .text(
                    "TransitGatewayRouteTableId",
                    association.transit_gateway_route_table_id(),
                )
                .text("State", association.state().map(|state| state.as_str()))
        })
        .tags("Tags", attachment.tags())
}

pub(super) fn vpc_attachment(attachment: &TransitGatewayVpcAttachment) -> Object {
    Object::new()
        .text(
            "TransitGatewayAttachmentId",
            attachment.transit_gateway_attachment_id(),
        )
        .text("TransitGatewayId", attachment.transit_gateway_id())
        .text("VpcId", attachment.vpc_id())
        .text("VpcOwnerId", attachment.vpc_owner_id())
        .text("State", attachment.state().map(|state| state.as_str()))
        .texts("SubnetIds", attachment.subnet_ids())
        .object("Options", attachment.options(), |options| {
            let appliance = options.appliance_mode_support();
            let referencing = options.security_group_referencing_support();
            let ipv6 = options.ipv6_support();
            Object::new()
                .text("Ipv6Support", ipv6.map(|it| it.as_str()))
                .text("ApplianceModeSupport", appliance.map(|it| it.as_str()))
                .text(
                    "SecurityGroupReferencingSupport",
                    referencing.map(|it| it.as_str()),
                )
        })
        .tags("Tags", attachment.tags())
}

pub(super) fn peering_attachment(attachment: &TransitGatewayPeeringAttachment) -> Object {
    Object::new()
        .text(
            "TransitGatewayAttachmentId",
            attachment.transit_gateway_attachment_id(),
        )
        .object(
            "RequesterTgwInfo",
            attachment.requester_tgw_info(),
            peering_tgw_info,
        )
        .object(
            "AccepterTgwInfo",
            attachment.accepter_tgw_info(),
            peering_tgw_info,
        )
        .text("State", attachment.state().map(|state| state.as_str()))
}

fn peering_tgw_info(info: &PeeringTgwInfo) -> Object {
    Object::new()
        .text("TransitGatewayId", info.transit_gateway_id())
        .text("OwnerId", info.owner_id())
        .text("Region", info.region())
}

pub(super) fn route_table(table: &TransitGatewayRouteTable) -> Object {
    Object::new()
        .text(
            "TransitGatewayRouteTableId",
            table.transit_gateway_route_table_id(),
        )
        .text("TransitGatewayId", table.transit_gateway_id())
        .text("State", table.state().map(|state| state.as_str()))
        .tags("Tags", table.tags())
}

/// What one table learns, in a wrapper that says which table.
pub(super) fn propagations(table: &str, propagations: &[TransitGatewayRouteTablePropagation]) -> Object {
    let propagations = propagations.iter().map(|propagation| {
        Object::new()
            .text(
                "TransitGatewayAttachmentId",
                propagation.transit_gateway_attachment_id(),
            )
            .text("ResourceId", propagation.resource_id())
            .text(
                "ResourceType",
                propagation.resource_type().map(|kind| kind.as_str()),
            )
            .text("State", propagation.state().map(|state| state.as_str()))
            .into()
    });
    Object::new()
        .text("TransitGatewayRouteTableId", Some(table))
        .whole_list("TransitGatewayRouteTablePropagations", propagations.collect())
}

/// The routes of one table, in a wrapper that says which; `is_cut`: AWS has more than it says.
pub(super) fn routes(table: &str, routes: &[TransitGatewayRoute], is_cut: Option<bool>) -> Object {
    let routes = routes.iter().map(|route| {
        Object::new()
            .text("DestinationCidrBlock", route.destination_cidr_block())
            .text("PrefixListId", route.prefix_list_id())
            .text("Type", route.r#type().map(|kind| kind.as_str()))
            .text("State", route.state().map(|state| state.as_str()))
            .list(
                "TransitGatewayAttachments",
                route.transit_gateway_attachments(),
                |attachment| {
                    Object::new()
                        .text(
                            "TransitGatewayAttachmentId",
                            attachment.transit_gateway_attachment_id(),
                        )
                        .text("ResourceId", attachment.resource_id())
                        .text(
                            "ResourceType",
                            attachment.resource_type().map(|kind| kind.as_str()),
                        )
                },
            )
            .into()
    });
    Object::new()
        .text("TransitGatewayRouteTableId", Some(table))
        .whole_list("Routes", routes.collect())
        .flag("AdditionalRoutesAvailable", is_cut)
}
