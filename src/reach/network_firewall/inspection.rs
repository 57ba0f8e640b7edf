//! Packets cross a firewall's endpoint: first the stateless rules, then, where these say so, the stateful ones.
//!
//! Connections are known to the endpoint that their request crossed, and to no other: replies must come by it again.
//! Packets are judged on their way into the firewall, so that this is the direction that is told.
//! <https://docs.aws.amazon.com/network-firewall/latest/developerguide/asymmetric-routing.html>,
//! <https://docs.aws.amazon.com/network-firewall/latest/developerguide/stream-exception-policy.html>

use std::sync::Arc;

use crate::network::Kind;
use crate::network::id::{
    FirewallArn, ResourceId, RouteTableId, SubnetId, TransitGatewayAttachmentId, VpcEndpointId, VpcId,
};
use crate::network::state::Toggle;

use super::super::code::Code;
use super::super::doubt::Doubt;
use super::super::flow::{Flow, Spot};
use super::super::layout::SubnetView;
use super::super::packets::Packets;
use super::super::report::{Direction, HopOutcome, Leg, Rule};
use super::super::walk::Walk;
use super::firewall::{FirewallView, Rules, Standing};
use super::rule_set::By;
use super::stateful::Stateful;
use super::stateless::Stateless;

/// What of a connection's way its replies must find again.
#[derive(Debug, Clone, Default)]
pub(crate) struct Course {
    /// The firewall endpoints that its request crossed and its reply did not yet.
    pub(crate) inspections: Vec<Inspection>,
    /// The subnets by which transit gateways put it out into a VPC in appliance mode.
    pub(crate) exits: Vec<(TransitGatewayAttachmentId, SubnetId)>,
}

impl Course {
    /// A route table of a VPC leads replies on, past the firewall endpoints there that they should come by.
    pub(crate) fn reply_led_by(&mut self, vpc: &VpcId, table: &RouteTableId, rule: &Arc<Rule>) {
        for inspection in self.inspections.iter_mut().filter(|known| known.vpc == *vpc) {
            inspection.led_by = Some((table.clone(), rule.clone()));
        }
    }
}

/// A firewall endpoint that a request crossed.
#[derive(Debug, Clone)]
pub(crate) struct Inspection {
    pub(crate) endpoint: VpcEndpointId,
    pub(crate) vpc: VpcId,
    pub(crate) by: Inspected,
    /// The route table of the endpoint's VPC that the reply was led on by last.
    pub(crate) led_by: Option<(RouteTableId, Arc<Rule>)>,
}

/// What let a request pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Inspected {
    /// A stateless rule or default action: nothing knows the connection.
    Stateless,
    /// The stateful engine.
    Stateful {
        /// Whether no rule matched, so that replies are looked at again.
        by_default: bool,
        /// Whether the engine goes on with connections whose beginning it did not see.
        picks_up: bool,
    },
    /// Nobody can say, or nothing did.
    Unknown,
}

/// Where a firewall stands.
struct Place<'p> {
    firewall: &'p FirewallArn,
    endpoint: &'p VpcEndpointId,
    subnet: &'p SubnetView,
}

impl Place<'_> {
    fn spot(&self, component: &ResourceId) -> Spot {
        Spot::new(component.clone(), Kind::NetworkFirewall)
            .in_subnet(&self.subnet.id, &self.subnet.vpc)
            .directed(Direction::Ingress)
    }
}

