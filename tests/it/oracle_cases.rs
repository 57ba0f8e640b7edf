//! The oracle itself, on captured and generated networks whose answers are known (`../shared/cases`).
//!
//! They are no part of the repository: where they are absent nothing is checked, and the test says so.

use std::collections::BTreeMap;
use std::fs;
use std::net::IpAddr;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::ask::{Ask, Source, What};
use crate::oracle::view::{each, own_prefixes, text, word};
use crate::oracle::{Answer, Oracle};

fn cases() -> Option<PathBuf> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    ["../shared/cases", "../../shared/cases"]
        .iter()
        .map(|p| here.join(p))
        .find(|p| p.is_dir())
}

/// All files of a folder and those below it.
fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|e| e == "json") {
            found.push(path);
        }
    }
}

fn read(path: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(path).expect("a file")).expect("JSON")
}

fn snapshot(case: &Path) -> Value {
    let mut paths = Vec::new();
    files(&case.join("snapshot"), &mut paths);
    paths.sort();
    let mut whole: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for path in paths {
        if let Value::Object(keys) = read(&path) {
            for (key, list) in keys {
                if let Value::Array(list) = list {
                    whole.entry(key).or_default().extend(list);
                }
            }
        }
    }
    serde_json::to_value(whole).expect("JSON")
}

/// The questions of a path as far as they are about single addresses; none where they are not.
fn questions(path: &Value, oracle: &Oracle<'_>) -> Vec<Ask> {
    let pinned: Option<IpAddr> = word(&path["filterAtSource"], "sourceAddress").parse().ok();
    let Ok(destination) = word(&path["destination"], "ip").parse::<IpAddr>() else {
        return Vec::new();
    };
    let port = path["destinationPort"]
        .as_u64()
        .and_then(|p| u16::try_from(p).ok());
    let what = match (&path["protocol"], port) {
        (Value::String(p), Some(port)) if p == "tcp" => What::Tcp(port),
        (Value::String(p), Some(port)) if p == "udp" => What::Udp(port),
        (Value::String(p), _) if p == "icmp" => What::Echo,
        (Value::Number(n), _) => {
            What::Protocol(n.as_u64().and_then(|n| u8::try_from(n).ok()).expect("a number"))
        }
        _ => return Vec::new(),
    };
    let sources: Vec<Source> = match (&path["source"], pinned) {
        (Value::String(s), Some(a)) if s.starts_with("eni-") => vec![Source::InterfaceAs(s.clone(), a)],
        (Value::String(s), None) if s.starts_with("eni-") => vec![Source::Interface(s.clone())],
        (Value::String(s), Some(a)) if s == "internet" => vec![Source::Internet(a)],
        (Value::String(s), _) if s.starts_with("i-") => oracle
            .all("NetworkInterfaces")
            .iter()
            .filter(|i| text(&i["Attachment"], "InstanceId") == Some(s))
            .flat_map(|i| {
                let id = word(i, "NetworkInterfaceId");
                own_prefixes(i)
                    .into_iter()
                    .filter(|c| c.is_v6() == destination.is_ipv6() && c.nth(0) == c.last())
                    .map(|c| c.nth(0))
                    .filter(move |a| pinned.is_none_or(|p| p == *a))
                    .map(move |a| Source::InterfaceAs(id.to_owned(), a))
            })
            .collect(),
        (Value::Object(s), _) if s.contains_key("lambda") => {
            vec![Source::Lambda(word(&path["source"], "lambda").to_owned())]
        }
        _ => Vec::new(),
    };
    let ports = ["sourcePorts", "clientPorts"]
        .iter()
        .find_map(|k| path[*k].as_u64())
        .and_then(|p| u16::try_from(p).ok());
    if ports.is_none() && (path["sourcePorts"].is_string() || path["clientPorts"].is_string()) {
        return Vec::new();
    }
    sources
        .into_iter()
        .map(|source| Ask {
            source,
            destination,
            what,
            client_ports: ports.map(|p| p..=p),
            reply: path["reply"] != "ignored",
            into: None,
        })
        .collect()
}

#[test]
fn the_oracle_knows_the_known_answers() {
    let Some(folder) = cases() else {
        println!("SKIPPED: no folder ../shared/cases beside this repository");
        return;
    };
    let (mut right, mut undecided, mut left_out, mut wrong) = (0, 0, 0, Vec::new());
    let mut names: Vec<PathBuf> = fs::read_dir(&folder)
        .expect("cases")
        .flatten()
        .map(|e| e.path())
        .filter(|p| p.is_dir())
        .collect();
    names.sort();
    for case in names {
        let network = snapshot(&case);
        let oracle = Oracle::new(&network);
        let expected = read(&case.join("expected.json"));
        for path in each(&read(&case.join("paths.yaml")), "paths") {
            let asks = questions(path, &oracle);
            if asks.is_empty() {
                left_out += 1;
                continue;
            }
            let name = word(path, "name");
            let answers: Vec<Answer> = asks.iter().map(|a| a.oracle(&oracle)).collect();
            let whole = if answers.iter().all(|a| *a == answers[0]) {
                answers[0]
            } else if answers.contains(&Answer::Undecided) {
                Answer::Undecided
            } else {
                Answer::Partial
            };
            let said = match whole {
                Answer::Reachable => "reachable",
                Answer::Partial => "partial",
                Answer::Blocked => "blocked",
                Answer::Undecided => "undecided",
            };
            let known = word(&expected[name], "verdict");
            if said == known {
                right += 1;
            } else if whole == Answer::Undecided {
                undecided += 1;
                println!(
                    "{} {name}: undecided, known to be {known}\n{}",
                    case.display(),
                    asks[0].explain(&oracle)
                );
            } else {
                wrong.push(format!(
                    "{} {name}: {said}, known to be {known}\n{}",
                    case.display(),
                    asks[0].explain(&oracle)
                ));
            }
        }
    }
    println!(
        "{right} right, {undecided} undecided, {} wrong, {left_out} left out",
        wrong.len()
    );
    for w in wrong.iter().take(6) {
        println!("{w}");
    }
    assert!(
        wrong.is_empty(),
        "{} answers of the oracle are wrong",
        wrong.len()
    );
    assert!(right > 500, "only {right} answers were compared");
}
