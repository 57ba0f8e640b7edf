//! The ends of a path: what a bare string says by its form, and the maps that name the rest (PATH-FILE, "Ends").

use std::collections::BTreeMap;

use ipnet::IpNet;

use crate::network::Kind;
use crate::network::id::{AccountId, Region, SecurityGroupId, SubnetId, VpcId};

use super::address;
use super::component;
use super::fields::{self, Fields, Given, Known};
use super::model::{End, EndForm, TagSelector};
use super::node::{Node, Place, Value, excerpt};
use super::problem::{Problem, Problems, Wrong};
use super::resource::{self, Arn, Prefix};
use super::suggestion::{did_you_mean, one_of};

/// The kinds that a tag selects as an end.
pub(super) const TAGGED_KINDS: &[Kind] = &[Kind::Instance, Kind::NetworkInterface, Kind::Subnet, Kind::Rds];

/// What one end says, before names under `endpoints` are followed.
#[derive(Debug, Clone)]
pub(super) enum Written {
    /// It says what it is.
    End(End),
    /// It is the name of one that does.
    Name(String, Place),
}

/// What a bare string says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Bare {
    Form(EndForm),
    Name(String),
}

const END: Known = Known {
    what: "an end",
    keys: &[
        "lambda",
        "subnet",
        "subnets",
        "securityGroups",
        "assignPublicIp",
        "tag",
        "kind",
        "loadBalancer",
        "rds",
        "ip",
        "prefixList",
        "onPremises",
        "host",
        "account",
        "region",
        "vpc",
    ],
    slips: &[&[
        ("function", "did you mean `lambda`?"),
        ("cidr", "did you mean `ip`?"),
        ("address", "did you mean `ip`?"),
        ("addresses", "did you mean `ip`?"),
        ("ips", "did you mean `ip`?"),
        ("hostname", "did you mean `host`?"),
        ("dns", "did you mean `host`?"),
        ("fqdn", "did you mean `host`?"),
        ("domain", "did you mean `host`?"),
        ("tags", "did you mean `tag`?"),
        ("db", "did you mean `rds`?"),
        ("database", "did you mean `rds`?"),
        ("cluster", "did you mean `rds`?"),
        ("lb", "did you mean `loadBalancer`?"),
        ("elb", "did you mean `loadBalancer`?"),
        ("alb", "did you mean `loadBalancer`?"),
        ("nlb", "did you mean `loadBalancer`?"),
        (
            "securityGroup",
            "a workload has lists: `{ subnets: […], securityGroups: […] }`",
        ),
        (
            "sg",
            "a workload has lists: `{ subnets: […], securityGroups: […] }`",
        ),
        ("id", "an id is written alone: `source: eni-…`"),
        ("arn", "an ARN is written alone: `source: arn:…`"),
        (
            "name",
            "a name is written alone: `source: partner`; a resource by its tag as `{ tag: { Name: … } }`",
        ),
        (
            "endpoint",
            "a name under `endpoints` is written alone: `source: partner`",
        ),
        (
            "instance",
            "an instance is written as its id alone, or as `{ tag: { Name: … }, kind: instance }`",
        ),
        ("eni", "an interface is written as its id alone: `source: eni-…`"),
        ("nat", "a NAT gateway is written as its id alone: `source: nat-…`"),
        (
            "natGateway",
            "a NAT gateway is written as its id alone: `source: nat-…`",
        ),
        (
            "igw",
            "an internet gateway is written as its id alone: `source: igw-…`",
        ),
        (
            "internetGateway",
            "an internet gateway is written as its id alone: `source: igw-…`",
        ),
        ("internet", "the internet is written alone: `source: internet`"),
    ]],
};

