//! The block file: one JSON object.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use alloy_consensus::Header;
use alloy_primitives::{Address, B64, B256, Bytes, U64};
use axos_genesis::{RollupConfig, RollupConfigJsonError};
use axos_protocol::PayloadAttributes;
use serde::Deserialize;
use serde_json::value::RawValue;

/// Why a block file can't be used.
#[derive(Debug, thiserror::Error)]
pub enum BlockFileError {
    /// The file can't be read.
    #[error("{} can't be read", path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        #[source]
        source: io::Error,
    },
    /// The file is no JSON object with the fields it must have.
    #[error("{} is no block file", path.display())]
    Json {
        /// The file.
        path: PathBuf,
        /// What is wrong, and where.
        #[source]
        source: serde_json::Error,
    },
    /// The payload asks for something no L2 block has.
    #[error("the payload in {} has {field}, which no L2 block has", path.display())]
    Payload {
        /// The file.
        path: PathBuf,
        /// What it has.
        field: &'static str,
    },
    /// The rollup configuration in it is not one.
    #[error("`rollup_config` in {} can't be used", path.display())]
    RollupConfig {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        #[source]
        source: RollupConfigJsonError,
    },
}

/// A block to execute.
#[derive(Debug, Clone)]
pub struct BlockFile {
    /// Configuration of the chain.
    pub rollup_config: RollupConfig,
    /// Header of the block to build on.
    pub parent_header: Header,
    /// What to execute.
    pub payload: PayloadAttributes,
    /// The hash that must come out.
    pub expected_block_hash: B256,
    /// The header that must come out, if it is known.
    pub expected_header: Option<Header>,
}

impl BlockFile {
    /// Reads a block file.
    ///
    /// # Errors
    /// [`BlockFileError`] if it can't be read or used.
    pub fn read(path: &Path) -> Result<Self, BlockFileError> {
        let json = read(path)?;
        let fields: Fields<'_> = parse(path, &json)?;
        let config = fields.rollup_config.get().as_bytes();
        Ok(Self {
            rollup_config: RollupConfig::from_json(config)
                .map_err(|source| BlockFileError::RollupConfig { path: path.to_owned(), source })?,
            parent_header: fields.parent_header,
            payload: fields
                .executing_payload
                .into_attributes()
                .map_err(|field| BlockFileError::Payload { path: path.to_owned(), field })?,
            expected_block_hash: fields.expected_block_hash,
            expected_header: fields.expected_header,
        })
    }
}

/// Reads a header as RPCs give it.
///
/// # Errors
/// [`BlockFileError`] if it can't be read.
pub(crate) fn read_header(path: &Path) -> Result<Header, BlockFileError> {
    parse(path, &read(path)?)
}

fn read(path: &Path) -> Result<Vec<u8>, BlockFileError> {
    fs::read(path).map_err(|source| BlockFileError::Open { path: path.to_owned(), source })
}

fn parse<'a, T: Deserialize<'a>>(path: &Path, json: &'a [u8]) -> Result<T, BlockFileError> {
    serde_json::from_slice(json)
        .map_err(|source| BlockFileError::Json { path: path.to_owned(), source })
}

/// Fields as they are written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fields<'a> {
    #[serde(borrow)]
    rollup_config: &'a RawValue,
    parent_header: Header,
    executing_payload: Payload,
    expected_block_hash: B256,
    #[serde(default)]
    expected_header: Option<Header>,
}

/// Payload attributes in the form of the engine API.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Payload {
    timestamp: U64,
    prev_randao: B256,
    suggested_fee_recipient: Address,
    #[serde(default)]
    withdrawals: Option<Vec<serde::de::IgnoredAny>>,
    #[serde(default)]
    parent_beacon_block_root: Option<B256>,
    #[serde(default)]
    transactions: Option<Vec<Bytes>>,
    /// Only the transactions listed are executed, whatever this says.
    #[serde(default, rename = "noTxPool")]
    _no_tx_pool: Option<bool>,
    gas_limit: U64,
    #[serde(default)]
    eip1559_params: Option<B64>,
    #[serde(default)]
    min_base_fee: Option<U64>,
}

impl Payload {
    /// The attributes, or the name of a field that no L2 block has.
    fn into_attributes(self) -> Result<PayloadAttributes, &'static str> {
        if self.withdrawals.as_ref().is_some_and(|withdrawals| !withdrawals.is_empty()) {
            return Err("withdrawals");
        }
        Ok(PayloadAttributes {
            timestamp: self.timestamp.to(),
            prev_randao: self.prev_randao,
            suggested_fee_recipient: self.suggested_fee_recipient,
            has_withdrawals: self.withdrawals.is_some(),
            parent_beacon_block_root: self.parent_beacon_block_root,
            transactions: self.transactions.unwrap_or_default(),
            gas_limit: self.gas_limit.to(),
            eip1559_params: self.eip1559_params.map(split_params),
            min_base_fee: self.min_base_fee.map(|fee| fee.to()),
        })
    }
}

/// Denominator, then elasticity, each four bytes, big-endian.
fn split_params(params: B64) -> (u32, u32) {
    let [d0, d1, d2, d3, e0, e1, e2, e3] = params.0;
    (u32::from_be_bytes([d0, d1, d2, d3]), u32::from_be_bytes([e0, e1, e2, e3]))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn payload() -> serde_json::Value {
        json!({
            "timestamp": "0x67911e28",
            "prevRandao": B256::repeat_byte(1),
            "suggestedFeeRecipient": Address::repeat_byte(2),
            "parentBeaconBlockRoot": B256::repeat_byte(3),
            "transactions": ["0x7e01"],
            "noTxPool": true,
            "gasLimit": "0x3938700",
            "eip1559Params": "0x000000fa00000006",
            "minBaseFee": "0x5"
        })
    }

    fn attributes(json: serde_json::Value) -> PayloadAttributes {
        serde_json::from_value::<Payload>(json).unwrap().into_attributes().unwrap()
    }

    #[test]
    fn payload_is_read_in_the_form_of_the_engine_api() {
        let expected = PayloadAttributes {
            timestamp: 1_737_563_688,
            prev_randao: B256::repeat_byte(1),
            suggested_fee_recipient: Address::repeat_byte(2),
            has_withdrawals: false,
            parent_beacon_block_root: Some(B256::repeat_byte(3)),
            transactions: vec![Bytes::from_static(&[0x7e, 1])],
            gas_limit: 60_000_000,
            eip1559_params: Some((250, 6)),
            min_base_fee: Some(5),
        };
        assert_eq!(attributes(payload()), expected);
    }

    #[test]
    fn absent_fields_stay_absent() {
        let mut json = payload();
        for field in ["eip1559Params", "minBaseFee", "parentBeaconBlockRoot", "transactions"] {
            json.as_object_mut().unwrap().remove(field);
        }
        let attributes = attributes(json);
        assert_eq!(attributes.eip1559_params, None);
        assert_eq!(attributes.min_base_fee, None);
        assert_eq!(attributes.parent_beacon_block_root, None);
        assert!(attributes.transactions.is_empty());
    }

    #[test]
    fn withdrawals_and_unknown_fields_are_rejected() {
        let mut json = payload();
        json["withdrawals"] = json!([]);
        assert!(attributes(json.clone()).has_withdrawals);
        json["withdrawals"] = json!([{"index": "0x0"}]);
        let payload: Payload = serde_json::from_value(json.clone()).unwrap();
        assert_eq!(payload.into_attributes(), Err("withdrawals"));
        json["minBaseFees"] = json!("0x1");
        assert!(serde_json::from_value::<Payload>(json).is_err());
    }
}
