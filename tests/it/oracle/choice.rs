//! What one packet's walk leaves open, and how every possibility is tried.
//!
//! Two kinds of thing are open. *Nature's* choices (the port a NAT gateway takes, the subnet a transit gateway comes
//! out of): the packet is delivered only if it is under each. *Readings*, where AWS's pages or the snapshot do not
//! say how it is: the answer holds only if it is the same under each, else it is unknown.

use std::collections::BTreeMap;

use super::packet::Fate;

/// A yes, a no, or something that the snapshot or AWS's pages do not tell, by a name for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Truth {
    Yes,
    No,
    Maybe(String),
}

impl Truth {
    pub(crate) fn from_bool(b: bool) -> Self {
        if b { Self::Yes } else { Self::No }
    }

    pub(crate) fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Yes, _) | (_, Self::Yes) => Self::Yes,
            (Self::Maybe(m), _) | (_, Self::Maybe(m)) => Self::Maybe(m),
            _ => Self::No,
        }
    }

    pub(crate) fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::No, _) | (_, Self::No) => Self::No,
            (Self::Maybe(m), _) | (_, Self::Maybe(m)) => Self::Maybe(m),
            _ => Self::Yes,
        }
    }
}

/// One thing that was open, and what was chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pick {
    pub(crate) reading: bool,
    pub(crate) label: String,
    pub(crate) options: usize,
    pub(crate) chosen: usize,
}

/// The choices of one walk: those given, then 0.
#[derive(Debug, Clone, Default)]
pub(crate) struct Script {
    given: Vec<usize>,
    pub(crate) picks: Vec<Pick>,
    readings: BTreeMap<String, usize>,
}

impl Script {
    /// The walk that makes these choices first.
    pub(crate) fn new(given: Vec<usize>) -> Self {
        Self {
            given,
            ..Self::default()
        }
    }

    fn pick(&mut self, reading: bool, label: &str, options: usize) -> usize {
        if options < 2 {
            return 0;
        }
        let chosen = self
            .given
            .get(self.picks.len())
            .copied()
            .unwrap_or(0)
            .min(options - 1);
        self.picks.push(Pick {
            reading,
            label: label.to_owned(),
            options,
            chosen,
        });
        chosen
    }

    /// One of `options`, chosen by nature, anew every time.
    pub(crate) fn nature(&mut self, label: &str, options: usize) -> usize {
        self.pick(false, label, options)
    }

    /// One of `options` ways to read a thing; the same thing is read the same way all along a walk.
    pub(crate) fn reading(&mut self, label: &str, options: usize) -> usize {
        if let Some(&chosen) = self.readings.get(label) {
            return chosen;
        }
        let chosen = self.pick(true, label, options);
        self.readings.insert(label.to_owned(), chosen);
        chosen
    }

    /// The choices of the next walk in order; none after the last.
    fn successor(&self) -> Option<Vec<usize>> {
        let mut next: Vec<usize> = self.picks.iter().map(|p| p.chosen).collect();
        for i in (0..self.picks.len()).rev() {
            if self.picks[i].chosen + 1 < self.picks[i].options {
                next.truncate(i + 1);
                next[i] += 1;
                return Some(next);
            }
        }
        None
    }
}

/// One walk from start to end.
#[derive(Debug, Clone)]
pub(crate) struct Leaf {
    pub(crate) picks: Vec<Pick>,
    pub(crate) fate: Fate,
    pub(crate) log: Vec<String>,
}

/// All walks of one packet, summed up.
#[derive(Debug, Clone)]
pub(crate) struct Judgement {
    /// Under some of nature's choices it is delivered.
    pub(crate) delivered: bool,
    /// Under some it is lost.
    pub(crate) lost: bool,
    /// Under some it cannot be told.
    pub(crate) unknown: bool,
    /// What becomes of it whatever nature chooses: lost if it is under one choice.
    pub(crate) whole: Whole,
    /// Whether something was open to reading and came out the same under every reading.
    pub(crate) whatever_reading: bool,
    /// Every walk.
    pub(crate) leaves: Vec<Leaf>,
}

/// What becomes of a packet that must arrive whatever nature chooses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(crate) enum Whole {
    /// It arrives under every choice.
    #[default]
    Delivered,
    /// It cannot be told.
    Unknown,
    /// It is lost under some.
    Lost,
}

/// What became of the packets of a path, in the words of the test lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Answer {
    /// All delivered.
    Reachable,
    /// Some delivered, some lost.
    Partial,
    /// All lost.
    Blocked,
    /// Anything else.
    Undecided,
}

impl Judgement {
    /// The verdict on a path of this one packet.
    pub(crate) fn answer(&self) -> Answer {
        answer(self.delivered, self.lost, self.unknown)
    }
}

