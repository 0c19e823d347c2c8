#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

pub mod contract;

mod calldata;
pub use calldata::StepCall;

mod step;
pub use step::{EvmError, EvmOutcome, EvmStep};
