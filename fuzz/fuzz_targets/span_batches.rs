//! Span batches without their type byte.
#![no_main]

#[path = "../src/span_batches.rs"]
mod span_batches;

libfuzzer_sys::fuzz_target!(|data: &[u8]| span_batches::run(data));
