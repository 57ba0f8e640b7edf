//! What an end comes to: places to start from, places to arrive at, or why there are none.

use std::borrow::Borrow;
use std::sync::Arc;

use crate::network::Table;
use crate::network::id::{InstanceId, ResourceId, VpcId};
use crate::paths::model::{End, EndForm};

use super::super::addresses::Addresses;
use super::super::code::Code;
use super::super::doubt::Doubt;
use super::super::flow::Spot;
use super::super::interface::Interface;
use super::super::question::{Goal, Origin};
use super::super::ranges::Ranges;

/// A place that packets start from.
#[derive(Debug, Clone)]
pub(crate) struct Start {
    pub(crate) origin: Origin,
    /// What it sends from.
    pub(crate) senders: Addresses,
    /// The ports that it sends from, where the path does not say.
    pub(crate) ports: Ranges<u16>,
    /// The instance, where the operating system chooses among several interfaces.
    pub(crate) instance: Option<InstanceId>,
    pub(crate) vpc: Option<VpcId>,
}

/// A place that packets should arrive at.
#[derive(Debug, Clone)]
pub(crate) struct Finish {
    pub(crate) goal: Goal,
    /// What to ask for.
    pub(crate) addresses: Addresses,
    /// What to ask for from the internet; `None`: the same.
    pub(crate) from_internet: Option<Addresses>,
    /// Several resources fit, and nobody can say which is meant.
    pub(crate) ambiguous: Option<Doubt>,
}

/// Why an end has nothing to ask for.
#[derive(Debug, Clone)]
pub(crate) enum Hindrance {
    /// It cannot be told.
    Unknown(Doubt),
    /// By its nature nothing starts or arrives there.
    Never { code: Code, spot: Spot, note: String },
}

impl From<Doubt> for Hindrance {
    fn from(doubt: Doubt) -> Self {
        Self::Unknown(doubt)
    }
}

pub(super) fn absent(end: &End, call: Option<&'static str>) -> Hindrance {
    Hindrance::Unknown(Doubt {
        code: Code::NoSourceOrDestination,
        message: match call {
            Some(call) => format!("`{}` cannot be looked up: add the answer of {call}", end.text),
            None => format!("nothing in the snapshot answers to `{}`", end.text),
        },
        components: match &end.form {
            EndForm::Id(id) => vec![id.clone()],
            _ => Vec::new(),
        },
        missing_call: call,
    })
}

/// A resource that an end rests on. Where it is not there, only the answer of that call could tell of it.
pub(super) fn found<'t, I, T>(
    end: &End,
    table: &'t Table<I, T>,
    id: &str,
    call: &'static str,
) -> Result<&'t T, Hindrance>
where
    I: Ord + Borrow<str>,
{
    table
        .get(id)
        .ok_or_else(|| absent(end, (!table.is_known()).then_some(call)))
}

pub(super) fn ambiguous(end: &End, fitting: impl Iterator<Item = ResourceId>) -> Hindrance {
    let components: Vec<ResourceId> = fitting.collect();
    let names: Vec<&str> = components.iter().map(ResourceId::as_str).collect();
    Hindrance::Unknown(Doubt {
        code: Code::AmbiguousEnd,
        message: format!(
            "`{}` fits {}: say which with `account`, `region` or `vpc`, or by id",
            end.text,
            names.join(" and ")
        ),
        components,
        missing_call: None,
    })
}

pub(super) fn anywhere(addresses: Addresses) -> Finish {
    Finish {
        goal: Goal::Anywhere,
        addresses,
        from_internet: None,
        ambiguous: None,
    }
}

/// An interface is asked for by its private addresses and IPv6, from the internet by its public ones and IPv6. Which
/// public one a task gets is not known before it starts: its private ones stand for it.
pub(super) fn at_interface(interface: Arc<Interface>) -> Finish {
    let from_internet = Addresses {
        v4: if interface.any_public {
            interface.senders.v4.clone()
        } else {
            interface.public_addresses()
        },
        v6: interface.senders.v6.clone(),
    };
    Finish {
        addresses: interface.senders.clone(),
        goal: Goal::Interfaces(vec![interface]),
        from_internet: Some(from_internet),
        ambiguous: None,
    }
}
