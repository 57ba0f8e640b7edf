//! The walk: packets go from hop to hop, and what loses them, or leaves it open, is written down.
//!
//! Each kind of component has a file of its own with its part of `impl Walk`. They call each other as packets move on;
//! a walk that grows past its bounds ends in a doubt.

use std::borrow::Borrow;
use std::collections::BTreeSet;
use std::rc::Rc;
use std::sync::Arc;

use crate::network::Kind;
use crate::network::id::{ResourceId, RouteTableId, SecurityGroupId};

use super::code::Code;
use super::dependencies::Consulted;
use super::doubt::Doubt;
use super::filter::Filtered;
use super::flow::{At, Crossing, Flow, Sender, Spot, Step, Trail};
use super::packets::Packets;
use super::question::Question;
use super::report::{Direction, HopOutcome, Leg, Rule};
use super::world::{Known, World};
use super::zone::Zone;

/// No path that works is longer; one that is longer goes round in circles.
const MOST_HOPS: u32 = 200;
/// More parts than any path on a real network has.
const MOST_PARTS: usize = 3_000;
/// How many steps all flows of one question may take together.
const MOST_STEPS: usize = 60_000;

/// Something that loses packets.
#[derive(Debug, Clone)]
pub(crate) struct Loss {
    pub(crate) code: Code,
    pub(crate) spot: Spot,
    pub(crate) leg: Leg,
    pub(crate) segment: u8,
    pub(crate) rule: Option<Arc<Rule>>,
    /// As the component saw them.
    pub(crate) lost: Packets,
    /// As they were sent.
    pub(crate) sent: Packets,
    /// What the message says beyond the code.
    pub(crate) note: String,
    /// How far along the walk it is.
    pub(crate) depth: u32,
    /// The group of the sender, where a rule may name it instead of addresses.
    pub(crate) peer_group: Option<SecurityGroupId>,
    /// The zone that the packets were sent from.
    pub(crate) zone: Option<Zone>,
}

/// Where a flow ended.
#[derive(Debug)]
pub(crate) struct End {
    /// As sent: by some choice of AWS's they arrive, and their replies come back.
    pub(crate) delivered: Packets,
    /// As sent: by some choice it cannot be told.
    pub(crate) unknown: Packets,
    /// As sent: by some choice they are lost.
    pub(crate) lost: Packets,
    pub(crate) trail: Option<Rc<Trail>>,
}

/// All that a walk found.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    pub(crate) delivered: Packets,
    pub(crate) unknown: Packets,
    pub(crate) lost: Packets,
    /// As they arrived, on the way there.
    pub(crate) arrived: Packets,
    /// As sent: what went out under a public address that AWS chooses when a task starts.
    pub(crate) chosen_address: Packets,
    pub(crate) losses: Vec<Loss>,
    pub(crate) doubts: BTreeSet<Doubt>,
    pub(crate) ends: Vec<End>,
    pub(crate) consulted: Consulted,
    pub(crate) notices: BTreeSet<String>,
}

impl Outcome {
    /// Adds what another walk found.
    pub(crate) fn absorb(&mut self, other: Outcome) {
        self.delivered.add(&other.delivered);
        self.unknown.add(&other.unknown);
        self.lost.add(&other.lost);
        self.arrived.add(&other.arrived);
        self.chosen_address.add(&other.chosen_address);
        for loss in other.losses {
            self.add_loss(loss);
        }
        self.doubts.extend(other.doubts);
        self.ends.extend(other.ends);
        self.consulted.absorb(other.consulted);
        self.notices.extend(other.notices);
    }

    /// One entry for the same setting on the same leg, whatever flow met it.
    pub(crate) fn add_loss(&mut self, loss: Loss) {
        let same = self.losses.iter_mut().find(|known| {
            known.code == loss.code
                && known.spot == loss.spot
                && known.leg == loss.leg
                && known.segment == loss.segment
                && known.rule == loss.rule
        });
        match same {
            Some(known) => {
                known.lost.add(&loss.lost);
                known.sent.add(&loss.sent);
                known.depth = known.depth.min(loss.depth);
                if known.peer_group != loss.peer_group {
                    known.peer_group = None;
                }
            }
            None => self.losses.push(loss),
        }
    }
}

