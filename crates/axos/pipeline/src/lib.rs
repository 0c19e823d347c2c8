//! The derivation pipeline: from L1 blocks to the payload attributes of L2 blocks.
//!
//! It is a state machine that does no I/O and never waits: [`Pipeline::step`] does what can be done
//! with the data at hand and says what it ended in.
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod request;
pub use request::{BLOB_BYTES, Blob, IndexedBlobHash, Input, L2BlockInfo, Request};

mod outcome;
pub use outcome::{DerivedAttributes, Outcome, ResetReason};

mod dropped;
pub use dropped::{BatchDrop, ChannelDrop, Dropped, FrameDrop};

mod error;
pub use error::Error;
