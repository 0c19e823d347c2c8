#![doc = include_str!("../README.md")]
#![no_std]
#![forbid(unsafe_code)]

mod register;
pub use register::Register;

mod revert;
pub use revert::RevertCode;

mod table;
pub use table::{Extension, Format, INSTRUCTIONS, InstructionSpec, Op};

mod compressed;
pub use compressed::{COMPRESSED, CompressedFormat, CompressedSpec};

mod decode;
pub use decode::{Instruction, decode, decode_compressed, is_compressed};

mod disassemble;
pub use disassemble::Disassembly;

pub mod alu;