/// The keys that say which form an end has, each with what it stands for.
const FORMS: [(&[&str], &str); 9] = [
    (&["lambda"], "lambda"),
    (&["subnet"], "subnet"),
    (&["subnets", "securityGroups", "assignPublicIp"], "subnets"),
    (&["tag", "kind"], "tag"),
    (&["loadBalancer"], "loadBalancer"),
    (&["rds"], "rds"),
    (&["prefixList"], "prefixList"),
    (&["onPremises"], "onPremises"),
    // A host may have its addresses beside it.
    (&["host", "ip"], "ip"),
];

/// Reads an end. `declared` says which names stand under `endpoints`.
pub(super) fn read(
    problems: &mut Problems,
    key: &'static str,
    node: &Node,
    declared: &dyn Fn(&str) -> bool,
) -> Option<Written> {
    match &node.value {
        Value::Text(written) => match bare(written, declared) {
            Ok(Bare::Form(form)) => {
                if let EndForm::Id(id) = &form
                    && resource::id(id.as_str()).is_some()
                    && !resource::is_usual(id.as_str())
                {
                    problems.warning(unusual_id(node.place, key, id.as_str()));
                }
                Some(Written::End(whole(form, node.place)))
            }
            Ok(Bare::Name(name)) => Some(Written::Name(name, node.place)),
            Err(wrong) => {
                problems.error(Problem::wrong(node.place, key, wrong).label("no end"));
                None
            }
        },
        Value::Map(_) => map(problems, node).map(Written::End),
        _ => {
            let told = node.describe(problems.text());
            problems.error(
                Problem::at(node.point(), format!("`{key}` is an end, not {told}"))
                    .label("no end")
                    .help("write an id, an ARN, an address, a CIDR block, `internet`, a name under `endpoints`, or a map such as `{ lambda: name }`"),
            );
            None
        }
    }
}

fn unusual_id(place: Place, key: &str, id: &str) -> Problem {
    Problem::at(
        place,
        format!("`{key}`: `{}` is not an id as AWS makes them", excerpt(id)),
    )
    .label("eight or seventeen hexadecimal digits are usual")
    .help("if nothing answers to it, the path will be undecided")
}

fn whole(form: EndForm, place: Place) -> End {
    End {
        text: describe(&form),
        form,
        account: None,
        region: None,
        vpc: None,
        line: place.line,
    }
}

