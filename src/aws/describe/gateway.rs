//! Gateways of a VPC, its VPNs and its endpoints.

use aws_sdk_ec2::types::{
    EgressOnlyInternetGateway, InternetGateway, InternetGatewayAttachment, NatGateway, NatGatewayAddress,
    VpcEndpoint, VpnConnection, VpnGateway,
};

use super::object::Object;

pub(super) fn internet_gateway(gateway: &InternetGateway) -> Object {
    Object::new()
        .text("InternetGatewayId", gateway.internet_gateway_id())
        .list("Attachments", gateway.attachments(), attachment)
        .text("OwnerId", gateway.owner_id())
        .tags("Tags", gateway.tags())
}

pub(super) fn egress_only_internet_gateway(gateway: &EgressOnlyInternetGateway) -> Object {
    Object::new()
        .text(
            "EgressOnlyInternetGatewayId",
            gateway.egress_only_internet_gateway_id(),
        )
        .list("Attachments", gateway.attachments(), attachment)
        .tags("Tags", gateway.tags())
}

fn attachment(attachment: &InternetGatewayAttachment) -> Object {
    Object::new()
        .text("VpcId", attachment.vpc_id())
        .text("State", attachment.state().map(|state| state.as_str()))
}

pub(super) fn nat_gateway(gateway: &NatGateway) -> Object {
    Object::new()
        .text("NatGatewayId", gateway.nat_gateway_id())
        .text("VpcId", gateway.vpc_id())
        .text("SubnetId", gateway.subnet_id())
        .text("State", gateway.state().map(|state| state.as_str()))
        .text(
            "ConnectivityType",
            gateway.connectivity_type().map(|kind| kind.as_str()),
        )
        .text(
            "AvailabilityMode",
            gateway.availability_mode().map(|mode| mode.as_str()),
        )
        .text(
            "AutoProvisionZones",
            gateway.auto_provision_zones().map(|state| state.as_str()),
        )
        .text("RouteTableId", gateway.route_table_id())
        .list(
            "NatGatewayAddresses",
            gateway.nat_gateway_addresses(),
            nat_gateway_address,
        )
        .list("AttachedAppliances", gateway.attached_appliances(), |appliance| {
            Object::new()
                .text("Type", appliance.r#type().map(|kind| kind.as_str()))
                .text("ApplianceArn", appliance.appliance_arn())
        })
        .tags("Tags", gateway.tags())
}

fn nat_gateway_address(address: &NatGatewayAddress) -> Object {
    Object::new()
        .text("PrivateIp", address.private_ip())
        .text("PublicIp", address.public_ip())
        .text("NetworkInterfaceId", address.network_interface_id())
        .text("Status", address.status().map(|status| status.as_str()))
        .text("AvailabilityZone", address.availability_zone())
        .text("AvailabilityZoneId", address.availability_zone_id())
}

pub(super) fn vpn_gateway(gateway: &VpnGateway) -> Object {
    Object::new()
        .text("VpnGatewayId", gateway.vpn_gateway_id())
        .text("State", gateway.state().map(|state| state.as_str()))
        .list("VpcAttachments", gateway.vpc_attachments(), |attachment| {
            Object::new()
                .text("VpcId", attachment.vpc_id())
                .text("State", attachment.state().map(|state| state.as_str()))
        })
        .tags("Tags", gateway.tags())
}

pub(super) fn vpn_connection(connection: &VpnConnection) -> Object {
    Object::new()
        .text("VpnConnectionId", connection.vpn_connection_id())
        .text("VpnGatewayId", connection.vpn_gateway_id())
        .text("TransitGatewayId", connection.transit_gateway_id())
        .text("State", connection.state().map(|state| state.as_str()))
        .object("Options", connection.options(), |options| {
            let carried = options.tunnel_inside_ip_version();
            Object::new()
                .flag("StaticRoutesOnly", options.static_routes_only())
                .text("TunnelInsideIpVersion", carried.map(|it| it.as_str()))
        })
        .list("Routes", connection.routes(), |route| {
            Object::new()
                .text("DestinationCidrBlock", route.destination_cidr_block())
                .text("State", route.state().map(|state| state.as_str()))
        })
        .list("VgwTelemetry", connection.vgw_telemetry(), |tunnel| {
            Object::new().text("Status", tunnel.status().map(|status| status.as_str()))
        })
        .tags("Tags", connection.tags())
}

pub(super) fn vpc_endpoint(endpoint: &VpcEndpoint) -> Object {
    Object::new()
        .text("VpcEndpointId", endpoint.vpc_endpoint_id())
        .text(
            "VpcEndpointType",
            endpoint.vpc_endpoint_type().map(|kind| kind.as_str()),
        )
        .text("VpcId", endpoint.vpc_id())
        .text("ServiceName", endpoint.service_name())
        .text("State", endpoint.state().map(|state| state.as_str()))
        .text(
            "IpAddressType",
            endpoint.ip_address_type().map(|kind| kind.as_str()),
        )
        .texts("RouteTableIds", endpoint.route_table_ids())
        .texts("SubnetIds", endpoint.subnet_ids())
        .list("Groups", endpoint.groups(), |group| {
            Object::new()
                .text("GroupId", group.group_id())
                .text("GroupName", group.group_name())
        })
        .texts("NetworkInterfaceIds", endpoint.network_interface_ids())
        .text("OwnerId", endpoint.owner_id())
        .tags("Tags", endpoint.tags())
}
