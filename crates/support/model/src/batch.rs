//! Batches, and the encoding of singular ones.

use crate::rlp::{self, Item};
use alloy_primitives::{B256, Bytes};

/// Either kind of batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Batch {
    /// One L2 block.
    Singular(SingularBatch),
    /// A run of L2 blocks.
    Span(SpanBatch),
}

/// What the batcher says of one L2 block.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SingularBatch {
    /// Hash of the L2 block before.
    pub parent_hash: B256,
    /// Number of the L1 origin.
    pub epoch_number: u64,
    /// Hash of the L1 origin.
    pub epoch_hash: B256,
    /// Time of the block in seconds.
    pub timestamp: u64,
    /// Its transactions but for deposits.
    pub transactions: Vec<Bytes>,
}

/// What the batcher says of a run of L2 blocks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SpanBatch {
    /// First bytes of the hash of the L2 block before.
    pub parent_check: [u8; 20],
    /// First bytes of the hash of the last L1 origin.
    pub origin_check: [u8; 20],
    /// The blocks; there is at least one.
    pub blocks: Vec<SpanBlock>,
}

/// One block of a span batch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SpanBlock {
    /// Number of the L1 origin.
    pub epoch_number: u64,
    /// Time in seconds.
    pub timestamp: u64,
    /// Its transactions but for deposits.
    pub transactions: Vec<Bytes>,
}

/// Reads a singular batch behind its version byte; bytes after its list do not matter.
///
/// Spec: protocol/derivation.md#batch-format
pub fn decode_singular(content: &[u8]) -> Option<SingularBatch> {
    let fields = rlp::split(content)?.0.list()?;
    let &[parent_hash, epoch_number, epoch_hash, timestamp, transactions] = &fields[..] else {
        return None;
    };
    let transactions = transactions.list()?.into_iter().map(Item::bytes);
    Some(SingularBatch {
        parent_hash: parent_hash.hash()?,
        epoch_number: epoch_number.u64()?,
        epoch_hash: epoch_hash.hash()?,
        timestamp: timestamp.u64()?,
        transactions: transactions
            .map(|bytes| Some(bytes?.to_vec().into()))
            .collect::<Option<_>>()?,
    })
}

/// A singular batch with its version byte.
pub fn encode_singular(batch: &SingularBatch) -> Vec<u8> {
    let mut transactions = Vec::new();
    for transaction in &batch.transactions {
        rlp::put_bytes(&mut transactions, transaction);
    }
    let mut fields = Vec::new();
    rlp::put_bytes(&mut fields, batch.parent_hash.as_slice());
    rlp::put_u64(&mut fields, batch.epoch_number);
    rlp::put_bytes(&mut fields, batch.epoch_hash.as_slice());
    rlp::put_u64(&mut fields, batch.timestamp);
    rlp::put_list(&mut fields, &transactions);
    let mut out = vec![0];
    rlp::put_list(&mut out, &fields);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn singular_batch_is_read_back_and_may_have_a_tail() {
        let batch = SingularBatch {
            parent_hash: B256::repeat_byte(1),
            epoch_number: 7,
            epoch_hash: B256::repeat_byte(2),
            timestamp: 1 << 40,
            transactions: vec![Bytes::new(), vec![5].into(), vec![0x90; 80].into()],
        };
        let mut encoded = encode_singular(&batch);
        assert_eq!(decode_singular(&encoded[1..]), Some(batch.clone()));
        encoded.push(0xff);
        assert_eq!(decode_singular(&encoded[1..]), Some(batch));
        assert_eq!(decode_singular(&encoded[1..encoded.len() - 2]), None);
        assert_eq!(decode_singular(&[]), None);
    }
}
