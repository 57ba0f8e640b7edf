//! Network Firewalls, their policies and their rule groups.
//!
//! `aws network-firewall describe-firewall`, `describe-firewall-policy` and `describe-rule-group` print one resource a
//! call, in two objects. A snapshot holds these replies as they are printed, one a file, or as lists of them:
//!
//! | call | key of a snapshot |
//! |---|---|
//! | `describe-firewall` | `{"Firewalls": [{"Firewall": {…}, "FirewallStatus": {…}}]}` |
//! | `describe-firewall-policy` | `{"FirewallPolicies": [{"FirewallPolicyResponse": {…}, "FirewallPolicy": {…}}]}` |
//! | `describe-rule-group` | `{"RuleGroups": [{"RuleGroupResponse": {…}, "RuleGroup": {…}}]}` |
//!
//! Addresses, ports and protocols of rules are kept as text: they may be Suricata's expressions.
//! <https://docs.aws.amazon.com/network-firewall/latest/APIReference/Welcome.html>

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::id::{FirewallArn, FirewallPolicyArn, RuleGroupArn, SubnetId, VpcEndpointId, VpcId};
use super::state::{nullable, open_enum};
use super::tag::Tag;

/// A firewall with its state (API_DescribeFirewall).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct FirewallDescription {
    /// The firewall.
    pub firewall: Firewall,
    /// Its state and its endpoints; absent: unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub firewall_status: Option<FirewallStatus>,
}

/// A firewall (API_Firewall).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Firewall {
    /// Its ARN.
    pub firewall_arn: FirewallArn,
    /// Its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub firewall_name: Option<String>,
    /// Its policy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub firewall_policy_arn: Option<FirewallPolicyArn>,
    /// Its VPC, whose blocks are `HOME_NET` where nothing else is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vpc_id: Option<VpcId>,
    /// How many VPC endpoint associations it has beside its own endpoints.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number_of_associations: Option<u32>,
    /// Tags.
    #[serde(default, deserialize_with = "nullable")]
    pub tags: Vec<Tag>,
}

/// The state of a firewall (API_FirewallStatus).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct FirewallStatus {
    /// The firewall's own; absent: unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<FirewallStatusValue>,
    /// Whether its endpoints work by the policy as it is now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub configuration_sync_state_summary: Option<ConfigurationSyncState>,
    /// Its endpoints, by zone.
    #[serde(default, deserialize_with = "nullable")]
    pub sync_states: BTreeMap<String, SyncState>,
}

/// A firewall in one zone (API_SyncState).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SyncState {
    /// Its endpoint there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attachment: Option<FirewallAttachment>,
}

/// An endpoint of a firewall (API_Attachment).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct FirewallAttachment {
    /// Its subnet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subnet_id: Option<SubnetId>,
    /// The endpoint, to which routes lead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub endpoint_id: Option<VpcEndpointId>,
    /// Its state; absent: unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<FirewallAttachmentStatus>,
}

/// A policy with what names it (API_DescribeFirewallPolicy).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct FirewallPolicyDescription {
    /// What names it.
    pub firewall_policy_response: FirewallPolicyResponse,
    /// What it says; absent: unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub firewall_policy: Option<FirewallPolicy>,
}

/// What names a policy (API_FirewallPolicyResponse).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct FirewallPolicyResponse {
    /// Its ARN.
    pub firewall_policy_arn: FirewallPolicyArn,
    /// Its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub firewall_policy_name: Option<String>,
    /// Tags.
    #[serde(default, deserialize_with = "nullable")]
    pub tags: Vec<Tag>,
}

/// A policy (API_FirewallPolicy). What it says of fragments is left out: packets are taken as whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct FirewallPolicy {
    /// The stateless rule groups, in any order.
    #[serde(default, deserialize_with = "nullable")]
    pub stateless_rule_group_references: Vec<StatelessRuleGroupReference>,
    /// What is done where no stateless rule matches: `aws:pass`, `aws:drop`, `aws:forward_to_sfe`.
    #[serde(default, deserialize_with = "nullable")]
    pub stateless_default_actions: Vec<String>,
    /// The stateful rule groups, in any order.
    #[serde(default, deserialize_with = "nullable")]
    pub stateful_rule_group_references: Vec<StatefulRuleGroupReference>,
    /// What is done where no stateful rule matches, in strict order: `aws:drop_strict`, `aws:alert_established` …
    #[serde(default, deserialize_with = "nullable")]
    pub stateful_default_actions: Vec<String>,
    /// The order of stateful rules.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stateful_engine_options: Option<StatefulEngineOptions>,
    /// Set where TLS is opened and closed again.
    #[serde(
        rename = "TLSInspectionConfigurationArn",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub tls_inspection_configuration_arn: Option<String>,
    /// Variables that stand in for what a rule group does not set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy_variables: Option<PolicyVariables>,
}

