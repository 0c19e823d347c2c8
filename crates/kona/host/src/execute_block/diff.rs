//! Headers, compared field by field.

use alloy_consensus::Header;
use alloy_primitives::hex;
use serde::Serialize;

/// A header field with two values.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HeaderDifference {
    /// Name of the field, as RPCs have it.
    pub field: &'static str,
    /// What it was to be.
    pub expected: String,
    /// What came out.
    pub computed: String,
}

/// The first field that differs, in the order of [`fields`].
pub(super) fn first_difference(expected: &Header, computed: &Header) -> Option<HeaderDifference> {
    fields(expected).into_iter().zip(fields(computed)).find_map(|(expected, computed)| {
        let ((field, expected), (_, computed)) = (expected, computed);
        (expected != computed).then_some(HeaderDifference { field, expected, computed })
    })
}

/// All fields with their values as text, in the order in which a header holds them, but causes
/// before effects: what a wrong transaction changes first stands first.
pub(super) fn fields(header: &Header) -> Vec<(&'static str, String)> {
    fn number(value: u64) -> String {
        value.to_string()
    }
    fn optional<T>(value: Option<T>, show: impl FnOnce(T) -> String) -> String {
        value.map_or_else(|| "none".into(), show)
    }
    let hash = |value: alloy_primitives::B256| value.to_string();
    vec![
        ("parentHash", hash(header.parent_hash)),
        ("number", number(header.number)),
        ("timestamp", number(header.timestamp)),
        ("sha3Uncles", hash(header.ommers_hash)),
        ("miner", header.beneficiary.to_string()),
        ("difficulty", header.difficulty.to_string()),
        ("gasLimit", number(header.gas_limit)),
        ("extraData", header.extra_data.to_string()),
        ("mixHash", hash(header.mix_hash)),
        ("nonce", header.nonce.to_string()),
        ("baseFeePerGas", optional(header.base_fee_per_gas, number)),
        ("parentBeaconBlockRoot", optional(header.parent_beacon_block_root, hash)),
        ("transactionsRoot", hash(header.transactions_root)),
        ("gasUsed", number(header.gas_used)),
        ("blobGasUsed", optional(header.blob_gas_used, number)),
        ("excessBlobGas", optional(header.excess_blob_gas, number)),
        ("logsBloom", hex::encode_prefixed(header.logs_bloom)),
        ("receiptsRoot", hash(header.receipts_root)),
        ("withdrawalsRoot", optional(header.withdrawals_root, hash)),
        ("requestsHash", optional(header.requests_hash, hash)),
        ("stateRoot", hash(header.state_root)),
        ("blockAccessListHash", optional(header.block_access_list_hash, hash)),
        ("slotNumber", optional(header.slot_number, number)),
    ]
}

#[cfg(test)]
mod tests {
    use alloy_primitives::{B256, Bytes};

    use super::*;

    #[test]
    fn first_difference_names_the_field_with_both_values() {
        let expected = Header::default();
        assert_eq!(first_difference(&expected, &expected), None);
        let computed = Header {
            state_root: B256::repeat_byte(1),
            gas_used: 7,
            extra_data: Bytes::from_static(&[0]),
            ..Header::default()
        };
        let check = |computed: &Header, field, old: &str, new: &str| {
            let (expected_text, computed_text) = (old.to_owned(), new.to_owned());
            let expect =
                HeaderDifference { field, expected: expected_text, computed: computed_text };
            assert_eq!(first_difference(&expected, computed), Some(expect));
        };
        check(&computed, "extraData", "0x", "0x00");
        check(&Header { extra_data: Bytes::new(), ..computed }, "gasUsed", "0", "7");
        let header = Header { base_fee_per_gas: Some(1), ..Header::default() };
        check(&header, "baseFeePerGas", "none", "1");
    }

    /// A header that differs in no field that is listed must have the same hash.
    #[test]
    fn every_field_of_a_header_is_compared() {
        let full = serde_json::to_value(Header {
            base_fee_per_gas: Some(0),
            withdrawals_root: Some(B256::ZERO),
            blob_gas_used: Some(0),
            excess_blob_gas: Some(0),
            parent_beacon_block_root: Some(B256::ZERO),
            requests_hash: Some(B256::ZERO),
            block_access_list_hash: Some(B256::ZERO),
            slot_number: Some(0),
            ..Header::default()
        })
        .unwrap();
        let mut names: Vec<_> = full.as_object().unwrap().keys().map(String::as_str).collect();
        let mut listed: Vec<_> = fields(&Header::default()).iter().map(|(name, _)| *name).collect();
        names.sort_unstable();
        listed.sort_unstable();
        assert_eq!(listed, names);
    }
}
