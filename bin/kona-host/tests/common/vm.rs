//! Runs a guest in asterisc with this server, as a challenger does.

use std::path::{Path, PathBuf};

use asterisc_cli::{CliError, LoadElfArgs, RunArgs, load_elf, run};
use clap::Parser;
use guest_harness::{fixtures, guest_file};

/// The recorded run that takes the fewest steps.
const RUN: &str = "devnet-7-13";
/// A snapshot is taken every so many steps, several of them in the run.
pub(crate) const SNAPSHOT_STEPS: u64 = 500_000;

#[derive(Parser)]
struct RunCommand {
    #[command(flatten)]
    args: RunArgs,
}

/// The folder of the recorded run, and the state before the program's first step, put into
/// `folder`. `None` if guest or fixtures are not there.
pub(crate) fn prepare(folder: &Path) -> Option<(PathBuf, PathBuf)> {
    let path = guest_file("kona-client-2024", "riscv64imac")?;
    let recorded = fixtures()?.join("fpp").join(RUN);
    let out = folder.join("prestate.bin.gz");
    load_elf(&LoadElfArgs { path, out: out.clone(), meta: PathBuf::new() }).expect("loads");
    Some((recorded, out))
}

/// `asterisc run`, with the flags of a challenger and this server with these arguments.
pub(crate) fn run_in_vm(
    folder: &Path,
    prestate: &Path,
    proof_at: u64,
    server: &[String],
) -> Result<(), CliError> {
    let path = |name: &str| folder.join(name).display().to_string();
    let mut args: Vec<String> = ["run", "--input"].map(str::to_owned).to_vec();
    args.push(prestate.display().to_string());
    args.extend(["--output".to_owned(), path("final.bin.gz")]);
    args.extend(["--meta", "", "--info-at", "%10000000"].map(str::to_owned));
    args.extend(["--proof-at".to_owned(), format!("={proof_at}")]);
    args.extend(["--proof-fmt".to_owned(), path("%d.json.gz")]);
    args.extend(["--snapshot-at".to_owned(), format!("%{SNAPSHOT_STEPS}")]);
    args.extend(["--snapshot-fmt".to_owned(), path("%d.bin.gz")]);
    args.extend(["--", env!("CARGO_BIN_EXE_kona-host")].map(str::to_owned));
    args.extend_from_slice(server);
    run(&RunCommand::parse_from(args).args)
}
