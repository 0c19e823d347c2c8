//! Transactions that make a payload invalid, and that the executor is as before afterwards.

use crate::support::{
    chain::{
        CHAIN_ID, Chain, DEPOSITOR, GAS_LIMIT, GENESIS_BASE_FEE, L1_BLOCK, L1Values, deposit,
        encoded,
    },
    contracts,
    signer::Signer,
    world::{World, WorldAccount},
};
use alloy_consensus::{TxEip1559, TxEip7702, TxLegacy};
use alloy_primitives::{Address, Bytes, U256};
use axos_genesis::Fork;
use kona_executor::{DecodeError, ExecutorError, InvalidTransaction};
use op_revm::OpTransactionError;
use revm::context::result::InvalidTransaction as EvmError;

const TARGET: Address = Address::repeat_byte(0x7a);

fn world() -> World {
    let values = L1Values { da_footprint_gas_scalar: 65_000, ..Default::default() };
    World::default()
        .with(L1_BLOCK, values.account())
        .with(TARGET, WorldAccount::contract(contracts::store()))
        .with(Signer::new(1).address, WorldAccount::rich(1 << 60))
        .with(Signer::new(2).address, WorldAccount::rich(1))
}

fn first_deposit() -> Bytes {
    encoded(&deposit(DEPOSITOR, TARGET, contracts::store_input(5, U256::from(5))))
}

/// A valid transaction of signer 1.
fn transaction(nonce: u64) -> TxEip1559 {
    TxEip1559 {
        chain_id: CHAIN_ID,
        nonce,
        gas_limit: 100_000,
        max_fee_per_gas: 2 * u128::from(GENESIS_BASE_FEE),
        to: TARGET.into(),
        input: contracts::store_input(1, U256::from(nonce + 1)),
        ..Default::default()
    }
}

fn sign(transaction: &TxEip1559) -> Bytes {
    Signer::new(1).sign(transaction)
}

/// Executes a block of a deposit, a valid transaction, and `last`. Expects that the last one is
/// refused, and that the executor is then as if nothing had happened.
#[track_caller]
fn check(fork: Fork, last: &[Bytes]) -> InvalidTransaction {
    let chain = Chain::at(fork, world());
    let deposits = vec![first_deposit()];
    let good = [&deposits[..], &[sign(&transaction(0))]].concat();
    let bad = [&good[..], last].concat();

    let mut executor = chain.executor(None);
    let before = executor.output_root().unwrap();
    let error = executor.execute(&chain.attributes(1, bad.clone())).unwrap_err();
    let ExecutorError::InvalidPayload { tx_index, reason } = error else {
        panic!("not an invalid payload: {error:?}")
    };
    assert_eq!(tx_index, bad.len() - 1);
    assert_eq!(executor.head(), &chain.genesis);
    assert_eq!(executor.output_root().unwrap(), before);

    // The deposits alone come out as on an executor that never saw the rest, and so does more.
    let mut fresh = chain.executor(None);
    for (height, transactions) in [(1, deposits), (2, good)] {
        let attributes = chain.attributes(height, transactions);
        assert_eq!(executor.execute(&attributes).unwrap(), fresh.execute(&attributes).unwrap());
    }
    assert_eq!(executor.output_root().unwrap(), fresh.output_root().unwrap());
    reason
}

#[track_caller]
fn check_evm(fork: Fork, last: Bytes, expected: EvmError) {
    let reason = check(fork, &[last]);
    assert_eq!(reason, InvalidTransaction::Evm(OpTransactionError::Base(expected)));
}

#[test]
fn bytes_that_are_no_transaction() {
    let reason = check(Fork::Granite, &[Bytes::new()]);
    assert_eq!(reason, InvalidTransaction::Decode(DecodeError::Empty));
    let blob = Bytes::from(vec![3, 0xc0]);
    let unknown = DecodeError::UnknownType { transaction_type: 3 };
    assert_eq!(check(Fork::Ecotone, &[blob]), InvalidTransaction::Decode(unknown));
}

