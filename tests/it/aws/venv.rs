//! Virtual environments under `target/`, one for each pinned version of what the tests need.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The environment with what `pin` says, as in `moto[server]==5.2.5`; made if this is the first test on this machine that
/// needs it.
pub(crate) fn environment(pin: &str) -> PathBuf {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .parent()
        .expect("target/tmp");
    let name: String = (pin.split('[').next().into_iter().chain(pin.split("==").skip(1)))
        .collect::<Vec<_>>()
        .join("-");
    let folder = target.join("venv").join(&name);
    let complete = folder.join("complete");
    fs::create_dir_all(target.join("venv")).expect("target/ can be written");
    // Several test binaries may run at once.
    let lock = File::create(target.join("venv").join(format!("{name}.lock"))).expect("a lock file");
    lock.lock().expect("the lock");
    if complete.exists() {
        return folder;
    }
    step(
        Command::new("python3").args(["-m", "venv"]).arg(&folder),
        "making a virtual environment: is python3 (3.10 or later, with the module venv) installed?",
    );
    step(
        Command::new(folder.join("bin/python")).args(["-m", "pip", "install", "--quiet", pin]),
        &format!("installing {pin}: can pip reach its index?"),
    );
    fs::write(complete, pin).expect("target/ can be written");
    folder
}

fn step(command: &mut Command, what: &str) {
    let output = command
        .stdin(Stdio::null())
        .output()
        .unwrap_or_else(|error| panic!("{what} ({error})"));
    assert!(
        output.status.success(),
        "{what}\n{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}
