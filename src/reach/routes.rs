//! A VPC's route tables: the longest prefix wins, then static before prefix list before propagated.
//!
//! <https://docs.aws.amazon.com/vpc/latest/userguide/route-tables-priority.html>,
//! <https://docs.aws.amazon.com/vpc/latest/userguide/subnet-route-tables.html>,
//! <https://docs.aws.amazon.com/vpn/latest/s2svpn/vpn-route-priority.html>

use std::sync::Arc;

use ipnet::IpNet;
use smallvec::SmallVec;

use crate::network::id::{
    EgressOnlyInternetGatewayId, InstanceId, InternetGatewayId, NatGatewayId, NetworkInterfaceId, ResourceId,
    RouteTableId, TransitGatewayId, VpcEndpointId, VpcPeeringConnectionId, VpnGatewayId,
};
use crate::network::route_table::{Route, RouteTable};
use crate::network::snapshot::Snapshot;
use crate::network::state::{PeeringStatus, RouteOrigin, RouteState};

use super::addresses::{Addresses, Family, number};
use super::code::Code;
use super::doubt::Doubt;
use super::narrowest::{Around, Narrowest};
use super::packets::Packets;
use super::ranges::Ranges;
use super::report::Rule;

/// Where a route leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Target {
    Local,
    NatGateway(NatGatewayId),
    InternetGateway(InternetGatewayId),
    EgressOnlyInternetGateway(EgressOnlyInternetGatewayId),
    Peering(VpcPeeringConnectionId),
    TransitGateway(TransitGatewayId),
    Interface(NetworkInterfaceId),
    Instance(InstanceId),
    VpcEndpoint(VpcEndpointId),
    VpnGateway(VpnGatewayId),
    /// A component that hopwatch does not model: what it is called, and its id.
    Unsupported(&'static str, ResourceId),
}

impl Target {
    /// By the field of API_Route that is set.
    pub(crate) fn of(route: &Route) -> Self {
        if let Some(gateway) = &route.gateway_id {
            let id = gateway.as_str();
            return match id.split('-').next() {
                Some("local") => Self::Local,
                Some("igw") => Self::InternetGateway(id.into()),
                Some("vgw") => Self::VpnGateway(id.into()),
                Some("vpce") => Self::VpcEndpoint(id.into()),
                Some("eigw") => Self::EgressOnlyInternetGateway(id.into()),
                _ => Self::Unsupported("gateway", gateway.clone()),
            };
        }
        if let Some(id) = &route.nat_gateway_id {
            return Self::NatGateway(id.clone());
        }
        if let Some(id) = &route.transit_gateway_id {
            return Self::TransitGateway(id.clone());
        }
        if let Some(id) = &route.vpc_peering_connection_id {
            return Self::Peering(id.clone());
        }
        if let Some(id) = &route.network_interface_id {
            return Self::Interface(id.clone());
        }
        if let Some(id) = &route.instance_id {
            return Self::Instance(id.clone());
        }
        if let Some(id) = &route.egress_only_internet_gateway_id {
            return Self::EgressOnlyInternetGateway(id.clone());
        }
        let unsupported = [
            ("local gateway", &route.local_gateway_id),
            ("carrier gateway", &route.carrier_gateway_id),
            ("core network", &route.core_network_arn),
            ("Oracle Database@AWS network", &route.odb_network_arn),
        ];
        for (what, id) in unsupported {
            if let Some(id) = id {
                return Self::Unsupported(what, id.clone());
            }
        }
        Self::Unsupported("target", ResourceId::from("?"))
    }

    /// Its id, or `local`.
    pub(crate) fn id(&self) -> &str {
        match self {
            Self::Local => "local",
            Self::NatGateway(id) => id.as_str(),
            Self::InternetGateway(id) => id.as_str(),
            Self::EgressOnlyInternetGateway(id) => id.as_str(),
            Self::Peering(id) => id.as_str(),
            Self::TransitGateway(id) => id.as_str(),
            Self::Interface(id) => id.as_str(),
            Self::Instance(id) => id.as_str(),
            Self::VpcEndpoint(id) => id.as_str(),
            Self::VpnGateway(id) => id.as_str(),
            Self::Unsupported(_, id) => id.as_str(),
        }
    }
}

