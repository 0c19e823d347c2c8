//! Derivation of whole chains, rule by rule.

#![allow(clippy::unwrap_used, reason = "a test that can't go on says so by panicking")]
#![allow(clippy::print_stdout, reason = "a skipped test says so")]

mod api;
mod blocks;
mod channels;
mod forks;
mod payload;
mod reset;
mod retrieval;
