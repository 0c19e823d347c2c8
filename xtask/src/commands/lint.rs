//! `cargo xtask lint` and `fmt`.

use std::process::Command;

use crate::{
    commands::pipelines,
    process::{self, Result, announce},
    setup, tidy,
    workspace::Workspace,
};

/// Formats all code, or only tells what is not.
pub(crate) fn fmt(workspace: &Workspace, check: bool) -> Result {
    setup::ensure_component(&mut workspace.cargo(), "fmt", "rustfmt")?;
    let mut cargo = workspace.cargo();
    cargo.args(["fmt", "--all"]);
    if check {
        cargo.arg("--check");
    }
    process::run(&mut cargo)
}

/// All lints, quick ones first.
pub(crate) fn run(workspace: &Workspace) -> Result {
    fmt(workspace, true)?;
    tidy::run(workspace)?;
    pipelines::lint(workspace)?;
    clippy(workspace)?;
    run_if_installed(workspace, "cargo-deny", &["--workspace", "check"])?;
    run_if_installed(workspace, "typos", &[])
}

/// Clippy and the lints of rustc, any warning an error.
pub(crate) fn clippy(workspace: &Workspace) -> Result {
    setup::ensure_component(&mut workspace.cargo(), "clippy", "clippy")?;
    setup::ensure_c_compiler()?;
    let args = ["clippy", "--workspace", "--all-targets", "--all-features", "--", "-D", "warnings"];
    process::run(workspace.cargo().args(args))
}

/// These tools are no part of a Rust toolchain and take long to build. `tidy` checks the licences
/// and versions that `cargo deny` would, by the same file.
fn run_if_installed(workspace: &Workspace, tool: &str, args: &[&str]) -> Result {
    let mut command = Command::new(tool);
    if !process::succeeds(Command::new(tool).arg("--version")) {
        announce(format_args!("{tool} is not installed, left out"));
        return Ok(());
    }
    process::run(command.current_dir(&workspace.root).args(args))
}
