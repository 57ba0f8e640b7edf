//! A path from the command line: `--from`, `--to`, `--protocol`, `--port` (CLI.md).

use std::collections::BTreeMap;

use super::bare::{self, Bare};
use super::end;
use super::model::{End, Protocol, RequiredPath};
use super::node::excerpt;
use super::problem::Wrong;
use super::{named, path, port, protocol};

/// Why an argument cannot be taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ArgumentError {
    message: String,
    help: Option<String>,
}

impl ArgumentError {
    /// What to write instead.
    pub fn suggestion(&self) -> Option<&str> {
        self.help.as_deref()
    }

    fn of(option: &str, wrong: Wrong) -> Self {
        Self {
            message: format!("`{option}`: {}", wrong.message),
            help: wrong.help,
        }
    }
}

impl From<Wrong> for ArgumentError {
    fn from(Wrong { message, help }: Wrong) -> Self {
        Self { message, help }
    }
}

impl From<ArgumentError> for Wrong {
    fn from(ArgumentError { message, help }: ArgumentError) -> Self {
        Self { message, help }
    }
}

/// What the command line says of a path; the rest is as in a path file that does not say.
#[derive(Debug, Clone, Copy)]
pub struct AdHoc<'a> {
    /// `--from`
    pub from: &'a str,
    /// `--to`
    pub to: &'a str,
    /// `--protocol`; `None`: `tcp`
    pub protocol: Option<&'a str>,
    /// `--port`: a port, a range, several with commas between them, or `all`.
    pub port: Option<&'a str>,
}

/// One end as the command line names it: whatever a bare string may be in a path file, or `lambda:NAME`, `rds:ID`,
/// `lb:NAME`. `endpoints` are those of the path file, if there is one ([`super::ReadPathFile::endpoints`]).
///
/// # Errors
///
/// It is none of these; with what may have been meant.
pub fn end_from_argument(text: &str, endpoints: &BTreeMap<String, End>) -> Result<End, ArgumentError> {
    let form = match text.split_once(':') {
        Some(("lambda", name)) => named::lambda(name)?,
        Some(("rds", name)) => named::rds(name)?,
        Some(("lb", name)) => named::load_balancer(name)?,
        _ => match bare::read(text, &|name| endpoints.contains_key(name))? {
            Bare::Form(form) => form,
            Bare::Name(name) => {
                return endpoints
                    .get(&name)
                    .cloned()
                    .ok_or_else(|| unknown(&name, endpoints));
            }
        },
    };
    Ok(End {
        text: end::describe(&form),
        form,
        account: None,
        region: None,
        vpc: None,
        line: 0,
    })
}

fn unknown(name: &str, endpoints: &BTreeMap<String, End>) -> ArgumentError {
    let wrong = bare::unknown_name(name, endpoints.keys().map(String::as_str));
    let word = name.split_once(':').map(|(word, _)| word);
    let help = match word {
        Some("loadBalancer" | "loadbalancer" | "load-balancer" | "alb" | "nlb" | "elb") => {
            Some("write `lb:NAME`")
        }
        Some("db" | "database") => Some("write `rds:ID`"),
        Some("function" | "fn") => Some("write `lambda:NAME`"),
        _ if endpoints.is_empty() => Some(
            "write an id, an ARN, an address, a CIDR block, `internet`, `lambda:NAME`, `rds:ID` or `lb:NAME`",
        ),
        _ => None,
    };
    ArgumentError {
        message: wrong.message,
        help: help.map(str::to_owned).or(wrong.help),
    }
}

/// The path that `explain` walks for `--from` and `--to`.
///
/// # Errors
///
/// An argument that cannot be taken, or ones that do not fit together.
pub fn ad_hoc_path(
    said: AdHoc<'_>,
    endpoints: &BTreeMap<String, End>,
) -> Result<RequiredPath, ArgumentError> {
    let of = |option: &'static str| move |error: ArgumentError| ArgumentError::of(option, error.into());
    let source = end_from_argument(said.from, endpoints).map_err(of("--from"))?;
    let destination = end_from_argument(said.to, endpoints).map_err(of("--to"))?;
    let protocol = match said.protocol {
        Some(written) => protocol::parse(written).map_err(|wrong| ArgumentError::of("--protocol", wrong))?,
        None => Protocol::Tcp,
    };
    let has_ports = matches!(protocol, Protocol::Tcp | Protocol::Udp);
    let ports = match said.port {
        Some(written) if has_ports => {
            Some(port::parse_argument(written).map_err(|wrong| ArgumentError::of("--port", wrong))?)
        }
        Some(_) => {
            let wrong = match protocol {
                Protocol::All => Wrong::new("`--protocol all` is about every port of every protocol"),
                _ => Wrong::new(format!("protocol `{}` has no ports", protocol.text())),
            };
            return Err(ArgumentError::of(
                "--port",
                wrong.help("leave it out, or choose `--protocol tcp` or `udp`"),
            ));
        }
        None if has_ports => {
            return Err(Wrong::new(format!("protocol `{}` needs a port", protocol.text()))
                .help("add `--port 443`, a range, several with commas between them, or `all`")
                .into());
        }
        None => None,
    };
    if path::needs_address(&destination.form) {
        return Err(ArgumentError::of(
            "--to",
            Wrong::new(format!(
                "packets handed to `{}` need an address to go to",
                excerpt(&destination.text)
            ))
            .help("name the address that lies behind it, or write a path with `filterAtSource`"),
        ));
    }
    let what = match &ports {
        Some(ports) => format!("{} {ports}", protocol.text()),
        None => protocol.text(),
    };
    let name = format!("{} → {}, {what}", source.text, destination.text);
    Ok(RequiredPath {
        protocol,
        destination_ports: ports,
        ..RequiredPath::new(name, source, destination)
    })
}

