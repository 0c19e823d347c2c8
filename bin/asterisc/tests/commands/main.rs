//! The binary, as op-challenger and people run it.

#![allow(clippy::unwrap_used, reason = "a test may fail where it stands")]

mod elf;
mod errors;
mod folder;
mod inspect;
mod prove;
mod run;
