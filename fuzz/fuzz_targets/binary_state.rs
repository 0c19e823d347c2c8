//! States as bytes.
#![no_main]

#[path = "../src/binary_state.rs"]
mod binary_state;

libfuzzer_sys::fuzz_target!(|data: &[u8]| binary_state::run(data));
