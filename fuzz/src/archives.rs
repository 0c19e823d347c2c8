//! Archives of pre-images, decompressed and as files: what is accepted is what a plain second
//! reader accepts, and each value is found by its key.

use std::{collections::BTreeMap, env, fs, process, thread};

use kona_host::{Archive, KeyForm};
use kona_preimage::PreimageKey;

/// Runs one input. Panics where the rules are broken.
pub(crate) fn run(input: &[u8]) {
    records(input);
    compressed(input);
}

fn records(input: &[u8]) {
    let archive = Archive::from_records(input.to_vec(), KeyForm::Typed);
    let expected = naive(input);
    assert_eq!(archive.is_ok(), expected.is_some(), "{:?}", archive.err());
    let (Ok(archive), Some(expected)) = (archive, expected) else { return };
    assert_eq!(archive.len(), expected.len());
    for (key, value) in expected {
        let key = PreimageKey::try_from(key).unwrap();
        assert_eq!(archive.value(key), Some(value));
    }
}

/// Whatever the stream is, opening it ends in an archive or an error.
fn compressed(input: &[u8]) {
    let name = format!("archive-{}-{:?}", process::id(), thread::current().id());
    let path = env::temp_dir().join(name);
    fs::write(&path, input).unwrap();
    let _ = Archive::open(&path, KeyForm::PlainKeccak);
    fs::remove_file(&path).unwrap();
}

fn naive(mut input: &[u8]) -> Option<BTreeMap<[u8; 32], &[u8]>> {
    let mut records = BTreeMap::new();
    while !input.is_empty() {
        let (key, rest) = input.split_first_chunk::<32>()?;
        let (length, rest) = rest.split_first_chunk::<4>()?;
        let (value, rest) = rest.split_at_checked(u32::from_be_bytes(*length) as usize)?;
        let is_above = records.last_key_value().is_none_or(|(last, _)| last < key);
        if !is_above || !(1..=6).contains(&key[0]) {
            return None;
        }
        records.insert(*key, value);
        input = rest;
    }
    Some(records)
}
