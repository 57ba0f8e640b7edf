//! VPCs, subnets, route tables, network ACLs, security groups.

use serde_json::{Value, json};

use super::shapes::{entry, permission, route, zone};
use super::{ACCOUNT, Network};

impl Network {
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

    /// A table without its routes to other places than the VPC.
    pub(crate) fn only_local(&mut self, table: &str) -> &mut Self {
        self.edit("RouteTables", table, |table| {
            let routes = table["Routes"].as_array_mut().expect("a list");
            routes.retain(|route| route["GatewayId"] == "local");
        })
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
}
