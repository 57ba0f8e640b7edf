//! How the cost of a check grows: `cargo bench --no-default-features --bench growth` measures and writes
//! `docs/growth.svg`.
//!
//! Each point is the best of several runs: what else the machine does can only add to it.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a bench that cannot make its network has nothing to measure"
)]

mod network;

use std::path::Path;
use std::time::Instant;

use hopwatch::network::Snapshot;
use hopwatch::paths::model::RequiredPath;
use hopwatch::reach::{Engine, Surroundings};
use network::layout::Size;
use network::{paths, replies, verdicts};
use plotters::prelude::*;

const RUNS: usize = 5;

/// Milliseconds of a first check, the filters that it meets compiled on the way.
fn best(snapshot: &Snapshot, paths: &[RequiredPath]) -> f64 {
    (0..RUNS)
        .map(|_| {
            let started = Instant::now();
            let engine = Engine::new(snapshot, Surroundings::default());
            verdicts::assert_mixed(&verdicts::count(&engine, paths));
            started.elapsed().as_secs_f64() * 1e3
        })
        .fold(f64::INFINITY, f64::min)
}

fn main() {
    let snapshot = replies::snapshot(Size::GOAL);
    let all = paths::paths(Size::GOAL, 10_000);
    let by_paths: Vec<(f64, f64)> = [1_000, 2_000, 4_000, 6_000, 8_000, 10_000]
        .into_iter()
        .map(|count| (count as f64, best(&snapshot, &all[..count])))
        .collect();
    let by_rules: Vec<(f64, f64)> = [10, 30, 60, 120, 240]
        .into_iter()
        .map(|rules| {
            let size = Size { rules, ..Size::GOAL };
            (
                rules as f64,
                best(&replies::snapshot(size), &paths::paths(size, 10_000)),
            )
        })
        .collect();
    let by_interfaces: Vec<(f64, f64)> = [1_000, 2_000, 5_000, 10_000, 20_000]
        .into_iter()
        .map(|interfaces| {
            let size = Size {
                interfaces,
                ..Size::GOAL
            };
            (
                interfaces as f64,
                best(&replies::snapshot(size), &paths::paths(size, 10_000)),
            )
        })
        .collect();
    let charts = [
        ("paths", by_paths),
        ("rules a group, 10,000 paths", by_rules),
        ("interfaces, 10,000 paths", by_interfaces),
    ];
    for (of, points) in &charts {
        for (x, milliseconds) in points {
            println!("{x} {of}: {milliseconds:.1} ms");
        }
    }
    draw(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/growth.svg"),
        &charts,
    )
    .expect("it is drawn");
}

fn draw(to: &Path, charts: &[(&str, Vec<(f64, f64)>)]) -> Result<(), Box<dyn std::error::Error>> {
    let root = SVGBackend::new(to, (1_080, 320)).into_drawing_area();
    root.fill(&WHITE)?;
    for ((of, points), area) in charts.iter().zip(root.split_evenly((1, charts.len()))) {
        let most = |pick: fn(&(f64, f64)) -> f64| points.iter().map(pick).fold(0.0, f64::max) * 1.1;
        let mut chart = ChartBuilder::on(&area)
            .margin(12)
            .x_label_area_size(40)
            .y_label_area_size(56)
            .build_cartesian_2d(0.0..most(|point| point.0), 0.0..most(|point| point.1))?;
        chart
            .configure_mesh()
            .light_line_style(TRANSPARENT)
            .x_labels(5)
            .x_desc(*of)
            .y_desc("ms")
            .draw()?;
        chart.draw_series(LineSeries::new(points.iter().copied(), &BLUE))?;
        chart.draw_series(points.iter().map(|&point| Circle::new(point, 3, BLUE.filled())))?;
    }
    root.present()?;
    Ok(())
}
