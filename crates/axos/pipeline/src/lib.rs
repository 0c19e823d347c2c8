#![doc = include_str!("../README.md")]
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod pipeline;
pub use pipeline::Pipeline;

mod request;
pub use request::{Blob, IndexedBlobHash, Input, KARST_BUNDLE_HASH, L2BlockInfo, Request};

mod outcome;
pub use outcome::{DerivedAttributes, Outcome, ResetReason};

mod dropped;
pub use dropped::{BatchDrop, ChannelDrop, Dropped, FrameDrop};

mod error;
pub use axos_protocol::BLOB_BYTES;
pub use error::Error;

mod walk;
pub use walk::StartingPoint;

mod stages;

mod channel_stages;
mod frame_queue;
mod l1_retrieval;
mod l1_traversal;

mod channel;
mod channel_assembler;
mod channel_bank;
pub use channel_bank::{CHANNEL_BANK_BYTES_MAX, CHANNEL_BANK_BYTES_MAX_FJORD};
mod channel_reader;

mod batch_queue;
mod batch_rules;
mod batch_stage;
mod empty_batch;
mod l1_window;
mod span_cursor;
mod span_rules;

mod attributes_queue;
mod pull;

#[cfg(test)]
mod fixtures;
