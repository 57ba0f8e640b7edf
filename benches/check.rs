//! How fast paths are checked: `cargo bench --no-default-features --bench check`.
//!
//! Loading is not in it (see `load`); making the snapshot ready is told by itself, and so is the first check, which
//! compiles the filters that it meets.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a bench that cannot make its network has nothing to measure"
)]

mod network;

use std::hint::black_box;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use hopwatch::paths::model::RequiredPath;
use hopwatch::reach::{Engine, Surroundings};
use network::layout::Size;
use network::{paths, replies, verdicts};

fn check(criterion: &mut Criterion) {
    for (size, count) in [(Size::SMALL, 100), (Size::GOAL, 10_000)] {
        let snapshot = replies::snapshot(size);
        let paths = paths::paths(size, count);
        let engine = Engine::new(&snapshot, Surroundings::default());
        let counts = verdicts::count(&engine, &paths);
        println!("{count} paths on {}: {counts:?}", size.label());
        verdicts::assert_mixed(&counts);
        let mut group = criterion.benchmark_group(format!("{count} paths on {}", size.label()));
        group.sample_size(20);
        group.bench_function("compile the snapshot", |bencher| {
            bencher.iter(|| black_box(Engine::new(&snapshot, Surroundings::default())));
        });
        group.throughput(Throughput::Elements(count as u64));
        group.bench_function("first check, filters compiled on the way", |bencher| {
            bencher.iter_batched(
                || Engine::new(&snapshot, Surroundings::default()),
                |engine| {
                    verdicts::count(&engine, &paths);
                    engine
                },
                BatchSize::LargeInput,
            );
        });
        group.bench_function("check again", |bencher| {
            bencher.iter(|| verdicts::count(&engine, &paths));
        });
        group.bench_function("the same with walks and verified fixes", |bencher| {
            bencher.iter(|| {
                let mended = |path: &&RequiredPath| {
                    let blockers = engine.evaluate(path).blockers;
                    blockers.iter().any(|blocker| blocker.fix.is_some())
                };
                paths.iter().filter(mended).count()
            });
        });
        group.finish();
    }
}

criterion_group!(benches, check);
criterion_main!(benches);
