//! A verdict as data: the contract of `check --output json`, schema version 1 (CLI.md).
//!
//! Every field is always there (in packets, only those that the protocol has); what does not apply is `null` or
//! empty. Fields may be added within a version. Nothing here decides anything.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::network::Kind;
use crate::paths::model::{Expect, Severity};

use super::code::{Code, CodeSource};
use super::dependencies::Dependencies;

/// What became of the packets of a path. It tells of the network, whatever is expected of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// All are delivered, and all replies come back.
    Reachable,
    /// Some are delivered, some are lost.
    Partial,
    /// All are lost.
    Blocked,
    /// Anything else: of some it cannot be told.
    Undecided,
}

impl Verdict {
    /// As JSON spells it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Reachable => "reachable",
            Self::Partial => "partial",
            Self::Blocked => "blocked",
            Self::Undecided => "undecided",
        }
    }
}

/// The result of one path.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PathResult {
    /// The path's name.
    pub name: String,
    /// What is expected of it.
    pub expect: Expect,
    /// What was found.
    pub verdict: Verdict,
    /// Whether that is as expected; `null`: it cannot be told.
    pub as_expected: Option<bool>,
    /// How bad a break is.
    pub severity: Severity,
    /// What cannot be told, and why.
    pub reason: Option<Reason>,
    /// What loses packets, in the walk's order, each as if no other did.
    pub blockers: Vec<Blocker>,
    /// What arrives although nothing should (`expect: blocked`).
    pub arrives: Vec<PacketBox>,
    /// How many boxes of `arrives` are left out.
    pub arrives_more: usize,
    /// The walk of one sample packet, there and back: a lost one if there is one.
    pub hops: Vec<Hop>,
    /// Where packets part ways: they cover all that was asked, and do not overlap.
    pub branches: Vec<Branch>,
    /// Every resource consulted, the absent ones included, sorted.
    pub dependencies: Dependencies,
    /// What a reader should know beside the verdict.
    pub notices: Vec<String>,
}

/// Why something cannot be told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Reason {
    /// The explanation code.
    pub code: Code,
    /// One sentence, or several.
    pub message: String,
    /// The components that stand in the way.
    pub components: Vec<String>,
    /// The API calls whose answers are missing, as in `ec2:DescribeNetworkAcls`.
    pub missing_calls: Vec<String>,
}

/// Something that loses packets.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Blocker {
    /// The explanation code.
    pub code: Code,
    /// Whose vocabulary the code is of.
    pub code_source: CodeSource,
    /// What decided: an id, or an ARN where AWS has no id.
    pub component: String,
    /// Its tag `Name`.
    pub component_name: Option<String>,
    /// What it is.
    pub kind: Kind,
    /// Of the subnet (network ACL), of the interface (security group), of the firewall.
    pub direction: Option<Direction>,
    /// On the way there or back.
    pub leg: Leg,
    /// How many proxies opened a connection of their own before it.
    pub segment: u8,
    /// The subnet where the component stands.
    pub subnet: Option<String>,
    /// That subnet's tag `Name`.
    pub subnet_name: Option<String>,
    /// The VPC where it stands.
    pub vpc: Option<String>,
    /// The account where it stands.
    pub account: Option<String>,
    /// The Region where it stands.
    pub region: Option<String>,
    /// The rule or route that decided; `null`: none matched.
    pub rule: Option<Rule>,
    /// The lost packets as the component saw them: disjoint, at most 50.
    pub lost: Vec<PacketBox>,
    /// How many more boxes there are.
    pub lost_more: usize,
    /// One lost packet, as the source sent it.
    pub witness: Option<PacketBox>,
    /// One sentence.
    pub message: String,
    /// The smallest change that lets the lost packets pass.
    pub fix: Option<FixCommand>,
}