/// What a bare string is, by its form.
pub(super) fn bare(written: &str, declared: &dyn Fn(&str) -> bool) -> Result<Bare, Wrong> {
    if written.trim() != written || written.is_empty() {
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

/// A name that stands for no end, with what may have been meant.
pub(super) fn unknown_name<'n>(name: &str, names: impl Iterator<Item = &'n str> + Clone) -> Wrong {
    let wrong = Wrong::new(format!(
        "`{}` is no id, ARN, address, CIDR block or name under `endpoints`",
        excerpt(name)
    ));
    if let Some(help) = did_you_mean(name, names.clone()) {
        return wrong.help(help);
    }
    if name.eq_ignore_ascii_case("internet") {
        return wrong.help("did you mean `internet`?");
    }
    let lower = name.to_lowercase();
    if resource::id(&lower).is_some() {
        return wrong.help(format!("ids are in lower case: `{lower}`"));
    }
    if name.contains("://") || host(name).is_ok_and(|host| host.contains('.')) {
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
        ("lambda", Some("function")) => lambda(written),
        ("rds", Some("db" | "cluster")) => rds(written),
        ("elasticloadbalancing", Some("loadbalancer")) => load_balancer(written),
        _ => Err(Wrong::new(format!(
            "`{}` is the ARN of nothing that can be an end",
            excerpt(written)
        ))
        .help("an end's ARN is one of EC2's, a function's, a database's or a load balancer's")),
    }
}

fn map(problems: &mut Problems, node: &Node) -> Option<End> {
    let fields = Fields::of(problems, node, &END)?;
    let account = fields.parse(problems, "account", |written| {
        resource::account(written).map(Into::into)
    });
    let region = fields.parse(problems, "region", |written| {
        resource::region(written).map(Into::into)
    });
    let vpc = fields.parse(problems, "vpc", vpc);
    let form = form(problems, &fields)?;
    if matches!(account, Given::Bad) || matches!(region, Given::Bad) || matches!(vpc, Given::Bad) {
        return None;
    }
    let end = End {
        text: describe(&form),
        form,
        account: account.value(),
        region: region.value(),
        vpc: vpc.value(),
        line: node.point().line,
    };
    agrees_with_arn(problems, &fields, &end).then_some(end)
}

/// Which one of the forms it is.
fn form(problems: &mut Problems, fields: &Fields<'_>) -> Option<EndForm> {
    let present: Vec<_> = FORMS
        .iter()
        .filter_map(|(keys, form)| Some((keys.iter().find(|key| fields.has(key))?, *form)))
        .collect();
    match present.as_slice() {
        [(_, form)] => read_form(problems, fields, form),
        [] => {
            if !fields.has_unknown() {
                problems.error(
                    Problem::at(fields.place, "this end does not say what it is")
                        .label("no form")
                        .help("it has one of `lambda`, `subnet`, `subnets` with `securityGroups`, `tag`, `loadBalancer`, `rds`, `ip`, `prefixList`, `onPremises`, `host`"),
                );
            }
            None
        }
        [(first, _), others @ ..] => {
            let mut problem = Problem::at(
                fields.field(first).map_or(fields.place, |field| field.key),
                "an end has exactly one form",
            )
            .label("one form")
            .help("make two paths of it, or keep one of them");
            for (other, _) in others {
                if let Some(field) = fields.field(other) {
                    problem = problem.also(field.key, "and another");
                }
            }
            problems.error(problem);
            None
        }
    }
}

fn read_form(problems: &mut Problems, fields: &Fields<'_>, form: &str) -> Option<EndForm> {
    match form {
        "lambda" => fields.parse(problems, "lambda", lambda).value(),
        "subnet" => fields
            .parse(problems, "subnet", subnet)
            .value()
            .map(|id| EndForm::Id(id.into())),
        "subnets" => workload(problems, fields),
        "tag" => component::tagged(problems, fields, TAGGED_KINDS).map(EndForm::Tagged),
        "loadBalancer" => fields.parse(problems, "loadBalancer", load_balancer).value(),
        "rds" => fields.parse(problems, "rds", rds).value(),
        "prefixList" => fields.parse(problems, "prefixList", prefix_list).value(),
        "onPremises" => fields
            .read(problems, "onPremises", addresses)
            .value()
            .map(EndForm::OnPremises),
        _ => {
            let ip = fields.read(problems, "ip", addresses);
            if !fields.has("host") {
                return ip.value().map(EndForm::Addresses);
            }
            let name = fields.parse(problems, "host", host).value();
            let pinned = match ip {
                Given::Absent => Vec::new(),
                Given::Bad => return None,
                Given::Is(pinned, _) => pinned,
            };
            Some(EndForm::Host { name: name?, pinned })
        }
    }
}

fn addresses(problems: &mut Problems, name: &'static str, node: &Node) -> Option<Vec<IpNet>> {
    fields::one_or_each(problems, name, node, address::parse)
}

fn workload(problems: &mut Problems, fields: &Fields<'_>) -> Option<EndForm> {
    let subnets = fields.read(problems, "subnets", |problems, name, node| {
        fields::each(problems, name, node, subnet)
    });
    let security_groups = fields.read(problems, "securityGroups", |problems, name, node| {
        fields::each(problems, name, node, security_group)
    });
    let assign_public_ip = fields.read(problems, "assignPublicIp", fields::truth);
    for (missing, given) in [
        ("subnets", subnets.is_absent()),
        ("securityGroups", security_groups.is_absent()),
    ] {
        if given {
            problems.error(
                Problem::at(fields.place, format!("a workload without `{missing}`"))
                    .label("not whole")
                    .help("a workload is `{ subnets: [subnet-…], securityGroups: [sg-…] }`"),
            );
        }
    }
    let assign_public_ip = match assign_public_ip {
        Given::Bad => return None,
        Given::Absent => false,
        Given::Is(assigned, _) => assigned,
    };
    Some(EndForm::Workload {
        subnets: subnets.value()?,
        security_groups: security_groups.value()?,
        assign_public_ip,
    })
}

/// Tags: key → value, or list of values any of which will do.
pub(super) fn read_tags(
    problems: &mut Problems,
    name: &'static str,
    node: &Node,
) -> Option<BTreeMap<String, Vec<String>>> {
    let Value::Map(pairs) = &node.value else {
        let told = node.describe(problems.text());
        problems.error(
            Problem::at(
                node.point(),
                format!("`{name}` is a map from tag to value, not {told}"),
            )
            .label("not a map")
            .help("write `tag: { Name: app }`"),
        );
        return None;
    };
    if pairs.is_empty() {
        problems.error(
            Problem::at(node.place, format!("`{name}` names no tag"))
                .label("would match everything")
                .help("write `tag: { Name: app }`"),
        );
        return None;
    }
    let mut tags = BTreeMap::new();
    let mut places: BTreeMap<&str, Place> = BTreeMap::new();
    let mut good = true;
    for (key, value) in pairs {
        let Some(tag) = fields::key_text(problems, key) else {
            good = false;
            continue;
        };
        if let Some(first) = places.insert(tag, key.place) {
            problems.error(fields::twice(key.place, first, tag));
            good = false;
        }
        let value = if matches!(value.value, Value::Null) {
            problems.error(
                Problem::at(key.place, format!("tag `{}` has no value", excerpt(tag)))
                    .label("nothing follows")
                    .help("an empty value is written \"\""),
            );
            None
        } else {
            fields::one_or_each(problems, name, value, |text| Ok(text.to_owned()))
        };
        match value {
            Some(values) => {
                tags.insert(tag.to_owned(), values);
            }
            None => good = false,
        }
    }
    good.then_some(tags)
}

/// A function's name or ARN, with or without version or alias (Lambda API, "FunctionName").
pub(super) fn lambda(written: &str) -> Result<EndForm, Wrong> {
    let is_part = |part: &str| {
        !part.is_empty()
            && part.len() <= 140
            && part
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'$'))
    };
    let wrong = |what: &str| {
        Wrong::new(format!("`{}` is no function: {what}", excerpt(written)))
            .help("write a name, `name:alias`, `name:version` or an ARN")
    };
    let (stem, rest) = if resource::looks_like_arn(written) {
        let arn = resource::arn(written)?;
        let rest = arn
            .resource
            .strip_prefix("function:")
            .filter(|_| {
                arn.service == "lambda"
                    && resource::is_region(arn.region)
                    && resource::is_account(arn.account)
            })
            .ok_or_else(|| wrong("that ARN is not a function's"))?;
        (written.strip_suffix(rest).unwrap_or_default(), rest)
    } else {
        ("", written)
    };
    let (name, qualifier) = match rest.split_once(':') {
        Some((name, qualifier)) => (name, Some(qualifier)),
        None => (rest, None),
    };
    if resource::is_account(name) && qualifier.is_some_and(|qualifier| qualifier.starts_with("function:")) {
        return Err(
            Wrong::new(format!("`{}` is a part of an ARN", excerpt(written))).help(format!(
                "write the whole ARN, or the name with `account: \"{name}\"` beside it"
            )),
        );
    }
    if !is_part(name) {
        return Err(wrong("a name has letters, digits, `-` and `_`"));
    }
    if let Some(qualifier) = qualifier
        && !is_part(qualifier)
    {
        return Err(wrong("after `:` stands a version or an alias"));
    }
    Ok(EndForm::Lambda {
        function: format!("{stem}{name}"),
        // `$LATEST` is what a function without qualifier runs.
        qualifier: qualifier
            .filter(|qualifier| *qualifier != "$LATEST")
            .map(str::to_owned),
    })
}

