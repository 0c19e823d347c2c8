//! Guests in Rust.

use std::{
    env,
    path::{Path, PathBuf},
    process::Command,
};

use super::variant::Variant;
use crate::{
    process::{self, Failure, Result},
    setup,
    workspace::Workspace,
};

const RUSTC: &str = "/usr/bin/rustc";
/// Another version makes other programs.
const RUSTC_VERSION: &str = "1.96.0";
const LINKER: &str = "/usr/bin/ld.lld-22";
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
) -> Result<PathBuf> {
    ensure_toolchain()?;
    // Each variant has a folder of its own, since Cargo would build all of one anew for the other.
    let target_dir = workspace.target_dir().join("guest-builds").join(variant.name());
    let mut cargo = workspace.cargo();
    cargo.env("RUSTC", RUSTC).env("RUSTC_BOOTSTRAP", "1").env("CARGO_INCREMENTAL", "0");
    cargo.env("CARGO_ENCODED_RUSTFLAGS", rustflags(workspace, &target_dir, variant));
    cargo.env(variant.linker_variable(), LINKER);
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

/// The compiler whose output is the same everywhere.
fn ensure_toolchain() -> Result {
    if !has_toolchain() {
        setup::install(&setup::packages(setup::GUEST_PACKAGES))?;
    }
    if !has_toolchain() {
        let packages = setup::packages(setup::GUEST_PACKAGES).join(", ");
        let message = format!("guests are built with Debian's compiler: install {packages}");
        return Err(Failure::unavailable(message));
    }
    let version = process::read(Command::new(RUSTC).arg("--version"))?;
    if version.split_whitespace().nth(1) == Some(RUSTC_VERSION) {
        return Ok(());
    }
    Err(Failure::unavailable(format!(
        "steps and prestates on record are those of rustc {RUSTC_VERSION}, and this is {version}"
    )))
}

fn has_toolchain() -> bool {
    let sysroot = process::read(Command::new(RUSTC).args(["--print", "sysroot"]));
    let has_sources = sysroot.is_ok_and(|sysroot| {
        Path::new(sysroot.trim()).join("lib/rustlib/src/rust/library/alloc").is_dir()
    });
    has_sources && process::succeeds(Command::new(LINKER).arg("--version"))
}