/// A change that mends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct FixCommand {
    /// An AWS CLI command for a POSIX shell.
    pub command: String,
    /// The same change in one sentence.
    pub message: String,
    /// Whether with all fixes of this path applied nothing is lost any more. Never printed unverified.
    pub verified: bool,
}

impl FixCommand {
    /// The same, where there are other paths that it may not mend.
    pub(crate) fn only_for(mut self, path: &str) -> Self {
        let told = format!("; this is for “{path}”");
        if !self.message.contains("; this is for “") {
            self.message.push_str(&told);
        }
        self
    }

    /// The commands of several fixes and the same in sentences, each told once: two blockers can need the same change.
    pub(crate) fn told_once<'f>(fixes: impl IntoIterator<Item = &'f Self>) -> (Vec<String>, Vec<String>) {
        let (mut commands, mut sentences) = (Vec::new(), Vec::new());
        for fix in fixes {
            let one_a_line = fix.command.replace(" && aws ", "\naws ");
            for (told, parts) in [
                (&mut commands, one_a_line),
                (&mut sentences, fix.message.replace("; ", "\n")),
            ] {
                for part in parts.lines().filter(|part| !part.is_empty()) {
                    if !told.iter().any(|earlier| earlier == part) {
                        told.push(part.to_owned());
                    }
                }
            }
        }
        (commands, sentences)
    }
}

/// A step of the walk of one sample packet.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Hop {
    /// On the way there or back.
    pub leg: Leg,
    /// How many proxies opened a connection of their own before it.
    pub segment: u8,
    /// What was met: an id, or an ARN where AWS has no id.
    pub component: String,
    /// Its tag `Name`.
    pub component_name: Option<String>,
    /// What it is.
    pub kind: Kind,
    /// The subnet where it stands.
    pub subnet: Option<String>,
    /// That subnet's tag `Name`.
    pub subnet_name: Option<String>,
    /// The VPC where it stands.
    pub vpc: Option<String>,
    /// The account where it stands.
    pub account: Option<String>,
    /// The Region where it stands.
    pub region: Option<String>,
    /// Of the subnet (network ACL), of the interface (security group), of the firewall.
    pub direction: Option<Direction>,
    /// What became of the packet there.
    pub outcome: HopOutcome,
    /// The rule or route that let it pass.
    pub allowed_by: Option<Rule>,
    /// The packet as it came to this component.
    pub packet: Option<PacketBox>,
    /// What a person should read here, as in `source becomes 10.0.0.10`.
    pub note: Option<String>,
}

/// A part of the packets that goes one way.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Branch {
    /// Which packets, as sent.
    pub packets: Vec<PacketBox>,
    /// How many more boxes there are.
    pub packets_more: usize,
    /// What became of them.
    pub outcome: BranchOutcome,
    /// Which blockers they meet, by index.
    pub blockers: Vec<usize>,
    /// Their walk.
    pub hops: Vec<Hop>,
}

/// A disjoint box of packet headers.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PacketBox {
    /// A name or a number; `all`.
    pub protocol: String,
    /// A CIDR block.
    pub source: String,
    /// `22` or `1024-65535`.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub source_ports: Option<String>,
    /// A CIDR block.
    pub destination: String,
    /// `22` or `1024-65535`.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub destination_ports: Option<String>,
    /// `8`, or a range.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub icmp_type: Option<String>,
    /// `0`, or a range.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub icmp_code: Option<String>,
}

/// Into or out of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// Into.
    Ingress,
    /// Out of.
    Egress,
}

/// There or back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Leg {
    /// There.
    Forward,
    /// Back.
    Reply,
}

/// What became of a packet at a component.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum HopOutcome {
    /// It went on.
    Passed,
    /// It was lost.
    Blocked,
    /// It cannot be told.
    Unknown,
}

/// What became of a part of the packets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum BranchOutcome {
    /// All arrive, and all replies come back.
    Delivered,
    /// They are lost.
    Lost,
    /// It cannot be told.
    Unknown,
}

