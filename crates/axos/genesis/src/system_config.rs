//! The part of the configuration that L1 can change by log.

use alloy_primitives::{Address, U256};

/// Parameters read from the `SystemConfig` contract on L1.
///
/// Spec: protocol/system-config.md
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SystemConfig {
    /// Account whose transactions to the inbox are read.
    pub batcher_address: Address,
    /// L1 fee overhead in gas; zero from Ecotone on.
    pub overhead: U256,
    /// L1 fee scalar; from Ecotone on a packed pair, version in the highest byte.
    pub scalar: U256,
    /// Gas limit of an L2 block.
    pub gas_limit: u64,
    /// [Holocene] EIP-1559 denominator; 0 together with elasticity 0 means the chain's constants.
    pub eip1559_denominator: u32,
    /// [Holocene] EIP-1559 elasticity.
    pub eip1559_elasticity: u32,
    /// [Isthmus] Operator fee per gas, in millionths.
    pub operator_fee_scalar: u32,
    /// [Isthmus] Operator fee per transaction, in wei.
    pub operator_fee_constant: u64,
    /// [Jovian] Lowest base fee, in wei.
    pub min_base_fee: u64,
    /// [Jovian] Gas a byte of estimated data availability counts; 0 means 400.
    pub da_footprint_gas_scalar: u16,
}
