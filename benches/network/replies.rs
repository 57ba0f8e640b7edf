//! The network as the AWS CLI prints it, with the fields that hopwatch does not read, too.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::ser::PrettyFormatter;
use serde_json::{Value, json};

use super::layout::{Size, Tier, address, id, prefix, public_address};
use super::rules::{PREFIX_LIST_ENTRIES, PREFIX_LISTS, entries, inbound, outbound};

const OWNER: &str = "111122223333";
const TGW: &str = "tgw-00000000000000001";

/// All replies: the name of a file and its text.
pub(crate) fn replies(size: Size) -> Vec<(&'static str, Vec<u8>)> {
    let mut replies = Vec::new();
    for reply in ALL {
        let mut text = Vec::new();
        (reply.write)(size, &mut Rows::new(&mut text, reply.key)).expect("memory takes it");
        replies.push((reply.key, text));
    }
    replies
}

/// Loads the replies as files would be.
pub(crate) fn snapshot(size: Size) -> hopwatch::network::Snapshot {
    use hopwatch::network::load::{Source, merge, parse};
    let documents = replies(size).into_iter().map(|(name, text)| {
        let source = Source {
            name: name.to_owned(),
            ..Source::default()
        };
        parse(source, &text).expect("it is valid")
    });
    merge(documents.collect()).expect("it is whole").snapshot
}

struct Reply {
    key: &'static str,
    write: fn(Size, &mut Rows<'_>) -> io::Result<()>,
}

/// Writes a reply row by row, as a whole one would not fit beside what is measured.
struct Rows<'w> {
    to: &'w mut dyn Write,
    key: &'static str,
    count: usize,
}

impl<'w> Rows<'w> {
    fn new(to: &'w mut dyn Write, key: &'static str) -> Self {
        Self { to, key, count: 0 }
    }

    fn add(&mut self, row: &Value) -> io::Result<()> {
        let before = if self.count == 0 {
            format!("{{\n    \"{}\": [\n", self.key)
        } else {
            ",\n".to_owned()
        };
        self.count += 1;
        self.to.write_all(before.as_bytes())?;
        let mut serializer = serde_json::Serializer::with_formatter(
            Indented(&mut *self.to),
            PrettyFormatter::with_indent(b"    "),
        );
        row.serialize(&mut serializer).map_err(io::Error::from)
    }

    fn end(&mut self) -> io::Result<()> {
        let end = if self.count == 0 {
            format!("{{\n    \"{}\": [\n    ]\n}}\n", self.key)
        } else {
            "\n    ]\n}\n".to_owned()
        };
        self.to.write_all(end.as_bytes())
    }
}

/// Sets every line further in, as rows stand two levels deep.
struct Indented<'w>(&'w mut dyn Write);

