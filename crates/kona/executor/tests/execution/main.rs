//! Blocks made by hand, for what no fixture covers: every fork, and each rule at its edges.
#![cfg(test)]

#[path = "../support/mod.rs"]
mod support;

mod block_hashes;
mod deposits;
mod differential;
mod errors;
mod forks;
mod invalid_payloads;
mod precompiles;
mod state;
