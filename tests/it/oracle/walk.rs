//! One packet's way there, and its reply's way back.

use std::net::IpAddr;

use serde_json::Value;

use super::address::{Cidr, is_local_service, is_never_forwarded, within};
use super::choice::{Script, Truth};
use super::packet::{Fate, Fields, ICMP, Origin, Packet, TCP, UDP, Virtual};
use super::route::{Found, Target};
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
            zone_of: None,
            task_address: None,
            altered: None,
            seen: Vec::new(),
        };
        let fate = walk.there_and_back(want_reply);
        (fate, walk.log)
    }
}

impl<'o, 'a> Walk<'o, 'a> {
    pub(super) fn note(&mut self, words: impl Into<String>) {
        let leg = if self.is_reply { "back" } else { "there" };
        self.log
            .push(format!("{leg}: {} [{}]", words.into(), self.packet));
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

    fn walk(&mut self, start: Next) -> Result<Arrived, Fate> {
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

    // -- Where packets start ---------------------------------------------------------------------------------------

    fn start(&mut self) -> Step {
        match self.origin.clone() {
            Origin::Interface(id) => self.start_at_interface(&id),
            Origin::Virtual(from) => self.start_at_virtual(&from),
            Origin::NatGateway(id) => self.start_at_nat_gateway(&id),
            Origin::Internet => {
                self.relation = Relation::Lost;
                Ok(Next::Go(At::Outside))
            }
            Origin::Peering { connection, into } => self.start_at_peering(&connection, &into),
            Origin::Attachment(id) => self.start_at_attachment(&id),
            Origin::VpnGateway(id) => self.start_at_vpn_gateway(&id),
        }
    }

    fn start_at_interface(&mut self, id: &str) -> Step {
        let Some(interface) = self.oracle.interface(id) else {
            return unknown(format!("{id} is not in the snapshot"));
        };
        if matches!(
            word(interface, "InterfaceType"),
            "vpc_endpoint" | "gateway_load_balancer_endpoint"
        ) {
            return lost(id, "an endpoint starts nothing");
        }
        self.must_live(interface)?;
        let checked = interface["SourceDestCheck"] != false;
        let own = own_prefixes(interface)
            .iter()
            .any(|c| c.contains(self.packet.source));
        if checked && !own {
            return lost(id, "source/destination check: the source is not its own");
        }
        let groups = Oracle::groups(interface);
        if is_local_service(self.packet.destination) || self.is_own_resolver(word(interface, "VpcId")) {
            return self.at_local_service(word(interface, "VpcId"));
        }
        if groups.is_empty() {
            if !has_no_groups_by_nature(interface) {
                self.must(
                    &Truth::Maybe(format!("{id} shows no group")),
                    id,
                    "no group lets it out",
                )?;
            }
        } else {
            self.out_of_groups(id, &groups)?;
        }
        let subnet = word(interface, "SubnetId");
        self.zone_of = Some(subnet.to_owned());
        go(subnet)
    }

    fn start_at_virtual(&mut self, from: &Virtual) -> Step {
        let Some(subnet) = self.oracle.subnet(&from.subnet) else {
            return unknown(format!("{} is not in the snapshot", from.subnet));
        };
        let vpc = word(subnet, "VpcId");
        let own = self.oracle.subnet_has(&from.subnet, self.packet.source);
        self.must(&own, &from.subnet, "the source is not of this subnet")?;
        if self.oracle.is_reserved(vpc, self.packet.source) {
            return lost(&from.subnet, "AWS keeps the source address for itself");
        }
        if is_local_service(self.packet.destination) || self.is_own_resolver(vpc) {
            return self.at_local_service(vpc);
        }
        if let Some(groups) = &from.groups {
            self.out_of_groups(&from.subnet, groups)?;
        }
        self.zone_of = Some(from.subnet.clone());
        go(&from.subnet)
    }

    fn is_own_resolver(&self, vpc: &str) -> bool {
        self.oracle.is_resolver(vpc, self.packet.destination)
    }

    /// What no filter and no route acts on.
    fn at_local_service(&mut self, vpc: &str) -> Step {
        let to = self.packet.destination;
        let port = match self.packet.fields {
            Fields::Ports { destination, .. } => destination,
            _ => 0,
        };
        let serves = |addresses: &[&str], protocol: u8, at: u16| {
            within(to, addresses) && self.packet.protocol == protocol && port == at
        };
        let resolver = self.is_own_resolver(vpc) || within(to, &["169.254.169.253/32", "fd00:ec2::253/128"]);
        let answers = (resolver && matches!(self.packet.protocol, TCP | UDP) && port == 53)
            || serves(
                &["169.254.169.254/32", "169.254.170.2/32", "fd00:ec2::254/128"],
                TCP,
                80,
            )
            || serves(&["169.254.169.123/32", "fd00:ec2::123/128"], UDP, 123)
            || serves(&["169.254.169.250/31"], TCP, 1688);
        if !answers {
            return lost(&to.to_string(), "the service answers on its own port only");
        }
        // Of a VPC's resolver: `enableDnsSupport` is in no list that a snapshot holds, and on unless turned off.
        Ok(Next::Stop(Arrived::LocalService(to)))
    }

    /// The sender's egress rules.
    fn out_of_groups(&mut self, at: &str, groups: &[String]) -> Result<(), Fate> {
        let packet = self.packet;
        let plain = self.oracle.groups_allow(groups, true, &packet, |_| Truth::No);
        if self.holds(&plain) {
            return Ok(());
        }
        // Only references are left: whether they hold is known when the packet has arrived.
        let mut named = Vec::new();
        self.oracle.groups_allow(groups, true, &packet, |group| {
            named.push(group.to_owned());
            Truth::No
        });
        named.retain(|group| {
            self.oracle
                .owners(packet.destination)
                .any(|i| Oracle::groups(i).contains(group))
        });
        if named.is_empty() {
            return lost(at, "no egress rule of its groups matches");
        }
        self.note(format!("egress rests on references to {named:?}"));
        self.needs_receiver_in = named;
        Ok(())
    }

    /// From here on nobody can tell whose the packet is.
    pub(super) fn lose_identity(&mut self) -> Result<(), Fate> {
        self.relation = Relation::Lost;
        if !self.is_reply && !self.needs_receiver_in.is_empty() {
            return self.no_reference();
        }
        Ok(())
    }

    // -- Routing ---------------------------------------------------------------------------------------------------

    fn route_from_subnet(&mut self, subnet: &str, by_transit: bool) -> Step {
        let Some(found) = self.oracle.subnet(subnet) else {
            return unknown(format!("{subnet} is not in the snapshot"));
        };
        let vpc = word(found, "VpcId").to_owned();
        let inside = self.oracle.subnet_has(subnet, self.packet.destination);
        if self.holds(&inside) {
            return self.local(&vpc, Some(subnet));
        }
        let Some(table) = self.oracle.table_of_subnet(subnet, self.script) else {
            return unknown(format!("the route table of {subnet} is not in the snapshot"));
        };
        self.by_table(table, &vpc, Some(subnet), by_transit)
    }

    /// By the table's best route out of `subnet` (none: from a device that stands in no subnet).
    pub(super) fn by_table(
        &mut self,
        table: &'a Value,
        vpc: &str,
        subnet: Option<&str>,
        by_transit: bool,
    ) -> Step {
        let id = word(table, "RouteTableId").to_owned();
        let to = self.packet.destination;
        if is_never_forwarded(to) || to == Cidr::of("255.255.255.255/32").nth(0) {
            return lost(&id, "never forwarded");
        }
        if within(to, &["224.0.0.0/4", "ff00::/8"]) {
            return unknown("multicast");
        }
        let target = match self.oracle.look_up(table, to, self.script) {
            Found::To(target) => target,
            Found::Blackhole(route) => return lost(&id, format!("blackhole {route}")),
            Found::Nothing => return lost(&id, "no route"),
        };
        self.note(format!("{id} says {target:?}"));
        match target {
            Target::Local => self.local(vpc, subnet),
            Target::NatGateway(nat) => self.nat_gateway(&nat, vpc, subnet),
            Target::EgressOnly(gateway) => self.egress_only(&gateway, vpc, subnet),
            Target::Peering(connection) => self.peering(&connection, vpc, subnet),
            Target::TransitGateway(gateway) => self.enter_transit_gateway(&gateway, vpc, subnet, by_transit),
            Target::Interface(interface) => self.appliance(&interface, subnet, None),
            Target::Instance(instance) => {
                let primary = self.oracle.all("NetworkInterfaces").iter().find(|i| {
                    text(&i["Attachment"], "InstanceId") == Some(&instance)
                        && i["Attachment"]["DeviceIndex"] == 0
                });
                match primary {
                    Some(i) => self.appliance(word(i, "NetworkInterfaceId"), subnet, None),
                    None => unknown(format!("{instance} is not in the snapshot")),
                }
            }
            Target::Gateway(gateway) => match gateway.split('-').next() {
                Some("igw") => self.internet_gateway(&gateway, vpc, subnet, by_transit),
                Some("vgw") => self.vpn_gateway(&gateway, vpc, subnet, by_transit),
                Some("vpce") => self.endpoint(&gateway, vpc, subnet, by_transit),
                _ => unknown(format!("{gateway} is of no known kind")),
            },
            Target::Unsupported(what) => unknown(what),
        }
    }

    /// The network ACLs between two subnets; none where the packet stays in one.
    pub(super) fn cross(&mut self, from: Option<&str>, to: Option<&str>) -> Result<(), Fate> {
        if from == to {
            return Ok(());
        }
        for (subnet, egress) in [(from, true), (to, false)] {
            let Some(subnet) = subnet else { continue };
            let packet = self.packet;
            let allowed = self.oracle.acl_allows(subnet, egress, &packet);
            let way = if egress { "egress" } else { "ingress" };
            self.must(&allowed, subnet, &format!("network ACL, {way}, {packet}"))?;
        }
        Ok(())
    }

    fn inside(&mut self, vpc: &str, by: &str) -> Step {
        if let Some(table) = self.oracle.table_of_gateway(by, self.script) {
            let id = word(table, "RouteTableId").to_owned();
            return match self.oracle.look_up(table, self.packet.destination, self.script) {
                Found::To(Target::Local) => self.local(vpc, None),
                Found::To(Target::Interface(interface)) => self.appliance(&interface, None, Some(by)),
                Found::To(Target::Gateway(endpoint)) if endpoint.starts_with("vpce-") => {
                    self.endpoint(&endpoint, vpc, None, false)
                }
                Found::To(other) => unknown(format!("{other:?} in an edge table")),
                Found::Blackhole(route) => lost(&id, format!("blackhole {route}")),
                Found::Nothing => lost(&id, "no route"),
            };
        }
        self.local(vpc, None)
    }

    /// To whoever has the address in this VPC.
    pub(super) fn local(&mut self, vpc: &str, from: Option<&str>) -> Step {
        let to = self.packet.destination;
        let own = self.oracle.vpc_has(vpc, to);
        self.must(&own, vpc, "the destination is in no block of the VPC that counts")?;
        if let Some(nat) = self.oracle.nat_with_private(vpc, to) {
            return self.at_nat_gateway(nat, from);
        }
        if let (true, Origin::Virtual(client)) = (self.is_reply, self.origin.clone()) {
            let at_home = self.oracle.subnet(&client.subnet).map(|s| word(s, "VpcId")) == Some(vpc);
            if at_home && to == self.sent.source {
                self.cross(from, Some(&client.subnet))?;
                return Ok(Next::Stop(Arrived::Home));
            }
        }
        let owner = self.oracle.owner(vpc, to);
        let Some(interface) = owner else {
            if !self.oracle.has("NetworkInterfaces") && !self.oracle.is_reserved(vpc, to) {
                return unknown("network interfaces were not read");
            }
            return lost(vpc, "nobody has the destination address");
        };
        let block = self.oracle.subnet_has(word(interface, "SubnetId"), to);
        self.must(
            &block,
            vpc,
            "the destination is in no block of its subnet that counts",
        )?;
        self.cross(from, Some(word(interface, "SubnetId")))?;
        let id = word(interface, "NetworkInterfaceId");
        if self.is_reply {
            if self.origin == Origin::Interface(id.to_owned()) && to == self.sent.source {
                return Ok(Next::Stop(Arrived::Home));
            }
            return lost(id, "the reply comes to somebody who did not ask");
        }
        self.accept(interface)?;
        Ok(Next::Stop(Arrived::Interface(id.to_owned())))
    }

    /// Whether an interface takes a new connection (sections 5 and 11).
    fn accept(&mut self, interface: &Value) -> Result<(), Fate> {
        let id = word(interface, "NetworkInterfaceId");
        match word(interface, "InterfaceType") {
            "nat_gateway"
            | "natGateway"
            | "lambda"
            | "transit_gateway"
            | "gateway_load_balancer_endpoint" => {
                return lost(id, "takes no connections");
            }
            "vpc_endpoint" => self.accept_at_interface_endpoint(id)?,
            _ => {}
        }
        self.must_live(interface)?;
        let groups = Oracle::groups(interface);
        if groups.is_empty() {
            if has_no_groups_by_nature(interface) {
                return Ok(());
            }
            return self.must(
                &Truth::Maybe(format!("{id} shows no group")),
                id,
                "no group lets it in",
            );
        }
        let packet = self.packet;
        let allowed = self
            .oracle
            .groups_allow(&groups, false, &packet, |group| self.sender_is_in(group));
        self.must(&allowed, id, "no ingress rule of its groups matches")
    }

    /// Whether an inbound rule that names a group means this packet: its sender carries the group, and sends from an
    /// address of its own.
    pub(super) fn sender_is_in(&self, group: &str) -> Truth {
        let relation = match &self.relation {
            Relation::SameVpc => Truth::Yes,
            Relation::Peering(truth) | Relation::Transit(truth) => truth.clone(),
            Relation::Lost => Truth::No,
        };
        let group = group.to_owned();
        let member = match &self.origin {
            Origin::Interface(id) => {
                let carries = self
                    .oracle
                    .interface(id)
                    .is_some_and(|i| Oracle::groups(i).contains(&group) && owns(i, self.packet.source));
                Truth::from_bool(carries)
            }
            Origin::Virtual(from) => {
                Truth::from_bool(from.groups.as_ref().is_some_and(|g| g.contains(&group)))
            }
            Origin::NatGateway(_) | Origin::Internet | Origin::VpnGateway(_) | Origin::Attachment(_) => {
                Truth::No
            }
            Origin::Peering { .. } => Truth::Maybe(format!("members of {group} behind the peering")),
        };
        relation.and(member)
    }

    // -- The reply -------------------------------------------------------------------------------------------------

    fn back(&mut self, from: Arrived) -> Result<(), Fate> {
        let start = match from {
            Arrived::LocalService(_) | Arrived::Home => return Ok(()),
            Arrived::Interface(id) => self.answer_from_interface(&id)?,
            Arrived::Internet => self.answer_from_internet()?,
            Arrived::GatewayEndpoint { endpoint, vpc } => Next::Go(At::Inside { vpc, by: endpoint }),
            Arrived::Attachment { gateway, attachment } => {
                self.zone_of = None;
                Next::Go(At::Transit { gateway, attachment })
            }
            Arrived::VpnGateway { gateway, vpc } => Next::Go(At::Inside { vpc, by: gateway }),
        };
        let home = self.walk(start)?;
        self.note(format!("{home:?}"));
        match home {
            Arrived::Home => Ok(()),
            other => lost(&format!("{other:?}"), "the reply ends elsewhere"),
        }
    }

    fn answer_from_interface(&mut self, id: &str) -> Step {
        let Some(interface) = self.oracle.interface(id) else {
            return unknown(format!("{id} is not in the snapshot"));
        };
        let mut from = interface;
        if let Some(instance) = text(&interface["Attachment"], "InstanceId") {
            let mut all = Vec::new();
            for other in self.oracle.all("NetworkInterfaces") {
                let of_it = text(&other["Attachment"], "InstanceId") == Some(instance);
                if of_it && self.holds(&Oracle::is_attached(other)) {
                    all.push(other);
                }
            }
            // The one that was asked comes first.
            all.sort_by_key(|i| word(i, "NetworkInterfaceId") != id);
            if all.len() > 1 {
                from = all[self
                    .script
                    .reading(&format!("which interface of {instance} answers"), all.len())];
            }
        }
        let by = word(from, "NetworkInterfaceId");
        if by != id {
            if from["SourceDestCheck"] != false && !owns(from, self.packet.source) {
                return lost(by, "source/destination check of the interface that answers");
            }
            let packet = self.packet;
            let rules = self
                .oracle
                .groups_allow(&Oracle::groups(from), true, &packet, |_| Truth::No);
            if rules != Truth::Yes {
                self.must(
                    &Truth::Maybe(format!("state of a flow at {by}")),
                    by,
                    "its groups know nothing of the request",
                )?;
            }
        }
        let subnet = word(from, "SubnetId").to_owned();
        self.zone_of = Some(subnet.clone());
        // The documented return to the sender: over a peering, a NAT gateway's replies need no route.
        if let Some(Crossing::Peering {
            connection,
            from: near,
            from_nat: true,
        }) = self.crossings.last().cloned()
        {
            self.note(format!(
                "returns to the NAT gateway over {connection}, whatever the routes"
            ));
            self.cross(Some(&subnet), None)?;
            return Ok(Next::Go(At::Inside {
                vpc: near,
                by: connection,
            }));
        }
        go(&subnet)
    }

    fn answer_from_internet(&mut self) -> Step {
        match self.crossings.last().cloned() {
            Some(Crossing::InternetOut { gateway, vpc }) => self.in_by_internet_gateway(&gateway, &vpc),
            Some(Crossing::EgressOnly { vpc, .. }) => Ok(Next::Go(At::Inside {
                vpc,
                by: String::from("eigw"),
            })),
            other => unknown(format!("a reply from the internet after {other:?}")),
        }
    }
}

pub(super) fn owns(interface: &Value, ip: IpAddr) -> bool {
    own_prefixes(interface).iter().any(|c| c.contains(ip))
}

/// Interfaces that AWS makes without groups: everything passes.
fn has_no_groups_by_nature(interface: &Value) -> bool {
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
