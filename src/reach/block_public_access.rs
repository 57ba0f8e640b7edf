//! VPC Block Public Access: what of an account's traffic by internet gateways is blocked, and what is left alone.
//!
//! <https://docs.aws.amazon.com/vpc/latest/userguide/security-vpc-bpa.html>,
//! <https://docs.aws.amazon.com/vpc/latest/userguide/security-vpc-bpa-basics.html>,
//! <https://docs.aws.amazon.com/vpc/latest/userguide/security-vpc-bpa-example.html>

use crate::network::block_public_access::{BlockPublicAccessExclusion, BlockPublicAccessOptions};
use crate::network::id::{ResourceId, VpcId};
use crate::network::state::{BlockPublicAccessMode, BlockPublicAccessState, InternetGatewayExclusionMode};

use super::addresses::Addresses;
use super::code::Code;
use super::doubt::Doubt;
use super::flow::{At, Flow};
use super::layout::SubnetView;
use super::packets::Packets;
use super::report::Leg;
use super::routes::{Decision, Target};
use super::walk::Walk;
use super::world::World;

/// Which way packets cross an internet gateway.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// Out by an internet gateway.
    Out,
    /// In by an internet gateway.
    In,
    /// Out by an egress-only internet gateway.
    EgressOnly,
}

/// How an exclusion leaves a subnet alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Exclusion {
    None,
    Egress,
    Bidirectional,
    /// On its way in or out.
    Changing,
    /// They were not read.
    Unread,
}

/// What becomes of packets.
enum Judgement {
    Pass,
    Block,
    Unknown(&'static str),
}

/// What stands between our side and a gateway.
#[derive(Debug, Clone)]
struct Middlebox<'a> {
    sort: Sort,
    subnet: &'a SubnetView,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sort {
    /// An endpoint of a Gateway Load Balancer: blocked unless its own subnet is excluded, too.
    GatewayLoadBalancer,
    /// An endpoint of a Network Firewall.
    Firewall,
    /// An interface that forwards.
    Appliance,
}

impl Middlebox<'_> {
    /// What becomes of packets that would be judged so without it. `near`, `own`: how our side's subnet and its own are
    /// excluded.
    fn judge(&self, without: Judgement, near: Exclusion, own: Exclusion) -> Judgement {
        match (self.sort, own, &without) {
            (_, Exclusion::Changing, _) => {
                Judgement::Unknown("an exclusion from VPC Block Public Access is being changed")
            }
            (_, _, Judgement::Unknown(_)) | (_, Exclusion::None, Judgement::Block) => without,
            (Sort::GatewayLoadBalancer, Exclusion::Bidirectional, _) => without,
            // Where neither is excluded, what passes only goes out.
            (Sort::GatewayLoadBalancer, Exclusion::None, Judgement::Pass) if near != Exclusion::None => {
                Judgement::Block
            }
            (Sort::GatewayLoadBalancer, _, _) => Judgement::Unknown(
                "AWS does not say what VPC Block Public Access does behind a Gateway Load Balancer endpoint whose subnet is excluded in this way",
            ),
            (Sort::Firewall, _, _) => Judgement::Unknown(
                "AWS does not say what VPC Block Public Access does behind a firewall endpoint",
            ),
            (Sort::Appliance, _, Judgement::Pass) if near == Exclusion::None => without,
            (Sort::Appliance, _, _) if (near == Exclusion::None) == (own == Exclusion::None) => without,
            (Sort::Appliance, _, _) => Judgement::Unknown(
                "AWS does not say whether an exclusion on only one of an interface's and its appliance's subnets suffices",
            ),
        }
    }
}

