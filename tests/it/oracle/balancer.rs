//! Load balancers (section 12): a packet at a node, what goes on to a target, and how its reply comes back.

use std::net::IpAddr;

use serde_json::Value;

use super::choice::Truth;
use super::packet::{Fate, Fields, Packet, TCP, UDP};
use super::route::Target;
use super::view::{Oracle, each, state, text, word};
use super::walk::{Arrived, Crossing, Next, Relation, Step, Translation, Walk, go, lost, unknown};

/// A connection that a node sent on, and what the walk knew before.
#[derive(Debug, Clone)]
pub(super) struct Forwarding {
    pub(super) balancer: String,
    pub(super) classic: bool,
    pub(super) node: String,
    pub(super) subnet: String,
    pub(super) groups: Vec<String>,
    /// Whether the target sees the client.
    pub(super) keeps: bool,
    inside: Packet,
    outside: Packet,
    crossings: Vec<Crossing>,
    translations: Vec<Translation>,
    appliances: Vec<String>,
    inspected: Vec<super::firewall::Inspected>,
    exits: Vec<(String, String)>,
}

/// What may become of a connection at a listener.
enum Way<'a> {
    Answer,
    Group(&'a Value),
    Instances(Vec<String>, u16),
    Nowhere,
    Unknown(String),
}

/// A target that a node may choose.
struct Aim {
    id: String,
    address: IpAddr,
    port: u16,
    /// Its subnet, to tell its zone; none: every node may choose it.
    subnet: Option<String>,
}

fn port_of(packet: &Packet) -> Option<u16> {
    match packet.fields {
        Fields::Ports { destination, .. } => Some(destination),
        _ => None,
    }
}

fn hears(protocol: &str, packet: &Packet) -> bool {
    let tcp = packet.protocol == TCP;
    match protocol {
        "HTTP" | "HTTPS" | "TCP" | "TLS" => tcp,
        "UDP" | "QUIC" => packet.protocol == UDP,
        "TCP_UDP" | "TCP_QUIC" => tcp || packet.protocol == UDP,
        _ => false,
    }
}

/// Whether an interface is a node of a load balancer.
pub(super) fn is_node(interface: &Value) -> bool {
    word(interface, "InterfaceType") == "network_load_balancer"
        || word(interface, "Description").starts_with("ELB ")
}

impl<'a> Oracle<'a> {
    fn setting(&self, list: &str, field: &str, id: &str, key: &str) -> Option<Option<&'a str>> {
        let row = self.find(list, field, id)?;
        Some(
            each(row, "Attributes")
                .iter()
                .find(|a| word(a, "Key") == key)
                .and_then(|a| text(a, "Value")),
        )
    }

    /// The load balancer of a node; a Classic one comes with `true`.
    fn balancer_of(&self, node: &Value) -> Option<(&'a Value, bool)> {
        let name = word(node, "Description").strip_prefix("ELB ")?;
        if name.contains('/') {
            let found = self.all("LoadBalancers").iter();
            return found
                .filter(|b| word(b, "LoadBalancerArn").ends_with(&format!("loadbalancer/{name}")))
                .map(|b| (b, false))
                .next();
        }
        self.find("LoadBalancerDescriptions", "LoadBalancerName", name)
            .map(|b| (b, true))
    }

    fn subnet_of(&self, vpc: &str, address: IpAddr) -> Option<&'a str> {
        self.all("Subnets")
            .iter()
            .filter(|s| word(s, "VpcId") == vpc)
            .map(|s| word(s, "SubnetId"))
            .find(|s| self.subnet_has(s, address) == Truth::Yes)
    }

    fn primary(&self, instance: &str) -> Option<&'a Value> {
        let own = self.all("NetworkInterfaces").iter();
        own.filter(|i| text(&i["Attachment"], "InstanceId") == Some(instance))
            .min_by_key(|i| i["Attachment"]["DeviceIndex"].as_i64().unwrap_or(i64::MAX))
    }
}

