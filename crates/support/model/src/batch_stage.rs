//! From batches to the next block's batch: the batch queue, and what Holocene made of it.

use crate::{
    attributes::Halt,
    batch::{Batch, SingularBatch, SpanBatch},
    config::Config,
    l2_chain::L2Chain,
    rule::{Hits, Rule},
    validity::{Context, Validity, check_batch, check_singular, check_span_holocene},
    world::{L1Ref, L2Ref},
};
use std::collections::VecDeque;

/// The batches of one L1 block, channel by channel.
#[derive(Clone, Debug, Default)]
pub struct Channels {
    current: VecDeque<Batch>,
    later: VecDeque<Vec<Batch>>,
}

impl Channels {
    /// These channels, in the order in which they were completed.
    pub fn new(channels: Vec<Vec<Batch>>) -> Self {
        Self { current: VecDeque::new(), later: channels.into() }
    }

    fn pull(&mut self) -> Option<Batch> {
        loop {
            if let Some(batch) = self.current.pop_front() {
                return Some(batch);
            }
            self.current = self.later.pop_front()?.into();
        }
    }
}

/// A batch for the next block, and whether the span that it comes from ends with it.
pub type NextBatch = Option<(SingularBatch, bool)>;

/// What the stage remembers from one L1 block to the next.
#[derive(Clone, Debug, Default)]
pub struct BatchStage {
    /// L1 blocks from the current epoch to the newest one.
    window: Vec<L1Ref>,
    /// The newest L1 block that the stage has seen.
    origin: L1Ref,
    /// What is left of an accepted span batch.
    span_rest: VecDeque<SingularBatch>,
    /// Before Holocene: batches that may become valid, with the L1 blocks that completed them.
    queue: Vec<(L1Ref, Batch)>,
}

/// What a call needs besides the stage.
#[derive(Debug)]
pub struct Surroundings<'a> {
    /// What is fixed for the chain.
    pub config: &'a Config,
    /// The L1 block at hand.
    pub origin: L1Ref,
    /// The safe chain, with the block to build on at its end.
    pub l2: &'a L2Chain,
    /// That block.
    pub parent: L2Ref,
}

impl BatchStage {
    /// A stage that begins at `base`.
    ///
    /// Spec: protocol/derivation.md#resetting-derivation-stages
    pub fn new(base: L1Ref) -> Self {
        Self { window: vec![base], origin: base, ..Self::default() }
    }

    /// Forgets all batches, but not the L1 blocks.
    ///
    /// Spec: protocol/holocene/derivation.md#activation
    pub fn drop_batches(&mut self) {
        self.queue.clear();
        self.span_rest.clear();
    }

    /// Drops the rest of the span and of the channel that the last batch came from.
    ///
    /// Spec: protocol/holocene/derivation.md#fast-channel-invalidation
    pub fn flush(&mut self, channels: &mut Channels) {
        self.span_rest.clear();
        channels.current.clear();
    }

    /// The next batch before Holocene, or none once this L1 block has nothing more to give.
    ///
    /// Each round takes one batch in and then tries to find a valid one.
    /// Spec: protocol/derivation.md#batch-queue
    pub fn next_from_queue(
        &mut self,
        around: &Surroundings<'_>,
        channels: &mut Channels,
        hits: &mut Hits,
    ) -> Result<NextBatch, Halt> {
        loop {
            if let Some(batch) = self.next_of_span(around, hits) {
                return Ok(Some((batch, self.span_rest.is_empty())));
            }
            self.update_origins(around);
            let pulled = channels.pull();
            let is_out_of_data = pulled.is_none();
            if around.origin.number < around.parent.l1_origin.number {
                if is_out_of_data {
                    return Ok(None);
                }
                hits.hit(Rule::OriginBehind);
                continue;
            }
            if let Some(batch) = pulled
                && check_batch(&self.context(around, around.origin), &batch, hits) != Validity::Drop
            {
                self.queue.push((around.origin, batch));
            }
            self.check_window(around)?;
            if let Some(batch) = self.select(around, is_out_of_data, hits) {
                return Ok(Some((batch, self.span_rest.is_empty())));
            }
            if is_out_of_data {
                return Ok(None);
            }
        }
    }

