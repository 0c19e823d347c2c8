//! `cargo xtask differential`: random programs in all engines, for as long as one likes.

use std::ffi::OsString;

use crate::{
    process::{self, Result},
    setup,
    workspace::Workspace,
};

/// Builds the comparison with optimisation and runs it with these options.
pub(crate) fn run(workspace: &Workspace, options: &[OsString]) -> Result {
    setup::ensure_c_compiler()?;
    let mut cargo = workspace.cargo();
    cargo.args(["run", "--release", "--quiet", "--package", "asterisc-conformance"]);
    process::run(cargo.args(["--example", "differential", "--"]).args(options))
}
