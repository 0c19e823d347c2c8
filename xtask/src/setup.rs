//! Installing what a command needs and the machine lacks.
//!
//! Made for Debian 12 with a Rust toolchain and nothing else. On other systems the failure names
//! what to install.

use std::{env, path::Path, process::Command};

use crate::process::{self, Failure, Result, announce};

/// What guests are built with. The images of `docker` install by the same lists.
pub(crate) const GUEST_PACKAGES: &str = include_str!("../../docker/packages/guests.txt");
/// A C compiler and the headers of its library.
const C_COMPILER_PACKAGES: &str = include_str!("../../docker/packages/c-compiler.txt");

/// A C compiler, which `zstd` and the linker need.
pub(crate) fn ensure_c_compiler() -> Result {
    let given = env::var_os("CC").unwrap_or_else(|| "cc".into());
    if process::succeeds(Command::new(given).arg("--version")) {
        return Ok(());
    }
    install(&packages(C_COMPILER_PACKAGES))
}

/// Node.js and its package manager, which bring the tools of the contracts.
pub(crate) fn ensure_node() -> Result {
    let has = |tool: &str| process::succeeds(Command::new(tool).arg("--version"));
    if has("node") && has("npm") {
        return Ok(());
    }
    install(&["nodejs", "npm"])
}

/// A C compiler for RISC-V and an emulator of user programs: what kernels are built and compared
/// with.
pub(crate) fn ensure_riscv_tools() -> Result {
    let tools = [("riscv64-linux-gnu-gcc", "gcc-riscv64-linux-gnu"), ("qemu-riscv64", "qemu-user")];
    let is_missing = |tool: &&str| !process::succeeds(Command::new(tool).arg("--version"));
    let missing: Vec<&str> =
        tools.iter().filter(|(tool, _)| is_missing(tool)).map(|(_, package)| *package).collect();
    if missing.is_empty() { Ok(()) } else { install(&missing) }
}

/// The lint for shell scripts.
pub(crate) fn ensure_shellcheck() -> Result {
    if process::succeeds(Command::new("shellcheck").arg("--version")) {
        return Ok(());
    }
    install(&["shellcheck"])
}

/// A component of the Rust toolchain, such as `clippy`, by the Cargo subcommand it brings.
pub(crate) fn ensure_component(cargo: &mut Command, subcommand: &str, component: &str) -> Result {
    if process::succeeds(cargo.args([subcommand, "--version"])) {
        return Ok(());
    }
    announce(format_args!("adding {component} to the Rust toolchain"));
    process::run(Command::new("rustup").args(["component", "add", component])).map_err(|_| {
        Failure::unavailable(format!("`cargo {subcommand}` is missing; install {component}"))
    })
}

/// The names in a list of packages, which has one a line, and comments.
pub(crate) fn packages(list: &str) -> Vec<&str> {
    list.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).collect()
}

/// Installs packages of Debian, as root or by sudo.
///
/// # Errors
/// If there is no `apt-get`, or it fails.
pub(crate) fn install(packages: &[&str]) -> Result {
    if !Path::new("/usr/bin/apt-get").exists() {
        let list = packages.join(", ");
        return Err(Failure::unavailable(format!("please install {list} (Debian's names)")));
    }
    announce(format_args!("installing {}", packages.join(", ")));
    // A machine that never updated its lists finds nothing, one that did need not do it again.
    process::run(apt_get(&["update"])?.arg("-qq"))?;
    let mut apt_get = apt_get(&["install", "-qq", "-y", "--no-install-recommends"])?;
    process::run(apt_get.args(packages).stdout(std::io::stderr()))
}

fn apt_get(args: &[&str]) -> Result<Command> {
    let is_root = process::read(Command::new("id").arg("-u"))?.trim() == "0";
    let mut command = if is_root {
        Command::new("apt-get")
    } else {
        let mut sudo = Command::new("sudo");
        sudo.arg("apt-get");
        sudo
    };
    command.args(args).env("DEBIAN_FRONTEND", "noninteractive");
    Ok(command)
}