/// What was decided of packets.
#[derive(Default)]
struct Sorted<'r> {
    passed: Vec<(&'r By, Packets)>,
    dropped: Vec<(&'r By, Packets)>,
    unknown: Vec<(Doubt, Packets)>,
}

impl Walk<'_> {
    /// Packets come to a firewall's endpoint in that subnet.
    pub(crate) fn enter_firewall(
        &mut self,
        mut flow: Flow,
        firewall: &FirewallView,
        endpoint: &VpcEndpointId,
        subnet: &SubnetView,
    ) {
        let arn = firewall.arn();
        self.consult(arn);
        for id in &firewall.consulted {
            self.consult(id);
        }
        self.cross(&mut flow, arn, Kind::NetworkFirewall);
        let place = Place {
            firewall: arn,
            endpoint,
            subnet,
        };
        match firewall.standing(endpoint) {
            Standing::Works => {}
            Standing::Fails(why) => {
                let spot = Spot::new(arn, Kind::NetworkFirewall).in_subnet(&subnet.id, &subnet.vpc);
                return self.end_lost(flow, Code::BadState, spot, None, why);
            }
            Standing::Unknown(doubt) => return self.end_unknown(flow, doubt),
        }
        let rules = match &firewall.rules {
            Ok(rules) => rules,
            Err(doubt) => return self.end_unknown(flow, doubt.clone()),
        };
        match flow.leg {
            Leg::Forward => self.inspect_requests(flow, rules, &place),
            Leg::Reply => self.inspect_replies(flow, rules, &place),
        }
    }

    fn inspect_requests(&mut self, flow: Flow, rules: &Rules, place: &Place<'_>) {
        let (passed, forwarded, stopped) = sort_stateless(rules, flow.all());
        if let Some((packets, sorted)) = passed {
            self.go_on(flow.only(&packets), sorted, Inspected::Stateless, place);
        }
        if let Some((packets, sorted)) = stopped {
            self.go_on(flow.only(&packets), sorted, Inspected::Unknown, place);
        }
        let Some(forwarded) = forwarded else { return };
        let decided = rules.stateful.decide(&forwarded);
        let (mut by_rule, mut by_default) = (Sorted::default(), Sorted::default());
        let mut unruled = Packets::none();
        for (action, by, part) in decided.known {
            match action {
                Stateful::Pass if by.rule.is_none() => {
                    unruled.add(&part);
                    by_default.passed.push((by, part));
                }
                Stateful::Pass => by_rule.passed.push((by, part)),
                Stateful::Drop => by_rule.dropped.push((by, part)),
            }
        }
        by_rule.unknown = decided.unknown;
        let parts = [
            (flow.only(&unruled), by_default, true),
            (flow.only(&forwarded.subtract(&unruled)), by_rule, false),
        ];
        for (part, sorted, by_default) in parts {
            let by = Inspected::Stateful {
                by_default,
                picks_up: rules.picks_up,
            };
            self.go_on(part, sorted, by, place);
        }
    }

    /// Packets that share what let them pass go on by the routes of the endpoint's subnet.
    fn go_on(&mut self, mut flow: Flow, sorted: Sorted<'_>, by: Inspected, place: &Place<'_>) {
        if flow.is_empty() {
            return;
        }
        self.firewall_decides(&mut flow, sorted, place);
        if flow.leg == Leg::Forward {
            flow.course.inspections.push(Inspection {
                endpoint: place.endpoint.clone(),
                vpc: place.subnet.vpc.clone(),
                by,
                led_by: None,
            });
        }
        flow.zone.clone_from(&place.subnet.zone);
        self.route(flow, place.subnet);
    }

    /// Writes down what was decided.
    fn firewall_decides(&mut self, flow: &mut Flow, sorted: Sorted<'_>, place: &Place<'_>) {
        let (outcome, by) = if let Some((by, _)) = sorted.dropped.first() {
            (HopOutcome::Blocked, Some(*by))
        } else if !sorted.unknown.is_empty() {
            (HopOutcome::Unknown, None)
        } else {
            (HopOutcome::Passed, sorted.passed.first().map(|(by, _)| *by))
        };
        let (note, component) = match (by, sorted.unknown.first()) {
            (Some(by), _) => (by.note.clone(), Some(&by.component)),
            (None, Some((doubt, _))) => (doubt.message.clone(), doubt.components.first()),
            (None, None) => (String::new(), None),
        };
        if let Some(component) = component {
            let spot = place.spot(component);
            let rule = by
                .filter(|_| outcome == HopOutcome::Passed)
                .and_then(|by| by.rule.clone());
            self.hop(
                flow,
                &spot,
                outcome,
                rule,
                Some(note.as_str()).filter(|note| !note.is_empty()),
            );
        }
        for (by, lost) in &sorted.dropped {
            let (code, note) = (Code::FirewallRulesRestriction, by.note.clone());
            self.lose(flow, lost, code, place.spot(&by.component), by.rule.clone(), note);
        }
        for (doubt, unknown) in sorted.unknown {
            self.doubt(flow, &unknown, doubt);
        }
    }

    fn inspect_replies(&mut self, mut flow: Flow, rules: &Rules, place: &Place<'_>) {
        let inspections = &mut flow.course.inspections;
        let last = inspections
            .iter()
            .rposition(|known| known.endpoint == *place.endpoint);
        let known = last.map(|at| inspections.remove(at).by);
        let (passed, forwarded, stopped) = sort_stateless(rules, flow.all());
        if let Some((packets, sorted)) = stopped {
            self.go_on(flow.only(&packets), sorted, Inspected::Unknown, place);
        }
        if let Some((packets, sorted)) = passed {
            let mut part = flow.only(&packets);
            if matches!(known, None | Some(Inspected::Stateful { .. })) {
                let message = format!(
                    "the stateless rules of {} pass replies of connections that its stateful engine judges, or whose requests it never saw: AWS does not say what comes of it",
                    place.endpoint
                );
                self.doubt(
                    &mut part,
                    &packets,
                    Doubt::new(Code::UndocumentedBehaviour, place.endpoint, message),
                );
            }
            self.go_on(part, sorted, Inspected::Stateless, place);
        }
        if let Some(packets) = forwarded {
            self.reply_to_engine(flow.only(&packets), known, rules, place);
        }
    }

    /// Replies come to the stateful engine.
    fn reply_to_engine(
        &mut self,
        mut flow: Flow,
        known: Option<Inspected>,
        rules: &Rules,
        place: &Place<'_>,
    ) {
        let packets = flow.all().clone();
        match known {
            Some(Inspected::Unknown) => {}
            Some(Inspected::Stateful { by_default, .. }) => {
                let spot = Spot::new(place.firewall, Kind::NetworkFirewall)
                    .in_subnet(&place.subnet.id, &place.subnet.vpc)
                    .directed(Direction::Ingress);
                let note = "the firewall knows the connection";
                self.pass(&mut flow, &spot, None, Some(note));
                if by_default {
                    self.doubt_dropped_replies(&mut flow, rules);
                }
            }
            None | Some(Inspected::Stateless) if rules.picks_up => {
                let message = format!(
                    "the firewall behind {} sees only one direction of the connection, and goes on with it all the same",
                    place.endpoint
                );
                self.doubt(
                    &mut flow,
                    &packets,
                    Doubt::new(Code::UndocumentedBehaviour, place.endpoint, message),
                );
            }
            Some(Inspected::Stateless) => {
                let decided = rules.stateless.decide(&packets);
                for (_, by, part) in decided.known {
                    let note = "it hands the reply to the stateful engine, which its request did not pass";
                    let code = Code::FirewallRulesRestriction;
                    self.lose(
                        &mut flow,
                        &part,
                        code,
                        place.spot(&by.component),
                        by.rule.clone(),
                        note,
                    );
                }
            }
            None => {
                let mut note = format!(
                    "the reply comes by firewall endpoint {}, by which its request did not go",
                    place.endpoint
                );
                if let Some(attachment) = self.without_appliance_mode(&flow, &place.subnet.vpc) {
                    note += &format!(
                        "; without appliance mode on {attachment} each direction enters by its own sender's zone"
                    );
                }
                let led_by = flow.sent_by.clone();
                self.lose_asymmetric(&mut flow, place.endpoint, led_by, note);
                flow.course.inspections.clear();
            }
        }
        flow.zone.clone_from(&place.subnet.zone);
        self.route(flow, place.subnet);
    }

    /// A connection that a pass rule lets through is looked at no more; of others, packets that a drop rule matches may
    /// be dropped in either direction.
    fn doubt_dropped_replies(&mut self, flow: &mut Flow, rules: &Rules) {
        let decided = rules.stateful.decide(flow.all());
        for (action, by, part) in decided.known {
            if action == Stateful::Drop && by.rule.is_some() {
                let message = format!(
                    "a rule of {} ({}) matches the reply, and no rule passes the request: AWS does not say which counts",
                    by.component, by.note
                );
                let doubt = Doubt::new(Code::UndocumentedBehaviour, by.component.clone(), message);
                self.doubt(flow, &part, doubt);
            }
        }
        for (doubt, part) in decided.unknown {
            self.doubt(flow, &part, doubt);
        }
    }

    /// An attachment of a VPC that packets came by, whose appliance mode is off: each direction enters by a subnet in the
    /// zone that it comes from.
    /// <https://docs.aws.amazon.com/vpc/latest/tgw/transit-gateway-appliance-scenario.html>
    fn without_appliance_mode(&self, flow: &Flow, vpc: &VpcId) -> Option<&TransitGatewayAttachmentId> {
        let attachments = self.world.transit_attachments(vpc).iter();
        attachments
            .filter(|id| {
                flow.crossed
                    .iter()
                    .any(|(crossed, _)| crossed.as_str() == id.as_str())
            })
            .find(|id| {
                let attachment = self.world.snapshot.transit_gateway_vpc_attachments.get(*id);
                let options = attachment.and_then(|attachment| attachment.options.as_ref());
                options.is_none_or(|options| options.appliance_mode_support != Some(Toggle::Enable))
            })
    }

    /// The reply did not come back by the endpoints that its request crossed.
    pub(crate) fn lose_uninspected(&mut self, flow: &mut Flow) {
        for inspection in std::mem::take(&mut flow.course.inspections) {
            let endpoint = &inspection.endpoint;
            let note = format!("the reply does not come back by firewall endpoint {endpoint}");
            match inspection.by {
                Inspected::Unknown => {}
                Inspected::Stateful { picks_up: false, .. } => {
                    let led_by = inspection.led_by.or_else(|| flow.sent_by.clone());
                    self.lose_asymmetric(flow, endpoint, led_by, note);
                }
                Inspected::Stateless | Inspected::Stateful { picks_up: true, .. } => {
                    let all = flow.all().clone();
                    let message = format!("{note}, which AWS does not support");
                    self.doubt(
                        flow,
                        &all,
                        Doubt::new(Code::FirewallAsymmetricRouting, endpoint, message),
                    );
                }
            }
        }
    }

    /// The table that sends the reply another way is what is wrong.
    fn lose_asymmetric(
        &mut self,
        flow: &mut Flow,
        endpoint: &VpcEndpointId,
        led_by: Option<(RouteTableId, Arc<Rule>)>,
        note: String,
    ) {
        let all = flow.all().clone();
        let (spot, rule) = match led_by {
            Some((table, rule)) => (self.at_table(&table), Some(rule)),
            None => (Spot::new(endpoint, Kind::VpcEndpoint), None),
        };
        self.lose(flow, &all, Code::FirewallAsymmetricRouting, &spot, rule, note);
    }
}

type Part<'r> = Option<(Packets, Sorted<'r>)>;

/// What stateless rules pass, hand to the stateful engine, and neither.
fn sort_stateless<'r>(rules: &'r Rules, packets: &Packets) -> (Part<'r>, Option<Packets>, Part<'r>) {
    let decided = rules.stateless.decide(packets);
    let (passed, forwarded) = (decided.of(Stateless::Pass), decided.of(Stateless::Forward));
    let rest = packets.subtract(&passed).subtract(&forwarded);
    let (mut passing, mut stopped) = (Sorted::default(), Sorted::default());
    for (action, by, part) in decided.known {
        match action {
            Stateless::Pass => passing.passed.push((by, part)),
            Stateless::Drop => stopped.dropped.push((by, part)),
            Stateless::Forward => {}
        }
    }
    stopped.unknown = decided.unknown;
    (
        (!passed.is_empty()).then_some((passed, passing)),
        (!forwarded.is_empty()).then_some(forwarded),
        (!rest.is_empty()).then_some((rest, stopped)),
    )
}
