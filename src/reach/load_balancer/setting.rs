//! What somebody set of a load balancer or a target group; where it was not read, both ways are open.
//!
//! <https://docs.aws.amazon.com/elasticloadbalancing/latest/network/edit-target-group-attributes.html>,
//! <https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html>

use crate::network::load_balancer::{TargetGroup, attribute};
use crate::network::state::TargetType;

use super::super::doubt::Doubt;
use super::super::world::{Known, World};
use super::balancer::Balancer;

const CROSS_ZONE: &str = "load_balancing.cross_zone.enabled";
const OF_GROUP: &str = "elasticloadbalancing:DescribeTargetGroupAttributes";
const OF_BALANCER: &str = "elasticloadbalancing:DescribeLoadBalancerAttributes";

/// Whether a node sends to targets of other zones. The error is why it cannot be told.
pub(super) fn crosses_zones(
    world: &World<'_>,
    balancer: Balancer<'_>,
    group: Option<&TargetGroup>,
) -> Known<bool> {
    if let Some(group) = group {
        let arn = &group.target_group_arn;
        let Some(row) = world.snapshot.target_group_attributes.get(arn) else {
            return Err(Doubt::absent(
                arn,
                "whether zones are crossed to target group",
                OF_GROUP,
            ));
        };
        match attribute(&row.attributes, CROSS_ZONE) {
            Some("true") => return Ok(true),
            Some("false") => return Ok(false),
            _ => {}
        }
    }
    // An Application Load Balancer's own setting is always on.
    if balancer.is_application() {
        return Ok(true);
    }
    match world.snapshot.load_balancer_attributes.get(balancer.id()) {
        Some(row) => Ok(attribute(&row.attributes, CROSS_ZONE) == Some("true")),
        None => Err(Doubt::absent(
            balancer.id(),
            "whether zones are crossed by load balancer",
            OF_BALANCER,
        )),
    }
}

/// Whether targets see the client's address.
pub(super) fn keeps_client_address(
    world: &World<'_>,
    balancer: Balancer<'_>,
    group: &TargetGroup,
) -> Known<bool> {
    if !balancer.is_network() {
        return Ok(false);
    }
    let by_default = match &group.target_type {
        None | Some(TargetType::Instance) => true,
        Some(TargetType::Ip) => false,
        _ => return Ok(true),
    };
    // With UDP it cannot be changed.
    if !matches!(group.protocol.as_deref(), None | Some("TCP" | "TLS")) {
        return Ok(true);
    }
    let arn = &group.target_group_arn;
    let row = world.snapshot.target_group_attributes.get(arn);
    match row.map(|row| attribute(&row.attributes, "preserve_client_ip.enabled")) {
        Some(Some("true")) => Ok(true),
        Some(Some(_)) => Ok(false),
        Some(None) if group.protocol.is_some() => Ok(by_default),
        _ => Err(Doubt::absent(
            arn,
            "whether the client's address is kept towards target group",
            OF_GROUP,
        )),
    }
}
