//! Batches: what the batcher says is in one L2 block, or in a run of them.
//!
//! Spec: protocol/derivation.md#batch-format

use alloc::vec::Vec;

use alloy_primitives::{B256, Bytes};
use axos_genesis::L1Number;

use crate::{
    RawSpanBatch, SpanBatchError,
    rlp::{self, Items, Malformed},
};

/// Type byte of a [`SingularBatch`].
pub const SINGULAR_BATCH_TYPE: u8 = 0;
/// Type byte of a span batch.
pub const SPAN_BATCH_TYPE: u8 = 1;

/// A batch as it lies in a channel. No fork gate has been applied.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::large_enum_variant, reason = "one batch is read at a time, and used at once")]
pub enum Batch {
    /// One L2 block.
    Singular(SingularBatch),
    /// \[Delta\] A run of L2 blocks; [`RawSpanBatch::derive`] expands it.
    Span(RawSpanBatch),
}

/// One L2 block.
///
/// Spec: protocol/derivation.md#batch-format
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SingularBatch {
    /// Hash of the L2 block to build on.
    pub parent_hash: B256,
    /// Number of the L1 origin.
    pub epoch_number: L1Number,
    /// Hash of the L1 origin.
    pub epoch_hash: B256,
    /// Timestamp of the block, in seconds.
    pub timestamp: u64,
    /// EIP-2718 bytes of the transactions, unchecked: slices of the batch they were read from.
    pub transactions: Vec<Bytes>,
}

/// Why bytes are not a batch. The rest of the channel is then ignored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BatchError {
    /// No bytes.
    #[error("batch is empty")]
    Empty,
    /// A type that is not defined.
    #[error("batch has type {actual}, only 0 and 1 are known")]
    UnknownType {
        /// The type met.
        actual: u8,
    },
    /// A singular batch is not the list it must be.
    #[error("singular batch is malformed")]
    Rlp,
    /// A span batch breaks a rule of its format.
    #[error("span batch is malformed")]
    Span(#[from] SpanBatchError),
}

impl Batch {
    /// Reads a batch. Bytes behind its content are ignored.
    ///
    /// # Errors
    /// [`BatchError`] if it is malformed.
    ///
    /// Spec: protocol/derivation.md#batch-format
    pub fn decode(bytes: &Bytes) -> Result<Self, BatchError> {
        match bytes.first() {
            None => Err(BatchError::Empty),
            Some(&SINGULAR_BATCH_TYPE) => {
                SingularBatch::decode(&bytes.slice(1..)).map(Self::Singular)
            }
            Some(&SPAN_BATCH_TYPE) => Ok(Self::Span(RawSpanBatch::decode(&bytes.slice(1..))?)),
            Some(&actual) => Err(BatchError::UnknownType { actual }),
        }
    }

    /// The bytes of the batch, type byte first.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::new();
        match self {
            Self::Singular(batch) => {
                out.push(SINGULAR_BATCH_TYPE);
                batch.encode(&mut out);
            }
            Self::Span(batch) => {
                out.push(SPAN_BATCH_TYPE);
                batch.encode(&mut out);
            }
        }
        out
    }

    /// Appends the batch as it lies in a decompressed channel: one RLP string.
    pub fn encode_for_channel(&self, out: &mut Vec<u8>) {
        rlp::put_string(out, &self.encode());
    }
}

impl SingularBatch {
    /// Reads a batch without its type byte. Bytes behind the list are ignored.
    ///
    /// # Errors
    /// [`BatchError::Rlp`] if it is malformed.
    pub fn decode(content: &Bytes) -> Result<Self, BatchError> {
        Self::decode_rlp(content).map_err(|Malformed| BatchError::Rlp)
    }

    fn decode_rlp(content: &Bytes) -> Result<Self, Malformed> {
        let (mut fields, _) = Items::split(content)?;
        let parent_hash = fields.hash()?;
        let epoch_number = L1Number(fields.u64()?);
        let epoch_hash = fields.hash()?;
        let timestamp = fields.u64()?;
        let mut items = fields.list()?;
        fields.finish()?;
        let mut transactions = Vec::new();
        while !items.is_empty() {
            transactions.push(content.slice_ref(items.string()?));
        }
        Ok(Self { parent_hash, epoch_number, epoch_hash, timestamp, transactions })
    }

