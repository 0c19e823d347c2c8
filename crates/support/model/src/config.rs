//! What is fixed for a chain: addresses, windows, fork times, limits.

use crate::upgrade::UpgradeTransaction;
use alloy_primitives::{Address, B256, Bytes};

/// Number and hash of a block.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BlockId {
    /// Height of the block.
    pub number: u64,
    /// Its hash.
    pub hash: B256,
}

/// The forks after Bedrock, oldest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs, reason = "the names are the documentation")]
pub enum Fork {
    Regolith,
    Canyon,
    Delta,
    Ecotone,
    Fjord,
    Granite,
    Holocene,
    Isthmus,
    Jovian,
    Karst,
}

impl Fork {
    /// All of them, oldest first.
    pub const ALL: [Self; 10] = [
        Self::Regolith,
        Self::Canyon,
        Self::Delta,
        Self::Ecotone,
        Self::Fjord,
        Self::Granite,
        Self::Holocene,
        Self::Isthmus,
        Self::Jovian,
        Self::Karst,
    ];

    /// Place in [`Fork::ALL`].
    pub fn index(self) -> usize {
        Self::ALL.iter().position(|fork| *fork == self).expect("all forks are listed")
    }
}

/// Values that a contract on L1 can change.
///
/// Spec: protocol/system-config.md#overview
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SystemConfig {
    /// Sender of batcher transactions.
    pub batcher: Address,
    /// L1 fee overhead; without meaning from Ecotone on.
    pub overhead: B256,
    /// L1 fee scalar; versioned from Ecotone on.
    pub scalar: B256,
    /// Gas limit of L2 blocks.
    pub gas_limit: u64,
    /// EIP-1559 denominator and elasticity, four bytes each; zero if never set.
    pub eip1559: [u8; 8],
    /// Operator fee scalar.
    pub operator_fee_scalar: u32,
    /// Operator fee constant.
    pub operator_fee_constant: u64,
    /// Lowest base fee of L2, in wei.
    pub min_base_fee: u64,
    /// Scalar of the data footprint; zero stands for 400.
    pub da_footprint_gas_scalar: u16,
}

/// Where the chain begins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Genesis {
    /// L1 origin of the first L2 block.
    pub l1: BlockId,
    /// The first L2 block.
    pub l2: BlockId,
    /// Its time, in seconds.
    pub l2_time: u64,
    /// The system configuration in that block.
    pub system_config: SystemConfig,
}

/// Parameters of L2's fee market.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FeeMarket {
    /// Elasticity multiplier.
    pub elasticity: u32,
    /// Base fee change denominator before Canyon.
    pub denominator: u32,
    /// Base fee change denominator from Canyon on.
    pub denominator_canyon: u32,
}

/// Bounds that keep memory in check, in bytes unless said otherwise.
///
/// Spec: protocol/derivation.md#protocol-parameters
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Data of one frame.
    pub frame_data: usize,
    /// Added to the size of each frame in the accounts of the channel bank.
    pub frame_overhead: u64,
    /// All channels in the bank, before Fjord.
    pub channel_bank: u64,
    /// All channels in the bank, from Fjord on.
    pub channel_bank_fjord: u64,
    /// Decompressed channel, before Fjord.
    pub channel: usize,
    /// Decompressed channel, from Fjord on.
    pub channel_fjord: usize,
    /// Blocks, transactions a block and transactions of a span batch (a count).
    pub span_elements: u64,
    /// One transaction's data in a span batch.
    pub span_transaction: usize,
    /// Sequencer drift from Fjord on, in seconds.
    pub drift_fjord: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            frame_data: 1_000_000,
            frame_overhead: 200,
            channel_bank: 100_000_000,
            channel_bank_fjord: 1_000_000_000,
            channel: 10_000_000,
            channel_fjord: 100_000_000,
            span_elements: 10_000_000,
            span_transaction: 10_000_000,
            drift_fjord: 1800,
        }
    }
}

/// All of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Config {
    /// Chain id of L1.
    pub l1_chain_id: u64,
    /// Chain id of L2.
    pub l2_chain_id: u64,
    /// Time between L2 blocks, in seconds.
    pub block_time: u64,
    /// L1 blocks in which the batches of an epoch may appear.
    pub seq_window_size: u64,
    /// How far L2 may run ahead of its L1 origin before Fjord, in seconds.
    pub max_sequencer_drift: u64,
    /// L1 blocks that a channel may stay open before Granite.
    pub channel_timeout: u64,
    /// L1 blocks that a channel may stay open from Granite on.
    pub channel_timeout_granite: u64,
    /// Receiver of batcher transactions.
    pub batch_inbox: Address,
    /// Contract whose logs are deposits.
    pub deposit_contract: Address,
    /// Contract whose logs change the system configuration.
    pub system_config_contract: Address,
    /// Where the chain begins.
    pub genesis: Genesis,
    /// Parameters of L2's fee market.
    pub fee_market: FeeMarket,
    /// Activation times in the order of [`Fork::ALL`], in seconds.
    pub fork_times: [Option<u64>; 10],
    /// Time until which the blob base fee of L1 is computed as in Cancun; none: it never differs.
    pub pectra_blob_schedule_time: Option<u64>,
    /// L1 time and update fraction of each change of the blob fee, oldest first.
    pub blob_schedule: Vec<(u64, u64)>,
    /// Whether the gas limit keeps what Karst's activation block added to it.
    pub keep_karst_upgrade_gas: bool,
    /// Karst's upgrade transactions.
    pub karst_bundle: Vec<UpgradeTransaction>,
    /// Bounds on memory.
    pub limits: Limits,
}

