//! Programs from a seed, made to run long and to meet what is hard: loops, calls, stores into code,
//! accesses that are unaligned or cross pages, compressed instructions, atomics, system calls with
//! an oracle.

mod generator;
pub use generator::Random;

mod operands;

mod program;
pub use program::random_state;

#[cfg(test)]
mod tests;
