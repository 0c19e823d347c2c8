//! Random programs in every engine, for as long as CI can spare.
//!
//! `DIFFERENTIAL_SEED` names the first program; `cargo xtask differential` runs longer.

#![allow(clippy::unwrap_used, reason = "a test may fail where it stands")]

use std::env;

use asterisc_conformance::{
    differential::{Divergence, Tally, engines_against_reference, fast_against_reference},
    engine,
};

const FAST_STEPS: u64 = 40_000_000;
const SLOW_STEPS: u64 = 100_000;
const EVM_STEPS: u64 = 25_000;

fn seed() -> u64 {
    env::var("DIFFERENTIAL_SEED").map_or(1, |seed| seed.parse().unwrap())
}

fn check(result: Result<Tally, Divergence>) {
    if let Err(divergence) = result {
        panic!("{divergence}");
    }
}

#[test]
fn the_fast_engine_takes_the_steps_of_the_reference() {
    check(fast_against_reference(seed(), FAST_STEPS, &mut |_| {}));
}

#[test]
fn the_provable_machine_takes_the_steps_of_the_reference() {
    let engines = [engine("slow")];
    check(engines_against_reference(&engines, seed(), SLOW_STEPS, &mut |_| {}));
}

#[test]
fn the_contract_takes_the_steps_of_the_provable_machine() {
    let engines = [engine("slow"), engine("evm")];
    // Other programs than those above.
    let seed = seed().wrapping_add(1 << 32);
    check(engines_against_reference(&engines, seed, EVM_STEPS, &mut |_| {}));
}
