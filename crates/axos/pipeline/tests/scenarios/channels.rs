//! Frames, channels and batches that arrive in unusual ways.

use alloy_primitives::B256;
use axos_genesis::Fork;
use axos_pipeline::{BatchDrop, ChannelDrop, Dropped, FrameDrop};
use axos_protocol::{Batch, SingularBatch};

use support_testkit::{
    Channel, Contents, GENESIS_TIME, L1_BLOCK_SECS, Run, World, brotli, calldata,
    set_code_transaction, span_batch, transaction, zlib,
};

/// The first blocks of L2, each with a transaction of its number.
fn batches<const N: usize>(world: &World) -> [SingularBatch; N] {
    let mut sequencer = world.sequencer();
    let mut number = 0;
    [(); N].map(|()| {
        number += 1;
        sequencer.next(0, &[transaction(number)])
    })
}

#[test]
fn frames_in_any_order_over_several_blocks_are_used_before_holocene_only() {
    for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0], [0, 2, 1]] {
        for fork in [Fork::Granite, Fork::Holocene] {
            let mut world = World::new(fork);
            let frames = Channel::of_singles(1, &batches::<1>(&world)).frames(3);
            for number in order {
                world.post(calldata(&frames[number..=number]));
            }
            let is_used = fork < Fork::Holocene || order == [0, 1, 2];
            assert_eq!(Run::all(&world).head(), u64::from(is_used), "{fork} {order:?}");
        }
    }
}

#[test]
fn frames_of_several_channels_may_mix_before_holocene_only() {
    let expect = [(Fork::Bedrock, 2), (Fork::Canyon, 2), (Fork::Holocene, 1)];
    for (fork, head) in expect {
        let mut world = World::new(fork);
        let [one, two] = batches(&world);
        let a = Channel::of_singles(1, &[one]).frames(2);
        let b = Channel::of_singles(2, &[two]).frames(2);
        let inbox = world.config.batch_inbox_address;
        world.mine(
            Contents::new()
                .calldata(World::BATCHER, inbox, calldata(&a[..1]))
                .calldata(World::BATCHER, inbox, calldata(&b[..1]))
                .calldata(World::BATCHER, inbox, calldata(&a[1..]))
                .calldata(World::BATCHER, inbox, calldata(&b[1..])),
        );
        let run = Run::all(&world);
        if fork == Fork::Holocene {
            // `b0` replaces `a`, so that `a1` is foreign. `b` is complete, but leaves a gap.
            let expect = [
                Dropped::Channel(ChannelDrop::Replaced),
                Dropped::Frame(FrameDrop::OtherChannel),
                Dropped::Batch(BatchDrop::Future),
            ];
            assert_eq!(run.drops, expect);
            assert_eq!(run.head(), head - 1);
        } else {
            assert_eq!(run.head(), head, "{fork}");
        }
    }
}

#[test]
fn channel_must_be_complete_within_its_timeout() {
    // The timeout of this world is 5 L1 blocks before Granite, and 50 from Granite on.
    for (fork, between, expect) in [
        (Fork::Fjord, 4, 1),
        (Fork::Fjord, 5, 0),
        (Fork::Granite, 5, 1),
        (Fork::Granite, 49, 1),
        (Fork::Granite, 50, 0),
        (Fork::Holocene, 49, 1),
        (Fork::Holocene, 50, 0),
    ] {
        let mut world = World::new(fork);
        world.config.seq_window_size = 100;
        let frames = Channel::of_singles(1, &batches::<1>(&world)).frames(2);
        world.post(calldata(&frames[..1]));
        world.mine_empty(between);
        world.post(calldata(&frames[1..]));
        assert_eq!(Run::all(&world).head(), expect, "{fork} {between}");
    }
}

#[test]
fn brotli_is_read_from_fjord_on_by_the_time_of_the_l1_block() {
    for (fjord_time, expect) in [(L1_BLOCK_SECS, 1), (L1_BLOCK_SECS + 1, 0)] {
        let mut world = World::new(Fork::Ecotone);
        world.config.forks.fjord_time = Some(GENESIS_TIME + fjord_time);
        let mut content = Vec::new();
        Batch::Singular(batches::<1>(&world)[0].clone()).encode_for_channel(&mut content);
        world.post(Channel::of_data(1, brotli(&content)).calldata());
        let run = Run::all(&world);
        assert_eq!(run.head(), expect);
        let dropped = Dropped::Channel(ChannelDrop::Compression);
        assert_eq!(run.drops.contains(&dropped), expect == 0);
    }
}

#[test]
fn channel_of_unknown_compression_is_dropped() {
    let mut world = World::new(Fork::Holocene);
    for data in [vec![], vec![0x02, 1, 2, 3], vec![0x78]] {
        world.post(Channel::of_data(1, data).calldata());
    }
    world.post(Channel::of_singles(2, &batches::<1>(&world)).calldata());
    let run = Run::all(&world);
    assert!(run.drops.contains(&Dropped::Channel(ChannelDrop::Compression)));
    assert_eq!(run.drops.len(), 3);
    assert_eq!(run.head(), 1);
}

