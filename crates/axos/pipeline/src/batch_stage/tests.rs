use alloc::{vec, vec::Vec};

use alloy_primitives::B256;
use axos_genesis::{Fork, L2Number};

use super::*;
use crate::{
    Request, ResetReason,
    fixtures::{Script, config, epoch, l1, l1_at, l2, single, span, transaction, window},
};

/// A stage with all around it. The parent is L2 block 60 at time 120 with L1 origin 10.
struct World {
    config: RollupConfig,
    window: L1Window,
    parent: L2BlockRef,
    stage: BatchStage,
    source: Script,
    drops: Vec<BatchDrop>,
}

impl World {
    fn new(source: Script) -> Self {
        Self {
            config: config(Fork::Holocene),
            window: window(&[l1_at(10, 120), l1_at(11, 124), l1_at(12, 136)]),
            parent: l2(60, 10),
            stage: BatchStage::default(),
            source,
            drops: Vec::new(),
        }
    }

    fn pull(&mut self) -> Pull<NextBatch> {
        loop {
            let Self { config, window, parent, stage, source, .. } = self;
            match stage.next(config, window, parent, source) {
                ControlFlow::Break(Pause::Dropped(Dropped::Batch(reason))) => {
                    self.drops.push(reason);
                }
                pull => return pull,
            }
        }
    }

    #[track_caller]
    fn build(&mut self) -> NextBatch {
        match self.pull() {
            ControlFlow::Continue(next) => {
                let number = self.parent.number.0 + 1;
                self.parent = l2(number, next.batch.epoch_number.0);
                next
            }
            ControlFlow::Break(pause) => panic!("no batch: {pause:?}"),
        }
    }

    #[track_caller]
    fn needs_l1(&mut self) {
        assert_eq!(self.pull(), Pause::BlockDone.stop());
    }

    /// Nothing comes out, for these reasons, and the channel is flushed so many times.
    #[track_caller]
    fn drops(mut self, reasons: &[BatchDrop], flushes: usize) {
        self.needs_l1();
        assert_eq!(self.drops, reasons);
        assert_eq!(self.source.flushes, flushes);
    }
}

fn tagged(number: u64, origin: u64, tag: u8) -> SingularBatch {
    SingularBatch { transactions: vec![transaction(tag)], ..single(number, origin) }
}

#[test]
fn batches_in_order_come_out() {
    let mut world = World::new(Script::default().single(single(61, 10)).single(single(62, 11)));
    let is_last_in_span = true;
    assert_eq!(world.build(), NextBatch { batch: single(61, 10), is_last_in_span });
    assert_eq!(world.build(), NextBatch { batch: single(62, 11), is_last_in_span });
    world.needs_l1();
    assert_eq!(world.drops, []);
}

#[test]
fn batch_that_leaves_a_gap_is_dropped_with_its_channel() {
    World::new(Script::default().single(single(62, 10)).single(single(61, 10)))
        .drops(&[BatchDrop::Future], 1);
    World::new(Script::default().span(span(62, &[10, 10])).single(single(61, 10)))
        .drops(&[BatchDrop::Future], 1);
}

#[test]
fn past_batch_is_dropped_without_its_channel() {
    let source = Script::default()
        .single(single(60, 10))
        .span(span(58, &[10, 10, 10]))
        .single(tagged(61, 10, 1));
    let mut world = World::new(source);
    assert_eq!(world.build().batch.transactions, [transaction(1)]);
    assert_eq!(world.drops, [BatchDrop::Past; 2]);
    assert_eq!(world.source.flushes, 0);
}

#[test]
fn invalid_batch_is_dropped_with_its_channel() {
    let bad = SingularBatch { parent_hash: B256::ZERO, ..single(61, 10) };
    World::new(Script::default().single(bad).single(single(61, 10)))
        .drops(&[BatchDrop::ParentMismatch], 1);
    let mut bad = span(61, &[10]);
    bad.parent_check[0] ^= 1;
    World::new(Script::default().span(bad).single(single(61, 10)))
        .drops(&[BatchDrop::ParentMismatch], 1);
}

#[test]
fn singular_batch_keeps_its_own_parent_hash() {
    // Only the blocks of a span batch take it from the parent.
    let batch = SingularBatch { parent_hash: l2(7, 0).hash, ..single(61, 10) };
    World::new(Script::default().single(batch)).drops(&[BatchDrop::ParentMismatch], 1);
}

