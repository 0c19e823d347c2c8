use alloy_primitives::{Address, hex, keccak256};
use kona_preimage::{PrecompileKeyStyle, local_index};

use super::*;
use crate::{Archive, BootFlags, KeyForm, TextFiles, TextLayout};

/// An archive of these values.
fn archive(mut values: Vec<(PreimageKey, Vec<u8>)>) -> Vec<Box<dyn Store>> {
    values.sort_unstable();
    let mut bytes = Vec::new();
    for (key, value) in values {
        bytes.extend_from_slice(key.as_bytes());
        bytes.extend_from_slice(&u32::try_from(value.len()).unwrap().to_be_bytes());
        bytes.extend_from_slice(&value);
    }
    vec![Box::new(Archive::from_records(bytes, KeyForm::Typed).unwrap())]
}

fn boot() -> Boot {
    let flags = BootFlags {
        chain_id: Some(10),
        l1_head: B256::repeat_byte(0x11),
        claimed_l2_block_number: 7,
        ..BootFlags::default()
    };
    Boot::from_flags(&flags).unwrap()
}

fn keccak_key(value: &[u8]) -> PreimageKey {
    PreimageKey::keccak256(keccak256(value))
}

/// Runs `test` with an oracle over `values`.
fn with_oracle(values: Vec<(PreimageKey, Vec<u8>)>, test: impl FnOnce(&DisputeOracle<'_, '_>)) {
    let (stores, arena, boot) = (archive(values), Bump::new(), boot());
    let native = NativeOracle::new(&stores, &arena);
    test(&DisputeOracle::new(&native, &boot, HintDialect::Kona));
}

const HASH: B256 = B256::repeat_byte(0xab);

#[test]
fn values_are_hashed_once_and_counted_by_kind() {
    let values = vec![
        (keccak_key(b"value"), b"value".to_vec()),
        (PreimageKey::blob_from_hash(HASH), vec![0; 32]),
    ];
    with_oracle(values, |oracle| {
        for _ in 0..3 {
            assert_eq!(oracle.read(keccak_key(b"value")), Ok(&b"value"[..]));
        }
        oracle.read(PreimageKey::blob_from_hash(HASH)).unwrap();
        oracle.read(PreimageKey::local(local_index::L1_HEAD)).unwrap();

        let counts = oracle.native.take_counts();
        let keccak = counts.of(PreimageKeyKind::Keccak256);
        assert_eq!(keccak, KindCounts { values: 1, bytes: 5, reads: 3 });
        let blob = counts.of(PreimageKeyKind::Blob);
        assert_eq!(blob, KindCounts { values: 1, bytes: 32, reads: 1 });
        assert_eq!(counts.total(), KindCounts { values: 3, bytes: 69, reads: 5 });
        assert_eq!(counts.hashed_bytes, 5);
        assert_eq!(oracle.native.take_counts(), ReadCounts::default());
    });
}

#[test]
fn wrong_values_are_never_lent() {
    let wrong_hash = PreimageKey::keccak256(HASH);
    let blob = PreimageKey::blob_from_hash(HASH);
    let values = vec![(wrong_hash, b"value".to_vec()), (blob, vec![0xff; 32])];
    with_oracle(values, |oracle| {
        for _ in 0..2 {
            let computed = keccak_key(b"value");
            let mismatch = OracleError::HashMismatch { key: wrong_hash, computed };
            assert_eq!(oracle.read(wrong_hash), Err(mismatch));
            assert_eq!(oracle.read(blob), Err(OracleError::NotAFieldElement { key: blob }));
        }
    });
}

#[test]
fn failures_are_told_with_key_and_last_hint() {
    let key = PreimageKey::keccak256(HASH);
    let expected = |name: &str| Some(format!("{name} {}", hex::encode_prefixed(HASH)));
    with_oracle(vec![], |oracle| {
        assert_eq!(oracle.read(key), Err(OracleError::Missing { key }));
        assert_eq!(oracle.native.take_failure().unwrap().hint, None);

        oracle.hint(&Hint::L1Receipts { hash: HASH }).unwrap();
        oracle.read(key).unwrap_err();
        let failure = oracle.native.take_failure().unwrap();
        assert_eq!((failure.key, failure.hint), (key, expected("l1-receipts")));

        oracle.read_hinted(key, &Hint::L1BlockHeader { hash: HASH }).unwrap_err();
        assert_eq!(oracle.native.take_failure().unwrap().hint, expected("l1-block-header"));

        let local = PreimageKey::local(6);
        assert_eq!(oracle.read(local), Err(OracleError::Missing { key: local }));
        assert_eq!(oracle.native.take_failure().unwrap().key, local);
    });
}

