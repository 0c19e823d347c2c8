//! `memcpy` and its kin, which the compiler calls for every copy that is not small.
//!
//! What counts is the number of instructions: one for each 8 bytes loaded and one for each
//! stored, whatever the alignment, since the VM has no slow misaligned access. They are written
//! in assembly, because the compiler would make calls to themselves of loops in Rust, and would
//! not load misaligned words.
//!
//! Short blocks are moved as two halves that overlap: for 8 to 16 bytes, the first 8 and the last
//! 8. All loads come before all stores, so this is right for `memmove` as well.
//!
//! The guest `memory` under `guests` compares all of them with plain loops, for every size up to a
//! few hundred bytes, alignment and overlap.

mod compare;
mod copy;
mod fill;
