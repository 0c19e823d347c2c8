use alloc::{vec, vec::Vec};

use alloy_primitives::B256;
use axos_genesis::{L1BlockRef, L1Number, RollupConfig};

use super::*;
use crate::{
    fixtures::{config, l1, l1_at, l2, l2_hash, span, transaction, window},
    l1_window::L1Window,
};

const HOLOCENE: SpanRules = SpanRules::Holocene { checks_overlap: true };
const HOLOCENE_UNCHECKED: SpanRules = SpanRules::Holocene { checks_overlap: false };

/// The chain around the span batch under test: the parent is L2 block 60 at time 120 with L1
/// origin 10, and blocks below it are of the same epoch from 58 on.
struct World {
    config: RollupConfig,
    window: L1Window,
    parent: L2BlockRef,
    included_in: L1BlockRef,
    rules: SpanRules,
    /// Transactions of the safe blocks, by height.
    safe: Vec<(u64, Vec<Bytes>)>,
}

impl World {
    fn new(rules: SpanRules) -> Self {
        let fork = if rules == SpanRules::BeforeHolocene { Fork::Granite } else { Fork::Holocene };
        Self {
            config: config(fork),
            window: window(&[l1_at(10, 120), l1_at(11, 122), l1_at(12, 134)]),
            parent: l2(60, 10),
            included_in: l1_at(12, 134),
            rules,
            safe: Vec::new(),
        }
    }

    /// The safe block at a height.
    fn block(number: u64) -> L2BlockRef {
        l2(number, if number < 58 { 9 } else { 10 })
    }

    /// Judges the span, and answers what is asked for on the way. Gives the heights asked for, too.
    fn judge(&self, span: &SpanBatch) -> (Rule, Vec<Request>) {
        let Self { config, window, parent, included_in, .. } = self;
        let context = BatchContext { config, window, parent, included_in };
        let (mut check, mut requests) = (SpanCheck::default(), Vec::new());
        loop {
            match context.check_span(span, self.rules, &mut check) {
                ControlFlow::Break(Decline::Needs(request)) => {
                    match request {
                        Request::L2BlockRef { number } => {
                            check.provide_parent(Self::block(number.0));
                        }
                        Request::L2Block { number } => {
                            let mut transactions = vec![&[DEPOSIT_TX_TYPE, 1][..]];
                            let safe = self.safe.iter().find(|(height, _)| *height == number.0);
                            if let Some((_, more)) = safe {
                                transactions.extend(more.iter().map(AsRef::as_ref));
                            }
                            check.provide_block(Self::block(number.0), &transactions);
                        }
                        ref other => panic!("asked for {other:?}"),
                    }
                    requests.push(request);
                }
                rule => return (rule, requests),
            }
        }
    }

    #[track_caller]
    fn accepts(&self, span: &SpanBatch) {
        assert_eq!(self.judge(span).0, ControlFlow::Continue(()));
    }

    #[track_caller]
    fn declines(&self, span: &SpanBatch, expect: Decline) {
        assert_eq!(self.judge(span).0, ControlFlow::Break(expect));
    }

    #[track_caller]
    fn drops(&self, span: &SpanBatch, expect: BatchDrop) {
        self.declines(span, Decline::Drop(expect));
    }
}

/// Checks under the rules before and from Holocene on.
#[track_caller]
fn check_both(change: impl Fn(&mut World, &mut SpanBatch), expect: &Rule) {
    for rules in [SpanRules::BeforeHolocene, HOLOCENE, HOLOCENE_UNCHECKED] {
        let (mut world, mut batch) = (World::new(rules), span(61, &[10, 11]));
        change(&mut world, &mut batch);
        assert_eq!(&world.judge(&batch).0, expect, "{rules:?}");
    }
}

fn check_of(hash: B256) -> [u8; 20] {
    *hash.first_chunk().unwrap()
}

#[test]
fn span_on_the_parent_is_accepted() {
    check_both(|_, _| (), &ControlFlow::Continue(()));
    check_both(|_, batch| *batch = span(61, &[11, 11]), &ControlFlow::Continue(()));
}

#[test]
fn span_starting_above_the_next_timestamp_waits_before_holocene_only() {
    World::new(SpanRules::BeforeHolocene).declines(&span(62, &[10]), Decline::Future);
    World::new(HOLOCENE).drops(&span(62, &[10]), BatchDrop::Future);
}

#[test]
fn span_ending_below_the_next_timestamp_is_past() {
    World::new(SpanRules::BeforeHolocene).drops(&span(59, &[10, 10]), BatchDrop::Past);
    World::new(HOLOCENE).declines(&span(59, &[10, 10]), Decline::Past);
}

#[test]
fn delta_is_decided_by_the_origin_of_the_first_block() {
    let at = |time| {
        move |world: &mut World, batch: &mut SpanBatch| {
            // A later fork would imply Delta.
            world.config.forks = config(Fork::Canyon).forks;
            world.config.forks.delta_time = Some(time);
            world.rules = SpanRules::BeforeHolocene;
            *batch = span(61, &[11]);
        }
    };
    check_both(at(122), &ControlFlow::Continue(()));
    check_both(at(123), &reject(BatchDrop::SpanBeforeDelta));
    // The first block's origin is the current epoch here, which is older.
    let current = |world: &mut World, batch: &mut SpanBatch| {
        at(122)(world, batch);
        *batch = span(61, &[10, 11]);
    };
    check_both(current, &reject(BatchDrop::SpanBeforeDelta));
}

