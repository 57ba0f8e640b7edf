//! What a path file says, once it is read and found valid: defaults applied, shared endpoints put in place.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::ops::RangeInclusive;

use ipnet::IpNet;
use jiff::{SignedDuration, Timestamp};

use crate::network::Kind;
use crate::network::id::{AccountId, PrefixListId, Region, ResourceId, SecurityGroupId, SubnetId, VpcId};
use crate::network::tag::Tag;

/// A whole path file.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PathFile {
    /// Where to look; empty: the account and Region we run in.
    pub snapshot_scope: Vec<Scope>,
    /// Appliances that pass every packet unchanged, both ways.
    pub transparent: Vec<Transparent>,
    /// The paths, in the file's order.
    pub paths: Vec<RequiredPath>,
}

/// An account and Region to look into.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    /// The Region.
    pub region: Region,
    /// The role to assume for it.
    pub role_arn: Option<String>,
    /// The external id to assume it with.
    pub external_id: Option<String>,
}

/// An appliance declared transparent: an instance, an interface or a Gateway Load Balancer endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Transparent {
    /// By id.
    Id(ResourceId),
    /// By tags.
    Tagged(TagSelector),
}

/// A path that must work, or must not.
#[derive(Debug, Clone, PartialEq)]
pub struct RequiredPath {
    /// Its name: state and alerts hang on it.
    pub name: String,
    /// Where it starts.
    pub source: End,
    /// Where it leads.
    pub destination: End,
    /// What it carries.
    pub protocol: Protocol,
    /// The destination ports, every one of which must work; `None` for protocols without ports.
    pub destination_ports: Option<PortSet>,
    /// Which families; `None`: what both ends have.
    pub ip_address_type: Option<IpAddressType>,
    /// The client's ports; `None`: by what the client is (ENGINE, "Client ports").
    pub client_ports: Option<PortSet>,
    /// Whether it must work or must not.
    pub expect: Expect,
    /// Whether every packet must arrive, or some.
    pub require: Require,
    /// Whether replies must come back.
    pub reply: Reply,
    /// What every packet must cross, in this order.
    pub via: Vec<Component>,
    /// What no packet may cross.
    pub not_via: Vec<Component>,
    /// What leaves the source.
    pub filter_at_source: PacketFilter,
    /// What may arrive.
    pub filter_at_destination: PacketFilter,
    /// How bad a break is.
    pub severity: Severity,
    /// Whose it is.
    pub owner: Option<String>,
    /// What to read when it breaks.
    pub runbook: Option<String>,
    /// Whatever else the user says of it.
    pub labels: BTreeMap<String, String>,
    /// The SNS topic for its alerts; `None`: the deployment's.
    pub topic_arn: Option<String>,
    /// How long a break must last before it is announced.
    pub settle: SignedDuration,
    /// When a break is announced again for the first time; `None`: never.
    pub remind_after: Option<SignedDuration>,
    /// How often from then on; `None`: never.
    pub remind_every: Option<SignedDuration>,
    /// When breaks are recorded, not announced.
    pub maintenance_windows: Vec<MaintenanceWindow>,
    /// Until when breaks are recorded, not announced.
    pub mute: Option<Mute>,
    /// Whether AWS is asked for a second opinion on a transition.
    pub confirm: Confirm,
    /// The line of the file on which the path starts, from 1.
    pub line: usize,
}

/// An end of a path, with what tells equal names apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct End {
    /// What it is.
    pub form: EndForm,
    /// Only in this account.
    pub account: Option<AccountId>,
    /// Only in this Region.
    pub region: Option<Region>,
    /// Only in this VPC.
    pub vpc: Option<VpcId>,
    /// As the user wrote it, for messages: `lambda order-sync`, `198.51.100.22`.
    pub text: String,
    /// The line of the file on which it stands, from 1; 0 when it came from the command line.
    pub line: usize,
}

/// The forms that an end can take (PATH-FILE.md, "Ends").
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EndForm {
    /// An AWS id or the id in an ARN: `eni-`, `i-`, `subnet-`, `nat-`, `igw-`, `pcx-`, `tgw-`, `tgw-attach-`, `vgw-`, `vpce-`.
    Id(ResourceId),
    /// A Lambda function by name or ARN, either with a qualifier (version or alias) or without.
    Lambda {
        /// Its name, without qualifier, or its ARN without qualifier.
        function: String,
        /// The version or alias.
        qualifier: Option<String>,
    },
    /// Subnets and groups that tasks, pods or instances are launched into.
    Workload {
        /// The subnets.
        subnets: Vec<SubnetId>,
        /// The groups of each interface.
        security_groups: Vec<SecurityGroupId>,
        /// Whether each gets a public address (Fargate's `assignPublicIp`).
        assign_public_ip: bool,
    },
    /// Every resource that carries the tags.
    Tagged(TagSelector),
    /// Every globally reachable address that is not the snapshot's own.
    Internet,
    /// A load balancer by name or ARN.
    LoadBalancer(String),
    /// A database instance or cluster by identifier or ARN.
    Rds(String),
    /// Addresses.
    Addresses(Vec<IpNet>),
    /// The entries of a prefix list.
    PrefixList(PrefixListId),
    /// Networks outside AWS.
    OnPremises(Vec<IpNet>),
    /// A host name.
    Host {
        /// The name.
        name: String,
        /// The addresses that pin it; empty: resolved at evaluation.
        pinned: Vec<IpNet>,
    },
}

