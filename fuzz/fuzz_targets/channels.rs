//! Compressed channels.
#![no_main]

#[path = "../src/channels.rs"]
mod channels;

libfuzzer_sys::fuzz_target!(|data: &[u8]| channels::run(data));
