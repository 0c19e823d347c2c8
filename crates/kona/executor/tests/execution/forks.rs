//! What each fork changes in a block, with the values written out.

use crate::support::{
    chain::{
        BLOCK_TIME, CHAIN_ID, Chain, DEPOSITOR, GAS_LIMIT, GENESIS_BASE_FEE, GENESIS_TIME,
        L1_BLOCK, L1_FEE_VAULT, L1Values, MESSAGE_PASSER, OPERATOR_FEE_VAULT, config, deposit,
        encoded, holocene_extra_data, jovian_extra_data,
    },
    contracts,
    signer::Signer,
    world::{World, WorldAccount},
};
use alloy_consensus::{Header, ReceiptWithBloom, TxEip1559};
use alloy_eips::{
    eip2935::{HISTORY_STORAGE_ADDRESS, HISTORY_STORAGE_CODE},
    eip4788::{BEACON_ROOTS_ADDRESS, BEACON_ROOTS_CODE},
};
use alloy_primitives::{Address, B64, B256, Bytes, U256, address, b256, keccak256};
use alloy_trie::root::ordered_trie_root_encoded;
use axos_genesis::Fork;
use kona_executor::ExecutedBlock;
use op_alloy_consensus::{OpDepositReceipt, OpReceiptEnvelope};
use revm::bytecode::opcode;

const CONTRACT: Address = Address::repeat_byte(0xc0);
/// Root of a trie without a key.
const EMPTY_ROOT: B256 = b256!("56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421");
/// SHA-256 of nothing.
const EMPTY_REQUESTS: B256 =
    b256!("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");

/// The first block on a chain, with some transactions.
fn first_block(chain: &Chain, transactions: Vec<Bytes>) -> ExecutedBlock {
    chain.executor(None).execute(&chain.attributes(1, transactions)).unwrap()
}

/// The fields that come and go with forks.
type ForkFields = (Option<B256>, Option<u64>, Option<u64>, Option<B256>, Option<B256>, Bytes);

fn fork_fields(header: &Header) -> ForkFields {
    (
        header.withdrawals_root,
        header.blob_gas_used,
        header.excess_blob_gas,
        header.parent_beacon_block_root,
        header.requests_hash,
        header.extra_data.clone(),
    )
}

#[test]
fn each_fork_has_its_header_fields_from_its_first_block_on() {
    let empty = Some(EMPTY_ROOT);
    let beacon = Some(B256::repeat_byte(0x88));
    let requests = Some(EMPTY_REQUESTS);
    let (none, holocene, jovian) =
        (Bytes::new(), holocene_extra_data(250, 6), jovian_extra_data(250, 6, 0));
    let expected: [(Fork, ForkFields); 11] = [
        (Fork::Bedrock, (None, None, None, None, None, none.clone())),
        (Fork::Regolith, (None, None, None, None, None, none.clone())),
        (Fork::Canyon, (empty, None, None, None, None, none.clone())),
        (Fork::Delta, (empty, None, None, None, None, none.clone())),
        (Fork::Ecotone, (empty, Some(0), Some(0), beacon, None, none.clone())),
        (Fork::Fjord, (empty, Some(0), Some(0), beacon, None, none.clone())),
        (Fork::Granite, (empty, Some(0), Some(0), beacon, None, none)),
        (Fork::Holocene, (empty, Some(0), Some(0), beacon, None, holocene.clone())),
        (Fork::Isthmus, (empty, Some(0), Some(0), beacon, requests, holocene)),
        (Fork::Jovian, (empty, Some(0), Some(0), beacon, requests, jovian.clone())),
        (Fork::Karst, (empty, Some(0), Some(0), beacon, requests, jovian)),
    ];
    for (fork, fields) in expected {
        for chain in [Chain::at(fork, World::default()), Chain::activating(fork, World::default())]
        {
            let mut executor = chain.executor(None);
            for height in 1..4 {
                let block = executor.execute(&chain.attributes(height, Vec::new())).unwrap();
                assert_eq!(fork_fields(&block.header), fields, "{fork:?} {height}");
                assert_eq!(block.header.number, height);
                assert_eq!(block.header.timestamp, GENESIS_TIME + height * BLOCK_TIME);
                assert_eq!(block.header.ommers_hash, keccak256([0xc0]));
                assert_eq!(block.header.difficulty, U256::ZERO);
                assert_eq!(block.header.nonce, B64::ZERO);
            }
        }
    }
}