/// Resources by their tags: all keys must match, any value of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TagSelector {
    /// Key → values, any of which will do.
    pub tags: BTreeMap<String, Vec<String>>,
    /// Only of this kind: `instance`, `network-interface`, `subnet`, `rds`; `None`: all four.
    pub kind: Option<Kind>,
}

impl TagSelector {
    /// Whether something with these tags is meant.
    pub fn fits(&self, tags: &[Tag]) -> bool {
        self.tags.iter().all(|(key, values)| {
            tags.iter()
                .any(|tag| tag.key == *key && (values.is_empty() || values.contains(&tag.value)))
        })
    }
}

/// A protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Protocol {
    /// 6
    Tcp,
    /// 17
    Udp,
    /// 1: echo requests
    Icmp,
    /// 58: echo requests
    Icmpv6,
    /// Any other, by its number.
    Number(u8),
    /// All of them.
    All,
}

/// Ports as ranges: sorted, apart from each other, not empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PortSet(pub Vec<RangeInclusive<u16>>);

/// Which families a path is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IpAddressType {
    /// IPv4.
    Ipv4,
    /// IPv6.
    Ipv6,
    /// Both; each must work.
    Dualstack,
}

/// Whether a path must work or must not.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Expect {
    /// Every packet must arrive, every reply come back.
    #[default]
    Reachable,
    /// Not one packet may arrive.
    Blocked,
}

/// How much of a path must work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Require {
    /// All of it.
    #[default]
    All,
    /// Some of it.
    Any,
}

/// Whether replies are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Reply {
    /// They are.
    #[default]
    Required,
    /// They are not.
    Ignored,
}

/// A component to cross or to keep off: by id or ARN, or by kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Component {
    /// That one.
    Id(ResourceId),
    /// Any of this kind.
    Kind(Kind),
}

/// What a packet's header must be (API_PathRequestFilter).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PacketFilter {
    /// The source.
    pub source_address: Option<IpNet>,
    /// The destination.
    pub destination_address: Option<IpNet>,
    /// The source ports.
    pub source_ports: Option<PortSet>,
    /// The destination ports.
    pub destination_ports: Option<PortSet>,
}

/// How bad a break is.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Default,
    serde::Serialize,
    serde::Deserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Wake somebody.
    Critical,
    /// Today.
    High,
    /// The default.
    #[default]
    Medium,
    /// When there is time.
    Low,
}

/// A time in which breaks are recorded, not announced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MaintenanceWindow {
    /// When it starts: minute, hour, day of month, month, day of week.
    pub cron: super::cron::Cron,
    /// How long it lasts.
    pub duration: SignedDuration,
    /// The IANA time zone in which `cron` is read.
    pub time_zone: jiff::tz::TimeZone,
}

/// A time until which breaks are recorded, not announced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mute {
    /// Until when.
    pub until: Timestamp,
    /// Why.
    pub reason: String,
}

/// Whether AWS is asked for a second opinion on a transition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Confirm {
    /// No.
    #[default]
    Off,
    /// VPC Reachability Analyzer is.
    ReachabilityAnalyzer,
}

impl Protocol {
    /// As reports spell it.
    pub fn text(self) -> String {
        match self {
            Self::Tcp => "tcp".into(),
            Self::Udp => "udp".into(),
            Self::Icmp => "icmp".into(),
            Self::Icmpv6 => "icmpv6".into(),
            Self::Number(n) => n.to_string(),
            Self::All => "all".into(),
        }
    }

    /// Whether its packets have ports.
    pub fn has_ports(self) -> bool {
        matches!(self, Self::Tcp | Self::Udp | Self::All)
    }
}

impl RequiredPath {
    /// When a break is announced again for the first time, if the file does not say.
    pub const REMIND_AFTER: Option<SignedDuration> = Some(SignedDuration::from_hours(72));
    /// How often from then on, if the file does not say.
    pub const REMIND_EVERY: Option<SignedDuration> = Some(SignedDuration::from_hours(24));

    /// Both ends, the source first.
    pub fn ends(&self) -> [&End; 2] {
        [&self.source, &self.destination]
    }
}

impl EndForm {
    /// The addresses of an end that is nothing but addresses.
    pub fn single_address(&self) -> Option<IpAddr> {
        match self {
            Self::Addresses(nets) => match nets.as_slice() {
                [one] if one.prefix_len() == one.max_prefix_len() => Some(one.addr()),
                _ => None,
            },
            _ => None,
        }
    }
}
