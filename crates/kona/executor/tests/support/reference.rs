//! A second opinion on a block: alloy-op-evm's block executor over revm's own state, and a header
//! put together field by field.

use super::world::{World, WorldAccount};
use alloy_consensus::{
    EMPTY_OMMER_ROOT_HASH, EMPTY_ROOT_HASH, Header, Sealed, transaction::SignerRecoverable,
};
use alloy_eips::{
    Decodable2718, Encodable2718,
    eip1559::{BaseFeeParams, calc_next_block_base_fee},
    eip2718::WithEncoded,
    eip7685::EMPTY_REQUESTS_HASH,
};
use alloy_evm::{Evm, EvmEnv, EvmFactory, block::BlockExecutor};
use alloy_op_evm::{
    OpBlockExecutionCtx, OpBlockExecutor, OpEvmFactory, OpTx, block::OpAlloyReceiptBuilder,
};
use alloy_op_hardforks::{ForkCondition, OpChainHardforks, OpHardfork};
use alloy_primitives::{B256, Bloom, U256, logs_bloom};
use alloy_trie::root::ordered_trie_root_encoded;
use axos_genesis::{Fork, RollupConfig};
use axos_protocol::PayloadAttributes;
use kona_executor::op_spec;
use op_alloy_consensus::{OpReceiptEnvelope, OpTxEnvelope};
use revm::{
    context::{BlockEnv, CfgEnv},
    context_interface::block::BlobExcessGasAndPrice,
    database::{BundleState, CacheDB, EmptyDB, State, states::bundle_state::BundleRetention},
    state::{AccountInfo, Bytecode},
};

/// A block as the reference sees it.
#[derive(Debug)]
pub(crate) struct ReferenceBlock {
    /// The header.
    pub(crate) header: Header,
    /// The whole state after the block.
    pub(crate) world: World,
    /// The receipts.
    pub(crate) receipts: Vec<OpReceiptEnvelope>,
}

/// Executes a block on `parent`, which left `world`. Hashes of blocks below the parent are in
/// `block_hashes`, by number.
pub(crate) fn execute(
    config: &RollupConfig,
    parent: &Sealed<Header>,
    world: &World,
    attributes: &PayloadAttributes,
    block_hashes: &[(u64, B256)],
) -> ReferenceBlock {
    let base_fee = base_fee(config, parent, attributes.timestamp);
    let forks = hardforks(config);
    let mut state =
        State::builder().with_database(database(world, block_hashes)).with_bundle_update().build();
    let evm = OpEvmFactory::<OpTx>::default()
        .create_evm(&mut state, environment(config, parent, attributes, base_fee));
    let context = OpBlockExecutionCtx {
        parent_hash: parent.hash(),
        parent_beacon_block_root: attributes.parent_beacon_block_root,
        ..Default::default()
    };
    let receipt_builder = OpAlloyReceiptBuilder::default();
    let mut executor = OpBlockExecutor::new(evm, context, &forks, &receipt_builder);
    executor.apply_pre_execution_changes().unwrap();
    for bytes in &attributes.transactions {
        let transaction = OpTxEnvelope::decode_2718_exact(bytes).unwrap();
        let recovered = transaction.try_into_recovered().unwrap();
        executor.execute_transaction(WithEncoded::new(bytes.clone(), recovered)).unwrap();
    }
    let (evm, result) = executor.finish().unwrap();
    drop(evm.finish());
    state.merge_transitions(BundleRetention::PlainState);
    let world = world_after(world, state.take_bundle());
    let header = Header {
        state_root: world.root(),
        gas_used: result.gas_used,
        ..header(
            config,
            parent,
            attributes,
            base_fee,
            &world,
            &result.receipts,
            result.blob_gas_used,
        )
    };
    ReferenceBlock { header, world, receipts: result.receipts }
}

fn hardforks(config: &RollupConfig) -> OpChainHardforks {
    let at = |time: Option<u64>| time.map_or(ForkCondition::Never, ForkCondition::Timestamp);
    let forks = &config.forks;
    OpChainHardforks::new([
        (OpHardfork::Bedrock, ForkCondition::Block(0)),
        (OpHardfork::Regolith, at(forks.regolith_time)),
        (OpHardfork::Canyon, at(forks.canyon_time)),
        (OpHardfork::Ecotone, at(forks.ecotone_time)),
        (OpHardfork::Fjord, at(forks.fjord_time)),
        (OpHardfork::Granite, at(forks.granite_time)),
        (OpHardfork::Holocene, at(forks.holocene_time)),
        (OpHardfork::Isthmus, at(forks.isthmus_time)),
        (OpHardfork::Jovian, at(forks.jovian_time)),
        (OpHardfork::Karst, at(forks.karst_time)),
        (OpHardfork::Interop, ForkCondition::Never),
    ])
}

fn database(world: &World, block_hashes: &[(u64, B256)]) -> CacheDB<EmptyDB> {
    let mut database = CacheDB::new(EmptyDB::default());
    for (address, account) in &world.accounts {
        let code = Bytecode::new_raw(account.code.clone());
        let info = AccountInfo::new(account.balance, account.nonce, account.code_hash(), code);
        database.insert_account_info(*address, info);
        for (slot, value) in &account.storage {
            database.insert_account_storage(*address, *slot, *value).unwrap();
        }
    }
    for (number, hash) in block_hashes {
        database.cache.block_hashes.insert(U256::from(*number), *hash);
    }
    database
}

