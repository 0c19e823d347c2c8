//! Judges a recorded run and tells what it read: the subject of profiles.
//!
//! `cargo run --release -p kona-program --example recorded_run -- op-sepolia-16491249`, or with
//! `--time` to judge it ten times, without a record of reads.

#[path = "../tests/support/mod.rs"]
mod support;

use std::{env, io::Write, time::Instant};

use kona_program::run;
use support::{Recording, Run};

const REPEATS: u32 = 10;

fn main() -> std::io::Result<()> {
    let mut arguments = env::args().skip(1);
    let name = arguments.next().unwrap_or_else(|| "op-sepolia-16491249".into());
    let Some(recorded) = Run::load(&name) else { return Ok(()) };
    let mut out = std::io::stdout();
    match arguments.next().as_deref() {
        Some("--time") => {
            for _ in 0..REPEATS {
                let start = Instant::now();
                let verdict = run(&recorded.oracle, &recorded.options);
                let is_valid = verdict.is_ok_and(|verdict| verdict.is_valid());
                writeln!(out, "{:?}, valid: {is_valid}", start.elapsed())?;
            }
        }
        Some("--once") => {
            let verdict = run(&recorded.oracle, &recorded.options);
            writeln!(out, "valid: {}", verdict.is_ok_and(|verdict| verdict.is_valid()))?;
        }
        _ => {
            let recording = Recording::new(&recorded.oracle);
            let verdict = run(&recording, &recorded.options);
            writeln!(out, "{verdict:#?}")?;
            writeln!(out, "reads by kind, of different keys and in all:")?;
            for (kind, (different, all)) in recording.reads_by_kind() {
                writeln!(out, "  {kind}: {different}, {all}")?;
            }
            writeln!(out, "hints: {:#?}", recording.hints_by_kind())?;
        }
    }
    Ok(())
}
