use alloc::{string::String, vec, vec::Vec};

use super::*;
use crate::fixtures::{config, frame, frames, l1};

fn run(
    assembler: &mut ChannelAssembler,
    origin: u64,
    notation: &str,
) -> (Vec<String>, Vec<Dropped>) {
    let (config, origin) = (config(Fork::Holocene), l1(origin));
    let (mut channels, mut drops) = (Vec::new(), Vec::new());
    drops.extend(assembler.expire(&config, &origin).map(Dropped::Channel));
    for frame in frames(notation) {
        drops.extend(assembler.make_room(&frame).map(Dropped::Channel));
        match assembler.ingest(frame, &config, &origin) {
            Ok(data) => channels.extend(data.map(|it| String::from_utf8(it.to_vec()).unwrap())),
            Err(dropped) => drops.push(dropped),
        }
    }
    (channels, drops)
}

#[track_caller]
fn check(notation: &str, channels: &[&str], drops: &[Dropped]) {
    let (actual_channels, actual_drops) = run(&mut ChannelAssembler::default(), 10, notation);
    assert_eq!(actual_channels, channels);
    assert_eq!(actual_drops, drops);
}

#[test]
fn frames_in_order_make_a_channel() {
    check("a0 a1 a2. b0.", &["a0a1a2.", "b0."], &[]);
}

#[test]
fn frame_that_is_not_the_next_is_dropped_across_l1_transactions() {
    check("a0 a2. a1.", &["a0a1."], &[Dropped::Frame(FrameDrop::OutOfOrder)]);
    check("a0 a1 a1 a2.", &["a0a1a2."], &[Dropped::Frame(FrameDrop::OutOfOrder)]);
}

#[test]
fn frame_of_another_channel_is_dropped() {
    check("a0 b1 a1.", &["a0a1."], &[Dropped::Frame(FrameDrop::OtherChannel)]);
}

#[test]
fn non_first_frame_without_a_channel_is_dropped() {
    check("a1 a0.", &["a0."], &[Dropped::Frame(FrameDrop::NoChannel)]);
    check("a0. a1", &["a0."], &[Dropped::Frame(FrameDrop::NoChannel)]);
}

#[test]
fn first_frame_replaces_the_open_channel() {
    check("a0 b0 b1.", &["b0b1."], &[Dropped::Channel(ChannelDrop::Replaced)]);
    // A first frame of the same channel starts it over, too.
    check("a0 a1 a0 a1.", &["a0a1."], &[Dropped::Channel(ChannelDrop::Replaced)]);
}

#[test]
fn timed_out_channel_is_dropped_with_the_frame_that_would_end_it() {
    // From Granite on the timeout is 50 L1 blocks: open in 10, 60 is in time, 61 is not.
    let mut assembler = ChannelAssembler::default();
    run(&mut assembler, 10, "a0");
    assert_eq!(run(&mut assembler, 60, "a1"), (vec![], vec![]));
    let (channels, drops) = run(&mut assembler, 61, "a2.");
    assert!(channels.is_empty());
    assert_eq!(
        drops,
        [Dropped::Channel(ChannelDrop::TimedOut), Dropped::Frame(FrameDrop::NoChannel)]
    );
}

#[test]
fn channel_over_the_size_limit_is_dropped() {
    let (config, origin) = (config(Fork::Holocene), l1(10));
    let limit = channel_bytes_max(true);
    let payload = |bytes: u64| vec![0; usize::try_from(bytes).unwrap()].into();
    let sized = |notation: &str, bytes| SharedFrame { data: payload(bytes), ..frame(notation) };

    // Each frame counts 200 bytes more than its payload.
    let mut assembler = ChannelAssembler::default();
    assembler.ingest(sized("a0", limit - 400), &config, &origin).unwrap();
    assert!(assembler.ingest(sized("a1.", 0), &config, &origin).unwrap().is_some());

    assembler.ingest(sized("a0", limit - 400), &config, &origin).unwrap();
    assert_eq!(
        assembler.ingest(sized("a1.", 1), &config, &origin),
        Err(Dropped::Channel(ChannelDrop::TooLarge))
    );
    assert_eq!(
        assembler.ingest(frame("a2."), &config, &origin),
        Err(Dropped::Frame(FrameDrop::NoChannel))
    );
}

#[test]
fn channel_of_one_frame_is_not_copied() {
    let (config, origin, only) = (config(Fork::Holocene), l1(10), frame("a0."));
    let start = only.data.as_ptr();
    let data = ChannelAssembler::default().ingest(only, &config, &origin).unwrap().unwrap();
    assert_eq!(data.as_ptr(), start);
}
