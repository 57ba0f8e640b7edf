//! Tiny networks by hand, as the JSON that `aws ec2 describe-*` prints.
//!
//! Everything that is not said is open: a VPC's network ACL and its group `sg-open-…` let everything pass, interfaces
//! are attached to running instances, gateways are attached and available.

use serde_json::{Map, Value, json};

/// A network in the making.
#[derive(Debug, Clone)]
pub(crate) struct Network(Map<String, Value>);

/// Every kind of resource that a snapshot can hold, with the field of its id.
pub(crate) const KINDS: [(&str, &str); 24] = [
    ("Vpcs", "VpcId"),
    ("Subnets", "SubnetId"),
    ("RouteTables", "RouteTableId"),
    ("NetworkAcls", "NetworkAclId"),
    ("SecurityGroups", "GroupId"),
    ("NetworkInterfaces", "NetworkInterfaceId"),
    ("Reservations", "ReservationId"),
    ("Functions", "FunctionName"),
    ("NatGateways", "NatGatewayId"),
    ("InternetGateways", "InternetGatewayId"),
    ("EgressOnlyInternetGateways", "EgressOnlyInternetGatewayId"),
    ("VpnGateways", "VpnGatewayId"),
    ("VpnConnections", "VpnConnectionId"),
    ("PrefixLists", "PrefixListId"),
    ("VpcPeeringConnections", "VpcPeeringConnectionId"),
    ("TransitGateways", "TransitGatewayId"),
    ("TransitGatewayAttachments", "TransitGatewayAttachmentId"),
    ("TransitGatewayVpcAttachments", "TransitGatewayAttachmentId"),
    ("TransitGatewayPeeringAttachments", "TransitGatewayAttachmentId"),
    ("TransitGatewayRouteTables", "TransitGatewayRouteTableId"),
    ("TransitGatewayStaticRoutes", "TransitGatewayRouteTableId"),
    ("TransitGatewayPropagations", "TransitGatewayRouteTableId"),
    ("TransitGatewayRoutes", "TransitGatewayRouteTableId"),
    ("VpcEndpoints", "VpcEndpointId"),
];

/// The account and Region of everything.
pub(crate) const ACCOUNT: &str = "111122223333";
pub(crate) const REGION: &str = "eu-west-1";

fn is_v6(prefix: &str) -> bool {
    prefix.contains(':')
}

/// What a prefix list's entry, an IPv6 block or an IPv4 block is called in a route.
fn destination_field(to: &str) -> &'static str {
    if to.starts_with("pl-") {
        "DestinationPrefixListId"
    } else if is_v6(to) {
        "DestinationIpv6CidrBlock"
    } else {
        "DestinationCidrBlock"
    }
}

/// The field in which a route names its target.
pub(crate) fn target_field(target: &str) -> &'static str {
    match target.split('-').next() {
        Some("nat") => "NatGatewayId",
        Some("tgw") => "TransitGatewayId",
        Some("pcx") => "VpcPeeringConnectionId",
        Some("eni") => "NetworkInterfaceId",
        Some("eigw") => "EgressOnlyInternetGatewayId",
        _ => "GatewayId",
    }
}

/// A route.
pub(crate) fn route(to: &str, target: &str) -> Value {
    let mut route = json!({
        "State": "active",
        "Origin": if target == "local" { "CreateRouteTable" } else { "CreateRoute" },
    });
    route[destination_field(to)] = to.into();
    route[target_field(target)] = target.into();
    route
}

/// An entry of a network ACL; `ports` of protocols that have none: ICMP type and code, -1 for any.
pub(crate) fn entry(
    number: u32,
    egress: bool,
    action: &str,
    protocol: &str,
    block: &str,
    ports: (i32, i32),
) -> Value {
    let mut entry = json!({
        "RuleNumber": number, "Egress": egress, "RuleAction": action, "Protocol": protocol,
    });
    entry[if is_v6(block) {
        "Ipv6CidrBlock"
    } else {
        "CidrBlock"
    }] = block.into();
    match protocol {
        "6" | "17" => entry["PortRange"] = json!({"From": ports.0, "To": ports.1}),
        "1" | "58" => entry["IcmpTypeCode"] = json!({"Type": ports.0, "Code": ports.1}),
        _ => {}
    }
    entry
}

