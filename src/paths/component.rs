//! Components that packets cross: what `via`, `notVia` and `transparent` name.

use crate::network::Kind;
use crate::network::id::ResourceId;

use super::end;
use super::fields::{self, Fields, Known};
use super::model::{Component, TagSelector, Transparent};
use super::node::{Node, Value, excerpt};
use super::problem::{Problem, Problems, Wrong};
use super::resource;
use super::suggestion::{did_you_mean, one_of};

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

/// Components in the order in which they are written, each once.
pub(super) fn read_list(problems: &mut Problems, name: &'static str, node: &Node) -> Option<Vec<Component>> {
    let components = fields::each(problems, name, node, parse)?;
    Some(components)
}

/// A component by id, ARN or kind.
pub(super) fn parse(written: &str) -> Result<Component, Wrong> {
    if resource::looks_like_arn(written) {
        return from_arn(written).map(Component::Id);
    }
    if let Some(prefix) = resource::id(written) {
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
        Ok(kind) => Err(
            does_not_forward(written, "a kind that only filters, or where packets end").maybe_help(
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
            ),
        ),
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
    match (arn.service, arn.resource.split(['/', ':']).next()) {
        ("elasticloadbalancing", Some("loadbalancer")) | ("network-firewall", Some("firewall")) => {
            Ok(written.into())
        }
        ("directconnect", Some("dx-gateway")) => {
            Ok(arn.resource.rsplit('/').next().unwrap_or(written).into())
        }
        _ => Err(does_not_forward(written, "nothing that packets cross")),
    }
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

const TRANSPARENT: Known = Known {
    what: "an appliance under `transparent`",
    keys: &["tag", "kind"],
    slips: &[&[
        ("tags", "did you mean `tag`?"),
        ("id", "an id is written alone: `- i-…`"),
        ("arn", "an ARN is written alone: `- arn:…`"),
    ]],
};

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
        let fields = Fields::of(problems, node, &TRANSPARENT)?;
        return tagged(problems, &fields, TRANSPARENT_KINDS).map(Transparent::Tagged);
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

/// Resources by their tags: the keys `tag` and `kind`.
pub(super) fn tagged(
    problems: &mut Problems,
    fields: &Fields<'_>,
    kinds: &'static [Kind],
) -> Option<TagSelector> {
    let tags = fields.read(problems, "tag", end::read_tags);
    let kind = fields.parse(problems, "kind", |written| {
        let words: Vec<_> = kinds.iter().map(|kind| (kind.as_str(), *kind)).collect();
        fields::word(written, &words)
    });
    if !fields.has("tag") {
        problems.error(
            Problem::at(fields.place, "`kind` stands beside `tag`, which is not there")
                .label("no `tag`")
                .help("write `{ tag: { Name: … }, kind: … }`"),
        );
        return None;
    }
    let whole = !matches!(kind, fields::Given::Bad);
    Some(TagSelector {
        tags: tags.value()?,
        kind: kind.value(),
    })
    .filter(|_| whole)
}
