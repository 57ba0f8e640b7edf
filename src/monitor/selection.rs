//! Which paths a change can touch.
//!
//! An edit of a rule set (an entry, a rule, a route) touches the paths that consulted it. Anything else may bring in what
//! no path consulted yet: it touches every path with a part in the same VPC, and every path whose ends it may become. What
//! cannot be placed touches all paths of its account and Region. In doubt a path is evaluated: a missed one is a defect, an
//! extra one costs microseconds.
//!
//! Invariant: a path that is not selected has the same verdict after the change as before it; a property test holds this
//! against random networks and changes.

use std::collections::BTreeSet;

use crate::event::{Change, Edit};
use crate::network::Kind;
use crate::network::id::{ResourceId, VpcId};
use crate::paths::model::{EndForm, RequiredPath, Transparent};
use crate::reach::{Mask, kind_of};

use super::places::Places;
use super::record::{Record, State};

/// What a change can reach.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reach {
    /// The paths that consulted one of these.
    ids: BTreeSet<ResourceId>,
    /// The paths with a part in one of these.
    vpcs: BTreeSet<VpcId>,
    /// The paths whose ends may be one of these.
    kinds: BTreeSet<Kind>,
    /// All paths of its account and Region.
    everything: bool,
}

impl Reach {
    /// Of a change.
    pub fn of(change: &Change, places: &Places<'_>) -> Self {
        let mut reach = Self {
            ids: BTreeSet::new(),
            vpcs: BTreeSet::new(),
            kinds: BTreeSet::new(),
            everything: change.touches_everything(),
        };
        if let Some(rule_sets) = rule_sets(change, places) {
            reach.ids = rule_sets;
            return reach;
        }
        let mut any = false;
        for resource in change.changed() {
            any = true;
            let Some(components) = places.resolve(resource) else {
                reach.everything = true;
                continue;
            };
            reach.kinds.extend(resource.kind());
            for id in components {
                match places.vpcs(id.as_str()) {
                    Some(vpcs) if !vpcs.is_empty() => reach.vpcs.extend(vpcs.iter().cloned()),
                    // Gone, and never seen; or new, and not shown yet: the event may say where.
                    _ => {
                        let named: Vec<VpcId> = parents(change, places);
                        reach.everything |= named.is_empty();
                        reach.vpcs.extend(named);
                    }
                }
                reach.ids.insert(id);
            }
        }
        reach.kinds.extend(change.kinds.iter().copied());
        reach.everything |= !any;
        reach
    }

    /// What a path must have consulted one of to be touched, for a glance; `None`: that alone does not tell.
    pub(super) fn must_have(&self) -> Option<Vec<Mask>> {
        let masks = self.ids.iter().map(|id| Mask::of(id.as_str()));
        (!self.reaches_beyond_ids()).then(|| masks.collect())
    }

    /// Whether it can touch more than who consulted certain resources.
    fn reaches_beyond_ids(&self) -> bool {
        self.everything || !self.vpcs.is_empty() || !self.kinds.is_empty()
    }

    /// Whether it can reach a path, as it was last recorded.
    fn touches(&self, change: &Change, path: &RequiredPath, record: &Record, scene: &Scene<'_>) -> bool {
        let consulted = |id: &ResourceId| record.dependencies.contains(id.as_str());
        if self.ids.iter().any(consulted) {
            return true;
        }
        // What could not be told consulted less than it will, and may be told by anything that is new.
        if record.state == State::Blind {
            return true;
        }
        if !self.reaches_beyond_ids() {
            return false;
        }
        let vpcs: BTreeSet<&VpcId> = (record.dependencies.iter())
            .filter_map(|id| scene.places.vpcs(id.as_str()))
            .flatten()
            .collect();
        if vpcs.is_empty() || self.vpcs.iter().any(|vpc| vpcs.contains(vpc)) {
            return true;
        }
        let (account, region) = (change.account.as_ref(), change.region.as_ref());
        if self.everything
            && vpcs
                .iter()
                .any(|vpc| scene.places.may_be_in(vpc, account, region))
        {
            return true;
        }
        let by_tag = scene
            .transparent
            .iter()
            .any(|declared| matches!(declared, Transparent::Tagged(_)));
        self.kinds.iter().any(|kind| {
            (by_tag && is_taggable(*kind))
                || may_be(&path.source.form, *kind)
                || may_be(&path.destination.form, *kind)
        })
    }
}

