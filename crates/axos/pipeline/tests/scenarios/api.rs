//! Calls that make no sense where they are made.

use alloy_primitives::{Address, B256};
use axos_genesis::{Fork, L2Number};
use axos_pipeline::{Error, Input, L2BlockInfo, Outcome, Request};

use support_testkit::{Channel, Run, World, transaction};

fn world() -> World {
    let mut world = World::new(Fork::Holocene);
    let batch = world.sequencer().next(0, &[transaction(1)]);
    world.post(Channel::of_singles(1, &[batch]).calldata());
    world
}

#[test]
fn request_stands_until_it_is_answered() {
    let world = world();
    let mut run = Run::new(&world);
    let first = run.pipeline.step().unwrap();
    let hash = world.l1[0].block.hash;
    assert_eq!(first, Outcome::Needs(Request::L1Header { hash }));
    assert_eq!(run.pipeline.step(), Ok(first.clone()));

    let wrong = run.pipeline.provide(Input::L1BeyondHead);
    let (expected, actual) = ("L1Header", "L1BeyondHead");
    assert_eq!(wrong, Err(Error::UnexpectedInput { expected, actual }));
    let rlp = &world.l1[0].rlp;
    let wrong = run.pipeline.provide(Input::L1Header { hash: B256::ZERO, rlp });
    assert_eq!(wrong, Err(Error::WrongHash { expected: hash, actual: B256::ZERO }));
    let wrong = run.pipeline.provide(Input::L1Header { hash, rlp: &rlp[1..] });
    assert!(matches!(wrong, Err(Error::Header(_))));
    assert_eq!(run.pipeline.step(), Ok(first));

    run.pipeline.provide(Input::L1Header { hash, rlp }).unwrap();
    run.exhaust(&world);
    assert_eq!(run.head(), 1);
}

#[test]
fn nothing_can_be_provided_unasked() {
    let mut run = Run::new(&world());
    let (expected, actual) = ("nothing", "Missing");
    let unasked = run.pipeline.provide(Input::Missing);
    assert_eq!(unasked, Err(Error::UnexpectedInput { expected, actual }));
}

#[test]
fn next_l1_block_must_have_the_next_number() {
    let mut world = world();
    world.mine_empty(2);
    let mut run = Run::new(&world);
    run.until_request(&world, |request| matches!(request, Request::L1HeaderByNumber { .. }));
    let other = &world.l1[2];
    let input = Input::L1Header { hash: other.block.hash, rlp: &other.rlp };
    assert_eq!(run.pipeline.provide(input), Err(Error::WrongNumber { expected: 1, actual: 2 }));
}

#[test]
fn malformed_l1_data_is_an_error_and_the_request_stands() {
    let world = world();
    let mut run = Run::new(&world);
    run.until_request(&world, |request| matches!(request, Request::L1Transactions { .. }));
    let wrong = run.pipeline.provide(Input::L1Transactions(&[&[0x02, 0xc0]]));
    assert!(matches!(wrong, Err(Error::L1Transaction { index: 0, .. })), "{wrong:?}");
    assert!(!wrong.unwrap_err().is_critical());
    run.exhaust(&world);
    assert_eq!(run.head(), 1);
}

#[test]
fn data_is_the_batchers_if_the_caller_says_that_the_batcher_signed() {
    let world = world();
    let until_signers = || {
        let mut run = Run::new(&world);
        run.until_request(&world, |request| matches!(request, Request::L1Signers { .. }));
        run
    };
    let batcher = Some(world.config.genesis.system_config.batcher_address);
    for (answer, head) in [(batcher, 1), (None, 0), (Some(Address::repeat_byte(1)), 0)] {
        let mut run = until_signers();
        for wrong in [&[][..], &[answer, answer]] {
            let (expected, actual) = (1, wrong.len());
            let wrong = run.pipeline.provide(Input::L1Signers(wrong));
            assert_eq!(wrong, Err(Error::WrongCount { expected, actual }));
        }
        run.pipeline.provide(Input::L1Signers(&[answer])).unwrap();
        run.exhaust(&world);
        assert_eq!(run.head(), head, "{answer:?}");
    }
    let mut run = until_signers();
    run.pipeline.provide(Input::Missing).unwrap();
    let Ok(Outcome::Reset(_)) = run.pipeline.step() else { panic!("the block is gone") };
}

#[test]
fn attributes_are_answered_once() {
    let world = world();
    let mut run = Run::new(&world);
    let nothing = L2BlockInfo::default();
    assert_eq!(run.pipeline.accept(nothing), Err(Error::NoAttributesInFlight));
    assert_eq!(run.pipeline.reject_payload(), Err(Error::NoAttributesInFlight));

    let derived = run.until_attributes(&world);
    assert_eq!(run.pipeline.step(), Err(Error::AttributesInFlight));
    let block = run.engine.execute(&world.config, &derived).unwrap();
    let mut other = block;
    other.block.number = L2Number(7);
    assert!(matches!(run.pipeline.accept(other), Err(Error::WrongBlock { .. })));
    assert_eq!(run.pipeline.step(), Err(Error::AttributesInFlight));

    run.pipeline.accept(block).unwrap();
    assert_eq!(run.pipeline.parent(), &block);
    assert_eq!(run.pipeline.accept(block), Err(Error::NoAttributesInFlight));
}
