//! One packet's way there, and its reply's way back.

use std::net::IpAddr;

use serde_json::Value;

use super::balancer::Forwarding;
use super::choice::{Script, Truth};
use super::firewall::Inspected;
use super::packet::{Fate, ICMP, Origin, Packet, TCP, UDP};
use super::view::{Oracle, each, own_prefixes, text, word};

/// Where a packet stands.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum At {
    /// In a subnet, to be routed by that subnet's table; put there by a transit gateway, or sent in it.
    Subnet { subnet: String, by_transit: bool },
    /// At a regional NAT gateway, to be routed by its own table.
    RegionalNat(String),
    /// Inside a VPC, having entered by a gateway, its destination an address of the VPC.
    Inside { vpc: String, by: String },
    /// On a transit gateway, having entered by an attachment.
    Transit { gateway: String, attachment: String },
    /// On the internet.
    Outside,
}

/// Where a packet ended well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Arrived {
    /// At an interface.
    Interface(String),
    /// At a service of the hypervisor or the resolver: nothing to ask of the reply.
    LocalService(IpAddr),
    /// At an address of the internet that is nobody's of the snapshot.
    Internet,
    /// At a gateway endpoint of this VPC.
    GatewayEndpoint { endpoint: String, vpc: String },
    /// At what lies behind a transit gateway attachment.
    Attachment { gateway: String, attachment: String },
    /// At what lies behind a virtual private gateway.
    VpnGateway { gateway: String, vpc: String },
    /// The reply, where the request came from.
    Home,
}

/// What a step leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Next {
    Go(At),
    Stop(Arrived),
}

pub(super) type Step = Result<Next, Fate>;

/// How the sender's groups can still be recognised (section 1.3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Relation {
    SameVpc,
    /// Over a peering: whether it is of one Region.
    Peering(Truth),
    /// Over a transit gateway: whether gateway and attachments support references.
    Transit(Truth),
    Lost,
}

/// A translation by a NAT gateway.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Translation {
    pub(super) gateway: String,
    /// As it came.
    pub(super) inside: Packet,
    /// As it went on.
    pub(super) outside: Packet,
}

/// A gateway that the request crossed, as far as the reply must know of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Crossing {
    /// Out by an internet gateway.
    InternetOut { gateway: String, vpc: String },
    /// In by an internet gateway.
    InternetIn { gateway: String },
    /// Out by an egress-only one.
    EgressOnly { vpc: String },
    /// By a peering; from a NAT gateway of the VPC before it, or not.
    Peering {
        connection: String,
        from: String,
        from_nat: bool,
    },
    /// By a transit gateway or a virtual private gateway.
    Other,
}

/// What a walk has met so far.
#[derive(Debug)]
pub(super) struct Walk<'o, 'a> {
    pub(super) oracle: &'o Oracle<'a>,
    pub(super) script: &'o mut Script,
    pub(super) log: Vec<String>,
    pub(super) packet: Packet,
    pub(super) is_reply: bool,
    pub(super) origin: Origin,
    pub(super) sent: Packet,
    pub(super) relation: Relation,
    /// Groups, to one of which the sender's egress rules need the receiver to belong.
    pub(super) needs_receiver_in: Vec<String>,
    pub(super) translations: Vec<Translation>,
    pub(super) crossings: Vec<Crossing>,
    /// Appliances whose groups hold the request's state.
    pub(super) appliances: Vec<String>,
    /// Appliances passed on this leg.
    pub(super) passed: Vec<String>,
    /// Firewall endpoints that the request crossed and its reply did not yet.
    pub(super) inspected: Vec<Inspected>,
    /// By which subnets attachments in appliance mode put the connection out.
    pub(super) exits: Vec<(String, String)>,
    /// The nodes of load balancers that sent it on, the last one last.
    pub(super) forwarded: Vec<Forwarding>,
    /// The subnet that the packet was last sent from: it tells the zone.
    pub(super) zone_of: Option<String>,
    /// The public address that a task got.
    pub(super) task_address: Option<IpAddr>,
    /// 1:1 NAT on a transit gateway's attachment: the packet goes on as nobody knows what.
    pub(super) altered: Option<String>,
    seen: Vec<(At, Packet)>,
}

pub(super) fn lost<T>(at: &str, why: impl Into<String>) -> Result<T, Fate> {
    Err(Fate::Lost {
        why: why.into(),
        at: at.to_owned(),
    })
}

pub(super) fn unknown<T>(why: impl Into<String>) -> Result<T, Fate> {
    Err(Fate::Unknown { why: why.into() })
}

pub(super) fn go(subnet: &str) -> Step {
    Ok(Next::Go(At::Subnet {
        subnet: subnet.to_owned(),
        by_transit: false,
    }))
}

/// How many steps a walk may take: no network of AWS's limits needs so many.
const STEPS: usize = 64;

impl<'a> Oracle<'a> {
    /// One packet under one set of choices.
    pub(crate) fn send(
        &self,
        packet: &Packet,
        from: &Origin,
        want_reply: bool,
        script: &mut Script,
    ) -> (Fate, Vec<String>) {
        let mut walk = Walk {
            oracle: self,
            script,
            log: Vec::new(),
            packet: *packet,
            is_reply: false,
            origin: from.clone(),
            sent: *packet,
            relation: Relation::SameVpc,
            needs_receiver_in: Vec::new(),
            translations: Vec::new(),
            crossings: Vec::new(),
            appliances: Vec::new(),
            passed: Vec::new(),
            inspected: Vec::new(),
            exits: Vec::new(),
            forwarded: Vec::new(),
            zone_of: None,
            task_address: None,
            altered: None,
            seen: Vec::new(),
        };
        let fate = walk.there_and_back(want_reply);
        (fate, walk.log)
    }
}

