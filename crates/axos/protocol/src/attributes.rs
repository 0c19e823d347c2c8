//! Payload attributes: what the execution engine needs to build one L2 block.

use alloc::vec::Vec;

use alloy_primitives::{Address, B256, Bytes};

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
