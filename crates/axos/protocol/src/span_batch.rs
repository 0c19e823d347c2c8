//! [Delta] Span batches: a run of L2 blocks in columns.
//!
//! Spec: protocol/delta/span-batches.md#span-batch-format

use alloc::vec::Vec;

use alloy_primitives::Bytes;
use axos_genesis::{L1BlockRef, L1Number, RollupConfig};

use crate::SingularBatch;

/// Most blocks, and most transactions, of a span batch.
///
/// Spec: protocol/delta/span-batches.md#span-batch-size-limits
pub const SPAN_BATCH_ELEMENTS_MAX: u64 = 10_000_000;

/// Why bytes are not a span batch, or why it can't be expanded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SpanBatchError {
    /// More blocks or transactions than allowed.
    #[error("span batch has more than {limit} elements")]
    TooManyElements {
        /// [`SPAN_BATCH_ELEMENTS_MAX`].
        limit: u64,
    },
}

/// A span batch as it lies in a channel: framing is checked, transactions are not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawSpanBatch {
    /// Timestamp of the first block, in seconds since L2 genesis.
    pub relative_timestamp: u64,
    /// Number of the last block's L1 origin.
    pub l1_origin_number: L1Number,
    /// First 20 bytes of the hash of the block before the first.
    pub parent_check: [u8; 20],
    /// First 20 bytes of the hash of the last block's L1 origin.
    pub l1_origin_check: [u8; 20],
}

impl RawSpanBatch {
    /// Expands the batch into blocks with full transactions.
    ///
    /// # Errors
    /// [`SpanBatchError`] if a transaction is malformed. Only this batch is then ignored: the
    /// channel goes on.
    pub fn derive(&self, _config: &RollupConfig) -> Result<SpanBatch, SpanBatchError> {
        unimplemented!("follows")
    }
}

/// An expanded span batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpanBatch {
    /// First 20 bytes of the hash of the block before the first.
    pub parent_check: [u8; 20],
    /// First 20 bytes of the hash of the last block's L1 origin.
    pub l1_origin_check: [u8; 20],
    /// The blocks in order; at least one.
    pub blocks: Vec<SpanBatchBlock>,
}

/// One block of a span batch.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SpanBatchBlock {
    /// Timestamp of the block, in seconds.
    pub timestamp: u64,
    /// Number of the L1 origin.
    pub epoch_number: L1Number,
    /// EIP-2718 bytes of the transactions: slices of one buffer.
    pub transactions: Vec<Bytes>,
}

/// A block of a span batch has an L1 origin that is not in the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("L1 origin {number} of a span batch is not in the window of L1 blocks")]
pub struct UnknownL1Origin {
    /// Number of the L1 origin.
    pub number: L1Number,
}

impl SpanBatch {
    /// The blocks above `safe_timestamp` as singular batches with hashes of L1 origins looked up
    /// in `l1_origins`, ascending by number. The parent hash of each is left zero.
    ///
    /// # Errors
    /// [`UnknownL1Origin`] if an origin is not there.
    ///
    /// Spec: protocol/delta/span-batches.md#batch-queue
    pub fn into_singular(
        self,
        _safe_timestamp: u64,
        _l1_origins: &[L1BlockRef],
    ) -> Result<Vec<SingularBatch>, UnknownL1Origin> {
        unimplemented!("follows")
    }
}
