use std::{vec, vec::Vec};

use alloy_consensus::Header;
use alloy_primitives::{Address, U256};
use axos_driver::L2Source;
use axos_genesis::{ChainGenesis, ForkSchedule, L2BlockId, L2BlockRef, L2Number, SystemConfig};
use axos_pipeline::{Input, Outcome, Request};
use kona_preimage::{MemoryOracle, PreimageKey};

use super::*;
use crate::{
    ChainConfig, ProgramOptions,
    engine::AgreedBlock,
    l2::L2Chain,
    support::{DEVNETS, Run},
    test_chain::{L1_BLOCK_SECS, TestL1, config_update, full_bloom, set_receipt},
};

const SYSTEM_CONFIG: Address = Address::repeat_byte(0x5c);
const BATCHER: Address = Address::repeat_byte(0xba);

/// Channels time out after 30 L1 blocks; from Granite on after 50, here like everywhere.
fn config(granite_at: Option<u64>) -> RollupConfig {
    RollupConfig {
        genesis: ChainGenesis {
            l1: L1BlockId { number: L1Number(100), ..L1BlockId::default() },
            l2: L2BlockId { number: L2Number(7), ..L2BlockId::default() },
            ..ChainGenesis::default()
        },
        channel_timeout: 30,
        l1_system_config_address: SYSTEM_CONFIG,
        forks: ForkSchedule {
            granite_time: granite_at.map(|number| number * L1_BLOCK_SECS),
            ..ForkSchedule::default()
        },
        ..RollupConfig::default()
    }
}

fn agreed_on(origin: L1BlockId) -> L2BlockInfo {
    let block = L2BlockRef { number: L2Number(1000), l1_origin: origin, ..L2BlockRef::default() };
    let system_config = SystemConfig { batcher_address: BATCHER, ..SystemConfig::default() };
    L2BlockInfo { block, system_config }
}

/// Number of the first L1 block to read for an agreed block of this origin; `None` if the L2 chain
/// has to be walked.
fn start_of(chain: &TestL1, config: &RollupConfig, origin: u64) -> Option<u64> {
    let mut l1 = L1Chain::new(&chain.oracle, &ProgramOptions::default(), chain.head()).unwrap();
    let start = find_start(&mut l1, config, &agreed_on(chain.id(origin))).unwrap()?;
    assert_eq!(start.origin.hash, chain.id(start.origin.number.0).hash);
    assert_eq!(start.system_config.batcher_address, BATCHER);
    Some(start.origin.number.0)
}

fn plain_chain() -> TestL1 {
    TestL1::new(90, 300, |_, _| {})
}

#[test]
fn start_is_one_channel_timeout_below_the_agreed_origin() {
    assert_eq!(start_of(&plain_chain(), &config(None), 200), Some(170));
    assert_eq!(start_of(&plain_chain(), &config(Some(0)), 200), Some(150));
}

#[test]
fn channel_timeout_is_the_one_at_the_time_of_the_block_walked_to() {
    // Granite at 160: block 170 is too high for 50 blocks, block 159 low enough for 30.
    assert_eq!(start_of(&plain_chain(), &config(Some(160)), 200), Some(159));
    // Granite at 171: block 170 is low enough for 30.
    assert_eq!(start_of(&plain_chain(), &config(Some(171)), 200), Some(170));
    // Granite at 140: block 150 is low enough for 50.
    assert_eq!(start_of(&plain_chain(), &config(Some(140)), 200), Some(150));
}

#[test]
fn start_is_not_below_the_genesis_of_l1() {
    for (origin, expected) in [(100, 100), (101, 100), (129, 100), (130, 100), (131, 101)] {
        assert_eq!(start_of(&plain_chain(), &config(None), origin), Some(expected));
    }
}

/// A chain whose block `number` has these logs.
fn chain_with_logs(number: u64, logs: Vec<alloy_primitives::Log>) -> TestL1 {
    TestL1::new(90, 300, |header: &mut Header, oracle: &mut MemoryOracle| {
        if header.number == number {
            set_receipt(header, oracle, logs.clone());
        }
    })
}

#[test]
fn changed_batcher_has_to_be_read_from_the_l2_chain() {
    let batcher = U256::from_be_slice(Address::repeat_byte(0xbb).as_slice());
    let update = config_update(SYSTEM_CONFIG, 0, batcher);
    // What block 170 itself changes is in force there already.
    for (number, expected) in
        [(170, Some(170)), (171, None), (185, None), (200, None), (201, Some(170))]
    {
        let chain = chain_with_logs(number, vec![update.clone()]);
        assert_eq!(start_of(&chain, &config(None), 200), expected, "update in {number}");
    }
    // The same batcher again may have followed another one.
    let same = config_update(SYSTEM_CONFIG, 0, U256::from_be_slice(BATCHER.as_slice()));
    assert_eq!(start_of(&chain_with_logs(185, vec![same]), &config(None), 200), None);
}

