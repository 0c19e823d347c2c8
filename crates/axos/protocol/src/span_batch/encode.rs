//! Packs blocks into the columns of a span batch.

use alloc::vec::Vec;

use axos_genesis::{L1Number, RollupConfig};

use super::{
    BitList, RawSpanBatch, SpanBatch, SpanBatchBlock, SpanBatchError,
    columns::{ADDRESS_BYTES, Columns, SIGNATURE_BYTES},
    expand::{
        ACCESS_LIST_TX_TYPE, DYNAMIC_FEE_TX_TYPE, LegacyFields, POST_EXEC_TX_TYPE,
        SET_CODE_TX_TYPE, TypedFields,
    },
    reader::put_uvarint,
};
use crate::rlp::{Item, Items, Malformed, put_list_header};

/// Bytes of each integer of a signature.
const INTEGER_BYTES: usize = SIGNATURE_BYTES / 2;

impl RawSpanBatch {
    /// Packs a span batch; the inverse of [`RawSpanBatch::derive`].
    ///
    /// `parent_epoch` is the number of the L1 origin of the block before the first.
    ///
    /// # Errors
    /// [`SpanBatchError`] if there is no block, epochs are out of order, or a transaction can't be
    /// in a span batch of this chain.
    ///
    /// Spec: protocol/delta/span-batches.md#span-batch-format
    pub fn pack(
        batch: &SpanBatch,
        parent_epoch: L1Number,
        config: &RollupConfig,
    ) -> Result<Self, SpanBatchError> {
        let blocks = batch.blocks.as_slice();
        let last = blocks.last().ok_or(SpanBatchError::NoBlocks)?;
        let transactions = blocks.iter().flat_map(|block| &block.transactions);
        let mut packer = Packer { chain_id: config.l2_chain_id, ..Packer::default() };
        for (index, transaction) in transactions.enumerate() {
            packer.push(index, transaction)?;
        }
        Ok(Self {
            relative_timestamp: batch.first_timestamp().wrapping_sub(config.genesis.l2_time),
            l1_origin_number: last.epoch_number,
            parent_check: batch.parent_check,
            l1_origin_check: batch.l1_origin_check,
            origin_bits: origin_bits(blocks, parent_epoch)?,
            transaction_counts: blocks.iter().map(|block| block.transactions.len()).collect(),
            transactions: packer.finish(),
        })
    }

    /// Appends the batch without its type byte.
    ///
    /// Spec: protocol/delta/span-batches.md#span-batch-format
    pub fn encode(&self, out: &mut Vec<u8>) {
        put_uvarint(out, self.relative_timestamp);
        put_uvarint(out, self.l1_origin_number.0);
        out.extend_from_slice(&self.parent_check);
        out.extend_from_slice(&self.l1_origin_check);
        put_uvarint(out, count(self.block_count()));
        out.extend_from_slice(self.origin_bits.as_bytes());
        for transactions in &self.transaction_counts {
            put_uvarint(out, count(*transactions));
        }
        self.transactions.encode(out);
    }
}