/// At equal length the lower rank wins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Static,
    PrefixList,
    Propagated,
    /// From a route server: its place among the others is not documented.
    Advertised,
}

#[derive(Debug)]
struct CompiledRoute {
    family: Family,
    span: (u128, u128),
    length: u8,
    rank: Rank,
    target: Target,
    blackhole: bool,
    /// To a peering that waits for its acceptance.
    waits: bool,
    rule: Arc<Rule>,
}

/// A route table ready to be asked.
#[derive(Debug)]
pub(crate) struct Routes {
    table: RouteTableId,
    /// Longest first, then by rank.
    routes: Vec<CompiledRoute>,
    /// Which of them is the longest around an address.
    longest: Narrowest,
    /// The VPC's own blocks.
    local: Addresses,
    /// Blocks on their way in or out of the VPC.
    uncertain: Addresses,
    /// Routes to prefix lists that could not be read, with what they could match at the most.
    unreadable: Vec<(Doubt, Addresses)>,
}

/// What a table does with some packets.
#[derive(Debug)]
pub(crate) enum Decision {
    /// A route wins and forwards.
    Forward(Target, Arc<Rule>),
    /// A route wins and drops.
    Blackhole(Target, Arc<Rule>),
    /// No route matches.
    NoRoute,
    /// It cannot be told.
    Unknown(Doubt),
}

impl Routes {
    /// Compiles a table of a VPC whose live blocks are `local` and whose blocks on the move are `uncertain`.
    pub(crate) fn new(
        table: &RouteTable,
        local: &Addresses,
        uncertain: &Addresses,
        snapshot: &Snapshot,
    ) -> Self {
        let mut compiled = Self {
            table: table.route_table_id.clone(),
            routes: Vec::with_capacity(table.routes.len()),
            longest: Narrowest::default(),
            local: local.clone(),
            uncertain: uncertain.clone(),
            unreadable: Vec::new(),
        };
        for route in &table.routes {
            compiled.add(route, snapshot);
        }
        compiled.add_implied_local_routes();
        compiled
            .routes
            .sort_by(|a, b| (b.length, a.span, a.rank).cmp(&(a.length, b.span, b.rank)));
        let spans = compiled.routes.iter().enumerate();
        compiled.longest = Narrowest::new(spans.map(|(index, route)| (route.family, route.span, index)));
        compiled
    }

    fn add(&mut self, route: &Route, snapshot: &Snapshot) {
        if route.state == Some(RouteState::Filtered) {
            return;
        }
        let target = Target::of(route);
        if let Some(list) = &route.destination_prefix_list_id {
            let entries = snapshot
                .prefix_lists
                .get(list)
                .and_then(|list| list.entries.as_ref());
            match entries {
                Some(entries) => {
                    for &net in entries {
                        let destination = format!("{list} ({net})");
                        self.push(route, net, Rank::PrefixList, &target, destination, snapshot);
                    }
                }
                None => {
                    let call = "ec2:GetManagedPrefixListEntries";
                    let doubt = Doubt::absent(list, "the entries of prefix list", call);
                    // A gateway endpoint's list holds the public ranges of a service.
                    let reach = match &target {
                        Target::VpcEndpoint(_) => Addresses::everywhere()
                            .subtract(&self.local)
                            .subtract(&super::special::private()),
                        _ => Addresses::everywhere(),
                    };
                    self.unreadable.push((doubt, reach));
                }
            }
            return;
        }
        let rank = match route.origin {
            Some(RouteOrigin::EnableVgwRoutePropagation) => Rank::Propagated,
            Some(RouteOrigin::Advertisement) => Rank::Advertised,
            _ => Rank::Static,
        };
        let v4 = route.destination_cidr_block.map(IpNet::V4);
        let v6 = route.destination_ipv6_cidr_block.map(IpNet::V6);
        for net in v4.into_iter().chain(v6) {
            self.push(route, net, rank, &target, net.to_string(), snapshot);
        }
    }