/// A permission of a security group; `whom` is a group, a prefix list or a block.
pub(crate) fn permission(protocol: &str, ports: (i32, i32), whom: &str) -> Value {
    let mut permission = json!({
        "IpProtocol": protocol, "IpRanges": [], "Ipv6Ranges": [], "PrefixListIds": [], "UserIdGroupPairs": [],
    });
    if protocol != "-1" {
        permission["FromPort"] = ports.0.into();
        permission["ToPort"] = ports.1.into();
    }
    if whom.starts_with("sg-") {
        permission["UserIdGroupPairs"] = json!([{"GroupId": whom, "UserId": ACCOUNT}]);
    } else if whom.starts_with("pl-") {
        permission["PrefixListIds"] = json!([{"PrefixListId": whom}]);
    } else if is_v6(whom) {
        permission["Ipv6Ranges"] = json!([{"CidrIpv6": whom}]);
    } else {
        permission["IpRanges"] = json!([{"CidrIp": whom}]);
    }
    permission
}

/// The name of a zone by its letter.
fn zone(letter: &str) -> String {
    format!("{REGION}{letter}")
}

impl Network {
    /// Nothing, and nothing unread.
    pub(crate) fn new() -> Self {
        let mut all = Map::new();
        for (kind, _) in KINDS {
            all.insert(kind.to_owned(), json!([]));
        }
        Self(all)
    }

    /// The whole as JSON.
    pub(crate) fn json(&self) -> Value {
        Value::Object(self.0.clone())
    }

    /// Adds a resource as it stands.
    pub(crate) fn add(&mut self, kind: &str, resource: Value) -> &mut Self {
        self.0[kind].as_array_mut().expect("a list").push(resource);
        self
    }

    /// Leaves a kind unread.
    pub(crate) fn unread(&mut self, kind: &str) -> &mut Self {
        self.0.remove(kind);
        self
    }

    /// Takes a resource away.
    pub(crate) fn remove(&mut self, kind: &str, id: &str) -> &mut Self {
        let field = id_field(kind);
        self.0[kind]
            .as_array_mut()
            .expect("a list")
            .retain(|v| v[field] != id);
        self
    }

    /// Changes a resource.
    pub(crate) fn edit(&mut self, kind: &str, id: &str, change: impl FnOnce(&mut Value)) -> &mut Self {
        change(self.get(kind, id));
        self
    }

    /// Changes all resources with an id: a peering's attachment is listed on both its sides.
    pub(crate) fn edit_all(&mut self, kind: &str, id: &str, mut change: impl FnMut(&mut Value)) -> &mut Self {
        let field = id_field(kind);
        for resource in self.0[kind].as_array_mut().expect("a list") {
            if resource[field] == id {
                change(resource);
            }
        }
        self
    }

    /// Sets a field of a resource.
    pub(crate) fn set(&mut self, kind: &str, id: &str, field: &str, value: Value) -> &mut Self {
        self.get(kind, id)[field] = value;
        self
    }

    fn get(&mut self, kind: &str, id: &str) -> &mut Value {
        let field = id_field(kind);
        self.0[kind]
            .as_array_mut()
            .expect("a list")
            .iter_mut()
            .find(|v| v[field] == id)
            .unwrap_or_else(|| panic!("no {id} among {kind}"))
    }

    fn vpc_of(&mut self, subnet: &str) -> String {
        self.get("Subnets", subnet)["VpcId"]
            .as_str()
            .expect("an id")
            .to_owned()
    }

