//! What a load balancer listens on, and what it does with what comes.
//!
//! <https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-listeners.html>,
//! <https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-listeners.html>

use std::collections::BTreeSet;

use crate::network::id::{InstanceId, ResourceId, TargetGroupArn};
use crate::network::load_balancer::{Action, Listener, LoadBalancer};
use crate::network::state::ActionType;

use super::super::code::Code;
use super::super::cube::{TCP, UDP};
use super::super::doubt::Doubt;
use super::super::ranges::Ranges;
use super::super::world::World;
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
    let (by_rules, unread) = rules(world, balancer, listener);
    actions.extend(by_rules);
    actions.extend(unread.map(Does::Unknown));
    if protocols.is_empty() {
        let message = format!("this version does not know the protocol {protocol} of a listener");
        let doubt = Doubt::new(Code::UnsupportedComponent, &listener.listener_arn, message);
        actions = BTreeSet::from([Does::Unknown(doubt)]);
    }
    Some(Listening {
        id: Some((&listener.listener_arn).into()),
        protocols: if protocols.is_empty() {
            super::super::cube::with_ports().clone()
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

/// What the rules of an Application Load Balancer's listener add, and why that may not be all. Which of them a request meets is told by what it asks
/// for, so that each may act.
fn rules(world: &World<'_>, balancer: &LoadBalancer, listener: &Listener) -> (Vec<Does>, Option<Doubt>) {
    if !Balancer::Current(balancer).is_application() {
        return (Vec::new(), None);
    }
    let table = &world.snapshot.listener_rules;
    // The ARN of a rule is that of its listener with a further part, under another word.
    let stem = listener
        .listener_arn
        .as_str()
        .replacen(":listener/", ":listener-rule/", 1)
        + "/";
    let own = || {
        table
            .values()
            .filter(|rule| rule.rule_arn.as_str().starts_with(&stem))
    };
    // The default rule repeats the listener's own actions; as every listener has it, one without was not read.
    let unread = (!table.is_known() || own().next().is_none()).then(|| {
        let call = "elasticloadbalancing:DescribeRules";
        Doubt::absent(&listener.listener_arn, "the rules of listener", call)
    });
    let found = own()
        .filter(|rule| rule.is_default != Some(true))
        .flat_map(|rule| what(&rule.actions))
        .collect();
    (found, unread)
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

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn does(actions: Value) -> Vec<Does> {
        let actions: Vec<Action> = serde_json::from_value(actions).unwrap();
        what(&actions)
    }

    #[test]
    fn a_group_without_a_share_gets_nothing() {
        let shares = |weights: [u32; 2]| {
            does(
                json!([{"Type": "forward", "TargetGroupArn": "a", "ForwardConfig": {"TargetGroups": [
                    {"TargetGroupArn": "a", "Weight": weights[0]},
                    {"TargetGroupArn": "b", "Weight": weights[1]},
                ]}}]),
            )
        };
        let to = |group: &str| Does::Forward(group.into());
        assert_eq!(shares([1, 9]), [to("a"), to("b")]);
        assert_eq!(shares([0, 9]), [to("b")]);
        assert_eq!(shares([0, 0]), [Does::Nowhere]);
    }

    #[test]
    fn what_only_looks_at_a_request_sends_it_nowhere() {
        let asked = does(json!([
            {"Type": "authenticate-oidc"},
            {"Type": "forward", "TargetGroupArn": "a"},
        ]));
        assert_eq!(asked, [Does::Forward("a".into())]);
        assert_eq!(does(json!([{"Type": "authenticate-oidc"}])), [Does::Nowhere]);
        assert_eq!(does(json!([])), [Does::Nowhere]);
    }

    #[test]
    fn an_action_of_tomorrow_cannot_be_told() {
        assert!(matches!(
            does(json!([{"Type": "teleport"}])).as_slice(),
            [Does::Unknown(doubt)] if doubt.message.contains("`teleport`")
        ));
    }

    #[test]
    fn protocols_of_listeners_are_tcp_udp_or_both() {
        let both = Ranges::from_spans([(TCP, TCP), (UDP, UDP)]);
        for (word, means) in [
            ("HTTPS", Ranges::one(TCP)),
            ("TLS", Ranges::one(TCP)),
            ("QUIC", Ranges::one(UDP)),
            ("TCP_UDP", both),
            ("GENEVE", Ranges::empty()),
        ] {
            assert_eq!(protocols(word), means, "{word}");
        }
    }
}
