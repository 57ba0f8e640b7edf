//! States and kinds as AWS spells them, open to words that this version does not know.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Declares an enum over AWS's words that keeps an unknown word instead of failing on it.
macro_rules! open_enum {
    ($($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $word:literal $(| $alias:literal)*),+ $(,)? })+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $($(#[$vdoc])* $variant,)+
            /// A word that this version does not know: whatever depends on it is undecided.
            Other(Box<str>),
        }

        impl $name {
            /// The word as AWS spells it.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $word,)+
                    Self::Other(word) => word,
                }
            }
        }

        impl From<&str> for $name {
            fn from(word: &str) -> Self {
                match word {
                    $($word $(| $alias)* => Self::$variant,)+
                    other => Self::Other(other.into()),
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct WordVisitor;

                impl serde::de::Visitor<'_> for WordVisitor {
                    type Value = $name;

                    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                        f.write_str("a text")
                    }

                    fn visit_str<E>(self, word: &str) -> Result<$name, E> {
                        Ok(word.into())
                    }
                }

                deserializer.deserialize_str(WordVisitor)
            }
        }
    )+};
}

pub(crate) use open_enum;

open_enum! {
    /// The state of a CIDR association (API_VpcCidrBlockState, API_SubnetCidrBlockState).
    CidrState {
        /// Counts.
        Associated = "associated",
        /// On its way in: undecided.
        Associating = "associating",
        /// On its way out: undecided.
        Disassociating = "disassociating",
        /// Does not count.
        Disassociated = "disassociated",
        /// Does not count.
        Failed = "failed",
        /// Does not count.
        Failing = "failing",
    }
    /// The state of an association of a route table (API_RouteTableAssociationState).
    AssociationState {
        /// Counts.
        Associated = "associated",
        /// On its way in: undecided.
        Associating = "associating",
        /// On its way out: undecided.
        Disassociating = "disassociating",
        /// Does not count.
        Disassociated = "disassociated",
        /// Does not count.
        Failed = "failed",
    }
    /// The state of a route (API_Route).
    RouteState {
        /// Forwards.
        Active = "active",
        /// Its target is gone or unusable: drops what it wins.
        Blackhole = "blackhole",
        /// Learnt from a route server and filtered out: not in force.
        Filtered = "filtered",
    }
    /// How a route came to be (API_Route).
    RouteOrigin {
        /// The `local` route, made with the table.
        CreateRouteTable = "CreateRouteTable",
        /// Written by somebody: static.
        CreateRoute = "CreateRoute",
        /// Propagated by a virtual private gateway.
        EnableVgwRoutePropagation = "EnableVgwRoutePropagation",
        /// Advertised by a VPC route server.
        Advertisement = "Advertisement",
    }
    /// What a network ACL entry does.
    RuleAction {
        /// Lets pass.
        Allow = "allow",
        /// Drops.
        Deny = "deny",
    }
    /// The status of a network interface (API_NetworkInterface).
    InterfaceStatus {
        /// Attached to nothing.
        Available = "available",
        /// Attached.
        InUse = "in-use",
        /// A branch interface on its trunk.
        Associated = "associated",
        /// On its way in.
        Attaching = "attaching",
        /// On its way out.
        Detaching = "detaching",
        /// Not yet there.
        Pending = "pending",
    }
    /// The type of a network interface (API_NetworkInterface).
    InterfaceType {
        /// An ordinary one.
        Interface = "interface",
        /// A NAT gateway's: documented in both spellings.
        NatGateway = "nat_gateway" | "natGateway",
        /// A Lambda function's, shared by all functions of the same subnet and groups.
        Lambda = "lambda",
        /// A Network Load Balancer's node.
        NetworkLoadBalancer = "network_load_balancer",
        /// A Gateway Load Balancer's node.
        GatewayLoadBalancer = "gateway_load_balancer",
        /// A Gateway Load Balancer (or firewall) endpoint's.
        GatewayLoadBalancerEndpoint = "gateway_load_balancer_endpoint",
        /// An interface endpoint's.
        VpcEndpoint = "vpc_endpoint",
        /// A transit gateway attachment's.
        TransitGateway = "transit_gateway",
        /// An EKS trunk.
        Trunk = "trunk",
        /// An EKS branch, with groups of its own.
        Branch = "branch",
        /// With the Elastic Fabric Adapter.
        Efa = "efa",
    }
    /// The state of an instance (API_InstanceState).
    InstanceState {
        /// Starting.
        Pending = "pending",
        /// Answers.
        Running = "running",
        /// On its way out.
        ShuttingDown = "shutting-down",
        /// Gone.
        Terminated = "terminated",
        /// On its way to a stop.
        Stopping = "stopping",
        /// Keeps its private addresses; nothing answers.
        Stopped = "stopped",
    }
    /// The type of a load balancer (API_LoadBalancer).
    LoadBalancerType {
        /// HTTP: a proxy.
        Application = "application",
        /// TCP and UDP.
        Network = "network",
        /// For appliances.
        Gateway = "gateway",
    }
    /// Whether a load balancer's nodes have public addresses (API_LoadBalancer).
    LoadBalancerScheme {
        /// They have.
        InternetFacing = "internet-facing",
        /// They have not.
        Internal = "internal",
    }
    /// The state of a load balancer (API_LoadBalancerState).
    LoadBalancerStateCode {
        /// Works.
        Active = "active",
        /// Works, without the means to grow.
        ActiveImpaired = "active_impaired",
        /// Being made.
        Provisioning = "provisioning",
        /// Could not be made.
        Failed = "failed",
    }
    /// What the targets of a group are (API_TargetGroup).
    TargetType {
        /// Instances.
        Instance = "instance",
        /// Addresses.
        Ip = "ip",
        /// One function.
        Lambda = "lambda",
        /// One Application Load Balancer.
        Alb = "alb",
    }
    /// The health of a target (API_TargetHealth).
    TargetHealthState {
        /// Answers its checks.
        Healthy = "healthy",
        /// Does not.
        Unhealthy = "unhealthy",
        /// Being checked for the first time.
        Initial = "initial",
        /// On its way out: gets no new connections.
        Draining = "draining",
        /// Not used by any listener, or in a zone that is not enabled.
        Unused = "unused",
        /// Not checked.
        Unavailable = "unavailable",
    }
    /// What a listener or a rule does (API_Action).
    ActionType {
        /// Sends on to target groups.
        Forward = "forward",
        /// Asks the client who it is, first.
        AuthenticateOidc = "authenticate-oidc",
        /// Asks the client who it is, first.
        AuthenticateCognito = "authenticate-cognito",
        /// Checks the client's token, first.
        JwtValidation = "jwt-validation",
        /// Answers with another address.
        Redirect = "redirect",
        /// Answers by itself.
        FixedResponse = "fixed-response",
    }
    /// The state of a NAT gateway (API_NatGateway).
    NatGatewayState {
        /// Being made.
        Pending = "pending",
        /// Could not be made.
        Failed = "failed",
        /// Translates.
        Available = "available",
        /// May still translate: undecided.
        Deleting = "deleting",
        /// Gone.
        Deleted = "deleted",
    }
    /// Whether a NAT gateway has an Elastic IP address.
    ConnectivityType {
        /// With one, for the internet.
        Public = "public",
        /// Without: dropped at an internet gateway.
        Private = "private",
    }
    /// Whether a NAT gateway stands in a subnet or serves the whole VPC.
    AvailabilityMode {
        /// In one subnet.
        Zonal = "zonal",
        /// Without a subnet, with a route table of its own.
        Regional = "regional",
    }
    /// The state of an address of a NAT gateway (API_NatGatewayAddress).
    NatGatewayAddressStatus {
        /// In use.
        Succeeded = "succeeded",
        /// Not in use.
        Failed = "failed",
        /// On its way in.
        Assigning = "assigning",
        /// On its way in.
        Associating = "associating",
        /// On its way out.
        Unassigning = "unassigning",
        /// On its way out.
        Disassociating = "disassociating",
    }
    /// The state of an attachment of an internet gateway, an egress-only one or a virtual private gateway.
    GatewayAttachmentState {
        /// In force; the API says `available` of internet gateways.
        Attached = "attached" | "available",
        /// On its way in.
        Attaching = "attaching",
        /// On its way out.
        Detaching = "detaching",
        /// Not in force.
        Detached = "detached",
    }
    /// The status of a peering (API_VpcPeeringConnectionStateReason).
    PeeringStatus {
        /// In force.
        Active = "active",
        /// Waits for the other side.
        PendingAcceptance = "pending-acceptance",
        /// Being asked for.
        InitiatingRequest = "initiating-request",
        /// On its way in: undecided.
        Provisioning = "provisioning",
        /// On its way out: undecided.
        Deleting = "deleting",
        /// Gone.
        Deleted = "deleted",
        /// Refused.
        Rejected = "rejected",
        /// Nobody answered in time.
        Expired = "expired",
        /// Could not be made.
        Failed = "failed",
    }
    /// What a zone is.
    ZoneType {
        /// One of a Region's own.
        AvailabilityZone = "availability-zone",
        /// Near a city, hanging on an Availability Zone.
        LocalZone = "local-zone",
    }
    /// The state of a transit gateway, of its attachments and of its route tables.
    TransitGatewayState {
        /// In force.
        Available = "available",
        /// On its way.
        Pending = "pending",
        /// Waits for the other side.
        PendingAcceptance = "pendingAcceptance",
        /// Being asked for.
        InitiatingRequest = "initiatingRequest" | "initiating",
        /// Being changed: undecided.
        Modifying = "modifying",
        /// Being changed back: undecided.
        RollingBack = "rollingBack",
        /// On its way out.
        Deleting = "deleting",
        /// Gone.
        Deleted = "deleted",
        /// Could not be made.
        Failed = "failed",
        /// On its way to failed.
        Failing = "failing",
        /// Refused.
        Rejected = "rejected",
        /// On its way to refused.
        Rejecting = "rejecting",
    }
    /// What a transit gateway attachment joins.
    AttachmentResourceType {
        /// A VPC.
        Vpc = "vpc",
        /// A site-to-site VPN.
        Vpn = "vpn",
        /// A VPN concentrator.
        VpnConcentrator = "vpn-concentrator",
        /// A Direct Connect gateway.
        DirectConnectGateway = "direct-connect-gateway",
        /// A Connect attachment (GRE over another attachment).
        Connect = "connect",
        /// Another transit gateway.
        Peering = "peering" | "tgw-peering",
        /// A network function, as a firewall.
        NetworkFunction = "network-function",
        /// A Client VPN endpoint.
        ClientVpn = "client-vpn",
    }
    /// `enable` or `disable`.
    Toggle {
        /// On.
        Enable = "enable",
        /// Off.
        Disable = "disable",
    }
    /// The state of a propagation.
    PropagationState {
        /// In force.
        Enabled = "enabled",
        /// On its way in: undecided.
        Enabling = "enabling",
        /// On its way out: undecided.
        Disabling = "disabling",
        /// Not in force.
        Disabled = "disabled",
    }
    /// How a route came into a transit gateway's route table.
    TransitGatewayRouteType {
        /// Written by somebody.
        Static = "static",
        /// By an attachment.
        Propagated = "propagated",
    }
    /// The state of a transit gateway's route.
    TransitGatewayRouteState {
        /// Forwards.
        Active = "active",
        /// Drops what it wins.
        Blackhole = "blackhole",
        /// On its way in: undecided.
        Pending = "pending",
        /// On its way out: undecided.
        Deleting = "deleting",
        /// Gone.
        Deleted = "deleted",
    }
    /// The type of a VPC endpoint.
    VpcEndpointType {
        /// By a route, for S3 and DynamoDB.
        Gateway = "Gateway",
        /// By an interface.
        Interface = "Interface",
        /// By a route, to a Gateway Load Balancer or a Network Firewall.
        GatewayLoadBalancer = "GatewayLoadBalancer",
        /// To a resource gateway.
        Resource = "Resource",
        /// To a service network.
        ServiceNetwork = "ServiceNetwork",
    }
    /// The state of a VPC endpoint (API_VpcEndpoint; documented in both cases).
    VpcEndpointState {
        /// In force.
        Available = "available" | "Available",
        /// Being made.
        Pending = "pending" | "Pending",
        /// Waits for the service's owner.
        PendingAcceptance = "pendingAcceptance" | "PendingAcceptance",
        /// On its way out.
        Deleting = "deleting" | "Deleting",
        /// Gone.
        Deleted = "deleted" | "Deleted",
        /// Refused.
        Rejected = "rejected" | "Rejected",
        /// Could not be made.
        Failed = "failed" | "Failed",
        /// Nobody answered in time.
        Expired = "expired" | "Expired",
        /// Partly there.
        Partial = "partial" | "Partial",
    }
    /// The state of a VPN connection or of its static routes.
    VpnState {
        /// In force.
        Available = "available",
        /// Being made.
        Pending = "pending",
        /// Being changed.
        Modifying = "modifying",
        /// On its way out.
        Deleting = "deleting",
        /// Gone.
        Deleted = "deleted",
    }
    /// The status of a tunnel of a VPN connection.
    TunnelStatus {
        /// It carries packets.
        Up = "UP",
        /// It does not.
        Down = "DOWN",
    }
    /// Whether the IPv6 addresses of a VPC's block are advertised to the internet.
    Ipv6AddressAttribute {
        /// They are.
        Public = "public",
        /// They are not: dropped at internet gateways.
        Private = "private",
    }
    /// The mode of VPC Block Public Access.
    BlockPublicAccessMode {
        /// Nothing is blocked.
        Off = "off",
        /// Nothing may come in from the internet.
        BlockIngress = "block-ingress",
        /// Nothing may come in or go out.
        BlockBidirectional = "block-bidirectional",
    }
    /// What an exclusion from Block Public Access allows.
    InternetGatewayExclusionMode {
        /// Both ways.
        AllowBidirectional = "allow-bidirectional",
        /// Outward connections.
        AllowEgress = "allow-egress",
    }
    /// The state of an exclusion or of the options of Block Public Access.
    BlockPublicAccessState {
        /// The options are in force.
        DefaultState = "default-state",
        /// The options are in force.
        UpdateComplete = "update-complete",
        /// Being changed: undecided.
        UpdateInProgress = "update-in-progress",
        /// The exclusion is in force.
        CreateComplete = "create-complete",
        /// Being made: undecided.
        CreateInProgress = "create-in-progress",
        /// Not in force.
        CreateFailed = "create-failed",
        /// In force as before.
        UpdateFailed = "update-failed",
        /// On its way out: undecided.
        DeleteInProgress = "delete-in-progress",
        /// Gone.
        DeleteComplete = "delete-complete",
        /// Off.
        DisableInProgress = "disable-in-progress",
        /// Off.
        DisableComplete = "disable-complete",
    }
}

/// Reads `null` like an absent field: AWS's tools print both.
pub(crate) fn nullable<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + Default,
{
    Ok(Option::<T>::deserialize(deserializer)?.unwrap_or_default())
}
