use super::{
    DecodeError, TransactionError,
    decode::{Decoder, Transaction},
};
use alloc::{vec, vec::Vec};
use alloy_consensus::{
    SignableTransaction, TxEip1559, TxEip2930, TxEip7702, TxLegacy,
    crypto::{SECP256K1N_HALF, secp256k1},
    transaction::RlpEcdsaEncodableTx,
};
use alloy_eips::{
    Decodable2718, Encodable2718,
    eip2930::{AccessList, AccessListItem},
    eip7702::Authorization,
};
use alloy_primitives::{Address, B256, Bytes, Signature, TxKind, U256, address, b256};
use alloy_rlp::Header;
use op_alloy_consensus::{OpTxEnvelope, OpTxType, TxDeposit};
use proptest::prelude::*;

const SECRET: B256 = B256::repeat_byte(0x11);
/// The account of [`SECRET`].
const SIGNER: Address = address!("19e7e376e7c213b7e7e7e46cc70a5dd086daff2a");
/// Order of secp256k1.
const ORDER: U256 = U256::from_be_bytes(
    b256!("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141").0,
);
const CHAIN_ID: u64 = 10;

fn decode(bytes: &[u8]) -> Result<Transaction, DecodeError> {
    Decoder::default().decode(&Bytes::copy_from_slice(bytes)).map_err(|error| match error {
        TransactionError::Invalid(error) => error,
        TransactionError::Oracle(_) => unreachable!("no oracle is asked"),
    })
}

#[track_caller]
fn check_refused(bytes: &[u8], expected: DecodeError) {
    assert_eq!(decode(bytes).map(|transaction| transaction.kind), Err(expected));
}

fn sign<T>(transaction: &T) -> Vec<u8>
where
    T: SignableTransaction<Signature> + RlpEcdsaEncodableTx,
{
    let hash = transaction.signature_hash();
    encode(transaction, &secp256k1::sign_message(SECRET, hash).unwrap())
}

fn encode<T: RlpEcdsaEncodableTx>(transaction: &T, signature: &Signature) -> Vec<u8> {
    let mut bytes = Vec::new();
    transaction.eip2718_encode(signature, &mut bytes);
    bytes
}

fn access_list() -> AccessList {
    let storage_keys = vec![B256::repeat_byte(5), B256::repeat_byte(6)];
    AccessList(vec![AccessListItem { address: Address::repeat_byte(4), storage_keys }])
}

fn legacy(chain_id: Option<u64>) -> TxLegacy {
    TxLegacy {
        chain_id,
        nonce: 3,
        gas_price: 1_000,
        gas_limit: 50_000,
        to: Address::repeat_byte(9).into(),
        value: U256::from(7),
        input: vec![1, 2, 3].into(),
    }
}

fn eip2930() -> TxEip2930 {
    TxEip2930 {
        chain_id: CHAIN_ID,
        nonce: 4,
        gas_price: 2_000,
        gas_limit: 60_000,
        to: TxKind::Create,
        value: U256::from(8),
        access_list: access_list(),
        input: vec![4, 5].into(),
    }
}

fn eip1559() -> TxEip1559 {
    TxEip1559 {
        chain_id: CHAIN_ID,
        nonce: 5,
        gas_limit: 70_000,
        max_fee_per_gas: 3_000,
        max_priority_fee_per_gas: 30,
        to: Address::repeat_byte(9).into(),
        value: U256::from(9),
        access_list: access_list(),
        input: Bytes::new(),
    }
}

fn eip7702() -> TxEip7702 {
    let authorization =
        Authorization { chain_id: U256::ZERO, address: Address::repeat_byte(8), nonce: 1 };
    let signature = secp256k1::sign_message(SECRET, authorization.signature_hash()).unwrap();
    TxEip7702 {
        chain_id: CHAIN_ID,
        nonce: 6,
        gas_limit: 80_000,
        max_fee_per_gas: 4_000,
        max_priority_fee_per_gas: 40,
        to: Address::repeat_byte(9),
        value: U256::from(10),
        access_list: access_list(),
        authorization_list: vec![authorization.into_signed(signature)],
        input: vec![6].into(),
    }
}

fn deposit() -> TxDeposit {
    TxDeposit {
        source_hash: B256::repeat_byte(1),
        from: Address::repeat_byte(2),
        to: Address::repeat_byte(3).into(),
        mint: 11,
        value: U256::from(12),
        gas_limit: 90_000,
        is_system_transaction: true,
        input: vec![7, 8].into(),
    }
}

/// One transaction of each type.
fn samples() -> [Vec<u8>; 6] {
    [
        sign(&legacy(None)),
        sign(&legacy(Some(CHAIN_ID))),
        sign(&eip2930()),
        sign(&eip1559()),
        sign(&eip7702()),
        deposit().encoded_2718(),
    ]
}

