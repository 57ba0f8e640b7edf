//! A transit gateway's route table: longest prefix, then static, prefix list, VPC, Direct Connect, Connect, VPN.
//!
//! <https://docs.aws.amazon.com/vpc/latest/tgw/how-transit-gateways-work.html>

use std::sync::Arc;

use ipnet::IpNet;

use crate::network::id::{
    ResourceId, TransitGatewayAttachmentId, TransitGatewayId, TransitGatewayRouteTableId,
};
use crate::network::state::{
    AttachmentResourceType, PropagationState, Toggle, TransitGatewayRouteState, TransitGatewayRouteType,
};
use crate::network::transit_gateway::{TransitGatewayPropagation, TransitGatewayRoute};

use super::addresses::{Addresses, Family, number};
use super::code::Code;
use super::doubt::Doubt;
use super::narrowest::{Around, Narrowest};
use super::packets::Packets;
use super::report::Rule;
use super::world::World;

/// What a table does with some packets.
#[derive(Debug)]
pub(crate) enum TransitDecision {
    /// To one attachment, or to any of several equal ones.
    Forward(Vec<TransitGatewayAttachmentId>, Arc<Rule>),
    Blackhole(Arc<Rule>),
    NoRoute,
    Unknown(Doubt),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Static,
    PrefixList,
    Vpc,
    DirectConnect,
    Connect,
    Vpn,
    Other,
}

fn rank(kind: Option<&AttachmentResourceType>) -> Rank {
    match kind {
        Some(AttachmentResourceType::Vpc) => Rank::Vpc,
        Some(AttachmentResourceType::DirectConnectGateway) => Rank::DirectConnect,
        Some(AttachmentResourceType::Connect) => Rank::Connect,
        Some(AttachmentResourceType::Vpn) => Rank::Vpn,
        _ => Rank::Other,
    }
}

#[derive(Debug)]
struct Entry {
    net: IpNet,
    rank: Rank,
    state: Option<TransitGatewayRouteState>,
    attachments: Vec<TransitGatewayAttachmentId>,
    rule: Arc<Rule>,
}

impl Entry {
    fn new(
        net: IpNet,
        rank: Rank,
        state: Option<TransitGatewayRouteState>,
        attachments: Vec<TransitGatewayAttachmentId>,
        static_route: bool,
    ) -> Self {
        let blackhole = state == Some(TransitGatewayRouteState::Blackhole);
        let rule = Rule::TransitGatewayRoute {
            destination_cidr_block: net.to_string(),
            transit_gateway_attachment_ids: attachments.iter().map(ToString::to_string).collect(),
            r#type: if static_route { "static" } else { "propagated" }.into(),
            state: if blackhole { "blackhole" } else { "active" }.into(),
        };
        Self {
            net,
            rank,
            state,
            attachments,
            rule: Arc::new(rule),
        }
    }
}

fn unknown(table: &TransitGatewayRouteTableId, message: String) -> Doubt {
    Doubt {
        missing_call: Some("ec2:SearchTransitGatewayRoutes"),
        ..Doubt::new(Code::TgwRtbRoutesAreUnknown, table, message)
    }
}

/// A table ready to be asked.
#[derive(Debug)]
pub(crate) struct TransitRoutes {
    table: TransitGatewayRouteTableId,
    /// Longest first, then by rank.
    entries: Vec<Entry>,
    /// Which of them is the longest around an address.
    longest: Narrowest,
    /// Why a packet that no entry matches may have a route all the same.
    incomplete: Option<Doubt>,
    /// Attachments that propagate what was not read.
    untold: Vec<TransitGatewayAttachmentId>,
    /// Private addresses that no VPC has: what those attachments tell of is likely among them.
    elsewhere: Addresses,
    pub(crate) dependencies: Vec<ResourceId>,
}