#[test]
fn blocks_are_linked_by_their_hashes() {
    let chain = Chain::at(Fork::Karst, World::default());
    let mut executor = chain.executor(None);
    let mut parent = chain.genesis.hash();
    for height in 1..4 {
        let block = executor.execute(&chain.attributes(height, Vec::new())).unwrap();
        assert_eq!(block.header.parent_hash, parent);
        assert_eq!(keccak256(alloy_rlp::encode(&block.header)), block.hash);
        assert_eq!(executor.head().hash(), block.hash);
        parent = block.hash;
    }
}

#[test]
fn the_receipt_of_a_deposit_commits_to_its_nonce_from_canyon_on() {
    let world = World::default()
        .with(DEPOSITOR, WorldAccount { nonce: 41, ..Default::default() })
        .with(CONTRACT, WorldAccount::contract(contracts::log()));
    for fork in Fork::ALL {
        let chain = Chain::at(fork, world.clone());
        let deposit = deposit(DEPOSITOR, CONTRACT, [5]);
        let header = first_block(&chain, vec![encoded(&deposit)]).header;
        let log = alloy_primitives::Log::new_unchecked(
            CONTRACT,
            vec![DEPOSITOR.into_word()],
            vec![5].into(),
        );
        let receipt = OpDepositReceipt {
            inner: alloy_consensus::Receipt {
                status: true.into(),
                cumulative_gas_used: header.gas_used,
                logs: vec![log],
            },
            deposit_nonce: (fork >= Fork::Canyon).then_some(41),
            deposit_receipt_version: (fork >= Fork::Canyon).then_some(1),
        };
        let receipt: ReceiptWithBloom<_> = receipt.into();
        assert_eq!(header.logs_bloom, receipt.logs_bloom);
        let encoded = alloy_eips::Encodable2718::encoded_2718(&OpReceiptEnvelope::Deposit(receipt));
        assert_eq!(header.receipts_root, ordered_trie_root_encoded(&[encoded]), "{fork:?}");
    }
}

#[test]
fn canyon_puts_the_create2_deployer_into_its_first_block_alone() {
    let deployer = address!("13b0D85CcB8bf860b6b79AF3029fCA081AE9beF2");
    let code: &[u8] = include_bytes!("../../data/create2_deployer.bin");
    assert_eq!(
        keccak256(code),
        b256!("b0550b5b431e30d38000efb7107aaa0ade03d48a7198a140edda9d27134468b2")
    );
    // What the account has already stays.
    let paid = World::default().with(deployer, WorldAccount::rich(7));
    for before in [World::default(), paid] {
        let mut after = before.clone();
        after.account(deployer).code = code.to_vec().into();
        let chain = Chain::activating(Fork::Canyon, before.clone());
        assert_eq!(first_block(&chain, Vec::new()).header.state_root, after.root());
        for chain in [
            Chain::at(Fork::Canyon, before.clone()),
            Chain::activating(Fork::Ecotone, before.clone()),
            Chain::at(Fork::Regolith, before.clone()),
        ] {
            assert_eq!(first_block(&chain, Vec::new()).header.state_root, before.root());
        }
    }
}

#[test]
fn ecotone_stores_the_beacon_root_before_the_transactions() {
    let contract = WorldAccount::contract(BEACON_ROOTS_CODE.clone());
    let world = World::default().with(BEACON_ROOTS_ADDRESS, contract.clone());
    let before = Chain::at(Fork::Canyon, world.clone());
    assert_eq!(first_block(&before, Vec::new()).header.state_root, world.root());

    let time = GENESIS_TIME + BLOCK_TIME;
    let contract = contract
        .slot(time % 8191, U256::from(time))
        .slot(time % 8191 + 8191, U256::from_be_bytes([0x88; 32]));
    let after = world.with(BEACON_ROOTS_ADDRESS, contract);
    let chain = Chain::at(Fork::Ecotone, after.clone());
    assert_eq!(first_block(&chain, Vec::new()).header.state_root, after.root());
}