    /// A VPC `vpc-NAME` with its main table `rtb-NAME`, its open network ACL `acl-NAME` and an open group `sg-open-NAME`.
    pub(crate) fn vpc(&mut self, id: &str, block: &str) -> &mut Self {
        let name = id.trim_start_matches("vpc-");
        self.add(
            "Vpcs",
            json!({
                "VpcId": id, "CidrBlock": block, "OwnerId": ACCOUNT, "State": "available", "IsDefault": false,
                "CidrBlockAssociationSet": [{"CidrBlock": block, "CidrBlockState": {"State": "associated"}}],
                "Ipv6CidrBlockAssociationSet": [],
            }),
        );
        self.add(
            "RouteTables",
            json!({
                "RouteTableId": format!("rtb-{name}"), "VpcId": id, "OwnerId": ACCOUNT,
                "Associations": [{"Main": true, "AssociationState": {"State": "associated"}}],
                "Routes": [route(block, "local")],
            }),
        );
        self.add(
            "NetworkAcls",
            json!({
                "NetworkAclId": format!("acl-{name}"), "VpcId": id, "IsDefault": true, "OwnerId": ACCOUNT,
                "Associations": [],
                "Entries": [
                    entry(100, false, "allow", "-1", "0.0.0.0/0", (0, 0)),
                    entry(101, false, "allow", "-1", "::/0", (0, 0)),
                    entry(32767, false, "deny", "-1", "0.0.0.0/0", (0, 0)),
                    entry(32768, false, "deny", "-1", "::/0", (0, 0)),
                    entry(100, true, "allow", "-1", "0.0.0.0/0", (0, 0)),
                    entry(101, true, "allow", "-1", "::/0", (0, 0)),
                    entry(32767, true, "deny", "-1", "0.0.0.0/0", (0, 0)),
                    entry(32768, true, "deny", "-1", "::/0", (0, 0)),
                ],
            }),
        );
        let open = format!("sg-open-{name}");
        self.group(&open, id);
        for whom in ["0.0.0.0/0", "::/0"] {
            self.ingress(&open, "-1", (0, 0), whom);
            self.egress(&open, "-1", (0, 0), whom);
        }
        self
    }

    /// An IPv6 block of a VPC; `attribute` is `public` or `private`.
    pub(crate) fn vpc_v6(&mut self, vpc: &str, block: &str, attribute: &str) -> &mut Self {
        self.edit("Vpcs", vpc, |v| {
            v["Ipv6CidrBlockAssociationSet"]
                .as_array_mut()
                .expect("a list")
                .push(json!({
                    "Ipv6CidrBlock": block, "Ipv6CidrBlockState": {"State": "associated"},
                    "Ipv6AddressAttribute": attribute,
                }));
        });
        for table in self.0["RouteTables"].as_array_mut().expect("a list") {
            if table["VpcId"] == vpc {
                table["Routes"]
                    .as_array_mut()
                    .expect("a list")
                    .push(route(block, "local"));
            }
        }
        self
    }

    /// A subnet in zone `a`, `b` …
    pub(crate) fn subnet(&mut self, id: &str, vpc: &str, block: &str, letter: &str) -> &mut Self {
        let name = vpc.trim_start_matches("vpc-");
        self.add(
            "Subnets",
            json!({
                "SubnetId": id, "VpcId": vpc, "CidrBlock": block, "OwnerId": ACCOUNT, "State": "available",
                "AvailabilityZone": zone(letter), "AvailabilityZoneId": format!("euw1-az{letter}"),
                "Ipv6CidrBlockAssociationSet": [],
            }),
        );
        self.edit("NetworkAcls", &format!("acl-{name}"), |acl| {
            acl["Associations"]
                .as_array_mut()
                .expect("a list")
                .push(json!({"SubnetId": id, "NetworkAclAssociationId": format!("aclassoc-{id}")}));
        })
    }

    /// An IPv6 block of a subnet.
    pub(crate) fn subnet_v6(&mut self, subnet: &str, block: &str) -> &mut Self {
        self.set(
            "Subnets",
            subnet,
            "Ipv6CidrBlockAssociationSet",
            json!([{"Ipv6CidrBlock": block, "Ipv6CidrBlockState": {"State": "associated"}}]),
        )
    }

