//! The `BLOCKHASH` opcode.

use crate::support::{
    archive::Archive,
    chain::{Chain, DEPOSITOR, deposit, encoded},
    contracts,
    world::{World, WorldAccount},
};
use alloy_consensus::{Header, Sealable, Sealed};
use alloy_primitives::{Address, B256, U256};
use axos_genesis::Fork;
use kona_executor::{Executor, ExecutorError};
use kona_preimage::{OracleError, PreimageKey};

const CONTRACT: Address = Address::repeat_byte(0xb1);

/// A chain of `count` empty headers below the genesis of a chain made by hand, and their hashes by
/// number.
fn with_ancestors(chain: &mut Chain, count: u64) -> Vec<B256> {
    let mut parent_hash = B256::ZERO;
    let mut hashes = Vec::new();
    for number in 0..count {
        let header = Header { number, parent_hash, ..Default::default() };
        parent_hash = chain.archive.insert(&alloy_rlp::encode(&header));
        assert_eq!(parent_hash, header.hash_slow());
        hashes.push(parent_hash);
    }
    let head = Header { number: count, parent_hash, ..chain.genesis.inner().clone() };
    chain.archive.insert(&alloy_rlp::encode(&head));
    chain.genesis = head.seal_slow();
    hashes.push(chain.genesis.hash());
    hashes
}

fn chain() -> Chain {
    let contract = WorldAccount::contract(contracts::block_hash());
    Chain::at(Fork::Granite, World::default().with(CONTRACT, contract))
}

/// Executes a block that asks for the hash of each of `numbers`, and expects `hash_of` to be what
/// it gets.
fn check<'a>(
    executor: &mut Executor<'a, &'a Archive>,
    chain: &Chain,
    height: u64,
    numbers: &[u64],
    world: &mut World,
    hash_of: impl Fn(u64) -> B256,
) {
    let ask =
        |number: &u64| encoded(&deposit(DEPOSITOR, CONTRACT, B256::from(U256::from(*number))));
    let transactions = numbers.iter().map(ask).collect();
    let block = executor.execute(&chain.attributes(height, transactions)).unwrap();
    world.account(DEPOSITOR).nonce += u64::try_from(numbers.len()).unwrap();
    for number in numbers {
        let hash = U256::from_be_bytes(hash_of(*number).0);
        if !hash.is_zero() {
            world.account(CONTRACT).storage.insert(U256::from(*number), hash);
        }
    }
    assert_eq!(block.header.state_root, world.root());
}

#[test]
fn the_last_256_blocks_have_a_hash_and_no_others() {
    let mut chain = chain();
    let hashes = with_ancestors(&mut chain, 300);
    // The block that asks is 301: 45 is the oldest it can see.
    let numbers = [0, 43, 44, 45, 46, 200, 299, 300, 301, 302, 1_000];
    let is_visible = |number: u64| (45..=300).contains(&number);
    let hash_of = |number: u64| {
        let index = usize::try_from(number).unwrap();
        if is_visible(number) { hashes[index] } else { B256::ZERO }
    };
    let mut world = chain.world.clone();
    check(&mut chain.executor(None), &chain, 1, &numbers, &mut world, hash_of);
}

#[test]
fn blocks_executed_before_are_seen_by_their_hash() {
    let mut chain = chain();
    let mut hashes = with_ancestors(&mut chain, 3);
    let mut executor = chain.executor(None);
    let mut world = chain.world.clone();
    for height in 1..5 {
        let number = 3 + height;
        let numbers: Vec<_> = (0..number).rev().collect();
        let hash_of = |number: u64| hashes[usize::try_from(number).unwrap()];
        check(&mut executor, &chain, height, &numbers, &mut world, hash_of);
        hashes.push(executor.head().hash());
    }
}

#[test]
fn only_as_many_headers_are_read_as_are_needed() {
    let mut chain = chain();
    let hashes = with_ancestors(&mut chain, 10);
    // The hash of block 9 stands in the header of block 10, that of 8 in the header of 9.
    chain.archive.remove(hashes[8]);
    let mut world = chain.world.clone();
    let hash_of = |number: u64| hashes[usize::try_from(number).unwrap()];
    check(&mut chain.executor(None), &chain, 1, &[10, 9, 8], &mut world, hash_of);

    let ask = encoded(&deposit(DEPOSITOR, CONTRACT, B256::with_last_byte(7)));
    let error = chain.executor(None).execute(&chain.attributes(1, vec![ask])).unwrap_err();
    let key = PreimageKey::keccak256(hashes[8]);
    assert_eq!(error, ExecutorError::Oracle(OracleError::Missing { key }));
}

#[test]
fn a_malformed_header_is_an_error() {
    let mut chain = chain();
    let junk = chain.archive.insert(b"junk");
    let head = Header { number: 5, ..chain.genesis.inner().clone() };
    chain.genesis = Sealed::new_unchecked(head, junk);
    let ask = encoded(&deposit(DEPOSITOR, CONTRACT, B256::with_last_byte(4)));
    let error = chain.executor(None).execute(&chain.attributes(1, vec![ask])).unwrap_err();
    assert!(matches!(error, ExecutorError::State(_)), "{error:?}");
}
