//! Rebuilds full transactions from the columns of a span batch.
//!
//! The result is put together from the RLP items at hand. Every item is checked to be in its one
//! canonical form, so that the bytes are those an encoder would give.

use alloc::vec::Vec;

use alloy_primitives::Bytes;

use super::{
    SpanBatchError,
    columns::{ADDRESS_BYTES, Columns, SIGNATURE_BYTES},
};
use crate::rlp::{self, Items, Malformed, put_integer, put_list_header, put_string, put_u64};

/// EIP-2930 transactions.
pub(super) const ACCESS_LIST_TX_TYPE: u8 = 1;
/// EIP-1559 transactions.
pub(super) const DYNAMIC_FEE_TX_TYPE: u8 = 2;
/// EIP-7702 transactions.
pub(super) const SET_CODE_TX_TYPE: u8 = 4;
/// Transactions in which the sequencer states results of the block. No fork that is scheduled
/// permits them, but they are known by their form, and the batch rules drop the block.
pub(super) const POST_EXEC_TX_TYPE: u8 = 0x7d;

/// Upper bound on the bytes a transaction gains over its data: list header, type, chain id, nonce,
/// gas limit, recipient, `v`, `r` and `s`.
const GROWTH_BYTES_MAX: usize = 4 + 1 + 9 + 9 + 9 + 21 + 10 + 33 + 33;

/// The entries of one transaction in all columns but its data.
struct Entries<'a> {
    index: usize,
    nonce: u64,
    gas_limit: u64,
    /// Empty, or 20 bytes.
    recipient: &'a [u8],
    y_parity: bool,
    /// `r` and `s` without leading zeros.
    signature: [&'a [u8]; 2],
}

impl Columns {
    /// EIP-2718 bytes of all transactions in order.
    pub(super) fn expand(
        &self,
        chain_id: u64,
    ) -> Result<impl Iterator<Item = Bytes>, SpanBatchError> {
        let mut out = Vec::with_capacity(self.data.len() + self.len() * GROWTH_BYTES_MAX);
        let mut ends = Vec::with_capacity(self.len());
        let mut recipients = self.recipients.chunks_exact(ADDRESS_BYTES);
        let (signatures, _) = self.signatures.as_chunks::<SIGNATURE_BYTES>();
        let mut legacy_count = 0;
        let mut start = 0;

        let numbers = self.nonces.iter().zip(&self.gas_limits);
        let rows = self.data_ends.iter().zip(signatures).zip(numbers);
        for (index, ((end, signature), (nonce, gas_limit))) in rows.enumerate() {
            let data = self.data.get(start..*end).unwrap_or_default();
            start = *end;
            let has_recipient = !self.creation_bits.get(index);
            let recipient = if has_recipient { recipients.next() } else { None };
            let (r, s) = signature.split_at(SIGNATURE_BYTES / 2);
            let entries = Entries {
                index,
                nonce: *nonce,
                gas_limit: *gas_limit,
                recipient: recipient.unwrap_or_default(),
                y_parity: self.y_parity_bits.get(index),
                signature: [rlp::trim(r), rlp::trim(s)],
            };
            match data {
                [tx_type @ ..0x80, fields @ ..] => {
                    entries.put_typed(&mut out, *tx_type, fields, chain_id)?;
                }
                _ => {
                    let is_protected = self.protected_bits.get(legacy_count);
                    legacy_count += 1;
                    entries.put_legacy(&mut out, data, is_protected.then_some(chain_id))?;
                }
            }
            ends.push(out.len());
        }

        let out = Bytes::from(out);
        let mut start = 0;
        Ok(ends.into_iter().map(move |end| {
            let transaction = out.slice(start..end);
            start = end;
            transaction
        }))
    }
}

