//! \[Delta\] The rules for span batches.
//!
//! Spec: protocol/delta/span-batches.md#batch-queue

use alloc::vec::Vec;
use core::ops::ControlFlow;

use alloy_primitives::Bytes;
use axos_genesis::{Fork, L2BlockRef, L2Number};
use axos_protocol::{DEPOSIT_TX_TYPE, SpanBatch, SpanBatchBlock};

use crate::{
    BatchDrop, Request,
    batch_rules::{BatchContext, Decline, Rule, reject},
};

/// How far the check of one span batch on one parent has come.
///
/// The check may need L2 blocks that are safe already, one after the other. It is then called
/// again after each, with the same state, and goes on where it was.
#[derive(Debug, Default)]
pub(crate) struct SpanCheck {
    /// The block before the span, where that is not the parent itself.
    span_parent: Option<L2BlockRef>,
    /// Once nothing but the overlap is left to check: how many blocks of it are checked.
    compared: Option<usize>,
    /// The block of the overlap that is looked at next.
    safe_block: Option<SafeBlock>,
}

/// A block that is safe already.
#[derive(Debug)]
pub(crate) struct SafeBlock {
    /// The block.
    pub(crate) block: L2BlockRef,
    /// Its transactions, without the deposits.
    pub(crate) transactions: Vec<Bytes>,
}

/// Which rules a span batch is held against as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SpanRules {
    /// All of them, for all its blocks.
    BeforeHolocene,
    /// \[Holocene\] Those on where it starts and ends, and perhaps on the blocks that are safe
    /// already. New blocks are checked one by one, as singular batches.
    Holocene {
        /// Whether blocks that are safe already are compared.
        checks_overlap: bool,
    },
}

impl SpanCheck {
    /// Takes the answer to [`Request::L2BlockRef`].
    pub(crate) const fn provide_parent(&mut self, block: L2BlockRef) {
        self.span_parent = Some(block);
    }

    /// Takes the answer to [`Request::L2Block`].
    pub(crate) fn provide_block(&mut self, block: L2BlockRef, transactions: &[&[u8]]) {
        let transactions = transactions
            .iter()
            .filter(|transaction| transaction.first() != Some(&DEPOSIT_TX_TYPE))
            .map(|transaction| Bytes::copy_from_slice(transaction))
            .collect();
        self.safe_block = Some(SafeBlock { block, transactions });
    }
}

