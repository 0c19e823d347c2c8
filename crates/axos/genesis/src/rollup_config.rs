//! The rollup configuration: everything derivation and execution must know of a chain.

use alloy_primitives::Address;

use crate::{Fork, ForkSchedule, L1BlockId, L2BlockId, L2Number, SystemConfig};

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

impl RuleSwitches {
    /// The rules as they are now.
    pub const NEWEST: Self = Self { holocene_overlap_check: true };
}

impl Default for RuleSwitches {
    fn default() -> Self {
        Self::NEWEST
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
    pub const fn is_active(&self, fork: Fork, timestamp: u64) -> bool {
        self.forks.is_active(fork, timestamp)
    }

    /// Whether the L2 block at `timestamp` is the first one of `fork`. The genesis block is never
    /// an activation block: what it needs of a fork is in its state already.
    pub const fn is_activation_block(&self, fork: Fork, timestamp: u64) -> bool {
        timestamp != self.genesis.l2_time
            && self.is_active(fork, timestamp)
            && !self.is_active(fork, timestamp.saturating_sub(self.block_time))
    }

    /// L1 blocks a channel may stay open, at the time of the L1 origin.
    ///
    /// Spec: protocol/granite/derivation.md#reduce-channel-timeout
    pub const fn channel_timeout(&self, l1_timestamp: u64) -> u64 {
        // [Granite] 50 L1 blocks instead of the configured 300.
        if self.is_active(Fork::Granite, l1_timestamp) {
            GRANITE_CHANNEL_TIMEOUT_L1_BLOCKS
        } else {
            self.channel_timeout
        }
    }

    /// Seconds an L2 block may run ahead of its L1 origin, at the time of that origin.
    ///
    /// Spec: protocol/fjord/derivation.md#constant-maximum-sequencer-drift
    pub const fn max_sequencer_drift(&self, l1_timestamp: u64) -> u64 {
        // [Fjord] 1800 seconds instead of the configured 600.
        if self.is_active(Fork::Fjord, l1_timestamp) {
            FJORD_MAX_SEQUENCER_DRIFT_SECS
        } else {
            self.max_sequencer_drift
        }
    }

    /// The base fee change denominator of the chain's constants, at the time of an L2 block.
    ///
    /// Spec: protocol/exec-engine.md#1559-parameters
    pub const fn base_fee_denominator(&self, timestamp: u64) -> u32 {
        // [Canyon] 250 instead of 50.
        if self.is_active(Fork::Canyon, timestamp) {
            self.base_fee_params.denominator_canyon
        } else {
            self.base_fee_params.denominator
        }
    }

    /// Timestamp of the L2 block at `number`, in seconds. `None` below genesis or past the range.
    pub const fn timestamp_of(&self, number: L2Number) -> Option<u64> {
        let Some(blocks) = number.0.checked_sub(self.genesis.l2.number.0) else { return None };
        let Some(secs) = blocks.checked_mul(self.block_time) else { return None };
        self.genesis.l2_time.checked_add(secs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(ecotone_time: u64) -> RollupConfig {
        RollupConfig {
            genesis: ChainGenesis {
                l2: L2BlockId { number: L2Number(7), ..L2BlockId::default() },
                l2_time: 100,
                ..ChainGenesis::default()
            },
            block_time: 2,
            max_sequencer_drift: 600,
            channel_timeout: 300,
            forks: ForkSchedule {
                regolith_time: Some(0),
                canyon_time: Some(0),
                delta_time: Some(0),
                ecotone_time: Some(ecotone_time),
                fjord_time: Some(200),
                granite_time: Some(300),
                ..ForkSchedule::default()
            },
            ..RollupConfig::default()
        }
    }

    #[test]
    fn activation_block_is_the_first_at_or_past_the_fork_time() {
        for (ecotone_time, first) in [(110, 110), (111, 112), (109, 110)] {
            let config = config(ecotone_time);
            let firsts: alloc::vec::Vec<u64> = (100..200)
                .step_by(2)
                .filter(|time| config.is_activation_block(Fork::Ecotone, *time))
                .collect();
            assert_eq!(firsts, [first], "Ecotone at {ecotone_time}");
        }
    }

    #[test]
    fn genesis_is_never_an_activation_block() {
        for ecotone_time in [0, 98, 99, 100] {
            let config = config(ecotone_time);
            assert!(config.is_active(Fork::Ecotone, 100));
            assert!(
                (100..200).step_by(2).all(|time| !config.is_activation_block(Fork::Ecotone, time)),
                "Ecotone at {ecotone_time}",
            );
        }
        // A fork right after genesis has its activation block there.
        assert!(config(101).is_activation_block(Fork::Ecotone, 102));
    }

    #[test]
    fn channel_timeout_and_drift_change_at_their_forks() {
        let config = config(0);
        assert_eq!((config.channel_timeout(299), config.channel_timeout(300)), (300, 50));
        assert_eq!((config.max_sequencer_drift(199), config.max_sequencer_drift(200)), (600, 1800));
    }

    #[test]
    fn timestamps_count_from_the_genesis_block() {
        let config = config(0);
        assert_eq!(config.timestamp_of(L2Number(6)), None);
        assert_eq!(config.timestamp_of(L2Number(7)), Some(100));
        assert_eq!(config.timestamp_of(L2Number(10)), Some(106));
        assert_eq!(config.timestamp_of(L2Number(u64::MAX)), None);
    }
}
