//! VPCs, subnets, interfaces, gateways: what there is, before anything says what may pass.

use serde_json::{Value, json};

use super::dice::Dice;
use crate::network::Network;
use crate::oracle::address::Cidr;

/// A network in the making, and what it is made of.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) network: Network,
    pub(super) vpcs: Vec<Vpc>,
    /// How broken it is, 0 to 4.
    pub(super) mess: usize,
    /// Peerings, and the VPCs that they join.
    pub(super) peerings: Vec<(String, usize, usize)>,
    /// Transit gateways, and the VPCs attached to them.
    pub(super) transit: Vec<(String, usize)>,
    next_public: u8,
}

/// A VPC.
#[derive(Debug, Clone)]
pub(super) struct Vpc {
    pub(super) id: String,
    /// Its blocks that count; the first is the primary one.
    pub(super) blocks: Vec<String>,
    pub(super) v6: Option<String>,
    pub(super) subnets: Vec<Subnet>,
    pub(super) groups: Vec<String>,
    pub(super) igw: Option<String>,
    pub(super) eigw: Option<String>,
    pub(super) nats: Vec<String>,
    pub(super) endpoint: Option<String>,
    pub(super) vgw: Option<String>,
    /// Whether that gateway's routes are propagated.
    pub(super) propagates: bool,
    /// An interface with its check off, fit to be a route's target.
    pub(super) appliances: Vec<String>,
}

/// A subnet.
#[derive(Debug, Clone)]
pub(super) struct Subnet {
    pub(super) id: String,
    pub(super) block: String,
    pub(super) v6: Option<String>,
    pub(super) zone: &'static str,
    /// Its addresses that are taken.
    pub(super) taken: Vec<u128>,
}

const BLOCKS: [&str; 5] = [
    "10.0.0.0/24",
    "10.0.1.0/24",
    "10.1.0.0/24",
    "172.31.0.0/24",
    "100.64.5.0/24",
];

impl Plan {
    pub(super) fn draw(dice: &mut Dice) -> Self {
        let mut plan = Self {
            network: Network::new(),
            vpcs: Vec::new(),
            mess: dice.weighted(&[(3, 0), (4, 1), (3, 2), (2, 4)]),
            peerings: Vec::new(),
            transit: Vec::new(),
            next_public: 10,
        };
        let count = dice.weighted(&[(3, 1), (5, 2), (4, 3)]);
        for n in 0..count {
            plan.vpc(n, dice);
        }
        for n in 0..count {
            plan.interfaces(n, dice);
            plan.gateways(n, dice);
            plan.endpoints(n, dice);
            plan.functions(n, dice);
        }
        plan
    }

    /// Whether a nasty thing happens that does not happen in tidy networks.
    pub(super) fn nasty(&self, dice: &mut Dice, percent: usize) -> bool {
        dice.chance(percent * self.mess)
    }

    fn public_address(&mut self) -> String {
        self.next_public += 1;
        format!("198.51.100.{}", self.next_public)
    }

    fn vpc(&mut self, n: usize, dice: &mut Dice) {
        let id = format!("vpc-{n}");
        let primary = if n > 0 && dice.chance(10) {
            self.vpcs[0].blocks[0].clone()
        } else {
            BLOCKS[(n + dice.below(2) * 2) % BLOCKS.len()].to_owned()
        };
        self.network.vpc(&id, &primary);
        let mut blocks = vec![primary];
        if dice.chance(25) {
            let second = format!("10.{}.0.0/24", 20 + n);
            let state = if self.nasty(dice, 12) {
                dice.pick(&["disassociating", "associating", "disassociated", "failed"])
            } else {
                "associated"
            };
            self.network.edit("Vpcs", &id, |v| {
                v["CidrBlockAssociationSet"]
                    .as_array_mut()
                    .expect("a list")
                    .push(json!({"CidrBlock": second, "CidrBlockState": {"State": state}}));
            });
            if !matches!(state, "disassociated" | "failed") {
                self.network.route(&format!("rtb-{n}"), &second, "local");
            }
            if state == "associated" {
                blocks.push(second);
            }
        }
        let v6 = dice.chance(35).then(|| match dice.below(10) {
            0 | 1 => (format!("fd00:{n}::/56"), "private"),
            2 => (format!("2600:1f00:{n}::/56"), "private"),
            _ => (format!("2600:1f00:{n}::/56"), "public"),
        });
        if let Some((block, attribute)) = &v6 {
            self.network.vpc_v6(&id, block, attribute);
        }
        let mut vpc = Vpc {
            id,
            blocks,
            v6: v6.map(|(block, _)| block),
            subnets: Vec::new(),
            groups: Vec::new(),
            igw: None,
            eigw: None,
            nats: Vec::new(),
            endpoint: None,
            vgw: None,
            propagates: dice.chance(60),
            appliances: Vec::new(),
        };
        for s in 0..dice.between(2, 4) {
            self.subnet(&mut vpc, s, dice);
        }
        self.vpcs.push(vpc);
    }

