//! The batcher's batches: the true ones, and those with mistakes.

use super::{rng::Rng, user::user_transaction};
use crate::{
    batch::{SingularBatch, encode_singular},
    bytes::put_uvarint,
    config::{Config, Fork},
    l2_chain::to_ref,
    rlp,
    rule::Hits,
    span_batch::{RawSpan, RawTransaction, encode_raw_span},
    span_transaction::rebuild,
    world::{L1Block, L2Block},
};
use alloy_primitives::{B256, Bytes, keccak256};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// Transactions of L2 users by their EIP-2718 form, and those among them that no payload may hold.
#[derive(Clone, Debug, Default)]
pub(super) struct Users {
    known: BTreeMap<Bytes, RawTransaction>,
    /// Hashes of transactions that make a payload invalid.
    pub(super) invalid: BTreeSet<B256>,
}

impl Users {
    /// A new transaction.
    pub(super) fn transaction(
        &mut self,
        rng: &mut Rng,
        config: &Config,
        may_set_code: bool,
    ) -> Bytes {
        let raw = user_transaction(rng, may_set_code);
        let bytes = rebuild(&raw, config.l2_chain_id, &mut Hits::default())
            .expect("users write well-formed transactions");
        self.known.insert(bytes.clone(), raw);
        bytes
    }

    /// A new transaction that makes its payload invalid.
    fn invalid_transaction(&mut self, rng: &mut Rng, config: &Config) -> Bytes {
        let bytes = self.transaction(rng, config, false);
        self.invalid.insert(keccak256(&bytes));
        bytes
    }
}

/// What batches are about.
#[derive(Clone, Copy, Debug)]
pub(super) struct Truth<'a> {
    /// What is fixed for the chain.
    pub(super) config: &'a Config,
    /// L1 so far.
    pub(super) l1: &'a [Arc<L1Block>],
}

/// The transactions of a block that a batch must hold.
fn batch_transactions(block: &L2Block) -> Vec<Bytes> {
    let is_deposit = |bytes: &&Bytes| bytes.first() == Some(&0x7e);
    block.transactions.iter().filter(|bytes| !is_deposit(bytes)).cloned().collect()
}

/// The true singular batch of a block.
pub(super) fn singular(config: &Config, block: &L2Block) -> SingularBatch {
    let origin = to_ref(config, block).l1_origin;
    SingularBatch {
        parent_hash: block.header.parent_hash,
        epoch_number: origin.number,
        epoch_hash: origin.hash,
        timestamp: block.header.timestamp,
        transactions: batch_transactions(block),
    }
}

/// The true span batch of some blocks, unless one has a transaction that does not fit in.
pub(super) fn span(config: &Config, users: &Users, blocks: &[L2Block]) -> Option<RawSpan> {
    let refs: Vec<_> = blocks.iter().map(|block| to_ref(config, block)).collect();
    let (first, last) = (refs.first()?, refs.last()?);
    let mut raw = RawSpan {
        relative_timestamp: first.time - config.genesis.l2_time,
        last_origin: last.l1_origin.number,
        parent_check: first.parent_hash[..20].try_into().expect("twenty bytes"),
        origin_check: last.l1_origin.hash[..20].try_into().expect("twenty bytes"),
        ..RawSpan::default()
    };
    for (index, block) in blocks.iter().enumerate() {
        raw.origin_bits.push(match index {
            0 => refs[0].sequence_number == 0,
            _ => refs[index].l1_origin.number > refs[index - 1].l1_origin.number,
        });
        let transactions = batch_transactions(block);
        raw.transaction_counts.push(u64::try_from(transactions.len()).expect("few"));
        for transaction in transactions {
            raw.transactions.push(users.known.get(&transaction)?.clone());
        }
    }
    Some(raw)
}

