//! Payload attributes: what the execution engine needs to build one L2 block.

use alloc::vec::Vec;

use alloy_primitives::{Address, B256, Bytes};
use axos_genesis::{L1ChainConfig, L2BlockRef, RollupConfig, SystemConfig};

use crate::{L1Header, L1InfoError, UpgradeBundle};

/// What the execution engine needs to build one L2 block.
///
/// Spec: protocol/derivation.md#building-individual-payload-attributes
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PayloadAttributes {
    /// Timestamp of the block, in seconds.
    pub timestamp: u64,
    /// Randomness of the L1 origin (its mix hash).
    pub prev_randao: B256,
    /// Where fees go; always the sequencer fee vault.
    pub suggested_fee_recipient: Address,
    /// [Canyon] Whether the block has an (always empty) withdrawals list.
    pub has_withdrawals: bool,
    /// [Ecotone] Parent beacon block root of the L1 origin, zero where L1 has none.
    pub parent_beacon_block_root: Option<B256>,
    /// EIP-2718 bytes of every transaction in order. Those from batches are not checked yet: what
    /// does not decode canonically makes the payload invalid.
    pub transactions: Vec<Bytes>,
    /// Gas limit of the block.
    pub gas_limit: u64,
    /// [Holocene] Base fee parameters for the header, (denominator, elasticity). Both 0: the
    /// chain's Canyon constants.
    pub eip1559_params: Option<(u32, u32)>,
    /// [Jovian] Lowest base fee for the header, in wei.
    pub min_base_fee: Option<u64>,
}

/// Fees go here: the sequencer fee vault on L2.
pub const SEQUENCER_FEE_VAULT: Address =
    alloy_primitives::address!("4200000000000000000000000000000000000011");

/// What payload attributes are made of.
#[derive(Debug, Clone, Copy)]
pub struct AttributesInput<'a> {
    /// The L2 block to build on.
    pub parent: &'a L2BlockRef,
    /// The system configuration: that of the parent, plus the updates in the L1 origin if the
    /// block is the first of its epoch.
    pub system_config: &'a SystemConfig,
    /// Header of the L1 origin.
    pub l1_header: &'a L1Header,
    /// EIP-2718 bytes of the user deposits; none unless the block is the first of its epoch.
    pub deposits: &'a [Bytes],
    /// Bundle of upgrade transactions, where
    /// [`needs_karst_bundle`](crate::needs_karst_bundle).
    pub karst_bundle: Option<&'a UpgradeBundle>,
    /// EIP-2718 bytes of the transactions of the batch.
    pub batch_transactions: &'a [Bytes],
}

/// Why payload attributes can't be built.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AttributesError {
    /// Reset: the L1 origin is the parent's number with another hash, or does not follow it.
    #[error("L1 origin does not fit the parent's: expected {expected}, met {actual}")]
    EpochMismatch {
        /// Hash of the parent's L1 origin.
        expected: B256,
        /// Hash met in its place.
        actual: B256,
    },
    /// Reset: the block would be older than its L1 origin.
    #[error("L1 origin at {l1_time} is ahead of the L2 block at {l2_time}")]
    OriginAheadOfBlock {
        /// Time of the L1 origin, in seconds.
        l1_time: u64,
        /// Time of the L2 block, in seconds.
        l2_time: u64,
    },
    /// The first block of Karst needs its bundle.
    #[error("the first block of Karst needs its bundle of upgrade transactions")]
    KarstBundleMissing,
    /// The L1 attributes transaction can't be built.
    #[error("L1 attributes transaction can't be built")]
    L1Info(#[from] L1InfoError),
}

/// Builds the payload attributes of the L2 block on `input.parent`; the count tells how many of
/// the transactions, from the first, are deposits.
///
/// # Errors
/// [`AttributesError`].
///
/// Spec: protocol/derivation.md#deriving-payload-attributes
pub fn build_attributes(
    _config: &RollupConfig,
    _l1_config: &L1ChainConfig,
    _input: &AttributesInput<'_>,
) -> Result<(PayloadAttributes, usize), AttributesError> {
    unimplemented!("follows")
}
