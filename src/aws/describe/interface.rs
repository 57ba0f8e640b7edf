//! Network interfaces and instances.

use aws_sdk_ec2::types::{Instance, NetworkInterface, NetworkInterfaceAssociation, Reservation};

use super::object::Object;

pub(super) fn network_interface(interface: &NetworkInterface) -> Object {
    Object::new()
        .text("NetworkInterfaceId", interface.network_interface_id())
        .text("SubnetId", interface.subnet_id())
        .text("VpcId", interface.vpc_id())
        .text("AvailabilityZone", interface.availability_zone())
        .text("Description", interface.description())
        .list("Groups", interface.groups(), |group| {
            Object::new()
                .text("GroupId", group.group_id())
                .text("GroupName", group.group_name())
        })
        .text(
            "InterfaceType",
            interface.interface_type().map(|kind| kind.as_str()),
        )
        .text("PrivateIpAddress", interface.private_ip_address())
        .list(
            "PrivateIpAddresses",
            interface.private_ip_addresses(),
            |address| {
                Object::new()
                    .text("PrivateIpAddress", address.private_ip_address())
                    .flag("Primary", address.primary())
                    .object("Association", address.association(), association)
            },
        )
        .list("Ipv6Addresses", interface.ipv6_addresses(), |address| {
            Object::new().text("Ipv6Address", address.ipv6_address())
        })
        .list("Ipv4Prefixes", interface.ipv4_prefixes(), |prefix| {
            Object::new().text("Ipv4Prefix", prefix.ipv4_prefix())
        })
        .list("Ipv6Prefixes", interface.ipv6_prefixes(), |prefix| {
            Object::new().text("Ipv6Prefix", prefix.ipv6_prefix())
        })
        .object("Association", interface.association(), association)
        .flag("SourceDestCheck", interface.source_dest_check())
        .text("Status", interface.status().map(|status| status.as_str()))
        .object("Attachment", interface.attachment(), |attachment| {
            Object::new()
                .text("InstanceId", attachment.instance_id())
                .number("DeviceIndex", attachment.device_index())
                .text("Status", attachment.status().map(|status| status.as_str()))
        })
        .flag("DenyAllIgwTraffic", interface.deny_all_igw_traffic())
        .flag("RequesterManaged", interface.requester_managed())
        .text("RequesterId", interface.requester_id())
        .text("OwnerId", interface.owner_id())
        .tags("TagSet", interface.tag_set())
}

fn association(association: &NetworkInterfaceAssociation) -> Object {
    Object::new()
        .text("PublicIp", association.public_ip())
        .text("CarrierIp", association.carrier_ip())
        .text("IpOwnerId", association.ip_owner_id())
}

pub(super) fn reservation(reservation: &Reservation) -> Object {
    Object::new()
        .text("OwnerId", reservation.owner_id())
        .list("Instances", reservation.instances(), instance)
}

fn instance(instance: &Instance) -> Object {
    Object::new()
        .text("InstanceId", instance.instance_id())
        .object("State", instance.state(), |state| {
            Object::new().text("Name", state.name().map(|name| name.as_str()))
        })
        .text("Platform", instance.platform().map(|platform| platform.as_str()))
        .text("PlatformDetails", instance.platform_details())
        .text("VpcId", instance.vpc_id())
        .text("SubnetId", instance.subnet_id())
        .tags("Tags", instance.tags())
}
