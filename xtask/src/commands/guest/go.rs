//! The guest in Go.

use std::process::Command;

use crate::{
    commands::guest::folder,
    process::{self, Failure, Result, announce},
    workspace::Workspace,
};

/// Its name, and that of its folder under `guests`.
pub(super) const NAME: &str = "go-preimage";
/// Go of the time whose runtime `load-elf` patches. Newer ones fetch it by themselves.
const TOOLCHAIN: &str = "go1.22.7";

/// Builds it, or says that there is no Go.
pub(super) fn build(workspace: &Workspace) -> Result {
    if !process::succeeds(Command::new("go").arg("version")) {
        announce("go-preimage is left out: there is no Go");
        return Ok(());
    }
    announce(format_args!("{NAME} for linux/riscv64"));
    let to = folder(workspace, "go-riscv64").join(NAME);
    let mut go = Command::new("go");
    go.current_dir(workspace.root.join("guests").join(NAME));
    go.env("GOOS", "linux").env("GOARCH", "riscv64").env("CGO_ENABLED", "0");
    go.env("GOTOOLCHAIN", TOOLCHAIN).env("GOFLAGS", "-mod=readonly");
    go.args(["build", "-trimpath", "-buildvcs=false", "-gcflags=all=-d=softfloat", "-o"]);
    process::run(go.arg(&to).arg("."))
        .map_err(|failure| Failure::unavailable(format!("{NAME} can't be built: {failure}")))?;
    println!("{}", to.display());
    Ok(())
}
