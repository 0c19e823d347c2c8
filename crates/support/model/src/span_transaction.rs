//! Transactions put together again from their parts in a span batch.

use crate::{
    rlp::{self, Item},
    rule::{Hits, Rule},
    span_batch::RawTransaction,
};
use alloy_primitives::Bytes;

/// The EIP-2718 form of a transaction, or none if its parts do not make one.
///
/// Numbers of any size are passed on: whether a value is too large is for execution to say, except
/// for set-code transactions, whose numbers have 256 bits at most.
/// Spec: protocol/delta/span-batches.md#how-derivation-works-with-span-batches
pub fn rebuild(raw: &RawTransaction, chain_id: u64, hits: &mut Hits) -> Option<Bytes> {
    let fields = match raw.kind {
        0 => legacy(raw, chain_id),
        1 => access_list(raw, chain_id),
        2 => dynamic_fee(raw, chain_id),
        // [Isthmus] Read at any time, but only valid from the fork on.
        4 if raw.to.is_none() => {
            hits.hit(Rule::SpanTxSetCodeCreation);
            return None;
        }
        4 => set_code(raw, chain_id),
        _ => {
            hits.hit(Rule::SpanTxType);
            return None;
        }
    }?;
    hits.hit(match raw.kind {
        0 if raw.is_protected => Rule::SpanTxProtected,
        0 => Rule::SpanTxUnprotected,
        1 => Rule::SpanTxAccessList,
        2 => Rule::SpanTxDynamicFee,
        _ => Rule::SpanTxSetCode,
    });
    let mut out = if raw.kind == 0 { vec![] } else { vec![raw.kind] };
    rlp::put_list(&mut out, &fields);
    Some(out.into())
}

/// The items of the transaction's list, if there are `N` and nothing follows them.
///
/// A type byte of zero is not skipped, so that nothing can be read behind it.
fn data_items<const N: usize>(raw: &RawTransaction) -> Option<[Item<'_>; N]> {
    let list = &raw.data[usize::from(raw.kind != 0)..];
    let (item, rest) = rlp::split(list)?;
    rest.is_empty().then_some(item.list()?)?.try_into().ok()
}

/// Spec: protocol/delta/span-batches.md#store-y_parity-and-protected_bit-instead-of-v
fn legacy(raw: &RawTransaction, chain_id: u64) -> Option<Vec<u8>> {
    let [value, gas_price, data] = data_items(raw)?;
    let mut out = Vec::new();
    rlp::put_u64(&mut out, raw.nonce);
    rlp::put_bytes(&mut out, gas_price.number()?);
    rlp::put_u64(&mut out, raw.gas);
    put_to(&mut out, raw);
    rlp::put_bytes(&mut out, value.number()?);
    rlp::put_bytes(&mut out, data.bytes()?);
    let parity = u64::from(raw.y_parity);
    let v = if raw.is_protected {
        chain_id.wrapping_mul(2).wrapping_add(35 + parity)
    } else {
        27 + parity
    };
    put_signature(&mut out, raw, v);
    Some(out)
}

fn access_list(raw: &RawTransaction, chain_id: u64) -> Option<Vec<u8>> {
    let [value, gas_price, data, access_list] = data_items(raw)?;
    let mut out = Vec::new();
    rlp::put_u64(&mut out, chain_id);
    rlp::put_u64(&mut out, raw.nonce);
    rlp::put_bytes(&mut out, gas_price.number()?);
    rlp::put_u64(&mut out, raw.gas);
    put_to(&mut out, raw);
    rlp::put_bytes(&mut out, value.number()?);
    rlp::put_bytes(&mut out, data.bytes()?);
    put_access_list(&mut out, access_list)?;
    put_signature(&mut out, raw, u64::from(raw.y_parity));
    Some(out)
}

