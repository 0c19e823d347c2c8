//! What the integration tests share.

#![allow(dead_code, reason = "each test binary uses a part of it")]

pub(crate) mod archive;
pub(crate) mod block_file;
pub(crate) mod chain;
pub(crate) mod contracts;
pub(crate) mod naive_trie;
pub(crate) mod reference;
pub(crate) mod signer;
pub(crate) mod world;

use std::path::PathBuf;

/// The fixtures folder, if there is one.
pub(crate) fn fixtures_dir() -> Option<PathBuf> {
    let beside_the_project = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../../shared/fixtures");
    let dir = std::env::var_os("FIXTURES_DIR")
        .map_or_else(|| PathBuf::from(beside_the_project), PathBuf::from);
    dir.is_dir().then_some(dir)
}
