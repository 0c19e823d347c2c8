//! Archives of pre-images.
#![no_main]

#[path = "../src/archives.rs"]
mod archives;

libfuzzer_sys::fuzz_target!(|data: &[u8]| archives::run(data));
