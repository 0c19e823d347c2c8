#![doc = include_str!("../README.md")]
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;
// Recorded runs are loaded by code that integration tests share, under the crate's own name.
#[cfg(test)]
extern crate self as kona_program;
#[cfg(test)]
extern crate std;

mod run;
pub use run::{run, run_traced};

mod boot;
pub use boot::{BootError, BootInfo, BootValue};

mod chain_config;
pub use chain_config::{ChainConfig, ChainConfigError};

mod options;
pub use options::ProgramOptions;

mod claim;
pub use claim::{
    EXIT_FAILED, EXIT_INVALID, EXIT_VALID, InvalidReason, Judgement, Verdict, exit_status,
};

mod l1;
pub use l1::L1Reads;

mod stats;
pub use stats::Stats;

mod trace;
pub use trace::Trace;

mod error;
pub use error::{Fault, ListKind, ProgramError, SourceError};

mod blob;
mod engine;
mod l2;
mod l2_state;
mod list;
mod start;

#[cfg(test)]
#[path = "../tests/support/mod.rs"]
mod support;
#[cfg(test)]
mod test_chain;
