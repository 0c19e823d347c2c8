//! Batches: what the batcher says is in one L2 block, or in a run of them.
//!
//! Spec: protocol/derivation.md#batch-format

use alloc::vec::Vec;

use alloy_primitives::{B256, Bytes};
use axos_genesis::L1Number;

use crate::{RawSpanBatch, SpanBatchError};

/// Type byte of a [`SingularBatch`].
pub const SINGULAR_BATCH_TYPE: u8 = 0;
/// Type byte of a span batch.
pub const SPAN_BATCH_TYPE: u8 = 1;

/// A batch as it lies in a channel. No fork gate has been applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Batch {
    /// One L2 block.
    Singular(SingularBatch),
    /// [Delta] A run of L2 blocks; [`RawSpanBatch::derive`] expands it.
    Span(RawSpanBatch),
}

/// One L2 block.
///
/// Spec: protocol/derivation.md#batch-format
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SingularBatch {
    /// Hash of the L2 block to build on.
    pub parent_hash: B256,
    /// Number of the L1 origin.
    pub epoch_number: L1Number,
    /// Hash of the L1 origin.
    pub epoch_hash: B256,
    /// Timestamp of the block, in seconds.
    pub timestamp: u64,
    /// EIP-2718 bytes of the transactions, unchecked: slices of the batch they were read from.
    pub transactions: Vec<Bytes>,
}

/// Why bytes are not a batch. The rest of the channel is then ignored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BatchError {
    /// No bytes.
    #[error("batch is empty")]
    Empty,
    /// A type that is not defined.
    #[error("batch has type {actual}, only 0 and 1 are known")]
    UnknownType {
        /// The type met.
        actual: u8,
    },
    /// A singular batch is not the list it must be.
    #[error("singular batch is malformed")]
    Rlp,
    /// A span batch breaks a rule of its format.
    #[error("span batch is malformed")]
    Span(#[from] SpanBatchError),
}

impl Batch {
    /// Reads a batch. Bytes behind its content are ignored.
    ///
    /// # Errors
    /// [`BatchError`] if it is malformed.
    pub fn decode(_bytes: &Bytes) -> Result<Self, BatchError> {
        unimplemented!("follows")
    }

    /// The bytes of the batch, type byte first.
    pub fn encode(&self) -> Vec<u8> {
        unimplemented!("follows")
    }
}
