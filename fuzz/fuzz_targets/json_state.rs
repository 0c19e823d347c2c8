//! States as JSON.
#![no_main]

#[path = "../src/json_state.rs"]
mod json_state;

libfuzzer_sys::fuzz_target!(|data: &[u8]| json_state::run(data));
