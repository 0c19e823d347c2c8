use alloc::{vec, vec::Vec};

use alloy_consensus::{
    SignableTransaction, TxEip1559, TxEip2930, TxEip7702, TxLegacy,
    transaction::RlpEcdsaEncodableTx,
};
use alloy_eips::{
    eip2930::{AccessList, AccessListItem},
    eip7702::{Authorization, SignedAuthorization},
};
use alloy_primitives::{Address, B256, Bytes, Signature, TxKind, U256};
use axos_genesis::{ChainGenesis, L1BlockRef, L1Number, RollupConfig};
use proptest::prelude::*;

use super::*;

const CHAIN_ID: u64 = 11_155_420;
const GENESIS_TIME: u64 = 1_000;

fn config() -> RollupConfig {
    RollupConfig {
        genesis: ChainGenesis { l2_time: GENESIS_TIME, ..ChainGenesis::default() },
        block_time: 2,
        l2_chain_id: CHAIN_ID,
        ..RollupConfig::default()
    }
}

/// EIP-2718 bytes of a signed transaction.
fn signed<T: SignableTransaction<Signature> + RlpEcdsaEncodableTx>(
    tx: &T,
    signature: Signature,
) -> Bytes {
    let mut out = Vec::new();
    tx.eip2718_encode(&signature, &mut out);
    out.into()
}

fn signature(y_parity: bool) -> Signature {
    Signature::new(U256::from(0x1234), U256::MAX - U256::from(5), y_parity)
}

fn access_list() -> AccessList {
    AccessList(vec![
        AccessListItem { address: Address::repeat_byte(1), storage_keys: vec![] },
        AccessListItem {
            address: Address::repeat_byte(2),
            storage_keys: vec![B256::ZERO, B256::repeat_byte(3)],
        },
    ])
}

fn legacy(chain_id: Option<u64>, y_parity: bool) -> Bytes {
    let tx = TxLegacy {
        chain_id,
        nonce: 0,
        gas_price: 7,
        gas_limit: 21_000,
        to: TxKind::Call(Address::repeat_byte(9)),
        value: U256::from(1),
        input: Bytes::from_static(b"hello"),
    };
    signed(&tx, signature(y_parity))
}

fn set_code() -> Bytes {
    let authorization =
        Authorization { chain_id: U256::ZERO, address: Address::repeat_byte(5), nonce: 300 };
    let authorization =
        SignedAuthorization::new_unchecked(authorization, 1, U256::from(77), U256::MAX);
    let tx = TxEip7702 {
        chain_id: CHAIN_ID,
        nonce: 1,
        gas_limit: 100_000,
        max_fee_per_gas: 1_000,
        max_priority_fee_per_gas: 1,
        to: Address::repeat_byte(4),
        value: U256::ZERO,
        access_list: access_list(),
        authorization_list: vec![authorization],
        input: Bytes::from_static(&[1]),
    };
    signed(&tx, signature(true))
}

/// One transaction of every kind.
fn transactions() -> Vec<Bytes> {
    let access = TxEip2930 {
        chain_id: CHAIN_ID,
        nonce: 127,
        gas_price: 128,
        gas_limit: u64::MAX,
        to: TxKind::Create,
        value: U256::MAX,
        access_list: access_list(),
        input: Bytes::from(vec![6; 300]),
    };
    let dynamic = TxEip1559 {
        chain_id: CHAIN_ID,
        nonce: u64::MAX,
        gas_limit: 0,
        max_fee_per_gas: u128::MAX,
        max_priority_fee_per_gas: 0,
        to: TxKind::Call(Address::ZERO),
        value: U256::from(0x80),
        access_list: AccessList::default(),
        input: Bytes::new(),
    };
    vec![
        legacy(None, false),
        signed(&access, signature(true)),
        legacy(Some(CHAIN_ID), true),
        signed(&dynamic, signature(false)),
        set_code(),
        legacy(None, true),
        legacy(Some(CHAIN_ID), false),
        Bytes::from_static(&[0x7d, 0xc2, 0x01, 0x05]),
    ]
}

fn block(timestamp: u64, epoch: u64, transactions: Vec<Bytes>) -> SpanBatchBlock {
    SpanBatchBlock { timestamp, epoch_number: L1Number(epoch), transactions }
}

/// Three blocks over two epochs with one transaction of every kind.
fn batch() -> SpanBatch {
    let mut transactions = transactions();
    let tail = transactions.split_off(3);
    SpanBatch {
        parent_check: [1; 20],
        l1_origin_check: [2; 20],
        blocks: vec![
            block(GENESIS_TIME + 500, 20, transactions),
            block(GENESIS_TIME + 502, 20, vec![]),
            block(GENESIS_TIME + 504, 21, tail),
        ],
    }
}