#[test]
fn every_type_reaches_the_evm_with_all_its_fields() {
    let [unprotected, protected, eip2930_bytes, eip1559_bytes, eip7702_bytes, deposit_bytes] =
        samples();

    for (bytes, chain_id) in [(unprotected, None), (protected, Some(CHAIN_ID))] {
        let Transaction { kind, env } = decode(&bytes).unwrap();
        let expected = legacy(chain_id);
        assert_eq!((kind, env.base.tx_type, env.base.caller), (OpTxType::Legacy, 0, SIGNER));
        assert_eq!((env.base.chain_id, env.base.nonce), (chain_id, expected.nonce));
        assert_eq!(
            (env.base.gas_price, env.base.gas_priority_fee, env.base.gas_limit),
            (expected.gas_price, None, expected.gas_limit)
        );
        assert_eq!(
            (env.base.kind, env.base.value, &env.base.data),
            (expected.to, expected.value, &expected.input)
        );
        assert_eq!(env.enveloped_tx, Some(bytes.into()));
    }

    let Transaction { kind, env } = decode(&eip2930_bytes).unwrap();
    let expected = eip2930();
    assert_eq!((kind, env.base.tx_type, env.base.caller), (OpTxType::Eip2930, 1, SIGNER));
    assert_eq!((env.base.chain_id, env.base.nonce), (Some(CHAIN_ID), expected.nonce));
    assert_eq!((env.base.gas_price, env.base.gas_priority_fee), (expected.gas_price, None));
    assert_eq!((env.base.kind, env.base.value), (TxKind::Create, expected.value));
    assert_eq!((env.base.access_list, env.base.data), (expected.access_list, expected.input));

    let Transaction { kind, env } = decode(&eip1559_bytes).unwrap();
    let expected = eip1559();
    assert_eq!((kind, env.base.tx_type, env.base.caller), (OpTxType::Eip1559, 2, SIGNER));
    assert_eq!((env.base.gas_price, env.base.gas_priority_fee), (3_000, Some(30)));
    assert_eq!((env.base.access_list, env.base.data), (expected.access_list, expected.input));

    let Transaction { kind, env } = decode(&eip7702_bytes).unwrap();
    let expected = eip7702();
    assert_eq!((kind, env.base.tx_type, env.base.caller), (OpTxType::Eip7702, 4, SIGNER));
    assert_eq!((env.base.gas_price, env.base.gas_priority_fee), (4_000, Some(40)));
    assert_eq!(env.base.access_list, expected.access_list);
    let authorization = env.base.authorization_list[0].as_ref().right().unwrap();
    assert_eq!(authorization.authority(), Some(SIGNER));
    assert_eq!(**authorization, *expected.authorization_list[0].inner());

    let Transaction { kind, env } = decode(&deposit_bytes).unwrap();
    let expected = deposit();
    assert_eq!((kind, env.base.tx_type, env.base.caller), (OpTxType::Deposit, 0x7e, expected.from));
    assert_eq!((env.base.gas_limit, env.base.kind), (expected.gas_limit, expected.to));
    assert_eq!((env.base.value, env.base.data), (expected.value, expected.input));
    assert_eq!((env.base.gas_price, env.enveloped_tx), (0, None));
    assert_eq!((env.deposit.mint, env.deposit.source_hash), (Some(11), expected.source_hash));
    assert!(env.deposit.is_system_transaction);
}

#[test]
fn a_deposit_without_its_type_byte_is_no_transaction() {
    let bytes = deposit().encoded_2718();
    let (0x7e, body) = bytes.split_first().map(|(first, body)| (*first, body)).unwrap() else {
        panic!("a deposit starts with 7e");
    };
    assert_eq!(body[0], 0xf8);
    // This is what makes the rule worth having: the envelope of op-alloy takes it.
    let envelope = OpTxEnvelope::decode_2718_exact(body).unwrap();
    assert!(envelope.is_deposit());
    assert!(matches!(decode(body), Err(DecodeError::Fields(_))));
}

#[test]
fn unknown_types_are_refused() {
    check_refused(&[], DecodeError::Empty);
    let body = &sign(&eip1559())[1..];
    for transaction_type in [0x00, 0x03, 0x05, 0x7d, 0x7f, 0x80, 0xbf] {
        let bytes = [&[transaction_type], body].concat();
        check_refused(&bytes, DecodeError::UnknownType { transaction_type });
    }
}

#[test]
fn bytes_behind_a_transaction_are_refused() {
    for bytes in samples() {
        check_refused(&[&bytes[..], &[0]].concat(), DecodeError::NotCanonical);
    }
}

