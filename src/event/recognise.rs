//! What an id, an ARN or a name stands for, by its own form or by the parameter it stands in.
//!
//! Ids are recognised by form (EC2 User Guide, "Resource IDs": a prefix and 8 or 17 hexadecimal digits; ARNs: IAM User
//! Guide, "Amazon Resource Names"), names by parameter only. Where AWS has an ARN and an event a name, the ARN is made from
//! the event's account and Region, so that one resource has one id here: the id, or the ARN where there is none.

use crate::network::id::{AccountId, Region, ResourceId};
use crate::network::{Kind, Place};

use super::touched::{Handle, What};

/// A recognised id, where it is if an ARN told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Recognised {
    pub(super) id: ResourceId,
    pub(super) what: What,
    pub(super) account: Option<AccountId>,
    pub(super) region: Option<Region>,
}

impl Recognised {
    fn new(id: &str, what: What) -> Self {
        Self {
            id: id.into(),
            what,
            account: None,
            region: None,
        }
    }
}

/// The longest id or ARN that is taken for one.
const MAX_ID: usize = 512;

/// How ids begin, the longer beginning first where one is the beginning of another.
const PREFIXES: &[(&str, What)] = &[
    ("aclassoc-", What::Handle(Handle::NetworkAclAssociation)),
    ("acl-", What::Component(Kind::NetworkAcl)),
    ("cagw-", What::Component(Kind::Unsupported)),
    ("core-network-", What::Component(Kind::Unsupported)),
    ("eigw-", What::Component(Kind::EgressOnlyInternetGateway)),
    ("eipalloc-", What::Handle(Handle::AddressAllocation)),
    ("eipassoc-", What::Handle(Handle::AddressAssociation)),
    ("eni-attach-", What::Handle(Handle::InterfaceAttachment)),
    ("eni-", What::Component(Kind::NetworkInterface)),
    ("i-", What::Component(Kind::Instance)),
    ("igw-", What::Component(Kind::InternetGateway)),
    ("lgw-rtb-", What::Other),
    ("lgw-", What::Component(Kind::Unsupported)),
    ("nat-", What::Component(Kind::NatGateway)),
    ("pcx-", What::Component(Kind::VpcPeeringConnection)),
    ("pl-", What::Component(Kind::PrefixList)),
    ("rtbassoc-", What::Handle(Handle::RouteTableAssociation)),
    ("rtb-", What::Component(Kind::RouteTable)),
    ("sg-", What::Component(Kind::SecurityGroup)),
    ("sgr-", What::Handle(Handle::SecurityGroupRule)),
    ("subnet-cidr-assoc-", What::Handle(Handle::CidrAssociation)),
    ("subnet-", What::Component(Kind::Subnet)),
    ("tgw-attach-", What::Component(Kind::TransitGatewayAttachment)),
    ("tgw-rtb-", What::Component(Kind::TransitGatewayRouteTable)),
    ("tgw-", What::Component(Kind::TransitGateway)),
    ("vgw-", What::Component(Kind::VpnGateway)),
    ("vpc-cidr-assoc-", What::Handle(Handle::CidrAssociation)),
    ("vpc-", What::Component(Kind::Vpc)),
    ("vpce-svc-", What::Other),
    ("vpce-", What::Component(Kind::VpcEndpoint)),
    ("vpn-", What::Component(Kind::VpnConnection)),
];

/// What a text stands for, if it is an id, an ARN, or a name in a parameter (in lower case) that takes one.
pub(super) fn recognise(text: &str, parameter: &str, place: &Place) -> Option<Recognised> {
    if text.len() > MAX_ID || !is_token(text) {
        return None;
    }
    if text.starts_with("arn:") {
        return by_arn(text);
    }
    let by_form = by_prefix(text, parameter).map(|what| Recognised::new(text, what));
    by_form.or_else(|| by_parameter(text, parameter, place))
}

/// Whether a text has only the characters that ids, names of resources and ARNs are made of: it can be shown anywhere.
pub(super) fn is_token(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./:+=@".contains(&byte);
    !text.is_empty() && text.len() <= MAX_ID && text.bytes().all(allowed)
}