/// What selection looks at beside the change.
#[derive(Debug)]
pub struct Scene<'a> {
    /// Where resources are.
    pub places: &'a Places<'a>,
    /// Appliances declared transparent.
    pub transparent: &'a [Transparent],
}

/// Whether a change can touch a path; without a record of it: yes.
pub fn touches(
    change: &Change,
    reach: &Reach,
    path: &RequiredPath,
    record: Option<&Record>,
    scene: &Scene<'_>,
) -> bool {
    change.matters()
        && record.is_none_or(|record| record.expires.is_some() || reach.touches(change, path, record, scene))
}

/// The rule sets that an edit of rules changed; `None`: it is another kind of change, or it says too little.
fn rule_sets(change: &Change, places: &Places<'_>) -> Option<BTreeSet<ResourceId>> {
    if change.touches_everything() {
        return None;
    }
    let only = |id: ResourceId| Some(BTreeSet::from([id]));
    match change.edit.as_ref()? {
        Edit::NetworkAclEntry { network_acl, .. } => only(network_acl.into()),
        Edit::SecurityGroupRulesAdded { group, .. }
        | Edit::SecurityGroupRulesRemoved { group, .. }
        | Edit::SecurityGroupRulesModified { group, .. } => only(group.into()),
        Edit::Route { route_table, .. } => only(route_table.into()),
        Edit::TransitGatewayRoute { route_table, .. } => only(route_table.into()),
        Edit::PrefixListEntries { prefix_list, .. } => {
            let mut ids: BTreeSet<ResourceId> = places.users_of_list(prefix_list.as_str()).cloned().collect();
            ids.insert(prefix_list.into());
            Some(ids)
        }
        _ => None,
    }
}

/// The VPCs that an event names beside what it changed.
fn parents(change: &Change, places: &Places<'_>) -> Vec<VpcId> {
    let named = change.resources.iter().filter(|resource| !resource.is_changed());
    named
        .flat_map(
            |resource| match (resource.kind(), places.vpcs(resource.id.as_str())) {
                (Some(Kind::Vpc), _) => vec![VpcId::from(resource.id.as_str())],
                (Some(Kind::Subnet), Some(vpcs)) => vpcs.iter().cloned().collect(),
                _ => Vec::new(),
            },
        )
        .collect()
}

/// Whether an end is a way to other networks.
fn is_gateway(id: &ResourceId) -> bool {
    matches!(
        kind_of(id),
        Kind::InternetGateway
            | Kind::NatGateway
            | Kind::TransitGateway
            | Kind::TransitGatewayAttachment
            | Kind::VpcPeeringConnection
            | Kind::VpnGateway
    )
}

/// Whether resources of a kind can carry the tags that paths select by.
fn is_taggable(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Instance | Kind::NetworkInterface | Kind::Subnet | Kind::Rds | Kind::VpcEndpoint
    )
}

/// Whether a resource of a kind, anywhere, may become an end, or cease to be one.
fn may_be(form: &EndForm, kind: Kind) -> bool {
    let holds_addresses = matches!(
        kind,
        Kind::NetworkInterface
            | Kind::Instance
            | Kind::NatGateway
            | Kind::Vpc
            | Kind::Subnet
            | Kind::LoadBalancer
            | Kind::VpcEndpoint
            | Kind::Rds
            | Kind::Lambda
            | Kind::PrefixList
            | Kind::VpnConnection
            | Kind::DirectConnectGateway
            | Kind::Unsupported
    );
    match form {
        // A gateway stands for what lies behind it: the addresses that no resource of the network has.
        EndForm::Id(id) if is_gateway(id) => holds_addresses,
        // An id's own changes are found by the id.
        EndForm::Id(_) | EndForm::Workload { .. } => false,
        EndForm::Lambda { .. } => kind == Kind::Lambda,
        EndForm::Tagged(_) => is_taggable(kind),
        EndForm::LoadBalancer(_) => matches!(kind, Kind::LoadBalancer | Kind::TargetGroup),
        EndForm::Rds(_) => kind == Kind::Rds,
        EndForm::Internet
        | EndForm::Addresses(_)
        | EndForm::PrefixList(_)
        | EndForm::OnPremises(_)
        | EndForm::Host { .. } => holds_addresses,
    }
}
