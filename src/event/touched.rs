//! A resource that a change touched: which, of what kind, and what became of it.

use std::fmt;

use crate::network::Kind;
use crate::network::id::{AccountId, Region, ResourceId};

/// A resource that an event names.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct TouchedResource {
    /// Its id; an ARN where AWS has none. Only characters that ids and ARNs are made of.
    pub id: ResourceId,
    /// What it is.
    pub what: What,
    /// What became of it.
    pub role: Role,
    /// The account that owns it, where an ARN told.
    pub account: Option<AccountId>,
    /// The Region it is in, where an ARN told.
    pub region: Option<Region>,
}

impl TouchedResource {
    /// The kind of component it is, if it is one.
    pub fn kind(&self) -> Option<Kind> {
        match self.what {
            What::Component(kind) => Some(kind),
            What::Handle(_) | What::Other => None,
        }
    }

    /// Whether a snapshot must say which components are meant: without one, everything in the account and Region.
    pub fn needs_lookup(&self) -> bool {
        matches!(self.what, What::Handle(_)) && matches!(self.role, Role::Changed | Role::Deleted)
    }

    /// Whether the change was made to this, rather than beside it.
    pub fn is_changed(&self) -> bool {
        matches!(self.role, Role::Created | Role::Changed | Role::Deleted)
    }
}

/// What an id stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum What {
    /// A component that paths may depend on.
    Component(Kind),
    /// An id by which components are found, in a snapshot only.
    Handle(Handle),
    /// Something that hopwatch knows no component for.
    Other,
}

impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Component(kind) => kind.fmt(f),
            Self::Handle(handle) => f.write_str(handle.as_str()),
            Self::Other => f.write_str("other"),
        }
    }
}

/// An id by which components are found. Each says where a snapshot has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Handle {
    /// `rtbassoc-…`: `RouteTables[].Associations[].RouteTableAssociationId` gives table and subnet or gateway.
    RouteTableAssociation,
    /// `aclassoc-…`: `NetworkAcls[].Associations[].NetworkAclAssociationId` gives ACL and subnet.
    NetworkAclAssociation,
    /// `eipassoc-…`: the `Association.AssociationId` of a network interface or NAT gateway.
    AddressAssociation,
    /// `eipalloc-…`: the `Association.AllocationId` of a network interface or NAT gateway.
    AddressAllocation,
    /// `eni-attach-…`: `NetworkInterfaces[].Attachment.AttachmentId`.
    InterfaceAttachment,
    /// `vpc-cidr-assoc-…` or `subnet-cidr-assoc-…`: the `AssociationId` of a VPC's or subnet's CIDR block.
    CidrAssociation,
    /// `sgr-…`: `SecurityGroupRules[].SecurityGroupRuleId`; the group is in the same event.
    SecurityGroupRule,
    /// The name of a DB subnet group: `DBSubnetGroup` of instances and clusters.
    DbSubnetGroup,
}

impl Handle {
    /// In words.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::RouteTableAssociation => "route table association",
            Self::NetworkAclAssociation => "network ACL association",
            Self::AddressAssociation => "address association",
            Self::AddressAllocation => "address allocation",
            Self::InterfaceAttachment => "interface attachment",
            Self::CidrAssociation => "CIDR association",
            Self::SecurityGroupRule => "security group rule",
            Self::DbSubnetGroup => "DB subnet group",
        }
    }
}

/// What became of a resource. The order is by how much it says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Named beside what was changed: a route's target, a group that a rule refers to.
    Named,
    /// What was changed lies in it: a VPC, a subnet.
    Parent,
    /// Changed.
    Changed,
    /// Deleted.
    Deleted,
    /// Created.
    Created,
}

impl Role {
    /// In a word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Named => "named",
            Self::Parent => "parent",
            Self::Changed => "changed",
            Self::Deleted => "deleted",
            Self::Created => "created",
        }
    }
}