/// The kind of id by its beginning. In a parameter that takes ids the rest may be anything that looks like one; elsewhere,
/// where a description or a name may stand, it must be hexadecimal.
fn by_prefix(text: &str, parameter: &str) -> Option<What> {
    let (prefix, what) = PREFIXES.iter().find(|(prefix, _)| text.starts_with(prefix))?;
    let rest = text.get(prefix.len()..)?;
    let hexadecimal = (8..=32).contains(&rest.len())
        && rest
            .bytes()
            .all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
    let plausible = (1..=40).contains(&rest.len())
        && rest
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    (hexadecimal || (takes_ids(parameter) && plausible)).then_some(*what)
}

fn takes_ids(parameter: &str) -> bool {
    ["id", "ids", "idset", "subnets", "securitygroups"]
        .iter()
        .any(|end| parameter.ends_with(end))
}

/// A name, by the parameter it stands in.
fn by_parameter(text: &str, parameter: &str, place: &Place) -> Option<Recognised> {
    match parameter {
        "functionname" => Some(function(text, place)),
        "dbinstanceidentifier"
        | "newdbinstanceidentifier"
        | "sourcedbinstanceidentifier"
        | "targetdbinstanceidentifier"
        | "dbclusteridentifier"
        | "newdbclusteridentifier"
        | "sourcedbclusteridentifier"
        | "targetdbclusteridentifier" => Some(database(text)),
        "dbsubnetgroupname" | "dbsubnetgroup" => Some(Recognised::new(
            &text.to_ascii_lowercase(),
            What::Handle(Handle::DbSubnetGroup),
        )),
        // A Classic Load Balancer, which has no ARN.
        "loadbalancername" | "loadbalancernames" => {
            Some(Recognised::new(text, What::Component(Kind::LoadBalancer)))
        }
        "firewallname" => firewall("firewall", text, place),
        "firewallpolicyname" => firewall("firewall-policy", text, place),
        "statefulrulegroupname" => firewall("stateful-rulegroup", text, place),
        "statelessrulegroupname" => firewall("stateless-rulegroup", text, place),
        "directconnectgatewayid" => Some(Recognised::new(text, What::Component(Kind::DirectConnectGateway))),
        _ => None,
    }
}

/// Databases are known by their identifier, which AWS keeps in lower case.
fn database(identifier: &str) -> Recognised {
    Recognised::new(&identifier.to_ascii_lowercase(), What::Component(Kind::Rds))
}

/// A function by its name, `account:function:name`, and either with a qualifier (Lambda API, `FunctionName`).
fn function(text: &str, place: &Place) -> Recognised {
    let parts: Vec<&str> = text.split(':').collect();
    let (account, name) = match parts.as_slice() {
        [account, "function", name, ..] => (Some((*account).into()), *name),
        ["function", name, ..] => (place.account.clone(), *name),
        [name, ..] => (place.account.clone(), *name),
        [] => (None, text),
    };
    let what = What::Component(Kind::Lambda);
    match (&account, &place.region) {
        (Some(account), Some(region)) => {
            let partition = partition(region);
            Recognised::new(
                &format!("arn:{partition}:lambda:{region}:{account}:function:{name}"),
                what,
            )
        }
        _ => Recognised::new(name, what),
    }
}

/// Part of a Network Firewall by its name. Without a place there is no ARN, and so nothing to find it by.
fn firewall(part: &str, name: &str, place: &Place) -> Option<Recognised> {
    let (account, region) = (place.account.as_ref()?, place.region.as_ref()?);
    let arn = format!(
        "arn:{}:network-firewall:{region}:{account}:{part}/{name}",
        partition(region)
    );
    Some(Recognised::new(&arn, What::Component(Kind::NetworkFirewall)))
}

/// The partition of a Region (AWS General Reference, "Amazon Resource Names").
fn partition(region: &Region) -> &'static str {
    let region = region.as_str();
    let by_prefix = [
        ("cn-", "aws-cn"),
        ("us-gov-", "aws-us-gov"),
        ("us-isob-", "aws-iso-b"),
        ("us-isof-", "aws-iso-f"),
        ("us-iso-", "aws-iso"),
        ("eu-isoe-", "aws-iso-e"),
        ("eusc-", "aws-eusc"),
    ];
    by_prefix
        .iter()
        .find(|(prefix, _)| region.starts_with(prefix))
        .map_or("aws", |(_, partition)| partition)
}

