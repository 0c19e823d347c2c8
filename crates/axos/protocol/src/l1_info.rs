//! The L1 attributes transaction, first in every L2 block.
//!
//! Spec: protocol/deposits.md#l1-attributes-deposited-transaction

use alloc::vec::Vec;

use alloy_primitives::{Address, Bytes, U256, address};
use axos_genesis::{
    EcotoneScalars, L1BlockId, L1ChainConfig, L1ConfigError, RollupConfig, ScalarError,
    SystemConfig,
};

use crate::L1Header;

/// Sender of the L1 attributes transaction and of upgrade transactions.
///
/// Spec: protocol/deposits.md#l1-attributes-depositor-account
pub const L1_INFO_DEPOSITOR: Address = address!("deaddeaddeaddeaddeaddeaddeaddeaddead0001");
/// The `L1Block` contract on L2.
///
/// Spec: protocol/deposits.md#l1-attributes-predeployed-contract
pub const L1_BLOCK_ADDRESS: Address = address!("4200000000000000000000000000000000000015");

/// What L2 is told about its L1 origin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct L1BlockInfo {
    /// Hash and number of the L1 origin.
    pub l1_origin: L1BlockId,
    /// Timestamp of the L1 origin, in seconds.
    pub timestamp: u64,
    /// Base fee of the L1 origin, in wei.
    pub base_fee: U256,
    /// Distance of the L2 block to the first of its epoch.
    pub sequence_number: u64,
    /// Account whose transactions to the inbox are read.
    pub batcher_address: Address,
    /// What differs from fork to fork.
    pub fees: L1BlockFees,
}

/// Fee parameters in the L1 attributes transaction, by the layout they come in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum L1BlockFees {
    /// Until and in the first block of Ecotone.
    Bedrock {
        /// L1 fee overhead in gas.
        overhead: U256,
        /// L1 fee scalar, in millionths.
        scalar: U256,
    },
    /// [Ecotone] From the second block on.
    Ecotone(EcotoneFees),
    /// [Isthmus] From the second block on.
    Isthmus(EcotoneFees, OperatorFee),
    /// [Jovian] From the second block on.
    Jovian(EcotoneFees, OperatorFee, DaFootprintGasScalar),
}

/// [Ecotone] L1 fee parameters.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct EcotoneFees {
    /// The two L1 fee scalars.
    pub scalars: EcotoneScalars,
    /// Blob base fee of the L1 origin, in wei.
    pub blob_base_fee: U256,
}

/// [Isthmus] Operator fee parameters.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct OperatorFee {
    /// Fee per gas, in millionths.
    pub scalar: u32,
    /// Fee per transaction, in wei.
    pub constant: u64,
}

/// [Jovian] Gas that a byte of estimated data availability counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DaFootprintGasScalar(pub u16);

/// Why an L1 attributes transaction can't be built or read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum L1InfoError {
    /// The call data does not have the size of its layout.
    #[error("L1 attributes have {actual} bytes of call data, expected {expected}")]
    Size {
        /// Bytes of the layout in force.
        expected: usize,
        /// Bytes met.
        actual: usize,
    },
    /// The fee scalar of the system configuration has no meaning.
    #[error("fee scalar of the system configuration can't be used")]
    Scalar(#[from] ScalarError),
    /// The blob base fee of the L1 origin is not known.
    #[error("blob base fee of the L1 origin can't be computed")]
    BlobBaseFee(#[from] L1ConfigError),
}

impl L1BlockInfo {
    /// What the L2 block at `l2_timestamp` is told about its L1 origin.
    ///
    /// # Errors
    /// [`L1InfoError::Scalar`], [`L1InfoError::BlobBaseFee`].
    pub fn new(
        _config: &RollupConfig,
        _l1_config: &L1ChainConfig,
        _system_config: &SystemConfig,
        _sequence_number: u64,
        _l1_header: &L1Header,
        _l2_timestamp: u64,
    ) -> Result<Self, L1InfoError> {
        unimplemented!("follows")
    }

    /// Reads the call data of the L1 attributes transaction in the L2 block at `l2_timestamp`.
    ///
    /// # Errors
    /// [`L1InfoError`] if it is not exactly of the layout in force.
    pub fn decode(
        _config: &RollupConfig,
        _l2_timestamp: u64,
        _call_data: &[u8],
    ) -> Result<Self, L1InfoError> {
        unimplemented!("follows")
    }

    /// The call data of the L1 attributes transaction.
    pub fn encode(&self) -> Vec<u8> {
        unimplemented!("follows")
    }

    /// EIP-2718 bytes of the L1 attributes transaction.
    pub fn to_deposit(&self, _is_regolith: bool) -> Bytes {
        unimplemented!("follows")
    }
}