#[test]
fn invalid_block_ends_its_span_batch_but_not_the_blocks_before_it() {
    let mut batch = span(61, &[10, 10, 11]);
    batch.blocks[1].transactions = vec![vec![0x7e].into()];
    let mut world = World::new(Script::default().span(batch).single(single(62, 10)));
    let first = world.build();
    assert_eq!(first, NextBatch { batch: single(61, 10), is_last_in_span: false });
    world.drops(&[BatchDrop::DepositTransaction], 1);
}

#[test]
fn undecided_span_batch_is_taken_off_without_its_channel() {
    let source = Script::default().span(span(61, &[11, 12, 13])).single(tagged(61, 10, 1));
    let mut world = World::new(source);
    assert_eq!(world.build().batch.transactions, [transaction(1)]);
    assert_eq!(world.drops, [BatchDrop::Undecided]);
    assert_eq!(world.source.flushes, 0);
}

#[test]
fn span_batch_that_can_not_be_expanded_is_dropped_with_its_channel() {
    // Block 61 names the origin 9, which the safe chain has left behind.
    let mut world =
        World::new(Script::default().span(span(60, &[9, 9, 10])).single(single(61, 10)));
    world.config.switches.holocene_overlap_check = false;
    let number = L2Number(59);
    assert_eq!(world.pull(), Pause::Needs(Request::L2BlockRef { number }).stop());
    world.stage.span_check().provide_parent(l2(59, 9));
    world.drops(&[BatchDrop::UnknownOrigin { number: l1(9).number }], 1);
}

#[test]
fn overlap_is_compared_if_the_switch_says_so() {
    for checks_overlap in [true, false] {
        let mut overlapping = span(60, &[10, 10]);
        overlapping.blocks[0].transactions = vec![transaction(1)];
        let mut world = World::new(Script::default().span(overlapping).single(single(61, 10)));
        world.config.switches.holocene_overlap_check = checks_overlap;
        let number = L2Number(59);
        assert_eq!(world.pull(), Pause::Needs(Request::L2BlockRef { number }).stop());
        world.stage.span_check().provide_parent(l2(59, 10));
        if !checks_overlap {
            assert_eq!(world.build().batch, single(61, 10));
            continue;
        }
        let number = L2Number(60);
        assert_eq!(world.pull(), Pause::Needs(Request::L2Block { number }).stop());
        // The request stands until it is answered, and the span batch is not lost meanwhile.
        assert_eq!(world.pull(), Pause::Needs(Request::L2Block { number }).stop());
        world.stage.span_check().provide_block(l2(60, 10), &[&[0x7e]]);
        let reason = BatchDrop::OverlapTransactionCount { number, expected: 0, actual: 1 };
        world.drops(&[reason], 1);
    }
}

#[test]
fn l1_block_of_the_parents_origin_is_drained() {
    let mut world = World::new(Script::default().single(single(61, 12)));
    world.parent = l2(60, 12);
    world.drops(&[BatchDrop::OriginBehind], 0);
}

#[test]
fn flush_keeps_the_l1_window() {
    let mut world = World::new(Script::default().span(span(61, &[10, 10, 11])));
    world.build();
    let before: Vec<_> =
        (10..=12).map(|number| world.window.block(l1(number).number).copied()).collect();
    world.stage.flush_channel(&mut world.source);
    let after: Vec<_> =
        (10..=12).map(|number| world.window.block(l1(number).number).copied()).collect();
    assert_eq!(before, after);
    assert_eq!(world.window.origin(), l1_at(12, 136));
    world.needs_l1();
    assert_eq!(world.source.flushes, 1);
    assert_eq!(world.drops, []);
}

#[test]
fn empty_batches_are_made_when_the_window_is_over() {
    let mut world = World::new(Script::default());
    for number in 13..=20 {
        world.needs_l1();
        world.window.advance(epoch(l1(number)), &world.parent);
    }
    assert_eq!(world.build().batch, single(61, 10));
    world.needs_l1();
    world.window.advance(epoch(l1(21)), &world.parent);
    assert_eq!(world.build().batch, single(62, 11));
}

#[test]
fn window_of_one_block_is_an_error() {
    let mut world = World::new(Script::default());
    world.window = window(&[l1_at(12, 136)]);
    let number = l1(10).number;
    assert_eq!(world.pull(), Pause::Failed(Error::OriginUnknown { number }).stop());
}

#[test]
fn parent_of_another_l1_chain_resets() {
    let mut world = World::new(Script::default());
    world.parent.l1_origin.hash = B256::ZERO;
    assert!(matches!(
        world.pull(),
        ControlFlow::Break(Pause::Reset(ResetReason::WindowMismatch { .. }))
    ));
}
