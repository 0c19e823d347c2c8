//! Cases that fuzzing found or that were made by hand to start it, and damaged ones.
#![cfg(test)]

#[path = "../../../../fuzz/src/archives.rs"]
mod archives;
#[path = "../../../../fuzz/src/replay.rs"]
mod replay;

use std::{fs, path::PathBuf};

use proptest::prelude::*;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../..")
}

#[test]
fn corpus_of_archives_breaks_no_rule() {
    replay::replay(&root(), "archives", archives::run);
}

proptest! {
    #[test]
    fn damaged_archives_break_no_rule(
        at in any::<prop::sample::Index>(), byte: u8, cut in any::<prop::sample::Index>(), is_cut: bool,
    ) {
        for case in fs::read_dir(root().join("fuzz/corpus/archives")).unwrap() {
            let mut input = fs::read(case.unwrap().path()).unwrap();
            if input.is_empty() {
                continue;
            }
            let at = at.index(input.len());
            input[at] = byte;
            if is_cut {
                input.truncate(cut.index(input.len()));
            }
            archives::run(&input);
        }
    }
}