    fn subnet(&mut self, vpc: &mut Vpc, s: usize, dice: &mut Dice) {
        let id = format!("subnet-{}{s}", vpc.id.trim_start_matches("vpc-"));
        let of = dice.pick(&vpc.blocks);
        let first = Cidr::of(&of).nth(32 * s as u128);
        let block = format!("{first}/{}", dice.pick(&[27, 27, 28]));
        let zone = dice.weighted(&[(5, "a"), (4, "b"), (1, "c")]);
        self.network.subnet(&id, &vpc.id, &block, zone);
        let v6 = vpc
            .v6
            .as_ref()
            .filter(|_| dice.chance(80))
            .map(|of| format!("{}/64", Cidr::of(of).nth((s as u128) << 64)));
        if let Some(block) = &v6 {
            self.network.subnet_v6(&id, block);
            if self.nasty(dice, 2) {
                self.network.edit("Subnets", &id, |v| {
                    v["Ipv6CidrBlockAssociationSet"][0]["Ipv6CidrBlockState"]["State"] =
                        "disassociating".into();
                });
            }
        }
        vpc.subnets.push(Subnet {
            id,
            block,
            v6,
            zone,
            taken: Vec::new(),
        });
    }

    /// A free address of a subnet, by its place in it.
    pub(super) fn take(&mut self, vpc: usize, subnet: usize, dice: &mut Dice) -> (String, u128) {
        let found = &mut self.vpcs[vpc].subnets[subnet];
        loop {
            let place = dice.between(4, 14) as u128;
            if !found.taken.contains(&place) {
                found.taken.push(place);
                return (Cidr::of(&found.block).nth(place).to_string(), place);
            }
        }
    }

    fn interfaces(&mut self, n: usize, dice: &mut Dice) {
        for g in 0..dice.between(2, 4) {
            let id = format!("sg-{n}{g}");
            let vpc = self.vpcs[n].id.clone();
            self.network.group(&id, &vpc);
            self.vpcs[n].groups.push(id);
        }
        let mut last_instance: Option<String> = None;
        for s in 0..self.vpcs[n].subnets.len() {
            for i in 0..dice.between(1, 3) {
                let id = format!("eni-{n}{s}{i}");
                self.interface(n, s, &id, &mut last_instance, dice);
            }
        }
    }

