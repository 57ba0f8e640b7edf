//! How fast files become a snapshot: `cargo bench --no-default-features --bench load`. The goal: 50 MB in under 300 ms.
//!
//! On one thread; `check` reads the files of a folder on as many as there are cores.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a bench that cannot make its network has nothing to measure"
)]

mod network;

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use hopwatch::network::load::{Source, merge, parse};
use network::layout::Size;
use network::replies::replies;

fn load(c: &mut Criterion) {
    let replies = replies(Size::GOAL);
    let bytes = replies.iter().map(|(_, text)| text.len()).sum::<usize>();
    println!("{:.1} MB: {}", bytes as f64 / 1e6, Size::GOAL.label());
    let mut group = c.benchmark_group("load");
    group.throughput(Throughput::Bytes(bytes as u64));
    group.sample_size(10);
    group.bench_function("one thread", |b| {
        b.iter(|| {
            let parsed = replies.iter().map(|(name, text)| {
                let source = Source {
                    name: (*name).to_owned(),
                    ..Source::default()
                };
                parse(source, text)
            });
            let documents = parsed.collect::<Result<Vec<_>, _>>();
            let loaded = documents.map(merge);
            assert!(matches!(loaded, Ok(Ok(_))));
            black_box(loaded)
        });
    });
    group.finish();
}

criterion_group!(benches, load);
criterion_main!(benches);
