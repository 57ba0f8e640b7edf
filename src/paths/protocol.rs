//! Protocols by name or number.

use super::fields;
use super::model::Protocol;
use super::node::{Node, Value, excerpt};
use super::problem::{Problem, Problems, Wrong};
use super::suggestion::did_you_mean;

pub(super) fn read(problems: &mut Problems, key: &'static str, node: &Node) -> Option<Protocol> {
    let spelling = node.spelling(problems.text()).to_owned();
    let written = match &node.value {
        Value::Number(_) => spelling.as_str(),
        _ => fields::text(problems, key, node)?,
    };
    match parse(written) {
        Ok(protocol) => Some(protocol),
        Err(wrong) => {
            problems.error(Problem::wrong(node.place, key, wrong).label("no protocol"));
            None
        }
    }
}

/// A protocol by name or number.
pub(super) fn parse(written: &str) -> Result<Protocol, Wrong> {
    let words = [
        ("tcp", Protocol::Tcp),
        ("udp", Protocol::Udp),
        ("icmp", Protocol::Icmp),
        ("icmpv6", Protocol::Icmpv6),
        ("all", Protocol::All),
    ];
    if let Some((_, protocol)) = words.iter().find(|(word, _)| *word == written) {
        return Ok(*protocol);
    }
    let plain =
        written == "0" || (written.bytes().all(|byte| byte.is_ascii_digit()) && !written.starts_with('0'));
    if plain && let Ok(number) = written.parse::<u8>() {
        return Ok(match number {
            6 => Protocol::Tcp,
            17 => Protocol::Udp,
            1 => Protocol::Icmp,
            58 => Protocol::Icmpv6,
            number => Protocol::Number(number),
        });
    }
    let help = if matches!(written, "-1" | "any" | "*") {
        Some("did you mean `all`?".to_owned())
    } else if matches!(written, "http" | "https" | "ssh" | "sftp" | "tls" | "ssl") {
        Some("that is carried by `tcp`".to_owned())
    } else if written.eq_ignore_ascii_case("ping") {
        Some("did you mean `icmp`?".to_owned())
    } else {
        did_you_mean(written, words.iter().map(|(word, _)| *word))
    };
    Err(Wrong::new(format!(
        "`{}` is not `tcp`, `udp`, `icmp`, `icmpv6`, `all` or a number from 0 to 255",
        excerpt(written)
    ))
    .maybe_help(help))
}
