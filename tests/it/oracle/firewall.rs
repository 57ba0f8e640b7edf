//! Network Firewalls (section 13): what an endpoint does with one packet, there and back.

use serde_json::Value;

use super::choice::Truth;
use super::firewall_rules::{Engine, Stateless};
use super::packet::Fate;
use super::view::{Oracle, each, text, word};
use super::walk::{Walk, lost, unknown};

/// A firewall endpoint that a request crossed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Inspected {
    endpoint: String,
    /// Passed without the stateful engine.
    stateless: bool,
    /// Passed because no stateful rule matched.
    by_default: bool,
    /// Whether the engine goes on with what it did not see begin.
    picks_up: bool,
}

impl<'a> Oracle<'a> {
    /// The firewall that an endpoint is of.
    pub(super) fn firewall_of(&self, endpoint: &str) -> Option<&'a Value> {
        self.all("Firewalls")
            .iter()
            .find(|f| attachment(f, endpoint).is_some())
    }
}

fn attachment<'a>(firewall: &'a Value, endpoint: &str) -> Option<&'a Value> {
    let zones = firewall["FirewallStatus"]["SyncStates"].as_object()?;
    zones
        .values()
        .map(|z| &z["Attachment"])
        .find(|a| a["EndpointId"] == endpoint)
}

impl Walk<'_, '_> {
    /// A packet comes to a firewall's endpoint.
    pub(super) fn inspect(&mut self, firewall: &Value, endpoint: &str) -> Result<(), Fate> {
        let status = &firewall["FirewallStatus"];
        if text(status, "Status") != Some("READY") {
            return unknown(format!("state of the firewall of {endpoint}"));
        }
        if !matches!(
            text(status, "ConfigurationSyncStateSummary"),
            None | Some("IN_SYNC")
        ) {
            return unknown(format!("configuration of the firewall of {endpoint}"));
        }
        match attachment(firewall, endpoint).and_then(|a| text(a, "Status")) {
            Some("READY") => {}
            Some("FAILED" | "ERROR") => return lost(endpoint, "the endpoint of a firewall failed"),
            _ => return unknown(format!("state of {endpoint}")),
        }
        let policy = word(&firewall["Firewall"], "FirewallPolicyArn");
        let described = self
            .oracle
            .all("FirewallPolicies")
            .iter()
            .find(|p| word(&p["FirewallPolicyResponse"], "FirewallPolicyArn") == policy);
        let Some(policy) = described.map(|p| &p["FirewallPolicy"]).filter(|p| p.is_object()) else {
            return unknown(format!("{policy} was not read"));
        };
        let packet = self.packet;
        let engine = Engine {
            oracle: self.oracle,
            firewall: &firewall["Firewall"],
            policy,
        };
        let options = &policy["StatefulEngineOptions"];
        let picks_up = !matches!(
            text(options, "StreamExceptionPolicy"),
            None | Some("DROP" | "REJECT")
        );
        let known = if self.is_reply {
            let at = self.inspected.iter().rposition(|i| i.endpoint == endpoint);
            at.map(|at| self.inspected.remove(at))
        } else {
            None
        };
        match (engine.stateless(&packet, self.script)?, self.is_reply) {
            (Stateless::Drop, _) => lost(endpoint, "a stateless rule or default drops it"),
            (Stateless::Pass, false) => {
                self.note("passed without the stateful engine");
                self.inspected.push(Inspected {
                    endpoint: endpoint.to_owned(),
                    stateless: true,
                    by_default: false,
                    picks_up,
                });
                Ok(())
            }
            (Stateless::Pass, true) => match known {
                Some(known) if known.stateless => Ok(()),
                _ => self.maybe(
                    endpoint,
                    "a reply passed without the engine that judged its request",
                ),
            },
            (Stateless::Forward, false) => {
                let verdict = engine.stateful(&packet, self.script)?;
                if !verdict.passes {
                    return lost(endpoint, "a stateful rule or default drops it");
                }
                self.note("passed by the stateful engine");
                self.inspected.push(Inspected {
                    endpoint: endpoint.to_owned(),
                    stateless: false,
                    by_default: !verdict.by_rule,
                    picks_up,
                });
                Ok(())
            }
            (Stateless::Forward, true) => match known {
                Some(known) if !known.stateless => {
                    if known.by_default {
                        let verdict = engine.stateful(&packet, self.script)?;
                        if verdict.by_rule && !verdict.passes {
                            return self.maybe(endpoint, "a drop rule that matches a reply");
                        }
                    }
                    Ok(())
                }
                _ if picks_up => self.maybe(endpoint, "a connection seen from its middle"),
                Some(_) => lost(endpoint, "the stateful engine did not see the request"),
                None => lost(endpoint, "the request did not come by this endpoint"),
            },
        }
    }

    fn maybe(&mut self, endpoint: &str, why: &str) -> Result<(), Fate> {
        self.must(&Truth::Maybe(format!("{endpoint}: {why}")), endpoint, why)
    }

    /// The reply is back: by every endpoint that its request crossed?
    pub(super) fn inspected_again(&mut self) -> Result<(), Fate> {
        for left in std::mem::take(&mut self.inspected) {
            if left.stateless || left.picks_up {
                self.maybe(&left.endpoint, "a reply that goes round the firewall")?;
            } else {
                return lost(&left.endpoint, "the reply goes round the firewall");
            }
        }
        Ok(())
    }
}

/// The rule groups that a list of a policy names, the lowest priority first.
pub(super) fn references<'v>(policy: &'v Value, list: &str) -> Vec<&'v Value> {
    let mut all: Vec<&Value> = each(policy, list).iter().collect();
    all.sort_by_key(|r| r["Priority"].as_i64());
    all
}