#[test]
fn next_epoch_is_undecided_until_its_l1_block_is_seen() {
    let change = |world: &mut World, batch: &mut SpanBatch| {
        world.window = window(&[l1_at(10, 120)]);
        *batch = span(61, &[11]);
    };
    check_both(change, &ControlFlow::Break(Decline::Undecided));
}

#[test]
fn parent_check_must_match_the_block_before_the_span() {
    let change = |_: &mut World, batch: &mut SpanBatch| batch.parent_check[19] ^= 1;
    check_both(change, &reject(BatchDrop::ParentMismatch));
}

#[test]
fn window_is_that_of_the_first_epoch_of_the_span() {
    let late = |number| {
        move |world: &mut World, _: &mut SpanBatch| {
            world.included_in = L1BlockRef { number: L1Number(number), ..world.included_in };
        }
    };
    check_both(late(20), &ControlFlow::Continue(()));
    let (epoch, included_in) = (L1Number(10), L1Number(21));
    check_both(late(21), &reject(BatchDrop::TooLate { epoch, included_in }));
}

#[test]
fn first_epoch_must_be_that_of_the_block_before_or_the_next_one() {
    check_both(|_, batch| *batch = span(61, &[12]), &reject(BatchDrop::EpochTooNew));
    let old = |_: &mut World, batch: &mut SpanBatch| *batch = span(61, &[9, 10]);
    check_both(old, &reject(BatchDrop::EpochTooOld));
}

#[test]
fn last_origin_must_match_the_l1_window() {
    let change = |_: &mut World, batch: &mut SpanBatch| batch.l1_origin_check[0] ^= 1;
    check_both(change, &reject(BatchDrop::EpochHashMismatch { expected: l1(11).id() }));
    let unseen = |_: &mut World, batch: &mut SpanBatch| *batch = span(61, &[10, 11, 12, 13]);
    check_both(unseen, &ControlFlow::Break(Decline::Undecided));
}

#[test]
fn overlapping_span_must_be_aligned() {
    for (start, expect) in [
        (119, reject(BatchDrop::Misaligned)),
        (121, reject(BatchDrop::Misaligned)),
        (120, ControlFlow::Continue(())),
    ] {
        let change = |_: &mut World, batch: &mut SpanBatch| {
            *batch = span(60, &[10, 10]);
            batch.blocks[0].timestamp = start;
        };
        check_both(change, &expect);
    }
}

#[test]
fn overlapping_span_builds_on_the_safe_block_before_it() {
    let overlap = |_: &mut World, batch: &mut SpanBatch| *batch = span(58, &[10, 10, 10, 11]);
    check_both(overlap, &ControlFlow::Continue(()));
    let other = |world: &mut World, batch: &mut SpanBatch| {
        overlap(world, batch);
        batch.parent_check = check_of(l2_hash(58));
    };
    check_both(other, &reject(BatchDrop::ParentMismatch));
    // The epochs are held against that block, too, and not against the parent.
    let old = |_: &mut World, batch: &mut SpanBatch| *batch = span(58, &[8, 9, 10, 10]);
    check_both(old, &reject(BatchDrop::EpochTooOld));
    let new = |_: &mut World, batch: &mut SpanBatch| *batch = span(58, &[11, 11, 11, 11]);
    check_both(new, &reject(BatchDrop::EpochTooNew));
}

#[test]
fn span_must_start_above_genesis() {
    let at = |genesis| {
        move |world: &mut World, batch: &mut SpanBatch| {
            world.config.genesis.l2.number = L2Number(genesis);
            *batch = span(58, &[10, 10, 10, 11]);
        }
    };
    check_both(at(57), &ControlFlow::Continue(()));
    check_both(at(58), &reject(BatchDrop::BelowGenesis));
    let low = |world: &mut World, batch: &mut SpanBatch| {
        world.parent.number = L2Number(1);
        *batch = span(58, &[10, 10, 10, 11]);
    };
    check_both(low, &reject(BatchDrop::BelowGenesis));
}

#[test]
fn safe_blocks_are_asked_for_one_by_one_and_only_if_compared() {
    let batch = span(58, &[10, 10, 10, 11]);
    let parent = Request::L2BlockRef { number: L2Number(57) };
    let block = |number| Request::L2Block { number: L2Number(number) };
    let all = [parent.clone(), block(58), block(59), block(60)];
    assert_eq!(World::new(SpanRules::BeforeHolocene).judge(&batch).1, all);
    assert_eq!(World::new(HOLOCENE).judge(&batch).1, all);
    assert_eq!(World::new(HOLOCENE_UNCHECKED).judge(&batch).1, [parent]);
}

