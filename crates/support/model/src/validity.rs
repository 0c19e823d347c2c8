//! Whether a batch may follow the safe head.

use crate::{
    batch::{Batch, SingularBatch, SpanBatch},
    config::{Config, Fork},
    l2_chain::L2Chain,
    rule::{Hits, Rule},
    world::{L1Ref, L2Ref},
};
use alloy_primitives::Bytes;

/// What a check says of a batch.
///
/// Spec: protocol/derivation.md#batch-queue
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Validity {
    /// Never valid.
    Drop,
    /// To be applied.
    Accept,
    /// Not to be told from the L1 blocks known so far.
    Undecided,
    /// Perhaps valid later.
    Future,
    /// From Holocene on: nothing new in it.
    Past,
}

/// What batches are checked against.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// What is fixed for the chain.
    pub config: &'a Config,
    /// L1 blocks from the current epoch to the newest one, without gaps.
    pub l1_blocks: &'a [L1Ref],
    /// The L2 block to build on.
    pub safe_head: L2Ref,
    /// The L1 block that completed the batch.
    pub inclusion: L1Ref,
    /// The safe chain.
    pub l2: &'a L2Chain,
}

impl Context<'_> {
    fn is_holocene(&self) -> bool {
        self.config.is_active(Fork::Holocene, self.inclusion.time)
    }

    fn next_timestamp(&self) -> u64 {
        self.safe_head.time + self.config.block_time
    }
}

fn drop_as(rule: Rule, hits: &mut Hits) -> Validity {
    hits.hit(rule);
    Validity::Drop
}

fn undecided_as(rule: Rule, hits: &mut Hits) -> Validity {
    hits.hit(rule);
    Validity::Undecided
}

/// Checks either kind of batch as before Holocene.
pub fn check_batch(context: &Context<'_>, batch: &Batch, hits: &mut Hits) -> Validity {
    match batch {
        Batch::Singular(batch) => check_singular(context, batch, hits),
        Batch::Span(batch) => check_span(context, batch, hits),
    }
}

/// Spec: protocol/derivation.md#batch-queue
pub fn check_singular(context: &Context<'_>, batch: &SingularBatch, hits: &mut Hits) -> Validity {
    let Some(epoch) = context.l1_blocks.first() else {
        return Validity::Undecided;
    };
    let next_epoch = context.l1_blocks.get(1);
    if batch.timestamp > context.next_timestamp() {
        // [Holocene] No gaps.
        if context.is_holocene() {
            return drop_as(Rule::SingleFutureDropped, hits);
        }
        hits.hit(Rule::SingleFuture);
        return Validity::Future;
    }
    if batch.timestamp < context.next_timestamp() {
        hits.hit(Rule::SinglePast);
        // [Holocene] The rest of the channel stays.
        return if context.is_holocene() { Validity::Past } else { Validity::Drop };
    }
    if batch.parent_hash != context.safe_head.hash {
        return drop_as(Rule::SingleParent, hits);
    }
    let window = context.config.seq_window_size;
    if batch.epoch_number.saturating_add(window) < context.inclusion.number {
        return drop_as(Rule::SingleTooLate, hits);
    }
    // The epoch of the rules is that of the safe head, even where the L1 blocks at hand start later.
    if batch.epoch_number > context.safe_head.l1_origin.number + 1 {
        return drop_as(Rule::SingleEpochAhead, hits);
    }
    if batch.epoch_number < epoch.number {
        return drop_as(Rule::SingleOldEpoch, hits);
    }
    let origin = match (batch.epoch_number - epoch.number, next_epoch) {
        (0, _) => epoch,
        (1, Some(next)) => next,
        (1, None) => return undecided_as(Rule::SingleEpochUnknown, hits),
        _ => return drop_as(Rule::SingleEpochAhead, hits),
    };
    if batch.epoch_hash != origin.hash {
        return drop_as(Rule::SingleEpochHash, hits);
    }
    if batch.timestamp < origin.time {
        return drop_as(Rule::SingleBeforeOrigin, hits);
    }
    if batch.timestamp > origin.time + context.config.drift_at(origin.time) {
        if !batch.transactions.is_empty() {
            return drop_as(Rule::SingleDrift, hits);
        }
        if origin.number == epoch.number {
            match next_epoch {
                // A batch can't name the L1 block that it is in, so there always is a next one.
                None => return Validity::Undecided,
                Some(next) if batch.timestamp >= next.time => {
                    return drop_as(Rule::SingleDriftStays, hits);
                }
                Some(_) => hits.hit(Rule::SingleDriftRight),
            }
        }
    }
    if let Err(rule) = check_transactions(context.config, batch.timestamp, &batch.transactions) {
        return drop_as(rule, hits);
    }
    hits.hit(Rule::SingleAccepted);
    Validity::Accept
}