#[test]
fn a_forged_deposit_without_its_type_byte() {
    let mut forged = deposit(Signer::new(1).address, TARGET, []);
    forged.mint = 1 << 100;
    let reason = check(Fork::Granite, &[encoded(&forged).slice(1..)]);
    assert!(matches!(reason, InvalidTransaction::Decode(DecodeError::Fields(_))), "{reason:?}");
}

#[test]
fn a_deposit_behind_transactions_of_a_batch() {
    assert_eq!(check(Fork::Karst, &[first_deposit()]), InvalidTransaction::MisplacedDeposit);
}

#[test]
fn a_nonce_that_is_not_the_next_one() {
    let wrong = EvmError::NonceTooLow { tx: 0, state: 1 };
    check_evm(Fork::Bedrock, sign(&transaction(0)), wrong);
    let wrong = EvmError::NonceTooHigh { tx: 2, state: 1 };
    check_evm(Fork::Karst, sign(&transaction(2)), wrong);
}

#[test]
fn a_foreign_chain_id() {
    let foreign = TxEip1559 { chain_id: CHAIN_ID + 1, ..transaction(1) };
    check_evm(Fork::Granite, sign(&foreign), EvmError::InvalidChainId);
    let foreign = TxLegacy {
        chain_id: Some(0),
        nonce: 1,
        gas_limit: 21_000,
        gas_price: 2 * u128::from(GENESIS_BASE_FEE),
        ..Default::default()
    };
    check_evm(Fork::Granite, Signer::new(1).sign(&foreign), EvmError::InvalidChainId);
}

#[test]
fn a_sender_who_cannot_pay() {
    let poor = Signer::new(2).sign(&transaction(0));
    let reason = check(Fork::Isthmus, &[poor]);
    assert!(matches!(
        reason,
        InvalidTransaction::Evm(OpTransactionError::Base(EvmError::LackOfFundForMaxFee { .. }))
    ));
}

#[test]
fn a_fee_below_the_base_fee() {
    let cheap = TxEip1559 { max_fee_per_gas: u128::from(GENESIS_BASE_FEE) - 1, ..transaction(1) };
    check_evm(Fork::Granite, sign(&cheap), EvmError::GasPriceLessThanBasefee);
}

#[test]
fn a_gas_limit_below_the_intrinsic_gas() {
    let little = TxEip1559 { gas_limit: 21_000, ..transaction(1) };
    let reason = check(Fork::Granite, &[sign(&little)]);
    assert!(matches!(
        reason,
        InvalidTransaction::Evm(OpTransactionError::Base(
            EvmError::CallGasCostMoreThanGasLimit { .. }
        ))
    ));
}

#[test]
fn a_sender_with_code() {
    let mut world = world();
    world.account(Signer::new(1).address).code = contracts::revert();
    let chain = Chain::at(Fork::Granite, world);
    let attributes = chain.attributes(1, vec![sign(&transaction(0))]);
    let error = chain.executor(None).execute(&attributes).unwrap_err();
    let reason = InvalidTransaction::Evm(EvmError::RejectCallerWithCode.into());
    assert_eq!(error, ExecutorError::InvalidPayload { tx_index: 0, reason });
}

#[test]
fn more_gas_than_the_block_has_left() {
    // The deposit and the transaction before use some gas, so that the whole limit is too much.
    let greedy = TxEip1559 { gas_limit: GAS_LIMIT, max_fee_per_gas: 0, ..transaction(1) };
    let reason = check(Fork::Jovian, &[sign(&greedy)]);
    let InvalidTransaction::GasLimit { gas_limit, available } = reason else {
        panic!("{reason:?}")
    };
    assert_eq!(gas_limit, GAS_LIMIT);
    assert!(available < GAS_LIMIT - 42_000 && available > GAS_LIMIT - 142_000);
    let exact = TxEip1559 { gas_limit: available + 1, ..transaction(1) };
    let exactly = check(Fork::Jovian, &[sign(&exact)]);
    assert_eq!(exactly, InvalidTransaction::GasLimit { gas_limit: available + 1, available });
}

