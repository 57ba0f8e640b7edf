//! The rules of an AWS network, one tiny network and one question a line, put to the oracle and to the engine.
//!
//! Each module is about one kind of component and names AWS's page beside what it claims.

use serde_json::Value;

use crate::ask::Ask;
use crate::engine;
use crate::network::Network;
use crate::oracle::{Answer, Fate, Oracle};

mod endpoints;
mod interfaces;
mod internet;
mod lambda;
mod load_balancers;
mod middleboxes;
mod nat;
mod network_acls;
mod network_firewall_ways;
mod network_firewalls;
mod peering;
mod routes;
mod security_groups;
mod transit;
mod vpcs;

/// Reachable.
const R: Answer = Answer::Reachable;
/// Partial.
const P: Answer = Answer::Partial;
/// Blocked.
const B: Answer = Answer::Blocked;
/// Undecided.
const U: Answer = Answer::Undecided;

/// A network, a question about it, the answer.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    /// What it claims, in words.
    pub(crate) says: &'static str,
    pub(crate) network: Value,
    pub(crate) ask: Ask,
    pub(crate) answer: Answer,
    /// Appliances declared transparent.
    pub(crate) transparent: Vec<&'static str>,
    /// Where the packets arrive, if that matters.
    at: Option<&'static str>,
}

fn line(says: &'static str, network: &Network, ask: Ask, answer: Answer) -> Line {
    Line {
        says,
        network: network.json(),
        ask,
        answer,
        transparent: Vec::new(),
        at: None,
    }
}

impl Line {
    fn transparent(mut self, id: &'static str) -> Self {
        self.transparent.push(id);
        self
    }

    fn at(mut self, place: &'static str) -> Self {
        self.at = Some(place);
        self
    }
}

/// A network with these changes.
pub(crate) fn with(network: &Network, change: impl FnOnce(&mut Network)) -> Network {
    let mut changed = network.clone();
    change(&mut changed);
    changed
}

/// A client `eni-c` 10.0.1.10 and a server `eni-s` 10.0.2.10 in two subnets of one VPC, everything open.
fn pair() -> Network {
    let mut n = Network::new();
    n.vpc("vpc-a", "10.0.0.0/16")
        .subnet("subnet-c", "vpc-a", "10.0.1.0/24", "a")
        .subnet("subnet-s", "vpc-a", "10.0.2.0/24", "b")
        .interface("eni-c", "subnet-c", "10.0.1.10")
        .interface("eni-s", "subnet-s", "10.0.2.10");
    n
}

/// Every line.
pub(crate) fn lines() -> Vec<Line> {
    [
        security_groups::lines(),
        network_acls::lines(),
        routes::lines(),
        vpcs::lines(),
        interfaces::lines(),
        nat::lines(),
        internet::lines(),
        peering::lines(),
        transit::lines(),
        endpoints::lines(),
        middleboxes::lines(),
        lambda::lines(),
        load_balancers::lines(),
        network_firewalls::lines(),
    ]
    .concat()
}

#[test]
fn the_oracle_answers_every_line() {
    let mut wrong = Vec::new();
    for line in lines() {
        let oracle = Oracle::new(&line.network).with_transparent(&line.transparent);
        let answer = line.ask.oracle(&oracle);
        let places: Vec<String> = line
            .ask
            .packets(&oracle)
            .iter()
            .flat_map(|(origin, packet)| line.ask.judge(&oracle, origin, packet).leaves)
            .filter_map(|leaf| match leaf.fate {
                Fate::Delivered { at } => Some(at),
                _ => None,
            })
            .collect();
        let elsewhere = line.at.is_some_and(|at| places.iter().any(|p| p != at));
        if answer != line.answer || elsewhere {
            wrong.push(format!(
                "{}: {answer:?} at {places:?}, not {:?} at {:?}\n{}",
                line.says,
                line.answer,
                line.at,
                line.ask.explain(&oracle)
            ));
        }
    }
    for w in &wrong {
        println!("{w}");
    }
    assert!(wrong.is_empty(), "{} lines of {}", wrong.len(), lines().len());
}

#[test]
fn the_engine_answers_every_line() {
    let mut wrong = Vec::new();
    for line in lines() {
        let snapshot = engine::load(&line.network).expect("a snapshot");
        let result = engine::engine(&snapshot, &line.transparent).evaluate(&engine::path(&line.ask));
        if engine::answer(result.verdict) != line.answer {
            let oracle = Oracle::new(&line.network).with_transparent(&line.transparent);
            wrong.push(format!(
                "{}: not {:?}\n{}{}",
                line.says,
                line.answer,
                engine::explain(&result),
                line.ask.explain(&oracle)
            ));
        }
    }
    for w in &wrong {
        println!("{w}");
    }
    assert!(wrong.is_empty(), "{} lines of {}", wrong.len(), lines().len());
}
