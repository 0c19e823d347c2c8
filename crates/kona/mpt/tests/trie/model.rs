//! The trie against a plain model: random programs of changes, reopened from their nodes.

use crate::naive::{Entries, build};
use alloy_primitives::B256;
use alloy_trie::{HashBuilder, Nibbles};
use kona_mpt::Trie;
use proptest::prelude::*;

#[derive(Debug, Clone)]
enum Op {
    Insert(Vec<u8>, Vec<u8>),
    Delete(Vec<u8>),
    Get(Vec<u8>),
    Root,
}

/// 32-byte keys that part from each other in few places, early or late.
fn close_keys() -> impl Strategy<Value = Vec<u8>> {
    let spots =
        prop::collection::vec((0..32usize, prop::sample::select(vec![0x10u8, 0x1f, 0x21])), 0..4);
    spots.prop_map(|spots| {
        let mut key = vec![0x11; 32];
        spots.into_iter().for_each(|(at, byte)| key[at] = byte);
        key
    })
}

/// 32-byte keys that part in the first bytes, as hashes do.
fn spread_keys() -> impl Strategy<Value = Vec<u8>> {
    any::<u16>().prop_map(|seed| alloy_primitives::keccak256((seed % 300).to_be_bytes()).to_vec())
}

/// Keys of an ordered list: short, of different lengths, none a prefix of another.
fn list_keys() -> impl Strategy<Value = Vec<u8>> {
    (0..400usize).prop_map(alloy_rlp::encode)
}

fn values() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        4 => prop::collection::vec(any::<u8>(), 1..4),
        4 => prop::collection::vec(any::<u8>(), 20..40),
        1 => prop::collection::vec(any::<u8>(), 50..300),
    ]
}

fn programs(keys: impl Strategy<Value = Vec<u8>> + 'static) -> impl Strategy<Value = Vec<Vec<Op>>> {
    let keys = keys.boxed();
    let op = prop_oneof![
        6 => (keys.clone(), values()).prop_map(|(key, value)| Op::Insert(key, value)),
        4 => keys.clone().prop_map(Op::Delete),
        2 => keys.prop_map(Op::Get),
        1 => Just(Op::Root),
    ];
    prop::collection::vec(prop::collection::vec(op, 1..40), 1..5)
}

fn root_by_hash_builder(entries: &Entries) -> B256 {
    let mut builder = HashBuilder::default();
    for (key, value) in entries {
        builder.add_leaf(Nibbles::unpack(key), value);
    }
    builder.root()
}

/// Runs each part of a program on a trie opened anew from the nodes of the part before.
fn check(parts: Vec<Vec<Op>>) {
    let mut model = Entries::new();
    for part in parts {
        let (root, nodes) = build(&model);
        let mut trie = Trie::new(root);
        for op in part {
            match op {
                Op::Insert(key, value) => {
                    trie.insert(&key, &value, &nodes.source()).unwrap();
                    model.insert(key, value);
                }
                Op::Delete(key) => {
                    let was_there = trie.delete(&key, &nodes.source()).unwrap();
                    assert_eq!(was_there, model.remove(&key).is_some());
                }
                Op::Get(key) => {
                    let value = trie.get(&key, &nodes.source()).unwrap();
                    assert_eq!(value, model.get(&key).map(Vec::as_slice));
                }
                Op::Root => assert_eq!(trie.root(), build(&model).0),
            }
        }
        let root = trie.root();
        assert_eq!(root, build(&model).0);
        assert_eq!(root, root_by_hash_builder(&model));
        assert_eq!(trie.is_empty(), model.is_empty());
        for (key, value) in &model {
            assert_eq!(trie.get(key, &nodes.source()).unwrap(), Some(value.as_slice()));
        }
    }
}

proptest! {
    #[test]
    fn close_keys_match_the_model(parts in programs(close_keys())) {
        check(parts);
    }

    #[test]
    fn spread_keys_match_the_model(parts in programs(spread_keys())) {
        check(parts);
    }

    #[test]
    fn list_keys_match_the_model(parts in programs(list_keys())) {
        check(parts);
    }
}