    /// A route table with the VPC's local routes, for these subnets.
    pub(crate) fn table(&mut self, id: &str, vpc: &str, subnets: &[&str]) -> &mut Self {
        let name = vpc.trim_start_matches("vpc-");
        let local: Vec<Value> = self.get("RouteTables", &format!("rtb-{name}"))["Routes"]
            .as_array()
            .expect("a list")
            .iter()
            .filter(|r| r["GatewayId"] == "local")
            .cloned()
            .collect();
        let associations: Vec<Value> = subnets
            .iter()
            .map(|s| json!({"Main": false, "SubnetId": s, "RouteTableAssociationId": format!("rtbassoc-{s}"), "AssociationState": {"State": "associated"}}))
            .collect();
        self.add(
            "RouteTables",
            json!({
                "RouteTableId": id, "VpcId": vpc, "OwnerId": ACCOUNT, "Associations": associations, "Routes": local,
            }),
        )
    }

    /// A table for what enters by a gateway.
    pub(crate) fn edge_table(&mut self, id: &str, vpc: &str, gateway: &str) -> &mut Self {
        self.table(id, vpc, &[]).set(
            "RouteTables",
            id,
            "Associations",
            json!([{"Main": false, "GatewayId": gateway, "AssociationState": {"State": "associated"}}]),
        )
    }

    /// A route in a table.
    pub(crate) fn route(&mut self, table: &str, to: &str, target: &str) -> &mut Self {
        self.push_route(table, route(to, target))
    }

    /// A route propagated by a virtual private gateway.
    pub(crate) fn propagated(&mut self, table: &str, to: &str, target: &str) -> &mut Self {
        let mut route = route(to, target);
        route["Origin"] = "EnableVgwRoutePropagation".into();
        self.push_route(table, route)
    }

    /// A route whose target is gone.
    pub(crate) fn blackhole(&mut self, table: &str, to: &str, target: &str) -> &mut Self {
        let mut route = route(to, target);
        route["State"] = "blackhole".into();
        self.push_route(table, route)
    }

    fn push_route(&mut self, table: &str, route: Value) -> &mut Self {
        self.edit("RouteTables", table, |t| {
            t["Routes"].as_array_mut().expect("a list").push(route);
        })
    }

    /// A network ACL without entries for these subnets.
    pub(crate) fn acl(&mut self, id: &str, vpc: &str, subnets: &[&str]) -> &mut Self {
        for acl in self.0["NetworkAcls"].as_array_mut().expect("a list") {
            acl["Associations"]
                .as_array_mut()
                .expect("a list")
                .retain(|a| !subnets.iter().any(|s| a["SubnetId"] == *s));
        }
        let associations: Vec<Value> = subnets
            .iter()
            .map(|s| json!({"SubnetId": s, "NetworkAclAssociationId": format!("aclassoc-{s}")}))
            .collect();
        self.add(
            "NetworkAcls",
            json!({
                "NetworkAclId": id, "VpcId": vpc, "IsDefault": false, "OwnerId": ACCOUNT,
                "Associations": associations,
                "Entries": [
                    entry(32767, false, "deny", "-1", "0.0.0.0/0", (0, 0)),
                    entry(32767, true, "deny", "-1", "0.0.0.0/0", (0, 0)),
                ],
            }),
        )
    }

    /// An entry of a network ACL.
    pub(crate) fn entry(&mut self, acl: &str, entry: Value) -> &mut Self {
        self.edit("NetworkAcls", acl, |a| {
            a["Entries"].as_array_mut().expect("a list").push(entry);
        })
    }

    /// Lets everything through a network ACL in one direction.
    pub(crate) fn open(&mut self, acl: &str, egress: bool) -> &mut Self {
        self.entry(acl, entry(200, egress, "allow", "-1", "0.0.0.0/0", (0, 0)))
    }

    /// A group without rules.
    pub(crate) fn group(&mut self, id: &str, vpc: &str) -> &mut Self {
        self.add(
            "SecurityGroups",
            json!({
                "GroupId": id, "GroupName": id.trim_start_matches("sg-"), "VpcId": vpc, "OwnerId": ACCOUNT,
                "IpPermissions": [], "IpPermissionsEgress": [],
            }),
        )
    }

