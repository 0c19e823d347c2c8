//! The pipeline against the naive model, on worlds that are hard to derive.
//!
//! The example `derivation_fuzz` does the same for as many worlds as one likes.

mod bundle;
mod convert;
mod replay;

use support_model::scenario::generate;

/// Worlds of the everyday run.
const WORLDS: u64 = 250;
/// Blocks that they have at least: most of them must get somewhere.
const BLOCKS_MIN: usize = 5000;

#[test]
fn pipeline_derives_what_the_model_derives() {
    let Some(bundle) = bundle::load() else {
        println!("skipped: the fixtures with the bundle of Karst are not there");
        return;
    };
    let mut blocks = 0;
    for seed in 0..WORLDS {
        let scenario = generate(seed, Some(&bundle.transactions));
        let result = replay::replay(&scenario, Some(&bundle.json));
        assert_eq!(result, Ok(()), "seed {seed}");
        blocks += scenario.derived.steps.len();
    }
    assert!(blocks >= BLOCKS_MIN, "{blocks} blocks in {WORLDS} worlds");
}