/// The rule or route that decided, in AWS's own fields with the first letter lowered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Rule {
    /// An entry of a network ACL (API_NetworkAclEntry).
    #[serde(rename_all = "camelCase")]
    NetworkAclEntry {
        /// 32767 (IPv6: 32768) for `*`.
        rule_number: u32,
        /// `allow` or `deny`.
        rule_action: String,
        /// The direction.
        egress: bool,
        /// The protocol's number as text, `-1` for all.
        protocol: String,
        /// The IPv4 block.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        cidr_block: Option<String>,
        /// The IPv6 block.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        ipv6_cidr_block: Option<String>,
        /// The destination ports.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        port_range: Option<FromTo>,
    },
    /// A rule of a security group (API_SecurityGroupRule).
    #[serde(rename_all = "camelCase")]
    SecurityGroupRule {
        /// The group.
        group_id: String,
        /// The direction.
        is_egress: bool,
        /// As AWS prints it.
        ip_protocol: String,
        /// First port.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        from_port: Option<i32>,
        /// Last port.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        to_port: Option<i32>,
        /// The IPv4 range.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        cidr_ipv4: Option<String>,
        /// The IPv6 range.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        cidr_ipv6: Option<String>,
        /// The prefix list.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        prefix_list_id: Option<String>,
        /// The group referred to.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        referenced_group_id: Option<String>,
    },
    /// A route of a VPC's table (API_Route).
    #[serde(rename_all = "camelCase")]
    Route {
        /// The prefix, or the prefix list.
        destination: String,
        /// The target's id, or `local`.
        target: String,
        /// `active` or `blackhole`.
        state: String,
        /// As AWS prints it.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        origin: Option<String>,
    },
    /// A route of a transit gateway's table (API_TransitGatewayRoute).
    #[serde(rename_all = "camelCase")]
    TransitGatewayRoute {
        /// The prefix.
        destination_cidr_block: String,
        /// Where to; empty for a blackhole.
        transit_gateway_attachment_ids: Vec<String>,
        /// `static` or `propagated`.
        r#type: String,
        /// `active` or `blackhole`.
        state: String,
    },
    /// A stateless rule of a Network Firewall (API_FirewallStatelessRule of EC2). Empty lists mean anything.
    #[serde(rename_all = "camelCase")]
    FirewallStatelessRule {
        /// Its rule group.
        rule_group_arn: String,
        /// The lowest is asked first.
        priority: i64,
        /// `pass`, `drop` or `forward_to_sfe`.
        rule_action: String,
        /// IANA's numbers.
        protocols: Vec<u8>,
        /// Blocks.
        sources: Vec<String>,
        /// Source ports.
        source_ports: Vec<FromTo>,
        /// Blocks.
        destinations: Vec<String>,
        /// Destination ports.
        destination_ports: Vec<FromTo>,
    },
    /// A stateful rule of a Network Firewall (API_FirewallStatefulRule of EC2). Empty lists mean anything.
    #[serde(rename_all = "camelCase")]
    FirewallStatefulRule {
        /// Its rule group.
        rule_group_arn: String,
        /// `pass`, `drop` or `reject`.
        rule_action: String,
        /// As it stands in the rule: `TCP`.
        protocol: String,
        /// `FORWARD` or `ANY`.
        direction: String,
        /// As they stand in the rule: blocks, variables, Suricata's expressions.
        sources: Vec<String>,
        /// Source ports.
        source_ports: Vec<FromTo>,
        /// As they stand in the rule.
        destinations: Vec<String>,
        /// Destination ports.
        destination_ports: Vec<FromTo>,
    },
    /// Anything else, as words.
    #[serde(rename_all = "camelCase")]
    Other {
        /// What decided.
        description: String,
    },
}

/// A range of ports in AWS's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FromTo {
    /// The first.
    pub from: i32,
    /// The last.
    pub to: i32,
}