fn encode(batch: &SpanBatch) -> Vec<u8> {
    let mut out = Vec::new();
    RawSpanBatch::pack(batch, L1Number(20), &config()).unwrap().encode(&mut out);
    out
}

fn decode(bytes: &[u8]) -> Result<RawSpanBatch, SpanBatchError> {
    RawSpanBatch::decode(&Bytes::copy_from_slice(bytes))
}

/// A batch of one block of which the columns behind the block count are given.
fn by_hand(transactions: u64, columns: &[&[u8]]) -> Vec<u8> {
    let mut out = vec![0, 1];
    out.extend([0; 40]);
    out.extend([1, 0]);
    reader::put_uvarint(&mut out, transactions);
    out.extend(columns.concat());
    out
}

/// A batch with one transaction of these bits and this data, and zeros for all else.
fn one_transaction(creation: bool, data: &[u8], behind: &[u8]) -> Vec<u8> {
    let recipient = if creation { &[][..] } else { &[0; 20] };
    by_hand(1, &[&[u8::from(creation)], &[0], &[0; 64], recipient, data, &[0], &[0], behind])
}

fn check_one(creation: bool, data: &[u8], behind: &[u8], expect: Result<&[u8], SpanBatchError>) {
    let raw = decode(&one_transaction(creation, data, behind)).expect("framing is right");
    let derived = raw.derive(&config()).map(|batch| batch.blocks[0].transactions[0].clone());
    assert_eq!(derived, expect.map(Bytes::copy_from_slice), "{data:x?}");
}

#[test]
fn every_kind_of_transaction_comes_back() {
    let bytes = encode(&batch());
    let raw = decode(&bytes).unwrap();
    assert_eq!((raw.block_count(), raw.transaction_count()), (3, transactions().len()));
    assert_eq!(raw.derive(&config()), Ok(batch()));
    let mut again = vec![];
    raw.encode(&mut again);
    assert_eq!(again, bytes);
}

#[test]
fn truncated_span_batch_is_an_error_even_in_the_last_column() {
    let bytes = encode(&batch());
    for length in 0..bytes.len() {
        assert!(decode(&bytes[..length]).is_err(), "{length} of {}", bytes.len());
    }
    let data = [0xc3, 0x80, 0x80, 0x80];
    let without_bits = decode(&one_transaction(false, &data, &[]));
    let truncated = SpanBatchError::Truncated { field: "protected_bits", expected: 1, actual: 0 };
    assert_eq!(without_bits, Err(truncated));
}

#[test]
fn bytes_behind_a_span_batch_are_ignored() {
    let bytes = [encode(&batch()), vec![1, 2, 3]].concat();
    assert_eq!(decode(&bytes).unwrap().derive(&config()), Ok(batch()));
}

#[test]
fn surplus_bits_are_an_error_in_every_list() {
    let data: &[u8] = &[0xc3, 0x80, 0x80, 0x80];
    let surplus = |field, length| Err(SpanBatchError::SurplusBits { field, length });
    for (creation, parity, protected, expect) in [
        (2, 0, 0, surplus("contract_creation_bits", 1)),
        (0, 2, 0, surplus("y_parity_bits", 1)),
        (0, 0, 2, surplus("protected_bits", 1)),
    ] {
        let columns: [&[u8]; 8] =
            [&[creation], &[parity], &[0; 64], &[0; 20], data, &[0], &[0], &[protected]];
        assert_eq!(decode(&by_hand(1, &columns)), expect);
    }
    let mut bytes = by_hand(0, &[]);
    assert!(decode(&bytes).is_ok());
    bytes[43] = 2;
    assert_eq!(decode(&bytes), surplus("origin_bits", 1));
}

#[test]
fn span_batch_has_at_least_one_block() {
    let mut bytes = by_hand(0, &[]);
    bytes[42] = 0;
    assert_eq!(decode(&bytes), Err(SpanBatchError::NoBlocks));
}

