//! `cargo xtask riscv-tests`: the public tests of the instruction set, built for this machine and
//! run by its binary.
//!
//! The sources are those of `riscv-software-src/riscv-tests`, of which nothing is in the tree; the
//! environment they are built with is. Each file is built twice, without and with compressed
//! instructions.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;

use crate::{
    process::{self, Failure, Result, announce},
    setup,
    workspace::Workspace,
};

/// Folders of the suites, in `isa`.
const SUITES: [&str; 4] = ["rv64ui", "rv64um", "rv64ua", "rv64uc"];
/// Header and linker script, from the root.
const ENVIRONMENT: &str = "crates/asterisc/conformance/riscv-tests";
const COMPILER: &str = "riscv64-linux-gnu-gcc";
/// What the compiler may use, and the folder the results go to.
const BUILDS: [(&str, &str); 2] =
    [("rv64ima_zicsr_zifencei", "wide"), ("rv64imac_zicsr_zifencei", "compressed")];
/// Steps no test comes near.
const STEPS_MAX: u32 = 1_000_000;

/// Builds and runs all tests of a clone.
pub(crate) fn run(workspace: &Workspace, sources: &Path) -> Result {
    setup::ensure_riscv_tools()?;
    let mut build = workspace.cargo();
    process::run(build.args(["build", "--package", "asterisc-bin"]))?;
    let asterisc = workspace.target_dir().join("debug/asterisc");
    let (mut passed, mut steps, mut failed) = (0, 0, Vec::new());
    for (march, folder) in BUILDS {
        let folder = workspace.target_dir().join("riscv-tests").join(folder);
        create(&folder)?;
        for (suite, source) in tests(sources)? {
            // Compressed instructions have no test without them.
            if suite == "rv64uc" && !march.contains("imac") {
                continue;
            }
            let stem = source.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            let elf = folder.join(format!("{suite}-p-{stem}"));
            compile(workspace, sources, march, &source, &elf)?;
            match execute(&asterisc, &elf)? {
                (0, taken) => {
                    passed += 1;
                    steps += taken;
                }
                (code, _) => failed.push(format!("{march} {suite}-p-{stem}: exit code {code}")),
            }
        }
    }
    announce(format_args!("{passed} of {} tests passed, {steps} steps", passed + failed.len()));
    if failed.is_empty() { Ok(()) } else { Err(Failure::new(failed.join("\n"))) }
}

/// Suite and path of every test, in the order of their names.
fn tests(sources: &Path) -> Result<Vec<(&'static str, PathBuf)>> {
    let mut tests = Vec::new();
    for suite in SUITES {
        let folder = sources.join("isa").join(suite);
        let entries = fs::read_dir(&folder).map_err(|error| {
            Failure::unavailable(format!(
                "{}: {error}; give the folder of a clone of riscv-tests",
                folder.display()
            ))
        })?;
        let is_test = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "S");
        let paths = entries.flatten().map(|entry| entry.path()).filter(is_test);
        tests.extend(paths.map(|path| (suite, path)));
    }
    tests.sort();
    Ok(tests)
}

fn create(folder: &Path) -> Result {
    fs::create_dir_all(folder)
        .map_err(|error| Failure::new(format!("{}: {error}", folder.display())))
}

fn compile(
    workspace: &Workspace,
    sources: &Path,
    march: &str,
    source: &Path,
    elf: &Path,
) -> Result {
    let environment = workspace.root.join(ENVIRONMENT);
    let mut gcc = Command::new(COMPILER);
    gcc.arg(format!("-march={march}"));
    gcc.args(["-mabi=lp64", "-mcmodel=medany", "-static", "-nostdlib", "-nostartfiles"]);
    gcc.args(["-Wl,--build-id=none", "-Wl,--no-warn-rwx-segments"]);
    gcc.arg("-I").arg(&environment);
    gcc.arg("-I").arg(sources.join("isa/macros/scalar"));
    gcc.arg("-T").arg(environment.join("link.ld"));
    process::run(gcc.arg(source).arg("-o").arg(elf))
}

/// Loads and runs a program; gives its exit code and its steps.
fn execute(asterisc: &Path, elf: &Path) -> Result<(u64, u64)> {
    let state = elf.with_extension("bin.gz");
    let mut load = Command::new(asterisc);
    load.args(["load-elf", "--meta", "", "--path"]).arg(elf).arg("--out").arg(&state);
    process::run(&mut load)?;
    let mut run = Command::new(asterisc);
    run.args(["run", "--meta", "", "--output", "", "--info-at", "never", "--format", "json"]);
    run.arg("--stop-at").arg(format!("={STEPS_MAX}")).arg("--input").arg(&state);
    let result = process::read(&mut run)?;
    let unreadable = || Failure::new(format!("{}: no result in {result}", elf.display()));
    let result: Value = serde_json::from_str(&result).map_err(|_| unreadable())?;
    if result["exited"] == false || result["status"] == "unfinished" {
        return Err(Failure::new(format!("{}: no end in {STEPS_MAX} steps", elf.display())));
    }
    let number = |name: &str| result[name].as_u64().ok_or_else(unreadable);
    Ok((number("exit_code")?, number("step")?))
}
