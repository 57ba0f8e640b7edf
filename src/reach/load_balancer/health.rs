//! Whether the health checks of a group get to its targets: told beside the verdict, never a part of it.
//!
//! A target that its traffic reaches and its health checks do not is taken out of service before long.
//! <https://docs.aws.amazon.com/elasticloadbalancing/latest/network/target-group-health-checks.html>,
//! <https://docs.aws.amazon.com/elasticloadbalancing/latest/network/target-group-register-targets.html>

use std::collections::BTreeSet;
use std::sync::Arc;

use super::super::addresses::{Family, number};
use super::super::cube::{Cube, TCP};
use super::super::engine::ask;
use super::super::interface::{Interface, Role};
use super::super::layout::SubnetView;
use super::super::packets::Packets;
use super::super::question::{Goal, Origin, Question};
use super::super::ranges::Ranges;
use super::super::walk::Walk;
use super::send::{Choice, sending_interface};
use super::target::RegisteredTarget;

impl Walk<'_> {
    /// Says so where a node's health checks of a target are lost, though they are not what the path asks for.
    pub(super) fn tell_of_health_checks(
        &mut self,
        subnet: &SubnetView,
        to: &Choice<'_>,
        target: &RegisteredTarget,
        keeps_client_address: bool,
    ) {
        let Some(group) = to.group.filter(|_| !self.record) else {
            return;
        };
        let port = match group.health_check_port.as_deref() {
            None | Some("traffic-port") => Some(target.port),
            Some(port) => port.parse().ok(),
        };
        let balancer_behind = target
            .interface
            .as_ref()
            .is_some_and(|interface| interface.role == Role::LoadBalancer);
        let Some(port) = port.filter(|_| group.health_check_enabled != Some(false) && !balancer_behind)
        else {
            return;
        };
        // Checks that differ from the traffic in nothing are judged with it.
        if port == target.port && !keeps_client_address {
            return;
        }
        let family = Family::of(target.address);
        let sending = sending_interface(to, subnet);
        let origin = if to.balancer.is_network() {
            sending
        } else {
            Arc::new(Interface {
                eni: None,
                ..Interface::clone(&sending)
            })
        };
        let asked = Packets::cube(Cube {
            family,
            protocol: Ranges::one(TCP),
            source: origin.senders.get(family).clone(),
            destination: Ranges::one(number(target.address)),
            source_port: Ranges::span(1024, u16::MAX),
            destination_port: Ranges::one(port),
        });
        let question = Question {
            origin: Origin::Interface(origin),
            asked: asked.clone(),
            goal: Goal::Anywhere,
            reply: true,
            leak: false,
            via: Vec::new(),
            not_via: Vec::new(),
            arriving: None,
            transparent: self.question.transparent.clone(),
        };
        let outcome = ask(self.world, &question, &asked, false);
        if outcome.lost.is_empty() {
            return;
        }
        let by: BTreeSet<String> = outcome
            .losses
            .iter()
            .map(|loss| format!("{} ({})", loss.spot.component, loss.code))
            .collect();
        self.outcome.notices.insert(format!(
            "health checks of {} on port {port} do not get to target {}, or are not answered: {}",
            group
                .target_group_name
                .as_deref()
                .unwrap_or(group.target_group_arn.as_str()),
            target.id,
            by.into_iter().collect::<Vec<_>>().join(", ")
        ));
    }
}
