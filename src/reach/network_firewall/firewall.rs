//! A firewall made ready: its state, its policy, its rules.

use std::cell::RefCell;
use std::collections::BTreeSet;

use crate::network::Snapshot;
use crate::network::id::{FirewallArn, ResourceId, VpcEndpointId};
use crate::network::network_firewall::{
    ConfigurationSyncState, Firewall, FirewallAttachmentStatus, FirewallDescription, FirewallPolicy,
    FirewallStatusValue, StreamExceptionPolicy,
};

use super::super::addresses::Addresses;
use super::super::code::Code;
use super::super::doubt::Doubt;
use super::super::world::{Known, World};
use super::bounds::Bounds;
use super::rule_set::RuleSet;
use super::stateful::{Reader, Stateful};
use super::stateless::{self, Stateless};
use super::variables::Variables;

/// A firewall made ready.
#[derive(Debug)]
pub(crate) struct FirewallView {
    description: FirewallDescription,
    /// Its policy, its rule groups and whatever they name.
    pub(super) consulted: BTreeSet<ResourceId>,
    pub(super) rules: Known<Rules>,
}

/// The rules of a firewall.
#[derive(Debug)]
pub(super) struct Rules {
    pub(super) stateless: RuleSet<Stateless>,
    pub(super) stateful: RuleSet<Stateful>,
    /// Whether the stateful engine goes on with connections whose beginning it did not see.
    pub(super) picks_up: bool,
}

/// Whether a firewall works at an endpoint.
pub(super) enum Standing {
    Works,
    Fails(String),
    Unknown(Doubt),
}

impl FirewallView {
    /// The firewall that an endpoint belongs to.
    pub(crate) fn of_endpoint<'s>(
        snapshot: &'s Snapshot,
        endpoint: &VpcEndpointId,
    ) -> Option<&'s FirewallDescription> {
        snapshot
            .firewalls
            .values()
            .find(|described| attachment_at(described, endpoint).is_some())
    }

    pub(crate) fn new(description: &FirewallDescription, world: &World<'_>) -> Self {
        let consulted = RefCell::new(BTreeSet::new());
        let rules = read(&description.firewall, world, &consulted);
        Self {
            description: description.clone(),
            consulted: consulted.into_inner(),
            rules,
        }
    }

    pub(super) fn arn(&self) -> &FirewallArn {
        &self.description.firewall.firewall_arn
    }

    /// Whether it works at that endpoint.
    pub(super) fn standing(&self, endpoint: &VpcEndpointId) -> Standing {
        let arn = self.arn();
        let changing = |what: String| Standing::Unknown(Doubt::new(Code::InTransition, arn, what));
        let untold = |what: String| Standing::Unknown(Doubt::new(Code::UnknownResource, arn, what));
        let Some(status) = &self.description.firewall_status else {
            return untold(format!("the snapshot does not tell the state of firewall {arn}"));
        };
        match &status.status {
            Some(FirewallStatusValue::Ready) => {}
            Some(state) => return changing(format!("firewall {arn} is {state}")),
            None => return untold(format!("the snapshot does not tell the state of firewall {arn}")),
        }
        match &status.configuration_sync_state_summary {
            None | Some(ConfigurationSyncState::InSync) => {}
            Some(state) => {
                return changing(format!(
                    "firewall {arn} does not work by its policy yet: its configuration is {state}"
                ));
            }
        }
        match attachment_at(&self.description, endpoint).flatten() {
            Some(FirewallAttachmentStatus::Ready) => Standing::Works,
            Some(state @ (FirewallAttachmentStatus::Failed | FirewallAttachmentStatus::Error)) => {
                Standing::Fails(format!("endpoint {endpoint} of the firewall is {state}"))
            }
            Some(state) => changing(format!("endpoint {endpoint} of firewall {arn} is {state}")),
            None => untold(format!(
                "the snapshot does not tell the state of endpoint {endpoint} of firewall {arn}"
            )),
        }
    }
}

/// The state of a firewall's endpoint, if it is one of its.
fn attachment_at<'d>(
    described: &'d FirewallDescription,
    endpoint: &VpcEndpointId,
) -> Option<Option<&'d FirewallAttachmentStatus>> {
    let states = described
        .firewall_status
        .iter()
        .flat_map(|status| status.sync_states.values());
    states
        .filter_map(|state| state.attachment.as_ref())
        .find(|attachment| attachment.endpoint_id.as_ref() == Some(endpoint))
        .map(|attachment| attachment.status.as_ref())
}

fn read(firewall: &Firewall, world: &World<'_>, consulted: &RefCell<BTreeSet<ResourceId>>) -> Known<Rules> {
    let snapshot = world.snapshot;
    let arn = &firewall.firewall_arn;
    let Some(policy_arn) = &firewall.firewall_policy_arn else {
        let message = format!("the snapshot does not tell the policy of firewall {arn}");
        return Err(Doubt::new(Code::UnknownResource, arn, message));
    };
    consulted.borrow_mut().insert(policy_arn.into());
    let policy = snapshot
        .firewall_policies
        .get(policy_arn)
        .and_then(|described| described.firewall_policy.as_ref());
    let Some(policy) = policy else {
        let call = "network-firewall:DescribeFirewallPolicy";
        return Err(Doubt::absent(policy_arn, "firewall policy", call));
    };
    let groups = policy.stateless_rule_group_references.iter();
    let groups = groups.map(|reference| &reference.resource_arn);
    let stateful = policy.stateful_rule_group_references.iter();
    let groups = groups.chain(stateful.map(|reference| &reference.resource_arn));
    consulted.borrow_mut().extend(groups.map(ResourceId::from));
    let home = home(firewall, policy, world, consulted);
    let reader = Reader {
        snapshot,
        arn: policy_arn,
        policy,
        variables: &|group| Variables {
            snapshot,
            policy,
            group,
            home: &home,
            consulted,
        },
    };
    let exception = policy
        .stateful_engine_options
        .as_ref()
        .and_then(|options| options.stream_exception_policy.as_ref());
    Ok(Rules {
        stateless: stateless::compile(policy_arn, policy, snapshot),
        stateful: reader.compile()?,
        picks_up: !matches!(
            exception,
            None | Some(StreamExceptionPolicy::Drop | StreamExceptionPolicy::Reject)
        ),
    })
}

/// What `HOME_NET` is where nobody sets it: surely the first block of the firewall's VPC, at most all of them. Where the
/// firewall has endpoints in other VPCs, nobody can say.
fn home(
    firewall: &Firewall,
    policy: &FirewallPolicy,
    world: &World<'_>,
    consulted: &RefCell<BTreeSet<ResourceId>>,
) -> Bounds<Addresses> {
    let set = policy
        .policy_variables
        .as_ref()
        .is_some_and(|variables| variables.rule_variables.contains_key("HOME_NET"));
    let associated = firewall.number_of_associations.is_some_and(|number| number > 0);
    let Some(vpc) = firewall.vpc_id.as_ref().filter(|_| !set && !associated) else {
        return Bounds::unknown();
    };
    consulted.borrow_mut().insert(vpc.into());
    let first = world.snapshot.vpcs.get(vpc).and_then(|vpc| vpc.cidr_block);
    match (first, world.vpcs.get(vpc)) {
        (Some(first), Some(view)) => Bounds {
            sure: Addresses::from_nets([first.into()]),
            may: view.blocks.live.union(&view.blocks.uncertain),
        },
        _ => Bounds::unknown(),
    }
}
