//! Where packets should arrive.

use std::sync::Arc;

use ipnet::IpNet;

use crate::network::Kind;
use crate::network::id::{ResourceId, VpcId};
use crate::paths::model::{End, EndForm};

use super::super::addresses::{Addresses, Family, number};
use super::super::code::Code;
use super::super::doubt::Doubt;
use super::super::flow::Spot;
use super::super::interface::Interface;
use super::super::question::Goal;
use super::end::{Finish, Hindrance, absent, ambiguous, anywhere, at_interface, found};
use super::resolver::Resolver;

impl Resolver<'_> {
    /// Where packets should arrive. `from` is the VPC that they start in, where they start in one: see
    /// [`depends_on_source`].
    pub(crate) fn finishes(&mut self, end: &End, from: Option<&VpcId>) -> Result<Vec<Finish>, Hindrance> {
        match &end.form {
            EndForm::Id(id) => self.finishes_by_id(end, id, from),
            EndForm::Lambda { .. } => Err(Hindrance::Never {
                code: Code::NoPossibleDestination,
                spot: Spot::new(end.text.as_str(), Kind::Lambda),
                note: "nothing connects to a Lambda function's interface".into(),
            }),
            EndForm::Workload { .. } => Ok(self.workload(end)?.into_iter().map(at_interface).collect()),
            EndForm::Tagged(_) => Ok(self.tagged(end)?.into_iter().map(at_interface).collect()),
            EndForm::Internet => Ok(vec![Finish {
                goal: Goal::Internet(None),
                ..anywhere(self.world.internet.clone())
            }]),
            EndForm::Rds(_) => {
                let (current, standby) = self.database(end)?;
                Ok(current.into_iter().chain(standby).map(at_interface).collect())
            }
            EndForm::Addresses(nets) => Ok(self.finishes_by_address(end, nets)),
            EndForm::PrefixList(list) => {
                let nets = self.entries(end, list)?;
                Ok(vec![anywhere(Addresses::from_nets(nets))])
            }
            EndForm::Host { .. } => {
                let nets = self.host(end)?;
                Ok(self.finishes_by_address(end, &nets))
            }
            EndForm::OnPremises(nets) => Ok(vec![Finish {
                goal: Goal::OnPremises,
                ..anywhere(Addresses::from_nets(nets.iter().copied()))
            }]),
            EndForm::LoadBalancer(_) => self.finishes_at_balancer(end),
        }
    }

    pub(super) fn finishes_by_id(
        &mut self,
        end: &End,
        id: &ResourceId,
        from: Option<&VpcId>,
    ) -> Result<Vec<Finish>, Hindrance> {
        self.consulted.insert(id);
        let snapshot = self.world.snapshot;
        let handed = |addresses: Addresses| vec![handed_to(id, addresses)];
        match super::super::resources::kind_of(id) {
            Kind::NetworkInterface | Kind::Instance | Kind::Subnet => {
                Ok(self.interfaces(end, id)?.into_iter().map(at_interface).collect())
            }
            Kind::NatGateway => {
                let call = "ec2:DescribeNatGateways";
                let nat = found(end, &snapshot.nat_gateways, id.as_str(), call)?;
                Ok(handed(self.internet_without_endpoints(&nat.vpc_id)))
            }
            Kind::InternetGateway => {
                let call = "ec2:DescribeInternetGateways";
                let gateway = found(end, &snapshot.internet_gateways, id.as_str(), call)?;
                let vpc = gateway
                    .attachments
                    .iter()
                    .find_map(|attachment| attachment.vpc_id.as_ref());
                let addresses = vpc.map_or_else(
                    || self.world.internet.clone(),
                    |vpc| self.internet_without_endpoints(vpc),
                );
                Ok(vec![Finish {
                    goal: Goal::Internet(Some(id.as_str().into())),
                    ..anywhere(addresses)
                }])
            }
            Kind::VpcPeeringConnection => {
                let call = "ec2:DescribeVpcPeeringConnections";
                let peering = found(end, &snapshot.vpc_peering_connections, id.as_str(), call)?;
                let far = from.and_then(|vpc| super::super::peering::far_side(peering, vpc));
                let sides = [&peering.requester_vpc_info, &peering.accepter_vpc_info];
                let addresses = match far {
                    Some(far) => super::super::peering::blocks_of(far),
                    None => sides.into_iter().flatten().fold(Addresses::empty(), |all, side| {
                        all.union(&super::super::peering::blocks_of(side))
                    }),
                };
                Ok(handed(addresses))
            }
            // The path names the addresses: `filterAtSource.destinationAddress`.
            Kind::TransitGateway | Kind::TransitGatewayAttachment | Kind::VpnGateway => {
                Ok(handed(Addresses::empty()))
            }
            Kind::VpcEndpoint => self.finishes_at_endpoint(end, id),
            _ => Err(absent(end, None)),
        }
    }

    pub(super) fn finishes_at_endpoint(
        &mut self,
        end: &End,
        id: &ResourceId,
    ) -> Result<Vec<Finish>, Hindrance> {
        let snapshot = self.world.snapshot;
        let call = "ec2:DescribeVpcEndpoints";
        let endpoint = found(end, &snapshot.vpc_endpoints, id.as_str(), call)?;
        use crate::network::state::VpcEndpointType;
        if matches!(endpoint.vpc_endpoint_type, None | Some(VpcEndpointType::Gateway)) {
            let addresses =
                super::super::endpoint::service_addresses(endpoint, snapshot).ok_or_else(|| {
                    Doubt::absent(
                        id.clone(),
                        "the prefix list of gateway endpoint",
                        "ec2:DescribePrefixLists",
                    )
                })?;
            return Ok(vec![handed_to(id, addresses)]);
        }
        use crate::network::state::VpcEndpointState;
        match &endpoint.state {
            Some(VpcEndpointState::Available) => {}
            Some(
                state @ (VpcEndpointState::Rejected
                | VpcEndpointState::Failed
                | VpcEndpointState::Expired
                | VpcEndpointState::Deleted
                | VpcEndpointState::PendingAcceptance),
            ) => {
                return Err(Hindrance::Never {
                    code: Code::BadState,
                    spot: Spot::new(id.clone(), Kind::VpcEndpoint).in_vpc(&endpoint.vpc_id),
                    note: format!("it is {state}"),
                });
            }
            state => {
                let state = state
                    .as_ref()
                    .map_or("in an unknown state", |state| state.as_str());
                return Err(Doubt::new(
                    Code::InTransition,
                    id.clone(),
                    format!("VPC endpoint {id} is {state}"),
                )
                .into());
            }
        }
        let mut finishes = Vec::new();
        for eni in &endpoint.network_interface_ids {
            let interface = self.world.interface(eni).ok_or_else(|| {
                Doubt::absent(
                    eni,
                    "the interface of VPC endpoint",
                    "ec2:DescribeNetworkInterfaces",
                )
            })?;
            finishes.push(at_interface(interface.clone()));
        }
        if finishes.is_empty() {
            let message = format!("VPC endpoint {id} shows no interface");
            return Err(Doubt::new(Code::UnknownResource, id.clone(), message).into());
        }
        Ok(finishes)
    }

    /// The internet's addresses, less what the gateway endpoints of a VPC take.
    pub(super) fn internet_without_endpoints(&self, vpc: &VpcId) -> Addresses {
        let snapshot = self.world.snapshot;
        snapshot
            .vpc_endpoints
            .values()
            .filter(|endpoint| endpoint.vpc_id == *vpc)
            .filter_map(|endpoint| super::super::endpoint::service_addresses(endpoint, snapshot))
            .fold(self.world.internet.clone(), |left, taken| left.subtract(&taken))
    }

    pub(super) fn finishes_by_address(&mut self, end: &End, nets: &[IpNet]) -> Vec<Finish> {
        let mut finishes = Vec::new();
        let mut others = Vec::new();
        // Whose they are the routes tell, but where the path says in which account, Region or VPC they are.
        if end.account.is_none() && end.region.is_none() && end.vpc.is_none() && !nets.is_empty() {
            return vec![anywhere(Addresses::from_nets(nets.iter().copied()))];
        }
        for &net in nets {
            if net.prefix_len() != net.max_prefix_len() {
                others.push(net);
                continue;
            }
            let (family, address) = (Family::of(net.addr()), number(net.addr()));
            let mut owners: Vec<Arc<Interface>> = self
                .world
                .owners(family, address)
                .filter(|interface| self.in_scope(end, &interface.vpc))
                .cloned()
                .collect();
            if owners.is_empty() && family == Family::V4 && self.world.public.contains_key(&address) {
                owners = self
                    .world
                    .interfaces
                    .iter()
                    .filter(|interface| interface.public_addresses().contains(address))
                    .cloned()
                    .collect();
            }
            if owners.is_empty() {
                others.push(net);
                continue;
            }
            self.consulted.extend(owners.iter().map(|owner| owner.id.clone()));
            let several = owners.len() > 1;
            finishes.push(Finish {
                ambiguous: several.then(|| {
                    match ambiguous(end, owners.iter().map(|owner| owner.id.clone())) {
                        Hindrance::Unknown(doubt) => doubt,
                        Hindrance::Never { spot, note, code } => Doubt::new(code, spot.component, note),
                    }
                }),
                goal: Goal::Interfaces(owners),
                addresses: Addresses::from_nets([net]),
                from_internet: None,
            });
        }
        if !others.is_empty() {
            finishes.push(anywhere(Addresses::from_nets(others)));
        }
        finishes
    }
}

/// Whether where packets should arrive depends on where they start: a peering hands them to its other side.
pub(crate) fn depends_on_source(destination: &End) -> bool {
    let EndForm::Id(id) = &destination.form else {
        return false;
    };
    super::super::resources::kind_of(id) == Kind::VpcPeeringConnection
}

/// In the hands of that component.
fn handed_to(id: &ResourceId, addresses: Addresses) -> Finish {
    Finish {
        goal: Goal::Handed(id.clone()),
        ..anywhere(addresses)
    }
}