impl RequiredPath {
    /// A path of which nothing is said but its ends: TCP to every port, and the defaults of a path file.
    pub fn new(name: String, source: End, destination: End) -> Self {
        Self {
            name,
            source,
            destination,
            protocol: Protocol::Tcp,
            destination_ports: Some(super::model::PortSet::all()),
            ip_address_type: None,
            client_ports: None,
            expect: Default::default(),
            require: Default::default(),
            reply: Default::default(),
            via: Vec::new(),
            not_via: Vec::new(),
            filter_at_source: Default::default(),
            filter_at_destination: Default::default(),
            severity: Default::default(),
            owner: None,
            runbook: None,
            labels: BTreeMap::new(),
            topic_arn: None,
            settle: jiff::SignedDuration::ZERO,
            remind_after: Self::REMIND_AFTER,
            remind_every: Self::REMIND_EVERY,
            maintenance_windows: Vec::new(),
            mute: None,
            confirm: Default::default(),
            line: 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::paths::model::EndForm;

    fn endpoints() -> BTreeMap<String, End> {
        let partner = end_from_argument("198.51.100.22", &BTreeMap::new()).unwrap();
        BTreeMap::from([("partner".to_owned(), partner)])
    }

    #[test]
    fn an_end_is_what_a_bare_string_may_be() {
        for (text, form) in [
            (
                "eni-0aa11bb22cc33dd44",
                EndForm::Id("eni-0aa11bb22cc33dd44".into()),
            ),
            (
                "arn:aws:ec2:eu-west-1:111122223333:instance/i-0aa11bb22cc33dd44",
                EndForm::Id("i-0aa11bb22cc33dd44".into()),
            ),
            ("internet", EndForm::Internet),
            (
                "10.0.0.0/16",
                EndForm::Addresses(vec!["10.0.0.0/16".parse().unwrap()]),
            ),
            (
                "partner",
                EndForm::Addresses(vec!["198.51.100.22/32".parse().unwrap()]),
            ),
            (
                "lambda:sync",
                EndForm::Lambda {
                    function: "sync".into(),
                    qualifier: None,
                },
            ),
            (
                "lambda:sync:live",
                EndForm::Lambda {
                    function: "sync".into(),
                    qualifier: Some("live".into()),
                },
            ),
            (
                "lambda:arn:aws:lambda:eu-west-1:111122223333:function:sync:7",
                EndForm::Lambda {
                    function: "arn:aws:lambda:eu-west-1:111122223333:function:sync".into(),
                    qualifier: Some("7".into()),
                },
            ),
            ("rds:Orders", EndForm::Rds("orders".into())),
            ("lb:shop", EndForm::LoadBalancer("shop".into())),
            ("pl-6da54004", EndForm::PrefixList("pl-6da54004".into())),
        ] {
            assert_eq!(
                end_from_argument(text, &endpoints()).map(|end| end.form),
                Ok(form),
                "{text}"
            );
        }
    }

    #[test]
    fn what_is_no_end_is_told_with_what_was_meant() {
        for (text, help) in [
            ("partnr", "did you mean `partner`?"),
            ("alb:shop", "write `lb:NAME`"),
            (
                "sg-0aa11bb22cc33dd44",
                "name what carries it: an interface, `{ tag: … }`, or `{ subnets: […], securityGroups: […] }`",
            ),
            (
                "10.0.0.1/16",
                "the block is `10.0.0.0/16`, the address alone `10.0.0.1`",
            ),
        ] {
            let error = end_from_argument(text, &endpoints()).unwrap_err();
            assert_eq!(error.suggestion(), Some(help), "{text}: {error}");
        }
        for text in ["", " ", "lambda:", "rds:", "lb:", "arn:", "::::"] {
            assert!(end_from_argument(text, &endpoints()).is_err(), "{text}");
        }
    }

    fn ad_hoc(protocol: Option<&str>, port: Option<&str>) -> Result<RequiredPath, String> {
        let said = AdHoc {
            from: "lambda:sync",
            to: "198.51.100.22",
            protocol,
            port,
        };
        ad_hoc_path(said, &BTreeMap::new()).map_err(|error| error.to_string())
    }

    #[test]
    fn a_path_of_its_own() {
        let path = ad_hoc(None, Some("22,443")).unwrap();
        assert_eq!(path.name, "lambda sync → 198.51.100.22, tcp 22, 443");
        assert_eq!(path.destination_ports.unwrap().to_string(), "22, 443");
        let path = ad_hoc(Some("icmp"), None).unwrap();
        assert_eq!((path.protocol, path.destination_ports), (Protocol::Icmp, None));
        for (protocol, port, error) in [
            (None, None, "protocol `tcp` needs a port"),
            (Some("icmp"), Some("22"), "`--port`: protocol `icmp` has no ports"),
            (
                Some("tpc"),
                None,
                "`--protocol`: `tpc` is not `tcp`, `udp`, `icmp`, `icmpv6`, `all` or a number from 0 to 255",
            ),
            (Some("udp"), Some("70000"), "`--port`: `70000` is outside 0–65535"),
        ] {
            assert_eq!(ad_hoc(protocol, port), Err(error.to_owned()));
        }
    }

    #[test]
    fn a_gateway_to_elsewhere_needs_an_address() {
        let said = AdHoc {
            from: "eni-0aa11bb22cc33dd44",
            to: "tgw-0aa11bb22cc33dd44",
            protocol: None,
            port: Some("22"),
        };
        assert!(ad_hoc_path(said, &BTreeMap::new()).is_err());
    }
}
