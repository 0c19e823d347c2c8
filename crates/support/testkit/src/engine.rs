//! An engine that makes up blocks instead of executing them.

use alloy_primitives::{B256, Bytes};
use axos_genesis::{Fork, RollupConfig};
use axos_pipeline::{DerivedAttributes, L2BlockInfo};
use axos_protocol::{L2Header, read_l2_block};

use crate::hash_of_l2_block;

/// Makes the block of any attributes, except those with a transaction it was told to refuse.
#[derive(Debug, Clone, Default)]
pub struct Engine {
    /// The transactions it refuses.
    pub invalid: Vec<Bytes>,
}

impl Engine {
    /// The block, or `None` if the payload is invalid.
    pub fn execute(
        &self,
        config: &RollupConfig,
        derived: &DerivedAttributes,
    ) -> Option<L2BlockInfo> {
        let attributes = &derived.attributes;
        let batch = &attributes.transactions[derived.deposit_count..];
        if batch.iter().any(|transaction| self.invalid.contains(transaction)) {
            return None;
        }
        let epoch = derived.l1_origin.number.0;
        let hash = hash_of_l2_block(derived.parent.hash, attributes.timestamp, epoch, batch);
        let header = L2Header {
            hash,
            parent_hash: derived.parent.hash,
            state_root: B256::ZERO,
            transactions_root: B256::ZERO,
            number: derived.parent.number.next(),
            gas_limit: attributes.gas_limit,
            timestamp: attributes.timestamp,
            extra_data: extra_data(config, derived),
        };
        let first = attributes.transactions.first().map(AsRef::as_ref);
        Some(read_l2_block(config, &header, first).unwrap().into())
    }
}

fn extra_data(config: &RollupConfig, derived: &DerivedAttributes) -> Bytes {
    let attributes = &derived.attributes;
    let Some(params) = attributes.eip1559_params else { return Bytes::new() };
    let (denominator, elasticity) = match params {
        (0, 0) => (config.base_fee_params.denominator_canyon, config.base_fee_params.elasticity),
        params => params,
    };
    let is_jovian = config.is_active(Fork::Jovian, attributes.timestamp);
    let mut data = vec![u8::from(is_jovian)];
    data.extend_from_slice(&denominator.to_be_bytes());
    data.extend_from_slice(&elasticity.to_be_bytes());
    if let Some(min_base_fee) = attributes.min_base_fee {
        data.extend_from_slice(&min_base_fee.to_be_bytes());
    }
    data.into()
}