impl<'a> Walk<'a> {
    /// Judges the connections that cross an internet gateway or an egress-only one. Addresses on our side are private.
    pub(crate) fn block_public_access(&mut self, flow: &mut Flow, vpc: &VpcId, way: Way, at: impl At + Copy) {
        // A connection is judged by its request: replies come back by a gateway that let it through, and by no other.
        let gateway = &at.spot().component;
        let knows = flow.leg == Leg::Reply && flow.crossed.iter().any(|(crossed, _)| crossed == gateway);
        if knows || flow.is_empty() {
            return;
        }
        let world = self.world;
        let Some(options) = options(world, vpc) else {
            if !world.snapshot.block_public_access_options.is_known() {
                let notice = "VPC Block Public Access was not read and is taken as off (ec2:DescribeVpcBlockPublicAccessOptions)";
                self.outcome.notices.insert(notice.into());
            }
            return;
        };
        self.consult(&options.scope);
        let Some(mode) = options.internet_gateway_block_mode.clone() else {
            let all = flow.all().clone();
            let message = "the snapshot does not tell the mode of VPC Block Public Access";
            let doubt = Doubt::new(Code::UnknownResource, options.scope.clone(), message);
            return self.doubt(flow, &all, doubt);
        };
        if mode == BlockPublicAccessMode::Off {
            return;
        }
        if options.state == Some(BlockPublicAccessState::UpdateInProgress) {
            let all = flow.all().clone();
            let message = "VPC Block Public Access is being changed";
            return self.doubt(
                flow,
                &all,
                Doubt::new(Code::InTransition, options.scope.clone(), message),
            );
        }
        let between = match way {
            Way::In => self.behind_gateway(flow.all(), &at.spot().component),
            Way::Out | Way::EgressOnly => vec![(flow.all().clone(), self.crossed_in(flow, vpc))],
        };
        let parts = between.into_iter().flat_map(|(packets, between)| {
            let by_subnet = self.by_subnet(&packets, vpc, way).into_iter();
            by_subnet.map(move |(part, near)| (part, near, between.clone()))
        });
        for (part, near, between) in parts.collect::<Vec<_>>() {
            let judgement = self.judge(&mode, &part, near, vpc, way);
            let near = exclusion(world, near, vpc);
            let judgement = between.iter().fold(judgement, |judgement, middlebox| {
                middlebox.judge(judgement, near, exclusion(world, Some(middlebox.subnet), vpc))
            });
            match judgement {
                Judgement::Pass => {}
                Judgement::Block => {
                    let note = format!("mode {mode}");
                    self.lose(flow, &part, Code::VpcBlockPublicAccessEnabled, at, None, note);
                }
                Judgement::Unknown(message) => {
                    self.doubt(
                        flow,
                        &part,
                        Doubt::new(Code::UndocumentedBehaviour, options.scope.clone(), message),
                    );
                }
            }
        }
    }

