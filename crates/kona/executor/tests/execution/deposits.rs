//! Deposits: they can't fail to be included, whatever becomes of their call.

use crate::support::{
    chain::{CHAIN_ID, Chain, GAS_LIMIT, GENESIS_BASE_FEE, deposit, encoded},
    contracts,
    signer::Signer,
    world::{World, WorldAccount},
};
use alloy_consensus::TxLegacy;
use alloy_primitives::{Address, TxKind, U256};
use axos_genesis::Fork;
use op_alloy_consensus::TxDeposit;

const SENDER: Address = Address::repeat_byte(0x5e);
const TARGET: Address = Address::repeat_byte(0x7a);

/// Executes one deposit, and expects the gas used and the state after.
#[track_caller]
fn check(fork: Fork, before: &World, deposit: &TxDeposit, gas_used: u64, after: &World) {
    let chain = Chain::at(fork, before.clone());
    let attributes = chain.attributes(1, vec![encoded(deposit)]);
    let header = chain.executor(None).execute(&attributes).unwrap().header;
    assert_eq!(header.gas_used, gas_used, "{fork:?}");
    assert_eq!(header.state_root, after.root(), "{fork:?}");
}

fn sender(balance: u128) -> WorldAccount {
    WorldAccount { nonce: 1, ..WorldAccount::rich(balance) }
}

fn paying(mint: u128, value: u128) -> TxDeposit {
    let mut deposit = deposit(SENDER, TARGET, []);
    (deposit.mint, deposit.value) = (mint, U256::from(value));
    deposit
}

#[test]
fn what_is_minted_can_be_spent_at_once() {
    let before = World::default().with(SENDER, WorldAccount::rich(1));
    let after = World::default().with(SENDER, sender(3)).with(TARGET, WorldAccount::rich(8));
    for fork in Fork::ALL {
        let gas_used = if fork >= Fork::Regolith { 21_000 } else { 1_000_000 };
        check(fork, &before, &paying(10, 8), gas_used, &after);
    }
}

#[test]
fn a_deposit_that_sends_more_than_there_is_keeps_what_it_minted() {
    let after = World::default().with(SENDER, sender(10));
    for fork in Fork::ALL {
        check(fork, &World::default(), &paying(10, 11), 1_000_000, &after);
    }
}

#[test]
fn a_deposit_that_reverts_keeps_what_it_minted() {
    let before = World::default().with(TARGET, WorldAccount::contract(contracts::revert()));
    let after = before.clone().with(SENDER, sender(10));
    for fork in Fork::ALL {
        // Two pushes at 3 gas each.
        let gas_used = if fork >= Fork::Regolith { 21_006 } else { 1_000_000 };
        check(fork, &before, &paying(10, 4), gas_used, &after);
    }
}

#[test]
fn a_deposit_that_halts_keeps_what_it_minted_and_uses_all_its_gas() {
    let before = World::default().with(TARGET, WorldAccount::contract(contracts::invalid()));
    let after = before.clone().with(SENDER, sender(10));
    for fork in Fork::ALL {
        check(fork, &before, &paying(10, 4), 1_000_000, &after);
    }
}

#[test]
fn a_deposit_with_too_little_gas_to_start_keeps_what_it_minted() {
    let after = World::default().with(SENDER, sender(10));
    for fork in Fork::ALL {
        let deposit = TxDeposit { gas_limit: 20_999, ..paying(10, 4) };
        check(fork, &World::default(), &deposit, 20_999, &after);
    }
}

#[test]
fn a_deposit_can_create_a_contract() {
    let init = contracts::init(1, &contracts::store());
    let mut create = deposit(SENDER, TARGET, init);
    create.to = TxKind::Create;
    let contract = WorldAccount::contract(contracts::store()).slot(1, U256::from(1));
    let after = World::default().with(SENDER, sender(0)).with(SENDER.create(0), contract);
    let chain = Chain::at(Fork::Karst, World::default());
    let attributes = chain.attributes(1, vec![encoded(&create)]);
    let header = chain.executor(None).execute(&attributes).unwrap().header;
    assert_eq!(header.state_root, after.root());
}

#[test]
fn deposits_may_come_from_contracts() {
    let code = WorldAccount::contract(contracts::revert());
    let before = World::default().with(SENDER, code.clone());
    let mut after = World::default().with(SENDER, WorldAccount { nonce: 2, ..code });
    after.account(SENDER).balance = U256::from(2);
    *after.account(TARGET) = WorldAccount::rich(8);
    check(Fork::Jovian, &before, &paying(10, 8), 21_000, &after);
}

#[test]
fn a_creation_that_sends_more_than_there_is_raises_the_nonce_all_the_same() {
    let after = World::default().with(SENDER, sender(10));
    for fork in Fork::ALL {
        let mut create = paying(10, 11);
        create.to = TxKind::Create;
        check(fork, &World::default(), &create, 1_000_000, &after);
    }
}

#[test]
fn bedrocks_system_transactions_use_no_gas_of_the_block() {
    let mut system = paying(0, 0);
    system.is_system_transaction = true;
    system.gas_limit = GAS_LIMIT * 5;
    let after = World::default().with(SENDER, sender(0));
    check(Fork::Bedrock, &World::default(), &system, 0, &after);
}

#[test]
fn bedrocks_system_transactions_use_no_gas_even_if_they_fail() {
    for code in [contracts::revert(), contracts::invalid()] {
        let before = World::default().with(TARGET, WorldAccount::contract(code));
        let mut system = paying(10, 4);
        system.is_system_transaction = true;
        let after = before.clone().with(SENDER, sender(10));
        check(Fork::Bedrock, &before, &system, 0, &after);
    }
}

#[test]
fn from_regolith_on_a_system_transaction_fails() {
    let mut system = paying(10, 4);
    system.is_system_transaction = true;
    let after = World::default().with(SENDER, sender(10));
    for fork in [Fork::Regolith, Fork::Canyon, Fork::Karst] {
        check(fork, &World::default(), &system, 1_000_000, &after);
    }
}

#[test]
fn deposits_pay_no_fees_and_bring_their_gas_to_the_block() {
    let signer = Signer::new(1);
    let world = World::default().with(signer.address, WorldAccount::rich(1 << 60));
    let chain = Chain::at(Fork::Granite, world);
    let transfer = signer.sign(&TxLegacy {
        chain_id: Some(CHAIN_ID),
        gas_price: GENESIS_BASE_FEE.into(),
        gas_limit: 21_000,
        to: TARGET.into(),
        ..Default::default()
    });
    let deposits = [paying(0, 0), paying(0, 0)].map(|deposit| encoded(&deposit));
    let attributes = chain.attributes(1, [&deposits[..], &[transfer]].concat());
    let header = chain.executor(None).execute(&attributes).unwrap().header;
    assert_eq!(header.gas_used, 3 * 21_000);
}
