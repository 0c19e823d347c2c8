//! Precompiled contracts through the whole EVM.

use crate::support::{
    chain::{CHAIN_ID, Chain, DEPOSITOR, GENESIS_BASE_FEE, L1_BLOCK, L1Values, deposit, encoded},
    contracts,
    signer::Signer,
    world::{World, WorldAccount},
};
use alloy_consensus::{SignableTransaction, TxEip1559};
use alloy_primitives::{Address, Bytes, U256, bytes, hex};
use axos_genesis::Fork;
use kona_executor::{ExecutorError, PrecompileOracle};
use kona_preimage::{OracleError, PreimageKey};
use std::cell::RefCell;

const CALLER: Address = Address::repeat_byte(0xca);
const ECRECOVER: Address = Address::with_last_byte(1);
const BN256_PAIRING: Address = Address::with_last_byte(8);

/// A signature for ecrecover, and whom it recovers to.
const SIGNATURE: [u8; 128] = hex!(
    "18c547e4f7b0f325ad1e56f57e26c745b09a3e503d86e00e5255ff7f715d3d1c"
    "000000000000000000000000000000000000000000000000000000000000001c"
    "73b1693892219d736caba55bdb67216e485557ea6b6af75f37096c9aa6a5a75f"
    "eeb940b1d03b21e36b0e47e79769f095fe2ab855bd91e3a38756b7d75a9c4549"
);
const SIGNER: Bytes = bytes!("000000000000000000000000a94f5374fce5edbc8e2a8697c15331677e6ebf0b");

/// Answers every question alike, and keeps a list of the questions.
struct Oracle {
    answer: Result<Option<Bytes>, OracleError>,
    asked: RefCell<Vec<(Address, u64, Bytes)>>,
}

impl Oracle {
    fn new(answer: Result<Option<Bytes>, OracleError>) -> Self {
        Self { answer, asked: RefCell::default() }
    }
}

impl PrecompileOracle for Oracle {
    fn run(&self, address: Address, gas: u64, input: &[u8]) -> Result<Option<&[u8]>, OracleError> {
        self.asked.borrow_mut().push((address, gas, Bytes::copy_from_slice(input)));
        match &self.answer {
            Ok(answer) => Ok(answer.as_ref().map(AsRef::as_ref)),
            Err(error) => Err(error.clone()),
        }
    }
}

/// Calls a contract by `DELEGATECALL`, and returns whether it worked, how many bytes it returned,
/// and the first word of them, as the caller has stored it.
fn check(
    fork: Fork,
    contract: Address,
    input: &[u8],
    oracle: Option<&dyn PrecompileOracle>,
    expected: (u64, u64, U256),
) {
    let caller = WorldAccount::contract(contracts::delegate_to(contract));
    let world = World::default().with(CALLER, caller);
    let chain = Chain::at(fork, world.clone());
    let call = encoded(&deposit(DEPOSITOR, CALLER, Bytes::copy_from_slice(input)));
    let block = chain.executor(oracle).execute(&chain.attributes(1, vec![call])).unwrap();
    let mut after = world;
    after.account(DEPOSITOR).nonce = 1;
    let (worked, length, first) = expected;
    for (slot, value) in [(0, U256::from(worked)), (1, U256::from(length)), (2, first)] {
        if !value.is_zero() {
            after.account(CALLER).storage.insert(U256::from(slot), value);
        }
    }
    assert_eq!(block.header.state_root, after.root());
}

#[test]
fn a_delegate_call_is_looked_up_by_the_address_of_the_code() {
    let oracle = Oracle::new(Ok(Some(SIGNER)));
    let word = U256::from_be_slice(&SIGNER);
    check(Fork::Granite, ECRECOVER, &SIGNATURE, Some(&oracle), (1, 32, word));
    assert_eq!(oracle.asked.take(), [(ECRECOVER, 3_000, Bytes::from(SIGNATURE))]);
    // Without an oracle the result is the same.
    check(Fork::Granite, ECRECOVER, &SIGNATURE, None, (1, 32, word));
}

#[test]
fn a_contract_that_l1_says_fails_fails() {
    let oracle = Oracle::new(Ok(None));
    check(Fork::Bedrock, BN256_PAIRING, &[0; 192], Some(&oracle), (0, 0, U256::ZERO));
    assert_eq!(oracle.asked.take(), [(BN256_PAIRING, 79_000, Bytes::from([0; 192]))]);
    // While ecrecover never does.
    check(Fork::Bedrock, ECRECOVER, &SIGNATURE, Some(&oracle), (1, 0, U256::ZERO));
}