impl Judgement {
    /// One walk for every way of ending that is not yet among those `shown`.
    pub(crate) fn explain(&self, shown: &mut Vec<std::mem::Discriminant<Fate>>, packet: &str) -> String {
        let mut out = String::new();
        for leaf in &self.leaves {
            let end = std::mem::discriminant(&leaf.fate);
            if shown.contains(&end) {
                continue;
            }
            shown.push(end);
            out += &format!("{packet}\n");
            for p in &leaf.picks {
                let kind = if p.reading { "reading" } else { "nature" };
                out += &format!("  {kind}: {} = {} of {}\n", p.label, p.chosen, p.options);
            }
            for line in &leaf.log {
                out += &format!("  {line}\n");
            }
            out += &format!("  => {}\n", leaf.fate);
        }
        out
    }
}

/// Sums up what became of some packets.
pub(crate) fn answer(delivered: bool, lost: bool, unknown: bool) -> Answer {
    match (delivered, lost, unknown) {
        (true, true, _) => Answer::Partial,
        (true, false, false) => Answer::Reachable,
        (false, true, false) => Answer::Blocked,
        _ => Answer::Undecided,
    }
}

/// How many walks of one packet are tried at most: far beyond what the networks of these tests need.
const WALKS: usize = 100_000;

/// Tries every choice.
pub(crate) fn judge(mut walk: impl FnMut(&mut Script) -> (Fate, Vec<String>)) -> Judgement {
    let mut leaves = Vec::new();
    let mut next = Some(Vec::new());
    while let Some(given) = next {
        let mut script = Script::new(given);
        let (fate, log) = walk(&mut script);
        next = script.successor();
        leaves.push(Leaf {
            picks: script.picks,
            fate,
            log,
        });
        assert!(leaves.len() < WALKS, "one packet has too many walks to try");
    }
    let sum = fold(&leaves, 0);
    Judgement {
        delivered: sum.delivered,
        lost: sum.lost,
        unknown: sum.unknown,
        whole: sum.whole,
        whatever_reading: sum.whatever_reading,
        leaves,
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Sum {
    delivered: bool,
    lost: bool,
    unknown: bool,
    whole: Whole,
    whatever_reading: bool,
}

/// Sums up walks that agree in their first `depth` choices: they stand in order, so those that agree in one more are
/// neighbours.
fn fold(leaves: &[Leaf], depth: usize) -> Sum {
    let Some(pick) = leaves[0].picks.get(depth) else {
        return Sum {
            delivered: matches!(leaves[0].fate, Fate::Delivered { .. }),
            lost: matches!(leaves[0].fate, Fate::Lost { .. }),
            unknown: matches!(leaves[0].fate, Fate::Unknown { .. }),
            whole: match leaves[0].fate {
                Fate::Delivered { .. } => Whole::Delivered,
                Fate::Lost { .. } => Whole::Lost,
                Fate::Unknown { .. } => Whole::Unknown,
            },
            whatever_reading: false,
        };
    };
    let parts: Vec<Sum> = leaves
        .chunk_by(|a, b| a.picks[depth].chosen == b.picks[depth].chosen)
        .map(|same| fold(same, depth + 1))
        .collect();
    let one = parts.iter().all(|s| s.whole == parts[0].whole);
    let worst = parts.iter().map(|s| s.whole).max().unwrap_or_default();
    let any = |field: fn(&Sum) -> bool| parts.iter().any(field);
    let whole = Sum {
        delivered: any(|s| s.delivered),
        lost: any(|s| s.lost),
        unknown: any(|s| s.unknown),
        whole: if pick.reading && !one {
            Whole::Unknown
        } else {
            worst
        },
        whatever_reading: pick.reading || any(|s| s.whatever_reading),
    };
    let agree = parts
        .iter()
        .all(|s| (s.delivered, s.lost, s.unknown) == (whole.delivered, whole.lost, whole.unknown));
    if pick.reading && !agree {
        return Sum {
            unknown: true,
            whole: whole.whole,
            ..Sum::default()
        };
    }
    whole
}

#[test]
fn every_combination_is_walked_once() {
    let mut seen = Vec::new();
    let judged = judge(|script| {
        let a = script.nature("a", 2);
        let b = if a == 1 { script.nature("b", 3) } else { 0 };
        seen.push((a, b));
        (
            Fate::Delivered {
                at: String::from("x"),
            },
            Vec::new(),
        )
    });
    assert_eq!(seen, [(0, 0), (1, 0), (1, 1), (1, 2)]);
    assert_eq!(judged.answer(), Answer::Reachable);
}

#[test]
fn readings_must_agree_and_nature_adds_up() {
    let lost = || {
        (
            Fate::Lost {
                why: String::new(),
                at: String::new(),
            },
            Vec::new(),
        )
    };
    let delivered = || (Fate::Delivered { at: String::new() }, Vec::new());
    let by = |kind: fn(&mut Script) -> usize| {
        judge(|script| if kind(script) == 0 { lost() } else { delivered() }).answer()
    };
    assert_eq!(by(|s| s.nature("n", 2)), Answer::Partial);
    assert_eq!(by(|s| s.reading("r", 2)), Answer::Undecided);
    assert_eq!(by(|s| s.reading("r", 2) - s.reading("r", 2)), Answer::Blocked);
}
