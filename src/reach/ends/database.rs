//! Databases: where they stand, and where they may stand after a failover.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::network::Kind;
use crate::network::compute::VpcSecurityGroupMembership;
use crate::network::id::{ResourceId, SecurityGroupId, SubnetId};
use crate::paths::model::{End, EndForm};

use super::super::code::Code;
use super::super::doubt::Doubt;
use super::super::flow::Spot;
use super::super::interface::Interface;
use super::end::{Hindrance, absent};
use super::resolver::{Resolver, Virtual};

/// Whether a database answers, the best last.
/// <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/accessing-monitoring.html>, "Viewing DB instance status".
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Standing<'a> {
    Down(&'a str),
    Changing(&'a str),
    Up,
}

impl<'a> Standing<'a> {
    fn of(status: Option<&'a str>) -> Self {
        match status {
            Some(
                state @ ("stopped"
                | "failed"
                | "inaccessible-encryption-credentials"
                | "incompatible-network"
                | "incompatible-restore"
                | "restore-error"),
            ) => Self::Down(state),
            Some(state @ ("creating" | "deleting" | "starting" | "stopping")) => Self::Changing(state),
            _ => Self::Up,
        }
    }
}

impl Resolver<'_> {
    /// A database's current interfaces, and one virtual interface in each other subnet of its group, where it may stand
    /// after a failover.
    #[expect(clippy::type_complexity, reason = "two lists of the same")]
    pub(super) fn database(
        &mut self,
        end: &End,
    ) -> Result<(Vec<Arc<Interface>>, Vec<Arc<Interface>>), Hindrance> {
        let EndForm::Rds(name) = &end.form else {
            return Ok((Vec::new(), Vec::new()));
        };
        let snapshot = self.world.snapshot;
        if !snapshot.db_instances.is_known() && !snapshot.db_clusters.is_known() {
            return Err(absent(end, Some("rds:DescribeDBInstances")));
        }
        let cluster = snapshot.db_clusters.values().find(|cluster| {
            cluster.db_cluster_identifier.as_str() == name || cluster.db_cluster_arn.as_deref() == Some(name)
        });
        let members: Vec<_> = snapshot
            .db_instances
            .values()
            .filter(|database| {
                database.db_instance_identifier.as_str() == name
                    || database.db_instance_arn.as_deref() == Some(name)
                    || cluster.is_some_and(|cluster| {
                        database.db_cluster_identifier.as_ref() == Some(&cluster.db_cluster_identifier)
                            || cluster.db_cluster_members.iter().any(|member| {
                                member.db_instance_identifier == database.db_instance_identifier
                            })
                    })
            })
            .collect();
        if members.is_empty() {
            return Err(absent(end, None));
        }
        // While one of a cluster answers, the cluster does.
        let states = members
            .iter()
            .map(|database| Standing::of(database.db_instance_status.as_deref()));
        match states.max() {
            None | Some(Standing::Up) => {}
            Some(Standing::Changing(state)) => {
                let message = format!("`{}` is {state}", end.text);
                return Err(Doubt::new(Code::InTransition, end.text.as_str(), message).into());
            }
            Some(Standing::Down(state)) => {
                return Err(Hindrance::Never {
                    code: Code::BadState,
                    spot: Spot::new(end.text.as_str(), Kind::Rds),
                    note: format!("it is {state}"),
                });
            }
        }
        let mut current: BTreeMap<ResourceId, Arc<Interface>> = BTreeMap::new();
        let mut standby = BTreeMap::new();
        for database in members {
            let group = database.db_subnet_group.as_ref();
            let subnets: BTreeSet<&SubnetId> = group
                .into_iter()
                .flat_map(|group| &group.subnets)
                .map(|subnet| &subnet.subnet_identifier)
                .collect();
            // One that is being added or taken away may be on the interface or not.
            let listed = database.vpc_security_groups.iter();
            let is_settled = |group: &&VpcSecurityGroupMembership| {
                matches!(group.status.as_deref(), None | Some("active"))
            };
            let id = |group: &'_ VpcSecurityGroupMembership| group.vpc_security_group_id.clone();
            let groups: BTreeSet<SecurityGroupId> = listed.clone().filter(is_settled).map(id).collect();
            let any: BTreeSet<SecurityGroupId> = listed.map(id).collect();
            for interface in &self.world.interfaces {
                let of_rds = self.world.eni(interface).is_some_and(|eni| {
                    eni.requester_id.as_deref() == Some("amazon-rds")
                        || eni.description.as_deref() == Some("RDSNetworkInterface")
                });
                let carried = &interface.groups;
                let fits = || {
                    carried.iter().all(|group| any.contains(group))
                        && groups.iter().all(|group| carried.contains(group))
                };
                if of_rds && subnets.contains(&interface.subnet) && fits() {
                    current.insert(interface.id.clone(), interface.clone());
                }
            }
            let label = format!("rds:{}", database.db_instance_identifier);
            let groups: Vec<SecurityGroupId> = groups.into_iter().collect();
            let of = Virtual {
                id: &label,
                kind: Kind::Rds,
                groups: &groups,
                filtered: true,
                any_public: database.publicly_accessible == Some(true),
                ipv6: false,
            };
            for &subnet in &subnets {
                if !current.values().any(|interface| interface.subnet == *subnet) {
                    standby.insert(
                        (label.clone(), subnet.clone()),
                        self.virtual_interface(subnet, &of)?,
                    );
                }
            }
        }
        Ok((current.into_values().collect(), standby.into_values().collect()))
    }
}
