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
    settling.warnings.push(Warning::SameName {
        key: K::KEY,
        name,
        arns,
    });
    Ok(rows)
}
