//! Components that packets cross: what `via`, `notVia` and `transparent` name.

use crate::network::Kind;
use crate::network::id::ResourceId;

use super::fields::{self, Fields};
use super::key;
use super::model::{Component, Transparent};
use super::node::{Node, Value, excerpt};
use super::problem::{Problem, Problems, Wrong};
use super::resource;
use super::suggestion::{did_you_mean, nearest, one_of};
use super::tag;

/// The kinds that forward packets: those that `via` and `notVia` take.
pub const FORWARDING: &[Kind] = &[
    Kind::Instance,
    Kind::NetworkInterface,
    Kind::NatGateway,
    Kind::InternetGateway,
    Kind::EgressOnlyInternetGateway,
    Kind::VpcPeeringConnection,
    Kind::TransitGateway,
    Kind::TransitGatewayAttachment,
    Kind::VpcEndpoint,
    Kind::LoadBalancer,
    Kind::NetworkFirewall,
    Kind::VpnGateway,
    Kind::VpnConnection,
    Kind::DirectConnectGateway,
];

/// What people call them.
const SLANG: [(&str, Kind); 22] = [
    ("nat", Kind::NatGateway),
    ("igw", Kind::InternetGateway),
    ("internet", Kind::InternetGateway),
    ("eigw", Kind::EgressOnlyInternetGateway),
    ("eni", Kind::NetworkInterface),
    ("ec2", Kind::Instance),
    ("peering", Kind::VpcPeeringConnection),
    ("pcx", Kind::VpcPeeringConnection),
    ("tgw", Kind::TransitGateway),
    ("tgw-attachment", Kind::TransitGatewayAttachment),
    ("tgw-attach", Kind::TransitGatewayAttachment),
    ("vpce", Kind::VpcEndpoint),
    ("endpoint", Kind::VpcEndpoint),
    ("firewall", Kind::NetworkFirewall),
    ("alb", Kind::LoadBalancer),
    ("nlb", Kind::LoadBalancer),
    ("elb", Kind::LoadBalancer),
    ("lb", Kind::LoadBalancer),
    ("vgw", Kind::VpnGateway),
    ("vpn", Kind::VpnConnection),
    ("dx", Kind::DirectConnectGateway),
    ("direct-connect", Kind::DirectConnectGateway),
];

/// Components in the order in which they are written.
pub(super) fn read_list(problems: &mut Problems, name: &'static str, node: &Node) -> Option<Vec<Component>> {
    let components = fields::each(problems, name, node, parse)?;
    let items = fields::list(problems, name, node, false)?;
    for (component, item) in components.iter().zip(items) {
        if let Component::Id(id) = component {
            resource::warn_if_unusual(problems, item.place, name, id.as_str());
        }
    }
    Some(components)
}

/// A component by id, ARN or kind.
pub(super) fn parse(written: &str) -> Result<Component, Wrong> {
    if resource::looks_like_arn(written) {
        return from_arn(written).map(Component::Id);
    }
    // `nat-gatway` begins as an id does.
    let is_word = nearest(written, FORWARDING.iter().map(|kind| kind.as_str())).is_some()
        || SLANG.iter().any(|(word, _)| *word == written);
    if let Some(prefix) = resource::id(written)
        && (resource::looks_like_id(written) || !is_word)
    {
        return if FORWARDING.contains(&prefix.kind) {
            Ok(Component::Id(written.into()))
        } else {
            Err(does_not_forward(written, prefix.name))
        };
    }
    if is_uuid(written) {
        return Ok(Component::Id(written.into()));
    }
    match written.parse::<Kind>() {
        Ok(kind) if FORWARDING.contains(&kind) => Ok(Component::Kind(kind)),
        Ok(kind) => Err(does_not_forward(written, "a kind of component").maybe_help(
            SLANG
                .iter()
                .find(|(word, _)| *word == kind.as_str())
                .map(|(_, meant)| format!("did you mean `{meant}`?"))
                .or_else(|| {
                    Some(format!(
                        "what forwards is {}",
                        one_of(FORWARDING.iter().map(|kind| kind.as_str()))
                    ))
                }),
        )),
        Err(_) => Err(unknown(written)),
    }
}

