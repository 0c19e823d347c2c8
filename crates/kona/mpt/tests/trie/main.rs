//! The trie as its callers see it.
#![cfg(test)]

#[path = "../../../../../fuzz/src/mpt_node.rs"]
mod mpt_node;
#[path = "../../../../../fuzz/src/replay.rs"]
mod replay;

mod corpus;
mod errors;
mod fixtures;
mod laziness;
mod lists;
mod model;
mod naive;
mod traps;
