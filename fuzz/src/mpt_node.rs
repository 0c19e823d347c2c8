//! Tries over nodes that nobody has checked, and programs of changes against a plain model.
//!
//! | first byte | the rest |
//! |---|---|
//! | even | nodes, each behind a length byte (from 80 on in units of 4 bytes): every hash leads to
//! one of them, also in circles |
//! | odd | operations on a trie, compared with [`naive`] and with `alloy-trie` |

use crate::naive::{self, Entries};
use alloy_primitives::B256;
use alloy_trie::{HashBuilder, Nibbles};
use kona_mpt::{NodeSource, Trie, first_of_list, ordered_list, ordered_list_root};
use kona_preimage::{OracleError, PreimageKey};

/// Runs one input. Panics where the trie is wrong.
pub(crate) fn run(data: &[u8]) {
    match data.split_first() {
        Some((mode, rest)) if mode % 2 == 0 => malformed(*mode, rest),
        Some((_, rest)) => differential(rest),
        None => {}
    }
}

/// Every hash leads to one of a few nodes.
struct Jumble<'a>(Vec<&'a [u8]>);

impl<'a> NodeSource<'a> for Jumble<'a> {
    fn node(&self, hash: B256) -> Result<&'a [u8], OracleError> {
        let index = usize::from(hash[0]).checked_rem(self.0.len());
        let missing = OracleError::Missing { key: PreimageKey::keccak256(hash) };
        index.and_then(|index| self.0.get(index)).copied().ok_or(missing)
    }
}

fn malformed(mode: u8, mut data: &[u8]) {
    let mut nodes = Vec::new();
    while let Some((length, rest)) = data.split_first() {
        // A full branch has more than 255 bytes.
        let unit = if mode & 0x80 == 0 { 1 } else { 4 };
        let length = rest.len().min(usize::from(*length) * unit);
        let (node, rest) = rest.split_at(length);
        nodes.push(node);
        data = rest;
    }
    let source = Jumble(nodes);
    let root = B256::ZERO;
    // Most jumbles are refused. One that is not is a list, if one under other hashes.
    if let Ok(items) = ordered_list(root, &source) {
        let first = first_of_list(root, &source).expect("the list is complete");
        assert_eq!(first, items.first().copied());
        assert!(items.iter().all(|item| !item.is_empty()));
        if items.len() < 1000 {
            assert_eq!(ordered_list_root(&items), root_as_trie(&items));
        }
    }
    let _ = first_of_list(root, &source);

    let mut trie = Trie::new(root);
    for seed in 0..8u8 {
        let mut key = [seed.wrapping_mul(0x25); 32];
        key[usize::from(seed % 4)] ^= mode;
        // Whatever was stored can be read back; what failed has changed nothing.
        match seed % 3 {
            0 if trie.insert(&key, &[seed + 1], &source).is_ok() => {
                assert_eq!(trie.get(&key, &source), Ok(Some(&[seed + 1][..])));
            }
            1 if trie.delete(&key, &source).is_ok() => {
                assert_eq!(trie.get(&key, &source), Ok(None));
            }
            _ => {
                let _ = trie.get(&key, &source);
            }
        }
        trie.root();
    }
}

fn root_as_trie(items: &[&[u8]]) -> B256 {
    let keyed = items.iter().enumerate();
    naive::build(&keyed.map(|(index, item)| (alloy_rlp::encode(index), item.to_vec())).collect()).0
}

/// One operation of a program: a byte for what, a byte for the key, sometimes one for the value.
fn differential(data: &[u8]) {
    let mut model = Entries::new();
    let mut data = data.iter().copied();
    loop {
        // Each round opens the trie anew from what the last one left.
        let (root, nodes) = naive::build(&model);
        assert_eq!(root, root_by_hash_builder(&model));
        let mut trie = Trie::new(root);
        loop {
            let (Some(operation), Some(key)) = (data.next(), data.next()) else {
                return assert_eq!(trie.root(), naive::build(&model).0);
            };
            let key = expand_key(key);
            match operation % 8 {
                0..=2 => {
                    let value = expand_value(data.next().unwrap_or_default());
                    trie.insert(&key, &value, &nodes.source()).expect("all nodes are there");
                    model.insert(key, value);
                }
                3 | 4 => {
                    let deleted = trie.delete(&key, &nodes.source()).expect("all nodes are there");
                    assert_eq!(deleted, model.remove(&key).is_some());
                }
                5 => {
                    let value = trie.get(&key, &nodes.source()).expect("all nodes are there");
                    assert_eq!(value, model.get(&key).map(Vec::as_slice));
                }
                6 => {
                    assert_eq!(trie.root(), root_by_hash_builder(&model));
                    assert_eq!(trie.is_empty(), model.is_empty());
                }
                _ => break,
            }
        }
        assert_eq!(trie.root(), naive::build(&model).0);
    }
}

/// Keys that part early, late, or one nibble from their end, so that nodes of all kinds and sizes
/// come up.
fn expand_key(seed: u8) -> Vec<u8> {
    let mut key = vec![0x11; 32];
    let place = [0, 1, 15, 30, 31][usize::from(seed >> 4) % 5];
    key[place] = seed & 0x0f | if seed & 0x80 == 0 { 0x10 } else { 0x20 };
    key
}

/// Values of 1 to 63 bytes: with short ones nodes are embedded.
fn expand_value(seed: u8) -> Vec<u8> {
    vec![seed | 1; 1 + usize::from(seed >> 2)]
}

fn root_by_hash_builder(entries: &Entries) -> B256 {
    let mut builder = HashBuilder::default();
    for (key, value) in entries {
        builder.add_leaf(Nibbles::unpack(key), value);
    }
    builder.root()
}
