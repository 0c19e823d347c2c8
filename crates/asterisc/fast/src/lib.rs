#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod keccak;
pub use keccak::LaneHasher;

mod engine;
pub use engine::FastVm;

mod mapped_memory;
pub use mapped_memory::MappedMemory;

mod code;
mod fuse;
mod handlers;
mod machine;
mod parts;
mod translate;
mod windows;
