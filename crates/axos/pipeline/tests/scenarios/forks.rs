//! Forks take effect at the right one of three times: that of the L1 block with the data, that of
//! the L1 origin, that of the L2 block.

use alloy_primitives::{Bytes, U256};
use axos_genesis::{Fork, L1Number};
use axos_pipeline::{BatchDrop, Dropped, Error, Outcome, Request};
use axos_protocol::{Batch, KARST_UPGRADE_GAS, SingularBatch};

use support_testkit::{
    Channel, Contents, GENESIS_TIME, L1_BLOCK_SECS, L2_BLOCK_SECS, Run, World, calldata,
    set_code_transaction, span_batch, transaction,
};

/// A world before `fork`, which becomes active `secs` after genesis.
fn world_with(fork: Fork, secs: u64) -> World {
    let before = Fork::ALL[Fork::ALL.iter().position(|it| *it == fork).unwrap() - 1];
    let mut world = World::new(before);
    let (forks, time) = (&mut world.config.forks, Some(GENESIS_TIME + secs));
    match fork {
        Fork::Bedrock => unreachable!("it has no time"),
        Fork::Regolith => forks.regolith_time = time,
        Fork::Canyon => forks.canyon_time = time,
        Fork::Delta => forks.delta_time = time,
        Fork::Ecotone => forks.ecotone_time = time,
        Fork::Fjord => forks.fjord_time = time,
        Fork::Granite => forks.granite_time = time,
        Fork::Holocene => forks.holocene_time = time,
        Fork::Isthmus => forks.isthmus_time = time,
        Fork::Jovian => forks.jovian_time = time,
        Fork::Karst => forks.karst_time = time,
    }
    world
}

fn empty_batches<const N: usize>(world: &World) -> [SingularBatch; N] {
    let mut sequencer = world.sequencer();
    [(); N].map(|()| sequencer.next(0, &[]))
}

/// Number of deposits in each of the first four blocks, with `fork` active from the second on.
fn deposit_counts(fork: Fork) -> Vec<usize> {
    let mut world = world_with(fork, 2 * L2_BLOCK_SECS);
    world.post(Channel::of_singles(1, &empty_batches::<4>(&world)).calldata());
    let run = Run::all(&world);
    run.chain.iter().filter_map(|built| Some(built.derived.as_ref()?.deposit_count)).collect()
}

#[test]
fn first_l2_block_of_a_fork_has_its_upgrade_transactions() {
    for (fork, upgrades) in [
        (Fork::Regolith, 0),
        (Fork::Canyon, 0),
        (Fork::Delta, 0),
        (Fork::Ecotone, 6),
        (Fork::Fjord, 3),
        (Fork::Granite, 0),
        (Fork::Holocene, 0),
        (Fork::Isthmus, 8),
        (Fork::Jovian, 5),
    ] {
        assert_eq!(deposit_counts(fork), [1, 1 + upgrades, 1, 1], "{fork}");
    }
}

#[test]
fn attributes_have_the_fields_of_their_fork_by_the_time_of_the_l2_block() {
    let fields = |fork, has: fn(&axos_protocol::PayloadAttributes) -> bool| -> Vec<bool> {
        let mut world = world_with(fork, 2 * L2_BLOCK_SECS);
        world.post(Channel::of_singles(1, &empty_batches::<3>(&world)).calldata());
        let run = Run::all(&world);
        let derived = run.chain.iter().filter_map(|built| built.derived.as_ref());
        derived.map(|it| has(&it.attributes)).collect()
    };
    let from_second_on = [false, true, true];
    assert_eq!(fields(Fork::Canyon, |it| it.has_withdrawals), from_second_on);
    assert_eq!(fields(Fork::Ecotone, |it| it.parent_beacon_block_root.is_some()), from_second_on);
    assert_eq!(fields(Fork::Holocene, |it| it.eip1559_params.is_some()), from_second_on);
    assert_eq!(fields(Fork::Jovian, |it| it.min_base_fee.is_some()), from_second_on);
}

#[test]
fn first_block_of_holocene_has_zero_base_fee_parameters_and_the_next_the_chains() {
    let mut world = world_with(Fork::Holocene, L2_BLOCK_SECS);
    world.post(Channel::of_singles(1, &empty_batches::<2>(&world)).calldata());
    let run = Run::all(&world);
    let derived = run.chain.iter().filter_map(|built| built.derived.as_ref());
    let params: Vec<_> = derived.map(|it| it.attributes.eip1559_params).collect();
    assert_eq!(params, [Some((0, 0)), Some((250, 6))]);
}

