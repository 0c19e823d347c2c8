//! The pre-image oracle: how a program that may do no I/O gets data it can trust.
//!
//! A program asks for a value by a typed key that commits to it, and may first send a hint on what
//! it will ask for. Here are the keys, the hints, the traits of both, and the bytes they travel in.
//!
//! Spec: fault-proof/index.md#pre-image-oracle
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod key;
pub use key::{BlobKeyStyle, PrecompileKeyStyle, PreimageKey, PreimageKeyKind};

mod hint;
pub use hint::Hint;

mod oracle;
pub use oracle::{OracleError, PreimageOracle};