    /// A group that lets everything out and nothing in.
    pub(crate) fn outward_group(&mut self, id: &str, vpc: &str) -> &mut Self {
        self.group(id, vpc)
            .egress(id, "-1", (0, 0), "0.0.0.0/0")
            .egress(id, "-1", (0, 0), "::/0")
    }

    /// An inbound rule.
    pub(crate) fn ingress(
        &mut self,
        group: &str,
        protocol: &str,
        ports: (i32, i32),
        whom: &str,
    ) -> &mut Self {
        let rule = permission(protocol, ports, whom);
        self.edit("SecurityGroups", group, |g| {
            g["IpPermissions"].as_array_mut().expect("a list").push(rule);
        })
    }

    /// An outbound rule.
    pub(crate) fn egress(&mut self, group: &str, protocol: &str, ports: (i32, i32), whom: &str) -> &mut Self {
        let rule = permission(protocol, ports, whom);
        self.edit("SecurityGroups", group, |g| {
            g["IpPermissionsEgress"]
                .as_array_mut()
                .expect("a list")
                .push(rule);
        })
    }

    /// An interface `eni-NAME` of a running instance `i-NAME`, with its VPC's open group.
    pub(crate) fn interface(&mut self, id: &str, subnet: &str, address: &str) -> &mut Self {
        let vpc = self.vpc_of(subnet);
        let open = format!("sg-open-{}", vpc.trim_start_matches("vpc-"));
        self.interface_in(id, subnet, address, &[&open])
    }

    /// The same, with these groups.
    pub(crate) fn interface_in(
        &mut self,
        id: &str,
        subnet: &str,
        address: &str,
        groups: &[&str],
    ) -> &mut Self {
        let instance = format!("i-{}", id.trim_start_matches("eni-"));
        self.bare_interface(id, subnet, address, groups)
            .set(
                "NetworkInterfaces",
                id,
                "Attachment",
                json!({"InstanceId": instance, "DeviceIndex": 0, "Status": "attached"}),
            )
            .instance(&instance)
    }

    /// An instance that runs.
    pub(crate) fn instance(&mut self, id: &str) -> &mut Self {
        self.add(
            "Reservations",
            json!({
                "ReservationId": format!("r-{id}"), "OwnerId": ACCOUNT,
                "Instances": [{"InstanceId": id, "State": {"Name": "running"}, "PlatformDetails": "Linux/UNIX"}],
            }),
        )
    }

    /// The state of an instance.
    pub(crate) fn instance_state(&mut self, id: &str, state: &str) -> &mut Self {
        self.edit("Reservations", &format!("r-{id}"), |r| {
            r["Instances"][0]["State"]["Name"] = state.into();
        })
    }

    /// An interface that a service made.
    pub(crate) fn bare_interface(
        &mut self,
        id: &str,
        subnet: &str,
        address: &str,
        groups: &[&str],
    ) -> &mut Self {
        let vpc = self.vpc_of(subnet);
        let zone = self.get("Subnets", subnet)["AvailabilityZone"].clone();
        let groups: Vec<Value> = groups.iter().map(|g| json!({"GroupId": g})).collect();
        let mut interface = json!({
            "NetworkInterfaceId": id, "SubnetId": subnet, "VpcId": vpc, "OwnerId": ACCOUNT, "AvailabilityZone": zone,
            "InterfaceType": "interface", "Status": "in-use", "SourceDestCheck": true, "Groups": groups,
            "PrivateIpAddresses": [], "Ipv6Addresses": [],
        });
        if is_v6(address) {
            interface["Ipv6Addresses"] = json!([{"Ipv6Address": address}]);
        } else {
            interface["PrivateIpAddress"] = address.into();
            interface["PrivateIpAddresses"] = json!([{"PrivateIpAddress": address, "Primary": true}]);
        }
        self.add("NetworkInterfaces", interface)
    }

    /// A further address of an interface.
    pub(crate) fn address(&mut self, interface: &str, address: &str) -> &mut Self {
        self.edit("NetworkInterfaces", interface, |i| {
            if is_v6(address) {
                i["Ipv6Addresses"]
                    .as_array_mut()
                    .expect("a list")
                    .push(json!({"Ipv6Address": address}));
            } else {
                i["PrivateIpAddresses"]
                    .as_array_mut()
                    .expect("a list")
                    .push(json!({"PrivateIpAddress": address, "Primary": false}));
            }
        })
    }

