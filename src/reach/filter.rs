//! What a filter does not let pass of a set of packets: a partition by the rule that decided.

use std::sync::Arc;

use super::doubt::Doubt;
use super::packets::Packets;
use super::report::Rule;

/// The partition. No two parts overlap; what is in none of them passes.
#[derive(Debug, Default)]
pub(crate) struct Filtered {
    /// What is dropped, by rule; `None`: no rule matched.
    pub(crate) denied: Vec<(Option<Arc<Rule>>, Packets)>,
    /// What cannot be told.
    pub(crate) unknown: Vec<(Doubt, Packets)>,
}

/// A protocol as rules spell it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RuleProtocol {
    All,
    Number(u8),
}

impl RuleProtocol {
    /// `-1`, a number, or one of AWS's names (API_IpPermission, API_CreateNetworkAclEntry).
    pub(crate) fn parse(word: &str) -> Option<Self> {
        Some(match word.to_ascii_lowercase().as_str() {
            "-1" | "all" => Self::All,
            "tcp" => Self::Number(6),
            "udp" => Self::Number(17),
            "icmp" => Self::Number(1),
            "icmpv6" => Self::Number(58),
            number => Self::Number(number.parse().ok()?),
        })
    }
}
