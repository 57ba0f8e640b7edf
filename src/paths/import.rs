//! NetworkInsightsPaths of Reachability Analyzer carried over into a path file
//! (EC2 API, "DescribeNetworkInsightsPaths"; PATH-FILE, "Reading").
//!
//! Each path is read back before it is written, so that the file as a whole is valid; one that cannot be said in a path
//! file stands in it as a comment that tells why.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::bare::{self, Bare};
use super::path::needs_address;
use super::read::read;

/// The longest name of a path, without the id that tells it from another.
const LONGEST_NAME: usize = 160;

const HEAD: &str = "\
# Carried over from the NetworkInsightsPaths of Reachability Analyzer.
# Reachability Analyzer is content with one packet that arrives; a path here works if every one does, and every reply.
# `require: any` on a path weakens that to \"some\".
";

/// Why a document is no list of NetworkInsightsPaths.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// It is not JSON.
    #[error("this is not JSON: {0}")]
    Json(#[source] serde_json::Error),
    /// It is JSON of something else.
    #[error(
        "there is no `NetworkInsightsPaths` in it: save what `aws ec2 describe-network-insights-paths` prints"
    )]
    Other,
    /// A path has a field of another type than AWS's.
    #[error("path {number} of `NetworkInsightsPaths`: {error}")]
    Field {
        /// Which one, from 1.
        number: usize,
        /// The field, and what is wrong with it.
        error: serde_path_to_error::Error<serde_json::Error>,
    },
}

/// A path file made of NetworkInsightsPaths.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imported {
    /// Its text.
    pub text: String,
    /// How many paths it has.
    pub paths: usize,
    /// Those that could not be carried over, each with the reason.
    pub left_out: Vec<String>,
}

/// Makes a path file of what `aws ec2 describe-network-insights-paths` prints: its name is the tag `Name`, else its
/// id; without a port it is about all of them.
///
/// # Errors
///
/// The document is not what that command prints. What a path file cannot say is no error: see [`Imported::left_out`].
pub fn import(json: &str) -> Result<Imported, ImportError> {
    let document: Value =
        serde_json::from_str(json.trim_start_matches('\u{feff}')).map_err(ImportError::Json)?;
    let listed = match &document {
        Value::Object(fields) => fields.get("NetworkInsightsPaths"),
        _ => None,
    };
    let Some(Value::Array(listed)) = listed else {
        return Err(ImportError::Other);
    };
    let mut names = BTreeSet::new();
    let mut imported = Imported {
        text: format!("{HEAD}version: 1\npaths:"),
        paths: 0,
        left_out: Vec::new(),
    };
    let mut entries = String::new();
    for (index, value) in listed.iter().enumerate() {
        let path: InsightsPath = typed(value).map_err(|error| ImportError::Field {
            number: index + 1,
            error,
        })?;
        let name = path.name(&mut names);
        match path.entry(&name) {
            Ok(entry) => {
                imported.paths += 1;
                entries.push_str(&entry);
            }
            Err(reason) => {
                let reason = format!("{name}: {}", tidy(&reason));
                entries.push_str(&format!("\n  # Not carried over: {reason}\n"));
                imported.left_out.push(reason);
            }
        }
    }
    imported
        .text
        .push_str(if imported.paths == 0 { " []\n" } else { "\n" });
    imported.text.push_str(&entries);
    Ok(imported)
}

fn typed<T: DeserializeOwned>(value: &Value) -> Result<T, serde_path_to_error::Error<serde_json::Error>> {
    serde_path_to_error::deserialize(value)
}

