//! Payload attributes as an RLP list, in the order of their fields. What a block may lack is an
//! empty string if it is not there.

use alloc::vec::Vec;

use alloy_primitives::{Address, B256, Bytes};
use alloy_rlp::{Decodable, Header};
use axos_protocol::PayloadAttributes;

/// Reads payload attributes.
pub(crate) fn decode_payload(mut rlp: &[u8]) -> alloy_rlp::Result<PayloadAttributes> {
    let fields = &mut Header::decode_bytes(&mut rlp, true)?;
    Ok(PayloadAttributes {
        timestamp: u64::decode(fields)?,
        prev_randao: B256::decode(fields)?,
        suggested_fee_recipient: Address::decode(fields)?,
        has_withdrawals: bool::decode(fields)?,
        parent_beacon_block_root: optional(fields)?.map(B256::from),
        transactions: Vec::<Bytes>::decode(fields)?,
        gas_limit: u64::decode(fields)?,
        eip1559_params: optional(fields)?.map(split_params),
        min_base_fee: optional(fields)?.map(u64::from_be_bytes),
    })
}

/// A string of `N` bytes, or of none.
fn optional<const N: usize>(fields: &mut &[u8]) -> alloy_rlp::Result<Option<[u8; N]>> {
    match Header::decode_bytes(fields, false)? {
        [] => Ok(None),
        bytes => bytes.try_into().map(Some).map_err(|_| alloy_rlp::Error::UnexpectedLength),
    }
}

/// Denominator, then elasticity, each four bytes, big-endian.
const fn split_params([d0, d1, d2, d3, e0, e1, e2, e3]: [u8; 8]) -> (u32, u32) {
    (u32::from_be_bytes([d0, d1, d2, d3]), u32::from_be_bytes([e0, e1, e2, e3]))
}
