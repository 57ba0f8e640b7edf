//! What runs in a VPC without an interface of its own: Lambda functions and databases.

use aws_sdk_lambda::operation::get_function_configuration::GetFunctionConfigurationOutput;
use aws_sdk_lambda::types::{FunctionConfiguration, VpcConfigResponse};
use aws_sdk_rds::types::{DbCluster, DbInstance, Tag, VpcSecurityGroupMembership};

use super::object::Object;

pub(super) fn function(function: &FunctionConfiguration) -> Object {
    Object::new()
        .text("FunctionName", function.function_name())
        .text("FunctionArn", function.function_arn())
        .text("Version", function.version())
        .object("VpcConfig", function.vpc_config(), vpc_config)
        .text("State", function.state().map(|state| state.as_str()))
}

/// The version that an alias stands for, or a version: under the ARN that was asked for.
pub(super) fn qualified_function(function: &GetFunctionConfigurationOutput) -> Object {
    Object::new()
        .text("FunctionName", function.function_name())
        .text("FunctionArn", function.function_arn())
        .text("Version", function.version())
        .object("VpcConfig", function.vpc_config(), vpc_config)
        .text("State", function.state().map(|state| state.as_str()))
}

fn vpc_config(config: &VpcConfigResponse) -> Object {
    Object::new()
        .texts("SubnetIds", config.subnet_ids())
        .texts("SecurityGroupIds", config.security_group_ids())
        .text("VpcId", config.vpc_id())
        .flag("Ipv6AllowedForDualStack", config.ipv6_allowed_for_dual_stack())
}

pub(super) fn db_instance(instance: &DbInstance) -> Object {
    Object::new()
        .text("DBInstanceIdentifier", instance.db_instance_identifier())
        .text("DBClusterIdentifier", instance.db_cluster_identifier())
        .text("DBInstanceArn", instance.db_instance_arn())
        .text("DBInstanceStatus", instance.db_instance_status())
        .object("DBSubnetGroup", instance.db_subnet_group(), |group| {
            Object::new()
                .text("DBSubnetGroupName", group.db_subnet_group_name())
                .text("VpcId", group.vpc_id())
                .list("Subnets", group.subnets(), |subnet| {
                    Object::new().text("SubnetIdentifier", subnet.subnet_identifier())
                })
        })
        .list(
            "VpcSecurityGroups",
            instance.vpc_security_groups(),
            security_group,
        )
        .text("AvailabilityZone", instance.availability_zone())
        .object("Endpoint", instance.endpoint(), |endpoint| {
            Object::new()
                .text("Address", endpoint.address())
                .number("Port", endpoint.port())
        })
        .flag("PubliclyAccessible", instance.publicly_accessible())
        .list("TagList", instance.tag_list(), tag)
}

pub(super) fn db_cluster(cluster: &DbCluster) -> Object {
    Object::new()
        .text("DBClusterIdentifier", cluster.db_cluster_identifier())
        .text("DBClusterArn", cluster.db_cluster_arn())
        .list("DBClusterMembers", cluster.db_cluster_members(), |member| {
            Object::new().text("DBInstanceIdentifier", member.db_instance_identifier())
        })
        .text("DBSubnetGroup", cluster.db_subnet_group())
        .list("VpcSecurityGroups", cluster.vpc_security_groups(), security_group)
        .list("TagList", cluster.tag_list(), tag)
}

fn security_group(membership: &VpcSecurityGroupMembership) -> Object {
    Object::new()
        .text("VpcSecurityGroupId", membership.vpc_security_group_id())
        .text("Status", membership.status())
}

fn tag(tag: &Tag) -> Object {
    Object::new().text("Key", tag.key()).text("Value", tag.value())
}
