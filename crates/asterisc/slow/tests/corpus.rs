//! Cases that fuzzing found or that were made by hand to start it, and damaged ones.
#![cfg(test)]
#![allow(clippy::unwrap_used, reason = "a test may fail where it stands")]

#[path = "../../../../fuzz/src/replay.rs"]
mod replay;
#[path = "../../../../fuzz/src/step_witness.rs"]
mod step_witness;

use std::{fs, path::PathBuf};

use proptest::{collection::vec, prelude::*};

/// Runs a target on one input.
type Target = fn(&[u8]);

/// Each target by its name.
const TARGETS: [(&str, Target); 1] = [("step_witness", step_witness::run)];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../..")
}

#[test]
fn corpora_break_no_rule() {
    for (name, target) in TARGETS {
        replay::replay(&root(), name, target);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(50))]

    #[test]
    fn damaged_cases_of_the_corpora_break_no_rule(
        pick in any::<prop::sample::Index>(),
        changes in vec((any::<prop::sample::Index>(), any::<u8>()), 0..6),
        cut in any::<prop::sample::Index>(), is_cut: bool,
    ) {
        for (name, target) in TARGETS {
            let cases = fs::read_dir(root().join("fuzz/corpus").join(name)).unwrap();
            let mut paths: Vec<_> = cases.map(|case| case.unwrap().path()).collect();
            paths.sort();
            let mut input = fs::read(pick.get(&paths)).unwrap();
            if input.is_empty() {
                continue;
            }
            for (at, byte) in &changes {
                let at = at.index(input.len());
                input[at] = *byte;
            }
            if is_cut {
                input.truncate(cut.index(input.len()));
            }
            target(&input);
        }
    }
}
