//! What two accounts or Regions each see one side of: peerings of VPCs and of transit gateways, and databases that
//! share a name.

use std::collections::BTreeMap;

use super::duplicate::{Copy, Settled, Settling, by_owner, distinct, unsettled};
use super::warning::{Choice, Warning};
use crate::network::compute::{DbCluster, DbInstance};
use crate::network::id::{AccountId, DbIdentifier, TransitGatewayId};
use crate::network::peering::{PeeringVpcInfo, VpcPeeringConnection};
use crate::network::resource_kind::{ResourceKind, kind};
use crate::network::state::AttachmentResourceType;
use crate::network::transit_gateway::{TransitGatewayAttachment, TransitGatewayPeeringAttachment};

/// A peering of VPCs: each side's blocks from that side's account, where it was read.
///
/// Where the copies' statuses differ, the peering changed in between: its status is unknown.
pub(crate) fn vpc_peering(
    settling: &mut Settling<'_>,
    copies: Vec<Copy<VpcPeeringConnection>>,
) -> Settled<kind::VpcPeeringConnections> {
    type Kind = kind::VpcPeeringConnections;
    let copies = distinct(copies);
    let (Some(first), Some(second)) = (copies.first(), copies.get(1)) else {
        return Ok(Vec::new());
    };
    let requester = side(settling, &copies, |peering| peering.requester_vpc_info.as_ref());
    let accepter = side(settling, &copies, |peering| peering.accepter_vpc_info.as_ref());
    let (Ok(requester), Ok(accepter)) = (requester, accepter) else {
        return unsettled::<Kind>(settling, &copies);
    };
    let is_one_status = copies.iter().all(|copy| copy.row.status == first.row.status);
    let peering = VpcPeeringConnection {
        requester_vpc_info: requester,
        accepter_vpc_info: accepter,
        status: first.row.status.clone().filter(|_| is_one_status),
        ..first.row.clone()
    };
    let choice = if is_one_status {
        Choice::BothSides
    } else {
        Choice::StatusUnknown
    };
    let id = peering.vpc_peering_connection_id.clone();
    settling.note::<Kind>(choice, id.clone().into(), first.file, second.file);
    Ok(vec![(id, peering)])
}

/// The two copies tell different things of one side, and neither is that side's own.
struct Contradiction;

/// One side of a peering: as its own account tells; else as the copies agree, where one may tell less.
fn side(
    settling: &Settling<'_>,
    copies: &[Copy<VpcPeeringConnection>],
    info: impl Fn(&VpcPeeringConnection) -> Option<&PeeringVpcInfo>,
) -> Result<Option<PeeringVpcInfo>, Contradiction> {
    let told = || {
        copies
            .iter()
            .filter_map(|copy| Some((copy.file, info(&copy.row)?)))
    };
    let own = |(file, info): &(usize, &PeeringVpcInfo)| {
        let viewer = settling.origins.file(*file).and_then(|file| file.viewer.as_ref());
        let owner: Option<&AccountId> = info.owner_id.as_ref();
        viewer.is_some() && viewer == owner
    };
    let mut own_copies: Vec<&PeeringVpcInfo> = told().filter(own).map(|(_, info)| info).collect();
    own_copies.dedup();
    match own_copies.as_slice() {
        [own] => return Ok(Some((*own).clone())),
        [] => {}
        _ => return Err(Contradiction),
    }
    let Some((_, fullest)) = told().max_by_key(|(_, info)| {
        let blocks = info.cidr_block_set.len() + info.ipv6_cidr_block_set.len();
        (blocks, info.cidr_block.is_some(), info.region.is_some())
    }) else {
        return Ok(None);
    };
    let agrees = |info: &PeeringVpcInfo| {
        let part = |one: bool, same: bool| !one || same;
        part(info.vpc_id.is_some(), info.vpc_id == fullest.vpc_id)
            && part(info.owner_id.is_some(), info.owner_id == fullest.owner_id)
            && part(info.region.is_some(), info.region == fullest.region)
            && part(info.cidr_block.is_some(), info.cidr_block == fullest.cidr_block)
            && part(
                !info.cidr_block_set.is_empty(),
                info.cidr_block_set == fullest.cidr_block_set,
            )
            && part(
                !info.ipv6_cidr_block_set.is_empty(),
                info.ipv6_cidr_block_set == fullest.ipv6_cidr_block_set,
            )
    };
    if told().all(|(_, info)| agrees(info)) {
        Ok(Some(fullest.clone()))
    } else {
        Err(Contradiction)
    }
}