#[test]
fn element_counts_are_limited() {
    let limit = SPAN_BATCH_ELEMENTS_MAX;
    let too_many = |field| Err(SpanBatchError::TooManyElements { field, limit });
    let blocks = |count| {
        let mut bytes = vec![0; 42];
        reader::put_uvarint(&mut bytes, count);
        decode(&bytes)
    };
    assert!(matches!(blocks(limit), Err(SpanBatchError::Truncated { field: "origin_bits", .. })));
    assert_eq!(blocks(limit + 1), too_many("block_count"));

    let field = "contract_creation_bits";
    let of_one_block = |count| decode(&by_hand(count, &[]));
    assert!(
        matches!(of_one_block(limit), Err(SpanBatchError::Truncated { field: at, .. }) if at == field)
    );
    assert_eq!(of_one_block(limit + 1), too_many("block_tx_counts"));

    // Two blocks, each within the limit, are too much together.
    let of_two_blocks = |count| {
        let mut bytes = vec![0; 42];
        bytes.extend([2, 0]);
        reader::put_uvarint(&mut bytes, limit / 2);
        reader::put_uvarint(&mut bytes, count);
        decode(&bytes)
    };
    assert!(
        matches!(of_two_blocks(limit / 2), Err(SpanBatchError::Truncated { field: at, .. }) if at == field)
    );
    assert_eq!(of_two_blocks(limit / 2 + 1), too_many("block_tx_counts"));
}

#[test]
fn transaction_data_is_limited() {
    let list = |payload: u32| {
        let size = payload.to_be_bytes();
        let mut data = vec![0xf7 + 4, size[0], size[1], size[2], size[3]];
        data.extend(vec![0; usize::try_from(payload).unwrap()]);
        data
    };
    // Sizes from 2^24 on take four bytes, so this header takes three.
    let list = |payload: u32| {
        let mut data = list(payload);
        data[0] -= 1;
        data.remove(1);
        data
    };
    let limit = 10_000_000;
    let at_limit = list(limit - 4);
    assert_eq!(at_limit.len(), usize::try_from(limit).unwrap());
    assert!(decode(&one_transaction(false, &at_limit, &[0])).is_ok());
    let typed = [vec![2], at_limit].concat();
    assert!(decode(&one_transaction(false, &typed, &[])).is_ok());
    let too_large =
        SpanBatchError::TransactionTooLarge { index: 0, limit: usize::try_from(limit).unwrap() };
    assert_eq!(decode(&one_transaction(false, &list(limit - 3), &[0])), Err(too_large));
}

#[test]
fn transaction_data_must_be_a_list() {
    for data in [&[0x80][..], &[2, 0x80], &[2, 2, 0xc0], &[0xb8, 0x01, 0x00], &[2]] {
        let framing = SpanBatchError::TransactionFraming { index: 0 };
        let bytes = by_hand(1, &[&[0], &[0], &[0; 64], &[0; 20], data]);
        assert_eq!(decode(&bytes), Err(framing), "{data:x?}");
    }
}

#[test]
fn unknown_transaction_types_fail_only_on_expansion() {
    for tx_type in [3, 5, 0x7c, 0x7e, 0x7f] {
        let error = SpanBatchError::TransactionType { index: 0, actual: tx_type };
        check_one(false, &[tx_type, 0xc0], &[], Err(error));
    }
}

#[test]
fn leading_zero_byte_is_not_a_legacy_transaction() {
    let error = SpanBatchError::TransactionType { index: 0, actual: 0 };
    // It takes a protected bit all the same.
    check_one(false, &[0, 0xc3, 0x80, 0x80, 0x80], &[0], Err(error));
    assert!(decode(&one_transaction(false, &[0, 0xc3, 0x80, 0x80, 0x80], &[])).is_err());
}

#[test]
fn set_code_transaction_marked_as_creation_does_not_panic() {
    let data = [4, 0xc6, 0x80, 0x80, 0x80, 0x80, 0xc0, 0xc0];
    check_one(true, &data, &[], Err(SpanBatchError::SetCodeWithoutRecipient { index: 0 }));
    let raw = decode(&one_transaction(false, &data, &[])).unwrap();
    assert!(raw.derive(&config()).is_ok());
}

#[test]
fn post_exec_transaction_has_no_other_entries() {
    let data = [0x7d, 0xc1, 0x01];
    check_one(true, &data, &[], Ok(&data));
    check_one(false, &data, &[], Err(SpanBatchError::PostExecEntries { index: 0 }));
}