impl TransitRoutes {
    pub(crate) fn new(world: &World<'_>, table: &TransitGatewayRouteTableId) -> Result<Self, Doubt> {
        let snapshot = world.snapshot;
        let mut routes = Self {
            table: table.clone(),
            entries: Vec::new(),
            longest: Narrowest::default(),
            incomplete: None,
            untold: Vec::new(),
            elsewhere: Addresses::empty(),
            dependencies: Vec::new(),
        };
        let cut = || {
            unknown(
                table,
                format!("the search of {table} was cut: it has more routes"),
            )
        };
        if let Some(all) = snapshot.transit_gateway_routes.get(table) {
            if all.additional_routes_available {
                return Err(cut());
            }
            for route in &all.routes {
                routes.add(route, snapshot);
            }
            routes.sort();
            return Ok(routes);
        }
        let listed = snapshot.transit_gateway_static_routes.get(table);
        let propagations = snapshot.transit_gateway_propagations.get(table);
        let (Some(listed), Some(propagations)) = (listed, propagations) else {
            return Err(Self::absent(table));
        };
        if listed.additional_routes_available {
            return Err(cut());
        }
        for route in &listed.routes {
            routes.add(route, snapshot);
        }
        for propagation in &propagations.transit_gateway_route_table_propagations {
            routes.propagate(world, propagation)?;
        }
        if !routes.untold.is_empty() {
            let blocks = world.vpcs.values().map(|vpc| &vpc.blocks.live);
            routes.elsewhere = blocks.fold(super::special::rfc1918().clone(), |rest, blocks| {
                rest.subtract(blocks)
            });
        }
        routes.sort();
        Ok(routes)
    }

    /// Why a table whose routes were not read says nothing.
    pub(crate) fn absent(table: &TransitGatewayRouteTableId) -> Doubt {
        unknown(table, format!("the routes of {table} are not in the snapshot"))
    }

    /// Why an attachment to another account's gateway shows no table.
    pub(crate) fn not_shown(attachment: &TransitGatewayAttachmentId, gateway: &TransitGatewayId) -> Doubt {
        let message = format!(
            "which route table {attachment} is associated with only the account that owns {gateway} can see"
        );
        Doubt::new(Code::TgwRtbRoutesAreUnknown, attachment, message)
    }

    fn add(&mut self, route: &TransitGatewayRoute, snapshot: &crate::network::Snapshot) {
        if matches!(
            route.state,
            Some(TransitGatewayRouteState::Deleted | TransitGatewayRouteState::Deleting)
        ) {
            return;
        }
        let static_route = route.route_type.as_ref() != Some(&TransitGatewayRouteType::Propagated);
        let attachments: Vec<_> = route
            .transit_gateway_attachments
            .iter()
            .map(|attachment| attachment.transit_gateway_attachment_id.clone())
            .collect();
        let first = route.transit_gateway_attachments.first();
        let kind = first.and_then(|attachment| {
            attachment.resource_type.clone().or_else(|| {
                let found = snapshot
                    .transit_gateway_attachments
                    .get(&attachment.transit_gateway_attachment_id);
                found.and_then(|found| found.resource_type.clone())
            })
        });
        let rank = match (static_route, &route.prefix_list_id) {
            (_, Some(_)) => Rank::PrefixList,
            (true, None) => Rank::Static,
            (false, None) => rank(kind.as_ref()),
        };
        let nets: Vec<IpNet> = match (&route.destination_cidr_block, &route.prefix_list_id) {
            (Some(net), _) => vec![*net],
            (None, Some(list)) => {
                self.dependencies.push(list.into());
                match snapshot
                    .prefix_lists
                    .get(list)
                    .and_then(|list| list.entries.clone())
                {
                    Some(entries) => entries,
                    None => {
                        let call = "ec2:GetManagedPrefixListEntries";
                        self.incomplete = Some(Doubt::absent(list, "the entries of prefix list", call));
                        Vec::new()
                    }
                }
            }
            (None, None) => Vec::new(),
        };
        for net in nets {
            let (state, attachments) = (route.state.clone(), attachments.clone());
            self.entries
                .push(Entry::new(net, rank, state, attachments, static_route));
        }
    }