/// Makes one mistake in a singular batch and encodes it.
pub(super) fn bad_singular(
    rng: &mut Rng,
    truth: Truth<'_>,
    users: &mut Users,
    mut batch: SingularBatch,
) -> Vec<u8> {
    let config = truth.config;
    if config.is_activation_block(Fork::Jovian, batch.timestamp) && rng.chance(50) {
        batch.transactions.push(users.transaction(rng, config, true));
        return encode_singular(&batch);
    }
    match rng.range(0, 18) {
        0 => batch.parent_hash = rng.hash(),
        1 => batch.epoch_number = batch.epoch_number.wrapping_sub(rng.range(1, 4)),
        2 => batch.epoch_number += rng.pick(&[1, 1, 2, 3]),
        3 => batch.epoch_number = u64::MAX,
        4 => batch.epoch_hash = rng.hash(),
        5 => batch.timestamp += rng.pick(&[1, config.block_time, 4 * config.block_time]),
        6 => batch.timestamp -= rng.pick(&[1, config.block_time]),
        7 => batch.timestamp = rng.pick(&[0, u64::MAX]),
        8 => batch.transactions.push(Bytes::new()),
        9 => batch.transactions.push(vec![rng.pick(&[0x7e, 0x7d]), 0xc0].into()),
        10 => batch.transactions.push(vec![rng.pick(&[3, 5, 0x7f, 0xff]), 0xc0].into()),
        11 => batch.transactions.push(vec![4, 0xc0].into()),
        12 => batch.transactions.push(users.transaction(rng, config, false)),
        13 => batch.transactions.push(users.invalid_transaction(rng, config)),
        14 => batch.transactions.clear(),
        15 => other_origin(rng, truth, &mut batch),
        16 => {
            let mut bytes = encode_singular(&batch);
            bytes[0] = rng.pick(&[2, 0x7f, 0xff]);
            return bytes;
        }
        17 => return Vec::new(),
        _ => {
            let mut bytes = encode_singular(&batch);
            rng.damage(&mut bytes);
            return bytes;
        }
    }
    encode_singular(&batch)
}

/// Names another L1 block, and that one rightly.
fn other_origin(rng: &mut Rng, truth: Truth<'_>, batch: &mut SingularBatch) {
    let number = batch.epoch_number.wrapping_add(rng.pick(&[1, 1, 1, 2, u64::MAX]));
    if let Some(origin) = truth.l1.iter().find(|block| block.header.number == number) {
        (batch.epoch_number, batch.epoch_hash) = (number, origin.hash);
    }
}

/// Makes one mistake in a span batch and encodes it.
pub(super) fn bad_span(
    rng: &mut Rng,
    config: &Config,
    users: &mut Users,
    mut span: RawSpan,
) -> Vec<u8> {
    let block_time = config.block_time;
    let since_genesis = span.relative_timestamp;
    match rng.range(0, 17) {
        0 => span.parent_check = rng.array(),
        1 => span.origin_check = rng.array(),
        2 => span.last_origin = span.last_origin.wrapping_sub(rng.range(1, 3)),
        3 => span.last_origin += rng.pick(&[1, 2, 40]),
        4 => span.relative_timestamp += rng.pick(&[1, block_time, 5 * block_time]),
        5 => span.relative_timestamp = since_genesis.wrapping_sub(rng.pick(&[1, block_time])),
        6 => span.relative_timestamp = rng.pick(&[0, u64::MAX]),
        7 => {
            span.transaction_counts.clear();
            span.origin_bits.clear();
        }
        8 => span.transaction_counts[0] = rng.pick(&[10_000_001, u64::MAX]),
        9 => return with_block_count(rng, &span),
        10 => return with_long_varint(&span),
        11 | 12 => bad_transaction(rng, &mut span),
        13 => {
            let mut bytes = encode_raw_span(&span);
            bytes.extend([0xee; 3]);
            return bytes;
        }
        14 => {
            let mut bytes = encode_raw_span(&span);
            rng.damage(&mut bytes);
            return bytes;
        }
        _ => bad_content(rng, config, users, &mut span),
    }
    encode_raw_span(&span)
}

/// Makes one mistake that leaves a span batch well formed: its blocks are other ones than they
/// should be.
pub(super) fn bad_content(rng: &mut Rng, config: &Config, users: &mut Users, span: &mut RawSpan) {
    let at = rng.index(span.origin_bits.len());
    match rng.range(0, 6) {
        0 => span.origin_bits[at] ^= true,
        1 => span.origin_bits.swap(0, at),
        2 if at > 0 => span.origin_bits.swap(at - 1, at),
        3 => replace_transaction(rng, config, users, span, false),
        4 => replace_transaction(rng, config, users, span, true),
        5 => append_blocks(rng, span),
        _ => insert_transaction(rng, config, users, span),
    }
}

/// As many blocks as are allowed, one more, or the greatest number there is; but none follow.
fn with_block_count(rng: &mut Rng, span: &RawSpan) -> Vec<u8> {
    let mut bytes = vec![1];
    put_uvarint(&mut bytes, span.relative_timestamp);
    put_uvarint(&mut bytes, span.last_origin);
    bytes.extend([span.parent_check, span.origin_check].concat());
    put_uvarint(&mut bytes, rng.pick(&[10_000_000, 10_000_001, u64::MAX]));
    bytes
}

