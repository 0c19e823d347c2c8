//! `cargo xtask no-std`: every crate of the program builds for a machine without operating system.
//!
//! Where rustup has the target, a plain build is enough. Elsewhere the compiler and the library
//! sources of Debian do it, since they come from the package registry alone.

use std::{path::Path, process::Command};

use crate::{
    layers,
    process::{self, Failure, Result, announce},
    setup,
    workspace::Workspace,
};

/// The machine the program runs on: 64-bit RISC-V with the M, A and C extensions.
const TARGET: &str = "riscv64imac-unknown-none-elf";

/// Debian's compiler, its library sources, and a linker for foreign machines.
const DEBIAN_PACKAGES: [&str; 3] = ["rustc-web", "rust-web-src", "lld"];
const DEBIAN_RUSTC: &str = "/usr/bin/rustc";

/// Crates that need an operating system, a clock, or a source of randomness. None may be below a
/// `no_std` crate, even where it would build.
const BANNED: [&str; 8] =
    ["getrandom", "libc", "mio", "rayon", "socket2", "tempfile", "tokio", "windows-sys"];

/// Checks the dependencies, then builds.
pub(crate) fn run(workspace: &Workspace) -> Result {
    let crates: Vec<String> = no_std_crates(workspace);
    check_dependencies(workspace, &crates)?;
    let mut cargo = workspace.cargo();
    if !has_target() {
        ensure_debian_toolchain()?;
        cargo.env("RUSTC", DEBIAN_RUSTC).env("RUSTC_BOOTSTRAP", "1");
        cargo.arg("-Zbuild-std=core,alloc");
    }
    cargo.args(["build", "--target", TARGET, "--target-dir"]);
    cargo.arg(workspace.target_dir().join("no-std"));
    // Nothing of this is run.
    cargo.args(["--config", "profile.dev.opt-level=0"]);
    cargo.args(["--config", "profile.dev.debug=false"]);
    cargo.args(["--config", "profile.dev.package.\"*\".opt-level=0"]);
    process::run(&mut with_packages(cargo, &crates))
}

/// The crates of the workspace that the table of layers calls `no_std`.
fn no_std_crates(workspace: &Workspace) -> Vec<String> {
    let is_no_std = |name: &&str| layers::find(name).is_some_and(|layer| layer.is_no_std);
    let packages = workspace.packages();
    let names = packages.iter().map(|package| package.name.as_str()).filter(is_no_std);
    names.map(str::to_owned).collect()
}

fn check_dependencies(workspace: &Workspace, crates: &[String]) -> Result {
    let mut cargo = workspace.cargo();
    cargo.args(["tree", "--edges", "normal", "--target", TARGET, "--prefix", "none"]);
    cargo.args(["--format", "{p}"]);
    let tree = process::read(&mut with_packages(cargo, crates))?;
    let names = tree.lines().filter_map(|line| line.split_whitespace().next());
    match names.into_iter().find(|name| BANNED.contains(name)) {
        Some(banned) => Err(Failure::new(format!(
            "a no_std crate depends on `{banned}`; `cargo tree --edges normal --invert {banned}` \
             shows which"
        ))),
        None => Ok(()),
    }
}

fn with_packages(mut cargo: Command, crates: &[String]) -> Command {
    crates.iter().for_each(|name| {
        cargo.args(["--package", name]);
    });
    cargo
}

fn has_target() -> bool {
    let installed = process::read(Command::new("rustup").args(["target", "list", "--installed"]));
    installed.is_ok_and(|list| list.lines().any(|target| target == TARGET))
}

fn ensure_debian_toolchain() -> Result {
    if !has_debian_toolchain() {
        announce(format_args!("{TARGET} is not installed, so Debian's compiler builds for it"));
        setup::install(&DEBIAN_PACKAGES)?;
    }
    if has_debian_toolchain() {
        return Ok(());
    }
    Err(Failure::unavailable(format!(
        "no way to build for {TARGET}: run `rustup target add {TARGET}`"
    )))
}

/// Whether the compiler is there together with the sources of its library.
fn has_debian_toolchain() -> bool {
    let sysroot = process::read(Command::new(DEBIAN_RUSTC).args(["--print", "sysroot"]));
    let has_sources = sysroot.is_ok_and(|sysroot| {
        Path::new(sysroot.trim()).join("lib/rustlib/src/rust/library/alloc").is_dir()
    });
    let has_linker = process::succeeds(Command::new("ld.lld").arg("--version"));
    has_sources && has_linker
}