impl BatchContext<'_> {
    /// The rules for a span batch as a whole. `check` starts out as the default, and is of use only
    /// for the call that follows a [`Decline::Needs`].
    pub(crate) fn check_span(
        &self,
        span: &SpanBatch,
        rules: SpanRules,
        check: &mut SpanCheck,
    ) -> Rule {
        let span_parent = self.apply_prefix_rules(span, check)?;
        if check.compared.is_none() {
            if rules == SpanRules::BeforeHolocene {
                self.apply_block_rules(span, &span_parent)?;
            }
            check.compared = Some(0);
        }
        // [Holocene] The comparison came years later.
        if rules == (SpanRules::Holocene { checks_overlap: false }) {
            return ControlFlow::Continue(());
        }
        self.compare_overlap(span, &span_parent, check)
    }

    /// Where the span starts and ends, and on what it builds. Gives the block before it.
    ///
    /// Spec: protocol/holocene/derivation.md#span-batches
    fn apply_prefix_rules(&self, span: &SpanBatch, check: &SpanCheck) -> Rule<L2BlockRef> {
        let undecided = ControlFlow::Break(Decline::Undecided);
        let Some(epoch) = self.window.epoch() else { return undecided };
        let (Some(first), Some(last)) = (span.blocks.first(), span.blocks.last()) else {
            return reject(BatchDrop::Past);
        };

        // [Delta] The origin of the first block decides.
        let origin = if first.epoch_number == epoch.number.next() {
            match self.window.next_epoch() {
                Some(next) => next,
                None => return undecided,
            }
        } else {
            epoch
        };
        if !self.config.is_active(Fork::Delta, origin.timestamp) {
            return reject(BatchDrop::SpanBeforeDelta);
        }

        self.require_next_timestamp(first.timestamp, last.timestamp)?;
        let span_parent = self.find_span_parent(first.timestamp, check)?;
        if !span.check_parent(span_parent.hash) {
            return reject(BatchDrop::ParentMismatch);
        }
        self.require_in_time(first.epoch_number)?;
        if first.epoch_number > span_parent.l1_origin.number.next() {
            return reject(BatchDrop::EpochTooNew);
        }
        match self.window.block(last.epoch_number) {
            None => return undecided,
            Some(block) if !span.check_l1_origin(block.hash) => {
                return reject(BatchDrop::EpochHashMismatch { expected: block.id() });
            }
            Some(_) => {}
        }
        if first.epoch_number < span_parent.l1_origin.number {
            return reject(BatchDrop::EpochTooOld);
        }
        ControlFlow::Continue(span_parent)
    }

    /// The block before a span whose first block has this timestamp: the parent, or a block below
    /// it if the span starts with blocks that are safe already.
    fn find_span_parent(&self, first_timestamp: u64, check: &SpanCheck) -> Rule<L2BlockRef> {
        if first_timestamp >= self.next_timestamp() {
            return ControlFlow::Continue(*self.parent);
        }
        let Some(below) = self.parent.timestamp.checked_sub(first_timestamp) else {
            return reject(BatchDrop::Misaligned);
        };
        if below.checked_rem(self.config.block_time) != Some(0) {
            return reject(BatchDrop::Misaligned);
        }
        let overlap = (below / self.config.block_time).saturating_add(1);
        let number = self.parent.number.0.checked_sub(overlap).map(L2Number);
        let Some(number) = number.filter(|number| *number >= self.config.genesis.l2.number) else {
            return reject(BatchDrop::BelowGenesis);
        };
        match check.span_parent.filter(|block| block.number == number) {
            Some(block) => ControlFlow::Continue(block),
            None => ControlFlow::Break(Decline::Needs(Request::L2BlockRef { number })),
        }
    }

    /// The rules for each new block of the span, before Holocene.
    fn apply_block_rules(&self, span: &SpanBatch, span_parent: &L2BlockRef) -> Rule {
        let mut previous_epoch = span_parent.l1_origin.number;
        for block in &span.blocks {
            let advances = block.epoch_number > previous_epoch;
            previous_epoch = block.epoch_number;
            if block.timestamp <= self.parent.timestamp {
                continue;
            }
            if block.epoch_number < self.parent.l1_origin.number {
                return reject(BatchDrop::EpochTooOld);
            }
            let Some(origin) = self.window.block(block.epoch_number) else {
                return reject(BatchDrop::UnknownOrigin { number: block.epoch_number });
            };
            let is_empty = block.transactions.is_empty();
            self.require_near_origin(block.timestamp, is_empty, origin, advances)?;
            self.require_permitted(&block.transactions, block.timestamp)?;
        }
        ControlFlow::Continue(())
    }

    /// Blocks of the span that are safe already must be the same ones.
    fn compare_overlap(
        &self,
        span: &SpanBatch,
        span_parent: &L2BlockRef,
        check: &mut SpanCheck,
    ) -> Rule {
        let overlap = self.parent.number.0.saturating_sub(span_parent.number.0);
        let overlap = usize::try_from(overlap).unwrap_or(usize::MAX);
        let compared = check.compared.get_or_insert(0);
        for block in span.blocks.iter().take(overlap).skip(*compared) {
            let offset = u64::try_from(*compared).unwrap_or(u64::MAX);
            let number = L2Number(span_parent.number.0.saturating_add(offset)).next();
            match check.safe_block.take().filter(|safe| safe.block.number == number) {
                Some(safe) => compare_block(block, &safe)?,
                None => return ControlFlow::Break(Decline::Needs(Request::L2Block { number })),
            }
            *compared += 1;
        }
        ControlFlow::Continue(())
    }
}

fn compare_block(block: &SpanBatchBlock, safe: &SafeBlock) -> Rule {
    let number = safe.block.number;
    let (expected, actual) = (safe.transactions.len(), block.transactions.len());
    if expected != actual {
        return reject(BatchDrop::OverlapTransactionCount { number, expected, actual });
    }
    let differs = safe.transactions.iter().zip(&block.transactions).position(|(a, b)| a != b);
    if let Some(index) = differs {
        return reject(BatchDrop::OverlapTransaction { number, index });
    }
    let (expected, actual) = (safe.block.l1_origin.number, block.epoch_number);
    if expected != actual {
        return reject(BatchDrop::OverlapOrigin { number, expected, actual });
    }
    ControlFlow::Continue(())
}

#[cfg(test)]
mod tests;
