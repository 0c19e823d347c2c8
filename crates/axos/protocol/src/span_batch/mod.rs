//! \[Delta\] Span batches: a run of L2 blocks, its fields sorted into columns.
//!
//! Two steps lead from bytes to blocks, and they fail differently. [`RawSpanBatch::decode`] looks
//! at the framing; what it rejects ends the channel. [`RawSpanBatch::derive`] rebuilds the
//! transactions; what it rejects is skipped, and the channel goes on.
//!
//! Spec: protocol/delta/span-batches.md#span-batch-format

use alloc::vec::Vec;

use alloy_primitives::{B256, Bytes};
use axos_genesis::{L1BlockRef, L1Number, RollupConfig};

use crate::SingularBatch;

mod bits;
use bits::BitList;

mod columns;
use columns::Columns;

mod encode;

mod error;
pub use error::SpanBatchError;

mod expand;

mod reader;
use reader::Reader;

#[cfg(test)]
mod tests;

/// Most blocks, and most transactions, of a span batch.
///
/// Spec: protocol/delta/span-batches.md#span-batch-size-limits
pub const SPAN_BATCH_ELEMENTS_MAX: u64 = 10_000_000;

/// A span batch as it lies in a channel: its framing is checked, its transactions are not.
///
/// The columns stay where they are, as slices of the batch.
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
    /// One bit a block: whether its L1 origin differs from that of the block before.
    origin_bits: BitList,
    /// Number of transactions of each block.
    transaction_counts: Vec<usize>,
    /// The transactions of all blocks.
    transactions: Columns,
}

/// An expanded span batch.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
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

impl RawSpanBatch {
    /// Reads a batch without its type byte. Bytes behind the last column are ignored.
    ///
    /// # Errors
    /// [`SpanBatchError`] if a column is too short, too long or out of bounds.
    ///
    /// Spec: protocol/delta/span-batches.md#span-batch-format
    pub fn decode(content: &Bytes) -> Result<Self, SpanBatchError> {
        let mut reader = Reader::new(content);
        let relative_timestamp = reader.uvarint("rel_timestamp")?;
        let l1_origin_number = L1Number(reader.uvarint("l1_origin_num")?);
        let parent_check = reader.array("parent_check")?;
        let l1_origin_check = reader.array("l1_origin_check")?;

        let block_count = reader.count("block_count")?;
        if block_count == 0 {
            return Err(SpanBatchError::NoBlocks);
        }
        let origin_bits = reader.bits("origin_bits", block_count)?;
        let transaction_counts = reader.counts("block_tx_counts", block_count)?;
        let total = total_transactions(&transaction_counts)?;
        let transactions = Columns::decode(&mut reader, total)?;
        Ok(Self {
            relative_timestamp,
            l1_origin_number,
            parent_check,
            l1_origin_check,
            origin_bits,
            transaction_counts,
            transactions,
        })
    }

    /// Number of blocks, at least one.
    pub const fn block_count(&self) -> usize {
        self.transaction_counts.len()
    }

    /// Number of transactions of all blocks.
    pub const fn transaction_count(&self) -> usize {
        self.transactions.len()
    }

    /// Expands the batch into blocks with full transactions.
    ///
    /// # Errors
    /// [`SpanBatchError`] if a transaction is malformed. Only this batch is then ignored: the
    /// channel goes on.
    ///
    /// Spec: protocol/delta/span-batches.md#how-derivation-works-with-span-batches
    pub fn derive(&self, config: &RollupConfig) -> Result<SpanBatch, SpanBatchError> {
        let mut transactions = self.transactions.expand(config.l2_chain_id)?;
        let epochs = self.epoch_numbers();
        let first_timestamp = config.genesis.l2_time.wrapping_add(self.relative_timestamp);
        let timestamps = (0u64..)
            .map(|index| first_timestamp.wrapping_add(config.block_time.wrapping_mul(index)));
        let blocks = self
            .transaction_counts
            .iter()
            .zip(epochs)
            .zip(timestamps)
            .map(|((count, epoch_number), timestamp)| SpanBatchBlock {
                timestamp,
                epoch_number,
                transactions: transactions.by_ref().take(*count).collect(),
            })
            .collect();
        Ok(SpanBatch {
            parent_check: self.parent_check,
            l1_origin_check: self.l1_origin_check,
            blocks,
        })
    }

    /// Numbers of the L1 origins of all blocks: back from the last one, one less at each set bit.
    /// The bit of the first block tells about the block before it, and is not looked at.
    fn epoch_numbers(&self) -> Vec<L1Number> {
        let block_count = self.block_count();
        let changes = (1..block_count).filter(|at| self.origin_bits.get(*at)).count();
        let changes = u64::try_from(changes).unwrap_or(u64::MAX);
        let mut number = self.l1_origin_number.0.wrapping_sub(changes);
        (0..block_count)
            .map(|at| {
                let is_changed = at > 0 && self.origin_bits.get(at);
                number = number.wrapping_add(u64::from(is_changed));
                L1Number(number)
            })
            .collect()
    }
}

/// Sum of the transaction counts.
fn total_transactions(counts: &[usize]) -> Result<usize, SpanBatchError> {
    let too_many = SpanBatchError::TooManyElements {
        field: "block_tx_counts",
        limit: SPAN_BATCH_ELEMENTS_MAX,
    };
    let total = counts.iter().try_fold(0usize, |total, count| total.checked_add(*count));
    let total = total.ok_or(too_many)?;
    let is_within = u64::try_from(total).is_ok_and(|total| total <= SPAN_BATCH_ELEMENTS_MAX);
    if is_within { Ok(total) } else { Err(too_many) }
}

impl SpanBatch {
    /// Timestamp of the first block, in seconds.
    pub fn first_timestamp(&self) -> u64 {
        self.blocks.first().map_or(0, |block| block.timestamp)
    }

    /// Whether the block before the first has this hash.
    pub fn check_parent(&self, hash: B256) -> bool {
        hash.starts_with(&self.parent_check)
    }

    /// Whether the last block's L1 origin has this hash.
    pub fn check_l1_origin(&self, hash: B256) -> bool {
        hash.starts_with(&self.l1_origin_check)
    }

    /// The blocks above `safe_timestamp` as singular batches, with the hashes of their L1 origins
    /// looked up in `l1_origins`, ascending by number. The parent hash of each is left zero.
    ///
    /// # Errors
    /// [`UnknownL1Origin`] if an origin is not there. The batch is then dropped.
    ///
    /// Spec: protocol/delta/span-batches.md#batch-queue
    pub fn into_singular(
        self,
        safe_timestamp: u64,
        l1_origins: &[L1BlockRef],
    ) -> Result<Vec<SingularBatch>, UnknownL1Origin> {
        // Epochs ascend, so the search goes on where it ended.
        let mut candidates = l1_origins;
        let new_blocks = self.blocks.into_iter().filter(|block| block.timestamp > safe_timestamp);
        new_blocks
            .map(|block| {
                let number = block.epoch_number;
                let at = candidates.iter().position(|origin| origin.number == number);
                candidates = at.and_then(|at| candidates.get(at..)).unwrap_or_default();
                let origin = candidates.first().ok_or(UnknownL1Origin { number })?;
                Ok(SingularBatch {
                    parent_hash: B256::ZERO,
                    epoch_number: number,
                    epoch_hash: origin.hash,
                    timestamp: block.timestamp,
                    transactions: block.transactions,
                })
            })
            .collect()
    }
}
