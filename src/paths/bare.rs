//! Ends as bare strings: an id, an ARN, an address, a CIDR block, `internet`, or a name under `endpoints`.

use crate::network::Kind;

use super::address;
use super::fields;
use super::model::EndForm;
use super::named;
use super::node::excerpt;
use super::problem::Wrong;
use super::resource::{self, Prefix};
use super::suggestion::{did_you_mean, one_of};

/// What a bare string says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Bare {
    Form(EndForm),
    Name(String),
}

/// What a bare string is, by its form.
pub(super) fn read(written: &str, declared: &dyn Fn(&str) -> bool) -> Result<Bare, Wrong> {
    if fields::trimmed(written) != written || written.is_empty() {
        return Err(Wrong::new(
            "an end has no space before or after it, and is not empty",
        ));
    }
    if written == "internet" {
        return Ok(Bare::Form(EndForm::Internet));
    }
    if resource::looks_like_arn(written) {
        return from_arn(written).map(Bare::Form);
    }
    if address::looks_like_address(written) {
        return address::parse(written).map(|net| Bare::Form(EndForm::Addresses(vec![net])));
    }
    // Names that would be taken for ids are refused where they are declared, so this takes nothing away from ids.
    if declared(written) {
        return Ok(Bare::Name(written.to_owned()));
    }
    if let Some(prefix) = resource::id(written) {
        return from_id(written, prefix).map(Bare::Form);
    }
    Ok(Bare::Name(written.to_owned()))
}

/// Why a name may not stand under `endpoints`: what it would be taken for.
pub(super) fn taken_for(name: &str) -> Option<&'static str> {
    if name.eq_ignore_ascii_case("internet") {
        Some("the internet")
    } else if resource::looks_like_arn(name) {
        Some("an ARN")
    } else if address::looks_like_address(name) {
        Some("an address")
    } else if resource::looks_like_id(name) {
        Some("an id")
    } else {
        None
    }
}

/// How many names a strange one is compared with: comparing costs more than reading.
const MOST_COMPARED: usize = 1_000;

/// A name that stands for no end, with what may have been meant.
pub(super) fn unknown_name<'n>(name: &str, names: impl Iterator<Item = &'n str> + Clone) -> Wrong {
    let wrong = Wrong::new(format!(
        "`{}` is no id, ARN, address, CIDR block or name under `endpoints`",
        excerpt(name)
    ));
    if let Some(help) = did_you_mean(name, names.clone().take(MOST_COMPARED).chain(["internet"])) {
        return wrong.help(help);
    }
    let lower = name.to_lowercase();
    if resource::id(&lower).is_some() {
        return wrong.help(format!("ids are in lower case: `{lower}`"));
    }
    if name.contains("://") || named::host(name).is_ok_and(|host| host.contains('.')) {
        return wrong.help("a host name is written `{ host: … }`");
    }
    let known = names.take(8).collect::<Vec<_>>();
    if known.is_empty() {
        wrong.help(
            "name what it is: `{ lambda: … }`, `{ rds: … }`, `{ loadBalancer: … }`, `{ tag: { Name: … } }`",
        )
    } else {
        wrong.help(format!(
            "under `endpoints` stand {}; a resource is named by what it is: `{{ lambda: … }}`",
            one_of(known)
        ))
    }
}

fn from_id(id: &str, prefix: &Prefix) -> Result<EndForm, Wrong> {
    let wrong = |help: &str| {
        Err(Wrong::new(format!(
            "`{}` is {}, which is no end of a path",
            excerpt(id),
            prefix.name
        ))
        .help(help))
    };
    match prefix.kind {
        Kind::PrefixList => Ok(EndForm::PrefixList(id.into())),
        Kind::NetworkInterface
        | Kind::Instance
        | Kind::Subnet
        | Kind::NatGateway
        | Kind::InternetGateway
        | Kind::VpcPeeringConnection
        | Kind::TransitGateway
        | Kind::TransitGatewayAttachment
        | Kind::VpnGateway
        | Kind::VpcEndpoint => Ok(EndForm::Id(id.into())),
        Kind::SecurityGroup => wrong(
            "name what carries it: an interface, `{ tag: … }`, or `{ subnets: […], securityGroups: […] }`",
        ),
        Kind::Vpc => wrong("name its subnets, or `{ ip: … }` with its CIDR blocks"),
        Kind::EgressOnlyInternetGateway => {
            wrong("end it at `internet`, with `via: [egress-only-internet-gateway]`")
        }
        Kind::VpnConnection => wrong("name its gateway, `vgw-…` or `tgw-attach-…`, or `{ onPremises: … }`"),
        _ => wrong("name where packets start or arrive: an interface, an instance, a gateway, an address"),
    }
}

/// An id and its ARN are the same thing; what AWS knows by ARN only keeps it.
fn from_arn(written: &str) -> Result<EndForm, Wrong> {
    let arn = resource::arn(written)?;
    if let Some((id, prefix)) = arn.ec2_id() {
        return from_id(id, prefix);
    }
    let kind = arn.resource.split(['/', ':']).next();
    match (arn.service, kind) {
        ("lambda", Some("function")) => named::lambda(written),
        ("rds", Some("db" | "cluster")) => named::rds(written),
        ("elasticloadbalancing", Some("loadbalancer")) => named::load_balancer(written),
        _ => Err(Wrong::new(format!(
            "`{}` is the ARN of nothing that can be an end",
            excerpt(written)
        ))
        .help("an end's ARN is one of EC2's, a function's, a database's or a load balancer's")),
    }
}
