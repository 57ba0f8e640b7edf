//! Network firewalls, their policies and rule groups.

use aws_sdk_networkfirewall::operation::describe_firewall::DescribeFirewallOutput;
use aws_sdk_networkfirewall::operation::describe_firewall_policy::DescribeFirewallPolicyOutput;
use aws_sdk_networkfirewall::operation::describe_rule_group::DescribeRuleGroupOutput;
use aws_sdk_networkfirewall::types::{
    Address, Firewall, FirewallMetadata, FirewallPolicy, FirewallPolicyResponse, FirewallStatus, Header,
    MatchAttributes, PortRange, RuleGroup, RuleGroupResponse, RuleOption, RulesSource, StatefulRule,
    StatelessRule, SyncState, Tag, TcpFlagField,
};

use super::object::Object;

/// A firewall's ARN: what else there is comes when it is asked for.
pub(super) fn metadata(firewall: &FirewallMetadata) -> Object {
    Object::new().text("FirewallArn", firewall.firewall_arn())
}

pub(super) fn firewall(answer: &DescribeFirewallOutput) -> Object {
    Object::new()
        .object("Firewall", answer.firewall(), of_firewall)
        .object("FirewallStatus", answer.firewall_status(), status)
}

fn of_firewall(firewall: &Firewall) -> Object {
    Object::new()
        .text("FirewallArn", firewall.firewall_arn())
        .text("FirewallName", firewall.firewall_name())
        .text("FirewallPolicyArn", Some(firewall.firewall_policy_arn()))
        .text("VpcId", Some(firewall.vpc_id()).filter(|id| !id.is_empty()))
        .number("NumberOfAssociations", firewall.number_of_associations())
        .list("Tags", firewall.tags(), tag)
}

fn tag(tag: &Tag) -> Object {
    Object::new()
        .text("Key", Some(tag.key()))
        .text("Value", Some(tag.value()))
}

fn status(status: &FirewallStatus) -> Object {
    Object::new()
        .text("Status", Some(status.status().as_str()))
        .text(
            "ConfigurationSyncStateSummary",
            Some(status.configuration_sync_state_summary().as_str()),
        )
        .map("SyncStates", status.sync_states(), sync_state)
}

fn sync_state(state: &SyncState) -> Object {
    Object::new().object("Attachment", state.attachment(), |attachment| {
        Object::new()
            .text("SubnetId", attachment.subnet_id())
            .text("EndpointId", attachment.endpoint_id())
            .text("Status", attachment.status().map(|status| status.as_str()))
    })
}

pub(super) fn policy(answer: &DescribeFirewallPolicyOutput) -> Object {
    Object::new()
        .object(
            "FirewallPolicyResponse",
            answer.firewall_policy_response(),
            policy_response,
        )
        .object("FirewallPolicy", answer.firewall_policy(), of_policy)
}

fn policy_response(response: &FirewallPolicyResponse) -> Object {
    Object::new()
        .text("FirewallPolicyArn", Some(response.firewall_policy_arn()))
        .text("FirewallPolicyName", Some(response.firewall_policy_name()))
        .list("Tags", response.tags(), tag)
}

fn of_policy(policy: &FirewallPolicy) -> Object {
    Object::new()
        .list(
            "StatelessRuleGroupReferences",
            policy.stateless_rule_group_references(),
            |reference| {
                Object::new()
                    .text("ResourceArn", Some(reference.resource_arn()))
                    .number("Priority", Some(reference.priority()))
            },
        )
        .texts("StatelessDefaultActions", policy.stateless_default_actions())
        .list(
            "StatefulRuleGroupReferences",
            policy.stateful_rule_group_references(),
            |reference| {
                Object::new()
                    .text("ResourceArn", Some(reference.resource_arn()))
                    .number("Priority", reference.priority())
                    .object("Override", reference.r#override(), |other| {
                        Object::new().text("Action", other.action().map(|action| action.as_str()))
                    })
            },
        )
        .texts("StatefulDefaultActions", policy.stateful_default_actions())
        .object(
            "StatefulEngineOptions",
            policy.stateful_engine_options(),
            |options| {
                Object::new()
                    .text("RuleOrder", options.rule_order().map(|order| order.as_str()))
                    .text(
                        "StreamExceptionPolicy",
                        options.stream_exception_policy().map(|policy| policy.as_str()),
                    )
            },
        )
        .text(
            "TLSInspectionConfigurationArn",
            policy.tls_inspection_configuration_arn(),
        )
        .object("PolicyVariables", policy.policy_variables(), |variables| {
            Object::new().map("RuleVariables", variables.rule_variables(), |set| {
                Object::new().texts("Definition", set.definition())
            })
        })
}