#[test]
fn truncated_transactions_are_refused() {
    for bytes in samples() {
        for length in 0..bytes.len() {
            assert!(decode(&bytes[..length]).is_err());
        }
    }
}

#[test]
fn a_list_header_longer_than_needed_is_refused() {
    let bytes = sign(&legacy(None));
    // f8 NN becomes f9 00 NN.
    let [0xf8, length] = bytes[..2] else { panic!("a short list") };
    let long = [&[0xf9, 0, length], &bytes[2..]].concat();
    assert!(matches!(decode(&long), Err(DecodeError::Fields(_))));
}

#[test]
fn a_number_with_a_leading_zero_is_refused() {
    let transaction = TxLegacy { nonce: 0, ..legacy(None) };
    let bytes = sign(&transaction);
    // The nonce of 0 is 80; 00 would be the byte zero.
    assert_eq!(bytes[2], 0x80);
    let mut wrong = bytes;
    wrong[2] = 0x00;
    assert!(matches!(decode(&wrong), Err(DecodeError::Fields(_))));
}

#[test]
fn signatures_with_s_in_the_upper_half_are_refused() {
    let transaction = eip1559();
    let hash = transaction.signature_hash();
    let low = secp256k1::sign_message(SECRET, hash).unwrap();
    assert!(low.s() <= SECP256K1N_HALF);
    let high = Signature::new(low.r(), ORDER - low.s(), !low.v());
    check_refused(&encode(&transaction, &high), DecodeError::Signature);
    assert_eq!(secp256k1::recover_signer_unchecked(&high, hash).unwrap(), SIGNER);
}

#[test]
fn signatures_out_of_range_are_refused() {
    let good = secp256k1::sign_message(SECRET, eip1559().signature_hash()).unwrap();
    for (r, s) in [
        (U256::ZERO, good.s()),
        (good.r(), U256::ZERO),
        (ORDER, good.s()),
        (U256::MAX, good.s()),
        (good.r(), ORDER),
        // No point has this coordinate.
        (U256::from(5), good.s()),
    ] {
        let bytes = encode(&eip1559(), &Signature::new(r, s, false));
        check_refused(&bytes, DecodeError::Signature);
    }
}

#[test]
fn a_legacy_v_that_is_neither_27_28_nor_of_eip_155_is_refused() {
    for (v, is_known) in
        [(0u64, false), (1, false), (26, false), (27, true), (28, true), (29, false), (34, false)]
    {
        let transaction = legacy(None);
        let signature = secp256k1::sign_message(SECRET, transaction.signature_hash()).unwrap();
        let mut body = Vec::new();
        transaction.rlp_encode_fields(&mut body);
        signature.write_rlp_vrs(&mut body, v);
        let mut bytes = Vec::new();
        Header { list: true, payload_length: body.len() }.encode(&mut bytes);
        bytes.extend(body);
        assert_eq!(decode(&bytes).is_ok(), is_known, "v of {v}");
    }
}

#[test]
fn a_parity_other_than_0_and_1_is_refused() {
    let bytes = sign(&eip1559());
    // Behind the input stand parity, r and s; the last two take 33 bytes each.
    let parity = bytes.len() - 67;
    assert!(matches!(bytes[parity], 0x80 | 0x01));
    for wrong in [0x00, 0x02, 0x1b] {
        let mut bytes = bytes.clone();
        bytes[parity] = wrong;
        assert!(matches!(decode(&bytes), Err(DecodeError::Fields(_))));
    }
}

#[test]
fn an_authorisation_nobody_signed_stays_in_the_list() {
    let mut transaction = eip7702();
    let inner = transaction.authorization_list[0].inner().clone();
    transaction.authorization_list = vec![alloy_eips::eip7702::SignedAuthorization::new_unchecked(
        inner,
        2,
        U256::ONE,
        U256::ONE,
    )];
    let Transaction { env, .. } = decode(&sign(&transaction)).unwrap();
    let authorization = env.base.authorization_list[0].as_ref().right().unwrap();
    assert_eq!(authorization.authority(), None);
}

proptest! {
    #[test]
    fn whatever_decodes_is_canonical(mut index: usize, byte: u8, which in 0..6usize) {
        let mut bytes = samples()[which].clone();
        index %= bytes.len();
        bytes[index] = byte;
        if let Ok(transaction) = decode(&bytes) {
            let envelope = OpTxEnvelope::decode_2718_exact(&bytes).unwrap();
            prop_assert_eq!(envelope.encoded_2718(), bytes);
            prop_assert_eq!(envelope.tx_type(), transaction.kind);
        }
    }

    #[test]
    fn no_bytes_make_the_decoder_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = decode(&bytes);
    }
}
