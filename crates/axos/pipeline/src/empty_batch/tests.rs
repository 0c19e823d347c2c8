use axos_genesis::{Fork, L1BlockId, L1BlockRef};

use super::*;
use crate::fixtures::{config, epoch, l1, l1_at, l1_hash, l2, window, window_of};

/// A window from L1 block 10 to `last`; the sequencing window is 10 L1 blocks long. The parent is at
/// time 120 with L1 origin 10.
fn check(last: u64, out_of_data: bool) -> bool {
    let mut window = window_of(10..=last);
    let made = derive(&config(Fork::Holocene), &mut window, &l2(60, 10), out_of_data);
    matches!(made, EmptyBatch::Batch(_))
}

#[test]
fn sequencing_window_ends_with_the_data_of_its_last_block() {
    assert!(!check(19, true));
    assert!(!check(20, false));
    assert!(check(20, true));
    assert!(check(21, false));
}

/// What is made when the epoch's window is over and the next L1 block is at `next_time`.
fn made(parent_origin: u64, next_time: u64) -> (EmptyBatch, L1Window) {
    let mut blocks: [L1BlockRef; 12] = core::array::from_fn(|i| l1(10 + i as u64));
    blocks[1] = l1_at(11, next_time);
    let mut window = window(&blocks);
    let made = derive(&config(Fork::Holocene), &mut window, &l2(60, parent_origin), true);
    (made, window)
}

#[test]
fn epoch_is_filled_up_to_the_next_l1_block() {
    let (made, window) = made(10, 123);
    let EmptyBatch::Batch(batch) = made else { panic!("no batch") };
    assert_eq!((batch.parent_hash, batch.timestamp), (l2(60, 10).hash, 122));
    assert_eq!((batch.epoch_number, batch.epoch_hash), (l1(10).number, l1(10).hash));
    assert!(batch.transactions.is_empty());
    assert_eq!(window.epoch(), Some(&l1(10)));
}

#[test]
fn filled_epoch_is_left_and_nothing_made_before_another_l1_block() {
    let (made, window) = made(10, 122);
    assert_eq!(made, EmptyBatch::NotYet);
    assert_eq!(window.epoch(), Some(&l1_at(11, 122)));
}

#[test]
fn epoch_has_at_least_one_block() {
    // The parent is of the epoch before, and the next L1 block is no newer than the block to make.
    let (made, _) = made(9, 122);
    let EmptyBatch::Batch(batch) = made else { panic!("no batch") };
    assert_eq!(batch.epoch_number, l1(10).number);
}

#[test]
fn next_l1_block_must_be_known() {
    let config = RollupConfig { seq_window_size: 0, ..config(Fork::Holocene) };
    let derive = |window: &mut L1Window| derive(&config, window, &l2(60, 10), true);
    assert_eq!(derive(&mut window_of(10..=10)), EmptyBatch::NotYet);
    assert!(matches!(derive(&mut window_of(10..=11)), EmptyBatch::Batch(_)));
}

#[test]
fn oldest_l1_block_must_be_the_parents_origin_or_the_next_one() {
    let window = window_of(10..=12);
    let pull = |origin| require_origin(&window, &l2(60, origin));
    assert_eq!(pull(10), ControlFlow::Continue(()));
    assert_eq!(pull(9), ControlFlow::Continue(()));
    for origin in [8, 11] {
        let (epoch, parent_origin) = (l1(10).id(), l2(60, origin).l1_origin);
        let reset = ResetReason::WindowMismatch { epoch, parent_origin };
        assert_eq!(pull(origin), Pause::Reset(reset).stop());
    }
    let mut reorged = l2(60, 10);
    reorged.l1_origin = L1BlockId { hash: l1_hash(99), number: l1(10).number };
    assert!(matches!(
        require_origin(&window, &reorged),
        ControlFlow::Break(Pause::Reset(ResetReason::WindowMismatch { .. }))
    ));
}

#[test]
fn parent_without_window_is_an_error() {
    let mut window = L1Window::new(epoch(l1(10)));
    window.leave_epoch();
    let number = l1(10).number;
    assert_eq!(
        require_origin(&window, &l2(60, 10)),
        Pause::Failed(Error::OriginUnknown { number }).stop()
    );
}
