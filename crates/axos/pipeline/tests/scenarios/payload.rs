//! Payloads that the engine finds invalid.

use axos_genesis::Fork;
use axos_pipeline::{BatchDrop, Dropped, Error, Outcome};
use axos_protocol::Batch;

use support_testkit::{Channel, GENESIS_TIME, L1_BLOCK_SECS, Run, World, span_batch, transaction};

/// A run on `world` with an engine that refuses transaction 66.
fn run(world: &World) -> Run {
    let mut run = Run::new(world);
    run.engine.invalid = vec![transaction(66)];
    run.exhaust(world);
    run
}

#[test]
fn invalid_payload_is_replaced_by_its_deposits_from_holocene_on() {
    let mut world = World::new(Fork::Holocene);
    let mut sequencer = world.sequencer();
    let one = sequencer.next(0, &[transaction(1)]);
    let bad = sequencer.next(0, &[transaction(66), transaction(2)]);
    world.post(Channel::of_singles(1, &[one, bad]).calldata());
    let run = run(&world);
    assert_eq!(run.rejected, [2]);
    assert_eq!(run.contents(), [vec![transaction(1)], vec![]]);
    let derived = run.chain[2].derived.as_ref().unwrap();
    assert!(derived.is_deposits_only());
    assert_eq!(derived.deposit_count, 1);
}

#[test]
fn rest_of_span_batch_and_channel_goes_with_an_invalid_payload_from_holocene_on() {
    let mut world = World::new(Fork::Holocene);
    let mut sequencer = world.sequencer();
    let blocks = [transaction(1), transaction(66), transaction(3)].map(|it| (0, vec![it]));
    let span = span_batch(&sequencer.span(&blocks), 0, &world.config);
    let behind = Batch::Singular(sequencer.next(0, &[transaction(4)]));
    world.post(Channel::new(1, &[span, behind]).calldata());
    let first = run(&world);
    assert_eq!(first.contents(), [vec![transaction(1)], vec![]]);

    // The next channel goes on from the replaced block.
    let mut sequencer = support_testkit::Sequencer::new(&world, first.chain[2].block());
    let next = sequencer.next(0, &[transaction(5)]);
    world.post(Channel::of_singles(2, &[next]).calldata());
    assert_eq!(run(&world).contents(), [vec![transaction(1)], vec![], vec![transaction(5)]]);
}

#[test]
fn invalid_payload_lets_the_next_batch_have_its_turn_before_holocene() {
    let mut world = World::new(Fork::Granite);
    let start = world.sequencer();
    let bad = start.clone().next(0, &[transaction(66)]);
    let good = start.clone().next(0, &[transaction(1)]);
    world.post(Channel::of_singles(1, &[bad, good]).calldata());
    let run = run(&world);
    assert_eq!(run.rejected, [1]);
    assert_eq!(run.contents(), [[transaction(1)]]);
}

#[test]
fn invalid_payload_takes_back_its_span_batch_before_holocene() {
    let mut world = World::new(Fork::Granite);
    world.mine_empty(1);
    let start = world.sequencer();
    let mut blocks: Vec<_> = (1..=8).map(|n| (n / 7, vec![transaction(n)])).collect();
    blocks[7].1 = vec![transaction(66)];
    let span = span_batch(&start.clone().span(&blocks), 0, &world.config);
    let good = start.clone().next(0, &[transaction(7)]);
    world.post(Channel::new(1, &[span, Batch::Singular(good)]).calldata());
    let run = run(&world);
    // Seven blocks were built, the last of them in another epoch, before the eighth was refused.
    assert_eq!(run.rejected, [8]);
    assert_eq!(run.contents(), [[transaction(7)]]);
    assert_eq!(run.pipeline.safe_head(), &run.chain[1].info);
}