    fn interface(&mut self, n: usize, s: usize, id: &str, last: &mut Option<String>, dice: &mut Dice) {
        let (address, place) = self.take(n, s, dice);
        let subnet = self.vpcs[n].subnets[s].clone();
        let mut groups = vec![dice.pick(&self.vpcs[n].groups)];
        if dice.chance(40) {
            groups.push(dice.pick(&self.vpcs[n].groups));
            groups.dedup();
        }
        let groups: Vec<&str> = groups.iter().map(String::as_str).collect();
        let bare = dice.chance(15);
        if let (true, Some(instance)) = (self.nasty(dice, 3), last.clone()) {
            self.network
                .bare_interface(id, &subnet.id, &address, &groups)
                .set(
                    "NetworkInterfaces",
                    id,
                    "Attachment",
                    json!({"InstanceId": instance, "DeviceIndex": 1, "Status": "attached"}),
                );
        } else if bare {
            self.network.bare_interface(id, &subnet.id, &address, &groups);
        } else {
            self.network.interface_in(id, &subnet.id, &address, &groups);
            let instance = format!("i-{}", id.trim_start_matches("eni-"));
            if self.nasty(dice, 4) {
                let state = dice.pick(&["stopped", "stopped", "pending", "stopping", "terminated"]);
                self.network.instance_state(&instance, state);
            }
            *last = Some(instance);
        }
        if let Some(v6) = subnet.v6.as_ref().filter(|_| dice.chance(85)) {
            let address = Cidr::of(v6).nth(place + 0x10).to_string();
            self.network.address(id, &address);
            if self.nasty(dice, 4) {
                self.network
                    .set("NetworkInterfaces", id, "DenyAllIgwTraffic", true.into());
            }
        }
        if dice.chance(45) {
            let public = self.public_address();
            self.network.public(id, &public);
        }
        if dice.chance(12) {
            let (second, _) = self.take(n, s, dice);
            self.network.address(id, &second);
        }
        if subnet.block.ends_with("/27") && dice.chance(5) && !self.vpcs[n].subnets[s].taken.contains(&16) {
            let prefix = format!("{}/28", Cidr::of(&subnet.block).nth(16));
            self.vpcs[n].subnets[s].taken.push(16);
            self.network.set(
                "NetworkInterfaces",
                id,
                "Ipv4Prefixes",
                json!([{"Ipv4Prefix": prefix}]),
            );
        }
        if dice.chance(8) {
            self.network
                .set("NetworkInterfaces", id, "SourceDestCheck", false.into());
            self.vpcs[n].appliances.push(id.to_owned());
        }
        self.oddities(id, bare, dice);
    }

    fn oddities(&mut self, id: &str, bare: bool, dice: &mut Dice) {
        if bare && self.nasty(dice, 8) {
            let kind = dice.pick(&["lambda", "network_load_balancer", "lambda"]);
            self.network
                .set("NetworkInterfaces", id, "InterfaceType", kind.into());
            if kind == "network_load_balancer" {
                self.network.set("NetworkInterfaces", id, "Groups", json!([]));
            }
        }
        if self.nasty(dice, 3) {
            let status = dice.pick(&["available", "available", "attaching", "detaching"]);
            self.network.set("NetworkInterfaces", id, "Status", status.into());
            if status == "available" {
                self.network.edit("NetworkInterfaces", id, |i| {
                    i.as_object_mut().expect("an object").remove("Attachment");
                });
            }
        }
        if self.nasty(dice, 1) {
            self.network.set("NetworkInterfaces", id, "Groups", json!([]));
        }
    }

    fn gateways(&mut self, n: usize, dice: &mut Dice) {
        let vpc = self.vpcs[n].id.clone();
        if dice.chance(80) {
            let id = format!("igw-{n}");
            self.network.igw(&id, &vpc);
            if self.nasty(dice, 4) {
                let attachments = dice.pick(&[
                    json!([]),
                    json!([{"VpcId": "vpc-elsewhere", "State": "available"}]),
                ]);
                self.network
                    .set("InternetGateways", &id, "Attachments", attachments);
            }
            self.vpcs[n].igw = Some(id);
        }
        if self.vpcs[n].v6.is_some() && dice.chance(60) {
            let id = format!("eigw-{n}");
            self.network.eigw(&id, &vpc);
            self.vpcs[n].eigw = Some(id);
        }
        for k in 0..dice.weighted(&[(4, 0), (5, 1), (2, 2)]) {
            self.nat(n, k, dice);
        }
        if dice.chance(15) {
            let id = format!("vgw-{n}");
            self.network.vgw(&id, &vpc);
            if dice.chance(80) {
                let tunnels: &[&str] = if self.nasty(dice, 15) {
                    &["DOWN", "DOWN"]
                } else {
                    &["DOWN", "UP"]
                };
                let listed: &[&str] = if dice.chance(50) { &["192.168.0.0/16"] } else { &[] };
                let first = format!("vpn-{n}");
                self.network.vpn(&first, ("VpnGatewayId", &id), tunnels, listed);
                let is_static = |dice: &mut Dice| json!({"StaticRoutesOnly": dice.chance(50)});
                let options = is_static(dice);
                self.network.set("VpnConnections", &first, "Options", options);
                if dice.chance(35) {
                    let second = format!("vpn-{n}-b");
                    let (up, lists) = (dice.chance(80), dice.chance(30));
                    self.network.vpn(
                        &second,
                        ("VpnGatewayId", &id),
                        if up { &["UP"] } else { &["DOWN"] },
                        if lists {
                            &["192.168.0.0/16"]
                        } else {
                            &["172.30.0.0/16"]
                        },
                    );
                    let options = is_static(dice);
                    self.network.set("VpnConnections", &second, "Options", options);
                }
            }
            self.vpcs[n].vgw = Some(id);
        }
    }

