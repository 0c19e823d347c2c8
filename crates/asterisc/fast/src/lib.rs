#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod keccak;
pub use keccak::LaneHasher;

mod engine;
pub use engine::FastVm;

mod code;
mod handlers;
mod machine;
mod mapped_memory;
mod translate;
