//! Logs in the receipts of L1 blocks.
//!
//! Spec: protocol/derivation.md#on-future-proof-transaction-log-derivation

use alloc::vec::Vec;

use alloy_primitives::Address;
use axos_genesis::{ConfigUpdate, RollupConfig, SystemConfig};

use crate::DepositError;

/// Why the receipts of an L1 block can't be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReceiptsError {
    /// A receipt of a known type is malformed.
    #[error("receipt {index} is malformed")]
    Receipt {
        /// Position of the receipt in the block.
        index: usize,
    },
    /// A deposit is malformed.
    #[error("deposit at log {log_index} is malformed")]
    Deposit {
        /// Position of the log among all logs of the block.
        log_index: u64,
        /// What is wrong with it.
        #[source]
        source: DepositError,
    },
}

/// Applies all updates of the system configuration in the receipts of the L1 block at
/// `l1_timestamp`. A log that breaks a rule is skipped.
///
/// # Errors
/// [`ReceiptsError::Receipt`] if a receipt is malformed.
///
/// Spec: protocol/system-config.md#system-config-updates
pub fn update_system_config<R: AsRef<[u8]>>(
    _system_config: &mut SystemConfig,
    _receipts: &[R],
    _config: &RollupConfig,
    _l1_timestamp: u64,
) -> Result<(), ReceiptsError> {
    unimplemented!("follows")
}

/// The updates of the system configuration in the receipts of one L1 block, in order, for a caller
/// that applies them more than once. A log that breaks a rule is skipped.
///
/// # Errors
/// [`ReceiptsError::Receipt`] if a receipt is malformed.
///
/// Spec: protocol/system-config.md#system-config-updates
pub fn config_updates<R: AsRef<[u8]>>(
    _receipts: &[R],
    _l1_system_config_address: Address,
) -> Result<Vec<ConfigUpdate>, ReceiptsError> {
    unimplemented!("follows")
}
