//! Paths over a network: what teams would declare, most of it between tiers.

use hopwatch::paths::model::RequiredPath;
use serde_json::{Value, json};

use super::layout::{Size, Tier, address, id};

/// So many paths.
pub(crate) fn paths(size: Size, count: usize) -> Vec<RequiredPath> {
    read(&text(size, count))
}

/// A path file.
pub(crate) fn text(size: Size, count: usize) -> String {
    let rows: Vec<Value> = (0..count).map(|p| path(size, p)).collect();
    json!({"version": 1, "paths": rows}).to_string()
}

/// The paths of a path file.
pub(crate) fn read(text: &str) -> Vec<RequiredPath> {
    hopwatch::paths::read(text, "paths.json", None)
        .expect("it is valid")
        .file
        .paths
}

fn path(size: Size, p: usize) -> Value {
    let mut dice = size.dice("path", p);
    let vpc = dice.below(size.vpcs);
    let mut at = |vpc: usize, tier: Tier| {
        let interface = size.interface(vpc, tier, &mut dice);
        (
            interface,
            id(if interface.is_multiple_of(2) { "eni" } else { "i" }, interface),
        )
    };
    let (_, app) = at(vpc, Tier::App);
    let (_, public) = at(vpc, Tier::Public);
    let (_, data) = at(vpc, Tier::Data);
    let mut draw = size.dice("kind of path", p);
    let other = draw.below(size.vpcs);
    let peer = size.peer(vpc).unwrap_or(vpc);
    let function = json!({"lambda": format!("function-{}", draw.below(super::replies::functions(size)))});
    let web = format!("192.0.2.{}", draw.below(250));
    let (mut expect, port) = ("reachable", draw.below(100));
    let (source, destination, port) = match port {
        0..=27 => (json!(app), json!(data), 5432),
        28..=41 => (json!(public), json!(app), 8080),
        42..=56 => (json!(app), json!(web), 443),
        57..=65 => (json!("internet"), json!(public), 443),
        66..=70 => (json!(public), json!(web), 443),
        71..=78 => (json!(app), json!(at(other, Tier::Data).1), 5432),
        79..=83 => (json!(app), json!(at(peer, Tier::Service).1), 9443),
        84..=86 => (json!(function), json!(web), 443),
        87..=88 => {
            let target = at(vpc, Tier::Service).0;
            (json!(public), json!(address(size, target)), 9443)
        }
        89..=91 => (json!(function), json!(data), 5432),
        _ => {
            expect = "blocked";
            (json!("internet"), json!(data), 5432)
        }
    };
    json!({"name": format!("path {p}"), "source": source, "destination": destination, "destinationPort": port, "expect": expect})
}
