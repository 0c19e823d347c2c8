//! `cargo xtask contracts`: builds and tests the contracts, and keeps what the tree has of them.
//!
//! Compiler and test runner are packages of npm, pinned by `contracts/package-lock.json`; nothing
//! else is downloaded. Rust code uses the compiled contracts that are checked in, so only a change
//! of a contract, and CI, needs all this.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use clap::Subcommand;
use serde_json::{Value, json};

use crate::{
    process::{self, Failure, Result, announce},
    setup,
    workspace::Workspace,
};

const FOLDER: &str = "contracts";
/// Forge, from the folder of the contracts.
const FORGE: &str = "node_modules/@foundry-rs/forge-linux-amd64/bin/forge";
/// Where forge puts what it compiles.
const OUT: &str = "out";
/// Where the tree keeps what others need of the contracts.
const SNAPSHOTS: &str = "snapshots";

/// The contracts whose code is kept, by their source files.
const KEPT: [(&str, &str); 2] = [("RISCV.sol", "RISCV"), ("StoredOracle.sol", "StoredOracle")];
/// The contract of which interface, storage and settings are kept too.
const PRODUCT: (&str, &str) = KEPT[0];

/// The largest code that can be deployed (EIP-170).
const CODE_BYTES_MAX: usize = 24_576;

/// What to do with the contracts.
#[derive(Subcommand)]
pub(crate) enum Action {
    /// Compile them.
    Build,
    /// Run their own tests.
    Test {
        /// Only tests whose name matches this.
        filter: Option<String>,
    },
    /// Write what is kept of them anew: code, interface, storage layout, settings, gas.
    Snapshot {
        /// Change nothing, fail if a file is stale.
        #[arg(long)]
        check: bool,
    },
}

/// One action, or all that CI does.
pub(crate) fn run(workspace: &Workspace, action: Option<Action>) -> Result {
    match action {
        Some(Action::Build) => build(workspace),
        Some(Action::Test { filter }) => test(workspace, filter.as_deref()),
        Some(Action::Snapshot { check }) => snapshot(workspace, check),
        None => all(workspace),
    }
}

/// Everything CI does with the contracts but for gas, which is among the tests in Rust.
pub(crate) fn all(workspace: &Workspace) -> Result {
    announce("contracts");
    build(workspace)?;
    check_format(workspace)?;
    check_snapshots(workspace)?;
    test(workspace, None)
}

fn build(workspace: &Workspace) -> Result {
    let mut forge = forge(workspace)?;
    process::run(forge.arg("build"))
}

fn test(workspace: &Workspace, filter: Option<&str>) -> Result {
    let mut forge = forge(workspace)?;
    forge.arg("test");
    if let Some(filter) = filter {
        forge.args(["--match-test", filter]);
    }
    process::run(&mut forge)
}

fn check_format(workspace: &Workspace) -> Result {
    process::run(forge(workspace)?.args(["fmt", "--check"]))
}

/// Writes or checks what is kept, the gas of each instruction included.
fn snapshot(workspace: &Workspace, check: bool) -> Result {
    build(workspace)?;
    if check {
        check_snapshots(workspace)?;
    } else {
        for (path, fresh) in snapshots(workspace)? {
            fs::write(&path, fresh).map_err(|error| in_file(&path, &error))?;
        }
    }
    setup::ensure_c_compiler()?;
    let mut cargo = workspace.cargo();
    cargo.args(["test", "--quiet", "--package", "asterisc-evm", "--test", "gas"]);
    process::run(cargo.env("GAS_SNAPSHOT", if check { "check" } else { "write" }))
}

fn check_snapshots(workspace: &Workspace) -> Result {
    for (path, fresh) in snapshots(workspace)? {
        if fs::read_to_string(&path).map_err(|error| in_file(&path, &error))? != fresh {
            let path = workspace.relative(&path).display().to_string();
            return Err(Failure::new(format!(
                "{path} is not what the sources compile to: run `cargo xtask contracts snapshot`"
            )));
        }
    }
    Ok(())
}

