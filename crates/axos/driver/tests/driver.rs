//! The blocking driver on scripted chains.

#![allow(clippy::unwrap_used, reason = "a test that can't go on says so by panicking")]

use alloy_primitives::Bytes;
use axos_driver::{Driver, DriverError, DriverOutcome, Engine, Execution, Step};
use axos_genesis::{Fork, L2Number};
use axos_pipeline::{DerivedAttributes, Error, ResetReason};
use support_testkit::{
    Built, Channel, L1Block, Missing, Run, Sequencer, World, WorldEngine, WorldL1, WorldL2,
    span_batch, transaction,
};

type WorldDriver<'a> = Driver<WorldL1<'a>, WorldL2, WorldEngine>;

/// A driver that goes on from the last of these blocks.
fn driver_from(world: &World, chain: Vec<Built>, invalid: Vec<Bytes>) -> WorldDriver<'_> {
    let safe_head = chain.last().unwrap().info;
    let engine = WorldEngine::new(world, invalid);
    let (config, l1_config) = (world.config.clone(), world.l1_config.clone());
    Driver::new(config, l1_config, safe_head, WorldL1(world), WorldL2(chain), engine)
}

fn driver(world: &World) -> WorldDriver<'_> {
    driver_from(world, Run::new(world).chain, Vec::new())
}

fn number(outcome: DriverOutcome) -> u64 {
    match outcome {
        DriverOutcome::ReachedTarget(head) | DriverOutcome::L1Exhausted(head) => {
            head.block.number.0
        }
    }
}

/// A world with a span batch of five blocks in L1 block 1, the third of which has transaction 66.
fn world(fork: Fork) -> World {
    let mut world = World::new(fork);
    let contents = [1, 2, 66, 4, 5].map(|number| (0, vec![transaction(number)]));
    let span = span_batch(&world.sequencer().span(&contents), 0, &world.config);
    world.post(Channel::new(1, &[span]).calldata());
    world
}

#[test]
fn target_is_reached_and_not_passed() {
    for fork in [Fork::Granite, Fork::Holocene] {
        let world = world(fork);
        let whole = Run::all(&world);
        for target in 0..=5 {
            let mut driver = driver(&world);
            let outcome = driver.advance_to(L2Number(target)).unwrap();
            let expect = whole.chain[usize::try_from(target).unwrap()].info;
            assert_eq!(outcome, DriverOutcome::ReachedTarget(expect));
            assert_eq!(driver.engine().built.len(), usize::try_from(target).unwrap());
        }
    }
}

#[test]
fn l1_exhausted_clamps_to_the_safe_head() {
    let world = world(Fork::Holocene);
    let outcome = driver(&world).advance_to(L2Number(6)).unwrap();
    assert!(matches!(outcome, DriverOutcome::L1Exhausted(_)));
    assert_eq!(number(outcome), 5);
}

#[test]
fn target_at_or_below_the_start_is_reached_at_once() {
    let mut world = world(Fork::Holocene);
    let whole = Run::all(&world);
    // Not even the starting point is needed for that.
    world.l1.clear();
    let mut driver = driver_from(&world, whole.chain, Vec::new());
    assert_eq!(number(driver.advance_to(L2Number(5)).unwrap()), 5);
    assert_eq!(number(driver.advance_to(L2Number(2)).unwrap()), 5);
}

#[test]
fn driver_goes_on_from_where_it_stopped() {
    let world = world(Fork::Holocene);
    let mut driver = driver(&world);
    for target in 1..=5 {
        assert_eq!(number(driver.advance_to(L2Number(target)).unwrap()), target);
    }
    assert_eq!(driver.engine().built.len(), 5);
}

#[test]
fn invalid_payload_becomes_deposits_only_from_holocene_on() {
    let world = world(Fork::Holocene);
    let mut driver = driver_from(&world, Run::new(&world).chain, vec![transaction(66)]);
    let outcome = driver.advance_to(L2Number(9)).unwrap();
    // The rest of the span batch went with it.
    assert!(matches!(outcome, DriverOutcome::L1Exhausted(_)));
    assert_eq!(number(outcome), 3);
}