    fn push(
        &mut self,
        route: &Route,
        net: IpNet,
        rank: Rank,
        target: &Target,
        destination: String,
        snapshot: &Snapshot,
    ) {
        // A route to a peering that waits "has no effect"; EC2 shows it as a blackhole.
        let waits = matches!(target, Target::Peering(id) if snapshot
            .vpc_peering_connections
            .get(id)
            .and_then(|peering| peering.status.as_ref())
            .is_some_and(|status| status.code == PeeringStatus::PendingAcceptance));
        let blackhole = route.state == Some(RouteState::Blackhole) || waits;
        self.routes.push(CompiledRoute {
            family: Family::of(net.addr()),
            span: (number(net.network()), number(net.broadcast())),
            length: net.prefix_len(),
            rank,
            target: target.clone(),
            blackhole,
            waits,
            rule: Arc::new(Rule::Route {
                destination,
                target: target.id().to_owned(),
                state: if blackhole { "blackhole" } else { "active" }.into(),
                origin: route.origin.as_ref().map(ToString::to_string),
            }),
        });
    }

    /// Every table has a local route for every block of its VPC, unless another target took its place.
    fn add_implied_local_routes(&mut self) {
        for family in Family::BOTH {
            let listed = Ranges::from_spans(
                self.routes
                    .iter()
                    .filter(|route| {
                        let span = Ranges::span(route.span.0, route.span.1);
                        let inside = span.is_subset(self.local.get(family));
                        route.family == family && (inside || route.target == Target::Local)
                    })
                    .map(|route| route.span),
            );
            for span in self.local.get(family).subtract(&listed).iter() {
                for net in super::render::prefixes(family, span) {
                    self.routes.push(CompiledRoute {
                        family,
                        span: (number(net.network()), number(net.broadcast())),
                        length: net.prefix_len(),
                        rank: Rank::Static,
                        target: Target::Local,
                        blackhole: false,
                        waits: false,
                        rule: Arc::new(Rule::Route {
                            destination: net.to_string(),
                            target: "local".into(),
                            state: "active".into(),
                            origin: Some("CreateRouteTable".into()),
                        }),
                    });
                }
            }
        }
    }

    /// Which route decides each packet. The parts do not overlap, and together are `packets`.
    pub(crate) fn decide(&self, packets: &Packets) -> Vec<(Decision, Packets)> {
        if let Some(decision) = self.decide_together(packets) {
            return vec![(decision, packets.clone())];
        }
        let mut decisions: Vec<(Decision, Packets)> = Vec::new();
        let mut rest = packets.clone();
        let to_lattice = rest.to(super::special::lattice());
        if !to_lattice.is_empty() {
            rest = rest.subtract(&to_lattice);
            let message = "VPC Lattice is not modelled";
            let doubt = Doubt::new(Code::UnsupportedComponent, &self.table, message);
            decisions.push((Decision::Unknown(doubt), to_lattice));
        }
        let never = rest.to(super::special::never_forwarded());
        if !never.is_empty() {
            rest = rest.subtract(&never);
            decisions.push((Decision::NoRoute, never));
        }
        for (doubt, reach) in self
            .unreadable
            .iter()
            .map(|(doubt, reach)| (doubt.clone(), reach))
            .chain(self.on_the_move().iter().map(|(d, a)| (d.clone(), a)))
        {
            let unknown = rest.to(reach);
            if !unknown.is_empty() {
                rest = rest.subtract(&unknown);
                decisions.push((Decision::Unknown(doubt), unknown));
            }
        }
        let mut routes = self.routes.iter().peekable();
        while let Some(route) = routes.next() {
            if rest.is_empty() {
                break;
            }
            let mut ties: Vec<&CompiledRoute> = Vec::new();
            while let Some(tie) =
                routes.next_if(|next| next.family == route.family && next.span == route.span)
            {
                ties.push(tie);
            }
            let span = Addresses::of(route.family, Ranges::span(route.span.0, route.span.1));
            let mut decided = rest.to(&span);
            if decided.is_empty() {
                continue;
            }
            if route.rank == Rank::Propagated {
                // A propagated route never beats `local`, even where it is longer.
                decided = decided.subtract(&decided.to(&self.local));
                if decided.is_empty() {
                    continue;
                }
            }
            rest = rest.subtract(&decided);
            decisions.push((self.decision(route, &ties), decided));
        }
        if !rest.is_empty() {
            decisions.push((Decision::NoRoute, rest));
        }
        decisions
    }

