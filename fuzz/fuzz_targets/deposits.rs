//! Deposits, their logs and receipts.
#![no_main]

#[path = "../src/deposits.rs"]
mod deposits;

libfuzzer_sys::fuzz_target!(|data: &[u8]| deposits::run(data));
