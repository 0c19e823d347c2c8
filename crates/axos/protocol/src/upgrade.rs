//! Upgrade transactions: deposits in the first block of a fork that change contracts on L2.
//!
//! Spec: protocol/derivation.md#network-upgrade-automation-transactions

use alloc::vec::Vec;

use alloy_primitives::Bytes;
use axos_genesis::RollupConfig;

/// Sum of the gas limits of the Karst bundle's transactions.
pub const KARST_UPGRADE_GAS: u64 = 55_370_657;

/// Why the bytes of a bundle are not upgrade transactions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UpgradeError {
    /// Not the JSON a bundle is made of.
    #[error("bundle is malformed at byte {at}")]
    Json {
        /// Position in bytes.
        at: usize,
    },
}

/// The upgrade transactions of a bundle.
///
/// Spec: protocol/l2-upgrades-1-execution.md#bundle-format
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UpgradeBundle {
    /// EIP-2718 bytes of the deposits in order.
    pub transactions: Vec<Bytes>,
    /// Sum of their gas limits.
    pub gas: u64,
}

impl UpgradeBundle {
    /// Reads the bundle of Karst. The caller has checked its hash.
    ///
    /// # Errors
    /// [`UpgradeError`] if it is malformed.
    pub fn decode_karst(_json: &[u8]) -> Result<Self, UpgradeError> {
        unimplemented!("follows")
    }
}

/// EIP-2718 bytes of the upgrade transactions of all forks up to Jovian that are first active in
/// the L2 block at `l2_timestamp`.
pub fn upgrade_transactions(_config: &RollupConfig, _l2_timestamp: u64) -> Vec<Bytes> {
    unimplemented!("follows")
}

/// Whether the L2 block at `l2_timestamp` needs the Karst bundle.
pub fn needs_karst_bundle(config: &RollupConfig, l2_timestamp: u64) -> bool {
    config.is_activation_block(axos_genesis::Fork::Karst, l2_timestamp)
}
