//! What one step of the pipeline can end in.

use alloc::boxed::Box;

use alloy_primitives::B256;
use axos_genesis::{L1BlockId, L1BlockRef, L1Number, L2BlockRef};
use axos_protocol::PayloadAttributes;

use crate::{Dropped, Request};

/// What one [`step`](crate::Pipeline::step) ended in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Nothing moves until this is [provided](crate::Pipeline::provide). Stepping again repeats the
    /// request.
    Needs(Request),
    /// The next block to build. Answer with [`accept`](crate::Pipeline::accept) or
    /// [`reject_payload`](crate::Pipeline::reject_payload) before the next step.
    Attributes(Box<DerivedAttributes>),
    /// Derivation moved on to this L1 block. Nothing to do.
    Advanced(L1BlockRef),
    /// Batcher data broke a rule and is ignored. Nothing to do: this is for a log.
    Dropped(Dropped),
    /// There is no further L1 block for now, and nothing more can be derived from those seen. The
    /// next step asks for that L1 block again.
    Exhausted,
    /// The L1 chain is not the one derivation started from. Find out which safe block still stands
    /// and call [`reset`](crate::Pipeline::reset); until then every step ends like this.
    Reset(ResetReason),
}

/// Payload attributes, with where they come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DerivedAttributes {
    /// What the execution engine needs.
    pub attributes: PayloadAttributes,
    /// The block to build on. Not always the last accepted one: before Holocene a rejected payload
    /// takes back all blocks of its span batch.
    pub parent: L2BlockRef,
    /// L1 origin of the new block.
    pub l1_origin: L1BlockId,
    /// Sequence number of the new block: its distance to the first block of its epoch.
    pub sequence_number: u64,
    /// The L1 block whose data completed the batch.
    pub derived_from: L1BlockRef,
    /// Whether no further block of the same span batch follows. Before Holocene, blocks are safe
    /// only once the last block of their span batch is accepted.
    pub is_last_in_span: bool,
    /// How many of the transactions, counted from the first, are deposits: L1 attributes, user
    /// deposits and upgrade transactions. The rest comes from the batch.
    pub deposit_count: usize,
}

impl DerivedAttributes {
    /// Whether the block has no transactions but deposits. Such a payload must never be invalid.
    pub fn is_deposits_only(&self) -> bool {
        self.attributes.transactions.len() <= self.deposit_count
    }

    /// The same attributes without the transactions of the batch.
    ///
    /// Spec: protocol/holocene/derivation.md#engine-queue
    pub fn to_deposits_only(&self) -> Self {
        let deposits = self.attributes.transactions.iter().take(self.deposit_count);
        Self {
            attributes: PayloadAttributes {
                transactions: deposits.cloned().collect(),
                ..self.attributes
            },
            ..*self
        }
    }

    /// The reference of the built block, given its hash.
    pub const fn block_ref(&self, hash: B256) -> L2BlockRef {
        L2BlockRef {
            hash,
            number: self.parent.number.next(),
            parent_hash: self.parent.hash,
            timestamp: self.attributes.timestamp,
            l1_origin: self.l1_origin,
            sequence_number: self.sequence_number,
        }
    }
}

/// Why derivation has to start over from an older point.
///
/// In a program whose L1 chain is fixed by a hash, each of these means that an input is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ResetReason {
    /// The next L1 block does not build on the current one.
    #[error("the L1 block after {origin:?} builds on {next_parent}")]
    L1Reorg {
        /// The block derivation is at.
        origin: L1BlockId,
        /// The parent that the next block names.
        next_parent: B256,
    },
    /// An L1 block, or its blobs, can no longer be found.
    #[error("L1 block {hash}, or its blobs, can't be found")]
    L1DataMissing {
        /// Block hash.
        hash: B256,
    },
    /// The answer has fewer or more blobs than the block's batcher transactions have.
    #[error("{actual} blobs given for {expected} of the batcher's in L1 block {block:?}")]
    BlobCount {
        /// The block.
        block: L1BlockId,
        /// Blobs of batcher transactions.
        expected: usize,
        /// Blobs given.
        actual: usize,
    },
    /// The oldest L1 block of the window is neither the parent's origin nor the block after it.
    #[error("the L1 window starts at {epoch:?}, the parent's L1 origin is {parent_origin:?}")]
    WindowMismatch {
        /// Oldest L1 block of the window.
        epoch: L1BlockId,
        /// Origin of the L2 block to build on.
        parent_origin: L1BlockId,
    },
    /// A batch passed all checks, but its epoch does not fit to the L2 block to build on.
    #[error("epoch {epoch} does not fit to the parent: expected {expected}, found {actual}")]
    EpochMismatch {
        /// Number of the batch's epoch.
        epoch: L1Number,
        /// Hash of the L1 block that the batch's epoch had to follow or repeat.
        expected: B256,
        /// Hash found in its place.
        actual: B256,
    },
    /// A batch passed all checks, but its block would be older than its L1 origin.
    #[error("the L1 origin's time {l1_time} is ahead of the block's time {l2_time}")]
    OriginAheadOfBlock {
        /// Time of the L1 origin, in seconds.
        l1_time: u64,
        /// Time of the L2 block, in seconds.
        l2_time: u64,
    },
}
