//! Starting points, and L1 chains that change.

use alloy_primitives::{B256, Bytes, U256};
use axos_genesis::{Fork, L1Number};
use axos_pipeline::{Input, Outcome, Request, ResetReason};
use axos_protocol::encode_blob;

use crate::common::{
    Channel, Contents, GENESIS_TIME, L1_BLOCK_SECS, L1Block, Run, Wallet, World, calldata,
    span_batch, transaction,
};

/// A world of 60 L1 blocks and 7 channels, some of them late, each over two L1 blocks.
fn busy_world(fork: Fork) -> World {
    let mut world = World::new(fork);
    let mut sequencer = world.sequencer();
    let mut number = 0;
    for id in 1..=7_u8 {
        world.mine_empty(6);
        let deposit = world.deposit(u64::from(id));
        world.mine(Contents::new().log(deposit));
        sequencer.follow(&world);
        let newest = world.l1.last().unwrap().block.number.0;
        let mut blocks = Vec::new();
        while sequencer.timestamp + 2 < GENESIS_TIME + newest * L1_BLOCK_SECS {
            let epoch = (sequencer.timestamp + 2 - GENESIS_TIME) / L1_BLOCK_SECS;
            number += 1;
            blocks.push(sequencer.next(epoch, &[transaction(number)]));
        }
        let frames = Channel::of_singles(id, &blocks).frames(2);
        // The third channel is not completed, so that empty blocks take its place in the end.
        world.post(calldata(&frames[..1]));
        if id != 6 {
            world.post(calldata(&frames[1..]));
        }
    }
    world
}

#[test]
fn any_safe_head_leads_to_the_same_chain() {
    for fork in [Fork::Bedrock, Fork::Fjord, Fork::Granite, Fork::Holocene, Fork::Isthmus] {
        let world = busy_world(fork);
        let whole = Run::all(&world);
        assert!(whole.head() > 200, "{fork}: {}", whole.head());
        for head in (0..whole.chain.len()).step_by(37) {
            let mut run = Run::from_chain(&world, whole.chain[..=head].to_vec());
            run.exhaust(&world);
            let blocks = |run: &Run| run.chain.iter().map(|it| *it.block()).collect::<Vec<_>>();
            assert_eq!(blocks(&run), blocks(&whole), "{fork} from {head}");
        }
    }
}

#[test]
fn start_is_one_channel_timeout_below_the_safe_head() {
    let world = busy_world(Fork::Fjord);
    let whole = Run::all(&world);
    let mut run = Run::from_chain(&world, whole.chain.clone());
    run.exhaust(&world);
    let origin = whole.chain.last().unwrap().block().l1_origin.number.0;
    assert_eq!(run.advanced[0], origin - world.config.channel_timeout + 1);
}

#[test]
fn batcher_at_the_start_is_the_one_that_counted_there() {
    // The batcher changes between the starting point and the safe head's origin. A channel that the
    // old one began before that, and completed, brings blocks above the safe head.
    let mut world = World::new(Fork::Granite);
    world.config.seq_window_size = 100;
    world.config.channel_timeout = 50;
    world.mine_empty(70);
    let mut sequencer = world.sequencer();
    let blocks: Vec<_> =
        (1..=430).map(|number| (number * 2 / L1_BLOCK_SECS, vec![transaction(number)])).collect();
    let first: Vec<_> =
        blocks[..420].iter().map(|(epoch, it)| sequencer.next(*epoch, it)).collect();
    let rest: Vec<_> = blocks[420..].iter().map(|(epoch, it)| sequencer.next(*epoch, it)).collect();
    world.post(Channel::of_singles(1, &first).calldata());
    world.post(Channel::of_singles(2, &rest).calldata());
    let update = world.config_update(0, U256::from_be_slice(Wallet(2).address().as_slice()));
    world.mine(Contents::new().log(update));
    world.mine_empty(2);
    let mut sequencer = crate::common::Sequencer::new(&world, &{
        let run = Run::all(&world);
        assert_eq!(run.head(), 430);
        *run.chain.last().unwrap().block()
    });
    // Blocks of the epoch with the new batcher, posted by it.
    let later: Vec<_> = (431..=440)
        .map(|number: u64| (number * 2 / L1_BLOCK_SECS, vec![transaction(number)]))
        .map(|(epoch, it)| sequencer.next(epoch, &it))
        .collect();
    let inbox = world.config.batch_inbox_address;
    let data = Channel::of_singles(3, &later).calldata();
    world.mine(Contents::new().calldata(Wallet(2), inbox, data));
    let whole = Run::all(&world);
    assert_eq!(whole.head(), 440);
    assert_eq!(whole.chain[440].info.system_config.batcher_address, Wallet(2).address());

    // From block 440 on the walk ends where the old batcher counts.
    let mut run = Run::from_chain(&world, whole.chain.clone());
    run.exhaust(&world);
    let start = run.advanced[0] - 1;
    assert!(start < 71, "{start}");
    assert_eq!(run.head(), 440);
    // Its transactions were read, and found to be past.
    assert!(run.drops.len() >= 3, "{:?}", run.drops);
}

