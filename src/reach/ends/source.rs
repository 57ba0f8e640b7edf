//! Where packets start.

use std::sync::Arc;

use ipnet::IpNet;

use crate::network::Kind;
use crate::network::id::{NatGatewayId, ResourceId};
use crate::paths::model::{End, EndForm};

use super::super::addresses::{Addresses, Family};
use super::super::client_ports;
use super::super::code::Code;
use super::super::flow::Spot;
use super::super::interface::Interface;
use super::super::question::Origin;
use super::end::{Finish, Hindrance, Start, absent, ambiguous, found};
use super::resolver::Resolver;

impl Resolver<'_> {
    /// Where packets start.
    pub(crate) fn starts(&mut self, end: &End, towards: &[Finish]) -> Result<Vec<Start>, Hindrance> {
        match &end.form {
            EndForm::Id(id) => self.starts_by_id(end, id, towards),
            EndForm::Lambda { function, qualifier } => self.function(end, function, qualifier.as_deref()),
            EndForm::Workload { .. } => Ok(self
                .workload(end)?
                .iter()
                .map(|interface| self.start_at(interface, client_ports::linux()))
                .collect()),
            EndForm::Tagged(_) => {
                let mut starts = Vec::new();
                for interface in self.tagged(end)? {
                    starts.push(self.start_of(&interface));
                }
                Ok(starts)
            }
            EndForm::Internet => Ok(vec![self.internet(None)]),
            EndForm::Rds(_) => {
                let (interfaces, _) = self.database(end)?;
                Ok(interfaces
                    .iter()
                    .map(|interface| self.start_of(interface))
                    .collect())
            }
            EndForm::Addresses(nets) => self.starts_by_address(end, nets),
            EndForm::PrefixList(list) => {
                let nets = self.entries(end, list)?;
                self.starts_by_address(end, &nets)
            }
            EndForm::Host { .. } => {
                let nets = self.host(end)?;
                self.starts_by_address(end, &nets)
            }
            EndForm::OnPremises(nets) => self.starts_on_premises(end, nets),
            EndForm::LoadBalancer(_) => self.starts_at_balancer(end),
        }
        .and_then(|starts| {
            if starts.is_empty() {
                Err(absent(end, None))
            } else {
                Ok(starts)
            }
        })
    }

    pub(super) fn internet(&self, gateway: Option<&str>) -> Start {
        Start {
            origin: Origin::Internet(gateway.map(Into::into)),
            senders: self.world.internet.clone(),
            ports: client_ports::any(),
            instance: None,
            vpc: None,
        }
    }

    pub(super) fn starts_by_id(
        &mut self,
        end: &End,
        id: &ResourceId,
        towards: &[Finish],
    ) -> Result<Vec<Start>, Hindrance> {
        self.consulted.insert(id);
        let world = self.world;
        let snapshot = world.snapshot;
        match super::super::resources::kind_of(id) {
            Kind::NetworkInterface | Kind::Instance | Kind::Subnet => {
                let interfaces = self.interfaces(end, id)?;
                Ok(interfaces
                    .iter()
                    .map(|interface| self.start_of(interface))
                    .collect())
            }
            Kind::NatGateway => {
                let call = "ec2:DescribeNatGateways";
                let nat = found(end, &snapshot.nat_gateways, id.as_str(), call)?;
                Ok(vec![Start {
                    origin: Origin::NatGateway(NatGatewayId::from(id.as_str())),
                    senders: super::super::nat_gateway::private_addresses(nat),
                    ports: super::super::nat_gateway::ports(),
                    instance: None,
                    vpc: Some(nat.vpc_id.clone()),
                }])
            }
            Kind::InternetGateway => {
                let call = "ec2:DescribeInternetGateways";
                found(end, &snapshot.internet_gateways, id.as_str(), call)?;
                Ok(vec![self.internet(Some(id.as_str()))])
            }
            Kind::VpcPeeringConnection => self.starts_behind_peering(end, id, towards),
            Kind::TransitGateway | Kind::TransitGatewayAttachment => {
                self.starts_behind_attachments(end, id, towards)
            }
            Kind::VpnGateway => self.starts_behind_vpn_gateway(end, id),
            Kind::VpcEndpoint => Err(Hindrance::Never {
                code: Code::VpceIntraVpcTraffic,
                spot: Spot::new(id.clone(), Kind::VpcEndpoint),
                note: "a VPC endpoint starts nothing".into(),
            }),
            _ => Err(absent(end, None)),
        }
    }

    /// Addresses as a source: those of an interface are sent by it; global ones come from the internet.
    pub(super) fn starts_by_address(&mut self, end: &End, nets: &[IpNet]) -> Result<Vec<Start>, Hindrance> {
        let asked = Addresses::from_nets(nets.iter().copied());
        let mut starts = Vec::new();
        let mut left = asked.clone();
        let world = self.world;
        let owners: Vec<&Arc<Interface>> = world
            .interfaces
            .iter()
            .filter(|interface| self.in_scope(end, &interface.vpc))
            .filter(|interface| interface.addresses.meets(&asked))
            .collect();
        for owner in &owners {
            let senders = owner.addresses.intersect(&asked);
            let rival = owners
                .iter()
                .find(|other| other.id != owner.id && other.addresses.meets(&senders));
            if let Some(rival) = rival {
                return Err(ambiguous(end, [owner.id.clone(), rival.id.clone()].into_iter()));
            }
            left = left.subtract(&senders);
            starts.push(Start {
                senders,
                ..self.start_of(owner)
            });
        }
        // Addresses of a VPC that no interface has are sent by nobody.
        for view in world.vpcs.values() {
            left = left.subtract(&view.blocks.live);
        }
        // Global addresses come from the internet, but for those that a network outside AWS is known to have.
        let mut global = left.intersect(super::super::special::global());
        if !global.is_empty() {
            for (gateway, _) in world.snapshot.vpn_gateways.iter() {
                global = global.subtract(&self.prefixes_behind(gateway.as_str()));
            }
        }
        if !global.is_empty() {
            starts.push(Start {
                senders: global.clone(),
                ..self.internet(None)
            });
        }
        let private = left.subtract(&global);
        let (private, unseen) = self.starts_behind_unseen_peers(private);
        starts.extend(unseen);
        if !private.is_empty() {
            let nets: Vec<IpNet> = Family::BOTH
                .into_iter()
                .flat_map(|family| super::super::render::blocks(family, private.get(family)))
                .collect();
            starts.extend(self.starts_on_premises(end, &nets)?);
        }
        Ok(starts)
    }
}
