//! Load balancers: nodes to arrive at, and to send from.

use std::sync::Arc;

use crate::network::Kind;
use crate::network::state::LoadBalancerType;
use crate::paths::model::{End, EndForm};

use super::super::client_ports;
use super::super::code::Code;
use super::super::doubt::Doubt;
use super::super::interface::Interface;
use super::super::load_balancer::{Balancer, LIST};
use super::end::{Finish, Hindrance, Start, absent, ambiguous, at_interface};
use super::resolver::{Resolver, Virtual};

impl<'w> Resolver<'w> {
    /// The one load balancer that an end names.
    fn balancer(&mut self, end: &End) -> Result<Balancer<'w>, Hindrance> {
        let EndForm::LoadBalancer(name) = &end.form else {
            return Err(absent(end, None));
        };
        let world = self.world;
        let snapshot = world.snapshot;
        let in_place = |balancer: &Balancer<'_>| {
            let mut parts = balancer.id().as_str().split(':').skip(3);
            let (region, account) = (parts.next(), parts.next());
            let fits = |wanted: Option<&str>, told: Option<&str>| {
                wanted.is_none_or(|wanted| told.is_none_or(|told| told == wanted))
            };
            fits(
                end.region.as_ref().map(crate::network::id::Region::as_str),
                region,
            ) && fits(
                end.account.as_ref().map(crate::network::id::AccountId::as_str),
                account,
            ) && balancer.vpc().is_none_or(|vpc| self.in_scope(end, vpc))
        };
        let found: Vec<Balancer<'w>> = Balancer::named(snapshot, name)
            .into_iter()
            .filter(in_place)
            .collect();
        match found.as_slice() {
            [] => {
                let known = snapshot.load_balancers.is_known() && snapshot.classic_load_balancers.is_known();
                let unread = !known && (!snapshot.load_balancers.is_known() || !name.contains('/'));
                Err(absent(end, unread.then_some(LIST)))
            }
            [Balancer::Current(row)] if row.r#type == LoadBalancerType::Gateway => {
                let message = format!(
                    "`{}` is a Gateway Load Balancer, which nothing is sent to by itself",
                    end.text
                );
                Err(Doubt::new(Code::UnsupportedComponent, &row.load_balancer_arn, message).into())
            }
            [one] => {
                self.consulted.insert(&one.resource());
                Ok(*one)
            }
            several => Err(ambiguous(end, several.iter().map(Balancer::resource))),
        }
    }

    fn nodes(&self, end: &End, balancer: Balancer<'w>) -> Result<Vec<Arc<Interface>>, Hindrance> {
        let nodes = balancer.nodes(self.world);
        if !nodes.is_empty() {
            return Ok(nodes);
        }
        if !self.world.snapshot.network_interfaces.is_known() {
            return Err(absent(end, Some("ec2:DescribeNetworkInterfaces")));
        }
        let message = format!("the snapshot shows no interface of a node of `{}`", end.text);
        Err(Doubt::new(Code::UnknownResource, balancer.resource(), message).into())
    }

    /// Every node.
    pub(super) fn finishes_at_balancer(&mut self, end: &End) -> Result<Vec<Finish>, Hindrance> {
        let balancer = self.balancer(end)?;
        Ok(self.nodes(end, balancer)?.into_iter().map(at_interface).collect())
    }

    /// A Network Load Balancer sends from its nodes' addresses, and from its clients' where it keeps them; all others
    /// from any usable address of their subnets, as their nodes come and go with load.
    pub(super) fn starts_at_balancer(&mut self, end: &End) -> Result<Vec<Start>, Hindrance> {
        let balancer = self.balancer(end)?;
        if balancer.is_network() {
            return Ok(self
                .nodes(end, balancer)?
                .iter()
                .map(|node| {
                    let mut node = Interface::clone(node);
                    // A client's address that the path names is not the node's own.
                    node.source_dest_check = false;
                    self.start_at(&Arc::new(node), client_ports::any())
                })
                .collect());
        }
        let id = balancer.resource();
        let of = Virtual {
            id: id.as_str(),
            kind: Kind::LoadBalancer,
            groups: balancer.groups(),
            filtered: true,
            any_public: false,
            ipv6: balancer.is_dual_stack(),
        };
        balancer
            .subnets()
            .into_iter()
            .map(|subnet| Ok(self.start_at(&self.virtual_interface(subnet, &of)?, client_ports::any())))
            .collect()
    }
}
