//! Peerings and transit gateways.

use serde_json::{Value, json};

use super::{ACCOUNT, Network, REGION};

impl Network {
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

    /// A peering of two transit gateways, each with its side associated with a table.
    pub(crate) fn tgw_peering(&mut self, id: &str, one: (&str, &str), other: (&str, &str)) -> &mut Self {
        let side = |tgw: &str| json!({"TransitGatewayId": tgw, "OwnerId": ACCOUNT, "Region": REGION});
        self.add(
            "TransitGatewayPeeringAttachments",
            json!({
                "TransitGatewayAttachmentId": id, "State": "available",
                "RequesterTgwInfo": side(one.0), "AccepterTgwInfo": side(other.0),
            }),
        )
        .attachment(id, one.0, "peering", other.0, one.1)
        .attachment(id, other.0, "peering", one.0, other.1)
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
}