/// Transactions that a batch of that L2 time may not hold.
fn check_transactions(config: &Config, time: u64, transactions: &[Bytes]) -> Result<(), Rule> {
    // [Jovian] The fork's first block has no transactions but deposits.
    // Spec: protocol/jovian/derivation.md#activation-block-rules
    if config.is_activation_block(Fork::Jovian, time) && !transactions.is_empty() {
        return Err(Rule::TransactionInActivationBlock);
    }
    for transaction in transactions {
        match transaction.first() {
            None => return Err(Rule::TransactionEmpty),
            Some(0x7e) => return Err(Rule::TransactionDeposit),
            // [Isthmus] Set-code transactions. Spec: protocol/isthmus/derivation.md#activation
            Some(0x04) if !config.is_active(Fork::Isthmus, time) => {
                return Err(Rule::TransactionSetCodeEarly);
            }
            Some(0x7d) => return Err(Rule::TransactionPostExec),
            Some(_) => {}
        }
    }
    Ok(())
}

/// All checks of a span batch before Holocene.
///
/// Spec: protocol/delta/span-batches.md#batch-queue
pub fn check_span(context: &Context<'_>, span: &SpanBatch, hits: &mut Hits) -> Validity {
    let parent = match check_span_prefix(context, span, hits) {
        Ok(parent) => parent,
        Err(validity) => return validity,
    };
    for index in 0..span.blocks.len() {
        let validity = check_span_block(context, span, index, &parent, hits);
        if validity != Validity::Accept {
            return validity;
        }
    }
    check_span_overlap(context, span, &parent, hits)
}

/// The checks of a span batch from Holocene on; its blocks are checked one by one later.
///
/// Spec: protocol/holocene/derivation.md#span-batches
pub fn check_span_holocene(context: &Context<'_>, span: &SpanBatch, hits: &mut Hits) -> Validity {
    match check_span_prefix(context, span, hits) {
        Ok(parent) => check_span_overlap(context, span, &parent, hits),
        Err(validity) => validity,
    }
}

/// The checks of a span batch as a whole; returns the block that it begins behind.
///
/// Spec: protocol/delta/span-batches.md#batch-queue
fn check_span_prefix(
    context: &Context<'_>,
    span: &SpanBatch,
    hits: &mut Hits,
) -> Result<L2Ref, Validity> {
    let (first, last) = (&span.blocks[0], &span.blocks[span.blocks.len() - 1]);
    let Some(epoch) = context.l1_blocks.first() else {
        return Err(Validity::Undecided);
    };
    let origin = match context.l1_blocks.get(1) {
        _ if first.epoch_number != epoch.number + 1 => epoch,
        Some(next) => next,
        None => return Err(undecided_as(Rule::SpanEpochUnknown, hits)),
    };
    // Spec: protocol/delta/span-batches.md#span-batch-activation-rule
    if !context.config.is_active(Fork::Delta, origin.time) {
        return Err(drop_as(Rule::SpanOriginEarly, hits));
    }
    if first.timestamp > context.next_timestamp() {
        // [Holocene] No gaps.
        if context.is_holocene() {
            return Err(drop_as(Rule::SpanFutureDropped, hits));
        }
        hits.hit(Rule::SpanFuture);
        return Err(Validity::Future);
    }
    if last.timestamp < context.next_timestamp() {
        hits.hit(Rule::SpanPast);
        // [Holocene] The rest of the channel stays.
        return Err(if context.is_holocene() { Validity::Past } else { Validity::Drop });
    }
    let parent = span_parent(context, first.timestamp).map_err(|rule| drop_as(rule, hits))?;
    if span.parent_check != parent.hash[..20] {
        return Err(drop_as(Rule::SpanParent, hits));
    }
    let window = context.config.seq_window_size;
    if first.epoch_number.saturating_add(window) < context.inclusion.number {
        return Err(drop_as(Rule::SpanTooLate, hits));
    }
    if first.epoch_number > parent.l1_origin.number + 1 {
        return Err(drop_as(Rule::SpanEpochAhead, hits));
    }
    let end = context.l1_blocks.iter().find(|block| block.number == last.epoch_number);
    match end {
        None => return Err(undecided_as(Rule::SpanEndUnknown, hits)),
        Some(end) if span.origin_check != end.hash[..20] => {
            return Err(drop_as(Rule::SpanEndHash, hits));
        }
        Some(_) => {}
    }
    if first.epoch_number < parent.l1_origin.number {
        return Err(drop_as(Rule::SpanOldEpoch, hits));
    }
    Ok(parent)
}

