//! Upgrade transactions: deposits in the first block of a fork that change contracts on L2.
//!
//! Those of Ecotone to Jovian are built in. Karst's come in a bundle, a JSON document known by its
//! hash, which only the first block of Karst needs.
//!
//! Spec: protocol/derivation.md#network-upgrade-automation-transactions

use alloc::vec::Vec;

use alloy_primitives::Bytes;
use axos_genesis::{Fork, RollupConfig};

mod bundle;
pub use bundle::{
    KARST_BUNDLE_KECCAK256, KARST_BUNDLE_SHA256, KARST_UPGRADE_GAS, UpgradeBundle, UpgradeError,
};

mod ecotone;
mod fjord;
mod isthmus;
mod jovian;

mod step;
use step::Step;

#[cfg(test)]
mod tests;

/// Forks whose upgrade transactions are built in, with these transactions.
const BUILT_IN: [(Fork, &[Step]); 4] = [
    (Fork::Ecotone, ecotone::STEPS),
    (Fork::Fjord, fjord::STEPS),
    (Fork::Isthmus, isthmus::STEPS),
    (Fork::Jovian, jovian::STEPS),
];

/// EIP-2718 bytes of the upgrade transactions of all forks up to Jovian whose first block is the
/// L2 block at `l2_timestamp`.
///
/// Spec: protocol/derivation.md#network-upgrade-automation-transactions
pub fn upgrade_transactions(config: &RollupConfig, l2_timestamp: u64) -> Vec<Bytes> {
    BUILT_IN
        .iter()
        .filter(|(fork, _)| config.is_activation_block(*fork, l2_timestamp))
        .flat_map(|(_, steps)| steps.iter().map(Step::encode_deposit))
        .collect()
}

/// Whether the L2 block at `l2_timestamp` is the first one of Karst, which needs its bundle.
///
/// Spec: protocol/l2-upgrades-1-execution.md#fork-activation-block
pub fn needs_karst_bundle(config: &RollupConfig, l2_timestamp: u64) -> bool {
    config.is_activation_block(Fork::Karst, l2_timestamp)
}
