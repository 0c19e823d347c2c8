//! Span batches: their wire form, and the blocks that they stand for.

use crate::{
    batch::{SpanBatch, SpanBlock},
    bytes::{Cursor, put_bit_list, put_uvarint},
    config::{Config, Limits},
    rlp::{self, Item},
    rule::{Hits, Rule},
    span_transaction::rebuild,
};
use alloy_primitives::Bytes;

/// A span batch field by field as it stands on the wire.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RawSpan {
    /// Time of the first block since genesis, in seconds.
    pub relative_timestamp: u64,
    /// Number of the last block's L1 origin.
    pub last_origin: u64,
    /// First bytes of the hash of the L2 block before.
    pub parent_check: [u8; 20],
    /// First bytes of the hash of the last L1 origin.
    pub origin_check: [u8; 20],
    /// For each block, whether it has another L1 origin than the block before.
    pub origin_bits: Vec<bool>,
    /// For each block, the number of its transactions.
    pub transaction_counts: Vec<u64>,
    /// All transactions.
    pub transactions: Vec<RawTransaction>,
}

/// The parts of a transaction in a span batch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RawTransaction {
    /// Whether it creates a contract.
    pub is_creation: bool,
    /// Parity of the signature's point.
    pub y_parity: bool,
    /// First half of the signature.
    pub r: [u8; 32],
    /// Second half of the signature.
    pub s: [u8; 32],
    /// Receiver, unless it creates a contract.
    pub to: Option<[u8; 20]>,
    /// Type byte, zero if there is none.
    pub kind: u8,
    /// Type byte, if there is one, and the list of the fields that are not kept elsewhere.
    pub data: Vec<u8>,
    /// Nonce.
    pub nonce: u64,
    /// Gas limit.
    pub gas: u64,
    /// Whether the signature binds the chain id. Of meaning to legacy transactions only.
    pub is_protected: bool,
}

/// Reads a span batch behind its version byte; bytes after its last field do not matter.
///
/// Spec: protocol/delta/span-batches.md#span-batch-format
pub fn decode_raw_span(content: &[u8], limits: &Limits, hits: &mut Hits) -> Option<RawSpan> {
    match try_decode_raw_span(&mut Cursor::new(content), limits) {
        Ok(span) => Some(span),
        Err(rule) => {
            hits.hit(rule);
            None
        }
    }
}

fn try_decode_raw_span(cursor: &mut Cursor<'_>, limits: &Limits) -> Result<RawSpan, Rule> {
    const SHORT: Rule = Rule::SpanShort;
    let relative_timestamp = cursor.uvarint().ok_or(SHORT)?;
    let last_origin = cursor.uvarint().ok_or(SHORT)?;
    let parent_check = cursor.array().ok_or(SHORT)?;
    let origin_check = cursor.array().ok_or(SHORT)?;
    let block_count = cursor.uvarint().ok_or(SHORT)?;
    // Spec: protocol/delta/span-batches.md#span-batch-size-limits
    if block_count > limits.span_elements {
        return Err(Rule::SpanManyBlocks);
    }
    if block_count == 0 {
        return Err(Rule::SpanNoBlocks);
    }
    let origin_bits = cursor.bit_list(count(block_count)).ok_or(SHORT)?;
    let mut transaction_counts = Vec::new();
    for _ in 0..block_count {
        let of_block = cursor.uvarint().ok_or(SHORT)?;
        if of_block > limits.span_elements {
            return Err(Rule::SpanManyTransactions);
        }
        transaction_counts.push(of_block);
    }
    let total = transaction_counts.iter().sum::<u64>();
    if total > limits.span_elements {
        return Err(Rule::SpanManyTransactions);
    }
    let transactions = decode_transactions(cursor, count(total), limits)?;
    Ok(RawSpan {
        relative_timestamp,
        last_origin,
        parent_check,
        origin_check,
        origin_bits,
        transaction_counts,
        transactions,
    })
}

fn count(value: u64) -> usize {
    usize::try_from(value).expect("bounded by the limit on elements")
}

