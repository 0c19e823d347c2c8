//! ELF files.
#![no_main]

#[path = "../src/elf.rs"]
mod elf;

libfuzzer_sys::fuzz_target!(|data: &[u8]| elf::run(data));