/// A database instance or cluster, by identifier or ARN. RDS keeps identifiers in lower case
/// (RDS API, CreateDBInstance, "DBInstanceIdentifier").
pub(super) fn rds(written: &str) -> Result<EndForm, Wrong> {
    let help = "write the identifier of a database instance or cluster, or its ARN";
    if resource::looks_like_arn(written) {
        let arn = resource::arn(written)?;
        let named = arn
            .resource
            .strip_prefix("db:")
            .or_else(|| arn.resource.strip_prefix("cluster:"));
        return match named {
            Some(name) if arn.service == "rds" && !name.is_empty() => Ok(EndForm::Rds(written.to_owned())),
            _ => Err(Wrong::new(format!("`{}` is not the ARN of a database", excerpt(written))).help(help)),
        };
    }
    if written.contains(".rds.") {
        let name = written.split('.').next().unwrap_or_default();
        return Err(
            Wrong::new(format!("`{}` is the host name of a database", excerpt(written))).help(format!(
                "write its identifier, perhaps `{}`, or `{{ host: … }}`",
                excerpt(name)
            )),
        );
    }
    let fits = !written.is_empty()
        && written.len() <= 63
        && written
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if fits {
        return Ok(EndForm::Rds(written.to_ascii_lowercase()));
    }
    Err(Wrong::new(format!("`{}` is no identifier of a database", excerpt(written))).help(help))
}

