//! VPC peering: only what is from one VPC's blocks to the other's, and no transit beyond.
//!
//! <https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-basics.html>

use ipnet::IpNet;

use crate::network::Kind;
use crate::network::id::{VpcId, VpcPeeringConnectionId};
use crate::network::peering::{PeeringVpcInfo, VpcPeeringConnection};
use crate::network::state::PeeringStatus;

use super::addresses::Addresses;
use super::code::Code;
use super::doubt::Doubt;
use super::flow::{Crossing, Flow, Sender, Session, Spot};
use super::question::Origin;
use super::reply::{Return, Turning};
use super::report::Leg;
use super::walk::Walk;

/// The side of a peering that is not this VPC; `None`: this VPC is on neither.
pub(crate) fn far_side<'p>(peering: &'p VpcPeeringConnection, near: &VpcId) -> Option<&'p PeeringVpcInfo> {
    let sides = [
        peering.requester_vpc_info.as_ref()?,
        peering.accepter_vpc_info.as_ref()?,
    ];
    match sides {
        [a, b] if a.vpc_id.as_ref() == Some(near) => Some(b),
        [a, b] if b.vpc_id.as_ref() == Some(near) => Some(a),
        _ => None,
    }
}

/// Whether both sides are in one Region; a Region that is not told counts as the same.
pub(crate) fn same_region(peering: &VpcPeeringConnection) -> bool {
    let region = |side: &Option<PeeringVpcInfo>| side.as_ref().and_then(|side| side.region.clone());
    match (
        region(&peering.requester_vpc_info),
        region(&peering.accepter_vpc_info),
    ) {
        (Some(a), Some(b)) => a == b,
        _ => true,
    }
}

/// Whether a peering carries packets, and the group references of its sides.
pub(crate) enum Carries {
    Yes,
    /// What it is instead.
    No(String),
    Unknown(Doubt),
}

pub(crate) fn carries(peering: &VpcPeeringConnection) -> Carries {
    let id = &peering.vpc_peering_connection_id;
    match peering.status.as_ref().map(|status| &status.code) {
        Some(PeeringStatus::Active) => Carries::Yes,
        Some(status @ (PeeringStatus::Provisioning | PeeringStatus::Deleting | PeeringStatus::Other(_))) => {
            let message = format!("peering {id} is {status}");
            Carries::Unknown(Doubt::new(Code::InTransition, id, message))
        }
        Some(status) => Carries::No(format!("it is {status}")),
        None => {
            let message = format!("the snapshot does not tell the status of peering {id}");
            Carries::Unknown(Doubt::new(Code::UnknownResource, id, message))
        }
    }
}

/// Whether a peering is no more: such ones are listed for a while, and their blocks may be others' by then.
pub(crate) fn is_over(peering: &VpcPeeringConnection) -> bool {
    let code = peering.status.as_ref().map(|status| &status.code);
    matches!(
        code,
        Some(
            PeeringStatus::Deleted | PeeringStatus::Rejected | PeeringStatus::Expired | PeeringStatus::Failed
        )
    )
}

pub(crate) fn is_active(peering: &VpcPeeringConnection) -> bool {
    matches!(carries(peering), Carries::Yes)
}

/// The blocks of a side as the peering tells them, whether that side's account can be read or not.
pub(crate) fn blocks_of(side: &PeeringVpcInfo) -> Addresses {
    let v4 = side
        .cidr_block_set
        .iter()
        .map(|block| block.cidr_block)
        .chain(side.cidr_block);
    let v6 = side.ipv6_cidr_block_set.iter().map(|block| block.ipv6_cidr_block);
    Addresses::from_nets(v4.map(IpNet::V4).chain(v6.map(IpNet::V6)))
}

