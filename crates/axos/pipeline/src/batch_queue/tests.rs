use alloc::{vec, vec::Vec};

use alloy_primitives::B256;
use axos_genesis::{Fork, L2Number};

use super::*;
use crate::{
    Request, ResetReason,
    fixtures::{Script, config, epoch, l1, l1_at, l2, single, span, transaction, window},
    l1_window::Epoch,
};

/// A queue with all around it. The parent is L2 block 60 at time 120 with L1 origin 10.
struct World {
    config: RollupConfig,
    window: L1Window,
    parent: L2BlockRef,
    queue: BatchQueue,
    drops: Vec<BatchDrop>,
}

impl World {
    fn new() -> Self {
        Self {
            config: config(Fork::Granite),
            window: window(&[l1_at(10, 120), l1_at(11, 124), l1_at(12, 136)]),
            parent: l2(60, 10),
            queue: BatchQueue::default(),
            drops: Vec::new(),
        }
    }

    /// Pulls until there is a batch or another reason to stop than a drop.
    fn pull(&mut self, source: &mut Script) -> Pull<NextBatch> {
        loop {
            let Self { config, window, parent, queue, .. } = self;
            match queue.next(config, window, parent, source) {
                ControlFlow::Break(Pause::Dropped(Dropped::Batch(reason))) => {
                    self.drops.push(reason);
                }
                pull => return pull,
            }
        }
    }

    /// Pulls a batch, and makes its block the parent.
    #[track_caller]
    fn build(&mut self, source: &mut Script) -> NextBatch {
        match self.pull(source) {
            ControlFlow::Continue(next) => {
                let number = self.parent.number.0 + 1;
                self.parent = l2(number, next.batch.epoch_number.0);
                next
            }
            ControlFlow::Break(pause) => panic!("no batch: {pause:?}"),
        }
    }

    #[track_caller]
    fn needs_l1(&mut self, source: &mut Script) {
        assert_eq!(self.pull(source), Pause::BlockDone.stop());
    }

    fn advance(&mut self, next: Epoch) {
        self.window.advance(next, &self.parent);
    }
}

fn tagged(number: u64, origin: u64, tag: u8) -> SingularBatch {
    SingularBatch { transactions: vec![transaction(tag)], ..single(number, origin) }
}

#[test]
fn batches_are_put_in_order() {
    let mut world = World::new();
    let mut source = Script::default()
        .single(tagged(63, 11, 3))
        .single(tagged(62, 11, 2))
        .single(tagged(61, 10, 1));
    for tag in 1..=3 {
        assert_eq!(world.build(&mut source).batch.transactions, [transaction(tag)]);
    }
    world.needs_l1(&mut source);
    assert_eq!(world.drops, []);
}

#[test]
fn first_of_two_batches_for_a_block_wins() {
    let mut world = World::new();
    let mut source = Script::default()
        .single(tagged(62, 10, 8))
        .single(tagged(62, 10, 9))
        .single(tagged(61, 10, 1));
    assert_eq!(world.build(&mut source).batch.transactions, [transaction(1)]);
    assert_eq!(world.build(&mut source).batch.transactions, [transaction(8)]);
    world.needs_l1(&mut source);
    assert_eq!(world.drops, [BatchDrop::Past]);
}

#[test]
fn invalid_batch_leaves_its_channel_alone() {
    let mut world = World::new();
    let bad = SingularBatch { parent_hash: B256::ZERO, ..single(61, 10) };
    let mut source = Script::default().single(bad).single(tagged(61, 10, 1));
    assert_eq!(world.build(&mut source).batch.transactions, [transaction(1)]);
    assert_eq!(world.drops, [BatchDrop::ParentMismatch]);
    assert_eq!(source.flushes, 0);
}

#[test]
fn batch_is_held_against_the_l1_block_it_was_included_in() {
    let mut world = World::new();
    world.needs_l1(&mut Script::default().single(tagged(62, 10, 2)));
    for number in 13..=21 {
        world.advance(epoch(l1(number)));
    }
    // The window of epoch 10 is over, so that block 61 is filled in. The batch for block 62 is of
    // the same epoch, but was included in time.
    assert_eq!(world.build(&mut Script::default()).batch, single(61, 10));
    world.window.advance(epoch(l1(22)), &world.parent);
    let next = world.build(&mut Script::default());
    assert_eq!(next.batch.transactions, [transaction(2)]);
}