#[test]
fn ecotones_blob_base_fee_is_always_one() {
    let contract = WorldAccount::contract(contracts::store_result_of(opcode::BLOBBASEFEE));
    let world = World::default().with(CONTRACT, contract.clone());
    for fork in [Fork::Ecotone, Fork::Isthmus, Fork::Jovian, Fork::Karst] {
        let chain = Chain::at(fork, world.clone());
        let call = encoded(&deposit(DEPOSITOR, CONTRACT, []));
        let mut after = world.clone().with(CONTRACT, contract.clone().slot(0, U256::from(1)));
        after.account(DEPOSITOR).nonce = 1;
        assert_eq!(first_block(&chain, vec![call]).header.state_root, after.root());
    }
}

/// A transfer of nothing, whose sender has 2⁶⁰ wei.
fn transfer(gas_limit: u64) -> Bytes {
    Signer::new(1).sign(&TxEip1559 {
        chain_id: CHAIN_ID,
        gas_limit,
        max_fee_per_gas: GENESIS_BASE_FEE.into(),
        to: CONTRACT.into(),
        ..Default::default()
    })
}

fn with_sender(values: &L1Values) -> World {
    World::default()
        .with(L1_BLOCK, values.account())
        .with(Signer::new(1).address, WorldAccount::rich(1 << 60))
}

/// Executes a transfer, and expects what the two vaults get for it.
#[track_caller]
fn check_fees(chain: &Chain, l1_fee: u64, operator_fee: u64) {
    let gas_limit = 100_000;
    let header = first_block(chain, vec![transfer(gas_limit)]).header;
    let mut after = chain.world.clone();
    let paid = u128::from(21_000 * GENESIS_BASE_FEE + l1_fee + operator_fee);
    *after.account(Signer::new(1).address) =
        WorldAccount { nonce: 1, ..WorldAccount::rich((1 << 60) - paid) };
    for (vault, fee) in [
        (crate::support::chain::BASE_FEE_VAULT, 21_000 * GENESIS_BASE_FEE),
        (L1_FEE_VAULT, l1_fee),
        (OPERATOR_FEE_VAULT, operator_fee),
    ] {
        if fee > 0 {
            *after.account(vault) = WorldAccount::rich(fee.into());
        }
    }
    assert_eq!(header.state_root, after.root());
}

/// Gas that the transfer's bytes would cost as calldata.
fn calldata_gas() -> u64 {
    let bytes = transfer(100_000);
    let zeros = bytes.iter().filter(|byte| **byte == 0).count();
    u64::try_from(4 * zeros + 16 * (bytes.len() - zeros)).unwrap()
}

#[test]
fn the_l1_fee_follows_the_formula_of_its_fork() {
    let values = L1Values {
        base_fee: 7_000,
        overhead: 188,
        scalar: 684_000,
        base_fee_scalar: 5_227,
        blob_base_fee_scalar: 1_014_213,
        blob_base_fee: 300,
        ..Default::default()
    };
    let bedrock = |gas: u64| (gas + 188) * 7_000 * 684_000 / 1_000_000;
    let scaled = 16 * 7_000 * 5_227 + 300 * 1_014_213;
    let ecotone = calldata_gas() * scaled / 16_000_000;
    // Short transactions count as 100 bytes.
    let fjord = 100_000_000 * scaled / 1_000_000_000_000;
    for (fork, fee) in [
        (Fork::Bedrock, bedrock(calldata_gas() + 68 * 16)),
        (Fork::Regolith, bedrock(calldata_gas())),
        (Fork::Canyon, bedrock(calldata_gas())),
        (Fork::Ecotone, ecotone),
        (Fork::Fjord, fjord),
        (Fork::Granite, fjord),
        (Fork::Holocene, fjord),
        (Fork::Isthmus, fjord),
        (Fork::Jovian, fjord),
        (Fork::Karst, fjord),
    ] {
        check_fees(&Chain::at(fork, with_sender(&values)), fee, 0);
    }
}