#[test]
fn updates_of_other_values_or_other_contracts_leave_the_batcher() {
    let gas_limit = config_update(SYSTEM_CONFIG, 2, U256::from(50_000_000));
    let foreign = config_update(Address::repeat_byte(0x5d), 0, U256::from(1));
    for log in [gas_limit, foreign] {
        let chain = chain_with_logs(185, vec![log]);
        assert_eq!(start_of(&chain, &config(None), 200), Some(170));
    }
}

#[test]
fn receipts_are_read_only_where_the_bloom_filter_admits_an_update() {
    // None of these blocks has receipts that could be read.
    let unreadable = |header: &mut Header, _: &mut MemoryOracle| {
        header.receipts_root = alloy_primitives::B256::repeat_byte(9);
    };
    assert_eq!(start_of(&TestL1::new(90, 300, unreadable), &config(None), 200), Some(170));

    let admitting = TestL1::new(90, 300, |header, oracle| {
        unreadable(header, oracle);
        if header.number == 180 {
            header.logs_bloom = full_bloom();
        }
    });
    let mut l1 =
        L1Chain::new(&admitting.oracle, &ProgramOptions::default(), admitting.head()).unwrap();
    let agreed = agreed_on(admitting.id(200));
    let error = find_start(&mut l1, &config(None), &agreed).unwrap_err();
    assert!(matches!(error, ProgramError::Source(crate::SourceError::List { .. })), "{error:?}");
}

#[test]
fn agreed_block_must_build_on_the_l1_chain_given() {
    let chain = TestL1::new(90, 120, |_, _| {});
    let mut l1 = L1Chain::new(&chain.oracle, &ProgramOptions::default(), chain.head()).unwrap();
    for number in [90, 119, 120] {
        assert!(check_origin(&mut l1, chain.id(number)).is_ok());
    }

    let beyond = L1BlockId { number: L1Number(121), ..chain.id(120) };
    let error = check_origin(&mut l1, beyond).unwrap_err();
    assert!(
        matches!(
            error,
            ProgramError::L1HeadBelowOrigin { head, origin }
                if head == chain.id(120) && origin == beyond
        ),
        "{error:?}"
    );

    let other = L1BlockId { number: L1Number(110), ..chain.id(111) };
    let error = check_origin(&mut l1, other).unwrap_err();
    assert!(
        matches!(
            error,
            ProgramError::OriginNotInChain { origin, found }
                if origin == other && found == chain.id(110).hash
        ),
        "{error:?}"
    );
}

/// The L1 block that a pipeline starts to read at, after it walked the L2 chain back.
fn start_by_walk(
    mut pipeline: Pipeline,
    l1: &mut L1Chain<'_, MemoryOracle>,
    l2: &mut L2Chain<'_, MemoryOracle>,
) -> L1BlockId {
    loop {
        let outcome = pipeline.step().unwrap();
        if let Some(origin) = pipeline.origin() {
            return origin.id();
        }
        let Outcome::Needs(request) = outcome else { panic!("{outcome:?}") };
        let input = match request {
            Request::L2BlockInfo { hash } => Input::L2BlockInfo(l2.block_info(hash).unwrap()),
            Request::L1Header { hash } => Input::L1Header { hash, rlp: l1.header(hash).unwrap() },
            other => panic!("{other:?}"),
        };
        pipeline.provide(input).unwrap();
    }
}

#[test]
fn start_told_from_l1_is_where_the_walk_over_l2_ends() {
    for name in DEVNETS {
        let Some(Run { boot, options, oracle, .. }) = Run::load(name) else { return };
        let chain = ChainConfig::load(&oracle, boot.chain_id, &options).unwrap();
        let output = oracle.read(PreimageKey::keccak256(boot.agreed_output_root)).unwrap();
        let hash = alloy_primitives::B256::from_slice(&output[96..]);
        let agreed = AgreedBlock::read(&oracle, hash, boot.agreed_output_root).unwrap();
        let mut l1 = L1Chain::new(&oracle, &options, boot.l1_head).unwrap();
        let mut l2 = L2Chain::new(&oracle, &chain.rollup, agreed.l2_header());
        let head = l2.head_info().unwrap();

        let start = find_start(&mut l1, &chain.rollup, &head).unwrap().expect("a start");
        let walking = Pipeline::new(chain.rollup.clone(), chain.l1, head);
        let walked = start_by_walk(walking, &mut l1, &mut l2);
        assert_eq!(start.origin.block_ref().id(), walked, "{name}");
    }
}
