//! The blocks of an accepted span batch that are not handed on yet.

use alloc::vec;

use axos_genesis::{L2BlockRef, RollupConfig};
use axos_protocol::{SingularBatch, SpanBatch, SpanBatchBlock};

use crate::{BatchDrop, l1_window::L1Window};

/// Hands on the new blocks of a span batch as singular batches, one by one.
#[derive(Debug, Default)]
pub(crate) struct SpanCursor {
    blocks: vec::IntoIter<SpanBatchBlock>,
}

impl SpanCursor {
    /// Starts on the blocks of `span` that are above `parent`.
    ///
    /// # Errors
    /// If one of them has an L1 origin that is not in the window. The rules for whole span batches
    /// do not rule that out from Holocene on: the last origin is known to be there, but a span
    /// that overlaps the safe chain can name origins from below the window.
    ///
    /// Spec: protocol/holocene/derivation.md#span-batches
    pub(crate) fn new(
        span: SpanBatch,
        parent: &L2BlockRef,
        window: &L1Window,
    ) -> Result<Self, BatchDrop> {
        let safe = span.blocks.partition_point(|block| block.timestamp <= parent.timestamp);
        let mut blocks = span.blocks.into_iter();
        if safe > 0 {
            blocks.nth(safe - 1);
        }
        // Origins never go down within a span, so that the lowest and the highest decide.
        let ends = [blocks.as_slice().first(), blocks.as_slice().last()];
        for block in ends.into_iter().flatten() {
            if window.block(block.epoch_number).is_none() {
                return Err(BatchDrop::UnknownOrigin { number: block.epoch_number });
            }
        }
        Ok(Self { blocks })
    }

    /// The next block, to be built on `parent`.
    ///
    /// # Errors
    /// If the next block does not follow `parent`, which means that the block before it was
    /// rejected. The rest of the span is then gone.
    pub(crate) fn pop(
        &mut self,
        parent: &L2BlockRef,
        window: &L1Window,
        config: &RollupConfig,
    ) -> Result<Option<SingularBatch>, BatchDrop> {
        let Some(block) = self.blocks.next() else { return Ok(None) };
        let follows = Some(block.timestamp) == parent.timestamp.checked_add(config.block_time);
        match window.block(block.epoch_number) {
            Some(origin) if follows => Ok(Some(SingularBatch {
                // The span batch was checked to build on the safe chain.
                parent_hash: parent.hash,
                epoch_number: block.epoch_number,
                epoch_hash: origin.hash,
                timestamp: block.timestamp,
                transactions: block.transactions,
            })),
            _ => {
                self.clear();
                Err(BatchDrop::ParentRejected)
            }
        }
    }

    /// Whether no block is left.
    pub(crate) fn is_empty(&self) -> bool {
        self.blocks.as_slice().is_empty()
    }

    /// Drops the blocks that are left.
    pub(crate) fn clear(&mut self) {
        self.blocks = vec::IntoIter::default();
    }
}
