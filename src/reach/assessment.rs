//! What became of a path, without what only a reader needs.

use std::sync::Arc;

use crate::network::id::ResourceId;
use crate::paths::model::Expect;

use super::code::Code;
use super::dependencies::Consulted;
use super::report::{Direction, Leg, PacketBox, Reason, Rule, Verdict};

/// All that tells whether something changed: the verdict, what blocks, what arrives, what all of it rests on. Sentences,
/// walks and fixes are left to [`Engine::evaluate`], as most paths are looked at a thousand times before somebody reads of
/// them.
///
/// [`Engine::evaluate`]: super::Engine::evaluate
#[derive(Debug, Clone)]
pub struct Assessment {
    /// What is expected of the path.
    pub expect: Expect,
    /// What was found.
    pub verdict: Verdict,
    /// Whether that is as expected; `None`: it cannot be told.
    pub as_expected: Option<bool>,
    /// What cannot be told, and why.
    pub reason: Option<Reason>,
    /// What loses packets, in the walk's order, each as if no other did.
    pub blockers: Vec<BlockedBy>,
    /// What arrives although nothing should (`expect: blocked`).
    pub arrives: Vec<PacketBox>,
    /// How many boxes of `arrives` are left out.
    pub arrives_more: usize,
    /// What the verdict rests on.
    pub consulted: Consulted,
}

impl Assessment {
    /// Whether packets arrive that should not.
    pub fn leaks(&self) -> bool {
        self.expect == Expect::Blocked && self.as_expected == Some(false)
    }
}

/// Something that loses packets: what tells one blocker from another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlockedBy {
    /// The explanation code.
    pub code: Code,
    /// What decided.
    pub component: ResourceId,
    /// Of the subnet (network ACL), of the interface (security group), of the firewall.
    pub direction: Option<Direction>,
    /// On the way there or back.
    pub leg: Leg,
    /// The rule or route that decided; `None`: none matched.
    pub rule: Option<Arc<Rule>>,
}
