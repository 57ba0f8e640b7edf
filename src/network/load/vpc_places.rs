//! Where each VPC is: account and Region, from what AWS prints beside it.

use std::collections::BTreeMap;

use super::document::Document;
use super::origin::Origins;
use super::place::{place_of_arn, region_of_zone};
use super::warning::Warning;
use crate::network::id::{AccountId, Region, ResourceId, VpcId};
use crate::network::resource_kind::ResourceKind;
use crate::network::resource_kind::kind::Vpcs;
use crate::network::snapshot::{Place, Snapshot};

/// Fills [`Snapshot::places`]: what hopwatch wrote about a VPC, then what AWS printed, then folders' names.
pub(crate) fn place_vpcs(
    documents: &[Document],
    snapshot: &mut Snapshot,
    origins: &Origins,
    warnings: &mut Vec<Warning>,
) {
    let mut places = Places(find_places(snapshot));
    let mut others: Vec<(&ResourceId, &Region, Region)> = Vec::new();
    for (id, folder) in origins.folders(Vpcs::KEY) {
        let vpc = VpcId::from(id.as_str());
        places.add(&vpc, folder.account.clone(), folder.region.clone());
        let region = places.0.get(&vpc).and_then(|place| place.region.clone());
        if let (Some(named), Some(region)) = (&folder.region, region)
            && *named != region
        {
            others.push((id, named, region));
        }
    }
    if let Some((id, folder, zones)) = others.first() {
        warnings.push(Warning::OtherRegion {
            count: others.len(),
            example: origins.example(Vpcs::KEY, id),
            folder: (*folder).clone(),
            zones: zones.clone(),
        });
    }
    for place in documents
        .iter()
        .flat_map(|document| document.body.vpc_places.iter().flatten())
    {
        let known = Place {
            account: place.owner_id.clone(),
            region: place.region.clone(),
        };
        if known == Place::default() {
            places.0.remove(&place.vpc_id);
        } else {
            places.0.insert(place.vpc_id.clone(), known);
        }
    }
    snapshot.places = places.0;
}

/// The places of every VPC that the snapshot tells of, those in no table included (the far side of a peering).
///
/// In the order of trust: the owner, the zones of subnets and interfaces, ARNs of functions and databases in it,
/// attachments, peerings.
pub(crate) fn find_places(snapshot: &Snapshot) -> BTreeMap<VpcId, Place> {
    let mut places = Places::default();
    for vpc in snapshot.vpcs.values() {
        places.add(&vpc.vpc_id, vpc.owner_id.clone(), None);
    }
    for subnet in snapshot.subnets.values() {
        let zone = subnet.availability_zone.as_ref();
        let region = zone.and_then(|zone| region_of_zone(zone.as_str()));
        places.add(&subnet.vpc_id, subnet.owner_id.clone(), region);
    }
    for interface in snapshot.network_interfaces.values() {
        let zone = interface.availability_zone.as_ref();
        let region = zone.and_then(|zone| region_of_zone(zone.as_str()));
        places.add(&interface.vpc_id, None, region);
    }
    for function in snapshot.functions.values() {
        let vpc = function
            .vpc_config
            .as_ref()
            .and_then(|config| config.vpc_id.as_ref());
        if let Some(vpc) = vpc {
            let (region, _) = place_of_arn(function.function_arn.as_str());
            places.add(vpc, None, region);
        }
    }
    for database in snapshot.db_instances.values() {
        let vpc = database
            .db_subnet_group
            .as_ref()
            .and_then(|group| group.vpc_id.as_ref());
        if let (Some(vpc), Some(arn)) = (vpc, &database.db_instance_arn) {
            let (region, _) = place_of_arn(arn);
            places.add(vpc, None, region);
        }
    }
    for attachment in snapshot.transit_gateway_vpc_attachments.values() {
        // A gateway and what is attached to it stand in one Region.
        let gateway = snapshot.transit_gateways.get(&attachment.transit_gateway_id);
        let arn = gateway.and_then(|gateway| gateway.transit_gateway_arn.as_deref());
        let region = arn.and_then(|arn| place_of_arn(arn).0);
        places.add(&attachment.vpc_id, attachment.vpc_owner_id.clone(), region);
    }
    for peering in snapshot.vpc_peering_connections.values() {
        for side in [&peering.requester_vpc_info, &peering.accepter_vpc_info]
            .into_iter()
            .flatten()
        {
            if let Some(vpc) = &side.vpc_id {
                places.add(vpc, side.owner_id.clone(), side.region.clone());
            }
        }
    }
    places.0
}

#[derive(Default)]
struct Places(BTreeMap<VpcId, Place>);

