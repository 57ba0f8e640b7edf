//! The stateful rules of a policy: a connection is judged by its request.
//!
//! In action order every pass rule comes before every drop rule, and what none matches passes. In strict order groups
//! are asked by priority, rules as they stand, and the policy says what becomes of the rest. Alert rules decide nothing.
//! A rule with conditions beyond the header may match any packet with such a header, or not.
//! <https://docs.aws.amazon.com/network-firewall/latest/developerguide/suricata-rule-evaluation-order.html>

use std::sync::Arc;

use crate::network::Snapshot;
use crate::network::id::{FirewallPolicyArn, ResourceId, RuleGroupArn};
use crate::network::network_firewall::{
    FirewallPolicy, GeneratedRulesType, RuleGroup, RuleOrder, RulesSourceList, StatefulAction, StatefulRule,
    StatefulRuleDirection, StatefulRuleGroupReference,
};

use super::super::code::Code;
use super::super::cube::{ICMP, ICMPV6, TCP, UDP, all_ports, all_protocols, with_ports};
use super::super::doubt::Doubt;
use super::super::message;
use super::super::packets::Packets;
use super::super::ranges::Ranges;
use super::super::report::{FromTo, Rule};
use super::header::{HeaderMatch, Matches, Protocols};
use super::rule_set::{By, Compiled, Fallback, RuleSet};
use super::suricata::{TextRule, keyword, rules};
use super::variables::Variables;

/// What becomes of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Stateful {
    Pass,
    Drop,
}

const BOTH: [Stateful; 2] = [Stateful::Pass, Stateful::Drop];

/// Options that say nothing of packets.
const WORDS_FOR_PEOPLE: [&str; 8] = [
    "sid",
    "rev",
    "msg",
    "gid",
    "classtype",
    "reference",
    "metadata",
    "priority",
];

/// What is read of one group after another.
pub(super) struct Reader<'a> {
    pub(super) snapshot: &'a Snapshot,
    pub(super) arn: &'a FirewallPolicyArn,
    pub(super) policy: &'a FirewallPolicy,
    /// The variables of a group.
    pub(super) variables: &'a dyn Fn(&'a RuleGroup) -> Variables<'a>,
}

/// A rule before it is known what it matches.
struct Draft<'t> {
    /// `None`: an action that is not modelled.
    action: Option<Stateful>,
    /// As it is shown.
    word: String,
    protocol: &'t str,
    source: &'t str,
    source_port: &'t str,
    both_ways: bool,
    destination: &'t str,
    destination_port: &'t str,
    keywords: Vec<String>,
}

impl<'a> Reader<'a> {
    /// The stateful rules of the policy; why they cannot be told.
    pub(super) fn compile(&self) -> Result<RuleSet<Stateful>, Doubt> {
        let policy = self.policy;
        let options = policy.stateful_engine_options.as_ref();
        let is_strict = match options.and_then(|options| options.rule_order.as_ref()) {
            None | Some(RuleOrder::DefaultActionOrder) => false,
            Some(RuleOrder::StrictOrder) => true,
            Some(RuleOrder::Other(word)) => {
                let message = format!("rule order {word} of {} is not modelled", self.arn);
                return Err(Doubt::new(Code::UnsupportedComponent, self.arn, message));
            }
        };
        let mut references: Vec<_> = policy.stateful_rule_group_references.iter().collect();
        references.sort_by_key(|reference| reference.priority);
        let mut compiled: Vec<Compiled<Stateful>> = Vec::new();
        for reference in references {
            compiled.extend(self.group(reference));
        }
        if !is_strict {
            compiled.sort_by_key(|rule| rule.action);
        }
        if policy.tls_inspection_configuration_arn.is_some() {
            compiled.insert(0, self.tls_inspection());
        }
        Ok(RuleSet {
            rules: compiled,
            fallback: self.fallback(is_strict),
        })
    }

    /// Where TLS is opened, whether a connection comes about depends on certificates too.
    fn tls_inspection(&self) -> Compiled<Stateful> {
        let message = format!(
            "what the TLS inspection of {} lets pass is not modelled",
            self.arn
        );
        Compiled {
            action: Stateful::Drop,
            by: nobody(self.arn.into()),
            matches: about(&Ranges::one(TCP)),
            doubt: Doubt::new(Code::UnsupportedComponent, self.arn, message),
        }
    }

    fn fallback(&self, is_strict: bool) -> Fallback<Stateful> {
        let actions = &self.policy.stateful_default_actions;
        let by = |note: String| By {
            component: self.arn.into(),
            rule: None,
            note,
        };
        if !is_strict {
            return Fallback::Action(Stateful::Pass, by("no stateful rule drops them".into()));
        }
        let words = actions.join(", ");
        if actions.iter().any(|word| word.starts_with("aws:drop_")) {
            // Of a connection that only its data is dropped of, nothing is left.
            let note = format!("no stateful rule passes them, and the default action is {words}");
            return Fallback::Action(Stateful::Drop, by(note));
        }
        if actions.iter().all(|word| word.starts_with("aws:alert_")) {
            return Fallback::Action(Stateful::Pass, by("no stateful rule drops them".into()));
        }
        let message = format!(
            "what the stateful default action `{words}` of {} does is not modelled",
            self.arn
        );
        Fallback::Unknown(Doubt::new(Code::UnsupportedComponent, self.arn, message))
    }

