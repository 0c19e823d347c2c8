//! Long differential runs: `cargo xtask differential` builds this with optimisation and runs it.
//!
//! Progress goes to stderr, a table to stdout. Exit code 1 is a divergence.

#![allow(clippy::print_stdout, reason = "the table is what this is for")]

use std::{
    process::ExitCode,
    time::{Duration, Instant},
};

use asterisc_conformance::{
    differential::{Divergence, Tally, engines_against_reference, fast_against_reference},
    engine,
};
use clap::Parser;

/// Random programs in several engines, compared step by step.
#[derive(Parser)]
struct Options {
    /// Steps of the fast engine against the reference.
    #[arg(long, default_value_t = 100_000_000)]
    fast_steps: u64,
    /// Steps of the provable machine against the reference.
    #[arg(long, default_value_t = 1_000_000)]
    slow_steps: u64,
    /// Steps of the Solidity VM against the provable machine.
    #[arg(long, default_value_t = 100_000)]
    evm_steps: u64,
    /// Seed of the first program.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// How often progress is written.
const LINE_EVERY: Duration = Duration::from_secs(10);

fn main() -> ExitCode {
    let options = Options::parse();
    let seed = options.seed;
    let mut rows = Vec::new();
    let mut measure = |name: &'static str, steps: u64, run: &Run| -> Result<(), Divergence> {
        if steps == 0 {
            return Ok(());
        }
        let started = Instant::now();
        let mut last = started;
        let mut progress = |tally: &Tally| {
            if last.elapsed() >= LINE_EVERY {
                last = Instant::now();
                eprintln!("{name}: {} of {steps} steps", tally.steps);
            }
        };
        let tally = run(seed, steps, &mut progress)?;
        rows.push((name, tally, started.elapsed()));
        Ok(())
    };
    let slow: &Run = &|seed, steps, progress| {
        engines_against_reference(&[engine("slow")], seed, steps, progress)
    };
    let evm: &Run = &|seed, steps, progress| {
        engines_against_reference(&[engine("slow"), engine("evm")], seed, steps, progress)
    };
    let result = measure("fast / reference", options.fast_steps, &fast_against_reference)
        .and_then(|()| measure("slow / reference", options.slow_steps, slow))
        .and_then(|()| measure("solidity / slow", options.evm_steps, evm));
    print_table(&rows);
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(divergence) => {
            eprintln!("divergence: {divergence}");
            ExitCode::FAILURE
        }
    }
}

/// Compares so many steps from a seed on, and tells how far it is.
type Run = dyn Fn(u64, u64, &mut dyn FnMut(&Tally)) -> Result<Tally, Divergence>;

fn print_table(rows: &[(&str, Tally, Duration)]) {
    println!("engines           |     steps | programs | reverts | exits | seconds");
    println!("------------------|-----------|----------|---------|-------|--------");
    for (name, Tally { programs, steps, reverts, exits }, time) in rows {
        let seconds = time.as_secs();
        println!("{name:17} | {steps:9} | {programs:8} | {reverts:7} | {exits:5} | {seconds:7}");
    }
}
