//! Resources that go by a name of their own rather than by an id: functions, databases, load balancers, hosts.

use super::address;
use super::model::EndForm;
use super::node::excerpt;
use super::problem::Wrong;
use super::resource;

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
