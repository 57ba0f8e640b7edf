//! AWS ids and ARNs, told apart by their form. Whether anything answers to them is asked of a snapshot later.

use crate::network::Kind;

use super::node::{Place, excerpt};
use super::problem::{Problem, Problems, Wrong};

/// What the ids of one kind begin with.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Prefix {
    /// With its hyphen: `eni-`.
    pub(super) prefix: &'static str,
    pub(super) kind: Kind,
    /// With its article: `a subnet`.
    pub(super) name: &'static str,
}

const fn prefix(prefix: &'static str, kind: Kind, name: &'static str) -> Prefix {
    Prefix { prefix, kind, name }
}

/// The longer before those that they begin with.
const PREFIXES: [Prefix; 24] = [
    prefix(
        "tgw-attach-",
        Kind::TransitGatewayAttachment,
        "an attachment of a transit gateway",
    ),
    prefix(
        "tgw-rtb-",
        Kind::TransitGatewayRouteTable,
        "a route table of a transit gateway",
    ),
    prefix("vpce-svc-", Kind::Unsupported, "a VPC endpoint service"),
    prefix("eipalloc-", Kind::Unsupported, "an Elastic IP address"),
    prefix("eipassoc-", Kind::Unsupported, "an Elastic IP address"),
    prefix("subnet-", Kind::Subnet, "a subnet"),
    prefix(
        "eigw-",
        Kind::EgressOnlyInternetGateway,
        "an egress-only internet gateway",
    ),
    prefix("cagw-", Kind::Unsupported, "a carrier gateway"),
    prefix("vpce-", Kind::VpcEndpoint, "a VPC endpoint"),
    prefix("eni-", Kind::NetworkInterface, "a network interface"),
    prefix("nat-", Kind::NatGateway, "a NAT gateway"),
    prefix("igw-", Kind::InternetGateway, "an internet gateway"),
    prefix("pcx-", Kind::VpcPeeringConnection, "a VPC peering connection"),
    prefix("tgw-", Kind::TransitGateway, "a transit gateway"),
    prefix("vgw-", Kind::VpnGateway, "a virtual private gateway"),
    prefix("vpn-", Kind::VpnConnection, "a VPN connection"),
    prefix("vpc-", Kind::Vpc, "a VPC"),
    prefix("acl-", Kind::NetworkAcl, "a network ACL"),
    prefix("rtb-", Kind::RouteTable, "a route table"),
    prefix("cgw-", Kind::Unsupported, "a customer gateway"),
    prefix("lgw-", Kind::Unsupported, "a local gateway"),
    prefix("sg-", Kind::SecurityGroup, "a security group"),
    prefix("pl-", Kind::PrefixList, "a prefix list"),
    prefix("i-", Kind::Instance, "an instance"),
];

/// An id by its form: what it begins with, and a body of letters, digits and hyphens.
pub(super) fn id(written: &str) -> Option<&'static Prefix> {
    let found = PREFIXES.iter().find(|known| written.starts_with(known.prefix))?;
    let body = written.get(found.prefix.len()..)?;
    let fits = !body.is_empty()
        && body.len() <= 64
        && body
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    fits.then_some(found)
}

/// Whether AWS would have made that id: eight or seventeen hexadecimal digits.
pub(super) fn is_usual(written: &str) -> bool {
    body(written).is_some_and(|body| matches!(body.len(), 8 | 17) && is_hex(body))
}

/// Warns of an id that AWS would not have made: nothing is likely to answer to it.
pub(super) fn warn_if_unusual(problems: &mut Problems, place: Place, key: &str, written: &str) {
    if id(written).is_some() && !is_usual(written) {
        problems.warning(
            Problem::at(
                place,
                format!("`{key}`: `{}` is not an id as AWS makes them", excerpt(written)),
            )
            .label("after the hyphen stand 8 or 17 of 0–9 and a–f")
            .help("if nothing answers to it, the path is undecided"),
        );
    }
}

/// Whether a name would be taken for an id.
pub(super) fn looks_like_id(written: &str) -> bool {
    body(written).is_some_and(is_hex)
}

fn body(written: &str) -> Option<&str> {
    let known = id(written)?;
    written.get(known.prefix.len()..)
}

fn is_hex(body: &str) -> bool {
    body.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// An ARN in its parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Arn<'t> {
    pub(super) service: &'t str,
    pub(super) region: &'t str,
    pub(super) account: &'t str,
    /// What follows the account: `function:name`, `instance/i-…`.
    pub(super) resource: &'t str,
}

/// Whether the text can only be meant as an ARN.
pub(super) fn looks_like_arn(written: &str) -> bool {
    written
        .get(..4)
        .is_some_and(|start| start.eq_ignore_ascii_case("arn:"))
}

