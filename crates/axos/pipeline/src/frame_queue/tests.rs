use alloc::{vec, vec::Vec};

use alloy_primitives::Bytes;
use axos_protocol::SharedFrame;
use proptest::prelude::*;

use super::*;
use crate::fixtures::{batcher_data, frames};

fn drain(queue: &mut FrameQueue) -> Vec<SharedFrame> {
    core::iter::from_fn(|| queue.pop()).collect()
}

/// Reads one batcher transaction from Holocene on.
#[track_caller]
fn check_pruned(input: &str, expect: &str) {
    let (input, expect) = (frames(input), frames(expect));
    let mut queue = FrameQueue::default();
    let dropped = queue.ingest(&batcher_data(&input), true).unwrap();
    assert_eq!(drain(&mut queue), expect);
    assert_eq!(dropped, input.len() - expect.len());
}

#[test]
fn frames_come_out_in_the_order_of_the_transaction() {
    let input = frames("a1 b0. a0 a1 c7");
    let mut queue = FrameQueue::default();
    assert_eq!(queue.ingest(&batcher_data(&input), false), Ok(0));
    assert_eq!(drain(&mut queue), input);
}

#[test]
fn one_bad_frame_rejects_the_whole_transaction_and_nothing_else() {
    let mut queue = FrameQueue::default();
    queue.ingest(&batcher_data(&frames("a0")), false).unwrap();
    let mut bad = batcher_data(&frames("b0 b1.")).to_vec();
    *bad.last_mut().unwrap() = 2;
    assert!(queue.ingest(&bad.into(), false).is_err());
    assert_eq!(drain(&mut queue), frames("a0"));
}

#[test]
fn empty_data_and_unknown_versions_are_rejected() {
    let mut queue = FrameQueue::default();
    assert!(queue.ingest(&Bytes::new(), false).is_err());
    let mut data = batcher_data(&frames("a0.")).to_vec();
    data[0] = 1;
    assert!(queue.ingest(&data.into(), false).is_err());
    assert!(drain(&mut queue).is_empty());
}

#[test]
fn frames_in_order_stay() {
    check_pruned("a0 a1 a2. b0. c0 c1", "a0 a1 a2. b0. c0 c1");
    check_pruned("a1 a2", "a1 a2");
}

#[test]
fn frame_that_is_not_the_next_of_its_channel_is_dropped() {
    check_pruned("a0 a2 a1", "a0 a1");
    check_pruned("a0 a0 a1.", "a0 a1.");
    check_pruned("a0. a1", "a0.");
    check_pruned("a0. a0 a1.", "a0.");
}

#[test]
fn non_first_frame_of_another_channel_is_dropped() {
    check_pruned("a0 b1 a1.", "a0 a1.");
    check_pruned("a0. b1 c0", "a0. c0");
}

#[test]
fn first_frame_drops_the_open_channel_before_it_frame_by_frame() {
    check_pruned("a0 a1 b0", "b0");
    check_pruned("z0. a0 a1 a2 b0.", "z0. b0.");
    check_pruned("a0 b0 c0 d0.", "d0.");
}

#[test]
fn reused_id_does_not_drop_the_complete_channel_before() {
    check_pruned("a0 a1. b0. a0 a1 c0.", "a0 a1. b0. c0.");
    check_pruned("a0. b0. a0 c0", "a0. b0. c0");
}

#[test]
fn number_wraps_at_16_bits() {
    check_pruned("a65534 a65535 a0 a1", "a65534 a65535 a0 a1");
}

#[test]
fn frames_left_over_count_as_neighbours() {
    let mut queue = FrameQueue::default();
    queue.ingest(&batcher_data(&frames("a0 a1")), true).unwrap();
    assert_eq!(queue.ingest(&batcher_data(&frames("b0.")), true), Ok(2));
    assert_eq!(drain(&mut queue), frames("b0."));
}

/// The rules as they are written down: look at a pair, drop one frame, look again.
fn prune_pair_by_pair(mut frames: Vec<SharedFrame>) -> Vec<SharedFrame> {
    let mut at = 0;
    while at + 1 < frames.len() {
        let (current, next) = (&frames[at], &frames[at + 1]);
        if current.channel_id == next.channel_id {
            if current.is_last || next.number != current.number.wrapping_add(1) {
                frames.remove(at + 1);
                continue;
            }
        } else if next.number == 0 && !current.is_last {
            frames.remove(at);
            at = at.saturating_sub(1);
            continue;
        } else if next.number != 0 {
            frames.remove(at + 1);
            continue;
        }
        at += 1;
    }
    frames
}

proptest! {
    #[test]
    fn pruning_in_one_pass_equals_pruning_pair_by_pair(
        input in prop::collection::vec((0..3_u8, 0..4_u16, any::<bool>()), 1..40)
    ) {
        let input: Vec<_> = input
            .into_iter()
            .map(|(id, number, is_last)| SharedFrame {
                channel_id: axos_protocol::ChannelId([id; 16]),
                number,
                data: vec![id].into(),
                is_last,
            })
            .collect();
        let mut queue = FrameQueue::default();
        queue.ingest(&batcher_data(&input), true).unwrap();
        prop_assert_eq!(drain(&mut queue), prune_pair_by_pair(input));
    }
}
