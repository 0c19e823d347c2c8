use alloc::vec;

use alloy_primitives::{B256, Bytes};
use axos_genesis::L1Number;

use super::*;
use crate::fixtures::{config, l1, l1_at, l2, single, transaction, window};

/// The chain around the batch under test: the parent is L2 block 60 at time 120 with L1 origin 10.
struct World {
    config: RollupConfig,
    window: L1Window,
    parent: L2BlockRef,
    included_in: L1BlockRef,
}

impl World {
    fn new(fork: Fork) -> Self {
        Self {
            config: config(fork),
            window: window(&[l1_at(10, 120), l1_at(11, 122), l1_at(12, 134)]),
            parent: l2(60, 10),
            included_in: l1_at(12, 134),
        }
    }

    /// A world in which an empty block may be at most 100 seconds ahead of its origin, and in which
    /// the next block is further ahead than that. The next L1 block comes at `next_l1_time`.
    fn drifting(next_l1_time: Option<u64>) -> Self {
        let mut world = Self::new(Fork::Ecotone);
        world.config.max_sequencer_drift = 100;
        let mut blocks = vec![l1_at(10, 21)];
        blocks.extend(next_l1_time.map(|time| l1_at(11, time)));
        world.window = window(&blocks);
        world
    }

    fn judge(&self, batch: &SingularBatch) -> Rule {
        let Self { config, window, parent, included_in } = self;
        BatchContext { config, window, parent, included_in }.check_single(batch)
    }

    #[track_caller]
    fn accepts(&self, batch: &SingularBatch) {
        assert_eq!(self.judge(batch), ControlFlow::Continue(()));
    }

    #[track_caller]
    fn declines(&self, batch: &SingularBatch, expect: Decline) {
        assert_eq!(self.judge(batch), ControlFlow::Break(expect));
    }

    #[track_caller]
    fn drops(&self, batch: &SingularBatch, expect: BatchDrop) {
        self.declines(batch, Decline::Drop(expect));
    }
}

/// The batch for the next block.
fn next(origin: u64) -> SingularBatch {
    single(61, origin)
}

fn with(transactions: &[Bytes]) -> SingularBatch {
    SingularBatch { transactions: transactions.to_vec(), ..next(10) }
}

#[test]
fn next_batch_is_accepted_in_the_same_epoch_and_in_the_next_one() {
    for fork in Fork::ALL {
        World::new(fork).accepts(&next(10));
        World::new(fork).accepts(&next(11));
    }
}

#[test]
fn without_l1_blocks_nothing_is_decided() {
    let mut world = World::new(Fork::Bedrock);
    for _ in 0..3 {
        world.window.leave_epoch();
    }
    world.declines(&next(10), Decline::Undecided);
}

#[test]
fn batch_above_the_next_timestamp_waits_before_holocene_and_is_dropped_from_then_on() {
    World::new(Fork::Granite).declines(&single(62, 10), Decline::Future);
    World::new(Fork::Holocene).drops(&single(62, 10), BatchDrop::Future);
}

#[test]
fn batch_below_the_next_timestamp_is_dropped_before_holocene_and_past_from_then_on() {
    World::new(Fork::Granite).drops(&single(60, 10), BatchDrop::Past);
    World::new(Fork::Holocene).declines(&single(60, 10), Decline::Past);
}

#[test]
fn holocene_is_decided_by_the_inclusion_block_and_not_by_the_batch() {
    let mut world = World::new(Fork::Granite);
    world.config.forks.holocene_time = Some(135);
    world.declines(&single(100, 10), Decline::Future);
    world.config.forks.holocene_time = Some(134);
    world.drops(&single(62, 10), BatchDrop::Future);
}

#[test]
fn batch_on_another_parent_is_dropped() {
    let batch = SingularBatch { parent_hash: B256::ZERO, ..next(10) };
    World::new(Fork::Holocene).drops(&batch, BatchDrop::ParentMismatch);
}

#[test]
fn batch_is_in_time_up_to_the_last_block_of_its_window() {
    let mut world = World::new(Fork::Holocene);
    world.included_in = l1(20);
    world.accepts(&next(10));
    world.included_in = l1(21);
    let (epoch, included_in) = (L1Number(10), L1Number(21));
    world.drops(&next(10), BatchDrop::TooLate { epoch, included_in });
    world.accepts(&next(11));
}

#[test]
fn epoch_must_be_the_current_or_the_next_one() {
    let world = World::new(Fork::Holocene);
    world.drops(&next(9), BatchDrop::EpochTooOld);
    world.drops(&next(12), BatchDrop::EpochTooNew);
    world.drops(&next(u64::MAX), BatchDrop::EpochTooNew);
}

/// Such a batch would make L1 attributes that skip an epoch, and stop derivation for good.
#[test]
fn batch_must_not_skip_an_epoch_when_the_window_starts_behind_the_parent_s() {
    let mut world = World::new(Fork::Holocene);
    world.window.leave_epoch();
    world.accepts(&next(11));
    world.drops(&next(12), BatchDrop::EpochTooNew);
}

#[test]
fn next_epoch_is_undecided_until_its_l1_block_is_seen() {
    let mut world = World::new(Fork::Granite);
    world.window = window(&[l1_at(10, 120)]);
    world.accepts(&next(10));
    world.declines(&next(11), Decline::Undecided);
}

