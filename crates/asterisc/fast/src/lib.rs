#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod keccak;
pub use keccak::LaneHasher;