#[test]
fn ecotones_first_block_takes_the_old_l1_fee_while_the_scalars_are_unset() {
    let values = L1Values { base_fee: 7_000, overhead: 188, scalar: 684_000, ..Default::default() };
    let fee = (calldata_gas() + 188) * 7_000 * 684_000 / 1_000_000;
    check_fees(&Chain::activating(Fork::Ecotone, with_sender(&values)), fee, 0);
    // Also where Fjord, and with it another formula, starts at the same time.
    let mut both = config(Fork::Fjord, GENESIS_TIME + BLOCK_TIME);
    both.forks.ecotone_time = both.forks.fjord_time;
    check_fees(&Chain::new(both, with_sender(&values)), fee, 0);
    // While scalars that were set to zero make no fee.
    let zero = L1Values { blob_base_fee: 1, ..values };
    for fork in [Fork::Ecotone, Fork::Fjord] {
        check_fees(&Chain::at(fork, with_sender(&zero)), 0, 0);
    }
}

#[test]
fn the_operator_fee_is_for_gas_used_and_100_times_higher_from_jovian_on() {
    let values = L1Values {
        operator_fee_scalar: 3_000_000,
        operator_fee_constant: 17,
        ..Default::default()
    };
    for (fork, fee) in [
        (Fork::Holocene, 0),
        (Fork::Isthmus, 21_000 * 3 + 17),
        (Fork::Jovian, 21_000 * 3_000_000 * 100 + 17),
        (Fork::Karst, 21_000 * 3_000_000 * 100 + 17),
    ] {
        check_fees(&Chain::at(fork, with_sender(&values)), 0, fee);
    }
}

#[test]
fn before_isthmus_the_operator_fee_vault_is_not_even_read() {
    let vault = WorldAccount::rich(0x1234_5678_9abc);
    let world = with_sender(&L1Values::default()).with(OPERATOR_FEE_VAULT, vault);
    // The leaf of the vault ends in its balance, storage root and code hash.
    let code_hash = WorldAccount::default().code_hash();
    let tail = [&[0xa0], EMPTY_ROOT.as_slice(), &[0xa0], code_hash.as_slice()].concat();
    let tail = [&[0x86, 0x12, 0x34, 0x56, 0x78, 0x9a, 0xbc], tail.as_slice()].concat();
    for fork in Fork::ALL {
        let mut chain = Chain::at(fork, world.clone());
        assert_eq!(chain.archive.remove_ending_in(&tail), 1);
        let attributes = chain.attributes(1, vec![transfer(100_000)]);
        let is_executed = chain.executor(None).execute(&attributes).is_ok();
        assert_eq!(is_executed, fork < Fork::Isthmus, "{fork:?}");
    }
}

#[test]
fn isthmus_names_the_message_passers_storage_root_after_the_block() {
    let passer = WorldAccount::contract(contracts::store());
    let full = passer.clone().slot(1, U256::from(1)).slot(2, U256::from(2));
    let set = |slot, value| {
        let input = contracts::store_input(slot, U256::from(value));
        encoded(&deposit(DEPOSITOR, MESSAGE_PASSER, input))
    };
    let chain = Chain::at(Fork::Isthmus, World::default().with(MESSAGE_PASSER, full));
    let mut executor = chain.executor(None);
    let mut check = |height, transactions, expected: &WorldAccount| {
        let attributes = chain.attributes(height, transactions);
        let header = executor.execute(&attributes).unwrap().header;
        let world = World::default().with(MESSAGE_PASSER, expected.clone());
        let root = world.storage_root(MESSAGE_PASSER);
        assert_eq!(header.withdrawals_root, Some(root));
        assert_eq!(executor.output_root().unwrap().message_passer_storage_root, root);
    };
    let one = passer.clone().slot(1, U256::from(1));
    check(1, vec![set(2, 0)], &one);
    // No transaction touches it.
    check(2, Vec::new(), &one);
    check(3, vec![set(1, 0)], &passer);
    check(4, vec![set(9, 1)], &passer.clone().slot(9, U256::from(1)));
}