#[test]
fn epoch_hash_must_be_that_of_the_l1_block() {
    let world = World::new(Fork::Holocene);
    for origin in [10, 11] {
        let batch = SingularBatch { epoch_hash: B256::ZERO, ..next(origin) };
        world.drops(&batch, BatchDrop::EpochHashMismatch { expected: l1(origin).id() });
    }
}

#[test]
fn block_must_not_be_older_than_its_origin() {
    let mut world = World::new(Fork::Holocene);
    world.window = window(&[l1_at(10, 120), l1_at(11, 123)]);
    world.drops(&next(11), BatchDrop::BeforeOrigin);
}

#[test]
fn block_with_transactions_may_drift_up_to_the_limit() {
    let batch = with(&[transaction(0)]);
    World::drifting(Some(200)).drops(&batch, BatchDrop::DriftExceeded);
    let mut at_limit = World::drifting(Some(200));
    at_limit.config.max_sequencer_drift = 101;
    at_limit.accepts(&batch);
}

#[test]
fn empty_block_over_the_drift_keeps_its_origin_only_while_the_next_one_is_ahead() {
    World::drifting(Some(123)).accepts(&next(10));
    World::drifting(Some(122)).drops(&next(10), BatchDrop::NextOriginNotAdopted);
    World::drifting(None).declines(&next(10), Decline::Undecided);
}

#[test]
fn empty_block_over_the_drift_may_move_on() {
    let mut world = World::drifting(Some(21));
    world.accepts(&next(11));
    // The L1 block after that does not matter.
    world.window = window(&[l1_at(10, 20), l1_at(11, 21), l1_at(12, 21)]);
    world.accepts(&next(11));
    let batch = SingularBatch { transactions: vec![transaction(0)], ..next(11) };
    world.drops(&batch, BatchDrop::DriftExceeded);
}

#[test]
fn drift_limit_is_decided_by_the_time_of_the_origin_and_not_of_the_batch() {
    let mut world = World::drifting(Some(200));
    let batch = with(&[transaction(0)]);
    // Active at the batch, but not at its origin.
    world.config.forks.fjord_time = Some(22);
    world.drops(&batch, BatchDrop::DriftExceeded);
    world.config.forks.fjord_time = Some(21);
    world.accepts(&batch);
}

#[test]
fn batch_must_not_carry_empty_deposit_or_post_execution_transactions() {
    let world = World::new(Fork::Karst);
    let cases = [
        (vec![], BatchDrop::EmptyTransaction),
        (vec![0x7e], BatchDrop::DepositTransaction),
        (vec![0x7d, 1], BatchDrop::PostExecTransaction),
    ];
    for (bytes, expect) in cases {
        world.drops(&with(&[transaction(0), bytes.into()]), expect);
    }
    // What else is wrong with a transaction is not seen here.
    for first in [0x00, 0x03, 0x05, 0x7f, 0xff] {
        world.accepts(&with(&[vec![first].into()]));
    }
}

#[test]
fn set_code_transaction_is_permitted_from_isthmus_on_by_the_time_of_the_batch() {
    let mut world = World::new(Fork::Holocene);
    let batch = with(&[vec![0x04, 1].into()]);
    world.config.forks.isthmus_time = Some(123);
    world.drops(&batch, BatchDrop::SetCodeBeforeIsthmus);
    world.config.forks.isthmus_time = Some(122);
    world.accepts(&batch);
}

#[test]
fn first_block_of_jovian_must_be_empty() {
    let mut world = World::new(Fork::Isthmus);
    let batch = with(&[transaction(0)]);
    for (jovian_time, is_first) in [(120, false), (121, true), (122, true), (123, false)] {
        world.config.forks.jovian_time = Some(jovian_time);
        world.accepts(&next(10));
        if is_first {
            world.drops(&batch, BatchDrop::ActivationBlockNotEmpty);
        } else {
            world.accepts(&batch);
        }
    }
}

#[test]
fn rules_are_applied_in_order() {
    let mut world = World::drifting(Some(122));
    world.included_in = l1(30);
    let mut batch = SingularBatch {
        parent_hash: B256::ZERO,
        epoch_number: L1Number(9),
        epoch_hash: B256::ZERO,
        timestamp: 120,
        transactions: vec![Bytes::new()],
    };
    world.drops(&batch, BatchDrop::Past);
    batch.timestamp = 122;
    world.drops(&batch, BatchDrop::ParentMismatch);
    batch.parent_hash = world.parent.hash;
    let (epoch, included_in) = (L1Number(9), L1Number(30));
    world.drops(&batch, BatchDrop::TooLate { epoch, included_in });
    world.included_in = l1(12);
    world.drops(&batch, BatchDrop::EpochTooOld);
    batch.epoch_number = L1Number(10);
    world.drops(&batch, BatchDrop::EpochHashMismatch { expected: l1(10).id() });
    batch.epoch_hash = l1(10).hash;
    world.drops(&batch, BatchDrop::DriftExceeded);
    world.config.max_sequencer_drift = 600;
    world.drops(&batch, BatchDrop::EmptyTransaction);
    batch.transactions.clear();
    world.accepts(&batch);
}
