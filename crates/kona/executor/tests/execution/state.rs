//! What blocks leave in the state, compared with states written out by hand.

use crate::support::{
    chain::{
        BASE_FEE_VAULT, CHAIN_ID, Chain, DEPOSITOR, GENESIS_BASE_FEE, L1_FEE_VAULT, deposit,
        encoded,
    },
    contracts,
    signer::Signer,
    world::{World, WorldAccount},
};
use alloy_consensus::{EMPTY_ROOT_HASH, TxEip7702};
use alloy_eips::eip7702::Authorization;
use alloy_primitives::{Address, Bytes, U256};
use axos_genesis::Fork;
use op_alloy_consensus::TxDeposit;

const FACTORY: Address = Address::repeat_byte(0xf0);
const STORE: Address = Address::repeat_byte(0x57);
/// Who sends deposits.
const SENDER: Address = Address::repeat_byte(0x5e);

/// Executes one block per list of deposits, and expects the state after each.
fn check(fork: Fork, before: World, blocks: Vec<(Vec<TxDeposit>, World)>) {
    let chain = Chain::at(fork, before);
    let mut executor = chain.executor(None);
    for (height, (deposits, expected)) in (1..).zip(blocks) {
        let transactions = deposits.iter().map(encoded).collect();
        let block = executor.execute(&chain.attributes(height, transactions)).unwrap();
        assert_eq!(block.header.state_root, expected.root(), "block {height}");
    }
}

/// The sender, after some deposits.
fn sent(count: u64) -> WorldAccount {
    WorldAccount { nonce: count, ..Default::default() }
}

fn call(to: Address, input: impl Into<Bytes>) -> TxDeposit {
    deposit(SENDER, to, input)
}

/// A contract that can be destroyed and made again at the same address, with old storage.
fn killable(world: World) -> (World, Address, Bytes) {
    let init = contracts::init(1, &contracts::killable_copy());
    let address = contracts::created_by(FACTORY, 0, &init);
    let old = WorldAccount::contract(contracts::killable_copy())
        .slot(3, U256::from(33))
        .slot(4, U256::from(44));
    let world =
        world.with(FACTORY, WorldAccount::contract(contracts::factory())).with(address, old);
    (world, address, contracts::factory_input(0, &init))
}

#[test]
fn a_contract_destroyed_and_made_again_starts_with_wiped_storage() {
    let (before, address, make) = killable(World::default());
    let remade = WorldAccount::contract(contracts::killable_copy()).slot(1, U256::from(1));
    let mut after = before.clone().with(SENDER, sent(3)).with(address, remade);
    after.account(FACTORY).nonce += 1;
    // The last call copies slot 3, which is empty now, to slot 7.
    let copy = call(address, contracts::copy_input_of(3, 7));
    let deposits = vec![call(address, Bytes::new()), call(FACTORY, make), copy.clone()];

    // A block later it is still empty, while slot 1 is what the new contract made of it.
    let mut later = after.clone().with(SENDER, sent(5));
    later.account(address).storage.insert(U256::from(9), U256::from(1));
    let copies = vec![copy, call(address, contracts::copy_input_of(1, 9))];
    check(Fork::Regolith, before, vec![(deposits, after), (copies, later)]);
}

#[test]
fn a_contract_destroyed_and_paid_comes_back_as_a_plain_account() {
    let (before, address, _) = killable(World::default());
    let after = before.clone().with(SENDER, sent(2)).with(address, WorldAccount::rich(5));
    let mut pay = call(address, Bytes::new());
    (pay.mint, pay.value) = (5, U256::from(5));
    let deposits = vec![call(address, Bytes::new()), pay];
    check(Fork::Regolith, before, vec![(deposits, after)]);
}

#[test]
fn a_destroyed_contract_is_gone_with_its_storage() {
    let (before, address, make) = killable(World::default());
    let mut gone = before.clone().with(SENDER, sent(1));
    gone.accounts.remove(&address);
    // Made again a block later: what the tries still know of it must not shine through.
    let remade = WorldAccount::contract(contracts::killable_copy()).slot(1, U256::from(1));
    let mut after = gone.clone().with(SENDER, sent(3)).with(address, remade);
    after.account(FACTORY).nonce += 1;
    let kill = vec![call(address, Bytes::new())];
    let make = vec![call(FACTORY, make), call(address, contracts::copy_input_of(4, 8))];
    check(Fork::Regolith, before, vec![(kill, gone), (make, after)]);
}

#[test]
fn from_ecotone_on_an_old_contract_survives_its_destruction() {
    let (mut before, address, _) = killable(World::default());
    before.account(address).balance = U256::from(6);
    let mut after = before.clone().with(SENDER, sent(1));
    // [Ecotone] EIP-6780: only the balance moves.
    after.account(address).balance = U256::ZERO;
    after.account(SENDER).balance = U256::from(6);
    check(Fork::Ecotone, before, vec![(vec![call(address, Bytes::new())], after)]);
}

#[test]
fn a_contract_made_and_destroyed_in_one_transaction_leaves_nothing() {
    let before = World::default().with(FACTORY, WorldAccount::contract(contracts::factory()));
    for fork in [Fork::Regolith, Fork::Karst] {
        let mut after = before.clone().with(SENDER, sent(1));
        after.account(FACTORY).nonce += 1;
        let make = contracts::factory_input(0, &contracts::self_destruct());
        check(fork, before.clone(), vec![(vec![call(FACTORY, make)], after)]);
    }
}