fn environment(
    config: &RollupConfig,
    parent: &Header,
    attributes: &PayloadAttributes,
    base_fee: u64,
) -> EvmEnv<op_revm::OpSpecId> {
    let spec = op_spec(config, attributes.timestamp);
    let block = BlockEnv {
        number: U256::from(parent.number + 1),
        beneficiary: attributes.suggested_fee_recipient,
        timestamp: U256::from(attributes.timestamp),
        gas_limit: attributes.gas_limit,
        basefee: base_fee,
        prevrandao: Some(attributes.prev_randao),
        blob_excess_gas_and_price: Some(BlobExcessGasAndPrice::new(0, 1)),
        ..Default::default()
    };
    EvmEnv::new(CfgEnv::new_with_spec(spec).with_chain_id(config.l2_chain_id), block)
}

/// The base fee by alloy's formula, for extra data as this test's chains have it.
fn base_fee(config: &RollupConfig, parent: &Header, timestamp: u64) -> u64 {
    let is_active = |fork| config.is_active(fork, parent.timestamp);
    let word = |start: usize| {
        u128::from(u32::from_be_bytes(parent.extra_data[start..start + 4].try_into().unwrap()))
    };
    let constants = &config.base_fee_params;
    let params = if is_active(Fork::Holocene) {
        BaseFeeParams::new(word(1), word(5))
    } else if config.is_active(Fork::Canyon, timestamp) {
        BaseFeeParams::new(constants.denominator_canyon.into(), constants.elasticity.into())
    } else {
        BaseFeeParams::new(constants.denominator.into(), constants.elasticity.into())
    };
    let metered = if is_active(Fork::Jovian) {
        parent.gas_used.max(parent.blob_gas_used.unwrap_or_default())
    } else {
        parent.gas_used
    };
    let base_fee = parent.base_fee_per_gas.unwrap();
    calc_next_block_base_fee(metered, parent.gas_limit, base_fee, params)
}

/// The header, but for the state root and the gas used.
fn header(
    config: &RollupConfig,
    parent: &Sealed<Header>,
    attributes: &PayloadAttributes,
    base_fee: u64,
    world: &World,
    receipts: &[OpReceiptEnvelope],
    da_footprint: u64,
) -> Header {
    let is_active = |fork| config.is_active(fork, attributes.timestamp);
    let message_passer = world.storage_root(super::chain::MESSAGE_PASSER);
    Header {
        parent_hash: parent.hash(),
        ommers_hash: EMPTY_OMMER_ROOT_HASH,
        beneficiary: attributes.suggested_fee_recipient,
        transactions_root: ordered_trie_root_encoded(&attributes.transactions),
        receipts_root: receipts_root(receipts, is_active(Fork::Canyon)),
        logs_bloom: receipts
            .iter()
            .fold(Bloom::ZERO, |bloom, receipt| bloom | logs_bloom(receipt.logs())),
        number: parent.number + 1,
        gas_limit: attributes.gas_limit,
        timestamp: attributes.timestamp,
        extra_data: match () {
            () if is_active(Fork::Jovian) => super::chain::jovian_extra_data(250, 6, 0),
            () if is_active(Fork::Holocene) => super::chain::holocene_extra_data(250, 6),
            () => Default::default(),
        },
        mix_hash: attributes.prev_randao,
        base_fee_per_gas: Some(base_fee),
        withdrawals_root: match () {
            () if is_active(Fork::Isthmus) => Some(message_passer),
            () if is_active(Fork::Canyon) => Some(EMPTY_ROOT_HASH),
            () => None,
        },
        blob_gas_used: is_active(Fork::Ecotone).then_some(da_footprint),
        excess_blob_gas: is_active(Fork::Ecotone).then_some(0),
        parent_beacon_block_root: attributes.parent_beacon_block_root,
        requests_hash: is_active(Fork::Isthmus).then_some(EMPTY_REQUESTS_HASH),
        ..Default::default()
    }
}

/// Before Canyon the root does not commit to the nonces that receipts of deposits have.
fn receipts_root(receipts: &[OpReceiptEnvelope], is_canyon: bool) -> B256 {
    let encoded = receipts.iter().cloned().map(|mut receipt| {
        if let OpReceiptEnvelope::Deposit(deposit) = &mut receipt
            && !is_canyon
        {
            deposit.receipt.deposit_nonce = None;
            deposit.receipt.deposit_receipt_version = None;
        }
        receipt.encoded_2718()
    });
    ordered_trie_root_encoded(&encoded.collect::<Vec<_>>())
}

fn world_after(before: &World, bundle: BundleState) -> World {
    let mut world = before.clone();
    for (address, account) in bundle.state {
        if account.was_destroyed() {
            world.accounts.remove(&address);
        }
        let Some(info) = account.info else {
            world.accounts.remove(&address);
            continue;
        };
        let after: &mut WorldAccount = world.account(address);
        after.balance = info.balance;
        after.nonce = info.nonce;
        if after.code_hash() != info.code_hash {
            let code = info.code.or_else(|| bundle.contracts.get(&info.code_hash).cloned());
            after.code = code.unwrap().original_bytes();
        }
        for (slot, value) in account.storage {
            match value.present_value() {
                U256::ZERO => after.storage.remove(&slot),
                value => after.storage.insert(slot, value),
            };
        }
    }
    world
}
