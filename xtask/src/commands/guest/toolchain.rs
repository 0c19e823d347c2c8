//! The compilers guests are built with.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use super::variant::Variant;
use crate::{
    process::{self, Failure, Result, announce},
    setup,
};

/// Where Debian has its compiler and linker.
const DEBIAN_RUSTC: &str = "/usr/bin/rustc";
const DEBIAN_LINKER: &str = "/usr/bin/ld.lld-22";
/// Another version makes other programs.
const DEBIAN_VERSION: &str = "1.96.0";

/// Where compiler and linker come from, as the command line names it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Toolchain {
    /// Debian's, of the one version that steps and prestates on record are of.
    #[default]
    Debian,
    /// The one in use, with the sources of the library; its programs have hashes of their own.
    Rustup,
}

/// What a guest is built with.
pub(super) struct Tools {
    pub(super) rustc: PathBuf,
    pub(super) linker: PathBuf,
}

impl Toolchain {
    /// Where its builds of `variant` go.
    pub(super) fn folder(self, variant: Variant) -> String {
        match self {
            Self::Debian => variant.name().to_owned(),
            Self::Rustup => format!("rustup-{}", variant.name()),
        }
    }

    /// Installs what is missing.
    pub(super) fn ensure(self) -> Result<Tools> {
        match self {
            Self::Debian => ensure_debian(),
            Self::Rustup => ensure_rustup(),
        }
    }
}

/// The compiler whose output is the same everywhere.
fn ensure_debian() -> Result<Tools> {
    let has_all = || {
        has_sources(Path::new(DEBIAN_RUSTC))
            && process::succeeds(Command::new(DEBIAN_LINKER).arg("--version"))
    };
    if !has_all() {
        setup::install(&setup::packages(setup::GUEST_PACKAGES))?;
    }
    if !has_all() {
        let packages = setup::packages(setup::GUEST_PACKAGES).join(", ");
        return Err(Failure::unavailable(format!(
            "guests are built with Debian's compiler: install {packages}, or try --toolchain rustup"
        )));
    }
    let version = process::read(Command::new(DEBIAN_RUSTC).arg("--version"))?;
    if version.split_whitespace().nth(1) == Some(DEBIAN_VERSION) {
        return Ok(Tools { rustc: DEBIAN_RUSTC.into(), linker: DEBIAN_LINKER.into() });
    }
    Err(Failure::unavailable(format!(
        "steps and prestates on record are those of rustc {DEBIAN_VERSION}, and this is {version}"
    )))
}

/// The compiler that builds this command, too. Its linker comes with it.
fn ensure_rustup() -> Result<Tools> {
    let sysroot = process::read(Command::new("rustc").args(["--print", "sysroot"]))?;
    let rustc = Path::new(sysroot.trim()).join("bin/rustc");
    if !has_sources(&rustc) {
        process::run(Command::new("rustup").args(["component", "add", "rust-src"]))?;
    }
    let version = process::read(Command::new(&rustc).arg("--version"))?;
    announce(format_args!("steps and prestates on record are not those of {}", version.trim()));
    Ok(Tools { rustc, linker: "rust-lld".into() })
}

/// Whether the sources of the library are there, which is built with each guest.
fn has_sources(rustc: &Path) -> bool {
    let sysroot = process::read(Command::new(rustc).args(["--print", "sysroot"]));
    sysroot.is_ok_and(|sysroot| {
        Path::new(sysroot.trim()).join("lib/rustlib/src/rust/library/alloc").is_dir()
    })
}
