//! Pairs of the same work done by this project and by the crates published under the same names.
//!
//! Each area has a module with a `pairs` function. `cargo bench` times all pairs with divan,
//! `cargo run --release` prints one table of times, instructions and allocations.

use std::{any::Any, path::PathBuf};

pub mod archive;
pub mod channel;
pub mod mpt;

/// One piece of work, ready to run. What it returns is dropped after the clock has stopped.
pub type Work = Box<dyn FnOnce() -> Box<dyn Any>>;

/// The same work on the same input, done twice.
pub struct Pair {
    /// `area/what`.
    pub name: &'static str,
    /// Prepares one run of this project's code.
    pub ours: Box<dyn Fn() -> Work>,
    /// Prepares one run of the published crate.
    pub published: Box<dyn Fn() -> Work>,
}

/// The pairs whose name contains `filter`, as far as their data is there.
pub fn pairs(filter: &str) -> Vec<Pair> {
    let mut pairs = mpt::pairs(filter);
    // Preparing the channels takes long: not where a trie alone is asked for.
    if !filter.starts_with("mpt/") {
        pairs.extend(channel::pairs(filter));
    }
    pairs
}

/// The folder of real data, where there is one.
pub fn fixtures() -> Option<PathBuf> {
    let beside = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/fixtures");
    let folder = std::env::var_os("FIXTURES_DIR").map_or(beside, PathBuf::from);
    if !folder.exists() {
        eprintln!("skipped what needs fixtures: there are none at {}", folder.display());
        return None;
    }
    Some(folder)
}
