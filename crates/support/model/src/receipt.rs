//! Logs out of the receipts of an L1 block.

use crate::{
    rlp::{self, Item},
    rule::{Hits, Rule},
    world::L1Block,
};
use alloy_primitives::{Address, B256, Bytes};

/// A log of a successful transaction.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Log {
    /// Contract that wrote it.
    pub address: Address,
    /// Topics, up to four.
    pub topics: Vec<B256>,
    /// Data.
    pub data: Bytes,
    /// Its place among all logs of the block.
    pub index: u64,
}

struct Receipt {
    is_success: bool,
    logs: Vec<Log>,
}

/// The logs of all successful transactions of a block, in order.
///
/// Spec: protocol/derivation.md#on-future-proof-transaction-log-derivation
pub fn logs(block: &L1Block, hits: &mut Hits) -> Vec<Log> {
    let mut found = Vec::new();
    let mut index = 0;
    for (transaction, bytes) in block.transactions.iter().zip(&block.receipts) {
        let Some(mut receipt) = read_receipt(transaction, bytes, hits) else {
            continue;
        };
        for log in &mut receipt.logs {
            log.index = index;
            index += 1;
        }
        if receipt.is_success {
            found.extend(receipt.logs);
        } else {
            hits.hit(Rule::ReceiptFailed);
        }
    }
    found
}

/// The receipt of a transaction, unless it is of a future type and can't be read.
///
/// # Panics
/// If a receipt of a known type can't be read: L1 would not be what it says.
fn read_receipt(transaction: &[u8], receipt: &[u8], hits: &mut Hits) -> Option<Receipt> {
    let (kind, receipt_kind) = (*transaction.first()?, *receipt.first()?);
    let is_future = matches!(kind, 0x05..=0x7d);
    if !is_future {
        let list = if receipt_kind >= 0xc0 { receipt } else { &receipt[1..] };
        return Some(decode_receipt(list, true).expect("a known receipt can be read"));
    }
    if receipt_kind != kind {
        hits.hit(Rule::ReceiptOtherType);
        return None;
    }
    let receipt = decode_receipt(&receipt[1..], false);
    let is_readable = receipt.is_some();
    hits.hit(if is_readable { Rule::ReceiptFuture } else { Rule::ReceiptFutureUnreadable });
    receipt
}

/// Status, gas, bloom and logs. Only receipts of deposits may have more fields.
fn decode_receipt(list: &[u8], may_have_more: bool) -> Option<Receipt> {
    let (item, rest) = rlp::split(list)?;
    let fields = item.list().filter(|_| rest.is_empty())?;
    let (&[status, gas, bloom, logs], more) = fields.split_first_chunk()?;
    if !more.is_empty() && !may_have_more {
        return None;
    }
    gas.u64()?;
    bloom.array::<256>()?;
    let is_success = match status.bytes()? {
        [] => false,
        [1] => true,
        _ => return None,
    };
    let logs = logs.list()?.into_iter().map(decode_log).collect::<Option<_>>()?;
    Some(Receipt { is_success, logs })
}

fn decode_log(item: Item<'_>) -> Option<Log> {
    let &[address, topics, data] = &item.list()?[..] else {
        return None;
    };
    Some(Log {
        address: address.address()?,
        topics: topics.list()?.into_iter().map(Item::hash).collect::<Option<_>>()?,
        data: data.bytes()?.to_vec().into(),
        index: 0,
    })
}

/// A receipt in its EIP-2718 form; `kind` zero is for legacy. The bloom is left empty or full.
pub fn encode_receipt(kind: u8, is_success: bool, logs: &[Log]) -> Vec<u8> {
    let mut all = Vec::new();
    for log in logs {
        let (mut fields, mut topics) = (Vec::new(), Vec::new());
        for topic in &log.topics {
            rlp::put_bytes(&mut topics, topic.as_slice());
        }
        rlp::put_bytes(&mut fields, log.address.as_slice());
        rlp::put_list(&mut fields, &topics);
        rlp::put_bytes(&mut fields, &log.data);
        rlp::put_list(&mut all, &fields);
    }
    let mut fields = Vec::new();
    rlp::put_u64(&mut fields, u64::from(is_success));
    rlp::put_u64(&mut fields, 21_000);
    // A full bloom rules nothing out, whoever looks at it first.
    rlp::put_bytes(&mut fields, &[if logs.is_empty() { 0 } else { 0xff }; 256]);
    rlp::put_list(&mut fields, &all);
    let mut out = if kind == 0 { vec![] } else { vec![kind] };
    rlp::put_list(&mut out, &fields);
    out
}