    /// An attachment tells a table its prefixes: a VPC its blocks; what others tell can only be read from the routes.
    fn propagate(&mut self, world: &World<'_>, propagation: &TransitGatewayPropagation) -> Result<(), Doubt> {
        let id = &propagation.transit_gateway_attachment_id;
        let mut moving = None;
        match &propagation.state {
            None | Some(PropagationState::Enabled) => {}
            Some(PropagationState::Disabled) => return Ok(()),
            // The route is there or not: what would take it cannot be told.
            Some(_) => moving = Some(TransitGatewayRouteState::Pending),
        }
        let attachment = world.snapshot.transit_gateway_attachments.get(id);
        let kind = propagation
            .resource_type
            .clone()
            .or_else(|| attachment.and_then(|attachment| attachment.resource_type.clone()));
        self.dependencies.push(id.into());
        if kind != Some(AttachmentResourceType::Vpc) {
            self.incomplete = Some(Doubt {
                missing_call: Some("ec2:SearchTransitGatewayRoutes"),
                ..Doubt::new(
                    Code::TgwRtbRoutesAreUnknown,
                    &self.table,
                    format!("what {id} propagates into {} is not in the snapshot", self.table),
                )
            });
            self.untold.push(id.clone());
            return Ok(());
        }
        let vpc = propagation
            .resource_id
            .clone()
            .or_else(|| attachment.and_then(|attachment| attachment.resource_id.clone()));
        let view = vpc
            .as_ref()
            .and_then(|vpc| world.vpcs.get(vpc.as_str()))
            .filter(|view| view.known);
        let Some(view) = view else {
            let vpc = vpc.unwrap_or_else(|| id.into());
            self.incomplete = Some(Doubt::absent(vpc, "the blocks of VPC", "ec2:DescribeVpcs"));
            self.untold.push(id.clone());
            return Ok(());
        };
        // Without IPv6 support an attachment propagates no IPv6 (API_CreateTransitGatewayVpcAttachmentRequestOptions).
        let attachment = world.snapshot.transit_gateway_vpc_attachments.get(id);
        let options = attachment.and_then(|attachment| attachment.options.as_ref());
        let ipv6 = options.and_then(|options| options.ipv6_support.as_ref());
        for &net in &view.blocks.nets {
            let state = match (net, ipv6) {
                (IpNet::V4(_), _) | (IpNet::V6(_), Some(Toggle::Enable)) => moving.clone(),
                (IpNet::V6(_), Some(_)) => continue,
                (IpNet::V6(_), None) => {
                    let unsure =
                        format!("not sure to be there: whether {id} supports IPv6 is not in the snapshot");
                    Some(TransitGatewayRouteState::Other(unsure.into()))
                }
            };
            let attachments = vec![id.clone()];
            self.entries
                .push(Entry::new(net, Rank::Vpc, state, attachments, false));
        }
        Ok(())
    }

    fn sort(&mut self) {
        self.entries.sort_by(|a, b| {
            (b.net.prefix_len(), a.net, a.rank, &a.attachments).cmp(&(
                a.net.prefix_len(),
                b.net,
                b.rank,
                &b.attachments,
            ))
        });
        let spans = self.entries.iter().enumerate().map(|(index, entry)| {
            let span = (number(entry.net.network()), number(entry.net.broadcast()));
            (Family::of(entry.net.addr()), span, index)
        });
        self.longest = Narrowest::new(spans);
    }