/// Changes the safe block 59 and the span batch that overlaps it.
#[track_caller]
fn check_overlap(safe: &[u8], spanned: &[u8], origin: u64, expect: Option<BatchDrop>) {
    let transactions = |contents: &[u8]| -> Vec<_> {
        contents.iter().map(|content| transaction(*content)).collect()
    };
    let mut batch = span(58, &[10, 10, 10, 11]);
    batch.blocks[1].transactions = transactions(spanned);
    batch.blocks[1].epoch_number = L1Number(origin);
    for rules in [SpanRules::BeforeHolocene, HOLOCENE] {
        let mut world = World::new(rules);
        world.safe = vec![(59, transactions(safe))];
        let expect = expect.map_or(ControlFlow::Continue(()), reject);
        assert_eq!(world.judge(&batch).0, expect);
    }
    World::new(HOLOCENE_UNCHECKED).accepts(&batch);
}

#[test]
fn overlap_must_have_the_same_content() {
    let number = L2Number(59);
    check_overlap(&[1, 2], &[1, 2], 10, None);
    check_overlap(
        &[1, 2],
        &[1],
        10,
        Some(BatchDrop::OverlapTransactionCount { number, expected: 2, actual: 1 }),
    );
    check_overlap(&[1, 2], &[1, 3], 10, Some(BatchDrop::OverlapTransaction { number, index: 1 }));
    let (expected, actual) = (L1Number(10), L1Number(11));
    check_overlap(&[1], &[1], 11, Some(BatchDrop::OverlapOrigin { number, expected, actual }));
}

#[test]
fn rules_for_each_block_apply_before_holocene_only() {
    type Change = fn(&mut World, &mut SpanBatch);
    let cases: [(Change, Decline); 7] = [
        (
            |_, batch| batch.blocks[1].transactions = vec![Bytes::new()],
            Decline::Drop(BatchDrop::EmptyTransaction),
        ),
        (
            |_, batch| batch.blocks[1].transactions = vec![vec![0x7e].into()],
            Decline::Drop(BatchDrop::DepositTransaction),
        ),
        (
            |_, batch| batch.blocks[0].transactions = vec![vec![0x04].into()],
            Decline::Drop(BatchDrop::SetCodeBeforeIsthmus),
        ),
        (
            |world, _| world.window = window(&[l1_at(10, 123), l1_at(11, 123)]),
            Decline::Drop(BatchDrop::BeforeOrigin),
        ),
        (
            |world, batch| {
                world.config.forks = config(Fork::Ecotone).forks;
                world.config.max_sequencer_drift = 1;
                batch.blocks[0].transactions = vec![transaction(0)];
            },
            Decline::Drop(BatchDrop::DriftExceeded),
        ),
        (
            |world, _| {
                world.config.forks = config(Fork::Ecotone).forks;
                world.config.max_sequencer_drift = 1;
            },
            Decline::Drop(BatchDrop::NextOriginNotAdopted),
        ),
        (
            |world, batch| {
                world.config.forks = config(Fork::Ecotone).forks;
                world.config.max_sequencer_drift = 1;
                world.window = window(&[l1_at(10, 120)]);
                *batch = span(61, &[10]);
            },
            Decline::Undecided,
        ),
    ];
    for (index, (change, expect)) in cases.into_iter().enumerate() {
        for rules in [SpanRules::BeforeHolocene, HOLOCENE] {
            let (mut world, mut batch) = (World::new(rules), span(61, &[10, 11]));
            let forks = world.config.forks;
            change(&mut world, &mut batch);
            if rules == HOLOCENE {
                world.config.forks = forks;
                world.accepts(&batch);
            } else {
                assert_eq!(world.judge(&batch).0, ControlFlow::Break(expect.clone()), "{index}");
            }
        }
    }
}

#[test]
fn empty_block_that_moves_on_may_exceed_the_drift() {
    let mut world = World::new(SpanRules::BeforeHolocene);
    world.config.forks = config(Fork::Ecotone).forks;
    world.config.max_sequencer_drift = 1;
    world.window = window(&[l1_at(10, 120), l1_at(11, 120), l1_at(12, 120)]);
    // Each block moves on, although the L1 block after it would do, too.
    world.accepts(&span(61, &[11, 12]));
    // The second one stays.
    world.drops(&span(61, &[11, 11]), BatchDrop::NextOriginNotAdopted);
}

#[test]
fn new_block_with_an_origin_below_the_parents_is_dropped_before_holocene() {
    // Block 61 of the span has the origin 9, as block 57 had.
    let mut world = World::new(SpanRules::BeforeHolocene);
    world.window = window(&[l1_at(9, 100), l1_at(10, 120), l1_at(11, 122)]);
    world.drops(&span(58, &[9, 9, 9, 9, 10]), BatchDrop::EpochTooOld);
}

#[test]
fn blocks_that_are_safe_already_are_not_held_against_the_rules_for_new_ones() {
    let mut batch = span(58, &[10, 10, 10, 11]);
    batch.blocks[0].transactions = vec![vec![0x04].into()];
    let mut world = World::new(SpanRules::BeforeHolocene);
    world.safe = vec![(58, vec![vec![0x04].into()])];
    world.accepts(&batch);
}