impl Write for Indented<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        for line in bytes.split_inclusive(|byte| *byte == b'\n') {
            self.0.write_all(line)?;
            if line.ends_with(b"\n") {
                self.0.write_all(b"        ")?;
            }
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

fn tags(name: String) -> Value {
    json!([{"Key": "Name", "Value": name}, {"Key": "team", "Value": "platform"}])
}

fn all(rows: &mut Rows<'_>, count: usize, row: impl Fn(usize) -> Value) -> io::Result<()> {
    for index in 0..count {
        rows.add(&row(index))?;
    }
    rows.end()
}

const ALL: &[Reply] = &[
    Reply {
        key: "Vpcs",
        write: |size, rows| {
            all(rows, size.vpcs, |v| {
                json!({
                    "VpcId": id("vpc", v), "CidrBlock": format!("10.{v}.0.0/16"), "OwnerId": OWNER, "State": "available",
                    "InstanceTenancy": "default", "IsDefault": false, "DhcpOptionsId": id("dopt", 1), "Tags": tags(format!("vpc {v}")),
                })
            })
        },
    },
    Reply {
        key: "Subnets",
        write: |size, rows| {
            all(rows, size.subnets(), |s| {
                let (v, tier, z) = size.place(s);
                json!({
                    "SubnetId": id("subnet", s), "VpcId": id("vpc", v), "CidrBlock": format!("{}.0/24", prefix(size, s)),
                    "AvailabilityZone": zone(z), "AvailabilityZoneId": format!("euw1-az{}", z + 1), "OwnerId": OWNER,
                    "State": "available", "AvailableIpAddressCount": 200, "MapPublicIpOnLaunch": false, "DefaultForAz": false,
                    "Ipv6CidrBlockAssociationSet": [], "Tags": tags(format!("{tier:?} {z} of vpc {v}")),
                })
            })
        },
    },
    Reply {
        key: "RouteTables",
        write: |size, rows| all(rows, size.vpcs * (1 + size.zones), |t| route_table(size, t)),
    },
    Reply {
        key: "NetworkAcls",
        write: |size, rows| all(rows, size.vpcs * Tier::ALL.len(), |a| network_acl(size, a)),
    },
    Reply {
        key: "SecurityGroups",
        write: |size, rows| {
            all(rows, size.groups, |g| {
                let (v, tier) = size.place_of_group(g);
                json!({
                    "GroupId": id("sg", g), "GroupName": format!("{tier:?}-{g}"), "VpcId": id("vpc", v), "OwnerId": OWNER,
                    "Description": "made by a pipeline", "IpPermissions": inbound(size, g), "IpPermissionsEgress": outbound(size, g),
                    "SecurityGroupArn": format!("arn:aws:ec2:eu-west-1:{OWNER}:security-group/{}", id("sg", g)),
                    "Tags": tags(format!("{tier:?} {g}")),
                })
            })
        },
    },
    Reply {
        key: "NetworkInterfaces",
        write: |size, rows| {
            for e in 0..size.interfaces {
                rows.add(&interface(size, e, true))?;
            }
            for n in 0..size.vpcs * size.zones {
                rows.add(&nat_interface(size, n))?;
            }
            rows.end()
        },
    },
    Reply {
        key: "Reservations",
        write: |size, rows| all(rows, size.interfaces, |e| instance(size, e)),
    },
    Reply {
        key: "NatGateways",
        write: |size, rows| {
            all(rows, size.vpcs * size.zones, |n| {
                let (v, z) = (n / size.zones, n % size.zones);
                json!({
                    "NatGatewayId": id("nat", n), "VpcId": id("vpc", v), "SubnetId": id("subnet", size.subnet(v, Tier::Public, z)),
                    "State": "available", "ConnectivityType": "public", "CreateTime": "2025-01-01T00:00:00+00:00",
                    "NatGatewayAddresses": [{"NetworkInterfaceId": id("eni", size.interfaces + n), "PrivateIp": nat_address(size, n),
                        "PublicIp": nat_public(n), "AllocationId": id("eipalloc", n), "IsPrimary": true, "Status": "succeeded"}],
                    "Tags": tags(format!("nat {v} {z}")),
                })
            })
        },
    },
    Reply {
        key: "InternetGateways",
        write: |size, rows| {
            all(rows, size.vpcs, |v| {
                json!({
                    "InternetGatewayId": id("igw", v), "OwnerId": OWNER, "Attachments": [{"VpcId": id("vpc", v), "State": "available"}],
                    "Tags": tags(format!("igw {v}")),
                })
            })
        },
    },
    Reply {
        key: "VpcEndpoints",
        write: |size, rows| {
            all(rows, size.vpcs, |v| {
                json!({
                    "VpcEndpointId": id("vpce", v), "VpcEndpointType": "Gateway", "VpcId": id("vpc", v), "OwnerId": OWNER,
                    "ServiceName": "com.amazonaws.eu-west-1.s3", "State": "available", "SubnetIds": [], "Groups": [],
                    "RouteTableIds": (0..size.zones).map(|z| id("rtb", v * (1 + size.zones) + 1 + z)).collect::<Vec<_>>(),
                    "NetworkInterfaceIds": [], "Tags": tags(format!("s3 {v}")),
                })
            })
        },
    },
    Reply {
        key: "VpcPeeringConnections",
        write: |size, rows| {
            all(rows, size.vpcs / 2, |p| {
                let side = |v: usize| {
                    json!({"VpcId": id("vpc", v), "CidrBlock": format!("10.{v}.0.0/16"), "OwnerId": OWNER,
            "CidrBlockSet": [{"CidrBlock": format!("10.{v}.0.0/16")}], "Region": "eu-west-1"})
                };
                json!({"VpcPeeringConnectionId": id("pcx", p), "RequesterVpcInfo": side(2 * p), "AccepterVpcInfo": side(2 * p + 1),
            "Status": {"Code": "active", "Message": "Active"}, "Tags": tags(format!("peering {p}"))})
            })
        },
    },
    Reply {
        key: "TransitGateways",
        write: |_, rows| {
            all(rows, 1, |_| {
                json!({
                    "TransitGatewayId": TGW, "TransitGatewayArn": format!("arn:aws:ec2:eu-west-1:{OWNER}:transit-gateway/{TGW}"),
                    "OwnerId": OWNER, "State": "available", "Options": {"SecurityGroupReferencingSupport": "disable"},
                    "Tags": tags("hub".into()),
                })
            })
        },
    },
    Reply {
        key: "TransitGatewayRouteTables",
        write: |_, rows| {
            all(rows, 2, |t| {
                json!({
                    "TransitGatewayRouteTableId": id("tgw-rtb", t), "TransitGatewayId": TGW, "State": "available",
                    "Tags": tags(format!("table {t}")),
                })
            })
        },
    },
    Reply {
        key: "TransitGatewayVpcAttachments",
        write: |size, rows| {
            all(rows, size.vpcs, |v| {
                json!({
                    "TransitGatewayAttachmentId": id("tgw-attach", v), "TransitGatewayId": TGW, "VpcId": id("vpc", v),
                    "VpcOwnerId": OWNER, "State": "available",
                    "SubnetIds": (0..size.zones).map(|z| id("subnet", size.subnet(v, Tier::Service, z))).collect::<Vec<_>>(),
                    "Options": {"DnsSupport": "enable", "ApplianceModeSupport": "disable", "SecurityGroupReferencingSupport": "enable"},
                })
            })
        },
    },
    Reply {
        key: "TransitGatewayAttachments",
        write: |size, rows| {
            all(rows, size.vpcs, |v| {
                json!({
                    "TransitGatewayAttachmentId": id("tgw-attach", v), "TransitGatewayId": TGW, "ResourceType": "vpc",
                    "ResourceId": id("vpc", v), "TransitGatewayOwnerId": OWNER, "ResourceOwnerId": OWNER, "State": "available",
                    "Association": {"TransitGatewayRouteTableId": id("tgw-rtb", transit_table(v)), "State": "associated"},
                })
            })
        },
    },
    Reply {
        key: "TransitGatewayStaticRoutes",
        write: |_, rows| {
            all(rows, 2, |t| {
                json!({
                    "TransitGatewayRouteTableId": id("tgw-rtb", t), "AdditionalRoutesAvailable": false,
                    // The sandboxes are shut off from production.
                    "Routes": if t == 0 {
                        json!([{"DestinationCidrBlock": "10.3.0.0/16", "Type": "static", "State": "blackhole", "TransitGatewayAttachments": []}])
                    } else {
                        json!([])
                    },
                })
            })
        },
    },
    Reply {
        key: "TransitGatewayPropagations",
        write: |size, rows| {
            all(rows, 2, |t| {
                json!({
                    "TransitGatewayRouteTableId": id("tgw-rtb", t),
                    "TransitGatewayRouteTablePropagations": (0..size.vpcs).map(|v| json!({
                        "TransitGatewayAttachmentId": id("tgw-attach", v), "ResourceType": "vpc", "ResourceId": id("vpc", v),
                        "State": "enabled",
                    })).collect::<Vec<_>>(),
                })
            })
        },
    },
    Reply {
        key: "ManagedPrefixLists",
        write: |_, rows| {
            all(rows, PREFIX_LISTS + 1, |p| {
                json!({
                    "PrefixListId": prefix_list(p), "PrefixListName": format!("list-{p}"), "OwnerId": OWNER, "AddressFamily": "IPv4",
                    "State": "create-complete", "Version": 3,
                })
            })
        },
    },
    Reply {
        key: "PrefixListEntries",
        write: |size, rows| {
            all(rows, PREFIX_LISTS + 1, |p| {
                let mut dice = size.dice("prefix list", p);
                let entry = |cidr: String| json!({"Cidr": cidr, "Description": "an office"});
                let entries: Vec<Value> = if p == PREFIX_LISTS {
                    vec![entry("52.218.0.0/17".into()), entry("3.5.64.0/21".into())]
                } else {
                    (0..PREFIX_LIST_ENTRIES)
                        .map(|_| entry(format!("172.{}.{}.0/24", 16 + dice.below(16), dice.below(250))))
                        .collect()
                };
                json!({"PrefixListId": prefix_list(p), "Entries": entries})
            })
        },
    },
    Reply {
        key: "Functions",
        write: |size, rows| {
            all(rows, functions(size), |f| {
                let v = f % size.vpcs;
                json!({
                    "FunctionName": format!("function-{f}"), "State": "Active", "Version": "$LATEST", "Runtime": "provided.al2023",
                    "FunctionArn": format!("arn:aws:lambda:eu-west-1:{OWNER}:function:function-{f}"),
                    "VpcConfig": {
                        "VpcId": id("vpc", v),
                        "SubnetIds": (0..size.zones).map(|z| id("subnet", size.subnet(v, Tier::App, z))).collect::<Vec<_>>(),
                        "SecurityGroupIds": [id("sg", size.group(v, Tier::App, f % size.groups_of_tier()))],
                    },
                })
            })
        },
    },
];

/// How many functions there are.
pub(crate) fn functions(size: Size) -> usize {
    size.vpcs * 4
}

fn zone(zone: usize) -> String {
    format!("eu-west-1{}", ["a", "b", "c", "d"][zone % 4])
}

/// Every fifth VPC is a shared one, with a table of its own.
fn transit_table(vpc: usize) -> usize {
    usize::from(vpc.is_multiple_of(5))
}

/// The last list is that of the gateway endpoints.
fn prefix_list(index: usize) -> String {
    id("pl", index)
}

fn nat_address(size: Size, nat: usize) -> String {
    let subnet = size.subnet(nat / size.zones, Tier::Public, nat % size.zones);
    format!("{}.5", prefix(size, subnet))
}

fn nat_public(nat: usize) -> String {
    format!("203.0.113.{}", nat + 1)
}

/// Table 0 of each VPC is the public one; the others are the zones'.
fn route_table(size: Size, index: usize) -> Value {
    let (v, t) = (index / (1 + size.zones), index % (1 + size.zones));
    let route = |to: String, key: &str, target: String| {
        let mut route = json!({"DestinationCidrBlock": to, "Origin": "CreateRoute", "State": "active"});
        route[key] = target.into();
        route
    };
    let mut routes = vec![
        json!({"DestinationCidrBlock": format!("10.{v}.0.0/16"), "GatewayId": "local",
        "Origin": "CreateRouteTable", "State": "active"}),
    ];
    if let Some(peer) = size.peer(v) {
        let peering = id("pcx", v / 2);
        routes.push(route(
            format!("10.{peer}.0.0/16"),
            "VpcPeeringConnectionId",
            peering,
        ));
    }
    routes.push(route("10.0.0.0/8".into(), "TransitGatewayId", TGW.into()));
    routes.push(route("172.16.0.0/12".into(), "TransitGatewayId", TGW.into()));
    let subnets: Vec<usize> = if t == 0 {
        routes.push(route("0.0.0.0/0".into(), "GatewayId", id("igw", v)));
        (0..size.zones).map(|z| size.subnet(v, Tier::Public, z)).collect()
    } else {
        routes.push(route(
            "0.0.0.0/0".into(),
            "NatGatewayId",
            id("nat", v * size.zones + t - 1),
        ));
        routes.push(
            json!({"DestinationPrefixListId": prefix_list(PREFIX_LISTS), "GatewayId": id("vpce", v),
            "Origin": "CreateRoute", "State": "active"}),
        );
        [Tier::App, Tier::Data, Tier::Service]
            .map(|tier| size.subnet(v, tier, t - 1))
            .into()
    };
    let mut associations: Vec<Value> = subnets
        .into_iter()
        .map(|s| json!({"Main": false, "RouteTableAssociationId": id("rtbassoc", s), "RouteTableId": id("rtb", index),
            "SubnetId": id("subnet", s), "AssociationState": {"State": "associated"}}))
        .collect();
    if t == 1 {
        associations.push(
            json!({"Main": true, "RouteTableAssociationId": id("rtbassoc", size.subnets() + v),
            "RouteTableId": id("rtb", index), "AssociationState": {"State": "associated"}}),
        );
    }
    json!({"RouteTableId": id("rtb", index), "VpcId": id("vpc", v), "OwnerId": OWNER, "Associations": associations,
        "PropagatingVgws": [], "Routes": routes, "Tags": tags(format!("table {v} {t}"))})
}

/// The id of a tier's network ACL in one VPC.
pub(crate) fn network_acl_id(vpc: usize, tier: Tier) -> String {
    id("acl", vpc * Tier::ALL.len() + tier as usize)
}

fn network_acl(size: Size, index: usize) -> Value {
    let (v, tier) = (index / Tier::ALL.len(), Tier::ALL[index % Tier::ALL.len()]);
    let is_default = tier == Tier::Service;
    let entries = if is_default {
        let open = |egress: bool, number: u32, action: &str| {
            json!({"RuleNumber": number, "Egress": egress,
            "RuleAction": action, "Protocol": "-1", "CidrBlock": "0.0.0.0/0"})
        };
        vec![
            open(false, 100, "allow"),
            open(true, 100, "allow"),
            open(false, 32767, "deny"),
            open(true, 32767, "deny"),
        ]
    } else {
        entries(size, v, tier)
    };
    let associations: Vec<Value> = (0..size.zones)
        .map(|z| size.subnet(v, tier, z))
        .map(|s| {
            json!({"NetworkAclAssociationId": id("aclassoc", s), "NetworkAclId": network_acl_id(v, tier),
            "SubnetId": id("subnet", s)})
        })
        .collect();
    json!({"NetworkAclId": network_acl_id(v, tier), "VpcId": id("vpc", v), "OwnerId": OWNER, "IsDefault": is_default,
        "Associations": associations, "Entries": entries, "Tags": tags(format!("acl {v} {tier:?}"))})
}

fn interface(size: Size, e: usize, alone: bool) -> Value {
    let subnet = size.subnet_of(e);
    let (v, _, z) = size.place(subnet);
    let private = address(size, e);
    let association = public_address(size, e).map(|public| {
        json!({"PublicIp": public, "IpOwnerId": OWNER,
        "PublicDnsName": format!("ec2-{e}.eu-west-1.compute.amazonaws.com")})
    });
    let name = format!("ip-{}.eu-west-1.compute.internal", private.replace('.', "-"));
    let mut own = json!({"Primary": true, "PrivateDnsName": name, "PrivateIpAddress": private});
    if let Some(association) = &association {
        own["Association"] = association.clone();
    }
    let groups: Vec<Value> = size
        .groups_of(e)
        .into_iter()
        .map(|g| json!({"GroupId": id("sg", g), "GroupName": format!("group-{g}")}))
        .collect();
    let mut row = json!({
        "Attachment": {"AttachTime": "2025-01-01T00:00:00+00:00", "AttachmentId": id("eni-attach", e),
            "DeleteOnTermination": true, "DeviceIndex": 0, "NetworkCardIndex": 0, "Status": "attached"},
        "Description": "", "Groups": groups, "InterfaceType": "interface", "Ipv6Addresses": [],
        "MacAddress": "02:00:00:00:00:00", "NetworkInterfaceId": id("eni", e), "OwnerId": OWNER, "PrivateDnsName": name,
        "PrivateIpAddress": private, "PrivateIpAddresses": [own], "SourceDestCheck": true, "Status": "in-use",
        "SubnetId": id("subnet", subnet), "VpcId": id("vpc", v),
    });
    if let Some(association) = association {
        row["Association"] = association;
    }
    if alone {
        row["Attachment"]["InstanceId"] = id("i", e).into();
        row["Attachment"]["InstanceOwnerId"] = OWNER.into();
        row["AvailabilityZone"] = zone(z).into();
        row["RequesterManaged"] = false.into();
        row["TagSet"] = tags(format!("interface {e}"));
    }
    row
}

fn nat_interface(size: Size, n: usize) -> Value {
    let subnet = size.subnet(n / size.zones, Tier::Public, n % size.zones);
    let association = json!({"PublicIp": nat_public(n), "IpOwnerId": OWNER});
    json!({"NetworkInterfaceId": id("eni", size.interfaces + n), "SubnetId": id("subnet", subnet), "VpcId": id("vpc", n / size.zones),
        "InterfaceType": "nat_gateway", "Status": "in-use", "OwnerId": OWNER, "SourceDestCheck": false, "Groups": [],
        "Description": format!("Interface for NAT Gateway {}", id("nat", n)), "RequesterManaged": true,
        "Association": association, "PrivateIpAddress": nat_address(size, n),
        "PrivateIpAddresses": [{"Primary": true, "PrivateIpAddress": nat_address(size, n), "Association": association}]})
}

fn instance(size: Size, e: usize) -> Value {
    let (v, _, z) = size.place(size.subnet_of(e));
    let (code, state) = if size.dice("instance", e).chance(1) {
        (80, "stopped")
    } else {
        (16, "running")
    };
    let devices: Vec<Value> = (0..3)
        .map(|d| {
            json!({"DeviceName": format!("/dev/xvd{d}"), "Ebs": {"AttachTime": "2025-01-01T00:00:00+00:00",
            "DeleteOnTermination": true, "Status": "attached", "VolumeId": id("vol", e * 3 + d)}})
        })
        .collect();
    json!({"ReservationId": id("r", e), "OwnerId": OWNER, "Groups": [], "Instances": [{
        "Architecture": "x86_64", "BlockDeviceMappings": devices, "ImageId": id("ami", 1), "InstanceId": id("i", e),
        "InstanceType": "m5.large", "NetworkInterfaces": [interface(size, e, false)], "PlatformDetails": "Linux/UNIX",
        "Placement": {"AvailabilityZone": zone(z), "GroupName": "", "Tenancy": "default"},
        "State": {"Code": code, "Name": state}, "SubnetId": id("subnet", size.subnet_of(e)), "VpcId": id("vpc", v),
        "Tags": tags(format!("instance {e}")),
    }]})
}
