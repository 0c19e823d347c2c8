//! `cargo xtask interop`: the program in the VM of others, by their own binary.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;

use crate::{
    commands::guest::{self, GuestTarget, Toolchain},
    process::{self, Failure, Result, announce},
    setup,
    workspace::Workspace,
};

/// The module that names the version, and its package.
const MODULE: &str = "interop/cannon";
const PACKAGE: &str = "github.com/ethereum-optimism/optimism/cannon";
/// The newest kind of state it makes.
const STATE_TYPE: &str = "multithreaded64-5";
/// The program for runs that were recorded in 2024.
const PROGRAM: &str = "kona-client-2024";
/// Recorded runs that are judged if none are given, in the fixtures folder.
const RUNS: [&str; 2] = ["fpp/devnet-10-20", "fpp/op-sepolia-16491249"];
/// A claim that is never right.
const WRONG_CLAIM: &str = "0x7777777777777777777777777777777777777777777777777777777777777777";

/// Judges recorded claims, and changed ones, in cannon.
pub(crate) fn run(workspace: &Workspace, runs: &[PathBuf]) -> Result {
    if !process::succeeds(Command::new("go").arg("version")) {
        announce("cannon is left out: there is no Go");
        return Ok(());
    }
    setup::ensure_c_compiler()?;
    announce("fetching cannon");
    let module = workspace.root.join(MODULE);
    if !process::succeeds(Command::new("go").current_dir(&module).args(["mod", "download"])) {
        announce("cannon is left out: Go can't fetch it, `go mod download` says why");
        return Ok(());
    }
    let runs = match runs {
        [] => {
            let fixtures = workspace.fixtures()?;
            RUNS.map(|name| fixtures.join(name)).to_vec()
        }
        given => given.to_vec(),
    };
    let peer = Peer::build(workspace)?;
    println!("{:<24} {:<8} {:>13} {:>9}  state", "run", "claim", "steps", "exit code");
    for run in &runs {
        let boot = run.join("boot.json");
        peer.judge(run, &boot, "right", 0)?;
        peer.judge(run, &with_wrong_claim(run, &boot, &peer.folder)?, "wrong", 1)?;
    }
    Ok(())
}

/// Their binary, and what it works on.
struct Peer {
    cannon: PathBuf,
    host: PathBuf,
    folder: PathBuf,
    prestate: PathBuf,
}

impl Peer {
    fn build(workspace: &Workspace) -> Result<Self> {
        let folder = workspace.target_dir().join("interop");
        fs::create_dir_all(&folder).map_err(|error| failed(&folder, &error))?;
        let [cannon, prestate] = ["cannon", "prestate.bin.gz"].map(|name| folder.join(name));

        announce("building cannon");
        let mut go = Command::new("go");
        go.current_dir(workspace.root.join(MODULE)).args(["build", "-o"]).arg(&cannon).arg(PACKAGE);
        process::run(go.env("GOFLAGS", "-mod=readonly"))?;
        announce("building kona-host (release)");
        process::run(workspace.cargo().args(["build", "--release", "--package", "kona-host-bin"]))?;
        guest::run(workspace, Some(PROGRAM), Some(GuestTarget::Mips64), Toolchain::Debian)?;

        let program = guest::root(workspace).join("mips64").join(PROGRAM);
        let mut load = Command::new(&cannon);
        load.args(["load-elf", "--type", STATE_TYPE, "--meta", "", "--path"]).arg(program);
        process::run(load.arg("--out").arg(&prestate))?;
        let host = workspace.target_dir().join("release/kona-host");
        Ok(Self { cannon, host, folder, prestate })
    }

    /// Runs one dispute to its end, and prints what it came to.
    fn judge(&self, run: &Path, boot: &Path, claim: &str, expected: u64) -> Result {
        let name = run.file_name().unwrap_or_default().to_string_lossy();
        announce(format_args!("{name} in cannon, with a {claim} claim"));
        let last = self.folder.join("last.bin.gz");
        let mut cannon = Command::new(&self.cannon);
        cannon.args(["run", "--meta", "", "--info-at", "never", "--input"]).arg(&self.prestate);
        cannon.arg("--output").arg(&last).arg("--").arg(&self.host);
        cannon.args(["single", "--server", "--boot"]).arg(boot);
        cannon.arg("--witness").arg(run.join("preimages.kv.zst"));
        process::run(cannon.stdout(std::io::stderr()))?;

        let mut witness = Command::new(&self.cannon);
        let text = process::read(witness.args(["witness", "--input"]).arg(&last))?;
        let state: Value = serde_json::from_str(&text)
            .map_err(|error| Failure::new(format!("{}: {error}", last.display())))?;
        let [exit_code, steps] = ["exitCode", "step"].map(|field| state[field].as_u64());
        let hash = state["witnessHash"].as_str().unwrap_or_default();
        println!(
            "{name:<24} {claim:<8} {:>13} {:>9}  {hash}",
            steps.unwrap_or_default(),
            exit_code.map_or_else(|| "?".to_owned(), |code| code.to_string()),
        );
        // The first byte of the hash is the status: 0 is valid, 1 invalid.
        let status = hash.get(2..4).and_then(|byte| u64::from_str_radix(byte, 16).ok());
        if exit_code == Some(expected) && status == Some(expected) {
            return Ok(());
        }
        Err(Failure::new(format!("{name}: {text} and not exit code {expected}")))
    }
}

/// A boot file beside the others of the run that claims something else.
fn with_wrong_claim(run: &Path, boot: &Path, folder: &Path) -> Result<PathBuf> {
    let text = fs::read(boot).map_err(|error| failed(boot, &error))?;
    let mut content: Value = serde_json::from_slice(&text)
        .map_err(|error| Failure::new(format!("{}: {error}", boot.display())))?;
    content["claimed_l2_output_root"] = WRONG_CLAIM.into();
    // Names of files are meant from the folder of the boot file on.
    if let Some(config) = content["rollup_config"].as_str().map(|name| run.join(name)) {
        content["rollup_config"] = config.to_string_lossy().into();
    }
    let changed = folder.join("wrong-claim.json");
    fs::write(&changed, content.to_string()).map_err(|error| failed(&changed, &error))?;
    Ok(changed)
}

fn failed(path: &Path, error: &std::io::Error) -> Failure {
    Failure::new(format!("{}: {error}", path.display()))
}
