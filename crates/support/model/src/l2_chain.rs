//! The safe chain of L2, and what its blocks say of themselves.

use crate::{
    config::{Config, Fork, SystemConfig},
    deposit::decode_deposit,
    l1_info::{L1Info, decode_l1_info},
    rule::{Hits, Rule},
    world::{L2Block, L2Ref},
};
use alloy_primitives::B256;

/// L2 blocks from genesis on, without gaps.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct L2Chain {
    blocks: Vec<L2Block>,
}

impl L2Chain {
    /// A chain of these blocks; the first is genesis.
    pub fn new(blocks: Vec<L2Block>) -> Self {
        assert!(!blocks.is_empty(), "a chain has a genesis block");
        Self { blocks }
    }

    /// All blocks, genesis first.
    pub fn blocks(&self) -> &[L2Block] {
        &self.blocks
    }

    /// The newest block.
    pub fn head(&self) -> &L2Block {
        &self.blocks[self.blocks.len() - 1]
    }

    /// Adds a block on top.
    pub fn push(&mut self, block: L2Block) {
        self.blocks.push(block);
    }

    /// Forgets the blocks above `number`.
    pub fn truncate_to(&mut self, number: u64) {
        self.blocks.retain(|block| block.header.number <= number);
    }

    /// The block of that number, if there is one.
    pub fn block(&self, number: u64) -> Option<&L2Block> {
        let index = number.checked_sub(self.blocks[0].header.number)?;
        self.blocks.get(usize::try_from(index).ok()?)
    }

    /// The block of that number in short, if there is one.
    pub fn block_ref(&self, config: &Config, number: u64) -> Option<L2Ref> {
        self.block(number).map(|block| to_ref(config, block))
    }
}

/// The L1 attributes that a block begins with, or none in the case of genesis.
///
/// # Panics
/// If a later block does not begin with L1 attributes: no derived block is like that.
pub fn l1_info(config: &Config, block: &L2Block) -> Option<L1Info> {
    if block.header.number == config.genesis.l2.number {
        return None;
    }
    let first = block.transactions.first().expect("a block begins with its L1 attributes");
    let deposit = decode_deposit(first).expect("L1 attributes are a deposit");
    Some(decode_l1_info(config, block.header.timestamp, &deposit.data).expect("they are valid"))
}

/// A block in short.
pub fn to_ref(config: &Config, block: &L2Block) -> L2Ref {
    let info = l1_info(config, block);
    L2Ref {
        number: block.header.number,
        hash: block.hash,
        parent_hash: block.header.parent_hash,
        time: block.header.timestamp,
        l1_origin: info.as_ref().map_or(config.genesis.l1, |info| info.origin),
        sequence_number: info.map_or(0, |info| info.sequence_number),
    }
}

/// The system configuration after a block, read back from it.
///
/// Spec: protocol/derivation.md#resetting-derivation-stages
pub fn system_config(config: &Config, block: &L2Block, hits: &mut Hits) -> SystemConfig {
    let Some(info) = l1_info(config, block) else {
        return config.genesis.system_config;
    };
    let time = block.header.timestamp;
    let mut scalar = info.scalar;
    // [Ecotone] The two scalars in their versioned form.
    if config.is_active_after_activation(Fork::Ecotone, time) {
        scalar = B256::ZERO;
        scalar[0] = 1;
        scalar[24..28].copy_from_slice(&info.blob_base_fee_scalar.to_be_bytes());
        scalar[28..].copy_from_slice(&info.base_fee_scalar.to_be_bytes());
    }
    let mut system_config = SystemConfig {
        batcher: info.batcher,
        overhead: info.overhead,
        scalar,
        gas_limit: gas_limit(config, block, hits),
        operator_fee_scalar: info.operator_fee_scalar,
        operator_fee_constant: info.operator_fee_constant,
        da_footprint_gas_scalar: info.da_footprint_gas_scalar,
        ..SystemConfig::default()
    };
    // [Holocene] Fee parameters are in the header. [Jovian] So is the lowest base fee.
    let extra = &block.header.extra_data;
    if config.is_active(Fork::Holocene, time) {
        system_config.eip1559 = extra[1..9].try_into().expect("eight bytes");
    }
    if config.is_active(Fork::Jovian, time) {
        let fee = extra[9..17].try_into().expect("eight bytes");
        system_config.min_base_fee = u64::from_be_bytes(fee);
    }
    system_config
}

/// The gas limit without what Karst's upgrade added to it.
///
/// Spec: protocol/l2-upgrades-1-execution.md#gas-allocation-specification
fn gas_limit(config: &Config, block: &L2Block, hits: &mut Hits) -> u64 {
    let limit = block.header.gas_limit;
    // [Karst] More gas for the activation block.
    if !config.is_activation_block(Fork::Karst, block.header.timestamp) {
        return limit;
    }
    if config.keep_karst_upgrade_gas {
        hits.hit(Rule::KarstGasKept);
        return limit;
    }
    hits.hit(Rule::KarstGasRemoved);
    limit - config.karst_upgrade_gas()
}
