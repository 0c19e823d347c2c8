//! Failures that say nothing about the payload: the caller can try again.

use crate::support::{
    archive::Archive,
    chain::{
        CHAIN_ID, Chain, DEPOSITOR, GENESIS_BASE_FEE, GENESIS_TIME, L1_BLOCK, L1Values,
        MESSAGE_PASSER, deposit, encoded,
    },
    contracts,
    signer::Signer,
    world::{World, WorldAccount},
};
use alloy_consensus::TxEip1559;
use alloy_primitives::{Address, B256, U256};
use axos_genesis::Fork;
use axos_protocol::PayloadAttributes;
use kona_executor::{AttributeError, Executor, ExecutorError, L2StateProvider};
use kona_mpt::NodeSource;
use kona_preimage::{OracleError, PreimageKey};
use std::cell::Cell;

const STORE: Address = Address::repeat_byte(0x57);

/// Fails at one read, and works otherwise.
struct Flaky<'a> {
    archive: &'a Archive,
    reads_until_failure: &'a Cell<usize>,
}

impl<'a> Flaky<'a> {
    fn read<T>(&self, read: impl Fn() -> Result<T, OracleError>) -> Result<T, OracleError> {
        let left = self.reads_until_failure.get();
        self.reads_until_failure.set(left.wrapping_sub(1));
        if left == 0 { Err(failure()) } else { read() }
    }
}

fn failure() -> OracleError {
    OracleError::SourceFailed { key: PreimageKey::keccak256(B256::ZERO) }
}

impl<'a> NodeSource<'a> for Flaky<'a> {
    fn node(&self, hash: B256) -> Result<&'a [u8], OracleError> {
        self.read(|| self.archive.node(hash))
    }
}

impl<'a> L2StateProvider<'a> for Flaky<'a> {
    fn code(&self, hash: B256) -> Result<&'a [u8], OracleError> {
        self.read(|| self.archive.code(hash))
    }

    fn header(&self, hash: B256) -> Result<&'a [u8], OracleError> {
        self.read(|| self.archive.header(hash))
    }
}

/// A chain with enough accounts and slots for tries of some depth.
fn chain() -> Chain {
    let mut world = World::default()
        .with(L1_BLOCK, L1Values { base_fee: 5, ..Default::default() }.account())
        .with(Signer::new(1).address, WorldAccount::rich(1 << 60));
    for address in [STORE, MESSAGE_PASSER] {
        let mut account = WorldAccount::contract(contracts::store());
        for slot in 0..60 {
            account = account.slot(slot, U256::from(slot + 1));
        }
        world = world.with(address, account);
    }
    for byte in 0..80 {
        world = world.with(Address::repeat_byte(byte), WorldAccount::rich(byte.into()));
    }
    *world.account(STORE) = world.accounts[&MESSAGE_PASSER].clone();
    Chain::at(Fork::Karst, world)
}

/// A block that reads, writes and deletes.
fn attributes(chain: &Chain) -> PayloadAttributes {
    let set = |address, slot, value| {
        let input = contracts::store_input(slot, U256::from(value));
        encoded(&deposit(DEPOSITOR, address, input))
    };
    let transaction = Signer::new(1).sign(&TxEip1559 {
        chain_id: CHAIN_ID,
        gas_limit: 100_000,
        max_fee_per_gas: GENESIS_BASE_FEE.into(),
        to: STORE.into(),
        input: contracts::store_input(7, U256::ZERO),
        ..Default::default()
    });
    let deletions = (10..30).map(|slot| set(STORE, slot, 0));
    let transactions = [set(L1_BLOCK, 1, 6), set(MESSAGE_PASSER, 3, 0)].into_iter();
    chain.attributes(1, transactions.chain(deletions).chain([transaction]).collect())
}

#[test]
fn after_a_failed_read_the_executor_is_at_the_parent_and_can_try_again() {
    let chain = chain();
    let attributes = attributes(&chain);
    let expected = chain.executor(None).execute(&attributes).unwrap();
    let mut failures = 0;
    loop {
        let reads_until_failure = Cell::new(failures);
        let provider = Flaky { archive: &chain.archive, reads_until_failure: &reads_until_failure };
        let mut executor = Executor::new(&chain.config, provider, chain.genesis.clone(), None);
        match executor.execute(&attributes) {
            Ok(block) => {
                assert_eq!(block, expected);
                break;
            }
            Err(error) => assert_eq!(error, ExecutorError::Oracle(failure())),
        }
        assert_eq!(executor.head(), &chain.genesis);
        assert_eq!(executor.execute(&attributes).unwrap(), expected, "after {failures} reads");
        failures += 1;
    }
    assert!(failures > 30, "only {failures} reads");
}

#[test]
fn attributes_of_another_fork_are_the_callers_mistake() {
    let check = |fork, change: fn(&mut PayloadAttributes), expected| {
        let chain = Chain::at(fork, World::default());
        let mut attributes = chain.attributes(1, Vec::new());
        change(&mut attributes);
        let error = chain.executor(None).execute(&attributes).unwrap_err();
        assert_eq!(error, ExecutorError::Attributes(expected));
    };
    let beacon = "parent_beacon_block_root";
    check(
        Fork::Ecotone,
        |attributes| attributes.parent_beacon_block_root = None,
        AttributeError::Missing { field: beacon },
    );
    check(
        Fork::Canyon,
        |attributes| attributes.parent_beacon_block_root = Some(B256::ZERO),
        AttributeError::Unexpected { field: beacon },
    );
    check(
        Fork::Holocene,
        |attributes| attributes.eip1559_params = None,
        AttributeError::Missing { field: "eip1559_params" },
    );
    check(
        Fork::Granite,
        |attributes| attributes.timestamp = GENESIS_TIME,
        AttributeError::Timestamp { parent_timestamp: GENESIS_TIME, timestamp: GENESIS_TIME },
    );
}

#[test]
fn malformed_state_is_neither_a_panic_nor_an_invalid_payload() {
    let chain = chain();
    let attributes = attributes(&chain);
    // A state of one account whose value is not an account.
    let key = alloy_primitives::keccak256(L1_BLOCK);
    let leaf = (alloy_primitives::Bytes::from([&[0x20], key.as_slice()].concat()), B256::ZERO);
    let mut archive = Archive::default();
    let mut rlp = Vec::new();
    alloy_rlp::Header {
        list: true,
        payload_length: alloy_rlp::Encodable::length(&leaf.0)
            + alloy_rlp::Encodable::length(&leaf.1),
    }
    .encode(&mut rlp);
    alloy_rlp::Encodable::encode(&leaf.0, &mut rlp);
    alloy_rlp::Encodable::encode(&leaf.1, &mut rlp);
    let mut genesis = chain.genesis.inner().clone();
    genesis.state_root = archive.insert(&rlp);
    let genesis = alloy_consensus::Sealable::seal_slow(genesis);
    let mut executor = Executor::new(&chain.config, &archive, genesis, None);
    let error = executor.execute(&attributes).unwrap_err();
    assert!(matches!(error, ExecutorError::State(_)), "{error:?}");
}
