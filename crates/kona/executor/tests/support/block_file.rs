//! `block.json` of the block fixtures.

use alloy_consensus::{Header, Sealable, Sealed};
use alloy_primitives::{B256, Bytes, U64};
use axos_genesis::{Fork, RollupConfig};
use axos_protocol::PayloadAttributes;
use serde_json::Value;
use std::path::Path;

/// A block to execute.
#[derive(Debug)]
pub(crate) struct BlockFile {
    /// Configuration of the chain.
    pub(crate) config: RollupConfig,
    /// The block below.
    pub(crate) parent: Sealed<Header>,
    /// What the block is made of.
    pub(crate) attributes: PayloadAttributes,
    /// Hash that the block has on its chain.
    pub(crate) expected_hash: B256,
}

impl BlockFile {
    /// Reads a `block.json`.
    pub(crate) fn open(path: &Path) -> Self {
        let json: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
        let config = serde_json::to_vec(&json["rollup_config"]).unwrap();
        let config = RollupConfig::from_json(&config).unwrap();
        let parent: Header = field(&json["parent_header"]);
        Self {
            attributes: attributes(&config, &json["executing_payload"]),
            config,
            parent: parent.seal_slow(),
            expected_hash: field(&json["expected_block_hash"]),
        }
    }
}

fn attributes(config: &RollupConfig, json: &Value) -> PayloadAttributes {
    let timestamp = quantity(&json["timestamp"]);
    let transactions: Vec<Bytes> = field(&json["transactions"]);
    PayloadAttributes {
        timestamp,
        prev_randao: field(&json["prevRandao"]),
        suggested_fee_recipient: field(&json["suggestedFeeRecipient"]),
        has_withdrawals: config.is_active(Fork::Canyon, timestamp),
        parent_beacon_block_root: field(&json["parentBeaconBlockRoot"]),
        transactions,
        gas_limit: quantity(&json["gasLimit"]),
        eip1559_params: eip1559_params(field(&json["eip1559Params"])),
        min_base_fee: json.get("minBaseFee").map(quantity),
    }
}

/// Denominator and elasticity out of 8 bytes.
fn eip1559_params(bytes: Option<Bytes>) -> Option<(u32, u32)> {
    let bytes = <[u8; 8]>::try_from(bytes?.as_ref()).unwrap();
    let both = u64::from_be_bytes(bytes);
    let half = |value: u64| u32::try_from(value & 0xffff_ffff).unwrap();
    Some((half(both >> 32), half(both)))
}

fn quantity(json: &Value) -> u64 {
    field::<U64>(json).to()
}

fn field<T: serde::de::DeserializeOwned>(json: &Value) -> T {
    T::deserialize(json).unwrap()
}
