//! Rules in the order in which they are asked: the first that matches decides. Where it cannot be told whether an
//! earlier one matches, what it would decide otherwise is open.

use std::sync::Arc;

use crate::network::id::ResourceId;

use super::super::doubt::Doubt;
use super::super::packets::Packets;
use super::super::report::Rule;
use super::header::Matches;

/// What decided.
#[derive(Debug, Clone)]
pub(super) struct By {
    /// The rule group, or the policy where a default action decided.
    pub(super) component: ResourceId,
    /// The rule.
    pub(super) rule: Option<Arc<Rule>>,
    /// In words.
    pub(super) note: String,
}

/// A rule made ready.
#[derive(Debug)]
pub(super) struct Compiled<A> {
    pub(super) action: A,
    pub(super) by: By,
    pub(super) matches: Matches,
    /// Why it is not known what it matches beyond what it surely does.
    pub(super) doubt: Doubt,
}

/// What is done where no rule matches.
#[derive(Debug)]
pub(super) enum Fallback<A> {
    Action(A, By),
    Unknown(Doubt),
}

/// Rules and what is done where none matches.
#[derive(Debug)]
pub(super) struct RuleSet<A> {
    pub(super) rules: Vec<Compiled<A>>,
    pub(super) fallback: Fallback<A>,
}

/// A partition of packets by what decided.
#[derive(Debug)]
pub(super) struct Decided<'r, A> {
    pub(super) known: Vec<(A, &'r By, Packets)>,
    pub(super) unknown: Vec<(Doubt, Packets)>,
}

impl<A: Copy + PartialEq> RuleSet<A> {
    /// Which rule decides each packet.
    pub(super) fn decide(&self, packets: &Packets) -> Decided<'_, A> {
        let mut rest = packets.clone();
        let mut maybes: Vec<(A, &Doubt, Packets)> = Vec::new();
        let mut decided = Decided {
            known: Vec::new(),
            unknown: Vec::new(),
        };
        for rule in &self.rules {
            if rest.is_empty() {
                break;
            }
            let may = rest.intersect(&rule.matches.may);
            let sure = rest.intersect(&rule.matches.sure);
            if !may.is_empty() {
                maybes.push((rule.action, &rule.doubt, may));
            }
            if !sure.is_empty() {
                rest = rest.subtract(&sure);
                decided.settle(rule.action, &rule.by, sure, &maybes);
            }
        }
        match &self.fallback {
            Fallback::Action(action, by) => decided.settle(*action, by, rest, &maybes),
            Fallback::Unknown(doubt) if !rest.is_empty() => decided.unknown.push((doubt.clone(), rest)),
            Fallback::Unknown(_) => {}
        }
        decided
    }
}

impl<'r, A: Copy + PartialEq> Decided<'r, A> {
    /// A rule decides, unless one that came before may decide otherwise.
    fn settle(&mut self, action: A, by: &'r By, part: Packets, maybes: &[(A, &Doubt, Packets)]) {
        let mut known = part;
        for (other, doubt, may) in maybes.iter().filter(|(other, ..)| *other != action) {
            let _ = other;
            let open = known.intersect(may);
            if !open.is_empty() {
                known = known.subtract(&open);
                self.unknown.push(((*doubt).clone(), open));
            }
        }
        if !known.is_empty() {
            self.known.push((action, by, known));
        }
    }

    /// The packets of one action.
    pub(super) fn of(&self, action: A) -> Packets {
        let parts = self.known.iter().filter(|(done, ..)| *done == action);
        parts.fold(Packets::none(), |all, (_, _, part)| all.union(part))
    }
}
