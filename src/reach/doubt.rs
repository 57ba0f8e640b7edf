//! What cannot be told, and why: carried by look-ups instead of a guess.

use std::collections::BTreeSet;

use crate::network::id::ResourceId;
use crate::network::unread::Unread;

use super::code::Code;
use super::report::Reason;

/// One reason why it cannot be told whether packets pass.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Doubt {
    pub(crate) code: Code,
    pub(crate) message: String,
    pub(crate) components: Vec<ResourceId>,
    /// As in `ec2:DescribeNetworkAcls`.
    pub(crate) missing_call: Option<&'static str>,
}

impl Doubt {
    pub(crate) fn new(code: Code, component: impl Into<ResourceId>, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            components: vec![component.into()],
            missing_call: None,
        }
    }

    /// A resource that something refers to and that the snapshot does not hold.
    pub(crate) fn absent(component: impl Into<ResourceId>, what: &str, call: &'static str) -> Self {
        let component = component.into();
        Self {
            code: Code::UnknownResource,
            message: format!("{what} {component} is not in the snapshot: add the answer of {call}"),
            components: vec![component],
            missing_call: Some(call),
        }
    }
}

/// All reasons as one, with the calls that failed where their answers are what is missing.
pub(crate) fn reason(doubts: &BTreeSet<Doubt>, unread: &BTreeSet<Unread>) -> Option<Reason> {
    let first = doubts.first()?;
    let messages: BTreeSet<&str> = doubts.iter().map(|doubt| doubt.message.as_str()).collect();
    let mut messages: Vec<String> = messages.into_iter().map(str::to_owned).collect();
    let missing = || doubts.iter().filter_map(|doubt| doubt.missing_call);
    let failed = unread
        .iter()
        .filter(|unread| missing().any(|call| unread.explains(call)));
    messages.extend(failed.map(Unread::told));
    Some(Reason {
        code: first.code,
        message: messages.join("; "),
        components: doubts
            .iter()
            .flat_map(|doubt| &doubt.components)
            .map(ToString::to_string)
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect(),
        missing_calls: doubts
            .iter()
            .filter_map(|doubt| doubt.missing_call)
            .map(str::to_owned)
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect(),
    })
}
