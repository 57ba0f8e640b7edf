//! The rule sets that a path consulted when it was last as expected: to compare with, and to undo a change with.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::network::id::ResourceId;
use crate::network::interface::NetworkInterface;
use crate::network::network_acl::NetworkAcl;
use crate::network::route_table::RouteTable;
use crate::network::security_group::SecurityGroup;
use crate::network::{Kind, Snapshot};
use crate::reach::{Dependencies, kind_of};

/// The rule sets that a path consulted, as `aws ec2 describe-*` prints them. Paths over the same ones share them.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct RuleSets {
    /// Network ACLs.
    pub network_acls: Vec<Arc<NetworkAcl>>,
    /// Security groups.
    pub security_groups: Vec<Arc<SecurityGroup>>,
    /// Route tables.
    pub route_tables: Vec<Arc<RouteTable>>,
    /// Network interfaces, for their groups.
    pub network_interfaces: Vec<Arc<NetworkInterface>>,
}

impl RuleSets {
    /// Those of a snapshot that are among some ids.
    pub fn of(snapshot: &Snapshot, ids: &Dependencies) -> Self {
        ids.iter().filter_map(|id| RuleSet::of(snapshot, id)).collect()
    }

    /// One by one.
    pub fn iter(&self) -> impl Iterator<Item = RuleSet> {
        let acls = self.network_acls.iter().cloned().map(RuleSet::NetworkAcl);
        let groups = self.security_groups.iter().cloned().map(RuleSet::SecurityGroup);
        let tables = self.route_tables.iter().cloned().map(RuleSet::RouteTable);
        let interfaces = self.network_interfaces.iter().cloned();
        (acls.chain(groups).chain(tables)).chain(interfaces.map(RuleSet::NetworkInterface))
    }
}

impl FromIterator<RuleSet> for RuleSets {
    fn from_iter<I: IntoIterator<Item = RuleSet>>(sets: I) -> Self {
        let mut all = Self::default();
        for set in sets {
            match set {
                RuleSet::NetworkAcl(acl) => all.network_acls.push(acl),
                RuleSet::SecurityGroup(group) => all.security_groups.push(group),
                RuleSet::RouteTable(table) => all.route_tables.push(table),
                RuleSet::NetworkInterface(interface) => all.network_interfaces.push(interface),
            }
        }
        all
    }
}

/// One rule set.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum RuleSet {
    /// A network ACL.
    NetworkAcl(Arc<NetworkAcl>),
    /// A security group.
    SecurityGroup(Arc<SecurityGroup>),
    /// A route table.
    RouteTable(Arc<RouteTable>),
    /// A network interface, for its groups.
    NetworkInterface(Arc<NetworkInterface>),
}

impl RuleSet {
    /// The one of a snapshot that has an id.
    fn of(snapshot: &Snapshot, id: &ResourceId) -> Option<Self> {
        let (kind, id) = (kind_of(id), id.as_str());
        match kind {
            Kind::NetworkAcl => snapshot.network_acls.share(id).map(Self::NetworkAcl),
            Kind::SecurityGroup => snapshot.security_groups.share(id).map(Self::SecurityGroup),
            Kind::RouteTable => snapshot.route_tables.share(id).map(Self::RouteTable),
            Kind::NetworkInterface => snapshot.network_interfaces.share(id).map(Self::NetworkInterface),
            _ => None,
        }
    }

    /// From its JSON; `None`: nothing with such an id is a rule set.
    ///
    /// # Errors
    ///
    /// If the JSON is not of one.
    pub fn read(id: &ResourceId, json: &str) -> Option<serde_json::Result<Self>> {
        Some(match kind_of(id) {
            Kind::NetworkAcl => serde_json::from_str(json).map(Self::NetworkAcl),
            Kind::SecurityGroup => serde_json::from_str(json).map(Self::SecurityGroup),
            Kind::RouteTable => serde_json::from_str(json).map(Self::RouteTable),
            Kind::NetworkInterface => serde_json::from_str(json).map(Self::NetworkInterface),
            _ => return None,
        })
    }

    /// Its id.
    pub fn id(&self) -> ResourceId {
        match self {
            Self::NetworkAcl(acl) => (&acl.network_acl_id).into(),
            Self::SecurityGroup(group) => (&group.group_id).into(),
            Self::RouteTable(table) => (&table.route_table_id).into(),
            Self::NetworkInterface(interface) => (&interface.network_interface_id).into(),
        }
    }

    /// Where it lies: copies lie in one place.
    pub fn address(&self) -> usize {
        match self {
            Self::NetworkAcl(acl) => Arc::as_ptr(acl).addr(),
            Self::SecurityGroup(group) => Arc::as_ptr(group).addr(),
            Self::RouteTable(table) => Arc::as_ptr(table).addr(),
            Self::NetworkInterface(interface) => Arc::as_ptr(interface).addr(),
        }
    }
}