/// A walk under way.
#[derive(Debug)]
pub(crate) struct Walk<'a> {
    pub(crate) world: &'a World<'a>,
    pub(crate) question: &'a Question,
    /// Whether each hop is written down: for the walk of a sample packet.
    pub(crate) record: bool,
    pub(crate) outcome: Outcome,
    steps: usize,
    /// How often a walk has been split to try alternatives.
    pub(crate) nesting: u8,
}

impl<'a> Walk<'a> {
    pub(crate) fn new(world: &'a World<'a>, question: &'a Question, record: bool) -> Self {
        Self {
            world,
            question,
            record,
            outcome: Outcome::default(),
            steps: 0,
            nesting: 0,
        }
    }

    /// A walk with an outcome of its own, to try an alternative.
    pub(crate) fn alternative(&self) -> Self {
        Self {
            nesting: self.nesting + 1,
            steps: self.steps,
            ..Self::new(self.world, self.question, self.record)
        }
    }

    /// Says that the verdict depends on a resource, whether it is there or not.
    pub(crate) fn consult<I: Borrow<str> + ?Sized>(&mut self, id: &I)
    where
        for<'i> ResourceId: From<&'i I>,
    {
        self.outcome.consulted.insert(id);
    }

    /// Counts a step. `None`: the flow is over, as there is nothing in it or it went past the bounds.
    pub(crate) fn step(&mut self, mut flow: Flow) -> Option<Flow> {
        if flow.is_empty() {
            return None;
        }
        self.steps += 1;
        if flow.depth > MOST_HOPS || self.steps > MOST_STEPS || flow.parts() > MOST_PARTS {
            let message = "the packets fall into too many parts, or walk too far, to be followed";
            let doubt = Doubt {
                code: Code::TooManyParts,
                message: message.into(),
                components: Vec::new(),
                missing_call: None,
            };
            self.end_unknown(flow, doubt);
            return None;
        }
        flow.depth += 1;
        Some(flow)
    }

    /// Writes a hop down, if hops are written down.
    pub(crate) fn hop(
        &mut self,
        flow: &mut Flow,
        at: impl At,
        outcome: HopOutcome,
        rule: Option<Arc<Rule>>,
        note: Option<&str>,
    ) {
        flow.depth += 1;
        if self.record {
            let packets = flow.all().clone();
            let step = Step {
                spot: at.spot(),
                leg: flow.leg,
                segment: flow.segment,
                outcome,
                rule,
                packets,
                note: note.map(str::to_owned),
                depth: flow.depth,
            };
            flow.trail = Some(Rc::new(Trail {
                step,
                before: flow.trail.take(),
            }));
        }
    }

    /// A hop that lets everything pass.
    pub(crate) fn pass(&mut self, flow: &mut Flow, at: impl At, rule: Option<Arc<Rule>>, note: Option<&str>) {
        self.hop(flow, at, HopOutcome::Passed, rule, note);
    }

    /// A component loses some packets of a flow; they walk on as dead.
    pub(crate) fn lose(
        &mut self,
        flow: &mut Flow,
        lost: &Packets,
        code: Code,
        at: impl At,
        rule: Option<Arc<Rule>>,
        note: impl Into<String>,
    ) {
        self.note_loss(flow, lost, code, at, rule, note);
        flow.kill(lost);
    }

    /// Writes down that a component loses some packets of a flow.
    fn note_loss(
        &mut self,
        flow: &Flow,
        lost: &Packets,
        code: Code,
        at: impl At,
        rule: Option<Arc<Rule>>,
        note: impl Into<String>,
    ) {
        if !lost.is_empty() {
            let sent = flow.as_sent(lost);
            self.note_loss_of(flow, (lost, sent), code, at, rule, note);
        }
    }

    /// The same of packets as the component saw them and as they were sent.
    pub(crate) fn note_loss_of(
        &mut self,
        flow: &Flow,
        (lost, sent): (&Packets, Packets),
        code: Code,
        at: impl At,
        rule: Option<Arc<Rule>>,
        note: impl Into<String>,
    ) {
        let spot = at.spot();
        let peer_group = self.peer_group(flow, &spot);
        self.outcome.add_loss(Loss {
            code,
            spot,
            leg: flow.leg,
            segment: flow.segment,
            rule,
            lost: lost.clone(),
            sent,
            note: note.into(),
            depth: flow.depth,
            peer_group,
            zone: flow.zone.clone(),
        });
    }

