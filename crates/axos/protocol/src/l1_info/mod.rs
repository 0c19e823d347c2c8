//! The L1 attributes transaction, first in every L2 block.
//!
//! Spec: protocol/deposits.md#l1-attributes-deposited-transaction

use alloy_primitives::{Address, Bytes, U256, address};
use axos_genesis::{
    EcotoneScalars, Fork, L1BlockId, L1ChainConfig, L1ConfigError, RollupConfig, ScalarError,
    SystemConfig,
};

use crate::{DepositSource, DepositTransaction, L1Header};

mod layout;
pub use layout::L1InfoLayout;

#[cfg(test)]
mod tests;

/// Sender of the L1 attributes transaction and of most upgrade transactions.
///
/// Spec: protocol/deposits.md#l1-attributes-depositor-account
pub const L1_INFO_DEPOSITOR: Address = address!("deaddeaddeaddeaddeaddeaddeaddeaddead0001");
/// The `L1Block` contract on L2.
///
/// Spec: protocol/deposits.md#l1-attributes-predeployed-contract
pub const L1_BLOCK_ADDRESS: Address = address!("4200000000000000000000000000000000000015");

/// Gas limit of the L1 attributes transaction before Regolith.
///
/// Spec: protocol/deposits.md#l1-attributes-deposited-transaction
const GAS_LIMIT_BEDROCK: u64 = 150_000_000;
/// \[Regolith\] Gas limit of the L1 attributes transaction.
const GAS_LIMIT: u64 = 1_000_000;
/// \[Jovian\] The DA footprint gas scalar that stands for 0.
///
/// Spec: protocol/jovian/l1-attributes.md#overview
const DA_FOOTPRINT_GAS_SCALAR_DEFAULT: u16 = 400;

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
    /// \[Ecotone\] From the second block on.
    Ecotone(EcotoneFees),
    /// \[Isthmus\] From the second block on.
    Isthmus(EcotoneFees, OperatorFee),
    /// \[Jovian\] From the second block on.
    Jovian(EcotoneFees, OperatorFee, DaFootprintGasScalar),
}

/// \[Ecotone\] L1 fee parameters.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct EcotoneFees {
    /// The two L1 fee scalars.
    pub scalars: EcotoneScalars,
    /// Blob base fee of the L1 origin, in wei.
    pub blob_base_fee: U256,
}

/// \[Isthmus\] Operator fee parameters.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct OperatorFee {
    /// Fee per gas, in millionths.
    pub scalar: u32,
    /// Fee per transaction, in wei.
    pub constant: u64,
}

/// \[Jovian\] Gas that a byte of estimated data availability counts.
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
    /// The call data is for another function.
    #[error("L1 attributes call function {actual:#010x}, expected {expected:#010x}")]
    Selector {
        /// Selector of the layout in force.
        expected: u32,
        /// Selector met.
        actual: u32,
    },
    /// A word of the call data is wider than its type.
    #[error("`{field}` of the L1 attributes is wider than {bits} bits")]
    TooWide {
        /// Name of the argument.
        field: &'static str,
        /// Width of its type.
        bits: usize,
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
    ///
    /// Spec: protocol/deposits.md#l1-attributes-deposited-transaction-calldata
    pub fn new(
        config: &RollupConfig,
        l1_config: &L1ChainConfig,
        system_config: &SystemConfig,
        sequence_number: u64,
        l1_header: &L1Header,
        l2_timestamp: u64,
    ) -> Result<Self, L1InfoError> {
        let fees = match L1InfoLayout::at(config, l2_timestamp) {
            L1InfoLayout::Bedrock => L1BlockFees::Bedrock {
                overhead: system_config.overhead,
                scalar: system_config.scalar,
            },
            layout => {
                let blob_base_fee = l1_config.blob_base_fee(
                    l1_header.excess_blob_gas,
                    l1_header.timestamp,
                    &config.forks,
                )?;
                let scalars = system_config.ecotone_scalars()?;
                let ecotone = EcotoneFees { scalars, blob_base_fee: U256::from(blob_base_fee) };
                L1BlockFees::since_ecotone(layout, ecotone, system_config)
            }
        };
        Ok(Self {
            l1_origin: l1_header.block_ref().id(),
            timestamp: l1_header.timestamp,
            base_fee: l1_header.base_fee,
            sequence_number,
            batcher_address: system_config.batcher_address,
            fees,
        })
    }

    /// EIP-2718 bytes of the L1 attributes transaction of the L2 block at `l2_timestamp`.
    ///
    /// Spec: protocol/deposits.md#l1-attributes-deposited-transaction
    pub fn to_deposit(&self, config: &RollupConfig, l2_timestamp: u64) -> Bytes {
        // [Regolith] Real gas instead of none.
        let is_regolith = config.is_active(Fork::Regolith, l2_timestamp);
        let l1_block_hash = self.l1_origin.hash;
        let sequence_number = self.sequence_number;
        DepositTransaction {
            source_hash: DepositSource::L1Info { l1_block_hash, sequence_number }.hash(),
            from: L1_INFO_DEPOSITOR,
            to: Some(L1_BLOCK_ADDRESS),
            mint: U256::ZERO,
            value: U256::ZERO,
            gas_limit: if is_regolith { GAS_LIMIT } else { GAS_LIMIT_BEDROCK },
            is_system: !is_regolith,
            input: &self.encode(),
        }
        .encode_2718()
    }
}

impl L1BlockFees {
    /// The parameters of a layout other than Bedrock's.
    fn since_ecotone(layout: L1InfoLayout, ecotone: EcotoneFees, config: &SystemConfig) -> Self {
        let operator = OperatorFee {
            scalar: config.operator_fee_scalar,
            constant: config.operator_fee_constant,
        };
        match layout {
            L1InfoLayout::Bedrock | L1InfoLayout::Ecotone => Self::Ecotone(ecotone),
            L1InfoLayout::Isthmus => Self::Isthmus(ecotone, operator),
            L1InfoLayout::Jovian => {
                // [Jovian] A scalar that was never set has a default.
                let scalar = match config.da_footprint_gas_scalar {
                    0 => DA_FOOTPRINT_GAS_SCALAR_DEFAULT,
                    scalar => scalar,
                };
                Self::Jovian(ecotone, operator, DaFootprintGasScalar(scalar))
            }
        }
    }

    /// \[Ecotone\] L1 fee parameters.
    pub const fn ecotone(&self) -> Option<&EcotoneFees> {
        match self {
            Self::Bedrock { .. } => None,
            Self::Ecotone(fees) | Self::Isthmus(fees, _) | Self::Jovian(fees, ..) => Some(fees),
        }
    }

    /// \[Isthmus\] Operator fee parameters.
    pub const fn operator_fee(&self) -> Option<OperatorFee> {
        match self {
            Self::Bedrock { .. } | Self::Ecotone(_) => None,
            Self::Isthmus(_, fee) | Self::Jovian(_, fee, _) => Some(*fee),
        }
    }

    /// \[Jovian\] Gas that a byte of estimated data availability counts.
    pub const fn da_footprint_gas_scalar(&self) -> Option<u16> {
        match self {
            Self::Jovian(.., DaFootprintGasScalar(scalar)) => Some(*scalar),
            _ => None,
        }
    }
}
