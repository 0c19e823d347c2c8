//! Compares the pipeline with the naive model on as many worlds as one likes.
//!
//! `cargo run --release -p axos-pipeline --example derivation_fuzz -- --seed 0 --count 10000`
//! prints each difference with its seed, and in the end how often each rule decided something.

#[path = "../tests/model/bundle.rs"]
mod bundle;
#[path = "../tests/model/convert.rs"]
mod convert;
#[path = "../tests/model/replay.rs"]
mod replay;

use std::{
    env,
    io::{self, Write},
    process::ExitCode,
};

use support_model::{Hits, scenario::generate};

fn main() -> io::Result<ExitCode> {
    let bundle = bundle::load();
    let transactions = bundle.as_ref().map(|bundle| &bundle.transactions[..]);
    let json = bundle.as_ref().map(|bundle| &bundle.json[..]);
    let (first, count) = (argument("--seed").unwrap_or(0), argument("--count").unwrap_or(1000));
    let mut out = io::stdout().lock();
    let (mut hits, mut blocks, mut differences) = (Hits::default(), 0, 0);
    for seed in first..first.saturating_add(count) {
        let scenario = generate(seed, transactions);
        if let Err(difference) = replay::replay(&scenario, json) {
            differences += 1;
            writeln!(out, "seed {seed}: {difference}")?;
        }
        hits.merge(&scenario.hits);
        blocks += scenario.derived.steps.len();
        if seed % 1000 == 999 {
            writeln!(
                out,
                "{} worlds, {blocks} blocks, {differences} differences",
                seed + 1 - first
            )?;
        }
    }
    writeln!(out, "{hits}{count} worlds, {blocks} blocks, {differences} differences")?;
    Ok(if differences == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The number behind an option.
fn argument(name: &str) -> Option<u64> {
    let mut arguments = env::args().skip_while(|argument| argument != name);
    arguments.nth(1)?.parse().ok()
}
