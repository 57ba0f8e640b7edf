//! Lambda functions and databases (`lambda list-functions`, `rds describe-db-instances`, `-db-clusters`).

use serde::{Deserialize, Serialize};

use super::id::{AvailabilityZone, DbIdentifier, FunctionArn, SecurityGroupId, SubnetId, VpcId};
use super::state::nullable;
use super::tag::Tag;

/// A Lambda function, or one version of it (API_FunctionConfiguration).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Function {
    /// Its name.
    pub function_name: String,
    /// Its ARN; with a qualifier where it is a version or an alias.
    pub function_arn: FunctionArn,
    /// `$LATEST`, a number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// Where in a VPC it runs; absent or without subnets: not in ours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vpc_config: Option<VpcConfig>,
    /// `Active`, `Pending`, `Inactive`, `Failed`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
}

impl Function {
    /// Its ARN without a qualifier, and the qualifier: `$LATEST`, a version's number, an alias.
    pub fn qualified(&self) -> (&str, Option<&str>) {
        let arn = self.function_arn.as_str();
        // arn:partition:lambda:region:account:function:name[:qualifier]
        let cut = arn.match_indices(':').nth(6);
        cut.and_then(|(at, _)| Some((arn.get(..at)?, arn.get(at + 1..))))
            .unwrap_or((arn, None))
    }
}

/// Where in a VPC a function runs (API_VpcConfigResponse).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct VpcConfig {
    /// One interface in each.
    #[serde(default, deserialize_with = "nullable")]
    pub subnet_ids: Vec<SubnetId>,
    /// The groups of each interface.
    #[serde(default, deserialize_with = "nullable")]
    pub security_group_ids: Vec<SecurityGroupId>,
    /// The VPC; empty or absent where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vpc_id: Option<VpcId>,
    /// Whether it uses IPv6 in dual-stack subnets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ipv6_allowed_for_dual_stack: Option<bool>,
}

/// A database instance (API_DBInstance).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DbInstance {
    /// Its identifier.
    #[serde(rename = "DBInstanceIdentifier")]
    pub db_instance_identifier: DbIdentifier,
    /// The cluster that it is in.
    #[serde(
        rename = "DBClusterIdentifier",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub db_cluster_identifier: Option<DbIdentifier>,
    /// Its ARN.
    #[serde(rename = "DBInstanceArn", default, skip_serializing_if = "Option::is_none")]
    pub db_instance_arn: Option<String>,
    /// `available` and so on.
    #[serde(rename = "DBInstanceStatus", default, skip_serializing_if = "Option::is_none")]
    pub db_instance_status: Option<String>,
    /// Where it may stand.
    #[serde(rename = "DBSubnetGroup", default, skip_serializing_if = "Option::is_none")]
    pub db_subnet_group: Option<DbSubnetGroup>,
    /// Its groups.
    #[serde(rename = "VpcSecurityGroups", default, deserialize_with = "nullable")]
    pub vpc_security_groups: Vec<VpcSecurityGroupMembership>,
    /// Where it stands now.
    #[serde(rename = "AvailabilityZone", default, skip_serializing_if = "Option::is_none")]
    pub availability_zone: Option<AvailabilityZone>,
    /// Its name and port.
    #[serde(rename = "Endpoint", default, skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<DbEndpoint>,
    /// Whether its name resolves to a public address from outside.
    #[serde(
        rename = "PubliclyAccessible",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub publicly_accessible: Option<bool>,
    /// Tags.
    #[serde(rename = "TagList", default, deserialize_with = "nullable")]
    pub tags: Vec<Tag>,
}

/// A database cluster (API_DBCluster).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DbCluster {
    /// Its identifier.
    #[serde(rename = "DBClusterIdentifier")]
    pub db_cluster_identifier: DbIdentifier,
    /// Its ARN.
    #[serde(rename = "DBClusterArn", default, skip_serializing_if = "Option::is_none")]
    pub db_cluster_arn: Option<String>,
    /// Its members.
    #[serde(rename = "DBClusterMembers", default, deserialize_with = "nullable")]
    pub db_cluster_members: Vec<DbClusterMember>,
    /// The name of the group of subnets.
    #[serde(rename = "DBSubnetGroup", default, skip_serializing_if = "Option::is_none")]
    pub db_subnet_group: Option<String>,
    /// Its groups.
    #[serde(rename = "VpcSecurityGroups", default, deserialize_with = "nullable")]
    pub vpc_security_groups: Vec<VpcSecurityGroupMembership>,
    /// Tags.
    #[serde(rename = "TagList", default, deserialize_with = "nullable")]
    pub tags: Vec<Tag>,
}

/// A member of a cluster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DbClusterMember {
    /// The instance.
    #[serde(rename = "DBInstanceIdentifier")]
    pub db_instance_identifier: DbIdentifier,
}

/// The subnets that a database may stand in (API_DBSubnetGroup).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DbSubnetGroup {
    /// Its name.
    #[serde(
        rename = "DBSubnetGroupName",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub db_subnet_group_name: Option<String>,
    /// The VPC.
    #[serde(rename = "VpcId", default, skip_serializing_if = "Option::is_none")]
    pub vpc_id: Option<VpcId>,
    /// The subnets.
    #[serde(rename = "Subnets", default, deserialize_with = "nullable")]
    pub subnets: Vec<DbSubnet>,
}

/// A subnet of a database's group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DbSubnet {
    /// The subnet.
    pub subnet_identifier: SubnetId,
}

/// A group of a database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct VpcSecurityGroupMembership {
    /// The group.
    pub vpc_security_group_id: SecurityGroupId,
    /// `active` and so on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
}

/// A database's name and port.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DbEndpoint {
    /// The name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// The port.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub port: Option<u16>,
}