impl Places {
    /// Adds what was not known before.
    fn add(&mut self, vpc: &VpcId, account: Option<AccountId>, region: Option<Region>) {
        if vpc.as_str().is_empty() || (account.is_none() && region.is_none()) {
            return;
        }
        let place = self.0.entry(vpc.clone()).or_default();
        if place.account.is_none() {
            place.account = account;
        }
        if place.region.is_none() {
            place.region = region;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{load, warnings};
    use super::super::merge::Loaded;

    /// `vpc account Region`, one a line; `-` for what is unknown.
    fn places(loaded: &Loaded) -> Vec<String> {
        let text = |text: Option<&str>| text.unwrap_or("-").to_owned();
        loaded
            .snapshot
            .places
            .iter()
            .map(|(vpc, place)| {
                let account = text(place.account.as_ref().map(AccountId::as_str));
                let region = text(place.region.as_ref().map(Region::as_str));
                format!("{vpc} {account} {region}")
            })
            .collect()
    }

    use super::{AccountId, Region};

    #[test]
    fn everything_that_tells_a_place() {
        for (text, place) in [
            (
                r#"{"Vpcs": [{"VpcId": "vpc-a", "OwnerId": "111122223333"}]}"#,
                "vpc-a 111122223333 -",
            ),
            (
                r#"{"Subnets": [{"SubnetId": "s", "VpcId": "vpc-a", "OwnerId": "111122223333", "AvailabilityZone": "eu-west-1a"}]}"#,
                "vpc-a 111122223333 eu-west-1",
            ),
            (
                r#"{"Subnets": [{"SubnetId": "s", "VpcId": "vpc-a", "AvailabilityZone": "us-west-2-lax-1a"}]}"#,
                "vpc-a - us-west-2",
            ),
            (
                r#"{"NetworkInterfaces": [{"NetworkInterfaceId": "e", "SubnetId": "s", "VpcId": "vpc-a", "OwnerId": "444455556666",
                    "AvailabilityZone": "us-east-1-wl1-bos-wlz-1"}]}"#,
                "vpc-a - us-east-1",
            ),
            (
                r#"{"Functions": [{"FunctionName": "f", "FunctionArn": "arn:aws:lambda:eu-west-1:444455556666:function:f",
                    "VpcConfig": {"VpcId": "vpc-a"}}]}"#,
                "vpc-a - eu-west-1",
            ),
            (
                r#"{"DBInstances": [{"DBInstanceIdentifier": "d", "DBInstanceArn": "arn:aws:rds:eu-west-1:444455556666:db:d",
                    "DBSubnetGroup": {"VpcId": "vpc-a"}}]}"#,
                "vpc-a - eu-west-1",
            ),
            (
                r#"{"TransitGateways": [{"TransitGatewayId": "t", "TransitGatewayArn": "arn:aws:ec2:eu-west-1:1:transit-gateway/t"}],
                    "TransitGatewayVpcAttachments": [{"TransitGatewayAttachmentId": "a", "TransitGatewayId": "t", "VpcId": "vpc-a",
                    "VpcOwnerId": "111122223333"}]}"#,
                "vpc-a 111122223333 eu-west-1",
            ),
            (
                r#"{"VpcPeeringConnections": [{"VpcPeeringConnectionId": "p", "AccepterVpcInfo":
                    {"VpcId": "vpc-a", "OwnerId": "111122223333", "Region": "eu-west-1"}}]}"#,
                "vpc-a 111122223333 eu-west-1",
            ),
            (
                r#"{"VpcPlaces": [{"VpcId": "vpc-a", "Region": "eu-west-1"}]}"#,
                "vpc-a - eu-west-1",
            ),
        ] {
            assert_eq!(places(&load(&[("x.json", text)]).unwrap()), [place], "{text}");
        }
    }

    #[test]
    fn a_folder_fills_what_aws_did_not_print() {
        let vpc = r#"{"Vpcs": [{"VpcId": "vpc-a"}]}"#;
        let loaded = load(&[("111122223333/eu-west-1/vpcs.json", vpc)]).unwrap();
        assert_eq!(places(&loaded), ["vpc-a 111122223333 eu-west-1"]);
        // A participant's folder, a shared VPC.
        let vpc = r#"{"Vpcs": [{"VpcId": "vpc-a", "OwnerId": "444455556666"}]}"#;
        let loaded = load(&[("111122223333/eu-west-1/vpcs.json", vpc)]).unwrap();
        assert_eq!(places(&loaded), ["vpc-a 444455556666 eu-west-1"]);
        assert_eq!(loaded.warnings, []);
    }

    #[test]
    fn zones_are_believed_before_folders() {
        let text = r#"{"Vpcs": [{"VpcId": "vpc-a"}], "Subnets": [{"SubnetId": "s", "VpcId": "vpc-a", "AvailabilityZone": "eu-west-1a"}]}"#;
        let loaded = load(&[("us-east-1/all.json", text)]).unwrap();
        assert_eq!(places(&loaded), ["vpc-a - eu-west-1"]);
        insta::assert_snapshot!(warnings(&loaded), @"warning: `vpc-a` in `us-east-1/all.json` has subnets in `eu-west-1`, though its folder is called `us-east-1`: `eu-west-1` is taken");
    }

    #[test]
    fn what_hopwatch_wrote_wins() {
        let text = r#"{"Vpcs": [{"VpcId": "vpc-a", "OwnerId": "111122223333"}],
            "VpcPlaces": [{"VpcId": "vpc-a"}, {"VpcId": "vpc-b", "OwnerId": "444455556666"}]}"#;
        assert_eq!(
            places(&load(&[("x.json", text)]).unwrap()),
            ["vpc-b 444455556666 -"]
        );
    }
}