    /// The public address of an interface's primary one.
    pub(crate) fn public(&mut self, interface: &str, address: &str) -> &mut Self {
        self.edit("NetworkInterfaces", interface, |i| {
            let association = json!({"PublicIp": address, "IpOwnerId": "amazon"});
            i["PrivateIpAddresses"][0]["Association"] = association.clone();
            i["Association"] = association;
        })
    }

    /// An internet gateway attached to a VPC.
    pub(crate) fn igw(&mut self, id: &str, vpc: &str) -> &mut Self {
        self.add(
            "InternetGateways",
            json!({"InternetGatewayId": id, "OwnerId": ACCOUNT, "Attachments": [{"VpcId": vpc, "State": "available"}]}),
        )
    }

    /// An egress-only internet gateway attached to a VPC.
    pub(crate) fn eigw(&mut self, id: &str, vpc: &str) -> &mut Self {
        self.add(
            "EgressOnlyInternetGateways",
            json!({"EgressOnlyInternetGatewayId": id, "Attachments": [{"VpcId": vpc, "State": "attached"}]}),
        )
    }

    /// A zonal public NAT gateway, with its interface.
    pub(crate) fn nat(&mut self, id: &str, subnet: &str, private: &str, public: &str) -> &mut Self {
        let vpc = self.vpc_of(subnet);
        let interface = format!("eni-of-{id}");
        self.bare_interface(&interface, subnet, private, &[])
            .set(
                "NetworkInterfaces",
                &interface,
                "InterfaceType",
                "nat_gateway".into(),
            )
            .set("NetworkInterfaces", &interface, "SourceDestCheck", false.into())
            .public(&interface, public)
            .add(
                "NatGateways",
                json!({
                    "NatGatewayId": id, "VpcId": vpc, "SubnetId": subnet, "State": "available",
                    "ConnectivityType": "public",
                    "NatGatewayAddresses": [{
                        "PrivateIp": private, "PublicIp": public, "NetworkInterfaceId": interface,
                        "Status": "succeeded", "IsPrimary": true,
                    }],
                }),
            )
    }

    /// An active peering of two VPCs of the Region.
    pub(crate) fn peering(&mut self, id: &str, requester: &str, accepter: &str) -> &mut Self {
        let side = |network: &mut Self, vpc: &str| {
            let v = network.get("Vpcs", vpc);
            let v6: Vec<Value> = v["Ipv6CidrBlockAssociationSet"]
                .as_array()
                .expect("a list")
                .iter()
                .map(|b| json!({"Ipv6CidrBlock": b["Ipv6CidrBlock"]}))
                .collect();
            json!({
                "VpcId": vpc, "CidrBlock": v["CidrBlock"], "CidrBlockSet": [{"CidrBlock": v["CidrBlock"]}],
                "Ipv6CidrBlockSet": v6, "OwnerId": ACCOUNT, "Region": REGION,
            })
        };
        let (requester, accepter) = (side(self, requester), side(self, accepter));
        self.add(
            "VpcPeeringConnections",
            json!({
                "VpcPeeringConnectionId": id, "RequesterVpcInfo": requester, "AccepterVpcInfo": accepter,
                "Status": {"Code": "active"},
            }),
        )
    }

    /// A transit gateway with one empty table `tgw-rtb-NAME`.
    pub(crate) fn tgw(&mut self, id: &str) -> &mut Self {
        self.add(
            "TransitGateways",
            json!({
                "TransitGatewayId": id, "OwnerId": ACCOUNT, "State": "available",
                "TransitGatewayArn": format!("arn:aws:ec2:{REGION}:{ACCOUNT}:transit-gateway/{id}"),
                "Options": {"SecurityGroupReferencingSupport": "disable"},
            }),
        );
        let table = format!("tgw-rtb-{}", id.trim_start_matches("tgw-"));
        self.tgw_table(&table, id)
    }