fn count(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

/// Whether each block's L1 origin is another than the one before.
fn origin_bits(
    blocks: &[SpanBatchBlock],
    parent_epoch: L1Number,
) -> Result<BitList, SpanBatchError> {
    let mut before = parent_epoch;
    let mut bits = Vec::with_capacity(blocks.len());
    for (index, block) in blocks.iter().enumerate() {
        let epoch = block.epoch_number;
        if epoch != before && epoch != before.next() {
            return Err(SpanBatchError::EpochOrder { index });
        }
        bits.push(epoch != before);
        before = epoch;
    }
    Ok(BitList::from_bits(&bits))
}

/// Columns in the making.
#[derive(Debug, Default)]
struct Packer {
    chain_id: u64,
    creation_bits: Vec<bool>,
    y_parity_bits: Vec<bool>,
    signatures: Vec<u8>,
    recipients: Vec<u8>,
    data: Vec<u8>,
    data_ends: Vec<usize>,
    nonces: Vec<u64>,
    gas_limits: Vec<u64>,
    protected_bits: Vec<bool>,
}

impl Packer {
    fn push(&mut self, index: usize, transaction: &[u8]) -> Result<(), SpanBatchError> {
        match transaction {
            [POST_EXEC_TX_TYPE, ..] => {
                self.data.extend_from_slice(transaction);
                self.push_rest(index, &Rest::default())
            }
            [
                tx_type @ (ACCESS_LIST_TX_TYPE | DYNAMIC_FEE_TX_TYPE | SET_CODE_TX_TYPE),
                fields @ ..,
            ] => self.push_typed(index, *tx_type, fields),
            [first, ..] if *first >= 0xc0 => self.push_legacy(index, transaction),
            [actual, ..] => Err(SpanBatchError::TransactionType { index, actual: *actual }),
            [] => Err(SpanBatchError::NotCanonical { index }),
        }
    }

    fn push_legacy(&mut self, index: usize, list: &[u8]) -> Result<(), SpanBatchError> {
        let not_canonical = |Malformed| SpanBatchError::NotCanonical { index };
        let mut items = Items::of(list).map_err(not_canonical)?;
        let mut read = || -> Result<_, Malformed> {
            let nonce = items.u64()?;
            let gas_price = items.next()?;
            let gas_limit = items.u64()?;
            let recipient = items.string()?;
            let (value, input) = (items.next()?, items.next()?);
            let v = wide(items.integer()?)?;
            let signature = [items.integer()?, items.integer()?];
            items.finish()?;
            let rest = Rest { nonce, gas_limit, recipient, signature, y_parity: v % 2 == 0 };
            Ok((v, [value, gas_price, input], rest))
        };
        let (v, fields, mut rest) = read().map_err(not_canonical)?;
        let protected_v = 35 + 2 * u128::from(self.chain_id);
        let is_protected = !matches!(v, 27 | 28);
        if is_protected {
            let expected = self.chain_id;
            let y_parity = v.checked_sub(protected_v).filter(|parity| *parity <= 1);
            rest.y_parity = y_parity.ok_or(SpanBatchError::ChainId { index, expected })? == 1;
        }
        let list = self.put_list(&fields);
        LegacyFields::decode(list).map_err(not_canonical)?;
        self.protected_bits.push(is_protected);
        self.push_rest(index, &rest)
    }

    fn push_typed(&mut self, index: usize, tx_type: u8, list: &[u8]) -> Result<(), SpanBatchError> {
        let not_canonical = |Malformed| SpanBatchError::NotCanonical { index };
        let mut items = Items::of(list).map_err(not_canonical)?;
        let mut read = || -> Result<_, Malformed> {
            let chain_id = items.u64()?;
            let nonce = items.u64()?;
            let mut fees = Vec::from([items.next()?]);
            if tx_type != ACCESS_LIST_TX_TYPE {
                fees.push(items.next()?);
            }
            let gas_limit = items.u64()?;
            let recipient = items.string()?;
            let mut fields = Vec::from([items.next()?]);
            fields.append(&mut fees);
            fields.extend([items.next()?, items.next()?]);
            if tx_type == SET_CODE_TX_TYPE {
                fields.push(items.next()?);
            }
            let y_parity = match items.u64()? {
                y_parity @ 0..=1 => y_parity == 1,
                _ => return Err(Malformed),
            };
            let signature = [items.integer()?, items.integer()?];
            items.finish()?;
            Ok((chain_id, fields, Rest { nonce, gas_limit, recipient, signature, y_parity }))
        };
        let (chain_id, fields, rest) = read().map_err(not_canonical)?;
        if chain_id != self.chain_id {
            return Err(SpanBatchError::ChainId { index, expected: self.chain_id });
        }
        self.data.push(tx_type);
        let list = self.put_list(&fields);
        TypedFields::decode(tx_type, list).map_err(not_canonical)?;
        self.push_rest(index, &rest)
    }

    /// Appends a list of items to the data column; gives the list.
    fn put_list(&mut self, items: &[Item<'_>]) -> &[u8] {
        let start = self.data.len();
        put_list_header(&mut self.data, items.iter().map(|item| item.raw.len()).sum());
        for item in items {
            self.data.extend_from_slice(item.raw);
        }
        self.data.get(start..).unwrap_or_default()
    }

    /// Adds the entries of the transaction whose data has just been added.
    fn push_rest(&mut self, index: usize, rest: &Rest<'_>) -> Result<(), SpanBatchError> {
        let is_recipient = matches!(rest.recipient.len(), 0 | ADDRESS_BYTES);
        if !is_recipient || rest.signature.iter().any(|integer| integer.len() > INTEGER_BYTES) {
            return Err(SpanBatchError::NotCanonical { index });
        }
        self.data_ends.push(self.data.len());
        self.creation_bits.push(rest.recipient.is_empty());
        self.y_parity_bits.push(rest.y_parity);
        for integer in rest.signature {
            self.signatures.extend((integer.len()..INTEGER_BYTES).map(|_| 0));
            self.signatures.extend_from_slice(integer);
        }
        self.recipients.extend_from_slice(rest.recipient);
        self.nonces.push(rest.nonce);
        self.gas_limits.push(rest.gas_limit);
        Ok(())
    }

    fn finish(self) -> Columns {
        Columns {
            creation_bits: BitList::from_bits(&self.creation_bits),
            y_parity_bits: BitList::from_bits(&self.y_parity_bits),
            signatures: self.signatures.into(),
            recipients: self.recipients.into(),
            data: self.data.into(),
            data_ends: self.data_ends,
            nonces: self.nonces,
            gas_limits: self.gas_limits,
            protected_bits: BitList::from_bits(&self.protected_bits),
        }
    }
}

/// What goes into the columns besides data.
#[derive(Debug, Default)]
struct Rest<'a> {
    nonce: u64,
    gas_limit: u64,
    recipient: &'a [u8],
    y_parity: bool,
    signature: [&'a [u8]; 2],
}

/// An integer of up to 128 bits.
fn wide(bytes: &[u8]) -> Result<u128, Malformed> {
    if bytes.len() > 16 {
        return Err(Malformed);
    }
    Ok(bytes.iter().fold(0, |value, byte| (value << 8) | u128::from(*byte)))
}
