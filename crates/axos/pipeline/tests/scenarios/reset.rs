//! Starting points, and L1 chains that change.

use alloy_primitives::{B256, U256};
use axos_genesis::{Fork, L1Number};
use axos_pipeline::{Input, Outcome, Request, ResetReason};
use axos_protocol::{SingularBatch, encode_blob};
use std::ops::RangeInclusive;

use support_testkit::{
    Channel, Contents, GENESIS_TIME, L1_BLOCK_SECS, L1Block, L2_BLOCK_SECS, Run, Sequencer, Wallet,
    World, calldata, span_batch, transaction,
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

/// The batches of the blocks in that range, each in the newest epoch that it can be in.
fn batches(sequencer: &mut Sequencer, numbers: RangeInclusive<u64>) -> Vec<SingularBatch> {
    let block = |number| (number * L2_BLOCK_SECS / L1_BLOCK_SECS, [transaction(number)]);
    numbers.map(block).map(|(epoch, content)| sequencer.next(epoch, &content)).collect()
}

#[test]
fn batcher_at_the_start_is_the_one_that_counted_there() {
    // The batcher changes between the starting point and the safe head's origin. The new one posts
    // a frame before it is in office, with the number of a frame that it posts again later.
    let mut world = World::new(Fork::Granite);
    world.config.seq_window_size = 100;
    let (inbox, new) = (world.config.batch_inbox_address, Wallet(2));
    world.mine_empty(72);
    let mut sequencer = world.sequencer();
    world.post(Channel::of_singles(1, &batches(&mut sequencer, 1..=430)).calldata());
    let early = Channel::of_data(3, vec![0; 10]).frames(2);
    world.mine(Contents::new().calldata(new, inbox, calldata(&early[..1])));
    let update = world.config_update(0, U256::from_be_slice(new.address().as_slice()));
    assert_eq!(world.mine(Contents::new().log(update)), 75);
    world.mine_empty(4);
    sequencer.follow(&world);
    let safe = Channel::of_singles(2, &batches(&mut sequencer, 431..=455));
    let rest = Channel::of_singles(3, &batches(&mut sequencer, 456..=465));
    world.mine(Contents::new().calldata(new, inbox, safe.calldata()));
    world.mine(Contents::new().calldata(new, inbox, calldata(&rest.frames(2))));

    let whole = Run::all(&world);
    assert_eq!(whole.head(), 465);
    assert_eq!(whole.chain[455].info.system_config.batcher_address, new.address());
    let mut run = Run::from_chain(&world, whole.chain[..=455].to_vec());
    run.exhaust(&world);
    assert!(run.advanced[0] < 74);
    assert_eq!(run.head(), 465);
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
        assert!(
            matches!(stopped, Ok(Outcome::Reset(ResetReason::L1DataMissing { .. }))),
            "{stopped:?}"
        );
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
}
