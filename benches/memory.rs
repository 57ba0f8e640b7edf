//! How much memory a check takes at its peak: `cargo bench --no-default-features --bench memory`. Linux only.
//!
//! The network is written to files by one process and checked by another, as making it takes more than checking it.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a bench reads its arguments and prints what it finds"
)]

mod network;

use std::path::Path;
use std::process::Command;

use hopwatch::cli::snapshot_files;
use hopwatch::reach::{Engine, Surroundings};
use network::layout::Size;
use network::{paths, replies, verdicts};

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if let [_, word, folder] = arguments.as_slice()
        && word == "measure"
    {
        return measure(Path::new(folder));
    }
    let folder = tempfile::tempdir().expect("a folder");
    let network = folder.path().join("network");
    std::fs::create_dir(&network).expect("a folder");
    let mut bytes = 0;
    for (name, text) in replies::replies(Size::GOAL) {
        bytes += text.len();
        std::fs::write(network.join(format!("{name}.json")), text).expect("it is written");
    }
    std::fs::write(folder.path().join("paths.json"), paths::text(Size::GOAL, 10_000)).expect("it is written");
    println!("{:.1} MB of JSON: {}", bytes as f64 / 1e6, Size::GOAL.label());
    let program = std::env::current_exe().expect("itself");
    let status = Command::new(program)
        .arg("measure")
        .arg(folder.path())
        .status()
        .expect("it runs");
    assert!(status.success());
}

fn measure(folder: &Path) {
    tell("start");
    let loaded = snapshot_files::load(&folder.join("network")).expect("it loads");
    tell("the snapshot loaded");
    let text = std::fs::read_to_string(folder.join("paths.json")).expect("it is there");
    let paths = paths::read(&text);
    drop(text);
    tell("10,000 paths read");
    let engine = Engine::new(&loaded.snapshot, Surroundings::default());
    tell("the snapshot compiled");
    let results: Vec<_> = paths.iter().map(|path| engine.assess(path)).collect();
    tell("10,000 paths checked, all results kept");
    verdicts::assert_mixed(&verdicts::count(&engine, &paths));
    drop(results);
}

/// What the kernel counts: the peak so far, and what is in use now.
fn tell(stage: &str) {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let of = |key: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(key));
        let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok());
        kilobytes.unwrap_or(f64::NAN) / 1024.0
    };
    println!("{stage}: peak {:.0} MB, now {:.0} MB", of("VmHWM:"), of("VmRSS:"));
}