    fn group(&self, reference: &'a StatefulRuleGroupReference) -> Vec<Compiled<Stateful>> {
        let arn = &reference.resource_arn;
        let alerts_only = reference
            .overriding
            .as_ref()
            .is_some_and(|by| by.action.as_deref() == Some("DROP_TO_ALERT"));
        let described = self.snapshot.rule_groups.get(arn);
        let group = described.and_then(|described| described.rule_group.as_ref());
        let mut compiled = match group.map(|group| (group, group.rules_source.as_ref())) {
            Some((group, Some(source))) => {
                let variables = (self.variables)(group);
                let mut compiled = Vec::new();
                for rule in &source.stateful_rules {
                    compiled.extend(rule_of_header(rule).compile(arn, &variables));
                }
                if let Some(text) = &source.rules_string {
                    for rule in rules(text) {
                        match rule {
                            Some(rule) => compiled.extend(rule_of_text(&rule).compile(arn, &variables)),
                            None => compiled.extend(unknown(
                                arn,
                                Doubt::new(
                                    Code::UnsupportedComponent,
                                    arn,
                                    format!("{arn} has a rule that this version cannot read"),
                                ),
                            )),
                        }
                    }
                }
                if let Some(list) = &source.rules_source_list {
                    compiled.extend(domains(arn, list));
                }
                compiled
            }
            _ if arn.as_str().contains(":aws-managed:") => {
                let message = format!("the rules of {arn} are AWS's own and not to be seen");
                unknown(arn, Doubt::new(Code::UnsupportedComponent, arn, message))
            }
            _ => {
                let doubt = Doubt::absent(arn, "rule group", "network-firewall:DescribeRuleGroup");
                unknown(arn, doubt)
            }
        };
        if alerts_only {
            compiled.retain(|rule| rule.action != Stateful::Drop);
        }
        compiled
    }
}

fn nobody(component: ResourceId) -> By {
    By {
        component,
        rule: None,
        note: String::new(),
    }
}

/// Rules of which nothing is known.
fn unknown(arn: &RuleGroupArn, doubt: Doubt) -> Vec<Compiled<Stateful>> {
    BOTH.into_iter()
        .map(|action| Compiled {
            action,
            by: nobody(arn.into()),
            matches: Matches::unknown(),
            doubt: doubt.clone(),
        })
        .collect()
}

/// What may match any packet of these protocols.
fn about(protocols: &Ranges<u8>) -> Matches {
    Matches {
        may: Packets::everything().of_protocols(protocols),
        ..Matches::unknown()
    }
}

/// AWS makes rules of a list of domains, which look into HTTP and TLS.
fn domains(arn: &RuleGroupArn, list: &RulesSourceList) -> Vec<Compiled<Stateful>> {
    let actions: &[Stateful] = match &list.generated_rules_type {
        Some(GeneratedRulesType::Denylist | GeneratedRulesType::Rejectlist) => &[Stateful::Drop],
        Some(GeneratedRulesType::Alertlist) => &[],
        Some(GeneratedRulesType::Allowlist | GeneratedRulesType::Other(_)) | None => &BOTH,
    };
    let message = format!("{arn} decides by the names of domains, which no header shows");
    actions
        .iter()
        .map(|&action| Compiled {
            action,
            by: nobody(arn.into()),
            matches: about(&Ranges::one(TCP)),
            doubt: Doubt::new(Code::UnsupportedComponent, arn, message.clone()),
        })
        .collect()
}

fn rule_of_header(rule: &StatefulRule) -> Draft<'_> {
    let header = &rule.header;
    let (action, keywords) = match &rule.action {
        StatefulAction::Pass => (Some(Stateful::Pass), None),
        StatefulAction::Drop | StatefulAction::Reject => (Some(Stateful::Drop), None),
        StatefulAction::Alert => (None, Some(ALERT)),
        StatefulAction::Other(_) => (None, None),
    };
    let both_ways = match header.direction {
        StatefulRuleDirection::Forward => Some(false),
        StatefulRuleDirection::Any => Some(true),
        StatefulRuleDirection::Other(_) => None,
    };
    let own = rule.rule_options.iter().map(|option| keyword(&option.keyword));
    let odd = both_ways.is_none().then(|| String::from("direction"));
    Draft {
        action,
        word: rule.action.as_str().to_ascii_lowercase(),
        protocol: &header.protocol,
        source: &header.source,
        source_port: &header.source_port,
        both_ways: both_ways.unwrap_or(true),
        destination: &header.destination,
        destination_port: &header.destination_port,
        keywords: own.chain(odd).chain(keywords.map(str::to_owned)).collect(),
    }
}

