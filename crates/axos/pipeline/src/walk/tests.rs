use alloc::{vec, vec::Vec};

use axos_genesis::{Fork, L1BlockRef, L2BlockRef};

use super::*;
use crate::fixtures::{config, header, l1, l1_at, l2};

/// An L2 chain with one block an epoch: block `n` has L1 origin `n`.
fn info(number: u64) -> L2BlockInfo {
    let mut info = L2BlockInfo { block: l2(number, number), ..L2BlockInfo::default() };
    info.system_config.gas_limit = number;
    info
}

/// Walks down from a safe head. Gives the start, and the heights of the blocks and headers asked
/// for. The L1 block at a height has the time that `l1_block` gives it.
fn walk(
    config: &RollupConfig,
    safe_head: u64,
    l1_block: impl Fn(u64) -> L1BlockRef,
) -> (StartingPoint, Vec<u64>, Vec<u64>) {
    let mut walk = Walk::new(info(safe_head));
    let (mut blocks, mut headers) = (vec![], vec![]);
    loop {
        match walk.run(config) {
            ControlFlow::Continue(start) => return (start, blocks, headers),
            ControlFlow::Break(Pause::Needs(Request::L2BlockInfo { hash })) => {
                let number = blocks.last().copied().unwrap_or(safe_head) - 1;
                assert_eq!(hash, info(number).block.hash);
                blocks.push(number);
                walk.provide_block(info(number)).unwrap();
            }
            ControlFlow::Break(Pause::Needs(Request::L1Header { hash })) => {
                let number = blocks.last().copied().unwrap_or(safe_head);
                assert_eq!(hash, l1(number).hash);
                headers.push(number);
                walk.provide_origin(header(&l1_block(number))).unwrap();
            }
            ControlFlow::Break(pause) => panic!("{pause:?}"),
        }
    }
}

fn start_of(config: &RollupConfig, safe_head: u64) -> u64 {
    let (start, ..) = walk(config, safe_head, l1);
    start.origin.number.0
}

#[test]
fn walk_goes_back_by_one_channel_timeout() {
    // 5 L1 blocks in the test's configuration, 50 from Granite on.
    assert_eq!(start_of(&config(Fork::Fjord), 100), 95);
    assert_eq!(start_of(&config(Fork::Granite), 100), 50);
}

#[test]
fn walk_ends_at_genesis_of_either_layer() {
    assert_eq!(start_of(&config(Fork::Granite), 20), 0);
    let mut later = config(Fork::Granite);
    later.genesis.l2.number = axos_genesis::L2Number(12);
    assert_eq!(start_of(&later, 20), 12);
    let mut later = config(Fork::Granite);
    later.genesis.l1.number = L1Number(13);
    assert_eq!(start_of(&later, 20), 13);
}

#[test]
fn start_has_the_system_config_of_the_block_walked_to() {
    let (start, ..) = walk(&config(Fork::Granite), 100, l1);
    assert_eq!(start.origin.number, L1Number(50));
    assert_eq!(start.system_config, info(50).system_config);
}

#[test]
fn timeout_is_that_at_the_time_of_the_block_walked_to() {
    let mut config = config(Fork::Fjord);
    config.channel_timeout = 300;
    let granite_from = |number| move |at| l1_at(at, if at < number { 5 } else { 10 });
    config.forks.granite_time = Some(10);
    // Granite is active at the safe head, but not 50 blocks below it.
    assert_eq!(walk(&config, 1000, granite_from(951)).0.origin.number.0, 700);
    assert_eq!(walk(&config, 1000, granite_from(950)).0.origin.number.0, 950);
}

#[test]
fn headers_are_only_asked_for_where_the_timeout_depends_on_them() {
    let mut config = config(Fork::Fjord);
    config.channel_timeout = 300;
    config.forks.granite_time = Some(10);
    let (_, blocks, headers) = walk(&config, 1000, l1);
    assert_eq!(blocks.len(), 50);
    assert_eq!(headers, [950]);
    let (_, _, headers) = walk(&crate::fixtures::config(Fork::Fjord), 100, l1);
    assert_eq!(headers, [95]);
}

#[test]
fn several_blocks_of_an_epoch_are_walked_with_one_header() {
    let mut config = config(Fork::Fjord);
    config.channel_timeout = 300;
    config.forks.granite_time = Some(1_000_000);
    let block = |number: u64, origin| L2BlockInfo {
        block: L2BlockRef { ..l2(number, origin) },
        ..L2BlockInfo::default()
    };
    let mut walk = Walk::new(block(1000, 1000));
    // Deep enough for one timeout and not for the other, twice in the same epoch.
    walk.provide_block(block(999, 900)).unwrap();
    assert!(matches!(
        walk.run(&config),
        ControlFlow::Break(Pause::Needs(Request::L1Header { .. }))
    ));
    walk.provide_origin(header(&l1(900))).unwrap();
    assert!(matches!(
        walk.run(&config),
        ControlFlow::Break(Pause::Needs(Request::L2BlockInfo { .. }))
    ));
    walk.provide_block(block(998, 900)).unwrap();
    assert!(matches!(
        walk.run(&config),
        ControlFlow::Break(Pause::Needs(Request::L2BlockInfo { .. }))
    ));
}

#[test]
fn other_blocks_than_asked_for_are_errors() {
    let mut walk = Walk::new(info(100));
    assert!(matches!(walk.provide_block(info(98)), Err(Error::WrongHash { .. })));
    assert!(matches!(walk.provide_origin(header(&l1(99))), Err(Error::WrongNumber { .. })));
}