#[test]
fn delta_is_decided_by_inclusion_and_by_the_first_origin() {
    // L1 block 1 is the origin of the span, block 2 has the data.
    for (secs, expect) in [
        (L1_BLOCK_SECS, None),
        (L1_BLOCK_SECS + 1, Some(BatchDrop::SpanBeforeDelta)),
        (2 * L1_BLOCK_SECS, Some(BatchDrop::SpanBeforeDelta)),
        (2 * L1_BLOCK_SECS + 1, Some(BatchDrop::SpanBeforeDelta)),
    ] {
        let mut world = world_with(Fork::Delta, secs);
        world.mine_empty(1);
        let mut sequencer = world.sequencer();
        let singles: Vec<_> = (0..5).map(|_| Batch::Singular(sequencer.next(0, &[]))).collect();
        let span = sequencer.span(&[(1, vec![]), (1, vec![])]);
        let mut batches = singles;
        batches.push(span_batch(&span, 0, &world.config));
        world.post(Channel::new(1, &batches).calldata());
        let run = Run::all(&world);
        let dropped: Vec<_> = expect.into_iter().map(Dropped::Batch).collect();
        assert_eq!(run.drops, dropped, "{secs}");
        assert_eq!(run.head(), if expect.is_none() { 7 } else { 5 }, "{secs}");
    }
}

#[test]
fn holocene_drops_frames_and_channels_from_before_it() {
    let mut world = world_with(Fork::Holocene, 2 * L1_BLOCK_SECS);
    let frames = Channel::of_singles(1, &empty_batches::<1>(&world)).frames(2);
    world.post(calldata(&frames[..1]));
    world.post(calldata(&frames[1..]));
    assert_eq!(Run::all(&world).head(), 0);
}

#[test]
fn holocene_drops_batches_from_before_it() {
    let [one, two, three] = {
        let world = world_with(Fork::Holocene, 2 * L1_BLOCK_SECS);
        empty_batches(&world)
    };
    for (secs, expect) in [(2 * L1_BLOCK_SECS, 1), (2 * L1_BLOCK_SECS + 1, 3)] {
        let mut world = world_with(Fork::Holocene, secs);
        world.post(Channel::of_singles(1, &[two.clone(), three.clone()]).calldata());
        world.post(Channel::of_singles(2, std::slice::from_ref(&one)).calldata());
        assert_eq!(Run::all(&world).head(), expect, "{secs}");
    }
}

#[test]
fn holocene_keeps_the_l1_window_and_the_origin() {
    // The first channel under the new rules brings blocks with L1 origins from before.
    let mut world = world_with(Fork::Holocene, 3 * L1_BLOCK_SECS);
    world.mine_empty(2);
    let mut sequencer = world.sequencer();
    let blocks: Vec<_> = (1..=13).map(|number| (number / 6, vec![transaction(number)])).collect();
    let span = span_batch(&sequencer.span(&blocks), 0, &world.config);
    let included_in = world.post(Channel::new(1, &[span]).calldata());
    let run = Run::all(&world);
    assert_eq!(run.drops, []);
    assert_eq!(run.head(), 13);
    assert_eq!(run.epochs()[12], 2);
    let derived_from = run.chain[13].derived.as_ref().unwrap().derived_from;
    assert_eq!(derived_from.number, L1Number(included_in));
}

#[test]
fn holocene_rules_do_not_apply_to_l1_blocks_before_it() {
    // The batches are of a time when Holocene is active on L2, but not where they were included.
    let mut world = world_with(Fork::Holocene, L2_BLOCK_SECS);
    let [one, two] = empty_batches(&world);
    let early = Contents {
        delay: Some(1),
        ..world.batcher_data(Channel::of_singles(1, &[two, one]).calldata())
    };
    world.mine(early);
    assert_eq!(Run::all(&world).head(), 2);
}

#[test]
fn set_code_transaction_is_decided_by_the_time_of_the_l2_block() {
    for (secs, expect) in [(L2_BLOCK_SECS, 1), (2 * L2_BLOCK_SECS, 0)] {
        let mut world = world_with(Fork::Isthmus, secs);
        let batch = world.sequencer().next(0, &[set_code_transaction()]);
        world.post(Channel::of_singles(1, &[batch]).calldata());
        assert_eq!(Run::all(&world).head(), expect, "{secs}");
    }
}

#[test]
fn first_block_of_jovian_must_be_empty() {
    for span in [false, true] {
        let mut world = world_with(Fork::Jovian, 2 * L2_BLOCK_SECS);
        let mut sequencer = world.sequencer();
        let blocks: Vec<_> = (1..=3).map(|number| (0, vec![transaction(number)])).collect();
        let batches: Vec<_> = if span {
            vec![span_batch(&sequencer.span(&blocks), 0, &world.config)]
        } else {
            let singles = blocks.iter().map(|(epoch, content)| sequencer.next(*epoch, content));
            singles.map(Batch::Singular).collect()
        };
        world.post(Channel::new(1, &batches).calldata());
        let run = Run::all(&world);
        assert_eq!(run.drops, [Dropped::Batch(BatchDrop::ActivationBlockNotEmpty)]);
        assert_eq!(run.head(), 1);
    }
}

