//! The encodings of L2 derivation, from batcher transactions to payload attributes.
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod attributes;
pub use attributes::PayloadAttributes;
