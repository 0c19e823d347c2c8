#![doc = include_str!("../README.md")]
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod code;
pub use code::code_ranges;

mod load;
pub use load::{ElfError, LoadedProgram, SEGMENTS_BYTES_MAX, load_elf};

mod patch;
mod stack;

mod symbol;
pub use symbol::{Symbol, SymbolTable};
