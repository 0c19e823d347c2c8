//! What is settled about a block before its first transaction runs.

use alloy_consensus::{Header, Sealed};
use alloy_primitives::{B256, U256};
use axos_genesis::{Fork, RollupConfig};
use axos_protocol::PayloadAttributes;
use op_revm::OpSpecId;
use revm::{
    context::{BlockEnv, CfgEnv},
    context_interface::block::BlobExcessGasAndPrice,
};

use crate::{AttributeError, ExecutorError, FeeParameters, next_base_fee, op_spec};

/// A block in the making: its attributes, checked against its fork, and what follows from its
/// parent.
#[derive(Debug)]
pub(crate) struct Environment<'b> {
    pub(crate) config: &'b RollupConfig,
    pub(crate) attributes: &'b PayloadAttributes,
    pub(crate) spec: OpSpecId,
    pub(crate) parent_hash: B256,
    pub(crate) number: u64,
    /// Base fee, in wei.
    pub(crate) base_fee: u64,
    /// \[Ecotone\] The beacon block root of the L1 origin's parent.
    pub(crate) parent_beacon_block_root: Option<B256>,
    /// \[Holocene\] The fee parameters for the header.
    pub(crate) fee_parameters: Option<FeeParameters>,
}

impl<'b> Environment<'b> {
    pub(crate) fn new(
        config: &'b RollupConfig,
        parent: &Sealed<Header>,
        attributes: &'b PayloadAttributes,
    ) -> Result<Self, ExecutorError> {
        let timestamp = attributes.timestamp;
        if timestamp <= parent.timestamp {
            let parent_timestamp = parent.timestamp;
            return Err(AttributeError::Timestamp { parent_timestamp, timestamp }.into());
        }
        Ok(Self {
            config,
            attributes,
            spec: op_spec(config, timestamp),
            parent_hash: parent.hash(),
            number: parent.number.saturating_add(1),
            base_fee: next_base_fee(config, parent, timestamp)?,
            parent_beacon_block_root: parent_beacon_block_root(config, attributes)?,
            fee_parameters: FeeParameters::of_attributes(config, attributes)?,
        })
    }

    /// Whether `fork` is active in the block.
    pub(crate) fn is_active(&self, fork: Fork) -> bool {
        self.config.is_active(fork, self.attributes.timestamp)
    }

    /// The block as the EVM sees it.
    pub(crate) fn block(&self) -> BlockEnv {
        let attributes = self.attributes;
        // [Ecotone] There are no blobs on L2, so that their price is always the lowest.
        let blob_price = BlobExcessGasAndPrice { excess_blob_gas: 0, blob_gasprice: 1 };
        BlockEnv {
            number: U256::from(self.number),
            beneficiary: attributes.suggested_fee_recipient,
            timestamp: U256::from(attributes.timestamp),
            gas_limit: attributes.gas_limit,
            basefee: self.base_fee,
            difficulty: U256::ZERO,
            prevrandao: Some(attributes.prev_randao),
            blob_excess_gas_and_price: self.is_active(Fork::Ecotone).then_some(blob_price),
            slot_num: 0,
        }
    }

    /// The chain as the EVM sees it.
    pub(crate) fn chain(&self) -> CfgEnv<OpSpecId> {
        CfgEnv::new_with_spec(self.spec).with_chain_id(self.config.l2_chain_id)
    }
}

/// Spec: protocol/exec-engine.md#ecotone-beacon-block-root
fn parent_beacon_block_root(
    config: &RollupConfig,
    attributes: &PayloadAttributes,
) -> Result<Option<B256>, AttributeError> {
    const FIELD: &str = "parent_beacon_block_root";
    match attributes.parent_beacon_block_root {
        None if config.is_active(Fork::Ecotone, attributes.timestamp) => {
            Err(AttributeError::Missing { field: FIELD })
        }
        Some(_) if !config.is_active(Fork::Ecotone, attributes.timestamp) => {
            Err(AttributeError::Unexpected { field: FIELD })
        }
        root => Ok(root),
    }
}