    /// The middleboxes of a VPC that packets crossed on their way to its gateway.
    fn crossed_in(&self, flow: &Flow, vpc: &VpcId) -> Vec<Middlebox<'a>> {
        let all = flow.appliances.iter().filter_map(|id| self.middlebox(id));
        all.filter(|middlebox| middlebox.subnet.vpc == *vpc).collect()
    }

    /// Packets that come in by a gateway, with the middlebox that its route table leads them to.
    fn behind_gateway(&self, packets: &Packets, gateway: &ResourceId) -> Vec<(Packets, Vec<Middlebox<'a>>)> {
        let world = self.world;
        let table = world.edge_table(gateway).and_then(Result::ok);
        let Some(Ok(routes)) = table.map(|table| world.routes(&table.route_table_id)) else {
            return vec![(packets.clone(), Vec::new())];
        };
        let decided = routes.decide(packets).into_iter();
        decided
            .map(|(decision, part)| {
                let middlebox = match &decision {
                    Decision::Forward(target @ (Target::Interface(_) | Target::VpcEndpoint(_)), _) => {
                        self.middlebox(&ResourceId::from(target.id()))
                    }
                    _ => None,
                };
                (part, middlebox.into_iter().collect())
            })
            .collect()
    }

    fn middlebox(&self, id: &ResourceId) -> Option<Middlebox<'a>> {
        let world = self.world;
        let (sort, subnet) = if let Some(endpoint) = world.snapshot.vpc_endpoints.get(id.as_str()) {
            let sort = if world.firewall(&endpoint.vpc_endpoint_id).is_some() {
                Sort::Firewall
            } else {
                Sort::GatewayLoadBalancer
            };
            (sort, endpoint.subnet_ids.first()?)
        } else {
            (Sort::Appliance, &world.interface(id.as_str())?.subnet)
        };
        let subnet = world.subnets.get(subnet)?;
        Some(Middlebox { sort, subnet })
    }

    /// Packets by the subnet of their address on our side.
    fn by_subnet(&self, packets: &Packets, vpc: &VpcId, way: Way) -> Vec<(Packets, Option<&'a SubnetView>)> {
        let world = self.world;
        let ours = |addresses: &Addresses, packets: &Packets| match way {
            Way::Out | Way::EgressOnly => packets.from(addresses),
            Way::In => packets.to(addresses),
        };
        let mut parts = Vec::new();
        let mut rest = packets.clone();
        for subnet in world.subnets.values().filter(|subnet| subnet.vpc == *vpc) {
            let part = ours(&subnet.whole, &rest);
            if !part.is_empty() {
                rest = rest.subtract(&part);
                parts.push((part, Some(subnet)));
            }
        }
        if !rest.is_empty() {
            parts.push((rest, None));
        }
        parts
    }

    fn judge(
        &self,
        mode: &BlockPublicAccessMode,
        packets: &Packets,
        near: Option<&SubnetView>,
        vpc: &VpcId,
        way: Way,
    ) -> Judgement {
        let world = self.world;
        let near_exclusion = exclusion(world, near, vpc);
        if near_exclusion == Exclusion::Changing {
            return Judgement::Unknown("an exclusion from VPC Block Public Access is being changed");
        }
        if near_exclusion == Exclusion::Unread {
            return Judgement::Unknown("the exclusions from VPC Block Public Access are not in the snapshot");
        }
        if contradicted(world, near, mode, near_exclusion) {
            return Judgement::Unknown(
                "EC2 shows another mode of VPC Block Public Access for the subnet than follows from its options and exclusions",
            );
        }
        let by_nat = way == Way::Out && self.sent_by_nat_gateway(packets, vpc);
        let outward_only = by_nat || way == Way::EgressOnly;
        match mode {
            BlockPublicAccessMode::BlockIngress if outward_only => Judgement::Pass,
            BlockPublicAccessMode::BlockIngress => match near_exclusion {
                Exclusion::Bidirectional => Judgement::Pass,
                _ => Judgement::Block,
            },
            BlockPublicAccessMode::BlockBidirectional if by_nat => {
                let client = self
                    .question
                    .origin_interface()
                    .and_then(|origin| world.subnets.get(&origin.subnet));
                let client_exclusion = match client {
                    Some(client) => exclusion(world, Some(client), &client.vpc),
                    None => near_exclusion,
                };
                match (near_exclusion, client_exclusion) {
                    (Exclusion::None, Exclusion::None) => Judgement::Block,
                    (Exclusion::None, _) | (_, Exclusion::None | Exclusion::Changing | Exclusion::Unread) => {
                        Judgement::Unknown(
                            "AWS does not say whether an exclusion on only one of the client's and the NAT gateway's subnets suffices",
                        )
                    }
                    _ => Judgement::Pass,
                }
            }
            BlockPublicAccessMode::BlockBidirectional => match (near_exclusion, way) {
                (Exclusion::Bidirectional, _) | (Exclusion::Egress, Way::EgressOnly) => Judgement::Pass,
                (Exclusion::Egress, Way::Out) => Judgement::Unknown(
                    "AWS's pages disagree on whether an `allow-egress` exclusion lets an interface with a public address out",
                ),
                _ => Judgement::Block,
            },
            BlockPublicAccessMode::Off => Judgement::Pass,
            BlockPublicAccessMode::Other(_) => {
                Judgement::Unknown("an unknown mode of VPC Block Public Access")
            }
        }
    }

    fn sent_by_nat_gateway(&self, packets: &Packets, vpc: &VpcId) -> bool {
        let nats = self
            .world
            .snapshot
            .nat_gateways
            .values()
            .filter(|nat| nat.vpc_id == *vpc && !super::nat_gateway::is_gone(nat));
        let addresses = nats.fold(Addresses::empty(), |all, nat| {
            all.union(&super::nat_gateway::private_addresses(nat))
        });
        packets.is_subset(&packets.from(&addresses))
    }
}