#[test]
fn batches_before_a_malformed_one_are_used() {
    for fork in [Fork::Granite, Fork::Holocene] {
        let mut world = World::new(fork);
        let [one, two] = batches(&world).map(Batch::Singular);
        let mut content = Vec::new();
        one.encode_for_channel(&mut content);
        // A batch of unknown type, in a proper string.
        content.extend_from_slice(&[0x82, 0x07, 0x00]);
        two.encode_for_channel(&mut content);
        world.post(Channel::of_data(1, zlib(&content)).calldata());
        let run = Run::all(&world);
        assert_eq!(run.head(), 1, "{fork}");
        assert_eq!(run.drops, [Dropped::Channel(ChannelDrop::Malformed)], "{fork}");
    }
}

#[test]
fn junk_behind_the_last_batch_does_no_harm() {
    for fork in [Fork::Granite, Fork::Holocene] {
        let mut world = World::new(fork);
        let channel =
            Channel::with_tail(1, &batches::<2>(&world).map(Batch::Singular), &[0xc0, 0xff]);
        world.post(channel.calldata());
        assert_eq!(Run::all(&world).head(), 2, "{fork}");
    }
}

#[test]
fn invalid_batch_ends_its_channel_from_holocene_on() {
    for (fork, expect) in [(Fork::Granite, 3), (Fork::Holocene, 2)] {
        let mut world = World::new(fork);
        let [one, two, three] = batches(&world);
        let bad = SingularBatch { parent_hash: B256::ZERO, ..two.clone() };
        world.post(Channel::of_singles(1, &[one, bad, two.clone(), three]).calldata());
        // The next channel is read either way.
        world.post(Channel::of_singles(2, &[two]).calldata());
        assert_eq!(Run::all(&world).head(), expect, "{fork}");
    }
}

#[test]
fn past_batch_does_not_end_its_channel() {
    let mut world = World::new(Fork::Holocene);
    let [one, two] = batches(&world);
    world.post(Channel::of_singles(1, &[one.clone(), one, two]).calldata());
    let run = Run::all(&world);
    assert_eq!(run.drops, [Dropped::Batch(BatchDrop::Past)]);
    assert_eq!(run.head(), 2);
}

#[test]
fn batches_in_any_order_are_used_before_holocene_only() {
    for (fork, expect) in [(Fork::Granite, 3), (Fork::Holocene, 2)] {
        let mut world = World::new(fork);
        let [one, two, three] = batches(&world);
        world.post(Channel::of_singles(1, &[three]).calldata());
        world.post(Channel::of_singles(2, &[one]).calldata());
        world.post(Channel::of_singles(3, &[two]).calldata());
        assert_eq!(Run::all(&world).head(), expect, "{fork}");
    }
}

#[test]
fn span_batch_with_a_malformed_transaction_does_not_end_its_channel() {
    for fork in [Fork::Granite, Fork::Holocene] {
        let mut world = World::new(fork);
        let [one] = batches(&world);
        let hash = world.genesis().block.hash;
        let origin = world.l1[0].block.hash;
        // Prefix and columns of one block with one transaction of a type that is not known.
        let mut content = vec![1, 2, 0];
        content.extend_from_slice(&hash[..20]);
        content.extend_from_slice(&origin[..20]);
        content.extend_from_slice(&[1, 0, 1, 0, 0]);
        content.extend_from_slice(&[0; 64 + 20]);
        content.extend_from_slice(&[0x05, 0xc0, 0, 0]);
        let mut channel = Vec::new();
        alloy_rlp::Encodable::encode(&content[..], &mut channel);
        Batch::Singular(one).encode_for_channel(&mut channel);
        world.post(Channel::of_data(1, zlib(&channel)).calldata());
        let run = Run::all(&world);
        assert_eq!(run.drops, [Dropped::Batch(BatchDrop::MalformedTransaction)], "{fork}");
        assert_eq!(run.head(), 1, "{fork}");
    }
}

#[test]
fn invalid_block_takes_the_whole_span_batch_before_holocene_and_the_rest_from_then_on() {
    for (fork, expect) in [(Fork::Granite, 0), (Fork::Holocene, 1)] {
        let mut world = World::new(fork);
        let set_code = set_code_transaction();
        let span = world.sequencer().span(&[
            (0, vec![transaction(1)]),
            (0, vec![set_code]),
            (0, vec![transaction(3)]),
        ]);
        world.post(Channel::new(1, &[span_batch(&span, 0, &world.config)]).calldata());
        let run = Run::all(&world);
        assert_eq!(run.head(), expect, "{fork}");
        assert_eq!(run.drops, [Dropped::Batch(BatchDrop::SetCodeBeforeIsthmus)], "{fork}");
    }
}
