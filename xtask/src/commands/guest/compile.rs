//! Guests in Rust.

use std::{
    env,
    path::{Path, PathBuf},
};

use super::{toolchain::Toolchain, variant::Variant};
use crate::{
    process::{self, Result},
    workspace::Workspace,
};

/// The profile in the root manifest.
const PROFILE: &str = "guest";
/// Between the words of `CARGO_ENCODED_RUSTFLAGS`.
const SEPARATOR: &str = "\x1f";

/// Builds programs of one package, and says in which folder they are.
pub(super) fn compile(
    workspace: &Workspace,
    package: &str,
    programs: &[&str],
    variant: Variant,
    toolchain: Toolchain,
) -> Result<PathBuf> {
    let tools = toolchain.ensure()?;
    // Each has a folder of its own, since Cargo would build all of one anew for the other.
    let folder = toolchain.folder(variant);
    let target_dir = workspace.target_dir().join("guest-builds").join(folder);
    let mut cargo = workspace.cargo();
    cargo.env("RUSTC", tools.rustc).env("RUSTC_BOOTSTRAP", "1").env("CARGO_INCREMENTAL", "0");
    cargo.env("CARGO_ENCODED_RUSTFLAGS", rustflags(workspace, &target_dir, variant));
    cargo.env(variant.linker_variable(), tools.linker);
    // The library is built with the program, for the same machine and with the same optimisation.
    cargo.arg("-Zbuild-std=core,alloc");
    if !variant.is_riscv() {
        cargo.args(["-Zjson-target-spec", "-Zbuild-std-features=compiler-builtins-mem"]);
    }
    cargo.args(["build", "--profile", PROFILE, "--package", package]);
    for program in programs {
        cargo.args(["--bin", program]);
    }
    cargo.args(["--target", variant.target(), "--target-dir"]).arg(&target_dir);
    process::run(&mut cargo)?;
    Ok(target_dir.join(variant.target_folder()).join(PROFILE))
}

fn rustflags(workspace: &Workspace, target_dir: &Path, variant: Variant) -> String {
    let mut flags =
        vec!["-Clinker-flavor=ld.lld".to_owned(), "-Crelocation-model=static".to_owned()];
    // Labels that compilers make up are no names for anybody.
    flags.push("-Clink-arg=--discard-locals".to_owned());
    if variant.is_riscv() {
        flags.push("-Clink-arg=--relax-gp".to_owned());
    }
    if !variant.features().is_empty() {
        flags.push(format!("-Ctarget-feature={}", variant.features()));
    }
    // Paths are in the messages of panics.
    let paths = [(cargo_home(), "/cargo"), (target_dir.into(), "/target")];
    let paths = paths.into_iter().chain([(workspace.root.clone(), "/repository")]);
    flags
        .extend(paths.map(|(path, name)| format!("--remap-path-prefix={}={name}", path.display())));
    flags.join(SEPARATOR)
}

fn cargo_home() -> PathBuf {
    let home = || env::home_dir().unwrap_or_default().join(".cargo");
    env::var_os("CARGO_HOME").map_or_else(home, PathBuf::from)
}
