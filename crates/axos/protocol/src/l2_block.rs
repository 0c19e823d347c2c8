//! What derivation reads back from an L2 block.

use axos_genesis::{L2BlockRef, RollupConfig, SystemConfig};

use crate::{L1InfoError, L2Header};

/// Why an L2 block can't be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum L2BlockError {
    /// The L1 attributes transaction is malformed.
    #[error("L1 attributes of the L2 block are malformed")]
    L1Info(#[from] L1InfoError),
}

/// The reference of an L2 block and the system configuration in force in it, from its header and
/// its first transaction (EIP-2718 bytes; not looked at for the genesis block).
///
/// # Errors
/// [`L2BlockError`] if the block is not one that derivation makes.
///
/// Spec: protocol/derivation.md#payload-attributes-derivation
pub fn read_l2_block(
    _config: &RollupConfig,
    _header: &L2Header,
    _first_transaction: Option<&[u8]>,
) -> Result<(L2BlockRef, SystemConfig), L2BlockError> {
    unimplemented!("follows")
}
