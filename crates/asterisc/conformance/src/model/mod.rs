//! A second opinion on what a program does: the manual's words in plain arithmetic.
//!
//! It shares no code with the machine. Memory is a map of bytes, an instruction is looked up by its
//! encoding among those the program was written with, and numbers are wider than they have to be.

pub mod arithmetic;

mod machine;
pub use machine::{Dictionary, Model};

mod system;