    /// A further, empty table of a transit gateway.
    pub(crate) fn tgw_table(&mut self, id: &str, tgw: &str) -> &mut Self {
        self.add(
            "TransitGatewayRouteTables",
            json!({"TransitGatewayRouteTableId": id, "TransitGatewayId": tgw, "State": "available"}),
        )
        .add(
            "TransitGatewayStaticRoutes",
            json!({"TransitGatewayRouteTableId": id, "Routes": [], "AdditionalRoutesAvailable": false}),
        )
        .add(
            "TransitGatewayPropagations",
            json!({"TransitGatewayRouteTableId": id, "TransitGatewayRouteTablePropagations": []}),
        )
    }

    /// An attachment of a VPC, associated with a table and propagating into it.
    pub(crate) fn attach(
        &mut self,
        id: &str,
        tgw: &str,
        vpc: &str,
        subnets: &[&str],
        table: &str,
    ) -> &mut Self {
        self.add(
            "TransitGatewayVpcAttachments",
            json!({
                "TransitGatewayAttachmentId": id, "TransitGatewayId": tgw, "VpcId": vpc, "VpcOwnerId": ACCOUNT,
                "State": "available", "SubnetIds": subnets,
                "Options": {
                    "DnsSupport": "enable", "Ipv6Support": "enable", "ApplianceModeSupport": "disable",
                    "SecurityGroupReferencingSupport": "enable",
                },
            }),
        )
        .attachment(id, tgw, "vpc", vpc, table)
        .propagate(table, id, "vpc", vpc)
    }

    /// An attachment of any kind, associated with a table.
    pub(crate) fn attachment(&mut self, id: &str, tgw: &str, kind: &str, of: &str, table: &str) -> &mut Self {
        self.add(
            "TransitGatewayAttachments",
            json!({
                "TransitGatewayAttachmentId": id, "TransitGatewayId": tgw, "ResourceType": kind, "ResourceId": of,
                "TransitGatewayOwnerId": ACCOUNT, "ResourceOwnerId": ACCOUNT, "State": "available",
                "Association": {"TransitGatewayRouteTableId": table, "State": "associated"},
            }),
        )
    }

    /// A propagation into a table.
    pub(crate) fn propagate(&mut self, table: &str, attachment: &str, kind: &str, of: &str) -> &mut Self {
        let propagation = json!({
            "TransitGatewayAttachmentId": attachment, "ResourceType": kind, "ResourceId": of, "State": "enabled",
        });
        self.edit("TransitGatewayPropagations", table, |t| {
            t["TransitGatewayRouteTablePropagations"]
                .as_array_mut()
                .expect("a list")
                .push(propagation);
        })
    }

    /// A static route of a transit gateway's table; without an attachment: a blackhole.
    pub(crate) fn tgw_route(
        &mut self,
        table: &str,
        to: &str,
        attachment: Option<(&str, &str, &str)>,
    ) -> &mut Self {
        let attachments: Vec<Value> = attachment
            .iter()
            .map(|(id, kind, of)| {
                json!({"TransitGatewayAttachmentId": id, "ResourceType": kind, "ResourceId": of})
            })
            .collect();
        let state = if attachment.is_some() {
            "active"
        } else {
            "blackhole"
        };
        self.edit("TransitGatewayStaticRoutes", table, |t| {
            t["Routes"].as_array_mut().expect("a list").push(json!({
                "DestinationCidrBlock": to, "Type": "static", "State": state,
                "TransitGatewayAttachments": attachments,
            }));
        })
    }

    /// A gateway endpoint and its route in these tables.
    pub(crate) fn gateway_endpoint(&mut self, id: &str, vpc: &str, list: &str, tables: &[&str]) -> &mut Self {
        self.add(
            "VpcEndpoints",
            json!({
                "VpcEndpointId": id, "VpcEndpointType": "Gateway", "VpcId": vpc, "State": "available",
                "ServiceName": format!("com.amazonaws.{REGION}.s3"), "IpAddressType": "ipv4",
                "RouteTableIds": tables, "OwnerId": ACCOUNT,
            }),
        );
        for table in tables {
            self.route(table, list, id);
        }
        self
    }