fn from_arn(written: &str) -> Result<ResourceId, Wrong> {
    let arn = resource::arn(written)?;
    if let Some((id, prefix)) = arn.ec2_id() {
        return if FORWARDING.contains(&prefix.kind) {
            Ok(id.into())
        } else {
            Err(does_not_forward(written, prefix.name))
        };
    }
    let named = |kind: &str| arn.resource.strip_prefix(kind).filter(|name| !name.is_empty());
    let found: Option<ResourceId> = match arn.service {
        "elasticloadbalancing" => named("loadbalancer/").map(|_| written.into()),
        "network-firewall" => named("firewall/").map(|_| written.into()),
        "directconnect" => named("dx-gateway/").map(Into::into),
        _ => None,
    };
    found.ok_or_else(|| does_not_forward(written, "nothing that packets cross"))
}

/// The id of a Direct Connect gateway has no prefix.
fn is_uuid(written: &str) -> bool {
    let lengths = [8, 4, 4, 4, 12];
    written.split('-').count() == lengths.len()
        && written
            .split('-')
            .zip(lengths)
            .all(|(part, length)| part.len() == length && part.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

fn does_not_forward(written: &str, what: &str) -> Wrong {
    Wrong::new(format!(
        "`{}` is {what}: it forwards no packets",
        excerpt(written)
    ))
    .help(format!(
        "what forwards is {}",
        one_of(FORWARDING.iter().map(|kind| kind.as_str()))
    ))
}

fn unknown(written: &str) -> Wrong {
    let words = || FORWARDING.iter().map(|kind| kind.as_str());
    let slang = SLANG
        .iter()
        .find(|(word, _)| word.eq_ignore_ascii_case(written))
        .map(|(_, kind)| format!("did you mean `{kind}`?"));
    let help = slang
        .or_else(|| did_you_mean(written, words()))
        .unwrap_or_else(|| format!("write an id, an ARN, or {}", one_of(words())));
    Wrong::new(format!(
        "`{}` is neither an id, an ARN nor a kind",
        excerpt(written)
    ))
    .help(help)
}

/// The kinds of appliance that can be declared transparent.
pub(super) const TRANSPARENT_KINDS: &[Kind] = &[Kind::Instance, Kind::NetworkInterface, Kind::VpcEndpoint];

/// The appliances that are declared transparent.
pub(super) fn read_transparent(
    problems: &mut Problems,
    name: &'static str,
    node: &Node,
) -> Option<Vec<Transparent>> {
    let items = fields::list(problems, name, node, true)?;
    let read: Vec<_> = items
        .iter()
        .filter_map(|item| transparent(problems, name, item))
        .collect();
    (read.len() == items.len()).then_some(read)
}

fn transparent(problems: &mut Problems, name: &'static str, node: &Node) -> Option<Transparent> {
    if matches!(node.value, Value::Map(_)) {
        let fields = Fields::of(problems, node, &key::TRANSPARENT)?;
        return tag::read(problems, &fields, TRANSPARENT_KINDS).map(Transparent::Tagged);
    }
    let written = fields::text(problems, name, node)?;
    match appliance(written) {
        Ok(id) => Some(Transparent::Id(id)),
        Err(wrong) => {
            problems.error(Problem::wrong(node.place, name, wrong));
            None
        }
    }
}

fn appliance(written: &str) -> Result<ResourceId, Wrong> {
    let (id, prefix) = if resource::looks_like_arn(written) {
        resource::arn(written)?.ec2_id()
    } else {
        resource::id(written).map(|prefix| (written, prefix))
    }
    .ok_or_else(|| {
        Wrong::new(format!("`{}` is no id of an appliance", excerpt(written)))
            .help("write the id or ARN of an instance, an interface or a Gateway Load Balancer endpoint, or `{ tag: … }`")
    })?;
    if TRANSPARENT_KINDS.contains(&prefix.kind) {
        return Ok(id.into());
    }
    Err(Wrong::new(format!(
        "`{}` is {}, which is no appliance",
        excerpt(written),
        prefix.name
    ))
    .help("only instances, interfaces and Gateway Load Balancer endpoints can be declared transparent"))
}
