//! Tiny networks by hand, as the JSON that `aws ec2 describe-*` prints.
//!
//! Everything that is not said is open: a VPC's network ACL and its group `sg-open-…` let everything pass, interfaces
//! are attached to running instances, gateways are attached and available.

mod balancers;
mod firewalls;
mod gateways;
mod interfaces;
mod shapes;
mod transit;
mod vpcs;

use serde_json::{Map, Value, json};

pub(crate) use balancers::{balancer_arn, forward, group_arn, listener_arn, node_of};
pub(crate) use firewalls::{firewall_arn, stateful_rule, stateless_rule};
pub(crate) use shapes::{entry, permission, route};

/// A network in the making.
#[derive(Debug, Clone)]
pub(crate) struct Network(Map<String, Value>);

/// Every kind of resource that a snapshot can hold, with the field of its id.
pub(crate) const KINDS: [(&str, &str); 37] = [
    ("Vpcs", "VpcId"),
    ("AvailabilityZones", "ZoneId"),
    ("Subnets", "SubnetId"),
    ("RouteTables", "RouteTableId"),
    ("NetworkAcls", "NetworkAclId"),
    ("SecurityGroups", "GroupId"),
    ("NetworkInterfaces", "NetworkInterfaceId"),
    ("Reservations", "ReservationId"),
    ("Functions", "FunctionName"),
    ("NatGateways", "NatGatewayId"),
    ("InternetGateways", "InternetGatewayId"),
    ("EgressOnlyInternetGateways", "EgressOnlyInternetGatewayId"),
    ("VpnGateways", "VpnGatewayId"),
    ("VpnConnections", "VpnConnectionId"),
    ("PrefixLists", "PrefixListId"),
    ("VpcPeeringConnections", "VpcPeeringConnectionId"),
    ("TransitGateways", "TransitGatewayId"),
    ("TransitGatewayAttachments", "TransitGatewayAttachmentId"),
    ("TransitGatewayVpcAttachments", "TransitGatewayAttachmentId"),
    ("TransitGatewayPeeringAttachments", "TransitGatewayAttachmentId"),
    ("TransitGatewayRouteTables", "TransitGatewayRouteTableId"),
    ("TransitGatewayStaticRoutes", "TransitGatewayRouteTableId"),
    ("TransitGatewayPropagations", "TransitGatewayRouteTableId"),
    ("TransitGatewayRoutes", "TransitGatewayRouteTableId"),
    ("VpcEndpoints", "VpcEndpointId"),
    ("DBInstances", "DBInstanceIdentifier"),
    ("LoadBalancers", "LoadBalancerArn"),
    ("LoadBalancerDescriptions", "LoadBalancerName"),
    ("LoadBalancerAttributes", "LoadBalancerArn"),
    ("Listeners", "ListenerArn"),
    ("Rules", "RuleArn"),
    ("TargetGroups", "TargetGroupArn"),
    ("TargetGroupAttributes", "TargetGroupArn"),
    ("LoadBalancerTargetHealth", "TargetGroupArn"),
    // What names these stands one level down.
    ("Firewalls", "Firewall"),
    ("FirewallPolicies", "FirewallPolicyResponse"),
    ("RuleGroups", "RuleGroupResponse"),
];

/// The account and Region of everything.
pub(crate) const ACCOUNT: &str = "111122223333";
pub(crate) const REGION: &str = "eu-west-1";

impl Network {
    /// Nothing, and nothing unread.
    pub(crate) fn new() -> Self {
        let mut all = Map::new();
        for (kind, _) in KINDS {
            all.insert(kind.to_owned(), json!([]));
        }
        Self(all)
    }

    /// The whole as JSON.
    pub(crate) fn json(&self) -> Value {
        Value::Object(self.0.clone())
    }

    /// Adds a resource as it stands.
    pub(crate) fn add(&mut self, kind: &str, resource: Value) -> &mut Self {
        self.0[kind].as_array_mut().expect("a list").push(resource);
        self
    }

    /// Leaves a kind unread.
    pub(crate) fn unread(&mut self, kind: &str) -> &mut Self {
        self.0.remove(kind);
        self
    }

    /// Takes a resource away.
    pub(crate) fn remove(&mut self, kind: &str, id: &str) -> &mut Self {
        let field = id_field(kind);
        self.0[kind]
            .as_array_mut()
            .expect("a list")
            .retain(|v| v[field] != id);
        self
    }

    /// Changes a resource.
    pub(crate) fn edit(&mut self, kind: &str, id: &str, change: impl FnOnce(&mut Value)) -> &mut Self {
        change(self.get(kind, id));
        self
    }

    /// Changes all resources with an id: a peering's attachment is listed on both its sides.
    pub(crate) fn edit_all(&mut self, kind: &str, id: &str, mut change: impl FnMut(&mut Value)) -> &mut Self {
        let field = id_field(kind);
        for resource in self.0[kind].as_array_mut().expect("a list") {
            if resource[field] == id {
                change(resource);
            }
        }
        self
    }

    /// Sets a field of a resource.
    pub(crate) fn set(&mut self, kind: &str, id: &str, field: &str, value: Value) -> &mut Self {
        self.get(kind, id)[field] = value;
        self
    }

    pub(super) fn get(&mut self, kind: &str, id: &str) -> &mut Value {
        let field = id_field(kind);
        self.0[kind]
            .as_array_mut()
            .expect("a list")
            .iter_mut()
            .find(|v| v[field] == id)
            .unwrap_or_else(|| panic!("no {id} among {kind}"))
    }

    pub(super) fn vpc_of(&mut self, subnet: &str) -> String {
        self.get("Subnets", subnet)["VpcId"]
            .as_str()
            .expect("an id")
            .to_owned()
    }
}

/// The field of a kind's id.
pub(crate) fn id_field(kind: &str) -> &'static str {
    KINDS
        .iter()
        .find(|(k, _)| *k == kind)
        .map(|(_, f)| *f)
        .unwrap_or_else(|| panic!("no kind `{kind}`"))
}
