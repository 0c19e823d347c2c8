#![doc = include_str!("../README.md")]
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod driver;
pub use driver::{Driver, DriverError, DriverOutcome, ErrorOf, Step};

mod source;
pub use source::{Engine, Execution, L1Source, L2Source};