    /// A function or a workload may come from any address of its subnets: a rule had better name its group.
    fn peer_group(&self, flow: &Flow, spot: &Spot) -> Option<SecurityGroupId> {
        let inbound = spot.kind == Kind::SecurityGroup && spot.direction == Some(Direction::Ingress);
        let is_virtual = self
            .question
            .origin_interface()
            .is_some_and(|origin| origin.eni.is_none());
        match &flow.sender {
            Sender::Groups {
                of,
                crossing: Crossing::Nothing | Crossing::Peering,
                ..
            } if inbound && (is_virtual || flow.is_for_target()) => of.groups.first().cloned(),
            _ => None,
        }
    }

    /// It cannot be told whether some packets of a flow pass; they walk on as doubtful.
    pub(crate) fn doubt(&mut self, flow: &mut Flow, unknown: &Packets, doubt: Doubt) {
        for component in &doubt.components {
            self.outcome.consulted.insert(component);
        }
        if flow.alive().meets(unknown) || flow.doubtful().meets(unknown) {
            self.outcome.doubts.insert(doubt);
        }
        flow.doubt(unknown);
    }

    /// What is known, or a doubt that ends the flow.
    pub(crate) fn known<T>(&mut self, flow: Flow, known: Known<T>) -> Option<(Flow, T)> {
        match known {
            Ok(value) => Some((flow, value)),
            Err(doubt) => {
                self.end_unknown(flow, doubt);
                None
            }
        }
    }

    /// Applies what a filter decided, and writes the hop down.
    pub(crate) fn filter(
        &mut self,
        flow: &mut Flow,
        filtered: Filtered,
        code: Code,
        spot: impl Fn() -> Spot,
        allowing: Option<Arc<Rule>>,
    ) {
        let outcome = if !filtered.denied.is_empty() {
            HopOutcome::Blocked
        } else if !filtered.unknown.is_empty() {
            HopOutcome::Unknown
        } else {
            HopOutcome::Passed
        };
        let rule = allowing.filter(|_| outcome == HopOutcome::Passed);
        let denied_by = filtered.denied.first().and_then(|(rule, _)| rule.clone());
        let note = denied_by
            .filter(|_| self.record)
            .map(|rule| super::message::rule(&rule));
        self.hop(flow, &spot, outcome, rule, note.as_deref());
        let mut denied = Packets::none();
        for (rule, lost) in &filtered.denied {
            self.note_loss(flow, lost, code, &spot, rule.clone(), "");
            denied.add(lost);
        }
        flow.kill(&denied);
        for (doubt, unknown) in filtered.unknown {
            self.doubt(flow, &unknown, doubt);
        }
    }

    /// Nothing of the flow goes on from here: a component loses all of it.
    pub(crate) fn end_lost(
        &mut self,
        mut flow: Flow,
        code: Code,
        at: impl At,
        rule: Option<Arc<Rule>>,
        note: impl Into<String>,
    ) {
        if flow.is_empty() {
            return;
        }
        let all = flow.all().clone();
        let (spot, note) = (at.spot(), note.into());
        self.consult(&spot.component);
        self.hop(
            &mut flow,
            &spot,
            HopOutcome::Blocked,
            None,
            Some(note.as_str()).filter(|note| !note.is_empty()),
        );
        self.lose(&mut flow, &all, code, &spot, rule, note);
        self.end(flow);
    }

    /// The same, where the table that sent the packets here is what is wrong.
    pub(crate) fn end_sent_astray(
        &mut self,
        flow: Flow,
        code: Code,
        fallback: impl At,
        note: impl Into<String>,
    ) {
        match flow.sent_by.clone() {
            Some((table, rule)) => self.end_lost(flow, code, self.at_table(&table), Some(rule), note),
            None => self.end_lost(flow, code, fallback, None, note),
        }
    }

    /// At a route table, wherever it was asked.
    pub(crate) fn at_table(&self, table: &RouteTableId) -> Spot {
        let mut spot = Spot::new(table, Kind::RouteTable);
        spot.vpc = self.vpc_of(table);
        spot
    }

    /// It cannot be told how the flow goes on.
    pub(crate) fn end_unknown(&mut self, mut flow: Flow, doubt: Doubt) {
        if flow.is_empty() {
            return;
        }
        let component = doubt
            .components
            .first()
            .cloned()
            .unwrap_or_else(|| ResourceId::from("?"));
        let kind = super::resources::kind_of(&component);
        let all = flow.all().clone();
        let note = Some(doubt.message.clone());
        self.hop(
            &mut flow,
            Spot::new(component, kind),
            HopOutcome::Unknown,
            None,
            note.as_deref(),
        );
        self.doubt(&mut flow, &all, doubt);
        self.end(flow);
    }

