//! Explanation codes: AWS's own vocabulary, and the few words that AWS has none for.
//!
//! <https://docs.aws.amazon.com/vpc/latest/reachability/explanation-codes.html>

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Whose vocabulary a code is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum CodeSource {
    /// AWS's Reachability Analyzer.
    Aws,
    /// Ours, where AWS has none.
    Hopwatch,
}

macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $variant:ident = $word:literal, $source:ident;)+) => {
        /// Why packets are lost, or why it cannot be told.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
        pub enum Code {
            $($(#[doc = $doc])+ #[serde(rename = $word)] $variant,)+
        }

        impl Code {
            /// Every code, in the order of the documentation.
            pub const ALL: &'static [Code] = &[$(Code::$variant),+];

            /// As it is printed.
            pub fn as_str(self) -> &'static str {
                match self { $(Code::$variant => $word,)+ }
            }

            /// What it means, in a sentence.
            pub fn meaning(self) -> &'static str {
                match self { $(Code::$variant => concat!($($doc),+).trim_ascii(),)+ }
            }

            /// Whose vocabulary it is of.
            pub fn source(self) -> CodeSource {
                match self { $(Code::$variant => CodeSource::$source,)+ }
            }
        }
    };
}

codes! {
    /// A component does not function.
    BadState = "BAD_STATE", Aws;
    /// An attachment between two components does not function.
    BadStateAttachment = "BAD_STATE_ATTACHMENT", Aws;
    /// The route that wins does not function: a blackhole.
    BadStateRoute = "BAD_STATE_ROUTE", Aws;
    /// A VPN connection does not function: no tunnel is up.
    BadStateVpn = "BAD_STATE_VPN", Aws;
    /// A Classic Load Balancer's subnet's network ACL, even towards its own subnet.
    ElbAclRestriction = "ELB_ACL_RESTRICTION", Aws;
    /// A Classic Load Balancer sends only to targets in the zones that it is enabled in.
    ElbInstalledAzRestriction = "ELB_INSTALLED_AZ_RESTRICTION", Aws;
    /// A Classic Load Balancer does not cross zones, and there is no target in this one.
    ElbNotCrosszone = "ELB_NOT_CROSSZONE", Aws;
    /// A Classic Load Balancer has no listener for it.
    ElbListenersMismatch = "ELB_LISTENERS_MISMATCH", Aws;
    /// A listener's target groups are empty.
    Elbv2ListenerHasNoTg = "ELBV2_LISTENER_HAS_NO_TG", Aws;
    /// A load balancer has no listener for it.
    Elbv2ListenersMismatch = "ELBV2_LISTENERS_MISMATCH", Aws;
    /// No target in the zones concerned.
    Elbv2NoTargetsInAz = "ELBV2_NO_TARGETS_IN_AZ", Aws;
    /// A Network Load Balancer keeps the client's address where that cannot work.
    Elbv2SourceAddressPreservation = "ELBV2_SOURCE_ADDRESS_PRESERVATION", Aws;
    /// An interface only emits and accepts its own addresses.
    EniAddressRestriction = "ENI_ADDRESS_RESTRICTION", Aws;
    /// No rule of the interface's security groups matches.
    EniSgRulesMismatch = "ENI_SG_RULES_MISMATCH", Aws;
    /// The source/destination check is on, and the address is not the interface's.
    EniSourceDestCheckRestriction = "ENI_SOURCE_DEST_CHECK_RESTRICTION", Aws;
    /// A Network Firewall's rule.
    FirewallRulesRestriction = "FIREWALL_RULES_RESTRICTION", Aws;
    /// An internet gateway sends nothing to private addresses (RFC 1918).
    IgwDestinationAddressNotInRfc1918Egress = "IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS", Aws;
    /// An internet gateway sends nothing to shared addresses (RFC 6598).
    IgwDestinationAddressNotInRfc6598Egress = "IGW_DESTINATION_ADDRESS_NOT_IN_RFC6598_EGRESS", Aws;
    /// The destination is no public address of an interface of the VPC.
    IgwPrivateIpAssociationForIngress = "IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS", Aws;
    /// The source has no public address.
    IgwPublicIpAssociationForEgress = "IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS", Aws;
    /// An internet gateway takes nothing from private addresses (RFC 1918).
    IgwSourceAddressNotInRfc1918Ingress = "IGW_SOURCE_ADDRESS_NOT_IN_RFC1918_INGRESS", Aws;
    /// An internet gateway takes nothing from shared addresses (RFC 6598).
    IgwSourceAddressNotInRfc6598Ingress = "IGW_SOURCE_ADDRESS_NOT_IN_RFC6598_INGRESS", Aws;
    /// A middlebox behind an edge route table needs a public address.
    IngressRtbNoPublicIp = "INGRESS_RTB_NO_PUBLIC_IP", Aws;
    /// A subnet whose inbound traffic is redirected to a middlebox cannot answer by the internet gateway directly.
    IngressRtbTrafficRedirection = "INGRESS_RTB_TRAFFIC_REDIRECTION", Aws;
    /// A NAT gateway serves only interfaces of its own VPC, and what comes by a transit gateway.
    NgwRequiresSourceInVpc = "NGW_REQUIRES_SOURCE_IN_VPC", Aws;
    /// There is nothing at that address that could receive it.
    NoPossibleDestination = "NO_POSSIBLE_DESTINATION", Aws;
    /// The route table has no route for it.
    NoRouteToDestination = "NO_ROUTE_TO_DESTINATION", Aws;
    /// A peering carries only what is from one VPC's blocks to the other's.
    PcxRequiresAddressInVpcCidr = "PCX_REQUIRES_ADDRESS_IN_VPC_CIDR", Aws;
    /// The component takes only certain protocols.
    ProtocolRestriction = "PROTOCOL_RESTRICTION", Aws;
    /// A regional NAT gateway is not present in the sender's zone.
    RegionalNgwRouteAzRestriction = "REGIONAL_NGW_ROUTE_AZ_RESTRICTION", Aws;
    /// No group of the interface has any rule in that direction.
    SgHasNoRules = "SG_HAS_NO_RULES", Aws;
    /// A rule names a group, and the packet lost its groups on the way.
    SgReferencesNotPreserved = "SG_REFERENCES_NOT_PRESERVED", Aws;
    /// A rule names a group across a transit gateway that does not support it.
    SgReferencingSupport = "SG_REFERENCING_SUPPORT", Aws;
    /// The subnet's network ACL.
    SubnetAclRestriction = "SUBNET_ACL_RESTRICTION", Aws;
    /// A load balancer sends only to its targets.
    TargetAddressRestriction = "TARGET_ADDRESS_RESTRICTION", Aws;
    /// The attachment has no route table.
    TgwAttachMissingTgwRtbAssociation = "TGW_ATTACH_MISSING_TGW_RTB_ASSOCIATION", Aws;
    /// The attachment has no interface in the zone.
    TgwAttachVpcAzRestriction = "TGW_ATTACH_VPC_AZ_RESTRICTION", Aws;
    /// The attached VPN does not function.
    TgwBadStateVpn = "TGW_BAD_STATE_VPN", Aws;
    /// The attachment has no subnet in the sender's zone.
    TgwRouteAzRestriction = "TGW_ROUTE_AZ_RESTRICTION", Aws;
    /// The transit gateway's route that wins does not function: a blackhole.
    TgwRtbBadStateRoute = "TGW_RTB_BAD_STATE_ROUTE", Aws;
    /// The transit gateway's table has no route for it.
    TgwRtbCannotRoute = "TGW_RTB_CANNOT_ROUTE", Aws;
    /// The transit gateway's routes could not be read.
    TgwRtbRoutesAreUnknown = "TGW_RTB_ROUTES_ARE_UNKNOWN", Aws;
    /// Too little is known to walk on.
    UnknownDestination = "UNKNOWN_DESTINATION", Aws;
    /// A rule names a group of a VPC that could not be read.
    UnknownPeeredSgs = "UNKNOWN_PEERED_SGS", Aws;
    /// A resource could not be described.
    UnknownResource = "UNKNOWN_RESOURCE", Aws;
    /// The source is no interface of the attached VPC.
    VgwPrivateIpAssociationForEgress = "VGW_PRIVATE_IP_ASSOCIATION_FOR_EGRESS", Aws;
    /// The destination is no private address of the attached VPC.
    VgwPrivateIpAssociationForIngress = "VGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS", Aws;
    /// VPC Block Public Access.
    VpcBlockPublicAccessEnabled = "VPC_BLOCK_PUBLIC_ACCESS_ENABLED", Aws;
    /// A gateway endpoint takes TCP and ICMP echo only.
    VpceGatewayProtocolRestriction = "VPCE_GATEWAY_PROTOCOL_RESTRICTION", Aws;
    /// An endpoint starts nothing.
    VpceIntraVpcTraffic = "VPCE_INTRA_VPC_TRAFFIC", Aws;
    /// No packet is possible: nothing is left to ask, or the source cannot start anything.
    NoPath = "NO_PATH", Aws;
    /// The source or the destination does not exist.
    NoSourceOrDestination = "NO_SOURCE_OR_DESTINATION", Aws;
    /// The component is in no VPC, or has no address.
    UnassociatedComponent = "UNASSOCIATED_COMPONENT", Aws;
    /// hopwatch does not model the component.
    UnsupportedComponent = "UNSUPPORTED_COMPONENT", Aws;
    /// A packet does not cross what the path says it must.
    ComponentFilterRestriction = "COMPONENT_FILTER_RESTRICTION", Aws;
    /// A packet crosses what the path says it must not.
    ComponentFilterRestrictionRemovedComponent = "COMPONENT_FILTER_RESTRICTION_REMOVED_COMPONENT", Aws;
    /// `filterAtDestination` leaves nothing.
    FilterAtDestination = "FILTER_AT_DESTINATION", Hopwatch;
    /// A packet comes back to a device with the same header.
    ForwardingLoop = "FORWARDING_LOOP", Hopwatch;
    /// The reply is sent another way than its request's gateway, which alone knows the connection.
    ReplyLeavesByAnotherGateway = "REPLY_LEAVES_BY_ANOTHER_GATEWAY", Hopwatch;
    /// An egress-only internet gateway passes no connection from outside.
    EgressOnlyGatewayIngress = "EGRESS_ONLY_GATEWAY_INGRESS", Hopwatch;
    /// An IPv6 address that is not advertised to the internet.
    Ipv6AddressIsPrivate = "IPV6_ADDRESS_IS_PRIVATE", Hopwatch;
    /// The request and its reply cross different firewall endpoints.
    FirewallAsymmetricRouting = "FIREWALL_ASYMMETRIC_ROUTING", Hopwatch;
    /// It arrives at another place than the path's destination.
    ArrivesElsewhere = "ARRIVES_ELSEWHERE", Hopwatch;
    /// Several names fit: say which is meant.
    AmbiguousEnd = "AMBIGUOUS_END", Hopwatch;
    /// A host name that nobody resolved.
    UnresolvedHost = "UNRESOLVED_HOST", Hopwatch;
    /// AWS documents no answer, and the readings differ.
    UndocumentedBehaviour = "UNDOCUMENTED_BEHAVIOUR", Hopwatch;
    /// A resource is on its way to another state.
    InTransition = "IN_TRANSITION", Hopwatch;
    /// The packets fell into too many parts to go on.
    TooManyParts = "TOO_MANY_PARTS", Hopwatch;
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
