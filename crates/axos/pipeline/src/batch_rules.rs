//! The rules that decide whether a batch becomes the next L2 block.
//!
//! Spec: protocol/derivation.md#batch-queue

use core::ops::ControlFlow;

use alloy_primitives::Bytes;
use axos_genesis::{Fork, L1BlockRef, L2BlockRef, RollupConfig};
use axos_protocol::{DEPOSIT_TX_TYPE, SingularBatch};

use crate::{BatchDrop, Request, l1_window::L1Window};

/// EIP-2718 type of a transaction with an authorisation list.
const SET_CODE_TX_TYPE: u8 = 0x04;
/// EIP-2718 type of the transaction that settles a block after its execution.
const POST_EXEC_TX_TYPE: u8 = 0x7d;

/// What a batch is held against.
#[derive(Debug, Clone, Copy)]
pub(crate) struct BatchContext<'a> {
    /// The chain's constants.
    pub(crate) config: &'a RollupConfig,
    /// The L1 blocks that can be an origin.
    pub(crate) window: &'a L1Window,
    /// The L2 block to build on.
    pub(crate) parent: &'a L2BlockRef,
    /// The L1 block in which the batch was completed.
    pub(crate) included_in: &'a L1BlockRef,
}

/// Why a batch is not the next block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Decline {
    /// It never will be of use.
    Drop(BatchDrop),
    /// \[Holocene\] All it has is safe already.
    Past,
    /// More L1 blocks have to be seen first.
    Undecided,
    /// Until Holocene: its turn comes later.
    Future,
    /// L2 data is missing. To be asked again with that data.
    Needs(Request),
}

/// Goes on if a rule holds. A batch for which all hold is, or starts with, the next block.
pub(crate) type Rule<T = ()> = ControlFlow<Decline, T>;

/// Ends with a drop.
pub(crate) const fn reject<T>(reason: BatchDrop) -> Rule<T> {
    ControlFlow::Break(Decline::Drop(reason))
}

impl BatchContext<'_> {
    /// The rules for a singular batch.
    pub(crate) fn check_single(&self, batch: &SingularBatch) -> Rule {
        let Some(epoch) = self.window.epoch() else {
            return ControlFlow::Break(Decline::Undecided);
        };
        self.require_next_timestamp(batch.timestamp, batch.timestamp)?;
        if batch.parent_hash != self.parent.hash {
            return reject(BatchDrop::ParentMismatch);
        }
        self.require_in_time(batch.epoch_number)?;

        // Once the window of an epoch is over and its blocks are filled in, the L1 blocks start
        // behind it. A batch may then name the epoch there, but none further on: every epoch has a
        // block, and L1 attributes can't skip one.
        let origin = if batch.epoch_number > self.parent.l1_origin.number.next() {
            return reject(BatchDrop::EpochTooNew);
        } else if batch.epoch_number < epoch.number {
            return reject(BatchDrop::EpochTooOld);
        } else if batch.epoch_number == epoch.number {
            epoch
        } else if batch.epoch_number == epoch.number.next() {
            match self.window.next_epoch() {
                Some(next) => next,
                None => return ControlFlow::Break(Decline::Undecided),
            }
        } else {
            return reject(BatchDrop::EpochTooNew);
        };
        if batch.epoch_hash != origin.hash {
            return reject(BatchDrop::EpochHashMismatch { expected: origin.id() });
        }

        let is_empty = batch.transactions.is_empty();
        let advances = origin.number != epoch.number;
        self.require_near_origin(batch.timestamp, is_empty, origin, advances)?;
        // [Jovian] The first block has no transactions but deposits.
        if !is_empty && self.config.is_activation_block(Fork::Jovian, batch.timestamp) {
            return reject(BatchDrop::ActivationBlockNotEmpty);
        }
        self.require_permitted(&batch.transactions, batch.timestamp)
    }

    /// The timestamp of the next block.
    pub(crate) const fn next_timestamp(&self) -> u64 {
        self.parent.timestamp.saturating_add(self.config.block_time)
    }

    /// Blocks from `first` to `last`, in seconds, must include the next one, and start no later
    /// than with it.
    pub(crate) fn require_next_timestamp(&self, first: u64, last: u64) -> Rule {
        let next = self.next_timestamp();
        // [Holocene] No gaps, and what is safe already is no fault. The L1 block decides.
        let is_holocene = self.config.is_active(Fork::Holocene, self.included_in.timestamp);
        if first > next {
            return if is_holocene {
                reject(BatchDrop::Future)
            } else {
                ControlFlow::Break(Decline::Future)
            };
        }
        if last < next {
            return if is_holocene {
                ControlFlow::Break(Decline::Past)
            } else {
                reject(BatchDrop::Past)
            };
        }
        ControlFlow::Continue(())
    }

    /// A batch must be included within the sequencing window of its first epoch.
    pub(crate) const fn require_in_time(&self, epoch: axos_genesis::L1Number) -> Rule {
        let included_in = self.included_in.number;
        if epoch.0.saturating_add(self.config.seq_window_size) < included_in.0 {
            return reject(BatchDrop::TooLate { epoch, included_in });
        }
        ControlFlow::Continue(())
    }

    /// A block must not be older than its L1 origin, nor too far ahead of it.
    ///
    /// `advances` tells whether the block moved on to this origin.
    pub(crate) fn require_near_origin(
        &self,
        timestamp: u64,
        is_empty: bool,
        origin: &L1BlockRef,
        advances: bool,
    ) -> Rule {
        if timestamp < origin.timestamp {
            return reject(BatchDrop::BeforeOrigin);
        }
        // [Fjord] The limit is constant. The L1 origin's time decides, not the block's.
        let drift = self.config.max_sequencer_drift(origin.timestamp);
        if timestamp <= origin.timestamp.saturating_add(drift) {
            return ControlFlow::Continue(());
        }
        if !is_empty {
            return reject(BatchDrop::DriftExceeded);
        }
        if advances {
            return ControlFlow::Continue(());
        }
        // An empty block may stay with its origin only while the next one is still ahead of it.
        match self.window.block(origin.number.next()) {
            None => ControlFlow::Break(Decline::Undecided),
            Some(next) if timestamp >= next.timestamp => reject(BatchDrop::NextOriginNotAdopted),
            Some(_) => ControlFlow::Continue(()),
        }
    }

    /// Transactions must be of a type that a batch can carry. What else is wrong with them, the
    /// execution engine finds.
    pub(crate) fn require_permitted(&self, transactions: &[Bytes], timestamp: u64) -> Rule {
        for transaction in transactions {
            match transaction.first() {
                None => return reject(BatchDrop::EmptyTransaction),
                Some(&DEPOSIT_TX_TYPE) => return reject(BatchDrop::DepositTransaction),
                Some(&POST_EXEC_TX_TYPE) => return reject(BatchDrop::PostExecTransaction),
                // [Isthmus] Permitted by the time of the block.
                Some(&SET_CODE_TX_TYPE) if !self.config.is_active(Fork::Isthmus, timestamp) => {
                    return reject(BatchDrop::SetCodeBeforeIsthmus);
                }
                Some(_) => {}
            }
        }
        ControlFlow::Continue(())
    }
}

#[cfg(test)]
mod tests;
