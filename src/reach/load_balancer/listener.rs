//! What a load balancer listens on, and what it does with what comes.
//!
//! <https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-listeners.html>,
//! <https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-listeners.html>

use std::collections::BTreeSet;

use crate::network::id::{InstanceId, ResourceId, TargetGroupArn};
use crate::network::load_balancer::{Action, Listener, LoadBalancer};
use crate::network::state::ActionType;

use super::super::code::Code;
use super::super::doubt::Doubt;
use super::super::packets::{TCP, UDP};
use super::super::ranges::Ranges;
use super::super::world::{Known, World};
use super::balancer::Balancer;

/// A port that a load balancer listens on.
#[derive(Debug)]
pub(super) struct Listening {
    /// A listener of a Classic Load Balancer has no id.
    pub(super) id: Option<ResourceId>,
    pub(super) protocols: Ranges<u8>,
    pub(super) port: u16,
    /// Whether the balancer takes connections itself, rather than pass their packets on.
    pub(super) is_proxied: bool,
    /// As in `TCP 443`.
    pub(super) words: String,
    /// Every one may be chosen: by a rule, by a share.
    pub(super) actions: Vec<Does>,
}

/// What becomes of a connection.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Does {
    /// The balancer answers by itself: how.
    Answer(String),
    /// It goes to a target of the group.
    Forward(TargetGroupArn),
    /// It goes to one of these instances, at that port: a Classic Load Balancer.
    Instances(Vec<InstanceId>, u16),
    /// It should go on, but there is no target group.
    Nowhere,
    /// It cannot be told.
    Unknown(Doubt),
}

impl<'s> Balancer<'s> {
    /// What it listens on, and why that may not be all.
    pub(super) fn listeners(&self, world: &World<'s>) -> (Vec<Listening>, Option<Doubt>) {
        match self {
            Self::Classic(balancer) => {
                let listeners = balancer.listener_descriptions.iter().map(|description| {
                    let listener = &description.listener;
                    let protocol = listener.protocol.as_deref().unwrap_or("TCP");
                    let instances: Vec<InstanceId> = balancer
                        .instances
                        .iter()
                        .map(|target| target.instance_id.clone())
                        .collect();
                    Listening {
                        id: None,
                        protocols: Ranges::one(TCP),
                        port: listener.load_balancer_port,
                        is_proxied: true,
                        words: format!("{protocol} {}", listener.load_balancer_port),
                        actions: vec![Does::Instances(instances, listener.instance_port)],
                    }
                });
                (listeners.collect(), None)
            }
            Self::Current(balancer) => {
                let table = &world.snapshot.listeners;
                let listeners = table
                    .values()
                    .filter(|listener| listener.load_balancer_arn == balancer.load_balancer_arn)
                    .filter_map(|listener| listening(world, balancer, listener))
                    .collect();
                let unread = (!table.is_known()).then(|| {
                    let call = "elasticloadbalancing:DescribeListeners";
                    Doubt::absent(
                        &balancer.load_balancer_arn,
                        "the listeners of load balancer",
                        call,
                    )
                });
                (listeners, unread)
            }
        }
    }
}

/// `None`: without a port, which a Gateway Load Balancer's listener has not.
fn listening(world: &World<'_>, balancer: &LoadBalancer, listener: &Listener) -> Option<Listening> {
    let port = listener.port?;
    let protocol = listener.protocol.as_deref().unwrap_or("?");
    let protocols = protocols(protocol);
    let mut actions: BTreeSet<Does> = what(&listener.default_actions).into_iter().collect();
    match rules(world, balancer, listener) {
        Ok(by_rules) => actions.extend(by_rules),
        Err(doubt) => {
            actions.insert(Does::Unknown(doubt));
        }
    }
    if protocols.is_empty() {
        let message = format!("this version does not know the protocol {protocol} of a listener");
        let doubt = Doubt::new(Code::UnsupportedComponent, &listener.listener_arn, message);
        actions = BTreeSet::from([Does::Unknown(doubt)]);
    }
    Some(Listening {
        id: Some((&listener.listener_arn).into()),
        protocols: if protocols.is_empty() {
            super::super::packets::with_ports()
        } else {
            protocols
        },
        port,
        is_proxied: matches!(protocol, "HTTP" | "HTTPS" | "TLS"),
        words: format!("{protocol} {port}"),
        actions: actions.into_iter().collect(),
    })
}

/// What a listener's or a target group's protocol means on the network; nothing: it is not known.
pub(super) fn protocols(word: &str) -> Ranges<u8> {
    match word {
        "HTTP" | "HTTPS" | "TCP" | "TLS" | "SSL" => Ranges::one(TCP),
        "UDP" | "QUIC" => Ranges::one(UDP),
        "TCP_UDP" | "TCP_QUIC" => Ranges::from_spans([(TCP, TCP), (UDP, UDP)]),
        _ => Ranges::empty(),
    }
}

/// What the rules of an Application Load Balancer's listener add. Which of them a request meets is told by what it asks
/// for, so that each may act.
fn rules(world: &World<'_>, balancer: &LoadBalancer, listener: &Listener) -> Known<Vec<Does>> {
    if !Balancer::Current(balancer).is_application() {
        return Ok(Vec::new());
    }
    let table = &world.snapshot.listener_rules;
    // The ARN of a rule is that of its listener with a further part, under another word.
    let stem = listener
        .listener_arn
        .as_str()
        .replacen(":listener/", ":listener-rule/", 1)
        + "/";
    let found: Vec<Does> = table
        .values()
        .filter(|rule| rule.rule_arn.as_str().starts_with(&stem))
        .flat_map(|rule| what(&rule.actions))
        .collect();
    if table.is_known() {
        return Ok(found);
    }
    let call = "elasticloadbalancing:DescribeRules";
    Err(Doubt::absent(
        &listener.listener_arn,
        "the rules of listener",
        call,
    ))
}

/// What a list of actions comes to: the last one decides, those before it only look at the request.
fn what(actions: &[Action]) -> Vec<Does> {
    let mut does = Vec::new();
    for action in actions {
        match &action.r#type {
            ActionType::Forward => does.extend(forwards(action)),
            ActionType::Redirect => does.push(Does::Answer("answers with a redirection".into())),
            ActionType::FixedResponse => does.push(Does::Answer("answers by itself".into())),
            ActionType::AuthenticateOidc | ActionType::AuthenticateCognito | ActionType::JwtValidation => {}
            ActionType::Other(word) => {
                let message = format!("this version does not know the action `{word}` of a listener");
                does.push(Does::Unknown(Doubt {
                    code: Code::UnsupportedComponent,
                    message,
                    components: Vec::new(),
                    missing_call: None,
                }));
            }
        }
    }
    if does.is_empty() {
        does.push(Does::Nowhere);
    }
    does
}

fn forwards(action: &Action) -> Vec<Does> {
    let weighted = action
        .forward_config
        .iter()
        .flat_map(|config| &config.target_groups);
    let mut groups: BTreeSet<TargetGroupArn> = BTreeSet::new();
    let mut listed = false;
    for entry in weighted {
        listed = true;
        if entry.weight != Some(0) {
            groups.extend(entry.target_group_arn.clone());
        }
    }
    if !listed {
        groups.extend(action.target_group_arn.clone());
    }
    if groups.is_empty() {
        return vec![Does::Nowhere];
    }
    groups.into_iter().map(Does::Forward).collect()
}
