//! A finding as the result that is reported: names, places, boxes, the walk of a sample packet.

use std::collections::BTreeMap;

use crate::network::id::{SubnetId, VpcId};
use crate::paths::model::{Expect, RequiredPath};

use super::assessment::{Assessment, BlockedBy};
use super::code::Code;
use super::engine::{Finding, ask};
use super::flow::{Spot, Step};
use super::message;
use super::packets::Packets;
use super::render::{self, Rounding};
use super::report::{Blocker, Branch, BranchOutcome, Hop, HopOutcome, PathResult};
use super::walk::{End, Loss, steps};
use super::world::World;

/// More branches than this help nobody.
const MOST_BRANCHES: usize = 64;

/// Puts findings into the words of the report.
#[derive(Debug)]
pub(crate) struct Presenter<'a> {
    world: &'a World<'a>,
}

struct Place {
    subnet: Option<String>,
    subnet_name: Option<String>,
    vpc: Option<String>,
    account: Option<String>,
    region: Option<String>,
}

impl<'a> Presenter<'a> {
    pub(crate) fn new(world: &'a World<'a>) -> Self {
        Self { world }
    }

    /// What tells whether something changed.
    pub(crate) fn assessment(&self, path: &RequiredPath, finding: Finding) -> Assessment {
        let arrived = arrived(path, &finding);
        let rounding = if arrived.is_empty() {
            Rounding::default()
        } else {
            self.rounding(&finding)
        };
        let (arrives, arrives_more) = render::boxes(&arrived, &rounding);
        let blocked_by = |loss: Loss| BlockedBy {
            code: loss.code,
            component: loss.spot.component,
            direction: loss.spot.direction,
            leg: loss.leg,
            rule: loss.rule,
        };
        Assessment {
            expect: path.expect,
            verdict: finding.verdict,
            as_expected: finding.as_expected,
            reason: super::doubt::reason(&finding.doubts, &self.world.snapshot.unread),
            blockers: finding.losses.into_iter().map(blocked_by).collect(),
            arrives,
            arrives_more,
            consulted: finding.consulted,
        }
    }

    /// The same in words, with walks, but without fixes.
    pub(crate) fn result(&self, path: &RequiredPath, finding: &Finding) -> PathResult {
        let rounding = self.rounding(finding);
        let (arrives, arrives_more) = render::boxes(&arrived(path, finding), &rounding);
        let branches = self.branches(finding, &rounding);
        let worst = [
            BranchOutcome::Lost,
            BranchOutcome::Unknown,
            BranchOutcome::Delivered,
        ];
        let shown =
            (worst.into_iter()).find_map(|outcome| branches.iter().find(|branch| branch.outcome == outcome));
        PathResult {
            name: path.name.clone(),
            expect: path.expect,
            verdict: finding.verdict,
            as_expected: finding.as_expected,
            severity: path.severity,
            reason: super::doubt::reason(&finding.doubts, &self.world.snapshot.unread),
            blockers: finding
                .losses
                .iter()
                .map(|loss| self.blocker(loss, &rounding))
                .collect(),
            arrives,
            arrives_more,
            hops: shown.map(|branch| branch.hops.clone()).unwrap_or_default(),
            branches,
            dependencies: (&finding.consulted).into(),
            notices: finding.notices.iter().cloned().collect(),
        }
    }

    /// Subnets whose every usable address a path asks for are written as their block.
    pub(crate) fn rounding(&self, finding: &Finding) -> Rounding {
        Rounding::of(self.world, &finding.consulted)
    }

    fn place(&self, subnet: Option<&SubnetId>, vpc: Option<&VpcId>) -> Place {
        let view = vpc.and_then(|vpc| self.world.vpcs.get(vpc));
        Place {
            subnet: subnet.map(ToString::to_string),
            subnet_name: subnet
                .and_then(|id| self.world.subnets.get(id))
                .and_then(|subnet| subnet.name.clone()),
            vpc: vpc.map(ToString::to_string),
            account: view
                .and_then(|view| view.account.as_ref())
                .map(ToString::to_string),
            region: view
                .and_then(|view| view.region.as_ref())
                .map(ToString::to_string),
        }
    }

    fn name_of(&self, spot: &Spot) -> Option<String> {
        self.world.name(&spot.component).map(str::to_owned)
    }

    pub(crate) fn blocker(&self, loss: &Loss, rounding: &Rounding) -> Blocker {
        let (lost, lost_more) = render::boxes(&loss.lost, rounding);
        let place = self.place(loss.spot.subnet.as_ref(), loss.spot.vpc.as_ref());
        Blocker {
            code: loss.code,
            code_source: loss.code.source(),
            component: loss.spot.component.to_string(),
            component_name: self.name_of(&loss.spot),
            kind: loss.spot.kind,
            direction: loss.spot.direction,
            leg: loss.leg,
            segment: loss.segment,
            subnet: place.subnet,
            subnet_name: place.subnet_name,
            vpc: place.vpc,
            account: place.account,
            region: place.region,
            rule: loss.rule.as_deref().cloned(),
            message: message::loss(loss, self.world, lost.first(), lost.len() + lost_more),
            lost,
            lost_more,
            witness: render::first_box(&loss.sent),
            fix: None,
        }
    }