/// The resource that an ARN names; of a part of one (a listener, an alias) the whole.
fn by_arn(arn: &str) -> Option<Recognised> {
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    let [_, _, service, region, account, resource] = parts.as_slice() else {
        // Spot warnings leave out the account.
        return by_last_part(arn);
    };
    let found = match *service {
        "elasticloadbalancing" => load_balancing(arn, resource),
        "lambda" => {
            let name = resource.strip_prefix("function:")?.split(':').next()?;
            let end = arn.find(":function:")? + ":function:".len() + name.len();
            Some(Recognised::new(arn.get(..end)?, What::Component(Kind::Lambda)))
        }
        "rds" => match resource.split_once(':')? {
            ("db" | "cluster", identifier) => Some(database(identifier)),
            ("subgrp", name) => Some(Recognised::new(name, What::Handle(Handle::DbSubnetGroup))),
            _ => None,
        },
        "network-firewall" => {
            let parts = [
                "firewall/",
                "firewall-policy/",
                "stateful-rulegroup/",
                "stateless-rulegroup/",
            ];
            let part = parts.iter().any(|part| resource.starts_with(part));
            part.then(|| Recognised::new(arn, What::Component(Kind::NetworkFirewall)))
        }
        "directconnect" => {
            let id = resource.strip_prefix("dx-gateway/")?;
            Some(Recognised::new(id, What::Component(Kind::DirectConnectGateway)))
        }
        _ => by_last_part(arn),
    }?;
    let is_account = account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
    Some(Recognised {
        account: is_account.then(|| (*account).into()),
        region: (!region.is_empty()).then(|| (*region).into()),
        ..found
    })
}

/// An id at the end of an ARN: `…:route-table/rtb-…`.
fn by_last_part(arn: &str) -> Option<Recognised> {
    let (_, id) = arn.rsplit_once('/')?;
    by_prefix(id, "").map(|what| Recognised::new(id, what))
}