/// The columns of all transactions, one after the other.
fn decode_transactions(
    cursor: &mut Cursor<'_>,
    total: usize,
    limits: &Limits,
) -> Result<Vec<RawTransaction>, Rule> {
    const SHORT: Rule = Rule::SpanShort;
    let creations = cursor.bit_list(total).ok_or(SHORT)?;
    let parities = cursor.bit_list(total).ok_or(SHORT)?;
    let mut all = Vec::new();
    for (is_creation, y_parity) in creations.into_iter().zip(parities) {
        let (r, s) = (cursor.array().ok_or(SHORT)?, cursor.array().ok_or(SHORT)?);
        all.push(RawTransaction { is_creation, y_parity, r, s, ..RawTransaction::default() });
    }
    for transaction in all.iter_mut().filter(|transaction| !transaction.is_creation) {
        transaction.to = Some(cursor.array().ok_or(SHORT)?);
    }
    for transaction in &mut all {
        (transaction.kind, transaction.data) = decode_data(cursor, limits)?;
    }
    for transaction in &mut all {
        transaction.nonce = cursor.uvarint().ok_or(SHORT)?;
    }
    for transaction in &mut all {
        transaction.gas = cursor.uvarint().ok_or(SHORT)?;
    }
    let legacy = all.iter_mut().filter(|transaction| transaction.kind == 0);
    let legacy: Vec<&mut RawTransaction> = legacy.collect();
    let protected = cursor.bit_list(legacy.len()).ok_or(SHORT)?;
    for (transaction, is_protected) in legacy.into_iter().zip(protected) {
        transaction.is_protected = is_protected;
    }
    Ok(all)
}

/// An optional type byte and a list whose items are of no interest yet.
///
/// A type byte of zero is kept, and counted as legacy, although no such transaction exists.
fn decode_data(cursor: &mut Cursor<'_>, limits: &Limits) -> Result<(u8, Vec<u8>), Rule> {
    let start = cursor.rest();
    let first = *start.first().ok_or(Rule::SpanShort)?;
    let kind_bytes = usize::from(first <= 0x7f);
    let list = &start[kind_bytes..];
    let (item, after) = rlp::split(list).ok_or(Rule::SpanDataNotList)?;
    let list_bytes = list.len() - after.len();
    if !matches!(item, Item::List(_)) || list_bytes > limits.span_transaction {
        return Err(Rule::SpanDataNotList);
    }
    let data = cursor.take(kind_bytes + list_bytes).ok_or(Rule::SpanShort)?.to_vec();
    Ok((if kind_bytes == 1 { first } else { 0 }, data))
}

/// The blocks that a span batch stands for, or none if one of its transactions can't be rebuilt.
///
/// Spec: protocol/delta/span-batches.md#how-derivation-works-with-span-batches
pub fn derive_span(config: &Config, raw: &RawSpan, hits: &mut Hits) -> Option<SpanBatch> {
    let mut transactions = Vec::new();
    for transaction in &raw.transactions {
        transactions.push(rebuild(transaction, config.l2_chain_id, hits)?);
    }
    let mut transactions = transactions.into_iter();
    let first_time = config.genesis.l2_time.wrapping_add(raw.relative_timestamp);
    let mut blocks = Vec::new();
    for (index, of_block) in raw.transaction_counts.iter().enumerate() {
        let later_changes = raw.origin_bits[index + 1..].iter().filter(|bit| **bit).count();
        let distance = u64::try_from(index).expect("fits");
        let transactions: Vec<Bytes> = transactions.by_ref().take(count(*of_block)).collect();
        blocks.push(SpanBlock {
            epoch_number: raw.last_origin.wrapping_sub(u64::try_from(later_changes).expect("fits")),
            timestamp: first_time.wrapping_add(config.block_time.wrapping_mul(distance)),
            transactions,
        });
    }
    Some(SpanBatch { parent_check: raw.parent_check, origin_check: raw.origin_check, blocks })
}

/// A span batch with its version byte, as [`decode_raw_span`] reads it. Nothing is checked.
pub fn encode_raw_span(span: &RawSpan) -> Vec<u8> {
    let mut out = vec![1];
    put_uvarint(&mut out, span.relative_timestamp);
    put_uvarint(&mut out, span.last_origin);
    out.extend(span.parent_check);
    out.extend(span.origin_check);
    put_uvarint(&mut out, u64::try_from(span.transaction_counts.len()).expect("fits"));
    put_bit_list(&mut out, &span.origin_bits);
    for of_block in &span.transaction_counts {
        put_uvarint(&mut out, *of_block);
    }
    let all = &span.transactions;
    let creations: Vec<bool> = all.iter().map(|transaction| transaction.is_creation).collect();
    let parities: Vec<bool> = all.iter().map(|transaction| transaction.y_parity).collect();
    let legacy = all.iter().filter(|transaction| transaction.kind == 0);
    let protected: Vec<bool> = legacy.map(|transaction| transaction.is_protected).collect();
    put_bit_list(&mut out, &creations);
    put_bit_list(&mut out, &parities);
    out.extend(all.iter().flat_map(|transaction| [transaction.r, transaction.s]).flatten());
    out.extend(all.iter().filter_map(|transaction| transaction.to).flatten());
    out.extend(all.iter().flat_map(|transaction| &transaction.data));
    for transaction in all {
        put_uvarint(&mut out, transaction.nonce);
    }
    for transaction in all {
        put_uvarint(&mut out, transaction.gas);
    }
    put_bit_list(&mut out, &protected);
    out
}
