//! Nodes from nowhere, and programs of changes to a trie.
#![no_main]

#[path = "../src/mpt_node.rs"]
mod mpt_node;
#[path = "../../crates/kona/mpt/tests/trie/naive.rs"]
mod naive;

libfuzzer_sys::fuzz_target!(|data: &[u8]| mpt_node::run(data));