#[test]
fn invalid_payload_takes_back_its_span_batch_before_holocene() {
    let mut world = world(Fork::Granite);
    let single = world.sequencer().next(0, &[transaction(7)]);
    world.post(Channel::of_singles(2, &[single]).calldata());
    let mut driver = driver_from(&world, Run::new(&world).chain, vec![transaction(66)]);
    let outcome = driver.advance_to(L2Number(9)).unwrap();
    assert!(matches!(outcome, DriverOutcome::L1Exhausted(_)));
    assert_eq!(number(outcome), 1);
    // Two blocks of the span batch were built in vain.
    let built: Vec<_> = driver.engine().built.iter().map(|block| block.number.0).collect();
    assert_eq!(built, [1, 2, 1]);
}

#[test]
fn overlap_with_blocks_of_the_same_run_is_compared_with_them() {
    // The third block is replaced, so that a second span batch with the first three must not fit,
    // and one with the replaced block must.
    for (third, head) in [(vec![transaction(66)], 3), (vec![], 4)] {
        let mut world = world(Fork::Holocene);
        let contents = [
            (0, vec![transaction(1)]),
            (0, vec![transaction(2)]),
            (0, third),
            (0, vec![transaction(8)]),
        ];
        let span = span_batch(&world.sequencer().span(&contents), 0, &world.config);
        world.post(Channel::new(2, &[span]).calldata());
        let mut driver = driver_from(&world, Run::new(&world).chain, vec![transaction(66)]);
        assert_eq!(number(driver.advance_to(L2Number(9)).unwrap()), head);
    }
}

#[test]
fn overlap_with_blocks_below_the_start_is_compared_with_the_l2_source() {
    let mut world = world(Fork::Holocene);
    let whole = Run::all(&world);
    let mut sequencer = Sequencer::new(&world, whole.chain[1].block());
    let contents = [2, 66, 4, 5, 6].map(|number| (0, vec![transaction(number)]));
    let span = span_batch(&sequencer.span(&contents), 0, &world.config);
    world.post(Channel::new(2, &[span]).calldata());
    for start in 3..=5 {
        let mut driver = driver_from(&world, whole.chain[..=start].to_vec(), Vec::new());
        assert_eq!(number(driver.advance_to(L2Number(6)).unwrap()), 6, "{start}");
    }
}

#[test]
fn l1_chain_that_does_not_fit_is_an_error() {
    let mut world = world(Fork::Holocene);
    world.mine_empty(1);
    let other = L1Block::seal(Some(&world.l1[0].block), 2_000_000, Default::default());
    let stray = L1Block::seal(Some(&other.block), 2_000_012, Default::default());
    world.l1[2] = stray;
    let error = driver(&world).advance_to(L2Number(9)).unwrap_err();
    assert!(matches!(error, DriverError::Reset(ResetReason::L1Reorg { .. })), "{error}");
}

#[test]
fn missing_data_is_an_error_and_never_an_outcome() {
    let mut world = world(Fork::Holocene);
    let chain = Run::new(&world).chain;
    world.l1.clear();
    let error = driver_from(&world, chain, Vec::new()).advance_to(L2Number(1)).unwrap_err();
    assert_eq!(error, DriverError::L1(Missing("L1 block")));
}

/// Refuses everything.
#[derive(Debug)]
struct Refusing;

impl Engine for Refusing {
    type Error = Missing;

    fn execute(&mut self, _: &DerivedAttributes) -> Result<Execution, Missing> {
        Ok(Execution::InvalidPayload)
    }
}

#[test]
fn rejected_deposits_are_an_error() {
    let world = world(Fork::Holocene);
    let (config, l1_config) = (world.config.clone(), world.l1_config.clone());
    let (l1, l2) = (WorldL1(&world), WorldL2(Run::new(&world).chain));
    let mut driver = Driver::new(config, l1_config, world.genesis(), l1, l2, Refusing);
    let number = L2Number(1);
    assert_eq!(
        driver.advance_to(number),
        Err(DriverError::Pipeline(Error::DepositsOnlyRejected { number }))
    );
}

#[test]
fn steps_tell_what_happens() {
    let world = world(Fork::Holocene);
    let mut driver = driver_from(&world, Run::new(&world).chain, vec![transaction(66)]);
    let mut steps = Vec::new();
    while steps.last() != Some(&Step::Exhausted) {
        steps.push(driver.step().unwrap());
    }
    let rejected = Step::RejectedPayload { number: L2Number(3) };
    assert_eq!(steps.iter().filter(|step| **step == rejected).count(), 1);
    assert_eq!(steps.iter().filter(|step| matches!(step, Step::Built(_))).count(), 3);
    assert_eq!(steps.iter().filter(|step| matches!(step, Step::Advanced(_))).count(), 1);
}
