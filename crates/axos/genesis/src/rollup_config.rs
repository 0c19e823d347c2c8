//! The rollup configuration: everything derivation and execution must know of a chain.

use alloy_primitives::Address;

use crate::{Fork, ForkSchedule, L1BlockId, L2BlockId, SystemConfig};

/// Where the rollup starts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ChainGenesis {
    /// The L1 block the L2 genesis block has as its origin.
    pub l1: L1BlockId,
    /// The L2 genesis block.
    pub l2: L2BlockId,
    /// Timestamp of the L2 genesis block, in seconds.
    pub l2_time: u64,
    /// System configuration at genesis.
    pub system_config: SystemConfig,
}

/// EIP-1559 constants of a chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BaseFeeParams {
    /// Gas limit divided by gas target.
    pub elasticity: u32,
    /// Base fee change denominator before Canyon.
    pub denominator: u32,
    /// Base fee change denominator from Canyon on.
    pub denominator_canyon: u32,
}

impl Default for BaseFeeParams {
    fn default() -> Self {
        Self { elasticity: 6, denominator: 50, denominator_canyon: 250 }
    }
}

/// Rules that changed inside a live fork, so that an older program can be reproduced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RuleSwitches {
    /// From Holocene on, compare the part of a span batch that overlaps the safe chain block by
    /// block, as op-node does since August 2026. Off reproduces the first Karst prestates.
    pub holocene_overlap_check: bool,
}

impl Default for RuleSwitches {
    fn default() -> Self {
        Self { holocene_overlap_check: true }
    }
}

/// Everything derivation and execution must know of a chain.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RollupConfig {
    /// Where the rollup starts.
    pub genesis: ChainGenesis,
    /// Seconds between two L2 blocks.
    pub block_time: u64,
    /// Seconds an L2 block may run ahead of its L1 origin before Fjord.
    pub max_sequencer_drift: u64,
    /// L1 blocks in which a batch of an epoch must be included.
    pub seq_window_size: u64,
    /// L1 blocks a channel may stay open before Granite.
    pub channel_timeout: u64,
    /// Chain id of L1.
    pub l1_chain_id: u64,
    /// Chain id of L2.
    pub l2_chain_id: u64,
    /// Fork times.
    pub forks: ForkSchedule,
    /// EIP-1559 constants.
    pub base_fee_params: BaseFeeParams,
    /// Address batcher transactions are sent to.
    pub batch_inbox_address: Address,
    /// The `OptimismPortal`, which emits deposits.
    pub deposit_contract_address: Address,
    /// The `SystemConfig` contract, which emits configuration updates.
    pub l1_system_config_address: Address,
    /// Whether the gas of the Karst bundle stays in the system configuration's gas limit.
    ///
    /// Spec: protocol/l2-upgrades-1-execution.md#gas-allocation-specification
    pub keep_karst_upgrade_gas: bool,
    /// Rules that changed inside a live fork.
    pub switches: RuleSwitches,
}

/// L1 blocks a channel may stay open from Granite on.
pub(crate) const GRANITE_CHANNEL_TIMEOUT_L1_BLOCKS: u64 = 50;
/// Seconds an L2 block may run ahead of its L1 origin from Fjord on.
pub(crate) const FJORD_MAX_SEQUENCER_DRIFT_SECS: u64 = 1800;

impl RollupConfig {
    /// Whether `fork` is active at `timestamp`.
    pub fn is_active(&self, fork: Fork, timestamp: u64) -> bool {
        self.forks.is_active(fork, timestamp)
    }

    /// Whether the L2 block at `timestamp` is the first one of `fork`. The genesis block is never
    /// an activation block.
    pub fn is_activation_block(&self, fork: Fork, timestamp: u64) -> bool {
        self.is_active(fork, timestamp)
            && timestamp != self.genesis.l2_time
            && !self.is_active(fork, timestamp.saturating_sub(self.block_time))
    }

    /// L1 blocks a channel may stay open, at the time of the L1 origin.
    pub fn channel_timeout(&self, l1_timestamp: u64) -> u64 {
        // [Granite] 50 L1 blocks instead of the configured 300.
        if self.is_active(Fork::Granite, l1_timestamp) {
            GRANITE_CHANNEL_TIMEOUT_L1_BLOCKS
        } else {
            self.channel_timeout
        }
    }

    /// Seconds an L2 block may run ahead of its L1 origin, at the time of that origin.
    pub fn max_sequencer_drift(&self, l1_timestamp: u64) -> u64 {
        // [Fjord] 1800 seconds instead of the configured 600.
        if self.is_active(Fork::Fjord, l1_timestamp) {
            FJORD_MAX_SEQUENCER_DRIFT_SECS
        } else {
            self.max_sequencer_drift
        }
    }
}
