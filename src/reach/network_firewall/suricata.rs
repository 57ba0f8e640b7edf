//! Rules in Suricata's language: `pass tcp $HOME_NET any -> any 443 (msg:"web"; sid:1;)`.
//!
//! Only the header and the keywords of the options are taken apart. A line that is no such rule is told apart from a
//! comment, so that nothing is left out in silence.
//! <https://docs.suricata.io/en/latest/rules/intro.html>

/// A rule, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TextRule {
    pub(super) action: String,
    pub(super) protocol: String,
    pub(super) source: String,
    pub(super) source_port: String,
    /// `<>` instead of `->`.
    pub(super) both_ways: bool,
    pub(super) destination: String,
    pub(super) destination_port: String,
    /// The keywords of its options.
    pub(super) keywords: Vec<String>,
}

/// The rules of a text, in order; `None`: a line that is neither rule nor comment.
pub(super) fn rules(text: &str) -> Vec<Option<TextRule>> {
    let joined = text.replace("\\\r\n", " ").replace("\\\n", " ");
    joined
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(rule)
        .collect()
}

fn rule(line: &str) -> Option<TextRule> {
    let (header, options) = line.split_once('(')?;
    let options = options.trim_end().strip_suffix(')')?;
    let words = words(header)?;
    let [
        action,
        protocol,
        source,
        source_port,
        arrow,
        destination,
        destination_port,
    ] = words.as_slice()
    else {
        return None;
    };
    let both_ways = match arrow.as_str() {
        "->" => false,
        "<>" => true,
        _ => return None,
    };
    Some(TextRule {
        action: action.to_ascii_lowercase(),
        protocol: protocol.clone(),
        source: source.clone(),
        source_port: source_port.clone(),
        both_ways,
        destination: destination.clone(),
        destination_port: destination_port.clone(),
        keywords: keywords(options)?,
    })
}

/// The words of a header; inside brackets spaces do not part them.
fn words(header: &str) -> Option<Vec<String>> {
    let mut words: Vec<String> = Vec::new();
    let mut depth = 0_u32;
    let mut inside = false;
    for c in header.chars() {
        match c {
            '[' => depth += 1,
            ']' => depth = depth.checked_sub(1)?,
            _ => {}
        }
        if c.is_whitespace() {
            inside &= depth > 0;
            continue;
        }
        if !inside {
            words.push(String::new());
            inside = true;
        }
        words.last_mut()?.push(c);
    }
    (depth == 0).then_some(words)
}

/// The keywords of options, each before a colon or a semicolon; a quoted value may hold both.
fn keywords(options: &str) -> Option<Vec<String>> {
    let mut keywords = Vec::new();
    let mut option = String::new();
    let (mut quoted, mut escaped) = (false, false);
    for c in options.chars() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => quoted = !quoted,
            ';' if !quoted => {
                keywords.push(keyword(&option));
                option.clear();
                continue;
            }
            _ => {}
        }
        option.push(c);
    }
    (!quoted && option.trim().is_empty()).then_some(keywords)
}

/// What stands before the colon.
pub(super) fn keyword(option: &str) -> String {
    let (keyword, _) = option.split_once(':').unwrap_or((option, ""));
    keyword.trim().to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_are_taken_apart() {
        let text = "# a comment\n\n\
            pass tcp $HOME_NET any -> [10.0.0.0/8, !10.1.0.0/16] [443,8443] (msg:\"a; b: (c)\"; flow:to_server; sid:1;)\n\
            drop ip any any <> any any \\\n  (sid:2; rev:3;)\n";
        let rules = rules(text);
        let first = rules[0].clone().unwrap();
        assert_eq!(
            (
                first.action.as_str(),
                first.protocol.as_str(),
                first.source.as_str(),
                first.source_port.as_str()
            ),
            ("pass", "tcp", "$HOME_NET", "any")
        );
        assert_eq!(first.destination, "[10.0.0.0/8,!10.1.0.0/16]");
        assert_eq!(first.destination_port, "[443,8443]");
        assert_eq!(first.keywords, ["msg", "flow", "sid"]);
        assert!(!first.both_ways);
        let second = rules[1].clone().unwrap();
        assert!(second.both_ways);
        assert_eq!(second.keywords, ["sid", "rev"]);
        assert_eq!(rules.len(), 2);
    }

    #[test]
    fn what_is_no_rule_is_not_left_out() {
        for line in [
            "pass tcp any any -> any (sid:1;)",
            "pass tcp any any => any any (sid:1;)",
            "pass tcp any any -> any any (sid:1)",
            "pass tcp any any -> any any (msg:\"x; sid:1;)",
            "pass tcp [any any -> any any (sid:1;)",
            "pass tcp any any -> any any",
            "include \"x.rules\"",
        ] {
            assert_eq!(rules(line), [None], "{line}");
        }
    }
}