#[test]
fn a_storage_trie_that_is_emptied_has_the_empty_root() {
    let store = WorldAccount::contract(contracts::store());
    let before = World::default().with(STORE, store.clone().slot(1, U256::from(1)));
    let after = before.clone().with(SENDER, sent(1)).with(STORE, store.clone());
    assert_eq!(after.storage_root(STORE), EMPTY_ROOT_HASH);
    let clear = vec![call(STORE, contracts::store_input(1, U256::ZERO))];
    // And it can be filled again, with a value whose node is shorter than its hash.
    let again = after.clone().with(SENDER, sent(2)).with(STORE, store.slot(1, U256::from(2)));
    let fill = vec![call(STORE, contracts::store_input(1, U256::from(2)))];
    check(Fork::Canyon, before, vec![(clear, after), (fill, again)]);
}

#[test]
fn slots_that_are_set_back_within_a_block_change_nothing() {
    let store = WorldAccount::contract(contracts::store()).slot(1, U256::from(1));
    let before = World::default().with(STORE, store);
    let after = before.clone().with(SENDER, sent(4));
    let set = |slot, value| call(STORE, contracts::store_input(slot, U256::from(value)));
    let deposits = vec![set(1, 5), set(2, 5), set(1, 1), set(2, 0)];
    check(Fork::Canyon, before, vec![(deposits, after)]);
}

#[test]
fn touching_an_account_that_is_not_there_leaves_it_so() {
    let before = World::default();
    let after = before.clone().with(SENDER, sent(2));
    let deposits =
        vec![call(Address::repeat_byte(0xaa), Bytes::new()), call(Address::with_last_byte(4), [1])];
    check(Fork::Bedrock, before, vec![(deposits, after)]);
}

#[test]
fn an_empty_account_of_old_goes_when_it_is_touched() {
    let empty = Address::repeat_byte(0xaa);
    let untouched = Address::repeat_byte(0xab);
    let before = World::default()
        .with(empty, WorldAccount::default())
        .with(untouched, WorldAccount::default());
    let mut after = before.clone().with(SENDER, sent(1));
    after.accounts.remove(&empty);
    check(Fork::Bedrock, before, vec![(vec![call(empty, Bytes::new())], after)]);
}

#[test]
fn an_account_that_loses_all_it_had_is_removed() {
    // An account without nonce and code can lose its balance only through a contract's creation
    // and destruction at its address.
    let init = contracts::self_destruct();
    let address = contracts::created_by(FACTORY, 0, &init);
    let before = World::default()
        .with(FACTORY, WorldAccount::contract(contracts::factory()))
        .with(address, WorldAccount::rich(8));
    let mut after = before.clone().with(SENDER, sent(1));
    after.accounts.remove(&address);
    after.account(FACTORY).nonce += 1;
    after.account(FACTORY).balance = U256::from(8);
    let make = vec![call(FACTORY, contracts::factory_input(0, &init))];
    check(Fork::Isthmus, before, vec![(make, after)]);
}

#[test]
fn an_account_touched_and_left_empty_does_not_exist_for_eip_7702() {
    let (sender, authority) = (Signer::new(1), Signer::new(2));
    let before = World::default().with(sender.address, WorldAccount::rich(1 << 60));
    let gas_used = |is_touched: bool| {
        let authorization = Authorization { chain_id: U256::ZERO, address: STORE, nonce: 0 };
        let signature = authority.sign_hash(authorization.signature_hash());
        let delegate = sender.sign(&TxEip7702 {
            chain_id: CHAIN_ID,
            gas_limit: 100_000,
            max_fee_per_gas: GENESIS_BASE_FEE.into(),
            to: DEPOSITOR,
            authorization_list: vec![authorization.into_signed(signature)],
            ..Default::default()
        });
        let touched = if is_touched { authority.address } else { Address::repeat_byte(0xdd) };
        let touch = encoded(&call(touched, Bytes::new()));
        let chain = Chain::at(Fork::Isthmus, before.clone());
        let attributes = chain.attributes(1, vec![touch, delegate]);
        chain.executor(None).execute(&attributes).unwrap().header.gas_used
    };
    // A refund for an authority that exists would make a difference of 12,500 gas.
    assert_eq!(gas_used(true), gas_used(false));
}

#[test]
fn fees_go_to_their_vaults() {
    let sender = Signer::new(1);
    let before = World::default()
        .with(sender.address, WorldAccount::rich(1 << 60))
        .with(L1_FEE_VAULT, WorldAccount::rich(1))
        .with(BASE_FEE_VAULT, WorldAccount::rich(2));
    let chain = Chain::at(Fork::Fjord, before.clone());
    let transfer = sender.sign(&alloy_consensus::TxEip1559 {
        chain_id: CHAIN_ID,
        gas_limit: 21_000,
        max_fee_per_gas: 2 * u128::from(GENESIS_BASE_FEE),
        max_priority_fee_per_gas: 3,
        to: STORE.into(),
        value: U256::from(4),
        ..Default::default()
    });
    let block = chain.executor(None).execute(&chain.attributes(1, vec![transfer])).unwrap();
    let base_fees = 21_000 * u128::from(GENESIS_BASE_FEE);
    let tips = 21_000 * 3;
    let mut after = before
        .with(STORE, WorldAccount::rich(4))
        .with(BASE_FEE_VAULT, WorldAccount::rich(2 + base_fees))
        .with(crate::support::chain::FEE_VAULT, WorldAccount::rich(tips));
    let rest = (1 << 60) - 4 - base_fees - tips;
    *after.account(sender.address) = WorldAccount { nonce: 1, ..WorldAccount::rich(rest) };
    assert_eq!(block.header.state_root, after.root());
}