impl Entries<'_> {
    /// Appends a legacy transaction whose data is `[value, gas price, data]`.
    ///
    /// Spec: protocol/delta/span-batches.md#store-y_parity-and-protected_bit-instead-of-v
    fn put_legacy(
        &self,
        out: &mut Vec<u8>,
        fields: &[u8],
        chain_id: Option<u64>,
    ) -> Result<(), SpanBatchError> {
        let fields = LegacyFields::decode(fields).map_err(|_| self.bad_fields(0))?;
        let y_parity = u128::from(self.y_parity);
        let v = match chain_id {
            Some(chain_id) => 35 + 2 * u128::from(chain_id) + y_parity,
            None => 27 + y_parity,
        };
        let v = v.to_be_bytes();
        let payload = self.common_len()
            + fields.gas_price.len()
            + fields.value.len()
            + fields.input.len()
            + rlp::integer_len(&v)
            + self.signature_len();
        put_list_header(out, payload);
        put_u64(out, self.nonce);
        out.extend_from_slice(fields.gas_price);
        put_u64(out, self.gas_limit);
        put_string(out, self.recipient);
        out.extend_from_slice(fields.value);
        out.extend_from_slice(fields.input);
        put_integer(out, &v);
        self.put_signature(out);
        Ok(())
    }

    /// Appends a transaction that has a type byte.
    fn put_typed(
        &self,
        out: &mut Vec<u8>,
        tx_type: u8,
        fields: &[u8],
        chain_id: u64,
    ) -> Result<(), SpanBatchError> {
        let index = self.index;
        match tx_type {
            ACCESS_LIST_TX_TYPE | DYNAMIC_FEE_TX_TYPE => {}
            SET_CODE_TX_TYPE if self.recipient.is_empty() => {
                return Err(SpanBatchError::SetCodeWithoutRecipient { index });
            }
            SET_CODE_TX_TYPE => {}
            POST_EXEC_TX_TYPE if self.is_blank() => {
                out.push(tx_type);
                out.extend_from_slice(fields);
                return Ok(());
            }
            POST_EXEC_TX_TYPE => return Err(SpanBatchError::PostExecEntries { index }),
            actual => return Err(SpanBatchError::TransactionType { index, actual }),
        }
        let fields = TypedFields::decode(tx_type, fields).map_err(|_| self.bad_fields(tx_type))?;
        let chain_id = chain_id.to_be_bytes();
        let payload = rlp::integer_len(&chain_id)
            + self.common_len()
            + fields.fees.len()
            + fields.value.len()
            + fields.tail.len()
            + 1
            + self.signature_len();
        out.push(tx_type);
        put_list_header(out, payload);
        put_integer(out, &chain_id);
        put_u64(out, self.nonce);
        out.extend_from_slice(fields.fees);
        put_u64(out, self.gas_limit);
        put_string(out, self.recipient);
        out.extend_from_slice(fields.value);
        out.extend_from_slice(fields.tail);
        put_u64(out, u64::from(self.y_parity));
        self.put_signature(out);
        Ok(())
    }

    /// Whether no column says anything about the transaction.
    fn is_blank(&self) -> bool {
        self.recipient.is_empty()
            && self.nonce == 0
            && self.gas_limit == 0
            && !self.y_parity
            && self.signature.iter().all(|integer| integer.is_empty())
    }

    /// Bytes of nonce, gas limit and recipient.
    fn common_len(&self) -> usize {
        rlp::integer_len(&self.nonce.to_be_bytes())
            + rlp::integer_len(&self.gas_limit.to_be_bytes())
            + rlp::string_len(self.recipient)
    }

    /// Bytes of `r` and `s`.
    fn signature_len(&self) -> usize {
        self.signature.iter().map(|integer| rlp::string_len(integer)).sum()
    }

    fn put_signature(&self, out: &mut Vec<u8>) {
        for integer in self.signature {
            put_string(out, integer);
        }
    }

    const fn bad_fields(&self, tx_type: u8) -> SpanBatchError {
        SpanBatchError::TransactionFields { index: self.index, tx_type }
    }
}

/// RLP items of a legacy transaction's data.
pub(super) struct LegacyFields<'a> {
    value: &'a [u8],
    gas_price: &'a [u8],
    input: &'a [u8],
}

impl<'a> LegacyFields<'a> {
    pub(super) fn decode(data: &'a [u8]) -> Result<Self, Malformed> {
        let mut items = Items::of(data)?;
        let value = raw_integer(&mut items, usize::MAX)?;
        let gas_price = raw_integer(&mut items, usize::MAX)?;
        let input = items.rest();
        items.string()?;
        items.finish()?;
        Ok(Self { value, gas_price, input })
    }
}

/// RLP items of a typed transaction's data, in the groups they stay together in.
pub(super) struct TypedFields<'a> {
    value: &'a [u8],
    /// Gas price, or priority fee and fee cap.
    fees: &'a [u8],
    /// Call data, access list and authorisations.
    tail: &'a [u8],
}

impl<'a> TypedFields<'a> {
    pub(super) fn decode(tx_type: u8, data: &'a [u8]) -> Result<Self, Malformed> {
        let mut items = Items::of(data)?;
        // The reference keeps these numbers as wide as they come, but for the newest type. One that
        // is too wide makes the block invalid, not the batch.
        let is_set_code = tx_type == SET_CODE_TX_TYPE;
        let width = if is_set_code { 32 } else { usize::MAX };
        let value = raw_integer(&mut items, width)?;

        let before = items.rest();
        raw_integer(&mut items, width)?;
        if tx_type != ACCESS_LIST_TX_TYPE {
            raw_integer(&mut items, width)?;
        }
        let tail = items.rest();
        let fees = before.get(..before.len() - tail.len()).ok_or(Malformed)?;

        items.string()?;
        check_access_list(items.list()?)?;
        if is_set_code {
            check_authorizations(items.list()?)?;
        }
        items.finish()?;
        Ok(Self { value, fees, tail })
    }
}

/// The next item with its header, which must be an integer of up to `width` bytes.
fn raw_integer<'a>(items: &mut Items<'a>, width: usize) -> Result<&'a [u8], Malformed> {
    let item = items.next()?;
    let is_integer = !item.is_list && item.payload.first() != Some(&0);
    if is_integer && item.payload.len() <= width { Ok(item.raw) } else { Err(Malformed) }
}

/// Checks an EIP-2930 access list: addresses, each with a list of storage keys.
fn check_access_list(mut entries: Items<'_>) -> Result<(), Malformed> {
    while !entries.is_empty() {
        let mut entry = entries.list()?;
        entry.array::<20>()?;
        let mut keys = entry.list()?;
        entry.finish()?;
        while !keys.is_empty() {
            keys.array::<32>()?;
        }
    }
    Ok(())
}

/// Checks EIP-7702 authorisations: chain id, address, nonce, parity, `r`, `s`.
fn check_authorizations(mut entries: Items<'_>) -> Result<(), Malformed> {
    while !entries.is_empty() {
        let mut entry = entries.list()?;
        raw_integer(&mut entry, 32)?;
        entry.array::<20>()?;
        raw_integer(&mut entry, 8)?;
        raw_integer(&mut entry, 1)?;
        raw_integer(&mut entry, 32)?;
        raw_integer(&mut entry, 32)?;
        entry.finish()?;
    }
    Ok(())
}