/// A load balancer or a target group; of a listener or a listener's rule its load balancer (Elastic Load Balancing API,
/// `LoadBalancerArn`, `ListenerArn`, `RuleArn`).
fn load_balancing(arn: &str, resource: &str) -> Option<Recognised> {
    let balancer = What::Component(Kind::LoadBalancer);
    let parts: Vec<&str> = resource.split('/').collect();
    match parts.as_slice() {
        ["targetgroup", ..] => Some(Recognised::new(arn, What::Component(Kind::TargetGroup))),
        ["loadbalancer", name] => Some(Recognised::new(name, balancer)),
        ["loadbalancer", ..] => Some(Recognised::new(arn, balancer)),
        ["listener" | "listener-rule", kind, name, id, ..] => {
            let head = arn.strip_suffix(resource)?;
            Some(Recognised::new(
                &format!("{head}loadbalancer/{kind}/{name}/{id}"),
                balancer,
            ))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place() -> Place {
        Place {
            account: Some("123456789012".into()),
            region: Some("eu-west-1".into()),
        }
    }

    fn told(text: &str, parameter: &str) -> Option<(String, What)> {
        recognise(text, parameter, &place()).map(|found| (found.id.to_string(), found.what))
    }

    #[test]
    fn the_longer_beginning_stands_first() {
        for (number, (prefix, _)) in PREFIXES.iter().enumerate() {
            for (shorter, _) in &PREFIXES[..number] {
                assert!(
                    !prefix.starts_with(shorter),
                    "{prefix} is never reached behind {shorter}"
                );
            }
        }
    }

    #[test]
    fn ids_by_their_form() {
        for (id, what) in [
            ("acl-0123456789abcdef0", What::Component(Kind::NetworkAcl)),
            (
                "aclassoc-0123456789abcdef0",
                What::Handle(Handle::NetworkAclAssociation),
            ),
            ("tgw-0123456789abcdef0", What::Component(Kind::TransitGateway)),
            (
                "tgw-rtb-0123456789abcdef0",
                What::Component(Kind::TransitGatewayRouteTable),
            ),
            (
                "tgw-attach-0123456789abcdef0",
                What::Component(Kind::TransitGatewayAttachment),
            ),
            ("i-01234567", What::Component(Kind::Instance)),
            ("vpce-svc-0123456789abcdef0", What::Other),
        ] {
            assert_eq!(told(id, "anything"), Some((id.to_owned(), what)));
        }
        for text in [
            "local",
            "i-am",
            "acl-",
            "acl-0123",
            "vpc-0123456789ABCDEF0",
            "sg-0123456789abcdef0; rm",
            "",
        ] {
            assert_eq!(told(text, "description"), None, "{text}");
        }
        assert_eq!(
            told("sg-web", "groupid").unwrap().1,
            What::Component(Kind::SecurityGroup)
        );
    }

    #[test]
    fn an_arn_and_an_id_are_the_same_thing() {
        for (arn, id, kind) in [
            (
                "arn:aws:ec2:eu-west-1:123456789012:route-table/rtb-0123456789abcdef0",
                "rtb-0123456789abcdef0",
                Kind::RouteTable,
            ),
            (
                "arn:aws:ec2:eu-west-1a:instance/i-0123456789abcdef0",
                "i-0123456789abcdef0",
                Kind::Instance,
            ),
            (
                "arn:aws:rds:eu-west-1:123456789012:db:orders",
                "orders",
                Kind::Rds,
            ),
            (
                "arn:aws:lambda:eu-west-1:123456789012:function:sync:live",
                "arn:aws:lambda:eu-west-1:123456789012:function:sync",
                Kind::Lambda,
            ),
            (
                "arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener-rule/app/shop/50dc6c495c0c9188/0467/3d7a",
                "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/shop/50dc6c495c0c9188",
                Kind::LoadBalancer,
            ),
            (
                "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/shop",
                "shop",
                Kind::LoadBalancer,
            ),
            (
                "arn:aws:directconnect::123456789012:dx-gateway/5f294f92-bafb-4011-916d-9b0bexample",
                "5f294f92-bafb-4011-916d-9b0bexample",
                Kind::DirectConnectGateway,
            ),
        ] {
            assert_eq!(told(arn, ""), Some((id.to_owned(), What::Component(kind))));
        }
        let policy = "arn:aws:network-firewall:eu-west-1:aws-managed:stateful-rulegroup/ThreatSignatures";
        let found = recognise(policy, "", &place()).unwrap();
        assert_eq!((found.account, found.region), (None, Some("eu-west-1".into())));
        for arn in [
            "arn:aws:iam::123456789012:role/x",
            "arn:",
            "arn:aws:rds:eu-west-1:123456789012:snapshot:x",
        ] {
            assert_eq!(told(arn, ""), None, "{arn}");
        }
    }

    #[test]
    fn a_name_and_its_arn_are_the_same_thing() {
        let sync = "arn:aws:lambda:eu-west-1:123456789012:function:sync";
        for name in [
            "sync",
            "sync:live",
            "123456789012:function:sync",
            "function:sync:3",
            sync,
        ] {
            assert_eq!(told(name, "functionname").unwrap().0, sync);
        }
        assert_eq!(told("Orders", "dbinstanceidentifier").unwrap().0, "orders");
        assert_eq!(
            told("edge", "firewallname").unwrap().0,
            "arn:aws:network-firewall:eu-west-1:123456789012:firewall/edge"
        );
        assert_eq!(told("orders", "name"), None);
        let nowhere = recognise("sync", "functionname", &Place::default()).unwrap();
        assert_eq!(nowhere.id.as_str(), "sync");
    }

    #[test]
    fn partitions() {
        for (region, expected) in [
            ("eu-west-1", "aws"),
            ("cn-north-1", "aws-cn"),
            ("us-gov-west-1", "aws-us-gov"),
            ("us-iso-east-1", "aws-iso"),
            ("us-isob-east-1", "aws-iso-b"),
        ] {
            assert_eq!(partition(&region.into()), expected);
        }
    }
}
