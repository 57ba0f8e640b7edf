//! What an id tells of its resource.

use crate::network::Kind;
use crate::network::id::ResourceId;

/// The kind that an id's prefix tells.
pub(crate) fn kind_of(id: &ResourceId) -> Kind {
    let id = id.as_str();
    // Asked of every end of every path: on so short a text a look for the first hyphen is faster than `split`.
    let first = id.bytes().position(|byte| byte == b'-').unwrap_or(id.len());
    let (prefix, rest) = id.split_at(first);
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
        "tgw" if rest.starts_with("-attach-") => Kind::TransitGatewayAttachment,
        "tgw" if rest.starts_with("-rtb-") => Kind::TransitGatewayRouteTable,
        "tgw" => Kind::TransitGateway,
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
