//! Steps from their witnesses.
#![no_main]

#[path = "../src/step_witness.rs"]
mod step_witness;

libfuzzer_sys::fuzz_target!(|data: &[u8]| step_witness::run(data));
