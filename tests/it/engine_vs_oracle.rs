//! The engine against the oracle: random networks, random packets, one answer.
//!
//! `HOPWATCH_ORACLE_PAIRS` sets how many packets are compared, `HOPWATCH_ORACLE_SEED` where to start,
//! `HOPWATCH_ORACLE_SHOWN` how many kinds of disagreement are reduced to a small network and printed. A disagreement
//! prints the seed of its network, which alone draws it again.

use std::collections::BTreeMap;

use hopwatch::reach::report::BranchOutcome;
use serde_json::Value;

use crate::ask::{Ask, Source, summed};
use crate::engine;
use crate::generate::{Dice, network, questions, sets, transparent};
use crate::oracle::choice::{Whole, judge};
use crate::oracle::{Answer, Fate, Judgement, Oracle};
use crate::shrink::{render, shrink};

/// How many packets are compared in an ordinary run.
const PAIRS: u64 = 12_000;
/// How many questions a network is asked.
const QUESTIONS: usize = 40;
/// How many kinds of disagreement are reduced and printed.
const SHOWN: u64 = 8;

#[expect(clippy::disallowed_methods, reason = "a test is its own shell")]
fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name)
        .ok()
        .map_or(default, |v| v.parse().expect("a number"))
}

/// Both answers to a question about one packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Both {
    engine: Answer,
    oracle: Answer,
    /// The oracle looked at every way to read what is uncertain and found that it does not matter.
    whatever_reading: bool,
    /// Delivered, lost and unknown under different choices of nature.
    all_three: bool,
}

impl Both {
    fn ask(network: &Value, ask: &Ask) -> Option<Self> {
        let snapshot = engine::load(network).ok()?;
        let assessed = engine::engine(&snapshot, &transparent(network)).assess(&engine::path(ask));
        Some(Self::of(engine::answer(assessed.verdict), &oracle(network), ask))
    }

    fn of(engine: Answer, oracle: &Oracle<'_>, ask: &Ask) -> Self {
        Self::judged(engine, &judgements(oracle, ask))
    }

    fn judged(engine: Answer, judged: &[Judgement]) -> Self {
        Self {
            engine,
            oracle: summed(judged),
            whatever_reading: judged.iter().any(|j| j.whatever_reading),
            all_three: judged.iter().any(|j| j.delivered && j.lost && j.unknown),
        }
    }

    /// Whether one of them is wrong. An engine that cannot tell what the oracle could only tell by trying every
    /// reading is not wrong.
    fn differ(self) -> bool {
        if self.engine == Answer::Undecided {
            return self.oracle != Answer::Undecided && !self.whatever_reading && !self.all_three;
        }
        self.engine != self.oracle
    }
}

/// Ways that delivered packets go, and the words by which the oracle's log tells them.
const WAYS: [(&str, &str); 12] = [
    ("NAT gateway", "translated by nat"),
    ("internet gateway, out", "out by igw"),
    ("internet gateway, in", "in by igw"),
    ("egress-only", "EgressOnly("),
    ("peering", "by: \"pcx"),
    ("transit gateway", "Transit {"),
    ("gateway endpoint", "arrived at vpce"),
    ("on-premises", "arrived at vgw"),
    ("appliance", "through eni-"),
    ("Gateway Load Balancer endpoint", "through vpce-g"),
    ("Network Firewall", "through vpce-f"),
    ("load balancer", "sent on by"),
];

/// The oracle over a drawn network.
fn oracle(network: &Value) -> Oracle<'_> {
    Oracle::new(network).with_transparent(&transparent(network))
}

/// Every walk of every packet of a question.
fn judgements(oracle: &Oracle<'_>, ask: &Ask) -> Vec<Judgement> {
    ask.packets(oracle)
        .iter()
        .map(|(origin, packet)| ask.judge(oracle, origin, packet))
        .collect()
}