/// A stateless rule group of a policy (API_StatelessRuleGroupReference).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct StatelessRuleGroupReference {
    /// The group.
    pub resource_arn: RuleGroupArn,
    /// The lowest is asked first.
    pub priority: i64,
}

/// A stateful rule group of a policy (API_StatefulRuleGroupReference).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct StatefulRuleGroupReference {
    /// The group.
    pub resource_arn: RuleGroupArn,
    /// In strict order the lowest is asked first; else absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<i64>,
    /// What the policy changes of a managed group.
    #[serde(default, rename = "Override", skip_serializing_if = "Option::is_none")]
    pub overriding: Option<StatefulRuleGroupOverride>,
}

/// What a policy changes of a managed rule group (API_StatefulRuleGroupOverride).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct StatefulRuleGroupOverride {
    /// `DROP_TO_ALERT`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
}

/// How stateful rules are asked (API_StatefulEngineOptions).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct StatefulEngineOptions {
    /// Absent: by action.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule_order: Option<RuleOrder>,
    /// What becomes of a connection whose beginning the firewall did not see; absent: dropped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stream_exception_policy: Option<StreamExceptionPolicy>,
}

/// Variables of a policy (API_PolicyVariables).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct PolicyVariables {
    /// Addresses by name: `HOME_NET`.
    #[serde(default, deserialize_with = "nullable")]
    pub rule_variables: BTreeMap<String, Definition>,
}

/// What a variable stands for (API_IPSet, API_PortSet).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Definition {
    /// Blocks, or ports.
    #[serde(default, deserialize_with = "nullable")]
    pub definition: Vec<String>,
}

/// A rule group with what names it (API_DescribeRuleGroup).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct RuleGroupDescription {
    /// What names it.
    pub rule_group_response: RuleGroupResponse,
    /// What it says; absent of groups that AWS keeps to itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule_group: Option<RuleGroup>,
}

/// What names a rule group (API_RuleGroupResponse).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct RuleGroupResponse {
    /// Its ARN.
    pub rule_group_arn: RuleGroupArn,
    /// Its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule_group_name: Option<String>,
    /// Tags.
    #[serde(default, deserialize_with = "nullable")]
    pub tags: Vec<Tag>,
}

/// A rule group (API_RuleGroup).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct RuleGroup {
    /// Its variables.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule_variables: Option<RuleVariables>,
    /// Sets of addresses that are kept elsewhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference_sets: Option<ReferenceSets>,
    /// Its rules, of one of four forms.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rules_source: Option<RulesSource>,
}

/// Variables of a rule group (API_RuleVariables).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleVariables {
    /// Addresses by name, without `$`.
    #[serde(rename = "IPSets", default, deserialize_with = "nullable")]
    pub ip_sets: BTreeMap<String, Definition>,
    /// Ports by name.
    #[serde(rename = "PortSets", default, deserialize_with = "nullable")]
    pub port_sets: BTreeMap<String, Definition>,
}

/// Sets that rules name as `@NAME` (API_ReferenceSets).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReferenceSets {
    /// By name, without `@`.
    #[serde(rename = "IPSetReferences", default, deserialize_with = "nullable")]
    pub ip_set_references: BTreeMap<String, IpSetReference>,
}

/// Where a set is kept (API_IPSetReference).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct IpSetReference {
    /// The ARN of a prefix list, or of a resource group.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference_arn: Option<String>,
}

/// The rules of a group (API_RulesSource).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct RulesSource {
    /// In Suricata's own language.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rules_string: Option<String>,
    /// A list of domains.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rules_source_list: Option<RulesSourceList>,
    /// One by one.
    #[serde(default, deserialize_with = "nullable")]
    pub stateful_rules: Vec<StatefulRule>,
    /// Those of a stateless group.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stateless_rules_and_custom_actions: Option<StatelessRulesAndCustomActions>,
}

/// A list of domains, from which AWS makes rules (API_RulesSourceList).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct RulesSourceList {
    /// What the rules do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub generated_rules_type: Option<GeneratedRulesType>,
    /// The domains.
    #[serde(default, deserialize_with = "nullable")]
    pub targets: Vec<String>,
    /// `TLS_SNI`, `HTTP_HOST`.
    #[serde(default, deserialize_with = "nullable")]
    pub target_types: Vec<String>,
}

/// A stateful rule (API_StatefulRule).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct StatefulRule {
    /// What it does.
    pub action: StatefulAction,
    /// What it is about.
    pub header: Header,
    /// Conditions beyond the header, and words for people.
    #[serde(default, deserialize_with = "nullable")]
    pub rule_options: Vec<RuleOption>,
}

