//! The calls that read a network: which permission each takes, and what is unknown without it.
//!
//! [`Call::ALL`] is what an IAM policy has to allow; the collector makes no other call to read a network.

/// A call that reads a part of a network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "each is named after AWS's action")]
pub enum Call {
    DescribeVpcs,
    DescribeAvailabilityZones,
    DescribeSubnets,
    DescribeRouteTables,
    DescribeNetworkAcls,
    DescribeSecurityGroups,
    DescribeNetworkInterfaces,
    DescribeInstances,
    DescribeNatGateways,
    DescribeInternetGateways,
    DescribeEgressOnlyInternetGateways,
    DescribeVpnGateways,
    DescribeVpnConnections,
    DescribeVpcPeeringConnections,
    DescribeVpcEndpoints,
    DescribeVpcBlockPublicAccessOptions,
    DescribeVpcBlockPublicAccessExclusions,
    DescribePrefixLists,
    DescribeManagedPrefixLists,
    GetManagedPrefixListEntries,
    DescribeTransitGateways,
    DescribeTransitGatewayAttachments,
    DescribeTransitGatewayVpcAttachments,
    DescribeTransitGatewayPeeringAttachments,
    DescribeTransitGatewayRouteTables,
    GetTransitGatewayRouteTablePropagations,
    SearchTransitGatewayRoutes,
    DescribeDbInstances,
    DescribeDbClusters,
    ListFunctions,
    GetFunctionConfiguration,
    DescribeLoadBalancers,
    DescribeClassicLoadBalancers,
    DescribeListeners,
    DescribeRules,
    DescribeLoadBalancerAttributes,
    DescribeTargetGroups,
    DescribeTargetGroupAttributes,
    DescribeTargetHealth,
    ListFirewalls,
    DescribeFirewall,
    DescribeFirewallPolicy,
    DescribeRuleGroup,
}