#[test]
fn blocks_of_a_span_batch_are_safe_once_all_are_built_before_holocene() {
    for (fork, safe_after_first) in [(Fork::Granite, 0), (Fork::Holocene, 1)] {
        let mut world = World::new(fork);
        let span = world.sequencer().span(&[(0, vec![transaction(1)]), (0, vec![transaction(66)])]);
        world.post(Channel::new(1, &[span_batch(&span, 0, &world.config)]).calldata());
        let mut run = Run::new(&world);
        run.engine.invalid = vec![transaction(66)];
        // Until the second block is refused.
        while run.rejected.is_empty() {
            let before = run.pipeline.safe_head().block.number.0;
            assert!(before <= safe_after_first, "{fork}");
            run.step(&world);
        }
        assert_eq!(run.pipeline.safe_head().block.number.0, safe_after_first, "{fork}");
        assert_eq!(run.pipeline.parent().block.number.0, safe_after_first, "{fork}");
    }
}

#[test]
fn empty_block_follows_at_the_end_of_the_window_if_no_batch_is_valid_before_holocene() {
    let mut world = World::new(Fork::Granite);
    let bad = world.sequencer().next(0, &[transaction(66)]);
    world.post(Channel::of_singles(1, &[bad]).calldata());
    assert_eq!(run(&world).head(), 0);
    world.mine_empty(9);
    let run = run(&world);
    assert_eq!(run.rejected, [1]);
    assert_eq!(run.epochs(), [0; 5]);
}

#[test]
fn rule_for_invalid_payloads_is_decided_by_the_l1_block_of_the_batch() {
    for (secs, expect) in [(L1_BLOCK_SECS, 1), (L1_BLOCK_SECS + 1, 0)] {
        let mut world = World::new(Fork::Granite);
        world.config.forks.holocene_time = Some(GENESIS_TIME + secs);
        let bad = world.sequencer().next(0, &[transaction(66)]);
        world.post(Channel::of_singles(1, &[bad]).calldata());
        assert_eq!(run(&world).head(), expect, "{secs}");
    }
}

#[test]
fn rejected_deposits_are_the_end() {
    for fork in [Fork::Granite, Fork::Holocene] {
        let mut world = World::new(fork);
        let batch = world.sequencer().next(0, &[]);
        world.post(Channel::of_singles(1, &[batch]).calldata());
        let mut run = Run::new(&world);
        run.until_attributes(&world);
        let number = axos_genesis::L2Number(1);
        let error = run.pipeline.reject_payload().unwrap_err();
        assert_eq!(error, Error::DepositsOnlyRejected { number }, "{fork}");
        assert!(error.is_critical());
        assert_eq!(run.pipeline.step(), Err(Error::AttributesInFlight));
    }
}

#[test]
fn rejected_replacement_is_the_end() {
    let mut world = World::new(Fork::Holocene);
    let bad = world.sequencer().next(0, &[transaction(66)]);
    world.post(Channel::of_singles(1, &[bad]).calldata());
    let mut run = Run::new(&world);
    let first = run.until_attributes(&world);
    run.pipeline.reject_payload().unwrap();
    let Ok(Outcome::Attributes(second)) = run.pipeline.step() else { panic!("no attributes") };
    assert_eq!(*second, first.to_deposits_only());
    let number = axos_genesis::L2Number(1);
    assert_eq!(run.pipeline.reject_payload(), Err(Error::DepositsOnlyRejected { number }));
}

#[test]
fn flush_drops_a_channel_that_is_being_put_together() {
    // One L1 block completes a channel with an invalid payload. The next channel of the same block
    // is not open yet when that is found, so that it is not lost.
    let mut world = World::new(Fork::Holocene);
    let bad = world.sequencer().next(0, &[transaction(66)]);
    let hash = {
        let mut only_bad = world.clone();
        only_bad.post(Channel::of_singles(1, std::slice::from_ref(&bad)).calldata());
        *run(&only_bad).chain[1].block()
    };
    let next = support_testkit::Sequencer::new(&world, &hash).next(0, &[transaction(2)]);
    let first = Channel::of_singles(1, &[bad]).frames(1);
    let second = Channel::of_singles(2, &[next]).frames(1);
    world.post(support_testkit::calldata(&[first.concat(), second.concat()]));
    let run = run(&world);
    assert_eq!(run.contents(), [vec![], vec![transaction(2)]]);
    assert!(!run.drops.contains(&Dropped::Batch(BatchDrop::ParentRejected)));
}
