use alloy_primitives::{B256, keccak256};
use proptest::prelude::*;

use super::*;

fn record(key: [u8; 32], value: &[u8]) -> Vec<u8> {
    let mut bytes = key.to_vec();
    bytes.extend_from_slice(&u32::try_from(value.len()).unwrap().to_be_bytes());
    bytes.extend_from_slice(value);
    bytes
}

fn key(byte: u8) -> [u8; 32] {
    *PreimageKey::keccak256(B256::repeat_byte(byte)).as_bytes()
}

fn parse(bytes: Vec<u8>) -> Result<Archive, ArchiveError> {
    Archive::from_records(bytes, KeyForm::Typed)
}

/// Writes `compressed` to a file and opens that.
fn open(compressed: &[u8]) -> Result<Archive, StoreError> {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.zst");
    std::fs::write(&path, compressed).unwrap();
    Archive::open(&path, KeyForm::Typed)
}

#[test]
fn values_are_found_by_key() {
    let bytes = [record(key(1), b"one"), record(key(2), b""), record(key(3), b"three")].concat();
    let archive = parse(bytes).unwrap();
    let value = |byte| archive.value(PreimageKey::from_bytes(key(byte)).unwrap());
    assert_eq!(value(1), Some(&b"one"[..]));
    assert_eq!(value(2), Some(&b""[..]));
    assert_eq!(value(3), Some(&b"three"[..]));
    assert_eq!(value(4), None);
    assert_eq!(archive.len(), 3);
    assert!(parse(Vec::new()).unwrap().is_empty());
}

#[test]
fn plain_hashes_are_found_by_typed_key() {
    let hash = keccak256(b"value");
    let archive = Archive::from_records(record(hash.0, b"value"), KeyForm::PlainKeccak).unwrap();
    assert_eq!(archive.value(PreimageKey::keccak256(hash)), Some(&b"value"[..]));
    assert_eq!(archive.value(PreimageKey::sha256(hash)), None);
    assert_eq!(archive.keys().unwrap(), [PreimageKey::keccak256(hash)]);
}

#[test]
fn records_out_of_order_or_repeated_are_rejected() {
    let repeated = parse([record(key(1), b"a"), record(key(1), b"a")].concat());
    assert!(
        matches!(repeated, Err(ArchiveError::DuplicateKey { record: 1, key: k }) if k == key(1))
    );
    let descending = parse([record(key(2), b"a"), record(key(1), b"a")].concat());
    assert!(matches!(descending, Err(ArchiveError::KeyOrder { record: 1, .. })));
}

#[test]
fn keys_of_no_kind_are_rejected() {
    let result = parse([record([1; 32], b""), record([7; 32], b"")].concat());
    assert!(matches!(result, Err(ArchiveError::Key { record: 1, offset: 36, .. })));
    let plain = Archive::from_records(record([7; 32], b""), KeyForm::PlainKeccak);
    assert!(plain.is_ok());
}

#[test]
fn archive_cut_off_anywhere_inside_a_record_is_rejected() {
    let first = record(key(1), b"one");
    let bytes = [first.clone(), record(key(2), b"two")].concat();
    for length in 1..bytes.len() {
        let result = parse(bytes[..length].to_vec());
        if length == first.len() {
            assert_eq!(result.unwrap().len(), 1);
            continue;
        }
        let Err(ArchiveError::RecordTruncated { expected, actual, .. }) = result else {
            panic!("{length} bytes were taken: {result:?}");
        };
        assert!(actual < expected);
    }
}

#[test]
fn oversized_value_is_rejected_by_its_length_alone() {
    let mut bytes = key(1).to_vec();
    bytes.extend_from_slice(&u32::MAX.to_be_bytes());
    let result = parse(bytes);
    assert!(matches!(result, Err(ArchiveError::ValueTooLong { length: u32::MAX, .. })));
}

#[test]
fn compressed_stream_cut_off_or_changed_is_rejected() {
    let mut writer = ArchiveWriter::new(Vec::new()).unwrap();
    for byte in 0..50 {
        let key = PreimageKey::from_bytes(key(byte)).unwrap();
        writer.append(key, &[byte; 100]).unwrap();
    }
    let compressed = writer.finish().unwrap();
    let whole = open(&compressed).unwrap();
    assert_eq!(whole.len(), 50);

    for length in 0..compressed.len() {
        let error = open(&compressed[..length]).unwrap_err();
        let is_truncated =
            matches!(error, StoreError::Archive { source: ArchiveError::StreamTruncated, .. });
        assert!(is_truncated, "{length} bytes: {error:?}");
    }
    for at in 0..compressed.len() {
        let mut changed = compressed.clone();
        changed[at] ^= 0x10;
        // Some bits of the frame's header mean nothing.
        match open(&changed) {
            Ok(archive) => assert_eq!(archive.bytes, whole.bytes, "byte {at}"),
            Err(error) => assert!(matches!(error, StoreError::Archive { .. }), "byte {at}"),
        }
    }
    let trailing = open(&[&compressed[..], b"junk"].concat());
    assert!(matches!(trailing, Err(StoreError::Archive { .. })));
    let text = open(b"{\"not\": \"an archive\"}");
    let is_compression =
        matches!(text, Err(StoreError::Archive { source: ArchiveError::Compression(_), .. }));
    assert!(is_compression);
}

#[test]
fn a_file_that_is_not_there_is_told_by_its_path() {
    let error = Archive::open(Path::new("/nonexistent/a.zst"), KeyForm::Typed).unwrap_err();
    assert!(
        matches!(error, StoreError::Open { path, .. } if path == Path::new("/nonexistent/a.zst"))
    );
    let directory = Archive::open(Path::new("/"), KeyForm::Typed).unwrap_err();
    assert!(matches!(directory, StoreError::Open { .. }));
}

#[test]
fn writer_refuses_keys_that_do_not_ascend() {
    let mut writer = ArchiveWriter::new(Vec::new()).unwrap();
    let key = |byte| PreimageKey::from_bytes(key(byte)).unwrap();
    writer.append(key(2), b"").unwrap();
    for byte in [1, 2] {
        let error = writer.append(key(byte), b"").unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidInput);
    }
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_rejected(bytes: Vec<u8>, typed: bool) {
        let form = if typed { KeyForm::Typed } else { KeyForm::PlainKeccak };
        if let Ok(archive) = Archive::from_records(bytes, form) {
            prop_assert_eq!(archive.keys().unwrap().len(), archive.len());
        }
    }

    #[test]
    fn archives_round_trip(
        values in proptest::collection::btree_map(any::<[u8; 31]>(), any::<Vec<u8>>(), 0..20),
    ) {
        let mut writer = ArchiveWriter::new(Vec::new()).unwrap();
        let mut keys = Vec::new();
        for (rest, value) in &values {
            let mut bytes = [2; 32];
            bytes[1..].copy_from_slice(rest);
            keys.push(PreimageKey::from_bytes(bytes).unwrap());
            writer.append(keys[keys.len() - 1], value).unwrap();
        }
        let archive = open(&writer.finish().unwrap()).unwrap();
        prop_assert_eq!(archive.keys().unwrap(), keys.clone());
        for (key, value) in keys.iter().zip(values.values()) {
            prop_assert_eq!(archive.value(*key), Some(value.as_slice()));
        }
    }
}
