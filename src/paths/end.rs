//! The ends of a path: what a bare string says by its form, and the maps that name the rest (PATH-FILE, "Ends").

use ipnet::IpNet;

use crate::network::Kind;
use crate::network::id::{AccountId, Region, SecurityGroupId, SubnetId, VpcId};

use super::address;
use super::bare::{self, Bare};
use super::fields::{self, Fields, Given};
use super::key;
use super::model::{End, EndForm, TagSelector};
use super::named;
use super::node::{Node, Place, Value};
use super::problem::{Problem, Problems, Wrong};
use super::resource::{self, Arn};
use super::tag;

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
        Value::Text(written) => match bare::read(written, declared) {
            Ok(Bare::Form(form)) => {
                if let EndForm::Id(id) = &form {
                    resource::warn_if_unusual(problems, node.place, key, id.as_str());
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

fn map(problems: &mut Problems, node: &Node) -> Option<End> {
    let fields = Fields::of(problems, node, &key::END)?;
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
        "lambda" => fields.parse(problems, "lambda", named::lambda).value(),
        "subnet" => fields
            .parse(problems, "subnet", subnet)
            .value()
            .map(|id| EndForm::Id(id.into())),
        "subnets" => workload(problems, fields),
        "tag" => tag::read(problems, fields, TAGGED_KINDS).map(EndForm::Tagged),
        "loadBalancer" => fields
            .parse(problems, "loadBalancer", named::load_balancer)
            .value(),
        "rds" => fields.parse(problems, "rds", named::rds).value(),
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
            let name = fields.parse(problems, "host", named::host).value();
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

fn vpc(written: &str) -> Result<VpcId, Wrong> {
    resource::id_of(written, Kind::Vpc, "a VPC, `vpc-…`").map(Into::into)
}

fn subnet(written: &str) -> Result<SubnetId, Wrong> {
    resource::id_of(written, Kind::Subnet, "a subnet, `subnet-…`").map(Into::into)
}

fn security_group(written: &str) -> Result<SecurityGroupId, Wrong> {
    resource::id_of(written, Kind::SecurityGroup, "a security group, `sg-…`").map(Into::into)
}

fn prefix_list(written: &str) -> Result<EndForm, Wrong> {
    resource::id_of(written, Kind::PrefixList, "a prefix list, `pl-…`")
        .map(|id| EndForm::PrefixList(id.into()))
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
