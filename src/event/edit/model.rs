//! The edits that are told apart.

use ipnet::IpNet;

use crate::network::id::{
    InstanceId, NetworkAclId, NetworkInterfaceId, PrefixListId, ResourceId, RouteTableId, SecurityGroupId,
    SubnetId, TransitGatewayAttachmentId, TransitGatewayRouteTableId, VpcId,
};
use crate::network::network_acl::NetworkAclEntry;
use crate::network::route_table::Route;
use crate::network::security_group::IpPermission;

/// What was edited, and how.
#[derive(Debug, Clone, PartialEq)]
pub enum Edit {
    /// An entry of a network ACL was created, replaced or deleted.
    NetworkAclEntry {
        /// The ACL.
        network_acl: NetworkAclId,
        /// The entry's number.
        rule_number: u32,
        /// For what leaves the subnet.
        egress: bool,
        /// The entry as it now is; `None`: it is gone.
        entry: Option<Box<NetworkAclEntry>>,
    },
    /// A subnet was given another network ACL.
    NetworkAclAssociation {
        /// The association that is no more: it tells the subnet and the ACL before.
        association: ResourceId,
        /// The ACL from now on.
        network_acl: NetworkAclId,
        /// The association that took its place.
        new_association: Option<ResourceId>,
    },
    /// Rules of a security group were made.
    SecurityGroupRulesAdded {
        /// The group.
        group: SecurityGroupId,
        /// For what goes out.
        egress: bool,
        /// The rules.
        rules: Vec<SecurityGroupRule>,
    },
    /// Rules of a security group were taken away.
    SecurityGroupRulesRemoved {
        /// The group.
        group: SecurityGroupId,
        /// For what goes out.
        egress: bool,
        /// The rules.
        rules: Vec<SecurityGroupRule>,
    },
    /// Rules of a security group became others; the event has only what they are now, and no direction.
    SecurityGroupRulesModified {
        /// The group.
        group: SecurityGroupId,
        /// The rules as they now are.
        rules: Vec<SecurityGroupRule>,
    },
    /// A route was created, replaced or deleted.
    Route {
        /// The route table.
        route_table: RouteTableId,
        /// What the route is for.
        destination: RouteDestination,
        /// The route as it now is; `None`: it is gone.
        route: Option<Box<Route>>,
    },
    /// A subnet or a gateway was given a route table, or lost it.
    RouteTableAssociation {
        /// The association that is no more: it tells table and subnet or gateway before.
        association: Option<ResourceId>,
        /// The table from now on.
        route_table: Option<RouteTableId>,
        /// The subnet, where the event names it.
        subnet: Option<SubnetId>,
        /// The gateway, where the event names it.
        gateway: Option<ResourceId>,
        /// The association that took its place.
        new_association: Option<ResourceId>,
    },
    /// A virtual private gateway's routes were let into a table, or kept out.
    RoutePropagation {
        /// The route table.
        route_table: RouteTableId,
        /// The gateway.
        gateway: ResourceId,
        /// Let in.
        enabled: bool,
    },
    /// A static route of a transit gateway was created, replaced or deleted.
    TransitGatewayRoute {
        /// The transit gateway's route table.
        route_table: TransitGatewayRouteTableId,
        /// What the route is for.
        destination: IpNet,
        /// Where to.
        attachment: Option<TransitGatewayAttachmentId>,
        /// Drops instead.
        blackhole: bool,
        /// It is gone.
        deleted: bool,
    },
    /// An attachment was associated with a transit gateway's route table, or no longer.
    TransitGatewayAssociation {
        /// The transit gateway's route table.
        route_table: TransitGatewayRouteTableId,
        /// The attachment.
        attachment: TransitGatewayAttachmentId,
        /// From now on.
        enabled: bool,
    },
    /// An attachment's routes were let into a transit gateway's route table, or kept out.
    TransitGatewayPropagation {
        /// The transit gateway's route table.
        route_table: TransitGatewayRouteTableId,
        /// The attachment.
        attachment: TransitGatewayAttachmentId,
        /// Let in.
        enabled: bool,
    },
    /// Entries of a prefix list were added or taken away.
    PrefixListEntries {
        /// The prefix list.
        prefix_list: PrefixListId,
        /// Added.
        added: Vec<IpNet>,
        /// Taken away.
        removed: Vec<IpNet>,
    },
    /// A network interface, or the primary one of an instance, was given other security groups.
    InterfaceGroups {
        /// The interface.
        interface: Option<NetworkInterfaceId>,
        /// The instance.
        instance: Option<InstanceId>,
        /// The groups from now on.
        groups: Vec<SecurityGroupId>,
    },
    /// The source/destination check of a network interface or an instance was switched.
    SourceDestCheck {
        /// The interface.
        interface: Option<NetworkInterfaceId>,
        /// The instance.
        instance: Option<InstanceId>,
        /// On.
        enabled: bool,
    },
    /// An internet gateway or a virtual private gateway was attached to a VPC, or detached.
    GatewayAttachment {
        /// The gateway.
        gateway: ResourceId,
        /// The VPC.
        vpc: VpcId,
        /// From now on.
        attached: bool,
    },
}

/// What a route is for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum RouteDestination {
    /// A prefix of either family, in its canonical form.
    Cidr(IpNet),
    /// A prefix list: one route an entry.
    PrefixList(PrefixListId),
}

/// A rule of a security group, as far as an event has it. An address, a list or a group each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecurityGroupRule {
    /// `sgr-…`, where the event names it.
    pub id: Option<ResourceId>,
    /// Protocol, ports and what it is from or to; `None` where the event has its id only.
    pub permission: Option<IpPermission>,
}