/// A load balancer by name or ARN (Elastic Load Balancing API, CreateLoadBalancer, "Name").
pub(super) fn load_balancer(written: &str) -> Result<EndForm, Wrong> {
    if resource::looks_like_arn(written) {
        let arn = resource::arn(written)?;
        if arn.service == "elasticloadbalancing" && arn.resource.starts_with("loadbalancer/") {
            return Ok(EndForm::LoadBalancer(written.to_owned()));
        }
        return Err(Wrong::new(format!(
            "`{}` is not the ARN of a load balancer",
            excerpt(written)
        )));
    }
    let fits = !written.is_empty()
        && written.len() <= 32
        && written
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if fits {
        return Ok(EndForm::LoadBalancer(written.to_owned()));
    }
    let wrong = Wrong::new(format!("`{}` is no name of a load balancer", excerpt(written)));
    Err(if written.contains(".elb.") {
        wrong.help("that is its host name; write its name, or `{ host: … }`")
    } else {
        wrong.help("write a name of up to 32 letters, digits and hyphens, or an ARN")
    })
}

/// A host name (RFC 1123, section 2.1), in lower case without the dot at its end.
pub(super) fn host(written: &str) -> Result<String, Wrong> {
    let wrong = |help: &str| Err(Wrong::new(format!("`{}` is no host name", excerpt(written))).help(help));
    if let Some((_, rest)) = written.split_once("://") {
        let name = rest.split(['/', ':']).next().unwrap_or_default();
        return wrong(&format!("write the name alone: `{}`", excerpt(name)));
    }
    if address::looks_like_address(written) {
        return wrong("an address is written `{ ip: … }`");
    }
    if let Some((name, port)) = written.split_once(':') {
        return wrong(&format!(
            "the port `{}` goes under `destinationPort`: `{}`",
            excerpt(port),
            excerpt(name)
        ));
    }
    let name = written.strip_suffix('.').unwrap_or(written);
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    if name.len() <= 253 && name.split('.').all(label) {
        return Ok(name.to_ascii_lowercase());
    }
    wrong("write one such as `sftp.partner.example`")
}

fn vpc(written: &str) -> Result<VpcId, Wrong> {
    id_of(written, Kind::Vpc, "a VPC, `vpc-…`").map(Into::into)
}

fn subnet(written: &str) -> Result<SubnetId, Wrong> {
    id_of(written, Kind::Subnet, "a subnet, `subnet-…`").map(Into::into)
}