/// Marks a rule that decides nothing.
const ALERT: &str = "alert";

fn rule_of_text(rule: &TextRule) -> Draft<'_> {
    let (action, mark) = match rule.action.as_str() {
        "pass" => (Some(Stateful::Pass), None),
        "drop" | "reject" | "rejectsrc" | "rejectdst" | "rejectboth" => (Some(Stateful::Drop), None),
        "alert" | "config" => (None, Some(ALERT)),
        _ => (None, None),
    };
    Draft {
        action,
        word: rule.action.clone(),
        protocol: &rule.protocol,
        source: &rule.source,
        source_port: &rule.source_port,
        both_ways: rule.both_ways,
        destination: &rule.destination,
        destination_port: &rule.destination_port,
        keywords: rule
            .keywords
            .iter()
            .cloned()
            .chain(mark.map(str::to_owned))
            .collect(),
    }
}

impl Draft<'_> {
    fn compile(&self, arn: &RuleGroupArn, variables: &Variables<'_>) -> Vec<Compiled<Stateful>> {
        if self.action.is_none() && self.keywords.last().is_some_and(|last| last == ALERT) {
            return Vec::new();
        }
        let header = HeaderMatch {
            protocols: protocols(self.protocol),
            source: variables.addresses(self.source),
            destination: variables.addresses(self.destination),
            source_ports: variables.ports(self.source_port),
            destination_ports: variables.ports(self.destination_port),
        };
        let mut matches = header.matches();
        if self.both_ways {
            matches = matches.or(&header.turned().matches());
        }
        let beyond = self
            .keywords
            .iter()
            .find(|keyword| !WORDS_FOR_PEOPLE.contains(&keyword.as_str()));
        if beyond.is_some() || self.action.is_none() {
            matches = matches.conditional();
        }
        let shown = Arc::new(Rule::FirewallStatefulRule {
            rule_group_arn: arn.to_string(),
            rule_action: self.word.clone(),
            protocol: self.protocol.to_owned(),
            direction: if self.both_ways { "ANY" } else { "FORWARD" }.to_owned(),
            sources: shown_addresses(self.source),
            source_ports: shown_ports(&header.source_ports.may),
            destinations: shown_addresses(self.destination),
            destination_ports: shown_ports(&header.destination_ports.may),
        });
        let why = match beyond {
            _ if self.action.is_none() => format!("has action `{}`, which is not modelled", self.word),
            Some(keyword) => format!("has the option `{keyword}`, which no header answers"),
            None => "looks at more than a header shows, or names what is not in the snapshot".to_owned(),
        };
        let words = message::rule(&shown);
        let message = format!("a rule of {arn} ({words}) {why}");
        let actions: &[Stateful] = match self.action {
            Some(Stateful::Pass) => &[Stateful::Pass],
            Some(Stateful::Drop) => &[Stateful::Drop],
            None => &BOTH,
        };
        actions
            .iter()
            .map(|&action| Compiled {
                action,
                by: By {
                    component: arn.into(),
                    rule: Some(shown.clone()),
                    note: words.clone(),
                },
                matches: matches.clone(),
                doubt: Doubt::new(Code::UnsupportedComponent, arn, message.clone()),
            })
            .collect()
    }
}

/// An application's protocol is known only once its data is seen.
fn protocols(word: &str) -> Protocols {
    let only = |may: Ranges<u8>| Protocols {
        sure: Ranges::empty(),
        may,
    };
    match word.to_ascii_lowercase().as_str() {
        "ip" | "any" => Protocols::all(),
        "tcp" => Protocols::exactly(Ranges::one(TCP)),
        "udp" => Protocols::exactly(Ranges::one(UDP)),
        "icmp" => Protocols::exactly(Ranges::from_spans([(ICMP, ICMP), (ICMPV6, ICMPV6)])),
        "tcp-pkt" | "tcp-stream" | "http" | "http1" | "http2" | "tls" | "ssl" | "ssh" | "smtp" | "imap"
        | "ftp" | "ftp-data" | "smb" => only(Ranges::one(TCP)),
        "tftp" | "ntp" | "dhcp" | "quic" => only(Ranges::one(UDP)),
        "dns" | "dcerpc" | "krb5" | "msn" | "ikev2" | "ike" | "snmp" | "sip" | "rdp" | "nfs" => {
            only(with_ports().clone())
        }
        _ => only(all_protocols()),
    }
}

fn shown_addresses(text: &str) -> Vec<String> {
    if text.eq_ignore_ascii_case("any") {
        Vec::new()
    } else {
        vec![text.to_owned()]
    }
}

fn shown_ports(ports: &Ranges<u16>) -> Vec<FromTo> {
    if *ports == all_ports() {
        return Vec::new();
    }
    let shown = ports.iter().map(|(from, to)| FromTo {
        from: from.into(),
        to: to.into(),
    });
    shown.collect()
}