/// The block of the safe chain that is one block time older than `first_timestamp`.
fn span_parent(context: &Context<'_>, first_timestamp: u64) -> Result<L2Ref, Rule> {
    let safe_head = context.safe_head;
    if first_timestamp == context.next_timestamp() {
        return Ok(safe_head);
    }
    let behind = safe_head.time.checked_sub(first_timestamp).ok_or(Rule::SpanMisaligned)?;
    if behind % context.config.block_time != 0 {
        return Err(Rule::SpanMisaligned);
    }
    let blocks_behind = behind / context.config.block_time + 1;
    let number = safe_head.number.checked_sub(blocks_behind).ok_or(Rule::SpanNoParent)?;
    context.l2.block_ref(context.config, number).ok_or(Rule::SpanNoParent)
}

/// The checks of one block of a span batch, if it is a new one.
///
/// Spec: protocol/delta/span-batches.md#batch-queue
fn check_span_block(
    context: &Context<'_>,
    span: &SpanBatch,
    index: usize,
    parent: &L2Ref,
    hits: &mut Hits,
) -> Validity {
    let block = &span.blocks[index];
    if block.timestamp <= context.safe_head.time {
        return Validity::Accept;
    }
    if block.epoch_number < context.safe_head.l1_origin.number {
        return drop_as(Rule::SpanBlockOldEpoch, hits);
    }
    let place = context.l1_blocks.iter().position(|known| known.number == block.epoch_number);
    // Only an epoch whose window has passed is missing, and that was checked.
    let Some(place) = place else {
        return Validity::Drop;
    };
    let (origin, next) = (&context.l1_blocks[place], context.l1_blocks.get(place + 1));
    let before = match index.checked_sub(1) {
        Some(before) => span.blocks[before].epoch_number,
        None => parent.l1_origin.number,
    };
    let advances = block.epoch_number > before;
    if block.timestamp < origin.time {
        return drop_as(Rule::SpanBeforeOrigin, hits);
    }
    if block.timestamp > origin.time + context.config.drift_at(origin.time) {
        if !block.transactions.is_empty() {
            return drop_as(Rule::SpanDrift, hits);
        }
        if !advances {
            match next {
                // A batch can't name the L1 block that it is in, so there always is a next one.
                None => return Validity::Undecided,
                Some(next) if block.timestamp >= next.time => {
                    return drop_as(Rule::SpanDriftStays, hits);
                }
                Some(_) => hits.hit(Rule::SpanDriftRight),
            }
        }
    }
    match check_transactions(context.config, block.timestamp, &block.transactions) {
        Ok(()) => Validity::Accept,
        Err(rule) => drop_as(rule, hits),
    }
}

/// Compares the blocks that the safe chain already has.
///
/// Spec: protocol/delta/span-batches.md#batch-queue
fn check_span_overlap(
    context: &Context<'_>,
    span: &SpanBatch,
    parent: &L2Ref,
    hits: &mut Hits,
) -> Validity {
    let overlap = parent.number + 1..=context.safe_head.number;
    for (number, block) in overlap.clone().zip(&span.blocks) {
        let safe = context.l2.block(number).expect("it lies between two blocks of the chain");
        let is_deposit = |bytes: &&Bytes| bytes.first() == Some(&0x7e);
        let deposits = safe.transactions.iter().filter(is_deposit).count();
        if safe.transactions.len() - deposits != block.transactions.len() {
            return drop_as(Rule::SpanOverlapCount, hits);
        }
        if safe.transactions[deposits..] != block.transactions {
            return drop_as(Rule::SpanOverlapTransaction, hits);
        }
        let safe = context.l2.block_ref(context.config, number).expect("it was found above");
        if safe.l1_origin.number != block.epoch_number {
            return drop_as(Rule::SpanOverlapOrigin, hits);
        }
    }
    if !overlap.is_empty() {
        hits.hit(Rule::SpanOverlapEqual);
    }
    hits.hit(Rule::SpanAccepted);
    Validity::Accept
}
