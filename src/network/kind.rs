//! The kinds of component that a path can meet, as the command line and the path file spell them.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

macro_rules! kinds {
    ($($(#[$doc:meta])* $variant:ident = $word:literal),+ $(,)?) => {
        /// What a component is.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
        pub enum Kind {
            $($(#[$doc])* #[serde(rename = $word)] $variant,)+
        }

        impl Kind {
            /// Every kind, in the order of the documentation.
            pub const ALL: &'static [Kind] = &[$(Kind::$variant),+];

            /// As it is written in path files and in JSON.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Kind::$variant => $word,)+
                }
            }
        }

        impl FromStr for Kind {
            type Err = UnknownKind;

            fn from_str(word: &str) -> Result<Self, UnknownKind> {
                match word {
                    $($word => Ok(Kind::$variant),)+
                    _ => Err(UnknownKind),
                }
            }
        }
    };
}

/// The word is no kind of component.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no such kind of component")]
pub struct UnknownKind;

kinds! {
    /// An EC2 instance.
    Instance = "instance",
    /// A network interface.
    NetworkInterface = "network-interface",
    /// A Lambda function.
    Lambda = "lambda",
    /// Subnets and groups that tasks, pods or instances are launched into.
    Workload = "workload",
    /// A database.
    Rds = "rds",
    /// A subnet.
    Subnet = "subnet",
    /// A security group.
    SecurityGroup = "security-group",
    /// A network ACL.
    NetworkAcl = "network-acl",
    /// A VPC's route table.
    RouteTable = "route-table",
    /// A NAT gateway.
    NatGateway = "nat-gateway",
    /// An internet gateway.
    InternetGateway = "internet-gateway",
    /// An egress-only internet gateway.
    EgressOnlyInternetGateway = "egress-only-internet-gateway",
    /// A VPC peering connection.
    VpcPeeringConnection = "vpc-peering-connection",
    /// A transit gateway.
    TransitGateway = "transit-gateway",
    /// An attachment of a transit gateway.
    TransitGatewayAttachment = "transit-gateway-attachment",
    /// A route table of a transit gateway.
    TransitGatewayRouteTable = "transit-gateway-route-table",
    /// A VPC endpoint of any type.
    VpcEndpoint = "vpc-endpoint",
    /// A load balancer of any type.
    LoadBalancer = "load-balancer",
    /// A target group.
    TargetGroup = "target-group",
    /// A Network Firewall.
    NetworkFirewall = "network-firewall",
    /// A virtual private gateway.
    VpnGateway = "vpn-gateway",
    /// A site-to-site VPN connection.
    VpnConnection = "vpn-connection",
    /// A Direct Connect gateway.
    DirectConnectGateway = "direct-connect-gateway",
    /// A prefix list.
    PrefixList = "prefix-list",
    /// A VPC.
    Vpc = "vpc",
    /// The internet.
    Internet = "internet",
    /// A network outside AWS.
    OnPremises = "on-premises",
    /// A component that hopwatch does not model.
    Unsupported = "unsupported",
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