/// The bundle among the fixtures, if they are there.
fn karst_bundle() -> Option<Bytes> {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../../..");
    let fixtures =
        std::env::var("FIXTURES_DIR").unwrap_or_else(|_| format!("{root}/../shared/fixtures"));
    let bundle = std::fs::read(format!("{fixtures}/karst_upgrade_bundle.json")).ok();
    if bundle.is_none() {
        println!("skipped: no Karst bundle in {fixtures}");
    }
    bundle.map(Bytes::from)
}

#[test]
fn first_block_of_karst_has_the_bundle_and_its_gas() {
    let Some(bundle) = karst_bundle() else { return };
    for keeps_gas in [false, true] {
        let mut world = world_with(Fork::Karst, 2 * L2_BLOCK_SECS);
        world.config.keep_karst_upgrade_gas = keeps_gas;
        world.karst_bundle = Some(bundle.clone());
        world.post(Channel::of_singles(1, &empty_batches::<3>(&world)).calldata());
        let run = Run::all(&world);
        let derived: Vec<_> = run.chain.iter().filter_map(|it| it.derived.as_ref()).collect();
        assert_eq!(derived.iter().map(|it| it.deposit_count).collect::<Vec<_>>(), [1, 32, 1]);
        let limit = world.config.genesis.system_config.gas_limit;
        let raised = limit + KARST_UPGRADE_GAS;
        let limits: Vec<_> = derived.iter().map(|it| it.attributes.gas_limit).collect();
        assert_eq!(limits, [limit, raised, if keeps_gas { raised } else { limit }]);
        let asked = run.requests.iter().filter(|it| matches!(it, Request::UpgradeBundle { .. }));
        assert_eq!(asked.count(), 1);
    }
}

#[test]
fn other_bundle_than_that_of_karst_is_an_error() {
    let mut world = world_with(Fork::Karst, L2_BLOCK_SECS);
    world.karst_bundle = Some(Bytes::from_static(b"{}"));
    world.post(Channel::of_singles(1, &empty_batches::<1>(&world)).calldata());
    let mut run = Run::new(&world);
    assert!(matches!(run.until_stop(&world), Err(Error::WrongHash { .. })));
    // The request still stands.
    let again = run.pipeline.step();
    assert!(matches!(again, Ok(Outcome::Needs(Request::UpgradeBundle { fork: Fork::Karst, .. }))));
}

#[test]
fn drift_of_1800_seconds_is_decided_by_the_time_of_the_origin() {
    // The configured drift is 600 seconds. The next L1 block is late, and the sequencer goes on.
    for (fjord_secs, expect) in [(0, 500), (1, 300)] {
        let mut world = world_with(Fork::Fjord, fjord_secs);
        let mut sequencer = world.sequencer();
        let batches: Vec<_> = (1..=500).map(|n| sequencer.next(0, &[transaction(n)])).collect();
        let mut contents = world.batcher_data(Channel::of_singles(1, &batches).calldata());
        contents.delay = Some(2_000);
        world.mine(contents);
        let run = Run::all(&world);
        assert_eq!(run.head(), expect);
        let exceeded = Dropped::Batch(BatchDrop::DriftExceeded);
        assert_eq!(run.drops.contains(&exceeded), expect == 300);
    }
}

#[test]
fn fee_scalars_take_their_form_by_the_time_of_the_l1_block() {
    let topic_and_data = |world: &World| {
        // Overhead 5 and a scalar of version 1.
        let mut log = world.config_update(1, U256::from(1));
        let scalar = (U256::from(1) << 248) | U256::from(9);
        let words = [U256::from(32), U256::from(64), U256::from(5), scalar];
        log.data = words.map(|it| it.to_be_bytes::<32>()).concat().into();
        log
    };
    for (ecotone_secs, overhead) in [(L1_BLOCK_SECS, 0), (L1_BLOCK_SECS + 1, 5)] {
        let mut world = world_with(Fork::Ecotone, ecotone_secs);
        let log = topic_and_data(&world);
        world.mine(Contents::new().log(log));
        let mut sequencer = world.sequencer();
        let batches: Vec<_> = [0, 0, 0, 0, 0, 1].map(|epoch| sequencer.next(epoch, &[])).into();
        world.post(Channel::of_singles(1, &batches).calldata());
        let run = Run::all(&world);
        // The first block of Ecotone still has the layout of Bedrock, which shows the overhead.
        let l1_info = &run.chain[6].derived.as_ref().unwrap().attributes.transactions[0];
        let system_config = run.chain[6].info.system_config;
        assert_eq!(system_config.overhead, U256::from(overhead), "{l1_info}");
    }
}
