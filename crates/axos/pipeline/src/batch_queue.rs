//! Puts batches in the order of their blocks, until Holocene.
//!
//! One tiny picture, for a safe head at time 10 and blocks 2 seconds apart: batches for 14, 12, 12
//! come in; out come the first one for 12 and then the one for 14; the second for 12 is dropped.
//!
//! Spec: protocol/derivation.md#batch-queue

use alloc::collections::VecDeque;
use core::ops::ControlFlow;

use axos_genesis::{L1BlockRef, L2BlockRef, RollupConfig};
use axos_protocol::SingularBatch;

use crate::{
    BatchDrop, Dropped,
    batch_rules::{BatchContext, Decline, Rule},
    channel_reader::DecodedBatch,
    empty_batch::{self, EmptyBatch},
    l1_window::L1Window,
    pull::{Pause, Pull},
    span_cursor::SpanCursor,
    span_rules::{SpanCheck, SpanRules},
};

/// A source of batches: the stages up to the channel reader.
pub(crate) trait BatchSource {
    /// The next batch of the current L1 block.
    fn next_batch(&mut self, config: &RollupConfig) -> Pull<DecodedBatch>;

    /// \[Holocene\] Drops the rest of the channel that the last batch came from, and the one that
    /// is being put together.
    fn flush_channel(&mut self);
}

/// A batch that is the next block, and whether its span batch has no further block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NextBatch {
    /// The batch.
    pub(crate) batch: SingularBatch,
    /// Whether no further block of the same span batch follows.
    pub(crate) is_last_in_span: bool,
}

/// Batches that may have their turn later.
#[derive(Debug, Default)]
pub(crate) struct BatchQueue {
    /// What is left of the span batch that is being built.
    span: SpanCursor,
    /// In the order of inclusion.
    batches: VecDeque<Queued>,
    /// Where the search for the next block is, when it had to stop.
    step: Step,
    /// State of the check of the batch that is looked at.
    check: SpanCheck,
}

/// A batch, and the L1 block that completed it.
#[derive(Debug)]
struct Queued {
    batch: DecodedBatch,
    included_in: L1BlockRef,
}

/// The search for the next block, step by step.
#[derive(Debug, Default)]
enum Step {
    /// A batch is to be read.
    #[default]
    Read,
    /// A batch was read, and is checked before it enters the queue.
    Add(Queued),
    /// The queue is searched from its front.
    Search {
        /// Batches that were looked at and stay.
        kept: VecDeque<Queued>,
        /// Whether the L1 block has no further batch.
        out_of_data: bool,
    },
}

impl BatchQueue {
    /// The batch to build on `parent`.
    pub(crate) fn next(
        &mut self,
        config: &RollupConfig,
        window: &mut L1Window,
        parent: &L2BlockRef,
        source: &mut impl BatchSource,
    ) -> Pull<NextBatch> {
        loop {
            if let Some(next) = self.pop_span(config, window, parent)? {
                return ControlFlow::Continue(next);
            }
            if let Step::Read = self.step {
                self.read(config, window, parent, source)?;
            }
            self.add(config, window, parent)?;
            if let Some(next) = self.search(config, window, parent)? {
                return ControlFlow::Continue(next);
            }
        }
    }

    /// Where answers about L2 blocks go.
    pub(crate) const fn span_check(&mut self) -> &mut SpanCheck {
        &mut self.check
    }

    fn pop_span(
        &mut self,
        config: &RollupConfig,
        window: &L1Window,
        parent: &L2BlockRef,
    ) -> Pull<Option<NextBatch>> {
        match self.span.pop(parent, window, config) {
            Ok(batch) => ControlFlow::Continue(
                batch.map(|batch| NextBatch { batch, is_last_in_span: self.span.is_empty() }),
            ),
            Err(reason) => Pause::from(Dropped::Batch(reason)).stop(),
        }
    }

    /// Reads one batch. Only here, when no span batch is half built, may the window be pruned: a
    /// rejected payload takes back the blocks of its span.
    fn read(
        &mut self,
        config: &RollupConfig,
        window: &mut L1Window,
        parent: &L2BlockRef,
        source: &mut impl BatchSource,
    ) -> Pull<()> {
        window.prune(parent);
        let is_behind = window.is_behind(parent);
        match source.next_batch(config) {
            ControlFlow::Continue(_) if is_behind => {
                return Pause::from(Dropped::Batch(BatchDrop::OriginBehind)).stop();
            }
            ControlFlow::Continue(batch) => {
                self.step = Step::Add(Queued { batch, included_in: window.origin() });
            }
            ControlFlow::Break(Pause::BlockDone) if !is_behind => {
                self.step = Step::search(true);
            }
            ControlFlow::Break(pause) => return pause.stop(),
        }
        ControlFlow::Continue(())
    }