/// The same batch, but the first number takes two bytes more than it needs.
fn with_long_varint(span: &RawSpan) -> Vec<u8> {
    let mut first = Vec::new();
    put_uvarint(&mut first, span.relative_timestamp);
    let bytes = encode_raw_span(span);
    let rest = &bytes[1 + first.len()..];
    let last = first.len() - 1;
    first[last] |= 0x80;
    [&[1], &first[..], &[0x80, 0x00], rest].concat()
}

/// Spoils a transaction of a span batch, if there is one.
fn bad_transaction(rng: &mut Rng, span: &mut RawSpan) {
    if span.transactions.is_empty() {
        return;
    }
    let at = rng.index(span.transactions.len());
    let transaction = &mut span.transactions[at];
    let list = transaction.data[usize::from(transaction.kind != 0)..].to_vec();
    match rng.range(0, 6) {
        0 => transaction.data = [&[0x7e], &list[..]].concat(),
        1 => transaction.data = [&[rng.pick(&[3, 5, 0x7d, 0x7f])], &list[..]].concat(),
        // Counted as legacy when read, so that the protected bits stay in step.
        2 => transaction.data = [&[0x00], &list[..]].concat(),
        3 => {
            transaction.data = [&[0x04], &list[..]].concat();
            (transaction.is_creation, transaction.to) = (true, None);
        }
        4 => transaction.data = wide_legacy(),
        5 => transaction.data = vec![0x85, 1, 2, 3, 4, 5],
        _ => rng.damage(&mut transaction.data),
    }
    let first = transaction.data.first().copied().unwrap_or(0);
    transaction.kind = if first <= 0x7f { first } else { 0 };
}

/// Data of a legacy transaction whose value has more than 256 bits.
fn wide_legacy() -> Vec<u8> {
    let mut fields = Vec::new();
    rlp::put_bytes(&mut fields, &[0xff; 33]);
    rlp::put_u64(&mut fields, 7);
    rlp::put_bytes(&mut fields, &[]);
    let mut data = Vec::new();
    rlp::put_list(&mut data, &fields);
    data
}

/// Puts another transaction in the place of one, if there is one.
fn replace_transaction(
    rng: &mut Rng,
    config: &Config,
    users: &mut Users,
    span: &mut RawSpan,
    is_invalid: bool,
) {
    if span.transactions.is_empty() {
        return;
    }
    let bytes = if is_invalid {
        users.invalid_transaction(rng, config)
    } else {
        users.transaction(rng, config, true)
    };
    let at = rng.index(span.transactions.len());
    span.transactions[at] = users.known[&bytes].clone();
}

/// Adds a transaction to some block, if possible one that must have none.
fn insert_transaction(rng: &mut Rng, config: &Config, users: &mut Users, span: &mut RawSpan) {
    let bytes = users.transaction(rng, config, true);
    let mut at = rng.index(span.transaction_counts.len());
    let mut time = config.genesis.l2_time.saturating_add(span.relative_timestamp);
    for index in 0..span.transaction_counts.len() {
        if config.is_activation_block(Fork::Jovian, time) {
            at = index;
        }
        time = time.saturating_add(config.block_time);
    }
    let before: u64 = span.transaction_counts[..at].iter().sum();
    let place = usize::try_from(before).expect("few");
    span.transactions.insert(place, users.known[&bytes].clone());
    span.transaction_counts[at] += 1;
}

/// Adds empty blocks, with the same origin or each with the next one, be there such or not.
fn append_blocks(rng: &mut Rng, span: &mut RawSpan) {
    let is_same_origin = rng.chance(30);
    for _ in 0..rng.pick(&[1, 3, 9, 14]) {
        span.transaction_counts.push(0);
        span.origin_bits.push(!is_same_origin);
        span.last_origin += u64::from(!is_same_origin);
    }
}

/// A batch of either kind that names the L1 block after genesis before it exists.
pub(super) fn guess(rng: &mut Rng, config: &Config) -> Vec<u8> {
    let next = config.genesis.l1.number + 1;
    if rng.chance(50) {
        return encode_singular(&SingularBatch {
            parent_hash: config.genesis.l2.hash,
            epoch_number: next,
            epoch_hash: rng.hash(),
            timestamp: config.genesis.l2_time + config.block_time,
            transactions: Vec::new(),
        });
    }
    encode_raw_span(&RawSpan {
        relative_timestamp: config.block_time,
        last_origin: next,
        parent_check: config.genesis.l2.hash[..20].try_into().expect("twenty bytes"),
        origin_check: rng.array(),
        origin_bits: vec![true],
        transaction_counts: vec![0],
        transactions: Vec::new(),
    })
}