/// An attachment of a transit gateway. A peering of two of them has one id on both sides, yet each side's copy names
/// its own gateway and route table, and both are true.
pub(crate) fn attachment(
    settling: &mut Settling<'_>,
    copies: Vec<Copy<TransitGatewayAttachment>>,
) -> Settled<kind::TransitGatewayAttachments> {
    type Kind = kind::TransitGatewayAttachments;
    let is_peering = copies
        .iter()
        .all(|copy| copy.row.resource_type == Some(AttachmentResourceType::Peering));
    let mut sides: BTreeMap<TransitGatewayId, Vec<Copy<TransitGatewayAttachment>>> = BTreeMap::new();
    if !is_peering {
        return by_owner::<Kind>(settling, copies);
    }
    for copy in copies {
        let side = sides.entry(copy.row.transit_gateway_id.clone()).or_default();
        side.push(copy);
    }
    let mut kept = Vec::new();
    for (gateway, copies) in sides {
        let rows = match <[_; 1]>::try_from(distinct(copies)) {
            Ok([copy]) => vec![(copy.row.transit_gateway_attachment_id.clone(), copy.row)],
            Err(copies) => by_owner::<Kind>(settling, copies)?,
        };
        for (id, row) in rows {
            if kept.is_empty() {
                kept.push((id, row));
            } else {
                let far = &mut settling.snapshot.far_peering_attachments;
                far.insert((id, gateway.clone()), row);
            }
        }
    }
    Ok(kept)
}

/// A peering of transit gateways, as both sides list it. Each may call its state differently while it is being made.
pub(crate) fn gateway_peering(
    settling: &mut Settling<'_>,
    copies: Vec<Copy<TransitGatewayPeeringAttachment>>,
) -> Settled<kind::TransitGatewayPeeringAttachments> {
    type Kind = kind::TransitGatewayPeeringAttachments;
    let copies = distinct(copies);
    let (Some(first), Some(second)) = (copies.first(), copies.get(1)) else {
        return Ok(Vec::new());
    };
    let is_same = copies.iter().all(|copy| {
        copy.row.requester_tgw_info == first.row.requester_tgw_info
            && copy.row.accepter_tgw_info == first.row.accepter_tgw_info
    });
    if !is_same {
        return unsettled::<Kind>(settling, &copies);
    }
    let id = first.row.transit_gateway_attachment_id.clone();
    let peering = TransitGatewayPeeringAttachment {
        state: None,
        ..first.row.clone()
    };
    settling.note::<Kind>(Choice::StatusUnknown, id.clone().into(), first.file, second.file);
    Ok(vec![(id, peering)])
}

/// Database instances of one name: in another account or Region that is another database.
pub(crate) fn db_instance(
    settling: &mut Settling<'_>,
    copies: Vec<Copy<DbInstance>>,
) -> Settled<kind::DBInstances> {
    by_arn::<kind::DBInstances>(settling, copies, |row| row.db_instance_arn.clone())
}

/// Database clusters of one name, likewise.
pub(crate) fn db_cluster(
    settling: &mut Settling<'_>,
    copies: Vec<Copy<DbCluster>>,
) -> Settled<kind::DBClusters> {
    by_arn::<kind::DBClusters>(settling, copies, |row| row.db_cluster_arn.clone())
}