/// What is printed of a disagreement.
fn report(seed: u64, net: &Value, ask: &Ask, both: Both) -> String {
    let keep: Vec<&str> = match &ask.source {
        Source::WorkloadAs { subnet, groups, .. } => groups
            .iter()
            .map(String::as_str)
            .chain([subnet.as_str()])
            .collect(),
        _ => Vec::new(),
    };
    let small = shrink(net, &keep, |n| {
        Both::ask(n, ask).is_some_and(|b| b.differ() && (b.engine, b.oracle) == (both.engine, both.oracle))
    });
    let snapshot = engine::load(&small).expect("it was loaded before");
    let result = engine::engine(&snapshot, &transparent(&small)).evaluate(&engine::path(ask));
    format!(
        "seed {seed}: engine {:?}, oracle {:?}\n{ask:?}\n{}{}{}",
        both.engine,
        both.oracle,
        engine::explain(&result),
        ask.explain(&oracle(&small)),
        render(&small)
    )
}

/// What kind of disagreement it is: how each of the two came to its answer.
fn kind(seed: u64, ask: &Ask, both: Both) -> String {
    let net = network(seed);
    let snapshot = engine::load(&net).expect("it was loaded before");
    let result = engine::engine(&snapshot, &transparent(&net)).evaluate(&engine::path(ask));
    let oracle = oracle(&net);
    let why = ask
        .packets(&oracle)
        .first()
        .map_or(String::new(), |(origin, packet)| {
            let leaf = ask.judge(&oracle, origin, packet).leaves.pop();
            match leaf.map(|l| l.fate) {
                Some(Fate::Lost { why, .. } | Fate::Unknown { why }) => why.chars().take(50).collect(),
                _ => String::from("delivered"),
            }
        });
    let why = engine::without_names(&why);
    format!(
        "engine {:?} ({}), oracle {:?} ({why})",
        both.engine,
        engine::decided_by(&result),
        both.oracle
    )
}

#[test]
fn they_agree_on_every_packet() {
    let first = setting("HOPWATCH_ORACLE_SEED", 0);
    let pairs = setting("HOPWATCH_ORACLE_PAIRS", PAIRS);
    let networks = pairs.div_ceil(QUESTIONS as u64);
    let mut counts: BTreeMap<Answer, usize> = BTreeMap::new();
    let mut ways: BTreeMap<&str, usize> = WAYS.iter().map(|(way, _)| (*way, 0)).collect();
    let mut differ = Vec::new();
    let mut cautious = 0;
    for seed in first..first + networks {
        let net = network(seed);
        let oracle = oracle(&net);
        let snapshot = engine::load(&net).unwrap_or_else(|e| panic!("seed {seed}: {e}"));
        let engine = engine::engine(&snapshot, &transparent(&net));
        let mut dice = Dice::new(seed);
        for ask in questions(&net, &mut dice, QUESTIONS) {
            let answer = engine::answer(engine.assess(&engine::path(&ask)).verdict);
            let judged = judgements(&oracle, &ask);
            let both = Both::judged(answer, &judged);
            *counts.entry(both.oracle).or_default() += 1;
            if both.oracle == Answer::Reachable {
                let logs = judged.iter().flat_map(|j| &j.leaves).flat_map(|leaf| &leaf.log);
                let told = logs.map(String::as_str).collect::<Vec<_>>().join("\n");
                for (way, _) in WAYS.iter().filter(|(_, word)| told.contains(word)) {
                    *ways.entry(way).or_default() += 1;
                }
            }
            if both.differ() {
                differ.push((seed, ask, both));
            } else if both.engine != both.oracle {
                cautious += 1;
            }
        }
    }
    let all: usize = counts.values().sum();
    println!("seeds {first}..{}: {all} packets, {counts:?}", first + networks);
    println!("delivered by way of: {ways:?}");
    println!("{cautious} undecided for the engine that come out the same under every reading");
    println!("{} disagreements", differ.len());
    let mut kinds: BTreeMap<(Answer, Answer), usize> = BTreeMap::new();
    for (_, _, both) in &differ {
        *kinds.entry((both.engine, both.oracle)).or_default() += 1;
    }
    println!("(engine, oracle): {kinds:?}");
    // One of a kind.
    let mut shown: BTreeMap<String, usize> = BTreeMap::new();
    for (seed, ask, both) in &differ {
        let kind = kind(*seed, ask, *both);
        let times = shown.entry(kind.clone()).or_default();
        *times += 1;
        if *times == 1 && shown.len() as u64 <= setting("HOPWATCH_ORACLE_SHOWN", SHOWN) {
            println!("{kind}\n{}", report(*seed, &network(*seed), ask, *both));
        }
    }
    for (kind, times) in &shown {
        println!("{times} x {kind}");
    }
    assert!(differ.is_empty(), "{} disagreements", differ.len());
    assert!(
        ways.values().all(|n| *n > 0),
        "no packet is delivered by some way: {ways:?}"
    );
    let delivered = counts.get(&Answer::Reachable).copied().unwrap_or(0) * 100 / all;
    assert!(
        (25..=60).contains(&delivered),
        "{delivered} % are delivered: the networks are too dull"
    );
}

