//! What is asked for beside events: sweeps, checks, and looking again.

use jiff::Timestamp;

use crate::event::{Again, Change, Check, CheckPaths, Event, Invocation, Request, Sweep, SweepPart};
use crate::network::id::{AccountId, Region, SubnetId};
use crate::paths::model::{EndForm, RequiredPath};

use super::places::Places;

/// All that a batch asks for.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Batch {
    /// What its events tell of.
    pub changes: Vec<Change>,
    /// Sweeps.
    pub sweeps: Vec<Sweep>,
    /// Checks by hand.
    pub checks: Vec<Check>,
    /// Looking again at what may not have been done yet.
    pub agains: Vec<Again>,
}

impl Batch {
    /// Of what the function was invoked with; messages that are not well-formed are left out.
    pub fn of(invocation: &Invocation) -> Self {
        let mut batch = Self::default();
        for request in invocation.requests() {
            batch.add(request);
        }
        batch
    }

    /// Puts a request to it.
    pub fn add(&mut self, request: &Request) {
        match request {
            Request::Event(event) => self.changes.push(Event::clone(event).change),
            Request::Sweep(sweep) => self.sweeps.push(sweep.clone()),
            Request::Check(check) => self.checks.push(check.clone()),
            Request::Again(again) => self.agains.push(again.clone()),
        }
    }

    /// Whether a path is asked for by name, by its home, or with all others.
    pub(crate) fn names(&self, path: &RequiredPath, places: &Places<'_>) -> bool {
        self.is_swept(path, places)
            || self.checks.iter().any(|check| match &check.check {
                CheckPaths::All => true,
                CheckPaths::Paths(names) => names.contains(&path.name),
            })
            || self.agains.iter().any(|again| again.paths.contains(&path.name))
    }

    /// Whether a sweep covers a path.
    pub(crate) fn is_swept(&self, path: &RequiredPath, places: &Places<'_>) -> bool {
        self.sweeps.iter().any(|sweep| match &sweep.sweep {
            SweepPart::All => true,
            SweepPart::Paths(names) => names.contains(&path.name),
            SweepPart::Home { account, region } => {
                let home = home(path, places);
                home.0.as_ref().map(AccountId::as_str) == account.as_deref()
                    && home.1.as_ref().map(Region::as_str) == region.as_deref()
            }
        })
    }

    /// How often a path was looked at already, where it is to be looked at again.
    pub(crate) fn attempt(&self, path: &str) -> Option<&Again> {
        let for_it = self
            .agains
            .iter()
            .filter(|again| again.paths.iter().any(|name| name == path));
        for_it.max_by_key(|again| again.attempt)
    }

    /// What is said to have triggered it, where no event did.
    pub(crate) fn trigger(&self, path: &str, now: Timestamp) -> String {
        let again = self.attempt(path).and_then(|again| again.event.clone());
        let swept = || self.sweeps.iter().find_map(|sweep| sweep.scheduled);
        again.unwrap_or_else(|| swept().unwrap_or(now).to_string())
    }
}

/// A path's home, by which sweeps are cut into messages: its source's account and Region, else its destination's, as far
/// as they are known.
pub fn home(path: &RequiredPath, places: &Places<'_>) -> (Option<AccountId>, Option<Region>) {
    let of = |end: &crate::paths::model::End| {
        let ids: Vec<&str> = match &end.form {
            EndForm::Id(id) => vec![id.as_str()],
            EndForm::Workload { subnets, .. } => subnets.iter().map(SubnetId::as_str).collect(),
            EndForm::Lambda { function, .. } => vec![function.as_str()],
            _ => Vec::new(),
        };
        let vpc = end
            .vpc
            .clone()
            .or_else(|| ids.iter().find_map(|id| places.vpcs(id)?.iter().next().cloned()));
        let place = vpc
            .and_then(|vpc| places.place(&vpc).cloned())
            .unwrap_or_default();
        let account = end.account.clone().or(place.account);
        let region = end.region.clone().or(place.region);
        (account.is_some() || region.is_some()).then_some((account, region))
    };
    of(&path.source)
        .or_else(|| of(&path.destination))
        .unwrap_or_default()
}
