//! Load balancers of all types, their listeners, rules, target groups and targets.
//!
//! `elbv2 describe-load-balancers`, `-listeners`, `-rules`, `-target-groups`; for Classic Load Balancers `elb
//! describe-load-balancers`. Three replies do not name what they were asked for, and are wrapped so that they do:
//!
//! | call | key of a snapshot |
//! |---|---|
//! | `describe-target-health` | `{"LoadBalancerTargetHealth": [{"TargetGroupArn": "…", "TargetHealthDescriptions": […]}]}` |
//! | `describe-load-balancer-attributes` | `{"LoadBalancerAttributes": [{"LoadBalancerArn": "…", "Attributes": […]}]}` |
//! | `describe-target-group-attributes` | `{"TargetGroupAttributes": [{"TargetGroupArn": "…", "Attributes": […]}]}` |
//!
//! Listeners are read flat, as `describe-listeners` prints them (`Listeners`), and by load balancer
//! (`{"LoadBalancerListeners": [{"LoadBalancerArn": "…", "Listeners": […]}]}`), as other tools save them.
//!
//! A Classic Load Balancer has no ARN: its name stands in the place of one, and its cross-zone setting under the key
//! `load_balancing.cross_zone.enabled`, as for the others.
//! <https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/Welcome.html>

use std::net::{Ipv4Addr, Ipv6Addr};

use serde::{Deserialize, Serialize};

use super::id::{
    AvailabilityZone, InstanceId, ListenerArn, ListenerRuleArn, LoadBalancerArn, SecurityGroupId, SubnetId,
    TargetGroupArn, VpcId,
};
use super::state::{
    ActionType, LoadBalancerScheme, LoadBalancerStateCode, LoadBalancerType, TargetHealthState, TargetType,
    nullable,
};

/// An Application, Network or Gateway Load Balancer (API_LoadBalancer).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct LoadBalancer {
    /// Its ARN.
    pub load_balancer_arn: LoadBalancerArn,
    /// Its name.
    pub load_balancer_name: String,
    /// What it works on.
    #[serde(rename = "Type")]
    pub r#type: LoadBalancerType,
    /// Whether its nodes have public addresses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scheme: Option<LoadBalancerScheme>,
    /// Its VPC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vpc_id: Option<VpcId>,
    /// Its state; absent: unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<LoadBalancerState>,
    /// Its zones: one subnet, and so one node, in each.
    #[serde(default, deserialize_with = "nullable")]
    pub availability_zones: Vec<EnabledZone>,
    /// The groups of its nodes; a Network Load Balancer may have none.
    #[serde(default, deserialize_with = "nullable")]
    pub security_groups: Vec<SecurityGroupId>,
    /// `ipv4`, `dualstack`, `dualstack-without-public-ipv4`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ip_address_type: Option<String>,
    /// `on` or `off`, of a Network Load Balancer with groups.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enforce_security_group_inbound_rules_on_private_link_traffic: Option<String>,
}

/// The state of a load balancer (API_LoadBalancerState).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct LoadBalancerState {
    /// Its name.
    pub code: LoadBalancerStateCode,
}

/// A zone in which a load balancer has a node (API_AvailabilityZone).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct EnabledZone {
    /// Its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone_name: Option<AvailabilityZone>,
    /// The node's subnet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subnet_id: Option<SubnetId>,
    /// The addresses that somebody chose for the node, of a Network Load Balancer.
    #[serde(default, deserialize_with = "nullable")]
    pub load_balancer_addresses: Vec<LoadBalancerAddress>,
}

/// An address that somebody chose for a node (API_LoadBalancerAddress).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoadBalancerAddress {
    /// The public one.
    #[serde(rename = "IpAddress", default, skip_serializing_if = "Option::is_none")]
    pub ip_address: Option<Ipv4Addr>,
    /// The private one.
    #[serde(
        rename = "PrivateIPv4Address",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub private_ipv4_address: Option<Ipv4Addr>,
    /// The IPv6 one.
    #[serde(rename = "IPv6Address", default, skip_serializing_if = "Option::is_none")]
    pub ipv6_address: Option<Ipv6Addr>,
}

/// A Classic Load Balancer (API_LoadBalancerDescription, 2012-06-01).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ClassicLoadBalancer {
    /// Its name: it has no ARN.
    pub load_balancer_name: LoadBalancerArn,
    /// Whether its nodes have public addresses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scheme: Option<LoadBalancerScheme>,
    /// Its VPC.
    #[serde(rename = "VPCId", default, skip_serializing_if = "Option::is_none")]
    pub vpc_id: Option<VpcId>,
    /// The subnets of its nodes.
    #[serde(default, deserialize_with = "nullable")]
    pub subnets: Vec<SubnetId>,
    /// The groups of its nodes.
    #[serde(default, deserialize_with = "nullable")]
    pub security_groups: Vec<SecurityGroupId>,
    /// What it listens on.
    #[serde(default, deserialize_with = "nullable")]
    pub listener_descriptions: Vec<ClassicListenerDescription>,
    /// Its targets.
    #[serde(default, deserialize_with = "nullable")]
    pub instances: Vec<ClassicTarget>,
}

/// A listener of a Classic Load Balancer, with its policies left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ClassicListenerDescription {
    /// The listener.
    pub listener: ClassicListener,
}