impl Walk<'_, '_> {
    pub(super) fn note(&mut self, words: impl Into<String>) {
        let leg = if self.is_reply { "back" } else { "there" };
        self.log
            .push(format!("{leg}: {} [{}]", words.into(), self.packet));
    }

    /// A new connection may meet again what the last one met.
    pub(super) fn forget_where(&mut self) {
        self.seen.clear();
        self.passed.clear();
    }

    /// Whether a thing holds under the reading at hand.
    pub(super) fn holds(&mut self, truth: &Truth) -> bool {
        match truth {
            Truth::Yes => true,
            Truth::No => false,
            Truth::Maybe(name) => self.script.reading(name, 2) == 0,
        }
    }

    /// Goes on only if a thing holds.
    pub(super) fn must(&mut self, truth: &Truth, at: &str, why: &str) -> Result<(), Fate> {
        if self.holds(truth) { Ok(()) } else { lost(at, why) }
    }

    /// Goes on only if an interface is attached to something that runs.
    pub(super) fn must_live(&mut self, interface: &Value) -> Result<(), Fate> {
        let id = word(interface, "NetworkInterfaceId");
        self.must(&Oracle::is_attached(interface), id, "is not attached")?;
        let running = self.oracle.is_running(interface);
        self.must(&running, id, "is not attached to something that runs")
    }

    fn there_and_back(&mut self, want_reply: bool) -> Fate {
        let arrived = match self.there() {
            Ok(arrived) => arrived,
            Err(fate) => return fate,
        };
        let at = match &arrived {
            Arrived::Interface(id) => id.clone(),
            Arrived::LocalService(ip) => ip.to_string(),
            Arrived::Internet => String::from("internet"),
            Arrived::GatewayEndpoint { endpoint, .. } => endpoint.clone(),
            Arrived::Attachment { attachment, .. } => attachment.clone(),
            Arrived::VpnGateway { gateway, .. } => gateway.clone(),
            Arrived::Home => String::from("home"),
        };
        self.note(format!("arrived at {at}"));
        let reply = self.packet.reply();
        if let (true, Some(reply)) = (want_reply, reply) {
            self.is_reply = true;
            self.packet = reply;
            self.seen.clear();
            self.passed.clear();
            if let Err(fate) = self.back(arrived) {
                return fate;
            }
        }
        Fate::Delivered { at }
    }

    fn there(&mut self) -> Result<Arrived, Fate> {
        let start = self.start()?;
        let arrived = self.walk(start)?;
        if !self.needs_receiver_in.is_empty() {
            let Arrived::Interface(id) = &arrived else {
                return self.no_reference();
            };
            let carried = self.oracle.interface(id).map(Oracle::groups).unwrap_or_default();
            let relation = match &self.relation {
                Relation::SameVpc => Truth::Yes,
                Relation::Peering(one_region) => one_region.clone(),
                Relation::Transit(_) | Relation::Lost => Truth::No,
            };
            if !self.needs_receiver_in.iter().any(|g| carried.contains(g)) || !self.holds(&relation) {
                return self.no_reference();
            }
        }
        Ok(arrived)
    }

    pub(super) fn no_reference<T>(&self) -> Result<T, Fate> {
        lost(
            &format!("{:?}", self.origin),
            "egress rules name only groups that do not match on this way",
        )
    }

    pub(super) fn walk(&mut self, start: Next) -> Result<Arrived, Fate> {
        let mut next = start;
        for _ in 0..STEPS {
            let at = match next {
                Next::Stop(arrived) => return Ok(arrived),
                Next::Go(at) => at,
            };
            if self.seen.contains(&(at.clone(), self.packet)) {
                return lost(&format!("{at:?}"), "a loop");
            }
            self.seen.push((at.clone(), self.packet));
            self.note(format!("{at:?}"));
            next = match &at {
                At::Subnet { subnet, by_transit } => self.route_from_subnet(subnet, *by_transit)?,
                At::RegionalNat(id) => self.route_from_regional_nat(id)?,
                At::Inside { vpc, by } => self.inside(vpc, by)?,
                At::Transit { gateway, attachment } => self.on_transit_gateway(gateway, attachment)?,
                At::Outside => self.outside()?,
            };
        }
        lost("everywhere", "a walk without end")
    }
}

pub(super) fn owns(interface: &Value, ip: IpAddr) -> bool {
    own_prefixes(interface).iter().any(|c| c.contains(ip))
}

/// Interfaces that AWS makes without groups: everything passes.
pub(super) fn has_no_groups_by_nature(interface: &Value) -> bool {
    matches!(
        word(interface, "InterfaceType"),
        "nat_gateway"
            | "natGateway"
            | "transit_gateway"
            | "gateway_load_balancer_endpoint"
            | "network_load_balancer"
    )
}

/// Whether a packet is of a protocol that NAT gateways translate.
pub(super) fn is_translatable(packet: &Packet) -> bool {
    matches!(packet.protocol, TCP | UDP | ICMP)
}

/// Whether a gateway's list of attachments holds this VPC.
pub(super) fn attached(gateway: &Value, list: &str, vpc: &str) -> Truth {
    each(gateway, list)
        .iter()
        .filter(|a| word(a, "VpcId") == vpc)
        .fold(Truth::No, |so_far, a| {
            so_far.or(super::view::state_or_good(
                text(a, "State"),
                &["attached", "available"],
                &[],
                &format!("attachment of a gateway to {vpc}"),
            ))
        })
}