    /// The next batch from Holocene on, or none once this L1 block has nothing more to give.
    ///
    /// Spec: protocol/holocene/derivation.md#batch-queue
    pub fn next_in_order(
        &mut self,
        around: &Surroundings<'_>,
        channels: &mut Channels,
        hits: &mut Hits,
    ) -> Result<NextBatch, Halt> {
        loop {
            self.update_origins(around);
            if around.origin.number <= around.parent.l1_origin.number {
                if channels.pull().is_none() {
                    return Ok(None);
                }
                hits.hit(Rule::OriginBehind);
                continue;
            }
            if self.window.len() < 2 {
                return Err(Halt::Critical("too few L1 blocks"));
            }
            self.check_window(around)?;
            let candidate = match self.next_of_span(around, hits) {
                Some(batch) => batch,
                None => match channels.pull() {
                    None => {
                        let empty = self.empty_batch(around, true, hits);
                        return Ok(empty.map(|batch| (batch, false)));
                    }
                    Some(Batch::Singular(batch)) => batch,
                    Some(Batch::Span(span)) => {
                        self.take_span(around, &span, channels, hits);
                        continue;
                    }
                },
            };
            match check_singular(&self.context(around, around.origin), &candidate, hits) {
                Validity::Accept => return Ok(Some((candidate, self.span_rest.is_empty()))),
                Validity::Drop => {
                    hits.hit(Rule::FlushInvalid);
                    self.flush(channels);
                }
                Validity::Past | Validity::Undecided | Validity::Future => {}
            }
        }
    }

    /// Keeps the new blocks of a span batch if it passes the checks as a whole.
    ///
    /// Spec: protocol/holocene/derivation.md#span-batches
    fn take_span(
        &mut self,
        around: &Surroundings<'_>,
        span: &SpanBatch,
        channels: &mut Channels,
        hits: &mut Hits,
    ) {
        let validity = check_span_holocene(&self.context(around, around.origin), span, hits);
        match validity {
            Validity::Accept => match self.new_blocks(span, &around.parent) {
                Some(blocks) => self.span_rest = blocks,
                // The overlap was compared, so no new block has an origin that is gone.
                None => self.flush(channels),
            },
            Validity::Drop => {
                hits.hit(Rule::FlushInvalid);
                self.flush(channels);
            }
            // An undecided span is not tried again.
            Validity::Past | Validity::Undecided | Validity::Future => {}
        }
    }

    /// The first batch of the queue that is valid now, else an empty one if it is time for it.
    fn select(
        &mut self,
        around: &Surroundings<'_>,
        is_out_of_data: bool,
        hits: &mut Hits,
    ) -> Option<SingularBatch> {
        let mut waiting = Vec::new();
        let mut queue = std::mem::take(&mut self.queue).into_iter();
        while let Some((inclusion, batch)) = queue.next() {
            match check_batch(&self.context(around, inclusion), &batch, hits) {
                Validity::Future => waiting.push((inclusion, batch)),
                Validity::Drop | Validity::Past => {}
                Validity::Undecided => {
                    waiting.push((inclusion, batch));
                    waiting.extend(queue);
                    self.queue = waiting;
                    return None;
                }
                Validity::Accept => {
                    waiting.extend(queue);
                    self.queue = waiting;
                    return match batch {
                        Batch::Singular(batch) => Some(batch),
                        Batch::Span(span) => {
                            let blocks = self.new_blocks(&span, &around.parent);
                            self.span_rest = blocks.expect("all of them were checked");
                            self.next_of_span(around, hits)
                        }
                    };
                }
            }
        }
        self.queue = waiting;
        self.empty_batch(around, is_out_of_data, hits)
    }

