//! What an id tells of its resource.

use crate::network::Kind;
use crate::network::id::ResourceId;

/// The kind that an id's prefix tells.
pub(crate) fn kind_of(id: &ResourceId) -> Kind {
    let id = id.as_str();
    let prefix = ["tgw-attach-", "tgw-rtb-"]
        .into_iter()
        .find(|prefix| id.starts_with(prefix))
        .map_or_else(
            || id.split('-').next().unwrap_or(id),
            |prefix| prefix.trim_end_matches('-'),
        );
    match prefix {
        "i" => Kind::Instance,
        "eni" => Kind::NetworkInterface,
        "subnet" => Kind::Subnet,
        "sg" => Kind::SecurityGroup,
        "acl" => Kind::NetworkAcl,
        "rtb" => Kind::RouteTable,
        "nat" => Kind::NatGateway,
        "igw" => Kind::InternetGateway,
        "eigw" => Kind::EgressOnlyInternetGateway,
        "pcx" => Kind::VpcPeeringConnection,
        "tgw" => Kind::TransitGateway,
        "tgw-attach" => Kind::TransitGatewayAttachment,
        "tgw-rtb" => Kind::TransitGatewayRouteTable,
        "vpce" => Kind::VpcEndpoint,
        "vgw" => Kind::VpnGateway,
        "vpn" => Kind::VpnConnection,
        "pl" => Kind::PrefixList,
        "vpc" => Kind::Vpc,
        _ if id == "internet" => Kind::Internet,
        _ if id == "on-premises" => Kind::OnPremises,
        _ if id.starts_with("arn:") && id.contains(":function:") => Kind::Lambda,
        _ if id.starts_with("arn:") && id.contains(":loadbalancer/") => Kind::LoadBalancer,
        _ if id.starts_with("arn:") && (id.contains(":listener/") || id.contains(":listener-rule/")) => {
            Kind::LoadBalancer
        }
        _ if id.starts_with("arn:") && id.contains(":targetgroup/") => Kind::TargetGroup,
        _ if id.starts_with("arn:") && id.contains(":network-firewall:") => Kind::NetworkFirewall,
        _ => Kind::Unsupported,
    }
}