fn dynamic_fee(raw: &RawTransaction, chain_id: u64) -> Option<Vec<u8>> {
    let [value, tip, fee, data, access_list] = data_items(raw)?;
    let mut out = Vec::new();
    rlp::put_u64(&mut out, chain_id);
    rlp::put_u64(&mut out, raw.nonce);
    rlp::put_bytes(&mut out, tip.number()?);
    rlp::put_bytes(&mut out, fee.number()?);
    rlp::put_u64(&mut out, raw.gas);
    put_to(&mut out, raw);
    rlp::put_bytes(&mut out, value.number()?);
    rlp::put_bytes(&mut out, data.bytes()?);
    put_access_list(&mut out, access_list)?;
    put_signature(&mut out, raw, u64::from(raw.y_parity));
    Some(out)
}

/// Spec: protocol/isthmus/derivation.md#span-batch-updates
fn set_code(raw: &RawTransaction, chain_id: u64) -> Option<Vec<u8>> {
    let [value, tip, fee, data, access_list, authorisations] = data_items(raw)?;
    value.u256()?;
    tip.u256()?;
    fee.u256()?;
    let mut out = Vec::new();
    rlp::put_u64(&mut out, chain_id);
    rlp::put_u64(&mut out, raw.nonce);
    rlp::put_bytes(&mut out, tip.number()?);
    rlp::put_bytes(&mut out, fee.number()?);
    rlp::put_u64(&mut out, raw.gas);
    put_to(&mut out, raw);
    rlp::put_bytes(&mut out, value.number()?);
    rlp::put_bytes(&mut out, data.bytes()?);
    put_access_list(&mut out, access_list)?;
    put_authorisations(&mut out, authorisations)?;
    put_signature(&mut out, raw, u64::from(raw.y_parity));
    Some(out)
}

fn put_to(out: &mut Vec<u8>, raw: &RawTransaction) {
    rlp::put_bytes(out, raw.to.as_ref().map_or(&[], |to| &to[..]));
}

fn put_signature(out: &mut Vec<u8>, raw: &RawTransaction, v: u64) {
    rlp::put_u64(out, v);
    rlp::put_number(out, &raw.r);
    rlp::put_number(out, &raw.s);
}

/// A list of addresses, each with a list of storage keys.
fn put_access_list(out: &mut Vec<u8>, access_list: Item<'_>) -> Option<()> {
    let mut entries = Vec::new();
    for entry in access_list.list()? {
        let &[address, keys] = &entry.list()?[..] else {
            return None;
        };
        let mut hashes = Vec::new();
        for key in keys.list()? {
            rlp::put_bytes(&mut hashes, key.hash()?.as_slice());
        }
        let mut fields = Vec::new();
        rlp::put_bytes(&mut fields, address.address()?.as_slice());
        rlp::put_list(&mut fields, &hashes);
        rlp::put_list(&mut entries, &fields);
    }
    rlp::put_list(out, &entries);
    Some(())
}

/// A list of chain id, address, nonce, parity and signature.
fn put_authorisations(out: &mut Vec<u8>, authorisations: Item<'_>) -> Option<()> {
    let mut entries = Vec::new();
    for entry in authorisations.list()? {
        let &[chain_id, address, nonce, y_parity, r, s] = &entry.list()?[..] else {
            return None;
        };
        let mut fields = Vec::new();
        chain_id.u256()?;
        r.u256()?;
        s.u256()?;
        rlp::put_bytes(&mut fields, chain_id.number()?);
        rlp::put_bytes(&mut fields, address.address()?.as_slice());
        rlp::put_u64(&mut fields, nonce.u64()?);
        rlp::put_u64(&mut fields, y_parity.u64().filter(|parity| *parity < 256)?);
        rlp::put_bytes(&mut fields, r.number()?);
        rlp::put_bytes(&mut fields, s.number()?);
        rlp::put_list(&mut entries, &fields);
    }
    rlp::put_list(out, &entries);
    Some(())
}