/// A NetworkInsightsPath (EC2 API, "NetworkInsightsPath").
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct InsightsPath {
    network_insights_path_id: Option<String>,
    source: Option<String>,
    source_arn: Option<String>,
    source_ip: Option<String>,
    destination: Option<String>,
    destination_arn: Option<String>,
    destination_ip: Option<String>,
    destination_port: Option<u16>,
    protocol: Option<String>,
    tags: Option<Vec<Tag>>,
    filter_at_source: Option<PathFilter>,
    filter_at_destination: Option<PathFilter>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Tag {
    key: Option<String>,
    value: Option<String>,
}

/// What a header must be (EC2 API, "PathFilter").
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct PathFilter {
    source_address: Option<String>,
    destination_address: Option<String>,
    source_port_range: Option<PortRange>,
    destination_port_range: Option<PortRange>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct PortRange {
    from_port: Option<u16>,
    to_port: Option<u16>,
}

impl InsightsPath {
    /// The tag `Name`, else the id; with the id too where another path has that name.
    fn name(&self, taken: &mut BTreeSet<String>) -> String {
        let id = self
            .network_insights_path_id
            .as_deref()
            .map(tidy)
            .filter(|id| !id.is_empty());
        let tag = self
            .tags
            .iter()
            .flatten()
            .find(|tag| tag.key.as_deref() == Some("Name"));
        let tag = tag
            .and_then(|tag| tag.value.as_deref())
            .map(tidy)
            .filter(|name| !name.is_empty());
        let base = tag.or_else(|| id.clone()).unwrap_or_else(|| "path".to_owned());
        let candidates = id.map(|id| format!("{base} ({id})"));
        let numbered = (2..).map(|number| format!("{base} ({number})"));
        let name = std::iter::once(base.clone())
            .chain(candidates)
            .chain(numbered)
            .find(|name| !taken.contains(name))
            .unwrap_or_else(|| base.clone());
        taken.insert(name.clone());
        name
    }

    /// The path as an entry of `paths`; else why it cannot be one.
    fn entry(&self, name: &str) -> Result<String, String> {
        let source = self
            .source
            .as_ref()
            .or(self.source_arn.as_ref())
            .ok_or("it has no `Source`")?;
        let mut at_source = self.filter_at_source.clone().unwrap_or_default();
        let mut at_destination = self.filter_at_destination.clone().unwrap_or_default();
        at_source.source_address = at_source.source_address.or_else(|| self.source_ip.clone());
        let named = self.destination.as_ref().or(self.destination_arn.as_ref());
        let destination = match named {
            Some(named) => {
                // The address is what a gateway hands on; of anything else, what arrives.
                let filter = if is_gateway(named) {
                    &mut at_source
                } else {
                    &mut at_destination
                };
                filter.destination_address = filter
                    .destination_address
                    .take()
                    .or_else(|| self.destination_ip.clone());
                quoted(named)
            }
            None => {
                let address = at_source
                    .destination_address
                    .take()
                    .or_else(|| self.destination_ip.clone());
                let address = address.ok_or("it has neither a `Destination` nor an address of one")?;
                format!("{{ ip: {} }}", quoted(&address))
            }
        };
        let mut lines = vec![
            format!("  - name: {}", quoted(name)),
            format!("    source: {}", quoted(source)),
            format!("    destination: {destination}"),
        ];
        if let Some(protocol) = self.protocol.as_ref().filter(|protocol| *protocol != "tcp") {
            lines.push(format!("    protocol: {}", quoted(protocol)));
        }
        let ports = at_source.destination_port_range.and_then(PortRange::narrowed);
        match (self.destination_port, ports) {
            // AWS takes either; where both stand they say the same.
            (Some(port), _) => {
                at_source.destination_port_range = None;
                lines.push(format!("    destinationPort: {port}"));
            }
            (None, None) => lines.push("    destinationPort: all".to_owned()),
            (None, Some(_)) => {}
        }
        lines.extend(at_source.entry("filterAtSource"));
        lines.extend(at_destination.entry("filterAtDestination"));
        let entry = format!("\n{}\n", lines.join("\n"));
        match read(&format!("version: 1\npaths:{entry}"), "import", None) {
            Ok(_) => Ok(entry),
            Err(errors) => Err(errors.problems().first().map_or_else(
                || "a path file cannot say it".to_owned(),
                |problem| problem.message().to_owned(),
            )),
        }
    }
}

fn is_gateway(named: &str) -> bool {
    matches!(bare::read(named, &|_| false), Ok(Bare::Form(form)) if needs_address(&form))
}

impl PortRange {
    /// The range, unless it leaves nothing out.
    fn narrowed(self) -> Option<(u16, u16)> {
        let range = (self.from_port.unwrap_or(0), self.to_port.unwrap_or(u16::MAX));
        (range != (0, u16::MAX) && range != (1, u16::MAX)).then_some(range)
    }
}

impl PathFilter {
    /// The filter as a line of a path, if it says anything.
    fn entry(&self, key: &str) -> Option<String> {
        let addresses = [
            ("sourceAddress", &self.source_address),
            ("destinationAddress", &self.destination_address),
        ];
        let ranges = [
            ("sourcePortRange", self.source_port_range),
            ("destinationPortRange", self.destination_port_range),
        ];
        let addresses = addresses
            .into_iter()
            .filter_map(|(key, address)| Some(format!("{key}: {}", quoted(address.as_ref()?))));
        let ranges = ranges.into_iter().filter_map(|(key, range)| {
            let (from, to) = range?.narrowed()?;
            Some(format!("{key}: {{ fromPort: {from}, toPort: {to} }}"))
        });
        let said: Vec<String> = addresses.chain(ranges).collect();
        (!said.is_empty()).then(|| format!("    {key}: {{ {} }}", said.join(", ")))
    }
}

/// Text as a YAML scalar: plain where nobody could take it for anything else, else in quotes. JSON's escapes are YAML's.
fn quoted(text: &str) -> String {
    let plain = text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.contains('-')
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if plain {
        text.to_owned()
    } else {
        Value::from(text).to_string()
    }
}

/// A name that a path file takes: in one line, without what nobody sees, not too long.
fn tidy(name: &str) -> String {
    let visible: String = name
        .chars()
        .map(|c| {
            if c.is_control() || super::path::is_invisible(c) {
                ' '
            } else {
                c
            }
        })
        .collect();
    let words: Vec<&str> = visible.split_whitespace().collect();
    words
        .join(" ")
        .chars()
        .take(LONGEST_NAME)
        .collect::<String>()
        .trim_end()
        .to_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{ImportError, Imported, import};
    use crate::paths::read;

    fn imported(json: &str) -> Imported {
        let imported = import(json).unwrap();
        let read = read(&imported.text, "hopwatch.yaml", None)
            .unwrap_or_else(|errors| panic!("{:?}\n{}", errors.problems(), imported.text));
        assert_eq!(read.file.paths.len(), imported.paths);
        imported
    }

    #[test]
    fn paths_are_carried_over() {
        let imported = imported(
            r#"{ "NetworkInsightsPaths": [
              { "NetworkInsightsPathId": "nip-0aa11bb22cc33dd44", "NetworkInsightsPathArn": "arn:aws:ec2:eu-west-1:111122223333:network-insights-path/nip-0aa11bb22cc33dd44",
                "CreatedDate": "2026-11-01T10:00:00.000000+00:00", "Source": "i-0aa11bb22cc33dd44", "SourceArn": "arn:aws:ec2:eu-west-1:111122223333:instance/i-0aa11bb22cc33dd44",
                "Destination": "igw-0aa11bb22cc33dd44", "Protocol": "tcp", "DestinationPort": 443,
                "Tags": [{ "Key": "Team", "Value": "a" }, { "Key": "Name", "Value": "app: internet \"out\"" }] },
              { "NetworkInsightsPathId": "nip-1aa11bb22cc33dd44", "Source": "eni-0aa11bb22cc33dd44", "Destination": "eni-1aa11bb22cc33dd44", "Protocol": "udp", "Tags": [] },
              { "NetworkInsightsPathId": "nip-2aa11bb22cc33dd44", "Source": "eni-0aa11bb22cc33dd44", "Protocol": "tcp",
                "FilterAtSource": { "SourceAddress": "10.0.0.1", "DestinationAddress": "198.51.100.22", "SourcePortRange": { "FromPort": 1024, "ToPort": 65535 }, "DestinationPortRange": { "FromPort": 22, "ToPort": 22 } },
                "FilterAtDestination": { "DestinationPortRange": { "FromPort": 0, "ToPort": 65535 } } },
              { "NetworkInsightsPathId": "nip-3aa11bb22cc33dd44", "Source": "eni-0aa11bb22cc33dd44", "DestinationIp": "198.51.100.23", "SourceIp": "10.0.0.1", "Protocol": "tcp", "DestinationPort": 0 },
              { "NetworkInsightsPathId": "nip-4aa11bb22cc33dd44", "Source": "eni-0aa11bb22cc33dd44", "Destination": "tgw-0aa11bb22cc33dd44", "DestinationIp": "10.9.0.1", "Protocol": "tcp", "DestinationPort": 22 },
              { "NetworkInsightsPathId": "nip-5aa11bb22cc33dd44", "Source": "eni-0aa11bb22cc33dd44", "Destination": "i-0aa11bb22cc33dd44", "DestinationIp": "10.9.0.1", "Protocol": "tcp", "DestinationPort": 22,
                "Tags": [{ "Key": "Name", "Value": "twice" }] },
              { "NetworkInsightsPathId": "nip-6aa11bb22cc33dd44", "Source": "arn:aws:ec2:eu-west-1:444455556666:network-interface/eni-2aa11bb22cc33dd44", "Destination": "i-0aa11bb22cc33dd44", "Protocol": "tcp",
                "Tags": [{ "Key": "Name", "Value": "twice" }], "FilterAtSource": null },
              { "NetworkInsightsPathId": "nip-7aa11bb22cc33dd44", "Source": "vpce-svc-0aa11bb22cc33dd44", "Destination": "i-0aa11bb22cc33dd44", "Protocol": "tcp" },
              { "NetworkInsightsPathId": "nip-8aa11bb22cc33dd44", "Source": "eni-0aa11bb22cc33dd44", "Destination": "vgw-0aa11bb22cc33dd44", "Protocol": "tcp", "DestinationPort": 22 },
              { "NetworkInsightsPathId": "nip-9aa11bb22cc33dd44", "Source": "eni-0aa11bb22cc33dd44", "Protocol": "tcp" }
            ] }"#,
        );
        insta::assert_snapshot!(imported.text);
        assert_eq!((imported.paths, imported.left_out.len()), (7, 3));
    }

    #[test]
    fn none_are_an_empty_file() {
        for json in [
            r#"{"NetworkInsightsPaths":[]}"#,
            "\u{feff}{\"NetworkInsightsPaths\": [], \"NextToken\": null}",
        ] {
            assert_eq!(imported(json).paths, 0);
        }
        let only_left_out = imported(r#"{"NetworkInsightsPaths":[{"Source":"lgw-0aa11bb2"}]}"#);
        assert_eq!((only_left_out.paths, only_left_out.left_out.len()), (0, 1));
    }

    #[test]
    fn what_aws_did_not_print_is_told() {
        for (json, message) in [
            (
                "",
                "this is not JSON: EOF while parsing a value at line 1 column 0",
            ),
            (
                r#"{"NetworkAcls":[]}"#,
                "there is no `NetworkInsightsPaths` in it: save what `aws ec2 describe-network-insights-paths` prints",
            ),
            (
                "[]",
                "there is no `NetworkInsightsPaths` in it: save what `aws ec2 describe-network-insights-paths` prints",
            ),
            (
                r#"{"NetworkInsightsPaths":[{"FilterAtSource":{"SourcePortRange":{"FromPort":"x"}}}]}"#,
                "path 1 of `NetworkInsightsPaths`: FilterAtSource.SourcePortRange.FromPort: invalid type: string \"x\", expected u16",
            ),
        ] {
            assert_eq!(import(json).unwrap_err().to_string(), message);
        }
        assert!(matches!(import("{"), Err(ImportError::Json(_))));
    }

    proptest! {
        #[test]
        fn whatever_is_tagged_and_named_the_file_is_valid(
            names in prop::collection::vec(prop_oneof![any::<String>(), "[a: #\\-\n\"']{0,6}", ".{190,230}"], 0..6),
            source in prop_oneof![any::<String>(), Just("eni-0aa11bb2".to_owned())],
            address in prop::option::of(prop_oneof![any::<String>(), Just("10.0.0.1".to_owned())]),
            range in prop::option::of((any::<u16>(), any::<u16>())),
        ) {
            let paths: Vec<_> = names
                .iter()
                .map(|name| serde_json::json!({
                    "NetworkInsightsPathId": "nip-0aa11bb22cc33dd44",
                    "Source": source,
                    "Destination": "i-0aa11bb22cc33dd44",
                    "Protocol": "tcp",
                    "Tags": [{ "Key": "Name", "Value": name }],
                    "FilterAtSource": {
                        "DestinationAddress": address,
                        "DestinationPortRange": range.map(|(from, to)| serde_json::json!({ "FromPort": from, "ToPort": to })),
                    },
                }))
                .collect();
            let made = imported(&serde_json::json!({ "NetworkInsightsPaths": paths }).to_string());
            prop_assert_eq!(made.paths + made.left_out.len(), names.len());
        }
    }
}