#[test]
fn isthmus_names_the_empty_root_where_there_is_no_message_passer() {
    let chain = Chain::at(Fork::Isthmus, World::default());
    assert_eq!(first_block(&chain, Vec::new()).header.withdrawals_root, Some(EMPTY_ROOT));
}

#[test]
fn before_isthmus_the_output_root_names_the_message_passers_storage_root_all_the_same() {
    let passer = WorldAccount::contract(contracts::store()).slot(1, U256::from(1));
    let world = World::default().with(MESSAGE_PASSER, passer);
    let chain = Chain::at(Fork::Granite, world.clone());
    let mut executor = chain.executor(None);
    let header = executor.execute(&chain.attributes(1, Vec::new())).unwrap().header;
    assert_eq!(header.withdrawals_root, Some(EMPTY_ROOT));
    let root = executor.output_root().unwrap().message_passer_storage_root;
    assert_eq!(root, world.storage_root(MESSAGE_PASSER));
}

#[test]
fn isthmus_stores_the_parents_hash_before_the_transactions() {
    let contract = WorldAccount::contract(HISTORY_STORAGE_CODE.clone());
    let world = World::default().with(HISTORY_STORAGE_ADDRESS, contract.clone());
    let before = Chain::at(Fork::Holocene, world.clone());
    assert_eq!(first_block(&before, Vec::new()).header.state_root, world.root());

    let chain = Chain::at(Fork::Isthmus, world.clone());
    let mut executor = chain.executor(None);
    let genesis = U256::from_be_bytes(chain.genesis.hash().0);
    let after = world.clone().with(HISTORY_STORAGE_ADDRESS, contract.clone().slot(0, genesis));
    let block = executor.execute(&chain.attributes(1, Vec::new())).unwrap();
    assert_eq!(block.header.state_root, after.root());

    let first = U256::from_be_bytes(block.hash.0);
    let contract = contract.slot(0, genesis).slot(1, first);
    let after = world.with(HISTORY_STORAGE_ADDRESS, contract);
    let block = executor.execute(&chain.attributes(2, Vec::new())).unwrap();
    assert_eq!(block.header.state_root, after.root());
}

/// A chain with Jovian's DA footprint at work. In the state below the first block the scalar is 1.
fn jovian_chain() -> Chain {
    let values = L1Values { da_footprint_gas_scalar: 1, ..Default::default() };
    Chain::at(Fork::Jovian, with_sender(&values))
}

/// The L1 attributes transaction, which sets the scalar.
fn set_scalar(scalar: u16) -> Bytes {
    let values = L1Values { da_footprint_gas_scalar: scalar, ..Default::default() };
    encoded(&deposit(DEPOSITOR, L1_BLOCK, contracts::store_input(8, values.slot_8())))
}

#[test]
fn jovians_da_footprint_takes_the_scalar_that_the_block_itself_has_set() {
    let chain = jovian_chain();
    let header = first_block(&chain, vec![set_scalar(400), transfer(21_000)]).header;
    // A short transaction counts as 100 bytes.
    assert_eq!(header.blob_gas_used, Some(100 * 400));
    assert_eq!(header.excess_blob_gas, Some(0));
    let header = first_block(&chain, vec![transfer(21_000)]).header;
    assert_eq!(header.blob_gas_used, Some(100));
}

#[test]
fn jovians_da_footprint_leaves_deposits_out() {
    let header = first_block(&jovian_chain(), vec![set_scalar(400)]).header;
    assert_eq!(header.blob_gas_used, Some(0));
}

