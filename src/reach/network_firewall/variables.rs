//! What the variables and references of a rule group stand for.
//!
//! A group's own variables come first, then the policy's. `HOME_NET` is by default the blocks of the firewall's VPC,
//! `EXTERNAL_NET` all that `HOME_NET` is not.
//! <https://docs.aws.amazon.com/network-firewall/latest/developerguide/firewall-policy-settings.html>,
//! <https://docs.aws.amazon.com/network-firewall/latest/developerguide/rule-groups-ip-set-references.html>

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use ipnet::IpNet;

use crate::network::Snapshot;
use crate::network::id::ResourceId;
use crate::network::network_firewall::{Definition, FirewallPolicy, RuleGroup};

use super::super::addresses::Addresses;
use super::super::ranges::Ranges;
use super::bounds::{Bounds, Set};
use super::expression::Expression;

/// How often a variable may lead to another.
const DEEPEST: u8 = 4;

/// The variables that one rule group's rules see.
#[derive(Debug)]
pub(super) struct Variables<'a> {
    pub(super) snapshot: &'a Snapshot,
    pub(super) policy: &'a FirewallPolicy,
    pub(super) group: &'a RuleGroup,
    /// What `HOME_NET` is where nobody sets it.
    pub(super) home: &'a Bounds<Addresses>,
    /// What was looked at.
    pub(super) consulted: &'a RefCell<BTreeSet<ResourceId>>,
}

impl Variables<'_> {
    /// The addresses that a text stands for.
    pub(super) fn addresses(&self, text: &str) -> Bounds<Addresses> {
        self.expression(text, &|word| self.address(word, DEEPEST))
    }

    /// The ports that a text stands for.
    pub(super) fn ports(&self, text: &str) -> Bounds<Ranges<u16>> {
        self.expression(text, &|word| self.port(word, DEEPEST))
    }

    fn expression<S: Set>(&self, text: &str, word: &dyn Fn(&str) -> Bounds<S>) -> Bounds<S> {
        Expression::parse(text).map_or_else(Bounds::unknown, |expression| expression.bounds(word))
    }

    fn definition<S: Set>(&self, definition: &Definition, word: &dyn Fn(&str) -> Bounds<S>) -> Bounds<S> {
        let parts = definition.definition.iter().map(|text| Expression::parse(text));
        match parts.collect::<Option<Vec<_>>>() {
            Some(parts) if !parts.is_empty() => Expression::List(parts).bounds(word),
            _ => Bounds::unknown(),
        }
    }

    fn address(&self, word: &str, depth: u8) -> Bounds<Addresses> {
        let Some(depth) = depth.checked_sub(1) else {
            return Bounds::unknown();
        };
        if let Some(name) = word.strip_prefix('$') {
            return self.address_variable(name, depth);
        }
        if let Some(name) = word.strip_prefix('@') {
            return self.reference(name);
        }
        block(word).map_or_else(Bounds::unknown, |net| {
            Bounds::exactly(Addresses::from_nets([net]))
        })
    }

    fn address_variable(&self, name: &str, depth: u8) -> Bounds<Addresses> {
        let none = BTreeMap::new();
        let own = self
            .group
            .rule_variables
            .as_ref()
            .map_or(&none, |own| &own.ip_sets);
        let variables = self.policy.policy_variables.as_ref();
        let set_by = own
            .get(name)
            .or_else(|| variables.and_then(|all| all.rule_variables.get(name)));
        if let Some(definition) = set_by {
            return self.definition(definition, &|word| self.address(word, depth));
        }
        match name {
            "HOME_NET" => self.home.clone(),
            // AWS tells what it is beside the policy's HOME_NET, not beside the group's own.
            "EXTERNAL_NET" if !own.contains_key("HOME_NET") => {
                self.address_variable("HOME_NET", depth).inverted()
            }
            _ => Bounds::unknown(),
        }
    }

    /// A set that is kept in a prefix list, where its entries were read.
    fn reference(&self, name: &str) -> Bounds<Addresses> {
        let references = self.group.reference_sets.as_ref();
        let list = references
            .and_then(|sets| sets.ip_set_references.get(name))
            .and_then(|reference| reference.reference_arn.as_deref())
            .and_then(|arn| arn.split_once(":prefix-list/"))
            .map(|(_, id)| id);
        let Some(id) = list else { return Bounds::unknown() };
        self.consulted.borrow_mut().insert(id.into());
        let entries = self
            .snapshot
            .prefix_lists
            .get(id)
            .and_then(|list| list.entries.as_ref());
        entries.map_or_else(Bounds::unknown, |entries| {
            Bounds::exactly(Addresses::from_nets(entries.iter().copied()))
        })
    }

    fn port(&self, word: &str, depth: u8) -> Bounds<Ranges<u16>> {
        let Some(depth) = depth.checked_sub(1) else {
            return Bounds::unknown();
        };
        if let Some(name) = word.strip_prefix('$') {
            let own = self.group.rule_variables.as_ref();
            return own
                .and_then(|own| own.port_sets.get(name))
                .map_or_else(Bounds::unknown, |definition| {
                    self.definition(definition, &|word| self.port(word, depth))
                });
        }
        port_range(word).map_or_else(Bounds::unknown, Bounds::exactly)
    }
}

/// `10.0.0.0/8`, or a lone address.
pub(super) fn block(text: &str) -> Option<IpNet> {
    let text = text.trim();
    text.parse::<IpNet>()
        .ok()
        .or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from))
}

/// `80`, `80:88`, `1024:`, `:1023`.
fn port_range(text: &str) -> Option<Ranges<u16>> {
    let Some((first, last)) = text.split_once(':') else {
        return text.parse().ok().map(Ranges::one);
    };
    let first = if first.is_empty() { 0 } else { first.parse().ok()? };
    let last = if last.is_empty() {
        u16::MAX
    } else {
        last.parse().ok()?
    };
    (first <= last).then(|| Ranges::span(first, last))
}