#[test]
fn fields_must_be_those_of_the_type() {
    let bad = |tx_type| Err(SpanBatchError::TransactionFields { index: 0, tx_type });
    let too_wide = [&[4, 0xe7, 0xa1, 1][..], &[0; 32], &[0x80, 0x80, 0x80, 0xc0, 0xc0]].concat();
    for (tx_type, data) in [
        (0, &[0xc2, 0x80, 0x80][..]),                        // A field short.
        (0, &[0xc4, 0x80, 0x80, 0x80, 0x80]),                // A field more.
        (0, &[0xc3, 0x00, 0x80, 0x80]),                      // Zero is the empty string.
        (0, &[0xc3, 0x80, 0xc0, 0x80]),                      // A list where a number is due.
        (0, &[0xc3, 0x80, 0x80, 0xc0]),                      // A list where call data is due.
        (1, &[1, 0xc4, 0x80, 0x80, 0x80, 0x80]),             // A string where a list is due.
        (2, &[2, 0xc4, 0x80, 0x80, 0x80, 0xc0]),             // Type 2 has one more fee.
        (2, &[2, 0xc6, 0x80, 0x80, 0x80, 0x80, 0xc1, 0x80]), // No access list entry.
        (4, &[4, 0xc5, 0x80, 0x80, 0x80, 0x80, 0xc0]),       // No authorisations.
        (4, &too_wide), // Type 4 has a value of 256 bits at most.
    ] {
        let behind: &[u8] = if tx_type == 0 { &[0] } else { &[] };
        check_one(false, data, behind, bad(tx_type));
    }
}

#[test]
fn numbers_wider_than_256_bits_are_kept_for_the_engine_to_reject() {
    let value = [&[0xa1, 1][..], &[0; 32]].concat();
    let data = [&[0xe4][..], &value, &[0x80, 0x80]].concat();
    let raw = decode(&one_transaction(false, &data, &[0])).unwrap();
    let batch = raw.derive(&config()).unwrap();
    assert!(batch.blocks[0].transactions[0].windows(34).any(|bytes| bytes == value));
}

#[test]
fn wide_chain_ids_keep_their_protected_v() {
    let config = RollupConfig { l2_chain_id: u64::MAX, ..config() };
    let data = [0xc3, 0x80, 0x80, 0x80];
    let raw = decode(&one_transaction(true, &data, &[1])).unwrap();
    let batch = raw.derive(&config).unwrap();
    // 35 + 2 * (2^64 - 1) takes nine bytes.
    let v = [0x89, 0x02, 0, 0, 0, 0, 0, 0, 0, 0x21];
    let expect = [&[0xd2, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80][..], &v, &[0x80, 0x80]].concat();
    assert_eq!(batch.blocks[0].transactions[0], expect);
}

#[test]
fn origins_go_back_from_the_last_and_ignore_the_first_bit() {
    let batch_of = |first_epoch| {
        let epochs = [first_epoch, 20, 21, 21, 22];
        let blocks =
            epochs.iter().zip(0..).map(|(epoch, at)| block(GENESIS_TIME + 2 * at, *epoch, vec![]));
        SpanBatch { blocks: blocks.collect(), ..SpanBatch::default() }
    };
    for parent_epoch in [19, 20] {
        let batch = batch_of(20);
        let raw = RawSpanBatch::pack(&batch, L1Number(parent_epoch), &config()).unwrap();
        assert_eq!(raw.origin_bits.get(0), parent_epoch == 19);
        assert_eq!(raw.derive(&config()).unwrap(), batch);
    }
    let unordered = RawSpanBatch::pack(&batch_of(18), L1Number(18), &config());
    assert_eq!(unordered, Err(SpanBatchError::EpochOrder { index: 1 }));
}

#[test]
fn packing_rejects_what_cannot_come_back() {
    let pack = |transaction: Bytes| {
        let batch = SpanBatch { blocks: vec![block(0, 1, vec![transaction])], ..batch() };
        RawSpanBatch::pack(&batch, L1Number(1), &config()).map(|raw| raw.transaction_count())
    };
    assert_eq!(pack(legacy(Some(CHAIN_ID), false)), Ok(1));
    let chain_id = SpanBatchError::ChainId { index: 0, expected: CHAIN_ID };
    assert_eq!(pack(legacy(Some(CHAIN_ID + 1), false)), Err(chain_id));
    let not_canonical = Err(SpanBatchError::NotCanonical { index: 0 });
    assert_eq!(pack(Bytes::new()), not_canonical);
    assert_eq!(pack(Bytes::from_static(&[0xc0])), not_canonical);
    let deposit = SpanBatchError::TransactionType { index: 0, actual: 0x7e };
    assert_eq!(pack(Bytes::from_static(&[0x7e, 0xc0])), Err(deposit));
    let empty = SpanBatch::default();
    let packed = RawSpanBatch::pack(&empty, L1Number(1), &config());
    assert_eq!(packed, Err(SpanBatchError::NoBlocks));
}

