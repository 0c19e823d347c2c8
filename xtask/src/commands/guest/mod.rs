//! `cargo xtask guest`: builds the programs for the machines that prove them.
//!
//! A program's code is what a dispute is about, so that two builds must give the same bytes,
//! whoever makes them. That takes one compiler, by its exact version (Debian's), the locked
//! dependencies, one codegen unit, and paths that do not show.

mod compile;
mod go;
mod toolchain;
mod variant;

use std::{
    fs,
    path::{Path, PathBuf},
};

pub(crate) use toolchain::Toolchain;
pub(crate) use variant::GuestTarget;
use variant::Variant;

use crate::{
    process::{Failure, Result, announce},
    workspace::Workspace,
};

/// A package with guests.
struct GuestPackage {
    package: &'static str,
    programs: &'static [&'static str],
    /// What it is built for, if not told otherwise.
    variants: &'static [Variant],
}

/// All guests in Rust. The small ones are built without the C extension as well; it changes no
/// number of steps, and the large ones take minutes.
const PACKAGES: [GuestPackage; 3] = [
    GuestPackage {
        package: "guests",
        programs: &["minimal", "hello", "memory", "panic", "preimage", "syscalls"],
        variants: &[Variant::Riscv64imac, Variant::Riscv64ima],
    },
    GuestPackage {
        package: "guest-blocks",
        programs: &["execute-block"],
        variants: &[Variant::Riscv64imac],
    },
    GuestPackage {
        package: "kona-client",
        programs: &["kona-client", "kona-client-2024"],
        variants: &[Variant::Riscv64imac],
    },
];

/// Builds one guest, or all, into `target/guests/VARIANT/NAME`.
pub(crate) fn run(
    workspace: &Workspace,
    name: Option<&str>,
    target: Option<GuestTarget>,
    toolchain: Toolchain,
) -> Result {
    if name.is_none_or(|name| name == go::NAME) && target.is_none_or(GuestTarget::is_riscv) {
        go::build(workspace)?;
        if name.is_some() {
            return Ok(());
        }
    }
    let mut is_known = name.is_none();
    for package in &PACKAGES {
        let is_meant = |program: &&&str| name.is_none_or(|name| name == **program);
        let programs: Vec<&str> = package.programs.iter().filter(is_meant).copied().collect();
        if programs.is_empty() {
            continue;
        }
        is_known = true;
        let variants = target.map_or(package.variants, GuestTarget::variants);
        for variant in variants {
            build(workspace, package.package, &programs, *variant, toolchain)?;
        }
    }
    if is_known { Ok(()) } else { Err(unknown(name.unwrap_or_default())) }
}

fn unknown(name: &str) -> Failure {
    let known = PACKAGES.iter().flat_map(|package| package.programs).copied();
    let known: Vec<&str> = known.chain([go::NAME]).collect();
    Failure::new(format!("there is no guest {name}; there are {}", known.join(", ")))
}

fn build(
    workspace: &Workspace,
    package: &str,
    programs: &[&str],
    variant: Variant,
    toolchain: Toolchain,
) -> Result {
    announce(format_args!("{} for {}", programs.join(", "), variant.name()));
    let built = compile::compile(workspace, package, programs, variant, toolchain)?;
    let folder = folder(workspace, &toolchain.folder(variant));
    for program in programs {
        install(&built.join(program), &folder.join(program))?;
    }
    Ok(())
}

/// Tells tests where guests are. With it, a guest that is not there is an error.
pub(crate) const FOLDER_VARIABLE: &str = "GUESTS_DIR";

/// Where guests are put, in a folder for each variant.
pub(crate) fn root(workspace: &Workspace) -> PathBuf {
    workspace.target_dir().join("guests")
}

fn folder(workspace: &Workspace, variant: &str) -> PathBuf {
    root(workspace).join(variant)
}

/// Copies a program to its place, which it then has whole.
fn install(from: &Path, to: &Path) -> Result {
    let failed = |error: std::io::Error| Failure::new(format!("{}: {error}", to.display()));
    let beside = to.with_extension("new");
    fs::create_dir_all(to.parent().unwrap_or(to)).map_err(failed)?;
    fs::copy(from, &beside).map_err(failed)?;
    fs::rename(&beside, to).map_err(failed)?;
    println!("{}", to.display());
    Ok(())
}