    /// What decides all packets, where it is plain that one thing does: so it is of nearly all paths.
    fn decide_together(&self, packets: &Packets) -> Option<Decision> {
        let mut special = [super::special::lattice(), super::special::never_forwarded()]
            .into_iter()
            .chain(self.unreadable.iter().map(|(_, reach)| reach))
            .chain([&self.uncertain]);
        if special.any(|addresses| packets.goes_to(addresses)) {
            return None;
        }
        match self.longest.around(packets) {
            Around::One(index) => {
                let mut same = self.routes.get(index..)?.iter();
                let route = same.next()?;
                if route.rank == Rank::Propagated && packets.goes_to(&self.local) {
                    return None;
                }
                let ties: SmallVec<[&CompiledRoute; 2]> = same
                    .take_while(|next| next.family == route.family && next.span == route.span)
                    .collect();
                Some(self.decision(route, &ties))
            }
            Around::Nothing => Some(Decision::NoRoute),
            Around::Several => None,
        }
    }

    fn on_the_move(&self) -> Vec<(Doubt, Addresses)> {
        if self.uncertain.is_empty() {
            return Vec::new();
        }
        let message = "a CIDR block of the VPC is being associated or disassociated";
        vec![(
            Doubt::new(Code::InTransition, &self.table, message),
            self.uncertain.clone(),
        )]
    }

    fn decision(&self, route: &CompiledRoute, ties: &[&CompiledRoute]) -> Decision {
        let undocumented = |message: &str| {
            Decision::Unknown(Doubt::new(
                Code::UndocumentedBehaviour,
                &self.table,
                message.to_owned(),
            ))
        };
        let span = Ranges::span(route.span.0, route.span.1);
        let local = span.is_subset(self.local.get(route.family));
        if local && route.target != Target::Local {
            match route.rank {
                Rank::PrefixList => {
                    return undocumented(
                        "AWS does not say whether a prefix list's entry inside the VPC's own block beats the local route",
                    );
                }
                Rank::Advertised => {
                    return undocumented(
                        "AWS does not say whether a route server's route inside the VPC's own block beats the local route",
                    );
                }
                Rank::Static | Rank::Propagated => {}
            }
        }
        for tie in ties {
            if tie.target == route.target && tie.blackhole == route.blackhole {
                continue;
            }
            if tie.rank == Rank::Advertised {
                return undocumented(
                    "AWS does not rank a route server's route among others of the same prefix",
                );
            }
            if tie.rank == Rank::PrefixList && route.rank == Rank::PrefixList {
                return undocumented(
                    "two prefix lists hold the same prefix with different targets: AWS picks one at random",
                );
            }
            if route.blackhole && !tie.blackhole {
                return undocumented(
                    "AWS does not say what a blackhole beside an active route of the same prefix does",
                );
            }
        }
        if route.blackhole {
            let another = self.routes.iter().any(|other| {
                other.family == route.family
                    && other.length < route.length
                    && other.span.0 <= route.span.0
                    && route.span.1 <= other.span.1
                    && !other.blackhole
            });
            if route.waits && another {
                return undocumented(
                    "AWS does not say whether a wider route takes over from one to a peering that is not active",
                );
            }
            return Decision::Blackhole(route.target.clone(), route.rule.clone());
        }
        Decision::Forward(route.target.clone(), route.rule.clone())
    }
}