/// How many paths of many packets are compared in an ordinary run.
const PATHS: u64 = 800;
/// How many packets of each are looked at.
const SAMPLE: usize = 25;

#[test]
fn they_agree_on_whole_sets() {
    let first = setting("HOPWATCH_ORACLE_SEED", 0);
    let paths = setting("HOPWATCH_ORACLE_PATHS", PATHS);
    let (mut compared, mut cautious, mut left_out) = (0, 0, 0);
    let mut differ = Vec::new();
    for seed in first..first + paths.div_ceil(4) {
        let net = network(seed);
        let oracle = oracle(&net);
        let snapshot = engine::load(&net).unwrap_or_else(|e| panic!("seed {seed}: {e}"));
        let engine = engine::engine(&snapshot, &transparent(&net));
        let mut dice = Dice::new(seed ^ 0x5e75);
        for set in sets(&net, &mut dice, 4) {
            let sample = set.sample(&oracle, &mut dice, SAMPLE);
            if sample.is_empty() {
                left_out += 1;
                continue;
            }
            let result = engine.evaluate(&engine::whole(&set));
            for (origin, packet) in sample {
                if packet.source == packet.destination {
                    continue;
                }
                let outcomes = engine::outcomes(&result, &packet);
                if outcomes.is_empty() && !engine::is_complete(&result) {
                    left_out += 1;
                    continue;
                }
                let judged = judge(|script| oracle.send(&packet, &origin, set.reply, script));
                let expected = match judged.whole {
                    Whole::Delivered => BranchOutcome::Delivered,
                    Whole::Lost => BranchOutcome::Lost,
                    Whole::Unknown => BranchOutcome::Unknown,
                };
                compared += 1;
                if outcomes == [expected] {
                    continue;
                }
                let doubt = judged.whatever_reading || judged.unknown;
                if doubt && outcomes == [BranchOutcome::Unknown] {
                    cautious += 1;
                    continue;
                }
                let words = format!(
                    "seed {seed}: {set:?}\n{packet}\n  engine {outcomes:?}, oracle {expected:?}\n{}{}",
                    engine::explain(&result),
                    judged.explain(&mut Vec::new(), "")
                );
                differ.push((seed, words));
            }
        }
    }
    println!(
        "{compared} packets of {paths} paths, {left_out} left out, {cautious} undecided for the engine only"
    );
    println!("{} disagreements", differ.len());
    let mut shown: Vec<&(u64, String)> = differ.iter().collect();
    shown.dedup_by_key(|(seed, _)| *seed);
    for (_, words) in shown
        .iter()
        .take(setting("HOPWATCH_ORACLE_SHOWN", SHOWN) as usize)
    {
        println!("{words}");
    }
    assert!(differ.is_empty(), "{} disagreements", differ.len());
}