/// The options of the account and Region of a VPC.
fn options<'w>(world: &World<'w>, vpc: &VpcId) -> Option<&'w BlockPublicAccessOptions> {
    let view = world.vpcs.get(vpc);
    let account = view.and_then(|view| view.account.as_ref());
    let region = view.and_then(|view| view.region.as_ref());
    world
        .snapshot
        .block_public_access_options
        .values()
        .find(|options| {
            let fits = |told: Option<&str>, own: Option<&str>| told.is_none() || own.is_none() || told == own;
            fits(
                options
                    .aws_account_id
                    .as_ref()
                    .map(super::super::network::id::AccountId::as_str),
                account.map(super::super::network::id::AccountId::as_str),
            ) && fits(
                options
                    .aws_region
                    .as_ref()
                    .map(super::super::network::id::Region::as_str),
                region.map(super::super::network::id::Region::as_str),
            )
        })
}

/// The exclusion of a subnet: its own, else its VPC's.
fn exclusion(world: &World<'_>, subnet: Option<&SubnetView>, vpc: &VpcId) -> Exclusion {
    // Those that are no more are listed for a while, and another one may have taken their place.
    let is_over = |exclusion: &&BlockPublicAccessExclusion| {
        matches!(
            exclusion.state,
            Some(
                BlockPublicAccessState::CreateFailed
                    | BlockPublicAccessState::DeleteComplete
                    | BlockPublicAccessState::DisableComplete,
            )
        )
    };
    let of = |id: &str| -> Option<&BlockPublicAccessExclusion> {
        let exclusions = world.snapshot.block_public_access_exclusions.values();
        let mut live = exclusions.filter(|exclusion| !is_over(exclusion));
        live.find(|exclusion| {
            let arn = exclusion.resource_arn.as_deref().unwrap_or_default();
            arn == id || arn.ends_with(&format!("/{id}"))
        })
    };
    let found = subnet
        .and_then(|subnet| of(subnet.id.as_str()))
        .or_else(|| of(vpc.as_str()));
    let Some(found) = found else {
        return match world.snapshot.block_public_access_exclusions.is_known() {
            true => Exclusion::None,
            false => Exclusion::Unread,
        };
    };
    match &found.state {
        None
        | Some(
            BlockPublicAccessState::CreateComplete
            | BlockPublicAccessState::UpdateComplete
            | BlockPublicAccessState::UpdateFailed,
        ) => match found.internet_gateway_exclusion_mode {
            Some(InternetGatewayExclusionMode::AllowBidirectional) => Exclusion::Bidirectional,
            Some(InternetGatewayExclusionMode::AllowEgress) => Exclusion::Egress,
            _ => Exclusion::Changing,
        },
        Some(_) => Exclusion::Changing,
    }
}

/// Whether EC2 tells another mode of the subnet itself: a cross-check.
fn contradicted(
    world: &World<'_>,
    near: Option<&SubnetView>,
    mode: &BlockPublicAccessMode,
    exclusion: Exclusion,
) -> bool {
    let told = near
        .and_then(|near| world.snapshot.subnets.get(&near.id))
        .and_then(|subnet| subnet.block_public_access_states.as_ref())
        .and_then(|states| states.internet_gateway_block_mode.as_ref());
    let follows = match exclusion {
        Exclusion::None => mode,
        Exclusion::Bidirectional => &BlockPublicAccessMode::Off,
        Exclusion::Egress | Exclusion::Changing | Exclusion::Unread => return false,
    };
    told.is_some_and(|told| told != follows)
}