#[test]
fn an_oracle_that_does_not_answer_stops_the_block() {
    let error = OracleError::Missing { key: PreimageKey::precompile_from_hash(Default::default()) };
    let oracle = Oracle::new(Err(error.clone()));
    let caller = WorldAccount::contract(contracts::delegate_to(ECRECOVER));
    let chain = Chain::at(Fork::Granite, World::default().with(CALLER, caller));
    let call = encoded(&deposit(DEPOSITOR, CALLER, SIGNATURE));
    let attributes = chain.attributes(1, vec![call]);
    let mut executor = chain.executor(Some(&oracle));
    assert_eq!(executor.execute(&attributes), Err(ExecutorError::Oracle(error)));
    assert_eq!(executor.head(), &chain.genesis);
}

#[test]
fn senders_come_from_the_oracle_and_one_that_is_not_answered_stops_the_block() {
    let sender = Signer::new(1);
    let world = World::default()
        .with(L1_BLOCK, L1Values { base_fee: 5, ..Default::default() }.account())
        .with(sender.address, WorldAccount::rich(1 << 60));
    let chain = Chain::at(Fork::Granite, world);
    let transaction = TxEip1559 {
        chain_id: CHAIN_ID,
        gas_limit: 21_000,
        max_fee_per_gas: u128::from(GENESIS_BASE_FEE),
        to: CALLER.into(),
        ..TxEip1559::default()
    };
    let attributes = chain.attributes(1, vec![sender.sign(&transaction)]);
    let computed = chain.executor(None).execute(&attributes).unwrap();

    let answer = Bytes::copy_from_slice(sender.address.into_word().as_slice());
    let oracle = Oracle::new(Ok(Some(answer)));
    assert_eq!(chain.executor(Some(&oracle)).execute(&attributes), Ok(computed));
    let [(address, gas, input)] = &oracle.asked.take()[..] else { panic!("asked once") };
    assert_eq!(
        (*address, *gas, &input[..32]),
        (ECRECOVER, 3_000, &transaction.signature_hash()[..])
    );

    // Without a signer the payload is invalid; without an answer nothing is said of it.
    let nobody = Oracle::new(Ok(Some(Bytes::new())));
    let result = chain.executor(Some(&nobody)).execute(&attributes);
    assert!(matches!(result, Err(ExecutorError::InvalidPayload { tx_index: 0, .. })), "{result:?}");
    let error = OracleError::Missing { key: PreimageKey::precompile_from_hash(Default::default()) };
    let mute = Oracle::new(Err(error.clone()));
    let result = chain.executor(Some(&mute)).execute(&attributes);
    assert_eq!(result, Err(ExecutorError::Oracle(error)));
}

#[test]
fn a_contract_before_its_fork_is_an_empty_account() {
    let oracle = Oracle::new(Ok(Some(SIGNER)));
    let bls_g1_add = Address::with_last_byte(0x0b);
    check(Fork::Holocene, bls_g1_add, &[0; 256], Some(&oracle), (1, 0, U256::ZERO));
    assert!(oracle.asked.take().is_empty());
    let word = U256::from_be_slice(&SIGNER);
    check(Fork::Isthmus, bls_g1_add, &[0; 256], Some(&oracle), (1, 32, word));
    assert_eq!(oracle.asked.take(), [(bls_g1_add, 375, Bytes::from([0; 256]))]);
}

#[test]
fn karsts_pairing_limit_holds_with_and_without_an_oracle() {
    let oracle = Oracle::new(Ok(Some(SIGNER)));
    let above = vec![0; 57_792];
    for oracle in [None, Some(&oracle as &dyn PrecompileOracle)] {
        let chain = {
            let caller = WorldAccount::contract(contracts::delegate_to(BN256_PAIRING));
            Chain::at(Fork::Karst, World::default().with(CALLER, caller))
        };
        let mut call = deposit(DEPOSITOR, CALLER, above.clone());
        call.gas_limit = 25_000_000;
        let attributes = chain.attributes(1, vec![encoded(&call)]);
        let block = chain.executor(oracle).execute(&attributes).unwrap();
        // The call fails and takes 63/64 of the gas that was left with it.
        assert!(block.header.gas_used > 24_000_000, "{}", block.header.gas_used);
    }
    assert!(oracle.asked.take().is_empty());
}
