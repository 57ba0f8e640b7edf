//! Gateways, endpoints, functions.

use serde_json::{Value, json};

use super::{ACCOUNT, Network, REGION};

impl Network {
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