/// What a stateful rule is about (API_Header). Addresses and ports are Suricata's expressions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Header {
    /// `IP`, `TCP`, `UDP`, `ICMP`, or an application's protocol.
    pub protocol: String,
    /// Where from.
    pub source: String,
    /// From which ports.
    pub source_port: String,
    /// One way or both.
    pub direction: StatefulRuleDirection,
    /// Where to.
    pub destination: String,
    /// To which ports.
    pub destination_port: String,
}

/// An option of a stateful rule (API_RuleOption).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct RuleOption {
    /// Its keyword, as in `sid`, sometimes with its value behind a colon.
    pub keyword: String,
    /// Its values.
    #[serde(default, deserialize_with = "nullable")]
    pub settings: Vec<String>,
}

/// The rules of a stateless group (API_StatelessRulesAndCustomActions).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct StatelessRulesAndCustomActions {
    /// In any order.
    #[serde(default, deserialize_with = "nullable")]
    pub stateless_rules: Vec<StatelessRule>,
}

/// A stateless rule (API_StatelessRule).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct StatelessRule {
    /// What it is about and what it does.
    pub rule_definition: RuleDefinition,
    /// The lowest is asked first.
    pub priority: i64,
}

/// What a stateless rule is about and what it does (API_RuleDefinition).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct RuleDefinition {
    /// What it is about.
    pub match_attributes: MatchAttributes,
    /// `aws:pass`, `aws:drop` or `aws:forward_to_sfe`, and names of custom actions, which only count.
    #[serde(default, deserialize_with = "nullable")]
    pub actions: Vec<String>,
}

/// What a stateless rule is about (API_MatchAttributes). A list that is empty means anything.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct MatchAttributes {
    /// Where from.
    #[serde(default, deserialize_with = "nullable")]
    pub sources: Vec<Address>,
    /// Where to.
    #[serde(default, deserialize_with = "nullable")]
    pub destinations: Vec<Address>,
    /// From which ports.
    #[serde(default, deserialize_with = "nullable")]
    pub source_ports: Vec<PortRange>,
    /// To which ports.
    #[serde(default, deserialize_with = "nullable")]
    pub destination_ports: Vec<PortRange>,
    /// IANA's numbers.
    #[serde(default, deserialize_with = "nullable")]
    pub protocols: Vec<u8>,
    /// Which flags of TCP must be set, and which not.
    #[serde(rename = "TCPFlags", default, deserialize_with = "nullable")]
    pub tcp_flags: Vec<TcpFlagField>,
}

/// A block, or one address (API_Address).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Address {
    /// As text.
    pub address_definition: String,
}

/// Ports (API_PortRange).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct PortRange {
    /// The first.
    pub from_port: u16,
    /// The last.
    pub to_port: u16,
}

/// Flags of TCP (API_TCPFlagField).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct TcpFlagField {
    /// Those that must be set.
    #[serde(default, deserialize_with = "nullable")]
    pub flags: Vec<String>,
    /// Those that are looked at.
    #[serde(default, deserialize_with = "nullable")]
    pub masks: Vec<String>,
}

open_enum! {
    /// The state of a firewall.
    FirewallStatusValue {
        /// Being made: undecided.
        Provisioning = "PROVISIONING",
        /// On its way out: undecided.
        Deleting = "DELETING",
        /// It works.
        Ready = "READY",
    }
    /// Whether a firewall's endpoints work by its policy as it is now.
    ConfigurationSyncState {
        /// Not yet: undecided.
        Pending = "PENDING",
        /// They do.
        InSync = "IN_SYNC",
        /// They lack room for it: undecided.
        CapacityConstrained = "CAPACITY_CONSTRAINED",
    }
    /// The state of a firewall's endpoint.
    FirewallAttachmentStatus {
        /// Being made: undecided.
        Creating = "CREATING",
        /// On its way out: undecided.
        Deleting = "DELETING",
        /// Never came to be.
        Failed = "FAILED",
        /// Does not work.
        Error = "ERROR",
        /// Growing: undecided, for AWS says of no other state than the next that packets are handled.
        Scaling = "SCALING",
        /// It works.
        Ready = "READY",
    }
    /// In which order stateful rules are asked.
    RuleOrder {
        /// Pass rules first, then drop, reject, alert.
        DefaultActionOrder = "DEFAULT_ACTION_ORDER",
        /// Groups by priority, rules as they stand.
        StrictOrder = "STRICT_ORDER",
    }
    /// What becomes of a connection whose beginning the firewall did not see.
    StreamExceptionPolicy {
        /// It is dropped.
        Drop = "DROP",
        /// Its packets are judged one by one.
        Continue = "CONTINUE",
        /// It is dropped, with word to the sender.
        Reject = "REJECT",
    }
    /// What a stateful rule does.
    StatefulAction {
        /// Lets the connection pass.
        Pass = "PASS" | "pass",
        /// Drops it.
        Drop = "DROP" | "drop",
        /// Writes it down, and decides nothing.
        Alert = "ALERT" | "alert",
        /// Drops it, with word to the sender.
        Reject = "REJECT" | "reject",
    }
    /// Which way a stateful rule looks at.
    StatefulRuleDirection {
        /// From its source to its destination.
        Forward = "FORWARD",
        /// That, and the other way round.
        Any = "ANY",
    }
    /// What is made of a list of domains.
    GeneratedRulesType {
        /// Only these pass.
        Allowlist = "ALLOWLIST",
        /// These are dropped.
        Denylist = "DENYLIST",
        /// These are dropped, with word to the sender.
        Rejectlist = "REJECTLIST",
        /// These are written down.
        Alertlist = "ALERTLIST",
    }
}