/// An ARN: `arn:partition:service:region:account:resource`
/// (AWS General Reference, "Amazon Resource Names").
pub(super) fn arn(written: &str) -> Result<Arn<'_>, Wrong> {
    let wrong = |what: &str| {
        Wrong::new(format!("`{}` is no ARN: {what}", excerpt(written)))
            .help("an ARN is `arn:aws:service:region:account:resource`")
    };
    let mut parts = written.splitn(6, ':');
    let mut next = || parts.next().unwrap_or_default();
    let (arn, partition, service, region, account, resource) =
        (next(), next(), next(), next(), next(), next());
    if arn != "arn" {
        return Err(wrong("it begins with `arn:`"));
    }
    if partition != "aws" && !partition.starts_with("aws-") {
        return Err(wrong("after `arn:` stands a partition such as `aws`"));
    }
    if service.is_empty() || resource.is_empty() {
        return Err(wrong("a part is missing"));
    }
    if !region.is_empty() && !is_region(region) {
        return Err(wrong(&format!("`{}` is no Region", excerpt(region))));
    }
    if !account.is_empty() && !is_account(account) {
        return Err(wrong(&format!(
            "`{}` is no account: twelve digits",
            excerpt(account)
        )));
    }
    if resource.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Err(wrong("there is a space in it"));
    }
    Ok(Arn {
        service,
        region,
        account,
        resource,
    })
}

impl<'t> Arn<'t> {
    /// The id of an EC2 resource: what follows the last `/`.
    pub(super) fn ec2_id(&self) -> Option<(&'t str, &'static Prefix)> {
        let (_, written) = self.resource.rsplit_once('/')?;
        (self.service == "ec2").then_some(())?;
        Some((written, id(written)?))
    }
}

/// The id of one kind, or the id in its ARN.
pub(super) fn id_of<'t>(written: &'t str, kind: Kind, what: &str) -> Result<&'t str, Wrong> {
    let found = if looks_like_arn(written) {
        arn(written)?.ec2_id()
    } else {
        id(written).map(|prefix| (written, prefix))
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

/// Twelve digits.
pub(super) fn is_account(written: &str) -> bool {
    written.len() == 12 && written.bytes().all(|byte| byte.is_ascii_digit())
}

/// As in `eu-west-1`, `us-gov-east-1`, `us-iso-west-1`.
pub(super) fn is_region(written: &str) -> bool {
    let parts: Vec<&str> = written.split('-').collect();
    let lower = |part: &&str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase());
    match parts.as_slice() {
        [first, middle @ .., last] => {
            (2..=4).contains(&first.len())
                && lower(first)
                && (1..=2).contains(&middle.len())
                && middle.iter().all(lower)
                && (1..=2).contains(&last.len())
                && last.bytes().all(|byte| byte.is_ascii_digit())
        }
        _ => false,
    }
}

/// An account, with what to write instead.
pub(super) fn account(written: &str) -> Result<&str, Wrong> {
    if is_account(written) {
        return Ok(written);
    }
    let digits: String = written.chars().filter(char::is_ascii_digit).collect();
    let wrong = Wrong::new(format!("`{}` is no account: twelve digits", excerpt(written)));
    Err(if is_account(&digits) {
        wrong.help(format!("write \"{digits}\""))
    } else {
        wrong
    })
}

/// A Region, with what to write instead.
pub(super) fn region(written: &str) -> Result<&str, Wrong> {
    if is_region(written) {
        return Ok(written);
    }
    let wrong = Wrong::new(format!("`{}` is no Region", excerpt(written)));
    let stem = written
        .strip_suffix(|c: char| c.is_ascii_lowercase())
        .unwrap_or(written);
    Err(if is_region(stem) {
        wrong.help(format!("that is an Availability Zone; its Region is `{stem}`"))
    } else {
        wrong.help("write one such as `eu-west-1`")
    })
}

/// A role's ARN (IAM User Guide, "IAM identifiers").
pub(super) fn role_arn(written: &str) -> Result<String, Wrong> {
    let parsed = arn(written)?;
    if parsed.service == "iam" && is_account(parsed.account) && parsed.resource.starts_with("role/") {
        return Ok(written.to_owned());
    }
    Err(
        Wrong::new(format!("`{}` is not the ARN of a role", excerpt(written)))
            .help("a role's is `arn:aws:iam::111122223333:role/name`"),
    )
}

