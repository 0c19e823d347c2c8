//! Random blocks, executed here and by alloy-op-evm: the headers must be equal.

use crate::support::{
    chain::{CHAIN_ID, Chain, DEPOSITOR, L1_BLOCK, L1Values, MESSAGE_PASSER, deposit, encoded},
    contracts,
    reference::{self, ReferenceBlock},
    signer::Signer,
    world::{World, WorldAccount},
};
use alloy_consensus::{Sealable, TxEip1559, TxEip2930, TxEip7702, TxLegacy};
use alloy_eips::{
    eip2930::{AccessList, AccessListItem},
    eip2935::{HISTORY_STORAGE_ADDRESS, HISTORY_STORAGE_CODE},
    eip4788::{BEACON_ROOTS_ADDRESS, BEACON_ROOTS_CODE},
    eip7702::Authorization,
};
use alloy_primitives::{Address, B256, Bytes, TxKind, U256, keccak256};
use axos_genesis::Fork;
use proptest::prelude::*;
use std::collections::BTreeMap;

const ETHER: u128 = 1_000_000_000_000_000_000;

/// Addresses of the contracts that transactions call.
const STORE: Address = Address::repeat_byte(0xc1);
const LOG: Address = Address::repeat_byte(0xc2);
const FACTORY: Address = Address::repeat_byte(0xc3);
const SELF_DESTRUCT: Address = Address::repeat_byte(0xc4);
const BLOCK_HASH: Address = Address::repeat_byte(0xc5);
const DELEGATE: Address = Address::repeat_byte(0xc6);
const REVERT: Address = Address::repeat_byte(0xc7);
const INVALID: Address = Address::repeat_byte(0xc8);
/// Nobody's address.
const NOBODY: Address = Address::repeat_byte(0xee);

/// Four numbers that a transaction is made of.
type Seed = [u8; 4];

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..Default::default() })]

    #[test]
    fn random_blocks_come_out_as_in_the_reference(
        fork in 0..Fork::ALL.len(),
        is_activating: bool,
        blocks in prop::collection::vec(prop::collection::vec(any::<Seed>(), 0..14), 3),
    ) {
        let fork = Fork::ALL[fork];
        let chain =
            if is_activating { Chain::activating(fork, world()) } else { Chain::at(fork, world()) };
        check(&chain, &blocks);
    }
}

fn check(chain: &Chain, blocks: &[Vec<Seed>]) {
    let mut executor = chain.executor(None);
    let mut world = chain.world.clone();
    let mut parent = chain.genesis.clone();
    let mut hashes = Vec::new();
    for (height, seeds) in (1..).zip(blocks) {
        let is_isthmus = {
            let timestamp = chain.attributes(height, Vec::new()).timestamp;
            chain.config.is_active(Fork::Isthmus, timestamp)
        };
        let transactions = Builder::new(&world, height, is_isthmus).block(seeds);
        let attributes = chain.attributes(height, transactions);
        hashes.push((parent.number, parent.hash()));
        let ReferenceBlock { header, world: after, .. } =
            reference::execute(&chain.config, &parent, &world, &attributes, &hashes);

        let block = executor.execute(&attributes).unwrap();
        assert_eq!(block.header, header);
        let output = executor.output_root().unwrap();
        assert_eq!(output.message_passer_storage_root, after.storage_root(MESSAGE_PASSER));
        let preimage = [B256::ZERO, after.root(), after.storage_root(MESSAGE_PASSER), block.hash];
        assert_eq!(output.hash(), keccak256(preimage.concat()));
        (world, parent) = (after, header.seal_slow());
    }
}

fn world() -> World {
    let l1_values = L1Values {
        base_fee: 7_000_000_000,
        overhead: 188,
        scalar: 684_000,
        base_fee_scalar: 5_227,
        blob_base_fee_scalar: 1_014_213,
        blob_base_fee: 3,
        operator_fee_scalar: 1_000,
        operator_fee_constant: 77,
        da_footprint_gas_scalar: 400,
    };
    let mut world = World::default()
        .with(L1_BLOCK, l1_values.account())
        .with(MESSAGE_PASSER, WorldAccount::contract(contracts::store()).slot(0, U256::from(9)))
        .with(BEACON_ROOTS_ADDRESS, WorldAccount::contract(BEACON_ROOTS_CODE.clone()))
        .with(HISTORY_STORAGE_ADDRESS, WorldAccount::contract(HISTORY_STORAGE_CODE.clone()))
        .with(STORE, WorldAccount::contract(contracts::store()).slot(1, U256::from(1)))
        .with(LOG, WorldAccount::contract(contracts::log()))
        .with(FACTORY, WorldAccount::contract(contracts::factory()))
        .with(BLOCK_HASH, WorldAccount::contract(contracts::block_hash()))
        .with(DELEGATE, WorldAccount::contract(contracts::delegate_to(STORE)))
        .with(REVERT, WorldAccount::contract(contracts::revert()))
        .with(INVALID, WorldAccount::contract(contracts::invalid()));
    let destroyed = world.account(SELF_DESTRUCT);
    *destroyed = WorldAccount::contract(contracts::self_destruct()).slot(3, U256::from(3));
    destroyed.balance = U256::from(5);
    for number in 1..=3 {
        *world.account(Signer::new(number).address) = WorldAccount::rich(100 * ETHER);
    }
    world
}

/// Makes the transactions of a block valid: keeps account of nonces.
struct Builder {
    nonces: BTreeMap<Address, u64>,
    height: u64,
    is_isthmus: bool,
}

impl Builder {
    fn new(world: &World, height: u64, is_isthmus: bool) -> Self {
        let nonces = world.accounts.iter().map(|(address, account)| (*address, account.nonce));
        Self { nonces: nonces.collect(), height, is_isthmus }
    }