#[test]
fn jovians_da_footprint_raises_the_next_base_fee() {
    let chain = jovian_chain();
    let mut executor = chain.executor(None);
    // 6,500,000 gas of data where 5,000,000 is the target.
    let first = chain.attributes(1, vec![set_scalar(65_000), transfer(21_000)]);
    assert_eq!(executor.execute(&first).unwrap().header.blob_gas_used, Some(6_500_000));
    let second = executor.execute(&chain.attributes(2, Vec::new())).unwrap().header;
    let excess = 6_500_000 - GAS_LIMIT / 6;
    let raise = GENESIS_BASE_FEE * excess / (GAS_LIMIT / 6) / 250;
    assert_eq!(second.base_fee_per_gas, Some(GENESIS_BASE_FEE + raise));
}

#[test]
fn jovians_lowest_base_fee_holds_from_the_block_after_the_one_that_names_it() {
    let chain = Chain::at(Fork::Jovian, World::default());
    let mut executor = chain.executor(None);
    let mut base_fee = |height, min_base_fee| {
        let mut attributes = chain.attributes(height, Vec::new());
        attributes.min_base_fee = Some(min_base_fee);
        let header = executor.execute(&attributes).unwrap().header;
        assert_eq!(header.extra_data, jovian_extra_data(250, 6, min_base_fee));
        header.base_fee_per_gas.unwrap()
    };
    assert_eq!(base_fee(1, 5 * GENESIS_BASE_FEE), GENESIS_BASE_FEE);
    assert_eq!(base_fee(2, 0), 5 * GENESIS_BASE_FEE);
    // An empty block lowers it by a 250th.
    assert_eq!(base_fee(3, 0), 5 * GENESIS_BASE_FEE / 250 * 249);
}

#[test]
fn holocenes_parameters_hold_from_the_block_after_the_one_that_names_them() {
    let chain = Chain::at(Fork::Holocene, World::default());
    let mut executor = chain.executor(None);
    let mut base_fee = |height, parameters| {
        let mut attributes = chain.attributes(height, Vec::new());
        attributes.eip1559_params = Some(parameters);
        executor.execute(&attributes).unwrap().header.base_fee_per_gas.unwrap()
    };
    assert_eq!(base_fee(1, (10, 2)), GENESIS_BASE_FEE);
    assert_eq!(base_fee(2, (0, 0)), GENESIS_BASE_FEE / 10 * 9);
    assert_eq!(base_fee(3, (0, 0)), GENESIS_BASE_FEE / 10 * 9 / 250 * 249);
}

#[test]
fn karsts_first_block_has_the_gas_limit_it_is_given() {
    let chain = Chain::activating(Fork::Karst, World::default());
    let mut attributes = chain.attributes(1, Vec::new());
    attributes.gas_limit = GAS_LIMIT + 55_370_657;
    let mut executor = chain.executor(None);
    let header = executor.execute(&attributes).unwrap().header;
    assert_eq!(header.gas_limit, GAS_LIMIT + 55_370_657);
    // And the next one its own again; the base fee goes by the limit of the parent.
    let next = executor.execute(&chain.attributes(2, Vec::new())).unwrap().header;
    assert_eq!(next.gas_limit, GAS_LIMIT);
    assert_eq!(next.base_fee_per_gas, Some(GENESIS_BASE_FEE / 250 * 249));
}

#[test]
fn karst_leaves_deposits_free_of_the_gas_cap() {
    let contract = WorldAccount::contract(contracts::store_result_of(opcode::GAS));
    let world = World::default().with(CONTRACT, contract.clone());
    for fork in [Fork::Jovian, Fork::Karst] {
        let chain = Chain::at(fork, world.clone());
        let mut large = deposit(DEPOSITOR, CONTRACT, []);
        large.gas_limit = 20_000_000;
        let header = first_block(&chain, vec![encoded(&large)]).header;
        // All the gas is there for the call, less its start and the opcode itself.
        let gas = U256::from(20_000_000 - 21_000 - 2);
        let mut after = world.clone().with(CONTRACT, contract.clone().slot(0, gas));
        after.account(DEPOSITOR).nonce = 1;
        assert_eq!(header.state_root, after.root(), "{fork:?}");
        assert_eq!(header.gas_used, 21_000 + 2 + 3 + 22_100);
    }
}
