//! Transactions of L2 users.

use super::rng::Rng;
use crate::{rlp, span_batch::RawTransaction};

/// A transaction of one of the four kinds. It is well formed, but its signature is nobody's.
pub(super) fn user_transaction(rng: &mut Rng, may_set_code: bool) -> RawTransaction {
    let kind = rng.pick(if may_set_code { &[0, 1, 2, 2, 4][..] } else { &[0, 1, 2, 2][..] });
    let is_creation = kind != 4 && rng.chance(15);
    let to = (!is_creation).then(|| rng.array());
    let mut fields = Vec::new();
    put_amount(rng, &mut fields);
    put_amount(rng, &mut fields);
    if kind >= 2 {
        put_amount(rng, &mut fields);
    }
    let length = rng.pick(&[0, 0, 1, 4, 36, 68, 300]);
    rlp::put_bytes(&mut fields, &rng.bytes(length));
    if kind >= 1 {
        put_access_list(rng, &mut fields);
    }
    if kind == 4 {
        put_authorisations(rng, &mut fields);
    }
    let mut data = if kind == 0 { vec![] } else { vec![kind] };
    rlp::put_list(&mut data, &fields);
    RawTransaction {
        is_creation,
        y_parity: rng.chance(50),
        r: signature_half(rng),
        s: signature_half(rng),
        to,
        kind,
        data,
        nonce: rng.pick(&[0, 1, 127, 128, 70_000]),
        gas: rng.pick(&[0, 21_000, 1 << 20, 30_000_000]),
        is_protected: kind == 0 && rng.chance(70),
    }
}

/// Half a signature, now and then with leading zeros.
fn signature_half(rng: &mut Rng) -> [u8; 32] {
    let mut half = rng.array();
    if rng.chance(10) {
        half[0] = 0;
    }
    // Below the order of the curve, so that every decoder takes it.
    half[0] &= 0x3f;
    half[31] |= 1;
    half
}

fn put_amount(rng: &mut Rng, out: &mut Vec<u8>) {
    let length = rng.pick(&[0, 1, 8, 12]);
    rlp::put_number(out, &rng.bytes(length));
}

fn put_access_list(rng: &mut Rng, out: &mut Vec<u8>) {
    let mut entries = Vec::new();
    for _ in 0..rng.pick(&[0, 0, 1, 2]) {
        let (mut fields, mut keys) = (Vec::new(), Vec::new());
        for _ in 0..rng.range(0, 2) {
            rlp::put_bytes(&mut keys, rng.hash().as_slice());
        }
        rlp::put_bytes(&mut fields, rng.address().as_slice());
        rlp::put_list(&mut fields, &keys);
        rlp::put_list(&mut entries, &fields);
    }
    rlp::put_list(out, &entries);
}

fn put_authorisations(rng: &mut Rng, out: &mut Vec<u8>) {
    let mut entries = Vec::new();
    for _ in 0..rng.range(0, 2) {
        let mut fields = Vec::new();
        rlp::put_u64(&mut fields, rng.range(0, 1000));
        rlp::put_bytes(&mut fields, rng.address().as_slice());
        rlp::put_u64(&mut fields, rng.range(0, 300));
        rlp::put_u64(&mut fields, rng.range(0, 1));
        rlp::put_number(&mut fields, &signature_half(rng));
        rlp::put_number(&mut fields, &signature_half(rng));
        rlp::put_list(&mut entries, &fields);
    }
    rlp::put_list(out, &entries);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Hits, span_transaction::rebuild};
    use alloy_consensus::{Transaction, TxEnvelope};
    use alloy_eips::eip2718::{Decodable2718, Encodable2718};

    #[test]
    fn rebuilt_transactions_are_what_a_library_reads_and_writes() {
        let mut rng = Rng::new(7);
        for _ in 0..2000 {
            let raw = user_transaction(&mut rng, true);
            let bytes = rebuild(&raw, 901, &mut Hits::default()).unwrap();
            let read = TxEnvelope::decode_2718_exact(&bytes).unwrap();
            assert_eq!(read.encoded_2718(), bytes);
            assert_eq!((read.nonce(), read.gas_limit()), (raw.nonce, raw.gas));
            let is_bound = raw.kind != 0 || raw.is_protected;
            assert_eq!(read.chain_id(), is_bound.then_some(901));
        }
    }
}