#[test]
fn precompile_results_are_computed_and_compared() {
    let address = Address::with_last_byte(8);
    let hint = Hint::L1Precompile { address, gas: 45_000, input: &[] };
    let key = PreimageKey::precompile(PrecompileKeyStyle::V2, address, 45_000, &[]);
    let result = [&[1], &[0; 31][..], &[1]].concat();

    // The store need not have it,
    with_oracle(vec![], |oracle| {
        assert_eq!(oracle.read_hinted(key, &hint), Ok(&result[..]));
        assert_eq!(oracle.read(key), Ok(&result[..]));
        assert_eq!(oracle.native.take_counts().of(PreimageKeyKind::Precompile).reads, 2);
    });
    // but must not contradict,
    with_oracle(vec![(key, vec![0])], |oracle| {
        let wrong = OracleError::WrongPrecompileResult { key };
        assert_eq!(oracle.read_hinted(key, &hint), Err(wrong));
        let hint = oracle.native.take_failure().unwrap().hint.unwrap();
        assert!(hint.starts_with("l1-precompile 0x"), "{hint}");
    });
    // and gas counts where the key says so.
    let hint = Hint::L1Precompile { address, gas: 44_999, input: &[] };
    let key = PreimageKey::precompile(PrecompileKeyStyle::V2, address, 44_999, &[]);
    with_oracle(vec![], |oracle| assert_eq!(oracle.read_hinted(key, &hint), Ok(&[0][..])));

    let hint = Hint::L1PrecompileV1 { address, input: &[] };
    let key = PreimageKey::precompile(PrecompileKeyStyle::V1, address, 0, &[]);
    with_oracle(vec![(key, result.clone())], |oracle| {
        assert_eq!(oracle.read_hinted(key, &hint), Ok(&result[..]));
    });
}

#[test]
fn first_store_that_has_a_key_wins() {
    let mut stores = archive(vec![(keccak_key(b"a"), b"a".to_vec())]);
    stores.extend(archive(vec![(keccak_key(b"b"), b"b".to_vec())]));
    let arena = Bump::new();
    let oracle = NativeOracle::new(&stores, &arena);
    assert_eq!(oracle.value(keccak_key(b"a")), Ok(&b"a"[..]));
    assert_eq!(oracle.value(keccak_key(b"b")), Ok(&b"b"[..]));
    let key = keccak_key(b"c");
    assert_eq!(oracle.value(key), Err(OracleError::Missing { key }));
}

/// Who puts a result on chain has to send the call, which only the hint held.
#[test]
fn call_and_result_of_a_precompile_are_kept_where_a_challenger_looks() {
    let dir = tempfile::tempdir().unwrap();
    let stores: [Box<dyn Store>; 1] = [Box::new(TextFiles::new(dir.path(), TextLayout::Flat))];
    let (arena, boot) = (Bump::new(), boot());
    let native = NativeOracle::new(&stores, &arena);
    let oracle = DisputeOracle::new(&native, &boot, HintDialect::Kona);
    let address = Address::with_last_byte(8);
    let hint = Hint::L1Precompile { address, gas: 45_000, input: &[] };
    oracle.hint(&hint).unwrap();
    assert_eq!(stores[0].keys().unwrap(), [], "nothing is written unless asked for");

    oracle.keep_precompile(&hint).unwrap();
    let call = hex!("0000000000000000000000000000000000000008 000000000000afc8");
    let kept = |key| stores[0].get(key, &arena).unwrap().map(<[u8]>::to_vec);
    assert_eq!(kept(keccak_key(&call)), Some(call.to_vec()));
    let result = kept(PreimageKey::precompile_from_hash(keccak256(call))).unwrap();
    assert_eq!((result.len(), result[0], result[32]), (33, 1, 1));
}
