//! Cases that fuzzing found or that were made by hand to start it, and damaged ones.
#![cfg(test)]
#![allow(clippy::unwrap_used, reason = "a test may fail where it stands")]

#[path = "../../../../fuzz/src/damage.rs"]
mod damage;
#[path = "../../../../fuzz/src/replay.rs"]
mod replay;
#[path = "../../../../fuzz/src/step_witness.rs"]
mod step_witness;

use std::path::PathBuf;

use proptest::prelude::*;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../..")
}

#[test]
fn corpora_break_no_rule() {
    replay::replay(&root(), "step_witness", step_witness::run);
}

proptest! {
    #[test]
    fn damaged_cases_of_step_witness_break_no_rule(input in damage::damaged(&root(), "step_witness")) {
        step_witness::run(&input);
    }
}
