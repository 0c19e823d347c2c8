//! Cases that fuzzing found or that were made by hand to start it, and random ones of the same
//! shape.
#![cfg(test)]

#[path = "../../../../fuzz/src/replay.rs"]
mod replay;
#[path = "../../../../fuzz/src/system_config_log.rs"]
mod system_config_log;

use std::path::Path;

use proptest::prelude::*;

#[test]
fn corpus_of_system_config_logs_breaks_no_rule() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../..");
    replay::replay(&root, "system_config_log", system_config_log::run);
}

proptest! {
    #[test]
    fn random_system_config_logs_break_no_rule(
        kind in 0u8..10, flags: u8, words in proptest::collection::vec(any::<[u8; 32]>(), 2..5),
        zeroed in 0usize..33, cut in 0usize..4, valid_topics: bool,
    ) {
        let flags = if valid_topics { flags & 0xe0 | 3 } else { flags };
        let mut input = vec![kind, flags];
        for mut word in words {
            word[..zeroed.min(32)].fill(0);
            input.extend(word);
        }
        input.truncate(input.len() - cut / 3);
        system_config_log::run(&input);
    }
}