impl Config {
    /// Whether `fork` is active at `time`, which is of L1 or L2 as the rule at hand says.
    pub fn is_active(&self, fork: Fork, time: u64) -> bool {
        self.fork_times[fork.index()].is_some_and(|activation| activation <= time)
    }

    /// Whether the L2 block of that time is the first with `fork`, other than genesis.
    pub fn is_activation_block(&self, fork: Fork, l2_time: u64) -> bool {
        self.is_active(fork, l2_time)
            && l2_time >= self.block_time
            && !self.is_active(fork, l2_time - self.block_time)
    }

    /// Whether `fork` is active at that L2 time and was in the block before.
    ///
    /// L1 attributes use the layout of a fork from its second block on.
    pub fn is_active_after_activation(&self, fork: Fork, l2_time: u64) -> bool {
        self.is_active(fork, l2_time) && !self.is_activation_block(fork, l2_time)
    }

    /// L1 blocks that a channel may stay open at that L1 time.
    ///
    /// Spec: protocol/granite/derivation.md#reduce-channel-timeout
    pub fn channel_timeout_at(&self, l1_time: u64) -> u64 {
        // [Granite] 50 blocks instead of 300.
        if self.is_active(Fork::Granite, l1_time) {
            self.channel_timeout_granite
        } else {
            self.channel_timeout
        }
    }

    /// Bytes read of a channel, and from Holocene on bytes that it may have, at that L1 time.
    ///
    /// Spec: protocol/fjord/derivation.md#protocol-parameter-changes
    pub fn channel_limit_at(&self, l1_time: u64) -> usize {
        // [Fjord] Ten times as much.
        if self.is_active(Fork::Fjord, l1_time) {
            self.limits.channel_fjord
        } else {
            self.limits.channel
        }
    }

    /// Bytes that all channels together may have at that L1 time.
    ///
    /// Spec: protocol/fjord/derivation.md#protocol-parameter-changes
    pub fn channel_bank_limit_at(&self, l1_time: u64) -> u64 {
        // [Fjord] Ten times as much.
        if self.is_active(Fork::Fjord, l1_time) {
            self.limits.channel_bank_fjord
        } else {
            self.limits.channel_bank
        }
    }

    /// Seconds that L2 may run ahead of an L1 origin of that time.
    ///
    /// Spec: protocol/fjord/derivation.md#constant-maximum-sequencer-drift
    pub fn drift_at(&self, origin_time: u64) -> u64 {
        // [Fjord] A constant instead of the chain's own value.
        if self.is_active(Fork::Fjord, origin_time) {
            self.limits.drift_fjord
        } else {
            self.max_sequencer_drift
        }
    }

    /// Sum of the gas limits of Karst's upgrade transactions.
    pub fn karst_upgrade_gas(&self) -> u64 {
        self.karst_bundle.iter().map(|transaction| transaction.gas_limit).sum()
    }

    /// `extraData` of an L2 block that was built from these attributes.
    ///
    /// Spec: protocol/holocene/exec-engine.md#dynamic-eip-1559-parameters
    pub fn extra_data(
        &self,
        time: u64,
        eip1559: Option<[u8; 8]>,
        min_base_fee: Option<u64>,
    ) -> Bytes {
        let Some(params) = eip1559.filter(|_| self.is_active(Fork::Holocene, time)) else {
            return Bytes::new();
        };
        // Zero means the values of Canyon.
        let params = if params == [0; 8] { self.default_eip1559() } else { params };
        // [Jovian] Version 1 appends the lowest base fee.
        match min_base_fee.filter(|_| self.is_active(Fork::Jovian, time)) {
            Some(fee) => [&[1], &params[..], &fee.to_be_bytes()].concat().into(),
            None => [&[0], &params[..]].concat().into(),
        }
    }

    fn default_eip1559(&self) -> [u8; 8] {
        let mut params = [0; 8];
        params[..4].copy_from_slice(&self.fee_market.denominator_canyon.to_be_bytes());
        params[4..].copy_from_slice(&self.fee_market.elasticity.to_be_bytes());
        params
    }
}
