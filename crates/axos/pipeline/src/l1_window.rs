//! The L1 blocks that L2 blocks to come can have as their origin.
//!
//! One tiny picture, for a safe head in epoch 7 while derivation reads L1 block 10: the window is
//! `7 8 9 10`. Once a block of epoch 8 is accepted it is `8 9 10`.

use alloc::{collections::VecDeque, vec::Vec};

use alloy_primitives::Bytes;
use axos_genesis::{ConfigUpdate, L1BlockRef, L1Number, L2BlockRef, SystemConfig};
use axos_protocol::{L1Header, ReceiptsError};

/// An L1 block, with what the L2 blocks of its epoch take from it.
#[derive(Debug, Clone)]
pub(crate) struct Epoch {
    /// The block.
    pub(crate) block: L1BlockRef,
    /// Its header.
    pub(crate) header: L1Header,
    /// What its receipts tell.
    pub(crate) logs: EpochLogs,
}

/// What the receipts of an L1 block tell.
#[derive(Debug, Clone)]
pub(crate) struct EpochLogs {
    /// User deposits, encoded. An error here counts only if a block of the epoch is built.
    pub(crate) deposits: Result<Vec<Bytes>, ReceiptsError>,
    /// Updates of the system configuration, in order.
    pub(crate) updates: Vec<ConfigUpdate>,
}

impl EpochLogs {
    /// Applies the updates, each on its own; `is_ecotone` by the time of the L1 block.
    ///
    /// Spec: protocol/system-config.md#system-config-updates
    pub(crate) fn apply_updates(&self, system_config: &mut SystemConfig, is_ecotone: bool) {
        for update in &self.updates {
            // One that can't be applied changes nothing, and those behind it still count.
            let _ = system_config.apply_update(*update, is_ecotone);
        }
    }
}

impl Default for EpochLogs {
    fn default() -> Self {
        Self { deposits: Ok(Vec::new()), updates: Vec::new() }
    }
}

/// Consecutive L1 blocks, from the safe head's origin or the one after it up to the block that is
/// read now.
#[derive(Debug)]
pub(crate) struct L1Window {
    /// The L1 block that is read now.
    origin: L1BlockRef,
    /// The window, oldest first, without gaps. Empty while `origin` is behind the safe head's.
    epochs: VecDeque<Epoch>,
}

impl L1Window {
    /// A window that contains the block derivation starts at. If that is not the safe head's
    /// origin, the first [`advance`](Self::advance) throws it out.
    pub(crate) fn new(start: Epoch) -> Self {
        Self { origin: start.block, epochs: VecDeque::from([start]) }
    }

    /// The L1 block that is read now.
    pub(crate) const fn origin(&self) -> L1BlockRef {
        self.origin
    }

    /// Moves on to the next L1 block. It enters the window unless it is below the parent's origin.
    pub(crate) fn advance(&mut self, next: Epoch, parent: &L2BlockRef) {
        self.origin = next.block;
        if self.is_behind(parent) {
            self.epochs.clear();
        } else {
            self.epochs.push_back(next);
        }
    }

    /// Whether the block read now is below the parent's origin: what it contains is safe already.
    pub(crate) fn is_behind(&self, parent: &L2BlockRef) -> bool {
        self.origin.number < parent.l1_origin.number
    }

    /// Forgets the blocks below the parent's origin, unless that origin is not in the window.
    pub(crate) fn prune(&mut self, parent: &L2BlockRef) {
        if let Some(below) = self.position(parent.l1_origin.number) {
            self.epochs.drain(..below);
        }
    }

    /// Forgets the oldest block: its epoch is filled.
    pub(crate) fn leave_epoch(&mut self) {
        self.epochs.pop_front();
    }

    /// The oldest block: the parent's origin, or the one after it once that epoch is filled.
    pub(crate) fn epoch(&self) -> Option<&L1BlockRef> {
        self.epochs.front().map(|epoch| &epoch.block)
    }

    /// The block after [`epoch`](Self::epoch).
    pub(crate) fn next_epoch(&self) -> Option<&L1BlockRef> {
        self.epochs.get(1).map(|epoch| &epoch.block)
    }

    /// The block at this height.
    pub(crate) fn block(&self, number: L1Number) -> Option<&L1BlockRef> {
        self.get(number).map(|epoch| &epoch.block)
    }

    /// The block at this height, with all that is known of it.
    pub(crate) fn get(&self, number: L1Number) -> Option<&Epoch> {
        self.epochs.get(self.position(number)?)
    }

    fn position(&self, number: L1Number) -> Option<usize> {
        let offset = number.0.checked_sub(self.epoch()?.number.0)?;
        usize::try_from(offset).ok().filter(|position| *position < self.epochs.len())
    }
}
