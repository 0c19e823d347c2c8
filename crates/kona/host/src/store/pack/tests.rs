use std::{fs, path::Path};

use alloy_primitives::B256;
use bumpalo::Bump;
use kona_preimage::PreimageKey;
use proptest::prelude::*;

use super::*;
use crate::store::{Store, StoreError};

fn key(byte: u8) -> PreimageKey {
    PreimageKey::keccak256(B256::repeat_byte(byte))
}

fn get(dir: &Path, key: PreimageKey) -> Result<Option<Vec<u8>>, StoreError> {
    let store = PackStore::open(dir)?;
    let arena = Bump::new();
    let value = store.get(key, &arena)?;
    Ok(value.map(<[u8]>::to_vec))
}

/// A store with the values `1` and `two` committed.
fn store_of_two(dir: &Path) -> PackWriter {
    let mut writer = PackWriter::create(dir).unwrap();
    writer.put(key(2), b"two").unwrap();
    writer.put(key(1), b"1").unwrap();
    writer.commit().unwrap();
    writer
}

#[test]
fn committed_values_are_found_and_others_are_not() {
    let dir = tempfile::tempdir().unwrap();
    let mut writer = store_of_two(dir.path());
    writer.put(key(3), b"three").unwrap();
    assert_eq!(get(dir.path(), key(1)).unwrap(), Some(b"1".to_vec()));
    assert_eq!(get(dir.path(), key(2)).unwrap(), Some(b"two".to_vec()));
    assert_eq!(get(dir.path(), key(3)).unwrap(), None);
    assert_eq!(PackStore::open(dir.path()).unwrap().keys().unwrap(), [key(1), key(2)]);
    writer.commit().unwrap();
    assert_eq!(get(dir.path(), key(3)).unwrap(), Some(b"three".to_vec()));
}

#[test]
fn a_store_can_be_added_to_and_never_changes_a_value() {
    let dir = tempfile::tempdir().unwrap();
    drop(store_of_two(dir.path()));
    let mut writer = PackWriter::open(dir.path()).unwrap();
    writer.put(key(1), b"1").unwrap();
    let conflict = writer.put(key(1), b"other");
    assert!(matches!(conflict, Err(StoreError::ValueConflict { key: k }) if k == key(1)));
    writer.put(key(4), b"four").unwrap();
    writer.put(key(4), b"four").unwrap();
    let conflict = writer.put(key(4), b"f0ur");
    assert!(matches!(conflict, Err(StoreError::ValueConflict { key: k }) if k == key(4)));
    writer.commit().unwrap();
    for (byte, value) in [(1, "1"), (2, "two"), (4, "four")] {
        assert_eq!(get(dir.path(), key(byte)).unwrap(), Some(value.into()));
    }
}

#[test]
fn a_store_has_one_writer_and_one_creator() {
    let dir = tempfile::tempdir().unwrap();
    let _writer = store_of_two(dir.path());
    let second = PackWriter::open(dir.path());
    assert!(matches!(second, Err(StoreError::Pack { source: PackError::Locked, .. })));
    assert!(matches!(PackWriter::create(dir.path()), Err(StoreError::Exists { .. })));
}

#[test]
fn torn_writes_after_a_commit_lose_nothing_that_was_committed() {
    let whole = tempfile::tempdir().unwrap();
    let mut writer = store_of_two(whole.path());
    let committed = fs::metadata(whole.path().join(VALUES_FILE)).unwrap().len();
    let index = fs::read(whole.path().join(INDEX_FILE)).unwrap();
    writer.put(key(3), b"three").unwrap();
    writer.commit().unwrap();
    let values = fs::read(whole.path().join(VALUES_FILE)).unwrap();

    // The machine stopped after any number of bytes of the third record had reached the disk.
    for length in usize::try_from(committed).unwrap()..=values.len() {
        let torn = tempfile::tempdir().unwrap();
        fs::write(torn.path().join("kvformat"), "pack").unwrap();
        fs::write(torn.path().join(VALUES_FILE), &values[..length]).unwrap();
        fs::write(torn.path().join(INDEX_FILE), &index).unwrap();
        fs::write(torn.path().join(INDEX_FILE_NEW), b"half an ind").unwrap();
        assert_eq!(get(torn.path(), key(2)).unwrap(), Some(b"two".to_vec()));
        assert_eq!(get(torn.path(), key(3)).unwrap(), None);

        let mut writer = PackWriter::open(torn.path()).unwrap();
        writer.put(key(5), b"five").unwrap();
        writer.commit().unwrap();
        assert_eq!(get(torn.path(), key(2)).unwrap(), Some(b"two".to_vec()));
        assert_eq!(get(torn.path(), key(5)).unwrap(), Some(b"five".to_vec()));
        assert_eq!(get(torn.path(), key(3)).unwrap(), None);
    }
}

#[test]
fn any_changed_byte_is_noticed() {
    let dir = tempfile::tempdir().unwrap();
    drop(store_of_two(dir.path()));
    for name in [INDEX_FILE, VALUES_FILE] {
        let path = dir.path().join(name);
        let whole = fs::read(&path).unwrap();
        // The last bytes of the header of values are spare.
        let spare = if name == VALUES_FILE { 12..16 } else { 0..0 };
        for at in (0..whole.len()).filter(|at| !spare.contains(at)) {
            let mut changed = whole.clone();
            changed[at] ^= 1;
            fs::write(&path, &changed).unwrap();
            let results = [get(dir.path(), key(1)), get(dir.path(), key(2))];
            assert!(results.iter().any(Result::is_err), "byte {at} of {name}");
        }
        for length in 0..whole.len() {
            fs::write(&path, &whole[..length]).unwrap();
            assert!(get(dir.path(), key(1)).is_err(), "{length} bytes of {name}");
        }
        fs::write(&path, &whole).unwrap();
    }
    assert_eq!(get(dir.path(), key(1)).unwrap(), Some(b"1".to_vec()));
}

#[test]
fn a_newer_version_is_told_apart_from_damage() {
    let dir = tempfile::tempdir().unwrap();
    drop(store_of_two(dir.path()));
    let path = dir.path().join(VALUES_FILE);
    let mut values = fs::read(&path).unwrap();
    values[11] = 2;
    fs::write(&path, &values).unwrap();
    let error = get(dir.path(), key(1)).unwrap_err();
    let is_version = matches!(
        error,
        StoreError::Pack { source: PackError::Version { expected: 1, actual: 2 }, .. }
    );
    assert!(is_version, "{error:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn values_round_trip_over_several_commits(
        batches in proptest::collection::vec(
            proptest::collection::btree_map(any::<[u8; 31]>(), any::<Vec<u8>>(), 0..8),
            1..4,
        ),
    ) {
        let dir = tempfile::tempdir().unwrap();
        let mut expected = std::collections::BTreeMap::new();
        drop(PackWriter::create(dir.path()).unwrap());
        for batch in batches {
            let mut writer = PackWriter::open(dir.path()).unwrap();
            for (rest, value) in batch {
                let mut bytes = [2; 32];
                bytes[1..].copy_from_slice(&rest);
                let key = PreimageKey::from_bytes(bytes).unwrap();
                writer.put(key, &value).unwrap();
                expected.insert(key, value);
            }
            writer.commit().unwrap();
        }
        let store = PackStore::open(dir.path()).unwrap();
        let keys: Vec<_> = expected.keys().copied().collect();
        prop_assert_eq!(store.keys().unwrap(), keys);
        let arena = Bump::new();
        for (key, value) in &expected {
            prop_assert_eq!(store.get(*key, &arena).unwrap(), Some(value.as_slice()));
        }
    }
}