/// A reply that stands in a file by itself, as the calls print it: its two objects are put together.
#[derive(Debug, Default)]
pub(crate) struct PrintedAlone {
    pub(crate) firewall: Option<Firewall>,
    pub(crate) firewall_status: Option<FirewallStatus>,
    pub(crate) firewall_policy_response: Option<FirewallPolicyResponse>,
    pub(crate) firewall_policy: Option<FirewallPolicy>,
    pub(crate) rule_group_response: Option<RuleGroupResponse>,
    pub(crate) rule_group: Option<RuleGroup>,
}

impl PrintedAlone {
    /// The firewall, if the file is about one.
    pub(crate) fn firewall(&mut self) -> Option<FirewallDescription> {
        Some(FirewallDescription {
            firewall: self.firewall.take()?,
            firewall_status: self.firewall_status.take(),
        })
    }

    /// The policy, if the file is about one.
    pub(crate) fn policy(&mut self) -> Option<FirewallPolicyDescription> {
        Some(FirewallPolicyDescription {
            firewall_policy_response: self.firewall_policy_response.take()?,
            firewall_policy: self.firewall_policy.take(),
        })
    }

    /// The rule group, if the file is about one.
    pub(crate) fn group(&mut self) -> Option<RuleGroupDescription> {
        Some(RuleGroupDescription {
            rule_group_response: self.rule_group_response.take()?,
            rule_group: self.rule_group.take(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::load::{Source, merge, parse};
    use super::super::snapshot::Snapshot;

    fn load(files: &[&str]) -> Snapshot {
        let documents = files
            .iter()
            .map(|text| parse(Source::default(), text.as_bytes()).unwrap());
        merge(documents.collect()).unwrap().snapshot
    }

    #[test]
    fn replies_are_read_as_they_are_printed() {
        let alone = load(&[
            r#"{"UpdateToken": "x", "Firewall": {"FirewallArn": "arn:f", "VpcId": "vpc-a"},
                "FirewallStatus": {"Status": "READY", "SyncStates": null}}"#,
            r#"{"FirewallPolicy": {"StatelessDefaultActions": ["aws:pass"]},
                "FirewallPolicyResponse": {"FirewallPolicyArn": "arn:p"}}"#,
            r#"{"RuleGroupResponse": {"RuleGroupArn": "arn:g"}, "RuleGroup": {"RulesSource": {"RulesString": ""}}}"#,
            r#"{"RuleGroupResponse": {"RuleGroupArn": "arn:managed"}}"#,
        ]);
        let listed = load(&[
            r#"{"Firewalls": [{"Firewall": {"FirewallArn": "arn:f", "VpcId": "vpc-a"},
                "FirewallStatus": {"Status": "READY"}}],
                "FirewallPolicies": [{"FirewallPolicyResponse": {"FirewallPolicyArn": "arn:p"},
                    "FirewallPolicy": {"StatelessDefaultActions": ["aws:pass"]}}],
                "RuleGroups": [
                    {"RuleGroupResponse": {"RuleGroupArn": "arn:g"}, "RuleGroup": {"RulesSource": {"RulesString": ""}}},
                    {"RuleGroupResponse": {"RuleGroupArn": "arn:managed"}}]}"#,
        ]);
        assert_eq!(alone, listed);
        assert!(alone.rule_groups.is_known() && alone.firewalls.len() == 1);
        // Half a reply tells of nothing.
        assert!(
            !load(&[r#"{"FirewallStatus": {"Status": "READY"}}"#])
                .firewalls
                .is_known()
        );
    }
}
