//! What in an L1 block is the batcher's.

use alloy_primitives::{Address, Bytes, U256};
use axos_genesis::Fork;
use axos_pipeline::{BLOB_BYTES, Dropped, Request};
use axos_protocol::{SingularBatch, encode_blob};

use support_testkit::{
    Channel, Contents, GENESIS_TIME, L1_BLOCK_SECS, Log, Run, Wallet, World, calldata, transaction,
};

/// One block with one transaction.
fn one_batch(world: &World) -> [SingularBatch; 1] {
    [world.sequencer().next(0, &[transaction(1)])]
}

/// Mines what `contents` makes of a channel with one batch, and gives the number of L2 blocks.
fn blocks_from(fork: Fork, contents: impl Fn(&World, Bytes) -> Contents) -> u64 {
    let mut world = World::new(fork);
    let data = Channel::of_singles(1, &one_batch(&world)).calldata();
    world.mine(contents(&world, data));
    Run::all(&world).head()
}

#[test]
fn calldata_of_types_0_to_2_counts_and_of_type_4_does_not() {
    for (tx_type, expect) in [(0, 1), (1, 1), (2, 1), (4, 0)] {
        let blocks = blocks_from(Fork::Karst, |world, data| {
            let inbox = world.config.batch_inbox_address;
            Contents::new().typed(tx_type, World::BATCHER, inbox, data)
        });
        assert_eq!(blocks, expect, "type {tx_type}");
    }
}

#[test]
fn only_the_batcher_and_only_the_inbox_count() {
    let other_sender = blocks_from(Fork::Holocene, |world, data| {
        Contents::new().calldata(Wallet(2), world.config.batch_inbox_address, data)
    });
    assert_eq!(other_sender, 0);
    let other_inbox = blocks_from(Fork::Holocene, |_, data| {
        Contents::new().calldata(World::BATCHER, Address::ZERO, data)
    });
    assert_eq!(other_inbox, 0);
}

#[test]
fn call_data_of_a_blob_transaction_counts_before_ecotone_only() {
    let blocks = |fork| {
        blocks_from(fork, |world, data| {
            let inbox = world.config.batch_inbox_address;
            let blobs = [encode_blob(b"no frames").unwrap()];
            Contents::new().blob_transaction(World::BATCHER, inbox, blobs, data)
        })
    };
    assert_eq!(blocks(Fork::Delta), 1);
    assert_eq!(blocks(Fork::Ecotone), 0);
}

#[test]
fn blobs_count_from_ecotone_on() {
    let blocks = |fork| {
        blocks_from(fork, |world, data| {
            Contents::new().blobs(World::BATCHER, world.config.batch_inbox_address, &[&data])
        })
    };
    assert_eq!(blocks(Fork::Delta), 0);
    assert_eq!(blocks(Fork::Ecotone), 1);
}

#[test]
fn ecotone_is_decided_by_the_l1_block() {
    for (ecotone_time, expect) in [(L1_BLOCK_SECS, 1), (L1_BLOCK_SECS + 1, 0)] {
        let mut world = World::new(Fork::Delta);
        world.config.forks.ecotone_time = Some(GENESIS_TIME + ecotone_time);
        let data = Channel::of_singles(1, &one_batch(&world)).calldata();
        let inbox = world.config.batch_inbox_address;
        world.mine(Contents::new().blobs(World::BATCHER, inbox, &[&data]));
        assert_eq!(Run::all(&world).head(), expect);
    }
}

#[test]
fn blob_index_counts_the_blobs_of_all_transactions() {
    let mut world = World::new(Fork::Holocene);
    let data = Channel::of_singles(1, &one_batch(&world)).calldata();
    let inbox = world.config.batch_inbox_address;
    world.mine(
        Contents::new()
            .blobs(Wallet(2), inbox, &[b"a", b"b"])
            .blobs(World::BATCHER, Address::ZERO, &[b"c"])
            .blobs(World::BATCHER, inbox, &[&data, b"d"])
            .blobs(Wallet(3), Address::ZERO, &[b"e"])
            .blobs(World::BATCHER, inbox, &[b"f"]),
    );
    let run = Run::all(&world);
    let indices = run.requests.iter().find_map(|request| match request {
        Request::L1Blobs { blobs, .. } => Some(blobs.iter().map(|blob| blob.index).collect()),
        _ => None,
    });
    assert_eq!(indices, Some(vec![3, 4, 6]));
    assert_eq!(run.head(), 1);
}