#[test]
fn l1_block_on_another_parent_resets() {
    let mut world = World::new(Fork::Holocene);
    world.mine_empty(3);
    let mut run = Run::new(&world);
    run.exhaust(&world);
    // The same height, on another chain.
    world.mine_empty(1);
    let mut other = world.l1[2].block;
    other.hash = B256::repeat_byte(7);
    other.number = L1Number(3);
    let stray = L1Block::seal(Some(&other), GENESIS_TIME + 100, Contents::new());
    world.l1[4] = stray;
    let origin = world.l1[3].block.id();
    let reason = ResetReason::L1Reorg { origin, next_parent: other.hash };
    assert_eq!(run.until_stop(&world), Ok(Outcome::Reset(reason)));
    // Nothing else comes before a reset.
    assert_eq!(run.pipeline.step(), Ok(Outcome::Reset(reason)));
    assert_eq!(run.pipeline.origin(), None);
}

#[test]
fn missing_l1_data_resets() {
    let mut world = World::new(Fork::Holocene);
    let batch = world.sequencer().next(0, &[transaction(1)]);
    let data = Channel::of_singles(1, &[batch]).calldata();
    let inbox = world.config.batch_inbox_address;
    let deposit = world.deposit(1);
    world.mine(Contents::new().log(deposit).blobs(World::BATCHER, inbox, &[&data]));
    type Asks = fn(&Request) -> bool;
    let cases: [Asks; 4] = [
        |request| matches!(request, Request::L1Header { .. }),
        |request| matches!(request, Request::L1Receipts { .. }),
        |request| matches!(request, Request::L1Transactions { .. }),
        |request| matches!(request, Request::L1Blobs { .. }),
    ];
    for asks in cases {
        let mut run = Run::new(&world);
        run.until_request(&world, asks);
        run.pipeline.provide(Input::Missing).unwrap();
        let stopped = run.pipeline.step();
        let missing = ResetReason::L1DataMissing { hash: B256::ZERO };
        let Ok(Outcome::Reset(ResetReason::L1DataMissing { .. })) = stopped else {
            panic!("{stopped:?} instead of {missing:?}");
        };
    }
}

#[test]
fn too_few_and_too_many_blobs_reset() {
    let mut world = World::new(Fork::Holocene);
    let inbox = world.config.batch_inbox_address;
    world.mine(Contents::new().blobs(World::BATCHER, inbox, &[b"a", b"b"]));
    let blob = encode_blob(b"a").unwrap();
    for actual in [0, 1, 3] {
        let mut run = Run::new(&world);
        run.until_request(&world, |request| matches!(request, Request::L1Blobs { .. }));
        run.pipeline.provide(Input::L1Blobs(&vec![&*blob; actual])).unwrap();
        let block = world.l1[1].block.id();
        let reason = ResetReason::BlobCount { block, expected: 2, actual };
        assert_eq!(run.pipeline.step(), Ok(Outcome::Reset(reason)));
    }
}