    /// The next block of the accepted span, if it fits on the parent.
    fn next_of_span(
        &mut self,
        around: &Surroundings<'_>,
        hits: &mut Hits,
    ) -> Option<SingularBatch> {
        let next = self.span_rest.front()?;
        if next.timestamp != around.parent.time + around.config.block_time {
            hits.hit(Rule::SpanRestDropped);
            self.span_rest.clear();
            return None;
        }
        let batch = self.span_rest.pop_front()?;
        Some(SingularBatch { parent_hash: around.parent.hash, ..batch })
    }

    /// The blocks of a span after `parent`, with the hashes of their origins; none if one of
    /// those is not among the known L1 blocks.
    fn new_blocks(&self, span: &SpanBatch, parent: &L2Ref) -> Option<VecDeque<SingularBatch>> {
        let is_new = |block: &&crate::batch::SpanBlock| block.timestamp > parent.time;
        let to_singular = |block: &crate::batch::SpanBlock| {
            let is_origin = |known: &&L1Ref| known.number == block.epoch_number;
            Some(SingularBatch {
                epoch_number: block.epoch_number,
                epoch_hash: self.window.iter().find(is_origin)?.hash,
                timestamp: block.timestamp,
                transactions: block.transactions.clone(),
                ..SingularBatch::default()
            })
        };
        span.blocks.iter().filter(is_new).map(to_singular).collect()
    }

    /// Takes a new L1 block into the window and drops those before the parent's origin.
    fn update_origins(&mut self, around: &Surroundings<'_>) {
        let parent_origin = around.parent.l1_origin.number;
        if self.origin != around.origin {
            self.origin = around.origin;
            if around.origin.number < parent_origin {
                self.window.clear();
            } else {
                self.window.push(around.origin);
            }
        }
        if self.window.iter().any(|block| block.number == parent_origin) {
            self.window.retain(|block| block.number >= parent_origin);
        }
    }

    /// The window must begin with the parent's origin, or with the block after it once that epoch
    /// was filled up with empty batches.
    fn check_window(&self, around: &Surroundings<'_>) -> Result<(), Halt> {
        let epoch = self.window.first().ok_or(Halt::Critical("no L1 blocks"))?;
        let parent_origin = around.parent.l1_origin;
        if parent_origin != epoch.id() && parent_origin.number + 1 != epoch.number {
            return Err(Halt::Reset("known L1 blocks do not fit the safe head"));
        }
        Ok(())
    }

    /// An empty batch if the sequencing window of the current epoch has passed.
    ///
    /// Spec: protocol/derivation.md#batch-queue
    fn empty_batch(
        &mut self,
        around: &Surroundings<'_>,
        is_out_of_data: bool,
        hits: &mut Hits,
    ) -> Option<SingularBatch> {
        let epoch = self.window[0];
        let expiry = epoch.number + around.config.seq_window_size;
        let is_overdue = expiry < around.origin.number;
        if !(is_overdue || expiry == around.origin.number && is_out_of_data) {
            hits.hit(Rule::EmptyTooEarly);
            return None;
        }
        if is_overdue && !is_out_of_data {
            hits.hit(Rule::EmptyOverdue);
        }
        // The window reaches to the newest L1 block, so there is one.
        let next_epoch = self.window.get(1)?;
        let timestamp = around.parent.time + around.config.block_time;
        if timestamp < next_epoch.time {
            hits.hit(Rule::EmptySameEpoch);
        } else if epoch.number == around.parent.l1_origin.number + 1 {
            hits.hit(Rule::EmptyFirstOfEpoch);
        } else {
            hits.hit(Rule::EmptyAdvance);
            self.window.remove(0);
            return None;
        }
        Some(SingularBatch {
            parent_hash: around.parent.hash,
            epoch_number: epoch.number,
            epoch_hash: epoch.hash,
            timestamp,
            transactions: Vec::new(),
        })
    }

    fn context<'a>(&'a self, around: &'a Surroundings<'_>, inclusion: L1Ref) -> Context<'a> {
        Context {
            config: around.config,
            l1_blocks: &self.window,
            safe_head: around.parent,
            inclusion,
            l2: around.l2,
        }
    }
}