    /// Checks the batch just read once before it enters the queue.
    fn add(&mut self, config: &RollupConfig, window: &L1Window, parent: &L2BlockRef) -> Pull<()> {
        let Step::Add(queued) = &self.step else { return ControlFlow::Continue(()) };
        let checked = queued.judge(config, window, parent, &mut self.check);
        if let ControlFlow::Break(Decline::Needs(request)) = checked {
            return Pause::Needs(request).stop();
        }
        self.check = SpanCheck::default();
        let Step::Add(queued) = core::mem::replace(&mut self.step, Step::search(false)) else {
            return ControlFlow::Continue(());
        };
        if let ControlFlow::Break(Decline::Drop(reason)) = checked {
            return Pause::from(Dropped::Batch(reason)).stop();
        }
        self.batches.push_back(queued);
        ControlFlow::Continue(())
    }

    /// Goes through the queue for the first batch that is the next block, else makes an empty one
    /// if it is time for that. `None`: more batches have to be read.
    fn search(
        &mut self,
        config: &RollupConfig,
        window: &mut L1Window,
        parent: &L2BlockRef,
    ) -> Pull<Option<NextBatch>> {
        let Step::Search { kept, out_of_data } = &mut self.step else {
            return ControlFlow::Continue(None);
        };
        let out_of_data = *out_of_data;
        empty_batch::require_origin(window, parent)?;

        let accepted = loop {
            let Some(queued) = self.batches.front() else { break None };
            match queued.judge(config, window, parent, &mut self.check) {
                ControlFlow::Continue(()) => break self.batches.pop_front(),
                ControlFlow::Break(Decline::Future) => kept.extend(self.batches.pop_front()),
                ControlFlow::Break(Decline::Needs(request)) => {
                    return Pause::Needs(request).stop();
                }
                ControlFlow::Break(Decline::Undecided) => {
                    self.finish_search();
                    return Self::need_more(out_of_data);
                }
                ControlFlow::Break(Decline::Drop(reason)) => return self.drop_front(reason),
                // Before Holocene this is an ordinary drop.
                ControlFlow::Break(Decline::Past) => return self.drop_front(BatchDrop::Past),
            }
            self.check = SpanCheck::default();
        };
        self.finish_search();

        match accepted.map(|queued| queued.batch) {
            Some(DecodedBatch::Singular(batch)) => {
                ControlFlow::Continue(Some(NextBatch { batch, is_last_in_span: true }))
            }
            Some(DecodedBatch::Span(span)) => match SpanCursor::new(span, parent, window) {
                Ok(cursor) => {
                    self.span = cursor;
                    self.pop_span(config, window, parent)
                }
                Err(reason) => Pause::from(Dropped::Batch(reason)).stop(),
            },
            None => match empty_batch::derive(config, window, parent, out_of_data) {
                EmptyBatch::Batch(batch) => {
                    ControlFlow::Continue(Some(NextBatch { batch, is_last_in_span: true }))
                }
                EmptyBatch::NotYet => Self::need_more(out_of_data),
            },
        }
    }

    fn drop_front(&mut self, reason: BatchDrop) -> Pull<Option<NextBatch>> {
        self.check = SpanCheck::default();
        self.batches.pop_front();
        Pause::from(Dropped::Batch(reason)).stop()
    }

    /// Puts the batches that stay back in front of those not looked at.
    fn finish_search(&mut self) {
        self.check = SpanCheck::default();
        if let Step::Search { mut kept, .. } = core::mem::take(&mut self.step) {
            kept.append(&mut self.batches);
            self.batches = kept;
        }
    }

    fn need_more(out_of_data: bool) -> Pull<Option<NextBatch>> {
        if out_of_data { Pause::BlockDone.stop() } else { ControlFlow::Continue(None) }
    }
}

impl Step {
    const fn search(out_of_data: bool) -> Self {
        Self::Search { kept: VecDeque::new(), out_of_data }
    }
}

impl Queued {
    fn judge(
        &self,
        config: &RollupConfig,
        window: &L1Window,
        parent: &L2BlockRef,
        check: &mut SpanCheck,
    ) -> Rule {
        let context = BatchContext { config, window, parent, included_in: &self.included_in };
        match &self.batch {
            DecodedBatch::Singular(batch) => context.check_single(batch),
            DecodedBatch::Span(span) => context.check_span(span, SpanRules::BeforeHolocene, check),
        }
    }
}

#[cfg(test)]
mod tests;