fn first_address(interface: &Value) -> Option<IpAddr> {
    let own = each(interface, "PrivateIpAddresses");
    own.iter()
        .find(|a| a["Primary"] == true)
        .or(own.first())
        .and_then(|a| word(a, "PrivateIpAddress").parse().ok())
}

impl<'a> Walk<'_, 'a> {
    /// A packet is at a node, past its groups.
    pub(super) fn at_node(&mut self, node: &Value) -> Step {
        let id = word(node, "NetworkInterfaceId").to_owned();
        self.receiver_is(node)?;
        let Some((balancer, classic)) = self.oracle.balancer_of(node) else {
            if self.forwarded.is_empty() {
                return Ok(Next::Stop(Arrived::Interface(id)));
            }
            return unknown(format!("the load balancer of {id} is not in the snapshot"));
        };
        let field = if classic {
            "LoadBalancerName"
        } else {
            "LoadBalancerArn"
        };
        let name = word(balancer, field);
        if !classic {
            let mut good = vec!["active"];
            if word(balancer, "Type") == "application" {
                good.push("active_impaired");
            }
            let works = match text(&balancer["State"], "Code") {
                Some("failed") => Truth::No,
                code => match state(code, &good, &[], name) {
                    Truth::Yes => Truth::Yes,
                    _ => Truth::Maybe(format!("state of {name}")),
                },
            };
            self.must(&works, name, "does not work")?;
        }
        if self.forwarded.iter().any(|f| f.balancer == name) {
            return lost(name, "a loop: a target of itself");
        }
        let ways = self.ways(balancer, classic)?;
        if ways.is_empty() {
            return lost(name, "no listener for this");
        }
        let way = self.script.nature(&format!("what {name} does"), ways.len());
        let (group, aims) = match &ways[way] {
            Way::Answer => return Ok(Next::Stop(Arrived::Interface(id))),
            Way::Nowhere => return lost(name, "forwards to nothing"),
            Way::Unknown(why) => return unknown(why.clone()),
            Way::Instances(instances, port) => {
                let mut aims = Vec::new();
                for instance in instances {
                    aims.push(self.instance(instance, *port));
                }
                (None, aims)
            }
            Way::Group(group) => {
                if word(group, "TargetType") == "lambda" {
                    return Ok(Next::Stop(Arrived::Interface(id)));
                }
                (Some(*group), self.aims(group)?)
            }
        };
        if aims.is_empty() {
            return lost(name, "no target");
        }
        let keeps = match group {
            Some(group) => self.keeps(balancer, classic, group),
            None => Truth::No,
        };
        let keeps = self.holds(&keeps);
        let crosses = self.crosses(balancer, classic, name, group);
        let crosses = self.holds(&crosses);
        let here = word(node, "SubnetId").to_owned();
        let enabled = if classic {
            let listed = each(balancer, "Subnets").iter();
            listed.filter_map(Value::as_str).map(str::to_owned).collect()
        } else {
            let listed = each(balancer, "AvailabilityZones").iter();
            listed.map(|z| word(z, "SubnetId").to_owned()).collect::<Vec<_>>()
        };
        let mut possible = Vec::new();
        for aim in aims {
            let Ok(aim) = aim else {
                possible.push(aim);
                continue;
            };
            let fits = match &aim.subnet {
                None => true,
                Some(there) if crosses => enabled
                    .iter()
                    .any(|s| self.oracle.same_zone(s, there) == Truth::Yes),
                Some(there) => self.oracle.same_zone(&here, there) == Truth::Yes,
            };
            if fits {
                possible.push(Ok(aim));
            }
        }
        if possible.is_empty() {
            return lost(name, "no target in a zone that counts");
        }
        let chosen = self.script.nature(&format!("target of {name}"), possible.len());
        match possible.swap_remove(chosen) {
            Ok(aim) => self.send_on(node, (name, classic), balancer, &aim, keeps),
            Err(why) => unknown(why),
        }
    }

    /// The client's egress rules may have rested on the node's groups.
    fn receiver_is(&mut self, node: &Value) -> Result<(), Fate> {
        if self.needs_receiver_in.is_empty() {
            return Ok(());
        }
        let carried = Oracle::groups(node);
        let relation = match &self.relation {
            Relation::SameVpc => Truth::Yes,
            Relation::Peering(one_region) => one_region.clone(),
            Relation::Transit(_) | Relation::Lost => Truth::No,
        };
        if !self.needs_receiver_in.iter().any(|g| carried.contains(g)) || !self.holds(&relation) {
            return self.no_reference();
        }
        self.needs_receiver_in.clear();
        Ok(())
    }

    /// All that a listener for this packet may do.
    fn ways(&self, balancer: &'a Value, classic: bool) -> Result<Vec<Way<'a>>, Fate> {
        let port = port_of(&self.packet);
        if classic {
            let listeners = each(balancer, "ListenerDescriptions")
                .iter()
                .map(|l| &l["Listener"]);
            let instances: Vec<String> = each(balancer, "Instances")
                .iter()
                .map(|i| word(i, "InstanceId").to_owned())
                .collect();
            return Ok(listeners
                .filter(|l| {
                    self.packet.protocol == TCP && l["LoadBalancerPort"].as_u64() == port.map(u64::from)
                })
                .map(|l| {
                    let port = l["InstancePort"].as_u64().and_then(|p| u16::try_from(p).ok());
                    Way::Instances(instances.clone(), port.unwrap_or(0))
                })
                .collect());
        }
        let arn = word(balancer, "LoadBalancerArn");
        let found = self.oracle.all("Listeners").iter().find(|l| {
            word(l, "LoadBalancerArn") == arn
                && l["Port"].as_u64() == port.map(u64::from)
                && hears(word(l, "Protocol"), &self.packet)
        });
        let Some(listener) = found else {
            if !self.oracle.has("Listeners") {
                return unknown("listeners were not read");
            }
            return Ok(Vec::new());
        };
        let mut lists = vec![each(listener, "DefaultActions")];
        let stem = word(listener, "ListenerArn").replace(":listener/", ":listener-rule/");
        let mut ways = Vec::new();
        if word(balancer, "Type") == "application" {
            let rules: Vec<&Value> = self
                .oracle
                .all("Rules")
                .iter()
                .filter(|r| word(r, "RuleArn").starts_with(&format!("{stem}/")))
                .collect();
            lists.extend(
                rules
                    .iter()
                    .filter(|r| r["IsDefault"] != true)
                    .map(|r| each(r, "Actions")),
            );
            if rules.is_empty() {
                ways.push(Way::Unknown(String::from("rules were not read")));
            }
        }
        for actions in lists {
            let last = actions.last().unwrap_or(&Value::Null);
            match word(last, "Type") {
                "redirect" | "fixed-response" => ways.push(Way::Answer),
                "forward" => ways.extend(self.groups_of(last)),
                _ => ways.push(Way::Nowhere),
            }
        }
        Ok(ways)
    }

    fn groups_of(&self, action: &'a Value) -> Vec<Way<'a>> {
        let shares = each(&action["ForwardConfig"], "TargetGroups");
        let mut arns: Vec<&str> = shares
            .iter()
            .filter(|s| s["Weight"] != 0)
            .map(|s| word(s, "TargetGroupArn"))
            .collect();
        if shares.is_empty() {
            arns.extend(text(action, "TargetGroupArn"));
        }
        if arns.is_empty() {
            return vec![Way::Nowhere];
        }
        arns.into_iter()
            .map(
                |arn| match self.oracle.find("TargetGroups", "TargetGroupArn", arn) {
                    Some(group) => Way::Group(group),
                    None => Way::Unknown(format!("{arn} was not read")),
                },
            )
            .collect()
    }

    fn instance(&self, instance: &str, port: u16) -> Result<Aim, String> {
        let primary = self.oracle.primary(instance);
        let found = primary.and_then(|i| Some((i, first_address(i)?)));
        match found {
            Some((interface, address)) => Ok(Aim {
                id: instance.to_owned(),
                address,
                port,
                subnet: Some(word(interface, "SubnetId").to_owned()),
            }),
            None => Err(format!("the interface of {instance}")),
        }
    }

    fn aims(&self, group: &Value) -> Result<Vec<Result<Aim, String>>, Fate> {
        let arn = word(group, "TargetGroupArn");
        let Some(row) = self
            .oracle
            .find("LoadBalancerTargetHealth", "TargetGroupArn", arn)
        else {
            return unknown(format!("the targets of {arn} were not read"));
        };
        let mut aims = Vec::new();
        for described in each(row, "TargetHealthDescriptions") {
            if word(&described["TargetHealth"], "State") == "draining" {
                continue;
            }
            let target = &described["Target"];
            let port = target["Port"].as_u64().or(group["Port"].as_u64());
            let port = port.and_then(|p| u16::try_from(p).ok()).unwrap_or(0);
            let id = word(target, "Id");
            match word(group, "TargetType") {
                "ip" => match id.parse::<IpAddr>() {
                    Ok(address) => {
                        let vpc = word(group, "VpcId");
                        let subnet = self.oracle.subnet_of(vpc, address).map(str::to_owned);
                        let outside = text(target, "AvailabilityZone") == Some("all");
                        aims.push(Ok(Aim {
                            id: id.to_owned(),
                            address,
                            port,
                            subnet: subnet.filter(|_| !outside),
                        }));
                    }
                    Err(_) => aims.push(Err(format!("{id} is no address"))),
                },
                "alb" => {
                    for node in self.oracle.all("NetworkInterfaces") {
                        let of = self.oracle.balancer_of(node);
                        let fits = of.is_some_and(|(b, _)| word(b, "LoadBalancerArn") == id);
                        if let (true, Some(address)) = (fits, first_address(node)) {
                            aims.push(Ok(Aim {
                                id: id.to_owned(),
                                address,
                                port,
                                subnet: None,
                            }));
                        }
                    }
                }
                _ => aims.push(self.instance(id, port)),
            }
        }
        Ok(aims)
    }

    fn keeps(&self, balancer: &Value, classic: bool, group: &Value) -> Truth {
        if classic || word(balancer, "Type") != "network" {
            return Truth::No;
        }
        let kind = word(group, "TargetType");
        if kind == "alb" || !matches!(word(group, "Protocol"), "TCP" | "TLS") {
            return Truth::Yes;
        }
        let arn = word(group, "TargetGroupArn");
        let set = self.oracle.setting(
            "TargetGroupAttributes",
            "TargetGroupArn",
            arn,
            "preserve_client_ip.enabled",
        );
        match set {
            None => Truth::Maybe(format!("whether {arn} keeps the client's address")),
            Some(None) => Truth::from_bool(kind == "instance"),
            Some(Some(word)) => Truth::from_bool(word == "true"),
        }
    }

    fn crosses(&self, balancer: &Value, classic: bool, name: &str, group: Option<&Value>) -> Truth {
        let key = "load_balancing.cross_zone.enabled";
        if let Some(group) = group {
            let arn = word(group, "TargetGroupArn");
            match self
                .oracle
                .setting("TargetGroupAttributes", "TargetGroupArn", arn, key)
            {
                None => return Truth::Maybe(format!("zones of {arn}")),
                Some(Some("true")) => return Truth::Yes,
                Some(Some("false")) => return Truth::No,
                _ => {}
            }
        }
        if !classic && word(balancer, "Type") == "application" {
            return Truth::Yes;
        }
        match self
            .oracle
            .setting("LoadBalancerAttributes", "LoadBalancerArn", name, key)
        {
            None => Truth::Maybe(format!("zones of {name}")),
            Some(set) => Truth::from_bool(set == Some("true")),
        }
    }

    fn send_on(
        &mut self,
        node: &Value,
        (name, classic): (&str, bool),
        balancer: &Value,
        aim: &Aim,
        keeps: bool,
    ) -> Step {
        let subnet = word(node, "SubnetId").to_owned();
        let inside = self.packet;
        // Between IPv4 and IPv6 nothing can be kept.
        let keeps = keeps && inside.source.is_ipv6() == aim.address.is_ipv6();
        if keeps {
            let same = self.oracle.owners(inside.source).any(|i| {
                let owner = self.oracle.owners(aim.address).next();
                let own = text(&i["Attachment"], "InstanceId");
                let by_it = matches!(&self.origin, super::packet::Origin::Interface(id) if id == word(i, "NetworkInterfaceId"));
                by_it
                    && owner.is_some_and(|o| {
                        word(o, "NetworkInterfaceId") == word(i, "NetworkInterfaceId")
                            || own.is_some() && own == text(&o["Attachment"], "InstanceId")
                    })
            });
            if same {
                return lost(name, "a target cannot reach itself with its own address");
            }
        }
        let ports = self.oracle.nat_ports();
        let port = ports[self.script.nature(&format!("port of {name}"), ports.len())];
        let source = if keeps {
            inside.source
        } else {
            let mut own: Vec<IpAddr> = first_address(node).into_iter().collect();
            if word(balancer, "Type") != "network" {
                own.extend(self.oracle.telling_addresses(&subnet));
            }
            own[self.script.nature(&format!("address of {name}"), own.len())]
        };
        self.packet = Packet::ports(inside.protocol, (source, port), (aim.address, aim.port));
        let groups = Oracle::groups(node);
        self.forwarded.push(Forwarding {
            balancer: name.to_owned(),
            classic,
            node: word(node, "NetworkInterfaceId").to_owned(),
            subnet: subnet.clone(),
            groups: groups.clone(),
            keeps,
            inside,
            outside: self.packet,
            crossings: std::mem::take(&mut self.crossings),
            translations: std::mem::take(&mut self.translations),
            appliances: std::mem::take(&mut self.appliances),
            inspected: std::mem::take(&mut self.inspected),
            exits: std::mem::take(&mut self.exits),
        });
        self.relation = Relation::SameVpc;
        self.zone_of = Some(subnet.clone());
        self.forget_where();
        self.note(format!("sent on by {name} to {}", aim.id));
        if !groups.is_empty() {
            self.out_of_groups(word(node, "NetworkInterfaceId"), &groups)?;
        }
        self.in_own_subnet(self.packet.destination)?;
        go(&subnet)
    }

    /// What an interface of a load balancer sends by itself.
    pub(super) fn beside_own_node(&mut self, interface: &Value) -> Result<(), Fate> {
        match self.oracle.balancer_of(interface) {
            Some((_, classic)) => self.beside(word(interface, "SubnetId"), classic, self.packet.destination),
            None => Ok(()),
        }
    }

    fn in_own_subnet(&mut self, there: IpAddr) -> Result<(), Fate> {
        match self.forwarded.last().cloned() {
            Some(forwarding) => self.beside(&forwarding.subnet, forwarding.classic, there),
            None => Ok(()),
        }
    }

    /// Node and target in one subnet: whether its network ACL is asked is open, but for what a Classic one sends.
    fn beside(&mut self, subnet: &str, classic: bool, there: IpAddr) -> Result<(), Fate> {
        if self.oracle.subnet_has(subnet, there) != Truth::Yes {
            return Ok(());
        }
        let packet = self.packet;
        let out = self.oracle.acl_allows(subnet, true, &packet);
        if classic {
            if !self.is_reply {
                self.must(&out, subnet, "network ACL of a Classic Load Balancer's subnet")?;
            }
            return Ok(());
        }
        if out.and(self.oracle.acl_allows(subnet, false, &packet)) != Truth::Yes {
            let open = Truth::Maybe(format!("the network ACL of {subnet} beside a load balancer"));
            self.must(&open, subnet, "network ACL beside a load balancer")?;
        }
        Ok(())
    }

    /// A packet that shows the client's address leaves its subnet by this route: where it may not go by any but the
    /// VPC's own or a peering's of one Region.
    pub(super) fn kept_by_route(&mut self, target: &Target, vpc: &str, subnet: Option<&str>) -> Option<Step> {
        let keeps = !self.is_reply && self.forwarded.last().is_some_and(|f| f.keeps);
        if !keeps || *target == Target::Local {
            return None;
        }
        let Target::Peering(connection) = target else {
            return Some(self.cross(subnet, None).and_then(|()| {
                lost(
                    &format!("{target:?}"),
                    "the client's address cannot be kept this way",
                )
            }));
        };
        Some(self.kept_by_peering(connection, vpc, subnet))
    }

    fn kept_by_peering(&mut self, connection: &str, vpc: &str, subnet: Option<&str>) -> Step {
        let found = self
            .oracle
            .find("VpcPeeringConnections", "VpcPeeringConnectionId", connection);
        let Some(peering) = found else {
            return unknown(format!("{connection} is not in the snapshot"));
        };
        self.cross(subnet, None)?;
        let code = text(&peering["Status"], "Code");
        let works = state(code, &["active"], &["provisioning", "deleting"], connection);
        self.must(&works, connection, "is not active")?;
        let (a, b) = (&peering["RequesterVpcInfo"], &peering["AccepterVpcInfo"]);
        let far = if word(a, "VpcId") == vpc { b } else { a };
        if text(a, "Region") != text(b, "Region") {
            return lost(connection, "another Region: the client's address cannot be kept");
        }
        if self.oracle.find("Vpcs", "VpcId", word(far, "VpcId")).is_none() {
            return unknown("the far VPC is not in the snapshot");
        }
        self.relation = Relation::Peering(Truth::Yes);
        self.local(word(far, "VpcId"), None)
    }

    /// Whether a target takes packets that show the client's address.
    pub(super) fn takes_kept(&self, interface: &Value) -> Result<(), Fate> {
        let keeps = !self.is_reply && self.forwarded.last().is_some_and(|f| f.keeps);
        let refuses = matches!(
            word(interface, "InterfaceType"),
            "vpc_endpoint" | "network_load_balancer"
        );
        if keeps && refuses {
            return lost(
                word(interface, "NetworkInterfaceId"),
                "takes no client's address that was kept",
            );
        }
        Ok(())
    }

    /// A reply inside a VPC, to the address that a node sent from: it is back at the node.
    pub(super) fn back_to_node(&mut self, vpc: &str, from: Option<&str>) -> Option<Step> {
        let forwarding = self.forwarded.last().filter(|_| self.is_reply)?.clone();
        let home = self.oracle.subnet(&forwarding.subnet)?;
        let is_it = !forwarding.keeps
            && word(home, "VpcId") == vpc
            && self.packet.destination == forwarding.outside.source;
        is_it.then(|| {
            self.cross(from, Some(&forwarding.subnet))?;
            let there = self.packet.source;
            self.in_own_subnet(there)?;
            self.node_answers()
        })
    }

    /// A target answers the client's own address: its reply goes to the node, whatever the routes say.
    pub(super) fn back_to_keeper(&mut self, subnet: &str) -> Option<Step> {
        let forwarding = self.forwarded.last().filter(|f| f.keeps)?.clone();
        Some(if forwarding.subnet == subnet {
            let there = self.packet.source;
            self.in_own_subnet(there).and_then(|()| self.node_answers())
        } else {
            self.cross(Some(subnet), Some(&forwarding.subnet))
                .and_then(|()| self.node_answers())
        })
    }

    fn node_answers(&mut self) -> Step {
        let Some(forwarding) = self.forwarded.pop() else {
            return unknown("no node");
        };
        self.inspected_again()?;
        let from_target = self.packet;
        if Some(from_target) != forwarding.outside.reply() {
            return lost(&forwarding.node, "a reply to nothing that it sent");
        }
        let Some(reply) = forwarding.inside.reply() else {
            return lost(&forwarding.node, "no reply to this");
        };
        self.packet = reply;
        self.crossings = forwarding.crossings;
        self.translations = forwarding.translations;
        self.appliances = forwarding.appliances;
        self.inspected = forwarding.inspected;
        self.exits = forwarding.exits;
        self.forget_where();
        self.note(format!("answered by {}", forwarding.node));
        self.answer_from_interface(&forwarding.node)
    }
}
