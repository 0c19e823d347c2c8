//! The transactions of a span batch, field by field.

use alloc::vec::Vec;

use alloy_primitives::Bytes;

use super::{BitList, Reader, SpanBatchError, reader::put_uvarint};
use crate::rlp::{self, Item};

/// Bytes of `r` and `s` of a signature.
pub(super) const SIGNATURE_BYTES: usize = 64;
/// Bytes of an address.
pub(super) const ADDRESS_BYTES: usize = 20;
/// Most bytes of a transaction's data, its type byte not counted.
///
/// Spec: protocol/delta/span-batches.md#span-batch-size-limits
const TRANSACTION_DATA_BYTES_MAX: usize = 10_000_000;

/// Columns of the transactions of a span batch.
///
/// Spec: protocol/delta/span-batches.md#span-batch-format
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Columns {
    /// Whether the transaction has no recipient.
    pub(super) creation_bits: BitList,
    /// Parity of the `y` coordinate of the signature's point.
    pub(super) y_parity_bits: BitList,
    /// `r` and `s` of each signature, 32 bytes each, big-endian.
    pub(super) signatures: Bytes,
    /// Addresses of those transactions that have a recipient.
    pub(super) recipients: Bytes,
    /// What is left of each transaction, one after the other.
    pub(super) data: Bytes,
    /// Where the data of each transaction ends in `data`.
    pub(super) data_ends: Vec<usize>,
    /// Nonces.
    pub(super) nonces: Vec<u64>,
    /// Gas limits.
    pub(super) gas_limits: Vec<u64>,
    /// Of legacy transactions only: whether the signature is bound to the chain (EIP-155).
    pub(super) protected_bits: BitList,
}

impl Columns {
    /// Reads the columns of `length` transactions.
    pub(super) fn decode(reader: &mut Reader<'_>, length: usize) -> Result<Self, SpanBatchError> {
        let creation_bits = reader.bits("contract_creation_bits", length)?;
        let y_parity_bits = reader.bits("y_parity_bits", length)?;
        let signatures = reader.share("tx_sigs", length.saturating_mul(SIGNATURE_BYTES))?;
        // From here on the length is bounded by the input.
        let recipients = length.saturating_sub(creation_bits.count_ones());
        let recipients = reader.share("tx_tos", recipients.saturating_mul(ADDRESS_BYTES))?;
        let DataColumn { data, data_ends, legacy_count } = DataColumn::decode(reader, length)?;
        let nonces = reader.uvarints("tx_nonces", length)?;
        let gas_limits = reader.uvarints("tx_gases", length)?;
        let protected_bits = reader.bits("protected_bits", legacy_count)?;
        Ok(Self {
            creation_bits,
            y_parity_bits,
            signatures,
            recipients,
            data,
            data_ends,
            nonces,
            gas_limits,
            protected_bits,
        })
    }

    /// Number of transactions.
    pub(super) const fn len(&self) -> usize {
        self.data_ends.len()
    }

    /// Appends the columns.
    pub(super) fn encode(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.creation_bits.as_bytes());
        out.extend_from_slice(self.y_parity_bits.as_bytes());
        out.extend_from_slice(&self.signatures);
        out.extend_from_slice(&self.recipients);
        out.extend_from_slice(&self.data);
        for number in self.nonces.iter().chain(&self.gas_limits) {
            put_uvarint(out, *number);
        }
        out.extend_from_slice(self.protected_bits.as_bytes());
    }
}

/// The `tx_datas` column.
struct DataColumn {
    data: Bytes,
    data_ends: Vec<usize>,
    legacy_count: usize,
}

impl DataColumn {
    /// Finds where the data of each of `length` transactions ends: a type byte up to 0x7f, which
    /// legacy transactions do not have, and one list.
    ///
    /// A type that can't be in a span batch is no error here, and a type byte 0 counts as a legacy
    /// transaction: both fail when the batch is expanded.
    fn decode(reader: &mut Reader<'_>, length: usize) -> Result<Self, SpanBatchError> {
        let start = reader.rest();
        let mut rest = start;
        let mut legacy_count = 0;
        let mut data_ends = Vec::with_capacity(length);
        for index in 0..length {
            let (tx_type, list) = match rest.split_first() {
                Some((tx_type, behind)) if *tx_type < 0x80 => (*tx_type, behind),
                _ => (0, rest),
            };
            legacy_count += usize::from(tx_type == 0);
            rest = split_list(list, index)?;
            data_ends.push(start.len() - rest.len());
        }
        let data = reader.share("tx_datas", start.len() - rest.len())?;
        Ok(Self { data, data_ends, legacy_count })
    }
}

/// What is behind the list at the start of `data`.
fn split_list(data: &[u8], index: usize) -> Result<&[u8], SpanBatchError> {
    let malformed = SpanBatchError::TransactionFraming { index };
    let (item, rest) = Item::split(data).map_err(|rlp::Malformed| malformed)?;
    if !item.is_list {
        return Err(malformed);
    }
    if item.raw.len() > TRANSACTION_DATA_BYTES_MAX {
        let limit = TRANSACTION_DATA_BYTES_MAX;
        return Err(SpanBatchError::TransactionTooLarge { index, limit });
    }
    Ok(rest)
}
