//! `cargo xtask test` and `ci`.

use crate::{
    commands::{contracts, guest, lint, no_std, pipelines},
    process::{self, Result, announce},
    setup, tidy,
    workspace::Workspace,
};

/// Tests whose name starts so are left out by default.
const SLOW_PREFIX: &str = "slow_";

/// All tests but the slow ones.
pub(crate) fn fast(workspace: &Workspace, filter: Option<&str>) -> Result {
    setup::ensure_c_compiler()?;
    setup::ensure_riscv_tools()?;
    tell_of_fixtures(workspace);
    guest::run(workspace, None, None, guest::Toolchain::Debian)?;
    let mut cargo = workspace.cargo();
    cargo.env(guest::FOLDER_VARIABLE, guest::root(workspace));
    cargo.env(contracts::PACKAGES_VARIABLE, contracts::packages(workspace)?);
    cargo.args(["test", "--workspace", "--all-features", "--"]).args(filter);
    process::run(cargo.args(["--skip", SLOW_PREFIX]))?;
    // A filter names a test in Rust.
    if filter.is_none() { contracts::all(workspace) } else { Ok(()) }
}

/// Everything CI runs, quick checks first.
pub(crate) fn all(workspace: &Workspace) -> Result {
    setup::ensure_c_compiler()?;
    setup::ensure_riscv_tools()?;
    tell_of_fixtures(workspace);
    announce("formatting");
    lint::fmt(workspace, true)?;
    announce("tidy");
    tidy::run(workspace)?;
    announce("scripts and workflows");
    pipelines::lint(workspace)?;
    announce("lints");
    lint::clippy(workspace)?;
    announce("crates without the standard library");
    no_std::run(workspace)?;
    announce("documentation");
    docs(workspace)?;
    contracts::all(workspace)?;
    announce("programs for the machines");
    guest::run(workspace, None, None, guest::Toolchain::Debian)?;
    announce("tests");
    let mut cargo = workspace.cargo();
    cargo.env(guest::FOLDER_VARIABLE, guest::root(workspace));
    cargo.env(contracts::PACKAGES_VARIABLE, contracts::packages(workspace)?);
    process::run(cargo.args(["test", "--workspace", "--all-features", "--no-fail-fast"]))
}

/// Documentation of our crates, any warning an error.
fn docs(workspace: &Workspace) -> Result {
    let mut cargo = workspace.cargo();
    cargo.args(["doc", "--workspace", "--all-features", "--no-deps", "--quiet"]);
    process::run(cargo.env("RUSTDOCFLAGS", "-D warnings"))
}

/// Tests that need fixtures skip themselves without; nobody should take that for a pass.
fn tell_of_fixtures(workspace: &Workspace) {
    if let Err(missing) = workspace.fixtures() {
        announce(format_args!("tests with real chain data are skipped: {missing}"));
    }
}
