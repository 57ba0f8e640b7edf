//! Ids of AWS resources as types of their own, so that a subnet is never looked up as a route table.
//!
//! An id is a cheap-to-clone string. Nothing checks its pattern here: a snapshot is somebody else's data, and an id
//! that looks odd is simply one that nothing answers to.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::Visitor;
use serde::{Deserialize, Deserializer, Serialize};

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        #[serde(transparent)]
        pub struct $name(Arc<str>);

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_str(IdVisitor).map(Self)
            }
        }

        impl $name {
            /// The id as AWS prints it.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl From<&str> for $name {
            fn from(id: &str) -> Self {
                Self(id.into())
            }
        }

        impl From<$name> for ResourceId {
            fn from(id: $name) -> Self {
                ResourceId(id.0)
            }
        }

        impl From<&$name> for ResourceId {
            fn from(id: &$name) -> Self {
                ResourceId(id.0.clone())
            }
        }

        impl std::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )+};
}

/// The id of a resource of any kind: for dependencies and for what is shown, never for a look-up of one kind.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct ResourceId(Arc<str>);

impl<'de> Deserialize<'de> for ResourceId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(IdVisitor).map(Self)
    }
}

/// Reads an id from the text itself: what serde derives makes a `String` on the way, and most of a snapshot is ids.
struct IdVisitor;

impl Visitor<'_> for IdVisitor {
    type Value = Arc<str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text")
    }

    fn visit_str<E>(self, id: &str) -> Result<Arc<str>, E> {
        Ok(id.into())
    }
}

impl JsonSchema for ResourceId {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        String::schema_name()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        String::json_schema(generator)
    }
}

impl ResourceId {
    /// The id as AWS prints it; an ARN where AWS has no id.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&ResourceId> for ResourceId {
    fn from(id: &ResourceId) -> Self {
        id.clone()
    }
}

impl From<&str> for ResourceId {
    fn from(id: &str) -> Self {
        Self(id.into())
    }
}

impl std::borrow::Borrow<str> for ResourceId {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ResourceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for ResourceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

ids! {
    /// `vpc-…`
    VpcId,
    /// `subnet-…`
    SubnetId,
    /// `rtb-…`
    RouteTableId,
    /// `acl-…`
    NetworkAclId,
    /// `sg-…`
    SecurityGroupId,
    /// `eni-…`
    NetworkInterfaceId,
    /// `i-…`
    InstanceId,
    /// `nat-…`
    NatGatewayId,
    /// `igw-…`
    InternetGatewayId,
    /// `eigw-…`
    EgressOnlyInternetGatewayId,
    /// `pcx-…`
    VpcPeeringConnectionId,
    /// `tgw-…`
    TransitGatewayId,
    /// `tgw-attach-…`
    TransitGatewayAttachmentId,
    /// `tgw-rtb-…`
    TransitGatewayRouteTableId,
    /// `vpce-…`
    VpcEndpointId,
    /// `pl-…`
    PrefixListId,
    /// `vgw-…`
    VpnGatewayId,
    /// `vpn-…`
    VpnConnectionId,
    /// The ARN of a function; its name is in it.
    FunctionArn,
    /// The identifier of a database instance or cluster.
    DbIdentifier,
    /// The ARN of a load balancer; the name of a Classic Load Balancer, which has none.
    LoadBalancerArn,
    /// The ARN of a target group.
    TargetGroupArn,
    /// The ARN of a load balancer's listener.
    ListenerArn,
    /// The ARN of a listener's rule.
    ListenerRuleArn,
    /// The ARN of a Network Firewall.
    FirewallArn,
    /// The ARN of a firewall policy.
    FirewallPolicyArn,
    /// The ARN of a firewall's rule group, stateless or stateful.
    RuleGroupArn,
    /// Twelve digits.
    AccountId,
    /// As in `eu-west-1`.
    Region,
    /// As in `eu-west-1a`: a name, which means another zone in another account.
    AvailabilityZone,
    /// As in `euw1-az1`: the same zone in every account.
    AvailabilityZoneId,
}
