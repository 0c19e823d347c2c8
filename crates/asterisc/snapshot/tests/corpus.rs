//! Cases that fuzzing found or that were made by hand to start it, and damaged ones.
#![cfg(test)]
#![allow(clippy::unwrap_used, reason = "a test may fail where it stands")]

#[path = "../../../../fuzz/src/binary_state.rs"]
mod binary_state;
#[path = "../../../../fuzz/src/damage.rs"]
mod damage;
#[path = "../../../../fuzz/src/json_state.rs"]
mod json_state;
#[path = "../../../../fuzz/src/replay.rs"]
mod replay;

use std::path::PathBuf;

use proptest::prelude::*;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../..")
}

#[test]
fn corpora_break_no_rule() {
    replay::replay(&root(), "binary_state", binary_state::run);
    replay::replay(&root(), "json_state", json_state::run);
}

proptest! {
    #[test]
    fn damaged_cases_of_binary_state_break_no_rule(input in damage::damaged(&root(), "binary_state")) {
        binary_state::run(&input);
    }

    #[test]
    fn damaged_cases_of_json_state_break_no_rule(input in damage::damaged(&root(), "json_state")) {
        json_state::run(&input);
    }
}