#[test]
fn reset_forgets_everything_that_was_read() {
    // The frames of block 1 are read when the L1 chain changes. On the new chain they are not there,
    // and what block 1 has there is read anew.
    let mut world = World::new(Fork::Holocene);
    let old = world.sequencer().next(0, &[transaction(1)]);
    let new = world.sequencer().next(0, &[transaction(2)]);
    let mut fork_of_l1 = world.clone();
    let frames = Channel::of_singles(1, &[old]).frames(2);
    let inbox = world.config.batch_inbox_address;
    world.mine(Contents::new().calldata(World::BATCHER, inbox, calldata(&frames[..1])).calldata(
        World::BATCHER,
        inbox,
        calldata(&frames[1..]),
    ));
    let mut run = Run::new(&world);
    run.until_attributes(&world);

    fork_of_l1.mine(
        Contents::new()
            .calldata(World::BATCHER, inbox, Channel::of_singles(2, &[new]).calldata())
            .after(13),
    );
    run.pipeline.reset(world.genesis());
    run.exhaust(&fork_of_l1);
    assert_eq!(run.contents(), [[transaction(2)]]);
    assert_eq!(run.drops, []);
}

#[test]
fn reset_empties_the_retrieval_in_the_middle_of_a_block() {
    let mut world = World::new(Fork::Holocene);
    let mut sequencer = world.sequencer();
    let batches = [sequencer.next(0, &[transaction(1)]), sequencer.next(0, &[transaction(2)])];
    let inbox = world.config.batch_inbox_address;
    let [one, two] = batches;
    world.mine(
        Contents::new()
            .calldata(World::BATCHER, inbox, Channel::of_singles(1, &[one]).calldata())
            .calldata(World::BATCHER, inbox, Channel::of_singles(2, &[two]).calldata()),
    );
    let mut run = Run::new(&world);
    // The second transaction of block 1 is still waiting when the first gave its attributes.
    run.until_attributes(&world);
    run.pipeline.reset(world.genesis());
    let before = run.requests.len();
    run.exhaust(&world);
    assert_eq!(run.contents(), [[transaction(1)], [transaction(2)]]);
    let asked_again = run.requests[before..]
        .iter()
        .filter(|request| matches!(request, Request::L1Transactions { .. }));
    assert_eq!(asked_again.count(), 1);
}

#[test]
fn parent_of_another_l1_chain_resets() {
    let mut world = World::new(Fork::Granite);
    world.mine_empty(12);
    let whole = Run::all(&world);
    let mut chain = whole.chain[..=2].to_vec();
    chain[2].info.block.l1_origin.hash = B256::repeat_byte(9);
    let mut run = Run::from_chain(&world, chain);
    // Its origin is unknown, so that the walk has no place to start.
    assert!(matches!(
        run.until_stop(&world),
        Ok(Outcome::Reset(ResetReason::L1DataMissing { .. } | ResetReason::WindowMismatch { .. }))
    ));
}

#[test]
fn span_batch_that_started_below_the_safe_head_goes_on_above_it() {
    for fork in [Fork::Granite, Fork::Holocene] {
        let mut world = World::new(fork);
        world.config.seq_window_size = 100;
        let blocks: Vec<_> = (1..=5).map(|number| (0, vec![transaction(number)])).collect();
        let span = world.sequencer().span(&blocks);
        world.post(Channel::new(1, &[span_batch(&span, 0, &world.config)]).calldata());
        let whole = Run::all(&world);
        for head in 0..=5 {
            let mut run = Run::from_chain(&world, whole.chain[..=head].to_vec());
            run.exhaust(&world);
            assert_eq!(run.contents(), whole.contents(), "{fork} from {head}");
            assert!(run.drops.len() <= 1, "{:?}", run.drops);
        }
    }
}

#[test]
fn exhausted_pipeline_goes_on_when_there_is_more() {
    let mut world = World::new(Fork::Holocene);
    let mut run = Run::new(&world);
    run.exhaust(&world);
    run.exhaust(&world);
    let batch = world.sequencer().next(0, &[transaction(1)]);
    world.post(Channel::of_singles(1, &[batch]).calldata());
    run.exhaust(&world);
    assert_eq!(run.contents(), [[transaction(1)]]);
    assert_eq!(run.advanced, [1]);
    let _ = Bytes::new();
}
