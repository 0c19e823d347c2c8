//! L2 blocks from batches, deposits, and the lack of both.

use alloy_primitives::{B256, U256};
use axos_genesis::{Fork, L2BlockRef, L2Number};
use axos_pipeline::{BatchDrop, Dropped, Request};
use axos_protocol::{Batch, SingularBatch};

use support_testkit::{
    Channel, Contents, GENESIS_TIME, L1_BLOCK_SECS, Run, World, span_batch, transaction,
};

/// Two blocks of epoch 0 with one transaction each.
fn two_batches(world: &World) -> [SingularBatch; 2] {
    let mut sequencer = world.sequencer();
    [sequencer.next(0, &[transaction(1)]), sequencer.next(0, &[transaction(2)])]
}

#[test]
fn batches_become_blocks_under_every_fork() {
    for fork in Fork::ALL {
        let mut world = World::new(fork);
        world.post(Channel::of_singles(1, &two_batches(&world)).calldata());
        let run = Run::all(&world);
        assert_eq!(run.contents(), [[transaction(1)], [transaction(2)]], "{fork}");
        assert_eq!(run.epochs(), [0, 0], "{fork}");
        assert_eq!(run.drops, [], "{fork}");
    }
}

#[test]
fn span_batches_become_blocks_from_delta_on() {
    for fork in Fork::ALL {
        let mut world = World::new(fork);
        world.mine_empty(1);
        let mut sequencer = world.sequencer();
        let blocks: Vec<_> = (1..=7).map(|n| (n / 7, vec![transaction(n)])).collect();
        let span = span_batch(&sequencer.span(&blocks), 0, &world.config);
        world.post(Channel::new(1, &[span]).calldata());
        let run = Run::all(&world);
        if fork < Fork::Delta {
            assert_eq!(run.head(), 0, "{fork}");
            assert_eq!(run.drops, [Dropped::Batch(BatchDrop::SpanBeforeDelta)], "{fork}");
        } else {
            let expect: Vec<_> = (1..=7).map(|n| vec![transaction(n)]).collect();
            assert_eq!(run.contents(), expect, "{fork}");
            assert_eq!(run.epochs(), [0, 0, 0, 0, 0, 0, 1], "{fork}");
        }
    }
}

#[test]
fn last_block_of_a_span_batch_is_marked() {
    for fork in [Fork::Granite, Fork::Holocene] {
        let mut world = World::new(fork);
        let mut sequencer = world.sequencer();
        let span = sequencer.span(&[(0, vec![]), (0, vec![]), (0, vec![])]);
        let single = sequencer.next(0, &[]);
        let batches = [span_batch(&span, 0, &world.config), Batch::Singular(single)];
        world.post(Channel::new(1, &batches).calldata());
        let run = Run::all(&world);
        let derived = run.chain.iter().filter_map(|built| built.derived.as_ref());
        let marks: Vec<_> = derived.map(|it| it.is_last_in_span).collect();
        assert_eq!(marks, [false, false, true, true], "{fork}");
    }
}

#[test]
fn attributes_say_where_they_come_from() {
    let mut world = World::new(Fork::Holocene);
    world.mine_empty(1);
    let mut sequencer = world.sequencer();
    let batches: Vec<_> = [0, 0, 0, 0, 0, 1, 1].map(|epoch| sequencer.next(epoch, &[])).into();
    world.mine_empty(1);
    let posted_in = world.post(Channel::of_singles(1, &batches).calldata());
    let run = Run::all(&world);
    let sequence: Vec<_> = run.chain.iter().map(|built| built.block().sequence_number).collect();
    assert_eq!(sequence, [0, 1, 2, 3, 4, 5, 0, 1]);
    for pair in run.chain.windows(2) {
        let derived = pair[1].derived.as_ref().unwrap();
        assert_eq!(derived.derived_from.number.0, posted_in);
        assert_eq!(derived.parent, *pair[0].block());
        assert_eq!(derived.block_ref(pair[1].block().hash), *pair[1].block());
        assert!(derived.is_deposits_only());
    }
}

#[test]
fn deposits_come_with_the_first_block_of_an_epoch_only() {
    for fork in Fork::ALL {
        let mut world = World::new(fork);
        let deposits = [world.deposit(100_000), world.deposit(200_000)];
        let [first, second] = deposits;
        world.mine(Contents::new().log(first).log(second));
        let mut sequencer = world.sequencer();
        let batches: Vec<_> = [0, 0, 0, 0, 0, 1, 1].map(|epoch| sequencer.next(epoch, &[])).into();
        world.post(Channel::of_singles(1, &batches).calldata());
        let run = Run::all(&world);
        let counts: Vec<_> = run
            .chain
            .iter()
            .filter_map(|built| Some(built.derived.as_ref()?.deposit_count))
            .collect();
        assert_eq!(counts, [1, 1, 1, 1, 1, 3, 1], "{fork}");
    }
}

#[test]
fn malformed_deposit_is_the_end_unless_its_block_is_safe_already() {
    let mut world = World::new(Fork::Holocene);
    let mut bad = world.deposit(1);
    bad.topics.pop();
    world.mine(Contents::new().log(bad));
    world.mine_empty(20);
    // Built from genesis on, epoch 1 has it.
    let end = Run::new(&world).until_stop(&world);
    assert!(end.is_err_and(|error| error.is_critical()));

    // L1 block 1 is read on the way to a safe head of epoch 9, but no epoch is built of it.
    let genesis = Run::new(&world).chain.remove(0);
    let mut safe_head = genesis.clone();
    safe_head.info.block = L2BlockRef {
        hash: B256::repeat_byte(1),
        number: L2Number(1),
        parent_hash: genesis.block().hash,
        timestamp: GENESIS_TIME + 9 * L1_BLOCK_SECS,
        l1_origin: world.l1[9].block.id(),
        sequence_number: 0,
    };
    let mut run = Run::from_chain(&world, vec![genesis, safe_head]);
    run.exhaust(&world);
    assert_eq!(run.advanced[0], 1);
    assert!(run.head() > 1);
}