    /// A step as a hop. `loss`: what was lost there beside what the step says.
    fn hop(&self, step: &Step, loss: Option<&Loss>) -> Hop {
        let outcome = if loss.is_some() {
            HopOutcome::Blocked
        } else {
            step.outcome
        };
        let why = loss.map(message::in_short);
        let told = [step.note.clone(), why].into_iter().flatten();
        let told: Vec<String> = told.filter(|note| !note.is_empty()).collect();
        let place = self.place(step.spot.subnet.as_ref(), step.spot.vpc.as_ref());
        Hop {
            leg: step.leg,
            segment: step.segment,
            component: step.spot.component.to_string(),
            component_name: self.name_of(&step.spot),
            kind: step.spot.kind,
            subnet: place.subnet,
            subnet_name: place.subnet_name,
            vpc: place.vpc,
            account: place.account,
            region: place.region,
            direction: step.spot.direction,
            outcome,
            allowed_by: if outcome == HopOutcome::Passed {
                step.rule.as_deref().cloned()
            } else {
                None
            },
            packet: render::first_box(&step.packets),
            note: (!told.is_empty()).then(|| told.join("; ")),
        }
    }

    /// Where packets part ways: lost first, then unknown, then delivered; by which blockers they meet.
    fn branches(&self, finding: &Finding, rounding: &Rounding) -> Vec<Branch> {
        let mut branches = Vec::new();
        for answer in &finding.answers {
            let outcome = &answer.outcome;
            let lost = &outcome.lost;
            let unknown = outcome.unknown.subtract(lost);
            let delivered = answer.question.asked.subtract(lost).subtract(&unknown);
            let mut parts: Vec<(BranchOutcome, Packets, Vec<usize>)> = Vec::new();
            let mut rest = lost.clone();
            while !rest.is_empty() && parts.len() < MOST_BRANCHES {
                // All that meet the same blockers as one of them.
                let sample = rest.sample();
                let mut part = rest.clone();
                let mut met = Vec::new();
                for (index, loss) in finding.losses.iter().enumerate() {
                    let mine = outcome.losses.iter().find(|own| same_loss(own, loss));
                    match mine {
                        Some(own) if own.sent.meets(&sample) => {
                            met.push(index);
                            part = part.intersect(&own.sent);
                        }
                        Some(own) => part = part.subtract(&own.sent),
                        None => {}
                    }
                }
                if part.is_empty() {
                    part = sample;
                }
                rest = rest.subtract(&part);
                parts.push((BranchOutcome::Lost, part, met));
            }
            if !rest.is_empty() {
                parts.push((BranchOutcome::Lost, rest, Vec::new()));
            }
            parts.push((BranchOutcome::Unknown, unknown, Vec::new()));
            parts.push((BranchOutcome::Delivered, delivered, Vec::new()));
            for (kind, packets, blockers) in parts {
                if packets.is_empty() {
                    continue;
                }
                let (boxes, packets_more) = render::boxes(&packets, rounding);
                let walked = ask(self.world, &answer.question, &packets.sample(), true);
                let hops = steps(pick(&walked.ends, kind).and_then(|end| end.trail.as_ref()));
                let losing = match kind {
                    BranchOutcome::Lost => losing(&hops, &walked.losses),
                    BranchOutcome::Unknown | BranchOutcome::Delivered => BTreeMap::new(),
                };
                let hops = hops.into_iter().enumerate();
                let hops = hops.map(|(index, step)| self.hop(step, losing.get(&index).copied()));
                branches.push(Branch {
                    packets: boxes,
                    packets_more,
                    outcome: kind,
                    blockers,
                    hops: hops.collect(),
                });
            }
        }
        branches.sort_by_key(|branch| match branch.outcome {
            BranchOutcome::Lost => 0,
            BranchOutcome::Unknown => 1,
            BranchOutcome::Delivered => 2,
        });
        branches
    }
}

/// What arrives although nothing should.
fn arrived(path: &RequiredPath, finding: &Finding) -> Packets {
    let mut arrived = Packets::none();
    if path.expect == Expect::Blocked {
        for answer in &finding.answers {
            arrived.add(&answer.outcome.arrived);
        }
    }
    arrived
}

fn same_loss(a: &Loss, b: &Loss) -> bool {
    a.code == b.code && a.spot == b.spot && a.leg == b.leg && a.segment == b.segment && a.rule == b.rule
}

/// The steps, by index, at which a packet was lost without a step of its own that says so: what a component does to it
/// beside what it is there for. Of several steps at that component it is the one where the packet was.
fn losing<'l>(steps: &[&Step], losses: &'l [Loss]) -> BTreeMap<usize, &'l Loss> {
    let of_loss = |loss: &'l Loss| {
        // What leads packets to where they are lost lets them pass.
        if loss.code == Code::ArrivesElsewhere {
            return None;
        }
        let at = |step: &Step| {
            step.spot.component == loss.spot.component && step.leg == loss.leg && step.segment == loss.segment
        };
        let there = || steps.iter().enumerate().filter(|(_, step)| at(step));
        if there().any(|(_, step)| step.outcome == HopOutcome::Blocked) {
            return None;
        }
        let near = there().min_by_key(|(_, step)| step.depth.abs_diff(loss.depth));
        near.map(|(index, _)| (index, loss))
    };
    losses.iter().filter_map(of_loss).collect()
}

/// The end that shows a branch's outcome.
fn pick(ends: &[End], outcome: BranchOutcome) -> Option<&End> {
    let shows = |end: &&End| match outcome {
        BranchOutcome::Lost => !end.lost.is_empty(),
        BranchOutcome::Unknown => !end.unknown.is_empty(),
        BranchOutcome::Delivered => !end.delivered.is_empty(),
    };
    ends.iter().find(shows).or_else(|| ends.first())
}
