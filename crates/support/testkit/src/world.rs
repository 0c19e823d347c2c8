//! The chain's constants and its L1 blocks.

use alloy_primitives::{Address, B256, Bytes, U256};
use axos_genesis::{
    BaseFeeParams, BlobParams, ChainGenesis, Fork, ForkSchedule, L1ChainConfig, L2BlockId,
    L2BlockRef, L2Number, RollupConfig, SystemConfig,
};
use axos_pipeline::L2BlockInfo;

use crate::{Contents, L1Block, Log, Sequencer, Wallet};

/// Time of the genesis blocks of both layers.
pub const GENESIS_TIME: u64 = 1_000_000;
/// Seconds between L1 blocks.
pub const L1_BLOCK_SECS: u64 = 12;
/// Seconds between L2 blocks.
pub const L2_BLOCK_SECS: u64 = 2;

/// A chain on L1, with L2 at its genesis.
#[derive(Debug, Clone)]
pub struct World {
    /// The constants of L2.
    pub config: RollupConfig,
    /// The constants of L1.
    pub l1_config: L1ChainConfig,
    /// L1, from genesis on.
    pub l1: Vec<L1Block>,
    /// Bundle of upgrade transactions, if there is one.
    pub karst_bundle: Option<Bytes>,
}

impl World {
    /// The first batcher.
    pub const BATCHER: Wallet = Wallet(1);

    /// A world in which `fork` and all before it are active from genesis on, and none after it.
    pub fn new(fork: Fork) -> Self {
        let time = |other: Fork| (other <= fork).then_some(GENESIS_TIME);
        let genesis = L1Block::seal(None, GENESIS_TIME, Contents::new());
        let config = RollupConfig {
            genesis: ChainGenesis {
                l1: genesis.block.id(),
                l2: L2BlockId { hash: B256::repeat_byte(0x22), number: L2Number(0) },
                l2_time: GENESIS_TIME,
                system_config: SystemConfig {
                    batcher_address: Self::BATCHER.address(),
                    scalar: U256::from(1) << 248,
                    gas_limit: 30_000_000,
                    ..SystemConfig::default()
                },
            },
            block_time: L2_BLOCK_SECS,
            max_sequencer_drift: 600,
            seq_window_size: 10,
            channel_timeout: 5,
            l1_chain_id: 1,
            l2_chain_id: 10,
            forks: ForkSchedule {
                regolith_time: time(Fork::Regolith),
                canyon_time: time(Fork::Canyon),
                delta_time: time(Fork::Delta),
                ecotone_time: time(Fork::Ecotone),
                fjord_time: time(Fork::Fjord),
                granite_time: time(Fork::Granite),
                holocene_time: time(Fork::Holocene),
                isthmus_time: time(Fork::Isthmus),
                jovian_time: time(Fork::Jovian),
                karst_time: time(Fork::Karst),
                ..ForkSchedule::default()
            },
            base_fee_params: BaseFeeParams::default(),
            batch_inbox_address: Address::repeat_byte(0xff),
            deposit_contract_address: Address::repeat_byte(0xde),
            l1_system_config_address: Address::repeat_byte(0x5c),
            ..RollupConfig::default()
        };
        let cancun = BlobParams {
            activation_time: 0,
            update_fraction: 3_338_477,
            is_prague_or_later: false,
        };
        let l1_config = L1ChainConfig { chain_id: 1, blob_schedule: vec![cancun] };
        Self { config, l1_config, l1: vec![genesis], karst_bundle: None }
    }

    /// The L2 genesis block.
    pub fn genesis(&self) -> L2BlockInfo {
        let genesis = &self.config.genesis;
        L2BlockInfo {
            block: L2BlockRef {
                hash: genesis.l2.hash,
                number: genesis.l2.number,
                parent_hash: B256::ZERO,
                timestamp: genesis.l2_time,
                l1_origin: genesis.l1,
                sequence_number: 0,
            },
            system_config: genesis.system_config,
        }
    }

    /// A sequencer at L2 genesis.
    pub fn sequencer(&self) -> Sequencer {
        Sequencer::new(self, &self.genesis().block)
    }

    /// Adds an L1 block. Gives its number.
    pub fn mine(&mut self, contents: Contents) -> u64 {
        let parent = self.l1.last().unwrap().block;
        let timestamp = parent.timestamp + contents.delay.unwrap_or(L1_BLOCK_SECS);
        self.l1.push(L1Block::seal(Some(&parent), timestamp, contents));
        parent.number.0 + 1
    }

    /// Adds empty L1 blocks.
    pub fn mine_empty(&mut self, count: usize) {
        for _ in 0..count {
            self.mine(Contents::new());
        }
    }

    /// Adds an L1 block with one batcher transaction.
    pub fn post(&mut self, data: impl Into<Bytes>) -> u64 {
        let contents = self.batcher_data(data);
        self.mine(contents)
    }

    /// The contents of an L1 block with one batcher transaction.
    pub fn batcher_data(&self, data: impl Into<Bytes>) -> Contents {
        Contents::new().calldata(Self::BATCHER, self.config.batch_inbox_address, data)
    }

    /// A deposit, told apart by its gas.
    pub fn deposit(&self, gas: u64) -> Log {
        Log::deposit(self.config.deposit_contract_address, Wallet(9).address(), gas)
    }

    /// An update of the system configuration.
    pub fn config_update(&self, update_type: u8, value: U256) -> Log {
        Log::config_update(self.config.l1_system_config_address, update_type, value)
    }
}