    /// Appends the batch without its type byte.
    pub fn encode(&self, out: &mut Vec<u8>) {
        let numbers = [self.epoch_number.0, self.timestamp].map(u64::to_be_bytes);
        let transactions: usize = self.transactions.iter().map(|tx| rlp::string_len(tx)).sum();
        let payload = 2 * (1 + B256::len_bytes())
            + numbers.iter().map(|number| rlp::integer_len(number)).sum::<usize>()
            + rlp::header_len(transactions)
            + transactions;
        rlp::put_list_header(out, payload);
        rlp::put_string(out, self.parent_hash.as_slice());
        rlp::put_u64(out, self.epoch_number.0);
        rlp::put_string(out, self.epoch_hash.as_slice());
        rlp::put_u64(out, self.timestamp);
        rlp::put_list_header(out, transactions);
        for transaction in &self.transactions {
            rlp::put_string(out, transaction);
        }
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use alloy_rlp::{Encodable, Header};
    use proptest::prelude::*;

    use super::*;

    fn batch() -> SingularBatch {
        SingularBatch {
            parent_hash: B256::repeat_byte(1),
            epoch_number: L1Number(300),
            epoch_hash: B256::repeat_byte(2),
            timestamp: 1_700_000_000,
            transactions: vec![Bytes::from_static(&[2, 0xc0]), Bytes::from(vec![3; 60])],
        }
    }

    /// The items of a batch, encoded by other means.
    fn items(batch: &SingularBatch) -> Vec<Vec<u8>> {
        let item = |value: &dyn Encodable| {
            let mut out = Vec::new();
            value.encode(&mut out);
            out
        };
        vec![
            item(&batch.parent_hash),
            item(&batch.epoch_number.0),
            item(&batch.epoch_hash),
            item(&batch.timestamp),
            item(&batch.transactions),
        ]
    }

    fn list(items: &[Vec<u8>]) -> Vec<u8> {
        let mut out = vec![SINGULAR_BATCH_TYPE];
        let payload = items.concat();
        Header { list: true, payload_length: payload.len() }.encode(&mut out);
        [out, payload].concat()
    }

    fn check(bytes: Vec<u8>, expect: Result<Batch, BatchError>) {
        assert_eq!(Batch::decode(&bytes.into()), expect);
    }

    #[test]
    fn singular_batch_matches_alloy() {
        let batch = batch();
        let bytes = list(&items(&batch));
        check(bytes.clone(), Ok(Batch::Singular(batch.clone())));
        assert_eq!(Batch::Singular(batch).encode(), bytes);
    }

    #[test]
    fn transactions_are_slices_of_the_batch() {
        let bytes = Bytes::from(list(&items(&batch())));
        let Ok(Batch::Singular(batch)) = Batch::decode(&bytes) else { panic!("singular batch") };
        assert!(batch.transactions.iter().all(|tx| bytes.as_ptr_range().contains(&tx.as_ptr())));
    }

    #[test]
    fn bytes_behind_a_singular_batch_are_ignored() {
        let mut bytes = list(&items(&batch()));
        bytes.extend([1, 2, 3]);
        check(bytes, Ok(Batch::Singular(batch())));
    }

    #[test]
    fn batch_type_must_be_known() {
        check(vec![], Err(BatchError::Empty));
        check(vec![2, 0xc0], Err(BatchError::UnknownType { actual: 2 }));
        check(vec![SINGULAR_BATCH_TYPE], Err(BatchError::Rlp));
    }

    #[test]
    fn singular_batch_must_be_canonical_rlp() {
        let good = items(&batch());
        for (at, bad) in [
            (0, vec![0x9f; 32]),                        // A hash of 31 bytes.
            (1, vec![0x00]),                            // A zero byte is not the number 0.
            (1, vec![0x81, 0x05]),                      // Five takes one byte.
            (1, vec![0x82, 0x00, 0x05]),                // Leading zero.
            (3, vec![0x89, 1, 0, 0, 0, 0, 0, 0, 0, 0]), // More than 64 bits.
            (4, vec![0x80]),                            // A string instead of a list.
            (4, vec![0xc1, 0xc0]),                      // A transaction that is a list.
        ] {
            let mut items = good.clone();
            items[at] = bad;
            check(list(&items), Err(BatchError::Rlp));
        }
        check(list(&good[..4]), Err(BatchError::Rlp));
        let longer = [good.as_slice(), &[vec![0x80]]].concat();
        check(list(&longer), Err(BatchError::Rlp));
    }

    #[test]
    fn empty_transaction_is_read_for_the_batch_rules_to_drop() {
        let batch = SingularBatch { transactions: vec![Bytes::new()], ..batch() };
        check(list(&items(&batch)), Ok(Batch::Singular(batch)));
    }

    #[test]
    fn truncated_singular_batch_is_malformed() {
        let bytes = list(&items(&batch()));
        for length in 1..bytes.len() {
            check(bytes[..length].to_vec(), Err(BatchError::Rlp));
        }
    }

    proptest! {
        #[test]
        fn singular_batches_come_back(
            epoch: u64,
            timestamp: u64,
            txs in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..70), 0..5),
        ) {
            let transactions = txs.into_iter().map(Bytes::from).collect();
            let epoch_number = L1Number(epoch);
            let batch = SingularBatch { epoch_number, timestamp, transactions, ..batch() };
            let bytes = list(&items(&batch));
            let batch = Batch::Singular(batch);
            prop_assert_eq!(batch.encode(), bytes.clone());
            prop_assert_eq!(Batch::decode(&bytes.into()), Ok(batch));
        }

        #[test]
        fn arbitrary_batches_never_panic(bytes: Vec<u8>) {
            let _ = Batch::decode(&bytes.into());
        }
    }
}
