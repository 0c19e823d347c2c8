//! The project's own commands, `cargo xtask …`: what a person runs on a laptop is what CI runs.
//!
//! Each command does the set-up it needs and says so on stderr. Results of a command go to stdout
//! as the tools it calls print them.
#![forbid(unsafe_code)]
#![allow(clippy::print_stdout, reason = "results of these commands go to stdout")]

mod commands;
mod generate;
mod layers;
mod process;
mod setup;
mod tidy;
mod workspace;

use std::{ffi::OsString, path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand};

use crate::{process::Result, workspace::Workspace};

/// Commands of the project.
#[derive(Parser)]
#[command(bin_name = "cargo xtask", version, disable_version_flag = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Judge a real claim of OP Sepolia, offline, and say what was done.
    Demo {
        /// Folder with `boot.json` and `preimages.kv.zst`. By default the run
        /// `op-sepolia-16491249` of the fixtures: `$FIXTURES_DIR`, else `../shared/fixtures`.
        run: Option<PathBuf>,
    },
    /// Run the tests, without those named `slow_…`.
    Test {
        /// Everything CI runs: formatting, tidy, lints, all tests, docs, the `no_std` build.
        #[arg(long)]
        all: bool,
        /// Only tests whose name contains this.
        #[arg(conflicts_with = "all")]
        filter: Option<String>,
    },
    /// Everything CI runs; the same as `test --all`.
    Ci,
    /// Format all code, or tell what is not formatted.
    Fmt {
        /// Change nothing, fail if something is not formatted.
        #[arg(long)]
        check: bool,
    },
    /// Formatting, tidy, clippy, scripts, workflows; `cargo deny` and `typos` where installed.
    Lint,
    /// Build every `no_std` crate for a machine without operating system.
    NoStd,
    /// Build and test the contracts, and check what the tree keeps of them.
    Contracts {
        /// Only a part of that.
        #[command(subcommand)]
        action: Option<commands::contracts::Action>,
    },
    /// Check what no compiler checks: layering, licences, spec references, sizes, links.
    Tidy,
    /// Write generated files anew.
    Gen {
        /// Change nothing, fail if a file is stale.
        #[arg(long)]
        check: bool,
        /// Read the anchors of `docs/specs.toml` anew from a clone of the specs repository.
        #[arg(long, value_name = "CLONE", conflicts_with = "check")]
        specs: Option<PathBuf>,
    },
    /// Build the programs for the machines that prove them, into `target/guests`.
    Guest {
        /// Only this one; without, all.
        name: Option<String>,
        /// The machine; without one, asterisc, large programs with compressed instructions alone.
        #[arg(long, value_enum)]
        target: Option<commands::guest::GuestTarget>,
        /// What to build with.
        #[arg(long, value_enum, default_value_t)]
        toolchain: commands::guest::Toolchain,
    },
    /// Build the fault proof program and write the hashes of its first state to `prestates.json`.
    Prestate {
        /// Change nothing, fail if a hash is another.
        #[arg(long)]
        verify: bool,
        /// Write what a release has, too: programs, symbols, and the states by their hashes.
        #[arg(long, value_name = "FOLDER")]
        output: Option<PathBuf>,
    },
    /// Print what `CHANGELOG.md` says of a version.
    ReleaseNotes {
        /// The tag of the release, `v` and the version of the workspace.
        tag: String,
    },
    /// Run one fuzz target; needs a nightly toolchain.
    Fuzz {
        /// The target; without one, all are listed.
        target: Option<String>,
        /// How long to run.
        #[arg(long, default_value_t = 30)]
        seconds: u32,
    },
    /// Compare all engines of the VM on random programs; `--help` lists the options.
    Differential {
        /// Passed on: `--fast-steps N`, `--slow-steps N`, `--evm-steps N`, `--seed S`.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        options: Vec<OsString>,
    },
    /// Judge recorded claims in cannon, the first VM of this kind; needs Go.
    Interop {
        /// Folders with `boot.json` and `preimages.kv.zst`. By default two of the fixtures.
        runs: Vec<PathBuf>,
    },
    /// Run the public RISC-V tests on the VM.
    RiscvTests {
        /// A clone of `riscv-software-src/riscv-tests`.
        #[arg(long, value_name = "CLONE")]
        sources: PathBuf,
    },
    /// Run the benchmarks, which also time published crates on the same input.
    Bench {
        /// Only this benchmark; `vm` times the machine beside qemu and native programs.
        name: Option<String>,
    },
}

fn main() -> ExitCode {
    match run(Cli::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}

fn run(command: Command) -> Result {
    let workspace = Workspace::find()?;
    match command {
        Command::Demo { run } => commands::demo::run(&workspace, run),
        Command::Test { all: false, filter } => commands::test::fast(&workspace, filter.as_deref()),
        Command::Test { all: true, .. } | Command::Ci => commands::test::all(&workspace),
        Command::Fmt { check } => commands::lint::fmt(&workspace, check),
        Command::Lint => commands::lint::run(&workspace),
        Command::NoStd => commands::no_std::run(&workspace),
        Command::Contracts { action } => commands::contracts::run(&workspace, action),
        Command::Tidy => tidy::run(&workspace),
        Command::Gen { specs: Some(clone), .. } => generate::specs::run(&workspace, &clone),
        Command::Gen { check, specs: None } => generate::run(&workspace, check),
        Command::Guest { name, target, toolchain } => {
            commands::guest::run(&workspace, name.as_deref(), target, toolchain)
        }
        Command::Prestate { verify, output } => {
            commands::prestate::run(&workspace, verify, output.as_deref())
        }
        Command::ReleaseNotes { tag } => commands::release_notes::run(&workspace, &tag),
        Command::Fuzz { target, seconds } => {
            commands::fuzz::run(&workspace, target.as_deref(), seconds)
        }
        Command::Differential { options } => commands::differential::run(&workspace, &options),
        Command::Interop { runs } => commands::interop::run(&workspace, &runs),
        Command::RiscvTests { sources } => commands::riscv_tests::run(&workspace, &sources),
        Command::Bench { name } => commands::bench::run(&workspace, name.as_deref()),
    }
}