#[test]
fn all_the_gas_the_block_has_left_is_allowed() {
    let world = world().with(Signer::new(1).address, WorldAccount::rich(1 << 70));
    let chain = Chain::at(Fork::Granite, world);
    let all = TxEip1559 { gas_limit: GAS_LIMIT, ..transaction(0) };
    chain.executor(None).execute(&chain.attributes(1, vec![sign(&all)])).unwrap();
}

#[test]
fn deposits_with_more_gas_than_the_block_has() {
    let mut large = deposit(DEPOSITOR, TARGET, []);
    large.gas_limit = GAS_LIMIT + 1;
    for fork in [Fork::Bedrock, Fork::Regolith, Fork::Karst] {
        let chain = Chain::at(fork, world());
        let attributes = chain.attributes(1, vec![encoded(&large)]);
        let error = chain.executor(None).execute(&attributes).unwrap_err();
        let reason =
            InvalidTransaction::GasLimit { gas_limit: GAS_LIMIT + 1, available: GAS_LIMIT };
        assert_eq!(error, ExecutorError::InvalidPayload { tx_index: 0, reason });
    }
}

#[test]
fn more_data_than_jovians_block_has_room_for() {
    // 65,000 a byte leave room for 461 bytes; the transaction before counts as 100 at least.
    let noise: Vec<u8> =
        (0..1_000u32).map(|i| i.wrapping_mul(2_654_435_761).to_be_bytes()[0]).collect();
    let large = TxEip1559 { input: noise.into(), ..transaction(1) };
    let reason = check(Fork::Jovian, &[sign(&large)]);
    let InvalidTransaction::DaFootprint { footprint, available } = reason else {
        panic!("{reason:?}")
    };
    assert_eq!(available, GAS_LIMIT - 100 * 65_000);
    assert!(footprint > available && footprint.is_multiple_of(65_000));
    // Before Jovian it is fine.
    let chain = Chain::at(Fork::Isthmus, world());
    let attributes = chain.attributes(1, vec![sign(&transaction(0)), sign(&large)]);
    chain.executor(None).execute(&attributes).unwrap();
}

#[test]
fn a_set_code_transaction_before_isthmus() {
    let authorization =
        alloy_eips::eip7702::Authorization { chain_id: U256::ZERO, address: TARGET, nonce: 0 };
    let signature = Signer::new(3).sign_hash(authorization.signature_hash());
    let set_code = Signer::new(1).sign(&TxEip7702 {
        chain_id: CHAIN_ID,
        nonce: 1,
        gas_limit: 100_000,
        max_fee_per_gas: 2 * u128::from(GENESIS_BASE_FEE),
        authorization_list: vec![authorization.into_signed(signature)],
        ..Default::default()
    });
    check_evm(Fork::Holocene, set_code, EvmError::Eip7702NotSupported);
}

#[test]
fn a_set_code_transaction_without_authorisations() {
    let set_code = Signer::new(1).sign(&TxEip7702 {
        chain_id: CHAIN_ID,
        nonce: 1,
        gas_limit: 100_000,
        max_fee_per_gas: 2 * u128::from(GENESIS_BASE_FEE),
        ..Default::default()
    });
    check_evm(Fork::Isthmus, set_code, EvmError::EmptyAuthorizationList);
}

#[test]
fn more_gas_than_karst_allows_a_transaction() {
    let cap = 1 << 24;
    let large = TxEip1559 { gas_limit: cap + 1, ..transaction(1) };
    let expected = EvmError::TxGasLimitGreaterThanCap { gas_limit: cap + 1, cap };
    check_evm(Fork::Karst, sign(&large), expected);
    // The cap itself is fine, and there is none before.
    for (fork, gas_limit) in [(Fork::Karst, cap), (Fork::Jovian, cap + 1)] {
        let chain = Chain::at(fork, world());
        let large = TxEip1559 { gas_limit, ..transaction(0) };
        chain.executor(None).execute(&chain.attributes(1, vec![sign(&large)])).unwrap();
    }
}