    /// An interface endpoint with one interface `eni-of-ID`.
    pub(crate) fn interface_endpoint(
        &mut self,
        id: &str,
        subnet: &str,
        address: &str,
        groups: &[&str],
    ) -> &mut Self {
        let vpc = self.vpc_of(subnet);
        let interface = format!("eni-of-{id}");
        let group_list: Vec<Value> = groups.iter().map(|g| json!({"GroupId": g})).collect();
        self.bare_interface(&interface, subnet, address, groups)
            .set(
                "NetworkInterfaces",
                &interface,
                "InterfaceType",
                "vpc_endpoint".into(),
            )
            .add(
                "VpcEndpoints",
                json!({
                    "VpcEndpointId": id, "VpcEndpointType": "Interface", "VpcId": vpc, "State": "available",
                    "ServiceName": format!("com.amazonaws.{REGION}.sqs"), "IpAddressType": "ipv4",
                    "SubnetIds": [subnet], "NetworkInterfaceIds": [interface], "Groups": group_list,
                    "OwnerId": ACCOUNT,
                }),
            )
    }

    /// A Gateway Load Balancer endpoint.
    pub(crate) fn balancer_endpoint(&mut self, id: &str, subnet: &str) -> &mut Self {
        let vpc = self.vpc_of(subnet);
        self.add(
            "VpcEndpoints",
            json!({
                "VpcEndpointId": id, "VpcEndpointType": "GatewayLoadBalancer", "VpcId": vpc, "State": "available",
                "SubnetIds": [subnet], "NetworkInterfaceIds": [], "OwnerId": ACCOUNT,
            }),
        )
    }

    /// A prefix list.
    pub(crate) fn prefix_list(&mut self, id: &str, entries: &[&str]) -> &mut Self {
        self.add(
            "PrefixLists",
            json!({"PrefixListId": id, "PrefixListName": format!("list {id}"), "Cidrs": entries, "OwnerId": ACCOUNT}),
        )
    }

    /// A function in a VPC.
    pub(crate) fn function(&mut self, name: &str, vpc: &str, subnets: &[&str], groups: &[&str]) -> &mut Self {
        self.add(
            "Functions",
            json!({
                "FunctionName": name, "Version": "$LATEST", "State": "Active",
                "FunctionArn": format!("arn:aws:lambda:{REGION}:{ACCOUNT}:function:{name}"),
                "VpcConfig": {
                    "VpcId": vpc, "SubnetIds": subnets, "SecurityGroupIds": groups,
                    "Ipv6AllowedForDualStack": false,
                },
            }),
        )
    }

    /// A virtual private gateway attached to a VPC.
    pub(crate) fn vgw(&mut self, id: &str, vpc: &str) -> &mut Self {
        self.add(
            "VpnGateways",
            json!({"VpnGatewayId": id, "State": "available", "VpcAttachments": [{"VpcId": vpc, "State": "attached"}]}),
        )
    }

    /// A VPN connection of a virtual private gateway or of a transit gateway, its tunnels in these states.
    pub(crate) fn vpn(
        &mut self,
        id: &str,
        at: (&str, &str),
        tunnels: &[&str],
        prefixes: &[&str],
    ) -> &mut Self {
        let telemetry: Vec<Value> = tunnels.iter().map(|s| json!({"Status": s})).collect();
        let routes: Vec<Value> = prefixes
            .iter()
            .map(|p| json!({"DestinationCidrBlock": p, "State": "available"}))
            .collect();
        let mut vpn = json!({
            "VpnConnectionId": id, "State": "available", "VgwTelemetry": telemetry, "Routes": routes,
        });
        vpn[at.0] = at.1.into();
        self.add("VpnConnections", vpn)
    }
}

/// The field of a kind's id.
pub(crate) fn id_field(kind: &str) -> &'static str {
    KINDS
        .iter()
        .find(|(k, _)| *k == kind)
        .map(|(_, f)| *f)
        .unwrap_or_else(|| panic!("no kind `{kind}`"))
}