#[test]
fn blocks_become_singular_batches_with_known_origins() {
    let origin = |number| L1BlockRef {
        number: L1Number(number),
        hash: B256::with_last_byte(u8::try_from(number).unwrap()),
        ..L1BlockRef::default()
    };
    let safe = batch().blocks[0].timestamp;
    let singular = batch().into_singular(safe, &[origin(19), origin(20), origin(21)]).unwrap();
    let seen: Vec<_> = singular
        .iter()
        .map(|batch| (batch.timestamp, batch.epoch_number.0, batch.epoch_hash))
        .collect();
    let hash = |number| origin(number).hash;
    assert_eq!(seen, vec![(safe + 2, 20, hash(20)), (safe + 4, 21, hash(21))]);
    assert_eq!(singular[1].transactions, batch().blocks[2].transactions);

    let unknown = batch().into_singular(safe, &[origin(19), origin(20)]);
    assert_eq!(unknown, Err(UnknownL1Origin { number: L1Number(21) }));
}

#[test]
fn checks_compare_twenty_bytes() {
    let mut hash = B256::repeat_byte(1);
    hash[20..].fill(9);
    assert!(batch().check_parent(hash) && !batch().check_l1_origin(hash));
    hash[19] = 0;
    assert!(!batch().check_parent(hash));
}

fn any_transaction() -> impl Strategy<Value = Bytes> {
    let parts = (
        (0..4u8, any::<u64>(), any::<u64>(), any::<u128>(), any::<u128>()),
        (any::<[u8; 20]>(), any::<[u8; 32]>(), prop::collection::vec(any::<u8>(), 0..80)),
        (any::<[u8; 32]>(), any::<[u8; 32]>(), any::<[bool; 3]>()),
    );
    parts.prop_map(|((kind, nonce, gas_limit, fee, tip), (to, value, input), (r, s, flags))| {
        let [y_parity, is_creation, has_list] = flags;
        let integer = |bytes| U256::from_be_bytes(bytes);
        let signature = Signature::new(integer(r), integer(s), y_parity);
        let address = Address::from(to);
        let to = if is_creation { TxKind::Create } else { TxKind::Call(address) };
        let access_list = if has_list { access_list() } else { AccessList::default() };
        let (value, input, chain_id) = (integer(value), Bytes::from(input), CHAIN_ID);
        match kind {
            0 => {
                let chain_id = has_list.then_some(chain_id);
                let gas_price = fee;
                let tx = TxLegacy { chain_id, nonce, gas_price, gas_limit, to, value, input };
                signed(&tx, signature)
            }
            1 => {
                let gas_price = fee;
                let tx = TxEip2930 {
                    chain_id,
                    nonce,
                    gas_price,
                    gas_limit,
                    to,
                    value,
                    access_list,
                    input,
                };
                signed(&tx, signature)
            }
            2 => {
                let (max_fee_per_gas, max_priority_fee_per_gas) = (fee, tip);
                let tx = TxEip1559 {
                    chain_id,
                    nonce,
                    gas_limit,
                    max_fee_per_gas,
                    max_priority_fee_per_gas,
                    to,
                    value,
                    access_list,
                    input,
                };
                signed(&tx, signature)
            }
            _ => {
                let (max_fee_per_gas, max_priority_fee_per_gas) = (fee, tip);
                let tx = TxEip7702 {
                    chain_id,
                    nonce,
                    gas_limit,
                    max_fee_per_gas,
                    max_priority_fee_per_gas,
                    to: address,
                    value,
                    access_list,
                    authorization_list: vec![],
                    input,
                };
                signed(&tx, signature)
            }
        }
    })
}

proptest! {
    #[test]
    fn span_batches_come_back(
        blocks in prop::collection::vec(
            (any::<bool>(), prop::collection::vec(any_transaction(), 0..6)),
            1..8,
        ),
        start in 0..1_000_000_u64,
    ) {
        let mut epoch = 20;
        let blocks = blocks.into_iter().zip(0..).map(|((is_next, transactions), at)| {
            epoch += u64::from(is_next);
            block(GENESIS_TIME + start + 2 * at, epoch, transactions)
        });
        let batch = SpanBatch { blocks: blocks.collect(), ..batch() };
        prop_assert_eq!(decode(&encode(&batch)).unwrap().derive(&config()), Ok(batch));
    }

    #[test]
    fn changed_batches_never_panic(at in 0..1_000_usize, byte: u8) {
        let mut bytes = encode(&batch());
        let at = at % bytes.len();
        bytes[at] = byte;
        if let Ok(raw) = decode(&bytes) {
            let _ = raw.derive(&config());
        }
    }
}