#[test]
fn nothing_is_taken_while_the_origin_is_behind() {
    let mut world = World::new();
    world.parent = l2(60, 13);
    let mut source = Script::default().single(tagged(61, 13, 1));
    world.needs_l1(&mut source);
    assert_eq!(world.drops, [BatchDrop::OriginBehind]);
    world.advance(epoch(l1_at(13, 100)));
    world.build(&mut Script::default().single(tagged(61, 13, 1)));
}

#[test]
fn undecided_batch_stays_at_the_front_until_the_next_l1_block() {
    let mut world = World::new();
    world.window = window(&[l1_at(10, 120)]);
    world.needs_l1(&mut Script::default().single(tagged(61, 11, 1)).single(tagged(61, 10, 2)));
    world.advance(epoch(l1_at(11, 122)));
    let next = world.build(&mut Script::default());
    assert_eq!(next.batch.transactions, [transaction(1)]);
}

#[test]
fn span_batch_is_handed_on_block_by_block() {
    let mut world = World::new();
    let mut batch = span(61, &[10, 11, 11]);
    batch.blocks[1].transactions = vec![transaction(7)];
    let mut source = Script::default().span(batch);
    let first = world.build(&mut source);
    assert_eq!(first.batch, single(61, 10));
    assert!(!first.is_last_in_span);
    let second = world.build(&mut source);
    assert_eq!(
        second.batch,
        SingularBatch { transactions: vec![transaction(7)], ..single(62, 11) }
    );
    assert!(!second.is_last_in_span);
    let third = world.build(&mut source);
    assert_eq!(third.batch, single(63, 11));
    assert!(third.is_last_in_span);
}

#[test]
fn l1_window_stays_until_the_span_batch_is_built() {
    let mut world = World::new();
    let mut source = Script::default().span(span(61, &[10, 11, 11]));
    world.build(&mut source);
    world.build(&mut source);
    assert_eq!(world.parent.l1_origin, l1(11).id());
    // The payload is rejected: the parent is block 60 again, and epoch 10 is still known.
    world.parent = l2(60, 10);
    let mut source = Script::default().single(tagged(61, 10, 1));
    assert_eq!(world.build(&mut source).batch.transactions, [transaction(1)]);
    assert_eq!(world.drops, [BatchDrop::ParentRejected]);
}

#[test]
fn overlap_of_a_span_batch_is_compared() {
    let mut world = World::new();
    let mut source = Script::default().span(span(60, &[10, 10]));
    // The batch is checked when it is read, and again when it is searched for.
    for _ in 0..2 {
        let number = L2Number(59);
        assert_eq!(world.pull(&mut source), Pause::Needs(Request::L2BlockRef { number }).stop());
        world.queue.span_check().provide_parent(l2(59, 10));
        let number = L2Number(60);
        assert_eq!(world.pull(&mut source), Pause::Needs(Request::L2Block { number }).stop());
        world.queue.span_check().provide_block(l2(60, 10), &[&[0x7e]]);
    }
    assert_eq!(world.build(&mut source).batch, single(61, 10));
}

#[test]
fn empty_batches_are_made_when_the_window_is_over() {
    let mut world = World::new();
    for number in 13..=20 {
        world.needs_l1(&mut Script::default());
        world.advance(epoch(l1(number)));
    }
    // Epoch 10 reaches up to block 11 at time 124, so that there is one block to fill in.
    let mut source = Script::default();
    let next = world.build(&mut source);
    assert_eq!(next, NextBatch { batch: single(61, 10), is_last_in_span: true });
    world.needs_l1(&mut source);
    world.advance(epoch(l1(21)));
    assert_eq!(world.build(&mut source).batch, single(62, 11));
}

#[test]
fn batch_in_the_last_block_of_the_window_is_in_time() {
    let mut world = World::new();
    for number in 13..=20 {
        world.advance(epoch(l1(number)));
    }
    let mut source = Script::default().single(tagged(61, 10, 1));
    assert_eq!(world.build(&mut source).batch.transactions, [transaction(1)]);
}

#[test]
fn parent_of_another_l1_chain_resets() {
    let mut world = World::new();
    world.parent.l1_origin.hash = B256::ZERO;
    let pull = world.pull(&mut Script::default());
    assert!(matches!(pull, ControlFlow::Break(Pause::Reset(ResetReason::WindowMismatch { .. }))));
}