pub(super) fn rule_group(answer: &DescribeRuleGroupOutput) -> Object {
    Object::new()
        .object("RuleGroupResponse", answer.rule_group_response(), group_response)
        .object("RuleGroup", answer.rule_group(), of_group)
}

fn group_response(response: &RuleGroupResponse) -> Object {
    Object::new()
        .text("RuleGroupArn", Some(response.rule_group_arn()))
        .text("RuleGroupName", Some(response.rule_group_name()))
        .list("Tags", response.tags(), tag)
}

fn of_group(group: &RuleGroup) -> Object {
    Object::new()
        .object("RuleVariables", group.rule_variables(), |variables| {
            Object::new()
                .map("IPSets", variables.ip_sets(), |set| {
                    Object::new().texts("Definition", set.definition())
                })
                .map("PortSets", variables.port_sets(), |set| {
                    Object::new().texts("Definition", set.definition())
                })
        })
        .object("ReferenceSets", group.reference_sets(), |sets| {
            Object::new().map("IPSetReferences", sets.ip_set_references(), |reference| {
                Object::new().text("ReferenceArn", reference.reference_arn())
            })
        })
        .object("RulesSource", group.rules_source(), rules)
}

fn rules(source: &RulesSource) -> Object {
    Object::new()
        .text("RulesString", source.rules_string())
        .object("RulesSourceList", source.rules_source_list(), |list| {
            let types: Vec<String> = list
                .target_types()
                .iter()
                .map(|kind| kind.as_str().to_owned())
                .collect();
            Object::new()
                .text("GeneratedRulesType", Some(list.generated_rules_type().as_str()))
                .texts("Targets", list.targets())
                .texts("TargetTypes", &types)
        })
        .list("StatefulRules", source.stateful_rules(), stateful_rule)
        .object(
            "StatelessRulesAndCustomActions",
            source.stateless_rules_and_custom_actions(),
            |rules| Object::new().list("StatelessRules", rules.stateless_rules(), stateless_rule),
        )
}

fn stateful_rule(rule: &StatefulRule) -> Object {
    Object::new()
        .text("Action", Some(rule.action().as_str()))
        .object("Header", rule.header(), header)
        .list("RuleOptions", rule.rule_options(), option)
}

fn header(header: &Header) -> Object {
    Object::new()
        .text("Protocol", Some(header.protocol().as_str()))
        .text("Source", Some(header.source()))
        .text("SourcePort", Some(header.source_port()))
        .text("Direction", Some(header.direction().as_str()))
        .text("Destination", Some(header.destination()))
        .text("DestinationPort", Some(header.destination_port()))
}

fn option(option: &RuleOption) -> Object {
    Object::new()
        .text("Keyword", Some(option.keyword()))
        .texts("Settings", option.settings())
}

fn stateless_rule(rule: &StatelessRule) -> Object {
    Object::new()
        .object("RuleDefinition", rule.rule_definition(), |definition| {
            Object::new()
                .object("MatchAttributes", definition.match_attributes(), matched)
                .texts("Actions", definition.actions())
        })
        .number("Priority", Some(rule.priority()))
}

fn matched(attributes: &MatchAttributes) -> Object {
    let address =
        |address: &Address| Object::new().text("AddressDefinition", Some(address.address_definition()));
    let ports = |range: &PortRange| {
        Object::new()
            .number("FromPort", Some(range.from_port()))
            .number("ToPort", Some(range.to_port()))
    };
    Object::new()
        .list("Sources", attributes.sources(), address)
        .list("Destinations", attributes.destinations(), address)
        .list("SourcePorts", attributes.source_ports(), ports)
        .list("DestinationPorts", attributes.destination_ports(), ports)
        .numbers("Protocols", attributes.protocols())
        .list("TCPFlags", attributes.tcp_flags(), flags)
}

fn flags(field: &TcpFlagField) -> Object {
    let names = |flags: &[aws_sdk_networkfirewall::types::TcpFlag]| -> Vec<String> {
        flags.iter().map(|flag| flag.as_str().to_owned()).collect()
    };
    Object::new()
        .texts("Flags", &names(field.flags()))
        .texts("Masks", &names(field.masks()))
}