/// A topic's ARN (SNS Developer Guide: a name of up to 256 letters, digits, hyphens and underscores; `.fifo` at its end).
pub(super) fn topic_arn(written: &str) -> Result<String, Wrong> {
    let form = "a topic's is `arn:aws:sns:eu-west-1:111122223333:name`";
    let parsed = arn(written)?;
    let name = parsed.resource.strip_suffix(".fifo").unwrap_or(parsed.resource);
    let named = !name.is_empty()
        && name.len() <= 256
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    if parsed.service == "sns" && named && is_account(parsed.account) && is_region(parsed.region) {
        return Ok(written.to_owned());
    }
    if parsed.service == "sns" && parsed.resource.contains(':') {
        return Err(Wrong::new(format!(
            "`{}` is the ARN of a subscription, not of a topic",
            excerpt(written)
        ))
        .help(form));
    }
    Err(Wrong::new(format!("`{}` is not the ARN of an SNS topic", excerpt(written))).help(form))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_known_by_what_it_begins_with() {
        for (written, kind) in [
            ("eni-0aa11bb22cc33dd44", Kind::NetworkInterface),
            ("i-0d1e2f3a4b5c6d7e8", Kind::Instance),
            ("tgw-attach-0aa11bb22cc33dd44", Kind::TransitGatewayAttachment),
            ("tgw-rtb-0aa11bb22cc33dd44", Kind::TransitGatewayRouteTable),
            ("tgw-0aa11bb22cc33dd44", Kind::TransitGateway),
            ("vpce-svc-0aa11bb22cc33dd44", Kind::Unsupported),
            ("vpce-0aa11bb22cc33dd44", Kind::VpcEndpoint),
            ("eigw-0aa11bb22cc33dd44", Kind::EgressOnlyInternetGateway),
            ("pl-6da54004", Kind::PrefixList),
        ] {
            assert_eq!(id(written).map(|known| known.kind), Some(kind), "{written}");
            assert!(is_usual(written) && looks_like_id(written), "{written}");
        }
        for written in ["eni-", "eni", "partner", "i-0d1e 2", "ENI-0aa11bb22cc33dd44", ""] {
            assert_eq!(id(written), None, "{written}");
        }
        assert!(id("nat-europe").is_some() && !is_usual("nat-europe") && !looks_like_id("nat-europe"));
        assert!(!is_usual("eni-0aa11bb22") && looks_like_id("eni-0aa11bb22"));
    }

    #[test]
    fn the_longer_prefix_stands_first() {
        for (index, earlier) in PREFIXES.iter().enumerate() {
            for later in &PREFIXES[index + 1..] {
                assert!(
                    !later.prefix.starts_with(earlier.prefix),
                    "{} hides {}",
                    earlier.prefix,
                    later.prefix
                );
            }
        }
    }

    #[test]
    fn arns_in_parts() {
        let parsed = arn("arn:aws-cn:lambda:cn-north-1:111122223333:function:sync:live").unwrap();
        assert_eq!(
            (parsed.service, parsed.resource),
            ("lambda", "function:sync:live")
        );
        let (written, known) =
            arn("arn:aws:ec2:eu-west-1:111122223333:network-interface/eni-0aa11bb22cc33dd44")
                .unwrap()
                .ec2_id()
                .unwrap();
        assert_eq!(
            (written, known.kind),
            ("eni-0aa11bb22cc33dd44", Kind::NetworkInterface)
        );
        for written in [
            "arn:",
            "arn:aws",
            "arn:aws:ec2:eu-west-1:1:instance/i-1",
            "arn:gcp:ec2:::x",
            "arn:aws:ec2:europe::x",
            "arn:aws:ec2:::",
            "arn:aws:ec2:::a b",
        ] {
            assert!(arn(written).is_err(), "{written}");
        }
    }

    #[test]
    fn regions_and_accounts() {
        for written in [
            "eu-west-1",
            "us-gov-east-1",
            "ap-southeast-10",
            "us-isob-east-1",
            "mx-central-1",
            "eusc-de-east-1",
        ] {
            assert!(is_region(written), "{written}");
        }
        for written in [
            "eu-west",
            "eu-west-1a",
            "EU-WEST-1",
            "eu",
            "",
            "eu--1",
            "eu-west-one",
        ] {
            assert!(!is_region(written), "{written}");
        }
        assert_eq!(
            region("eu-west-1a").unwrap_err().help.as_deref(),
            Some("that is an Availability Zone; its Region is `eu-west-1`")
        );
        assert_eq!(
            account("1111-2222-3333").unwrap_err().help.as_deref(),
            Some("write \"111122223333\"")
        );
        assert!(account("12345").is_err());
    }

    #[test]
    fn topics_and_roles() {
        for written in [
            "arn:aws:sns:eu-west-1:111122223333:alerts",
            "arn:aws:sns:eu-west-1:111122223333:alerts.fifo",
        ] {
            assert!(topic_arn(written).is_ok(), "{written}");
        }
        for written in [
            "alerts",
            "arn:aws:sqs:eu-west-1:111122223333:alerts",
            "arn:aws:sns::111122223333:alerts",
            "arn:aws:sns:eu-west-1:111122223333:alerts:0aa11bb2-2cc3-3dd4-0aa1-1bb22cc33dd4",
            "arn:aws:sns:eu-west-1:111122223333:al erts",
        ] {
            assert!(topic_arn(written).is_err(), "{written}");
        }
        assert!(role_arn("arn:aws:iam::111122223333:role/hopwatch-read").is_ok());
        assert!(role_arn("arn:aws:iam::111122223333:user/me").is_err());
    }
}