    /// Which route decides each packet. The parts do not overlap, and together are `packets`.
    pub(crate) fn decide(&self, packets: &Packets) -> Vec<(TransitDecision, Packets)> {
        let Some(doubt) = self.incomplete.as_ref().filter(|_| !self.untold.is_empty()) else {
            return self.longest_prefix(packets);
        };
        let elsewhere = packets.to(&self.elsewhere);
        // A route that was not read may be longer than the one that leads elsewhere.
        let mut decisions = self.longest_prefix(&elsewhere);
        for (decision, _) in &mut decisions {
            let is_sure = match decision {
                TransitDecision::Forward(attachments, _) => attachments
                    .iter()
                    .any(|attachment| self.untold.contains(attachment)),
                _ => false,
            };
            if !is_sure {
                *decision = TransitDecision::Unknown(doubt.clone());
            }
        }
        decisions.extend(self.longest_prefix(&packets.subtract(&elsewhere)));
        decisions.retain(|(_, part)| !part.is_empty());
        decisions
    }

    fn longest_prefix(&self, packets: &Packets) -> Vec<(TransitDecision, Packets)> {
        let together = match self.longest.around(packets) {
            Around::One(index) => self.entries.get(index..).and_then(|same| {
                let (entry, rest) = same.split_first()?;
                let ties: Vec<&Entry> = rest.iter().take_while(|next| next.net == entry.net).collect();
                Some(self.decision(entry, &ties))
            }),
            Around::Nothing => Some(self.no_route()),
            Around::Several => None,
        };
        if let Some(decision) = together {
            return vec![(decision, packets.clone())];
        }
        let mut decisions = Vec::new();
        let mut rest = packets.clone();
        let mut entries = self.entries.iter().peekable();
        while let Some(entry) = entries.next() {
            let mut ties = Vec::new();
            while let Some(tie) = entries.next_if(|next| next.net == entry.net) {
                ties.push(tie);
            }
            let decided = rest.to(&Addresses::from_nets([entry.net]));
            if decided.is_empty() {
                continue;
            }
            rest = rest.subtract(&decided);
            decisions.push((self.decision(entry, &ties), decided));
        }
        if !rest.is_empty() {
            decisions.push((self.no_route(), rest));
        }
        decisions
    }

    fn no_route(&self) -> TransitDecision {
        match &self.incomplete {
            Some(doubt) => TransitDecision::Unknown(doubt.clone()),
            None => TransitDecision::NoRoute,
        }
    }

    fn decision(&self, entry: &Entry, ties: &[&Entry]) -> TransitDecision {
        let rule = entry.rule.clone();
        let rival = ties
            .iter()
            .find(|tie| tie.rank == entry.rank && tie.attachments != entry.attachments);
        if let Some(rival) = rival
            && entry.rank == Rank::Vpc
        {
            let by = |entry: &Entry| -> String {
                let ids = (entry.attachments.iter()).map(TransitGatewayAttachmentId::as_str);
                ids.collect::<Vec<_>>().join(" and ")
            };
            let message = format!(
                "{} is propagated into {} by {} and {}: only the first to attach counts",
                entry.net,
                self.table,
                by(entry),
                by(rival)
            );
            return TransitDecision::Unknown(Doubt::new(Code::UndocumentedBehaviour, &self.table, message));
        }
        match &entry.state {
            Some(TransitGatewayRouteState::Blackhole) => TransitDecision::Blackhole(rule),
            None | Some(TransitGatewayRouteState::Active) => {
                let mut attachments = entry.attachments.clone();
                for tie in ties.iter().filter(|tie| tie.rank == entry.rank) {
                    attachments.extend(tie.attachments.iter().cloned());
                }
                attachments.sort();
                attachments.dedup();
                if attachments.is_empty() {
                    return TransitDecision::Blackhole(rule);
                }
                TransitDecision::Forward(attachments, rule)
            }
            Some(state) => {
                let message = format!("the route {} of {} is {state}", entry.net, self.table);
                TransitDecision::Unknown(Doubt::new(Code::InTransition, &self.table, message))
            }
        }
    }
}