    /// The flow is where it should be: at its destination without a reply to ask for, or back at its source.
    pub(crate) fn end(&mut self, flow: Flow) {
        let end = End {
            delivered: flow.as_sent(flow.alive()),
            unknown: flow.as_sent(flow.doubtful()),
            lost: flow.as_sent(flow.dead()),
            trail: flow.trail.clone(),
        };
        self.outcome.delivered.add(&end.delivered);
        self.outcome.unknown.add(&end.unknown);
        self.outcome.lost.add(&end.lost);
        self.outcome.ends.push(end);
    }

    pub(crate) fn vpc_of(&self, table: &RouteTableId) -> Option<crate::network::id::VpcId> {
        self.world
            .snapshot
            .route_tables
            .get(table)
            .map(|table| table.vpc_id.clone())
    }

    /// Tries choices of which only one is real, and nobody can say which: what they do not agree on is unknown.
    pub(crate) fn either<C>(
        &mut self,
        flow: &Flow,
        doubt: Doubt,
        choices: &[C],
        go: impl Fn(&mut Self, Flow, &C),
    ) {
        let mut outcomes = Vec::new();
        for choice in choices {
            let mut walk = self.alternative();
            go(&mut walk, flow.clone(), choice);
            self.steps = self.steps.max(walk.steps);
            outcomes.push(walk.outcome);
        }
        let classes: Vec<[Packets; 3]> = outcomes
            .iter()
            .map(|o| [o.delivered.clone(), o.lost.clone(), o.unknown.clone()])
            .collect();
        let agree = classes.windows(2).all(|pair| match pair {
            [a, b] => a == b,
            _ => true,
        });
        if agree {
            if let Some(first) = outcomes.into_iter().next() {
                self.outcome.absorb(first);
            }
            return;
        }
        for outcome in &outcomes {
            self.outcome.consulted.absorb(outcome.consulted.clone());
            self.outcome.arrived.add(&outcome.arrived);
            self.outcome.chosen_address.add(&outcome.chosen_address);
        }
        // What every alternative loses is lost for certain, and what every one delivers is delivered.
        let sure = |index: usize| {
            let mut sets = classes.iter().filter_map(|class| class.get(index)).cloned();
            let first = sets.next().unwrap_or_default();
            sets.fold(first, |both, set| both.intersect(&set))
        };
        let (delivered, lost) = (sure(0), sure(1));
        let sent = flow.as_sent(flow.all());
        let only = |set: &Packets, others: [usize; 2]| {
            classes.iter().fold(set.clone(), |left, class| {
                others
                    .iter()
                    .filter_map(|&i| class.get(i))
                    .fold(left, |left, other| left.subtract(other))
            })
        };
        let surely_lost = only(&lost, [0, 2]);
        let surely_delivered = only(&delivered, [1, 2]);
        let unknown = sent.subtract(&surely_lost).subtract(&surely_delivered);
        let trail = outcomes
            .iter()
            .flat_map(|outcome| &outcome.ends)
            .find(|end| !end.lost.is_empty())
            .and_then(|end| end.trail.clone());
        if let Some(first) = outcomes.into_iter().next() {
            for mut loss in first.losses {
                loss.sent = loss.sent.intersect(&surely_lost);
                if !loss.sent.is_empty() {
                    self.outcome.add_loss(loss);
                }
            }
            self.outcome.doubts.extend(first.doubts);
        }
        self.outcome.doubts.insert(doubt);
        self.outcome.delivered.add(&surely_delivered);
        self.outcome.lost.add(&surely_lost);
        self.outcome.unknown.add(&unknown);
        self.outcome.ends.push(End {
            delivered: surely_delivered,
            unknown,
            lost: surely_lost,
            trail,
        });
    }

    /// All that was found.
    pub(crate) fn finish(self) -> Outcome {
        self.outcome
    }
}

/// The hops of a trail, first to last.
pub(crate) fn steps(trail: Option<&Rc<Trail>>) -> Vec<&Step> {
    let mut steps = Vec::new();
    let mut at = trail;
    while let Some(node) = at {
        steps.push(&node.step);
        at = node.before.as_ref();
    }
    steps.reverse();
    steps
}
