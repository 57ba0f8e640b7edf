//! How fast one changed network ACL becomes verdicts: `cargo bench --no-default-features --bench change`.
//!
//! From the text of the event to verdicts, and on to the monitor's decision (who did it, what mends it, the records to
//! write), as the function does it, with 10,000 recorded paths. Reading the network, and writing records, is not in it.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a bench that cannot make its network has nothing to measure"
)]

mod network;

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use hopwatch::event::{Own, Sweep, SweepPart, parse_text};
use hopwatch::monitor::{
    Batch, Channels, Decision, Input, MemoryStore, Message, Places, PublishError, Publisher, Reach, Scene,
    decide, step, touches,
};
use hopwatch::network::id::NetworkAclId;
use hopwatch::paths::model::RequiredPath;
use hopwatch::reach::{Engine, Surroundings};
use network::layout::{Size, Tier};
use network::paths;
use network::replies::{network_acl_id, snapshot};
use serde_json::json;

struct Nowhere;

impl Publisher for Nowhere {
    fn publish(&mut self, _: &Message) -> Result<(), PublishError> {
        Ok(())
    }
}

fn change(criterion: &mut Criterion) {
    let (size, count) = (Size::GOAL, 10_000);
    let mut network = snapshot(size);
    let paths = paths::paths(size, count);
    let surroundings = Surroundings::default();
    let channels = Channels {
        local: true,
        ..Channels::default()
    };
    let now = "2026-05-04T09:00:00Z".parse().expect("a time");
    let mut store = MemoryStore::default();
    let sweep = Batch {
        sweeps: vec![Sweep {
            sweep: SweepPart::All,
            scheduled: None,
        }],
        ..Batch::default()
    };
    step(&mut store, &mut Nowhere, |records| {
        decide(&Input {
            batch: &sweep,
            paths: &paths,
            surroundings: &surroundings,
            after: &network,
            before: None,
            records,
            now,
            channels: &channels,
        })
    })
    .expect("memory takes it");
    // Somebody takes the entry away that lets the replies of the application's tier out.
    let id = network_acl_id(4, Tier::App);
    let acl = network
        .network_acls
        .get_mut(&NetworkAclId::from(id.as_str()))
        .expect("it is there");
    let entry = acl
        .entries
        .iter()
        .find(|entry| entry.egress && entry.port_range.is_some_and(|range| range.to == Some(65_535)));
    let number = entry.expect("it is there").rule_number;
    acl.entries
        .retain(|entry| !entry.egress || entry.rule_number != number);
    let event = json!({"version": "0", "id": "1", "detail-type": "AWS API Call via CloudTrail", "source": "aws.ec2",
        "account": "111122223333", "region": "eu-west-1", "time": "2026-05-04T08:59:00Z", "resources": [],
        "detail": {"eventVersion": "1.11", "eventSource": "ec2.amazonaws.com", "eventName": "DeleteNetworkAclEntry",
            "readOnly": false, "awsRegion": "eu-west-1", "recipientAccountId": "111122223333",
            "eventTime": "2026-05-04T08:59:00Z", "eventID": "event-1", "eventType": "AwsApiCall",
            "requestParameters": {"networkAclId": id, "ruleNumber": number, "egress": true},
            "responseElements": {"_return": true}, "userAgent": "aws-cli/2.31.0",
            "userIdentity": {"type": "IAMUser", "userName": "jo.example", "accountId": "111122223333"}}})
    .to_string();
    let decide_event = || -> Decision {
        let invocation = parse_text(&event, &Own::default()).expect("an event");
        decide(&Input {
            batch: &Batch::of(&invocation),
            paths: &paths,
            surroundings: &surroundings,
            after: &network,
            before: None,
            records: store.records(),
            now,
            channels: &channels,
        })
    };
    let counters = decide_event().counters;
    println!("{counters:?}");
    assert!(counters.changes == 1 && (50..1_000).contains(&counters.evaluated) && counters.announced > 10);
    let touched: Vec<_> = paths
        .iter()
        .filter(|path| {
            store
                .records()
                .get(&path.name)
                .is_some_and(|record| record.dependencies.contains(id.as_str()))
        })
        .collect();
    let mut group = criterion.benchmark_group(format!(
        "one changed network ACL, {count} paths, {}",
        size.label()
    ));
    group.sample_size(20);
    group.bench_function("event to decision", |bencher| {
        bencher.iter(|| black_box(decide_event()));
    });
    let verdicts = |engine: &Engine<'_>| {
        let batch = Batch::of(&parse_text(&event, &Own::default()).expect("an event"));
        let change = &batch.changes[0];
        let places = Places::of([&network]);
        let (reach, scene) = (
            Reach::of(change, &places),
            Scene {
                places: &places,
                transparent: &[],
            },
        );
        let near = store.records().near(&reach);
        let touched = |path: &&RequiredPath| {
            near.has(&path.name) && touches(change, &reach, path, store.records().get(&path.name), &scene)
        };
        let results = engine.assess_all(paths.iter().filter(touched));
        results
            .filter(|(_, result)| result.as_expected == Some(true))
            .count()
    };
    group.bench_function("event to verdicts, the snapshot compiled anew", |bencher| {
        bencher.iter(|| verdicts(&Engine::new(&network, Surroundings::default())));
    });
    let engine = Engine::new(&network, Surroundings::default());
    group.bench_function("event to verdicts, the snapshot compiled before", |bencher| {
        bencher.iter(|| verdicts(&engine));
    });
    group.bench_function("of that: compile the snapshot", |bencher| {
        bencher.iter(|| black_box(Engine::new(&network, Surroundings::default())));
    });
    group.bench_function(
        format!("of that: the verdicts of {} paths", touched.len()),
        |bencher| {
            bencher.iter(|| {
                let results = engine.assess_all(touched.iter().copied());
                results
                    .filter(|(_, result)| result.as_expected == Some(true))
                    .count()
            });
        },
    );
    group.finish();
}

criterion_group!(benches, change);
criterion_main!(benches);
