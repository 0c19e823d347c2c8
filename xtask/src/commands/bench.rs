//! `cargo xtask bench`: benchmarks, in a workspace of their own.
//!
//! They also build published crates to compare with, whose versions must not mix with ours. The one
//! of the VM compares with other programs instead.

use crate::{
    commands::bench_vm,
    process::{self, Failure, Result},
    setup,
    workspace::Workspace,
};

const MANIFEST: &str = "benches/Cargo.toml";

/// Runs all benchmarks, or the one named.
pub(crate) fn run(workspace: &Workspace, name: Option<&str>) -> Result {
    if name == Some("vm") {
        return bench_vm::run(workspace);
    }
    if !workspace.root.join(MANIFEST).exists() {
        return Err(Failure::unavailable(format!(
            "there are no benchmarks: {MANIFEST} is missing"
        )));
    }
    setup::ensure_c_compiler()?;
    let mut cargo = workspace.cargo();
    cargo.args(["bench", "--manifest-path", MANIFEST]);
    if let Some(name) = name {
        cargo.args(["--bench", name]);
    }
    process::run(&mut cargo)
}