fn by_arn<K: ResourceKind<Id = DbIdentifier>>(
    settling: &mut Settling<'_>,
    copies: Vec<Copy<K::Row>>,
    arn: impl Fn(&K::Row) -> Option<String>,
) -> Settled<K> {
    let name = copies
        .first()
        .map(|copy| K::id(&copy.row).to_string())
        .unwrap_or_default();
    let mut by_arn: BTreeMap<Option<String>, Vec<Copy<K::Row>>> = BTreeMap::new();
    for copy in copies {
        by_arn.entry(arn(&copy.row)).or_default().push(copy);
    }
    if by_arn.len() == 1 || by_arn.contains_key(&None) {
        return by_owner::<K>(settling, by_arn.into_values().flatten().collect());
    }
    let mut rows = Vec::new();
    let mut arns = Vec::new();
    for (arn, copies) in by_arn {
        let Some(arn) = arn else { continue };
        let one = match <[_; 1]>::try_from(distinct(copies)) {
            Ok([copy]) => vec![copy.row],
            Err(copies) => by_owner::<K>(settling, copies)?
                .into_iter()
                .map(|(_, row)| row)
                .collect(),
        };
        rows.extend(one.into_iter().map(|row| (DbIdentifier::from(arn.as_str()), row)));
        arns.push(arn);
    }
    let known = settling.warnings.iter_mut().find_map(|warning| match warning {
        Warning::SameName { key, count, .. } if *key == K::KEY => Some(count),
        _ => None,
    });
    match (known, arns.as_slice()) {
        (Some(count), _) => *count += 1,
        (None, [arn, other, ..]) => settling.warnings.push(Warning::SameName {
            key: K::KEY,
            count: 1,
            name,
            arn: arn.clone(),
            other: other.clone(),
        }),
        (None, _) => {}
    }
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{load, warnings};
    use crate::network::state::PeeringStatus;

    const REQUESTER: &str = "111122223333/r.json";
    const ACCEPTER: &str = "444455556666/a.json";

    fn peering(requester: &str, accepter: &str, status: &str) -> String {
        format!(
            r#"{{"VpcPeeringConnections": [{{"VpcPeeringConnectionId": "pcx-a", "Status": {{"Code": "{status}"}},
                "RequesterVpcInfo": {{"VpcId": "vpc-r", "OwnerId": "111122223333", "CidrBlockSet": [{requester}]}},
                "AccepterVpcInfo": {{"VpcId": "vpc-a", "OwnerId": "444455556666", "CidrBlockSet": [{accepter}]}}}}]}}"#
        )
    }

    #[test]
    fn each_side_of_a_peering_knows_its_own_blocks() {
        let (ten, eleven) = (
            r#"{"CidrBlock": "10.0.0.0/16"}"#,
            r#"{"CidrBlock": "10.1.0.0/16"}"#,
        );
        let by_requester = peering(&format!("{ten}, {eleven}"), "", "active");
        let by_accepter = peering(ten, eleven, "active");
        let loaded = load(&[(REQUESTER, &by_requester), (ACCEPTER, &by_accepter)]).unwrap();
        let peering = loaded.snapshot.vpc_peering_connections.get("pcx-a").unwrap();
        assert_eq!(
            peering.requester_vpc_info.as_ref().unwrap().cidr_block_set.len(),
            2
        );
        assert_eq!(
            peering.accepter_vpc_info.as_ref().unwrap().cidr_block_set.len(),
            1
        );
        insta::assert_snapshot!(warnings(&loaded), @"note: `pcx-a` differs in `111122223333/r.json` and `444455556666/a.json`: each side is taken from its own account");
    }

    #[test]
    fn without_accounts_the_copy_that_tells_more_is_taken_unless_they_contradict() {
        let (ten, eleven) = (
            r#"{"CidrBlock": "10.0.0.0/16"}"#,
            r#"{"CidrBlock": "10.1.0.0/16"}"#,
        );
        let (less, more) = (peering(ten, "", "active"), peering(ten, eleven, "active"));
        let loaded = load(&[("a.json", &less), ("b.json", &more)]).unwrap();
        let whole = load(&[("b.json", &more)]).unwrap();
        assert_eq!(loaded.snapshot, whole.snapshot);
        let other = peering(eleven, eleven, "active");
        let error = load(&[("a.json", &more), ("b.json", &other)]).unwrap_err();
        assert!(error.contains("`RequesterVpcInfo`"), "{error}");
    }

    #[test]
    fn a_peering_that_was_accepted_in_between_has_no_known_status() {
        let loaded = load(&[
            (REQUESTER, &peering("", "", "pending-acceptance")),
            (ACCEPTER, &peering("", "", "active")),
        ]);
        let loaded = loaded.unwrap();
        assert_eq!(
            loaded
                .snapshot
                .vpc_peering_connections
                .get("pcx-a")
                .unwrap()
                .status,
            None
        );
        insta::assert_snapshot!(warnings(&loaded), @"warning: `pcx-a` differs in `111122223333/r.json` and `444455556666/a.json`: its status is unknown, as the two differ; save both at the same time");
        let alone = load(&[(ACCEPTER, &peering("", "", "active"))]).unwrap();
        let status = alone
            .snapshot
            .vpc_peering_connections
            .get("pcx-a")
            .unwrap()
            .status
            .clone();
        assert_eq!(status.unwrap().code, PeeringStatus::Active);
    }

    fn attachment(gateway: &str, table: &str) -> String {
        format!(
            r#"{{"TransitGatewayAttachments": [{{"TransitGatewayAttachmentId": "tgw-attach-p",
                "TransitGatewayId": "{gateway}", "ResourceType": "peering",
                "Association": {{"TransitGatewayRouteTableId": "{table}"}}}}]}}"#
        )
    }

    #[test]
    fn both_sides_of_a_peering_of_transit_gateways_are_kept() {
        let (one, two) = (attachment("tgw-1", "tgw-rtb-1"), attachment("tgw-2", "tgw-rtb-2"));
        for files in [
            [("a.json", one.as_str()), ("b.json", &two)],
            [("a.json", &two), ("b.json", &one)],
        ] {
            let loaded = load(&files).unwrap();
            assert_eq!(warnings(&loaded), "");
            for (gateway, table) in [("tgw-1", "tgw-rtb-1"), ("tgw-2", "tgw-rtb-2")] {
                let side = loaded
                    .snapshot
                    .transit_gateway_attachment(&"tgw-attach-p".into(), &gateway.into())
                    .unwrap();
                let association = side.association.clone().unwrap();
                assert_eq!(association.transit_gateway_route_table_id, Some(table.into()));
            }
            let other = loaded
                .snapshot
                .transit_gateway_attachment(&"tgw-attach-p".into(), &"tgw-3".into());
            assert!(other.is_none());
        }
        let error = load(&[("a.json", &one), ("b.json", &attachment("tgw-1", "tgw-rtb-3"))]).unwrap_err();
        assert!(error.contains("`Association`"), "{error}");
    }

    #[test]
    fn a_transit_gateways_owner_knows_the_association() {
        let attachment = |association: &str| {
            format!(
                r#"{{"TransitGatewayAttachments": [{{"TransitGatewayAttachmentId": "tgw-attach-v",
                    "TransitGatewayId": "tgw-a", "TransitGatewayOwnerId": "111122223333", "ResourceType": "vpc"{association}}}]}}"#
            )
        };
        let owners = attachment(r#", "Association": {"TransitGatewayRouteTableId": "tgw-rtb-a"}"#);
        let loaded = load(&[(ACCEPTER, &attachment("")), (REQUESTER, &owners)]).unwrap();
        let kept = loaded
            .snapshot
            .transit_gateway_attachments
            .get("tgw-attach-v")
            .unwrap();
        assert!(kept.association.is_some());
    }

    #[test]
    fn databases_of_one_name_in_two_regions_are_two() {
        let database = |region: &str, status: &str| {
            format!(
                r#"{{"DBInstances": [{{"DBInstanceIdentifier": "orders", "DBInstanceStatus": "{status}",
                    "DBInstanceArn": "arn:aws:rds:{region}:111122223333:db:orders"}}]}}"#
            )
        };
        let (west, central) = (
            database("eu-west-1", "available"),
            database("eu-central-1", "stopped"),
        );
        let loaded = load(&[("a.json", &west), ("b.json", &central)]).unwrap();
        let databases = &loaded.snapshot.db_instances;
        assert_eq!(databases.len(), 2);
        assert!(databases.get("orders").is_none());
        let west = databases
            .get("arn:aws:rds:eu-west-1:111122223333:db:orders")
            .unwrap();
        assert_eq!(west.db_instance_status.as_deref(), Some("available"));
        insta::assert_snapshot!(warnings(&loaded), @"note: `orders` is the name of several `DBInstances`: name them by ARN, as `arn:aws:rds:eu-central-1:111122223333:db:orders` or `arn:aws:rds:eu-west-1:111122223333:db:orders`");
        // The same one at two times is a contradiction.
        let error = load(&[
            ("a.json", &database("eu-west-1", "stopped")),
            ("b.json", &database("eu-west-1", "available")),
        ]);
        assert!(error.unwrap_err().contains("`DBInstanceStatus`"));
    }
}