#[test]
fn calldata_and_blobs_are_read_in_the_order_of_the_transactions() {
    // From Holocene on, frames out of order are lost.
    let mut world = World::new(Fork::Holocene);
    let frames = Channel::of_singles(1, &one_batch(&world)).frames(4);
    let [a, b, c, d] = [0, 1, 2, 3].map(|number| calldata(&frames[number..=number]));
    let inbox = world.config.batch_inbox_address;
    world.mine(
        Contents::new()
            .calldata(World::BATCHER, inbox, a)
            .blobs(World::BATCHER, inbox, &[&b, &c])
            .calldata(World::BATCHER, inbox, d),
    );
    let run = Run::all(&world);
    assert_eq!(run.head(), 1);
    assert_eq!(run.drops, []);
}

#[test]
fn undecodable_blob_is_skipped_and_the_next_one_is_not() {
    let mut world = World::new(Fork::Holocene);
    let data = Channel::of_singles(1, &one_batch(&world)).calldata();
    let mut bad = encode_blob(&data).unwrap();
    bad[1] = 7;
    let blobs = [bad, encode_blob(&data).unwrap()];
    let inbox = world.config.batch_inbox_address;
    world.mine(Contents::new().blob_transaction(World::BATCHER, inbox, blobs, Bytes::new()));
    let run = Run::all(&world);
    assert_eq!(run.drops, [Dropped::Blob { index: 0 }]);
    assert_eq!(run.head(), 1);
}

#[test]
fn zero_blob_is_skipped() {
    let mut world = World::new(Fork::Holocene);
    let data = Channel::of_singles(1, &one_batch(&world)).calldata();
    let blobs = [Box::new([0; BLOB_BYTES]), encode_blob(&data).unwrap()];
    let inbox = world.config.batch_inbox_address;
    world.mine(Contents::new().blob_transaction(World::BATCHER, inbox, blobs, Bytes::new()));
    let run = Run::all(&world);
    // It holds a payload of no bytes, which is no batcher transaction.
    assert_eq!(run.drops, [Dropped::BatcherTransaction]);
    assert_eq!(run.head(), 1);
}

#[test]
fn data_that_is_no_frames_is_skipped() {
    let mut world = World::new(Fork::Holocene);
    let data = Channel::of_singles(1, &one_batch(&world)).calldata();
    let inbox = world.config.batch_inbox_address;
    let mut cut = data.to_vec();
    cut.pop();
    world.mine(
        Contents::new()
            .calldata(World::BATCHER, inbox, Bytes::new())
            .calldata(World::BATCHER, inbox, cut)
            .calldata(World::BATCHER, inbox, data),
    );
    let run = Run::all(&world);
    assert_eq!(run.drops, [Dropped::BatcherTransaction; 2]);
    assert_eq!(run.head(), 1);
}

/// A world in which L1 block 2 makes `Wallet(2)` the batcher, and then both post.
fn change_of_batcher(old: u64, new: u64) -> Run {
    let mut world = World::new(Fork::Holocene);
    let inbox = world.config.batch_inbox_address;
    let update = world.config_update(0, U256::from_be_slice(Wallet(2).address().as_slice()));
    let batches = one_batch(&world);
    let post = |wallet, id| {
        let data = Channel::of_singles(id, &batches).calldata();
        Contents::new().calldata(wallet, inbox, data)
    };
    for number in 1..=3 {
        let mut contents = Contents::new();
        if number == old {
            contents = post(World::BATCHER, 1);
        }
        if number == new {
            contents = post(Wallet(2), 2);
        }
        if number == 2 {
            contents = contents.log(update.clone());
        }
        world.mine(contents);
    }
    Run::all(&world)
}

#[test]
fn batcher_is_the_one_after_the_updates_of_the_same_l1_block() {
    assert_eq!(change_of_batcher(1, 0).head(), 1);
    assert_eq!(change_of_batcher(2, 0).head(), 0);
    assert_eq!(change_of_batcher(0, 1).head(), 0);
    assert_eq!(change_of_batcher(0, 2).head(), 1);
    assert_eq!(change_of_batcher(0, 3).head(), 1);
}

#[test]
fn bad_config_update_is_skipped_and_those_behind_it_are_applied() {
    let mut world = World::new(Fork::Holocene);
    let address = U256::from_be_slice(Wallet(2).address().as_slice());
    let too_wide = world.config_update(0, address | U256::from(1) << 200);
    let bad = Log { data: Bytes::new(), ..world.config_update(0, address) };
    let good = world.config_update(0, address);
    let inbox = world.config.batch_inbox_address;
    let data = Channel::of_singles(1, &one_batch(&world)).calldata();
    world.mine(Contents::new().log(too_wide).log(bad).log(good).calldata(Wallet(2), inbox, data));
    assert_eq!(Run::all(&world).head(), 1);
}