/// Every file that is kept, and what it should hold.
fn snapshots(workspace: &Workspace) -> Result<Vec<(PathBuf, String)>> {
    let folder = workspace.root.join(FOLDER).join(SNAPSHOTS);
    let mut files = Vec::new();
    for (source, name) in KEPT {
        let artifact = artifact(workspace, source, name)?;
        let code = code(&artifact)?;
        if code.len() / 2 > CODE_BYTES_MAX {
            let bytes = code.len() / 2;
            return Err(Failure::new(format!("{name} has {bytes} bytes, {CODE_BYTES_MAX} fit")));
        }
        files.push((folder.join(format!("{name}.hex")), code.to_owned()));
    }
    let (source, name) = PRODUCT;
    let summary = summary(&artifact(workspace, source, name)?)?;
    files.push((folder.join(format!("{name}.json")), summary));
    Ok(files)
}

/// What forge compiled a contract to.
fn artifact(workspace: &Workspace, source: &str, name: &str) -> Result<Value> {
    let path = workspace.root.join(FOLDER).join(OUT).join(source).join(format!("{name}.json"));
    let text = fs::read(&path).map_err(|error| in_file(&path, &error))?;
    serde_json::from_slice(&text).map_err(|error| in_file(&path, &error))
}

/// The deployed code, in hexadecimal.
fn code(artifact: &Value) -> Result<&str> {
    let object = artifact["deployedBytecode"]["object"].as_str();
    let code = object.and_then(|object| object.strip_prefix("0x"));
    code.ok_or_else(|| Failure::new("an artifact of forge has no code"))
}

/// Interface, storage layout, and the settings that decide what the code is.
fn summary(artifact: &Value) -> Result<String> {
    let settings = &artifact["metadata"]["settings"];
    let summary = json!({
        "compiler": artifact["metadata"]["compiler"]["version"],
        "evmVersion": settings["evmVersion"],
        "optimizer": settings["optimizer"],
        "viaIR": settings["viaIR"],
        "codeBytes": code(artifact)?.len() / 2,
        "selectors": artifact["methodIdentifiers"],
        "storage": storage(&artifact["storageLayout"]),
        "abi": artifact["abi"],
    });
    let text = serde_json::to_string_pretty(&summary);
    text.map(|text| text + "\n").map_err(|error| Failure::new(error.to_string()))
}

/// Variables in storage: what of the layout does not change with where the sources are.
fn storage(layout: &Value) -> Vec<Value> {
    let variables = layout["storage"].as_array().into_iter().flatten();
    let pick = |variable: &Value| {
        json!({
            "label": variable["label"],
            "slot": variable["slot"],
            "offset": variable["offset"],
        })
    };
    variables.map(pick).collect()
}

fn in_file(path: &Path, error: &impl std::fmt::Display) -> Failure {
    Failure::new(format!("{}: {error}", path.display()))
}

/// Tells tests where the packages of npm are. With it, one that is not there is an error.
pub(crate) const PACKAGES_VARIABLE: &str = "CONTRACTS_PACKAGES";

/// The folder with the packages, installed where they are missing.
pub(crate) fn packages(workspace: &Workspace) -> Result<PathBuf> {
    let folder = workspace.root.join(FOLDER);
    setup::ensure_node()?;
    if !is_installed(&folder) {
        announce("installing the packages of contracts/package-lock.json");
        let mut npm = Command::new("npm");
        npm.args(["ci", "--no-audit", "--no-fund", "--ignore-scripts"]);
        process::run(npm.current_dir(&folder).stdout(std::io::stderr()))?;
    }
    Ok(folder.join("node_modules"))
}

/// Forge in the folder of the contracts, installed where it is missing.
fn forge(workspace: &Workspace) -> Result<Command> {
    packages(workspace)?;
    let folder = workspace.root.join(FOLDER);
    let mut forge = Command::new(folder.join(FORGE));
    forge.current_dir(folder);
    Ok(forge)
}

/// Whether npm has installed what the lock file says, and not something older.
fn is_installed(folder: &Path) -> bool {
    let changed = |path: &str| fs::metadata(folder.join(path)).and_then(|it| it.modified()).ok();
    let installed = changed("node_modules/.package-lock.json");
    folder.join(FORGE).exists() && installed.is_some() && installed >= changed("package-lock.json")
}
