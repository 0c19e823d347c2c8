//! The model's values as the pipeline has them.

use alloy_primitives::Bytes;
use axos_genesis::{
    BaseFeeParams, BlobParams, ChainGenesis, ForkSchedule, L1BlockId, L1ChainConfig, L1Number,
    L2BlockId, L2Number, RollupConfig, RuleSwitches, SystemConfig,
};
use axos_protocol::PayloadAttributes;
use support_model::{
    Attributes, Config, Fork,
    config::{self, BlockId},
};

/// Fraction of the blob fee's first schedule, after which Prague's comes.
const CANCUN_FRACTION: u64 = 3_338_477;

pub(crate) fn rollup_config(config: &Config) -> RollupConfig {
    let genesis = &config.genesis;
    RollupConfig {
        genesis: ChainGenesis {
            l1: l1_id(&genesis.l1),
            l2: L2BlockId { hash: genesis.l2.hash, number: L2Number(genesis.l2.number) },
            l2_time: genesis.l2_time,
            system_config: system_config(&genesis.system_config),
        },
        block_time: config.block_time,
        max_sequencer_drift: config.max_sequencer_drift,
        seq_window_size: config.seq_window_size,
        channel_timeout: config.channel_timeout,
        l1_chain_id: config.l1_chain_id,
        l2_chain_id: config.l2_chain_id,
        forks: forks(config),
        base_fee_params: BaseFeeParams {
            elasticity: config.fee_market.elasticity,
            denominator: config.fee_market.denominator,
            denominator_canyon: config.fee_market.denominator_canyon,
        },
        batch_inbox_address: config.batch_inbox,
        deposit_contract_address: config.deposit_contract,
        l1_system_config_address: config.system_config_contract,
        keep_karst_upgrade_gas: config.keep_karst_upgrade_gas,
        switches: RuleSwitches::NEWEST,
    }
}

fn forks(config: &Config) -> ForkSchedule {
    let time = |fork: Fork| config.fork_times[fork.index()];
    ForkSchedule {
        regolith_time: time(Fork::Regolith),
        canyon_time: time(Fork::Canyon),
        delta_time: time(Fork::Delta),
        ecotone_time: time(Fork::Ecotone),
        fjord_time: time(Fork::Fjord),
        granite_time: time(Fork::Granite),
        holocene_time: time(Fork::Holocene),
        pectra_blob_schedule_time: config.pectra_blob_schedule_time,
        isthmus_time: time(Fork::Isthmus),
        jovian_time: time(Fork::Jovian),
        karst_time: time(Fork::Karst),
    }
}

pub(crate) fn l1_chain_config(config: &Config) -> L1ChainConfig {
    let params = |(activation_time, update_fraction): &(u64, u64)| BlobParams {
        activation_time: *activation_time,
        update_fraction: *update_fraction,
        is_prague_or_later: *update_fraction != CANCUN_FRACTION,
    };
    L1ChainConfig {
        chain_id: config.l1_chain_id,
        blob_schedule: config.blob_schedule.iter().map(params).collect(),
    }
}

fn system_config(from: &config::SystemConfig) -> SystemConfig {
    let (eip1559_denominator, eip1559_elasticity) = eip1559(from.eip1559);
    SystemConfig {
        batcher_address: from.batcher,
        overhead: from.overhead.into(),
        scalar: from.scalar.into(),
        gas_limit: from.gas_limit,
        eip1559_denominator,
        eip1559_elasticity,
        operator_fee_scalar: from.operator_fee_scalar,
        operator_fee_constant: from.operator_fee_constant,
        min_base_fee: from.min_base_fee,
        da_footprint_gas_scalar: from.da_footprint_gas_scalar,
    }
}

fn eip1559(params: [u8; 8]) -> (u32, u32) {
    let [d0, d1, d2, d3, e0, e1, e2, e3] = params;
    (u32::from_be_bytes([d0, d1, d2, d3]), u32::from_be_bytes([e0, e1, e2, e3]))
}

pub(crate) fn l1_id(id: &BlockId) -> L1BlockId {
    L1BlockId { hash: id.hash, number: L1Number(id.number) }
}

pub(crate) fn attributes(from: &Attributes) -> PayloadAttributes {
    let transactions: Vec<Bytes> = from.transactions.clone();
    PayloadAttributes {
        timestamp: from.timestamp,
        prev_randao: from.prev_randao,
        suggested_fee_recipient: from.fee_recipient,
        has_withdrawals: from.has_withdrawals,
        parent_beacon_block_root: from.parent_beacon_block_root,
        transactions,
        gas_limit: from.gas_limit,
        eip1559_params: from.eip1559_params.map(eip1559),
        min_base_fee: from.min_base_fee,
    }
}
