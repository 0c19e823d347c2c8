//! `cargo xtask demo`: the main job, on data of a real chain.

use std::path::PathBuf;

use crate::{
    process::{self, Failure, Result, announce},
    setup,
    workspace::Workspace,
};

/// The run that is judged if none is given, from the fixtures folder.
const RUN: &str = "fpp/op-sepolia-16491249";

/// The package with the binary.
const PACKAGE: &str = "kona-host-bin";

/// Builds kona-host for speed and lets it judge the claim of one run. Ends with its exit code: 0
/// if the claim is valid, 1 if not.
pub(crate) fn run(workspace: &Workspace, run: Option<PathBuf>) -> Result {
    let run = match run {
        Some(run) => run
            .canonicalize()
            .map_err(|error| Failure::unavailable(format!("{}: {error}", run.display())))?,
        None => workspace.fixtures()?.join(RUN),
    };
    let [boot, witness] = ["boot.json", "preimages.kv.zst"].map(|name| run.join(name));
    if let Some(missing) = [&boot, &witness].into_iter().find(|path| !path.is_file()) {
        let message = format!("{} is missing; give the folder of a run", missing.display());
        return Err(Failure::unavailable(message));
    }

    setup::ensure_c_compiler()?;
    announce("building kona-host (release)");
    process::run(workspace.cargo().args(["build", "--release", "--package", PACKAGE]))?;
    let mut cargo = workspace.cargo();
    cargo.args(["run", "--release", "--quiet", "--package", PACKAGE, "--"]);
    cargo.args(["single", "--native", "--boot"]).arg(boot).arg("--witness").arg(witness);
    let status = cargo.status().map_err(|error| Failure::unavailable(error.to_string()))?;
    match status.code() {
        Some(0) => Ok(()),
        Some(code) => Err(Failure::exit_with(u8::try_from(code).unwrap_or(u8::MAX))),
        None => Err(Failure::new(format!("kona-host: {status}"))),
    }
}
