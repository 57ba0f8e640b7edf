//! The stateless rules of a policy: groups by priority, rules by priority, packet by packet.
//!
//! <https://docs.aws.amazon.com/network-firewall/latest/developerguide/stateless-rule-groups-5-tuple.html>

use crate::network::Snapshot;
use crate::network::id::FirewallPolicyArn;
use crate::network::network_firewall::{Address, FirewallPolicy, PortRange, StatelessRule};

use super::super::addresses::Addresses;
use super::super::code::Code;
use super::super::cube::all_ports;
use super::super::doubt::Doubt;
use super::super::message;
use super::super::ranges::Ranges;
use super::super::report::{FromTo, Rule};
use super::bounds::Bounds;
use super::header::{HeaderMatch, Matches, Protocols};
use super::rule_set::{By, Compiled, Fallback, RuleSet};
use super::variables::block;

/// What a stateless rule does with a packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stateless {
    Pass,
    Drop,
    /// To the stateful engine.
    Forward,
}

const ALL: [Stateless; 3] = [Stateless::Pass, Stateless::Drop, Stateless::Forward];

/// The stateless rules of a policy.
pub(super) fn compile(
    arn: &FirewallPolicyArn,
    policy: &FirewallPolicy,
    snapshot: &Snapshot,
) -> RuleSet<Stateless> {
    let mut rules = Vec::new();
    let mut references: Vec<_> = policy.stateless_rule_group_references.iter().collect();
    references.sort_by_key(|reference| reference.priority);
    for reference in references {
        let group = &reference.resource_arn;
        let by = By {
            component: group.into(),
            rule: None,
            note: String::new(),
        };
        let source = snapshot
            .rule_groups
            .get(group)
            .and_then(|described| described.rule_group.as_ref())
            .and_then(|described| described.rules_source.as_ref())
            .and_then(|source| source.stateless_rules_and_custom_actions.as_ref());
        match source {
            Some(source) => {
                let mut own: Vec<&StatelessRule> = source.stateless_rules.iter().collect();
                own.sort_by_key(|rule| rule.priority);
                rules.extend(own.into_iter().flat_map(|rule| compile_rule(rule, &by)));
            }
            None => {
                let doubt = Doubt::absent(group, "rule group", "network-firewall:DescribeRuleGroup");
                rules.extend(ALL.map(|action| Compiled {
                    action,
                    by: by.clone(),
                    matches: Matches::unknown(),
                    doubt: doubt.clone(),
                }));
            }
        }
    }
    let words = policy.stateless_default_actions.join(", ");
    let fallback = match action(&policy.stateless_default_actions) {
        Some(action) => Fallback::Action(
            action,
            By {
                component: arn.into(),
                rule: None,
                note: format!("no stateless rule matches, and the default action is {words}"),
            },
        ),
        None => Fallback::Unknown(Doubt::new(
            Code::UnsupportedComponent,
            arn,
            format!("what the stateless default action `{words}` of {arn} does is not modelled"),
        )),
    };
    RuleSet { rules, fallback }
}

/// The one of AWS's actions; the others are names of custom ones, which only count packets.
fn action(words: &[String]) -> Option<Stateless> {
    let mut found = words.iter().filter_map(|word| match word.as_str() {
        "aws:pass" => Some(Stateless::Pass),
        "aws:drop" => Some(Stateless::Drop),
        "aws:forward_to_sfe" => Some(Stateless::Forward),
        _ => None,
    });
    let first = found.next()?;
    let others_known = words.iter().filter(|word| word.starts_with("aws:")).count() == 1;
    (found.next().is_none() && others_known).then_some(first)
}

fn compile_rule(rule: &StatelessRule, group: &By) -> Vec<Compiled<Stateless>> {
    let definition = &rule.rule_definition;
    let attributes = &definition.match_attributes;
    let header = HeaderMatch {
        protocols: if attributes.protocols.is_empty() {
            Protocols::all()
        } else {
            Protocols::exactly(Ranges::from_spans(attributes.protocols.iter().map(|&p| (p, p))))
        },
        source: addresses(&attributes.sources),
        destination: addresses(&attributes.destinations),
        source_ports: ports(&attributes.source_ports),
        destination_ports: ports(&attributes.destination_ports),
    };
    let mut matches = header.matches();
    if !attributes.tcp_flags.is_empty() {
        // One connection has packets with all kinds of flags.
        matches = matches.conditional();
    }
    let done = action(&definition.actions);
    let shown = Rule::FirewallStatelessRule {
        rule_group_arn: group.component.to_string(),
        priority: rule.priority,
        rule_action: done.map_or_else(|| definition.actions.join(", "), |done| word(done).to_owned()),
        protocols: attributes.protocols.clone(),
        sources: shown_addresses(&attributes.sources),
        source_ports: attributes.source_ports.iter().copied().map(from_to).collect(),
        destinations: shown_addresses(&attributes.destinations),
        destination_ports: attributes
            .destination_ports
            .iter()
            .copied()
            .map(from_to)
            .collect(),
    };
    let why = if done.is_none() {
        "has an action that is not modelled"
    } else if attributes.tcp_flags.is_empty() {
        "says of some packets nothing that could be told from their header"
    } else {
        "looks at the flags of TCP"
    };
    let doubt = Doubt::new(
        Code::UnsupportedComponent,
        group.component.clone(),
        format!("rule {} of {} {why}", rule.priority, group.component),
    );
    let by = By {
        note: message::rule(&shown),
        rule: Some(shown.into()),
        ..group.clone()
    };
    match done {
        Some(action) => vec![Compiled {
            action,
            by,
            matches,
            doubt,
        }],
        None => ALL
            .into_iter()
            .map(|action| Compiled {
                action,
                by: by.clone(),
                matches: matches.clone().conditional(),
                doubt: doubt.clone(),
            })
            .collect(),
    }
}

fn word(action: Stateless) -> &'static str {
    match action {
        Stateless::Pass => "pass",
        Stateless::Drop => "drop",
        Stateless::Forward => "forward_to_sfe",
    }
}

fn shown_addresses(addresses: &[Address]) -> Vec<String> {
    addresses
        .iter()
        .map(|address| address.address_definition.clone())
        .collect()
}

fn from_to(range: PortRange) -> FromTo {
    FromTo {
        from: range.from_port.into(),
        to: range.to_port.into(),
    }
}

/// The addresses of a list; none: any.
fn addresses(list: &[Address]) -> Bounds<Addresses> {
    if list.is_empty() {
        return Bounds::everything();
    }
    let nets: Vec<_> = list
        .iter()
        .filter_map(|address| block(&address.address_definition))
        .collect();
    let all_read = nets.len() == list.len();
    let sure = Addresses::from_nets(nets);
    if all_read {
        return Bounds::exactly(sure);
    }
    Bounds {
        sure,
        ..Bounds::unknown()
    }
}

/// The ports of a list; none: any.
fn ports(list: &[PortRange]) -> Bounds<Ranges<u16>> {
    Bounds::exactly(if list.is_empty() {
        all_ports()
    } else {
        let spans = list.iter().filter(|range| range.from_port <= range.to_port);
        Ranges::from_spans(spans.map(|range| (range.from_port, range.to_port)))
    })
}
