#![doc = include_str!("../README.md")]
#![no_std]
#![forbid(unsafe_code)]

mod replay;
pub use replay::{PreimageParts, ReplayError, replay};