#[test]
fn config_update_counts_from_its_epoch_on() {
    let mut world = World::new(Fork::Holocene);
    let update = world.config_update(2, U256::from(40_000_000));
    let unknown = world.config_update(99, U256::from(1));
    world.mine(Contents::new().log(unknown).log(update));
    world.mine_empty(1);
    let mut sequencer = world.sequencer();
    let epochs = [0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 2];
    let batches: Vec<_> = epochs.map(|epoch| sequencer.next(epoch, &[])).into();
    world.post(Channel::of_singles(1, &batches).calldata());
    let run = Run::all(&world);
    for (built, epoch) in run.chain.iter().skip(1).zip(epochs) {
        let expect = if epoch == 0 { 30_000_000 } else { 40_000_000 };
        assert_eq!(built.derived.as_ref().unwrap().attributes.gas_limit, expect, "epoch {epoch}");
    }
    assert_eq!(run.epochs(), epochs);
}

#[test]
fn silent_sequencer_is_replaced_by_empty_blocks() {
    for fork in [Fork::Bedrock, Fork::Delta, Fork::Granite, Fork::Holocene, Fork::Isthmus] {
        let mut world = World::new(fork);
        world.mine_empty(9);
        assert_eq!(Run::all(&world).head(), 0, "{fork}");
        // The window of epoch 0 ends with L1 block 10. Block 1 is 12 seconds above genesis.
        world.mine_empty(1);
        assert_eq!(Run::all(&world).epochs(), [0; 5], "{fork}");
        world.mine_empty(1);
        assert_eq!(Run::all(&world).epochs(), [0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1], "{fork}");
    }
}

#[test]
fn batches_up_to_the_end_of_the_window_are_used() {
    for fork in [Fork::Granite, Fork::Holocene] {
        let mut world = World::new(fork);
        let batches = two_batches(&world);
        world.mine_empty(9);
        world.post(Channel::of_singles(1, &batches).calldata());
        let run = Run::all(&world);
        assert_eq!(run.contents()[..2], [[transaction(1)], [transaction(2)]], "{fork}");
        assert_eq!(run.epochs(), [0; 5], "{fork}");
    }
}

#[test]
fn batches_behind_the_window_are_dropped() {
    for fork in [Fork::Granite, Fork::Holocene] {
        let mut world = World::new(fork);
        let batches = two_batches(&world);
        world.mine_empty(10);
        world.post(Channel::of_singles(1, &batches).calldata());
        let run = Run::all(&world);
        assert!(run.contents().iter().all(Vec::is_empty), "{fork}");
        assert!(!run.drops.is_empty(), "{fork}");
    }
}

#[test]
fn l1_blocks_without_logs_and_transactions_are_not_opened() {
    let mut world = World::new(Fork::Holocene);
    world.mine_empty(3);
    let deposit = world.deposit(1);
    world.mine(Contents::new().log(deposit));
    world.post(Channel::of_singles(1, &two_batches(&world)).calldata());
    let run = Run::all(&world);
    let receipts = run.requests.iter().filter_map(|request| match request {
        Request::L1Receipts { block } => Some(block.number.0),
        _ => None,
    });
    assert_eq!(receipts.collect::<Vec<_>>(), [4]);
    let transactions = run.requests.iter().filter_map(|request| match request {
        Request::L1Transactions { block } => Some(block.number.0),
        _ => None,
    });
    assert_eq!(transactions.collect::<Vec<_>>(), [4, 5]);
}

#[test]
fn overlapping_span_batch_adds_only_its_new_blocks() {
    for fork in [Fork::Granite, Fork::Holocene] {
        let mut world = World::new(fork);
        let start = world.sequencer();
        let blocks: Vec<_> = (1..=5).map(|n| (0, vec![transaction(n)])).collect();
        let first = span_batch(&start.clone().span(&blocks[..3]), 0, &world.config);
        let all = span_batch(&start.clone().span(&blocks), 0, &world.config);
        world.post(Channel::new(1, &[first]).calldata());
        world.post(Channel::new(2, &[all]).calldata());
        let run = Run::all(&world);
        let expect: Vec<_> = (1..=5).map(|n| vec![transaction(n)]).collect();
        assert_eq!(run.contents(), expect, "{fork}");
        assert_eq!(run.drops, [], "{fork}");
    }
}

#[test]
fn overlapping_span_batch_with_other_content_is_dropped() {
    for (fork, checks_overlap, head) in [
        (Fork::Granite, true, 1),
        (Fork::Granite, false, 1),
        (Fork::Holocene, true, 1),
        (Fork::Holocene, false, 2),
    ] {
        let mut world = World::new(fork);
        world.config.switches.holocene_overlap_check = checks_overlap;
        let start = world.sequencer();
        let first = start.clone().next(0, &[transaction(1)]);
        let other = start.clone().span(&[(0, vec![transaction(9)]), (0, vec![transaction(2)])]);
        let other = span_batch(&other, 0, &world.config);
        world.post(Channel::of_singles(1, &[first]).calldata());
        world.post(Channel::new(2, &[other]).calldata());
        let run = Run::all(&world);
        assert_eq!(run.head(), head, "{fork} {checks_overlap}");
        assert_eq!(run.contents()[0], [transaction(1)]);
    }
}
