//! Addresses and CIDR blocks as people write them.

use std::net::IpAddr;

use ipnet::IpNet;

use super::node::excerpt;
use super::problem::Wrong;

/// Whether the text can only be meant as an address or a CIDR block.
pub(super) fn looks_like_address(written: &str) -> bool {
    let stem = written.split('/').next().unwrap_or_default();
    let dotted = stem.contains('.') && stem.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let coloned = stem.matches(':').count() >= 2
        && stem
            .bytes()
            .all(|byte| byte.is_ascii_hexdigit() || matches!(byte, b':' | b'.' | b'%'));
    dotted || coloned
}

/// An address, or a CIDR block without host bits.
pub(super) fn parse(written: &str) -> Result<IpNet, Wrong> {
    if let Ok(address) = written.parse::<IpAddr>() {
        return plain(address.into(), written);
    }
    match block(written) {
        Some(net) if net.addr() == net.network() => plain(net, written),
        Some(net) => Err(
            Wrong::new(format!("`{}` has bits set beyond its prefix", excerpt(written))).help(format!(
                "the block is `{}`, the address alone `{}`",
                net.trunc(),
                net.addr()
            )),
        ),
        None => Err(not_an_address(written)),
    }
}

/// The standard library is stricter than the crate: `010.0.0.0/8` means something else to other readers.
fn block(written: &str) -> Option<IpNet> {
    let (address, length) = written.split_once('/')?;
    let digits =
        length.bytes().all(|byte| byte.is_ascii_digit()) && (length == "0" || !length.starts_with('0'));
    IpNet::new(address.parse().ok()?, length.parse().ok().filter(|_| digits)?).ok()
}

/// An IPv4 address in IPv6's clothes never stands in a packet's header.
fn plain(net: IpNet, written: &str) -> Result<IpNet, Wrong> {
    if let IpAddr::V6(address) = net.addr()
        && let Some(mapped) = address.to_ipv4_mapped()
        && net.prefix_len() == net.max_prefix_len()
    {
        return Err(Wrong::new(format!(
            "`{}` is an IPv4 address written as IPv6",
            excerpt(written)
        ))
        .help(format!("write `{mapped}`")));
    }
    Ok(net)
}

/// As people write it: without a prefix that says nothing.
pub(super) fn text(net: &IpNet) -> String {
    if net.prefix_len() == net.max_prefix_len() {
        net.addr().to_string()
    } else {
        net.to_string()
    }
}

fn not_an_address(written: &str) -> Wrong {
    let wrong = Wrong::new(format!("`{}` is no address and no CIDR block", excerpt(written)));
    if let Some((address, prefix)) = written.split_once('/')
        && let Ok(address) = address.parse::<IpAddr>()
    {
        let most = if address.is_ipv4() { 32 } else { 128 };
        return wrong.help(format!(
            "after `/` stands a length from 0 to {most}, not `{}`",
            excerpt(prefix)
        ));
    }
    let unpadded: Vec<&str> = written
        .split('.')
        .map(|octet| match octet.trim_start_matches('0') {
            "" if !octet.is_empty() => "0",
            stripped => stripped,
        })
        .collect();
    let unpadded = unpadded.join(".");
    if unpadded != written && parse(&unpadded).is_ok() {
        return wrong.help(format!("an octet has no leading zeros: `{unpadded}`"));
    }
    if let Some((address, port)) = written.rsplit_once(':')
        && address.trim_matches(['[', ']']).parse::<IpAddr>().is_ok()
        && port.parse::<u16>().is_ok()
        && !address.ends_with(':')
    {
        return wrong.help(format!(
            "the port goes under `destinationPort`: `{}` and `{port}`",
            address.trim_matches(['[', ']'])
        ));
    }
    if written.contains("..") || (written.contains('-') && written.contains('.')) {
        return wrong.help("a range of addresses is written as CIDR blocks");
    }
    wrong.help("write one such as `198.51.100.22`, `10.0.0.0/16` or `2001:db8::/32`")
}

#[cfg(test)]
mod tests {
    use super::{looks_like_address, parse, text};
    use proptest::prelude::*;

    #[test]
    fn addresses_and_blocks() {
        for (written, expected) in [
            ("198.51.100.22", "198.51.100.22"),
            ("10.0.0.0/16", "10.0.0.0/16"),
            ("0.0.0.0/0", "0.0.0.0/0"),
            ("192.0.2.1/32", "192.0.2.1"),
            ("2001:DB8::1", "2001:db8::1"),
            ("::/0", "::/0"),
            ("64:ff9b::/96", "64:ff9b::/96"),
        ] {
            assert_eq!(
                parse(written).map(|net| text(&net)),
                Ok(expected.to_owned()),
                "{written}"
            );
        }
    }

    #[test]
    fn what_is_none_is_told_with_what_was_meant() {
        for (written, help) in [
            (
                "10.0.1.7/16",
                "the block is `10.0.0.0/16`, the address alone `10.0.1.7`",
            ),
            (
                "2001:db8::1/32",
                "the block is `2001:db8::/32`, the address alone `2001:db8::1`",
            ),
            ("10.0.0.0/33", "after `/` stands a length from 0 to 32, not `33`"),
            (
                "10.0.0.0/255.255.0.0",
                "after `/` stands a length from 0 to 32, not `255.255.0.0`",
            ),
            ("010.0.0.1", "an octet has no leading zeros: `10.0.0.1`"),
            (
                "198.51.100.22:22",
                "the port goes under `destinationPort`: `198.51.100.22` and `22`",
            ),
            (
                "10.0.0.1-10.0.0.9",
                "a range of addresses is written as CIDR blocks",
            ),
            ("::ffff:192.0.2.1", "write `192.0.2.1`"),
            (
                "10.0.0",
                "write one such as `198.51.100.22`, `10.0.0.0/16` or `2001:db8::/32`",
            ),
            (
                "fe80::1%eth0",
                "write one such as `198.51.100.22`, `10.0.0.0/16` or `2001:db8::/32`",
            ),
        ] {
            assert_eq!(
                parse(written).unwrap_err().help.as_deref(),
                Some(help),
                "{written}"
            );
        }
    }

    #[test]
    fn names_do_not_look_like_addresses() {
        for written in [
            "partner",
            "1",
            "sftp.partner.example",
            "lambda:x",
            "a::b::name",
            "",
        ] {
            assert!(!looks_like_address(written), "{written}");
        }
        for written in [
            "10.0.0",
            "300.1.1.1",
            "10.0.0.0/40",
            "::1",
            "2001:db8::zz/32".trim_end_matches("zz/32"),
        ] {
            assert!(looks_like_address(written), "{written}");
        }
    }

    proptest! {
        #[test]
        fn what_is_read_is_written_so(address in any::<[u8; 4]>(), length in 0u8..=32) {
            let net = ipnet::Ipv4Net::new(address.into(), length).unwrap().trunc();
            prop_assert_eq!(parse(&text(&net.into())), Ok(net.into()));
        }
    }
}