fn security_group(written: &str) -> Result<SecurityGroupId, Wrong> {
    id_of(written, Kind::SecurityGroup, "a security group, `sg-…`").map(Into::into)
}

fn prefix_list(written: &str) -> Result<EndForm, Wrong> {
    id_of(written, Kind::PrefixList, "a prefix list, `pl-…`").map(|id| EndForm::PrefixList(id.into()))
}

/// The id of one kind, or the id in its ARN.
fn id_of<'t>(written: &'t str, kind: Kind, what: &str) -> Result<&'t str, Wrong> {
    let found = if resource::looks_like_arn(written) {
        resource::arn(written)?.ec2_id()
    } else {
        resource::id(written).map(|prefix| (written, prefix))
    };
    match found {
        Some((id, prefix)) if prefix.kind == kind => Ok(id),
        Some((_, prefix)) => Err(Wrong::new(format!(
            "`{}` is {}, not {what}",
            excerpt(written),
            prefix.name
        ))),
        None => Err(Wrong::new(format!("`{}` is no id of {what}", excerpt(written)))),
    }
}

/// An account or Region beside an ARN may repeat it, not contradict it.
fn agrees_with_arn(problems: &mut Problems, fields: &Fields<'_>, end: &End) -> bool {
    let (EndForm::Lambda { function: named, .. } | EndForm::Rds(named) | EndForm::LoadBalancer(named)) =
        &end.form
    else {
        return true;
    };
    if !resource::looks_like_arn(named) {
        return true;
    }
    let Ok(Arn { account, region, .. }) = resource::arn(named) else {
        return true;
    };
    let mut agrees = true;
    for (key, given, told) in [
        ("account", end.account.as_ref().map(AccountId::as_str), account),
        ("region", end.region.as_ref().map(Region::as_str), region),
    ] {
        if let (Some(given), Some(field)) = (given, fields.field(key))
            && given != told
        {
            problems.error(
                Problem::at(
                    field.value.place,
                    format!("`{key}` is `{given}`, but the ARN beside it says `{told}`"),
                )
                .label("contradicts the ARN")
                .help("leave it out"),
            );
            agrees = false;
        }
    }
    agrees
}

/// As messages call it: `lambda order-sync`.
pub(super) fn describe(form: &EndForm) -> String {
    let joined = |nets: &[IpNet]| nets.iter().map(address::text).collect::<Vec<_>>().join(", ");
    match form {
        EndForm::Id(id) => id.to_string(),
        EndForm::Lambda { function, qualifier } => match qualifier {
            Some(qualifier) => format!("lambda {function}:{qualifier}"),
            None => format!("lambda {function}"),
        },
        EndForm::Workload {
            subnets,
            security_groups,
            ..
        } => {
            let ids = |ids: Vec<&str>| ids.join(", ");
            format!(
                "workload in {} with {}",
                ids(subnets.iter().map(SubnetId::as_str).collect()),
                ids(security_groups.iter().map(SecurityGroupId::as_str).collect())
            )
        }
        EndForm::Tagged(selector) => describe_tags(selector),
        EndForm::Internet => "internet".into(),
        EndForm::LoadBalancer(named) => format!("load balancer {named}"),
        EndForm::Rds(named) => format!("rds {named}"),
        EndForm::Addresses(nets) => joined(nets),
        EndForm::PrefixList(id) => id.to_string(),
        EndForm::OnPremises(nets) => format!("on-premises {}", joined(nets)),
        EndForm::Host { name, .. } => name.clone(),
    }
}

fn describe_tags(selector: &TagSelector) -> String {
    let tags: Vec<_> = selector
        .tags
        .iter()
        .map(|(key, values)| format!("{key}={}", values.join("|")))
        .collect();
    match selector.kind {
        Some(kind) => format!("{kind} with tag {}", tags.join(", ")),
        None => format!("tag {}", tags.join(", ")),
    }
}
