//! Load balancers, their listeners, rules and targets.

use aws_sdk_elasticloadbalancing::types::{Listener as ClassicListener, LoadBalancerDescription};
use aws_sdk_elasticloadbalancingv2::types::{
    Action, AvailabilityZone, Listener, LoadBalancer, LoadBalancerAttribute, Rule, TargetGroup,
    TargetGroupAttribute, TargetHealthDescription,
};
use serde_json::Value;

use super::object::Object;

pub(super) fn load_balancer(balancer: &LoadBalancer) -> Object {
    let enforce = balancer.enforce_security_group_inbound_rules_on_private_link_traffic();
    Object::new()
        .text("LoadBalancerArn", balancer.load_balancer_arn())
        .text("LoadBalancerName", balancer.load_balancer_name())
        .text("Type", balancer.r#type().map(|kind| kind.as_str()))
        .text("Scheme", balancer.scheme().map(|scheme| scheme.as_str()))
        .text("VpcId", balancer.vpc_id())
        .object("State", balancer.state(), |state| {
            Object::new().text("Code", state.code().map(|code| code.as_str()))
        })
        .list(
            "AvailabilityZones",
            balancer.availability_zones(),
            availability_zone,
        )
        .texts("SecurityGroups", balancer.security_groups())
        .text(
            "IpAddressType",
            balancer.ip_address_type().map(|kind| kind.as_str()),
        )
        .text("EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic", enforce)
}

fn availability_zone(zone: &AvailabilityZone) -> Object {
    Object::new()
        .text("ZoneName", zone.zone_name())
        .text("SubnetId", zone.subnet_id())
        .list(
            "LoadBalancerAddresses",
            zone.load_balancer_addresses(),
            |address| {
                Object::new()
                    .text("IpAddress", address.ip_address())
                    .text("PrivateIPv4Address", address.private_ipv4_address())
                    .text("IPv6Address", address.ipv6_address())
            },
        )
}

pub(super) fn classic_load_balancer(balancer: &LoadBalancerDescription) -> Object {
    Object::new()
        .text("LoadBalancerName", balancer.load_balancer_name())
        .text("Scheme", balancer.scheme())
        .text("VPCId", balancer.vpc_id())
        .texts("Subnets", balancer.subnets())
        .texts("SecurityGroups", balancer.security_groups())
        .list(
            "ListenerDescriptions",
            balancer.listener_descriptions(),
            |description| Object::new().object("Listener", description.listener(), classic_listener),
        )
        .list("Instances", balancer.instances(), |instance| {
            Object::new().text("InstanceId", instance.instance_id())
        })
}

fn classic_listener(listener: &ClassicListener) -> Object {
    Object::new()
        .text("Protocol", Some(listener.protocol()))
        .number("LoadBalancerPort", Some(listener.load_balancer_port()))
        .number("InstancePort", Some(listener.instance_port()))
}

/// Settings of one balancer, in a wrapper that says which.
pub(super) fn load_balancer_attributes(arn: &str, attributes: &[LoadBalancerAttribute]) -> Object {
    let attributes = attributes.iter().map(|it| attribute(it.key(), it.value()));
    Object::new()
        .text("LoadBalancerArn", Some(arn))
        .whole_list("Attributes", attributes.collect())
}

/// Settings of one target group, in a wrapper that says which.
pub(super) fn target_group_attributes(arn: &str, attributes: &[TargetGroupAttribute]) -> Object {
    let attributes = attributes.iter().map(|it| attribute(it.key(), it.value()));
    Object::new()
        .text("TargetGroupArn", Some(arn))
        .whole_list("Attributes", attributes.collect())
}

fn attribute(key: Option<&str>, value: Option<&str>) -> Value {
    Object::new().text("Key", key).text("Value", value).into()
}

pub(super) fn listener(listener: &Listener) -> Object {
    Object::new()
        .text("ListenerArn", listener.listener_arn())
        .text("LoadBalancerArn", listener.load_balancer_arn())
        .number("Port", listener.port())
        .text("Protocol", listener.protocol().map(|protocol| protocol.as_str()))
        .list("DefaultActions", listener.default_actions(), action)
}

pub(super) fn rule(rule: &Rule) -> Object {
    Object::new()
        .text("RuleArn", rule.rule_arn())
        .text("Priority", rule.priority())
        .list("Actions", rule.actions(), action)
        .flag("IsDefault", rule.is_default())
}

fn action(action: &Action) -> Object {
    Object::new()
        .text("Type", action.r#type().map(|kind| kind.as_str()))
        .text("TargetGroupArn", action.target_group_arn())
        .object("ForwardConfig", action.forward_config(), |forward| {
            Object::new().list("TargetGroups", forward.target_groups(), |group| {
                Object::new()
                    .text("TargetGroupArn", group.target_group_arn())
                    .number("Weight", group.weight())
            })
        })
}

pub(super) fn target_group(group: &TargetGroup) -> Object {
    Object::new()
        .text("TargetGroupArn", group.target_group_arn())
        .text("TargetGroupName", group.target_group_name())
        .text("Protocol", group.protocol().map(|protocol| protocol.as_str()))
        .number("Port", group.port())
        .text("VpcId", group.vpc_id())
        .text("TargetType", group.target_type().map(|kind| kind.as_str()))
        .text("IpAddressType", group.ip_address_type().map(|kind| kind.as_str()))
        .text("HealthCheckPort", group.health_check_port())
        .flag("HealthCheckEnabled", group.health_check_enabled())
}

/// The targets of one group, in a wrapper that says which.
pub(super) fn target_health(arn: &str, targets: &[TargetHealthDescription]) -> Object {
    let targets = targets.iter().map(|description| {
        Object::new()
            .object("Target", description.target(), |target| {
                Object::new()
                    .text("Id", target.id())
                    .number("Port", target.port())
                    .text("AvailabilityZone", target.availability_zone())
            })
            .text("HealthCheckPort", description.health_check_port())
            .object("TargetHealth", description.target_health(), |health| {
                Object::new().text("State", health.state().map(|state| state.as_str()))
            })
            .into()
    });
    Object::new()
        .text("TargetGroupArn", Some(arn))
        .whole_list("TargetHealthDescriptions", targets.collect())
}