    fn nat(&mut self, n: usize, k: usize, dice: &mut Dice) {
        let id = format!("nat-{n}{k}");
        let s = dice.below(self.vpcs[n].subnets.len());
        let (private, _) = self.take(n, s, dice);
        let subnet = self.vpcs[n].subnets[s].id.clone();
        let public = self.public_address();
        self.network.nat(&id, &subnet, &private, &public);
        let interface = format!("eni-of-{id}");
        if dice.chance(8) {
            self.regional(n, &id, &public, dice);
        } else if dice.chance(12) {
            self.network
                .set("NatGateways", &id, "ConnectivityType", "private".into())
                .edit("NatGateways", &id, |g| {
                    g["NatGatewayAddresses"][0]
                        .as_object_mut()
                        .expect("an object")
                        .remove("PublicIp");
                })
                .edit("NetworkInterfaces", &interface, |i| {
                    i.as_object_mut().expect("an object").remove("Association");
                    i["PrivateIpAddresses"][0]
                        .as_object_mut()
                        .expect("an object")
                        .remove("Association");
                });
        } else if dice.chance(20) {
            let (second, _) = self.take(n, s, dice);
            let status = if self.nasty(dice, 15) {
                "failed"
            } else {
                "succeeded"
            };
            let also = self.public_address();
            let mut address = json!({"PrivateIp": second, "NetworkInterfaceId": interface, "Status": status});
            let with_public = !self.nasty(dice, 10);
            if with_public {
                address["PublicIp"] = also.clone().into();
            }
            self.network
                .edit("NatGateways", &id, |g| {
                    g["NatGatewayAddresses"]
                        .as_array_mut()
                        .expect("a list")
                        .push(address);
                })
                .address(&interface, &second)
                .edit("NetworkInterfaces", &interface, |i| {
                    if with_public {
                        i["PrivateIpAddresses"][1]["Association"] = json!({"PublicIp": also});
                    }
                });
        }
        if self.nasty(dice, 5) {
            let state = dice.pick(&["deleting", "failed", "pending", "deleted"]);
            self.network.set("NatGateways", &id, "State", state.into());
        }
        self.vpcs[n].nats.push(id);
    }