/// A listener of a Classic Load Balancer (API_Listener, 2012-06-01): a fixed port in, a fixed port out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ClassicListener {
    /// `HTTP`, `HTTPS`, `TCP`, `SSL`: all TCP.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub protocol: Option<String>,
    /// The port that it listens on.
    pub load_balancer_port: u16,
    /// The port at the instances.
    pub instance_port: u16,
}

/// A target of a Classic Load Balancer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ClassicTarget {
    /// The instance.
    pub instance_id: InstanceId,
}

/// A listener (API_Listener, 2015-12-01).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Listener {
    /// Its ARN.
    pub listener_arn: ListenerArn,
    /// The load balancer that listens.
    pub load_balancer_arn: LoadBalancerArn,
    /// The port; absent for a Gateway Load Balancer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub port: Option<u16>,
    /// `HTTP`, `HTTPS`, `TCP`, `TLS`, `UDP`, `TCP_UDP`, `QUIC`, `TCP_QUIC`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub protocol: Option<String>,
    /// What is done where no rule matches.
    #[serde(default, deserialize_with = "nullable")]
    pub default_actions: Vec<Action>,
}

/// The listeners of one load balancer, as other tools save them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListenersOf {
    /// The listeners.
    #[serde(default, deserialize_with = "nullable")]
    pub listeners: Vec<Listener>,
}

/// A rule of a listener (API_Rule).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListenerRule {
    /// Its ARN, which tells its listener.
    pub rule_arn: ListenerRuleArn,
    /// `default` or a number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<String>,
    /// What is done.
    #[serde(default, deserialize_with = "nullable")]
    pub actions: Vec<Action>,
    /// Whether it repeats the listener's default actions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_default: Option<bool>,
}

/// An action of a listener or a rule (API_Action).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Action {
    /// What it does.
    #[serde(rename = "Type")]
    pub r#type: ActionType,
    /// Where it forwards to, if to one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target_group_arn: Option<TargetGroupArn>,
    /// Where it forwards to, if to several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub forward_config: Option<ForwardConfig>,
}

/// Where an action forwards to (API_ForwardActionConfig).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ForwardConfig {
    /// The target groups.
    #[serde(default, deserialize_with = "nullable")]
    pub target_groups: Vec<WeightedTargetGroup>,
}

/// A target group with its share (API_TargetGroupTuple).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct WeightedTargetGroup {
    /// The group.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target_group_arn: Option<TargetGroupArn>,
    /// Its share; 0: nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weight: Option<u32>,
}

/// A target group (API_TargetGroup).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct TargetGroup {
    /// Its ARN.
    pub target_group_arn: TargetGroupArn,
    /// Its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target_group_name: Option<String>,
    /// `HTTP`, `HTTPS`, `TCP`, `TLS`, `UDP`, `TCP_UDP`, `GENEVE`, `QUIC`, `TCP_QUIC`; none for functions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub protocol: Option<String>,
    /// The port of targets that do not name theirs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub port: Option<u16>,
    /// Its VPC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vpc_id: Option<VpcId>,
    /// What its targets are; absent: instances, as in the oldest replies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target_type: Option<TargetType>,
    /// `ipv4` or `ipv6`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ip_address_type: Option<String>,
    /// `traffic-port`, or a number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub health_check_port: Option<String>,
    /// Whether targets are checked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub health_check_enabled: Option<bool>,
}

/// The targets of a target group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct TargetGroupHealth {
    /// The group.
    pub target_group_arn: TargetGroupArn,
    /// Each target with its health.
    #[serde(default, deserialize_with = "nullable")]
    pub target_health_descriptions: Vec<TargetHealthDescription>,
}

/// A target with its health (API_TargetHealthDescription).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct TargetHealthDescription {
    /// The target.
    pub target: TargetDescription,
    /// The port that its health is checked on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub health_check_port: Option<String>,
    /// Its health.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target_health: Option<TargetHealth>,
}

/// A target (API_TargetDescription).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct TargetDescription {
    /// An instance's id, an address, the ARN of a function or of an Application Load Balancer.
    pub id: String,
    /// Its port; absent for functions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub port: Option<u16>,
    /// Its zone, or `all` where it is outside the VPC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub availability_zone: Option<AvailabilityZone>,
}

/// The health of a target (API_TargetHealth).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct TargetHealth {
    /// Its state.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<TargetHealthState>,
}

/// What somebody set of a load balancer (API_LoadBalancerAttribute), with whose it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct LoadBalancerAttributes {
    /// The load balancer.
    pub load_balancer_arn: LoadBalancerArn,
    /// Its attributes.
    #[serde(default, deserialize_with = "nullable")]
    pub attributes: Vec<Attribute>,
}

/// What somebody set of a target group (API_TargetGroupAttribute), with whose it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct TargetGroupAttributes {
    /// The group.
    pub target_group_arn: TargetGroupArn,
    /// Its attributes.
    #[serde(default, deserialize_with = "nullable")]
    pub attributes: Vec<Attribute>,
}

/// A setting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Attribute {
    /// As in `load_balancing.cross_zone.enabled`.
    pub key: String,
    /// As text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
}

/// The value of a setting.
pub fn attribute<'a>(attributes: &'a [Attribute], key: &str) -> Option<&'a str> {
    attributes
        .iter()
        .find(|attribute| attribute.key == key)
        .and_then(|attribute| attribute.value.as_deref())
}
