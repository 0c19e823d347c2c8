//! \[Holocene\] Lets the batches through that are the next block, and none that comes too early.
//!
//! One tiny picture, for a safe head at time 10 and blocks 2 seconds apart: from a channel with
//! batches for 8, 12, 16, 14 comes the one for 12. The one for 8 is past and does no harm; the one
//! for 16 leaves a gap, which ends the channel, and with it the one for 14.
//!
//! Spec: protocol/holocene/derivation.md#batch-queue

use core::ops::ControlFlow;

use axos_genesis::{L2BlockRef, RollupConfig};
use axos_protocol::{SingularBatch, SpanBatch};

use crate::{
    BatchDrop, Dropped, Error,
    batch_queue::{BatchSource, NextBatch},
    batch_rules::{BatchContext, Decline},
    channel_reader::DecodedBatch,
    empty_batch::{self, EmptyBatch},
    l1_window::L1Window,
    pull::{Pause, Pull},
    span_cursor::SpanCursor,
    span_rules::{SpanCheck, SpanRules},
};

/// Holds at most one span batch.
#[derive(Debug, Default)]
pub(crate) struct BatchStage {
    /// What is left of the span batch that is being built.
    span: SpanCursor,
    /// A span batch that was read and waits for L2 data to be checked.
    candidate: Option<SpanBatch>,
    /// State of its check.
    check: SpanCheck,
}

impl BatchStage {
    /// The batch to build on `parent`.
    pub(crate) fn next(
        &mut self,
        config: &RollupConfig,
        window: &mut L1Window,
        parent: &L2BlockRef,
        source: &mut impl BatchSource,
    ) -> Pull<NextBatch> {
        // A payload that is rejected takes back no block but its own, so that this is always safe.
        window.prune(parent);
        let origin = window.origin();
        // The L1 block of the parent's origin can only contain batches that are past, too.
        if origin.number <= parent.l1_origin.number {
            source.next_batch(config)?;
            return Pause::from(Dropped::Batch(BatchDrop::OriginBehind)).stop();
        }
        if window.next_epoch().is_none() {
            let number = parent.l1_origin.number;
            return Pause::Failed(Error::OriginUnknown { number }).stop();
        }
        empty_batch::require_origin(window, parent)?;

        let batch = match self.next_candidate(config, window, parent, source) {
            ControlFlow::Continue(batch) => batch,
            ControlFlow::Break(Pause::BlockDone) => {
                return match empty_batch::derive(config, window, parent, true) {
                    EmptyBatch::Batch(batch) => {
                        ControlFlow::Continue(NextBatch { batch, is_last_in_span: true })
                    }
                    EmptyBatch::NotYet => Pause::BlockDone.stop(),
                };
            }
            ControlFlow::Break(pause) => return pause.stop(),
        };
        let context = BatchContext { config, window, parent, included_in: &origin };
        match context.check_single(&batch) {
            ControlFlow::Continue(()) => {
                let is_last_in_span = self.span.is_empty();
                ControlFlow::Continue(NextBatch { batch, is_last_in_span })
            }
            ControlFlow::Break(decline) => self.decline(decline, source),
        }
    }

    /// Drops what is left of the span batch, and the channel it came from.
    ///
    /// The window of L1 blocks is not touched.
    ///
    /// Spec: protocol/holocene/derivation.md#fast-channel-invalidation
    pub(crate) fn flush_channel(&mut self, source: &mut impl BatchSource) {
        self.span.clear();
        self.candidate = None;
        self.check = SpanCheck::default();
        source.flush_channel();
    }

    /// Where answers about L2 blocks go.
    pub(crate) const fn span_check(&mut self) -> &mut SpanCheck {
        &mut self.check
    }

    /// The next batch in line: from the span batch, else from the channel.
    fn next_candidate(
        &mut self,
        config: &RollupConfig,
        window: &L1Window,
        parent: &L2BlockRef,
        source: &mut impl BatchSource,
    ) -> Pull<SingularBatch> {
        loop {
            match self.span.pop(parent, window, config) {
                Ok(Some(batch)) => return ControlFlow::Continue(batch),
                Ok(None) => {}
                Err(reason) => return Pause::from(Dropped::Batch(reason)).stop(),
            }
            let span = match self.candidate.take() {
                Some(span) => span,
                None => match source.next_batch(config)? {
                    DecodedBatch::Singular(batch) => return ControlFlow::Continue(batch),
                    DecodedBatch::Span(span) => span,
                },
            };
            let checks_overlap = config.switches.holocene_overlap_check;
            let context = BatchContext { config, window, parent, included_in: &window.origin() };
            let rules = SpanRules::Holocene { checks_overlap };
            match context.check_span(&span, rules, &mut self.check) {
                ControlFlow::Continue(()) => self.enter_span(span, window, parent, source)?,
                ControlFlow::Break(Decline::Needs(request)) => {
                    self.candidate = Some(span);
                    return Pause::Needs(request).stop();
                }
                ControlFlow::Break(decline) => return self.decline(decline, source),
            }
        }
    }

    /// Starts to hand on an accepted span batch.
    fn enter_span(
        &mut self,
        span: SpanBatch,
        window: &L1Window,
        parent: &L2BlockRef,
        source: &mut impl BatchSource,
    ) -> Pull<()> {
        self.check = SpanCheck::default();
        match SpanCursor::new(span, parent, window) {
            Ok(cursor) => {
                self.span = cursor;
                ControlFlow::Continue(())
            }
            Err(reason) => self.decline(Decline::Drop(reason), source),
        }
    }

    /// Goes on without a batch. An invalid one takes the rest of its channel with it.
    fn decline<T>(&mut self, decline: Decline, source: &mut impl BatchSource) -> Pull<T> {
        self.check = SpanCheck::default();
        let reason = match decline {
            Decline::Needs(request) => return Pause::Needs(request).stop(),
            Decline::Drop(reason) => {
                self.flush_channel(source);
                reason
            }
            Decline::Past => BatchDrop::Past,
            Decline::Future => BatchDrop::Future,
            // The L1 block of its last origin is not in the window. The reference takes such a
            // batch off, too, and does not come back to it.
            Decline::Undecided => BatchDrop::Undecided,
        };
        Pause::from(Dropped::Batch(reason)).stop()
    }
}

#[cfg(test)]
mod tests;
