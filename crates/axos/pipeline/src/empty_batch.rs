//! Batches that nobody posted: what L2 goes on with when the sequencing window is over.
//!
//! Spec: protocol/derivation.md#batch-queue

use alloc::vec::Vec;
use core::ops::ControlFlow;

use axos_genesis::{L2BlockRef, RollupConfig};
use axos_protocol::SingularBatch;

use crate::{
    Error, ResetReason,
    l1_window::L1Window,
    pull::{Pause, Pull},
};

/// What can be made without a batch.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum EmptyBatch {
    /// This is the next block.
    Batch(SingularBatch),
    /// A batch may still come, or the L1 block is missing that tells what the next block is.
    NotYet,
}

/// The oldest L1 block of the window must be the parent's origin, or the block after it once that
/// epoch is filled.
pub(crate) fn require_origin(window: &L1Window, parent: &L2BlockRef) -> Pull<()> {
    let Some(epoch) = window.epoch() else {
        return Pause::Failed(Error::OriginUnknown { number: parent.l1_origin.number }).stop();
    };
    if parent.l1_origin != epoch.id() && parent.l1_origin.number.next() != epoch.number {
        let parent_origin = parent.l1_origin;
        return Pause::Reset(ResetReason::WindowMismatch { epoch: epoch.id(), parent_origin })
            .stop();
    }
    ControlFlow::Continue(())
}

/// Makes the next block without a batch, if the sequencing window of the epoch is over.
///
/// `out_of_data` tells whether the current L1 block has no further batch: its batches are in time
/// for the epoch whose window ends with it. When the epoch is filled, the window moves on by one
/// block, and it takes another L1 block to go on.
pub(crate) fn derive(
    config: &RollupConfig,
    window: &mut L1Window,
    parent: &L2BlockRef,
    out_of_data: bool,
) -> EmptyBatch {
    let Some(&epoch) = window.epoch() else { return EmptyBatch::NotYet };
    let expires = epoch.number.0.saturating_add(config.seq_window_size);
    let origin = window.origin().number.0;
    let is_expired = expires < origin || (expires == origin && out_of_data);
    if !is_expired {
        return EmptyBatch::NotYet;
    }
    let Some(&next_epoch) = window.next_epoch() else { return EmptyBatch::NotYet };

    let timestamp = parent.timestamp.saturating_add(config.block_time);
    let is_first_of_epoch = epoch.number == parent.l1_origin.number.next();
    if timestamp < next_epoch.timestamp || is_first_of_epoch {
        return EmptyBatch::Batch(SingularBatch {
            parent_hash: parent.hash,
            epoch_number: epoch.number,
            epoch_hash: epoch.hash,
            timestamp,
            transactions: Vec::new(),
        });
    }
    window.leave_epoch();
    EmptyBatch::NotYet
}

#[cfg(test)]
mod tests;
