//! `cargo xtask demo`: the main job, on data of a real chain.
//!
//! A claim is judged natively, which takes a moment; then by the same program inside asterisc, and
//! steps of that run are proven the way a dispute would settle them.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{
    commands::guest,
    process::{self, Failure, Result, announce},
    setup,
    workspace::Workspace,
};

/// The run that is judged if none is given, from the fixtures folder.
const RUN: &str = "fpp/op-sepolia-16491249";

/// The packages with the binaries.
const PACKAGES: [&str; 2] = ["kona-host-bin", "asterisc-bin"];

/// The program for runs whose pre-images have the keys of today, and those of 2024.
const GUESTS: [&str; 2] = ["kona-client", "kona-client-2024"];

/// The machine they are built for: RISC-V with compressed instructions.
const VARIANT: &str = "riscv64imac";

/// Builds all that takes part, and judges the claim of one run twice. Ends with the exit code of
/// the native judge: 0 if the claim is valid, 1 if not.
pub(crate) fn run(workspace: &Workspace, run: Option<PathBuf>) -> Result {
    let run = match run {
        Some(run) => run
            .canonicalize()
            .map_err(|error| Failure::unavailable(format!("{}: {error}", run.display())))?,
        None => workspace.fixtures()?.join(RUN),
    };
    let [boot, witness] = ["boot.json", "preimages.kv.zst"].map(|name| run.join(name));
    if let Some(missing) = [&boot, &witness].into_iter().find(|path| !path.is_file()) {
        let message = format!("{} is missing; give the folder of a run", missing.display());
        return Err(Failure::unavailable(message));
    }

    setup::ensure_c_compiler()?;
    announce("building kona-host and asterisc (release)");
    let packages = PACKAGES.iter().flat_map(|package| ["--package", package]);
    process::run(workspace.cargo().args(["build", "--release"]).args(packages))?;
    let program = build_program(workspace, &boot)?;

    let release = workspace.target_dir().join("release");
    let (host, asterisc) = (release.join("kona-host"), release.join("asterisc"));
    let dispute = |mode: &str| {
        let mut command = Command::new(&host);
        command.args(["single", mode, "--boot"]).arg(&boot).arg("--witness").arg(&witness);
        command
    };
    announce("judging the claim natively");
    let native = exit_code(&mut dispute("--native"))?;

    announce("judging it inside asterisc, and proving steps of that run on an EVM");
    let folder = workspace.target_dir().join("demo");
    let [prestate, meta] = ["prestate.bin.gz", "meta.json"].map(|name| folder.join(name));
    fs::create_dir_all(&folder)
        .map_err(|error| Failure::new(format!("{}: {error}", folder.display())))?;
    let mut load = Command::new(&asterisc);
    load.args(["load-elf", "--path"]).arg(&program);
    process::run(load.arg("--out").arg(&prestate).arg("--meta").arg(&meta))?;
    let mut prove = Command::new(&asterisc);
    prove.args(["prove", "--input"]).arg(&prestate).arg("--meta").arg(&meta).arg("--");
    let server = dispute("--server");
    println!();
    process::run(prove.arg(server.get_program()).args(server.get_args()))?;
    println!(
        "\nEach line is a step of the program that judged the claim. Whoever disagrees about the \
         claim ends up\ndisagreeing about one such step, and the contract says who is right, for \
         the gas shown."
    );
    if native == 0 { Ok(()) } else { Err(Failure::exit_with(native)) }
}

/// The program in the machine's instructions, for the keys that the run was recorded with.
fn build_program(workspace: &Workspace, boot: &Path) -> Result<PathBuf> {
    let text = fs::read_to_string(boot)
        .map_err(|error| Failure::new(format!("{}: {error}", boot.display())))?;
    let is_of_2024 = text.contains("\"v1\"");
    let name = GUESTS[usize::from(is_of_2024)];
    announce(format_args!("building {name} for asterisc"));
    guest::run(workspace, Some(name), None, guest::Toolchain::Debian)?;
    Ok(guest::root(workspace).join(VARIANT).join(name))
}

/// Runs a program to its end, and gives its exit code.
fn exit_code(command: &mut Command) -> Result<u8> {
    let status = command.status().map_err(|error| Failure::unavailable(error.to_string()))?;
    match status.code() {
        Some(code @ (0 | 1)) => Ok(u8::from(code == 1)),
        Some(code) => Err(Failure::exit_with(u8::try_from(code).unwrap_or(u8::MAX))),
        None => Err(Failure::new(format!("kona-host: {status}"))),
    }
}
