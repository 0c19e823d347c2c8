//! `cargo xtask fuzz`: libFuzzer on one target, in a workspace of its own.
//!
//! What it finds is kept in `fuzz/corpus` and replayed by ordinary tests.

use std::{fs, process::Command};

use crate::{
    process::{self, Failure, Result, announce},
    setup,
    workspace::Workspace,
};

const FOLDER: &str = "fuzz";
const TARGETS: &str = "fuzz/fuzz_targets";

/// Runs `target`, or lists all targets.
pub(crate) fn run(workspace: &Workspace, target: Option<&str>, seconds: u32) -> Result {
    let targets = targets(workspace)?;
    let Some(target) = target else {
        announce(format_args!("fuzz targets: {}", targets.join(", ")));
        return Ok(());
    };
    if !targets.iter().any(|known| known == target) {
        let list = targets.join(", ");
        return Err(Failure::new(format!("no fuzz target `{target}`, there are: {list}")));
    }
    setup::ensure_c_compiler()?;
    ensure_cargo_fuzz()?;
    process::run(cargo_nightly().current_dir(workspace.root.join(FOLDER)).args([
        "fuzz",
        "run",
        target,
        "--",
        &format!("-max_total_time={seconds}"),
    ]))
}

fn targets(workspace: &Workspace) -> Result<Vec<String>> {
    let missing =
        |_| Failure::unavailable(format!("there are no fuzz targets: {TARGETS} is missing"));
    let entries = fs::read_dir(workspace.root.join(TARGETS)).map_err(missing)?;
    let names = entries.flatten().filter_map(|entry| {
        let name = entry.file_name().into_string().ok()?;
        name.strip_suffix(".rs").map(str::to_owned)
    });
    let mut names: Vec<String> = names.collect();
    names.sort();
    Ok(names)
}

fn ensure_cargo_fuzz() -> Result {
    if !process::succeeds(cargo_nightly().arg("--version")) {
        announce("installing a nightly toolchain");
        let mut rustup = Command::new("rustup");
        process::run(rustup.args(["toolchain", "install", "nightly", "--profile", "minimal"]))?;
    }
    if process::succeeds(cargo_nightly().args(["fuzz", "--version"])) {
        return Ok(());
    }
    announce("installing cargo-fuzz");
    process::run(cargo_nightly().args(["install", "--locked", "cargo-fuzz"]))
}

/// Cargo of the nightly toolchain, whatever toolchain runs this command.
fn cargo_nightly() -> Command {
    let mut rustup = Command::new("rustup");
    rustup.args(["run", "nightly", "cargo"]);
    rustup.env_remove("RUSTUP_TOOLCHAIN").env_remove("CARGO").env_remove("RUSTC");
    rustup
}
