//! `cargo xtask bench vm`: six programs in the fast engine, in qemu and natively, in one run.
//!
//! Absolute figures do not travel between machines, nor between two minutes on one that others use
//! too; ratios of runs taken in turns do. What counts is the processor time in user mode of each
//! process, the least of several.
#![expect(clippy::print_stdout, reason = "the table is the result of the command")]

use std::{
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use nix::sys::resource::{UsageWho, getrusage};

use crate::{
    process::{self, Failure, Result, announce},
    setup,
    workspace::Workspace,
};

/// Runs of each program on each engine.
const ROUNDS: usize = 5;
/// The least speed of the fast engine, as a part of qemu's; the run fails below.
const QEMU_RATIO_MIN: f64 = 0.22;

/// A program of `kernels.c`.
struct Kernel {
    name: &'static str,
    /// Steps up to and with that of the exit.
    steps: u64,
    /// What it prints.
    result: &'static str,
}

const KERNELS: [Kernel; 6] = [
    Kernel { name: "INT", steps: 870_701_718, result: "4bd9194e5ce30f80" },
    Kernel { name: "SORT", steps: 591_004_020, result: "b080bb0502a9f6d1" },
    Kernel { name: "KECCAK", steps: 1_445_100_160, result: "f8af3ee0bdbaf1c9" },
    Kernel { name: "MONT", steps: 3_258_000_189, result: "16683b8f4c64595a" },
    Kernel { name: "VM", steps: 1_235_500_178, result: "9f1048cc77659705" },
    Kernel { name: "MAP", steps: 199_712_327, result: "95cfde611b5d7b3f" },
];

/// Measures and prints the table.
pub(crate) fn run(workspace: &Workspace) -> Result {
    let source = workspace.kernels()?;
    setup::ensure_c_compiler()?;
    setup::ensure_riscv_tools()?;
    announce("building the fast engine (release)");
    let mut build = workspace.cargo();
    build.args(["build", "--release", "--package", "asterisc-fast", "--example", "run_elf"]);
    process::run(&mut build)?;
    let engine = workspace.target_dir().join("release/examples/run_elf");
    let folder = workspace.target_dir().join("kernels");
    std::fs::create_dir_all(&folder).map_err(|error| Failure::new(error.to_string()))?;

    println!(
        "{:8} {:>9} {:>13} {:>19} {:>9} {:>10}",
        "kernel", "native s", "qemu s (MIPS)", "asterisc s (MIPS)", "of qemu", "x native"
    );
    let mut rows = Vec::new();
    for kernel in &KERNELS {
        let row = Row::measure(kernel, &Programs::build(kernel, &source, &folder)?, &engine)?;
        row.print(kernel);
        rows.push(row);
    }
    let of_qemu = geometric_mean(&rows, |row| row.qemu / row.ours);
    let of_native = geometric_mean(&rows, |row| row.ours / row.native);
    println!("{:8} {:>53} {:>10}", "geomean", format!("{of_qemu:.3}"), format!("{of_native:.1}"));
    if of_qemu < QEMU_RATIO_MIN {
        let message = format!("{of_qemu:.3} of qemu's speed is below {QEMU_RATIO_MIN}");
        return Err(Failure::new(message));
    }
    Ok(())
}

/// A kernel, compiled for both machines.
struct Programs {
    guest: PathBuf,
    native: PathBuf,
}

impl Programs {
    fn build(kernel: &Kernel, source: &Path, folder: &Path) -> Result<Self> {
        let build = |compiler: &str, march: &[&str], ending: &str| {
            let out = folder.join(format!("{}.{ending}", kernel.name.to_lowercase()));
            let mut command = Command::new(compiler);
            command.args(["-O2", "-static", "-nostdlib", "-ffreestanding"]).args(march);
            command.arg(format!("-DK_{}", kernel.name)).arg("-o").args([&out, source]);
            process::run(&mut command).map(|()| out)
        };
        let guest = build("riscv64-linux-gnu-gcc", &["-march=rv64imac", "-mabi=lp64"], "elf")?;
        Ok(Self { guest, native: build("gcc", &[], "native")? })
    }
}

/// Seconds of one kernel.
struct Row {
    native: f64,
    qemu: f64,
    ours: f64,
}

impl Row {
    /// Runs in turns, so that a drift of the machine touches all engines.
    fn measure(kernel: &Kernel, programs: &Programs, engine: &Path) -> Result<Self> {
        let mut row = Self { native: f64::MAX, qemu: f64::MAX, ours: f64::MAX };
        for _ in 0..ROUNDS {
            row.native = row.native.min(timed(&mut Command::new(&programs.native), kernel)?.0);
            let mut qemu = Command::new("qemu-riscv64");
            row.qemu = row.qemu.min(timed(qemu.arg(&programs.guest), kernel)?.0);
            let (seconds, said) = timed(Command::new(engine).arg(&programs.guest), kernel)?;
            row.ours = row.ours.min(seconds);
            let steps = format!("{} steps, exit 0,", kernel.steps);
            if !said.starts_with(&steps) {
                return Err(Failure::new(format!("{}: {said}, expected {steps}", kernel.name)));
            }
        }
        Ok(row)
    }

    fn print(&self, kernel: &Kernel) {
        #[expect(clippy::cast_precision_loss, reason = "a rate for people")]
        let mips = |seconds: f64| kernel.steps as f64 / seconds / 1e6;
        println!(
            "{:8} {:>9.3} {:>13} {:>19} {:>9.3} {:>10.1}",
            kernel.name,
            self.native,
            format!("{:.3} ({:.0})", self.qemu, mips(self.qemu)),
            format!("{:.3} ({:.0})", self.ours, mips(self.ours)),
            self.qemu / self.ours,
            self.ours / self.native,
        );
    }
}

/// Runs a program to its end, checks what it printed; gives its seconds in user mode and what it
/// said on stderr.
fn timed(command: &mut Command, kernel: &Kernel) -> Result<(f64, String)> {
    let before = user_time()?;
    let output = command.output().map_err(|error| Failure::unavailable(error.to_string()))?;
    let seconds = user_time()?.saturating_sub(before).as_secs_f64();
    let printed = String::from_utf8_lossy(&output.stdout);
    if printed.trim() != kernel.result || !output.status.success() {
        let (name, expected) = (kernel.name, kernel.result);
        let ended = output.status;
        let message = format!("{name} printed {printed:?} and ended with {ended}, not {expected}");
        return Err(Failure::new(message));
    }
    // The clock of the processor is not finer than that.
    Ok((seconds.max(1e-4), String::from_utf8_lossy(&output.stderr).into_owned()))
}

/// Time in user mode of all processes that were started here and ended.
fn user_time() -> Result<Duration> {
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)
        .map_err(|error| Failure::unavailable(error.to_string()))?;
    let time = usage.user_time();
    let part = |value: i64| u64::try_from(value).unwrap_or(0);
    Ok(Duration::from_secs(part(time.tv_sec())) + Duration::from_micros(part(time.tv_usec())))
}

fn geometric_mean(rows: &[Row], ratio: impl Fn(&Row) -> f64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "there are six rows")]
    let count = rows.len() as f64;
    (rows.iter().map(|row| ratio(row).ln()).sum::<f64>() / count).exp()
}