    /// An L1 attributes transaction, then deposits, then what else the seeds say.
    fn block(mut self, seeds: &[Seed]) -> Vec<Bytes> {
        let l1_info = contracts::store_input(1, U256::from(7_000_000_000 + self.height));
        let mut transactions = vec![encoded(&deposit(DEPOSITOR, L1_BLOCK, l1_info))];
        let (deposits, others): (Vec<&Seed>, Vec<&Seed>) =
            seeds.iter().partition(|[kind, ..]| kind % 3 == 0);
        transactions.extend(deposits.into_iter().map(|seed| self.deposit(seed)));
        transactions.extend(others.into_iter().map(|seed| self.signed(seed)));
        transactions
    }

    fn nonce(&mut self, address: Address) -> u64 {
        let nonce = self.nonces.entry(address).or_default();
        *nonce += 1;
        *nonce - 1
    }

    fn deposit(&mut self, [kind, who, what, how]: &Seed) -> Bytes {
        let from = match who % 4 {
            0 => NOBODY,
            number => Signer::new(number).address,
        };
        self.nonce(from);
        let (to, input) = self.call(*what, *how);
        let mut deposit = deposit(from, Address::ZERO, input);
        deposit.to = to;
        deposit.source_hash = keccak256([*kind, *who, *what, *how]);
        deposit.mint = u128::from(kind % 4) * ETHER;
        // Nobody has less than the value unless enough is minted.
        deposit.value = U256::from(u128::from(how % 3) * ETHER);
        deposit.gas_limit = if how % 5 == 0 { 21_000 } else { 500_000 };
        encoded(&deposit)
    }

    fn signed(&mut self, [kind, who, what, how]: &Seed) -> Bytes {
        let signer = Signer::new(1 + who % 3);
        let nonce = self.nonce(signer.address);
        let (to, input) = self.call(*what, *how);
        let value = U256::from(how % 3);
        let gas_limit = 400_000;
        let access_list = AccessList(vec![AccessListItem {
            address: STORE,
            storage_keys: vec![B256::with_last_byte(*how)],
        }]);
        let (max_fee_per_gas, max_priority_fee_per_gas) = (3_000_000_000, u128::from(*how));
        match kind % 4 {
            0 => signer.sign(&TxLegacy {
                chain_id: (how % 2 == 0).then_some(CHAIN_ID),
                nonce,
                gas_price: max_fee_per_gas,
                gas_limit,
                to,
                value,
                input,
            }),
            1 => signer.sign(&TxEip2930 {
                chain_id: CHAIN_ID,
                nonce,
                gas_price: max_fee_per_gas,
                gas_limit,
                to,
                value,
                access_list,
                input,
            }),
            2 if self.is_isthmus => signer.sign(&TxEip7702 {
                chain_id: CHAIN_ID,
                nonce,
                gas_limit,
                max_fee_per_gas,
                max_priority_fee_per_gas,
                to: *to.to().unwrap_or(&NOBODY),
                value,
                access_list,
                authorization_list: vec![self.authorization(*who, *how)],
                input,
            }),
            _ => signer.sign(&TxEip1559 {
                chain_id: CHAIN_ID,
                nonce,
                gas_limit,
                max_fee_per_gas,
                max_priority_fee_per_gas,
                to,
                value,
                access_list,
                input,
            }),
        }
    }

    /// An authorisation by one of two accounts that send nothing themselves.
    fn authorization(&mut self, who: u8, how: u8) -> alloy_eips::eip7702::SignedAuthorization {
        let authority = Signer::new(10 + who % 2);
        let is_valid = !how.is_multiple_of(4);
        let nonce = if is_valid { self.nonce(authority.address) } else { u64::from(how) + 100 };
        let chain_id = U256::from(if how.is_multiple_of(3) { 0 } else { CHAIN_ID });
        let address = if how.is_multiple_of(7) { Address::ZERO } else { STORE };
        let authorization = Authorization { chain_id, address, nonce };
        let signature = authority.sign_hash(authorization.signature_hash());
        authorization.into_signed(signature)
    }

    /// What to call, and with what.
    fn call(&self, what: u8, how: u8) -> (TxKind, Bytes) {
        let slot = u64::from(how % 4);
        let stored = U256::from(how / 4 % 3);
        let init = contracts::init_self_destruct(slot, u64::from(how % 3));
        let created = contracts::created_by(FACTORY, slot, &init);
        let (to, input) = match what % 16 {
            0 => return (TxKind::Create, init),
            1 => (LOG, Bytes::from(vec![how; usize::from(how)])),
            2 | 3 => (FACTORY, contracts::factory_input(slot, &init)),
            4 => (created, Bytes::new()),
            5 => (SELF_DESTRUCT, Bytes::new()),
            6 => (BLOCK_HASH, B256::from(U256::from(self.height.saturating_sub(slot))).into()),
            7 => (DELEGATE, contracts::store_input(slot, stored)),
            8 => (REVERT, Bytes::new()),
            9 => (INVALID, Bytes::new()),
            10 => (Signer::new(10 + how % 2).address, contracts::store_input(slot, stored)),
            11 => (Address::repeat_byte(how), Bytes::new()),
            12 => (MESSAGE_PASSER, contracts::store_input(slot, stored)),
            13 => (Address::with_last_byte(how % 18), Bytes::from(vec![how; 64])),
            // Init code that destroys the contract before it exists.
            14 => (FACTORY, contracts::factory_input(slot, &contracts::self_destruct())),
            _ => (STORE, contracts::store_input(slot, stored)),
        };
        (to.into(), input)
    }
}