    /// Makes a NAT gateway regional: no subnet, a table of its own, public addresses by zone.
    fn regional(&mut self, n: usize, id: &str, public: &str, dice: &mut Dice) {
        let (vpc, igw) = (self.vpcs[n].id.clone(), self.vpcs[n].igw.clone());
        let table = format!("rtb-{}", id.trim_start_matches("nat-").to_owned() + "r");
        self.network.table(&table, &vpc, &[]);
        if let Some(igw) = igw.filter(|_| dice.chance(90)) {
            self.network.route(&table, "0.0.0.0/0", &igw);
        }
        let mut addresses = vec![json!({
            "PublicIp": public, "Status": "succeeded", "AvailabilityZone": "eu-west-1a",
            "AvailabilityZoneId": "euw1-aza",
        })];
        if dice.chance(40) {
            let other = self.public_address();
            addresses.push(json!({
                "PublicIp": other, "Status": "succeeded", "AvailabilityZone": "eu-west-1b",
                "AvailabilityZoneId": "euw1-azb",
            }));
        }
        let automatic = if dice.chance(50) { "enabled" } else { "disabled" };
        self.network
            .remove("NetworkInterfaces", &format!("eni-of-{id}"))
            .edit("NatGateways", id, |g| {
                let fields = g.as_object_mut().expect("an object");
                fields.remove("SubnetId");
                fields.insert("AvailabilityMode".into(), "regional".into());
                fields.insert("AutoProvisionZones".into(), automatic.into());
                fields.insert("RouteTableId".into(), table.into());
                fields.insert("NatGatewayAddresses".into(), addresses.into());
            });
    }

    fn endpoints(&mut self, n: usize, dice: &mut Dice) {
        if dice.chance(30) {
            self.vpcs[n].endpoint = Some(format!("vpce-s3{n}"));
        }
        if dice.chance(15) {
            let s = dice.below(self.vpcs[n].subnets.len());
            let (address, _) = self.take(n, s, dice);
            let subnet = self.vpcs[n].subnets[s].id.clone();
            let group = dice.pick(&self.vpcs[n].groups);
            let id = format!("vpce-i{n}");
            self.network.interface_endpoint(&id, &subnet, &address, &[&group]);
            if self.nasty(dice, 8) {
                let state = dice.pick(&["pendingAcceptance", "rejected", "pending"]);
                self.network.set("VpcEndpoints", &id, "State", state.into());
            }
        }
        if dice.chance(12) {
            let subnet = dice.pick(&self.vpcs[n].subnets).id;
            let id = format!("vpce-g{n}");
            self.network.balancer_endpoint(&id, &subnet);
            self.vpcs[n].appliances.push(id);
        }
    }

    fn functions(&mut self, n: usize, dice: &mut Dice) {
        if !dice.chance(30) {
            return;
        }
        let vpc = self.vpcs[n].clone();
        let mut subnets = vec![dice.pick(&vpc.subnets)];
        if dice.chance(40) {
            let other = dice.pick(&vpc.subnets);
            if other.id != subnets[0].id {
                subnets.push(other);
            }
        }
        let all_v6 = subnets.iter().all(|s| s.v6.is_some());
        let ids: Vec<&str> = subnets.iter().map(|s| s.id.as_str()).collect();
        let group = dice.pick(&vpc.groups);
        let name = format!("fn-{n}");
        self.network.function(&name, &vpc.id, &ids, &[&group]);
        if all_v6 && dice.chance(60) {
            self.network.edit("Functions", &name, |f| {
                f["VpcConfig"]["Ipv6AllowedForDualStack"] = true.into();
            });
        }
    }

    /// All private addresses of interfaces, of either family.
    pub(super) fn addresses(&self) -> Vec<String> {
        let mut all = Vec::new();
        for interface in self.network.json()["NetworkInterfaces"]
            .as_array()
            .expect("a list")
        {
            all.extend(texts(interface, "PrivateIpAddresses", "PrivateIpAddress"));
            all.extend(texts(interface, "Ipv6Addresses", "Ipv6Address"));
        }
        all
    }

    /// All public addresses of interfaces.
    pub(super) fn publics(&self) -> Vec<String> {
        let mut all = Vec::new();
        for interface in self.network.json()["NetworkInterfaces"]
            .as_array()
            .expect("a list")
        {
            for address in interface["PrivateIpAddresses"].as_array().expect("a list") {
                all.extend(address["Association"]["PublicIp"].as_str().map(str::to_owned));
            }
        }
        all
    }
}

fn texts(of: &Value, list: &str, field: &str) -> Vec<String> {
    of[list]
        .as_array()
        .map(|l| {
            l.iter()
                .filter_map(|v| v[field].as_str().map(str::to_owned))
                .collect()
        })
        .unwrap_or_default()
}