impl Walk<'_> {
    /// The blocks of a side: the VPC's own where it is in the snapshot.
    pub(crate) fn peer_blocks(&self, side: &PeeringVpcInfo) -> Addresses {
        let view = side
            .vpc_id
            .as_ref()
            .and_then(|id| self.world.vpcs.get(id))
            .filter(|view| view.known);
        view.map_or_else(|| blocks_of(side), |view| view.blocks.live.clone())
    }

    /// Packets cross a peering from the VPC `near`.
    pub(crate) fn cross_peering(&mut self, flow: Flow, id: &VpcPeeringConnectionId, near: &VpcId) {
        let Some(mut flow) = self.step(flow) else { return };
        self.consult(id);
        let world = self.world;
        let Some(peering) = world.snapshot.vpc_peering_connections.get(id) else {
            let call = "ec2:DescribeVpcPeeringConnections";
            return self.end_unknown(flow, Doubt::absent(id, "peering", call));
        };
        let spot = Spot::new(id, Kind::VpcPeeringConnection).in_vpc(near);
        self.cross(&mut flow, id, Kind::VpcPeeringConnection);
        match carries(peering) {
            Carries::Yes => {}
            Carries::No(note) => return self.end_lost(flow, Code::BadState, spot, None, note),
            Carries::Unknown(doubt) => return self.end_unknown(flow, doubt),
        }
        let sides = (
            peering.requester_vpc_info.as_ref(),
            peering.accepter_vpc_info.as_ref(),
        );
        let Some(far) = far_side(peering, near) else {
            let note = format!("it does not join {near} to anything");
            return self.end_lost(flow, Code::BadStateAttachment, spot, None, note);
        };
        let near_blocks = [sides.0, sides.1]
            .into_iter()
            .flatten()
            .find(|side| side.vpc_id.as_ref() == Some(near))
            .map_or_else(Addresses::empty, |side| self.peer_blocks(side));
        let far_blocks = self.peer_blocks(far);
        let all = flow.all().clone();
        let fitting = all.from(&near_blocks).to(&far_blocks);
        let (fits, misfits) = flow.split(&fitting);
        if let Some(misfits) = misfits {
            self.end_lost(misfits, Code::PcxRequiresAddressInVpcCidr, spot.clone(), None, "");
        }
        let Some(mut flow) = fits else { return };
        self.pass(&mut flow, &spot, None, None);
        let origin = &self.question.origin;
        if flow.leg == Leg::Reply
            && matches!(origin, Origin::Peering { id: by, into } if by == id && into == near)
        {
            return self.replied(flow);
        }
        self.remember_peering(&mut flow, id, same_region(peering));
        if flow.leg == Leg::Forward && self.question.ends_at(id.as_str()) {
            let back = Return::Into(near.clone(), id.into());
            return self.delivered(flow, Turning::Handed(back));
        }
        flow.zone = None;
        match &far.vpc_id {
            Some(vpc) if world.vpcs.get(vpc).is_some_and(|view| view.known) => self.local(flow, vpc),
            _ => {
                let far = far.vpc_id.as_ref().map_or("?", |vpc| vpc.as_str());
                self.end_unknown(
                    flow,
                    Doubt::absent(far, "the VPC behind the peering,", "ec2:DescribeVpcs"),
                );
            }
        }
    }

    /// Groups stay with packets inside one Region; replies to a NAT gateway come back by the same peering.
    fn remember_peering(&self, flow: &mut Flow, id: &VpcPeeringConnectionId, same_region: bool) {
        if let Sender::Groups { crossing, .. } = &mut flow.sender {
            *crossing = match crossing {
                Crossing::Nothing if same_region => Crossing::Peering,
                Crossing::Nothing | Crossing::Peering | Crossing::TransitGateway { .. } => {
                    Crossing::Lost(id.into())
                }
                Crossing::Lost(at) => Crossing::Lost(at.clone()),
            };
        }
        if flow.leg == Leg::Forward
            && let Some(
                Session::NatGateway { sent_by_peering, .. }
                | Session::SentByNatGateway { sent_by_peering, .. },
            ) = flow.sessions.last_mut()
        {
            *sent_by_peering = Some(id.clone());
        }
    }
}