impl Call {
    /// Every one, in the order in which a network is told of.
    pub const ALL: &'static [Self] = &[
        Self::DescribeVpcs,
        Self::DescribeAvailabilityZones,
        Self::DescribeSubnets,
        Self::DescribeRouteTables,
        Self::DescribeNetworkAcls,
        Self::DescribeSecurityGroups,
        Self::DescribeNetworkInterfaces,
        Self::DescribeInstances,
        Self::DescribeNatGateways,
        Self::DescribeInternetGateways,
        Self::DescribeEgressOnlyInternetGateways,
        Self::DescribeVpnGateways,
        Self::DescribeVpnConnections,
        Self::DescribeVpcPeeringConnections,
        Self::DescribeVpcEndpoints,
        Self::DescribeVpcBlockPublicAccessOptions,
        Self::DescribeVpcBlockPublicAccessExclusions,
        Self::DescribePrefixLists,
        Self::DescribeManagedPrefixLists,
        Self::GetManagedPrefixListEntries,
        Self::DescribeTransitGateways,
        Self::DescribeTransitGatewayAttachments,
        Self::DescribeTransitGatewayVpcAttachments,
        Self::DescribeTransitGatewayPeeringAttachments,
        Self::DescribeTransitGatewayRouteTables,
        Self::GetTransitGatewayRouteTablePropagations,
        Self::SearchTransitGatewayRoutes,
        Self::DescribeDbInstances,
        Self::DescribeDbClusters,
        Self::ListFunctions,
        Self::GetFunctionConfiguration,
        Self::DescribeLoadBalancers,
        Self::DescribeClassicLoadBalancers,
        Self::DescribeListeners,
        Self::DescribeRules,
        Self::DescribeLoadBalancerAttributes,
        Self::DescribeTargetGroups,
        Self::DescribeTargetGroupAttributes,
        Self::DescribeTargetHealth,
        Self::ListFirewalls,
        Self::DescribeFirewall,
        Self::DescribeFirewallPolicy,
        Self::DescribeRuleGroup,
    ];

    /// The permission that it takes, as in a policy: `ec2:DescribeVpcs`.
    pub fn permission(self) -> &'static str {
        match self {
            Self::DescribeVpcs => "ec2:DescribeVpcs",
            Self::DescribeAvailabilityZones => "ec2:DescribeAvailabilityZones",
            Self::DescribeSubnets => "ec2:DescribeSubnets",
            Self::DescribeRouteTables => "ec2:DescribeRouteTables",
            Self::DescribeNetworkAcls => "ec2:DescribeNetworkAcls",
            Self::DescribeSecurityGroups => "ec2:DescribeSecurityGroups",
            Self::DescribeNetworkInterfaces => "ec2:DescribeNetworkInterfaces",
            Self::DescribeInstances => "ec2:DescribeInstances",
            Self::DescribeNatGateways => "ec2:DescribeNatGateways",
            Self::DescribeInternetGateways => "ec2:DescribeInternetGateways",
            Self::DescribeEgressOnlyInternetGateways => "ec2:DescribeEgressOnlyInternetGateways",
            Self::DescribeVpnGateways => "ec2:DescribeVpnGateways",
            Self::DescribeVpnConnections => "ec2:DescribeVpnConnections",
            Self::DescribeVpcPeeringConnections => "ec2:DescribeVpcPeeringConnections",
            Self::DescribeVpcEndpoints => "ec2:DescribeVpcEndpoints",
            Self::DescribeVpcBlockPublicAccessOptions => "ec2:DescribeVpcBlockPublicAccessOptions",
            Self::DescribeVpcBlockPublicAccessExclusions => "ec2:DescribeVpcBlockPublicAccessExclusions",
            Self::DescribePrefixLists => "ec2:DescribePrefixLists",
            Self::DescribeManagedPrefixLists => "ec2:DescribeManagedPrefixLists",
            Self::GetManagedPrefixListEntries => "ec2:GetManagedPrefixListEntries",
            Self::DescribeTransitGateways => "ec2:DescribeTransitGateways",
            Self::DescribeTransitGatewayAttachments => "ec2:DescribeTransitGatewayAttachments",
            Self::DescribeTransitGatewayVpcAttachments => "ec2:DescribeTransitGatewayVpcAttachments",
            Self::DescribeTransitGatewayPeeringAttachments => "ec2:DescribeTransitGatewayPeeringAttachments",
            Self::DescribeTransitGatewayRouteTables => "ec2:DescribeTransitGatewayRouteTables",
            Self::GetTransitGatewayRouteTablePropagations => "ec2:GetTransitGatewayRouteTablePropagations",
            Self::SearchTransitGatewayRoutes => "ec2:SearchTransitGatewayRoutes",
            Self::DescribeDbInstances => "rds:DescribeDBInstances",
            Self::DescribeDbClusters => "rds:DescribeDBClusters",
            Self::ListFunctions => "lambda:ListFunctions",
            Self::GetFunctionConfiguration => "lambda:GetFunctionConfiguration",
            // One permission for the calls of two services.
            Self::DescribeLoadBalancers | Self::DescribeClassicLoadBalancers => {
                "elasticloadbalancing:DescribeLoadBalancers"
            }
            Self::DescribeListeners => "elasticloadbalancing:DescribeListeners",
            Self::DescribeRules => "elasticloadbalancing:DescribeRules",
            Self::DescribeLoadBalancerAttributes => "elasticloadbalancing:DescribeLoadBalancerAttributes",
            Self::DescribeTargetGroups => "elasticloadbalancing:DescribeTargetGroups",
            Self::DescribeTargetGroupAttributes => "elasticloadbalancing:DescribeTargetGroupAttributes",
            Self::DescribeTargetHealth => "elasticloadbalancing:DescribeTargetHealth",
            Self::ListFirewalls => "network-firewall:ListFirewalls",
            Self::DescribeFirewall => "network-firewall:DescribeFirewall",
            Self::DescribeFirewallPolicy => "network-firewall:DescribeFirewallPolicy",
            Self::DescribeRuleGroup => "network-firewall:DescribeRuleGroup",
        }
    }

    /// The permissions of all calls, each once.
    pub fn permissions() -> Vec<&'static str> {
        let mut all: Vec<&str> = Vec::new();
        for call in Self::ALL {
            if !all.contains(&call.permission()) {
                all.push(call.permission());
            }
        }
        all
    }

    /// What is asked about each of what this call finds: the keys that are unknown without it.
    pub(super) fn rests_on_it(self) -> &'static [Self] {
        match self {
            Self::DescribeTransitGatewayRouteTables => &[
                Self::GetTransitGatewayRouteTablePropagations,
                Self::SearchTransitGatewayRoutes,
            ],
            Self::DescribeLoadBalancers => &[
                Self::DescribeListeners,
                Self::DescribeRules,
                Self::DescribeLoadBalancerAttributes,
            ],
            Self::DescribeTargetGroups => &[Self::DescribeTargetGroupAttributes, Self::DescribeTargetHealth],
            Self::ListFirewalls => &[
                Self::DescribeFirewall,
                Self::DescribeFirewallPolicy,
                Self::DescribeRuleGroup,
            ],
            _ => &[],
        }
    }

    /// The top-level key of a snapshot under which its answer stands.
    pub fn key(self) -> &'static str {
        match self {
            Self::DescribeInstances => "Reservations",
            Self::DescribeDbInstances => "DBInstances",
            Self::DescribeDbClusters => "DBClusters",
            Self::ListFunctions | Self::GetFunctionConfiguration => "Functions",
            Self::GetManagedPrefixListEntries => "PrefixListEntries",
            Self::GetTransitGatewayRouteTablePropagations => "TransitGatewayPropagations",
            Self::SearchTransitGatewayRoutes => "TransitGatewayRoutes",
            Self::DescribeClassicLoadBalancers => "LoadBalancerDescriptions",
            Self::DescribeTargetHealth => "LoadBalancerTargetHealth",
            Self::ListFirewalls | Self::DescribeFirewall => "Firewalls",
            Self::DescribeFirewallPolicy => "FirewallPolicies",
            Self::DescribeRuleGroup => "RuleGroups",
            other => {
                let (_, action) = other.permission().split_once(':').unwrap_or_default();
                action.strip_prefix("Describe").unwrap_or(action)
            }
        }
    }

    /// Whether it is made for each of something that another call finds, and not once.
    pub(super) fn is_of_each(self) -> bool {
        matches!(
            self,
            Self::GetManagedPrefixListEntries
                | Self::GetTransitGatewayRouteTablePropagations
                | Self::SearchTransitGatewayRoutes
                | Self::GetFunctionConfiguration
                | Self::DescribeListeners
                | Self::DescribeRules
                | Self::DescribeLoadBalancerAttributes
                | Self::DescribeTargetGroupAttributes
                | Self::DescribeTargetHealth
                | Self::DescribeFirewall
                | Self::DescribeFirewallPolicy
                | Self::DescribeRuleGroup
        )
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::network::load::known_keys;

    #[test]
    fn every_call_fills_a_key_that_is_read_and_every_key_is_filled() {
        let filled: BTreeSet<&str> = Call::ALL.iter().map(|call| call.key()).collect();
        // What says the same in another way, and what hopwatch itself writes.
        let other = [
            "Instances",
            "LoadBalancerListeners",
            "SecurityGroupRules",
            "TransitGatewayStaticRoutes",
            "Unread",
            "VpcPlaces",
        ];
        let read: BTreeSet<&str> = known_keys().filter(|key| !other.contains(key)).collect();
        assert_eq!(filled, read);
    }

    #[test]
    fn permissions_are_those_of_one_service_each() {
        let permissions = Call::permissions();
        assert_eq!(permissions.len(), Call::ALL.len() - 1, "two calls share one");
        for permission in permissions {
            let (service, action) = permission.split_once(':').unwrap();
            assert!(
                ["ec2", "rds", "lambda", "elasticloadbalancing", "network-firewall"].contains(&service),
                "{permission}"
            );
            assert!(
                ["Describe", "Get", "List", "Search"]
                    .iter()
                    .any(|verb| action.starts_with(verb)),
                "{permission}"
            );
        }
    }
}
